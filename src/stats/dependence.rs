//! By what factor dependence between neighbours multiplies the variance of a statistic.
//!
//! In: the values of one run in recorded order, or its failures. Out: variance inflation factors, at least 1, by the same
//! method as the effective sample size in `order` (Geyer's initial positive sequence with bias correction, batch means for
//! long runs). Refuses nothing: runs of fewer than [`MIN_RUN`] values and runs of equal values give 1.
//!
//! The statistics differ in what they average: a center averages ranks, a percentile averages the indicator of being above
//! it, and a mean averages the values themselves; so each has a factor of its own.

use super::order::{MIN_RUN, effective_beyond, ranks};

/// Dependence of fewer than this many standard errors of independent values counts as none, so that intervals of independent
/// samples do not widen by chance.
const NOISE: f64 = 1.0;

/// Of the center: of the ranks, ties averaged.
pub fn of_ranks(ranks: &[f64]) -> f64 {
    let middle = f64::midpoint(ranks.len() as f64, 1.0);
    of_centered(&ranks.iter().map(|rank| rank - middle).collect::<Vec<f64>>())
}

/// Of a percentile: of the indicator that a value lies above the sample's p-quantile, taken from the ranks.
pub fn of_quantile(ranks: &[f64], p: f64) -> f64 {
    let border = p * (ranks.len() as f64 + 1.0);
    of_indicator(ranks.iter().map(|&rank| rank > border))
}

/// Of the mean: of the values themselves.
pub fn of_values(values: &[f64]) -> f64 {
    // Scaled by the largest magnitude, so that neither the sum nor a square overflows.
    let largest = values.iter().fold(0.0_f64, |largest, value| largest.max(value.abs()));
    if largest == 0.0 || !largest.is_finite() {
        return 1.0;
    }
    let mean = values.iter().map(|value| value / largest).sum::<f64>() / values.len() as f64;
    of_centered(&values.iter().map(|value| value / largest - mean).collect::<Vec<f64>>())
}

/// Of a share: of a series of events that happen or not.
pub fn of_indicator(events: impl Iterator<Item = bool>) -> f64 {
    let events: Vec<f64> = events.map(f64::from).collect();
    if events.is_empty() {
        return 1.0;
    }
    let mean = events.iter().sum::<f64>() / events.len() as f64;
    of_centered(&events.into_iter().map(|event| event - mean).collect::<Vec<f64>>())
}

/// Ranks from 1 of the values, ties averaged: what [`of_ranks`] and [`of_quantile`] want.
pub fn ranked(values: &[f64]) -> Vec<f64> {
    ranks(values)
}

fn of_centered(centered: &[f64]) -> f64 {
    let n = centered.len();
    if n < MIN_RUN {
        return 1.0;
    }
    let squares: f64 = centered.iter().map(|d| d * d).sum();
    if squares <= 0.0 || !squares.is_finite() {
        return 1.0;
    }
    (n as f64 / effective_beyond(centered, squares, NOISE)).max(1.0)
}

#[cfg(test)]
mod tests {
    use super::super::rng::Rng;
    use super::*;

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

    fn mean_of(phi: f64, factor: impl Fn(&[f64]) -> f64) -> f64 {
        (0..20).map(|seed| factor(&noise(2000, phi, seed))).sum::<f64>() / 20.0
    }

    #[test]
    fn means_of_an_autoregressive_series_have_the_known_factor() {
        // (1 + phi) / (1 - phi) for the values of an AR(1).
        let (independent, half) = (mean_of(0.0, of_values), mean_of(0.5, of_values));
        assert!((independent - 1.0).abs() < 0.08, "{independent}");
        assert!((half - 3.0).abs() < 0.3, "{half}");
        let ranks = mean_of(0.5, |values| of_ranks(&ranked(values)));
        assert!((ranks - 2.9).abs() < 0.3, "{ranks}");
    }

    #[test]
    fn a_tail_depends_less_than_the_middle_of_a_normal_series_does() {
        let [p50, p95, p99] = [0.5, 0.95, 0.99].map(|p| mean_of(0.8, |values| of_quantile(&ranked(values), p)));
        assert!(p50 > p95 && p95 > p99 && p99 > 1.5, "{p50} {p95} {p99}");
    }

    #[test]
    fn failures_in_clusters_count_for_less() {
        let clustered = of_indicator((0..1000).map(|index| index % 200 < 20));
        assert!(clustered > 10.0, "{clustered}");
        assert_eq!(of_indicator((0..1000).map(|_| false)), 1.0);
        assert_eq!(of_indicator(std::iter::empty()), 1.0);
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
