//! vitest (tinybench): what `vitest bench --outputJson` writes.
//!
//! In: one document; times in milliseconds, `hz` in operations a second. Out: a benchmark by its file, its groups and its name, because
//! equal names stand in several groups: a row a sample where the samples are kept (`benchmark.includeSamples`; tinybench sorts them),
//! else its numbers as reported.

use serde_json::Value;

use crate::ingest::benchmarks::{self, Bench};
use crate::ingest::format::{Declared, Failures, Format, Holds, Polarity, RowKind, Statistic, Unit};
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
    read: |records, _, sink| {
        sink.rows_sorted = true;
        let declared = [Declared::time("time", Unit::MILLISECOND, TIME, "tinybench: an entry of `samples`")];
        benchmarks::read_values(records, sink, declared, take)
    },
};

const NUMBERS: &[(&str, Statistic)] = &[
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
];

fn take(document: &Value, line: u64, bench: &mut Bench<'_>) {
    let list = |value: &Value, name: &str| value.get(name).and_then(Value::as_array).cloned().unwrap_or_default();
    let mut without_samples = false;
    for group in list(document, "files").iter().flat_map(|file| list(file, "groups")) {
        let of_group = group.get("fullName").and_then(Value::as_str).unwrap_or_default();
        for benchmark in list(&group, "benchmarks") {
            let name = benchmark.get("name").and_then(Value::as_str).unwrap_or("without a name");
            let label = if of_group.is_empty() { name.to_owned() } else { format!("{of_group} > {name}") };
            without_samples |= !take_benchmark(&label, &benchmark, line, bench);
        }
    }
    if without_samples {
        let text = "its numbers are those of single calls, without samples, which vitest keeps with `benchmark.includeSamples: true` \
                    (`retainSamples` in newer versions).";
        caveat(bench.sink, text);
    }
}

/// Whether it had samples.
fn take_benchmark(label: &str, benchmark: &Value, line: u64, bench: &mut Bench<'_>) -> bool {
    let samples = benchmark.get("samples").and_then(Value::as_array);
    let samples: Vec<f64> = samples.into_iter().flatten().filter_map(Value::as_f64).collect();
    for sample in &samples {
        benchmarks::push_one(bench, label, None, "time", *sample, line);
    }
    if samples.is_empty() {
        let mut time = benchmarks::summary("time", Unit::MILLISECOND, label, TIME);
        time.add_fields(Some(benchmark), NUMBERS);
        time.give(bench.sink);
    }
    let mut rate =
        Summary::new("hz", Unit::PER_SECOND, Some("calls a second")).of(Some(label)).polarity(Polarity::HigherIsBetter);
    rate.add_field(Statistic::Value, "hz", benchmark.get("hz"));
    rate.give(bench.sink);
    !samples.is_empty()
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

    #[test]
    fn samples_that_were_kept_are_samples() {
        let text = r#"{"files":[{"filepath":"/a.bench.ts","groups":[{"fullName":"a > small","benchmarks":[
            {"id":"1","name":"sort","rank":1,"hz":2000,"mean":0.5,"samples":[0.4,0.5,0.6]},
            {"id":"2","name":"copy","rank":2,"hz":1000,"mean":1,"samples":[]}]}]}]}"#;
        let found = read_text("bench.json", text);
        let table = &found.tables[0];
        assert_eq!(table.numbers(table.position("time").unwrap()), [Some(0.4), Some(0.5), Some(0.6)]);
        let times: Vec<&str> =
            found.reported.iter().filter(|one| one.metric == "time").filter_map(|one| one.label.as_deref()).collect();
        assert_eq!(times, ["a > small > copy"]);
    }
}
