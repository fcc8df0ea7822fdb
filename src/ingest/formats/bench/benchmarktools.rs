//! BenchmarkTools.jl's JSON (`BenchmarkTools.save`): trials in nested groups.
//!
//! In: one document, the versions and then what was saved, each as its type's name and its fields; nanoseconds. Out: a row a
//! sample with its time and the part of it that went to garbage collection; memory and allocations of an evaluation, and
//! estimates, as reported. Parameters are none of the results. Definition: BenchmarkTools.jl, `src/serialization.jl` and `trials.jl`.

use serde_json::{Map, Value};

use crate::ingest::benchmarks::{self, Bench, Sample};
use crate::ingest::format::{Declared, Failures, Format, Holds, RowKind, Statistic, Unit};
use crate::ingest::json::documents::number;
use crate::ingest::json::outline::Outline;

const MEANING: &str = "time of one evaluation, averaged over the evaluations of a sample";
const COLLECTING: &str = "time of garbage collection in one evaluation, averaged likewise";
const MEMORY: &str = "memory allocated by one evaluation, the least of all samples";
const ALLOCATIONS: &str = "allocations of one evaluation, the fewest of all samples";
/// The module, as older versions write it before each type.
const MODULE: &str = "BenchmarkTools.";

pub(crate) const FORMAT: Format = Format {
    name: "benchmarktools-jl",
    about: "BenchmarkTools.jl, every sample of each trial (`BenchmarkTools.save`)",
    latency: MEANING,
    failures: Failures::NotRecorded,
    holds: Holds::Samples,
    row: RowKind::Run,
    example: "julia -e 'using BenchmarkTools; BenchmarkTools.save(\"bench.json\", run(suite))' && perfreport summarize bench.json",
    upstream: "JuliaCI/BenchmarkTools.jl, src/serialization.jl and src/trials.jl",
    sniff: |head| {
        const KEYS: &[&str] = &["Julia", "BenchmarkTools"];
        let is_list = head.bytes.trim_ascii_start().starts_with(b"[");
        Outline::of_first_object(head.bytes).filter(|first| is_list && first.has_at(1, KEYS))?;
        Some(benchmarks::keys_evidence("a list that begins with an object", KEYS))
    },
    read: |records, _, sink| {
        let declared = [
            Declared::time("time", Unit::NANOSECOND, MEANING, "BenchmarkTools.jl: an entry of `times`"),
            Declared::time("gctime", Unit::NANOSECOND, COLLECTING, "BenchmarkTools.jl: an entry of `gctimes`"),
        ];
        benchmarks::read_values(records, sink, declared, take)
    },
};

fn take(document: &Value, line: u64, bench: &mut Bench<'_>) {
    let version = document.get(0).and_then(|versions| versions.get("Julia")).and_then(Value::as_str);
    bench.fact("runtime", &version.map_or_else(String::new, |version| format!("Julia {version}")));
    let saved: Vec<&Value> = document.get(1).and_then(Value::as_array).into_iter().flatten().collect();
    // Trials of older versions are sorted, and so is one that nothing disturbed.
    bench.sink.rows_sorted = true;
    for (index, value) in saved.iter().enumerate() {
        let name = if saved.len() > 1 { (index + 1).to_string() } else { String::new() };
        take_saved(value, &name, line, bench);
    }
}

/// What was saved under a name: a group, a trial, an estimate, or something that is no result.
fn take_saved(value: &Value, name: &str, line: u64, bench: &mut Bench<'_>) {
    let (Some(kind), Some(fields)) = (value.get(0).and_then(Value::as_str), value.get(1).and_then(Value::as_object))
    else {
        return;
    };
    match kind.strip_prefix(MODULE).unwrap_or(kind) {
        "BenchmarkGroup" => {
            for (key, value) in fields.get("data").and_then(Value::as_object).into_iter().flatten() {
                let name = if name.is_empty() { key.clone() } else { format!("{name}/{key}") };
                take_saved(value, &name, line, bench);
            }
        }
        "Trial" => take_trial(fields, &benchmarks::or_unnamed(Some(name)), line, bench),
        "TrialEstimate" => {
            let name = benchmarks::or_unnamed(Some(name));
            for (field, unit, meaning) in
                [("time", Unit::NANOSECOND, MEANING), ("gctime", Unit::NANOSECOND, COLLECTING)]
            {
                report(fields, field, unit, meaning, (&name, line), bench);
            }
            report_memory(fields, (&name, line), bench);
        }
        other => bench.set_aside(&format!("of type `{other}`"), line),
    }
}

