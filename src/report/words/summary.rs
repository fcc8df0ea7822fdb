//! Sentences about requests that a tool has summarised.

use crate::analysis::requests::{EndpointSummary, LoadSweep, RequestSummary, SweepPoint};
use crate::measure::unit::Dimension;
use crate::report::contract::Source;
use crate::report::escape::visible;
use crate::report::number;

/// Fewer requests have no tail that a percentile could tell.
pub(super) const FEWEST_OF_TAIL: u64 = 20;

/// What one of them is called: those of a database are operations.
pub(in crate::report) fn noun(summary: &RequestSummary) -> &'static str {
    let counted = summary.counted_by.as_deref().unwrap_or_default().to_lowercase();
    if counted.contains("operation") { "operation" } else { "request" }
}

/// `133 requests, 33.47 /s, 3.76% failed`; `None` where the tool says nothing of all of them together.
fn whole(summary: &RequestSummary) -> Option<String> {
    let all = summary.all.as_ref()?;
    let count = all.requests.map(|requests| number::counted(requests, noun(summary)));
    let rate = all.rate.map(|rate| number::quantity(Dimension::Rate, rate));
    let failed = all.failed.zip(all.requests).map(|(failed, requests)| failed_share(failed, requests));
    let said: Vec<String> = [count, rate, failed].into_iter().flatten().collect();
    (!said.is_empty()).then(|| said.join(", "))
}

/// `3.76% failed`, `none failed`.
pub(in crate::report) fn failed_share(failed: u64, of: u64) -> String {
    match failed {
        0 => "none failed".to_owned(),
        _ => format!("{} failed", number::share(failed as f64 / of.max(1) as f64)),
    }
}

/// `response time p95 61 ms` of all of them.
fn latency(summary: &RequestSummary) -> Option<String> {
    let (name, statistic, value) = latency_value(summary)?;
    Some(format!("{name} {statistic} {}", number::quantity(summary.dimension, value)))
}

/// What took how long, of all of them: the metric, the statistic, its value in the base unit.
pub(super) fn latency_value(summary: &RequestSummary) -> Option<(String, &'static str, f64)> {
    let all = summary.all.as_ref()?;
    // Of so few the 95th percentile is the slowest of them.
    let few = all.requests.is_some_and(|requests| requests < FEWEST_OF_TAIL);
    let said = if few {
        [("median", all.p50), ("mean", all.mean), ("p95", all.p95)]
    } else {
        [("p95", all.p95), ("median", all.p50), ("mean", all.mean)]
    };
    let (statistic, value) = said.into_iter().find_map(|(statistic, value)| Some((statistic, value?)))?;
    let name = crate::report::text_table::shortened_in_the_middle(summary.latency_by.as_deref()?, 40);
    // Where not a single request succeeded, how fast failures are says nothing.
    (all.failed.is_none() || all.failed != all.requests).then_some((name, statistic, value))
}

/// `133 requests, 33.47 /s, 3.76% failed, response time p95 61 ms`.
pub(in crate::report) fn about(summary: &RequestSummary) -> String {
    let said: Vec<String> = whole(summary).into_iter().chain(latency(summary)).collect();
    match (said.is_empty(), summary.endpoints.is_empty()) {
        (false, _) => said.join(", "),
        (true, false) => number::counted(summary.endpoints.len() as u64, "row"),
        (true, true) => "failures".to_owned(),
    }
}

/// Where the numbers come from, a sentence each.
pub(in crate::report) fn notes(summary: &RequestSummary) -> Vec<String> {
    let name = |name: &Option<String>| name.as_deref().map(|name| format!("`{}`", visible(name)));
    let parts = [
        ("requests", name(&summary.counted_by)),
        ("rate", name(&summary.rate_by)),
        ("durations", name(&summary.latency_by)),
    ];
    let said: Vec<String> =
        parts.into_iter().filter_map(|(what, name)| Some(format!("{what} are {}", name?))).collect();
    let mut notes = Vec::new();
    if !said.is_empty() {
        let said = said.join(", ").replace("rate are", "the rate is");
        notes.push(format!("As the tool itself reports: {said}. Intervals are Wilson's, of its counts."));
    }
    if summary.added_up {
        notes.push("The counts of all are added up here; percentiles and rates do not add up.".to_owned());
    }
    notes
}

/// Whether the runs of a sweep stand in several files.
pub(in crate::report) fn in_several_files(sweep: &LoadSweep) -> bool {
    sweep.points.windows(2).any(|pair| pair[0].source != pair[1].source)
}

/// The load of a run; with its file where there are several.
pub(in crate::report) fn level(sweep: &LoadSweep, point: &SweepPoint) -> String {
    let level = number::tick(point.level);
    if in_several_files(sweep) { format!("{level} ({})", visible(&point.source)) } else { level }
}

/// `max_concurrency 8 to 32: 0.4 to 1.6 /s, latency median 2.31 to 3.07 s`.
pub(in crate::report) fn about_sweep(sweep: &LoadSweep) -> String {
    let ends = |of: fn(&EndpointSummary) -> Option<f64>| {
        sweep.points.first().zip(sweep.points.last()).and_then(|(low, high)| Some((of(&low.run)?, of(&high.run)?)))
    };
    let range = |dimension: Dimension, (low, high): (f64, f64)| {
        format!("{} to {}", number::quantity(dimension, low), number::quantity(dimension, high))
    };
    let rate = ends(|one| one.rate).map(|rates| range(Dimension::Rate, rates));
    let name = sweep.latency_by.as_deref().map_or_else(String::new, |name| format!("{} ", visible(name)));
    let median = ends(|one| one.p50).map(|times| format!("{name}median {}", range(sweep.dimension, times)));
    let said: Vec<String> = rate.into_iter().chain(median).collect();
    let levels = sweep.points.first().zip(sweep.points.last());
    let levels = levels.map_or_else(String::new, |(low, high)| {
        format!("{} {} to {}", visible(&sweep.setting), number::tick(low.level), number::tick(high.level))
    });
    format!("{levels}: {}", said.join(", "))
}

/// The same for the first line, where nothing else was measured.
pub(in crate::report) fn of_sweep(sweeps: &[LoadSweep], sources: &[Source]) -> Option<String> {
    let [sweep] = sweeps else { return None };
    let holds = |source: &Source| sweep.points.iter().any(|point| point.source == source.name);
    let runs = number::counted(sweep.points.len() as u64, "run");
    sources.iter().all(holds).then(|| format!("{runs} by {}", about_sweep(sweep)))
}

/// Which metric the durations are.
pub(in crate::report) fn latency_of(sweep: &LoadSweep) -> Option<String> {
    let name = sweep.latency_by.as_deref()?;
    Some(format!("Durations are `{}`; each row is a run of its own.", visible(name)))
}
