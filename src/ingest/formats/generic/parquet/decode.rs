//! From the pages of a Parquet file to the rows of a table.
//!
//! In: the bytes of a file. Out: a table, filled some thousand rows at a time, all columns in step. Numbers go into the
//! columns as they are, without a text in between. Refuses a file that is larger than may be held, has no readable
//! footer, or claims more rows than its bytes can hold.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use bytes::Bytes;
use foldhash::fast::FixedState;
use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::data_type::DataType;
use parquet::errors::ParquetError;
use parquet::file::metadata::RowGroupMetaData;
use parquet::file::reader::{FileReader, RowGroupReader, SerializedFileReader};

use crate::measure::finding::{Finding, Place};
use crate::table::Shape;
use crate::table::storage::Storage;

use crate::ingest::builder::TableBuilder;
use crate::ingest::format::{
    AnyRecords, Declared, FindingKind, IngestError, Polarity, Role, Severity, Sink, SourceOptions,
};
use crate::ingest::formats::generic::parquet::arrow_schema::{Durations, KEY};
use crate::ingest::formats::generic::parquet::columns::{LeafColumn, Meaning, wanted};
use crate::ingest::text::parts::{ABSENT, NO_DIGITS, NumberPart, Part, PartColumn, Span, TextPart};

/// A file is held in memory as a whole, because its footer stands at the end.
const LARGEST: usize = 1 << 30;
/// Where memory is bounded, the part of it that the file may take: it is held twice while it is read.
const SHARE_OF_MEMORY: u64 = 4;
/// Rows decoded together.
const STEP: usize = 8192;
/// A file of more rows a byte holds no measurements, or lies about itself.
const MOST_ROWS_A_BYTE: u64 = 4096;
/// Names of columns that a note quotes.
const NAMED_COLUMNS: usize = 8;
/// Whole numbers above are not all held exactly.
const EXACT: f64 = 9_007_199_254_740_992.0;
/// Digits behind the point of a number that needs all that an `f64` has.
const ALL_DIGITS: u8 = 17;

/// Reads a file to its end.
pub(crate) fn read(records: &mut AnyRecords<'_>, _: &SourceOptions, sink: &mut Sink) -> Result<(), IngestError> {
    let bytes = whole(records, sink)?;
    let size = bytes.len() as u64;
    let damaged = |error: ParquetError| {
        IngestError::Malformed(format!("the Parquet file is damaged, cut off, or of a kind that is not read: {error}"))
    };
    if !bytes.ends_with(b"PAR1") {
        return Err(IngestError::Malformed(
            "the Parquet file does not end in `PAR1`: it was cut off, or its writer was never closed, and without its \
             last bytes nothing says where the columns are"
                .to_owned(),
        ));
    }
    let file = guarded(|| SerializedFileReader::new(bytes)).map_err(damaged)?;
    let about = file.metadata().file_metadata();
    let rows = u64::try_from(about.num_rows()).unwrap_or(u64::MAX);
    if rows / MOST_ROWS_A_BYTE > size {
        return Err(IngestError::Malformed(format!(
            "the Parquet file claims {rows} rows in {size} bytes: it is damaged"
        )));
    }
    for group in file.metadata().row_groups() {
        refuse_bomb(group, &sink.storage)?;
    }
    let text = about.key_value_metadata().into_iter().flatten().find(|entry| entry.key == KEY);
    let durations = text.and_then(|entry| entry.value.as_deref()).map(Durations::of).unwrap_or_default();
    let (columns, others) = wanted(about.schema_descr(), &durations, text.is_some());
    note_others(&others, sink);
    let names = columns.iter().map(|column| column.name.clone()).collect();
    let types: Vec<_> = columns.iter().map(|column| column.meaning.cells()).collect();
    let mut table = TableBuilder::new(&sink.storage, names, &types);
    for column in &columns {
        if let Meaning::Duration(unit) = column.meaning {
            sink.declared_by_file.push((column.name.clone(), duration(unit)));
        }
    }
    let mut broken = None;
    for group in 0..file.num_row_groups() {
        let result = guarded(|| {
            places_are_possible(file.metadata().row_group(group))?;
            take_group(file.get_row_group(group)?.as_ref(), &columns, &mut table, size)
        });
        if let Err(error) = result {
            broken = Some((group, error));
            break;
        }
    }
    let taken = table.rows();
    sink.provenance.lines = taken;
    sink.tables.push(table);
    match broken {
        Some((_, error)) if taken == 0 => Err(damaged(error)),
        Some((group, error)) => {
            note_broken(group, &error, taken, sink);
            Ok(())
        }
        None => Ok(()),
    }
}

