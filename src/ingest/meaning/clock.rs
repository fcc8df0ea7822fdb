//! Dates and durations as programs write them.
//!
//! In: the bytes of a cell. Out: nanoseconds since 1970-01-01 UTC, or seconds. Refuses whatever is not wholly one of
//! the known forms, by `None`.

use jiff::civil::DateTime;
use jiff::fmt::rfc2822;
use jiff::tz::{Offset, TimeZone};

/// An instant: ISO 8601 and its relatives (`2024-03-15T12:00:00.5Z`, `2024/03/15 12:00:00`, `2024.01.01 3:00:00 +0100`),
/// or RFC 1123 (`Fri, 15 Mar 2024 12:00:00 GMT`). Without an offset it is read as UTC. The result is in nanoseconds
/// since 1970-01-01 UTC.
pub(crate) fn instant(cell: &[u8]) -> Option<i64> {
    let text = std::str::from_utf8(cell).ok()?.trim();
    if text.len() < 8 {
        return None;
    }
    if text.starts_with(|first: char| first.is_ascii_alphabetic()) {
        let timestamp = rfc2822::DateTimeParser::new().parse_timestamp(text).ok()?;
        return i64::try_from(timestamp.as_nanosecond()).ok();
    }
    iso_like(text)
}

fn iso_like(text: &str) -> Option<i64> {
    let mut scan = Scan(text.as_bytes());
    let year = scan.digits(4, 4)?;
    let separator = scan.one_of(b"-/.")?;
    let month = scan.digits(1, 2)?;
    scan.exactly(separator)?;
    let day = scan.digits(1, 2)?;
    let (mut hour, mut minute, mut second, mut nanos, mut offset) = (0, 0, 0, 0, 0);
    if !scan.0.is_empty() {
        scan.one_of(b"T ")?;
        hour = scan.digits(1, 2)?;
        scan.exactly(b':')?;
        minute = scan.digits(2, 2)?;
        if scan.exactly(b':').is_some() {
            second = scan.digits(2, 2)?;
            if scan.one_of(b".,").is_some() {
                nanos = scan.fraction_nanos()?;
            }
        }
        offset = scan.offset_seconds()?;
    }
    if !scan.0.is_empty() {
        return None;
    }
    let small = |number: i64| i8::try_from(number).ok();
    let date_time = DateTime::new(
        i16::try_from(year).ok()?,
        small(month)?,
        small(day)?,
        small(hour)?,
        small(minute)?,
        small(second)?,
        i32::try_from(nanos).ok()?,
    )
    .ok()?;
    let zone = TimeZone::fixed(Offset::from_seconds(i32::try_from(offset).ok()?).ok()?);
    i64::try_from(date_time.to_zoned(zone).ok()?.timestamp().as_nanosecond()).ok()
}

/// A duration in seconds: `500ms`, `1.23s`, `2m3s`, `1h 2m`, `00:01:05`, `01:02:03.5` (the part after the point is a
/// decimal fraction).
pub(crate) fn duration(cell: &[u8]) -> Option<f64> {
    let text = cell.trim_ascii();
    if !text.first()?.is_ascii_digit() {
        return None;
    }
    if text.contains(&b':') { clock_duration(text) } else { unit_duration(text) }
}

fn clock_duration(text: &[u8]) -> Option<f64> {
    let mut scan = Scan(text);
    let mut parts = vec![scan.digits(1, 9)?];
    while scan.exactly(b':').is_some() {
        parts.push(scan.digits(2, 2)?);
    }
    let nanos = if scan.exactly(b'.').is_some() { scan.fraction_nanos()? } else { 0 };
    let in_range = parts[1..].iter().all(|part| *part < 60);
    if !scan.0.is_empty() || !in_range || !(2..=3).contains(&parts.len()) {
        return None;
    }
    let seconds = parts.iter().fold(0, |sum, part| sum * 60 + part);
    Some(seconds as f64 + nanos as f64 / 1e9)
}

