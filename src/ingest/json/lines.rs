//! Reads JSON objects, one a line.
//!
//! In: records. Out: tables, through `objects`. A line that is no object costs only itself: it is set aside with a finding.

use serde_json::value::RawValue;

use crate::measure::finding::{FindingKind, Severity};
use crate::table::source::NOT_AN_OBJECT;
use crate::table::storage::Storage;

use crate::ingest::format::{AnyRecords, IngestError, Sink};
use crate::ingest::json::documents as json;
use crate::ingest::json::objects::ObjectTables;
use crate::ingest::json::skeleton::Skeleton;
use crate::ingest::json::value::Text;
use crate::ingest::sink::BYTES_SHOWN;
use crate::ingest::text::blocks::{ByBlocks, read_all};
use crate::ingest::text::fast;
use crate::ingest::text::lines::Flaw;
use crate::ingest::text::parts::{Part, Schema, Span};

/// So many lines that are no rows are kept.
const MOST_APART: usize = 10_000;
/// Broken lines that are named; the rest are counted.
const NAMED_BROKEN: u64 = 50;
/// Bytes at the end of a text among which its closing lines are.
const FAR: usize = 16 << 10;

/// Reads a text of objects, one a line, without the fields named.
pub(crate) fn read_lines(
    records: &mut AnyRecords<'_>,
    passed_over: &'static [&'static str],
    sink: &mut Sink,
) -> Result<(), IngestError> {
    read_apart(records, passed_over, sink, None).map(drop)
}

/// The same. Lines for which `apart` is true are no rows: they are returned as they stand.
pub(crate) fn read_apart(
    records: &mut AnyRecords<'_>,
    passed_over: &'static [&'static str],
    sink: &mut Sink,
    apart: Option<fn(&str) -> bool>,
) -> Result<Vec<String>, IngestError> {
    let mut reader = LineReader {
        apart,
        lines_apart: Vec::new(),
        tables: ObjectTables::new(sink),
        broken: 0,
        bad_utf8: None,
        skeletons: Vec::new(),
        attempts: 0,
    };
    reader.tables.pass_over(passed_over);
    read_all(&mut reader, records)?;
    let LineReader { tables, broken, bad_utf8, lines_apart, .. } = reader;
    tables.finish();
    if broken > NAMED_BROKEN {
        let more = broken - NAMED_BROKEN;
        let reason = format!("{more} more lines are no JSON objects");
        let action = "the lines were set aside";
        sink.find(Severity::Corrupted, FindingKind::MalformedRecord, None, reason, action).count = more;
    }
    if let Some(line) = bad_utf8 {
        let reason = "the text has bytes that are not UTF-8; this is the first such line";
        sink.find(Severity::Suspicious, FindingKind::InvalidUtf8, line, reason, BYTES_SHOWN);
    }
    Ok(lines_apart)
}

/// Gives the lines of a text to the tables.
struct LineReader<'s> {
    /// Which lines are no rows.
    apart: Option<fn(&str) -> bool>,
    lines_apart: Vec<String>,
    tables: ObjectTables<'s>,
    broken: u64,
    bad_utf8: Option<u64>,
    /// Of the lines seen so far; the programs that write a file have few kinds of lines.
    skeletons: Vec<Skeleton>,
    /// Lines of which a skeleton was tried.
    attempts: u32,
}

