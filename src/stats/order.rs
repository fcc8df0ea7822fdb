//! What the recorded order says: dependence, drift, warm-up, level shifts.
//!
//! In: finite values in recorded order. Out: rank autocorrelation and effective sample size, trend tests, and change points, each
//! with a p-value that allows for dependent neighbours. Refuses (with `None`) runs too short for a statement and runs of equal
//! values. Long runs are represented by block medians; every result that used them says so.

use super::rng::{Rng, seed_from};
use super::sample::median_of_sorted;
use super::sorting::{sort, sorted_places};
use super::thin::{self, LONG_RUN, STRETCH};
use statrs::distribution::{ContinuousCDF, StudentsT};
use statrs::function::erf::erfc;

/// Fewer values than this have no order worth a statement.
pub const MIN_RUN: usize = 10;
/// The p-value below which a warm-up or a level shift is reported.
pub const CHANGE_P: f64 = 0.01;
/// A warm-up must make the first part at least this many times slower (10%).
pub const WARM_UP_RATIO: f64 = 1.10;
/// Change points keep at least this many values on each side, so that one spike is no change point.
pub const MIN_SEGMENT: usize = 5;
/// ...and at least one in this many values of the run (5%).
pub const MIN_SEGMENT_SHARE: usize = 20;
/// Longer runs are represented by at most this many block medians.
pub const MAX_POINTS: usize = 2000;
/// Theil-Sen looks at every pair of at most this many points.
pub const MAX_SLOPE_POINTS: usize = 1000;
/// ...and of at most this many for runs of more than 20,000 values, whose block medians are steadier.
pub const FEWER_SLOPE_POINTS: usize = 400;
/// Blocks of so long a run hold fifty values.
const MANY_BLOCKED: usize = 20_000;

/// Permutations of the maximised change-point statistic: the smallest p is 1/(m+1) = 0.001.
const PERMUTATIONS: usize = 999;
/// Once this many permutations reach the observed statistic p cannot come near [`CHANGE_P`] any more, and the rest is spared.
const HOPELESS: usize = 100;
/// Autocorrelations are summed over at most this many lags...
const MAX_LAG: usize = 200;
/// ...and at most this many products in all, which bounds the cost for long runs (batch means see the longer lags there).
const MAX_LAG_PRODUCTS: usize = 20_000_000;
/// From this many values the spread of batch means also counts (Flegal & Jones 2010: batches of about sqrt(n)).
const BATCHED_FROM: usize = 10_000;
/// The spread of the means of stretches counts from so many standard errors on: there are too few of them to count each.
const STRETCH_NOISE: f64 = 2.0;
/// A warm-up whose remainder still falls by this share of the whole step is a drift.
const STILL_FALLING: f64 = 1.0 / 3.0;
/// With fewer effectively independent values no change point is claimed: a slow wave and a step look the same then.
const MIN_EFFECTIVE: f64 = 10.0;
/// Bias of the lag-1 autocorrelation around a fitted step, times n: twice the usual 1/n, and the search for the best place.
const RESIDUAL_BIAS: f64 = 3.0;
/// The upper 16% point of a standard normal: autocorrelation below this many standard errors counts as none.
const NOISE: f64 = 1.0;
/// Blocks of the permutation are this many times the cube root of n, times the dependence (Politis & White 2004, corrected 2009).
const BLOCK_FACTOR: f64 = 1.5;

/// A trend test after Mann (1945) and Kendall (1975).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MannKendall {
    /// Kendall's tau-b against time, in [-1, 1]; positive where values rise.
    pub tau: f64,
    /// Two-sided p for independent values, tie-corrected, with continuity correction.
    pub p: f64,
    /// Two-sided p with the variance widened by n / effective size of the detrended values, by Student's t; use this one.
    pub p_dependent: f64,
}

/// A robust line through the run.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TheilSen {
    /// Median of the pairwise slopes, in the unit of the values per sample.
    pub slope_per_sample: f64,
    /// Whether block medians stood for a run of more than [`MAX_SLOPE_POINTS`] values.
    pub thinned: bool,
}

/// A steady change over the whole run.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Drift {
    /// Theil-Sen slope, in the unit of the values per sample.
    pub slope_per_sample: f64,
    /// Slope times (n - 1) over the median's magnitude; `None` where the median is 0.
    pub relative_change_over_run: Option<f64>,
    /// Kendall's tau-b against time.
    pub tau: f64,
    /// Two-sided p, corrected for dependence between neighbours.
    pub p: f64,
    /// Whether block medians stood for a long run.
    pub thinned: bool,
}

/// The first part of a run that differs from the rest.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WarmUp {
    /// Number of values that belong to it.
    pub samples: usize,
    /// Median of the first part over the median of the rest, >= [`WARM_UP_RATIO`].
    pub ratio: f64,
    /// p of the maximised statistic by block permutation.
    pub p: f64,
    /// Whether block medians stood for a long run; `samples` is then a multiple of the block.
    pub thinned: bool,
}

