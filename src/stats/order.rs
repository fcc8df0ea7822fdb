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

pub use blocks::{MAX_POINTS, MIN_RUN};
pub(crate) use centered::{Centered, Values, inflation_of};
pub use changes::{LevelShift, MIN_SEGMENT, MIN_SEGMENT_SHARE, WARM_UP_RATIO, WarmUp, level_shift, warm_up};
pub use drift::{Drift, FEWER_SLOPE_POINTS, MAX_SLOPE_POINTS, MannKendall, TheilSen, drift, mann_kendall, theil_sen};
pub(crate) use long_memory::{LongMemory, SumsOfBlocks};
pub(super) use neighbours::neighbours_in;
pub use neighbours::{Neighbours, effective_sample_size, lag1_rank_autocorrelation, neighbours, ranks};
pub use permutation::CHANGE_P;

/// What a run shows beside dependence.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Trends {
    /// [`drift()`].
    pub drift: Option<Drift>,
    /// [`warm_up`].
    pub warm_up: Option<WarmUp>,
    /// [`level_shift`].
    pub level_shift: Option<LevelShift>,
}

/// [`drift()`], [`warm_up`] and [`level_shift`] at once. Of a run of more than [`LONG_RUN`] values one of every few is looked
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
