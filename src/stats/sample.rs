//! A sample: what every other statistic starts from.
//!
//! In: values of one metric in its base unit, in recorded order. Out: a [`Sample`], which is finite and non-empty by construction
//! and holds both the recorded order and an ascending copy, with its moments. Refuses an empty list, NaN and infinities, and says
//! at which index. Absent moments are `None`, never 0.

use std::fmt;

use super::moments::Moments;
use super::sorting::sort;

/// Why a list of values is not a sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SampleError {
    /// There are no values.
    Empty,
    /// A value is NaN or infinite.
    NotFinite {
        /// Its position in the given list, from 0.
        index: usize,
    },
}

impl fmt::Display for SampleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("a sample needs at least one value"),
            Self::NotFinite { index } => write!(f, "value at index {index} is not a finite number"),
        }
    }
}

impl std::error::Error for SampleError {}

/// Finite, non-empty values in recorded order, plus an ascending copy.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    in_order: Vec<f64>,
    sorted: Vec<f64>,
    moments: Moments,
}

impl Sample {
    /// Takes the values of one metric in recorded order. Negative zeros become zeros.
    ///
    /// # Errors
    /// [`SampleError::Empty`] for no values, [`SampleError::NotFinite`] for the first NaN or infinity.
    pub fn new(values: Vec<f64>) -> Result<Self, SampleError> {
        if values.is_empty() {
            return Err(SampleError::Empty);
        }
        if let Some(index) = values.iter().position(|value| !value.is_finite()) {
            return Err(SampleError::NotFinite { index });
        }
        let mut in_order = values;
        for value in &mut in_order {
            *value += 0.0;
        }
        let mut sorted = in_order.clone();
        sort(&mut sorted);
        let moments = Moments::of_sorted(&sorted, &in_order);
        Ok(Self { in_order, sorted, moments })
    }

    /// The values as recorded.
    pub fn in_order(&self) -> &[f64] {
        &self.in_order
    }

    /// The values as recorded, for whoever needs nothing else any more.
    pub fn into_in_order(self) -> Vec<f64> {
        self.in_order
    }

    /// The values in ascending order.
    pub fn sorted(&self) -> &[f64] {
        &self.sorted
    }

    /// Whether all values are the same.
    pub(super) fn is_constant(&self) -> bool {
        self.sorted[0] == self.sorted[self.sorted.len() - 1]
    }

    /// The smallest value.
    pub fn min(&self) -> f64 {
        self.sorted[0]
    }

    /// Mean, standard deviation, sum and geometric mean.
    pub(crate) fn moments(&self) -> &Moments {
        &self.moments
    }
}

/// What only tests ask one by one.
#[cfg(test)]
impl Sample {
    /// The arithmetic mean, in the unit of the values.
    pub fn mean(&self) -> f64 {
        self.moments.mean
    }

    /// The sample standard deviation with divisor n-1, in the unit of the values. `None` for one value.
    pub fn stddev(&self) -> Option<f64> {
        self.moments.stddev
    }

    /// The number of values, at least 1.
    pub fn len(&self) -> usize {
        self.sorted.len()
    }

    /// The largest value.
    pub fn max(&self) -> f64 {
        self.sorted[self.sorted.len() - 1]
    }

    /// The sample variance with divisor n-1, in the squared unit.
    ///
    /// `None` for one value, and where the variance itself exceeds the range of a double (the [stddev](Self::stddev) does not then).
    pub fn variance(&self) -> Option<f64> {
        self.stddev().map(|stddev| stddev * stddev).filter(|variance| variance.is_finite())
    }

    /// The coefficient of variation, stddev / mean. `None` unless every value is >= 0 and the mean is > 0: it is a ratio to a
    /// natural zero and means nothing otherwise.
    pub fn cv(&self) -> Option<f64> {
        coefficient_of_variation(self.min(), self.mean(), self.stddev())
    }

    /// The median: the middle value, or the midpoint of the two middle values.
    pub fn median(&self) -> f64 {
        median_of_sorted(&self.sorted)
    }
}

/// stddev / mean, where no value is negative and the mean is not zero.
pub(super) fn coefficient_of_variation(min: f64, mean: f64, stddev: Option<f64>) -> Option<f64> {
    if min < 0.0 || mean <= 0.0 {
        return None;
    }
    let cv = stddev? / mean;
    cv.is_finite().then_some(cv)
}

/// The point between two values, without overflow.
pub fn midpoint(low: f64, high: f64) -> f64 {
    if low == high { low } else { f64::midpoint(low, high).clamp(low.min(high), low.max(high)) + 0.0 }
}

/// The median of values in any order; 0 of none.
pub fn median_of(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    median_of_sorted(&sorted)
}

