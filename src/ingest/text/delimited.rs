//! Reads delimited text, row by row.
//!
//! In: records. Out: the tables that stand in the text, one after the other or mixed. What is no row (blank lines, comments,
//! lines that cannot be read) is counted and explained.

use crate::measure::{FindingKind, Folded, Severity};
use crate::table::storage::Storage;

use crate::ingest::format::{AnyRecords, Head, IngestError, Sink, SourceOptions};
use crate::ingest::privacy;
use crate::ingest::sink::BYTES_SHOWN;
use crate::ingest::text::blocks::{ByBlocks, read_all};
use crate::ingest::text::dialect::{self, Dialect};
use crate::ingest::text::fast;
use crate::ingest::text::lines::Flaw;
use crate::ingest::text::parts::{Part, Schema, Span};
use crate::ingest::text::row::RowBuffer;
use crate::ingest::text::sections::{Context, Sections};
use crate::ingest::text::split::{self, Splitter};

/// Lines with stray quotes that are named; the rest are counted.
const NAMED_QUOTES: usize = 8;

/// Reads a delimited text to its end.
pub(crate) fn read(records: &mut AnyRecords<'_>, options: &SourceOptions, sink: &mut Sink) -> Result<(), IngestError> {
    read_named(records, options, sink, None)
}

/// Reads a text to its end; `names` are those of its columns where a format's definition gives them instead of a header.
pub(crate) fn read_named(
    records: &mut AnyRecords<'_>,
    options: &SourceOptions,
    sink: &mut Sink,
    names: Option<&[&str]>,
) -> Result<(), IngestError> {
    if privacy::has_private_key(Head::of(records)?.bytes) {
        return Err(IngestError::Malformed(privacy::REFUSED.to_owned()));
    }
    let mut dialect = find_dialect(records, options)?;
    if let Some(names) = names.filter(|names| names.len() == dialect.types.len() && dialect.header.is_none()) {
        dialect.header = Some(names.iter().map(|name| (*name).to_owned()).collect());
    }
    let delimiter = dialect.delimiter;
    sink.above = lines_above(Head::of(records)?.bytes, delimiter);
    if let Some(delimiter) = delimiter {
        records.quotes_after(delimiter);
    }
    sink.provenance.evidence.extend(
        options.delimiter.or(options.header.map(|_| 0)).map(|_| "delimiter or header given by the user".to_owned()),
    );
    let storage = sink.storage.clone();
    let mut reader = RowReader {
        sink,
        splitter: Splitter::new(dialect.trailing.then_some(dialect.types.len())),
        sections: Sections::new(dialect, storage),
        delimiter,
        bad_utf8: None,
        after_blank: false,
        comments: 0,
        stray_quotes: Vec::new(),
    };
    read_all(&mut reader, records)?;
    let RowReader { sections, bad_utf8, comments, stray_quotes, sink, .. } = reader;
    if comments > 0 {
        let lines = if comments == 1 { "comment line" } else { "comment lines" };
        sink.provenance.evidence.push(format!("{comments} {lines} (beginning with #) passed over"));
    }
    if let Some(&first) = stray_quotes.first() {
        let lines = Folded::of(&stray_quotes, NAMED_QUOTES);
        let reason =
            format!("a quote begins a field here, and the lines below it are rows of their own (lines {lines})");
        let action = "the quote was read as a character of its field, and every row was kept";
        let count = stray_quotes.len() as u64;
        sink.find(Severity::Suspicious, FindingKind::UnclosedQuote, first, reason, action).count = count;
    }
    if let Some((first, count)) = bad_utf8 {
        let have = if count == 1 { "line has" } else { "lines have" };
        let reason = format!("{count} {have} bytes that are not UTF-8");
        sink.find(Severity::Suspicious, FindingKind::InvalidUtf8, first, reason, BYTES_SHOWN).count = count;
    }
    sections.finish(sink);
    Ok(())
}

/// Gives the records of a text to its sections.
struct RowReader<'s> {
    sink: &'s mut Sink,
    splitter: Splitter,
    sections: Sections,
    delimiter: Option<u8>,
    /// The first line with bytes that are not UTF-8, and how many have such.
    bad_utf8: Option<(u64, u64)>,
    after_blank: bool,
    comments: u64,
    /// Lines with a quote that begins no field.
    stray_quotes: Vec<u64>,
}

