//! Long memory: dependence that fades so slowly that no sum over lags finds all of it.
//!
//! In: a series less its mean, or the sums of its consecutive blocks. Out: how slowly dependence fades, where that is beyond chance,
//! and by what factor it multiplies the variance of the mean. Refuses (with `None`) series that are too short to tell.
//!
//! The lowest frequencies decide: there a spectrum that grows like frequency^-2d has long memory of Hurst exponent d + 1/2 (local
//! Whittle, Robinson 1995), and the variance of the mean follows from its height and d (Robinson 2005; Abadir, Distaso & Giraitis
//! 2009). Strong short memory in a short run looks the same: what cannot be told apart gets the wider interval.

use std::f64::consts::{FRAC_1_SQRT_2, TAU};

use statrs::function::gamma::gamma;

use super::centered::Centered;

/// Fewer values say nothing about it.
const FEWEST: usize = 64;
/// So many times the root of the number of values are the frequencies that are looked at...
const FREQUENCIES: f64 = 1.5;
/// ...and at most so many, of at most so many blocks.
const MOST_FREQUENCIES: usize = 128;
const MOST_BLOCKS: usize = 1024;
/// Standard errors by which the exponent must lie above 0: chance alone reaches that in one run of forty, and each such run costs a
/// comparison most of its power.
const NOISE: f64 = 2.0;
/// The exponent that is reckoned with at most: H = 0.8. The variance is so steep in it that a larger one, known to within a tenth,
/// would say nothing any more.
const LARGEST: f64 = 0.3;

/// How slowly dependence fades.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct LongMemory {
    exponent: f64,
}

/// The sums of consecutive blocks of a whole run.
pub(crate) struct SumsOfBlocks {
    /// How many blocks there are, of so many values each.
    blocks: usize,
    length: usize,
    /// Variance of the values.
    variance: f64,
    /// At the lowest frequencies.
    periodogram: Vec<f64>,
}

impl SumsOfBlocks {
    /// Of a run that is there as a whole; `None` for a short one, and for equal values.
    pub(crate) fn of(series: &impl Centered) -> Option<Self> {
        let n = series.len();
        let length = Self::length(n);
        Self::new(series.batch_sums(length), length, series.squares() / n as f64).filter(|_| n >= FEWEST)
    }

    /// Of the sums themselves, and the variance of the values in them.
    fn new(sums: Vec<f64>, length: usize, variance: f64) -> Option<Self> {
        let mean = sums.iter().sum::<f64>() / sums.len() as f64;
        let sums: Vec<f64> = sums.into_iter().map(|sum| sum - mean).collect();
        (sums.len() >= FEWEST && variance > 0.0 && variance.is_finite()).then(|| Self {
            blocks: sums.len(),
            length,
            variance,
            periodogram: periodogram(&sums, length),
        })
    }

    /// Of a run of so many values that `visit` hands over in order: how many lie above a limit.
    pub(crate) fn above(values: usize, limit: f64, visit: impl FnOnce(&mut dyn FnMut(&[f64]))) -> Option<Self> {
        let length = Self::length(values);
        let (mut sums, mut filled, mut count) = (Vec::with_capacity(MOST_BLOCKS), 0, 0_u32);
        visit(&mut |block| {
            let mut rest = block;
            while !rest.is_empty() {
                let (now, later) = rest.split_at(rest.len().min(length - filled));
                count += now.iter().map(|value| u32::from(*value > limit)).sum::<u32>();
                filled += now.len();
                rest = later;
                if filled == length {
                    sums.push(f64::from(std::mem::take(&mut count)));
                    filled = 0;
                }
            }
        });
        let share = sums.iter().sum::<f64>() / (sums.len() * length) as f64;
        Self::new(sums, length, share * (1.0 - share))
    }

    /// How long blocks of so many values are.
    fn length(values: usize) -> usize {
        values.div_ceil(MOST_BLOCKS).max(1)
    }
}

/// The periodogram of the sums of blocks, of so many values each, at the lowest frequencies.
fn periodogram(sums: &[f64], length: usize) -> Vec<f64> {
    let n = sums.len() as f64;
    let values = n * length as f64;
    let most = ((FREQUENCIES * values.sqrt()) as usize).min(MOST_FREQUENCIES).min(sums.len() / 4);
    // All frequencies at once, value by value: chains of rotations side by side, which the processor does in parallel.
    let steps: Vec<(f64, f64)> = (1..=most).map(|frequency| (TAU * frequency as f64 / n).sin_cos()).collect();
    let mut waves = vec![(1.0, 0.0, 0.0, 0.0); most];
    for value in sums {
        for ((cosine, sine, real, imaginary), (sin, cos)) in waves.iter_mut().zip(&steps) {
            *real += value * *cosine;
            *imaginary += value * *sine;
            (*cosine, *sine) = (*cosine * cos - *sine * sin, *cosine * sin + *sine * cos);
        }
    }
    waves.iter().map(|(.., real, imaginary)| (real * real + imaginary * imaginary) / (TAU * n)).collect()
}

/// What the lowest frequencies of one or more runs say of long memory, be it chance or not.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct MemoryEstimate {
    exponent: f64,
    frequencies: f64,
}

impl MemoryEstimate {
    /// Of a run.
    pub(crate) fn of(blocks: &SumsOfBlocks) -> Self {
        Self { exponent: whittle(&blocks.periodogram), frequencies: blocks.periodogram.len() as f64 }
    }

