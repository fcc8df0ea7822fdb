//! What a value is held against: the `threshold` of an alarm, the `slo` of a check.
//!
//! In: a table with roles. Out: the same, in which such numbers are no metrics. Alone a `limit` or a `target` may be anything that was
//! measured; beside the value that it belongs to, or the name of a metric, it was chosen.

use std::collections::HashMap;

use crate::table::{Column, Role, Table};

use super::name;
use super::vocabulary::{self, Words};

/// Called so, a number is what others are held against.
const LIMIT: Words = Words::of("threshold thresholds limit slo sla target budget");
/// `mem_limit_b` beside `mem_used_b`.
const LIMITED: Words = Words::of("limit");
const USED: Words = Words::of("used usage");
/// Which one of several.
const WHICH: Words = Words::of("min max upper lower warn warning crit critical soft hard alert alarm value");

/// Takes numbers that values are held against from among the metrics.
pub(super) fn settle(table: &mut Table) {
    let is_value = |column: &Column| {
        let words = name::words(name::leaf(&column.name));
        column.cells.is_number() && !words.is_empty() && words.iter().all(|word| vocabulary::VALUE.has(word))
    };
    let names_metric = |column: &Column| {
        !column.cells.is_number() && vocabulary::METRIC_NAME.has(&name::leaf(&column.name).to_lowercase())
    };
    let measured: Vec<(String, String)> = table
        .columns
        .iter()
        .filter(|column| is_value(column) || names_metric(column))
        .map(|column| (name::parent(&column.name).to_owned(), column.name.clone()))
        .collect();
    let metrics = table.columns.iter().filter(|column| column.role == Role::Metric);
    let used: HashMap<Vec<String>, String> =
        metrics.filter_map(|column| Some((without(&column.name, USED)?, column.name.clone()))).collect();
    for column in table.columns.iter_mut().filter(|column| column.role == Role::Metric && column.cells.is_number()) {
        let words = name::words(name::leaf(&column.name));
        let is_limit = LIMIT.among(&words).is_some() && words.iter().all(|word| LIMIT.has(word) || WHICH.has(word));
        if let Some(used) = without(&column.name, LIMITED).and_then(|rest| used.get(&rest)) {
            column.role = Role::Setting;
            column.role_reason = format!("the most that was allowed, beside `{used}`");
            continue;
        }
        let parent = name::parent(&column.name);
        let beside = measured.iter().find(|(other, name)| other == parent && *name != column.name);
        if let Some((_, other)) = beside.filter(|_| is_limit) {
            column.role = Role::Unused;
            column.role_reason = format!("what values are held against, beside `{other}`");
        }
    }
}

/// The words of a name but for these; `None` where it has none of these.
fn without(column: &str, known: Words) -> Option<Vec<String>> {
    let words = name::words(column);
    known.among(&words)?;
    Some(words.into_iter().filter(|word| !known.has(word)).collect())
}
