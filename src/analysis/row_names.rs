//! Tables in which each row has a name of its own: a benchmark, a program, a configuration.
//!
//! In: a table with roles. Out: the label that names its rows one by one, of which no number over all rows means anything; and whether a
//! column tells when each row was, in which case they are samples in time.

use std::collections::{HashMap, HashSet};

use crate::measure::label::{MOST_PROGRAMS, PROGRAMS, last_word, pattern};
use crate::table::{CellType, Column, Instants, Role, Table};

use super::label_names::{counts_somebody, is_date_or_address, most_named, names_a_thing};

/// Rows that each configuration has at least, on average: fewer are a sweep.
pub(super) const ROWS_EACH: usize = 5;
/// A sweep of so many configurations is shown one by one.
pub(super) const MOST_SWEPT: usize = 60;
/// The label that gives each row of a small table a name of its own, where it is called like one, or all columns have no names.
pub(super) fn label_of_each_row(table: &Table) -> Option<usize> {
    const NAMES: &[&str] = &[
        "name",
        "label",
        "benchmark",
        "test",
        "scenario",
        "case",
        "command",
        "operation",
        "id",
        "options",
        "flags",
        "args",
        "arguments",
        "parameters",
        "params",
        "settings",
        // Parts of a machine, a row each.
        "mountpoint",
        "mount",
        "mounted on",
        "interface",
        "iface",
        "device",
        "partition",
        "volume",
        "container",
        "pod",
    ];
    let named = |column: &usize| {
        table.columns[*column].name.starts_with("column_")
            || [NAMES, PROGRAMS].iter().any(|known| known.contains(&last_word(&table.columns[*column].name).as_str()))
            || NAMES.contains(&table.columns[*column].name.to_ascii_lowercase().as_str())
    };
    table.columns_as(Role::Label).filter(named).find(|column| each_row_is_another(table, *column))
}

/// Whether each row of a small table without a clock has a name of its own: a row a benchmark, of which no number over all means
/// anything; or each few rows have that of something that was tried. Users, runs and requests are counted, not named.
pub(super) fn each_row_is_another(table: &Table, label: usize) -> bool {
    const ROWS: std::ops::RangeInclusive<usize> = 3..=MOST_SWEPT;
    /// Names of what is tried one after the other.
    const TRIED: &[&str] = &[
        "algo",
        "algorithm",
        "variant",
        "impl",
        "implementation",
        "engine",
        "backend",
        "framework",
        "library",
        "lang",
        "language",
        "compiler",
        "strategy",
        "config",
        "configuration",
        "codec",
        "approach",
        "solver",
        "policy",
    ];
    let column = &table.columns[label];
    let rows = usize::try_from(table.lines.rows()).unwrap_or(usize::MAX);
    let texts = column.dictionary.iter().filter(|text| !text.is_empty()).count();
    let tried = || texts >= 3 && texts * ROWS_EACH > rows && TRIED.contains(&last_word(&column.name).as_str());
    // A digest is no name of somebody, however many numbers it has.
    let is_digest = |text: &String| {
        let digits = text.split('-').next().unwrap_or_default();
        digits.len() >= 6 && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
    };
    let digests = column.dictionary.iter().all(is_digest);
    column.cells == CellType::Text
        && (ROWS.contains(&rows) || rows <= MOST_PROGRAMS && texts == rows && are_of_their_own(column))
        && (texts == rows || tried())
        && !has_clock(table)
        && (digests || is_mounted(&column.name) || !names_one_after_the_other(&column.dictionary))
}

/// Whether each row of a table without a clock and without outcomes is of another thing, of which most names are like no other: `net45-8-b1` and
/// `net157-6-b2` are two matrices, then. Users, frames, prompts and paths that differ in numbers are what happened again and again.
pub(super) fn rows_are_of_their_own(table: &Table, label: usize) -> bool {
    /// Nobody names more things.
    const MOST_ROWS: u64 = 10_000;
    let column = &table.columns[label];
    let texts: Vec<&str> = column.dictionary.iter().map(String::as_str).filter(|text| !text.is_empty()).collect();
    let is_path = |text: &&str| text.starts_with('/') || text.contains("://") || text.contains(" /");
    if column.cells != CellType::Text
        || table.lines.rows() > MOST_ROWS
        || texts.len() as u64 != table.lines.rows()
        || counts_somebody(&column.name)
        || table.columns_as(Role::Status).next().is_some()
        || has_clock(table)
        || texts.iter().any(is_path)
    {
        return false;
    }
    let mut numbered: HashMap<String, Vec<&str>> = HashMap::new();
    for (pattern, text) in texts.iter().map(|text| (pattern(text), *text)).filter(|(pattern, _)| pattern.contains('*'))
    {
        numbered.entry(pattern).or_default().push(text);
    }
    numbered.retain(|_, texts| texts.len() > 1);
    let folded: usize = numbered.values().map(Vec::len).sum();
    let nobody = numbered.keys().all(|pattern| !counts_somebody(pattern) && is_named(pattern));
    nobody && 2 * folded < texts.len()
}

/// Whether a pattern has a letter, so that it is no date and no address.
fn is_named(pattern: &str) -> bool {
    !is_date_or_address(pattern) && pattern.chars().any(char::is_alphabetic)
}

/// Whether a column is called like where file systems are mounted: `/run/user/1000` is one of them, and no user.
fn is_mounted(column: &str) -> bool {
    let name = column.to_ascii_lowercase();
    name.split(|letter: char| !letter.is_alphanumeric()).any(|word| word.starts_with("mount"))
}

/// Whether the texts of a longer table name programs, or hardly any of them differ from another in nothing but numbers.
fn are_of_their_own(column: &Column) -> bool {
    let texts = &column.dictionary;
    let kinds = || texts.iter().map(|text| pattern(text)).collect::<HashSet<String>>().len();
    PROGRAMS.contains(&last_word(&column.name).as_str()) || 2 * kinds() > texts.len()
}

/// Whether some texts differ only in numbers, as those of users and requests do that are counted: of `/api/users` and `/api/cart` each is
/// an endpoint, whatever its words are.
fn names_one_after_the_other(texts: &[String]) -> bool {
    let mut counted: HashMap<String, usize> = HashMap::new();
    for pattern in texts.iter().map(|text| pattern(text)).filter(|pattern| pattern.contains('*')) {
        *counted.entry(pattern).or_default() += 1;
    }
    let who = |pattern: &str| most_named(pattern) == 0 && !names_a_thing(pattern, texts.len());
    counted.iter().any(|(pattern, count)| *count > 1 && who(pattern))
}

/// Whether a column tells when each row was. An instant that all rows share is of the run.
pub(super) fn has_clock(table: &Table) -> bool {
    let timed = |(index, column): (usize, &Column)| {
        (column.cells == CellType::Timestamp || column.role == Role::Timestamp) && Instants::of(table, index).goes_on()
    };
    table.columns.iter().enumerate().any(timed)
}
