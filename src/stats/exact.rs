//! Sums that lose nothing: of numbers, and of their squares.
//!
//! In: finite numbers, each once or so many times, in any order and in any parts. Out: their sum, mean and standard deviation, each
//! the nearest double to the true one, so that the order, the number of threads and the way a file was cut never show. Refuses
//! nothing; an empty sum is 0.
//!
//! A double is a whole number of 53 bits times a power of two. Numbers of the same power are added as integers, which are joined only
//! at the end (the idea of Neal's superaccumulator, 2015, with an integer for each exponent that occurs instead of fixed words).
//! Rejected: compensated sums, which are as good for one sum but depend on the order in their last bit.

/// Bits of a double that are its fraction.
const FRACTION: u64 = (1 << 52) - 1;
/// The leading bit, which a double does not store.
const LEADING: u64 = 1 << 52;
/// What the power of two of a mantissa is less than the stored exponent.
const BIAS: i64 = 1075;
/// Bits of a word of a large integer.
const WORD: usize = 64;
/// The power of two below which there is no double.
const LEAST_POWER: i64 = -1074;
/// Bits of a mantissa.
const PRECISION: i64 = 53;
/// Bits of a quotient that are computed: more than a double has, and one for rounding.
const QUOTIENT: usize = 66;

/// Numbers and their squares, summed exactly.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Exact {
    /// How many numbers.
    n: u64,
    /// The stored exponent of the first bin.
    first: usize,
    bins: Vec<Bin>,
}

/// What numbers of one exponent add up to, in units of their last bit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Bin {
    sum: i128,
    squares: u128,
    /// Multiples of 2^128 of the squares.
    carried: u64,
}

impl Bin {
    #[inline]
    fn add(&mut self, negative: bool, mantissa: u64) {
        let signed = i128::from(mantissa);
        self.sum += if negative { -signed } else { signed };
        let (squares, carry) = self.squares.overflowing_add(u128::from(mantissa) * u128::from(mantissa));
        self.squares = squares;
        self.carried += u64::from(carry);
    }

    fn add_times(&mut self, negative: bool, mantissa: u64, count: u64) {
        let signed = i128::from(mantissa) * i128::from(count);
        self.sum += if negative { -signed } else { signed };
        let square = u128::from(mantissa) * u128::from(mantissa);
        let low = (square & u128::from(u64::MAX)) * u128::from(count);
        let high = (square >> WORD) * u128::from(count);
        let (squares, carry) = self.squares.overflowing_add(low);
        let (squares, another) = squares.overflowing_add(high << WORD);
        self.squares = squares;
        self.carried += (high >> WORD) as u64 + u64::from(carry) + u64::from(another);
    }
}

/// The parts of a double: sign, mantissa, and the exponent as it is stored, at least 1.
#[inline]
fn parts(value: f64) -> (bool, u64, usize) {
    let bits = value.to_bits();
    let exponent = (bits >> 52) as usize & 0x7ff;
    let mantissa = if exponent == 0 { bits & FRACTION } else { bits & FRACTION | LEADING };
    (bits >> 63 == 1, mantissa, exponent.max(1))
}

impl Exact {
    /// Adds numbers.
    pub(crate) fn add(&mut self, values: &[f64]) {
        self.n += values.len() as u64;
        for &value in values {
            let (negative, mantissa, exponent) = parts(value);
            if mantissa == 0 {
                continue;
            }
            match self.bins.get_mut(exponent.wrapping_sub(self.first)) {
                Some(bin) => bin.add(negative, mantissa),
                None => self.bin(exponent).add(negative, mantissa),
            }
        }
    }

    /// Adds a number so many times.
    pub(crate) fn add_times(&mut self, value: f64, count: u64) {
        self.n += count;
        let (negative, mantissa, exponent) = parts(value);
        if mantissa != 0 {
            self.bin(exponent).add_times(negative, mantissa, count);
        }
    }

