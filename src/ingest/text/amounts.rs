//! Columns of texts that are amounts in words or units that no cell is read with by itself: `12.5 W`, `$0.012`, `~12 ms`, `1.2K`,
//! `5k req/s`, `12.1 ms ± 0.3 ms`, `49.3MiB / 3.8GiB`, `1,059 ms (31.2%)`.
//!
//! In: the different texts of a column. Out: the numbers that they are, one or two to a text, with the unit that all of them state or
//! the word that all of them are written with. Looked at once a text, when its column stands: reading does not ask. Refuses texts that are as well names: `8B`,
//! `64K`, `5G`, `10 users`, `12 Jan`.

use crate::measure::{Dimension, Unit, ending};

use crate::ingest::meaning::{name, vocabulary};
use crate::ingest::text::cells::{self, DecimalMark};

/// Of the texts that say anything, so many must be amounts: the rest are cells without a number.
const LEAST_SHARE: f64 = 0.8;
/// Texts that are looked at before the others.
pub(crate) const FIRST: usize = 64;
/// Longer texts are sentences.
const LONGEST: usize = 60;
/// Marks of footnotes behind a number.
const FOOTNOTES: [char; 3] = ['*', '†', '‡'];
/// Behind a number stand so many words at most.
const MOST_WORDS: usize = 3;

/// The numbers that the texts of a column are.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Amounts {
    /// What the column is called that holds them.
    pub(crate) name: String,
    /// By text; in base units where they have a dimension.
    pub(crate) numbers: Vec<Option<f64>>,
    /// What they measure, where all state a unit that is known here.
    pub(crate) dimension: Option<Dimension>,
}

/// The amounts that the texts of a column are; two where each text holds two.
pub(crate) fn of(column: &str, texts: &[&[u8]], mark: DecimalMark) -> Option<Vec<Amounts>> {
    let cells: Vec<Option<Cell<'_>>> = texts.iter().map(|text| Cell::of(text, mark)).collect();
    if !are_amounts(texts, &cells) {
        return None;
    }
    let between = cells.iter().flatten().find_map(|cell| cell.second.as_ref().map(|(between, _)| *between));
    let numbers: Vec<Option<&Amount<'_>>> = cells.iter().map(|cell| cell.as_ref().map(|cell| &cell.first)).collect();
    let Some(between) = between else { return Some(vec![together(column, texts, &numbers, false)?]) };
    let of_two = |cell: &Option<Cell<'_>>| {
        let all = |cell: &Cell<'_>| cell.second.as_ref().map_or(between == Between::Share, |(one, _)| *one == between);
        cell.as_ref().is_none_or(all)
    };
    if !cells.iter().all(of_two) {
        return None;
    }
    let others: Vec<Option<&Amount<'_>>> = cells
        .iter()
        .map(|cell| cell.as_ref().and_then(|cell| cell.second.as_ref()).map(|(_, amount)| amount))
        .collect();
    let [first, second] = match between {
        Between::Deviation => [format!("mean {column}"), format!("{column} ±")],
        Between::Share => [column.to_owned(), format!("{column} share")],
        Between::Slash => names_of_two(column),
    };
    // A number with its deviation or its share is no name, be there a unit or not.
    let measured = between != Between::Slash;
    let pair = [together(&first, texts, &numbers, measured)?, together(&second, texts, &others, measured)?];
    // A share of something else (`1/100`) is no pair of amounts.
    let amounts = measured || pair.iter().all(|one| one.dimension == Some(Dimension::Bytes));
    amounts.then(|| pair.to_vec())
}

/// Whether the first texts of a column are amounts: most columns of texts end here.
pub(crate) fn may_be(first: &[&[u8]], mark: DecimalMark) -> bool {
    let cells: Vec<Option<Cell<'_>>> = first.iter().map(|text| Cell::of(text, mark)).collect();
    are_amounts(first, &cells)
}

/// Whether cells hold amounts, so that a table of nothing else is one of numbers.
pub(crate) fn are(cells: &[&[u8]], mark: DecimalMark) -> bool {
    of("", cells, mark).is_some()
}

/// Whether a cell holds an amount.
pub(crate) fn is_one(cell: &[u8], mark: DecimalMark) -> bool {
    Cell::of(cell, mark).is_some_and(|cell| !is_degrees(cell.first.word))
}

