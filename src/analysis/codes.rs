//! A code for each row, the same for rows that have the same texts and numbers in some columns.
//!
//! In: a table and columns of it. Out: the codes, and the text of each.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::measure::label::{self, SEPARATOR};
use crate::stats::measured::PART;
use crate::table::packed::{Cells, Kind, Reader};
use crate::table::{CellType, Role, Table};

/// How many different texts or numbers of a column rows have.
pub(super) fn texts_in_use(table: &Table, column: usize) -> usize {
    let (codes, texts) = labels_of_column(table, column);
    by_first_appearance(&codes, texts.len()).len()
}

/// The codes that occur, in order of their first appearance.
pub(super) fn by_first_appearance(codes: &Cells, labels: usize) -> Vec<u32> {
    let mut seen = vec![false; labels];
    let mut order = Vec::new();
    for from in (0..codes.rows()).step_by(PART) {
        codes.visit_codes(from..from + PART, |_, block| {
            for code in block {
                if let Some(seen) = seen.get_mut(*code as usize)
                    && !std::mem::replace(seen, true)
                {
                    order.push(*code);
                }
            }
        });
        if order.len() == labels {
            break;
        }
    }
    order
}

/// A code for each row, and the texts of the codes.
pub(crate) type Labels<'a> = (Cow<'a, Cells>, Vec<String>);

/// One code a row over one or more columns, and the texts of the codes.
pub(crate) fn labels_of<'a>(table: &'a Table, columns: &[usize]) -> Labels<'a> {
    let mut parts = columns.iter().map(|column| {
        let (codes, mut texts) = labels_of_column(table, *column);
        let column = &table.columns[*column];
        if column.role == Role::Setting {
            for text in &mut texts {
                *text = label::setting(&column.name, text);
            }
        }
        (codes, texts)
    });
    let Some((mut codes, mut texts)) = parts.next() else { return (Cow::Owned(Cells::EMPTY), Vec::new()) };
    for (more_codes, more_texts) in parts {
        let mut numbers: HashMap<(u32, u32), u32> = HashMap::new();
        let mut joined = Vec::new();
        let mut builder = codes.to_builder(Kind::Codes);
        let mut more_codes = Reader::new(&more_codes);
        codes.visit_codes(0..codes.rows(), |first_row, block| {
            let more = more_codes.codes(first_row..first_row + block.len());
            for (code, more) in block.iter().zip(more) {
                builder.push_code(*numbers.entry((*code, *more)).or_insert_with(|| {
                    joined.push([texts[*code as usize].as_str(), &more_texts[*more as usize]].join(SEPARATOR));
                    joined.len() as u32 - 1
                }));
            }
        });
        (codes, texts) = (Cow::Owned(builder.finish()), joined);
    }
    (codes, texts)
}

/// The texts of a column, a code for each row; numbers as text.
pub(crate) fn labels_of_column(table: &Table, column: usize) -> (Cow<'_, Cells>, Vec<String>) {
    if matches!(table.columns[column].cells, CellType::Text | CellType::Boolean) {
        return (Cow::Borrowed(table.text_cells(column)), table.columns[column].dictionary.clone());
    }
    let mut numbers: HashMap<Option<u64>, u32> = HashMap::new();
    let mut texts = Vec::new();
    let values = table.values(column);
    let cells = table.columns[column].cells;
    let mut codes = values.to_builder(Kind::Codes);
    for value in values.iter() {
        codes.push_code(*numbers.entry(value.map(f64::to_bits)).or_insert_with(|| {
            texts.push(value.map_or_else(String::new, |value| cells.written(value)));
            texts.len() as u32 - 1
        }));
    }
    (Cow::Owned(codes.finish()), texts)
}
