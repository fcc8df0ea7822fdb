//! Dependence between neighbours: rank autocorrelation and effective sample size.
//!
//! In: finite values in recorded order. Out: how much a value says about the next one, and how many independent values carry
//! as much information. Refuses (with `None`) runs too short for a statement and runs of equal values.

use super::blocks::MIN_RUN;
use super::centered::{Values, autocovariance, correlation, inflation_of};
use super::long_memory::{LongMemory, SumsOfBlocks};
use crate::stats::lattice::Lattice;
use crate::stats::sorting::sorted_places;
use crate::stats::thin::{self, LONG_RUN, STRETCH};

/// Ranks from 1, ties averaged, in the order of the values.
pub fn ranks(values: &[f64]) -> Vec<f64> {
    if let Some((lattice, counts)) = Lattice::counted(values) {
        let mut before = 0;
        let of_step = counts.into_iter().map(|count| {
            before += count;
            f64::midpoint((before - count + 1) as f64, before as f64)
        });
        let of_step: Vec<f64> = of_step.collect();
        return values.iter().map(|value| of_step[lattice.place(*value)]).collect();
    }
    // Numbers that are equal but for the sign of zero are one value, as everywhere.
    let order = if values.contains(&0.0) {
        sorted_places(&values.iter().map(|value| value + 0.0).collect::<Vec<f64>>())
    } else {
        sorted_places(values)
    };
    let mut ranks = vec![0.0; values.len()];
    let mut start = 0;
    for run in order.chunk_by(|a, b| a.0 == b.0) {
        let rank = f64::midpoint((start + 1) as f64, (start + run.len()) as f64);
        for &(_, place) in run {
            ranks[place as usize] = rank;
        }
        start += run.len();
    }
    ranks
}

/// Ranks minus their mean, and the sum of their squares; `None` for a short run or equal values.
pub(super) fn centered_ranks(values: &[f64]) -> Option<(Vec<f64>, f64)> {
    if values.len() < MIN_RUN {
        return None;
    }
    let middle = f64::midpoint(values.len() as f64, 1.0);
    let centered: Vec<f64> = ranks(values).into_iter().map(|rank| rank - middle).collect();
    let squares: f64 = centered.iter().map(|d| d * d).sum();
    (squares > 0.0).then_some((centered, squares))
}

/// The dependence between neighbours in a run.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Neighbours {
    /// The autocorrelation of the ranks of neighbouring values, in [-1, 1].
    pub lag1: f64,
    /// How many independent values carry as much information about the level.
    pub effective: f64,
    /// Whether contiguous stretches stood for a run of more than [`LONG_RUN`] values.
    pub thinned: bool,
    /// How slowly dependence fades, where no sum over lags finds all of it.
    pub(crate) memory: Option<LongMemory>,
}

/// [`lag1_rank_autocorrelation`] and [`effective_sample_size`] at once, long memory included. A run of more than [`LONG_RUN`] values is
/// represented by [`thin::stretches`], in which neighbours stay neighbours; their means serve as the batch means then, and long memory
/// is looked for in which of all values lie above the middle. `None` below [`MIN_RUN`] values or for equal values.
pub fn neighbours(values: &[f64]) -> Option<Neighbours> {
    if values.len() > LONG_RUN {
        let above = |limit: f64| SumsOfBlocks::above(values.len(), limit, |take| take(values));
        return neighbours_in(&thin::stretches(values), values.len(), above);
    }
    let (centered, squares) = centered_ranks(values)?;
    let lag1 = autocovariance(&centered, 1) / squares + 0.0;
    let effective = effective_of(&centered, squares);
    let blocks = SumsOfBlocks::of(&Values::of(&centered, centered.len()));
    Some(Neighbours { lag1, effective, thinned: false, memory: None }.remembering(values.len(), blocks))
}

/// The same of [`thin::stretches`] of a run of so many values; `above` counts in blocks how many of all lie above a limit.
pub(in crate::stats) fn neighbours_in(
    stretches: &[f64],
    size: usize,
    above: impl FnOnce(f64) -> Option<SumsOfBlocks>,
) -> Option<Neighbours> {
    let (centered, squares) = centered_ranks(stretches)?;
    let series = Values::of(&centered, STRETCH);
    let values = size as f64;
    let effective = (values / inflation_of(&series, 0.0)).clamp(1.0, values);
    let middle = centered.iter().zip(stretches).filter(|(rank, _)| **rank <= 0.0).map(|(_, value)| *value);
    let blocks = middle.max_by(f64::total_cmp).filter(|_| squares > 0.0).and_then(above);
    let lag1 = correlation(&series, 1) + 0.0;
    Some(Neighbours { lag1, effective, thinned: true, memory: None }.remembering(size, blocks))
}

impl Neighbours {
    /// With long memory, where the sums of blocks show it.
    fn remembering(self, size: usize, blocks: Option<SumsOfBlocks>) -> Self {
        let Some((memory, blocks)) = blocks.and_then(|blocks| Some((LongMemory::of(&blocks)?, blocks))) else {
            return self;
        };
        let effective = self.effective.min(size as f64 / memory.inflation(&blocks)).max(1.0);
        Self { memory: Some(memory), effective, ..self }
    }
}

/// How many independent values carry as much information about the level as these dependent ones, in [1, n].
///
/// n / (1 + 2 sum of rank autocorrelations), summed in pairs until a pair is no longer positive (Geyer 1992, initial positive
/// sequence). Each autocorrelation is first corrected for its downward bias of (1 + lag-1 dependence)/n. Runs of 10,000 and more
/// are also judged by the spread of batch means, and the smaller answer counts. Negative dependence counts as independence.
/// `None` below [`MIN_RUN`] values or for equal values.
pub fn effective_sample_size(values: &[f64]) -> Option<f64> {
    let (centered, squares) = centered_ranks(values)?;
    Some(effective_of(&centered, squares))
}

pub(super) fn effective_of(centered: &[f64], squares: f64) -> f64 {
    let size = centered.len() as f64;
    debug_assert!(squares > 0.0, "equal values have no ranks");
    (size / inflation_of(&Values::of(centered, centered.len()), 0.0)).clamp(1.0, size)
}
