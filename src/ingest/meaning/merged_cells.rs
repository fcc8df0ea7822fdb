//! Names that stand once above their rows, as a spreadsheet shows merged cells.
//!
//! In: a table with roles. Out: the same, where the first column names its first row and leaves the rows below empty until the next
//! name: each row has the name above it.

use std::collections::HashSet;

use crate::table::packed::Kind;
use crate::table::{CellType, Column, Role, Table};

use super::{design, name, vocabulary};

/// Fills the first column down, where its empty cells can mean nothing else.
pub(super) fn fill(table: &mut Table) {
    const FEWEST_EMPTY: usize = 2;
    let rows = usize::try_from(table.lines.rows()).unwrap_or(usize::MAX);
    let Some(column) = table.columns.first().filter(|first| first.role == Role::Label && first.cells == CellType::Text)
    else {
        return;
    };
    if !column.dictionary.iter().any(String::is_empty) {
        return;
    }
    let is_empty = |row: usize| is_empty(table, 0, row);
    let empty = (0..rows).filter(|row| is_empty(*row)).count();
    // `Average` below a block names none.
    let names_a_block = |row: &usize| !is_empty(*row) && !sums_up(table, *row);
    let mut named: Vec<Option<u32>> = (0..rows).filter(names_a_block).map(|row| column.data.code(row)).collect();
    let names = named.len();
    named.sort_unstable();
    named.dedup();
    // Each name begins a block of its own; where names come again, an empty one is a kind like the others.
    let blocks = names == named.len();
    let is_measured = |row: usize| {
        let mut numbers = table.columns.iter().filter(|column| column.role == Role::Metric);
        numbers.any(|column| column.data.is_present(row))
    };
    let several = names >= 2 || (0..rows).any(|row| sums_up(table, row));
    if rows == 0 || is_empty(0) || empty < FEWEST_EMPTY || !several || !blocks || !(0..rows).all(is_measured) {
        return;
    }
    fill_down(table, 0, rows);
    table.columns[0].role_reason.push_str("; a row without a name has the one above");
}

/// Fills columns down whose cells stand once above blocks of as many rows, before roles are looked for: a setting, or several of which
/// the later ones change within the earlier ones.
pub(super) fn fill_blocks(table: &mut Table) {
    /// So many columns in front may be merged.
    const MOST_COLUMNS: usize = 4;
    const ROWS: std::ops::RangeInclusive<usize> = 4..=10_000;
    let rows = usize::try_from(table.lines.rows()).unwrap_or(usize::MAX);
    let full = |column: &Column| column.cells.is_number() && (0..rows).all(|row| column.data.is_present(row));
    if !ROWS.contains(&rows) || !table.columns.iter().skip(1).any(full) {
        return;
    }
    if let Some(front) = merged_together(table, rows, MOST_COLUMNS) {
        for index in 0..front {
            fill_down(table, index, rows);
            table.columns[index].shape = None;
        }
        return;
    }
    let mut outer: Option<Vec<usize>> = None;
    for index in 0..table.columns.len().min(MOST_COLUMNS) {
        if (0..rows).all(|row| !is_empty(table, index, row)) {
            continue;
        }
        let Some(starts) = block_starts(table, index, rows, outer.as_deref()) else { break };
        fill_down(table, index, rows);
        let column = &mut table.columns[index];
        column.shape = None;
        outer = Some(starts);
    }
}

/// How many columns in front are merged together: at least two, which stand in the same rows, once above each of several equally long blocks, no
/// two of which say the same; the texts behind them are the same in every block.
fn merged_together(table: &Table, rows: usize, most: usize) -> Option<usize> {
    let filled = |index: usize| (0..rows).filter(|row| !is_empty(table, index, *row)).collect::<Vec<usize>>();
    let starts = filled(0);
    let length = rows / starts.len().max(1);
    let begins = |(block, start): (usize, &usize)| *start == block * length;
    if starts.len() < 2 || length < 2 || starts.len() * length != rows || !starts.iter().enumerate().all(begins) {
        return None;
    }
    let front = (1..table.columns.len().min(most)).take_while(|index| filled(*index) == starts).count() + 1;
    let chosen = |column: &Column| match column.cells {
        CellType::Text | CellType::Integer => true,
        CellType::Decimal => design::are_round(column.data.iter().flatten(), design::DIGITS),
        _ => false,
    };
    let behind = table.columns.get(front).filter(|behind| behind.cells == CellType::Text)?;
    if front < 2 || !table.columns[..front].iter().all(chosen) {
        return None;
    }
    let mut seen = HashSet::new();
    let differ = starts.iter().all(|row| {
        seen.insert(table.columns[..front].iter().map(|column| key(column, *row)).collect::<Vec<Option<u64>>>())
    });
    let same = (length..rows).all(|row| behind.data.code(row) == behind.data.code(row % length));
    (differ && same).then_some(front)
}

