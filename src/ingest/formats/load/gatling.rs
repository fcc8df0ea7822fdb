//! Gatling's `simulation.log`: records by tabs up to version 3.11, binary records from 3.12 on.
//!
//! In: the records, streamed. Out: a table of requests, and one of groups, which contain requests. Definition: Gatling's
//! `LogFileDataWriter` and `LogFileReader`.

mod binary;
mod text;

use crate::measure::Polarity;
use crate::measure::finding::{Finding, FindingKind, Place, Severity};
use crate::measure::unit::Unit;
use crate::table::storage::Storage;
use crate::table::{CellType, Role};

use crate::ingest::builder::TableBuilder;
use crate::ingest::format::{AnyRecords, Failures, Format, Head, Holds, IngestError, Sink, SourceOptions};
use crate::ingest::meaning::declared::Declared;
use crate::ingest::text::row::RowBuffer;

pub(crate) const FORMAT: Format = Format {
    name: "gatling",
    about: "simulation.log of Gatling, as text (up to 3.11) or binary (from 3.12)",
    latency: "response_time: from the beginning of the request, connecting included, to the last byte of the response",
    failures: Failures::Recorded("KO, with a message"),
    holds: Holds::Samples,
    example: "mvn gatling:test; perfreport summarize target/gatling/*/simulation.log",
    upstream: "Gatling LogFileDataWriter, LogFileReader",
    generic: false,
    sniff,
    read,
    settle: None,
};

fn sniff(head: &Head<'_>) -> Option<Vec<String>> {
    binary::sniff(head).or_else(|| text::sniff(head))
}

fn read(records: &mut AnyRecords<'_>, _: &SourceOptions, sink: &mut Sink) -> Result<(), IngestError> {
    sink.declared = columns();
    let mut log = Log::new(&sink.provenance.name, &sink.storage);
    let is_binary = records.peek(1)?.first() == Some(&binary::RUN);
    let outcome = if is_binary { binary::read(records, &mut log) } else { text::read(records, &mut log) };
    log.finish(sink);
    outcome
}

fn columns() -> Vec<Declared> {
    let time = |column, meaning, reason| Declared {
        column,
        role: Role::Metric,
        unit: Some(Unit::MILLISECOND),
        polarity: Some(Polarity::LowerIsBetter),
        meaning: Some(meaning),
        reason,
    };
    let other = |column, role, reason| Declared { column, role, unit: None, polarity: None, meaning: None, reason };
    vec![
        other("start", Role::Timestamp, "Gatling: when the request began"),
        other("request", Role::Label, "Gatling: name of the request, behind the groups that it stands in"),
        other("group", Role::Label, "Gatling: name of the group"),
        other("status", Role::Status, "Gatling: OK or KO"),
        other("message", Role::Unused, "Gatling: why a request is KO"),
        time(
            "response_time",
            "time from the beginning of the request to the last byte of the response, connecting included",
            "Gatling: milliseconds from start to end",
        ),
        time(
            "group_duration",
            "time from the beginning of a group to its end, pauses included",
            "Gatling: milliseconds from start to end",
        ),
        time(
            "group_response_time",
            "sum of the response times in a group, without pauses",
            "Gatling: milliseconds, summed by Gatling",
        ),
    ]
}

/// What both forms of the log are read into.
struct Log {
    source: String,
    requests: TableBuilder,
    groups: TableBuilder,
    row: RowBuffer,
    /// When the run began, in milliseconds since 1970; instants of the binary form count from there.
    start: i64,
    /// Version, simulation and description of the run.
    run: Vec<(&'static str, String)>,
    /// Records read; in the binary form they stand for lines.
    records: u64,
    users: u64,
    errors: u64,
    unmatched: u64,
    first_unmatched: u64,
    findings: Vec<Finding>,
    broken: u64,
}

/// Broken records that are named; the rest are counted.
const NAMED_BROKEN: u64 = 20;

impl Log {
    fn new(source: &str, storage: &Storage) -> Self {
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
    fn request(&mut self, name: &[u8], start: i64, end: i64, status: &[u8], message: &[u8], line: u64) {
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

    fn group(&mut self, name: &[u8], start: i64, end: i64, cumulated: i64, status: &[u8], line: u64) {
        self.row.clear();
        self.row.push_number(start);
        self.row.push(name);
        self.row.push_number(end.saturating_sub(start));
        self.row.push_number(cumulated);
        self.row.push(status);
        self.groups.push(self.row.row(), line);
    }

    fn note_broken(&mut self, line: Option<u64>, kind: FindingKind, reason: String, action: &str) {
        self.broken += 1;
        if self.broken <= NAMED_BROKEN {
            let place = line.map_or_else(|| Place::source(&self.source), |line| Place::line(&self.source, line));
            self.findings.push(Finding::new(Severity::Corrupted, kind, place, reason, action));
        }
    }

    fn finish(self, sink: &mut Sink) {
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
