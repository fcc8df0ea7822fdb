//! Locust's `--json`: at the end of a run, an entry for each request.
//!
//! In: a list of entries, whose `response_times` are counts by rounded milliseconds. Out: a histogram for each request, and
//! its counts. Definition: Locust's `StatsEntry.serialize` and its rounding in `StatsEntry._log_response_time`.

use serde_json::Value;

use crate::measure::reported::{Bucket, RecordedHistogram};

use crate::ingest::benchmarks::keys_evidence;
use crate::ingest::format::{Failures, Format, Holds, Polarity, RowKind, Sink, Statistic, Unit};
use crate::ingest::formats::load::locust;
use crate::ingest::json::documents::{self, number};
use crate::ingest::json::outline::Outline;
use crate::ingest::summaries::{Summary, caveat};

pub(crate) const FORMAT: Format = Format {
    name: "locust-json",
    about: "Locust's statistics as JSON (`locust --json`)",
    latency: locust::MEANING,
    failures: Failures::Recorded("num_failures"),
    holds: Holds::Histograms,
    row: RowKind::Request,
    example: "locust --headless -t 1m --json > locust.json && perfreport summarize locust.json",
    upstream: "locustio/locust, locust/stats.py, StatsEntry.serialize",
    sniff: |head| {
        const KEYS: &[&str] = &["num_requests", "num_failures", "response_times"];
        let is_list = head.bytes.trim_ascii_start().starts_with(b"[");
        Outline::of_first_object(head.bytes).filter(|first| is_list && first.has_at(1, KEYS))?;
        Some(keys_evidence("a list of objects", KEYS))
    },
    read: |records, _, sink| {
        documents::each(records, sink, |document: Value, sink| {
            for entry in document.as_array().into_iter().flatten() {
                take(entry, sink);
            }
        })?;
        caveat(sink, "Locust rounds response times before it counts them: to two digits above 100 ms.");
        caveat(sink, "Failed requests are among the response times.");
        Ok(())
    },
};

fn take(entry: &Value, sink: &mut Sink) {
    let text = |name: &str| entry.get(name).and_then(Value::as_str).unwrap_or_default();
    let label = locust::label(text("method"), text("name"));
    let mut requests = Summary::new("requests", Unit::COUNT, Some("requests, and those that failed")).of(Some(&label));
    requests.add_fields(Some(entry), &[("num_requests", Statistic::Count), ("num_failures", Statistic::Failures)]);
    requests.give(sink);
    let mut exact =
        Summary::new("response time, not rounded", Unit::MILLISECOND, Some(locust::MEANING)).of(Some(&label));
    if number(entry, &["num_requests"]).is_some_and(|count| count > 0.0) {
        exact.add_fields(Some(entry), &[("min_response_time", Statistic::Min), ("max_response_time", Statistic::Max)]);
    }
    exact.give(sink);
    let counts = entry.get("response_times").and_then(Value::as_object).into_iter().flatten();
    let mut buckets: Vec<Bucket> = counts
        .filter_map(|(time, count)| {
            let time: f64 = time.parse().ok()?;
            let count = count.as_u64().filter(|count| *count > 0)?;
            let half = half_width(time);
            Some(Bucket { low: (time - half).max(0.0), high: time + half, count })
        })
        .collect();
    buckets.sort_by(|a, b| a.low.total_cmp(&b.low));
    if !buckets.is_empty() {
        sink.histograms.push(RecordedHistogram {
            metric: "response time".to_owned(),
            label: Some(label),
            meaning: Some(locust::MEANING.to_owned()),
            polarity: Polarity::LowerIsBetter,
            unit: Unit::MILLISECOND,
            unit_assumed: false,
            buckets,
        });
    }
}

/// Half of what Locust rounds a time of so many milliseconds to.
fn half_width(time: f64) -> f64 {
    match time {
        time if time < 100.0 => 0.5,
        time if time < 1000.0 => 5.0,
        time if time < 10_000.0 => 50.0,
        _ => 500.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::read_text;

    #[test]
    fn counts_by_time_are_a_histogram() {
        let text = r#"[{"name":"/a","method":"GET","last_request_timestamp":1.5,"start_time":1.0,"num_requests":5,
            "num_none_requests":0,"num_failures":1,"total_response_time":400.2,"max_response_time":151.3,"min_response_time":20.2,
            "total_content_length":10,"response_times":{"20":1,"60":3,"150":1},"num_reqs_per_sec":{},"num_fail_per_sec":{}}]"#;
        let found = read_text("locust.json", text);
        assert_eq!(found.provenance.format, "locust-json");
        let histogram = &found.histograms[0];
        assert_eq!(histogram.label.as_deref(), Some("GET /a"));
        let counts: Vec<(f64, f64, u64)> =
            histogram.buckets.iter().map(|bucket| (bucket.low, bucket.high, bucket.count)).collect();
        assert_eq!(counts, [(19.5, 20.5, 1), (59.5, 60.5, 3), (145.0, 155.0, 1)]);
        assert_eq!(found.reported[0].number(Statistic::Failures), Some(1.0));
    }
}
