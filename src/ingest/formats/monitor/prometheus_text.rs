//! Prometheus' text exposition, as `/metrics` answers it, and `OpenMetrics`, which is nearly the same.
//!
//! In: lines `name{labels} value [instant]` with `# TYPE` above them. Out: histograms as histograms, and summaries, counters
//! and gauges as reported numbers: a page is one moment, and none of its numbers is a sample. Definition: Prometheus,
//! exposition formats.

use crate::measure::reported::{Bucket, RecordedHistogram, ReportedValue};

use crate::ingest::format::{AnyRecords, Failures, Format, Head, Holds, IngestError, RowKind, Sink, Statistic, Unit};
use crate::ingest::formats::monitor::prometheus::unit_of;
use crate::ingest::summaries::{Summary, caveat};
use crate::ingest::text::lines::Flaw;

pub(crate) const FORMAT: Format = Format {
    name: "prometheus-text",
    about: "Prometheus' text exposition (`/metrics`): histograms, summaries, counters and gauges",
    latency: "whatever the program counts; the unit is the one that the metric's name ends with, if any",
    failures: Failures::NotRecorded,
    holds: Holds::Histograms,
    row: RowKind::Row,
    example: "curl -s http://localhost:9100/metrics > metrics.prom && perfreport summarize metrics.prom",
    upstream: "prometheus/docs, docs/instrumenting/exposition_formats.md",
    sniff,
    read: |records, _, sink| read(records, sink),
};

/// A value with its labels.
#[derive(Debug, Clone)]
struct Point {
    name: String,
    labels: Vec<(String, String)>,
    value: f64,
    line: u64,
}

impl Point {
    /// The value of a label, and the others as text.
    fn split(&self, label: &str) -> (Option<&str>, Option<String>) {
        let value = self.labels.iter().find(|(name, _)| name == label).map(|(_, value)| value.as_str());
        let others: Vec<String> = self
            .labels
            .iter()
            .filter(|(name, _)| name != label)
            .map(|(name, value)| format!("{name}=\"{value}\""))
            .collect();
        (value, (!others.is_empty()).then(|| others.join(", ")))
    }
}

/// A number as Prometheus writes it.
fn number(text: &str) -> Option<f64> {
    match text {
        "+Inf" | "Inf" => Some(f64::INFINITY),
        "-Inf" => Some(f64::NEG_INFINITY),
        "NaN" => Some(f64::NAN),
        text => text.parse().ok(),
    }
}

/// `name{label="value",…} number [instant]`.
fn parse(text: &str, line: u64) -> Option<Point> {
    let text = text.trim();
    let end = text.find(['{', ' ', '\t'])?;
    let (name, rest) = text.split_at(end);
    let is_name = |text: &str| {
        text.starts_with(|first: char| first.is_ascii_alphabetic() || matches!(first, '_' | ':'))
            && text.chars().all(|one| one.is_ascii_alphanumeric() || matches!(one, '_' | ':'))
    };
    if !is_name(name) {
        return None;
    }
    let (labels, rest) = match rest.strip_prefix('{') {
        Some(inside) => labels(inside)?,
        None => (Vec::new(), rest),
    };
    let value = number(rest.split_whitespace().next()?)?;
    Some(Point { name: name.to_owned(), labels, value, line })
}

/// Labels up to the closing brace, and what stands behind it.
fn labels(text: &str) -> Option<(Vec<(String, String)>, &str)> {
    let (mut labels, mut rest) = (Vec::new(), text.trim_start());
    loop {
        if let Some(behind) = rest.strip_prefix('}') {
            return Some((labels, behind));
        }
        let (name, behind) = rest.split_once('=')?;
        let quoted = behind.trim_start().strip_prefix('"')?;
        let mut escaped = false;
        let end = quoted.find(|one: char| {
            let ends = one == '"' && !escaped;
            escaped = one == '\\' && !escaped;
            ends
        })?;
        labels.push((name.trim().to_owned(), quoted[..end].replace("\\\"", "\"").replace("\\\\", "\\")));
        rest = quoted[end + 1..].trim_start().trim_start_matches(',').trim_start();
    }
}

