//! Dependence between neighbours: rank autocorrelation and effective sample size.
//!
//! In: finite values in recorded order. Out: how much a value says about the next one, and how many independent values carry
//! as much information. Refuses (with `None`) runs too short for a statement and runs of equal values.

use super::blocks::MIN_RUN;
use crate::stats::sorting::sorted_places;
use crate::stats::thin::{self, LONG_RUN, STRETCH};

/// Autocorrelations are summed over at most this many lags...
const MAX_LAG: usize = 200;
/// ...and at most this many products in all, which bounds the cost for long runs (batch means see the longer lags there).
const MAX_LAG_PRODUCTS: usize = 20_000_000;
/// From this many values the spread of batch means also counts (Flegal & Jones 2010: batches of about sqrt(n)).
const BATCHED_FROM: usize = 10_000;
/// The spread of the means of stretches counts from so many standard errors on: there are too few of them to count each.
const STRETCH_NOISE: f64 = 2.0;

/// Ranks from 1, ties averaged, in the order of the values.
pub fn ranks(values: &[f64]) -> Vec<f64> {
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

pub(super) fn autocovariance(centered: &[f64], lag: usize) -> f64 {
    centered[lag..].iter().zip(centered).map(|(a, b)| a * b).sum()
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
}

/// [`lag1_rank_autocorrelation`] and [`effective_sample_size`] at once. A run of more than [`LONG_RUN`] values is represented
/// by [`thin::stretches`], in which neighbours stay neighbours; their means serve as the batch means then. `None` below
/// [`MIN_RUN`] values or for equal values.
pub fn neighbours(values: &[f64]) -> Option<Neighbours> {
    if values.len() <= LONG_RUN {
        let (centered, squares) = centered_ranks(values)?;
        let lag1 = autocovariance(&centered, 1) / squares + 0.0;
        return Some(Neighbours { lag1, effective: effective_of(&centered, squares), thinned: false });
    }
    neighbours_in(&thin::stretches(values), values.len())
}

/// The same of [`thin::stretches`] of a run of so many values.
pub(in crate::stats) fn neighbours_in(stretches: &[f64], size: usize) -> Option<Neighbours> {
    let (centered, squares) = centered_ranks(stretches)?;
    let series = Series { centered: &centered, squares, stretch: STRETCH };
    let share = series.effective(0.0) / centered.len() as f64;
    let size = size as f64;
    Some(Neighbours { lag1: series.correlation(1) + 0.0, effective: (share * size).clamp(1.0, size), thinned: true })
}

/// The autocorrelation of the ranks of neighbouring values, in [-1, 1]. `None` below [`MIN_RUN`] values or for equal values.
pub fn lag1_rank_autocorrelation(values: &[f64]) -> Option<f64> {
    let (centered, squares) = centered_ranks(values)?;
    Some(autocovariance(&centered, 1) / squares + 0.0)
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
    effective_beyond(centered, squares, 0.0)
}

/// The work of [`effective_sample_size`] for values less their mean, given the sum of their squares. Dependence of fewer than
/// `noise` standard errors of independent values counts as none.
pub(crate) fn effective_beyond(centered: &[f64], squares: f64, noise: f64) -> f64 {
    Series { centered, squares, stretch: centered.len() }.effective(noise)
}

/// Values less their mean: a run, or stretches of one, all of the same length.
struct Series<'a> {
    centered: &'a [f64],
    squares: f64,
    stretch: usize,
}

impl Series<'_> {
    /// The autocorrelation at a lag, from pairs within a stretch.
    fn correlation(&self, lag: usize) -> f64 {
        if self.stretch == self.centered.len() {
            return autocovariance(self.centered, lag) / self.squares;
        }
        let stretches = self.centered.chunks_exact(self.stretch);
        let pairs = stretches.len() * (self.stretch - lag);
        let sum: f64 = stretches.map(|stretch| autocovariance(stretch, lag)).sum();
        sum / self.squares * (self.centered.len() as f64 / pairs as f64)
    }

    fn effective(&self, noise: f64) -> f64 {
        let (centered, squares) = (self.centered, self.squares);
        let n = centered.len();
        let size = n as f64;
        let most = MAX_LAG.min(n / 2).min(MAX_LAG_PRODUCTS / n);
        let first = self.correlation(1);
        // Kendall 1954, Marriott & Pope 1954: the sample autocorrelation of an AR(1) is low by about (1 + 4 r)/n at lag 1.
        let bias = (1.0 + 4.0 * first.max(0.0)) / size;
        let corrected = |lag: usize| {
            let raw = if lag == 1 { first } else { self.correlation(lag) };
            if raw > 0.0 { raw + bias } else { raw }
        };
        // Bartlett 1946: an autocorrelation of independent values has variance 1/n, a pair of them 2/n.
        let floor = noise * (2.0 / size).sqrt();
        let mut sum = 0.0;
        let mut lag = 1;
        while lag < most.max(2) {
            let pair = if lag == 1 { 1.0 + corrected(1) } else { corrected(lag - 1) + corrected(lag) };
            if pair <= floor {
                break;
            }
            sum += pair;
            lag += 2;
        }
        // The pairs are (0,1), (2,3), ...: 1 + 2 sum over lags >= 1 is 2 * (sum over all) - 1.
        let mut inflation = (2.0 * sum - 1.0).max(1.0);
        if lag <= 3 && first * size.sqrt() < noise {
            inflation = 1.0;
        }
        if n >= BATCHED_FROM {
            let (batch, doubt) = if self.stretch == n {
                (size.sqrt() as usize, noise)
            } else {
                (self.stretch, noise.max(STRETCH_NOISE))
            };
            let means: Vec<f64> =
                centered.chunks_exact(batch).map(|chunk| chunk.iter().sum::<f64>() / batch as f64).collect();
            let spread = means.iter().map(|mean| mean * mean).sum::<f64>() / means.len() as f64;
            let batched = spread * batch as f64 / (squares / size);
            if batched > 1.0 + doubt * (2.0 / means.len() as f64).sqrt() {
                inflation = inflation.max(batched);
            }
        }
        (size / inflation).clamp(1.0, size)
    }
}
