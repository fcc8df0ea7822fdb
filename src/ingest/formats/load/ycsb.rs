//! YCSB's report: lines `[READ], AverageLatency(us), 1053.2`.
//!
//! In: such lines among others, with the unit in the name. Out: reported numbers for each operation; what it returned other
//! than OK failed. `Operations` of a kind that also stands as `READ-FAILED` counts those that succeeded, in older versions all.
//! `INIT` and `CLEANUP` are done once by each thread, and are none of the load. Lines of its histogram and its time series are set aside. Definition: YCSB, `TextMeasurementsExporter` and
//! the measurements of `site.ycsb.measurements`.

use crate::ingest::format::{
    AnyRecords, Failures, Format, Holds, IngestError, Polarity, RowKind, Sink, Statistic, Unit,
};
use crate::ingest::summaries::Summary;

const LATENCY: &str = "time of one operation; closed loop unless a target was given";

pub(crate) const FORMAT: Format = Format {
    name: "ycsb",
    about: "YCSB, the report of a run",
    latency: LATENCY,
    failures: Failures::Recorded("`Return=` other than OK, counted"),
    holds: Holds::Summaries,
    row: RowKind::Row,
    example: "bin/ycsb run basic -P workloads/workloada > ycsb.txt && perfreport summarize ycsb.txt",
    upstream: "brianfrankcooper/YCSB, core, OneMeasurementHdrHistogram and TextMeasurementsExporter",
    sniff: |head| {
        let text = String::from_utf8_lossy(head.bytes);
        let found = text.lines().filter_map(parse).any(|(operation, _, _)| operation == "OVERALL");
        found.then(|| vec!["it has lines `[OVERALL], …, …`".to_owned()])
    },
    read: |records, _, sink| read(records, sink),
};

/// Operation, measurement, value.
fn parse(line: &str) -> Option<(&str, &str, &str)> {
    let (operation, rest) = line.trim().strip_prefix('[')?.split_once("], ")?;
    let (name, value) = rest.rsplit_once(", ")?;
    Some((operation, name.trim(), value.trim()))
}

/// An operation with what was said of it.
struct Operation {
    latency: Summary,
    /// As `Operations` says.
    counted: Option<f64>,
    /// By what they returned.
    returned: Option<f64>,
    failed: Option<f64>,
}

/// The times of those that failed stand under the name of the kind with this behind it.
const FAILED: &str = "-FAILED";
/// What each thread does once.
const ONCE: &[&str] = &["INIT", "CLEANUP"];

/// The metric of the times of an operation, whose label that is, and what they are.
fn of_times(operation: &str) -> (&'static str, &str, &'static str) {
    match operation.strip_suffix(FAILED) {
        Some(kind) => ("latency_of_failures", kind, "time of one operation that failed"),
        None if ONCE.contains(&operation) => ("latency_of_threads", operation, "what each thread does once"),
        None => ("latency", operation, LATENCY),
    }
}

/// How often an operation was tried, and failed.
fn tries(name: &str, operations: &[(String, Operation)]) -> Option<[f64; 2]> {
    let of = |name: &str| operations.iter().find(|(known, _)| known == name).map(|(_, operation)| operation);
    let own = of(name)?;
    let apart = of(&format!("{name}{FAILED}")).and_then(|failed| failed.counted);
    let failed = own.failed.or(apart)?;
    let tried = match own.returned {
        Some(returned) => returned.max(own.counted?),
        None => own.counted? + apart.unwrap_or_default(),
    };
    Some([tried, failed])
}

fn read(records: &mut AnyRecords<'_>, sink: &mut Sink) -> Result<(), IngestError> {
    let mut operations: Vec<(String, Operation)> = Vec::new();
    let mut throughput = None;
    while let Some(record) = records.next()? {
        let (text, line) = (String::from_utf8_lossy(record.bytes), record.line);
        let Some((operation, name, value)) = parse(&text) else { continue };
        let number: Option<f64> = value.parse().ok();
        if operation == "OVERALL" {
            if name.starts_with("Throughput") {
                throughput = number.map(|number| (number, line));
            } else if name.starts_with("RunTime") {
                sink.provenance.environment.insert("run time".to_owned(), format!("{value} ms"));
            }
            continue;
        }
        let index = operations.iter().position(|(known, _)| known == operation).unwrap_or_else(|| {
            let unit = if name.ends_with("(ms)") { Unit::MILLISECOND } else { Unit::MICROSECOND };
            let (metric, label, meaning) = of_times(operation);
            let latency = Summary::new(metric, unit, Some(meaning)).of(Some(label));
            let new = Operation { latency, counted: None, returned: None, failed: None };
            operations.push((operation.to_owned(), new));
            operations.len() - 1
        });
        take(&mut operations[index].1, name, number, line, sink);
    }
    let tries: Vec<Option<[f64; 2]>> = operations.iter().map(|(name, _)| tries(name, &operations)).collect();
    let counted = operations.iter().filter(|(_, operation)| operation.counted.is_some());
    let tried: Vec<String> = counted.map(|(name, _)| name.clone()).collect();
    if let Some((rate, line)) = throughput {
        // Where there is one kind of operation, the rate of the run is its.
        let mut kinds = tried.iter().filter(|name| !name.ends_with(FAILED) && !ONCE.contains(&name.as_str()));
        let only = kinds.next().filter(|_| kinds.next().is_none());
        let meaning = "operations over the duration of the run";
        let mut summary = Summary::new("throughput", Unit::PER_SECOND, Some(meaning)).of(only.map(String::as_str));
        summary = summary.polarity(Polarity::HigherIsBetter);
        summary.add_at(Statistic::Value, Some(rate), Some(line));
        summary.give(sink);
    }
    let measured = operations.into_iter().zip(tries).filter(|((_, operation), _)| operation.counted.is_some());
    for ((name, operation), tries) in measured {
        let counts = match name.strip_suffix(FAILED) {
            // None of its kind succeeded.
            Some(kind) if !tried.iter().any(|one| one == kind) => Some((kind, [operation.counted; 2])),
            None if !ONCE.contains(&name.as_str()) => Some((
                name.as_str(),
                [tries.map(|[tried, _]| tried).or(operation.counted), tries.map(|[_, failed]| failed)],
            )),
            _ => None,
        };
        if let Some((kind, [tried, failed])) = counts {
            let meaning = "operations, and those that did not return OK";
            let mut operations = Summary::new("operations", Unit::COUNT, Some(meaning)).of(Some(kind));
            operations.add(Statistic::Count, tried).add(Statistic::Failures, failed);
            operations.give(sink);
        }
        operation.latency.give(sink);
    }
    Ok(())
}

