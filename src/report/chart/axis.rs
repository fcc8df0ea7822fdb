//! Axes of values, straight or logarithmic, with round values to write at them.

use crate::measure::unit::Unit;
use crate::report::contract::{Histogram, SeriesPoint};
use crate::report::number::Scale;

/// Air at both ends of an axis of values in order or of changes, as a share of it.
pub(super) const AIR: f64 = 0.04;
/// An axis of values starts at zero unless the smallest value is above this share of the largest.
const NEAR_ZERO: f64 = 0.5;

/// An axis of values.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Axis {
    /// Where the axis begins and ends.
    pub(crate) low: f64,
    pub(super) high: f64,
    /// The smallest and largest value.
    pub(crate) least: f64,
    pub(crate) most: f64,
    pub(crate) log: bool,
}

impl Axis {
    pub(super) fn new(low: f64, high: f64, log: bool) -> Option<Self> {
        if !(low.is_finite() && high.is_finite() && low <= high) {
            return None;
        }
        // A single value stands in the middle of an axis of its own.
        let (start, end) = if low < high {
            (low, high)
        } else if low == 0.0 {
            (-1.0, 1.0)
        } else {
            (low - low.abs() / 2.0, high + high.abs() / 2.0)
        };
        Some(Self { low: start, high: end, least: low, most: high, log: log && start > 0.0 })
    }

    /// That small distributions share: logarithmic where more than a decade is crossed; from zero where bars are to be compared and no
    /// logarithm is needed.
    pub(crate) fn shared(least: f64, most: f64, from_zero: bool) -> Option<Self> {
        let log = least > 0.0 && most / least > 10.0;
        let start = if from_zero && !log && least > 0.0 { 0.0 } else { least };
        Self::new(start, most, log)
    }

    pub(super) fn of_histogram(histogram: &Histogram) -> Option<Self> {
        Self::new(*histogram.edges.first()?, *histogram.edges.last()?, histogram.log)
    }

    /// Of points in order, and of values that stand among them.
    pub(super) fn of_points(points: &[SeriesPoint], others: &[f64], log: bool) -> Option<Self> {
        let others = || others.iter().copied();
        let low = points.iter().map(|point| point.min).chain(others()).min_by(f64::total_cmp)?;
        let high = points.iter().map(|point| point.max).chain(others()).max_by(f64::total_cmp)?;
        let mut axis = Self::new(low, high, log)?;
        if axis.log {
            // By logarithms, for the ends may lie so far apart that their quotient is no number any more.
            let air = (AIR * (axis.high.ln() - axis.low.ln())).exp();
            axis.low = (axis.low / air).max(f64::MIN_POSITIVE.min(axis.low));
            axis.high = (axis.high * air).min(f64::MAX);
        } else {
            let from_zero = low >= 0.0 && low <= high * NEAR_ZERO;
            let air = (axis.high - axis.low) * AIR;
            axis.low = if from_zero { 0.0 } else { axis.low - air };
            axis.high += air;
        }
        Some(axis)
    }

    pub(super) fn contains(&self, value: f64) -> bool {
        (self.low..=self.high).contains(&value)
    }

    /// Where a value stands between the ends, 0 to 1.
    pub(super) fn share(&self, value: f64) -> f64 {
        let value = value.clamp(self.low, self.high);
        if self.log {
            (value.ln() - self.low.ln()) / (self.high.ln() - self.low.ln())
        } else {
            (value - self.low) / (self.high - self.low)
        }
    }

    /// Values to write at the axis, in its own unit, and where each stands.
    pub(super) fn ticks(&self, unit: Unit, most: usize) -> Vec<(f64, f64)> {
        let (low, high) = (unit.of_base(self.low), unit.of_base(self.high));
        let values = if self.log { log_ticks(low, high, most) } else { even_ticks(low, high, most) };
        values.into_iter().map(|value| (value, self.share(unit.to_base(value)))).collect()
    }
}

/// Round values at even distances: 1, 2 or 5 times a power of ten.
pub(super) fn even_ticks(low: f64, high: f64, most: usize) -> Vec<f64> {
    let rough = (high - low) / most.max(1) as f64;
    let power = 10f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0].into_iter().map(|step| step * power).find(|step| *step >= rough);
    let step = step.unwrap_or(10.0 * power);
    let first = (low / step).ceil();
    (0..=most).map(|index| (first + index as f64) * step).filter(|value| *value <= high * (1.0 + 1e-12)).collect()
}

/// Round values for a logarithmic axis: powers of ten where there are many, else 1-2-5, else even distances.
fn log_ticks(low: f64, high: f64, most: usize) -> Vec<f64> {
    let decades = (high / low).log10();
    // Of a number that is zero to the last bit there is no power of ten, and of none would there be more than these.
    let exponent = |value: f64| value.log10().clamp(-324.0, 309.0);
    let exponents = exponent(low).floor() as i32..=exponent(high).ceil() as i32;
    let inside = |value: &f64| (low..=high).contains(value);
    for factors in [&[1.0, 2.0, 5.0][..], &[1.0, 3.0], &[1.0]] {
        let values =
            exponents.clone().flat_map(|exponent| factors.iter().map(move |factor| factor * 10f64.powi(exponent)));
        let values: Vec<f64> = values.filter(inside).collect();
        if values.len() <= most && values.len() >= 2 {
            return values;
        }
    }
    if decades <= 1.0 {
        return even_ticks(low, high, most);
    }
    let every = (decades / most as f64).ceil().max(1.0) as usize;
    exponents.step_by(every).map(|exponent| 10f64.powi(exponent)).filter(inside).collect()
}

pub(super) fn log_note(log: bool) -> Vec<String> {
    if log { vec!["The axis of values is logarithmic.".to_owned()] } else { Vec::new() }
}

pub(super) fn axis_name(title: &str, scale: &Scale) -> String {
    match scale.symbol() {
        "" => title.to_owned(),
        symbol => format!("{title}, {symbol}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_of_an_axis_has_a_place_on_it() {
        for (low, high) in [(5e-324, 1.0), (1e-310, 1e308), (1e-300, f64::MAX), (1.0, 2.0)] {
            let point = SeriesPoint { min: low, median: low, p95: None, max: high, group: None };
            let axis = Axis::of_points(&[point], &[], true).unwrap();
            for value in [low, high, axis.low, axis.high] {
                assert!((0.0..=1.0).contains(&axis.share(value)), "{low} {high} {value}: {}", axis.share(value));
            }
        }
    }

    #[test]
    fn ticks_are_round_and_few() {
        assert_eq!(even_ticks(0.0, 24.0, 5), [0.0, 5.0, 10.0, 15.0, 20.0]);
        assert_eq!(log_ticks(17.0, 351.0, 5), [20.0, 50.0, 100.0, 200.0]);
        assert!(log_ticks(0.0, 100.0, 5).len() <= 5, "no end of powers of ten");
        assert!(log_ticks(1e-310, 100.0, 5).len() <= 5);
        assert_eq!(log_ticks(0.9, 1.1e9, 5), [10.0, 1_000.0, 100_000.0, 10_000_000.0, 1_000_000_000.0]);
    }
}
