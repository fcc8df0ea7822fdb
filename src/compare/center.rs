//! The center: Hodges and Lehmann's estimate of the shift between both sides on their axis, with distribution-free bounds.
//!
//! In: ascending places of both sides and the noise between them. Out: the median of all pairwise differences (Hodges & Lehmann
//! 1963), the differences that bound it (Moses), and the p-value of the Mann-Whitney test that these bounds invert: exact
//! for few samples, ties included, else normal with the variance corrected for ties. Dependence enters as the score that
//! has to be exceeded. Refuses (open bounds) what so few samples cannot bound.
//!
//! The estimate is that of `pragmastat::estimators::raw::shift` (a test holds it to that). Its bounds are not used: they take
//! a rate of errors for independent samples, from which the rank under dependence would have to be found backwards, and the
//! exact margins of 200 against 200 samples take it a tenth of a second.

use super::noise::{Noise, normal_score, normal_tail};

/// Up to this many samples on both sides together p and bounds are exact: all counts of arrangements are whole below 2^53.
pub(crate) const EXACT_SAMPLES: usize = 50;
/// At most this many points stand for a side: evenly spaced order statistics of more samples. What is lost is of the order of
/// one in 10^8 of the spread; the noise of that many samples is of the order of one in 10^2.
pub(crate) const MAX_POINTS: usize = 10_000;

/// An estimate on its axis, with its interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Estimate {
    pub(crate) value: f64,
    /// Absent where open.
    pub(crate) low: Option<f64>,
    /// Absent where open.
    pub(crate) high: Option<f64>,
    /// Two-sided p of no difference.
    pub(crate) p: f64,
}

/// Ascending places of one side.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Places<'a> {
    /// Evenly spaced in rank, the ends included, where they stand for more samples.
    pub(crate) points: &'a [f64],
    pub(crate) samples: f64,
}

impl Places<'_> {
    /// Whether they are all samples.
    pub(crate) fn complete(&self) -> bool {
        self.points.len() as f64 == self.samples
    }
}

/// The center of `after` less that of `before`. `None` where a side is empty.
pub(crate) fn center(before: Places<'_>, after: Places<'_>, noise: Noise, confidence: f64) -> Option<Estimate> {
    if before.points.is_empty() || after.points.is_empty() {
        return None;
    }
    let (x, y) = (before.points, after.points);
    let total = x.len() as u64 * y.len() as u64;
    let estimate = if total % 2 == 1 {
        difference_at(x, y, total.div_ceil(2))
    } else {
        0.5 * difference_at(x, y, total / 2) + 0.5 * difference_at(x, y, total / 2 + 1)
    };
    let exact = before.complete() && after.complete() && x.len() + y.len() <= EXACT_SAMPLES;
    // The larger side is taken at no more than the smaller one: a single sample does not become evidence because it is held
    // against a thousand, nor does the normal distribution of so uneven sides hold.
    let smaller = before.samples.min(after.samples);
    let score = if exact { exact_score(x, y) } else { normal_score_of(before, after) }.min(largest_score(smaller));
    let rank = if exact {
        exact_rank(x.len(), y.len(), normal_tail(noise.critical(1.0 - confidence)))
    } else {
        normal_rank(before, after, noise.critical(1.0 - confidence))
    };
    let rank = rank.filter(|_| smaller >= least_samples(1.0 - confidence) as f64);
    let bound = |rank: u64| Some(difference_at(x, y, rank)).filter(|bound| bound.is_finite());
    Some(Estimate {
        value: estimate + 0.0,
        low: rank.and_then(bound),
        high: rank.and_then(|rank| bound(total + 1 - rank)),
        p: noise.p(score),
    })
}

/// The two-sided p of the most extreme of all arrangements of n samples against n: 2 / C(2n, n).
pub(crate) fn least_p(n: u64) -> f64 {
    (1..=n).map(|n| n as f64).fold(2.0, |p, n| p * n / (2.0 * (2.0 * n - 1.0)))
}

/// Samples a side at which equal sides can exclude "no change" at a two-sided level at all.
pub(crate) fn least_samples(level: f64) -> u64 {
    (1..EXACT_SAMPLES as u64).find(|&n| least_p(n) <= level).unwrap_or(EXACT_SAMPLES as u64)
}

/// The score of that arrangement; beyond exact samples no score is too large.
fn largest_score(samples: f64) -> f64 {
    if samples > EXACT_SAMPLES as f64 { f64::INFINITY } else { normal_score(least_p(samples as u64) / 2.0).max(0.0) }
}

