//! What a document can hold: of very many files those that matter most.
//!
//! In: a [`Report`]. Out: the same, or one with fewer files, and how many are left out. Nobody reads twenty thousand tables, and to
//! make them takes more memory than what was measured; the JSON has all of them.

use std::borrow::Cow;
use std::collections::HashSet;

use crate::measure::finding::Severity;
use crate::report::contract::Report;

/// Files that a page can hold.
pub(super) const MOST_FILES: usize = 200;
/// Findings and assumptions that stand in a page of so many files: the first are the most serious.
const MOST_NOTES: usize = 2000;

/// A report of at most so many files, and how many it leaves out.
pub(super) fn reach(report: &Report, most: usize) -> (Cow<'_, Report>, u64) {
    let left_out = report.sources.len().saturating_sub(most) as u64;
    if left_out == 0 || report.swarm.is_some() {
        return (Cow::Borrowed(report), 0);
    }
    let names: HashSet<&str> = report.sources.iter().map(|source| source.name.as_str()).collect();
    let failing = report.verdict.failures.iter().filter(|one| one.failing).map(|one| one.source.as_str());
    let odd = report.findings.iter().filter(|finding| finding.severity != Severity::Note);
    let first = failing.chain(odd.map(|finding| finding.place.source.as_str()));
    let given = report.sources.iter().map(|source| source.name.as_str());
    let mut kept: HashSet<&str> = HashSet::new();
    for name in first.filter(|name| names.contains(name)).chain(given) {
        if kept.len() == most {
            break;
        }
        kept.insert(name);
    }
    let is_joint = |name: &str| report.requests.iter().any(|run| run.shards.is_some() && run.source == name);
    let Report { schema_version, tool, run_id, generated, title, verdict, settings, comparison, targets, gate, .. } =
        report;
    let within = Report {
        schema_version: *schema_version,
        tool: tool.clone(),
        run_id: run_id.clone(),
        generated: generated.clone(),
        title: title.clone(),
        verdict: verdict.clone(),
        settings: settings.clone(),
        sources: of(&report.sources, |one| kept.contains(one.name.as_str())),
        metrics: of(&report.metrics, |one| kept.contains(one.source.as_str())),
        reported: of(&report.reported, |one| kept.contains(one.source.as_str())),
        summaries: of(&report.summaries, |one| kept.contains(one.source.as_str())),
        sweeps: report.sweeps.clone(),
        requests: of(&report.requests, |one| one.shards.is_some() || kept.contains(one.source.as_str())),
        goodput: of(&report.goodput, |one| is_joint(&one.source) || kept.contains(one.source.as_str())),
        service: of(&report.service, |one| kept.contains(one.source.as_str())),
        swarm: None,
        comparison: comparison.clone(),
        targets: targets.clone(),
        gate: gate.clone(),
        findings: report.findings.iter().take(MOST_NOTES).cloned().collect(),
        assumptions: report.assumptions.iter().take(MOST_NOTES).cloned().collect(),
    };
    (Cow::Owned(within), left_out)
}

fn of<T: Clone>(all: &[T], kept: impl Fn(&T) -> bool) -> Vec<T> {
    all.iter().filter(|one| kept(one)).cloned().collect()
}
