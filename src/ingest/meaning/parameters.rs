//! Numbers that are called like a setting: threads, sizes, batches, and the `p` of a scaling run.
//!
//! In: a column whose name has a word for a parameter. Out: the role of a setting, where its values are those of one: of few values, the same
//! in all rows or in stretches of them, another in each row of a sweep. A height that came out by chance is none.

use std::collections::BTreeMap;

use crate::table::{CellType, Column, Role, Table};

use super::design::{self, counted};
use super::name::{self, NameMeaning};
use super::profile::Profile;
use super::sweep;
use super::vocabulary::{self, Kind};

/// More different values are a measurement.
const MOST_SETTINGS: usize = 20;
/// And of a sweep in which each row has another one.
const MOST_SWEPT: usize = 128;
/// And of one that goes through its numbers in steps.
const MOST_STEPS: usize = 4096;
/// Rows that each value of a setting has at least.
const ROWS_EACH: usize = 5;
/// So few values of a setting, in so small a table, were chosen however they stand.
const FEW_VALUES: usize = 6;
const SMALL_TABLE: usize = 400;

/// The role of a column that is called like a setting; `None` where it is not called so, or its values are none of one.
pub(super) fn called(
    table: &Table,
    index: usize,
    profile: &Profile,
    (said, words): (&NameMeaning, &[String]),
) -> Option<(Role, String)> {
    let column = &table.columns[index];
    let word = vocabulary::PARAMETER
        .among(words)
        .or_else(|| design::how_many_workers(words))
        .or_else(|| matches!(words, [only] if only == "p").then_some("p"))?;
    let measured = |other: usize| other != index && table.columns[other].cells.is_number();
    if said.statistic.is_some()
        || matches!(said.kind, Some(Kind::Duration | Kind::RunLength | Kind::Share))
        || said.kind == Some(Kind::Rate) && said.unit.is_some()
        || !(0..table.columns.len()).any(measured)
    {
        return None;
    }
    let values = table.values(index);
    let counts = match counted(values, MOST_SETTINGS) {
        Some(counts) => counts,
        // One size after the other, each in one row or a few.
        None if profile.falls == 0
            && profile.by_ones == profile.rises
            && profile.rises >= MOST_SWEPT
            && column.cells == CellType::Integer
            && !design::has_clock(table, index) =>
        {
            return Some((Role::Setting, format!("called `{word}`, and goes through all numbers one by one")));
        }
        // A long sweep: one to sixty-four threads, or a hundred sizes, a row each.
        None => {
            let in_steps = profile.by_ones + 1 == profile.count || sweep::goes_through(table, index);
            if !in_steps || design::has_clock(table, index) {
                return None;
            }
            let counts = counted(values, MOST_STEPS)?;
            let each = counts.values().next().copied().unwrap_or_default();
            if counts.values().any(|count| *count != each) {
                return None;
            }
            counts
        }
    };
    let how = how(table, index, (profile, &counts), (said, words, word))?;
    Some((Role::Setting, format!("called `{word}`, and {how}: it was chosen, not measured")))
}

/// How the values of a column that is called like a setting show that it is one.
fn how(
    table: &Table,
    index: usize,
    (profile, counts): (&Profile, &BTreeMap<u64, usize>),
    (said, words, word): (&NameMeaning, &[String], &str),
) -> Option<&'static str> {
    let column = &table.columns[index];
    let whole = column.cells == CellType::Integer;
    let round = design::are_round(counts.keys().map(|bits| f64::from_bits(*bits)), design::DIGITS);
    if whole && vocabulary::ALWAYS_PARAMETER.has(word) {
        return Some("of few values");
    }
    if counts.len() == 1 && profile.count > 1 {
        return Some("the same in all rows");
    }
    if counts.values().all(|count| *count == 1) && profile.count > 1 && round && profile.is_rising() {
        return Some("another and larger in every row");
    }
    if counts.len() >= 2 && are_few(profile, counts, said) && round && whole && !design::has_clock(table, index) {
        return Some("of few round values in a small table without a clock");
    }
    // `n_gpu_layers` beside `n_ctx` and `n_batch`: how many of each were to be used.
    let how_many = |words: &[String]| {
        words.len() > 1
            && words.first().is_some_and(|first| matches!(first.as_str(), "n" | "num"))
            && words.last().is_some_and(|last| vocabulary::PARAMETER.has(last))
    };
    let beside = |(other, column): (usize, &Column)| other != index && how_many(&name::words(name::leaf(&column.name)));
    if how_many(words)
        && whole
        && profile.count >= 2 * counts.len()
        && !design::has_clock(table, index)
        && table.columns.iter().enumerate().any(beside)
    {
        return Some("beside others that are called alike");
    }
    let first = counts.values().next().copied().unwrap_or_default();
    if counts.len() >= 2 && first >= 2 && round && counts.values().all(|count| *count == first) {
        return Some("each of few values stands in as many rows");
    }
    // A size of nothing was measured.
    let empty = counts.contains_key(&0) && matches!(word, "size" | "sizes" | "length" | "width" | "height" | "dim");
    if counts.len() < 2 || empty || counts.values().any(|count| *count < ROWS_EACH) {
        return None;
    }
    let changes = profile.falls + profile.rises;
    let in_stretches = changes < counts.len() || changes * ROWS_EACH <= profile.count;
    in_stretches.then_some("the same in stretches of rows")
}

/// Whether a small table has so few values, or powers of two, that they were chosen however they stand. A tree of 20 or 21 levels came out.
fn are_few(profile: &Profile, counts: &BTreeMap<u64, usize>, said: &NameMeaning) -> bool {
    let powers = counts.keys().all(|bits| f64::from_bits(*bits).log2().fract() == 0.0);
    let neighbours = profile.low >= 3.0 && profile.high - profile.low + 1.0 == counts.len() as f64;
    let by_chance = neighbours && profile.rises + profile.falls > 2 * counts.len();
    matches!(said.kind, None | Some(Kind::Count))
        && (counts.len() <= FEW_VALUES || powers)
        && profile.count >= 2 * counts.len()
        && profile.count <= SMALL_TABLE
        && !by_chance
}