    /// Adds what others add up to, in any order with the same result. `None`, and nothing is of use any more, where they are more
    /// than can be counted.
    pub(crate) fn merge(&mut self, other: &Self) -> Option<()> {
        self.n = self.n.checked_add(other.n)?;
        for (exponent, of) in (other.first..).zip(&other.bins) {
            // The first and the last one are never empty, so that the bins are those of the numbers, whatever the order.
            if *of != Bin::default() {
                let bin = self.bin(exponent);
                bin.sum = bin.sum.checked_add(of.sum)?;
                let (squares, carry) = bin.squares.overflowing_add(of.squares);
                bin.squares = squares;
                bin.carried = bin.carried.checked_add(of.carried)?.checked_add(u64::from(carry))?;
            }
        }
        Some(())
    }

    /// How many numbers.
    pub(crate) fn n(&self) -> u64 {
        self.n
    }

    /// The stored exponent of the first bin, and of each bin the sum, the squares, and the multiples of 2^128 of those.
    pub(crate) fn bins(&self) -> (usize, impl ExactSizeIterator<Item = (i128, u128, u64)> + '_) {
        (self.first, self.bins.iter().map(|bin| (bin.sum, bin.squares, bin.carried)))
    }

    /// From what was stored. `None` where no numbers add up to it.
    pub(crate) fn of_bins(n: u64, first: usize, bins: Vec<(i128, u128, u64)>) -> Option<Self> {
        const LAST_EXPONENT: usize = 2046;
        let bins: Vec<Bin> = bins.into_iter().map(|(sum, squares, carried)| Bin { sum, squares, carried }).collect();
        let empty = |bin: Option<&Bin>| bin.is_some_and(|bin| bin.squares == 0 && bin.carried == 0);
        let inside = if bins.is_empty() { first == 0 } else { first >= 1 && first + bins.len() <= LAST_EXPONENT + 1 };
        // No bin holds more than n of the largest mantissa.
        let possible = |bin: &Bin| {
            let squares = bin.carried > 0 || bin.squares > 0;
            bin.sum.unsigned_abs() <= u128::from(n) << PRECISION && bin.carried <= n >> 22 && (squares || bin.sum == 0)
        };
        let canonical = !empty(bins.first()) && !empty(bins.last());
        (inside && canonical && bins.iter().all(possible)).then_some(Self { n, first, bins })
    }

    /// The bin of an exponent, for which room is made.
    fn bin(&mut self, exponent: usize) -> &mut Bin {
        if self.bins.is_empty() {
            self.first = exponent;
        }
        if exponent < self.first {
            let more = self.first - exponent;
            self.bins.splice(0..0, std::iter::repeat_n(Bin::default(), more));
            self.first = exponent;
        }
        let place = exponent - self.first;
        if place >= self.bins.len() {
            self.bins.resize(place + 1, Bin::default());
        }
        &mut self.bins[place]
    }

    /// The power of two of the unit in which the first bin counts.
    fn power(&self) -> i64 {
        integer(self.first) - BIAS
    }

    /// The sum: whether it is negative, and its magnitude in units of the first bin.
    fn total(&self) -> (bool, Large) {
        let (mut above, mut below) = (Large::default(), Large::default());
        for (place, bin) in self.bins.iter().enumerate() {
            let side = if bin.sum < 0 { &mut below } else { &mut above };
            side.add(bin.sum.unsigned_abs(), place);
        }
        if above.is_less(&below) { (true, below.less(&above)) } else { (false, above.less(&below)) }
    }

    pub(crate) fn sum(&self) -> f64 {
        let (negative, total) = self.total();
        signed(negative, total.rounded(self.power(), false))
    }

    /// The mean; 0 of nothing.
    pub(crate) fn mean(&self) -> f64 {
        if self.n == 0 {
            return 0.0;
        }
        let (negative, total) = self.total();
        let shift = (WORD + QUOTIENT).saturating_sub(total.bits());
        let (quotient, rest) = total.shifted(shift).divided(self.n);
        signed(negative, quotient.rounded(self.power() - integer(shift), rest))
    }

