//! Where the next value of a standing series is expected, and how unlikely the one is that came.
//!
//! In: values that stand on one level. Out: Student's prediction interval for one more of them, with tails. Refuses fewer than two.
//!
//! Formula: Hahn & Meeker, *Statistical Intervals* (1991), section 4.7. Dependence makes values worth fewer than they are, and their
//! spread look smaller than it is; both are allowed for.

use statrs::distribution::{ChiSquared, Continuous, ContinuousCDF, StudentsT};

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
        let factor = inflation.powi(2).max(1.0);
        let worth = n / factor;
        let center = values.iter().sum::<f64>() / n;
        let squares: f64 = values.iter().map(|value| (value - center).powi(2)).sum();
        // Of dependent values the mean goes along with them, so that they lie closer to it than to their level.
        let variance = squares / (n - n / worth).max(n / 4.0).max(1.0);
        let error = (variance.max(least.powi(2)) * (1.0 + 1.0 / worth)).sqrt();
        // What a spread is worth depends on the squares of the correlations, that of a mean on the correlations themselves.
        let squares_worth = n * 2.0 * factor / (factor * factor + 1.0);
        Some(Self { center, error, degrees: (squares_worth - 1.0).max(1.0) })
    }

    /// The largest standard deviation that the spread of these values is compatible with, one-sided at a level (of 1 - `level` it is
    /// more): by the law of chi-square of as many degrees of freedom as they are worth.
    pub fn largest_spread(values: &[f64], inflation: f64, level: f64) -> Option<f64> {
        let found = Self::of(values, inflation, 0.0)?;
        let worth = values.len() as f64 / inflation.powi(2).max(1.0);
        let variance = found.error.powi(2) / (1.0 + 1.0 / worth);
        let least = ChiSquared::new(found.degrees).ok()?.inverse_cdf(1.0 - level);
        Some((variance * found.degrees / least).sqrt()).filter(|spread| spread.is_finite())
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

/// Fewer scores say nothing of their law.
const FEWEST_SCORES: usize = 30;
/// Laws with tails from those of a Cauchy law to nearly normal ones.
const DEGREES: [f64; 8] = [1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 10.0, 20.0];
/// Scales of the middle of a law: where a few values are far off, the others lie closer than the spread of all of them.
const SCALES: [f64; 10] = [0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.2];
/// A law with heavy tails has to be so much more likely than the normal one, as a logarithm: a twentieth of normal scores look so.
const MORE_LIKELY: f64 = 2.0;

/// How far off values were that nobody would call news: Student's law of many scores together, by the largest likelihood.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ScoreLaw {
    student: StudentsT,
}

impl ScoreLaw {
    /// From the normal scores of values that were predicted; `None` where they are too few, or a normal law explains them.
    pub fn of(scores: &[f64]) -> Option<Self> {
        if scores.len() < FEWEST_SCORES {
            return None;
        }
        let n = scores.len() as f64;
        let variance = scores.iter().map(|score| score * score).sum::<f64>() / n;
        let normal = -0.5 * n * ((std::f64::consts::TAU * variance).ln() + 1.0);
        let laws = DEGREES.iter().flat_map(|degrees| SCALES.iter().map(move |scale| (*degrees, *scale)));
        let (likelihood, student) = laws
            .filter_map(|(degrees, scale)| StudentsT::new(0.0, scale, degrees).ok())
            .map(|student| (scores.iter().map(|score| student.ln_pdf(*score)).sum::<f64>(), student))
            .max_by(|one, other| one.0.total_cmp(&other.0))?;
        (likelihood > normal + MORE_LIKELY).then_some(Self { student })
    }

    /// The probability of a score so far off, on either side.
    pub fn p(&self, score: f64) -> f64 {
        2.0 * self.student.sf(score.abs())
    }
}

/// The absolute normal score that has this probability on both sides together.
pub fn score_of(p: f64) -> f64 {
    // The lower tail keeps digits that the upper one rounds away.
    normal_quantile(p.clamp(f64::MIN_POSITIVE, 1.0) / 2.0).map_or(MOST_SCORE, |score| -score)
}

/// The score of the smallest probability that a double holds.
const MOST_SCORE: f64 = 38.0;

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
    fn the_largest_spread_is_the_one_of_the_textbook() {
        // n 5, s 1.3096: chi-square of 4 degrees of freedom has 5% below 0.7107.
        let values = [50.3, 48.3, 49.6, 50.4, 51.9];
        let found = Prediction::largest_spread(&values, 1.0, 0.95).unwrap();
        assert!((found - 1.309_580 * (4.0_f64 / 0.710_723).sqrt()).abs() < 1e-4, "{found}");
        assert_eq!(Prediction::largest_spread(&[2.0; 9], 1.0, 0.95), Some(0.0));
        assert_eq!(Prediction::largest_spread(&[2.0], 1.0, 0.95), None);
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
    fn scores_with_heavy_tails_have_a_law_of_their_own_and_normal_ones_none() {
        let quantiles = |of: &dyn Fn(f64) -> f64| (0..300).map(|place| of((f64::from(place) + 0.5) / 300.0)).collect();
        let normal: Vec<f64> = quantiles(&|p| normal_quantile(p).unwrap());
        assert_eq!(ScoreLaw::of(&normal), None);
        let heavy: Vec<f64> = quantiles(&|p| student_quantile(p, 3.0).unwrap());
        let law = ScoreLaw::of(&heavy).unwrap();
        // Student's law with three degrees of freedom: 5.841 has 1% on both sides.
        assert!((law.p(5.841) / 0.01 - 1.0).abs() < 0.3, "{}", law.p(5.841));
        assert_eq!(ScoreLaw::of(&heavy[..20]), None);
        assert!((score_of(0.05) - 1.959_964).abs() < 1e-5 && score_of(0.0) > 37.0);
    }
}
