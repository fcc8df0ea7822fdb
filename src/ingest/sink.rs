//! Where the reader of a format puts what it reads.
//!
//! In: tables under construction, numbers that a tool summarised, findings. Out: the parts of a source, before its columns
//! have roles.

use crate::measure::finding::{Finding, FindingKind, Place, Severity};
use crate::measure::reported::{RecordedHistogram, Reported, ReportedCause};
use crate::table::LabelIdentity;
use crate::table::source::{Provenance, Source};
use crate::table::storage::Storage;
use crate::table::swarm::SwarmRecord;

use crate::ingest::builder::TableBuilder;
use crate::ingest::meaning::declared::Declared;
use crate::ingest::options::SourceOptions;
use crate::ingest::text::lines::MAX_RECORD;

/// What becomes of bytes that are not UTF-8.
pub(crate) const BYTES_SHOWN: &str = "the bytes are shown as \u{fffd}; numbers are not affected";

/// What a format's reader gives its results to.
#[derive(Debug, Default)]
pub(crate) struct Sink {
    pub(crate) tables: Vec<TableBuilder>,
    pub(crate) swarm: Vec<SwarmRecord>,
    pub(crate) reported: Vec<Reported>,
    pub(crate) reported_caveats: Vec<String>,
    /// Failures by code or message.
    pub(crate) causes: Vec<ReportedCause>,
    pub(crate) histograms: Vec<RecordedHistogram>,
    /// Whether the format has no tables, so that a file without a column of measured values is nothing to speak of.
    pub(crate) no_tables: bool,
    /// What the format's definition says about columns of its tables.
    pub(crate) declared: Vec<Declared>,
    /// The same of columns that the file itself names: counters, units of its own.
    pub(crate) declared_by_file: Vec<(String, Declared)>,
    /// What its labels name.
    pub(crate) labels: LabelIdentity,
    /// Whether the tool sorted the rows of its tables by their values.
    pub(crate) rows_sorted: bool,
    /// Lines of text that stand above the first table.
    pub(crate) above: Vec<String>,
    /// What is left to do once the tables of the source stand, such as leaving out rows that sum up others.
    pub(crate) settle: Option<fn(&mut Source, &SourceOptions)>,
    pub(crate) findings: Vec<Finding>,
    /// Where columns are kept.
    pub(crate) storage: Storage,
    pub(crate) provenance: Provenance,
}

impl Sink {
    /// Adds a finding about a line, or about the whole source.
    pub(crate) fn find(
        &mut self,
        severity: Severity,
        kind: FindingKind,
        line: impl Into<Option<u64>>,
        reason: impl Into<String>,
        action: &str,
    ) -> &mut Finding {
        let source = &self.provenance.name;
        let place = line.into().map_or_else(|| Place::source(source), |line| Place::line(source, line));
        let index = self.findings.len();
        self.findings.push(Finding::new(severity, kind, place, reason, action));
        &mut self.findings[index]
    }

    /// Passes over a line that is too long to be kept.
    pub(crate) fn pass_over(&mut self, line: u64) {
        self.provenance.set_aside("line too long", line);
        let reason = format!("the line is longer than {} MiB", MAX_RECORD >> 20);
        self.find(Severity::Corrupted, FindingKind::OverlongLine, line, reason, "the line was passed over");
    }
}
