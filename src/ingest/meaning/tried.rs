//! What was tried, where neither a round number nor a name alone says so: sizes that are written with their units, devices that take
//! turns, numbers in front of a table whose other columns have names, and lists of settings beside what they were tried for.
//!
//! In: columns among the others of their table, or the tables of a document. Out: how one sees that they were chosen.

use std::collections::{BTreeMap, BTreeSet};

use crate::measure::label::{MOST_PROGRAMS, PROGRAMS, names_what_ran};
use crate::measure::unit::{Dimension, Unit};
use crate::table::{CellType, Column, Role, Table};

use super::clock;
use super::design::{self, counted};
use super::name::{self, NameMeaning};
use super::vocabulary::{self, Kind};

/// More different ones are an amount.
const MOST_VALUES: usize = 20;
/// More devices of one machine take no turns.
const MOST_DEVICES: usize = 64;

/// How one sees that numbers were chosen: by their steps, as given times, as instances, or as names of their rows.
pub(super) fn chosen(table: &Table, index: usize, said: &NameMeaning, words: &[String]) -> Option<String> {
    steps(table, index, said, words)
        .or_else(|| given_times(table, index, said))
        .or_else(|| unnamed_behind(table, index))
}

/// How one sees that whole numbers behind the named columns, in a field that only some rows have, are what those rows were told.
fn unnamed_behind(table: &Table, index: usize) -> Option<String> {
    let column = &table.columns[index];
    let is_unnamed = |column: &Column| column.name.starts_with("column_");
    let rows = usize::try_from(table.lines.rows()).ok()?;
    let values = table.values(index);
    let behind = index > 0
        && index + 1 == table.columns.len()
        && table.columns.iter().filter(|one| is_unnamed(one)).count() == 1;
    (behind && is_unnamed(column) && column.cells == CellType::Integer && values.count() < rows).then(|| {
        "whole numbers without a name in a field that only some rows have: nobody says that they were measured"
            .to_owned()
    })
}

/// Whether texts, another one in each row, are programs that were tried once each: by their name, or as the first texts of a table.
pub(super) fn are_programs(table: &Table, index: usize, words: &[String]) -> bool {
    let Some(last) = words.last().map(String::as_str) else { return false };
    (PROGRAMS.contains(&last) || are_first_texts(table, index, last))
        && table.lines.rows() <= MOST_PROGRAMS as u64
        && !design::has_clock(table, index)
}

/// One name in so many may be a single letter with numbers.
const MOST_OF_ONE_LETTER: usize = 10;

/// Whether texts are the first ones of a table, and words that name what its rows are of.
fn are_first_texts(table: &Table, index: usize, last_word: &str) -> bool {
    let texts = |column: &Column| column.dictionary.iter().filter(|text| !text.is_empty()).count() as u64;
    let is_text = |column: &&Column| column.cells == CellType::Text && texts(column) > 1;
    let tells = |column: &Column| 2 * texts(column) <= table.lines.rows();
    let others_tell = index > 0 || table.columns[1..].iter().filter(is_text).any(tells);
    let is_digest = |text: &str| text.len() > 5 && text.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
    let letters = |text: &str| text.chars().filter(|letter| letter.is_alphabetic()).count();
    let is_word = |text: &String| !is_digest(text) && letters(text) > 0 && clock::instant(text.as_bytes()).is_none();
    // `T3(5)` among `DEMA(30)` and `KAMA(30)` is a name, too.
    let texts_of = &table.columns[index].dictionary;
    let of_one_letter = texts_of.iter().filter(|text| letters(text) == 1).count();
    names_what_ran(last_word, others_tell)
        && !says_how_rows_ended(table)
        && !are_sentences(&table.columns[index].dictionary)
        && !table.columns[..index].iter().any(|column| is_text(&column))
        && texts_of.iter().all(is_word)
        && MOST_OF_ONE_LETTER * of_one_letter <= texts_of.len()
}

/// Whether a column says how rows ended, as logs of what somebody asked for do.
fn says_how_rows_ended(table: &Table) -> bool {
    let of_outcome = |column: &Column| {
        let words = name::words(name::leaf(&column.name));
        vocabulary::STATUS.among(&words).or(vocabulary::FAILURE.among(&words)).is_some()
    };
    table.columns.iter().any(of_outcome)
}

/// Whether most texts are sentences, which somebody asked.
fn are_sentences(texts: &[String]) -> bool {
    const WORDS: usize = 7;
    let is_one = |text: &&String| text.ends_with(['?', '.', '!']) || text.split_whitespace().count() >= WORDS;
    2 * texts.iter().filter(is_one).count() > texts.len()
}

