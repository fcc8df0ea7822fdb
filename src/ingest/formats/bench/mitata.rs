//! mitata's JSON (`run({ format: 'json' })`).
//!
//! In: one document of benchmarks with their runs; nanoseconds. Out: a row a sample; mitata sorts them. Without samples, its
//! numbers as reported. Definition: mitata, `src/main.mjs` and `src/lib.mjs`.

use serde_json::Value;

use crate::ingest::benchmarks::{self, Bench};
use crate::ingest::format::{Declared, Failures, Format, Holds, RowKind, Statistic, Unit};
use crate::ingest::json::documents::at;
use crate::ingest::summaries;

const MEANING: &str = "time of one call, averaged over a batch of calls";

pub(crate) const FORMAT: Format = Format {
    name: "mitata",
    about: "mitata, samples of each benchmark (`format: 'json'`)",
    latency: MEANING,
    failures: Failures::Recorded("runs that ended in an error"),
    holds: Holds::Samples,
    row: RowKind::Run,
    example: "node bench.mjs > mitata.json && perfreport summarize mitata.json",
    upstream: "evanwashere/mitata, src/main.mjs and src/lib.mjs",
    sniff: |head| head.outline()?.evidence(&["benchmarks.alias", "benchmarks.runs", "context"]),
    read: |records, _, sink| {
        sink.rows_sorted = true;
        let declared = [Declared::time("time", Unit::NANOSECOND, MEANING, "mitata: an entry of `samples`")];
        benchmarks::read_values(records, sink, declared, take)
    },
};

const NUMBERS: &[(&str, Statistic)] = &[
    ("avg", Statistic::Mean),
    ("min", Statistic::Min),
    ("max", Statistic::Max),
    ("p25", Statistic::Percentile(25.0)),
    ("p50", Statistic::Median),
    ("p75", Statistic::Percentile(75.0)),
    ("p99", Statistic::Percentile(99.0)),
    ("p999", Statistic::Percentile(99.9)),
];

fn take(document: &Value, line: u64, bench: &mut Bench<'_>) {
    for (fact, names) in [
        ("cpu", &["context", "cpu", "name"][..]),
        ("runtime", &["context", "runtime"]),
        ("version", &["context", "version"]),
    ] {
        bench.fact(fact, at(document, names).and_then(Value::as_str).unwrap_or_default());
    }
    let benchmarks_of =
        |value: &Value, name: &str| value.get(name).and_then(Value::as_array).cloned().unwrap_or_default();
    let (mut all, mut failed) = (0, 0);
    for run in benchmarks_of(document, "benchmarks").iter().flat_map(|one| benchmarks_of(one, "runs")) {
        let label = benchmarks::or_unnamed(run.get("name").and_then(Value::as_str)).into_owned();
        all += 1;
        if let Some(error) = run.get("error").filter(|error| !error.is_null()) {
            failed += 1;
            let message = error.as_str().or_else(|| error.get("message")?.as_str());
            let message = message.map_or_else(|| error.to_string(), str::to_owned);
            summaries::failed_benchmark(bench.sink, Some(line), &label, "ended in an error", &message);
        }
        let samples = at(&run, &["stats", "samples"]).and_then(Value::as_array);
        let samples: Vec<f64> = samples.into_iter().flatten().filter_map(Value::as_f64).collect();
        for sample in &samples {
            benchmarks::push_one(bench, &label, None, "time", *sample, line);
        }
        if samples.is_empty() {
            let mut summary = benchmarks::summary("time", Unit::NANOSECOND, &label, MEANING);
            summary.add_fields(run.get("stats"), NUMBERS);
            summary.give(bench.sink);
        }
    }
    if failed > 0 {
        summaries::failed_benchmarks(bench.sink, all, failed);
    }
}

#[cfg(test)]
mod tests {
    use crate::ingest::read_text;
    use crate::measure::Statistic;

    #[test]
    fn samples_are_nanoseconds_and_without_them_numbers_are_reported() {
        let text = r#"{"context":{"cpu":{"name":"Some CPU"},"runtime":"node"},"benchmarks":[{"alias":"a","group":0,"runs":[
            {"name":"a","args":{},"stats":{"avg":110.5,"min":90.5,"samples":[90.5,110.5,120.5]}}]},
            {"alias":"b","group":0,"runs":[{"name":"b","args":{},"stats":{"avg":10.5,"p99":20.5}}]}]}"#;
        let found = read_text("mitata.json", text);
        assert_eq!(found.provenance.format, "mitata");
        let table = &found.tables[0];
        assert_eq!(table.numbers(table.position("time").unwrap()), [Some(90.5), Some(110.5), Some(120.5)]);
        assert_eq!(found.reported[0].number(Statistic::Percentile(99.0)), Some(20.5 / 1e9));
    }
}
