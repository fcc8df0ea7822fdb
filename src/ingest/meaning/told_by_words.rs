//! Columns that say how rows ended, although their names alone do not say so: one word of failure throughout, words of states under a name
//! for outcomes, classes of codes (`5xx`), and codes under a name for answers or errors.
//!
//! In: a table and one of its columns. Out: the evidence by which it is a status. Where half of the rows fail the other half tells what the
//! words mean; where all of them do, the word and the name have to.

use crate::measure::ending::{self, Outcome};
use crate::measure::http_code::{self, CodeCount};
use crate::table::{CellType, Column, Table};

use super::name;
use super::status::is_beside_status;
use super::vocabulary::{self, Words};

/// Called so, a column of texts says how its rows ended, where its texts are words for that.
const OUTCOME: Words = Words::of(
    "state verdict conclusion judgement judgment ergebnis zustand resultado estado résultat resultat état etat risultato esito stato \
     结果 状态 結果 状態 결과 상태",
);
/// Called so, a column says what was tried, or why: a word of failure there is no outcome.
const TRIED: Words = Words::of(
    "scenario mode fault faults injection inject injected chaos experiment config policy strategy behavior behaviour case problem operation op \
     action method phase stage step workload query function program tool cmd command input dataset file path url endpoint route page host \
     service reason cause why on when if severity priority signal expected expect want wanted simulate simulated",
);
/// Fewer rows may be of one kind by chance.
const FEWEST_ROWS: usize = 3;
/// Fewer numbers may look like codes by chance.
const FEWEST_CODES: usize = 10;

/// Why the texts of a column say how its rows ended.
pub(super) fn by_texts(table: &Table, index: usize, words: &[String]) -> Option<&'static str> {
    let column = &table.columns[index];
    if are_classes(table, index) {
        return Some("its texts are classes of the codes of HTTP");
    }
    let names_else = [vocabulary::KIND, TRIED, vocabulary::CONFIGURATION, vocabulary::QUESTION, vocabulary::IDENTIFIER];
    if names_else.iter().any(|known| known.among(words).is_some()) {
        return None;
    }
    let reason = if is_called_outcome(words) && are_outcomes(&column.dictionary) {
        "called like an outcome, and each of its texts is a word for one"
    } else if is_one_verdict(column, words) {
        "a word for a failure in every row: all of them failed"
    } else {
        return None;
    };
    (!is_beside_status(table, index)).then_some(reason)
}

/// Whether one word stands in every row that is a verdict of failure and nothing else.
fn is_one_verdict(column: &Column, words: &[String]) -> bool {
    // No cell is empty: its text would be among the others.
    let [text] = &column.dictionary[..] else { return false };
    let says_why = vocabulary::FAILURE.among(words).is_some() || vocabulary::OF_FAILURE.among(words).is_some();
    column.data.rows() >= FEWEST_ROWS && !says_why && ending::is_verdict_of_failure(text)
}

/// `verdict`, `final_state`, `test_verdict`.
fn is_called_outcome(words: &[String]) -> bool {
    let [before @ .., last] = words else { return false };
    let is_of_row =
        |word: &String| vocabulary::BESIDE_STATUS.has(word) || vocabulary::OF_ROW.has(word) || OUTCOME.has(word);
    OUTCOME.has(last) && before.iter().all(is_of_row)
}

/// Whether all texts are words for how something ended, some of them for a failure; or one word throughout for success.
fn are_outcomes(texts: &[String]) -> bool {
    let ended = || texts.iter().filter(|text| ending::of_text(text, false) != Outcome::NotSaid);
    let said = |text: &String| ending::of_state(text);
    let all = ended().all(|text| said(text).is_some());
    all && ended().next().is_some() && (ended().any(|text| said(text) == Some(false)) || texts.len() == 1)
}

/// Whether all texts are classes of codes (`2xx`, `5xx`), row by row: a table that counts them has a row for each.
fn are_classes(table: &Table, index: usize) -> bool {
    let column = &table.columns[index];
    let mut texts = column.dictionary.iter().filter(|text| !text.is_empty()).peekable();
    let distinct = column.dictionary.len();
    texts.peek().is_some()
        && texts.all(|text| http_code::class(text.trim()).is_some())
        && column.data.rows() >= FEWEST_CODES.max(2 * distinct)
        && !table.columns.iter().any(counts_several)
        && !is_beside_status_of_rows(table, index)
}

/// Whether another column says of each row how it ended.
fn is_beside_status_of_rows(table: &Table, index: usize) -> bool {
    let words = |column: &Column| name::words(name::leaf(&column.name));
    let says = |(other, column): (usize, &Column)| {
        other != index && super::status::status_word(&column.name, &words(column)).is_some()
    };
    table.columns.iter().enumerate().any(says)
}

/// Whether the numbers of a column say how many rows or what statistic its row stands for.
fn counts_several(column: &Column) -> bool {
    let words = name::words(name::leaf(&column.name));
    let counts = vocabulary::HOW_MANY.among(&words).or(vocabulary::MEASURED.among(&words)).is_some();
    column.cells.is_number() && (counts || name::read(&column.name).statistic.is_some())
}

/// Why whole numbers are codes that say how each row ended, under a name that says less: `response` beside a duration, `error` without one.
pub(super) fn by_codes(table: &Table, index: usize, words: &[String]) -> Option<&'static str> {
    const ANSWER: Words = Words::of("http https response reply");
    const OF_ERROR: Words = Words::of("error err failure exception code status http number no");
    let is_answer = words.iter().all(|word| ANSWER.has(word));
    let is_error = words.iter().all(|word| OF_ERROR.has(word)) && vocabulary::FAILURE.among(words).is_some();
    let (column, values) = (&table.columns[index], table.values(index));
    if words.is_empty()
        || !is_answer && !is_error
        || column.cells != CellType::Integer
        || values.count() < FEWEST_CODES
        || is_beside_status(table, index)
    {
        return None;
    }
    let (mut count, mut telling) = (CodeCount::default(), false);
    values.visit_present(0..values.count(), |block| {
        count.count(block);
        // Round numbers are as often sizes.
        telling |= block.iter().any(|number| number % 100.0 != 0.0);
    });
    let is_duration = |(other, column): (usize, &Column)| {
        other != index
            && column.cells.is_number()
            && vocabulary::DURATIONS.among(&name::words(name::leaf(&column.name))).is_some()
    };
    match () {
        () if !telling || !count.has_only_codes() || table.columns.iter().any(counts_several) => None,
        () if is_answer && table.columns.iter().enumerate().any(is_duration) => {
            Some("codes of HTTP and nothing else, beside a duration")
        }
        () if is_error && values.count() == values.rows() && values.all(|code| code == 0.0 || code >= 400.0) => {
            Some("codes of failures of HTTP and nothing else, by its name errors")
        }
        () => None,
    }
}
