//! Deviations that a column holds of the one beside it: `rate_sd_mpps` beside `rate_mpps`.
//!
//! In: a table with units and directions. Out: the same, in which such a deviation has no better direction: of a rate that varies more
//! nobody has more. Two letters alone are no evidence (a card, a model of pictures): the other column has to be there.

use std::collections::HashSet;

use crate::ingest::options::SourceOptions;
use crate::measure::Polarity;
use crate::table::{Role, Table};

use super::name;
use super::vocabulary::Words;

/// A deviation, between words.
const DEVIATION: Words = Words::of("sd stddev stdev std");

/// Takes the direction from deviations.
pub(super) fn settle(table: &mut Table, options: &SourceOptions) {
    let names: HashSet<Vec<String>> = table.columns.iter().map(|column| name::words(&column.name)).collect();
    for column in table.columns.iter_mut().filter(|column| column.role == Role::Metric) {
        let words = name::words(&column.name);
        let Some(at) = words.iter().position(|word| DEVIATION.has(word)) else { continue };
        let of: Vec<String> = [&words[..at], &words[at + 1..]].concat();
        let given = options.column(&column.name).and_then(|given| given.polarity);
        if given.is_none() && names.contains(&of) {
            column.polarity = Polarity::Unknown;
            column.meaning.get_or_insert_with(|| format!("standard deviation of `{}`", of.join("_")));
        }
    }
}
