//! A sketch of very many samples: counts by value on a logarithmic grid.
//!
//! In: finite samples in one unit. Out: a [`Sketch`] of some kilobytes, from which ascending points come back that are
//! each within a stated relative error of the sample of their rank. Refuses nothing but values that are not finite, and
//! to merge sketches of different grids.
//!
//! The grid is that of `DDSketch` (Masson, Rim & Lee 2019, "`DDSketch`: a fast and fully-mergeable quantile sketch with
//! relative-error guarantees"): bucket `i` holds the magnitudes in `(g^(i-1), g^i]`. There `g = (1+a)/(1-a)` gives a
//! relative error of `a` to the one value in the middle of a bucket. Here samples are spread over the whole of their
//! bucket, so that a comparison by ranks meets no ties that the samples did not have; two values of one bucket are at
//! most a factor of `g` apart, and so `g = 1 + error` with the error that is stated. Nothing is ever collapsed: the
//! bound holds from the smallest normal number to the largest.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::measure::reported::Bucket;

/// Relative error of each value of a new sketch: a tenth of the usual margin of 5%, and a million lognormal samples with
/// a standard deviation of 0.5 stay under 5 kB (measured by a test; half the error costs twice that).
pub const SKETCH_ERROR: f64 = 0.005;
/// The errors that a stored sketch may state. Below, its buckets would be no smaller than its samples; above, it could
/// not tell a change of the usual margin.
const ERRORS: std::ops::RangeInclusive<f64> = 1e-5..=0.1;
/// Up to so many empty buckets are written as zeros (two bytes each) rather than beginning a new stretch (some 25 bytes).
const MAX_GAP: i64 = 10;

/// Counts by value. Every sample is known to within [`Sketch::error`] of itself; count, minimum and maximum are exact.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Sketch {
    /// Relative error of each value: bucket `i` holds magnitudes in `((1+error)^(i-1), (1+error)^i]`.
    error: f64,
    /// How many samples.
    count: u64,
    /// The smallest, base unit.
    min: f64,
    /// The largest, base unit.
    max: f64,
    /// Negative samples by magnitude.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    negative: Vec<Stretch>,
    /// Samples that are 0.
    #[serde(default, skip_serializing_if = "is_zero")]
    zeros: u64,
    /// Positive samples.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    positive: Vec<Stretch>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
fn is_zero(count: &u64) -> bool {
    *count == 0
}

/// Consecutive buckets.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Stretch {
    /// Index of the first bucket.
    first: i32,
    /// Samples in each.
    counts: Vec<u64>,
}

impl Stretch {
    /// Index behind the last bucket.
    fn end(&self) -> i64 {
        i64::from(self.first).saturating_add(i64::try_from(self.counts.len()).unwrap_or(i64::MAX))
    }
}

/// What is wrong with a sketch that was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SketchFault {
    /// The error is no usable error.
    #[error("its relative error is not between 0.00001 and 0.1")]
    Error,
    /// Minimum or maximum is not finite or not in the buckets.
    #[error("its minimum or maximum does not fit its buckets")]
    Ends,
    /// Stretches overlap, stand in the wrong order, begin or end with 0, or lie beyond the range of numbers.
    #[error("its buckets are not in ascending order, or not as perfreport writes them")]
    Order,
    /// The counts do not add up to the number of samples.
    #[error("the counts of its buckets do not add up to its number of samples")]
    Sum,
    /// It holds nothing.
    #[error("it holds no samples")]
    Empty,
}

/// Samples in ascending order, or points that stand for very many.
#[derive(Debug, Clone, PartialEq)]
pub struct OrderedPoints {
    /// Ascending, finite; evenly spaced in rank where they stand for more samples.
    pub points: Vec<f64>,
    /// Samples that they stand for.
    pub samples: u64,
    /// Relative error of each point; 0 for the samples themselves.
    pub error: f64,
}

impl Sketch {
    /// Counts samples. `None` where there are none, or where one is not finite.
    pub fn of(values: &[f64]) -> Option<Self> {
        Self::with_error(values, SKETCH_ERROR)
    }

