//! Zeros of a direction that was not run: a disk that was only read has no latency of writing.
//!
//! In: a table with roles and units. Out: the same without those zeros, and a note. Evidence is that the names come in pairs (`read-iops`,
//! `write-iops`), that a label of the row names the other direction alone (`randread`), and that all of this one, a rate and a duration among
//! them, is 0 there. In a log with a clock nothing was written for a second, and that is a number.

use crate::measure::finding::{Finding, FindingKind, Place, Severity};
use crate::measure::unit::Dimension;
use crate::table::storage::Storage;
use crate::table::{CellType, Role, Table};

use super::minus_one::without;
use super::name;

/// The two directions.
const DIRECTIONS: [&str; 2] = ["read", "write"];
/// More rows are a recording.
const MOST_ROWS: u64 = 20_000;

/// Takes zeros of the direction that a row did not run.
pub(super) fn take(table: &mut Table, storage: &Storage, source: &str, findings: &mut Vec<Finding>) {
    if table.lines.rows() > MOST_ROWS || table.columns_as(Role::Timestamp).next().is_some() {
        return;
    }
    let Some(columns) = pairs(table) else { return };
    for (own, other) in [(0, 1), (1, 0)] {
        let nothing = |row: usize| columns[own].iter().all(|column| table.values(*column).number(row) == Some(0.0));
        let ran = |row: usize| {
            columns[other].iter().any(|column| table.values(*column).number(row).is_some_and(|number| number > 0.0))
        };
        let all = usize::try_from(table.lines.rows()).unwrap_or(usize::MAX);
        let is_not_run = |row: &usize| nothing(*row) && ran(*row) && names_alone(table, *row, DIRECTIONS[other]);
        let rows: Vec<usize> = (0..all).filter(is_not_run).collect();
        let Some(first) = rows.first() else { continue };
        let place = Place { line: table.lines.line(*first as u64), ..Place::source(source) };
        let reason = format!("rows that did not {}, with zeros for its rates and durations", DIRECTIONS[own]);
        let finding = Finding::new(Severity::Note, FindingKind::NoResult, place, reason, "the zeros are no samples");
        findings.push(finding.count(rows.len() as u64));
        for column in &columns[own] {
            table.columns[*column].data = without(table.values(*column), &rows, storage);
        }
    }
}

/// Whether a label of a row names this direction and not the other one.
fn names_alone(table: &Table, row: usize, direction: &str) -> bool {
    table.columns_as(Role::Label).chain(table.columns_as(Role::Setting)).any(|column| {
        let of = &table.columns[column];
        if of.cells != CellType::Text {
            return false;
        }
        let text = of.data.code(row).and_then(|code| of.dictionary.get(code as usize)).map(|text| text.to_lowercase());
        let names = |text: &String, direction: &str| text.contains(direction);
        text.is_some_and(|text| {
            names(&text, direction) && !DIRECTIONS.iter().any(|one| *one != direction && names(&text, one))
        })
    })
}

/// Whether a column holds a rate or a duration.
fn is_leading(table: &Table, column: usize) -> bool {
    let dimension = table.columns[column].unit().dimension;
    matches!(dimension, Dimension::Rate | Dimension::ByteRate) || dimension.is_time()
}

/// The metrics of both directions, of which each has its counterpart, with a rate and a duration in each.
fn pairs(table: &Table) -> Option<[Vec<usize>; 2]> {
    let metrics: Vec<(usize, Vec<String>)> = table
        .columns_as(Role::Metric)
        .filter(|column| table.columns[*column].cells.is_number())
        .map(|column| (column, name::words(&table.columns[column].name)))
        .filter(|(_, words)| words.iter().any(|word| DIRECTIONS.contains(&word.as_str())))
        .collect();
    let of = |direction: &str| -> Vec<(usize, Vec<String>)> {
        let has = |words: &Vec<String>| words.iter().any(|word| word == direction);
        let rest = |words: &Vec<String>| words.iter().filter(|word| *word != direction).cloned().collect();
        metrics.iter().filter(|(_, words)| has(words)).map(|(column, words)| (*column, rest(words))).collect()
    };
    let [one, other] = DIRECTIONS.map(of);
    let matched = |all: &[(usize, Vec<String>)], others: &[(usize, Vec<String>)]| -> Vec<usize> {
        let known = |rest: &Vec<String>| others.iter().any(|(_, words)| words == rest);
        all.iter().filter(|(_, rest)| known(rest)).map(|(column, _)| *column).collect()
    };
    let found = [matched(&one, &other), matched(&other, &one)];
    let has_both = |columns: &Vec<usize>| {
        let is_time = |column: &usize| table.columns[*column].unit().dimension.is_time();
        let leading: Vec<usize> = columns.iter().copied().filter(|column| is_leading(table, *column)).collect();
        leading.iter().any(is_time) && !leading.iter().all(is_time)
    };
    found.iter().all(has_both).then_some(found)
}
