//! What a history knows of what is too much to be passed over, whatever its nights differ by.
//!
//! In: the lines of some runs and of those that are held against them. Out: the parts of [`BothSides`], which [`beyond_noise`] decides of,
//! as it does of a run and its baseline. Says nothing of what older lines do not record, but of zeros what their quantiles show.
//!
//! [`beyond_noise`]: crate::compare::beyond_noise::beyond_noise

use std::collections::BTreeMap;

use crate::compare::beyond_noise::{Grown, Zeros, is_of_waiting};
use crate::compare::capture::Share;
use crate::compare::near_zero::are_rounded_down;
use crate::compare::share_names::FAILED_ROWS;
use crate::measure::{Direction, Polarity};
use crate::stats::prediction::Prediction;
use crate::stats::sample::median_of;

use super::contract::{Level, LevelChange, MetricHistory};
use super::line::{Run, RunMetric};
use super::series::FEWEST_RUNS;
use super::shape::{SHAPE_QUANTILES, typical};

/// The lines of some runs, by the place of the run and the name of the metric.
pub(super) struct Lines<'a>(BTreeMap<usize, RunLines<'a>>);

struct RunLines<'a> {
    metrics: BTreeMap<String, &'a RunMetric>,
    /// The most samples that a metric of the run has.
    most: Option<u64>,
}

impl<'a> Lines<'a> {
    pub(super) fn of(runs: &[&'a Run], places: impl Iterator<Item = usize>) -> Self {
        let of = |place: usize| {
            let mut metrics = BTreeMap::new();
            for one in &runs[place].metrics {
                metrics.entry(one.name()).or_insert(one);
            }
            (place, RunLines { metrics, most: runs[place].metrics.iter().filter_map(samples).max() })
        };
        Self(places.map(of).collect())
    }

    pub(super) fn line(&self, run: usize, metric: &str) -> Option<&'a RunMetric> {
        self.0.get(&run)?.metrics.get(metric).copied()
    }

    /// How many samples a metric of a run is made of; where it does not say so, those of the run.
    pub(super) fn samples(&self, run: usize, metric: &str) -> Option<u64> {
        self.line(run, metric).and_then(|one| one.n).or(self.0.get(&run)?.most)
    }
}

/// What was counted for a metric.
fn samples(one: &RunMetric) -> Option<u64> {
    Some(one.n?.saturating_add(one.failed.unwrap_or(0)))
}

/// How many of the durations of a run are zero. Older lines say it by their quantiles only.
fn zeros_in(one: &RunMetric) -> Option<Share> {
    let total = one.n.filter(|n| *n > 0)?;
    let by_quantiles = || {
        let Some(quantiles) = one.shape.quantiles() else {
            // What has zero in its middle has no quantiles in a line.
            return if one.center.value == 0.0 { total.div_ceil(2) } else { 0 };
        };
        let zeros = quantiles.iter().filter(|value| **value <= one.center.value.abs() * f64::EPSILON).count();
        (zeros as f64 / SHAPE_QUANTILES as f64 * total as f64).round() as u64
    };
    let counted = one.near_zero.as_ref().map(|near| near.zeros).filter(|zeros| *zeros > 0);
    Some(Share { failed: counted.unwrap_or_else(by_quantiles).min(total), total, dependence: 1.0 })
}

/// The median of what is not zero.
fn others_of(one: &RunMetric) -> Option<f64> {
    let share = zeros_in(one)?;
    if share.failed == 0 {
        return Some(one.center.value).filter(|value| *value > 0.0);
    }
    let told = one.near_zero.as_ref().and_then(|near| near.others);
    let by_quantiles = || {
        let quantiles = one.shape.quantiles()?;
        let place = f64::midpoint(1.0, share.failed as f64 / share.total as f64) * SHAPE_QUANTILES as f64;
        quantiles.get(place as usize).copied()
    };
    told.or_else(by_quantiles).filter(|value| *value > 0.0)
}

