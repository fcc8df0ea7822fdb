//! autocannon: the summary that `autocannon -j` writes.
//!
//! In: one document; milliseconds, rounded to whole ones. Out: reported numbers.

use serde_json::Value;

use crate::ingest::format::{Failures, Format, Holds, Polarity, RowKind, Sink, Statistic, Unit};
use crate::ingest::json::documents::{self, number};
use crate::ingest::summaries::{self, Summary, cause, caveat, setting, statistic};

const LATENCY: &str = "from sending to the last byte, connecting not included; closed loop, corrected for coordinated omission \
                       where --overallRate was given";

pub(crate) const FORMAT: Format = Format {
    name: "autocannon",
    about: "autocannon, the summary of a run (`autocannon -j`)",
    latency: LATENCY,
    failures: Failures::Recorded("errors, timeouts and answers other than 2xx, counted"),
    holds: Holds::Summaries,
    row: RowKind::Request,
    example: "autocannon -j -c 10 -d 30 http://localhost:8080/ > autocannon.json && perfreport summarize autocannon.json",
    upstream: "mcollina/autocannon, lib/run.js, and hdr-histogram-percentiles-obj",
    sniff: |head| head.outline()?.evidence(&["latency.p97_5", "requests", "throughput", "non2xx"]),
    read: |records, _, sink| documents::each(records, sink, |document: Value, sink| take(&document, sink)),
};

fn take(document: &Value, sink: &mut Sink) {
    let of = |names: &[&str]| number(document, names);
    let mut requests = Summary::new(
        "requests",
        Unit::COUNT,
        Some("answers and errors; failed: errors (timeouts among them) and answers other than 2xx"),
    );
    // `errors` counts timeouts as well, and neither has an answer.
    let failures = [of(&["errors"]), of(&["non2xx"])];
    let answered = of(&["requests", "total"]);
    requests.add(Statistic::Count, answered.map(|answered| answered + failures[0].unwrap_or(0.0)));
    requests.add(Statistic::Failures, Some(failures.into_iter().flatten().sum()).filter(|_| answered.is_some()));
    requests.give(sink);
    for (code, counted) in document.get("statusCodeStats").and_then(Value::as_object).into_iter().flatten() {
        if !code.starts_with('2') {
            cause(sink, None, code, number(counted, &["count"]));
        }
    }
    let timeouts = of(&["timeouts"]).unwrap_or_default();
    cause(sink, None, "timeout", Some(timeouts));
    cause(sink, None, "no answer", failures[0].map(|errors| errors - timeouts));
    for (key, metric, unit, meaning) in [
        ("latency", "latency", Unit::MILLISECOND, LATENCY),
        ("requests", "requests_per_second", Unit::PER_SECOND, "answers in each second of the run"),
        (
            "throughput",
            "bytes_per_second",
            Unit::parse("B/s").unwrap_or(Unit::UNKNOWN),
            "bytes of answers in each second of the run",
        ),
    ] {
        let mut summary = Summary::new(metric, unit, Some(meaning));
        let Some(values) = document.get(key).and_then(Value::as_object) else { continue };
        let named = |name: &str| values.get(name);
        if key == "latency" {
            summary.add_field(Statistic::Count, "totalCount", named("totalCount"));
        }
        for name in ["mean", "stddev", "min", "max"] {
            if let Some(statistic) = statistic(name) {
                summary.add_field(statistic, name, named(name));
            }
        }
        if named("mean").is_none() {
            summary.add_field(Statistic::Mean, "average", named("average"));
        }
        let mut percentiles: Vec<(f64, &String, &Value)> =
            values.iter().filter_map(|(name, value)| Some((summaries::percentile(name)?, name, value))).collect();
        percentiles.sort_by(|a, b| a.0.total_cmp(&b.0));
        for (_, name, value) in percentiles {
            if let Some(statistic) = statistic(name) {
                summary.add_field(statistic, name, Some(value));
            }
        }
        summary.polarity(if key == "latency" { Polarity::LowerIsBetter } else { Polarity::HigherIsBetter }).give(sink);
    }
    setting(sink, "url", document.get("url").and_then(Value::as_str));
    for name in ["connections", "pipelining", "workers"] {
        setting(sink, name, document.get(name).filter(|value| value.is_number()));
    }
    caveat(sink, "autocannon's latencies are whole milliseconds, in a histogram of three significant digits.");
    caveat(sink, "Answers other than 2xx are among the latencies, unless the run excluded them (--excludeErrorStats).");
}