impl LineReader<'_> {
    /// Keeps the skeleton of a line that was taken with care.
    fn learn(&mut self, line: &[u8]) {
        /// A file with more kinds of lines is read with care.
        const MOST_SKELETONS: usize = 8;
        /// Lines after which a file has shown what it has.
        const MOST_ATTEMPTS: u32 = 10_000;
        let Some(table) = self.tables.table_of_objects().filter(|_| self.attempts < MOST_ATTEMPTS) else { return };
        let columns = table.columns.len();
        self.attempts += 1;
        if self.skeletons.iter().any(|skeleton| skeleton.columns() != columns) {
            self.skeletons.clear();
        }
        if self.skeletons.len() < MOST_SKELETONS
            && let Some(skeleton) = self.tables.skeleton(line)
            && !self.skeletons.contains(&skeleton)
        {
            self.skeletons.push(skeleton);
        }
    }

    /// Takes a line that measures nothing of what the lines above measure: a row beside them where it closes the text, as a tool sums up
    /// there what it did.
    fn take_stranger(&mut self, text: &str, line: u64, records: &mut AnyRecords<'_>) -> Result<(), IngestError> {
        /// So many lines may close a text.
        const MOST_CLOSING: usize = 3;
        let below = String::from_utf8_lossy(records.peek(FAR)?).into_owned();
        let objects: Vec<_> = below.lines().filter(|line| !line.trim().is_empty()).collect();
        let stranger =
            |line: &&str| serde_json::from_str::<&RawValue>(line).is_ok_and(|one| self.tables.is_stranger(one));
        let closes = objects.len() < MOST_CLOSING && objects.iter().all(stranger);
        let value: &RawValue =
            serde_json::from_str(text).map_err(|error| IngestError::Malformed(json::reason(&error)))?;
        let text = Text { whole: text, first_line: line };
        if closes {
            self.tables.take_closing(value, text);
        } else {
            self.tables.take_row(value, text);
        }
        Ok(())
    }
}

impl ByBlocks for LineReader<'_> {
    fn schema(&self, _: bool) -> Option<Schema> {
        let first = self.skeletons.first()?;
        let schema = self.tables.schema().filter(|schema| schema.cells.len() == first.columns())?;
        self.skeletons.iter().all(|skeleton| skeleton.columns() == schema.cells.len()).then_some(schema)
    }

    fn still_holds(&self, schema: &Schema, quotes: bool) -> bool {
        // The type of a column never changes here but from whole numbers to decimals, which take the same cells.
        self.schema(quotes).is_some_and(|now| now.cells.len() == schema.cells.len())
    }

    fn read_block(&self, lines: &[u8], schema: &Schema) -> Part {
        let Some(table) = self.tables.table_of_objects() else { return Part::default() };
        let mut latest = 0;
        fast::parse_with(lines, schema, table, |line, cells| {
            let all = self.skeletons.len();
            let found =
                (0..all).map(|offset| (latest + offset) % all).find(|index| self.skeletons[*index].split(line, cells));
            latest = found.unwrap_or(latest);
            found.is_some()
        })
    }

    fn append(&mut self, part: &Part, span: &Span, line: u64) {
        self.tables.append(part, span, line);
    }

    fn storage(&self) -> &Storage {
        self.tables.storage()
    }

    fn take_record(&mut self, records: &mut AnyRecords<'_>) -> Result<bool, IngestError> {
        let may_close = records.peek(FAR)?.len() <= FAR && records.sees_end();
        let Some(record) = records.next()? else { return Ok(false) };
        let line = record.line;
        if record.flaw == Flaw::Overlong {
            self.tables.sink.pass_over(line);
            return Ok(true);
        }
        if record.bytes.trim_ascii().is_empty() {
            return Ok(true);
        }
        let text = String::from_utf8_lossy(record.bytes);
        if matches!(text, std::borrow::Cow::Owned(_)) {
            self.bad_utf8.get_or_insert(line);
        }
        let text = json::with_quoted_non_numbers(text);
        if self.lines_apart.len() < MOST_APART && self.apart.is_some_and(|apart| apart(&text)) {
            self.lines_apart.push(text.into_owned());
            return Ok(true);
        }
        match serde_json::from_str::<&RawValue>(&text) {
            Ok(value) if may_close && value.get().starts_with('{') && self.tables.is_stranger(value) => {
                let text = text.into_owned();
                self.take_stranger(&text, line, records)?;
            }
            Ok(value) if value.get().starts_with('{') => {
                self.tables.take_row(value, Text { whole: &text, first_line: line });
                self.learn(record.bytes);
            }
            outcome => {
                self.broken += 1;
                self.tables.sink.provenance.set_aside(NOT_AN_OBJECT, line);
                if self.broken > NAMED_BROKEN {
                    return Ok(true);
                }
                let reason = match outcome {
                    Err(error) => format!("not valid JSON: {}", json::reason(&error)),
                    Ok(_) => "the line is JSON but no object".to_owned(),
                };
                let kind = if record.terminated { FindingKind::MalformedRecord } else { FindingKind::TruncatedLine };
                self.tables.sink.find(Severity::Corrupted, kind, line, reason, "the line was set aside");
            }
        }
        Ok(true)
    }
}
