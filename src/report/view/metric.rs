//! A metric in detail: its intervals, facts, groups and charts.

use serde::Serialize;

use super::charts::{self, Charts};
use super::facts::{facts, group_facts};
use super::fold::fold;
use super::grid::GridView;
use super::named_text::NamedText;
use super::numbers::{MOST_GROUPS, at, at_least, display_scale, row_scale};
use crate::measure::unit::Dimension;
use crate::report::chart::Chart;
use crate::report::contract::{
    Extreme, Interval, Label, Metric, Outliers, Percentile, Polarity, Population, Remark, Report, Summary,
};
use crate::report::escape::visible;
use crate::report::number::{self, ABSENT, Scale};

/// Rows of the table of groups that a reader sees without opening anything.
const OPEN_GROUPS: usize = 40;

/// The largest samples that a page of very many metrics names of one with outliers.
const SHORT_EXTREMES: usize = 2;

/// A metric in detail.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct MetricView {
    pub name: String,
    pub anchor: String,
    pub unit: &'static str,
    pub meaning: Option<String>,
    pub about: Vec<String>,
    pub corrupted: Option<String>,
    pub remarks: Vec<Remark>,
    pub failures: Option<String>,
    pub intervals: Vec<IntervalView>,
    pub open_note: Option<String>,
    pub facts: Vec<NamedText>,
    pub extremes: Vec<ExtremeView>,
    pub extremes_title: &'static str,
    pub has_details: bool,
    pub has_whole: bool,
    pub groups: Vec<GroupView>,
    pub more_groups: Vec<GroupView>,
    pub more_groups_title: Option<String>,
    pub charts: Vec<Chart>,
    pub group_charts: Vec<Chart>,
    /// Benchmarks by two parameters.
    pub grids: Vec<GridView>,
}

/// A number with its interval.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct IntervalView {
    pub name: String,
    pub value: String,
    pub interval: String,
    pub note: Option<String>,
}

/// An extreme sample.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct ExtremeView {
    pub value: String,
    pub place: String,
    pub label: Option<String>,
}

/// A group with its intervals.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct GroupView {
    pub name: String,
    /// The id of what its row leads to.
    pub anchor: String,
    pub members: Option<String>,
    pub n: String,
    pub median: String,
    pub median_interval: String,
    pub p95: String,
    pub p95_interval: String,
    pub outliers: String,
    pub facts: Vec<NamedText>,
    /// Its distribution and its tail.
    pub charts: Vec<Chart>,
    /// Its slowest samples.
    pub extremes: Vec<ExtremeView>,
}

/// The id of the details of a group of the metric with that id.
pub(super) fn group_anchor(metric: &str, index: usize) -> String {
    format!("{metric}/group-{}", index + 1)
}

/// What the samples are that are named with their place.
fn extremes_title(metric: &Metric) -> &'static str {
    match (metric.dimension, metric.polarity) {
        (Dimension::Time, Polarity::LowerIsBetter | Polarity::Unknown) => "Slowest samples, kept in every number",
        _ => "Largest samples, kept in every number",
    }
}

impl MetricView {
    pub(super) fn of(report: Option<&Report>, metric: &Metric, anchor: &str, drawn: Charts) -> Self {
        let scale = display_scale(metric);
        let overall = &metric.overall;
        // What is said of the whole is said of nothing where the groups are separate benchmarks.
        let whole = Some(overall).filter(|_| !metric.measured_apart);
        let clean = whole.and_then(|overall| overall.clean.as_ref());
        let intervals = clean.map(|summary| intervals(summary, &scale)).unwrap_or_default();
        let facts = whole.map(|overall| facts(overall, &scale)).unwrap_or_default();
        let extremes = whole.map_or_else(Vec::new, |overall| ExtremeView::all(overall, metric, &scale));
        let groups = (0..metric.groups.len()).take(MOST_GROUPS);
        let groups: Vec<_> =
            groups.map(|index| GroupView::of(report, metric, index, (anchor, &scale), drawn)).collect();
        let open = groups.len().min(OPEN_GROUPS);
        let (groups, more_groups, more_groups_title) = fold(groups, open, "more group");
        Self {
            name: visible(&metric.name),
            anchor: anchor.to_owned(),
            unit: scale.symbol(),
            meaning: metric.meaning.as_deref().map(visible),
            about: about(metric),
            corrupted: corrupted(overall),
            remarks: metric
                .remarks
                .iter()
                .map(|remark| Remark { topic: remark.topic, text: visible(&remark.text) })
                .collect(),
            failures: failures(metric),
            open_note: clean.and_then(open_note),
            has_details: !intervals.is_empty() || !facts.is_empty() || !extremes.is_empty() || metric.measured_apart,
            has_whole: whole.is_some(),
            intervals,
            facts,
            extremes,
            groups,
            more_groups,
            more_groups_title,
            extremes_title: extremes_title(metric),
            charts: drawn.of(|| charts::of_metric(report, metric, anchor, &scale)),
            grids: GridView::all(metric),
            group_charts: drawn.of(|| charts::of_groups(metric, anchor, &scale)),
        }
    }
}

