//! Numbers become text here and nowhere else.
//!
//! In: values in the base unit of their [`Dimension`]; absent ones as `None`. Out: text without locale, with `,`
//! between thousands and `.` before decimals. Refuses nothing: what cannot be shown as a number is shown as
//! [`ABSENT`].
//!
//! Values are rounded once, half away from zero, on the shortest decimal that reads back as the same `f64`. Scaling
//! by a power of ten moves the decimal point instead of multiplying, so that 5.006565 s is 5,006.57 ms and not the
//! 5,006.56 that a product just below the half would give. All numbers of a [`Scale`] have the same number of
//! decimals: rounding is then monotone, and no percentile can look larger than its maximum.

mod change;
mod clock;

use crate::measure::unit::{Dimension, Unit};
use crate::report::contract::Interval;

pub(crate) use change::{
    about_change, before_after, change, change_interval, change_size, change_tick, points, shift, short_before_after,
};
pub(crate) use clock::ClockText;

/// What stands for a number that is not there.
pub(crate) const ABSENT: &str = "–";
/// What stands for an open end of an interval.
pub(crate) const OPEN: &str = "∞";
/// Between a number and its unit: a no-break space, so that no line ends between the two.
pub(crate) const UNIT_SPACE: char = '\u{a0}';

/// Significant digits that a typical value of a scale shows at least (its integer part is never cut).
const SIGNIFICANT: i32 = 4;
/// Significant digits that the spread of a scale shows at least: a column of equal numbers would hide it.
const SIGNIFICANT_SPREAD: i32 = 2;
/// Digits that a small spread can ask for in a table that is read.
const MOST_DIGITS: i32 = 6;
/// The largest number of digits before the point that a table shows without going on to the next unit.
const ONE_UNIT: std::ops::Range<f64> = 0.1..10_000.0;
/// Decimals that are never exceeded: beyond them nobody compares numbers by eye.
const MOST_DECIMALS: i32 = 9;
/// Digits before the point beyond which a number is written with an exponent: 2^53 has 16, more are not exact.
const MOST_INTEGER_DIGITS: i64 = 16;
/// Below this a p-value says only "less than".
const SMALLEST_P: f64 = 0.001;

/// A unit and a number of decimals, chosen once for numbers that are read together.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Scale {
    unit: Unit,
    decimals: usize,
    whole: bool,
    /// Where every number has at most four significant digits: the decimals that a small spread asks for beyond them.
    read: Option<usize>,
}

impl Scale {
    /// The scale in which `value` alone reads best.
    pub(crate) fn of_value(dimension: Dimension, value: f64) -> Self {
        Self::of_values(dimension, &[value], None)
    }

    /// The scale for numbers that are read together. `typical` are their central values (medians); the smallest
    /// non-zero one decides, so that it keeps its digits. `spread` is a measure of spread that has to stay visible.
    pub(crate) fn of_values(dimension: Dimension, typical: &[f64], spread: Option<f64>) -> Self {
        let reference = typical.iter().map(|value| value.abs()).filter(|value| *value > 0.0 && value.is_finite());
        let reference = reference.min_by(f64::total_cmp).unwrap_or(0.0);
        let unit = dimension.display_unit(reference);
        let mut decimals = decimals_for(unit.of_base(reference), SIGNIFICANT);
        if let Some(spread) = spread.filter(|spread| *spread > 0.0 && spread.is_finite()) {
            decimals = decimals.max(decimals_for(unit.of_base(spread), SIGNIFICANT_SPREAD));
        }
        Self { unit, decimals: usize::try_from(decimals).unwrap_or(0), whole: false, read: None }
    }

    /// The unit in which `typical` reads best, for tables that people read: every number has at most four significant digits, and more
    /// only where the spread would not be seen otherwise. The unit is `shared` where that suits the number as well: of rows that
    /// do not differ much, none has to be converted.
    pub(crate) fn to_read(dimension: Dimension, typical: f64, spread: Option<f64>, shared: Option<&Self>) -> Self {
        let suits = |scale: &&Self| typical == 0.0 || ONE_UNIT.contains(&scale.unit.of_base(typical).abs());
        let unit = shared.filter(suits).map_or_else(|| dimension.display_unit(typical), |scale| scale.unit);
        let (size, spread) = (unit.of_base(typical).abs(), spread.map(|spread| unit.of_base(spread)));
        let spread = spread.filter(|spread| *spread > 0.0 && spread.is_finite());
        let wanted = spread.map_or(0, |spread| decimals_for(spread, SIGNIFICANT_SPREAD));
        let most = if size.is_finite() && size > 0.0 { MOST_DIGITS - digits_before_point(size) } else { 0 };
        let beyond = if wanted > decimals_for(size, SIGNIFICANT) { wanted.min(most).max(0) } else { 0 };
        Self { unit, decimals: 0, whole: false, read: Some(usize::try_from(beyond).unwrap_or(0)) }
    }

