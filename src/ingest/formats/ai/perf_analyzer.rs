//! Triton's `perf_analyzer` (`-f file.csv`): a row a level of load.
//!
//! In: a row a concurrency or request rate, with averages and percentiles in microseconds; columns that somebody put in front say what
//! else was varied. Out: reported numbers; `request/response` is how long sending and receiving took at the client, and no number of
//! requests. Definition: triton-inference-server/perf_analyzer, `src/report_writer.cc`.

use crate::ingest::format::{
    AnyRecords, Failures, Format, Head, Holds, IngestError, Polarity, RowKind, Sink, Statistic, Unit,
};
use crate::ingest::signature;
use crate::ingest::summaries::Summary;
use crate::ingest::summary_tables::{self, TextRow};

const MEANING: &str = "time from just before a request is sent to the whole of its answer, at the client";

pub(crate) const FORMAT: Format = Format {
    name: "perf-analyzer",
    about: "Triton's perf_analyzer as CSV: percentiles and averages of each level of load",
    latency: MEANING,
    failures: Failures::NotRecorded,
    holds: Holds::Summaries,
    row: RowKind::Request,
    example: "perf_analyzer -m model --concurrency-range 1:8 -f perf.csv && perfreport summarize perf.csv",
    upstream: "triton-inference-server/perf_analyzer, src/report_writer.cc",
    sniff: |head: &Head<'_>| {
        let has = |load: &str| signature::header_has(head, &[load, RATE, "Client Send", "Client Recv"]);
        let load = LOADS.iter().find(|load| has(load))?;
        Some(vec![format!("the header has {load}, {RATE}, Client Send and Client Recv, as perf_analyzer writes it")])
    },
    read: |records, _, sink| read(records, sink),
};

/// What levels of load are called.
const LOADS: [&str; 2] = ["Concurrency", "Request Rate"];
/// The column of the throughput.
const RATE: &str = "Inferences/Second";

/// Averages of parts of a request: the column, the metric and what it measures.
const PARTS: &[(&str, &str, &str)] = &[
    ("Client Send", "client send", "average time of sending a request"),
    (
        "Network+Server Send/Recv",
        "network and server",
        "average time in the network and the server's sending and receiving",
    ),
    ("Server Queue", "server queue", "average time that a request waited in the server"),
    ("Server Compute Input", "compute input", "average time in which the server prepared inputs"),
    ("Server Compute Infer", "compute", "average time of the inference itself"),
    ("Server Compute Output", "compute output", "average time in which the server prepared outputs"),
    ("Client Recv", "client receive", "average time of receiving an answer"),
    ("request/response", "send and receive", "average time of sending a request and receiving its answer"),
    ("response wait", "response wait", "average time of waiting for the answer"),
];

/// Columns of the latency.
const LATENCY: &[(&str, Statistic)] = &[
    ("Avg latency", Statistic::Mean),
    ("p50 latency", Statistic::Median),
    ("p90 latency", Statistic::Percentile(90.0)),
    ("p95 latency", Statistic::Percentile(95.0)),
    ("p99 latency", Statistic::Percentile(99.0)),
];

fn read(records: &mut AnyRecords<'_>, sink: &mut Sink) -> Result<(), IngestError> {
    let rows = summary_tables::rows(records, b',', sink)?;
    let header = rows.first().map(|row| row.cells.clone()).unwrap_or_default();
    let Some(load) = header.iter().position(|name| LOADS.contains(&name.as_str())) else {
        return Err(IngestError::Malformed("the first line is no header of perf_analyzer".into()));
    };
    // A file to which runs are appended has the header again.
    for row in rows.iter().filter(|row| row.cells != header) {
        report(&header, row, &label(&header, row, load), sink);
    }
    Ok(())
}

/// The level of load and what stands in front of it: settings of the run.
fn label(header: &[String], row: &TextRow, load: usize) -> String {
    let parts = header.iter().zip(&row.cells).take(load + 1);
    parts
        .filter(|(_, cell)| !cell.is_empty())
        .map(|(name, cell)| format!("{name}={cell}"))
        .collect::<Vec<_>>()
        .join(", ")
}

fn report(header: &[String], row: &TextRow, label: &str, sink: &mut Sink) {
    let microseconds = Unit::MICROSECOND;
    let mut latency = Summary::new("latency", microseconds, Some(MEANING)).of(Some(label));
    for (column, statistic) in LATENCY {
        summary_tables::add(&mut latency, *statistic, row.named(header, column), row.line);
    }
    latency.give(sink);
    let mut rate = Summary::new("inferences_per_second", Unit::PER_SECOND, Some("inferences that ended, per second"));
    rate = rate.of(Some(label)).polarity(Polarity::HigherIsBetter);
    summary_tables::add(&mut rate, Statistic::Value, row.named(header, RATE), row.line);
    rate.give(sink);
    for (column, metric, meaning) in PARTS {
        let mut part = Summary::new(metric, microseconds, Some(meaning)).of(Some(label));
        summary_tables::add(&mut part, Statistic::Mean, row.named(header, column), row.line);
        part.give(sink);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::read_text;

    #[test]
    fn latencies_are_microseconds_and_nothing_counts_requests() {
        let text = "tag,Concurrency,Inferences/Second,Client Send,Network+Server Send/Recv,Server Queue,Server Compute Infer,Client Recv,\
            p50 latency,p95 latency,Avg latency,request/response,response wait\n\
            a,1,125.5,50,700,30,7100,10,7900,8200,7950,60,7830\na,4,240.25,55,900,9000,7200,12,16500,17900,16700,67,16600\n";
        let found = read_text("perf.csv", text);
        assert_eq!(found.provenance.format, "perf-analyzer");
        let of = |metric: &str, label: &str| {
            let mut all = found.reported.iter().filter(|one| one.label.as_deref() == Some(label));
            all.find(|one| one.metric == metric).unwrap()
        };
        let latency = of("latency", "tag=a, Concurrency=4");
        assert_eq!(
            (latency.number(Statistic::Percentile(95.0)), latency.number(Statistic::Mean)),
            (Some(0.0179), Some(0.0167))
        );
        assert_eq!(of("inferences_per_second", "tag=a, Concurrency=1").number(Statistic::Value), Some(125.5));
        assert_eq!(of("send and receive", "tag=a, Concurrency=1").number(Statistic::Mean), Some(60e-6));
        assert!(found.reported.iter().all(|one| one.number(Statistic::Count).is_none()));
    }
}
