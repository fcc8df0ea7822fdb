//! JMH's JSON (`-rf json`): a list of benchmarks, each with raw data by fork and iteration.
//!
//! In: JSON documents. Out: a row an iteration with its fork as run, under the name of the mode; secondary metrics by
//! their names. The raw histograms of mode `sample` are one recorded histogram a benchmark. Benchmarks without raw data
//! are reported numbers.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::measure::reported::{Bucket, RecordedHistogram};
use crate::measure::unit::Dimension;

use crate::ingest::benchmarks::{self, Bench, Sample};
use crate::ingest::format::{
    AnyRecords, Declared, Failures, Format, Head, Holds, IngestError, Polarity, Role, RowKind, Sink, SourceOptions,
    Statistic, Unit,
};
use crate::ingest::json::outline::Outline;
use crate::ingest::json::value::LineCounter;

pub(crate) const FORMAT: Format = Format {
    name: "jmh",
    about: "JMH's JSON: iterations by fork in any mode, secondary metrics, histograms of mode sample",
    latency: "time of one operation in modes avgt, sample and ss; mode thrpt measures operations per time",
    failures: Failures::NotRecorded,
    holds: Holds::Samples,
    row: RowKind::Run,
    example: "java -jar benchmarks.jar -rf json -rff jmh.json && perfreport summarize jmh.json",
    upstream: "openjdk/jmh: results/format/JSONResultFormat.java",
    sniff,
    read,
};

const UNIT: &str = "unit";

/// A mode: how JMH writes it, the metric's name here, which way is better, and what it measures.
pub(crate) struct Mode {
    pub(crate) written: &'static str,
    pub(crate) metric: &'static str,
    pub(crate) polarity: Polarity,
    pub(crate) meaning: &'static str,
}

/// The modes that there are.
pub(crate) const MODES: [Mode; 4] = [
    Mode {
        written: "thrpt",
        metric: "throughput",
        polarity: Polarity::HigherIsBetter,
        meaning: "operations per time over a whole iteration, all threads together",
    },
    Mode {
        written: "avgt",
        metric: "average time",
        polarity: Polarity::LowerIsBetter,
        meaning: "time of one operation, averaged over an iteration",
    },
    Mode {
        written: "sample",
        metric: "sampled time",
        polarity: Polarity::LowerIsBetter,
        meaning: "time of single operations, some of which are measured",
    },
    Mode {
        written: "ss",
        metric: "single shot time",
        polarity: Polarity::LowerIsBetter,
        meaning: "time of one invocation, usually without warm-up",
    },
];

fn declared() -> impl Iterator<Item = Declared> {
    let metric = |mode: &Mode| {
        Declared::metric(mode.metric, None, Some(mode.polarity), Some(mode.meaning), "JMH: an entry of `rawData`")
    };
    let unit = Declared::column(UNIT, Role::Unused, "names the unit of the score in its row");
    MODES.iter().map(metric).chain([unit])
}

/// JMH's histograms keep the leading 10 bits of a time in nanoseconds, so that a bucket is no wider than this share of
/// its lower end (`SampleBuffer.PRECISION_BITS`).
const BUCKET_WIDTH: f64 = 1.0 / 512.0;

#[derive(Deserialize)]
struct Entry<'t> {
    benchmark: Option<String>,
    mode: Option<String>,
    threads: Option<u64>,
    #[serde(rename = "jmhVersion")]
    jmh_version: Option<String>,
    #[serde(rename = "jvmArgs", default)]
    jvm_args: Vec<String>,
    #[serde(rename = "jdkVersion")]
    jdk_version: Option<String>,
    #[serde(rename = "vmName")]
    vm_name: Option<String>,
    #[serde(rename = "vmVersion")]
    vm_version: Option<String>,
    params: Option<BTreeMap<String, String>>,
    #[serde(rename = "primaryMetric", borrow)]
    primary: Metric<'t>,
    #[serde(rename = "secondaryMetrics", borrow, default)]
    secondary: BTreeMap<String, Metric<'t>>,
}

/// A value and its count for each bucket of an iteration; there is a list of iterations for each fork.
type Counts = Vec<(f64, u64)>;

#[derive(Deserialize)]
struct Metric<'t> {
    #[serde(borrow)]
    score: Option<&'t RawValue>,
    #[serde(rename = "scoreUnit")]
    unit: Option<String>,
    #[serde(rename = "scorePercentiles", borrow, default)]
    percentiles: BTreeMap<String, &'t RawValue>,
    /// By fork, then iteration.
    #[serde(rename = "rawData", borrow)]
    raw: Option<Vec<Vec<&'t RawValue>>>,
    #[serde(rename = "rawDataHistogram")]
    histogram: Option<Vec<Vec<Counts>>>,
}