    /// The same scale for data that consists of whole numbers of its unit: they are written without decimals.
    /// `samples` are values that occurred (minimum, maximum, median); one that is not whole leaves the scale as it is.
    #[must_use]
    pub(crate) fn whole_if(mut self, samples: &[f64]) -> Self {
        self.whole = !samples.is_empty() && samples.iter().all(|value| self.is_whole(*value));
        self
    }

    /// The same scale for numbers that are shown as they were written, with the unit that was stated beside them (`W`, `s/GiB`).
    #[must_use]
    pub(crate) fn as_written(self, symbol: Option<&str>) -> Self {
        let plain = self.unit == Unit::UNKNOWN;
        let stated = symbol.filter(|_| plain).and_then(Unit::as_written);
        Self { unit: stated.unwrap_or(self.unit), ..self }
    }

    /// The symbol of the unit; empty for plain numbers.
    pub(crate) fn symbol(&self) -> &'static str {
        self.unit.symbol
    }

    /// The number without its unit: `1,234.57`.
    pub(crate) fn bare(&self, value: f64) -> String {
        if self.whole && self.is_whole(value) {
            return fixed(value, self.unit, 0);
        }
        match self.read {
            Some(beyond) => read(value, self.unit, beyond),
            None => fixed(value, self.unit, self.decimals),
        }
    }

    /// The number with its unit: `1,234.57 ms`.
    pub(crate) fn full(&self, value: f64) -> String {
        with_unit(self.bare(value), self.symbol())
    }

    /// The number as [`short`] has it where it stands alone, with the unit that was stated for this scale.
    pub(crate) fn short(&self, value: f64) -> String {
        short_as_written(self.unit.dimension, Some(self.symbol()), value)
    }

    /// As [`bare`](Self::bare); [`ABSENT`] where there is none.
    pub(crate) fn bare_or_absent(&self, value: Option<f64>) -> String {
        value.map_or_else(|| ABSENT.to_owned(), |value| self.bare(value))
    }

    /// As [`full`](Self::full); [`ABSENT`] where there is none.
    pub(crate) fn full_or_absent(&self, value: Option<f64>) -> String {
        value.map_or_else(|| ABSENT.to_owned(), |value| self.full(value))
    }

    /// `[17.8, 19.2] ms`; an open end is `∞` or `-∞` and its bracket is round.
    pub(crate) fn interval(&self, interval: Option<&Interval>) -> String {
        let Some(interval) = interval else { return ABSENT.to_owned() };
        let low = interval.low.map_or_else(|| format!("(-{OPEN}"), |low| format!("[{}", self.bare(low)));
        let high = interval.high.map_or_else(|| format!("{OPEN})"), |high| format!("{}]", self.bare(high)));
        with_unit(format!("{low}, {high}"), self.symbol())
    }

    /// A change, with its sign: `+3.20 ms`.
    pub(crate) fn signed(&self, change: f64) -> String {
        with_sign(change, &self.full(change))
    }

    /// The unit itself, for axes.
    pub(crate) fn unit(&self) -> Unit {
        self.unit
    }

    fn is_whole(&self, value: f64) -> bool {
        Decimal::of(value).is_some_and(|decimal| decimal.in_unit(self.unit, value).is_whole())
    }
}

/// What numbers are shown in: what they measure, and the unit that was stated beside them where they have no dimension (`W`).
#[derive(Debug, Clone, Copy)]
pub(crate) struct ShownIn<'a> {
    /// What they measure.
    pub(crate) dimension: Dimension,
    /// The unit as it was written; of no effect on numbers that have a dimension.
    pub(crate) unit: Option<&'a str>,
}

impl From<Dimension> for ShownIn<'_> {
    fn from(dimension: Dimension) -> Self {
        Self { dimension, unit: None }
    }
}

