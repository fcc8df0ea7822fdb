//! Columns that say how far it had come: totals up to each row, and positions.
//!
//! In: a table with roles and units. Out: what the last row has of each running total; the columns are no samples. That numbers never
//! fall is no proof of it: a name or the arithmetic has to show that they add up.

use crate::measure::Statistic;
use crate::measure::reported::{Reported, ReportedValue};
use crate::table::packed::Cells;
use crate::table::{CellType, Instants, Role, Table};

use super::design::counted;
use super::name;
use super::since_start::{self, Growth};
use super::vocabulary::{self, Kind, Words};

/// In so many rows numbers may rise by chance or because somebody sorted them.
const FEWEST_ROWS: usize = 20;
/// The same of numbers that go on as the clock of their rows does.
const FEWEST_BY_CLOCK: usize = 5;
/// Rows by which most columns are known not to be totals.
const LOOKED_AT: usize = 200;
/// More stretches than this are not reported one by one.
const MOST_STRETCHES: usize = 20;
/// Totals up to a row, by their names alone.
const CUMULATIVE: Words = Words::of("cumulative cum cumulated accumulated cumul");
/// What is added up from row to row, where the numbers show it.
const ADDS_UP: Words = Words::of(
    "total usd eur dollars dollar cost costs price tokens token chars characters emissions emission co2 energy kwh wh joules joule \
     consumed spent seconds bytes sent received transferred",
);

/// Of a first column without a name whose numbers rise in each of many rows: a clock or a position. Beside it another column of numbers
/// falls, so that nobody has sorted samples.
pub(super) fn set_positions_aside(table: &mut Table) {
    let Some(first) = table.columns.first().filter(|column| column.role == Role::Metric && column.cells.is_number())
    else {
        return;
    };
    let unnamed = first.name.is_empty() || first.name == "column_1" || first.name.starts_with("Unnamed");
    if !unnamed {
        return;
    }
    let falls = |column: usize| column > 0 && falls(table.values(column));
    if let Some(starts) = since_start::begins_anew(table.values(0))
        && table.run_starts.is_empty()
        && table.columns_as(Role::Metric).any(falls)
    {
        table.run_starts = starts;
        let column = &mut table.columns[0];
        column.role = Role::Unused;
        "a first column without a name that goes on evenly and begins anew: a clock of several runs"
            .clone_into(&mut column.role_reason);
        return;
    }
    if table.values(0).count() < FEWEST_ROWS || !rises_throughout(table.values(0)) {
        return;
    }
    if table.columns_as(Role::Metric).any(falls) {
        let column = &mut table.columns[0];
        column.role = Role::Unused;
        "a first column without a name that rises from row to row: a clock or a position"
            .clone_into(&mut column.role_reason);
    }
}

/// Whether numbers rise in each row; in many rows a few may step back a little, as packets that came at once do.
fn rises_throughout(cells: &Cells) -> bool {
    const MANY: usize = 100;
    /// Of all steps, and of the whole range.
    const FEW: f64 = 0.05;
    const LITTLE: f64 = 0.01;
    let (mut count, mut back, mut farthest) = (0_usize, 0_usize, 0.0_f64);
    let (mut first, mut before) = (f64::NAN, f64::NEG_INFINITY);
    for number in cells.iter().flatten() {
        first = if count == 0 { number } else { first };
        count += 1;
        if number <= before {
            back += 1;
            farthest = farthest.max(before - number);
            if count < MANY {
                return false;
            }
        }
        before = number;
    }
    back as f64 <= FEW * count as f64 && farthest <= LITTLE * (before - first) && before > first
}

fn falls(cells: &Cells) -> bool {
    let mut before = f64::NEG_INFINITY;
    cells.iter().flatten().any(|number| std::mem::replace(&mut before, number) > number)
}

/// The rows between which a running total begins anew, and whether the clock of the rows shows it.
struct Course {
    /// First rows of the stretches.
    starts: Vec<usize>,
    /// What the rows are numbered by, where a column does so.
    by: Option<usize>,
}

