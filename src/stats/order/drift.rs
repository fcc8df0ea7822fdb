//! A steady change over a run: Mann and Kendall's test, Theil and Sen's slope.
//!
//! In: finite values in recorded order. Out: size and significance of a trend, with a p-value that allows for dependent
//! neighbours. Refuses (with `None`) runs too short for a statement and runs of equal values.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use statrs::distribution::{ContinuousCDF, StudentsT};
use statrs::function::erf::erfc;

use super::blocks::{Blocks, MIN_RUN, select_median};
use super::neighbours::effective_sample_size;
use crate::stats::sorting::sort;

/// Theil-Sen looks at every pair of at most this many points.
pub const MAX_SLOPE_POINTS: usize = 1000;
/// ...and of at most this many for runs of more than 20,000 values, whose block medians are steadier.
pub const FEWER_SLOPE_POINTS: usize = 400;
/// Blocks of so long a run hold fifty values.
const MANY_BLOCKED: usize = 20_000;

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
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Drift {
    /// Theil-Sen slope times (n - 1): the change over the whole run, in the unit of the values.
    pub change: f64,
    /// Theil-Sen slope, in the unit of the values per sample.
    pub slope_per_sample: f64,
    /// The change as a share of the median's magnitude; absent where the median is 0.
    pub relative: Option<f64>,
    /// Kendall's tau-b against time.
    pub tau: f64,
    /// Two-sided p, corrected for dependence between neighbours.
    pub p: f64,
    /// Whether block medians stood for a long run.
    pub thinned: bool,
}

/// Kendall's S against time: concordant minus discordant pairs, by counting inversions in a merge sort.
pub(super) fn kendall_s(values: &[f64]) -> f64 {
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
/// widened by the dependence of the ranks left after a Theil-Sen line was taken out). `None` for equal values.
pub(super) fn mann_kendall_around(values: &[f64], slope: f64) -> Option<MannKendall> {
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

pub(super) fn two_sided(z: f64) -> f64 {
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

/// A steady change over the run: Theil-Sen for the size, Mann-Kendall for the significance. Judged on at most [`MAX_POINTS`] block
/// medians. `None` below [`MIN_RUN`] values or for equal values.
pub(super) fn drift_in(values: &[f64], blocks: &Blocks) -> Option<Drift> {
    let line = theil_sen(values)?;
    if values.len() < MIN_RUN {
        return None;
    }
    let trend = mann_kendall_around(&blocks.medians, line.slope_per_sample * blocks.size as f64)?;
    let median = select_median(&mut values.to_vec());
    let change = line.slope_per_sample * (values.len() as f64 - 1.0);
    let relative = change / median.abs();
    Some(Drift {
        change,
        slope_per_sample: line.slope_per_sample,
        relative: relative.is_finite().then_some(relative),
        tau: trend.tau,
        p: trend.p_dependent,
        thinned: line.thinned || blocks.size > 1,
    })
}