/// The median of an ascending slice. An empty slice gives 0, which no [`Sample`] can hand over.
pub fn median_of_sorted(sorted: &[f64]) -> f64 {
    match sorted.len() {
        0 => 0.0,
        n if n % 2 == 1 => sorted[n / 2],
        n => midpoint(sorted[n / 2 - 1], sorted[n / 2]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sample(values: &[f64]) -> Sample {
        Sample::new(values.to_vec()).unwrap()
    }

    /// A NIST `NumAcc` set: one value, then 500 (or n) pairs.
    fn num_acc(first: f64, low: f64, high: f64) -> Vec<f64> {
        let mut values = vec![first];
        for _ in 0..500 {
            values.extend([low, high]);
        }
        values
    }

    /// Number of agreeing significant digits (NIST's log relative error).
    fn digits(computed: f64, certified: f64) -> f64 {
        if computed == certified {
            return 16.0;
        }
        -((computed - certified).abs() / certified.abs()).log10()
    }

    #[test]
    fn refuses_what_is_no_sample_and_says_where() {
        assert_eq!(Sample::new(vec![]), Err(SampleError::Empty));
        assert_eq!(Sample::new(vec![1.0, f64::NAN]), Err(SampleError::NotFinite { index: 1 }));
        assert_eq!(Sample::new(vec![f64::INFINITY]), Err(SampleError::NotFinite { index: 0 }));
        assert!(SampleError::NotFinite { index: 1 }.to_string().contains("index 1"));
    }

    #[test]
    fn reaches_the_nist_certified_mean_and_stddev() {
        let cases = [
            (vec![10_000_001.0, 10_000_003.0, 10_000_002.0], 10_000_002.0, 1.0, 13.0),
            (num_acc(1.2, 1.1, 1.3), 1.2, 0.1, 13.0),
            (num_acc(1_000_000.2, 1_000_000.1, 1_000_000.3), 1_000_000.2, 0.1, 9.0),
            (num_acc(10_000_000.2, 10_000_000.1, 10_000_000.3), 10_000_000.2, 0.1, 8.0),
        ];
        for (values, mean, stddev, least) in cases {
            let sample = sample(&values);
            assert!(digits(sample.mean(), mean) >= 13.0, "mean {mean}");
            let reached = digits(sample.stddev().unwrap(), stddev);
            assert!(reached >= least, "stddev near {mean}: {reached} digits");
        }
    }

    #[test]
    fn one_value_has_no_spread() {
        let one = sample(&[5.0]);
        assert_eq!((one.variance(), one.stddev(), one.cv()), (None, None, None));
        assert_eq!((one.mean(), one.median(), one.min(), one.max(), one.len()), (5.0, 5.0, 5.0, 5.0, 1));
    }

    #[test]
    fn huge_and_tiny_values_keep_their_moments() {
        let huge = sample(&[1e308, 1.5e308, 1.7e308]);
        assert!(digits(huge.mean(), 1.4e308) > 14.0);
        assert!(digits(huge.stddev().unwrap(), 3.605_551_275_463_989e307) > 13.0);
        assert_eq!(huge.variance(), None);
        let opposite = sample(&[-1.7e308, 1.7e308]);
        assert_eq!((opposite.mean(), opposite.median()), (0.0, 0.0));
        let tiny = sample(&[1e-300, 3e-300]);
        assert!(digits(tiny.stddev().unwrap(), 2.0_f64.sqrt() * 1e-300) > 14.0);
        assert_eq!(sample(&[5e-324, 5e-324]).mean(), 5e-324);
    }

    #[test]
    fn the_coefficient_of_variation_needs_a_natural_zero() {
        assert_eq!(sample(&[-1.0, 3.0]).cv(), None);
        assert_eq!(sample(&[0.0, 0.0]).cv(), None);
        assert!((sample(&[1.0, 3.0]).cv().unwrap() - 2.0_f64.sqrt() / 2.0).abs() < 1e-15);
    }

    #[test]
    fn no_negative_zero_leaves() {
        let zeros = sample(&[-0.0, -0.0]);
        assert!(zeros.mean().is_sign_positive() && zeros.median().is_sign_positive());
        assert!(zeros.min().is_sign_positive() && zeros.in_order()[0].is_sign_positive());
    }

    #[test]
    fn keeps_the_recorded_order_beside_the_sorted_one() {
        let sample = sample(&[3.0, 1.0, 2.0]);
        assert_eq!(sample.in_order(), [3.0, 1.0, 2.0]);
        assert_eq!(sample.sorted(), [1.0, 2.0, 3.0]);
        assert_eq!(super::median_of_sorted(&[]), 0.0);
    }

    proptest! {
        #[test]
        fn mean_and_median_lie_within_the_range_and_nothing_is_nan(
            values in prop::collection::vec(prop::num::f64::NORMAL | prop::num::f64::SUBNORMAL | prop::num::f64::ZERO, 1..40)
        ) {
            let sample = Sample::new(values).unwrap();
            for center in [sample.mean(), sample.median()] {
                prop_assert!(sample.min() <= center && center <= sample.max());
            }
            for spread in [sample.stddev(), sample.variance(), sample.cv()].into_iter().flatten() {
                prop_assert!(spread.is_finite() && spread >= 0.0);
            }
        }
    }
}
