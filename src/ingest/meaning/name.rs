//! What a name says of the numbers under it.
//!
//! In: the name of a column or the dotted path of a key. Out: its kind, the unit that it states, the statistic that it is
//! of, which way is better, and the rest of the name, by which the statistics of one metric are put together. The leaf of a
//! path decides; where it only names a statistic (`latency.p95`, `percentiles.99`), its parents do.

use crate::measure::Polarity;
use crate::measure::Statistic;
use crate::measure::unit::{Dimension, Unit};

use super::vocabulary::{self, Kind, Words};
use per::per;
use rates::{is_multiple_of_rate, multiple, rate_word, scaled, symbol};
use statistics::{is_usual_percentile, says_percentiles, take_statistic};
use unit_words::{BY_TIME, kind_of_unit, unit_word};
use words::{Word, split};

mod electric;
mod outcomes;
mod per;
mod rates;
mod statistics;
mod unit_words;
mod words;
pub(crate) use words::words;

/// What a name says.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct NameMeaning {
    /// What kind of quantity it speaks of.
    pub(crate) kind: Option<Kind>,
    /// The unit that it states.
    pub(crate) unit: Option<Unit>,
    /// The statistic that it is of, where it names one.
    pub(crate) statistic: Option<Statistic>,
    /// The name without that statistic.
    pub(crate) base: String,
    /// Which way is better, as far as the name says.
    pub(crate) polarity: Polarity,
    /// The word that decided.
    pub(crate) word: Option<String>,
}

/// Whether a key is a bare number below a name that states a unit of time, data or their rates.
fn is_number_below_unit(segment: &str, parent: &str) -> bool {
    let measured = |unit: Unit| {
        matches!(unit.dimension, Dimension::Time | Dimension::Bytes | Dimension::ByteRate | Dimension::Rate)
    };
    !segment.is_empty()
        && segment.bytes().all(|byte| byte.is_ascii_digit())
        && of_words(&split(parent)).1.is_some_and(measured)
}

/// Whether a key names one of the times of an object that states their unit: `phaseMs.plan`. How one of them ended, who took it, how often
/// and when is no time.
fn is_part_of_times(words: &[Word], parent: &str) -> bool {
    const MOMENTS: Words =
        Words::of("t start started end ended begin began first last finish finished sent received at when");
    const NO_TIMES: [Words; 11] = [
        MOMENTS,
        vocabulary::CLOCK,
        vocabulary::INSTANT,
        vocabulary::SUCCEEDED,
        vocabulary::FAILED,
        vocabulary::STATUS,
        vocabulary::FAILURE,
        vocabulary::IDENTIFIER,
        vocabulary::PARAMETER,
        vocabulary::ACTOR,
        vocabulary::UNIT,
    ];
    let others =
        |word: &Word| NO_TIMES.iter().any(|known| known.has(&word.text)) || Unit::parse(&word.written).is_some();
    let above = split(parent);
    let of_times = || of_words(&above).1.is_some_and(|unit| unit.dimension == Dimension::Time);
    let silent = || matches!(of_words(words), (None, None, _));
    above.len() > 1 && !words.is_empty() && !words.iter().any(others) && of_times() && silent()
}

/// Whether a word for a time only says how something goes that is named: `someone/constant-time-queue`, `real-time-factor`.
fn is_how_something_goes(segment: &str, words: &[Word]) -> bool {
    const GROWS: Words =
        Words::of("constant linear sublinear logarithmic log amortized quadratic polynomial exponential real");
    let says_how = |three: &[Word]| GROWS.has(&three[0].text) && three[1].text == "time";
    segment.contains('-') && words.windows(3).any(says_how)
}

/// The last part of a dotted path.
pub(crate) fn leaf(name: &str) -> &str {
    segments(name.trim()).last().copied().unwrap_or(name)
}

/// The path of the object that a value stands in; empty where it stands in none.
pub(crate) fn parent(name: &str) -> &str {
    name.rsplit_once('.').map_or("", |(parent, _)| parent)
}

