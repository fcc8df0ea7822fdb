//! What moved together: a shift of the whole suite, and results that all point one way.
//!
//! In: by how much each of many metrics moved for the worse, on logarithms, and how well that is known. Out: the shift that they have
//! in common, each metric compared with it, and whether verdicts are one-sided. Says nothing ([`CommonShift::of`] is `None`) of fewer
//! than [`FEWEST_SUBJECTS`] subjects, of a shift within the margin, and where metrics differ by more than they have in common.
//! Nothing is normalised: verdicts are those of the plain numbers, because dividing by a noisy anchor doubles the error.

use crate::stats::interval::normal_quantile;

use super::noise::two_sided;
use super::verdict::discovery_level;

/// Fewer subjects are no suite: of ten, all have to move one way for their median to be known at 1%.
pub(crate) const FEWEST_SUBJECTS: usize = 10;
/// This share of the subjects has to move with the shift.
const MOST: f64 = 0.75;
/// From this many subjects on the binomial distribution of signs is taken as normal.
const NORMAL_SIGNS: usize = 1000;
/// The standard deviation over the median absolute deviation of normal values (Hampel 1974).
const MAD_TO_STDDEV: f64 = 1.4826;

/// By how much a metric moved.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Move {
    /// Logarithm of the ratio; above 0 is worse.
    pub(crate) log: f64,
    /// Its standard error; absent where there is no interval.
    pub(crate) error: Option<f64>,
    /// Degrees of freedom of that, where Student's t stands for the normal.
    pub(crate) degrees_of_freedom: Option<f64>,
}

/// What the metrics of a suite have in common.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct CommonShift {
    pub(crate) subjects: usize,
    /// Those that moved with it.
    pub(crate) along: usize,
    /// Median of the logarithms; above 0 is worse.
    pub(crate) log: f64,
    pub(crate) low: f64,
    pub(crate) high: f64,
    /// Standard deviation between subjects beyond what their own noise makes.
    apart: f64,
    confidence: f64,
}

/// A metric compared with the shift.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Against {
    /// Logarithm of the ratio to the shift; above 0 is worse than the suite.
    pub(crate) log: f64,
    /// Half the width of its interval; absent where the metric has none.
    pub(crate) half: Option<f64>,
    p: f64,
}

impl CommonShift {
    /// From one move a subject. `margin` is what matters, on logarithms; `level` that at which no shift has to be excluded.
    pub(crate) fn of(moves: &[Move], margin: f64, level: f64, confidence: f64) -> Option<Self> {
        if moves.len() < FEWEST_SUBJECTS {
            return None;
        }
        let mut logs: Vec<f64> = moves.iter().map(|one| one.log).collect();
        logs.sort_unstable_by(f64::total_cmp);
        let log = median(&logs);
        let (low, high) = median_bounds(&logs, 1.0 - confidence)?;
        let (surely_above, surely_below) = median_bounds(&logs, level)?;
        let along = logs.iter().filter(|one| **one * log > 0.0).count();
        let mut distances: Vec<f64> = logs.iter().map(|one| (one - log).abs()).collect();
        distances.sort_unstable_by(f64::total_cmp);
        let spread = MAD_TO_STDDEV * median(&distances);
        let mut noise: Vec<f64> = moves.iter().filter_map(|one| one.error).map(|error| error * error).collect();
        noise.sort_unstable_by(f64::total_cmp);
        let by_chance = if noise.is_empty() { 0.0 } else { median(&noise) };
        // What subjects have in common has to be more than what they differ by, beyond their own noise.
        let apart = (spread * spread - by_chance).max(0.0).sqrt();
        let is_shift = log.abs() >= margin && surely_above * surely_below > 0.0;
        let most = along as f64 >= MOST * logs.len() as f64;
        (is_shift && most && apart <= log.abs()).then_some(Self {
            subjects: logs.len(),
            along,
            log,
            low,
            high,
            apart,
            confidence,
        })
    }

    /// A metric compared with it: what it is beyond the shift, with the noise of both and what subjects differ by anyway.
    pub(crate) fn against(&self, one: Move) -> Against {
        let log = one.log - self.log;
        let score = normal_quantile(f64::midpoint(1.0, self.confidence)).unwrap_or(f64::INFINITY);
        let own = (self.high - self.low) / (2.0 * score);
        let (p, half) = match one.error {
            None => (1.0, None),
            Some(error) => {
                let noise = error.hypot(own);
                let freedom = one.degrees_of_freedom;
                let half = noise * super::noise::quantile(1.0 - self.confidence, freedom);
                let beyond = noise.hypot(self.apart);
                let p = if beyond > 0.0 { two_sided(log / beyond, freedom) } else { f64::from(u8::from(log == 0.0)) };
                (p, Some(half).filter(|half| half.is_finite()))
            }
        };
        Against { log, half, p }
    }
}

/// Which of them stand out from the shift beyond chance, after control of false discoveries, and by at least the margin.
pub(crate) fn standing_out(against: &[Against], margin: f64, level: f64) -> Vec<bool> {
    let threshold = discovery_level(against.iter().map(|one| one.p).collect(), level);
    against.iter().map(|one| one.p <= threshold && one.log.abs() >= margin).collect()
}

