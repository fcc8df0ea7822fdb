//! Intervals: what the data say a percentile, a mean or a share could be.
//!
//! In: an ascending slice or a [`Sample`], a probability and a confidence level. Out: intervals that know their level and may be
//! open on a side, because with few samples no upper bound for a high percentile exists. Refuses levels and probabilities outside
//! (0, 1) and samples too small for any statement, with `None`.
//!
//! Recorded samples are often dependent: then they count as fewer independent ones, and the normal quantile gives way to Student's,
//! because how many they are worth is itself estimated from them (see `dependence`).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use statrs::distribution::{ContinuousCDF, Normal, StudentsT};

/// Terms of a binomial distribution this far below its largest one are left out; together they weigh less than 1e-20.
const NEGLIGIBLE_PROBABILITY: f64 = 1e-30;
/// Beyond this variance the ranks are those of the normal distribution: the binomial one has as many terms as some two dozen standard
/// deviations, and the ranks differ by one or two among billions.
const MOST_VARIANCE: f64 = 1e9;
/// From this many degrees of freedom the t quantile is expanded around the normal one (Abramowitz & Stegun 26.7.5); the error is
/// then below 1e-12, and the library's search over the incomplete beta function, which loses digits there, is avoided.
const LARGE_DEGREES_OF_FREEDOM: f64 = 1000.0;

/// An interval. An absent end is open: the data cannot bound it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Interval {
    /// Lower end in the unit of the values, absent where open.
    pub low: Option<f64>,
    /// Upper end in the unit of the values, absent where open.
    pub high: Option<f64>,
    /// Level, at least this, in (0, 1).
    pub level: f64,
}

impl Interval {
    /// Whether a value lies inside, bounds included.
    pub fn contains(&self, value: f64) -> bool {
        self.low.is_none_or(|low| low <= value) && self.high.is_none_or(|high| value <= high)
    }
}

/// An interval between two order statistics.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OrderInterval {
    /// The bounds; open where no order statistic can serve.
    pub interval: Interval,
    /// Rank (from 1) of the lower bound, or `None` where it is open.
    pub low_rank: Option<usize>,
    /// Rank (from 1) of the upper bound, or `None` where it is open.
    pub high_rank: Option<usize>,
    /// The exact coverage of the interval for a continuous distribution; at least the level asked for.
    pub achieved_level: f64,
}

/// The exact binomial interval for the p-quantile (David & Nagaraja, Order Statistics, 7.1), equal-tailed.
///
/// With X binomial(n, p) the lower rank r is the largest with P(X <= r-1) <= (1-level)/2 and the upper rank s the smallest with
/// P(X >= s) <= (1-level)/2. For p95 at 95% an upper bound exists from n = 72, for p99 from 368, for p99.9 from 3688; below that
/// the interval is open-ended. Of the `n` order statistics only the bounds are asked for. `None` for n = 0 or a probability or level outside (0, 1).
pub(super) fn order_statistic_interval_of(
    n: usize,
    at: impl Fn(usize) -> f64,
    p: f64,
    level: f64,
) -> Option<OrderInterval> {
    let tail = tail_of(level)? / 2.0;
    let Ranks { low: low_rank, high: high_rank, missed } = Ranks::of(n, p, tail)?;
    Some(OrderInterval {
        interval: Interval { low: low_rank.map(|r| at(r - 1)), high: high_rank.map(|s| at(s - 1)), level },
        low_rank,
        high_rank,
        achieved_level: 1.0 - missed,
    })
}

/// The same of dependent samples, of which `inflation` count as an independent one: the ranks of the interval of that many
/// independent samples, spread over all. Below two independent ones both ends are open.
pub(crate) fn order_statistic_interval_inflated(
    n: usize,
    at: impl Fn(usize) -> f64,
    p: f64,
    level: f64,
    inflation: f64,
) -> Option<OrderInterval> {
    if inflation <= 1.0 {
        return order_statistic_interval_of(n, at, p, level);
    }
    let tail = tail_of(level)? / 2.0;
    let open = Interval { low: None, high: None, level };
    let open = OrderInterval { interval: open, low_rank: None, high_rank: None, achieved_level: 1.0 };
    let effective = (n as f64 / inflation) as usize;
    if effective < 2 {
        return Some(open);
    }
    let tail = Normal::new(0.0, 1.0).ok()?.cdf(-student_quantile(1.0 - tail, effective as f64 - 1.0)?);
    let ranks = Ranks::of(effective, p, tail)?;
    let scale = n as f64 / effective as f64;
    let low_rank = ranks.low.map(|rank| ((rank - 1) as f64 * scale) as usize + 1);
    let high_rank = ranks.high.map(|rank| ((rank as f64 * scale).ceil() as usize).min(n));
    Some(OrderInterval {
        interval: Interval { low: low_rank.map(|rank| at(rank - 1)), high: high_rank.map(|rank| at(rank - 1)), level },
        low_rank,
        high_rank,
        achieved_level: level,
    })
}

