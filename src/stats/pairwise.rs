//! The median of all pairwise differences without looking at all pairs.
//!
//! In: an ascending slice of finite values. Out: the exact median of the differences of its pairs, as sorting them all would
//! give it. Refuses fewer than two values, with `None`.
//!
//! Differences up to a threshold are counted by two pointers in O(n). A thinned sample gives a first guess, counts on both
//! sides of it a bracket, interpolation a narrow one, and the few differences in that are selected from: five or six counts
//! in all. Monahan's selection (1984), which keeps bounds for every row and picks random pivots, takes about twenty.

use super::sample::midpoint;
use super::sorting::{from_key, key};
use super::thin::evenly_spaced;

/// So few differences a value are collected and selected from.
const COLLECTED: u64 = 1;
/// Thresholds are put so many differences a value beyond the place where the rank is thought to be.
const BEYOND: f64 = 0.25;
/// Samples up to this size give their own first guess: the middle of their range.
const GUESSED_FROM: usize = 64;
/// One in so many values gives the first guess of a larger one.
const GUESS_SHARE: usize = 16;
/// The guess of m evenly spaced values is off by about 1/m; the first bracket is this many times as wide.
const GUESS_WIDTH: f64 = 4.0;
/// After so many interpolations that leave too many differences (ties, and huge gaps) the bits of the threshold are halved.
const INTERPOLATIONS: usize = 12;

/// How many differences are at most a threshold, and its neighbours among them.
struct Count {
    up_to: u64,
    /// The largest difference of at most the threshold.
    below: f64,
    /// The smallest one above it.
    above: f64,
}

/// The median of the differences of all pairs; the values are ascending, and their range is finite.
pub(super) fn median_difference(sorted: &[f64]) -> Option<f64> {
    let n = sorted.len() as u64;
    if n < 2 {
        return None;
    }
    let pairs = n * (n - 1) / 2;
    let lower = select(sorted, (pairs - 1) / 2);
    if pairs % 2 == 1 {
        return Some(lower);
    }
    let around = count(sorted, lower);
    let upper = if around.up_to > pairs / 2 { lower } else { around.above };
    Some(midpoint(lower, upper))
}

/// The difference of that rank, from 0.
fn select(sorted: &[f64], rank: u64) -> f64 {
    let n = sorted.len();
    let (mut low, mut high) = (0.0, sorted[n - 1] - sorted[0]);
    let (mut before, mut up_to) = (0, n as u64 * (n as u64 - 1) / 2);
    let mut round = 0;
    let mut first = guess(sorted).into_iter().flatten();
    while low < high && up_to - before > COLLECTED * n as u64 {
        let wanted = first.next().unwrap_or_else(|| {
            round += 1;
            if round > INTERPOLATIONS {
                return from_key(u64::midpoint(key(low), key(high)));
            }
            let inside = (up_to - before) as f64;
            let share = (rank - before) as f64 / inside;
            // A little beyond the place where the rank is thought to be, by turns on either side.
            let beyond = BEYOND * n as f64 / inside * if round % 2 == 1 { 1.0 } else { -1.0 };
            low + (high - low) * (share + beyond)
        });
        // Strictly inside, so that the bracket shrinks whatever comes out.
        let threshold = wanted.clamp(low, from_key(key(high) - 1));
        let found = count(sorted, threshold);
        if rank < found.up_to {
            (high, up_to) = (found.below, found.up_to);
        } else {
            (low, before) = (found.above, found.up_to);
        }
    }
    if low >= high {
        return low;
    }
    let mut inside = between(sorted, low, high);
    let place = ((rank - before) as usize).min(inside.len().saturating_sub(1));
    if inside.is_empty() { low } else { *inside.select_nth_unstable_by(place, f64::total_cmp).1 }
}

