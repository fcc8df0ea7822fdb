//! google/benchmark's JSON (`--benchmark_format=json`, `--benchmark_out`): an entry for each repetition of each
//! benchmark, and aggregates of them.
//!
//! In: JSON documents. Out: a row a repetition with its real time, processor time and counters. Aggregates are recomputed
//! from the repetitions here and therefore set aside; of benchmarks that have nothing else they are reported numbers.

use std::borrow::Cow;
use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::ingest::benchmarks::{self, Bench, Sample};
use crate::ingest::format::{
    AnyRecords, Declared, Failures, Format, Head, Holds, IngestError, Polarity, Role, RowKind, Sink, SourceOptions,
    Statistic, Unit,
};
use crate::ingest::json::value::{LineCounter, entries};
use crate::ingest::summaries;

pub(crate) const FORMAT: Format = Format {
    name: "google-benchmark",
    about: "google/benchmark's JSON: repetitions with real time, processor time and counters",
    latency: REAL,
    failures: Failures::Recorded("`error_occurred`: named, and no sample"),
    holds: Holds::Samples,
    row: RowKind::Run,
    example: "./bench --benchmark_repetitions=10 --benchmark_out=bench.json && perfreport summarize bench.json",
    upstream: "google/benchmark: src/json_reporter.cc",
    sniff,
    read,
};

pub(super) const REAL: &str = "wall time of one iteration, averaged over the iterations of a repetition";
pub(super) const CPU: &str = "processor time of one iteration, averaged over the iterations of a repetition";
pub(super) const UNIT: &str = "time_unit";
/// Why an entry is set aside.
pub(super) const WITHOUT_TIMES: &str = "entries without times (`real_time` and `cpu_time`)";

pub(super) const DECLARED: [Declared; 3] = [
    Declared::metric("real_time", None, Some(Polarity::LowerIsBetter), Some(REAL), "google/benchmark: wall time"),
    Declared::metric("cpu_time", None, Some(Polarity::LowerIsBetter), Some(CPU), "google/benchmark: processor time"),
    Declared::column(UNIT, Role::Unused, "names the unit of the times in its row"),
];

/// Fields that are neither times nor counters of the user.
pub(super) const FIELDS: &[&str] = &[
    "name",
    "run_name",
    "run_type",
    "family_index",
    "per_family_instance_index",
    "repetitions",
    "repetition_index",
    "threads",
    "iterations",
    "real_time",
    "cpu_time",
    "time_unit",
    "error_occurred",
    "error_message",
    "skipped",
    "skip_message",
    "aggregate_name",
    "aggregate_unit",
    "label",
    "big_o",
    "cpu_coefficient",
    "real_coefficient",
    "rms",
];
/// Counters of the memory manager, of which less is better.
const MEMORY: &[(&str, Unit)] = &[
    ("allocs_per_iter", Unit::COUNT),
    ("max_bytes_used", Unit::BYTE),
    ("total_allocated_bytes", Unit::BYTE),
    ("net_heap_growth", Unit::BYTE),
];

#[derive(Deserialize)]
struct File<'t> {
    context: Option<Context>,
    #[serde(borrow)]
    benchmarks: Vec<&'t RawValue>,
}

#[derive(Deserialize)]
struct Context {
    num_cpus: Option<u64>,
    cpu_scaling_enabled: Option<bool>,
    #[serde(default)]
    caches: Vec<Cache>,
    library_build_type: Option<String>,
    library_version: Option<String>,
}

/// A cache of the machine.
#[derive(Deserialize)]
struct Cache {
    #[serde(rename = "type")]
    kind: String,
    level: u64,
    size: u64,
}

/// An entry of `benchmarks`.
struct Entry<'t> {
    fields: Vec<(Cow<'t, str>, &'t RawValue)>,
    raw: &'t RawValue,
}