/// One change of level.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LevelShift {
    /// Index (from 0) of the first value after the change.
    pub index: usize,
    /// Median before the change, in the unit of the values.
    pub before_median: f64,
    /// Median from the change on, in the unit of the values.
    pub after_median: f64,
    /// p of the maximised statistic by block permutation, (b+1)/(m+1).
    pub p: f64,
    /// Whether block medians stood for a long run; `index` is then a multiple of the block.
    pub thinned: bool,
}

/// Ranks from 1, ties averaged, in the order of the values.
pub fn ranks(values: &[f64]) -> Vec<f64> {
    // Numbers that are equal but for the sign of zero are one value, as everywhere.
    let order = if values.contains(&0.0) {
        sorted_places(&values.iter().map(|value| value + 0.0).collect::<Vec<f64>>())
    } else {
        sorted_places(values)
    };
    let mut ranks = vec![0.0; values.len()];
    let mut start = 0;
    for run in order.chunk_by(|a, b| a.0 == b.0) {
        let rank = f64::midpoint((start + 1) as f64, (start + run.len()) as f64);
        for &(_, place) in run {
            ranks[place as usize] = rank;
        }
        start += run.len();
    }
    ranks
}

/// Ranks minus their mean, and the sum of their squares; `None` for a short run or equal values.
fn centered_ranks(values: &[f64]) -> Option<(Vec<f64>, f64)> {
    if values.len() < MIN_RUN {
        return None;
    }
    let middle = f64::midpoint(values.len() as f64, 1.0);
    let centered: Vec<f64> = ranks(values).into_iter().map(|rank| rank - middle).collect();
    let squares: f64 = centered.iter().map(|d| d * d).sum();
    (squares > 0.0).then_some((centered, squares))
}

fn autocovariance(centered: &[f64], lag: usize) -> f64 {
    centered[lag..].iter().zip(centered).map(|(a, b)| a * b).sum()
}

/// The dependence between neighbours in a run.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Neighbours {
    /// The autocorrelation of the ranks of neighbouring values, in [-1, 1].
    pub lag1: f64,
    /// How many independent values carry as much information about the level.
    pub effective: f64,
    /// Whether contiguous stretches stood for a run of more than [`LONG_RUN`] values.
    pub thinned: bool,
}

/// [`lag1_rank_autocorrelation`] and [`effective_sample_size`] at once. A run of more than [`LONG_RUN`] values is represented
/// by [`thin::stretches`], in which neighbours stay neighbours; their means serve as the batch means then. `None` below
/// [`MIN_RUN`] values or for equal values.
pub fn neighbours(values: &[f64]) -> Option<Neighbours> {
    if values.len() <= LONG_RUN {
        let (centered, squares) = centered_ranks(values)?;
        let lag1 = autocovariance(&centered, 1) / squares + 0.0;
        return Some(Neighbours { lag1, effective: effective_of(&centered, squares), thinned: false });
    }
    neighbours_in(&thin::stretches(values), values.len())
}

/// The same of [`thin::stretches`] of a run of so many values.
pub(super) fn neighbours_in(stretches: &[f64], size: usize) -> Option<Neighbours> {
    let (centered, squares) = centered_ranks(stretches)?;
    let series = Series { centered: &centered, squares, stretch: STRETCH };
    let share = series.effective(0.0) / centered.len() as f64;
    let size = size as f64;
    Some(Neighbours { lag1: series.correlation(1) + 0.0, effective: (share * size).clamp(1.0, size), thinned: true })
}

/// The autocorrelation of the ranks of neighbouring values, in [-1, 1]. `None` below [`MIN_RUN`] values or for equal values.
pub fn lag1_rank_autocorrelation(values: &[f64]) -> Option<f64> {
    let (centered, squares) = centered_ranks(values)?;
    Some(autocovariance(&centered, 1) / squares + 0.0)
}

/// How many independent values carry as much information about the level as these dependent ones, in [1, n].
///
/// n / (1 + 2 sum of rank autocorrelations), summed in pairs until a pair is no longer positive (Geyer 1992, initial positive
/// sequence). Each autocorrelation is first corrected for its downward bias of (1 + lag-1 dependence)/n. Runs of 10,000 and more
/// are also judged by the spread of batch means, and the smaller answer counts. Negative dependence counts as independence.
/// `None` below [`MIN_RUN`] values or for equal values.
pub fn effective_sample_size(values: &[f64]) -> Option<f64> {
    let (centered, squares) = centered_ranks(values)?;
    Some(effective_of(&centered, squares))
}

fn effective_of(centered: &[f64], squares: f64) -> f64 {
    effective_beyond(centered, squares, 0.0)
}

/// The work of [`effective_sample_size`] for values less their mean, given the sum of their squares. Dependence of fewer than
/// `noise` standard errors of independent values counts as none.
pub(crate) fn effective_beyond(centered: &[f64], squares: f64, noise: f64) -> f64 {
    Series { centered, squares, stretch: centered.len() }.effective(noise)
}

