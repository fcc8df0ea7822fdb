//! airspeed velocity: the results of one commit and environment (`.asv/results/machine/commit-env.json`).
//!
//! In: one document; the beginning of a benchmark's name says what its numbers are: `time_` seconds, `mem_` and `peakmem_`
//! bytes, `track_` whatever it tracks. Out: reported numbers for each combination of parameters; a null is a benchmark that
//! failed. Definition: asv, `asv/results.py` (versions 1 and 2 of its files) and "Writing benchmarks".

use serde_json::Value;

use crate::ingest::benchmarks::{self, Bench};
use crate::ingest::format::{Failures, Format, Holds, Polarity, RowKind, Statistic, Unit};
use crate::ingest::json::documents::number;
use crate::ingest::summaries::{Summary, failed_benchmarks};

pub(crate) const FORMAT: Format = Format {
    name: "asv",
    about: "airspeed velocity, the results of a commit",
    latency: "time of one call, the median over samples (`time_…`)",
    failures: Failures::Recorded("benchmarks whose result is null"),
    holds: Holds::Summaries,
    row: RowKind::Run,
    example: "asv run && perfreport summarize .asv/results/*/*.json",
    upstream: "airspeed-velocity/asv, asv/results.py; documentation, Writing benchmarks",
    sniff: |head| {
        let outline = head.outline()?;
        // Before environments had names the version of Python stood for one.
        outline
            .evidence(&["commit_hash", "env_name", "results", "params"])
            .or_else(|| outline.evidence(&["commit_hash", "python", "requirements", "results", "params"]))
    },
    read: |records, _, sink| benchmarks::read_values(records, sink, [], take),
};

/// What a benchmark measures, by the beginning of its name.
fn kind(name: &str) -> (&'static str, Unit, Polarity, &'static str) {
    let own = name.rsplit('.').next().unwrap_or(name);
    let lower = Polarity::LowerIsBetter;
    match own.split('_').next().unwrap_or_default().to_lowercase().as_str() {
        "time" | "timeraw" => ("time", Unit::SECOND, lower, "time of one call"),
        "mem" => ("memory of an object", Unit::BYTE, lower, "memory that an object takes"),
        "peakmem" => ("peak memory", Unit::BYTE, lower, "the highest memory of the process"),
        _ => ("tracked value", Unit::UNKNOWN, Polarity::Unknown, "whatever the benchmark tracks"),
    }
}

/// The combinations of parameters, in asv's order: the last one varies fastest.
fn combinations(params: &Value) -> Vec<String> {
    let mut all = vec![String::new()];
    for values in params.as_array().into_iter().flatten() {
        let values: Vec<&str> = values.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let join = |before: &String, value: &str| {
            let value = value.trim_matches('\'');
            if before.is_empty() { value.to_owned() } else { format!("{before}, {value}") }
        };
        all =
            all.iter().flat_map(|before| values.iter().map(|value| join(before, value)).collect::<Vec<_>>()).collect();
    }
    all
}

fn take(document: &Value, _: u64, bench: &mut Bench<'_>) {
    for (name, value) in document.get("params").and_then(Value::as_object).into_iter().flatten() {
        bench.fact(name, value.as_str().unwrap_or_default());
    }
    bench.fact("python", document.get("python").and_then(Value::as_str).unwrap_or_default());
    let columns: Vec<&str> = document
        .get("result_columns")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let (mut all, mut failed) = (0, 0);
    for (name, entry) in document.get("results").and_then(Value::as_object).into_iter().flatten() {
        // Version 1 has an object, or a bare number; version 2 a list whose columns are named once.
        let field = |wanted: &str| match entry {
            Value::Array(row) => row.get(columns.iter().position(|column| *column == wanted)?),
            other => other.get(wanted),
        };
        let one = [entry.clone()];
        let results: &[Value] = match field("result") {
            Some(Value::Array(results)) => results,
            Some(single) => std::slice::from_ref(single),
            None => &one,
        };
        let labels = combinations(field("params").unwrap_or(&Value::Null));
        let stats = field("stats").and_then(Value::as_array);
        for (index, result) in results.iter().enumerate() {
            all += 1;
            let parameters = labels.get(index).filter(|parameters| !parameters.is_empty());
            let label = parameters.map_or_else(|| name.clone(), |parameters| format!("{name} [{parameters}]"));
            let Some(value) = result.as_f64() else {
                failed += 1;
                continue;
            };
            report(name, &label, value, stats.and_then(|stats| stats.get(index)), bench);
        }
    }
    if failed > 0 {
        failed_benchmarks(bench.sink, all, failed);
    }
}

fn report(name: &str, label: &str, value: f64, stats: Option<&Value>, bench: &mut Bench<'_>) {
    let (metric, unit, polarity, meaning) = kind(name);
    let mut summary = Summary::new(metric, unit, Some(meaning)).of(Some(label)).polarity(polarity);
    if metric == "time" {
        let of = |key: &str| stats.and_then(|stats| number(stats, &[key]));
        summary.add(Statistic::Median, Some(value));
        for (key, statistic) in [
            ("mean", Statistic::Mean),
            ("std", Statistic::Stddev),
            ("min", Statistic::Min),
            ("max", Statistic::Max),
            ("q_25", Statistic::Percentile(25.0)),
            ("q_75", Statistic::Percentile(75.0)),
        ] {
            summary.add(statistic, of(key));
        }
    } else {
        summary.add(Statistic::Value, Some(value));
    }
    summary.give(bench.sink);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::read_text;

    #[test]
    fn a_time_is_in_seconds_and_parameters_stand_apart_in_both_versions() {
        let first = r#"{"commit_hash":"a","env_name":"e","date":1,"params":{"cpu":"Some CPU","ram":"16"},"results":{
            "s.time_a":{"result":[2e-6,0.25],"stats":[{"q_25":1e-6,"std":null},null],"params":[["'Small'","'Big'"]]},
            "s.peakmem_b":4096,"s.track_c":null},"version":1}"#;
        let second = r#"{"commit_hash":"a","env_name":"e","params":{"cpu":"Some CPU"},"result_columns":["result","params","version"],
            "results":{"s.time_a":[[2e-6,0.25],[["1","2"]],"v"]},"version":2}"#;
        let found = read_text("a-e.json", first);
        assert_eq!(found.provenance.format, "asv");
        let numbers: Vec<(Option<&str>, Option<f64>)> =
            found.reported.iter().take(2).map(|one| (one.label.as_deref(), one.values[0].base())).collect();
        assert!(
            numbers.contains(&(Some("s.time_a [Small]"), Some(2e-6)))
                || numbers.contains(&(Some("s.peakmem_b"), Some(4096.0)))
        );
        let failed = found.reported.iter().find(|one| one.metric == "benchmarks").unwrap();
        assert_eq!((failed.number(Statistic::Count), failed.number(Statistic::Failures)), (Some(4.0), Some(1.0)));
        assert_eq!(found.provenance.environment["cpu"], "Some CPU");
        let found = read_text("a-e.json", second);
        assert_eq!(found.reported[1].label.as_deref(), Some("s.time_a [2]"));
        assert_eq!(found.reported[1].number(Statistic::Median), Some(0.25));
    }
}
