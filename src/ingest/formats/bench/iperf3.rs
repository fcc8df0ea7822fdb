//! iperf3's JSON (`iperf3 -J`): intervals of a transfer, and its end.
//!
//! In: one document; **bits** a second, seconds; fields that C wrote as `-nan`. Out: a row an interval, and what iperf3 sums
//! up as reported numbers. Intervals that were omitted are warm-up. Definition: esnet/iperf, `iperf_api.c`.

use serde_json::Value;

use crate::table::storage::Storage;

use crate::ingest::builder::TableBuilder;
use crate::ingest::format::{
    AnyRecords, CellType, Declared, Failures, FindingKind, Format, Holds, IngestError, Polarity, Role, RowKind,
    Severity, Sink, Statistic, Unit,
};
use crate::ingest::json::documents::{self, at, number};
use crate::ingest::summaries::{Summary, failed_benchmark, setting};
use crate::ingest::text::row::RowBuffer;

pub(crate) const FORMAT: Format = Format {
    name: "iperf3",
    about: "iperf3, the intervals of a transfer and its end (`iperf3 -J`)",
    latency: "none: bits a second; jitter of UDP",
    failures: Failures::Recorded("lost datagrams of UDP, counted"),
    holds: Holds::Samples,
    row: RowKind::Row,
    example: "iperf3 -c server -t 60 -J > iperf3.json && perfreport summarize iperf3.json",
    upstream: "esnet/iperf, src/iperf_api.c, iperf_print_intermediate and iperf_print_results",
    sniff: |head| {
        let outline = head.outline()?;
        outline
            .evidence(&["start.test_start", "intervals"])
            .or_else(|| outline.evidence(&["start.version", "intervals.sum"]))
            // Of a transfer that never began only its error is there.
            .or_else(|| outline.evidence(&["start.version", "start.connected", "intervals", "error"]))
    },
    read: |records, _, sink| read(records, sink),
};

/// The rate of a transfer, in all that iperf writes.
pub(super) const BITS: &str = "bits_per_second";

fn bits() -> Unit {
    Unit::parse("bit/s").unwrap_or(Unit::UNKNOWN)
}

/// Fields of an interval beside the rate: name, unit, which way is better, meaning.
fn fields() -> [(&'static str, Unit, Polarity, &'static str); 4] {
    let lower = Polarity::LowerIsBetter;
    [
        ("retransmits", Unit::COUNT, lower, "segments that were sent again"),
        ("jitter_ms", Unit::MILLISECOND, lower, "jitter of datagrams"),
        ("lost_packets", Unit::COUNT, lower, "datagrams that were lost"),
        ("lost_percent", Unit::PERCENT, lower, "share of datagrams that were lost"),
    ]
}

/// Says what the columns of intervals are.
pub(super) fn declare(sink: &mut Sink) {
    let meaning = "all streams together, over an interval";
    sink.declared.extend([
        Declared::column("start", Role::Timestamp, "iperf3: seconds since the transfer began"),
        Declared::metric(BITS, Some(bits()), Some(Polarity::HigherIsBetter), Some(meaning), "iperf3: bits a second"),
    ]);
    sink.declared.extend(fields().map(|(name, unit, polarity, meaning)| {
        Declared::metric(name, Some(unit), Some(polarity), Some(meaning), "iperf3: of an interval")
    }));
}

/// What is said of a transfer as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    Sent,
    Received,
    /// Without a word about who says so.
    All,
}

impl Ending {
    /// Reports it, of a stream where there are several: its rate, its datagrams as those that were lost and all, and their jitter in
    /// milliseconds.
    pub(super) fn report(
        self,
        stream: Option<&str>,
        rate: Option<f64>,
        (datagrams, jitter): (Option<(f64, f64)>, Option<f64>),
        sink: &mut Sink,
    ) {
        let metric = match self {
            Self::Sent => "bits_per_second sent",
            Self::Received => "bits_per_second received",
            Self::All => "bits_per_second in all",
        };
        let mut summary = Summary::new(metric, bits(), Some("over the whole transfer")).of(stream);
        summary.add(Statistic::Value, rate);
        summary.polarity(Polarity::HigherIsBetter).give(sink);
        let mut packets =
            Summary::new("datagrams", Unit::COUNT, Some("datagrams of UDP, and those that were lost")).of(stream);
        let (lost, all) = datagrams.unzip();
        packets.add(Statistic::Count, all).add(Statistic::Failures, lost);
        packets.give(sink);
        let mut summary = Summary::new("jitter", Unit::MILLISECOND, Some("jitter of datagrams, at the end")).of(stream);
        summary.add(Statistic::Value, jitter);
        summary.give(sink);
    }
}

fn read(records: &mut AnyRecords<'_>, sink: &mut Sink) -> Result<(), IngestError> {
    declare(sink);
    documents::each(records, sink, |document: Value, sink| take(&document, sink))
}

