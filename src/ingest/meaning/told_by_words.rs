//! Columns that say how rows ended, although their names alone do not say so: words of states under a name for outcomes, one word of failure
//! throughout among them, classes of codes (`5xx`), and codes under a name for answers or errors.
//!
//! In: a table and one of its columns. Out: the evidence by which it is a status. Where half of the rows fail the other half tells what the
//! words mean; where all of them do, the word and the name have to.

use std::collections::BTreeSet;

use crate::measure::ending::{self, Outcome};
use crate::measure::http_code::{self, CodeCount};
use crate::table::{CellType, Column, Table};

use super::name;
use super::status::is_beside_status;
use super::vocabulary::{self, Kind, Words};

/// Called so, a column of texts says how its rows ended, where its texts are words for that.
const OUTCOME: Words = Words::of(
    "state verdict conclusion judgement judgment ergebnis zustand resultado estado résultat resultat état etat risultato esito stato \
     结果 状态 結果 状態 결과 상태",
);
/// Each column of a table of more would be held against all others.
const MOST_COLUMNS: usize = 100;
/// Fewer rows may be of one kind by chance.
const FEWEST_ROWS: usize = 3;
/// Fewer numbers may look like codes by chance.
const FEWEST_CODES: usize = 10;

/// Why the texts of a column say how its rows ended.
pub(super) fn by_texts(table: &Table, index: usize, words: &[String]) -> Option<&'static str> {
    let column = &table.columns[index];
    if are_classes(table, index, words) {
        return Some("its texts are classes of the codes of HTTP");
    }
    if are_messages(table, index, words) {
        return Some("each of its texts says that the row did well, or is a message of failure");
    }
    let is_outcome = is_called_outcome(words) && are_outcomes(column) && !is_beside_status(table, index);
    is_outcome.then_some("called like an outcome, and each of its texts is a word for one")
}

/// `verdict`, `final_state`; `test_state` is as well what was tried.
fn is_called_outcome(words: &[String]) -> bool {
    let [before @ .., last] = words else { return false };
    let is_of_row =
        |word: &String| vocabulary::BESIDE_STATUS.has(word) || vocabulary::OF_ROW.has(word) || OUTCOME.has(word);
    OUTCOME.has(last) && before.iter().all(is_of_row) && vocabulary::QUESTION.among(words).is_none()
}

/// Whether all texts are words for how something ended, some for a failure and some for success; or one word throughout that means nothing
/// else. A machine that is `running` or in `error` has not ended.
fn are_outcomes(column: &Column) -> bool {
    let texts = &column.dictionary;
    if let [text] = &texts[..] {
        return column.data.rows() >= FEWEST_ROWS && ending::by_first_word(text).is_some();
    }
    let ended = || texts.iter().filter(|text| ending::of_text(text, false) != Outcome::NotSaid);
    let said = |text: &String| ending::of_state(text);
    let any = |well: bool| ended().any(|text| said(text) == Some(well));
    ended().all(|text| said(text).is_some()) && any(true) && any(false)
}

/// Whether a column of messages beside a duration says how each row ended: `ok`, or why it failed. What holds anything else is a log.
fn are_messages(table: &Table, index: usize, words: &[String]) -> bool {
    let [word] = words else { return false };
    let did_well = |text: &str| ending::of_text(text, false) == Outcome::Succeeded;
    let texts = || table.columns[index].dictionary.iter().filter(|text| !text.is_empty());
    matches!(word.as_str(), "message" | "msg")
        && table.columns.len() <= MOST_COLUMNS
        && texts().any(|text| did_well(text))
        && texts().all(|text| did_well(text) || ending::names_a_failure(text))
        && is_beside_duration(table, index)
        && !is_beside_status(table, index)
}

/// Whether all texts are classes of codes (`2xx`, `5xx`), row by row, beside how long each took: a table that counts them has a row for each.
fn are_classes(table: &Table, index: usize, words: &[String]) -> bool {
    const CLASS: Words = Words::of("status code codes http response class outcome result");
    if table.columns.len() > MOST_COLUMNS || CLASS.among(words).is_none() {
        return false;
    }
    let column = &table.columns[index];
    let mut texts = column.dictionary.iter().filter(|text| !text.is_empty()).peekable();
    let distinct = column.dictionary.len();
    texts.peek().is_some()
        && texts.all(|text| http_code::class(text.trim()).is_some())
        && column.data.rows() >= FEWEST_CODES.max(2 * distinct)
        && is_beside_duration(table, index)
        && !table.columns.iter().any(counts_several)
        && !is_beside_status_of_rows(table, index)
}

