//! `BenchmarkDotNet`'s JSON exporters (`JsonExporter.Full`, `FullCompressed`, `Brief`).
//!
//! In: JSON documents. Out: a row an iteration with its time of one operation (`Nanoseconds` divided by `Operations`) and
//! its launch as run. Of the measurements only results count: what `BenchmarkDotNet` computes its own statistics from,
//! with the overhead subtracted and outliers removed; where a version writes none, actual workload iterations. Without
//! measurements, `OriginalValues`; without those, the statistics as reported numbers.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::ingest::benchmarks::{self, Bench, Sample};
use crate::ingest::format::{
    AnyRecords, Declared, Failures, Format, Head, Holds, IngestError, RowKind, Sink, SourceOptions, Statistic, Unit,
};
use crate::ingest::json::value::LineCounter;
use crate::ingest::summaries;

pub(crate) const FORMAT: Format = Format {
    name: "benchmark-dotnet",
    about: "BenchmarkDotNet's JSON: iterations by launch, or statistics where measurements were not exported",
    latency: MEANING,
    failures: Failures::Recorded("benchmarks without statistics and measurements"),
    holds: Holds::Samples,
    row: RowKind::Run,
    example: "dotnet run -c Release -- --exporters json && perfreport summarize BenchmarkDotNet.Artifacts/results/*.json",
    upstream: "dotnet/BenchmarkDotNet: src/BenchmarkDotNet/Exporters/Json/JsonExporterBase.cs",
    sniff,
    read,
};

const MEANING: &str = "time of one operation, averaged over an iteration, overhead subtracted";
const TIME: &str = "time";

const DECLARED: [Declared; 1] =
    [Declared::time(TIME, Unit::NANOSECOND, MEANING, "BenchmarkDotNet: `Nanoseconds` divided by `Operations`")];

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct File<'t> {
    #[serde(borrow)]
    host_environment_info: BTreeMap<String, &'t RawValue>,
    #[serde(borrow)]
    benchmarks: Vec<Entry<'t>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Entry<'t> {
    display_info: Option<String>,
    #[serde(rename = "Type")]
    class: Option<String>,
    method: Option<String>,
    parameters: Option<String>,
    #[serde(borrow)]
    statistics: Option<Statistics<'t>>,
    memory: Option<Memory<'t>>,
    #[serde(borrow, default)]
    measurements: Vec<Measurement<'t>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Statistics<'t> {
    #[serde(borrow)]
    original_values: Option<Vec<&'t RawValue>>,
    #[serde(borrow)]
    n: Option<&'t RawValue>,
    #[serde(borrow)]
    min: Option<&'t RawValue>,
    #[serde(borrow)]
    median: Option<&'t RawValue>,
    #[serde(borrow)]
    mean: Option<&'t RawValue>,
    #[serde(borrow)]
    max: Option<&'t RawValue>,
    #[serde(borrow)]
    standard_deviation: Option<&'t RawValue>,
    #[serde(borrow)]
    percentiles: Option<BTreeMap<String, &'t RawValue>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Memory<'t> {
    #[serde(borrow)]
    bytes_allocated_per_operation: Option<&'t RawValue>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Measurement<'t> {
    iteration_mode: Option<String>,
    iteration_stage: Option<String>,
    launch_index: Option<u64>,
    #[serde(borrow)]
    operations: Option<&'t RawValue>,
    #[serde(borrow)]
    nanoseconds: Option<&'t RawValue>,
}

/// The processor's name. Old versions wrote the lazy value itself.
#[derive(Deserialize)]
#[serde(untagged)]
enum Processor {
    /// A name.
    Name(String),
    /// A value that was asked for.
    Lazy {
        #[serde(rename = "Value")]
        value: String,
    },
}

/// What a measurement is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Of the workload, overhead subtracted, outliers removed.
    Result,
    /// Of the workload, as measured.
    Actual,
    /// Anything else: jitting, pilot, warm-up, overhead.
    Other,
}

impl Measurement<'_> {
    fn kind(&self) -> Kind {
        // Versions before 0.11 have no stages and put all in the mode.
        match (self.iteration_mode.as_deref(), self.iteration_stage.as_deref()) {
            (Some("Workload"), Some("Result")) | (Some("Result"), None) => Kind::Result,
            (Some("Workload"), Some("Actual")) | (Some("MainTarget"), None) => Kind::Actual,
            _ => Kind::Other,
        }
    }
}

fn sniff(head: &Head<'_>) -> Option<Vec<String>> {
    const KEYS: &[&str] = &["Title", "HostEnvironmentInfo"];
    benchmarks::object_with(head, &[KEYS])
}

fn read(records: &mut AnyRecords<'_>, _: &SourceOptions, sink: &mut Sink) -> Result<(), IngestError> {
    benchmarks::read_documents(records, sink, DECLARED, take)
}

fn take<'t>(document: &'t RawValue, lines: &mut LineCounter<'t>, bench: &mut Bench<'_>) -> serde_json::Result<()> {
    let file: File<'t> = serde_json::from_str(document.get())?;
    note_machine(&file.host_environment_info, bench);
    let mut failed = 0;
    // Values without their measurements are of one launch, where those of others say theirs: all stand in one table.
    let launched = file.benchmarks.iter().flat_map(|entry| &entry.measurements).any(|one| one.kind() != Kind::Other);
    let launch = launched.then_some(1);
    for entry in &file.benchmarks {
        let label = label(entry);
        let has = |kind: Kind| entry.measurements.iter().any(|measurement| measurement.kind() == kind);
        if entry.statistics.is_none() && !has(Kind::Result) && !has(Kind::Actual) {
            failed += 1;
            let line = Some(lines.line(document.get()));
            let why = "its statistics are null, and nothing was measured";
            summaries::failed_benchmark(bench.sink, line, &label, "failed", why);
            continue;
        }
        let original = entry.statistics.as_ref().and_then(|statistics| statistics.original_values.as_deref());
        match () {
            () if has(Kind::Result) => measurements(entry, Kind::Result, &label, lines, bench),
            () if has(Kind::Actual) => measurements(entry, Kind::Actual, &label, lines, bench),
            () => {
                for value in original.unwrap_or_default() {
                    let (line, values) = (lines.line(value.get()), &[(TIME, benchmarks::text_of(value))]);
                    bench.push(&Sample { label: &label, run: launch, failed: None, unit: None, values, line });
                }
            }
        }
        if let Some(statistics) = entry
            .statistics
            .as_ref()
            .filter(|_| original.is_none_or(<[_]>::is_empty) && !has(Kind::Result) && !has(Kind::Actual))
        {
            report(statistics, &label, lines, bench);
        }
        if let Some(memory) = &entry.memory {
            let meaning = "memory allocated for one operation";
            let allocated = benchmarks::summary("allocated", Unit::BYTE, &label, meaning);
            bench.report(allocated, [(Statistic::Value, memory.bytes_allocated_per_operation)], lines);
        }
    }
    if failed > 0 {
        summaries::failed_benchmarks(bench.sink, file.benchmarks.len(), failed);
    }
    Ok(())
}

