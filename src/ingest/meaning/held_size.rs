//! Sizes that somebody set and held while he repeated something: 1024 MB of memory for five repetitions, then 2048 MB.
//!
//! In: a column of amounts of data among the others of its table. Out: that it was chosen, where few round amounts stand in it, each of them the
//! same from one repetition to the next, and another amount in the same unit came out beside it.

use std::collections::BTreeMap;

use crate::table::{CellType, Table};

use super::design::{are_round, counted};
use super::name::{self, NameMeaning};
use super::vocabulary::{self, Kind};

/// More amounts were measured.
const MOST_SIZES: usize = 12;
const MOST_ROWS: u64 = 20_000;
/// So often an amount has to be held from one repetition to the next, for each of the amounts.
const HELD: usize = 2;

/// How one sees that amounts were set; `None` where one does not.
pub(super) fn chosen(table: &Table, index: usize, said: &NameMeaning) -> Option<String> {
    let column = &table.columns[index];
    let unit = said.unit.filter(|_| said.kind == Some(Kind::Bytes) && said.statistic.is_none())?;
    if column.cells != CellType::Integer || table.lines.rows() > MOST_ROWS {
        return None;
    }
    let sizes = counted(table.values(index), MOST_SIZES).filter(|sizes| sizes.len() > 1)?;
    let numbers = || sizes.keys().map(|bits| f64::from_bits(*bits));
    if !are_round(numbers(), 1) || numbers().any(|size| size < 1.0) {
        return None;
    }
    let repetition = (0..table.columns.len()).find(|other| *other != index && counts_repetitions(table, *other))?;
    // What was used beside what was to be had.
    let beside = |other: &usize| {
        let column = &table.columns[*other];
        *other != index
            && column.cells.is_number()
            && name::read(&column.name).unit == Some(unit)
            && counted(table.values(*other), MOST_SIZES).is_none()
    };
    (0..table.columns.len()).find(beside)?;
    is_held(table, index, repetition, sizes.len()).then(|| {
        format!(
            "few round amounts, each the same from one `{}` to the next: they were set",
            table.columns[repetition].name
        )
    })
}

/// Whether a column is called like repetitions and counts them, again and again from the first on.
fn counts_repetitions(table: &Table, index: usize) -> bool {
    let column = &table.columns[index];
    let words = name::words(name::leaf(&column.name));
    column.cells == CellType::Integer && words.last().is_some_and(|last| vocabulary::REPETITION.has(last))
}

/// Whether an amount stays where the next row is the next repetition, often for each of so many.
fn is_held(table: &Table, index: usize, repetition: usize, sizes: usize) -> bool {
    let rows = table.values(index).iter().zip(table.values(repetition).iter());
    let rows: Vec<(Option<f64>, Option<f64>)> = rows.into_iter().collect();
    let mut held: BTreeMap<u64, usize> = BTreeMap::new();
    for pair in rows.windows(2) {
        let (Some(before), Some(now)) = (pair[0].1, pair[1].1) else { return false };
        if now != before + 1.0 {
            continue;
        }
        match (pair[0].0, pair[1].0) {
            (Some(one), Some(other)) if one == other => *held.entry(one.to_bits()).or_default() += 1,
            _ => return false,
        }
    }
    held.len() == sizes && held.values().all(|times| *times >= HELD)
}