/// `35C`: degrees only in a column that speaks of a temperature.
fn is_degrees(word: &str) -> bool {
    matches!(word, "C" | "F")
}

fn speaks_of_temperature(column: &str) -> bool {
    let words = name::words(name::leaf(column));
    words.iter().any(|word| matches!(word.as_str(), "temp" | "temps" | "temperature" | "temperatures" | "temperatur"))
}

/// What two amounts with a slash between them are, by the name over them: the columns of container statistics.
fn names_of_two(column: &str) -> [String; 2] {
    if let Some((first, second)) = column.split_once(" / ") {
        return [first.trim().to_owned(), format!("{} {}", first.trim(), second.trim())];
    }
    let lower = column.to_ascii_lowercase();
    let [first, second] = match () {
        () if lower.contains("net") => ["received", "sent"],
        () if lower.contains("block") || lower.contains("disk") => ["read", "written"],
        () if lower.contains("mem") => ["used", "limit"],
        () => ["first", "second"],
    };
    [format!("{column} {first}"), format!("{column} {second}")]
}

/// Whether enough of the texts are amounts, and the others say at least that there is none.
fn are_amounts(texts: &[&[u8]], cells: &[Option<Cell<'_>>]) -> bool {
    let said = texts.iter().filter(|text| !cells::is_empty_word(text)).count();
    let found = cells.iter().flatten().count();
    let explained = |(text, cell): (&&[u8], &Option<Cell<'_>>)| {
        cell.is_some()
            || cells::is_empty_word(text)
            || ending::no_result(text).is_some()
            || cells::is_not_finite_word(text)
            || is_not_finite_with_word(text)
    };
    found > 0 && (found as f64) >= LEAST_SHARE * said as f64 && texts.iter().zip(cells).all(explained)
}

/// `inf m`: a rate by no time at all, with the letter of the others.
pub(crate) fn is_not_finite_with_word(text: &[u8]) -> bool {
    let mut parts = text.splitn(2, |byte| *byte == b' ');
    let is_word = |word: &[u8]| !word.is_empty() && word.iter().all(u8::is_ascii_alphabetic);
    parts.next().is_some_and(cells::is_not_finite_word) && parts.next().is_some_and(is_word)
}

/// The amounts in one unit, or with one word, which is kept in the name of their column.
fn together(column: &str, texts: &[&[u8]], amounts: &[Option<&Amount<'_>>], measured: bool) -> Option<Amounts> {
    let some = || amounts.iter().flatten();
    let mut words = some().filter(|amount| !amount.word.is_empty()).map(|amount| amount.word);
    let bare = some().any(|amount| amount.word.is_empty() && amount.value != 0.0);
    let numbers = |factor: &dyn Fn(&Amount<'_>) -> f64| -> Vec<Option<f64>> {
        amounts.iter().map(|amount| amount.map(factor)).collect()
    };
    if are_of_one_letter(amounts) {
        let name = with_word(column, "m");
        return Some(Amounts { name, numbers: numbers(&|amount| amount.value), dimension: None });
    }
    let Some(word) = words.next() else {
        if is_memory(column, amounts) {
            let numbers = numbers(&|amount| amount.value / amount.scale * binary(amount.scale));
            return Some(Amounts { name: column.to_owned(), numbers, dimension: Some(Dimension::Bytes) });
        }
        // `4K`, `64K` are names of sizes; `1.2K` and `900` are counted.
        let counted = measured
            || some().any(|amount| amount.scale != 1.0 && amount.fraction)
            || are_shortened(amounts)
            || some().all(|amount| amount.about);
        let numbers = numbers(&|amount| amount.value);
        return counted.then(|| Amounts { name: column.to_owned(), numbers, dimension: None });
    };
    if bare || is_degrees(word) && !speaks_of_temperature(column) {
        return None;
    }
    if let Some(unit) = known_unit(word) {
        let same = |amount: &&&Amount<'_>| {
            amount.word.is_empty() || known_unit(amount.word).is_some_and(|other| other.dimension == unit.dimension)
        };
        let is_name = |text: &&[u8]| cells::is_amount_of_b(text) || cells::is_empty_word(text);
        if !some().all(|amount| same(&amount)) || unit.dimension == Dimension::Bytes && texts.iter().all(is_name) {
            return None;
        }
        let base = |amount: &Amount<'_>| known_unit(amount.word).unwrap_or(unit).to_base(amount.value);
        return Some(Amounts { name: column.to_owned(), numbers: numbers(&base), dimension: Some(unit.dimension) });
    }
    // The same in every row is a remark: `4 tests`.
    let differs = some().any(|amount| {
        amounts.iter().flatten().next().is_some_and(|first| first.value.to_bits() != amount.value.to_bits())
    });
    if !differs {
        return None;
    }
    let stem = |word: &str| word.trim_end_matches('s').to_lowercase();
    let longest = some().map(|amount| amount.word).max_by_key(|word| word.len()).unwrap_or(word);
    if some().all(|amount| {
        amount.word.is_empty() || amount.word == word || stem(amount.word) == stem(word) && word.len() > 2
    }) {
        return Some(Amounts {
            name: with_word(column, longest),
            numbers: numbers(&|amount| amount.value),
            dimension: None,
        });
    }
    // `900 mW` beside `1.2 W`.
    let (symbol, _) = of_family(word)?;
    let factor = |amount: &Amount<'_>| {
        if amount.word.is_empty() {
            Some(1.0)
        } else {
            of_family(amount.word).filter(|(other, _)| *other == symbol).map(|(_, factor)| factor)
        }
    };
    some().all(|amount| factor(amount).is_some()).then(|| {
        let converted = |amount: &Amount<'_>| amount.value * factor(amount).unwrap_or(1.0);
        Amounts { name: with_word(column, symbol), numbers: numbers(&converted), dimension: None }
    })
}

