//! The durations of rows that failed, apart from those of the others.
//!
//! In: a column of durations, what the status column says of its rows, and the rows whose values are corrupted. Out: the cells
//! of the failed rows, and all others. How long an error took says nothing of how long an answer takes: errors that come at
//! once make a service look fast, and those that time out make it look slow. Corrupted values stay with the others, from which
//! they are taken out as they are everywhere.

use crate::measure::unit::Unit;
use crate::table::Table;
use crate::table::packed::Cells;

use super::outcome::{Failures, OutcomeColumn};
use crate::stats::describe::describe;
use crate::stats::large;
use crate::stats::measured::LabelledNumbers;
use crate::stats::population::Detail;
use crate::stats::samples::{CleanSamples, Samples as _};
use crate::stats::settings::Settings;
use crate::stats::summary::Summary;

/// A column of durations, parted by what became of its rows.
pub(super) enum Apart {
    /// No row failed that has a duration.
    Nothing,
    /// Some failed.
    Some {
        /// Their durations.
        failed: Cells,
        /// All others, and what is corrupted.
        others: Cells,
    },
    /// All of them failed, so that there is nothing to keep them apart from.
    All,
}

/// Parts a column by what the status column says. `corrupted` are rows, ascending. `spared` are labels of the rows, and whether
/// rows of each stay with the others whatever became of them.
pub(super) fn part(
    table: &Table,
    column: usize,
    failures: &Failures,
    corrupted: &[usize],
    spared: Option<(&Cells, &[bool])>,
) -> Apart {
    if failures.failed == 0 {
        return Apart::Nothing;
    }
    let Some(told) = OutcomeColumn::by(table, &failures.column) else { return Apart::Nothing };
    let mut corrupted_left = corrupted;
    let (failed, others) = table.values(column).split(|rows| {
        let mut bits = told.failed(rows.clone());
        let (of_part, later) = corrupted_left.split_at(corrupted_left.partition_point(|row| *row < rows.end));
        for row in of_part {
            bits.set(row - rows.start, false);
        }
        corrupted_left = later;
        if let Some((labels, spared)) = spared {
            labels.visit_codes(rows.clone(), |first_row, codes| {
                for (row, _) in (first_row..).zip(codes).filter(|(_, code)| spared.get(**code as usize) == Some(&true))
                {
                    bits.set(row - rows.start, false);
                }
            });
        }
        bits
    });
    match (failed.count(), others.count() - corrupted.len()) {
        (0, _) => Apart::Nothing,
        (_, 0) => Apart::All,
        _ => Apart::Some { failed, others },
    }
}

/// The numbers of the failed ones.
pub(super) fn summary(failed: &Cells, unit: Unit, settings: &Settings) -> Option<Summary> {
    let settings = Settings { keep_samples: false, ..settings.clone() };
    let samples = CleanSamples::new(LabelledNumbers::new(failed, None), unit, &[]);
    if large::is_large(samples.len(), &settings) {
        return large::population(&samples, &[], None, Detail::Brief, &settings).clean;
    }
    let mut all = Vec::with_capacity(samples.len());
    samples.visit(0..samples.len(), &mut |block| all.extend_from_slice(block));
    describe(all, &[], None, Detail::Brief, &settings).clean
}