/// Student's t interval for a mean, of the mean, the standard deviation and the number of independent values that the values are
/// worth.
///
/// `None` for a size below 2: then the data do not say how far the mean could be off.
pub(super) fn mean_interval_of(mean: f64, stddev: f64, size: f64, level: f64) -> Option<Interval> {
    let tail = tail_of(level)?;
    if size.is_nan() || size < 2.0 {
        return None;
    }
    let half = student_quantile(1.0 - tail / 2.0, size - 1.0)? * stddev / size.sqrt();
    let bound = |value: f64| value.is_finite().then_some(value + 0.0);
    Some(Interval { low: bound(mean - half), high: bound(mean + half), level })
}

/// Wilson's score interval (1927) for a share of `successes` out of `n`. `None` for n = 0, more successes than n, or a level
/// outside (0, 1).
pub fn wilson(successes: u64, n: u64, level: f64) -> Option<Interval> {
    wilson_inflated(successes, n, 1.0, level)
}

/// Wilson's interval of a share whose events come in clusters, so that `inflation` observations count as an independent one.
pub fn wilson_inflated(successes: u64, n: u64, inflation: f64, level: f64) -> Option<Interval> {
    if n == 0 || successes > n {
        return None;
    }
    let z = normal_quantile(1.0 - tail_of(level)? / 2.0)?;
    let share = successes as f64 / n as f64;
    // A single cluster may be worth less than one observation: the interval is then all that a share can be.
    let n = n as f64 / inflation.max(1.0);
    let shrink = 1.0 + z * z / n;
    let center = (share + z * z / (2.0 * n)) / shrink;
    let half = z / shrink * (share * (1.0 - share) / n + z * z / (4.0 * n * n)).sqrt();
    let low = if successes == 0 { 0.0 } else { center - half };
    let high = if share == 1.0 { 1.0 } else { center + half };
    Some(Interval { low: Some(low.clamp(0.0, 1.0)), high: Some(high.clamp(0.0, 1.0)), level })
}

/// The quantile of the standard normal distribution; `None` outside (0, 1).
pub fn normal_quantile(p: f64) -> Option<f64> {
    if !(p > 0.0 && p < 1.0) {
        return None;
    }
    Some(Normal::new(0.0, 1.0).ok()?.inverse_cdf(p))
}

/// The quantile of Student's t distribution; `None` for a probability outside (0, 1) or degrees of freedom that are not positive.
pub fn student_quantile(p: f64, degrees_of_freedom: f64) -> Option<f64> {
    let v = degrees_of_freedom;
    let z = normal_quantile(p)?;
    if v.is_nan() || v <= 0.0 {
        return None;
    }
    if v < LARGE_DEGREES_OF_FREEDOM {
        return Some(StudentsT::new(0.0, 1.0, v).ok()?.inverse_cdf(p));
    }
    let z2 = z * z;
    let first = z * (z2 + 1.0) / 4.0;
    let second = z * (5.0 * z2 * z2 + 16.0 * z2 + 3.0) / 96.0;
    let third = z * (3.0 * z2.powi(3) + 19.0 * z2 * z2 + 17.0 * z2 - 15.0) / 384.0;
    Some(z + (first + (second + third / v) / v) / v)
}

fn tail_of(level: f64) -> Option<f64> {
    (level > 0.0 && level < 1.0).then_some(1.0 - level)
}

/// The ranks of an interval, from 1.
struct Ranks {
    low: Option<usize>,
    high: Option<usize>,
    /// How probable it is that the quantile lies outside.
    missed: f64,
}

