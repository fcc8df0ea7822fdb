//! Whether a column of numbers was chosen by somebody or came out of a run: the signs for and against it, weighed.
//!
//! In: a column among the others of its table, whose name does not say by itself what it is. Out: why it is a setting, with the signs that
//! say so; `None` where they do not reach [`ENOUGH`]. No sign decides alone: a round number may be measured, a size may come out, and a first
//! column may be a result. A name that states a unit of time, a rate, a share or a statistic is an objection that no sign outweighs.

use crate::table::Table;

use super::design;
use super::name::{self, NameMeaning};
use super::profile::Profile;
use super::vocabulary::{self, Kind, Words};
use numbers::Numbers;
use sign::Sign;

mod beside;
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
    let beside = |other: usize| other != index && table.columns[other].cells.is_number();
    if objection::stands(table, index, said, words) || !(0..table.columns.len()).any(beside) {
        return None;
    }
    let numbers = Numbers::of(table, index, profile)?;
    if numbers.are_repetitions(words) {
        return None;
    }
    let mut signs = of_name(said, words);
    if has_alike(table, index, words) {
        signs.push(Sign::Alike);
    }
    signs.extend(numbers.signs());
    signs.extend(order::signs(table, index, profile, &numbers));
    if design::has_clock(table, index) {
        signs.push(Sign::BesideClock);
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
    if order::is_shuffled(profile, &signs) {
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

/// What a name says for and against.
fn of_name(said: &NameMeaning, words: &[String]) -> Vec<Sign> {
    /// What is called so was counted when all was over.
    const COUNTED: Words = Words::of("total sum final actual measured achieved overall all generated output used");
    const GIVEN: Words = Words::of("prompt input in target requested given expected offered assigned");
    const EXPERIMENT: Words = Words::of("experiment set scenario configuration");
    const NO_PARTICIPLE: Words = Words::of("speed seed need unused");
    let mut signs = Vec::new();
    let last = words.last().map_or("", String::as_str);
    let several = words.len() > 1 && matches!(last, "num" | "instances" | "replicas" | "copies");
    let tokens_given = matches!(words, [.., given, tokens] if GIVEN.has(given) && tokens == "tokens");
    // The processes of a scaling run.
    let processes = matches!(words, [only] if only == "p");
    let workers = design::how_many_workers(words).is_some();
    if vocabulary::PARAMETER.has(last) || several || tokens_given || processes || workers {
        signs.push(Sign::Called);
    } else if vocabulary::PARAMETER.among(words).is_some() {
        signs.push(Sign::CalledWithin);
    }
    if matches!(words, [only] if EXPERIMENT.has(only)) {
        signs.push(Sign::CalledWithin);
    }
    if matches!(words, [only] if only.chars().count() == 1) {
        signs.push(Sign::Letter);
    }
    if vocabulary::ALWAYS_PARAMETER.among(words).is_some() {
        signs.push(Sign::Always);
    }
    let how_many = matches!(words, [first, _, ..] if is_how_many(first));
    if how_many || matches!(words, [only] if is_number_of(only)) {
        signs.push(Sign::HowMany);
    }
    if GIVEN.among(words).or(objection::OF_INPUT.among(words)).is_some() {
        signs.push(Sign::Given);
    }
    if said.kind == Some(Kind::Count) {
        signs.push(Sign::Count);
    }
    let is_done = |word: &String| word.len() > 4 && word.ends_with("ed") && !NO_PARTICIPLE.has(word);
    if words.iter().any(is_done) {
        signs.push(Sign::Done);
    }
    if COUNTED.among(words).is_some() {
        signs.push(Sign::Total);
    }
    signs
}

/// `ngpu`, `nthreads`: how many of them, run together.
fn is_number_of(word: &str) -> bool {
    let of = |what: &str| vocabulary::DEVICE.has(what) || vocabulary::PARAMETER.has(what) && what.len() > 3;
    word.strip_prefix('n').is_some_and(|what| of(what) || what.strip_suffix('s').is_some_and(of))
}

/// `n`, `num`, `number` in front of what is counted.
fn is_how_many(first: &str) -> bool {
    matches!(first, "n" | "num" | "nb" | "number")
}

/// `n_gpu_layers` beside `n_ctx` and `n_batch`: how many of each were to be used.
fn has_alike(table: &Table, index: usize, words: &[String]) -> bool {
    let counts =
        |words: &[String]| matches!(words, [first, .., last] if is_how_many(first) && vocabulary::PARAMETER.has(last));
    let leaf = |other: usize| name::words(name::leaf(&table.columns[other].name));
    counts(words) && (0..table.columns.len()).any(|other| other != index && counts(&leaf(other)))
}
