//! Durations of an agent swarm's records, and the moments in their files' names.
//!
//! In: text. Out: what it says. Refuses, by `None`, whatever is not wholly in one of the two notations: `"500ms"` and
//! `"1.23s"`, or `HH:MM:SS.ms` in which the part after the dot is a count of milliseconds that is *not* padded. It is
//! no decimal fraction: `00:00:01.5` is 1.005 s. Hence a reader of its own beside `clock::duration`.

use crate::table::swarm::RecordedDuration;

/// Rounding to a millisecond moves a value by half of one.
const HALF_MILLISECOND: f64 = 0.000_5;
/// Seconds written with fewer than three decimals are rounded to two.
const HALF_HUNDREDTH: f64 = 0.005;
/// A count of milliseconds after the dot: rounding makes 1000 of 999.5, nothing makes more.
const MOST_MILLISECONDS: u64 = 1000;
/// Digits of a number that is read exactly.
const MOST_DIGITS: usize = 15;
const DAY_SECONDS: f64 = 86_400.0;

/// A duration in either notation.
pub(crate) fn duration(text: &str) -> Option<RecordedDuration> {
    let text = text.trim();
    if text.contains(':') { clock(text) } else { with_unit(text) }
}

fn clock(text: &str) -> Option<RecordedDuration> {
    let (whole, milliseconds) = match text.split_once('.') {
        Some((whole, milliseconds)) => (whole, digits(milliseconds)?),
        None => (text, 0),
    };
    let mut parts = whole.split(':');
    let (hours, minutes, seconds) = (parts.next()?, parts.next()?, parts.next()?);
    let two = |part: &str| digits(part).filter(|number| part.len() == 2 && *number < 60);
    let (hours, minutes, seconds) = (digits(hours)?, two(minutes)?, two(seconds)?);
    if parts.next().is_some() || milliseconds > MOST_MILLISECONDS {
        return None;
    }
    let total = hours.checked_mul(60)?.checked_add(minutes)?.checked_mul(60)?.checked_add(seconds)?;
    let total = total.checked_mul(1000)?.checked_add(milliseconds)?;
    Some(RecordedDuration { seconds: total as f64 / 1e3, rounding: HALF_MILLISECOND })
}

fn with_unit(text: &str) -> Option<RecordedDuration> {
    let (number, divide) = match text.strip_suffix("ms") {
        Some(number) => (number.trim_end(), 1e3),
        None => (text.strip_suffix('s')?.trim_end(), 1.0),
    };
    let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
    if whole.len() + fraction.len() > MOST_DIGITS + 1 {
        return None;
    }
    digits(whole)?;
    digits(fraction)?;
    let value: f64 = number.parse().ok()?;
    let coarse = divide == 1.0 && number.split_once('.').map_or(0, |(_, fraction)| fraction.len()) < 3;
    Some(RecordedDuration { seconds: value / divide, rounding: if coarse { HALF_HUNDREDTH } else { HALF_MILLISECOND } })
}

fn digits(text: &str) -> Option<u64> {
    let plain = !text.is_empty() && text.len() <= MOST_DIGITS && text.bytes().all(|byte| byte.is_ascii_digit());
    if plain { text.parse().ok() } else { None }
}

/// Whether a number of seconds lies within a day.
pub(crate) fn within_a_day(seconds: f64) -> bool {
    (0.0..DAY_SECONDS).contains(&seconds)
}

/// The name of a file, without folders and endings.
fn stem(name: &str) -> &str {
    let file = name.rsplit('/').next().unwrap_or(name);
    let file = file.strip_suffix(".gz").or_else(|| file.strip_suffix(".zst")).unwrap_or(file);
    file.strip_suffix(".json").unwrap_or(file)
}

/// `<momentStamp>.<timeStamp>.json`, the name of a process record's file.
pub(crate) fn process_file(name: &str) -> Option<(i64, f64)> {
    let (moment, time) = stem(name).split_once('.')?;
    let time = digits(time)? as f64;
    Some((i64::try_from(digits(moment)?).ok()?, Some(time).filter(|time| within_a_day(*time))?))
}

/// `<clientId>.<momentStamp>.json`, the name of the file of the client `id`.
pub(crate) fn client_file(name: &str, id: &str) -> Option<i64> {
    i64::try_from(digits(stem(name).strip_prefix(id)?.strip_prefix('.')?)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_example_of_the_format_is_read_as_it_says() {
        for (text, seconds) in [
            ("500ms", 0.5),
            ("1.23s", 1.23),
            ("00:00:01.5", 1.005),
            ("00:00:01.50", 1.05),
            ("00:00:00.1000", 1.0),
            ("03:25:45.678", 12_345.678),
            ("100:00:00.0", 360_000.0),
            ("00:00:02", 2.0),
            ("12.5ms", 0.012_5),
            ("0s", 0.0),
        ] {
            assert_eq!(duration(text).map(|written| written.seconds.to_bits()), Some(f64::to_bits(seconds)), "{text}");
        }
    }

    #[test]
    fn what_is_in_neither_notation_is_refused() {
        for text in [
            "",
            "5",
            "ms",
            "s",
            ".5s",
            "1.s",
            "-5ms",
            "1e3s",
            "5 min",
            "00:61:00.0",
            "00:00:60.0",
            "0:0:1.0",
            "01:02",
            "00:00:01.",
            "00:00:01.1001",
            "00:00:01.-5",
            "1:00:00:00.0",
            "00:00:01,5",
            "infs",
            "NaNs",
        ] {
            assert_eq!(duration(text), None, "{text}");
        }
    }

    #[test]
    fn the_names_of_files_hold_moments() {
        assert_eq!(process_file("a/19797.43200.json.gz"), Some((19_797, 43_200.0)));
        assert_eq!(process_file("19797.90000.json"), None);
        assert_eq!(process_file("run.json"), None);
        assert_eq!(client_file("x/agent.7.19797.json", "agent.7"), Some(19_797));
        assert_eq!(client_file("agent.7.19797.json", "agent"), None);
    }
}
