//! Values at which a counter or a field ends: 65535, 99999.
//!
//! In: the values of a metric and how they were written. Out: suspects that are kept: what was measured is at least so large. Such a
//! number is one of very many, so that it is odd only as the largest of all, and where it was written in another way than the
//! others, or lies far above them. Round times are no such numbers: programs give up at them.

use std::collections::BTreeSet;

use super::case::{Case, Reason, Suspect};
use crate::measure::finding::{FindingKind, Severity};

/// The first power of two and the first row of nines whose end is worth a look.
const LEAST: f64 = 4095.0;
/// So many times above the others a largest value is far from them.
const FAR: f64 = 10.0;
/// A whole number is odd among numbers with so many digits after the point...
const FRACTION: usize = 2;
/// ...which at least this share of the numbers have.
const DECIMAL_SHARE: f64 = 0.9;
/// More of them are named one by one by nobody.
const MOST: usize = 1000;
/// A 0 is odd among long decimals, where at most this share of the values is one.
const ZERO_SHARE: f64 = 0.005;
/// So many digits after the point are long.
const LONG_FRACTION: usize = 6;

/// The saturated values of a metric. `taken` are indexes of what is corrupted by itself.
pub(super) fn saturated(case: &Case<'_>, taken: &[usize]) -> Vec<Suspect> {
    let digits = |least: usize| {
        case.shape.is_some_and(|shape| {
            shape.usual_digits() >= least && shape.decimals() as f64 >= DECIMAL_SHARE * case.measured.len() as f64
        })
    };
    let zeros_are_odd = digits(LONG_FRACTION) && case.dimension.is_time();
    let none_ends =
        || case.measured.cells().are_surely_within(f64::NEG_INFINITY, LEAST) || limit_of(largest(case)).is_none();
    if taken.is_empty() && !zeros_are_odd && none_ends() {
        return Vec::new();
    }
    let taken: BTreeSet<usize> = taken.iter().copied().collect();
    // The largest value, how often it occurs, and the largest one below it.
    let (mut largest, mut below) = (f64::NEG_INFINITY, f64::NEG_INFINITY);
    let (mut places, mut zeros): (Vec<usize>, Vec<usize>) = (Vec::new(), Vec::new());
    case.measured.visit(0..case.measured.len(), |first, block| {
        for (index, value) in (first..).zip(block) {
            if *value == 0.0 && zeros.len() <= MOST {
                zeros.push(index);
            }
            if *value < largest {
                below = below.max(*value);
            } else if !taken.contains(&index) {
                if *value > largest {
                    below = below.max(largest);
                    largest = *value;
                    places.clear();
                }
                if places.len() <= MOST {
                    places.push(index);
                }
            }
        }
    });
    let suspect = |index, words| Suspect {
        index,
        severity: Severity::Suspicious,
        kind: FindingKind::Saturated,
        reasons: vec![Reason::Saturated(words)],
    };
    let mut found = Vec::new();
    if let Some(words) = limit_of(largest).filter(|_| places.len() <= MOST) {
        let unlike = digits(FRACTION) && places.iter().all(|index| case.measured.is_whole(*index));
        if unlike && largest > below || below > 0.0 && largest >= FAR * below {
            found.extend(places.into_iter().map(|index| suspect(index, words)));
        }
    }
    let few = zeros.len() as f64 <= ZERO_SHARE * case.measured.len() as f64;
    if few && zeros_are_odd {
        let whole = zeros.into_iter().filter(|index| case.measured.is_whole(*index));
        found.extend(whole.map(|index| suspect(index, "0, where nothing else is")));
    }
    found
}

/// The largest value of all, found without a look at where it stands: nearly no metric ends at the end of a field.
fn largest(case: &Case<'_>) -> f64 {
    let mut largest = f64::NEG_INFINITY;
    case.measured.visit(0..case.measured.len(), |_, block| {
        largest = block.iter().fold(largest, |most, value| most.max(*value));
    });
    largest
}

/// What ends at that number.
fn limit_of(number: f64) -> Option<&'static str> {
    if number < LEAST || number.fract() != 0.0 || number >= 2_f64.powi(53) {
        return None;
    }
    let whole = number as u64;
    let nines = std::iter::successors(Some(9999_u64), |nines| nines.checked_mul(10)?.checked_add(9));
    match () {
        () if (whole + 1).is_power_of_two() => Some("one less than a power of two"),
        () if nines.take_while(|nines| *nines <= whole).any(|nines| nines == whole) => Some("nothing but nines"),
        () => None,
    }
}

#[cfg(test)]
mod tests {
    use super::limit_of;

    #[test]
    fn ends_of_fields_are_known_and_round_times_are_none() {
        for number in [4095.0, 16_383.0, 65_535.0, 16_777_215.0, 9999.0, 99_999.0] {
            assert!(limit_of(number).is_some(), "{number}");
        }
        for number in [100.0, 999.0, 1023.0, 10_000.0, 60_000.0, 65_536.0, 120_000.0, 99_998.0, 65_535.5, -1.0] {
            assert!(limit_of(number).is_none(), "{number}");
        }
    }
}
