//! What the beginning of a file shows for certain: the names in its header, the keys of its JSON document.
//!
//! In: the first bytes. Out: names. Decides nothing: which names make which format is the business of the formats.

use crate::measure::finding::{Finding, FindingKind, Place, Severity};

use crate::ingest::format::{AnyRecords, Head, IngestError, Sink};
use crate::ingest::json::documents as json;
use crate::ingest::text::dialect::Splitter;
use crate::ingest::text::lines::{Flaw, Record};
use crate::ingest::text::row::Row;

/// Delimiters that tools write.
const DELIMITERS: &[u8] = b",;\t|";

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

/// The keys of the first JSON object that begin within the head, each with its depth: 1 for those of the object itself,
/// 2 for those of the objects in it. The object may go on beyond the head. Empty where the text starts with no object.
pub(crate) fn json_keys(head: &Head<'_>) -> Vec<(usize, String)> {
    /// A document shows what it is before so many keys.
    const MOST: usize = 4000;
    let bytes = head.bytes;
    let mut keys = Vec::new();
    let mut depth = 0_usize;
    let mut at = 0;
    if bytes.trim_ascii_start().first() != Some(&b'{') {
        return keys;
    }
    while at < bytes.len() && keys.len() < MOST {
        match bytes[at] {
            b'{' | b'[' => depth += 1,
            b'}' | b']' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    break;
                }
            }
            b'"' => {
                let from = at + 1;
                at = from;
                while at < bytes.len() && bytes[at] != b'"' {
                    at += if bytes[at] == b'\\' { 2 } else { 1 };
                }
                let rest = bytes.get(at + 1..).unwrap_or_default().trim_ascii_start();
                if rest.first() == Some(&b':') {
                    keys.push((depth, String::from_utf8_lossy(&bytes[from..at]).into_owned()));
                }
            }
            _ => {}
        }
        at += 1;
    }
    keys
}

/// Whether all names are keys of the document itself.
pub(crate) fn has_keys(keys: &[(usize, String)], depth: usize, names: &[&str]) -> bool {
    names.iter().all(|name| keys.iter().any(|(of, key)| *of == depth && key == name))
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

/// The JSON documents of a text, one after the other. What stands behind the last whole one is a finding.
pub(crate) fn documents(
    records: &mut AnyRecords<'_>,
    limit: usize,
    sink: &mut Sink,
) -> Result<Vec<serde_json::Value>, IngestError> {
    let text = json::whole_text(records, limit, sink)?;
    let text = json::with_quoted_non_numbers(text.into());
    let mut documents = Vec::new();
    for document in serde_json::Deserializer::from_str(&text).into_iter() {
        match document {
            Ok(document) => documents.push(document),
            Err(error) if documents.is_empty() => {
                return Err(IngestError::Malformed(format!("not valid JSON: {}", json::reason(&error))));
            }
            Err(error) => {
                sink.findings.push(Finding::new(
                    Severity::Corrupted,
                    FindingKind::MalformedRecord,
                    Place::line(&sink.provenance.name, error.line() as u64),
                    format!(
                        "behind {} whole documents the text stops being JSON: {}",
                        documents.len(),
                        json::reason(&error)
                    ),
                    "the rest of the file was not read",
                ));
                break;
            }
        }
    }
    Ok(documents)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(text: &str) -> Head<'_> {
        Head { bytes: text.as_bytes(), complete: true }
    }

    #[test]
    fn names_are_found_under_any_delimiter_and_with_quotes() {
        assert!(header_begins(&head("Type,Name,\"Request Count\"\nx,y,1\n"), &["Type", "Name", "Request Count"]));
        assert!(header_has(&head("label;elapsed;timeStamp\n"), &["timeStamp", "elapsed", "label"]));
        assert!(!header_has(&head("label;elapsed\n"), &["timeStamp"]));
    }

    #[test]
    fn keys_stand_with_their_depth_and_survive_a_cut() {
        let keys = json_keys(&head("{\"a\": {\"b\": [1, {\"c\": \"d\"}]}, \"e\\\"f\": 1, \"cut"));
        let expected = [(1, "a"), (2, "b"), (4, "c"), (1, "e\\\"f")];
        assert_eq!(keys, expected.map(|(depth, key)| (depth, key.to_owned())));
        assert!(json_keys(&head("[{\"a\": 1}]")).is_empty());
        assert!(json_keys(&head("")).is_empty());
    }
}