/// Whether a number is part of a version.
pub(super) fn is_below_version(column: &str) -> bool {
    name::words(name::parent(column)).last().is_some_and(|last| matches!(last.as_str(), "version" | "versions"))
}

/// How one sees that sizes with units (`16kB`, `64kB`) were tried: round ones, each in as many rows and the same for each combination of
/// labels, or one for all rows of a table that measures something else.
pub(super) fn sizes(table: &Table, index: usize) -> Option<String> {
    const FEWEST_ROWS: usize = 4;
    let column = &table.columns[index];
    let rows = usize::try_from(table.lines.rows()).ok()?;
    let counts = counted(table.values(index), MOST_VALUES)?;
    let round = design::are_round(counts.keys().map(|bits| f64::from_bits(*bits)), design::DIGITS);
    let words = name::words(name::leaf(&column.name));
    let comes_out = vocabulary::COMES_OUT.among(&words).or(vocabulary::MEMORY.among(&words)).is_some();
    let measured = |(other, column): (usize, &Column)| {
        other != index && column.cells.is_number() && counted(table.values(other), counts.len().max(2)).is_none()
    };
    if column.cells != CellType::Quantity(Dimension::Bytes)
        || rows < FEWEST_ROWS
        || table.values(index).count() < rows
        || !round
        || comes_out
        || counts.keys().any(|bits| f64::from_bits(*bits) <= 0.0)
        || design::has_clock(table, index)
        || !table.columns.iter().enumerate().any(measured)
    {
        return None;
    }
    if counts.len() == 1 {
        return Some("the same round size in all rows, beside numbers that differ: it was chosen".to_owned());
    }
    let each = counts.values().next().copied().unwrap_or_default();
    let evenly = each >= 2 && counts.values().all(|count| *count == each);
    (evenly && same_beside_labels(table, index, 1))
        .then(|| "round sizes, each in as many rows: they were chosen".to_owned())
}

/// How one sees that decimals in even steps were tried (`skew` 0, 0.25, 0.5, …): each combination of labels has the same ones, each as
/// often as in the others.
fn steps(table: &Table, index: usize, said: &NameMeaning, words: &[String]) -> Option<String> {
    /// So many steps that are alike; of fewer values there have to be more groups.
    const FEWEST: usize = 5;
    const FEWEST_GROUPS_OF_FEW: usize = 4;
    let column = &table.columns[index];
    let counts = counted(table.values(index), MOST_VALUES)?;
    let mut numbers: Vec<f64> = counts.keys().map(|bits| f64::from_bits(*bits)).collect();
    numbers.sort_unstable_by(f64::total_cmp);
    let silent = said.kind.is_none() && said.unit.is_none() && said.statistic.is_none();
    let comes_out = vocabulary::COMES_OUT
        .among(words)
        .or(vocabulary::QUALITY.among(words))
        .or(vocabulary::DERIVED.among(words))
        .or(vocabulary::FAILED.among(words))
        .is_some();
    if column.cells != CellType::Decimal || !silent || comes_out || numbers.len() < 2 {
        return None;
    }
    let step = numbers[1] - numbers[0];
    let even = numbers.windows(2).all(|pair| (pair[1] - pair[0] - step).abs() <= 1e-9 * step);
    let round = design::are_round(numbers.iter().copied(), design::DIGITS);
    let groups = if numbers.len() >= FEWEST { 2 } else { FEWEST_GROUPS_OF_FEW };
    (even && round && same_beside_labels(table, index, groups)).then(|| {
        format!("{} numbers in even steps, the same beside each combination of labels: they were tried", numbers.len())
    })
}

/// How one sees that times were given to something: whole seconds that are written as decimals (`5.0`), a few of them in several rows each,
/// beside times that a clock has taken.
fn given_times(table: &Table, index: usize, said: &NameMeaning) -> Option<String> {
    const MOST_TIMES: usize = 6;
    const FEWEST_ROWS: usize = 9;
    const ROWS_EACH: usize = 3;
    let column = &table.columns[index];
    let counts = counted(table.values(index), MOST_TIMES)?;
    let whole = counts.keys().all(|bits| f64::from_bits(*bits).fract() == 0.0);
    let is_time = |said: &NameMeaning| matches!(said.kind, Some(Kind::Duration | Kind::RunLength));
    let taken = |(other, column): (usize, &Column)| {
        let uneven = || table.values(other).iter().flatten().filter(|number| number.fract() != 0.0).count();
        other != index
            && column.cells == CellType::Decimal
            && is_time(&name::read(&column.name))
            && uneven() >= FEWEST_ROWS
    };
    let given = is_time(said)
        && said.unit == Some(Unit::SECOND)
        && said.statistic.is_none()
        && column.cells == CellType::Decimal
        && whole
        && counts.len() >= 2
        && counts.values().sum::<usize>() >= FEWEST_ROWS
        && counts.values().all(|count| *count >= ROWS_EACH)
        && table.columns.iter().enumerate().any(taken);
    given
        .then(|| "a few whole seconds in several rows each, beside times that a clock took: they were given".to_owned())
}

