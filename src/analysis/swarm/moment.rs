//! When a record was written.
//!
//! In: its stamps, its date, its file's name. Out: nanoseconds since 1970 UTC, by the most exact of them: the stamps,
//! then the date, then the name. Refuses what is beyond the range of such a number.

use crate::table::swarm::Stamps;

const DAY_NANOS: i64 = 86_400 * SECOND_NANOS;
const SECOND_NANOS: i64 = 1_000_000_000;

/// A record of a source, and when it was written.
#[derive(Debug)]
pub(crate) struct SourceRecord<'a, R> {
    pub(crate) source: &'a str,
    /// Nanoseconds since 1970 UTC.
    pub(crate) at: Option<i64>,
    pub(crate) record: &'a R,
}

/// The moment of a record; for a client's file that knows only its day, the beginning of that day.
pub(crate) fn of(stamps: &Stamps) -> Option<i64> {
    let file_time = stamps.file_time.filter(|_| stamps.moment == stamps.file_moment);
    stamped(stamps)
        .or(stamps.date)
        .or_else(|| joined(stamps.moment?, file_time?))
        .or_else(|| named(stamps))
        .or_else(|| joined(stamps.moment.or(stamps.file_moment)?, 0.0))
}

/// Whether a record knows its day and no more.
pub(crate) fn is_day_only(stamps: &Stamps) -> bool {
    stamps.date.is_none() && stamps.time.is_none() && stamps.file_time.is_none()
}

/// The moment of `momentStamp` and `timeStamp`.
pub(crate) fn stamped(stamps: &Stamps) -> Option<i64> {
    joined(stamps.moment?, stamps.time?)
}

/// The moment of the file's name.
pub(crate) fn named(stamps: &Stamps) -> Option<i64> {
    joined(stamps.file_moment?, stamps.file_time?)
}

fn joined(days: i64, seconds: f64) -> Option<i64> {
    days.checked_mul(DAY_NANOS)?.checked_add((seconds * SECOND_NANOS as f64).round() as i64)
}

/// A moment in ISO 8601.
pub(crate) fn iso(nanos: i64) -> String {
    // Every number of nanoseconds in 64 bits is a moment.
    jiff::Timestamp::from_nanosecond(i128::from(nanos)).map_or_else(|_| String::new(), |at| at.to_string())
}

/// The day of a moment in ISO 8601.
pub(crate) fn iso_day(nanos: i64) -> String {
    iso(nanos).chars().take_while(|character| *character != 'T').collect()
}

/// The seconds from one moment to a later one; negative for an earlier one.
pub(crate) fn seconds_between(from: i64, to: i64) -> f64 {
    to.saturating_sub(from) as f64 / SECOND_NANOS as f64
}

/// The difference of two durations in seconds, without the noise of their binary fractions.
pub(crate) fn minus(left: f64, right: f64) -> f64 {
    let nanos = SECOND_NANOS as f64;
    ((left * nanos).round() - (right * nanos).round()) / nanos
}

/// The sum of two durations in seconds, without the noise of their binary fractions.
pub(crate) fn plus(left: f64, right: f64) -> f64 {
    minus(left, -right)
}
