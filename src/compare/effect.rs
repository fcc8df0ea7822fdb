//! The effects between both sides of one metric.
//!
//! In: the runs of both sides. Out: center, percentiles and mean as [`EffectDraft`] values on their axis, not yet judged: what
//! counts as excluded depends on all tests of the report. [`EffectDraft::judged`] then makes the public [`Effect`]. Refuses (with
//! `needs`) percentiles beyond the samples.

use std::collections::BTreeMap;

use crate::measure::Polarity;

use super::axis::Axis;
use super::capture::{Dependence, Recording, Share};
use super::center::{Estimate, MAX_POINTS, Places, center, least_samples};
use super::moderation::{Moderated, Prior, SMALL_SAMPLES, Spread};
use super::noise::{EffectiveSize, Noise, POWER_SCORE, STEADY_SCORE, detectable_share, power_share, quantile};
use super::outcome::{Effect, MetricSide, Reason, Scale};
use super::percentile::{PercentileSide, can_exclude, difference, percentile, samples_needed};
use super::replicate::Between;
use super::share::{self, PooledShare};
use super::sketch::OrderedPoints;
use super::verdict::verdict;
use super::welch::{self, MeanWithError};
use crate::measure::Statistic;

/// The percentiles that are judged.
const PERCENTILES: [(Statistic, f64); 3] = [(Statistic::P50, 0.5), (Statistic::P95, 0.95), (Statistic::P99, 0.99)];
/// A change of so many margins is large.
const LARGE: f64 = 3.0;
/// A tail is unchanged where its interval lies inside this.
const TAIL_MARGIN: f64 = 0.2;
/// More samples than this are no advice to anybody.
const MOST_SAMPLES: f64 = 1e12;

/// All runs of one side.
pub(crate) struct PooledRuns {
    /// All samples.
    pub(crate) pooled: OrderedPoints,
    /// Those of each run.
    runs: Vec<OrderedPoints>,
    dependence: Dependence,
    mean: f64,
    stddev: Option<f64>,
    run_means: Vec<f64>,
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
        let factor = |of: fn(&Recording) -> f64| weighted(of).max(1.0);
        let dependence = Dependence {
            center: factor(|run| run.dependence.center),
            p50: factor(|run| run.dependence.p50),
            p95: factor(|run| run.dependence.p95),
            p99: factor(|run| run.dependence.p99),
            mean: factor(|run| run.dependence.mean),
        };
        let mean = weighted(|run| run.mean);
        let stddev = pooled_stddev(&recordings, &weights, mean);
        let run_means = recordings.iter().map(|run| run.mean).collect();
        Some(Self { pooled: pooled(&runs), runs, dependence, mean, stddev, run_means })
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

    fn effective_size(&self, inflation: f64) -> EffectiveSize {
        EffectiveSize { samples: self.pooled.samples as f64, inflation }
    }

    fn percentile(&self, p: f64) -> f64 {
        percentile(&self.pooled.points, self.pooled.samples as f64, p)
    }

    /// A percentile of each run, on the axis; of a run too short for it, the nearest it has.
    fn of_runs(&self, p: f64, axis: Axis) -> Vec<f64> {
        self.runs.iter().map(|run| axis.place(percentile(&run.points, run.samples as f64, p))).collect()
    }