/// A single quantity in the unit and with the digits that suit it: `2.634 GB`.
pub(crate) fn quantity(dimension: Dimension, value: f64) -> String {
    quantity_as_written(dimension, None, value)
}

/// The same with the unit that was stated for the number, where it has no dimension: `126.0 W`.
pub(crate) fn quantity_as_written(dimension: Dimension, unit: Option<&str>, value: f64) -> String {
    Scale::of_value(dimension, value).as_written(unit).whole_if(&[value]).full(value)
}

/// The same with at most four significant digits: where every number stands alone and is read, not looked up.
pub(crate) fn short(dimension: Dimension, value: f64) -> String {
    short_in(Scale::of_value(dimension, value), value)
}

/// The same with the unit that was stated for the number, where it has no dimension.
pub(crate) fn short_as_written(dimension: Dimension, unit: Option<&str>, value: f64) -> String {
    short_in(Scale::of_value(dimension, value).as_written(unit), value)
}

fn short_in(scale: Scale, value: f64) -> String {
    let scale = scale.whole_if(&[value]);
    let in_unit = scale.unit.of_base(value);
    let magnitude = Decimal::of(in_unit).map_or(0, |decimal| decimal.point);
    if scale.whole || magnitude <= i64::from(SIGNIFICANT) || magnitude > MOST_INTEGER_DIGITS {
        return with_unit(if scale.whole { scale.bare(value) } else { read(value, scale.unit, 0) }, scale.symbol());
    }
    let step = 10.0_f64.powi(i32::try_from(magnitude).unwrap_or(SIGNIFICANT) - SIGNIFICANT);
    with_unit(fixed((in_unit / step).round() * step, Unit::UNKNOWN, 0), scale.symbol())
}

/// A value in `unit` with as many decimals as four significant digits need, or with so many at least; what stands before the point is
/// never cut. Rounding is monotone all the same: the borders between numbers of more and of fewer decimals are round themselves.
fn read(value: f64, unit: Unit, least: usize) -> String {
    let in_unit = unit.of_base(value);
    // What is rounded up to the next power of ten has a digit more before the point.
    let first = usize::try_from(decimals_for(in_unit, SIGNIFICANT)).unwrap_or(0);
    let up = Decimal::of(in_unit)
        .map(|decimal| decimal.rounded(first))
        .is_some_and(|rounded| rounded.point > Decimal::of(in_unit).map_or(rounded.point, |decimal| decimal.point));
    let own = if up { first.saturating_sub(1) } else { first };
    fixed(value, unit, own.max(least))
}

/// Digits before the point; below one, at most none.
fn digits_before_point(size: f64) -> i32 {
    Decimal::of(size).map_or(0, |decimal| i32::try_from(decimal.point).unwrap_or(0))
}

/// A value of the base unit, written in `unit` with exactly `decimals` decimals.
pub(crate) fn fixed(value: f64, unit: Unit, decimals: usize) -> String {
    let Some(decimal) = Decimal::of(value) else { return ABSENT.to_owned() };
    let decimal = decimal.in_unit(unit, value);
    if decimal.point > MOST_INTEGER_DIGITS {
        return decimal.scientific();
    }
    let rounded = decimal.rounded(decimals);
    if rounded.is_zero() && !decimal.is_zero() {
        // Beyond what any column of decimals shows: an error of 1e-15 is told apart from one of 1e-12.
        let beyond = decimals >= usize::try_from(MOST_DECIMALS).unwrap_or(usize::MAX);
        return if beyond { decimal.scientific() } else { nearly_zero(decimal.negative, decimals) };
    }
    rounded.grouped(decimals)
}

/// A number on an axis, `value` in the axis's own unit: no needless zeros.
pub(crate) fn tick(value: f64) -> String {
    trim_zeros(&fixed(value, Unit::UNKNOWN, 9)).to_owned()
}

/// A number on an axis with at most four digits: `12.5k`, `3M`, `0.25`.
pub(crate) fn axis_tick(value: f64) -> String {
    let size = value.abs();
    let (factor, suffix) = match size {
        _ if size >= 1e13 => {
            return Decimal::of(value).map_or_else(|| ABSENT.to_owned(), |decimal| decimal.scientific());
        }
        _ if size >= 1e12 => (1e12, "T"),
        _ if size >= 1e9 => (1e9, "G"),
        _ if size >= 1e6 => (1e6, "M"),
        _ if size >= 1e4 => (1e3, "k"),
        _ => (1.0, ""),
    };
    format!("{}{suffix}", tick(value / factor))
}

