//! What to write into `perfreport.toml` against what was found.
//!
//! In: findings, each with the lines that its rows stand in. Out: text to paste, in which each column of a file stands once.
//! Refuses nothing; findings without lines have no remedy.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::measure::finding::Finding;
use crate::report::escape::visible;

/// Lines that are written down; a finding of more is better met by a filter before the file is read.
const MOST_LINES: usize = 50;

/// Ranges of lines by column.
type RangesOfColumns<'a> = BTreeMap<&'a str, Vec<(u64, u64)>>;

/// The text that sets aside what all of these findings are about, with what it does as a comment. Absent where none has a remedy.
pub(crate) fn of(findings: &[Finding]) -> Option<String> {
    let mut lines: BTreeMap<&str, RangesOfColumns<'_>> = BTreeMap::new();
    for finding in findings {
        let Some(column) = finding.place.column.as_deref() else { continue };
        if !finding.set_aside.is_empty() {
            let of_column = lines.entry(&finding.place.source).or_default().entry(column).or_default();
            of_column.extend(&finding.set_aside);
        }
    }
    let mut text = String::new();
    for (source, columns) in lines {
        let name = source.rsplit('/').next().unwrap_or(source);
        let pattern = quoted(&glob::Pattern::escape(name));
        for (column, mut lines) in columns {
            lines.sort_unstable();
            lines.dedup();
            let written: Vec<String> = lines.iter().take(MOST_LINES).map(|lines| quoted(&range(*lines))).collect();
            let column = quoted(column);
            let list = written.join(", ");
            let text = &mut text;
            let _ = write!(text, "[[source]]\nmatch = {pattern}\n[source.columns.{column}]\nset_aside = [{list}]\n");
        }
    }
    (!text.is_empty()).then_some(text)
}

fn range((first, last): (u64, u64)) -> String {
    if first == last { first.to_string() } else { format!("{first}-{last}") }
}

/// A basic string of TOML. What a page would not show as it is stands as its number, and so does what ends a block of code there.
pub(crate) fn quoted(text: &str) -> String {
    let mut written = String::from('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => written.extend(['\\', character]),
            '`' => written.push_str("\\u0060"),
            _ if visible(character.encode_utf8(&mut [0; 4])).starts_with(character) => written.push(character),
            _ => {
                let _ = write!(written, "\\U{:08x}", u32::from(character));
            }
        }
    }
    written.push('"');
    written
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::finding::{FindingKind, Place, Severity};

    fn finding(source: &str, column: &str, lines: &[(u64, u64)]) -> Finding {
        let place = Place::line(source, lines.first().map_or(1, |lines| lines.0)).column(column);
        let finding = Finding::new(Severity::Suspicious, FindingKind::UnitBlock, place, "far", "kept");
        Finding { set_aside: lines.to_vec(), ..finding }
    }

    #[test]
    fn each_column_of_a_file_stands_once_and_odd_names_are_quoted() {
        let findings = [
            finding("runs/a[1].csv", "p \"x\"", &[(30, 30)]),
            finding("runs/a[1].csv", "p \"x\"", &[(4, 9)]),
            finding("runs/a[1].csv", "size", &[]),
        ];
        let expected =
            "[[source]]\nmatch = \"a[[]1[]].csv\"\n[source.columns.\"p \\\"x\\\"\"]\nset_aside = [\"4-9\", \"30\"]\n";
        assert_eq!(of(&findings).unwrap(), expected);
        assert_eq!(of(&findings[2..]), None);
        assert_eq!(quoted("a\u{202e}`\n\\é"), "\"a\\U0000202e\\u0060\\U0000000a\\\\é\"");
    }
}
