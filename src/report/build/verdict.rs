//! The answer in one line: how the service did, the worst first, then what it rests on; and beside it how sound the data is.

use std::collections::HashSet;

use crate::analysis::failing::PopulationFailures;
use crate::analysis::swarm::Swarm;
use crate::compare::gate::RunState;
use crate::compare::outcome::{Comparison, Counts, Gate, GateOutcome, TargetOutcome, TargetResult};
use crate::measure::finding::{Finding, Severity};
use crate::report::contract::{DataStatus, LoadSweep, ServiceStatus, Verdict};
use crate::report::words::headline;
use crate::report::words::measured::{self, Measurements};
use crate::report::{number, words};

/// What a verdict is made of.
pub(super) struct VerdictBasis<'a> {
    pub(super) findings: &'a [Finding],
    pub(super) state: RunState<'a>,
    pub(super) measured: Measurements<'a>,
    pub(super) sweeps: &'a [LoadSweep],
    pub(super) swarm: Option<&'a Swarm>,
    pub(super) comparison: Option<&'a Comparison>,
    pub(super) targets: &'a [TargetResult],
    pub(super) gate: Option<&'a Gate>,
}

pub(super) fn verdict(basis: &VerdictBasis<'_>) -> Verdict {
    let RunState { corrupted, suspicious, .. } = basis.state;
    let clean = basis.measured.metrics.iter().filter_map(|metric| metric.overall.clean.as_ref());
    let failed = basis.measured.metrics.iter().filter_map(|metric| metric.failed.as_ref());
    let samples: u64 = clean.chain(failed).map(|summary| summary.n).sum();
    let data = data_status(basis);
    let mut failures: Vec<PopulationFailures> = basis
        .measured
        .populations
        .iter()
        .filter(|one| one.failing || one.failed > 0 && one.share >= headline::SAID_FROM)
        .cloned()
        .collect();
    failures.sort_by(|a, b| b.failing.cmp(&a.failing).then_with(|| b.share.total_cmp(&a.share)));
    Verdict {
        service: service_status(basis),
        headline: line(basis, samples),
        data,
        data_note: data_note(basis, data),
        failures,
        corrupted_samples: corrupted,
        suspicious,
        samples,
    }
}

/// The clauses of the first line.
fn line(basis: &VerdictBasis<'_>, samples: u64) -> String {
    let failing =
        headline::failing(basis.measured.populations, basis.measured.metrics, basis.measured.sources, basis.comparison);
    let mut clauses: Vec<String> = failing.into_iter().collect();
    let suite = |comparison| headline::suite(comparison, basis.measured.sources);
    clauses.extend(basis.comparison.and_then(suite));
    let named = |comparison| headline::named_changes(comparison, basis.measured.populations);
    clauses.extend(basis.comparison.map(named).into_iter().flatten());
    clauses.extend(basis.comparison.and_then(headline::undecided));
    clauses.extend(headline::missed_target(basis.targets));
    clauses.extend(headline::missed_of_tool(basis.measured.sources));
    clauses.extend(words::steady::not_found(basis.measured.requests, basis.comparison));
    clauses.extend(basis.state.unread.map(|(column, _)| format!("`{column}` was not read")));
    clauses.extend(words::change::headline(basis.comparison, basis.targets, basis.gate));
    clauses.extend(words::incident::headline(basis.measured.requests));
    if !basis.measured.sources.is_empty() {
        clauses.push(measured(basis, samples));
        clauses.extend(words::steady::left_out(basis.measured.requests));
        clauses.retain(|clause| !clause.is_empty());
    }
    if clauses.is_empty() { "nothing was read".to_owned() } else { clauses.join("; ") }
}

/// The most serious of what holds.
fn service_status(basis: &VerdictBasis<'_>) -> ServiceStatus {
    let counts = basis.comparison.map(|comparison| comparison.counts);
    let any = |of: fn(Counts) -> u64| counts.is_some_and(|counts| of(counts) > 0);
    let target = |wanted: &[TargetOutcome]| basis.targets.iter().any(|target| wanted.contains(&target.outcome));
    let told = |counts: Counts| counts.unchanged + counts.center_unchanged + counts.improved + counts.changed;
    let held = [
        (basis.measured.populations.iter().any(|one| one.failing), ServiceStatus::Failing),
        (any(|counts| counts.regressed), ServiceStatus::Regressed),
        (target(&[TargetOutcome::Missed, TargetOutcome::NoData]), ServiceStatus::Missed),
        (basis.measured.sources.iter().any(|source| !source.missed.is_empty()), ServiceStatus::Missed),
        (target(&[TargetOutcome::Undecided]), ServiceStatus::Undecided),
        (basis.gate.is_some_and(|gate| gate.outcome == GateOutcome::Undecided), ServiceStatus::Undecided),
        (basis.comparison.is_some_and(|comparison| !comparison.stale.is_empty()), ServiceStatus::Undecided),
        (basis.state.unread.is_some(), ServiceStatus::Undecided),
        (words::steady::not_found(basis.measured.requests, basis.comparison).is_some(), ServiceStatus::Undecided),
        (basis.comparison.is_some_and(|one| one.changes.iter().any(|change| change.large)), ServiceStatus::Undecided),
        (any(|counts| counts.missing + counts.incomparable), ServiceStatus::Undecided),
        (counts.is_some_and(|counts| told(counts) == 0), ServiceStatus::Undecided),
        (any(|counts| counts.improved), ServiceStatus::Improved),
        (!basis.targets.is_empty(), ServiceStatus::Healthy),
    ];
    held.into_iter().find(|(holds, _)| *holds).map_or(ServiceStatus::Measured, |(_, status)| status)
}

