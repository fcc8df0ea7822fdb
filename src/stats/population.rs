//! A population of samples: its numbers and what its order and its shape show.
//!
//! All numbers are in the base unit of their metric. An empty population has no numbers at all, never zeros.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::bins::Histogram;
use super::modality::Modality;
use super::order::{Drift, LevelShift, WarmUp};
use super::outlier::Outliers;
use super::run_samples::RunSamples;
use super::runs::Runs;
use super::saturation::Saturation;
use super::series::Series;
use super::summary::Summary;
use crate::measure::label::Label;
use crate::measure::reported::Bucket;

/// What the recorded order of the samples shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Order {
    /// Lag-1 autocorrelation of ranks; near 0 for independent samples.
    pub lag1_autocorrelation: Option<f64>,
    /// How many independent samples these are worth.
    pub effective_sample_size: Option<f64>,
    /// Where dependence fades so slowly that no number of samples averages it out soon: the Hurst exponent, above 0.5 (0.8 at most is
    /// reckoned with).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hurst: Option<f64>,
    /// A slower or faster first part.
    pub warm_up: Option<WarmUp>,
    /// A steady change over the run, where it is beyond chance.
    pub drift: Option<Drift>,
    /// A sudden lasting change.
    pub level_shift: Option<LevelShift>,
    /// Of more than [`LONG_RUN`](super::thin::LONG_RUN) samples: the dependence was measured on contiguous stretches, and
    /// the changes on one of every few samples.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub thinned: bool,
}

/// Samples that are summarised together.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Population {
    /// The label, or the pattern of labels; absent for all samples of a metric.
    pub label: Option<Label>,
    /// Numbers over the clean samples; absent where none is left.
    pub clean: Option<Summary>,
    /// Numbers over every number a naive reader would have used; present only where it differs from clean.
    pub raw: Option<Summary>,
    /// Samples that are far from the others but real; they are in the clean numbers.
    pub outliers: Option<Outliers>,
    /// What the recorded order shows; absent for mixtures.
    pub order: Option<Order>,
    /// Whether it is one population.
    pub modality: Option<Modality>,
    /// For drawing: counts of clean samples in bins.
    pub histogram: Option<Histogram>,
    /// For drawing: clean samples in recorded order, thinned.
    pub series: Option<Series>,
    /// Corrupted samples of this population.
    pub corrupted: u64,
    /// Of more than 2^18 samples: one in so many was taken for the Shamos spread, the modes and the medians of the series.
    /// All other numbers are of all samples.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub picked_one_in: Option<u64>,
    /// The runs (processes, forks) that its samples come from, where a column names them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub runs: Option<Runs>,
    /// Counts by bucket, base unit, where the source holds them instead of samples: ascending, none empty, none twice.
    #[serde(skip)]
    pub buckets: Vec<Bucket>,
    /// The samples themselves, where a comparison or a target asks for them.
    #[serde(skip)]
    pub samples: Option<RunSamples>,
}

/// What is wanted beyond the summary.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// All.
    Full,
    /// All but what the order shows: the samples are a mixture of groups. Intervals allow for their dependence all the same.
    Mixture,
    /// All but the order: the samples were sorted before they were written.
    Sorted,
    /// The summary and its outliers only: one of very many groups.
    Brief,
}

impl Detail {
    /// Whether the order of the samples says what they are worth.
    pub(crate) fn has_order(self) -> bool {
        matches!(self, Self::Full | Self::Mixture)
    }
}

impl Population {
    /// Puts the samples together by the run that each comes from. `values` are all of them in recorded order.
    pub(crate) fn divide_by_run(&mut self, values: &[f64], run_of: impl Fn(usize) -> u32) {
        if let Some((runs, by_run)) = Runs::of(values, run_of) {
            self.runs = Some(runs);
            if let Some(samples) = &mut self.samples {
                *samples = RunSamples { assumed_dependent: samples.assumed_dependent, ..by_run };
            }
        }
    }

    /// Takes back what was drawn from an order that was not recorded.
    pub(crate) fn forget_order(&mut self) {
        self.order = None;
        self.series = None;
        if let Some(samples) = &mut self.samples {
            samples.order_lost = true;
        }
    }

    /// Says that samples of this value stand at the end of a field, where any does; `visit` shows the clean samples.
    pub(crate) fn saturate(&mut self, value: f64, visit: impl FnOnce(&mut dyn FnMut(&[f64]))) {
        let Some(found) = Saturation::of(value, visit) else { return };
        if let Some(clean) = &mut self.clean {
            clean.saturate(found);
        }
        if let Some(samples) = &mut self.samples {
            samples.saturated_at = Some(value);
        }
    }

    /// Says where runs begin, where the samples are kept: `before` counts the samples in rows before a row, `starts` are the
    /// rows at which another run begins.
    pub(crate) fn divide(&mut self, before: impl Fn(usize) -> usize, starts: &[usize]) {
        if let Some(samples) = &mut self.samples {
            samples.run_starts = starts.iter().map(|start| before(*start)).collect();
            samples.run_starts.dedup();
            samples.run_starts.retain(|start| (1..samples.values.len()).contains(start));
        }
    }
}

/// Whether a drift is beyond chance and worth a line.
pub(crate) fn kept_drift(drift: &Drift) -> bool {
    /// The p-value below which a drift is reported.
    const DRIFT_P: f64 = 0.01;
    /// A drift of less of the median over the whole run is not worth a line.
    const LEAST_DRIFT: f64 = 0.05;
    drift.p < DRIFT_P && drift.relative.is_none_or(|change| change.abs() >= LEAST_DRIFT)
}