fn sniff(head: &Head<'_>) -> Option<Vec<String>> {
    const KEYS: &[&str] = &["benchmark", "mode", "primaryMetric", "score"];
    let is_list = head.bytes.trim_ascii_start().starts_with(b"[");
    Outline::of_first_object(head.bytes).filter(|first| is_list && first.has_anywhere(KEYS))?;
    Some(benchmarks::keys_evidence("a list of objects", KEYS))
}

fn read(records: &mut AnyRecords<'_>, _: &SourceOptions, sink: &mut Sink) -> Result<(), IngestError> {
    benchmarks::read_documents(records, sink, declared(), take)
}

fn take<'t>(document: &'t RawValue, lines: &mut LineCounter<'t>, bench: &mut Bench<'_>) -> serde_json::Result<()> {
    let entries: Vec<Entry<'t>> = serde_json::from_str(document.get())?;
    let threads: BTreeSet<Option<u64>> = entries.iter().map(|entry| entry.threads).collect();
    for entry in &entries {
        note_machine(entry, bench);
        let label = label(entry, threads.len() > 1);
        let Some(mode) = MODES.iter().find(|mode| entry.mode.as_deref() == Some(mode.written)) else {
            let reason =
                format!("benchmarks of mode `{}`, which is not known", entry.mode.as_deref().unwrap_or_default());
            bench.set_aside(&reason, entry.primary.score.map_or(1, |score| lines.line(score.get())));
            continue;
        };
        primary(entry, mode, &label, lines, bench);
        for (name, metric) in &entry.secondary {
            secondary(name, metric, mode, &label, lines, bench);
        }
    }
    Ok(())
}

fn primary<'t>(entry: &Entry<'t>, mode: &Mode, label: &str, lines: &mut LineCounter<'t>, bench: &mut Bench<'_>) {
    let metric = &entry.primary;
    let unit = metric.unit.as_deref().unwrap_or_default();
    if let Some(buckets) = metric.histogram.as_ref().map(|forks| buckets(forks)).filter(|all| !all.is_empty()) {
        bench.sink.histograms.push(RecordedHistogram {
            metric: mode.metric.to_owned(),
            label: Some(label.to_owned()),
            meaning: Some(mode.meaning.to_owned()),
            polarity: mode.polarity,
            unit: unit_of(unit).unwrap_or(Unit::UNKNOWN),
            unit_assumed: false,
            buckets,
        });
    } else if !push(mode.metric, metric, label, lines, bench) {
        let percentiles = metric.percentiles.iter().filter_map(|(percent, value)| {
            let percent: f64 = percent.parse().ok()?;
            let statistic = match percent {
                0.0 => Statistic::Min,
                50.0 => Statistic::Median,
                100.0 => Statistic::Max,
                _ => Statistic::Percentile(percent),
            };
            Some((percent, statistic, *value))
        });
        let mut statistics: Vec<(f64, Statistic, &RawValue)> = percentiles.collect();
        statistics.sort_by(|a, b| a.0.total_cmp(&b.0));
        let statistics = statistics.into_iter().map(|(_, statistic, value)| (statistic, Some(value)));
        let unit = unit_of(unit).unwrap_or(Unit::UNKNOWN);
        let summary = benchmarks::summary(mode.metric, unit, label, mode.meaning).polarity(mode.polarity);
        bench.report(summary, [(Statistic::Mean, metric.score)].into_iter().chain(statistics), lines);
    }
}

fn secondary<'t>(
    name: &str,
    metric: &Metric<'t>,
    mode: &Mode,
    label: &str,
    lines: &mut LineCounter<'t>,
    bench: &mut Bench<'_>,
) {
    // Profilers mark their metrics with a dot before the name.
    let name = name.trim_start_matches(['\u{b7}', '+']);
    let unit = metric.unit.as_deref().unwrap_or_default();
    let dimension = unit_of(unit).map_or(Dimension::Unknown, |unit| unit.dimension);
    let polarity = match dimension {
        // Of what profilers count less is better, and so it is of the rate at which memory is allocated.
        _ if name.starts_with("gc.") || unit == "#/op" => Polarity::LowerIsBetter,
        Dimension::Rate => Polarity::HigherIsBetter,
        Dimension::Time | Dimension::Bytes => Polarity::LowerIsBetter,
        _ => Polarity::Unknown,
    };
    bench.declare(name, Declared::metric("", None, Some(polarity), None, "JMH: a secondary metric"));
    if !push(name, metric, label, lines, bench) {
        let meaning = format!("secondary metric of mode {}", mode.written);
        let unit = unit_of(unit).unwrap_or(Unit::UNKNOWN);
        let summary = benchmarks::summary(name, unit, label, &meaning).polarity(polarity);
        bench.report(summary, [(Statistic::Mean, metric.score)], lines);
    }
}