/// Whether amounts with K, M or G are of memory, as `sacct` and `top` write it: their column says so, and nobody chose `1231K`.
fn is_memory(column: &str, amounts: &[Option<&Amount<'_>>]) -> bool {
    let odd = |amount: &&Amount<'_>| {
        let digits = amount.value / amount.scale;
        digits >= 100.0 && digits % 10.0 != 0.0 && digits.fract() == 0.0 && digits.log2().fract() != 0.0
            || amount.fraction
    };
    let some = || amounts.iter().flatten().copied();
    vocabulary::MEMORY.among(&name::words(name::leaf(column))).is_some()
        && some().all(|amount| amount.scale != 1.0 || amount.value == 0.0)
        && some().any(|amount| odd(&amount))
}

/// Whether `110.5 m` stands beside `120.6 M`, and nothing else: one letter, be it of millions or not.
fn are_of_one_letter(amounts: &[Option<&Amount<'_>>]) -> bool {
    let some = || amounts.iter().flatten();
    let any = |letter: &str| some().any(|amount| amount.word == letter);
    any("m") && any("M") && some().all(|amount| matches!(amount.word, "m" | "M") || amount.value == 0.0)
}

/// Whether numbers are written in full up to some length and with `K` or `M` beyond, as `dstat` does: `670376` beside `1203K`. Names of sizes
/// (`512`, `64K`) are short or round.
fn are_shortened(amounts: &[Option<&Amount<'_>>]) -> bool {
    const LONG: f64 = 1000.0;
    let some = || amounts.iter().flatten();
    let in_full = |amount: &&&Amount<'_>| {
        amount.scale == 1.0
            && amount.value >= LONG
            && amount.value.fract() == 0.0
            && amount.value % 10.0 != 0.0
            && amount.value.log2().fract() != 0.0
    };
    some().any(|amount| amount.scale != 1.0) && some().any(|amount| in_full(&amount))
}

/// The power of 1,024 that stands for one of 1,000.
fn binary(scale: f64) -> f64 {
    match scale {
        1e3 => 1024.0,
        1e6 => 1_048_576.0,
        1e9 => 1_073_741_824.0,
        _ => 1.0,
    }
}

/// A name with the word that its numbers are written with, unless it says it already.
fn with_word(column: &str, word: &str) -> String {
    let said = name::words(column).iter().any(|known| *known == word.to_lowercase());
    if said || column.is_empty() { column.to_owned() } else { format!("{column} ({word})") }
}

/// The unit that a word behind a number is. `MHz` stays as written, as `GHz` in the name of a column does.
fn known_unit(word: &str) -> Option<Unit> {
    if of_family(word).is_some() || vocabulary::AMBIGUOUS_UNIT.has(word) && !matches!(word, "h" | "min" | "d") {
        return None;
    }
    let of_ours = |unit: &Unit| {
        matches!(unit.dimension, Dimension::Time | Dimension::Bytes | Dimension::Rate | Dimension::ByteRate)
            || word == "%"
    };
    name::unit(word).map(|(unit, _)| unit).filter(of_ours)
}

/// Units of physics that none of ours are: the base of a family, and how many of it one is.
fn of_family(word: &str) -> Option<(&'static str, f64)> {
    const BASES: &[&str] = &["Wh", "Hz", "eV", "W", "J", "V", "A", "g"];
    BASES.iter().find_map(|base| {
        let factor = match word.strip_suffix(base)? {
            "" => 1.0,
            "n" => 1e-9,
            "u" | "µ" | "μ" => 1e-6,
            "m" => 1e-3,
            "k" => 1e3,
            "M" => 1e6,
            "G" => 1e9,
            _ => return None,
        };
        Some((*base, factor))
    })
}

/// What stands between two amounts of one text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Between {
    /// `±`: a value and how far it deviates.
    Deviation,
    /// `(31.2%)`: a value and its share of all.
    Share,
    /// `/`.
    Slash,
}

