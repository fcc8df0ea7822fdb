//! Requests as a tool has summarised them: an endpoint a row, its failures beside it, in the words of runs of requests.

use serde::Serialize;

use crate::analysis::requests::{CauseSummary, EndpointSummary, LoadSweep, RequestSummary, SweepPoint};
use crate::measure::{Dimension, Folded};
use crate::report::chart::{ByLoad, Chart, LevelPoint, by_load};
use crate::report::contract::Report;
use crate::report::escape::visible;
use crate::report::number::{self, ABSENT};
use crate::report::text_table::{Align, TextTable, shortened_in_the_middle};
use crate::report::words::{requests, summary as words};

use super::charts::Charts;
use super::line::longest_name;
use super::named_text::LabelRow;

/// Endpoints and causes that a page lists; the JSON has all.
const LISTED: usize = 60;
/// Endpoints of the terminal.
const LISTED_IN_TERMINAL: usize = 8;
const CAUSES_IN_TERMINAL: usize = 3;
/// Letters of a cause in the terminal.
const LETTERS: usize = 32;

#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct SummaryView {
    pub anchor: String,
    /// What stands before the name in its title, the source or the setting, and what stands behind it.
    pub title: &'static str,
    pub name: String,
    pub title_end: &'static str,
    /// The head of the first column.
    pub first: &'static str,
    pub about: String,
    pub notes: Vec<String>,
    /// The names of the columns of numbers.
    pub columns: Vec<&'static str>,
    pub rows: Vec<LabelRow>,
    pub more: Option<String>,
    pub causes: Vec<CauseView>,
    pub more_causes: Option<String>,
    /// Throughput and latency by load, where the rows are levels of it.
    pub charts: Vec<Chart>,
}

/// Failures of one kind.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct CauseView {
    pub label: Option<String>,
    pub cause: String,
    pub failed: String,
    pub share: String,
}

