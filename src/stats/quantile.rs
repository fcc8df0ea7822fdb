//! Percentiles and how many samples they need.
//!
//! In: an ascending slice of finite values, a probability, a named method. Out: the percentile in the unit of the values, always
//! inside `[min, max]`. Refuses unknown method names with a list of the known ones. Percentiles are never merged or averaged here.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

use crate::measure::Refusal;

/// Nodes and weights of the 10-point Gauss-Legendre rule on `[-1, 1]`, the positive half (Abramowitz & Stegun 25.4.30).
const GAUSS_LEGENDRE: [(f64, f64); 5] = [
    (0.148_874_338_981_631_21, 0.295_524_224_714_752_87),
    (0.433_395_394_129_247_2, 0.269_266_719_309_996_35),
    (0.679_409_568_299_024_4, 0.219_086_362_515_982_04),
    (0.865_063_366_688_984_5, 0.149_451_349_150_580_6),
    (0.973_906_528_517_171_7, 0.066_671_344_308_688_14),
];
/// The Harrell-Davis weights fall off like a beta density; cells whose log density lies this far below the peak carry < 1e-17.
const NEGLIGIBLE_LOG_DENSITY: f64 = -46.0;
/// Terms of the power series in the outermost cell; they fall like 1/k!, so 40 are beyond double precision.
const EDGE_TERMS: u32 = 40;
/// Relative guard against the representation error of probabilities such as 0.999 when counting the samples a percentile needs.
const COUNT_GUARD: f64 = 1e-9;

/// How a percentile is taken from order statistics.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, JsonSchema)]
pub enum QuantileMethod {
    /// Position p(n+1), linear between order statistics: Hyndman & Fan 1996 type 6, Python's `statistics.quantiles`.
    #[default]
    #[serde(rename = "Hyndman-Fan type 6")]
    Type6,
    /// Position 1 + p(n-1), linear: Hyndman & Fan type 7; numpy, R and k6.
    #[serde(rename = "Hyndman-Fan type 7")]
    Type7,
    /// The smallest value with at least a share p of the sample at or below it (`HdrHistogram`).
    #[serde(rename = "nearest rank")]
    NearestRank,
    /// Harrell & Davis 1982: all order statistics, weighted by a beta distribution.
    #[serde(rename = "Harrell-Davis")]
    HarrellDavis,
}

impl QuantileMethod {
    /// Every method, in the order of the documentation.
    pub const ALL: [Self; 4] = [Self::Type6, Self::Type7, Self::NearestRank, Self::HarrellDavis];

    /// The method in words for a report.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Type6 => "Hyndman-Fan type 6",
            Self::Type7 => "Hyndman-Fan type 7",
            Self::NearestRank => "nearest rank",
            Self::HarrellDavis => "Harrell-Davis",
        }
    }

    /// The word that selects the method in an option; [`FromStr`] reads it back.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Type6 => "type6",
            Self::Type7 => "type7",
            Self::NearestRank => "nearest-rank",
            Self::HarrellDavis => "harrell-davis",
        }
    }
}

impl fmt::Display for QuantileMethod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for QuantileMethod {
    type Err = Refusal;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let word: String = text.trim().to_ascii_lowercase().replace([' ', '_', '-'], "");
        match word.as_str() {
            "6" | "type6" | "hyndmanfantype6" => Ok(Self::Type6),
            "7" | "type7" | "hyndmanfantype7" => Ok(Self::Type7),
            "nearestrank" | "nearest" => Ok(Self::NearestRank),
            "harrelldavis" | "hd" => Ok(Self::HarrellDavis),
            _ => Err(Refusal(format!(
                "unknown quantile method '{text}': use type6, type7, nearest-rank or harrell-davis"
            ))),
        }
    }
}

/// The p-quantile of an ascending slice, in the unit of the values, clamped to `[min, max]`.
///
/// `p` is clamped to `[0, 1]` (NaN counts as 0); p = 0 is the minimum and p = 1 the maximum in every method. An empty slice gives 0.
pub fn quantile(sorted: &[f64], p: f64, method: QuantileMethod) -> f64 {
    quantile_of(sorted.len(), |place| sorted[place], p, method)
}