fn take(document: &Value, sink: &mut Sink) {
    let intervals = document.get("intervals").and_then(Value::as_array).into_iter().flatten();
    let sums: Vec<&Value> = intervals.filter_map(|one| one.get("sum")).collect();
    setting(sink, "iperf", at(document, &["start", "version"]).and_then(Value::as_str));
    if let Some(error) = document.get("error").and_then(Value::as_str) {
        if sums.is_empty() {
            return failed(error, sink);
        }
        let (kind, action) = (FindingKind::MalformedRecord, "what was measured before is shown");
        sink.find(Severity::Suspicious, kind, None, format!("iperf3 ended with an error: {error}"), action);
    }
    let measured: Vec<&Value> =
        sums.iter().copied().filter(|sum| sum.get("omitted") != Some(&Value::Bool(true))).collect();
    for _ in measured.len()..sums.len() {
        sink.provenance.set_aside("intervals that iperf3 omits as warm-up", 1);
    }
    let extra = fields().map(|(name, ..)| name);
    // A field that only some intervals have is a table of its own: elsewhere it is not empty but not measured.
    let (whole, partial): (Vec<&str>, Vec<&str>) =
        extra.into_iter().partition(|name| measured.iter().all(|sum| sum.get(*name).is_some()));
    let mut names = vec![BITS];
    names.extend(whole);
    push(&names, &measured, sink);
    for name in partial {
        let having: Vec<&Value> = measured.iter().copied().filter(|sum| sum.get(name).is_some()).collect();
        if !having.is_empty() {
            push(&[name], &having, sink);
        }
    }
    let end = |key: &str, name: &str| number(document, &["end", key, name]);
    for (key, ending) in [("sum_sent", Ending::Sent), ("sum_received", Ending::Received)] {
        ending.report(None, end(key, BITS), (None, None), sink);
    }
    let datagrams = end("sum", "lost_packets").zip(end("sum", "packets"));
    Ending::All.report(None, end("sum", BITS), (datagrams, end("sum", "jitter_ms")), sink);
    let of = |name: &str| at(document, &["start", "test_start", name]).map(|value| value.to_string().replace('"', ""));
    for name in ["protocol", "num_streams", "blksize", "reverse"] {
        setting(sink, name, of(name));
    }
}

/// A transfer of which nothing came but an error.
fn failed(error: &str, sink: &mut Sink) {
    let mut runs = Summary::new("runs", Unit::COUNT, Some("transfers that were begun, and those that failed"));
    runs.add(Statistic::Count, Some(1.0)).add(Statistic::Failures, Some(1.0));
    runs.give(sink);
    // iperf3 says `error - ` before what went wrong.
    failed_benchmark(sink, None, "transfer", "ended in an error", error.strip_prefix("error - ").unwrap_or(error));
}

/// A table of these fields of intervals.
fn push(names: &[&str], sums: &[&Value], sink: &mut Sink) {
    let mut columns = vec![("start", CellType::Decimal)];
    columns.extend(names.iter().map(|name| (*name, CellType::Decimal)));
    let mut table = TableBuilder::of(&Storage::MEMORY, None, &columns);
    for sum in sums {
        let mut row = RowBuffer::default();
        for (name, _) in &columns {
            let value = sum.get(*name).map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned));
            row.push(value.unwrap_or_default().as_bytes());
        }
        table.push(row.row(), 1);
    }
    sink.tables.push(table);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::read_text;

    #[test]
    fn a_transfer_that_never_began_is_a_failed_run_with_its_error() {
        let text = r#"{"start":{"connected":[],"version":"iperf 3.9","system_info":"x"},"intervals":[],"end":{},
            "error":"error - unable to connect to server: Connection refused"}"#;
        let found = read_text("iperf3.json", text);
        assert_eq!(found.provenance.format, "iperf3");
        let runs = found.reported.iter().find(|one| one.metric == "runs").unwrap();
        assert_eq!((runs.number(Statistic::Count), runs.number(Statistic::Failures)), (Some(1.0), Some(1.0)));
        assert_eq!(found.findings[0].value.as_deref(), Some("unable to connect to server: Connection refused"));
        assert!(found.tables.is_empty());
    }

    #[test]
    fn a_field_that_is_no_number_costs_only_itself() {
        let text = r#"{"start":{"version":"iperf 3.9","test_start":{"protocol":"UDP","num_streams":1}},"intervals":[
            {"streams":[],"sum":{"start":0,"end":1,"bits_per_second":8.0e6,"omitted":true}},
            {"streams":[],"sum":{"start":1,"end":2,"bits_per_second":16.0e6,"jitter_ms":-nan,"lost_percent":nan,"omitted":false}},
            {"streams":[],"sum":{"start":2,"end":3,"bits_per_second":24.0e6,"jitter_ms":0.5,"omitted":false}}],
            "end":{"sum":{"bits_per_second":20.0e6,"packets":50,"lost_packets":2,"jitter_ms":0.25}}}"#;
        let found = read_text("iperf3.json", text);
        assert_eq!(found.provenance.format, "iperf3");
        let table = &found.tables[0];
        let rate = table.position(BITS).unwrap();
        assert_eq!(table.numbers(rate), [Some(16e6), Some(24e6)]);
        assert_eq!(table.columns[rate].unit().to_base(8.0), 1.0, "bits are bits");
        assert_eq!(table.numbers(table.position("jitter_ms").unwrap()), [None, Some(0.5)]);
        assert_eq!(found.findings.iter().filter(|one| one.kind == FindingKind::NotFinite).count(), 2);
        let datagrams = found.reported.iter().find(|one| one.metric == "datagrams").unwrap();
        assert_eq!(datagrams.number(Statistic::Failures), Some(2.0));
        assert_eq!(found.provenance.set_aside[0].rows, 1);
    }
}
