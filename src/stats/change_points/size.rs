//! How large a change is: the median of all differences between the points after it and those before (Hodges & Lehmann 1963), with
//! the interval that the Mann-Whitney test inverts to, widened for dependence.

use crate::stats::interval::normal_quantile;
use crate::stats::sample::median_of_sorted;

/// Points on either side that say how large a change is: the nearest ones, of which there are enough.
const NEAREST: usize = 200;

/// A shift with its interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shift {
    /// After less before.
    pub estimate: f64,
    /// Lower end; absent where too few points bound it.
    pub low: Option<f64>,
    /// Upper end.
    pub high: Option<f64>,
}

/// The shift between the points before and after a change; `inflation` multiplies the standard error of ranks. Both sides hold
/// at least one value.
pub fn shift(before: &[f64], after: &[f64], inflation: f64, confidence: f64) -> Shift {
    let before = &before[before.len().saturating_sub(NEAREST)..];
    let after = &after[..after.len().min(NEAREST)];
    let mut differences: Vec<f64> = before.iter().flat_map(|one| after.iter().map(move |other| other - one)).collect();
    differences.sort_unstable_by(f64::total_cmp);
    let pairs = differences.len() as f64;
    let error = inflation * (pairs * (before.len() + after.len() + 1) as f64 / 12.0).sqrt();
    let score = normal_quantile(f64::midpoint(1.0, confidence)).unwrap_or(f64::INFINITY);
    let beyond = (pairs / 2.0 - score * error).floor();
    let bounds = (beyond >= 0.0).then_some(beyond as usize);
    Shift {
        estimate: median_of_sorted(&differences),
        low: bounds.and_then(|beyond| differences.get(beyond).copied()),
        high: bounds.and_then(|beyond| differences.len().checked_sub(1 + beyond)).map(|place| differences[place]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shift_is_the_median_of_all_differences_with_an_interval() {
        let before: Vec<f64> = (0..20).map(|value| f64::from(value % 5)).collect();
        let after: Vec<f64> = before.iter().map(|value| value + 10.0).collect();
        let found = shift(&before, &after, 1.0, 0.95);
        assert_eq!(found.estimate, 10.0);
        // 400 / 2 - 1.96 * sqrt(400 * 41 / 12) = 127: the 128th of 400 differences, of which 40 are 4 apart at most... the ends lie
        // within one of the middle.
        assert_eq!((found.low, found.high), (Some(9.0), Some(11.0)));
        let wide = shift(&before, &after, 2.0, 0.95);
        assert!(wide.low < found.low && wide.high > found.high, "{wide:?}");
        assert_eq!(shift(&[1.0], &[2.0], 1.0, 0.95), Shift { estimate: 1.0, low: None, high: None });
    }
}