/// Values less their mean: a run, or stretches of one, all of the same length.
struct Series<'a> {
    centered: &'a [f64],
    squares: f64,
    stretch: usize,
}

impl Series<'_> {
    /// The autocorrelation at a lag, from pairs within a stretch.
    fn correlation(&self, lag: usize) -> f64 {
        if self.stretch == self.centered.len() {
            return autocovariance(self.centered, lag) / self.squares;
        }
        let stretches = self.centered.chunks_exact(self.stretch);
        let pairs = stretches.len() * (self.stretch - lag);
        let sum: f64 = stretches.map(|stretch| autocovariance(stretch, lag)).sum();
        sum / self.squares * (self.centered.len() as f64 / pairs as f64)
    }

    fn effective(&self, noise: f64) -> f64 {
        let (centered, squares) = (self.centered, self.squares);
        let n = centered.len();
        let size = n as f64;
        let most = MAX_LAG.min(n / 2).min(MAX_LAG_PRODUCTS / n);
        let first = self.correlation(1);
        // Kendall 1954, Marriott & Pope 1954: the sample autocorrelation of an AR(1) is low by about (1 + 4 r)/n at lag 1.
        let bias = (1.0 + 4.0 * first.max(0.0)) / size;
        let corrected = |lag: usize| {
            let raw = if lag == 1 { first } else { self.correlation(lag) };
            if raw > 0.0 { raw + bias } else { raw }
        };
        // Bartlett 1946: an autocorrelation of independent values has variance 1/n, a pair of them 2/n.
        let floor = noise * (2.0 / size).sqrt();
        let mut sum = 0.0;
        let mut lag = 1;
        while lag < most.max(2) {
            let pair = if lag == 1 { 1.0 + corrected(1) } else { corrected(lag - 1) + corrected(lag) };
            if pair <= floor {
                break;
            }
            sum += pair;
            lag += 2;
        }
        // The pairs are (0,1), (2,3), ...: 1 + 2 sum over lags >= 1 is 2 * (sum over all) - 1.
        let mut inflation = (2.0 * sum - 1.0).max(1.0);
        if lag <= 3 && first * size.sqrt() < noise {
            inflation = 1.0;
        }
        if n >= BATCHED_FROM {
            let (batch, doubt) = if self.stretch == n {
                (size.sqrt() as usize, noise)
            } else {
                (self.stretch, noise.max(STRETCH_NOISE))
            };
            let means: Vec<f64> =
                centered.chunks_exact(batch).map(|chunk| chunk.iter().sum::<f64>() / batch as f64).collect();
            let spread = means.iter().map(|mean| mean * mean).sum::<f64>() / means.len() as f64;
            let batched = spread * batch as f64 / (squares / size);
            if batched > 1.0 + doubt * (2.0 / means.len() as f64).sqrt() {
                inflation = inflation.max(batched);
            }
        }
        (size / inflation).clamp(1.0, size)
    }
}

/// Kendall's S against time: concordant minus discordant pairs, by counting inversions in a merge sort.
fn kendall_s(values: &[f64]) -> f64 {
    let n = values.len() as f64;
    let mut work = values.to_vec();
    let mut buffer = values.to_vec();
    let discordant = inversions(&mut work, &mut buffer) as f64;
    let tied: f64 = ties(&work).map(|t| t * (t - 1.0) / 2.0).sum();
    n * (n - 1.0) / 2.0 - tied - 2.0 * discordant
}

/// Sizes of the groups of equal values of an ascending slice.
fn ties(sorted: &[f64]) -> impl Iterator<Item = f64> {
    sorted.chunk_by(|a, b| a == b).map(|run| run.len() as f64)
}

/// Sorts `values` and counts the pairs that stood in strictly falling order.
fn inversions(values: &mut [f64], buffer: &mut [f64]) -> u64 {
    let n = values.len();
    if n < 2 {
        return 0;
    }
    let middle = n / 2;
    let (left, right) = values.split_at_mut(middle);
    let (buffer_left, buffer_right) = buffer.split_at_mut(middle);
    let mut count = inversions(left, buffer_left) + inversions(right, buffer_right);
    let (mut i, mut j) = (0, middle);
    for slot in buffer.iter_mut() {
        if j >= n || (i < middle && values[i] <= values[j]) {
            *slot = values[i];
            i += 1;
        } else {
            *slot = values[j];
            j += 1;
            count += (middle - i) as u64;
        }
    }
    values.copy_from_slice(buffer);
    count
}

/// Mann and Kendall's trend test in O(n log n), plain and corrected for dependence (Hamed & Rao 1998 in spirit: the variance is
/// widened by the dependence of the ranks left after a Theil-Sen line was taken out). `None` below [`MIN_RUN`] or for equal values.
pub fn mann_kendall(values: &[f64]) -> Option<MannKendall> {
    if values.len() < MIN_RUN {
        return None;
    }
    let slope = theil_sen(values)?.slope_per_sample;
    mann_kendall_around(values, slope)
}

