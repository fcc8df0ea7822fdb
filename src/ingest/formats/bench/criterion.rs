//! criterion's JSON files of a benchmark: `sample.json` with the samples, and beside it `estimates.json`,
//! `benchmark.json` and, one level up, `change/estimates.json`.
//!
//! In: one such document. Out: a row a sample with the time of one iteration (`times` divided by `iters`, nanoseconds);
//! the point estimates as reported numbers. The benchmark's name stands in the folder's, not in the file: it is taken
//! from the source's name as far as that has folders.

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::measure::finding::{Finding, Place};
use crate::table::source::Source;

use crate::ingest::benchmarks::{self, Bench, Sample};
use crate::ingest::format::{
    AnyRecords, Declared, Failures, FindingKind, Format, Head, Holds, IngestError, Role, RowKind, Severity, Sink,
    SourceOptions, Statistic, Unit,
};
use crate::ingest::json::outline::Outline;
use crate::ingest::json::value::LineCounter;

pub(crate) const FORMAT: Format = Format {
    name: "criterion",
    about: "criterion's sample.json (every sample) and estimates.json (its estimates) of a benchmark",
    latency: MEANING,
    failures: Failures::NotRecorded,
    holds: Holds::Samples,
    row: RowKind::Run,
    example: "cargo bench && perfreport summarize target/criterion/*/new/sample.json",
    upstream: "bheisler/criterion.rs: src/connection.rs (SavedSample) and src/estimate.rs",
    sniff,
    read,
};

/// What the times measure.
pub(crate) const MEANING: &str = "time of one iteration, averaged over the iterations of a sample";
/// The metric's name.
pub(crate) const TIME: &str = "time";

const DECLARED: [Declared; 1] =
    [Declared::time(TIME, Unit::NANOSECOND, MEANING, "criterion: `times` divided by `iters`, in nanoseconds")];

/// The folder under which criterion keeps its files.
const FOLDER: &str = "criterion";
const SAMPLE: &[&str] = &["iters", "times"];
const SAMPLING: &[&str] = &["sampling_mode", "iters"];
const ESTIMATES: &[&str] = &["mean", "median", "point_estimate", "standard_error", "confidence_interval"];
const BENCHMARK: &[&str] = &["group_id", "function_id", "full_id", "directory_name"];

#[derive(Deserialize)]
struct Iterations<'t> {
    #[serde(borrow)]
    iters: Vec<&'t RawValue>,
    #[serde(borrow)]
    times: Vec<&'t RawValue>,
}

#[derive(Deserialize)]
struct Estimates<'t> {
    #[serde(borrow)]
    mean: Estimate<'t>,
    #[serde(borrow)]
    median: Estimate<'t>,
    #[serde(borrow)]
    std_dev: Option<Estimate<'t>>,
    #[serde(borrow)]
    slope: Option<Estimate<'t>>,
}

#[derive(Deserialize)]
struct Estimate<'t> {
    #[serde(borrow)]
    point_estimate: &'t RawValue,
}

fn sniff(head: &Head<'_>) -> Option<Vec<String>> {
    for (keys, what) in [
        (SAMPLE, "criterion's samples: an object"),
        (SAMPLING, "criterion's samples: an object"),
        (ESTIMATES, "criterion's estimates: an object"),
        (BENCHMARK, "criterion's description of a benchmark: an object"),
    ] {
        if head.outline().is_some_and(|outline| outline.has_anywhere(keys)) {
            return Some(benchmarks::keys_evidence(what, keys));
        }
    }
    is_pair(head).then(|| vec!["two lists: counts of iterations n, 2n, 3n, … and as many times".to_owned()])
}

/// Whether a text is `[[n, 2n, 3n, …], [times]]`: criterion's linear sampling leaves no doubt.
fn is_pair(head: &Head<'_>) -> bool {
    /// criterion takes at least so many samples.
    const FEWEST: usize = 10;
    let Some((counts, times)) =
        std::str::from_utf8(head.bytes).ok().and_then(|text| serde_json::from_str::<(Vec<f64>, Vec<f64>)>(text).ok())
    else {
        return false;
    };
    let linear = || counts.iter().zip(1_u32..).all(|(count, factor)| *count == counts[0] * f64::from(factor));
    counts.len() >= FEWEST && counts.len() == times.len() && counts[0] >= 1.0 && linear()
}

/// Why `benchmark.json` adds nothing.
const DESCRIPTION: &str = "a description of a benchmark, without measurements";

fn read(records: &mut AnyRecords<'_>, _: &SourceOptions, sink: &mut Sink) -> Result<(), IngestError> {
    sink.settle = Some(settle);
    benchmarks::read_documents(records, sink, DECLARED, take)
}

/// Names the benchmark by its folders where they are known, and keeps silent about a description that measures nothing.
fn settle(source: &mut Source, options: &SourceOptions) {
    if source.provenance.set_aside.iter().any(|aside| aside.reason == DESCRIPTION) {
        source.findings.retain(|finding| finding.kind != FindingKind::NoMetric);
    }
    let Some(path) = options.path.as_deref().filter(|path| path.split('/').any(|folder| folder == FOLDER)) else {
        return;
    };
    let name = label(path);
    for column in source.tables.iter_mut().flat_map(|table| &mut table.columns) {
        if column.role == Role::Label {
            column.dictionary.iter_mut().for_each(|text| text.clone_from(&name));
        }
    }
    source.reported.iter_mut().for_each(|reported| reported.label = Some(name.clone()));
    if !source.tables.is_empty() {
        source.provenance.environment.insert(benchmarks::LABEL.to_owned(), name);
    }
}