/// What a name says.
pub(crate) fn read(name: &str) -> NameMeaning {
    // `Thread(s) per core`: a plural, whatever follows.
    let name = &name.trim().replace("(s) ", "s ");
    let (outside, bracket) = with_percent(name).unwrap_or_else(|| bracketed(name));
    let segments = segments(outside);
    let mut statistic = None;
    let mut decided: Option<Polarity> = None;
    let mut meaning = NameMeaning {
        kind: None,
        unit: bracket,
        statistic: None,
        base: outside.to_owned(),
        polarity: Polarity::Unknown,
        word: None,
    };
    let mut kept: Vec<String> = segments.iter().map(|segment| (*segment).to_owned()).collect();
    for (index, segment) in segments.iter().enumerate().rev() {
        let mut words = split(segment);
        let inside = index > 0 || statistic.is_some();
        let named = || segments[..index].iter().any(|parent| says_percentiles(parent));
        let found = take_statistic(&mut words, inside && (is_usual_percentile(segment) || named()));
        statistic = statistic.or(found);
        let rest: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
        kept[index] = if found.is_some() { rest.join("_") } else { (*segment).to_owned() };
        if rest.iter().all(|word| vocabulary::NEUTRAL.has(word) || *word == "percentiles" || *word == "percentile") {
            // The parents decide.
            if statistic.is_some() && rest.iter().any(|word| word.starts_with("percentile")) {
                kept[index].clear();
            }
            continue;
        }
        // `fp32_ms.8`: a number alone names nothing, and what it stands in says what was measured.
        let is_below = |parent: &str| is_number_below_unit(segment, parent) || is_part_of_times(&words, parent);
        if statistic.is_none() && index > 0 && is_below(segments[index - 1]) {
            continue;
        }
        let (mut kind, mut unit, word) = of_words(&words);
        if found.is_none() && unit.is_none() && is_how_something_goes(segment, &words) {
            kind = None;
        }
        // `status_counts.BLOCKED`: how many of them there were, whatever the word says elsewhere.
        if found.is_none() && unit.is_none() && index > 0 && counts_each(segments[index - 1]) {
            meaning.kind = meaning.kind.or(Some(Kind::Count));
            meaning.unit = meaning.unit.or(Some(Unit::COUNT));
            let counted = words::words(segments[index - 1]);
            let counted: Vec<&str> = counted.iter().map(String::as_str).collect();
            decided = decided.or_else(|| Some(direction(&counted, Some(Kind::Count))));
            break;
        }
        // `stddev_s`: beside a statistic an `s` is a second.
        if found.is_some() && rest == ["s"] {
            (kind, unit) = (Some(Kind::Duration), Some(Unit::SECOND));
        }
        // And `avg_mb` is an amount of data.
        if found.is_some() && matches!(rest[..], ["kb" | "mb" | "kib" | "mib" | "gib"]) {
            (kind, unit) = (Some(Kind::Bytes), Unit::parse(&words[0].written).or_else(|| Unit::parse(rest[0])));
        }
        if index > 0
            && let [only] = &words[..]
            && let Some(lone) = Unit::parse(&only.written)
                .filter(|_| kind.is_none() && !vocabulary::AMBIGUOUS_UNIT.has(only.text.as_str()))
        {
            // `heap.mib`: below a name even a word that may be anything is a unit.
            (kind, unit) = (kind_of_unit(lone), Some(lone));
        }
        let said = kind.is_some() || unit.is_some();
        if meaning.kind.is_none() {
            meaning.kind = kind.or(meaning.unit.or(unit).and_then(kind_of_unit));
            meaning.unit = meaning.unit.or(unit);
            meaning.word = word;
        } else if meaning.unit.is_none() && unit.is_some_and(|unit| kind_of_unit(unit) == meaning.kind) {
            meaning.unit = unit;
        }
        if decided.is_none() && meaning.kind.is_some() {
            let by_unit = meaning.unit.and_then(|unit| per::direction_of_cost(unit, &rest));
            decided = Some(by_unit.unwrap_or_else(|| direction(&rest, meaning.kind)));
        }
        // A leaf that is a name of its own decides alone, known or not: `result.size` is no result.
        if said || statistic.is_none() {
            break;
        }
    }
    meaning.kind = meaning.kind.or(meaning.unit.and_then(kind_of_unit));
    meaning.polarity = decided.unwrap_or_else(|| {
        let mut words = words(outside);
        // How good an answer is says the name itself, or the object right above it: no price in a table of a part on accuracy.
        if let [far @ .., _, _] = &segments[..] {
            let of_far: usize = far.iter().map(|segment| words::words(segment).len()).sum();
            let is_quality = |at: usize, word: &String| at < of_far && vocabulary::QUALITY.has(word);
            words = words
                .iter()
                .enumerate()
                .filter(|(at, word)| !is_quality(*at, word))
                .map(|(_, word)| word.clone())
                .collect();
        }
        direction(&words.iter().map(String::as_str).collect::<Vec<_>>(), meaning.kind)
    });
    if let Some(way) = segments.iter().rev().nth(1).and_then(|object| of_differences(object, &meaning)) {
        meaning.polarity = way;
    }
    if statistic == Some(Statistic::Stddev) {
        meaning.polarity = Polarity::Unknown;
    }
    meaning.statistic = statistic;
    kept.retain(|segment| !segment.is_empty());
    if statistic.is_some() {
        meaning.base = kept.join(".");
    }
    meaning
}

