//! Bare numbers as keys of an object that are no percentiles: `1`, `2`, `4` and `20` threads.
//!
//! In: what the names of columns say. Out: the same without the percentiles that other keys of the same object deny. Nobody reports the second
//! or the fourth percentile, so that beside such a key 20 is as well what was tried.

use std::collections::BTreeSet;

use crate::table::Table;

use super::name::{self, NameMeaning};

/// Percentiles that people ask for. Two of them in one object are percentiles, whatever stands beside.
const ASKED_FOR: [&str; 5] = ["50", "75", "90", "95", "99"];

/// Takes percentiles away that stand beside bare numbers that are none.
pub(super) fn settle(table: &Table, columns: &mut [(usize, NameMeaning)]) {
    let key_of = |index: usize| {
        let name = &table.columns[index].name;
        let leaf = name::leaf(name);
        let is_bare = !leaf.is_empty() && leaf.bytes().all(|byte| byte.is_ascii_digit());
        is_bare.then(|| name::parent(name))
    };
    let denied: BTreeSet<&str> = columns
        .iter()
        .filter(|(_, meaning)| meaning.statistic.is_none())
        .filter_map(|(index, _)| key_of(*index).filter(|parent| !parent.is_empty()))
        .filter(|parent| {
            let asked = |key: &&str| {
                columns
                    .iter()
                    .any(|(index, _)| key_of(*index) == Some(parent) && name::leaf(&table.columns[*index].name) == *key)
            };
            ASKED_FOR.iter().filter(|key| asked(key)).count() < 2
        })
        .collect();
    for (index, meaning) in columns.iter_mut() {
        if meaning.statistic.is_some() && key_of(*index).is_some_and(|parent| denied.contains(parent)) {
            meaning.statistic = None;
            meaning.base.clone_from(&table.columns[*index].name);
        }
    }
}
