//! The numbers of one population of samples.
//!
//! In: clean values in recorded order, and the values that were taken out. Out: a [`Population`] of plain numbers in base
//! units. An empty population has no numbers at all, never zeros.

use super::interval::{Interval, OrderInterval, mean_interval_of, order_statistic_interval_of};
use super::large::{self, GroupOf};
use super::modality::{self, Modality};
use super::order::{self, Drift, LevelShift, WarmUp};
use super::outlier::{self, Outliers};
use super::quantile::{QuantileMethod, quantile_of, samples_needed};
use super::runs::Runs;
use super::sample::{Sample, coefficient_of_variation};
use super::samples::{Samples as Stream, Slice};
use super::spread::{self, MAD_SCALE};

/// The percentiles that are reported, in percent. The median stands by itself.
pub const PERCENTILES: &[f64] = &[25.0, 75.0, 90.0, 95.0, 99.0, 99.9];
/// Outliers that are named with their place.
pub const NAMED_EXTREMES: usize = 10;
/// Points by which samples in recorded order are drawn.
const SERIES_POINTS: usize = 240;
/// Most bins of a histogram.
const MOST_BINS: usize = 60;
/// Fewest bins, from [`FEWEST_BINS`] samples on.
const FEWEST_BINS: usize = 8;
/// Samples worth fewer independent ones give no interval of the mean: it would be wider than anything the data could mean.
const FEWEST_EFFECTIVE: f64 = 5.0;
/// Positive samples whose largest is this many times their smallest are drawn on a logarithmic axis.
const LOG_AXIS_RATIO: f64 = 30.0;

/// How numbers are computed.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// Definition of a percentile.
    pub quantile_method: QuantileMethod,
    /// Level of intervals.
    pub confidence: f64,
    /// Columns whose labels form groups; chosen by the program where empty.
    pub group_by: Vec<String>,
    /// Whether labels that differ only in numbers are one population.
    pub collapse: bool,
    /// Whether the samples themselves are kept.
    pub samples: Samples,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            quantile_method: QuantileMethod::Type6,
            confidence: 0.95,
            group_by: Vec::new(),
            collapse: true,
            samples: Samples::Drop,
        }
    }
}

/// What becomes of the samples once the numbers are computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Samples {
    /// They are not needed any more.
    Drop,
    /// A comparison or a target asks for them.
    Keep,
}

/// The clean samples of a population in recorded order.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Recorded {
    /// The samples, base unit.
    pub values: Vec<f64>,
    /// Indexes at which another run begins; the first run begins at 0.
    pub run_starts: Vec<usize>,
    /// Whether they were sorted before they were written, so that their order says nothing.
    pub order_lost: bool,
}

impl Recorded {
    /// The samples of one run.
    pub(super) fn of(values: Vec<f64>) -> Self {
        Self { values, run_starts: Vec::new(), order_lost: false }
    }
}

/// A percentile with its interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Percentile {
    /// In percent.
    pub percent: f64,
    /// Absent where there are too few samples.
    pub value: Option<f64>,
    /// Samples needed.
    pub needs: usize,
    /// Exact order-statistic interval.
    pub interval: Option<Interval>,
}

/// The numbers of a population.
#[derive(Debug, Clone, PartialEq)]
pub struct Summary {
    /// Samples.
    pub n: usize,
    /// Arithmetic mean.
    pub mean: f64,
    /// Its interval.
    pub mean_interval: Option<Interval>,
    /// Smallest.
    pub min: f64,
    /// Largest.
    pub max: f64,
    /// Median.
    pub median: f64,
    /// Its interval.
    pub median_interval: Option<Interval>,
    /// [`PERCENTILES`], in this order.
    pub percentiles: Vec<Percentile>,
    /// Sample standard deviation.
    pub stddev: Option<f64>,
    /// Coefficient of variation.
    pub cv: Option<f64>,
    /// Interquartile range; absent where the quartiles are.
    pub iqr: Option<f64>,
    /// MAD times 1.4826.
    pub mad: f64,
    /// Shamos spread.
    pub shamos: Option<f64>,
    /// Sum.
    pub sum: f64,
}

