//! Charts of a metric: its distribution and its tail, its samples in recorded order and over time, and small ones for each group.

use std::borrow::Cow;

use crate::compare::outcome::{Change, Verdict};
use crate::report::chart::{
    self, Chart, Distribution, GROUP_SLOTS, HeatOverTime, InOrder, LegendKey, OrderCross, Tail,
};
use crate::report::contract::{Histogram, Metric, Outliers, Population, Report, RequestRun};
use crate::report::escape::visible;
use crate::report::number::{self, Scale};
use crate::report::words::requests as words;

use super::change_charts;
use super::leading::is_secondary;
use super::numbers::{at, shown};

/// Whether metrics get their charts. Only a page shows them, and drawing them takes longer than all the rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Charts {
    Drawn,
    LeftOut,
}

/// With more metrics in a report, only those have charts of their own that lead their table or have corrupted samples.
const FEW_METRICS: usize = 8;
/// With more metrics than this, only those that have corrupted samples.
const MANY_METRICS: usize = 60;

/// Whether there are so many metrics that a page has to be short about each.
pub(super) fn are_many(metrics: usize) -> bool {
    metrics > MANY_METRICS
}

impl Charts {
    /// Whether a metric among so many is drawn: a page of very many pictures is slow, and nobody looks at them.
    pub(super) fn among(self, metrics: usize, metric: &Metric) -> Self {
        let wanted = metrics <= FEW_METRICS || metric.overall.corrupted > 0 || metric.leads && metrics <= MANY_METRICS;
        if wanted { self } else { Self::LeftOut }
    }

    /// What is drawn, or nothing.
    pub(super) fn of(self, draw: impl FnOnce() -> Vec<Chart>) -> Vec<Chart> {
        match self {
            Self::Drawn => draw(),
            Self::LeftOut => Vec::new(),
        }
    }
}

/// Metrics with more groups get no small plot for each.
const MOST_STRIPS: usize = 8;
/// A distribution or an order of fewer samples is no picture; the table says all.
const FEWEST_DRAWN: u64 = 8;

/// Groups that have pictures of their own.
const DRAWN_GROUPS: usize = 24;

pub(super) fn of_metric(report: Option<&Report>, metric: &Metric, anchor: &str, scale: &Scale) -> Vec<Chart> {
    let population = &metric.overall;
    let name = visible(&metric.name);
    let mut charts = Vec::new();
    if metric.measured_apart || shown(population).is_none_or(|summary| summary.n < FEWEST_DRAWN) {
        return charts;
    }
    if let Some(drawn) = draw_distribution(population, &format!("{anchor}-distribution"), &name, scale, None) {
        charts.push(with_corrupted(drawn, population.corrupted));
    }
    let change = report.and_then(|report| change_of(report, metric, population));
    charts.extend(change.and_then(|change| both_sides(change, anchor)));
    charts.extend(tail(report, metric, population, &format!("{anchor}-tail"), scale));
    // Of what is only described by its numbers nothing was asked that needs the order.
    let drawn = if metric.depth.is_full() { in_order(metric, anchor, scale, None) } else { None };
    charts.extend(drawn.map(|drawn| with_corrupted(drawn, population.corrupted)));
    charts.extend(report.and_then(|report| heat(report, metric, None, anchor, scale)));
    charts
}

/// The pictures of a group: what its row leads to. Of what is measured beside the durations of requests (bytes, connect times) only groups
/// that moved or have corrupted samples are drawn: their numbers stand in the table, and nobody opens sixty pictures of bytes.
pub(super) fn of_group(
    report: Option<&Report>,
    metric: &Metric,
    index: usize,
    anchor: &str,
    scale: &Scale,
) -> Vec<Chart> {
    let Some(group) = metric.groups.get(index) else { return Vec::new() };
    let change = report.and_then(|report| change_of(report, metric, group));
    let moved = |change: &Change| matches!(change.verdict, Verdict::Regressed | Verdict::Improved | Verdict::Changed);
    let is_beside = report.is_some_and(|report| is_secondary(report, metric));
    let is_problem = change.is_some_and(moved) || group.corrupted > 0;
    if (is_beside || index >= DRAWN_GROUPS) && !is_problem {
        return Vec::new();
    }
    if shown(group).is_none_or(|summary| summary.n < FEWEST_DRAWN) {
        return Vec::new();
    }
    let name = group.label.as_ref().map_or_else(String::new, |label| visible(&label.text));
    let drawn = draw_distribution(group, &format!("{anchor}-distribution"), &name, scale, None);
    let drawn = drawn.map(|drawn| with_corrupted(drawn, group.corrupted));
    let both = change.and_then(|change| both_sides(change, anchor));
    let tail = tail(report, metric, group, &format!("{anchor}-tail"), scale);
    let label = group.label.as_ref().map(|label| label.text.as_str());
    let heat = report.zip(label).and_then(|(report, label)| heat(report, metric, Some(label), anchor, scale));
    [drawn, both, tail, heat].into_iter().flatten().collect()
}

