//! Tables of which nothing is known but how their rows ended.
//!
//! In: a table without any measured column. Out: a metric without a sample that stands for its rows, where these are failing. Refuses
//! logs (a line is no request, and one of errors holds nothing else), lists of what failed at no time and by no answer of a server
//! (disks, tests), and rows of which most did well: that a file holds nothing to measure is then the news.

use super::convention::Convention;
use super::failing::is_failing;
use super::grouping::Grouping;
use super::metric::Metric;
use super::outcome::{self, Among};
use crate::measure::http_code;
use crate::measure::{Dimension, Polarity};
use crate::stats::settings::Settings;
use crate::table::{Role, Table};

/// The metric that stands for the rows of a table, which has that index in the source of that name.
pub(super) fn of_table(source: &str, index: usize, table: &Table, settings: &Settings) -> Option<Metric> {
    let mut failures = outcome::failures(table, Among::All, settings.confidence)?;
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
    if settings.keep_samples {
        failures.runs = outcome::runs(table, Among::All, &failures.column);
    }
    if let Some(grouping) = Grouping::choose(table, settings).filter(|grouping| grouping.groups.len() > 1) {
        failures.tell_by_group(table, Among::All, &grouping, settings.keep_samples);
    }
    let name = failures.column.clone();
    let blank = Metric::new(source, index, &name, Dimension::Unknown, Polarity::Unknown);
    Some(Metric { failures: Some(failures), leads: true, ..blank })
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