/// Counts in bins.
#[derive(Debug, Clone, PartialEq)]
pub struct Histogram {
    /// Whether the bins are equally wide on a logarithmic axis.
    pub log: bool,
    /// Edges, one more than counts.
    pub edges: Vec<f64>,
    /// Counts.
    pub counts: Vec<u64>,
}

/// A stretch of samples in recorded order.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SeriesPoint {
    /// Smallest.
    pub min: f64,
    /// Median.
    pub median: f64,
    /// Largest.
    pub max: f64,
    /// The group of all its samples, where they share one.
    pub group: Option<u32>,
}

/// Samples in recorded order, thinned.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// Samples a point stands for.
    pub stride: usize,
    /// Points.
    pub points: Vec<SeriesPoint>,
}

/// What the recorded order shows.
#[derive(Debug, Clone, PartialEq)]
pub struct Order {
    /// Lag-1 rank autocorrelation.
    pub lag1: Option<f64>,
    /// Effective sample size.
    pub effective: Option<f64>,
    /// A slower first part.
    pub warm_up: Option<WarmUp>,
    /// A steady change, where it is beyond chance.
    pub drift: Option<Drift>,
    /// A sudden lasting change.
    pub level_shift: Option<LevelShift>,
    /// Whether the dependence was measured on contiguous stretches of a run of more than
    /// [`LONG_RUN`](super::thin::LONG_RUN) samples, and the changes on one of every few samples.
    pub thinned: bool,
}

/// A population.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Population {
    /// Numbers of the clean samples.
    pub clean: Option<Summary>,
    /// Numbers of the clean and the corrupted ones, where those exist.
    pub raw: Option<Summary>,
    /// Outliers among the clean samples.
    pub outliers: Option<Outliers>,
    /// The farthest outliers: indexes into the clean samples.
    pub extremes: Vec<usize>,
    /// What the recorded order shows; absent for mixtures.
    pub order: Option<Order>,
    /// Whether it is one population.
    pub modality: Option<Modality>,
    /// For drawing.
    pub histogram: Option<Histogram>,
    /// For drawing.
    pub series: Option<Series>,
    /// Values that were taken out.
    pub corrupted: usize,
    /// The samples, where they are kept.
    pub recorded: Option<Recorded>,
    /// The runs that its samples come from, where a column names them.
    pub runs: Option<Runs>,
    /// Of more than 2^18 samples, how many each of those stands for from which the Shamos
    /// spread, the modes and the medians of the series were taken. All other numbers are of all samples.
    pub picked_one_in: Option<usize>,
}

/// What is wanted beyond the summary.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// All.
    Full,
    /// All but the order: the samples are a mixture of groups, or were sorted before they were written.
    Mixture,
    /// The summary and its outliers only: one of very many groups.
    Brief,
}

