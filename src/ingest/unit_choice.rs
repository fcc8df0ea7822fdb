//! The unit of each metric of a table.
//!
//! In: a table whose columns have roles, and what the user says. Out: the same table with units. Said by the user comes
//! first, then the cells, the metric's name, a column of units, and last an assumption, in which all durations of a row
//! agree.

use std::collections::HashSet;

use crate::model::cells::{Cells, Kind};
use crate::model::table::{CellType, Column, Table, UnitChoice};
use crate::model::unit::{Dimension, Unit};

use super::options::SourceOptions;
use super::units;

/// Columns with such a name state the unit of the others in the same row.
pub(super) const UNIT_WORDS: &[&str] = &["unit", "units"];

/// So many numbers of a long column show what they usually are.
const MOST_LOOKED_AT: usize = 1 << 16;

/// Gives a metric its unit, its polarity and its limit.
pub(super) fn assign_unit(table: &mut Table, index: usize, options: &SourceOptions) {
    let name = table.columns[index].name.clone();
    let given = options.column(&name);
    let unit = match (given.and_then(|column| column.unit), table.columns[index].cells) {
        (Some(unit), _) => Some(UnitChoice { unit, reason: "given by the user".into(), assumed: false }),
        (None, CellType::Quantity(dimension)) => Some(UnitChoice {
            unit: base_unit(dimension),
            reason: "the cells state their units".into(),
            assumed: false,
        }),
        _ => {
            let mut values = table.values(index).some(MOST_LOOKED_AT);
            if values.len() < table.values(index).count() {
                values.push(largest(table.values(index)));
            }
            let inferred = units::infer(&name, &values, table.columns[index].shape.as_ref());
            match inferred {
                Some(choice) if !choice.assumed => Some(choice),
                assumed => stated_by_rows(table, index, assumed),
            }
        }
    };
    let dimension = unit.as_ref().map_or(Dimension::Unknown, |choice| choice.unit.dimension);
    let inferred = units::polarity(&name, dimension);
    let limit = given.and_then(|column| column.limit);
    let limit = limit.map(|limit| limit.to_base(unit.as_ref().map_or(Unit::UNKNOWN, |choice| choice.unit)));
    let polarity = given.and_then(|column| column.polarity).unwrap_or(inferred);
    let column = &mut table.columns[index];
    column.unit = unit;
    column.polarity = polarity;
    column.limit = limit;
}

/// The largest number of a column.
fn largest(cells: &Cells) -> f64 {
    let mut largest = f64::NEG_INFINITY;
    cells.visit_present(0..cells.count(), |block| {
        largest = block.iter().fold(largest, |most, number| most.max(*number));
    });
    largest
}

/// What the rows themselves say about the unit of a metric.
enum RowUnits {
    /// Nothing.
    None,
    /// The same in every row.
    One(Unit, String),
    /// Different ones of the same dimension: each row's own.
    Each(Vec<Unit>, String),
    /// Units of different dimensions: the numbers have no common meaning.
    Unlike(String),
}

/// The unit that the rows state, before the one that would be assumed.
fn stated_by_rows(table: &mut Table, index: usize, assumed: Option<UnitChoice>) -> Option<UnitChoice> {
    let is_time = assumed.as_ref().is_some_and(|choice| choice.unit.dimension == Dimension::Time);
    match row_units(table, index, is_time) {
        RowUnits::None => assumed,
        RowUnits::One(unit, name) => {
            Some(UnitChoice { unit, reason: format!("`{name}` says {} in every row", unit.symbol), assumed: false })
        }
        RowUnits::Each(units, name) => {
            let unit = base_unit(units[0].dimension);
            convert_rows(table, index, &units);
            Some(UnitChoice {
                unit,
                reason: format!("`{name}` states the unit of each row; converted"),
                assumed: false,
            })
        }
        RowUnits::Unlike(name) => {
            let reason = format!("`{name}` names units of different kinds: the numbers have no common one");
            Some(UnitChoice { unit: Unit::UNKNOWN, reason, assumed: true })
        }
    }
}

