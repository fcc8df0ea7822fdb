//! Samples as Parquet.
//!
//! In: batches of samples. Out: a Parquet file in the writer that the caller gives, in row groups of at most `GROUP` rows, so
//! that no more than that is held. Columns of a row group are encoded at once, on any thread; texts go through a
//! `dictionary`, numbers do not.

use std::io::{self, Write};
use std::sync::Arc;

use bytes::Bytes;
use parquet::basic::{Compression, Encoding, LogicalType, Repetition, TimeUnit, Type as PhysicalType};
use parquet::column::writer::{ColumnCloseResult, ColumnWriter, get_column_writer};
use parquet::errors::{ParquetError, Result};
use parquet::file::properties::{EnabledStatistics, WriterProperties, WriterPropertiesPtr};
use parquet::file::writer::{SerializedFileWriter, SerializedPageWriter, TrackedWrite};
use parquet::schema::types::{ColumnDescPtr, ColumnPath, Type, TypePtr};
use rayon::prelude::*;

use super::dictionary::{self, Column};
use super::samples::{Batch, COLUMNS, Schema};

/// Rows of a row group, at most, but for the last batch.
const GROUP: usize = 1 << 17;

/// Writes samples as Parquet.
pub struct Parquet<W: Write + Send> {
    out: SerializedFileWriter<W>,
    properties: WriterPropertiesPtr,
    held: Vec<Arc<Batch>>,
    rows: usize,
}

impl<W: Write + Send> Parquet<W> {
    /// Writes the beginning of the file.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn new(out: W, schema: &Schema) -> io::Result<Self> {
        let properties = Arc::new(properties());
        let message = message(schema).map_err(told)?;
        let out = SerializedFileWriter::new(out, message, Arc::clone(&properties)).map_err(told)?;
        Ok(Self { out, properties, held: Vec::new(), rows: 0 })
    }

    /// Takes samples, and writes a row group whenever there are enough.
    ///
    /// # Errors
    /// When they cannot be written.
    pub fn write(&mut self, batch: Arc<Batch>) -> io::Result<()> {
        self.rows += batch.len();
        self.held.push(batch);
        if self.rows >= GROUP { self.write_group().map_err(told) } else { Ok(()) }
    }

    /// Writes what is left, and the end of the file.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn finish(mut self) -> io::Result<()> {
        if self.rows > 0 {
            self.write_group().map_err(told)?;
        }
        self.out.close().map(drop).map_err(told)
    }

    fn write_group(&mut self) -> Result<()> {
        let (batches, properties) = (&self.held, &self.properties);
        let columns: Vec<(usize, &ColumnDescPtr)> = self.out.schema_descr().columns().iter().enumerate().collect();
        let encoded: Vec<Result<(Bytes, ColumnCloseResult)>> = columns
            .into_par_iter()
            .map(|(index, descriptor)| encode(batches, index, Arc::clone(descriptor), Arc::clone(properties)))
            .collect();
        let mut group = self.out.next_row_group()?;
        for column in encoded {
            let (bytes, closed) = column?;
            group.append_column(&bytes, closed)?;
        }
        group.close()?;
        self.held.clear();
        self.rows = 0;
        Ok(())
    }
}

/// What goes wrong in the file below is told as what it was.
fn told(error: ParquetError) -> io::Error {
    match error {
        ParquetError::External(inner) => inner.downcast::<io::Error>().map_or_else(io::Error::other, |error| *error),
        other => io::Error::other(other),
    }
}

/// The columns of the file.
fn message(schema: &Schema) -> Result<TypePtr> {
    let column = |(index, name): (usize, &String)| {
        let instant = LogicalType::timestamp(true, TimeUnit::NANOS);
        let (physical, logical, repetition) = match COLUMNS.get(index).copied() {
            Some("table_index" | "line_number") => (PhysicalType::INT64, None, Repetition::REQUIRED),
            Some("value") => (PhysicalType::DOUBLE, None, Repetition::REQUIRED),
            Some("time") => (PhysicalType::INT64, Some(instant), Repetition::OPTIONAL),
            Some("kept") => (PhysicalType::BOOLEAN, None, Repetition::REQUIRED),
            Some("source" | "metric") => (PhysicalType::BYTE_ARRAY, Some(LogicalType::String), Repetition::REQUIRED),
            _ => (PhysicalType::BYTE_ARRAY, Some(LogicalType::String), Repetition::OPTIONAL),
        };
        let primitive = Type::primitive_type_builder(name, physical);
        Ok(Arc::new(primitive.with_logical_type(logical).with_repetition(repetition).build()?))
    };
    let columns: Result<Vec<TypePtr>> = schema.columns().iter().enumerate().map(column).collect();
    Ok(Arc::new(Type::group_type_builder("samples").with_fields(columns?).build()?))
}

