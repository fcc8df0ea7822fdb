//! Means of which a tool states the error.
//!
//! In: n, mean and half of its 99.9% interval of both sides, as JMH and `BenchmarkDotNet` print them. Out: the ratio of the means
//! with its interval and p-value after Welch (1947), on logarithms by the delta method. What the error leaves out (one run of a
//! process differs from the next) nobody knows, so that only what is far beyond the margin is decided by it.

use super::center::Estimate;
use super::noise::{quantile, two_sided};

/// Fewer samples have no error worth the name.
const FEWEST: f64 = 3.0;
/// What lies outside the interval that the tool states.
const OUTSIDE: f64 = 0.001;

/// What a tool reports of the samples of one side.
#[derive(Debug, Clone, Copy)]
pub(crate) struct MeanWithError {
    pub(crate) n: f64,
    pub(crate) mean: f64,
    /// Half of the 99.9% interval, after Student.
    pub(crate) half: f64,
}

impl MeanWithError {
    /// The squared standard error over the squared mean.
    fn variance(self) -> f64 {
        (self.half / quantile(OUTSIDE, Some(self.n - 1.0)) / self.mean).powi(2)
    }
}

/// The difference of the logarithms of two means, and its degrees of freedom. `None` where a mean has no logarithm or no error.
pub(crate) fn ratio(before: MeanWithError, after: MeanWithError, confidence: f64) -> Option<(Estimate, f64)> {
    if ![before, after].iter().all(|side| side.n >= FEWEST && side.mean > 0.0 && side.half > 0.0) {
        return None;
    }
    let variances = [before, after].map(MeanWithError::variance);
    let sum: f64 = variances.iter().sum();
    let freedom = sum * sum / (variances[0].powi(2) / (before.n - 1.0) + variances[1].powi(2) / (after.n - 1.0));
    if !freedom.is_finite() {
        return None;
    }
    let value = (after.mean / before.mean).ln() + 0.0;
    let half = quantile(1.0 - confidence, Some(freedom)) * sum.sqrt();
    let p = two_sided(value / sum.sqrt(), Some(freedom));
    Some((Estimate { value, low: Some(value - half), high: Some(value + half), p }, freedom))
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn side(n: f64, mean: f64, half: f64) -> MeanWithError {
        MeanWithError { n, mean, half }
    }

    #[test]
    fn equals_welchs_test_on_logarithms() {
        // By scipy: standard deviations of 10 (n 25) and 5.5 (n 16) have errors of t(0.9995, n - 1) * s / sqrt(n); then
        // ttest_ind_from_stats(ln 110, 0.05, 16, ln 100, 0.1, 25, equal_var=False).
        let (before, after) = (side(25.0, 100.0, 7.490_797_239), side(16.0, 110.0, 5.600_052_144));
        let (found, freedom) = ratio(before, after, 0.95).unwrap();
        assert!((found.value - 1.1_f64.ln()).abs() < 1e-12);
        assert!((freedom - 37.304_552_590).abs() < 1e-5, "{freedom}");
        assert!((found.p - 0.000_255_651_349).abs() < 1e-9, "{}", found.p);
        assert!((found.low.unwrap() - 0.047_535_691_6).abs() < 1e-8, "{:?}", found.low);
    }

    #[test]
    fn what_has_no_error_says_nothing() {
        for none in [side(2.0, 1.0, 0.1), side(9.0, 0.0, 0.1), side(9.0, 1.0, 0.0), side(9.0, 1.0, f64::NAN)] {
            assert!(ratio(none, side(9.0, 1.0, 0.1), 0.95).is_none());
        }
    }
}
