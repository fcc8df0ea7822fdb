//! The words of a name: where one ends and the next begins.

use crate::ingest::meaning::vocabulary;

/// A word of a name and what stands before it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Word {
    /// In lower case.
    pub(super) text: String,
    /// As written.
    pub(super) written: String,
    /// Whether a slash stands before it.
    pub(super) after_slash: bool,
    /// Whether it begins at a hump of camelCase, not behind a separator.
    pub(super) at_hump: bool,
}

/// The words of a name: split at everything that is no letter or digit, and where camelCase has its humps.
pub(crate) fn words(name: &str) -> Vec<String> {
    split(name).into_iter().map(|word| word.text).collect()
}

/// The same with what each word stands behind.
pub(super) fn split(name: &str) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    let characters: Vec<char> = name.chars().collect();
    let mut fresh = true;
    let mut after_slash = false;
    for (index, character) in characters.iter().copied().enumerate() {
        let between_digits = character == '.'
            && index > 0
            && characters[index - 1].is_ascii_digit()
            && characters.get(index + 1).is_some_and(char::is_ascii_digit)
            && words.last().is_some_and(|word| word.text.trim_start_matches('p').chars().all(|c| c.is_ascii_digit()));
        if !character.is_alphanumeric() && character != '%' && !between_digits || is_possessive(&characters, index) {
            fresh = true;
            after_slash = character == '/' || after_slash && character == ' ';
            continue;
        }
        let previous = index.checked_sub(1).map(|before| characters[before]);
        let next_is_lower = characters.get(index + 1).is_some_and(|next| next.is_lowercase());
        let hump = character.is_uppercase()
            && previous.is_some_and(|previous| {
                previous.is_lowercase() || previous.is_ascii_digit() || (previous.is_uppercase() && next_is_lower)
            })
            && !is_unit_in_capitals(&characters[index.saturating_sub(1)..])
            && !is_inside_power(&characters, index, words.last())
            && !ends_plural(&characters, index);
        // `设备ID`: letters without capitals end where Latin ones begin.
        let is_latin = character.is_ascii_alphabetic();
        let other_script = is_latin && previous.is_some_and(is_without_case);
        let hump = hump || other_script;
        if fresh || hump || begins_power(&characters, index, words.last()) {
            words.push(Word { text: String::new(), written: String::new(), after_slash, at_hump: !fresh });
            (fresh, after_slash) = (false, false);
        }
        if let Some(word) = words.last_mut() {
            word.text.extend(character.to_lowercase());
            word.written.push(character);
        }
    }
    words.into_iter().flat_map(apart).collect()
}

/// Whether a letter is of a script that knows no capitals.
fn is_without_case(letter: char) -> bool {
    letter.is_alphabetic() && !letter.is_lowercase() && !letter.is_uppercase()
}

/// `averagelatency`, `99thpercentilelatency`: names of YCSB and its like in small letters, without what parted their words.
fn apart(word: Word) -> Vec<Word> {
    const WHAT: [&str; 1] = ["latency"];
    const STATISTICS: [&str; 6] = ["average", "avg", "mean", "median", "min", "max"];
    let Some((of, what)) = WHAT.iter().find_map(|what| Some((word.text.strip_suffix(what)?, *what))) else {
        return vec![word];
    };
    let is_percentile = |text: &str| {
        text.strip_suffix("thpercentile").is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))
    };
    if !STATISTICS.contains(&of) && !is_percentile(of) || word.written != word.text {
        return vec![word];
    }
    let mut parts = match of.strip_suffix("percentile") {
        Some(number) => vec![number.to_owned(), "percentile".to_owned()],
        None => vec![of.to_owned()],
    };
    parts.push(what.to_owned());
    let Word { after_slash, at_hump, .. } = word;
    let part = |(at, text): (usize, String)| Word {
        written: text.clone(),
        text,
        after_slash: after_slash && at == 0,
        at_hump: at_hump && at == 0,
    };
    parts.into_iter().enumerate().map(part).collect()
}

/// Whether a letter is the `s` behind an apostrophe: `Anna's load` is in no seconds.
fn is_possessive(characters: &[char], index: usize) -> bool {
    let [.., owner, '\'' | '’', 's' | 'S'] = characters[..=index] else { return false };
    owner.is_alphabetic() && characters.get(index + 1).is_none_or(|next| !next.is_alphanumeric())
}

/// `MBps`, `KiB`: humps inside a unit are none.
fn is_unit_in_capitals(rest: &[char]) -> bool {
    let text: String = rest.iter().take_while(|character| character.is_alphabetic()).collect();
    ["kHz", "MHz", "GHz", "THz"].contains(&text.as_str())
        || ["kB", "KB", "MB", "GB", "TB", "iB"].iter().any(|unit| text == *unit || text == format!("{unit}ps"))
}

/// The letters of one kind from here on, where they are a multiple of a unit of power or energy: `kWh`, `mW`.
fn power_from(rest: &[char]) -> Option<String> {
    let text: String = rest.iter().take_while(|character| character.is_alphanumeric()).collect();
    ["kWh", "KWh", "MWh", "GWh", "mWh", "kW", "mW", "kJ", "mJ"].contains(&text.as_str()).then_some(text)
}

/// Whether a hump is inside such a unit, whose first letter began a word: `Energy_kWh` is a thousand times `Energy_Wh`.
fn is_inside_power(characters: &[char], index: usize, word: Option<&Word>) -> bool {
    let begins = word.is_some_and(|word| word.written.chars().count() == 1);
    index > 0 && begins && power_from(&characters[index - 1..]).is_some()
}

/// Whether such a unit begins without anything before it, behind a word of power: `energykWh`. Of `peakW` nobody knows which it is.
fn begins_power(characters: &[char], index: usize, word: Option<&Word>) -> bool {
    matches!(characters[index], 'k' | 'm')
        && word.is_some_and(|word| vocabulary::POWER.has(&word.text))
        && index > 0
        && characters[index - 1].is_lowercase()
        && power_from(&characters[index..]).is_some()
}

/// Whether the plural of an abbreviation ends behind this capital letter: `vCPUs` is no `vCP` in microseconds, and `RNNs` no `RN` in
/// nanoseconds; `RTTMs` is a duration in milliseconds.
fn ends_plural(characters: &[char], last: usize) -> bool {
    let ends =
        characters.get(last + 1) == Some(&'s') && characters.get(last + 2).is_none_or(|next| !next.is_lowercase());
    let first = characters[..last].iter().rposition(|before| !before.is_uppercase()).map_or(0, |before| before + 1);
    let before: String = characters[first..last].iter().flat_map(|letter| letter.to_lowercase()).collect();
    ends && !before.is_empty() && !vocabulary::DURATIONS.has(&before) && before != "cpu" && before != "gpu"
}
