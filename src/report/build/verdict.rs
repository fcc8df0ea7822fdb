//! The answer in one line: what is wrong first, then what it rests on.

use crate::analysis::chat::Service;
use crate::analysis::swarm::Swarm;
use crate::compare::outcome::{Comparison, Counts, Gate, TargetOutcome, TargetResult};
use crate::measure::finding::{Finding, Severity};
use crate::report::contract::{Metric, Reported, Status, Verdict};
use crate::report::{number, words};

/// What the findings amount to.
#[derive(Debug, Clone, Copy)]
pub(super) struct State {
    /// Values that left the clean statistics.
    pub(super) corrupted: u64,
    /// Suspicious findings.
    pub(super) suspicious: u64,
}

impl State {
    pub(super) fn of(findings: &[Finding]) -> Self {
        let all = |severity: Severity| findings.iter().filter(move |finding| finding.severity == severity);
        Self {
            corrupted: all(Severity::Corrupted).map(|finding| finding.count).sum(),
            suspicious: all(Severity::Suspicious).count() as u64,
        }
    }
}

/// What a verdict is made of.
pub(super) struct VerdictBasis<'a> {
    pub(super) findings: &'a [Finding],
    pub(super) state: State,
    pub(super) metrics: &'a [Metric],
    pub(super) reported: &'a [Reported],
    pub(super) services: &'a [Service],
    pub(super) swarm: Option<&'a Swarm>,
    pub(super) comparison: Option<&'a Comparison>,
    pub(super) targets: &'a [TargetResult],
    pub(super) gate: Option<&'a Gate>,
    pub(super) files: usize,
}

pub(super) fn verdict(basis: &VerdictBasis<'_>) -> Verdict {
    let State { corrupted, suspicious } = basis.state;
    let clean = basis.metrics.iter().filter_map(|metric| metric.overall.clean.as_ref());
    let failed = basis.metrics.iter().filter_map(|metric| metric.failed.as_ref());
    let samples: u64 = clean.chain(failed).map(|summary| summary.n).sum();
    let mut parts = words::change::headline(basis.comparison, basis.targets, basis.gate);
    if corrupted > 0 {
        let what = number::counted(corrupted, "corrupted sample");
        parts.push(format!("{what} in {}", sources_of(basis.findings, Severity::Corrupted)));
    }
    if suspicious > 0 {
        let what = number::counted(suspicious, "suspicious finding");
        parts.push(format!("{what} in {}", sources_of(basis.findings, Severity::Suspicious)));
    }
    if parts.is_empty() {
        let only_reported = basis.metrics.is_empty() && basis.services.is_empty() && basis.swarm.is_none();
        parts.push(if only_reported && !basis.reported.is_empty() {
            "No samples, only numbers that a tool has summarised".to_owned()
        } else {
            "No corrupted or suspicious samples".to_owned()
        });
    }
    let mut headline = parts.join(", ");
    if basis.files > 0 {
        headline = format!("{headline}; {}", measured(basis, samples));
    }
    Verdict { status: status(basis), headline, corrupted_samples: corrupted, suspicious, samples }
}

/// The most serious of what holds.
fn status(basis: &VerdictBasis<'_>) -> Status {
    let counts = basis.comparison.map(|comparison| comparison.counts);
    let any = |of: fn(Counts) -> u64| counts.is_some_and(|counts| of(counts) > 0);
    let target = |wanted: &[TargetOutcome]| basis.targets.iter().any(|target| wanted.contains(&target.outcome));
    let known = |counts: Counts| counts.unchanged + counts.improved + counts.changed;
    let held = [
        (any(|counts| counts.regressed), Status::Regressed),
        (target(&[TargetOutcome::Missed, TargetOutcome::NoData]), Status::Missed),
        (basis.state.corrupted > 0, Status::Corrupted),
        (any(|counts| counts.missing + counts.incomparable), Status::Incomplete),
        (basis.state.suspicious > 0, Status::Suspicious),
        (counts.is_some_and(|counts| known(counts) == 0), Status::Inconclusive),
        (target(&[TargetOutcome::Undecided]), Status::Inconclusive),
    ];
    held.into_iter().find(|(holds, _)| *holds).map_or(Status::Clean, |(_, status)| status)
}

/// What a verdict rests on: messages of services, samples of metrics, executions of a swarm.
fn measured(basis: &VerdictBasis<'_>, samples: u64) -> String {
    let messages: u64 = basis.services.iter().map(|service| service.messages.sent).sum();
    let kind = if basis.state.corrupted > 0 { "clean sample" } else { "sample" };
    let metrics = basis.metrics.len() as u64;
    let in_files = format!("in {}", number::counted(basis.files as u64, "file"));
    let mut parts = Vec::new();
    if messages > 0 {
        parts.push(format!("{} of a service", number::counted(messages, "message")));
    }
    if metrics > 0 || messages == 0 && basis.swarm.is_none() && basis.reported.is_empty() {
        parts.push(format!("{} of {}", number::counted(samples, kind), number::counted(metrics, "metric")));
    }
    parts.extend(words::reported::measured(basis.reported));
    let Some(swarm) = basis.swarm else { return format!("{} {in_files}", parts.join(", ")) };
    let others = !parts.is_empty();
    if others {
        parts = vec![format!("{} {in_files}", parts.join(", "))];
    }
    parts.extend(words::swarm::measured(swarm));
    let said = parts.join(", ");
    if others { said } else { format!("{said} {in_files}") }
}

/// The sources concerned, by name where they are few.
fn sources_of(findings: &[Finding], severity: Severity) -> String {
    const NAMED: usize = 3;
    let mut names: Vec<&str> = Vec::new();
    for finding in findings.iter().filter(|finding| finding.severity == severity) {
        if !names.contains(&finding.place.source.as_str()) {
            names.push(&finding.place.source);
        }
    }
    if names.len() <= NAMED { names.join(", ") } else { number::counted(names.len() as u64, "file") }
}
