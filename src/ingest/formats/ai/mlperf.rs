//! `MLPerf`'s load generator: `mlperf_log_summary.txt`.
//!
//! In: lines `name : value`; nanoseconds where a name says so. Out: reported numbers, and whether the result is valid.
//! Definition: mlcommons/inference, `loadgen/results.cc`.

use crate::ingest::format::{
    AnyRecords, Failures, FindingKind, Format, Holds, IngestError, Polarity, RowKind, Severity, Sink, Statistic, Unit,
};
use crate::ingest::summaries::{Summary, failed_benchmarks, setting};

const LATENCY: &str = "from when a query was scheduled to its completion";

pub(crate) const FORMAT: Format = Format {
    name: "mlperf-summary",
    about: "MLPerf Inference, the load generator's summary (`mlperf_log_summary.txt`)",
    latency: LATENCY,
    failures: Failures::Recorded("whether the load generator calls the result valid"),
    holds: Holds::Summaries,
    row: RowKind::Row,
    example: "perfreport summarize results/mlperf_log_summary.txt",
    upstream: "mlcommons/inference, loadgen/results.cc",
    sniff: |head| {
        let start = &head.bytes[..head.bytes.len().min(512)];
        memchr::memmem::find(start, b"MLPerf Results Summary")
            .map(|_| vec!["it is headed MLPerf Results Summary".to_owned()])
    },
    read: |records, _, sink| read(records, sink),
};

/// What latencies are called, and what they are of.
const METRICS: &[(&str, &str)] = &[
    ("first token latency", "time_to_first_token"),
    ("time to output token", "time_per_output_token"),
    ("latency", "latency"),
];

/// The statistic and the metric of a name in nanoseconds: `99.00 percentile latency (ns)`, `Mean latency (ns)`.
fn statistic(name: &str) -> Option<(Statistic, &'static str)> {
    let name = name.strip_suffix("(ns)")?.trim().to_lowercase();
    let (_, metric) = METRICS.iter().find(|(words, _)| name.ends_with(words))?;
    let percent =
        name.split_once(" percentile").and_then(|(digits, _)| digits.trim().trim_end_matches("th").parse().ok());
    let statistic = match percent {
        Some(50.0) => Statistic::Median,
        Some(percent) => Statistic::Percentile(percent),
        None if name.starts_with("mean") => Statistic::Mean,
        None if name.starts_with("min") => Statistic::Min,
        None if name.starts_with("max") => Statistic::Max,
        None => return None,
    };
    Some((statistic, metric))
}

fn read(records: &mut AnyRecords<'_>, sink: &mut Sink) -> Result<(), IngestError> {
    let mut summaries: Vec<(&'static str, Summary)> = Vec::new();
    while let Some(record) = records.next()? {
        let (text, line) = (String::from_utf8_lossy(record.bytes), record.line);
        let Some((name, value)) = text.split_once(" : ").or_else(|| text.split_once(':')) else { continue };
        let (name, value) = (name.trim(), value.trim());
        let number: Option<f64> = value.parse().ok();
        if let Some((statistic, metric)) = statistic(name) {
            let index = summaries.iter().position(|(known, _)| *known == metric).unwrap_or_else(|| {
                summaries.push((metric, Summary::new(metric, Unit::NANOSECOND, Some(LATENCY))));
                summaries.len() - 1
            });
            // The percentile that a scenario is judged by stands twice.
            if !summaries[index].1.has(statistic) {
                summaries[index].1.add_at(statistic, number, Some(line));
            }
        } else if name.to_lowercase().ends_with("per second") || name.starts_with("QPS ") {
            let mut rate = Summary::new(name, Unit::PER_SECOND, None).polarity(Polarity::HigherIsBetter);
            rate.add_at(Statistic::Value, number, Some(line));
            rate.give(sink);
        } else if name == "Result is" {
            let valid = value == "VALID";
            failed_benchmarks(sink, 1, usize::from(!valid));
            setting(sink, name, Some(value));
            if !valid {
                let (kind, action) = (FindingKind::Contradiction, "its numbers are shown");
                let reason = format!("the load generator calls the result {value}");
                sink.find(Severity::Suspicious, kind, line, reason, action);
            }
        } else if ["SUT name", "Scenario", "Mode", "target_qps", "samples_per_query"].contains(&name) {
            setting(sink, name, Some(value));
        }
    }
    for (_, summary) in summaries {
        summary.give(sink);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::read_text;

    #[test]
    fn percentiles_are_nanoseconds_and_an_invalid_result_is_said() {
        let text = "====\nMLPerf Results Summary\n====\nSUT name : some\nScenario : Server\nCompleted samples per second    : 25.50\nResult is : INVALID\n90th percentile latency (ns) : 3500000000\nQPS w/ loadgen overhead         : 24.25\n\
            Additional Stats\nMean latency (ns)               : 2000000000\n50.00 percentile latency (ns)   : 1500000000\n\
            99.90 percentile latency (ns)   : 4500000000\n99.00 percentile first token latency (ns)   : 500000000\n";
        let found = read_text("mlperf_log_summary.txt", text);
        assert_eq!(found.provenance.format, "mlperf-summary");
        let of = |metric: &str| found.reported.iter().find(|one| one.metric == metric).unwrap();
        assert_eq!(of("latency").number(Statistic::Percentile(99.9)), Some(4.5));
        assert_eq!(of("latency").number(Statistic::Mean), Some(2.0));
        assert_eq!(of("latency").number(Statistic::Percentile(90.0)), Some(3.5), "as earlier versions write it");
        assert_eq!(of("QPS w/ loadgen overhead").number(Statistic::Value), Some(24.25));
        assert_eq!(of("time_to_first_token").number(Statistic::Percentile(99.0)), Some(0.5));
        assert_eq!(of("Completed samples per second").number(Statistic::Value), Some(25.5));
        assert!(found.findings.iter().any(|one| one.reasons[0].contains("INVALID")));
        assert_eq!(of("benchmarks").number(Statistic::Failures), Some(1.0), "and the first line says it");
        let valid = text.replace("INVALID", "VALID");
        let found = read_text("mlperf_log_summary.txt", valid);
        let of = |metric: &str| found.reported.iter().find(|one| one.metric == metric).unwrap();
        assert_eq!(of("benchmarks").number(Statistic::Failures), Some(0.0));
    }
}
