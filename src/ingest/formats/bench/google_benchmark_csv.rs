//! google/benchmark's CSV (`--benchmark_format=csv`, `--benchmark_out_format=csv`): a row for each repetition of each
//! benchmark, and aggregates of them, which only their names tell.
//!
//! In: CSV with that header, the lines about the machine above it where both streams were kept. Out: as for the JSON of the
//! same tool: a row a repetition; aggregates are reported where nothing else stands in the file. A name that ends in `_mean`
//! is that of a benchmark unless the median and the deviation of the same one stand beside it.

use std::collections::BTreeSet;

use csv::StringRecord;

use crate::ingest::benchmarks::{self, Bench, Sample};
use crate::ingest::format::{
    AnyRecords, Failures, Format, Head, Holds, IngestError, RowKind, Sink, SourceOptions, Statistic, Unit,
};
use crate::ingest::formats::bench::google_benchmark::{
    CPU, DECLARED, FIELDS, REAL, UNIT, WITHOUT_TIMES, cache, declare_counter,
};
use crate::ingest::summaries;
use crate::ingest::text::csv_tables::{self, CsvRow, CsvTable};

pub(crate) const FORMAT: Format = Format {
    name: "google-benchmark-csv",
    about: "google/benchmark's CSV: repetitions with real time, processor time and counters",
    latency: REAL,
    failures: Failures::Recorded("`error_occurred`: named, and no sample"),
    holds: Holds::Samples,
    row: RowKind::Run,
    example: "./bench --benchmark_repetitions=10 --benchmark_format=csv > bench.csv && perfreport summarize bench.csv",
    upstream: "google/benchmark: src/csv_reporter.cc",
    sniff,
    read,
};

/// What the header begins with.
const HEADER: [&str; 5] = ["name", "iterations", "real_time", "cpu_time", "time_unit"];
/// What the library appends to the name of a benchmark for an aggregate of its repetitions.
const AGGREGATES: [(&str, Statistic); 4] = [
    ("_mean", Statistic::Mean),
    ("_median", Statistic::Median),
    ("_stddev", Statistic::Stddev),
    ("_cv", Statistic::Cv),
];

fn sniff(head: &Head<'_>) -> Option<Vec<String>> {
    let header = HEADER.join(",");
    let found = head.bytes.split(|byte| *byte == b'\n').any(|line| {
        line.strip_prefix(header.as_bytes()).is_some_and(|rest| matches!(rest.first(), None | Some(b',' | b'\r')))
    });
    found.then(|| vec![format!("the header begins `{header}`")])
}

/// A row and the names above it.
struct Entry<'r> {
    header: &'r StringRecord,
    row: &'r CsvRow,
}

impl<'r> Entry<'r> {
    fn get(&self, name: &str) -> &'r str {
        let cell = self.header.iter().position(|other| other == name).and_then(|index| self.row.cells.get(index));
        cell.unwrap_or_default()
    }

    fn name(&self) -> &'r str {
        self.get("name")
    }

    /// The benchmark and the statistic of which this is an aggregate.
    fn aggregate(&self, names: &BTreeSet<&str>) -> Option<(&'r str, Statistic)> {
        let (benchmark, statistic) =
            AGGREGATES.iter().find_map(|(suffix, statistic)| Some((self.name().strip_suffix(suffix)?, *statistic)))?;
        let all = AGGREGATES[..3].iter().all(|(suffix, _)| names.contains(format!("{benchmark}{suffix}").as_str()));
        all.then_some((benchmark, statistic))
    }

    /// Coefficients of a curve through all sizes of a benchmark have no iterations.
    fn is_of_complexity(&self) -> bool {
        (self.name().ends_with("_BigO") || self.name().ends_with("_RMS")) && self.get("iterations").is_empty()
    }

    fn failed(&self) -> bool {
        self.get("error_occurred") == "true"
    }

    fn was_skipped(&self) -> bool {
        self.get("error_occurred") == "false" && !self.get("error_message").is_empty()
    }

    fn counters(&self) -> Vec<(&'r str, &'r str)> {
        let cells = self.header.iter().zip(&self.row.cells);
        cells.filter(|(name, cell)| !FIELDS.contains(name) && cell.parse::<f64>().is_ok()).collect()
    }
}

fn read(records: &mut AnyRecords<'_>, _: &SourceOptions, sink: &mut Sink) -> Result<(), IngestError> {
    let tables = csv_tables::read(records, |row| csv_tables::begins_with(row, &HEADER))?;
    let mut bench = Bench::new(sink, DECLARED);
    let (printed, tables): (Vec<&CsvTable>, Vec<&CsvTable>) = tables.iter().partition(|table| table.header.is_empty());
    note_machine(&printed, &mut bench);
    let mut all: Vec<Entry<'_>> = Vec::new();
    for CsvTable { header, rows } in tables {
        all.extend(rows.iter().map(|row| Entry { header, row }));
    }
    take(&all, &mut bench);
    bench.finish();
    Ok(())
}

