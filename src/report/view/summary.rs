//! Requests as a tool has summarised them: an endpoint a row, its failures beside it, in the words of runs of requests.

use serde::Serialize;

use crate::analysis::requests::{CauseSummary, EndpointSummary, RequestSummary};
use crate::measure::folded::Folded;
use crate::measure::unit::Dimension;
use crate::report::contract::Report;
use crate::report::escape::visible;
use crate::report::number::{self, ABSENT};
use crate::report::text_table::{Align, TextTable, shortened_in_the_middle};
use crate::report::words::{requests, summary as words};

use super::line::longest_name;

/// Endpoints and causes that a page lists; the JSON has all.
const LISTED: usize = 60;
/// Endpoints of the terminal.
const LISTED_IN_TERMINAL: usize = 8;
/// Causes of the terminal.
const CAUSES_IN_TERMINAL: usize = 3;
/// Letters of a cause in the terminal.
const LETTERS: usize = 32;

/// A summary.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct SummaryView {
    pub anchor: String,
    pub source: String,
    pub about: String,
    pub notes: Vec<String>,
    /// The names of the columns of numbers.
    pub columns: Vec<&'static str>,
    pub rows: Vec<SummaryRowView>,
    pub more: Option<String>,
    pub causes: Vec<CauseView>,
    pub more_causes: Option<String>,
}

/// An endpoint, or all of them.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct SummaryRowView {
    /// Absent for all requests together.
    pub label: Option<String>,
    pub cells: Vec<String>,
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
type Column = (&'static str, fn(&RequestSummary, &EndpointSummary) -> Option<String>);

fn time(summary: &RequestSummary, value: Option<f64>) -> Option<String> {
    value.map(|value| number::quantity(summary.dimension, value))
}

/// Columns of a page; those that no row fills are left out.
const COLUMNS: [Column; 10] = [
    ("requests", |_, one| one.requests.map(number::count)),
    ("failed", |_, one| one.failed.map(number::count)),
    ("share", |_, one| one.share.map(number::share)),
    ("interval", |_, one| one.interval.as_ref().map(requests::shares)),
    ("rate", |_, one| one.rate.map(|rate| number::quantity(Dimension::Rate, rate))),
    ("mean", |summary, one| time(summary, one.mean)),
    ("p50", |summary, one| time(summary, one.p50)),
    ("p95", |summary, one| time(summary, one.p95)),
    ("p99", |summary, one| time(summary, one.p99)),
    ("max", |summary, one| time(summary, one.max)),
];

/// Those of the terminal, where the share stands beside the number of failures.
const IN_TERMINAL: [Column; 6] = [
    ("requests", |_, one| one.requests.map(number::count)),
    ("failed", |_, one| {
        one.failed.zip(one.share).map(|(failed, share)| match failed {
            0 => "0".to_owned(),
            _ => format!("{} ({})", number::share(share), number::count(failed)),
        })
    }),
    ("rate", |_, one| one.rate.map(|rate| number::quantity(Dimension::Rate, rate))),
    ("p50", |summary, one| time(summary, one.p50)),
    ("p95", |summary, one| time(summary, one.p95)),
    ("p99", |summary, one| time(summary, one.p99)),
];

/// The columns that some row fills.
fn filled(summary: &RequestSummary, columns: &[Column]) -> Vec<Column> {
    columns.iter().copied().filter(|(_, cell)| summary.has(|one| cell(summary, one))).collect()
}

/// The rows that are shown: of a single endpoint not the whole again.
fn rows(summary: &RequestSummary) -> impl Iterator<Item = &EndpointSummary> {
    let alone = summary.endpoints.len() == 1;
    summary.rows().filter(move |one| !(alone && one.label.is_none()))
}

impl SummaryView {
    pub(super) fn all(report: &Report) -> Vec<Self> {
        report.summaries.iter().enumerate().map(|(index, one)| Self::of(index, one)).collect()
    }

    fn of(index: usize, summary: &RequestSummary) -> Self {
        let columns = filled(summary, &COLUMNS);
        let shown = Folded::of(rows(summary), LISTED);
        let causes = Folded::of(&summary.causes, LISTED);
        let more =
            |more: u64, noun| (more > 0).then(|| format!("… and {} in the JSON report", number::counted(more, noun)));
        let row = |one: &EndpointSummary| SummaryRowView {
            label: one.label.as_deref().map(visible),
            cells: columns.iter().map(|(_, cell)| cell(summary, one).unwrap_or_else(|| ABSENT.to_owned())).collect(),
        };
        Self {
            anchor: format!("summary-{}", index + 1),
            source: visible(&summary.source),
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
    let shown = filled(summary, &IN_TERMINAL);
    let mut lines = Vec::new();
    if !shown.is_empty() {
        let mut table = TextTable::new(std::iter::once(Align::Left).chain(shown.iter().map(|_| Align::Right)))
            .within(columns)
            .at_most(0, longest_name(columns));
        table.push(
            std::iter::once("  as reported by the tool").chain(shown.iter().map(|(name, _)| *name)).map(str::to_owned),
        );
        let listed = Folded::of(rows(summary), LISTED_IN_TERMINAL);
        for one in &listed.first {
            let name = one.label.as_deref().map_or_else(|| "all".to_owned(), visible);
            let cells = shown.iter().map(|(_, cell)| cell(summary, one).unwrap_or_else(|| ABSENT.to_owned()));
            table.push(std::iter::once(format!("  {name}")).chain(cells));
        }
        lines.extend(table.lines());
        if listed.more > 0 {
            lines.push(format!("  … and {} in the report", number::counted(listed.more, "more endpoint")));
        }
    }
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
