//! The beginning of a source, by which it is recognised.

use std::io::{self, Read};

use crate::ingest::text::lines::Records;

/// Bytes that detection looks at.
pub(crate) const HEAD: usize = 64 << 10;

/// The beginning of a source.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Head<'a> {
    /// The first bytes.
    pub(crate) bytes: &'a [u8],
    /// Whether they are all there are.
    pub(crate) complete: bool,
}

impl<'a> Head<'a> {
    /// The beginning of what is left, without consuming it.
    ///
    /// # Errors
    /// When reading fails.
    pub(crate) fn of<R: Read>(records: &'a mut Records<R>) -> io::Result<Self> {
        let bytes = records.peek(HEAD)?;
        Ok(Self { bytes, complete: bytes.len() < HEAD })
    }
}
