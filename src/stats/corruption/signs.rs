//! What several rules ask of a value: how it is written, how long the recording is, and whether it is a time-out.

use crate::measure::Dimension;

use super::case::{Case, Reason};

/// Round times at which programs give up. A lone value just above one of them is a timeout, not a slip of the unit.
const DEADLINES: &[f64] = &[
    1.0, 2.0, 3.0, 5.0, 10.0, 15.0, 20.0, 30.0, 45.0, 60.0, 90.0, 120.0, 180.0, 240.0, 300.0, 600.0, 900.0, 1800.0,
    3600.0,
];
/// How far above its deadline a timeout is still recorded.
const DEADLINE_SLACK: f64 = 0.02;
/// A whole number is odd only among numbers that usually have this many digits after the point.
const LONG_FRACTION: usize = 6;
/// And only where at least this share of all numbers have a fraction.
const DECIMAL_SHARE: f64 = 0.9;
/// A duration is impossible from so many times the span of the timestamps on, the least mistake of a unit that is looked
/// for. Shorter ones are real where timestamps mark starts: a burst of requests may be sent within a second and wait for
/// half a minute.
pub(super) const IMPOSSIBLE_SPANS: f64 = 60.0;
/// A label of which every value lies at least so many times above the others may be one of another table.
pub(super) const FOREIGN_RATIO: f64 = 1e4;

/// That some values are whole numbers where so many others have long fractions.
pub(super) fn whole_among_decimals(case: &Case<'_>, values: &[usize], others: usize) -> Option<Reason> {
    let shape = case.shape.filter(|shape| shape.usual_digits() >= LONG_FRACTION)?;
    let mostly_decimals = shape.decimals() as f64 >= DECIMAL_SHARE * others as f64;
    let whole = mostly_decimals && values.iter().all(|index| case.measured.is_whole(*index));
    whole.then(|| Reason::WholeAmongDecimals(shape.usual_digits()))
}

/// That a duration is longer than its whole recording could hold.
pub(super) fn longer_than_recording(case: &Case<'_>, index: usize) -> Option<Reason> {
    let span = case.span.filter(|span| case.dimension == Dimension::Time && *span > 0.0)?;
    (case.value(index) > IMPOSSIBLE_SPANS * span).then_some(Reason::LongerThanFile(span))
}

/// Whether the value is a duration just above a round time at which programs give up.
pub(super) fn is_timeout(case: &Case<'_>, index: usize) -> bool {
    let value = case.value(index);
    case.dimension == Dimension::Time
        && DEADLINES.iter().any(|deadline| value >= *deadline && value <= deadline * (1.0 + DEADLINE_SLACK))
}
