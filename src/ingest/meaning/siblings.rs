//! Names of benchmarks that hold words for failures: keys of a map of scores are no names of metrics.
//!
//! In: a row with units and directions. Out: the same with none of either where only a word inside a name gave them and the
//! numbers beside it have none. `parse.manyErrors` beside `parse.longExpression` is how long something took to parse, or how
//! well, and no count of errors.

use std::collections::BTreeMap;

use crate::measure::Polarity;
use crate::measure::unit::Dimension;
use crate::table::{Role, Table};

use super::name;
use super::vocabulary::{self, Kind};
use crate::ingest::options::SourceOptions;

/// Fewer numbers are no map.
const FEWEST: usize = 3;

/// Takes directions away that only words inside names gave.
pub(crate) fn settle(table: &mut Table, options: &SourceOptions) {
    if table.lines.rows() != 1 {
        return;
    }
    let mut objects: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for index in table.columns_as(Role::Metric) {
        let parent = name::parent(&table.columns[index].name);
        if !parent.is_empty() {
            objects.entry(parent.to_owned()).or_default().push(index);
        }
    }
    for siblings in objects.values().filter(|siblings| siblings.len() >= FEWEST) {
        let (words, plain): (Vec<usize>, Vec<usize>) =
            siblings.iter().partition(|index| is_by_a_word(&table.columns[**index].name));
        let silent = |index: &&usize| {
            let meaning = name::read(&table.columns[**index].name);
            meaning.kind.is_none() && meaning.unit.is_none() && meaning.statistic.is_none()
        };
        let unknown = plain.iter().filter(silent).count();
        // Of single words most name metrics; of several siblings the greater part decides.
        let mostly_unknown = words.len() + unknown >= FEWEST && unknown * 2 >= plain.len() && unknown > 0;
        let fractions =
            words.iter().any(|index| table.values(*index).iter().flatten().any(|value| value.fract() != 0.0));
        if !(mostly_unknown || fractions) {
            continue;
        }
        for index in words {
            let column = &mut table.columns[index];
            let given = options.column(&column.name);
            if given.is_none_or(|given| given.polarity.is_none()) {
                column.polarity = Polarity::Unknown;
            }
            let counted = column.unit.as_ref().is_some_and(|choice| choice.unit.dimension == Dimension::Count);
            if counted && given.is_none_or(|given| given.unit.is_none()) {
                column.unit = None;
            }
        }
    }
}

/// Whether only a word for failures among others in the leaf says what the numbers are.
fn is_by_a_word(column: &str) -> bool {
    let meaning = name::read(column);
    let words = name::words(name::leaf(column));
    let failures = vocabulary::LOWER_IS_BETTER
        .among(&words)
        .is_some_and(|word| vocabulary::FAILED.has(word) || word == "failures");
    words.len() > 1 && failures && meaning.statistic.is_none() && matches!(meaning.kind, None | Some(Kind::Count))
}
