//! Counters of several machines, containers or interfaces that a log writes in turn: none falls beside its own label, and all of them together
//! go up and down.
//!
//! In: a table with roles. Out: what the last row of each label has of such counters; their columns are no samples.

use std::collections::BTreeMap;

use crate::measure::label::SEPARATOR;
use crate::measure::reported::Reported;
use crate::table::{CellType, Role, Table};

use super::design;
use super::name;
use super::since_start::{self, Counts, Growth};
use super::so_far;
use super::vocabulary::Words;

/// More things than this are not reported one by one.
const MOST_LABELS: usize = 20;
/// Rows of each of them.
const FEWEST: usize = 5;
/// So many rows are looked at before all are.
const LOOKED_AT: u64 = 1000;
/// What a machine reads and writes, beside a counter of its traffic.
const MOVED: Words = Words::of("read reads write writes written");

/// What the last row of each label has of the counters of a table; their columns are marked.
pub(super) fn take(table: &mut Table) -> Vec<Reported> {
    let named = |column: &usize| since_start::may_count(&table.columns[*column].name);
    let traffic: Vec<usize> = table.columns_as(Role::Metric).filter(named).collect();
    if traffic.is_empty() || table.columns_as(Role::Timestamp).next().is_none() {
        return Vec::new();
    }
    // The first rows tell of nearly every column that it is no counter.
    let first = rows_by_label(table, LOOKED_AT);
    let may_be = |column: &usize| first.values().all(|rows| growth(table, *column, rows).is_some());
    let traffic: Vec<usize> = traffic.into_iter().filter(may_be).collect();
    if traffic.is_empty() || !(2..=MOST_LABELS).contains(&first.len()) {
        return Vec::new();
    }
    let rows = rows_by_label(table, u64::MAX);
    if rows.len() > MOST_LABELS || rows.values().any(|rows| rows.len() < FEWEST) {
        return Vec::new();
    }
    let mut found: Vec<usize> = traffic.into_iter().filter(|column| counts_by_label(table, *column, &rows)).collect();
    if !found.is_empty() {
        let moved = |column: &usize| {
            MOVED.among(&name::words(name::leaf(&table.columns[*column].name))).is_some()
                && !found.contains(column)
                && counts_by_label(table, *column, &rows)
        };
        let more: Vec<usize> = table.columns_as(Role::Metric).filter(moved).collect();
        found.extend(more);
    }
    let mut reported = Vec::new();
    for column in found {
        reported.extend(rows.values().filter_map(|rows| last(table, column, rows)));
        let column = &mut table.columns[column];
        column.role = Role::Unused;
        "a counter of each of several that a log writes in turn: it never falls beside its label, and is no sample"
            .clone_into(&mut column.role_reason);
    }
    reported
}

/// What tells rows of several things apart: the code of each label.
type Labels = Vec<Option<u32>>;

/// The first rows of each combination of labels, in the order of the file.
fn rows_by_label(table: &Table, most: u64) -> BTreeMap<Labels, Vec<usize>> {
    let labels = labels(table);
    let mut rows: BTreeMap<Labels, Vec<usize>> = BTreeMap::new();
    for row in 0..usize::try_from(table.lines.rows().min(most)).unwrap_or_default() {
        rows.entry(design::texts_of_row(table, &labels, row)).or_default().push(row);
        if rows.len() > MOST_LABELS {
            break;
        }
    }
    rows
}

/// The columns of texts that tell the things apart.
fn labels(table: &Table) -> Vec<usize> {
    table.columns_as(Role::Label).filter(|column| table.columns[*column].cells == CellType::Text).collect()
}

/// How a column grows in these rows; `None` where it falls.
fn growth(table: &Table, column: usize, rows: &[usize]) -> Option<Growth> {
    since_start::growth_of(rows.iter().filter_map(|row| table.values(column).number(*row)))
}

/// Whether a column never falls beside any label, and grows beside at least one as what is counted does.
fn counts_by_label(table: &Table, column: usize, rows: &BTreeMap<Labels, Vec<usize>>) -> bool {
    let mut counts = false;
    let never_falls = |rows: &Vec<usize>| {
        let growth = growth(table, column, rows);
        counts |= growth.as_ref().is_some_and(|growth| growth.counts() != Counts::No);
        growth.is_some()
    };
    rows.values().all(never_falls) && counts
}

/// The last number beside a label.
fn last(table: &Table, column: usize, rows: &[usize]) -> Option<Reported> {
    let of = &table.columns[column];
    let row = rows.iter().rev().copied().find(|row| table.values(column).is_present(*row))?;
    let value = so_far::value_in_row(table, column, row)?;
    let meaning = Some("a counter that never falls: its last number".to_owned());
    let text = |label: usize| {
        let code = table.text_cells(label).code(row)?;
        table.columns[label].dictionary.get(code as usize).cloned()
    };
    let texts: Vec<String> = labels(table).into_iter().filter_map(text).collect();
    let (metric, label) = (of.name.clone(), Some(texts.join(SEPARATOR)));
    Some(Reported { metric, label, meaning, polarity: of.polarity, values: vec![value] })
}
