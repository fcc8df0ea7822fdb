//! Percentiles of both sides and the effect between them.
//!
//! In: ascending points of a side, the samples for which they stand, and how many independent ones these are worth. Out: the
//! type-6 quantile, an interval for it by fractional order statistics (Hutson 1999), and the interval of the difference between
//! two sides from the intervals of each (MOVER: Zou & Donner 2008), with the p-value that this interval inverts. Refuses
//! percentiles beyond the samples (n(1 - p) < 1) with the number that is needed.

use statrs::function::beta::checked_beta_reg;

use super::axis::Axis;
use super::center::Estimate;
use super::noise::{Noise, normal_score, quantile, two_sided};

/// From this many effective samples Temme's (1979) uniform expansion replaces the library's continued fraction, which has not
/// converged there.
const LARGE_SAMPLE: f64 = 1000.0;
/// Steps of the search for the rank of a bound.
const RANK_STEPS: usize = 60;
/// The score at which that search ends is this close to the one that was asked for.
const RANK_PRECISION: f64 = 1e-9;
/// Below this the correction of the expansion is lost in rounding, and is small.
const SMALL_ROOT: f64 = 1e-3;
/// Scores beyond this have p = 0 in an `f64`.
const LARGEST_SCORE: f64 = 37.0;
/// Bisections for the score at which an interval touches "no change".
const SCORE_STEPS: usize = 26;

/// Samples that the percentile p needs: n(1 - p) >= 1 and n p >= 1.
pub(crate) fn samples_needed(p: f64) -> u64 {
    crate::stats::quantile::samples_needed(p) as u64
}

/// The value at a rank (from 1, fractional) among `samples` values for which ascending points stand, evenly spaced in rank.
pub(crate) fn at_rank(points: &[f64], samples: f64, rank: f64) -> f64 {
    let (low, high, share) = around(points, samples, rank);
    between(low, high, share)
}

/// The points on both sides of a rank, and how far it is from the first to the second.
fn around(points: &[f64], samples: f64, rank: f64) -> (f64, f64, f64) {
    let last = points.len() - 1;
    if last == 0 || samples <= 1.0 {
        return (points[last / 2], points[last / 2], 0.0);
    }
    let position = if last as f64 == samples - 1.0 {
        (rank - 1.0).clamp(0.0, last as f64)
    } else {
        ((rank - 1.0) / (samples - 1.0)).clamp(0.0, 1.0) * last as f64
    };
    let below = (position.floor() as usize).min(last - 1);
    (points[below], points[below + 1], position - below as f64)
}

fn between(low: f64, high: f64, share: f64) -> f64 {
    if low == high || share == 0.0 {
        low
    } else if share >= 1.0 {
        high
    } else {
        low * (1.0 - share) + high * share
    }
}

/// The type-6 quantile: the value at rank p(n + 1).
pub(crate) fn percentile(points: &[f64], samples: f64, p: f64) -> f64 {
    at_rank(points, samples, p * (samples + 1.0))
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct PercentileSide<'a> {
    /// Ascending values, base unit.
    pub(crate) points: &'a [f64],
    /// Samples for which they stand.
    pub(crate) samples: f64,
    /// The axis of the effect.
    pub(crate) axis: Axis,
    /// Where the percentile stands on it.
    pub(crate) place: f64,
    /// Independent samples that the samples are worth for this percentile.
    pub(crate) effective: f64,
    /// What lies above is at least so large (on the axis), where samples stand at the end of a field: it bounds nothing.
    pub(crate) known_to: Option<f64>,
}

impl PercentileSide<'_> {
    /// How far the bound at a score lies above the percentile; `None` where no order statistic bounds it.
    fn above(&self, p: f64, score: f64) -> Option<Reach> {
        let share = upper_share(p, self.effective, score)?;
        let bound = self.at_share(share);
        if self.known_to.is_some_and(|known| bound > known) {
            return None;
        }
        let distance = (bound - self.place).max(0.0);
        Some(Reach { distance, spacings: (share - p) * (self.effective + 1.0) })
    }

    /// How far the bound at a score lies below the percentile.
    fn below(&self, p: f64, score: f64) -> Option<Reach> {
        let share = 1.0 - upper_share(1.0 - p, self.effective, score)?;
        let distance = (self.place - self.at_share(share)).max(0.0);
        Some(Reach { distance, spacings: (p - share) * (self.effective + 1.0) })
    }

    fn at_share(&self, share: f64) -> f64 {
        let (low, high, share) = around(self.points, self.samples, share * (self.samples + 1.0));
        between(self.axis.place(low), self.axis.place(high), share)
    }
}

