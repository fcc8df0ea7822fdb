//! Labels that were tried with each other beside a clock, or one stretch of rows after the other.
//!
//! In: a table with roles. Out: the same, where all of these labels but the first are settings, so that no two configurations are pooled.
//! A log of requests has its labels in no order; whoever tries things goes through them in one.

use std::collections::HashMap;

use crate::measure::label::LEADING;
use crate::table::{CellType, Role, Table};

use super::name;
use super::vocabulary;

/// Labels of more texts name things, and no choices.
const MOST_TEXTS: usize = 20;
/// Rows of a configuration, on average and at least in each.
const ROWS_EACH: usize = 5;
const FEWEST_ROWS: usize = 3;
/// Longer tables are recordings.
const MOST_ROWS: usize = 20_000;
/// A part of the rows that follows the turns of a loop.
const IN_TURN: f64 = 0.9;
/// Values of a setting between the turns of the labels.
const MOST_BETWEEN: usize = 12;

/// Makes settings of labels that were tried through.
pub(super) fn settle(table: &mut Table) {
    let rows = usize::try_from(table.lines.rows()).unwrap_or(usize::MAX);
    if !(2 * ROWS_EACH..=MOST_ROWS).contains(&rows) {
        return;
    }
    let candidates: Vec<usize> = (0..table.columns.len()).filter(|index| may_be_chosen(table, *index)).collect();
    let in_order: Vec<usize> =
        candidates.iter().copied().filter(|index| in_stretches(&codes_of(table, &[*index]))).collect();
    let found =
        told_apart(table, &in_order).or_else(|| in_turn(table, &candidates)).or_else(|| models(table, &candidates));
    let Some((found, how)) = found else { return };
    let leads = |index: &usize| {
        let words = name::words(name::leaf(&table.columns[*index].name));
        words.last().is_some_and(|last| LEADING.contains(&last.as_str()))
    };
    let other_labels = |index: usize| {
        let mut labels = table.columns_as(Role::Label);
        labels.any(|other| !found.contains(&other) && index != other && varies(table, other))
    };
    // One label stays, so that there is one that leads.
    let stays =
        found.iter().copied().find(leads).or_else(|| found.first().copied().filter(|first| !other_labels(*first)));
    for index in found.into_iter().filter(|index| Some(*index) != stays) {
        let column = &mut table.columns[index];
        column.role = Role::Setting;
        column.role_reason.push_str(how);
    }
}

/// Labels that are called like what is tried, beside others that lead: a model and its tasks.
fn models(table: &Table, candidates: &[usize]) -> Option<(Vec<usize>, &'static str)> {
    const TRIED: vocabulary::Words =
        vocabulary::Words::of("model llm engine framework backend library quantization quant precision dtype provider");
    let called = |index: &usize| {
        let words = name::words(name::leaf(&table.columns[*index].name));
        words.last().is_some_and(|last| TRIED.has(last) || last == "name" && words.len() > 1 && TRIED.has(&words[0]))
    };
    let often = |index: &usize| each_often(&codes_of(table, &[*index]));
    let found: Vec<usize> = candidates.iter().copied().filter(called).filter(often).collect();
    let others = table.columns_as(Role::Label).any(|other| !found.contains(&other) && varies(table, other));
    (!found.is_empty() && others).then_some((found, "; called like what is tried, in many rows each"))
}

/// Whether a label has few texts that name neither somebody nor how a row ended.
fn may_be_chosen(table: &Table, index: usize) -> bool {
    let column = &table.columns[index];
    let words = name::words(name::leaf(&column.name));
    let named = |word: &String| {
        vocabulary::ACTOR.has(word)
            || vocabulary::IDENTIFIER.has(word)
            || vocabulary::STATUS.has(word)
            || vocabulary::FAILURE.has(word)
            || vocabulary::REMARK.has(word)
            || vocabulary::DATE.has(word)
            || matches!(word.as_str(), "phase" | "stage" | "state" | "section" | "message" | "method" | "level")
    };
    column.role == Role::Label
        && matches!(column.cells, CellType::Text | CellType::Boolean)
        && varies(table, index)
        && column.dictionary.iter().filter(|text| !text.is_empty()).count() <= MOST_TEXTS
        && !words.iter().any(named)
}

fn varies(table: &Table, index: usize) -> bool {
    column_codes(table, index).windows(2).any(|pair| pair[0] != pair[1])
}

fn column_codes(table: &Table, index: usize) -> Vec<u32> {
    let cells = table.text_cells(index);
    (0..cells.rows()).map(|row| cells.code(row).unwrap_or(u32::MAX)).collect()
}

/// A number for each row, the same for the same texts.
fn codes_of(table: &Table, columns: &[usize]) -> Vec<usize> {
    let parts: Vec<Vec<u32>> = columns.iter().map(|column| column_codes(table, *column)).collect();
    let rows = parts.first().map_or(0, Vec::len);
    let mut numbers: HashMap<Vec<u32>, usize> = HashMap::new();
    (0..rows)
        .map(|row| {
            let key = parts.iter().map(|part| part[row]).collect();
            let next = numbers.len();
            *numbers.entry(key).or_insert(next)
        })
        .collect()
}

