//! Up to six figures for the first screen: how many, how often, how many failed, and how long it took, each with its interval, its
//! course over time and, where there is a baseline, its change.
//!
//! In: the report. Out: ready strings and small pictures. Nothing stands here that is not in the JSON report.

use std::collections::{BTreeSet, HashSet};

use serde::Serialize;

use super::change::{EffectView, effect};
use super::charts::Charts;
use super::leading::{lead_metric, lead_run, lead_service, metric_of};
use super::numbers::{at, at_least, display_scale};
use super::swarm::totals as swarm_totals;
use crate::analysis::chat::{DistributionKind, Service};
use crate::analysis::outcome::inflation_of;
use crate::analysis::requests::{Bin, EndpointSummary, RequestSummary, RunTotals};
use crate::analysis::swarm::Swarm;
use crate::compare::outcome::{Change, Verdict};
use crate::measure::{Dimension, Statistic};
use crate::report::chart::{SparkKind, spark};
use crate::report::contract::{Interval, Metric, Report, RequestRun, Summary};
use crate::report::escape::visible;
use crate::report::number::{self, ABSENT, Scale};
use crate::report::words::requests as words;
use crate::stats::interval::wilson_inflated;

/// How an interval begins that is open on both sides.
const OPEN_ON_BOTH_SIDES: &str = "(-∞, ∞)";

#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub(crate) struct FigureView {
    /// What it is: `requests`, `p95`.
    pub name: String,
    pub value: String,
    /// Its interval; absent where there is none.
    pub interval: Option<String>,
    /// What else has to be known of it.
    pub note: Option<String>,
    /// Its course over time as a small picture from zero.
    pub spark: Option<String>,
    /// Against the baseline.
    pub change: Option<EffectView>,
    /// Whether it is bad in itself: failures beyond the share that is called failing.
    pub bad: bool,
}

impl FigureView {
    fn new(name: &str, value: String) -> Self {
        Self { name: visible(name), value, ..Self::default() }
    }

    fn interval(self, interval: Option<String>) -> Self {
        // One that is open on both sides says nothing.
        Self { interval: interval.filter(|text| text != ABSENT && !text.starts_with(OPEN_ON_BOTH_SIDES)), ..self }
    }

    fn note(self, note: impl Into<String>) -> Self {
        let note: String = note.into();
        Self { note: Some(visible(&note)), ..self }
    }

    fn spark(self, drawn: Charts, values: impl Iterator<Item = Option<f64>>, kind: SparkKind) -> Self {
        let values: Vec<Option<f64>> = if drawn == Charts::Drawn { values.collect() } else { Vec::new() };
        Self { spark: spark(&values, kind), ..self }
    }
}

/// The figures of a report; none where no population stands for it.
pub(super) fn figures(report: &Report, drawn: Charts) -> Vec<FigureView> {
    if let Some(swarm) = report.swarm.as_ref().filter(|_| report.metrics.is_empty()) {
        return of_swarm(swarm);
    }
    if let Some(service) = lead_service(report) {
        return of_service(service);
    }
    if let Some(run) = lead_run(report) {
        return of_run(report, run, drawn);
    }
    if let Some((summary, all)) = lead_summary(report) {
        return of_summary(summary, all);
    }
    if report.metrics.iter().any(|metric| metric.measured_apart) {
        return of_benchmarks(report);
    }
    if let Some(metric) = lead_metric(report) {
        return of_metric(report, metric);
    }
    Vec::new()
}

/// The file that the figures are of, where others hold populations of the same kind that they leave out: `j1.jtl`, the largest of 3 files.
pub(super) fn figures_of(report: &Report) -> Option<String> {
    if report.swarm.is_some() && report.metrics.is_empty() {
        return None;
    }
    let of_one = |source: &str| {
        let files = report.sources.len();
        (files > 1).then(|| format!("`{}`, one of {} files", visible(source), number::count(files as u64)))
    };
    let of_largest = |source: &str, sources: &BTreeSet<&str>| {
        let files = sources.len();
        (files > 1).then(|| format!("`{}`, the largest of {} files", visible(source), number::count(files as u64)))
    };
    if let Some(service) = lead_service(report) {
        let services = report.service.iter().map(|one| one.source.as_str()).collect();
        return of_largest(&service.source, &services).or_else(|| of_one(&service.source));
    }
    if let Some(run) = lead_run(report) {
        let runs = report.requests.iter().filter(|one| one.are_requests == run.are_requests);
        return of_largest(&run.source, &runs.map(|one| one.source.as_str()).collect())
            .filter(|_| run.shards.is_none());
    }
    let Some((summary, all)) = lead_summary(report) else {
        let apart = report.metrics.iter().any(|metric| metric.measured_apart);
        return lead_metric(report).filter(|_| !apart).and_then(|metric| of_one(&metric.source));
    };
    let wholes = report.summaries.iter().filter(|one| one.all.is_some()).map(|one| one.source.as_str()).collect();
    of_largest(&summary.source, &wholes).filter(|_| all.requests.is_some())
}