impl MetricView {
    /// Without what the JSON report says as well, for pages of very many metrics.
    pub(super) fn shortened(mut self, metric: &Metric) -> Self {
        self.intervals.retain(|row| ["mean", "median", "p95", "p99"].contains(&row.name.as_str()));
        // What would be said of nearly every one of them says nothing.
        self.facts.retain(|fact| !fact.text.starts_with("nothing speaks against"));
        self.about.clear();
        self.open_note = None;
        let far = metric.overall.outliers.as_ref().is_some_and(|outliers| outliers.count() > 0);
        self.extremes.truncate(if far { SHORT_EXTREMES } else { 0 });
        self.groups.clear();
        self.more_groups.clear();
        self.more_groups_title = None;
        self
    }
}

fn about(metric: &Metric) -> Vec<String> {
    let mut about = Vec::new();
    if let Some(unit) = metric.recorded_unit.as_deref().filter(|unit| !unit.is_empty()) {
        let assumed = if metric.unit_assumed { " (assumed)" } else { "" };
        about.push(format!("recorded in {}{assumed}", visible(unit)));
    }
    match metric.polarity {
        Polarity::LowerIsBetter => about.push("lower is better".to_owned()),
        Polarity::HigherIsBetter => about.push("higher is better".to_owned()),
        Polarity::Unknown => {}
    }
    if let Some(column) = metric.grouped_by.as_deref().filter(|_| !metric.groups.is_empty()) {
        about.push(format!("{} by {}", number::counted(metric.groups.len() as u64, "group"), visible(column)));
    }
    about
}

fn corrupted(population: &Population) -> Option<String> {
    let corrupted = number::counted(population.corrupted, "corrupted sample");
    (population.corrupted > 0).then(|| format!("{corrupted} left out of the clean numbers, the plots and all below"))
}

fn failures(metric: &Metric) -> Option<String> {
    let failures = metric.failures.as_ref().filter(|_| metric.leads)?;
    let per_thousand = |value: f64| number::plain(value);
    let low = failures.interval.low.map_or_else(|| "0".to_owned(), per_thousand);
    let high = failures.interval.high.map_or_else(|| "1,000".to_owned(), per_thousand);
    let others = [
        (failures.not_said, "more rows have no status"),
        (failures.unclear, "of them have a status that is not understood"),
    ];
    let others: Vec<String> = others
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("; {} {what}", number::count(*count)))
        .collect();
    let others = others.concat();
    Some(format!(
        "{} of {} failed by {} ({}): {} per 1,000, {} interval [{low}, {high}]{others}",
        number::count(failures.failed),
        number::counted(failures.total, "row"),
        visible(&failures.column),
        visible(&failures.convention),
        per_thousand(failures.per_thousand),
        number::level(failures.interval.level),
    ))
}

fn intervals(summary: &Summary, scale: &Scale) -> Vec<IntervalView> {
    let plain = |name: &str, value: f64, interval: Option<&Interval>| IntervalView {
        name: name.to_owned(),
        value: scale.full(value),
        interval: scale.interval(interval),
        note: interval_note(interval),
    };
    let mut rows = vec![
        plain("mean", summary.mean, summary.mean_interval.as_ref()),
        plain("median", summary.median, summary.median_interval.as_ref()),
    ];
    rows.extend(summary.percentiles.iter().map(|percentile| percentile_row(percentile, summary, scale)));
    rows
}

