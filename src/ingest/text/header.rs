//! What a row among others is by its texts: a header, a title, names of columns.

use crate::ingest::meaning::vocabulary;
use crate::ingest::text::cells::{self, Look};
use crate::ingest::text::row::Row;
use crate::measure::ending;

/// The longest text that still names a column.
const LONGEST_NAME: usize = 64;

/// Whether a row is a header, maybe with one delimiter more at its end than the rows below it have.
pub(super) fn is_header(row: Row<'_>, header: &[String]) -> bool {
    let ends_empty = row.len() == header.len() + 1 && row.cell(header.len()).is_empty();
    let is = |(cell, name): (&[u8], &String)| {
        cell == name.trim().as_bytes() || std::str::from_utf8(cell).is_ok_and(|cell| cell.trim() == name.trim())
    };
    (row.len() == header.len() || ends_empty) && row.iter().zip(header).all(is)
}

/// Whether a row of one field holds the names of a header, set apart by blanks.
pub(super) fn is_header_in_blanks(row: Row<'_>, header: &[String]) -> bool {
    let names = || row.cell(0).split(u8::is_ascii_whitespace).filter(|name| !name.is_empty());
    row.len() == 1 && header.len() > 1 && names().eq(header.iter().map(String::as_bytes))
}

/// The text of a row in which nothing but its first cell holds anything, and that one words.
pub(super) fn only_text(row: Row<'_>) -> Option<String> {
    let first = row.cell(0);
    let alone = row.iter().skip(1).all(<[u8]>::is_empty);
    let words = || {
        first.len() <= LONGEST_NAME
            && cells::look(first, cells::DecimalMark::Point) == Look::Text
            && ending::no_result(first).is_none()
            && first.iter().any(u8::is_ascii_alphanumeric)
    };
    (alone && words()).then(|| String::from_utf8_lossy(first).trim_matches(['#', ' ', '=', '-', ':']).to_owned())
}

/// Whether a cell can name a column: it starts with a letter and is short, and is no word for a missing value.
pub(super) fn is_name(cell: &[u8]) -> bool {
    cell.first().is_some_and(|first| first.is_ascii_alphabetic() || *first == b'_')
        && cell.len() <= LONGEST_NAME
        && cells::look(cell, cells::DecimalMark::Point) == Look::Text
}

pub(super) fn has_header_word(name: &[u8]) -> bool {
    name.split(|byte| !byte.is_ascii_alphanumeric()).any(|word| vocabulary::HEADER.has_in_any_case(word))
}

/// Whether a row is a single field of words with what they say: `Total time (s) = 0.7`, `threads: 8`.
pub(super) fn is_statement(row: Row<'_>) -> bool {
    let text = row.cell(0);
    let says = text.windows(2).any(|pair| pair == b": ") || text.contains(&b'=');
    row.len() == 1 && says && text.first().is_some_and(u8::is_ascii_alphabetic) && text.contains(&b' ')
}
