//! Whole numbers that a label of their row says as well: `gpus` 4 beside `4xGPU`.
//!
//! In: a table with roles. Out: the same, in which such numbers are no metrics. Evidence is that every row agrees, for several numbers; what
//! has a unit or counts what came out may agree with what was asked for, and stays.

use std::collections::BTreeSet;

use crate::table::{CellType, Column, Role, Table};

use super::name;
use super::vocabulary::{self, Kind};

/// So many different numbers agree by no chance.
const FEWEST: usize = 3;
/// More different texts name no configurations.
const MOST_TEXTS: usize = 1000;
/// Columns of labels that are looked at.
const MOST_LABELS: usize = 8;

/// Takes whole numbers from among the metrics that labels say.
pub(super) fn settle(table: &mut Table) {
    let is_label = |column: &&usize| {
        let column = &table.columns[**column];
        column.cells == CellType::Text && (FEWEST..=MOST_TEXTS).contains(&column.dictionary.len())
    };
    let all: Vec<usize> = table.columns_as(Role::Label).chain(table.columns_as(Role::Setting)).collect();
    let labels: Vec<usize> = all.iter().filter(is_label).copied().take(MOST_LABELS).collect();
    if labels.is_empty() {
        return;
    }
    let said: Vec<(usize, Vec<BTreeSet<u64>>)> = labels
        .into_iter()
        .map(|label| (label, table.columns[label].dictionary.iter().map(|text| numbers_of(text)).collect()))
        .collect();
    let numbers: Vec<usize> = table.columns_as(Role::Metric).filter(|index| may_be(&table.columns[*index])).collect();
    for index in numbers {
        if let Some((label, _)) = said.iter().find(|(label, said)| says_it(table, (*label, said), index)) {
            let reason =
                format!("the number that `{}` says: it describes what was measured", table.columns[*label].name);
            (table.columns[index].role, table.columns[index].role_reason) = (Role::Unused, reason);
        }
    }
}

/// Whether a name says nothing of what came out.
fn may_be(column: &Column) -> bool {
    let said = name::read(&column.name);
    let words = name::words(name::leaf(&column.name));
    let came_out = |word: &String| {
        vocabulary::FAILED.has(word)
            || vocabulary::SUCCEEDED.has(word)
            || vocabulary::VALUE.has(word)
            || vocabulary::COMES_OUT.has(word)
            || vocabulary::RATES.has(word)
            || vocabulary::DURATIONS.has(word)
    };
    column.cells == CellType::Integer
        && matches!(said.kind, None | Some(Kind::Count))
        && said.statistic.is_none()
        && !words.iter().any(came_out)
}

/// Whether each row has a number among the digits of its label, several of them in all.
fn says_it(table: &Table, (label, said): (usize, &[BTreeSet<u64>]), index: usize) -> bool {
    let (values, codes) = (table.values(index), table.text_cells(label));
    let mut different = BTreeSet::new();
    let mut rows = 0..values.rows();
    let all = rows.all(|row| {
        let (Some(number), Some(code)) = (values.number(row), codes.code(row)) else { return false };
        different.insert(number.to_bits());
        number >= 0.0 && said.get(code as usize).is_some_and(|said| said.contains(&(number as u64)))
    });
    all && different.len() >= FEWEST
}

/// The whole numbers in a text: 4 and 512 of `4xGPU, pp512`. Those with a point are none.
fn numbers_of(text: &str) -> BTreeSet<u64> {
    let parts = text.split(|letter: char| !letter.is_ascii_digit() && letter != '.');
    parts.filter(|part| !part.contains('.')).filter_map(|part| part.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_of_a_text_are_found_between_its_letters() {
        assert_eq!(numbers_of("4xGPU, pp512 v1.5").into_iter().collect::<Vec<_>>(), [4, 512]);
    }
}