    /// Places of evenly spaced order statistics.
    fn places(&self, axis: Axis) -> Vec<f64> {
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

/// An effect that is not judged yet.
pub(crate) struct EffectDraft {
    statistic: Statistic,
    axis: Axis,
    before: Option<f64>,
    after: Option<f64>,
    pub(crate) estimate: Option<Estimate>,
    /// Whether it is tested and gets a verdict.
    pub(crate) tested: bool,
    /// Margin on the axis.
    margin: f64,
    /// What a difference is measured against to rank changes.
    reference: f64,
    /// Level of the interval, and degrees of freedom where Student's t stands for the normal.
    confidence: f64,
    degrees_of_freedom: Option<f64>,
    /// What has to be added to the margin for that, likewise.
    power_share: f64,
    /// Samples of the smaller side.
    smaller: f64,
    needs: Option<u64>,
    /// Why the effect may be inconclusive, where that is known.
    pub(crate) wanting: Option<Reason>,
    /// How far the samples lie apart; of the center only.
    pub(crate) spread: Option<Spread>,
    /// What runs of several samples say.
    between: Option<Between>,
    /// What the difference may be without a change, once other metrics have lent their strength.
    noise: Option<Moderated>,
    /// Whether every sample of both sides is the same number: nothing could be told from such by any test.
    pub(crate) constant: bool,
}

/// At which levels and margin effects are measured.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Levels {
    pub(crate) confidence: f64,
    pub(crate) gate_level: f64,
    pub(crate) margin: f64,
}

/// All effects of a metric: center, p50, p95, p99, mean; and the relative standard deviation of the centers of its runs.
pub(crate) fn effects(before: &PooledRuns, after: &PooledRuns, levels: Levels) -> (Vec<EffectDraft>, Option<f64>) {
    let axis = Axis::of(&before.pooled.points, &after.pooled.points);
    let medians = [before.percentile(0.5), after.percentile(0.5)];
    let context = EffectContext {
        axis,
        levels,
        margin: axis.margin(levels.margin, medians),
        reference: axis.reference(medians),
        smaller: before.pooled.samples.min(after.pooled.samples) as f64,
        error: before.pooled.error.max(after.pooled.error),
        constant: is_constant([&before.pooled.points, &after.pooled.points]),
    };
    let runs = Between::of(&before.of_runs(0.5, axis), &after.of_runs(0.5, axis));
    let one_each = [before, after].iter().all(|side| side.pooled.samples == side.runs.len() as u64);
    let noise_floor = runs.and_then(|runs| match axis.scale {
        Scale::Ratio => Some(runs.stddev),
        Scale::Shift => Some(runs.stddev / context.reference).filter(|floor| floor.is_finite()),
    });
    let noise =
        Noise::of(before.effective_size(before.dependence.center), after.effective_size(after.dependence.center));
    let (x, y) = (before.places(axis), after.places(axis));
    let sides =
        [(before, &x), (after, &y)].map(|(side, points)| Places { points, samples: side.pooled.samples as f64 });
    let estimate = center(sides[0], sides[1], noise, levels.confidence);
    let mut middle = context.measured(Statistic::Center, medians, estimate, noise, runs);
    // Where each run is one sample, both say the same.
    middle.between = runs.filter(|_| !one_each);
    middle.spread = Spread::of(&x, &y, noise.inflation).filter(|_| sides.iter().all(Places::complete));
    if middle.wanting.is_none() {
        middle.wanting = context.too_few_samples(&middle, noise);
    }
    middle.tested = least_samples(levels.gate_level) as f64 * noise.inflation <= context.smaller;
    let mut effects = vec![middle];
    for (statistic, p) in PERCENTILES {
        effects.push(context.percentile(before, after, statistic, p));
    }
    effects.push(context.mean(before, after));
    (effects, noise_floor)
}

/// Whether there is but one number on both sides.
fn is_constant(sides: [&[f64]; 2]) -> bool {
    let ends = sides.map(|points| points.first().zip(points.last()));
    matches!(ends, [Some((a, b)), Some((c, d))] if a == b && c == d && a == c)
}

/// What the effects of one metric have in common.
struct EffectContext {
    axis: Axis,
    levels: Levels,
    margin: f64,
    reference: f64,
    smaller: f64,
    error: f64,
    constant: bool,
}

impl EffectContext {
    fn measured(
        &self,
        statistic: Statistic,
        values: [f64; 2],
        within: Option<Estimate>,
        noise: Noise,
        between: Option<Between>,
    ) -> EffectDraft {
        let Levels { confidence, gate_level, .. } = self.levels;
        let mut freedom = noise.degrees_of_freedom;
        let mut wanting = None;
        let estimate = within.map(|within| {
            let within = self.widened(within, values);
            let Some(between) = between else { return within };
            let half = within.low.zip(within.high).map(|(low, high)| (high - low) / 2.0);
            if half.is_some_and(|half| between.half_width(confidence) > half) {
                freedom = Some(between.degrees_of_freedom);
                wanting = Some(Reason::TooFewRuns { needs: between.runs_needed(gate_level, self.margin) });
            }
            between.joined(within, confidence)
        });
        EffectDraft {
            statistic,
            axis: self.axis,
            before: Some(values[0]),
            after: Some(values[1]),
            estimate,
            tested: true,
            margin: self.margin,
            reference: self.reference,
            confidence,
            degrees_of_freedom: freedom,
            power_share: power_share(confidence, freedom),
            smaller: self.smaller,
            needs: None,
            wanting,
            spread: None,
            between: None,
            noise: None,
            constant: self.constant,
        }
    }

