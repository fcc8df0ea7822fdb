//! The answer in one line, what it rests on, and how sound the data is.

use serde::Serialize;

use crate::report::contract::{Assumption, DataStatus, Report, ServiceStatus};
use crate::report::escape::visible;
use crate::report::number;
use crate::report::words;

use super::{service, swarm};

/// The answer in one line.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct VerdictView {
    pub status: ServiceStatus,
    pub word: &'static str,
    pub headline: String,
    /// Its first clause, which is the news, and what follows.
    pub first: String,
    pub rest: Option<String>,
    pub data: DataView,
    /// Whose units were assumed.
    pub assumed: Vec<String>,
    pub facts: Vec<String>,
}

/// How sound the data is.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct DataView {
    pub status: DataStatus,
    pub word: &'static str,
    pub text: String,
}

impl DataView {
    /// What follows its word in one line.
    pub(super) fn rest(&self) -> String {
        if self.status == DataStatus::Clean { String::new() } else { format!(": {}", self.text) }
    }
}

/// Nobody should read a number before knowing that its unit is assumed.
fn assumed_units(report: &Report) -> Vec<String> {
    let is_unit = |one: &&Assumption| one.how_to_override.as_deref().is_some_and(|how| how.starts_with("--unit"));
    let mut subjects: Vec<String> = Vec::new();
    for assumption in report.assumptions.iter().filter(is_unit) {
        let subject = visible(&assumption.subject);
        if !subjects.contains(&subject) {
            subjects.push(subject);
        }
    }
    subjects
}

/// The first clause of a headline, and the others; a name in backticks is not taken apart.
fn clauses(headline: &str) -> (String, Option<String>) {
    let whole = |(at, _): &(usize, &str)| headline[..*at].matches('`').count().is_multiple_of(2);
    match headline.match_indices("; ").find(whole) {
        Some((at, between)) => (headline[..at].to_owned(), Some(headline[at + between.len()..].to_owned())),
        None => (headline.to_owned(), None),
    }
}

impl VerdictView {
    pub(super) fn of(report: &Report) -> Self {
        let word = match report.verdict.service {
            ServiceStatus::Measured => "Measured",
            ServiceStatus::Healthy => "Healthy",
            ServiceStatus::Improved => "Improved",
            ServiceStatus::Undecided => "Undecided",
            ServiceStatus::Missed => "Target missed",
            ServiceStatus::Regressed => "Regressed",
            ServiceStatus::Failing => "Failing",
        };
        let mut facts = vec![number::counted(report.sources.len() as u64, "file")];
        if !report.metrics.is_empty() || report.reported.is_empty() && report.swarm.is_none() {
            facts.push(number::counted(report.metrics.len() as u64, "metric"));
            facts.push(number::counted(report.verdict.samples, "clean sample"));
        }
        facts.extend(words::reported::measured(&report.reported));
        facts.extend(report.swarm.iter().flat_map(swarm::facts));
        facts.extend(service::verdict_facts(report));
        let headline = visible(&report.verdict.headline);
        let (first, rest) = clauses(&headline);
        Self {
            status: report.verdict.service,
            word,
            assumed: assumed_units(report),
            headline,
            first,
            rest,
            data: DataView {
                status: report.verdict.data,
                word: words::data_status(report.verdict.data),
                text: visible(&report.verdict.data_note),
            },
            facts,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::clauses;

    #[test]
    fn the_first_clause_is_the_news_and_names_stay_whole() {
        let (first, rest) = clauses("`a; b`: 5 of 18 failed; 154 requests; p95 63 ms");
        assert_eq!(first, "`a; b`: 5 of 18 failed");
        assert_eq!(rest.as_deref(), Some("154 requests; p95 63 ms"));
        assert_eq!(clauses("600 requests, none failed"), ("600 requests, none failed".to_owned(), None));
    }
}