impl<'t> Entry<'t> {
    fn get(&self, name: &str) -> Option<&'t RawValue> {
        self.fields.iter().find(|(key, _)| key == name).map(|(_, value)| *value)
    }

    fn text(&self, name: &str) -> Option<String> {
        self.get(name).and_then(|value| serde_json::from_str(value.get()).ok())
    }

    fn is_true(&self, name: &str) -> bool {
        self.get(name).is_some_and(|value| value.get() == "true")
    }

    /// The benchmark, without what aggregates append to its name.
    fn label(&self) -> String {
        let name = self.text("run_name").or_else(|| self.text("name"));
        benchmarks::or_unnamed(name.as_deref()).into_owned()
    }

    fn is_aggregate(&self) -> bool {
        self.text("run_type").is_some_and(|kind| kind == "aggregate")
    }

    fn counters(&self) -> impl Iterator<Item = (&str, &'t RawValue)> {
        let is_counter = |name: &str, value: &RawValue| !FIELDS.contains(&name) && benchmarks::is_number(value);
        let all = self.fields.iter().map(|(name, value)| (name.as_ref(), *value));
        all.filter(move |(name, value)| is_counter(name, value))
    }
}

fn sniff(head: &Head<'_>) -> Option<Vec<String>> {
    const TIMES: &[&str] = &["benchmarks", "real_time", "cpu_time", "time_unit"];
    const TYPES: &[&str] = &["benchmarks", "name", "run_type", "family_index"];
    // Older versions, and reporters of others, name no unit: it is the library's own then, nanoseconds.
    const NO_UNIT: &[&str] = &["benchmarks", "iterations", "real_time", "cpu_time"];
    benchmarks::object_with(head, &[TIMES, TYPES, NO_UNIT])
}

fn read(records: &mut AnyRecords<'_>, _: &SourceOptions, sink: &mut Sink) -> Result<(), IngestError> {
    benchmarks::read_documents(records, sink, DECLARED, take)
}

fn take<'t>(document: &'t RawValue, lines: &mut LineCounter<'t>, bench: &mut Bench<'_>) -> serde_json::Result<()> {
    let file: File<'t> = serde_json::from_str(document.get())?;
    if let Some(context) = file.context {
        note_machine(&context, bench);
    }
    let all: Vec<Entry<'t>> = file.benchmarks.into_iter().map(|raw| Entry { fields: entries(raw), raw }).collect();
    let repetitions: Vec<&Entry<'t>> = all.iter().filter(|entry| !entry.is_aggregate()).collect();
    let repeated: BTreeSet<String> = repetitions.iter().map(|entry| entry.label()).collect();
    let counters: BTreeSet<Vec<&str>> = repetitions
        .iter()
        .filter(|entry| !entry.is_true("error_occurred"))
        .map(|entry| entry.counters().map(|(name, _)| name).collect())
        .collect();
    note_failures(&all, &repetitions, lines, bench);
    // One table where all have the same counters; otherwise a table for each counter, without empty cells.
    let together = counters.len() == 1;
    for entry in &all {
        match () {
            () if entry.is_aggregate() && repeated.contains(&entry.label()) => {
                bench.set_aside("aggregates, of which the repetitions stand in the file", lines.line(entry.raw.get()));
            }
            () if entry.is_aggregate() => report(entry, lines, bench),
            () => sample(entry, together, lines, bench),
        }
    }
    Ok(())
}

/// Says which benchmarks ended in an error, each once.
fn note_failures<'t>(
    all: &[Entry<'t>],
    repetitions: &[&Entry<'t>],
    lines: &mut LineCounter<'t>,
    bench: &mut Bench<'_>,
) {
    let failed: Vec<&&Entry<'t>> = repetitions.iter().filter(|entry| entry.is_true("error_occurred")).collect();
    let skipped = |entry: &&Entry<'t>| entry.is_true("skipped") && !entry.is_true("error_occurred");
    let labels: BTreeSet<String> = all.iter().filter(|one| !skipped(one)).map(Entry::label).collect();
    let mut told = BTreeSet::new();
    for entry in &failed {
        let label = entry.label();
        if told.insert(label.clone()) {
            let times = failed.iter().filter(|other| other.label() == label).count();
            let message = entry.text("error_message").unwrap_or_default();
            let how = if times > 1 { format!("ended in an error {times} times") } else { "ended in an error".into() };
            let line = lines.line(entry.raw.get());
            summaries::failed_benchmark(bench.sink, Some(line), &label, &how, &message);
        }
    }
    if !told.is_empty() {
        summaries::failed_benchmarks(bench.sink, labels.len(), told.len());
    }
}

fn sample<'t>(entry: &Entry<'t>, together: bool, lines: &mut LineCounter<'t>, bench: &mut Bench<'_>) {
    let (label, line) = (entry.label(), lines.line(entry.raw.get()));
    if entry.is_true("skipped") {
        return bench.set_aside("benchmarks that were skipped", line);
    }
    if entry.is_true("error_occurred") {
        return bench.set_aside("benchmarks that ended in an error", line);
    }
    let unit = entry.text("time_unit").unwrap_or_else(|| "ns".to_owned());
    let time = |name: &str| entry.get(name).map(benchmarks::text_of);
    let (Some(real), Some(cpu)) = (time("real_time"), time("cpu_time")) else {
        return bench.set_aside(WITHOUT_TIMES, line);
    };
    let mut values = vec![("real_time", real), ("cpu_time", cpu)];
    let counters: Vec<(&str, &str)> =
        entry.counters().map(|(name, value)| (name, benchmarks::text_of(value))).collect();
    for (name, _) in &counters {
        declare_counter(bench, name);
    }
    if together {
        values.extend(&counters);
    }
    let row = Sample { label: &label, run: None, failed: None, unit: Some((UNIT, &unit)), values: &values, line };
    bench.push(&row);
    for counter in counters.iter().filter(|_| !together) {
        bench.push(&Sample { label: &label, run: None, failed: None, unit: None, values: &[*counter], line });
    }
}

