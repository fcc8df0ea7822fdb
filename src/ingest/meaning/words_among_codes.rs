//! Words among codes of HTTP: a request that had no answer has no code, and its cell says why (`ETIMEDOUT`, `refused`).
//!
//! In: a table with roles, and the cells among the numbers of a column that hold words. Out: the same with a column of texts in place of the
//! numbers, so that no such row is lost.

use std::collections::HashMap;

use crate::table::packed::{Cells, CellsBuilder};
use crate::table::storage::Storage;
use crate::table::{CellType, Column, Role, Table};

use crate::ingest::builder::{InvalidCells, WordCells};

use super::status::code_count;

/// Makes each status column of codes with words among them one of texts.
pub(super) fn join(table: &mut Table, invalid: &InvalidCells, storage: &Storage) {
    for (index, words) in &invalid.words {
        if words.are_too_many || words.rows.is_empty() || !is_of_codes(table, *index) {
            continue;
        }
        let texts = as_texts(table, *index, words, storage);
        if let Some((cells, dictionary)) = texts {
            let column = &mut table.columns[*index];
            let (role, reason) = (column.role, std::mem::take(&mut column.role_reason));
            let name = std::mem::take(&mut column.name);
            let role_reason = format!("{reason}, and words where there was no answer");
            *column = Column { role, role_reason, ..Column::new(name, CellType::Text, cells, dictionary) };
        }
    }
}

/// Whether a column says by codes of HTTP how its rows ended.
fn is_of_codes(table: &Table, index: usize) -> bool {
    let Some(column) = table.columns.get(index) else { return false };
    if column.role != Role::Status || !matches!(column.cells, CellType::Integer | CellType::Decimal) {
        return false;
    }
    let count = code_count(table.values(index));
    count.has_codes() && count.are_codes()
}

/// The cells of a column as texts: its numbers as they are written, and its words.
fn as_texts(table: &Table, index: usize, words: &WordCells, storage: &Storage) -> Option<(Cells, Vec<String>)> {
    /// More different numbers are no codes.
    const MOST: usize = 1000;
    let values = table.values(index);
    let mut texts = vec![String::new()];
    texts.extend(words.texts.iter().cloned());
    let mut codes: HashMap<u64, u32> = HashMap::new();
    let mut cells = CellsBuilder::codes(storage.clone());
    let mut words = words.rows.iter().peekable();
    for row in 0..values.rows() {
        let word = words.next_if(|(at, _)| *at == row as u64);
        let code = match (word, values.number(row)) {
            (Some((_, word)), _) => word + 1,
            (None, None) => 0,
            (None, Some(number)) => *codes.entry(number.to_bits()).or_insert_with(|| {
                texts.push(number.to_string());
                texts.len() as u32 - 1
            }),
        };
        cells.push_code(code);
        if texts.len() > MOST {
            return None;
        }
    }
    Some((cells.finish(), texts))
}