/// The percentile of `after` less that of `before`.
///
/// Each side's bounds are at the score which independent samples worth their effective size would need; Student's t for
/// that score where dependence was estimated.
pub(crate) fn difference(
    before: PercentileSide<'_>,
    after: PercentileSide<'_>,
    p: f64,
    noise: Noise,
    confidence: f64,
) -> Estimate {
    let estimate = after.place - before.place + 0.0;
    let score = quantile(1.0 - confidence, noise.degrees_of_freedom);
    let low = reach(after.below(p, score), before.above(p, score)).map(|reach| estimate - reach);
    let high = reach(after.above(p, score), before.below(p, score)).map(|reach| estimate + reach);
    // The interval at a score excludes "no change" while its reach towards 0 is shorter than the estimate.
    let excludes = |score: f64| {
        let toward = if estimate > 0.0 {
            reach(after.below(p, score), before.above(p, score))
        } else {
            reach(after.above(p, score), before.below(p, score))
        };
        toward.is_some_and(|toward| toward < estimate.abs())
    };
    let (mut inside, mut outside) = (0.0, LARGEST_SCORE);
    if estimate != 0.0 {
        for _ in 0..SCORE_STEPS {
            let middle = f64::midpoint(inside, outside);
            if excludes(middle) {
                inside = middle;
            } else {
                outside = middle;
            }
        }
    }
    Estimate { value: estimate, low, high, p: two_sided(inside, noise.degrees_of_freedom) }
}

/// Whether the order statistics of both sides could exclude "no change" at a two-sided level at all.
pub(crate) fn can_exclude(
    before: PercentileSide<'_>,
    after: PercentileSide<'_>,
    p: f64,
    noise: Noise,
    level: f64,
) -> bool {
    let score = quantile(level, noise.degrees_of_freedom);
    let slower = after.below(p, score).is_some() && before.above(p, score).is_some();
    slower || after.above(p, score).is_some() && before.below(p, score).is_some()
}

/// How far a bound of one side lies from its percentile.
#[derive(Debug, Clone, Copy)]
struct Reach {
    distance: f64,
    /// Spacings between order statistics that the distance is made of, counted in effective samples.
    spacings: f64,
}

/// The reach of the difference: the root of the sum of squares, less what squares of estimated distances are too large by.
///
/// A distance of k spacings is gamma-distributed around its expectation, so its square is too large by 1/k of the square of
/// that; alone, each interval is exact all the same, because an estimate that is off goes with a wide one. So the excess is taken
/// off where both sides matter, and not where one is known well: docs/statistics.md says what it changes.
fn reach(one: Option<Reach>, other: Option<Reach>) -> Option<f64> {
    let (one, other) = (one?, other?);
    let sum = one.distance.hypot(other.distance);
    if sum == 0.0 {
        return Some(0.0);
    }
    let (first, second) = (one.distance / sum, other.distance / sum);
    let excess = 1.0 / (one.spacings.max(0.0) + 1.0) + 1.0 / (other.spacings.max(0.0) + 1.0);
    Some(sum * (1.0 - (2.0 * first * first * second * second * excess).min(1.0)).sqrt())
}

