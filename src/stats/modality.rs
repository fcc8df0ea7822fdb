//! Several populations in one sample: is there more than one mode, and where?
//!
//! In: an ascending slice of finite values. Out: Hartigan's dip with a p-value of known false-alarm rate, and the modes with
//! location and weight, measured on logarithms where all values are positive. Refuses (with `None`) fewer than [`MIN_VALUES`] values
//! or fewer than [`MIN_DISTINCT`] distinct ones: a handful of distinct values is a list, not a shape.
//!
//! Values rounded to a step (whole milliseconds) are first spread evenly inside their step, which is what rounding took away;
//! without that every rounded sample would look multimodal.

mod density;
mod dip;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::sample::median_of_sorted;
use super::thin::evenly_spaced_places;
use density::Density;

pub use dip::{dip, dip_p_value};

/// Below this many values the dip test has no power worth a statement.
pub const MIN_VALUES: usize = 20;
/// Below this many distinct values the rounding step cannot be told from the shape.
pub const MIN_DISTINCT: usize = 10;
/// The p-value below which a sample counts as multimodal.
pub const MULTIMODAL_P: f64 = 0.01;
/// A mode that holds less than this share is not reported as a population; its values join the neighbour.
pub const MIN_MODE_WEIGHT: f64 = 0.05;
/// How many order statistics represent a larger sample.
pub const THINNED_SIZE: usize = 10_001;
/// Larger samples are represented by [`THINNED_SIZE`] evenly spaced order statistics, which keep every mode of 5%.
pub const THIN_ABOVE: usize = 20_000;
/// One population.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Mode {
    /// The median of the values of this mode, in the unit of the values.
    pub location: f64,
    /// The share of the sample that belongs to it, in (0, 1]; the weights of all modes sum to 1.
    pub weight: f64,
    /// The smallest value of this mode, in the unit of the values.
    pub low: f64,
    /// The largest value of this mode, in the unit of the values.
    pub high: f64,
}

/// The answer to "one population or several?".
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Modality {
    /// Hartigan's dip statistic of the (undithered, possibly thinned) values, between 1/(2n) and 1/4.
    pub dip: f64,
    /// The probability of such a dip in a unimodal (uniform, the worst case) sample, over the whole and in a window around each
    /// valley, corrected for the number of looks; never below the resolution of the table.
    pub p: f64,
    /// One mode, or several where the test and the weights agree that there are several; ascending.
    pub modes: Vec<Mode>,
    /// Whether the question was asked on logarithms.
    pub on_logs: bool,
    /// Whether evenly spaced order statistics stood for a large sample.
    pub thinned: bool,
}

impl Modality {
    /// Whether the sample holds several populations: p < [`MULTIMODAL_P`], each with at least [`MIN_MODE_WEIGHT`].
    pub const fn is_multimodal(&self) -> bool {
        self.modes.len() > 1
    }
}

/// Tests a sample for several modes and locates them. `None` where the sample is too small or has too few distinct values.
pub fn assess(sorted: &[f64]) -> Option<Modality> {
    if sorted.len() < MIN_VALUES || distinct(sorted) < MIN_DISTINCT {
        return None;
    }
    let shape = Shape::of(sorted);
    let dip = dip(&shape.points);
    let overall = dip_p_value(dip, shape.points.len());
    let found = split(sorted, &shape);
    // Two looks at the same sample, the whole and the windows around the valleys, each at half the level.
    let p = (LOOKS * found.p.min(overall)).min(1.0);
    let modes = if p < MULTIMODAL_P { found.modes } else { vec![whole(sorted)] };
    Some(Modality { dip, p, modes, on_logs: shape.on_logs, thinned: shape.thinned })
}

/// The number of distinct values, counted up to [`MIN_DISTINCT`].
fn distinct(sorted: &[f64]) -> usize {
    sorted.chunk_by(|a, b| a == b).take(MIN_DISTINCT).count()
}

fn whole(sorted: &[f64]) -> Mode {
    Mode { location: median_of_sorted(sorted), weight: 1.0, low: sorted[0], high: sorted[sorted.len() - 1] }
}

/// The sample as the test sees it: dithered, thinned, on logs, shifted and scaled into a safe range.
struct Shape {
    points: Vec<f64>,
    on_logs: bool,
    thinned: bool,
}

impl Shape {
    fn of(sorted: &[f64]) -> Self {
        let on_logs = sorted[0] > 0.0;
        let thinned = sorted.len() > THIN_ABOVE;
        // A quarter, so that neither the rounding step nor the width overflows for values near the end of the range.
        let divisor = if sorted[0].abs().max(sorted[sorted.len() - 1].abs()) > 1e300 { 4.0 } else { 1.0 };
        let mut points = undo_rounding(sorted, divisor, if thinned { THINNED_SIZE } else { sorted.len() });
        if on_logs {
            for point in &mut points {
                *point = point.max(f64::from_bits(1)).ln();
            }
        }
        Self { points, on_logs, thinned }
    }
}

/// Spreads tied values evenly inside their rounding step, the smallest gap between distinct values. The order is kept; of
/// larger samples only `keep` evenly spaced order statistics are looked at.
fn undo_rounding(sorted: &[f64], divisor: f64, keep: usize) -> Vec<f64> {
    let step = smallest_gap(sorted, divisor);
    let spread = |value: f64, place: usize, first: usize, size: usize| {
        let value = value / divisor;
        if step.is_finite() { value + step * (((place - first) as f64 + 0.5) / size as f64 - 0.5) } else { value }
    };
    if keep < sorted.len() {
        let at = |place: usize| {
            let value = sorted[place];
            let first = sorted.partition_point(|other| *other < value);
            let end = sorted.partition_point(|other| *other <= value);
            spread(value, place, first, end - first)
        };
        return evenly_spaced_places(sorted.len(), keep).map(at).collect();
    }
    let mut points = Vec::with_capacity(sorted.len());
    for run in sorted.chunk_by(|a, b| a == b) {
        let first = points.len();
        points.extend(run.iter().enumerate().map(|(i, x)| spread(*x, first + i, first, run.len())));
    }
    points
}

