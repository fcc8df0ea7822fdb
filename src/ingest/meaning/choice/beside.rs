//! How the numbers stand beside the texts and the other numbers of their rows: each with each, or the same ones again.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::table::{CellType, Column, Table};

use super::super::design::{self, counted};
use super::super::name;
use super::numbers::Numbers;
use super::objection;
use super::sign::Sign;

/// What these signs weigh together at most.
pub(super) const MOST_POINTS: i32 = Sign::GridWithNumber.points()
    + Sign::GridWithTexts.points()
    + Sign::SameBesideTexts.points()
    + Sign::RisesBesideTexts.points()
    + Sign::TellsApart.points();
/// More different ones were not tried with each other, and longer tables are recordings.
const MOST_DIFFERENT: usize = 400;
const MOST_TRIED: usize = 64;
const MOST_ROWS: u64 = 10_000;

/// The texts and the numbers of a row that may have been chosen.
type Configuration = (Vec<Option<u32>>, Vec<Option<u64>>);

/// What they say.
pub(super) fn signs(table: &Table, index: usize, numbers: &Numbers) -> Vec<Sign> {
    if table.lines.rows() > MOST_ROWS || numbers.different.len() > MOST_DIFFERENT {
        return Vec::new();
    }
    let mut signs = beside_texts(table, index, numbers);
    let others = |other: &usize| *other != index && table.columns[*other].cells.is_number();
    if (0..table.columns.len()).filter(others).any(|other| is_grid(table, index, other, numbers)) {
        signs.push(Sign::GridWithNumber);
    }
    if numbers.are_steps() && tells_apart(table, index) {
        signs.push(Sign::TellsApart);
    }
    signs
}

/// Whether with it and with the texts and the other round numbers nearly each row is another configuration, or each stands in as many rows,
/// and without it some are the same.
fn tells_apart(table: &Table, index: usize) -> bool {
    /// So many rows at least that only it tells apart, and a part of all.
    const TOLD_APART: usize = 2;
    const PART: usize = 10;
    const NEARLY_ALL: f64 = 0.85;
    let rows = usize::try_from(table.lines.rows()).unwrap_or(usize::MAX);
    // Where a text names each row, nothing else has to tell them apart.
    let names_rows = |column: &Column| column.cells == CellType::Text && column.dictionary.len() >= rows;
    if table.columns.iter().any(names_rows) {
        return false;
    }
    let labels = design::labels_of_kinds(table);
    let others: Vec<usize> =
        (0..table.columns.len()).filter(|other| *other != index && may_be_chosen(table, *other)).collect();
    let kinds = |numbers: &[usize]| {
        let seen = configurations(table, &labels, numbers);
        let as_often: HashSet<usize> = seen.values().copied().collect();
        // Some may have been tried once more.
        (seen.len(), as_often.len() == 1 || seen.len() as f64 >= NEARLY_ALL * rows as f64)
    };
    let without = kinds(&others).0;
    let (with, evenly) = kinds(&others.into_iter().chain([index]).collect::<Vec<_>>());
    evenly && with.saturating_sub(without) >= TOLD_APART.max(with / PART)
}

/// How many rows have each combination of these texts and numbers.
fn configurations(table: &Table, labels: &[usize], numbers: &[usize]) -> HashMap<Configuration, usize> {
    let mut counts: HashMap<Configuration, usize> = HashMap::new();
    for row in 0..usize::try_from(table.lines.rows()).unwrap_or(usize::MAX) {
        let numbers = numbers.iter().map(|one| table.values(*one).number(row).map(f64::to_bits)).collect();
        *counts.entry((design::texts_of_row(table, labels, row), numbers)).or_default() += 1;
    }
    counts
}

/// Whether a column holds round whole numbers about whose coming out its name says nothing.
fn may_be_chosen(table: &Table, index: usize) -> bool {
    let column = &table.columns[index];
    let words = name::words(name::without_brackets(name::leaf(&column.name)));
    let round = |counts: BTreeMap<u64, usize>| {
        counts.len() >= 2 && design::are_round(counts.keys().map(|bits| f64::from_bits(*bits)), 2)
    };
    column.cells == CellType::Integer
        && !objection::stands(table, index, &name::read(&column.name), &words)
        && counted(table.values(index), MOST_TRIED).is_some_and(round)
}

