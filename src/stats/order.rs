//! What the recorded order says: dependence, drift, warm-up, level shifts.
//!
//! In: finite values in recorded order. Out: rank autocorrelation and effective sample size, trend tests, and change points, each
//! with a p-value that allows for dependent neighbours. Refuses (with `None`) runs too short for a statement and runs of equal
//! values. Long runs are represented by block medians; every result that used them says so.

mod blocks;
mod centered;
mod changes;
mod drift;
mod long_memory;
mod neighbours;
mod permutation;

use super::thin::{self, LONG_RUN};
use blocks::Blocks;
use changes::{level_shift_in, warm_up_in};
use drift::drift_in;

use blocks::MAX_POINTS;

pub(crate) use centered::{Centered, NeighbourScores, Values, inflation_of};
pub use changes::{LevelShift, WarmUp};
pub use drift::Drift;
pub(crate) use long_memory::{LongMemory, MemoryEstimate, SumsOfBlocks};
pub(super) use neighbours::neighbours_in;
pub use neighbours::{Neighbours, neighbours, ranks};

/// What a run shows beside dependence.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Trends {
    /// A steady change.
    pub drift: Option<Drift>,
    /// A slow beginning.
    pub warm_up: Option<WarmUp>,
    /// Another level from some place on.
    pub level_shift: Option<LevelShift>,
}

/// Drift, warm-up and level shift at once. Of a run of more than [`LONG_RUN`] values one of every few is looked
/// at ([`thin::picked`]); places are then multiples of these few.
pub fn trends(values: &[f64]) -> Trends {
    let stride = thin::stride(values.len(), LONG_RUN);
    if stride == 1 {
        return trends_of(values);
    }
    let picked: Vec<f64> = thin::picked(values.len(), stride).map(|place| values[place]).collect();
    let found = trends_in(&picked, values.len(), stride);
    Trends { warm_up: found.warm_up.filter(|_| values.iter().all(|value| *value > 0.0)), ..found }
}

/// The same of [`thin::picked`] values, each of which stands for `stride` of so many.
pub(super) fn trends_in(picked: &[f64], size: usize, stride: usize) -> Trends {
    let found = trends_of(picked);
    let share = (size as f64 - 1.0) / (picked.len() as f64 - 1.0);
    let rescaled = |drift: Drift| {
        let slope_per_sample = drift.slope_per_sample / share;
        Drift { change: slope_per_sample * (size as f64 - 1.0), slope_per_sample, ..drift }
    };
    let stride = stride as u64;
    Trends {
        drift: found.drift.map(rescaled),
        warm_up: found.warm_up.map(|warm_up| WarmUp { samples: warm_up.samples * stride, ..warm_up }),
        level_shift: found.level_shift.map(|shift| LevelShift { index: shift.index * stride, ..shift }),
    }
}

fn trends_of(values: &[f64]) -> Trends {
    let blocks = Blocks::of(values, MAX_POINTS);
    Trends {
        drift: drift_in(values, &blocks),
        warm_up: warm_up_in(values, &blocks),
        level_shift: level_shift_in(values, &blocks),
    }
}

#[cfg(test)]
mod tests;
