//! Words that are units where they stand in a name.

use crate::ingest::meaning::vocabulary::{self, Kind, Words};
use crate::measure::unit::{Dimension, Unit};

use super::words::Word;

/// Words for a second and its relatives behind `per` and `/`, with how many of them make a second.
pub(super) const BY_TIME: &[(&[&str], &str)] = &[
    (&["s", "sec", "secs", "second", "seconds"], "/s"),
    (&["min", "minute", "minutes"], "/min"),
    (&["h", "hr", "hour", "hours"], "/h"),
    (&["ms", "millisecond", "milliseconds"], "k/s"),
    (&["us", "µs", "microsecond", "microseconds"], "M/s"),
    (&["ns", "nanosecond", "nanoseconds"], "G/s"),
];

/// The unit that a word is, unless it may be something else where it stands.
pub(super) fn unit_word(word: &Word, before: &[Word]) -> Option<Unit> {
    let text = word.text.as_str();
    // Alone it is a unit only where it is nothing else.
    if before.is_empty() {
        return matches!(
            text,
            "ns" | "us"
                | "µs"
                | "ms"
                | "msec"
                | "usec"
                | "sec"
                | "secs"
                | "seconds"
                | "milliseconds"
                | "microseconds"
                | "nanoseconds"
                | "bits"
        )
        .then(|| Unit::parse(text))
        .flatten();
    }
    // "s" is a unit only behind a separator: `total_s`, not the plural of a camelCase name.
    let is_before = |known: Words| before.iter().any(|word| known.has(&word.text));
    // `exec_milli`; of a current or a power it is another thousandth.
    if text == "milli" {
        let of_time = is_before(vocabulary::DURATIONS) || is_before(vocabulary::ANSWER);
        return of_time.then_some(Unit::MILLISECOND);
    }
    let of_data = matches!(text, "gb" | "tb") && is_before(vocabulary::HOLDS_DATA);
    if let Some(unit) = Unit::of_power(&word.written).filter(|_| is_before(vocabulary::POWER)) {
        return Some(unit);
    }
    if vocabulary::AMBIGUOUS_UNIT.has(text) && !of_data
        || vocabulary::COUNTS.has(text)
        || (text == "s" && word.at_hump)
        || vocabulary::RATES.has(text)
    {
        return None;
    }
    // `Integer_64_bit`: how wide it is, not how much came out.
    let width = before.last().is_some_and(|word| word.text.bytes().all(|byte| byte.is_ascii_digit()));
    if width && Unit::parse(text).is_some_and(|unit| unit.dimension == Dimension::Bytes) {
        return None;
    }
    // `US` is a country where the name is not written in capitals throughout.
    let mut letters = before.iter().flat_map(|word| word.written.chars());
    if word.written == "US" && letters.any(char::is_lowercase) {
        return None;
    }
    Unit::parse(&word.written).or_else(|| Unit::parse(text))
}

/// What kind of quantity has such a unit.
pub(super) fn kind_of_unit(unit: Unit) -> Option<Kind> {
    match unit.dimension {
        Dimension::Time | Dimension::UnstatedTime => Some(Kind::Duration),
        Dimension::Bytes => Some(Kind::Bytes),
        Dimension::Rate | Dimension::ByteRate => Some(Kind::Rate),
        Dimension::Count => Some(Kind::Count),
        Dimension::Ratio => Some(Kind::Share),
        Dimension::Unknown => None,
    }
}