    /// A sketch knows its values to within its error: the interval is wider by that on both sides, and a difference that the
    /// error explains is no evidence (of whole milliseconds a sketch knows no ties).
    fn widened(&self, estimate: Estimate, values: [f64; 2]) -> Estimate {
        if self.error == 0.0 {
            return estimate;
        }
        let slack: f64 = values.iter().map(|&value| self.axis.slack(self.error, value)).sum();
        let low = estimate.low.map(|low| low - slack);
        let high = estimate.high.map(|high| high + slack);
        let explained = low.is_none_or(|low| low <= 0.0) && high.is_none_or(|high| high >= 0.0);
        let least = match () {
            () if estimate.value.abs() <= slack => 1.0,
            () if explained => 1.0 - self.levels.confidence,
            () => 0.0,
        };
        let p = estimate.p.max(least);
        Estimate { low, high, p, ..estimate }
    }

    /// How many samples are wanting for the center, where they are.
    fn too_few_samples(&self, center: &EffectDraft, noise: Noise) -> Option<Reason> {
        let open = center.estimate.is_none_or(|estimate| estimate.low.is_none() || estimate.high.is_none());
        let level = self.levels.gate_level.min(1.0 - self.levels.confidence);
        let least = (least_samples(level) as f64 * noise.inflation).ceil();
        let needs = if open { least.max(self.smaller + 1.0) } else { least };
        (needs > self.smaller).then_some(Reason::TooFewSamples { needs: needs as u64 })
    }

    fn percentile(&self, before: &PooledRuns, after: &PooledRuns, statistic: Statistic, p: f64) -> EffectDraft {
        let needed = samples_needed(p);
        let sizes = [before, after].map(|side| {
            side.effective_size(match statistic {
                Statistic::P95 => side.dependence.p95,
                Statistic::P99 => side.dependence.p99,
                _ => side.dependence.p50,
            })
        });
        let noise = Noise::of(sizes[0], sizes[1]);
        let values = [before.percentile(p), after.percentile(p)];
        if self.smaller < needed as f64 {
            let mut missing = self.measured(statistic, values, None, noise, None);
            let enough = |side: &PooledRuns| side.pooled.samples >= needed;
            missing.before = missing.before.filter(|_| enough(before));
            missing.after = missing.after.filter(|_| enough(after));
            missing.needs = Some(needed);
            missing.tested = false;
            return missing;
        }
        let [first, second] =
            [(before, values[0], sizes[0]), (after, values[1], sizes[1])].map(|(side, value, size)| PercentileSide {
                points: &side.pooled.points,
                samples: side.pooled.samples as f64,
                axis: self.axis,
                place: self.axis.place(value),
                effective: size.effective(),
            });
        let estimate = difference(first, second, p, noise, self.levels.confidence);
        let between = Between::of(&before.of_runs(p, self.axis), &after.of_runs(p, self.axis));
        let mut found = self.measured(statistic, values, Some(estimate), noise, between);
        // A test that so few samples cannot pass must not cost the others their power.
        found.tested = can_exclude(first, second, p, noise, self.levels.gate_level);
        found
    }

