//! `HdrHistogram` interval logs (`.hlog`), as jHiccup and many load generators write them.
//!
//! In: lines of `[Tag=…,]start,length,max,histogram`. Out: for each tag one histogram, all intervals merged. A line that cannot be
//! decoded costs only itself. The unit of the recorded values stands nowhere in such a log: it is assumed where the
//! maximum, which the log states in a unit of its own, gives it away.

pub(crate) mod codec;

use std::collections::BTreeMap;

use crate::measure::reported::{Bucket, RecordedHistogram};
use crate::measure::{Dimension, Finding, Place};

use crate::ingest::format::{
    AnyRecords, Failures, FindingKind, Format, Head, Holds, IngestError, Polarity, RowKind, Severity, Sink,
    SourceOptions, Unit,
};

pub(crate) const FORMAT: Format = Format {
    name: "hlog",
    about: "HdrHistogram interval log, versions 0, 1 and 2 (`.hlog`)",
    latency: "whatever was recorded; the file does not say",
    failures: Failures::NotRecorded,
    holds: Holds::Histograms,
    row: RowKind::Row,
    example: "jHiccup -l hiccup.hlog -p PID; perfreport summarize hiccup.hlog",
    upstream: "HdrHistogram, HistogramLogWriter and AbstractHistogram.decodeFromByteBuffer",
    sniff,
    read,
};

/// The metric that such a log holds.
const METRIC: &str = "latency";
/// How every encoded histogram begins, in base64: the bytes `1c 84 93`.
const COOKIE: &str = "HIST";
/// Broken lines that are named.
const NAMED_BROKEN: u64 = 50;

fn sniff(head: &Head<'_>) -> Option<Vec<String>> {
    let text = String::from_utf8_lossy(head.bytes);
    let is_data = |line: &&str| !line.starts_with(['#', '"']) && !line.trim().is_empty();
    let version = text
        .lines()
        .take_while(|line| !is_data(line))
        .find_map(|line| line.strip_prefix("#[Histogram log format version"))
        .map(|rest| format!("HdrHistogram log format version {}", rest.trim_end_matches(']').trim()));
    let intervals = text.lines().find(is_data).and_then(interval);
    let intervals = intervals.map(|_| format!("lines with encoded histograms (`{COOKIE}…`)"));
    let evidence: Vec<String> = version.into_iter().chain(intervals).collect();
    (!evidence.is_empty()).then_some(evidence)
}

/// A line of the log.
struct LogLine<'t> {
    tag: Option<&'t str>,
    start: f64,
    length: f64,
    max: f64,
    payload: &'t str,
}

fn interval(line: &str) -> Option<LogLine<'_>> {
    let line = line.trim();
    let (tag, rest) = match line.strip_prefix("Tag=") {
        Some(rest) => rest.split_once(',').map(|(tag, rest)| (Some(tag), rest))?,
        None => (None, line),
    };
    let mut cells = rest.split([',', ' ', '\t']).filter(|cell| !cell.is_empty());
    let mut number = || cells.next()?.parse::<f64>().ok();
    let (start, length, max) = (number()?, number()?, number()?);
    let payload = cells.next().filter(|payload| payload.starts_with(COOKIE))?;
    Some(LogLine { tag, start, length, max, payload })
}

/// What the intervals of a tag have in common.
struct TagTotals {
    tag: Option<String>,
    /// Counts by lowest and highest value of the bucket.
    counts: BTreeMap<(u64, u64), u64>,
}

fn read(records: &mut AnyRecords<'_>, options: &SourceOptions, sink: &mut Sink) -> Result<(), IngestError> {
    let mut merged: Vec<TagTotals> = Vec::new();
    let mut intervals: u64 = 0;
    let mut broken: u64 = 0;
    let mut span: Option<(f64, f64)> = None;
    // The interval with the largest maximum, as stated and as decoded.
    let mut largest: (f64, f64) = (0.0, 0.0);
    while let Some(record) = records.next()? {
        let (line, terminated) = (record.line, record.terminated);
        let text = String::from_utf8_lossy(record.bytes).into_owned();
        let text = text.trim();
        if text.is_empty() || text.starts_with('#') || text.starts_with('"') {
            continue;
        }
        let decoded = match interval(text) {
            Some(found) => codec::decode(found.payload).map(|histogram| (found, histogram)),
            None => Err("it is no interval with an encoded histogram".to_owned()),
        };
        let (found, histogram) = match decoded {
            Ok(decoded) => decoded,
            Err(reason) => {
                broken += 1;
                sink.provenance.set_aside("not an interval that can be decoded", line);
                if broken <= NAMED_BROKEN {
                    let kind = if terminated { FindingKind::MalformedRecord } else { FindingKind::TruncatedLine };
                    let place = Place::line(&sink.provenance.name, line);
                    sink.findings.push(Finding::new(
                        Severity::Corrupted,
                        kind,
                        place,
                        reason,
                        "the interval was set aside",
                    ));
                }
                continue;
            }
        };
        intervals += 1;
        let end = found.start + found.length;
        span = Some(span.map_or((found.start, end), |(first, last)| (first.min(found.start), last.max(end))));
        if found.max > largest.0
            && let Some((_, high, _)) = histogram.last()
        {
            largest = (found.max, *high as f64);
        }
        let index = merged.iter().position(|other| other.tag.as_deref() == found.tag).unwrap_or_else(|| {
            merged.push(TagTotals { tag: found.tag.map(str::to_owned), counts: BTreeMap::new() });
            merged.len() - 1
        });
        for (low, high, count) in histogram {
            let all = merged[index].counts.entry((low, high)).or_default();
            *all = all.saturating_add(count);
        }
    }
    if intervals == 0 && broken > 0 {
        return Err(IngestError::Malformed(format!(
            "none of the {broken} intervals of this histogram log can be decoded: {}",
            sink.findings.first().and_then(|finding| finding.reasons.first()).map_or("", String::as_str)
        )));
    }
    if broken > NAMED_BROKEN {
        let more = broken - NAMED_BROKEN;
        let reason = format!("{more} more intervals cannot be decoded");
        let place = Place::source(&sink.provenance.name);
        let finding = Finding::new(
            Severity::Corrupted,
            FindingKind::MalformedRecord,
            place,
            reason,
            "the intervals were set aside",
        );
        sink.findings.push(finding.count(more));
    }
    if let Some((first, last)) = span {
        let lasting = last - first;
        sink.provenance
            .evidence
            .push(format!("{intervals} intervals over {lasting:.0} s, merged to one histogram a tag"));
    }
    give(merged, assumed_unit(largest), options, sink);
    Ok(())
}