    /// The sample standard deviation (n - 1). `None` for fewer than two numbers, and where no double is as large.
    pub(crate) fn stddev(&self) -> Option<f64> {
        if self.n < 2 {
            return None;
        }
        let mut squares = Large::default();
        for (place, bin) in self.bins.iter().enumerate() {
            squares.add(bin.squares, 2 * place);
            squares.add(u128::from(bin.carried), 2 * place + 2 * WORD);
        }
        // n times the sum of squares less the square of the sum, over n (n - 1): all of it whole numbers until the root.
        let total = self.total().1;
        let deviations = squares.times(&Large(vec![self.n])).less(&total.times(&total));
        let shift = (4 * WORD).saturating_sub(deviations.bits()).next_multiple_of(2);
        let (quotient, rest) = deviations.shifted(shift).divided(self.n);
        let (quotient, another) = quotient.divided(self.n - 1);
        let (variance, beyond, dropped) = quotient.leading();
        let root = variance.isqrt();
        let inexact = rest || another || dropped || root * root != variance;
        // Both shifts are even, and so is the power of squares.
        let power = self.power() + (integer(beyond) - integer(shift)) / 2;
        Some(Large(vec![root as u64, (root >> WORD) as u64]).rounded(power, inexact)).filter(|root| root.is_finite())
    }
}

fn signed(negative: bool, magnitude: f64) -> f64 {
    if negative { 0.0 - magnitude } else { magnitude }
}

/// The sum of numbers, each of them so many times, rounded once.
pub(crate) fn exact_sum(values: impl IntoIterator<Item = (f64, u64)>) -> f64 {
    let mut exact = Exact::default();
    values.into_iter().for_each(|(value, count)| exact.add_times(value, count));
    exact.sum()
}

/// A whole number of any size, its lowest word first.
#[derive(Debug, Clone, Default)]
struct Large(Vec<u64>);

impl Large {
    /// Adds a number times 2^shift.
    fn add(&mut self, value: u128, shift: usize) {
        let (word, bits) = (shift / WORD, shift % WORD);
        let low = value << bits;
        let over = if bits == 0 { 0 } else { (value >> (2 * WORD - bits)) as u64 };
        let mut carry = false;
        let words = [low as u64, (low >> WORD) as u64, over];
        let mut place = word;
        while place < word + words.len() || carry {
            if place >= self.0.len() {
                self.0.resize(place + 1, 0);
            }
            let more = words.get(place - word).copied().unwrap_or(0);
            let (sum, one) = self.0[place].overflowing_add(more);
            let (sum, two) = sum.overflowing_add(u64::from(carry));
            self.0[place] = sum;
            carry = one || two;
            place += 1;
        }
    }

    fn bits(&self) -> usize {
        let top = self.0.iter().rposition(|word| *word != 0);
        top.map_or(0, |place| (place + 1) * WORD - self.0[place].leading_zeros() as usize)
    }

    fn word(&self, place: usize) -> u64 {
        self.0.get(place).copied().unwrap_or(0)
    }

    fn is_less(&self, other: &Self) -> bool {
        let most = self.0.len().max(other.0.len());
        let differ = (0..most).rev().find(|place| self.word(*place) != other.word(*place));
        differ.is_some_and(|place| self.word(place) < other.word(place))
    }

    /// Less another one that is not larger.
    fn less(&self, other: &Self) -> Self {
        let mut borrow = false;
        let difference = (0..self.0.len()).map(|place| {
            let (left, one) = self.word(place).overflowing_sub(other.word(place));
            let (left, two) = left.overflowing_sub(u64::from(borrow));
            borrow = one || two;
            left
        });
        Self(difference.collect())
    }

    fn times(&self, other: &Self) -> Self {
        let mut words = vec![0_u64; self.0.len() + other.0.len()];
        for (place, word) in self.0.iter().enumerate() {
            let mut carry = 0;
            for (offset, factor) in other.0.iter().enumerate() {
                let product =
                    u128::from(*word) * u128::from(*factor) + u128::from(words[place + offset]) + u128::from(carry);
                words[place + offset] = product as u64;
                carry = (product >> WORD) as u64;
            }
            words[place + other.0.len()] = carry;
        }
        Self(words)
    }

    /// Times 2^shift.
    fn shifted(&self, shift: usize) -> Self {
        let mut shifted = Self::default();
        for (place, word) in self.0.iter().enumerate() {
            shifted.add(u128::from(*word), place * WORD + shift);
        }
        shifted
    }