/// Does something with a file that may be damaged. The crate asserts much of what footers and pages say, so that a flipped
/// bit may end in a panic of its own: here it is an error like others. Rows are taken by the table only when all columns of
/// a step are decoded, so that nothing is left half done.
fn guarded<T>(work: impl FnOnce() -> Result<T, ParquetError>) -> Result<T, ParquetError> {
    catch_unwind(AssertUnwindSafe(work))
        .unwrap_or_else(|_| Err(ParquetError::General("what it says of itself contradicts itself".to_owned())))
}

/// Whether a group's columns could lie in a file at all.
fn places_are_possible(group: &RowGroupMetaData) -> Result<(), ParquetError> {
    let negative = group.num_rows() < 0
        || group.columns().iter().any(|column| {
            column.compressed_size() < 0
                || column.data_page_offset() < 0
                || column.dictionary_page_offset().is_some_and(|offset| offset < 0)
        });
    if negative { Err(ParquetError::General("a place or a size is negative".to_owned())) } else { Ok(()) }
}

/// Refuses a column that unfolds to very much more than it takes in the file, and to more than fits: its pages are held as a whole.
fn refuse_bomb(group: &RowGroupMetaData, storage: &Storage) -> Result<(), IngestError> {
    /// Measurements that are packed more tightly hold nearly nothing.
    const MOST_FOLDED: u64 = 100;
    let share = storage.memory().map_or(LARGEST as u64, |memory| memory / SHARE_OF_MEMORY / 2);
    for column in group.columns() {
        let unfolded = u64::try_from(column.uncompressed_size()).unwrap_or(u64::MAX);
        let stored = u64::try_from(column.compressed_size()).unwrap_or(0).max(1);
        if unfolded > share && unfolded / stored > MOST_FOLDED {
            return Err(IngestError::Malformed(format!(
                "a column of the Parquet file unfolds from {stored} bytes to {} MiB ({} times as much), which does not fit into \
                 memory; give more --memory where that is what was measured",
                unfolded >> 20,
                unfolded / stored
            )));
        }
    }
    Ok(())
}

/// All bytes of the file.
fn whole(records: &mut AnyRecords<'_>, sink: &Sink) -> Result<Bytes, IngestError> {
    let share = sink.storage.memory().map_or(u64::MAX, |memory| memory / SHARE_OF_MEMORY);
    let limit = usize::try_from(share).unwrap_or(usize::MAX).min(LARGEST);
    let bytes = records.peek(limit + 1)?;
    if bytes.len() > limit {
        return Err(IngestError::Malformed(format!(
            "the Parquet file is larger than {} MiB, and it has to be held in memory as a whole; give more --memory, or \
             convert it and give the CSV file: duckdb -c \"COPY 'in.parquet' TO 'out.csv'\"",
            limit >> 20
        )));
    }
    let held = Bytes::copy_from_slice(bytes);
    records.skip(held.len());
    Ok(held)
}

fn duration(unit: crate::measure::unit::Unit) -> Declared {
    Declared {
        column: "",
        role: Role::Metric,
        unit: Some(unit),
        polarity: Some(Polarity::LowerIsBetter),
        meaning: None,
        reason: "a duration in the schema of the file",
    }
}