/// The unit that the log's own notation of its largest value gives away, and why.
fn assumed_unit((stated, decoded): (f64, f64)) -> (Unit, String) {
    /// Ratios between recorded values and the stated maximum, and what they are used for: `HistogramLogWriter` divides by a
    /// million unless told otherwise, which shows nanoseconds in milliseconds.
    const RATIOS: &[(f64, Unit, &str)] = &[
        (1e6, Unit::NANOSECOND, "nanoseconds shown in milliseconds, as HdrHistogram does by default"),
        (1e9, Unit::NANOSECOND, "nanoseconds shown in seconds"),
        (1e3, Unit::MICROSECOND, "microseconds shown in milliseconds"),
    ];
    /// The stated maximum has three decimals.
    const HALF_A_DIGIT: f64 = 0.0005;
    // The Python writer cuts the decimals off.
    let cut = |ratio: &f64| stated.fract() == 0.0 && (decoded / ratio).floor() == stated;
    let fits = |ratio: &f64| (decoded / ratio - stated).abs() <= 1.01 * HALF_A_DIGIT || cut(ratio);
    let found = RATIOS.iter().find(|(ratio, ..)| stated > 20.0 * HALF_A_DIGIT && fits(ratio));
    match found {
        Some((_, unit, words)) => {
            (*unit, format!("the log's Interval_Max fits {words}: assumed, as no unit is stated"))
        }
        None => (Unit::UNKNOWN, "no unit is stated and none can be inferred; --unit latency=us says so".to_owned()),
    }
}

fn give(merged: Vec<TagTotals>, assumed: (Unit, String), options: &SourceOptions, sink: &mut Sink) {
    let given = options.column(METRIC);
    let (unit, unit_assumed, reason) = match given.and_then(|given| given.unit) {
        Some(unit) => (unit, false, "unit given by the user".to_owned()),
        None => (assumed.0, true, assumed.1),
    };
    sink.provenance.evidence.push(reason);
    let inferred = if unit.dimension == Dimension::Time { Polarity::LowerIsBetter } else { Polarity::Unknown };
    let polarity = given.and_then(|given| given.polarity).unwrap_or(inferred);
    for TagTotals { tag, counts } in merged {
        let bucket = |((low, high), count): ((u64, u64), u64)| Bucket { low: low as f64, high: high as f64, count };
        sink.histograms.push(RecordedHistogram {
            metric: METRIC.to_owned(),
            label: tag,
            meaning: None,
            polarity,
            unit,
            unit_assumed,
            buckets: counts.into_iter().map(bucket).collect(),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_a_log_is_taken_apart() {
        let found = interval("Tag=A,0.127,1.007,2.769,HISTFAAA").unwrap();
        assert_eq!((found.tag, found.start, found.length, found.max), (Some("A"), 0.127, 1.007, 2.769));
        assert!(interval("0.127,1.007,2.769,other").is_none());
        assert!(interval("Tag=A").is_none());
    }

    #[test]
    fn the_unit_is_assumed_only_where_the_maximum_gives_it_away() {
        assert_eq!(assumed_unit((2.769, 2_768_895.0)).0, Unit::NANOSECOND);
        assert_eq!(assumed_unit((12.287, 12_287.0)).0, Unit::MICROSECOND);
        assert_eq!(assumed_unit((500.0, 500.0)).0, Unit::UNKNOWN);
        assert_eq!(assumed_unit((0.0, 0.0)).0, Unit::UNKNOWN);
    }
}
