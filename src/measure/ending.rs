//! How something ended, by the words in which programs say it: `PASS`, `timed out`, `OUT OF MEMORY`, `wrong`, `4 passed, 0 failed`.
//!
//! In: the text of a cell, a line or a status. Out: whether it says that something failed, that it succeeded, or that nothing was
//! tried. Each word stands here once; a word that is not known is never taken for success.

use super::http_code;
use super::words::{self, Words};

/// What a row's status says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It failed.
    Failed,
    /// It succeeded.
    Succeeded,
    /// There is no status in this row.
    NotSaid,
    /// There is one, and it is not known what it means.
    Unclear,
}

impl Outcome {
    /// Whether a row that says how it ended is known to have failed: what is not understood has not failed for all that is known.
    pub(crate) fn has_failed(self) -> Option<bool> {
        match self {
            Self::Failed => Some(true),
            Self::Succeeded | Self::Unclear => Some(false),
            Self::NotSaid => None,
        }
    }
}

/// What a column is called that says which rows failed, where only words among the numbers of a metric do.
pub(crate) const FAILED_WORDS: &str = "words among numbers";

/// What a word says that stands where a number would.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoResult {
    /// What was to be measured failed or did not end.
    Failed,
    /// It was not measured.
    NotMeasured,
}

/// From this number on a severity is that of an error, in logs that write them in numbers as pino and bunyan do.
pub(crate) const ERROR_SEVERITY: f64 = 50.0;

/// They say that something ended well, whatever their column is called.
const WELL: Words = Words::of(
    "pass passed ok cached success successful succeeded completed erfolg erfolgreich éxito exito sucesso succès réussi réussie riuscito 成功",
);
/// They say so in a column of outcomes; elsewhere they may be anything.
const WELL_AS_STATUS: Words = Words::of(
    "complete done finished answered stop yes y t none correct default debug info notice trace warning warn sat unsat optimal",
);
/// They say that something failed, whatever their column is called.
const BADLY: Words = Words::of(
    "fail failed failure ko error err crash crashed timeout timedout oom cancelled canceled abort aborted killed preempted dnf \
     segfault unsuccessful exception hung unreachable memout node_fail out_of_memory fehler fehlgeschlagen fallo fallido falló falha \
     échec erreur errore fallito 失败 失敗 超时 错误 \
     econnrefused econnreset econnaborted etimedout esockettimedout enotfound epipe ehostunreach enetunreach enetdown ehostdown \
     nxdomain servfail connrefused connreset",
);
/// They say so in a column of outcomes; elsewhere they may be anything.
const BADLY_AS_STATUS: Words = Words::of(
    "loss lost dropped invalid fatal critical refused rejected denied unavailable exceeded disconnect disconnected tle mle wrong \
     incorrect interrupted segv sigsegv sigkill sigabrt sigbus sigfpe sigill sigterm panic panicked exhausted unauthorized forbidden \
     deadlock unfinished incomplete broken insufficient throttled no n f not",
);
/// Beside words for passing and failing these are states of what did not pass, as judges of programs and tests write them.
const STATES: Words = Words::of("tle mle ole wa ce rte blocked");
/// Several words that say together that something failed.
const BADLY_TOGETHER: &[&str] = &[
    "timed out",
    "time out",
    "out of memory",
    "segmentation fault",
    "core dumped",
    "connection reset",
    "did not finish",
    "no response",
    "no answer",
    "no reply",
    "eai again",
    "socket hang up",
    "broken pipe",
    "no route to host",
];
/// What a message about a failure holds besides.
const MESSAGE: Words = Words::of("refused expired cannot unable");
/// What was not tried did not fail.
const NOT_TRIED: &[&str] = &[
    "skipped",
    "skip",
    "not run",
    "not measured",
    "not tested",
    "not started",
    "not available",
    "not applicable",
    "not supported",
    "not counted",
    "unsupported",
    "n a",
    "tbd",
    "planned",
];
/// As a status they say that something was tried, and not that it failed.
const UNSUPPORTED: &[&str] = &["unsupported", "not supported"];
/// What has not ended yet.
const NOT_ENDED: Words = Words::of("running pending queued queuing requeued suspended");

/// The words of a text in small letters.
fn words_of(lower: &str) -> Vec<&str> {
    lower.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty()).collect()
}

fn is_not_tried(words: &[&str]) -> bool {
    let (spaced, whole) = (words.join(" "), words.concat());
    NOT_TRIED.iter().any(|known| spaced == *known || whole == known.replace(' ', ""))
}

