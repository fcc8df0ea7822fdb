//! Gatling: `stats.json` and `global_stats.json` of its HTML report.
//!
//! In: one document; milliseconds, as texts in older versions. Out: reported numbers of the requests that succeeded, of all
//! together and of each request. `percentiles1` to `4` are what the settings say: 50, 75, 95 and 99 unless they were changed.

use serde_json::Value;

use crate::ingest::format::{Failures, Format, Holds, Polarity, RowKind, Sink, Statistic, Unit};
use crate::ingest::json::documents::{self, at};
use crate::ingest::summaries::{Summary, caveat};

const LATENCY: &str = "from sending to the last byte, connecting included";
/// What Gatling calls the entry that holds all requests.
const ALL: &[&str] = &["All Requests", "Global Information"];
const STATISTICS: &[(&str, Statistic)] = &[
    ("meanResponseTime", Statistic::Mean),
    ("standardDeviation", Statistic::Stddev),
    ("minResponseTime", Statistic::Min),
    ("maxResponseTime", Statistic::Max),
    ("percentiles1", Statistic::Median),
    ("percentiles2", Statistic::Percentile(75.0)),
    ("percentiles3", Statistic::Percentile(95.0)),
    ("percentiles4", Statistic::Percentile(99.0)),
];

pub(crate) const FORMAT: Format = Format {
    name: "gatling-stats",
    about: "Gatling, stats.json and global_stats.json of its report",
    latency: LATENCY,
    failures: Failures::Recorded("numberOfRequests.ko"),
    holds: Holds::Summaries,
    row: RowKind::Request,
    example: "perfreport summarize target/gatling/run/js/stats.json",
    upstream: "gatling/gatling, gatling-charts, GlobalStatsJsonTemplate and StatsJsonTemplate",
    sniff: |head| {
        let outline = head.outline()?;
        outline
            .evidence(&["numberOfRequests", "meanNumberOfRequestsPerSecond", "percentiles1"])
            .or_else(|| outline.evidence(&["stats.numberOfRequests", "stats.percentiles1", "contents"]))
    },
    read: |records, _, sink| {
        documents::each(records, sink, |document: Value, sink| {
            match document.get("stats") {
                Some(_) => take_tree(&document, sink),
                None => take(&document, sink),
            }
            caveat(
                sink,
                "Gatling does not say which percentiles these are: percentiles1 to 4 are read as 50, 75, 95 and 99, which                  gatling.charting.indicators may have changed.",
            );
        })
    },
};

/// A group with the requests in it.
fn take_tree(entry: &Value, sink: &mut Sink) {
    if let Some(stats) = entry.get("stats") {
        take(stats, sink);
    }
    for inside in entry.get("contents").and_then(Value::as_object).into_iter().flatten().map(|(_, inside)| inside) {
        take_tree(inside, sink);
    }
}

fn take(stats: &Value, sink: &mut Sink) {
    let label = stats.get("name").and_then(Value::as_str).filter(|name| !ALL.contains(name));
    let count = |of: &str| written(stats, &["numberOfRequests", of]);
    let mut requests =
        Summary::new("requests", Unit::COUNT, Some("requests, and those that Gatling calls KO")).of(label);
    requests.add(Statistic::Count, count("total"));
    requests.add(Statistic::Failures, count("ko"));
    requests.give(sink);
    for (metric, of) in [("response_time", "ok"), ("response_time of failed requests", "ko")] {
        if count(of).is_none_or(|count| count == 0.0) {
            continue;
        }
        let mut summary = Summary::new(metric, Unit::MILLISECOND, Some(LATENCY)).of(label);
        for (name, statistic) in STATISTICS {
            summary.add(*statistic, written(stats, &[name, of]));
        }
        summary.give(sink);
    }
    let mut rate = Summary::new("requests_per_second", Unit::PER_SECOND, Some("requests over the duration of the run"))
        .of(label)
        .polarity(Polarity::HigherIsBetter);
    rate.add(Statistic::Value, written(stats, &["meanNumberOfRequestsPerSecond", "total"]));
    rate.give(sink);
}

/// A number, or a text that is one; `-` is none.
fn written(stats: &Value, names: &[&str]) -> Option<f64> {
    let found = at(stats, names)?;
    found.as_f64().or_else(|| found.as_str()?.parse().ok())
}

#[cfg(test)]
mod tests {
    use crate::ingest::options::SourceOptions;
    use crate::ingest::read;
    use crate::ingest::read_text;
    use crate::measure::Statistic;

    fn stats(name: &str, ok: u32, ko: u32) -> String {
        let each = |a: u32, b: u32, c: u32| format!(r#"{{"total":"{a}","ok":"{b}","ko":"{c}"}}"#);
        format!(
            r#"{{"name":"{name}","numberOfRequests":{},"minResponseTime":{},"maxResponseTime":{},"meanResponseTime":{},
            "standardDeviation":{},"percentiles1":{},"percentiles2":{},"percentiles3":{},"percentiles4":{},
            "meanNumberOfRequestsPerSecond":{}}}"#,
            each(ok + ko, ok, ko),
            each(1, 2, 1),
            each(900, 800, 900),
            each(120, 110, 300),
            each(9, 8, 7),
            each(101, 100, 250),
            each(131, 130, 350),
            each(301, 300, 400),
            each(501, 500, 450),
            each(10, 9, 1)
        )
    }

    #[test]
    fn answers_that_succeeded_stand_apart_from_the_others() {
        let found =
            read("global_stats.json", stats("All Requests", 90, 10).as_bytes(), &SourceOptions::default()).unwrap();
        assert_eq!(found.provenance.format, "gatling-stats");
        let of = |metric: &str| found.reported.iter().find(|one| one.metric == metric).unwrap();
        assert_eq!(of("response_time").number(Statistic::Median), Some(0.1));
        assert_eq!(of("response_time").number(Statistic::Percentile(99.0)), Some(0.5));
        assert_eq!(of("requests").number(Statistic::Failures), Some(10.0));
    }

    #[test]
    fn every_request_of_a_tree_has_its_label() {
        let text = format!(
            r#"{{"type":"GROUP","name":"All Requests","stats":{},"contents":{{"req_a":{{"type":"REQUEST","name":"login","stats":{}}}}}}}"#,
            stats("All Requests", 90, 10),
            stats("login", 40, 0)
        );
        let found = read_text("stats.json", text);
        let login: Vec<&str> = found
            .reported
            .iter()
            .filter(|one| one.label.as_deref() == Some("login"))
            .map(|one| one.metric.as_str())
            .collect();
        assert_eq!(login, ["requests", "response_time", "requests_per_second"]);
    }
}
