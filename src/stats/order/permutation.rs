//! The place where a run most likely changes its level, and whether chance alone finds one as clear.
//!
//! In: points in recorded order. Out: the place that maximises a standardised rank sum, and the p-value of that maximum under a
//! permutation of blocks, where it is below [`CHANGE_P`]. Refuses (with `None`) short runs and equal values.
//!
//! A p-value that is not reported need not be known: as soon as so many permutations reach the observed statistic that p cannot
//! fall below [`CHANGE_P`] any more, the rest is spared (a sequential test in the manner of Besag & Clifford 1991). What is
//! reported rests on all permutations, so that neither a decision nor a reported p depends on where the others ended.

use super::centered::autocovariance;
use super::neighbours::{centered_ranks, effective_of};
use crate::stats::rng::{Rng, seed_from};

/// The p-value below which a warm-up or a level shift is reported.
pub const CHANGE_P: f64 = 0.01;
/// Permutations of the maximised change-point statistic: the smallest p is 1/(m+1) = 0.001.
const PERMUTATIONS: usize = 999;
/// A statistic that is lower by this share is as large as the observed one: the same sums in another order differ in the last bits.
const AS_LARGE: f64 = 1e-12;
/// With fewer effectively independent values no change point is claimed: a slow wave and a step look the same then.
const MIN_EFFECTIVE: f64 = 10.0;
/// Bias of the lag-1 autocorrelation around a fitted step, times n: twice the usual 1/n, and the search for the best place.
const RESIDUAL_BIAS: f64 = 3.0;
/// The upper 16% point of a standard normal: autocorrelation below this many standard errors counts as none.
const NOISE: f64 = 1.0;
/// Blocks of the permutation are this many times the cube root of n, times the dependence (Politis & White 2004, corrected 2009).
const BLOCK_FACTOR: f64 = 1.5;

/// Which changes count.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum StepKind {
    /// Up and down.
    Either,
    /// The first part lies higher.
    Falling,
}

impl StepKind {
    /// How high a sum stands in the direction that counts.
    const fn height(self, sum: i64) -> i64 {
        match self {
            Self::Either => sum.abs(),
            Self::Falling => sum,
        }
    }
}

/// Memory that all permutations of a run share.
#[derive(Default)]
struct Work {
    starts: Vec<usize>,
    shuffled: Vec<i64>,
}

impl Work {
    /// Puts blocks in random order.
    fn shuffle_blocks(&mut self, steps: &[i64], block: usize, offset: usize, rng: &mut Rng) {
        let Self { starts, shuffled } = self;
        starts.clear();
        starts.push(0);
        starts.extend((offset..steps.len()).step_by(block).filter(|&start| start > 0));
        rng.shuffle(starts);
        let end_of = |start: usize| if start < offset { offset } else { start + block }.min(steps.len());
        shuffled.clear();
        for &start in starts.iter() {
            shuffled.extend_from_slice(&steps[start..end_of(start)]);
        }
    }
}

/// The place that maximises the standardised rank sum.
pub(super) struct Change {
    /// Number of points before it.
    pub(super) at: usize,
    statistic: f64,
    segment: usize,
    direction: StepKind,
    centered: Vec<f64>,
}

impl Change {
    /// The most likely place that leaves `segment` points on each side.
    pub(super) fn find(points: &[f64], segment: usize, direction: StepKind) -> Option<Self> {
        let (centered, _) = centered_ranks(points)?;
        if points.len() < 2 * segment {
            return None;
        }
        let (at, statistic) = largest_step(centered.iter().copied(), centered.len(), segment, direction);
        (statistic > 0.0).then_some(Self { at, statistic, segment, direction, centered })
    }

    /// The p-value, (b+1)/(m+1), where it is below [`CHANGE_P`].
    pub(super) fn significance(&self, points: &[f64]) -> Option<f64> {
        let block = self.block_length()?;
        let steps = self.steps();
        let bars = self.bars();
        let p = |reached: usize| (reached + 1) as f64 / (PERMUTATIONS as f64 + 1.0);
        let mut rng = Rng::new(seed_from(points));
        let mut work = Work::default();
        let mut reached = 0;
        for _ in 0..PERMUTATIONS {
            // A random offset moves the borders of the blocks; the first and the last block are then shorter.
            let offset = rng.below(block);
            let reaches = if block == 1 {
                self.single_values_reach(&steps, &bars, &mut rng, &mut work)
            } else {
                work.shuffle_blocks(&steps, block, offset, &mut rng);
                self.reaches(&work.shuffled, &bars)
            };
            if reaches {
                reached += 1;
                if p(reached) >= CHANGE_P {
                    return None;
                }
            }
        }
        Some(p(reached))
    }

    /// Twice the centered ranks: whole numbers, whose sums are exact and quick.
    fn steps(&self) -> Vec<i64> {
        self.centered.iter().map(|rank| (2.0 * rank) as i64).collect()
    }

    /// How high the sum of the [`Self::steps`] so far must stand, at each place that counts, to be as large as the observed one.
    fn bars(&self) -> Vec<i64> {
        let n = self.centered.len();
        let enough = self.statistic * (1.0 - AS_LARGE);
        let bar = |t: usize| (2.0 * (enough * t as f64 * (n - t) as f64).sqrt()).ceil() as i64;
        (self.segment..=n - self.segment).map(bar).collect()
    }

    /// Whether a permutation has a statistic as large as the observed one: [`largest_step`] without its place.
    fn reaches(&self, shuffled: &[i64], bars: &[i64]) -> bool {
        // The first sum that counts is the one of a whole segment.
        let (head, rest) = shuffled.split_at(self.segment - 1);
        let mut sum: i64 = head.iter().sum();
        rest.iter().zip(bars).any(|(step, bar)| {
            sum += step;
            self.direction.height(sum) >= *bar
        })
    }