fn percentile_row(percentile: &Percentile, summary: &Summary, scale: &Scale) -> IntervalView {
    let needs = || Some(format!("needs at least {}", number::counted(percentile.needs, "sample")));
    IntervalView {
        name: number::percentile_name(percentile.percent),
        value: at_least(Some(summary), percentile.value, scale.full_or_absent(percentile.value)),
        interval: scale.interval(percentile.interval.as_ref()),
        note: if percentile.value.is_none() { needs() } else { interval_note(percentile.interval.as_ref()) },
    }
}

fn interval_note(interval: Option<&Interval>) -> Option<String> {
    let interval = interval?;
    match (interval.low, interval.high) {
        (Some(_), Some(_)) => None,
        (Some(_), None) => Some("open above".to_owned()),
        (None, Some(_)) => Some("open below".to_owned()),
        (None, None) => Some("open on both sides".to_owned()),
    }
}

fn open_note(summary: &Summary) -> Option<String> {
    let percentiles = summary.percentiles.iter().filter_map(|percentile| percentile.interval.as_ref());
    let open = percentiles
        .chain(&summary.median_interval)
        .find(|interval| interval.low.is_none() || interval.high.is_none() && summary.saturation.is_none())?;
    Some(format!(
        "An interval with ∞ is open: {} cannot bound that percentile at {} confidence. More samples close it.",
        number::counted(summary.n, "sample"),
        number::level(open.level),
    ))
}

impl ExtremeView {
    /// The largest samples of a population; where ten outliers are farther away than those, the outliers.
    fn all(population: &Population, metric: &Metric, scale: &Scale) -> Vec<Self> {
        let largest = population.outliers.as_ref().map(Outliers::largest_known).unwrap_or_default();
        largest.into_iter().map(|extreme| Self::of(extreme, metric, scale)).collect()
    }

    fn of(extreme: &Extreme, metric: &Metric, scale: &Scale) -> Self {
        let source = visible(&metric.source);
        Self {
            value: scale.full(extreme.value),
            place: extreme.line.map_or_else(|| source.clone(), |line| format!("{source}:{line}")),
            label: extreme.label.as_deref().map(visible),
        }
    }
}

impl GroupView {
    fn of(report: Option<&Report>, metric: &Metric, index: usize, of: (&str, &Scale), drawn: Charts) -> Self {
        let group = &metric.groups[index];
        let (anchor, scale) = (group_anchor(of.0, index), &row_scale(metric, group, of.1));
        let charts = drawn.of(|| charts::of_group(report, metric, index, &anchor, scale));
        let clean = group.clean.as_ref();
        let p95 = clean.and_then(|summary| at(summary, 95.0));
        let outliers = group.outliers.as_ref().map(|outliers| outliers.low + outliers.high);
        Self {
            name: group.label.as_ref().map_or_else(|| ABSENT.to_owned(), |label| visible(&label.text)),
            members: group.label.as_ref().and_then(members),
            n: number::count(clean.map_or(0, |summary| summary.n)),
            median: scale.full_or_absent(clean.map(|summary| summary.median)),
            median_interval: scale.interval(clean.and_then(|summary| summary.median_interval.as_ref())),
            p95: scale.full_or_absent(p95.and_then(|percentile| percentile.value)),
            p95_interval: scale.interval(p95.and_then(|percentile| percentile.interval.as_ref())),
            outliers: outliers.map_or_else(|| ABSENT.to_owned(), number::count),
            facts: group_facts(group, scale),
            extremes: if charts.is_empty() { Vec::new() } else { ExtremeView::all(group, metric, scale) },
            charts,
            anchor,
        }
    }
}

fn members(label: &Label) -> Option<String> {
    if label.members <= 1 {
        return None;
    }
    let examples: Vec<String> = label.examples.iter().map(|example| visible(example)).collect();
    let more = if (examples.len() as u64) < label.members { ", …" } else { "" };
    let list = if examples.is_empty() { String::new() } else { format!(": {}{more}", examples.join(", ")) };
    Some(format!("{}{list}", number::counted(label.members, "label")))
}
