//! What fails a history: changes of level that began lately, a newest run that its stretch does not explain, a service that is down.
//!
//! In: what was found. Out: a [`HistoryGate`], where one was asked for. It never passes what it could not see: where no metric could be
//! tested, or a large difference cannot be decided, it is undecided.

use std::collections::BTreeMap;

use crate::analysis::failing::is_failing;
use crate::compare::beyond_noise::{BeyondNoise, BothSides, beyond_noise};
use crate::compare::capture::Share;
use crate::compare::share_names::{OF_UNKNOWN_OUTCOME, WITHOUT};
use crate::measure::{Dimension, Direction, Polarity};
use crate::stats::change_points::FEWEST;
use crate::stats::sample::median_of;
use crate::stats::settings::FAILING_SHARE;

use super::beyond::absent;
use super::contract::{
    ChangeState, HistoryGate, HistoryOutcome, LevelChange, MetricHistory, NewestFailing, NewestRun, NewestValue,
    NewestVerdict, RunFacts,
};
use super::endings;
use super::line::{Run, RunMetric};
use super::measured::RATE;
use super::series::FEWEST_RUNS;

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
    let found = if shares.is_empty() { newest.metrics.iter().filter_map(of).collect() } else { shares };
    let here = earlier.iter().zip(environments).filter(|(_, environment)| Some(*environment) == environments.last());
    let earlier: Vec<&Run> = here.map(|(run, _)| *run).collect();
    found.into_iter().chain(values_gone(&earlier, newest)).chain(endings::unknown(&earlier, newest)).collect()
}

/// Metrics of which many rows of the newest run hold no value, where all rows of the earlier ones did.
fn values_gone(earlier: &[&Run], newest: &Run) -> Vec<NewestFailing> {
    let gone = |(metric, absent): (&String, [Share; 2])| {
        let sides = BothSides { absent: Some(absent), ..BothSides::default() };
        let [before, now] = absent;
        beyond_noise(&sides, 0.0).map(|_| NewestFailing {
            metric: format!("{WITHOUT}{metric}"),
            failed: now.failed,
            total: now.total,
            before: Some(before.failed as f64 / before.total as f64),
        })
    };
    absent(earlier, newest).into_iter().filter_map(gone).collect()
}

/// What fails, as a sentence: `failed rows`: 12 of 40 failed in the newest run.
pub fn failing_phrase(one: &NewestFailing, failed: &str, total: &str) -> String {
    match one.metric.strip_prefix(WITHOUT) {
        None if one.metric.contains(OF_UNKNOWN_OUTCOME) => {
            format!("`{}`: of {failed} of {total} nobody knows how they ended in the newest run", one.metric)
        }
        Some(metric) => format!("{failed} of {total} rows of the newest run hold no `{metric}`"),
        None => format!("`{}`: {failed} of {total} failed in the newest run", one.metric),
    }
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
    let mut reasons: Vec<String> =
        found.failing.iter().map(|one| failing_phrase(one, &one.failed.to_string(), &one.total.to_string())).collect();
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

/// New changes that matter in the last days.
fn new_changes<'a>(found: &'a Outcome<'_>, days: f64) -> impl Iterator<Item = (&'a MetricHistory, &'a LevelChange)> {
    let newest = found.runs.last().map_or(0, |run| run.seconds);
    let first = newest - (days * DAY) as i64;
    let all = found.metrics.iter().flat_map(|metric| metric.changes.iter().map(move |change| (metric, change)));
    all.filter(move |(_, change)| {
        change.matters && change.state == ChangeState::New && found.runs[change.run].seconds >= first
    })
}

/// New changes for the worse in the last days.
fn changed(found: &Outcome<'_>, days: f64) -> Vec<String> {
    let worse = new_changes(found, days).filter(|(_, change)| change.direction == Direction::Worse);
    worse.map(|(metric, change)| format!("`{}` is worse since {}", metric.name, found.runs[change.run].at)).collect()
}

/// Why nobody can say.
fn unseen(asked: FailOn, found: &Outcome<'_>) -> Vec<String> {
    let mut reasons = Vec::new();
    if let Some(days) = asked.change_days {
        if found.tested == 0 {
            reasons.push(format!(
                "no metric has {FEWEST} runs in the newest environment, so that nothing could be tested"
            ));
        }
        let zeroed = new_changes(found, days).filter(|(_, change)| change.became_zero);
        reasons.extend(zeroed.map(|(metric, change)| {
            format!(
                "durations of `{}` are zero since {}, which is no improvement",
                metric.name, found.runs[change.run].at
            )
        }));
    }
    if asked.regression {
        match found.newest {
            Some(newest) if newest.metrics.iter().any(|one| one.p.is_some()) => {
                reasons.extend(undecided(found, newest));
            }
            Some(_) => reasons.push(format!(
                "no metric has {FEWEST_RUNS} runs since its last change, so that the newest run could not be compared"
            )),
            None => reasons.push("no other run is of the environment of the newest".to_owned()),
        }
    }
    reasons
}

/// What of the newest run is too much to be passed over. Beside metrics of which it is known which way is better, the others fail no gate.
fn undecided(found: &Outcome<'_>, newest: &NewestRun) -> Vec<String> {
    let known: BTreeMap<&str, &MetricHistory> =
        found.metrics.iter().map(|metric| (metric.name.as_str(), metric)).collect();
    let directed = |one: &NewestValue| known.get(one.metric.as_str()).filter(|one| one.polarity != Polarity::Unknown);
    let is_no_share = |one: &NewestValue| directed(one).is_some_and(|metric| metric.dimension != Dimension::Ratio);
    let any_directed = newest.metrics.iter().any(|one| one.p.is_some() && is_no_share(one));
    let counts = |one: &&NewestValue| !any_directed || one.metric == RATE || directed(one).is_some();
    let reason = |one: &NewestValue| match one.verdict {
        _ if one.large => Some(far_off(one)),
        NewestVerdict::Changed if one.metric != RATE => {
            Some(format!("`{}` changed, of which is not stated which way is better", one.metric))
        }
        _ => None,
    };
    let too_quick = newest.too_quick.iter().map(ToString::to_string);
    newest.metrics.iter().filter(counts).filter_map(reason).chain(too_quick).collect()
}

/// Why a value is too much to be passed over.
fn far_off(one: &NewestValue) -> String {
    let name = &one.metric;
    let percent = |share: f64| format!("{}%", (share * 1000.0).round() / 10.0);
    match one.beyond {
        Some(BeyondNoise::Zeros { before, after }) => {
            format!("{} of `{name}` is zero ({} before), which is no improvement", percent(after), percent(before))
        }
        Some(BeyondNoise::OtherUnit { factor }) => {
            format!("`{name}` became smaller by {factor}, the factor between two units, and none is stated")
        }
        Some(BeyondNoise::AbsentValues { .. }) => format!("rows hold no `{name}` any more"),
        Some(BeyondNoise::SlowEnd { ratio }) => {
            format!("p95 of `{name}` is {ratio:.1} times that of the runs before it, which cannot be decided")
        }
        Some(BeyondNoise::Others { ratio }) => {
            format!(
                "what is not zero of `{name}` is {ratio:.1} times that of the runs before it, which cannot be decided"
            )
        }
        Some(BeyondNoise::OtherEndings { before, after }) => format!(
            "{} of the rows of `{name}` ended with another code or word ({} before), which is no improvement",
            percent(after),
            percent(before)
        ),
        Some(BeyondNoise::Rate { ratio }) => format!("requests came at {} of the usual rate", percent(ratio)),
        None => format!("`{name}` is far from the runs before it, which cannot be decided"),
    }
}
