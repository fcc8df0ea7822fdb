//! pytest-benchmark's `--benchmark-json`: an entry a test with its statistics and, where they were saved, its rounds.
//!
//! In: JSON documents. Out: a row a round (`stats.data`, seconds an iteration). Without them, or where they are not all,
//! the statistics as reported numbers.

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::ingest::benchmarks::{self, Bench, Sample};
use crate::ingest::format::{
    AnyRecords, Declared, Failures, FindingKind, Format, Head, Holds, IngestError, RowKind, Severity, Sink,
    SourceOptions, Statistic, Unit,
};
use crate::ingest::json::value::LineCounter;

pub(crate) const FORMAT: Format = Format {
    name: "pytest-benchmark",
    about: "pytest-benchmark's JSON: the rounds of each test, or its statistics where rounds were not saved",
    latency: MEANING,
    failures: Failures::NotRecorded,
    holds: Holds::Samples,
    row: RowKind::Run,
    example: "pytest --benchmark-json=bench.json && perfreport summarize bench.json",
    upstream: "ionelmc/pytest-benchmark: src/pytest_benchmark/fixture.py and stats.py",
    sniff,
    read,
};

const MEANING: &str = "time of one call, averaged over the iterations of a round";
const TIME: &str = "time";

const DECLARED: [Declared; 1] =
    [Declared::time(TIME, Unit::SECOND, MEANING, "pytest-benchmark: an entry of `stats.data`, in seconds")];

#[derive(Deserialize)]
struct File<'t> {
    machine_info: Option<Machine>,
    #[serde(borrow)]
    benchmarks: Vec<&'t RawValue>,
}

#[derive(Deserialize)]
struct Machine {
    #[serde(rename = "machine")]
    architecture: Option<String>,
    system: Option<String>,
    release: Option<String>,
    python_compiler: Option<String>,
    python_implementation: Option<String>,
    python_version: Option<String>,
    cpu: Option<Processor>,
}

#[derive(Deserialize)]
struct Processor {
    #[serde(alias = "brand")]
    brand_raw: Option<String>,
    count: Option<u64>,
}

#[derive(Deserialize)]
struct Entry<'t> {
    name: Option<String>,
    fullname: Option<String>,
    #[serde(borrow)]
    stats: Stats<'t>,
}

#[derive(Deserialize)]
struct Stats<'t> {
    #[serde(borrow)]
    data: Option<Vec<&'t RawValue>>,
    #[serde(borrow)]
    rounds: Option<&'t RawValue>,
    #[serde(borrow)]
    min: Option<&'t RawValue>,
    #[serde(borrow)]
    max: Option<&'t RawValue>,
    #[serde(borrow)]
    mean: Option<&'t RawValue>,
    #[serde(borrow)]
    stddev: Option<&'t RawValue>,
    #[serde(borrow)]
    median: Option<&'t RawValue>,
    #[serde(borrow)]
    q1: Option<&'t RawValue>,
    #[serde(borrow)]
    q3: Option<&'t RawValue>,
}

fn sniff(head: &Head<'_>) -> Option<Vec<String>> {
    const MACHINE: &[&str] = &["machine_info", "python_version"];
    const STATS: &[&str] = &["benchmarks", "fullname", "stats", "iqr_outliers"];
    benchmarks::object_with(head, &[MACHINE, STATS])
}

fn read(records: &mut AnyRecords<'_>, _: &SourceOptions, sink: &mut Sink) -> Result<(), IngestError> {
    benchmarks::read_documents(records, sink, DECLARED, take)
}