/// The k-th smallest (from 1) of all differences `after - before`, by bisection over values that occur.
pub(crate) fn difference_at(before: &[f64], after: &[f64], k: u64) -> f64 {
    let (mut low, mut high) = (after[0] - before[before.len() - 1], after[after.len() - 1] - before[0]);
    while low < high {
        let mut middle = 0.5 * low + 0.5 * high;
        if middle >= high {
            middle = low;
        }
        let split = Split::at(before, after, middle);
        if split.at_most >= k {
            high = split.below;
        } else {
            low = split.above;
        }
    }
    low
}

/// How the differences lie around a threshold.
struct Split {
    /// Differences at or below it.
    at_most: u64,
    /// The largest of them.
    below: f64,
    /// The smallest of the others.
    above: f64,
}

impl Split {
    fn at(before: &[f64], after: &[f64], threshold: f64) -> Self {
        let mut split = Self { at_most: 0, below: f64::NEG_INFINITY, above: f64::INFINITY };
        // The number of places of `before` whose difference from the current place lies above the threshold grows.
        let mut larger = 0;
        for &place in after {
            while larger < before.len() && place - before[larger] > threshold {
                larger += 1;
            }
            split.at_most += (before.len() - larger) as u64;
            if let Some(other) = before.get(larger) {
                split.below = split.below.max(place - other);
            }
            if larger > 0 {
                split.above = split.above.min(place - before[larger - 1]);
            }
        }
        split
    }
}

/// Doubled ranks of all samples of both sides in ascending order, ties averaged, and the doubled rank sum of `before`.
fn doubled_ranks(before: &[f64], after: &[f64]) -> (Vec<usize>, usize) {
    let mut all: Vec<(f64, bool)> =
        before.iter().map(|&place| (place, true)).chain(after.iter().map(|&place| (place, false))).collect();
    all.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (mut ranks, mut sum) = (Vec::with_capacity(all.len()), 0);
    for tied in all.chunk_by(|a, b| a.0 == b.0) {
        // Ranks from r + 1 to r + t: twice their mean is 2r + t + 1.
        let doubled = 2 * ranks.len() + tied.len() + 1;
        sum += doubled * tied.iter().filter(|(_, ours)| *ours).count();
        ranks.extend(std::iter::repeat_n(doubled, tied.len()));
    }
    (ranks, sum)
}

/// How many choices of `chosen` ranks have each sum.
fn arrangements(ranks: &[usize], chosen: usize) -> Vec<f64> {
    let most: usize = ranks.iter().rev().take(chosen).sum();
    let mut counts = vec![vec![0.0_f64; most + 1]; chosen + 1];
    counts[0][0] = 1.0;
    for (seen, &rank) in ranks.iter().enumerate() {
        for size in (1..=chosen.min(seen + 1)).rev() {
            let (fewer, more) = counts.split_at_mut(size);
            for sum in rank..=most {
                more[0][sum] += fewer[size - 1][sum - rank];
            }
        }
    }
    counts.swap_remove(chosen)
}

/// The normal score of the exact two-sided p (twice the smaller tail) of the observed arrangement.
fn exact_score(before: &[f64], after: &[f64]) -> f64 {
    let (ranks, observed) = doubled_ranks(before, after);
    let counts = arrangements(&ranks, before.len());
    let all: f64 = counts.iter().sum();
    let lower: f64 = counts[..=observed.min(counts.len() - 1)].iter().sum();
    let upper: f64 = counts[observed.min(counts.len())..].iter().sum();
    let tail = lower.min(upper) / all;
    if tail >= 0.5 { 0.0 } else { normal_score(tail) }
}

/// The largest k so that fewer than k differences below the true one have at most this probability. `None` below 1.
fn exact_rank(before: usize, after: usize, tail: f64) -> Option<u64> {
    let ranks: Vec<usize> = (1..=before + after).collect();
    let counts = arrangements(&ranks, before);
    let all: f64 = counts.iter().sum();
    let least = before * (before + 1) / 2;
    let mut below = 0.0;
    let mut rank = 0;
    for count in &counts[least..] {
        below += count / all;
        if below > tail {
            break;
        }
        rank += 1;
    }
    let pairs = (before * after) as u64;
    (rank >= 1).then_some(rank.min(pairs.div_ceil(2)))
}