/// What the last row of each running total says; their columns are marked.
pub(super) fn take(table: &mut Table) -> Vec<Reported> {
    let rows = usize::try_from(table.lines.rows()).unwrap_or_default();
    let mut reported = named_in_a_log(table, rows);
    let metrics: Vec<usize> =
        table.columns_as(Role::Metric).filter(|column| hardly_falls(table.values(*column))).collect();
    if rows < FEWEST_BY_CLOCK || metrics.is_empty() || varies_by_setting(table) {
        return reported;
    }
    let elapsed: Vec<usize> = metrics.iter().copied().filter(|column| is_elapsed(table, *column)).collect();
    let mut found: Vec<(usize, &str, Vec<usize>)> =
        elapsed.iter().map(|column| (*column, "it goes on as the clock of its rows does", vec![0])).collect();
    let course = course(table, rows);
    let starts = course.as_ref().map_or(&[][..], |course| &course.starts);
    let by = course.as_ref().and_then(|course| course.by);
    let together = since_start::counted_together(table, &metrics, starts);
    let begin = if starts.is_empty() { vec![0] } else { starts.to_vec() };
    found.extend(
        together
            .iter()
            .map(|column| (*column, "counted since a machine was started, and it never falls", begin.clone())),
    );
    let is_time = |column: &usize| is_of_time(&table.columns[*column].name);
    // A latency may grow throughout where a service is overloaded: times add up beside other totals only.
    let (times, others): (Vec<usize>, Vec<usize>) =
        metrics.into_iter().filter(|column| !elapsed.contains(column) && !together.contains(column)).partition(is_time);
    for column in others.into_iter().chain(times) {
        if is_time(&column) && found.is_empty() {
            continue;
        }
        if let Some(reason) = increments_elsewhere(table, column, rows) {
            found.push((column, reason, vec![0]));
        } else if by.is_some_and(|by| is_multiple(table, column, by)) {
            found.push((column, "so much of it stands for each step", starts.to_vec()));
        } else if adds_up(table, column, starts, !elapsed.is_empty()) {
            found.push((column, "it never falls, and begins with about as much as it grows by", starts.to_vec()));
        } else if since_start::is_counter(table, column, starts) {
            found.push((column, "called like what is counted, and it never falls", starts.to_vec()));
        }
    }
    if let Some((columns, starts)) = since_start::unnamed_counters(table).filter(|_| found.is_empty()) {
        let reason = "several columns without a name never fall but all together, as counters of a machine do";
        found.extend(columns.into_iter().map(|column| (column, reason, starts.clone())));
    }
    let counter = by.filter(|by| !found.is_empty() && table.columns[*by].role == Role::Metric);
    for (column, reason, starts) in found {
        reported.extend(last_values(table, column, &starts, rows));
        let column = &mut table.columns[column];
        column.role = Role::Unused;
        column.role_reason = format!("a total up to each row ({reason}), and no sample");
    }
    if let Some(counter) = counter {
        let column = &mut table.columns[counter];
        column.role = Role::Identifier;
        "it counts the rows up to which totals go".clone_into(&mut column.role_reason);
    }
    reported
}

/// The totals that a log calls so, of however few rows: beside ticks of a processor a row is of a moment, and no result.
fn named_in_a_log(table: &mut Table, rows: usize) -> Vec<Reported> {
    if !since_start::is_beside_ticks(table) {
        return Vec::new();
    }
    let is_total = |column: &usize| {
        let of = &table.columns[*column].name;
        CUMULATIVE.among(&name::words(name::leaf(of))).is_some() && may_add_up(of) && !falls(table.values(*column))
    };
    let totals: Vec<usize> = table.columns_as(Role::Metric).filter(is_total).collect();
    let mut reported = Vec::new();
    for column in totals {
        reported.extend(last_values(table, column, &[0], rows));
        table.columns[column].role = Role::Unused;
        "a total up to each row, by its name in a log, and no sample"
            .clone_into(&mut table.columns[column].role_reason);
    }
    reported
}

/// Whether the first numbers of a column hardly ever fall: those of a total do so only where it begins anew.
fn hardly_falls(cells: &Cells) -> bool {
    let beginning: Vec<f64> = cells.iter().take(LOOKED_AT).flatten().collect();
    let falls = beginning.windows(2).filter(|pair| pair[1] < pair[0]).count();
    let rises = beginning.windows(2).filter(|pair| pair[1] > pair[0]).count();
    5 * falls < beginning.len() && rises > falls
}

fn is_of_time(column: &str) -> bool {
    matches!(name::read(column).kind, Some(Kind::Duration | Kind::RunLength))
}

/// Whether something was tried with different settings: what rises then may rise with them.
fn varies_by_setting(table: &Table) -> bool {
    table.columns_as(Role::Setting).any(|column| {
        if !table.columns[column].cells.is_number() {
            return table.columns[column].dictionary.iter().filter(|text| !text.is_empty()).count() > 1;
        }
        counted(table.values(column), 1).is_none()
    })
}