    /// Counts samples of which only the middle of their bucket is known, and that to within `error` of itself. `None` where
    /// there are none, where one is not finite, or where a sketch could not state so large an error.
    pub fn of_counted(middles: impl Iterator<Item = (f64, u64)>, error: f64) -> Option<Self> {
        // A sample may lie in the bucket beside the one that its middle falls into.
        let error = (1.0 + SKETCH_ERROR) * (1.0 + error).powi(2) - 1.0;
        let middles: Vec<(f64, u64)> = middles.filter(|(_, count)| *count > 0).collect();
        if middles.is_empty() || !ERRORS.contains(&error) || middles.iter().any(|(value, _)| !value.is_finite()) {
            return None;
        }
        let grid = Grid::new(error);
        let counted = |wanted: fn(f64) -> bool| {
            let mut by_index: BTreeMap<i32, u64> = BTreeMap::new();
            for (value, count) in middles.iter().filter(|(value, _)| wanted(*value)) {
                let bucket = by_index.entry(grid.index(value.abs())).or_default();
                *bucket = bucket.saturating_add(*count);
            }
            stretches(by_index.into_iter())
        };
        let (min, max) =
            middles.iter().fold((f64::MAX, f64::MIN), |(low, high), (value, _)| (low.min(*value), high.max(*value)));
        Some(Self {
            error,
            count: middles.iter().try_fold(0_u64, |sum, (_, count)| sum.checked_add(*count))?,
            min: min + 0.0,
            max: max + 0.0,
            negative: counted(|value| value < 0.0),
            zeros: middles.iter().filter(|(value, _)| *value == 0.0).map(|(_, count)| count).sum(),
            positive: counted(|value| value > 0.0),
        })
    }

    fn with_error(values: &[f64], error: f64) -> Option<Self> {
        if values.is_empty() || values.iter().any(|value| !value.is_finite()) {
            return None;
        }
        let grid = Grid::new(error);
        let indices = |wanted: fn(f64) -> bool| {
            let chosen = values.iter().filter(|value| wanted(**value));
            let mut indices: Vec<i32> = chosen.map(|value| grid.index(value.abs())).collect();
            indices.sort_unstable();
            stretches(indices.chunk_by(|left, right| left == right).map(|same| (same[0], same.len() as u64)))
        };
        let (min, max) =
            values.iter().fold((f64::MAX, f64::MIN), |(low, high), value| (low.min(*value), high.max(*value)));
        Some(Self {
            error,
            count: values.len() as u64,
            // A negative zero is a zero.
            min: min + 0.0,
            max: max + 0.0,
            negative: indices(|value| value < 0.0),
            zeros: values.iter().filter(|value| **value == 0.0).count() as u64,
            positive: indices(|value| value > 0.0),
        })
    }

    /// How many samples; never 0 in a sketch that was made or checked.
    pub fn len(&self) -> u64 {
        self.count
    }

    /// Relative error of each value.
    pub fn error(&self) -> f64 {
        self.error
    }

    /// The smallest and the largest sample, exact, base unit.
    pub fn ends(&self) -> (f64, f64) {
        (self.min, self.max)
    }

    /// At most so many ascending points (at least the two ends), evenly spaced in rank; one for each sample where there are
    /// no more samples than that. The ends are exact, and each point is within [`Sketch::error`] of the sample at its rank.
    pub fn ordered(&self, points: usize) -> Vec<f64> {
        let wanted = (points.max(2) as u64).min(self.count);
        let step = if wanted > 1 { (self.count - 1) as f64 / (wanted - 1) as f64 } else { 0.0 };
        let mut buckets = self.buckets().into_iter();
        let mut bucket = buckets.next().unwrap_or(Bucket { low: self.min, high: self.max, count: self.count });
        let mut before = 0_u64;
        let mut ordered: Vec<f64> = Vec::with_capacity(wanted as usize);
        for point in 0..wanted {
            // The middle of the sample's place among all, so that samples of a bucket lie evenly between its edges.
            let place = point as f64 * step + 0.5;
            while place >= (before + bucket.count) as f64 {
                let Some(next) = buckets.next() else { break };
                before += bucket.count;
                bucket = next;
            }
            ordered.push(within(bucket, (place - before as f64) / bucket.count as f64));
        }
        if let Some(first) = ordered.first_mut() {
            *first = self.min;
        }
        if wanted > 1
            && let Some(last) = ordered.last_mut()
        {
            *last = self.max;
        }
        ordered
    }

    /// The buckets that hold something, as values in ascending order, no wider than the ends allow.
    fn buckets(&self) -> Vec<Bucket> {
        let grid = Grid::new(self.error);
        let clamped = |low: f64, high: f64, count| Bucket {
            low: low.max(self.min).min(self.max),
            high: high.max(self.min).min(self.max),
            count,
        };
        let negative =
            buckets(&self.negative).map(|(index, count)| clamped(-grid.top(index), -grid.bottom(index), count));
        let mut found: Vec<Bucket> = negative.collect();
        found.reverse();
        found.extend((self.zeros > 0).then_some(Bucket { low: 0.0, high: 0.0, count: self.zeros }));
        found.extend(buckets(&self.positive).map(|(index, count)| clamped(grid.bottom(index), grid.top(index), count)));
        found
    }

