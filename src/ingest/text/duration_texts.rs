//! Durations and decimals that no cell is read as by itself: `0 days 00:00:01.2` as pandas writes a timedelta, `PT1.2S`, `took 98ms`,
//! `latency=101.3`, and `89,28` in a file whose other columns have points.
//!
//! In: the name of a column and its different texts. Out: the numbers that they are, where each text is one and all are written alike. Refuses
//! what may be read in two ways: `1,234` alone is no decimal.

use crate::ingest::meaning::vocabulary::{self, Words};
use crate::ingest::meaning::{clock, name, units};
use crate::ingest::text::amounts::Amounts;
use crate::ingest::text::cells::{self, DecimalMark};
use crate::measure::Dimension;

/// Words in front of a duration.
const BEFORE: Words = Words::of("took in after elapsed duration latency time total");
/// Longer texts are sentences.
const LONGEST: usize = 40;

/// The numbers of a column of texts; nothing where one of them is none.
pub(crate) fn of(column: &str, texts: &[&[u8]]) -> Option<Amounts> {
    let texts: Option<Vec<&str>> = texts.iter().map(|text| std::str::from_utf8(text).ok().map(str::trim)).collect();
    let texts = texts?;
    let is_nothing = |text: &str| cells::is_empty_word(text.as_bytes());
    let first = texts.iter().find(|text| !is_nothing(text))?;
    if first.len() > LONGEST || !first.bytes().any(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let all = |read: &dyn Fn(&str) -> Option<f64>| -> Option<Vec<Option<f64>>> {
        texts.iter().map(|text| if is_nothing(text) { Some(None) } else { read(text).map(Some) }).collect()
    };
    let of_dimension = |numbers, dimension| Amounts { name: column.to_owned(), numbers, dimension };
    let named = is_called_duration(column);
    let in_words = || all(&behind_a_word).filter(|_| named);
    if let Some(numbers) = all(&timedelta).or_else(|| all(&iso)).or_else(in_words) {
        return Some(of_dimension(numbers, Some(Dimension::Time)));
    }
    if named && let Some(numbers) = all(&|text| behind_own_name(column, text)) {
        return Some(of_dimension(numbers, None));
    }
    let decimals = has_decimal_commas(column, &texts).then(|| all(&with_comma)).flatten();
    decimals.map(|numbers| of_dimension(numbers, None))
}

/// Whether a first text may be one of these.
pub(crate) fn may_be(column: &str, first: &[&[u8]]) -> bool {
    of(column, first).is_some()
}

/// Whether a name says that its column holds durations of answers: `latency`, `duration_ms`, `elapsed`.
pub(crate) fn is_called_duration(column: &str) -> bool {
    const OF_ANSWERS: Words = Words::of("latency latencies duration durations elapsed rtt ttft ttfb runtime took");
    const TIMED: Words = Words::of("response request reply answer execution");
    let words = name::words(name::leaf(column));
    let in_time = units::stated(column).is_some_and(|unit| unit.dimension == Dimension::Time);
    let timed = words.windows(2).any(|pair| TIMED.has(&pair[0]) && pair[1] == "time");
    vocabulary::LABEL_HEADER.among(&words).is_none() && (in_time || timed || OF_ANSWERS.among(&words).is_some())
}

/// Whether the texts of a column so called look like durations that are not read: nearly each row has another one, with digits in it. A
/// few texts are classes.
pub(crate) fn are_unread(column: &str, texts: &[String], rows: u64) -> bool {
    const FEWEST: usize = 5;
    const CLASS: Words =
        Words::of("class bucket range type kind unit units source mode label name id group policy log file path");
    let said = || texts.iter().filter(|text| !cells::is_empty_word(text.trim().as_bytes()));
    let distinct = said().count();
    let with_digits =
        said().filter(|text| text.chars().any(char::is_numeric) && text.chars().count() <= LONGEST).count();
    distinct >= FEWEST
        && 2 * distinct as u64 >= rows.min(100)
        && 10 * with_digits >= 9 * distinct
        && is_called_duration(column)
        && CLASS.among(&name::words(name::leaf(column))).is_none()
}

/// `0 days 00:00:01.2`, `-1 days +23:59:59`, in seconds.
fn timedelta(text: &str) -> Option<f64> {
    let (days, clock) =
        text.split_once(" days ").or_else(|| text.split_once(" day ")).or_else(|| text.split_once(" day, "))?;
    let days: f64 = days.trim().parse::<i32>().ok()?.into();
    let mut parts = clock.trim_start_matches('+').split(':');
    let (hours, minutes, seconds) = (parts.next()?, parts.next()?, parts.next()?);
    let whole = |part: &str| part.parse::<u8>().ok().filter(|number| *number < 60).map(f64::from);
    let seconds: f64 = seconds.parse().ok().filter(|seconds: &f64| (0.0..60.0).contains(seconds))?;
    (parts.next().is_none()).then_some(())?;
    Some(days * 86_400.0 + whole(hours)? * 3600.0 + whole(minutes)? * 60.0 + seconds)
}

/// `PT1.2S`, `PT2M3S`, `P1DT1H`, in seconds; months and years have no length.
fn iso(text: &str) -> Option<f64> {
    let rest = text.strip_prefix('P')?;
    let (days, clock) = rest.split_once('T').unwrap_or((rest, ""));
    let mut seconds = 0.0;
    let mut any = false;
    for (part, known) in [(days, "D"), (clock, "HMS")] {
        let mut left = part;
        while !left.is_empty() {
            let end = left.find(|letter: char| letter.is_ascii_alphabetic())?;
            let number: f64 = left[..end].replace(',', ".").parse().ok().filter(|number: &f64| *number >= 0.0)?;
            let unit = left[end..].chars().next().filter(|unit| known.contains(*unit))?;
            seconds += number
                * match unit {
                    'D' => 86_400.0,
                    'H' => 3600.0,
                    'M' => 60.0,
                    _ => 1.0,
                };
            left = &left[end + 1..];
            any = true;
        }
    }
    any.then_some(seconds)
}

/// `took 98ms`, in seconds: what stands behind a word for it states its unit.
fn behind_a_word(text: &str) -> Option<f64> {
    let (word, rest) = text.split_once([' ', '='])?;
    if !BEFORE.has(&word.trim_end_matches([':', '=']).to_ascii_lowercase()) {
        return None;
    }
    clock_duration(rest.trim())
}

/// A duration with its unit.
fn clock_duration(text: &str) -> Option<f64> {
    let quantity = cells::quantity(text.as_bytes(), DecimalMark::Point);
    quantity
        .filter(|(_, dimension)| *dimension == Dimension::Time)
        .map(|(seconds, _)| seconds)
        .or_else(|| clock::duration(text.as_bytes()))
}

/// `latency=101.3` in a column called `latency_ms`: the name again, and a plain number.
fn behind_own_name(column: &str, text: &str) -> Option<f64> {
    let (key, number) = text.split_once(['=', ':'])?;
    let (own, key) = (name::words(name::leaf(column)), name::words(key));
    let is_own = !key.is_empty() && own.starts_with(&key);
    cells::number(number.trim().as_bytes(), DecimalMark::Point).filter(|number| is_own && number.is_finite())
}

/// Digits with at most one comma between them.
fn with_comma(text: &str) -> Option<f64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = digits.split_once(',').unwrap_or((digits, "0"));
    let are_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    (are_digits(whole) && are_digits(fraction)).then(|| text.replacen(',', ".", 1).parse().ok()).flatten()
}

