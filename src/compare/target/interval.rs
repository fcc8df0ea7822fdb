//! What a number and its interval say about a limit.
//!
//! In: a value, what is known about how far it could be off, an operator and a limit. Out: the outcome and a note. The
//! number alone decides only where nothing better exists, and the note says so.

use crate::compare::outcome::TargetOutcome;

use crate::measure::Operator;

/// What is known about how far a number could be off.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Certainty {
    /// An interval; an absent end is open. With the note that an open lower or upper end gets.
    Interval {
        /// Lower end.
        low: Option<f64>,
        /// Upper end.
        high: Option<f64>,
        /// What would close the lower end.
        needs_low: String,
        /// What would close the upper end.
        needs_high: String,
    },
    /// It should have an interval, and there is none.
    Withheld(String),
    /// The statistic has no interval.
    Alone,
    /// A tool reports the number, without samples.
    Reported,
}

impl Certainty {
    /// The ends of the interval, where there are any.
    pub(super) fn ends(&self) -> (Option<f64>, Option<f64>) {
        match self {
            Self::Interval { low, high, .. } => (*low, *high),
            Self::Withheld(_) | Self::Alone | Self::Reported => (None, None),
        }
    }
}

/// What became of a condition.
///
/// Met: the value and the whole interval keep the limit. Missed: neither the value nor any point of the interval does.
/// Undecided: the interval straddles the limit, or its end on the far side is open.
pub(super) fn decide(
    value: f64,
    certainty: &Certainty,
    operator: Operator,
    limit: f64,
) -> (TargetOutcome, Option<String>) {
    let kept = operator.holds(value, limit);
    match certainty {
        Certainty::Alone => {
            let outcome = if kept { TargetOutcome::Met } else { TargetOutcome::Missed };
            (outcome, Some("decided by the number alone: it has no interval".to_owned()))
        }
        Certainty::Reported => {
            let outcome = if kept { TargetOutcome::Met } else { TargetOutcome::Missed };
            (outcome, Some("decided by the number that the tool reports: it has no interval".to_owned()))
        }
        Certainty::Withheld(why) => (TargetOutcome::Undecided, Some(format!("there is no interval: {why}"))),
        Certainty::Interval { low, high, needs_low, needs_high } => {
            // The end that would break a kept limit, and the end that could still save a broken one.
            let (worst, best) = if operator.is_upper() { (high, low) } else { (low, high) };
            let all_keep = worst.is_some_and(|worst| operator.holds(worst, limit));
            let none_keeps = best.is_some_and(|best| !operator.holds(best, limit));
            if kept && all_keep {
                return (TargetOutcome::Met, None);
            }
            if !kept && none_keeps {
                return (TargetOutcome::Missed, None);
            }
            let of_upper = operator.is_upper() == kept;
            let open = if of_upper { high.is_none() } else { low.is_none() };
            let note = match (open, of_upper) {
                (true, true) => format!("the upper end of the interval is open: {needs_high}"),
                (true, false) => format!("the lower end of the interval is open: {needs_low}"),
                (false, _) => "the interval lies on both sides of the limit".to_owned(),
            };
            (TargetOutcome::Undecided, Some(note))
        }
    }
}

/// The fewest samples with which the interval of the p-quantile has a lower and an upper end: an end exists once a sample
/// lies beyond the quantile with enough probability, (1-p)^n or p^n at most half of what the level leaves (David &
/// Nagaraja, Order Statistics, 7.1). For p95 at 95% the upper end exists from 72 samples.
pub(super) fn samples_for_ends(p: f64, level: f64) -> (u64, u64) {
    let tail = (1.0 - level) / 2.0;
    let fewest = |beyond: f64| (tail.ln() / beyond.ln()).ceil().max(1.0) as u64;
    (fewest(1.0 - p), fewest(p))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn interval(low: impl Into<Option<f64>>, high: impl Into<Option<f64>>) -> Certainty {
        let needs = || "more".to_owned();
        Certainty::Interval { low: low.into(), high: high.into(), needs_low: needs(), needs_high: needs() }
    }

    #[test]
    fn an_interval_decides_only_when_it_lies_on_one_side() {
        use Operator::{AtLeast, AtMost, Greater, Less};
        use TargetOutcome::{Met, Missed, Undecided};
        let limit = 10.0;
        for (value, certainty, operator, expected) in [
            (8.0, interval(7.0, 9.0), Less, Met),
            (8.0, interval(7.0, 10.0), Less, Undecided),
            (8.0, interval(7.0, 10.0), AtMost, Met),
            (8.0, interval(7.0, 12.0), Less, Undecided),
            (11.0, interval(9.0, 12.0), Less, Undecided),
            (11.0, interval(10.0, 12.0), Less, Missed),
            (11.0, interval(10.0, 12.0), AtMost, Undecided),
            (8.0, interval(7.0, None), Less, Undecided),
            (8.0, interval(None, 9.0), Less, Met),
            (12.0, interval(11.0, None), Less, Missed),
            (12.0, interval(None, 13.0), Less, Undecided),
            (12.0, interval(11.0, 13.0), Greater, Met),
            (12.0, interval(11.0, None), Greater, Met),
            (12.0, interval(None, 13.0), Greater, Undecided),
            (12.0, interval(10.0, 13.0), Greater, Undecided),
            (12.0, interval(10.0, 13.0), AtLeast, Met),
            (8.0, interval(7.0, 9.0), Greater, Missed),
            (8.0, interval(7.0, 10.0), Greater, Missed),
            (8.0, interval(7.0, 10.0), AtLeast, Undecided),
            (8.0, interval(7.0, None), AtLeast, Undecided),
            (9.0, Certainty::Alone, Less, Met),
            (10.0, Certainty::Alone, Less, Missed),
            (10.0, Certainty::Alone, AtMost, Met),
            (1.0, Certainty::Withheld(String::new()), Less, Undecided),
            (99.0, Certainty::Withheld(String::new()), Less, Undecided),
        ] {
            let (outcome, note) = decide(value, &certainty, operator, limit);
            assert_eq!(outcome, expected, "{value} {certainty:?} {operator:?}");
            assert_eq!(note.is_some(), expected == Undecided || certainty == Certainty::Alone);
        }
    }

    #[test]
    fn the_note_names_the_end_that_is_open() {
        let note = |value, certainty: Certainty, operator| decide(value, &certainty, operator, 10.0).1.unwrap();
        assert!(note(8.0, interval(7.0, None), Operator::Less).contains("upper end"));
        assert!(note(12.0, interval(None, 13.0), Operator::Less).contains("lower end"));
        assert!(note(12.0, interval(None, 13.0), Operator::Greater).contains("lower end"));
        assert!(note(8.0, interval(7.0, None), Operator::AtLeast).contains("upper end"));
        assert!(note(8.0, interval(7.0, 12.0), Operator::Less).contains("both sides"));
    }

    #[test]
    fn an_end_exists_from_the_published_sizes() {
        // statistics.md: an upper end from 72 samples for p95, 368 for p99, 3688 for p99.9.
        for (p, expected) in [(0.95, 72), (0.99, 368), (0.999, 3688), (0.5, 6)] {
            assert_eq!(samples_for_ends(p, 0.95).1, expected, "{p}");
        }
        assert_eq!(samples_for_ends(0.05, 0.95).0, 72);
    }
}
