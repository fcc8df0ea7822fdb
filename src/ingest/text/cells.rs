//! What a single cell holds.
//!
//! In: the bytes of a cell. Out: a number, an instant, a quantity with its unit, a word that stands for "none", or text.

use crate::measure::unit::{Dimension, Unit};

use crate::ingest::meaning::clock;

/// What a cell looks like.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Look {
    /// Nothing, or a word for nothing (`NA`, `null`, `-`).
    Empty,
    /// A whole number.
    Integer,
    /// A number with a point or an exponent.
    Decimal,
    /// NaN or an infinity.
    NotFinite,
    /// `true` or `false`.
    Boolean,
    /// A date and time.
    Timestamp,
    /// A number with a unit.
    Quantity(Dimension),
    /// Anything else.
    Text,
}

impl Look {
    pub(crate) fn is_number(self) -> bool {
        matches!(self, Self::Integer | Self::Decimal)
    }

    /// Whether it is a number, or an amount with a unit.
    pub(crate) fn is_value(self) -> bool {
        self.is_number() || matches!(self, Self::Quantity(_))
    }
}

/// How numbers are written in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum DecimalMark {
    /// `1234.5`, `1,234.5`.
    #[default]
    Point,
    /// `1234,5`, `1.234,5`.
    Comma,
}

/// Words that programs write where there is no value.
const EMPTY_WORDS: &[&str] =
    &["", "na", "n/a", "null", "none", "nil", "-", "--", "–", "—", "?", "undefined", "missing", "#n/a"];
const NOT_FINITE_WORDS: &[&str] = &["nan", "inf", "infinity", "+inf", "-inf", "+infinity", "-infinity", "-nan"];

/// What the cell looks like.
pub(crate) fn look(cell: &[u8], mark: DecimalMark) -> Look {
    let cell = cell.trim_ascii();
    if is_empty_word(cell) {
        Look::Empty
    } else if let Some(value) = number(cell, mark) {
        match () {
            () if !value.is_finite() => Look::NotFinite,
            () if fraction_digits(cell, mark) == Some(0) => Look::Integer,
            () => Look::Decimal,
        }
    } else if is_not_finite_word(cell) {
        Look::NotFinite
    } else if boolean(cell) {
        Look::Boolean
    } else if clock::instant(cell).is_some() {
        Look::Timestamp
    } else if let Some((_, dimension)) = quantity(cell, mark) {
        Look::Quantity(dimension)
    } else {
        Look::Text
    }
}

/// A number: decimal digits with an optional sign, point and exponent, or with thousands separators in groups of three.
/// Correctly rounded. An exponent beyond the range of `f64` gives an infinity.
pub(crate) fn number(cell: &[u8], mark: DecimalMark) -> Option<f64> {
    let first = *cell.first()?;
    if !(first.is_ascii_digit() || matches!(first, b'-' | b'+' | b'.' | b',')) {
        return None;
    }
    if mark == DecimalMark::Comma {
        return separated(cell, b'.', b',').or_else(|| grouped(cell, b','));
    }
    match fast_float2::parse::<f64, _>(cell) {
        Ok(value) if value.is_finite() => Some(value),
        // The parser also knows the words "inf" and "nan" behind a sign; those are not numbers of ours.
        Ok(value) => cell.iter().any(u8::is_ascii_digit).then_some(value),
        Err(_) => separated(cell, b',', b'.').or_else(|| grouped(cell, b'.')),
    }
}

/// The number behind a sign for "about", or before the mark of a footnote: `~1890`, `4.75*`.
pub(crate) fn about(cell: &[u8]) -> Option<&[u8]> {
    let rest = cell.strip_prefix(b"~").or_else(|| cell.strip_prefix("≈".as_bytes())).unwrap_or(cell).trim_ascii();
    let marks = ["*", "†", "‡"].map(str::as_bytes);
    let rest = marks.iter().find_map(|mark| rest.strip_suffix(*mark)).unwrap_or(rest).trim_ascii_end();
    (rest.len() < cell.len() && rest.first().is_some_and(u8::is_ascii_digit)).then_some(rest)
}

