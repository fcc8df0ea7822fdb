//! The numbers of very many samples, neither sorted nor copied.
//!
//! In: [`Samples`] that can be looked at again and again, all of them finite. Out: the same [`Population`] as of a sorted
//! sample. Exact, bit for bit: count, sum, mean, standard deviation, extremes, median, percentiles and their intervals,
//! IQR, MAD, outliers, histogram. From one sample in every few (seeded, see [`thin`]): the Shamos spread, the modes, the
//! medians of the series, and what the order shows; the population says so.
//!
//! Refuses Harrell-Davis percentiles: they weigh thousands of order statistics each, and a sort is the better way there.

use rayon::prelude::*;

use super::bins::Histogram;
use super::counts::Counts;
use super::dependence::Inflations;
use super::exact::{Exact, exact_sum};
use super::modality;
use super::moments::Moments;
use super::order::{self, LongMemory, Neighbours, SumsOfBlocks, Trends};
use super::outlier::{Extreme, Fences, NAMED_EXTREMES, Outliers, farthest, fence_of, largest, positive_and_skewed};
use super::population::{Detail, Order, Population, kept_drift};
use super::quantile::{QuantileMethod, quantile_of};
use super::sample::{median_of_sorted, midpoint};
use super::samples::{Samples, by_parts};
use super::select::Selector;
use super::series::{Series, SeriesPoint, p95_of, stride_of};
use super::settings::{Depth, Settings};
use super::sorting::sort;
use super::spread;
use super::summary::{Basics, Summary, quantile_limits};
use super::tail;
use super::thin;

/// More samples are looked at in passes instead of being sorted: from here on a sorted copy no longer fits the caches, and
/// the memory for it matters.
pub(crate) const MOST_SORTED: usize = 1 << 18;
/// At most so many samples are picked for what is not computed from all.
const MOST_PICKED: usize = 1 << 18;

/// The group of all samples in a range of indexes, where they share one.
pub(crate) type GroupOf<'a> = dyn Fn(std::ops::Range<usize>) -> Option<u32> + Sync + 'a;

/// Whether so many samples are looked at in passes.
pub(crate) fn is_large(samples: usize, settings: &Settings) -> bool {
    samples > MOST_SORTED && settings.quantile_method != QuantileMethod::HarrellDavis
}

/// Where order statistics come from.
enum Ranks<'a, S: Samples + ?Sized> {
    /// Few numbers, counted.
    Counted(&'a Counts),
    /// Passes over the samples.
    Selected(Selector<'a, S, fn(f64) -> f64>),
}

impl<S: Samples + ?Sized> Ranks<'_, S> {
    /// The values of ranks.
    fn values(&self, ranks: &[usize]) -> Vec<f64> {
        match self {
            Self::Counted(counts) => ranks.iter().map(|rank| counts.at(*rank)).collect(),
            Self::Selected(selector) => selector.values(ranks),
        }
    }

    /// For each of the ascending thresholds the number of values below it.
    fn below(&self, thresholds: &[f64]) -> Vec<u64> {
        match self {
            Self::Counted(counts) => thresholds.iter().map(|threshold| counts.below(*threshold)).collect(),
            Self::Selected(selector) => selector.below(thresholds),
        }
    }
}

/// Order statistics that are known.
struct OrderStatistics {
    ranks: Vec<usize>,
    values: Vec<f64>,
}

impl OrderStatistics {
    /// Those for which `wanted` asks.
    fn of<S: Samples + ?Sized>(of: &Ranks<'_, S>, wanted: impl FnOnce(&dyn Fn(usize) -> f64)) -> Self {
        let asked = std::cell::RefCell::new(Vec::new());
        wanted(&|rank| {
            asked.borrow_mut().push(rank);
            // Any ascending numbers do: equal ones would end a computation before it asked for all.
            rank as f64
        });
        let mut ranks = asked.into_inner();
        ranks.sort_unstable();
        ranks.dedup();
        let values = of.values(&ranks);
        Self { ranks, values }
    }

    fn at(&self, rank: usize) -> Option<f64> {
        self.ranks.binary_search(&rank).ok().map(|place| self.values[place])
    }
}

