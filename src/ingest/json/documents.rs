//! JSON documents, one after the other in a text.
//!
//! In: all that is left of a source. Out: its documents. Where the text stops being JSON, what stood before is kept, with a
//! finding.

use std::borrow::Cow;

use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::Value;

use crate::measure::finding::{FindingKind, Severity};
use crate::table::storage::Storage;

use crate::ingest::error::IngestError;
use crate::ingest::sink::{BYTES_SHOWN, Sink};
use crate::ingest::text::lines::AnyRecords;

/// A document is held in memory as a whole; larger ones should be NDJSON.
const LARGEST: usize = 1 << 30;
/// Of the memory that a user allows a document may be so much: its text stands there twice, beside the places of its values.
const SHARE_OF_MEMORY: u64 = 8;

/// The largest document that is held as a whole.
pub(crate) fn limit(storage: &Storage) -> usize {
    let share = storage.memory().map_or(u64::MAX, |memory| memory / SHARE_OF_MEMORY);
    usize::try_from(share).unwrap_or(usize::MAX).min(LARGEST)
}

/// Where a text stops being JSON.
pub(crate) struct Broken<'t> {
    pub(crate) error: serde_json::Error,
    /// The text from the document on that is not whole.
    pub(crate) rest: &'t str,
}

/// Gives each document of a text to `take`. Says how many there are, and where the text stops being JSON.
///
/// # Errors
/// What `take` returns.
pub(crate) fn each_of<'t, T: Deserialize<'t>>(
    text: &'t str,
    mut take: impl FnMut(T) -> Result<(), IngestError>,
) -> Result<(usize, Option<Broken<'t>>), IngestError> {
    let mut documents = serde_json::Deserializer::from_str(text).into_iter::<T>();
    let mut taken = 0;
    loop {
        let rest = &text[documents.byte_offset()..];
        match documents.next() {
            None => return Ok((taken, None)),
            Some(Ok(document)) => take(document)?,
            Some(Err(error)) => return Ok((taken, Some(Broken { error, rest }))),
        }
        taken += 1;
    }
}

/// Gives each document of a source to `take`.
///
/// # Errors
/// When there is no complete document, or the first one is not what `T` is.
pub(crate) fn each<T: DeserializeOwned>(
    records: &mut AnyRecords<'_>,
    sink: &mut Sink,
    mut take: impl FnMut(T, &mut Sink),
) -> Result<(), IngestError> {
    let text = json_text(records, sink)?;
    let (taken, broken) = each_of(&text, |document| {
        take(document, sink);
        Ok(())
    })?;
    if let Some(broken) = broken {
        return note_broken(&broken.error, taken, sink);
    }
    if taken > 1 {
        sink.provenance.evidence.push(format!("{taken} documents one after the other"));
    }
    Ok(())
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
    let documents = if taken == 1 { "document" } else { "documents" };
    let reason = format!("after {taken} complete {documents} the text stops being JSON: {reason}");
    let (line, action) = (error.line() as u64, "the rest of the file was not read");
    sink.find(Severity::Corrupted, FindingKind::MalformedRecord, line, reason, action);
    Ok(())
}

/// All that is left of a source as text; bytes that are not UTF-8 are replaced, with a finding.
pub(crate) fn whole_text(records: &mut AnyRecords<'_>, sink: &mut Sink) -> Result<String, IngestError> {
    let bytes = records.rest(limit(&sink.storage))?;
    sink.provenance.lines = memchr::memchr_iter(b'\n', &bytes).count() as u64 + u64::from(!bytes.ends_with(b"\n"));
    Ok(String::from_utf8(bytes).unwrap_or_else(|error| {
        let reason = "the text has bytes that are not UTF-8";
        sink.find(Severity::Suspicious, FindingKind::InvalidUtf8, None, reason, BYTES_SHOWN);
        String::from_utf8_lossy(error.as_bytes()).into_owned()
    }))
}

/// All that is left of a source as JSON, as far as it is JSON.
pub(crate) fn json_text(records: &mut AnyRecords<'_>, sink: &mut Sink) -> Result<String, IngestError> {
    whole_text(records, sink).map(|text| with_quoted_non_numbers(text.into()).into_owned())
}

/// The text, with NaN and the infinities as strings where they keep it from being JSON. A text without those words is
/// not looked at twice.
pub(crate) fn with_quoted_non_numbers(text: Cow<'_, str>) -> Cow<'_, str> {
    let broken = mentions_non_numbers(text.as_bytes()) && serde_json::from_str::<IgnoredAny>(&text).is_err();
    if broken { quote_non_numbers(&text).into() } else { text }
}

/// Words for what is no number, as languages write them: JavaScript and Python, and C. Longer ones first.
const NON_NUMBERS: &[&str] = &["-Infinity", "Infinity", "-NaN", "NaN", "-nan", "nan", "-inf", "inf"];

/// Whether one of these words stands where a value does.
fn mentions_non_numbers(text: &[u8]) -> bool {
    let stands = |at: usize, word: &str| {
        let before = at.checked_sub(1).and_then(|at| text.get(at));
        let behind = text.get(at + word.len());
        before.is_none_or(|byte| matches!(byte, b':' | b',' | b'[' | b'-' | b' ' | b'\t' | b'\n'))
            && behind.is_none_or(|byte| matches!(byte, b',' | b'}' | b']' | b' ' | b'\t' | b'\n' | b'\r'))
    };
    ["NaN", "Infinity", "nan", "inf"]
        .iter()
        .any(|word| memchr::memmem::find_iter(text, word.as_bytes()).any(|at| stands(at, word)))
}

/// NaN and the infinities, which JSON does not have and programs write all the same, as strings: a reader of cells knows
/// them and gives each its finding. Line breaks stay where they are.
fn quote_non_numbers(text: &str) -> String {
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
        if let Some(word) = NON_NUMBERS.iter().find(|word| !in_string && rest.starts_with(**word)) {
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
    let hint = if error.is_eof() { " (the document ends too early: was the run interrupted?)" } else { "" };
    format!("{error}{hint}")
}

/// The value under names, from the outside in.
pub(crate) fn at<'v>(value: &'v Value, names: &[&str]) -> Option<&'v Value> {
    names.iter().try_fold(value, |value, name| value.get(name))
}

/// The number under names.
pub(crate) fn number(value: &Value, names: &[&str]) -> Option<f64> {
    at(value, names).and_then(Value::as_f64)
}