fn sniff(head: &Head<'_>) -> Option<Vec<String>> {
    let text = String::from_utf8_lossy(head.bytes);
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    let (mut typed, mut first) = (false, None);
    for line in lines.by_ref().take(1000) {
        if line.starts_with('#') {
            typed |= line.starts_with("# TYPE ");
            // Prose and programs have comments, too.
            if !["# TYPE ", "# HELP ", "# UNIT ", "# EOF"].iter().any(|mark| line.starts_with(mark)) && first.is_none()
            {
                return None;
            }
        } else if first.is_none() {
            first = Some(parse(line, 0)?);
            break;
        }
    }
    first.filter(|_| typed).map(|_| vec!["it has `# TYPE` lines and below them a name, labels and a number".to_owned()])
}

fn read(records: &mut AnyRecords<'_>, sink: &mut Sink) -> Result<(), IngestError> {
    let mut types: Vec<(String, String)> = Vec::new();
    let mut lines: Vec<Point> = Vec::new();
    while let Some(record) = records.next()? {
        let text = String::from_utf8_lossy(record.bytes);
        let text = text.trim();
        if text.is_empty() || record.flaw == Flaw::Overlong {
            continue;
        }
        if let Some(declared) = text.strip_prefix("# TYPE ") {
            if let Some((name, kind)) = declared.split_once(' ') {
                types.push((name.to_owned(), kind.trim().to_owned()));
            }
        } else if !text.starts_with('#') {
            match parse(text, record.line) {
                Some(line) => lines.push(line),
                None => sink.provenance.set_aside("a line that is no value", record.line),
            }
        }
    }
    let mut untyped: Vec<Point> = Vec::new();
    for line in lines {
        let of = |kind: &str, suffixes: &[&str]| {
            types.iter().find(|(name, known)| {
                known == kind && line.name.strip_prefix(name.as_str()).is_some_and(|suffix| suffixes.contains(&suffix))
            })
        };
        if let Some((name, _)) = of("histogram", &["_bucket", "_sum", "_count", "_created"]) {
            if line.name.ends_with("_bucket") {
                bucket(name, &line, sink);
            }
        } else if let Some((name, _)) = of("summary", &["", "_sum", "_count", "_created"]) {
            summary(name, &line, sink);
        } else if !line.name.ends_with("_created") {
            untyped.push(line);
        }
    }
    for histogram in &mut sink.histograms {
        close(histogram);
    }
    sink.histograms.retain(|histogram| !histogram.buckets.is_empty());
    for line in untyped {
        let (unit, polarity) = unit_of(&line.name);
        let (_, label) = line.split("");
        let mut summary = Summary::new(&line.name, unit, None).of(label.as_deref()).polarity(polarity);
        summary.add_at(Statistic::Value, Some(line.value), Some(line.line));
        summary.give(sink);
    }
    caveat(sink, "Counters and histograms count since the program started, not since a test began.");
    Ok(())
}

/// Adds a cumulative bucket to the histogram of its labels.
fn bucket(name: &str, line: &Point, sink: &mut Sink) {
    let (bound, label) = line.split("le");
    let Some(high) = bound.and_then(number) else { return };
    let known = sink.histograms.iter().position(|one| one.metric == name && one.label == label);
    let index = known.unwrap_or_else(|| {
        let (unit, polarity) = unit_of(name);
        sink.histograms.push(RecordedHistogram {
            metric: name.to_owned(),
            label,
            meaning: None,
            polarity,
            unit,
            unit_assumed: unit == Unit::UNKNOWN,
            buckets: Vec::new(),
        });
        sink.histograms.len() - 1
    });
    let count = if line.value.is_finite() && line.value >= 0.0 { line.value as u64 } else { 0 };
    sink.histograms[index].buckets.push(Bucket { low: f64::NEG_INFINITY, high, count });
}