/// What is known of samples before they are looked at more closely.
struct Basis<'a> {
    range: (f64, f64),
    picked: &'a Subsample,
    /// Where they are few numbers.
    counts: Option<&'a Counts>,
}

/// One sample in every few.
struct Subsample {
    stride: usize,
    places: Vec<usize>,
    values: Vec<f64>,
    sorted: Vec<f64>,
}

impl Subsample {
    fn of(samples: &(impl Samples + ?Sized), range: (f64, f64)) -> Self {
        let stride = thin::stride(samples.len(), MOST_PICKED);
        let places: Vec<usize> = thin::picked(samples.len(), stride).collect();
        let equal = range.0 == range.1;
        let values = if equal { vec![range.0; places.len()] } else { samples.picked(&places) };
        let mut sorted = values.clone();
        sort(&mut sorted);
        Self { stride, places, values, sorted }
    }
}

/// The population of so many samples.
pub(crate) fn population(
    clean: &impl Samples,
    corrupted: &[f64],
    group_of: Option<&GroupOf<'_>>,
    detail: Detail,
    settings: &Settings,
) -> Population {
    let range = range_of(clean);
    let picked = Subsample::of(clean, range);
    let counts = if range.0 == range.1 {
        Some(Counts::of_equal(range.0, clean.len()))
    } else {
        Counts::of(clean, range, &picked.values)
    };
    let more: Vec<f64> = corrupted.iter().filter(|value| value.is_finite()).map(|value| value + 0.0).collect();
    let raw = || {
        let all = Chain { first: clean, more: &more };
        let range = range_of(&all);
        let picked = Subsample::of(&all, range);
        let counts = counts.as_ref().map(|counts| {
            let mut more = more.clone();
            sort(&mut more);
            counts.merged(&Counts::of_sorted(&more))
        });
        let known = Basis { range, picked: &picked, counts: counts.as_ref() };
        let (moments, (seen, ())) = rayon::join(
            || moments_of(&all, &known),
            || look(&all, &known, (&Inflations::default(), settings), |_, _| ()),
        );
        seen.summary(moments, Inflations::default(), settings)
    };
    let raw = (!corrupted.is_empty()).then(raw);
    let known = Basis { range, picked: &picked, counts: counts.as_ref() };
    let order = detail.has_order().then(|| RecordedOrder::of(clean, &known, detail));
    let inflations = order.as_ref().map(|order| order.inflations.clone()).unwrap_or_default();
    let neighbours = order.and_then(|order| order.neighbours);
    let (moments, ((seen, (fences, histogram)), order)) = rayon::join(
        || moments_of(clean, &known),
        || {
            let drawn = detail != Detail::Brief;
            let seen = look(clean, &known, (&inflations, settings), |seen, ranks| {
                let histogram = || Histogram::of(seen.n, |rank| seen.at(rank), |edges| ranks.below(edges));
                (outliers(clean, &known, seen, ranks), drawn.then(histogram).flatten())
            });
            (seen, (detail == Detail::Full).then(|| look_at_order(clean, range, neighbours, settings.depth)))
        },
    );
    let mut outliers = with_extremes(clean, fences, &known);
    let drawn = detail != Detail::Brief;
    if drawn && outliers.high < NAMED_EXTREMES as u64 {
        outliers.largest = largest_of(clean);
    }
    Population {
        label: None,
        clean: Some(seen.summary(moments, inflations, settings)),
        raw,
        outliers: Some(outliers),
        order,
        modality: (drawn && settings.depth.is_full()).then(|| modality::assess(&picked.sorted)).flatten(),
        histogram,
        series: drawn.then(|| series(clean, &known, group_of)),
        corrupted: corrupted.len() as u64,
        samples: None,
        buckets: Vec::new(),
        runs: None,
        picked_one_in: Some(picked.stride as u64),
    }
}

/// Samples and a few more behind them.
struct Chain<'a, S> {
    first: &'a S,
    more: &'a [f64],
}

impl<S: Samples> Samples for Chain<'_, S> {
    fn len(&self) -> usize {
        self.first.len() + self.more.len()
    }

    fn visit(&self, range: std::ops::Range<usize>, take: &mut dyn FnMut(&[f64])) {
        let border = self.first.len();
        if range.start < border {
            self.first.visit(range.start..range.end.min(border), take);
        }
        if range.end > border {
            take(&self.more[range.start.max(border) - border..range.end - border]);
        }
    }

    fn at(&self, index: usize) -> f64 {
        index.checked_sub(self.first.len()).map_or_else(|| self.first.at(index), |index| self.more[index])
    }
}

