//! The Mann-Whitney statistic of every split of an interval, on the ranks inside of it, so that what lies outside counts for nothing.

use super::exact::{LARGEST, LONGEST_SIDE, Tails, beyond_score};

/// A side of fewer points is no level: one odd run is no change.
pub(super) const SHORTEST_SIDE: usize = 2;
/// With more ties than this the counted tails do not hold, which know none.
const FEW_TIES: f64 = 0.9;
/// Of so many ties, where the shorter side is expected to hold fewer points than this beside the most frequent value, the normal curve does
/// not hold either: one odd run among equal ones has a score of the root of their number.
const FEW_OTHERS: f64 = 10.0;
/// Below this score nothing is decided by it.
const UNDECIDED: f64 = 1.9;

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
    /// How often the most frequent value stands in the interval.
    most_frequent: usize,
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
        self.most_frequent = 0;
        while from < n {
            let rank = self.order[from] >> 32;
            let to = from + self.order[from..].iter().take_while(|key| **key >> 32 == rank).count();
            let middle = (from + to - 1) as f64 / 2.0 + 1.0;
            for key in &self.order[from..to] {
                self.ranks[(key & u64::from(u32::MAX)) as usize] = middle;
            }
            self.most_frequent = self.most_frequent.max(to - from);
            let tied = (to - from) as f64;
            ties += tied * tied * tied - tied;
            from = to;
        }
        let all = n as f64;
        let factor = 1.0 - ties / (all * all * all - all);
        (factor > 0.0).then_some(factor)
    }

    /// By a score that stands, or less where values of one kind are so frequent that it does not hold: then the cut between values that
    /// the shorter side, as one drawn from all points, reaches least by chance.
    fn among_ties(&self, dense: &[u32], side: usize, lies_above: bool, score: f64) -> f64 {
        let n = dense.len();
        let first_is_short = side <= n - side;
        let (short, above) = if first_is_short { (&dense[..side], lies_above) } else { (&dense[side..], !lies_above) };
        let others = (n - self.most_frequent) as f64;
        if others * short.len() as f64 >= FEW_OTHERS * n as f64 {
            return score;
        }
        let mut levels = short.to_vec();
        levels.sort_unstable();
        levels.dedup();
        let place = |rank: u32| self.order.partition_point(|key| (key >> 32) < u64::from(rank));
        let counted = |level: &u32| {
            let (all, here) = if above {
                (n - place(*level), short.iter().filter(|rank| *rank >= level).count())
            } else {
                (place(level + 1), short.iter().filter(|rank| *rank <= level).count())
            };
            beyond_score(n, all, short.len(), here)
        };
        levels.iter().map(counted).fold(0.0, f64::max).min(score)
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
        let mut score = score(sum, side, n, factor, tails);
        if score > best.score.max(UNDECIDED) && factor <= FEW_TIES {
            score = scratch.among_ties(dense, side, lies_above(sum, side, n), score);
        }
        if score > best.score {
            best = Split { at: begin + side, score };
        }
    }
    best
}

/// Whether the first side has the larger ranks.
fn lies_above(sum: f64, side: usize, n: usize) -> bool {
    sum > side as f64 * (n as f64 + 1.0) / 2.0
}

/// The score of one split, of sides of any length.
pub(super) fn score_at(dense: &[u32], side: usize, tails: &Tails) -> f64 {
    let mut scratch = Scratch::default();
    let Some(factor) = scratch.rank(dense) else { return 0.0 };
    let (sum, n) = (scratch.ranks[..side].iter().sum(), dense.len());
    let score = score(sum, side, n, factor, tails);
    if factor <= FEW_TIES { scratch.among_ties(dense, side, lies_above(sum, side, n), score) } else { score }
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
    fn one_odd_run_among_equal_ones_stands_apart_no_more_than_two_runs_that_hold_it_do() {
        let mut values = [100.0; 60];
        values[59] = 110.0;
        // Two of sixty runs hold a given one of them in 2 of 60 cases: a score of 1.8339. The normal curve says 5.4.
        let score = |side: usize, values: &[f64]| score_at(&dense_ranks(values), side, &Tails::of(60));
        assert!((score(58, &values) - 1.8339).abs() < 1e-3, "{}", score(58, &values));
        let split = best_split(&dense_ranks(&values), 0, &Tails::of(60), &mut Scratch::default());
        assert!(split.score < 2.0, "{split:?}");
        // Three odd runs at the end are one of 34,220 such choices.
        values[57] = 110.0;
        values[58] = 110.0;
        assert!((score(57, &values) - 4.0172).abs() < 1e-2, "{}", score(57, &values));
        values.reverse();
        assert!((score(3, &values) - 4.0172).abs() < 1e-2);
    }

    #[test]
    fn equal_values_share_their_ranks_and_show_nothing() {
        assert_eq!(dense_ranks(&[2.0, 1.0, 2.0, 0.0, 1.0]), [2, 1, 2, 0, 1]);
        let split = best_split(&dense_ranks(&[5.0; 8]), 0, &Tails::of(8), &mut Scratch::default());
        assert_eq!(split.score, 0.0);
    }
}
