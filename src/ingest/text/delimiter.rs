//! Which character separates the fields of a text.
//!
//! In: the first bytes of a text. Out: a delimiter and the rows that it makes. Weighed over all of these lines: how many fields the
//! rows have and whether the header names as many, and whether commas stand between numbers or inside of them.

use crate::ingest::head::Head;
use crate::ingest::text::cells::{self, DecimalMark, Look};
use crate::ingest::text::row::RowBuffer;
use crate::ingest::text::split::{first_rows, is_blank_or_comment};
use crate::measure::ending;

/// Delimiters that are tried, the most frequent in the wild first.
pub(crate) const DELIMITERS: &[u8] = b",;\t|";
/// Rows that detection looks at.
const SAMPLE_ROWS: usize = 400;
/// Share of neighbouring rows that must agree in their number of fields. Tables stacked in one file break it once each.
const LEAST_AGREEMENT: f64 = 0.8;

/// The first rows of a text.
pub(super) fn sample_rows(head: &Head<'_>, delimiter: Option<u8>) -> Vec<RowBuffer> {
    let mut rows = first_rows(head, delimiter, SAMPLE_ROWS);
    // Some rows end in more delimiters than the header has: cells that are always empty.
    if let Some((first, body)) = rows.split_first_mut() {
        let width = first.cells.len();
        if width > 1 && body.iter().any(|row| row.cells.len() == width) {
            for row in body {
                while row.cells.len() > width && row.cells.last().is_some_and(|(start, end)| start == end) {
                    row.cells.pop();
                }
            }
        }
    }
    rows
}

/// A table at the beginning without the lines below it, where each of those is a single field: what a program says when it ends
/// (`Total time = 0.7`).
fn without_end(rows: Vec<RowBuffer>) -> Vec<RowBuffer> {
    const FEWEST_ROWS: usize = 3;
    const FEWEST_FIELDS: usize = 3;
    /// A header of so many names has one row below it at least.
    const MANY_FIELDS: usize = 8;
    let width = rows.first().map_or(0, |first| first.cells.len());
    let until = rows.iter().position(|row| row.cells.len() != width).unwrap_or(rows.len());
    let ends = rows[until..].iter().all(|row| row.cells.len() == 1);
    if width < FEWEST_FIELDS
        || until < (if width >= MANY_FIELDS { 2 } else { FEWEST_ROWS })
        || !ends
        || !names_its_fields(&rows[..until], width)
    {
        return rows;
    }
    rows.into_iter().take(until).collect()
}

/// The delimiter with which neighbouring rows agree best; none where every line is one number.
pub(super) fn best_delimiter(head: &Head<'_>) -> Option<(Option<u8>, Vec<RowBuffer>, f64)> {
    let mut best: Option<(Option<u8>, Vec<RowBuffer>, f64)> = None;
    for &delimiter in DELIMITERS {
        let rows = without_end(sample_rows(head, Some(delimiter)));
        let Some(width) = usual_width(&rows).filter(|width| *width > 1) else { continue };
        if delimiter == b',' && (are_halves(&rows) || are_decimal_marks(head)) {
            continue;
        }
        let agreement = agreement(&without_messages(&rows));
        let named = names_its_fields(&rows, width);
        let clear = |found: &(Option<u8>, Vec<RowBuffer>, f64)| {
            // Commas inside numbers make two fields of one: among equals, the delimiter with fewer, longer fields wins only
            // where all its cells with commas are numbers, or where a header names its fields and not those of the other.
            agreement > found.2 + 0.05
                || (agreement >= found.2 && commas_are_in_numbers(&rows, width))
                || named && !usual_width(&found.1).is_some_and(|width| names_its_fields(&found.1, width))
        };
        if agreement >= LEAST_AGREEMENT && best.as_ref().is_none_or(clear) {
            best = Some((Some(delimiter), rows, agreement));
        }
    }
    best.or_else(|| among_other_lines(head)).or_else(|| {
        // In quotes each, numbers are the only field of their rows: what separates fields is in none, and the quotes are no part of them.
        let delimiter = is_quoted_throughout(head).then_some(b',');
        let rows = sample_rows(head, delimiter);
        let is_number = |row: &&RowBuffer| {
            let cell = row.row().cell(0);
            let look = |mark| cells::look(cell, mark);
            // Times of day alone are no measurements.
            let is_amount = |mark| matches!(look(mark), Look::Quantity(_)) && !cell.contains(&b':');
            let amount = is_amount(DecimalMark::Point) || is_amount(DecimalMark::Comma);
            amount || look(DecimalMark::Point).is_number() || look(DecimalMark::Comma).is_number()
        };
        let numbers = rows.iter().filter(is_number).count();
        // One word may stand above the numbers.
        (numbers > 0 && numbers as f64 >= 0.9 * (rows.len() as f64 - 1.0)).then_some((delimiter, rows, 1.0))
    })
}

/// A header and the rows below it that are as wide, where lines of something else stand between them: what a program printed while it wrote
/// its rows (the trace of an error). Some column of these rows holds numbers, and they are a good part of all lines.
fn among_other_lines(head: &Head<'_>) -> Option<(Option<u8>, Vec<RowBuffer>, f64)> {
    const FEWEST_NAMES: usize = 3;
    const FEWEST_ROWS: usize = 5;
    /// Of the lines, so many are rows of the table.
    const LEAST_OF_LINES: f64 = 0.4;
    /// Of its rows, so many have a number in a column.
    const LEAST_NUMBERS: f64 = 0.7;
    let found = DELIMITERS.iter().filter_map(|&delimiter| {
        let rows = sample_rows(head, Some(delimiter));
        let lines = rows.len();
        let width = rows.first()?.cells.len();
        let fitting: Vec<RowBuffer> = rows.into_iter().filter(|row| row.cells.len() == width).collect();
        let body = &fitting[1..];
        let is_number =
            |row: &&RowBuffer, column: usize| cells::look(row.row().cell(column), DecimalMark::Point).is_number();
        let numbers = |column: usize| body.iter().filter(|row| is_number(row, column)).count();
        let most = (0..width).map(numbers).max()?;
        let is_table = width >= FEWEST_NAMES
            && names_its_fields(&fitting, width)
            && most >= FEWEST_ROWS
            && most as f64 >= LEAST_NUMBERS * body.len() as f64
            && most as f64 >= LEAST_OF_LINES * lines as f64;
        is_table.then(|| {
            let agreement = fitting.len() as f64 / lines as f64;
            (Some(delimiter), fitting, agreement)
        })
    });
    found.max_by_key(|(_, rows, _)| rows.len())
}

