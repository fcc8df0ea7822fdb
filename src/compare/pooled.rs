//! All runs of one side of a metric in one.
//!
//! In: the recordings of a side. Out: [`PooledRuns`]: ascending points of all samples and of each run, dependence, means.
//! Refuses (with `None`) a side without a single sample.

use std::collections::BTreeMap;

use super::axis::Axis;
use super::both_orders;
use super::capture::{Dependence, Recording, Share};
use super::center::MAX_POINTS;
use super::noise::EffectiveSize;
use super::outcome::MetricSide;
use super::percentile::{percentile, samples_needed};
use super::sketch::OrderedPoints;
use crate::measure::Statistic;

/// The percentiles that are judged.
pub(crate) const PERCENTILES: [(Statistic, f64); 3] =
    [(Statistic::P50, 0.5), (Statistic::P95, 0.95), (Statistic::P99, 0.99)];

/// All runs of one side.
pub(crate) struct PooledRuns {
    /// All samples.
    pub(crate) pooled: OrderedPoints,
    /// Those of each run.
    pub(crate) runs: Vec<OrderedPoints>,
    pub(crate) dependence: Dependence,
    pub(crate) mean: f64,
    pub(crate) stddev: Option<f64>,
    pub(crate) run_means: Vec<f64>,
    /// By how much a run changed its level on the way, the largest such step.
    pub(crate) shift: Option<f64>,
    /// The largest sample below the end of a field, where samples stand at one: what lies above is at least so large.
    pub(crate) known_to: Option<f64>,
}

impl PooledRuns {
    /// `None` where there is no sample.
    pub(crate) fn of<'a>(recordings: impl Iterator<Item = &'a Recording>) -> Option<Self> {
        let (recordings, runs): (Vec<&Recording>, Vec<OrderedPoints>) = recordings
            .map(|recording| (recording, recording.values.ordered()))
            .filter(|(_, ordered)| ordered.samples > 0 && !ordered.points.is_empty())
            .unzip();
        if runs.is_empty() {
            return None;
        }
        let weights: Vec<f64> = runs.iter().map(|run| run.samples as f64).collect();
        let total: f64 = weights.iter().sum();
        let weighted = |of: fn(&Recording) -> f64| {
            recordings.iter().zip(&weights).map(|(run, weight)| of(run) * (weight / total)).sum::<f64>()
        };
        let shares = weights.iter().map(|weight| weight / total);
        let dependence = Dependence::average(&recordings.iter().map(|run| run.dependence).zip(shares));
        let mean = weighted(|run| run.mean);
        let stddev = pooled_stddev(&recordings, &weights, mean);
        let run_means = recordings.iter().map(|run| run.mean).collect();
        let shift = recordings.iter().filter_map(|run| run.shift).max_by(|a, b| a.abs().total_cmp(&b.abs()));
        let pooled = pooled(&runs);
        let ends = recordings.iter().filter_map(|run| run.saturated_at).min_by(f64::total_cmp);
        let known_to = ends.map(|end| {
            // A sketch knows where its largest samples stand to within its error.
            let known = pooled.points.partition_point(|value| *value < end * (1.0 - 2.0 * pooled.error));
            known.checked_sub(1).map_or(f64::NEG_INFINITY, |last| pooled.points[last])
        });
        Some(Self { pooled, runs, dependence, mean, stddev, run_means, shift, known_to })
    }

    /// Lets each side have at least the dependence that both show on average: they are runs of one thing, and a short run that seems to
    /// have none beside one that has is a run that does not show it. Where one side has many times the samples of the other it shows
    /// slow dependence that those of the other are too few to have. What is weak is mostly chance of the estimate, and would cost
    /// independent samples their power. Whether neighbours depend on each other, and whether their memory is long, both say together,
    /// where the order of all their samples is known: `recordings` are those of the sides.
    pub(crate) fn share_dependence<'a>(sides: [&mut Self; 2], recordings: [impl Iterator<Item = &'a Recording>; 2]) {
        /// Up to so many times as many samples a run are as many.
        const ALIKE: f64 = 4.0;
        /// A factor from which on it is dependence of both.
        const STRONG: f64 = 2.0;
        let [one, other] = sides;
        let size = |side: &Self| side.pooled.samples as f64 / side.runs.len() as f64;
        if !(1.0 / ALIKE..=ALIKE).contains(&(size(one) / size(other))) {
            return;
        }
        if let Some([first, second]) = both_orders::dependence_of(recordings) {
            (one.dependence, other.dependence) = (first, second);
        }
        let (first, second) = (one.dependence, other.dependence);
        let both = |own: Dependence| {
            let at_least = |of: fn(Dependence) -> f64| {
                let average = f64::midpoint(of(first), of(second));
                if average >= STRONG { of(own).max(average) } else { of(own) }
            };
            Dependence {
                center: at_least(|found| found.center),
                p50: at_least(|found| found.p50),
                p95: at_least(|found| found.p95),
                p99: at_least(|found| found.p99),
                mean: at_least(|found| found.mean),
            }
        };
        (one.dependence, other.dependence) = (both(first), both(second));
    }

    /// What the page says about the side.
    pub(crate) fn side(&self) -> MetricSide {
        MetricSide {
            runs: self.runs.len() as u64,
            samples: self.pooled.samples,
            effective: self.effective_size(self.dependence.center).effective(),
            value_error: self.pooled.error,
        }
    }

    /// The numbers that a tool would report of these samples.
    pub(crate) fn summary(&self) -> BTreeMap<Statistic, f64> {
        let of = |(statistic, p): (Statistic, f64)| {
            (self.pooled.samples >= samples_needed(p)).then(|| (statistic, self.percentile(p)))
        };
        let always = [(Statistic::Count, self.pooled.samples as f64), (Statistic::Mean, self.mean)];
        always.into_iter().chain(PERCENTILES.into_iter().filter_map(of)).collect()
    }

    pub(crate) fn effective_size(&self, inflation: f64) -> EffectiveSize {
        EffectiveSize { samples: self.pooled.samples as f64, inflation }
    }

    pub(crate) fn percentile(&self, p: f64) -> f64 {
        percentile(&self.pooled.points, self.pooled.samples as f64, p)
    }

    /// Whether a number made of order statistics lies above all that is known: it is at least so large.
    pub(crate) fn is_saturated_at(&self, value: f64) -> bool {
        self.known_to.is_some_and(|known| value > known)
    }

    /// A percentile of each run, on the axis; of a run too short for it, the nearest it has.
    pub(crate) fn of_runs(&self, p: f64, axis: Axis) -> Vec<f64> {
        self.runs.iter().map(|run| axis.place(percentile(&run.points, run.samples as f64, p))).collect()
    }

    /// How many samples of each run are of a kind.
    pub(crate) fn shares_where(&self, is_it: impl Fn(f64) -> bool, dependence: f64) -> Vec<Share> {
        let of = |run: &OrderedPoints| {
            let count = run.points.iter().filter(|value| is_it(**value)).count() as f64;
            let failed = (count * run.samples as f64 / run.points.len() as f64).round() as u64;
            Share { failed, total: run.samples, dependence }
        };
        self.runs.iter().map(of).collect()
    }

    /// The samples above 0, whose own order is taken to be as dependent as that of all; `None` where there are none. No value is
    /// negative.
    pub(crate) fn without_zeros(&self) -> Option<Self> {
        let positive = |run: &OrderedPoints| {
            let points = run.points[run.points.partition_point(|value| *value <= 0.0)..].to_vec();
            let samples = (points.len() as f64 * run.samples as f64 / run.points.len() as f64).round() as u64;
            OrderedPoints { points, samples, error: run.error }
        };
        let runs: Vec<OrderedPoints> = self.runs.iter().map(positive).filter(|run| !run.points.is_empty()).collect();
        (!runs.is_empty()).then(|| Self {
            pooled: pooled(&runs),
            runs,
            dependence: self.dependence,
            mean: self.mean,
            stddev: None,
            run_means: Vec::new(),
            shift: None,
            known_to: self.known_to,
        })
    }

    /// Places of evenly spaced order statistics.
    pub(crate) fn places(&self, axis: Axis) -> Vec<f64> {
        let points = &self.pooled.points;
        if points.len() <= MAX_POINTS {
            return points.iter().map(|&point| axis.place(point)).collect();
        }
        let last = (points.len() - 1) as u64;
        let step = |index: usize| (index as u64 * last + (MAX_POINTS as u64 - 1) / 2) / (MAX_POINTS as u64 - 1);
        (0..MAX_POINTS).map(|index| axis.place(points[step(index) as usize])).collect()
    }
}

