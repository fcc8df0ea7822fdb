//! The verdict: the one place that decides it.
//!
//! In: an effect on its axis and the margin, or all p-values of a report. Out: a [`Verdict`], and the level of Benjamini and
//! Hochberg (1995). Decides on the axis, where both directions are the same distance.

use super::center::Estimate;
use super::outcome::Verdict;

/// The level up to which Benjamini and Hochberg exclude "no change" among all tests, so that at most `level` of what they exclude
/// is expected to be false: `level` times the share of tests that are excluded; 0 where none is. What would not be shown (a change
/// in another way, or below the margin) comes with a p of 1, so that the control covers exactly what is shown.
pub(crate) fn discovery_level(mut p_values: Vec<f64>, level: f64) -> f64 {
    p_values.sort_unstable_by(f64::total_cmp);
    let tests = p_values.len() as f64;
    let at = |index: usize| (index + 1) as f64 / tests * level;
    p_values.iter().enumerate().rev().find(|&(index, &p)| p <= at(index)).map_or(0.0, |(index, _)| at(index))
}

/// What an effect says that is not known to have changed: unchanged where the whole interval lies inside the margin, else
/// inconclusive.
pub(crate) fn verdict(effect: &Estimate, margin: f64) -> Verdict {
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
        // Benjamini & Hochberg 1995, section 4.1: of 15 tests four are excluded at 5%, so that 4 / 15 of it is the level.
        let p = vec![
            0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528,
            0.7590, 1.0,
        ];
        let level = discovery_level(p.clone(), 0.05);
        assert!((level - 4.0 / 15.0 * 0.05).abs() < 1e-15);
        assert_eq!(p.iter().filter(|p| **p <= level).count(), 4);
        assert_eq!(discovery_level(vec![0.2, 0.4], 0.05), 0.0);
        assert_eq!(discovery_level(Vec::new(), 0.05), 0.0);
    }

    #[test]
    fn unchanged_is_what_lies_inside_the_margin_as_a_whole() {
        let small = Estimate { value: 0.03, low: Some(0.029), high: Some(0.031), p: 1e-9 };
        assert_eq!(verdict(&small, 0.05), Verdict::Unchanged);
        let large = Estimate { value: 0.3, low: Some(0.2), high: Some(0.4), p: 1e-9 };
        assert_eq!(verdict(&large, 0.05), Verdict::Inconclusive);
        let open = Estimate { value: 0.0, low: Some(0.0), high: None, p: 1.0 };
        assert_eq!(verdict(&open, 0.05), Verdict::Inconclusive);
    }
}