/// Whether a duration is how long the run had lasted: it grows from row to row by as much as the clock does.
fn is_elapsed(table: &Table, column: usize) -> bool {
    /// A clock may be in whole seconds.
    const ROUNDING: f64 = 1.0;
    const TOLERANCE: f64 = 0.02;
    /// What says that it is a time, and not of what.
    const BARE: Words = Words::of("t s sec secs second seconds time");
    let said = name::read(&table.columns[column].name);
    let words = name::words(name::leaf(&table.columns[column].name));
    let is_bare = matches!(&words[..], [only] if BARE.has(only));
    let may_be = said.kind == Some(Kind::RunLength)
        || said.kind == Some(Kind::Duration) && vocabulary::RUN_OR_LATENCY.among(&words).is_some()
        || is_bare;
    if !may_be || said.statistic.is_some() {
        return false;
    }
    // A unit that the name states is no other one.
    let stated = said.unit.map(|unit| 1.0 / unit.to_base(1.0));
    let Some(clock) = table.columns_as(Role::Timestamp).next() else { return false };
    let cells = table.values(column);
    let beginning: Vec<f64> = cells.iter().take(LOOKED_AT).flatten().collect();
    if beginning.len() < FEWEST_BY_CLOCK || beginning.windows(2).any(|pair| pair[1] < pair[0]) {
        return false;
    }
    let mut instants = Vec::new();
    Instants::of(table, clock).each(&mut |row, instant| instants.push((row, instant as f64 / 1e9)));
    let pairs: Vec<(f64, f64)> =
        instants.into_iter().filter_map(|(row, instant)| Some((cells.number(row)?, instant))).collect();
    let Some((first, last)) = pairs.first().zip(pairs.last()).filter(|_| pairs.len() >= FEWEST_BY_CLOCK) else {
        return false;
    };
    let (grown, gone) = (last.0 - first.0, last.1 - first.1);
    let near = |one: f64, other: f64, slack: f64| (one - other).abs() <= TOLERANCE * other.abs() + slack;
    let fits = |factor: &f64| {
        near(grown / factor, gone, ROUNDING)
            && pairs.windows(2).all(|pair| {
                let (step, of_clock) = ((pair[1].0 - pair[0].0) / factor, pair[1].1 - pair[0].1);
                step >= 0.0 && near(step, of_clock, ROUNDING)
            })
    };
    // Steps that rounding hides prove nothing.
    let by_clock = gone >= 10.0 * ROUNDING && gone / pairs.len() as f64 > ROUNDING;
    by_clock && stated.map_or_else(|| [1.0, 1e3, 1e6, 1e9].iter().any(fits), |stated| fits(&stated))
}

/// Where the rows begin anew: by a column that counts on and starts again, else by a clock that never goes back.
fn course(table: &Table, rows: usize) -> Option<Course> {
    let by_name = (0..table.columns.len()).find(|column| {
        let of = &table.columns[*column];
        let words = name::words(name::leaf(&of.name));
        let called = words.last().is_some_and(|last| vocabulary::PROGRESS.has(last));
        called && of.cells == CellType::Integer && table.values(*column).count() == rows
    });
    let counter = || (0..table.columns.len()).find(|column| counts_on(table, *column));
    if let Some(by) = by_name.or_else(counter) {
        let mut starts = vec![0];
        let mut before = (f64::NEG_INFINITY, 0);
        for (row, number) in table.values(by).iter().enumerate() {
            let Some(number) = number else { continue };
            if number < before.0 {
                starts.push(row);
            }
            before = (number, row);
        }
        return Some(Course { starts, by: Some(by) });
    }
    let clock = table.columns_as(Role::Timestamp).next()?;
    let (mut last, mut forward) = (i64::MIN, true);
    Instants::of(table, clock).each(&mut |_, instant| {
        forward &= instant >= last;
        last = instant;
    });
    let goes_on = Instants::of(table, clock).goes_on();
    (forward && goes_on).then_some(Course { starts: vec![0], by: None })
}

/// Whether whole numbers go on by one from row to row, or begin again with 0 or 1.
fn counts_on(table: &Table, column: usize) -> bool {
    let of = &table.columns[column];
    if of.cells != CellType::Integer || !matches!(of.role, Role::Metric | Role::Identifier) {
        return false;
    }
    let mut numbers = table.values(column).iter().flatten();
    let Some(mut before) = numbers.next().filter(|first| matches!(first, 0.0 | 1.0)) else { return false };
    let first = before;
    let (mut count, mut by_ones) = (1, 0);
    let all = numbers.all(|number| {
        let goes_on = number == before + 1.0;
        by_ones += usize::from(goes_on);
        count += 1;
        before = number;
        goes_on || number == first
    });
    all && count >= FEWEST_ROWS && 2 * by_ones >= count
}

