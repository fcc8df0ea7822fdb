//! The names in the first JSON document of a text, by which a tool is recognised.

use std::collections::HashSet;

use crate::ingest::head::Head;

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
}
