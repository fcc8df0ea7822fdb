//! Numbers that are the same in all rows: what was asked for, allowed, or set, and nothing that was measured.
//!
//! In: a column that holds one number. Out: how one sees that somebody chose it. A result that came out the same each time stays one.

use crate::measure::{Polarity, Statistic};
use crate::table::{CellType, Column, Table};

use super::design::{are_round, counted};
use super::name::{self, NameMeaning};
use super::vocabulary::{self, Kind, Words};

/// What is done again and again, and for how long before it counts: the same in all rows, nobody measured it.
const REPEATED: Words = Words::of("runs repetitions repeats reps iters iterations rounds trials warmup warmups schema");

/// How one sees that the one number of a column was chosen; `None` where one does not, or it varies.
pub(super) fn chosen(table: &Table, index: usize, said: &NameMeaning, words: &[String]) -> Option<String> {
    const FEWEST_ASKED: usize = 3;
    let column = &table.columns[index];
    let counts = counted(table.values(index), 1)?;
    let (bits, count) = counts.first_key_value()?;
    let number = f64::from_bits(*bits);
    if is_limit(table, index, words) {
        return Some("the same limit in all rows: it was chosen".to_owned());
    }
    if let Some(how) = how_often(table, index, words) {
        return Some(how);
    }
    // `max_level` is a limit or a size that was set; beside an average of the same it is the most that came out.
    let may_be_limit = said.statistic == Some(Statistic::Max)
        && words.first().is_some_and(|first| first == "max")
        && !has_other_statistic(table, index, said);
    if is_same_to_the_last_digit(table, index, said, words) {
        return Some(
            "the same to the last of many digits in all rows, beside numbers that differ: nobody measured it".into(),
        );
    }
    if said.statistic.is_some() && !may_be_limit {
        return None;
    }
    if is_constant_of_a_design(table, index, said, words) {
        return Some("the same whole number in all rows, beside numbers that differ: nobody measured it".into());
    }
    if said.statistic.is_some() {
        return None;
    }
    if *count >= FEWEST_ASKED
        && let Some(how) = asked_for(number, column, said, words)
    {
        return Some(how);
    }
    called(table, index, said, words).filter(|_| *count > 1)
}

/// Called by a word for a setting.
fn called(table: &Table, index: usize, said: &NameMeaning, words: &[String]) -> Option<String> {
    let word = vocabulary::PARAMETER.among(words).or_else(|| super::design::how_many_workers(words))?;
    let beside = |other: usize| other != index && table.columns[other].cells.is_number();
    let comes_out = matches!(said.kind, Some(Kind::Duration | Kind::RunLength | Kind::Share))
        || said.kind == Some(Kind::Rate) && said.unit.is_some()
        || name::in_unknown_unit(&table.columns[index].name, said);
    (!comes_out && (0..table.columns.len()).any(beside))
        .then(|| format!("called `{word}`, and the same in all rows: it was chosen, not measured"))
}

/// `runs`, `warmup_iters`: one whole number for all rows.
fn how_often(table: &Table, index: usize, words: &[String]) -> Option<String> {
    let counts = counted(table.values(index), 1)?;
    let number = counts.keys().next().map(|bits| f64::from_bits(*bits))?;
    let rows = counts.values().sum::<usize>();
    let several = rows >= 2 && stands_in_all_rows(table, index);
    let named = words.last().is_some_and(|last| REPEATED.has(last));
    (named && several && number >= 0.0 && number.fract() == 0.0).then(|| {
        "the same whole number in all rows, called like what is done again and again: it was chosen".to_owned()
    })
}

/// How one sees that the same number in all rows is what was asked for.
fn asked_for(number: f64, column: &Column, said: &NameMeaning, words: &[String]) -> Option<String> {
    let round_data = said.kind == Some(Kind::Bytes) && number >= 4096.0 && number % 1024.0 == 0.0;
    let tokens = words.iter().any(|word| word == "tokens") && number >= 1.0;
    if (round_data || tokens) && column.cells == CellType::Integer {
        return Some("the same round number in all rows: so much was asked for".to_owned());
    }
    let is_length = matches!(said.kind, Some(Kind::Duration | Kind::RunLength))
        && words.iter().any(|word| vocabulary::RUN_OR_LATENCY.has(word) || matches!(word.as_str(), "time" | "window"));
    let is_whole = number >= 1.0 && number.fract() == 0.0;
    (is_length && is_whole)
        .then(|| "the same round number in all rows: how long was measured, not what came out".to_owned())
}

