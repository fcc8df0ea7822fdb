//! Apache Parquet files.
//!
//! In: a whole file, held in memory. Out: one table whose lines are its rows, counted from 1: numbers, texts, booleans,
//! instants, and durations with the unit that the schema states. Only columns that can be used are decoded; lists,
//! times of day and binary values are set aside, with a note. Row groups come one after the other: where one cannot be
//! decoded, the rows before it stand. Refuses what has no readable footer. A program that was built without the feature
//! `parquet` knows such files and says how they can be read.

#[cfg(feature = "parquet")]
mod arrow_schema;
#[cfg(feature = "parquet")]
mod columns;
#[cfg(feature = "parquet")]
mod decode;

#[cfg(not(feature = "parquet"))]
use crate::ingest::format::{AnyRecords, IngestError, Sink, SourceOptions};
use crate::ingest::format::{Failures, Format, Head, Holds, RowKind};

#[cfg(feature = "parquet")]
use decode::read;

pub(crate) const FORMAT: Format = Format {
    name: "parquet",
    about: "Apache Parquet (feature `parquet`, built in by default); a line is a row, counted from 1",
    latency: "whatever its names say; durations in the unit of the schema",
    failures: Failures::ByColumn,
    holds: Holds::Samples,
    row: RowKind::Unnamed,
    example: "duckdb -c \"COPY requests TO 'requests.parquet'\" && perfreport summarize requests.parquet",
    upstream: "apache/parquet-format, README.md and LogicalTypes.md",
    sniff,
    read,
};

/// The first and the last bytes of a file.
const MAGIC: &[u8] = b"PAR1";

fn sniff(head: &Head<'_>) -> Option<Vec<String>> {
    // A text may begin like that; a file goes on with a page header, which begins with a small number.
    let binary = head.bytes.get(MAGIC.len()).is_none_or(|byte| !byte.is_ascii_graphic());
    (binary && head.bytes.starts_with(MAGIC))
        .then(|| vec!["it begins with `PAR1`, as Parquet files do; its lines are rows, counted from 1".to_owned()])
}

#[cfg(not(feature = "parquet"))]
fn read(_: &mut AnyRecords<'_>, _: &SourceOptions, _: &mut Sink) -> Result<(), IngestError> {
    Err(IngestError::Malformed(
        "this is a Parquet file, which only a program built with the feature `parquet` reads (cargo install --features \
         parquet); or convert it: duckdb -c \"COPY 'in.parquet' TO 'out.csv'\""
            .to_owned(),
    ))
}

#[cfg(test)]
#[cfg(feature = "parquet")]
mod tests;
