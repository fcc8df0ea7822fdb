//! Rows that hold an attempt of each of several competitors, with a column each that says how it ended: `plain_result` beside `plain_time`,
//! `fast_result` beside `fast_time`.
//!
//! In: a table with roles. Out: a table for each competitor, with the outcome of its own attempts, and one for what was measured of all of
//! them. The numbers of an attempt that failed (the limit of a timeout, the zeros of a connection that never stood) are none of its results.

use std::collections::BTreeSet;

use crate::measure::ending::{self, Outcome};
use crate::measure::finding::{Finding, FindingKind, Place, Severity};
use crate::measure::folded::Folded;
use crate::table::{CellType, Column, Role, Table};

use super::minus_one::without;
use super::name;
use super::vocabulary::{self, Words};

/// Lines that a note names; the rest are counted.
const NAMED_LINES: usize = 8;
/// More different texts are no outcomes.
const MOST_TEXTS: usize = 50;
/// What compares the attempts of a row with each other: no result where one of them failed.
const COMPARES: Words = Words::of(
    "speedup ratio reduction improvement gain delta diff difference faster slower overhead advantage savings saved factor",
);

/// One of several whose attempts stand side by side.
struct Competitor {
    /// What its columns are called by: `plain`.
    name: String,
    /// The column that says how its attempts ended.
    outcome: usize,
    /// All of its columns.
    columns: Vec<usize>,
    /// The rows in which it failed.
    failed: Vec<usize>,
}

/// Parts a table into one of each competitor, where each has an outcome of its own and some failed.
pub(crate) fn apart(table: Table, source: &str, findings: &mut Vec<Finding>) -> Vec<Table> {
    if table.columns_as(Role::MetricName).next().is_some() || !table.foreign_values.is_empty() {
        return vec![table];
    }
    let statuses: Vec<usize> = table.columns_as(Role::Status).collect();
    let Some(competitors) = competitors(&table)
        .filter(|competitors| statuses.iter().all(|status| repeats_outcomes(&table, *status, competitors)))
    else {
        return vec![table];
    };
    let mut owned: BTreeSet<usize> = competitors.iter().flat_map(|one| one.columns.iter().copied()).collect();
    owned.extend(statuses);
    let shared: Vec<usize> = (0..table.columns.len()).filter(|column| !owned.contains(column)).collect();
    let mut parts: Vec<Table> = competitors.iter().map(|one| part(&table, one, &shared)).collect();
    findings.extend(competitors.iter().filter(|one| !one.failed.is_empty()).map(|one| note(&table, one, source)));
    if shared.iter().any(|column| table.columns[*column].role == Role::Metric) {
        parts.push(of_all(&table, &competitors, &shared));
    }
    parts
}

/// The competitors of a table; `None` where there are not several with an outcome each, or none failed.
fn competitors(table: &Table) -> Option<Vec<Competitor>> {
    let words: Vec<Vec<String>> = table.columns.iter().map(|column| name::words(&column.name)).collect();
    let outcomes: Vec<usize> = (0..table.columns.len()).filter(|index| may_be_outcome(table, *index)).collect();
    for first in &outcomes {
        let Some((what, _)) = words[*first].split_last() else { continue };
        let alike: Vec<usize> = outcomes
            .iter()
            .copied()
            .filter(|other| words[*other].len() > 1 && words[*other].last() == Some(what))
            .collect();
        if alike.len() < 2 || !say_how_they_ended(table, &alike, what) {
            continue;
        }
        let owners: Vec<&[String]> = alike.iter().map(|index| &words[*index][..words[*index].len() - 1]).collect();
        let of = |owner: &[String]| -> Vec<usize> {
            (0..words.len())
                .filter(|index| words[*index].len() > owner.len() && words[*index].starts_with(owner))
                .collect()
        };
        if !measure_the_same(table, &owners, &words) {
            continue;
        }
        let found: Vec<Competitor> = alike
            .iter()
            .zip(&owners)
            .map(|(outcome, owner)| {
                let (name, columns) = (owner.join("_"), of(owner));
                Competitor { name, outcome: *outcome, columns, failed: failed_rows(table, *outcome) }
            })
            .collect();
        let several_own = |column: usize| found.iter().filter(|one| one.columns.contains(&column)).count() > 1;
        if found.iter().any(|one| !one.failed.is_empty()) && !(0..words.len()).any(several_own) {
            return Some(found);
        }
    }
    None
}

