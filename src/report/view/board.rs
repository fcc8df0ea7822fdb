//! The one table that matters: a row for each endpoint, benchmark or metric, the worst first.
//!
//! In: the report. Out: blocks of rows, one block a metric, with ready strings and small pictures on an axis that the rows of a block
//! share. Metrics beside the one that stands for the requests of their table come last, to be folded. What a page cannot hold is
//! counted, not shown. Computes nothing: order and pictures are of numbers in the JSON report.

mod basis;
mod row;

use std::cmp::Reverse;

use serde::Serialize;

use super::anchors::{Anchors, UsedIds, slug};
use super::charts::Charts;
use super::fold::{fold, open};
use super::leading::is_secondary;
use super::numbers::shown;
use crate::analysis::requests::EndpointSummary;
use crate::compare::outcome::{Change, Verdict};
use crate::measure::{Dimension, Statistic};
use crate::report::chart::Axis;
use crate::report::contract::{Metric, Population, Report, Reported};
use crate::report::escape::visible;
use crate::report::number::{self, ABSENT, Scale};

pub(crate) use row::BoardRow;

use super::change::is_quiet;
use basis::{Basis, mini};
use row::{Severity, changed_row, reported_row};

/// Rows of a block that a reader sees without opening anything.
const OPEN_ROWS: usize = 24;
/// Changes that are looked through for those without a row: all of them stand in the list of changes.
const MOST_CHANGES: usize = 200;
/// Rows of a page; more would not be read and make it slow.
const MOST_ROWS: usize = 400;

/// Which columns have anything in them.
#[expect(clippy::struct_excessive_bools, reason = "templates ask for each by its name")]
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub(crate) struct BoardColumns {
    pub rates: bool,
    pub failures: bool,
    pub percentiles: bool,
    /// Whether any row has nothing but a mean or a single number.
    pub means: bool,
    /// Whether there is anything behind "more columns".
    pub more: bool,
    pub pictures: bool,
    pub changes: bool,
    pub units: bool,
}

/// The table.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct BoardView {
    /// What a row is: `endpoint`, `benchmark`, `metric`.
    pub subject: &'static str,
    /// What is counted: `requests`, or `n` samples.
    pub counted: &'static str,
    /// What a reader could take for something else.
    pub notes: Vec<String>,
    /// The columns of the table, and those of the metrics beside.
    pub columns: BoardColumns,
    pub secondary_columns: BoardColumns,
    pub blocks: Vec<BoardBlock>,
    /// Metrics beside those that stand for requests.
    pub secondary: Vec<BoardBlock>,
    /// `3 more metrics: bytes, Connect, allThreads`.
    pub secondary_title: Option<String>,
    /// Ends of the axis of changes.
    pub change_axis: Option<ChangeEnds>,
    /// How many rows are not shown.
    pub left_out: Option<String>,
    /// What the reader has to know of the order.
    pub order: &'static str,
}

/// Ends of the axis on which changes are drawn: `-10%` and `+11.1%`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct ChangeEnds {
    pub low: String,
    pub high: String,
}

/// The rows of one metric.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct BoardBlock {
    /// The metric, and its file where there are several.
    pub name: String,
    pub source: Option<String>,
    /// The id of the section with all about it; absent where there is none.
    pub details: Option<String>,
    pub unit: &'static str,
    /// The axis of its small distributions: `8.1 to 688 ms, logarithmic`.
    pub axis: Option<String>,
    /// Whether the block is a single row, that of the metric itself.
    pub single: bool,
    pub rows: Vec<BoardRow>,
    pub more_rows: Vec<BoardRow>,
    pub more_title: Option<String>,
    #[serde(skip)]
    severity: Severity,
    /// The names of source and metric as they are recorded.
    #[serde(skip)]
    of: (String, String),
}

/// The table while it grows.
struct Board<'r> {
    basis: Basis<'r>,
    taken: UsedIds,
}