/// Which way numbers of an object are better that are no measurements but say by how much two differ: in percent, more of an improvement is
/// better, and of any other difference nobody knows which was taken from which.
fn of_differences(object: &str, said: &NameMeaning) -> Option<Polarity> {
    const BETTER: Words = Words::of("improvement improvements speedup speedups gain gains");
    const DIFFERENT: Words =
        Words::of("reduction reductions saving savings delta deltas diff diffs difference differences change changes");
    let words = words::words(object);
    let last = words.last()?;
    let in_percent = said.kind == Some(Kind::Share) || said.unit.is_some_and(|unit| unit.dimension == Dimension::Ratio);
    match () {
        () if BETTER.has(last) && (in_percent || said.kind.is_none()) => Some(Polarity::HigherIsBetter),
        () if BETTER.has(last) || DIFFERENT.has(last) => Some(Polarity::Unknown),
        () => None,
    }
}

/// Whether an object holds how many there were of each: `counts`, `status_counts`.
fn counts_each(parent: &str) -> bool {
    words::words(parent).last().is_some_and(|last| last == "counts")
}

/// Whether `min` at the end of a name may be minutes (`time_min`): no other column is called like another statistic of the same.
pub(crate) fn may_be_minutes<'n>(others: impl IntoIterator<Item = &'n str>, name: &str) -> bool {
    const TIMES: Words = Words::of("time elapsed duration runtime uptime age t");
    let own = words(leaf(name));
    let [.., what, min] = &own[..] else { return false };
    let alike = |other: &str| {
        let words = words(leaf(other));
        other != name && words.first() == own.first() && read(other).statistic.is_some()
    };
    min == "min" && TIMES.has(what) && !others.into_iter().any(alike)
}

/// The unit that a text of its own states (`us/op`, `req/s`, `Megabytes`), and which way its numbers are better.
pub(crate) fn unit(text: &str) -> Option<(Unit, Polarity)> {
    // `/sec`: so many by the second.
    if let Some(time) = text.trim().strip_prefix('/') {
        let (_, by) = BY_TIME.iter().find(|(known, _)| known.contains(&time))?;
        return Unit::parse(by).map(|unit| (unit, direction(&[], kind_of_unit(unit))));
    }
    let parsed = Unit::parse(text).map(|unit| (unit, direction(&[], kind_of_unit(unit))));
    parsed.or_else(|| {
        let found = read(text);
        Some((found.unit?, found.polarity))
    })
}

/// A name without what stands in brackets at its end: `Altitude (m)` has no parameter `m`.
pub(crate) fn without_brackets(name: &str) -> &str {
    let closed = name.trim_end().ends_with([')', ']', '}']);
    let open = name.rfind(['(', '[', '{']).filter(|open| closed && !name[..*open].trim().is_empty());
    open.map_or(name, |open| name[..open].trim_end())
}

/// Whether brackets at the end of a name hold something that is no unit of ours: `depth (m)` is in metres, and no parameter whatever it
/// is called.
pub(crate) fn in_unknown_unit(name: &str, said: &NameMeaning) -> bool {
    let inside =
        name.trim_end().strip_suffix([')', ']']).and_then(|rest| rest.rsplit_once(['(', '['])).map(|(_, inner)| inner);
    // `Task Size (n)`, `Array Size (elements)`: so many.
    let counts = |inner: &str| {
        let inner = inner.trim().to_lowercase();
        matches!(
            inner.as_str(),
            "n" | "#" | "number" | "elements" | "nodes" | "points" | "records" | "cells" | "entries"
        ) || vocabulary::COUNTS.has(&inner)
    };
    said.unit.is_none() && inside.is_some_and(|inner| !counts(inner))
}