/// Whether a column of errors (`fast:connection_error`) is empty in exactly those rows in which nobody failed: it says of no row more than the
/// outcomes do.
fn repeats_outcomes(table: &Table, status: usize, competitors: &[Competitor]) -> bool {
    let column = &table.columns[status];
    if competitors.iter().any(|one| one.outcome == status) {
        return true;
    }
    let words = name::words(name::leaf(&column.name));
    if column.cells != CellType::Text || vocabulary::FAILURE.among(&words).is_none() {
        return false;
    }
    let failed: BTreeSet<usize> = competitors.iter().flat_map(|one| one.failed.iter().copied()).collect();
    let codes = table.text_cells(status);
    (0..codes.rows()).all(|row| {
        let text = codes.code(row).and_then(|code| column.dictionary.get(code as usize));
        text.is_some_and(|text| !text.is_empty()) == failed.contains(&row)
    })
}

/// Whether a column holds few texts, or yes and no.
fn may_be_outcome(table: &Table, index: usize) -> bool {
    let column = &table.columns[index];
    matches!(column.cells, CellType::Text | CellType::Boolean) && (1..=MOST_TEXTS).contains(&column.dictionary.len())
}

/// Whether some columns of one name hold nothing but words for how something ended, and one of them at least says that it failed.
fn say_how_they_ended(table: &Table, columns: &[usize], what: &str) -> bool {
    let is_status = vocabulary::STATUS.has(what);
    let texts = || columns.iter().flat_map(|column| &table.columns[*column].dictionary).filter(|text| !text.is_empty());
    let known = |text: &String| ending::of_text(text, false) != Outcome::Unclear;
    let fails = |text: &String| {
        if is_yes_or_no(text) {
            is_status
        } else {
            ending::of_text(text, false) == Outcome::Failed && names_failure(text)
        }
    };
    (is_status || texts().all(known)) && texts().any(fails)
}

fn is_yes_or_no(text: &str) -> bool {
    matches!(text.to_ascii_lowercase().as_str(), "true" | "false" | "yes" | "no")
}

/// Whether a text speaks of a failure by more than a mere no.
fn names_failure(text: &str) -> bool {
    ending::is_message_of_failure(text) || ending::by_first_word(text) == Some(false)
}

/// Whether something was measured that is called alike of all of them: `plain_time`, `fast_time`.
fn measure_the_same(table: &Table, owners: &[&[String]], words: &[Vec<String>]) -> bool {
    let Some((first, others)) = owners.split_first() else { return false };
    let measured = |owner: &[String], rest: &[String]| {
        let is = |index: usize| {
            table.columns[index].role == Role::Metric
                && words[index].len() == owner.len() + rest.len()
                && words[index].starts_with(owner)
                && words[index].ends_with(rest)
        };
        (0..words.len()).any(is)
    };
    let rests = words.iter().filter(|words| words.len() > first.len() && words.starts_with(first));
    let mut rests = rests.map(|words| &words[first.len()..]);
    rests.any(|rest| measured(first, rest) && others.iter().all(|owner| measured(owner, rest)))
}

/// The rows whose outcome says that they failed.
fn failed_rows(table: &Table, outcome: usize) -> Vec<usize> {
    let column = &table.columns[outcome];
    let said: Vec<bool> =
        column.dictionary.iter().map(|text| ending::of_text(text, false) == Outcome::Failed).collect();
    let codes = table.text_cells(outcome);
    (0..codes.rows())
        .filter(|row| codes.code(*row).is_some_and(|code| said.get(code as usize) == Some(&true)))
        .collect()
}