fn mann_kendall_around(values: &[f64], slope: f64) -> Option<MannKendall> {
    let n = values.len() as f64;
    let s = kendall_s(values);
    let mut sorted = values.to_vec();
    sort(&mut sorted);
    let pairs = n * (n - 1.0) / 2.0;
    let tied_pairs: f64 = ties(&sorted).map(|t| t * (t - 1.0) / 2.0).sum();
    if tied_pairs >= pairs {
        return None;
    }
    let tie_term: f64 = ties(&sorted).map(|t| t * (t - 1.0) * (2.0 * t + 5.0)).sum();
    let variance = (n * (n - 1.0) * (2.0 * n + 5.0) - tie_term) / 18.0;
    let residuals: Vec<f64> = values.iter().enumerate().map(|(i, value)| value - slope * i as f64).collect();
    let effective = effective_sample_size(&residuals).unwrap_or(n);
    let z = (s.abs() - 1.0).max(0.0) / variance.sqrt();
    Some(MannKendall {
        tau: s / (pairs * (pairs - tied_pairs)).sqrt() + 0.0,
        p: two_sided(z),
        p_dependent: two_sided_student(z * (effective / n).sqrt(), effective - 2.0),
    })
}

fn two_sided(z: f64) -> f64 {
    erfc(z.abs() / std::f64::consts::SQRT_2).clamp(0.0, 1.0)
}

/// Student's t instead of the normal: the dependence itself is estimated, and badly where few independent values remain.
fn two_sided_student(t: f64, degrees_of_freedom: f64) -> f64 {
    StudentsT::new(0.0, 1.0, degrees_of_freedom.max(1.0))
        .map_or_else(|_| two_sided(t), |student| (2.0 * student.sf(t.abs())).clamp(0.0, 1.0))
}

/// Theil (1950) and Sen's (1968) slope: the median of the slopes of all pairs, in the unit of the values per sample.
///
/// Exact up to [`MAX_SLOPE_POINTS`] values, else over the medians of equal blocks. `None` for fewer than two values.
pub fn theil_sen(values: &[f64]) -> Option<TheilSen> {
    let most = if values.len() > MANY_BLOCKED { FEWER_SLOPE_POINTS } else { MAX_SLOPE_POINTS };
    let blocks = Blocks::of(values, most);
    let points = &blocks.medians;
    if points.len() < 2 {
        return None;
    }
    let mut slopes = Vec::with_capacity(points.len() * (points.len() - 1) / 2);
    for (j, later) in points.iter().enumerate() {
        // Divided first, so that the difference of huge values stays finite.
        slopes.extend(points[..j].iter().enumerate().map(|(i, earlier)| {
            let apart = (j - i) as f64;
            later / apart - earlier / apart
        }));
    }
    let slope = select_median(&mut slopes).clamp(-f64::MAX, f64::MAX) / blocks.size as f64;
    Some(TheilSen { slope_per_sample: slope + 0.0, thinned: blocks.size > 1 })
}

/// What a run shows beside dependence.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Trends {
    /// [`drift`].
    pub drift: Option<Drift>,
    /// [`warm_up`].
    pub warm_up: Option<WarmUp>,
    /// [`level_shift`].
    pub level_shift: Option<LevelShift>,
}

/// [`drift`], [`warm_up`] and [`level_shift`] at once. Of a run of more than [`LONG_RUN`] values one of every few is looked
/// at ([`thin::picked`]); places are then multiples of these few.
pub fn trends(values: &[f64]) -> Trends {
    let stride = thin::stride(values.len(), LONG_RUN);
    if stride == 1 {
        return trends_of(values);
    }
    let picked: Vec<f64> = thin::picked(values.len(), stride).map(|place| values[place]).collect();
    let found = trends_in(&picked, values.len(), stride);
    Trends { warm_up: found.warm_up.filter(|_| values.iter().all(|value| *value > 0.0)), ..found }
}

/// The same of [`thin::picked`] values, each of which stands for `stride` of so many.
pub(super) fn trends_in(picked: &[f64], size: usize, stride: usize) -> Trends {
    let found = trends_of(picked);
    let share = (size as f64 - 1.0) / (picked.len() as f64 - 1.0);
    Trends {
        drift: found.drift.map(|drift| Drift { slope_per_sample: drift.slope_per_sample / share, ..drift }),
        warm_up: found.warm_up.map(|warm_up| WarmUp { samples: warm_up.samples * stride, ..warm_up }),
        level_shift: found.level_shift.map(|shift| LevelShift { index: shift.index * stride, ..shift }),
    }
}

fn trends_of(values: &[f64]) -> Trends {
    let blocks = Blocks::of(values, MAX_POINTS);
    Trends {
        drift: drift_in(values, &blocks),
        warm_up: warm_up_in(values, &blocks),
        level_shift: level_shift_in(values, &blocks),
    }
}

