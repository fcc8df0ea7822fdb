//! What a sweep went through: the numbers of a loop in front of a table, and those with which others rise where no clock went on.
//!
//! In: a table, or a column of it. Out: how many columns in front are loops, and whether a column is what was gone through.

use std::collections::BTreeSet;

use crate::table::{CellType, Table};

use super::design;
use super::name;
use super::profile::Profile;
use super::vocabulary::{self, Words};

/// Longer tables are recordings.
const MOST_ROWS: u64 = 5000;
/// Each column of a table is compared with the others; wider ones are documents with numbers of all kinds.
const MOST_COLUMNS: usize = 64;

/// Whether a column is called like what a training was told (`lr`, `learning_rate`): nothing that came out of it.
pub(super) fn is_of_training(words: &[String]) -> bool {
    const SCHEDULE: Words = Words::of("lr momentum dropout");
    let is_rate = matches!(words, [.., learning, rate] if learning == "learning" && rate == "rate");
    is_rate || words.last().is_some_and(|last| SCHEDULE.has(last))
}

/// Whether a name is that of a setting: a word for one, or a single letter.
fn is_called_like_one(words: &[String]) -> bool {
    let letter = matches!(words, [only] if only.len() == 1 && only.bytes().all(|byte| byte.is_ascii_lowercase()));
    letter || vocabulary::PARAMETER.among(words).is_some()
}

/// Whether a column is what a sweep went through, so that other numbers rise with it and no clock went on: called like a setting, larger in
/// every row or from the first number on again, and as people choose numbers.
pub(super) fn goes_through(table: &Table, index: usize) -> bool {
    const FEWEST: usize = 3;
    let column = &table.columns[index];
    if column.cells != CellType::Integer || table.columns.len() > MOST_COLUMNS {
        return false;
    }
    let words = name::words(name::without_brackets(name::leaf(&column.name)));
    if !is_called_like_one(&words) {
        return false;
    }
    // Users and connections grow while a clock goes on.
    let by_load = words.iter().any(|word| {
        matches!(word.as_str(), "users" | "vus" | "clients" | "connections" | "conns" | "rows" | "entries" | "epochs")
    });
    if by_load || name::read(&column.name).statistic.is_some() {
        return false;
    }
    let values = table.values(index);
    let steps = values.count().saturating_sub(1);
    let (mut first, mut step, mut before) = (f64::NAN, f64::NAN, f64::NAN);
    let (mut seen, mut again, mut even, mut round) = (0_usize, 0_usize, true, true);
    let rising = values.all(|number| {
        seen += 1;
        round &= design::are_round(std::iter::once(number), 2);
        match seen {
            1 => first = number,
            2 => step = number - first,
            _ => {}
        }
        let goes_on = if seen == 1 {
            true
        } else if number == first {
            // The same once more, for another algorithm.
            again += 1;
            3 * again <= steps
        } else {
            even &= number - before == step;
            number > before
        };
        before = number;
        goes_on
    });
    rising && seen >= FEWEST && (even && (step == 1.0 || step == first) || round)
}

/// Columns without names in front of a table, which go through all combinations of their numbers as nested loops do.
pub(super) fn nested_loops(table: &Table) -> usize {
    const FEWEST: usize = 8;
    const MOST: usize = 6;
    let rows = usize::try_from(table.lines.rows()).unwrap_or(usize::MAX);
    if table.columns.len() > MOST_COLUMNS {
        return 0;
    }
    if !(FEWEST..=MOST_ROWS as usize).contains(&rows)
        || !table.columns.iter().all(|one| one.name.starts_with("column_"))
    {
        return 0;
    }
    let whole = |column: &usize| table.columns[*column].cells == CellType::Integer;
    let columns: Vec<usize> = (0..table.columns.len().saturating_sub(1)).take_while(whole).take(MOST).collect();
    let different = |one: &usize| table.values(*one).iter().flatten().map(f64::to_bits).collect::<BTreeSet<_>>().len();
    // A first column that is another in each row numbers them.
    if columns.first().is_none_or(|first| 2 * different(first) > rows) {
        return 0;
    }
    let in_order = |upto: usize| {
        let product: usize = columns[..upto].iter().map(different).fold(1, usize::saturating_mul);
        let rises = (1..rows).all(|row| {
            let number = |row: usize, at: usize| table.values(columns[at]).number(row).unwrap_or(f64::NAN);
            let place = (0..upto).find(|at| number(row - 1, *at) != number(row, *at));
            place.is_some_and(|at| number(row, at) > number(row - 1, at))
        });
        // With gaps, or without.
        product <= 4 * rows && rises
    };
    (2..=columns.len()).find(|upto| in_order(*upto)).unwrap_or(0)
}

/// The column that goes one way in every row with the first numbers of a table without names, which rise from row to row: what was gone
/// through, and no number of a repetition. Beside a clock everything may go on.
pub(super) fn without_name<'t>(table: &'t Table, index: usize, profile: &Profile) -> Option<&'t str> {
    const ROWS: std::ops::RangeInclusive<usize> = 6..=100;
    const MANY: usize = 8;
    let column = &table.columns[index];
    let rises = profile.falls == 0 && profile.rises + 1 == profile.count;
    let unnamed = column.name.starts_with("column_") && column.cells == CellType::Integer;
    let is_instant = profile.in_clock.iter().any(|count| *count > 0);
    if !unnamed || !rises || !ROWS.contains(&profile.count) || is_instant || table.columns.len() > MOST_COLUMNS {
        return None;
    }
    let varies =
        |other: usize| table.columns[other].cells.is_number() && design::counted(table.values(other), 1).is_none();
    if (0..index).any(varies) || design::has_clock(table, index) {
        return None;
    }
    let goes_with = |other: &usize| {
        let of = Profile::of(table.values(*other));
        // In many rows one step the other way is noise.
        let noise = usize::from(of.count >= MANY);
        let one_way = of.rises + 1 + noise >= of.count || of.falls + 1 + noise >= of.count;
        varies(*other) && of.count == profile.count && one_way && of.by_ones + 1 < of.count
    };
    (index + 1..table.columns.len()).find(goes_with).map(|other| table.columns[other].name.as_str())
}