/// The standard deviation of all samples from those of the runs. `None` for one sample in all.
fn pooled_stddev(recordings: &[&Recording], weights: &[f64], mean: f64) -> Option<f64> {
    let total: f64 = weights.iter().sum();
    if total < 2.0 {
        return None;
    }
    let magnitudes: Vec<f64> = recordings.iter().flat_map(|run| [run.mean, run.stddev.unwrap_or(0.0)]).collect();
    let unit = Axis::scaled_by(&magnitudes);
    let squares: f64 = recordings
        .iter()
        .zip(weights)
        .map(|(run, weight)| {
            let (within, apart) = (unit.place(run.stddev.unwrap_or(0.0)), unit.place(run.mean) - unit.place(mean));
            (weight - 1.0) * within * within + weight * apart * apart
        })
        .sum();
    unit.effect((squares / (total - 1.0)).sqrt())
}

/// All runs in one: every sample, or evenly spaced points where a sketch stands for some.
fn pooled(runs: &[OrderedPoints]) -> OrderedPoints {
    let samples = runs.iter().map(|run| run.samples).sum();
    let error = runs.iter().map(|run| run.error).fold(0.0, f64::max);
    if let [run] = runs {
        return run.clone();
    }
    let mut weighted: Vec<(f64, f64)> = runs
        .iter()
        .flat_map(|run| {
            let weight = run.samples as f64 / run.points.len() as f64;
            run.points.iter().map(move |&point| (point, weight))
        })
        .collect();
    weighted.sort_by(|a, b| a.0.total_cmp(&b.0));
    if runs.iter().all(|run| run.points.len() as u64 == run.samples) {
        return OrderedPoints { points: weighted.into_iter().map(|(point, _)| point).collect(), samples, error };
    }
    // The point at each rank i (n - 1) / (count - 1), where every point covers as many ranks as it weighs.
    let count = weighted.len().min(MAX_POINTS);
    let mut points = Vec::with_capacity(count);
    let (mut index, mut covered) = (0, weighted[0].1);
    for step in 0..count {
        let rank = step as f64 * (samples as f64 - 1.0) / (count as f64 - 1.0).max(1.0) + 0.5;
        while covered < rank && index + 1 < weighted.len() {
            index += 1;
            covered += weighted[index].1;
        }
        points.push(weighted[index].0);
    }
    if let (Some(first), Some(least)) = (points.first_mut(), weighted.first()) {
        *first = least.0;
    }
    if let (Some(last), Some(most)) = (points.last_mut(), weighted.last()) {
        *last = most.0;
    }
    OrderedPoints { points, samples, error }
}
