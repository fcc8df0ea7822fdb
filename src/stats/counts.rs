//! How often each number occurs: all that is known of samples but their order.
//!
//! In: samples of few distinct numbers, counts of several parts. Out: [`Counts`], from which order statistics, sums, spreads and
//! histograms come without a look at the samples, the same to the bit as of the sorted samples. Parts are merged exactly, in any order.
//! Refuses (with `None`) samples that are no few numbers: those are looked at in passes.

use super::lattice::Lattice;
use super::samples::{Samples, by_parts};

/// Distinct numbers, and how often each of them occurs.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Counts {
    /// Ascending, none twice.
    values: Vec<f64>,
    /// For each of them how many samples are as large or smaller.
    up_to: Vec<u64>,
}

impl Counts {
    /// Of samples within a range, some of which are known; `None` where they are not few numbers.
    pub(crate) fn of(samples: &(impl Samples + ?Sized), range: (f64, f64), some: &[f64]) -> Option<Self> {
        let lattice = Lattice::probable(samples.len(), some, range)?;
        let counts = by_parts(
            samples,
            || Some(Vec::new()),
            |counts: &mut Option<Vec<u64>>, _, block| {
                if let Some(known) = counts {
                    known.resize(lattice.size(), 0);
                    if !lattice.count(block, known) {
                        *counts = None;
                    }
                }
            },
            |a, b| Some(joined(a?, b?)),
        )?;
        Some(Self::on(&lattice, &counts))
    }

    /// So many samples that are all the same.
    pub(crate) fn of_equal(value: f64, n: usize) -> Self {
        Self { values: vec![value], up_to: vec![n as u64] }
    }

    /// Of ascending samples.
    pub(crate) fn of_sorted(sorted: &[f64]) -> Self {
        let mut counts = Self::default();
        for run in sorted.chunk_by(|a, b| a == b) {
            counts.push(run[0], run.len() as u64);
        }
        counts
    }

    /// Of ascending numbers, each so many times.
    pub(crate) fn of_counted(numbers: impl IntoIterator<Item = (f64, u64)>) -> Self {
        let mut counts = Self::default();
        numbers.into_iter().for_each(|(value, count)| counts.push(value, count));
        counts
    }

    fn on(lattice: &Lattice, counts: &[u64]) -> Self {
        let mut found = Self::default();
        for (place, count) in counts.iter().enumerate().filter(|(_, count)| **count > 0) {
            found.push(lattice.value(place), *count);
        }
        found
    }

    fn push(&mut self, value: f64, count: u64) {
        let up_to = self.n() + count;
        // Numbers that are rounded to the same one are one.
        if self.values.last() == Some(&value) {
            self.up_to.pop();
        } else {
            self.values.push(value);
        }
        self.up_to.push(up_to);
    }

    /// How many samples.
    pub(crate) fn n(&self) -> u64 {
        self.up_to.last().copied().unwrap_or(0)
    }

    /// The numbers, ascending, each with how often it occurs.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (f64, u64)> + Clone + '_ {
        let before = std::iter::once(&0).chain(&self.up_to);
        self.values.iter().zip(self.up_to.iter().zip(before)).map(|(value, (up_to, before))| (*value, up_to - before))
    }

    /// With the samples of another part.
    pub(crate) fn merged(&self, other: &Self) -> Self {
        let (mut left, mut right) = (self.iter().peekable(), other.iter().peekable());
        let mut merged = Self::default();
        loop {
            let next = match (left.peek(), right.peek()) {
                (Some((a, _)), Some((b, _))) if a == b => {
                    left.next().zip(right.next()).map(|((value, a), (_, b))| (value, a + b))
                }
                (Some((a, _)), Some((b, _))) if a > b => right.next(),
                (Some(_), _) => left.next(),
                (None, _) => right.next(),
            };
            let Some((value, count)) = next else { return merged };
            merged.push(value, count);
        }
    }

    /// The order statistic of a rank, from 0; the largest one beyond the last.
    pub(crate) fn at(&self, rank: usize) -> f64 {
        let place = self.up_to.partition_point(|up_to| *up_to <= rank as u64);
        self.values.get(place).or(self.values.last()).copied().unwrap_or_default()
    }

    /// How many samples are smaller.
    pub(crate) fn below(&self, threshold: f64) -> u64 {
        match self.values.partition_point(|value| *value < threshold) {
            0 => 0,
            place => self.up_to[place - 1],
        }
    }

    /// How far the samples are from a number.
    pub(crate) fn distances(&self, from: f64) -> Self {
        let border = self.values.partition_point(|value| *value < from);
        let (mut below, mut above) = (Self::default(), Self::default());
        let distances: Vec<(f64, u64)> = self.iter().map(|(value, count)| ((value - from).abs(), count)).collect();
        let (smaller, larger) = distances.split_at(border);
        for (distance, count) in smaller.iter().rev() {
            below.push(*distance, *count);
        }
        for (distance, count) in larger {
            above.push(*distance, *count);
        }
        below.merged(&above)
    }
}

