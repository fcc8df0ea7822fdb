//! Changes as text: ratios as percentages or factors, differences in a unit that suits them.

use super::{
    ABSENT, OPEN, Scale, ShownIn, decimals_for, fixed, percent_or_absent, short_as_written, tick, trim_zeros,
    with_sign, with_unit,
};
use crate::measure::unit::{Dimension, Unit};

/// A ratio above this reads better as a factor than in percent: `×4.2` rather than `+320%`.
const LARGEST_PERCENT_RATIO: f64 = 3.0;
/// Ratios near 1 lose digits when 1 is taken away; up to [`LARGEST_PERCENT_RATIO`] this many decimals are exact.
const EXACT_DECIMALS: f64 = 1e15;
/// Significant digits of the largest of a difference and its ends.
const SHIFT_DIGITS: i32 = 3;
/// A number from here on has more than four digits before its point.
const LARGEST_IN_ONE_UNIT: f64 = 1e4;
/// What a difference between two shares is counted in, so that nobody takes it for a relative change.
const PERCENTAGE_POINTS: &str = "pp";

/// A ratio of after to before as a change: `+12.3%`, `-4.0%`; above 3 as a factor: `×4.2`.
pub(crate) fn change(ratio: f64) -> String {
    if !ratio.is_finite() {
        ABSENT.to_owned()
    } else if ratio > LARGEST_PERCENT_RATIO {
        format!("×{}", fixed(ratio, Unit::UNKNOWN, usize::try_from(decimals_for(ratio, 2)).unwrap_or(0)))
    } else {
        signed_percent(beyond_one(ratio))
    }
}

/// A relative change as a signed percentage: 0.123 is `+12.3%`.
pub(crate) fn signed_percent(share: f64) -> String {
    let decimals = match share.abs() {
        0.0 => 0,
        size if size < 0.01 => 2,
        size if size < 1.0 => 1,
        _ => 0,
    };
    with_sign(share, &format!("{}%", fixed(share, Unit::PERCENT, decimals)))
}

/// The interval of a ratio as changes: `[+9.8%, +15.0%]`; an open end is `-100%` or `∞` and its bracket is round.
pub(crate) fn change_interval(low: Option<f64>, high: Option<f64>) -> String {
    let low = low.map_or_else(|| "(-100%".to_owned(), |low| format!("[{}", change(low)));
    let high = high.map_or_else(|| format!("{OPEN})"), |high| format!("{}]", change(high)));
    format!("{low}, {high}")
}

/// The size of a change without its direction: the ratio 1.081 is `8.1%`, 4.2 is `a factor of 4.2`.
pub(crate) fn change_size(ratio: f64) -> String {
    let text = change(ratio);
    text.strip_prefix('×').map_or_else(|| text.replacen('+', "", 1), |factor| format!("a factor of {factor}"))
}

/// The size of a change with two significant digits: the ratio 1.1893 is `19%`, 4.26 is `a factor of 4.3`.
pub(crate) fn about_change(ratio: f64) -> String {
    if ratio > LARGEST_PERCENT_RATIO {
        return change_size(ratio);
    }
    let share = beyond_one(ratio).abs();
    let decimals = usize::try_from(decimals_for(share * 100.0, 2)).unwrap_or(0);
    format!("{}%", trim_zeros(&fixed(share, Unit::PERCENT, decimals)))
}

/// A ratio on an axis of changes: `+5%`, `0%`, `×10`.
pub(crate) fn change_tick(ratio: f64) -> String {
    if ratio > LARGEST_PERCENT_RATIO {
        return format!("×{}", tick(ratio));
    }
    let share = beyond_one(ratio);
    with_sign(share, &format!("{}%", trim_zeros(&fixed(share, Unit::PERCENT, 2))))
}

/// A difference and its interval in one unit: `+3.20 ms` and `[+1.10, +5.30]`. Shares differ by percentage points.
pub(crate) fn shift<'a>(
    shown: impl Into<ShownIn<'a>>,
    estimate: f64,
    low: Option<f64>,
    high: Option<f64>,
) -> (String, String) {
    let ShownIn { dimension, unit: stated } = shown.into();
    let ends = [Some(estimate), low, high];
    let largest = ends.into_iter().flatten().map(f64::abs).max_by(f64::total_cmp).unwrap_or(0.0);
    let unit = dimension.display_unit(largest);
    let decimals = usize::try_from(decimals_for(unit.of_base(largest), SHIFT_DIGITS)).unwrap_or(0);
    let signed = |value: f64| with_sign(value, &fixed(value, unit, decimals));
    let stated = stated.filter(|_| unit == Unit::UNKNOWN).and_then(Unit::as_written);
    let symbol = if dimension == Dimension::Ratio { PERCENTAGE_POINTS } else { stated.unwrap_or(unit).symbol };
    let low = low.map_or_else(|| format!("(-{OPEN}"), |low| format!("[{}", signed(low)));
    let high = high.map_or_else(|| format!("{OPEN})"), |high| format!("{}]", signed(high)));
    (with_unit(signed(estimate), symbol), format!("{low}, {high}"))
}

/// The size of a difference between shares: 0.005 is `0.5 pp`.
pub(crate) fn points(share: f64) -> String {
    let text = fixed(share, Unit::PERCENT, usize::try_from(decimals_for(share * 100.0, 2)).unwrap_or(0));
    with_unit(trim_zeros(&text).to_owned(), PERCENTAGE_POINTS)
}

