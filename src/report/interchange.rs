//! A report's numbers in the formats of other people's dashboards.
//!
//! In: a report. Out: the bytes of one document, every number in its base unit exactly as the report has it, and how many numbers the
//! format cannot hold honestly. Definitions: Bencher Metric Format (`bencher.dev/bmf.json`), the custom tools of
//! benchmark-action/github-action-benchmark (`src/extract.ts`), and `OpenMetrics` 1.0.

mod point;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use serde::Serialize;
use serde_json::Map;

use crate::measure::{Dimension, Polarity};
use crate::report::contract::Report;
use crate::report::escape::visible;
use crate::report::number;

use point::{Point, points};

/// A format of somebody else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Interchange {
    /// Bencher Metric Format.
    Bmf,
    /// github-action-benchmark, `customSmallerIsBetter`.
    GabSmaller,
    /// github-action-benchmark, `customBiggerIsBetter`.
    GabBigger,
    /// `OpenMetrics` text.
    OpenMetrics,
}

/// Characters that Bencher takes as the name of a measure.
const LONGEST_MEASURE: usize = 64;
/// Characters that Bencher takes as the name of a benchmark.
const LONGEST_BENCHMARK: usize = 1024;

impl Interchange {
    const NAMES: [(&str, Self); 5] = [
        ("bmf", Self::Bmf),
        ("gab", Self::GabSmaller),
        ("gab-smaller", Self::GabSmaller),
        ("gab-bigger", Self::GabBigger),
        ("openmetrics", Self::OpenMetrics),
    ];

    /// The format of that name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::NAMES.iter().find(|(known, _)| *known == name).map(|(_, format)| *format)
    }

    /// The direction that every number of a document has.
    fn direction(self) -> Option<Polarity> {
        match self {
            Self::GabSmaller => Some(Polarity::LowerIsBetter),
            Self::GabBigger => Some(Polarity::HigherIsBetter),
            Self::Bmf | Self::OpenMetrics => None,
        }
    }

    /// The document.
    ///
    /// # Errors
    /// A number that JSON cannot hold.
    pub(crate) fn document(self, report: &Report) -> serde_json::Result<Vec<u8>> {
        let mut points = points(report);
        points.retain(|point| self.direction().is_none_or(|direction| point.polarity == direction));
        match self {
            Self::Bmf => bmf(&points),
            Self::GabSmaller | Self::GabBigger => gab(&points),
            Self::OpenMetrics => Ok(open_metrics(&points).into_bytes()),
        }
    }

    /// What the document lacks, in words; absent where it has everything.
    pub(crate) fn left_out(self, report: &Report) -> Option<String> {
        let direction = self.direction()?;
        let points = points(report);
        let count = |polarity: Polarity| points.iter().filter(|point| point.polarity == polarity).count() as u64;
        let unknown = count(Polarity::Unknown);
        let (other, flag) = match direction {
            Polarity::HigherIsBetter => (count(Polarity::LowerIsBetter), "lower is better (-o gab=FILE)"),
            _ => (count(Polarity::HigherIsBetter), "higher is better (-o gab-bigger=FILE)"),
        };
        let mut reasons = Vec::new();
        if unknown > 0 {
            reasons.push(format!(
                "{} whose better direction is not stated (--better)",
                number::counted(unknown, "number")
            ));
        }
        if other > 0 {
            reasons.push(format!("{} of which {flag}", number::counted(other, "number")));
        }
        (!reasons.is_empty()).then(|| format!("left out {}", reasons.join(", ")))
    }
}

/// The unit as a dashboard shows it; empty for pure numbers and for numbers whose unit nothing states.
fn unit(dimension: Dimension) -> &'static str {
    match dimension {
        Dimension::Ratio => "ratio",
        other => other.base_symbol(),
    }
}

impl Point {
    /// The source with the label, which stays the same whatever other files are read.
    fn subject(&self) -> String {
        let table = if self.table > 0 { format!(" table {}", self.table + 1) } else { String::new() };
        let group = self.group.as_deref().map(|group| format!(" {group}")).unwrap_or_default();
        format!("{}{table}{group}", self.source)
    }
}

/// Which of several of one name; nothing for the first.
fn numbered(turn: u32) -> String {
    if turn > 1 { format!(" #{turn}") } else { String::new() }
}

/// The first so many characters.
fn first(text: &str, characters: usize) -> &str {
    text.char_indices().nth(characters).map_or(text, |(end, _)| &text[..end])
}

#[derive(Serialize)]
struct Measure {
    value: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    lower_value: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    upper_value: Option<f64>,
}

/// Benchmarks with their measures. The unit stands in the name of the measure: Bencher's own `latency` is one of nanoseconds.
fn bmf(points: &[Point]) -> serde_json::Result<Vec<u8>> {
    let mut benchmarks: Map<String, serde_json::Value> = Map::new();
    for point in points {
        let unit = match point.dimension {
            Dimension::UnstatedTime | Dimension::Unknown => " (unit not stated)".to_owned(),
            dimension if unit(dimension).is_empty() => String::new(),
            dimension => format!(" ({})", unit(dimension)),
        };
        let end = format!(" {}{unit}", point.statistic);
        let subject = point.subject();
        let benchmark = benchmarks.entry(first(&subject, LONGEST_BENCHMARK)).or_insert_with(|| Map::new().into());
        let Some(measures) = benchmark.as_object_mut() else { continue };
        // Names that are the same once they are shortened are told apart by a number, too.
        let name = (point.turn..).map(|turn| {
            let end = format!("{end}{}", numbered(turn));
            format!("{}{end}", first(&point.metric, LONGEST_MEASURE.saturating_sub(end.chars().count())))
        });
        let Some(name) = name.into_iter().find(|name| !measures.contains_key(name)) else { continue };
        let (lower_value, upper_value) = point.interval.map_or((None, None), |interval| (interval.low, interval.high));
        measures.insert(name, serde_json::to_value(Measure { value: point.value, lower_value, upper_value })?);
    }
    pretty(&benchmarks)
}

