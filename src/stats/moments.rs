//! Mean, standard deviation, sum and geometric mean: what samples add up to.
//!
//! In: finite values in any order, block by block, or counted. Out: [`Moments`], each number the double nearest to the true one (the
//! geometric mean within a few units of its last digit), whatever the order and the parts. Refuses nothing; of nothing they are 0.

use super::counts::Counts;
use super::exact::Exact;

/// What samples add up to, in their unit.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Moments {
    /// Arithmetic mean.
    pub(crate) mean: f64,
    /// Geometric mean; `None` unless every value is above zero.
    pub(crate) geometric_mean: Option<f64>,
    /// Sample standard deviation with divisor n - 1; `None` for one value.
    pub(crate) stddev: Option<f64>,
    /// The sum.
    pub(crate) sum: f64,
}

impl Moments {
    /// Of values between two numbers, which `visit` hands over block by block.
    pub(crate) fn of_blocks(range: (f64, f64), visit: impl FnOnce(&mut dyn FnMut(&[f64]))) -> Self {
        let (mut exact, mut logarithms) = (Exact::default(), Logarithms::default());
        visit(&mut |block| {
            exact.add(block);
            logarithms.add(block);
        });
        Self::from(&exact, &logarithms, range)
    }

    /// Of values that are there in ascending and in recorded order: each number once, where they are few.
    pub(crate) fn of_sorted(sorted: &[f64], in_order: &[f64]) -> Self {
        /// Values that a number stands for on average, from which on counting them is worth it.
        const WORTH: usize = 8;
        let distinct = 1 + sorted.windows(2).map(|pair| usize::from(pair[0] != pair[1])).sum::<usize>();
        if distinct.saturating_mul(WORTH) <= sorted.len() {
            Self::of_counts(&Counts::of_sorted(sorted))
        } else {
            let range = sorted.first().zip(sorted.last()).map_or((0.0, 0.0), |(low, high)| (*low, *high));
            Self::of_blocks(range, |take| take(in_order))
        }
    }

    /// Of counted values.
    pub(crate) fn of_counts(counts: &Counts) -> Self {
        Self::of_counted(counts.iter(), None)
    }

    /// Of values in ascending order, each with how often it occurs: where they only stand for others, with the sums of those.
    pub(crate) fn of_counted(values: impl Iterator<Item = (f64, u64)>, sums: Option<&Exact>) -> Self {
        let (mut exact, mut logarithms) = (Exact::default(), Logarithms::default());
        let mut range: Option<(f64, f64)> = None;
        for (value, count) in values {
            if sums.is_none() {
                exact.add_times(value, count);
            }
            logarithms.add_times(value, count);
            range = Some((range.map_or(value, |(low, _)| low), value));
        }
        Self::from(sums.unwrap_or(&exact), &logarithms, range.unwrap_or_default())
    }

    fn from(exact: &Exact, logarithms: &Logarithms, (low, high): (f64, f64)) -> Self {
        Self {
            mean: exact.mean(),
            geometric_mean: logarithms.mean(exact.n()).map(|mean| mean.exp2().clamp(low, high)),
            stddev: exact.stddev(),
            sum: exact.sum(),
        }
    }
}

/// Mean and sample standard deviation of finite values, as [`Moments`] has them. The latter is `None` for one value; the mean of
/// nothing is 0.
pub fn mean_and_stddev(values: &[f64]) -> (f64, Option<f64>) {
    let mut exact = Exact::default();
    exact.add(values);
    (exact.mean(), exact.stddev())
}

/// The sum of binary logarithms, by a product for many values at once: a logarithm for each would cost more than all other moments.
#[derive(Debug, Clone, Copy, Default)]
struct Logarithms {
    sum: NeumaierSum,
    /// Whether a value had no logarithm.
    without: bool,
}

/// Mantissas below 2 that are multiplied before the logarithm of their product, below 2^512, is taken.
const FACTORS: usize = 512;