/// Looks for the column that names the unit of another one: `latency_unit` or `latency.unit` for `latency` and
/// `latency.value`; `unit` for any metric; `time_unit` for durations.
fn row_units(table: &Table, index: usize, is_time: bool) -> RowUnits {
    let metric = units::words(&table.columns[index].name);
    let metric = metric.strip_suffix(&["value".to_owned()]).unwrap_or(&metric);
    let rank = |column: &Column| {
        let words = units::words(&column.name);
        let (last, base) = words.split_last().filter(|_| column.cells == CellType::Text)?;
        match () {
            () if !UNIT_WORDS.contains(&last.as_str()) => None,
            () if !base.is_empty() && (base.ends_with(metric) || metric.ends_with(base)) => Some(0),
            () if base.is_empty() => Some(1),
            () if is_time && base == ["time"] => Some(2),
            () => None,
        }
    };
    let best = (0..table.columns.len()).filter_map(|other| Some((rank(&table.columns[other])?, other))).min();
    let Some((_, column)) = best else { return RowUnits::None };
    let name = table.columns[column].name.clone();
    let known: Vec<Option<Unit>> = table.columns[column].dictionary.iter().map(|text| Unit::parse(text)).collect();
    if let Some((Some(first), rest)) = known.split_first()
        && rest.iter().all(|unit| *unit == Some(*first))
        && table.lines.rows() > 0
    {
        return RowUnits::One(*first, name);
    }
    let of_rows: Option<Vec<Unit>> =
        table.codes(column).into_iter().map(|code| known.get(code as usize).copied().flatten()).collect();
    let Some(of_rows) = of_rows.filter(|units| !units.is_empty()) else { return RowUnits::None };
    let first = of_rows[0];
    match () {
        () if of_rows.iter().all(|unit| *unit == first) => RowUnits::One(first, name),
        () if of_rows.iter().all(|unit| unit.dimension == first.dimension) => RowUnits::Each(of_rows, name),
        () => RowUnits::Unlike(name),
    }
}

/// Brings the numbers of a column to base units, each from the unit of its row.
fn convert_rows(table: &mut Table, index: usize, units: &[Unit]) {
    let mut converted = table.values(index).to_builder(Kind::Numbers);
    let cells = table.values(index);
    for ((row, number), unit) in cells.iter().enumerate().zip(units) {
        match number {
            Some(number) => converted.push_number(unit.to_base(number), cells.is_whole(row)),
            None => converted.push_absent(),
        }
    }
    table.columns[index].data = converted.finish();
}

fn base_unit(dimension: Dimension) -> Unit {
    match dimension {
        Dimension::Time => Unit::SECOND,
        Dimension::Bytes => Unit::BYTE,
        Dimension::Ratio => Unit::RATIO,
        Dimension::Rate => Unit::PER_SECOND,
        Dimension::Count => Unit::COUNT,
        Dimension::ByteRate => Unit::parse("B/s").unwrap_or(Unit::UNKNOWN),
        Dimension::Unknown => Unit::UNKNOWN,
    }
}

/// Durations of one row come from one clock: where units are assumed and disagree, the largest typical value decides.
/// Where it is too long for seconds, all are milliseconds; otherwise all are seconds.
pub(super) fn agree_on_time_unit(table: &mut Table) {
    /// Typical durations are shorter than this many seconds.
    const LONG_SECONDS: f64 = 20.0;
    let assumed: Vec<usize> = (0..table.columns.len()).filter(|index| assumes_time(table, *index)).collect();
    let units: HashSet<&str> =
        assumed.iter().filter_map(|index| Some(table.columns[*index].unit.as_ref()?.unit.symbol)).collect();
    if units.len() < 2 {
        return;
    }
    let largest = assumed.iter().map(|index| typical(table, *index)).fold(0.0, f64::max);
    let unit = if largest >= LONG_SECONDS { Unit::MILLISECOND } else { Unit::SECOND };
    let word = if unit == Unit::SECOND { "seconds" } else { "milliseconds" };
    for index in assumed {
        table.columns[index].unit = Some(UnitChoice {
            unit,
            reason: format!(
                "no unit is stated: read as {word} like the other durations of its rows, because the longest are around {largest}"
            ),
            assumed: true,
        });
    }
}

/// One tool wrote all metrics of a long table, in one unit of time: where it is inferred, the metric with the largest
/// typical value decides for all, because zeros and tiny waits look like anything.
pub(super) fn share_time_unit(parts: &mut [Table], value: usize) {
    let leader = parts
        .iter()
        .filter(|part| assumes_time(part, value))
        .max_by(|a, b| typical(a, value).total_cmp(&typical(b, value)));
    let Some(leader) = leader else { return };
    let (name, unit) = (leader.columns[value].name.clone(), leader.columns[value].unit.clone());
    for part in parts.iter_mut().filter(|part| assumes_time(part, value) && part.columns[value].name != name) {
        part.columns[value].unit = unit.clone().map(|choice| UnitChoice {
            reason: format!("no unit is stated: read like `{name}` of the same table"),
            ..choice
        });
    }
}

/// Whether a column holds durations whose unit nothing states.
fn assumes_time(table: &Table, column: usize) -> bool {
    let unit = table.columns[column].unit.as_ref();
    unit.is_some_and(|choice| choice.assumed && choice.unit.dimension == Dimension::Time)
}

/// The median of a column of numbers, as recorded; 0 where it has none.
fn typical(table: &Table, column: usize) -> f64 {
    let mut numbers = table.values(column).some(MOST_LOOKED_AT);
    let middle = numbers.len() / 2;
    if numbers.is_empty() { 0.0 } else { *numbers.select_nth_unstable_by(middle, f64::total_cmp).1 }
}
