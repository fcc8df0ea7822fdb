//! JSON documents of any shape (RFC 8259): an array of objects or numbers, an object around arrays, or one object.
//!
//! In: one document, or several one after the other; a large array of objects is read an element at a time. Out: tables, through `objects`. Refuses what is not JSON, with the
//! place at which it stops being so.

use serde::de::IgnoredAny;
use serde_json::value::RawValue;

use crate::ingest::format::{AnyRecords, Failures, Format, Head, Holds, IngestError, RowKind, Sink, SourceOptions};
use crate::ingest::json::documents::{each_of, json_text, note_broken};
use crate::ingest::json::objects::ObjectTables;
use crate::ingest::json::stream::take_large_array;
use crate::ingest::json::value::Text;
use crate::table::source::Families;

pub(crate) const FORMAT: Format = Format {
    name: "json",
    about: "JSON: an array of objects or numbers, an object around arrays, or a single object; nested names are dotted",
    latency: "whatever its names say",
    failures: Failures::ByColumn,
    holds: Holds::Samples,
    row: RowKind::Unnamed,
    example: "perfreport summarize results.json",
    upstream: "RFC 8259",
    sniff,
    read,
};

fn sniff(head: &Head<'_>) -> Option<Vec<String>> {
    let mut bytes = head.bytes.iter().filter(|byte| !byte.is_ascii_whitespace());
    let (first, second) = (*bytes.next()?, bytes.next().copied());
    let plausible = match first {
        b'{' => matches!(second, Some(b'"' | b'}')),
        b'[' => matches!(second, Some(b'{' | b'[' | b']' | b'"' | b'-' | b'0'..=b'9')),
        _ => false,
    };
    (plausible && !is_prefix_of_a_line(head.bytes))
        .then(|| vec![format!("it starts like a JSON {}", if first == b'{' { "object" } else { "array" })])
}

/// Whether an array is only what a line begins with, as in the log of a kernel: `[    0.000000] Linux version`.
fn is_prefix_of_a_line(bytes: &[u8]) -> bool {
    let bytes = bytes.trim_ascii_start();
    if bytes.first() != Some(&b'[') {
        return false;
    }
    if is_in_brackets(bytes) {
        return true;
    }
    let mut documents = serde_json::Deserializer::from_slice(bytes).into_iter::<IgnoredAny>();
    let Some(Ok(_)) = documents.next() else { return false };
    let rest = &bytes[documents.byte_offset().min(bytes.len())..];
    let line = rest.split(|byte| *byte == b'\n').next().unwrap_or_default().trim_ascii();
    line.first().is_some_and(|first| !matches!(first, b'[' | b'{' | b','))
}

/// Whether the first line begins with something in brackets that is no array, with text behind them: `[2025-11-23 04:44:07] done`.
fn is_in_brackets(bytes: &[u8]) -> bool {
    let line = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default().trim_ascii();
    let Some(close) = line.iter().position(|byte| *byte == b']') else { return false };
    let (bracket, behind) = (&line[..=close], line[close + 1..].trim_ascii_start());
    let is_text = behind.first().is_some_and(|first| !matches!(first, b'[' | b']' | b'{' | b'}' | b','));
    // `[18-08-17 12:07:02] [INFO] done`: the second is as little an array as the first.
    let in_brackets_again = || {
        let end = behind.iter().position(|byte| *byte == b']').filter(|_| behind.first() == Some(&b'['));
        end.is_some_and(|end| {
            let second = &behind[..=end];
            !second.contains(&b'"') && serde_json::from_slice::<IgnoredAny>(second).is_err()
        })
    };
    (is_text || in_brackets_again())
        && !bracket.contains(&b'"')
        && serde_json::from_slice::<IgnoredAny>(bracket).is_err()
}

fn read(records: &mut AnyRecords<'_>, _: &SourceOptions, sink: &mut Sink) -> Result<(), IngestError> {
    sink.provenance.families = Families::ByPlace;
    let mut tables = ObjectTables::new(sink);
    let streamed = take_large_array(records, &mut tables)?;
    let first_line = streamed.unwrap_or(1);
    let text = json_text(records, tables.sink)?;
    tables.sink.provenance.lines += first_line - 1;
    let (taken, broken) = each_of::<&RawValue>(&text, |document| {
        tables.take_document(document, Text { whole: &text, first_line });
        Ok(())
    })?;
    tables.finish();
    broken.map_or(Ok(()), |broken| note_broken(&broken.error, taken + usize::from(streamed.is_some()), sink))
}
