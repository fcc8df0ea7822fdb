//! JSON documents in which a tool has summarised a run.
//!
//! In: the first bytes, or the whole text. Out: the names in it ([`Outline`]), by which a tool is recognised, and its
//! documents one after the other. Where the text stops being JSON, what stood before is kept, with a finding.

use std::collections::HashSet;

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::ingest::detect::Head;
use crate::ingest::formats::AnyRecords;
use crate::ingest::formats::generic::json::{note_broken, whole_text, with_quoted_non_numbers};
use crate::ingest::{IngestError, Sink};

/// A document is held in memory as a whole.
const LARGEST: usize = 1 << 30;
/// Names nested deeper tell no tools apart.
const DEEPEST: usize = 3;
/// So many different names, and names are data.
const MOST_NAMES: usize = 4096;

/// The names in the first document of a text, as far as its first bytes show it: dotted, arrays passed through.
#[derive(Debug, Default)]
pub(crate) struct Outline {
    names: HashSet<String>,
}

impl Outline {
    /// The outline of a text that begins with an object.
    pub(crate) fn of(head: &Head<'_>) -> Option<Self> {
        let bytes = head.bytes;
        let start = bytes.iter().position(|byte| !byte.is_ascii_whitespace())?;
        if bytes[start] != b'{' {
            return None;
        }
        let mut outline = Self::default();
        // The objects and arrays around the current place; for an object, the name that stands last in it.
        let mut around: Vec<Option<String>> = Vec::new();
        let mut objects: Vec<bool> = Vec::new();
        let mut expects_name = false;
        let mut at = start;
        while at < bytes.len() && outline.names.len() < MOST_NAMES {
            match bytes[at] {
                b'"' => {
                    let Some(length) = string_length(&bytes[at + 1..]) else { break };
                    let text = &bytes[at + 1..at + 1 + length];
                    at += length + 1;
                    if expects_name && objects.last() == Some(&true) {
                        expects_name = false;
                        if let Some(name) = around.last_mut() {
                            *name = Some(String::from_utf8_lossy(text).into_owned());
                        }
                        let path: Vec<&str> = around.iter().flatten().map(String::as_str).collect();
                        if path.len() <= DEEPEST {
                            outline.names.insert(path.join("."));
                        }
                    }
                }
                open @ (b'{' | b'[') => {
                    around.push(None);
                    objects.push(open == b'{');
                    expects_name = open == b'{';
                }
                b'}' | b']' => {
                    around.pop();
                    objects.pop();
                    if objects.is_empty() {
                        break;
                    }
                }
                b',' => expects_name = true,
                _ => {}
            }
            at += 1;
        }
        Some(outline)
    }

    /// Whether all of these names are in it.
    pub(crate) fn has(&self, names: &[&str]) -> bool {
        names.iter().all(|name| self.names.contains(*name))
    }

    /// The names as evidence, where all are in it.
    pub(crate) fn evidence(&self, names: &[&str]) -> Option<Vec<String>> {
        let listed = || names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        self.has(names).then(|| vec![format!("a JSON object with {}", listed())])
    }
}

/// Bytes up to the quote that ends a string.
fn string_length(bytes: &[u8]) -> Option<usize> {
    let mut escaped = false;
    bytes.iter().position(|byte| {
        let ends = *byte == b'"' && !escaped;
        escaped = *byte == b'\\' && !escaped;
        ends
    })
}

/// Gives each document of a text to `take`.
///
/// # Errors
/// When there is no complete document, or the first one is not what `T` is.
pub(crate) fn each<T: DeserializeOwned>(
    records: &mut AnyRecords<'_>,
    sink: &mut Sink,
    mut take: impl FnMut(T, &mut Sink),
) -> Result<(), IngestError> {
    let text = whole_text(records, LARGEST, sink)?;
    let text = with_quoted_non_numbers(text.into());
    let mut taken = 0;
    for document in serde_json::Deserializer::from_str(&text).into_iter::<T>() {
        match document {
            Ok(document) => take(document, sink),
            Err(error) => return note_broken(&error, taken, sink),
        }
        taken += 1;
    }
    if taken > 1 {
        sink.provenance.evidence.push(format!("{taken} documents one after the other"));
    }
    Ok(())
}

/// The value under names, from the outside in.
pub(crate) fn at<'v>(value: &'v Value, names: &[&str]) -> Option<&'v Value> {
    names.iter().try_fold(value, |value, name| value.get(name))
}

/// The number under names.
pub(crate) fn number(value: &Value, names: &[&str]) -> Option<f64> {
    at(value, names).and_then(Value::as_f64)
}

/// A name of a percentile: `p99`, `p99_9`, `p99.9`, `p2_5`, and `p999` for 99.9.
pub(crate) fn percentile(name: &str) -> Option<f64> {
    let digits = name.strip_prefix('p')?.replace('_', ".");
    let starts = digits.starts_with(|first: char| first.is_ascii_digit());
    let number: f64 = digits.parse().ok().filter(|_| starts)?;
    // Three digits without a point leave it out: p999 is 99.9.
    let number = if digits.len() > 2 && !digits.contains('.') && number > 100.0 {
        number / 10.0_f64.powi(i32::try_from(digits.len()).unwrap_or(2) - 2)
    } else {
        number
    };
    (0.0..=100.0).contains(&number).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outline(text: &str) -> Option<Outline> {
        Outline::of(&Head { bytes: text.as_bytes(), complete: false })
    }

    #[test]
    fn names_are_found_even_where_the_document_is_cut() {
        let found = outline(r#"{"a":{"b":[{"c":1,"d":{"e":2}}]},"f \"g\"": "h", "last": {"#).unwrap();
        assert!(found.has(&["a", "a.b", "a.b.c", "a.b.d", "last"]));
        assert!(!found.has(&["h"]) && !found.has(&["a.b.d.e"]));
        assert!(outline("[1]").is_none());
    }

    #[test]
    fn only_the_first_document_counts() {
        assert!(!outline(r#"{"a":1} {"b":2}"#).unwrap().has(&["b"]));
    }

    #[test]
    fn percentiles_are_read_in_every_notation() {
        for (name, expected) in [
            ("p50", Some(50.0)),
            ("p99_9", Some(99.9)),
            ("p2_5", Some(2.5)),
            ("p99.99", Some(99.99)),
            ("p999", Some(99.9)),
            ("p9999", Some(99.99)),
            ("p0_001", Some(0.001)),
            ("p100", Some(100.0)),
            ("p", None),
            ("pct", None),
            ("95", None),
        ] {
            assert_eq!(percentile(name), expected, "{name}");
        }
    }
}
