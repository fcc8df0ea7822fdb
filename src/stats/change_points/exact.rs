//! How unlikely a Mann-Whitney statistic is where one side has few points: counted, because the normal curve is wrong there.

use statrs::function::gamma::ln_gamma;

use crate::stats::interval::normal_quantile;

/// Sides of up to so many points are counted.
pub(super) const LONGEST_SIDE: usize = 12;
/// Statistics up to this are.
pub(super) const LARGEST: usize = 700;
/// No probability is taken as smaller.
const LEAST: f64 = 1e-300;

/// The score by which an interval's short side stands apart, for every size of that side and every statistic.
#[derive(Debug, Clone)]
pub(super) struct Tails {
    by_side: Vec<Vec<f64>>,
}

impl Tails {
    /// Of intervals of `n` points, for the shorter side: the number of subsets by the sum of their ranks is a Gaussian binomial
    /// coefficient, built factor by factor.
    pub(super) fn of(n: usize) -> Self {
        let mut ways = vec![0.0; LARGEST + 1];
        ways[0] = 1.0;
        let mut by_side = vec![Vec::new()];
        for side in 1..=LONGEST_SIDE.min(n / 2) {
            let factor = n - side + 1;
            for u in (factor..=LARGEST).rev() {
                ways[u] -= ways[u - factor];
            }
            for u in side..=LARGEST {
                ways[u] += ways[u - side];
            }
            by_side.push(scores(&ways, n, side));
        }
        Self { by_side }
    }

    /// The score of a side's statistic (the smaller of both), where it is counted.
    pub(super) fn score(&self, side: usize, statistic: f64) -> Option<f64> {
        self.by_side.get(side)?.get(statistic.ceil() as usize).copied()
    }
}

/// Scores of the statistics below the middle; above it nothing stands apart.
fn scores(ways: &[f64], n: usize, side: usize) -> Vec<f64> {
    let (all, k) = (n as f64, side as f64);
    let subsets = ln_gamma(all + 1.0) - ln_gamma(k + 1.0) - ln_gamma(all - k + 1.0);
    let middle = k * (all - k) / 2.0;
    let mut sum = 0.0;
    let score = |(u, ways): (usize, &f64)| {
        sum += ways.max(0.0);
        if u as f64 >= middle {
            return 0.0;
        }
        let p = (sum.max(LEAST).ln() - subsets).exp().clamp(LEAST, 0.5);
        -normal_quantile(p).unwrap_or(0.0)
    };
    ways.iter().enumerate().map(score).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_sides_are_counted() {
        // Of {1, 2, 3} and {4, 5, 6} one of 20 ways has the least sum of ranks, and two of 20 have at most the next: 5% and 10% on one
        // side, whose normal scores are 1.6449 and 1.2816.
        let tails = Tails::of(6);
        assert!((tails.score(3, 0.0).unwrap() - 1.6449).abs() < 1e-4);
        assert!((tails.score(3, 0.5).unwrap() - 1.2816).abs() < 1e-4);
        assert_eq!(tails.score(3, 4.5), Some(0.0), "the middle");
        assert_eq!(tails.score(4, 0.0), None, "no shorter side of six has four points");
        // Two points beyond 98 others: 1 of 4950.
        assert!((Tails::of(100).score(2, 0.0).unwrap() - 3.5374).abs() < 1e-3);
    }
}
