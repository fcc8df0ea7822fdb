//! `deno bench --json`.
//!
//! In: one document of benchmarks; nanoseconds that Deno has summarised. Out: reported numbers, and a finding for each
//! benchmark that failed. Definition: Deno, `cli/tools/bench`.

use serde_json::Value;

use crate::ingest::benchmarks::{self, Bench};
use crate::ingest::format::{Failures, Format, Holds, RowKind, Statistic, Unit};
use crate::ingest::summaries;

const MEANING: &str = "time of one call";

pub(crate) const FORMAT: Format = Format {
    name: "deno-bench",
    about: "Deno's benchmarks (`deno bench --json`)",
    latency: MEANING,
    failures: Failures::Recorded("benchmarks that failed"),
    holds: Holds::Summaries,
    row: RowKind::Run,
    example: "deno bench --json > deno.json && perfreport summarize deno.json",
    upstream: "denoland/deno, cli/tools/bench/mod.rs and reporters.rs",
    // The first versions wrote no `version`.
    sniff: |head| head.outline()?.evidence(&["runtime", "benches.origin", "benches.results"]),
    read: |records, _, sink| benchmarks::read_values(records, sink, [], take),
};

const NUMBERS: &[(&str, Statistic)] = &[
    ("n", Statistic::Count),
    ("avg", Statistic::Mean),
    ("min", Statistic::Min),
    ("max", Statistic::Max),
    ("p75", Statistic::Percentile(75.0)),
    ("p99", Statistic::Percentile(99.0)),
    ("p995", Statistic::Percentile(99.5)),
    ("p999", Statistic::Percentile(99.9)),
];

fn take(document: &Value, line: u64, bench: &mut Bench<'_>) {
    for fact in ["runtime", "cpu"] {
        bench.fact(fact, document.get(fact).and_then(Value::as_str).unwrap_or_default());
    }
    let (mut all, mut failed) = (0, 0);
    for one in document.get("benches").and_then(Value::as_array).into_iter().flatten() {
        let text = |name: &str| one.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
        let name = benchmarks::or_unnamed(text("name"));
        let label = text("group").map_or_else(|| name.to_string(), |group| format!("{group} / {name}"));
        for result in one.get("results").and_then(Value::as_array).into_iter().flatten() {
            all += 1;
            if result.get("ok").is_none() {
                failed += 1;
                summaries::failed_benchmark(bench.sink, Some(line), &label, "failed", "");
            }
            let mut summary = benchmarks::summary("time", Unit::NANOSECOND, &label, MEANING);
            summary.add_fields(result.get("ok"), NUMBERS);
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
    fn numbers_are_nanoseconds_and_failures_are_counted() {
        let text = r#"{"version":1,"runtime":"Deno/2","cpu":"Some CPU","benches":[{"origin":"file:///b.ts","group":"g","name":"a","baseline":false,
            "results":[{"ok":{"n":50,"min":100.0,"max":900.0,"avg":120.5,"p75":130.0,"p99":500.0,"p995":600.0,"p999":800.0}}]},
            {"origin":"file:///b.ts","group":null,"name":"b","baseline":false,"results":[{"failed":{"name":"Error"}}]}]}"#;
        let found = read_text("deno.json", text);
        assert_eq!(found.provenance.format, "deno-bench");
        assert_eq!(found.reported[0].label.as_deref(), Some("g / a"));
        assert_eq!(found.reported[0].number(Statistic::Percentile(99.9)), Some(800.0 / 1e9));
        assert_eq!(found.reported[1].number(Statistic::Failures), Some(1.0));
    }
}
