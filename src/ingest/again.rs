//! Stretches of the same time that stand below each other: a clock that comes back to where it began, and covers as much time again.
//!
//! In: a table with a clock in recorded order. Out: the rows at which such stretches begin. Refuses tables in no order of time, and those of
//! which a column says of what each stretch is (a thread, a host, what was tried): those are series, not runs.

use crate::table::{CellType, Instants, Role, Table};

/// A stretch begins within this share of the whole span of the first instant.
const SAME_BEGINNING: i64 = 50;
/// Each stretch but the last one covers at least this share of the whole span.
const LEAST_COVERED: i64 = 2;
/// Fewer rows are no stretch.
const FEWEST_ROWS: usize = 10;
/// More stretches are sweeps of a device, or pages of one.
const MOST_STRETCHES: usize = 20;
/// Rows of a stretch that may stand before those above them, one in so many.
const UNORDERED: usize = 20;
/// So many columns may say of what a stretch is.
const MOST_COLUMNS: usize = 32;
/// Nanoseconds from 1970 to 2001: a clock that begins earlier counts from a beginning of its own.
const SINCE_1970: i64 = 1_000_000_000_000_000_000;

/// Where stretches of the same time begin, but for the first one.
pub(super) struct Stretches {
    pub(super) starts: Vec<usize>,
    /// Whether the clock counts from a beginning of its own.
    pub(super) is_relative: bool,
}

/// Whether a clock comes back from far to where it began.
pub(super) fn is_back(first: i64, latest: i64, at: i64) -> bool {
    let reached = latest.saturating_sub(first);
    reached > 0 && at.saturating_sub(first).abs() <= reached / SAME_BEGINNING
}

/// The stretches of the same time in a table; `None` where there are none, or they are explained.
pub(super) fn stretches(table: &Table) -> Option<Stretches> {
    let column = table.columns_as(Role::Timestamp).next()?;
    let instants = Instants::of(table, column);
    let (mut first, mut latest, mut unordered, mut timed) = (None, i64::MIN, 0_usize, 0_usize);
    let mut starts: Vec<(usize, i64)> = Vec::new();
    instants.each(&mut |row, at| {
        let begin = *first.get_or_insert(at);
        timed += 1;
        if at < latest && is_back(begin, latest, at) && starts.len() <= MOST_STRETCHES {
            starts.push((row, latest));
            latest = at;
        } else {
            unordered += usize::from(at < latest);
            latest = latest.max(at);
        }
    });
    let first = first?;
    let longest = starts.iter().map(|(_, reached)| *reached).chain([latest]).max()?;
    let covers = |reached: i64| reached.saturating_sub(first) >= longest.saturating_sub(first) / LEAST_COVERED;
    let ends = starts.iter().map(|(row, _)| *row).chain([usize::try_from(table.lines.rows()).ok()?]);
    let mut from = 0;
    let are_long = ends.into_iter().all(|end| end - std::mem::replace(&mut from, end) >= FEWEST_ROWS);
    let fits = !starts.is_empty()
        && starts.len() < MOST_STRETCHES
        && are_long
        && starts.iter().all(|(_, reached)| covers(*reached))
        && covers(latest)
        && unordered * UNORDERED <= timed;
    let starts: Vec<usize> = starts.into_iter().map(|(row, _)| row).collect();
    (fits && !are_series(table, &starts))
        .then_some(Stretches { starts, is_relative: counts_from_nothing(first, longest) })
}

/// Whether a clock counts from the beginning of the run that it is of: from nothing, or nearly so. What begins later may be one of several that
/// write at a time.
fn counts_from_nothing(first: i64, longest: i64) -> bool {
    first < SINCE_1970 && first.abs() <= longest.saturating_sub(first) / SAME_BEGINNING
}

/// Whether columns say of what each stretch is: those that hold one text or number from its first row to its last differ at each border.
fn are_series(table: &Table, starts: &[usize]) -> bool {
    let rows = usize::try_from(table.lines.rows()).unwrap_or(usize::MAX);
    let begins: Vec<usize> = std::iter::once(0).chain(starts.iter().copied()).collect();
    let ends = starts.iter().copied().chain([rows]);
    let stretches: Vec<(usize, usize)> = begins.into_iter().zip(ends).collect();
    let names = |index: &usize| !matches!(table.columns[*index].role, Role::Metric | Role::Timestamp);
    let of_stretches = |index: usize| -> Option<Vec<u64>> {
        let column = &table.columns[index];
        let cell = |row: usize| -> Option<u64> {
            if column.cells.is_number() {
                table.values(index).number(row).map(f64::to_bits)
            } else if matches!(column.cells, CellType::Text | CellType::Boolean) {
                table.text_cells(index).code(row).map(u64::from)
            } else {
                None
            }
        };
        let of_one = |(begin, end): &(usize, usize)| {
            let first = cell(*begin)?;
            let same = |row: usize| cell(row) == Some(first);
            (same(begin.midpoint(*end)) && same(end - 1)).then_some(first)
        };
        stretches.iter().map(of_one).collect()
    };
    let named: Vec<Vec<u64>> =
        (0..table.columns.len()).filter(names).take(MOST_COLUMNS).filter_map(of_stretches).collect();
    (1..stretches.len()).all(|border| named.iter().any(|cells| cells[border - 1] != cells[border]))
}
