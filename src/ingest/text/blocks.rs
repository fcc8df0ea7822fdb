//! Who reads which line: blocks of plain rows by all threads, everything else record by record.
//!
//! In: the records of a text and a format's reader of rows. Out: every row given to the reader, in order. A block is read
//! ahead of its turn; the lines in it that are not plainly rows go to the careful path at their turn, and where one of
//! them changes what a row is, what was read ahead is thrown away and read again.

use crate::table::storage::Storage;

use crate::ingest::error::IngestError;
use crate::ingest::text::lines::AnyRecords;
use crate::ingest::text::lines::Pace;
use crate::ingest::text::parts::{Part, Schema, Span};

/// A format's reader of rows, by blocks where they are plain and record by record where not.
pub(crate) trait ByBlocks: Sync {
    /// What a plain row is now; absent where every row needs a look.
    fn schema(&self, quotes: bool) -> Option<Schema>;

    /// Whether rows that were read under a schema are still what they were.
    fn still_holds(&self, schema: &Schema, quotes: bool) -> bool;

    /// Reads the plain rows of whole lines.
    fn read_block(&self, lines: &[u8], schema: &Schema) -> Part;

    /// Takes plain rows; the first one stands on `line`.
    fn append(&mut self, part: &Part, span: &Span, line: u64);

    /// Where its tables are kept.
    fn storage(&self) -> &Storage;

    /// Takes the next record, whatever it is. Says whether there was one.
    fn take_record(&mut self, records: &mut AnyRecords<'_>) -> Result<bool, IngestError>;
}

/// Gives all records to a reader.
pub(crate) fn read_all(reader: &mut impl ByBlocks, records: &mut AnyRecords<'_>) -> Result<(), IngestError> {
    // How many blocks are worth reading ahead: few after a line that turned everything behind it over.
    let mut ahead = usize::MAX;
    loop {
        let careful_until = match take_blocks(reader, records, &mut ahead)? {
            None => records.position() + 1,
            Some(wasted) => {
                ahead = 1;
                records.position() + wasted.clamp(1, Pace::USUAL.block as u64)
            }
        };
        while records.position() < careful_until {
            if !reader.take_record(records)? {
                return Ok(());
            }
        }
    }
}

/// Takes lines by blocks as long as they are plainly rows, and those between them one by one. Where a line changed what a
/// row is, or reached into the next ones, what was read ahead does not hold any more: so many bytes were read for nothing.
fn take_blocks(
    reader: &mut impl ByBlocks,
    records: &mut AnyRecords<'_>,
    ahead: &mut usize,
) -> Result<Option<u64>, IngestError> {
    loop {
        if let Some(failure) = reader.storage().failure() {
            return Err(IngestError::Io(std::io::Error::other(failure)));
        }
        let Some(schema) = reader.schema(records.quotes_matter()) else { return Ok(None) };
        let blocks = {
            let reader = &*reader;
            records.blocks(*ahead, |lines| reader.read_block(lines, &schema))?
        };
        let Some(end) = blocks.last().map(|block| block.end) else { return Ok(None) };
        let wasted = |records: &AnyRecords<'_>| end.saturating_sub(records.position());
        for block in blocks {
            for span in &block.made.spans {
                if !take_until(reader, block.start + span.start as u64, &schema, records)? {
                    return Ok(Some(wasted(records)));
                }
                reader.append(&block.made, span, records.line());
                records.pass_lines(block.start + span.end as u64, span.rows as u64);
            }
            if !take_until(reader, block.end, &schema, records)? {
                return Ok(Some(wasted(records)));
            }
        }
        *ahead = ahead.saturating_mul(2);
    }
}

/// Takes the records before a position. Says whether they end there and rows are still what they were.
fn take_until(
    reader: &mut impl ByBlocks,
    position: u64,
    schema: &Schema,
    records: &mut AnyRecords<'_>,
) -> Result<bool, IngestError> {
    if records.position() == position {
        return Ok(true);
    }
    while records.position() < position && reader.take_record(records)? {}
    Ok(records.position() == position && reader.still_holds(schema, records.quotes_matter()))
}