/// The p-quantile of `n` order statistics, of which only those are asked for that it is made of.
pub(super) fn quantile_of(n: usize, at: impl Fn(usize) -> f64, p: f64, method: QuantileMethod) -> f64 {
    if n == 0 {
        return 0.0;
    }
    let (min, max) = (at(0), at(n - 1));
    let p = if p.is_nan() { 0.0 } else { p.clamp(0.0, 1.0) };
    if p == 0.0 || min == max {
        return min;
    }
    if p == 1.0 {
        return max;
    }
    let size = n as f64;
    let value = match method {
        QuantileMethod::Type6 => at_position(n, at, p * (size + 1.0)),
        QuantileMethod::Type7 => at_position(n, at, 1.0 + p * (size - 1.0)),
        QuantileMethod::NearestRank => {
            let rank = guarded_ceil(p * size).max(1);
            at(rank.min(n) - 1)
        }
        QuantileMethod::HarrellDavis => harrell_davis(n, at, p),
    };
    value.clamp(min, max) + 0.0
}

/// The order statistic at a 1-based fractional position, linear in between.
fn at_position(n: usize, at: impl Fn(usize) -> f64, position: f64) -> f64 {
    let below = position.floor().clamp(1.0, n as f64) as usize;
    let low = at(below - 1);
    let high = at(below.min(n - 1));
    let share = (position - below as f64).clamp(0.0, 1.0);
    if low == high { low } else { low * (1.0 - share) + high * share }
}

/// `ceil` that forgives the representation error of a product that should be whole (0.95 x 20).
fn guarded_ceil(x: f64) -> usize {
    let whole = x.round();
    if (x - whole).abs() <= COUNT_GUARD * whole.max(1.0) { whole as usize } else { x.ceil() as usize }
}

/// The smallest sample size from which the p-quantile may be shown as a number: n(1-p) >= 1 above the median, np >= 1 below it.
///
/// p90 needs 10, p95 20, p99 100, p99.9 1000; the median needs 2. p = 0 and p = 1 are the extremes themselves and need 1.
pub fn samples_needed(p: f64) -> usize {
    let tail = p.min(1.0 - p);
    if tail.is_nan() || tail <= 0.0 {
        return 1;
    }
    guarded_ceil(1.0 / tail).max(1)
}

/// Harrell & Davis: the mean of the order statistics under Beta((n+1)p, (n+1)(1-p)), cell by cell.
///
/// The cells are integrated by Gauss-Legendre relative to the peak of the density and normalised at the end, so that the constant
/// of the beta distribution cancels. Rejected: differences of `statrs::beta_reg`, whose continued fraction stops after 140 terms
/// and whose `ln_gamma` loses nine digits at n = 10^6. The outermost cells, where the density may be infinite, use its power series.
fn harrell_davis(n: usize, at: impl Fn(usize) -> f64, p: f64) -> f64 {
    if n == 1 {
        return at(0);
    }
    let beta = BetaCells::new(n, p);
    let start = beta.center_cell();
    let scale = at(0).abs().max(at(n - 1).abs());
    let mut weight_sum = 0.0;
    let mut value_sum = 0.0;
    let mut add = |cell: usize| {
        let weight = beta.weight(cell);
        weight_sum += weight;
        value_sum += weight * (at(cell) / scale);
    };
    add(start);
    for cell in start + 1..n {
        if beta.negligible(cell) && cell + 1 < n {
            break;
        }
        add(cell);
    }
    for cell in (0..start).rev() {
        if beta.negligible(cell) && cell > 0 {
            break;
        }
        add(cell);
    }
    if weight_sum > 0.0 { value_sum / weight_sum * scale } else { at(start) }
}

/// The beta density of Harrell & Davis over n equal cells, relative to its value at a reference point.
struct BetaCells {
    n: usize,
    a: f64,
    b: f64,
    reference: f64,
}