/// Whether every line is one quoted field, as a program writes a single column that quotes everything.
fn is_quoted_throughout(head: &Head<'_>) -> bool {
    let mut lines = head.lines();
    lines.retain(|line| !is_blank_or_comment(line));
    let quoted = |line: &&[u8]| {
        let inside = line.trim_ascii().strip_prefix(b"\"").and_then(|rest| rest.strip_suffix(b"\""));
        inside.is_some_and(|inside| !inside.contains(&b'"'))
    };
    !lines.is_empty() && lines.iter().all(quoted)
}

/// Whether the first row names every field of the rows below it, which are as many.
fn names_its_fields(rows: &[RowBuffer], width: usize) -> bool {
    let Some((names, body)) = rows.split_first() else { return false };
    let word = |cell: &[u8]| cells::look(cell, DecimalMark::Point) == Look::Text;
    names.cells.len() == width && names.row().iter().all(word) && body.iter().all(|row| row.cells.len() == width)
}

/// Whether the two fields of each row are the halves of one number with a decimal comma: a single name stands above them, and
/// both are nothing but digits, or a unit stands behind them.
fn are_halves(rows: &[RowBuffer]) -> bool {
    let Some((name, body)) = rows.split_first() else { return false };
    let digits = |cell: &[u8]| !cell.is_empty() && cell.iter().all(u8::is_ascii_digit);
    let half = |row: &RowBuffer| {
        let row = row.row();
        let whole = row.cell(0);
        let fraction = || cells::without_unit(row.cell(1));
        digits(whole.strip_prefix(b"-").unwrap_or(whole)) && (row.len() == 1 || row.len() == 2 && digits(fraction()))
    };
    let named = name.cells.len() == 1 && cells::look(name.row().cell(0), DecimalMark::Point) == Look::Text;
    named && !body.is_empty() && body.iter().all(half)
}

/// Whether all commas of the first lines stand between digits, in lines whose columns are set apart by blanks: `18   0,022 ± 0,004  ms`.
fn are_decimal_marks(head: &Head<'_>) -> bool {
    const LINES: usize = 100;
    let (mut with_blanks, mut lines) = (0, 0);
    for line in head.bytes.split(|byte| *byte == b'\n').take(LINES).filter(|line| line.contains(&b',')) {
        lines += 1;
        with_blanks += usize::from(line.trim_ascii().windows(2).any(|pair| pair == b"  "));
        let digit = |at: Option<usize>| at.and_then(|at| line.get(at)).is_some_and(u8::is_ascii_digit);
        if !memchr::memchr_iter(b',', line).all(|at| digit(at.checked_sub(1)) && digit(Some(at + 1))) {
            return false;
        }
    }
    lines > 1 && 2 * with_blanks > lines
}

/// Whether every comma in the fields below the first row is part of a number, and there is one.
fn commas_are_in_numbers(rows: &[RowBuffer], width: usize) -> bool {
    let body = || rows.iter().skip(1).map(RowBuffer::row).filter(|row| row.len() == width);
    let all = |mark: DecimalMark| {
        let mut any = false;
        body().all(|row| {
            row.iter().filter(|cell| cell.contains(&b',')).all(|cell| {
                any = true;
                cells::number(cells::without_unit(cell), mark).is_some()
            })
        }) && any
    };
    all(DecimalMark::Comma) || all(DecimalMark::Point)
}

/// The rows without the lines in which a tool says that it failed: below a row of names, and fewer than the rows.
fn without_messages(rows: &[RowBuffer]) -> Vec<&RowBuffer> {
    let is_message = |row: &&RowBuffer| {
        row.cells.len() == 1
            && std::str::from_utf8(row.row().cell(0)).is_ok_and(ending::is_message_of_failure)
            && cells::look(row.row().cell(0), DecimalMark::Point) == Look::Text
    };
    let messages = rows.iter().filter(is_message).count();
    let few = 2 * messages < rows.len();
    rows.iter().enumerate().filter(|(index, row)| *index == 0 || !few || !is_message(row)).map(|(_, row)| row).collect()
}

/// Share of rows that have as many fields as the row before.
fn agreement(rows: &[&RowBuffer]) -> f64 {
    if rows.len() < 2 {
        return 1.0;
    }
    let same = rows.windows(2).filter(|pair| pair[0].cells.len() == pair[1].cells.len()).count();
    // Two borders of a table inside a file are no disagreement.
    ((same + 2) as f64 / (rows.len() - 1) as f64).min(1.0)
}

/// The most frequent number of fields; of equally frequent ones the larger.
pub(super) fn usual_width(rows: &[RowBuffer]) -> Option<usize> {
    let mut counts = std::collections::BTreeMap::new();
    for row in rows {
        *counts.entry(row.cells.len()).or_insert(0_usize) += 1;
    }
    counts.into_iter().max_by_key(|(_, count)| *count).map(|(width, _)| width)
}