impl Logarithms {
    fn add(&mut self, values: &[f64]) {
        for block in values.chunks(FACTORS) {
            let (mut product, mut exponents) = (1.0, 0);
            for &value in block {
                // Below the normal numbers there is no exponent to take off: scaled, exactly.
                let (value, shift) = if value < f64::MIN_POSITIVE { (value * TWO_TO_THE_64, 64) } else { (value, 0) };
                let bits = value.to_bits();
                product *= f64::from_bits(bits & MANTISSA | ONE);
                exponents += (bits >> 52).cast_signed() - 1023 - shift;
                self.without |= value <= 0.0;
            }
            self.sum = self.sum.with(product.log2()).with(exponents as f64);
        }
    }

    /// One value so many times.
    fn add_times(&mut self, value: f64, count: u64) {
        if value > 0.0 {
            self.sum = self.sum.with(value.log2() * count as f64);
        } else {
            self.without = true;
        }
    }

    fn mean(&self, n: u64) -> Option<f64> {
        (n > 0 && !self.without).then(|| self.sum.sum() / n as f64)
    }
}

/// The bits of a double that are its mantissa.
const MANTISSA: u64 = (1 << 52) - 1;
/// The bits of 1.0.
const ONE: u64 = 1023 << 52;
/// Lifts a subnormal number among the normal ones.
const TWO_TO_THE_64: f64 = 18_446_744_073_709_551_616.0;

/// A sum in the given order with Neumaier's compensation (1974): the error does not grow with the number of terms.
#[derive(Debug, Clone, Copy, Default)]
struct NeumaierSum {
    sum: f64,
    lost: f64,
}

impl NeumaierSum {
    /// With one more term.
    #[inline]
    fn with(self, value: f64) -> Self {
        let next = self.sum + value;
        let lost = if self.sum.abs() >= value.abs() { (self.sum - next) + value } else { (value - next) + self.sum };
        Self { sum: next, lost: self.lost + lost }
    }

    fn sum(self) -> f64 {
        self.sum + self.lost + 0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn geometric(values: &[f64]) -> Option<f64> {
        let mut sorted = values.to_vec();
        sorted.sort_by(f64::total_cmp);
        Moments::of_sorted(&sorted, values).geometric_mean
    }

    #[test]
    fn the_geometric_mean_is_that_of_the_logarithms_and_needs_values_above_zero() {
        assert_eq!(geometric(&[1.0, 4.0, 16.0]), Some(4.0));
        assert_eq!(geometric(&[1.0, 0.0]), None);
        assert_eq!(geometric(&[2.0, -2.0]), None);
        let tiny = geometric(&[5e-324, 5e-324, 4.0 * 5e-324]).unwrap();
        assert!((tiny.log2() + 1074.0 - 2.0 / 3.0).abs() < 1.0, "{tiny:e}");
        let many: Vec<f64> = (1..=2000).map(|i| 1e-9 * f64::from(i).powi(3)).collect();
        let expected = (many.iter().map(|value| value.ln()).sum::<f64>() / 2000.0).exp();
        assert!((geometric(&many).unwrap() / expected - 1.0).abs() < 1e-12);
        assert_eq!(geometric(&[f64::MAX; 1000]), Some(f64::MAX));
    }

    #[test]
    fn counted_values_have_the_moments_of_the_values() {
        let values = [3.0, 5.0, 5.0, 5.0, 0.25, 0.25, 9.5];
        let by_value = Moments::of_blocks((0.25, 9.5), |take| values.chunks(2).for_each(take));
        let counted = Moments::of_counted([(0.25, 2), (3.0, 1), (5.0, 3), (9.5, 1)].into_iter(), None);
        assert_eq!((counted.mean, counted.stddev, counted.sum), (by_value.mean, by_value.stddev, by_value.sum));
        let (counted, by_value) = (counted.geometric_mean.unwrap(), by_value.geometric_mean.unwrap());
        assert!((counted / by_value - 1.0).abs() < 1e-14, "{counted} and {by_value}");
    }

    #[test]
    fn nothing_has_no_moments() {
        assert_eq!(Moments::of_counted(std::iter::empty(), None), Moments::default());
        assert_eq!(mean_and_stddev(&[]), (0.0, None));
    }
}
