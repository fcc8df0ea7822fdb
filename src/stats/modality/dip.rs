//! Hartigan's dip and the probability of one as large in a sample with a single mode.
//!
//! In: ascending finite values. Out: the dip, and its p-value from a simulated table. Refuses (with a p of 1) samples smaller
//! than the table's.

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
        let minorant = hull(&points, low, high, Hull::Below);
        let majorant = hull(&points, low, high, Hull::Above);
        let widest = widest(&points, &minorant, &majorant);
        if widest.distance <= dip {
            break;
        }
        let left = hull_distance(&points, &minorant, low, widest.low, Hull::Below);
        let right = hull_distance(&points, &majorant, widest.high, high, Hull::Above);
        dip = dip.max(left).max(right);
        if (widest.low, widest.high) == (low, high) {
            break;
        }
        (low, high) = (widest.low, widest.high);
    }
    dip / (2.0 * n)
}

/// A distinct value with the number of values below it and up to it.
pub(super) struct Step {
    /// Half of the value.
    pub(super) x: f64,
    /// Values below it.
    pub(super) below: f64,
    /// Values below it and equal to it.
    pub(super) upto: f64,
}

/// The hull below a distribution function or the one above it.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Hull {
    Below,
    Above,
}

impl Step {
    /// The height of the corner on a side.
    pub(super) const fn height(&self, side: Hull) -> f64 {
        match side {
            Hull::Below => self.below,
            Hull::Above => self.upto,
        }
    }
}

/// Vertices of the greatest convex minorant (of the lower corners) or the least concave majorant (of the upper corners).
pub(super) fn hull(points: &[Step], low: usize, high: usize, side: Hull) -> Vec<usize> {
    let mut vertices: Vec<usize> = Vec::new();
    for next in low..=high {
        while let [.., a, b] = vertices[..] {
            let slope = |from: usize, to: usize| {
                (points[to].height(side) - points[from].height(side)) / (points[to].x - points[from].x)
            };
            let superfluous = match side {
                Hull::Below => slope(a, b) >= slope(b, next),
                Hull::Above => slope(a, b) <= slope(b, next),
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
fn on_segment(points: &[Step], a: usize, b: usize, i: usize, side: Hull) -> f64 {
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
        let distance = on_segment(points, a, b, vertex, Hull::Above) - points[vertex].below;
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
        let distance = points[vertex].upto - on_segment(points, a, b, vertex, Hull::Below);
        if distance > best.distance {
            let low = if b == vertex { b } else { a };
            best = Widest { distance, low, high: vertex };
        }
    }
    best
}

/// The largest distance between the distribution function and a hull, between two vertices of that hull.
pub(super) fn hull_distance(points: &[Step], hull: &[usize], from: usize, to: usize, side: Hull) -> f64 {
    let mut largest = 0.0_f64;
    for pair in hull.windows(2) {
        let (a, b) = (pair[0], pair[1]);
        if a < from || b > to {
            continue;
        }
        for i in a..=b {
            let height = on_segment(points, a, b, i, side);
            largest = largest.max(match side {
                Hull::Below => points[i].upto - height,
                Hull::Above => height - points[i].below,
            });
        }
    }
    largest
}

/// Seed of the simulation behind [`DIP_TABLE`]; each size uses `DIP_SEED ^ n`.
#[cfg(test)]
pub(super) const DIP_SEED: u64 = 217;
/// Uniform samples per size behind [`DIP_TABLE`].
#[cfg(test)]
pub(super) const DIP_REPLICATIONS: usize = 100_000;
/// Sample sizes of the rows.
pub(super) const DIP_SIZES: [f64; 11] = [20.0, 30.0, 50.0, 70.0, 100.0, 200.0, 500.0, 1000.0, 2000.0, 5000.0, 20_000.0];
/// Tail probabilities of the columns.
pub(super) const DIP_TAILS: [f64; 11] = [0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001, 0.0005, 0.0002];
/// Quantiles of sqrt(n) dip for uniform samples, the least favourable unimodal case (Hartigan & Hartigan 1985). Simulated with
/// this module's own [`dip`] (seed 217, 100,000 samples per size) by the ignored test `rewrites_the_dip_table`.
pub(super) const DIP_TABLE: [[f64; 11]; 11] = [
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