fn range_of(samples: &(impl Samples + ?Sized)) -> (f64, f64) {
    by_parts(
        samples,
        || (f64::INFINITY, f64::NEG_INFINITY),
        |range, _, block| {
            *range = block.iter().fold(*range, |(low, high), value| (low.min(*value), high.max(*value)));
        },
        |a, b| (a.0.min(b.0), a.1.max(b.1)),
    )
}

/// From counts where there are any, else in the recorded order, in which logarithms are added.
fn moments_of(samples: &(impl Samples + ?Sized), known: &Basis<'_>) -> Moments {
    let by_blocks = || Moments::of_blocks(known.range, |take| samples.visit(0..samples.len(), take));
    known.counts.map_or_else(by_blocks, Moments::of_counts)
}

/// What the order statistics show.
struct Spread {
    n: usize,
    known: OrderStatistics,
    mad: f64,
    shamos: Option<f64>,
    /// Of the part of the samples that was picked.
    heavy_tail: Option<f64>,
}

impl Spread {
    fn at(&self, rank: usize) -> f64 {
        let known = self.known.at(rank);
        debug_assert!(known.is_some(), "rank {rank} was not asked for");
        known.unwrap_or_default()
    }

    fn summary(&self, moments: Moments, inflations: Inflations, settings: &Settings) -> Summary {
        let basics = Basics { moments, mad: self.mad, shamos: self.shamos, inflations, heavy_tail: self.heavy_tail };
        Summary::of(self.n, |rank| self.at(rank), &basics, settings)
    }
}

/// Finds the order statistics that all numbers are made of, and hands them to `more` with the counts they came from.
fn look<'a, S: Samples + ?Sized, T>(
    samples: &'a S,
    of: &Basis<'a>,
    (inflations, settings): (&Inflations, &Settings),
    more: impl FnOnce(&Spread, &Ranks<'a, S>) -> T,
) -> (Spread, T) {
    let n = samples.len();
    let ranks: Ranks<'a, S> = match of.counts {
        Some(counts) => Ranks::Counted(counts),
        None => Ranks::Selected(Selector::new(samples, of.range, |value| value)),
    };
    let known = OrderStatistics::of(&ranks, |at| {
        let nothing = Basics { inflations: inflations.clone(), ..Basics::default() };
        Summary::of(n, at, &nothing, settings);
        for p in [0.25, 0.75] {
            quantile_of(n, at, p, QuantileMethod::Type7);
        }
        for p in [0.1, 0.5, 0.9] {
            quantile_of(n, at, p, QuantileMethod::Type6);
        }
        // Around the median and the quarters: the MAD, and the medians of both halves.
        for middle in [n / 4, n / 2, n - n / 4] {
            (middle - 4..middle + 4).for_each(|rank| {
                at(rank);
            });
        }
    });
    let at = |rank: usize| known.at(rank).unwrap_or_default();
    let center = midpoint(at((n - 1) / 2), at(n / 2));
    // More than half of the samples lie within `far`, fewer than half within `near`.
    let (below, above) = (|off: usize| center - at(n / 4 - 2 + off), |off: usize| at(n - n / 4 + 2 - off) - center);
    let near = below(4).min(above(4)).max(0.0);
    let far = below(0).max(above(0)).max(near);
    let mad = if let Some(counts) = of.counts {
        let distances = counts.distances(center);
        midpoint(distances.at((n - 1) / 2), distances.at(n / 2))
    } else if near == far {
        near
    } else {
        let distances = Selector::new(samples, (near, far), |value: f64| (value - center).abs().clamp(near, far));
        let middle = distances.values(&[(n - 1) / 2, n / 2]);
        midpoint(middle[0], middle[1])
    };
    let shamos = spread::shamos(&of.picked.sorted).map(|shamos| shamos.spread);
    let heavy_tail = tail::deciding(&of.picked.sorted);
    let seen = Spread { n, known, mad: mad.min(f64::MAX), shamos, heavy_tail };
    let more = more(&seen, &ranks);
    (seen, more)
}