impl Population {
    /// Computes the numbers of a population. `groups` names the group of each clean value, for drawing.
    pub fn new(
        clean: Vec<f64>,
        corrupted: &[f64],
        groups: Option<&[u32]>,
        detail: Detail,
        settings: &Settings,
    ) -> Self {
        let mut clean = clean;
        for value in &mut clean {
            *value += 0.0;
        }
        if large::is_large(clean.len(), settings) && clean.iter().all(|value| value.is_finite()) {
            let group_of = groups.map(|groups| {
                |range: std::ops::Range<usize>| {
                    let first = *groups.get(range.start)?;
                    groups[range].iter().all(|group| *group == first).then_some(first)
                }
            });
            let group_of = group_of.as_ref().map(|of| of as &GroupOf<'_>);
            let mut population = Self::of_many(&Slice(&clean), corrupted, group_of, detail, settings);
            population.recorded = (settings.samples == Samples::Keep).then(|| Recorded::of(clean));
            return population;
        }
        let raw = (!corrupted.is_empty())
            .then(|| {
                Sample::new(clean.iter().chain(corrupted).copied().filter(|value| value.is_finite()).collect()).ok()
            })
            .flatten()
            .map(|sample| summarise(&sample, None, settings));
        let Ok(sample) = Sample::new(clean) else {
            return Self { raw, corrupted: corrupted.len(), ..Self::default() };
        };
        let order = (detail == Detail::Full).then(|| look_at_order(sample.in_order()));
        let effective = order.as_ref().and_then(|order| order.effective);
        let mut outliers = outlier::outliers(sample.sorted());
        // A fence below zero can exclude nothing where no value is negative.
        outliers.low_fence = outliers.low_fence.filter(|fence| *fence >= 0.0 || sample.min() < 0.0);
        let drawn = detail != Detail::Brief;
        let sorted = sample.sorted();
        Self {
            clean: Some(summarise(&sample, effective, settings)),
            raw,
            extremes: extremes(sample.in_order(), &outliers),
            outliers: Some(outliers),
            order,
            modality: drawn.then(|| modality::assess(sorted)).flatten(),
            histogram: drawn
                .then(|| Histogram::of(sorted.len(), |place| sorted[place], |edges| below(sorted, edges)))
                .flatten(),
            series: drawn.then(|| series(sample.in_order(), groups)),
            corrupted: corrupted.len(),
            recorded: (settings.samples == Samples::Keep).then(|| Recorded::of(sample.into_in_order())),
            runs: None,
            picked_one_in: None,
        }
    }

    /// Computes the numbers of so many finite samples that they are neither sorted nor copied ([`large::is_large`]).
    /// `group_of` names the group that the samples of a range of indexes share.
    pub(super) fn of_many(
        clean: &impl Stream,
        corrupted: &[f64],
        group_of: Option<&GroupOf<'_>>,
        detail: Detail,
        settings: &Settings,
    ) -> Self {
        large::population(clean, corrupted, group_of, detail, settings)
    }

    /// Puts the samples together by the run that each comes from. `values` are all of them in recorded order.
    pub(super) fn divide_by_run(&mut self, values: &[f64], run_of: impl Fn(usize) -> u32) {
        if let Some((runs, by_run)) = Runs::of(values, run_of) {
            self.runs = Some(runs);
            if self.recorded.is_some() {
                self.recorded = Some(by_run);
            }
        }
    }

    /// Takes back what was drawn from an order that was not recorded.
    pub(super) fn forget_order(&mut self) {
        self.order = None;
        self.series = None;
        if let Some(recorded) = &mut self.recorded {
            recorded.order_lost = true;
        }
    }

    /// Says where runs begin, where the samples are kept: `before` counts the samples in rows before a row, `starts` are the
    /// rows at which another run begins.
    pub(super) fn divide(&mut self, before: impl Fn(usize) -> usize, starts: &[usize]) {
        if let Some(recorded) = &mut self.recorded {
            recorded.run_starts = starts.iter().map(|start| before(*start)).collect();
            recorded.run_starts.dedup();
            recorded.run_starts.retain(|start| (1..recorded.values.len()).contains(start));
        }
    }
}

/// What is known of samples beside their order statistics.
pub(super) struct Basics {
    pub(super) mean: f64,
    pub(super) stddev: Option<f64>,
    pub(super) sum: f64,
    /// Unscaled.
    pub(super) mad: f64,
    pub(super) shamos: Option<f64>,
    /// Effective sample size.
    pub(super) effective: Option<f64>,
}

fn summarise(sample: &Sample, effective: Option<f64>, settings: &Settings) -> Summary {
    let sorted = sample.sorted();
    let basics = Basics {
        mean: sample.mean(),
        stddev: sample.stddev(),
        sum: sample.sum(),
        mad: spread::mad(sorted),
        shamos: spread::shamos(sorted).map(|shamos| shamos.spread),
        effective,
    };
    Summary::of(sorted.len(), |place| sorted[place], &basics, settings)
}

impl Summary {
    /// From `n` order statistics, of which only those are asked for that are needed.
    pub(super) fn of(n: usize, at: impl Fn(usize) -> f64 + Copy, basics: &Basics, settings: &Settings) -> Self {
        let level = settings.confidence;
        let interval = |p: f64| order_statistic_interval_of(n, at, p, level).map(|found: OrderInterval| found.interval);
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
                    needs,
                    interval: enough.then(|| interval(p)).flatten(),
                }
            })
            .collect();
        let size = basics.effective.map_or(n as f64, |effective| effective.min(n as f64));
        let too_few = basics.effective.is_some_and(|effective| effective < FEWEST_EFFECTIVE);
        Self {
            n,
            mean: basics.mean,
            mean_interval: basics
                .stddev
                .filter(|_| !too_few)
                .and_then(|stddev| mean_interval_of(basics.mean, stddev, size, level)),
            min: at(0),
            max: at(n - 1),
            median: quantile(0.5),
            median_interval: interval(0.5),
            percentiles,
            stddev: basics.stddev,
            cv: coefficient_of_variation(at(0), basics.mean, basics.stddev),
            iqr: (n >= samples_needed(0.75)).then(|| spread::iqr_of(n, at)),
            mad: basics.mad * MAD_SCALE,
            shamos: basics.shamos,
            sum: basics.sum,
        }
    }
}