/// A number of things: `32,455,837`.
pub(crate) fn count(value: u64) -> String {
    group_thousands(&value.to_string())
}

/// A number of things with its noun: `1 sample`, `1,200 samples`.
pub(crate) fn counted(value: u64, noun: &str) -> String {
    format!("{} {noun}{}", count(value), if value == 1 { "" } else { "s" })
}

/// A share of one in percent, with three significant digits: `17.4%`.
pub(crate) fn percent(share: f64) -> String {
    let digits = decimals_for(share * 100.0, 3);
    format!("{}%", fixed(share, Unit::PERCENT, usize::try_from(digits).unwrap_or(0)))
}

/// A share of failures in percent, with at most three significant digits: `16%`, `39.7%`, `0.45%`.
pub(crate) fn share(share: f64) -> String {
    let text = percent(share);
    match trim_zeros(text.trim_end_matches('%')) {
        // What succeeded once is not rounded away.
        "100" if share < 1.0 => "over 99.9%".to_owned(),
        digits => format!("{digits}%"),
    }
}

/// As [`percent`]; [`ABSENT`] where there is none.
pub(crate) fn percent_or_absent(share: Option<f64>) -> String {
    share.map_or_else(|| ABSENT.to_owned(), percent)
}

/// A level of confidence in percent without needless zeros: `95%`, `99.9%`.
pub(crate) fn level(share: f64) -> String {
    format!("{}%", trim_zeros(&fixed(share, Unit::PERCENT, 3)))
}

/// The name of a percentile: `p95`, `p99.9`.
pub(crate) fn percentile_name(percent: f64) -> String {
    format!("p{}", trim_zeros(&fixed(percent, Unit::UNKNOWN, 6)))
}

/// A p-value with its sign: `= 0.043`, `< 0.001`.
pub(crate) fn p_value(p: f64) -> String {
    if p < SMALLEST_P { "< 0.001".to_owned() } else { format!("= {}", fixed(p, Unit::UNKNOWN, 3)) }
}

/// A plain number with three significant digits: a ratio, a correlation, a number of effective samples.
pub(crate) fn plain(value: f64) -> String {
    let digits = decimals_for(value, 3);
    fixed(value, Unit::UNKNOWN, usize::try_from(digits).unwrap_or(0))
}

/// The text of a positive number with a plus; `<0.01` becomes `<+0.01`.
fn with_sign(value: f64, text: &str) -> String {
    match text.strip_prefix('<') {
        Some(rest) if value > 0.0 => format!("<+{rest}"),
        None if value > 0.0 => format!("+{text}"),
        _ => text.to_owned(),
    }
}

/// Decimals that give `value` at least `significant` digits; at most two for numbers of one and above, as `65.21`
/// reads better than `65.210` in a table.
fn decimals_for(value: f64, significant: i32) -> i32 {
    let magnitude = value.abs();
    if magnitude == 0.0 || !magnitude.is_finite() {
        return 0;
    }
    let exponent = Decimal::of(magnitude).map_or(0, |decimal| decimal.point - 1);
    let wanted = significant - 1 - i32::try_from(exponent).unwrap_or(0);
    let most = if exponent >= 0 { 2 } else { MOST_DECIMALS };
    wanted.clamp(0, most)
}

fn with_unit(number: String, symbol: &str) -> String {
    match symbol {
        "" => number,
        "%" => number + symbol,
        _ => format!("{number}{UNIT_SPACE}{symbol}"),
    }
}

/// A number that is not zero is never shown as zero.
fn nearly_zero(negative: bool, decimals: usize) -> String {
    let smallest = if decimals == 0 { "1".to_owned() } else { format!("0.{}1", "0".repeat(decimals - 1)) };
    if negative { format!(">-{smallest}") } else { format!("<{smallest}") }
}

fn trim_zeros(text: &str) -> &str {
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { text }
}