fn take(operation: &mut Operation, name: &str, number: Option<f64>, line: u64, sink: &mut Sink) {
    if let Some(returned) = name.strip_prefix("Return=") {
        let failed = if returned == "OK" || returned == "0" { Some(0.0) } else { number };
        operation.failed = Some(operation.failed.unwrap_or_default() + failed.unwrap_or_default());
        operation.returned = Some(operation.returned.unwrap_or_default() + number.unwrap_or_default());
        return;
    }
    if name == "Operations" {
        operation.counted = number;
        return;
    }
    let (plain, unit) = name.split_once('(').unwrap_or((name, ""));
    let unit = Unit::parse(unit.trim_end_matches(')'));
    let statistic = match plain {
        "AverageLatency" => Statistic::Mean,
        "MinLatency" => Statistic::Min,
        "MaxLatency" => Statistic::Max,
        other => {
            let percent = other.strip_suffix("PercentileLatency").map(|digits| digits.trim_end_matches("th"));
            match percent.and_then(|digits| digits.parse().ok()) {
                Some(50.0) => Statistic::Median,
                Some(percent) => Statistic::Percentile(percent),
                None => {
                    return sink
                        .provenance
                        .set_aside("lines of a histogram, a time series or of the virtual machine", line);
                }
            }
        }
    };
    if let (Some(number), Some(unit)) = (number.filter(|number| number.is_finite()), unit) {
        operation.latency.add_in(statistic, number, unit, line);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::read_text;

    #[test]
    fn each_measurement_is_in_the_unit_of_its_name() {
        let text = "YCSB Client 0.17.0\n[OVERALL], RunTime(ms), 5000\n[OVERALL], Throughput(ops/sec), 200.5\n[TOTAL_GCs], Count, 4\n\
            [READ], Operations, 600\n[READ], AverageLatency(us), 1500.5\n[READ], 50thPercentileLatency(us), 1200\n\
            [READ], 99.9PercentileLatency(us), 9000\n[READ], Return=OK, 597\n[READ], Return=ERROR, 3\n[READ], 0, 55\n\
            [CLEANUP], Operations, 2\n[CLEANUP], 95thPercentileLatency(ms), 3\n";
        let found = read_text("ycsb.txt", text);
        assert_eq!(found.provenance.format, "ycsb");
        let of = |metric: &str, label: &str| {
            found.reported.iter().find(|one| one.metric == metric && one.label.as_deref() == Some(label)).unwrap()
        };
        assert_eq!(of("latency", "READ").number(Statistic::Percentile(99.9)), Some(0.009));
        assert_eq!(of("latency_of_threads", "CLEANUP").number(Statistic::Percentile(95.0)), Some(0.003));
        assert_eq!(of("operations", "READ").number(Statistic::Failures), Some(3.0));
        assert_eq!(of("operations", "READ").number(Statistic::Count), Some(600.0));
        assert!(found.reported.iter().all(|one| one.label.as_deref() != Some("TOTAL_GCs")));
    }

    #[test]
    fn those_that_failed_are_tries_of_their_kind_and_no_kind_of_their_own() {
        let text = "[OVERALL], Throughput(ops/sec), 2000\n[READ], Operations, 6000\n[READ], AverageLatency(us), 812.5\n\
            [READ], Return=OK, 6000\n[READ-FAILED], Operations, 4000\n[READ-FAILED], AverageLatency(us), 10004117.2\n\
            [READ], Return=ERROR, 4000\n[CLEANUP], Operations, 16\n[CLEANUP], AverageLatency(us), 140.5\n\
            [UPDATE], Operations, 500\n[UPDATE], AverageLatency(us), 90.5\n[UPDATE-FAILED], Operations, 20\n";
        let found = read_text("ycsb.txt", text);
        let counted: Vec<(&str, f64, f64)> = found
            .reported
            .iter()
            .filter(|one| one.metric == "operations")
            .map(|one| {
                let of = |statistic| one.number(statistic).unwrap();
                (one.label.as_deref().unwrap(), of(Statistic::Count), of(Statistic::Failures))
            })
            .collect();
        assert_eq!(counted, [("READ", 10_000.0, 4000.0), ("UPDATE", 520.0, 20.0)]);
    }
}
