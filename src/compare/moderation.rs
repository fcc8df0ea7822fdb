//! Small comparisons borrow strength from each other.
//!
//! In: how much each metric varies, from a few samples a side. Out: what metrics of one kind usually vary by, and how much that is
//! worth: an empirical Bayes prior for variances (Smyth 2004, "Linear models and empirical Bayes methods", section 6.2), as limma
//! fits it to thousands of genes with three arrays each. With it a Student's t of five samples against five has more degrees of
//! freedom than its own eight, where a test of ranks could not find a doubling among thirty benchmarks at all. Refuses (with
//! `None`) a prior from fewer than [`FEWEST_METRICS`] metrics: one or two say nothing of what is usual.

use statrs::function::gamma::digamma;

use super::noise::two_sided;

/// Fewer metrics that vary are no family.
const FEWEST_METRICS: usize = 5;
/// With so many samples a side and more, ranks find what there is and assume less.
pub(crate) const SMALL_SAMPLES: f64 = 20.0;
/// Steps of Newton's method, which needs about five.
const MOST_STEPS: usize = 50;

/// How far the samples of one metric lie apart, both sides together, on the axis of its effect.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Spread {
    /// Mean of the later side less that of the earlier one.
    pub(crate) difference: f64,
    /// Variance within a side, pooled over both.
    pub(crate) variance: f64,
    /// Degrees of freedom of that.
    pub(crate) freedom: f64,
    /// By what the variance is multiplied for that of the difference: 1/n + 1/m, and dependence.
    pub(crate) factor: f64,
}

/// What metrics of one kind vary by.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Prior {
    variance: f64,
    /// Infinite where all metrics vary alike.
    freedom: f64,
    /// Nothing is worth more than all samples of the family.
    most_freedom: f64,
}

/// A variance and what it is worth.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct ModeratedNoise {
    pub(crate) standard_error: f64,
    pub(crate) freedom: f64,
}

impl Spread {
    /// Of the places of both sides; `None` for one sample a side.
    pub(crate) fn of(before: &[f64], after: &[f64], inflation: f64) -> Option<Self> {
        let side = |places: &[f64]| {
            let n = places.len() as f64;
            let mean = places.iter().sum::<f64>() / n;
            (n, mean, places.iter().map(|place| (place - mean) * (place - mean)).sum::<f64>())
        };
        if before.is_empty() || after.is_empty() {
            return None;
        }
        let ((n, first, squares), (m, second, more_squares)) = (side(before), side(after));
        let freedom = n + m - 2.0;
        (freedom > 0.0).then(|| Self {
            difference: second - first,
            variance: (squares + more_squares) / freedom,
            freedom,
            factor: (1.0 / n + 1.0 / m) * inflation,
        })
    }

    /// With a prior where there is one.
    pub(crate) fn moderated(&self, prior: Option<&Prior>) -> ModeratedNoise {
        let (variance, freedom) = match prior {
            None => (self.variance, self.freedom),
            Some(prior) if prior.freedom.is_infinite() => (prior.variance, prior.most_freedom),
            Some(prior) => {
                let sum = prior.freedom + self.freedom;
                let variance = (prior.freedom * prior.variance + self.freedom * self.variance) / sum;
                (variance, sum.min(prior.most_freedom))
            }
        };
        ModeratedNoise { standard_error: (variance * self.factor).sqrt(), freedom }
    }
}

impl ModeratedNoise {
    /// Two-sided p of a difference.
    pub(crate) fn p(&self, difference: f64) -> f64 {
        match (difference == 0.0, self.standard_error == 0.0) {
            (true, _) => 1.0,
            (false, true) => 0.0,
            (false, false) => two_sided(difference / self.standard_error, Some(self.freedom)),
        }
    }
}