/// Whether a column whose rows all hold the same number is a setting although its name says nothing: a whole number above none, in a
/// table of at least five rows that measures something with a unit.
fn is_constant_of_a_design(table: &Table, index: usize, said: &NameMeaning, words: &[String]) -> bool {
    const FEWEST: usize = 5;
    let column = &table.columns[index];
    let silent = said.kind.is_none() && said.unit.is_none() && said.polarity == Polarity::Unknown;
    let may_be_result = |word: &String| {
        vocabulary::VALUE.has(word)
            || vocabulary::DERIVED.has(word)
            || vocabulary::STATUS.has(word)
            || vocabulary::FAILURE.has(word)
            || vocabulary::IDENTIFIER.has(word)
            || vocabulary::ACTOR.has(word)
            || vocabulary::FAILED.has(word)
    };
    let measured = |(other, column): (usize, &Column)| {
        let other_said = name::read(&column.name);
        let varies = counted(table.values(other), 1).is_none();
        other != index && column.cells.is_number() && (other_said.unit.is_some() || other_said.kind.is_some()) && varies
    };
    let values = table.values(index);
    let positive = values.iter().flatten().next().is_some_and(|number| number >= 1.0);
    silent
        && positive
        && column.cells == CellType::Integer
        && values.count() >= FEWEST
        && stands_in_all_rows(table, index)
        && !column.name.starts_with("column_")
        && !words.iter().any(may_be_result)
        && table.columns.iter().enumerate().any(measured)
}

/// Whether another column is called another statistic of the same.
fn has_other_statistic(table: &Table, index: usize, said: &NameMeaning) -> bool {
    let of_same = |(other, column): (usize, &Column)| {
        let read = name::read(&column.name);
        other != index && read.base == said.base && (read.statistic.is_some() || column.name == said.base)
    };
    table.columns.iter().enumerate().any(of_same)
}

/// Whether every row has a number, but for a few in which nothing was measured at all: no other column of theirs holds a number either.
fn stands_in_all_rows(table: &Table, index: usize) -> bool {
    /// Of all rows so many may be of what was not measured.
    const MOST_EMPTY: f64 = 0.2;
    /// So many of them have shown that they hold nothing.
    const LOOKED_AT: usize = 4;
    let values = table.values(index);
    let rows = values.rows();
    let empty = rows.saturating_sub(values.count());
    if empty == 0 {
        return true;
    }
    if empty as f64 > MOST_EMPTY * rows as f64 {
        return false;
    }
    let is_empty = |row: &usize| values.number(*row).is_none();
    let holds_nothing = |row: usize| {
        let number =
            |(other, column): (usize, &Column)| column.cells.is_number() && table.values(other).number(row).is_some();
        !table.columns.iter().enumerate().any(number)
    };
    (0..rows).filter(is_empty).take(LOOKED_AT).all(holds_nothing)
}

/// Whether all rows hold the same decimal number of many digits under a name of no kind of quantity: what was worked out from the input that
/// all of them had. How good an answer was may come out the same each time.
fn is_same_to_the_last_digit(table: &Table, index: usize, said: &NameMeaning, words: &[String]) -> bool {
    const FEWEST: usize = 5;
    const DIGITS: i32 = 7;
    let column = &table.columns[index];
    let silent = said.kind.is_none() && said.unit.is_none() && said.polarity == Polarity::Unknown;
    if !silent || column.cells != CellType::Decimal || column.name.starts_with("column_") {
        return false;
    }
    let may_be_result = |word: &String| {
        [vocabulary::VALUE, vocabulary::DERIVED, vocabulary::QUALITY, vocabulary::FAILED, vocabulary::COMES_OUT]
            .iter()
            .any(|known| known.has(word))
    };
    let values = table.values(index);
    let precise = || values.iter().flatten().next().is_some_and(|number| !are_round(std::iter::once(number), DIGITS));
    let measured = |(other, column): (usize, &Column)| {
        let said = name::read(&column.name);
        let counted = counted(table.values(other), 1).is_none();
        other != index && column.cells.is_number() && (said.unit.is_some() || said.kind.is_some()) && counted
    };
    values.count() >= FEWEST
        && values.count() as u64 == table.lines.rows()
        && precise()
        && !words.iter().any(may_be_result)
        && table.columns.iter().enumerate().any(measured)
}

/// Whether it is the most that was allowed (`max_tokens`, `max_workers`): one whole number for all rows.
fn is_limit(table: &Table, index: usize, words: &[String]) -> bool {
    let called = matches!(words, [most, what] if most == "max" && vocabulary::COUNTS.has(what));
    let numbers = table.values(index);
    let first = numbers.iter().flatten().next();
    called && first.is_some_and(|first| first > 0.0 && first.fract() == 0.0 && numbers.all(|number| number == first))
}
