//! Where the reader of a format puts what it reads.
//!
//! In: tables under construction, numbers that a tool summarised, findings. Out: the parts of a source, before its columns
//! have roles.

use crate::measure::finding::Finding;
use crate::measure::reported::{RecordedHistogram, Reported};
use crate::table::source::Provenance;
use crate::table::storage::Storage;
use crate::table::swarm::SwarmRecord;

use crate::ingest::builder::TableBuilder;
use crate::ingest::meaning::declared::Declared;

/// What a format's reader gives its results to.
#[derive(Debug, Default)]
pub(crate) struct Sink {
    pub(crate) tables: Vec<TableBuilder>,
    pub(crate) swarm: Vec<SwarmRecord>,
    pub(crate) reported: Vec<Reported>,
    pub(crate) reported_caveats: Vec<String>,
    pub(crate) histograms: Vec<RecordedHistogram>,
    /// Whether the format has no tables, so that a file without a column of measured values is nothing to speak of.
    pub(crate) no_tables: bool,
    /// What the format's definition says about columns of its tables.
    pub(crate) declared: Vec<Declared>,
    /// The same of columns that the file itself names: counters, units of its own.
    pub(crate) declared_by_file: Vec<(String, Declared)>,
    /// Whether labels that differ only in numbers are different things.
    pub(crate) labels_exact: bool,
    /// Whether the tool sorted the rows of its tables by their values.
    pub(crate) rows_sorted: bool,
    pub(crate) findings: Vec<Finding>,
    /// Where columns are kept.
    pub(crate) storage: Storage,
    pub(crate) provenance: Provenance,
}