/// How a population changed.
fn change_of<'r>(report: &'r Report, metric: &Metric, population: &Population) -> Option<&'r Change> {
    let label = population.label.as_ref().map(|label| label.text.as_str());
    let of_population = |change: &&Change| {
        change.source == metric.source && change.metric == metric.name && change.group.as_deref() == label
    };
    report.comparison.as_ref()?.changes.iter().find(of_population)
}

/// The distributions of both sides of a change.
fn both_sides(change: &Change, anchor: &str) -> Option<Chart> {
    let drawn = change_charts::overlay(&format!("{anchor}-both"), change, false)?;
    Some(Chart { name: "Before filled, after outlined".to_owned(), ..drawn })
}

/// The tail of a population, with that of its baseline.
fn tail(report: Option<&Report>, metric: &Metric, population: &Population, id: &str, scale: &Scale) -> Option<Chart> {
    let histogram = population.histogram.as_ref()?;
    let label = population.label.as_ref().map(|label| label.text.as_str());
    let change = report.and_then(|report| change_of(report, metric, population));
    let before = change.and_then(|change| change.drawing.as_ref());
    let before = before.map_or_else(Vec::new, |drawing| chart::shares_of_bins(&drawing.edges, &drawing.before));
    let largest = population.outliers.as_ref().map(Outliers::largest_known).unwrap_or_default();
    let largest: Vec<f64> = largest.into_iter().map(|extreme| extreme.value).collect();
    chart::tail(&Tail {
        id,
        title: &label.map_or_else(|| visible(&metric.name), visible),
        unit_of: &visible(&metric.name),
        shares: &chart::shares(histogram, &largest),
        before: &before,
        beside: "the baseline",
        log: histogram.log,
        scale,
    })
}

/// The durations of the run that a metric leads, or of the requests of it with a label, over time.
fn heat(report: &Report, metric: &Metric, label: Option<&str>, anchor: &str, scale: &Scale) -> Option<Chart> {
    let of_metric = |run: &&RequestRun| {
        run.shards.is_none() && run.source == metric.source && run.table == metric.table && run.metric == metric.name
    };
    let run = report.requests.iter().find(of_metric)?;
    let whole = run.heat.as_ref()?;
    let of_label = |label: &str| {
        let requests = run.labels.iter().find(|one| one.label == label)?;
        whole.spread_out(requests.heat.as_ref()?)
    };
    let counts = match label {
        Some(label) => Cow::Owned(of_label(label)?),
        None => Cow::Borrowed(&whole.counts),
    };
    let stretches: Vec<(f64, f64, &[u64])> =
        run.bins.iter().zip(counts.iter()).map(|(bin, counts)| (bin.from, bin.to, counts.as_slice())).collect();
    let mut drawn = chart::heat(&HeatOverTime {
        id: &format!("{anchor}-heat"),
        title: &visible(label.unwrap_or(&metric.name)),
        edges: &whole.edges,
        stretches: &stretches,
        width: run.bin_width,
        length: run.length,
        moments: words::moments(run),
        scale,
    })?;
    if label.is_some() {
        drawn.notes.push("Both axes are those of all.".to_owned());
    }
    if let Some(number) = run.run {
        drawn.notes.push(format!("Run {} of the file.", number::count(number)));
    }
    Some(drawn)
}

/// The samples of a metric in recorded order, as the one picture of a page; `reaches` where its axis reaches to the corrupted ones.
pub(super) fn lead_order(metric: &Metric, scale: &Scale, crosses: &[OrderCross], reaches: bool) -> Option<Chart> {
    in_order(metric, if reaches { "lead-corrupted" } else { "lead" }, scale, Some((crosses, reaches)))
}

