//! Percentiles that stand below each other: a column called so that rises, and beside it durations that never fall.
//!
//! In: a table with the roles of its columns. Out: the percentiles of each other column, as reported numbers; nothing where a row is
//! told apart by anything else. Read as samples they would be a few numbers that nobody measured. Percents are as well of a load that
//! was tried, of progress or of what was filled: the name decides, and that durations stand beside it.

use crate::measure::Statistic;
use crate::measure::reported::{Reported, ReportedValue};
use crate::table::{Column, Role, Table};

use super::name;
use super::so_far;
use super::vocabulary::Words;

/// What a column of percents is called.
const PERCENTS: Words = Words::of("percentile percentiles quantile quantiles");
/// More rows are a histogram.
const MOST_ROWS: usize = 200;

/// Takes the percentiles out of a table that holds nothing else.
pub(super) fn take(table: &mut Table) -> Vec<Reported> {
    let rows = usize::try_from(table.lines.rows()).unwrap_or(usize::MAX);
    if !(2..=MOST_ROWS).contains(&rows) {
        return Vec::new();
    }
    let Some((column, percents)) = percents(table) else { return Vec::new() };
    let told_apart = |role| table.columns_as(role).any(|other| other != column);
    if [Role::Label, Role::Timestamp, Role::Run, Role::Setting].into_iter().any(told_apart) {
        return Vec::new();
    }
    let measured: Vec<usize> = table.columns_as(Role::Metric).filter(|other| *other != column).collect();
    let rising = |column: &usize| numbers(table, *column).is_some_and(|values| values.is_sorted());
    let lasts = |column: &usize| table.columns[*column].unit().dimension.is_time();
    if measured.is_empty() || !measured.iter().all(lasts) || !measured.iter().all(rising) {
        return Vec::new();
    }
    let of = |index: &usize| {
        let column = &table.columns[*index];
        let value = |row: usize| {
            let value = so_far::value_in_row(table, *index, row)?;
            Some(ReportedValue { statistic: statistic(percents[row]), ..value })
        };
        Reported {
            metric: column.name.clone(),
            label: None,
            meaning: column.meaning.clone(),
            polarity: column.polarity,
            values: (0..rows).filter_map(value).collect(),
        }
    };
    let reported = measured.iter().map(of).collect();
    measured.iter().chain([&column]).for_each(|index| summarised(&mut table.columns[*index]));
    reported
}

/// The column of percents, and these from 0 to 100.
fn percents(table: &Table) -> Option<(usize, Vec<f64>)> {
    let called = |column: &Column| {
        let words = name::words(name::leaf(&column.name));
        column.cells.is_number() && words.len() == 1 && PERCENTS.has(&words[0])
    };
    let column = table.columns.iter().position(called)?;
    let values = numbers(table, column)?;
    let rise = values.windows(2).all(|pair| pair[0] < pair[1]) && values[0] >= 0.0;
    let last = *values.last()?;
    let scale = if last <= 1.0 { 100.0 } else { 1.0 };
    (rise && last <= 100.0).then(|| (column, values.iter().map(|value| value * scale).collect()))
}

/// The numbers of all rows; `None` where one has none.
fn numbers(table: &Table, column: usize) -> Option<Vec<f64>> {
    table.values(column).iter().collect()
}

fn statistic(percent: f64) -> Statistic {
    match percent {
        0.0 => Statistic::Min,
        50.0 => Statistic::Median,
        100.0 => Statistic::Max,
        other => Statistic::Percentile(other),
    }
}

fn summarised(column: &mut Column) {
    column.role = Role::Unused;
    "percentiles that a program has computed: shown as reported".clone_into(&mut column.role_reason);
}

#[cfg(test)]
mod tests {
    use crate::ingest::read_text;
    use crate::measure::Statistic;
    use crate::table::Role;

    #[test]
    fn percentiles_below_each_other_are_those_of_one_distribution() {
        for text in [
            "percentile,latency_ms\n50,9.5\n90,25.5\n99,110.5\n",
            "{\"runs\":3,\"latency_distribution\":[{\"percentile\":50,\"latency_ms\":9.5},{\"percentile\":90,\"latency_ms\":25.5},\
             {\"percentile\":99,\"latency_ms\":110.5}]}",
        ] {
            let found = read_text("p", text);
            let one = found.reported.iter().find(|one| one.number(Statistic::Median).is_some()).expect(text);
            assert_eq!(one.number(Statistic::Percentile(99.0)), Some(0.1105), "{text}");
            assert!(found.tables.iter().all(|table| table.columns_as(Role::Metric).next().is_none()), "{text}");
        }
    }

    #[test]
    fn percents_that_were_measured_or_tried_stay_samples() {
        for text in [
            "percent,latency_ms\n40,9.5\n20,25.5\n60,11.5\n",
            "percent,latency_ms\n10,9.5\n20,17.5\n30,21.5\n",
            "quantile,pinball_loss\n0.5,9.5\n0.9,17.5\n0.99,21.5\n",
            "host,percent,latency_ms\na,10,9.5\nb,20,12.5\nc,30,13.5\n",
        ] {
            let found = read_text("p.csv", text);
            assert!(found.tables[0].columns.iter().any(|column| column.role == Role::Metric), "{text}");
        }
    }
}
