//! Where the level itself moves: straight lines, and the places at which they break.

use super::noise::{noise_width, tamed};
use super::partition::{Shape, partition};

/// Lag-2 differences wider than those of any stationary series: the coefficient beyond which the level moves, for very many points...
const LEVEL_MOVES: f64 = 1.0;
/// ...and what it may be more by chance, over the root of their number.
const BY_CHANCE: f64 = 3.0;
/// A break costs so many times the logarithm of the number of points.
const PENALTY: f64 = 3.0;
/// Points of a line at least.
const SHORTEST: usize = 4;

/// Whether the level moves by more than a stationary series with this dependence would.
pub(super) fn is_drifting(dependence: f64, n: usize) -> bool {
    dependence > LEVEL_MOVES + BY_CHANCE / (n as f64).sqrt()
}

/// First points of new lines, of at least 8 values.
pub(super) fn breaks(values: &[f64], dependence: f64) -> Vec<usize> {
    let calm = tamed(values, noise_width(values, dependence));
    let n = calm.len() as f64;
    let mean = calm.iter().sum::<f64>() / n;
    let spread = (calm.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / n).sqrt();
    let unit = if spread > 0.0 { spread } else { 1.0 };
    let scaled: Vec<f64> = calm.iter().map(|value| (value - mean) / unit).collect();
    let left = Line::through(&scaled).left() / (n - 2.0);
    if left > 0.0 { partition(&scaled, Shape::Line, PENALTY * n.ln() * left, SHORTEST) } else { Vec::new() }
}

/// Whether levels between these places describe the values better than straight lines do, for what both need (Schwarz 1978).
pub(super) fn stairs(values: &[f64], dependence: f64, places: &[usize]) -> bool {
    if places.is_empty() {
        return false;
    }
    let n = values.len() as f64;
    let left = |places: &[usize], of: fn(&[f64]) -> f64| -> f64 {
        let ends: Vec<usize> = [0].into_iter().chain(places.iter().copied()).chain([values.len()]).collect();
        ends.windows(2).map(|pair| of(&values[pair[0]..pair[1]])).sum()
    };
    let criterion = |left: f64, parameters: f64| n * left.max(f64::MIN_POSITIVE).ln() + parameters * n.ln();
    let lines =
        |places: &[usize]| criterion(left(places, |part| Line::through(part).left), 2.0 + 3.0 * places.len() as f64);
    // Stairs of a slope have slopes of their own.
    let lines = lines(&breaks(values, dependence)).min(lines(places));
    criterion(left(places, around_mean), 1.0 + 2.0 * places.len() as f64) < lines
}

/// Squares around the mean.
fn around_mean(values: &[f64]) -> f64 {
    let mean = values.iter().sum::<f64>() / values.len().max(1) as f64;
    values.iter().map(|value| (value - mean).powi(2)).sum()
}

/// The straight line that leaves the least squares.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Line {
    /// At the first point.
    pub first: f64,
    /// At the last point.
    pub last: f64,
    /// Squares that it leaves.
    left: f64,
}

impl Line {
    /// The squares that it leaves.
    pub fn left(&self) -> f64 {
        self.left
    }

    /// Through at least one value.
    pub fn through(values: &[f64]) -> Self {
        let n = values.len().max(1) as f64;
        let mean = values.iter().sum::<f64>() / n;
        let half = (n - 1.0) / 2.0;
        let around = || values.iter().enumerate().map(|(place, value)| (place as f64 - half, value - mean));
        let width: f64 = around().map(|(place, _)| place * place).sum();
        let slope = if width > 0.0 { around().map(|(place, value)| place * value).sum::<f64>() / width } else { 0.0 };
        let left = around().map(|(place, value)| (value - slope * place).powi(2)).sum();
        Self { first: mean - slope * half, last: mean + slope * half, left }
    }
}
