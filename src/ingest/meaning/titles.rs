//! Lines of words alone between the rows of a table without a header: `indoors,,,` above rows of dates and numbers.
//!
//! In: a table whose roles are not known yet. Out: the same without those lines, whose texts stand beside the rows below them as a label of their
//! own. A row whose numbers are lost has the words that other rows have; a title has its own.

use crate::ingest::builder::InvalidCells;
use crate::measure::finding::FindingKind;
use crate::table::packed::{Cells, CellsBuilder};
use crate::table::storage::Storage;
use crate::table::{CellType, Column, Table};

use super::calendar::{self, LocalDates};

/// What the column of the titles is called.
const SECTION: &str = "section";
/// More titles than this are rows without numbers.
const MOST_TITLES: usize = 40;

/// A line of words alone.
struct Title {
    row: usize,
    text: String,
}

/// Carries titles down to the rows below them.
pub(super) fn carry_down(table: &mut Table, invalid: &mut InvalidCells, storage: &Storage) {
    if !invalid.no_results.is_empty() || !table.run_starts.is_empty() {
        return;
    }
    let Some(titles) = titles_of(table, invalid) else { return };
    let rows = usize::try_from(table.lines.rows()).unwrap_or_default();
    let mask: Vec<bool> = (0..rows).map(|row| titles.iter().all(|title| title.row != row)).collect();
    let Some(mut below) = table.only(&mask) else { return };
    forget(invalid, &titles, &numbers(table));
    // Its rows are others now.
    invalid.words.clear();
    below.foreign_values.clone_from(&table.foreign_values);
    for index in 0..below.columns.len() {
        if below.columns[index].cells == CellType::Text {
            forget_unused(&mut below.columns[index], storage);
        }
    }
    let section = section(&titles, &mask, storage);
    below.columns.push(section);
    *table = below;
}

/// The columns that hold anything but words.
fn numbers(table: &Table) -> Vec<usize> {
    let is = |index: &usize| !matches!(table.columns[*index].cells, CellType::Text | CellType::Boolean);
    (0..table.columns.len()).filter(is).collect()
}

/// The titles of a table that has no header and whose other rows have numbers.
fn titles_of(table: &Table, invalid: &InvalidCells) -> Option<Vec<Title>> {
    const FEWEST_COLUMNS: usize = 3;
    const MOST_ROWS: usize = 1_000_000;
    /// Rows to a title.
    const ROWS_EACH: usize = 3;
    let rows = usize::try_from(table.lines.rows()).ok().filter(|rows| *rows <= MOST_ROWS)?;
    let numbers = numbers(table);
    let first = table.columns.first()?;
    if table.header_line.is_some()
        || table.columns.len() < FEWEST_COLUMNS
        || first.cells != CellType::Text
        || table.position(SECTION).is_some()
    {
        return None;
    }
    let probe = *numbers.first()?;
    let present = table.columns[probe].data.count();
    let absent = rows.checked_sub(present).filter(|absent| (1..=MOST_TITLES).contains(absent))?;
    if ROWS_EACH * absent > present {
        return None;
    }
    let lost: Vec<usize> = (0..rows).filter(|row| !table.columns[probe].data.is_present(*row)).collect();
    let titles: Vec<Title> = lost.iter().map(|row| title(table, invalid, &numbers, *row)).collect::<Option<_>>()?;
    let code = |row: usize| first.data.code(row);
    let of_title: Vec<Option<u32>> = titles.iter().map(|title| code(title.row)).collect();
    let are_own = (0..rows).filter(|row| lost.binary_search(row).is_err()).all(|row| !of_title.contains(&code(row)));
    let stand_alone = lost.windows(2).all(|pair| pair[1] - pair[0] > 1) && lost.last() != Some(&(rows - 1));
    (are_own && stand_alone).then_some(titles)
}