/// Whether a text says that something has not ended yet.
pub(crate) fn is_not_ended(text: &str) -> bool {
    NOT_ENDED.has(&text.trim().to_lowercase())
}

/// Whether something ended well, where a text says so with its first word: `PASS`, `failed:SIGSEGV`, `error: out of memory`.
pub(crate) fn by_first_word(text: &str) -> Option<bool> {
    let text = text.trim();
    let end = text.find(|letter: char| !letter.is_alphanumeric() && letter != '_').unwrap_or(text.len());
    let behind = text[end..].trim_start();
    // `CANCELLED by 1001`.
    let stops = behind.is_empty() || behind.starts_with([':', '(', '!', ',']) || behind.starts_with("by ");
    let word = text[..end].to_lowercase();
    match () {
        () if BADLY_TOGETHER.contains(&text.to_lowercase().as_str()) => Some(false),
        () if !stops => None,
        () if WELL.has(&word) => Some(true),
        () if BADLY.has(&word) => Some(false),
        () => None,
    }
}

/// Whether something ended well, under a name that says that its texts are how things ended: there `done` is well, and `panicked` is not.
pub(crate) fn of_state(text: &str) -> Option<bool> {
    const DONE: Words = Words::of("done finished complete answered correct");
    const NOT_DONE: Words = Words::of("fatal unavailable wrong incorrect interrupted panicked broken segv");
    let word = text.trim().to_lowercase();
    by_first_word(text).or_else(|| match () {
        () if DONE.has(&word) => Some(true),
        () if NOT_DONE.has(&word) => Some(false),
        () => None,
    })
}

/// Whether a message says that something failed: `Destination host unreachable`, `Request timed out`.
pub(crate) fn is_message_of_failure(text: &str) -> bool {
    let lower = text.to_lowercase();
    lower.contains("timed out") || words_of(&lower).iter().any(|word| MESSAGE.has(word) || BADLY.has(word))
}

/// Whether a text under a name for errors says by itself that something failed: a message, or the name of an error or of its class
/// (`ReadTimeout`, `ECONNREFUSED`).
pub(crate) fn names_a_failure(text: &str) -> bool {
    const OF_CONNECTION: Words = Words::of("eof reset");
    let lower = text.to_lowercase();
    let words = words_of(&lower);
    if lower.contains('=') || denies_a_failure(text) {
        return false;
    }
    of_text(text, false) == Outcome::Failed
        || is_message_of_failure(text)
        || words.iter().any(|word| OF_CONNECTION.has(word))
}

/// Whether a text says that something did not fail: `no timeout`, `ERR_NONE`, `done before timeout`.
pub(crate) fn denies_a_failure(text: &str) -> bool {
    const DENIED: Words = Words::of(
        "no none without before not zero never handled recovered ok success kein keine keinen aucune aucun sin nessun",
    );
    let lower = text.to_lowercase();
    let words = words_of(&lower);
    words.iter().any(|word| DENIED.has(word)) && !is_denied_success(&words)
}

/// `not found`, `no response`: what should have come did not.
fn is_denied_success(words: &[&str]) -> bool {
    const WANTED: Words = Words::of("found response answer reply reachable route available connected space memory");
    words.windows(2).any(|pair| matches!(pair[0], "no" | "not") && WANTED.has(pair[1]))
}

/// What the cell says of a result that is not there: `OOM`, `timed out`, `Error: out of memory`, `skipped`. Absent for any other
/// text.
pub(crate) fn no_result(cell: &[u8]) -> Option<NoResult> {
    /// Longer texts say more than that.
    const LONGEST: usize = 80;
    let cell = cell.trim_ascii();
    let text = std::str::from_utf8(cell).ok().filter(|text| text.len() <= LONGEST)?;
    if !text.starts_with(|first: char| first.is_alphabetic() || first == '<') {
        return None;
    }
    let lower = text.to_lowercase();
    let end = lower.find(['(', ':', '!']).unwrap_or(lower.len());
    let words = words_of(&lower[..end]);
    let spaced = words.join(" ");
    match () {
        () if matches!(words[..], [word] if BADLY.has(word)) || BADLY_TOGETHER.contains(&spaced.as_str()) => {
            Some(NoResult::Failed)
        }
        () if is_not_tried(&words) => Some(NoResult::NotMeasured),
        () => None,
    }
}