impl BoardView {
    pub(super) fn of(report: &Report, anchors: &Anchors<'_>, drawn: Charts) -> Option<Self> {
        let mut board = Board { basis: Basis::of(report, drawn), taken: UsedIds::default() };
        let (mut blocks, mut secondary) = (Vec::new(), Vec::new());
        for (index, service) in report.service.iter().enumerate() {
            for (place, metric) in (1..).zip(&service.distributions) {
                let anchor = format!("service-{}", index + 1);
                let own = format!("{anchor}-metric-{place}");
                let block = board.block(metric, anchor, &own, service.distributions.len() > 1);
                blocks.extend(block);
            }
        }
        for metric in &report.metrics {
            let anchor = anchors.metric(metric);
            let block = board.block(metric, anchor.clone(), &anchor, false);
            // A service says the same of its requests in its own words.
            let of_service = report.service.iter().any(|service| service.source == metric.source);
            if of_service || is_secondary(report, metric) { secondary.extend(block) } else { blocks.extend(block) }
        }
        blocks.extend(board.summarised());
        for block in board.reported() {
            let measured = |metric: &Metric| metric.source == block.of.0;
            let named = |metric: &Metric| measured(metric) && metric.name == block.of.1;
            let beside = report.metrics.iter().any(measured) && !report.metrics.iter().any(named);
            if beside { secondary.push(block) } else { blocks.push(block) }
        }
        blocks.extend(board.one_sided());
        for list in [&mut blocks, &mut secondary] {
            list.sort_by_key(|block| Reverse(block.severity.rank()));
        }
        let left_out = limit(&mut blocks, &mut secondary);
        if blocks.is_empty() && secondary.is_empty() {
            return None;
        }
        if blocks.is_empty() {
            std::mem::swap(&mut blocks, &mut secondary);
        }
        let any = |has: fn(&BoardRow) -> bool| {
            blocks.iter().flat_map(|block| block.rows.iter().chain(&block.more_rows)).any(has)
        };
        Some(Self {
            subject: subject(report),
            counted: if any(|row| row.counts_requests) { counted(report) } else { "n" },
            notes: notes(report, &any).into_iter().map(str::to_owned).chain(shared_axes(&blocks)).collect(),
            columns: BoardColumns::of(&blocks),
            secondary_columns: BoardColumns::of(&secondary),
            secondary_title: title(&secondary),
            change_axis: any(|row| row.delta.is_some()).then(|| {
                let end = board.basis.change_axis.end();
                ChangeEnds { low: number::change(1.0 / end), high: number::change(end) }
            }),
            left_out: (left_out > 0)
                .then(|| format!("{} not shown; all are in the JSON report.", number::counted(left_out, "more row"))),
            order: match report.comparison {
                Some(_) => ", the worst change first",
                None if any(|row| row.problem) => ", the worst first",
                None => "",
            },
            blocks,
            secondary,
        })
    }
}

/// Which distributions share an axis, where that is not said above their rows.
fn shared_axes(blocks: &[BoardBlock]) -> Vec<String> {
    let mut said: Vec<String> = Vec::new();
    let single = || blocks.iter().filter(|block| block.single && block.source.is_some());
    for block in single() {
        let Some(axis) = block.axis.as_ref() else { continue };
        let alike = single().filter(|other| other.name == block.name && other.axis.as_ref() == Some(axis)).count();
        let sentence = format!("Distributions of {} stand on one axis: {axis}.", block.name);
        if alike > 1 && !said.contains(&sentence) {
            said.push(sentence);
        }
    }
    said
}

impl BoardColumns {
    fn of(blocks: &[BoardBlock]) -> Self {
        let any = |has: fn(&BoardRow) -> bool| {
            blocks.iter().flat_map(|block| block.rows.iter().chain(&block.more_rows)).any(has)
        };
        Self {
            rates: any(|row| row.rate.is_some()),
            failures: any(|row| row.failed.is_some()),
            percentiles: any(|row| row.p95.is_some() || row.p99.is_some()),
            means: any(|row| row.p50 == ABSENT && row.mean.is_some()),
            more: any(|row| row.stddev.is_some() || row.p90.is_some()),
            pictures: any(|row| row.picture.is_some()),
            changes: any(|row| row.verdict.is_some()),
            units: any(|row| !row.unit.is_empty()),
        }
    }
}

fn notes(report: &Report, any: &impl Fn(fn(&BoardRow) -> bool) -> bool) -> Vec<&'static str> {
    let mut notes = Vec::new();
    // What a tool has summarised may hold them, and where everything failed, they are all there is.
    let apart = report.metrics.iter().any(|metric| metric.failed.is_some());
    if apart && any(|row| row.counts_requests && row.severity.failed_any()) {
        notes.push("How long failed requests took is in none of the percentiles and distributions.");
    }
    if any(|row| [Some(&row.p50), row.p95.as_ref(), row.p99.as_ref()].into_iter().flatten().any(|text| text == ABSENT))
    {
        notes.push("– stands where there are too few samples, or nothing was recorded.");
    }
    notes
}

