//! Which repetitions among the values of a metric are odd.
//!
//! In: repeated blocks and stuck values, and the rows that they stand in. Out: those that nothing explains. A block is a copy
//! only where whole rows are the same: the clock, the thread, everything. A value that stays is a stuck sensor unless it is the 0
//! of something that was not needed (a connection that is used again, an exchange between processes of which there is one), several
//! requests waited for one timeout, the clock counts too coarsely to tell durations of that size apart, values around it repeat as often,
//! or the rows are all of one label.

use std::collections::HashSet;
use std::ops::Range;

use super::clock;
use crate::stats::measured::LabelledNumbers;
use crate::stats::recording::{Repeat, Stuck};
use crate::stats::unit_block::UnitBlock;
use crate::table::packed::Kind;
use crate::table::{Column, Instants, Role, Table};

/// A value of a coarse clock is usual where this share of the others is the same...
const USUAL_SAME: f64 = 0.2;
/// ...or where this share of the others repeats the one before it.
const USUAL_REPEATS: f64 = 0.25;
/// Rows of a copied block that are the same, at least: one may have been changed since.
const SAME_ROWS: f64 = 0.9;
/// A 0 that occurs so often elsewhere is as good a value as others.
const USUAL_ZEROS: usize = 8;
/// Values on either side of a stretch that show how often one repeats the one before it.
const NEIGHBOURS: usize = 50;
/// Chance at which a stretch as long among such values counts as impossible.
const CHANCE: f64 = 1e-6;
/// Without a clock, blocks of which fewer neighbours differ are no copies: trees of calls and tables of settings hold the same again.
const VARIED: f64 = 0.5;
/// Requests that waited for the same event took the same time within this share.
const SAME_WAIT: f64 = 0.02;

/// Whether the rows of two equal blocks are the same in every column.
pub(super) fn are_copies(table: &Table, cells: &LabelledNumbers<'_>, repeat: &Repeat) -> bool {
    let same = (0..repeat.length)
        .filter(|offset| {
            let (first, again) = (cells.row(repeat.first + offset), cells.row(repeat.again + offset));
            (0..table.columns.len()).all(|column| is_same(table, column, first, again))
        })
        .count();
    same as f64 >= SAME_ROWS * repeat.length as f64
        && (clock::is_recorded(table) || changes(cells, repeat.first..repeat.first + repeat.length) >= VARIED)
}

/// Which share of the values of a stretch differ from the one before.
fn changes(cells: &LabelledNumbers<'_>, range: Range<usize>) -> f64 {
    let pairs = range.len().saturating_sub(1).max(1);
    let (mut before, mut differ) = (None, 0_usize);
    cells.visit(range, |_, block| {
        for value in block {
            differ += usize::from(before.replace(*value).is_some_and(|before: f64| before != *value));
        }
    });
    differ as f64 / pairs as f64
}

fn is_same(table: &Table, column: usize, first: usize, again: usize) -> bool {
    let of = &table.columns[column];
    match of.cells.kind() {
        Kind::Numbers => of.data.number(first) == of.data.number(again),
        Kind::Codes => of.data.code(first) == of.data.code(again),
        Kind::Instants => {
            let instants = Instants::of(table, column);
            instants.at(first) == instants.at(again)
        }
    }
}

/// Whether a value that stays the same has an ordinary cause.
pub(super) fn is_explained(table: &Table, column: usize, cells: &LabelledNumbers<'_>, stuck: &Stuck) -> bool {
    let end = stuck.start + stuck.length;
    let elsewhere = |so: &dyn Fn(f64) -> bool| {
        let mut count = 0;
        for range in [0..stuck.start, end..cells.len()] {
            cells.visit(range, |_, block| count += block.iter().filter(|value| so(**value)).count());
        }
        count
    };
    if is_of_one_label(table, column, cells, stuck) {
        return true;
    }
    if stuck.value == 0.0 {
        return elsewhere(&|value| value == 0.0) >= USUAL_ZEROS;
    }
    // What neighbours repeat as often by themselves is no sensor that stopped.
    if cells.len() as f64 * repeats_around(cells, stuck).powf(stuck.length as f64 - 1.0) >= CHANCE {
        return true;
    }
    if is_coarse(&table.columns[column], stuck.value) {
        let others = (cells.len() - stuck.length) as f64;
        let same = elsewhere(&|value| value == stuck.value) as f64;
        if same >= USUAL_SAME * others || repeats_elsewhere(cells, stuck) as f64 >= USUAL_REPEATS * others {
            return true;
        }
    }
    // Nothing took longer, and all of them were under way together: one event ended them.
    let Some(instants) = table.columns_as(Role::Timestamp).next() else { return false };
    let instants = Instants::of(table, instants);
    let within: Vec<i64> = (stuck.start..end).filter_map(|index| instants.at(cells.row(index))).collect();
    let (Some(first), Some(last)) = (within.iter().min(), within.iter().max()) else { return false };
    let seconds = clock::seconds(&table.columns[column], stuck.value);
    (last - first) as f64 / 1e9 <= seconds && elsewhere(&|value| value > stuck.value * (1.0 + SAME_WAIT)) == 0
}

