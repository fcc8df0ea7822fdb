//! Whole numbers that are too large to be held exactly.
//!
//! In: tables with the roles of their columns. Out: a finding for each measured column, identifier or label that holds integers of
//! 2^53 and more: the nearest number that a double can hold stands for them. Instants are rounded to less than a microsecond and
//! have a finding of their own where that matters.

use crate::measure::finding::{Finding, FindingKind, Place, Severity};
use crate::table::source::Source;
use crate::table::{CellType, Role};

/// Every smaller whole number is held exactly.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// Says which columns lost digits.
pub(crate) fn note(source: &mut Source) {
    let name = source.provenance.name.clone();
    for table in &source.tables {
        for (index, column) in table.columns.iter().enumerate() {
            let matters = matches!(column.role, Role::Metric | Role::Identifier | Role::Label | Role::Setting);
            if !matters || column.cells != CellType::Integer {
                continue;
            }
            let values = table.values(index);
            if values.are_below(EXACT) {
                continue;
            }
            let (mut first, mut count) = (None, 0);
            for (row, value) in values.iter().enumerate() {
                // The largest integers stand for "none", and are named as such.
                if value.is_some_and(|value| value.abs() >= EXACT && value.abs() < 2_f64.powi(63)) {
                    first.get_or_insert(row);
                    count += 1;
                }
            }
            let Some(first) = first.and_then(|row| table.lines.line(row as u64)) else { continue };
            let reason = "whole numbers of 2^53 and more are held to about 16 digits: the last digits were rounded";
            let action = "kept as rounded; write identifiers as text (in quotes, or with a letter before them)";
            let place = Place::line(&name, first).column(&column.name);
            source
                .findings
                .push(Finding::new(Severity::Note, FindingKind::RoundedIntegers, place, reason, action).count(count));
        }
    }
}
