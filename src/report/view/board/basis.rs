//! What all rows of the one table are made with: the report, its changes by metric and group, and the axis of changes.

use std::collections::HashMap;

use crate::compare::outcome::{Change, Scale};
use crate::measure::Statistic;
use crate::report::chart::{ChangeAxis, MiniChange};
use crate::report::contract::{Metric, Report, RequestRun};
use crate::report::view::change::effect;
use crate::report::view::charts::Charts;
use crate::report::words::change as words;

/// With more metrics than these, groups have a row only where something is wrong with them.
const FEW_METRICS: usize = 24;

/// The report, and what is looked up in it for every row.
pub(super) struct Basis<'r> {
    pub(super) report: &'r Report,
    pub(super) drawn: Charts,
    changes: HashMap<(&'r str, &'r str, Option<&'r str>), &'r Change>,
    pub(super) change_axis: ChangeAxis,
    /// Whether there are so many metrics that each has one row.
    pub(super) brief: bool,
}

impl<'r> Basis<'r> {
    pub(super) fn of(report: &'r Report, drawn: Charts) -> Self {
        let changes = || report.comparison.iter().flat_map(|comparison| &comparison.changes);
        let key = |change: &'r Change| (change.source.as_str(), change.metric.as_str(), change.group.as_deref());
        let drawable: Vec<MiniChange> = changes().filter_map(mini).collect();
        Self {
            report,
            drawn,
            changes: changes().map(|change| (key(change), change)).collect(),
            change_axis: ChangeAxis::of(&drawable),
            brief: report.metrics.len() > FEW_METRICS,
        }
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