/// A steady change over the run: Theil-Sen for the size, Mann-Kendall for the significance. Judged on at most [`MAX_POINTS`] block
/// medians. `None` below [`MIN_RUN`] values or for equal values.
pub fn drift(values: &[f64]) -> Option<Drift> {
    drift_in(values, &Blocks::of(values, MAX_POINTS))
}

fn drift_in(values: &[f64], blocks: &Blocks) -> Option<Drift> {
    let line = theil_sen(values)?;
    if values.len() < MIN_RUN {
        return None;
    }
    let trend = mann_kendall_around(&blocks.medians, line.slope_per_sample * blocks.size as f64)?;
    let median = select_median(&mut values.to_vec());
    let change = line.slope_per_sample * (values.len() as f64 - 1.0) / median.abs();
    Some(Drift {
        slope_per_sample: line.slope_per_sample,
        relative_change_over_run: change.is_finite().then_some(change),
        tau: trend.tau,
        p: trend.p_dependent,
        thinned: line.thinned || blocks.size > 1,
    })
}

/// The first part of the run, where it is significantly and at least 10% higher (for durations: slower) than the rest.
///
/// The split maximises a standardised rank sum; significance is a block permutation of that maximum. `None` where the split lies
/// beyond the first half (a level shift, not a warm-up), where the rest goes on falling (a drift), or where values are not
/// positive. For a metric where higher is better hand in the reciprocals.
pub fn warm_up(values: &[f64]) -> Option<WarmUp> {
    warm_up_in(values, &Blocks::of(values, MAX_POINTS))
}

fn warm_up_in(values: &[f64], blocks: &Blocks) -> Option<WarmUp> {
    if values.iter().any(|&value| value <= 0.0) {
        return None;
    }
    let points = &blocks.medians;
    // The warm-up may be as short as the minimum; only the rest keeps the share.
    let change = Change::find(points, MIN_SEGMENT, Direction::Falling)?;
    if change.at > points.len() / 2 {
        return None;
    }
    let (head, rest) = points.split_at(change.at);
    let (early, late) = rest.split_at(rest.len() / 2);
    let (before, after) = (median_of(head), median_of(rest));
    let step = before - after;
    let ratio = before / after;
    if ratio < WARM_UP_RATIO || !ratio.is_finite() {
        return None;
    }
    if median_of(early) - median_of(late) > STILL_FALLING * step {
        return None;
    }
    let p = change.p_value(points);
    (p < CHANGE_P).then_some(WarmUp { samples: change.at * blocks.size, ratio, p, thinned: blocks.size > 1 })
}

/// The most likely single change of level, where it is significant at [`CHANGE_P`].
///
/// Pettitt's (1979) rank statistic, standardised for its place, maximised over all places that leave the minimum segment on each
/// side; p by a seeded permutation of blocks, which keeps the dependence between neighbours, (b+1)/(m+1) (Phipson & Smyth 2010).
pub fn level_shift(values: &[f64]) -> Option<LevelShift> {
    level_shift_in(values, &Blocks::of(values, MAX_POINTS))
}

fn level_shift_in(values: &[f64], blocks: &Blocks) -> Option<LevelShift> {
    let points = &blocks.medians;
    let segment = MIN_SEGMENT.max(points.len() / MIN_SEGMENT_SHARE);
    let change = Change::find(points, segment, Direction::Either)?;
    let p = change.p_value(points);
    let index = change.at * blocks.size;
    (p < CHANGE_P).then(|| LevelShift {
        index,
        before_median: median_of(&values[..index]),
        after_median: median_of(&values[index..]),
        p,
        thinned: blocks.size > 1,
    })
}

#[derive(Clone, Copy, PartialEq)]
enum Direction {
    Either,
    Falling,
}

/// The place that maximises the standardised rank sum.
struct Change {
    at: usize,
    statistic: f64,
    segment: usize,
    direction: Direction,
    centered: Vec<f64>,
}

impl Change {
    fn find(points: &[f64], segment: usize, direction: Direction) -> Option<Self> {
        let (centered, _) = centered_ranks(points)?;
        if points.len() < 2 * segment {
            return None;
        }
        let (at, statistic) = largest_step(centered.iter().copied(), centered.len(), segment, direction);
        (statistic > 0.0).then_some(Self { at, statistic, segment, direction, centered })
    }

