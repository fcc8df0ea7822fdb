//! The Mann-Whitney statistic of every split of an interval, on the ranks inside of it, so that what lies outside counts for nothing.

use super::exact::{LARGEST, LONGEST_SIDE, Tails};

/// A side of fewer points is no level: one odd run is no change.
const SHORTEST_SIDE: usize = 2;
/// With more ties than this the counted tails do not hold, which know none.
const FEW_TIES: f64 = 0.9;

/// The split of an interval that stands most apart.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Split {
    /// First point of the second side.
    pub(super) at: usize,
    pub(super) score: f64,
}

/// The places of the values in ascending order; equal ones share one.
pub(super) fn dense_ranks(values: &[f64]) -> Vec<u32> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_unstable_by(|one, other| values[*one].total_cmp(&values[*other]));
    let mut ranks = vec![0; values.len()];
    let mut rank = 0;
    for pair in order.windows(2) {
        rank += u32::from(values[pair[1]] != values[pair[0]]);
        ranks[pair[1]] = rank;
    }
    ranks
}

/// Reused between intervals.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    order: Vec<u64>,
    ranks: Vec<f64>,
}

impl Scratch {
    /// Middle ranks inside an interval, and the factor by which ties narrow their spread; `None` where all are equal.
    fn rank(&mut self, dense: &[u32]) -> Option<f64> {
        let n = dense.len();
        self.order.clear();
        self.order.extend(dense.iter().enumerate().map(|(place, rank)| u64::from(*rank) << 32 | place as u64));
        self.order.sort_unstable();
        self.ranks.clear();
        self.ranks.resize(n, 0.0);
        let (mut from, mut ties) = (0, 0.0);
        while from < n {
            let rank = self.order[from] >> 32;
            let to = from + self.order[from..].iter().take_while(|key| **key >> 32 == rank).count();
            let middle = (from + to - 1) as f64 / 2.0 + 1.0;
            for key in &self.order[from..to] {
                self.ranks[(key & u64::from(u32::MAX)) as usize] = middle;
            }
            let tied = (to - from) as f64;
            ties += tied * tied * tied - tied;
            from = to;
        }
        let all = n as f64;
        let factor = 1.0 - ties / (all * all * all - all);
        (factor > 0.0).then_some(factor)
    }
}

/// The split of an interval with the largest score; `dense` are the ranks of its points, `begin` is the first of them.
pub(super) fn best_split(dense: &[u32], begin: usize, tails: &Tails, scratch: &mut Scratch) -> Split {
    let mut best = Split { at: begin, score: 0.0 };
    let Some(factor) = scratch.rank(dense) else { return best };
    let n = dense.len();
    let mut sum = 0.0;
    for (side, rank) in (1..n).zip(&scratch.ranks) {
        sum += rank;
        if side < SHORTEST_SIDE || n - side < SHORTEST_SIDE {
            continue;
        }
        let score = score(sum, side, n, factor, tails);
        if score > best.score {
            best = Split { at: begin + side, score };
        }
    }
    best
}

/// The score of one split, of sides of any length.
pub(super) fn score_at(dense: &[u32], side: usize, tails: &Tails) -> f64 {
    let mut scratch = Scratch::default();
    let Some(factor) = scratch.rank(dense) else { return 0.0 };
    score(scratch.ranks[..side].iter().sum(), side, dense.len(), factor, tails)
}

/// From the sum of the ranks of the first side.
fn score(sum: f64, side: usize, n: usize, factor: f64, tails: &Tails) -> f64 {
    let (k, all) = (side as f64, n as f64);
    let pairs = k * (all - k);
    let u = sum - k * (k + 1.0) / 2.0;
    let normal = (u - pairs / 2.0).abs() / (pairs * (all + 1.0) / 12.0 * factor).sqrt();
    let (short, statistic) = (side.min(n - side), u.min(pairs - u));
    if short > LONGEST_SIDE || statistic > LARGEST as f64 || factor <= FEW_TIES {
        return normal;
    }
    tails.score(short, statistic).map_or(normal, |counted| counted.max(normal))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_split_that_stands_apart_is_found_with_its_score() {
        // Four below four: U = 0, z = 8 / sqrt(12) = 2.3094; counted 1 of 70 on one side: 2.1893.
        let dense = dense_ranks(&[3.0, 1.0, 2.0, 4.0, 9.0, 7.0, 8.0, 6.0]);
        let split = best_split(&dense, 10, &Tails::of(8), &mut Scratch::default());
        assert_eq!(split.at, 14);
        assert!((split.score - 8.0 / 12.0_f64.sqrt()).abs() < 1e-12, "{split:?}");
        assert_eq!(score_at(&dense, 4, &Tails::of(8)), split.score);
    }

    #[test]
    fn equal_values_share_their_ranks_and_show_nothing() {
        assert_eq!(dense_ranks(&[2.0, 1.0, 2.0, 0.0, 1.0]), [2, 1, 2, 0, 1]);
        let split = best_split(&dense_ranks(&[5.0; 8]), 0, &Tails::of(8), &mut Scratch::default());
        assert_eq!(split.score, 0.0);
    }
}
