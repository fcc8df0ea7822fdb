//! The numbers that describe samples: location, spread, percentiles, with their intervals.
//!
//! In: order statistics, of which only those are asked for that are needed, and what must be known beside them. Out: a
//! [`Summary`] in the unit of the samples. A percentile for which there are too few samples is absent.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::dependence::Inflations;
use super::interval::{Interval, mean_interval_of, order_statistic_interval_inflated};
use super::moments::Moments;
use super::quantile::{quantile_of, samples_needed};
use super::sample::{Sample, coefficient_of_variation};
use super::saturation::Saturation;
use super::settings::Settings;
use super::spread::{self, MAD_SCALE};
use super::tail;

/// The percentiles that are reported, in percent. The median stands by itself.
pub const PERCENTILES: &[f64] = &[25.0, 75.0, 90.0, 95.0, 99.0, 99.9];
/// Samples worth fewer independent ones give no interval of the mean: it would be wider than anything the data could mean.
const FEWEST_EFFECTIVE: f64 = 5.0;

/// A percentile.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Percentile {
    /// For example 95 or 99.9.
    pub percent: f64,
    /// The value; absent where there are too few samples to speak of it.
    pub value: Option<f64>,
    /// Samples needed before it is given.
    pub needs: u64,
    /// Order-statistic interval, exact for independent samples and wider for dependent ones; absent with the value.
    pub interval: Option<Interval>,
    /// How many independent samples the interval takes these for; absent where all are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effective_sample_size: Option<f64>,
}

/// The numbers of a population, in the base unit of its metric.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Summary {
    /// Samples.
    pub n: u64,
    /// Arithmetic mean.
    pub mean: f64,
    /// Geometric mean; absent unless every sample is above zero, and in older reports.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub geometric_mean: Option<f64>,
    /// Interval of the mean (Student, with the effective sample size); absent where the tail decides the mean.
    pub mean_interval: Option<Interval>,
    /// The tail index, where it is so small that few large samples decide the mean: other samples of the same would have another mean.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub heavy_tail: Option<f64>,
    /// Where the largest samples stand at the end of a field: what lies above the others is at least so large, and bounds nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub saturation: Option<Saturation>,
    /// Smallest sample.
    pub min: f64,
    /// Largest sample.
    pub max: f64,
    /// The median.
    pub median: f64,
    /// Order-statistic interval of the median.
    pub median_interval: Option<Interval>,
    /// How many independent samples that interval takes these for; absent where all are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub median_effective_sample_size: Option<f64>,
    /// p25, p75, p90, p95, p99 and p99.9, in this order.
    pub percentiles: Vec<Percentile>,
    /// Sample standard deviation (n - 1); absent for one sample.
    pub stddev: Option<f64>,
    /// Coefficient of variation, stddev / mean; only for non-negative metrics.
    pub cv: Option<f64>,
    /// Interquartile range; absent where there are too few samples for the quartiles.
    pub iqr: Option<f64>,
    /// Median absolute deviation times 1.4826.
    pub mad: f64,
    /// Shamos spread: median of the pairwise absolute differences.
    pub shamos: Option<f64>,
    /// Sum of the samples.
    pub sum: f64,
}

/// What is known of samples beside their order statistics.
#[derive(Default)]
pub(crate) struct Basics {
    pub(crate) moments: Moments,
    /// Unscaled.
    pub(crate) mad: f64,
    pub(crate) shamos: Option<f64>,
    /// By what factor dependence widens intervals.
    pub(crate) inflations: Inflations,
    /// The tail index, where the tail decides the mean.
    pub(crate) heavy_tail: Option<f64>,
}

/// The numbers of a sample, and the factors by which dependence widens its intervals.
pub(crate) fn summarise(sample: &Sample, inflations: Inflations, settings: &Settings) -> Summary {
    let sorted = sample.sorted();
    let basics = Basics {
        moments: *sample.moments(),
        mad: spread::mad(sorted),
        shamos: spread::shamos(sorted).map(|shamos| shamos.spread),
        inflations,
        heavy_tail: tail::deciding(sorted),
    };
    Summary::of(sorted.len(), |place| sorted[place], &basics, settings)
}

/// The quantiles that have intervals, and the values above which samples count as beyond them.
pub(crate) fn quantile_limits(sorted: &[f64]) -> Vec<(f64, f64)> {
    let n = sorted.len();
    let limit = |p: f64| {
        let value = sorted[((p * n as f64) as usize).min(n - 1)];
        // Of many equal ones at the upper end none lies above: then those count that are equal.
        if value < sorted[n - 1] { value } else { value.next_down() }
    };
    if n == 0 {
        Vec::new()
    } else {
        {
            let quantiles = PERCENTILES.iter().map(|percent| percent / 100.0);
            std::iter::once(0.5).chain(quantiles).map(|p| (p, limit(p))).collect()
        }
    }
}

impl Summary {
    /// Takes back what nobody knows where the largest samples stand at the end of a field.
    pub(crate) fn saturate(&mut self, found: Saturation) {
        let of_percentiles = self.percentiles.iter_mut().filter_map(|percentile| percentile.interval.as_mut());
        for interval in of_percentiles.chain(&mut self.median_interval) {
            *interval = found.opened(*interval);
        }
        let mean_from = self.mean_interval.take().and_then(|interval| interval.low);
        self.saturation = Some(Saturation { mean_from, ..found });
    }

    /// From `n` order statistics, of which only those are asked for that are needed.
    pub(crate) fn of(n: usize, at: impl Fn(usize) -> f64 + Copy, basics: &Basics, settings: &Settings) -> Self {
        let level = settings.confidence;
        let Basics { moments, inflations, .. } = basics;
        let interval = |p: f64| {
            order_statistic_interval_inflated(n, at, p, level, inflations.quantile(p)).map(|found| found.interval)
        };
        let effective = |p: f64| Some(n as f64 / inflations.quantile(p)).filter(|effective| *effective < n as f64);
        let quantile = |p: f64| quantile_of(n, at, p, settings.quantile_method);
        let percentiles = PERCENTILES
            .iter()
            .map(|&percent| {
                let p = percent / 100.0;
                let needs = samples_needed(p);
                let enough = n >= needs;
                Percentile {
                    percent,
                    value: enough.then(|| quantile(p)),
                    needs: needs as u64,
                    interval: enough.then(|| interval(p)).flatten(),
                    effective_sample_size: enough.then(|| effective(p)).flatten(),
                }
            })
            .collect();
        let size = n as f64 / inflations.mean().unwrap_or(1.0);
        // Few samples that are independent have an interval as wide as they are few.
        let too_few = inflations.mean().is_some_and(|factor| factor > 1.0) && size < FEWEST_EFFECTIVE;
        Self {
            n: n as u64,
            mean: moments.mean,
            geometric_mean: moments.geometric_mean,
            mean_interval: moments
                .stddev
                .filter(|_| !too_few && basics.heavy_tail.is_none())
                .and_then(|stddev| mean_interval_of(moments.mean, stddev, size, level)),
            heavy_tail: basics.heavy_tail,
            saturation: None,
            min: at(0),
            max: at(n - 1),
            median: quantile(0.5),
            median_interval: interval(0.5),
            median_effective_sample_size: effective(0.5),
            percentiles,
            stddev: moments.stddev,
            cv: coefficient_of_variation(at(0), moments.mean, moments.stddev),
            iqr: (n >= samples_needed(0.75)).then(|| spread::iqr_of(n, at)),
            mad: basics.mad * MAD_SCALE,
            shamos: basics.shamos,
            sum: moments.sum,
        }
    }
}
