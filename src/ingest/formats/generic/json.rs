//! JSON documents of any shape (RFC 8259): an array of objects or numbers, an object around arrays, or one object.
//!
//! In: one document, or several one after the other. Out: tables, through `objects`. Refuses what is not JSON, with the
//! place at which it stops being so.

use std::borrow::Cow;

use serde::de::IgnoredAny;
use serde_json::value::RawValue;

use crate::measure::finding::{Finding, FindingKind, Place, Severity};

use crate::ingest::detect::Head;
use crate::ingest::formats::{AnyRecords, Failures, Format, FormatInfo, Holds};
use crate::ingest::json::objects::{ObjectTables, Text};
use crate::ingest::options::SourceOptions;
use crate::ingest::{IngestError, Sink};

pub(crate) const FORMAT: Format = Format {
    info: FormatInfo {
        name: "json",
        about: "JSON: an array of objects or numbers, an object around arrays, or a single object; nested names are dotted",
        latency: "whatever its names say",
        failures: Failures::ByColumn,
        holds: Holds::Samples,
        example: "perfreport summarize results.json",
        upstream: "RFC 8259",
    },
    generic: true,
    sniff,
    read,
    settle: None,
};

/// A document is held in memory as a whole; larger ones should be NDJSON.
const LARGEST: usize = 1 << 30;

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
    let mut documents = serde_json::Deserializer::from_slice(bytes).into_iter::<IgnoredAny>();
    let Some(Ok(_)) = documents.next() else { return false };
    let rest = &bytes[documents.byte_offset().min(bytes.len())..];
    let line = rest.split(|byte| *byte == b'\n').next().unwrap_or_default().trim_ascii();
    line.first().is_some_and(|first| !matches!(first, b'[' | b'{' | b','))
}

fn read(records: &mut AnyRecords<'_>, _: &SourceOptions, sink: &mut Sink) -> Result<(), IngestError> {
    let text = whole_text(records, LARGEST, sink)?;
    let text = with_quoted_non_numbers(text.into());
    let mut tables = ObjectTables::new(sink);
    let mut documents = serde_json::Deserializer::from_str(&text).into_iter::<&RawValue>();
    let mut taken = 0;
    let mut broken = None;
    for document in &mut documents {
        match document {
            Ok(document) => tables.take_document(document, Text { whole: &text, first_line: 1 }),
            Err(error) => {
                broken = Some(error);
                break;
            }
        }
        taken += 1;
    }
    tables.finish();
    let Some(error) = broken else { return Ok(()) };
    note_broken(&error, taken, sink)
}

/// Says where a text stops being JSON, after some complete documents.
///
/// # Errors
/// When there is no complete document.
pub(crate) fn note_broken(error: &serde_json::Error, taken: usize, sink: &mut Sink) -> Result<(), IngestError> {
    let reason = reason(error);
    if taken == 0 {
        return Err(IngestError::Malformed(format!("not valid JSON: {reason}")));
    }
    let place = Place::line(&sink.provenance.name, error.line() as u64);
    let finding = Finding::new(
        Severity::Corrupted,
        FindingKind::MalformedRecord,
        place,
        format!(
            "after {taken} complete {} the text stops being JSON: {reason}",
            if taken == 1 { "document" } else { "documents" }
        ),
        "the rest of the file was not read",
    );
    sink.findings.push(finding);
    Ok(())
}

/// All that is left of a source as text; bytes that are not UTF-8 are replaced, with a finding.
pub(crate) fn whole_text(records: &mut AnyRecords<'_>, limit: usize, sink: &mut Sink) -> Result<String, IngestError> {
    let bytes = records.rest(limit)?;
    sink.provenance.lines = memchr::memchr_iter(b'\n', &bytes).count() as u64 + u64::from(!bytes.ends_with(b"\n"));
    Ok(String::from_utf8(bytes).unwrap_or_else(|error| {
        sink.findings.push(Finding::new(
            Severity::Suspicious,
            FindingKind::InvalidUtf8,
            Place::source(&sink.provenance.name),
            "the text has bytes that are not UTF-8",
            "the bytes are shown as \u{fffd}; numbers are not affected",
        ));
        String::from_utf8_lossy(error.as_bytes()).into_owned()
    }))
}

/// The text, with NaN and the infinities as strings where they keep it from being JSON. A text without those words is
/// not looked at twice.
pub(crate) fn with_quoted_non_numbers(text: Cow<'_, str>) -> Cow<'_, str> {
    let mentions = |word: &str| memchr::memmem::find(text.as_bytes(), word.as_bytes()).is_some();
    let broken = (mentions("NaN") || mentions("Infinity")) && serde_json::from_str::<IgnoredAny>(&text).is_err();
    if broken { quote_non_numbers(&text).into() } else { text }
}

/// NaN and the infinities, which JSON does not have and programs write all the same, as strings: a reader of cells knows
/// them and gives each its finding. Line breaks stay where they are.
fn quote_non_numbers(text: &str) -> String {
    const WORDS: &[&str] = &["NaN", "-Infinity", "Infinity"];
    let mut quoted = String::with_capacity(text.len() + 16);
    let mut rest = text;
    let mut in_string = false;
    while let Some(next) = rest.chars().next() {
        if in_string && next == '\\' {
            let end = rest.char_indices().nth(2).map_or(rest.len(), |(at, _)| at);
            quoted.push_str(&rest[..end]);
            rest = &rest[end..];
            continue;
        }
        in_string ^= next == '"';
        if let Some(word) = WORDS.iter().find(|word| !in_string && rest.starts_with(**word)) {
            quoted.push('"');
            quoted.push_str(word);
            quoted.push('"');
            rest = &rest[word.len()..];
            continue;
        }
        quoted.push(next);
        rest = &rest[next.len_utf8()..];
    }
    quoted
}

/// What is wrong, in words that also help where a program wrote something that JSON does not have.
pub(crate) fn reason(error: &serde_json::Error) -> String {
    let hint = match () {
        () if error.is_eof() => " (the document ends too early: was the run interrupted?)",
        () => "",
    };
    format!("{error}{hint}")
}
