//! Tables whose rows are of one kind, though not each of them measures the same: of some a load time, of others a rate.
//!
//! In: a table with roles and its leading metric. Out: whether a row without that metric counts among those of which some failed. Where a column
//! says what kind of record a row is, those of another kind neither failed nor did well.

use crate::measure::words::{self, Words};
use crate::table::{CellType, Role, Table};

/// A column called so says what kind of record its row is.
const KIND: Words = Words::of("type kind event record operation op phase metric measurement category action level");
/// Longer tables are recordings, whose rows are asked for their leading metric alone.
const MOST_ROWS: usize = 20_000;

/// Whether rows without the leading metric are rows like the others: labels name all of them, none says their kind, and something else was
/// measured in some.
pub(super) fn measure_this_or_that(table: &Table, leading: usize) -> bool {
    let values = table.values(leading);
    let rows = values.rows();
    if rows > MOST_ROWS || values.count() == rows || table.defined_by_tool {
        return false;
    }
    let says_kind = |column: usize| words::apart(&table.columns[column].name).iter().any(|word| KIND.has(word));
    let labels: Vec<usize> = table.columns_as(Role::Label).chain(table.columns_as(Role::Setting)).collect();
    if labels.iter().any(|column| says_kind(*column)) {
        return false;
    }
    let is_filled = |column: &usize| {
        let kind = &table.columns[*column];
        kind.cells == CellType::Text
            && (0..rows).all(|row| {
                let text = table.text_cells(*column).code(row).and_then(|code| kind.dictionary.get(code as usize));
                text.is_some_and(|text| !text.is_empty())
            })
    };
    let others: Vec<usize> = table.columns_as(Role::Metric).filter(|column| *column != leading).collect();
    let only_others =
        |row: usize| !values.is_present(row) && others.iter().any(|column| table.values(*column).is_present(row));
    labels.iter().any(is_filled) && (0..rows).any(only_others)
}
