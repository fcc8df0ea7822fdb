//! From samples to the numbers of their population.
//!
//! In: clean values in recorded order, and the values that were taken out. Out: a [`Population`] of plain numbers in base
//! units. Very many samples are left to `large`.

use super::bins::Histogram;
use super::dependence::{Inflations, of_short_run};
use super::large::{self, GroupOf};
use super::modality;
use super::order::{self, LongMemory, Neighbours, SumsOfBlocks, Trends};
use super::outlier::{self, Extreme, NAMED_EXTREMES, Outliers, farthest};
use super::population::{Detail, Order, Population, kept_drift};
use super::run_samples::RunSamples;
use super::sample::Sample;
use super::samples::Slice;
use super::series::series;
use super::settings::{Depth, Settings, ShortRuns};
use super::summary::{quantile_limits, summarise};
use super::thin::{self, LONG_RUN, STRETCH};

/// Computes the numbers of a population. `groups` names the group of each clean value, for drawing.
pub fn describe(
    clean: Vec<f64>,
    corrupted: &[f64],
    groups: Option<&[u32]>,
    detail: Detail,
    settings: &Settings,
) -> Population {
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
        let mut population = large::population(&Slice(&clean), corrupted, group_of, detail, settings);
        population.samples = settings.keep_samples.then(|| RunSamples::kept(clean, settings));
        return population;
    }
    let raw = (!corrupted.is_empty())
        .then(|| Sample::new(clean.iter().chain(corrupted).copied().filter(|value| value.is_finite()).collect()).ok())
        .flatten()
        .map(|sample| summarise(&sample, Inflations::default(), settings));
    let Ok(sample) = Sample::new(clean) else {
        return Population { raw, corrupted: corrupted.len() as u64, ..Population::default() };
    };
    let neighbours = (detail == Detail::Full).then(|| order::neighbours(sample.in_order())).flatten();
    let order = (detail == Detail::Full).then(|| look_at_order(sample.in_order(), neighbours, settings.depth));
    let inflations = if detail.has_order() { inflations(&sample, neighbours, settings) } else { Inflations::default() };
    let mut outliers = outlier::outliers(sample.sorted());
    // A fence below zero can exclude nothing where no value is negative.
    outliers.low_fence = outliers.low_fence.filter(|fence| *fence >= 0.0 || sample.min() < 0.0);
    outliers.extremes = extremes(sample.in_order(), &outliers);
    let drawn = detail != Detail::Brief;
    if drawn && outliers.high < NAMED_EXTREMES as u64 {
        outliers.largest = largest_of(sample.in_order(), sample.sorted());
    }
    let sorted = sample.sorted();
    Population {
        label: None,
        clean: Some(summarise(&sample, inflations, settings)),
        raw,
        outliers: Some(outliers),
        order,
        modality: (drawn && settings.depth.is_full()).then(|| modality::assess(sorted)).flatten(),
        histogram: drawn
            .then(|| Histogram::of(sorted.len(), |place| sorted[place], |edges| below(sorted, edges)))
            .flatten(),
        series: drawn.then(|| series(sample.in_order(), groups)),
        corrupted: corrupted.len() as u64,
        samples: settings.keep_samples.then(|| RunSamples::kept(sample.into_in_order(), settings)),
        runs: None,
        buckets: Vec::new(),
        picked_one_in: None,
    }
}

/// By what factor dependence widens the intervals of a sample.
fn inflations(sample: &Sample, neighbours: Option<Neighbours>, settings: &Settings) -> Inflations {
    let (values, sorted) = (sample.in_order(), sample.sorted());
    if sample.is_constant() && settings.short_runs != ShortRuns::Dependent {
        return Inflations::of_equal();
    }
    let limits = quantile_limits(sorted);
    let found = if values.len() <= LONG_RUN {
        Inflations::of_run(values, &limits, neighbours)
    } else {
        let above = |limit: f64| SumsOfBlocks::above(values.len(), limit, |take| take(values));
        Inflations::of(&thin::stretches(values), STRETCH, values.len(), neighbours, &limits, above)
    };
    if settings.short_runs == ShortRuns::Dependent { found.at_least(of_short_run(values.len())) } else { found }
}

fn look_at_order(values: &[f64], neighbours: Option<Neighbours>, depth: Depth) -> Order {
    let trends = if depth.is_full() { order::trends(values) } else { Trends::default() };
    Order {
        lag1_autocorrelation: neighbours.map(|found| found.lag1),
        effective_sample_size: neighbours.map(|found| found.effective),
        warm_up: trends.warm_up,
        drift: trends.drift.filter(kept_drift),
        level_shift: trends.level_shift,
        hurst: neighbours.and_then(|found| found.memory).map(LongMemory::hurst),
        thinned: neighbours.is_some_and(|found| found.thinned),
    }
}

/// The values farthest beyond the fences.
fn extremes(values: &[f64], outliers: &Outliers) -> Vec<Extreme> {
    let beyond = (0..values.len()).filter(|index| outliers.is_outlier(values[*index]));
    let found = farthest(beyond.map(|index| (values[index].abs(), index)).collect());
    found.into_iter().map(|index| Extreme::new(index, values[index])).collect()
}

/// The largest values, of which the ascending ones say how large they are at least.
fn largest_of(values: &[f64], sorted: &[f64]) -> Vec<Extreme> {
    let Some(least) = sorted.get(sorted.len().saturating_sub(NAMED_EXTREMES)) else { return Vec::new() };
    let among = (0..values.len()).filter(|index| values[*index] >= *least).map(|index| (values[index], index));
    outlier::largest(among.collect()).into_iter().map(|(value, index)| Extreme::new(index, value)).collect()
}

/// How many values of an ascending slice lie below each edge.
fn below(sorted: &[f64], edges: &[f64]) -> Vec<u64> {
    edges.iter().map(|edge| sorted.partition_point(|value| value < edge) as u64).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn population(values: &[f64]) -> Population {
        describe(values.to_vec(), &[], None, Detail::Full, &Settings::default())
    }

    #[test]
    fn the_largest_samples_are_named_where_no_ten_are_outliers() {
        let mut values: Vec<f64> = (1..=100).map(f64::from).collect();
        values.swap(3, 97);
        let outliers = population(&values).outliers.unwrap();
        assert_eq!(outliers.high, 0);
        let found: Vec<(u64, f64)> = outliers.largest.iter().map(|one| (one.index, one.value)).collect();
        assert_eq!(found[..3], [(99, 100.0), (98, 99.0), (3, 98.0)]);
        assert_eq!(found.len(), 10);
        assert_eq!(population(&[5.0, 5.0, 5.0]).outliers.unwrap().largest.len(), 3);
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
        let population = describe(vec![1.0, 2.0], &[1e9], None, Detail::Full, &Settings::default());
        assert_eq!(population.clean.unwrap().max, 2.0);
        assert_eq!(population.raw.unwrap().max, 1e9);
        assert_eq!(describe(vec![1.0], &[], None, Detail::Full, &Settings::default()).raw, None);
    }

    #[test]
    fn nothing_left_gives_no_numbers() {
        let population = describe(Vec::new(), &[-1.0], None, Detail::Full, &Settings::default());
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
            assert!(
                series.points.len() as u64 * series.stride >= values.len() as u64
                    && series.points.len() <= super::super::series::SERIES_POINTS
            );
        }
    }
}
