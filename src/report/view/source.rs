//! Files: their metrics, and where every row of them went.

use serde::Serialize;

use super::charts::Charts;
use super::metric::MetricView;
use super::named_text::NamedText;
use super::numbers::{NumbersView, at, row_footnotes};
use super::reported::ReportedView;
use super::swarm::is_swarm;
use crate::measure::folded::Folded;
use crate::measure::unit::{Dimension, Unit};
use crate::report::contract::{Column, Report, SetAside, Source, Table};
use crate::report::escape::visible;
use crate::report::number;

/// Rows of groups that a reader sees without opening anything.
const OPEN_GROUPS: usize = 40;
/// A 95th percentile is given from this many samples: n(1 - p) >= 1.
const ORIGIN_P95_NEEDS: u64 = 20;

/// A file.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SourceView {
    /// The name by which the report calls it.
    pub name: String,
    /// Id of its section, unique in the page.
    pub anchor: String,
    /// What is said where it has no metrics of its own.
    pub empty: &'static str,
    /// Whether it holds records of an agent swarm: then its numbers stand with the processes.
    pub in_swarm: bool,
    /// The first file of the same run; absent for that one, and for files that stand alone.
    pub same_run_as: Option<String>,
    /// `CSV, 246 lines, 12.3 kB`.
    pub about: String,
    /// The rows of its table of metrics: a metric, where it differs its raw numbers, and its groups.
    pub rows: Vec<NumbersView>,
    /// Rows of groups that are folded.
    pub more_rows: Vec<NumbersView>,
    /// `60 more groups`; absent where there is nothing to fold.
    pub more_title: Option<String>,
    /// Why some cells read `–`.
    pub footnotes: Vec<String>,
    /// The metrics in detail.
    pub metrics: Vec<MetricView>,
    /// Numbers as the tool itself reports them; absent where it reports none.
    pub reported: Option<ReportedView>,
    /// What the file says about where it was measured, a name and a text each.
    pub environment: Vec<NamedText>,
    /// Digest of the bytes as stored.
    pub digest: String,
    /// Size as stored: `12.3 kB (12,345 bytes), gzip`.
    pub size: String,
    /// The format that was recognised.
    pub format: String,
    /// What showed it.
    pub evidence: Vec<String>,
    /// `246 rows read, 240 used, 6 set aside`.
    pub accounting: String,
    /// Rows read and not used, by reason.
    pub set_aside: Vec<SetAsideView>,
    /// Tables found in the file.
    pub tables: Vec<TableView>,
}

/// Rows read and not used.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SetAsideView {
    /// Why.
    pub reason: String,
    /// How many: `3 rows`.
    pub rows: String,
    /// The first lines: `82, 164, 246`; absent where none are known.
    pub lines: Option<String>,
}

/// A table inside a file.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TableView {
    /// Its name, or `table 2`.
    pub name: String,
    /// `240 rows, header in line 1, rows in lines 2-81, 84-163`.
    pub about: String,
    /// Its columns.
    pub columns: Vec<ColumnView>,
}

/// A column and what it was taken for.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ColumnView {
    /// Name from the header.
    pub name: String,
    /// Type of its cells.
    pub cell_type: String,
    /// What it is used as.
    pub role: String,
    /// Why.
    pub role_reason: String,
    /// Unit of its values, or `–`.
    pub unit: String,
    /// Where the unit comes from; empty where it has none.
    pub unit_reason: String,
}

/// A row of the summary in the origin's shape: milliseconds with two decimals, over all numbers.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OriginView {
    /// Name of the file.
    pub file: String,
    /// Number of samples.
    pub samples: String,
    /// Arithmetic mean.
    pub mean: String,
    /// Median.
    pub median: String,
    /// Smallest sample.
    pub min: String,
    /// Largest sample.
    pub max: String,
    /// 95th percentile, or that it is withheld.
    pub p95: String,
    /// Standard deviation.
    pub stddev: String,
}

impl SourceView {
    pub(super) fn of(report: &Report, index: usize, source: &Source, charts: Charts) -> Self {
        let metrics: Vec<_> = report.metrics.iter().filter(|metric| metric.source == source.name).collect();
        let anchor = format!("file-{}", index + 1);
        let (rows, more_rows) = fold(NumbersView::of_source(report, source));
        let more_groups = more_rows.iter().filter(|row| !row.raw).count() as u64;
        Self {
            name: visible(&source.name),
            empty: if report.reported.iter().any(|reported| reported.source == source.name) {
                "The file holds no samples, only numbers that the tool has summarised."
            } else if report.service.iter().any(|service| service.source == source.name) {
                "Its numbers stand among the service metrics."
            } else {
                "No measured values in this file."
            },
            in_swarm: is_swarm(&source.format),
            same_run_as: same_run_as(report, source).map(visible),
            about: about(source),
            more_title: (!more_rows.is_empty()).then(|| number::counted(more_groups, "more row")),
            rows,
            more_rows,
            footnotes: row_footnotes(&metrics),
            metrics: metrics
                .iter()
                .enumerate()
                .map(|(place, metric)| MetricView::of(metric, &format!("{anchor}-metric-{}", place + 1), charts))
                .collect(),
            reported: ReportedView::of(report, source),
            environment: source
                .environment
                .iter()
                .map(|(name, text)| NamedText::new(visible(name), visible(text)))
                .collect(),
            anchor,
            digest: visible(&source.digest),
            size: size(source),
            format: visible(&source.format),
            evidence: source.evidence.iter().map(|clause| visible(clause)).collect(),
            accounting: accounting(report, source),
            set_aside: source.set_aside.iter().map(SetAsideView::of).collect(),
            tables: source.tables.iter().enumerate().map(|(place, table)| TableView::of(place, table)).collect(),
        }
    }
}

