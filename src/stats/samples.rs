//! Samples that are looked at block by block, without a copy of them all.
//!
//! In: a slice, or a column of a table with its unit and the places of what was taken out of it. Out: blocks of values in
//! base units, in recorded order, and single values by their index. Refuses nothing; negative zeros become zeros.

use std::ops::Range;

use rayon::prelude::*;

use crate::measure::unit::Unit;

use super::measured::{LabelledNumbers, PART};

/// Samples in recorded order. Indexes count the samples, not the rows.
pub(crate) trait Samples: Sync {
    fn len(&self) -> usize;

    /// Hands over those within the range, in order, in blocks of any length.
    fn visit(&self, range: Range<usize>, take: &mut dyn FnMut(&[f64]));

    /// The one of that index, which must exist.
    fn at(&self, index: usize) -> f64;

    /// Those of ascending indexes.
    fn picked(&self, indexes: &[usize]) -> Vec<f64> {
        /// Of samples nearer to each other than this all between them are looked at: they lie in one piece.
        const NEAR: usize = 1 << 10;
        if indexes.len().saturating_mul(NEAR) < self.len() {
            return indexes.iter().map(|index| self.at(*index)).collect();
        }
        let mut picked = Vec::with_capacity(indexes.len());
        let mut wanted = indexes.iter().copied().peekable();
        let mut start = 0;
        self.visit(0..self.len(), &mut |block| {
            let until = start + block.len();
            while let Some(index) = wanted.next_if(|index| *index < until) {
                picked.push(block[index - start]);
            }
            start = until;
        });
        picked
    }
}

/// What `look` makes of each part of the samples, joined two by two in any order: `join` must not care.
pub(crate) fn by_parts<S: Samples + ?Sized, T: Send>(
    samples: &S,
    empty: impl Fn() -> T + Sync,
    look: impl Fn(&mut T, usize, &[f64]) + Sync,
    join: impl Fn(T, T) -> T + Sync,
) -> T {
    (0..samples.len().div_ceil(PART))
        .into_par_iter()
        .fold(&empty, |mut state, part| {
            let mut start = part * PART;
            samples.visit(start..(start + PART).min(samples.len()), &mut |block| {
                look(&mut state, start, block);
                start += block.len();
            });
            state
        })
        .reduce(&empty, &join)
}

/// Samples that stand in one slice and have no negative zeros.
pub(crate) struct Slice<'a>(pub(crate) &'a [f64]);

impl Samples for Slice<'_> {
    fn len(&self) -> usize {
        self.0.len()
    }

    fn visit(&self, range: Range<usize>, take: &mut dyn FnMut(&[f64])) {
        take(&self.0[range]);
    }

    fn at(&self, index: usize) -> f64 {
        self.0[index]
    }
}

/// The samples of a column without those that were taken out.
pub(crate) struct CleanSamples<'a> {
    /// As recorded.
    pub(crate) measured: LabelledNumbers<'a>,
    pub(crate) unit: Unit,
    /// Places in `measured` that are left out, ascending.
    pub(crate) left_out: &'a [usize],
    /// Whether the recorded numbers are handed over as they stand.
    as_recorded: bool,
}

impl<'a> CleanSamples<'a> {
    /// Numbers in a unit, without those in the ascending places `left_out`.
    pub(crate) fn new(measured: LabelledNumbers<'a>, unit: Unit, left_out: &'a [usize]) -> Self {
        let negative_zero = |value: &f64| value.to_bits() == (-0.0_f64).to_bits();
        let looked_at = unit.is_base() && measured.cells().may_hold_negative_zeros();
        let parts: Vec<Range<usize>> = if looked_at { measured.parts().collect() } else { Vec::new() };
        let found = parts.into_par_iter().any(|part| {
            let mut found = false;
            measured.visit(part, |_, block| found = found || block.iter().any(negative_zero));
            found
        });
        Self { measured, unit, left_out, as_recorded: unit.is_base() && !found }
    }

    /// The place of a sample among the recorded ones.
    pub(crate) fn place(&self, index: usize) -> usize {
        // Before the j-th place that is left out stand as many samples as its place less j.
        let mut passed = 0..self.left_out.len();
        while passed.start < passed.end {
            let middle = usize::midpoint(passed.start, passed.end);
            if self.left_out[middle] - middle <= index {
                passed.start = middle + 1;
            } else {
                passed.end = middle;
            }
        }
        index + passed.start
    }
}

impl Samples for CleanSamples<'_> {
    fn len(&self) -> usize {
        self.measured.len() - self.left_out.len()
    }

    fn at(&self, index: usize) -> f64 {
        self.unit.to_base(self.measured.at(self.place(index))) + 0.0
    }

    fn visit(&self, range: Range<usize>, take: &mut dyn FnMut(&[f64])) {
        let mut converted = Vec::new();
        let mut remaining = range.len();
        let mut place = if remaining == 0 { 0 } else { self.place(range.start) };
        let mut gap = self.left_out.partition_point(|out| *out < place);
        while remaining > 0 {
            while self.left_out.get(gap) == Some(&place) {
                gap += 1;
                place += 1;
            }
            let until = self.left_out.get(gap).copied().unwrap_or(self.measured.len());
            let length = remaining.min(until - place);
            self.measured.visit(place..place + length, |_, block| {
                if self.as_recorded {
                    take(block);
                } else {
                    converted.clear();
                    converted.extend(block.iter().map(|recorded| self.unit.to_base(*recorded) + 0.0));
                    take(&converted);
                }
            });
            place += length;
            remaining -= length;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::measured::tests::column;
    use super::*;

    #[test]
    fn what_was_taken_out_is_passed_over() {
        let recorded: Vec<f64> = (0..5000).map(f64::from).collect();
        let recorded_column = column(&recorded);
        for left_out in [vec![], vec![0], vec![4999], vec![0, 1, 2, 7, 2047, 2048, 2049, 4000], (0..4999).collect()] {
            for unit in [Unit::SECOND, Unit::MILLISECOND] {
                let kept = CleanSamples::new(LabelledNumbers::new(&recorded_column, None), unit, &left_out);
                let expected: Vec<f64> = (0..5000)
                    .filter(|place| !left_out.contains(place))
                    .map(|place| unit.to_base(place as f64))
                    .collect();
                let mut all = Vec::new();
                kept.visit(0..kept.len(), &mut |block| all.extend_from_slice(block));
                assert_eq!(all, expected);
                for index in [0, kept.len() / 2, kept.len() - 1] {
                    assert_eq!(kept.at(index), expected[index]);
                    assert_eq!(unit.to_base(recorded[kept.place(index)]), expected[index]);
                }
            }
        }
        let negative = column(&[-0.0]);
        let zero = CleanSamples::new(LabelledNumbers::new(&negative, None), Unit::SECOND, &[]);
        zero.visit(0..1, &mut |block| assert!(block[0].is_sign_positive()));
    }

    #[test]
    fn parts_are_joined_to_the_whole() {
        let values: Vec<f64> = (0..600_000).map(f64::from).collect();
        let sum = by_parts(&Slice(&values), || 0.0, |sum, _, block| *sum += block.iter().sum::<f64>(), |a, b| a + b);
        assert_eq!(sum, 599_999.0 * 300_000.0);
    }
}
