//! Names that stand once above their rows, as a spreadsheet shows merged cells.
//!
//! In: a table with roles. Out: the same, where the first column names its first row and leaves the rows below empty until the next
//! name: each row has the name above it.

use crate::table::packed::Kind;
use crate::table::{CellType, Role, Table};

use super::vocabulary;

/// Fills the first column down, where its empty cells can mean nothing else.
pub(super) fn fill(table: &mut Table) {
    const FEWEST_EMPTY: usize = 2;
    let rows = usize::try_from(table.lines.rows()).unwrap_or(usize::MAX);
    let Some(column) = table.columns.first().filter(|first| first.role == Role::Label && first.cells == CellType::Text)
    else {
        return;
    };
    let Some(nothing) = column.dictionary.iter().position(String::is_empty) else { return };
    let cells = table.text_cells(0);
    let code = |row: usize| cells.code(row).map_or(nothing, |code| code as usize);
    let is_empty = |row: usize| code(row) == nothing;
    let empty = (0..rows).filter(|row| is_empty(*row)).count();
    // `Average` below a block names none.
    let sums_up = |row: usize| vocabulary::SUMMARY_ROW.has(&column.dictionary[code(row)].trim().to_lowercase());
    let mut named: Vec<usize> = (0..rows).filter(|row| !is_empty(*row) && !sums_up(*row)).map(code).collect();
    let names = named.len();
    named.sort_unstable();
    named.dedup();
    // Each name begins a block of its own; where names come again, an empty one is a kind like the others.
    let blocks = names == named.len();
    let is_measured = |row: usize| {
        let mut numbers = table.columns.iter().filter(|column| column.role == Role::Metric);
        numbers.any(|column| column.data.is_present(row))
    };
    let several = names >= 2 || (0..rows).any(|row| !is_empty(row) && sums_up(row));
    if rows == 0 || is_empty(0) || empty < FEWEST_EMPTY || !several || !blocks || !(0..rows).all(is_measured) {
        return;
    }
    let mut filled = cells.to_builder(Kind::Codes);
    let mut above = nothing;
    for row in 0..rows {
        if !is_empty(row) {
            above = code(row);
        }
        filled.push_code(above as u32);
    }
    let filled = filled.finish();
    let first = &mut table.columns[0];
    first.data = filled;
    first.role_reason.push_str("; a row without a name has the one above");
}
