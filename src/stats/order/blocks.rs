//! Long runs as medians of equal blocks, and medians by selection.
//!
//! In: values in recorded order. Out: at most so many medians of consecutive blocks. Refuses nothing.

use crate::stats::sample::median_of_sorted;

/// Fewer values than this have no order worth a statement.
pub const MIN_RUN: usize = 10;
/// Longer runs are represented by at most this many block medians.
pub const MAX_POINTS: usize = 2000;

/// Medians of equal consecutive blocks; an incomplete last block is kept where it holds at least half of a block.
pub(super) struct Blocks {
    pub(super) medians: Vec<f64>,
    /// Values in a block.
    pub(super) size: usize,
}

impl Blocks {
    /// At most so many blocks.
    pub(super) fn of(values: &[f64], most: usize) -> Self {
        if values.len() <= most {
            return Self { medians: values.to_vec(), size: 1 };
        }
        let size = values.len().div_ceil(most);
        let mut work = values.to_vec();
        let medians = work.chunks_mut(size).filter(|chunk| chunk.len() * 2 >= size).map(select_median).collect();
        Self { medians, size }
    }
}

/// The median by selection; the slice is reordered. 0 for an empty slice.
pub(super) fn select_median(values: &mut [f64]) -> f64 {
    let n = values.len();
    if n == 0 {
        return 0.0;
    }
    let (below, &mut upper, _) = values.select_nth_unstable_by(n / 2, f64::total_cmp);
    if n % 2 == 1 {
        return upper;
    }
    let lower = below.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    median_of_sorted(&[lower, upper])
}

/// The median of values that keep their order.
pub(super) fn median_of(values: &[f64]) -> f64 {
    select_median(&mut values.to_vec())
}
