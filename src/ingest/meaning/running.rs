//! Statistics that ran along: a program that prints the mean, the least and the most of all that came so far, again and again.
//!
//! In: a table with roles and units. Out: what its last row reports of the whole run; the columns are no samples. A least that never rises
//! and a most that never falls, row by row, are of everything up to that row.

use std::collections::BTreeMap;

use crate::measure::Statistic;
use crate::measure::reported::{Reported, ReportedValue};
use crate::table::{Role, Table, UnitChoice};

use super::counters::base;
use super::name;

/// In fewer rows a least may stay by chance.
const FEWEST_ROWS: usize = 10;

/// What the last row of running statistics reports; their columns are marked.
pub(super) fn take(table: &mut Table) -> Vec<Reported> {
    let rows = usize::try_from(table.lines.rows()).unwrap_or_default();
    if rows < FEWEST_ROWS {
        return Vec::new();
    }
    let mut bases: BTreeMap<String, Vec<(usize, Statistic)>> = BTreeMap::new();
    for index in table.columns_as(Role::Metric) {
        let meaning = name::read(&table.columns[index].name);
        if let Some(statistic) = meaning.statistic {
            bases.entry(base(&meaning)).or_default().push((index, statistic));
        }
    }
    let mut reported = Vec::new();
    for (metric, columns) in bases {
        let of =
            |wanted: Statistic| columns.iter().find(|(_, statistic)| *statistic == wanted).map(|(index, _)| *index);
        let (Some(least), Some(most)) = (of(Statistic::Min), of(Statistic::Max)) else { continue };
        let (low, high) = (table.values(least), table.values(most));
        if low.count() != rows || high.count() != rows {
            continue;
        }
        let runs_along = low.all_steps(|before, next| next <= before) && high.all_steps(|before, next| next >= before);
        let goes_on = [low, high].iter().all(|cells| cells.number(0) != cells.number(rows - 1));
        if !runs_along || !goes_on {
            continue;
        }
        let line = table.lines.line(rows as u64 - 1);
        let values = columns.iter().filter_map(|(index, statistic)| {
            let value = table.values(*index).number(rows - 1)?;
            let choice = table.columns[*index].unit.as_ref();
            let unit_assumed = choice.is_some_and(UnitChoice::is_a_guess);
            Some(ReportedValue { statistic: *statistic, value, unit: table.columns[*index].unit(), unit_assumed, line })
        });
        let polarity = table.columns[least].polarity;
        let meaning = "statistics that ran along: those of the last row are of all that came before".to_owned();
        reported.push(Reported { metric, label: None, meaning: Some(meaning), polarity, values: values.collect() });
        for (index, _) in columns {
            let column = &mut table.columns[index];
            column.role = Role::Unused;
            "a statistic of all rows so far, and no sample: the last row has that of the whole run"
                .clone_into(&mut column.role_reason);
        }
    }
    reported
}