/// Whether the commas of a column are decimal marks and nothing else: some number needs it (other than three digits behind it, or a 0 in front),
/// and under a name that says nothing of the kind they are no pairs of small numbers either.
fn has_decimal_commas(column: &str, texts: &[&str]) -> bool {
    const FEWEST: usize = 10;
    let parts = || texts.iter().filter_map(|text| text.trim_start_matches('-').split_once(','));
    let needs = |(whole, fraction): (&str, &str)| fraction.len() != 3 || whole.starts_with('0');
    // No second number of a pair is written so.
    let is_fraction = |(whole, fraction): (&str, &str)| {
        fraction.len() > 3 || fraction.len() > 1 && fraction.starts_with('0') || whole == "0" && fraction.len() == 3
    };
    let named = is_called_duration(column) || units::stated(column).is_some();
    parts().any(needs) && (named || texts.len() >= FEWEST && parts().any(is_fraction))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(column: &str, texts: &[&str]) -> Option<(Vec<Option<f64>>, Option<Dimension>)> {
        let texts: Vec<&[u8]> = texts.iter().map(|text| text.as_bytes()).collect();
        of(column, &texts).map(|found| (found.numbers, found.dimension))
    }

    #[test]
    fn durations_are_read_as_programs_write_them() {
        for (texts, expected) in [
            (["0 days 00:00:01.25", "1 days 00:00:00"], [1.25, 86_400.0]),
            (["PT1.5S", "PT1M0.5S"], [1.5, 60.5]),
            (["took 250ms", "took 1.5s"], [0.25, 1.5]),
        ] {
            let expected = expected.map(Some).to_vec();
            assert_eq!(read("latency", &texts), Some((expected, Some(Dimension::Time))), "{texts:?}");
        }
        assert_eq!(read("latency", &["latency=101.5", ""]), Some((vec![Some(101.5), None], None)));
    }

    #[test]
    fn a_comma_is_a_decimal_mark_where_a_number_needs_it() {
        assert_eq!(read("latency_ms", &["89,28", "151,7"]), Some((vec![Some(89.28), Some(151.7)], None)));
        assert_eq!(read("latency_s", &["0,912", "1,821"]), Some((vec![Some(0.912), Some(1.821)], None)));
        assert_eq!(read("latency_ms", &["1,234", "2,345"]), None, "either is possible");
        assert_eq!(read("cores", &["0,1", "2,3"]), None, "two numbers");
        assert_eq!(read("latency_ms", &["89,28", "x"]), None);
    }

    #[test]
    fn many_texts_under_the_name_of_a_duration_were_not_read_and_few_are_classes() {
        let texts = |of: &dyn Fn(usize) -> String| (0..40).map(of).collect::<Vec<String>>();
        assert!(are_unread("latency", &texts(&|row| format!("[{row}.5]")), 40));
        assert!(!are_unread("latency_class", &texts(&|row| format!("[{row}.5]")), 40));
        assert!(!are_unread("note", &texts(&|row| format!("[{row}.5]")), 40));
        assert!(!are_unread("latency", &["<10ms".to_owned(), "<100ms".to_owned()], 40));
    }

    #[test]
    fn what_is_no_duration_stays_text() {
        for texts in [["P1", "P2"], ["P1M", "P1Y"], ["PT", "PT"], ["day 1", "day 2"], ["in 2 steps", "in 3 steps"]] {
            assert_eq!(read("latency", &texts), None, "{texts:?}");
        }
    }
}
