//! Files: their metrics, and where every row of them went.

use serde::Serialize;

use super::anchors::Anchors;
use super::charts::{self, Charts};
use super::metric::MetricView;
use super::named_text::NamedText;
use super::numbers::{NumbersView, at, row_footnotes};
use super::reported::ReportedView;
use super::swarm::is_swarm;
use crate::measure::{Dimension, Folded, Unit};
use crate::report::contract::{Column, Evidence, Metric, Report, SetAside, Source, Table};
use crate::report::escape::visible;
use crate::report::number;

/// Rows of groups that a reader sees without opening anything.
const OPEN_GROUPS: usize = 40;
/// A 95th percentile is given from this many samples: n(1 - p) >= 1.
const ORIGIN_P95_NEEDS: u64 = 20;

/// A file.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct SourceView {
    pub name: String,
    pub anchor: String,
    pub empty: &'static str,
    pub in_swarm: bool,
    pub same_run_as: Option<String>,
    pub about: String,
    pub rows: Vec<NumbersView>,
    pub more_rows: Vec<NumbersView>,
    pub more_title: Option<String>,
    pub footnotes: Vec<String>,
    pub metrics: Vec<MetricView>,
    pub reported: Option<ReportedView>,
    pub environment: Vec<NamedText>,
    pub digest: String,
    pub size: String,
    pub format: String,
    pub evidence: Vec<String>,
    pub accounting: String,
    pub set_aside: Vec<SetAsideView>,
    pub tables: Vec<TableView>,
}

/// Rows read and not used.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct SetAsideView {
    pub reason: String,
    pub rows: String,
    pub lines: Option<String>,
}

/// A table inside a file.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct TableView {
    pub name: String,
    pub about: String,
    pub columns: Vec<ColumnView>,
}

/// A column and what it was taken for.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct ColumnView {
    pub name: String,
    pub cell_type: String,
    pub role: String,
    pub role_reason: String,
    pub unit: String,
    pub unit_reason: String,
}

/// A row of the summary in the origin's shape: milliseconds with two decimals, over all numbers.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct OriginView {
    pub file: String,
    pub samples: String,
    pub mean: String,
    pub median: String,
    pub min: String,
    pub max: String,
    pub p95: String,
    pub stddev: String,
}

impl SourceView {
    pub(super) fn of(report: &Report, index: usize, source: &Source, anchors: &Anchors<'_>, charts: Charts) -> Self {
        let metrics: Vec<_> = report.metrics.iter().filter(|metric| metric.source == source.name).collect();
        let all = report.metrics.len();
        let detail = |metric: &Metric| {
            let view = MetricView::of(Some(report), metric, &anchors.metric(metric), charts.among(all, metric));
            if charts == Charts::Drawn && charts::are_many(all) && metric.overall.corrupted == 0 {
                view.shortened(metric)
            } else {
                view
            }
        };
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
            metrics: metrics.iter().map(|metric| detail(metric)).collect(),
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
        let histograms =
            of_source.filter(|metric| matches!(metric.evidence, Evidence::Histogram { .. })).count() as u64;
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
            about.push(format!(
                "rows in lines {}",
                ranges(&table.line_ranges, table.more_line_ranges.unwrap_or_default())
            ));
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
            role: column.role.name().to_owned(),
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
