//! hyperfine's `--export-json`: an entry a command, with the wall time and the exit code of each run.
//!
//! In: JSON documents. Out: a row a run with its exit code; user and system time, of which the file has means only, as
//! reported numbers, and everything of entries without `times`.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::ingest::benchmarks::{self, Bench, Sample};
use crate::ingest::format::{
    AnyRecords, Declared, Failures, Format, Head, Holds, IngestError, RowKind, Sink, SourceOptions, Statistic, Unit,
};
use crate::ingest::json::value::LineCounter;

pub(crate) const FORMAT: Format = Format {
    name: "hyperfine",
    about: "hyperfine's JSON export: the wall time and exit code of each run of each command",
    latency: WALL,
    failures: Failures::Recorded("exit codes other than 0"),
    holds: Holds::Samples,
    row: RowKind::Run,
    example: "hyperfine --export-json runs.json 'grep -r x .' && perfreport summarize runs.json",
    upstream: "sharkdp/hyperfine: src/benchmark/benchmark_result.rs",
    sniff,
    read,
};

/// What the times measure.
pub(crate) const WALL: &str = "wall time of a whole process, start to exit";
/// What user and system times measure.
pub(crate) const CPU: &str = "processor time of a whole process, mean over its runs";
/// The metric's name: hyperfine calls the samples `times`.
pub(crate) const TIME: &str = "time";

const DECLARED: [Declared; 1] =
    [Declared::time(TIME, Unit::SECOND, WALL, "hyperfine: an entry of `times`, in seconds")];

#[derive(Deserialize)]
struct Export<'t> {
    #[serde(borrow)]
    results: Vec<Entry<'t>>,
}

#[derive(Deserialize)]
struct Entry<'t> {
    command: Option<String>,
    #[serde(borrow)]
    mean: Option<&'t RawValue>,
    #[serde(borrow)]
    stddev: Option<&'t RawValue>,
    #[serde(borrow)]
    median: Option<&'t RawValue>,
    #[serde(borrow)]
    user: Option<&'t RawValue>,
    #[serde(borrow)]
    system: Option<&'t RawValue>,
    #[serde(borrow)]
    min: Option<&'t RawValue>,
    #[serde(borrow)]
    max: Option<&'t RawValue>,
    #[serde(borrow)]
    times: Option<Vec<&'t RawValue>>,
    #[serde(borrow)]
    exit_codes: Option<Vec<&'t RawValue>>,
    #[serde(borrow)]
    parameters: Option<BTreeMap<String, &'t RawValue>>,
}

fn sniff(head: &Head<'_>) -> Option<Vec<String>> {
    const KEYS: &[&str] = &["results", "command", "mean", "user", "system"];
    const TIMES: &[&str] = &["results", "command", "times", "exit_codes"];
    benchmarks::object_with(head, &[KEYS, TIMES])
}

fn read(records: &mut AnyRecords<'_>, _: &SourceOptions, sink: &mut Sink) -> Result<(), IngestError> {
    benchmarks::read_documents(records, sink, DECLARED, take)
}

fn take<'t>(document: &'t RawValue, lines: &mut LineCounter<'t>, bench: &mut Bench<'_>) -> serde_json::Result<()> {
    let export: Export<'t> = serde_json::from_str(document.get())?;
    for entry in export.results {
        let parameters = entry.parameters.iter().flatten();
        let parameters: Vec<(&str, &str)> =
            parameters.map(|(name, value)| (name.as_str(), benchmarks::text_of(value))).collect();
        let label = label(&benchmarks::or_unnamed(entry.command.as_deref()), &parameters);
        let times = entry.times.as_deref().unwrap_or_default();
        let codes = entry.exit_codes.as_deref().unwrap_or_default();
        for (index, time) in times.iter().enumerate() {
            // A process that a signal ended has no exit code.
            let failed = codes.get(index).map(|code| code.get() != "0");
            bench.push(&Sample {
                label: &label,
                run: None,
                failed,
                unit: None,
                values: &[(TIME, benchmarks::text_of(time))],
                line: lines.line(time.get()),
            });
        }
        if times.is_empty() {
            let statistics = [
                (Statistic::Mean, entry.mean),
                (Statistic::Stddev, entry.stddev),
                (Statistic::Median, entry.median),
                (Statistic::Min, entry.min),
                (Statistic::Max, entry.max),
            ];
            bench.report(benchmarks::summary(TIME, Unit::SECOND, &label, WALL), statistics, lines);
        }
        for (name, mean) in [("user", entry.user), ("system", entry.system)] {
            bench.report(benchmarks::summary(name, Unit::SECOND, &label, CPU), [(Statistic::Mean, mean)], lines);
        }
    }
    Ok(())
}

/// The command, with those parameters that do not show in it.
pub(crate) fn label(command: &str, parameters: &[(&str, &str)]) -> String {
    let hidden: Vec<String> = parameters
        .iter()
        .filter(|(_, value)| !command.contains(value))
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    if hidden.is_empty() { command.to_owned() } else { format!("{command} [{}]", hidden.join(", ")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_that_the_command_shows_is_not_said_twice() {
        assert_eq!(label("sleep 2", &[("t", "2")]), "sleep 2");
        assert_eq!(label("sort", &[("n", "8"), ("k", "1")]), "sort [n=8, k=1]");
    }
}
