//! oha: the rows that `oha --output-format csv` writes, and the summary of `--output-format json`.
//!
//! In: a row an answer, or one document; seconds. Out: samples with status codes, or reported numbers. Requests that got
//! no answer are counted in the JSON and absent from the CSV.

use serde_json::Value;

use crate::ingest::format::{
    AnyRecords, Declared, Failures, Format, Holds, IngestError, Role, RowKind, Sink, SourceOptions, Statistic, Unit,
};
use crate::ingest::json::documents::{self, at, number};
use crate::ingest::settle;
use crate::ingest::signature;
use crate::ingest::summaries::{self, Summary, cause, causes_by_code, caveat, statistic};
use crate::ingest::text::delimited;

const HEADER: &[u8] = b"request-start,DNS,DNS+dialup,Response-delay,request-duration,bytes,status";
const OLD_HEADER: &[u8] = b"request-start,DNS,DNS+dialup,request-duration,bytes,status";
const TOTAL: &str = "from the beginning of the request, looking up and connecting included, to the last byte; closed loop, \
                     unless --latency-correction counts from when the request was due";
const FIRST_BYTE: &str = "from the beginning of the request to the answer's first byte";
const DIALUP: &str = "from the beginning of the request to the connection; 0 where it was kept alive";
/// What oha writes of requests that were under way when the time was up.
const DEADLINE: &str = "aborted due to deadline";
const LOOKUP: &str = "looking up the name; 0 where the connection was kept alive";

pub(crate) const CSV: Format = Format {
    name: "oha-csv",
    about: "oha, a row an answer (`oha --output-format csv`)",
    latency: TOTAL,
    failures: Failures::Recorded("status codes; requests without an answer (refused, timed out) are not in the file"),
    holds: Holds::Samples,
    row: RowKind::Request,
    example: "oha -n 1000 --no-tui --output-format csv http://localhost:8080/ > oha.csv && perfreport summarize oha.csv",
    upstream: "hatoo/oha, src/printer.rs, print_csv",
    sniff: |head| {
        let words = "request-start,DNS,DNS+dialup,…,status";
        [HEADER, OLD_HEADER].iter().find_map(|header| signature::header_is(head, header, words, "oha"))
    },
    read: read_rows,
};

pub(crate) const JSON: Format = Format {
    name: "oha-json",
    about: "oha, the summary of a run (`oha --output-format json`)",
    latency: TOTAL,
    failures: Failures::Recorded("requests without an answer, by error; status codes"),
    holds: Holds::Summaries,
    row: RowKind::Request,
    example: "oha -n 1000 --no-tui --output-format json http://localhost:8080/ > oha.json && perfreport summarize oha.json",
    upstream: "hatoo/oha, src/printer.rs, print_json",
    sniff: |head| head.outline()?.evidence(&["summary.successRate", "responseTimeHistogram", "latencyPercentiles"]),
    read: |records, _, sink| {
        documents::each(records, sink, |document: Value, sink| summary(&document, sink))?;
        Ok(())
    },
};

fn read_rows(records: &mut AnyRecords<'_>, options: &SourceOptions, sink: &mut Sink) -> Result<(), IngestError> {
    const DURATIONS: &[(&str, &str)] =
        &[("DNS", LOOKUP), ("DNS+dialup", DIALUP), ("Response-delay", FIRST_BYTE), ("request-duration", TOTAL)];
    // The file begins with the parts of a request.
    sink.settle = Some(|source, _| settle::lead_with(source, "request-duration"));
    sink.declared.extend(
        DURATIONS
            .iter()
            .map(|&(column, meaning)| Declared::time(column, Unit::SECOND, meaning, "oha writes durations in seconds")),
    );
    sink.declared.extend([
        Declared::amount("bytes", Unit::BYTE, "size of the answer's body", "oha: bytes of the answer's body"),
        Declared::column("status", Role::Status, "oha: the status code of the answer"),
        Declared::column(
            "request-start",
            Role::Timestamp,
            "oha: when the request began, in seconds since the start of the run",
        ),
    ]);
    sink.provenance.evidence.push(
        "oha leaves out requests without an answer (refused, reset, timed out): failures are those by status code only"
            .to_owned(),
    );
    delimited::read(records, options, sink)
}

