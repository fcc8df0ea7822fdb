//! Instants from timestamp columns and from numbers: nanoseconds, all on one axis.
//!
//! In: a column of a table. Out: a nanosecond count for each row, and what the numbers were taken for. Whole-number and
//! decimal seconds, milliseconds, microseconds and nanoseconds since 1970 are told apart by their size; smaller numbers
//! are a monotonic clock, in seconds unless the column's name says otherwise.

use crate::table::{CellType, Table};

use crate::analysis::chat::names;
use crate::analysis::chat::result::ClockKind;

/// Numbers of this many units since 1970 lie between the years 2001 and 2096.
const UNIX_SECONDS: std::ops::Range<f64> = 1.0e9..4.0e9;
/// Beyond this a double does not hold every whole number.
const EXACT: f64 = 9_007_199_254_740_992.0;
/// Nanoseconds in a second.
pub(crate) const NANOS: f64 = 1e9;
/// Instants further apart than this, in two groups, may come from two clocks.
const APART: i64 = 86_400 * 1_000_000_000;
/// And so many times the span of the larger group.
const APART_SPANS: i64 = 10;
/// A group with less than this share of the instants is the wrong clock even where it stands in one piece.
const FEW: f64 = 0.1;

/// The instants of a column.
#[derive(Debug, Clone)]
pub(crate) struct Instants {
    /// Nanoseconds, by row.
    pub(crate) nanos: Vec<Option<i64>>,
    /// What they were taken for.
    pub(crate) kind: ClockKind,
    /// Whether whole numbers were too large to be held exactly.
    pub(crate) rounded: bool,
}

/// The instants of a column; `None` where its cells are neither dates nor numbers.
pub(crate) fn of_column(table: &Table, column: usize) -> Option<Instants> {
    let cells = table.columns[column].cells;
    if cells == CellType::Timestamp {
        return Some(Instants { nanos: table.instants(column), kind: ClockKind::Dates, rounded: false });
    }
    if !cells.is_number() {
        return None;
    }
    let numbers = table.numbers(column);
    let typical = median(&numbers)?;
    let (kind, to_nanos) = scale(typical, &table.columns[column].name);
    let rounded = kind == ClockKind::Nanoseconds && typical > EXACT;
    // Seconds since 1970 take ten digits: multiplying the whole and the rest apart keeps what the file holds.
    let nanos = |number: f64| {
        let whole = number.trunc();
        let scaled = i128::from(whole as i64) * i128::from(to_nanos as i64)
            + i128::from(((number - whole) * to_nanos).round() as i64);
        i64::try_from(scaled).ok()
    };
    let nanos = numbers.into_iter().map(|number| number.filter(|number| number.is_finite()).and_then(nanos)).collect();
    Some(Instants { nanos, kind, rounded })
}

fn scale(typical: f64, name: &str) -> (ClockKind, f64) {
    let kinds = [
        (1.0, ClockKind::Seconds),
        (1e3, ClockKind::Milliseconds),
        (1e6, ClockKind::Microseconds),
        (1e9, ClockKind::Nanoseconds),
    ];
    let found =
        kinds.into_iter().find(|(scale, _)| (UNIX_SECONDS.start * scale..UNIX_SECONDS.end * scale).contains(&typical));
    match found {
        Some((scale, kind)) => (kind, NANOS / scale),
        None => (ClockKind::Monotonic, names::seconds_of_name(name).unwrap_or(1.0) * NANOS),
    }
}

fn median(numbers: &[Option<f64>]) -> Option<f64> {
    let mut values: Vec<f64> = numbers.iter().flatten().copied().filter(|number| number.is_finite()).collect();
    let middle = values.len().checked_sub(1)? / 2;
    let (_, median, _) = values.select_nth_unstable_by(middle, f64::total_cmp);
    Some(*median)
}

/// Rows whose instants belong to another clock than most others, where there are two.
pub(crate) fn other_clock(nanos: &[Option<i64>]) -> Option<Vec<usize>> {
    let mut sorted: Vec<i64> = nanos.iter().flatten().copied().collect();
    let low = *sorted.iter().min()?;
    let high = *sorted.iter().max()?;
    if high.checked_sub(low).is_some_and(|span| span <= APART) {
        return None;
    }
    sorted.sort_unstable();
    let gap = |at: usize| sorted[at].saturating_sub(sorted[at - 1]);
    let at = (1..sorted.len()).max_by_key(|&at| gap(at))?;
    let lower = sorted[at - 1].saturating_sub(low);
    let upper = high.saturating_sub(sorted[at]);
    if gap(at) <= APART || gap(at) < lower.max(upper).saturating_mul(APART_SPANS) {
        return None;
    }
    let border = sorted[at];
    let lower_is_wrong = at * 2 < sorted.len();
    let wrong: Vec<usize> = nanos
        .iter()
        .enumerate()
        .filter(|(_, instant)| instant.is_some_and(|instant| (instant < border) == lower_is_wrong))
        .map(|(row, _)| row)
        .collect();
    let in_one_piece =
        wrong.last()? - wrong.first()? + 1 == wrong.len() && (wrong[0] == 0 || wrong.last()? + 1 == nanos.len());
    // Two runs on two days stand one behind the other and both count.
    (!in_one_piece || (wrong.len() as f64) < FEW * sorted.len() as f64).then_some(wrong)
}

/// Seconds between two instants.
pub(crate) fn seconds(from: i64, to: i64) -> f64 {
    to.saturating_sub(from) as f64 / NANOS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_size_of_a_number_tells_its_clock() {
        for (typical, kind) in [
            (1.7e9, ClockKind::Seconds),
            (1.7e12, ClockKind::Milliseconds),
            (1.7e15, ClockKind::Microseconds),
            (1.7e18, ClockKind::Nanoseconds),
            (12_345.6, ClockKind::Monotonic),
        ] {
            assert_eq!(scale(typical, "ts").0, kind);
        }
        assert_eq!(scale(12.0, "clock_ms"), (ClockKind::Monotonic, 1e6));
    }

    #[test]
    fn a_few_instants_of_another_clock_are_found_and_two_days_are_not() {
        let day = APART;
        let mut nanos: Vec<Option<i64>> = (0..100).map(|i| Some(20_000 * day + i * 1_000_000)).collect();
        assert_eq!(other_clock(&nanos), None);
        nanos[7] = Some(5);
        nanos[60] = Some(9);
        assert_eq!(other_clock(&nanos), Some(vec![7, 60]));
        let runs: Vec<Option<i64>> = (0..100).map(|i| Some((i / 50) * 3 * day + i)).collect();
        assert_eq!(other_clock(&runs), None);
    }
}
