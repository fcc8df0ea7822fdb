//! Units that nobody stated and that the numbers beside them deny: `latency_min` of 310 read in ms beside a `latency_mean_ms` of 12.5.
//!
//! In: a table with units. Out: the same without those units. A mean, a median and percentiles lie between the least and the most, and nothing
//! takes longer than the run in which it happened; where a unit that was only assumed breaks that, it is none.

use std::collections::BTreeMap;

use crate::measure::Statistic;
use crate::measure::unit::{Dimension, Unit};
use crate::table::{Role, Table, UnitChoice};

use super::name::{self, NameMeaning};
use super::tally::{self, Tally};
use super::vocabulary::Kind;

/// A longer table is a recording: an odd number in it is one of many.
const MOST_ROWS: u64 = 1000;
/// In a wider one numbers of all kinds stand.
const MOST_COLUMNS: usize = 256;
/// What rounding explains.
const ROUNDING: f64 = 1.01;

/// A statistic of a duration.
struct Timed {
    index: usize,
    statistic: Statistic,
    unit: Unit,
    assumed: bool,
}

/// Takes units away that were assumed and cannot be.
pub(super) fn settle(table: &mut Table) {
    if table.lines.rows() > MOST_ROWS || table.columns.len() > MOST_COLUMNS {
        return;
    }
    let families = families(table);
    for family in families.values() {
        let Some(against) = denied_by(table, family) else { continue };
        for timed in family.iter().filter(|timed| timed.assumed) {
            let reason =
                format!("no unit is stated, and the one of `{}` does not fit to it", table.columns[against].name);
            table.columns[timed.index].unit = Some(UnitChoice { unit: Unit::UNSTATED_TIME, reason, assumed: true });
        }
    }
}

/// The statistics of durations by what they are of, where a unit of one was assumed.
fn families(table: &Table) -> BTreeMap<String, Vec<Timed>> {
    let mut families: BTreeMap<String, Vec<Timed>> = BTreeMap::new();
    for index in table.columns_as(Role::Metric) {
        let column = &table.columns[index];
        let Some(choice) = column.unit.as_ref().filter(|choice| choice.unit.dimension == Dimension::Time) else {
            continue;
        };
        let meaning = name::read(&column.name);
        let Some(statistic) = meaning.statistic else { continue };
        let timed = Timed { index, statistic, unit: choice.unit, assumed: choice.assumed };
        families.entry(family(&meaning)).or_default().push(timed);
    }
    families.retain(|_, family| family.iter().any(|timed| timed.assumed));
    families
}

/// What the statistics of one thing have in common: the name without statistic and unit.
fn family(meaning: &NameMeaning) -> String {
    let words = name::words(&meaning.base);
    words.into_iter().filter(|word| Unit::parse(word).is_none()).collect::<Vec<String>>().join("_")
}

/// The column whose stated unit denies the assumed ones of a family.
fn denied_by(table: &Table, family: &[Timed]) -> Option<usize> {
    let stated = family.iter().filter(|timed| !timed.assumed);
    let by_sibling = stated.map(|stated| stated.index).find(|index| {
        let stated = family.iter().find(|timed| timed.index == *index);
        stated.is_some_and(|stated| family.iter().filter(|one| one.assumed).any(|one| contradict(table, stated, one)))
    });
    by_sibling.or_else(|| {
        let run = run_length(table)?;
        let unit = table.columns[run].unit();
        let of_run = Timed { index: run, statistic: Statistic::Max, unit, assumed: false };
        family.iter().any(|one| one.assumed && is_above(table, one, &of_run)).then_some(run)
    })
}

/// Whether two statistics stand the wrong way round in most rows that have both.
fn contradict(table: &Table, one: &Timed, other: &Timed) -> bool {
    match (rank(one.statistic), rank(other.statistic)) {
        (Some(low), Some(high)) if low < high => is_above(table, one, other),
        (Some(high), Some(low)) if low < high => is_above(table, other, one),
        _ => false,
    }
}

/// Where a statistic stands among samples from small to large; a mean is only held against the extremes.
fn rank(statistic: Statistic) -> Option<u8> {
    match statistic {
        Statistic::Min => Some(0),
        Statistic::Mean | Statistic::Median | Statistic::Percentile(_) => Some(1),
        Statistic::Max => Some(2),
        _ => None,
    }
}

/// Whether in most rows that have both, the first is longer than the second.
fn is_above(table: &Table, longer: &Timed, shorter: &Timed) -> bool {
    let (mut both, mut above) = (0_u64, 0_u64);
    for (one, other) in table.values(longer.index).iter().zip(table.values(shorter.index).iter()) {
        if let Some((one, other)) = one.zip(other) {
            both += 1;
            above += u64::from(longer.unit.to_base(one) > ROUNDING * shorter.unit.to_base(other));
        }
    }
    2 * above > both
}

/// How long the run took that a single row sums up: a duration in a stated unit beside a number of requests.
fn run_length(table: &Table) -> Option<usize> {
    if table.lines.rows() != 1 {
        return None;
    }
    let meaning = |index: usize| name::read(&table.columns[index].name);
    let counts = |index: &usize| {
        let counter = tally::read(&table.columns[*index].name, &meaning(*index));
        counter.is_some_and(|counter| counter.tally == Tally::Measured && counter.noun == Some("requests"))
    };
    if !(0..table.columns.len()).any(|index| counts(&index)) {
        return None;
    }
    table.columns_as(Role::Metric).find(|index| {
        let said = meaning(*index);
        let words = name::words(name::leaf(&table.columns[*index].name));
        let called = said.kind == Some(Kind::RunLength)
            || words.first().is_some_and(|first| matches!(first.as_str(), "duration" | "elapsed" | "runtime"));
        let stated = table.columns[*index].unit.as_ref();
        called
            && said.statistic.is_none()
            && stated.is_some_and(|choice| !choice.assumed && choice.unit.dimension == Dimension::Time)
    })
}
