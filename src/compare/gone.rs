//! Metrics of labels that seem to be gone, and of which nothing is.
//!
//! In: all pairs. Out: those whose absence says something. A format that writes 0 for what was not measured takes a column of zeros from among
//! the metrics: where the only label with a number above zero is gone, the zeros of the others are no metric any more, and none is missing.

use std::collections::BTreeSet;

use super::capture::MetricRuns;
use super::pairing::Pair;

/// Takes out what was zero throughout in the baseline and is no metric of the run, where the run has the label, and no other one that was
/// above zero.
pub(super) fn without_silent_zeros(pairs: Vec<Pair<'_, MetricRuns>>) -> Vec<Pair<'_, MetricRuns>> {
    if pairs.iter().all(|pair| !pair.after.is_empty()) {
        return pairs;
    }
    let labels_of_run: BTreeSet<(String, String)> = pairs
        .iter()
        .flat_map(|pair| pair.after.iter().filter_map(|runs| Some((pair.source.clone(), runs.group.clone()?))))
        .collect();
    let metrics_of_run: BTreeSet<(String, String)> = pairs
        .iter()
        .flat_map(|pair| pair.after.iter().map(|runs| (pair.source.clone(), runs.metric.clone())))
        .collect();
    let has_label = |pair: &Pair<'_, MetricRuns>, runs: &MetricRuns| {
        runs.group.as_ref().is_some_and(|group| labels_of_run.contains(&(pair.source.clone(), group.clone())))
    };
    // Metrics of which a label that the run still has was above zero: those are missed.
    let alive: BTreeSet<(String, String)> = pairs
        .iter()
        .flat_map(|pair| {
            pair.before
                .iter()
                .filter(|runs| has_label(pair, runs) && !is_zero(runs))
                .map(|runs| (pair.source.clone(), runs.metric.clone()))
        })
        .collect();
    let is_silent = |pair: &Pair<'_, MetricRuns>| {
        pair.after.is_empty()
            && pair.before.iter().all(|runs| {
                let metric = (pair.source.clone(), runs.metric.clone());
                is_zero(runs) && has_label(pair, runs) && !metrics_of_run.contains(&metric) && !alive.contains(&metric)
            })
    };
    let silent: Vec<bool> = pairs.iter().map(is_silent).collect();
    pairs.into_iter().zip(silent).filter(|(_, silent)| !silent).map(|(pair, _)| pair).collect()
}

/// Whether all durations are zero: none is below it.
fn is_zero(runs: &MetricRuns) -> bool {
    runs.dimension.is_time() && runs.runs.iter().all(|run| run.mean == 0.0)
}
