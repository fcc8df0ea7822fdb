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
        if let Ok(timestamp) = rfc2822::DateTimeParser::new().parse_timestamp(text) {
            return i64::try_from(timestamp.as_nanosecond()).ok();
        }
        return with_month_name(text)?.instant();
    }
    iso_like(text).or_else(|| with_month_name(text)?.instant())
}

/// Whether a text is a point in time that names a month and a day and no year: `Jun 30 14:37:36` as syslog writes it,
/// `Jun-30 14:37:36`, `30-06 14:37:36`, `06/30 14:37:36.5`.
pub(crate) fn is_without_year(text: &str) -> bool {
    let text = text.trim();
    match with_month_name(text) {
        Some(found) => found.year.is_none(),
        None => is_day_and_month(text),
    }
}

/// A date that begins with its day or its month, with a time of day or without: `23-12-2025 08:02:34`, `12/23/2025 8:02`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct LocalDate {
    first: i64,
    second: i64,
    year: i64,
    pub(crate) separator: u8,
    nanos_of_day: i64,
}

impl LocalDate {
    /// Reads it, whichever of its first two numbers is the day.
    pub(crate) fn of(text: &str) -> Option<Self> {
        let text = text.trim();
        let mut scan = Scan(text.as_bytes());
        let first = scan.digits(1, 2)?;
        let separator = scan.one_of(b"-/.")?;
        let second = scan.digits(1, 2)?;
        scan.exactly(separator)?;
        let year = scan.digits(4, 4)?;
        let at = text.len() - scan.0.len();
        let time = text[at..].trim_start_matches([',', ' ', 'T']);
        let nanos_of_day = match time {
            "" if at == text.len() => 0,
            "" => return None,
            time if time.matches(':').count() == 1 => time_of_day(&format!("{time}:00"))?,
            time => time_of_day(time)?,
        };
        let date = Self { first, second, year, separator, nanos_of_day };
        (date.instant(true).is_some() || date.instant(false).is_some()).then_some(date)
    }

    /// Nanoseconds since 1970-01-01 UTC, where the day stands first, or the month.
    pub(crate) fn instant(&self, day_first: bool) -> Option<i64> {
        let (day, month) = if day_first { (self.first, self.second) } else { (self.second, self.first) };
        midnight(self.year, month, day)?.checked_add(self.nanos_of_day)
    }
}

/// A date whose month is a word, with a time of day.
struct NamedMonth {
    year: Option<i64>,
    month: i64,
    day: i64,
    nanos_of_day: i64,
}

impl NamedMonth {
    /// Nanoseconds since 1970-01-01 UTC, where there is a year.
    fn instant(&self) -> Option<i64> {
        midnight(self.year?, self.month, self.day)?.checked_add(self.nanos_of_day)
    }
}

/// Nanoseconds since 1970-01-01 UTC at the beginning of a day.
fn midnight(year: i64, month: i64, day: i64) -> Option<i64> {
    let small = |number: i64| i8::try_from(number).ok();
    let date = DateTime::new(i16::try_from(year).ok()?, small(month)?, small(day)?, 0, 0, 0, 0).ok()?;
    i64::try_from(date.to_zoned(TimeZone::UTC).ok()?.timestamp().as_nanosecond()).ok()
}

/// The instant whose day is the month of another one, and its month the day; `None` where there is no such month.
pub(crate) fn with_day_and_month_changed(instant: i64) -> Option<i64> {
    let at = jiff::Timestamp::from_nanosecond(i128::from(instant)).ok()?.to_zoned(TimeZone::UTC).datetime();
    let (day, month) = (i64::from(at.day()), i64::from(at.month()));
    let of_day = instant - midnight(i64::from(at.year()), month, day)?;
    midnight(i64::from(at.year()), day, month)?.checked_add(of_day)
}