impl Ranks {
    fn of(n: usize, p: f64, tail: f64) -> Option<Self> {
        if n as f64 * p * (1.0 - p) > MOST_VARIANCE {
            return Self::normal(n, p, tail);
        }
        let binomial = Binomial::new(n, p)?;
        let (low, high) = (binomial.low_rank(tail), binomial.high_rank(tail));
        let missed = low.map_or(0.0, |r| binomial.at_most(r - 1)) + high.map_or(0.0, |s| binomial.at_least(s));
        Some(Self { low, high, missed })
    }

    /// By the normal distribution, and two ranks wider than that, which is more than it is off.
    fn normal(n: usize, p: f64, tail: f64) -> Option<Self> {
        let size = n as f64;
        let half = normal_quantile(1.0 - tail)? * (size * p * (1.0 - p)).sqrt();
        let low = ((size * p - half).floor() as usize).saturating_sub(1).max(1);
        let high = ((size * p + half).ceil() as usize).saturating_add(2).min(n);
        Some(Self { low: Some(low), high: Some(high), missed: 2.0 * tail })
    }
}

/// A binomial distribution as the terms that matter, built outward from its largest one by the ratio of neighbours.
///
/// Rejected: `statrs`' binomial over `beta_reg`, whose continued fraction has not converged after its 140 terms for n = 10^6.
struct Binomial {
    n: usize,
    /// The count that the first term belongs to.
    first: usize,
    /// `at_most[i]` = P(X <= first + i).
    at_most: Vec<f64>,
    /// `at_least[i]` = P(X >= first + i).
    at_least: Vec<f64>,
}

impl Binomial {
    fn new(n: usize, p: f64) -> Option<Self> {
        if n == 0 || !(p > 0.0 && p < 1.0) {
            return None;
        }
        let mode = (((n as f64 + 1.0) * p) as usize).min(n);
        let odds = p / (1.0 - p);
        let mut below = Vec::new();
        let mut term = 1.0;
        for k in (1..=mode).rev() {
            term *= k as f64 / ((n - k + 1) as f64 * odds);
            if term < NEGLIGIBLE_PROBABILITY {
                break;
            }
            below.push(term);
        }
        let first = mode - below.len();
        let mut terms: Vec<f64> = below.into_iter().rev().collect();
        terms.push(1.0);
        term = 1.0;
        for k in mode..n {
            term *= (n - k) as f64 / (k + 1) as f64 * odds;
            if term < NEGLIGIBLE_PROBABILITY {
                break;
            }
            terms.push(term);
        }
        let running = |terms: &mut dyn Iterator<Item = &f64>| -> Vec<f64> {
            terms
                .scan(0.0, |sum, term| {
                    *sum += term;
                    Some(*sum)
                })
                .collect()
        };
        let mut at_most = running(&mut terms.iter());
        let mut at_least = running(&mut terms.iter().rev());
        at_least.reverse();
        // Add the two halves from their small ends, so that the total is as exact as the tails.
        let middle = mode - first;
        let total = at_most[middle] + at_least.get(middle + 1).copied().unwrap_or(0.0);
        for sum in at_most.iter_mut().chain(&mut at_least) {
            *sum = (*sum / total).min(1.0);
        }
        Some(Self { n, first, at_most, at_least })
    }

    fn at_most(&self, k: usize) -> f64 {
        match k.checked_sub(self.first) {
            None => 0.0,
            Some(i) => self.at_most.get(i).copied().unwrap_or(1.0),
        }
    }

    fn at_least(&self, k: usize) -> f64 {
        match k.checked_sub(self.first) {
            None => 1.0,
            Some(i) => self.at_least.get(i).copied().unwrap_or(0.0),
        }
    }

    /// The largest rank r >= 1 with P(X <= r-1) <= tail.
    fn low_rank(&self, tail: f64) -> Option<usize> {
        let rank = self.first + self.at_most.partition_point(|&sum| sum <= tail);
        (rank >= 1).then_some(rank.min(self.n))
    }

    /// The smallest rank s <= n with P(X >= s) <= tail.
    fn high_rank(&self, tail: f64) -> Option<usize> {
        let rank = (self.first + self.at_least.partition_point(|&sum| sum > tail)).max(1);
        (rank <= self.n).then_some(rank)
    }
}

