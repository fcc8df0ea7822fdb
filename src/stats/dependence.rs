//! By what factor dependence between neighbours multiplies the variance of a statistic.
//!
//! In: the values of one run in recorded order, or its failures. Out: variance inflation factors, at least 1, by the same
//! method as the effective sample size in `order` (Geyer's initial positive sequence with bias correction, batch means for
//! long runs, the lowest frequencies where dependence fades slowly). Refuses nothing: runs of fewer than [`FEWEST`] values, which can
//! show no dependence, and runs of equal values give 1.
//!
//! The statistics differ in what they average: a center averages ranks, a percentile averages the indicator of being above
//! it, and a mean averages the values themselves; so each has a factor of its own. How slowly dependence fades they share.

use super::clusters::EventRuns;
use super::indicator::Indicator;
use super::order::{
    self, Centered, LongMemory, MemoryEstimate, NeighbourScores, Neighbours, SumsOfBlocks, Values, ranks,
};

/// Dependence of fewer than this many standard errors of independent values counts as none, so that intervals of independent
/// samples do not widen by chance.
pub(crate) const NOISE: f64 = 1.0;
/// Fewer samples show no dependence at all: among ten independent ones one run in ten looks worth two or three, and has no interval then.
pub(crate) const FEWEST: usize = 20;
/// Runs of fewer samples cannot show their dependence.
const SHORT: usize = 100;
/// What neighbours have to do with each other is then taken to be that of an autoregressive series of this coefficient.
const SHORT_DEPENDENCE: f64 = 0.7;

/// The recorded order of a run.
pub struct RunOrder {
    ranks: Vec<f64>,
    estimate: Option<MemoryEstimate>,
    /// What is reckoned with.
    memory: Option<LongMemory>,
    center: Inflation,
}

/// By what factor dependence multiplies the variance of a statistic.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Inflation {
    /// What neighbours say.
    pub neighbours: f64,
    /// With the long memory that is reckoned with; at least what neighbours say.
    pub with_memory: f64,
    /// How far neighbours are from chance.
    pub(crate) scores: NeighbourScores,
}

impl Inflation {
    fn of(series: &impl Centered, memory: Option<LongMemory>) -> Self {
        let neighbours = inflation_of(series);
        let blocks = memory.and_then(|_| SumsOfBlocks::of(series));
        let with_memory = joined(neighbours, memory, blocks.as_ref());
        Self { neighbours, with_memory, scores: NeighbourScores::of(series) }
    }
}

impl RunOrder {
    /// Of the values of a run in recorded order, with the long memory that it shows beyond chance.
    pub fn of(values: &[f64]) -> Self {
        Self::reckoning_with(values, MemoryEstimate::is_beyond_chance)
    }

    /// The same with a memory as long as it seems to be, be that chance or not: another run may say that it is none.
    pub(crate) fn suggested(values: &[f64]) -> Self {
        Self::reckoning_with(values, |_| true)
    }

    fn reckoning_with(values: &[f64], counts: fn(MemoryEstimate) -> bool) -> Self {
        let ranks = ranks(values);
        let middle = f64::midpoint(ranks.len() as f64, 1.0);
        let centered: Vec<f64> = ranks.iter().map(|rank| rank - middle).collect();
        let series = Values::of(&centered, centered.len());
        let estimate = SumsOfBlocks::of(&series).as_ref().map(MemoryEstimate::of);
        let memory = estimate.filter(|estimate| counts(*estimate)).map(MemoryEstimate::memory);
        Self { center: Inflation::of(&series, memory), ranks, estimate, memory }
    }

    /// What it says of long memory; absent for a run that is too short, and for equal values.
    pub(crate) fn estimate(&self) -> Option<MemoryEstimate> {
        self.estimate
    }

    /// Of the center: of the ranks, ties averaged.
    pub fn center(&self) -> Inflation {
        self.center
    }

    /// Of a percentile: of the indicator that a value lies above the sample's p-quantile, taken from the ranks.
    pub fn quantile(&self, p: f64) -> Inflation {
        let border = p * (self.ranks.len() as f64 + 1.0);
        Inflation::of(&Indicator::of(self.ranks.iter().map(|rank| *rank > border)), self.memory)
    }