    fn p_value(&self, points: &[f64]) -> f64 {
        let n = self.centered.len();
        let Some(block) = self.block_length() else {
            return 1.0;
        };
        let mut rng = Rng::new(seed_from(points));
        let mut starts: Vec<usize> = Vec::new();
        let mut reached = 0;
        for done in 1..=PERMUTATIONS {
            // A random offset moves the borders of the blocks; the first and the last block are then shorter.
            let offset = rng.below(block);
            starts.clear();
            starts.push(0);
            starts.extend((offset..n).step_by(block).filter(|&start| start > 0));
            rng.shuffle(&mut starts);
            let end_of = |start: usize| if start < offset { offset } else { start + block }.min(n);
            let shuffled = starts.iter().flat_map(|&start| self.centered[start..end_of(start)].iter().copied());
            let (_, statistic) = largest_step(shuffled, n, self.segment, self.direction);
            if statistic >= self.statistic * (1.0 - 1e-12) {
                reached += 1;
                if reached >= HOPELESS {
                    return (reached + 1) as f64 / (done + 1) as f64;
                }
            }
        }
        f64::from(reached as u32 + 1) / (PERMUTATIONS as f64 + 1.0)
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
fn largest_step(centered: impl Iterator<Item = f64>, n: usize, segment: usize, direction: Direction) -> (usize, f64) {
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
            Direction::Either => sum * sum,
            Direction::Falling => sum.max(0.0) * sum.max(0.0),
        } / (t as f64 * (n - t) as f64);
        if statistic > best.1 {
            best = (t, statistic);
        }
    }
    best
}

/// Medians of equal consecutive blocks; an incomplete last block is kept where it holds at least half of a block.
struct Blocks {
    medians: Vec<f64>,
    size: usize,
}

impl Blocks {
    fn of(values: &[f64], most: usize) -> Self {
        if values.len() <= most {
            return Self { medians: values.to_vec(), size: 1 };
        }
        let size = values.len().div_ceil(most);
        let mut work = values.to_vec();
        let medians = work.chunks_mut(size).filter(|chunk| chunk.len() * 2 >= size).map(select_median).collect();
        Self { medians, size }
    }
}

/// The median by selection; the slice is reordered. 0 for an empty slice.
fn select_median(values: &mut [f64]) -> f64 {
    let n = values.len();
    if n == 0 {
        return 0.0;
    }
    let (below, &mut upper, _) = values.select_nth_unstable_by(n / 2, f64::total_cmp);
    if n % 2 == 1 {
        return upper;
    }
    let lower = below.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    median_of_sorted(&[lower, upper])
}

fn median_of(values: &[f64]) -> f64 {
    select_median(&mut values.to_vec())
}

#[cfg(test)]
mod tests {
    use super::super::rng::Rng;
    use super::*;
    use proptest::prelude::*;

    /// Autoregressive noise with standard normal innovations, after a burn-in.
    fn noise(n: usize, phi: f64, seed: u64) -> Vec<f64> {
        let mut rng = Rng::new(seed.wrapping_mul(7919).wrapping_add(13));
        let mut x = 0.0;
        (0..n + 50)
            .map(|_| {
                x = phi * x + rng.normal();
                x
            })
            .skip(50)
            .collect()
    }

    fn share(runs: u64, hit: impl Fn(u64) -> bool) -> f64 {
        (0..runs).filter(|&seed| hit(seed)).count() as f64 / runs as f64
    }

    #[test]
    fn ties_share_their_rank() {
        assert_eq!(ranks(&[10.0, 20.0, 10.0, 5.0]), [2.5, 4.0, 2.5, 1.0]);
        assert!(ranks(&[]).is_empty());
    }

    #[test]
    fn mann_kendall_counts_every_pair() {
        let values = [3.0, 1.0, 4.0, 1.0, 5.0, 9.0, 2.0, 6.0, 5.0, 3.0, 5.0];
        let mut s = 0.0;
        for (j, b) in values.iter().enumerate() {
            for a in &values[..j] {
                s += if b > a {
                    1.0
                } else if b < a {
                    -1.0
                } else {
                    0.0
                };
            }
        }
        assert_eq!(kendall_s(&values), s);
        // Gilbert 1987: the variance with ties (two 1, two 3, three 5).
        let z: f64 = (s - 1.0) / ((11.0 * 10.0 * 27.0 - (18.0 + 18.0 + 66.0)) / 18.0_f64).sqrt();
        assert!((mann_kendall(&values).unwrap().p - two_sided(z)).abs() < 1e-12);
    }

    #[test]
    fn a_straight_line_is_a_certain_trend() {
        let line: Vec<f64> = (0..50).map(|i| 10.0 + 0.2 * f64::from(i)).collect();
        let found = drift(&line).unwrap();
        assert!((found.slope_per_sample - 0.2).abs() < 1e-12);
        assert!((found.relative_change_over_run.unwrap() - 9.8 / 14.9).abs() < 1e-9);
        assert!(found.p < 1e-6 && (found.tau - 1.0).abs() < 1e-12 && !found.thinned);
        assert!(mann_kendall(&line).unwrap().p < 1e-9);
    }

    #[test]
    fn short_and_constant_runs_are_refused() {
        for values in [&[][..], &[1.0], &[1.0, 2.0, 3.0], &[4.0; 100]] {
            assert_eq!(lag1_rank_autocorrelation(values), None);
            assert_eq!(effective_sample_size(values), None);
            assert_eq!(mann_kendall(values), None);
            assert_eq!(drift(values), None);
            assert_eq!(warm_up(values), None);
            assert_eq!(level_shift(values), None);
        }
    }

