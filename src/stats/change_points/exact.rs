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

/// The score by which a side of `drawn` points stands apart that holds `found` or more of `kind` points among `n`: the tail of the
/// hypergeometric distribution.
pub(super) fn beyond_score(n: usize, kind: usize, drawn: usize, found: usize) -> f64 {
    let ways = |of: usize, some: usize| {
        ln_gamma(of as f64 + 1.0) - ln_gamma(some as f64 + 1.0) - ln_gamma((of - some) as f64 + 1.0)
    };
    let last = drawn.min(kind);
    if found > last || drawn - found > n - kind {
        return 0.0;
    }
    let mut term = (ways(kind, found) + ways(n - kind, drawn - found) - ways(n, drawn)).exp();
    let mut sum = term;
    for held in found..last {
        let (held, next) = (held as f64, held as f64 + 1.0);
        term *= (kind as f64 - held) * (drawn as f64 - held) / (next * (n as f64 - kind as f64 - drawn as f64 + next));
        sum += term;
        if term <= sum * f64::EPSILON {
            break;
        }
    }
    -normal_quantile(sum.clamp(LEAST, 0.5)).unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_side_that_holds_the_few_odd_points_is_as_unlikely_as_a_draw_of_them() {
        // Of 10 points 3 are odd; 4 drawn hold at least 2 of them in (3 * 21 + 7) / 210 = 1/3 of all cases, all 3 in 1/30.
        for (found, p) in [(2, 1.0 / 3.0), (3, 1.0 / 30.0)] {
            let score = -normal_quantile(p).unwrap();
            assert!((beyond_score(10, 3, 4, found) - score).abs() < 1e-9);
        }
        assert_eq!(beyond_score(10, 3, 4, 4), 0.0);
        assert_eq!(beyond_score(10, 3, 4, 0), 0.0, "what every draw holds");
        // Eight of ten are of a kind: three drawn hold at least one of them whatever is drawn.
        assert_eq!(beyond_score(10, 8, 3, 1), 0.0);
    }

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
