//! The axis on which an effect is counted: logarithms for ratios, scaled values for shifts.
//!
//! In: values in their base unit. Out: places on an axis where an effect is a difference, and differences turned back into
//! ratios or shifts. Values are taken relative to a power of two, so that scaling both sides by a power of two changes no
//! place by a single bit, and 1e300 is as safe as 1e-300. Refuses (with `None`) effects that no `f64` can hold.

use super::outcome::Scale;

/// Bits of the fraction of an `f64`.
const FRACTION_BITS: u32 = 52;
/// Bias of the exponent of an `f64`.
const EXPONENT_BIAS: i32 = 1023;
/// Subnormal values are multiplied by 2 to this power before they are taken apart.
const SUBNORMAL_SHIFT: i32 = 54;

/// An axis for both sides of a metric.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Axis {
    pub(crate) scale: Scale,
    /// Places are relative to 2 to this power.
    exponent: i32,
}

impl Axis {
    /// Logarithms where every value of both sides is positive, else plain differences. Both slices ascend.
    pub(crate) fn of(before: &[f64], after: &[f64]) -> Self {
        let positive = [before, after].iter().all(|side| side.first().is_none_or(|&least| least > 0.0));
        let largest = [before, after].into_iter().flatten().fold(0.0_f64, |largest, value| largest.max(value.abs()));
        let exponent = if largest > 0.0 { taken_apart(largest).0 } else { 0 };
        Self { scale: if positive { Scale::Ratio } else { Scale::Shift }, exponent }
    }

    /// Plain differences of plain values: for shares.
    pub(crate) const fn plain() -> Self {
        Self { scale: Scale::Shift, exponent: 0 }
    }

    /// Plain differences, scaled so that none of these magnitudes can overflow.
    pub(crate) fn scaled_by(magnitudes: &[f64]) -> Self {
        let largest = magnitudes.iter().fold(0.0_f64, |largest, value| largest.max(value.abs()));
        let exponent = if largest > 0.0 && largest.is_finite() { taken_apart(largest).0 } else { 0 };
        Self { scale: Scale::Shift, exponent }
    }

    /// Where a value stands.
    pub(crate) fn place(self, value: f64) -> f64 {
        match self.scale {
            Scale::Ratio => {
                let (exponent, fraction) = taken_apart(value);
                f64::from(exponent - self.exponent) * std::f64::consts::LN_2 + fraction.ln()
            }
            Scale::Shift => scaled(value, -self.exponent),
        }
    }

    /// The ratio or shift that a difference of places is.
    pub(crate) fn effect(self, difference: f64) -> Option<f64> {
        match self.scale {
            Scale::Ratio => Some(difference.exp()).filter(|ratio| ratio.is_finite() && *ratio > 0.0),
            Scale::Shift => Some(scaled(difference, self.exponent) + 0.0).filter(|shift| shift.is_finite()),
        }
    }

    /// The margin as a difference of places: ln(1 + margin), or that share of the larger median's magnitude.
    pub(crate) fn margin(self, margin: f64, medians: [f64; 2]) -> f64 {
        match self.scale {
            Scale::Ratio => margin.ln_1p(),
            Scale::Shift => margin * self.magnitude(medians),
        }
    }

    /// What a difference of places is measured against to rank changes of different metrics: 1 for logarithms, else the
    /// larger median's magnitude.
    pub(crate) fn reference(self, medians: [f64; 2]) -> f64 {
        match self.scale {
            Scale::Ratio => 1.0,
            Scale::Shift => self.magnitude(medians),
        }
    }

    fn magnitude(self, values: [f64; 2]) -> f64 {
        values.map(|value| self.place(value).abs()).into_iter().fold(0.0, f64::max)
    }

    /// How far apart places may be that differ by a relative error: nothing for samples themselves.
    pub(crate) fn slack(self, error: f64, value: f64) -> f64 {
        match self.scale {
            Scale::Ratio => error.ln_1p(),
            Scale::Shift => error * self.place(value).abs(),
        }
    }
}

/// Exponent and fraction in [1, 2) of a positive finite value.
fn taken_apart(value: f64) -> (i32, f64) {
    let (value, shift) =
        if value < f64::MIN_POSITIVE { (value * power_of_two(SUBNORMAL_SHIFT), SUBNORMAL_SHIFT) } else { (value, 0) };
    let bits = value.to_bits();
    let exponent = (bits >> FRACTION_BITS) as i32 - EXPONENT_BIAS;
    let fraction = bits & ((1 << FRACTION_BITS) - 1) | ((EXPONENT_BIAS as u64) << FRACTION_BITS);
    (exponent - shift, f64::from_bits(fraction))
}

/// 2 to a power in [-1022, 1023], exactly.
fn power_of_two(power: i32) -> f64 {
    f64::from_bits(((power + EXPONENT_BIAS) as u64) << FRACTION_BITS)
}

/// A value times a power of two, in two steps so that no step leaves the range on its own.
fn scaled(value: f64, power: i32) -> f64 {
    let half = power / 2;
    value * power_of_two(half) * power_of_two(power - half)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_logarithms_and_do_not_feel_a_common_power_of_two() {
        for (a, b) in [(0.012, 0.013), (3.0, 7.5), (1e300, 1e-300), (5e-324, 1.0)] {
            let axis = Axis::of(&[a], &[b]);
            let difference = axis.place(b) - axis.place(a);
            assert!((difference - (f64::ln(b) - f64::ln(a))).abs() < 1e-12 * difference.abs().max(1.0));
        }
        let (small, large) = (Axis::of(&[3.0], &[7.5]), Axis::of(&[3.0 * 1024.0], &[7.5 * 1024.0]));
        assert_eq!(small.place(7.5).to_bits(), large.place(7.5 * 1024.0).to_bits());
    }

    #[test]
    fn shifts_of_huge_values_stay_finite() {
        let axis = Axis::of(&[-1e308], &[1e308]);
        assert_eq!(axis.scale, Scale::Shift);
        assert!((axis.place(1e308) - axis.place(-1e308)).is_finite());
        assert_eq!(axis.effect(axis.place(1e308)), Some(1e308));
        assert_eq!(axis.effect(2.0 * axis.place(1e308)), None, "more than an f64 holds");
    }
}
