//! Findings about rows of which it is not understood how they ended.

use crate::measure::{Finding, FindingKind, Place, Severity};

/// What becomes of them.
const ACTION: &str = "counted as of unknown outcome: neither as failed nor as succeeded";

/// The first lines of some rows, and how many rows there are.
type Rows<'a> = (&'a [u64], u64);

/// A status that says success beside a text that names an error.
pub(super) fn contradicted(source: &str, rows: Rows<'_>, status: &str, error: &str) -> Finding {
    let (severity, kind) = (Severity::Suspicious, FindingKind::Contradiction);
    let reason = format!("`{status}` says that the row succeeded, and `{error}` names an error ({})", lines(rows));
    Finding::new(severity, kind, place(source, rows, error), reason, ACTION).count(rows.1)
}

/// Numbers that are no codes in a column of codes.
pub(super) fn odd_codes(source: &str, rows: Rows<'_>, numbers: &[f64], column: &str) -> Finding {
    let (severity, kind) = (Severity::Note, FindingKind::UnreadableField);
    let reason = format!("no code of HTTP, as the others of its column are ({})", lines(rows));
    let numbers: Vec<String> = numbers.iter().map(f64::to_string).collect();
    Finding::new(severity, kind, place(source, rows, column), reason, ACTION).value(numbers.join(", ")).count(rows.1)
}

fn place(source: &str, (lines, _): Rows<'_>, column: &str) -> Place {
    Place::line(source, lines.first().copied().unwrap_or_default()).column(column)
}

/// `lines 3, 9, 12 and others`.
fn lines((lines, count): Rows<'_>) -> String {
    let others = if count > lines.len() as u64 { " and others" } else { "" };
    let word = if count == 1 { "line" } else { "lines" };
    let named: Vec<String> = lines.iter().map(u64::to_string).collect();
    format!("{word} {}{others}", named.join(", "))
}
