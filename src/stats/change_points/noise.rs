//! How wide the noise of a series is and how much neighbours depend on each other, measured on differences so that changes of level
//! hardly touch it.

use crate::stats::pairwise::median_difference;
use crate::stats::sample::median_of;
use crate::stats::spread::MAD_SCALE;

/// The median of the absolute pairwise differences of normal values, as their standard deviation (Shamos 1976).
const SHAMOS: f64 = 1.0483;
/// The mean absolute deviation of normal values, as their standard deviation.
const MEAN_DEVIATION: f64 = 1.2533;
/// So many order statistics say how wide differences are.
const ENOUGH: usize = 400;
/// Fewer differences that straddle no change say nothing about dependence.
const FEWEST_DIFFERENCES: usize = 6;
/// A point that leaves both neighbourhoods by so many noise widths is pulled to the nearer edge.
const TAMED_BEYOND: f64 = 4.0;
/// Points of a neighbourhood on either side.
const NEIGHBOURS: usize = 2;
/// Differences are whole multiples of this part of the largest value.
const ROUNDING: f64 = 1e-12;
/// No more dependence than this is allowed for.
pub(super) const MOST_DEPENDENCE: f64 = 0.9;

/// Differences of points that lie `lag` apart. What binary fractions make of decimal ones is rounded away, so that equal steps of a coarse
/// value are equal here.
pub(super) fn differences(values: &[f64], lag: usize) -> Vec<f64> {
    let largest = values.iter().fold(0.0, |most: f64, value| most.max(value.abs()));
    let unit = largest * ROUNDING;
    let exact = |pair: &[f64]| pair[lag] - pair[0];
    let rounded = |difference: f64| if unit > 0.0 { (difference / unit).round() * unit } else { difference };
    values.windows(lag + 1).map(|pair| rounded(exact(pair))).collect()
}

/// Shamos' spread.
pub(super) fn shamos(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    spread_ties(&mut sorted);
    // Both ends are among them.
    let place = |index: usize| index * (sorted.len() - 1) / (ENOUGH - 1);
    let thinned = if sorted.len() > ENOUGH { (0..ENOUGH).map(|index| sorted[place(index)]).collect() } else { sorted };
    SHAMOS * median_difference(&thinned).unwrap_or(0.0)
}

/// Ascending values of which several are equal are spread over the step by which such values differ, as they were before they were
/// recorded: the median of the differences of whole steps is a whole step, and the ratio of two of them would be 1, 2 or nothing.
fn spread_ties(sorted: &mut [f64]) {
    let gaps = sorted.windows(2).map(|pair| pair[1] - pair[0]).filter(|gap| *gap > 0.0);
    let step = gaps.fold(f64::INFINITY, f64::min);
    if !step.is_finite() {
        return;
    }
    for tied in sorted.chunk_by_mut(|one, other| one == other) {
        let n = tied.len() as f64;
        for (place, value) in tied.iter_mut().enumerate() {
            *value += step * ((place as f64 + 0.5) / n - 0.5);
        }
    }
}

/// Spread around zero; by the mean where more than half of the values are zero.
pub(super) fn spread_around_zero(values: &[f64]) -> f64 {
    let sizes: Vec<f64> = values.iter().map(|value| value.abs()).collect();
    let spread = MAD_SCALE * median_of(&sizes);
    if spread > 0.0 || sizes.is_empty() {
        spread
    } else {
        MEAN_DEVIATION * sizes.iter().sum::<f64>() / sizes.len() as f64
    }
}

/// The coefficient of an autoregression of first order: the width of differences over two points against that over one (Chakar,
/// Lebarbier, Lévy-Leduc & Robin 2017, with Shamos' spread).
pub(super) fn dependence(values: &[f64]) -> f64 {
    let (one, two) = (differences(values, 1), differences(values, 2));
    let (near, far) = (shamos(&one), shamos(&two));
    if near > 0.0 {
        return (far / near).powi(2) - 1.0;
    }
    // All differences are the same: the level itself moves, by so much each run.
    let step = median_of(&one).abs();
    if step > 0.0 { (median_of(&two).abs() / step).powi(2) - 1.0 } else { 0.0 }
}

/// The same of differences that do not straddle a candidate for a change.
pub(super) fn dependence_between(values: &[f64], candidates: &[usize]) -> f64 {
    let apart = |lag: usize| -> Vec<f64> {
        let straddles = |from: usize| candidates.iter().any(|change| from < *change && *change <= from + lag);
        differences(values, lag)
            .into_iter()
            .enumerate()
            .filter(|(from, _)| !straddles(*from))
            .map(|(_, one)| one)
            .collect()
    };
    let (one, two) = (apart(1), apart(2));
    if one.len() < FEWEST_DIFFERENCES || two.len() < FEWEST_DIFFERENCES {
        return dependence(values);
    }
    let near = shamos(&one);
    if near > 0.0 { (shamos(&two) / near).powi(2) - 1.0 } else { 0.0 }
}

/// Points that leave the medians of both neighbourhoods far behind become the nearer edge: one odd run is no change.
pub(super) fn tamed(values: &[f64], noise: f64) -> Vec<f64> {
    if noise <= 0.0 {
        return values.to_vec();
    }
    let reach = TAMED_BEYOND * noise;
    let tame = |(place, value): (usize, &f64)| {
        let before = &values[place.saturating_sub(NEIGHBOURS)..place];
        let after = &values[place + 1..values.len().min(place + 1 + NEIGHBOURS)];
        let (low, high) = match (before.is_empty(), after.is_empty()) {
            (true, true) => return *value,
            (true, false) => (median_of(after), median_of(after)),
            (false, true) => (median_of(before), median_of(before)),
            (false, false) => {
                let (first, second) = (median_of(before), median_of(after));
                (first.min(second), first.max(second))
            }
        };
        if *value > high + reach {
            high
        } else if *value < low - reach {
            low
        } else {
            *value
        }
    };
    values.iter().enumerate().map(tame).collect()
}

/// The width of the noise, where neighbours depend on each other by this coefficient.
pub(super) fn noise_width(values: &[f64], dependence: f64) -> f64 {
    spread_around_zero(&differences(values, 1)) / (2.0 * (1.0 - dependence.clamp(0.0, MOST_DEPENDENCE))).sqrt()
}
