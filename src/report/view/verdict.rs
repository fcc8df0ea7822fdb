//! The answer in one line, and what it rests on.

use serde::Serialize;

use crate::report::contract::{Report, Status};
use crate::report::escape::visible;
use crate::report::number;
use crate::report::words;

use super::{service, swarm};

/// The answer in one line.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct VerdictView {
    pub status: Status,
    pub word: &'static str,
    pub headline: String,
    pub facts: Vec<String>,
}

impl VerdictView {
    pub(super) fn of(report: &Report) -> Self {
        let word = match report.verdict.status {
            Status::Clean => "Clean",
            Status::Inconclusive => "Inconclusive",
            Status::Suspicious => "Suspicious",
            Status::Incomplete => "Incomplete",
            Status::Corrupted => "Corrupted",
            Status::Missed => "Target not met",
            Status::Regressed => "Regressed",
        };
        let mut facts = vec![number::counted(report.sources.len() as u64, "file")];
        if !report.metrics.is_empty() || report.reported.is_empty() && report.swarm.is_none() {
            facts.push(number::counted(report.metrics.len() as u64, "metric"));
            facts.push(number::counted(report.verdict.samples, "clean sample"));
        }
        facts.extend(words::reported::measured(&report.reported));
        facts.extend(report.swarm.iter().flat_map(swarm::facts));
        facts.extend(service::verdict_facts(report));
        if report.verdict.corrupted_samples > 0 {
            facts.push(number::counted(report.verdict.corrupted_samples, "corrupted sample"));
        }
        if report.verdict.suspicious > 0 {
            facts.push(number::counted(report.verdict.suspicious, "suspicious finding"));
        }
        Self { status: report.verdict.status, word, headline: visible(&report.verdict.headline), facts }
    }
}