/// The score of the Mann-Whitney statistic with tie-corrected variance, signs dropped.
fn normal_score_of(before: Places<'_>, after: Places<'_>) -> f64 {
    let (x, y) = (before.points, after.points);
    let (mut below, mut up_to) = (0, 0);
    // Twice the pairs with the later value larger, ties counted once.
    let mut doubled = 0_u64;
    for &place in y {
        while below < x.len() && x[below] < place {
            below += 1;
        }
        while up_to < x.len() && x[up_to] <= place {
            up_to += 1;
        }
        doubled += (below + up_to) as u64;
    }
    let total = x.len() as u64 * y.len() as u64;
    let share = doubled.abs_diff(total) as f64 / (2.0 * total as f64);
    if share == 0.0 {
        return 0.0;
    }
    share / (standard_error(before, after) * untied(x, y).sqrt())
}

/// Standard error of the share of pairs in which the later value is larger, for independent samples without ties.
fn standard_error(before: Places<'_>, after: Places<'_>) -> f64 {
    ((before.samples + after.samples + 1.0) / (12.0 * before.samples * after.samples)).sqrt()
}

/// Hands over which values of two ascending lists are equal to each other, place by place: where they begin in each list, and where
/// they end.
pub(crate) fn visit_equal(x: &[f64], y: &[f64], mut take: impl FnMut([usize; 2], [usize; 2])) {
    let (mut i, mut j) = (0, 0);
    while i < x.len() || j < y.len() {
        let place = match (x.get(i), y.get(j)) {
            (Some(a), Some(b)) => a.min(*b),
            (Some(a), None) => *a,
            (None, Some(b)) => *b,
            (None, None) => break,
        };
        let from = [i, j];
        while x.get(i) == Some(&place) {
            i += 1;
        }
        while y.get(j) == Some(&place) {
            j += 1;
        }
        take(from, [i, j]);
    }
}

/// What ties leave of the variance: 1 - sum(t^3 - t) / (N^3 - N).
fn untied(x: &[f64], y: &[f64]) -> f64 {
    let mut tied = 0.0;
    visit_equal(x, y, |from, until| {
        let size = (until[0] + until[1] - from[0] - from[1]) as f64;
        tied += size * (size * size - 1.0);
    });
    let all = (x.len() + y.len()) as f64;
    1.0 - tied / (all * (all * all - 1.0))
}

/// As [`exact_rank`], by the normal distribution with continuity correction. Ties do not narrow the bounds.
fn normal_rank(before: Places<'_>, after: Places<'_>, score: f64) -> Option<u64> {
    let share = 0.5 - score * standard_error(before, after);
    if share * before.samples * after.samples + 0.5 < 1.0 {
        return None;
    }
    let total = before.points.len() as u64 * after.points.len() as u64;
    Some(((share * total as f64 + 0.5) as u64).clamp(1, total.div_ceil(2)))
}

#[cfg(test)]
mod tests {
    use super::super::noise::EffectiveSize;
    use super::*;
    use crate::stats::rng::Rng;
    use proptest::prelude::*;

    fn independent(x: &[f64], y: &[f64]) -> Noise {
        let size = |side: &[f64]| EffectiveSize { samples: side.len() as f64, inflation: 1.0 };
        Noise::of(size(x), size(y))
    }

    fn estimated(x: &[f64], y: &[f64], confidence: f64) -> Estimate {
        let sorted = |side: &[f64]| {
            let mut side = side.to_vec();
            side.sort_by(f64::total_cmp);
            side
        };
        let (x, y) = (sorted(x), sorted(y));
        let places = |points| Places { points, samples: x.len() as f64 };
        let after = Places { points: &y, samples: y.len() as f64 };
        center(places(&x), after, independent(&x, &y), confidence).unwrap()
    }

    #[test]
    fn exact_p_values_are_the_published_ones() {
        for (x, y, expected) in [
            (vec![1.0, 2.0, 3.0], vec![4.0, 5.0, 6.0], 0.1),
            (vec![1.0, 2.0, 3.0, 4.0], vec![5.0, 6.0, 7.0, 8.0], 2.0 / 70.0),
            (vec![2.0, 1.0, 3.0, 5.0], vec![1.0; 5], 2.0 * 6.0 / 126.0),
            (vec![1.0; 20], vec![1.0; 20], 1.0),
        ] {
            let p = estimated(&x, &y, 0.95).p;
            assert!((p - expected).abs() < 1e-9, "{x:?} {y:?}: {p}");
            assert_eq!(p, estimated(&y, &x, 0.95).p, "swapped");
        }
    }