fn group_thousands(digits: &str) -> String {
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// The powers of ten that units for display are, with their exponents.
const POWERS: [(f64, i64); 12] = [
    (1.0, 0),
    (1e-3, -3),
    (1e-6, -6),
    (1e-9, -9),
    (1e-12, -12),
    (1e-2, -2),
    (1e3, 3),
    (1e6, 6),
    (1e9, 9),
    (1e12, 12),
    (10.0, 1),
    (100.0, 2),
];

/// The shortest decimal of an `f64`: `0.digits` times ten to the power of `point`.
#[derive(Debug, Clone, PartialEq)]
struct Decimal {
    negative: bool,
    digits: Vec<u8>,
    point: i64,
}

impl Decimal {
    /// `None` for NaN and the infinities.
    fn of(value: f64) -> Option<Self> {
        if !value.is_finite() {
            return None;
        }
        // A report has thousands of numbers: their digits need no text of their own on the way.
        let mut buffer = zmij::Buffer::new();
        let text = buffer.format_finite(value.abs());
        let (mantissa, exponent) = text.split_once('e').unwrap_or((text, "0"));
        let written = mantissa.bytes().filter(u8::is_ascii_digit);
        let zeros = written.clone().take_while(|digit| *digit == b'0').count();
        let mut digits: Vec<u8> = written.skip(zeros).map(|digit| digit - b'0').collect();
        let significant = digits.iter().rposition(|digit| *digit != 0).map_or(0, |last| last + 1);
        digits.truncate(significant);
        if digits.is_empty() {
            return Some(Self { negative: false, digits: vec![0], point: 1 });
        }
        let before_point = mantissa.find('.').unwrap_or(mantissa.len());
        let point = i64::try_from(before_point).ok()? - i64::try_from(zeros).ok()? + exponent.parse::<i64>().ok()?;
        Some(Self { negative: value < 0.0, digits, point })
    }

    /// The same quantity in `unit`. Exact for units that are a power of ten, which the ones for display are.
    fn in_unit(mut self, unit: Unit, value: f64) -> Self {
        let one = unit.to_base(1.0);
        match POWERS.iter().find(|(power, _)| *power == one) {
            Some((_, exponent)) => {
                if !self.is_zero() {
                    self.point -= exponent;
                }
                self
            }
            None => Self::of(unit.of_base(value)).unwrap_or(self),
        }
    }

    fn is_zero(&self) -> bool {
        self.digits.iter().all(|digit| *digit == 0)
    }

    fn is_whole(&self) -> bool {
        let whole = usize::try_from(self.point.max(0)).unwrap_or(usize::MAX);
        self.digits.iter().skip(whole).all(|digit| *digit == 0)
    }

    /// Rounded half away from zero to `decimals` decimals.
    fn rounded(&self, decimals: usize) -> Self {
        let keep = self.point + i64::try_from(decimals).unwrap_or(i64::MAX / 2);
        let mut rounded = self.clone();
        let Ok(keep) = usize::try_from(keep) else {
            rounded.digits = vec![0];
            return rounded;
        };
        if keep >= self.digits.len() {
            return rounded;
        }
        let up = self.digits[keep] >= 5;
        rounded.digits.truncate(keep);
        if up {
            rounded.increment();
        }
        rounded
    }

    /// Adds one in the last place.
    fn increment(&mut self) {
        for digit in self.digits.iter_mut().rev() {
            if *digit < 9 {
                *digit += 1;
                return;
            }
            *digit = 0;
        }
        self.digits.insert(0, 1);
        self.point += 1;
    }

    fn grouped(&self, decimals: usize) -> String {
        let digit = |place: i64| -> char {
            let digit = usize::try_from(place).ok().and_then(|place| self.digits.get(place)).copied().unwrap_or(0);
            char::from(b'0' + digit)
        };
        let whole: String = (0..self.point).map(digit).collect();
        let whole = whole.trim_start_matches('0');
        let mut text = group_thousands(if whole.is_empty() { "0" } else { whole });
        if decimals > 0 {
            text.push('.');
            text.extend((0..i64::try_from(decimals).unwrap_or(0)).map(|place| digit(self.point + place)));
        }
        if self.negative && !self.is_zero() { format!("-{text}") } else { text }
    }

    fn scientific(&self) -> String {
        let digit = |place: usize| char::from(b'0' + self.digits.get(place).copied().unwrap_or(0));
        let fraction: String = (1..4).map(digit).collect();
        let sign = if self.negative { "-" } else { "" };
        format!("{sign}{}.{fraction}e{}", digit(0), self.point - 1)
    }
}

#[cfg(test)]
mod tests;
