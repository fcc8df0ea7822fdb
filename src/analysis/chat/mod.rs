//! The metrics of an interactive service, from the events or requests that it recorded.
//!
//! In: the tables of one source, and what the user says about them. Out: a [`Service`], numbers in base units (seconds,
//! bytes, per second), or `None` where no table is the record of such a service. Every definition
//! stands in `docs/service-metrics.md`. What cannot be paired is counted and named, never dropped.

mod anomaly;
mod compute;
mod concurrency;
mod events;
mod goodput;
mod instants;
mod log;
mod names;
mod options;
mod recognise;
mod requests;
mod result;
mod run;
mod schedule;
mod unanswered;

pub use anomaly::{Anomaly, AnomalyKind};
pub use options::{EventKind, Field, ServiceOptions};
pub use result::{
    ClockKind, DistributionKind, ErrorType, Latency, Level, Messages, ScheduleBasis, Service, SessionBasis, SessionEnd,
    SessionSummary, Shape, Slot, Unanswered,
};

use crate::stats::settings::{Settings, ShortRuns};
use crate::table::Table;
use run::Run;

/// Bytes that the analysis of these tables takes, 0 where none of them records a service.
pub fn memory_needed(tables: &[Table], options: &ServiceOptions) -> u64 {
    /// For each row, with what is made of it. Measured: 980,000 events, 148 MB.
    const ROW_BYTES: u64 = 150;
    let service = tables.iter().find(|table| recognise::recognise(table, options).is_some());
    service.map_or(0, |table| table.lines.rows() * ROW_BYTES)
}

/// Analyses the first table of a source that holds the records of a service, and gives its columns the roles that they
/// have in it.
pub fn analyse(source: &str, tables: &mut [Table], options: &ServiceOptions, settings: &Settings) -> Option<Service> {
    let (index, found, mut log, clock) = tables.iter().enumerate().find_map(|(index, table)| {
        let mut found = recognise::recognise(table, options)?;
        let (log, clock) = match found.shape {
            Shape::Events => events::assemble(table, &found, options)?,
            Shape::Requests | Shape::AiPerf => requests::assemble(table, tables, &mut found)?,
        };
        Some((index, found, log, clock)).filter(|(_, _, log, _)| !log.messages.is_empty())
    })?;
    log.messages.sort_by_key(|message| message.sent);
    let lines = &tables[index].lines;
    let anomalies = std::mem::take(&mut log.anomalies).finish(lines, clock.rounded);
    // Messages of a service come one after the other by its clock.
    let short_runs = match settings.short_runs {
        ShortRuns::BySource => ShortRuns::Dependent,
        said => said,
    };
    let settings = &Settings { short_runs, ..settings.clone() };
    let run = Run::of(&log, &clock, lines, options, settings);
    let mut service = compute::compute(source, index, &found, &run, anomalies);
    let length = service.throughput.window;
    service.goodput = goodput::of_log((source, index), (found.shape, &tables[index]), &log, length, settings);
    recognise::assign_roles(&found.columns, &mut tables[index]);
    Some(service)
}