fn summary(document: &Value, sink: &mut Sink) {
    let of = |names: &[&str]| number(document, names);
    let counts = |name: &str| -> Option<f64> {
        let counts = document.get(name)?.as_object()?;
        Some(counts.values().filter_map(Value::as_f64).sum())
    };
    let (answered, errors) = (counts("statusCodeDistribution"), counts("errorDistribution"));
    // The end of the run cuts off what is under way, which is no failure; where more was cut off than was answered, it is one.
    let cut = number(document, &["errorDistribution", DEADLINE])
        .filter(|cut| answered.is_some_and(|answered| answered >= *cut));
    let unanswered = errors.map(|errors| errors - cut.unwrap_or(0.0));
    let refused: f64 = document.get("statusCodeDistribution").and_then(Value::as_object).map_or(0.0, |codes| {
        let failed = codes.iter().filter(|(code, _)| code.parse::<u32>().is_ok_and(|code| code >= 400));
        failed.filter_map(|(_, count)| count.as_f64()).sum()
    });
    let mut requests =
        Summary::new("requests", Unit::COUNT, Some("requests; failed: no answer, or a status of 400 and above"));
    requests.add(Statistic::Count, answered.map(|answered| answered + unanswered.unwrap_or(0.0)));
    requests.add(Statistic::Failures, answered.map(|_| refused + unanswered.unwrap_or(0.0)));
    requests.give(sink);
    causes_by_code(sink, document.get("statusCodeDistribution"));
    for (error, count) in document.get("errorDistribution").and_then(Value::as_object).into_iter().flatten() {
        if cut.is_none() || error != DEADLINE {
            cause(sink, None, error, count.as_f64());
        }
    }
    if let Some(cut) = cut {
        let text = format!("{cut} requests were under way when the run ended: they are neither answers nor failures.");
        caveat(sink, &text);
    }

    let mut latency = Summary::new("request-duration", Unit::SECOND, Some(TOTAL));
    latency
        .add(Statistic::Count, answered)
        .add(Statistic::Mean, of(&["summary", "average"]))
        .add(Statistic::Min, of(&["summary", "fastest"]))
        .add(Statistic::Max, of(&["summary", "slowest"]));
    percentiles(document.get("latencyPercentiles"), &mut latency);
    latency.give(sink);
    let mut first = Summary::new("Response-delay", Unit::SECOND, Some(FIRST_BYTE));
    triple(document, "firstByte", &mut first);
    percentiles(document.get("firstBytePercentiles"), &mut first);
    first.give(sink);
    for (name, key, meaning) in [("DNS+dialup", "DNSDialup", DIALUP), ("DNS", "DNSLookup", LOOKUP)] {
        let mut part = Summary::new(name, Unit::SECOND, Some(meaning));
        triple(document, key, &mut part);
        part.give(sink);
    }
    let rate = "all requests, failed ones included, over the duration of the run";
    let mut throughput = Summary::new("requests_per_second", Unit::PER_SECOND, Some(rate));
    throughput.add(Statistic::Value, of(&["summary", "requestsPerSec"]));
    throughput.give(sink);
    let bytes = Unit::parse("B/s").unwrap_or(Unit::UNKNOWN);
    let mut data = Summary::new("bytes_per_second", bytes, Some("bytes of answers over the duration of the run"));
    data.add(Statistic::Value, of(&["summary", "sizePerSec"]));
    data.give(sink);
    caveat(
        sink,
        "oha's latencies are of all answers, those with an error status included; requests without an answer have none.",
    );
    caveat(
        sink,
        "oha's success rate counts every answer as a success, whatever its status; failures here count 400 and above.",
    );
}

fn triple(document: &Value, key: &str, summary: &mut Summary) {
    for (name, statistic) in [("average", Statistic::Mean), ("fastest", Statistic::Min), ("slowest", Statistic::Max)] {
        summary.add(statistic, at(document, &["details", key]).and_then(|details| number(details, &[name])));
    }
}

fn percentiles(values: Option<&Value>, summary: &mut Summary) {
    let Some(values) = values.and_then(Value::as_object) else { return };
    let mut found: Vec<(f64, Statistic, Option<f64>)> = values
        .iter()
        .filter_map(|(name, value)| Some((summaries::percentile(name)?, statistic(name)?, value.as_f64())))
        .collect();
    found.sort_by(|a, b| a.0.total_cmp(&b.0));
    for (_, statistic, value) in found {
        summary.add(statistic, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::read_text;

    #[test]
    fn the_duration_of_the_request_leads_and_keeps_its_odd_cells() {
        let text = "request-start,DNS,DNS+dialup,Response-delay,request-duration,bytes,status\n\
                    0.1,0.01,0.02,0.2,0.3,10,200\n0.2,0.01,0.02,0.2,x,10,200\n0.3,0.01,0.02,0.2,0.5,10,503\n\
                    0.4,0.01,0.02,0.2,0.6,10,200\n0.5,0.01,0.02,0.2,0.7,10,200\n";
        let found = read_text("oha.csv", text);
        let table = &found.tables[0];
        let first = table.columns_as(Role::Metric).next().unwrap();
        assert_eq!(table.columns[first].name, "request-duration");
        assert_eq!(table.numbers(first), [Some(0.3), None, Some(0.5), Some(0.6), Some(0.7)]);
        assert_eq!(table.numbers(table.position("DNS").unwrap()), [Some(0.01); 5]);
        assert!(found.findings.iter().any(|it| it.metric.as_deref() == Some("request-duration")));
    }
}
