//! What stands behind `per` or a slash: by which time something was counted, or for which piece of work a time or an amount is given.

use crate::ingest::meaning::vocabulary::{self, Kind, Words};
use crate::measure::Polarity;
use crate::measure::unit::{Dimension, Unit};

use super::rates::{is_multiple_of_rate, multiple, rate_word, scaled, symbol};
use super::unit_words::{BY_TIME, kind_of_unit, unit_word};
use super::words::Word;

/// What was fitted to numbers is a number of the line, and no time or amount of anything.
const FITTED: Words = Words::of("slope gradient coefficient coef coeff intercept fit fitted");
/// What has a size of its own, for which an amount of data is given: `bytes_per_op`, `kb/request`.
const EVENT: Words =
    Words::of("op ops call calls request requests req iter iteration iterations event query message msg invocation");

/// `ns_per_op`, `requests_per_minute`, `tokens/s`, `MB/s`.
pub(super) fn per(words: &[Word], texts: &[&str]) -> Option<(Kind, Option<Unit>)> {
    let at = words.iter().position(|word| word.text == "per" || word.after_slash)?;
    let behind = if words[at].text == "per" { at + 1 } else { at };
    let (numerator, denominator) = (&words[..at], texts.get(behind)?);
    let amount = numerator.last()?;
    // `messages_per_10_seconds`: a rate in a unit that has no name.
    let several = denominator.bytes().all(|byte| byte.is_ascii_digit());
    if several && texts.get(behind + 1).is_some_and(|unit| BY_TIME.iter().any(|(known, _)| known.contains(unit))) {
        return Some((Kind::Rate, None));
    }
    // `cycles/cpu_second`: by the second of one of several.
    let of_device = words[at].after_slash
        && matches!(*denominator, "cpu" | "gpu" | "core" | "node" | "thread" | "rank" | "processor" | "device");
    if of_device
        && let Some(time) = texts.get(behind + 1)
        && let Some((_, by)) = BY_TIME.iter().find(|(known, _)| known.contains(time))
    {
        return Some((Kind::Rate, Unit::parse(by)));
    }
    // `m/s`, `rad/s`, `ns/day`, `J/ns`: quantities whose unit is not one of ours; nothing is counted by time.
    let is_counted = vocabulary::COUNTED_BY_SECOND.has(&amount.text)
        || vocabulary::COUNTS.has(&amount.text)
        || multiple(&amount.text).is_some()
        || amount.text.len() > 4;
    let is_data = Unit::parse(&amount.written).is_some_and(|unit| unit.dimension == Dimension::Bytes);
    let by_time = Unit::parse(denominator).is_some_and(|unit| unit.dimension == Dimension::Time);
    if words[at].after_slash && by_time && !is_counted && !is_data && !vocabulary::RATES.has(&amount.text) {
        return Some((Kind::Other, None));
    }
    if let Some((_, by)) = BY_TIME.iter().find(|(known, _)| known.contains(denominator)) {
        let bytes = Unit::parse(&amount.written).filter(|unit| unit.dimension == Dimension::Bytes);
        return Some(match bytes {
            Some(_) if *by == "/s" => (Kind::Rate, Unit::parse(&format!("{}/s", symbol(amount)))),
            Some(_) => (Kind::Rate, None),
            None if *by == "/s" => (Kind::Rate, scaled(numerator).or_else(|| Unit::parse(by))),
            None => (Kind::Rate, Unit::parse(by)),
        });
    }
    // `gops_per_frame`: so much work for each, and no rate.
    let is_rate_word = rate_word(amount).is_some() || is_multiple_of_rate(&amount.text);
    if vocabulary::UNITS_OF_WORK.has(denominator) && is_rate_word {
        return Some((Kind::Other, None));
    }
    let rest = &words[behind + 1..];
    let of_data = Unit::parse(denominator).is_some_and(|unit| unit.dimension == Dimension::Bytes);
    // `samples_per_mb`, `cpu_time_per_gib_s`: by an amount of data, and no amount itself; a slash may stand between other names.
    let by_data = of_data
        && match rest {
            [] => words[at].text == "per" || unit_word(amount, &numerator[..at - 1]).is_some(),
            [last] => vocabulary::DURATIONS.has(&amount.text) && is_time(unit_word(last, words)),
            _ => false,
        };
    if !vocabulary::UNITS_OF_WORK.has(denominator) && !by_data {
        return None;
    }
    // The unit may stand at the end: `time_per_output_token_ms`. What something costs by the byte is no number of bytes.
    let at_end = || rest.last().and_then(|last| unit_word(last, &words[..words.len() - 1]));
    let stated = unit_word(amount, &numerator[..at - 1]).or_else(at_end);
    match stated {
        // `ms_per_request_per_user`: by two things, in a unit that has no name.
        Some(_) if rest.iter().any(|word| word.text == "per" || word.after_slash) => Some((Kind::Other, None)),
        Some(unit) if by_data || is_cost(unit, numerator, denominator) => Some((Kind::Other, unit.by(denominator))),
        Some(unit) => Some((kind_of_unit(unit)?, Some(unit))),
        None if vocabulary::DURATIONS.has(&amount.text) && of_data => Some((Kind::Other, None)),
        None if vocabulary::DURATIONS.has(&amount.text) => Some((Kind::Duration, None)),
        None if matches!(amount.text.as_str(), "bytes" | "byte") && !EVENT.has(denominator) => {
            Some((Kind::Other, Unit::BYTE.by(denominator)))
        }
        None if vocabulary::BYTES.has(amount.text.as_str()) => Some((Kind::Bytes, Some(Unit::BYTE))),
        None if vocabulary::COUNTS.has(amount.text.as_str()) => Some((Kind::Count, Some(Unit::COUNT))),
        None if Unit::parse(denominator).is_some() => Some((Kind::Other, None)),
        None => None,
    }
}

fn is_time(unit: Option<Unit>) -> bool {
    unit.is_some_and(|unit| unit.dimension == Dimension::Time)
}

/// Whether an amount loses its meaning without what it is divided by: memory by the token, energy by the request, the slope of a line.
/// How long one piece of work took is a duration, and what one request transferred an amount.
fn is_cost(unit: Unit, numerator: &[Word], denominator: &str) -> bool {
    let fitted = numerator.iter().any(|word| FITTED.has(&word.text));
    match unit.dimension {
        Dimension::Time => fitted || matches!(denominator, "byte" | "bytes"),
        Dimension::Bytes => fitted || !EVENT.has(denominator),
        Dimension::Unknown => unit.by(denominator).is_some(),
        _ => false,
    }
}

/// Which way what a piece costs is better: less time and less memory are; of what was fitted nobody says.
pub(super) fn direction_of_cost(unit: Unit, words: &[&str]) -> Option<Polarity> {
    let (amount, _) = unit.symbol.split_once('/').filter(|_| unit.dimension == Dimension::Unknown)?;
    let known =
        Unit::parse(amount).is_some_and(|amount| matches!(amount.dimension, Dimension::Time | Dimension::Bytes));
    let has = |known: Words| words.iter().any(|word| known.has(word));
    let turned = has(FITTED) || has(vocabulary::TURNS_AROUND) || has(vocabulary::TIME_SETTING);
    Some(if known && !turned { Polarity::LowerIsBetter } else { Polarity::Unknown })
}