fn data_status(basis: &VerdictBasis<'_>) -> DataStatus {
    let incomplete =
        basis.comparison.is_some_and(|comparison| comparison.counts.missing + comparison.counts.incomparable > 0);
    let held = [
        (basis.state.corrupted > 0, DataStatus::Corrupted),
        (incomplete, DataStatus::Incomplete),
        (basis.state.suspicious > 0, DataStatus::Suspicious),
    ];
    held.into_iter().find(|(holds, _)| *holds).map_or(DataStatus::Clean, |(_, status)| status)
}

/// What is wrong with the data.
fn data_note(basis: &VerdictBasis<'_>, status: DataStatus) -> String {
    let RunState { corrupted, suspicious, .. } = basis.state;
    let mut parts = Vec::new();
    if corrupted > 0 {
        let what = number::counted(corrupted, "corrupted sample");
        parts.push(format!("{what} set aside in {}", sources_of(basis.findings, Severity::Corrupted)));
    }
    let counts = basis.comparison.map(|comparison| comparison.counts).unwrap_or_default();
    let missing = [(counts.missing, "missing"), (counts.incomparable, "incomparable")];
    parts.extend(missing.iter().filter(|(count, _)| *count > 0).map(|(count, word)| {
        let metrics = number::counted(*count, "metric");
        format!("{metrics} {word}")
    }));
    if suspicious > 0 {
        let what = number::counted(suspicious, "suspicious finding");
        parts.push(format!("{what} in {}", sources_of(basis.findings, Severity::Suspicious)));
    }
    if status == DataStatus::Clean { "no corrupted or suspicious samples".to_owned() } else { parts.join(", ") }
}

/// What a verdict rests on: requests and their latency where there is one population of them, else messages of services, samples
/// of metrics, executions of a swarm.
fn measured(basis: &VerdictBasis<'_>, samples: u64) -> String {
    let of = &basis.measured;
    let Measurements { sources, metrics, reported, services, .. } = *of;
    let only = words::benchmarks::measured(of).or_else(|| measured::measured(of));
    let only = only.or_else(|| words::summary::of_sweep(basis.sweeps, sources)).or_else(|| measured::of_files(of));
    if let Some(said) = only.filter(|_| basis.swarm.is_none()) {
        return said;
    }
    if metrics.is_empty()
        && services.is_empty()
        && basis.swarm.is_none()
        && let Some(said) = words::reported::only_failures(reported)
    {
        return said;
    }
    let messages: u64 = services.iter().map(|service| service.messages.sent).sum();
    let kind = if basis.state.corrupted > 0 { "clean sample" } else { "sample" };
    let count = metrics.len() as u64;
    let in_files = format!("in {}", number::counted(sources.len() as u64, "file"));
    let mut parts = Vec::new();
    if messages > 0 {
        let failed: Option<u64> = services.iter().map(|service| service.errors.failed).sum();
        let failed = failed
            .map_or_else(String::new, |failed| format!(", {} failed", number::share(failed as f64 / messages as f64)));
        let lost = words::service::unanswered(services).map_or_else(String::new, |lost| format!(", {lost}"));
        parts.push(format!("{} of a service{failed}{lost}", number::counted(messages, "message")));
    }
    if count > 0 || messages == 0 && basis.swarm.is_none() && reported.is_empty() {
        parts.push(format!("{} of {}", number::counted(samples, kind), number::counted(count, "metric")));
    }
    parts.extend(words::reported::measured(reported));
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
    let mut known: HashSet<&str> = HashSet::new();
    for finding in findings.iter().filter(|finding| finding.severity == severity) {
        if known.insert(&finding.place.source) {
            names.push(&finding.place.source);
        }
    }
    if names.len() <= NAMED { names.join(", ") } else { number::counted(names.len() as u64, "file") }
}
