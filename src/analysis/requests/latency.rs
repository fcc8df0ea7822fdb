//! The durations of each stretch of time, exactly: their percentiles, or whatever else is asked of them.
//!
//! In: the parts of a run, and the slot of each instant. Out: percentiles slot by slot, absent where there are too few samples. The
//! samples of so many slots are gathered at a time as fit into a bound, so that memory does not grow with the run.

use rayon::prelude::*;

use super::part::Part;
use super::rows::NO_INSTANT;
use crate::stats::quantile::{QuantileMethod, quantile, samples_needed};
use crate::stats::sorting::sort;

/// Samples that are gathered at a time.
pub(super) const GATHERED: usize = 1 << 22;

/// How many are gathered at a time with so many bytes of memory, where that is bounded.
pub(super) fn most_gathered(memory: Option<u64>) -> usize {
    memory.map_or(GATHERED, |memory| GATHERED.min((memory / 64) as usize))
}

/// Percentiles of a slot.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Latency {
    pub(super) p50: Option<f64>,
    pub(super) p95: Option<f64>,
    pub(super) p99: Option<f64>,
}

impl Latency {
    /// Of ascending samples.
    pub(super) fn of(samples: &[f64], method: QuantileMethod) -> Self {
        let at = |p: f64| (samples.len() >= samples_needed(p)).then(|| quantile(samples, p, method));
        Self { p50: at(0.5), p95: at(0.95), p99: at(0.99) }
    }
}

/// What is to be said of the ascending samples of each slot; `counts` says how many it has.
pub(super) fn by_slot<T: Send>(
    parts: &[Part<'_>],
    counts: &[u64],
    mut slot_of: impl FnMut(i64) -> usize,
    say: impl Fn(&[f64]) -> T + Sync,
    most: usize,
) -> Vec<T> {
    let mut found = Vec::with_capacity(counts.len());
    while found.len() < counts.len() {
        let first = found.len();
        let mut sum = 0;
        let fit = counts[first..].iter().take_while(|count| {
            sum += **count as usize;
            sum <= most
        });
        let slots = fit.count().max(1);
        let mut samples: Vec<Vec<f64>> =
            counts[first..first + slots].iter().map(|count| Vec::with_capacity(*count as usize)).collect();
        for part in parts {
            part.rows.stretches(|stretch| {
                for request in stretch.requests().filter(|request| request.at != NO_INSTANT) {
                    let Some(sample) = request.sample() else { continue };
                    let slot = slot_of(request.at).checked_sub(first).and_then(|slot| samples.get_mut(slot));
                    if let Some(samples) = slot {
                        samples.push(sample);
                    }
                }
            });
        }
        found.par_extend(samples.into_par_iter().map(|mut samples| {
            sort(&mut samples);
            say(&samples)
        }));
    }
    found
}
