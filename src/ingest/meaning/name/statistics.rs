//! The statistic that a name is of: the words for it, in several languages, and numbers of percent.

use crate::ingest::meaning::vocabulary;
use crate::measure::Statistic;
use crate::measure::unit::{Dimension, Unit};

use super::words::Word;

/// The statistic that a word names.
fn statistic_of(word: &str) -> Option<Statistic> {
    match word {
        "mean" | "avg" | "average" | "ave" | "média" | "médio" | "medio" | "promedio" | "moyenne" | "moyen"
        | "mittelwert" | "durchschnitt" | "平均" | "平均值" => return Some(Statistic::Mean),
        "median" | "med" | "mediana" | "médiane" | "中位数" => return Some(Statistic::Median),
        "min" | "minimum" | "fastest" | "lowest" | "shortest" | "mínimo" | "minimo" | "最小值" => {
            return Some(Statistic::Min);
        }
        "max" | "maximum" | "slowest" | "highest" | "longest" | "máximo" | "maximo" | "最大值" => {
            return Some(Statistic::Max);
        }
        "std" | "stddev" | "stdev" | "sd" | "standardabweichung" | "标准差" => return Some(Statistic::Stddev),
        _ => {}
    }
    let digits =
        word.strip_prefix(['p', 'q']).or_else(|| word.strip_suffix("th")).or_else(|| word.strip_suffix('%'))?;
    percent(digits)
}

/// `95`, `99.9`, and without the point `999` and `9999`.
fn percent(digits: &str) -> Option<Statistic> {
    let value: f64 =
        digits.parse().ok().filter(|_| digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.'))?;
    let value = match digits.len() {
        3.. if !digits.contains('.') && digits != "100" => {
            digits.parse::<f64>().ok()? / 10_f64.powf(digits.len() as f64 - 2.0)
        }
        _ => value,
    };
    (value > 0.0 && value <= 100.0).then_some(if value == 50.0 {
        Statistic::Median
    } else {
        Statistic::Percentile(value)
    })
}

/// Whether a bare number below a name may be a percentile although nothing calls it so: `1`, `2`, `4` and `8` are rather what was tried.
pub(super) fn is_usual_percentile(leaf: &str) -> bool {
    let Ok(number) = leaf.parse::<u32>() else { return true };
    number >= 90 || number % 5 == 0 || matches!(number, 66 | 68)
}

/// Whether a name above such numbers says that they are percentiles.
pub(super) fn says_percentiles(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    ["percentile", "quantile", "pctl", "pct"].iter().any(|word| lower.contains(word))
}

/// `Best` and `Wrst` of a probe are the least and the most where a time is spoken of, or nothing else: of a score the best is the most, and
/// numbers that contradict it are no statistics.
fn of_probe(words: &[Word], at: usize) -> Option<Statistic> {
    let others = || words.iter().enumerate().filter(move |(other, _)| *other != at).map(|(_, word)| word.text.as_str());
    let is_time = |word: &str| {
        vocabulary::DURATIONS.has(word)
            || Unit::parse(word).is_some_and(|unit| unit.dimension == Dimension::Time && word != "min" && word != "m")
    };
    others().all(is_time).then_some(match words[at].text.as_str() {
        "best" => Statistic::Min,
        "worst" | "wrst" => Statistic::Max,
        _ => return None,
    })
}

/// Takes the words that name a statistic out of a leaf. `inside` says that the leaf stands below something, so that it may
/// be a bare number.
pub(super) fn take_statistic(words: &mut Vec<Word>, inside: bool) -> Option<Statistic> {
    let is = |words: &[Word], at: usize, known: &[&str]| {
        words.get(at).is_some_and(|word| known.contains(&word.text.as_str()))
    };
    // `Media` and `tempo_media`; an English `media_time` is no mean.
    let others = |at: usize| words.iter().enumerate().filter(move |(other, _)| *other != at).map(|(_, word)| word);
    let means = |at: &usize| {
        words[*at].text == "media"
            && others(*at).all(|word| {
                vocabulary::FOREIGN.has(&word.text) || Unit::parse(&word.text).is_some() || word.text == "s"
            })
    };
    if let Some(at) = (0..words.len()).find(means) {
        words.remove(at);
        return Some(Statistic::Mean);
    }
    // `desvio padrão`, `écart-type`.
    let deviates = |word: &Word| {
        matches!(word.text.as_str(), "desvio" | "desviacion" | "desviación" | "deviazione" | "ecart" | "écart")
    };
    if let Some(at) = words.iter().position(deviates) {
        words.remove(at);
        let kind = |word: &Word| {
            matches!(word.text.as_str(), "padrao" | "padrão" | "estandar" | "estándar" | "standard" | "type")
        };
        if words.get(at).is_some_and(kind) {
            words.remove(at);
        }
        return Some(Statistic::Stddev);
    }
    // `standard deviation`, `std dev`.
    for at in 0..words.len().saturating_sub(1) {
        if is(words, at, &["standard", "std", "st"]) && is(words, at + 1, &["deviation", "dev"]) {
            words.drain(at..at + 2);
            return Some(Statistic::Stddev);
        }
        // `50 percent`, `99 percentile`, `90% line`, `percentile 95`.
        let number = |word: &Word| percent(word.text.trim_end_matches(['%']).trim_end_matches("th"));
        if is(words, at + 1, &["percent", "percentile", "line", "pct", "pctl"])
            && words[at].text.starts_with(|first: char| first.is_ascii_digit())
            && let Some(found) = number(&words[at])
        {
            words.drain(at..at + 2);
            return Some(found);
        }
        if is(words, at, &["percentile", "percentiles", "pct", "pctl", "perc", "quantile"])
            && let Some(found) = number(&words[at + 1])
        {
            words.drain(at..at + 2);
            return Some(found);
        }
    }
    if let [only] = &words[..]
        && inside
        && only.text.starts_with(|first: char| first.is_ascii_digit())
        && let Some(found) = percent(&only.text)
    {
        words.clear();
        return Some(found);
    }
    // `latency_99`: a bare number behind a duration.
    if let [.., before, last] = &words[..]
        && vocabulary::DURATIONS.has(&before.text)
        && matches!(last.text.as_str(), "50" | "75" | "90" | "95" | "99" | "99.9" | "999" | "9999")
        && let Some(found) = percent(&last.text)
    {
        words.pop();
        return Some(found);
    }
    if let Some((at, found)) = (0..words.len()).find_map(|at| Some((at, of_probe(words, at)?))) {
        words.remove(at);
        return Some(found);
    }
    let ends = [Some(0), words.len().checked_sub(1)];
    // `ops/min` is by minute.
    let at = ends
        .into_iter()
        .flatten()
        .find(|at| words.get(*at).is_some_and(|word| !word.after_slash && statistic_of(&word.text).is_some()));
    // In the middle only what can be nothing else.
    let at = at.or_else(|| {
        let sure = |word: &Word| {
            !word.after_slash
                && statistic_of(&word.text).is_some()
                && !matches!(word.text.as_str(), "min" | "max" | "sd" | "med")
        };
        words.iter().position(sure)
    })?;
    let found = statistic_of(&words[at].text);
    words.remove(at);
    found
}
