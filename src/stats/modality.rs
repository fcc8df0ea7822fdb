//! Several populations in one sample: is there more than one mode, and where?
//!
//! In: an ascending slice of finite values. Out: Hartigan's dip with a p-value of known false-alarm rate, and the modes with
//! location and weight, measured on logarithms where all values are positive. Refuses (with `None`) fewer than [`MIN_VALUES`] values
//! or fewer than [`MIN_DISTINCT`] distinct ones: a handful of distinct values is a list, not a shape.
//!
//! Values rounded to a step (whole milliseconds) are first spread evenly inside their step, which is what rounding took away;
//! without that every rounded sample would look multimodal.

use super::quantile::{QuantileMethod, quantile};
use super::sample::median_of_sorted;
use super::spread::evenly_spaced_places;

/// Below this many values the dip test has no power worth a statement.
pub const MIN_VALUES: usize = 20;
/// Below this many distinct values the rounding step cannot be told from the shape.
pub const MIN_DISTINCT: usize = 10;
/// The p-value below which a sample counts as multimodal.
pub const MULTIMODAL_P: f64 = 0.01;
/// A mode that holds less than this share is not reported as a population; its values join the neighbour.
pub const MIN_MODE_WEIGHT: f64 = 0.05;
/// Larger samples are represented by [`THINNED_SIZE`] evenly spaced order statistics, which keep every mode of 5%.
pub const THIN_ABOVE: usize = 20_000;
/// How many order statistics represent a larger sample.
pub const THINNED_SIZE: usize = 10_001;

/// The grid of the density estimate, in cells.
const GRID: usize = 8192;
/// Values farther than this many 1%-to-99% widths outside of that range do not stretch the grid (they sit in its last cell).
const GRID_REACH: f64 = 1.0;
/// The share of the sample whose shortest interval gives the local scale of the narrowest sizeable mode.
const LOCAL_SHARE: f64 = 0.2;
/// Width of the central 20% of a normal distribution in standard deviations: 2 `Phi^-1(0.6)`.
const LOCAL_WIDTH: f64 = 0.506_694;
/// Silverman's rule (1986, eq. 3.31): bandwidth = 0.9 sigma n^(-1/5).
const SILVERMAN: f64 = 0.9;
/// A bandwidth of so many cells is smooth enough.
const WIDE_ENOUGH: f64 = 24.0;
/// The kernel is cut off at this many bandwidths.
const KERNEL_REACH: f64 = 4.0;
/// A valley must fall below this share of the lower of its two peaks, or the peaks are one mode.
const VALLEY_DEPTH: f64 = 0.6;

/// One population.
#[derive(Debug, Clone, Copy, PartialEq)]
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
#[derive(Debug, Clone, PartialEq)]
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

