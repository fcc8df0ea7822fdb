//! How the rows ended that did not fail: with which code of HTTP, or with which word.
//!
//! In: a table with a column of such codes or words. Out: how many rows ended with each, of all and of each label. Says nothing of columns
//! that hold but a yes and a no, and of those with so many texts that they are messages.

use std::borrow::Cow;

use super::codes::labels_of_column;
use super::convention::says_failure;
use super::grouping::Grouping;
use crate::measure::ending::{self, Outcome};
use crate::measure::http_code;
use crate::measure::words::Words;
use crate::stats::measured::PART;
use crate::table::packed::Cells;
use crate::table::{CellType, Column, Role, Table};

/// More texts are no kinds of endings.
const MOST_KINDS: usize = 40;

/// How the rows of a label ended that did not fail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endings {
    /// The label; absent for all rows.
    pub label: Option<String>,
    /// How many ended with each code or word.
    pub counts: Vec<(String, u64)>,
    /// All of them.
    pub total: u64,
}

impl Endings {
    fn of(label: Option<&str>, kinds: &[Option<String>], counts: &[u64]) -> Option<Self> {
        let mut found: Vec<(String, u64)> = Vec::new();
        for (kind, count) in kinds.iter().zip(counts).filter(|(_, count)| **count > 0) {
            let Some(kind) = kind else { continue };
            match found.iter_mut().find(|(known, _)| known == kind) {
                Some((_, known)) => *known += count,
                None => found.push((kind.clone(), *count)),
            }
        }
        let total = found.iter().map(|(_, count)| count).sum();
        (total > 0).then(|| Self { label: label.map(str::to_owned), counts: found, total })
    }
}

/// Of all rows, and of each label where not all rows ended alike.
pub(super) fn of(table: &Table, grouping: Option<&Grouping<'_>>) -> Vec<Endings> {
    let Some((codes, kinds)) = kinds(table) else { return Vec::new() };
    let groups = grouping.map_or(0, |grouping| grouping.groups.len());
    // A row of counts for each label, and one for all.
    let mut counts = vec![0_u64; (groups + 1) * kinds.len()];
    let mut labels = Vec::new();
    for from in (0..codes.rows()).step_by(PART) {
        let range = from..(from + PART).min(codes.rows());
        labels.clear();
        if let Some(grouping) = grouping {
            grouping.codes.visit_codes(range.clone(), |_, block| labels.extend_from_slice(block));
        }
        codes.visit_codes(range, |first, block| {
            for (row, code) in (first - from..).zip(block) {
                let kind = *code as usize;
                if kind >= kinds.len() {
                    continue;
                }
                counts[groups * kinds.len() + kind] += 1;
                let group = labels.get(row).and_then(|label| grouping?.of_code.get(*label as usize));
                if let Some(group) = group {
                    counts[*group as usize * kinds.len() + kind] += 1;
                }
            }
        });
    }
    let of_group = |group: usize| &counts[group * kinds.len()..(group + 1) * kinds.len()];
    let Some(whole) = Endings::of(None, &kinds, of_group(groups)) else { return Vec::new() };
    let apart = grouping.filter(|_| whole.counts.len() > 1 && groups > 1);
    let of_labels = apart.into_iter().flat_map(|grouping| grouping.groups.iter().enumerate());
    let of_labels: Vec<Endings> =
        of_labels.filter_map(|(group, label)| Endings::of(Some(&label.text), &kinds, of_group(group))).collect();
    std::iter::once(whole).chain(of_labels).collect()
}

/// A code for each row by the column that says how rows ended, and the code or word of each of its texts that says that one did not fail. Codes
/// of HTTP say more than words.
fn kinds(table: &Table) -> Option<(Cow<'_, Cells>, Vec<Option<String>>)> {
    let is_short = |column: &Column| column.cells.is_number() || column.dictionary.len() <= MOST_KINDS;
    let columns = table.columns_as(Role::Status).filter(|column| {
        let column = &table.columns[*column];
        column.cells != CellType::Boolean && is_short(column)
    });
    let mut by_words = None;
    for column in columns {
        let (rows, texts) = labels_of_column(table, column);
        if texts.len() > MOST_KINDS {
            continue;
        }
        let codes: Vec<Option<u32>> = texts.iter().map(|text| http_code::of_text(text)).collect();
        let succeeded = |code: &Option<u32>| code.filter(|code| (200..http_code::FIRST_FAILURE).contains(code));
        if codes.iter().any(|code| succeeded(code).is_some()) {
            return Some((rows, codes.iter().map(|code| succeeded(code).map(|code| code.to_string())).collect()));
        }
        let name = table.columns[column].name.to_ascii_lowercase();
        if by_words.is_some() || table.columns[column].cells != CellType::Text || says_failure(&name) {
            continue;
        }
        let words: Vec<Option<String>> = texts.iter().map(|text| word_of(text)).collect();
        by_words = words.iter().any(Option::is_some).then_some((rows, words));
    }
    by_words
}

/// The word of a text that says that a row did not fail. Who writes `OK` today and `success` tomorrow says the same.
fn word_of(text: &str) -> Option<String> {
    const PLAIN: Words =
        Words::of("ok success successful succeeded pass passed completed complete done finished yes y t true");
    let word = text.trim().to_lowercase();
    let well = !word.is_empty() && ending::of_text(text, false) == Outcome::Succeeded;
    well.then(|| if PLAIN.has(&word) { "ok".to_owned() } else { word })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_for_success_are_one_and_a_cached_answer_is_another() {
        for (text, word) in [
            ("OK", Some("ok")),
            ("success", Some("ok")),
            (" Passed ", Some("ok")),
            ("cached", Some("cached")),
            ("failed", None),
            ("", None),
            ("shed", None),
        ] {
            assert_eq!(word_of(text).as_deref(), word, "{text}");
        }
    }
}
