//! The goodput of a table with a row a request.
//!
//! In: the table, its metrics, and its runs of requests. Out: a [`Goodput`](super::Goodput); none where no level is one of its
//! columns. A level names a column, with or without its unit; `response` is also what the run's durations are, and `first_chunk` and
//! `time_per_output_token` have the usual names of tools for language models.

use super::tally::{Goodput, LevelValue, Measure, Tally, spelled};
use crate::analysis::metric::Metric;
use crate::analysis::outcome::OutcomeColumn;
use crate::analysis::requests::RequestRun;
use crate::analysis::table::leader;
use crate::analysis::unanswered::Durations;
use crate::measure::ending::Outcome;
use crate::measure::service_level::ServiceLevel;
use crate::stats::settings::Settings;
use crate::table::packed::PART;
use crate::table::{Role, Table};

/// Other names of what levels are about, as [`spelled`].
const ALIASES: [(&str, &[&str]); 2] = [
    ("firstchunk", &["ttft", "timetofirsttoken", "firsttoken", "ttfc", "timetofirstchunk", "firsttokenlatency"]),
    ("timeperoutputtoken", &["tpot", "outputtokenlatency", "timeperoutputtokenms"]),
];

/// What the whole answer of a request is called.
const RESPONSE: &str = "response";

/// The goodput of a table, which has that index in the source of that name.
pub(crate) fn of_table(
    (source, index): (&str, usize),
    table: &Table,
    metrics: &[Metric],
    runs: &[RequestRun],
    settings: &Settings,
) -> Option<Goodput> {
    let metrics: Vec<&Metric> = metrics.iter().filter(|metric| metric.table == index as u64).collect();
    let runs: Vec<&RequestRun> = runs.iter().filter(|run| run.table == index as u64).collect();
    let columns: Vec<Option<usize>> = settings
        .service_levels
        .iter()
        .map(|level| column(table, level, runs.first().map(|run| run.metric.as_str())))
        .collect();
    if columns.iter().all(Option::is_none) {
        return None;
    }
    let measure = |level, column: &Option<usize>| {
        column.map_or_else(Measure::none, |column| Measure::of_column(level, &table.columns[column]))
    };
    let levels = settings.service_levels.iter().zip(&columns).map(|(level, column)| (level, measure(level, column)));
    let mut tally = Tally::new(levels.collect(), settings);
    let status = metrics.iter().find_map(|metric| metric.failures.as_ref());
    let told = status.and_then(|failures| OutcomeColumn::by(table, &failures.column));
    let corrupted: Vec<Vec<usize>> = columns
        .iter()
        .map(|column| {
            let name = column.map(|column| table.columns[column].name.as_str());
            let of = metrics.iter().filter(|metric| Some(metric.name.as_str()) == name);
            let mut rows: Vec<usize> = of.flat_map(|metric| metric.corrupted_rows()).collect();
            rows.sort_unstable();
            rows
        })
        .collect();
    let durations = leader(table).and_then(|column| Durations::of(table, column));
    let unanswered = |row: usize, outcome: Outcome| {
        outcome == Outcome::Succeeded && durations.is_some_and(|durations| !durations.is_measured(row))
    };
    let rows = usize::try_from(table.lines.rows()).unwrap_or_default();
    let mut numbers: Vec<Vec<f64>> = vec![Vec::new(); columns.len()];
    let mut outcomes = Vec::new();
    for from in (0..rows).step_by(PART) {
        let part = from..rows.min(from + PART);
        for (numbers, column) in numbers.iter_mut().zip(&columns) {
            numbers.clear();
            let Some(column) = *column else { continue };
            let unit = table.columns[column].unit();
            table.values(column).visit(part.clone(), |block| {
                let base = |(offset, number): (usize, &f64)| {
                    if block.has(offset) { unit.to_base(*number) } else { f64::NAN }
                };
                numbers.extend(block.numbers.iter().enumerate().map(base));
            });
        }
        outcomes.clear();
        match &told {
            Some(told) => told.visit(part.clone(), |outcome| outcomes.push(outcome)),
            None => outcomes.resize(part.len(), Outcome::NotSaid),
        }
        for (offset, outcome) in outcomes.iter().enumerate() {
            let shown = |level: usize| match numbers[level].get(offset) {
                // What is below zero stands for none.
                Some(number) if *number < 0.0 && unanswered(from + offset, *outcome) => LevelValue::Nothing,
                _ if corrupted[level].binary_search(&(from + offset)).is_ok() => LevelValue::Corrupted,
                Some(number) if !number.is_nan() => LevelValue::Number(*number),
                _ => LevelValue::Nothing,
            };
            let failed = *outcome == Outcome::Failed;
            // A row without any of the numbers is a request only where it says that it failed, or how it ended and not how long it took.
            let unanswered = unanswered(from + offset, *outcome);
            if failed || unanswered || (0..columns.len()).any(|level| shown(level) != LevelValue::Nothing) {
                tally.request(!failed && !unanswered, shown);
            }
        }
    }
    let length: f64 = runs.iter().map(|run| run.totals().seconds).sum();
    tally.finish(source, index, (!runs.is_empty()).then_some(length), settings.confidence)
}

/// The column that a level is about.
fn column(table: &Table, level: &ServiceLevel, durations: Option<&str>) -> Option<usize> {
    let of_name =
        |is: &dyn Fn(&str) -> bool| table.columns_as(Role::Metric).find(|column| is(&table.columns[*column].name));
    let wanted = spelled(&level.subject);
    let aliases = ALIASES.iter().find(|(name, _)| *name == wanted).map_or(&[][..], |(_, aliases)| aliases);
    of_name(&|name| name == level.subject)
        .or_else(|| of_name(&|name| spelled(name) == wanted))
        .or_else(|| of_name(&|name| aliases.contains(&spelled(name).as_str())))
        .or_else(|| of_name(&|name| wanted == RESPONSE && Some(name) == durations))
}
