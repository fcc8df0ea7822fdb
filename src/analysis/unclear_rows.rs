//! Rows of which it is not understood how they ended, as evidence: a success beside an error, a number that is no code.
//!
//! In: a table and what its status column says of the failures. Out: anomalies with the lines.

use super::anomaly::Anomaly;
use super::outcome::{Failures, OutcomeColumn};
use crate::table::Table;

/// Lines and numbers that are kept to be named.
const NAMED: usize = 8;

/// What is odd about how rows are said to have ended.
pub(super) fn anomalies(table: &Table, failures: &Failures) -> Vec<Anomaly> {
    let told = (failures.unclear > 0).then(|| OutcomeColumn::by(table, &failures.column)).flatten();
    told.map_or_else(Vec::new, |told| {
        contradicted(table, &told, failures).into_iter().chain(odd_codes(table, &told, failures)).collect()
    })
}

/// Rows that a status calls a success and a text beside it an error.
fn contradicted(table: &Table, told: &OutcomeColumn<'_>, failures: &Failures) -> Option<Anomaly> {
    let error = told.error_column()?;
    let (mut lines, mut count) = (Vec::new(), 0);
    told.visit_contradictions(|row| {
        count += 1;
        if lines.len() < NAMED {
            lines.extend(table.lines.line(row as u64));
        }
    });
    let (status, error) = (failures.column.clone(), error.to_owned());
    (count > 0).then_some(Anomaly::Contradicted { lines, count, status, error })
}

/// Numbers that are no codes in a column of codes.
fn odd_codes(table: &Table, told: &OutcomeColumn<'_>, failures: &Failures) -> Option<Anomaly> {
    let (mut lines, mut count, mut numbers) = (Vec::new(), 0, Vec::new());
    told.visit_odd_codes(|row, number| {
        count += 1;
        if lines.len() < NAMED {
            lines.extend(table.lines.line(row as u64));
        }
        if numbers.len() < NAMED && !numbers.contains(&number) {
            numbers.push(number);
        }
    });
    let column = failures.column.clone();
    (count > 0).then_some(Anomaly::OddCodes { lines, count, numbers, column })
}
