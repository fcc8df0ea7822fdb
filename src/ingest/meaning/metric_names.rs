//! Rows that name their metric: `metric` and `value`, alone in their table or beside rows that measure something else.
//!
//! In: a table with roles. Out: which column names the metrics and which has their values, and a table for the rows that name none. What
//! `value` is of says the name in its row, so that values of two names are never pooled.

use crate::table::{CellType, Column, Role, Table};

use super::vocabulary::{self, Words};

/// Longer tables are asked row by row for nothing but their own values.
const MOST_ROWS: u64 = 100_000;

/// In nested data the name is behind the last dot: `data.value`.
fn is_called(words: Words, name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    words.has(lower.rsplit('.').next().unwrap_or(&lower))
}

/// Gives the column that names the metrics of its rows that role; `decided` are columns whose role the user has said.
pub(super) fn recognise(table: &mut Table, decided: impl Fn(&Column) -> bool) {
    let values: Vec<usize> = table.columns_as(Role::Metric).collect();
    let Some(value) = values.iter().copied().find(|value| is_called(vocabulary::VALUE, &table.columns[*value].name))
    else {
        return;
    };
    // In a short file each metric stands once, so that its name looks like one of a row.
    let names = table.columns.iter().position(|column| {
        (column.role == Role::Label || column.role == Role::Identifier && column.cells == CellType::Text)
            && is_called(vocabulary::METRIC_NAME, &column.name)
            && !decided(column)
    });
    let Some(names) = names else { return };
    if values.len() > 1 && !are_rows_of_their_own(table, names, value, &values) {
        return;
    }
    table.columns[names].role = Role::MetricName;
    table.columns[names].role_reason = format!("names the metric of `{}`", table.columns[value].name);
}

/// Whether some rows name a metric and have its value, and all others have neither: no number that these measured stands in those.
fn are_rows_of_their_own(table: &Table, names: usize, value: usize, values: &[usize]) -> bool {
    if table.lines.rows() > MOST_ROWS || table.columns[names].cells != CellType::Text {
        return false;
    }
    let rows = usize::try_from(table.lines.rows()).unwrap_or_default();
    let has = |column: usize, row: usize| table.values(column).is_present(row);
    let (named, others): (Vec<usize>, Vec<usize>) = (0..rows).partition(|row| name_of(table, names, *row).is_some());
    let of_both = |column: &usize| {
        *column != value && named.iter().any(|row| has(*column, *row)) && others.iter().any(|row| has(*column, *row))
    };
    let measured = |row: &usize| values.iter().any(|column| has(*column, *row));
    named.iter().all(|row| has(value, *row))
        && !others.iter().any(|row| has(value, *row))
        && !values.iter().any(of_both)
        && !named.is_empty()
        && others.iter().any(measured)
}

/// The text of a row in a column, the metric that it names.
fn name_of(table: &Table, column: usize, row: usize) -> Option<&String> {
    let code = table.text_cells(column).code(row)?;
    table.columns[column].dictionary.get(code as usize).filter(|text| !text.is_empty())
}

/// Of a long table, the column that names metrics and the one with their values.
pub(super) fn long_value(table: &Table) -> Option<(usize, usize)> {
    let names = table.columns_as(Role::MetricName).next()?;
    let called = |value: &usize| is_called(vocabulary::VALUE, &table.columns[*value].name);
    let value = table.columns_as(Role::Metric).find(called).or_else(|| table.columns_as(Role::Metric).next())?;
    Some((names, value))
}

/// The rows that name no metric, where there are any: they measured something else.
pub(super) fn rows_without(table: &Table, (names, value): (usize, usize)) -> Option<Table> {
    table.columns_as(Role::Metric).nth(1)?;
    let rows = usize::try_from(table.lines.rows()).unwrap_or_default();
    let mask: Vec<bool> = (0..rows).map(|row| name_of(table, names, row).is_none()).collect();
    let mut rest = table.only(&mask)?;
    for index in [names, value] {
        set_aside(&mut rest.columns[index]);
    }
    set_blank_aside(&mut rest);
    Some(rest)
}

/// Takes their roles from columns of which no row of a part has anything.
pub(super) fn set_blank_aside(part: &mut Table) {
    for index in 0..part.columns.len() {
        let column = &part.columns[index];
        let nothing = if matches!(column.cells, CellType::Text | CellType::Boolean) {
            let rows = usize::try_from(part.lines.rows()).unwrap_or_default();
            (0..rows).all(|row| name_of(part, index, row).is_none())
        } else {
            column.data.count() == 0
        };
        if nothing {
            set_aside(&mut part.columns[index]);
        }
    }
}

fn set_aside(column: &mut Column) {
    column.role = Role::Unused;
    "other rows have it, which are of another kind".clone_into(&mut column.role_reason);
}
