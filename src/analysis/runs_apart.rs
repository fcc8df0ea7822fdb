//! The runs of a metric that were appended to one file, each by itself.
//!
//! In: the samples of a metric and the rows at which another run begins. Out: the numbers of each run, with its lines.

use std::ops::Range;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::anomaly::Lines;
use crate::stats::describe::describe;
use crate::stats::large;
use crate::stats::population::Detail;
use crate::stats::samples::{CleanSamples, Samples as _};
use crate::stats::settings::Settings;
use crate::stats::summary::Summary;
use crate::table::Table;

/// A run that shares its file with others.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RunApart {
    /// Its number, from 1, in recorded order.
    pub number: u64,
    /// First and last line of its rows; rows of another table may stand between.
    pub lines: Lines,
    /// Its numbers.
    pub summary: Summary,
}

/// The runs of a table, in recorded order; none where there is one only. `row_of` gives the row of a sample.
pub(super) fn of_samples(
    table: &Table,
    samples: &CleanSamples<'_>,
    row_of: impl Fn(usize) -> usize,
    settings: &Settings,
) -> Vec<RunApart> {
    let rows = usize::try_from(table.lines.rows()).unwrap_or(usize::MAX);
    if table.run_starts.is_empty() || !table.order_is_recorded {
        return Vec::new();
    }
    let settings = Settings { keep_samples: false, ..settings.clone() };
    // The first sample that stands in no row before the given one.
    let first_at = |row: usize| {
        let (mut low, mut high) = (0, samples.len());
        while low < high {
            let middle = low.midpoint(high);
            if row_of(middle) < row { low = middle + 1 } else { high = middle }
        }
        low
    };
    let run = |(number, Range { start, end }): (u64, Range<usize>)| {
        let range = first_at(start)..first_at(end);
        if large::is_large(range.len(), &settings) && table.columns.first()?.data.storage().is_scarce() {
            return None;
        }
        let mut values = Vec::with_capacity(range.len());
        samples.visit(range, &mut |block| values.extend_from_slice(block));
        let summary = describe(values, &[], None, Detail::Brief, &settings).clean?;
        let line = |row: usize| table.lines.line(row as u64).unwrap_or_default();
        Some(RunApart { number, lines: (line(start), line(end - 1)), summary })
    };
    let runs: Vec<RunApart> = (1..).zip(table.runs(rows)).filter_map(run).collect();
    if runs.len() > 1 { runs } else { Vec::new() }
}
