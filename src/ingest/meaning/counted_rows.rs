//! Rows each of which counts what was tried and what of it failed, in however many rows: seconds of a load test, runs that were repeated.
//!
//! In: a table with roles whose rows stay samples. Out: how many failed of how many, added up for the rows of each label; the columns are no
//! samples. Names say what a column counts, and the rows prove it: those that succeeded and those that failed are all of them in every
//! row, or requests of which some failed are never fewer than those. Counters that go on from row to row are not added up: their last row
//! has the whole.

use std::collections::BTreeMap;

use crate::measure::reported::{Reported, ReportedValue};
use crate::measure::unit::Unit;
use crate::measure::{Polarity, Statistic};
use crate::table::{COUNTED_IN_ROWS, CellType, Role, Table};

use super::name;
use super::row_labels;
use super::tally::{self, Counter, Tally};

/// Longer tables are not told apart by labels: their rows are added up.
const MOST_LABELLED_ROWS: usize = 20_000;
/// More labels than this are nobody's list.
const MOST_LABELS: usize = 60;
/// In fewer rows numbers rise by chance.
const FEWEST_RISING: usize = 10;

/// The columns that count, by their places.
struct Counted {
    /// All that were tried; where no column says so, those that succeeded are added to those that failed.
    all: Option<usize>,
    succeeded: Option<usize>,
    failed: usize,
    /// What it counts.
    metric: String,
}

/// What counters report that go on from row to row; their columns are marked.
pub(super) fn so_far(table: &mut Table) -> Vec<Reported> {
    found(table, |rows| rows.iter().all(|rows| go_on(rows)))
}

/// What counts of single rows report together; their columns are marked.
pub(super) fn summed(table: &mut Table) -> Vec<Reported> {
    found(table, |_| true)
}

/// Rows of a label, each with how many were tried, how many of them failed, and its line.
type Rows = Vec<(f64, f64, Option<u64>)>;

fn found(table: &mut Table, wanted: impl Fn(&[&Rows]) -> bool) -> Vec<Reported> {
    if table.columns_as(Role::Status).next().is_some() {
        return Vec::new();
    }
    let Some(counted) = counted(table) else { return Vec::new() };
    let groups = rows_by_label(table, &counted);
    let rows: Vec<&Rows> = groups.values().collect();
    if rows.is_empty() || !wanted(&rows) {
        return Vec::new();
    }
    let reported = groups.iter().flat_map(|(label, rows)| of_label(&counted.metric, label.as_ref(), rows)).collect();
    for index in [counted.all, counted.succeeded, Some(counted.failed)].into_iter().flatten() {
        let column = &mut table.columns[index];
        column.role = Role::Unused;
        COUNTED_IN_ROWS.clone_into(&mut column.role_reason);
    }
    reported
}

/// The columns that count, where every row proves that they do.
fn counted(table: &Table) -> Option<Counted> {
    let mut objects: BTreeMap<String, Vec<(usize, Counter)>> = BTreeMap::new();
    for (index, column) in table.columns.iter().enumerate() {
        let counts = column.cells == CellType::Integer && matches!(column.role, Role::Metric | Role::Setting);
        if let Some(counter) = counts.then(|| tally::read(&column.name, &name::read(&column.name))).flatten() {
            objects.entry(counter.object.clone()).or_default().push((index, counter));
        }
    }
    let mut proven = objects.iter().filter_map(|(object, columns)| proven(table, object, columns));
    // Of several objects none speaks for the rows.
    proven.next().filter(|_| proven.next().is_none())
}

/// The columns of one object, where they prove each other.
fn proven(table: &Table, object: &str, columns: &[(usize, Counter)]) -> Option<Counted> {
    let called = |tally: Tally| columns.iter().filter(move |(_, one)| one.tally == tally);
    let all = || called(Tally::Measured).chain(called(Tally::Total));
    let metric = |noun: Option<&str>| {
        let leaf = noun.unwrap_or("attempts");
        if object.is_empty() { leaf.to_owned() } else { format!("{object}.{leaf}") }
    };
    let several = |column: usize| table.values(column).iter().flatten().any(|number| number > 1.0);
    let (first, of_failed) = called(Tally::Failed).next()?;
    if let Some((succeeded, _)) = called(Tally::Succeeded).next() {
        let makes_up = |(all, _): &&(usize, Counter)| tally::are_all(table, *all, *succeeded, *first) && several(*all);
        let whole = all().find(makes_up);
        let both = || all().next().is_none() && tally::several_a_row(table, *succeeded, *first);
        if whole.is_none() && !both() {
            return None;
        }
        let noun = whole.and_then(|(_, counter)| counter.noun).or(of_failed.noun);
        let all = whole.map(|(all, _)| *all);
        return Some(Counted { all, succeeded: Some(*succeeded), failed: *first, metric: metric(noun) });
    }
    // One kind of failures is not all of them.
    if called(Tally::Failed).nth(1).is_some() || of_failed.noun.is_none() {
        return None;
    }
    let (all, counter) = called(Tally::Measured).find(|(_, counter)| counter.noun == of_failed.noun)?;
    let rows = table.values(*all);
    let mut parts = table.values(*first).iter();
    let within = rows.iter().all(|all| all.zip(parts.next().flatten()).is_some_and(|(all, failed)| failed <= all));
    (within && several(*all)).then(|| Counted {
        all: Some(*all),
        succeeded: None,
        failed: *first,
        metric: metric(counter.noun),
    })
}