/// Double MAD, as of a sorted sample; the values beyond the fences are not counted yet.
fn outliers<S: Samples + ?Sized>(samples: &S, of: &Basis<'_>, seen: &Spread, ranks: &Ranks<'_, S>) -> Fences {
    let n = seen.n;
    let at = |rank: usize| seen.at(rank);
    let on_logs = positive_and_skewed(n, at);
    let scale = |value: f64| if on_logs { value.ln() } else { value };
    let (lower, upper) = (at((n - 1) / 2), at(n / 2));
    let center = if n % 2 == 1 { scale(upper) } else { midpoint(scale(lower), scale(upper)) };
    let tied = lower == upper && (at(n / 2 - 2) == lower || at(n / 2 + 1) == upper || n.is_multiple_of(2));
    let (from, until) = if tied {
        let around = ranks.below(&[lower, lower.next_up()]);
        (around[0] as usize, around[1] as usize)
    } else {
        (n / 2, n.div_ceil(2))
    };
    let middles = [(until - 1) / 2, until / 2, from + (n - from - 1) / 2, from + (n - from) / 2];
    let known = middles.iter().map(|rank| seen.known.at(*rank)).collect::<Option<Vec<f64>>>();
    let values: Vec<f64> = known.unwrap_or_else(|| ranks.values(&middles)).into_iter().map(scale).collect();
    let low_mad = (center - midpoint(values[0], values[1])).clamp(0.0, f64::MAX);
    let high_mad = (midpoint(values[2], values[3]) - center).clamp(0.0, f64::MAX);
    let mean_deviation = |size: usize, inside: &dyn Fn(f64) -> bool| {
        let size = size as f64;
        let distance = |value: f64| (scale(value) / size - center / size).abs();
        if let Some(counts) = of.counts {
            return exact_sum(counts.iter().filter(|(value, _)| inside(*value)).map(|(value, n)| (distance(value), n)));
        }
        let mut sum = Exact::default();
        samples.visit(0..n, &mut |block| {
            block.iter().filter(|value| inside(**value)).for_each(|value| sum.add_times(distance(*value), 1));
        });
        sum.sum()
    };
    let low = fence_of(low_mad, -1.0, center, || mean_deviation(until, &|value| value <= upper));
    let high = fence_of(high_mad, 1.0, center, || mean_deviation(n - from, &|value| value >= lower));
    Fences::new(low, high, on_logs)
}

/// The largest samples.
fn largest_of(samples: &impl Samples) -> Vec<Extreme> {
    let found = by_parts(
        samples,
        Vec::new,
        |found: &mut Vec<(f64, usize)>, start, block| {
            let least = found.get(NAMED_EXTREMES - 1).map_or(f64::NEG_INFINITY, |one| one.0);
            let larger = block.iter().enumerate().filter(|(_, value)| **value > least);
            found.extend(larger.map(|(offset, value)| (*value, start + offset)));
            *found = largest(std::mem::take(found));
        },
        |mut a, b| {
            a.extend(b);
            largest(a)
        },
    );
    found.into_iter().map(|(value, index)| Extreme::new(index, value)).collect()
}

/// How many values lie below and above the fences, and some of them with their indexes.
type Beyond = (usize, usize, Vec<(f64, usize)>);

/// Counts what lies beyond the fences and finds the farthest.
fn with_extremes(samples: &impl Samples, fences: Fences, of: &Basis<'_>) -> Outliers {
    let mut fences = fences;
    // A fence below zero can exclude nothing where no value is negative.
    fences.low = fences.low.filter(|fence| *fence >= 0.0 || of.range.0 < 0.0);
    let low = fences.low.unwrap_or(f64::NEG_INFINITY);
    let high = fences.high.unwrap_or(f64::INFINITY);
    if of.range.0 >= low && of.range.1 <= high {
        return fences.with_counts(0, 0);
    }
    let shorten = |beyond: &mut Beyond| {
        if beyond.2.len() > 16 * NAMED_EXTREMES {
            let kept = farthest_of(std::mem::take(&mut beyond.2));
            beyond.2 = kept;
        }
    };
    let (low_count, high_count, beyond) = by_parts(
        samples,
        || (0, 0, Vec::new()),
        |beyond: &mut Beyond, start, block| {
            if block.iter().all(|value| (low..=high).contains(value)) {
                return;
            }
            for (offset, value) in block.iter().enumerate() {
                beyond.0 += usize::from(*value < low);
                beyond.1 += usize::from(*value > high);
                if *value < low || *value > high {
                    beyond.2.push((value.abs(), start + offset));
                }
            }
            shorten(beyond);
        },
        |mut a, b| {
            a.2.extend(b.2);
            (a.0 + b.0, a.1 + b.1, a.2)
        },
    );
    let extreme = |index| Extreme::new(index, samples.at(index));
    let extremes = farthest(beyond).into_iter().map(extreme).collect();
    Outliers { extremes, ..fences.with_counts(low_count, high_count) }
}