impl Prior {
    /// From variances and their degrees of freedom; those of 0 (counts that repeat) say nothing of the others.
    pub(crate) fn of(spreads: &[Spread]) -> Option<Self> {
        let varying: Vec<&Spread> = spreads.iter().filter(|spread| spread.variance > 0.0).collect();
        if varying.len() < FEWEST_METRICS {
            return None;
        }
        let count = varying.len() as f64;
        let logs: Vec<f64> = varying
            .iter()
            .map(|spread| spread.variance.ln() - digamma(spread.freedom / 2.0) + (spread.freedom / 2.0).ln())
            .collect();
        let mean = logs.iter().sum::<f64>() / count;
        let apart = logs.iter().map(|log| (log - mean) * (log - mean)).sum::<f64>() / (count - 1.0);
        let by_chance = varying.iter().map(|spread| trigamma(spread.freedom / 2.0)).sum::<f64>() / count;
        let most_freedom = varying.iter().map(|spread| spread.freedom).sum();
        let excess = apart - by_chance;
        if excess <= 0.0 {
            return Some(Self { variance: mean.exp(), freedom: f64::INFINITY, most_freedom });
        }
        let half = trigamma_inverse(excess);
        let variance = (mean + digamma(half) - half.ln()).exp();
        Some(Self { variance, freedom: 2.0 * half, most_freedom })
    }
}

/// The second derivative of the logarithm of the gamma function: by recurrence to 10 and more, there by its asymptotic series
/// (Abramowitz & Stegun 6.4.6 and 6.4.12).
fn trigamma(x: f64) -> f64 {
    let (mut x, mut sum) = (x, 0.0);
    while x < 10.0 {
        sum += 1.0 / (x * x);
        x += 1.0;
    }
    let inverse = 1.0 / x;
    let square = inverse * inverse;
    let series = 1.0 / 6.0 - square * (1.0 / 30.0 - square * (1.0 / 42.0 - square / 30.0));
    sum + inverse + square / 2.0 + square * inverse * series
}

/// The x of which the trigamma function is a value: Newton's method on its reciprocal, which is nearly straight (Smyth 2004,
/// appendix).
fn trigamma_inverse(value: f64) -> f64 {
    let mut x = 0.5 + 1.0 / value;
    for _ in 0..MOST_STEPS {
        let here = trigamma(x);
        let step_width = 1e-6 * x;
        let slope = (trigamma(x + step_width) - trigamma(x - step_width)) / (2.0 * step_width);
        let step = here * (1.0 - here / value) / slope;
        x = (x + step).max(x / 2.0);
        if (step / x).abs() < 1e-8 {
            break;
        }
    }
    x
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::rng::Rng;

    #[test]
    fn trigamma_and_its_inverse() {
        // pi^2 / 6 and pi^2 / 2.
        assert!((trigamma(1.0) - 1.644_934_066_848_226_4).abs() < 1e-10, "{}", trigamma(1.0));
        assert!((trigamma(0.5) - 4.934_802_200_544_679).abs() < 1e-10);
        for x in [0.3, 1.0, 2.5, 40.0] {
            assert!((trigamma_inverse(trigamma(x)) / x - 1.0).abs() < 1e-5, "{x}");
        }
    }

    #[test]
    fn metrics_that_vary_alike_are_worth_all_of_their_samples_and_unlike_ones_little() {
        let mut rng = Rng::new(11);
        let mut spread = |sigma: f64| {
            let mut side = || (0..5).map(|_| sigma * rng.normal()).collect::<Vec<f64>>();
            Spread::of(&side(), &side(), 1.0).unwrap()
        };
        let alike: Vec<Spread> = (0..200).map(|_| spread(0.1)).collect();
        let prior = Prior::of(&alike).unwrap();
        assert!((prior.variance / 0.01 - 1.0).abs() < 0.15 && prior.freedom > 50.0, "{prior:?}");
        let unlike: Vec<Spread> = (0..200).map(|index| spread(0.01 * 1.03_f64.powi(index))).collect();
        let prior = Prior::of(&unlike).unwrap();
        assert!(prior.freedom < 4.0, "{prior:?}");
        assert!(Prior::of(&unlike[..4]).is_none(), "four are no family");
        // Without a prior it is Student's test: mean difference 4, s = 1.5811, t = 4 with 8 degrees of freedom, p = 0.00395.
        let ones = Spread::of(&[1.0, 2.0, 3.0, 4.0, 5.0], &[5.0, 6.0, 7.0, 8.0, 9.0], 1.0).unwrap();
        assert!((ones.moderated(None).p(ones.difference) - 0.003_95).abs() < 1e-5);
    }
}
