//! Rows and lines in the words of a finding.

use crate::ingest::text::cells::DecimalMark;
use crate::ingest::text::row::Row;

/// So many fields.
pub(super) fn fields(count: usize) -> String {
    if count == 1 { "1 field".to_owned() } else { format!("{count} fields") }
}

/// The first of some lines.
pub(super) fn line_list(lines: &[u64]) -> String {
    const NAMED: usize = 8;
    let named: Vec<String> = lines.iter().take(NAMED).map(u64::to_string).collect();
    let more = if lines.len() > NAMED { format!(" and {} more", lines.len() - NAMED) } else { String::new() };
    format!("{} {}{more}", if lines.len() == 1 { "line" } else { "lines" }, named.join(", "))
}

/// A row as it is quoted.
pub(super) fn shortened(row: Row<'_>) -> String {
    const SHOWN: usize = 80;
    let text: Vec<String> = row.iter().map(|cell| String::from_utf8_lossy(cell).into_owned()).collect();
    let text = text.join(",");
    if text.chars().count() <= SHOWN { text } else { text.chars().take(SHOWN).chain(['…']).collect() }
}

/// What is said of a column with numbers of three digits behind one point and whole numbers below a thousand, and what to do.
pub(super) const POINTS_MAY_GROUP: (&str, &str) = (
    "numbers of a column have three digits behind a point, or none and are below 1000: read as decimals, `1.234` is about 1.2, and not a thousand",
    "write thousands without points where these group them, or all decimals with their digits",
);

/// What is said of a column of numbers with three digits behind one comma each, and what to do; they were read with that decimal mark.
pub(super) fn ambiguous_numbers(mark: DecimalMark) -> (&'static str, &'static str) {
    match mark {
        DecimalMark::Comma => (
            "every number of a column has three digits behind one comma: read as decimals, `42,068` is about 42",
            "write whole numbers without groups, or a point, where commas group thousands instead",
        ),
        DecimalMark::Point => (
            "every number of a column has three digits behind one comma: read as thousands, `42,068` is above 42 thousand",
            "write a point where commas are decimal marks instead",
        ),
    }
}