/// Whether so many verdicts of one direction and none of the other are no sign of this change but of the measurement, or of one
/// cause that they share.
pub(crate) fn is_one_sided(worse: usize, better: usize) -> bool {
    worse.max(better) >= FEWEST_SUBJECTS && worse.min(better) == 0
}

fn median(ascending: &[f64]) -> f64 {
    let middle = ascending.len() / 2;
    if ascending.len() % 2 == 1 { ascending[middle] } else { f64::midpoint(ascending[middle - 1], ascending[middle]) }
}

/// Order statistics that bound the median with at most this error on both sides together: the sign test turned round.
fn median_bounds(ascending: &[f64], error: f64) -> Option<(f64, f64)> {
    let n = ascending.len();
    let count = n as f64;
    let beyond = if n > NORMAL_SIGNS {
        let score = normal_quantile(1.0 - error / 2.0)?;
        ((count - score * count.sqrt()) / 2.0).floor() as usize
    } else {
        // The most that may lie beyond so that this many signs of one kind, or fewer, are that unlikely.
        let (mut probability, mut below, mut most) = (0.5_f64.powf(count), 0.0, 0);
        for signs in 0..n / 2 {
            below += probability;
            if below > error / 2.0 {
                break;
            }
            most = signs + 1;
            probability *= (n - signs) as f64 / (signs + 1) as f64;
        }
        most
    };
    (beyond >= 1).then(|| (ascending[beyond - 1], ascending[n - beyond]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::rng::Rng;

    const MARGIN: f64 = 0.048_79;

    fn suite(count: usize, noise: f64, rng: &mut Rng, of: impl Fn(usize) -> f64) -> Vec<Move> {
        (0..count)
            .map(|index| Move { log: of(index) + noise * rng.normal(), error: Some(noise), degrees_of_freedom: None })
            .collect()
    }

    #[test]
    fn the_median_is_bounded_as_by_the_sign_test() {
        // 2 (1 + 10 + 45) / 1024 = 0.109 and 2 (1 + 10) / 1024 = 0.0215: of ten the second and ninth bound it at 95%.
        let ten: Vec<f64> = (1..=10).map(f64::from).collect();
        assert_eq!(median_bounds(&ten, 0.05), Some((2.0, 9.0)));
        assert_eq!(median_bounds(&ten, 0.01), Some((1.0, 10.0)));
        assert_eq!(median_bounds(&ten[..7], 0.01), None, "2 / 128 is more than 1%");
        // Both ways of counting meet: sqrt(1000) / 2 * 1.96 = 31 ranks off the middle.
        let many: Vec<f64> = (1..=1002).map(f64::from).collect();
        let (few, more) = (median_bounds(&many[..1000], 0.05).unwrap(), median_bounds(&many, 0.05).unwrap());
        assert!((few.0 - more.0).abs() <= 2.0 && (few.0 - 469.0).abs() <= 1.0, "{few:?} {more:?}");
    }

    #[test]
    fn a_suite_that_moved_by_one_factor_is_known_and_what_regressed_in_it_stands_out() {
        let mut rng = Rng::new(1);
        let moves = suite(392, 0.03, &mut rng, |index| 1.19_f64.ln() + if index < 3 { 1.5_f64.ln() } else { 0.0 });
        let shift = CommonShift::of(&moves, MARGIN, 0.01, 0.95).unwrap();
        assert_eq!((shift.subjects, shift.along), (392, 392));
        assert!((shift.log.exp() - 1.19).abs() < 0.01 && shift.low < 1.19_f64.ln() && shift.high > 1.19_f64.ln());
        let against: Vec<Against> = moves.iter().map(|one| shift.against(*one)).collect();
        let out = standing_out(&against, MARGIN, 0.01);
        assert_eq!(out.iter().filter(|out| **out).count(), 3);
        assert!(out[..3].iter().all(|out| *out));
    }

    #[test]
    fn a_few_regressions_are_no_shift_and_neither_are_metrics_that_move_apart() {
        let mut rng = Rng::new(2);
        for share in [0, 5, 15, 40] {
            let moves = suite(60, 0.05, &mut rng, |index| if 100 * index < 60 * share { 2.0_f64.ln() } else { 0.0 });
            assert_eq!(CommonShift::of(&moves, MARGIN, 0.01, 0.95), None, "{share}% of them regressed");
        }
        let apart = suite(60, 0.02, &mut rng, |index| if index % 4 == 0 { -0.3 } else { 0.05 + 0.02 * index as f64 });
        assert_eq!(CommonShift::of(&apart, MARGIN, 0.01, 0.95), None);
        let few = suite(9, 0.01, &mut rng, |_| 0.2);
        assert_eq!(CommonShift::of(&few, MARGIN, 0.01, 0.95), None);
    }

    #[test]
    fn verdicts_of_one_direction_are_a_sign_from_ten_on() {
        assert!(is_one_sided(29, 0) && is_one_sided(0, 10));
        assert!(!is_one_sided(29, 1) && !is_one_sided(9, 0) && !is_one_sided(0, 0));
    }
}
