//! Why a model stopped: `finish_reason`, `stop_reason`, as interfaces of chat services write it.
//!
//! In: the name of a column and its texts. Out: how the answer ended. `length` is an answer, `content_filter` is none; what a model refused
//! was answered, and whether that is a failure nobody says.

use super::ending::{self, Outcome};
use super::words::{self, Words};

/// What stopped.
const ENDS: Words = Words::of("finish finished stop done end completion termination terminate");
/// Why.
const REASON: Words = Words::of("reason reasons");
/// What may stand around the two.
const OF_ANSWER: Words =
    Words::of("choices choice response output message first last llm gen ai completion candidate candidates");
/// The answer ended as it was to end, or where it was cut off by what was asked for.
const ANSWERED: Words = Words::of(
    "stop length end_turn tool_calls tool_call tool_use function_call max_tokens max_output_tokens max_length max_new_tokens \
     model_length eos eos_token stop_sequence stop_token stop_str stop_string pause_turn endturn tooluse maxtokens stopsequence \
     completed complete finished",
);
/// Nothing came that could be used.
const FAILED: Words = Words::of(
    "content_filter content_filtered contentfilter safety recitation blocklist prohibited_content spii sensitive blocked \
     guardrail_intervened malformed_function_call overloaded overloaded_error server_error rate_limit disconnected",
);

/// Whether a column is called so: `finish_reason`, `choices.finish_reason`, `stopReason`.
pub(crate) fn is_called(name: &str) -> bool {
    // Of thousands of names hardly any has to be taken apart.
    if !name.to_ascii_lowercase().contains("reason") {
        return false;
    }
    let leaf = name.rsplit('.').next().unwrap_or_default();
    if ["finishreason", "stopreason", "donereason"].iter().any(|joined| leaf.eq_ignore_ascii_case(joined)) {
        return true;
    }
    let words = words::apart(leaf);
    let [before @ .., end, reason] = &words[..] else { return false };
    REASON.has(reason) && ENDS.has(end) && before.iter().all(|word| OF_ANSWER.has(word))
}

/// What a text says.
pub(crate) fn outcome(text: &str) -> Outcome {
    let plain = text.trim().to_ascii_lowercase().replace(['-', ' '], "_");
    match () {
        () if ANSWERED.has(&plain) => Outcome::Succeeded,
        () if FAILED.has(&plain) => Outcome::Failed,
        () => match ending::of_text(text, false) {
            // What ends well elsewhere is no known reason.
            Outcome::Succeeded => Outcome::Unclear,
            other => other,
        },
    }
}

/// Whether the texts of a column so called are such reasons and not those of something else: a solver that `converged`.
pub(crate) fn are_reasons<'t>(texts: impl IntoIterator<Item = &'t str>) -> bool {
    /// It was answered, and not as asked.
    const UNKNOWN: Words = Words::of("refusal refused unknown other finish_reason_unspecified");
    let mut any = false;
    let all = texts.into_iter().filter(|text| !text.trim().is_empty()).all(|text| {
        any = true;
        outcome(text) != Outcome::Unclear || UNKNOWN.has(&text.trim().to_ascii_lowercase())
    });
    any && all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_that_was_cut_is_one_and_a_filtered_one_is_none() {
        for (text, expected) in [
            ("stop", Outcome::Succeeded),
            ("length", Outcome::Succeeded),
            ("end_turn", Outcome::Succeeded),
            ("tool_calls", Outcome::Succeeded),
            ("MAX_TOKENS", Outcome::Succeeded),
            ("content_filter", Outcome::Failed),
            ("SAFETY", Outcome::Failed),
            ("error", Outcome::Failed),
            ("timeout", Outcome::Failed),
            ("cancelled", Outcome::Failed),
            ("abort", Outcome::Failed),
            ("refusal", Outcome::Unclear),
            ("", Outcome::NotSaid),
            ("null", Outcome::NotSaid),
        ] {
            assert_eq!(outcome(text), expected, "{text}");
        }
    }

    #[test]
    fn reasons_are_known_by_their_name_and_all_their_texts() {
        for name in
            ["finish_reason", "stop_reason", "done_reason", "finishReason", "finishreason", "choices.finish_reason"]
        {
            assert!(is_called(name), "{name}");
        }
        for name in ["reason", "failure_reason", "stop", "bus_stop_reason_code", "reason_stop"] {
            assert!(!is_called(name), "{name}");
        }
        assert!(are_reasons(["stop", "length", "error", "refusal", ""]));
        assert!(!are_reasons(["converged", "timeout"]), "a solver");
        assert!(!are_reasons([""]));
    }
}