/// Says which columns are not read.
fn note_others(others: &[(String, &'static str)], sink: &mut Sink) {
    let mut reasons: Vec<&str> = others.iter().map(|(_, reason)| *reason).collect();
    reasons.sort_unstable();
    reasons.dedup();
    for reason in reasons {
        let names: Vec<&str> =
            others.iter().filter(|(_, other)| *other == reason).map(|(name, _)| name.as_str()).collect();
        let quoted = names.iter().take(NAMED_COLUMNS).map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        let more = names.len().saturating_sub(NAMED_COLUMNS);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        sink.findings.push(Finding::new(
            Severity::Note,
            FindingKind::UnreadableField,
            Place::source(&sink.provenance.name),
            format!("{quoted}{more}: {reason}"),
            "not read: only numbers, texts, booleans, instants and durations are",
        ));
    }
}

fn note_broken(group: usize, error: &ParquetError, taken: u64, sink: &mut Sink) {
    let finding = Finding::new(
        Severity::Corrupted,
        FindingKind::MalformedRecord,
        Place::line(&sink.provenance.name, taken + 1),
        format!("row group {group}, counted from 0, cannot be decoded from this row on: {error}"),
        "the rows from here on were not read",
    );
    sink.findings.push(finding);
}

/// Takes the rows of a group.
fn take_group(
    group: &dyn RowGroupReader,
    columns: &[LeafColumn],
    table: &mut TableBuilder,
    size: u64,
) -> Result<(), ParquetError> {
    let rows = usize::try_from(group.metadata().num_rows()).unwrap_or(0);
    let readers: Result<Vec<_>, _> = columns.iter().map(|column| group.get_column_reader(column.leaf)).collect();
    let mut readers = readers?;
    let mut left = rows;
    while left > 0 && !columns.is_empty() {
        if table.rows() / MOST_ROWS_A_BYTE > size {
            return Err(ParquetError::General("more rows than its bytes can hold".to_owned()));
        }
        let step = left.min(STEP);
        let mut part = Part::default();
        let mut odd = Vec::new();
        for (index, (column, reader)) in columns.iter().zip(&mut readers).enumerate() {
            let mut target = Target { index, column, step, absent: &mut part.absent, odd: &mut odd };
            part.columns.push(target.take(reader)?);
        }
        part.absent.sort_unstable();
        let line = table.rows() + 1;
        odd.sort_by_key(|(row, column, _)| (*row, *column));
        for (row, column, value) in odd {
            let row = row as u64;
            table.note_not_finite(column, line + row, table.rows() + row, value);
        }
        table.append(&part, &Span { start: 0, end: 0, first: 0, rows: step }, line);
        left -= step;
    }
    Ok(())
}

/// Where the next values of a column go.
struct Target<'t> {
    index: usize,
    column: &'t LeafColumn,
    step: usize,
    absent: &'t mut Vec<(u32, u32)>,
    /// Row, column and name of each number that is not finite.
    odd: &'t mut Vec<(usize, usize, &'static str)>,
}

