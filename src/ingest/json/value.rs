//! Values of JSON as they stand in a text: their entries in order, and their lines.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserializer as _, MapAccess, Visitor};
use serde_json::value::RawValue;

/// Where a value stands: its text, and how to turn an offset in it into a line.
#[derive(Clone, Copy)]
pub(crate) struct Text<'t> {
    /// The whole text of the document or line.
    pub(crate) whole: &'t str,
    /// The line on which it begins.
    pub(crate) first_line: u64,
}

/// Counts lines forward through a text.
pub(crate) struct LineCounter<'t> {
    text: Text<'t>,
    offset: usize,
    line: u64,
}

impl<'t> LineCounter<'t> {
    /// For parts of a text.
    pub(crate) fn new(text: Text<'t>) -> Self {
        Self { text, offset: 0, line: text.first_line }
    }

    /// The line of a part of the text. Parts are asked for in roughly ascending order.
    pub(crate) fn line(&mut self, part: &str) -> u64 {
        let offset = (part.as_ptr() as usize).saturating_sub(self.text.whole.as_ptr() as usize);
        let offset = offset.min(self.text.whole.len());
        let bytes = self.text.whole.as_bytes();
        let between = |from: usize, to: usize| memchr::memchr_iter(b'\n', &bytes[from..to]).count() as u64;
        if offset >= self.offset {
            self.line += between(self.offset, offset);
        } else {
            self.line -= between(offset, self.offset);
        }
        self.offset = offset;
        self.line
    }
}

/// The first byte of a value, which says what kind of value it is.
pub(crate) fn first_byte(value: &RawValue) -> u8 {
    value.get().as_bytes().first().copied().unwrap_or_default()
}

/// Whether a value is neither object nor array.
pub(crate) fn is_scalar(value: &RawValue) -> bool {
    !matches!(first_byte(value), b'{' | b'[')
}

/// The entries of an object in their order, duplicates included.
pub(crate) fn entries(object: &RawValue) -> Vec<(Cow<'_, str>, &RawValue)> {
    struct Entries;
    impl<'de> Visitor<'de> for Entries {
        type Value = Vec<(Cow<'de, str>, &'de RawValue)>;

        fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            formatter.write_str("an object")
        }

        fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Self::Value, M::Error> {
            let mut entries = Vec::new();
            while let Some((Key(key), value)) = map.next_entry::<Key<'de>, &'de RawValue>()? {
                entries.push((key, value));
            }
            Ok(entries)
        }
    }
    serde_json::Deserializer::from_str(object.get()).deserialize_map(Entries).unwrap_or_default()
}

/// A key, borrowed where it has no escapes.
#[derive(serde::Deserialize)]
struct Key<'a>(#[serde(borrow)] Cow<'a, str>);
