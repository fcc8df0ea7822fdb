//! Outliers: values that are far from the rest and real. They are flagged and kept.
//!
//! In: an ascending slice of finite values. Out: fences in the unit of the values and how many lie beyond them. Refuses to call
//! anything an outlier where there is no spread to measure distance in. Corruption is another question (see `isolation`).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::exact::exact_sum;
use super::quantile::{QuantileMethod, quantile_of};
use super::sample::midpoint;

/// Modified z-score beyond which a value is an outlier (Iglewicz & Hoaglin 1993, "How to detect and handle outliers").
pub const MODIFIED_Z_LIMIT: f64 = 3.5;
/// `Phi^-1(3/4)`: makes the MAD comparable to a standard deviation (the same source).
const MAD_TO_SIGMA: f64 = 0.6745;
/// sqrt(pi/2): makes the mean absolute deviation comparable to a standard deviation (the same source, used where MAD = 0).
const MEAN_DEVIATION_TO_SIGMA: f64 = 1.253_314;
/// Kelley's quantile skewness (10%/90%) from which positive data are judged on logs; a normal sample of 100 stays below.
const SKEWED: f64 = 0.15;

/// Outliers that are named with their place.
pub const NAMED_EXTREMES: usize = 10;

/// Outliers: kept, and counted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Outliers {
    /// How many lie below the lower fence.
    pub low: u64,
    /// How many lie above the upper fence.
    pub high: u64,
    /// The lower fence; absent where there is no spread below the median.
    pub low_fence: Option<f64>,
    /// The upper fence; absent where there is no spread above the median.
    pub high_fence: Option<f64>,
    /// Whether distance was measured on logarithms (positive, right-skewed data).
    pub on_logs: bool,
    /// The most extreme ones, at most ten.
    pub extremes: Vec<Extreme>,
    /// The ten largest samples, largest first, where fewer than ten lie above the upper fence: the extremes are not them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub largest: Vec<Extreme>,
}

/// An extreme sample and where it stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Extreme {
    /// Index among the clean samples of its population, from 0.
    pub index: u64,
    /// The value.
    pub value: f64,
    /// Its line, where it comes from a file.
    pub line: Option<u64>,
    /// Its label as written.
    pub label: Option<String>,
}

impl Extreme {
    /// A sample of which nothing but its index is known.
    pub(super) fn new(index: usize, value: f64) -> Self {
        Self { index: index as u64, value, line: None, label: None }
    }
}

impl Outliers {
    /// Whether a value lies beyond a fence.
    pub fn is_outlier(&self, value: f64) -> bool {
        self.low_fence.is_some_and(|fence| value < fence) || self.high_fence.is_some_and(|fence| value > fence)
    }

    /// How many values lie beyond either fence.
    pub const fn count(&self) -> u64 {
        self.low + self.high
    }

    /// All samples that are named with their place.
    pub(crate) fn named_mut(&mut self) -> impl Iterator<Item = &mut Extreme> {
        self.extremes.iter_mut().chain(&mut self.largest)
    }

    /// The largest samples that are known one by one, largest first.
    pub fn largest_known(&self) -> Vec<&Extreme> {
        if !self.largest.is_empty() {
            return self.largest.iter().collect();
        }
        let above = |extreme: &&Extreme| self.high_fence.is_some_and(|fence| extreme.value > fence);
        let mut found: Vec<&Extreme> = self.extremes.iter().filter(above).collect();
        found.sort_by(|a, b| b.value.total_cmp(&a.value));
        found
    }

    /// The method in words for a report.
    pub const fn method(&self) -> &'static str {
        if self.on_logs {
            "double MAD on logarithms, modified z-score above 3.5"
        } else {
            "double MAD, modified z-score above 3.5"
        }
    }
}