    /// Of the mean: of the values themselves, which are those that the order was made of.
    pub fn mean(&self, values: &[f64]) -> Inflation {
        let centered = scaled(values);
        Inflation::of(&Values::of(&centered, centered.len()), self.memory)
    }
}

/// By what factor what neighbours say multiplies the variance of the mean of a series.
fn inflation_of(series: &impl Centered) -> f64 {
    if series.len() < FEWEST { 1.0 } else { order::inflation_of(series, NOISE) }
}

fn joined(short: f64, memory: Option<LongMemory>, blocks: Option<&SumsOfBlocks>) -> f64 {
    memory.zip(blocks).map_or(short, |(memory, blocks)| short.max(memory.inflation(blocks)))
}

/// Values less their mean, scaled by the largest magnitude, so that neither the sum nor a square overflows.
fn scaled(values: &[f64]) -> Vec<f64> {
    let largest = values.iter().fold(0.0_f64, |largest, value| largest.max(value.abs()));
    if largest == 0.0 || !largest.is_finite() {
        return vec![0.0; values.len()];
    }
    let mean = values.iter().map(|value| value / largest).sum::<f64>() / values.len() as f64;
    values.iter().map(|value| value / largest - mean).collect()
}

/// Of a share: of events that happen or not, in recorded order. The larger of what neighbours say, and of what the lengths of
/// clusters and gaps say.
pub fn of_events(events: &[bool]) -> f64 {
    let neighbours = inflation_of(&Indicator::of(events.iter().copied()));
    neighbours.max(EventRuns::of(events.iter().copied()).clusters().inflation)
}

/// The factor that is assumed of so many samples which cannot show their own: that of the mean of a strongly dependent series,
/// fading out towards a hundred.
pub fn of_short_run(samples: usize) -> f64 {
    if !(2..SHORT).contains(&samples) {
        return 1.0;
    }
    let n = samples as f64;
    let fade = |lag: usize| (1.0 - lag as f64 / n) * SHORT_DEPENDENCE.powf(lag as f64);
    let whole: f64 = 2.0 * (1..samples).map(fade).sum::<f64>();
    1.0 + whole * (1.0 - (n / SHORT as f64).powi(2))
}

/// Whether a run is too short to show whether its neighbours depend on each other.
pub fn is_short(samples: u64) -> bool {
    samples < SHORT as u64
}

/// The factors of the numbers that describe one run.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Inflations {
    /// Of the mean; absent where the order says nothing.
    mean: Option<f64>,
    /// Of quantiles, by their probability.
    quantiles: Vec<(f64, f64)>,
}

impl Inflations {
    /// Of a run of samples, or of [`thin::stretches`](super::thin::stretches) of `size` of them, each `stretch` long. `limits`
    /// are the quantiles, `above` counts in blocks how many of all samples lie above one.
    pub(crate) fn of(
        samples: &[f64],
        stretch: usize,
        size: usize,
        neighbours: Option<Neighbours>,
        limits: &[(f64, f64)],
        above: impl Fn(f64) -> Option<SumsOfBlocks>,
    ) -> Self {
        let is_whole = stretch == samples.len();
        let quantile = |limit: f64| {
            let events = samples.iter().map(|value| *value > limit);
            let series = if is_whole { Indicator::of(events) } else { Indicator::of_stretches(events, stretch) };
            let memory = neighbours.and_then(|found| found.memory);
            let blocks = memory.and_then(|_| if is_whole { SumsOfBlocks::of(&series) } else { above(limit) });
            joined(inflation_of(&series), memory, blocks.as_ref())
        };
        let mean = || inflation_of(&Values::of(&scaled(samples), stretch));
        Self {
            mean: Some(neighbours.filter(|_| size >= FEWEST).map_or_else(mean, |found| size as f64 / found.effective)),
            quantiles: limits.iter().map(|(p, limit)| (*p, quantile(*limit))).collect(),
        }
    }

    /// The same of a run that is there as a whole.
    pub(crate) fn of_run(values: &[f64], limits: &[(f64, f64)], neighbours: Option<Neighbours>) -> Self {
        Self::of(values, values.len(), values.len(), neighbours, limits, |_| None)
    }

