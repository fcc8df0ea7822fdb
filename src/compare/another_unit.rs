//! Whether durations that shrank are in another unit, where nobody states the unit of a side.

/// The steps between units of time.
const STEPS: [f64; 3] = [1e3, 1e6, 1e9];
/// A run in the next larger unit that is 30 times as slow has shrunk by this: one that is as slow, by a whole step.
const LEAST: f64 = 30.0;

/// The step between two units by which numbers may have shrunk by such a factor; `None` where it is too small for that. The run may be
/// slower or quicker, too: nobody can tell it from the numbers.
pub(crate) fn another_unit(factor: f64) -> Option<f64> {
    let is_near = |step: &f64| factor < step * LEAST;
    (factor >= LEAST).then(|| STEPS.into_iter().find(is_near).unwrap_or(STEPS[2]))
}

/// By how much one of several runs of a side shrank beside the smallest of the other side, by their centers; `None` where there is only one:
/// that is what the comparison itself says.
pub(crate) fn one_run_shrank(before: &[f64], after: &[f64]) -> Option<f64> {
    let least = |of: &[f64]| of.iter().copied().filter(|center| *center > 0.0).min_by(f64::total_cmp);
    let factor = least(before)? / least(after)?;
    (after.len() > 1 && factor > 1.0).then_some(factor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_shrank_by_thirty_and_more_may_be_in_another_unit() {
        for (factor, step) in [
            (1.0, None),
            (20.0, None),
            (29.9, None),
            (30.0, Some(1e3)),
            (50.0, Some(1e3)),
            (1e3, Some(1e3)),
            (2.9e4, Some(1e3)),
            (3e4, Some(1e6)),
            (1e6, Some(1e6)),
            (1e9, Some(1e9)),
            (1e15, Some(1e9)),
        ] {
            assert_eq!(another_unit(factor), step, "{factor}");
        }
    }

    #[test]
    fn one_of_several_runs_may_be_in_another_unit() {
        assert_eq!(one_run_shrank(&[100.0, 110.0], &[104.0, 0.25]), Some(400.0));
        assert_eq!(one_run_shrank(&[100.0, 0.25], &[104.0, 0.25]), None, "as before");
        assert_eq!(one_run_shrank(&[100.0], &[0.25]), None, "the only one");
    }
}
