//! The slow samples of both sides: how many lie beyond a limit, and whether the slower half is spread wider.
//!
//! In: all runs of both sides. Out: the limit beyond which the shares of both sides differ most, with Newcombe's interval of the
//! difference and the p of all limits together. Limits are percentiles of both sides together and round multiples of their common
//! median: they do not depend on which sample is of which side, so that the exact test stays exact. Refuses (with `None`) sides of
//! which too few samples lie beyond any limit to tell anything.

use super::axis::Axis;
use super::capture::Share;
use super::center::{Estimate, visit_equal};
use super::noise::Noise;
use super::parts::cauchy;
use super::pooled::PooledRuns;
use super::share;

/// Limits at these shares of all samples of both sides.
const SHARES_BEYOND: [f64; 2] = [0.05, 0.01];
/// And at the first of these multiples of their common median that few enough lie beyond.
const MULTIPLES: [f64; 6] = [2.0, 3.0, 5.0, 10.0, 20.0, 50.0];
/// So many of these.
const MOST_MULTIPLES: usize = 2;
/// A limit with more beyond it is none of a tail.
const MOST_BEYOND: f64 = 0.1;
/// All of fewer samples on one side have p = 2 / 2^8 = 0.008 at best: they could tell nothing at 1% (Tarone 1990).
const FEWEST_BEYOND: u64 = 8;
/// Samples a side from which on the scores of ranks are taken as normal.
const FEWEST_SCORED: u64 = 20;

/// Which end of the values is the slow one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SlowEnd {
    /// Durations: large values.
    High,
    /// Rates: small values.
    Low,
}

/// The shares of slow samples of both sides.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct SlowShares {
    /// The limit, base unit.
    pub(crate) beyond: f64,
    pub(crate) before: f64,
    pub(crate) after: f64,
    /// Of the difference of the shares; p is of all limits and of the spread together.
    pub(crate) estimate: Estimate,
    /// Of how many tests p is made.
    pub(crate) tests: f64,
    /// The p of all limits, were samples independent.
    pub(crate) independent_p: f64,
    /// By how much the percentile of that share moved, on the axis: a share says nothing of how much slower the slow ones are.
    pub(crate) moved: f64,
    /// That percentile on both sides, base unit.
    pub(crate) ends: [f64; 2],
}

/// Samples beyond a limit, run by run.
fn beyond(side: &PooledRuns, limit: f64, end: SlowEnd, dependence: f64) -> Vec<Share> {
    let of = |run: &super::sketch::OrderedPoints| {
        let points = &run.points;
        let count = match end {
            SlowEnd::High => points.len() - points.partition_point(|value| *value <= limit),
            SlowEnd::Low => points.partition_point(|value| *value < limit),
        };
        let failed = (count as f64 * run.samples as f64 / points.len() as f64).round() as u64;
        Share { failed, total: run.samples, dependence }
    };
    side.runs.iter().map(of).collect()
}

/// The limits to look at: of both sides together, each once.
fn limits(before: &PooledRuns, after: &PooledRuns, end: SlowEnd) -> Vec<f64> {
    let mut limits: Vec<f64> = SHARES_BEYOND.iter().map(|share| common(before, after, *share, end)).collect();
    let median = common(before, after, 0.5, end);
    if median > 0.0 {
        let multiples = MULTIPLES.iter().map(|times| match end {
            SlowEnd::High => median * times,
            SlowEnd::Low => median / times,
        });
        let few = |limit: &f64| {
            let counted = counted(before, *limit, end) + counted(after, *limit, end);
            counted as f64 <= MOST_BEYOND * (before.pooled.samples + after.pooled.samples) as f64
        };
        limits.extend(multiples.filter(few).take(MOST_MULTIPLES));
    }
    limits.sort_unstable_by(f64::total_cmp);
    limits.dedup();
    limits
}

/// Samples of a side beyond a limit.
fn counted(side: &PooledRuns, limit: f64, end: SlowEnd) -> u64 {
    beyond(side, limit, end, 1.0).iter().map(|share| share.failed).sum()
}

/// The value beyond which this share of both sides together lies, counted from the slow end.
fn common(before: &PooledRuns, after: &PooledRuns, share: f64, end: SlowEnd) -> f64 {
    let sides = [&before.pooled, &after.pooled];
    let weights = sides.map(|side| side.samples as f64 / side.points.len() as f64);
    let needed = share * (before.pooled.samples + after.pooled.samples) as f64;
    let mut taken = [0, 0];
    let value = |side: usize, index: usize| {
        let points = &sides[side].points;
        match end {
            SlowEnd::High => points.len().checked_sub(index + 1).map(|at| points[at]),
            SlowEnd::Low => points.get(index).copied(),
        }
    };
    let (mut beyond, mut last) = (0.0, 0.0);
    while beyond < needed {
        let next = match (value(0, taken[0]), value(1, taken[1])) {
            (Some(first), Some(second)) => {
                let first_is_slower = if end == SlowEnd::High { first >= second } else { first <= second };
                usize::from(!first_is_slower)
            }
            (Some(_), None) => 0,
            (None, Some(_)) => 1,
            (None, None) => break,
        };
        last = value(next, taken[next]).unwrap_or(last);
        taken[next] += 1;
        beyond += weights[next];
    }
    last
}

