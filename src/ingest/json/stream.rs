//! A large array of objects, an element at a time: it takes no more memory than its longest element and the columns that it fills.
//!
//! In: the records of a source that begins with such an array. Out: rows, as `objects` makes them of an array that is held as a whole.
//! Small documents are left to others, and so is everything that is not an array of objects: what lies around or beside an array may
//! say something about all its elements, which is only known at the end.

use std::io;

use serde_json::value::RawValue;

use crate::ingest::error::IngestError;
use crate::ingest::json::documents::{limit, reason, with_quoted_non_numbers};
use crate::ingest::json::objects::ObjectTables;
use crate::ingest::json::value::Text;
use crate::ingest::text::lines::AnyRecords;

/// Smaller documents are read as a whole.
const LARGE: usize = 4 << 20;
/// Bytes that are looked at together.
const WINDOW: usize = 1 << 20;

/// Takes the array with which the source begins, where it is a large one of objects. Gives the line on which what follows it begins.
///
/// # Errors
/// When reading fails, the text is no JSON, or an element does not fit into memory.
pub(crate) fn take_large_array(
    records: &mut AnyRecords<'_>,
    tables: &mut ObjectTables<'_>,
) -> Result<Option<u64>, IngestError> {
    let head = records.peek(LARGE)?;
    let begin = spaces(head);
    let is_array = head.get(begin) == Some(&b'[');
    let element = begin + 1 + head.get(begin + 1..).map_or(0, spaces);
    if !is_array || head.get(element) != Some(&b'{') || head.len() < LARGE {
        return Ok(None);
    }
    let mut line = 1 + lines(&head[..=begin]);
    records.skip(begin + 1);
    let longest = limit(tables.storage());
    let mut wanted = WINDOW;
    let mut place = Place::BeforeElement;
    loop {
        let window = records.peek(wanted)?;
        let seen = window.len();
        let step = take_elements(window, &mut place, &mut line, tables)?;
        records.skip(step.used);
        if step.closed {
            return Ok(Some(line));
        }
        wanted = if step.used > 0 { WINDOW } else { wanted.saturating_mul(2) };
        if step.used == 0 && records.sees_end() {
            return Err(broken(
                "the array is not closed (the document ends too early: was the run interrupted?)",
                line,
            ));
        }
        if step.used == 0 && seen > longest {
            return Err(IngestError::Io(io::Error::other(format!(
                "an element of the array is larger than {} MiB, which does not fit into --memory; give more --memory",
                longest >> 20
            ))));
        }
    }
}

/// What is expected next.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    BeforeElement,
    BehindElement,
}

struct Step {
    /// Bytes that were taken.
    used: usize,
    /// Whether the array ended.
    closed: bool,
}

/// Takes the elements that are whole.
fn take_elements(
    window: &[u8],
    place: &mut Place,
    line: &mut u64,
    tables: &mut ObjectTables<'_>,
) -> Result<Step, IngestError> {
    let mut at = 0;
    loop {
        let gap = spaces(&window[at..]);
        let (next, next_line) = (at + gap, *line + lines(&window[at..at + gap]));
        let Some(first) = window.get(next) else { return Ok(Step { used: at, closed: false }) };
        match (*place, first) {
            (Place::BehindElement, b',') => {
                *place = Place::BeforeElement;
                at = next + 1;
                *line = next_line;
            }
            (Place::BehindElement, b']') => {
                *line = next_line;
                return Ok(Step { used: next + 1, closed: true });
            }
            (Place::BehindElement, _) => return Err(broken("expected `,` or `]`", next_line)),
            (Place::BeforeElement, _) => {
                let Some(length) = length(&window[next..]) else { return Ok(Step { used: at, closed: false }) };
                let element = &window[next..next + length];
                take(element, next_line, tables)?;
                *place = Place::BehindElement;
                at = next + length;
                *line = next_line + lines(element);
            }
        }
    }
}

fn take(element: &[u8], line: u64, tables: &mut ObjectTables<'_>) -> Result<(), IngestError> {
    if std::str::from_utf8(element).is_err() {
        tables.note_bytes(line);
    }
    let text = with_quoted_non_numbers(String::from_utf8_lossy(element));
    let value: &RawValue = serde_json::from_str(&text).map_err(|error| {
        let text = reason(&error);
        let problem = text.rsplit_once(" at line ").map_or(text.as_str(), |(problem, _)| problem);
        broken(problem, line + (error.line() as u64).saturating_sub(1))
    })?;
    tables.take_element(value, Text { whole: &text, first_line: line });
    Ok(())
}

