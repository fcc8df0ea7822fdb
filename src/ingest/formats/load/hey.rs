//! hey: the rows that `hey -o csv` writes.
//!
//! In: a row an answer, seconds with four decimals. Out: samples with status codes. Requests that got no answer are not in
//! the file.

use crate::ingest::format::{
    AnyRecords, Declared, Failures, Format, Holds, IngestError, Role, RowKind, Sink, SourceOptions, Unit,
};
use crate::ingest::signature;
use crate::ingest::text::delimited;

const HEADER: &[u8] = b"response-time,DNS+dialup,DNS,Request-write,Response-delay,Response-read,status-code,offset";
/// hey keeps no more results than this (`maxRes` in requester/report.go).
const MOST_ROWS: u64 = 1_000_000;
const TOTAL: &str =
    "from the beginning of the request, looking up and connecting included, to the last byte; closed loop";

pub(crate) const FORMAT: Format = Format {
    name: "hey-csv",
    about: "hey, a row an answer (`hey -o csv`)",
    latency: TOTAL,
    failures: Failures::Recorded("status codes; requests without an answer (refused, timed out) are not in the file"),
    holds: Holds::Samples,
    row: RowKind::Request,
    example: "hey -n 1000 -c 10 -o csv http://localhost:8080/ > hey.csv && perfreport summarize hey.csv",
    upstream: "rakyll/hey, requester/print.go, csvTmpl, and requester/report.go",
    sniff: |head| signature::header_is(head, HEADER, "response-time,DNS+dialup,…,status-code,offset", "hey"),
    read,
};

fn read(records: &mut AnyRecords<'_>, options: &SourceOptions, sink: &mut Sink) -> Result<(), IngestError> {
    const DURATIONS: &[(&str, &str)] = &[
        ("response-time", TOTAL),
        ("DNS+dialup", "from the beginning of the request to the connection; 0 where it was kept alive"),
        ("DNS", "looking up the name; 0 where the connection was kept alive"),
        ("Request-write", "from the connection to the request's last byte"),
        ("Response-delay", "from the request's last byte to the answer's first"),
        ("Response-read", "from the answer's first byte to its last"),
    ];
    sink.declared.extend(
        DURATIONS
            .iter()
            .map(|&(column, meaning)| Declared::time(column, Unit::SECOND, meaning, "hey writes durations in seconds")),
    );
    sink.declared.extend([
        Declared::column("status-code", Role::Status, "hey: the status code of the answer"),
        Declared::column(
            "offset",
            Role::Timestamp,
            "hey: when the request began, in seconds since the start of the run",
        ),
    ]);
    sink.provenance.evidence.push(
        "hey leaves out requests without an answer (refused, reset, timed out): failures are those by status code only"
            .to_owned(),
    );
    delimited::read(records, options, sink)?;
    if sink.tables.iter().any(|table| table.rows() >= MOST_ROWS) {
        sink.provenance
            .evidence
            .push("hey keeps the first 1,000,000 answers; later ones are not in the file".to_owned());
    }
    Ok(())
}
