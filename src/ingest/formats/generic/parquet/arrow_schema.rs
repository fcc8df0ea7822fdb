//! Units of durations, which Parquet has no type for.
//!
//! In: the Arrow schema that pyarrow, polars and other Arrow programs leave in the footer (`ARROW:schema`: base64 of an
//! Arrow message, a flatbuffer). Out: the unit of each column that is a duration there. Every step is checked against the
//! length of the message; what does not fit has no durations, and its numbers are read as plain ones.

use crate::measure::unit::Unit;

use crate::ingest::formats::histogram::hdr_log::codec::base64;

/// The key of the footer's metadata.
pub(crate) const KEY: &str = "ARROW:schema";

/// `Type.Struct_` and `Type.Duration` of Arrow's `Schema.fbs`.
const STRUCT: u8 = 13;
const DURATION: u8 = 18;
/// `MessageHeader.Schema` of `Message.fbs`.
const SCHEMA: u8 = 1;
/// More fields, or deeper ones, are no table of measurements.
const MOST_FIELDS: usize = 10_000;
const DEEPEST: usize = 16;

/// The columns that are durations.
#[derive(Debug, Default)]
pub(crate) struct Durations {
    units: Vec<(Vec<String>, Unit)>,
    /// Fields looked at: offsets of a damaged file may lead in circles.
    fields: usize,
}

impl Durations {
    /// What the text of the footer's metadata says; nothing where it cannot be read.
    pub(crate) fn of(text: &str) -> Self {
        let mut found = Self::default();
        let Some(bytes) = base64(text) else { return found };
        // A mark of four bytes and the length, or (before Arrow 0.15) the length alone.
        let skipped = if bytes.starts_with(&[0xff; 4]) { 8 } else { 4 };
        let Some(message) = bytes.get(skipped..) else { return found };
        let _ = found.read(Buffer(message));
        found
    }

    /// The unit of a column.
    pub(crate) fn unit(&self, path: &[String]) -> Option<Unit> {
        self.units.iter().find(|(known, _)| known == path).map(|(_, unit)| *unit)
    }

    fn read(&mut self, buffer: Buffer<'_>) -> Option<()> {
        let message = buffer.follow(0)?;
        // Message: version, header_type, header.
        if buffer.u8(buffer.field(message, 1)?)? != SCHEMA {
            return None;
        }
        let schema = buffer.follow(buffer.field(message, 2)?)?;
        // Schema: endianness, fields.
        self.fields(buffer, buffer.field(schema, 1)?, &[])
    }

    fn fields(&mut self, buffer: Buffer<'_>, at: usize, parents: &[String]) -> Option<()> {
        let vector = buffer.follow(at)?;
        for index in 0..buffer.u32(vector)? {
            self.fields += 1;
            if self.fields > MOST_FIELDS {
                return None;
            }
            let field = buffer.follow(vector.checked_add(4)?.checked_add(index.checked_mul(4)?)?)?;
            // Field: name, nullable, type_type, type, dictionary, children.
            let mut path = parents.to_vec();
            path.push(buffer.field(field, 0).and_then(|at| buffer.text(at)).unwrap_or_default());
            match buffer.field(field, 2).and_then(|at| buffer.u8(at)) {
                Some(DURATION) => {
                    let kind = buffer.follow(buffer.field(field, 3)?)?;
                    // Duration: unit, milliseconds where it is not written.
                    let unit = match buffer.field(kind, 0).and_then(|at| buffer.u16(at)).unwrap_or(1) {
                        0 => Unit::SECOND,
                        1 => Unit::MILLISECOND,
                        2 => Unit::MICROSECOND,
                        3 => Unit::NANOSECOND,
                        _ => continue,
                    };
                    self.units.push((path, unit));
                }
                Some(STRUCT) if parents.len() < DEEPEST => {
                    if let Some(children) = buffer.field(field, 5) {
                        let _ = self.fields(buffer, children, &path);
                    }
                }
                _ => {}
            }
        }
        Some(())
    }
}

/// A flatbuffer: tables of fields, found through offsets.
#[derive(Clone, Copy)]
struct Buffer<'b>(&'b [u8]);

impl Buffer<'_> {
    fn u8(self, at: usize) -> Option<u8> {
        self.0.get(at).copied()
    }

    fn u16(self, at: usize) -> Option<u16> {
        Some(u16::from_le_bytes(self.0.get(at..at.checked_add(2)?)?.try_into().ok()?))
    }

    fn u32(self, at: usize) -> Option<usize> {
        usize::try_from(u32::from_le_bytes(self.0.get(at..at.checked_add(4)?)?.try_into().ok()?)).ok()
    }

    /// Where an offset leads.
    fn follow(self, at: usize) -> Option<usize> {
        at.checked_add(self.u32(at)?).filter(|to| *to < self.0.len())
    }

    /// Where a field of a table stands; absent where it was not written.
    fn field(self, table: usize, number: usize) -> Option<usize> {
        let back = i32::from_le_bytes(self.0.get(table..table.checked_add(4)?)?.try_into().ok()?);
        let fields = usize::try_from(i64::try_from(table).ok()? - i64::from(back)).ok()?;
        let size = usize::from(self.u16(fields)?);
        let entry = 4 + 2 * number;
        let offset = (entry + 2 <= size).then(|| self.u16(fields + entry)).flatten().filter(|offset| *offset > 0)?;
        table.checked_add(usize::from(offset))
    }

    fn text(self, at: usize) -> Option<String> {
        let start = self.follow(at)?;
        let bytes = self.0.get(start + 4..(start + 4).checked_add(self.u32(start)?)?)?;
        std::str::from_utf8(bytes).ok().map(str::to_owned)
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn any_text_has_durations_or_none(text in "[A-Za-z0-9+/]{0,400}") {
            let _ = Durations::of(&text);
        }

        #[test]
        fn offsets_that_lead_anywhere_end(words in vec(0..64_u32, 0..100)) {
            let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
            let mut found = Durations::default();
            let _ = found.read(Buffer(&bytes));
            let _ = found.fields(Buffer(&bytes), 0, &[]);
            prop_assert!(found.units.len() <= MOST_FIELDS);
        }
    }
}