/// A leap year, in which every day exists that exists at all.
const ANY_YEAR: i64 = 2000;
const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const WEEKDAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// Month and day in either order around a time of day, with a year or without, perhaps behind the day of the week.
fn with_month_name(text: &str) -> Option<NamedMonth> {
    /// Longer texts are sentences.
    const LONGEST: usize = 40;
    if text.len() > LONGEST || !text.contains(':') {
        return None;
    }
    let is = |known: &[&str], word: &str| known.iter().position(|known| known.eq_ignore_ascii_case(word));
    let mut words: Vec<&str> = text.split([' ', '-', ',']).filter(|word| !word.is_empty()).collect();
    if words.first().is_some_and(|first| is(&WEEKDAYS, first).is_some()) {
        words.remove(0);
    }
    if words.last().is_some_and(|last| matches!(*last, "Z" | "UTC" | "GMT")) {
        words.pop();
    }
    let number = |word: &str, digits: std::ops::RangeInclusive<usize>| {
        (digits.contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_digit()))
            .then(|| word.parse::<i64>().ok())
            .flatten()
    };
    let (first, second, rest) = match &words[..] {
        [first, second, rest @ ..] if matches!(rest.len(), 1 | 2) => (*first, *second, rest),
        _ => return None,
    };
    let (month, day) = match (is(&MONTHS, first), is(&MONTHS, second)) {
        (Some(month), None) => (month, number(second, 1..=2)?),
        (None, Some(month)) => (month, number(first, 1..=2)?),
        _ => return None,
    };
    let (time, year) = match rest {
        [time] => (*time, None),
        [year, time] if time.contains(':') => (*time, Some(number(year, 4..=4)?)),
        [time, year] => (*time, Some(number(year, 4..=4)?)),
        _ => return None,
    };
    let month = i64::try_from(month).ok()? + 1;
    midnight(year.unwrap_or(ANY_YEAR), month, day)?;
    Some(NamedMonth { year, month, day, nanos_of_day: time_of_day(time)? })
}

/// `30-06 14:37:36` and `06/30 14:37:36`: two numbers, one of them a month, before a time of day.
fn is_day_and_month(text: &str) -> bool {
    let Some((date, time)) = text.split_once(' ') else { return false };
    let Some((first, second)) = two_numbers(date.as_bytes()) else { return false };
    let exists = |month: i64, day: i64| midnight(ANY_YEAR, month, day).is_some();
    (exists(first, second) || exists(second, first)) && time_of_day(time.trim_start()).is_some()
}

fn two_numbers(text: &[u8]) -> Option<(i64, i64)> {
    let mut scan = Scan(text);
    let first = scan.digits(2, 2)?;
    scan.one_of(b"-/.")?;
    let second = scan.digits(2, 2)?;
    scan.0.is_empty().then_some((first, second))
}

/// Nanoseconds since midnight of `14:37:36`, `14:37:36.5`.
fn time_of_day(text: &str) -> Option<i64> {
    let mut scan = Scan(text.as_bytes());
    let hour = scan.digits(1, 2)?;
    scan.exactly(b':')?;
    let minute = scan.digits(2, 2)?;
    scan.exactly(b':')?;
    let second = scan.digits(2, 2)?;
    let nanos = if scan.one_of(b".,").is_some() { scan.fraction_nanos()? } else { 0 };
    let exists = hour < 24 && minute < 60 && second <= 60 && scan.0.is_empty();
    exists.then_some(((hour * 60 + minute) * 60 + second) * 1_000_000_000 + nanos)
}

/// The least number whose digits are a date with a time.
pub(crate) const LEAST_WITH_TIME: f64 = 1e11;

/// The instant that the digits of a whole number write out: year, month and day, with hour, minute and second, with hour and
/// minute, or alone.
pub(crate) fn of_digits(number: f64) -> Option<i64> {
    const FIRST_YEAR: i64 = 1970;
    const LAST_YEAR: i64 = 2099;
    let (seconds, minutes, days) = (1e13..1e14, LEAST_WITH_TIME..1e12, 1e7..1e8);
    if number.fract() != 0.0 {
        return None;
    }
    let digits = number as i64;
    let digits = match number {
        number if seconds.contains(&number) => digits,
        number if minutes.contains(&number) => digits * 100,
        number if days.contains(&number) => digits * 1_000_000,
        _ => return None,
    };
    let part = |from: i64, size: i64| digits / from % size;
    let (year, hour, minute, second) = (part(10_000_000_000, 10_000), part(10_000, 100), part(100, 100), part(1, 100));
    let exists = (FIRST_YEAR..=LAST_YEAR).contains(&year) && hour < 24 && minute < 60 && second < 60;
    let day = midnight(year, part(100_000_000, 100), part(1_000_000, 100)).filter(|_| exists)?;
    Some(day + ((hour * 60 + minute) * 60 + second) * 1_000_000_000)
}