/// A name with a percent sign at its beginning or its end (`%user`, `Loss%`), without it, and that unit.
fn with_percent(name: &str) -> Option<(&str, Option<Unit>)> {
    let leaf = leaf(name);
    let behind = leaf.strip_prefix('%').filter(|rest| rest.starts_with(char::is_alphabetic));
    let before = || name.strip_suffix('%').filter(|rest| rest.ends_with(char::is_alphabetic));
    // Where the sign stands in a path, its object stays.
    let outside = behind.map(|rest| if leaf.len() == name.len() { rest } else { name }).or_else(before)?;
    Some((outside, Some(Unit::PERCENT)))
}

/// The unit in brackets at the end of a name, and the name before it.
fn bracketed(name: &str) -> (&str, Option<Unit>) {
    for (open, close) in [('(', ')'), ('[', ']'), ('{', '}')] {
        if let Some((before, inner)) = name.strip_suffix(close).and_then(|rest| rest.rsplit_once(open))
            && !before.trim().is_empty()
        {
            let attached = !before.ends_with(char::is_whitespace);
            let frequency = Unit::of_frequency(inner);
            let in_full = || Unit::of_power(&inner.to_lowercase()).filter(|_| inner.len() > 3);
            let parsed = frequency.or_else(|| Unit::parse(inner)).or_else(|| Unit::of_power(inner)).or_else(in_full);
            let parsed = parsed.or_else(|| electric::in_brackets(before, inner, open == '['));
            let unit = parsed.filter(|_| !is_no_unit(before.trim(), inner, attached));
            return if unit.is_some() || inner == "s" { (before.trim(), unit) } else { (name, None) };
        }
    }
    (name, None)
}

/// Whether brackets hold something else than a unit: the plural of `Request(s)`, billions of `FLOPs (B)`.
fn is_no_unit(before: &str, inner: &str, attached: bool) -> bool {
    let words = words(before);
    let counts =
        |word: &String| vocabulary::COUNTS.has(word) || vocabulary::RATES.has(word) || vocabulary::DEVICE.has(word);
    match inner {
        // Words in other letters than Latin ones have no plural with an s.
        "s" => {
            let latin = |word: &str| word.ends_with(|last: char| last.is_ascii_alphanumeric());
            attached && words.last().is_some_and(|last| latin(last) && !vocabulary::DURATIONS.has(last))
        }
        "B" => words.iter().any(|word| {
            counts(word) || matches!(word.as_str(), "params" | "parameters" | "parameter" | "size" | "model")
        }),
        _ => false,
    }
}

/// The parts of a dotted path. A point between digits is a decimal point.
pub(crate) fn segments(name: &str) -> Vec<&str> {
    let bytes = name.as_bytes();
    let mut parts = Vec::new();
    let mut start = 0;
    for (index, byte) in bytes.iter().enumerate() {
        let digit = |at: Option<usize>| at.and_then(|at| bytes.get(at)).is_some_and(u8::is_ascii_digit);
        let decimal = digit(index.checked_sub(1)) && digit(Some(index + 1));
        let separates = bytes.get(index + 1).is_some_and(|next| !next.is_ascii_whitespace());
        if *byte == b'.' && index > start && separates && !decimal {
            parts.push(&name[start..index]);
            start = index + 1;
        }
    }
    parts.push(&name[start..]);
    parts
}

