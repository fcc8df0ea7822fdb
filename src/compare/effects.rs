//! The effects between both sides of one metric.
//!
//! In: the runs of both sides. Out: center, percentiles, mean, shares of slow samples and of zeros as [`EffectDraft`] values on their
//! axis. Refuses (with `needs`) percentiles beyond the samples.

use super::axis::Axis;
use super::beyond_noise::{Grown, Zeros};
use super::capture::Share;
use super::center::{Estimate, Places, center, least_samples};
use super::effect::{Dependence, EffectDraft, Levels};
use super::moderation::Spread;
use super::near_zero::{are_rounded_down, step_near_zero};
use super::noise::{Noise, power_share, quantile};
use super::outcome::{Reason, Scale};
use super::parts::Part;
use super::percentile::{PercentileSide, can_exclude, difference, samples_needed};
use super::pooled::{PERCENTILES, PooledRuns};
use super::replicate::Between;
use super::share;
use super::tail::{SlowEnd, SlowShares, slow_shares};
use super::welch::{self, MeanWithError};
use crate::measure::{Dimension, Polarity, Statistic};

/// Smaller differences between shares of zeros never matter.
pub(crate) const ZERO_SHARE_MARGIN: f64 = 0.005;

/// What a metric is, as far as its effects depend on it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Kind {
    pub(crate) dimension: Dimension,
    pub(crate) polarity: Polarity,
    /// Whether it is a time of waiting.
    pub(crate) of_waiting: bool,
}

/// All effects of a metric: center, p50, p95, p99, mean, and what there is of slow samples and zeros; and the relative standard
/// deviation of the centers of its runs.
pub(crate) fn effects(
    before: &PooledRuns,
    after: &PooledRuns,
    kind: Kind,
    levels: Levels,
) -> (Vec<EffectDraft>, Option<f64>) {
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
        step: step_of([before, after], kind.dimension),
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
    let moved_on_the_way = estimate.zip(after.shift).is_some_and(|(estimate, shift)| estimate.value * shift > 0.0);
    middle.dependence = Some(Dependence { noise, moved_on_the_way });
    middle.part = Some(Part::Center);
    middle.tested = least_samples(levels.gate_level) as f64 * noise.inflation <= context.smaller;
    let mut effects = vec![middle];
    for (statistic, p) in PERCENTILES {
        effects.push(context.percentile(before, after, statistic, p));
    }
    effects.push(context.mean(before, after));
    effects.extend(context.slow(before, after, kind.polarity));
    effects.extend(context.zeros(before, after, kind));
    (effects, noise_floor)
}