/// Thresholds on both sides of the median of a thinned sample.
fn guess(sorted: &[f64]) -> Option<[f64; 2]> {
    if sorted.len() <= GUESSED_FROM {
        return None;
    }
    let thinned = evenly_spaced(sorted, (sorted.len() / GUESS_SHARE).max(GUESSED_FROM));
    let width = GUESS_WIDTH / thinned.len() as f64;
    let middle = median_difference(&thinned)?;
    Some([middle * (1.0 - width), middle * (1.0 + width)])
}

fn count(sorted: &[f64], threshold: f64) -> Count {
    let n = sorted.len();
    let mut found = Count { up_to: 0, below: 0.0, above: f64::INFINITY };
    let mut end = 0;
    for (index, first) in sorted.iter().enumerate() {
        end = end.max(index + 1);
        while end < n && sorted[end] - first <= threshold {
            end += 1;
        }
        if end > index + 1 {
            found.up_to += (end - index - 1) as u64;
            found.below = found.below.max(sorted[end - 1] - first);
        }
        if end < n {
            found.above = found.above.min(sorted[end] - first);
        }
    }
    found
}

/// The differences within the bounds.
fn between(sorted: &[f64], low: f64, high: f64) -> Vec<f64> {
    let n = sorted.len();
    let mut differences = Vec::new();
    let (mut from, mut end) = (0, 0);
    for (index, first) in sorted.iter().enumerate() {
        from = from.max(index + 1);
        while from < n && sorted[from] - first < low {
            from += 1;
        }
        end = end.max(from);
        while end < n && sorted[end] - first <= high {
            end += 1;
        }
        differences.extend(sorted[from..end].iter().map(|second| second - first));
    }
    differences
}

#[cfg(test)]
mod tests {
    use super::super::rng::Rng;
    use super::*;
    use proptest::prelude::*;

    fn by_sorting(sorted: &[f64]) -> f64 {
        let mut all: Vec<f64> =
            (0..sorted.len()).flat_map(|j| sorted[..j].iter().map(move |first| sorted[j] - first)).collect();
        all.sort_unstable_by(f64::total_cmp);
        super::super::sample::median_of_sorted(&all)
    }

    fn sorted(mut values: Vec<f64>) -> Vec<f64> {
        values.sort_unstable_by(f64::total_cmp);
        values
    }

    #[test]
    fn it_is_the_median_of_all_differences() {
        let mut rng = Rng::new(31);
        for n in [2, 3, 64, 65, 300, 1501] {
            let draws: [fn(&mut Rng) -> f64; 5] = [
                |rng| rng.normal(),
                |rng| (2.0 * rng.normal()).exp(),
                |rng| (rng.uniform() * 40.0).floor(),
                |rng| if rng.uniform() < 0.02 { 1e12 * rng.uniform() } else { rng.uniform() },
                |rng| if rng.uniform() < 0.6 { 5.0 } else { rng.normal() },
            ];
            for draw in draws {
                let values = sorted((0..n).map(|_| draw(&mut rng)).collect());
                assert_eq!(median_difference(&values), Some(by_sorting(&values)), "{n}");
            }
        }
        assert_eq!(median_difference(&[1.0]), None);
        assert_eq!(median_difference(&[3.0; 100]), Some(0.0));
    }

    #[test]
    fn it_agrees_with_selection_by_rows() {
        let mut rng = Rng::new(32);
        for n in [5000, 12_500] {
            let values = sorted((0..n).map(|_| 0.05 * (0.8 * rng.normal()).exp()).collect());
            let other = pragmastat::estimators::raw::spread(&values, true).unwrap();
            assert_eq!(median_difference(&values), Some(other));
        }
    }

    proptest! {
        #[test]
        fn ties_and_gaps_do_not_confuse_it(values in prop::collection::vec(prop_oneof![(0..9).prop_map(f64::from), 0.0..1e9_f64], 2..120)) {
            let values = sorted(values);
            prop_assert_eq!(median_difference(&values), Some(by_sorting(&values)));
        }
    }
}
