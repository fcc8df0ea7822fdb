//! What a file says about when and of what it was measured.
//!
//! In: the text of a JSON document. Out: an instant, a commit and a branch where the tool that wrote it states them under a name that
//! its definition gives them. Nothing is taken from names that only look like one.

use jiff::Timestamp;
use serde_json::Value;

/// Larger numbers are milliseconds: in seconds they would lie 3,000 years ahead.
const LARGEST_SECONDS: i64 = 100_000_000_000;

/// Where tools state the instant of a run: Google Benchmark, pytest-benchmark, asv, github-action-benchmark.
const INSTANTS: &[&str] = &["/context/date", "/datetime", "/date", "/commit_info/time"];
/// Where they state the commit: asv, pytest-benchmark.
const COMMITS: &[&str] = &["/commit_hash", "/commit_info/id"];
/// Where they state its branch.
const BRANCHES: &[&str] = &["/commit_info/branch"];

/// What is stated.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Statement {
    /// Seconds since 1970.
    pub at: Option<i64>,
    /// The commit.
    pub commit: Option<String>,
    /// Its branch.
    pub branch: Option<String>,
}

impl Statement {
    /// From the text of a file; nothing where it is no JSON document.
    pub fn of(text: &[u8]) -> Self {
        let Ok(document) = serde_json::from_slice::<Value>(text) else { return Self::default() };
        let first = |paths: &[&str]| paths.iter().find_map(|path| document.pointer(path).cloned());
        let word = |paths: &[&str]| first(paths).and_then(|value| Some(value.as_str()?.to_owned()));
        Self { at: first(INSTANTS).as_ref().and_then(instant_of), commit: word(COMMITS), branch: word(BRANCHES) }
    }
}

/// An instant as JSON: text with its zone, or a number since 1970.
pub fn instant_of(value: &Value) -> Option<i64> {
    if let Some(number) = value.as_i64() {
        return Some(if number.abs() > LARGEST_SECONDS { number.div_euclid(1000) } else { number });
    }
    parse_instant(value.as_str()?)
}

/// An instant as people and tools write it. Without a zone it is UTC, as pytest-benchmark writes it.
pub fn parse_instant(text: &str) -> Option<i64> {
    let text = text.trim();
    if let Ok(instant) = text.parse::<Timestamp>() {
        return Some(instant.as_second());
    }
    let civil = text.parse::<jiff::civil::DateTime>().ok().or_else(|| {
        let date = text.parse::<jiff::civil::Date>().ok()?;
        Some(date.to_datetime(jiff::civil::Time::midnight()))
    })?;
    Some(civil.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp().as_second())
}

/// Whether an instant that a document states may be the one that stands in its name, where nobody knows the zone of the name, nor at what
/// hour of the day it was.
pub fn is_on_named_date(stated: i64, named: i64) -> bool {
    const HOUR: i64 = 3600;
    (-14 * HOUR..=38 * HOUR).contains(&(stated - named))
}

/// The instant in a name, as folders of dated results have it: `2026-11-28`, `20261128`, with a time behind it or not.
pub fn instant_in_name(name: &str) -> Option<i64> {
    let starts = name.char_indices().filter(|(_, letter)| letter.is_ascii_digit()).map(|(place, _)| place);
    let mut free = starts.filter(|place| *place == 0 || !name.as_bytes()[place - 1].is_ascii_digit());
    free.find_map(|place| dated(&name[place..]))
}

