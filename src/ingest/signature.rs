//! What the beginning of a table shows for certain: the names in its header.
//!
//! In: the first bytes. Out: names. Decides nothing: which names make which format is the business of the formats.

use crate::ingest::format::Head;
use crate::ingest::text::delimiter::DELIMITERS;
use crate::ingest::text::lines::{Flaw, Record};
use crate::ingest::text::split::Splitter;

/// The first line that is not blank, without its line break.
pub(crate) fn first_line<'a>(head: &Head<'a>) -> &'a [u8] {
    let lines = head.bytes.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    lines.into_iter().find(|line| !line.is_empty()).unwrap_or_default()
}

/// The first line that is not empty, where it is there to its end.
pub(crate) fn whole_first_line<'a>(head: &Head<'a>) -> Option<&'a [u8]> {
    let mut lines = head.bytes.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty());
    let first = lines.next()?;
    (lines.next().is_some() || head.complete).then_some(first)
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

/// The evidence that the first line is a header that begins with these names, as a tool writes it.
pub(crate) fn header_of(head: &Head<'_>, names: &[&str], tool: &str) -> Option<Vec<String>> {
    header_begins(head, names)
        .then(|| vec![format!("the header begins with {}, as {tool} writes it", names.join(", "))])
}

/// The evidence that the first line is exactly the header that a tool writes, in words where it is long.
pub(crate) fn header_is(head: &Head<'_>, header: &[u8], words: &str, tool: &str) -> Option<Vec<String>> {
    (first_line(head) == header).then(|| vec![format!("header `{words}`, as {tool} writes it")])
}

/// Whether the first line is a header that has all these names somewhere.
pub(crate) fn header_has(head: &Head<'_>, names: &[&str]) -> bool {
    let line = first_line(head);
    DELIMITERS.iter().any(|delimiter| {
        let cells = cells(line, *delimiter);
        names.iter().all(|name| cells.iter().any(|cell| cell == name))
    })
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
