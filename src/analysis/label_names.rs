//! What labels that differ only in numbers are: names of things that somebody compares, or users and requests that are counted.
//!
//! In: patterns of labels, or the texts of a column. Out: whether they stay apart, and whether they name somebody.

use crate::measure::label::{names_a_competitor, pattern};
use crate::table::Table;

/// Words for who does something, or which time it was.
const ACTORS: &[&str] = &[
    "user",
    "session",
    "client",
    "worker",
    "thread",
    "vu",
    "conn",
    "connection",
    "request",
    "req",
    "message",
    "msg",
    "id",
    "run",
    "iteration",
    "iter",
    "trial",
    "rep",
    "round",
    "attempt",
    "item",
    "order",
    "row",
    "sample",
    "step",
    "job",
    "pid",
    "turn",
];

/// Whether so many labels of a pattern are one population although nobody has compared their values.
pub(crate) fn collapses(pattern: &str, labels: usize) -> bool {
    labels > most_named(pattern).max(1)
}

/// So many labels of a pattern stay apart whatever their values are: numbers behind a name that is no actor's tell things apart
/// (`DDR4`, `us-west-2`, `query_17`). Users, sessions and clocks are counted, not named.
pub(super) fn most_named(pattern: &str) -> usize {
    const QUESTIONS: &[&str] = &["query", "q", "test", "case", "problem", "task", "question"];
    /// Three numbers are a date, a time, or a version of something counted.
    const NUMBERS_OF_A_CLOCK: usize = 3;
    match () {
        () if pattern.matches('*').count() >= NUMBERS_OF_A_CLOCK || has_word(pattern, ACTORS) => 0,
        () if has_word(pattern, QUESTIONS) => 200,
        () => 30,
    }
}

/// Whether a pattern has one of some words, or its plural.
fn has_word(pattern: &str, known: &[&str]) -> bool {
    let lower = pattern.to_ascii_lowercase();
    let mut words = lower.split(|character: char| !character.is_alphabetic());
    words.any(|word| known.contains(&word) || word.strip_suffix('s').is_some_and(|one| known.contains(&one)))
}

/// Whether a column is called like who did something, or like which time it was.
pub(super) fn counts_somebody(column: &str) -> bool {
    has_word(column, ACTORS)
}

/// So few texts with versions and sizes in them (`llama3.1:8b`) name things.
const FEW: usize = 20;
/// And so few in a column that is called like what competes, such as `model`.
const FEW_COMPETITORS: usize = 200;

/// Whether the texts of a column name users, sessions or points in time, which take turns as evenly as what was tried.
pub(super) fn names_somebody(table: &Table, column: usize) -> bool {
    let texts = &table.columns[column].dictionary;
    let few = if names_a_competitor(&table.columns[column].name) { FEW_COMPETITORS } else { FEW };
    texts.iter().map(|text| pattern(text)).any(|pattern| {
        let is_thing = texts.len() <= few && pattern.contains(char::is_alphabetic) && !has_word(&pattern, ACTORS);
        // `thread` and `process` without a number are kinds, and nobody.
        most_named(&pattern) == 0 && pattern.contains('*') && !is_thing
    })
}

/// Whether a pattern of so many texts names a thing with its version and size: it has a word, and none of somebody or of a date.
pub(super) fn names_a_thing(pattern: &str, texts: usize) -> bool {
    const SHORTEST: usize = 3;
    const OF_DATES: &[&str] = &[
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec", "mon", "tue", "wed", "thu",
        "fri", "sat", "sun", "gmt", "utc",
    ];
    // `(1, 3, 224, 224)`: a shape.
    let is_shape = pattern.starts_with(['(', '[']) && pattern.ends_with([')', ']']);
    if texts <= FEW && is_shape {
        return true;
    }
    let mut words = pattern.split(|letter: char| !letter.is_alphabetic());
    let named = words.any(|word| word.chars().count() >= SHORTEST);
    texts <= FEW && named && !has_word(pattern, ACTORS) && !has_word(pattern, OF_DATES)
}

/// Whether a pattern has the numbers of a date, a time of day or an address.
pub(super) fn is_date_or_address(pattern: &str) -> bool {
    ["*-*-*", "*/*/*", "*:*", "*.*.*.*"].iter().any(|one| pattern.contains(one))
}

/// A pattern whose numbers that are the same in all of its texts are no variables: of `yolo11n_prune_0_05` and `yolo11n_prune_0_1`
/// one number differs.
pub(super) fn without_common_numbers(pattern: &str, texts: &[&str]) -> String {
    let numbers = |text: &str| -> Vec<String> {
        let parts = text.split(|letter: char| !letter.is_ascii_digit());
        parts.filter(|part| !part.is_empty()).map(str::to_owned).collect()
    };
    let all: Vec<Vec<String>> = texts.iter().map(|text| numbers(text)).collect();
    // Days of one year, or ports of one address, differ in less than three numbers.
    let Some(first) =
        all.first().filter(|first| !is_date_or_address(pattern) && first.len() == pattern.matches('*').count())
    else {
        return pattern.to_owned();
    };
    let mut places = first.iter().enumerate();
    pattern
        .chars()
        .filter(|letter| {
            *letter != '*'
                || places.next().is_none_or(|(place, number)| all.iter().any(|other| other.get(place) != Some(number)))
        })
        .collect()
}
