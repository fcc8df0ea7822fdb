//! In which order the numbers stand: rising, in blocks, in stretches, again and again, or in none.

use crate::table::Table;

use super::super::design;
use super::super::profile::Profile;
use super::numbers::Numbers;
use super::sign::Sign;

/// What their order says.
pub(super) fn signs(table: &Table, index: usize, profile: &Profile, numbers: &Numbers) -> Vec<Sign> {
    /// Three numbers rise by chance, unless they are a first column in alike steps.
    const FEWEST: usize = 4;
    const ROWS_TO_A_CHANGE: usize = 3;
    let first = index == 0;
    let several = profile.count >= FEWEST || first && profile.count + 1 == FEWEST && numbers.have_alike_steps();
    let rises = profile.falls == 0 && profile.rises + 1 == profile.count && several;
    // By ones from the first row on: they number the rows.
    let numbers_rows = profile.by_ones == profile.rises && profile.low <= 1.0;
    let changes = profile.falls + profile.rises;
    // The same number in all rows is none of those that differ.
    let is_text = |other: usize| !table.columns[other].cells.is_number();
    let is_constant = |other: usize| design::counted(table.values(other), 1).is_some();
    let behind_texts = (0..index).any(is_text) && (0..index).all(|other| is_text(other) || is_constant(other));
    let round = numbers.are_steps();
    [
        (first, Sign::First),
        (behind_texts, Sign::FirstNumber),
        (rises, Sign::Rises),
        (rises && first && !numbers_rows, Sign::FirstRises),
        (rises && round && !numbers_rows, Sign::RoundRises),
        (profile.falls == 0 && !rises, Sign::Blocks),
        (ROWS_TO_A_CHANGE * changes <= profile.count, Sign::Stretches),
        (passes(table, index, profile), Sign::Passes),
        (is_scattered(profile, numbers), Sign::Scattered),
    ]
    .into_iter()
    .filter_map(|(is, sign)| is.then_some(sign))
    .collect()
}

/// Whether they go up and down, with many digits, and hardly any comes again.
fn is_scattered(profile: &Profile, numbers: &Numbers) -> bool {
    const FEWEST: usize = 20;
    const DIGITS: i32 = 3;
    const PART: usize = 4;
    let turns = profile.falls.min(profile.rises);
    numbers.different.len() >= FEWEST
        && 2 * numbers.different.len() >= profile.count
        && PART * turns >= profile.count
        && !super::super::design::are_round(numbers.different.iter().copied(), DIGITS)
}

/// Whether nothing is seen by which numbers were put where they stand.
pub(super) fn is_shuffled(profile: &Profile, signs: &[Sign]) -> bool {
    const ORDER: [Sign; 8] = [
        Sign::Rises,
        Sign::Blocks,
        Sign::Stretches,
        Sign::Passes,
        Sign::Evenly,
        Sign::Distinct,
        Sign::GridWithTexts,
        Sign::SameBesideTexts,
    ];
    profile.falls > 0 && profile.rises > 0 && !signs.iter().any(|sign| ORDER.contains(sign))
}

/// Whether they go the same way up several times, each time from the smallest on.
fn passes(table: &Table, index: usize, profile: &Profile) -> bool {
    const FEWEST_ROWS: usize = 6;
    if profile.count < FEWEST_ROWS || profile.falls == 0 || profile.rises <= profile.falls {
        return false;
    }
    let mut before = f64::INFINITY;
    table.values(index).all(|number| {
        let goes_on = number >= before || number == profile.low;
        before = number;
        goes_on
    })
}