/// The rows of each label, in their order.
fn rows_by_label(table: &Table, counted: &Counted) -> BTreeMap<Option<String>, Rows> {
    let rows = usize::try_from(table.lines.rows()).unwrap_or_default();
    let mut labels = Vec::new();
    if rows <= MOST_LABELLED_ROWS {
        labels = row_labels::of(table, rows, &[]);
        let different = row_labels::distinct(&labels);
        if different > MOST_LABELS || different == 1 {
            labels.clear();
        }
    }
    let number = |column: usize, row: usize| table.values(column).number(row).filter(|number| *number >= 0.0);
    let mut groups: BTreeMap<Option<String>, Rows> = BTreeMap::new();
    for row in 0..rows {
        let Some(failed) = number(counted.failed, row) else { continue };
        let all = match (counted.all, counted.succeeded) {
            (Some(all), _) => number(all, row),
            (None, succeeded) => {
                succeeded.and_then(|succeeded| number(succeeded, row)).map(|succeeded| succeeded + failed)
            }
        };
        let Some(all) = all else { continue };
        let label = labels.get(row).cloned().flatten();
        groups.entry(label).or_default().push((all, failed, table.lines.line(row as u64)));
    }
    groups
}

/// Whether counters go on from row to row: neither all nor those that failed fall, but where they begin anew.
fn go_on(rows: &Rows) -> bool {
    /// Runs may be written one after the other.
    const RISES_TO_A_FALL: usize = 8;
    let steps = || rows.windows(2);
    let falls = steps().filter(|pair| pair[1].0 < pair[0].0).count();
    let rises = steps().filter(|pair| pair[1].0 > pair[0].0).count();
    // Where they do not begin anew, those that failed, and those that did not, stay or rise.
    let breaks = steps()
        .filter(|pair| pair[1].0 >= pair[0].0)
        .any(|pair| pair[1].1 < pair[0].1 || pair[1].0 - pair[1].1 < pair[0].0 - pair[0].1);
    rows.len() >= FEWEST_RISING && 2 * rises >= rows.len() - 1 && falls * RISES_TO_A_FALL <= rises && !breaks
}

/// Whether few rows rise so that nobody knows whether they go on.
fn may_go_on(rows: &Rows) -> bool {
    let rises = |pair: &[(f64, f64, Option<u64>)]| pair[1].0 > pair[0].0 && pair[1].1 >= pair[0].1;
    (2..FEWEST_RISING).contains(&rows.len()) && rows.windows(2).all(rises)
}

/// How many of a label were tried and failed: in its last row where rows go on, one by one where that is not known, and otherwise in all.
fn of_label(metric: &str, label: Option<&String>, rows: &Rows) -> Vec<Reported> {
    let report = |label: Option<String>, all: f64, failed: f64, line: Option<u64>, what: &str| {
        let count = |statistic, number| ReportedValue::stated(statistic, number, Unit::COUNT, line);
        let meaning = Some(what.to_owned()).filter(|what| !what.is_empty());
        let values = vec![count(Statistic::Count, all), count(Statistic::Failures, failed)];
        Reported { metric: metric.to_owned(), label, meaning, polarity: Polarity::Unknown, values }
    };
    // Repetitions of something that has a name are repetitions.
    if label.is_none() && may_go_on(rows) {
        let mut labels = vec![label.cloned(); rows.len()];
        row_labels::number(&mut labels);
        let rows = labels.into_iter().zip(rows);
        return rows.map(|(label, (all, failed, line))| report(label, *all, *failed, *line, "")).collect();
    }
    let last = |at: usize| rows.get(at + 1).is_none_or(|next| next.0 < rows[at].0);
    let on = go_on(rows);
    let counted: Vec<&(f64, f64, Option<u64>)> =
        rows.iter().enumerate().filter(|(at, _)| !on || last(*at)).map(|(_, row)| row).collect();
    let (all, failed) = counted.iter().fold((0.0, 0.0), |(all, failed), row| (all + row.0, failed + row.1));
    let line = counted.last().and_then(|row| row.2);
    let what =
        if on { "counters that go on from row to row: the last has the whole" } else { "added up over the rows" };
    vec![report(label.cloned(), all, failed, line, what)]
}

#[cfg(test)]
mod tests {
    use super::{go_on, may_go_on};

    fn rows(numbers: &[(f64, f64)]) -> Vec<(f64, f64, Option<u64>)> {
        numbers.iter().map(|(all, failed)| (*all, *failed, None)).collect()
    }

    #[test]
    fn counters_go_on_and_counts_of_rows_do_not() {
        let on: Vec<(f64, f64)> = (1..40).map(|row| (100.0 * f64::from(row), f64::from(row / 3))).collect();
        assert!(go_on(&rows(&on)));
        let twice: Vec<(f64, f64)> = on.iter().chain(&on).copied().collect();
        assert!(go_on(&rows(&twice)), "two runs, one behind the other");
        let single: Vec<(f64, f64)> =
            (1..40).map(|row| (100.0 + f64::from(row * 7 % 11), f64::from(row % 5))).collect();
        assert!(!go_on(&rows(&single)));
        assert!(!go_on(&rows(&[(900.0, 300.0); 30])), "as many in each row");
        // All rise, and fewer fail: these are of single rows.
        let falling: Vec<(f64, f64)> = (1..40).map(|row| (100.0 * f64::from(row), f64::from(40 - row))).collect();
        assert!(!go_on(&rows(&falling)));
        assert!(may_go_on(&rows(&[(100.0, 1.0), (200.0, 2.0), (400.0, 2.0)])));
        assert!(!may_go_on(&rows(&[(100.0, 1.0), (90.0, 2.0)])) && !may_go_on(&rows(&[(100.0, 1.0)])));
    }
}