fn broken(problem: &str, line: u64) -> IngestError {
    IngestError::Malformed(format!("not valid JSON: {problem} at line {line}"))
}

/// The length of the value with which the text begins; `None` where it does not end in it.
fn length(text: &[u8]) -> Option<usize> {
    let mut depth = 0_usize;
    let mut at = 0;
    while let Some(byte) = text.get(at) {
        match byte {
            b'"' => {
                at += 1;
                loop {
                    at += memchr::memchr2(b'"', b'\\', text.get(at..)?)?;
                    if text[at] == b'"' {
                        break;
                    }
                    at += 2;
                }
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            b'{' | b'[' => depth += 1,
            b',' | b'}' | b']' if depth == 0 => return Some(at),
            b'}' | b']' => {
                depth -= 1;
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            byte if depth == 0 && byte.is_ascii_whitespace() => return Some(at),
            _ => {}
        }
        at += 1;
    }
    None
}

fn spaces(text: &[u8]) -> usize {
    text.iter().position(|byte| !byte.is_ascii_whitespace()).unwrap_or(text.len())
}

fn lines(text: &[u8]) -> u64 {
    memchr::memchr_iter(b'\n', text).count() as u64
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;
    use crate::ingest::{SourceOptions, read};

    #[test]
    fn a_value_ends_where_it_is_closed() {
        for (text, end) in [
            (&br#"{"a":"}","b":[1,{"c":"\"]"}]},"#[..], Some(29)),
            (br#"{"a":1"#, None),
            (br#"{"a":"\"#, None),
            (b"12.5,", Some(4)),
            (b"12.5", None),
            (br#""a,b" ]"#, Some(5)),
            (b"]", Some(0)),
        ] {
            assert_eq!(length(text), end, "{}", String::from_utf8_lossy(text));
        }
    }

    /// The same rows, one document larger than the bound and one below it, with what makes reading hard near the middle.
    #[test]
    fn a_large_array_says_what_a_small_one_says() {
        let row = |text: &mut String, index: usize| {
            let odd = if index % 50_000 == 777 { "NaN" } else { "2.5" };
            let pad = if index > 900 { " ".repeat(40) } else { String::new() };
            let _ = write!(
                text,
                "{{\"name\": \"a, ]}} \\\"{}\\\\\",\n \"latency_ms\": {index}.5, \"other\": {odd}{pad}}}",
                index % 3
            );
        };
        let document = |rows: usize| {
            let mut text = String::from(" [\n");
            for index in 0..rows {
                text += if index > 0 { ",\n" } else { "" };
                row(&mut text, index);
            }
            text + "\n]\n"
        };
        let (small, large) = (document(900), document(100_000));
        assert!(small.len() < LARGE && large.len() > 2 * LARGE);
        let options = SourceOptions::default();
        let (small, large_read) =
            (read("a", small.as_bytes(), &options).unwrap(), read("a", large.as_bytes(), &options).unwrap());
        let (one, other) = (&small.tables[0], &large_read.tables[0]);
        let names =
            |table: &crate::table::Table| table.columns.iter().map(|column| column.name.clone()).collect::<Vec<_>>();
        assert_eq!(names(one), names(other));
        assert_eq!(other.lines.rows(), 100_000);
        for row in [0, 1, 899, 99_999] {
            assert_eq!(other.lines.line(row), Some(2 + 2 * row), "{row}");
        }
        assert_eq!(large_read.provenance.lines, 200_002);
        let cut = read("a", &large.as_bytes()[..large.len() - 20], &options).unwrap_err().to_string();
        assert!(cut.contains("ends too early") && cut.contains("line 199999"), "{cut}");
        let damaged = large.replace("40000.5, \"other\"", "40000.5 \"other\"");
        let error = read("a", damaged.as_bytes(), &options).unwrap_err().to_string();
        assert!(error.contains("not valid JSON") && error.contains("line 80003"), "{error}");
    }
}
