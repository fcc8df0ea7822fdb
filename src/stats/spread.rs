//! Robust measures of spread.
//!
//! In: an ascending slice of finite values (as [`Sample::sorted`](super::sample::Sample::sorted) gives it). Out: MAD, double MAD,
//! interquartile range and Shamos' spread, in the unit of the values. Refuses nothing; where a measure does not exist (Shamos of one
//! value) it is `None`. An empty slice has spread 0.

use super::pairwise::median_difference;
use super::quantile::{QuantileMethod, quantile_of};
use super::sample::{median_of_sorted, midpoint};
use super::thin::evenly_spaced;

/// Makes the MAD of a normal sample estimate its standard deviation: 1 / `Phi^-1(3/4)` = 1.4826 (Hampel 1974).
pub const MAD_SCALE: f64 = 1.4826;

/// Above this many values Shamos' spread is taken from evenly spaced order statistics: pairwise differences of 10,001 quantiles
/// keep three digits of the spread, and a million values would take over a second.
pub const SHAMOS_LIMIT: usize = 20_000;
/// How many order statistics are kept then.
pub const SHAMOS_KEPT: usize = 10_001;

/// Shamos' spread and whether it was taken from a thinned sample.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shamos {
    /// The median of the absolute pairwise differences, in the unit of the values, without a consistency factor.
    pub spread: f64,
    /// True where the sample was larger than [`SHAMOS_LIMIT`] and [`SHAMOS_KEPT`] evenly spaced order statistics stood for it.
    pub thinned: bool,
}

/// The median absolute deviation from the median, unscaled; multiply by [`MAD_SCALE`] to compare with a standard deviation.
///
/// The deviations left and right of the median are two sorted runs, so their median is found by bisection, without sorting.
pub fn mad(sorted: &[f64]) -> f64 {
    let center = median_of_sorted(sorted);
    let split = sorted.partition_point(|&x| x < center);
    let low = |place: usize| center - sorted[split - 1 - place];
    let high = |place: usize| sorted[split + place] - center;
    let n = sorted.len();
    // The deviation of that rank: as many of its predecessors as possible are taken from the higher values.
    let at = |rank: usize| {
        let (lows, highs) = (split, n - split);
        let (mut from, mut until) = (rank.saturating_sub(highs), rank.min(lows));
        while from < until {
            let middle = usize::midpoint(from, until);
            if low(middle) >= high(rank - middle - 1) {
                until = middle;
            } else {
                from = middle + 1;
            }
        }
        let of_low = (from < lows).then(|| low(from));
        let of_high = (rank - from < highs).then(|| high(rank - from));
        match (of_low, of_high) {
            (Some(low), Some(high)) => low.min(high),
            (found, other) => found.or(other).unwrap_or(0.0),
        }
    };
    if n == 0 {
        return 0.0;
    }
    let middle = if n % 2 == 1 { at(n / 2) } else { midpoint(at(n / 2 - 1), at(n / 2)) };
    middle.min(f64::MAX)
}

/// The interquartile range by Hyndman & Fan's type 6, of `n` order statistics, of which only those are asked for that are needed.
pub(super) fn iqr_of(n: usize, at: impl Fn(usize) -> f64 + Copy) -> f64 {
    let at = |p| quantile_of(n, at, p, QuantileMethod::Type6);
    (at(0.75) - at(0.25)).clamp(0.0, f64::MAX)
}

/// Shamos' spread (1976): the median of the absolute pairwise differences, by pragmastat's deterministic O(n log n) algorithm.
/// `None` for fewer than two values.
pub fn shamos(sorted: &[f64]) -> Option<Shamos> {
    let thinned = sorted.len() > SHAMOS_LIMIT;
    let kept = if thinned { evenly_spaced(sorted, SHAMOS_KEPT) } else { sorted.to_vec() };
    let spread = pairwise_median(&kept)?;
    spread.is_finite().then_some(Shamos { spread, thinned })
}

/// Values beyond this are divided by four before differences are taken, so that no difference overflows.
const DIFFERENCE_SAFE: f64 = f64::MAX / 4.0;

/// Above this many values the differences are counted instead of selected row by row: ten times as fast, the same number.
const ROWS_BY_ROWS: usize = 1000;