/// The largest magnitudes with their indexes, a few more than are named.
fn farthest_of(mut beyond: Vec<(f64, usize)>) -> Vec<(f64, usize)> {
    beyond.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    beyond.truncate(NAMED_EXTREMES);
    beyond
}

fn series(samples: &impl Samples, known: &Basis<'_>, group_of: Option<&GroupOf<'_>>) -> Series {
    let (n, picked) = (samples.len(), known.picked);
    let stride = stride_of(n);
    let points = (0..n.div_ceil(stride))
        .into_par_iter()
        .map(|point| {
            let range = point * stride..((point + 1) * stride).min(n);
            let group = group_of.and_then(|group_of| group_of(range.clone()));
            let (mut min, mut max) = known.range;
            if min < max {
                (min, max) = (f64::INFINITY, f64::NEG_INFINITY);
                samples.visit(range.clone(), &mut |block| {
                    (min, max) = block.iter().fold((min, max), |(min, max), value| (min.min(*value), max.max(*value)));
                });
            }
            let from = picked.places.partition_point(|place| *place < range.start);
            let until = picked.places.partition_point(|place| *place < range.end);
            let mut values = picked.values[from..until].to_vec();
            sort(&mut values);
            SeriesPoint { min, median: median_of_sorted(&values).clamp(min, max), p95: p95_of(&values), max, group }
        })
        .collect();
    Series { stride: stride as u64, points, corrupted: Vec::new() }
}

/// What neighbours have to do with each other, and by what factor that widens each interval.
struct RecordedOrder {
    neighbours: Option<Neighbours>,
    inflations: Inflations,
}

impl RecordedOrder {
    /// From contiguous stretches; long memory from blocks of all samples. The limits of percentiles come from a part of the samples: how
    /// samples beyond a limit cluster hardly changes where the limit moves by a little.
    fn of(samples: &impl Samples, known: &Basis<'_>, detail: Detail) -> Self {
        let n = samples.len();
        if known.range.0 == known.range.1 {
            return Self { neighbours: None, inflations: Inflations::of_equal() };
        }
        let mut stretches = Vec::with_capacity(thin::STRETCHES * thin::STRETCH);
        for start in thin::stretch_starts(n) {
            samples.visit(start..start + thin::STRETCH, &mut |block| stretches.extend_from_slice(block));
        }
        let above = |limit: f64| SumsOfBlocks::above(n, limit, |take| samples.visit(0..n, take));
        let neighbours = (detail == Detail::Full).then(|| order::neighbours_in(&stretches, n, above)).flatten();
        let limits = quantile_limits(&known.picked.sorted);
        let inflations = Inflations::of(&stretches, thin::STRETCH, n, neighbours, &limits, above);
        Self { neighbours, inflations }
    }
}

fn look_at_order(samples: &impl Samples, range: (f64, f64), neighbours: Option<Neighbours>, depth: Depth) -> Order {
    let n = samples.len();
    let stride = thin::stride(n, thin::LONG_RUN);
    let trends = if depth.is_full() && range.0 < range.1 {
        let picked = samples.picked(&thin::picked(n, stride).collect::<Vec<usize>>());
        order::trends_in(&picked, n, stride)
    } else {
        Trends::default()
    };
    Order {
        lag1_autocorrelation: neighbours.map(|found| found.lag1),
        effective_sample_size: neighbours.map(|found| found.effective),
        warm_up: trends.warm_up.filter(|_| range.0 > 0.0),
        drift: trends.drift.filter(kept_drift),
        level_shift: trends.level_shift,
        hurst: neighbours.and_then(|found| found.memory).map(LongMemory::hurst),
        thinned: true,
    }
}

