//! The numbers of a comment: what happens a second, and for every metric and label how many, how many failed, median, p95 and p99.
//!
//! In: a report without a comparison, whose rows hold their numbers themselves. Out: rows with ready strings.

use serde::Serialize;

use crate::analysis::requests::RequestRun;
use crate::measure::Statistic;
use crate::report::contract::{Metric, Population, Report, Reported};
use crate::report::escape::visible;
use crate::report::number::{self, ABSENT};

use super::super::numbers::{at, display_scale, row_scale};
use super::super::reported::own_scale;
use super::super::{goodput, requests, service, swarm};

/// Numbers of a metric, or of one label of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct CommentNumbersView {
    pub source: String,
    pub metric: String,
    pub label: Option<String>,
    pub n: String,
    pub failed: String,
    pub median: String,
    pub p95: String,
    pub p99: String,
}

/// What happens a second and what failed of it, in sentences.
pub(super) fn facts(report: &Report) -> Vec<String> {
    let several = report.sources.len() > 1;
    let mut facts = Vec::new();
    let mut say = |source: &str, lines: Vec<String>| {
        let place = if several { format!("{}: ", visible(source)) } else { String::new() };
        facts.extend(lines.iter().map(|line| format!("{place}{}", line.trim())));
    };
    for run in RequestRun::whole(&report.requests).chain(report.requests.iter().filter(|run| run.shards.is_some())) {
        say(&run.source, requests::lines(run));
    }
    for one in &report.service {
        say(&one.source, service::lines(one));
    }
    for one in &report.goodput {
        say(&one.source, goodput::lines(one));
    }
    facts.extend(report.swarm.iter().flat_map(swarm::lines).map(|line| line.trim().to_owned()));
    facts
}

/// The rows of all metrics, in the order of the report.
pub(super) fn rows(report: &Report) -> impl Iterator<Item = CommentNumbersView> {
    report.metrics.iter().flat_map(of_metric).chain(report.reported.iter().map(of_reported))
}

fn of_metric(metric: &Metric) -> impl Iterator<Item = CommentNumbersView> {
    // A whole of one label carries its name: it is that label, and stands there once.
    let whole = (!metric.measured_apart && metric.overall.label.is_none()).then_some((None, &metric.overall));
    let labelled = metric.labelled().map(|(label, population)| (Some(label), population));
    whole.into_iter().chain(labelled).map(|(label, population)| of_population(metric, label, population))
}

fn of_population(metric: &Metric, label: Option<&str>, population: &Population) -> CommentNumbersView {
    let scale = row_scale(metric, population, &display_scale(metric));
    let clean = population.clean.as_ref();
    let shown = |value: Option<f64>| value.map_or_else(|| ABSENT.to_owned(), |value| scale.full(value));
    let percentile = |percent: f64| shown(clean.and_then(|clean| at(clean, percent)?.value));
    let failures = metric.failures.as_ref().and_then(|all| match label {
        Some(label) if metric.overall.label.is_none() => {
            all.groups.iter().find(|one| one.label == label).map(|one| (one.failed, one.total))
        }
        _ => Some((all.failed, all.total)),
    });
    CommentNumbersView {
        source: visible(&metric.source),
        metric: visible(&metric.name),
        label: label.map(visible),
        n: number::count(clean.map_or(0, |clean| clean.n)),
        failed: failed(failures),
        median: shown(clean.map(|clean| clean.median)),
        p95: percentile(95.0),
        p99: percentile(99.0),
    }
}

/// `16% (32)`.
fn failed(failures: Option<(u64, u64)>) -> String {
    match failures.filter(|(_, total)| *total > 0) {
        None => ABSENT.to_owned(),
        Some((0, _)) => "0".to_owned(),
        Some((failed, total)) => {
            format!("{} ({})", number::share(failed as f64 / total as f64), number::count(failed))
        }
    }
}

fn of_reported(one: &Reported) -> CommentNumbersView {
    let scale = own_scale(one);
    let count = |statistic| one.number(statistic).filter(|count| *count >= 0.0).map(|count| count as u64);
    let shown = |statistics: &[Statistic]| {
        statistics.iter().find_map(|one_of| one.number(*one_of)).map(|value| scale.full(value))
    };
    let or_absent = |text: Option<String>| text.unwrap_or_else(|| ABSENT.to_owned());
    let mean = || shown(&[Statistic::Mean]).map(|mean| format!("mean {mean}"));
    CommentNumbersView {
        source: visible(&one.source),
        metric: visible(&one.metric),
        label: one.label.as_deref().map(visible),
        n: or_absent(count(Statistic::Count).map(number::count)),
        failed: failed(count(Statistic::Failures).zip(count(Statistic::Count)).filter(|(failed, all)| failed <= all)),
        median: or_absent(shown(&[Statistic::Median, Statistic::P50, Statistic::Value]).or_else(mean)),
        p95: or_absent(shown(&[Statistic::P95])),
        p99: or_absent(shown(&[Statistic::P99])),
    }
}