/// What the words of one leaf say: kind, unit, and the word that decided.
fn of_words(words: &[Word]) -> (Option<Kind>, Option<Unit>, Option<String>) {
    let texts: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
    // `tokens_per_s_improvement_pct`: by how much a rate moved is no rate.
    if let [before @ .., last] = &texts[..]
        && is_percent(last)
        && before.iter().any(|word| matches!(*word, "per" | "improvement" | "change" | "diff" | "difference"))
    {
        return (Some(Kind::Share), Some(Unit::PERCENT), Some((*last).to_owned()));
    }
    if let Some(at) = rate_in_front(words) {
        return of_words(&words[..=at]);
    }
    if let Some((kind, unit)) = per(words, &texts) {
        return (Some(kind), unit, Some(texts.join("_")));
    }
    let Some((last, before)) = words.split_last() else { return (None, None, None) };
    // How fast a clock ticks is no number of events.
    if let Some(unit) = Unit::of_frequency(&last.text) {
        return (Some(Kind::Other), Some(unit), Some(last.text.clone()));
    }
    // Sockets that wait to be closed: a state of TCP, and no duration.
    if matches!(texts[..], ["time" | "close" | "fin", "wait"]) {
        return (Some(Kind::Count), Some(Unit::COUNT), Some(texts.join("_")));
    }
    // `latency_n`: how many were measured.
    if matches!(last.text.as_str(), "n" | "num")
        && before.last().is_some_and(|word| vocabulary::DURATIONS.has(&word.text))
    {
        return (Some(Kind::Count), Some(Unit::COUNT), Some(last.text.clone()));
    }
    // A plural before the second is counted by it (`ops_sec`, `tokens_second`), and so is all that a word for a rate stands before;
    // a `request_sec` may be how long one took.
    let by_second = BY_TIME[0].0.contains(&last.text.as_str()).then(|| before.last()).flatten();
    let counted = |word: &Word| {
        vocabulary::COUNTED_BY_SECOND.has(&word.text)
            && (last.text == "s" || word.text.ends_with('s') || word.text == "tok")
    };
    let is_rate = before.iter().any(|word| vocabulary::BY_WHATEVER_TIME.has(&word.text));
    let data = |word: &Word| {
        let by_second = Unit::parse(&format!("{}/s", symbol(word)));
        by_second.or_else(|| rate_word(word)).filter(|unit| unit.dimension == Dimension::ByteRate)
    };
    if let Some(word) =
        by_second.filter(|word| counted(word) || is_rate || data(word).is_some() || multiple(&word.text).is_some())
    {
        let unit = data(word).or_else(|| scaled(before)).unwrap_or(Unit::PER_SECOND);
        return (Some(Kind::Rate), Some(unit), Some(texts.join("_")));
    }
    let by_hour = BY_TIME[2].0.contains(&last.text.as_str())
        && before.last().is_some_and(|word| word.text.ends_with('s') && counted(word));
    if by_hour {
        return (Some(Kind::Rate), Unit::parse("/h"), Some(texts.join("_")));
    }
    // `time_to_first_byte` ends in no amount.
    let timed =
        |pair: &[&str]| vocabulary::DURATIONS.has(pair[0]) && vocabulary::PREPOSITIONS.has(pair[1]) && pair[1] != "per";
    if texts.windows(2).any(timed) && kind_of_word(last, before) != Some(Kind::Duration) {
        return (Some(Kind::Duration), None, Some(texts.join("_")));
    }
    if last.text == "s"
        && let Some(unit) = before.last().and_then(|word| Unit::parse(&format!("{}/s", word.written)))
    {
        return (Some(Kind::Rate), Some(unit), Some(texts.join("_")));
    }
    if let Some(unit) = unit_word(last, before) {
        let kind = if is_run_length(&texts[..texts.len() - 1]) { Some(Kind::RunLength) } else { kind_of_unit(unit) };
        return (kind, Some(unit), Some(last.text.clone()));
    }
    if is_run_length(&texts) {
        return (Some(Kind::RunLength), None, Some(texts.join(" ")));
    }
    // `latency_speedup`, `latency_score`: a number made of others, in no unit.
    if vocabulary::DERIVED.has(&last.text) {
        return (None, None, None);
    }
    for (index, word) in texts.iter().enumerate().rev() {
        let is = |known: Words| known.has(word);
        let kind = match () {
            // What a model costs, or all that was done, not what a machine does in a second.
            () if words[index].written == "FLOPs" || index > 0 && is_work(word, texts[index - 1]) => {
                return (Some(Kind::Other), None, Some((*word).to_owned()));
            }
            () if (is(vocabulary::RATES) || is_multiple_of_rate(word))
                && !(*word == "ops" && index > 0 && is_total(texts[index - 1]))
                && !is_share(&texts, index) =>
            {
                Kind::Rate
            }
            () if is_share(&texts, index) || is(vocabulary::SHARES) => Kind::Share,
            () if is(vocabulary::DURATIONS) && (index + 1 == texts.len() || !is(vocabulary::PHASES)) => Kind::Duration,
            () if is(vocabulary::BYTES) => Kind::Bytes,
            () if is(vocabulary::COUNTS) => Kind::Count,
            () => continue,
        };
        let unit = match kind {
            Kind::Rate => scaled(&words[..=index]).or_else(|| rate_word(&words[index])),
            Kind::Count => Some(Unit::COUNT),
            Kind::Bytes if matches!(*word, "bytes" | "byte") => Some(Unit::BYTE),
            _ => None,
        };
        // `latency_ms_total`: a unit may stand before the word that decides.
        let unit = unit.or_else(|| {
            let before = (0..index).rev().find_map(|at| unit_word(&words[at], &words[..at]));
            before.filter(|unit| kind_of_unit(*unit) == Some(kind))
        });
        return (Some(kind), unit, Some((*word).to_owned()));
    }
    // A unit somewhere in the middle: `time_ms_per`, `ms_elapsed`.
    let unit = (0..words.len()).rev().find_map(|at| unit_word(&words[at], &words[..at]));
    (unit.and_then(kind_of_unit), unit, None)
}

