//! How good answers were: a `score` in a table of questions.
//!
//! In: a metric called `score` among the columns of its table. Out: whether more of it is better. A score may be of a risk, a distance or a
//! game; grades from 0 to 1 beside questions or answers are of the answers.

use crate::table::{Column, Table};

use super::design::counted;
use super::name;
use super::vocabulary::Words;

/// What is asked and answered, graded, or expected.
const GRADED: Words = Words::of("question answer answers expected correct item gold grader graded judge rubric");
/// Beside these a score may be a distance, or of what was found and not of what was answered.
const FOUND: Words = Words::of("chunk chunks doc document rank distance risk anomaly retrieved hit neighbor neighbour");

/// Whether the numbers are grades of answers: few different ones from 0 to 1, the best of which was reached.
pub(super) fn are_grades(table: &Table, index: usize) -> bool {
    const MOST_GRADES: usize = 21;
    let words = |column: &Column| name::words(name::leaf(&column.name));
    if !words(&table.columns[index]).iter().eq(["score"]) {
        return false;
    }
    let any = |known: Words| table.columns.iter().any(|column| known.among(&words(column)).is_some());
    if !any(GRADED) || any(FOUND) || !table.values(index).all(|number| (0.0..=1.0).contains(&number)) {
        return false;
    }
    counted(table.values(index), MOST_GRADES)
        .is_some_and(|grades| grades.len() > 1 && grades.keys().any(|grade| f64::from_bits(*grade) == 1.0))
}
