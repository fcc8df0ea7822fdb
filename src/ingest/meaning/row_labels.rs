//! What the rows of a summary are of, in one text each.
//!
//! In: a table with roles. Out: a label for each row, of its texts and settings as far as they differ from row to row; none
//! for the row of a total.

use std::collections::{BTreeMap, BTreeSet};

use crate::table::{Role, Table};

use super::vocabulary;

/// The label of each row, with those columns beside the ones that label by their role.
pub(crate) fn of(table: &Table, rows: usize, more: &[usize]) -> Vec<Option<String>> {
    let mut texts: Vec<Vec<String>> = vec![Vec::new(); rows];
    for (index, column) in table.columns.iter().enumerate() {
        let number = column.cells.is_number();
        // The number of a row says nothing of it.
        let tells = match column.role {
            Role::Label | Role::Setting => true,
            Role::Identifier => !number,
            _ => false,
        };
        if !tells && !more.contains(&index) {
            continue;
        }
        let cell = |row: usize| {
            if number {
                let number = column.data.number(row)?;
                return Some(format!("{}={}", column.name, column.cells.written(number)));
            }
            column.data.code(row).and_then(|code| column.dictionary.get(code as usize)).cloned()
        };
        let cells: Vec<Option<String>> = (0..rows).map(cell).collect();
        if cells.iter().all(|text| *text == cells[0]) {
            continue;
        }
        for (texts, cell) in texts.iter_mut().zip(cells) {
            texts.extend(cell.filter(|text| !text.is_empty()));
        }
    }
    let joined = texts.into_iter().map(|texts| texts.join(", "));
    joined.map(|text| Some(text).filter(|text| !vocabulary::is_total(text))).collect()
}

/// The first text of a row that labels it, as written.
pub(super) fn written(table: &Table, row: usize) -> Option<String> {
    let column = table.columns_as(Role::Label).find(|column| !table.columns[*column].cells.is_number())?;
    let column = &table.columns[column];
    column.dictionary.get(column.data.code(row)? as usize).cloned()
}

/// How many different ones there are.
pub(crate) fn distinct(labels: &[Option<String>]) -> usize {
    labels.iter().collect::<BTreeSet<_>>().len()
}

/// Numbers the rows that have a label in common, in their order.
pub(crate) fn number(labels: &mut [Option<String>]) {
    let mut times: BTreeMap<Option<String>, usize> = BTreeMap::new();
    for label in labels.iter() {
        *times.entry(label.clone()).or_default() += 1;
    }
    let mut before: BTreeMap<Option<String>, usize> = BTreeMap::new();
    for label in labels.iter_mut().filter(|label| times[*label] > 1) {
        let place = before.entry(label.clone()).or_default();
        *place += 1;
        let text = label.take().filter(|text| !text.is_empty());
        *label = Some(text.map_or_else(|| format!("row {place}"), |text| format!("{text} #{place}")));
    }
}
