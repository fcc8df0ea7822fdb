//! fortio: the result that `fortio load -json` writes.
//!
//! In: one document; its histogram in **seconds**, `ActualDuration` in nanoseconds. Out: reported numbers. The rate that was
//! asked for is a setting.

use serde_json::Value;

use crate::ingest::format::{Failures, Format, Holds, Polarity, RowKind, Sink, Statistic, Unit};
use crate::ingest::json::documents::{self, at, number};
use crate::ingest::summaries::{Summary, causes_by_code, caveat, failed_by_code, setting};

const LATENCY: &str = "from sending to the last byte; closed loop unless a rate was asked for";

pub(crate) const FORMAT: Format = Format {
    name: "fortio",
    about: "fortio, the result of a load (`fortio load -json`)",
    latency: LATENCY,
    failures: Failures::Recorded("answers by code, outside 200 to 399"),
    holds: Holds::Summaries,
    row: RowKind::Request,
    example: "fortio load -qps 100 -json fortio.json http://localhost:8080/ && perfreport summarize fortio.json",
    upstream: "fortio/fortio, periodic/periodic.go and stats/stats.go",
    sniff: |head| head.outline()?.evidence(&["ActualQPS", "DurationHistogram.Count", "RequestedQPS"]),
    read: |records, _, sink| documents::each(records, sink, |document: Value, sink| take(&document, sink)),
};

fn take(document: &Value, sink: &mut Sink) {
    let histogram = document.get("DurationHistogram");
    let mut requests = Summary::new("requests", Unit::COUNT, Some("requests that were sent; failed: by their codes"));
    requests.add_fields(histogram, &[("Count", Statistic::Count)]);
    requests.add(Statistic::Failures, failed_by_code(document.get("RetCodes")));
    requests.give(sink);
    causes_by_code(sink, document.get("RetCodes"));
    let mut latency = Summary::new("latency", Unit::SECOND, Some(LATENCY));
    latency.add_fields(
        histogram,
        &[("Avg", Statistic::Mean), ("Min", Statistic::Min), ("Max", Statistic::Max), ("StdDev", Statistic::Stddev)],
    );
    let percentiles = histogram.and_then(|found| found.get("Percentiles")).and_then(Value::as_array);
    for entry in percentiles.into_iter().flatten() {
        if let Some(percent) = number(entry, &["Percentile"]) {
            latency.add_percentile(percent, "Value", entry.get("Value"));
        }
    }
    latency.give(sink);
    let mut rate = Summary::new("requests_per_second", Unit::PER_SECOND, Some("requests over the duration of the run"))
        .polarity(Polarity::HigherIsBetter);
    rate.add_field(Statistic::Value, "ActualQPS", document.get("ActualQPS"));
    rate.give(sink);
    for (name, key) in [("requested_qps", "RequestedQPS"), ("requested_duration", "RequestedDuration"), ("url", "URL")]
    {
        setting(sink, name, at(document, &[key]).and_then(Value::as_str));
    }
    setting(sink, "threads", number(document, &["NumThreads"]));
    caveat(sink, "fortio computes its percentiles from buckets, and failed requests are among them.");
}

#[cfg(test)]
mod tests {
    use crate::ingest::read_text;
    use crate::measure::Statistic;

    #[test]
    fn seconds_and_the_rate_that_was_reached() {
        let text = r#"{"RunType":"HTTP","RequestedQPS":"50","ActualQPS":49.5,"ActualDuration":2000000000,"NumThreads":2,
            "DurationHistogram":{"Count":99,"Min":0.001,"Max":0.5,"Avg":0.02,"StdDev":0.01,"Data":[{"Start":0.001,"End":0.5,
            "Percent":100,"Count":99}],"Percentiles":[{"Percentile":50,"Value":0.018},{"Percentile":99.9,"Value":0.4}]},
            "RetCodes":{"200":90,"-1":2,"503":7}}"#;
        let found = read_text("f.json", text);
        let of = |metric: &str| found.reported.iter().find(|one| one.metric == metric).unwrap();
        assert_eq!(of("latency").number(Statistic::Percentile(99.9)), Some(0.4));
        assert_eq!(of("requests").number(Statistic::Failures), Some(9.0));
        assert_eq!(of("requests_per_second").number(Statistic::Value), Some(49.5));
    }
}
