//! Sizes of -1 in rows to which no answer came, as clients write a length that they do not know.
//!
//! In: a table with roles. Out: the same without those numbers, and a note. Evidence is that the same rows failed, or moved nothing by
//! the rate beside it; a -1 elsewhere is a sentinel, and stays with those who look for such.

use crate::measure::ending::{self, Outcome};
use crate::measure::finding::Finding;
use crate::table::storage::Storage;
use crate::table::{CellType, Role, Table};

use super::minus_one::{note, without};
use super::name;
use super::vocabulary::{self, Kind};

/// Takes -1 out of sizes of answers where no answer came.
pub(super) fn take(table: &mut Table, storage: &Storage, source: &str, findings: &mut Vec<Finding>) {
    let sizes: Vec<usize> = table.columns_as(Role::Metric).filter(|metric| is_size(table, *metric)).collect();
    for size in sizes {
        let Some(rows) = unknown(table, size) else { continue };
        let moved_nothing = || table.columns_as(Role::Metric).any(|rate| is_nothing_there(table, rate, &rows));
        if !have_failed(table, &rows) && !moved_nothing() {
            continue;
        }
        table.columns[size].data = without(table.values(size), &rows, storage);
        let what = ("no answer came, and its size is not known", "no sample, and none is corrupted");
        findings.push(note(table, &rows, Some(table.columns[size].name.clone()), source, what));
    }
}

/// Whether a column holds amounts of data that came, whole numbers.
fn is_size(table: &Table, index: usize) -> bool {
    let column = &table.columns[index];
    column.cells == CellType::Integer
        && name::read(&column.name).kind == Some(Kind::Bytes)
        && vocabulary::MEMORY.among(&name::words(&column.name)).is_none()
}

/// The rows of -1, where there is no other negative number and most rows have another.
fn unknown(table: &Table, index: usize) -> Option<Vec<usize>> {
    let values = table.values(index);
    // In most tables there is none.
    if values.all(|number| number >= 0.0) || !values.all(|number| number == -1.0 || number >= 0.0) {
        return None;
    }
    let rows: Vec<usize> =
        values.iter().enumerate().filter(|(_, number)| *number == Some(-1.0)).map(|(row, _)| row).collect();
    (2 * rows.len() < values.count()).then_some(rows)
}

/// Whether a rate is nothing in those rows and in no other.
fn is_nothing_there(table: &Table, index: usize, rows: &[usize]) -> bool {
    let words = name::words(&table.columns[index].name);
    let is_rate =
        name::read(&table.columns[index].name).kind == Some(Kind::Rate) || vocabulary::RATES.among(&words).is_some();
    let nothing = |number: Option<f64>| number.is_none_or(|number| number <= 0.0);
    is_rate
        && table
            .values(index)
            .iter()
            .enumerate()
            .all(|(row, number)| nothing(number) == rows.binary_search(&row).is_ok())
}

/// Whether some status column says that all of those rows failed.
fn have_failed(table: &Table, rows: &[usize]) -> bool {
    table.columns_as(Role::Status).any(|index| {
        let column = &table.columns[index];
        if column.cells.is_number() {
            let codes = column.data.all(|code| code == 0.0 || (100.0..600.0).contains(&code));
            let yes_or_no = column.data.all(|code| code == 0.0 || code == 1.0);
            let failed = |code: f64| if code >= 100.0 { code >= 400.0 } else { code == 0.0 };
            return codes && !yes_or_no && rows.iter().all(|row| column.data.number(*row).is_some_and(failed));
        }
        let of_failure = vocabulary::FAILURE.among(&name::words(&column.name)).is_some();
        let said: Vec<bool> =
            column.dictionary.iter().map(|text| ending::of_text(text, of_failure) == Outcome::Failed).collect();
        let failed = |code: u32| said.get(code as usize) == Some(&true);
        rows.iter().all(|row| column.data.code(*row).is_some_and(failed))
    })
}