/// What the text of a status says; of a column that is called after failures with `of_failure`.
pub(crate) fn of_text(text: &str, of_failure: bool) -> Outcome {
    let when = |failed: bool| if failed { Outcome::Failed } else { Outcome::Succeeded };
    let lower = text.trim().to_lowercase();
    let yes = matches!(lower.as_str(), "true" | "yes" | "y" | "t" | "1");
    let no = matches!(lower.as_str(), "false" | "no" | "n" | "f" | "0");
    if lower.is_empty() || ["nan", "n/a", "na", "null", "nil", "-"].contains(&lower.as_str()) {
        // A column of failures is empty where nothing went wrong; a status column is empty where nothing is known.
        return if of_failure { Outcome::Succeeded } else { Outcome::NotSaid };
    }
    if yes || no {
        return when(yes == of_failure);
    }
    let words = words_of(&lower);
    // It was asked for, and nothing came of it: neither a result nor a failure of what was measured.
    if UNSUPPORTED.contains(&words.join(" ").as_str()) {
        return Outcome::Unclear;
    }
    if is_not_tried(&words) || NOT_ENDED.has(&lower) {
        return Outcome::NotSaid;
    }
    let parts = words::apart(text);
    let of_class: Vec<&str> = parts.iter().map(String::as_str).collect();
    if let Some(counts) = counted_failures(&lower, &words).or_else(|| counted_failures(&lower, &of_class)) {
        return counts;
    }
    if let Some(code) = http_code::of_text(&lower) {
        return when(code >= http_code::FIRST_FAILURE);
    }
    let any = |known: &[Words]| words.iter().any(|word| known.iter().any(|known| known.has(word)));
    let (together, class_together) = (words.join(" "), of_class.join(" "));
    // `NoContent` is an answer.
    let denies = |word: &str| matches!(word, "no" | "not" | "n" | "f");
    let names_failure = |word: &&str| BADLY.has(word) || BADLY_AS_STATUS.has(word) && !denies(word);
    // `success: false`.
    let denied = words.windows(2).any(|pair| WELL.has(pair[0]) && matches!(pair[1], "false" | "0"));
    match () {
        () if denied || any(&[BADLY, BADLY_AS_STATUS]) => Outcome::Failed,
        () if BADLY_TOGETHER.iter().any(|one| together.contains(one) || class_together.contains(one)) => {
            Outcome::Failed
        }
        () if of_class.iter().any(names_failure) => Outcome::Failed,
        () if any(&[WELL, WELL_AS_STATUS]) => Outcome::Succeeded,
        () if of_failure => Outcome::Failed,
        () => Outcome::Unclear,
    }
}

/// Whether the texts of a column say of results that they are right or wrong, as a judge does that knows the right ones: `correct`,
/// `wrong`, `error`.
pub(crate) fn are_of_a_judge<'t>(texts: impl IntoIterator<Item = &'t str>) -> bool {
    const RIGHT_OR_WRONG: Words = Words::of("correct wrong incorrect");
    const BESIDES: Words = Words::of("unknown missing partial");
    let mut judged = false;
    let all = texts.into_iter().all(|text| {
        let lower = text.trim().to_lowercase();
        let word = lower.split([' ', '-', ':', '(']).next().unwrap_or_default();
        judged |= RIGHT_OR_WRONG.has(word);
        lower.is_empty() || RIGHT_OR_WRONG.has(word) || BESIDES.has(word) || by_first_word(&lower).is_some()
    });
    all && judged
}

/// Whether the texts of a column are states of tests: `PASS`, `FAIL`, `TLE`, `BLOCKED`; some passed and some failed.
pub(crate) fn are_states<'t>(texts: impl IntoIterator<Item = &'t str>) -> bool {
    let (mut well, mut badly) = (false, false);
    let all = texts.into_iter().all(|text| {
        let said = by_first_word(text);
        well |= said == Some(true);
        badly |= said == Some(false);
        text.is_empty()
            || said.is_some()
            || is_state(text)
            || is_not_tried(&words_of(&text.to_lowercase()))
            || is_not_ended(text)
    });
    all && well && badly
}

