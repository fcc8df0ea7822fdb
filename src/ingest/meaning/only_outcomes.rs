//! Tables of which nothing was measured because everything failed: the column of durations is there and empty.
//!
//! In: a table with roles. Out: an empty column that is called a duration is the metric that it would have been, where another column
//! says that rows failed. Refuses tables in which something was measured, or nothing failed.

use crate::measure::ending::{Outcome, of_text};
use crate::table::{CellType, Role, Table};

use super::name;
use super::vocabulary::{self, Kind};

/// Answers of a server that say that a request failed.
const FAILED_ANSWERS: std::ops::Range<f64> = 400.0..600.0;

/// Gives the column of durations its role back.
pub(super) fn settle(table: &mut Table) {
    let says_failure =
        |table: &Table| table.columns_as(Role::Status).any(|status| says_that_rows_failed(table, status));
    if table.columns_as(Role::Metric).next().is_some() || !says_failure(table) {
        return;
    }
    for column in &mut table.columns {
        if column.role == Role::Unused && column.is_blank() && is_duration(&column.name) {
            column.role = Role::Metric;
            column.role_reason = format!("called `{}`, and empty in rows that failed", column.name);
        }
    }
}

fn is_duration(name: &str) -> bool {
    let is_chosen = name::words(name::leaf(name)).iter().any(|word| vocabulary::TIME_SETTING.has(word));
    name::read(name).kind == Some(Kind::Duration) && !is_chosen
}

/// Whether a status says of some rows that they failed, as far as its cells alone tell.
fn says_that_rows_failed(table: &Table, status: usize) -> bool {
    let column = &table.columns[status];
    match column.cells {
        CellType::Text => column.dictionary.iter().any(|text| of_text(text, false) == Outcome::Failed),
        CellType::Boolean => {
            let words = name::words(name::leaf(&column.name));
            let failed = if vocabulary::FAILED.among(&words).is_some() { 1.0 } else { 0.0 };
            !table.values(status).all(|number| number != failed)
        }
        _ => !table.values(status).all(|number| !FAILED_ANSWERS.contains(&number)),
    }
}