    /// The mean: its ratio by the delta method on logarithms, or its shift after Welch (1947). Shown, never judged.
    fn mean(&self, before: &PooledRuns, after: &PooledRuns) -> EffectDraft {
        let values = [before.mean, after.mean];
        let sizes = [before.effective_size(before.dependence.mean), after.effective_size(after.dependence.mean)];
        let unit = match self.axis.scale {
            Scale::Ratio => Axis::scaled_by(&[]),
            Scale::Shift => self.axis,
        };
        // Standard deviations in the unit of the axis: relative ones for logarithms.
        let spreads = [before, after].map(|side| match self.axis.scale {
            Scale::Ratio => side.stddev.map(|stddev| stddev / side.mean),
            Scale::Shift => side.stddev.map(|stddev| unit.place(stddev)),
        });
        let estimate = self.axis.place(values[1]) - self.axis.place(values[0]) + 0.0;
        let noise = Noise::of(sizes[0], sizes[1]);
        let mut estimate = Estimate { value: estimate, low: None, high: None, p: 1.0 };
        if let [Some(first), Some(second)] = spreads {
            let variances = [first * first / sizes[0].effective(), second * second / sizes[1].effective()];
            let sum = variances[0] + variances[1];
            let freedom = |index: usize| variances[index].powi(2) / (sizes[index].effective() - 1.0).max(1.0);
            let degrees = if sum > 0.0 { sum * sum / (freedom(0) + freedom(1)) } else { f64::MAX };
            let half = if sum > 0.0 {
                quantile(1.0 - self.levels.confidence, Some(degrees).filter(|degrees| degrees.is_finite())) * sum.sqrt()
            } else {
                0.0
            };
            estimate.low = Some(estimate.value - half).filter(|low| low.is_finite());
            estimate.high = Some(estimate.value + half).filter(|high| high.is_finite());
        }
        let run_means =
            |side: &PooledRuns| -> Vec<f64> { side.run_means.iter().map(|&mean| self.axis.place(mean)).collect() };
        let between = Between::of(&run_means(before), &run_means(after));
        let estimate = Some(estimate).filter(|estimate| estimate.value.is_finite());
        let mut mean = self.measured(Statistic::Mean, values, estimate, noise, between);
        mean.tested = false;
        mean
    }
}

/// The one effect of a share of failures. `margin` is a difference of shares. `None` without any observation on a side.
pub(crate) fn share_effect(before: &[Share], after: &[Share], levels: Levels) -> Option<(EffectDraft, Option<f64>)> {
    let (estimate, noise, between) = share::difference(before, after, levels.confidence)?;
    let (first, second) = (PooledShare::of(before), PooledShare::of(after));
    let context = EffectContext {
        axis: Axis::plain(),
        levels,
        margin: levels.margin,
        reference: 1.0,
        smaller: first.total.min(second.total) as f64,
        error: 0.0,
        constant: first.failed + second.failed == 0,
    };
    let mut measured =
        context.measured(Statistic::FailureShare, [first.share(), second.share()], Some(estimate), noise, None);
    if let Some(between) = between {
        let half = estimate.low.zip(estimate.high).map_or(0.0, |(low, high)| (high - low) / 2.0);
        if between.half_width(levels.confidence) >= half {
            measured.wanting =
                Some(Reason::TooFewRuns { needs: between.runs_needed(levels.gate_level, levels.margin) });
        }
    }
    Some((measured, between.map(|between| between.stddev)))
}

/// The effect between two means of which a tool states the error; `None` where that says nothing.
pub(crate) fn reported_mean(before: MeanWithError, after: MeanWithError, levels: Levels) -> Option<EffectDraft> {
    let (estimate, freedom) = welch::ratio(before, after, levels.confidence)?;
    let means = [before.mean, after.mean];
    let axis = Axis::of(&means[..1], &means[1..]);
    let context = EffectContext {
        axis,
        levels,
        margin: axis.margin(levels.margin, means),
        reference: axis.reference(means),
        smaller: before.n.min(after.n),
        error: 0.0,
        constant: false,
    };
    let noise = Noise { degrees_of_freedom: Some(freedom), inflation: 1.0 };
    Some(context.measured(Statistic::Mean, means, Some(estimate), noise, None))
}

impl EffectDraft {
    /// Whether the estimate is so many margins that what is not known of the samples does not explain it.
    pub(crate) fn is_far_beyond_margin(&self) -> bool {
        self.estimate.is_some_and(|estimate| estimate.value.abs() >= LARGE * self.margin)
    }