/// From counts up to a bound to counts between bounds. What lies above the last bound is known to be above it only, and
/// stands at it, as Prometheus' own quantiles have it.
fn close(histogram: &mut RecordedHistogram) {
    histogram.buckets.sort_by(|a, b| a.high.total_cmp(&b.high));
    let (mut low, mut before) = (None, 0);
    for bucket in &mut histogram.buckets {
        let count = bucket.count.saturating_sub(before);
        before = before.max(bucket.count);
        // The first bucket begins at zero, unless it ends below.
        bucket.low = low.unwrap_or(if bucket.high > 0.0 { 0.0 } else { bucket.high });
        if bucket.high.is_infinite() {
            bucket.high = bucket.low;
        }
        low = Some(bucket.high);
        bucket.count = count;
    }
    histogram.buckets.retain(|bucket| bucket.count > 0);
}

/// Adds a quantile, or a count, of a summary.
fn summary(name: &str, line: &Point, sink: &mut Sink) {
    let (unit, polarity) = unit_of(name);
    let (quantile, label) = line.split("quantile");
    let suffix = &line.name[name.len()..];
    let statistic = match (suffix, quantile.and_then(number)) {
        ("", Some(0.5)) => Statistic::Median,
        ("", Some(0.0)) => Statistic::Min,
        ("", Some(1.0)) => Statistic::Max,
        ("", Some(share)) => Statistic::Percentile((share * 1e8).round() / 1e6),
        ("_count", None) => Statistic::Count,
        // The sum is no statistic of its own.
        _ => return,
    };
    // No observation in the window: NaN.
    if !line.value.is_finite() {
        return sink
            .provenance
            .set_aside("quantiles of NaN, which is how Prometheus writes that there is no data", line.line);
    }
    let known = sink.reported.iter().position(|one| one.metric == name && one.label == label);
    if let Some(index) = known {
        let unit = if statistic.is_count() { Unit::COUNT } else { unit };
        let value = ReportedValue::stated(statistic, line.value, unit, Some(line.line));
        sink.reported[index].values.push(value);
        return;
    }
    let mut summary = Summary::new(name, unit, None).of(label.as_deref()).polarity(polarity);
    summary.add_at(statistic, Some(line.value), Some(line.line));
    summary.give(sink);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::read_text;

    #[test]
    fn histograms_are_histograms_and_other_numbers_stand_as_they_are() {
        let text = "# HELP rpc_duration_seconds How long.\n# TYPE rpc_duration_seconds histogram\n\
            rpc_duration_seconds_bucket{code=\"200\",le=\"0.1\"} 4\nrpc_duration_seconds_bucket{code=\"200\",le=\"0.5\"} 9\n\
            rpc_duration_seconds_bucket{code=\"200\",le=\"+Inf\"} 10\nrpc_duration_seconds_sum{code=\"200\"} 2.5\n\
            rpc_duration_seconds_count{code=\"200\"} 10\n# TYPE gc_seconds summary\ngc_seconds{quantile=\"0.5\"} 0.25\n\
            gc_seconds{quantile=\"0.99\"} NaN\ngc_seconds_count 3\n# TYPE heap_bytes gauge\nheap_bytes{area=\"a \\\"b\\\"\"} 1.5e+06 1700000000000\n";
        let found = read_text("metrics", text);
        assert_eq!(found.provenance.format, "prometheus-text");
        let histogram = &found.histograms[0];
        let buckets: Vec<(f64, f64, u64)> =
            histogram.buckets.iter().map(|one| (one.low, one.high, one.count)).collect();
        assert_eq!(buckets, [(0.0, 0.1, 4), (0.1, 0.5, 5), (0.5, 0.5, 1)]);
        assert_eq!((histogram.unit, histogram.label.as_deref()), (Unit::SECOND, Some("code=\"200\"")));
        let of = |metric: &str| found.reported.iter().find(|one| one.metric == metric).unwrap();
        assert_eq!(of("gc_seconds").number(Statistic::Median), Some(0.25));
        assert_eq!(of("gc_seconds").number(Statistic::Count), Some(3.0));
        assert_eq!(of("heap_bytes").number(Statistic::Value), Some(1.5e6));
        assert_eq!(of("heap_bytes").label.as_deref(), Some("area=\"a \"b\"\""));
        assert!(found.findings.is_empty(), "{:?}", found.findings);
    }
}