/// Zeros among the durations of both sides; `None` where they are none, or what was counted is not known.
pub(super) fn zeros(before: &[&RunMetric], after: &[&RunMetric]) -> Option<Zeros> {
    let newest = after.first()?;
    if !newest.dimension.is_time() || newest.polarity != Polarity::LowerIsBetter {
        return None;
    }
    let counted = |lines: &[&RunMetric]| {
        let shares: Vec<Share> = lines.iter().filter_map(|one| zeros_in(one)).collect();
        Some(Share::pooled(&shares)).filter(|sum| sum.total > 0)
    };
    let (first, second) = counted(before).zip(counted(after))?;
    let share = second.failed as f64 / second.total as f64;
    let steps = before.iter().chain(after).filter_map(|one| one.near_zero.as_ref()?.step);
    let quantiles = typical(before.iter().rev().map(|one| one.shape));
    let rounded = steps.min_by(f64::total_cmp).zip(quantiles).is_some_and(|(step, (quantiles, _))| {
        let quantile = |p: f64| quantiles[((p * SHAPE_QUANTILES as f64) as usize).min(SHAPE_QUANTILES - 1)];
        let left: Vec<f64> = after.iter().filter_map(|one| others_of(one)).collect();
        are_rounded_down(step, share, quantile, (!left.is_empty()).then(|| median_of(&left)))
    });
    Some(Zeros { before: first, after: second, rounded, of_waiting: is_of_waiting(&newest.metric) })
}

/// By how much a part of the newest run is beyond that of the runs before it, for the worse, and how unlikely one more night is to be.
fn grown(before: &[f64], value: f64, fewer: f64, inflation: f64, polarity: Polarity) -> Option<Grown> {
    if before.len() < FEWEST_RUNS || value <= 0.0 || before.iter().any(|one| *one <= 0.0) {
        return None;
    }
    let logs: Vec<f64> = before.iter().map(|one| one.ln()).collect();
    let spread = Prediction::largest_spread(&logs, inflation, 0.5)?;
    // A run of fewer samples knows its slow end less well than those before it.
    let least = if fewer > 1.0 { spread * fewer } else { 0.0 };
    let prediction = Prediction::of(&logs, inflation, least)?;
    let moved = value.ln() - prediction.center;
    let worse = match polarity {
        Polarity::LowerIsBetter => moved,
        Polarity::HigherIsBetter => -moved,
        Polarity::Unknown => moved.abs(),
    };
    let beyond_all = before.iter().all(|one| if moved > 0.0 { *one < value } else { *one > value });
    let p = if beyond_all { prediction.p(value.ln()) } else { 1.0 };
    (worse > 0.0).then(|| Grown { ratio: worse.exp(), p })
}

/// p95 beside that of the runs before. A step of a coarse clock is no change of it.
pub(super) fn slow_end(before: &[&RunMetric], newest: &RunMetric, fewer: f64, inflation: f64) -> Option<Grown> {
    let slow = |one: &RunMetric| one.slow.map(f64::from);
    let is_slow_above = newest.polarity == Polarity::LowerIsBetter && newest.dimension.is_time();
    let value = slow(newest).filter(|_| is_slow_above)?;
    let step = newest.near_zero.as_ref().and_then(|near| near.step).unwrap_or(0.0);
    let values: Vec<f64> = before.iter().filter_map(|one| slow(one)).map(|one| one + step).collect();
    grown(&values, value, fewer, inflation, newest.polarity)
}

/// What is not zero beside that of the runs before, where some is zero, and no more than then: of other requests the middle is another one.
pub(super) fn others(before: &[&RunMetric], newest: &RunMetric, fewer: f64, inflation: f64) -> Option<Grown> {
    /// So much more may be zero.
    const MORE: f64 = 0.05;
    let share = |one: &RunMetric| zeros_in(one).map(|share| share.failed as f64 / share.total as f64);
    let shares: Vec<f64> = before.iter().filter_map(|one| share(one)).collect();
    let now = share(newest).filter(|now| *now > 0.0 && !shares.is_empty() && *now <= median_of(&shares) + MORE)?;
    let values: Vec<f64> = before.iter().filter_map(|one| others_of(one)).collect();
    grown(&values, others_of(newest).filter(|_| now < 1.0)?, fewer, inflation, newest.polarity)
}

