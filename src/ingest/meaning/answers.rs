//! What was to come out, and what came out: `expected` beside `got`, `gold` beside `pred`.
//!
//! In: a table and one of its columns. Out: whether it holds the answers of a test and not what was measured. They are repeated in each
//! row for whoever reads it, may be numbers or texts, and a text among numbers is no corruption.

use crate::table::{CellType, Role, Table};

use super::name;
use super::vocabulary::Words;

/// What was to come out.
const RIGHT: Words = Words::of("expected gold golden reference truth");
/// Such words that mean nothing else beside a prediction.
const SURELY_RIGHT: Words = Words::of("gold golden truth");
/// What came out.
const GIVEN: Words = Words::of("got actual pred predicted prediction answer output selected chosen");
/// Such words that mean nothing else beside a right answer.
const SURELY_GIVEN: Words = Words::of("pred predicted prediction answer");
/// What either of them may be called besides: `expected_output`, `ground_truth`.
const BESIDES: Words = Words::of("ground answer output value response result text label tool function intent class");

/// Whether a column holds right answers or those that were given.
pub(super) fn role(table: &Table, index: usize) -> Option<(Role, String)> {
    let words = |column: usize| name::words(name::without_brackets(name::leaf(&table.columns[column].name)));
    let own = words(index);
    let is_right = is_called(&own, RIGHT);
    if table.columns[index].cells == CellType::Boolean || !is_right && !is_called(&own, GIVEN) {
        return None;
    }
    let object = name::parent(&table.columns[index].name);
    let other = (0..table.columns.len()).find(|other| {
        let words = words(*other);
        let fits =
            if is_right { is_called(&words, GIVEN) && !is_called(&words, RIGHT) } else { is_called(&words, RIGHT) };
        *other != index && fits && name::parent(&table.columns[*other].name) == object
    })?;
    let (right, given) = if is_right { (index, other) } else { (other, index) };
    let sure = SURELY_RIGHT.among(&words(right)).is_some() && SURELY_GIVEN.among(&words(given)).is_some();
    if !sure && !are_mostly_equal(table, right, given) {
        return None;
    }
    let other = &table.columns[other].name;
    let what = if is_right { "what was to come out" } else { "what came out" };
    Some((Role::Unused, format!("{what}, beside `{other}`: an answer, and none of what was measured")))
}

/// Whether a name says that and nothing else.
fn is_called(words: &[String], known: Words) -> bool {
    known.among(words).is_some() && words.iter().all(|word| known.has(word) || BESIDES.has(word))
}

/// Whether half of the rows and more have the same in both columns, and not always the same.
fn are_mostly_equal(table: &Table, one: usize, other: usize) -> bool {
    let rows = usize::try_from(table.lines.rows()).unwrap_or(usize::MAX);
    let (first, second) = (&table.columns[one], &table.columns[other]);
    let (mut both, mut equal, mut differs) = (0, 0, false);
    let mut before = None;
    for row in 0..rows {
        let pair = if first.cells.is_number() && second.cells.is_number() {
            let numbers = first.data.number(row).zip(second.data.number(row));
            numbers.map(|(one, other)| (one.to_bits().to_string(), other.to_bits().to_string()))
        } else if !first.cells.is_number() && !second.cells.is_number() {
            let text = |column: &crate::table::Column| {
                column.data.code(row).and_then(|code| column.dictionary.get(code as usize)).cloned()
            };
            text(first).zip(text(second))
        } else {
            None
        };
        let Some((one, other)) = pair else { continue };
        both += 1;
        equal += usize::from(one == other);
        differs |= before.as_ref().is_some_and(|before| *before != one);
        before = Some(one);
    }
    both > 1 && differs && 2 * equal >= both
}