fn take(all: &[Entry<'_>], bench: &mut Bench<'_>) {
    let names: BTreeSet<&str> = all.iter().map(Entry::name).collect();
    let measured =
        |entry: &&Entry<'_>| !entry.failed() && entry.aggregate(&names).is_none() && !entry.is_of_complexity();
    let counters: BTreeSet<Vec<&str>> =
        all.iter().filter(measured).map(|entry| entry.counters().iter().map(|(name, _)| *name).collect()).collect();
    note_failures(all, &names, bench);
    // One table where all have the same counters; otherwise a table for each counter, without empty cells.
    let together = counters.len() == 1;
    for entry in all {
        let line = entry.row.line;
        match entry.aggregate(&names) {
            Some((benchmark, _)) if names.contains(benchmark) => {
                bench.set_aside("aggregates, of which the repetitions stand in the file", line);
            }
            Some((benchmark, statistic)) => report(entry, benchmark, statistic, bench),
            None if entry.is_of_complexity() => bench.set_aside("coefficients of complexity", line),
            None => sample(entry, together, bench),
        }
    }
}

/// Says which benchmarks ended in an error, each once.
fn note_failures(all: &[Entry<'_>], names: &BTreeSet<&str>, bench: &mut Bench<'_>) {
    let is_one = |entry: &&Entry<'_>| !entry.is_of_complexity() && !entry.was_skipped();
    let name = |entry| Entry::aggregate(entry, names).map_or(entry.name(), |(benchmark, _)| benchmark);
    let benchmarks = all.iter().filter(is_one).map(name).collect::<BTreeSet<&str>>().len();
    let mut told = BTreeSet::new();
    for entry in all.iter().filter(|entry| entry.failed()) {
        if told.insert(entry.name()) {
            let times = all.iter().filter(|other| other.failed() && other.name() == entry.name()).count();
            let how = if times > 1 { format!("ended in an error {times} times") } else { "ended in an error".into() };
            let message = entry.get("error_message");
            summaries::failed_benchmark(bench.sink, Some(entry.row.line), entry.name(), &how, message);
        }
    }
    if !told.is_empty() {
        summaries::failed_benchmarks(bench.sink, benchmarks, told.len());
    }
}

fn sample(entry: &Entry<'_>, together: bool, bench: &mut Bench<'_>) {
    let line = entry.row.line;
    let label = benchmarks::or_unnamed(Some(entry.name()));
    let (real, cpu) = (entry.get("real_time"), entry.get("cpu_time"));
    if entry.failed() {
        return bench.set_aside("benchmarks that ended in an error", line);
    }
    if entry.was_skipped() {
        return bench.set_aside("benchmarks that were skipped", line);
    }
    if real.is_empty() || cpu.is_empty() {
        return bench.set_aside(WITHOUT_TIMES, line);
    }
    let counters = entry.counters();
    for (name, _) in &counters {
        declare_counter(bench, name);
    }
    let mut values = vec![("real_time", real), ("cpu_time", cpu)];
    if together {
        values.extend(&counters);
    }
    let unit = Some((UNIT, entry.get(UNIT)));
    bench.push(&Sample { label: &label, run: None, failed: None, unit, values: &values, line });
    for counter in counters.iter().filter(|_| !together) {
        bench.push(&Sample { label: &label, run: None, failed: None, unit: None, values: &[*counter], line });
    }
}

fn report(entry: &Entry<'_>, benchmark: &str, statistic: Statistic, bench: &mut Bench<'_>) {
    let line = entry.row.line;
    let (is_share, unit) = (statistic == Statistic::Cv, entry.get(UNIT));
    // Older versions scale this share like a time.
    if is_share && !unit.is_empty() {
        return bench.set_aside("coefficients of variation in a unit of time", line);
    }
    let unit = if is_share { Unit::RATIO } else { Unit::parse(unit).unwrap_or(Unit::NANOSECOND) };
    for (metric, meaning) in [("real_time", REAL), ("cpu_time", CPU)] {
        let written = entry.get(metric);
        let (metric, statistic) =
            if is_share { (format!("{metric} (cv)"), Statistic::Value) } else { (metric.to_owned(), statistic) };
        let mut summary = benchmarks::summary(&metric, unit, benchmark, meaning);
        summary.add_written(statistic, written, written.parse().ok(), line);
        summary.give(bench.sink);
    }
}

/// What the library prints about the machine above the header.
fn note_machine(printed: &[&CsvTable], bench: &mut Bench<'_>) {
    let mut caches: Vec<String> = Vec::new();
    for row in printed.iter().flat_map(|table| &table.rows) {
        let line = row.cells.get(0).unwrap_or_default();
        let words: Vec<&str> = line.split_whitespace().collect();
        match words[..] {
            ["Run", "on", cores, "X", ..] => bench.fact("cores", cores.trim_start_matches('(')),
            [level, kind, size, "KiB", ..] if level.starts_with('L') => {
                caches.extend(size.parse().ok().map(|size| cache(&format!("{level} {kind}"), size)));
            }
            ["***WARNING***", "CPU", "scaling", ..] => bench.fact("cpu scaling", "enabled"),
            ["***WARNING***", "Library", .., "DEBUG."] => bench.fact("build type", "debug"),
            _ => {}
        }
    }
    bench.fact("caches", &caches.join(", "));
}