/// What a cell holds, as far as it is another one than others.
fn key(column: &Column, row: usize) -> Option<u64> {
    match column.cells {
        CellType::Text => column.data.code(row).map(u64::from),
        _ => column.data.number(row).map(f64::to_bits),
    }
}

fn is_empty(table: &Table, index: usize, row: usize) -> bool {
    let column = &table.columns[index];
    match column.cells {
        CellType::Text => {
            let code = column.data.code(row).map(|code| code as usize);
            code.and_then(|code| column.dictionary.get(code)).is_none_or(String::is_empty)
        }
        _ => !column.data.is_present(row),
    }
}

/// Whether the first column says that a row sums up others: `Average` below a block is a row of its own.
fn sums_up(table: &Table, row: usize) -> bool {
    let Some(first) = table.columns.first().filter(|first| first.cells == CellType::Text) else { return false };
    let text = first.data.code(row).and_then(|code| first.dictionary.get(code as usize));
    text.is_some_and(|text| vocabulary::SUMMARY_ROW.has_text(text))
}

/// The rows in which the cells of a merged column stand; `None` where it is none.
fn block_starts(table: &Table, index: usize, rows: usize, outer: Option<&[usize]>) -> Option<Vec<usize>> {
    let column = &table.columns[index];
    // Of numbers in front only those that nobody would measure; in the middle of a table only those inside of other blocks.
    let called = vocabulary::PARAMETER.among(&name::words(name::leaf(&column.name))).is_some();
    let may = match column.cells {
        CellType::Text => index == 0 || outer.is_some(),
        CellType::Integer => index == 0 || outer.is_some() || called,
        CellType::Decimal => {
            called && (index == 0 || outer.is_some()) && design::are_round(column.data.iter().flatten(), design::DIGITS)
        }
        _ => false,
    };
    if !may {
        return None;
    }
    let starts: Vec<usize> = (0..rows).filter(|row| !is_empty(table, index, *row) && !sums_up(table, *row)).collect();
    let ends = |start: usize| {
        let next = (start + 1..rows).find(|row| !is_empty(table, index, *row) || sums_up(table, *row));
        next.unwrap_or(rows)
    };
    let lengths: Vec<usize> = starts.iter().map(|start| ends(*start) - start).collect();
    let [first, ..] = lengths[..] else { return None };
    let alike = first >= 2 && lengths.iter().all(|length| *length == first);
    let within = outer.is_none_or(|outer| outer.iter().all(|start| starts.contains(start)));
    // Each value begins one block, within that of the column before.
    let mut seen = HashSet::new();
    let once = starts.iter().all(|start| {
        let block = outer.map_or(0, |outer| outer.partition_point(|begin| begin <= start));
        seen.insert((block, key(column, *start)))
    });
    (starts.len() >= 2 && starts.first() == Some(&0) && alike && within && once).then_some(starts)
}

/// Gives each empty cell what stands above it; rows that sum up keep theirs.
fn fill_down(table: &mut Table, index: usize, rows: usize) {
    let column = &table.columns[index];
    let is_text = column.cells == CellType::Text;
    let mut filled = column.data.to_builder(if is_text { Kind::Codes } else { Kind::Numbers });
    let mut above = 0;
    for row in 0..rows {
        let empty = is_empty(table, index, row);
        if !empty {
            above = row;
        }
        let from = if empty && sums_up(table, row) { row } else { above };
        match (is_text, column.data.number(from)) {
            (true, _) => filled.push_code(column.data.code(from).unwrap_or_default()),
            (false, Some(number)) => filled.push_number(number, column.data.is_whole(from)),
            (false, None) => filled.push_absent(),
        }
    }
    let filled = filled.finish();
    table.columns[index].data = filled;
}