/// A number with thousands separators and another decimal mark.
fn separated(cell: &[u8], thousands: u8, mark: u8) -> Option<f64> {
    if cell.len() > 40 {
        return None;
    }
    let body = cell.strip_prefix(b"-").or_else(|| cell.strip_prefix(b"+")).unwrap_or(cell);
    let (whole, fraction) = match body.iter().position(|byte| *byte == mark) {
        Some(at) => (&body[..at], &body[at + 1..]),
        None => (body, &b""[..]),
    };
    // `0,912` groups nothing: no number begins with a group of 0.
    if whole.contains(&thousands) && whole.first().is_some_and(|first| *first == b'0' || *first == thousands) {
        return None;
    }
    let mut plain = Vec::with_capacity(cell.len());
    if cell.first() == Some(&b'-') {
        plain.push(b'-');
    }
    for (index, group) in whole.split(|byte| *byte == thousands).enumerate() {
        let good = group.iter().all(u8::is_ascii_digit)
            && if index == 0 { group.len() <= 3 || whole.len() == group.len() } else { group.len() == 3 };
        if !good {
            return None;
        }
        plain.extend_from_slice(group);
    }
    if fraction.contains(&mark) || fraction.contains(&thousands) {
        return None;
    }
    plain.push(b'.');
    plain.extend_from_slice(fraction);
    fast_float2::parse(&plain).ok()
}

/// A number whose digits are grouped otherwise: whole ones as programming languages do it (`738_197_477`), as in Switzerland (`1'234.5`), and
/// as in France (`1 234,5`). Two numbers with a plain blank between them are no group, unless a decimal mark follows.
fn grouped(cell: &[u8], mark: u8) -> Option<f64> {
    if cell.len() > 40 {
        return None;
    }
    if cell.contains(&b'_') {
        let whole = !cell.contains(&b',') && !cell.contains(&b'.');
        return if whole { separated(cell, b'_', b'.') } else { None };
    }
    if cell.contains(&b'\'') {
        return separated(cell, b'\'', mark);
    }
    // Apostrophes and blanks that do not break, in UTF-8.
    for (separator, breaks) in [("\u{2019}", false), ("\u{a0}", false), ("\u{202f}", false), (" ", true)] {
        if memchr::memmem::find(cell, separator.as_bytes()).is_some() && (!breaks || cell.contains(&mark)) {
            let text = std::str::from_utf8(cell).ok()?.replace(separator, "_");
            return separated(text.as_bytes(), b'_', mark);
        }
    }
    None
}

/// Whether a number may as well have a point that groups thousands: one, with three digits behind and one to three in front.
pub(crate) fn may_be_grouped_by_point(cell: &[u8]) -> bool {
    let digits = cell.strip_prefix(b"-").unwrap_or(cell);
    let Some(at) = memchr::memchr(b'.', digits) else { return false };
    let (whole, fraction) = (&digits[..at], &digits[at + 1..]);
    let are_digits = |part: &[u8]| part.iter().all(u8::is_ascii_digit);
    (1..=3).contains(&whole.len())
        && whole[0] != b'0'
        && fraction.len() == 3
        && are_digits(whole)
        && are_digits(fraction)
}

/// Whether the number reads differently with either mark: `42,068` is forty-two or forty-two thousand.
pub(crate) fn is_ambiguous(cell: &[u8]) -> bool {
    let digits = cell.strip_prefix(b"-").unwrap_or(cell);
    let commas = memchr::memchr_iter(b',', digits).count();
    let fraction = digits.iter().rposition(|byte| *byte == b',').map_or(0, |at| digits.len() - at - 1);
    commas == 1 && fraction == 3 && number(cell, DecimalMark::Point).is_some()
}

/// Digits after the decimal mark; 0 for a whole number, absent for a number with an exponent.
pub(crate) fn fraction_digits(cell: &[u8], mark: DecimalMark) -> Option<usize> {
    let mark = if mark == DecimalMark::Comma { b',' } else { b'.' };
    let Some(at) = memchr::memchr(mark, cell) else {
        return (!cell.iter().any(|byte| matches!(byte, b'e' | b'E'))).then_some(0);
    };
    let fraction = &cell[at + 1..];
    let digits = fraction.iter().take_while(|byte| byte.is_ascii_digit()).count();
    (digits == fraction.len()).then_some(digits)
}

/// A number with a unit, in base units: a duration, an amount of bytes, a percentage, a rate.
pub(crate) fn quantity(cell: &[u8], mark: DecimalMark) -> Option<(f64, Dimension)> {
    // Where a comma is the decimal mark, points group thousands.
    if (mark == DecimalMark::Point || !cell.contains(&b'.'))
        && let Some(seconds) = clock::duration(cell)
    {
        return Some((seconds, Dimension::Time));
    }
    let (amount, unit) = with_unit(cell)?;
    let value = number(amount, mark).filter(|value| value.is_finite())?;
    Some((unit.to_base(value), unit.dimension))
}

