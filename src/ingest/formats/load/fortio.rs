//! fortio: the result that `fortio load -json` writes.
//!
//! In: one document; its histogram in **seconds**, `ActualDuration` in nanoseconds. Out: reported numbers. The rate that was
//! asked for is a setting. Nighthawk writes the same form through protobuf, which writes whole numbers as texts, and names no
//! percentiles: they are the ends of its buckets, whose shares are cumulative.

use serde_json::{Map, Value};

use crate::ingest::format::{Failures, Format, Holds, Polarity, RowKind, Sink, Statistic, Unit};
use crate::ingest::json::documents::{self, at, number};
use crate::ingest::summaries::{Summary, causes_by_code, caveat, failed_by_code, setting};

const LATENCY: &str = "from sending to the last byte; closed loop unless a rate was asked for";

pub(crate) const FORMAT: Format = Format {
    name: "fortio",
    about: "fortio, the result of a load (`fortio load -json`)",
    latency: LATENCY,
    failures: Failures::Recorded("answers by code, outside 200 to 399; of gRPC all but SERVING"),
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
    let count = histogram.and_then(|found| found.get("Count")).map(whole);
    requests.add_field(Statistic::Count, "Count", count.as_ref());
    let codes = codes(document);
    requests.add(Statistic::Failures, failed_by_code(codes.as_ref()));
    requests.give(sink);
    causes_by_code(sink, codes.as_ref());
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
    if percentiles.is_none() {
        add_buckets(&mut latency, histogram);
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

/// A whole number that protobuf wrote as a text, as a number.
fn whole(value: &Value) -> Value {
    value.as_str().and_then(|text| text.parse::<u64>().ok()).map_or_else(|| value.clone(), Value::from)
}

/// How often each code was answered. Those of gRPC are the states of a health check, of which 1 is serving.
fn codes(document: &Value) -> Option<Value> {
    let of_grpc = at(document, &["RunType"]).and_then(Value::as_str).is_some_and(|kind| kind.starts_with("GRPC"));
    let codes = document.get("RetCodes")?.as_object()?;
    let named = |code: &String| if of_grpc && code == "1" { "SERVING".to_owned() } else { code.clone() };
    Some(codes.iter().map(|(code, count)| (named(code), whole(count))).collect::<Map<String, Value>>().into())
}

/// The percentiles that the ends of buckets are, and the extremes.
fn add_buckets(latency: &mut Summary, histogram: Option<&Value>) {
    /// Those that a report shows.
    const SHOWN: [f64; 5] = [50.0, 75.0, 90.0, 95.0, 99.0];
    let buckets = histogram.and_then(|found| found.get("Data")).and_then(Value::as_array);
    let Some((first, last)) = buckets.and_then(|buckets| buckets.first().zip(buckets.last())) else { return };
    let has = |name: &str| histogram.and_then(|found| found.get(name)).is_some();
    for (name, statistic, bucket, field) in
        [("Min", Statistic::Min, first, "Start"), ("Max", Statistic::Max, last, "End")]
    {
        if !has(name) {
            latency.add_field(statistic, field, bucket.get(field));
        }
    }
    for bucket in buckets.into_iter().flatten() {
        if let Some(percent) = number(bucket, &["Percent"]).filter(|percent| SHOWN.contains(percent)) {
            latency.add_percentile(percent, "End", bucket.get("End"));
        }
    }
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

    #[test]
    fn counts_that_protobuf_wrote_as_texts_and_buckets_without_percentiles() {
        let text = r#"{"RunType":"HTTP","RequestedQPS":5,"ActualQPS":4.5,"ActualDuration":12,"NumThreads":1,
            "DurationHistogram":{"Count":"60","Avg":0.02,"StdDev":0.01,"Data":[
            {"Start":0.001,"End":0.018,"Percent":50,"Count":"30"},{"Start":0.018,"End":0.3,"Percent":99,"Count":"29"},
            {"Start":0.3,"End":0.5,"Percent":100,"Count":"1"}]},"RetCodes":{"200":"57","503":"3"}}"#;
        let found = read_text("f.json", text);
        let of = |metric: &str| found.reported.iter().find(|one| one.metric == metric).unwrap();
        assert_eq!(of("requests").number(Statistic::Count), Some(60.0));
        assert_eq!(of("requests").number(Statistic::Failures), Some(3.0));
        let latency = of("latency");
        assert_eq!(
            (latency.number(Statistic::Median), latency.number(Statistic::Percentile(99.0))),
            (Some(0.018), Some(0.3))
        );
        assert_eq!((latency.number(Statistic::Min), latency.number(Statistic::Max)), (Some(0.001), Some(0.5)));
        assert!(found.findings.is_empty(), "{:?}", found.findings);
    }

    #[test]
    fn a_health_check_that_serves_failed_in_nothing() {
        let text = r#"{"RunType":"GRPC Ping","RequestedQPS":"8","ActualQPS":7.5,"ActualDuration":2000000000,"NumThreads":2,
            "DurationHistogram":{"Count":42,"Min":0.2,"Max":0.3,"Avg":0.25,"Percentiles":[{"Percentile":50,"Value":0.25}]},
            "RetCodes":{"1":40,"2":2}}"#;
        let found = read_text("f.json", text);
        assert_eq!(found.reported[0].number(Statistic::Failures), Some(2.0));
    }
}
