//! k6's `--out csv`: a row a value, `metric_name,timestamp,metric_value` and then the tags.
//!
//! In: a delimited text, read by the reader of delimited text. Out: a table a metric. Definition: k6's `output/csv`.

use crate::ingest::format::{AnyRecords, Failures, Format, Holds, IngestError, RowKind, Sink, SourceOptions};
use crate::ingest::formats::load::k6;
use crate::ingest::signature;
use crate::ingest::text::delimited;

pub(crate) const FORMAT: Format = Format {
    name: "k6-csv",
    about: "k6 samples as CSV (--out csv)",
    latency: k6::LATENCY,
    failures: Failures::Recorded("expected_response is false, which http_req_failed counts"),
    holds: Holds::Samples,
    row: RowKind::Request,
    example: "k6 run --out csv=results.csv script.js; perfreport summarize results.csv",
    upstream: "k6 output/csv",
    sniff: |head| signature::header_of(head, &["metric_name", "timestamp", "metric_value"], "k6"),
    read,
};

fn read(records: &mut AnyRecords<'_>, options: &SourceOptions, sink: &mut Sink) -> Result<(), IngestError> {
    sink.settle = Some(k6::settle);
    sink.declared_by_file = k6::columns();
    delimited::read_named(records, options, sink, None)?;
    k6::declare_others(sink);
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::ingest::read_text;
    use crate::measure::Polarity;
    use crate::table::Role;

    const TEXT: &str = "metric_name,timestamp,metric_value,check,error,error_code,expected_response,group,method,name,proto,\
        scenario,service,status,subproto,tls_version,url,extra_tags,metadata\n\
        http_reqs,1700000000,1.000000,,,,true,,GET,home,HTTP/1.1,default,,200,,,http://x/,,\n\
        http_req_blocked,1700000000,0.500000,,,,true,,GET,home,HTTP/1.1,default,,200,,,http://x/,,\n\
        http_req_duration,1700000000,12.500000,,,,true,,GET,home,HTTP/1.1,default,,200,,,http://x/,,\n\
        http_req_failed,1700000000,0.000000,,,,true,,GET,home,HTTP/1.1,default,,200,,,http://x/,,\n\
        http_reqs,1700000001,1.000000,,,1500,false,,GET,cart,HTTP/1.1,default,,500,,,http://x/c,,\n\
        http_req_blocked,1700000001,0.100000,,,1500,false,,GET,cart,HTTP/1.1,default,,500,,,http://x/c,,\n\
        http_req_duration,1700000001,30.250000,,,1500,false,,GET,cart,HTTP/1.1,default,,500,,,http://x/c,,\n\
        http_req_failed,1700000001,1.000000,,,1500,false,,GET,cart,HTTP/1.1,default,,500,,,http://x/c,,\n\
        vus,1700000001,5.000000,,,,,,,,,,,,,,,,\n";

    #[test]
    fn durations_lead_with_the_failures_of_their_requests_and_counters_are_no_samples() {
        let found = read_text("r.csv", TEXT);
        assert_eq!(found.provenance.format, "k6-csv");
        let names: Vec<&str> = found.tables.iter().filter_map(|table| table.name.as_deref()).collect();
        assert_eq!(names, ["http_req_duration", "http_req_blocked", "vus"]);
        let table = &found.tables[0];
        let metric = table.position("http_req_duration").unwrap();
        assert_eq!(table.numbers(metric), [Some(12.5), Some(30.25)]);
        assert_eq!(table.columns[metric].unit().symbol, "ms");
        assert_eq!(table.columns[metric].polarity, Polarity::LowerIsBetter);
        assert!(table.columns[metric].meaning.as_ref().unwrap().contains("without"));
        let failed = table.position("expected_response").unwrap();
        assert_eq!(table.columns[failed].role, Role::Status);
        assert_eq!(found.provenance.rows_read, 9);
    }

    #[test]
    fn a_cell_that_is_no_number_belongs_to_the_metric_of_its_row() {
        let text = TEXT.replace("http_req_duration,1700000001,30.250000", "http_req_duration,1700000001,slow");
        let found = read_text("r.csv", text);
        let odd = found.findings.iter().find(|it| it.kind == crate::measure::finding::FindingKind::NotANumber).unwrap();
        assert_eq!((odd.metric.as_deref(), odd.value.as_deref()), (Some("http_req_duration"), Some("slow")));
        assert_eq!(odd.place.line, Some(8));
        assert_ne!(odd.label.as_deref(), Some(""));
        let table = &found.tables[0];
        assert_eq!(table.numbers(table.position("http_req_duration").unwrap()), [Some(12.5), None]);
    }
}
