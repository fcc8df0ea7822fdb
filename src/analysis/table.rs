//! From a table to the metrics of its columns.
//!
//! In: a table with roles and units. Out: for each metric its populations and what its recording shows, and what the clock of
//! the table did.

use std::collections::HashSet;
use std::sync::OnceLock;

use rayon::prelude::*;

use super::clock;
use super::codes::labels_of_column;
use super::column::{MetricColumn, among};
use super::endings;
use super::grouping::Grouping;
use super::metric::Metric;
use super::outcome;
use super::requests::{LoadTrack, RequestRun, RunTable};
use super::source::RowLabels;
use super::unclear_rows;
use crate::stats::recording::Clock;
use crate::stats::settings::{Depth, Settings, ShortRuns};
use crate::table::{Role, Table};

/// What the numbers of a group take from here to the report. Measured: 90,806 groups, 6.3 kB each.
pub const GROUP_BYTES: u64 = 6500;
/// So many groups fit wherever the program fits.
const FEW_GROUPS: usize = 2000;

/// The analysis of a table.
#[derive(Debug, Clone, Default)]
pub struct TableAnalysis {
    /// Its metrics, in the order of the columns.
    pub metrics: Vec<Metric>,
    /// Its rows as runs of requests.
    pub requests: Vec<RequestRun>,
    /// What its clock did; indexes are rows.
    pub clock: Option<Clock>,
    /// So many groups whose numbers would take more memory than there is: nothing was analysed.
    pub too_many_groups: Option<usize>,
    /// Rows with at least one value in the clean statistics.
    pub rows_used: u64,
    /// The labels of its rows, where samples are kept.
    pub row_labels: Option<RowLabels>,
}

/// What is known of a run of requests beside its table.
pub struct RunBasis<'a> {
    /// The format of its source.
    pub format: &'a str,
    /// The load, where another table records it.
    pub load: Option<LoadTrack>,
}

/// The column of the metric that stands for the rows: the first duration, or the first of all.
pub(crate) fn leader(table: &Table) -> Option<usize> {
    let time = |column: &usize| table.columns[*column].unit().dimension.is_time();
    table.columns_as(Role::Metric).find(time).or_else(|| table.columns_as(Role::Metric).next())
}

