//! What both forms of Gatling's log are read into.
//!
//! In: requests, groups, and records that cannot be read. Out: a table of requests, and one of groups, which contain requests.

use crate::measure::finding::{Finding, FindingKind, Place, Severity};
use crate::table::CellType;
use crate::table::storage::Storage;

use crate::ingest::builder::TableBuilder;
use crate::ingest::format::Sink;
use crate::ingest::text::row::RowBuffer;

/// What both forms of the log are read into.
pub(super) struct Log {
    source: String,
    requests: TableBuilder,
    groups: TableBuilder,
    row: RowBuffer,
    /// When the run began, in milliseconds since 1970; instants of the binary form count from there.
    pub(super) start: i64,
    /// Version, simulation and description of the run.
    pub(super) run: Vec<(&'static str, String)>,
    /// Records read; in the binary form they stand for lines.
    pub(super) records: u64,
    pub(super) users: u64,
    pub(super) errors: u64,
    unmatched: u64,
    first_unmatched: u64,
    findings: Vec<Finding>,
    broken: u64,
}

/// Broken records that are named; the rest are counted.
const NAMED_BROKEN: u64 = 20;

impl Log {
    pub(super) fn new(source: &str, storage: &Storage) -> Self {
        Self {
            source: source.to_owned(),
            requests: TableBuilder::of(
                storage,
                None,
                &[
                    ("start", CellType::Integer),
                    ("request", CellType::Text),
                    ("response_time", CellType::Integer),
                    ("status", CellType::Text),
                    ("message", CellType::Text),
                ],
            ),
            groups: TableBuilder::of(
                storage,
                Some("groups"),
                &[
                    ("start", CellType::Integer),
                    ("group", CellType::Text),
                    ("group_duration", CellType::Integer),
                    ("group_response_time", CellType::Integer),
                    ("status", CellType::Text),
                ],
            ),
            row: RowBuffer::default(),
            start: 0,
            run: Vec::new(),
            records: 0,
            users: 0,
            errors: 0,
            unmatched: 0,
            first_unmatched: 0,
            findings: Vec::new(),
            broken: 0,
        }
    }

    /// Takes a request. An end before its start is how Gatling writes an incoming event without its request.
    pub(super) fn request(&mut self, name: &[u8], start: i64, end: i64, status: &[u8], message: &[u8], line: u64) {
        let Some(time) = end.checked_sub(start).filter(|time| *time >= 0) else {
            self.unmatched += 1;
            if self.unmatched == 1 {
                self.first_unmatched = line;
            }
            return;
        };
        self.row.clear();
        self.row.push_number(start);
        self.row.push(name);
        self.row.push_number(time);
        self.row.push(status);
        self.row.push(message);
        self.requests.push(self.row.row(), line);
    }

    pub(super) fn group(&mut self, name: &[u8], start: i64, end: i64, cumulated: i64, status: &[u8], line: u64) {
        self.row.clear();
        self.row.push_number(start);
        self.row.push(name);
        self.row.push_number(end.saturating_sub(start));
        self.row.push_number(cumulated);
        self.row.push(status);
        self.groups.push(self.row.row(), line);
    }

    pub(super) fn note_broken(&mut self, line: Option<u64>, kind: FindingKind, reason: String, action: &str) {
        self.broken += 1;
        if self.broken <= NAMED_BROKEN {
            let place = line.map_or_else(|| Place::source(&self.source), |line| Place::line(&self.source, line));
            self.findings.push(Finding::new(Severity::Corrupted, kind, place, reason, action));
        }
    }

    pub(super) fn finish(self, sink: &mut Sink) {
        sink.provenance.lines = self.records;
        for (name, value) in self.run.into_iter().filter(|(_, value)| !value.is_empty()) {
            sink.provenance.evidence.push(format!("{name} {value}"));
        }
        if self.users > 0 {
            sink.provenance.evidence.push(format!("{} users were started", self.users));
        }
        if self.errors > 0 {
            let errors = format!("{} ERROR records (messages of the scenario, no requests) passed over", self.errors);
            sink.provenance.evidence.push(errors);
        }
        for _ in 0..self.unmatched {
            sink.provenance.set_aside("an incoming event without its request", self.first_unmatched);
        }
        sink.findings.extend(self.findings);
        if self.broken > NAMED_BROKEN {
            let more = self.broken - NAMED_BROKEN;
            let reason = format!("{more} more records cannot be read");
            let place = Place::source(&self.source);
            let finding =
                Finding::new(Severity::Corrupted, FindingKind::MalformedRecord, place, reason, "they were passed over");
            sink.findings.push(finding.count(more));
        }
        if self.groups.rows() > 0 {
            sink.provenance.evidence.push(format!(
                "{} group records stand in a table of their own, because groups contain requests",
                self.groups.rows()
            ));
        }
        let groups = (self.groups.rows() > 0).then_some(self.groups);
        sink.tables.push(self.requests);
        sink.tables.extend(groups);
    }
}
