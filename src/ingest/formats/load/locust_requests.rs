//! Locust's log of requests as CSV: a row a request.
//!
//! In: a text with commas, read by the reader of delimited text. Out: its table. Definition: Locust's
//! `contrib/csv_request_logger.py`.

use crate::ingest::format::{
    AnyRecords, Declared, Failures, Format, Holds, IngestError, Role, RowKind, Sink, SourceOptions, Unit,
};
use crate::ingest::formats::load::locust;
use crate::ingest::signature;
use crate::ingest::text::delimited;

pub(crate) const FORMAT: Format = Format {
    name: "locust-requests",
    about: "Locust's log of single requests as CSV",
    latency: locust::MEANING,
    failures: Failures::Recorded("exception is not empty"),
    holds: Holds::Samples,
    row: RowKind::Request,
    example: "locust --headless -t 1m (csv_request_logger in the script); perfreport summarize requests.csv",
    upstream: "Locust contrib/csv_request_logger.py",
    sniff: |head| signature::header_of(head, SIGNATURE, "Locust"),
    read,
};

const SIGNATURE: &[&str] = &["timestamp", "request_type", "name", "response_time_ms"];

fn read(records: &mut AnyRecords<'_>, options: &SourceOptions, sink: &mut Sink) -> Result<(), IngestError> {
    sink.declared = vec![
        Declared::column("timestamp", Role::Timestamp, "Locust: when the request was sent"),
        Declared::column("request_type", Role::Label, "Locust: method or type of the request"),
        Declared::column("name", Role::Label, "Locust: name of the request"),
        Declared::time("response_time_ms", Unit::MILLISECOND, locust::MEANING, "Locust: milliseconds"),
        Declared::amount("response_length", Unit::BYTE, "size of the response", "Locust: bytes"),
        Declared::column(
            "status_code",
            Role::Unused,
            "Locust: code of the response; `exception` decides, as the script does",
        ),
        Declared::column("exception", Role::Status, "Locust: empty where the request succeeded"),
    ];
    delimited::read_named(records, options, sink, None)
}

#[cfg(test)]
mod tests {
    use crate::ingest::read_text;

    #[test]
    fn a_request_is_a_sample() {
        let text = "timestamp,request_type,name,response_time_ms,response_length,status_code,exception\n\
                    1700000000.25,GET,/a,12.5,100,200,\n1700000000.50,GET,/b,13.5,0,503,HTTPError\n";
        let found = read_text("r.csv", text);
        assert_eq!(found.provenance.format, "locust-requests");
        assert_eq!(found.tables[0].numbers(3), [Some(12.5), Some(13.5)]);
        assert_eq!(found.tables[0].columns[3].unit().symbol, "ms");
    }
}
