//! Optimal partitioning: where a series is divided so that what its parts leave, with a penalty for each division, is least (Jackson et
//! al. 2005; Killick, Fearnhead & Eckley 2012).

/// Costs that differ by less are the same.
const ROUNDING: f64 = 1e-9;

/// What a part is described by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// Its mean.
    Level,
    /// A straight line.
    Line,
}

/// Sums from the beginning, from which the cost of any part follows.
struct Sums {
    value: Vec<f64>,
    square: Vec<f64>,
    moment: Vec<f64>,
    shape: Shape,
}

impl Sums {
    fn new(values: &[f64], shape: Shape) -> Self {
        let mut sums = Self { value: vec![0.0], square: vec![0.0], moment: vec![0.0], shape };
        let (mut value, mut square, mut moment) = (0.0, 0.0, 0.0);
        for (place, x) in values.iter().enumerate() {
            value += x;
            square += x * x;
            moment += place as f64 * x;
            sums.value.push(value);
            sums.square.push(square);
            sums.moment.push(moment);
        }
        sums
    }

    /// Squared deviations of a part from its shape.
    fn cost(&self, from: usize, to: usize) -> f64 {
        let n = (to - from) as f64;
        let sum = self.value[to] - self.value[from];
        let around_mean = self.square[to] - self.square[from] - sum * sum / n;
        if self.shape == Shape::Level {
            return around_mean;
        }
        let middle = (from + to - 1) as f64 / 2.0;
        let slope = (self.moment[to] - self.moment[from]) - middle * sum;
        let width = n * (n * n - 1.0) / 12.0;
        let cost = if width > 0.0 { around_mean - slope * slope / width } else { around_mean };
        cost.max(0.0)
    }
}

/// Where the last part may begin.
struct Beginning {
    at: usize,
    /// Where another beginning turned out to be better by the whole penalty.
    beaten: Option<usize>,
}

/// The first points of all parts but the first, each of at least `shortest` points.
pub(super) fn partition(values: &[f64], shape: Shape, penalty: f64, shortest: usize) -> Vec<usize> {
    let n = values.len();
    let sums = Sums::new(values, shape);
    let mut least = vec![f64::INFINITY; n + 1];
    let mut previous = vec![0; n + 1];
    least[0] = -penalty;
    let mut beginnings: Vec<Beginning> = Vec::new();
    let mut costs = Vec::new();
    for end in shortest..=n {
        let newest = end - shortest;
        if newest == 0 || newest >= shortest {
            beginnings.push(Beginning { at: newest, beaten: None });
        }
        // A beginning that is beaten stays so, because the cost of a part never rises when it is divided; the part that beats it has to
        // be long enough.
        beginnings.retain(|begin| begin.beaten.is_none_or(|since| end < since + shortest));
        let (mut best, mut from) = (f64::INFINITY, 0);
        costs.clear();
        for begin in &beginnings {
            let cost = least[begin.at] + sums.cost(begin.at, end);
            costs.push(cost);
            if cost + penalty < best {
                (best, from) = (cost + penalty, begin.at);
            }
        }
        (least[end], previous[end]) = (best, from);
        // Rounding must not drop one that is as good.
        let bound = best + ROUNDING * best.abs();
        for (begin, _) in
            beginnings.iter_mut().zip(&costs).filter(|(begin, cost)| begin.beaten.is_none() && **cost > bound)
        {
            begin.beaten = Some(end);
        }
    }
    let (mut changes, mut end) = (Vec::new(), n);
    while end > 0 {
        end = previous[end];
        if end > 0 {
            changes.push(end);
        }
    }
    changes.reverse();
    changes
}
