//! The numbers of a report one by one, each with all that a dashboard has to know of it.
//!
//! In: a report. Out: points in the order of the report: of each population the median, p95 and p99 with their intervals where there
//! are enough samples, numbers that a tool has summarised, and shares of failures. Left out: numbers over populations that they
//! describe none of, durations of failures, and bare counts.

use std::collections::{BTreeMap, BTreeSet};

use crate::analysis::failing::populations;
use crate::measure::{Dimension, Polarity, Statistic};
use crate::report::contract::{Interval, Metric, Population, Report};
use crate::report::escape::visible;

/// The percentiles that go out beside the median.
const PERCENTILES: [f64; 2] = [95.0, 99.0];
/// What a group is called whose label is empty: nothing would tell it from the whole.
const WITHOUT_LABEL: &str = "(no label)";

/// A number in the base unit of its dimension.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Point {
    pub source: String,
    /// Index of its table, where it is of a table.
    pub table: u64,
    pub metric: String,
    pub group: Option<String>,
    /// `median`, `p95`, `share`, `value`.
    pub statistic: String,
    pub dimension: Dimension,
    pub polarity: Polarity,
    pub value: f64,
    pub interval: Option<Interval>,
    /// Samples, where they are known.
    pub samples: Option<u64>,
    /// Which of several numbers of the same name it is, from 1: a tool may report a benchmark once a repetition.
    pub turn: u32,
}

/// All numbers of a report.
pub(super) fn points(report: &Report) -> Vec<Point> {
    let mut points: Vec<Point> =
        report.metrics.iter().filter(|metric| !metric.only_failed).flat_map(measured).collect();
    // What a tool says about samples that are here themselves is not said twice.
    let measured: BTreeSet<_> = points.iter().map(Point::name).collect();
    let reported: Vec<Point> = reported(report).filter(|point| !measured.contains(&point.name())).collect();
    points.extend(reported);
    points.extend(failures(report));
    let mut turns: BTreeMap<_, u32> = BTreeMap::new();
    for point in &mut points {
        let turn = turns.entry(point.name()).or_default();
        *turn += 1;
        point.turn = *turn;
    }
    points
}

impl Point {
    /// What tells it from others, as documents show it: two of one name are two numbers of the same thing.
    fn name(&self) -> (String, u64, String, Option<String>, String) {
        let Self { source, table, metric, group, statistic, .. } = self;
        (visible(source), *table, visible(metric), group.as_deref().map(visible), statistic.clone())
    }
}

fn measured(metric: &Metric) -> Vec<Point> {
    let describes_none = !metric.groups.is_empty() && (metric.measured_apart || metric.explained_by_label);
    let whole = Some(&metric.overall).filter(|_| !describes_none);
    let of_whole = whole.into_iter().flat_map(|population| {
        let label = label_of(population).filter(|label| !label.is_empty());
        of_population(metric, population, label)
    });
    let of_groups = metric.groups.iter().flat_map(|population| {
        let label = label_of(population).map(|label| if label.is_empty() { WITHOUT_LABEL } else { label });
        of_population(metric, population, label)
    });
    of_whole.chain(of_groups).collect()
}

fn label_of(population: &Population) -> Option<&str> {
    population.label.as_ref().map(|label| label.text.as_str())
}

fn of_population(metric: &Metric, population: &Population, label: Option<&str>) -> Vec<Point> {
    let Some(clean) = &population.clean else { return Vec::new() };
    let point = |statistic: Statistic, value: f64, interval: Option<Interval>| Point {
        source: metric.source.clone(),
        table: metric.table,
        metric: metric.name.clone(),
        group: label.map(str::to_owned),
        statistic: statistic.to_string(),
        dimension: metric.dimension,
        polarity: metric.polarity,
        value,
        interval,
        samples: Some(clean.n),
        turn: 1,
    };
    let mut points = vec![point(Statistic::Median, clean.median, clean.median_interval)];
    let chosen = clean.percentiles.iter().filter(|one| PERCENTILES.contains(&one.percent));
    points.extend(chosen.filter_map(|one| Some(point(Statistic::Percentile(one.percent), one.value?, one.interval))));
    points
}

fn reported(report: &Report) -> impl Iterator<Item = Point> {
    report.reported.iter().flat_map(|one| {
        let samples = one.number(Statistic::Count).map(|count| count as u64);
        one.values.iter().filter(|value| !value.statistic.is_count()).map(move |value| Point {
            source: one.source.clone(),
            table: 0,
            metric: one.metric.clone(),
            group: one.label.clone().filter(|label| !label.is_empty()),
            statistic: value.statistic.to_string(),
            dimension: value.dimension,
            polarity: direction(value.statistic, one.polarity),
            value: value.value,
            interval: None,
            samples,
            turn: 1,
        })
    })
}

/// Which way a statistic is better: how far numbers scatter has no better direction by that of their metric.
fn direction(statistic: Statistic, of_metric: Polarity) -> Polarity {
    match statistic {
        Statistic::Stddev | Statistic::Cv | Statistic::MeanError => Polarity::Unknown,
        Statistic::FailureShare => Polarity::LowerIsBetter,
        _ => of_metric,
    }
}

/// Fewer failures are better, whatever is measured.
fn failures(report: &Report) -> impl Iterator<Item = Point> {
    let services: Vec<_> = report.service.iter().collect();
    let found = populations(&report.metrics, &report.reported, &report.requests, &services, &report.settings);
    found.into_iter().map(|one| Point {
        source: one.source,
        table: one.table.unwrap_or_default(),
        metric: one.metric.map_or_else(|| "failures".to_owned(), |metric| format!("failures of {metric}")),
        group: one.label.filter(|label| !label.is_empty()),
        statistic: "share".to_owned(),
        dimension: Dimension::Ratio,
        polarity: Polarity::LowerIsBetter,
        value: one.share,
        interval: Some(one.interval),
        samples: Some(one.total),
        turn: 1,
    })
}
