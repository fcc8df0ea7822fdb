//! What the clock of a table did.
//!
//! In: a table with a column of instants. Out: where its clock runs backwards or jumps, and how long it was recorded. Rows need
//! not stand in the order of one clock: the clock is followed thread by thread, label by label, or table by table where one of
//! these explains every step back, and a table that is in no order of time at all says nothing about a clock.

use std::collections::{HashMap, HashSet};

use super::codes::labels_of_column;
use crate::measure::unit::Dimension;
use crate::stats::recording::{self, Clock};
use crate::table::{CellType, Column, Instants, Role, Table};

/// From this share of steps back on, rows are in another order than that of time.
const UNORDERED_SHARE: f64 = 0.1;
/// Fewer steps back are mistakes, however short the table.
const UNORDERED_STEPS: usize = 5;
/// A series has at least so many rows on average; fewer explain any step back.
const LEAST_SERIES: usize = 5;
/// So many columns may name the series, alone or two together.
const MOST_COLUMNS: usize = 8;
/// Of longer tables no pairs of columns are tried.
const MOST_ROWS_OF_PAIRS: usize = 1 << 20;
/// Tables that were stacked begin within this share of the whole span of each other.
const SAME_BEGINNING: f64 = 0.02;

/// The clock of a table; absent where no column holds instants, or rows were sorted by something else.
pub(super) fn of_table(table: &Table, metrics: &[usize]) -> Option<Clock> {
    let column = table.columns_as(Role::Timestamp).next().filter(|_| table.order_is_recorded)?;
    let longest = metrics
        .iter()
        .filter(|metric| table.columns[**metric].unit().dimension.is_time())
        .map(|metric| longest_duration(table, *metric))
        .fold(0.0, f64::max);
    // A row may be written after it ended, with pauses inside that its duration leaves out: hence twice.
    let tolerance = (2.0 * longest * 1e9) as i64;
    let instants = Instants::of(table, column);
    let mut clock = recording::clock(&|take| instants.each(take), tolerance);
    // A pause between two runs is none of a run.
    clock.jumps.retain(|row| table.run_starts.binary_search(row).is_err());
    if clock.backwards.is_empty() {
        return Some(clock);
    }
    let steps = instants.count().saturating_sub(1);
    let many = clock.backwards.len() >= UNORDERED_STEPS.max((UNORDERED_SHARE * steps as f64) as usize);
    let explained = || is_stacked(&instants, &clock) || goes_on_in_series(table, &instants, tolerance);
    if many || explained() || begins_anew(table, &clock) {
        clock.backwards.clear();
        if many {
            // Pauses of rows in another order are none of the clock.
            clock.jumps.clear();
        }
    }
    Some(clock)
}

/// Whether tables that cover the same time stand below each other: at each step back the clock begins where it began first, and
/// stays below what was reached before for most of the rows up to the next one.
fn is_stacked(instants: &Instants<'_>, clock: &Clock) -> bool {
    /// Fewer rows are no table.
    const FEWEST_ROWS: usize = 3;
    let Some(span) = clock.span else { return false };
    let slack = (SAME_BEGINNING * span as f64) as i64;
    let (mut begin, mut latest) = (None, i64::MIN);
    // For each table: whether it begins at the first instant, how many rows it has, and how many of them are no later than what
    // was reached above it.
    let mut tables: Vec<(bool, usize, usize)> = Vec::new();
    let mut reached = i64::MIN;
    let mut steps = clock.backwards.iter().copied().peekable();
    instants.each(&mut |row, at| {
        let begin = *begin.get_or_insert(at);
        if tables.is_empty() || steps.next_if_eq(&row).is_some() {
            reached = latest;
            tables.push(((at - begin).abs() <= slack, 0, 0));
        }
        if let Some((_, rows, below)) = tables.last_mut() {
            *rows += 1;
            *below += usize::from(at <= reached);
        }
        latest = latest.max(at);
    });
    let (Some((_, first, _)), others) = (tables.first(), tables.get(1..).unwrap_or_default()) else { return false };
    *first >= FEWEST_ROWS
        && others.iter().all(|(begins, rows, below)| *begins && *rows >= FEWEST_ROWS && 2 * below > *rows)
}

/// Whether a table has a column of instants.
pub(super) fn is_recorded(table: &Table) -> bool {
    table.columns_as(Role::Timestamp).next().is_some()
}

