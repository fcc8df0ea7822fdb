//! Tables of which nothing is known but how their rows ended.
//!
//! In: a table without any measured column. Out: a metric without a sample that stands for its rows, where these are failing. Refuses
//! logs (a line is no request, and one of errors holds nothing else), lists of what failed at no time and by no answer of a server
//! (disks, tests), and rows of which most did well: that a file holds nothing to measure is then the news.

use super::convention::Convention;
use super::failing::is_failing;
use super::grouping::Grouping;
use super::metric::Metric;
use super::outcome::{self, Among, Failures};
use crate::measure::http_code;
use crate::measure::words::Words;
use crate::measure::{Dimension, Polarity};
use crate::stats::settings::Settings;
use crate::table::{CellType, Role, Table};

/// The metric that stands for the rows of a table, which has that index in the source of that name.
pub(super) fn of_table(source: &str, index: usize, table: &Table, settings: &Settings) -> Option<Metric> {
    let failures = outcome::failures(table, Among::All, settings.confidence)?;
    let are_requests = match Convention::of_words(&failures.convention) {
        Some(Convention::Http) => has_code(table, &failures.column),
        Some(Convention::SuccessFlag | Convention::FailureFlag) => has_clock(table),
        // Each line of a log of errors is one.
        Some(Convention::Words) => {
            failures.failed < failures.total && has_clock(table) && says_how_it_ended(&failures.column)
        }
        _ => false,
    };
    if !are_requests || !is_failing(failures.failed, failures.total, settings.failing) {
        return None;
    }
    Some(standing_for(source, (index, table), failures, settings))
}

/// The metric that stands for the rows of a list inside what was measured, of which each says by a flag whether it passed: tasks of a run,
/// answers of a model. They count however many of them failed, so that those of two runs can be held against each other.
pub(super) fn of_list(source: &str, index: usize, table: &Table, settings: &Settings) -> Option<Metric> {
    const PASSED: Words = Words::of("pass passed success successful succeeded ok failed fail");
    const FEWEST: u64 = 2;
    let is_list = table.name.is_some() && !table.defined_by_tool && table.columns_as(Role::Metric).next().is_none();
    let called = |column: usize| {
        let column = &table.columns[column];
        let leaf = column.name.rsplit('.').next().unwrap_or_default();
        column.cells == CellType::Boolean && PASSED.has(&leaf.to_ascii_lowercase())
    };
    if !is_list || !table.columns_as(Role::Status).any(called) {
        return None;
    }
    let failures = outcome::failures(table, Among::All, settings.confidence)?;
    let by_flag = table.position(&failures.column).is_some_and(called);
    (by_flag && failures.total >= FEWEST).then(|| standing_for(source, (index, table), failures, settings))
}

/// A metric without a sample that has the failures of its table.
fn standing_for(source: &str, (index, table): (usize, &Table), mut failures: Failures, settings: &Settings) -> Metric {
    if settings.keep_samples {
        failures.runs = outcome::runs(table, Among::All, &failures.column);
    }
    if let Some(grouping) = Grouping::choose(table, settings).filter(|grouping| grouping.groups.len() > 1) {
        failures.tell_by_group(table, Among::All, &grouping, settings.keep_samples);
    }
    let name = failures.column.clone();
    let blank = Metric::new(source, index, &name, Dimension::Unknown, Polarity::Unknown);
    Metric { failures: Some(failures), leads: true, ..blank }
}

/// Whether a column holds a code of a server; zeros alone are as well how a call ended that did well.
fn has_code(table: &Table, name: &str) -> bool {
    let Some(index) = table.position(name) else { return false };
    let column = &table.columns[index];
    let is_code = |code: Option<u32>| code.is_some_and(|code| code >= 200);
    if column.cells.is_number() {
        return !table.values(index).all(|number| !is_code(http_code::of_number(number)));
    }
    column.dictionary.iter().any(|text| is_code(http_code::of_text(text)))
}

fn has_clock(table: &Table) -> bool {
    table.columns_as(Role::Timestamp).next().is_some()
}

/// Whether a column is called by how a request ended, and not by how bad a line of a log is.
fn says_how_it_ended(column: &str) -> bool {
    let name = column.to_lowercase();
    ["status", "outcome", "result", "success"].iter().any(|word| name.contains(word))
}