/// Takes the raw data of a metric. Says whether there is any.
fn push<'t>(name: &str, metric: &Metric<'t>, label: &str, lines: &mut LineCounter<'t>, bench: &mut Bench<'_>) -> bool {
    let written = metric.unit.as_deref().unwrap_or_default();
    let unit = unit_of(written).map(|unit| if unit == Unit::COUNT { "count" } else { unit.symbol });
    let unit = Some((UNIT, unit.unwrap_or(written)));
    let mut any = false;
    for (fork, iterations) in metric.raw.iter().flatten().enumerate() {
        for value in iterations {
            any = true;
            let (run, line) = (Some(fork as u64 + 1), lines.line(value.get()));
            bench.push(&Sample { label, run, failed: None, unit, values: &[(name, benchmarks::text_of(value))], line });
        }
    }
    any
}

/// All forks and iterations together, ascending.
fn buckets(forks: &[Vec<Counts>]) -> Vec<Bucket> {
    let mut all: Vec<(f64, u64)> = forks.iter().flatten().flatten().copied().collect();
    all.retain(|(value, count)| value.is_finite() && *value >= 0.0 && *count > 0);
    all.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut buckets: Vec<Bucket> = Vec::new();
    for (low, count) in all {
        match buckets.last_mut() {
            Some(last) if last.low == low => last.count = last.count.saturating_add(count),
            _ => buckets.push(Bucket { low, high: low * (1.0 + BUCKET_WIDTH), count }),
        }
    }
    buckets
}

/// The unit of a score: `ops/us`, `ns/op`, `MB/sec`, `B/op`, `counts`.
pub(crate) fn unit_of(written: &str) -> Option<Unit> {
    match written {
        // Operations: a thousand in a second are one in a millisecond.
        "ops/ms" => Unit::parse("k/s"),
        "ops/us" => Unit::parse("M/s"),
        "ops/ns" => Unit::parse("G/s"),
        "ops/min" => Unit::parse("/min"),
        "ops/hr" => Unit::parse("/h"),
        // The GC profiler divides by 1024 twice.
        "MB/sec" => Unit::parse("MiB/s"),
        "counts" | "#/op" => Some(Unit::COUNT),
        _ => Unit::parse(written.strip_suffix("/op").unwrap_or(written)),
    }
}

/// The benchmark with its parameters, and its threads where they differ within the file.
fn label(entry: &Entry<'_>, with_threads: bool) -> String {
    let name = benchmarks::or_unnamed(entry.benchmark.as_deref());
    let parameters = entry.params.iter().flatten().map(|(name, value)| format!("{name}={value}"));
    let threads = entry.threads.filter(|_| with_threads).map(|threads| format!("threads={threads}"));
    let all: Vec<String> = parameters.chain(threads).collect();
    if all.is_empty() { name.into_owned() } else { format!("{name} [{}]", all.join(", ")) }
}

fn note_machine(entry: &Entry<'_>, bench: &mut Bench<'_>) {
    let joined =
        |parts: &[&Option<String>]| parts.iter().filter_map(|part| part.as_deref()).collect::<Vec<_>>().join(" ");
    let machine = joined(&[&entry.vm_name, &entry.vm_version]);
    bench.fact("runtime", if machine.is_empty() { entry.jdk_version.as_deref().unwrap_or_default() } else { &machine });
    bench.fact("jmh", &joined(&[&entry.jmh_version]));
    // Arguments with paths say more about the machine's folders than about what was measured.
    let arguments: Vec<&str> =
        entry.jvm_args.iter().map(String::as_str).filter(|argument| !argument.contains(['/', '\\'])).collect();
    bench.fact("jvm arguments", &arguments.join(" "));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_have_units() {
        let base = |written: &str| unit_of(written).map(|unit| (unit.dimension, unit.to_base(1.0)));
        assert_eq!(base("ops/s"), Some((Dimension::Rate, 1.0)));
        assert_eq!(base("ops/ms"), Some((Dimension::Rate, 1e3)));
        assert_eq!(base("ops/us"), Some((Dimension::Rate, 1e6)));
        assert_eq!(base("ops/ns"), Some((Dimension::Rate, 1e9)));
        assert_eq!(base("ops/hr"), Some((Dimension::Rate, 1.0 / 3600.0)));
        assert_eq!(base("us/op"), Some((Dimension::Time, 1.0 / 1e6)));
        assert_eq!(base("hr/op"), Some((Dimension::Time, 3600.0)));
        assert_eq!(base("MB/sec"), Some((Dimension::ByteRate, 1_048_576.0)));
        assert_eq!(base("B/op"), Some((Dimension::Bytes, 1.0)));
        assert_eq!(base("---"), None);
    }
}
