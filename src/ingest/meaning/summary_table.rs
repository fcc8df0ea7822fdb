//! Tables in which a program has summarised what it measured: percentiles, means and extremes in columns, a row a label.
//!
//! In: a table with roles and units. Out: what it reports, row by row, and the table with its columns marked as summaries.
//! A summary is no sample: nothing is recomputed from it, and the row of a total is not added to its parts. Columns say that
//! they are statistics by their names ([`name`](super::name)): two of one metric are enough, one of them a mean, a median or
//! a percentile.

use std::collections::BTreeMap;

use crate::measure::reported::{Reported, ReportedValue};
use crate::measure::unit::Unit;
use crate::measure::{Polarity, Statistic};
use crate::table::{Column, Role, Table};

use super::name::{self, NameMeaning};
use super::vocabulary::{self, Kind, Words};
use crate::ingest::options::SourceOptions;

/// A table with more rows is a recording of its own, whose rows are intervals of time.
const MOST_ROWS: usize = 500;
/// What a metric is called of which the columns only name statistics.
const NAMELESS: &str = "reported";

/// What a column of a summary holds.
enum Part {
    /// A statistic of the metric of that name.
    Statistic(String, Statistic),
    /// How many were measured.
    Measured,
    /// How many failed.
    Failed,
    /// A number of its own: a rate, a share.
    Value,
}

/// What the table reports, where it is a summary; its measured columns are marked as such.
pub(crate) fn take(table: &mut Table, options: &SourceOptions) -> Option<Vec<Reported>> {
    let rows = usize::try_from(table.lines.rows()).ok()?;
    let clock = rows > 1 && table.columns_as(Role::Timestamp).next().is_some();
    if rows == 0 || rows > MOST_ROWS || clock {
        return None;
    }
    let columns: Vec<(usize, NameMeaning)> = (0..table.columns.len())
        .filter(|index| is_number(&table.columns[*index]))
        .map(|index| (index, name::read(&table.columns[index].name)))
        .collect();
    let parts = parts(table, &columns)?;
    let labels = labels(table, rows)?;
    let mut reported = Vec::new();
    for (row, label) in labels.iter().enumerate() {
        let line = table.lines.line(row as u64);
        let mut of_row: Vec<Reported> = Vec::new();
        for (index, part) in &parts {
            let Some(value) = table.values(*index).number(row) else { continue };
            let column = &table.columns[*index];
            let (metric, statistic, unit) = match part {
                Part::Statistic(metric, statistic) => (metric.clone(), *statistic, unit_of(table, &parts, metric)),
                Part::Measured => ("requests".to_owned(), Statistic::Count, Unit::COUNT),
                Part::Failed => ("requests".to_owned(), Statistic::Failures, Unit::COUNT),
                Part::Value => (column.name.clone(), Statistic::Value, column.unit()),
            };
            let given = options.column(&metric).and_then(|given| given.unit).filter(|_| !statistic.is_count());
            let value = ReportedValue { statistic, value, unit: given.unwrap_or(unit), line };
            match of_row.iter_mut().find(|one| one.metric == metric) {
                Some(one) => one.values.push(value),
                None => of_row.push(Reported {
                    polarity: if matches!(part, Part::Measured | Part::Failed) {
                        Polarity::Unknown
                    } else {
                        column.polarity
                    },
                    meaning: column.meaning.clone(),
                    label: label.clone(),
                    values: vec![value],
                    metric,
                }),
            }
        }
        reported.append(&mut of_row);
    }
    for (index, _) in &parts {
        let column = &mut table.columns[*index];
        column.role = Role::Unused;
        "a number that a program has summarised: shown as reported".clone_into(&mut column.role_reason);
    }
    // The whole run stands first.
    reported.sort_by_key(|one| one.label.is_some());
    Some(reported)
}

fn is_number(column: &Column) -> bool {
    column.cells.is_number() && !matches!(column.role, Role::Timestamp | Role::Run | Role::Label | Role::Setting)
}