#[cfg(test)]
mod tests {
    use super::super::quantile::{QuantileMethod, quantile};
    use super::super::sample::Sample;
    use super::*;
    use proptest::prelude::*;

    fn order_statistic_interval(sorted: &[f64], p: f64, level: f64) -> Option<OrderInterval> {
        order_statistic_interval_of(sorted.len(), |place| sorted[place], p, level)
    }

    fn mean_interval(sample: &Sample, effective: f64) -> Option<Interval> {
        mean_interval_of(sample.mean(), sample.stddev()?, effective, 0.95)
    }

    fn ramp(n: usize) -> Vec<f64> {
        (1..=n).map(|i| i as f64).collect()
    }

    fn close(a: f64, b: f64, tolerance: f64) -> bool {
        (a - b).abs() <= tolerance * b.abs().max(1.0)
    }

    #[test]
    fn the_median_of_six_has_the_reference_interval() {
        let found = order_statistic_interval(&[-10.0, 2.0, 3.0, 4.0, 5.0, 6.0], 0.5, 0.95).unwrap();
        assert_eq!((found.interval.low, found.interval.high), (Some(-10.0), Some(6.0)));
        assert!(close(found.achieved_level, 0.96875, 1e-15));
        assert_eq!((found.low_rank, found.high_rank), (Some(1), Some(6)));
    }

    #[test]
    fn an_upper_bound_exists_exactly_from_the_published_sizes() {
        for (p, two_sided) in [(0.95, 72), (0.99, 368), (0.999, 3688)] {
            let high = |n| order_statistic_interval(&ramp(n), p, 0.95).unwrap().interval.high;
            assert_eq!(high(two_sided), Some(two_sided as f64), "p {p}");
            assert_eq!(high(two_sided - 1), None, "p {p}");
        }
    }

    #[test]
    fn a_small_sample_bounds_nothing_and_says_so() {
        let one = order_statistic_interval(&[5.0], 0.95, 0.95).unwrap();
        assert_eq!((one.interval.low, one.interval.high), (None, None));
        assert_eq!(one.achieved_level, 1.0);
        assert!(one.interval.contains(1e9));
        for (p, level) in [(0.0, 0.95), (1.0, 0.95), (0.5, 0.0), (0.5, 1.0), (f64::NAN, 0.9)] {
            assert_eq!(order_statistic_interval(&[1.0, 2.0], p, level), None);
        }
        assert_eq!(order_statistic_interval(&[], 0.5, 0.95), None);
    }

    #[test]
    fn the_binomial_agrees_with_exact_counting() {
        // Exact by integer binomial coefficients for p = 1/2.
        let n = 60_u32;
        let mut choose = 1_u128;
        let mut sum = 0_u128;
        let binomial = Binomial::new(60, 0.5).unwrap();
        for k in 0..=n {
            sum += choose;
            let exact = sum as f64 / (1_u128 << n) as f64;
            assert!(close(binomial.at_most(k as usize) / exact, 1.0, 1e-13), "k {k}");
            choose = choose * u128::from(n - k) / u128::from(k + 1);
        }
    }

    #[test]
    fn a_million_samples_give_the_normal_ranks() {
        let n = 1_000_000_usize;
        let found = order_statistic_interval(&ramp(n), 0.95, 0.95).unwrap();
        let half = 1.959_964 * (n as f64 * 0.95 * 0.05).sqrt();
        assert!((found.low_rank.unwrap() as f64 - (950_000.0 - half)).abs() < 3.0);
        assert!((found.high_rank.unwrap() as f64 - (950_000.0 + half)).abs() < 3.0);
        assert!(found.achieved_level >= 0.95 && found.achieved_level < 0.951);
    }

    #[test]
    fn the_normal_ranks_of_very_many_are_at_most_a_few_wider() {
        for (n, p) in [(1_000_000, 0.5), (4_000_000, 0.95), (4_000_000, 0.999), (2_000_000, 0.1)] {
            let (exact, near) = (Ranks::of(n, p, 0.025).unwrap(), Ranks::normal(n, p, 0.025).unwrap());
            let wider = |inner: Option<usize>, outer: Option<usize>| inner.unwrap().checked_sub(outer.unwrap());
            let found = [wider(exact.low, near.low), wider(near.high, exact.high)];
            assert!(found.iter().all(|wider| wider.is_some_and(|wider| wider <= 4)), "{n} {p}: {found:?}");
        }
        // As many as nobody has: at once.
        let most = Ranks::of(1 << 60, 0.5, 0.025).unwrap();
        assert!(most.low < most.high && most.high < Some(1 << 60));
    }