/// The modes of a sample, ascending, whatever the overall dip says; one mode for an ordinary sample, none for an empty one.
pub fn modes(sorted: &[f64]) -> Vec<Mode> {
    if sorted.is_empty() {
        return Vec::new();
    }
    if sorted.len() < MIN_VALUES || distinct(sorted) < MIN_DISTINCT {
        return vec![whole(sorted)];
    }
    split(sorted, &Shape::of(sorted)).modes
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

/// Hartigan's dip (Hartigan & Hartigan 1985): the largest distance between the distribution of the sample and the unimodal
/// distribution nearest to it. Between 1/(2n) and 1/4; 0 for fewer than two distinct values.
///
/// Written from the description of algorithm AS 217 (P. M. Hartigan 1985): the modal interval shrinks to where the greatest convex
/// minorant and the least concave majorant are farthest apart, until that distance no longer exceeds the one found outside. Ties
/// are handled by keeping, for each distinct value, the number of values below it and up to it. For a dozen values the algorithm's
/// rule for the modal interval ends a few percent above the infimum in one sample of twenty; the table below is made with the same
/// function, so that p is not affected.
pub fn dip(sorted: &[f64]) -> f64 {
    let mut points: Vec<Step> = Vec::new();
    let mut below = 0.0;
    for run in sorted.chunk_by(|a, b| a == b) {
        let upto = below + run.len() as f64;
        // Halves, so that differences of huge values stay finite.
        points.push(Step { x: run[0] / 2.0, below, upto });
        below = upto;
    }
    if points.len() < 2 {
        return 0.0;
    }
    let n = below;
    let (mut low, mut high) = (0, points.len() - 1);
    // Twice the dip, in counts; a distribution function of a sample is at least half a step from any continuous one.
    let mut dip = 1.0_f64;
    loop {
        let minorant = hull(&points, low, high, Side::Below);
        let majorant = hull(&points, low, high, Side::Above);
        let widest = widest(&points, &minorant, &majorant);
        if widest.distance <= dip {
            break;
        }
        let left = hull_distance(&points, &minorant, low, widest.low, Side::Below);
        let right = hull_distance(&points, &majorant, widest.high, high, Side::Above);
        dip = dip.max(left).max(right);
        if (widest.low, widest.high) == (low, high) {
            break;
        }
        (low, high) = (widest.low, widest.high);
    }
    dip / (2.0 * n)
}

/// A distinct value with the number of values below it and up to it.
struct Step {
    x: f64,
    below: f64,
    upto: f64,
}

#[derive(Clone, Copy, PartialEq)]
enum Side {
    Below,
    Above,
}

impl Step {
    const fn height(&self, side: Side) -> f64 {
        match side {
            Side::Below => self.below,
            Side::Above => self.upto,
        }
    }
}

/// Vertices of the greatest convex minorant (of the lower corners) or the least concave majorant (of the upper corners).
fn hull(points: &[Step], low: usize, high: usize, side: Side) -> Vec<usize> {
    let mut vertices: Vec<usize> = Vec::new();
    for next in low..=high {
        while let [.., a, b] = vertices[..] {
            let slope = |from: usize, to: usize| {
                (points[to].height(side) - points[from].height(side)) / (points[to].x - points[from].x)
            };
            let superfluous = match side {
                Side::Below => slope(a, b) >= slope(b, next),
                Side::Above => slope(a, b) <= slope(b, next),
            };
            if !superfluous {
                break;
            }
            vertices.pop();
        }
        vertices.push(next);
    }
    vertices
}

/// The height of the hull segment a..b at point i.
fn on_segment(points: &[Step], a: usize, b: usize, i: usize, side: Side) -> f64 {
    let (from, to) = (&points[a], &points[b]);
    if a == b {
        return from.height(side);
    }
    let share = (points[i].x - from.x) / (to.x - from.x);
    from.height(side) + share * (to.height(side) - from.height(side))
}

struct Widest {
    distance: f64,
    low: usize,
    high: usize,
}

/// Where minorant and majorant are farthest apart: always at a vertex of one of them.
fn widest(points: &[Step], minorant: &[usize], majorant: &[usize]) -> Widest {
    let mut best = Widest { distance: 0.0, low: minorant[0], high: minorant[minorant.len() - 1] };
    let mut segment = 0;
    for &vertex in minorant {
        while segment + 2 < majorant.len() && majorant[segment + 1] < vertex {
            segment += 1;
        }
        let (a, b) = (majorant[segment], majorant[(segment + 1).min(majorant.len() - 1)]);
        let distance = on_segment(points, a, b, vertex, Side::Above) - points[vertex].below;
        if distance > best.distance {
            let high = if a == vertex { a } else { b };
            best = Widest { distance, low: vertex, high };
        }
    }
    segment = 0;
    for &vertex in majorant {
        while segment + 2 < minorant.len() && minorant[segment + 1] <= vertex {
            segment += 1;
        }
        let (a, b) = (minorant[segment], minorant[(segment + 1).min(minorant.len() - 1)]);
        let distance = points[vertex].upto - on_segment(points, a, b, vertex, Side::Below);
        if distance > best.distance {
            let low = if b == vertex { b } else { a };
            best = Widest { distance, low, high: vertex };
        }
    }
    best
}

/// The largest distance between the distribution function and a hull, between two vertices of that hull.
fn hull_distance(points: &[Step], hull: &[usize], from: usize, to: usize, side: Side) -> f64 {
    let mut largest = 0.0_f64;
    for pair in hull.windows(2) {
        let (a, b) = (pair[0], pair[1]);
        if a < from || b > to {
            continue;
        }
        for i in a..=b {
            let height = on_segment(points, a, b, i, side);
            largest = largest.max(match side {
                Side::Below => points[i].upto - height,
                Side::Above => height - points[i].below,
            });
        }
    }
    largest
}

/// Seed of the simulation behind [`DIP_TABLE`]; each size uses `DIP_SEED ^ n`.
#[cfg(test)]
const DIP_SEED: u64 = 217;
/// Uniform samples per size behind [`DIP_TABLE`].
#[cfg(test)]
const DIP_REPLICATIONS: usize = 100_000;
/// Sample sizes of the rows.
const DIP_SIZES: [f64; 11] = [20.0, 30.0, 50.0, 70.0, 100.0, 200.0, 500.0, 1000.0, 2000.0, 5000.0, 20_000.0];
/// Tail probabilities of the columns.
const DIP_TAILS: [f64; 11] = [0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001, 0.0005, 0.0002];
/// Quantiles of sqrt(n) dip for uniform samples, the least favourable unimodal case (Hartigan & Hartigan 1985). Simulated with
/// this module's own [`dip`] (seed 217, 100,000 samples per size) by the ignored test `rewrites_the_dip_table`.
const DIP_TABLE: [[f64; 11]; 11] = [
    [0.3281, 0.3958, 0.4359, 0.4708, 0.5126, 0.5406, 0.5674, 0.5981, 0.6174, 0.6377, 0.6558],
    [0.3366, 0.4050, 0.4466, 0.4837, 0.5262, 0.5564, 0.5833, 0.6164, 0.6391, 0.6668, 0.6939],
    [0.3455, 0.4162, 0.4587, 0.4973, 0.5414, 0.5738, 0.6030, 0.6370, 0.6653, 0.6911, 0.7268],
    [0.3506, 0.4221, 0.4661, 0.5055, 0.5517, 0.5838, 0.6134, 0.6512, 0.6755, 0.6969, 0.7261],
    [0.3550, 0.4275, 0.4706, 0.5108, 0.5593, 0.5918, 0.6235, 0.6633, 0.6906, 0.7135, 0.7418],
    [0.3608, 0.4349, 0.4800, 0.5202, 0.5698, 0.6043, 0.6363, 0.6757, 0.7029, 0.7290, 0.7597],
    [0.3684, 0.4435, 0.4901, 0.5319, 0.5812, 0.6163, 0.6491, 0.6879, 0.7139, 0.7378, 0.7652],
    [0.3717, 0.4476, 0.4945, 0.5368, 0.5872, 0.6213, 0.6569, 0.6999, 0.7288, 0.7523, 0.8019],
    [0.3732, 0.4490, 0.4957, 0.5386, 0.5877, 0.6227, 0.6530, 0.6935, 0.7272, 0.7559, 0.7973],
    [0.3763, 0.4527, 0.4994, 0.5412, 0.5921, 0.6270, 0.6603, 0.7019, 0.7292, 0.7625, 0.7990],
    [0.3781, 0.4552, 0.5023, 0.5447, 0.5965, 0.6319, 0.6663, 0.7079, 0.7343, 0.7705, 0.8141],
];

/// The probability that a uniform sample of this size has a dip at least as large, from the simulated table above.
///
/// Linear in log p between the quantiles of sqrt(n) dip, and in 1/sqrt(n) between sizes. Never below the table's last tail
/// probability; 1 for fewer than the smallest tabled size.
pub fn dip_p_value(dip: f64, n: usize) -> f64 {
    let size = n as f64;
    if size < DIP_SIZES[0] {
        return 1.0;
    }
    let right = DIP_SIZES.partition_point(|&tabled| tabled <= size).clamp(1, DIP_SIZES.len() - 1);
    let (a, b) = (DIP_SIZES[right - 1], DIP_SIZES[right]);
    let share = ((1.0 / a.sqrt() - 1.0 / size.sqrt()) / (1.0 / a.sqrt() - 1.0 / b.sqrt())).clamp(0.0, 1.0);
    let statistic = dip * size.sqrt();
    let mut previous = (0.0, 1.0);
    for (column, &tail) in DIP_TAILS.iter().enumerate() {
        let critical = DIP_TABLE[right - 1][column] * (1.0 - share) + DIP_TABLE[right][column] * share;
        if statistic < critical {
            let (before, p_before): (f64, f64) = previous;
            let along = (statistic - before) / (critical - before);
            return (p_before.ln() + along * (tail.ln() - p_before.ln())).exp();
        }
        previous = (critical, tail);
    }
    DIP_TAILS[DIP_TAILS.len() - 1]
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

/// A kernel density estimate on a grid; its bandwidth follows the narrowest sizeable mode, so that it never blurs two together.
struct Density {
    origin: f64,
    cell: f64,
    heights: Vec<f64>,
}

impl Density {
    fn of(points: &[f64]) -> Self {
        let n = points.len();
        let at = |p| quantile(points, p, QuantileMethod::Type7);
        let (first, last) = (at(0.01), at(0.99));
        let reach = GRID_REACH * (last - first);
        let low = points[0].max(first - reach);
        let high = points[n - 1].min(last + reach);
        let cell = ((high - low) / (GRID - 1) as f64).max(f64::MIN_POSITIVE);
        let mut counts = vec![0.0; GRID];
        for &point in points {
            let place = ((point - low) / cell).clamp(0.0, (GRID - 1) as f64);
            counts[place.round() as usize] += 1.0;
        }
        let held = ((n as f64 * LOCAL_SHARE) as usize).clamp(2, n) - 1;
        let shortest = (0..n - held).map(|i| points[i + held] - points[i]).fold(f64::INFINITY, f64::min);
        let bandwidth = SILVERMAN * shortest / LOCAL_WIDTH * (n as f64).powf(-0.2) / cell;
        let bandwidth = bandwidth.clamp(1.0, GRID as f64 / 8.0);
        // Cells far narrower than the kernel cost time and show nothing; of large samples several become one.
        let together = if n < THINNED_SIZE { 1 } else { (bandwidth / WIDE_ENOUGH).max(1.0) as usize };
        if together > 1 {
            let counts: Vec<f64> = counts.chunks(together).map(|cells| cells.iter().sum()).collect();
            let heights = smooth(&counts, bandwidth / together as f64);
            // The middle of the cells that became one.
            let origin = low + cell * (together - 1) as f64 / 2.0;
            return Self { origin, cell: cell * together as f64, heights };
        }
        Self { origin: low, cell, heights: smooth(&counts, bandwidth) }
    }

    /// Positions of the valleys between peaks, after peaks without a real valley between them were merged.
    fn valleys(&self) -> Vec<f64> {
        let mut peaks: Vec<f64> = Vec::new();
        let mut valleys: Vec<(f64, usize)> = Vec::new();
        let mut rising = true;
        let mut flat_from = 0;
        for i in 1..self.heights.len() {
            let (before, now) = (self.heights[i - 1], self.heights[i]);
            if now == before {
                continue;
            }
            if rising && now < before {
                peaks.push(before);
                rising = false;
            } else if !rising && now > before {
                valleys.push((before, usize::midpoint(flat_from, i - 1)));
                rising = true;
            }
            flat_from = i;
        }
        if rising {
            peaks.push(self.heights[self.heights.len() - 1]);
        }
        while let Some(worst) = (0..valleys.len())
            .map(|k| (valleys[k].0 / peaks[k].min(peaks[k + 1]), k))
            .filter(|(ratio, _)| *ratio > VALLEY_DEPTH)
            .max_by(|a, b| a.0.total_cmp(&b.0))
            .map(|(_, k)| k)
        {
            let merged = peaks[worst].max(peaks[worst + 1]);
            valleys.remove(worst);
            peaks.remove(worst + 1);
            peaks[worst] = merged;
        }
        valleys.into_iter().map(|(_, place)| self.origin + self.cell * place as f64).collect()
    }
}

/// A Gaussian smooth of the counts; cells without counts cost nothing.
fn smooth(counts: &[f64], bandwidth: f64) -> Vec<f64> {
    let reach = (KERNEL_REACH * bandwidth).ceil() as usize;
    let half = (0..=reach).map(|d| (-0.5 * (d as f64 / bandwidth).powi(2)).exp());
    let mut kernel: Vec<f64> = half.collect();
    // Both sides, so that one pass over neighbouring cells adds them; its middle is at `reach`.
    kernel.reverse();
    kernel.extend_from_within(..reach);
    kernel[reach + 1..].reverse();
    let mut heights = vec![0.0; counts.len()];
    for (place, &count) in counts.iter().enumerate() {
        if count == 0.0 {
            continue;
        }
        let from = place.saturating_sub(reach);
        let until = (place + reach).min(counts.len() - 1);
        let weights = &kernel[from + reach - place..];
        for (height, weight) in heights[from..=until].iter_mut().zip(weights) {
            *height += count * weight;
        }
    }
    heights
}

#[cfg(test)]
mod tests {
    use super::super::rng::Rng;
    use super::*;
    use proptest::prelude::*;

    fn sorted(mut values: Vec<f64>) -> Vec<f64> {
        values.sort_unstable_by(f64::total_cmp);
        values
    }

    /// Order statistics of n uniforms without sorting: normalised partial sums of exponentials.
    fn uniform_sorted(n: usize, rng: &mut Rng) -> Vec<f64> {
        let mut sum = 0.0;
        let mut values: Vec<f64> = (0..n)
            .map(|_| {
                sum += rng.exponential();
                sum
            })
            .collect();
        sum += rng.exponential();
        for value in &mut values {
            *value /= sum;
        }
        values
    }

    /// The generator of the table.
    fn quantiles_of_the_null(n: usize, replications: usize) -> Vec<f64> {
        let mut rng = Rng::new(DIP_SEED ^ n as u64);
        let dips = sorted((0..replications).map(|_| dip(&uniform_sorted(n, &mut rng)) * (n as f64).sqrt()).collect());
        DIP_TAILS.iter().map(|tail| quantile(&dips, 1.0 - tail, QuantileMethod::Type6)).collect()
    }

    #[test]
    #[ignore = "rewrites the table: cargo test --release -- --ignored --nocapture rewrites_the_dip_table"]
    fn rewrites_the_dip_table() {
        for size in DIP_SIZES {
            let row: Vec<String> =
                quantiles_of_the_null(size as usize, DIP_REPLICATIONS).iter().map(|q| format!("{q:.4}")).collect();
            println!("    [{}],", row.join(", "));
        }
    }

    #[test]
    fn the_table_is_what_its_generator_says() {
        for (row, n) in [(1, 30), (5, 200)] {
            let again = quantiles_of_the_null(n, 4000);
            assert_eq!(DIP_SIZES[row], n as f64);
            // The first columns (50% to 5%) are sharp enough at 4,000 replications.
            for column in 0..4 {
                let ratio = again[column] / DIP_TABLE[row][column];
                assert!((ratio - 1.0).abs() < 0.03, "n {n} column {column}: {ratio}");
            }
        }
    }

    /// The dip from its definition: the least d for which a function convex left of i, concave right of j, steepest in between,
    /// runs within d of the distribution function. O(n^4), for small samples.
    fn dip_by_definition(values: &[f64]) -> f64 {
        let n = values.len();
        let points: Vec<Step> =
            values.iter().enumerate().map(|(i, &x)| Step { x, below: i as f64, upto: i as f64 + 1.0 }).collect();
        let feasible = |d: f64| {
            (0..n).any(|i| {
                (i..n).any(|j| {
                    let left = hull(&points, 0, i, Side::Below);
                    let right = hull(&points, j, n - 1, Side::Above);
                    if hull_distance(&points, &left, 0, i, Side::Below).max(1.0) > 2.0 * d + 1e-9 {
                        return false;
                    }
                    if hull_distance(&points, &right, j, n - 1, Side::Above).max(1.0) > 2.0 * d + 1e-9 {
                        return false;
                    }
                    if i == j {
                        return d >= 0.5;
                    }
                    let (y0, y1) = (points[i].below + d, points[j].upto - d);
                    let slope = (y1 - y0) / (points[j].x - points[i].x);
                    let slope_of = |a: usize, b: usize, side| {
                        (points[b].height(side) - points[a].height(side)) / (points[b].x - points[a].x)
                    };
                    if left.len() > 1 && slope_of(left[left.len() - 2], i, Side::Below) > slope + 1e-9 {
                        return false;
                    }
                    if right.len() > 1 && slope_of(j, right[1], Side::Above) > slope + 1e-9 {
                        return false;
                    }
                    (i..=j).all(|k| {
                        let y = y0 + slope * (points[k].x - points[i].x);
                        y <= points[k].below + d + 1e-9 && y >= points[k].upto - d - 1e-9
                    })
                })
            })
        };
        let (mut low, mut high) = (0.5, n as f64 / 2.0);
        for _ in 0..40 {
            let middle = f64::midpoint(low, high);
            if feasible(middle) {
                high = middle;
            } else {
                low = middle;
            }
        }
        high / n as f64
    }

    #[test]
    fn the_dip_agrees_with_its_definition() {
        let mut rng = Rng::new(17);
        let mut exact = 0;
        for _ in 0..150 {
            let n = 4 + rng.below(9);
            let values = sorted((0..n).map(|_| rng.normal() + if rng.uniform() < 0.5 { 3.0 } else { 0.0 }).collect());
            let (fast, slow) = (dip(&values), dip_by_definition(&values));
            assert!(fast > slow - 1e-6 && fast < slow * 1.1, "{fast} {slow} {values:?}");
            exact += usize::from(fast < slow + 1e-6);
        }
        assert!(exact >= 140, "{exact} of 150");
    }

    #[test]
    fn the_dip_of_known_shapes() {
        assert_eq!(dip(&[]), 0.0);
        assert_eq!(dip(&[1.0; 9]), 0.0);
        let even: Vec<f64> = (0..50).map(f64::from).collect();
        assert!((dip(&even) - 0.01).abs() < 1e-12);
        let mut two = vec![0.0; 50];
        two.extend([1.0; 50]);
        assert!((dip(&two) - 0.25).abs() < 1e-12);
        // The dip does not see direction, unit or place.
        let mut rng = Rng::new(2);
        let values = sorted((0..200).map(|_| rng.normal()).collect());
        let turned = sorted(values.iter().map(|x| 7.0 - 3.0 * x).collect());
        assert!((dip(&values) - dip(&turned)).abs() < 1e-12);
    }

    fn false_alarms(files: u64, n: usize, step: Option<f64>, value: impl Fn(&mut Rng) -> f64) -> usize {
        (0..files)
            .filter(|&seed| {
                let mut rng = Rng::new(99 + seed);
                let values = (0..n).map(|_| {
                    let x = value(&mut rng);
                    step.map_or(x, |step| (x / step).round() * step)
                });
                let values = sorted(values.collect());
                assess(&values).is_some_and(|found| found.is_multimodal())
            })
            .count()
    }

    #[test]
    fn one_population_is_hardly_ever_split() {
        assert!(false_alarms(300, 200, None, |rng| (0.8 * rng.normal()).exp()) <= 1);
        assert!(false_alarms(300, 200, None, |rng| 10.0 + rng.normal()) <= 1);
        assert!(false_alarms(300, 200, None, Rng::exponential) <= 1);
        // Whole milliseconds, some twenty distinct values.
        assert!(false_alarms(300, 500, Some(1.0), |rng| 30.0 + 4.0 * rng.normal()) <= 1);
        assert!(false_alarms(100, 2000, Some(1.0), |rng| 8.0 * (0.5 * rng.normal()).exp()) <= 1);
    }

    #[test]
    #[ignore = "prints false-alarm rates: cargo test --release -- --ignored --nocapture prints_dip"]
    fn prints_dip_false_alarm_rates() {
        for n in [50, 200, 1000, 10_000, 50_000] {
            let files = (2_000_000 / n as u64).min(5000);
            for (name, alarms) in [
                ("uniform", false_alarms(files, n, None, |rng| rng.uniform() + -0.5)),
                ("lognormal", false_alarms(files, n, None, |rng| (0.8 * rng.normal()).exp())),
                ("exponential", false_alarms(files, n, None, Rng::exponential)),
                ("normal, whole ms", false_alarms(files, n, Some(1.0), |rng| 30.0 + 4.0 * rng.normal())),
                ("lognormal, whole ms", false_alarms(files, n, Some(1.0), |rng| 8.0 * (0.5 * rng.normal()).exp())),
            ] {
                println!("{name:>20} n {n:>6}: {alarms} of {files}");
            }
        }
    }

    #[test]
    fn two_populations_are_found_with_place_and_weight() {
        let mut rng = Rng::new(4);
        let values =
            sorted((0..1000).map(|i| if i % 2 == 0 { 0.002 } else { 10.0 } * (0.1 * rng.normal()).exp()).collect());
        let found = assess(&values).unwrap();
        assert!(found.is_multimodal() && found.on_logs && !found.thinned);
        assert_eq!(found.modes.len(), 2);
        assert!((found.modes[0].location / 0.002 - 1.0).abs() < 0.05);
        assert!((found.modes[1].location / 10.0 - 1.0).abs() < 0.05);
        assert_eq!(found.modes[0].weight, 0.5);
        assert!(found.modes[0].high < found.modes[1].low);
    }

    #[test]
    fn three_populations_of_different_width_and_weight() {
        let mut rng = Rng::new(8);
        let values = sorted(
            (0..30_000)
                .map(|i| match i % 10 {
                    0..=5 => 0.01 * (0.3 * rng.normal()).exp(),
                    6..=8 => 0.2 * (0.05 * rng.normal()).exp(),
                    _ => 5.0 * (0.2 * rng.normal()).exp(),
                })
                .collect(),
        );
        let found = assess(&values).unwrap();
        assert!(found.thinned);
        let weights: Vec<f64> = found.modes.iter().map(|mode| mode.weight).collect();
        assert_eq!(weights.len(), 3, "{:?}", found.modes);
        for (weight, expected) in weights.iter().zip([0.6, 0.3, 0.1]) {
            assert!((weight - expected).abs() < 0.002, "{weights:?}");
        }
    }

    #[test]
    fn a_few_far_values_are_no_population() {
        let mut rng = Rng::new(21);
        let mut values: Vec<f64> = (0..990).map(|_| 0.01 * (0.2 * rng.normal()).exp()).collect();
        values.extend((0..10).map(|i| 10.0 + 0.01 * f64::from(i)));
        let found = assess(&sorted(values)).unwrap();
        assert_eq!(found.modes.len(), 1);
        assert_eq!(found.modes[0].weight, 1.0);
    }

    #[test]
    fn too_few_values_are_refused() {
        assert_eq!(assess(&[1.0; 10]), None);
        assert_eq!(assess(&[1.0; 100]), None);
        assert_eq!(modes(&[1.0, 2.0]).len(), 1);
        assert!(modes(&[]).is_empty());
        assert_eq!(dip_p_value(0.25, 3), 1.0);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn weights_sum_to_one_and_modes_ascend(
            values in prop::collection::vec(prop::num::f64::NORMAL | prop::num::f64::SUBNORMAL | prop::num::f64::ZERO, 20..60)
        ) {
            let values = sorted(values);
            let found = modes(&values);
            prop_assert!((found.iter().map(|mode| mode.weight).sum::<f64>() - 1.0).abs() < 1e-12);
            prop_assert!(found.windows(2).all(|pair| pair[0].high <= pair[1].low));
            if let Some(found) = assess(&values) {
                prop_assert!(found.dip >= 0.0 && found.dip <= 0.25 && found.p > 0.0 && found.p <= 1.0);
            }
        }
    }
}