    /// Of several runs of one thing: each counts by what it knows.
    pub(crate) fn together(of: impl Iterator<Item = Self>) -> Option<Self> {
        let (sum, frequencies) = of.fold((0.0, 0.0), |(sum, frequencies), one| {
            (sum + one.exponent * one.frequencies, frequencies + one.frequencies)
        });
        (frequencies > 0.0).then(|| Self { exponent: sum / frequencies, frequencies })
    }

    /// Standard error of the exponent (Robinson 1995).
    fn error(self) -> f64 {
        0.5 / self.frequencies.sqrt()
    }

    /// How many standard errors the exponent lies above none.
    pub(crate) fn score(self) -> f64 {
        self.exponent / self.error()
    }

    /// Whether it is beyond chance.
    pub(crate) fn is_beyond_chance(self) -> bool {
        self.score() > NOISE
    }

    /// The memory of a run, where others say that there is one: at least what two such runs would show together.
    pub(crate) fn memory(self) -> LongMemory {
        LongMemory { exponent: self.exponent.max(NOISE * self.error() * FRAC_1_SQRT_2).min(LARGEST) }
    }
}

impl LongMemory {
    /// Where it is beyond chance.
    pub(crate) fn of(blocks: &SumsOfBlocks) -> Option<Self> {
        let found = MemoryEstimate::of(blocks);
        found.is_beyond_chance().then(|| found.memory())
    }

    /// The Hurst exponent, above 1/2.
    pub(crate) fn hurst(self) -> f64 {
        self.exponent + 0.5
    }

    /// By what factor it multiplies the variance of the mean of a series that shares this memory.
    pub(crate) fn inflation(self, blocks: &SumsOfBlocks) -> f64 {
        let SumsOfBlocks { periodogram, .. } = blocks;
        let d = self.exponent;
        let (n, length) = (blocks.blocks as f64, blocks.length as f64);
        let flattened = |(place, power): (usize, &f64)| (TAU * (place + 1) as f64 / n).powf(2.0 * d) * power;
        let height = periodogram.iter().enumerate().map(flattened).sum::<f64>() / periodogram.len() as f64;
        let shape = 2.0 * gamma(1.0 - 2.0 * d) * (std::f64::consts::PI * d).sin() / (d * (1.0 + 2.0 * d));
        (height * shape * n.powf(2.0 * d) / (length * blocks.variance)).max(1.0)
    }
}

/// The exponent that fits the lowest frequencies best: the minimum of Robinson's objective, by golden section.
fn whittle(periodogram: &[f64]) -> f64 {
    const STEPS: usize = 40;
    let golden = (3.0 - 5.0_f64.sqrt()) / 2.0;
    let size = periodogram.len() as f64;
    let logarithms: Vec<f64> = (1..=periodogram.len()).map(|place| (place as f64).ln()).collect();
    let mean = logarithms.iter().sum::<f64>() / size;
    let objective = |d: f64| {
        let powers = logarithms.iter().zip(periodogram).map(|(ln, power)| (2.0 * d * ln).exp() * power);
        (powers.sum::<f64>() / size).ln() - 2.0 * d * mean
    };
    let (mut low, mut high) = (-0.5, 1.0);
    for _ in 0..STEPS {
        let (left, right) = (low + (high - low) * golden, high - (high - low) * golden);
        if objective(left) < objective(right) {
            high = right;
        } else {
            low = left;
        }
    }
    f64::midpoint(low, high)
}

#[cfg(test)]
mod tests {
    use super::super::centered::Values;
    use super::*;
    use crate::stats::rng::{Rng, slow_noise};

    fn share_found(runs: u64, series: impl Fn(&mut Rng) -> Vec<f64>) -> f64 {
        let found = (0..runs).filter(|seed| {
            let values = series(&mut Rng::new(*seed));
            let mean = values.iter().sum::<f64>() / values.len() as f64;
            let centered: Vec<f64> = values.iter().map(|value| value - mean).collect();
            LongMemory::of(&SumsOfBlocks::of(&Values::of(&centered, centered.len())).unwrap()).is_some()
        });
        found.count() as f64 / runs as f64
    }

    #[test]
    fn slow_noise_has_long_memory_and_white_noise_has_none() {
        let slow = share_found(50, |rng| slow_noise(3000, rng));
        assert!(slow > 0.9, "{slow}");
        let white = share_found(200, |rng| (0..3000).map(|_| rng.normal()).collect());
        assert!(white < 0.12, "{white}");
    }

    #[test]
    fn white_noise_of_no_memory_has_the_factor_one() {
        let mut rng = Rng::new(3);
        let values: Vec<f64> = (0..20_000).map(|_| rng.normal()).collect();
        let blocks = SumsOfBlocks::of(&Values::of(&values, values.len())).unwrap();
        let factor = LongMemory { exponent: 1e-9 }.inflation(&blocks);
        assert!((0.8..1.25).contains(&factor), "{factor}");
    }

    #[test]
    fn short_and_equal_series_say_nothing() {
        assert!(SumsOfBlocks::of(&Values::of(&[1.0, -1.0], 2)).is_none());
        assert!(SumsOfBlocks::of(&Values::of(&[0.0; 500], 500)).is_none());
    }
}
