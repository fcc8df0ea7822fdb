//! Rows of which most have one field more than the header has names, and some have as many.
//!
//! In: the first rows of a text. Out: the same, all as wide, with an empty cell where the field without a name is missing. Which one that is
//! is told by the rows that are as wide as the header: they hold words and numbers where the others do. Where that leaves a choice, their
//! numbers are of the size of the others', or else the field was added last.

use crate::table::CellType;

use super::cells::{self, DecimalMark};
use super::column_types::{column_types, looks_like_header};
use super::row::{Row, RowBuffer};

/// The name of a column without one, by its place.
pub(super) fn name(place: usize) -> String {
    format!("column_{}", place + 1)
}

/// A row with one cell more, at a place.
pub(super) fn with_cell(row: Row<'_>, place: usize, cell: &[u8]) -> RowBuffer {
    let mut whole = RowBuffer::default();
    let all: Vec<&[u8]> = row.iter().collect();
    let (before, behind) = all.split_at(place.min(all.len()));
    before.iter().chain(&[cell]).chain(behind).for_each(|cell| whole.push(cell));
    whole
}

/// Gives the header and the rows that are as wide their missing field. Says which one it is.
pub(super) fn complete(rows: &mut [RowBuffer], width: usize, mark: DecimalMark) -> Option<usize> {
    /// Of fewer columns neither order of names is more likely.
    const FEWEST_NAMED: usize = 3;
    let named = width.saturating_sub(1);
    let (first, body) = rows.split_first()?;
    let of_width =
        |width: usize| -> Vec<Row<'_>> { body.iter().map(RowBuffer::row).filter(|row| row.len() == width).collect() };
    let (short, long) = (of_width(named), of_width(width));
    if named < FEWEST_NAMED || first.cells.len() != named || short.is_empty() || long.is_empty() {
        return None;
    }
    let (of_short, of_long) = (column_types(&short, named, mark), column_types(&long, width, mark));
    if !looks_like_header(first.row(), &of_short, mark) {
        return None;
    }
    // Which field of the longer rows the others lack, so that all around it are alike: an amount with a unit (`0.0%`) is no plain number,
    // unless nothing else fits.
    let places = |plain: fn(CellType) -> bool| -> Vec<usize> {
        let alike = |one: CellType, other: CellType| one == other || plain(one) && plain(other);
        let fits = |place: &usize| (0..named).all(|at| alike(of_short[at], of_long[at + usize::from(at >= *place)]));
        (0..width).filter(fits).filter(|place| of_long[*place].is_number()).collect()
    };
    let strictly = places(|cells| matches!(cells, CellType::Integer | CellType::Decimal));
    let places = if strictly.is_empty() { places(CellType::is_number) } else { strictly };
    let place = match places[..] {
        [] => return None,
        [only] => only,
        // Behind all others, unless the names may as well begin with the second field.
        _ if places.contains(&0) => return None,
        _ => by_size(&places, &short, &long, mark).or_else(|| places.contains(&named).then_some(named))?,
    };
    for (index, row) in rows.iter_mut().enumerate().filter(|(_, row)| row.cells.len() == named) {
        let cell = if index == 0 { name(place) } else { String::new() };
        *row = with_cell(row.row(), place, cell.as_bytes());
    }
    Some(place)
}

/// The only one of some places at which all numbers of the shorter rows are of the size of those in the longer ones.
fn by_size(places: &[usize], short: &[Row<'_>], long: &[Row<'_>], mark: DecimalMark) -> Option<usize> {
    /// Between the extremes of a column and what belongs to it.
    const TIMES: f64 = 3.0;
    let number = |row: &Row<'_>, at: usize| cells::number(cells::without_unit(row.cell(at)), mark).map(f64::abs);
    let is_of_size = |row: &Row<'_>, at: usize, place: usize| {
        let Some(own) = number(row, at) else { return true };
        let others = long.iter().filter_map(|row| number(row, at + usize::from(at >= place)));
        let (low, high) = others.fold((f64::INFINITY, 0.0_f64), |(low, high), one| (low.min(one), high.max(one)));
        low > high || (low / TIMES..=high * TIMES).contains(&own)
    };
    let mut fitting = places
        .iter()
        .copied()
        .filter(|place| short.iter().all(|row| (0..row.len()).all(|at| is_of_size(row, at, *place))));
    fitting.next().filter(|_| fitting.next().is_none())
}
