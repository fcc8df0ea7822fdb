//! Rows that hold -1 in every measured cell: a test that failed, as speed tests and browsers write it.
//!
//! In: a table with roles. Out: the same without those numbers, and a column that says which rows failed. One lone -1 among numbers
//! that are never negative is a sentinel of one cell, and stays with those who look for such.

use crate::measure::finding::{Finding, FindingKind, Place, Severity};
use crate::measure::folded::Folded;
use crate::table::packed::{Cells, CellsBuilder};
use crate::table::storage::Storage;
use crate::table::{CellType, Column, Role, Table};

use super::name;
use super::profile::Profile;
use super::vocabulary::Kind;

/// Lines that the note names; the rest are counted.
const NAMED_LINES: usize = 8;
/// What the column is called that says which rows failed.
const NAME: &str = "-1 in all cells";
/// How the number is written.
const MINUS_ONE: &str = "-1";
/// Its texts, by their codes.
const TEXTS: [&str; 2] = ["ok", "failed"];

/// Takes the rows whose measured cells are all -1 for failures, where the columns know no other negative number.
pub(crate) fn take(table: &mut Table, storage: &Storage, source: &str, findings: &mut Vec<Finding>) {
    let said = [Role::Status, Role::MetricName].into_iter().any(|role| table.columns_as(role).next().is_some());
    if said || table.position(NAME).is_some() {
        return;
    }
    let Some((columns, rows)) = failed(table) else { return };
    let numbering: Vec<usize> = table.columns_as(Role::Metric).filter(|column| !columns.contains(column)).collect();
    for column in numbering {
        table.columns[column].role = Role::Identifier;
        "one more from row to row, also where nothing was measured: it numbers the tests"
            .clone_into(&mut table.columns[column].role_reason);
    }
    for column in columns {
        table.columns[column].data = without(table.values(column), &rows, storage);
    }
    for column in &mut table.columns {
        // A name of nothing: the server of a test that failed.
        let is_text = column.cells == CellType::Text && !column.dictionary.iter().any(String::is_empty);
        let code = column.dictionary.iter().position(|text| text == MINUS_ONE).filter(|_| is_text);
        let only_there = |code: usize| {
            let of = |row: usize| column.data.code(row) == u32::try_from(code).ok();
            (0..column.data.rows()).all(|row| !of(row) || rows.binary_search(&row).is_ok())
        };
        if let Some(code) = code.filter(|code| only_there(*code)) {
            column.dictionary[code].clear();
        }
    }
    let mut codes = CellsBuilder::codes(storage.clone());
    let all = usize::try_from(table.lines.rows()).unwrap_or(usize::MAX);
    for row in 0..all {
        codes.push_code(u32::from(rows.binary_search(&row).is_ok()));
    }
    table.columns.push(Column {
        role: Role::Status,
        role_reason: format!(
            "made of {} rows that hold -1 in every measured cell: nothing came out of them",
            rows.len()
        ),
        ..Column::new(NAME.to_owned(), CellType::Text, codes.finish(), TEXTS.map(str::to_owned).to_vec())
    });
    let what = format!("{} rows hold -1 in every measured cell: what was to be measured failed", rows.len());
    let action = "no sample comes from them, and none is corrupted";
    findings.push(note(table, &rows, None, source, (&what, action)));
}

/// That some rows hold -1 where nothing came, on which lines, and what became of them.
pub(super) fn note(
    table: &Table,
    rows: &[usize],
    column: Option<String>,
    source: &str,
    (what, action): (&str, &str),
) -> Finding {
    let lines: Vec<u64> = rows.iter().filter_map(|row| table.lines.line(*row as u64)).collect();
    let place = Place { source: source.to_owned(), line: lines.first().copied(), last_line: None, column };
    let where_ = if lines.len() == 1 { "line" } else { "lines" };
    let reason = format!("{what} ({where_} {})", Folded::of(&lines, NAMED_LINES));
    let finding = Finding::new(Severity::Note, FindingKind::NoResult, place, reason, action);
    finding.value(MINUS_ONE).count(rows.len() as u64)
}

/// The measured columns and the rows in which all of them are -1.
fn failed(table: &Table) -> Option<(Vec<usize>, Vec<usize>)> {
    // Degrees and differences may be -1.
    let is_never_negative = |metric: &usize| {
        let kind = name::read(&table.columns[*metric].name).kind;
        matches!(kind, Some(Kind::Duration | Kind::RunLength | Kind::Bytes | Kind::Rate | Kind::Count))
    };
    // Names are read sooner than numbers.
    table.columns_as(Role::Metric).filter(is_never_negative).nth(1)?;
    let mut metrics: Vec<usize> = Vec::new();
    for metric in table.columns_as(Role::Metric) {
        // In most tables the first column settles it.
        if !table.values(metric).all(|number| number != -1.0) {
            metrics.push(metric);
        } else if !numbers_rows(table, metric) {
            return None;
        }
    }
    let rows_of = |metric: usize| -> Vec<usize> {
        let numbers = table.values(metric).iter().enumerate();
        numbers.filter(|(_, number)| *number == Some(-1.0)).map(|(row, _)| row).collect()
    };
    let (first, others) = metrics.split_first()?;
    let low = |metric: &usize| Profile::of(table.values(*metric)).low;
    if others.is_empty() || !metrics.iter().all(is_never_negative) || metrics.iter().any(|metric| low(metric) != -1.0) {
        return None;
    }
    let rows = rows_of(*first);
    let is_clean = |metric: &usize| {
        let mut numbers = table.values(*metric).iter().flatten();
        numbers.all(|number| number == -1.0 || number >= 0.0)
    };
    let alike = others.iter().all(|metric| rows_of(*metric) == rows) && metrics.iter().all(is_clean);
    // Where all rows are so, nothing shows what a result looks like.
    (alike && !rows.is_empty() && rows.len() < table.values(*first).count()).then_some((metrics, rows))
}

/// Whether whole numbers go on by one from row to row under a name that speaks of nothing measured: the number of a test.
fn numbers_rows(table: &Table, index: usize) -> bool {
    let column = &table.columns[index];
    if column.cells != CellType::Integer || name::read(&column.name).kind.is_some() {
        return false;
    }
    let profile = Profile::of(table.values(index));
    profile.count > 1 && profile.by_ones + 1 == profile.count
}

/// The numbers of a column without those of some rows.
pub(super) fn without(cells: &Cells, rows: &[usize], storage: &Storage) -> Cells {
    let mut builder = CellsBuilder::numbers(storage.clone());
    for (row, number) in cells.iter().enumerate() {
        match number.filter(|_| rows.binary_search(&row).is_err()) {
            Some(number) => builder.push_number(number, cells.is_whole(row)),
            None => builder.push_absent(),
        }
    }
    builder.finish()
}
