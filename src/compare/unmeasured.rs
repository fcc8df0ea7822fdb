//! Labels of which no sample of a metric is left, although rows have them.
//!
//! In: an analysis whose samples were kept. Out: for each metric the labels that a target on every label is about as well: all of
//! their rows failed or are corrupted, or hold no value. A request that took no time because it never came back must not take its
//! endpoint out of a pattern. Refuses labels of which another metric tells: `upload` has no time to log in.

use std::collections::{BTreeMap, BTreeSet};

use crate::analysis::Analysis;
use crate::analysis::metric::Metric;
use crate::analysis::outcome::Failures;
use crate::table::Role;

use super::target::{Subject, SubjectShare};

/// More kinds of metrics, by the labels that they are measured of, are a table in which each label has its own.
const MOST_KINDS: usize = 64;

/// The labels of which the metrics of a source are measured.
pub(super) struct Measured<'a> {
    analysis: &'a Analysis,
    /// By table: the sets of labels that its metrics are measured of, each once.
    by_table: BTreeMap<u64, BTreeSet<BTreeSet<&'a str>>>,
}

/// The labels of which a metric has samples.
fn labels_of(found: &Metric) -> BTreeSet<&str> {
    found.labelled().map(|(label, _)| label).collect()
}

impl<'a> Measured<'a> {
    pub(super) fn of(analysis: &'a Analysis) -> Self {
        let mut by_table: BTreeMap<u64, BTreeSet<BTreeSet<&'a str>>> = BTreeMap::new();
        for metric in &analysis.metrics {
            by_table.entry(metric.table).or_default().insert(labels_of(metric));
        }
        Self { analysis, by_table }
    }

    /// What targets on the labels are about of which a metric has no sample left.
    pub(super) fn unmeasured(&self, found: &'a Metric) -> impl Iterator<Item = Subject<'a>> {
        let grouped_by = found.grouped_by.as_deref().or_else(|| Some(rows_of(self.analysis, found.table)?.0));
        self.without_samples(found).into_iter().map(move |label| Subject {
            source: &found.source,
            metric: &found.name,
            grouped_by,
            group: Some(label),
            apart: found.measured_apart,
            dimension: found.dimension,
            summary: None,
            samples: None,
            value: None,
            interval: None,
            reported: None,
            failing: None,
            unanswered: 0,
        })
    }

    /// The labels of which a metric has no sample left, in order of appearance.
    fn without_samples(&self, found: &'a Metric) -> Vec<&'a str> {
        let own = labels_of(found);
        let kinds = self.by_table.get(&found.table).filter(|kinds| kinds.len() <= MOST_KINDS);
        let apart: Vec<&BTreeSet<&str>> = kinds.into_iter().flatten().filter(|kind| kind.is_disjoint(&own)).collect();
        let is_told_elsewhere = |label: &&str| kinds.is_none() || apart.iter().any(|kind| kind.contains(label));
        let lost = found.failed_groups.iter().chain(&found.corrupted_groups).map(String::as_str);
        let in_table = self.analysis.metrics.iter().filter(|one| one.table == found.table);
        let failures = in_table.filter_map(|one| one.failures.as_ref()).flat_map(|failures| &failures.groups);
        let told = failures.map(|group| group.label.as_str());
        let rows = counted_labels(self.analysis, found.table);
        let mut seen = own.clone();
        // Rows without a label are no group that one could name.
        let mut labels: Vec<&'a str> = lost.collect();
        labels.extend(told.chain(rows).filter(|label| !is_told_elsewhere(label)));
        labels.retain(|label| !label.is_empty() && seen.insert(label));
        labels
    }
}

/// The labels of which no row says how it ended, where failures are counted by label: nothing is known of them.
pub(super) fn silent<'a>(
    analysis: &'a Analysis,
    (found, failures): (&'a Metric, &'a Failures),
) -> impl Iterator<Item = SubjectShare<'a>> {
    let told: BTreeSet<&str> = failures.groups.iter().map(|group| group.label.as_str()).collect();
    let labels = (!told.is_empty()).then(|| counted_labels(analysis, found.table)).into_iter().flatten();
    labels.filter(move |label| !label.is_empty() && !told.contains(label)).map(|label| SubjectShare {
        source: &found.source,
        metric: &found.name,
        grouped_by: found.grouped_by.as_deref(),
        group: Some(label),
        failed: 0,
        total: 0,
        unclear: 0,
        silent: 0,
        inflation: 1.0,
    })
}

fn rows_of(analysis: &Analysis, table: u64) -> Option<(&str, &[String])> {
    let table = analysis.sources.first()?.tables.get(table as usize)?;
    table.row_labels.as_ref().map(|rows| (rows.columns.as_str(), rows.labels.as_slice()))
}

/// The labels of the rows of a table each of which is to have a value.
fn counted_labels(analysis: &Analysis, table: u64) -> impl Iterator<Item = &str> {
    let rows = rows_of(analysis, table).filter(|_| each_row_counts(analysis, table));
    rows.into_iter().flat_map(|(_, labels)| labels).map(String::as_str)
}

/// Whether each row of a table is to have a value: its rows are requests, or nothing tells when they were. In a log some rows are of
/// what has no duration.
fn each_row_counts(analysis: &Analysis, table: u64) -> bool {
    let are_requests = analysis.requests.iter().any(|run| run.are_requests && run.table == table);
    let columns = analysis.sources.first().and_then(|source| source.tables.get(table as usize));
    let has_clock = columns.is_some_and(|table| table.columns.iter().any(|one| one.role == Role::Timestamp));
    are_requests || !has_clock
}
