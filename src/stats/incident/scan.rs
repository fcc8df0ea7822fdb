//! The stretch of a track that leaves the rest most, and how often chance alone makes one as strong.
//!
//! In: a value a bin with its weight. Out: the strongest stretch with its p. A value's distance is taken from what is usual
//! around it (two fifths of the run), so that slow drift, ramps and long steps are no stretch. Every stretch up to a quarter of
//! the run is looked at, and the p allows for all of them: it is the share of series made from the run's own bins in another
//! order, with the dependence that the run's neighbours show (an autoregressive sieve; Bühlmann 1997), whose strongest stretch is
//! as strong. Bins that are far away by themselves are therefore usual where the run has several.

use std::ops::Range;

use crate::stats::rng::{Rng, seed_from};
use crate::stats::sample::median_of_sorted;
use crate::stats::spread::MAD_SCALE;

/// Series made for a p.
pub(super) const SERIES: usize = 999;
/// A stretch is at most this share of the run; longer ones are levels.
const LONGEST_SHARE: f64 = 0.25;
/// What is usual is taken from so much of the run on each side.
pub(super) const AROUND_SHARE: f64 = 0.2;
/// Bins that hold nothing mostly are averaged over so much of the run on each side.
const SMOOTH_SHARE: f64 = 0.025;
/// Lengths of stretches, in bins, that are looked at first.
const LENGTHS: [usize; 17] = [1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 17, 20, 25, 30, 40, 50];
/// Distances enter the estimate of dependence with at most so many robust standard deviations.
const FAR: f64 = 3.0;
/// A stretch of at least so many bins is more than a bin that is far away by itself.
const SEVERAL: usize = 3;
/// With so many bins of rare events two standard errors are allowed for, with more nearly one; simulated.
const RARE_ERRORS: f64 = 75.0;
/// The most dependence that is believed.
const MOST_DEPENDENCE: f64 = 0.95;

/// What is usual around a bin.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Around {
    /// The median of the bins.
    Median,
    /// The median of means of a few bins, where most bins hold nothing.
    Means {
        /// The share of events in the whole run.
        share: f64,
    },
}

/// Which distances count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    /// Above what is usual.
    Above,
    /// Above or below.
    Either,
}

/// A value a bin. A weight of 0 means that nothing is known of a bin.
#[derive(Debug, Clone)]
pub(super) struct Track {
    pub(super) value: Vec<f64>,
    pub(super) weight: Vec<f64>,
    pub(super) around: Around,
    pub(super) side: Direction,
}

/// What makes distances of stretches comparable.
struct Scales<'a> {
    /// Sums of the squared weights of the first none, one, two and so on.
    weights: &'a [f64],
    /// For each length, by how much dependence widens.
    widths: &'a [f64],
}

/// A stretch of bins, from one to before another.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Stretch {
    pub(super) from: usize,
    pub(super) to: usize,
    /// How far it is away, in standard deviations; below 0 where it is below.
    pub(super) score: f64,
}

impl Track {
    /// The strongest stretch and its p, where that is at most `level`.
    pub(super) fn strongest(&self, level: f64) -> Option<(Stretch, f64)> {
        let away = self.away(&self.value);
        let longest = longest(away.len());
        // A far stretch looks like dependence: what the rest shows counts.
        let weights = running_sums(self.weight.iter().map(|weight| weight * weight));
        let suspect = self.scan(&away, &Scales { weights: &weights, widths: &widths(0.0, longest) })?;
        let rho = self.dependence(&away, suspect.from..suspect.to);
        let scales = Scales { weights: &weights, widths: &widths(rho, longest) };
        let found = self.scan(&away, &scales)?;
        let p = self.p(&away, rho, &scales, found, level)?;
        Some((self.with_ends(&away, &scales, found), p))
    }

    /// Sums of the first none, one, two and so on of weighted distances.
    fn sums(&self, away: &[f64]) -> Vec<f64> {
        running_sums(away.iter().zip(&self.weight).map(|(away, weight)| away * weight))
    }

    /// Forgets the bins of a stretch.
    pub(super) fn forget(&mut self, from: usize, to: usize) {
        self.weight[from..to].fill(0.0);
    }