/// The share u of which the order statistic u(n + 1) lies below the p-quantile with the probability beyond `score`; that
/// probability is the incomplete beta function with (n + 1)u and (n + 1)(1 - u) at p. `None` where u lies beyond the largest order
/// statistic.
fn upper_share(p: f64, effective: f64, score: f64) -> Option<f64> {
    let size = effective + 1.0;
    let (least, most) = (1.0 / size, effective / size);
    if most <= p || score_below(p, size, most) < score {
        return None;
    }
    // The score is close to linear in u: regula falsi with the Illinois halving closes in fast and never leaves the bracket.
    let (mut left, mut right) = (p.max(least), most);
    let (mut at_left, mut at_right) = (score_below(p, size, left) - score, score_below(p, size, right) - score);
    if at_left >= 0.0 {
        return Some(left);
    }
    let mut last_side = 0;
    for _ in 0..RANK_STEPS {
        let share = (left * at_right - right * at_left) / (at_right - at_left);
        let at = score_below(p, size, share) - score;
        if at.abs() < RANK_PRECISION || (right - left).abs() < f64::EPSILON {
            return Some(share);
        }
        if at > 0.0 {
            (right, at_right) = (share, at);
            if last_side == 1 {
                at_left /= 2.0;
            }
            last_side = 1;
        } else {
            (left, at_left) = (share, at);
            if last_side == -1 {
                at_right /= 2.0;
            }
            last_side = -1;
        }
    }
    Some(right)
}

/// The normal score of the probability that the order statistic of the share u lies not below the p-quantile; rises with u.
fn score_below(p: f64, size: f64, u: f64) -> f64 {
    if size <= LARGE_SAMPLE {
        let below = checked_beta_reg(size * u, size * (1.0 - u), p).unwrap_or(0.0);
        if below > 0.5 {
            // Through the other tail, which keeps its digits.
            return -normal_score(checked_beta_reg(size * (1.0 - u), size * u, 1.0 - p).unwrap_or(0.0));
        }
        if below > f64::MIN_POSITIVE {
            return normal_score(below);
        }
    }
    // Temme 1979 (DLMF 8.18.9) in the form of a corrected signed root of the deviance.
    let deviance = u * (u / p).ln() + (1.0 - u) * ((1.0 - u) / (1.0 - p)).ln();
    let root = (2.0 * size * deviance.max(0.0)).sqrt().copysign(u - p);
    let slope = (u - p) * (size / (u * (1.0 - u))).sqrt();
    if root.abs() < SMALL_ROOT || !(slope / root).is_finite() || slope / root <= 0.0 {
        return root;
    }
    root + (slope / root).ln() / root
}

#[cfg(test)]
mod tests {
    use super::super::noise::normal_tail;
    use super::*;
    use crate::stats::quantile::{QuantileMethod, quantile};
    use crate::stats::rng::Rng;

    #[test]
    fn percentiles_are_type_6() {
        let mut rng = Rng::new(1);
        for n in [1_usize, 2, 20, 101] {
            let mut values: Vec<f64> = (0..n).map(|_| rng.exponential()).collect();
            values.sort_by(f64::total_cmp);
            for p in [0.5, 0.95, 0.99] {
                let (ours, reference) = (percentile(&values, n as f64, p), quantile(&values, p, QuantileMethod::Type6));
                assert!((ours - reference).abs() < 1e-12, "{n} {p}");
            }
        }
    }

    #[test]
    fn bounds_close_where_an_order_statistic_can_bound() {
        // (n + 1) u = n lies below the p-quantile with probability p^n: 0.95^n <= 0.025 from n = 72 (David & Nagaraja).
        assert!(upper_share(0.95, 71.0, 1.959_964).is_none());
        assert!(upper_share(0.95, 72.0, 1.959_964).is_some());
        assert!(upper_share(0.99, 367.0, 1.959_964).is_none() && upper_share(0.99, 368.0, 1.959_964).is_some());
    }

    #[test]
    fn the_expansion_meets_the_beta_distribution_where_the_library_hands_over() {
        for (p, score) in [(0.5, 2.0), (0.95, 2.0), (0.99, 2.0), (0.95, 5.0), (0.01, 2.0)] {
            let (small, large) = (upper_share(p, 998.0, score), upper_share(p, 1001.0, score));
            assert!((small.unwrap() - large.unwrap()).abs() < 1e-4, "{p} {score} {small:?} {large:?}");
        }
        // By the beta distribution itself: the probability at the share is that beyond the score.
        let share = upper_share(0.95, 200.0, 1.5).unwrap();
        let below = checked_beta_reg(201.0 * share, 201.0 * (1.0 - share), 0.95).unwrap();
        assert!((below - normal_tail(1.5)).abs() < 1e-8);
    }
}
