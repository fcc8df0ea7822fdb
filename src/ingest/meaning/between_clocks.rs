//! Instants beside a clock that are broken, and differences of two clocks.
//!
//! In: a table with roles. Out: findings of the broken ones, with their lines; and the unit of a number that is one clock less the other in
//! every row: what both count in.

use crate::measure::finding::{Finding, FindingKind, Place, Severity};
use crate::measure::unit::{Dimension, Unit};
use crate::table::{Column, Role, Table, UnitChoice};

use super::instants::INSTANTS;
use super::profile::counts_since_1970;

/// Broken instants that have a finding each; the rest are counted.
const NAMED: usize = 8;
/// Clocks that are compared with each other.
const MOST_CLOCKS: usize = 4;
/// Rows that show a difference, and so many at least.
const LOOKED_AT: usize = 4096;
const FEWEST: usize = 5;

/// Says which numbers of columns of instants are none.
pub(super) fn note_broken(table: &Table, broken: &[(usize, Vec<usize>)], source: &str, findings: &mut Vec<Finding>) {
    for (index, rows) in broken {
        let column = &table.columns[*index];
        let more = rows.len().saturating_sub(NAMED);
        for (place, row) in rows.iter().take(NAMED).enumerate() {
            let Some(number) = table.values(*index).number(*row) else { continue };
            let place_of_more = if place == 0 && more > 0 { format!(" (and {more} more rows)") } else { String::new() };
            let reason = format!("no instant near that of its row, as the others are{place_of_more}: it is broken");
            let action = "the column is no metric; what was computed with it is as wrong";
            let mut place = Place::source(source).column(&column.name);
            place.line = table.lines.line(*row as u64);
            let finding = Finding::new(Severity::Suspicious, FindingKind::Contradiction, place, reason, action);
            findings.push(finding.value(column.cells.written(number)));
        }
    }
}

/// Gives numbers without a unit that of two clocks whose difference they are.
pub(super) fn settle(table: &mut Table) {
    let is_open = |column: &Column| {
        let unnamed = column.name.starts_with("column_") && column.unit().dimension == Dimension::Unknown;
        column.cells.is_number() && (unnamed || column.unit().dimension == Dimension::UnstatedTime)
    };
    let open: Vec<usize> = table.columns_as(Role::Metric).filter(|index| is_open(&table.columns[*index])).collect();
    if open.is_empty() {
        return;
    }
    let clocks: Vec<(usize, Unit)> = (0..table.columns.len())
        .filter_map(|index| Some((index, counted_in(table, index)?)))
        .take(MOST_CLOCKS)
        .collect();
    for index in open {
        let pairs = clocks.iter().flat_map(|one| clocks.iter().map(move |other| (one, other)));
        let found = pairs
            .filter(|(one, other)| one.0 != other.0 && one.1 == other.1)
            .find(|((later, _), (earlier, _))| is_difference(table, index, *later, *earlier));
        if let Some(((later, unit), (earlier, _))) = found {
            let [later, earlier] = [later, earlier].map(|clock| table.columns[*clock].name.clone());
            let reason = format!("`{later}` less `{earlier}` in every row, which are {} since 1970", unit.symbol);
            table.columns[index].unit = Some(UnitChoice { unit: *unit, reason, assumed: false });
        }
    }
}

/// What a column counts in, where its numbers are instants since 1970.
fn counted_in(table: &Table, index: usize) -> Option<Unit> {
    let column = &table.columns[index];
    let is_clock = column.role == Role::Timestamp || column.role_reason.starts_with(INSTANTS);
    let first = column.data.iter().flatten().next().filter(|_| is_clock && column.cells.is_number())?;
    match counts_since_1970(first)? {
        "seconds" => Some(Unit::SECOND),
        "milliseconds" => Some(Unit::MILLISECOND),
        "microseconds" => Some(Unit::MICROSECOND),
        _ => Some(Unit::NANOSECOND),
    }
}

/// Whether numbers are one column less another in every row, and not all the same.
fn is_difference(table: &Table, index: usize, later: usize, earlier: usize) -> bool {
    let of = |column: usize, row: usize| table.values(column).number(row);
    let rows = table.values(index).rows().min(LOOKED_AT);
    let mut known = 0;
    let all = (0..rows).all(|row| {
        let Some(((difference, later), earlier)) = of(index, row).zip(of(later, row)).zip(of(earlier, row)) else {
            return true;
        };
        known += 1;
        (later - earlier - difference).abs() <= 1e-9 * later.abs().max(1e3)
    });
    all && known >= FEWEST
}
