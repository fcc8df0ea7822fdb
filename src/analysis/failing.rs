//! How many rows of each population failed, and which populations are failing.
//!
//! In: the metrics of tables, what tools report, and services. Out: a [`PopulationFailures`] for every whole and every label of
//! which it is known. A population is failing where all of it failed, or where its share of failures is beyond chance at least
//! that of the settings: how fast it answers says nothing then.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::chat::Service;
use super::entries::Entries;
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
    /// Those of them that are no error but have no answer, where nothing was answered: they are counted as failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unanswered: Option<u64>,
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
            unanswered: None,
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
        let sent = service.messages.sent;
        // Whatever became of them: not a single one was answered.
        if service.nothing_answered() {
            let unanswered = service.unanswered.map(|unanswered| unanswered.messages);
            found.extend(PopulationFailures::of(sent, sent, 1.0, settings).map(|population| {
                let kind = PopulationKind::Messages;
                PopulationFailures { source: service.source.clone(), kind, unanswered, ..population }
            }));
            continue;
        }
        let Some(failed) = service.errors.failed else { continue };
        let inflation = inflation_of(service.errors.clusters, sent);
        found.extend(PopulationFailures::of(failed, sent, inflation, settings).map(|population| {
            let kind = PopulationKind::Messages;
            PopulationFailures { source: service.source.clone(), kind, ..population }
        }));
    }
    found.extend(of_reported(reported, settings));
    found
}

/// Whether a population is the sum of the entries of a map.
pub(crate) fn is_sum(one: &PopulationFailures) -> bool {
    one.metric.as_deref().is_some_and(|metric| metric.starts_with(OF_ALL))
}

/// What stands before the last name of entries whose counts are added up.
const OF_ALL: &str = "*.";

/// The failures that tools count. An entry of a map is a label: none of them speaks for the others.
fn of_reported(reported: &[Reported], settings: &Settings) -> Vec<PopulationFailures> {
    let entries = Entries::of(reported);
    let mut found: Vec<PopulationFailures> = Vec::new();
    // A tool may count the same requests under several names.
    let mut seen = BTreeSet::new();
    for one in reported {
        let count = |statistic| one.number(statistic).filter(|count| *count >= 0.0).map(|count| count as u64);
        let Some((failed, total)) = count(Statistic::Failures).zip(count(Statistic::Count)) else { continue };
        let label = one.label.clone().or_else(|| entries.label(one));
        let total = attempts(failed, total);
        if !seen.insert((&one.source, label.clone(), failed, total)) {
            continue;
        }
        found.extend(PopulationFailures::of(failed, total, 1.0, settings).map(|population| PopulationFailures {
            source: one.source.clone(),
            label,
            kind: PopulationKind::Requests,
            metric: Some(one.metric.clone()),
            ..population
        }));
    }
    let sums: Vec<PopulationFailures> =
        COUNTED.iter().flat_map(|leaf| sums_of(&found, reported, &entries, leaf, settings)).collect();
    found.extend(sums);
    found
}

/// How many were tried: where more failed than were counted, the count does not hold those that failed.
pub(crate) const fn attempts(failed: u64, total: u64) -> u64 {
    if failed > total { total.saturating_add(failed) } else { total }
}

/// Last names of entries that count the same thing.
const COUNTED: [&str; 2] = ["requests", "tests"];

/// All entries of a map together, in each source where nothing else stands for all and none of them is the sum of the others.
fn sums_of(
    found: &[PopulationFailures],
    reported: &[Reported],
    entries: &Entries<'_>,
    leaf: &str,
    settings: &Settings,
) -> Vec<PopulationFailures> {
    let is_of = |one: &Reported| {
        one.label.is_none() && one.metric.rsplit('.').next() == Some(leaf) && entries.label(one).is_some()
    };
    let sources: BTreeSet<&str> = reported.iter().filter(|one| is_of(one)).map(|one| one.source.as_str()).collect();
    let sum = |source: &str| {
        let keys = entries.only_map(source, leaf)?;
        let inside = |one: &&PopulationFailures| one.source == source && one.metric.is_some();
        if found.iter().filter(inside).any(|one| one.label.is_none()) {
            return None;
        }
        let each = |one: &&PopulationFailures| {
            inside(one) && one.metric.as_deref().is_some_and(|metric| metric.rsplit('.').next() == Some(leaf))
        };
        let parts: Vec<&PopulationFailures> = found.iter().filter(each).collect();
        let [failed, total] =
            parts.iter().fold([0, 0], |[failed, total], one| [failed + one.failed, total + one.total]);
        let holds_others = parts.iter().any(|one| parts.len() > 2 && 2 * one.total == total);
        if parts.len() != keys.len() || holds_others {
            return None;
        }
        let population = PopulationFailures::of(failed, total, 1.0, settings)?;
        let (source, metric) = (source.to_owned(), Some(format!("{OF_ALL}{leaf}")));
        Some(PopulationFailures { source, metric, kind: PopulationKind::Requests, ..population })
    };
    sources.into_iter().filter_map(sum).collect()
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
