//! Durations whose name states a unit that the numbers beside them deny: `total_time_ms` that holds nanoseconds.
//!
//! In: a table with units. Out: the same, with the unit in which so many things by so long a time are the rate that stands beside them. Only a
//! thousand or a million times as much to four digits is evidence: a rate of something else is no round factor away.

use crate::measure::finding::{Finding, FindingKind, Place, Severity};
use crate::measure::unit::{Dimension, Unit};
use crate::table::{CellType, Role, Table, UnitChoice};

use super::name;
use super::time_evidence::{UNITS, counts_what};
use super::vocabulary::Kind;
use crate::ingest::options::SourceOptions;

/// How far the factor may be from a power of a thousand.
const TOLERANCE: f64 = 1e-4;
/// A longer table is not looked at: whoever recorded so much knew the unit.
const MOST_ROWS: u64 = 1000;
/// Nor is a wider one: each duration would be held against each rate.
const MOST_COLUMNS: usize = 256;

/// Gives durations the unit that counts and rates beside them prove, where their names state another one.
pub(crate) fn settle(table: &mut Table, options: &SourceOptions, source: &str, findings: &mut Vec<Finding>) {
    if table.lines.rows() > MOST_ROWS || table.columns.len() > MOST_COLUMNS {
        return;
    }
    let rates = rates(table);
    if rates.is_empty() {
        return;
    }
    let stated: Vec<(usize, Unit)> =
        table.columns_as(Role::Metric).filter_map(|index| Some((index, stated(table, index, options)?))).collect();
    for unit in UNITS {
        let of_unit: Vec<usize> = stated.iter().filter(|(_, own)| *own == unit).map(|(index, _)| *index).collect();
        let proofs: Vec<Proof> = of_unit.iter().filter_map(|index| proof(table, *index, unit, &rates)).collect();
        // One that its rate confirms says that the others are right as well.
        let Some(first) = proofs.first() else { continue };
        if first.unit == unit || proofs.iter().any(|one| one.unit != first.unit) {
            continue;
        }
        let (count, rate) = (&table.columns[first.count].name, &table.columns[first.rate].name);
        let reason = format!("`{count}` by these is `{rate}` in {} only, whatever the name says", first.unit.symbol);
        let name = table.columns[first.duration].name.clone();
        let place = Place::source(source).column(&name);
        let action = "the numbers beside it decide; --unit states another one";
        findings.push(
            Finding::new(Severity::Suspicious, FindingKind::Contradiction, place, reason.clone(), action).metric(&name),
        );
        for index in of_unit {
            table.columns[index].unit = Some(UnitChoice { unit: first.unit, reason: reason.clone(), assumed: true });
        }
    }
}

/// The unit of time that the name of a column of whole numbers states.
fn stated(table: &Table, index: usize, options: &SourceOptions) -> Option<Unit> {
    let column = &table.columns[index];
    let by_user = options.column(&column.name).is_some_and(|given| given.unit.is_some());
    let choice = column.unit.as_ref().filter(|choice| !choice.assumed && !by_user)?;
    let named = name::read(&column.name).unit == Some(choice.unit);
    (named && column.cells == CellType::Integer && choice.unit.dimension == Dimension::Time).then_some(choice.unit)
}

/// In which unit a duration fits to a count and a rate of the same object.
struct Proof {
    duration: usize,
    count: usize,
    rate: usize,
    unit: Unit,
}

/// The columns of a table that say how many there were in a time, with their units.
fn rates(table: &Table) -> Vec<(usize, Unit)> {
    let rate = |index: usize| {
        let column = &table.columns[index];
        let unit = column.unit();
        if !column.cells.is_number() || unit.dimension != Dimension::Rate {
            return None;
        }
        let said = name::read(&column.name);
        (said.kind == Some(Kind::Rate) && said.statistic.is_none()).then_some((index, unit))
    };
    (0..table.columns.len()).filter_map(rate).collect()
}

fn proof(table: &Table, duration: usize, stated: Unit, rates: &[(usize, Unit)]) -> Option<Proof> {
    // All of them divided by their mean is nothing.
    if name::read(&table.columns[duration].name).statistic.is_some() {
        return None;
    }
    let object = name::parent(&table.columns[duration].name);
    let beside: Vec<usize> = (0..table.columns.len())
        .filter(|other| {
            let column = &table.columns[*other];
            *other != duration && column.cells.is_number() && name::parent(&column.name) == object
        })
        .collect();
    for (rate, unit_of_rate) in rates.iter().copied().filter(|(rate, _)| beside.contains(rate)) {
        let may_count = |count: &usize| {
            let column = &table.columns[*count];
            *count != rate
                && column.cells == CellType::Integer
                && (object.is_empty() || name::read(&column.name).kind != Some(Kind::Duration))
                && (!object.is_empty() || counts_what(&column.name, &table.columns[rate].name))
        };
        for count in beside.iter().copied().filter(may_count) {
            let factor = factor(table, [duration, count, rate], stated, unit_of_rate);
            let unit = factor.and_then(|factor| {
                UNITS.into_iter().find(|unit| near(unit.to_base(1.0) / stated.to_base(1.0), factor))
            });
            if let Some(unit) = unit {
                return Some(Proof { duration, count, rate, unit });
            }
        }
    }
    None
}

fn near(one: f64, other: f64) -> bool {
    (one / other - 1.0).abs() <= TOLERANCE
}

/// How many times as long as the numbers say something took, by so many of it and their rate; the same in all rows.
fn factor(table: &Table, [duration, count, rate]: [usize; 3], stated: Unit, unit_of_rate: Unit) -> Option<f64> {
    let rows = usize::try_from(table.lines.rows()).ok()?;
    let mut found: Option<f64> = None;
    for row in 0..rows {
        let of = |column: usize| table.values(column).number(row).filter(|number| *number > 0.0);
        let (Some(duration), Some(count), Some(rate)) = (of(duration), of(count), of(rate)) else { continue };
        let factor = count / unit_of_rate.to_base(rate) / stated.to_base(duration);
        if found.is_some_and(|found| !near(found, factor)) {
            return None;
        }
        found = found.or(Some(factor));
    }
    found
}