/// What there is to say of the slow end.
pub(crate) fn slow_shares(
    before: &PooledRuns,
    after: &PooledRuns,
    axis: Axis,
    end: SlowEnd,
    confidence: f64,
) -> Option<SlowShares> {
    let limits = limits(before, after, end);
    let at_limits = |depend: bool| -> Vec<SlowShares> {
        let at = |limit: &f64| at_limit([before, after], axis, end, *limit, confidence, depend);
        limits.iter().filter_map(at).collect()
    };
    let found = at_limits(true);
    // They say much the same where something is slow, and are combined as such.
    let of_limits = found.iter().map(|one| one.estimate.p);
    let p_values: Vec<f64> = of_limits.chain(spread_p(before, after, end)).collect();
    let p = cauchy(p_values.iter().map(|p| (*p, 1.0)))?;
    let most = found.into_iter().min_by(|a, b| a.estimate.p.total_cmp(&b.estimate.p))?;
    let independent_p = cauchy(at_limits(false).iter().map(|one| (one.estimate.p, 1.0)))?;
    let estimate = Estimate { p, ..most.estimate };
    Some(SlowShares { estimate, tests: p_values.len() as f64, independent_p, ..most })
}

/// The shares beyond one limit; where samples `depend` on each other as their sides say.
fn at_limit(
    [before, after]: [&PooledRuns; 2],
    axis: Axis,
    end: SlowEnd,
    limit: f64,
    confidence: f64,
    depend: bool,
) -> Option<SlowShares> {
    let total = (before.pooled.samples + after.pooled.samples) as f64;
    let counted = counted(before, limit, end) + counted(after, limit, end);
    let share = counted as f64 / total;
    if counted < FEWEST_BEYOND || share > MOST_BEYOND {
        return None;
    }
    let factor = |side: &PooledRuns| if depend { dependence(side, share, counted) } else { 1.0 };
    let shares = |side: &PooledRuns, limit: f64| beyond(side, limit, end, factor(side));
    let (first, second) = (shares(before, limit), shares(after, limit));
    let (mut estimate, _, _) = share::difference(&first, &second, confidence)?;
    let error = before.pooled.error.max(after.pooled.error);
    if error > 0.0 {
        // Which side of the limit a sample lies on is known to within the error of the sketch: what that explains is no evidence.
        let (low, high) = (limit / (1.0 + error), limit * (1.0 + error));
        let narrowed = [(low, high), (high, low)].map(|(of_before, of_after)| {
            share::difference(&shares(before, of_before), &shares(after, of_after), confidence)
        });
        for (other, ..) in narrowed.into_iter().flatten() {
            let p = if other.value * estimate.value > 0.0 { other.p } else { 1.0 };
            estimate.p = estimate.p.max(p);
            estimate.low = estimate.low.zip(other.low).map(|(one, other)| one.min(other));
            estimate.high = estimate.high.zip(other.high).map(|(one, other)| one.max(other));
        }
    }
    let level = match end {
        SlowEnd::High => 1.0 - share,
        SlowEnd::Low => share,
    };
    let ends = [before, after].map(|side| side.percentile(level));
    let pooled = |runs: &[Share]| Share::pooled(runs).share();
    Some(SlowShares {
        beyond: limit,
        before: pooled(&first),
        after: pooled(&second),
        estimate,
        tests: 1.0,
        independent_p: estimate.p,
        moved: axis.place(ends[1]) - axis.place(ends[0]),
        ends,
    })
}

/// By what dependence multiplies the variance of a share beyond a limit. Of few samples beyond it that can hardly be seen, and is
/// taken to be what it is for all ranks, which is more.
fn dependence(side: &PooledRuns, share: f64, beyond: u64) -> f64 {
    /// So many samples beyond a limit show how they come in clusters.
    const ENOUGH: u64 = 200;
    let factors = &side.dependence;
    let own = if share >= 0.025 { factors.p95 } else { factors.p99 };
    if beyond < ENOUGH { own.max(factors.p95).max(factors.center) } else { own }
}

/// A test of spread on the slow half (after Mood 1954): samples score by the square of how far their rank among all lies beyond
/// the middle. `None` for few samples, several runs a side, or where a sketch knows no ties.
fn spread_p(before: &PooledRuns, after: &PooledRuns, end: SlowEnd) -> Option<f64> {
    let smaller = before.pooled.samples.min(after.pooled.samples);
    let sketched = before.pooled.error > 0.0 || after.pooled.error > 0.0;
    if smaller < FEWEST_SCORED || before.runs.len() + after.runs.len() > 2 || sketched {
        return None;
    }
    let (x, y) = (&before.pooled.points, &after.pooled.points);
    let all = (x.len() + y.len()) as f64;
    let (mut sums, mut squares) = ([0.0, 0.0], 0.0);
    visit_equal(x, y, |from, until| {
        let counts = [(until[0] - from[0]) as f64, (until[1] - from[1]) as f64];
        let middle = f64::midpoint((from[0] + from[1]) as f64, (until[0] + until[1]) as f64) / all;
        let rank = if end == SlowEnd::High { middle } else { 1.0 - middle };
        let score = (rank - 0.5).max(0.0).powi(2);
        sums = [sums[0] + counts[0] * score, sums[1] + counts[1] * score];
        squares += (counts[0] + counts[1]) * score * score;
    });
    let [n, m] = [x.len() as f64, y.len() as f64];
    let mean = (sums[0] + sums[1]) / all;
    let variance = (squares / all - mean * mean).max(0.0) * all / (all - 1.0);
    let size = |side: &PooledRuns| side.effective_size(side.dependence.center.max(side.dependence.p95));
    let noise = Noise::of(size(before), size(after));
    let error = (variance * (1.0 / n + 1.0 / m)).sqrt();
    (error > 0.0).then(|| noise.p((sums[1] / m - sums[0] / n) / error))
}
