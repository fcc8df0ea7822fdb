//! How noisy an effect is: dependence, and how well it is known.
//!
//! In: what both sides are worth. Out: the standard score that has to be exceeded at a level, and the p-value of a score. A
//! score is what independent samples would make normal; dependence multiplies its variance, and that factor is itself
//! estimated, from few independent samples where dependence is strong, so Student's t stands for the normal there.

use statrs::distribution::{ContinuousCDF, Normal, StudentsT};
use statrs::function::erf::erfc;

use crate::stats::interval::{normal_quantile, student_quantile};

/// From this many degrees of freedom t is mapped to a normal score (Wallace 1959); the library loses digits there.
const LARGE_DEGREES_OF_FREEDOM: f64 = 1000.0;
/// The normal score that is exceeded in one case out of five: power 80%.
pub(crate) const POWER_SCORE: f64 = 0.841_621_233_572_914_3;
/// The normal score that is exceeded on either side together in one case out of five.
pub(crate) const STEADY_SCORE: f64 = 1.281_551_565_544_600_4;
/// Smaller p-values are given as this.
const LEAST_P: f64 = 1e-300;

/// What a side is worth.
#[derive(Debug, Clone, Copy)]
pub(crate) struct EffectiveSize {
    pub(crate) samples: f64,
    /// By what factor dependence multiplies the variance.
    pub(crate) inflation: f64,
}

impl EffectiveSize {
    /// Independent samples that carry as much.
    pub(crate) fn effective(self) -> f64 {
        (self.samples / self.inflation).clamp(1.0, self.samples.max(1.0))
    }
}

/// The noise of a comparison of two sides.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Noise {
    /// By what factor the variance of the difference is multiplied.
    pub(crate) inflation: f64,
    /// Degrees of freedom of Student's t; absent for the normal distribution.
    pub(crate) degrees_of_freedom: Option<f64>,
}

impl Noise {
    /// Of two sides; each weighs by its share of the variance, the degrees of freedom after Welch and Satterthwaite.
    pub(crate) fn of(before: EffectiveSize, after: EffectiveSize) -> Self {
        let shares = [before, after].map(|side| side.inflation / side.samples);
        let plain = [before, after].map(|side| 1.0 / side.samples);
        let inflation = (shares[0] + shares[1]) / (plain[0] + plain[1]);
        if before.inflation <= 1.0 && after.inflation <= 1.0 {
            return Self { inflation: 1.0, degrees_of_freedom: None };
        }
        let freedom = |side: EffectiveSize| (side.effective() - 1.0).max(1.0);
        let sum = shares[0] + shares[1];
        let satterthwaite =
            sum * sum / (shares[0] * shares[0] / freedom(before) + shares[1] * shares[1] / freedom(after));
        Self { inflation, degrees_of_freedom: Some(satterthwaite.max(1.0)) }
    }

    /// Two-sided p of a score of independent samples.
    pub(crate) fn p(self, score: f64) -> f64 {
        two_sided(score / self.inflation.sqrt(), self.degrees_of_freedom)
    }

    /// The score of independent samples that has this two-sided p.
    pub(crate) fn critical(self, p: f64) -> f64 {
        quantile(p, self.degrees_of_freedom) * self.inflation.sqrt()
    }
}

/// The effect that is found at the level `gate` in four cases out of five, over the half-width of the interval at `confidence`.
pub(crate) fn detectable_share(gate: f64, confidence: f64, degrees_of_freedom: Option<f64>) -> f64 {
    (quantile(gate, degrees_of_freedom) + POWER_SCORE) / quantile(1.0 - confidence, degrees_of_freedom)
}

/// What a true effect has to be above a limit for its estimate to be so in four cases out of five, over the same half-width.
pub(crate) fn power_share(confidence: f64, degrees_of_freedom: Option<f64>) -> f64 {
    POWER_SCORE / quantile(1.0 - confidence, degrees_of_freedom)
}

/// The score that is exceeded on either side with this probability.
pub(crate) fn quantile(p: f64, degrees_of_freedom: Option<f64>) -> f64 {
    degrees_of_freedom
        .and_then(|freedom| student_quantile(1.0 - p / 2.0, freedom))
        .or_else(|| normal_quantile(1.0 - p / 2.0))
        .unwrap_or(f64::INFINITY)
}

/// Two-sided p of a score, normal or Student's.
pub(crate) fn two_sided(score: f64, degrees_of_freedom: Option<f64>) -> f64 {
    let score = score.abs();
    if score.is_nan() {
        return 1.0;
    }
    let p = match degrees_of_freedom {
        None => 2.0 * normal_tail(score),
        Some(v) if v >= LARGE_DEGREES_OF_FREEDOM => {
            2.0 * normal_tail((v * (score * score / v).ln_1p()).sqrt() * (1.0 - 1.0 / (4.0 * v)))
        }
        Some(v) => StudentsT::new(0.0, 1.0, v).map_or(1.0, |student| 2.0 * student.sf(score)),
    };
    p.clamp(LEAST_P, 1.0)
}

/// The share of a standard normal distribution above a score.
pub(crate) fn normal_tail(score: f64) -> f64 {
    0.5 * erfc(score / std::f64::consts::SQRT_2)
}

/// The score above which this share of a standard normal distribution lies.
pub(crate) fn normal_score(tail: f64) -> f64 {
    Normal::new(0.0, 1.0).map_or(0.0, |normal| -normal.inverse_cdf(tail.clamp(LEAST_P, 1.0 - f64::EPSILON)))
}
