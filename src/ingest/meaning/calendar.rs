//! Whole numbers whose digits are a date with a time: `20240315120000`.
//!
//! In: the numbers of a whole column and its name. Out: the same as instants, where every one of them is a date of the calendar
//! and the column goes on as a clock does, or is called one. A single number decides nothing.

use crate::table::packed::{Cells, CellsBuilder};
use crate::table::storage::Storage;

use crate::ingest::meaning::vocabulary::{self, Words};
use crate::ingest::meaning::{clock, name};

/// Called so, eight digits are a day.
const DAYS: Words = Words::of("date day datum ymd yyyymmdd");
/// The share of rows that may lie before the one above them: what is written by several at once is not quite in order.
const MOST_FALLS: f64 = 0.02;

/// The instants that a column's numbers write out, if they do.
pub(crate) fn instants(column: &str, numbers: &Cells, storage: &Storage) -> Option<Cells> {
    let mut first = None;
    numbers.visit_present(0..numbers.count().min(1), |block| first = block.first().copied());
    clock::of_digits(first?)?;
    let words = name::words(name::leaf(column));
    let of_days = first.is_some_and(|first| first < clock::LEAST_WITH_TIME);
    let named = if of_days { DAYS } else { vocabulary::INSTANT }.among(&words).is_some();
    if of_days && !named {
        return None;
    }
    let (mut before, mut rises, mut falls) = (f64::NAN, 0_usize, 0_usize);
    let valid = numbers.all(|number| {
        rises += usize::from(number > before);
        falls += usize::from(number < before);
        before = number;
        (number < clock::LEAST_WITH_TIME) == of_days && clock::of_digits(number).is_some()
    });
    if !valid {
        return None;
    }
    let goes_on = rises > 0 && falls as f64 <= MOST_FALLS * numbers.count() as f64;
    (named || goes_on).then(|| {
        let mut instants = CellsBuilder::instants(storage.clone());
        numbers.visit(0..numbers.rows(), |block| {
            for (offset, number) in block.numbers.iter().enumerate() {
                instants.push_instant(if block.has(offset) { clock::of_digits(*number) } else { None });
            }
        });
        instants.finish()
    })
}