/// A number, as far as its last digit, and the unit behind it.
pub(crate) fn with_unit(cell: &[u8]) -> Option<(&[u8], Unit)> {
    let split = cell.iter().rposition(u8::is_ascii_digit)? + 1;
    let (amount, symbol) = (cell[..split].trim_ascii(), cell[split..].trim_ascii());
    if symbol.is_empty() {
        return None;
    }
    Some((amount, Unit::parse(std::str::from_utf8(symbol).ok()?)?))
}

/// The cell without the unit at its end, where it has one.
pub(crate) fn without_unit(cell: &[u8]) -> &[u8] {
    with_unit(cell).map_or(cell, |(amount, _)| amount)
}

/// Whether the cell is a number and `B` without a blank between them, which may be bytes, billions, or a name; or one with `M`, as
/// it stands beside such.
pub(crate) fn is_amount_of_b(cell: &[u8]) -> bool {
    let cell = cell.trim_ascii();
    cell.strip_suffix(b"B")
        .or_else(|| cell.strip_suffix(b"M"))
        .is_some_and(|amount| number(amount, DecimalMark::Point).is_some())
}

/// Whether the cell says that there is no value.
pub(crate) fn is_empty_word(cell: &[u8]) -> bool {
    cell.is_empty() || (cell.len() <= 9 && is_word(cell, EMPTY_WORDS))
}

/// Whether the cell is NaN or an infinity.
pub(crate) fn is_not_finite_word(cell: &[u8]) -> bool {
    cell.len() <= 9 && is_word(cell, NOT_FINITE_WORDS)
}

fn boolean(cell: &[u8]) -> bool {
    cell.len() <= 5 && is_word(cell, &["true", "false"])
}

fn is_word(cell: &[u8], words: &[&str]) -> bool {
    words.iter().any(|word| word.as_bytes().eq_ignore_ascii_case(cell))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_what_they_look_like() {
        for (cell, expected) in [
            ("17", Look::Integer),
            ("-1", Look::Integer),
            ("+5", Look::Integer),
            ("1,234,567", Look::Integer),
            ("0.018621199997141957", Look::Decimal),
            ("1,234.5", Look::Decimal),
            ("738_197_477", Look::Integer),
            ("1'234.5", Look::Decimal),
            ("1\u{2019}234\u{2019}567", Look::Integer),
            ("12\u{a0}345", Look::Integer),
            ("5'11", Look::Text),
            ("1 234", Look::Text),
            ("O'Neil", Look::Text),
            ("12_34", Look::Text),
            ("0_912", Look::Text),
            ("run_001", Look::Text),
            ("1e-3", Look::Decimal),
            (".5", Look::Decimal),
            ("NaN", Look::NotFinite),
            ("-inf", Look::NotFinite),
            ("1e999", Look::NotFinite),
            ("n/a", Look::Empty),
            ("  ", Look::Empty),
            ("TRUE", Look::Boolean),
            ("500ms", Look::Quantity(Dimension::Time)),
            ("12 MB", Look::Quantity(Dimension::Bytes)),
            ("45%", Look::Quantity(Dimension::Ratio)),
            ("2024-03-15T12:00:00Z", Look::Timestamp),
            ("user_msg_1", Look::Text),
            ("1.2.3", Look::Text),
            ("12,34", Look::Text),
            ("infinite", Look::Text),
            ("0,912", Look::Text),
            (",912", Look::Text),
            ("-0,912", Look::Text),
            ("-", Look::Empty),
        ] {
            assert_eq!(look(cell.as_bytes(), DecimalMark::Point), expected, "{cell}");
        }
    }

    #[test]
    fn a_decimal_comma_is_read_where_the_file_uses_it() {
        assert_eq!(number(b"0,065", DecimalMark::Comma), Some(0.065));
        assert_eq!(number(b"1.234,5", DecimalMark::Comma), Some(1234.5));
        assert_eq!(number(b"1 234,5", DecimalMark::Comma), Some(1234.5));
        assert_eq!(number(b"1 234,5", DecimalMark::Point), None);
        assert_eq!(number(b"12 34,5", DecimalMark::Comma), None);
        assert_eq!(fraction_digits(b"0,065", DecimalMark::Comma), Some(3));
        assert!(is_ambiguous(b"42,068") && is_ambiguous(b"-1,024"));
        assert!(
            !is_ambiguous(b"0,912") && !is_ambiguous(b"1,024.5") && !is_ambiguous(b"1,024,000") && !is_ambiguous(b"7")
        );
    }

    #[test]
    fn numbers_are_correctly_rounded() {
        for text in ["0.1", "2633826.0000000001", "5e-324", "1.7976931348623157e308", "0.018621199997141957"] {
            assert_eq!(number(text.as_bytes(), DecimalMark::Point), text.parse().ok(), "{text}");
        }
    }
}
