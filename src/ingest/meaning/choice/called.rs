//! What the name of a column says for and against its numbers having been chosen.

use crate::table::Table;

use super::super::design;
use super::super::name::{self, NameMeaning};
use super::super::profile::Profile;
use super::super::vocabulary::{self, Kind, Words};
use super::numbers::Numbers;
use super::objection;
use super::sign::Sign;

/// What a name says for and against.
pub(super) fn signs(said: &NameMeaning, words: &[String]) -> Vec<Sign> {
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
    if vocabulary::PARAMETER.has(last) || several || tokens_given || processes || workers || objection::is_limit(words)
    {
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

/// `size_mb` that never falls from row to row, in round amounts: the unit says nothing of what it is.
pub(super) fn is_swept_amount(said: &NameMeaning, words: &[String], profile: &Profile, numbers: &Numbers) -> bool {
    let called = matches!(words, [.., what, _] if vocabulary::PARAMETER.has(what));
    called && said.kind == Some(Kind::Bytes) && said.unit.is_some() && profile.falls == 0 && numbers.are_steps()
}

/// `parallel` in a table that counts requests: how many of them at a time. Beside something serial it was measured.
pub(super) fn is_how_many_at_once(table: &Table, words: &[String]) -> bool {
    const ONE_BY_ONE: Words = Words::of("serial sequential single seq");
    if !matches!(words, [.., last] if last == "parallel") {
        return false;
    }
    let mut requests = false;
    let mut one_by_one = false;
    for column in &table.columns {
        let words = name::words(&column.name);
        requests |= vocabulary::REQUESTS.among(&words).is_some();
        one_by_one |= ONE_BY_ONE.among(&words).is_some();
    }
    requests && !one_by_one
}

/// `ngpu`, `nthreads`: how many of them, run together.
fn is_number_of(word: &str) -> bool {
    let of = |what: &str| vocabulary::DEVICE.has(what) || vocabulary::PARAMETER.has(what) && what.len() > 3;
    word.strip_prefix('n').is_some_and(|what| of(what) || what.strip_suffix('s').is_some_and(of))
}

/// `n_gpu_layers` beside `n_ctx` and `n_batch`: how many of each were to be used.
pub(super) fn has_alike(table: &Table, index: usize, words: &[String]) -> bool {
    let counts =
        |words: &[String]| matches!(words, [first, .., last] if is_how_many(first) && vocabulary::PARAMETER.has(last));
    let leaf = |other: usize| name::words(name::leaf(&table.columns[other].name));
    counts(words) && (0..table.columns.len()).any(|other| other != index && counts(&leaf(other)))
}

/// Whether numbers count repetitions of the same, or name who did it.
pub(super) fn are_repetitions(numbers: &Numbers, words: &[String]) -> bool {
    const NUMBERED: Words = Words::of("num count idx");
    let how_many = matches!(words, [first, _, ..] if is_how_many(first));
    !how_many && design::are_repetitions(numbers.different.iter().copied(), words)
        || words.windows(2).any(|pair| vocabulary::REPETITION.has(&pair[0]) && NUMBERED.has(&pair[1]))
}

/// `n`, `num`, `number` in front of what is counted.
pub(super) fn is_how_many(first: &str) -> bool {
    matches!(first, "n" | "num" | "nb" | "number")
}