    /// Takes what other metrics of its kind vary by into account. Of few samples a test of ranks finds nothing among many metrics:
    /// Student's t with a moderated variance stands for it, chosen by the number of samples alone. `repeated` is the p of a
    /// difference between counts that repeat in every sample.
    pub(crate) fn moderate(&mut self, prior: Option<&Prior>, repeated: Option<f64>) {
        let Some(spread) = self.spread else { return };
        let noise = spread.moderated(prior);
        self.noise = Some(noise);
        let few = self.smaller < SMALL_SAMPLES && self.axis.scale == Scale::Ratio;
        let Some(estimate) = self.estimate.filter(|_| few && (prior.is_some() || repeated.is_some())) else { return };
        let (p, half) = match repeated.filter(|_| spread.variance == 0.0) {
            Some(p) => (if spread.difference == 0.0 { 1.0 } else { p }, 0.0),
            None if prior.is_none() => return,
            None => {
                let half = noise.standard_error * quantile(1.0 - self.confidence, Some(noise.freedom));
                (noise.p(spread.difference), half)
            }
        };
        let within = Estimate {
            value: estimate.value,
            low: Some((spread.difference - half).min(estimate.value)),
            high: Some((spread.difference + half).max(estimate.value)),
            p,
        };
        self.degrees_of_freedom = Some(noise.freedom);
        self.power_share = power_share(self.confidence, self.degrees_of_freedom);
        if matches!(self.wanting, Some(Reason::TooFewSamples { .. })) {
            self.wanting = None;
        }
        self.tested = true;
        self.estimate = Some(self.between.map_or(within, |between| between.joined(within, self.confidence)));
    }

    /// Whether its spread says what others of its kind vary by.
    pub(crate) fn lends(&self) -> bool {
        self.smaller < SMALL_SAMPLES && self.axis.scale == Scale::Ratio
    }

    /// Whether the change is too large to be passed over although it cannot be decided: in the bad direction, at least
    /// [`LARGE`] margins, and beyond what its noise alone makes with a probability of `chance`.
    pub(crate) fn is_large(&self, chance: f64, polarity: Polarity) -> bool {
        let Some(estimate) = self.estimate else { return false };
        let worse = match polarity {
            Polarity::LowerIsBetter => estimate.value > 0.0,
            Polarity::HigherIsBetter => estimate.value < 0.0,
            Polarity::Unknown => false,
        };
        // Few samples say by their spread what ranks cannot; many say it by their ranks.
        let by_spread = self.noise.zip(self.spread).map(|(noise, spread)| noise.p(spread.difference));
        let within = if self.smaller < SMALL_SAMPLES { by_spread } else { Some(estimate.p) };
        let p = within.map(|p| self.between.map_or(p, |between| between.p().max(p)));
        worse && estimate.value.abs() >= LARGE * self.margin && p.is_some_and(|p| p <= chance)
    }