/// What is counted where runs or tools count it.
fn counted(report: &Report) -> &'static str {
    let are_rows = !report.requests.is_empty() && report.requests.iter().all(|run| !run.are_requests);
    if are_rows && report.summaries.is_empty() { "rows" } else { "requests" }
}

/// What a row of the table is.
fn subject(report: &Report) -> &'static str {
    if !report.service.is_empty() {
        "metric"
    } else if report.metrics.iter().any(|metric| metric.measured_apart) {
        "benchmark"
    } else if report.requests.iter().any(|run| run.are_requests) || !report.summaries.is_empty() {
        "endpoint"
    } else {
        "metric"
    }
}

fn title(secondary: &[BoardBlock]) -> Option<String> {
    /// Metrics that are named.
    const NAMED: usize = 6;
    let first = secondary.first()?;
    let mut names: Vec<&str> = Vec::new();
    for block in std::iter::once(first).chain(secondary) {
        if !names.contains(&block.name.as_str()) {
            names.push(&block.name);
        }
    }
    let more = if names.len() > NAMED { ", …" } else { "" };
    names.truncate(NAMED);
    Some(format!("{}: {}{more}", number::counted(secondary.len() as u64, "more metric"), names.join(", ")))
}

/// Takes rows off the end until a page can hold them, and counts them.
fn limit(blocks: &mut Vec<BoardBlock>, secondary: &mut Vec<BoardBlock>) -> u64 {
    let (mut kept, mut left_out) = (0, 0);
    for block in blocks.iter_mut().chain(secondary.iter_mut()) {
        for rows in [&mut block.rows, &mut block.more_rows] {
            let fit = rows.len().min(MOST_ROWS - kept);
            left_out += (rows.len() - fit) as u64;
            rows.truncate(fit);
            kept += fit;
        }
        block.more_title = block.more_title.take().filter(|_| !block.more_rows.is_empty());
    }
    blocks.retain(|block| !block.rows.is_empty());
    secondary.retain(|block| !block.rows.is_empty());
    left_out
}

impl<'r> Board<'r> {
    /// The rows of a metric, all about which stands in the part of the page with that id, and its own details in the part with the
    /// other one.
    fn block(&mut self, metric: &'r Metric, details: String, own: &str, in_service: bool) -> Option<BoardBlock> {
        let whole = (!metric.measured_apart).then_some(&metric.overall);
        let drawn = |population: &&Population| shown(population).is_some();
        let axis = axis_of(metric.measured_apart, self.basis.alike(metric));
        let mut rows: Vec<BoardRow> = Vec::new();
        let labels = self.basis.run_of(metric).map_or(0, |run| run.labels.len());
        let several = metric.groups.iter().filter(drawn).count() > 1 || metric.measured_apart || labels > 1;
        if let Some(overall) = whole.filter(drawn) {
            let name = if several { "all".to_owned() } else { visible(&metric.name) };
            let row = self.basis.whole_row(metric, overall, name, axis.as_ref());
            rows.push(BoardRow { details: Some(own.to_owned()), ..row });
        }
        if several {
            // Where one label alone has durations, all of them are its own.
            let only = (metric.groups.is_empty() && metric.overall.label.is_some()).then_some(&metric.overall);
            let groups: Vec<BoardRow> = metric
                .groups
                .iter()
                .enumerate()
                .map(|(index, group)| (group, self.basis.details_of_group(own, index)))
                .chain(only.map(|only| (only, Some(own.to_owned()))))
                .filter_map(|(group, details)| {
                    let name = group.label.as_ref().map(|label| visible(&label.text))?;
                    let row = self.basis.labelled_row(metric, group, name, axis.as_ref());
                    Some(BoardRow { details, ..row })
                })
                .chain(self.basis.unanswered(metric))
                .filter(|row| !self.basis.brief || whole.is_none() || row.problem)
                .collect();
            rows.extend(groups);
        }
        // The whole stays on top of its parts.
        let parts = usize::from(whole.is_some_and(|overall| shown(overall).is_some()) && several);
        let in_order = metric.measured_apart && self.basis.report.comparison.is_none();
        let first = parts.min(rows.len());
        rows[first..].sort_by(|a, b| {
            let key = |row: &BoardRow| (row.severity.rank(), if in_order { 0.0 } else { row.severity.size });
            key(b).0.cmp(&key(a).0).then(key(b).1.total_cmp(&key(a).1))
        });
        let base = if in_service { format!("{details}/{}", slug(&metric.name)) } else { details.clone() };
        for (place, row) in rows.iter_mut().enumerate() {
            let is_whole = place < parts || !several;
            let id = if is_whole { format!("{base}/all") } else { format!("{base}/{}", slug(&row.name)) };
            row.anchor = self.taken.take(id);
        }
        // Of a metric without anything to say of its groups there is one row.
        let brief_row = self.basis.brief && parts == 1 && rows.len() == 1;
        if brief_row {
            rows[0].name = visible(&metric.name);
        }
        let severity = rows.iter().map(|row| row.severity).max_by_key(Severity::rank)?;
        let scale = self.basis.scale(metric);
        let (rows, more_rows, more_title) = {
            let shown = open(rows.len(), OPEN_ROWS);
            fold(rows, shown, "more row")
        };
        Some(BoardBlock {
            name: visible(&metric.name),
            source: (self.basis.report.sources.len() > 1).then(|| visible(&metric.source)),
            details: Some(details),
            unit: scale.symbol(),
            axis: axis.filter(|_| self.basis.drawn == Charts::Drawn).map(|axis| axis_words(&axis, &scale)),
            single: !several || brief_row,
            rows,
            more_rows,
            more_title,
            severity,
            of: (metric.source.clone(), metric.name.clone()),
        })
    }