/// Analyses a table, which has that index in the source of that name; its rows are looked at as a run of requests too where the
/// basis of one is given.
pub fn analyse(
    source: &str,
    index: usize,
    table: &Table,
    run: Option<RunBasis<'_>>,
    settings: &Settings,
) -> TableAnalysis {
    let settings = &Settings { short_runs: short_runs(table, settings), ..settings.clone() };
    let columns: Vec<usize> = table.columns_as(Role::Metric).collect();
    // Neither the steps of a clock nor its ends say anything where rows are not in its order.
    let clock = clock::of_table(table, &columns);
    let span = clock.as_ref().and_then(|clock| clock.span).map(|nanos| nanos as f64 / 1e9);
    let calendar = clock.as_ref().and_then(|clock| clock.calendar).map(|(first, last)| (first as f64, last as f64));
    let grouping = Grouping::choose(table, settings);
    let groups = grouping.as_ref().map_or(0, |grouping| grouping.groups.len());
    let room = table.memory();
    if room.is_some_and(|room| groups as u64 * GROUP_BYTES * columns.len() as u64 > room / 2 && groups > FEW_GROUPS) {
        let too_many_groups = Some(groups * columns.len());
        return TableAnalysis { clock, too_many_groups, ..TableAnalysis::default() };
    }
    let all_rows = OnceLock::new();
    let (grouping, all_rows) = (grouping.as_ref(), &all_rows);
    let runs = table.columns_as(Role::Run).next().map(|column| labels_of_column(table, column).0);
    let runs = runs.as_deref();
    let leader = leader(table);
    // What stands beside the duration of requests is looked at for its numbers; a comparison asks for everything.
    let beside = run.is_some() && !settings.deep && !settings.keep_samples;
    let summarised = &Settings { depth: Depth::Summary, ..settings.clone() };
    let analysed = |column: &usize| {
        let (place, column, leads) = ((source, index), *column, leader == Some(*column));
        let settings = if beside && !leads { summarised } else { settings };
        MetricColumn { place, table, column, settings, grouping, span, clock: calendar, all_rows, runs, leads }
            .analyse()
    };
    let mut metrics: Vec<Metric> = if is_scarce(table) {
        columns.iter().map(analysed).collect()
    } else {
        columns.par_iter().map(analysed).collect()
    };
    if settings.keep_samples {
        // One request is one row: the first metric whose rows say what became of them.
        for (metric, column) in metrics.iter_mut().zip(&columns) {
            let Some(failures) = &mut metric.failures else { continue };
            failures.runs = outcome::runs(table, among(table, *column, true), &failures.column);
            if !failures.runs.is_empty() {
                break;
            }
        }
    }
    let several = grouping.filter(|grouping| grouping.groups.len() > 1);
    if let Some((grouping, metric)) = several.zip(metrics.iter_mut().find(|metric| metric.leads))
        && let Some((column, failures)) = leader.zip(metric.failures.as_mut())
        && (failures.failed > 0 || settings.keep_samples)
    {
        failures.tell_by_group(table, among(table, column, true), grouping, settings.keep_samples);
    }
    if settings.keep_samples
        && let Some(failures) = metrics.iter_mut().find(|metric| metric.leads).and_then(|one| one.failures.as_mut())
    {
        failures.endings = endings::of(table, several);
    }
    if let Some(metric) = metrics.iter_mut().find(|metric| metric.leads) {
        let found = metric.failures.as_ref().map(|failures| unclear_rows::anomalies(table, failures));
        metric.anomalies.extend(found.into_iter().flatten());
    }
    let leading = leader.zip(metrics.iter().find(|metric| metric.leads)).zip(run);
    let requests = leading.map_or_else(Vec::new, |((column, metric), run)| {
        let RunBasis { format, load } = run;
        RunTable { table, format, metric, column, grouping, load: load.as_ref(), settings }.runs()
    });
    let rows_used = rows_used(table, &columns, &metrics);
    let row_labels = grouping.filter(|_| settings.keep_samples).map(|grouping| RowLabels {
        columns: grouping.columns.clone(),
        labels: grouping.groups.iter().map(|label| label.text.clone()).collect(),
    });
    TableAnalysis { metrics, requests, clock, too_many_groups: None, rows_used, row_labels }
}

/// What is assumed of runs of this table that are too short to show their dependence, by where its rows come from: what happened one
/// after the other by a clock was done by a system that was the same from one row to the next. Samples of processes that were started
/// anew, and rows that say nothing of the kind, are taken as independent.
fn short_runs(table: &Table, settings: &Settings) -> ShortRuns {
    let has = |role: Role| table.columns_as(role).next().is_some();
    match settings.short_runs {
        ShortRuns::BySource if has(Role::Run) => ShortRuns::Independent,
        ShortRuns::BySource if has(Role::Timestamp) => ShortRuns::Dependent,
        ShortRuns::BySource => ShortRuns::Independent,
        said => said,
    }
}

/// Whether memory is scarce where the table is kept.
pub(super) fn is_scarce(table: &Table) -> bool {
    table.columns.first().is_some_and(|column| column.data.storage().is_scarce())
}

/// Rows with at least one value in the clean statistics.
fn rows_used(table: &Table, columns: &[usize], metrics: &[Metric]) -> u64 {
    let rows = usize::try_from(table.lines.rows()).unwrap_or_default();
    // Where a metric has a value in every row, as nearly always, only its corrupted rows are in question.
    let full = |(column, metric): (&usize, &Metric)| {
        table.values(*column).count() == rows && metric.corrupted_rows().next().is_none()
    };
    if columns.iter().zip(metrics).any(full) {
        return rows as u64;
    }
    let mut used = vec![false; rows];
    for (column, metric) in columns.iter().zip(metrics) {
        let corrupted: HashSet<usize> = metric.corrupted_rows().collect();
        let values = table.values(*column);
        for (row, used) in used.iter_mut().enumerate().filter(|(row, _)| values.is_present(*row)) {
            *used = *used || !corrupted.contains(&row);
        }
    }
    used.into_iter().filter(|used| *used).count() as u64
}