/// The same, where rows that differ in a setting are different ones: a configuration is tried with each of its values.
fn with_settings(table: &Table, codes: Vec<usize>) -> Vec<usize> {
    let numbers = |column: &usize| table.columns[*column].cells.is_number();
    table.columns_as(Role::Setting).filter(numbers).fold(codes, |codes, column| {
        let values = table.values(column);
        let mut seen: HashMap<(usize, Option<u64>), usize> = HashMap::new();
        let numbered = codes.into_iter().enumerate().map(|(row, code)| {
            let next = seen.len();
            *seen.entry((code, values.number(row).map(f64::to_bits))).or_insert(next)
        });
        numbered.collect()
    })
}

/// How many different ones there are.
fn kinds(codes: &[usize]) -> usize {
    codes.iter().max().map_or(0, |most| most + 1)
}

/// Whether the same text stands in several rows one after the other, and hardly ever comes again.
fn in_stretches(codes: &[usize]) -> bool {
    /// A text may come again in the blocks of others.
    const TIMES: usize = 8;
    let stretches = 1 + codes.windows(2).filter(|pair| pair[0] != pair[1]).count();
    stretches <= TIMES * kinds(codes) && stretches * ROWS_EACH <= codes.len()
}

/// Labels of which each combination stands in one stretch of rows, none of them told by the others.
fn told_apart(table: &Table, labels: &[usize]) -> Option<(Vec<usize>, &'static str)> {
    let mut found: Vec<usize> = Vec::new();
    for label in labels {
        let with: Vec<usize> = found.iter().copied().chain([*label]).collect();
        if kinds(&codes_of(table, &with)) > kinds(&codes_of(table, &found)).max(1) {
            found = with;
        }
    }
    // What the later ones tell needs no earlier one.
    for label in found.clone() {
        let without: Vec<usize> = found.iter().copied().filter(|other| *other != label).collect();
        if !without.is_empty() && kinds(&codes_of(table, &without)) == kinds(&codes_of(table, &found)) {
            found = without;
        }
    }
    let several = found.len() > 1 || found.len() == 1 && has_another_label(table, found[0]);
    let once = |codes: &[usize]| {
        let stretches = 1 + codes.windows(2).filter(|pair| pair[0] != pair[1]).count();
        stretches <= kinds(codes) + kinds(codes) / 4 && each_often(codes)
    };
    let codes = codes_of(table, &found);
    // Where settings part the stretches of the labels, both together are what was tried.
    let stand_once = several && (once(&codes) || once(&with_settings(table, codes)));
    stand_once.then_some((found, "; the same in stretches of rows: what was tried"))
}

/// Whether a label that varies from row to row stands beside it, each of whose texts goes with each of its own.
fn has_another_label(table: &Table, index: usize) -> bool {
    const FILLED: f64 = 0.9;
    let others = table.columns_as(Role::Label).filter(|other| *other != index && may_be_chosen(table, *other));
    let mut crossed = others.filter(|other| {
        let product = kinds(&codes_of(table, &[index])) * kinds(&codes_of(table, &[*other]));
        kinds(&codes_of(table, &[index, *other])) as f64 >= FILLED * product as f64
    });
    crossed.next().is_some()
}

/// Labels that take turns as a loop does: what stands in a row stands there again after as many rows as there are combinations.
fn in_turn(table: &Table, labels: &[usize]) -> Option<(Vec<usize>, &'static str)> {
    let codes = codes_of(table, labels);
    let turn = kinds(&codes);
    let product: usize = labels.iter().map(|label| kinds(&codes_of(table, &[*label]))).product();
    if labels.len() < 2 || turn < 4 || turn != product || !each_often(&codes) {
        return None;
    }
    // A setting that is none of the labels may go through its values in between.
    let mut turns = (1..=MOST_BETWEEN).map(|between| between * turn).take_while(|turn| 2 * turn <= codes.len());
    let goes_on = turns.any(|turn| {
        let again = codes.iter().zip(codes.iter().skip(turn)).filter(|(one, other)| one == other).count();
        again as f64 >= IN_TURN * (codes.len() - turn) as f64
    });
    goes_on.then(|| (labels.to_vec(), "; each of its texts with each of the others, in turn: what was tried"))
}

/// Whether each of them stands in a few rows, none of them in very few.
fn each_often(codes: &[usize]) -> bool {
    let mut counts = vec![0_usize; kinds(codes)];
    for code in codes {
        counts[*code] += 1;
    }
    codes.len() >= ROWS_EACH * counts.len() && counts.iter().all(|count| *count >= FEWEST_ROWS)
}

/// Whether a text is the name of a hash function and no digest: short, and not of hexadecimal digits alone.
pub(super) fn is_no_digest(text: &str) -> bool {
    const LONGEST: usize = 24;
    text.len() <= LONGEST && !(text.len() > 3 && text.bytes().all(|byte| byte.is_ascii_hexdigit()))
}
