//! A run of requests: how many a second, how many at a time, what failed, and how long they took over time.
//!
//! In: a table with an instant, a duration and, where it has them, a label and an outcome; and the metric that leads it. Out: a
//! [`RequestRun`] for each run in it, or none where its rows are no requests or events with a duration. A few passes over the columns,
//! nothing is sorted but the samples of one stretch of time. Files that several load generators wrote of one run are put together
//! ([`join`]). Every definition stands in `docs/requests.md`.

mod arrivals;
mod assemble;
mod cause;
mod count;
mod counted;
mod extent;
mod heat;
mod incidents;
mod label_heat;
mod latency;
mod levels;
mod load;
mod measured;
mod part;
mod phases;
mod recognise;
mod result;
mod rows;
mod shards;
mod summary;
mod sweep;
mod time_bins;

pub(crate) use arrivals::says_a_rate;
pub(crate) use counted::CountedRun;
pub use load::LoadTrack;
pub use result::{
    Bin, EndpointFailures, FailureCause, InFlight, LeftOut, LoadLevel, LoadLevels, Moment, Phase, PhaseKind,
    RequestRun, RunTotals, UsedPart,
};
pub use shards::{Shard, join};
pub use summary::{CauseSummary, EndpointSummary, RequestSummary, SummaryBasis};
pub use sweep::{LoadSweep, SweepPoint, sweeps};

use std::borrow::Cow;
use std::ops::Range;

use super::grouping::Grouping;
use super::metric::Metric;
use super::outcome::inflation_of;
use crate::stats::settings::Settings;
use crate::table::Table;
use assemble::RunFacts;
use part::{Labels, Part, causes_of, part_of};
use recognise::recognise;

/// Whether the rows of a table can be a run of requests, led by the metric in that column.
pub(super) fn is_run(table: &Table, format: &str, leader: usize) -> bool {
    recognise(table, format, leader).is_some()
}

/// By what clusters of failures multiply the variance of their share: of all, and of each label.
fn inflations(metric: &Metric, labels: &[String]) -> (f64, Vec<f64>) {
    let of_all = metric.failures.as_ref().map_or(1.0, |all| inflation_of(all.clusters, all.total));
    let groups = metric.failures.as_ref().map_or(&[][..], |failures| &failures.groups);
    let of_label = |label: &String| {
        let group = groups.iter().find(|group| group.label == *label);
        group.map_or(of_all, |group| inflation_of(group.clusters, group.total))
    };
    (of_all, labels.iter().map(of_label).collect())
}

/// What is known of a table beside its cells.
pub(super) struct RunTable<'a> {
    pub(super) table: &'a Table,
    pub(super) format: &'a str,
    /// The metric that leads it, and its column.
    pub(super) metric: &'a Metric,
    pub(super) column: usize,
    pub(super) grouping: Option<&'a Grouping<'a>>,
    /// The load that stands in another table of its source.
    pub(super) load: Option<&'a LoadTrack>,
    pub(super) settings: &'a Settings,
}

impl RunTable<'_> {
    pub(super) fn runs(&self) -> Vec<RequestRun> {
        let Some(found) = recognise(self.table, self.format, self.column) else { return Vec::new() };
        let rows = usize::try_from(self.table.lines.rows()).unwrap_or_default();
        let several = !self.table.run_starts.is_empty();
        let labels =
            self.grouping.map(|grouping| Labels { codes: &grouping.codes, of_code: Cow::Borrowed(&grouping.of_code) });
        let names: Vec<String> =
            self.grouping.map_or_else(Vec::new, |of| of.groups.iter().map(|group| group.text.clone()).collect());
        let (of_all, of_labels) = inflations(self.metric, &names);
        let mut part = part_of(self.table, (found.instant, self.column), self.metric, 0..rows, labels);
        let facts = RunFacts {
            source: &self.metric.source,
            table: self.metric.table,
            metric: &self.metric.name,
            dimension: self.metric.dimension,
            are_requests: found.are_requests,
            clock: &self.table.columns[found.instant].name,
            moment: found.moment.clone(),
            recorded: self.metric.failures.is_some(),
            labels: &names,
            inflation: (of_all, &of_labels),
            memory: self.table.memory(),
            settings: self.settings,
        };
        let recorded = levels::is_recorded(self.table, self.column, self.load);
        let method = self.settings.quantile_method;
        let measured_levels = |part: &Part<'_>, run: &RequestRun, most: usize| {
            if recorded { None } else { measured::levels(part, run, (method, most)) }
        };
        let run = |(number, range): (u64, Range<usize>)| {
            part.rows.move_to(range);
            part.causes = causes_of(self.table, self.metric);
            let run = facts.run(std::slice::from_mut(&mut part))?;
            let most = latency::most_gathered(facts.memory);
            let levels = levels::levels(self.table, self.column, self.load, &part, &run, (self.settings, most))
                .or_else(|| measured_levels(&part, &run, most));
            Some(RequestRun { run: several.then_some(number), levels, ..run })
        };
        (1..).zip(self.table.runs(rows)).filter_map(run).collect()
    }
}
