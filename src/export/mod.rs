//! Samples for other programs: a tidy row for each, as batches, polars frames, CSV, NDJSON or Parquet.
//!
//! In: sources and the analyses of their tables. Out: rows, or bytes in a writer that the caller gives. Beside `report`, whose
//! words it uses for the evidence; opens no files.

#[cfg(feature = "parquet")]
mod dictionary;
#[cfg(feature = "frames")]
mod frame;
#[cfg(feature = "parquet")]
pub mod parquet;
pub mod samples;
pub mod text;
