//! pyperf's JSON: benchmarks, each with runs (a process each), each with values.
//!
//! In: JSON documents. Out: a row a value with its run. Warm-ups are set aside, and so are runs without values, which
//! calibrate the number of loops. The unit stands in the metadata: second, byte or integer.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::ingest::benchmarks::{self, Bench, Sample};
use crate::ingest::format::{
    AnyRecords, Declared, Failures, Format, Head, Holds, IngestError, RowKind, Sink, SourceOptions, Unit,
};
use crate::ingest::json::value::LineCounter;

pub(crate) const FORMAT: Format = Format {
    name: "pyperf",
    about: "pyperf's JSON: the values of each process of each benchmark; warm-ups and calibration apart",
    latency: TIME_MEANING,
    failures: Failures::NotRecorded,
    holds: Holds::Samples,
    row: RowKind::Run,
    example: "python bench.py -o bench.json && perfreport summarize bench.json",
    upstream: "psf/pyperf: pyperf/_bench.py and _run.py",
    sniff,
    read,
};

const TIME_MEANING: &str = "time of one loop iteration, averaged over the loops of a value";
const TIME: &str = "time";
const MEMORY: &str = "memory";
const VALUE: &str = "value";

const DECLARED: [Declared; 3] = [
    Declared::time(TIME, Unit::SECOND, TIME_MEANING, "pyperf: a value, in seconds"),
    Declared::time(MEMORY, Unit::BYTE, "memory of a worker process at its peak", "pyperf: a value, in bytes"),
    Declared::metric(
        VALUE,
        Some(Unit::COUNT),
        None,
        Some("a whole number that the benchmark returns"),
        "pyperf: a value",
    ),
];

type Metadata<'t> = BTreeMap<String, &'t RawValue>;

#[derive(Deserialize)]
struct Suite<'t> {
    #[serde(borrow, default)]
    metadata: Metadata<'t>,
    #[serde(borrow)]
    benchmarks: Vec<Benchmark<'t>>,
}

#[derive(Deserialize)]
struct Benchmark<'t> {
    #[serde(borrow, default)]
    metadata: Metadata<'t>,
    #[serde(borrow)]
    runs: Vec<RunRecord<'t>>,
}

#[derive(Deserialize)]
struct RunRecord<'t> {
    #[serde(borrow, default)]
    metadata: Metadata<'t>,
    #[serde(borrow, default)]
    values: Vec<&'t RawValue>,
    #[serde(borrow, default)]
    warmups: Vec<&'t RawValue>,
}

fn sniff(head: &Head<'_>) -> Option<Vec<String>> {
    const KEYS: &[&str] = &["benchmarks", "runs", "warmups"];
    const VALUES: &[&str] = &["benchmarks", "runs", "metadata", "values"];
    benchmarks::object_with(head, &[KEYS, VALUES])
}

fn read(records: &mut AnyRecords<'_>, _: &SourceOptions, sink: &mut Sink) -> Result<(), IngestError> {
    benchmarks::read_documents(records, sink, DECLARED, take)
}

fn take<'t>(document: &'t RawValue, lines: &mut LineCounter<'t>, bench: &mut Bench<'_>) -> serde_json::Result<()> {
    let suite: Suite<'t> = serde_json::from_str(document.get())?;
    for benchmark in &suite.benchmarks {
        // What all runs share stands once: with the suite, with the benchmark, or with the runs.
        let of_runs = benchmark.runs.last().map(|run| &run.metadata);
        let places = [Some(&benchmark.metadata), Some(&suite.metadata), of_runs];
        let said = |name: &str| {
            let found = places.into_iter().flatten().find_map(|place| place.get(name))?;
            serde_json::from_str::<String>(found.get()).ok().or_else(|| Some(found.get().to_owned()))
        };
        note_machine(said, bench);
        let name = said("name");
        let label = benchmarks::or_unnamed(name.as_deref());
        let metric = match said("unit").as_deref() {
            None | Some("second") => TIME,
            Some("byte") => MEMORY,
            Some(_) => VALUE,
        };
        let mut number = 0;
        for run in &benchmark.runs {
            for warmup in &run.warmups {
                let why = if run.values.is_empty() { "values of calibration runs" } else { "warm-up values" };
                bench.set_aside(why, lines.line(warmup.get()));
            }
            number += u64::from(!run.values.is_empty());
            for value in &run.values {
                let line = lines.line(value.get());
                let values = &[(metric, benchmarks::text_of(value))];
                bench.push(&Sample { label: &label, run: Some(number), failed: None, unit: None, values, line });
            }
        }
    }
    Ok(())
}

/// Facts that stay the same from run to run; no host, date, load or momentary clock.
fn note_machine(said: impl Fn(&str) -> Option<String>, bench: &mut Bench<'_>) {
    const FACTS: &[(&str, &str)] = &[
        ("cpu_model_name", "cpu"),
        ("cpu_count", "cores"),
        ("cpu_affinity", "cpu affinity"),
        ("cpu_config", "cpu configuration"),
        ("platform", "os"),
        ("python_compiler", "compiler"),
        ("aslr", "aslr"),
    ];
    for (name, fact) in FACTS {
        bench.fact(fact, &said(name).unwrap_or_default());
    }
    let runtime: Vec<String> = ["python_implementation", "python_version"].into_iter().filter_map(said).collect();
    bench.fact("runtime", &runtime.join(" "));
}
