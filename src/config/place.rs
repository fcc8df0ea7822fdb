//! Where in `perfreport.toml` something stands.
//!
//! In: the text, and the keys that lead to a value. Out: its line and column, and what is said about it with both. Refuses nothing:
//! a key that is not there has the place of the nearest one around it.

use std::fmt;
use std::ops::Range;

use toml::de::{DeTable, DeValue};

/// A place in the file and what is wrong there.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct ConfigFault {
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// What is wrong, with its key.
    pub message: String,
    /// What stands on that line.
    pub text: String,
}

impl ConfigFault {
    /// Something wrong in this stretch of the text.
    pub(super) fn at(text: &str, span: Option<Range<usize>>, message: String) -> Self {
        let start = span.map_or(0, |span| span.start.min(text.len()));
        let before = text.get(..start).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().map_or(0, |begin| begin.chars().count()) + 1;
        let text = text.lines().nth(line - 1).unwrap_or_default().trim_end().to_owned();
        Self { line, column, message, text }
    }

    /// Something wrong with the entry of this number under `section`, at `key` in it where that is known.
    pub(super) fn in_section(text: &str, (section, index): (&str, usize), key: Option<&str>, message: String) -> Self {
        Self::at(text, span(text, section, index, key), message)
    }

    /// The whole message for a file of that name: `perfreport.toml:7:1: …`.
    #[must_use]
    pub fn in_file(&self, name: &str) -> String {
        format!("{name}:{}:{}: {}\n  {} | {}", self.line, self.column, self.message, self.line, self.text)
    }
}

impl fmt::Display for ConfigFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { line, column, message, text } = self;
        write!(f, "line {line}, column {column}: {message}\n  {line} | {text}")
    }
}

/// The stretch of a key below an entry of an array of tables, or of the entry.
fn span(text: &str, section: &str, index: usize, key: Option<&str>) -> Option<Range<usize>> {
    let document = DeTable::parse(text).ok()?;
    let (head, value) = document.get_ref().iter().find(|(name, _)| name.get_ref() == section)?;
    let DeValue::Array(entries) = value.get_ref() else { return Some(head.span()) };
    let entry = entries.get(index)?;
    let inside = key.zip(entry.get_ref().as_table()).and_then(|(key, table)| below(table, key));
    Some(inside.unwrap_or(entry.span()))
}

/// The stretch of a key whose parts have points between them, and may have some inside.
fn below(table: &DeTable<'_>, path: &str) -> Option<Range<usize>> {
    let mut outer = None;
    for (name, value) in table {
        let Some(rest) = path.strip_prefix(name.get_ref().as_ref()) else { continue };
        if rest.is_empty() {
            return Some(name.span());
        }
        if let Some(rest) = rest.strip_prefix('.') {
            let inside = value.get_ref().as_table().and_then(|table| below(table, rest));
            outer = inside.or_else(|| Some(name.span())).or(outer);
        }
    }
    outer
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "title = \"x\"\n[[target]]\nmetric = \"a\"\n\n[[target]]\nmetric = \"b\"\n  p95 = 3\n\"p99.9\" = 4\nwhere = { event = 5 }\n";

    fn at(index: usize, key: Option<&str>) -> (usize, usize) {
        let place = ConfigFault::in_section(TEXT, ("target", index), key, "wrong".to_owned());
        (place.line, place.column)
    }

    #[test]
    fn a_key_is_found_in_its_entry() {
        assert_eq!(at(1, Some("p95")), (7, 3));
        assert_eq!(at(1, Some("p99.9")), (8, 1));
        assert_eq!(at(1, Some("where.event")), (9, 11));
        assert_eq!(at(1, Some("where.other")), (9, 1), "the nearest key around it");
        assert_eq!(at(0, Some("p95")), (2, 1), "the entry, where it has no such key");
        assert_eq!(at(1, None), (5, 1));
    }

    #[test]
    fn a_message_names_file_line_and_column_and_shows_the_line() {
        let place = ConfigFault::in_section(TEXT, ("target", 1), Some("p95"), "target 2: p95: wrong".to_owned());
        assert_eq!(place.in_file("perfreport.toml"), "perfreport.toml:7:3: target 2: p95: wrong\n  7 |   p95 = 3");
    }
}