/// One text: an amount, or two.
#[derive(Debug)]
struct Cell<'t> {
    first: Amount<'t>,
    second: Option<(Between, Amount<'t>)>,
}

impl<'t> Cell<'t> {
    fn of(text: &'t [u8], mark: DecimalMark) -> Option<Self> {
        let text = std::str::from_utf8(text).ok()?.trim();
        if text.len() > LONGEST {
            return None;
        }
        if let Some((value, deviation)) = ["±", "+/-", "+-"].iter().find_map(|sign| text.split_once(sign)) {
            let deviation = Amount::of(deviation, mark)?;
            let mut value = Amount::of(value, mark)?;
            // `12.1 ± 0.3 ms`: what stands at the end is of both.
            if value.word.is_empty() && deviation.word != "%" {
                value.word = deviation.word;
            }
            return Some(Self { first: value, second: Some((Between::Deviation, deviation)) });
        }
        if let Some((value, share)) = text.strip_suffix("%)").and_then(|text| text.rsplit_once('(')) {
            let share = Amount::of(share, mark).filter(|share| share.word.is_empty() && share.scale == 1.0)?;
            let share = Amount { word: "%", ..share };
            return Some(Self { first: Amount::of(value, mark)?, second: Some((Between::Share, share)) });
        }
        if let Some((first, second)) = text.split_once('/')
            && second.trim_start().starts_with(|next: char| next.is_ascii_digit())
        {
            let second = Amount::of(second, mark)?;
            return Some(Self { first: Amount::of(first, mark)?, second: Some((Between::Slash, second)) });
        }
        Some(Self { first: Amount::of(text, mark)?, second: None })
    }
}

/// A number and the word that it is written with.
#[derive(Debug)]
struct Amount<'t> {
    value: f64,
    /// The unit or word behind it, or the sign of a currency before it; empty where there is none.
    word: &'t str,
    /// Whether it is written with a fraction.
    fraction: bool,
    /// What the `k`, `M` or `G` behind its digits multiplies by; 1 where there is none.
    scale: f64,
    /// Whether `~` stands before it.
    about: bool,
}

impl<'t> Amount<'t> {
    fn of(text: &'t str, mark: DecimalMark) -> Option<Self> {
        // `1.31%*`: the mark of a footnote is none of the number.
        let text = text.trim().trim_end_matches(FOOTNOTES).trim_end();
        let rest = text.trim_start_matches(['~', '≈']).trim_start();
        let about = rest.len() < text.len();
        let currency = rest.chars().next().filter(|sign| "$€£¥₹".contains(*sign)).map(|sign| &rest[..sign.len_utf8()]);
        let rest = rest[currency.map_or(0, str::len)..].trim_start();
        let (digits, behind) = rest.split_at(number_length(rest));
        let number = cells::number(digits.as_bytes(), mark).filter(|value| value.is_finite())?;
        let fraction = cells::fraction_digits(digits.as_bytes(), mark) != Some(0);
        let mut word = behind;
        let mut scale = 1.0;
        let letter = behind.chars().next().and_then(|letter| Some((letter, scale_of(letter)?)));
        let alone = |letter: char| behind[letter.len_utf8()..].chars().next().is_none_or(char::is_whitespace);
        if let Some((letter, factor)) = letter.filter(|(letter, _)| alone(*letter)) {
            (word, scale) = (&behind[letter.len_utf8()..], factor);
        }
        let attached = scale == 1.0 && !word.starts_with(char::is_whitespace);
        let word = word.trim();
        let word = match currency {
            Some(sign) => word.is_empty().then_some(sign)?,
            None => word,
        };
        let plain = word.is_empty() || currency.is_some();
        (plain || may_stand_behind(word, attached)).then_some(Self {
            value: number * scale,
            word,
            fraction,
            scale,
            about,
        })
    }
}

