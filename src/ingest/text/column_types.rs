//! What the cells of columns are, by most of them, and whether a row above them is a header.

use crate::measure::unit::Dimension;
use crate::table::CellType;

use crate::ingest::meaning::vocabulary::{self, Words};
use crate::ingest::text::cells::{self, DecimalMark, Look};
use crate::ingest::text::row::Row;

/// Share of a column's cells that must be numbers for it to be a column of numbers; fewer are words with numbers
/// among them.
const NUMBER_SHARE: f64 = 0.7;

/// The type of each column, by the majority of its cells.
pub(crate) fn column_types(rows: &[Row<'_>], width: usize, mark: DecimalMark) -> Vec<CellType> {
    (0..width).map(|index| column_type(rows.iter().map(|row| row.cell(index)), mark)).collect()
}

/// The type of a column, by the majority of its cells. `8B` and `27B` are as often billions of parameters as bytes: names, unless some
/// cell can be nothing but an amount.
pub(crate) fn column_type<'c>(cells: impl Iterator<Item = &'c [u8]> + Clone, mark: DecimalMark) -> CellType {
    let found = type_of_looks(cells.clone().map(|cell| cells::look(cell, mark)));
    let is_name = |cell: &[u8]| cells::is_amount_of_b(cell) || cells::is_empty_word(cell);
    if mark == DecimalMark::Point && found.is_number() && need_a_comma(cells.clone()) {
        return CellType::Text;
    }
    let mut cells = cells;
    if found == CellType::Quantity(Dimension::Bytes) && cells.all(is_name) { CellType::Text } else { found }
}

/// Whether the commas of a column are decimal marks although the file has points elsewhere: all its numbers are read with them, and one of them
/// (`0,912` beside `1,821`) cannot be read without.
fn need_a_comma<'c>(cells: impl Iterator<Item = &'c [u8]>) -> bool {
    let mut needs = false;
    let all = cells.filter(|cell| !cells::is_empty_word(cell)).all(|cell| {
        // No group of thousands begins with 0.
        needs |= cell.strip_prefix(b"-").unwrap_or(cell).starts_with(b"0,");
        !cell.contains(&b'.') && cells::number(cell, DecimalMark::Comma).is_some()
    });
    all && needs
}

fn type_of_looks(looks: impl Iterator<Item = Look>) -> CellType {
    let mut counts = [0_usize; 6];
    let mut quantity = None;
    for look in looks {
        match look {
            Look::Integer => counts[0] += 1,
            Look::Decimal => counts[1] += 1,
            Look::Boolean => counts[2] += 1,
            Look::Timestamp => counts[3] += 1,
            Look::Quantity(dimension) => {
                counts[4] += 1;
                quantity.get_or_insert(dimension);
            }
            Look::Text => counts[5] += 1,
            Look::Empty | Look::NotFinite => {}
        }
    }
    let all = counts.iter().sum::<usize>() as f64;
    let mostly = |count: usize| count > 0 && count as f64 >= NUMBER_SHARE * all;
    match quantity {
        _ if mostly(counts[0] + counts[1]) && counts[1] > 0 => CellType::Decimal,
        _ if mostly(counts[0]) => CellType::Integer,
        _ if mostly(counts[2]) => CellType::Boolean,
        _ if mostly(counts[3]) => CellType::Timestamp,
        Some(dimension) if mostly(counts[4]) => CellType::Quantity(dimension),
        _ => CellType::Text,
    }
}

/// A header has no number and no instant in it, and is unlike the rows below it wherever those are not words.
pub(super) fn looks_like_header(first: Row<'_>, types: &[CellType], mark: DecimalMark) -> bool {
    let looks: Vec<Look> = first.iter().map(|cell| cells::look(cell, mark)).collect();
    let named = looks.iter().filter(|look| **look == Look::Text).count();
    let wordless =
        looks.iter().any(|look| look.is_number() || matches!(look, Look::Timestamp | Look::NotFinite | Look::Boolean));
    let unlike_body = looks.iter().zip(types).any(|(look, cells)| *look == Look::Text && *cells != CellType::Text);
    let speaking = first
        .iter()
        .zip(&looks)
        .filter(|(_, look)| **look == Look::Text)
        .all(|(cell, _)| vocabulary::LABEL_HEADER.has_in_any_case(cell));
    let numbered = looks.contains(&Look::Integer) && !looks.contains(&Look::Decimal);
    if named > 0 && speaking && numbered && types.contains(&CellType::Decimal) {
        // `name,2019,2020,2021`: the numbers are names.
        return true;
    }
    if named > 0 && (are_numbered_names(first, &looks, types, mark) || is_over_instants(first, &looks, types)) {
        return true;
    }
    named > 0 && !wordless && (unlike_body || types.iter().all(|cells| *cells == CellType::Text))
}

/// Whether the only word of a first row stands above instants, and different whole numbers above decimals, in whatever order: series
/// that are called by numbers (`Time;64;4096;1024`).
fn is_over_instants(first: Row<'_>, looks: &[Look], types: &[CellType]) -> bool {
    /// What a column of instants is called.
    const INSTANTS: Words = Words::of("time timestamp date datetime");
    let mut numbers: Vec<&[u8]> = Vec::new();
    let fits = first.iter().zip(looks).zip(types).all(|((cell, look), cells)| match (look, cells) {
        (Look::Text, CellType::Timestamp) => INSTANTS.has_in_any_case(cell),
        (Look::Integer, CellType::Decimal) if !numbers.contains(&cell.trim_ascii()) => {
            numbers.push(cell.trim_ascii());
            true
        }
        _ => false,
    });
    fits && numbers.len() >= 2 && numbers.len() + 1 == looks.len()
}

/// Whether whole numbers among the words of a first row name columns (`round,64,128,256`): they rise from left to right, and below
/// them stands something else. That is a column of decimals, where there are two or more and all stand above such; or a column of numbers
/// under a word of the same row, where there are three or more.
fn are_numbered_names(first: Row<'_>, looks: &[Look], types: &[CellType], mark: DecimalMark) -> bool {
    if looks.iter().any(|look| !matches!(look, Look::Text | Look::Integer)) {
        return false;
    }
    let numbered = || looks.iter().zip(types).filter(|(look, _)| **look == Look::Integer).map(|(_, cells)| *cells);
    let numbers: Vec<f64> = first.iter().filter_map(|cell| cells::number(cell, mark)).collect();
    let rising = numbers.windows(2).all(|pair| pair[0] < pair[1]) && numbers.first().is_some_and(|first| *first >= 0.0);
    let unlike = looks.iter().zip(types).any(|(look, cells)| *look == Look::Text && cells.is_number());
    let decimals = numbered().all(|cells| cells == CellType::Decimal);
    let fewest = if unlike && decimals { 2 } else { 3 };
    rising && numbers.len() >= fewest && (decimals || unlike && numbered().all(CellType::is_number))
}
