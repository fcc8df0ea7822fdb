//! Rows that say when something began and when it ended, and nothing else that is measured: how long it took is the difference.
//!
//! In: a table with roles in which nothing is measured. Out: the same with a column of durations. Refuses instants without decimals, which say
//! nothing of what took less than their step, and rows that end before they begin.

use crate::measure::Polarity;
use crate::measure::unit::Unit;
use crate::table::packed::CellsBuilder;
use crate::table::storage::Storage;
use crate::table::{CellType, Column, Instants, Role, Shape, Table, UnitChoice};

use super::name;
use super::profile::counts_since_1970;
use super::vocabulary::Words;

/// What the column is called.
const NAME: &str = "duration";
const BEGAN: Words = Words::of("start started begin began");
const ENDED: Words = Words::of("end ended finish finished complete completed done stop stopped");
/// What may stand beside such a word.
const AROUND: Words = Words::of("time at ts timestamp instant epoch unix utc s sec ms us ns nanos millis micros");
const SECOND: i64 = 1_000_000_000;
/// Digits behind the point of a second that a clock of nanoseconds has.
const MOST_DIGITS: usize = 9;

/// Adds the durations, where two columns tell them.
pub(super) fn add_durations(table: &mut Table, storage: &Storage) {
    let said = [Role::Metric, Role::MetricName].into_iter().any(|role| table.columns_as(role).next().is_some());
    if said || table.position(NAME).is_some() {
        return;
    }
    let Some([began, ended]) = pair(table) else { return };
    let (starts, ends) = (Instants::of(table, began), Instants::of(table, ended));
    let rows = usize::try_from(table.lines.rows()).unwrap_or_default();
    let lengths: Vec<Option<i64>> =
        (0..rows).map(|row| starts.at(row).zip(ends.at(row)).map(|(start, end)| end.saturating_sub(start))).collect();
    let are_lengths = lengths.iter().flatten().all(|length| *length >= 0);
    let tells = lengths.iter().flatten().any(|length| length % SECOND != 0);
    if !are_lengths || !tells {
        return;
    }
    let digits = [began, ended].map(|column| digits_of_second(table, column)).into_iter().max().unwrap_or(MOST_DIGITS);
    let step = 10_i64.pow(u32::try_from(MOST_DIGITS - digits.min(MOST_DIGITS)).unwrap_or_default());
    let mut cells = CellsBuilder::numbers(storage.clone());
    for length in lengths {
        match length {
            // A number of seconds since 1970 is not exact in its last digits.
            Some(length) => cells.push_number(((length + step / 2) / step * step) as f64 / SECOND as f64, false),
            None => cells.push_absent(),
        }
    }
    let names = [began, ended].map(|column| table.columns[column].name.clone());
    let reason = format!("`{}` less `{}` of the same row", names[1], names[0]);
    let mut fraction_digits = [0; Shape::DIGITS];
    fraction_digits[digits.min(Shape::DIGITS - 1)] = rows as u64;
    table.columns.push(Column {
        role: Role::Metric,
        role_reason: reason.clone(),
        unit: Some(UnitChoice { unit: Unit::SECOND, reason, assumed: false }),
        polarity: Polarity::LowerIsBetter,
        shape: Some(Shape { fraction_digits, ..Shape::default() }),
        ..Column::new(NAME.to_owned(), CellType::Decimal, cells.finish(), Vec::new())
    });
}

/// The only column that says when each row began, and the only one that says when it ended.
fn pair(table: &Table) -> Option<[usize; 2]> {
    let only = |known: Words| {
        let mut found =
            (0..table.columns.len()).filter(|index| is_called(table, *index, known) && are_instants(table, *index));
        found.next().filter(|_| found.next().is_none())
    };
    let pair = [only(BEGAN)?, only(ENDED)?];
    // A third instant is of something between them, which says more of what the rows are.
    let others = (0..table.columns.len()).any(|index| !pair.contains(&index) && are_instants(table, index));
    (!others).then_some(pair)
}

fn is_called(table: &Table, index: usize, known: Words) -> bool {
    let words = name::words(name::leaf(&table.columns[index].name));
    known.among(&words).is_some() && words.iter().all(|word| known.has(word) || AROUND.has(word))
}

/// Whether a column holds instants since 1970.
fn are_instants(table: &Table, index: usize) -> bool {
    const LOOKED_AT: usize = 1000;
    let column = &table.columns[index];
    if column.cells == CellType::Timestamp {
        return true;
    }
    let may_be = column.cells.is_number() && matches!(column.role, Role::Timestamp | Role::Unused);
    let numbers = || table.values(index).some(LOOKED_AT);
    may_be && !numbers().is_empty() && numbers().into_iter().all(|number| counts_since_1970(number).is_some())
}

/// Digits behind the point of a second that the instants of a column are written with.
fn digits_of_second(table: &Table, index: usize) -> usize {
    let column = &table.columns[index];
    let Some(shape) = column.shape.as_ref().filter(|_| column.cells.is_number()) else { return MOST_DIGITS };
    let first = table.values(index).some(1).first().copied().unwrap_or_default();
    let of_unit = [4e9, 4e12, 4e15].iter().position(|most| first < *most).unwrap_or(3) * 3;
    of_unit + shape.usual_digits()
}
