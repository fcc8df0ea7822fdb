//! What only rows have that did not fail: the text that a model wrote, what was found out about it once it was loaded.
//!
//! In: a table with roles. Out: the same, where such a column tells no rows apart: the rows that failed would stand in groups of their own, of
//! which all failed, beside others of which none did.

use std::collections::{HashMap, HashSet};

use crate::measure::ending::{Outcome, of_text};
use crate::table::{CellType, Role, Table};

use super::name;
use super::vocabulary;

/// Longer tables are recordings.
const MOST_ROWS: u64 = 20_000;
/// Answers of a server that say that a request failed.
const FAILED_ANSWERS: std::ops::Range<f64> = 400.0..600.0;

/// Takes their roles from columns that only rows have that did not fail.
pub(super) fn settle(table: &mut Table) {
    let statuses: Vec<usize> = table.columns_as(Role::Status).collect();
    if statuses.is_empty() || table.lines.rows() > MOST_ROWS {
        return;
    }
    let rows = usize::try_from(table.lines.rows()).unwrap_or_default();
    let (failed, others): (Vec<usize>, Vec<usize>) =
        (0..rows).partition(|row| statuses.iter().any(|status| failed(table, *status, *row)));
    if failed.is_empty() || others.is_empty() {
        return;
    }
    let tells =
        |column: &usize| table.columns[*column].role == Role::Label && table.columns[*column].cells == CellType::Text;
    let telling: Vec<usize> = (0..table.columns.len()).filter(tells).collect();
    let keys: Vec<usize> = telling
        .iter()
        .copied()
        .filter(|column| failed.iter().all(|row| cell(table, *column, *row).is_some()))
        .collect();
    if keys.is_empty() {
        return;
    }
    let is_only_theirs = |column: &usize| {
        let has = |row: &&usize| cell(table, *column, **row).is_some();
        !keys.contains(column)
            && !failed.iter().any(|row| has(&row))
            && 2 * others.iter().filter(has).count() >= others.len()
            && (is_told(table, *column, &keys, &others) || names_rows(table, *column, &others))
    };
    for column in telling.iter().copied().filter(is_only_theirs).collect::<Vec<usize>>() {
        let column = &mut table.columns[column];
        column.role = Role::Unused;
        "no row that failed has it: what came out, and not what was tried".clone_into(&mut column.role_reason);
    }
}

/// Whether a row failed, as far as the cell of a status alone tells.
pub(super) fn failed(table: &Table, status: usize, row: usize) -> bool {
    let column = &table.columns[status];
    let words = || name::words(name::leaf(&column.name));
    let text = || {
        let code = table.text_cells(status).code(row)?;
        column.dictionary.get(code as usize).map(|text| text.trim())
    };
    match column.cells {
        CellType::Text => {
            let says = |text: &str| {
                let nothing = matches!(text, "" | "-" | "none" | "None" | "null" | "ok" | "OK");
                let of_failure = || vocabulary::FAILURE.among(&words()).is_some();
                !nothing && (of_failure() || of_text(text, false) == Outcome::Failed)
            };
            text().is_some_and(says)
        }
        CellType::Boolean => {
            let failed = if vocabulary::FAILED.among(&words()).is_some() { "true" } else { "false" };
            text().is_some_and(|text| text.eq_ignore_ascii_case(failed))
        }
        _ => table.values(status).number(row).is_some_and(|code| FAILED_ANSWERS.contains(&code)),
    }
}

/// What a row has in a column, as a number that is the same for the same cells.
fn cell(table: &Table, column: usize, row: usize) -> Option<u64> {
    let kind = &table.columns[column];
    if matches!(kind.cells, CellType::Text | CellType::Boolean) {
        let code = table.text_cells(column).code(row)?;
        return kind.dictionary.get(code as usize).filter(|text| !text.is_empty()).map(|_| u64::from(code));
    }
    table.values(column).number(row).map(f64::to_bits)
}

/// Whether rows that are alike in the keys are alike in a column.
fn is_told(table: &Table, column: usize, keys: &[usize], rows: &[usize]) -> bool {
    let mut by_key: HashMap<Vec<Option<u64>>, u64> = HashMap::new();
    rows.iter().all(|row| {
        let Some(own) = cell(table, column, *row) else { return true };
        let key = keys.iter().map(|key| cell(table, *key, *row)).collect();
        *by_key.entry(key).or_insert(own) == own
    })
}

/// Whether hardly any text stands in two rows.
fn names_rows(table: &Table, column: usize, rows: &[usize]) -> bool {
    if table.columns[column].cells != CellType::Text {
        return false;
    }
    let texts: Vec<u64> = rows.iter().filter_map(|row| cell(table, column, *row)).collect();
    texts.iter().collect::<HashSet<_>>().len() * 2 > texts.len()
}