/// The summary of the most requests.
fn lead_summary(report: &Report) -> Option<(&RequestSummary, &EndpointSummary)> {
    let wholes = report.summaries.iter().filter_map(|one| Some((one, one.all.as_ref()?)));
    wholes.reduce(|most, one| if one.1.requests > most.1.requests { one } else { most })
}

/// A value of each stretch of time.
type Course = fn(&Bin) -> Option<f64>;

fn of_run(report: &Report, run: &RequestRun, drawn: Charts) -> Vec<FigureView> {
    let metric = metric_of(report, run);
    let noun = if run.are_requests { "requests" } else { "rows" };
    // What the stub of a bin at the ends of a run says is chance.
    let whole = |bin: &&Bin| bin.to - bin.from >= run.bin_width / 2.0;
    let bins = |value: fn(&Bin) -> Option<f64>| run.bins.iter().filter(whole).map(value);
    // Where only the steady part was asked for, all figures are of it.
    let totals = run.totals();
    let over = number::short(Dimension::Time, totals.seconds);
    let over = match (run.run, run.used_phase()) {
        (_, Some(_)) => format!("over {over}, the steady part"),
        (Some(number), None) => format!("run {number}, over {over}"),
        (None, None) => format!("over {over}"),
    };
    let mut figures =
        vec![
            FigureView::new(noun, number::count(totals.requests)).note(over),
            FigureView::new("rate", number::short(Dimension::Rate, totals.rate))
                .note(words::range_of_rates(run))
                .spark(drawn, bins(|bin| Some(bin.rate)), SparkKind::Line),
            failed(report, run, metric, drawn),
        ];
    // Requests of which each failed in no time at all have no durations.
    let says_nothing = |summary: &&Summary| totals.failed == Some(totals.requests) && summary.max == 0.0;
    // Nor is there a percentile over things that were compared.
    let clean = metric
        .filter(|metric| !metric.measured_apart)
        .and_then(|metric| metric.overall.clean.as_ref())
        .filter(|summary| !says_nothing(summary));
    let percentiles: [(f64, Course, Statistic); 3] = [
        (50.0, |bin| bin.p50, Statistic::P50),
        (95.0, |bin| bin.p95, Statistic::P95),
        (99.0, |bin| bin.p99, Statistic::P99),
    ];
    // A joint run has percentiles of its own; those of one file say nothing of it.
    let joint = run.shards.as_ref().map(|shards| [shards.p50, shards.p95, shards.p99]);
    for (place, (percent, course, statistic)) in percentiles.into_iter().enumerate() {
        let figure = match (joint, metric.zip(clean)) {
            (Some(values), _) => {
                let value =
                    values[place].map_or_else(|| ABSENT.to_owned(), |value| number::short(run.dimension, value));
                FigureView::new(&number::percentile_name(percent), value)
            }
            (None, Some((metric, clean))) => percentile(clean, percent, &display_scale(metric)),
            (None, None) => continue,
        };
        let change = metric.and_then(|metric| change_of(report, metric, statistic));
        figures.push(FigureView { change, ..figure }.spark(drawn, bins(course), SparkKind::Line));
    }
    // A file with several runs pools them in its percentiles.
    if run.run.is_some() {
        for figure in figures.iter_mut().skip(3) {
            figure.note = figure.note.take().or_else(|| Some("of all runs".to_owned()));
        }
    }
    figures
}

