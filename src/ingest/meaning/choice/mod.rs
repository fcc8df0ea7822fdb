//! Whether a column of numbers was chosen by somebody or came out of a run: the signs for and against it, weighed.
//!
//! In: a column among the others of its table, whose name does not say by itself what it is. Out: why it is a setting, with the signs that
//! say so; `None` where they do not reach [`ENOUGH`]. No sign decides alone: a round number may be measured, a size may come out, and a first
//! column may be a result. A name that states a unit of time, a rate, a share or a statistic is an objection that no sign outweighs.

use crate::table::Table;

use super::design;
use super::name::NameMeaning;
use super::profile::Profile;
use numbers::Numbers;
use sign::Sign;

mod beside;
mod called;
mod numbers;
mod objection;
mod order;
mod sign;

/// So many points of [`Sign::points`] are enough.
const ENOUGH: i32 = 20;
/// Signs that a reason names, the heaviest first.
const NAMED: usize = 3;
/// A wider table is no design, and asking each column for each other would take long.
const MOST_COLUMNS: usize = 64;

/// Why a column was chosen and not measured; `None` where the signs do not say so.
pub(super) fn chosen(
    table: &Table,
    index: usize,
    profile: &Profile,
    (said, words): (&NameMeaning, &[String]),
) -> Option<String> {
    if objection::stands(table, index, said, words) {
        return None;
    }
    let numbers = Numbers::of(table, index, profile)?;
    // A repetition of the same has a number of its own; what stands in several rows of the same texts, and has no name, was gone through.
    let several = || table.columns[index].name.starts_with("column_") && beside::stand_in_several(table, index);
    if called::are_repetitions(&numbers, words) && !several() {
        return None;
    }
    let mut signs = called::signs(said, words);
    if called::is_swept_amount(said, words, profile, &numbers) {
        signs.push(Sign::Called);
    }
    if called::is_how_many_at_once(table, words) {
        signs.push(Sign::Always);
    }
    if called::has_alike(table, index, words) {
        signs.push(Sign::Alike);
    }
    signs.extend(numbers.signs());
    signs.extend(order::signs(table, index, profile, &numbers));
    if design::has_clock(table, index) {
        signs.push(Sign::BesideClock);
    }
    // Beside nothing that was measured, only a list of what was tried is one of settings.
    let beside = |other: usize| other != index && table.columns[other].cells.is_number();
    let is_list = signs.contains(&Sign::Called) && signs.contains(&Sign::Rises);
    if !is_list && !(0..table.columns.len()).any(beside) {
        return None;
    }
    // Each of the others is asked only where it matters.
    let before = points(&signs);
    let undecided = before < ENOUGH && before + beside::MOST_POINTS >= ENOUGH
        || before >= ENOUGH && before + Sign::Shuffled.points() < ENOUGH;
    if undecided && table.columns.len() <= MOST_COLUMNS {
        signs.extend(beside::signs(table, index, &numbers));
    }
    // How many there were may be any number.
    if signs.contains(&Sign::HowMany) {
        signs.retain(|sign| *sign != Sign::Neighbours);
    }
    // Nobody measures a concurrency, in whatever order it was tried.
    let is_always = signs.contains(&Sign::Always) && !signs.contains(&Sign::BesideClock);
    if !is_always && order::is_shuffled(profile, &signs) {
        signs.push(Sign::Shuffled);
    }
    (points(&signs) >= ENOUGH).then(|| reason(signs))
}

fn points(signs: &[Sign]) -> i32 {
    signs.iter().map(|sign| sign.points()).sum()
}

/// The heaviest signs in words.
fn reason(mut signs: Vec<Sign>) -> String {
    signs.sort_by_key(|sign| -sign.points());
    let named: Vec<&str> = signs.iter().filter(|sign| sign.points() > 0).take(NAMED).map(|sign| sign.says()).collect();
    format!("{}: it was chosen, not measured", named.join(", "))
}