/// Whether each number stands beside each of another column.
fn is_grid(table: &Table, index: usize, other: usize, numbers: &Numbers) -> bool {
    const FEWEST: usize = 4;
    let values = (table.values(index), table.values(other));
    if numbers.different.len() > MOST_TRIED {
        return false;
    }
    let Some(others) = counted(values.1, MOST_TRIED).filter(|others| others.len() >= 2) else { return false };
    let combinations = numbers.different.len() * others.len();
    if combinations < FEWEST || combinations > numbers.rows {
        return false;
    }
    let pair = |row: usize| Some((values.0.number(row)?.to_bits(), values.1.number(row)?.to_bits()));
    let rows = usize::try_from(table.lines.rows()).unwrap_or(usize::MAX);
    (0..rows).filter_map(pair).collect::<HashSet<_>>().len() == combinations
}

/// Whether the numbers stand beside the combinations of texts as what was tried does.
fn beside_texts(table: &Table, index: usize, numbers: &Numbers) -> Vec<Sign> {
    const FILLED: f64 = 0.9;
    let labels = design::labels_of_kinds(table);
    let groups = design::numbers_by_labels(table, &labels, index);
    if labels.is_empty() || groups.len() < 2 {
        return Vec::new();
    }
    let mut signs = Vec::new();
    let mut alike: HashMap<&BTreeMap<Option<u64>, usize>, usize> = HashMap::new();
    for group in groups.values() {
        *alike.entry(group).or_default() += 1;
    }
    let most = alike.values().copied().max().unwrap_or_default();
    if most >= 2 && 2 * most > groups.len() && groups.values().any(|group| group.len() >= 2) {
        signs.push(Sign::SameBesideTexts);
    }
    let together: usize = groups.values().map(BTreeMap::len).sum();
    if together as f64 >= FILLED * (numbers.different.len() * groups.len()) as f64 {
        signs.push(Sign::GridWithTexts);
    }
    if rises_beside(table, index, &labels) {
        signs.push(Sign::RisesBesideTexts);
    }
    signs
}

/// Whether the numbers beside each combination of texts are larger from row to row, in several combinations of several rows.
fn rises_beside(table: &Table, index: usize, labels: &[usize]) -> bool {
    const FEWEST: usize = 2;
    let values = table.values(index);
    let mut last: HashMap<Vec<Option<u32>>, (f64, usize)> = HashMap::new();
    for row in 0..usize::try_from(table.lines.rows()).unwrap_or(usize::MAX) {
        let Some(number) = values.number(row) else { return false };
        let (before, rows) = last.entry(design::texts_of_row(table, labels, row)).or_insert((f64::NEG_INFINITY, 0));
        if number <= *before {
            return false;
        }
        (*before, *rows) = (number, *rows + 1);
    }
    last.values().filter(|(_, rows)| *rows >= FEWEST).count() >= FEWEST
}

/// Whether nearly each of the numbers stands in several rows of the same texts and of the same of the other numbers that come again and
/// again: which repetition it was stands in one.
pub(super) fn stand_in_several(table: &Table, index: usize) -> bool {
    const NEARLY_ALL: f64 = 0.9;
    const ROWS_EACH: usize = 4;
    let rows = usize::try_from(table.lines.rows()).unwrap_or(usize::MAX);
    if table.lines.rows() > MOST_ROWS {
        return false;
    }
    let labels = design::labels_of_kinds(table);
    let comes_again = |column: &usize| {
        let few = || counted(table.values(*column), rows / ROWS_EACH).is_some();
        *column == index || table.columns[*column].cells == CellType::Integer && few()
    };
    let numbers: Vec<usize> = (0..table.columns.len()).filter(comes_again).collect();
    let counts = configurations(table, &labels, &numbers);
    let several = counts.values().filter(|count| **count >= 2).count();
    several as f64 >= NEARLY_ALL * counts.len() as f64
}