impl Target<'_> {
    fn take(&mut self, reader: &mut ColumnReader) -> Result<PartColumn, ParquetError> {
        match (reader, self.column.meaning) {
            (ColumnReader::BoolColumnReader(reader), _) => {
                self.texts(reader, |value| (if *value { "true" } else { "false" }).as_bytes())
            }
            (ColumnReader::Int96ColumnReader(reader), _) => self.instants(reader, |value| Some(value.to_nanos())),
            (ColumnReader::Int32ColumnReader(reader), Meaning::Instant(nanos)) => {
                self.instants(reader, |value| i64::from(*value).checked_mul(nanos))
            }
            (ColumnReader::Int64ColumnReader(reader), Meaning::Instant(nanos)) => {
                self.instants(reader, |value| value.checked_mul(nanos))
            }
            (ColumnReader::Int32ColumnReader(reader), Meaning::Unsigned) => {
                self.numbers(reader, |value| f64::from(value.cast_unsigned()))
            }
            (ColumnReader::Int64ColumnReader(reader), Meaning::Unsigned) => {
                self.numbers(reader, |value| value.cast_unsigned() as f64)
            }
            (ColumnReader::Int32ColumnReader(reader), Meaning::Decimal(scale)) => {
                self.numbers(reader, |value| decimal(f64::from(*value), scale))
            }
            (ColumnReader::Int64ColumnReader(reader), Meaning::Decimal(scale)) => {
                self.numbers(reader, |value| decimal(*value as f64, scale))
            }
            (ColumnReader::Int32ColumnReader(reader), _) => self.numbers(reader, |value| f64::from(*value)),
            (ColumnReader::Int64ColumnReader(reader), _) => self.numbers(reader, |value| *value as f64),
            (ColumnReader::FloatColumnReader(reader), _) => self.numbers(reader, |value| f64::from(*value)),
            (ColumnReader::DoubleColumnReader(reader), _) => self.numbers(reader, |value| *value),
            (ColumnReader::ByteArrayColumnReader(reader), Meaning::Decimal(scale)) => {
                self.numbers(reader, |value| decimal(big_endian(value.data()), scale))
            }
            (ColumnReader::FixedLenByteArrayColumnReader(reader), Meaning::Decimal(scale)) => {
                self.numbers(reader, |value| decimal(big_endian(value.data()), scale))
            }
            (ColumnReader::ByteArrayColumnReader(reader), _) => self.texts(reader, |value| value.data()),
            (ColumnReader::FixedLenByteArrayColumnReader(reader), _) => self.texts(reader, |value| value.data()),
        }
    }

    /// The next values, and for each row whether it has one.
    fn values<T: DataType>(&self, reader: &mut ColumnReaderImpl<T>) -> Result<(Vec<T::T>, Vec<bool>), ParquetError> {
        let (mut values, mut levels) = (Vec::new(), Vec::new());
        let mut rows = 0;
        // A call may end with a page.
        while rows < self.step {
            let (more, _, _) = reader.read_records(self.step - rows, Some(&mut levels), None, &mut values)?;
            if more == 0 {
                break;
            }
            rows += more;
        }
        let present: Vec<bool> = match self.column.present {
            0 => vec![true; values.len()],
            defined => levels.iter().map(|level| *level == defined).collect(),
        };
        let there = present.iter().filter(|present| **present).count();
        if present.len() != self.step || there != values.len() {
            return Err(ParquetError::General(format!(
                "the column `{}` has fewer values than its rows: {} of {}",
                self.column.name,
                present.len(),
                self.step
            )));
        }
        Ok((values, present))
    }

    fn numbers<T: DataType>(
        &mut self,
        reader: &mut ColumnReaderImpl<T>,
        number: impl Fn(&T::T) -> f64,
    ) -> Result<PartColumn, ParquetError> {
        let (values, present) = self.values(reader)?;
        let mut part = NumberPart { values: Vec::with_capacity(self.step), digits: Vec::with_capacity(self.step) };
        let mut values = values.iter();
        for (row, present) in present.into_iter().enumerate() {
            let value = if present { values.next().map(&number) } else { None };
            match value {
                Some(value) if value.is_finite() => {
                    part.values.push(value);
                    part.digits.push(digits(value));
                    continue;
                }
                Some(value) if value.is_nan() => self.odd.push((row, self.index, "NaN")),
                Some(value) if value > 0.0 => self.odd.push((row, self.index, "inf")),
                Some(_) => self.odd.push((row, self.index, "-inf")),
                None => self.absent.push((row as u32, self.index as u32)),
            }
            // Like its neighbour, so that it does not widen the stretch that it is packed with.
            part.values.push(part.values.last().copied().unwrap_or_default());
            part.digits.push(ABSENT);
        }
        Ok(PartColumn::Numbers(part))
    }

    fn instants<T: DataType>(
        &mut self,
        reader: &mut ColumnReaderImpl<T>,
        instant: impl Fn(&T::T) -> Option<i64>,
    ) -> Result<PartColumn, ParquetError> {
        let (values, present) = self.values(reader)?;
        let mut values = values.iter();
        let cells = present.into_iter().enumerate().map(|(row, present)| {
            let cell = if present { values.next().and_then(&instant) } else { None };
            if cell.is_none() {
                self.absent.push((row as u32, self.index as u32));
            }
            cell
        });
        Ok(PartColumn::Instants(cells.collect()))
    }

    fn texts<T: DataType>(
        &mut self,
        reader: &mut ColumnReaderImpl<T>,
        text: impl Fn(&T::T) -> &[u8],
    ) -> Result<PartColumn, ParquetError> {
        let (values, present) = self.values(reader)?;
        let mut values = values.iter();
        // All texts of the part are given as new ones: the table finds those that it knows.
        let mut part = TextPart { codes: Vec::with_capacity(self.step), known: 0, new: Vec::new() };
        let mut seen: HashMap<&[u8], u32, FixedState> = HashMap::default();
        for present in present {
            let text = if present { values.next().map_or(&b""[..], &text) } else { b"" };
            let code = *seen.entry(text).or_insert_with(|| {
                part.new.push(text.into());
                (part.new.len() - 1) as u32
            });
            part.codes.push(code);
        }
        Ok(PartColumn::Texts(part))
    }
}