    /// Of samples that are all the same.
    pub(crate) fn of_equal() -> Self {
        Self { mean: Some(1.0), quantiles: Vec::new() }
    }

    /// At least a factor for each, which is assumed.
    pub(crate) fn at_least(mut self, assumed: f64) -> Self {
        self.mean = Some(self.mean.unwrap_or(1.0).max(assumed));
        for (_, factor) in &mut self.quantiles {
            *factor = factor.max(assumed);
        }
        self
    }

    /// Of the mean.
    pub(crate) fn mean(&self) -> Option<f64> {
        self.mean
    }

    /// Of a quantile; 1 where nothing is known.
    pub(crate) fn quantile(&self, p: f64) -> f64 {
        self.quantiles.iter().find(|(known, _)| *known == p).map_or(1.0, |(_, factor)| *factor)
    }
}

#[cfg(test)]
mod tests {
    use super::super::rng::Rng;
    use super::*;

    fn of_values(values: &[f64]) -> f64 {
        RunOrder::of(values).mean(values).with_memory
    }

    fn noise(n: usize, phi: f64, seed: u64) -> Vec<f64> {
        let mut rng = Rng::new(seed);
        let mut x = 0.0;
        (0..n)
            .map(|_| {
                x = phi * x + rng.normal();
                x
            })
            .collect()
    }

    /// The usual factor: one series in twelve looks as if it had a long memory.
    fn median_of(phi: f64, factor: impl Fn(&[f64]) -> f64) -> f64 {
        let mut factors: Vec<f64> = (0..21).map(|seed| factor(&noise(2000, phi, seed))).collect();
        factors.sort_unstable_by(f64::total_cmp);
        factors[10]
    }

    #[test]
    fn means_of_an_autoregressive_series_have_the_known_factor() {
        // (1 + phi) / (1 - phi) for the values of an AR(1).
        let (independent, half) = (median_of(0.0, of_values), median_of(0.5, of_values));
        assert!((independent - 1.0).abs() < 0.08, "{independent}");
        assert!((half - 3.0).abs() < 0.3, "{half}");
        let ranks = median_of(0.5, |values| RunOrder::of(values).center().with_memory);
        assert!((ranks - 2.9).abs() < 0.3, "{ranks}");
    }

    #[test]
    fn a_tail_depends_less_than_the_middle_of_a_normal_series_does() {
        let [p50, p95, p99] =
            [0.5, 0.95, 0.99].map(|p| median_of(0.8, |values| RunOrder::of(values).quantile(p).with_memory));
        assert!(p50 > p95 && p95 > p99 && p99 > 1.5, "{p50} {p95} {p99}");
    }

    #[test]
    fn failures_in_clusters_count_for_less() {
        let clustered = of_events(&(0..1000).map(|index| index % 200 < 20).collect::<Vec<bool>>());
        assert!(clustered > 10.0, "{clustered}");
        assert_eq!(of_events(&[false; 1000]), 1.0);
        assert_eq!(of_events(&[]), 1.0);
    }

    #[test]
    fn a_short_run_is_assumed_to_depend_and_a_long_one_shows_it() {
        // 1 + 2 sum of (1 - k/n) 0.7^k: 4.15 for ten, of which a hundredth of the excess is taken off.
        assert!((of_short_run(10) - 4.124).abs() < 0.005, "{}", of_short_run(10));
        assert!(of_short_run(30) > of_short_run(80) && of_short_run(80) > 2.0);
        assert_eq!((of_short_run(100), of_short_run(1), of_short_run(0)), (1.0, 1.0, 1.0));
    }

    #[test]
    fn short_equal_and_huge_values_give_a_finite_factor() {
        assert_eq!(of_values(&[1.0, 2.0, 9.0]), 1.0);
        assert_eq!(of_values(&[7.0; 100]), 1.0);
        assert_eq!(of_values(&[0.0; 100]), 1.0);
        let huge: Vec<f64> = noise(100, 0.9, 1).iter().map(|value| value * 1e307).collect();
        let factor = of_values(&huge);
        assert!(factor.is_finite() && factor > 1.0, "{factor}");
    }
}