fn failed(report: &Report, run: &RequestRun, metric: Option<&Metric>, drawn: Charts) -> FigureView {
    let RunTotals { failed, requests, .. } = run.totals();
    let Some(count) = failed else { return FigureView::new("failed", ABSENT.to_owned()).note("not recorded") };
    let failures = metric.and_then(|metric| metric.failures.as_ref());
    let inflation = failures.map_or(1.0, |failures| inflation_of(failures.clusters, failures.total));
    let interval = wilson_inflated(count, requests, inflation, report.settings.confidence);
    let share = if requests > 0 { count as f64 / requests as f64 } else { 0.0 };
    let change = report.comparison.as_ref().and_then(|comparison| {
        let of_run = |change: &&Change| {
            change.is_share() && !change.is_beside_failures() && change.source == run.source && change.group.is_none()
        };
        let change = comparison.changes.iter().find(of_run)?;
        let share = effect(change, Statistic::FailureShare)?;
        // Nothing failed before and nothing fails now.
        Some(EffectView::of(change, share)).filter(|_| share.before != share.after)
    });
    let failing =
        report.verdict.failures.iter().any(|one| one.failing && one.label.is_none() && one.source == run.source);
    FigureView { change, bad: failing, ..FigureView::new("failed", number::share(share)) }
        .interval(interval.as_ref().map(words::shares))
        .note(format!("{} of {}", number::count(count), number::count(requests)))
        .spark(drawn, run.bins.iter().map(failed_share), SparkKind::Failures)
}

fn failed_share(bin: &Bin) -> Option<f64> {
    bin.failed.map(|failed| failed as f64 / bin.requests.max(1) as f64)
}

/// A percentile of a summary with its interval, or how many samples it needs.
fn percentile(clean: &Summary, percent: f64, scale: &Scale) -> FigureView {
    let name = number::percentile_name(percent);
    if percent == 50.0 {
        let value = at_least(Some(clean), Some(clean.median), scale.full(clean.median));
        return FigureView::new(&name, value).interval(Some(scale.interval(clean.median_interval.as_ref())));
    }
    let Some(found) = at(clean, percent) else { return FigureView::new(&name, ABSENT.to_owned()) };
    match found.value {
        Some(value) => FigureView::new(&name, at_least(Some(clean), Some(value), scale.full(value)))
            .interval(Some(scale.interval(found.interval.as_ref()))),
        None => FigureView::new(&name, ABSENT.to_owned()).note(format!("needs {} samples", number::count(found.needs))),
    }
}

/// The change of a statistic of all samples of a metric.
fn change_of(report: &Report, metric: &Metric, statistic: Statistic) -> Option<EffectView> {
    let comparison = report.comparison.as_ref()?;
    let label = metric.overall.label.as_ref().map(|label| label.text.as_str());
    let of_metric = |change: &&Change| {
        change.source == metric.source
            && change.metric == metric.name
            && (change.group.is_none() || label.is_some() && change.group.as_deref() == label)
    };
    let change = comparison.changes.iter().find(of_metric)?;
    let view = EffectView::of(change, effect(change, statistic)?);
    (view.estimate != ABSENT).then_some(view)
}

fn of_metric(report: &Report, metric: &Metric) -> Vec<FigureView> {
    let Some(clean) = &metric.overall.clean else { return Vec::new() };
    let scale = display_scale(metric);
    let mut figures = vec![FigureView::new("samples", number::count(clean.n)).note(metric.name.clone())];
    if let Some(failures) = metric.failures.as_ref().filter(|_| metric.leads) {
        let share = failures.failed as f64 / failures.total.max(1) as f64;
        let figure = FigureView::new("failed", number::share(share)).note(format!(
            "{} of {}",
            number::count(failures.failed),
            number::count(failures.total)
        ));
        figures.push(figure);
    } else if metric.overall.corrupted > 0 {
        figures.push(
            FigureView { bad: true, ..FigureView::new("corrupted", number::count(metric.overall.corrupted)) }
                .note("left out"),
        );
    }
    for (percent, statistic) in [(50.0, Statistic::P50), (95.0, Statistic::P95), (99.0, Statistic::P99)] {
        let change = change_of(report, metric, statistic);
        figures.push(FigureView { change, ..percentile(clean, percent, &scale) });
    }
    let max = at_least(Some(clean), Some(clean.max), scale.full(clean.max));
    figures.push(FigureView::new("largest", max));
    figures
}