    /// The whole part of the quotient, and whether anything is left.
    fn divided(mut self, divisor: u64) -> (Self, bool) {
        let mut rest = 0_u64;
        for word in self.0.iter_mut().rev() {
            let part = u128::from(rest) << WORD | u128::from(*word);
            *word = (part / u128::from(divisor)) as u64;
            rest = (part % u128::from(divisor)) as u64;
        }
        (self, rest != 0)
    }

    /// Its leading bits, at most 128 of them; how many, an even number, stand behind them; and whether those are not all 0.
    fn leading(&self) -> (u128, usize, bool) {
        let behind = self.bits().saturating_sub(2 * WORD).next_multiple_of(2);
        let (word, bits) = (behind / WORD, behind % WORD);
        let at = |place: usize| u128::from(self.word(place));
        let low = at(word) | at(word + 1) << WORD;
        let leading = if bits == 0 { low } else { low >> bits | at(word + 2) << (2 * WORD - bits) };
        (leading, behind, self.any_below(behind))
    }

    /// Whether any of so many lowest bits is set.
    fn any_below(&self, bits: usize) -> bool {
        let (whole, rest) = (bits / WORD, bits % WORD);
        self.0.iter().take(whole).any(|word| *word != 0) || self.word(whole) & ((1 << rest) - 1) != 0
    }

    /// The double nearest to it times 2^power, of two as near ones the even one; infinite beyond the largest. `more` says that it
    /// stands for a number that is larger by less than 1.
    fn rounded(&self, power: i64, more: bool) -> f64 {
        let bits = integer(self.bits());
        let top = power + bits - 1;
        if bits == 0 {
            return 0.0;
        }
        if top > 1023 {
            return f64::INFINITY;
        }
        // Below the normal numbers a double has fewer bits.
        let kept = PRECISION.min(top - LEAST_POWER + 1);
        if kept < 0 {
            return 0.0;
        }
        let dropped = (bits - kept).max(0) as usize;
        let (word, offset) = (dropped / WORD, dropped % WORD);
        let joined = u128::from(self.word(word)) | u128::from(self.word(word + 1)) << WORD;
        let mut mantissa = if kept == 0 { 0 } else { (joined >> offset) as u64 };
        if dropped > 0 {
            let half = self.word((dropped - 1) / WORD) >> ((dropped - 1) % WORD) & 1 == 1;
            let beyond = more || self.any_below(dropped - 1);
            mantissa += u64::from(half && (beyond || mantissa & 1 == 1));
        }
        mantissa as f64 * power_of_two(power + integer(dropped))
    }
}

/// Bits that are counted.
fn integer(bits: usize) -> i64 {
    bits.cast_signed() as i64
}