    /// Weighted distances from what is usual around each bin.
    fn away(&self, value: &[f64]) -> Vec<f64> {
        let usual = match self.around {
            Around::Median => self.running_median(value),
            Around::Means { .. } => self.running_median(&self.smooth(value)),
        };
        value.iter().zip(&usual).zip(&self.weight).map(|((value, usual), weight)| weight * (value - usual)).collect()
    }

    /// Weighted means of a few bins on each side.
    fn smooth(&self, value: &[f64]) -> Vec<f64> {
        let few = ((value.len() as f64 * SMOOTH_SHARE) as usize).max(1);
        let squares: Vec<f64> = self.weight.iter().map(|weight| weight * weight).collect();
        let weights = running_sums(squares.iter().copied());
        let products = running_sums(squares.iter().zip(value).map(|(square, value)| square * value));
        (0..value.len())
            .map(|bin| {
                let (from, to) = (bin.saturating_sub(few), (bin + few + 1).min(value.len()));
                let weight = weights[to] - weights[from];
                if weight > 0.0 { (products[to] - products[from]) / weight } else { 0.0 }
            })
            .collect()
    }

    fn running_median(&self, value: &[f64]) -> Vec<f64> {
        let reach = reach(value.len());
        let mut near: Vec<f64> = Vec::with_capacity(2 * reach + 1);
        let place = |near: &[f64], value: f64| near.partition_point(|other| other.total_cmp(&value).is_lt());
        let mut next = 0;
        (0..value.len())
            .map(|bin| {
                while next < value.len() && next <= bin + reach {
                    if self.weight[next] > 0.0 {
                        near.insert(place(&near, value[next]), value[next]);
                    }
                    next += 1;
                }
                if let Some(gone) = bin.checked_sub(reach + 1).filter(|gone| self.weight[*gone] > 0.0) {
                    near.remove(place(&near, value[gone]));
                }
                median_of_sorted(&near)
            })
            .collect()
    }

    /// The autocorrelation of neighbouring bins outside a stretch, on the safe side of its own error.
    fn dependence(&self, away: &[f64], without: Range<usize>) -> f64 {
        let is_known = |bin: usize| self.weight[bin] > 0.0 && !without.contains(&bin);
        let mut sizes: Vec<f64> = (0..away.len()).filter(|bin| is_known(*bin)).map(|bin| away[bin].abs()).collect();
        if sizes.len() < 3 {
            return 0.0;
        }
        let n = sizes.len() as f64;
        sizes.sort_unstable_by(f64::total_cmp);
        let usual = sizes[sizes.len() / 2] * MAD_SCALE;
        let border = if usual > 0.0 { FAR * usual } else { f64::INFINITY };
        let near = |bin: usize| if is_known(bin) { away[bin].clamp(-border, border) } else { 0.0 };
        let squares: f64 = (0..away.len()).map(|bin| near(bin) * near(bin)).sum();
        if squares <= 0.0 {
            return 0.0;
        }
        let rho = (1..away.len()).map(|bin| near(bin - 1) * near(bin)).sum::<f64>() / squares;
        // Kendall's bias of the estimate, and one standard error; of few bins of rare events more, which are far from normal.
        let errors = if self.around == Around::Median { 1.0 } else { 1.0 + (RARE_ERRORS / n).powi(2) };
        let safe = rho + (1.0 + 4.0 * rho.max(0.0)) / n + errors * ((1.0 - rho * rho) / n).sqrt();
        safe.clamp(0.0, MOST_DEPENDENCE)
    }

    /// The strongest stretch of the lengths that are looked at.
    fn scan(&self, away: &[f64], scales: &Scales<'_>) -> Option<Stretch> {
        let sums = self.sums(away);
        let longest = longest(away.len());
        let mut found: Option<Stretch> = None;
        for &length in LENGTHS.iter().filter(|length| **length <= longest) {
            for from in 0..=away.len() - length {
                let Some(score) = self.score(&sums, scales, from, from + length) else { continue };
                if found.is_none_or(|best| score.abs() > best.score.abs()) {
                    found = Some(Stretch { from, to: from + length, score });
                }
            }
        }
        found
    }