/// Whether a drift is beyond chance and worth a line.
pub(super) fn kept_drift(drift: &Drift) -> bool {
    /// The p-value below which a drift is reported.
    const DRIFT_P: f64 = 0.01;
    /// A drift of less of the median over the whole run is not worth a line.
    const LEAST_DRIFT: f64 = 0.05;
    drift.p < DRIFT_P && drift.relative_change_over_run.is_none_or(|change| change.abs() >= LEAST_DRIFT)
}

fn look_at_order(values: &[f64]) -> Order {
    let neighbours = order::neighbours(values);
    let trends = order::trends(values);
    Order {
        lag1: neighbours.map(|found| found.lag1),
        effective: neighbours.map(|found| found.effective),
        warm_up: trends.warm_up,
        drift: trends.drift.filter(kept_drift),
        level_shift: trends.level_shift,
        thinned: neighbours.is_some_and(|found| found.thinned),
    }
}

/// Indexes of the values farthest beyond the fences.
fn extremes(values: &[f64], outliers: &Outliers) -> Vec<usize> {
    let beyond = (0..values.len()).filter(|index| outliers.is_outlier(values[*index]));
    farthest(beyond.map(|index| (values[index].abs(), index)).collect())
}

/// The indexes of the largest magnitudes, of equal ones the first; at most [`NAMED_EXTREMES`].
pub(super) fn farthest(mut beyond: Vec<(f64, usize)>) -> Vec<usize> {
    beyond.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    beyond.truncate(NAMED_EXTREMES);
    beyond.into_iter().map(|(_, index)| index).collect()
}

/// How many values of an ascending slice lie below each edge.
fn below(sorted: &[f64], edges: &[f64]) -> Vec<u64> {
    edges.iter().map(|edge| sorted.partition_point(|value| value < edge) as u64).collect()
}