    /// Requests as tools have summarised them, an endpoint a row.
    fn summarised(&mut self) -> Vec<BoardBlock> {
        let mut blocks = Vec::new();
        for (index, summary) in self.basis.report.summaries.iter().enumerate() {
            // The only endpoint is all there is, unless its numbers are of some of the requests.
            let is_all = |one: &EndpointSummary| {
                summary.all.as_ref().is_none_or(|all| all.requests == one.requests && all.p50 == one.p50)
            };
            let alone = matches!(&summary.endpoints[..], [one] if is_all(one));
            let named = summary.rows().filter(|one| !(alone && one.label.is_none()));
            let mut rows: Vec<BoardRow> = named.map(|one| self.basis.summary_row(summary, one)).collect();
            let name =
                summary.latency_by.as_deref().or(summary.counted_by.as_deref()).map_or_else(String::new, visible);
            let first = usize::from(rows.len() > 1 && summary.all.is_some());
            rows[first..].sort_by_key(|row| Reverse(row.severity.rank()));
            for row in &mut rows {
                row.anchor = self.taken.take(format!("{}/{}", slug(&name), slug(&row.name)));
            }
            let Some(severity) = rows.iter().map(|row| row.severity).max_by_key(Severity::rank) else { continue };
            let shown = open(rows.len(), OPEN_ROWS);
            let (rows, more_rows, more_title) = fold(rows, shown, "more row");
            blocks.push(BoardBlock {
                name: format!("{name}, as the tool says"),
                source: (self.basis.report.sources.len() > 1).then(|| visible(&summary.source)),
                details: Some(format!("summary-{}", index + 1)),
                unit: "",
                axis: None,
                single: false,
                rows,
                more_rows,
                more_title,
                severity,
                of: (summary.source.clone(), String::new()),
            });
        }
        blocks
    }