/// The table of one competitor.
fn part(table: &Table, one: &Competitor, shared: &[usize]) -> Table {
    let is_own = |column: &usize| one.columns.contains(column);
    let is_kept = |column: &usize| {
        is_own(column)
            || shared.contains(column) && table.columns[*column].role != Role::Metric && !is_message(table, *column)
    };
    let columns = (0..table.columns.len()).filter(is_kept).map(|index| {
        let column = &table.columns[index];
        if index == one.outcome {
            let reason = format!("says how each attempt of `{}` ended", one.name);
            return Column { role: Role::Status, role_reason: reason, ..column.clone() };
        }
        if column.role != Role::Metric || one.failed.is_empty() {
            return column.clone();
        }
        let data = without(table.values(index), &one.failed, table.values(index).storage());
        Column { data, ..column.clone() }
    });
    with_columns(table, Some(one.name.clone()), columns.collect())
}

/// Whether a text says what went wrong with one or the other of the attempts.
fn is_message(table: &Table, index: usize) -> bool {
    let words = name::words(&table.columns[index].name);
    vocabulary::FAILURE.among(&words).is_some() && table.columns[index].cells == CellType::Text
}

/// The table of what was measured of all competitors together: rows in which none came to an end measured nothing, and nothing is
/// compared with what failed.
fn of_all(table: &Table, competitors: &[Competitor], shared: &[usize]) -> Table {
    let rows = usize::try_from(table.lines.rows()).unwrap_or_default();
    let failures = |row: usize| competitors.iter().filter(|one| one.failed.binary_search(&row).is_ok()).count();
    let with = |least: usize| (0..rows).filter(|row| failures(*row) >= least).collect::<Vec<usize>>();
    let (any, all) = (with(1), with(competitors.len()));
    let columns = shared.iter().map(|index| {
        let column = &table.columns[*index];
        if column.role != Role::Metric {
            let role = if is_message(table, *index) { Role::Unused } else { column.role };
            return Column { role, ..column.clone() };
        }
        let compares = COMPARES.among(&name::words(&column.name)).is_some();
        let data = without(table.values(*index), if compares { &any } else { &all }, table.values(*index).storage());
        Column { data, ..column.clone() }
    });
    with_columns(table, table.name.clone(), columns.collect())
}

/// The same rows with other columns.
fn with_columns(table: &Table, name: Option<String>, columns: Vec<Column>) -> Table {
    Table {
        name,
        header_line: table.header_line,
        lines: table.lines.clone(),
        columns,
        foreign_values: Vec::new(),
        run_starts: table.run_starts.clone(),
        defined_by_tool: table.defined_by_tool,
        labels: table.labels,
        order_is_recorded: table.order_is_recorded,
    }
}

/// That some attempts failed, and that the numbers beside them are no results.
fn note(table: &Table, one: &Competitor, source: &str) -> Finding {
    let lines: Vec<u64> = one.failed.iter().filter_map(|row| table.lines.line(*row as u64)).collect();
    let column = &table.columns[one.outcome];
    let first = one.failed.first().and_then(|row| column.data.code(*row));
    let text = first.and_then(|code| column.dictionary.get(code as usize)).map_or("", String::as_str);
    let place = Place {
        source: source.to_owned(),
        line: lines.first().copied(),
        last_line: None,
        column: Some(column.name.clone()),
    };
    let (attempts, where_) = if lines.len() == 1 { ("attempt", "line") } else { ("attempts", "lines") };
    let reason = format!(
        "{} {attempts} of `{}` failed by `{}` ({where_} {}): the numbers beside them are limits, or of nothing",
        lines.len(),
        one.name,
        column.name,
        Folded::of(&lines, NAMED_LINES)
    );
    let action = "they are counted as failed, and no sample comes from them";
    Finding::new(Severity::Note, FindingKind::NoResult, place, reason, action).value(text).count(lines.len() as u64)
}