/// By what factor durations shrank of which a side does not state its unit.
pub(super) fn shrunk(before: &[&RunMetric], newest: &RunMetric) -> Option<f64> {
    let levels: Vec<f64> = before.iter().map(|one| one.center.value).collect();
    let unstated = before.iter().any(|one| one.unit_assumed) || newest.unit_assumed;
    (unstated && newest.dimension.is_time() && !levels.is_empty())
        .then(|| median_of(&levels) / newest.center.value)
        .filter(|factor| factor.is_finite() && *factor > 1.0)
}

/// Rows without a value of a metric in a run; `None` where it does not say so. Older lines count the rows beside their metrics.
fn absent_in(run: &Run, metric: &str) -> Option<Share> {
    let of_metric = || run.metrics.iter().filter(|one| one.metric == metric);
    let held: u64 =
        of_metric().map(|one| one.n.map(|n| n.saturating_add(one.failed.unwrap_or(0)))).sum::<Option<u64>>()?;
    let share = |without: u64, rows: u64| (rows > 0).then_some(Share { failed: without, total: rows, dependence: 1.0 });
    if let Some(absent) = &run.absent {
        return absent.get(metric).map_or_else(|| share(0, held), |[without, rows]| share(*without, *rows));
    }
    let rows = run.metrics.iter().find(|one| one.metric == FAILED_ROWS && one.group.is_none());
    let rows = rows.and_then(samples)?;
    share(rows.saturating_sub(held), rows)
}

/// For each metric the rows of the newest run without a value, and those of the run in the middle of the earlier ones.
pub(super) fn absent<'a>(earlier: &[&Run], newest: &'a Run) -> Vec<(&'a String, [Share; 2])> {
    let of = |(metric, [without, rows]): (&'a String, &[u64; 2])| {
        let now = Share { failed: *without, total: *rows, dependence: 1.0 };
        let mut before: Vec<Share> = earlier.iter().filter_map(|run| absent_in(run, metric)).collect();
        before.sort_unstable_by(|one, other| share_of(one).total_cmp(&share_of(other)));
        Some((metric, [*before.get(before.len() / 2)?, now]))
    };
    newest.absent.iter().flatten().filter_map(of).collect()
}

fn share_of(share: &Share) -> f64 {
    share.failed as f64 / share.total as f64
}

/// Takes back that a change is for the better where durations became zero: nothing was measured there.
pub(super) fn mark_zeroed(metrics: &mut [MetricHistory], runs: &[&Run]) {
    /// Runs on each side that are looked at.
    const NEAREST: usize = 20;
    /// The p up to which so many zeros are said to be no chance.
    const CHANCE: f64 = 0.05;
    for metric in metrics {
        let lines = |level: Option<&Level>| -> Vec<&RunMetric> {
            let Some(level) = level else { return Vec::new() };
            let places =
                metric.points.iter().map(|point| point.run).filter(|run| (level.from..=level.to).contains(run));
            let line = |run: usize| {
                runs[run].metrics.iter().find(|one| one.dimension == metric.dimension && one.name() == metric.name)
            };
            places.take(NEAREST).filter_map(line).collect()
        };
        let is_zeroed = |change: &LevelChange| {
            let before = lines(metric.levels.iter().find(|level| level.to == change.after_run));
            let after = lines(metric.levels.iter().find(|level| level.from == change.run));
            zeros(&before, &after).is_some_and(|zeros| zeros.rule_out_better(CHANCE))
        };
        let better = |change: &LevelChange| change.direction == Direction::Better && is_zeroed(change);
        let found: Vec<bool> = metric.changes.iter().map(better).collect();
        for (change, _) in metric.changes.iter_mut().zip(found).filter(|(_, zeroed)| *zeroed) {
            (change.direction, change.became_zero) = (Direction::Changed, true);
        }
    }
}