fn take<'t>(document: &'t RawValue, lines: &mut LineCounter<'t>, bench: &mut Bench<'_>) -> serde_json::Result<()> {
    let file: File<'t> = serde_json::from_str(document.get())?;
    if let Some(machine) = &file.machine_info {
        note_machine(machine, bench);
    }
    let mut entries: Vec<Entry<'t>> = Vec::with_capacity(file.benchmarks.len());
    for raw in file.benchmarks {
        if let Ok(entry) = serde_json::from_str(raw.get()) {
            entries.push(entry);
            continue;
        }
        let line = lines.line(raw.get());
        bench.set_aside("entries without statistics", line);
        let name = crate::ingest::json::value::entries(raw).into_iter().find(|(key, _)| key == "name");
        let name = name.map_or("(unnamed)", |(_, name)| benchmarks::text_of(name));
        let reason = format!("the benchmark `{name}` has no statistics as pytest-benchmark writes them");
        bench.find(Severity::Corrupted, FindingKind::MalformedRecord, line, reason, "it is not in the report");
    }
    let same_name = |entry: &Entry<'t>| entries.iter().filter(|other| other.name == entry.name).count() > 1;
    for entry in &entries {
        let (name, full) = (entry.name.as_deref(), entry.fullname.as_deref());
        let name = if same_name(entry) { full.or(name) } else { name.or(full) };
        take_entry(&benchmarks::or_unnamed(name), &entry.stats, lines, bench);
    }
    Ok(())
}

fn take_entry<'t>(label: &str, stats: &Stats<'t>, lines: &mut LineCounter<'t>, bench: &mut Bench<'_>) {
    let data = stats.data.as_deref().unwrap_or_default();
    let rounds = data.iter().filter(|round| benchmarks::is_number(round)).count();
    let said = benchmarks::number(stats.rounds);
    let lacks = !data.is_empty() && said.is_some_and(|said| said != rounds as f64);
    let mut odd = None;
    for round in data {
        let line = lines.line(round.get());
        if benchmarks::is_number(round) {
            let values = &[(TIME, benchmarks::text_of(round))];
            bench.push(&Sample { label, run: None, failed: None, unit: None, values, line });
        } else {
            bench.set_aside("elements of `data` that are no numbers", line);
            odd.get_or_insert((line, 0_u64)).1 += 1;
        }
    }
    // Where rounds are missing all the same, that is said below.
    if let Some((line, count)) = odd.filter(|_| !lacks) {
        let reason = format!("`{label}` has {count} rounds without a number");
        let action = "they are not in the statistics";
        bench.find(Severity::Corrupted, FindingKind::NotANumber, line, reason, action);
    }
    if let (true, Some(said)) = (lacks, said) {
        let line = stats.data.as_ref().and_then(|data| data.first()).map_or(1, |first| lines.line(first.get()));
        let reason = format!("`{label}` has {rounds} numbers in `data`, and its statistics are of {said} rounds");
        let action = "both are shown: the numbers there are, and the statistics as reported";
        bench.find(Severity::Suspicious, FindingKind::Contradiction, line, reason, action);
    }
    if data.is_empty() || lacks {
        let statistics = [
            (Statistic::Count, stats.rounds),
            (Statistic::Mean, stats.mean),
            (Statistic::Stddev, stats.stddev),
            (Statistic::Min, stats.min),
            (Statistic::Percentile(25.0), stats.q1),
            (Statistic::Median, stats.median),
            (Statistic::Percentile(75.0), stats.q3),
            (Statistic::Max, stats.max),
        ];
        bench.report(benchmarks::summary(TIME, Unit::SECOND, label, MEANING), statistics, lines);
    }
}

fn note_machine(machine: &Machine, bench: &mut Bench<'_>) {
    let joined =
        |parts: &[&Option<String>]| parts.iter().filter_map(|part| part.as_deref()).collect::<Vec<_>>().join(" ");
    bench.fact("os", &joined(&[&machine.system, &machine.release, &machine.architecture]));
    bench.fact("runtime", &joined(&[&machine.python_implementation, &machine.python_version]));
    bench.fact("compiler", &joined(&[&machine.python_compiler]));
    if let Some(processor) = &machine.cpu {
        bench.fact("cpu", &joined(&[&processor.brand_raw]));
        bench.fact("cores", &processor.count.map(|count| count.to_string()).unwrap_or_default());
    }
}