fn properties() -> WriterProperties {
    let mut builder = WriterProperties::builder()
        .set_created_by(format!("perfreport {}", env!("CARGO_PKG_VERSION")))
        .set_compression(Compression::SNAPPY)
        .set_statistics_enabled(EnabledStatistics::None)
        .set_offset_index_disabled(true)
        .set_max_row_group_row_count(None);
    for (name, encoding) in [
        ("line_number", Encoding::DELTA_BINARY_PACKED),
        ("time", Encoding::DELTA_BINARY_PACKED),
        ("value", Encoding::PLAIN),
    ] {
        let path = ColumnPath::from(name);
        builder = builder
            .set_column_dictionary_enabled(path.clone(), false)
            .set_column_statistics_enabled(path.clone(), EnabledStatistics::Chunk)
            .set_column_encoding(path, encoding);
    }
    builder.build()
}

/// A column of a row group, encoded.
fn encode(
    batches: &[Arc<Batch>],
    index: usize,
    descriptor: ColumnDescPtr,
    properties: WriterPropertiesPtr,
) -> Result<(Bytes, ColumnCloseResult)> {
    if descriptor.physical_type() == PhysicalType::BYTE_ARRAY {
        return dictionary::encode(batches.iter().map(|batch| texts(batch, index)), descriptor);
    }
    let mut sink = TrackedWrite::new(Vec::new());
    let mut writer = get_column_writer(descriptor, properties, Box::new(SerializedPageWriter::new(&mut sink)));
    for batch in batches {
        match (COLUMNS.get(index).copied(), &mut writer) {
            (Some("table_index"), ColumnWriter::Int64ColumnWriter(writer)) => {
                writer.write_batch(&vec![i64::try_from(batch.table).unwrap_or(i64::MAX); batch.len()], None, None)?;
            }
            (Some("line_number"), ColumnWriter::Int64ColumnWriter(writer)) => {
                let lines: Vec<i64> = batch.lines.iter().map(|line| line.cast_signed()).collect();
                writer.write_batch(&lines, None, None)?;
            }
            (Some("value"), ColumnWriter::DoubleColumnWriter(writer)) => {
                writer.write_batch(&batch.values, None, None)?;
            }
            (Some("time"), ColumnWriter::Int64ColumnWriter(writer)) => {
                let times: Vec<i64> = batch.times.iter().flatten().copied().collect();
                let levels: Vec<i16> = (0..batch.len()).map(|row| i16::from(batch.time(row).is_some())).collect();
                writer.write_batch(&times, Some(&levels), None)?;
            }
            (Some("kept"), ColumnWriter::BoolColumnWriter(writer)) => {
                writer.write_batch(&batch.kept, None, None)?;
            }
            _ => return Err(ParquetError::General("a column is not of its type".to_owned())),
        }
    }
    let closed = writer.close()?;
    Ok((sink.into_inner()?.into(), closed))
}

/// What a column of texts holds in a batch.
fn texts(batch: &Batch, index: usize) -> Column<'_> {
    let rows = batch.len();
    match COLUMNS.get(index).copied() {
        Some("source") => Column::Same(Some(&batch.source), rows),
        Some("metric") => Column::Same(Some(&batch.metric), rows),
        Some("unit") => Column::Same(batch.unit, rows),
        Some("group") => Column::Each(&batch.group, rows),
        Some("run") => Column::Each(&batch.run, rows),
        Some("outcome") => Column::Each(&batch.outcome, rows),
        Some("finding") => Column::Each(&batch.finding, rows),
        Some("evidence") => Column::Each(&batch.evidence, rows),
        _ => Column::Each(&batch.labels[index - COLUMNS.len()], rows),
    }
}