    fn score(&self, sums: &[f64], scales: &Scales<'_>, from: usize, to: usize) -> Option<f64> {
        let Scales { weights, widths } = scales;
        let weight = weights[to] - weights[from];
        let more = sums[to] - sums[from];
        let score = match self.around {
            Around::Median => more / weight.sqrt(),
            Around::Means { share } => {
                // The signed root of the likelihood ratio of counts: in a few bins of rare events a plain distance is large
                // by chance.
                let (usual, more) = (share * weight, more * (share * (1.0 - share)).sqrt());
                if more <= 0.0 { 0.0 } else { (2.0 * ((usual + more) * (more / usual).ln_1p() - more)).max(0.0).sqrt() }
            }
        } / widths[to - from];
        (weight > 0.0 && (self.side == Direction::Either || score > 0.0)).then_some(score)
    }

    /// The same stretch with the ends that make it strongest.
    fn with_ends(&self, away: &[f64], scales: &Scales<'_>, found: Stretch) -> Stretch {
        let sums = self.sums(away);
        let (longest, length) = (longest(away.len()), found.to - found.from);
        let mut best = found;
        for from in found.from.saturating_sub(length)..found.to {
            for to in (from + 1).max(found.from + 1)..=(found.to + length).min(away.len()).min(from + longest) {
                let score = self.score(&sums, scales, from, to);
                if let Some(score) = score.filter(|score| score * found.score > 0.0 && score.abs() > best.score.abs()) {
                    best = Stretch { from, to, score };
                }
            }
        }
        best
    }

    /// How often chance makes a stretch as strong; absent as soon as it is clear that more often than `level`.
    fn p(&self, away: &[f64], rho: f64, scales: &Scales<'_>, found: Stretch, level: f64) -> Option<f64> {
        let known: Vec<usize> = (0..away.len()).filter(|bin| self.weight[*bin] > 0.0).collect();
        let mut before = None;
        let mut steps: Vec<f64> = known
            .iter()
            .map(|&bin| {
                let step = before.map_or(away[bin] * (1.0 - rho * rho).sqrt(), |before: f64| away[bin] - rho * before);
                before = Some(away[bin]);
                step
            })
            .collect();
        // A stretch of several bins is no reason to expect bins as far away as its own anywhere else.
        let inside = |bin: usize| (found.from..=found.to).contains(&bin);
        if found.to - found.from >= SEVERAL {
            let rest = known.iter().zip(&steps).filter(|(bin, _)| !inside(**bin));
            let most = rest.fold(0.0_f64, |most, (_, step)| most.max(step.abs()));
            let of_stretch = known.iter().zip(&mut steps).filter(|(bin, _)| inside(**bin));
            of_stretch.for_each(|(_, step)| *step = step.clamp(-most, most));
        }
        let mean = steps.iter().sum::<f64>() / steps.len().max(1) as f64;
        for step in &mut steps {
            *step -= mean;
        }
        let most = (level * (SERIES + 1) as f64).floor() as usize;
        let mut rng = Rng::new(seed_from(away));
        let mut value = vec![0.0; away.len()];
        let mut stronger = 0;
        for _ in 0..SERIES {
            rng.shuffle(&mut steps);
            let mut state = steps.last().copied().unwrap_or(0.0) / (1.0 - rho * rho).sqrt();
            for (bin, step) in known.iter().zip(&steps) {
                state = rho * state + step;
                value[*bin] = state / self.weight[*bin];
            }
            let strongest = self.scan(&self.away(&value), scales);
            stronger += usize::from(strongest.is_some_and(|strongest| strongest.score.abs() >= found.score.abs()));
            if stronger + 1 > most {
                return None;
            }
        }
        Some((stronger + 1) as f64 / (SERIES + 1) as f64)
    }
}

/// By how much dependence multiplies the standard error of the mean of so many neighbours, for every length up to the longest.
fn widths(rho: f64, longest: usize) -> Vec<f64> {
    (0..=longest)
        .map(|length| {
            let n = length.max(1) as f64;
            let variance =
                (1.0 + rho) / (1.0 - rho) - 2.0 * rho * (1.0 - rho.powf(n)) / (n * (1.0 - rho) * (1.0 - rho));
            variance.sqrt()
        })
        .collect()
}

fn longest(bins: usize) -> usize {
    ((bins as f64 * LONGEST_SHARE) as usize).max(1)
}

/// How many bins on each side are around one.
pub(super) fn reach(bins: usize) -> usize {
    ((bins as f64 * AROUND_SHARE) as usize).max(1)
}

/// Sums of the first none, one, two and so on.
fn running_sums(values: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut sum = 0.0;
    std::iter::once(0.0)
        .chain(values.map(|value| {
            sum += value;
            sum
        }))
        .collect()
}