/// The step to which durations and rates were rounded, where it is not far below them: every value of both sides is a multiple of it.
/// Counts are exact. What is one number throughout shows no step.
fn step_of(sides: [&PooledRuns; 2], dimension: Dimension) -> Option<f64> {
    /// A step of so small a share of the median hides nothing that could matter.
    const LEAST_STEP: f64 = 1e-3;
    /// Decimal fractions are multiples of their step to within this.
    const ROUNDING: f64 = 1e-6;
    let is_rounded = dimension.is_time() || matches!(dimension, Dimension::Rate | Dimension::ByteRate);
    if !is_rounded || sides.iter().any(|side| side.pooled.error > 0.0) {
        return None;
    }
    let median = sides.map(|side| side.percentile(0.5).abs()).into_iter().fold(0.0, f64::max);
    let least = LEAST_STEP * median;
    let mut step = 0.0_f64;
    let mut distinct = [None, None];
    for value in sides.iter().flat_map(|side| &side.pooled.points).map(|value| value.abs()) {
        if distinct[0].is_none() || distinct[0] == Some(value) {
            distinct[0] = Some(value);
        } else {
            distinct[1] = Some(value);
        }
        // Euclid's algorithm, in which what is left of rounding counts as nothing.
        let (mut larger, mut smaller) = (value.max(step), value.min(step));
        while smaller > ROUNDING * larger.max(median) {
            let rest = larger % smaller;
            let rest = if smaller - rest < ROUNDING * larger.max(median) { 0.0 } else { rest };
            (larger, smaller) = (smaller, rest);
        }
        step = larger;
        if step < least && step > 0.0 {
            return None;
        }
    }
    (step > 0.0 && distinct[1].is_some()).then_some(step)
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
    /// To which values were rounded, base unit.
    step: Option<f64>,
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
        let half_step = if statistic == Statistic::Mean { 0.0 } else { self.half_step(values) };
        let estimate = within.map(|within| {
            let within = at_least_wide(self.widened(within, values), half_step);
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
            part: None,
            follows: None,
            moved: None,
            beyond: None,
            tests: 1.0,
            half_step,
            tail_margin: self.tail_margin(values),
            dependence: None,
            grown: None,
            zeros: None,
            margin_test: self.levels.margin_test,
        }
    }

    /// Half a step of rounding where these values lie.
    fn half_step(&self, values: [f64; 2]) -> f64 {
        let Some(step) = self.step else { return 0.0 };
        match self.axis.scale {
            Scale::Ratio => (step / (2.0 * values[0].min(values[1]))).ln_1p(),
            Scale::Shift => self.axis.place(step) / 2.0,
        }
    }

    /// The margin of tails around these percentiles.
    fn tail_margin(&self, values: [f64; 2]) -> f64 {
        let margin = match self.axis.scale {
            Scale::Ratio => self.levels.tail_margin.ln_1p(),
            Scale::Shift => {
                self.levels.tail_margin
                    * values.map(|value| self.axis.place(value).abs()).into_iter().fold(0.0, f64::max)
            }
        };
        margin.max(self.margin)
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
                known_to: side.known_to.filter(|known| known.is_finite()).map(|known| self.axis.place(known)),
            });
        let estimate = difference(first, second, p, noise, self.levels.confidence);
        // What is at least so large decides nothing: a recorder that gave up may have written it, too.
        let touched = before.is_saturated_at(values[0]) || after.is_saturated_at(values[1]);
        let estimate = if touched { Estimate { low: None, high: None, p: 1.0, ..estimate } } else { estimate };
        let between = Between::of(&before.of_runs(p, self.axis), &after.of_runs(p, self.axis));
        let mut found = self.measured(statistic, values, Some(estimate), noise, between);
        // A test that so few samples cannot pass must not cost the others their power.
        found.tested = !touched && can_exclude(first, second, p, noise, self.levels.gate_level);
        if statistic == Statistic::P50 {
            found.follows = Some(Part::Center);
        } else {
            found.part = Some(Part::Tail);
        }
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
        // Where few large samples decide a mean, their standard deviation bounds nothing.
        let by_tail = [before, after].iter().any(|side| crate::stats::tail::deciding(&side.pooled.points).is_some());
        let unbounded = by_tail || [before, after].iter().any(|side| side.known_to.is_some());
        if let ([Some(first), Some(second)], false) = (spreads, unbounded) {
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

    /// The share of slow samples.
    fn slow(&self, before: &PooledRuns, after: &PooledRuns, polarity: Polarity) -> Option<EffectDraft> {
        let end = if polarity == Polarity::HigherIsBetter { SlowEnd::Low } else { SlowEnd::High };
        let found = slow_shares(before, after, self.axis, end, self.levels.confidence)?;
        let toward = if end == SlowEnd::High { 1.0 } else { -1.0 };
        let mut slow = self.share(Statistic::SlowShare, [found.before, found.after], found.estimate, Part::Tail);
        // More of them while they moved the other way would be no tail that changed.
        slow.moved =
            Some(found.moved).map(|moved| if moved * toward * found.estimate.value > 0.0 { moved } else { 0.0 });
        slow.beyond = Some(found.beyond);
        slow.tests = found.tests;
        slow.grown = Some(Grown { ratio: self.slower_by(&found), p: found.independent_p });
        slow.margin = self.margin;
        // How much slower the slow ones are has no interval that could lie beyond the margin.
        slow.tested = !self.levels.margin_test && self.smaller >= least_samples(self.levels.gate_level) as f64;
        Some(slow)
    }

    /// By what factor the slow end moved; of values that are not all positive a half of the median stands for doubling.
    fn slower_by(&self, found: &SlowShares) -> f64 {
        let [before, after] = found.ends;
        let by_ends = if before > 0.0 && after > 0.0 { (after / before).max(before / after) } else { 1.0 };
        match self.axis.scale {
            Scale::Ratio => found.moved.abs().exp(),
            Scale::Shift if self.reference > 0.0 => by_ends.max(1.0 + 2.0 * found.moved.abs() / self.reference),
            Scale::Shift => by_ends,
        }
    }

    /// A share of samples, on an axis of its own.
    fn share(&self, statistic: Statistic, values: [f64; 2], estimate: Estimate, part: Part) -> EffectDraft {
        let noise = Noise { inflation: 1.0, degrees_of_freedom: None };
        let exact = EffectContext { axis: Axis::plain(), error: 0.0, step: None, reference: 1.0, ..*self };
        let mut share = exact.measured(statistic, values, Some(estimate), noise, None);
        share.part = Some(part);
        share
    }

    /// Where some samples are zero: their share, and the center of the others.
    fn zeros(&self, before: &PooledRuns, after: &PooledRuns, kind: Kind) -> Vec<EffectDraft> {
        let sides = [before, after];
        let negative = sides.iter().any(|side| side.pooled.points.first().is_some_and(|least| *least < 0.0));
        let shares = sides.map(|side| side.shares_where(|value| value == 0.0, side.dependence.center));
        let [first, second] = [&shares[0], &shares[1]].map(|shares| Share::pooled(shares));
        let (zeros, all) = (first.failed + second.failed, first.total + second.total);
        if negative || zeros == 0 || zeros == all {
            return Vec::new();
        }
        let mut found = Vec::new();
        let others = sides.map(PooledRuns::without_zeros);
        if let Some((estimate, ..)) = share::difference(&shares[0], &shares[1], self.levels.confidence) {
            let values = [first.share(), second.share()];
            let mut share = self.share(Statistic::ZeroShare, values, estimate, Part::Zeros);
            share.margin = ZERO_SHARE_MARGIN;
            if kind.dimension.is_time() && kind.polarity == Polarity::LowerIsBetter {
                let step = step_near_zero(&sides.map(|side| &side.pooled.points[..]), self.error);
                let left = others[1].as_ref().map(|others| others.percentile(0.5));
                let rounded = |step| are_rounded_down(step, values[1], |p| before.percentile(p), left);
                let rounded = step.is_some_and(rounded);
                let zeros = Zeros { before: first, after: second, rounded, of_waiting: kind.of_waiting };
                // What was not measured is not fast.
                share.moved = zeros.are_no_evidence().then_some(0.0);
                share.zeros = Some(zeros);
            }
            found.push(share);
        }
        if let [Some(left), Some(right)] = &others {
            let mut positive = self.positive(left, right);
            // At the middle of what both sides have above zero, so that another share of zeros moves nothing.
            let share = first.share().max(second.share());
            let ratio = after.percentile(f64::midpoint(1.0, share)) / before.percentile(f64::midpoint(1.0, share));
            let ratio = if positive.estimate.is_some_and(|one| one.value < 0.0) { 1.0 / ratio } else { ratio };
            positive.grown = positive.independent_p().filter(|_| ratio.is_finite()).map(|p| Grown { ratio, p });
            found.push(positive);
        }
        found
    }

    /// The center of the samples that are not zero, as a ratio.
    fn positive(&self, before: &PooledRuns, after: &PooledRuns) -> EffectDraft {
        let axis = Axis::of(&before.pooled.points, &after.pooled.points);
        let medians = [before.percentile(0.5), after.percentile(0.5)];
        let smaller = before.pooled.samples.min(after.pooled.samples) as f64;
        let context = EffectContext {
            axis,
            margin: axis.margin(self.levels.margin, medians),
            reference: axis.reference(medians),
            smaller,
            constant: is_constant([&before.pooled.points, &after.pooled.points]),
            ..*self
        };
        let noise =
            Noise::of(before.effective_size(before.dependence.center), after.effective_size(after.dependence.center));
        let (x, y) = (before.places(axis), after.places(axis));
        let places = [(before, &x), (after, &y)];
        let places = places.map(|(side, points)| Places { points, samples: side.pooled.samples as f64 });
        let estimate = center(places[0], places[1], noise, self.levels.confidence);
        let runs = Between::of(&before.of_runs(0.5, axis), &after.of_runs(0.5, axis));
        let mut positive = context.measured(Statistic::NonZero, medians, estimate, noise, runs);
        positive.part = Some(Part::Zeros);
        positive.wanting = None;
        positive.dependence = Some(Dependence { noise, moved_on_the_way: false });
        positive.tested = least_samples(self.levels.gate_level) as f64 * noise.inflation <= smaller;
        positive
    }
}