/// Whether the texts of a column are conditions in which something was, none of them how it ended: `CHARGING`, `FULL`, `NOT_CHARGING`. What is
/// not so says nothing of a failure where nothing in the column is known to end well or badly.
pub(crate) fn are_conditions<'t>(texts: impl IntoIterator<Item = &'t str>) -> bool {
    /// What is not one of these failed, whatever stands beside it.
    const REACHED: Words = Words::of(
        "found responding reachable connected ready valid allowed authorized authenticated accepted implemented permitted acceptable \
         converged converging solved proven proved verified finished equal equivalent sorted matched matching working answered healthy satisfied",
    );
    let (mut denied, mut others) = (false, false);
    let all = texts.into_iter().filter(|text| !text.is_empty()).all(|text| {
        let lower = text.to_lowercase();
        if let ["not", what, ..] = words_of(&lower)[..] {
            denied = true;
            // What goes on is a condition; what was to be done and was not (`NOT_DELIVERED`) failed.
            return what.ends_with("ing")
                && !WELL.has(what)
                && !WELL_AS_STATUS.has(what)
                && !REACHED.has(what)
                && !is_not_tried(&words_of(&lower));
        }
        others = true;
        of_text(text, false) == Outcome::Unclear
    });
    all && denied && others
}

/// Whether a word is the state of a test that did not pass.
pub(crate) fn is_state(text: &str) -> bool {
    STATES.has(&text.trim().to_lowercase())
}

