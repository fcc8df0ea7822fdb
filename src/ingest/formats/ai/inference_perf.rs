//! inference-perf: the summaries of a run (`summary_lifecycle_metrics.json`, and those of its stages).
//!
//! In: one document; every time in **seconds**. Out: reported numbers of the requests that were answered, and of the load.

use serde_json::Value;

use crate::ingest::format::{Failures, Format, Holds, Polarity, RowKind, Sink, Statistic, Unit};
use crate::ingest::json::documents::{self, at, number};
use crate::ingest::summaries::{Summary, caveat, statistic};

pub(crate) const FORMAT: Format = Format {
    name: "inference-perf",
    about: "inference-perf, the summary of a run or a stage (`summary_lifecycle_metrics.json`)",
    latency: "from sending to the last token, to the first token, and between tokens, in seconds",
    failures: Failures::Recorded("failures.count"),
    holds: Holds::Summaries,
    row: RowKind::Request,
    example: "perfreport summarize reports-*/summary_lifecycle_metrics.json",
    upstream: "kubernetes-sigs/inference-perf, inference_perf/reportgen/base.py",
    sniff: |head| head.outline()?.evidence(&["load_summary", "successes.count", "successes.latency"]),
    read: |records, _, sink| documents::each(records, sink, |document: Value, sink| take(&document, sink)),
};

/// Metrics of the answered requests, by their keys, with what they measure.
const LATENCIES: &[(&str, &str)] = &[
    ("request_latency", "from sending to the last token"),
    ("time_to_first_token", "from sending to the first token"),
    ("time_per_output_token", "time after the first token over the other tokens, of each answer"),
    ("normalized_time_per_output_token", "time from sending to the last token over all tokens of an answer"),
    ("inter_token_latency", "gaps between tokens"),
];

fn take(document: &Value, sink: &mut Sink) {
    let (answered, failed) = (number(document, &["successes", "count"]), number(document, &["failures", "count"]));
    let mut requests = Summary::new("requests", Unit::COUNT, Some("requests that were answered and that failed"));
    requests.add(Statistic::Count, answered.map(|answered| answered + failed.unwrap_or_default()));
    requests.add(Statistic::Failures, failed);
    requests.give(sink);
    for (name, meaning) in LATENCIES {
        let found = at(document, &["successes", "latency", name]);
        spread(name, Unit::SECOND, Some(meaning), Polarity::LowerIsBetter, found, sink);
    }
    for (name, value) in at(document, &["successes", "throughput"]).and_then(Value::as_object).into_iter().flatten() {
        let mut rate = Summary::new(name, Unit::PER_SECOND, None).polarity(Polarity::HigherIsBetter);
        rate.add_field(Statistic::Value, name, Some(value));
        rate.give(sink);
    }
    for (name, meaning) in [("prompt_len", "tokens of a prompt"), ("output_len", "tokens of an answer")] {
        let found = at(document, &["successes", name]);
        spread(name, Unit::COUNT, Some(meaning), Polarity::Unknown, found, sink);
    }
    let delay = at(document, &["load_summary", "schedule_delay"]);
    let meaning = "how much later than planned a request was sent; below zero: earlier";
    spread("schedule_delay", Unit::SECOND, Some(meaning), Polarity::Unknown, delay, sink);
    let of_failed = at(document, &["failures", "request_latency"]);
    let meaning = "from sending to the failure";
    spread("request_latency of failed requests", Unit::SECOND, Some(meaning), Polarity::Unknown, of_failed, sink);
    caveat(sink, "The latencies are of answered requests only.");
}

/// A metric from its statistics by name.
fn spread(name: &str, unit: Unit, meaning: Option<&str>, polarity: Polarity, found: Option<&Value>, sink: &mut Sink) {
    let mut summary = Summary::new(name, unit, meaning).polarity(polarity);
    for (key, value) in found.and_then(Value::as_object).into_iter().flatten() {
        if let Some(statistic) = statistic(key) {
            summary.add_field(statistic, key, Some(value).filter(|value| !value.is_null()));
        }
    }
    summary.give(sink);
}

#[cfg(test)]
mod tests {
    use crate::ingest::read_text;
    use crate::measure::Statistic;

    #[test]
    fn times_are_seconds_and_an_early_request_is_no_corruption() {
        let text = r#"{"load_summary":{"count":100,"schedule_delay":{"mean":0.002,"min":-0.0004,"median":0.001,"max":0.01}},
            "successes":{"count":90,"latency":{"request_latency":{"mean":2.5,"median":2.25,"p99":4.75},
            "time_to_first_token":{"mean":0.5,"median":0.4}},"throughput":{"requests_per_sec":9.0},
            "prompt_len":{"mean":100.0}},"failures":{"count":10,"request_latency":null}}"#;
        let found = read_text("summary_lifecycle_metrics.json", text);
        let of = |metric: &str| found.reported.iter().find(|one| one.metric == metric).unwrap();
        assert_eq!(of("request_latency").number(Statistic::Median), Some(2.25));
        assert_eq!(of("requests").number(Statistic::Failures), Some(10.0));
        assert_eq!(of("schedule_delay").number(Statistic::Min), Some(-0.0004));
        assert!(found.findings.is_empty(), "{:?}", found.findings);
    }
}
