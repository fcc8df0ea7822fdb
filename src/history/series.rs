//! The series of each metric: its values by run, and the stretch of one environment by the other.

use std::collections::BTreeMap;

use crate::measure::{Dimension, Polarity};

use super::contract::HistoryPoint;
use super::line::{Estimate, Run, RunMetric};

/// Fewer runs are no stretch.
pub(super) const FEWEST_RUNS: usize = 4;

/// What of a run is followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Aspect {
    /// The median, or the number that a tool gives.
    #[default]
    Center,
    /// The 95th percentile.
    P95,
    /// The 99th percentile.
    P99,
    /// The share that failed.
    Failures,
}

impl Aspect {
    /// Its name in reports and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Center => "center",
            Self::P95 => "p95",
            Self::P99 => "p99",
            Self::Failures => "failures",
        }
    }

    fn value(self, measured: &RunMetric) -> Option<Estimate> {
        match self {
            Self::Center => Some(measured.center),
            Self::P95 => measured.percentiles.as_ref()?[1],
            Self::P99 => measured.percentiles.as_ref()?[2],
            Self::Failures => {
                // Rows that failed have no duration, so that they are not among the samples.
                let (failed, n) = (measured.failed? as f64, measured.n? as f64);
                (n + failed > 0.0).then_some(Estimate { value: failed / (n + failed), low: None, high: None })
            }
        }
    }
}

/// A metric over all runs.
#[derive(Debug, Clone)]
pub(super) struct Series {
    pub(super) name: String,
    pub(super) dimension: Dimension,
    pub(super) polarity: Polarity,
    pub(super) points: Vec<HistoryPoint>,
}

/// The series of all metrics that are wanted, by name. A metric whose dimension changed goes on under its name and dimension.
pub(super) fn series(runs: &[&Run], followed: Aspect, wanted: &(dyn Fn(&str) -> bool + Sync)) -> Vec<Series> {
    let mut all: BTreeMap<(&str, Option<&str>, Dimension), Series> = BTreeMap::new();
    for (place, run) in runs.iter().enumerate() {
        for measured in &run.metrics {
            let Some(Estimate { value, low, high }) = followed.value(measured) else { continue };
            let key = (measured.metric.as_str(), measured.group.as_deref(), measured.dimension);
            let series = all.entry(key).or_insert_with(|| Series {
                name: measured.name(),
                dimension: if followed == Aspect::Failures { Dimension::Ratio } else { measured.dimension },
                polarity: if followed == Aspect::Failures { Polarity::LowerIsBetter } else { measured.polarity },
                points: Vec::new(),
            });
            series.points.push(HistoryPoint { run: place, value, low, high });
        }
    }
    all.into_values().filter(|series| wanted(&series.name)).collect()
}

/// The environment of each run, as a number: what the user said, and the machine as far as its files name it.
pub(super) fn environments(runs: &[&Run]) -> Vec<usize> {
    let mut known: Vec<[&BTreeMap<String, String>; 2]> = Vec::new();
    let mut numbers = Vec::with_capacity(runs.len());
    for run in runs {
        let this = [&run.given, &run.machine];
        let number = known.iter().position(|other| *other == this).unwrap_or_else(|| {
            known.push(this);
            known.len() - 1
        });
        numbers.push(number);
    }
    numbers
}