    /// The same for a permutation of the values one by one, judged while it is drawn: Fisher and Yates' shuffle settles the last
    /// place first, and the sum up to a place is the negative of the sum behind it, because all of them together are 0.
    fn single_values_reach(&self, steps: &[i64], bars: &[i64], rng: &mut Rng, work: &mut Work) -> bool {
        let values = &mut work.shuffled;
        values.clear();
        values.extend_from_slice(steps);
        let mut behind = 0;
        let mut draw = |last: usize, rng: &mut Rng| {
            let drawn = rng.below(last + 1);
            behind += values[drawn];
            values[drawn] = values[last];
            behind
        };
        let last_that_counts = steps.len() - self.segment;
        for last in (last_that_counts + 1..steps.len()).rev() {
            draw(last, rng);
        }
        for (index, bar) in bars.iter().enumerate().rev() {
            let last = self.segment + index;
            if self.direction.height(-draw(last, rng)) >= *bar {
                rng.skip(last - 1);
                return true;
            }
        }
        // What is left cannot count; the next permutation starts as if it had been drawn.
        rng.skip(self.segment - 1);
        false
    }

    /// Block length from the dependence that is left after the step itself was taken out; `None` where too little is independent.
    fn block_length(&self) -> Option<usize> {
        let n = self.centered.len();
        let (before, after) = self.centered.split_at(self.at);
        let mut residuals: Vec<f64> = Vec::with_capacity(n);
        for part in [before, after] {
            let mean = part.iter().sum::<f64>() / part.len() as f64;
            residuals.extend(part.iter().map(|rank| rank - mean));
        }
        let squares: f64 = residuals.iter().map(|d| d * d).sum();
        if squares <= 0.0 {
            return Some(1);
        }
        let size = n as f64;
        let effective = effective_of(&residuals, squares);
        if effective < MIN_EFFECTIVE {
            return None;
        }
        let inflation = size / effective;
        // For an AR(1) with autocorrelation r the inflation is (1+r)/(1-r); the optimal block is (2 r/(1-r^2))^(2/3) n^(1/3).
        let r = (inflation - 1.0) / (inflation + 1.0);
        // Taking the step out lowers the autocorrelation by about 3/n; below its noise there is no dependence to keep.
        let first = autocovariance(&residuals, 1) / squares + RESIDUAL_BIAS / size;
        if first < NOISE / size.sqrt() {
            return Some(1);
        }
        let block = BLOCK_FACTOR * (2.0 * r / (1.0 - r * r)).powf(2.0 / 3.0) * size.cbrt();
        Some((block.ceil() as usize).clamp(1, (n / 8).max(1)))
    }
}

/// The largest standardised partial sum and where it ends. The standard error of a partial sum of n centered ranks after t of them
/// is proportional to sqrt(t (n-t)).
fn largest_step(centered: impl Iterator<Item = f64>, n: usize, segment: usize, direction: StepKind) -> (usize, f64) {
    let mut sum = 0.0;
    let mut best = (segment, 0.0_f64);
    for (done, rank) in centered.enumerate() {
        sum += rank;
        let t = done + 1;
        if t < segment {
            continue;
        }
        if t > n - segment {
            break;
        }
        let statistic = match direction {
            StepKind::Either => sum * sum,
            StepKind::Falling => sum.max(0.0) * sum.max(0.0),
        } / (t as f64 * (n - t) as f64);
        if statistic > best.1 {
            best = (t, statistic);
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The p-value by its definition: all permutations, each one put together and its largest statistic found.
    fn p_by_definition(change: &Change, points: &[f64], block: usize) -> f64 {
        let n = points.len();
        let mut rng = Rng::new(seed_from(points));
        let mut reached = 0;
        for _ in 0..PERMUTATIONS {
            let offset = rng.below(block);
            let mut blocks: Vec<&[f64]> = Vec::new();
            let (first, rest) = change.centered.split_at(if block == 1 { 1 } else { offset });
            blocks.extend((!first.is_empty()).then_some(first));
            blocks.extend(rest.chunks(block));
            rng.shuffle(&mut blocks);
            let shuffled = blocks.into_iter().flatten().copied();
            let (_, statistic) = largest_step(shuffled, n, change.segment, change.direction);
            reached += usize::from(statistic >= change.statistic * (1.0 - AS_LARGE));
        }
        (reached + 1) as f64 / (PERMUTATIONS + 1) as f64
    }

    #[test]
    fn what_is_spared_changes_no_answer() {
        let mut rng = Rng::new(11);
        let (mut single, mut blocks, mut found) = (0, 0, 0);
        for run in 0..60 {
            let n = 24 + rng.below(60);
            let at = n / 3;
            let (step, dependence) = (f64::from(run % 5) * 0.5, f64::from(run % 3) * 0.3);
            let mut before = 0.0;
            let points: Vec<f64> = (0..n)
                .map(|place| {
                    before = dependence * before + rng.normal();
                    // Rounded, so that there are ties too.
                    ((before + if place < at { step } else { 0.0 }) * 8.0).round()
                })
                .collect();
            for direction in [StepKind::Either, StepKind::Falling] {
                let change = Change::find(&points, 5, direction).unwrap();
                let Some(block) = change.block_length() else { continue };
                let p = p_by_definition(&change, &points, block);
                assert_eq!(change.significance(&points), (p < CHANGE_P).then_some(p), "run {run}, blocks of {block}");
                found += usize::from(p < CHANGE_P);
                *(if block == 1 { &mut single } else { &mut blocks }) += 1;
            }
        }
        assert!(single > 20 && blocks > 20 && found > 10, "{single} {blocks} {found}");
    }
}
