//! Samples as text: CSV and NDJSON.
//!
//! In: batches of samples. Out: a line each in the writer that the caller gives. Numbers are written with as many digits as give
//! them back exactly, instants as ISO 8601 in UTC, and texts as they are: CSV quotes them, and an absent one is an empty cell.

use std::io::{self, Write};

use jiff::Timestamp;
use serde::ser::{Serialize, SerializeMap, Serializer};

use super::samples::{Batch, Sample, Schema};

/// Writes samples as CSV.
pub struct Csv<W: Write> {
    out: csv::Writer<W>,
    /// Room for a number or an instant.
    cell: Vec<u8>,
}

impl<W: Write> Csv<W> {
    /// Writes the header.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn new(out: W, schema: &Schema) -> io::Result<Self> {
        let mut out = csv::Writer::from_writer(out);
        out.write_record(schema.columns())?;
        Ok(Self { out, cell: Vec::new() })
    }

    /// Writes a row for each sample.
    ///
    /// # Errors
    /// When they cannot be written.
    pub fn write(&mut self, batch: &Batch) -> io::Result<()> {
        for Sample { row, .. } in batch.samples() {
            self.out.write_field(&*batch.source)?;
            self.write_number(format_args!("{}", batch.table))?;
            self.write_number(format_args!("{}", batch.lines[row]))?;
            self.out.write_field(&*batch.metric)?;
            self.out.write_field(batch.unit.unwrap_or_default())?;
            // With a point even where it is whole, so that a column of numbers stays one.
            self.write_number(format_args!("{:?}", batch.values[row]))?;
            self.out.write_field(batch.group.get(row).unwrap_or_default())?;
            self.out.write_field(batch.run.get(row).unwrap_or_default())?;
            match instant(batch, row) {
                Some(instant) => self.write_number(format_args!("{instant}"))?,
                None => self.out.write_field("")?,
            }
            self.out.write_field(batch.outcome.get(row).unwrap_or_default())?;
            self.out.write_field(if batch.kept[row] { "true" } else { "false" })?;
            self.out.write_field(batch.finding.get(row).unwrap_or_default())?;
            self.out.write_field(batch.evidence.get(row).unwrap_or_default())?;
            for label in &batch.labels {
                self.out.write_field(label.get(row).unwrap_or_default())?;
            }
            self.out.write_record(None::<&[u8]>)?;
        }
        Ok(())
    }

    fn write_number(&mut self, number: std::fmt::Arguments<'_>) -> io::Result<()> {
        self.cell.clear();
        self.cell.write_fmt(number)?;
        Ok(self.out.write_field(&self.cell)?)
    }

    /// Writes what is left.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn finish(mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// Writes samples as NDJSON: an object a line.
pub struct Ndjson<W: Write> {
    out: W,
    schema: Schema,
}

impl<W: Write> Ndjson<W> {
    /// Writes nothing yet.
    pub fn new(out: W, schema: &Schema) -> Self {
        Self { out, schema: schema.clone() }
    }

    /// Writes a line for each sample.
    ///
    /// # Errors
    /// When they cannot be written.
    pub fn write(&mut self, batch: &Batch) -> io::Result<()> {
        for sample in batch.samples() {
            serde_json::to_writer(&mut self.out, &Line { sample, columns: self.schema.columns() })?;
            self.out.write_all(b"\n")?;
        }
        Ok(())
    }

    /// Writes what is left.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn finish(mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// A sample as an object with all columns, `null` where it has nothing.
struct Line<'a> {
    sample: Sample<'a>,
    columns: &'a [String],
}

impl Serialize for Line<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Sample { batch, row } = self.sample;
        let mut columns = self.columns.iter();
        let mut map = serializer.serialize_map(Some(self.columns.len()))?;
        let mut name = || columns.next().map(String::as_str).unwrap_or_default();
        map.serialize_entry(name(), &*batch.source)?;
        map.serialize_entry(name(), &batch.table)?;
        map.serialize_entry(name(), &batch.lines[row])?;
        map.serialize_entry(name(), &*batch.metric)?;
        map.serialize_entry(name(), &batch.unit)?;
        map.serialize_entry(name(), &batch.values[row])?;
        map.serialize_entry(name(), &batch.group.get(row))?;
        map.serialize_entry(name(), &batch.run.get(row))?;
        map.serialize_entry(name(), &instant(batch, row).map(DisplayText))?;
        map.serialize_entry(name(), &batch.outcome.get(row))?;
        map.serialize_entry(name(), &batch.kept[row])?;
        map.serialize_entry(name(), &batch.finding.get(row))?;
        map.serialize_entry(name(), &batch.evidence.get(row))?;
        for label in &batch.labels {
            map.serialize_entry(name(), &label.get(row))?;
        }
        map.end()
    }
}

/// Something that JSON holds as the text it is shown as.
struct DisplayText(Timestamp);

impl Serialize for DisplayText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

/// When a sample was recorded; absent where no calendar has the instant.
fn instant(batch: &Batch, row: usize) -> Option<Timestamp> {
    Timestamp::from_nanosecond(i128::from(batch.time(row)?)).ok()
}
