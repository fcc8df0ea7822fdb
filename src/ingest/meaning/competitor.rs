//! A column that is one of several competitors, whatever its name says elsewhere: `batch` beside `copy` and `unnest`.
//!
//! In: a column of numbers among the others of its table. Out: whether others that are called by a word alone rise and fall with it, or are called
//! by the letters next to its own. A number that names who did it rises with nothing.

use crate::table::{CellType, Column, Table};

use super::design::counted;
use super::name;
use super::vocabulary::{self, Words};

/// So many steps of a number that names somebody go the same way as those of a result by chance in one of a hundred tables.
const FEWEST_STEPS: usize = 5;
/// Others that have to go with it.
const FEWEST_OTHERS: usize = 2;

/// Whether whole numbers under a name of who or which run are the results of one of several competitors: far apart, and going up and down as the
/// numbers of at least two others do, whose names say nothing of what they measure either.
pub(super) fn goes_with_others(table: &Table, index: usize) -> bool {
    /// They also say how something is done.
    const WAYS: Words = Words::of("batch thread session round");
    let is_one_word = |column: &Column| name::words(&column.name).len() == 1 && column.cells.is_number();
    let is_way = WAYS.among(&name::words(&table.columns[index].name)).is_some();
    let behind = |column: &Column| vocabulary::PARAMETER.among(&name::words(&column.name)).is_some();
    // What was tried stands in front of what came out.
    if !is_way || !table.columns[..index].iter().any(behind) {
        return false;
    }
    if !is_one_word(&table.columns[index]) || !is_far_apart(table, index) {
        return false;
    }
    let may_compete = |(other, column): &(usize, &Column)| {
        let words = name::words(&column.name);
        let said = name::read(&column.name);
        let is_other = vocabulary::PARAMETER.among(&words).is_some()
            || vocabulary::IDENTIFIER.among(&words).is_some()
            || vocabulary::ACTOR.among(&words).is_some();
        *other != index && is_one_word(column) && !is_other && said.kind.is_none() && said.unit.is_none()
    };
    let others = table.columns.iter().enumerate().filter(may_compete);
    others.filter(|(other, _)| goes_along(table, index, *other)).count() >= FEWEST_OTHERS
}

/// Whether the largest number is many times the smallest: those who are numbered are near each other.
fn is_far_apart(table: &Table, index: usize) -> bool {
    const TIMES: f64 = 50.0;
    let (mut low, mut high) = (f64::INFINITY, 0.0_f64);
    let positive = table.values(index).all(|number| {
        (low, high) = (low.min(number), high.max(number));
        number > 0.0
    });
    positive && high >= TIMES * low
}

/// Whether two columns go the same way from row to row, in nearly all steps in which both move.
fn goes_along(table: &Table, one: usize, other: usize) -> bool {
    const MOST: f64 = 0.9;
    let numbers = || table.values(one).iter().zip(table.values(other).iter()).filter_map(|(one, other)| one.zip(other));
    let steps = numbers().zip(numbers().skip(1)).map(|(before, next)| (next.0 - before.0) * (next.1 - before.1));
    let (mut moved, mut along) = (0_usize, 0_usize);
    for step in steps.filter(|step| *step != 0.0) {
        moved += 1;
        along += usize::from(step > 0.0);
    }
    moved >= FEWEST_STEPS && along as f64 >= MOST * moved as f64
}

/// Whether a column is called by one letter between those of its neighbours (`A`, `B`, `C`), of which one at least holds what nobody chose: other
/// numbers from row to row, or none at all throughout. The same number in all rows came out, then.
pub(super) fn is_one_of_letters(table: &Table, index: usize) -> bool {
    const FEWEST: usize = 3;
    let letter = |at: usize| {
        let column = table.columns.get(at)?;
        let [letter] = column.name.as_bytes() else { return None };
        (letter.is_ascii_uppercase() && column.cells == CellType::Integer).then_some(*letter)
    };
    let follows = |at: usize| letter(at).zip(letter(at + 1)).is_some_and(|(one, next)| next == one + 1);
    if letter(index).is_none() {
        return false;
    }
    let first = (0..index).rev().take_while(|at| follows(*at)).last().unwrap_or(index);
    let last = (index..table.columns.len()).take_while(|at| follows(*at)).last().map_or(index, |at| at + 1);
    let came_out = |at: usize| {
        let values = table.values(at);
        counted(values, 1).is_none() || values.all(|number| number == 0.0)
    };
    last - first + 1 >= FEWEST && (first..=last).any(|at| at != index && came_out(at))
}