fn joined(left: Vec<u64>, right: Vec<u64>) -> Vec<u64> {
    let (mut longer, shorter) = if left.len() < right.len() { (right, left) } else { (left, right) };
    longer.iter_mut().zip(shorter).for_each(|(left, right)| *left += right);
    longer
}

#[cfg(test)]
mod tests {
    use super::super::moments::Moments;
    use super::super::sample::median_of_sorted;
    use super::super::samples::Slice;
    use super::super::sorting;
    use super::*;
    use proptest::prelude::*;

    fn sorted(mut values: Vec<f64>) -> Vec<f64> {
        sorting::sort(&mut values);
        values
    }

    fn counts(values: &[i32]) -> Counts {
        Counts::of_sorted(&sorted(values.iter().map(|value| f64::from(*value) / 1000.0).collect()))
    }

    #[test]
    fn samples_that_are_few_numbers_are_counted_and_others_are_not() {
        let values: Vec<f64> = (0..100_000).map(|place| f64::from(place * 7919 % 1000) / 1000.0).collect();
        let found = Counts::of(&Slice(&values), (0.0, 0.999), &values[..100]).unwrap();
        assert_eq!(found, Counts::of_sorted(&sorted(values.clone())));
        assert_eq!((found.n(), found.at(0), found.at(50_000), found.below(0.5)), (100_000, 0.0, 0.5, 50_000));
        let mut finer = values.clone();
        finer[99_999] = 0.123_456_789_012;
        assert_eq!(Counts::of(&Slice(&finer), (0.0, 0.999), &values[..100]), None);
    }

    proptest! {
        #[test]
        fn they_say_what_the_sorted_samples_say(numbers in prop::collection::vec(-40..40_i32, 1..80)) {
            let values = sorted(numbers.iter().map(|value| f64::from(*value) / 1000.0).collect());
            let found = counts(&numbers);
            prop_assert_eq!(found.n(), values.len() as u64);
            prop_assert!((0..values.len()).all(|rank| found.at(rank) == values[rank]));
            for threshold in [-1.0, -0.01, 0.0, 0.0005, 0.039, 1.0] {
                prop_assert_eq!(found.below(threshold), values.partition_point(|value| *value < threshold) as u64);
            }
            let center = median_of_sorted(&values);
            let distances = sorted(values.iter().map(|value| (value - center).abs()).collect());
            prop_assert_eq!(found.distances(center), Counts::of_sorted(&distances));
            let range = (values[0], values[values.len() - 1]);
            let by_value = Moments::of_blocks(range, |take| take(&values));
            let by_count = Moments::of_counts(&found);
            prop_assert_eq!((by_count.mean, by_count.stddev, by_count.sum), (by_value.mean, by_value.stddev, by_value.sum));
        }

        #[test]
        fn parts_are_merged_in_any_order(
            a in prop::collection::vec(-9..9_i32, 0..20),
            b in prop::collection::vec(-9..9_i32, 0..20),
            c in prop::collection::vec(-9..9_i32, 0..20),
        ) {
            let whole = counts(&[a.clone(), b.clone(), c.clone()].concat());
            let (a, b, c) = (counts(&a), counts(&b), counts(&c));
            prop_assert_eq!(a.merged(&b), b.merged(&a));
            prop_assert_eq!(a.merged(&b).merged(&c), a.merged(&b.merged(&c)));
            prop_assert_eq!(a.merged(&b).merged(&c), whole);
            prop_assert_eq!(a.merged(&Counts::default()), a);
        }
    }
}
