//! One effect between both sides of a metric.
//!
//! In: an estimate on its axis, and what the effect is about. Out: an [`EffectDraft`], not yet judged: what counts as excluded
//! depends on all tests of the report. [`EffectDraft::judged`] then makes the public [`Effect`].

use super::axis::Axis;
use super::beyond_noise::{Grown, Zeros};
use super::center::Estimate;
use super::margin::{GLARING_FACTOR, LARGE};
use super::moderation::{ModeratedNoise, Prior, SMALL_SAMPLES, Spread};
use super::noise::{Noise, POWER_SCORE, STEADY_SCORE, detectable_share, power_share, quantile, two_sided};
use super::outcome::{Effect, Reason, Scale, Verdict};
use super::parts::{Part, PartTest};
use super::replicate::Between;
use super::suite::Move;
use super::verdict::verdict;
use crate::measure::{Direction, Polarity, Statistic};

/// A share that changes by this much is not passed over because its failures come in clusters.
const GLARING_SHARE: f64 = 0.1;
/// More samples than this are no advice to anybody.
const MOST_SAMPLES: f64 = 1e12;

/// An effect that is not judged yet.
pub(crate) struct EffectDraft {
    pub(crate) statistic: Statistic,
    pub(crate) axis: Axis,
    pub(crate) before: Option<f64>,
    pub(crate) after: Option<f64>,
    pub(crate) estimate: Option<Estimate>,
    /// Whether it is tested and gets a verdict.
    pub(crate) tested: bool,
    /// Margin on the axis.
    pub(crate) margin: f64,
    /// What a difference is measured against to rank changes.
    pub(crate) reference: f64,
    /// Level of the interval, and degrees of freedom where Student's t stands for the normal.
    pub(crate) confidence: f64,
    pub(crate) degrees_of_freedom: Option<f64>,
    /// What has to be added to the margin for that, likewise.
    pub(crate) power_share: f64,
    /// Samples of the smaller side.
    pub(crate) smaller: f64,
    pub(crate) needs: Option<u64>,
    /// Why the effect may be inconclusive, where that is known.
    pub(crate) wanting: Option<Reason>,
    /// How far the samples lie apart; of the center only.
    pub(crate) spread: Option<Spread>,
    /// What runs of several samples say.
    pub(crate) between: Option<Between>,
    /// What the difference may be without a change, once other metrics have lent their strength.
    pub(crate) noise: Option<ModeratedNoise>,
    /// Whether every sample of both sides is the same number: nothing could be told from such by any test.
    pub(crate) constant: bool,
    /// What part of the metric it is about, where it is a test of one.
    pub(crate) part: Option<Part>,
    /// After which part it is looked at, in a fixed sequence, where it tests none itself.
    pub(crate) follows: Option<Part>,
    /// How the sizes behind a share moved, on the axis of the metric and beside its margin: a share alone does not say what matters.
    pub(crate) moved: Option<f64>,
    /// The limit that a share lies beyond, base unit.
    pub(crate) beyond: Option<f64>,
    /// Of how many tests its p is made.
    pub(crate) tests: f64,
    /// Half a step of rounding on the axis: no interval says more than the values do.
    pub(crate) half_step: f64,
    /// The margin of tails on the axis.
    pub(crate) tail_margin: f64,
    /// By what dependence widens it; of centers and shares only.
    pub(crate) dependence: Option<Dependence>,
    /// By how much the slow end, or what is not zero, moved, with the p of independent samples.
    pub(crate) grown: Option<Grown>,
    /// The zeros among durations, of their share only.
    pub(crate) zeros: Option<Zeros>,
    /// Whether the whole interval has to lie beyond the margin.
    pub(crate) margin_test: bool,
}

/// By what dependence widens an effect.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Dependence {
    pub(crate) noise: Noise,
    /// Whether the run itself moved the same way on its way: what then looks like dependence is the change, and a run of which half
    /// is slower must not pass where one that is slower throughout fails.
    pub(crate) moved_on_the_way: bool,
}

/// At which levels and margin effects are measured.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Levels {
    pub(crate) confidence: f64,
    pub(crate) gate_level: f64,
    pub(crate) margin: f64,
    pub(crate) tail_margin: f64,
    pub(crate) margin_test: bool,
}

