//! The beginning of a source, by which it is recognised.

use std::cell::OnceCell;
use std::io::{self, Read};

use crate::ingest::json::outline::Outline;
use crate::ingest::text::lines::Records;

/// Bytes that detection looks at.
pub(crate) const HEAD: usize = 64 << 10;

/// A first line that is longer than that is looked at as far as this.
const LONG_LINE: usize = 4 << 20;

/// How many bytes detection looks at: more only where the text begins with an object whose line is longer, and something stands below it. One
/// document in a line and a log with an object a line differ in nothing else.
///
/// # Errors
/// When reading fails.
pub(crate) fn length<R: Read>(records: &mut Records<R>) -> io::Result<usize> {
    let goes_on = {
        let bytes = records.peek(HEAD)?;
        let bytes = &bytes[..bytes.len().min(HEAD)];
        bytes.len() == HEAD && bytes.trim_ascii_start().first() == Some(&b'{') && !bytes.contains(&b'\n')
    };
    if !goes_on {
        return Ok(HEAD);
    }
    let bytes = records.peek(LONG_LINE)?;
    let bytes = &bytes[..bytes.len().min(LONG_LINE)];
    let end = memchr::memchr(b'\n', bytes);
    let below = |end: usize| bytes[end..].iter().position(|byte| !byte.is_ascii_whitespace()).map(|at| end + at + 1);
    Ok(end.and_then(below).unwrap_or(HEAD))
}

/// The beginning of a source.
#[derive(Debug)]
pub(crate) struct Head<'a> {
    /// The first bytes.
    pub(crate) bytes: &'a [u8],
    /// Whether they are all there are.
    pub(crate) complete: bool,
    outline: OnceCell<Option<Outline>>,
}

impl<'a> Head<'a> {
    /// The beginning of a text.
    pub(crate) fn new(bytes: &'a [u8], complete: bool) -> Self {
        Self { bytes, complete, outline: OnceCell::new() }
    }

    /// The beginning of what is left, without consuming it.
    ///
    /// # Errors
    /// When reading fails.
    pub(crate) fn of<R: Read>(records: &'a mut Records<R>) -> io::Result<Self> {
        let bytes = records.peek(HEAD)?;
        Ok(Self::new(bytes, bytes.len() < HEAD))
    }

    /// Its whole lines: the last one may go on behind it.
    pub(crate) fn lines(&self) -> Vec<&'a [u8]> {
        let mut lines: Vec<&[u8]> = self.bytes.split(|byte| *byte == b'\n').collect();
        if !self.complete {
            lines.pop();
        }
        lines
    }

    /// The keys of the JSON object that it begins with, if it does; found once for all formats that ask.
    pub(crate) fn outline(&self) -> Option<&Outline> {
        self.outline.get_or_init(|| Outline::of(self.bytes)).as_ref()
    }
}