    /// Whether the plain interval of a tail lies inside its margin; `None` where there is no such interval.
    pub(crate) fn inside_tail_margin(&self) -> Option<bool> {
        let (low, high) = self.estimate.and_then(|estimate| estimate.low.zip(estimate.high))?;
        let margin = match self.axis.scale {
            Scale::Ratio => self.margin.max(TAIL_MARGIN.ln_1p()),
            Scale::Shift => self.margin.max(TAIL_MARGIN * self.reference),
        };
        Some(low >= -margin && high <= margin)
    }

    /// Whether its interval excludes "no change" and its estimate is at least the margin: nothing with such an effect is
    /// unchanged, even if the effect is not judged or could not be told from chance among so many.
    pub(crate) fn speaks_of_change(&self) -> bool {
        self.estimate.is_some_and(|estimate| {
            let excludes = estimate.low.is_some_and(|low| low > 0.0) || estimate.high.is_some_and(|high| high < 0.0);
            excludes && estimate.value.abs() >= self.margin
        })
    }

    /// Whether the test excludes "no change" although the interval holds it: so many samples are equal that the steps
    /// between values hide the size of the change.
    pub(crate) fn hidden_by_ties(&self, threshold: f64) -> bool {
        self.tested
            && self.estimate.is_some_and(|estimate| {
                let holds = estimate.low.is_none_or(|low| low <= 0.0) && estimate.high.is_none_or(|high| high >= 0.0);
                estimate.p <= threshold && holds
            })
    }

    /// What it is about.
    pub(crate) fn statistic(&self) -> Statistic {
        self.statistic
    }

    /// The public effect, once it is known up to which p "no change" counts as excluded. `alone` is the p that the only
    /// change of the report would need.
    pub(crate) fn judged(&self, threshold: f64, alone: f64, polarity: Polarity) -> Effect {
        let excluded = self.tested && self.estimate.is_some_and(|estimate| estimate.p <= threshold);
        let half =
            self.estimate.and_then(|estimate| estimate.low.zip(estimate.high)).map(|(low, high)| (high - low) / 2.0);
        let share = detectable_share(threshold.max(alone), self.confidence, self.degrees_of_freedom);
        let detectable = half.map(|half| (half * share).max(self.margin + half * self.power_share));
        let by_samples = !matches!(self.wanting, Some(Reason::TooFewRuns { .. }));
        let samples_for_margin = half.filter(|_| by_samples && self.margin > 0.0).and_then(|half| {
            // No change is called unchanged in four cases out of five where the interval is so narrow.
            let times = half * (1.0 + self.power_share * STEADY_SCORE / POWER_SCORE) / self.margin;
            let samples = (self.smaller * times * times).ceil().max(1.0);
            (samples <= MOST_SAMPLES).then_some(samples as u64)
        });
        let on_scale = |place: f64| self.axis.effect(place);
        Effect {
            statistic: self.statistic,
            scale: self.axis.scale,
            before: self.before,
            after: self.after,
            estimate: self.estimate.and_then(|estimate| on_scale(estimate.value)),
            low: self.estimate.and_then(|estimate| estimate.low).and_then(on_scale),
            high: self.estimate.and_then(|estimate| estimate.high).and_then(on_scale),
            p: self.estimate.filter(|_| self.tested).map(|estimate| estimate.p),
            excluded,
            verdict: self
                .estimate
                .filter(|_| self.tested)
                .map(|estimate| verdict(&estimate, excluded, self.margin, polarity)),
            detectable: detectable.filter(|_| self.tested).and_then(on_scale),
            samples_for_margin: samples_for_margin.filter(|_| self.tested),
            needs: self.needs,
        }
    }

    /// How large it is, to rank changes of different metrics: a difference of logarithms or a share of the larger median.
    pub(crate) fn size(&self) -> f64 {
        let size = self.estimate.map_or(0.0, |estimate| estimate.value.abs() / self.reference);
        if size.is_nan() { 0.0 } else { size }
    }
}
