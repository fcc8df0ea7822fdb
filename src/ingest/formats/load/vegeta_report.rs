//! Vegeta: the report that `vegeta report -type=json` writes.
//!
//! In: one document; every duration in nanoseconds. Out: reported numbers.

use serde_json::Value;

use crate::ingest::format::{Failures, Format, Holds, Polarity, RowKind, Sink, Statistic, Unit};
use crate::ingest::json::documents::{self, number};
use crate::ingest::summaries::{Summary, causes_by_code, caveat, failed_by_code, setting};

const LATENCY: &str = "from sending to the last byte, connecting included; open loop at a given rate";

pub(crate) const FORMAT: Format = Format {
    name: "vegeta-report",
    about: "Vegeta, the report of an attack (`vegeta report -type=json`)",
    latency: LATENCY,
    failures: Failures::Recorded("`success`, and answers by code"),
    holds: Holds::Summaries,
    row: RowKind::Request,
    example: "vegeta report -type=json results.bin > report.json && perfreport summarize report.json",
    upstream: "tsenart/vegeta, lib/metrics.go",
    sniff: |head| head.outline()?.evidence(&["latencies.99th", "bytes_in", "success", "status_codes"]),
    read: |records, _, sink| documents::each(records, sink, |document: Value, sink| take(&document, sink)),
};

fn take(document: &Value, sink: &mut Sink) {
    let of = |name: &str| number(document, &[name]);
    let mut requests = Summary::new(
        "requests",
        Unit::COUNT,
        Some("requests that were sent; failed: no answer, or a code outside 200 to 399"),
    );
    let sent = of("requests");
    requests.add(Statistic::Count, sent);
    requests.add(
        Statistic::Failures,
        failed_by_code(document.get("status_codes")).or_else(|| Some((sent? * (1.0 - of("success")?)).round())),
    );
    requests.give(sink);
    causes_by_code(sink, document.get("status_codes"));
    let mut latency = Summary::new("latency", Unit::NANOSECOND, Some(LATENCY));
    latency.add_fields(
        document.get("latencies"),
        &[
            ("mean", Statistic::Mean),
            ("min", Statistic::Min),
            ("50th", Statistic::Median),
            ("90th", Statistic::Percentile(90.0)),
            ("95th", Statistic::Percentile(95.0)),
            ("99th", Statistic::Percentile(99.0)),
            ("max", Statistic::Max),
        ],
    );
    latency.give(sink);
    for (name, meaning, polarity) in [
        ("rate", "requests sent a second", Polarity::Unknown),
        ("throughput", "successful requests a second, until the last answer", Polarity::HigherIsBetter),
    ] {
        let mut rate = Summary::new(name, Unit::PER_SECOND, Some(meaning)).polarity(polarity);
        rate.add_field(Statistic::Value, name, document.get(name));
        rate.give(sink);
    }
    for name in ["bytes_in", "bytes_out"] {
        let mut bytes = Summary::new(name, Unit::BYTE, Some("bytes of bodies, a request")).polarity(Polarity::Unknown);
        bytes.add_fields(document.get(name), &[("mean", Statistic::Mean)]);
        bytes.give(sink);
    }
    let duration = of("duration").map(|nanos| format!("{} s", nanos / 1e9));
    setting(sink, "duration", duration);
    caveat(sink, "Failed requests are among the latencies.");
}

#[cfg(test)]
mod tests {
    use crate::ingest::read_text;
    use crate::measure::Statistic;

    #[test]
    fn a_99th_percentile_near_two_billion_nanoseconds_is_a_duration() {
        let text = r#"{"latencies":{"total":9,"mean":2000000,"50th":1000000,"90th":3000000,"95th":4000000,"99th":1700000000,
            "max":1800000000,"min":500000},"bytes_in":{"total":10,"mean":1},"bytes_out":{"total":0,"mean":0},"duration":1000000000,
            "requests":40,"rate":40.0,"throughput":36.0,"success":0.9,"status_codes":{"0":1,"200":36,"500":3},"errors":[]}"#;
        let found = read_text("report.json", text);
        assert_eq!(found.provenance.format, "vegeta-report");
        let of = |metric: &str| found.reported.iter().find(|one| one.metric == metric).unwrap();
        assert_eq!(of("latency").number(Statistic::Percentile(99.0)), Some(1.7));
        assert_eq!(of("requests").number(Statistic::Failures), Some(4.0));
    }
}