/// The samples in recorded order; with their corrupted ones where it is the one picture of a page.
fn in_order(metric: &Metric, anchor: &str, scale: &Scale, lead: Option<(&[OrderCross], bool)>) -> Option<Chart> {
    let population = &metric.overall;
    let (series, clean) = population.series.as_ref().zip(population.clean.as_ref())?;
    let (slots, legend) = slots(metric);
    chart::in_order(&InOrder {
        id: &format!("{anchor}-order"),
        title: &visible(&metric.name),
        series,
        scale,
        samples: clean.n,
        log: population.histogram.as_ref().is_some_and(|histogram| histogram.log),
        order: population.order.as_ref(),
        slots: &slots,
        legend: &legend,
        crosses: lead.map_or(&[], |(crosses, _)| crosses),
        leads: lead.is_some(),
        reaches: lead.is_some_and(|(_, reaches)| reaches),
    })
}

pub(super) fn of_groups(metric: &Metric, anchor: &str, scale: &Scale) -> Vec<Chart> {
    if metric.groups.len() > MOST_STRIPS {
        return Vec::new();
    }
    // Separate benchmarks have an axis each.
    let whole = metric.overall.histogram.as_ref().filter(|_| !metric.measured_apart);
    let drawn = metric.groups.iter().enumerate().filter_map(|(index, group)| {
        let name = group.label.as_ref().map(|label| visible(&label.text))?;
        let drawn = draw_distribution(
            group,
            &format!("{anchor}-group-{}", index + 1),
            &name,
            scale,
            whole.or(group.histogram.as_ref()),
        )?;
        Some(with_corrupted(drawn, group.corrupted))
    });
    drawn.collect()
}

fn draw_distribution(
    population: &Population,
    id: &str,
    title: &str,
    scale: &Scale,
    whole: Option<&Histogram>,
) -> Option<Chart> {
    let clean = population.clean.as_ref()?;
    let modes = population.modality.as_ref().map(|modality| modality.modes.as_slice()).unwrap_or_default();
    let modes: Vec<f64> = modes.iter().map(|mode| mode.location).filter(|_| modes.len() > 1).collect();
    let plot = Distribution {
        id,
        title,
        histogram: population.histogram.as_ref()?,
        scale,
        median: Some(clean.median),
        p95: at(clean, 95.0).and_then(|percentile| percentile.value),
        fence: population.outliers.as_ref().and_then(|outliers| outliers.high_fence),
        modes: &modes,
    };
    match whole {
        Some(whole) => chart::strip(&plot, whole),
        None => chart::distribution(&plot),
    }
}

/// A colour for each of the largest groups, and their legend.
fn slots(metric: &Metric) -> (Vec<usize>, Vec<LegendKey>) {
    let samples = |index: usize| metric.groups[index].clean.as_ref().map_or(0, |summary| summary.n);
    let mut by_size: Vec<usize> = (0..metric.groups.len()).collect();
    by_size.sort_by_key(|index| (std::cmp::Reverse(samples(*index)), *index));
    let mut slots = vec![0; metric.groups.len()];
    by_size.truncate(GROUP_SLOTS);
    by_size.sort_unstable();
    for (slot, index) in by_size.iter().enumerate() {
        slots[*index] = slot + 1;
    }
    let mut legend: Vec<LegendKey> = by_size
        .iter()
        .filter_map(|index| {
            Some(LegendKey {
                class: format!("g{}", slots[*index]),
                name: visible(&metric.groups[*index].label.as_ref()?.text),
            })
        })
        .collect();
    let others = metric.groups.len() - by_size.len();
    if others > 0 {
        legend.push(LegendKey { class: "g0".to_owned(), name: number::counted(others as u64, "other group") });
    }
    (slots, legend)
}

/// The chart, and that corrupted samples are missing in it.
fn with_corrupted(mut chart: Chart, corrupted: u64) -> Chart {
    if corrupted > 0 {
        let are = if corrupted == 1 { "is" } else { "are" };
        chart.notes.push(format!("{} {are} not drawn.", number::counted(corrupted, "corrupted sample")));
    }
    chart
}
