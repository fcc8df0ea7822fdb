//! The verdict: the one place that decides it.
//!
//! In: an effect on its axis, the margin, and the p-value below which "no change" counts as excluded. Out: a [`Verdict`], and
//! the threshold of Benjamini and Hochberg (1995). Decides on the axis, where both directions are the same distance.

use crate::measure::Polarity;

use super::center::Estimate;
use super::outcome::Verdict;

/// The p-value up to which Benjamini and Hochberg exclude "no change" among all tests, so that at most `level` of what they
/// exclude is expected to be false; 0 where nothing is excluded.
pub(crate) fn discovery_threshold(mut p_values: Vec<f64>, level: f64) -> f64 {
    p_values.sort_unstable_by(f64::total_cmp);
    let tests = p_values.len() as f64;
    p_values
        .iter()
        .enumerate()
        .rev()
        .find(|&(index, &p)| p <= (index + 1) as f64 / tests * level)
        .map_or(0.0, |(_, &p)| p)
}

/// The verdict about an effect.
///
/// Regressed or improved where "no change" is excluded and the estimate is at least the margin; unchanged where the whole
/// interval lies inside the margin; else inconclusive. Without a better direction both become changed.
pub(crate) fn verdict(effect: &Estimate, excluded: bool, margin: f64, polarity: Polarity) -> Verdict {
    if excluded && effect.value.abs() >= margin && effect.value != 0.0 {
        return match (polarity, effect.value > 0.0) {
            (Polarity::Unknown, _) => Verdict::Changed,
            (Polarity::LowerIsBetter, true) | (Polarity::HigherIsBetter, false) => Verdict::Regressed,
            (Polarity::LowerIsBetter, false) | (Polarity::HigherIsBetter, true) => Verdict::Improved,
        };
    }
    match (effect.low, effect.high) {
        (Some(low), Some(high)) if low >= -margin && high <= margin => Verdict::Unchanged,
        _ => Verdict::Inconclusive,
    }
}

/// The verdict about a metric: regressed if any judged effect is, else changed or improved if any is, else as the first effect
/// (the center) says; inconclusive where there is none.
pub(crate) fn overall(judged: &[Verdict]) -> Verdict {
    [Verdict::Regressed, Verdict::Changed, Verdict::Improved]
        .into_iter()
        .find(|decided| judged.contains(decided))
        .or_else(|| judged.first().copied())
        .unwrap_or(Verdict::Inconclusive)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn benjamini_and_hochbergs_own_example() {
        // Benjamini & Hochberg 1995, section 4.1: 15 tests, four are excluded at 5%.
        let p = vec![
            0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528,
            0.7590, 1.0,
        ];
        assert_eq!(discovery_threshold(p, 0.05), 0.0095);
        assert_eq!(discovery_threshold(vec![0.2, 0.4], 0.05), 0.0);
        assert_eq!(discovery_threshold(Vec::new(), 0.05), 0.0);
    }

    #[test]
    fn the_margin_holds_even_where_a_change_is_certain() {
        let small = Estimate { value: 0.03, low: Some(0.029), high: Some(0.031), p: 1e-9 };
        assert_eq!(verdict(&small, true, 0.05, Polarity::LowerIsBetter), Verdict::Unchanged);
        let large = Estimate { value: 0.3, low: Some(0.2), high: Some(0.4), p: 1e-9 };
        assert_eq!(verdict(&large, true, 0.05, Polarity::LowerIsBetter), Verdict::Regressed);
        assert_eq!(verdict(&large, true, 0.05, Polarity::HigherIsBetter), Verdict::Improved);
        assert_eq!(verdict(&large, true, 0.05, Polarity::Unknown), Verdict::Changed);
        assert_eq!(verdict(&large, false, 0.05, Polarity::LowerIsBetter), Verdict::Inconclusive);
        let open = Estimate { value: 0.0, low: Some(0.0), high: None, p: 1.0 };
        assert_eq!(verdict(&open, false, 0.05, Polarity::LowerIsBetter), Verdict::Inconclusive);
    }
}