/// Whether each combination of the labels of a table has the same numbers of a column, each as often, in at least so many of them.
fn same_beside_labels(table: &Table, index: usize, fewest_groups: usize) -> bool {
    let rows = usize::try_from(table.lines.rows()).unwrap_or(usize::MAX);
    let is_label = |(_, column): &(usize, &Column)| {
        let texts = column.dictionary.iter().filter(|text| !text.is_empty()).count();
        column.cells == CellType::Text && texts >= 2 && 2 * texts <= rows
    };
    let labels: Vec<usize> = table.columns.iter().enumerate().filter(is_label).map(|(label, _)| label).collect();
    let groups = design::numbers_by_labels(table, &labels, index);
    let mut alike = groups.values();
    let Some(first) = alike.next() else { return false };
    // Where a group has more rows than another, it has more of each.
    let evenly = |numbers: &BTreeMap<Option<u64>, usize>| {
        let each = numbers.values().next().copied().unwrap_or_default();
        numbers.len() == first.len()
            && numbers.keys().eq(first.keys())
            && (numbers == first || numbers.values().all(|count| *count == each))
    };
    let even = first.values().all(|count| Some(count) == first.values().next());
    groups.len() >= fewest_groups
        && first.len() >= 2
        && alike.all(|numbers| numbers == first || even && evenly(numbers))
}

/// What numbers of devices are: they take turns (0, 1, 2, 3, 0, 1, …), so that each of them is one that was measured; or go on by one from
/// row to row, and name it.
pub(super) fn device(table: &Table, index: usize, words: &[String]) -> Option<(Role, String)> {
    const FEWEST: usize = 3;
    let column = &table.columns[index];
    let called = matches!(words, [only] if vocabulary::DEVICE.has(only));
    let values = table.values(index);
    let rows = usize::try_from(table.lines.rows()).ok()?;
    if !called || column.cells != CellType::Integer || values.count() < rows {
        return None;
    }
    let (low, high) = values.extremes()?;
    if low != 0.0 && low != 1.0 || high <= low {
        return None;
    }
    let by_ones = values.all_steps(|before, next| next - before == 1.0);
    if by_ones && rows >= FEWEST {
        return Some((
            Role::Identifier,
            format!("called `{}`, and one more from row to row: it says which", column.name),
        ));
    }
    let many = high - low + 1.0;
    let follows = |before: f64, next: f64| next - before == 1.0 || before == high && next == low;
    let turns = many <= MOST_DEVICES as f64 && rows as f64 >= 2.0 * many && values.all_steps(follows);
    turns.then(|| {
        (Role::Setting, format!("called `{}`, and goes through its numbers in turn: it says which", column.name))
    })
}

/// Takes lists of settings out of the measured ones: an array of whole numbers that holds in order what another table of the same
/// document was tried with.
pub(super) fn set_lists_aside(tables: &mut [Table]) {
    let mut tried: BTreeSet<Vec<u64>> = BTreeSet::new();
    for table in tables.iter() {
        for column in table.columns_as(Role::Setting).filter(|column| table.columns[*column].cells.is_number()) {
            let mut seen = BTreeSet::new();
            let distinct = table.values(column).iter().flatten().map(f64::to_bits).filter(|bits| seen.insert(*bits));
            tried.insert(distinct.take(MOST_DEVICES).collect());
        }
    }
    for table in tables.iter_mut() {
        let metrics: Vec<usize> = table.columns_as(Role::Metric).collect();
        let [only] = metrics[..] else { continue };
        let column = &table.columns[only];
        let said = name::read(&column.name);
        let silent = said.kind.is_none() && said.unit.is_none();
        if column.cells != CellType::Integer || !silent || table.values(only).count() > MOST_DEVICES {
            continue;
        }
        let numbers: Vec<u64> = table.values(only).iter().flatten().map(f64::to_bits).collect();
        if numbers.len() >= 3 && tried.contains(&numbers) {
            let column = &mut table.columns[only];
            column.role = Role::Unused;
            "the list of what was tried: another part of the document has a row for each"
                .clone_into(&mut column.role_reason);
        }
    }
}
