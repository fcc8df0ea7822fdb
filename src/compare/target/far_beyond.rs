//! Targets that every sample misses by far.
//!
//! In: a result that an interval leaves open. Out: missed, where even the best sample is far beyond the limit: no dependence of neighbours and no
//! number of samples makes such a run keep it.

use crate::compare::margin::GLARING_FACTOR;
use crate::compare::outcome::{TargetOutcome, TargetResult};
use crate::measure::Statistic;

use super::condition::Condition;
use super::subject::Subject;

/// Missed instead of undecided, where every sample is far beyond the limit.
pub(super) fn far_beyond(result: TargetResult, condition: &Condition, subject: &Subject<'_>) -> TargetResult {
    let is_place = matches!(condition.statistic, Statistic::Mean | Statistic::Median | Statistic::Percentile(_));
    let Some(summary) = subject.summary.filter(|_| is_place && result.outcome == TargetOutcome::Undecided) else {
        return result;
    };
    let is_upper = condition.operator.is_upper();
    if !is_far(is_upper, [summary.min, summary.max], result.limit) {
        return result;
    }
    let note = if is_upper { "every sample is far above the limit" } else { "every sample is far below the limit" };
    TargetResult { outcome: TargetOutcome::Missed, note: Some(note.to_owned()), ..result }
}

/// Whether the best of samples with these ends is beyond a limit by a factor that no short run passes over.
fn is_far(is_upper: bool, [least, most]: [f64; 2], limit: f64) -> bool {
    if is_upper {
        limit > 0.0 && least >= GLARING_FACTOR * limit
    } else {
        least >= 0.0 && most <= limit / GLARING_FACTOR
    }
}

#[cfg(test)]
mod tests {
    use super::is_far;

    #[test]
    fn only_where_the_best_sample_is_far_beyond() {
        assert!(is_far(true, [300.0, 900.0], 150.0) && !is_far(true, [200.0, 900.0], 150.0));
        assert!(is_far(false, [1.0, 5.0], 10.0) && !is_far(false, [1.0, 9.0], 10.0));
        assert!(!is_far(true, [1.0, 2.0], 0.0) && !is_far(true, [-1.0, 5.0], -3.0), "no factor of nothing");
    }
}