/// 2 to a power that a double has.
fn power_of_two(power: i64) -> f64 {
    if power >= -1022 {
        f64::from_bits(((power + 1023) as u64) << 52)
    } else {
        f64::from_bits(1 << (power - LEAST_POWER))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    impl Exact {
        /// Of numbers.
        pub(in crate::stats) fn of(values: &[f64]) -> Self {
            let mut exact = Self::default();
            exact.add(values);
            exact
        }

        /// With what others add up to.
        fn merged(mut self, other: &Self) -> Self {
            self.merge(other).unwrap();
            self
        }
    }

    #[test]
    fn sums_are_those_of_the_true_numbers() {
        assert_eq!(Exact::of(&[1e100, 1.0, -1e100]).sum(), 1.0);
        assert_eq!(Exact::of(&[0.1; 10]).sum(), 1.0);
        assert_eq!(Exact::of(&[1e308, 1e308, -1e308, -1e308, 5e-324]).sum(), 5e-324);
        assert_eq!(Exact::of(&[f64::MAX, f64::MAX]).sum(), f64::INFINITY);
        assert_eq!(Exact::of(&[f64::MAX, f64::MAX]).mean(), f64::MAX);
        // 2^53 + 1 is halfway between two doubles: to the even one, unless anything more is there.
        let large = 9_007_199_254_740_992.0;
        assert_eq!(Exact::of(&[large, 1.0]).sum(), large);
        assert_eq!(Exact::of(&[large, 1.0, 5e-324]).sum(), large + 2.0);
        assert_eq!(Exact::of(&[-large, -1.0, -5e-324]).sum(), -large - 2.0);
        assert!(Exact::of(&[]).sum() == 0.0 && Exact::of(&[1.0, -1.0]).sum().is_sign_positive());
        assert_eq!(exact_sum([(0.1, 10), (0.0, 7)]), 1.0);
    }

    #[test]
    fn means_and_deviations_are_rounded_once() {
        let of = |values: &[f64]| (Exact::of(values).mean(), Exact::of(values).stddev());
        assert_eq!(of(&[1.0, 2.0, 3.0, 4.0]), (2.5, Some((5.0_f64 / 3.0).sqrt())));
        assert_eq!(of(&[5e-324, 5e-324]), (5e-324, Some(0.0)));
        assert_eq!(of(&[0.0, 5e-324]), (0.0, Some(5e-324)));
        assert_eq!(of(&[7.25; 3]), (7.25, Some(0.0)));
        assert_eq!(of(&[3.0]), (3.0, None));
        assert_eq!(of(&[]), (0.0, None));
        // A billion beside differences of a tenth: what a compensated sum of squares loses half of its digits in.
        let (mean, stddev) = of(&[1_000_000_000.25, 1_000_000_000.5, 1_000_000_000.75]);
        assert_eq!((mean, stddev), (1_000_000_000.5, Some(0.25)));
        assert_eq!(of(&[-f64::MAX, f64::MAX]).1, None);
        assert!(of(&[-1e308, 1e308]).1.is_some_and(|found| (found / 1e308 - 2.0_f64.sqrt()).abs() < 1e-15));
    }

    #[test]
    fn carries_are_kept() {
        let most = f64::from_bits(0x4340_0000_0000_0000 - 1);
        let mut one_by_one = Exact::default();
        (0..100_000).for_each(|_| one_by_one.add(&[most; 100]));
        let mut at_once = Exact::default();
        at_once.add_times(most, 10_000_000);
        assert_eq!(one_by_one, at_once);
        assert!(one_by_one.bins[0].carried > 0);
        assert_eq!((one_by_one.mean(), one_by_one.stddev()), (most, Some(0.0)));
    }

    /// Sum and twice the variance of whole numbers in 128 bits.
    fn by_integers(values: &[i32]) -> (i128, i128) {
        let sum: i128 = values.iter().map(|value| i128::from(*value)).sum();
        let squares: i128 = values.iter().map(|value| i128::from(*value).pow(2)).sum();
        (sum, squares * values.len() as i128 - sum * sum)
    }

    proptest! {
        #[test]
        fn neither_order_nor_parts_show(
            values in prop::collection::vec(prop::num::f64::NORMAL | prop::num::f64::SUBNORMAL | prop::num::f64::ZERO, 0..40),
            cut in 0..40_usize,
        ) {
            let cut = cut.min(values.len());
            let (left, right) = (Exact::of(&values[..cut]), Exact::of(&values[cut..]));
            let whole = Exact::of(&values);
            prop_assert_eq!(&left.clone().merged(&right), &whole);
            prop_assert_eq!(&right.merged(&left), &whole);
            let mut backwards = values.clone();
            backwards.reverse();
            let backwards = Exact::of(&backwards);
            prop_assert_eq!(&backwards, &whole);
            prop_assert_eq!(backwards.stddev().map(f64::to_bits), whole.stddev().map(f64::to_bits));
        }

        #[test]
        fn whole_numbers_agree_with_integers(values in prop::collection::vec(any::<i32>(), 2..60)) {
            let exact = Exact::of(&values.iter().map(|value| f64::from(*value)).collect::<Vec<f64>>());
            let (sum, deviations) = by_integers(&values);
            let n = values.len() as f64;
            prop_assert_eq!(exact.sum(), sum as f64);
            // Both numbers of the quotient are below 2^53, so that it is rounded once too.
            prop_assert_eq!(exact.mean(), sum as f64 / n);
            let expected = (deviations as f64 / (n * (n - 1.0))).sqrt();
            prop_assert!((exact.stddev().unwrap() - expected).abs() <= 2.0 * f64::EPSILON * expected);
        }

        #[test]
        fn two_numbers_are_added_as_the_processor_does(a in prop::num::f64::NORMAL, b in prop::num::f64::NORMAL) {
            prop_assert_eq!(Exact::of(&[a, b]).sum(), a + b + 0.0);
        }
    }
}
