//! Numbers as whole numbers in the same order, of which the leading bits are buckets.
//!
//! In: finite numbers. Out: keys, the ends of the bucket of a key's leading bits, and decimal steps of numbers that were written with a few
//! digits. Refuses nothing; a negative zero is a zero.

/// Bits of a double behind its exponent.
pub(super) const MANTISSA: u8 = 52;
const SIGN: u64 = 1 << 63;
/// Digits after the point of numbers that are written as decimals.
const MOST_DIGITS: u8 = 9;
/// Whole numbers below this, and their neighbours, are doubles.
const WHOLE: f64 = 1e15;

/// The key of a number: keys are ordered as the numbers are.
pub(super) fn key_of(value: f64) -> u64 {
    let bits = (value + 0.0).to_bits();
    if bits & SIGN == 0 { bits | SIGN } else { !bits }
}

/// The number of a key.
pub(super) fn value_of(key: u64) -> f64 {
    f64::from_bits(if key & SIGN == 0 { !key } else { key & !SIGN })
}

/// The smallest and the largest number of a bucket that is known by so many bits of the mantissa.
pub(super) fn ends(bucket: u64, bits: u8) -> (f64, f64) {
    let dropped = MANTISSA - bits;
    let first = bucket << dropped;
    let last = first | ((1 << dropped) - 1);
    // Zero stands in one bucket with the smallest numbers there are, and only those are taken for it.
    let plain = |value: f64| if value.is_subnormal() { 0.0 } else { value };
    (plain(value_of(first)), plain(value_of(last)))
}

/// The fewest digits after the point with which all numbers can be written, and the numbers in steps of those: only where every one of
/// them comes back to the bit.
pub(super) fn decimal(values: &(impl Iterator<Item = f64> + Clone)) -> Option<(u8, Vec<i64>)> {
    (0..=MOST_DIGITS).find_map(|digits| {
        let steps: Option<Vec<i64>> = values.clone().map(|value| step_of(value, digits)).collect();
        Some((digits, steps?))
    })
}

fn step_of(value: f64, digits: u8) -> Option<i64> {
    let step = (value * scale(digits)).round();
    let is_whole = step.abs() < WHOLE && (step / scale(digits) + 0.0).to_bits() == (value + 0.0).to_bits();
    is_whole.then_some(step as i64)
}

/// The number of a step; `None` for what no number was written as.
pub(super) fn of_step(step: i64, digits: u8) -> Option<f64> {
    let whole = step as f64;
    (digits <= MOST_DIGITS && whole.abs() < WHOLE).then(|| whole / scale(digits) + 0.0)
}

fn scale(digits: u8) -> f64 {
    10_f64.powi(i32::from(digits))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn buckets_of_twelve_bits_are_known_to_one_in_8192() {
        for value in [1.0, 0.351, 1e-9, 4321.5, -7.25] {
            let (low, high) = ends(key_of(value) >> 40, 12);
            assert!(low <= value && value <= high, "{value} is not in [{low}, {high}]");
            assert!((high - low) / 2.0 <= f64::midpoint(low, high).abs() / 8192.0);
        }
        assert_eq!(ends(key_of(0.0) >> 40, 12), (0.0, 0.0));
    }

    proptest! {
        #[test]
        fn keys_are_in_the_order_of_the_numbers(a in any::<f64>(), b in any::<f64>()) {
            prop_assume!(a.is_finite() && b.is_finite());
            prop_assert_eq!(key_of(a).cmp(&key_of(b)), (a + 0.0).total_cmp(&(b + 0.0)));
            prop_assert_eq!(value_of(key_of(a)), a);
        }

        #[test]
        fn decimals_come_back_to_the_bit(steps in prop::collection::vec(-5_000_000_i64..5_000_000, 1..40), digits in 0..=9_u8) {
            let values: Vec<f64> = steps.iter().map(|step| of_step(*step, digits).unwrap()).collect();
            let (found, again) = decimal(&values.iter().copied()).unwrap();
            prop_assert!(found <= digits);
            prop_assert!(again.iter().zip(&values).all(|(step, value)| of_step(*step, found) == Some(*value)));
        }
    }
}