/// Whether rows say which share or how many a second were answered with each class of codes: one row for each class of what other texts name, or
/// as many rows of each class, beside shares or rates and no duration. Nothing of that row ended so.
pub(super) fn are_shares_by_class(table: &Table, index: usize) -> bool {
    let column = &table.columns[index];
    let mut texts = column.dictionary.iter().filter(|text| !text.is_empty()).peekable();
    if table.columns.len() > MOST_COLUMNS
        || texts.peek().is_none()
        || !texts.all(|text| http_code::class(text.trim()).is_some())
        || is_beside_duration(table, index)
    {
        return false;
    }
    let is_share = |column: &Column| {
        let kind = name::read(&column.name).kind;
        column.cells.is_number() && matches!(kind, Some(Kind::Share | Kind::Rate))
    };
    let rows = column.data.rows();
    table.columns.iter().any(is_share) && rows >= 2 && (each_once(table, index) || equally_often(column))
}

/// Whether no two rows have the same texts in all columns of texts.
fn each_once(table: &Table, index: usize) -> bool {
    /// Of more rows the first ones show it.
    const LOOKED_AT: usize = 10_000;
    let others: Vec<usize> = (0..table.columns.len())
        .filter(|other| *other != index && table.columns[*other].cells == CellType::Text)
        .collect();
    let mut seen = BTreeSet::new();
    let rows = table.columns[index].data.rows().min(LOOKED_AT);
    (0..rows).all(|row| {
        let code = |column: &usize| table.columns[*column].data.code(row);
        seen.insert(others.iter().chain([&index]).map(code).collect::<Vec<Option<u32>>>())
    })
}

/// Whether each text of a column stands in as many rows.
fn equally_often(column: &Column) -> bool {
    let mut counts = vec![0_u64; column.dictionary.len()];
    for row in 0..column.data.rows() {
        if let Some(count) = column.data.code(row).and_then(|code| counts.get_mut(code as usize)) {
            *count += 1;
        }
    }
    counts.len() > 1 && counts.windows(2).all(|pair| pair[0] == pair[1])
}

/// Whether another column is called a duration.
fn is_beside_duration(table: &Table, index: usize) -> bool {
    let is_duration = |(other, column): (usize, &Column)| {
        other != index
            && column.cells.is_number()
            && vocabulary::DURATIONS.among(&name::words(name::leaf(&column.name))).is_some()
    };
    table.columns.iter().enumerate().any(is_duration)
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

/// Why whole numbers are codes that say how each row ended, under a name that says less: `response` or `error`, beside a duration.
pub(super) fn by_codes(table: &Table, index: usize, words: &[String]) -> Option<&'static str> {
    const ANSWER: Words = Words::of("http https response reply");
    const OF_ERROR: Words = Words::of("error err failure exception code status http number no");
    /// A server answers with a handful of codes.
    const MOST_CODES: usize = 5;
    let is_answer = words.iter().all(|word| ANSWER.has(word));
    let is_error = words.iter().all(|word| OF_ERROR.has(word)) && vocabulary::FAILURE.among(words).is_some();
    let (column, values) = (&table.columns[index], table.values(index));
    if words.is_empty()
        || !is_answer && !is_error
        || table.columns.len() > MOST_COLUMNS
        || column.cells != CellType::Integer
        || values.count() < FEWEST_CODES
        || !is_beside_duration(table, index)
        || is_beside_status(table, index)
    {
        return None;
    }
    let (mut count, mut telling) = (CodeCount::default(), false);
    let mut different: BTreeSet<u32> = BTreeSet::new();
    values.visit_present(0..values.count(), |block| {
        count.count(block);
        // Round numbers are as often sizes.
        telling |= block.iter().any(|number| number % 100.0 != 0.0);
        let some = different.len() <= MOST_CODES;
        different.extend(block.iter().filter(|_| some).map(|number| *number as u32));
    });
    // Sizes and times of such numbers are many, and none of them is what servers say most.
    let usual = different
        .iter()
        .all(|code| matches!(code, 0 | 200..=399 | 400 | 401 | 403 | 404 | 408 | 429 | 500 | 502..=504));
    if different.len() > MOST_CODES || !usual {
        return None;
    }
    if !telling || !count.has_only_codes() || table.columns.iter().any(counts_several) {
        return None;
    }
    if is_answer {
        return Some("codes of HTTP and nothing else, beside a duration");
    }
    let each_failed = values.count() == values.rows() && values.all(|code| code == 0.0 || code >= 400.0);
    each_failed.then_some("codes of failures of HTTP and nothing else, by its name errors")
}
