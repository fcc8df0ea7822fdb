//! How many requests a second both sides made, and by how much that changed.
//!
//! In: the runs of requests of both sides, paired by source. Out: a [`RateChange`] each, with an interval from how the rate varies over
//! the stretches of a run, or between runs. It has no verdict, because nothing says whether a rate was chosen or reached; one that fell
//! to half leaves a gate undecided.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::stats::interval::student_quantile;

use super::capture::RateRun;
use super::rate_of::RateOf;

/// The rate of requests on both sides, or of what the rows of a file are.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RateChange {
    /// Name of the source, of the run where it has one.
    pub source: String,
    /// What came.
    #[serde(default, skip_serializing_if = "RateOf::are_requests")]
    pub of: RateOf,
    /// The baseline.
    pub before: RateSide,
    /// The run.
    pub after: RateSide,
    /// After over before.
    pub ratio: f64,
    /// Lower end of its interval; absent where nothing says how the rate varies.
    pub low: Option<f64>,
    /// Upper end of its interval.
    pub high: Option<f64>,
}

/// The rate of requests of one side.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RateSide {
    /// Runs.
    pub runs: u64,
    /// Requests in all of them.
    pub requests: u64,
    /// Seconds that they took together.
    pub seconds: f64,
    /// Requests a second.
    pub rate: f64,
}

/// The rate of a side, and how well it is known.
struct SideRate {
    side: RateSide,
    /// Relative variance, with its degrees of freedom.
    variance: Option<(f64, f64)>,
}

impl SideRate {
    fn of(runs: &[&RateRun]) -> Option<Self> {
        let requests: u64 = runs.iter().map(|run| run.requests).sum();
        let seconds: f64 = runs.iter().map(|run| run.seconds).sum();
        if requests == 0 || seconds <= 0.0 {
            return None;
        }
        let side = RateSide { runs: runs.len() as u64, requests, seconds, rate: requests as f64 / seconds };
        let within: Option<f64> =
            runs.iter().map(|run| Some((run.requests as f64 / requests as f64 * run.relative_error?).powi(2))).sum();
        let degrees = runs.iter().map(|run| run.degrees_of_freedom).sum::<u64>() as f64;
        let within = within.map(|variance| (variance, degrees));
        let between = between(runs);
        let variance = match (within, between) {
            (Some(within), Some(between)) => Some(if between.0 > within.0 { between } else { within }),
            (within, between) => within.or(between),
        };
        Some(Self { side, variance })
    }
}

/// The relative variance of the mean of several runs, by how much their rates differ.
fn between(runs: &[&RateRun]) -> Option<(f64, f64)> {
    let logs: Vec<f64> =
        runs.iter().filter(|run| run.requests > 0).map(|run| (run.requests as f64 / run.seconds).ln()).collect();
    let count = logs.len() as f64;
    if logs.len() < 2 {
        return None;
    }
    let mean = logs.iter().sum::<f64>() / count;
    let squares: f64 = logs.iter().map(|log| (log - mean).powi(2)).sum();
    Some((squares / (count - 1.0) / count, count - 1.0))
}

/// The change from the runs of the baseline to those of the run; `None` where one of them made none.
pub(crate) fn change(runs_before: &[&RateRun], runs_after: &[&RateRun], confidence: f64) -> Option<RateChange> {
    let (before, after) = (SideRate::of(runs_before)?, SideRate::of(runs_after)?);
    let ratio = after.side.rate / before.side.rate;
    let half = before.variance.zip(after.variance).and_then(|((first, first_degrees), (second, second_degrees))| {
        let sum = first + second;
        // Welch and Satterthwaite.
        let degrees = sum.powi(2) / (first.powi(2) / first_degrees + second.powi(2) / second_degrees);
        let degrees = if degrees.is_finite() { degrees } else { first_degrees + second_degrees };
        Some(student_quantile(f64::midpoint(1.0, confidence), degrees)? * sum.sqrt())
    });
    let first = runs_after.first()?;
    Some(RateChange {
        source: first.source.clone(),
        of: first.of,
        before: before.side,
        after: after.side,
        ratio,
        low: half.map(|half| ratio * (-half).exp()),
        high: half.map(|half| ratio * half.exp()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(requests: u64, seconds: f64, relative_error: Option<f64>) -> RateRun {
        RateRun {
            source: "run".to_owned(),
            of: RateOf::Requests,
            requests,
            seconds,
            relative_error,
            degrees_of_freedom: 59,
        }
    }

    #[test]
    fn a_rate_changes_by_its_ratio_with_what_both_sides_vary_by() {
        let (before, after) = (run(12_000, 60.0, Some(0.01)), run(11_400, 60.0, Some(0.02)));
        let found = change(&[&before], &[&after], 0.95).unwrap();
        assert_eq!((found.before.rate, found.after.rate, found.ratio), (200.0, 190.0, 0.95));
        // The square root of 0.0001 + 0.0004, times t at 97.5% of 0.0005² / (0.0001² + 0.0004²) × 59 = 86.8 degrees, 1.98765 (R's qt).
        let half = 0.0005_f64.sqrt() * 1.98765;
        assert!((found.low.unwrap() - 0.95 * (-half).exp()).abs() < 1e-5, "{found:?}");
        assert!((found.high.unwrap() - 0.95 * half.exp()).abs() < 1e-5);
    }

    #[test]
    fn runs_that_differ_by_more_than_they_vary_say_so() {
        let runs = [run(1000, 10.0, Some(0.001)), run(1200, 10.0, Some(0.001))];
        let other = run(1100, 10.0, Some(0.001));
        let found = change(&runs.each_ref(), &[&other], 0.95).unwrap();
        assert!(found.low.unwrap() < 0.5 && found.high.unwrap() > 2.0, "two runs say little: {found:?}");
        let silent = run(1100, 10.0, None);
        assert_eq!(change(&[&silent], &[&other], 0.95).unwrap().low, None);
    }
}
