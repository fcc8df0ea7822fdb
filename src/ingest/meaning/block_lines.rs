//! Lines of names and numbers in turns that stand above blocks of rows (`N,500,nodes,4`), in a table without a header.
//!
//! In: a table whose roles are not known yet. Out: the same without those lines, their numbers carried down as columns of their own: no
//! row of a block was measured without them.

use crate::ingest::builder::InvalidCells;
use crate::table::packed::{Cells, CellsBuilder};
use crate::table::storage::Storage;
use crate::table::{CellType, Column, Table};

use super::name;

/// A table as such lines divide it.
struct Blocks {
    /// Of each row whether it is a line above a block.
    above: Vec<bool>,
    /// The columns of numbers in which rows of blocks have none.
    free: Vec<usize>,
}

/// Carries the numbers of such lines down. Says which columns hold them.
pub(super) fn carry_down(table: &mut Table, invalid: &mut InvalidCells, storage: &Storage) -> Vec<usize> {
    let Some(blocks) = blocks_of(table).filter(|_| invalid.no_results.is_empty()) else { return Vec::new() };
    let rows: Vec<bool> = blocks.above.iter().map(|above| !above).collect();
    let names: Vec<String> = (0..table.columns.len()).step_by(2).filter_map(|index| text(table, index, 0)).collect();
    let carried: Vec<Cells> = (1..table.columns.len())
        .step_by(2)
        .map(|index| carried(&table.columns[index].data, &blocks.above, storage))
        .collect();
    let Some(mut below) = table.only(&rows) else { return Vec::new() };
    // Its rows are others now.
    invalid.words.clear();
    let unit = below.columns.get(2).is_some_and(are_units);
    let mut settings = Vec::new();
    for (pair, (name, data)) in names.into_iter().zip(carried).enumerate() {
        let index = 2 * pair + 1;
        let name = name.trim_end_matches([':', '=']).trim().to_owned();
        if blocks.free.contains(&index) {
            invalid.counts.retain(|(column, _), _| *column != index);
            invalid.named.retain(|cell| cell.column != index);
            let column = &mut below.columns[index];
            (column.name, column.data, column.shape) = (name, data, None);
            settings.push(index);
        } else {
            settings.push(below.columns.len());
            let cells = below.columns[index].cells;
            below.columns.push(Column::new(name, cells, data, Vec::new()));
        }
    }
    for index in (0..table.columns.len()).step_by(2) {
        forget_unused(&mut below.columns[index], storage);
    }
    if unit {
        "value".clone_into(&mut below.columns[1].name);
        "unit".clone_into(&mut below.columns[2].name);
    }
    *table = below;
    settings
}

/// The blocks of a table whose columns are names and numbers in turns, where the lines above them can be nothing else.
fn blocks_of(table: &Table) -> Option<Blocks> {
    const COLUMNS: std::ops::RangeInclusive<usize> = 4..=12;
    const ROWS: std::ops::RangeInclusive<usize> = 4..=100_000;
    let width = table.columns.len();
    let rows = usize::try_from(table.lines.rows()).ok()?;
    let in_turn = table.columns.iter().enumerate().all(|(index, column)| match index % 2 {
        0 => column.cells == CellType::Text,
        _ => matches!(column.cells, CellType::Integer | CellType::Decimal),
    });
    if table.header_line.is_some()
        || !COLUMNS.contains(&width)
        || !width.is_multiple_of(2)
        || !ROWS.contains(&rows)
        || !in_turn
    {
        return None;
    }
    let first: Vec<u32> =
        (0..width).step_by(2).map(|index| table.columns[index].data.code(0)).collect::<Option<_>>()?;
    let is_name = |code: &u32, index: usize| {
        let text = table.columns[index].dictionary.get(*code as usize);
        text.is_some_and(|text| text.starts_with(char::is_alphabetic) && name::unit(text).is_none())
    };
    if !first.iter().zip((0..width).step_by(2)).all(|(code, index)| is_name(code, index)) {
        return None;
    }
    let numbers = || (1..width).step_by(2);
    let is_above = |row: usize| {
        let named = first.iter().enumerate().all(|(pair, code)| table.columns[2 * pair].data.code(row) == Some(*code));
        named && numbers().all(|index| table.columns[index].data.is_present(row))
    };
    let above: Vec<bool> = (0..rows).map(is_above).collect();
    let below = || (0..rows).filter(|row| !above[*row]);
    let free: Vec<usize> =
        numbers().filter(|index| below().all(|row| !table.columns[*index].data.is_present(row))).collect();
    let measured = numbers().any(|index| below().all(|row| table.columns[index].data.is_present(row)));
    let of_its_own = below().all(|row| table.columns[0].data.code(row) != Some(first[0]));
    let closed = above.windows(2).all(|pair| !(pair[0] && pair[1])) && above.last() == Some(&false);
    let several = above.iter().filter(|above| **above).count() >= 2;
    (several && above[0] && closed && of_its_own && measured && !free.is_empty()).then_some(Blocks { above, free })
}

/// What stands in a cell of words.
fn text(table: &Table, index: usize, row: usize) -> Option<String> {
    let column = &table.columns[index];
    column.dictionary.get(column.data.code(row)? as usize).cloned()
}

/// For each row of a block the number in the line above it.
fn carried(data: &Cells, above: &[bool], storage: &Storage) -> Cells {
    let mut built = CellsBuilder::numbers(storage.clone());
    let mut last = 0;
    for (row, is_above) in above.iter().enumerate() {
        if *is_above {
            last = row;
            continue;
        }
        match data.number(last) {
            Some(number) => built.push_number(number, data.is_whole(last)),
            None => built.push_absent(),
        }
    }
    built.finish()
}

/// The texts that rows have, by their codes.
fn texts_of(column: &Column) -> Vec<u32> {
    let mut codes: Vec<u32> = (0..column.data.rows()).filter_map(|row| column.data.code(row)).collect();
    codes.sort_unstable();
    codes.dedup();
    codes
}

/// Whether the texts of a column are units, those of the numbers in front of them.
fn are_units(column: &Column) -> bool {
    let used = texts_of(column);
    let is_unit = |code: &u32| column.dictionary.get(*code as usize).is_some_and(|text| name::unit(text).is_some());
    !used.is_empty() && used.iter().all(is_unit)
}

/// Leaves out the texts that stood in the lines above only, and the marks behind the others.
fn forget_unused(column: &mut Column, storage: &Storage) {
    let used = texts_of(column);
    let mut built = CellsBuilder::codes(storage.clone());
    for row in 0..column.data.rows() {
        let code = column.data.code(row).and_then(|code| used.binary_search(&code).ok());
        built.push_code(code.and_then(|code| u32::try_from(code).ok()).unwrap_or_default());
    }
    column.data = built.finish();
    let text = |code: &u32| column.dictionary[*code as usize].trim_end_matches([':', '=']).trim_end().to_owned();
    column.dictionary = used.iter().map(text).collect();
}