#[cfg(test)]
mod tests {
    use super::super::describe::describe;
    use super::super::outlier;
    use super::super::rng::Rng;
    use super::super::sample::Sample;
    use super::super::samples::Slice;
    use super::*;

    fn check(values: &[f64]) {
        let settings = Settings::default();
        let found = population(&Slice(values), &[], None, Detail::Full, &settings);
        let sample = Sample::new(values.to_vec()).unwrap();
        let sorted = sample.sorted();
        let summary = found.clean.unwrap();
        let range = (sample.min(), sample.max());
        let picked = Subsample::of(&Slice(values), range);
        let known = Basis { range, picked: &picked, counts: None };
        let basics = Basics {
            moments: *sample.moments(),
            mad: spread::mad(sorted),
            shamos: summary.shamos,
            inflations: RecordedOrder::of(&Slice(values), &known, Detail::Full).inflations,
            heavy_tail: tail::deciding(&picked.sorted),
        };
        assert_eq!(summary, Summary::of(sorted.len(), |rank| sorted[rank], &basics, &settings));
        let mut expected = outlier::outliers(sorted);
        expected.low_fence = expected.low_fence.filter(|fence| *fence >= 0.0 || sample.min() < 0.0);
        let outliers = found.outliers.unwrap();
        assert_eq!((outliers.high_fence, outliers.high), (expected.high_fence, expected.high));
        assert_eq!((outliers.low_fence, outliers.on_logs), (expected.low_fence, expected.on_logs));
        let mut beyond: Vec<usize> = (0..values.len()).filter(|index| outliers.is_outlier(values[*index])).collect();
        beyond.sort_by(|a, b| values[*b].abs().total_cmp(&values[*a].abs()).then(a.cmp(b)));
        beyond.truncate(NAMED_EXTREMES);
        assert_eq!(outliers.extremes.iter().map(|extreme| extreme.index as usize).collect::<Vec<usize>>(), beyond);
        let histogram = found.histogram.unwrap();
        assert_eq!(histogram.counts.iter().sum::<u64>(), values.len() as u64);
        let below = |edges: &[f64]| {
            edges.iter().map(|edge| sorted.partition_point(|value| value < edge) as u64).collect::<Vec<u64>>()
        };
        assert_eq!(Some(histogram), Histogram::of(sorted.len(), |rank| sorted[rank], below));
    }

    #[test]
    fn passes_find_what_a_sort_finds() {
        let draws: [fn(&mut Rng) -> f64; 4] = [
            |rng| 0.05 * (0.8 * rng.normal()).exp(),
            |rng| rng.normal(),
            |rng| (30.0 + 4.0 * rng.normal()).round() / 1000.0,
            |rng| if rng.uniform() < 0.7 { 0.0 } else { rng.exponential() },
        ];
        for (seed, draw) in draws.into_iter().enumerate() {
            let mut rng = Rng::new(seed as u64);
            let values: Vec<f64> = (0..200_001).map(|_| draw(&mut rng)).collect();
            check(&values);
            check(&values[1..]);
        }
    }

    #[test]
    fn the_size_decides_and_the_population_says_so() {
        let mut rng = Rng::new(5);
        let values: Vec<f64> = (0..=MOST_SORTED).map(|_| rng.exponential()).collect();
        let settings = Settings::default();
        let large = describe(values.clone(), &[1e12], None, Detail::Full, &settings);
        assert_eq!((large.picked_one_in, large.order.as_ref().map(|order| order.thinned)), (Some(2), Some(true)));
        assert_eq!(large.raw.as_ref().map(|raw| (raw.n, raw.max)), Some((MOST_SORTED as u64 + 2, 1e12)));
        let small = describe(values[1..].to_vec(), &[], None, Detail::Full, &settings);
        assert_eq!(small.picked_one_in, None);
        let (large, small) = (large.clean.unwrap(), small.clean.unwrap());
        assert!((large.shamos.unwrap() / small.shamos.unwrap() - 1.0).abs() < 0.005);
    }
}