/// The words of a row that has nothing else, from the left on.
fn title(table: &Table, invalid: &InvalidCells, numbers: &[usize], row: usize) -> Option<Title> {
    let mut words: Vec<String> = Vec::new();
    let mut ended = false;
    for (index, column) in table.columns.iter().enumerate() {
        let text = if numbers.contains(&index) {
            if column.data.is_present(row) {
                return None;
            }
            let cell = invalid.named.iter().find(|cell| cell.column == index && cell.row == row as u64);
            cell.map(|cell| cell.text.clone()).unwrap_or_default()
        } else {
            column.dictionary.get(column.data.code(row)? as usize).cloned().unwrap_or_default()
        };
        if text.is_empty() {
            ended = true;
        } else if ended || !text.contains(char::is_alphabetic) {
            return None;
        } else {
            words.push(text);
        }
    }
    (!words.is_empty() && words.len() < table.columns.len()).then(|| Title { row, text: words.join(", ") })
}

/// The column of titles: nothing above the first of them.
fn section(titles: &[Title], kept: &[bool], storage: &Storage) -> Column {
    let mut dictionary = vec![String::new()];
    let mut codes = CellsBuilder::codes(storage.clone());
    let mut code = 0;
    for (row, kept) in kept.iter().enumerate() {
        if *kept {
            codes.push_code(code);
            continue;
        }
        let Some(title) = titles.iter().find(|title| title.row == row) else { continue };
        let at = dictionary.iter().position(|known| *known == title.text).unwrap_or_else(|| {
            dictionary.push(title.text.clone());
            dictionary.len() - 1
        });
        code = u32::try_from(at).unwrap_or_default();
    }
    Column::new(SECTION.to_owned(), CellType::Text, codes.finish(), dictionary)
}

/// Forgets that the cells of titles hold no numbers, and counts the rows anew.
fn forget(invalid: &mut InvalidCells, titles: &[Title], numbers: &[usize]) {
    let is_title = |row: u64| titles.iter().any(|title| title.row as u64 == row);
    for title in titles {
        for column in numbers {
            let named = invalid.named.iter().find(|cell| cell.column == *column && cell.row == title.row as u64);
            let kind = named.map_or(FindingKind::EmptyCell, |cell| cell.kind);
            if let Some(count) = invalid.counts.get_mut(&(*column, kind)) {
                *count = count.saturating_sub(1);
            }
        }
    }
    invalid.counts.retain(|_, count| *count > 0);
    invalid.named.retain(|cell| !is_title(cell.row));
    for cell in &mut invalid.named {
        cell.row -= titles.iter().filter(|title| (title.row as u64) < cell.row).count() as u64;
    }
}

/// Leaves out the texts that only titles had; what is left may be dates.
fn forget_unused(column: &mut Column, storage: &Storage) {
    let mut used: Vec<u32> = (0..column.data.rows()).filter_map(|row| column.data.code(row)).collect();
    used.sort_unstable();
    used.dedup();
    if used.len() == column.dictionary.len() {
        return;
    }
    let code = |row: usize| column.data.code(row).and_then(|code| used.binary_search(&code).ok()).unwrap_or_default();
    let texts: Vec<String> = used.iter().filter_map(|code| column.dictionary.get(*code as usize).cloned()).collect();
    let rows = 0..column.data.rows();
    let dates = calendar::of_texts(&texts);
    let (cells, data, texts): (CellType, Cells, Vec<String>) = if let Some(LocalDates::Instants(instants, _)) = dates {
        let mut built = CellsBuilder::instants(storage.clone());
        rows.for_each(|row| built.push_instant(instants.get(code(row)).copied().flatten()));
        (CellType::Timestamp, built.finish(), Vec::new())
    } else {
        let mut built = CellsBuilder::codes(storage.clone());
        rows.for_each(|row| built.push_code(u32::try_from(code(row)).unwrap_or_default()));
        (CellType::Text, built.finish(), texts)
    };
    (column.cells, column.data, column.dictionary) = (cells, data, texts);
}