/// Where `tok_s` ends in `tok_s_all`, `mb_s` in `mb_s_read` and `img_s` in `img_s_per_gpu`: a rate, and of whom.
fn rate_in_front(words: &[Word]) -> Option<usize> {
    const SHORT: Words = Words::of("tok req op msg img txn iter it evt rec fr pic pkt call");
    let of_whom = |word: &Word| !vocabulary::DURATIONS.has(&word.text) && unit_word(word, &words[..1]).is_none();
    (1..words.len().saturating_sub(1)).find(|at| {
        let (amount, by) = (&words[*at - 1], &words[*at]);
        let counted = vocabulary::COUNTED_BY_SECOND.has(&amount.text)
            && (amount.text.ends_with('s') || SHORT.has(&amount.text))
            || Unit::parse(&format!("{}/s", symbol(amount))).is_some_and(|unit| unit.dimension == Dimension::ByteRate);
        counted
            && matches!(by.text.as_str(), "s" | "sec")
            && !by.after_slash
            && !amount.after_slash
            && words[*at + 1..].iter().all(of_whom)
    })
}

fn kind_of_word(word: &Word, before: &[Word]) -> Option<Kind> {
    unit_word(word, before).and_then(kind_of_unit)
}

fn is_percent(word: &str) -> bool {
    Unit::parse(word) == Some(Unit::PERCENT)
}

/// `cumulative_flops`, `log10_flops`: operations that were added up, or their logarithm.
fn is_work(word: &str, before: &str) -> bool {
    word.ends_with("flops") && (is_total(before) || matches!(before, "cumulative" | "cum" | "log" | "log2" | "log10"))
}

fn is_total(word: &str) -> bool {
    matches!(word, "total" | "num" | "n" | "number" | "count" | "sum")
}

/// `error_rate`, `hit_rate`, `failure_rate` are shares.
fn is_share(texts: &[&str], index: usize) -> bool {
    texts[index] == "rate"
        && index > 0
        && ["error", "errors", "failure", "fail", "failed", "success", "hit", "miss", "loss", "drop"]
            .contains(&texts[index - 1])
}

/// What stops a program and goes on: `gc_pause_ms`.
const PAUSES: Words = Words::of("gc stw jvm safepoint collector collection garbage zgc g1 shenandoah");

