//! The unit of a metric: read from its name, else inferred from its name's meaning and how the values look.
//!
//! In: the name of a column and its numbers. Out: a unit with the reason for it. Where nothing speaks for a unit the
//! dimension stays unknown and the numbers are shown as they are: a wrong unit is worse than none.

use crate::measure::Polarity;
use crate::measure::unit::{Dimension, Unit};
use crate::table::{Shape, UnitChoice};

use crate::ingest::meaning::vocabulary::{self, Words};

/// The words of a name: split at everything that is no letter or digit, and where camelCase has its humps.
pub(crate) fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut previous_lower = false;
    let mut fresh = true;
    for character in name.chars() {
        if !character.is_alphanumeric() && character != '%' {
            fresh = true;
            continue;
        }
        let hump = character.is_uppercase() && previous_lower;
        previous_lower = character.is_lowercase() || character.is_ascii_digit();
        if fresh || hump {
            words.push(String::new());
            fresh = false;
        }
        if let Some(word) = words.last_mut() {
            word.extend(character.to_lowercase());
        }
    }
    words
}

/// The unit that a name states: in brackets at its end, as its last word, or as `…/s`, `…_per_second`.
pub(crate) fn stated(name: &str) -> Option<Unit> {
    let name = name.trim();
    for (open, close) in [('(', ')'), ('[', ']'), ('{', '}')] {
        if let Some(inner) = name.strip_suffix(close).and_then(|rest| rest.rsplit_once(open)).map(|(_, inner)| inner) {
            return Unit::parse(inner);
        }
    }
    let lower = name.to_ascii_lowercase();
    if lower.ends_with("per_second") || lower.ends_with("per_sec") || lower.ends_with("/s") || lower.ends_with("/sec") {
        let bytes = words(name).iter().any(|word| word == "bytes" || word == "byte");
        return if bytes { Unit::parse("B/s") } else { Some(Unit::PER_SECOND) };
    }
    let words = words(name);
    // `throughput_mb_s`: the last two words together.
    if let [.., amount, second] = &words[..]
        && (second == "s" || second == "sec")
        && let Some(unit) = Unit::parse(&format!("{amount}/s"))
    {
        return Some(unit);
    }
    if let [only] = &words[..] {
        // A column that is called `ms` and nothing else.
        return matches!(only.as_str(), "ns" | "us" | "µs" | "ms" | "seconds" | "milliseconds")
            .then(|| Unit::parse(only))
            .flatten();
    }
    let last = words.last()?;
    if vocabulary::AMBIGUOUS_UNIT.has(last) || vocabulary::COUNT.has(last) {
        return None;
    }
    // "s" is a unit only behind a separator: `total_s`, not the plural of a camelCase name.
    let before = name.chars().rev().nth(1);
    if last == "s" && !matches!(before, Some('_' | '.' | '-' | ' ')) {
        return None;
    }
    Unit::parse(last)
}

/// The unit of a metric from its name and its values as recorded.
pub(crate) fn infer(name: &str, values: &[f64], shape: Option<&Shape>) -> Option<UnitChoice> {
    if let Some(unit) = stated(name) {
        return Some(UnitChoice { unit, reason: format!("the name `{name}` states it"), assumed: false });
    }
    let words = words(name);
    // `batch_size` counts what is in the batch.
    let sizes_of_sets = words.last().is_some_and(|word| word == "size") && vocabulary::SETS.among(&words).is_some();
    // The last word decides between kinds: `memory_time` is a time, `time_count` is a count.
    let dimension = words.iter().rev().find_map(|word| {
        let is = |known: Words| known.has(word);
        match () {
            () if is(vocabulary::COUNT) || sizes_of_sets => Some(Dimension::Count),
            () if is(vocabulary::TIME) => Some(Dimension::Time),
            () if is(vocabulary::BYTES) => Some(Dimension::Bytes),
            () if is(vocabulary::RATE) => Some(Dimension::Rate),
            () if is(vocabulary::RATIO) => Some(Dimension::Ratio),
            () => None,
        }
    })?;
    let word = [vocabulary::TIME, vocabulary::BYTES, vocabulary::COUNT].iter().find_map(|known| known.among(&words));
    let word = word.unwrap_or(name);
    match dimension {
        Dimension::Time => Some(time_unit(values, shape)),
        Dimension::Bytes => Some(UnitChoice {
            unit: Unit::BYTE,
            reason: format!("`{word}` is an amount of memory or data and no unit is stated: read as bytes"),
            assumed: true,
        }),
        Dimension::Count => {
            Some(UnitChoice { unit: Unit::COUNT, reason: format!("`{word}` counts things"), assumed: false })
        }
        Dimension::Rate => Some(UnitChoice {
            unit: Unit::PER_SECOND,
            reason: format!("`{name}` is a rate and no unit is stated: read as per second"),
            assumed: true,
        }),
        Dimension::Ratio => {
            let percent = values.iter().any(|value| *value > 1.5);
            Some(UnitChoice {
                unit: if percent { Unit::PERCENT } else { Unit::RATIO },
                reason: if percent {
                    "a share with values above 1: read as percent".into()
                } else {
                    "a share with values up to 1".into()
                },
                assumed: true,
            })
        }
        Dimension::ByteRate | Dimension::Unknown => None,
    }
}