    /// Whether a sketch that was read is one that could have been made.
    pub(super) fn check(&self) -> Result<(), SketchFault> {
        if !ERRORS.contains(&self.error) {
            return Err(SketchFault::Error);
        }
        if self.count == 0 {
            return Err(SketchFault::Empty);
        }
        let grid = Grid::new(self.error);
        for side in [&self.negative, &self.positive] {
            // Only stretches inside the range of numbers have indices that can be counted up without overflow.
            let inside = |stretch: &Stretch| {
                stretch.first >= grid.index(f64::from_bits(1)) - 1
                    && stretch.end() <= i64::from(grid.index(f64::MAX)) + 2
            };
            let ascends = || buckets(side).map(|(index, _)| index).is_sorted_by(|left, right| left < right);
            if !side.iter().all(inside) || !ascends() || stretches(buckets(side)) != *side {
                return Err(SketchFault::Order);
            }
        }
        let counts = buckets(&self.negative).chain(buckets(&self.positive)).map(|(_, count)| count);
        if counts.chain([self.zeros]).try_fold(0_u64, u64::checked_add) != Some(self.count) {
            return Err(SketchFault::Sum);
        }
        let (lowest, highest) = self.outer_buckets(&grid).ok_or(SketchFault::Empty)?;
        let fits = |value: f64, (low, high): (f64, f64)| value.is_finite() && low <= value && value <= high;
        if !fits(self.min, lowest) || !fits(self.max, highest) || self.min > self.max {
            return Err(SketchFault::Ends);
        }
        Ok(())
    }

    /// Edges of the lowest and of the highest bucket that hold something, with room for the last digits of a logarithm,
    /// which are not the same on every machine.
    fn outer_buckets(&self, grid: &Grid) -> Option<((f64, f64), (f64, f64))> {
        let wide =
            |(index, _)| (grid.edge(f64::from(index) - 1.0 - EDGE_ROOM), grid.edge(f64::from(index) + EDGE_ROOM));
        let mirrored = |(small, large): (f64, f64)| (-large, -small);
        let zero = (self.zeros > 0).then_some((0.0, 0.0));
        let small = |side| buckets(side).next().map(wide);
        let large = |side| buckets(side).last().map(wide);
        let lowest = large(&self.negative).map(mirrored).or(zero).or_else(|| small(&self.positive));
        let highest = large(&self.positive).or(zero).or_else(|| small(&self.negative).map(mirrored));
        lowest.zip(highest)
    }
}

/// Part of a bucket by which the position of a value may differ between machines: logarithms of up to 745, each true to
/// its last binary digit or two, over a bucket of at least 0.00001.
const EDGE_ROOM: f64 = 1e-6;

/// The value at a part of the way from the lower edge of a bucket to the upper, evenly on the logarithmic axis.
fn within(bucket: Bucket, part: f64) -> f64 {
    if bucket.low == bucket.high {
        return bucket.low;
    }
    let (low, high) = (bucket.low.abs().ln(), bucket.high.abs().ln());
    (low + (high - low) * part).exp().copysign(bucket.low).clamp(bucket.low, bucket.high)
}

/// The buckets of an error.
struct Grid {
    /// Logarithm of the factor between the edges of a bucket.
    width: f64,
}

impl Grid {
    fn new(error: f64) -> Self {
        Self { width: error.ln_1p() }
    }

    /// The bucket of a positive magnitude.
    fn index(&self, magnitude: f64) -> i32 {
        (magnitude.ln() / self.width).ceil() as i32
    }

    /// The magnitude at a position of the grid, kept inside the range of positive numbers.
    fn edge(&self, position: f64) -> f64 {
        (position * self.width).exp().clamp(f64::from_bits(1), f64::MAX)
    }

    fn bottom(&self, index: i32) -> f64 {
        self.edge(f64::from(index) - 1.0)
    }

    fn top(&self, index: i32) -> f64 {
        self.edge(f64::from(index))
    }
}

/// The buckets that hold something, by ascending index. The indices have to be in the range of the grid.
fn buckets(stretches: &[Stretch]) -> impl Iterator<Item = (i32, u64)> + '_ {
    stretches
        .iter()
        .flat_map(|stretch| (stretch.first..).zip(stretch.counts.iter().copied()))
        .filter(|(_, count)| *count > 0)
}

/// Buckets by ascending index as stretches; the same buckets always give the same stretches.
fn stretches(buckets: impl Iterator<Item = (i32, u64)>) -> Vec<Stretch> {
    let mut stretches: Vec<Stretch> = Vec::new();
    for (index, count) in buckets {
        if let Some(last) = stretches.last_mut() {
            let gap = i64::from(index) - last.end();
            if (0..=MAX_GAP).contains(&gap) {
                last.counts.resize(last.counts.len() + gap as usize, 0);
                last.counts.push(count);
                continue;
            }
        }
        stretches.push(Stretch { first: index, counts: vec![count] });
    }
    stretches
}

#[cfg(test)]
mod tests;