fn unit_duration(text: &[u8]) -> Option<f64> {
    const PARTS: &[(&[u8], f64, f64)] = &[
        (b"ns", 1.0, 1e9),
        (b"us", 1.0, 1e6),
        ("µs".as_bytes(), 1.0, 1e6),
        ("μs".as_bytes(), 1.0, 1e6),
        (b"msec", 1.0, 1e3),
        (b"ms", 1.0, 1e3),
        (b"min", 60.0, 1.0),
        (b"m", 60.0, 1.0),
        (b"sec", 1.0, 1.0),
        (b"s", 1.0, 1.0),
        (b"h", 3600.0, 1.0),
    ];
    let mut rest = text;
    let mut seconds = 0.0;
    while !rest.is_empty() {
        let number = rest.iter().take_while(|byte| byte.is_ascii_digit() || **byte == b'.').count();
        let value: f64 = fast_float2::parse(&rest[..number]).ok()?;
        rest = rest[number..].trim_ascii_start();
        let letters = rest.iter().take_while(|byte| !byte.is_ascii_digit() && **byte != b' ').count();
        let (_, multiply, divide) = PARTS.iter().find(|(symbol, ..)| *symbol == &rest[..letters])?;
        seconds += value * multiply / divide;
        rest = rest[letters..].trim_ascii_start();
    }
    Some(seconds)
}

/// What is left of a text being read from its front.
struct Scan<'a>(&'a [u8]);

impl Scan<'_> {
    fn digits(&mut self, least: usize, most: usize) -> Option<i64> {
        let count = self.0.iter().take(most).take_while(|byte| byte.is_ascii_digit()).count();
        if count < least {
            return None;
        }
        let number = self.0[..count].iter().fold(0, |number, byte| number * 10 + i64::from(byte - b'0'));
        self.0 = &self.0[count..];
        Some(number)
    }

    fn one_of(&mut self, bytes: &[u8]) -> Option<u8> {
        let (&first, rest) = self.0.split_first()?;
        if !bytes.contains(&first) {
            return None;
        }
        self.0 = rest;
        Some(first)
    }

    fn exactly(&mut self, byte: u8) -> Option<u8> {
        self.one_of(&[byte])
    }

    fn fraction_nanos(&mut self) -> Option<i64> {
        let count = self.0.iter().take_while(|byte| byte.is_ascii_digit()).count();
        if count == 0 {
            return None;
        }
        let mut nanos = 0;
        for position in 0..9 {
            nanos = nanos * 10 + if position < count { i64::from(self.0[position] - b'0') } else { 0 };
        }
        self.0 = &self.0[count..];
        Some(nanos)
    }

    fn offset_seconds(&mut self) -> Option<i64> {
        self.0 = self.0.trim_ascii();
        if self.0.is_empty() {
            return Some(0);
        }
        if self.0 == b"Z" || self.0 == b"z" || self.0 == b"UTC" || self.0 == b"GMT" {
            self.0 = &[];
            return Some(0);
        }
        let sign = if self.one_of(b"+-")? == b'-' { -1 } else { 1 };
        let hours = self.digits(2, 2)?;
        self.exactly(b':');
        let minutes = if self.0.is_empty() { 0 } else { self.digits(2, 2)? };
        Some(sign * (hours * 3600 + minutes * 60))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_instant_in_many_notations() {
        let noon = 1_710_504_000_000_000_000;
        for text in [
            "2024-03-15T12:00:00Z",
            "2024-03-15 12:00:00",
            "2024/03/15 12:00:00.000",
            "2024-03-15T13:00:00+01:00",
            "2024.03.15 13:00:00 +0100",
            "2024-03-15T07:00:00-05",
            "2024-03-15 12:00",
            "Fri, 15 Mar 2024 12:00:00 GMT",
        ] {
            assert_eq!(instant(text.as_bytes()), Some(noon), "{text}");
        }
        assert_eq!(instant(b"2024-03-15T12:00:00.000000001Z"), Some(noon + 1));
    }

    #[test]
    fn what_is_not_an_instant_is_none() {
        for text in ["", "12", "user_msg_1", "2024", "2024-13-01", "2024-03-15T25:00:00", "2024-03-15x", "1710504000"] {
            assert_eq!(instant(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn durations_with_units_and_with_colons() {
        for (text, seconds) in [
            ("500ms", 0.5),
            ("1.23s", 1.23),
            ("2m3s", 123.0),
            ("1h 2m", 3720.0),
            ("12 µs", 12e-6),
            ("00:01:05", 65.0),
            ("01:02:03.5", 3723.5),
            ("100:00:00.0", 360_000.0),
        ] {
            assert_eq!(duration(text.as_bytes()), Some(seconds), "{text}");
        }
        for text in ["", "ms", "5", "5x", "12:61:00", "1:2:3:4", "-5ms"] {
            assert_eq!(duration(text.as_bytes()), None, "{text}");
        }
    }
}
