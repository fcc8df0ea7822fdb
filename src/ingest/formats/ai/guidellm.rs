//! `GuideLLM`: the report of `guidellm benchmark`, as JSON.
//!
//! In: one document with a benchmark for each load that was tried. Out: reported numbers of the requests that succeeded, by
//! benchmark. Latencies of requests are in seconds, those of tokens in milliseconds, as their names say. The requests
//! themselves, which such a file may hold by the million, are passed over.

use serde::Deserialize;
use serde_json::Value;

use crate::ingest::format::{Failures, Format, Holds, RowKind, Sink, Statistic, Unit};
use crate::ingest::json::documents::{self, at, number};
use crate::ingest::summaries::{self, Summary, caveat, setting};

pub(crate) const FORMAT: Format = Format {
    name: "guidellm",
    about: "GuideLLM, the report of its benchmarks (`benchmarks.json`)",
    latency: "requests from sending to the last token; first token and gaps between tokens apart",
    failures: Failures::Recorded("requests that failed and that were cut off at the end, counted"),
    holds: Holds::Summaries,
    row: RowKind::Request,
    example: "guidellm benchmark --target http://localhost:8000 --profile sweep --output-path benchmarks.json && perfreport summarize benchmarks.json",
    upstream: "vllm-project/guidellm, src/guidellm/benchmark/schemas",
    sniff: |head| {
        let outline = head.outline()?;
        let names: &[&[&str]] = &[
            &["benchmarks", "benchmarks.metrics"],
            &["metadata.guidellm_version", "benchmarks"],
            // The metrics may stand behind more than the first bytes show.
            &["benchmarks.type_", "benchmarks.run_id"],
            &["benchmarks.type_", "benchmarks.config"],
        ];
        names.iter().find_map(|names| outline.evidence(names))
    },
    read: |records, _, sink| {
        documents::each(records, sink, |document: Document, sink| {
            for name in ["guidellm_version", "python_version", "platform"] {
                setting(sink, name, document.metadata.get(name).and_then(Value::as_str));
            }
            for (index, benchmark) in document.benchmarks.iter().enumerate() {
                take(benchmark, &label(benchmark, index), sink);
            }
        })
    },
};

#[derive(Debug, Deserialize)]
struct Document {
    #[serde(default)]
    metadata: Value,
    benchmarks: Vec<Benchmark>,
}

/// A benchmark, without its requests.
#[derive(Debug, Deserialize)]
struct Benchmark {
    #[serde(default)]
    config: Value,
    /// What newer versions call `config`.
    #[serde(default)]
    args: Value,
    #[serde(default)]
    metrics: serde_json::Map<String, Value>,
}

/// The load of a benchmark in words: `constant 2.5`, `concurrent 8`.
fn label(benchmark: &Benchmark, index: usize) -> String {
    let strategy = [&benchmark.config, &benchmark.args].into_iter().find_map(|of| of.get("strategy"));
    let kind = strategy.and_then(|strategy| strategy.get("type_").and_then(Value::as_str));
    let load = ["rate", "streams", "max_concurrency"]
        .iter()
        .find_map(|name| strategy.and_then(|strategy| strategy.get(name)).filter(|value| value.is_number()));
    match (kind, load) {
        (Some(kind), Some(load)) => format!("{}: {kind} {load}", index + 1),
        (Some(kind), None) => format!("{}: {kind}", index + 1),
        _ => format!("benchmark {}", index + 1),
    }
}

fn take(benchmark: &Benchmark, label: &str, sink: &mut Sink) {
    let total =
        |name: &str| ["request_totals", "requests"].iter().find_map(|of| number(benchmark.metrics.get(*of)?, &[name]));
    let mut requests = Summary::new("requests", Unit::COUNT, Some("requests that ended, and those that failed"));
    let ended = total("successful").map(|good| good + total("errored").unwrap_or(0.0));
    requests.add(Statistic::Count, ended).add(Statistic::Failures, ended.and(total("errored").or(Some(0.0))));
    requests.of(Some(label)).give(sink);
    for (name, values) in &benchmark.metrics {
        let Some(values) = values.get("successful").filter(|values| values.is_object()) else { continue };
        let (metric, unit) = match name.as_str() {
            "request_latency" => ("request_latency", Unit::SECOND),
            name if name.ends_with("_ms") => (name.trim_end_matches("_ms"), Unit::MILLISECOND),
            name if name.ends_with("_per_second") => (name, Unit::PER_SECOND),
            name => (name, Unit::COUNT),
        };
        let meaning = match metric {
            "request_latency" => Some("from sending to the last token"),
            "time_to_first_token" => Some("from sending to the first token"),
            "inter_token_latency" => Some("mean gap between the tokens of an answer after the first"),
            "time_per_output_token" => Some("from sending to the last token, over the tokens of the answer"),
            _ => None,
        };
        let mut summary = Summary::new(metric, unit, meaning).of(Some(label));

        summary
            .add_field(Statistic::Count, "count", values.get("count"))
            .add_field(Statistic::Mean, "mean", values.get("mean"))
            .add_field(Statistic::Median, "median", values.get("median"))
            .add_field(Statistic::Stddev, "std_dev", values.get("std_dev"))
            .add_field(Statistic::Min, "min", values.get("min"))
            .add_field(Statistic::Max, "max", values.get("max"));
        if let Some(percentiles) = at(values, &["percentiles"]).and_then(Value::as_object) {
            let mut found: Vec<(f64, &String, &Value)> = percentiles
                .iter()
                .filter_map(|(name, value)| Some((percentile(name)?, name, value)))
                .filter(|(percentile, ..)| *percentile != 50.0)
                .collect();
            found.sort_by(|a, b| a.0.total_cmp(&b.0));
            for (percentile, name, value) in found {
                summary.add_field(Statistic::Percentile(percentile), name, Some(value));
            }
        }
        summary.give(sink);
    }
    if let Some(cut) = total("incomplete").filter(|cut| *cut > 0.0) {
        caveat(sink, &format!("{cut} requests of {label} were still under way at the end and are in no number."));
    }
    caveat(sink, "GuideLLM's numbers are of the requests that succeeded; rates are averages weighted by time.");
}

/// Names of `GuideLLM`: `p01` is 1, `p001` is 0.1, `p999` is 99.9.
fn percentile(name: &str) -> Option<f64> {
    match name {
        "p001" => Some(0.1),
        "p01" => Some(1.0),
        "p05" => Some(5.0),
        other => summaries::percentile(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_have_leading_zeros() {
        for (name, expected) in
            [("p001", 0.1), ("p01", 1.0), ("p05", 5.0), ("p50", 50.0), ("p99", 99.0), ("p999", 99.9)]
        {
            assert_eq!(percentile(name), Some(expected), "{name}");
        }
    }
}
