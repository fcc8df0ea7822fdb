//! Clock rates that nothing has: 99,999,999 MHz, as a logger writes that it knows none.
//!
//! In: a table with units. Out: the same without those numbers, and a finding. Nothing ticks a thousand billion times a second, and only
//! nines say that the number was never read.

use crate::measure::finding::{Finding, FindingKind, Place, Severity};
use crate::measure::unit::Unit;
use crate::table::storage::Storage;
use crate::table::{Role, Table};

use super::minus_one::without;

/// No clock has so many ticks a second.
const IMPOSSIBLE: f64 = 1e12;

/// Takes numbers out of columns of clock rates that no clock has.
pub(super) fn take(table: &mut Table, storage: &Storage, source: &str, findings: &mut Vec<Finding>) {
    let rates: Vec<(usize, f64)> = table
        .columns_as(Role::Metric)
        .filter_map(|column| Some((column, hertz(table.columns[column].unit())?)))
        .collect();
    for (column, hertz) in rates {
        let values = table.values(column);
        let is_none = |number: f64| number * hertz >= IMPOSSIBLE && is_all_nines(number);
        if values.all(|number| !is_none(number)) {
            continue;
        }
        let found = values.iter().enumerate().filter(|(_, number)| number.is_some_and(is_none));
        let rows: Vec<usize> = found.map(|(row, _)| row).collect();
        let first = rows.first().copied().unwrap_or_default();
        let place = Place {
            source: source.to_owned(),
            line: table.lines.line(first as u64),
            last_line: None,
            column: Some(table.columns[column].name.clone()),
        };
        let reason = "nothing but nines, and faster than any clock: the logger knew no rate";
        let finding = Finding::new(
            Severity::Note,
            FindingKind::NoResult,
            place,
            reason,
            "they count as absent, and are no samples",
        )
        .metric(&table.columns[column].name)
        .value(table.columns[column].cells.written(values.number(first).unwrap_or_default()))
        .count(rows.len() as u64);
        findings.push(finding);
        table.columns[column].data = without(values, &rows, storage);
        if table.values(column).count() == 0 {
            table.columns[column].role = Role::Unused;
            reason.clone_into(&mut table.columns[column].role_reason);
        }
    }
}

/// Ticks a second that a unit of clock rates is.
fn hertz(unit: Unit) -> Option<f64> {
    match unit.symbol {
        "kHz" => Some(1e3),
        "MHz" => Some(1e6),
        "GHz" => Some(1e9),
        _ => None,
    }
}

fn is_all_nines(number: f64) -> bool {
    number.fract() == 0.0 && number.to_string().bytes().all(|digit| digit == b'9')
}