fn scale_of(letter: char) -> Option<f64> {
    match letter {
        'k' | 'K' => Some(1e3),
        'M' => Some(1e6),
        'G' => Some(1e9),
        _ => None,
    }
}

/// How many bytes at the beginning write a number.
fn number_length(text: &str) -> usize {
    let bytes = text.as_bytes();
    let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let part = |at: usize| {
        let exponent = matches!(bytes[at], b'e' | b'E')
            && (digit(at + 1) || matches!(bytes.get(at + 1), Some(b'-' | b'+')) && digit(at + 2));
        let sign = matches!(bytes[at], b'-' | b'+') && (at == 0 || matches!(bytes[at - 1], b'e' | b'E'));
        digit(at) || matches!(bytes[at], b'.' | b',') || at > 0 && exponent || sign
    };
    (0..bytes.len()).find(|at| !part(*at)).unwrap_or(bytes.len())
}

/// Whether a text behind a number says what it is an amount of. Words of settings (`10 users`), months and endings (`2nd`, `3D`, `1080p`) make it
/// a name.
fn may_stand_behind(text: &str, attached: bool) -> bool {
    const MONTHS: &str = "jan feb mar apr may jun jul aug sep oct nov dec";
    let letters = |letter: char| letter.is_alphabetic() || "/%°℃℉µμ‰²³·^-_×".contains(letter) || letter == ' ';
    let words: Vec<String> = name::words(text);
    let chosen = |word: &String| {
        let singular = word.trim_end_matches('s');
        vocabulary::PARAMETER.has(word)
            || vocabulary::ACTOR.has(word)
            || vocabulary::ACTOR.has(singular)
            || vocabulary::PARAMETER.has(singular)
            || vocabulary::DEVICE.has(singular)
    };
    let month = |word: &String| word.get(..3).is_some_and(|start| MONTHS.split(' ').any(|month| month == start));
    let symbol = || known_unit(text).is_some() || of_family(text).is_some() || is_symbol(text) || text.contains('/');
    // `110.5 m`: millions, or thousandths, or minutes. The letter stays with the name.
    let lone = !attached && matches!(text, "m" | "M");
    text.chars().all(letters)
        && text.split(' ').count() <= MOST_WORDS
        && (lone || symbol() || !attached && !words.is_empty() && !words.iter().any(|word| chosen(word) || month(word)))
}