fn pairwise_median(sorted: &[f64]) -> Option<f64> {
    let n = sorted.len();
    if n < 2 {
        return None;
    }
    // pragmastat refuses a zero spread; it is a fact of the data here: more than half of the pairs are ties.
    let ties: u128 = sorted.chunk_by(|a, b| a == b).map(|run| run.len() as u128 * (run.len() as u128 - 1) / 2).sum();
    if ties * 2 > n as u128 * (n as u128 - 1) / 2 {
        return Some(0.0);
    }
    let divisor = if sorted[0].abs().max(sorted[n - 1].abs()) > DIFFERENCE_SAFE { 4.0 } else { 1.0 };
    if divisor == 1.0 && n > ROWS_BY_ROWS {
        return median_difference(sorted);
    }
    let scaled: Vec<f64> = sorted.iter().map(|x| x / divisor).collect();
    pragmastat::estimators::raw::spread(&scaled, true).ok().map(|spread| spread * divisor)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sorted(mut values: Vec<f64>) -> Vec<f64> {
        values.sort_unstable_by(f64::total_cmp);
        values
    }

    fn mad_by_sorting(values: &[f64]) -> f64 {
        let center = median_of_sorted(values);
        let deviations = sorted(values.iter().map(|x| (x - center).abs()).collect());
        median_of_sorted(&deviations)
    }

    #[test]
    fn mad_of_the_textbook_example() {
        assert_eq!(mad(&[1.0, 1.0, 2.0, 2.0, 4.0, 6.0, 9.0]), 1.0);
        assert_eq!(mad(&[1.0, 2.0, 3.0, 100.0]), 1.0);
        assert_eq!((mad(&[]), mad(&[3.0]), mad(&[3.0; 8])), (0.0, 0.0, 0.0));
    }

    #[test]
    fn shamos_is_the_median_pairwise_difference() {
        assert_eq!(shamos(&[1.0]), None);
        assert_eq!(shamos(&[]), None);
        assert_eq!(shamos(&[2.0, 2.0, 2.0]).unwrap().spread, 0.0);
        assert_eq!(shamos(&[0.0, 2.0, 4.0, 6.0, 8.0]).unwrap().spread, 4.0);
        assert!(shamos(&[-1.7e308, 0.0, 1.7e308]).unwrap().spread <= f64::MAX);
    }

    #[test]
    fn a_large_sample_is_thinned_and_says_so() {
        let ramp: Vec<f64> = (0..200_001).map(f64::from).collect();
        let large = shamos(&ramp).unwrap();
        assert!(large.thinned);
        // The median absolute difference of two uniforms is 1 - sqrt(1/2).
        let exact = (1.0 - 0.5_f64.sqrt()) * 200_000.0;
        assert!((large.spread / exact - 1.0).abs() < 1e-3);
        assert!(!shamos(&ramp[..1000]).unwrap().thinned);
    }

    #[test]
    fn thinning_keeps_the_order_and_the_middle() {
        let ramp: Vec<f64> = (0..1001).map(f64::from).collect();
        let kept = evenly_spaced(&ramp, 11);
        assert_eq!((kept.len(), kept[5]), (11, 500.0));
        assert_eq!(evenly_spaced(&ramp, 2000), ramp);
    }

    #[test]
    fn the_interquartile_range_of_a_ramp() {
        let ramp: Vec<f64> = (1..=11).map(f64::from).collect();
        assert_eq!(iqr_of(ramp.len(), |place| ramp[place]), 6.0);
        assert_eq!(iqr_of(1, |_| 1.0), 0.0);
    }

    proptest! {
        #[test]
        fn the_merge_finds_the_same_mad_as_sorting(values in prop::collection::vec(-1e3..1e3_f64, 1..50)) {
            let values = sorted(values);
            prop_assert_eq!(mad(&values), mad_by_sorting(&values));
        }

        #[test]
        fn ties_do_not_confuse_the_merge(values in prop::collection::vec(0..5_i32, 1..30)) {
            let values = sorted(values.into_iter().map(f64::from).collect());
            prop_assert_eq!(mad(&values), mad_by_sorting(&values));
        }

        #[test]
        fn shamos_agrees_with_all_pairs(values in prop::collection::vec(0..50_i32, 2..25)) {
            let values = sorted(values.into_iter().map(f64::from).collect());
            let mut pairs = Vec::new();
            for (i, a) in values.iter().enumerate() {
                pairs.extend(values[..i].iter().map(|b| a - b));
            }
            prop_assert_eq!(shamos(&values).map(|s| s.spread), Some(median_of_sorted(&sorted(pairs))));
        }

        #[test]
        fn nothing_is_nan_for_any_finite_values(
            values in prop::collection::vec(prop::num::f64::NORMAL | prop::num::f64::SUBNORMAL | prop::num::f64::ZERO, 1..30)
        ) {
            let values = sorted(values);
            for spread in [mad(&values), iqr_of(values.len(), |place| values[place])] {
                prop_assert!(spread >= 0.0 && spread.is_finite());
            }
            prop_assert!(shamos(&values).is_none_or(|s| s.spread >= 0.0));
        }
    }
}