/// A value before and after, in one unit and with digits that show the difference: `65.21 → 72.10 ms`.
pub(crate) fn before_after<'a>(shown: impl Into<ShownIn<'a>>, before: Option<f64>, after: Option<f64>) -> String {
    let ShownIn { dimension, unit } = shown.into();
    let values: Vec<f64> = [before, after].into_iter().flatten().collect();
    if values.is_empty() {
        return ABSENT.to_owned();
    }
    let apart = before.zip(after).map(|(before, after)| (after - before).abs());
    let scale = Scale::of_values(dimension, &values, apart).as_written(unit).whole_if(&values);
    if dimension == Dimension::Ratio {
        return format!("{} → {}", percent_or_absent(before), percent_or_absent(after));
    }
    let (before, after) = (scale.bare_or_absent(before), scale.bare_or_absent(after));
    with_unit(format!("{before} → {after}"), scale.symbol())
}

/// The same with at most four digits each, for a terminal: in two units where one has no room for both: `310 µs → 24.02 ms`.
pub(crate) fn short_before_after<'a>(shown: impl Into<ShownIn<'a>>, before: Option<f64>, after: Option<f64>) -> String {
    let shown @ ShownIn { dimension, unit: stated } = shown.into();
    let largest = before.into_iter().chain(after).map(f64::abs).fold(0.0, f64::max);
    let smallest = before.into_iter().chain(after).map(f64::abs).filter(|value| *value > 0.0).fold(largest, f64::min);
    let unit = dimension.display_unit(smallest);
    if dimension == Dimension::Ratio || unit.of_base(largest) < LARGEST_IN_ONE_UNIT || largest == smallest {
        return before_after(shown, before, after);
    }
    let one = |value: Option<f64>| {
        value.map_or_else(|| ABSENT.to_owned(), |value| short_as_written(dimension, stated, value))
    };
    format!("{} → {}", one(before), one(after))
}

/// The ratio less one, as the decimal that it was before 1 took its last digits.
fn beyond_one(ratio: f64) -> f64 {
    ((ratio - 1.0) * EXACT_DECIMALS).round() / EXACT_DECIMALS
}

#[cfg(test)]
mod tests {
    use super::super::UNIT_SPACE;
    use super::*;

    fn spaced(text: &str) -> String {
        text.replace(UNIT_SPACE, " ")
    }

    #[test]
    fn ratios_read_as_changes_and_large_ones_as_factors() {
        for (ratio, text) in [
            (1.123, "+12.3%"),
            (1.1225, "+12.3%"),
            (1.2345, "+23.5%"),
            (0.96, "-4.0%"),
            (1.0, "0%"),
            (1.004, "+0.40%"),
            (1.000_001, "<+0.01%"),
            (0.999_999, ">-0.01%"),
            (2.5, "+150%"),
            (3.0, "+200%"),
            (4.2, "×4.2"),
            (1234.0, "×1,234"),
            (0.001, "-99.9%"),
            (f64::INFINITY, "–"),
        ] {
            assert_eq!(change(ratio), text, "{ratio}");
        }
        assert_eq!(change_interval(Some(1.098), Some(1.15)), "[+9.8%, +15.0%]");
        assert_eq!(change_interval(None, Some(1.15)), "(-100%, +15.0%]");
        assert_eq!(change_interval(Some(1.5), None), "[+50.0%, ∞)");
        assert_eq!([change_size(1.081), change_size(4.2)], ["8.1%", "a factor of 4.2"]);
        assert_eq!([1.1893, 0.844, 1.05, 4.26].map(about_change), ["19%", "16%", "5%", "a factor of 4.3"]);
        assert_eq!([0.95, 1.0, 1.025, 2.0, 10.0].map(change_tick), ["-5%", "0%", "+2.5%", "+100%", "×10"]);
    }

    #[test]
    fn differences_have_one_unit_and_shares_differ_by_points() {
        let (estimate, interval) = shift(Dimension::Time, 0.0032, Some(-0.0011), Some(0.0053));
        assert_eq!((spaced(&estimate).as_str(), interval.as_str()), ("+3.20 ms", "[-1.10, +5.30]"));
        let (estimate, interval) = shift(Dimension::Ratio, 0.012, None, Some(0.021));
        assert_eq!((spaced(&estimate).as_str(), interval.as_str()), ("+1.20 pp", "(-∞, +2.10]"));
        assert_eq!(spaced(&before_after(Dimension::Time, Some(0.06521), Some(0.0721))), "65.21 → 72.10 ms");
        assert_eq!(before_after(Dimension::Ratio, Some(0.25), Some(0.5)), "25.0% → 50.0%");
        assert_eq!(before_after(Dimension::Ratio, None, Some(0.5)), "– → 50.0%");
        assert_eq!(before_after(Dimension::Time, None, None), "–");
        let short = |before, after| spaced(&short_before_after(Dimension::Time, Some(before), Some(after)));
        assert_eq!(short(0.000_31, 0.024_019_9), "310 µs → 24.02 ms");
        assert_eq!(short(0.06, 0.9), "60 → 900 ms");
        assert_eq!([0.005, 0.0126].map(|share| spaced(&points(share))), ["0.5 pp", "1.3 pp"]);
    }
}
