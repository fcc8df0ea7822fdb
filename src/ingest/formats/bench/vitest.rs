//! vitest (tinybench): what `vitest bench --outputJson` writes.
//!
//! In: one document; times in milliseconds, `hz` in operations a second. Out: reported numbers, a benchmark by its file, its
//! groups and its name, because equal names stand in several groups.

use serde_json::Value;

use crate::ingest::format::{Failures, Format, Holds, Polarity, RowKind, Sink, Statistic, Unit};
use crate::ingest::json::documents::{self};
use crate::ingest::summaries::{Summary, caveat};

const TIME: &str = "one call of the benchmark's function";

pub(crate) const FORMAT: Format = Format {
    name: "vitest",
    about: "vitest, the result of benchmarks (`vitest bench --outputJson`)",
    latency: TIME,
    failures: Failures::NotRecorded,
    holds: Holds::Summaries,
    row: RowKind::Run,
    example: "vitest bench --run --outputJson bench.json && perfreport summarize bench.json",
    upstream: "vitest-dev/vitest, packages/vitest/src/node/reporters/benchmark; tinylibs/tinybench, src/types.ts",
    sniff: |head| head.outline()?.evidence(&["files.filepath", "files.groups.fullName", "files.groups.benchmarks"]),
    read: |records, _, sink| documents::each(records, sink, |document: Value, sink| take(&document, sink)),
};

fn take(document: &Value, sink: &mut Sink) {
    let list = |value: &Value, name: &str| value.get(name).and_then(Value::as_array).cloned().unwrap_or_default();
    for file in list(document, "files") {
        for group in list(&file, "groups") {
            let of_group = group.get("fullName").and_then(Value::as_str).unwrap_or_default();
            for benchmark in list(&group, "benchmarks") {
                let name = benchmark.get("name").and_then(Value::as_str).unwrap_or("without a name");
                let label = if of_group.is_empty() { name.to_owned() } else { format!("{of_group} > {name}") };
                take_benchmark(&label, &benchmark, sink);
            }
        }
    }
    caveat(sink, "tinybench keeps no samples in this file; its numbers are those of single calls.");
}

fn take_benchmark(label: &str, benchmark: &Value, sink: &mut Sink) {
    let mut time = Summary::new("time", Unit::MILLISECOND, Some(TIME)).of(Some(label));
    time.add_fields(
        Some(benchmark),
        &[
            ("sampleCount", Statistic::Count),
            ("mean", Statistic::Mean),
            ("sd", Statistic::Stddev),
            ("min", Statistic::Min),
            ("median", Statistic::Median),
            ("p75", Statistic::Percentile(75.0)),
            ("p99", Statistic::Percentile(99.0)),
            ("p995", Statistic::Percentile(99.5)),
            ("p999", Statistic::Percentile(99.9)),
            ("max", Statistic::Max),
        ],
    );
    time.give(sink);
    let mut rate =
        Summary::new("hz", Unit::PER_SECOND, Some("calls a second")).of(Some(label)).polarity(Polarity::HigherIsBetter);
    rate.add_field(Statistic::Value, "hz", benchmark.get("hz"));
    rate.give(sink);
}

#[cfg(test)]
mod tests {
    use crate::ingest::read_text;
    use crate::measure::Statistic;

    #[test]
    fn equal_names_in_two_groups_are_two_benchmarks() {
        let benchmark = |mean: f64| {
            format!(
                r#"{{"id":"1","name":"sort","rank":1,"hz":{},"mean":{mean},"p99":{},"samples":[]}}"#,
                1000.0 / mean,
                mean * 2.0
            )
        };
        let text = format!(
            r#"{{"files":[{{"filepath":"/a.bench.ts","groups":[{{"fullName":"a > small","benchmarks":[{}]}},{{"fullName":"a > large","benchmarks":[{}]}}]}}]}}"#,
            benchmark(0.5),
            benchmark(8.0)
        );
        let found = read_text("bench.json", text);
        let mean = |label: &str| {
            let of =
                found.reported.iter().find(|one| one.metric == "time" && one.label.as_deref() == Some(label)).unwrap();
            of.number(Statistic::Mean)
        };
        assert_eq!((mean("a > small > sort"), mean("a > large > sort")), (Some(0.0005), Some(0.008)));
    }
}
