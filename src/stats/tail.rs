//! Whether a heavy tail decides the mean.
//!
//! In: ascending values. Out: the index of the tail, where it is so small that the variance hardly exists: the mean of such samples is
//! decided by the few largest, and no interval made of their standard deviation holds. Refuses (with `None`) few samples, and tails that
//! are light enough.

/// Fewer samples show no tail.
const FEWEST: usize = 30;
/// The tail is what lies beyond the root of the number of samples from the top, within these.
const TAIL: std::ops::RangeInclusive<usize> = 10..=200;
/// The index below which there is no variance.
const NO_VARIANCE: f64 = 2.0;
/// An index up to here is near that, where one sample makes up...
const NEAR: f64 = 2.2;
/// ...more than this part of the squared deviations of all.
const DECIDING_SHARE: f64 = 0.3;

/// The tail index (Hill 1975), where the tail decides the mean: where it lies below 2 by a standard error, or near 2 while a single
/// sample makes up much of the variance. Of values on both sides of zero it is that of the distances from the median.
pub fn deciding(sorted: &[f64]) -> Option<f64> {
    let n = sorted.len();
    if n < FEWEST {
        return None;
    }
    let middle = sorted[n / 2];
    let distances: Vec<f64>;
    let ascending = if sorted[0] >= 0.0 {
        sorted
    } else {
        let mut all: Vec<f64> = sorted.iter().map(|value| (value - middle).abs()).collect();
        all.sort_unstable_by(f64::total_cmp);
        distances = all;
        &distances
    };
    let tail = (n as f64).sqrt() as usize;
    let tail = tail.clamp(*TAIL.start(), *TAIL.end());
    let border = ascending[n - 1 - tail];
    if border <= 0.0 {
        return None;
    }
    let excess = ascending[n - tail..].iter().map(|value| (value / border).ln()).sum::<f64>() / tail as f64;
    let index = 1.0 / excess;
    if !index.is_finite() || index > NEAR {
        return None;
    }
    let beyond_chance = index < NO_VARIANCE * (1.0 - 1.0 / (tail as f64).sqrt());
    let largest = (sorted[n - 1] - middle).abs().max((sorted[0] - middle).abs());
    // Scaled by the largest, so that no square overflows.
    let squares = || sorted.iter().map(|value| ((value - middle) / largest).powi(2)).sum::<f64>();
    (beyond_chance || squares() * DECIDING_SHARE < 1.0).then_some(index)
}

#[cfg(test)]
mod tests {
    use super::super::rng::Rng;
    use super::*;

    fn share(n: usize, draw: impl Fn(&mut Rng) -> f64) -> f64 {
        let decided = (0..300).filter(|seed| {
            let mut rng = Rng::new(*seed);
            let mut values: Vec<f64> = (0..n).map(|_| draw(&mut rng)).collect();
            values.sort_unstable_by(f64::total_cmp);
            deciding(&values).is_some()
        });
        decided.count() as f64 / 300.0
    }

    #[test]
    fn a_mean_without_a_variance_is_decided_by_the_tail() {
        for n in [100, 1000, 10_000] {
            let pareto = share(n, |rng| rng.uniform().powf(-1.0 / 1.2));
            assert!(pareto > 0.85, "{n}: {pareto}");
        }
    }

    #[test]
    fn ordinary_samples_keep_the_interval_of_their_mean() {
        for n in [100, 1000, 10_000] {
            for (name, found) in [
                ("normal", share(n, Rng::normal)),
                ("exponential", share(n, Rng::exponential)),
                ("lognormal 0.5", share(n, |rng| (0.5 * rng.normal()).exp())),
            ] {
                assert!(found < 0.06, "{name} {n}: {found}");
            }
        }
        assert_eq!(deciding(&[1.0, 1e9]), None);
        assert_eq!(deciding(&[0.0; 100]), None);
    }
}
