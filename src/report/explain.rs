//! What every word of a report means: kinds of findings, and verdicts about runs, metrics, targets and gates.
//!
//! In: the types themselves. Their values and meanings come from their own descriptions, the words from where reports take theirs, so
//! that nothing can be added to them that is not explained.

mod advice;
mod findings;
mod observations;
mod statuses;

use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::compare::gate::FailOn;
use crate::history::contract::ChangeState;
use crate::measure::finding::FindingKind;
use crate::report::view::Subject;
use crate::report::words;

pub(crate) use advice::Advice;

/// What a word is said of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Topic {
    /// A kind of finding.
    Finding,
    /// How much a finding matters.
    Severity,
    /// The first line.
    Service,
    /// The badge.
    Data,
    /// A metric, compared.
    Metric,
    Target,
    Gate,
    /// A word of `--fail-on`.
    FailOn,
    /// A change in a history.
    History,
    /// The samples of a metric, or a run of requests.
    Samples,
}

impl Topic {
    /// As a heading has it.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Finding => "a kind of finding",
            Self::Severity => "how much a finding matters",
            Self::Service => "of the service, in the first line",
            Self::Data => "of the data",
            Self::Metric => "of a metric that is compared",
            Self::Target => "of a target",
            Self::Gate => "of a gate",
            Self::FailOn => "what `--fail-on` looks for",
            Self::History => "of a change in a history",
            Self::Samples => "of samples and runs",
        }
    }
}

/// A word with what is said of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Explanation {
    /// As reports write it.
    pub word: &'static str,
    /// As the JSON writes it.
    pub name: String,
    /// What it is said of.
    pub topic: Topic,
    /// What it means.
    pub means: String,
    /// What makes it, and what to do.
    pub advice: Advice,
}

impl Explanation {
    /// Whether somebody means this by a word, in the spelling of reports or of the JSON.
    pub(crate) fn is_called(&self, word: &str) -> bool {
        let plain = |text: &str| text.to_lowercase().replace(['_', '-'], " ");
        plain(word) == plain(self.word) || plain(word) == plain(&self.name)
    }
}

/// Everything that is explained: words about runs first, then kinds of findings.
pub(crate) fn explanations() -> Vec<Explanation> {
    let mut all = Vec::new();
    all.extend(of(Topic::Service, |status| (Subject::Service(status).word(), statuses::service(status))));
    all.extend(of(Topic::Data, |status| (Subject::Data(status).word(), statuses::data(status))));
    all.extend(of(Topic::Metric, |verdict| (Subject::Change(verdict).word(), statuses::verdict(verdict))));
    all.extend(of(Topic::Target, |outcome| (words::change::outcome(outcome), statuses::target(outcome))));
    all.extend(of(Topic::Gate, |outcome| (Subject::Gate(outcome).word(), statuses::gate(outcome))));
    all.extend(FailOn::ALL.map(|what| {
        let (means, advice) = observations::asked_of_a_gate(what);
        Explanation {
            word: what.word(),
            name: what.word().to_owned(),
            topic: Topic::FailOn,
            means: means.to_owned(),
            advice,
        }
    }));
    all.extend(of(Topic::History, |state| (state_of_a_history(state), statuses::change_of_a_history(state))));
    all.extend(statuses::OTHERS.map(|(word, means, advice)| Explanation {
        word,
        name: word.to_owned(),
        topic: Topic::Metric,
        means: means.to_owned(),
        advice,
    }));
    all.extend(observations::SAMPLES.map(|(word, name, means, advice)| Explanation {
        word,
        name: name.to_owned(),
        topic: Topic::Samples,
        means: means.to_owned(),
        advice,
    }));
    all.extend(of(Topic::Severity, |severity| (words::severity(severity), statuses::severity(severity))));
    all.extend(of(Topic::Finding, |kind: FindingKind| (kind.words(), findings::advice(kind))));
    all
}

/// The word for what became of a change in a history.
fn state_of_a_history(state: ChangeState) -> &'static str {
    match state {
        ChangeState::New => "new",
        ChangeState::Acknowledged => "acknowledged",
        ChangeState::Recovered => "recovered",
    }
}

/// All values of a type, by what it says of itself.
fn of<T: JsonSchema + DeserializeOwned>(
    topic: Topic,
    said: impl Fn(T) -> (&'static str, Advice),
) -> impl Iterator<Item = Explanation> {
    let schema = schemars::schema_for!(T).to_value();
    let values = schema["oneOf"].as_array().cloned().unwrap_or_default();
    values.into_iter().filter_map(move |value| {
        let name = value["const"].as_str()?.to_owned();
        let (word, advice) = said(serde_json::from_value(Value::String(name.clone())).ok()?);
        let means = value["description"].as_str()?.split_whitespace().collect::<Vec<_>>().join(" ");
        Some(Explanation { word, name, topic, means, advice })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_finding_and_every_status_is_explained() {
        let all = explanations();
        let of = |topic: Topic| all.iter().filter(|one| one.topic == topic).count();
        // A value that is added to a type raises its number here, because it is described there.
        let described = |text: &str, name: &str| {
            let from = text.split(&format!("pub enum {name} {{")).nth(1).unwrap();
            let body = from.split("\n}").next().unwrap();
            body.lines().filter(|line| line.ends_with(',') && !line.trim_start().starts_with("//")).count()
        };
        let finding = include_str!("../measure/finding.rs");
        let contract = include_str!("contract.rs");
        let outcome = include_str!("../compare/outcome.rs");
        let history = include_str!("../history/contract.rs");
        assert_eq!(of(Topic::Finding), described(finding, "FindingKind"));
        assert_eq!(of(Topic::Severity), described(finding, "Severity"));
        assert_eq!(of(Topic::Service), described(contract, "ServiceStatus"));
        assert_eq!(of(Topic::Data), described(contract, "DataStatus"));
        assert_eq!(of(Topic::Metric), described(outcome, "Verdict") + statuses::OTHERS.len());
        assert_eq!(of(Topic::Target), described(outcome, "TargetOutcome"));
        assert_eq!(of(Topic::Gate), described(outcome, "GateOutcome"));
        assert_eq!(of(Topic::History), described(history, "ChangeState"));
        for one in &all {
            for text in [one.word, &one.means, one.advice.made_by, one.advice.to_do] {
                assert!(text.len() > 2 && !text.contains("[`"), "{}: {text}", one.word);
            }
        }
    }

    #[test]
    fn the_tables_of_the_documentation_say_the_same() {
        let page = include_str!("../../docs/verdict.md");
        for one in explanations() {
            let capital = || one.word[..1].to_uppercase() + &one.word[1..];
            let row = match one.topic {
                // In the table the first line begins with the word itself.
                Topic::Service if one.word == "missed" => "| **Target missed** |".to_owned(),
                Topic::Service => format!("| **{}** |", capital()),
                Topic::Data => format!("| **{}** |", one.word),
                Topic::Metric if page.contains(&format!("| {} |", one.word)) => format!("| {} |", one.word),
                _ => continue,
            };
            let row = format!("{row} {} |", one.advice.made_by);
            assert!(page.contains(&row), "docs/verdict.md lacks: {row}");
        }
    }

    #[test]
    fn a_word_is_known_in_every_spelling() {
        let all = explanations();
        let found = |word: &str| all.iter().filter(|one| one.is_called(word)).count();
        assert_eq!(found("foreign_table"), 1);
        assert_eq!(found("row of another table"), 1);
        assert_eq!(found("Embedded-Header"), 1);
        assert_eq!(found("undecided"), 3, "the service, a target, a gate");
        assert_eq!(found("nothing of the kind"), 0);
    }
}
