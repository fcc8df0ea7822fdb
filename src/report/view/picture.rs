//! The one picture of the first screen: a run of requests on its clock, that of a service rather than its counts over time; else what a
//! service or a swarm records over time, else the samples of the leading metric in recorded order.
//!
//! In: the report. Out: a chart, and the corrupted samples that are crosses in it, each with the finding that it leads to. None where
//! there is nothing over time: of benchmarks the table is the picture.

use serde::Serialize;

use super::anchors::Anchors;
use super::change_charts;
use super::charts::{self, Charts};
use super::finding::anchor_of;
use super::leading::{lead_metric, lead_run, lead_service};
use super::numbers::display_scale;
use super::{run_picture, service, swarm};
use crate::analysis::requests::RequestRun;
use crate::report::chart::{Chart, OrderCross};
use crate::report::contract::{Metric, Report};
use crate::report::escape::visible;
use crate::report::number;
use crate::report::words::requests as words;

/// Corrupted samples that are named beside the picture.
const NAMED: usize = 8;

#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct PictureView {
    /// The id of the section that it belongs to.
    pub anchor: String,
    /// What it shows.
    pub about: String,
    pub chart: Chart,
    /// The same with an axis that reaches to the corrupted samples.
    pub corrupted: Option<Chart>,
    /// Whether its colours have to be explained: lines that have their names at their ends need no legend.
    pub legend: bool,
    /// The corrupted samples in it.
    pub crosses: Vec<CrossView>,
    /// How many more there are.
    pub more_crosses: Option<String>,
}

/// A corrupted sample: what it is, and the id of its finding.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct CrossView {
    pub text: String,
    pub finding: String,
}

impl PictureView {
    pub(super) fn of(report: &Report, anchors: &Anchors<'_>, drawn: Charts) -> Option<Self> {
        if drawn == Charts::LeftOut {
            return None;
        }
        let timed = Self::of_service(report).or_else(|| Self::of_run(report));
        timed.or_else(|| Self::of_change(report)).or_else(|| Self::of_samples(report, anchors))
    }

    fn new(anchor: String, about: String, chart: Chart, crosses: Vec<(String, Option<String>)>) -> Self {
        let more = crosses.len().saturating_sub(NAMED) as u64;
        let linked = |(text, finding): (String, Option<String>)| Some(CrossView { text, finding: finding? });
        Self {
            anchor,
            about,
            legend: !chart.legend.is_empty() && !chart.svg.contains("\"chart clock"),
            chart,
            corrupted: None,
            crosses: crosses.into_iter().take(NAMED).filter_map(linked).collect(),
            more_crosses: (more > 0).then(|| format!("and {} more", number::count(more))),
        }
    }

    fn of_run(report: &Report) -> Option<Self> {
        let run = lead_run(report)?;
        let (chart, crosses) = run_picture::with_appended(report, run, "lead")?;
        let about = format!("{}: {}", visible(&run.source), words::about(run));
        let place = RequestRun::whole(&report.requests).position(|other| std::ptr::eq(other, run)).unwrap_or(0);
        let crosses = crosses.into_iter().map(|cross| (cross.words, cross.finding)).collect();
        Some(Self::new(format!("requests-{}", place + 1), about, chart, crosses))
    }

    fn of_service(report: &Report) -> Option<Self> {
        if let Some(service) = lead_service(report) {
            // How long its requests took says more than how many were answered, where they are all there.
            let whole = |run: &RequestRun| run.source == service.source && run.requests >= service.messages.sent;
            if lead_run(report).is_some_and(whole) {
                return None;
            }
            let chart = service::lead(service)?;
            let place = report.service.iter().position(|other| std::ptr::eq(other, service)).unwrap_or(0);
            let about = format!("{}: {}", visible(&service.source), chart.name);
            return Some(Self::new(format!("service-{}", place + 1), about, chart, Vec::new()));
        }
        let (anchor, id, chart) = swarm::lead(report.swarm.as_ref()?)?;
        Some(Self::new(anchor, format!("process {id}"), chart, Vec::new()))
    }

    /// Both distributions of the worst change of a comparison without a clock.
    fn of_change(report: &Report) -> Option<Self> {
        let chart = change_charts::lead(&report.comparison.as_ref()?.changes)?;
        let about = format!("{}: before filled, after outlined", chart.name);
        Some(Self::new("changes".to_owned(), about, chart, Vec::new()))
    }

    fn of_samples(report: &Report, anchors: &Anchors<'_>) -> Option<Self> {
        if report.metrics.iter().any(|metric| metric.measured_apart) {
            return None;
        }
        let metric = lead_metric(report)?;
        let crosses = crosses(report, metric);
        let scale = display_scale(metric);
        let chart = charts::lead_order(metric, &scale, &crosses, false)?;
        let corrupted = charts::lead_order(metric, &scale, &crosses, true).filter(|_| !crosses.is_empty());
        let about = format!("{}: {} in recorded order", visible(&metric.source), visible(&metric.name));
        let named = crosses.into_iter().map(|cross| (cross.words, cross.finding)).collect();
        Some(Self { corrupted, ..Self::new(anchors.metric(metric), about, chart, named) })
    }
}

/// The corrupted samples of a metric in recorded order.
fn crosses(report: &Report, metric: &Metric) -> Vec<OrderCross> {
    let places = metric.overall.series.iter().flat_map(|series| &series.corrupted);
    places
        .map(|place| OrderCross {
            after: place.after,
            value: place.value,
            finding: place.line.and_then(|line| anchor_of(&report.findings, &metric.source, line, &metric.name)),
            words: place.line.map_or_else(|| "corrupted".to_owned(), |line| format!("line {line}")),
        })
        .collect()
}