impl BetaCells {
    fn new(n: usize, p: f64) -> Self {
        let (a, b) = ((n as f64 + 1.0) * p, (n as f64 + 1.0) * (1.0 - p));
        // The mode where it lies inside, else the middle of the outermost cell.
        let edge = 0.5 / n as f64;
        let reference = if a > 1.0 && b > 1.0 {
            ((a - 1.0) / (a + b - 2.0)).clamp(edge, 1.0 - edge)
        } else if a < b {
            edge
        } else {
            1.0 - edge
        };
        Self { n, a, b, reference }
    }

    fn center_cell(&self) -> usize {
        ((self.reference * self.n as f64) as usize).min(self.n - 1)
    }

    /// log of density(x) / density(reference), from the distance so that nothing cancels.
    fn log_density(&self, x: f64) -> f64 {
        let away = x - self.reference;
        (self.a - 1.0) * (away / self.reference).ln_1p() + (self.b - 1.0) * (-away / (1.0 - self.reference)).ln_1p()
    }

    fn negligible(&self, cell: usize) -> bool {
        let n = self.n as f64;
        let inner = if (cell as f64 + 0.5) / n < self.reference { (cell as f64 + 1.0) / n } else { cell as f64 / n };
        inner > 0.0 && inner < 1.0 && self.log_density(inner) < NEGLIGIBLE_LOG_DENSITY
    }

    fn weight(&self, cell: usize) -> f64 {
        let h = 1.0 / self.n as f64;
        if cell == 0 {
            // Density relative to the reference, written as x^(a-1) (1-x)^(b-1) in units of the reference.
            let log_scale = (self.a - 1.0) * (h / self.reference).ln() - (self.b - 1.0) * (-self.reference).ln_1p();
            return edge_integral(self.a, self.b, h) * log_scale.exp() * h;
        }
        if cell + 1 == self.n {
            let mirrored = 1.0 - self.reference;
            let log_scale = (self.b - 1.0) * (h / mirrored).ln() - (self.a - 1.0) * (-mirrored).ln_1p();
            return edge_integral(self.b, self.a, h) * log_scale.exp() * h;
        }
        let half = h / 2.0;
        let middle = (cell as f64 + 0.5) * h;
        let sum: f64 = GAUSS_LEGENDRE
            .iter()
            .map(|&(node, weight)| {
                let offset = node * half;
                weight * (self.log_density(middle - offset).exp() + self.log_density(middle + offset).exp())
            })
            .sum();
        sum * half
    }
}

