//! What fails a history: changes of level that began lately, a newest run that its stretch does not explain, a service that is down.
//!
//! In: what was found. Out: a [`HistoryGate`], where one was asked for. It never passes what it could not see: where no metric could be
//! tested, or a large difference cannot be decided, it is undecided.

use crate::analysis::failing::is_failing;
use crate::measure::{Dimension, Direction};
use crate::stats::change_points::FEWEST;
use crate::stats::sample::median_of;
use crate::stats::settings::FAILING_SHARE;

use super::contract::{
    ChangeState, HistoryGate, HistoryOutcome, MetricHistory, NewestFailing, NewestRun, NewestVerdict, RunFacts,
};
use super::line::{Run, RunMetric};
use super::newest::FEWEST_RUNS;

/// Seconds of a day.
pub(super) const DAY: f64 = 86_400.0;

/// What a history is asked to fail on.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct FailOn {
    /// A change for the worse in so many days before the newest run.
    pub change_days: Option<f64>,
    /// A newest run that is worse than the runs since the last change.
    pub regression: bool,
}

/// What fails in the newest run and did not in the middle of the earlier ones. It takes no second night to know that a service is down.
pub(super) fn failing(runs: &[&Run], environments: &[usize]) -> Vec<NewestFailing> {
    let Some((newest, earlier)) = runs.split_last() else { return Vec::new() };
    let counts = |one: &RunMetric| {
        let (good, failed) = (one.n?, one.failed?);
        Some((failed, good.saturating_add(failed)))
    };
    let of = |one: &RunMetric| {
        let (failed, total) = counts(one).filter(|(failed, total)| is_failing(*failed, *total, FAILING_SHARE))?;
        let shares: Vec<f64> = earlier
            .iter()
            .zip(environments)
            .filter(|(_, environment)| Some(*environment) == environments.last())
            .filter_map(|(run, _)| {
                run.metrics.iter().find(|other| other.metric == one.metric && other.group == one.group)
            })
            .filter_map(|other| counts(other).map(|(failed, total)| failed as f64 / total.max(1) as f64))
            .collect();
        let before = (!shares.is_empty()).then(|| median_of(&shares));
        let is_news = before.is_none_or(|before| before < FAILING_SHARE || failed == total && before < 1.0);
        is_news.then(|| NewestFailing { metric: one.name(), failed, total, before })
    };
    // A share of failures says it better than the metric beside it.
    let shares: Vec<NewestFailing> =
        newest.metrics.iter().filter(|one| one.dimension == Dimension::Ratio).filter_map(of).collect();
    if shares.is_empty() { newest.metrics.iter().filter_map(of).collect() } else { shares }
}

/// What was found of a history.
pub(super) struct Outcome<'a> {
    pub(super) metrics: &'a [MetricHistory],
    pub(super) runs: &'a [RunFacts],
    pub(super) failing: &'a [NewestFailing],
    pub(super) newest: Option<&'a NewestRun>,
    /// Metrics in which a change of level could have been found.
    pub(super) tested: usize,
}

/// What became of what was asked; `None` where nothing was.
pub(super) fn gate(asked: FailOn, found: &Outcome<'_>) -> Option<HistoryGate> {
    if asked == FailOn::default() {
        return None;
    }
    let mut reasons: Vec<String> = found
        .failing
        .iter()
        .map(|one| format!("`{}`: {} of {} failed in the newest run", one.metric, one.failed, one.total))
        .collect();
    reasons.extend(asked.change_days.iter().flat_map(|days| changed(found, *days)));
    let beside = found.newest.filter(|_| asked.regression).map_or(&[][..], |newest| &newest.metrics);
    reasons.extend(beside.iter().filter_map(|one| match one.verdict {
        NewestVerdict::Regressed => Some(format!("`{}` is worse than the runs before it", one.metric)),
        NewestVerdict::Missing => Some(format!("`{}` is missing in the newest run", one.metric)),
        _ => None,
    }));
    let mut outcome = if reasons.is_empty() { HistoryOutcome::Pass } else { HistoryOutcome::Fail };
    if outcome == HistoryOutcome::Pass {
        reasons.extend(unseen(asked, found));
        if !reasons.is_empty() {
            outcome = HistoryOutcome::Undecided;
        }
    }
    Some(HistoryGate { outcome, days: asked.change_days, newest: asked.regression, reasons })
}

/// New changes for the worse in the last days.
fn changed(found: &Outcome<'_>, days: f64) -> Vec<String> {
    let newest = found.runs.last().map_or(0, |run| run.seconds);
    let first = newest - (days * DAY) as i64;
    let mut reasons = Vec::new();
    for metric in found.metrics {
        let failing = metric.changes.iter().filter(|change| {
            change.matters
                && change.state == ChangeState::New
                && change.direction == Direction::Worse
                && found.runs[change.run].seconds >= first
        });
        reasons.extend(failing.map(|change| format!("`{}` is worse since {}", metric.name, found.runs[change.run].at)));
    }
    reasons
}

/// Why nobody can say.
fn unseen(asked: FailOn, found: &Outcome<'_>) -> Vec<String> {
    let mut reasons = Vec::new();
    if asked.change_days.is_some() && found.tested == 0 {
        reasons.push(format!("no metric has {FEWEST} runs in the newest environment, so that nothing could be tested"));
    }
    if asked.regression {
        match found.newest {
            Some(newest) if newest.metrics.iter().any(|one| one.p.is_some()) => reasons.extend(
                newest
                    .metrics
                    .iter()
                    .filter(|one| one.large)
                    .map(|one| format!("`{}` is far from the runs before it, which cannot be decided", one.metric)),
            ),
            Some(_) => reasons.push(format!(
                "no metric has {FEWEST_RUNS} runs since its last change, so that the newest run could not be compared"
            )),
            None => reasons.push("no other run is of the environment of the newest".to_owned()),
        }
    }
    reasons
}