/// Symbols that stand at once behind a number.
fn is_symbol(text: &str) -> bool {
    matches!(
        text,
        "%" | "C"
            | "F"
            | "°C"
            | "°F"
            | "℃"
            | "℉"
            | "°"
            | "x"
            | "×"
            | "‰"
            | "dB"
            | "dBm"
            | "€"
            | "rpm"
            | "hPa"
            | "Pa"
            | "bar"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(column: &str, texts: &[&str]) -> Option<Vec<Amounts>> {
        let texts: Vec<&[u8]> = texts.iter().map(|text| text.as_bytes()).collect();
        of(column, &texts, DecimalMark::Point)
    }

    fn one(column: &str, texts: &[&str]) -> (String, Vec<f64>, Option<Dimension>) {
        let mut found = found(column, texts).unwrap_or_else(|| panic!("{texts:?}"));
        assert_eq!(found.len(), 1, "{texts:?}");
        let one = found.remove(0);
        (one.name, one.numbers.into_iter().flatten().collect(), one.dimension)
    }

    #[test]
    fn amounts_in_units_of_any_kind_are_numbers() {
        assert_eq!(
            one("speed", &["31 tok/s", "33.5 tok/s"]),
            ("speed".into(), vec![31.0, 33.5], Some(Dimension::Rate))
        );
        assert_eq!(one("draw", &["7.5 W", "8 W"]), ("draw (W)".into(), vec![7.5, 8.0], None));
        assert_eq!(one("draw", &["750 mW", "8 W"]), ("draw (W)".into(), vec![0.75, 8.0], None));
        assert_eq!(one("room", &["21 °C", "22.5 °C"]), ("room (°C)".into(), vec![21.0, 22.5], None));
        assert_eq!(one("fee", &["$0.5", "$12"]), ("fee ($)".into(), vec![0.5, 12.0], None));
        assert_eq!(one("wait", &["~2 ms", "~0.5 s"]), ("wait".into(), vec![0.002, 0.5], Some(Dimension::Time)));
        assert_eq!(one("rows", &["3.4K", "800"]), ("rows".into(), vec![3400.0, 800.0], None));
        assert_eq!(
            one("load", &["2k req/s", "900 req/s"]),
            ("load".into(), vec![2000.0, 900.0], Some(Dimension::Rate))
        );
        assert_eq!(one("cache", &["1 hit", "7 hits"]), ("cache (hits)".into(), vec![1.0, 7.0], None));
        // 1,231 KiB and 2.5 MiB.
        let memory = one("MaxRSS", &["1231K", "2.5M", "0"]);
        assert_eq!(memory, ("MaxRSS".into(), vec![1_260_544.0, 2_621_440.0, 0.0], Some(Dimension::Bytes)));
        assert_eq!(one("core temperature", &["35C", "36.5C"]), ("core temperature (C)".into(), vec![35.0, 36.5], None));
        assert_eq!(
            one("rate", &["1.5%*", "2%", "1%†"]),
            ("rate".into(), vec![0.015, 0.02, 0.01], Some(Dimension::Ratio))
        );
        assert_eq!(one("boat", &["4 m/s", "6 m/s"]), ("boat (m/s)".into(), vec![4.0, 6.0], None));
    }

    #[test]
    fn texts_that_are_as_well_names_are_none() {
        for texts in [
            &["7B", "13B"][..],
            &["4K", "64K"],
            &["4G", "5G"],
            &["64K", "128K", "1000K"],
            &["10 users", "20 users"],
            &["12 Jan", "13 Jan"],
            &["1st", "2nd"],
            &["720p", "1080p"],
            &["1/100", "2/100"],
            &["GET /", "PUT /"],
            &["12 ms", "7 W"],
            &["3.11 final", "v2"],
            &["4 tests"],
            &["35C", "36.5C"],
        ] {
            assert_eq!(found("x", texts), None, "{texts:?}");
        }
    }

    #[test]
    fn two_amounts_in_a_text_are_two_columns() {
        let pair = found("MemUsage", &["2MiB / 1GiB", "3MiB / 1GiB"]).unwrap();
        let names: Vec<&str> = pair.iter().map(|one| one.name.as_str()).collect();
        assert_eq!(names, ["MemUsage used", "MemUsage limit"]);
        assert_eq!(pair[0].numbers, [Some(2_097_152.0), Some(3_145_728.0)]);
        assert_eq!(pair[1].numbers, [Some(1_073_741_824.0); 2]);
        let share = found("Total Time", &["1,059 ms (31.5%)", "602 ms (17.5%)", "0 ms"]).unwrap();
        assert_eq!((share[0].name.as_str(), share[1].name.as_str()), ("Total Time", "Total Time share"));
        assert_eq!(share[0].numbers, [Some(1.059), Some(0.602), Some(0.0)]);
        assert_eq!(share[1].numbers, [Some(0.315), Some(0.175), None]);
        assert_eq!(found("rows", &["120 (31.5%)", "80 (21%)"]).unwrap()[0].numbers, [Some(120.0), Some(80.0)]);
        let mean = found("t", &["5.5ms ± 0.5ms", "6 ± 1 ms"]).unwrap();
        assert_eq!((mean[0].name.as_str(), mean[1].name.as_str()), ("mean t", "t ±"));
        assert_eq!(mean[0].numbers, [Some(0.0055), Some(0.006)]);
        assert_eq!(mean[1].numbers, [Some(0.0005), Some(0.001)]);
        let mean = found("total_ms", &["61.5+-26.25", "62 +/- 2"]).unwrap();
        assert_eq!(mean[0].numbers, [Some(61.5), Some(62.0)]);
        assert_eq!(mean[1].numbers, [Some(26.25), Some(2.0)]);
    }
}