/// The integral of s^(a-1) (1 - h s)^(b-1) over s in `[0, 1]`, by the binomial series.
fn edge_integral(a: f64, b: f64, h: f64) -> f64 {
    let mut coefficient = 1.0;
    let mut sum = 1.0 / a;
    for k in 1..=EDGE_TERMS {
        let k = f64::from(k);
        coefficient *= -(b - k) / k * h;
        sum += coefficient / (a + k);
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use statrs::function::beta::beta_reg;

    fn ramp(n: u32) -> Vec<f64> {
        (1..=n).map(f64::from).collect()
    }

    /// Harrell-Davis straight from its definition, with library differences of the incomplete beta function.
    fn by_definition(sorted: &[f64], p: f64) -> f64 {
        let n = sorted.len() as f64;
        let (a, b) = ((n + 1.0) * p, (n + 1.0) * (1.0 - p));
        let cdf = |x: f64| beta_reg(a, b, x);
        sorted.iter().enumerate().map(|(i, x)| x * (cdf((i as f64 + 1.0) / n) - cdf(i as f64 / n))).sum()
    }

    #[test]
    fn agrees_with_the_textbook_positions() {
        let ten = ramp(10);
        assert_eq!(quantile(&ten, 0.25, QuantileMethod::Type6), 2.75);
        assert_eq!(quantile(&ten, 0.25, QuantileMethod::Type7), 3.25);
        assert_eq!(quantile(&ten, 0.25, QuantileMethod::NearestRank), 3.0);
        assert_eq!(quantile(&ten, 0.95, QuantileMethod::Type6), 10.0);
        assert_eq!(quantile(&ramp(20), 0.95, QuantileMethod::NearestRank), 19.0);
        for method in QuantileMethod::ALL {
            assert!((quantile(&ten, 0.5, method) - 5.5).abs() < 1e-12 || method == QuantileMethod::NearestRank);
            assert_eq!(quantile(&ten, 0.0, method), 1.0);
            assert_eq!(quantile(&ten, 1.0, method), 10.0);
            assert_eq!(quantile(&[4.0], 0.99, method), 4.0);
            assert_eq!(quantile(&[], 0.5, method), 0.0);
        }
    }

    #[test]
    fn harrell_davis_agrees_with_the_incomplete_beta_function() {
        for n in [2, 3, 5, 10, 37, 200, 1000] {
            let sorted: Vec<f64> = (1..=n).map(|i| f64::from(i).sqrt()).collect();
            for p in [0.001, 0.01, 0.05, 0.3, 0.5, 0.77, 0.95, 0.99, 0.999] {
                let (ours, reference) = (quantile(&sorted, p, QuantileMethod::HarrellDavis), by_definition(&sorted, p));
                let error = (ours - reference).abs() / reference;
                assert!(error < 2e-11, "n {n} p {p}: {ours} {reference} {error}");
            }
        }
    }

    #[test]
    fn harrell_davis_of_a_ramp_is_known_in_closed_form_for_any_size() {
        // Summation by parts and Beta moments: for x_i = i the estimate tends to n p + 1/2; symmetric at the median exactly.
        for n in [3_u32, 1001, 1_000_000] {
            let middle = quantile(&ramp(n), 0.5, QuantileMethod::HarrellDavis);
            let exact = f64::from(n + 1) / 2.0;
            assert!((middle / exact - 1.0).abs() < 1e-12, "n {n}: {middle}");
        }
        let upper = quantile(&ramp(1_000_000), 0.95, QuantileMethod::HarrellDavis);
        assert!((upper / 950_000.5 - 1.0).abs() < 1e-11, "{upper}");
    }

    #[test]
    fn a_percentile_needs_one_sample_beyond_it() {
        for (p, needed) in [
            (0.9, 10),
            (0.95, 20),
            (0.99, 100),
            (0.999, 1000),
            (0.9999, 10_000),
            (0.5, 2),
            (0.75, 4),
            (0.05, 20),
            (0.01, 100),
            (0.0, 1),
            (1.0, 1),
        ] {
            assert_eq!(samples_needed(p), needed, "p {p}");
        }
    }

    #[test]
    fn every_method_is_found_by_its_own_words() {
        for method in QuantileMethod::ALL {
            assert_eq!(method.key().parse(), Ok(method));
            assert_eq!(method.name().parse(), Ok(method));
        }
        assert_eq!("6".parse(), Ok(QuantileMethod::Type6));
        assert_eq!("hd".parse(), Ok(QuantileMethod::HarrellDavis));
        assert_eq!(QuantileMethod::default().to_string(), "Hyndman-Fan type 6");
        let error = "median".parse::<QuantileMethod>().unwrap_err();
        assert!(error.to_string().contains("'median'"));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn quantiles_rise_with_p_and_stay_in_the_range(
            mut values in prop::collection::vec(-1e308..1e308_f64, 1..60),
            p in 0.0..=1.0_f64, q in 0.0..=1.0_f64,
        ) {
            values.sort_unstable_by(f64::total_cmp);
            for method in QuantileMethod::ALL {
                let (low, high) = (quantile(&values, p.min(q), method), quantile(&values, p.max(q), method));
                let slack = 1e-12 * values[0].abs().max(values[values.len() - 1].abs());
                prop_assert!(low <= high + slack, "{method} {low} {high}");
                prop_assert!(values[0] <= low && high <= values[values.len() - 1]);
            }
        }
    }
}
