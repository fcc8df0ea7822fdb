//! Samples with a known truth, and how often something holds of what the comparison says of them.

use perfreport::compare::capture::{Capture, Dependence, Environment, MetricRuns, Recording, Values};
use perfreport::compare::judge::{Criteria, compare};
use perfreport::compare::outcome::{Change, Comparison};
use perfreport::measure::Polarity;
use perfreport::measure::unit::Dimension;
use perfreport::stats::rng::Rng;
use rayon::prelude::*;

use crate::normal::phi;

/// Steps before a dependent series is recorded.
const BURN_IN: usize = 100;
/// Sigma of a lognormal distribution with a coefficient of variation of 30%.
pub(crate) const SIGMA_OF_CV_30: f64 = 0.293_560;
/// A stationary AR(1) series with standard normal values.
pub(crate) fn normal_series(n: usize, phi: f64, rng: &mut Rng) -> Vec<f64> {
    let innovation = (1.0 - phi * phi).sqrt();
    let mut value = rng.normal();
    let burn_in = if phi == 0.0 { 0 } else { BURN_IN };
    (0..n + burn_in)
        .map(|_| {
            value = phi * value + innovation * rng.normal();
            value
        })
        .skip(burn_in)
        .collect()
}

pub(crate) fn lognormal(n: usize, sigma: f64, phi: f64, rng: &mut Rng) -> Vec<f64> {
    normal_series(n, phi, rng).into_iter().map(|z| 0.1 * (sigma * z).exp()).collect()
}

/// A distribution by its quantile function, so that a dependent normal series becomes a dependent series of it.
#[derive(Clone, Copy)]
pub(crate) enum Shape {
    Lognormal,
    Gamma,
    Bimodal,
    Pareto,
}

impl Shape {
    pub(crate) const ALL: [(Self, &'static str); 4] = [
        (Self::Lognormal, "lognormal 0.5"),
        (Self::Gamma, "gamma 2"),
        (Self::Bimodal, "bimodal 70/30"),
        (Self::Pareto, "Pareto 2.5"),
    ];

    pub(crate) fn value(self, z: f64) -> f64 {
        match self {
            Self::Lognormal => (0.5 * z).exp(),
            Self::Gamma => gamma2(phi(z)),
            Self::Bimodal => {
                let u = phi(z);
                let (mode, share) = if u < 0.7 { (1.0, u / 0.7) } else { (3.0, (u - 0.7) / 0.3) };
                mode * (0.15 * probit(share.clamp(1e-9, 1.0 - 1e-9))).exp()
            }
            Self::Pareto => phi(-z).max(1e-12).powf(-0.4),
        }
    }
}

/// Quantile of the gamma distribution with shape 2 by bisection of 1 - (1 + x) e^-x.
pub(crate) fn gamma2(u: f64) -> f64 {
    let (mut low, mut high) = (0.0_f64, 60.0);
    for _ in 0..60 {
        let middle = f64::midpoint(low, high);
        if 1.0 - (1.0 + middle) * (-middle).exp() < u { low = middle } else { high = middle }
    }
    low.max(1e-9)
}

pub(crate) fn probit(u: f64) -> f64 {
    let (mut low, mut high) = (-8.0, 8.0);
    for _ in 0..50 {
        let middle = f64::midpoint(low, high);
        if phi(middle) < u { low = middle } else { high = middle }
    }
    low
}

pub(crate) fn recording(values: Vec<f64>) -> Recording {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let squares: f64 = values.iter().map(|value| (value - mean) * (value - mean)).sum();
    let stddev = (n > 1.0).then(|| (squares / (n - 1.0)).sqrt());
    let dependence = Dependence::of(&values);
    Recording { mean, stddev, dependence, values: Values::Samples(values), shift: None, saturated_at: None }
}

pub(crate) fn metric(name: &str, runs: Vec<Vec<f64>>) -> MetricRuns {
    MetricRuns {
        source: "run.csv".to_owned(),
        metric: name.to_owned(),
        group: None,
        dimension: Dimension::Time,
        recorded_unit: Some("ms".to_owned()),
        unit_assumed: false,
        polarity: Polarity::LowerIsBetter,
        meaning: None,
        runs: runs.into_iter().map(recording).collect(),
    }
}

pub(crate) fn side(metrics: Vec<MetricRuns>) -> Vec<Capture> {
    let environment = Environment::default();
    vec![Capture {
        environment,
        sources: Vec::new(),
        metrics,
        shares: Vec::new(),
        reported: Vec::new(),
        rates: Vec::new(),
    }]
}

pub(crate) fn compared(before: Vec<Vec<f64>>, after: Vec<Vec<f64>>) -> Change {
    let settings = Criteria::default();
    let Comparison { mut changes, .. } =
        compare(&side(vec![metric("latency", before)]), &side(vec![metric("latency", after)]), &settings);
    changes.swap_remove(0)
}

/// The share of pairs of which something holds.
pub(crate) fn share(pairs: u64, seed: u64, holds: impl Fn(&mut Rng) -> bool + Sync) -> f64 {
    let hits = (0..pairs).into_par_iter().filter(|pair| holds(&mut Rng::new(seed_of(seed, *pair)))).count();
    hits as f64 / pairs as f64
}

pub(crate) fn seed_of(cell: u64, pair: u64) -> u64 {
    Rng::new(cell.wrapping_mul(0x9E37_79B9).wrapping_add(pair)).next_u64()
}