/// How likely a value around a stretch repeats the one before it; runs among its neighbours are counted on either side.
fn repeats_around(cells: &LabelledNumbers<'_>, stuck: &Stuck) -> f64 {
    let end = stuck.start + stuck.length;
    let sides = [stuck.start.saturating_sub(NEIGHBOURS)..stuck.start, end..(end + NEIGHBOURS).min(cells.len())];
    let pairs: usize = sides.iter().map(|side| side.len().saturating_sub(1)).sum();
    let same: f64 =
        sides.into_iter().map(|side| (1.0 - changes(cells, side.clone())) * side.len().saturating_sub(1) as f64).sum();
    same / pairs.max(1) as f64
}

/// Whether all rows of a stretch, and no others, have one label or setting in common: one process does not wait for others.
fn is_of_one_label(table: &Table, column: usize, cells: &LabelledNumbers<'_>, stuck: &Stuck) -> bool {
    let end = stuck.start + stuck.length;
    let tells = |index: &usize| {
        let other = &table.columns[*index];
        let codes = other.cells.kind() == Kind::Codes && other.dictionary.len() < cells.len() / 2;
        *index != column
            && (other.role == Role::Setting && other.cells.kind() == Kind::Numbers
                || matches!(other.role, Role::Setting | Role::Label) && codes)
    };
    (0..table.columns.len()).filter(tells).any(|index| {
        let column = &table.columns[index];
        let of = |at: usize| match column.cells.kind() {
            Kind::Numbers => column.data.number(cells.row(at)).map(f64::to_bits),
            _ => column.data.code(cells.row(at)).map(u64::from),
        };
        let setting = of(stuck.start);
        setting.is_some()
            && (stuck.start..end).all(|at| of(at) == setting)
            && (0..stuck.start).chain(end..cells.len()).all(|at| of(at) != setting)
    })
}

/// How many values outside of a stretch are the same as the one before them.
fn repeats_elsewhere(cells: &LabelledNumbers<'_>, stuck: &Stuck) -> usize {
    let mut count = 0;
    for range in [0..stuck.start, stuck.start + stuck.length..cells.len()] {
        let mut before = None;
        cells.visit(range, |_, block| {
            for value in block {
                count += usize::from(before.replace(*value) == Some(*value));
            }
        });
    }
    count
}

/// Whether a duration is few steps of its clock, so that durations of about that size are the same number.
fn is_coarse(column: &Column, value: f64) -> bool {
    const FEW_STEPS: f64 = 20.0;
    let Some(shape) = column.shape.as_ref().filter(|shape| column.unit().dimension.is_time() && shape.exponents == 0)
    else {
        return false;
    };
    let digits = shape.fraction_digits.iter().rposition(|count| *count > 0).unwrap_or_default();
    let step = 10_f64.powi(-i32::try_from(digits).unwrap_or(i32::MAX));
    value <= FEW_STEPS * step
}

/// Whether most values of a block have labels that occur nowhere else: then the label explains them.
pub(super) fn is_label_of_its_own(cells: &LabelledNumbers<'_>, block: &UnitBlock) -> bool {
    let mut elsewhere = HashSet::new();
    for range in [0..block.range.start, block.range.end..cells.len()] {
        cells.visit_codes(range, |_, codes| elsewhere.extend(codes.iter().copied()));
    }
    let (mut own, mut all) = (0, 0);
    cells.visit_codes(block.range.clone(), |_, codes| {
        all += codes.len();
        own += codes.iter().filter(|code| !elsewhere.contains(code)).count();
    });
    // Labels that occur once each tell nothing apart.
    2 * own > all && elsewhere.len() < cells.len() / 2
}
