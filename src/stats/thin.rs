//! Fewer samples that stand for very many, where a statistic would take longer than all others together.
//!
//! In: samples in recorded order. Out: contiguous stretches of them, which keep what neighbours have to do with each other,
//! or one sample from each of many equal stretches, which keeps everything else. Refuses nothing.
//!
//! The one of a stretch is picked by a seeded generator: every k-th sample would meet the same label again and again in a
//! file that goes through its labels in turn. The seed is fixed, so that the same file gives the same report.

use super::rng::Rng;

/// Runs of more samples are thinned where their order is looked at.
pub const LONG_RUN: usize = 100_000;
/// So many contiguous stretches stand for the dependence of a long run...
pub const STRETCHES: usize = 128;
/// ...of so many samples each: long enough for all lags that are summed, and as batches for the spread of their means.
pub const STRETCH: usize = 768;
/// Of the picks; any would do.
const SEED: u64 = 42;

/// Where the stretches of a run begin that is longer than all of them.
pub fn stretch_starts(samples: usize) -> impl Iterator<Item = usize> {
    let room = samples.saturating_sub(STRETCH) as u128;
    (0..STRETCHES).map(move |index| (index as u128 * room / (STRETCHES as u128 - 1)) as usize)
}

/// Stretches of consecutive samples, evenly spaced over the run, one after the other; for runs longer than all of them.
pub fn stretches(values: &[f64]) -> Vec<f64> {
    stretch_starts(values.len()).flat_map(|start| &values[start..start + STRETCH]).copied().collect()
}

/// The places picked from so many samples, one of every `stride` consecutive ones, ascending.
pub fn picked(samples: usize, stride: usize) -> impl Iterator<Item = usize> {
    let mut rng = Rng::new(SEED);
    (0..samples).step_by(stride.max(1)).map(move |from| from + rng.below(stride.min(samples - from)))
}

/// How many samples one of them stands for, so that at most `most` remain.
pub fn stride(samples: usize, most: usize) -> usize {
    samples.div_ceil(most.max(1)).max(1)
}

/// `keep` order statistics of an ascending slice at the middles of `keep` equal shares; the slice itself if it is not longer.
pub fn evenly_spaced(sorted: &[f64], keep: usize) -> Vec<f64> {
    let n = sorted.len();
    if n <= keep {
        return sorted.to_vec();
    }
    evenly_spaced_places(n, keep).map(|place| sorted[place]).collect()
}

/// The places, among `n` order statistics, at the middles of `keep` equal shares.
pub fn evenly_spaced_places(n: usize, keep: usize) -> impl Iterator<Item = usize> {
    (0..keep).map(move |k| ((2 * k as u128 + 1) * n as u128 / (2 * keep as u128)) as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_of_each_stretch_is_picked() {
        let places: Vec<usize> = picked(1003, 10).collect();
        assert_eq!(places.len(), 101);
        assert!(places.iter().enumerate().all(|(index, place)| place / 10 == index && *place < 1003));
        assert_eq!(picked(5, 1).collect::<Vec<_>>(), [0, 1, 2, 3, 4]);
        assert_eq!(picked(0, 3).count(), 0);
        assert_eq!((stride(10, 100), stride(1000, 100), stride(1001, 100)), (1, 10, 11));
    }

    #[test]
    fn labels_in_turn_are_all_met() {
        let met: std::collections::HashSet<usize> = picked(800_000, 400).map(|place| place % 80).collect();
        assert_eq!(met.len(), 80);
    }

    #[test]
    fn stretches_reach_from_end_to_end() {
        let values: Vec<f64> = (0..1_000_000).map(f64::from).collect();
        let taken = stretches(&values);
        assert_eq!(taken.len(), STRETCHES * STRETCH);
        assert_eq!((taken[0], taken[taken.len() - 1]), (0.0, 999_999.0));
        assert!(taken.chunks(STRETCH).all(|stretch| stretch.windows(2).all(|pair| pair[1] - pair[0] == 1.0)));
    }
}
