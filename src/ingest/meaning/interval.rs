//! How long rows stand for: the interval of a logger, and windows in which something was counted. Nobody measured it.
//!
//! In: a table with roles, and its clock or the ends of its stretches. Out: the same, in which such lengths are no metrics. Names are looked at
//! first; then the clock has to go on by that much from row to row, or each window to begin where the one before it ended.

use crate::measure::{Dimension, Polarity};
use crate::table::packed::Cells;
use crate::table::{CellType, Instants, Role, Table};

use super::name;
use super::position;
use super::since_start;
use super::vocabulary::{Kind, Words};

/// Called so, a duration may be that from one row to the next.
const INTERVAL: Words =
    Words::of("laptime lap interval intervals period dt delta window sampling poll polling step refresh");
/// What else may stand in such a name.
const OF_TIME: Words = Words::of(
    "time duration length elapsed window interval period s sec secs second seconds ms msec us ns sample between rows since last",
);
/// So many rows of a logger, and of a counter that says where its windows begin and end.
const FEWEST_ROWS: usize = 10;
const FEWEST_WINDOWS: usize = 5;
/// Rows by which one sees it.
const LOOKED_AT: usize = 1_000;
/// Of all rows, so many have the usual length.
const MOSTLY: f64 = 0.9;

/// Takes lengths that rows stand for from among the metrics.
pub(super) fn set_aside(table: &mut Table) {
    let metrics: Vec<usize> =
        table.columns_as(Role::Metric).filter(|column| table.columns[*column].cells.is_number()).collect();
    let mut starts: Option<Vec<usize>> = None;
    for column in metrics {
        let words = name::words(name::without_brackets(name::leaf(&table.columns[column].name)));
        let of_time = words.iter().all(|word| INTERVAL.has(word) || OF_TIME.has(word));
        let called = |one: Words| of_time && one.among(&words).is_some();
        let reason = if called(INTERVAL) && is_by_clock(table, column) {
            "the clock goes on by it from row to row: the interval of the rows, and nothing measured"
        } else if called(OF_TIME)
            && table.values(column).count() >= FEWEST_WINDOWS
            && is_of_windows(table, column, starts.get_or_insert_with(|| position::starts(table)))
        {
            "each row begins where the one before it ended, and is as long: the length of a window"
        } else if is_uptime(table, column) {
            "how long a machine had been up, beside a clock: another clock"
        } else if is_uptime_by_durations(table, column) {
            "it goes on by a duration beside it from row to row: how long the process had been up, a clock"
        } else {
            continue;
        };
        let same = name::without_brackets(&table.columns[column].name).to_owned();
        table.columns[column].role = Role::Unused;
        reason.clone_into(&mut table.columns[column].role_reason);
        // `Laptime(ms)` beside `Laptime`: what is behind the second.
        for other in table.columns.iter_mut().filter(|other| other.role == Role::Metric) {
            if name::without_brackets(&other.name) == same {
                other.role = Role::Unused;
                other.role_reason = format!("called like `{same}`, the interval of the rows");
            }
        }
    }
}

/// Says which way a share of uptime is better, once units are known.
pub(super) fn settle_uptime(table: &mut Table) {
    // Of thousands of names hardly any has to be taken apart.
    let is_called = |column: &usize| table.columns[*column].name.to_ascii_lowercase().contains("uptime");
    let metrics: Vec<usize> = table.columns_as(Role::Metric).filter(is_called).collect();
    for column in metrics {
        if table.columns[column].cells.is_number() && is_share_of_uptime(table, column) {
            table.columns[column].polarity = Polarity::HigherIsBetter;
        }
    }
}

/// `uptime_hms` beside a clock; a share of the time that something was up is called `uptime`, too.
fn is_uptime(table: &Table, column: usize) -> bool {
    let of = &table.columns[column];
    let words = name::words(name::leaf(&of.name));
    if !matches!(&words[..], [uptime, rest @ ..] if uptime == "uptime" && rest.len() <= 1) {
        return false;
    }
    let said = name::read(&of.name);
    let is_time = matches!(of.cells, CellType::Quantity(Dimension::Time))
        || matches!(said.kind, Some(Kind::Duration | Kind::RunLength))
            && said.unit.is_none_or(|unit| unit.dimension == Dimension::Time);
    is_time
        && table.columns_as(Role::Timestamp).any(|clock| Instants::of(table, clock).goes_on())
        && goes_on(table.values(column))
}

