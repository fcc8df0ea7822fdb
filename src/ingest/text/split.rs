//! Records split into cells, and the first rows of a text.
//!
//! In: records. Out: rows of cells, without their quotes.

use crate::ingest::head::Head;
use crate::ingest::text::lines::{Flaw, Record, Records};
use crate::ingest::text::row::{Row, RowBuffer};

/// Splits records into cells; keeps its buffers from row to row.
#[derive(Debug, Default)]
pub(crate) struct Splitter {
    cells: Vec<(usize, usize)>,
    unquoted: Vec<u8>,
    /// The number of cells after which an empty one is no cell.
    width: Option<usize>,
}

impl Splitter {
    /// A splitter that drops an empty cell after the given number of cells.
    pub(crate) fn new(width: Option<usize>) -> Self {
        Self { width, ..Self::default() }
    }

    /// The cells of a record.
    pub(crate) fn split<'a>(&'a mut self, record: &Record<'a>, delimiter: Option<u8>) -> Row<'a> {
        self.cells.clear();
        let bytes = record.bytes;
        let Some(delimiter) = delimiter else {
            self.cells.push((0, bytes.len()));
            return Row { text: bytes, cells: &self.cells };
        };
        if record.quoted {
            self.unquoted.clear();
            unquote(bytes, delimiter, &mut self.unquoted, &mut self.cells);
            self.drop_trailing();
            return Row { text: &self.unquoted, cells: &self.cells };
        }
        let mut start = 0;
        for end in memchr::memchr_iter(delimiter, bytes) {
            self.cells.push((start, end));
            start = end + 1;
        }
        self.cells.push((start, bytes.len()));
        self.drop_trailing();
        Row { text: bytes, cells: &self.cells }
    }

    fn drop_trailing(&mut self) {
        let empty = self.cells.last().is_some_and(|(start, end)| start == end);
        if empty && self.width.is_some_and(|width| self.cells.len() == width + 1) {
            self.cells.pop();
        }
    }
}

/// Takes the quotes off: a field that begins with a quote ends at the next single one; `""` inside is a quote.
fn unquote(bytes: &[u8], delimiter: u8, text: &mut Vec<u8>, cells: &mut Vec<(usize, usize)>) {
    let mut position = 0;
    loop {
        let start = text.len();
        let blanks = bytes[position..].iter().take_while(|byte| **byte == b' ').count();
        if bytes.get(position + blanks) == Some(&b'"') {
            position += blanks + 1;
            while let Some(offset) = memchr::memchr(b'"', &bytes[position..]) {
                text.extend_from_slice(&bytes[position..position + offset]);
                position += offset + 1;
                if bytes.get(position) != Some(&b'"') {
                    break;
                }
                text.push(b'"');
                position += 1;
            }
        }
        let rest = &bytes[position..];
        let length = memchr::memchr(delimiter, rest).unwrap_or(rest.len());
        text.extend_from_slice(&rest[..length]);
        cells.push((start, text.len()));
        position += length + 1;
        if position > bytes.len() {
            return;
        }
    }
}

/// The first rows of a text, at most so many.
pub(crate) fn first_rows(head: &Head<'_>, delimiter: Option<u8>, most: usize) -> Vec<RowBuffer> {
    let mut records = Records::with_buffer(head.bytes, head.bytes.len() * 2);
    if let Some(delimiter) = delimiter {
        records.quotes_after(delimiter);
    }
    let mut splitter = Splitter::default();
    let mut rows = Vec::new();
    while let Ok(Some(record)) = records.next() {
        let cut_by_the_head = !record.terminated && !head.complete && !rows.is_empty();
        if rows.len() == most || cut_by_the_head {
            break;
        }
        if record.flaw == Flaw::Overlong || is_blank_or_comment(record.bytes) {
            continue;
        }
        rows.push(RowBuffer::copy_of(splitter.split(&record, delimiter)));
    }
    rows
}

/// Whether a line holds no row.
pub(crate) fn is_blank_or_comment(line: &[u8]) -> bool {
    matches!(line.trim_ascii_start().first(), None | Some(b'#'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quoted_fields_are_unquoted() {
        let mut splitter = Splitter::default();
        let record = Record {
            bytes: b"\"a,\"\"b\"\"\",1, \"c\" ,\"\"",
            line: 1,
            terminated: true,
            quoted: true,
            flaw: Flaw::None,
        };
        let row = splitter.split(&record, Some(b','));
        let cells: Vec<&[u8]> = row.iter().collect();
        assert_eq!(cells, [&b"a,\"b\""[..], b"1", b"c", b""]);
    }
}