    #[test]
    fn dependence_shrinks_the_effective_size() {
        for (phi, expected) in [(0.0, 1.0), (0.5, 3.0), (0.8, 9.0)] {
            let mean =
                (0..20).map(|seed| 2000.0 / effective_sample_size(&noise(2000, phi, seed)).unwrap()).sum::<f64>()
                    / 20.0;
            assert!((mean / expected - 1.0).abs() < 0.2, "phi {phi}: {mean}");
        }
        let r = lag1_rank_autocorrelation(&noise(5000, 0.5, 1)).unwrap();
        assert!((r - 0.48).abs() < 0.04, "{r}");
        assert_eq!(effective_sample_size(&[1.0, 2.0].repeat(50)), Some(100.0));
    }

    #[test]
    fn the_corrected_trend_test_keeps_its_level_under_dependence() {
        for (phi, most) in [(0.0, 0.07), (0.5, 0.09)] {
            let plain = share(400, |seed| mann_kendall(&noise(100, phi, seed)).unwrap().p < 0.05);
            let corrected = share(400, |seed| mann_kendall(&noise(100, phi, seed)).unwrap().p_dependent < 0.05);
            assert!(corrected <= most, "phi {phi}: plain {plain}, corrected {corrected}");
        }
    }

    #[test]
    fn level_shifts_are_not_invented_under_dependence() {
        for (phi, most) in [(0.0, 0.02), (0.5, 0.035)] {
            let alarms = share(400, |seed| level_shift(&noise(200, phi, seed)).is_some());
            assert!(alarms <= most, "phi {phi}: {alarms}");
        }
    }

    #[test]
    #[ignore = "prints false-alarm rates: cargo test --release -- --ignored --nocapture prints_order"]
    fn prints_order_false_alarm_rates() {
        for n in [50, 100, 200, 1000] {
            for phi in [0.0, 0.3, 0.5, 0.8] {
                let runs = 2000;
                let plain = share(runs, |seed| mann_kendall(&noise(n, phi, seed)).unwrap().p < 0.05);
                let corrected = share(runs, |seed| mann_kendall(&noise(n, phi, seed)).unwrap().p_dependent < 0.05);
                let shift = share(runs, |seed| level_shift(&noise(n, phi, seed)).is_some());
                let warm = share(runs, |seed| {
                    let values: Vec<f64> = noise(n, phi, seed).iter().map(|x| (0.5 * x).exp()).collect();
                    warm_up(&values).is_some()
                });
                println!(
                    "n {n:>5} phi {phi}: MK 5% plain {plain:.3} corrected {corrected:.3}; shift 1% {shift:.4}; warm-up 1% {warm:.4}"
                );
            }
        }
    }

    #[test]
    fn a_shift_is_found_where_it_is() {
        let mut hits = 0;
        for seed in 0..20 {
            let mut values = noise(200, 0.3, seed);
            for value in &mut values[120..] {
                *value += 2.5;
            }
            if let Some(found) = level_shift(&values) {
                hits += usize::from(found.index.abs_diff(120) <= 6 && found.after_median > found.before_median);
            }
        }
        assert!(hits >= 18, "{hits} of 20");
    }

    #[test]
    fn one_spike_is_no_shift() {
        let mut values = noise(200, 0.0, 3);
        values[150] = 1e6;
        assert_eq!(level_shift(&values), level_shift(&values));
        assert!(level_shift(&values).is_none());
    }

    #[test]
    fn a_slow_start_is_a_warm_up() {
        let values: Vec<f64> = noise(300, 0.2, 5)
            .iter()
            .enumerate()
            .map(|(i, x)| (0.1 * x).exp() * if i < 30 { 2.0 } else { 1.0 })
            .collect();
        let found = warm_up(&values).unwrap();
        assert!(found.samples.abs_diff(30) <= 2, "{found:?}");
        assert!((found.ratio - 2.0).abs() < 0.2);
        // The same at the end is none, and neither is a small one.
        let turned: Vec<f64> = values.iter().rev().copied().collect();
        assert_eq!(warm_up(&turned), None);
        let mild: Vec<f64> = (0..300).map(|i| if i < 30 { 1.05 } else { 1.0 } + 1e-4 * f64::from(i % 7)).collect();
        assert_eq!(warm_up(&mild), None);
    }

    #[test]
    fn a_steady_fall_is_a_drift_and_no_warm_up() {
        let values: Vec<f64> =
            noise(300, 0.0, 6).iter().enumerate().map(|(i, x)| 10.0 - 0.02 * i as f64 + 0.3 * x).collect();
        assert_eq!(warm_up(&values), None);
        let found = drift(&values).unwrap();
        assert!(found.p < 1e-6 && (found.slope_per_sample + 0.02).abs() < 0.002);
    }

