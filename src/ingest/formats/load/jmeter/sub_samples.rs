//! Rows of a CSV that are parts of other rows: redirects and embedded resources, which JMeter numbers behind the label of the sample that
//! contains them (`Home-0`, `Home-1` in `Home`).
//!
//! In: a table of JMeter. Out: the texts of its labels that are of such parts, where the rows lie inside those of their samples.

use std::collections::{HashMap, HashSet};

use crate::table::{Instants, Table};

/// So large a part of the rows has to lie inside the samples that their labels name.
const INSIDE: f64 = 0.9;
/// So many rows are looked at.
const LOOKED_AT: usize = 100_000;
/// Nanoseconds of a millisecond, by which the clocks of both may differ, as JMeter rounds them.
const MILLISECOND: i64 = 1_000_000;

/// Labels of samples inside others; empty where the rows do not bear out what the labels look like.
pub(super) fn labels(table: &Table, label: usize) -> HashSet<String> {
    let texts = &table.columns[label].dictionary;
    if texts.iter().all(|text| numbered(text).is_none()) {
        return HashSet::new();
    }
    let outer = outermost(texts);
    if outer.iter().all(Option::is_none) {
        return HashSet::new();
    }
    let (inside, all) = rows_inside(table, label, &outer).unwrap_or((0, 0));
    if all == 0 || (inside as f64) < INSIDE * all as f64 {
        return HashSet::new();
    }
    texts.iter().zip(&outer).filter(|(_, outer)| outer.is_some()).map(|(text, _)| text.clone()).collect()
}

/// What stands before the number at the end of a label: `Home` of `Home-0`.
fn numbered(text: &str) -> Option<&str> {
    let (before, number) = text.rsplit_once('-')?;
    (!number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())).then_some(before)
}

/// Of each label, the one of the outermost sample that may contain it; absent where it is such a one.
fn outermost(texts: &[String]) -> Vec<Option<u32>> {
    let codes: HashMap<&str, u32> = texts.iter().map(String::as_str).zip(0..).collect();
    let around = |text: &str| {
        let (outer, code) = codes.get_key_value(numbered(text)?)?;
        Some((*outer, *code))
    };
    let outermost = |text: &String| {
        let mut found = around(text)?;
        while let Some(further) = around(found.0) {
            found = further;
        }
        Some(found.1)
    };
    texts.iter().map(outermost).collect()
}

/// How many of the first rows with such labels lie inside the last row of their sample in the same thread, and how many there are; `None`
/// where one failed inside a sample that did not: then its failure would be lost with it.
fn rows_inside(table: &Table, label: usize, outer: &[Option<u32>]) -> Option<(u64, u64)> {
    let column = |name: &str| table.position(name);
    let (clock, elapsed) = (column("timeStamp")?, column("elapsed")?);
    // Of requests that run at once, only the thread says which lie inside which.
    let threads = table.text_cells(column("threadName")?);
    let success = column("success");
    let failed = |row: usize| {
        let text = success.and_then(|of| table.columns[of].dictionary.get(table.text_cells(of).code(row)? as usize));
        text.is_some_and(|text| text.eq_ignore_ascii_case("false"))
    };
    let starts = Instants::of(table, clock);
    let mut samples: HashMap<(u32, u32), ((i64, i64), bool)> = HashMap::new();
    let (mut inside, mut all) = (0, 0);
    let labels = table.text_cells(label);
    for (row, elapsed) in table.values(elapsed).iter().take(LOOKED_AT).enumerate() {
        let Some(code) = labels.code(row) else { continue };
        let Some(thread) = threads.code(row) else { continue };
        let span = starts.at(row).zip(elapsed).map(|(start, elapsed)| (start, start + elapsed as i64 * MILLISECOND));
        match outer.get(code as usize).copied().flatten() {
            None => {
                if let Some(span) = span {
                    samples.insert((thread, code), (span, failed(row)));
                }
            }
            Some(sample) => {
                all += 1;
                let around = samples.get(&(thread, sample)).zip(span);
                let Some(((around, around_failed), span)) = around else { continue };
                if span.0 >= around.0 - MILLISECOND && span.1 <= around.1 + MILLISECOND {
                    inside += 1;
                    if failed(row) && !around_failed {
                        return None;
                    }
                }
            }
        }
    }
    Some((inside, all))
}
