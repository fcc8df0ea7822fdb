//! Gatling's `simulation.log`: records by tabs up to version 3.11, binary records from 3.12 on.
//!
//! In: the records, streamed. Out: a table of requests, and one of groups, which contain requests. Definition: Gatling's
//! `LogFileDataWriter` and `LogFileReader`.

mod binary;
mod log;
mod text;

use crate::ingest::format::{
    AnyRecords, Declared, Failures, Format, Head, Holds, IngestError, Role, RowKind, Sink, SourceOptions, Unit,
};

use log::Log;

pub(crate) const FORMAT: Format = Format {
    name: "gatling",
    about: "simulation.log of Gatling, as text (up to 3.11) or binary (from 3.12)",
    latency: "response_time: from the beginning of the request, connecting included, to the last byte of the response",
    failures: Failures::Recorded("KO, with a message"),
    holds: Holds::Samples,
    row: RowKind::Request,
    example: "mvn gatling:test; perfreport summarize target/gatling/*/simulation.log",
    upstream: "Gatling LogFileDataWriter, LogFileReader",
    sniff,
    read,
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
    let time = |column, meaning, reason| Declared::time(column, Unit::MILLISECOND, meaning, reason);
    vec![
        Declared::column("start", Role::Timestamp, "Gatling: when the request began"),
        Declared::column("request", Role::Label, "Gatling: name of the request, behind the groups that it stands in"),
        Declared::column("group", Role::Label, "Gatling: name of the group"),
        Declared::column("status", Role::Status, "Gatling: OK or KO"),
        Declared::column("message", Role::Unused, "Gatling: why a request is KO"),
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