    #[test]
    fn long_runs_are_thinned_and_say_so() {
        let mut values = noise(50_000, 0.5, 9);
        for value in &mut values[20_000..] {
            *value += 1.0;
        }
        let found = level_shift(&values).unwrap();
        assert!(found.thinned && found.index.abs_diff(20_000) < 500, "{found:?}");
        assert!(theil_sen(&values).unwrap().thinned && drift(&values).unwrap().thinned);
    }

    #[test]
    fn stretches_of_a_long_run_show_its_dependence() {
        for (phi, expected) in [(0.0, 1.0), (0.5, 2.9), (0.8, 8.6)] {
            let values = noise(400_000, phi, 3);
            let found = neighbours(&values).unwrap();
            let all = centered_ranks(&values).unwrap();
            let lag1 = autocovariance(&all.0, 1) / all.1;
            assert!(found.thinned && (found.lag1 - lag1).abs() < 0.015, "{phi}: {} {lag1}", found.lag1);
            let inflation = 400_000.0 / found.effective;
            assert!((inflation / expected - 1.0).abs() < 0.2, "{phi}: {inflation}");
        }
    }

    #[test]
    fn a_long_run_is_judged_by_one_of_every_few_samples() {
        let quiet = noise(350_000, 0.5, 4).iter().map(|x| (0.2 * x).exp()).collect::<Vec<f64>>();
        assert_eq!(trends(&quiet), Trends { drift: trends(&quiet).drift, warm_up: None, level_shift: None });
        assert!(trends(&quiet).drift.is_none_or(|drift| drift.p > 0.001));
        let mut shifted = quiet.clone();
        shifted[200_000..].iter_mut().for_each(|value| *value *= 1.2);
        let found = trends(&shifted).level_shift.unwrap();
        assert!(found.thinned && found.index.abs_diff(200_000) < 2000, "{found:?}");
        let drifting: Vec<f64> = quiet.iter().enumerate().map(|(i, x)| x + 1e-6 * i as f64).collect();
        let found = trends(&drifting).drift.unwrap();
        assert!((found.slope_per_sample / 1e-6 - 1.0).abs() < 0.1 && found.p < 1e-6, "{found:?}");
        let slow: Vec<f64> = quiet.iter().enumerate().map(|(i, x)| if i < 40_000 { 2.0 * x } else { *x }).collect();
        let found = trends(&slow).warm_up.unwrap();
        assert!(found.samples.abs_diff(40_000) < 1000, "{found:?}");
    }

    #[test]
    #[ignore = "prints false-alarm rates: cargo test --release -- --ignored --nocapture prints_long"]
    fn prints_long_run_false_alarm_rates() {
        for phi in [0.0, 0.5, 0.8, 0.95] {
            let (runs, n) = (200, 300_000);
            let mut inflation: Vec<f64> = Vec::new();
            let (mut drifts, mut shifts, mut warm_ups) = (0, 0, 0);
            for seed in 0..runs {
                let values: Vec<f64> = noise(n, phi, seed).iter().map(|x| (0.2 * x).exp()).collect();
                inflation.push(n as f64 / neighbours(&values).unwrap().effective);
                let found = trends(&values);
                drifts += usize::from(found.drift.is_some_and(|drift| drift.p < 0.05));
                shifts += usize::from(found.level_shift.is_some());
                warm_ups += usize::from(found.warm_up.is_some());
            }
            sort(&mut inflation);
            let at = |share: f64| inflation[(share * 199.0) as usize];
            println!(
                "phi {phi}: inflation {:.2} ({:.2} to {:.2}); of {runs}: drift 5% {drifts}, shift 1% {shifts}, warm-up 1% {warm_ups}",
                at(0.5),
                at(0.05),
                at(0.95)
            );
        }
    }

    #[test]
    fn extreme_values_do_not_break_anything() {
        let values: Vec<f64> = (0..40).map(|i| if i % 3 == 0 { 1.7e308 } else { -1.7e308 }).collect();
        assert!(theil_sen(&values).unwrap().slope_per_sample.is_finite());
        assert!(drift(&values).unwrap().p <= 1.0);
        assert!(effective_sample_size(&values).unwrap() >= 1.0);
        assert!(level_shift(&values).is_none());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]
        #[test]
        fn every_answer_is_in_its_range(
            values in prop::collection::vec(prop::num::f64::NORMAL | prop::num::f64::SUBNORMAL | prop::num::f64::ZERO, 0..60)
        ) {
            if let Some(size) = effective_sample_size(&values) {
                prop_assert!((1.0..=values.len() as f64).contains(&size));
            }
            if let Some(r) = lag1_rank_autocorrelation(&values) {
                prop_assert!((-1.0..=1.0).contains(&r));
            }
            if let Some(found) = drift(&values) {
                prop_assert!(found.p >= 0.0 && found.p <= 1.0 && found.tau.abs() <= 1.0 + 1e-12);
                prop_assert!(found.slope_per_sample.is_finite());
            }
            if let Some(found) = level_shift(&values) {
                prop_assert!(found.index > 0 && found.index < values.len());
            }
        }
    }
}
