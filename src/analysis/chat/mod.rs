//! The metrics of an interactive service, from the events or requests that it recorded.
//!
//! In: the tables of one source, and what the user says about them. Out: a [`ServiceAnalysis`] of plain numbers in base
//! units (seconds, bytes, per second), or `None` where no table is the record of such a service. Every definition
//! stands in `docs/service-metrics.md`. What cannot be paired is counted and named, never dropped.

mod compute;
mod concurrency;
mod events;
mod instants;
mod log;
mod names;
mod options;
mod recognise;
mod requests;
mod run;
mod schedule;

pub use compute::{
    Distribution, ErrorType, Errors, Extremes, Memory, Never, ServiceAnalysis, SessionEnd, SessionRow, SessionTotals,
    Slot, Summary3, Throughput, Timeouts, Totals,
};
pub use concurrency::{Concurrency, Level, Steady};
pub use instants::ClockKind;
pub use log::{Odd, OddKind, Outcome, SessionBasis};
pub use options::{EventKind, Field, ServiceOptions, Stable};
pub use recognise::{Shape, UsedColumn};
pub use schedule::{Schedule, ScheduleBasis, Stall};

use crate::stats::settings::Settings;
use crate::table::Table;

/// Bytes that the analysis of these tables takes, 0 where none of them records a service.
pub fn memory_needed(tables: &[Table], options: &ServiceOptions) -> u64 {
    /// For each row, with what is made of it. Measured: 980,000 events, 148 MB.
    const ROW_BYTES: u64 = 150;
    let service = tables.iter().find(|table| recognise::recognise(table, options).is_some());
    service.map_or(0, |table| table.lines.rows() * ROW_BYTES)
}

/// Analyses the first table of a source that holds the records of a service.
pub fn analyse(tables: &[Table], options: &ServiceOptions, settings: &Settings) -> Option<ServiceAnalysis> {
    tables.iter().enumerate().find_map(|(index, table)| {
        let mut found = recognise::recognise(table, options)?;
        let (log, clock) = match found.shape {
            Shape::Events => events::assemble(table, &found, options)?,
            Shape::Requests | Shape::AiPerf => requests::assemble(table, tables, &mut found)?,
        };
        if log.messages.is_empty() {
            return None;
        }
        Some(compute::compute(index, found, log, &clock, options, settings))
    })
}
