//! What a format is: how it is recognised and read, and what users are told about it.
//!
//! A format is one file in `formats`, with one value of [`Format`], and one line in the table there. The nouns of a format's
//! functions and of its columns are named here too, so that it needs one `use` line for them.

pub(crate) use crate::ingest::error::IngestError;
pub(crate) use crate::ingest::head::Head;
pub(crate) use crate::ingest::meaning::declared::Declared;
pub(crate) use crate::ingest::options::SourceOptions;
pub(crate) use crate::ingest::sink::Sink;
pub(crate) use crate::ingest::text::lines::AnyRecords;
pub(crate) use crate::measure::finding::{FindingKind, Severity};
pub(crate) use crate::measure::unit::Unit;
pub(crate) use crate::measure::{Polarity, RowKind, Statistic};
pub(crate) use crate::table::{CellType, Role};

/// What a file of a format holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holds {
    /// Every sample.
    Samples,
    /// Numbers that the tool has summarised.
    Summaries,
    /// Counts by bucket.
    Histograms,
}

/// What a file of a format says about failures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failures {
    /// They stand in it, as these words say.
    Recorded(&'static str),
    /// The tool cannot write them.
    NotRecorded,
    /// Whatever the columns of the file say.
    ByColumn,
}

/// A format that can be read, with what users are told about it.
#[derive(Debug)]
pub struct Format {
    /// Its name, for `--format`.
    pub name: &'static str,
    /// What it is, in a line.
    pub about: &'static str,
    /// What its durations measure, in words.
    pub latency: &'static str,
    /// What it says about failures.
    pub failures: Failures,
    /// Samples, or summaries only.
    pub holds: Holds,
    /// What one of its rows is.
    pub row: RowKind,
    /// A command that writes such a file.
    pub example: &'static str,
    /// Where its definition stands: a program's source file or documentation page, by name.
    pub upstream: &'static str,
    /// The evidence that a source is of this format, if it is.
    pub(crate) sniff: fn(&Head<'_>) -> Option<Vec<String>>,
    /// Reads a source to its end.
    pub(crate) read: fn(&mut AnyRecords<'_>, &SourceOptions, &mut Sink) -> Result<(), IngestError>,
}
