//! Instants at which a process began, the same in all of its rows: they say when no row was.
//!
//! In: a table with roles. Out: the same, in which a column called a start with one number for each label is no clock, and neither is the
//! same start by another clock (`vm_start_ns` beside `vm_start_unix_ms`) a metric.

use std::collections::HashMap;

use crate::table::{Instants, Role, Table};

use super::name;
use super::vocabulary::Words;

/// Called so, an instant is a beginning.
const BEGINS: Words = Words::of("start started begin began launch launched boot");
/// What of a name says by which clock, and in what.
const BY_CLOCK: Words = Words::of("unix epoch utc wall time timestamp at ns us ms s sec seconds millis nanos");
/// Rows that each process has at least, on average.
const ROWS_EACH: usize = 3;
/// More rows have shown it.
const LOOKED_AT: usize = 4096;

/// Sets starts of processes aside.
pub(super) fn set_aside(table: &mut Table) {
    let begins = |index: &usize| BEGINS.among(&name::words(name::leaf(&table.columns[*index].name))).is_some();
    let clocks: Vec<usize> = table.columns_as(Role::Timestamp).filter(begins).collect();
    for clock in clocks {
        let Some(label) = table.columns_as(Role::Label).find(|label| is_one_for_each(table, clock, *label)) else {
            continue;
        };
        let own = what_began(&table.columns[clock].name);
        let of_same = |index: &usize| {
            let column = &table.columns[*index];
            let words = name::words(name::leaf(&column.name));
            column.cells.is_number() && BEGINS.among(&words).is_some() && what_began(&column.name) == own
        };
        let others: Vec<usize> =
            table.columns_as(Role::Metric).filter(of_same).filter(|one| is_one_for_each(table, *one, label)).collect();
        let label = table.columns[label].name.clone();
        for index in others.into_iter().chain([clock]) {
            table.columns[index].role = Role::Unused;
            table.columns[index].role_reason =
                format!("one number for all rows of a `{label}`: when each began, and not when its rows were");
        }
    }
}

/// The words of a name without those of a clock.
fn what_began(column: &str) -> Vec<String> {
    name::words(name::leaf(column)).into_iter().filter(|word| !BY_CLOCK.has(word)).collect()
}

/// Whether every text of a label stands beside one number only, in several rows, and there are several of them.
fn is_one_for_each(table: &Table, index: usize, label: usize) -> bool {
    let instants = Instants::of(table, index);
    let codes = table.text_cells(label);
    let of_number = |row: usize| table.values(index).number(row).map(f64::to_bits);
    let is_number = table.columns[index].cells.is_number();
    let at = |row: usize| if is_number { of_number(row) } else { instants.at(row).map(i64::cast_unsigned) };
    let rows = usize::try_from(table.lines.rows()).unwrap_or(usize::MAX).min(LOOKED_AT);
    let mut known: HashMap<u32, u64> = HashMap::new();
    let all = (0..rows).all(|row| {
        let (Some(code), Some(at)) = (codes.code(row), at(row)) else { return false };
        *known.entry(code).or_insert(at) == at
    });
    all && known.len() > 1 && ROWS_EACH * known.len() <= rows
}
