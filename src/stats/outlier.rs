//! Outliers: values that are far from the rest and real. They are flagged and kept.
//!
//! In: an ascending slice of finite values. Out: fences in the unit of the values and how many lie beyond them. Refuses to call
//! anything an outlier where there is no spread to measure distance in. Corruption is another question (see `isolation`).

use super::quantile::{QuantileMethod, quantile};
use super::sample::{compensated_sum, median_of_sorted};
use super::spread::double_mad;

/// Modified z-score beyond which a value is an outlier (Iglewicz & Hoaglin 1993, "How to detect and handle outliers").
pub const MODIFIED_Z_LIMIT: f64 = 3.5;
/// `Phi^-1(3/4)`: makes the MAD comparable to a standard deviation (the same source).
const MAD_TO_SIGMA: f64 = 0.6745;
/// sqrt(pi/2): makes the mean absolute deviation comparable to a standard deviation (the same source, used where MAD = 0).
const MEAN_DEVIATION_TO_SIGMA: f64 = 1.253_314;
/// Kelley's quantile skewness (10%/90%) from which positive data are judged on logs; a normal sample of 100 stays below.
const SKEWED: f64 = 0.15;

/// Where outliers begin and how many there are.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Outliers {
    /// Values below this are outliers; `None` where no fence exists (no spread below the median).
    pub low_fence: Option<f64>,
    /// Values above this are outliers; `None` where no fence exists (no spread above the median).
    pub high_fence: Option<f64>,
    /// Number of values below the low fence.
    pub low_count: usize,
    /// Number of values above the high fence.
    pub high_count: usize,
    /// Whether distance was measured on logarithms (positive, right-skewed data).
    pub on_logs: bool,
}

impl Outliers {
    /// Whether a value lies beyond a fence.
    pub fn is_outlier(&self, value: f64) -> bool {
        self.low_fence.is_some_and(|fence| value < fence) || self.high_fence.is_some_and(|fence| value > fence)
    }

    /// How many values lie beyond either fence.
    pub const fn count(&self) -> usize {
        self.low_count + self.high_count
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
    let on_logs = positive_and_skewed(sorted);
    let (low_fence, high_fence) = if on_logs {
        let logs: Vec<f64> = sorted.iter().map(|x| x.ln()).collect();
        let (low, high) = fences(&logs);
        // The lowest log fence may underflow and the highest overflow: then no value can lie beyond it.
        (low.map(f64::exp).filter(|fence| *fence > 0.0), high.map(f64::exp).filter(|fence| fence.is_finite()))
    } else {
        fences(sorted)
    };
    Outliers {
        low_fence,
        high_fence,
        low_count: low_fence.map_or(0, |fence| sorted.partition_point(|&x| x < fence)),
        high_count: high_fence.map_or(0, |fence| sorted.len() - sorted.partition_point(|&x| x <= fence)),
        on_logs,
    }
}

fn positive_and_skewed(sorted: &[f64]) -> bool {
    if sorted.first().is_none_or(|&min| min <= 0.0) {
        return false;
    }
    let at = |p| quantile(sorted, p, QuantileMethod::Type6);
    let (low, middle, high) = (at(0.1), at(0.5), at(0.9));
    high > low && (high - middle) - (middle - low) > SKEWED * (high - low)
}

fn fences(sorted: &[f64]) -> (Option<f64>, Option<f64>) {
    let center = median_of_sorted(sorted);
    let (low_mad, high_mad) = double_mad(sorted);
    let until = sorted.partition_point(|&x| x <= center);
    let from = sorted.partition_point(|&x| x < center);
    let finite = |fence: f64| fence.is_finite().then_some(fence + 0.0);
    let low = sigma(low_mad, center, &sorted[..until]).and_then(|sigma| finite(center - MODIFIED_Z_LIMIT * sigma));
    let high = sigma(high_mad, center, &sorted[from..]).and_then(|sigma| finite(center + MODIFIED_Z_LIMIT * sigma));
    (low, high)
}

/// The standard deviation that one side of the sample would have if it were half of a normal one; `None` without any spread.
fn sigma(mad: f64, center: f64, side: &[f64]) -> Option<f64> {
    if mad > 0.0 {
        return Some(mad / MAD_TO_SIGMA);
    }
    let n = side.len() as f64;
    let mean_deviation = compensated_sum(side.iter().map(|x| (x / n - center / n).abs()));
    (mean_deviation > 0.0).then_some(MEAN_DEVIATION_TO_SIGMA * mean_deviation)
}

#[cfg(test)]
mod tests {
    use super::super::rng::Rng;
    use super::*;
    use proptest::prelude::*;

    fn sorted(mut values: Vec<f64>) -> Vec<f64> {
        values.sort_unstable_by(f64::total_cmp);
        values
    }

    #[test]
    fn a_far_value_is_flagged_on_its_side_only() {
        let found = outliers(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 60.0]);
        assert_eq!((found.low_count, found.high_count), (0, 1));
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
        assert_eq!(outliers(&nearly).high_count, 1);
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
            prop_assert_eq!(values.iter().filter(|&&x| found.is_outlier(x)).count(), found.count());
            prop_assert!(!found.is_outlier(median_of_sorted(&values)));
        }
    }
}
