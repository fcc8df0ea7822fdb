//! Rows of which most have one field more than the header has names, and some have as many.
//!
//! In: the first rows of a text. Out: the same, all as wide, where the last field is the one without a name: the rows that are as wide as
//! the header hold words and numbers where the others do, so that the names are those of the fields in front.

use crate::table::CellType;

use super::cells::DecimalMark;
use super::column_types::{column_types, looks_like_header};
use super::row::{Row, RowBuffer};

/// The name of a column without one.
pub(super) fn name(width: usize) -> String {
    format!("column_{width}")
}

/// Gives the header and the rows that are as wide their missing last field. Says whether it did.
pub(super) fn complete(rows: &mut [RowBuffer], width: usize, mark: DecimalMark) -> bool {
    /// Of fewer columns neither order of names is more likely.
    const FEWEST_NAMED: usize = 3;
    let named = width.saturating_sub(1);
    let Some((first, body)) = rows.split_first() else { return false };
    let of_width =
        |width: usize| -> Vec<Row<'_>> { body.iter().map(RowBuffer::row).filter(|row| row.len() == width).collect() };
    let (short, long) = (of_width(named), of_width(width));
    if named < FEWEST_NAMED || first.cells.len() != named || short.is_empty() || long.is_empty() {
        return false;
    }
    let (of_short, of_long) = (column_types(&short, named, mark), column_types(&long, width, mark));
    let alike = |(one, other): (&CellType, &CellType)| one == other || one.is_number() && other.is_number();
    let in_front = of_short.iter().zip(&of_long).all(alike);
    let behind = of_short.iter().zip(&of_long[1..]).all(alike);
    if !in_front || behind || !of_long[named].is_number() || !looks_like_header(first.row(), &of_short, mark) {
        return false;
    }
    for (index, row) in rows.iter_mut().enumerate().filter(|(_, row)| row.cells.len() == named) {
        row.push(if index == 0 { name(width) } else { String::new() }.as_bytes());
    }
    true
}