    /// What tools say themselves: durations by label.
    fn reported(&mut self) -> Vec<BoardBlock> {
        let mut blocks: Vec<BoardBlock> = Vec::new();
        let report = self.basis.report;
        // What was measured as well, or stands in the summary of its file, has a row already.
        let has_row = |one: &Reported| {
            let labelled = |metric: &Metric| {
                let whole = one.label.is_none() && metric.overall.clean.is_some() && !metric.measured_apart;
                whole || metric.labelled().any(|(text, _)| Some(text) == one.label.as_deref())
            };
            let measured =
                |metric: &Metric| metric.source == one.source && metric.name == one.metric && labelled(metric);
            report.metrics.iter().any(measured) || report.summaries.iter().any(|summary| summary.source == one.source)
        };
        let said = |one: &&Reported| {
            let central = |statistic: Statistic| {
                statistic.percent().is_some() || matches!(statistic, Statistic::Mean | Statistic::Value)
            };
            !matches!(one.dimension, Dimension::Bytes | Dimension::Count | Dimension::Ratio)
                && one.values.iter().any(|value| central(value.statistic))
        };
        let all: Vec<&Reported> = report.reported.iter().filter(|one| !has_row(one)).filter(said).collect();
        for one in &all {
            let source = (self.basis.report.sources.len() > 1).then(|| visible(&one.source));
            let name = visible(&one.metric);
            let mut row = reported_row(one, &all);
            if let Some(change) = self.basis.change(&one.source, &one.metric, one.label.as_deref()) {
                row.set_change(change, mini(change).as_ref(), self.basis.change_axis, self.basis.drawn);
            }
            row.anchor = self.taken.take(format!("{}/{}", slug(&one.metric), slug(&row.name)));
            let severity = row.severity;
            match blocks.iter_mut().find(|block| block.name == name && block.source == source) {
                Some(block) => {
                    block.single = false;
                    if severity.rank() > block.severity.rank() {
                        block.severity = severity;
                    }
                    block.rows.push(row);
                }
                None => blocks.push(BoardBlock {
                    name,
                    source,
                    details: None,
                    unit: "",
                    axis: None,
                    single: one.label.is_none(),
                    rows: vec![row],
                    more_rows: Vec::new(),
                    more_title: None,
                    severity,
                    of: (one.source.clone(), one.metric.clone()),
                }),
            }
        }
        for block in &mut blocks {
            if block.single {
                block.rows[0].name.clone_from(&block.name);
            }
            let rows = std::mem::take(&mut block.rows);
            let shown = open(rows.len(), OPEN_ROWS);
            (block.rows, block.more_rows, block.more_title) = fold(rows, shown, "more row");
        }
        blocks
    }

    /// Changes that no row above stands for: what is missing now, and shares of failures.
    fn one_sided(&mut self) -> Vec<BoardBlock> {
        let Some(comparison) = &self.basis.report.comparison else { return Vec::new() };
        let has_row = |change: &Change| {
            if self.basis.stands_in_a_row(change) {
                return true;
            }
            let of = |metric: &Metric| metric.source == change.source && metric.name == change.metric;
            let labelled = |metric: &Metric| {
                let mut labels = metric.groups.iter().chain(std::iter::once(&metric.overall));
                change.group.is_none()
                    || labels.any(|one| one.label.as_ref().map(|label| label.text.as_str()) == change.group.as_deref())
            };
            let reported = |one: &Reported| {
                one.source == change.source && one.metric == change.metric && one.label == change.group
            };
            self.basis.report.metrics.iter().any(|metric| of(metric) && labelled(metric))
                || self.basis.report.reported.iter().any(reported)
        };
        let loud =
            comparison.changes.iter().take(MOST_CHANGES).filter(|change| {
                !is_quiet(change.verdict) && change.verdict != Verdict::Inconclusive && !has_row(change)
            });
        let mut blocks = Vec::new();
        for change in loud {
            let mut row = changed_row(change);
            row.set_change(change, mini(change).as_ref(), self.basis.change_axis, self.basis.drawn);
            row.anchor = self.taken.take(format!("change/{}", slug(&row.name)));
            blocks.push(BoardBlock {
                name: row.name.clone(),
                source: (self.basis.report.sources.len() > 1).then(|| visible(&change.source)),
                details: None,
                unit: "",
                axis: None,
                single: true,
                severity: row.severity,
                rows: vec![row],
                more_rows: Vec::new(),
                more_title: None,
                of: (change.source.clone(), change.metric.clone()),
            });
        }
        blocks
    }
}

/// The axis that all populations of a metric share, and those of the same one in other files.
fn axis_of<'r>(apart: bool, metrics: impl Iterator<Item = &'r Metric>) -> Option<Axis> {
    let metrics: Vec<&Metric> = metrics.collect();
    let whole = |metric: &'r Metric| (!apart).then_some(&metric.overall).into_iter().chain(&metric.groups);
    let summaries = || metrics.iter().copied().flat_map(whole).filter_map(|population| population.clean.as_ref());
    let least = summaries().map(|summary| summary.min).min_by(f64::total_cmp)?;
    let most = summaries().map(|summary| summary.max).max_by(f64::total_cmp)?;
    Axis::shared(least, most, apart)
}

fn axis_words(axis: &Axis, scale: &Scale) -> String {
    let (least, most) = (axis.least, axis.most);
    let log = if axis.log { ", logarithmic" } else { "" };
    let dimension = scale.unit().dimension;
    format!("{} to {}{log}", number::short(dimension, least), number::short(dimension, most))
}