/// What a text with counts says: `4 passed, 0 failed`, `0 failures`, `no errors`. A fraction (`1/100`) is of several things, of which a
/// row cannot say that it failed.
fn counted_failures(lower: &str, words: &[&str]) -> Option<Outcome> {
    const COUNTED: &[&str] = &["failure", "failures", "failed", "fail", "fails", "error", "errors", "exceptions"];
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if lower.split_once('/').is_some_and(|(part, whole)| is_number(part.trim()) && is_number(whole.trim())) {
        return Some(Outcome::Unclear);
    }
    let is_none = |text: &str| matches!(text, "no" | "without" | "zero");
    let counts = words.windows(2).filter(|pair| COUNTED.contains(&pair[1]) && (is_number(pair[0]) || is_none(pair[0])));
    let mut numbers = counts.map(|pair| pair[0].parse::<u64>().unwrap_or_default()).peekable();
    numbers.peek()?;
    Some(if numbers.any(|number| number > 0) { Outcome::Failed } else { Outcome::Succeeded })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_as_people_mean_them() {
        for (text, column, expected) in [
            ("true", "success", Outcome::Succeeded),
            ("no", "ok", Outcome::Failed),
            ("Y", "failed", Outcome::Failed),
            ("OOM", "status", Outcome::Failed),
            ("OUT_OF_MEMORY", "State", Outcome::Failed),
            ("N", "failed", Outcome::Succeeded),
            ("not ok", "status", Outcome::Failed),
            ("DEADLINE_EXCEEDED", "status", Outcome::Failed),
            ("500 Internal", "status", Outcome::Failed),
            ("503.0", "status", Outcome::Failed),
            (" 5.03e2 ", "status", Outcome::Failed),
            ("5xx", "status_class", Outcome::Failed),
            ("2xx", "status_class", Outcome::Succeeded),
            ("92.14", "status", Outcome::Unclear),
            // What connections come to, in a column of codes.
            ("ETIMEDOUT", "status", Outcome::Failed),
            ("ECONNREFUSED", "status", Outcome::Failed),
            ("EAI_AGAIN", "status", Outcome::Failed),
            ("refused", "status", Outcome::Failed),
            ("socket hang up", "status", Outcome::Failed),
            ("ERR_CONNECTION_RESET", "status", Outcome::Failed),
            ("shed", "status", Outcome::Unclear),
            ("200 OK", "status", Outcome::Succeeded),
            ("purple", "status", Outcome::Unclear),
            ("VcpuLimitExceeded", "Status", Outcome::Failed),
            ("InsufficientInstanceCapacity", "Status", Outcome::Failed),
            ("OutOfMemory", "Status", Outcome::Failed),
            ("NoError", "status", Outcome::Succeeded),
            ("NoContent", "status", Outcome::Unclear),
            ("NotStarted", "status", Outcome::NotSaid),
            ("PartlySunny", "status", Outcome::Unclear),
            ("", "status", Outcome::NotSaid),
            ("", "error", Outcome::Succeeded),
            ("", "failure_reason", Outcome::Succeeded),
            ("wrong answer", "status", Outcome::Failed),
            ("correct", "category", Outcome::Succeeded),
            ("unknown", "category", Outcome::Unclear),
            ("running", "State", Outcome::NotSaid),
            ("CANCELLED by 1001", "State", Outcome::Failed),
            ("connection reset", "error", Outcome::Failed),
            ("4 passed, 0 failed, 0 skipped", "status", Outcome::Succeeded),
            ("3 passed, 1 failed", "status", Outcome::Failed),
            ("0 failures", "failed", Outcome::Succeeded),
            ("no errors", "error", Outcome::Succeeded),
            ("completed without errors", "status", Outcome::Succeeded),
            ("0/100", "failed", Outcome::Unclear),
            ("not_run", "status", Outcome::NotSaid),
            ("not measured", "status", Outcome::NotSaid),
            ("Unsupported", "status", Outcome::Unclear),
            // As verifiers and solvers write them.
            ("OUT OF MEMORY", "status", Outcome::Failed),
            ("SEGMENTATION FAULT", "status", Outcome::Failed),
            ("KILLED BY SIGNAL 9", "status", Outcome::Failed),
            ("ERROR (parsing failed)", "status", Outcome::Failed),
            ("TIMEOUT (unknown)", "status", Outcome::Failed),
            // Whether that is right the text does not say.
            ("false(unreach-call)", "status", Outcome::Unclear),
            ("wrong", "category", Outcome::Failed),
            ("unsat", "result", Outcome::Succeeded),
            ("success=false", "status", Outcome::Failed),
            ("unsuccessful", "status", Outcome::Failed),
            ("fehlgeschlagen", "ergebnis", Outcome::Failed),
            ("Éxito", "estado", Outcome::Succeeded),
            ("失败", "结果", Outcome::Failed),
            ("成功", "结果", Outcome::Succeeded),
        ] {
            let of_failure = column.contains("fail") || column.contains("err");
            assert_eq!(of_text(text, of_failure), expected, "{column}={text}");
        }
    }

    #[test]
    fn words_for_a_result_that_is_not_there_are_known() {
        for word in [
            "OOM",
            "timed out",
            "Error: out of memory",
            "DNF",
            "crashed!",
            "Timeout (300 s)",
            "out-of-memory",
            "memout",
        ] {
            assert_eq!(no_result(word.as_bytes()), Some(NoResult::Failed), "{word}");
        }
        for word in ["Skipped", "<not counted>", "n.a.", "not supported"] {
            assert_eq!(no_result(word.as_bytes()), Some(NoResult::NotMeasured), "{word}");
        }
        for word in ["NaN", "inf", "1.2.3", "oomph", "x", "", "12", "no error"] {
            assert_eq!(no_result(word.as_bytes()), None, "{word}");
        }
    }

    #[test]
    fn the_first_word_says_how_something_ended_whatever_its_column_is_called() {
        for (text, expected) in [
            ("PASS", Some(true)),
            ("failed:SIGSEGV", Some(false)),
            ("error: out of memory", Some(false)),
            ("Out of memory", Some(false)),
            ("CANCELLED by 1001", Some(false)),
            ("node_fail", Some(false)),
            ("pass the salt", None),
            ("stop", None),
            ("wrong", None),
        ] {
            assert_eq!(by_first_word(text), expected, "{text}");
        }
    }

    #[test]
    fn states_of_tests_are_told_beside_passing_and_failing() {
        assert!(are_states(["PASS", "FAIL", "TLE", "BLOCKED", "skipped", ""]));
        for texts in [&["BLOCKED", "ALLOWED"][..], &["TLE", "PASS"], &["PASS", "FAIL", "north"]] {
            assert!(!are_states(texts.iter().copied()), "{texts:?}");
        }
    }

    #[test]
    fn what_something_is_not_is_no_failure_among_conditions() {
        assert!(are_conditions(["CHARGING", "DISCHARGING", "FULL", "NOT_CHARGING", ""]));
        for texts in [
            &["not ok", "open"][..],
            &["NOT_FOUND", "PARTIAL"],
            &["DELIVERED", "NOT_DELIVERED"],
            &["sent", "not sent"],
            &["charging", "not charging", "error"],
            &["full", "charging"],
            &["not charging"],
        ] {
            assert!(!are_conditions(texts.iter().copied()), "{texts:?}");
        }
    }

    #[test]
    fn a_judge_says_right_or_wrong() {
        assert!(are_of_a_judge(["correct", "wrong", "error", "unknown", ""]));
        assert!(are_of_a_judge(["correct-unconfirmed", "correct"]));
        for texts in [&["error", "unknown"][..], &["correct", "search"], &["timeout"]] {
            assert!(!are_of_a_judge(texts.iter().copied()), "{texts:?}");
        }
    }
}