impl Histogram {
    /// Equal bins over the whole range, by Freedman and Diaconis (1981), on a logarithmic axis where the range is wide.
    /// `below` counts the values below ascending edges.
    pub(super) fn of(n: usize, at: impl Fn(usize) -> f64 + Copy, below: impl Fn(&[f64]) -> Vec<u64>) -> Option<Self> {
        let (first, last) = (at(0), at(n.checked_sub(1)?));
        if first == last {
            return Some(Self { log: false, edges: vec![first, last], counts: vec![n as u64] });
        }
        let log = first > 0.0 && last / first >= LOG_AXIS_RATIO;
        let forward = |value: f64| if log { value.ln() } else { value };
        let (low, high) = (forward(first), forward(last));
        let at = |p| forward(quantile_of(n, at, p, QuantileMethod::Type7));
        let width = 2.0 * (at(0.75) - at(0.25)) / (n as f64).cbrt();
        let wanted = ((high - low) / width).ceil();
        let bins = if wanted.is_finite() { (wanted as usize).clamp(FEWEST_BINS, MOST_BINS) } else { MOST_BINS };
        let bins = bins.min(n.max(FEWEST_BINS));
        let edge = |index: usize| match index {
            0 => first,
            _ if index == bins => last,
            _ => {
                let position = low + (high - low) * index as f64 / bins as f64;
                if log { position.exp() } else { position }
            }
        };
        let edges: Vec<f64> = (0..=bins).map(edge).collect();
        if !edges.is_sorted() || !high.is_finite() || !low.is_finite() {
            return None;
        }
        let mut counts = Vec::with_capacity(bins);
        let mut before = 0;
        for below in below(&edges[1..bins]).into_iter().chain([n as u64]) {
            counts.push(below - before);
            before = below;
        }
        Some(Self { log, edges, counts })
    }
}

/// How many samples a point of a series stands for.
pub(super) fn series_stride(n: usize) -> usize {
    n.div_ceil(SERIES_POINTS).max(1)
}

fn series(values: &[f64], groups: Option<&[u32]>) -> Series {
    let stride = series_stride(values.len());
    let mut buffer = Vec::with_capacity(stride);
    let points = values
        .chunks(stride)
        .enumerate()
        .map(|(index, chunk)| {
            buffer.clear();
            buffer.extend_from_slice(chunk);
            super::sorting::sort(&mut buffer);
            let of_chunk = groups.map(|groups| &groups[index * stride..index * stride + chunk.len()]);
            let group = of_chunk.and_then(|groups| groups.iter().all(|group| *group == groups[0]).then_some(groups[0]));
            SeriesPoint {
                min: buffer[0],
                median: super::sample::median_of_sorted(&buffer),
                max: buffer[buffer.len() - 1],
                group,
            }
        })
        .collect();
    Series { stride, points }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn population(values: &[f64]) -> Population {
        Population::new(values.to_vec(), &[], None, Detail::Full, &Settings::default())
    }

    #[test]
    fn a_percentile_is_withheld_until_there_are_samples_for_it() {
        let nineteen: Vec<f64> = (1..=19).map(f64::from).collect();
        let twenty: Vec<f64> = (1..=20).map(f64::from).collect();
        let p95 = |values: &[f64]| population(values).clean.unwrap().percentiles[3];
        assert_eq!((p95(&nineteen).value, p95(&nineteen).needs), (None, 20));
        assert_eq!(p95(&twenty).value, Some(19.95));
    }

    #[test]
    fn raw_numbers_stand_beside_clean_ones_only_where_they_differ() {
        let population = Population::new(vec![1.0, 2.0], &[1e9], None, Detail::Full, &Settings::default());
        assert_eq!(population.clean.unwrap().max, 2.0);
        assert_eq!(population.raw.unwrap().max, 1e9);
        assert_eq!(super::Population::new(vec![1.0], &[], None, Detail::Full, &Settings::default()).raw, None);
    }

    #[test]
    fn nothing_left_gives_no_numbers() {
        let population = Population::new(Vec::new(), &[-1.0], None, Detail::Full, &Settings::default());
        assert_eq!(population.clean, None);
        assert_eq!(population.corrupted, 1);
    }

    #[test]
    fn every_sample_is_in_one_bin_and_one_point() {
        for values in [vec![1.0], vec![1.0; 50], (1..=1000).map(f64::from).collect(), vec![0.001, 1e9, 5.0, -3.0]] {
            let population = population(&values);
            let histogram = population.histogram.unwrap();
            assert_eq!(histogram.counts.iter().sum::<u64>(), values.len() as u64, "{values:?}");
            let series = population.series.unwrap();
            assert!(series.points.len() * series.stride >= values.len() && series.points.len() <= SERIES_POINTS);
        }
    }
}