    #[test]
    fn dependent_samples_have_the_interval_of_fewer_independent_ones() {
        let sorted = ramp(1000);
        let of =
            |inflation| order_statistic_interval_inflated(1000, |place| sorted[place], 0.5, 0.95, inflation).unwrap();
        assert_eq!(of(1.0), order_statistic_interval(&sorted, 0.5, 0.95).unwrap());
        // A hundred independent ones: 500 +- 1.984 x 0.5 / sqrt(100) x 1000, to within a rank of the hundred.
        let tenfold = of(10.0).interval;
        assert!(
            (tenfold.low.unwrap() - 400.0).abs() <= 11.0 && (tenfold.high.unwrap() - 600.0).abs() <= 11.0,
            "{tenfold:?}"
        );
        assert_eq!((of(600.0).interval.low, of(600.0).interval.high), (None, None));
        let p95 = order_statistic_interval_inflated(1000, |place| sorted[place], 0.95, 0.95, 20.0).unwrap();
        assert_eq!(p95.interval.high, None);
    }

    #[test]
    fn student_quantiles_agree_with_the_tables() {
        for (v, expected) in [
            (1.0, 12.706_204_736_174_7),
            (2.0, 4.302_652_729_696_14),
            (9.0, 2.262_157_162_798_2),
            (100.0, 1.983_971_518_523_55),
            (999.0, 1.962_341_461_130_5),
            (1000.0, 1.962_339_080_826_4),
        ] {
            let found = student_quantile(0.975, v).unwrap();
            assert!(close(found, expected, 1e-9), "{v}: {found}");
        }
        assert!(close(student_quantile(0.975, 1e9).unwrap(), 1.959_963_984_540_05, 1e-8));
        assert_eq!(student_quantile(0.975, 0.0), None);
    }

    #[test]
    fn the_mean_interval_is_the_textbook_one_and_widens_with_dependence() {
        let sample = Sample::new(vec![10.0, 11.0, 12.0]).unwrap();
        let plain = mean_interval(&sample, 3.0).unwrap();
        // 11 +- 4.302653 / sqrt(3)
        assert!(close(plain.low.unwrap(), 8.515_862_3, 1e-7));
        assert!(close(plain.high.unwrap(), 13.484_137_7, 1e-7));
        let dependent = mean_interval(&sample, 2.0).unwrap();
        assert!(dependent.low < plain.low && dependent.high > plain.high);
        assert_eq!(mean_interval(&sample, 1.5), None);
        assert_eq!(mean_interval(&Sample::new(vec![1.0]).unwrap(), 1.0), None);
    }

    #[test]
    fn wilson_agrees_with_the_published_values() {
        // 81 of 263 at 95%: Newcombe 1998, table I.
        let share = wilson(81, 263, 0.95).unwrap();
        assert!(close(share.low.unwrap(), 0.2553, 1e-4));
        assert!(close(share.high.unwrap(), 0.3662, 1e-4));
        // 0 of 20: 0 to 0.1611.
        let none = wilson(0, 20, 0.95).unwrap();
        assert_eq!(none.low, Some(0.0));
        assert!(close(none.high.unwrap(), 0.1611, 1e-4));
        assert_eq!(wilson(20, 20, 0.95).unwrap().high, Some(1.0));
        assert_eq!(wilson(0, 0, 0.95), None);
        assert_eq!(wilson(2, 1, 0.95), None);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn the_interval_contains_the_quantile_and_keeps_its_level(
            mut values in prop::collection::vec(-1e300..1e300_f64, 1..300), p in 0.01..0.99_f64, level in 0.8..0.999_f64,
        ) {
            values.sort_unstable_by(f64::total_cmp);
            let found = order_statistic_interval(&values, p, level).unwrap();
            prop_assert!(found.achieved_level >= level - 1e-12);
            prop_assert!(found.interval.contains(quantile(&values, p, QuantileMethod::Type6)));
            if let (Some(low), Some(high)) = (found.low_rank, found.high_rank) {
                prop_assert!(low <= high);
            }
        }
    }
}