    #[test]
    fn the_normal_score_agrees_with_the_exact_one_where_both_hold() {
        let mut rng = Rng::new(3);
        for shift in [0.0, 0.4, 0.8] {
            let mut x: Vec<f64> = (0..25).map(|_| rng.normal()).collect();
            let mut y: Vec<f64> = (0..25).map(|_| rng.normal() + shift).collect();
            x.sort_by(f64::total_cmp);
            y.sort_by(f64::total_cmp);
            let places = |points| Places { points, samples: 25.0 };
            let (exact, normal) = (exact_score(&x, &y), normal_score_of(places(&x), places(&y)));
            assert!((exact - normal).abs() < 0.03 * exact.max(1.0), "{exact} {normal}");
        }
    }

    #[test]
    fn estimates_are_those_of_pragmastat() {
        let mut rng = Rng::new(5);
        for (n, m) in [(1, 1), (2, 3), (7, 7), (40, 33), (300, 200)] {
            let x: Vec<f64> = (0..n).map(|_| rng.normal()).collect();
            let y: Vec<f64> = (0..m).map(|_| rng.normal() + 1.0).collect();
            let reference = pragmastat::estimators::raw::shift(&y, &x, false).unwrap();
            assert!((estimated(&x, &y, 0.95).value - reference).abs() < 1e-12);
        }
    }

    #[test]
    fn exact_bounds_are_those_of_pragmastat() {
        let mut rng = Rng::new(6);
        for (n, m) in [(4, 4), (5, 9), (20, 25)] {
            let x: Vec<f64> = (0..n).map(|_| rng.normal()).collect();
            let y: Vec<f64> = (0..m).map(|_| rng.normal()).collect();
            let reference = pragmastat::estimators::raw::shift_bounds(&y, &x, 0.05, false).unwrap();
            let found = estimated(&x, &y, 0.95);
            // Pragmastat's margin may be one rank narrower or equal; never may ours be narrower.
            assert!(found.low.unwrap() <= reference.lower + 1e-12 && found.high.unwrap() >= reference.upper - 1e-12);
        }
    }

    #[test]
    fn three_against_three_have_no_bounds_at_95_percent_and_four_have() {
        assert_eq!(estimated(&[1.0, 2.0, 3.0], &[4.0, 5.0, 6.0], 0.95).low, None);
        let found = estimated(&[1.0, 2.0, 3.0, 4.0], &[5.0, 6.0, 7.0, 8.0], 0.95);
        assert_eq!((found.low, found.high), (Some(1.0), Some(7.0)));
        assert_eq!((least_samples(0.05), least_samples(0.01)), (4, 5));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]
        #[test]
        fn selection_finds_what_sorting_finds(
            mut x in prop::collection::vec((-20..20_i32).prop_map(|i| f64::from(i) / 7.0), 1..12),
            mut y in prop::collection::vec((-20..20_i32).prop_map(|i| f64::from(i) / 7.0), 1..12),
        ) {
            x.sort_by(f64::total_cmp);
            y.sort_by(f64::total_cmp);
            let mut all: Vec<f64> = y.iter().flat_map(|b| x.iter().map(move |a| b - a)).collect();
            all.sort_by(f64::total_cmp);
            for (index, &difference) in all.iter().enumerate() {
                prop_assert_eq!(difference_at(&x, &y, index as u64 + 1), difference);
            }
        }

        #[test]
        fn an_interval_at_the_level_of_p_touches_no_change(
            x in prop::collection::vec(-1.0..1.0_f64, 5..20), y in prop::collection::vec(-1.0..1.0_f64, 5..20),
        ) {
            let p = estimated(&x, &y, 0.95).p;
            prop_assume!(p < 0.9);
            if let Estimate { low: Some(low), high: Some(high), .. } = estimated(&x, &y, 1.0 - p * 1.001) {
                prop_assert!(low > 0.0 || high < 0.0, "just above p no change is excluded: {low} {high}");
            }
            if let Estimate { low: Some(low), high: Some(high), .. } = estimated(&x, &y, 1.0 - p * 0.999) {
                prop_assert!(low <= 0.0 && high >= 0.0, "just below p it is not: {low} {high}");
            }
        }
    }
}
