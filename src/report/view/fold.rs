//! Long lists on a page: the first rows stand open, the others behind a line that says how many they are.

use crate::report::number;

/// How many rows of a list stand open: one more than fits is shown rather than folded away behind a line of its own.
pub(super) fn open(length: usize, most: usize) -> usize {
    if length <= most + 1 { length } else { most }
}

/// The open rows, the others, and the line above those; `None` where there are no others.
pub(super) fn fold<T>(mut rows: Vec<T>, open: usize, noun: &str) -> (Vec<T>, Vec<T>, Option<String>) {
    let others = rows.split_off(open);
    let title = (!others.is_empty()).then(|| number::counted(others.len() as u64, noun));
    (rows, others, title)
}
