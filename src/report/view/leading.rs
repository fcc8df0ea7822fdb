//! Which part of a report speaks for it on the first screen.

use crate::analysis::chat::Service;
use crate::analysis::requests::RequestRun;
use crate::measure::unit::Dimension;
use crate::report::contract::{Metric, Report};

/// The run of which the first screen speaks: of requests rather than of other rows, and of most of them.
pub(super) fn lead_run(report: &Report) -> Option<&RequestRun> {
    first_largest(RequestRun::whole(&report.requests), |run| (run.are_requests, run.requests))
}

/// The service of which the first screen speaks: that of most messages.
pub(super) fn lead_service(report: &Report) -> Option<&Service> {
    first_largest(&report.service, |service| service.messages.sent)
}

/// The metric whose durations a run of requests has.
pub(super) fn metric_of<'r>(report: &'r Report, run: &RequestRun) -> Option<&'r Metric> {
    let of_run =
        |metric: &&Metric| metric.source == run.source && metric.table == run.table && metric.name == run.metric;
    report.metrics.iter().find(of_run)
}

/// Whether a metric stands beside the one that says how long the requests of its table took.
pub(super) fn is_secondary(report: &Report, metric: &Metric) -> bool {
    let beside =
        |run: &RequestRun| run.source == metric.source && run.table == metric.table && run.metric != metric.name;
    !metric.leads && report.requests.iter().any(beside)
}

/// The metric that speaks for a report without a clock: one that leads a table, rather a duration, rather with corrupted samples,
/// rather of many samples.
pub(super) fn lead_metric(report: &Report) -> Option<&Metric> {
    let candidates = || report.metrics.iter().filter(|metric| !metric.measured_apart && metric.overall.clean.is_some());
    let n = |metric: &Metric| metric.overall.clean.as_ref().map_or(0, |summary| summary.n);
    let first = first_largest(candidates(), |metric| {
        (metric.leads, metric.dimension == Dimension::Time, metric.overall.corrupted, n(metric))
    })?;
    if first.dimension != Dimension::Count || first.overall.corrupted > 0 {
        return Some(first);
    }
    // How many there were (users, threads) was chosen; rates beside it are what came of that, those of the whole before those of parts.
    let beside = candidates().filter(|other| other.source == first.source && other.dimension == Dimension::Rate);
    first_largest(beside, |metric| (metric.groups.is_empty(), n(metric))).or(Some(first))
}

/// The first of those with the largest key.
fn first_largest<'r, T, K: PartialOrd>(all: impl IntoIterator<Item = &'r T>, key: impl Fn(&T) -> K) -> Option<&'r T> {
    all.into_iter().reduce(|best, one| if key(one) > key(best) { one } else { best })
}