/// Whether a column is the same multiple of another one in every row, in many steps.
fn is_multiple(table: &Table, column: usize, by: usize) -> bool {
    if column == by || !may_add_up(&table.columns[column].name) {
        return false;
    }
    let mut factor = None;
    let mut different = 0;
    let mut before = f64::NAN;
    let all = table.values(column).iter().zip(table.values(by).iter()).all(|(number, step)| {
        let (Some(number), Some(step)) = (number, step) else { return true };
        different += usize::from(step != before);
        before = step;
        if step == 0.0 {
            return number == 0.0;
        }
        *factor.get_or_insert(number / step) == number / step
    });
    all && factor.is_some_and(|factor| factor > 1.0) && different >= FEWEST_ROWS
}

fn may_add_up(column: &str) -> bool {
    let words = name::words(name::leaf(column));
    let said = name::read(column);
    (ADDS_UP.among(&words).is_some() || CUMULATIVE.among(&words).is_some())
        && !matches!(said.kind, Some(Kind::Rate | Kind::Share))
        && said.statistic.is_none()
        && vocabulary::MEMORY.among(&words).is_none()
        && !words.iter().any(|word| word == "per")
}

/// Whether another column holds what a column grows by from row to row.
fn increments_elsewhere(table: &Table, column: usize, rows: usize) -> Option<&'static str> {
    /// Of an increment: what rounding explains.
    const SAME: f64 = 1e-3;
    let cells = table.values(column);
    if rows < FEWEST_ROWS || cells.count() != rows {
        return None;
    }
    let beginning: Vec<f64> = cells.iter().take(LOOKED_AT).flatten().collect();
    let rises = beginning.windows(2).filter(|pair| pair[1] > pair[0]).count();
    if beginning.windows(2).any(|pair| pair[1] < pair[0]) || 2 * rises < beginning.len() {
        return None;
    }
    let fits = |other: &usize| {
        *other != column && table.values(*other).count() == rows && {
            let mut before: Option<f64> = None;
            let mut first: Option<f64> = None;
            let mut differs = false;
            let all = cells.iter().zip(table.values(*other).iter()).all(|(number, part)| {
                let (Some(number), Some(part)) = (number, part) else { return false };
                differs |= first.is_some_and(|first| first != part);
                first = first.or(Some(part));
                let grown = before.replace(number).map(|before| number - before);
                grown.is_none_or(|grown| part >= 0.0 && (grown - part).abs() <= SAME * part)
            });
            all && differs
        }
    };
    table.columns_as(Role::Metric).find(fits).map(|_| "another column holds what it grows by")
}

/// Whether the numbers of a column never fall in any stretch, and grow as what is added up does.
fn adds_up(table: &Table, column: usize, starts: &[usize], beside_elapsed: bool) -> bool {
    let words = name::words(name::leaf(&table.columns[column].name));
    let named = CUMULATIVE.among(&words).is_some();
    if !may_add_up(&table.columns[column].name) {
        return false;
    }
    let fewest = if named || beside_elapsed { FEWEST_BY_CLOCK } else { FEWEST_ROWS };
    let Some(Growth { first, steps, rises, largest, halves: [early, late], .. }) =
        since_start::growth(table.values(column), starts)
    else {
        return false;
    };
    if steps + 1 < fewest || 2 * rises < steps || rises + 1 < fewest.min(FEWEST_ROWS / 2) {
        return false;
    }
    // What doubles from row to row is tried in sizes, and what begins high was there before.
    let even = early <= 8.0 * late && late <= 8.0 * early;
    named || even && first <= 2.0 * largest
}

/// The last value of each stretch.
fn last_values(table: &Table, column: usize, starts: &[usize], rows: usize) -> Vec<Reported> {
    if starts.len() > MOST_STRETCHES {
        return Vec::new();
    }
    let of = &table.columns[column];
    let ends = starts.iter().skip(1).copied().chain([rows]);
    let last = |(start, end): (&usize, usize)| {
        let row = (*start..end).rev().find(|row| table.values(column).is_present(*row))?;
        let value = value_in_row(table, column, row)?;
        let label = value.line.filter(|_| starts.len() > 1).map(|line| format!("up to line {line}"));
        let meaning = Some("a total up to each row: that of the last one".to_owned());
        Some(Reported { metric: of.name.clone(), label, meaning, polarity: of.polarity, values: vec![value] })
    };
    starts.iter().zip(ends).filter_map(last).collect()
}

/// The number of a row as one that is reported.
pub(super) fn value_in_row(table: &Table, column: usize, row: usize) -> Option<ReportedValue> {
    let of = &table.columns[column];
    Some(ReportedValue {
        statistic: Statistic::Value,
        value: table.values(column).number(row)?,
        unit: of.unit(),
        unit_assumed: of.unit.as_ref().is_some_and(|choice| choice.assumed),
        line: table.lines.line(row as u64),
    })
}