#[derive(Serialize)]
struct Entry {
    name: String,
    unit: &'static str,
    value: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    range: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    extra: Option<String>,
}

/// A list of entries, of one direction.
fn gab(points: &[Point]) -> serde_json::Result<Vec<u8>> {
    let entries: Vec<Entry> = points
        .iter()
        .map(|point| {
            let bound = |bound: Option<f64>| bound.map_or_else(|| "…".to_owned(), |bound| bound.to_string());
            let range = point.interval.map(|found| {
                format!("{} to {} ({}%)", bound(found.low), bound(found.high), number::plain(found.level * 100.0))
            });
            let not_stated = matches!(point.dimension, Dimension::UnstatedTime | Dimension::Unknown);
            let notes = [
                point.samples.map(|samples| number::counted(samples, "sample")),
                not_stated.then(|| "unit not stated".to_owned()),
            ];
            let notes: Vec<String> = notes.into_iter().flatten().collect();
            Entry {
                name: format!("{} {} {}{}", point.subject(), point.metric, point.statistic, numbered(point.turn)),
                unit: unit(point.dimension),
                value: point.value,
                range,
                extra: (!notes.is_empty()).then(|| notes.join(", ")),
            }
        })
        .collect();
    pretty(&entries)
}

/// JSON for a file, a terminal or a log: what would act there (control characters that JSON lets stand, marks that reverse the direction of
/// writing, `##[`, a command of GitHub's runner) is escaped. It can only stand in strings, which mean the same.
fn pretty(value: &impl Serialize) -> serde_json::Result<Vec<u8>> {
    let text = serde_json::to_string_pretty(value)?;
    let mut escaped = String::with_capacity(text.len() + 1);
    for character in text.chars() {
        let acts = match character {
            '[' => escaped.ends_with("##"),
            '\n' | ' '..='~' => false,
            _ => !visible(character.encode_utf8(&mut [0; 4])).starts_with(character),
        };
        if acts {
            let _ = write!(escaped, "\\u{:04x}", u32::from(character));
        } else {
            escaped.push(character);
        }
    }
    escaped.push('\n');
    Ok(escaped.into_bytes())
}

/// A family for each unit, because a family's unit ends its name; what a number is of stands in its labels.
fn open_metrics(points: &[Point]) -> String {
    let mut families: BTreeMap<&'static str, (&'static str, Vec<String>)> = BTreeMap::new();
    // Samples are counted once for all statistics of them.
    let mut counted: BTreeSet<String> = BTreeSet::new();
    for point in points {
        let unit = match point.dimension {
            Dimension::Time => "seconds",
            Dimension::Bytes => "bytes",
            Dimension::Count => "count",
            Dimension::Ratio => "ratio",
            Dimension::Rate => "per_second",
            Dimension::ByteRate => "bytes_per_second",
            Dimension::UnstatedTime | Dimension::Unknown => "",
        };
        let (_, lines) = families.entry(unit).or_insert_with(|| (if unit == "count" { "" } else { unit }, Vec::new()));
        let interval = point.interval.map_or([None, None], |interval| [interval.low, interval.high]);
        for (bound, value) in [("", Some(point.value)), ("low", interval[0]), ("high", interval[1])] {
            lines.extend(value.map(|value| format!("{} {value}", labels(point, bound))));
        }
        if let Some(samples) = point.samples {
            let of = labels(&Point { statistic: String::new(), ..point.clone() }, "");
            let (_, lines) = families.entry("samples").or_insert_with(|| ("", Vec::new()));
            lines.extend(counted.insert(of.clone()).then(|| format!("{of} {samples}")));
        }
    }
    let mut text = String::new();
    for (name, (unit, lines)) in families {
        let family =
            if name.is_empty() { "perfreport_unit_not_stated".to_owned() } else { format!("perfreport_{name}") };
        let _ = writeln!(text, "# TYPE {family} gauge");
        if !unit.is_empty() {
            let _ = writeln!(text, "# UNIT {family} {unit}");
        }
        for line in lines {
            let _ = writeln!(text, "{family}{line}");
        }
    }
    text + "# EOF\n"
}

/// Labels of a number; an empty value is none.
fn labels(point: &Point, bound: &str) -> String {
    let table = if point.table > 0 { (point.table + 1).to_string() } else { String::new() };
    let turn = if point.turn > 1 { point.turn.to_string() } else { String::new() };
    let group = point.group.as_deref().unwrap_or_default();
    let all = [
        ("source", point.source.as_str()),
        ("table", &table),
        ("metric", &point.metric),
        ("group", group),
        ("statistic", &point.statistic),
        ("repetition", &turn),
        ("bound", bound),
    ];
    let written = all.iter().filter(|(_, value)| !value.is_empty()).map(|(name, value)| {
        // The format quotes only these two and line ends; whatever else would act on a terminal is shown.
        let value = visible(value).replace('\\', "\\\\").replace('"', "\\\"");
        format!("{name}=\"{value}\"")
    });
    format!("{{{}}}", written.collect::<Vec<_>>().join(","))
}
