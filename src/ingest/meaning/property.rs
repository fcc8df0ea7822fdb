//! Numbers that describe what was measured: the shape of an input, how processes are laid out, which ones were left out.
//!
//! In: a column of whole numbers among the others of its table. Out: that nobody measured it, and how one sees it.

use std::collections::{BTreeMap, BTreeSet};

use crate::table::{CellType, Role, Table};

use super::design::are_round;
use super::name;
use super::profile::Profile;
use super::vocabulary::{self, Kind};

/// What a column of whole numbers describes; `None` where it may have been measured.
pub(super) fn infer(table: &Table, index: usize, words: &[String]) -> Option<(Role, String)> {
    if let Some(length) = planned_length(table, index, words) {
        let reason =
            format!("all just above {length}, while what was done in that time differs: how long each row was to take");
        return Some((Role::Unused, reason));
    }
    if table.columns[index].cells != CellType::Integer {
        return None;
    }
    let unused = |reason: String| Some((Role::Unused, reason));
    if words.last().is_some_and(|last| matches!(last.as_str(), "shape" | "shapes")) {
        return unused("the lengths of something in each direction: a shape, and nothing measured".into());
    }
    if let Some(product) = factors_of(table, index) {
        let product = &table.columns[product].name;
        return unused(format!("with another column it makes up `{product}`: how that many are laid out"));
    }
    if let [.., how, what] = words
        && matches!(how.as_str(), "assigned" | "selected" | "pinned" | "chosen")
        && vocabulary::DEVICE.has(what)
    {
        return Some((
            Role::Identifier,
            format!("called `{}`, with whole numbers: it says which", table.columns[index].name),
        ));
    }
    if let Some(many) = list_as_long_as(table, index) {
        return unused(format!(
            "lists of as many numbers as `{}` says: which ones, and nothing measured",
            table.columns[many].name
        ));
    }
    is_list_of_tried(table, index, words)
        .then(|| (Role::Unused, "a list of round sizes by itself: what was to be tried".into()))
}

/// The round length that each row was to take, where all durations of whole runs are that or a little longer, and a rate beside them that does not
/// stay the same: it was as slow or as fast as it was, and ended when the time was over.
fn planned_length(table: &Table, index: usize, words: &[String]) -> Option<f64> {
    const LENGTHS: [f64; 13] = [1.0, 2.0, 5.0, 10.0, 15.0, 20.0, 30.0, 60.0, 90.0, 120.0, 180.0, 300.0, 600.0];
    const FEWEST: usize = 4;
    /// Of its length a run goes on for so much before it notices.
    const LONGER: f64 = 0.03;
    /// So many times as much was done in one row as in another.
    const DIFFERS: f64 = 1.2;
    let [only] = words else { return None };
    if !vocabulary::RUN_OR_LATENCY.has(only) || table.values(index).count() < FEWEST {
        return None;
    }
    let (low, high) = range(table, index);
    if low <= 0.0 || high <= low {
        return None;
    }
    let is_near = |length: &f64| *length <= low && high <= length * (1.0 + LONGER);
    let length = LENGTHS.into_iter().chain(LENGTHS.map(|length| length * 1e3)).find(is_near)?;
    let is_rate = |other: &usize| {
        let said = name::read(&table.columns[*other].name);
        let (low, high) = range(table, *other);
        *other != index
            && table.columns[*other].cells.is_number()
            && (said.kind == Some(Kind::Rate)
                || vocabulary::BY_WHATEVER_TIME.among(&name::words(&table.columns[*other].name)).is_some())
            && low > 0.0
            && high >= DIFFERS * low
    };
    (0..table.columns.len()).any(|other| is_rate(&other)).then_some(length)
}

/// The least and the most of the numbers of a column.
fn range(table: &Table, index: usize) -> (f64, f64) {
    let profile = Profile::of(table.values(index));
    (profile.low, profile.high)
}

/// The column of how many that this one makes up together with another: `pr` times `pc` are `p` in every row, in at least four layouts.
fn factors_of(table: &Table, index: usize) -> Option<usize> {
    const FEWEST: usize = 4;
    let whole = |column: usize| column != index && table.columns[column].cells == CellType::Integer;
    let numbers = || (0..table.columns.len()).filter(|column| whole(*column));
    // Both are called after what they make up.
    let is_called_after = |column: usize, product: usize| {
        let (name, of) = (&table.columns[column].name, &table.columns[product].name);
        !of.is_empty() && name.len() > of.len() && name.starts_with(of.as_str())
    };
    let makes_up = |product: usize, other: usize| {
        let mut telling = BTreeSet::new();
        let rows = table.values(index).iter().zip(table.values(other).iter()).zip(table.values(product).iter());
        let all = rows.into_iter().all(|((one, other), product)| match (one, other, product) {
            (Some(one), Some(other), Some(product)) => {
                let fits = one >= 1.0 && other >= 1.0 && (one * other).to_bits() == product.to_bits();
                if fits {
                    telling.insert(product.to_bits());
                }
                fits
            }
            _ => false,
        });
        all && telling.len() >= FEWEST
    };
    let mut products = numbers().filter(|product| is_called_after(index, *product));
    products.find(|product| numbers().any(|other| is_called_after(other, *product) && makes_up(*product, other)))
}

/// The column that says of how many numbers each list is, where a column of a document holds lists under several of its numbers, each of which
/// begins as the one before: under a `K` of 2 stand two, under 3 the same two and another one. What was measured is not the same again.
fn list_as_long_as(table: &Table, index: usize) -> Option<usize> {
    const FEWEST: usize = 3;
    const MOST_ROWS: u64 = 10_000;
    if table.lines.rows() > MOST_ROWS || table.name.is_none() {
        return None;
    }
    let says = |other: &usize| {
        let column = &table.columns[*other];
        if *other == index
            || column.cells != CellType::Integer
            || table.values(*other).count() as u64 != table.lines.rows()
        {
            return false;
        }
        let mut under: BTreeMap<u64, Vec<f64>> = BTreeMap::new();
        for (many, listed) in table.values(*other).iter().zip(table.values(index).iter()) {
            let Some((many, listed)) = many.zip(listed).filter(|(many, _)| *many >= 1.0) else { continue };
            under.entry(many as u64).or_default().push(listed);
        }
        let as_long = under.iter().all(|(many, list)| *many == list.len() as u64);
        let lists: Vec<&Vec<f64>> = under.values().collect();
        as_long && lists.len() >= FEWEST && lists.windows(2).all(|pair| pair[1].starts_with(pair[0]))
    };
    (0..table.columns.len()).find(says)
}

/// Whether a column is the only one of numbers in a part of a document, called after sizes that are swept, and holds round ones that rise.
fn is_list_of_tried(table: &Table, index: usize, words: &[String]) -> bool {
    const FEWEST: usize = 3;
    let alone = table.columns.iter().enumerate().all(|(other, column)| other == index || !column.cells.is_number());
    let swept = words.iter().any(|word| matches!(word.as_str(), "sweep" | "sweeps" | "swept" | "tested" | "tried"))
        && vocabulary::PARAMETER.among(words).is_some();
    let profile = Profile::of(table.values(index));
    table.name.is_some()
        && alone
        && swept
        && profile.count >= FEWEST
        && profile.rises + 1 == profile.count
        && are_round(table.values(index).iter().flatten(), 2)
}