fn of_service(service: &Service) -> Vec<FigureView> {
    let messages = &service.messages;
    let mut figures = vec![
        FigureView::new("messages", number::count(messages.sent))
            .note(format!("over {}", number::short(Dimension::Time, service.span))),
    ];
    if let Some((failed, per_thousand)) = service.errors.failed.zip(service.errors.per_thousand) {
        let share = |end: Option<f64>| end.map(|end| end / 1000.0);
        let interval = service.errors.interval.as_ref();
        let interval = interval.map(|of| words::shares(&Interval { low: share(of.low), high: share(of.high), ..*of }));
        let figure = FigureView::new("failed", number::share(per_thousand / 1000.0)).note(format!(
            "{} of {}",
            number::count(failed),
            number::count(messages.sent)
        ));
        figures.push(figure.interval(interval));
    }
    for (kind, name) in [(DistributionKind::FirstChunk, "first chunk"), (DistributionKind::Response, "response")] {
        let Some(metric) = service.distributions.iter().find(|metric| metric.name == kind.name()) else { continue };
        let Some(clean) = &metric.overall.clean else { continue };
        let scale = display_scale(metric);
        for percent in [50.0, 95.0] {
            let figure = percentile(clean, percent, &scale);
            figures.push(FigureView { name: format!("{name} {}", figure.name), ..figure });
        }
    }
    figures
}

/// What one process of a swarm amounts to; of several there is no one number.
fn of_swarm(swarm: &Swarm) -> Vec<FigureView> {
    /// Figures at most.
    const MOST: usize = 6;
    let [process] = &swarm.processes[..] else { return Vec::new() };
    let totals = swarm_totals(process).into_iter().take(MOST);
    totals.map(|total| FigureView::new(&total.name.to_lowercase(), total.text)).collect()
}

/// Of benchmarks: how many there are, and what became of them.
fn of_benchmarks(report: &Report) -> Vec<FigureView> {
    let apart: Vec<&Metric> = report.metrics.iter().filter(|metric| metric.measured_apart).collect();
    let measured = apart.iter().flat_map(|metric| metric.labelled().map(|(label, _)| label));
    let told = report.reported.iter().filter_map(|one| one.label.as_deref());
    let names: HashSet<&str> = measured.chain(told).collect();
    let samples: u64 =
        apart.iter().flat_map(|metric| &metric.groups).filter_map(|group| Some(group.clean.as_ref()?.n)).sum();
    let mut figures = vec![
        FigureView::new("benchmarks", number::count(names.len() as u64)),
        FigureView::new("samples", number::count(samples)),
    ];
    let wholes = report.verdict.failures.iter().filter(|one| one.label.is_none() && one.failed > 0);
    if let Some(worst) = wholes.max_by(|a, b| a.share.total_cmp(&b.share)) {
        let note = format!("{} of {}", number::count(worst.failed), number::count(worst.total));
        figures.push(
            FigureView { bad: worst.failing, ..FigureView::new("failed", number::share(worst.share)) }.note(note),
        );
    }
    let Some(comparison) = &report.comparison else { return figures };
    let counts = &comparison.counts;
    let verdicts = [
        ("regressed", counts.regressed, Verdict::Regressed),
        ("improved", counts.improved, Verdict::Improved),
        ("unchanged", counts.unchanged + counts.center_unchanged, Verdict::Unchanged),
        ("inconclusive", counts.inconclusive, Verdict::Inconclusive),
    ];
    for (name, count, verdict) in verdicts {
        let bad = verdict == Verdict::Regressed && count > 0;
        figures.push(FigureView { bad, ..FigureView::new(name, number::count(count)) });
    }
    figures
}

/// What a tool says of its whole run.
fn of_summary(summary: &RequestSummary, all: &EndpointSummary) -> Vec<FigureView> {
    let time = |value: Option<f64>| value.map(|value| number::short(summary.dimension, value));
    let figures = [
        ("requests", all.requests.map(number::count)),
        ("rate", all.rate.map(|rate| number::short(Dimension::Rate, rate))),
        ("failed", all.share.map(number::share)),
        ("mean", time(all.mean).filter(|_| all.p50.is_none())),
        ("p50", time(all.p50)),
        ("p95", time(all.p95)),
        ("p99", time(all.p99)),
    ];
    let figures = figures.into_iter().filter_map(|(name, value)| Some(FigureView::new(name, value?)));
    let told = figures.map(|figure| match (figure.name.as_str(), all.interval.as_ref()) {
        ("failed", Some(interval)) => figure.interval(Some(words::shares(interval))),
        _ => figure,
    });
    told.map(|figure| figure.note("as the tool says")).collect()
}
