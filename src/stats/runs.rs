//! Samples of several runs (processes, forks, launches): how many runs there are, and whether they differ.
//!
//! In: samples in recorded order and the run of each. Out: the samples run by run, and [`Runs`]. Runs of one sample each are
//! independent samples of one recording, and no runs. The run is the unit of replication: samples of one process share what
//! happened to it (memory layout, just-in-time compilation, a busy neighbour), and more of them do not average it out
//! (Kalibera & Jones 2013, "Rigorous benchmarking in reasonable time").

use std::collections::HashMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::kruskal_wallis::kruskal_wallis;
use super::quantile::{QuantileMethod, quantile};
use super::run_samples::RunSamples;
use super::sorting;

/// Runs whose samples would differ so much by chance in fewer than one of a hundred cases differ.
const DIFFER_P: f64 = 0.01;

/// The runs of a population; the run is the unit of replication.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Runs {
    /// How many.
    pub count: u64,
    /// Samples of the shortest one.
    pub fewest_samples: u64,
    /// Samples of the longest one.
    pub most_samples: u64,
    /// The smallest median of a run, base unit.
    pub lowest_median: f64,
    /// The largest median of a run, base unit.
    pub highest_median: f64,
    /// Whether the runs differ beyond chance (Kruskal-Wallis, p < 0.01).
    pub differ: bool,
}

impl Runs {
    /// By how much the medians of the runs differ, relative to the smallest; absent where that is not above 0.
    pub fn spread(&self) -> Option<f64> {
        (self.lowest_median > 0.0).then(|| self.highest_median / self.lowest_median - 1.0)
    }

    /// The runs of samples, and the samples run by run, each in recorded order. `None` for a single run, and for runs of one
    /// sample each.
    pub(super) fn of(values: &[f64], run_of: impl Fn(usize) -> u32) -> Option<(Self, RunSamples)> {
        let mut numbers: HashMap<u32, usize> = HashMap::new();
        let mut runs: Vec<Vec<f64>> = Vec::new();
        for (index, value) in values.iter().enumerate() {
            let number = *numbers.entry(run_of(index)).or_insert_with(|| {
                runs.push(Vec::new());
                runs.len() - 1
            });
            runs[number].push(*value);
        }
        let sizes = || runs.iter().map(Vec::len);
        let (fewest, most) = (sizes().min()?, sizes().max()?);
        if runs.len() < 2 || most < 2 {
            return None;
        }
        let medians: Vec<f64> = runs
            .iter()
            .map(|run| {
                let mut sorted = run.clone();
                sorting::sort(&mut sorted);
                quantile(&sorted, 0.5, QuantileMethod::Type7)
            })
            .collect();
        let found = Self {
            count: runs.len() as u64,
            fewest_samples: fewest as u64,
            most_samples: most as u64,
            lowest_median: medians.iter().copied().fold(f64::INFINITY, f64::min),
            highest_median: medians.iter().copied().fold(f64::NEG_INFINITY, f64::max),
            differ: kruskal_wallis(&runs).is_some_and(|p| p < DIFFER_P),
        };
        let mut end = 0;
        let mut run_starts: Vec<usize> = sizes()
            .map(|size| {
                end += size;
                end
            })
            .collect();
        run_starts.pop();
        Some((found, RunSamples { run_starts, ..RunSamples::of(runs.concat()) }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_that_take_turns_are_put_together_by_run() {
        let (runs, recorded) = Runs::of(&[1.0, 10.0, 2.0, 20.0, 3.0], |index| [7, 3, 7, 3, 7][index]).unwrap();
        assert_eq!((runs.count, runs.fewest_samples, runs.most_samples), (2, 2, 3));
        assert_eq!((runs.lowest_median, runs.highest_median), (2.0, 15.0));
        assert_eq!(runs.spread(), Some(6.5));
        assert_eq!(recorded, RunSamples { run_starts: vec![3], ..RunSamples::of(vec![1.0, 2.0, 3.0, 10.0, 20.0]) });
    }

    #[test]
    fn runs_of_one_sample_each_are_samples() {
        assert!(Runs::of(&[1.0, 2.0, 3.0], |index| index as u32).is_none());
        assert!(Runs::of(&[1.0, 2.0, 3.0], |_| 0).is_none());
        assert!(Runs::of(&[], |_| 0).is_none());
    }

    #[test]
    fn runs_differ_where_their_samples_hardly_overlap() {
        let shifted: Vec<f64> = (0..40_i32).map(|index| f64::from(index % 20) + f64::from(index / 20) * 15.0).collect();
        assert!(Runs::of(&shifted, |index| index as u32 / 20).unwrap().0.differ);
        let same: Vec<f64> = (0..40_i32).map(|index| f64::from(index % 20)).collect();
        assert!(!Runs::of(&same, |index| index as u32 / 20).unwrap().0.differ);
    }
}
