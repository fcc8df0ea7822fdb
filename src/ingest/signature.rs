//! What the beginning of a table shows for certain: the names in its header.
//!
//! In: the first bytes. Out: names. Decides nothing: which names make which format is the business of the formats.

use crate::ingest::format::{AnyRecords, Head, IngestError, Sink};
use crate::ingest::text::dialect::{DELIMITERS, Splitter};
use crate::ingest::text::lines::{Flaw, Record};
use crate::ingest::text::row::Row;

/// The first line that is not blank, without its line break.
pub(crate) fn first_line<'a>(head: &Head<'a>) -> &'a [u8] {
    let lines = head.bytes.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    lines.into_iter().find(|line| !line.is_empty()).unwrap_or_default()
}

/// The cells of a line, without their quotes.
pub(crate) fn cells(line: &[u8], delimiter: u8) -> Vec<String> {
    let record = Record { bytes: line, line: 1, terminated: true, quoted: line.contains(&b'"'), flaw: Flaw::None };
    let mut splitter = Splitter::default();
    let row = splitter.split(&record, Some(delimiter));
    row.iter().map(|cell| String::from_utf8_lossy(cell).into_owned()).collect()
}

/// Whether the first line is a header that begins with these names, whatever separates them.
pub(crate) fn header_begins(head: &Head<'_>, names: &[&str]) -> bool {
    let line = first_line(head);
    DELIMITERS.iter().any(|delimiter| {
        let cells = cells(line, *delimiter);
        cells.len() >= names.len() && cells.iter().zip(names).all(|(cell, name)| cell == name)
    })
}

/// Whether the first line is a header that has all these names somewhere.
pub(crate) fn header_has(head: &Head<'_>, names: &[&str]) -> bool {
    let line = first_line(head);
    DELIMITERS.iter().any(|delimiter| {
        let cells = cells(line, *delimiter);
        names.iter().all(|name| cells.iter().any(|cell| cell == name))
    })
}

/// Gives every row of a text with commas to `take`, with its line; what it does not take is set aside. Blank lines are
/// passed over.
pub(crate) fn each_row(
    records: &mut AnyRecords<'_>,
    sink: &mut Sink,
    mut take: impl FnMut(Row<'_>, u64) -> bool,
) -> Result<(), IngestError> {
    records.quotes_after(b',');
    let mut splitter = Splitter::default();
    while let Some(record) = records.next()? {
        let line = record.line;
        if record.flaw != Flaw::Overlong && record.bytes.trim_ascii().is_empty() {
            continue;
        }
        if record.flaw == Flaw::Overlong || !take(splitter.split(&record, Some(b',')), line) {
            sink.provenance.set_aside("no row of this file: fields are missing, or hold no numbers", line);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(text: &str) -> Head<'_> {
        Head::new(text.as_bytes(), true)
    }

    #[test]
    fn names_are_found_under_any_delimiter_and_with_quotes() {
        assert!(header_begins(&head("Type,Name,\"Request Count\"\nx,y,1\n"), &["Type", "Name", "Request Count"]));
        assert!(header_has(&head("label;elapsed;timeStamp\n"), &["timeStamp", "elapsed", "label"]));
        assert!(!header_has(&head("label;elapsed\n"), &["timeStamp"]));
    }
}