/// The smallest gap between distinct values once they are divided; infinite where there is none.
fn smallest_gap(sorted: &[f64], divisor: f64) -> f64 {
    let gap = |pair: &[f64]| pair[1] / divisor - pair[0] / divisor;
    let smaller = |least: f64, gap: f64| if gap > 0.0 && gap < least { gap } else { least };
    if divisor == 1.0 {
        // The usual case, without divisions.
        return sorted.windows(2).map(|pair| pair[1] - pair[0]).fold(f64::INFINITY, smaller);
    }
    sorted.windows(2).map(gap).fold(f64::INFINITY, smaller)
}

/// The whole-sample dip and the windows around valleys are two tests of one hypothesis (Bonferroni).
const LOOKS: f64 = 2.0;

/// Modes, and the p-value of the most certain valley between them (1 without one).
struct Split {
    modes: Vec<Mode>,
    p: f64,
}

/// The dip test of the values around a border, as many on either side.
fn valley_p_value(points: &[f64], left: usize, border: usize, right: usize) -> f64 {
    let size = (border - left).min(right - border);
    let window = &points[border - size..border + size];
    dip_p_value(dip(window), window.len())
}

/// Splits at the valleys of a density estimate that the dip test confirms, segment pair by segment pair.
///
/// Each valley is tested in a balanced window: the smaller neighbour and as many of the nearest values of the larger one. Over the
/// whole sample the dip hardly sees a population of 10%, in that window it does.
fn split(sorted: &[f64], shape: &Shape) -> Split {
    let points = &shape.points;
    let n = points.len();
    // Borders are positions in `points`: segment k is borders[k]..borders[k + 1].
    let density = Density::of(points);
    let mut borders = vec![0];
    borders.extend(density.valleys().into_iter().map(|x| points.partition_point(|&point| point < x)));
    borders.push(n);
    borders.dedup();
    // Only valleys between sizeable modes can be confirmed; the correction is for looking at several.
    let candidates = (borders.len() as f64 - 2.0).clamp(1.0, 1.0 / MIN_MODE_WEIGHT);
    let mut surest = 1.0_f64;
    loop {
        let weights: Vec<f64> = borders.windows(2).map(|pair| (pair[1] - pair[0]) as f64 / n as f64).collect();
        if weights.len() < 2 {
            break;
        }
        let light = (0..weights.len())
            .filter(|&k| weights[k] < MIN_MODE_WEIGHT)
            .min_by(|&a, &b| weights[a].total_cmp(&weights[b]));
        if let Some(k) = light {
            // A light segment joins the neighbour across the narrower gap.
            let left = (k > 0).then(|| points[borders[k]] - points[borders[k] - 1]);
            let right = (k + 1 < weights.len()).then(|| points[borders[k + 1]] - points[borders[k + 1] - 1]);
            let join_left = match (left, right) {
                (Some(left), Some(right)) => left <= right,
                (left, _) => left.is_some(),
            };
            borders.remove(if join_left { k } else { k + 1 });
            continue;
        }
        // The least certain border goes first.
        let doubtful = (1..borders.len() - 1)
            .map(|k| (valley_p_value(points, borders[k - 1], borders[k], borders[k + 1]), k))
            .filter(|(p, _)| *p * LOOKS * candidates >= MULTIMODAL_P)
            .max_by(|a, b| a.0.total_cmp(&b.0));
        match doubtful {
            Some((_, k)) => {
                borders.remove(k);
            }
            None => break,
        }
    }
    for around in borders.windows(3) {
        let p = valley_p_value(points, around[0], around[1], around[2]) * candidates;
        surest = surest.min(p);
    }
    // Back to the full sample; borders move to the nearest change of value, so that ties stay together.
    let full = sorted.len() as u128;
    let mut places: Vec<usize> = borders
        .iter()
        .map(|&border| {
            let place = (border as u128 * full / n as u128) as usize;
            if place == 0 || place >= sorted.len() {
                place
            } else if shape.thinned {
                widest_gap_near(sorted, place)
            } else {
                sorted.partition_point(|&x| x < sorted[place])
            }
        })
        .collect();
    places.dedup();
    let modes = places
        .windows(2)
        .filter(|pair| pair[1] > pair[0])
        .map(|pair| {
            let part = &sorted[pair[0]..pair[1]];
            Mode { weight: part.len() as f64 / sorted.len() as f64, ..whole(part) }
        })
        .collect();
    Split { modes, p: surest }
}

/// Thinning blurs a border by one step of the thinned sample: the widest gap within that reach is the border.
fn widest_gap_near(sorted: &[f64], place: usize) -> usize {
    let reach = sorted.len() / THINNED_SIZE + 1;
    let from = place.saturating_sub(reach).max(1);
    let until = (place + reach).min(sorted.len() - 1);
    (from..=until).max_by(|&a, &b| (sorted[a] - sorted[a - 1]).total_cmp(&(sorted[b] - sorted[b - 1]))).unwrap_or(place)
}

#[cfg(test)]
mod tests;
