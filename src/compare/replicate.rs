//! Several runs: how far runs of the same thing differ, and what that says about the difference between both sides.
//!
//! In: one number a run and side, on the axis of the effect. Out: an interval and a p-value in which the run is the unit of
//! replication (Kalibera & Jones 2013), and how both are joined with those from the samples. Refuses (with `None`) where no
//! side has two runs.

use super::center::Estimate;
use super::noise::{quantile, two_sided};

/// The most runs that are ever asked for.
const MOST_RUNS: u64 = 1000;

/// The difference between both sides as their runs show it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Between {
    /// Mean of the later runs less that of the earlier ones.
    difference: f64,
    /// Standard deviation between runs, pooled over both sides.
    pub(crate) stddev: f64,
    standard_error: f64,
    pub(crate) degrees_of_freedom: f64,
}

impl Between {
    /// The variance between runs is taken to be the same on both sides; a side with one run adds nothing to it.
    pub(crate) fn of(before: &[f64], after: &[f64]) -> Option<Self> {
        let freedom = (before.len() + after.len()).checked_sub(2).filter(|&freedom| freedom > 0)? as f64;
        if before.is_empty() || after.is_empty() {
            return None;
        }
        let [(first, first_squares), (second, second_squares)] = [before, after].map(|runs| {
            let mean = runs.iter().sum::<f64>() / runs.len() as f64;
            (mean, runs.iter().map(|run| (run - mean) * (run - mean)).sum::<f64>())
        });
        let stddev = ((first_squares + second_squares) / freedom).sqrt();
        let standard_error = stddev * (1.0 / before.len() as f64 + 1.0 / after.len() as f64).sqrt();
        Some(Self { difference: second - first, stddev, standard_error, degrees_of_freedom: freedom })
    }

    /// Half the width of the interval at a level.
    pub(crate) fn half_width(&self, confidence: f64) -> f64 {
        self.standard_error * quantile(1.0 - confidence, Some(self.degrees_of_freedom))
    }

    /// Two-sided p of no difference, the run being the unit.
    pub(crate) fn p(&self) -> f64 {
        if self.difference == 0.0 {
            return 1.0;
        }
        // Runs without any difference on either side say that there is no noise between runs: 0 beside the other p.
        if self.standard_error == 0.0 {
            0.0
        } else {
            two_sided(self.difference / self.standard_error, Some(self.degrees_of_freedom))
        }
    }

    /// What samples and runs say together: the hull of both intervals and the larger p.
    pub(crate) fn joined(&self, within: Estimate, confidence: f64) -> Estimate {
        let half = self.half_width(confidence);
        Estimate {
            value: within.value,
            low: within.low.map(|low| low.min(self.difference - half)),
            high: within.high.map(|high| high.max(self.difference + half)),
            p: within.p.max(self.p()),
        }
    }

    /// Runs a side with which an interval at the gate's level would be no wider than the margin on either side.
    pub(crate) fn runs_needed(&self, gate_level: f64, margin: f64) -> u64 {
        let enough = |runs: u64| {
            let size = runs as f64;
            quantile(gate_level, Some(2.0 * size - 2.0)) * self.stddev * (2.0 / size).sqrt() <= margin
        };
        let (mut few, mut many) = (1, MOST_RUNS);
        while many - few > 1 {
            let middle = u64::midpoint(few, many);
            if enough(middle) { many = middle } else { few = middle }
        }
        many
    }
}