/// Finds outliers by the double MAD: the values below and above the median are each judged by their own spread.
///
/// Positive data with a right skew are judged on logarithms. Where more than half of a side is tied (MAD = 0) the mean absolute
/// deviation of that side takes over; where that is 0 too, the side has no outliers.
pub fn outliers(sorted: &[f64]) -> Outliers {
    let on_logs = positive_and_skewed(sorted.len(), |place| sorted[place]);
    let (low, high) = if on_logs { fences(sorted, f64::ln) } else { fences(sorted, |x| x) };
    let found = Fences::new(low, high, on_logs);
    let low = found.low.map_or(0, |fence| sorted.partition_point(|&x| x < fence));
    let high = found.high.map_or(0, |fence| sorted.len() - sorted.partition_point(|&x| x <= fence));
    found.with_counts(low, high)
}

/// The indexes of the largest magnitudes, of equal ones the first; at most [`NAMED_EXTREMES`].
pub(super) fn farthest(mut beyond: Vec<(f64, usize)>) -> Vec<usize> {
    beyond.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    beyond.truncate(NAMED_EXTREMES);
    beyond.into_iter().map(|(_, index)| index).collect()
}

/// The indexes of the largest values, of equal ones the first; at most [`NAMED_EXTREMES`].
pub(super) fn largest(mut values: Vec<(f64, usize)>) -> Vec<(f64, usize)> {
    let order = |a: &(f64, usize), b: &(f64, usize)| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1));
    if values.len() > NAMED_EXTREMES {
        values.select_nth_unstable_by(NAMED_EXTREMES - 1, order);
        values.truncate(NAMED_EXTREMES);
    }
    values.sort_unstable_by(order);
    values
}

/// Fences whose outliers are not counted yet.
pub(super) struct Fences {
    pub(super) low: Option<f64>,
    pub(super) high: Option<f64>,
    on_logs: bool,
}

impl Fences {
    /// From fences on the scale on which distance was measured.
    pub(super) fn new(low: Option<f64>, high: Option<f64>, on_logs: bool) -> Self {
        if !on_logs {
            return Self { low, high, on_logs };
        }
        // The lowest log fence may underflow and the highest overflow: then no value can lie beyond it.
        let low = low.map(f64::exp).filter(|fence| *fence > 0.0);
        let high = high.map(f64::exp).filter(|fence| fence.is_finite());
        Self { low, high, on_logs }
    }

    /// With the numbers of values beyond them.
    pub(super) fn with_counts(self, low: usize, high: usize) -> Outliers {
        Outliers {
            low: low as u64,
            high: high as u64,
            low_fence: self.low,
            high_fence: self.high,
            on_logs: self.on_logs,
            extremes: Vec::new(),
            largest: Vec::new(),
        }
    }
}

/// Whether `n` order statistics are positive and skewed to the right.
pub(super) fn positive_and_skewed(n: usize, at: impl Fn(usize) -> f64 + Copy) -> bool {
    if n == 0 || at(0) <= 0.0 {
        return false;
    }
    let at = |p| quantile_of(n, at, p, QuantileMethod::Type6);
    let (low, middle, high) = (at(0.1), at(0.5), at(0.9));
    high > low && (high - middle) - (middle - low) > SKEWED * (high - low)
}

/// Fences on a scale that keeps the order; only the values that are looked at are brought to it.
fn fences(sorted: &[f64], scale: impl Fn(f64) -> f64) -> (Option<f64>, Option<f64>) {
    let center = median_on(sorted, &scale);
    let until = sorted.partition_point(|&x| scale(x) <= center);
    let from = sorted.partition_point(|&x| scale(x) < center);
    let (below, above) = (&sorted[..until], &sorted[from..]);
    let low_mad = (center - median_on(below, &scale)).clamp(0.0, f64::MAX);
    let high_mad = (median_on(above, &scale) - center).clamp(0.0, f64::MAX);
    let mean_deviation = |side: &[f64]| {
        let n = side.len() as f64;
        exact_sum(side.iter().map(|x| ((scale(*x) / n - center / n).abs(), 1)))
    };
    let low = fence_of(low_mad, -1.0, center, || mean_deviation(below));
    let high = fence_of(high_mad, 1.0, center, || mean_deviation(above));
    (low, high)
}