fn iso_like(text: &str) -> Option<i64> {
    let mut scan = Scan(text.as_bytes());
    let year = scan.digits(4, 4)?;
    // Without separators it is a number or a name, unless the letter stands before the time: `20240315T120000Z`.
    let basic = scan.0.first().is_some_and(u8::is_ascii_digit);
    let separator = if basic { None } else { Some(scan.one_of(b"-/.")?) };
    let least = if basic { 2 } else { 1 };
    let month = scan.digits(least, 2)?;
    separator.map_or(Some(0), |separator| scan.exactly(separator))?;
    let day = scan.digits(least, 2)?;
    let (mut hour, mut minute, mut second, mut nanos, mut offset) = (0, 0, 0, 0, 0);
    if basic {
        scan.exactly(b'T')?;
        (hour, minute, second) = (scan.digits(2, 2)?, scan.digits(2, 2)?, scan.digits(2, 2)?);
        if scan.one_of(b".,").is_some() {
            nanos = scan.fraction_nanos()?;
        }
        offset = scan.offset_seconds()?;
    } else if !scan.0.is_empty() {
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
    // `1m:51s` has units between its parts.
    if text.contains(&b':') { clock_duration(text).or_else(|| unit_duration(text)) } else { unit_duration(text) }
}

fn clock_duration(text: &[u8]) -> Option<f64> {
    /// Nobody writes more hours, and more zeros in front are an address: `00000000:01:00.0`, `0000:01:00.0`.
    const MOST_DIGITS: usize = 4;
    let mut scan = Scan(text);
    if text.len() > MOST_DIGITS && text[..MOST_DIGITS].iter().all(u8::is_ascii_digit) && text[0] == b'0' {
        return None;
    }
    let mut parts = vec![scan.digits(1, MOST_DIGITS)?];
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
    let mut last_unit = f64::INFINITY;
    while !rest.is_empty() {
        let number = rest.iter().take_while(|byte| byte.is_ascii_digit() || **byte == b'.').count();
        let value: f64 = fast_float2::parse(&rest[..number]).ok()?;
        rest = rest[number..].trim_ascii_start();
        let letters = rest.iter().take_while(|byte| !byte.is_ascii_digit() && !matches!(**byte, b' ' | b':')).count();
        let (_, multiply, divide) = PARTS.iter().find(|(symbol, ..)| *symbol == &rest[..letters])?;
        // Parts of one duration get smaller: `40.86ms 2.19ms` is two of them.
        let unit = multiply / divide;
        if unit >= last_unit {
            return None;
        }
        last_unit = unit;
        seconds += value * multiply / divide;
        rest = rest[letters..].trim_ascii_start();
        if !rest.is_empty() && !rest[0].is_ascii_digit() {
            rest = rest.strip_prefix(b":").filter(|rest| rest.first().is_some_and(u8::is_ascii_digit))?;
        }
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
            "20240315T120000Z",
            "Fri, 15 Mar 2024 12:00:00 GMT",
        ] {
            assert_eq!(instant(text.as_bytes()), Some(noon), "{text}");
        }
        assert_eq!(instant(b"2024-03-15T12:00:00.000000001Z"), Some(noon + 1));
        for text in ["Fri Mar 15 12:00:00 2024", "Mar 15 2024 12:00:00", "15 Mar 2024 12:00:00", "15-Mar-2024 12:00:00"]
        {
            assert_eq!(instant(text.as_bytes()), Some(noon), "{text}");
        }
        assert_eq!(of_digits(20_240_315_120_000.0), Some(noon));
        assert_eq!(of_digits(202_403_151_200.0), Some(noon));
        assert_eq!(of_digits(20_240_315.0), Some(noon - 43_200_000_000_000));
    }

    #[test]
    fn a_point_in_time_without_a_year_has_no_date() {
        for text in [
            "Jun 30 14:37:36",
            "Feb 29 00:00:00",
            "Jun  3 04:05:06",
            "Nov-28 12:00:01",
            "3 Jun 04:05:06.25",
            "16-06 11:06:42",
            "06-16 11:06:42",
            "06/16 11:06:42.123",
        ] {
            assert!(is_without_year(text), "{text}");
            assert_eq!(instant(text.as_bytes()), None, "{text}");
        }
        for text in
            ["Jun 31 14:37:36", "Jun 30", "June", "16-16 11:06:42", "16-06", "Fri Mar 15 12:00:00 2024", "a-b 1:2:3"]
        {
            assert!(!is_without_year(text), "{text}");
        }
    }

    #[test]
    fn digits_that_are_no_date_are_a_number() {
        for number in [
            20_241_315_120_000.0,
            20_240_230_120_000.0,
            20_240_315_240_000.0,
            1_710_504_000.0,
            20_240_315.5,
            19_240_315.0,
        ] {
            assert_eq!(of_digits(number), None, "{number}");
        }
    }

    #[test]
    fn what_is_not_an_instant_is_none() {
        for text in [
            "",
            "12",
            "user_msg_1",
            "2024",
            "2024-13-01",
            "2024-03-15T25:00:00",
            "2024-03-15x",
            "1710504000",
            "20240315-120000",
            "20240315",
        ] {
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
        for text in [
            "",
            "ms",
            "5",
            "5x",
            "12:61:00",
            "1:2:3:4",
            "-5ms",
            "40.86ms 2.19ms",
            "3s 2m",
            "00000000:01:00.0",
            "0000:01:00.0",
        ] {
            assert_eq!(duration(text.as_bytes()), None, "{text}");
        }
    }
}
