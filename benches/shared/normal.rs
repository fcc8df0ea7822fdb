//! The normal distribution, for laws that are drawn by its function.

/// The standard normal distribution function (Abramowitz & Stegun 26.2.17, error below 1e-7).
pub(crate) fn phi(z: f64) -> f64 {
    let t = 1.0 / (1.0 + 0.231_641_9 * z.abs());
    let poly =
        t * (0.319_381_530 + t * (-0.356_563_782 + t * (1.781_477_937 + t * (-1.821_255_978 + t * 1.330_274_429))));
    let upper = (-z * z / 2.0).exp() / std::f64::consts::TAU.sqrt() * poly;
    if z >= 0.0 { 1.0 - upper } else { upper }
}