/// 1 where more is worse, -1 where less is.
pub(crate) fn worse_sign(polarity: Polarity) -> Option<f64> {
    match polarity {
        Polarity::LowerIsBetter => Some(1.0),
        Polarity::HigherIsBetter => Some(-1.0),
        Polarity::Unknown => None,
    }
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
                (noise.p(spread.difference), half.max(self.half_step))
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

    /// Whether the change is too large to be passed over although it cannot be decided: in the bad direction (where none is known, in
    /// either), at least [`LARGE`] margins, and beyond what its noise alone makes with a probability of `chance`.
    pub(crate) fn is_large(&self, chance: f64, polarity: Polarity) -> bool {
        let Some(estimate) = self.estimate else { return false };
        let worse = match polarity {
            Polarity::LowerIsBetter => estimate.value > 0.0,
            Polarity::HigherIsBetter => estimate.value < 0.0,
            Polarity::Unknown => estimate.value != 0.0,
        };
        // Few samples say by their spread what ranks cannot; many say it by their ranks.
        let by_spread = self.noise.zip(self.spread).map(|(noise, spread)| noise.p(spread.difference));
        let within = if self.smaller < SMALL_SAMPLES { by_spread } else { Some(estimate.p) };
        let moved_on_the_way = self.dependence.is_some_and(|dependence| dependence.moved_on_the_way);
        let alone = self.independent_p().filter(|_| moved_on_the_way || self.is_glaring());
        let within = [within, alone].into_iter().flatten().reduce(f64::min);
        let p = within.map(|p| self.between.map_or(p, |between| between.p().max(p)));
        worse && estimate.value.abs() >= LARGE * self.margin && p.is_some_and(|p| p <= chance)
    }

    /// By how much it moved for the worse; where no direction is better, at all.
    pub(crate) fn grown_for_the_worse(&self, polarity: Polarity) -> Option<Grown> {
        self.grown.filter(|_| matches!(self.way(polarity), Some(Direction::Worse | Direction::Changed)))
    }

    /// Whether the center nearly doubled or was halved, or a share changed by ten points. Dependence that is assumed of a short run, or that
    /// its own way makes it seem to have, is no reason to pass over that, and neither are failures that come in clusters.
    fn is_glaring(&self) -> bool {
        let least = match (self.statistic, self.axis.scale) {
            (Statistic::FailureShare, _) => GLARING_SHARE,
            (_, Scale::Ratio) => GLARING_FACTOR.ln(),
            // Of the larger one.
            (_, Scale::Shift) => self.reference / 2.0,
        };
        self.estimate.is_some_and(|estimate| least > 0.0 && estimate.value.abs() >= least)
    }

    /// The factor by which the values became smaller, where that is known of a ratio.
    pub(crate) fn shrunk_by(&self) -> Option<f64> {
        let estimate = self.estimate.filter(|_| self.axis.scale == Scale::Ratio)?;
        (estimate.value < 0.0).then(|| (-estimate.value).exp())
    }

    /// The p of independent samples.
    pub(crate) fn independent_p(&self) -> Option<f64> {
        let dependence = self.dependence?.noise;
        if self.smaller >= SMALL_SAMPLES || self.statistic == Statistic::FailureShare {
            return self.estimate.map(|estimate| two_sided(dependence.critical(estimate.p), None));
        }
        let (noise, spread) = self.noise.zip(self.spread)?;
        let standard_error = noise.standard_error / dependence.inflation.sqrt();
        Some(ModeratedNoise { standard_error, ..noise }.p(spread.difference))
    }

    /// Whether the plain interval of a tail lies inside its margin; `None` where there is no such interval.
    pub(crate) fn inside_tail_margin(&self) -> Option<bool> {
        let (low, high) = self.estimate.and_then(|estimate| estimate.low.zip(estimate.high))?;
        Some(low >= -self.tail_margin && high <= self.tail_margin)
    }

    /// Whether its interval lies inside a margin on its axis; not where it is open.
    pub(crate) fn inside(&self, margin: f64) -> bool {
        let ends = self.estimate.and_then(|estimate| estimate.low.zip(estimate.high));
        ends.is_some_and(|(low, high)| low >= -margin && high <= margin)
    }

    /// Which way the values moved, where that is known and at least the margin: above 0 is up.
    fn direction(&self) -> Option<f64> {
        let estimate = self.estimate?;
        // Fewer zeros are larger values.
        let value = match (self.statistic, self.moved) {
            (_, Some(moved)) => moved,
            (Statistic::ZeroShare, None) => -estimate.value,
            (_, None) => estimate.value,
        };
        let matters = value.abs() >= self.margin_of(value) && value != 0.0 && estimate.value != 0.0;
        (matters && (!self.margin_test || self.is_beyond_margin(estimate))).then_some(value)
    }

    /// Whether the end of the interval that is nearest to no change lies beyond the margin.
    fn is_beyond_margin(&self, estimate: Estimate) -> bool {
        let nearest = if estimate.value > 0.0 { estimate.low } else { estimate.high.map(|high| -high) };
        nearest.is_some_and(|nearest| nearest > 0.0 && nearest >= self.margin_of(estimate.value))
    }

    /// What a change of this size has to reach. A share of failures that at least doubles matters from half the margin on: 0.1% that
    /// become 0.5% are five times as many.
    fn margin_of(&self, value: f64) -> f64 {
        let doubled = || {
            self.before.zip(self.after).is_some_and(|(before, after)| after >= 2.0 * before || before >= 2.0 * after)
        };
        let eased = self.statistic == Statistic::FailureShare && value.abs() < self.margin && doubled();
        if eased { self.margin / 2.0 } else { self.margin }
    }

    /// Which way it would be shown, were it no chance: what is below the margin in no way.
    pub(crate) fn way(&self, polarity: Polarity) -> Option<Direction> {
        let direction = self.direction()?;
        Some(match worse_sign(polarity) {
            None => Direction::Changed,
            Some(sign) if sign * direction > 0.0 => Direction::Worse,
            Some(_) => Direction::Better,
        })
    }

    /// Its test of a change in one way; what moved otherwise, or by less than matters, is no evidence of it. `None` where it tests
    /// no part: because so few samples could tell nothing, or because it only goes with another.
    pub(crate) fn part_test(&self, way: Direction, polarity: Polarity) -> Option<PartTest> {
        let (part, estimate) = self.part.zip(self.estimate).filter(|_| self.tested && !self.constant)?;
        let p = if self.way(polarity) == Some(way) { estimate.p } else { 1.0 };
        Some(PartTest { part, p, weight: self.tests })
    }

    /// Whether its own test excludes "no change" in a way.
    pub(crate) fn is_excluded(&self, way: Direction, level: f64, polarity: Polarity) -> bool {
        self.tested && self.way(polarity) == Some(way) && self.estimate.is_some_and(|estimate| estimate.p <= level)
    }

    /// Why its tail is not known: the interval that reaches beyond the margin, or that there is none.
    pub(crate) fn not_known(&self) -> Reason {
        let end = |end: fn(&Estimate) -> Option<f64>| self.estimate.as_ref().and_then(end);
        // A difference in a unit of its own says little beside percentages.
        let is_ratio = self.axis.scale == Scale::Ratio;
        let on_scale = |place: Option<f64>| place.filter(|_| is_ratio).and_then(|place| self.axis.effect(place));
        Reason::TailNotKnown {
            statistic: self.statistic,
            low: on_scale(end(|estimate| estimate.low)),
            high: on_scale(end(|estimate| estimate.high)),
        }
    }

    /// Whether nothing but the rounding of the values keeps its interval from lying inside the margin.
    pub(crate) fn is_rounded_away(&self) -> bool {
        self.half_step > self.margin
    }

    /// Its verdict where it counts as changed in a way.
    fn decided(way: Direction) -> Verdict {
        match way {
            Direction::Worse => Verdict::Regressed,
            Direction::Better => Verdict::Improved,
            Direction::Changed => Verdict::Changed,
        }
    }

    /// Whether its interval excludes "no change" and its estimate is at least the margin: nothing with such an effect is
    /// unchanged, even if the effect is not judged or could not be told from chance among so many.
    pub(crate) fn speaks_of_change(&self) -> bool {
        let is_share = matches!(self.statistic, Statistic::SlowShare | Statistic::ZeroShare);
        self.direction().is_some()
            && self.estimate.is_some_and(|estimate| {
                let above = estimate.low.is_some_and(|low| low > 0.0);
                let below = estimate.high.is_some_and(|high| high < 0.0);
                if is_share { estimate.p <= 1.0 - self.confidence } else { above || below }
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

    /// By how much it moved for the worse, to be compared with others; `None` where it is no ratio or no direction is better.
    pub(crate) fn moved(&self, polarity: Polarity) -> Option<Move> {
        let estimate = self.estimate.filter(|_| self.axis.scale == Scale::Ratio && !self.constant)?;
        let sign = worse_sign(polarity)?;
        let half = estimate.low.zip(estimate.high).map(|(low, high)| (high - low) / 2.0);
        let error = half.map(|half| half / quantile(1.0 - self.confidence, self.degrees_of_freedom));
        Some(Move { log: sign * estimate.value, error, degrees_of_freedom: self.degrees_of_freedom })
    }

    /// What it is about.
    pub(crate) fn statistic(&self) -> Statistic {
        self.statistic
    }

    /// The public effect, once it is known in which way "no change" counts as excluded. `alone` is the p that the only change of
    /// the report would need.
    pub(crate) fn judged(&self, excluded: Option<Direction>, alone: f64) -> Effect {
        let half =
            self.estimate.and_then(|estimate| estimate.low.zip(estimate.high)).map(|(low, high)| (high - low) / 2.0);
        let share = detectable_share(alone, self.confidence, self.degrees_of_freedom);
        let detectable = half.map(|half| (half * share).max(self.margin + half * self.power_share));
        // More samples make up neither for runs nor for the rounding of values.
        let by_samples = !matches!(self.wanting, Some(Reason::TooFewRuns { .. })) && !self.is_rounded_away();
        let samples_for_margin = half.filter(|_| by_samples && self.margin > 0.0).and_then(|half| {
            // No change is called unchanged in four cases out of five where the interval is so narrow.
            let times = half * (1.0 + self.power_share * STEADY_SCORE / POWER_SCORE) / self.margin;
            let samples = (self.smaller * times * times).ceil().max(1.0);
            (samples <= MOST_SAMPLES).then_some(samples as u64)
        });
        let on_scale = |place: f64| self.axis.effect(place);
        let says_power = self.tested && !matches!(self.statistic, Statistic::SlowShare | Statistic::ZeroShare);
        Effect {
            statistic: self.statistic,
            scale: self.axis.scale,
            before: self.before,
            after: self.after,
            estimate: self.estimate.and_then(|estimate| on_scale(estimate.value)),
            low: self.estimate.and_then(|estimate| estimate.low).and_then(on_scale),
            high: self.estimate.and_then(|estimate| estimate.high).and_then(on_scale),
            p: self.estimate.filter(|_| self.tested).map(|estimate| estimate.p),
            excluded: excluded.is_some(),
            verdict: excluded.map(Self::decided).or_else(|| self.quiet_verdict()),
            beyond: self.beyond,
            detectable: detectable.filter(|_| says_power).and_then(on_scale),
            samples_for_margin: samples_for_margin.filter(|_| says_power),
            needs: self.needs,
        }
    }

    /// What it says where it is not known to have changed; shares of a tail say nothing then.
    fn quiet_verdict(&self) -> Option<Verdict> {
        let judged = self.tested && !matches!(self.statistic, Statistic::SlowShare | Statistic::ZeroShare);
        self.estimate.filter(|_| judged).map(|estimate| verdict(&estimate, self.margin))
    }

    /// How large it is, to rank changes of different metrics: a difference of logarithms or a share of the larger median; of a share
    /// of slow samples how much slower that end became.
    pub(crate) fn size(&self) -> f64 {
        let value = self.moved.or(self.estimate.map(|estimate| estimate.value)).unwrap_or(0.0);
        let size = value.abs() / self.reference;
        if size.is_nan() { 0.0 } else { size }
    }

    /// How large it is at least: the end of its interval that lies nearer to no change, so that what is sure and what is large both
    /// count. 0 where the interval holds no change.
    pub(crate) fn sure_size(&self) -> f64 {
        let Some(estimate) = self.estimate.filter(|estimate| estimate.value != 0.0) else { return 0.0 };
        let nearer = if estimate.value > 0.0 { estimate.low } else { estimate.high.map(|high| -high) };
        let share = nearer.unwrap_or(0.0).max(0.0) / estimate.value.abs();
        share.min(1.0) * self.size()
    }
}