/// The unit of durations that state none, by how programs usually write them.
fn time_unit(values: &[f64], shape: Option<&Shape>) -> UnitChoice {
    /// Clocks in floating-point seconds (Python's `perf_counter`) leave this many digits and more.
    const CLOCK_DIGITS: usize = 9;
    /// A typical duration in seconds is below this; in milliseconds, above.
    const LONG_SECONDS: f64 = 20.0;
    /// Whole numbers beyond this are too long for milliseconds (17 minutes) and usual for nanoseconds.
    const LONG_MILLISECONDS: f64 = 1e6;
    let median = rough_median(values);
    let digits = shape.map_or(0, Shape::usual_digits);
    let whole = shape.is_some_and(|shape| shape.decimals() == 0);
    let size = if median == 0.0 { "zero".to_owned() } else { format!("{}", round_to_two(median)) };
    let (unit, because) = match () {
        () if whole && median >= LONG_MILLISECONDS => {
            (Unit::NANOSECOND, format!("they are whole numbers around {size}, as nanosecond clocks give"))
        }
        () if whole => (Unit::MILLISECOND, format!("they are whole numbers around {size}, as millisecond clocks give")),
        () if median < 1.0 => (Unit::SECOND, format!("they are fractions around {size}")),
        () if median < LONG_SECONDS && digits >= CLOCK_DIGITS => (
            Unit::SECOND,
            format!("they are around {size} with {digits} digits after the point, as clocks in seconds give"),
        ),
        () => {
            (Unit::MILLISECOND, format!("they are decimals around {size}, long for seconds and usual for milliseconds"))
        }
    };
    let name = match unit.symbol {
        "s" => "seconds",
        "ms" => "milliseconds",
        _ => "nanoseconds",
    };
    UnitChoice { unit, reason: format!("no unit is stated: read as {name}, because {because}"), assumed: true }
}

fn round_to_two(value: f64) -> f64 {
    format!("{value:.1e}").parse().unwrap_or(value)
}

/// The median of at most some thousand values spread over the column: it only chooses a unit.
fn rough_median(values: &[f64]) -> f64 {
    const LOOKED_AT: usize = 4096;
    let step = values.len().div_ceil(LOOKED_AT).max(1);
    let mut some: Vec<f64> = values.iter().step_by(step).copied().filter(|value| *value > 0.0).collect();
    some.sort_unstable_by(f64::total_cmp);
    some.get(some.len() / 2).copied().unwrap_or_default()
}

/// Which way a metric is better, from its dimension and name.
pub(crate) fn polarity(name: &str, dimension: Dimension) -> Polarity {
    let words = words(name);
    let has = |known: Words| known.among(&words).is_some();
    match dimension {
        Dimension::Time | Dimension::Bytes => Polarity::LowerIsBetter,
        Dimension::Rate | Dimension::ByteRate => Polarity::HigherIsBetter,
        _ if has(vocabulary::LOWER_IS_BETTER) => Polarity::LowerIsBetter,
        _ if has(vocabulary::HIGHER_IS_BETTER) => Polarity::HigherIsBetter,
        _ => Polarity::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_states_its_unit() {
        for (name, symbol) in [
            ("latency_ms", "ms"),
            ("durationMs", "ms"),
            ("duration (s)", "s"),
            ("elapsed[us]", "µs"),
            ("rss_bytes", "B"),
            ("heap.mib", "MiB"),
            ("Requests/s", "/s"),
            ("requests_per_second", "/s"),
            ("cpu_percent", "%"),
            ("total_s", "s"),
            ("Time (mean) [ms]", "ms"),
        ] {
            assert_eq!(stated(name).map(|unit| unit.symbol), Some(symbol), "{name}");
        }
        for name in ["latency", "latency_min", "users", "response", "p95", "kind", "days", "Latencies"] {
            assert_eq!(stated(name), None, "{name}");
        }
    }

    #[test]
    fn a_unit_that_nobody_states_is_inferred_and_said_to_be_assumed() {
        let mut clock = Shape::default();
        clock.fraction_digits[17] = 3;
        let choice = infer("latency", &[0.018, 0.065, 0.097], Some(&clock)).unwrap();
        assert_eq!((choice.unit, choice.assumed), (Unit::SECOND, true));
        let mut whole = Shape::default();
        whole.fraction_digits[0] = 3;
        assert_eq!(infer("elapsed", &[351.0, 192.0, 131.0], Some(&whole)).unwrap().unit, Unit::MILLISECOND);
        assert_eq!(infer("latency", &[5.2e6, 4.9e6, 7e6], Some(&whole)).unwrap().unit, Unit::NANOSECOND);
        assert_eq!(infer("memory_peak", &[2_633_826.0], Some(&whole)).unwrap().unit, Unit::BYTE);
        assert_eq!(infer("metric1", &[154_023.0], Some(&whole)), None);
    }
}
