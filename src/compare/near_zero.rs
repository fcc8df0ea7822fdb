//! Whether values that are zero were rounded down, or nothing was measured there.
//!
//! In: ascending samples, or what is known of them. Out: the step to which values near zero were rounded, and whether zeros lie so near to
//! the body of a faster run that they belong to it. Refuses a step (with `None`) where not both a single and a double one occur: of
//! durations around 100 ms nobody knows whether a zero is quick.

/// How near to a multiple of the step a value has to be, beside what a sketch does not know.
const ROUNDING: f64 = 1e-6;
/// A body within so many steps of zero may be rounded to it.
const NEAR: f64 = 2.0;
/// Multiples at which values stand that near zero have to be.
const MULTIPLES: f64 = 4.0;

/// The step to which the smallest values were rounded. Each side ascends; `error` is the relative error of a value.
pub(crate) fn step_near_zero(sides: &[&[f64]], error: f64) -> Option<f64> {
    let positive = |side: &&[f64]| side.partition_point(|value| *value <= 0.0);
    let least = sides.iter().filter_map(|side| side.get(positive(side)).copied()).min_by(f64::total_cmp)?;
    let mut seen = [false; MULTIPLES as usize];
    for value in sides.iter().flat_map(|side| &side[positive(side)..]) {
        let times = value / least;
        let multiple = times.round();
        if multiple > MULTIPLES {
            continue;
        }
        if (times - multiple).abs() > multiple * (2.0 * error + ROUNDING) {
            return None;
        }
        seen[multiple as usize - 1] = true;
    }
    (seen[0] && seen[1]).then_some(least)
}

/// Whether a body that became faster by one factor has so many `zeros` (their share in the run) once it is rounded to `step`: then what is
/// left of it lies as near to zero as that factor says. `before` is a quantile of the baseline, `others` the median of what is not zero
/// in the run; absent where nothing is.
pub(crate) fn are_rounded_down(step: f64, zeros: f64, before: impl Fn(f64) -> f64, others: Option<f64>) -> bool {
    /// Where values are cut off and where they are rounded differ by half a step.
    const HALF: f64 = 0.5;
    /// Which of the values of the baseline became zero is known to within a few of them.
    const UNSURE: f64 = 0.05;
    let Some(others) = others else { return before(0.75) <= NEAR * step };
    let factor = (before((zeros - UNSURE).max(0.0)) / step - HALF).max(1.0);
    others / step <= before(f64::midpoint(1.0, zeros)) / step / factor + HALF
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_is_known_where_one_and_two_of_it_occur() {
        assert_eq!(step_near_zero(&[&[0.0, 0.001, 0.002, 0.005]], 0.0), Some(0.001));
        assert_eq!(step_near_zero(&[&[0.0, 0.0, 0.001], &[0.002, 0.002]], 0.0), Some(0.001), "both sides together");
        for sides in [
            &[0.0, 0.0731, 0.0994, 0.1102][..],
            &[0.08, 0.09, 0.1][..],
            &[0.0, 0.1, 0.1][..],
            &[0.0, 0.0][..],
            &[0.001, 0.0015, 0.002][..],
        ] {
            assert_eq!(step_near_zero(&[sides], 0.0), None, "{sides:?}");
        }
        // A sketch knows its values to one in a hundred.
        assert_eq!(step_near_zero(&[&[0.000_998, 0.001_004, 0.002_01]], 0.01), Some(0.000_998));
    }

    #[test]
    fn zeros_beside_a_body_that_is_as_far_as_before_are_none_of_it() {
        // Whole milliseconds, 0, 1 and 2 alike, that became 0 in two thirds.
        let few = |p: f64| (3.0 * p).floor().min(2.0) * 0.001;
        assert!(are_rounded_down(0.001, 0.67, few, Some(0.001)));
        // 1 to 5 ms that are six times as fast: a half is below half a millisecond.
        let wide = |p: f64| 0.001 * (1.0 + 4.0 * p);
        assert!(are_rounded_down(0.001, 0.5, wide, Some(0.001)));
        assert!(!are_rounded_down(0.001, 0.5, wide, Some(0.003)), "half of them was not measured");
        assert!(!are_rounded_down(0.001, 0.03, |p| 0.001 * (20.0 + 10.0 * p), Some(0.025)));
        assert!(are_rounded_down(0.001, 1.0, few, None) && !are_rounded_down(0.001, 1.0, |_| 0.1, None));
    }
}
