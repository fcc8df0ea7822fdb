//! A number with a unit, as people write it: `200ms`, `1.5 s`, `256MiB`, `5%`, `40/s`, `1_000`.
//!
//! In: text of a flag, of the configuration, or of a cell. Out: a [`Quantity`]. Refuses what is no finite number and units that
//! nobody knows. Who reads it says which dimensions fit, and what to write instead.

use std::str::FromStr;

use crate::measure::unit::{Dimension, Unit};

/// A number and the unit written behind it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Quantity {
    /// The number as written; finite.
    pub value: f64,
    /// Its unit; absent where none is written.
    pub unit: Option<Unit>,
}

/// Why a text is no quantity.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum QuantityError {
    /// It does not begin with a finite number.
    #[error("is no number")]
    Number,
    /// What stands behind the number is no unit.
    #[error("`{0}` is no unit: ns, us, ms, s, min, h, B, kB, MB, GB, KiB, MiB, GiB, %, /s, MB/s, …")]
    Unit(String),
}

impl Quantity {
    /// The same, in `unit` where none is written.
    #[must_use]
    pub fn or_in(self, unit: Unit) -> Self {
        Self { unit: self.unit.or(Some(unit)), ..self }
    }

    /// The number in base units; a number without a unit is taken to be in `bare`.
    pub fn base(self, bare: Unit) -> f64 {
        self.unit.unwrap_or(bare).to_base(self.value)
    }

    /// The number in base units where its unit is of that dimension.
    pub fn base_in(self, dimension: Dimension) -> Option<f64> {
        self.unit.filter(|unit| unit.dimension == dimension).map(|unit| unit.to_base(self.value))
    }

    /// Reads a share of at most one: `0.1%`, `1/1000`, `1 per 1000`, `0.001`. A bare 1 could be 1% or everything: it is none.
    pub fn share(text: &str) -> Option<f64> {
        let (value, rest) = number(text)?;
        let share = match rest.strip_prefix('/').or_else(|| rest.strip_prefix("per ")) {
            Some(of) => value / number(of).filter(|(of, rest)| *of > 0.0 && rest.is_empty())?.0,
            None if rest.is_empty() => Some(value).filter(|value| *value < 1.0)?,
            None => text.parse::<Self>().ok()?.base_in(Dimension::Ratio)?,
        };
        (0.0..=1.0).contains(&share).then_some(share)
    }
}

/// A number of bytes as people write sizes that they choose: in the largest unit of which it is a whole number, by thousands first.
pub(crate) fn size(bytes: f64) -> String {
    let by = |unit: &&str| {
        let number = Unit::parse(unit)?.of_base(bytes);
        (number >= 1.0 && number.fract() == 0.0).then(|| format!("{number} {unit}"))
    };
    let units = ["TB", "GB", "MB", "kB", "TiB", "GiB", "MiB", "KiB"];
    units.iter().find_map(by).unwrap_or_else(|| format!("{bytes} B"))
}

impl FromStr for Quantity {
    type Err = QuantityError;

    fn from_str(text: &str) -> Result<Self, QuantityError> {
        let (value, symbol) = number(text).ok_or(QuantityError::Number)?;
        // The unit of plain counts is called 1, which behind a number could only be a slip.
        let unit = Unit::parse(symbol).filter(|_| symbol != "1");
        if unit.is_none() && !symbol.is_empty() {
            return Err(QuantityError::Unit(symbol.to_owned()));
        }
        Ok(Self { value, unit })
    }
}

/// The finite number at the beginning, underscores between its digits allowed, and what is written behind it.
fn number(text: &str) -> Option<(f64, &str)> {
    let text = text.trim();
    let bytes = text.as_bytes();
    let digit = |index: usize| bytes.get(index).is_some_and(u8::is_ascii_digit);
    let mut end = 0;
    while let Some(byte) = bytes.get(end) {
        let exponent = matches!(byte, b'e' | b'E')
            && (digit(end + 1) || matches!(bytes.get(end + 1), Some(b'+' | b'-')) && digit(end + 2));
        let sign = matches!(byte, b'+' | b'-') && (end == 0 || matches!(bytes[end - 1], b'e' | b'E'));
        if !(byte.is_ascii_digit() || matches!(byte, b'.' | b'_') || exponent || sign) {
            break;
        }
        end += 1;
    }
    let (number, rest) = text.split_at(end);
    let value = number.replace('_', "").parse::<f64>().ok().filter(|value| value.is_finite())?;
    Some((value, rest.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_with_their_unit_or_without() {
        let base = |text: &str| text.parse::<Quantity>().map(|quantity| quantity.base(Unit::UNKNOWN));
        for (text, expected) in [
            ("200ms", 0.2),
            (" 1.5 s ", 1.5),
            ("-5 min", -300.0),
            ("2e3us", 0.002),
            ("256MiB", 268_435_456.0),
            ("5%", 0.05),
            ("40/s", 40.0),
            ("1_000", 1000.0),
            ("-0.5", -0.5),
        ] {
            assert_eq!(base(text), Ok(expected), "{text}");
        }
        for text in ["", "ms", "nan", "inf", "1e400", "five", "%"] {
            assert_eq!(base(text), Err(QuantityError::Number), "{text}");
        }
        for (text, symbol) in [("2 parsec", "parsec"), ("1 1", "1"), ("1.2.3 s", "")] {
            let expected =
                if symbol.is_empty() { QuantityError::Number } else { QuantityError::Unit(symbol.to_owned()) };
            assert_eq!(base(text), Err(expected), "{text}");
        }
    }

    #[test]
    fn a_size_is_written_in_the_largest_whole_unit() {
        for (bytes, text) in [
            (1000.0, "1 kB"),
            (102_400.0, "100 KiB"),
            (64_000.0, "64 kB"),
            (1_048_576.0, "1 MiB"),
            (1500.0, "1500 B"),
            (0.0, "0 B"),
        ] {
            assert_eq!(size(bytes), text);
        }
    }

    #[test]
    fn shares_are_at_most_all() {
        for (text, expected) in
            [("0.1%", 0.001), ("1/1000", 0.001), ("1 per 1_000", 0.001), ("0.001", 0.001), ("0", 0.0), ("100%", 1.0)]
        {
            assert_eq!(Quantity::share(text), Some(expected), "{text}");
        }
        for text in ["1", "2%x", "-1%", "1/0", "1/x", "3/2", "101%", "5ms", ""] {
            assert_eq!(Quantity::share(text), None, "{text}");
        }
    }
}