/// What each column holds; `None` where the table is no summary.
fn parts(table: &Table, columns: &[(usize, NameMeaning)]) -> Option<Vec<(usize, Part)>> {
    let mut statistics: BTreeMap<String, Vec<Statistic>> = BTreeMap::new();
    for (_, meaning) in columns {
        if let Some(statistic) = meaning.statistic {
            let of_base = statistics.entry(base(meaning)).or_default();
            if !of_base.contains(&statistic) {
                of_base.push(statistic);
            }
        }
    }
    let sums_up = |of_base: &Vec<Statistic>| {
        let typical = |one: &Statistic| matches!(one, Statistic::Mean | Statistic::Median | Statistic::Percentile(_));
        of_base.len() >= 2 && of_base.iter().any(typical)
    };
    statistics.retain(|_, of_base| sums_up(of_base));
    if statistics.is_empty() {
        return None;
    }
    let mut measured = false;
    let mut failed = false;
    let part = |(index, meaning): &(usize, NameMeaning)| {
        let words = name::words(&table.columns[*index].name);
        let has = |known: Words| known.among(&words).is_some();
        let of_base = meaning.statistic.map(|statistic| (base(meaning), statistic));
        let part = match of_base {
            Some((metric, statistic)) if statistics.contains_key(&metric) => Part::Statistic(metric, statistic),
            _ if !failed
                && has(vocabulary::FAILED)
                && meaning.kind != Some(Kind::Share)
                && meaning.kind != Some(Kind::Rate) =>
            {
                failed = true;
                Part::Failed
            }
            _ if !measured && has(vocabulary::MEASURED) && matches!(meaning.kind, Some(Kind::Count) | None) => {
                measured = true;
                Part::Measured
            }
            _ if table.columns[*index].role == Role::Metric => Part::Value,
            _ => return None,
        };
        Some((*index, part))
    };
    Some(columns.iter().filter_map(part).collect())
}

fn base(meaning: &NameMeaning) -> String {
    if meaning.base.is_empty() { NAMELESS.to_owned() } else { meaning.base.clone() }
}

/// The unit of a metric: that of the first of its columns that has one.
fn unit_of(table: &Table, parts: &[(usize, Part)], metric: &str) -> Unit {
    let of_metric = parts.iter().filter(|(_, part)| matches!(part, Part::Statistic(name, _) if name == metric));
    of_metric
        .filter_map(|(index, _)| table.columns[*index].unit.as_ref())
        .map(|choice| choice.unit)
        .next()
        .unwrap_or(Unit::UNKNOWN)
}

/// What each row is of: its texts, as far as they differ from row to row. `None` where rows cannot be told apart: then they
/// are intervals of time, or runs.
fn labels(table: &Table, rows: usize) -> Option<Vec<Option<String>>> {
    if rows == 1 {
        return Some(vec![None]);
    }
    let mut texts: Vec<Vec<String>> = vec![Vec::new(); rows];
    let tells = |column: &&Column| matches!(column.role, Role::Label | Role::Identifier | Role::Setting);
    for column in table.columns.iter().filter(tells) {
        let number = column.cells.is_number();
        let cell = |row: usize| {
            if number {
                return column.data.number(row).map(|number| format!("{}={number}", column.name));
            }
            column.data.code(row).and_then(|code| column.dictionary.get(code as usize)).cloned()
        };
        let cells: Vec<Option<String>> = (0..rows).map(cell).collect();
        if cells.iter().all(|text| *text == cells[0]) {
            continue;
        }
        for (texts, cell) in texts.iter_mut().zip(cells) {
            texts.extend(cell.filter(|text| !text.is_empty()));
        }
    }
    let joined: Vec<String> = texts.iter().map(|texts| texts.join(", ")).collect();
    let mut distinct: Vec<&String> = joined.iter().collect();
    distinct.sort_unstable();
    distinct.dedup();
    (distinct.len() == rows)
        .then(|| joined.into_iter().map(|text| Some(text).filter(|text| !vocabulary::is_total(text))).collect())
}
