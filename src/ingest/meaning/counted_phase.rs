//! How many were blocked, and not for how long: whole numbers under a word that elsewhere is a part of a duration, never more than how many there were.
//!
//! In: a table whose metrics have their units. Out: the same, where such a column counts.

use crate::ingest::options::SourceOptions;
use crate::measure::Polarity;
use crate::measure::unit::Unit;
use crate::table::{CellType, Role, Table, UnitChoice};

use super::name;
use super::tally::{self, Tally};
use super::vocabulary;

/// Fewer rows show nothing.
const FEWEST: usize = 4;

/// Gives columns their unit that count how many of all were in a state.
pub(super) fn settle(table: &mut Table, options: &SourceOptions) {
    let undecided = |index: &usize| {
        let column = &table.columns[*index];
        let words = name::words(name::leaf(&column.name));
        column.cells == CellType::Integer
            && column.unit.as_ref().is_some_and(|choice| choice.unit == Unit::UNSTATED_TIME)
            && matches!(&words[..], [only] if vocabulary::PHASES.has(only))
            && table.values(*index).count() >= FEWEST
    };
    let candidates: Vec<usize> = table.columns_as(Role::Metric).filter(undecided).collect();
    for index in candidates {
        let Some(of) = (0..table.columns.len()).find(|all| is_part_of(table, index, *all)) else { continue };
        let reason = format!("never more than `{}`: how many of them", table.columns[of].name);
        table.columns[index].unit = Some(UnitChoice { unit: Unit::COUNT, reason, assumed: false });
        let given = options.column(&table.columns[index].name).and_then(|given| given.polarity);
        table.columns[index].polarity = given.unwrap_or(Polarity::Unknown);
    }
}

/// Whether a column says how many there were in all, in every row at least as many, and beside it others that count.
fn is_part_of(table: &Table, index: usize, all: usize) -> bool {
    let column = &table.columns[all];
    let counts = tally::read(&column.name, &name::read(&column.name))
        .is_some_and(|counter| matches!(counter.tally, Tally::Measured | Tally::Total));
    if all == index || column.cells != CellType::Integer || !counts {
        return false;
    }
    let mut wholes = table.values(all).iter();
    table.values(index).iter().all(|part| {
        let whole = wholes.next().flatten();
        part.is_none_or(|part| whole.is_some_and(|whole| part <= whole))
    })
}