impl ByBlocks for RowReader<'_> {
    fn schema(&self, quotes: bool) -> Option<Schema> {
        self.sections.schema(self.delimiter, quotes)
    }

    fn still_holds(&self, schema: &Schema, quotes: bool) -> bool {
        self.sections.still_holds(schema, quotes)
    }

    fn read_block(&self, lines: &[u8], schema: &Schema) -> Part {
        fast::parse(lines, schema, self.sections.current())
    }

    fn append(&mut self, part: &Part, span: &Span, line: u64) {
        self.sections.append(part, span, line);
        self.after_blank = false;
    }

    fn storage(&self) -> &Storage {
        &self.sink.storage
    }

    fn take_record(&mut self, records: &mut AnyRecords<'_>) -> Result<bool, IngestError> {
        let delimiter = self.delimiter;
        let Some(record) = records.next()? else { return Ok(false) };
        let (line, terminated) = (record.line, record.terminated);
        match record.flaw {
            Flaw::Overlong => {
                self.sink.pass_over(line);
                return Ok(true);
            }
            Flaw::Unclosed => {
                let reason = "a quote opens here and is not closed within 1 MiB or before the end of the file";
                let action = "the quote was read as a character, and the next line as a new row";
                self.sink.find(Severity::Suspicious, FindingKind::UnclosedQuote, line, reason, action);
            }
            Flaw::Stray => self.stray_quotes.push(line),
            Flaw::None => {}
        }
        if record.bytes.trim_ascii().is_empty() {
            self.after_blank = true;
            return Ok(true);
        }
        let comment = split::is_blank_or_comment(record.bytes);
        let row = self.splitter.split(&record, delimiter);
        if comment && !self.sections.is_plainly_a_row(row) {
            self.comments += 1;
            return Ok(true);
        }
        let whole = self.sections.with_unnamed(row, line, self.sink);
        let row = whole.as_ref().map_or(row, RowBuffer::row);
        let last_cell = if terminated { Vec::new() } else { row.cell(row.len().saturating_sub(1)).to_vec() };
        if !self.sections.try_take(row, line) {
            // Rare: what this row is depends on the next one, so it must outlive the reader's buffer.
            let owned = RowBuffer::copy_of(row);
            let next = if self.sections.could_be_header(owned.row()) { next_row(records, delimiter)? } else { None };
            let after_blank = self.after_blank;
            let context = Context { line, terminated, after_blank, next: next.as_ref() };
            self.sections.take(owned.row(), &context, self.sink);
        } else if std::str::from_utf8(row.text).is_err() {
            self.bad_utf8.get_or_insert((line, 0)).1 += 1;
        }
        self.after_blank = false;
        if !terminated {
            self.sections.end_without_line_break(line, &last_cell, self.sink);
        }
        Ok(true)
    }
}

/// The lines at the beginning that are comments or single fields: what a program says of the table below.
fn lines_above(head: &[u8], delimiter: Option<u8>) -> Vec<String> {
    const MOST: usize = 20;
    let is_said =
        |line: &&[u8]| line.first() == Some(&b'#') || delimiter.is_some_and(|delimiter| !line.contains(&delimiter));
    let lines = head.split(|byte| *byte == b'\n').take(MOST).map(<[u8]>::trim_ascii);
    lines.take_while(is_said).map(|line| String::from_utf8_lossy(line).into_owned()).collect()
}

fn find_dialect(records: &mut AnyRecords<'_>, options: &SourceOptions) -> Result<Dialect, IngestError> {
    dialect::find(&Head::of(records)?, options.delimiter, options.header).ok_or_else(|| {
        IngestError::Malformed(
            "no delimiter gives rows with a column of numbers; say --delimiter or --format, or check the file".into(),
        )
    })
}

/// The next row that is no comment, looked at without consuming it.
fn next_row(records: &mut AnyRecords<'_>, delimiter: Option<u8>) -> Result<Option<RowBuffer>, IngestError> {
    const LOOK_AHEAD: usize = 4096;
    let bytes = records.peek(LOOK_AHEAD)?;
    let bytes = &bytes[..bytes.len().min(LOOK_AHEAD)];
    let head = Head::new(bytes, true);
    Ok(split::first_rows(&head, delimiter, 1).into_iter().next())
}