fn take_trial(fields: &Map<String, Value>, name: &str, line: u64, bench: &mut Bench<'_>) {
    let list = |field: &str| fields.get(field).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let (times, collecting) = (list("times"), list("gctimes"));
    bench.sink.rows_sorted &= times.is_sorted_by_key(Value::as_f64);
    for (index, time) in times.iter().enumerate() {
        let time = time.to_string();
        let collecting = collecting.get(index).map(ToString::to_string);
        let values: Vec<(&str, &str)> =
            [Some(("time", time.as_str())), collecting.as_deref().map(|time| ("gctime", time))]
                .into_iter()
                .flatten()
                .collect();
        bench.push(&Sample { label: name, run: None, failed: None, unit: None, values: &values, line });
    }
    report_memory(fields, (name, line), bench);
}

fn report_memory(fields: &Map<String, Value>, place: (&str, u64), bench: &mut Bench<'_>) {
    report(fields, "memory", Unit::BYTE, MEMORY, place, bench);
    report(fields, "allocs", Unit::COUNT, ALLOCATIONS, place, bench);
}

fn report(
    fields: &Map<String, Value>,
    field: &str,
    unit: Unit,
    meaning: &str,
    (name, line): (&str, u64),
    bench: &mut Bench<'_>,
) {
    let mut summary = benchmarks::summary(field, unit, name, meaning);
    let value = fields.get(field).and_then(|value| number(value, &[]));
    summary.add_at(Statistic::Value, value, Some(line));
    summary.give(bench.sink);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::read_text;

    const PARAMETERS: &str = r#"["Parameters",{"seconds":5.0,"samples":10000,"evals":1,"overhead":0.0}]"#;

    #[test]
    fn every_sample_is_a_row_of_its_benchmark_and_parameters_are_none() {
        let text = format!(
            r#"[{{"Julia":"1.10.0","BenchmarkTools":"1.0.0"}},[["BenchmarkGroup",{{"data":{{"sort":["BenchmarkGroup",{{"data":{{
                "quick":["BenchmarkTools.Trial",{{"allocs":2,"gctimes":[0.0,5.0],"memory":128,"params":{PARAMETERS},"times":[1261.7,1212.5]}}]
                }},"tags":[]}}]}},"tags":[]}}]]]"#
        );
        let found = read_text("b.json", text);
        assert_eq!(found.provenance.format, "benchmarktools-jl");
        let table = &found.tables[0];
        let (time, collecting) = (table.position("time").unwrap(), table.position("gctime").unwrap());
        assert_eq!(table.numbers(time), [Some(1261.7), Some(1212.5)]);
        assert_eq!(table.numbers(collecting), [Some(0.0), Some(5.0)]);
        assert_eq!(table.columns[time].unit(), Unit::NANOSECOND);
        assert!(table.order_is_recorded);
        assert!(table.position("seconds").is_none());
        let memory = found.reported.iter().find(|one| one.metric == "memory").unwrap();
        assert_eq!((memory.label.as_deref(), memory.number(Statistic::Value)), (Some("sort/quick"), Some(128.0)));
    }

    #[test]
    fn an_estimate_is_reported_and_sorted_samples_have_no_order() {
        let text = format!(
            r#"[{{"Julia":"1.6.0","BenchmarkTools":"0.5.0"}},[
                ["TrialEstimate",{{"allocs":1,"gctime":0.0,"memory":16,"params":{PARAMETERS},"time":88.5}}],
                ["Trial",{{"allocs":2,"gctimes":[0.0,0.0],"memory":128,"params":{PARAMETERS},"times":[10.0,12.0]}}],
                {PARAMETERS}]]"#
        );
        let found = read_text("b.json", text);
        let time = found.reported.iter().find(|one| one.metric == "time").unwrap();
        assert_eq!((time.label.as_deref(), time.number(Statistic::Value)), (Some("1"), Some(88.5e-9)));
        assert!(!found.tables[0].order_is_recorded);
    }
}