fn measurements<'t>(entry: &Entry<'t>, kind: Kind, label: &str, lines: &mut LineCounter<'t>, bench: &mut Bench<'_>) {
    for measurement in &entry.measurements {
        let line = measurement.nanoseconds.map_or(1, |time| lines.line(time.get()));
        if measurement.kind() != kind {
            let why = match measurement.kind() {
                Kind::Actual => "raw iterations, whose results without overhead and outliers stand beside them",
                _ => "iterations for jitting, pilot, warm-up and overhead",
            };
            bench.set_aside(why, line);
            continue;
        }
        let count = benchmarks::number(measurement.operations).filter(|count| *count > 0.0);
        let (Some(time), Some(count)) = (benchmarks::number(measurement.nanoseconds), count) else {
            bench.set_aside("measurements without a time or without operations", line);
            continue;
        };
        let time = (time / count).to_string();
        let values = &[(TIME, time.as_str())];
        bench.push(&Sample {
            label,
            run: Some(measurement.launch_index.unwrap_or(1)),
            failed: None,
            unit: None,
            values,
            line,
        });
    }
}

fn report<'t>(statistics: &Statistics<'t>, label: &str, lines: &mut LineCounter<'t>, bench: &mut Bench<'_>) {
    let mut values = vec![
        (Statistic::Count, statistics.n),
        (Statistic::Mean, statistics.mean),
        (Statistic::Stddev, statistics.standard_deviation),
        (Statistic::Min, statistics.min),
        (Statistic::Median, statistics.median),
    ];
    let percentiles = statistics.percentiles.iter().flatten().filter_map(|(name, value)| {
        let percent: f64 = name.strip_prefix('P')?.parse().ok()?;
        // The minimum, the median and the maximum stand beside them.
        (percent > 0.0 && percent < 100.0 && percent != 50.0).then_some((Statistic::Percentile(percent), Some(*value)))
    });
    values.extend(percentiles);
    values.push((Statistic::Max, statistics.max));
    bench.report(benchmarks::summary(TIME, Unit::NANOSECOND, label, MEANING), values, lines);
}

/// `Type.Method: Job(…) [N=10]` as the summary shows it, without the name of the default job.
fn label(entry: &Entry<'_>) -> String {
    if let Some(display) = entry.display_info.as_deref().filter(|display| !display.is_empty()) {
        return display.replace(": DefaultJob", "");
    }
    let name: Vec<&str> = [&entry.class, &entry.method].into_iter().filter_map(|part| part.as_deref()).collect();
    let name = name.join(".");
    let parameters = entry.parameters.as_deref().filter(|parameters| !parameters.is_empty());
    let name = benchmarks::or_unnamed(Some(&name));
    parameters.map_or_else(|| name.to_string(), |parameters| format!("{name} [{parameters}]"))
}

fn note_machine(host: &BTreeMap<String, &RawValue>, bench: &mut Bench<'_>) {
    const FACTS: &[(&str, &[&str])] = &[
        ("cores", &["LogicalCoreCount", "ProcessorCount"]),
        ("os", &["OsVersion"]),
        ("architecture", &["Architecture"]),
        ("runtime", &["RuntimeVersion", "ClrVersion"]),
        ("build", &["Configuration"]),
        ("sdk", &["DotNetCliVersion", "DotNetSdkVersion"]),
        ("benchmark-dotnet", &["BenchmarkDotNetVersion"]),
    ];
    let text = |name: &str| {
        let value = host.get(name)?;
        Some(serde_json::from_str::<String>(value.get()).unwrap_or_else(|_| value.get().to_owned()))
    };
    for (fact, names) in FACTS {
        let found =
            names.iter().find_map(|name| text(name)).filter(|found| found != "null" && !found.starts_with(['{', '[']));
        bench.fact(fact, &found.unwrap_or_default());
    }
    match host.get("ProcessorName").and_then(|name| serde_json::from_str(name.get()).ok()) {
        Some(Processor::Name(name) | Processor::Lazy { value: name }) => bench.fact("cpu", &name),
        None => {}
    }
}