/// A whole number of units of 10^-`scale`, divided once, so that it is the nearest number to the decimal.
fn decimal(units: f64, scale: u32) -> f64 {
    units / 10_f64.powi(i32::try_from(scale).unwrap_or(i32::MAX))
}

/// A whole number in two's complement, its first byte first.
fn big_endian(bytes: &[u8]) -> f64 {
    /// More bytes are beyond what an `i128` holds.
    const WIDEST: usize = 16;
    let Some(first) = bytes.first() else { return 0.0 };
    let (sign, rest) = bytes.split_at(bytes.len().saturating_sub(WIDEST));
    let fill: i128 = if *first >= 0x80 { -1 } else { 0 };
    if sign.iter().any(|byte| i128::from(*byte) != fill & 0xff) {
        return f64::NAN;
    }
    rest.iter().fold(fill, |number, byte| number << 8 | i128::from(*byte)) as f64
}

/// Digits after the point in the shortest notation of a number, as a text would have them: none for a whole number.
fn digits(value: f64) -> u8 {
    if value.fract() == 0.0 {
        return 0;
    }
    let with = |digits: i32| {
        let power = 10_f64.powi(digits);
        (value * power).round() / power == value
    };
    // So many digits that the number without its point is still exact.
    let most = (1..=15).rev().find(|digits| value.abs() * 10_f64.powi(*digits) < EXACT).unwrap_or(0);
    if most == 0 || !with(most) {
        return ALL_DIGITS;
    }
    (1..=most).find(|digits| with(*digits)).map_or(NO_DIGITS, |digits| (digits as u8).min(Shape::DIGITS as u8 - 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_those_of_the_shortest_notation() {
        for (value, expected) in [
            (0.0, 0),
            (12.0, 0),
            (-0.5, 1),
            (0.1, 1),
            (24.558, 3),
            (123_456.789_012, 6),
            (1e-7, 7),
            (1e300, 0),
            (0.1 + 0.2, 17),
            (1.0 / 3.0, 17),
        ] {
            assert_eq!(digits(value), expected, "{value}");
        }
    }

    #[test]
    fn whole_numbers_of_any_width_are_in_twos_complement() {
        for (bytes, expected) in [
            (&[][..], 0.0),
            (&[0x01, 0x00], 256.0),
            (&[0xff, 0xfe], -2.0),
            (&[0x80], -128.0),
            (&[0; 20], 0.0),
            (&[0xff; 20], -1.0),
        ] {
            assert_eq!(big_endian(bytes), expected, "{bytes:?}");
        }
        assert!(big_endian(&[1; 17]).is_nan());
    }
}