/// A column: its name, and its cell of an endpoint.
type Column = (&'static str, fn(Dimension, &EndpointSummary) -> Option<String>);

fn time(dimension: Dimension, value: Option<f64>) -> Option<String> {
    value.map(|value| number::short(dimension, value))
}

/// Columns of a page; those that no row fills are left out.
const COLUMNS: [Column; 10] = [
    ("requests", |_, one| one.requests.map(number::count)),
    ("failed", |_, one| one.failed.map(number::count)),
    ("share", |_, one| one.share.map(number::share)),
    ("interval", |_, one| one.interval.as_ref().map(requests::shares)),
    ("rate", |_, one| one.rate.map(|rate| number::short(Dimension::Rate, rate))),
    ("mean", |dimension, one| time(dimension, one.mean)),
    ("p50", |dimension, one| time(dimension, one.p50)),
    ("p95", |dimension, one| time(dimension, one.p95)),
    ("p99", |dimension, one| time(dimension, one.p99)),
    ("max", |dimension, one| time(dimension, one.max)),
];

/// Those that the results of a report have no place for.
const BESIDE_RESULTS: [Column; 4] = [
    ("failed", |_, one| one.failed.map(number::count)),
    ("interval of the share", |_, one| one.interval.as_ref().map(requests::shares)),
    ("mean", |dimension, one| time(dimension, one.mean)),
    ("max", |dimension, one| time(dimension, one.max)),
];

/// Those of the terminal, where the share stands beside the number of failures.
const IN_TERMINAL: [Column; 7] = [
    ("requests", |_, one| one.requests.map(number::count)),
    ("failed", |_, one| {
        one.failed.zip(one.share).map(|(failed, share)| match failed {
            0 => "0".to_owned(),
            _ => format!("{} ({})", number::share(share), number::count(failed)),
        })
    }),
    ("rate", |_, one| one.rate.map(|rate| number::short(Dimension::Rate, rate))),
    // Where nothing else is known of how long they took.
    ("mean", |dimension, one| time(dimension, one.mean).filter(|_| one.p50.or(one.p95).or(one.p99).is_none())),
    ("p50", |dimension, one| time(dimension, one.p50)),
    ("p95", |dimension, one| time(dimension, one.p95)),
    ("p99", |dimension, one| time(dimension, one.p99)),
];

/// The columns that some row fills.
fn filled(dimension: Dimension, rows: &[&EndpointSummary], columns: &[Column]) -> Vec<Column> {
    columns.iter().copied().filter(|(_, cell)| rows.iter().any(|one| cell(dimension, one).is_some())).collect()
}

/// The rows that are shown: of a single endpoint not the whole again.
fn rows(summary: &RequestSummary) -> Vec<&EndpointSummary> {
    let alone = summary.endpoints.len() == 1;
    summary.rows().filter(|one| !(alone && one.label.is_none())).collect()
}

fn cells(dimension: Dimension, one: &EndpointSummary, columns: &[Column]) -> Vec<String> {
    columns.iter().map(|(_, cell)| cell(dimension, one).unwrap_or_else(|| ABSENT.to_owned())).collect()
}

fn more(more: u64, noun: &str) -> Option<String> {
    (more > 0).then(|| format!("… and {} in the JSON report", number::counted(more, noun)))
}

impl SummaryView {
    pub(super) fn all(report: &Report, drawn: Charts) -> Vec<Self> {
        // Rows that are levels of load are told as such.
        let sweep_of = |summary: &RequestSummary| {
            let of = |sweep: &&LoadSweep| sweep.points.iter().all(|point| point.source == summary.source);
            report
                .sweeps
                .iter()
                .find(of)
                .filter(|sweep| summary.all.is_none() && sweep.points.len() == summary.endpoints.len())
        };
        let of_summary = |(number, summary): (u32, &RequestSummary)| {
            let anchor = format!("summary-{number}");
            let view =
                sweep_of(summary).map_or_else(|| Self::of(summary), |sweep| Self::of_sweep(sweep, &anchor, drawn));
            Self { anchor, ..view }
        };
        let several = (1..).zip(report.sweeps.iter().filter(|sweep| words::in_several_files(sweep)));
        let of_sweep = |(number, sweep): (u32, &LoadSweep)| Self::of_sweep(sweep, &format!("sweep-{number}"), drawn);
        (1..).zip(&report.summaries).map(of_summary).chain(several.map(of_sweep)).collect()
    }

    /// Runs at several levels of load, a row each.
    fn of_sweep(sweep: &LoadSweep, anchor: &str, drawn: Charts) -> Self {
        let all: Vec<&EndpointSummary> = sweep.points.iter().map(|point| &point.run).collect();
        let columns = filled(sweep.dimension, &all, &COLUMNS);
        let shown = Folded::of(&sweep.points, LISTED);
        let row = |point: &&SweepPoint| LabelRow {
            label: Some(words::level(sweep, point)),
            cells: cells(sweep.dimension, &point.run, &columns),
        };
        Self {
            charts: drawn.of(|| sweep_chart(sweep, anchor).into_iter().collect()),
            anchor: anchor.to_owned(),
            title: "Throughput against latency by",
            name: visible(&sweep.setting),
            title_end: "",
            first: "load",
            about: words::about_sweep(sweep),
            notes: words::latency_of(sweep).into_iter().collect(),
            rows: shown.first.iter().map(row).collect(),
            more: more(shown.more, "more run"),
            causes: Vec::new(),
            more_causes: None,
            columns: columns.iter().map(|(name, _)| *name).collect(),
        }
    }

    fn of(summary: &RequestSummary) -> Self {
        let all = rows(summary);
        // The results have the others, endpoint by endpoint.
        let columns = filled(summary.dimension, &all, &BESIDE_RESULTS);
        let shown = Folded::of(if columns.is_empty() { Vec::new() } else { all }, LISTED);
        let causes = Folded::of(&summary.causes, LISTED);
        let row = |one: &EndpointSummary| LabelRow {
            label: one.label.as_deref().map(visible),
            cells: cells(summary.dimension, one, &columns),
        };
        Self {
            charts: Vec::new(),
            anchor: String::new(),
            title: "Requests of",
            name: visible(&summary.source),
            title_end: "as its tool reports them",
            first: "endpoint",
            about: words::about(summary),
            notes: words::notes(summary),
            rows: shown.first.iter().map(|one| row(one)).collect(),
            more: more(shown.more, "more endpoint"),
            causes: causes.first.iter().map(|one| CauseView::of(summary, one)).collect(),
            more_causes: more(causes.more, "more cause"),
            columns: columns.iter().map(|(name, _)| *name).collect(),
        }
    }
}

/// Throughput and latency by level; a level with several runs would have no place of its own.
fn sweep_chart(sweep: &LoadSweep, anchor: &str) -> Option<Chart> {
    let once = sweep.points.windows(2).all(|pair| pair[0].level < pair[1].level);
    let point = |point: &SweepPoint| LevelPoint {
        name: number::tick(point.level),
        rate: point.run.rate,
        percentiles: [point.run.p50, point.run.p95, point.run.p99],
    };
    let points: Vec<LevelPoint> = sweep.points.iter().map(point).collect();
    let latency_by = sweep.latency_by.as_deref().unwrap_or("latency");
    by_load(&ByLoad {
        id: &format!("{anchor}-load"),
        load: &visible(&sweep.setting),
        metric: &visible(latency_by),
        dimension: sweep.dimension,
        noun: "requests",
        points: &points,
    })
    .filter(|_| once)
}

impl CauseView {
    fn of(summary: &RequestSummary, one: &CauseSummary) -> Self {
        let requests = summary.all.as_ref().and_then(|all| all.requests).filter(|all| *all >= one.failed);
        Self {
            label: one.label.as_deref().map(visible),
            cause: visible(&one.cause),
            failed: number::count(one.failed),
            share: requests
                .map_or_else(|| ABSENT.to_owned(), |all| number::share(one.failed as f64 / all.max(1) as f64)),
        }
    }
}

/// The lines for a terminal: a row an endpoint, then what failed.
pub(super) fn lines(summary: &RequestSummary, columns: usize) -> Vec<String> {
    let rows = rows(summary);
    let named = rows.iter().map(|one| (one.label.as_deref().map_or_else(|| "all".to_owned(), visible), *one));
    let mut lines = table("as reported by the tool", summary.dimension, &named.collect::<Vec<_>>(), columns);
    if !summary.causes.is_empty() {
        let causes = Folded::of(&summary.causes, CAUSES_IN_TERMINAL);
        let said = causes.first.iter().map(|one| {
            let cause = shortened_in_the_middle(&visible(&one.cause), LETTERS);
            format!("{cause} ({})", number::count(one.failed))
        });
        let more = if causes.more > 0 { format!(" and {} more", number::count(causes.more)) } else { String::new() };
        lines.push(format!("  failed by cause: {}{more}", said.collect::<Vec<String>>().join(", ")));
    }
    lines
}

/// The lines about runs at several levels of load, where each stands in a file of its own.
pub(super) fn sweep_lines(sweep: &LoadSweep, columns: usize) -> Vec<String> {
    let rows: Vec<(String, &EndpointSummary)> =
        sweep.points.iter().map(|point| (words::level(sweep, point), &point.run)).collect();
    table(&format!("by {}", visible(&sweep.setting)), sweep.dimension, &rows, columns)
}

fn table(title: &str, dimension: Dimension, rows: &[(String, &EndpointSummary)], columns: usize) -> Vec<String> {
    let all: Vec<&EndpointSummary> = rows.iter().map(|(_, one)| *one).collect();
    let shown = filled(dimension, &all, &IN_TERMINAL);
    if shown.is_empty() {
        return Vec::new();
    }
    let mut table = TextTable::new(std::iter::once(Align::Left).chain(shown.iter().map(|_| Align::Right)))
        .within(columns)
        .at_most(0, longest_name(columns));
    table.push(std::iter::once(format!("  {title}")).chain(shown.iter().map(|(name, _)| (*name).to_owned())));
    let listed = Folded::of(rows, LISTED_IN_TERMINAL);
    for (name, one) in &listed.first {
        table.push(std::iter::once(format!("  {name}")).chain(cells(dimension, one, &shown)));
    }
    let mut lines = table.lines();
    if listed.more > 0 {
        lines.push(format!("  … and {} in the report", number::counted(listed.more, "more row")));
    }
    lines
}
