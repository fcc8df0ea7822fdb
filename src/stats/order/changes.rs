//! Where the level changes: a warm-up at the beginning, a shift anywhere.
//!
//! In: finite values in recorded order, and the block medians that stand for them. Out: the most likely place with the levels
//! on both sides, where a permutation of blocks shows it to be significant. Refuses (with `None`) everything else.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::blocks::{Blocks, median_of};
use super::permutation::{Change, StepKind};

/// A warm-up must make the first part at least this many times slower (10%).
pub const WARM_UP_RATIO: f64 = 1.10;
/// Change points keep at least this many values on each side, so that one spike is no change point.
pub const MIN_SEGMENT: usize = 5;
/// ...and at least one in this many values of the run (5%).
pub const MIN_SEGMENT_SHARE: usize = 20;
/// A warm-up whose remainder still falls by this share of the whole step is a drift.
const STILL_FALLING: f64 = 1.0 / 3.0;

/// The first part of a run that differs from the rest.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct WarmUp {
    /// Number of values that belong to it.
    pub samples: u64,
    /// Median of the first part over the median of the rest, >= [`WARM_UP_RATIO`].
    pub ratio: f64,
    /// p of the maximised statistic by block permutation.
    pub p: f64,
    /// Whether block medians stood for a long run; `samples` is then a multiple of the block.
    pub thinned: bool,
}

/// One change of level.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LevelShift {
    /// Index (from 0) of the first value after the change.
    pub index: u64,
    /// The line of that value, where it comes from a file.
    pub line: Option<u64>,
    /// Median before the change, in the unit of the values.
    pub before: f64,
    /// Median from the change on, in the unit of the values.
    pub after: f64,
    /// p of the maximised statistic by block permutation, (b+1)/(m+1).
    pub p: f64,
    /// Whether block medians stood for a long run; `index` is then a multiple of the block.
    pub thinned: bool,
}

/// The first part of the run, where it is significantly and at least 10% higher (for durations: slower) than the rest.
///
/// The split maximises a standardised rank sum; significance is a block permutation of that maximum. `None` where the split lies
/// beyond the first half (a level shift, not a warm-up), where the rest goes on falling (a drift), or where values are not
/// positive. For a metric where higher is better hand in the reciprocals.
pub(super) fn warm_up_in(values: &[f64], blocks: &Blocks) -> Option<WarmUp> {
    if values.iter().any(|&value| value <= 0.0) {
        return None;
    }
    let points = &blocks.medians;
    // The warm-up may be as short as the minimum; only the rest keeps the share.
    let change = Change::find(points, MIN_SEGMENT, StepKind::Falling)?;
    if change.at > points.len() / 2 {
        return None;
    }
    let (head, rest) = points.split_at(change.at);
    let (early, late) = rest.split_at(rest.len() / 2);
    let (before, after) = (median_of(head), median_of(rest));
    let step = before - after;
    let ratio = before / after;
    if ratio < WARM_UP_RATIO || !ratio.is_finite() {
        return None;
    }
    if median_of(early) - median_of(late) > STILL_FALLING * step {
        return None;
    }
    let p = change.significance(points)?;
    Some(WarmUp { samples: (change.at * blocks.size) as u64, ratio, p, thinned: blocks.size > 1 })
}

/// The most likely single change of level, where it is significant at [`CHANGE_P`](super::CHANGE_P).
///
/// Pettitt's (1979) rank statistic, standardised for its place, maximised over all places that leave the minimum segment on each
/// side; p by a seeded permutation of blocks, which keeps the dependence between neighbours, (b+1)/(m+1) (Phipson & Smyth 2010).
pub(super) fn level_shift_in(values: &[f64], blocks: &Blocks) -> Option<LevelShift> {
    let points = &blocks.medians;
    let segment = MIN_SEGMENT.max(points.len() / MIN_SEGMENT_SHARE);
    let change = Change::find(points, segment, StepKind::Either)?;
    let p = change.significance(points)?;
    let index = change.at * blocks.size;
    Some(LevelShift {
        index: index as u64,
        line: None,
        before: median_of(&values[..index]),
        after: median_of(&values[index..]),
        p,
        thinned: blocks.size > 1,
    })
}