/// An interval of at least this half-width: values that were rounded say no more.
fn at_least_wide(estimate: Estimate, half: f64) -> Estimate {
    Estimate {
        low: estimate.low.map(|low| low.min(estimate.value - half)),
        high: estimate.high.map(|high| high.max(estimate.value + half)),
        ..estimate
    }
}

/// The one effect of a share of failures. `margin` is a difference of shares. `None` without any observation on a side.
pub(crate) fn share_effect(before: &[Share], after: &[Share], levels: Levels) -> Option<(EffectDraft, Option<f64>)> {
    let (estimate, noise, between) = share::difference(before, after, levels.confidence)?;
    let (first, second) = (Share::pooled(before), Share::pooled(after));
    let context = EffectContext {
        axis: Axis::plain(),
        levels,
        margin: levels.margin,
        reference: 1.0,
        smaller: first.total.min(second.total) as f64,
        error: 0.0,
        constant: first.failed == 0 && second.failed == 0,
        step: None,
    };
    let mut measured =
        context.measured(Statistic::FailureShare, [first.share(), second.share()], Some(estimate), noise, None);
    measured.part = Some(Part::Center);
    // Where there are several runs, p is theirs.
    measured.dependence = between.is_none().then_some(Dependence { noise, moved_on_the_way: false });
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
        step: None,
    };
    let noise = Noise { degrees_of_freedom: Some(freedom), inflation: 1.0 };
    let mut mean = context.measured(Statistic::Mean, means, Some(estimate), noise, None);
    mean.part = Some(Part::Center);
    Some(mean)
}