/// The file that leads the run of this one, where it is another.
pub(super) fn same_run_as<'r>(report: &'r Report, source: &Source) -> Option<&'r str> {
    source.run.as_ref()?;
    let first = report.sources.iter().find(|other| other.run == source.run)?;
    (first.name != source.name).then_some(first.name.as_str())
}

/// Keeps metrics and their raw rows in sight and folds groups beyond the limit.
fn fold(rows: Vec<NumbersView>) -> (Vec<NumbersView>, Vec<NumbersView>) {
    if rows.iter().filter(|row| row.group && !row.raw).count() <= OPEN_GROUPS {
        return (rows, Vec::new());
    }
    let mut groups = 0;
    rows.into_iter().partition(|row| {
        groups += usize::from(row.group && !row.raw);
        !row.group || groups <= OPEN_GROUPS
    })
}

/// `CSV, 246 lines, 12.3 kB`.
pub(super) fn about(source: &Source) -> String {
    let size = number::quantity(Dimension::Bytes, source.bytes as f64);
    format!("{}, {}, {size}", visible(&source.format), number::counted(source.lines, "line"))
}

fn size(source: &Source) -> String {
    let mut size = number::quantity(Dimension::Bytes, source.bytes as f64);
    if source.bytes >= 1000 {
        size = format!("{size} ({})", number::counted(source.bytes, "byte"));
    }
    match &source.compression {
        Some(compression) => format!("{size}, {}", visible(compression)),
        None => size,
    }
}

fn accounting(report: &Report, source: &Source) -> String {
    if source.rows_read == 0 {
        let reported = report.reported.iter().filter(|one| one.source == source.name).count() as u64;
        let of_source = report.metrics.iter().filter(|metric| metric.source == source.name);
        let histograms = of_source.filter(|metric| metric.from_histogram.is_some()).count() as u64;
        let parts = [(reported, "reported row"), (histograms, "histogram")];
        let parts: Vec<String> = parts
            .into_iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, noun)| number::counted(count, noun))
            .collect();
        if !parts.is_empty() {
            return format!("{} read", parts.join(", "));
        }
    }
    let aside: u64 = source.set_aside.iter().map(|aside| aside.rows).sum();
    format!(
        "{} read, {} used, {} set aside",
        number::counted(source.rows_read, "row"),
        number::count(source.rows_used),
        number::count(aside),
    )
}

impl SetAsideView {
    fn of(aside: &SetAside) -> Self {
        let mut lines: Vec<String> = aside.first_lines.iter().map(u64::to_string).collect();
        if !lines.is_empty() && (lines.len() as u64) < aside.rows {
            lines.push("…".to_owned());
        }
        Self {
            reason: visible(&aside.reason),
            rows: number::counted(aside.rows, "row"),
            lines: (!lines.is_empty()).then(|| lines.join(", ")),
        }
    }
}

impl TableView {
    fn of(place: usize, table: &Table) -> Self {
        let name = table.name.as_deref().filter(|name| !name.is_empty()).map(visible);
        let mut about = vec![number::counted(table.rows, "row")];
        about.push(table.header_line.map_or_else(|| "no header".to_owned(), |line| format!("header in line {line}")));
        if !table.line_ranges.is_empty() {
            about.push(format!("rows in lines {}", ranges(&table.line_ranges, table.more_line_ranges)));
        }
        Self {
            name: name.unwrap_or_else(|| format!("table {}", place + 1)),
            about: about.join(", "),
            columns: table.columns.iter().map(ColumnView::of).collect(),
        }
    }
}

/// Stretches of lines that are listed before `and 20 more stretches`.
const LISTED_RANGES: usize = 8;

fn ranges(ranges: &[(u64, u64)], unnamed: u64) -> String {
    let listed = Folded::of(ranges, LISTED_RANGES);
    let range = |(first, last): &&(u64, u64)| {
        if first == last { first.to_string() } else { format!("{first}-{last}") }
    };
    let mut text = listed.first.iter().map(range).collect::<Vec<_>>().join(", ");
    let more = listed.more + unnamed;
    if more > 0 {
        text = format!("{text} and {} more stretches", number::count(more));
    }
    text
}

impl ColumnView {
    fn of(column: &Column) -> Self {
        Self {
            name: visible(&column.name),
            cell_type: visible(&column.cell_type),
            role: visible(&column.role),
            role_reason: visible(&column.role_reason),
            unit: column.unit.as_deref().map_or_else(|| number::ABSENT.to_owned(), visible),
            unit_reason: column.unit_reason.as_deref().map(visible).unwrap_or_default(),
        }
    }
}

impl OriginView {
    pub(super) fn of(report: &Report, source: &Source) -> Option<Self> {
        let metrics = report.metrics.iter().filter(|metric| metric.source == source.name);
        let metric = metrics.into_iter().find(|metric| metric.dimension == Dimension::Time)?;
        let all = metric.overall.raw.as_ref().or(metric.overall.clean.as_ref())?;
        let ms = |value: f64| format!("{} ms", number::fixed(value, Unit::MILLISECOND, 2));
        let p95 = at(all, 95.0);
        let needs = p95.map_or(ORIGIN_P95_NEEDS, |p95| p95.needs);
        Some(Self {
            file: visible(&source.name),
            samples: number::count(all.n),
            mean: ms(all.mean),
            median: ms(all.median),
            min: ms(all.min),
            max: ms(all.max),
            p95: p95.and_then(|p95| p95.value).map_or_else(|| format!("withheld (n < {needs})"), ms),
            stddev: all.stddev.map_or_else(|| number::ABSENT.to_owned(), ms),
        })
    }
}
