//! How many rows of each population failed, and which populations are failing.
//!
//! In: the metrics of tables, what tools report, and services. Out: a [`PopulationFailures`] for every whole and every label of
//! which it is known. A population is failing where all of it failed, or where its share of failures is beyond chance at least
//! that of the settings: how fast it answers says nothing then.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::chat::Service;
use super::metric::Metric;
use super::outcome::inflation_of;
use super::reported::Reported;
use super::requests::RequestRun;
use crate::measure::Statistic;
use crate::stats::interval::{Interval, wilson, wilson_inflated};
use crate::stats::settings::Settings;

/// Fewer rows than this are failing only where all of them failed.
const FEWEST_ROWS: u64 = 10;

/// What a population is made of, as people call it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PopulationKind {
    /// Rows of a table.
    Rows,
    /// Requests that a tool counts, or rows of a table that stand for requests.
    Requests,
    /// Messages of an interactive service.
    Messages,
}

/// Failures of a whole file, or of one label of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PopulationFailures {
    /// Name of the source.
    pub source: String,
    /// Index of the table in its source, of rows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table: Option<u64>,
    /// The label; absent for all of them together.
    pub label: Option<String>,
    /// What it counts.
    pub kind: PopulationKind,
    /// The metric under which a tool counts them; absent for rows and messages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metric: Option<String>,
    /// How many failed.
    pub failed: u64,
    /// Of how many.
    pub total: u64,
    /// Those of them of which it is not understood how they ended: they are not counted as failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unclear: Option<u64>,
    /// Failures per one.
    pub share: f64,
    /// Wilson interval of the share.
    pub interval: Interval,
    /// Whether all failed, or the lower end of the interval reaches `settings.failing` with at least ten rows.
    pub failing: bool,
}

impl PopulationFailures {
    /// `inflation` is the factor by which clusters of failures multiply the variance of their share.
    fn of(failed: u64, total: u64, inflation: f64, settings: &Settings) -> Option<Self> {
        Some(Self {
            source: String::new(),
            table: None,
            label: None,
            kind: PopulationKind::Rows,
            metric: None,
            failed,
            total,
            unclear: None,
            share: failed as f64 / total as f64,
            interval: wilson_inflated(failed, total, inflation, settings.confidence)?,
            failing: is_failing(failed, total, settings.failing),
        })
    }

    /// Whether not a single one succeeded.
    pub fn all_failed(&self) -> bool {
        self.failed == self.total
    }
}

/// Whether a population is failing: all of it failed, or its share is beyond chance at least `limit`.
pub fn is_failing(failed: u64, total: u64, limit: f64) -> bool {
    /// The level at which chance is excluded: what is failing does not depend on the level of intervals that somebody asks for.
    const LEVEL: f64 = 0.95;
    let lower = || wilson(failed, total, LEVEL).and_then(|interval| interval.low).unwrap_or(0.0);
    total > 0 && (failed == total || total >= FEWEST_ROWS && failed > 0 && lower() >= limit)
}

/// The failures of every population of which they are known: of all labels first, then label by label.
pub fn populations(
    metrics: &[Metric],
    reported: &[Reported],
    requests: &[RequestRun],
    services: &[&Service],
    settings: &Settings,
) -> Vec<PopulationFailures> {
    let mut found = Vec::new();
    let of_requests = requests.iter().filter(|run| run.are_requests).map(|run| (run.source.as_str(), run.table));
    let of_requests: BTreeSet<(&str, u64)> = of_requests.collect();
    for metric in metrics.iter().filter(|metric| metric.leads) {
        let Some(failures) = &metric.failures else { continue };
        let are_requests = of_requests.contains(&(metric.source.as_str(), metric.table));
        let kind = if are_requests { PopulationKind::Requests } else { PopulationKind::Rows };
        // Rows without a label are no group that one could name.
        let labels = failures.groups.iter().filter(|group| !group.label.is_empty()).map(|group| {
            let inflation = inflation_of(group.clusters, group.total);
            (Some(group.label.clone()), group.failed, [group.total, group.unclear], inflation)
        });
        let inflation = inflation_of(failures.clusters, failures.total);
        let whole = (None, failures.failed, [failures.total, failures.unclear], inflation);
        for (label, failed, [total, unclear], inflation) in std::iter::once(whole).chain(labels) {
            found.extend(PopulationFailures::of(failed, total, inflation, settings).map(|population| {
                PopulationFailures {
                    unclear: Some(unclear).filter(|unclear| *unclear > 0),
                    source: metric.source.clone(),
                    table: Some(metric.table),
                    label,
                    kind,
                    ..population
                }
            }));
        }
    }
    for service in services {
        let Some(failed) = service.errors.failed else { continue };
        let sent = service.messages.sent;
        let inflation = inflation_of(service.errors.clusters, sent);
        found.extend(PopulationFailures::of(failed, sent, inflation, settings).map(|population| {
            let kind = PopulationKind::Messages;
            PopulationFailures { source: service.source.clone(), kind, ..population }
        }));
    }
    // A tool may count the same requests under several names.
    let mut seen = BTreeSet::new();
    for one in reported {
        let count = |statistic| one.number(statistic).filter(|count| *count >= 0.0).map(|count| count as u64);
        let Some((failed, total)) = count(Statistic::Failures).zip(count(Statistic::Count)) else { continue };
        if failed > total || !seen.insert((&one.source, &one.label, failed, total)) {
            continue;
        }
        found.extend(PopulationFailures::of(failed, total, 1.0, settings).map(|population| PopulationFailures {
            source: one.source.clone(),
            label: one.label.clone(),
            kind: PopulationKind::Requests,
            metric: Some(one.metric.clone()),
            ..population
        }));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failing_is_all_or_a_share_that_is_beyond_chance_at_least_the_limit() {
        // Wilson's lower bounds at 95% (R's binom.confint): 2 of 10 5.7%, 3 of 10 10.8%, 15 of 100 9.3%, 16 of 100 10.1%.
        for (failed, total, expected) in [
            (0, 0, false),
            (0, 50, false),
            (1, 1, true),
            (8, 9, false),
            (9, 9, true),
            (2, 10, false),
            (3, 10, true),
            (15, 100, false),
            (16, 100, true),
        ] {
            assert_eq!(is_failing(failed, total, 0.1), expected, "{failed} of {total}");
        }
        // 5 of 100: 2.15%.
        assert!(is_failing(5, 100, 0.02) && !is_failing(5, 100, 0.03));
    }
}
