//! What all rows of the one table are made with: the report, its changes by metric and group, and the axis of changes.

use std::collections::HashMap;

use crate::compare::outcome::{Change, Scale};
use crate::measure::Statistic;
use crate::report::chart::{ChangeAxis, MiniChange};
use crate::report::contract::{Metric, Report, RequestRun};
use crate::report::number::Scale as Units;
use crate::report::view::change::effect;
use crate::report::view::charts::{Charts, are_many};
use crate::report::view::metric::group_anchor;
use crate::report::view::numbers::{MOST_GROUPS, display_scale, shown};
use crate::report::words::change as words;

/// With more metrics than these, groups have a row only where something is wrong with them.
const FEW_METRICS: usize = 24;

/// The report, and what is looked up in it for every row.
pub(super) struct Basis<'r> {
    pub(super) report: &'r Report,
    pub(super) drawn: Charts,
    changes: HashMap<(&'r str, &'r str, Option<&'r str>), &'r Change>,
    /// Changes of shares of failures, by source and label.
    failures: HashMap<(&'r str, Option<&'r str>), &'r Change>,
    by_name: HashMap<&'r str, Vec<&'r Metric>>,
    pub(super) change_axis: ChangeAxis,
    /// Whether there are so many metrics that each has one row.
    pub(super) brief: bool,
}

impl<'r> Basis<'r> {
    pub(super) fn of(report: &'r Report, drawn: Charts) -> Self {
        let changes = || report.comparison.iter().flat_map(|comparison| &comparison.changes);
        let key = |change: &'r Change| (change.source.as_str(), change.metric.as_str(), change.group.as_deref());
        let of_failures = |change: &&Change| change.is_share() && !change.is_beside_failures();
        let by_label = |change: &'r Change| ((change.source.as_str(), change.group.as_deref()), change);
        let drawable: Vec<MiniChange> = changes().filter_map(mini).collect();
        let mut by_name: HashMap<&str, Vec<&Metric>> = HashMap::new();
        for metric in report.service.iter().flat_map(|service| &service.distributions).chain(&report.metrics) {
            by_name.entry(metric.name.as_str()).or_default().push(metric);
        }
        Self {
            report,
            drawn,
            by_name,
            failures: changes().filter(of_failures).map(by_label).collect(),
            changes: changes().map(|change| (key(change), change)).collect(),
            change_axis: ChangeAxis::of(&drawable),
            brief: report.metrics.len() > FEW_METRICS,
        }
    }

    /// Metrics that are read beside this one, itself among them: of the same name in several files.
    pub(super) fn alike(&self, metric: &Metric) -> impl Iterator<Item = &'r Metric> {
        let of_name = self.by_name.get(metric.name.as_str()).map(Vec::as_slice).unwrap_or_default();
        let (dimension, apart) = (metric.dimension, metric.measured_apart);
        of_name.iter().copied().filter(move |other| other.dimension == dimension && other.measured_apart == apart)
    }

    /// The unit of the rows of a metric, and of those that are read beside it.
    pub(super) fn scale(&self, metric: &Metric) -> Units {
        let median = |metric: &Metric| shown(&metric.overall).map_or(f64::INFINITY, |summary| summary.median);
        let smallest = self.alike(metric).min_by(|a, b| median(a).total_cmp(&median(b)));
        display_scale(smallest.unwrap_or(metric))
    }

    /// The id of the details of a group of the metric with that id, where a page has them.
    pub(super) fn details_of_group(&self, own: &str, index: usize) -> Option<String> {
        (index < MOST_GROUPS && !are_many(self.report.metrics.len())).then(|| group_anchor(own, index))
    }

    /// The one run of requests that a metric leads; of several in one file there is none.
    pub(super) fn run_of(&self, metric: &Metric) -> Option<&'r RequestRun> {
        let mut runs = self.report.requests.iter().filter(|run| {
            run.shards.is_none()
                && run.source == metric.source
                && run.table == metric.table
                && run.metric == metric.name
        });
        runs.next().filter(|_| runs.next().is_none())
    }

    /// How the share of failures of the rows that a metric leads, or of those with a label, changed: it has no row of its own.
    pub(super) fn change_of_failures(&self, metric: &Metric, label: Option<&str>) -> Option<&'r Change> {
        let change = self.failures.get(&(metric.source.as_str(), label))?;
        self.leader_of(&metric.source).filter(|leader| std::ptr::eq(*leader, metric)).map(|_| *change)
    }

    /// Whether a change of a share of failures is said in the row of what fails.
    pub(super) fn stands_in_a_row(&self, change: &Change) -> bool {
        let Some(leader) = self.leader_of(&change.source).filter(|_| change.is_share()) else { return false };
        let has_row = match change.group.as_deref() {
            None => !leader.measured_apart && shown(&leader.overall).is_some(),
            Some(label) => {
                let in_run = || self.run_of(leader).is_some_and(|run| run.labels.iter().any(|one| one.label == label));
                leader.labelled().any(|(text, _)| text == label) || in_run()
            }
        };
        !change.is_beside_failures() && has_row && !self.brief
    }

    /// The only metric of a source that leads a table: of several, nobody could tell whose failures they are.
    fn leader_of(&self, source: &str) -> Option<&'r Metric> {
        let mut leaders = self.report.metrics.iter().filter(|metric| metric.leads && metric.source == source);
        leaders.next().filter(|_| leaders.next().is_none())
    }

    pub(super) fn change(&self, source: &str, metric: &str, group: Option<&str>) -> Option<&'r Change> {
        self.changes.get(&(source, metric, group)).copied()
    }
}

/// The change as a small picture needs it; absent where it is no ratio.
pub(super) fn mini(change: &Change) -> Option<MiniChange> {
    let leading = words::leading(change)?;
    let judged = effect(change, Statistic::Center).filter(|_| leading.scale != Scale::Ratio).unwrap_or(leading);
    if judged.scale != Scale::Ratio {
        return None;
    }
    let estimate = judged.estimate.filter(|estimate| *estimate > 0.0)?;
    Some(MiniChange { estimate, low: judged.low, high: judged.high, margin: change.margin })
}