/// A date at the beginning of a text, with the time that follows it.
fn dated(text: &str) -> Option<i64> {
    let digits = |from: usize, length: usize| -> Option<i64> {
        let part = text.get(from..from + length)?;
        part.bytes().all(|byte| byte.is_ascii_digit()).then(|| part.parse().ok())?
    };
    let at = |place: usize| text.as_bytes().get(place).copied();
    let year = digits(0, 4).filter(|year| (1990..2100).contains(year))?;
    let (month, day, end) = match at(4) {
        Some(mark @ (b'-' | b'_')) if at(7) == Some(mark) => (digits(5, 2)?, digits(8, 2)?, 10),
        _ => (digits(4, 2)?, digits(6, 2)?, 8),
    };
    let date =
        jiff::civil::Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?;
    let follows = |place: usize| at(place).is_some_and(|byte| byte.is_ascii_digit());
    // `2023-02-22_T16-27-08` is how Kokkos calls its results.
    let letter = matches!(at(end), Some(b'_' | b'-' | b' ')) && matches!(at(end + 1), Some(b'T' | b't'));
    let begin = if letter { end + 2 } else { end + 1 };
    let clock = match at(end) {
        Some(b'T' | b't' | b'_' | b'-' | b' ') if follows(begin) => {
            let apart = matches!(at(begin + 2), Some(b':' | b'-' | b'_'));
            let step = if apart { 3 } else { 2 };
            let hour = digits(begin, 2).filter(|hour| *hour < 24);
            let minute = digits(begin + step, 2).filter(|minute| *minute < 60);
            let second = digits(begin + 2 * step, 2).filter(|second| *second < 60).unwrap_or(0);
            hour.zip(minute).map(|(hour, minute)| hour * 3600 + minute * 60 + second)
        }
        // More digits are another number.
        Some(byte) if byte.is_ascii_digit() => return None,
        _ => None,
    };
    let day = date.to_datetime(jiff::civil::Time::midnight()).to_zoned(jiff::tz::TimeZone::UTC).ok()?;
    Some(day.timestamp().as_second() + clock.unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_is_taken_where_a_tool_states_it() {
        let of = |text: &str| Statement::of(text.as_bytes());
        let google = of(r#"{"context":{"date":"2026-11-28T02:00:00+01:00"},"benchmarks":[]}"#);
        assert_eq!(google.at, parse_instant("2026-11-28T01:00:00Z"));
        let asv = of(r#"{"commit_hash":"abc","date":1700000000000,"results":{}}"#);
        assert_eq!((asv.at, asv.commit.as_deref()), (Some(1_700_000_000), Some("abc")));
        let pytest = of(r#"{"datetime":"2026-11-28T02:00:00.5","commit_info":{"id":"f00d","branch":"main"}}"#);
        assert_eq!(pytest.at, parse_instant("2026-11-28T02:00:00Z"));
        assert_eq!((pytest.commit.as_deref(), pytest.branch.as_deref()), (Some("f00d"), Some("main")));
        assert_eq!(of(r#"{"updated":"2026-11-28T02:00:00Z"}"#), Statement::default());
        assert_eq!(of("a,b\n1,2\n"), Statement::default());
    }

    #[test]
    fn a_stated_instant_is_on_a_named_date_in_some_zone() {
        let at = |text: &str| parse_instant(text).unwrap();
        let named = at("2026-11-28");
        assert!(is_on_named_date(at("2026-11-28T23:59:00-06:00"), named));
        assert!(is_on_named_date(at("2026-11-27T22:00:00Z"), named));
        assert!(!is_on_named_date(at("2026-11-30T22:00:00Z"), named));
    }

    #[test]
    fn a_date_in_a_name_is_one_and_a_number_is_none() {
        let at = |text: &str| parse_instant(text);
        for (name, instant) in [
            ("2026-11-28", at("2026-11-28T00:00:00Z")),
            ("run-20261128.csv", at("2026-11-28T00:00:00Z")),
            ("bench_2026-11-28T02-30.json", at("2026-11-28T02:30:00Z")),
            ("20261128_023015", at("2026-11-28T02:30:15Z")),
            ("Bench_Atomic_2023-02-22_T16-27-08.json", at("2023-02-22T16:27:08Z")),
            ("run-2023-02-22-T1627.json", at("2023-02-22T16:27:00Z")),
            ("2026-11-28-Test", at("2026-11-28T00:00:00Z")),
            ("2026-11-28-3f2a91c", at("2026-11-28T00:00:00Z")),
            ("run-17", None),
            ("202611281234567", None),
            ("2026-13-45", None),
        ] {
            assert_eq!(instant_in_name(name), instant, "{name}");
        }
    }
}
