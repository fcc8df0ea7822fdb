//! Where a quoted field begins and ends, and whether a quote begins one at all.
//!
//! In: the lines of a record, one after the other. Out: whether a quoted field is still open, and whether the quote that opened it
//! strayed there: what follows is then no text of a field but rows of their own.

use memchr::memchr_iter;

use crate::ingest::text::cells::{self, DecimalMark};

/// So many lines below a quote that are rows like the one it stands in are rows, however far away the next quote is.
const ROWS_TELL: usize = 8;
/// So many are enough where the field does close behind them.
const ROWS_INSIDE: usize = 2;
/// Share of the lines inside a field that are rows, at least: text has a line with the right number of delimiters now and then.
const SHARE_OF_ROWS: f64 = 0.8;

/// Whether a quoted field is open.
#[derive(Debug)]
pub(super) struct QuoteState {
    delimiter: u8,
    pub(super) open: bool,
    /// Whether a quote stood where none can close a field: before something else than a delimiter or the end of the line.
    astray: bool,
    /// Delimiters of the first line.
    width: usize,
    /// Lines inside the field, and how many of them are rows like the first one.
    inside: usize,
    rows: usize,
}

impl QuoteState {
    /// Nothing is open before the first line of a record, which this is.
    pub(super) fn new(line: &[u8], delimiter: u8) -> Self {
        let width = memchr_iter(delimiter, line).count();
        let mut state = Self { delimiter, open: false, astray: false, width, inside: 0, rows: 0 };
        state.feed(line);
        // On a line of its own a quote behind a field is a character; it says nothing about the lines below.
        state.astray = false;
        state
    }

    /// The next line of the record, of which a field is open.
    pub(super) fn next_line(&mut self, line: &[u8]) {
        self.feed(line);
        if self.open {
            self.inside += 1;
            self.rows += usize::from(self.is_row(line));
        }
    }

    /// Whether the quote that opened the field begins none.
    pub(super) fn is_stray(&self) -> bool {
        let rows = self.rows as f64 >= SHARE_OF_ROWS * self.inside as f64;
        self.astray || rows && self.rows >= if self.open { ROWS_TELL } else { ROWS_INSIDE }
    }

    fn is_row(&self, line: &[u8]) -> bool {
        let cells = || line.split(|byte| *byte == self.delimiter).map(<[u8]>::trim_ascii);
        self.width > 0
            && memchr_iter(self.delimiter, line).count() == self.width
            && cells().any(|cell| cells::number(cell, DecimalMark::Point).is_some())
    }

    /// A quote opens a field only at its start; inside, a doubled quote closes and opens again.
    fn feed(&mut self, line: &[u8]) {
        let mut closed = None;
        for index in memchr_iter(b'"', line) {
            if self.open {
                self.open = false;
                closed = Some(index);
                let ends = matches!(line.get(index + 1), None | Some(b'"' | b' ' | b'\r'));
                self.astray |= !ends && line.get(index + 1) != Some(&self.delimiter);
                continue;
            }
            let before = line[..index].iter().rev().find(|byte| **byte != b' ');
            let doubled = index > 0 && closed == Some(index - 1);
            self.open = doubled || before.is_none_or(|byte| *byte == self.delimiter);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(lines: &[&str]) -> QuoteState {
        let mut state = QuoteState::new(lines[0].as_bytes(), b',');
        for line in &lines[1..] {
            state.next_line(line.as_bytes());
        }
        state
    }

    #[test]
    fn a_quote_opens_a_field_at_its_beginning_only() {
        assert!(state(&["a,\"b"]).open && state(&["\"b"]).open && state(&["a,  \"b"]).open);
        assert!(!state(&["GET \"b,1"]).open && !state(&["5\" disk,1"]).open && !state(&["x\"\"y,1"]).open);
        assert!(!state(&["\"a\"\"b\",1"]).open && state(&["\"a\"\"b"]).open && !state(&["\"a\"b,\"c\""]).open);
    }

    #[test]
    fn text_of_several_lines_is_a_field_and_rows_are_not() {
        let text = state(&["1,\"Exception, thrown", "  at f(a, b)", "  at g()", "  at h(1, 2)\",4"]);
        assert!(!text.open && !text.is_stray());
        let rows = state(&["1,\"Tech", "2,a", "3,b", "4,\"Tech"]);
        assert!(!rows.open && rows.is_stray());
        let rows: Vec<String> = (0..9).map(|row| format!("{row},\"{}", if row > 0 { "a" } else { "" })).collect();
        let mut rows: Vec<String> = rows.iter().map(|row| row.replace(",\"a", ",a")).collect();
        assert!(state(&rows.iter().map(String::as_str).collect::<Vec<_>>()).is_stray());
        rows.truncate(7);
        assert!(!state(&rows.iter().map(String::as_str).collect::<Vec<_>>()).is_stray(), "it may still close");
    }
}