/// The fence of one side (-1 below, 1 above the center) from its MAD, or from its mean deviation where that is 0; `None`
/// without any spread. The standard deviation is the one that the side would have if it were half of a normal sample.
pub(super) fn fence_of(mad: f64, side: f64, center: f64, mean_deviation: impl FnOnce() -> f64) -> Option<f64> {
    let sigma = if mad > 0.0 {
        mad / MAD_TO_SIGMA
    } else {
        Some(mean_deviation()).filter(|deviation| *deviation > 0.0)? * MEAN_DEVIATION_TO_SIGMA
    };
    let fence = center + side * (MODIFIED_Z_LIMIT * sigma);
    fence.is_finite().then_some(fence + 0.0)
}

fn median_on(sorted: &[f64], scale: &impl Fn(f64) -> f64) -> f64 {
    match sorted.len() {
        0 => 0.0,
        n if n % 2 == 1 => scale(sorted[n / 2]),
        n => midpoint(scale(sorted[n / 2 - 1]), scale(sorted[n / 2])),
    }
}

#[cfg(test)]
mod tests {
    use super::super::rng::Rng;
    use super::super::sample::median_of_sorted;
    use super::*;
    use proptest::prelude::*;

    fn sorted(mut values: Vec<f64>) -> Vec<f64> {
        values.sort_unstable_by(f64::total_cmp);
        values
    }

    #[test]
    fn a_far_value_is_flagged_on_its_side_only() {
        let found = outliers(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 60.0]);
        assert_eq!((found.low, found.high), (0, 1));
        assert!(found.is_outlier(60.0) && !found.is_outlier(9.0));
        assert_eq!(found.count(), 1);
    }

    #[test]
    fn the_fence_is_the_modified_z_score() {
        // Median 5, both MADs 2 (of 5..9 and 1..5): fence at 5 + 3.5 * 2 / 0.6745.
        let found = outliers(&(1..=9).map(f64::from).collect::<Vec<_>>());
        let fence = 5.0 + 3.5 * 2.0 / 0.6745;
        assert!(!found.on_logs);
        assert!((found.high_fence.unwrap() - fence).abs() < 1e-12);
    }

    #[test]
    fn ties_everywhere_do_not_make_every_other_value_an_outlier() {
        let constant = outliers(&[5.0; 20]);
        assert_eq!((constant.low_fence, constant.high_fence, constant.count()), (None, None, 0));
        let mut nearly = vec![5.0; 99];
        nearly.push(6.0);
        assert_eq!(outliers(&nearly).high, 1);
        // A third of the side away from the tie is a population, not outliers.
        let spread = sorted((0..100).map(|i| if i < 66 { 5.0 } else { 6.0 }).collect());
        assert_eq!(outliers(&spread).count(), 0);
    }

    #[test]
    fn a_heavy_right_tail_is_judged_on_logs() {
        let mut rng = Rng::new(11);
        let values = sorted((0..2000).map(|_| (1.0 * rng.normal()).exp()).collect());
        let found = outliers(&values);
        assert!(found.on_logs);
        // 3.5 sigma leaves about 1 in 2,000 of a lognormal; raw fences would flag over 5%.
        assert!(found.count() <= 6, "{found:?}");
        assert!(found.is_outlier(1000.0));
        assert!(found.method().contains("logarithms"));
    }

    #[test]
    fn small_samples_are_left_alone() {
        assert_eq!(outliers(&[]).count(), 0);
        assert_eq!(outliers(&[1.0]).count(), 0);
        assert_eq!(outliers(&[1.0, 1e9]).count(), 0);
    }

    proptest! {
        #[test]
        fn counts_agree_with_the_question_asked_value_by_value(
            values in prop::collection::vec(prop::num::f64::NORMAL | prop::num::f64::SUBNORMAL | prop::num::f64::ZERO, 1..40)
        ) {
            let values = sorted(values);
            let found = outliers(&values);
            prop_assert_eq!(values.iter().filter(|&&x| found.is_outlier(x)).count() as u64, found.count());
            prop_assert!(!found.is_outlier(median_of_sorted(&values)));
        }
    }
}
