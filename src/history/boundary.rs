//! Where another environment begins, and by how much the metrics differ with it: what the environment explains is no change.
//!
//! In: the runs with their environments, and the levels of all metrics. Out: an [`EnvironmentBoundary`] for the first run of each environment
//! but the first. Where environments take turns the later turns say nothing new.

use std::collections::BTreeMap;

use super::contract::{EnvironmentBoundary, EnvironmentDifference, Level, MetricHistory, RunFacts};
use super::line::Run;

/// So many of the newest ones are kept: where every run is of an environment of its own nobody reads them all.
const MOST: usize = 20;

/// What is said of each environment, by its number.
pub(super) fn environment_facts(runs: &[&Run], environments: &[usize]) -> Vec<BTreeMap<String, String>> {
    let all = environments.iter().max().map_or(0, |most| most + 1);
    let first = |number: usize| environments.iter().position(|other| *other == number);
    let facts = |run: &Run| run.machine.clone().into_iter().chain(run.given.clone()).collect();
    (0..all).map(|number| first(number).map_or_else(BTreeMap::new, |place| facts(runs[place]))).collect()
}

/// The first run of each environment but the first; of very many the newest.
pub(super) fn boundaries(runs: &[RunFacts], metrics: &[MetricHistory], margin: f64) -> Vec<EnvironmentBoundary> {
    let mut seen = runs.first().map_or(0, |run| run.environment + 1);
    let mut first: Vec<usize> = Vec::new();
    for (run, facts) in runs.iter().enumerate() {
        // Environments are numbered as they appear.
        if facts.environment >= seen {
            seen = facts.environment + 1;
            first.push(run);
        }
    }
    let boundary = |run: &usize| {
        let mut differences: Vec<EnvironmentDifference> =
            metrics.iter().filter_map(|metric| difference(metric, runs, *run, margin)).collect();
        let size = |one: &EnvironmentDifference| one.ratio.map_or(f64::INFINITY, |ratio| ratio.ln().abs());
        differences.sort_by(|one, other| size(other).total_cmp(&size(one)).then_with(|| one.metric.cmp(&other.metric)));
        EnvironmentBoundary {
            run: *run,
            after_run: run - 1,
            environment: runs[*run].environment,
            before: runs[run - 1].environment,
            differences,
        }
    };
    first[first.len().saturating_sub(MOST)..].iter().map(boundary).collect()
}

/// By how much the level of a metric differs across the first run of an environment, where that matters.
fn difference(metric: &MetricHistory, runs: &[RunFacts], run: usize, margin: f64) -> Option<EnvironmentDifference> {
    let of = |environment: usize| move |level: &&Level| runs[level.to].environment == environment;
    let after = metric.levels.iter().filter(of(runs[run].environment)).min_by_key(|level| level.from)?;
    let before = metric.levels.iter().filter(of(runs[run - 1].environment)).filter(|level| level.from < run);
    let before = before.max_by_key(|level| level.from)?;
    let ratio = (before.value > 0.0 && after.value > 0.0).then(|| after.value / before.value);
    let matters = ratio.map_or(after.value != before.value, |ratio| ratio.ln().abs() >= margin.ln_1p());
    matters.then(|| EnvironmentDifference {
        metric: metric.name.clone(),
        before: before.value,
        after: after.value,
        ratio,
        runs: [before.runs, after.runs],
    })
}