fn take<'t>(document: &'t RawValue, lines: &mut LineCounter<'t>, bench: &mut Bench<'_>) -> serde_json::Result<()> {
    let text = document.get();
    let outline = Outline::of(text.as_bytes());
    let has = |keys: &[&str]| outline.as_ref().is_some_and(|outline| outline.has_anywhere(keys));
    let source = bench.sink.provenance.name.clone();
    if has(ESTIMATES) {
        let estimates: Estimates<'t> = serde_json::from_str(text)?;
        report(&estimates, &source, lines, bench);
    } else if has(BENCHMARK) {
        bench.set_aside(DESCRIPTION, lines.line(text));
    } else if text.starts_with('[') {
        let (iters, times) = serde_json::from_str::<(Vec<&'t RawValue>, Vec<&'t RawValue>)>(text)?;
        samples(&iters, &times, &source, lines, bench);
    } else {
        let Iterations { iters, times } = serde_json::from_str(text)?;
        samples(&iters, &times, &source, lines, bench);
    }
    Ok(())
}

fn samples<'t>(
    iters: &[&'t RawValue],
    times: &[&'t RawValue],
    source: &str,
    lines: &mut LineCounter<'t>,
    bench: &mut Bench<'_>,
) {
    let label = label(source);
    let mut without: Option<(u64, u64)> = None;
    for (count, time) in iters.iter().zip(times) {
        let line = lines.line(time.get());
        let count = benchmarks::number(Some(count)).filter(|count| *count > 0.0);
        let (Some(time), Some(count)) = (benchmarks::number(Some(time)), count) else {
            bench.set_aside("samples without a time or without iterations", line);
            without.get_or_insert((line, 0)).1 += 1;
            continue;
        };
        let time = (time / count).to_string();
        let values = &[(TIME, time.as_str())];
        bench.push(&Sample { label: &label, run: None, failed: None, unit: None, values, line });
    }
    if let Some((line, samples)) = without {
        let reason = format!("{samples} of the samples have no time, or no iterations, that is a number");
        let place = Place::line(&bench.sink.provenance.name, line);
        let action = "they are not in the statistics";
        let finding = Finding::new(Severity::Corrupted, FindingKind::NotANumber, place, reason, action);
        bench.sink.findings.push(finding.count(samples));
    }
    if iters.len() != times.len() {
        let reason = format!("there are {} counts of iterations and {} times", iters.len(), times.len());
        let action = "as many samples were read as have both";
        bench.find(Severity::Corrupted, FindingKind::MalformedRecord, lines.line(""), reason, action);
    }
}

fn report<'t>(estimates: &Estimates<'t>, source: &str, lines: &mut LineCounter<'t>, bench: &mut Bench<'_>) {
    let label = label(source);
    let of = |estimate: &Estimate<'t>| Some(estimate.point_estimate);
    let Some(std_dev) = &estimates.std_dev else {
        // `change/estimates.json`: shares of the older mean and median.
        for (metric, estimate) in [("change of mean", &estimates.mean), ("change of median", &estimates.median)] {
            let meaning = "change since the run before, as a share of it";
            let change = benchmarks::summary(metric, Unit::RATIO, &label, meaning);
            bench.report(change, [(Statistic::Value, of(estimate))], lines);
        }
        return;
    };
    let statistics = [
        (Statistic::Mean, of(&estimates.mean)),
        (Statistic::Median, of(&estimates.median)),
        (Statistic::Stddev, of(std_dev)),
    ];
    bench.report(benchmarks::summary(TIME, Unit::NANOSECOND, &label, MEANING), statistics, lines);
    let meaning = "time of one iteration as the slope of times over iterations, which start-up costs do not enter";
    let slope = [(Statistic::Value, estimates.slope.as_ref().and_then(of))];
    bench.report(benchmarks::summary("slope", Unit::NANOSECOND, &label, meaning), slope, lines);
}

/// The benchmark's name from the folders: `target/criterion/Group/function/10/new/sample.json` is `Group/function/10`.
fn label(source: &str) -> String {
    let mut folders: Vec<&str> = source.split('/').collect();
    folders.pop();
    if folders.last().is_some_and(|last| matches!(*last, "new" | "base" | "change")) {
        folders.pop();
    }
    let after = folders.iter().rposition(|folder| *folder == FOLDER).map_or(0, |at| at + 1);
    benchmarks::or_unnamed(Some(&folders[after..].join("/"))).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_name_the_benchmark() {
        assert_eq!(label("target/criterion/Fibonacci/Iterative/20/new/sample.json"), "Fibonacci/Iterative/20");
        assert_eq!(label("Iterative/base/estimates.json"), "Iterative");
        assert_eq!(label("sample.json"), "(unnamed)");
    }

    #[test]
    fn two_lists_are_samples_only_where_the_counts_are_linear() {
        let seen = |text: &str| is_pair(&Head::new(text.as_bytes(), true));
        assert!(seen("[[2.0,4,6,8,10,12,14,16,18,20],[1,2,3,4,5,6,7,8,9,10]]"));
        assert!(!seen("[[2.0,4,6,8,10,12,14,16,18,21],[1,2,3,4,5,6,7,8,9,10]]"));
        assert!(!seen("[[1,2],[3,4]]"));
        assert!(!seen("[[],[]]"));
    }
}
