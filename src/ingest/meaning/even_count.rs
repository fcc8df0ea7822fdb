//! Whole numbers that go on by the same step from row to row, from none on, and begin anew now and then: how much had been done, and no result.
//!
//! In: a column of whole numbers among the others of its table. Out: how one sees that it counts.

use crate::measure::Polarity;
use crate::table::{Role, Table};

use super::name;
use super::vocabulary;

/// How one sees that numbers count on evenly; `None` where they may have been measured.
pub(super) fn counts_on(table: &Table, index: usize, words: &[String]) -> Option<String> {
    const FEWEST: usize = 10;
    let column = &table.columns[index];
    let said = name::read(&column.name);
    let silent = said.kind.is_none() && said.unit.is_none() && said.polarity == Polarity::Unknown;
    // A result may go on as evenly with what a sweep went through.
    let swept = || table.columns_as(Role::Setting).next().is_some();
    if !silent || column.name.starts_with("column_") || words.iter().any(|word| vocabulary::VALUE.has(word)) || swept()
    {
        return None;
    }
    let values = table.values(index);
    if values.count() < FEWEST {
        return None;
    }
    let (mut before, mut first, mut step) = (f64::NAN, f64::NAN, f64::NAN);
    let (mut even, mut anew) = (0_usize, 0_usize);
    let goes_on = values.all(|number| {
        if before.is_nan() {
            first = number;
        } else if step.is_nan() {
            step = number - before;
            even += 1;
            if step <= 1.0 {
                return false;
            }
        } else if number - before == step {
            even += 1;
        } else if number < before && number <= first {
            anew += 1;
        } else {
            return false;
        }
        before = number;
        true
    });
    // What only rises may be a result that grows with its rows.
    let counts_from_none = first == step || first == 0.0;
    (goes_on && counts_from_none && even >= FEWEST - 1 && anew > 0 && anew * FEWEST <= even)
        .then(|| format!("{step} more from row to row: how much had been done, and no result"))
}