/// Which way is better, by the kind and then by the words.
fn direction(words: &[&str], kind: Option<Kind>) -> Polarity {
    let has = |known: Words| words.iter().any(|word| known.has(word));
    if let Some(way) = outcomes::direction(words, kind) {
        return way;
    }
    match kind {
        // Free memory, time between failures, errors avoided: what is called so is better the other way, or neither.
        Some(Kind::Other) => Polarity::Unknown,
        _ if has(vocabulary::TURNS_AROUND) || words.contains(&"between") && has(vocabulary::FAILED) => {
            Polarity::Unknown
        }
        // Nobody chooses how long a collector stops a program.
        Some(Kind::Duration) if has(PAUSES) && words.contains(&"pause") => Polarity::LowerIsBetter,
        Some(Kind::Duration)
            if has(vocabulary::TIME_SETTING) || words.iter().any(|word| matches!(*word, "timestamp" | "stamp")) =>
        {
            Polarity::Unknown
        }
        // How far numbers deviate says nothing of them, nor does the error of a mean.
        _ if words.iter().rev().find(|word| Unit::parse(word).is_none()).is_some_and(|last| {
            is_deviation(last) || kind == Some(Kind::Duration) && matches!(*last, "error" | "err")
        }) =>
        {
            Polarity::Unknown
        }
        // How something changed may go either way.
        _ if words
            .iter()
            .rev()
            .find(|word| !is_percent(word))
            .is_some_and(|last| matches!(*last, "change" | "changes")) =>
        {
            Polarity::Unknown
        }
        // How long somebody stayed is neither good nor bad.
        Some(Kind::Duration) if is_length_of_stay(words) => Polarity::Unknown,
        None | Some(Kind::Count | Kind::Share) if is_at_rank(words) => Polarity::HigherIsBetter,
        // An index may go either way.
        None if words.last().is_some_and(|last| matches!(*last, "index" | "factor" | "rank")) => Polarity::Unknown,
        Some(Kind::Duration) => Polarity::LowerIsBetter,
        Some(Kind::Bytes) if has(vocabulary::MEMORY) || words.contains(&"per") => Polarity::LowerIsBetter,
        // What was asked for is a setting, whichever way it goes; and what is transferred is neither good nor bad.
        Some(Kind::Bytes | Kind::RunLength) => Polarity::Unknown,
        Some(Kind::Rate) if has(vocabulary::ASKED_FOR) => Polarity::Unknown,
        Some(Kind::Rate) if has(vocabulary::FAILED) => Polarity::LowerIsBetter,
        // A rate of no matter what may be a pulse or a setting.
        Some(Kind::Rate) if words.last() == Some(&"rate") && !is_rate_of_work(words) => Polarity::Unknown,
        Some(Kind::Rate) => Polarity::HigherIsBetter,
        Some(Kind::Share) if words.contains(&"cpu") => Polarity::LowerIsBetter,
        _ if has(vocabulary::LOWER_IS_BETTER) => Polarity::LowerIsBetter,
        _ if has(vocabulary::HIGHER_IS_BETTER) => Polarity::HigherIsBetter,
        _ => Polarity::Unknown,
    }
}

/// `session_duration_sec`, `visit_length`: how long people or things stayed, which more is as good as less of.
fn is_length_of_stay(words: &[&str]) -> bool {
    const STAYS: Words = Words::of(
        "session visit stay dwell trip ride workout battery playback watch listening engagement conversation meeting",
    );
    let stays = |pair: &[&str]| STAYS.has(pair[0]) && matches!(pair[1], "duration" | "length" | "time" | "seconds");
    words.windows(2).position(stays).is_some_and(|at| words[at + 2..].iter().all(|word| Unit::parse(word).is_some()))
}

/// `hit_at_k`, `precision_at_10`, `pass_at_1`: the share of questions whose answer was among the first so many.
fn is_at_rank(words: &[&str]) -> bool {
    const FOUND: Words = Words::of("hit hits precision recall ndcg map mrr pass success accuracy");
    let rank = |word: &str| word == "k" || word.bytes().all(|byte| byte.is_ascii_digit());
    words.windows(3).any(|three| FOUND.has(three[0]) && three[1] == "at" && rank(three[2]))
}

/// Whether a word says how far numbers deviate, or how sure their mean is: `throughput_ci95`, `score_error`.
fn is_deviation(word: &str) -> bool {
    const WORDS: Words =
        Words::of("ci ci90 ci95 ci99 stderr sem moe margin var variance iqr cv mad std stddev stdev sd");
    WORDS.has(word)
}

/// `transaction_rate`, `token rate`: work done by time. A `request_rate` may as well be the one that was asked for.
fn is_rate_of_work(words: &[&str]) -> bool {
    let [.., what, _] = words else { return false };
    !matches!(*what, "request" | "requests" | "req") && vocabulary::COUNTED_BY_SECOND.has(what)
        || matches!(*what, "trans" | "transaction" | "data" | "transfer")
}

/// Whether the words name the length of a whole run.
fn is_run_length(words: &[&str]) -> bool {
    vocabulary::RUN_LENGTHS.iter().any(|name| name.split(' ').eq(words.iter().copied()))
}

#[cfg(test)]
mod tests;