/// Whether what is called `uptime` goes on by the duration of a row, or of the next one, in nearly all steps: nothing else adds them up.
fn is_uptime_by_durations(table: &Table, column: usize) -> bool {
    const FEWEST_STEPS: usize = 4;
    /// What lies between two rows, by their length.
    const BETWEEN: f64 = 0.05;
    let said = name::read(&table.columns[column].name);
    let words = name::words(name::leaf(&table.columns[column].name));
    if words.first().is_none_or(|first| first != "uptime") {
        return false;
    }
    let cells = table.values(column);
    let rows = cells.rows().min(LOOKED_AT);
    let adds_up = |other: &usize| {
        let read = name::read(&table.columns[*other].name);
        if *other == column || read.unit != said.unit || !table.columns[*other].cells.is_number() {
            return false;
        }
        let durations = table.values(*other);
        let (mut steps, mut equal) = (0, 0);
        for row in 1..rows {
            let (Some(before), Some(now)) = (cells.number(row - 1), cells.number(row)) else { continue };
            let step = now - before;
            if step <= 0.0 {
                continue;
            }
            steps += 1;
            let near = |duration: Option<f64>| duration.is_some_and(|one| (one - step).abs() <= BETWEEN * step);
            equal += usize::from(near(durations.number(row)) || near(durations.number(row - 1)));
        }
        steps >= FEWEST_STEPS && equal as f64 >= MOSTLY * steps as f64
    };
    table.columns_as(Role::Metric).any(|other| adds_up(&other))
}

/// Whether a column called `uptime` and nothing else, in no unit, holds no clock of a machine: its numbers have decimals and do not go on
/// from row to row. It is a share of the time, and whatever else it were, the more of it the better.
fn is_share_of_uptime(table: &Table, column: usize) -> bool {
    let of = &table.columns[column];
    let words = name::words(name::leaf(&of.name));
    let cells = table.values(column);
    matches!(&words[..], [uptime] if uptime == "uptime")
        && matches!(of.unit().dimension, Dimension::Unknown | Dimension::Ratio | Dimension::UnstatedTime)
        && of.polarity == Polarity::Unknown
        && cells.count() >= FEWEST_ROWS
        && !cells.all(|number| number.fract() == 0.0)
        && !goes_on(cells)
}

/// Whether numbers grow from row to row until they begin anew: how long something took until it was up, or was up in all, does not.
fn goes_on(cells: &Cells) -> bool {
    let starts = since_start::begins_anew(cells).unwrap_or_else(|| vec![0]);
    since_start::growth(cells, &starts).is_some_and(|growth| 2 * growth.rises > growth.steps)
}

/// Whether nearly all numbers are the same, and the clock goes on by so much.
fn is_by_clock(table: &Table, column: usize) -> bool {
    /// A clock in whole seconds, and a logger that is busy.
    const TOLERANCE: f64 = 0.05;
    let Some(clock) = table.columns_as(Role::Timestamp).next() else { return false };
    let cells = table.values(column);
    let mut numbers: Vec<f64> = cells.iter().take(LOOKED_AT).flatten().collect();
    if numbers.len() < FEWEST_ROWS {
        return false;
    }
    numbers.sort_unstable_by(f64::total_cmp);
    let usual = numbers[numbers.len() / 2];
    let alike = numbers.iter().filter(|number| **number == usual).count();
    if usual <= 0.0 || (alike as f64) < MOSTLY * numbers.len() as f64 {
        return false;
    }
    let mut instants = Vec::new();
    Instants::of(table, clock).visit(0..cells.rows().min(LOOKED_AT), |instant| instants.extend(instant));
    let steps: Vec<f64> = instants.windows(2).map(|pair| (pair[1] - pair[0]) as f64 / 1e9).collect();
    let goes_on_by = |factor: f64| {
        let near = |step: &&f64| (**step * factor - usual).abs() <= TOLERANCE * usual;
        steps.len() + 1 >= FEWEST_ROWS && steps.iter().filter(near).count() as f64 >= MOSTLY * steps.len() as f64
    };
    let stated = name::read(&table.columns[column].name).unit.filter(|unit| unit.dimension.is_time());
    match (table.columns[column].cells, stated) {
        (CellType::Quantity(_), _) => goes_on_by(1.0),
        (_, Some(unit)) => goes_on_by(1.0 / unit.to_base(1.0)),
        _ => [1.0, 1e3, 1e6, 1e9].into_iter().any(goes_on_by),
    }
}

/// Whether it is the length of stretches that follow one another without a gap and are alike, beside a rate of what happened in them.
fn is_of_windows(table: &Table, column: usize, starts: &[usize]) -> bool {
    const ALIKE: f64 = 1.1;
    let is_rate = |other: usize| other != column && name::read(&table.columns[other].name).kind == Some(Kind::Rate);
    let Some((starts, ends)) = position::ends_of(table, column, starts) else { return false };
    if !(0..table.columns.len()).any(is_rate) {
        return false;
    }
    let ends: Vec<Option<f64>> = table.values(ends).iter().take(LOOKED_AT).collect();
    let follows = table.values(starts).iter().take(LOOKED_AT).skip(1).zip(&ends);
    // The last one may have been cut off.
    let mut lengths: Vec<f64> = table.values(column).iter().take(LOOKED_AT).flatten().collect();
    lengths.pop();
    let (low, high) = lengths.iter().fold((f64::INFINITY, 0.0_f64), |(low, high), one| (low.min(*one), high.max(*one)));
    low > 0.0
        && high <= ALIKE * low
        && follows.into_iter().all(|(start, end)| start.is_some() && start.map(f64::to_bits) == end.map(f64::to_bits))
}