/// Whether something that was tried begins at each of several steps back: a text or a number of few, which no row above has. Files of
/// several runs are put together so.
fn begins_anew(table: &Table, clock: &Clock) -> bool {
    /// Once or twice it may be by chance.
    const FEWEST_STEPS: usize = 3;
    if clock.backwards.len() < FEWEST_STEPS {
        return false;
    }
    let rows = usize::try_from(table.lines.rows()).unwrap_or(usize::MAX);
    let mut first_rows: HashSet<usize> = HashSet::new();
    for column in table.columns_as(Role::Label).chain(table.columns_as(Role::Setting)) {
        let series = Series::of(table, column);
        if series.count * LEAST_SERIES <= rows {
            let mut seen = vec![false; series.count];
            let named = series.of_row.iter().enumerate();
            first_rows.extend(
                named.filter(|(_, name)| !std::mem::replace(&mut seen[**name as usize], true)).map(|(row, _)| row),
            );
        }
    }
    clock.backwards.iter().all(|row| first_rows.contains(row))
}

/// Whether one or two columns name series (threads, labels, hosts) whose clocks never run backwards.
fn goes_on_in_series(table: &Table, instants: &Instants<'_>, tolerance: i64) -> bool {
    let rows = usize::try_from(table.lines.rows()).unwrap_or(usize::MAX);
    let names = |column: &usize| match table.columns[*column].role {
        Role::Label | Role::Identifier | Role::Run | Role::MetricName | Role::Setting => true,
        Role::Unused | Role::Status => table.columns[*column].cells == CellType::Text,
        Role::Metric | Role::Timestamp => false,
    };
    let few = |series: &Series| series.count > 1 && series.count * LEAST_SERIES <= rows;
    let named = (0..table.columns.len()).filter(names);
    let series: Vec<Series> = named.map(|column| Series::of(table, column)).filter(few).take(MOST_COLUMNS).collect();
    let goes_on = |series: &Series| !series.falls_back(instants, recording::least_backwards(tolerance));
    if series.iter().any(goes_on) {
        return true;
    }
    let pairs =
        || series.iter().enumerate().flat_map(|(index, one)| series[..index].iter().map(move |other| (one, other)));
    rows <= MOST_ROWS_OF_PAIRS && pairs().map(|(one, other)| one.with(other)).any(|both| few(&both) && goes_on(&both))
}

/// The series of each row.
struct Series {
    of_row: Vec<u32>,
    count: usize,
}

impl Series {
    fn of(table: &Table, column: usize) -> Self {
        let (cells, _) = labels_of_column(table, column);
        Self::numbered(cells.codes().into_iter())
    }

    fn with(&self, other: &Self) -> Self {
        Self::numbered(self.of_row.iter().copied().zip(other.of_row.iter().copied()))
    }

    fn numbered<Name: std::hash::Hash + Eq>(names: impl Iterator<Item = Name>) -> Self {
        let mut numbers: HashMap<Name, u32> = HashMap::new();
        let of_row = names
            .map(|name| {
                let next = numbers.len() as u32;
                *numbers.entry(name).or_insert(next)
            })
            .collect();
        Self { of_row, count: numbers.len() }
    }

    fn falls_back(&self, instants: &Instants<'_>, least: i64) -> bool {
        let mut latest = vec![i64::MIN; self.count];
        let mut falls = false;
        instants.each(&mut |row, at| {
            if let Some(latest) = self.of_row.get(row).and_then(|series| latest.get_mut(*series as usize)) {
                falls |= at.saturating_sub(*latest) < -least && *latest != i64::MIN;
                *latest = (*latest).max(at);
            }
        });
        falls
    }
}

/// The longest duration of less than a day, in seconds.
fn longest_duration(table: &Table, metric: usize) -> f64 {
    const DAY: f64 = 86_400.0;
    let column = &table.columns[metric];
    let mut longest = 0.0;
    let values = table.values(metric);
    values.visit_present(0..values.count(), |block| {
        for recorded in block {
            // Conversion keeps the order, so that few values need it.
            if *recorded > longest && column.to_base(*recorded) < DAY {
                longest = *recorded;
            }
        }
    });
    seconds(column, longest)
}

/// A recorded duration in seconds. Where nobody states the unit, long numbers are not taken for seconds: this is a tolerance, no
/// number of a report.
pub(super) fn seconds(column: &Column, recorded: f64) -> f64 {
    const LONG_SECONDS: f64 = 20.0;
    let unstated = column.unit().dimension == Dimension::UnstatedTime;
    if unstated && recorded > LONG_SECONDS { recorded / 1e3 } else { column.to_base(recorded) }
}