/// Says what a counter is: one of the memory manager, or one of the user's own.
pub(super) fn declare_counter(bench: &mut Bench<'_>, name: &str) {
    let memory = MEMORY.iter().find(|(known, _)| *known == name);
    let polarity = memory.map(|_| Polarity::LowerIsBetter);
    let unit = memory.map(|(_, unit)| *unit);
    bench.declare(name, Declared::metric("", unit, polarity, None, "google/benchmark: a counter"));
}

fn report<'t>(entry: &Entry<'t>, lines: &mut LineCounter<'t>, bench: &mut Bench<'_>) {
    let name = entry.text("aggregate_name").unwrap_or_default();
    // Older versions say of no aggregate that it is a share, and the coefficient of variation is one in all.
    let is_share = name == "cv" || entry.text("aggregate_unit").is_some_and(|unit| unit == "percentage");
    let statistic = match name.as_str() {
        "mean" => Statistic::Mean,
        "median" => Statistic::Median,
        "stddev" => Statistic::Stddev,
        "min" => Statistic::Min,
        "max" => Statistic::Max,
        _ => Statistic::Value,
    };
    let plain = statistic != Statistic::Value || name.is_empty();
    let unit = entry.text("time_unit").and_then(|unit| Unit::parse(&unit)).unwrap_or(Unit::NANOSECOND);
    let unit = if is_share { Unit::RATIO } else { unit };
    let label = entry.label();
    let times = [("real_time", REAL), ("cpu_time", CPU)].map(|(metric, meaning)| (metric, meaning, entry.get(metric)));
    if times.iter().all(|(_, _, value)| value.is_none()) {
        return bench.set_aside(WITHOUT_TIMES, lines.line(entry.raw.get()));
    }
    for (metric, meaning, value) in times {
        let metric = if plain { metric.to_owned() } else { format!("{metric} ({name})") };
        bench.report(benchmarks::summary(&metric, unit, &label, meaning), [(statistic, value)], lines);
    }
}

const KIB: u64 = 1 << 10;

/// A cache, in words: `L1 Data 48 KiB`.
pub(super) fn cache(name: &str, kib: u64) -> String {
    if kib.is_multiple_of(KIB) { format!("{name} {} MiB", kib / KIB) } else { format!("{name} {kib} KiB") }
}

fn note_machine(context: &Context, bench: &mut Bench<'_>) {
    if let Some(cores) = context.num_cpus {
        bench.fact("cores", &cores.to_string());
    }
    if let Some(scaling) = context.cpu_scaling_enabled {
        bench.fact("cpu scaling", if scaling { "enabled" } else { "disabled" });
    }
    // `L1 Data 48 KiB, L3 Unified 48 MiB`: another processor has other ones, whatever its clock reads at the moment.
    let caches: Vec<String> = context
        .caches
        .iter()
        .map(|Cache { kind, level, size }| cache(&format!("L{level} {kind}"), size / KIB))
        .collect();
    bench.fact("caches", &caches.join(", "));
    bench.fact("build type", context.library_build_type.as_deref().unwrap_or_default());
    bench.fact("benchmark library", context.library_version.as_deref().unwrap_or_default());
}
