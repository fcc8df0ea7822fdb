//! Where the next value of a standing series is expected, and how unlikely the one is that came.
//!
//! In: values that stand on one level. Out: Student's prediction interval for one more of them, with tails. Refuses fewer than two.
//!
//! Formula: Hahn & Meeker, *Statistical Intervals* (1991), section 4.7. Dependence makes values worth fewer than they are, and their
//! spread look smaller than it is; both are allowed for.

use statrs::distribution::{ContinuousCDF, StudentsT};

use super::interval::{normal_quantile, student_quantile};

/// What is expected of one more value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Prediction {
    /// The mean of the values.
    pub center: f64,
    /// Standard error of one more value around it.
    error: f64,
    degrees: f64,
}

impl Prediction {
    /// From the values of a stretch. `inflation` multiplies the standard error of their mean; the noise of one value is taken to be
    /// at least `least`, in the unit of the values.
    pub fn of(values: &[f64], inflation: f64, least: f64) -> Option<Self> {
        if values.len() < 2 {
            return None;
        }
        let n = values.len() as f64;
        let worth = n / inflation.powi(2).max(1.0);
        let center = values.iter().sum::<f64>() / n;
        let squares: f64 = values.iter().map(|value| (value - center).powi(2)).sum();
        // Of dependent values the mean goes along with them, so that they lie closer to it than to their level.
        let variance = squares / (n - n / worth).max(n / 4.0).max(1.0);
        let error = (variance.max(least.powi(2)) * (1.0 + 1.0 / worth)).sqrt();
        Some(Self { center, error, degrees: (worth - 1.0).max(1.0) })
    }

    /// The probability that a value lies so far off, on either side.
    pub fn p(&self, value: f64) -> f64 {
        if self.error == 0.0 {
            return f64::from(u8::from(value == self.center));
        }
        let score = (value - self.center).abs() / self.error;
        StudentsT::new(0.0, 1.0, self.degrees).map_or(1.0, |student| 2.0 * student.sf(score))
    }

    /// Half the width of the interval in which one more value lies with this probability.
    pub fn half(&self, level: f64) -> f64 {
        student_quantile(f64::midpoint(1.0, level), self.degrees).unwrap_or(f64::INFINITY) * self.error
    }
}

/// Fewer scores say nothing of a tail.
const FEWEST_SCORES: usize = 30;
/// The share of the scores that is its tail.
const TAIL_SHARE: f64 = 0.1;
/// A tail is of at least so many scores.
const FEWEST_IN_TAIL: usize = 5;

/// How far off values were that nobody would call news: the tail of many scores together, beyond the largest as a power (Hill 1975).
#[derive(Debug, Clone, PartialEq)]
pub struct ScoreTail {
    /// Where the tail begins.
    from: f64,
    /// The share of scores at or beyond that.
    share: f64,
    /// The exponent of the power.
    index: f64,
}

impl ScoreTail {
    /// From the absolute normal scores of values that were predicted; `None` where they are too few.
    pub fn of(mut scores: Vec<f64>) -> Option<Self> {
        scores.retain(|score| score.is_finite());
        if scores.len() < FEWEST_SCORES {
            return None;
        }
        scores.sort_unstable_by(|one, other| other.total_cmp(one));
        let count = ((scores.len() as f64 * TAIL_SHARE) as usize).max(FEWEST_IN_TAIL);
        let from = scores[count];
        let logs: f64 = scores[..count].iter().map(|score| (score / from).ln()).sum();
        (from > 0.0 && logs > 0.0).then(|| Self {
            from,
            share: count as f64 / scores.len() as f64,
            index: count as f64 / logs,
        })
    }

    /// The share of such scores that lie at or beyond this one; no less than what the tail begins with where it is not in it.
    pub fn p(&self, score: f64) -> f64 {
        self.share * (score / self.from).max(1.0).powf(-self.index)
    }
}

/// The absolute normal score that has this probability on both sides together.
pub fn score_of(p: f64) -> f64 {
    normal_quantile(1.0 - p.clamp(f64::MIN_POSITIVE, 1.0) / 2.0).unwrap_or(MOST_SCORE)
}

/// Beyond what a double can tell from certainty.
const MOST_SCORE: f64 = 8.3;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_is_the_one_of_the_textbook() {
        // n 5, mean 50.10, s 1.3096: one more value lies in 50.10 -+ 2.7764 * 1.3096 * sqrt(1.2) at 95%.
        let values = [50.3, 48.3, 49.6, 50.4, 51.9];
        let found = Prediction::of(&values, 1.0, 0.0).unwrap();
        assert!((found.center - 50.10).abs() < 1e-9);
        assert!((found.half(0.95) - 2.776_445 * 1.309_580 * 1.2_f64.sqrt()).abs() < 1e-4, "{}", found.half(0.95));
        assert!((found.p(found.center + found.half(0.95)) - 0.05).abs() < 1e-9);
    }

    #[test]
    fn values_that_depend_on_each_other_are_worth_fewer_and_noise_has_a_floor() {
        let values = [1.0, 1.1, 0.9, 1.05, 0.95, 1.0, 1.02, 0.98];
        let [free, bound] = [1.0, 1.7].map(|inflation| Prediction::of(&values, inflation, 0.0).unwrap().half(0.99));
        assert!(bound > 1.3 * free, "{free} {bound}");
        assert!(Prediction::of(&[2.0, 2.0, 2.0], 1.0, 0.3).unwrap().p(3.0) > 0.05);
        assert_eq!(Prediction::of(&[2.0, 2.0, 2.0], 1.0, 0.0).unwrap().p(3.0), 0.0);
        assert_eq!(Prediction::of(&[2.0], 1.0, 0.0), None);
    }

    #[test]
    fn the_tail_of_many_scores_is_a_power_beyond_them() {
        // Scores of a Pareto law with the exponent 3: the share beyond x is x to the power of -3.
        let scores: Vec<f64> = (0..2000).map(|place| ((f64::from(place) + 0.5) / 2000.0).powf(-1.0 / 3.0)).collect();
        let tail = ScoreTail::of(scores).unwrap();
        for x in [3.0_f64, 10.0, 40.0] {
            assert!((tail.p(x) / x.powi(-3) - 1.0).abs() < 0.3, "{x} {}", tail.p(x));
        }
        assert!(tail.p(0.5) >= 0.1);
        assert_eq!(ScoreTail::of(vec![1.0; 10]), None);
        assert!((score_of(0.05) - 1.959_964).abs() < 1e-5);
    }
}
