//! Tables in which a program has summarised what it measured: percentiles, means and extremes in columns, a row a label.
//!
//! In: a table with roles and units. Out: what it reports, row by row, and the table with its columns marked as summaries.
//! A summary is no sample: nothing is recomputed from it, and the row of a total is not added to its parts. Columns say that
//! they are statistics by their names ([`name`](super::name)): two of one metric are enough, one of them a mean, a median or
//! a percentile. Rows that cannot be told apart may be runs of one thing, or intervals of time, and are summaries only where
//! the names leave no doubt: several percentiles that are called nothing else, or three statistics of one metric.

use std::collections::{BTreeMap, BTreeSet};

use crate::measure::ending;
use crate::measure::reported::{Reported, ReportedCause, ReportedValue};
use crate::measure::unit::Unit;
use crate::measure::{Polarity, Statistic};
use crate::table::{CellType, Column, Instants, Role, Table, UnitChoice};

use super::counters::{self, Counts, NAMELESS, Part, Singly, base};
use super::name::{self, NameMeaning};
use super::order::{are_complete, are_in_order, contradict, is_share_of_successes};
use super::{numbered_keys, row_labels, tally, vocabulary};
use crate::ingest::options::SourceOptions;

/// A table with more rows is a recording of its own, whose rows are intervals of time, unless each row proves that it is a summary.
const MOST_ROWS: usize = 500;
/// More rows than this are shown as what they recorded, even so: nobody reads them one by one.
const MOST_PROVEN: usize = 5_000;
/// Statistics of one metric that leave no doubt.
const PLENTY: usize = 3;
/// So many rows that are told apart are configurations, a few of which were measured twice.
const FEWEST_APART: usize = 4;
/// Of so many rows each says how many of its requests failed, although nothing tells the rows apart.
const MOST_COUNTED: usize = 20;

/// What kind of table is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// One whose rows may as well be samples.
    Rows,
    /// Objects of a document that stand beside its samples: each number is the only one of its kind.
    BesideSamples,
}

/// What the columns of a table are, where it is a summary.
struct Layout {
    parts: Vec<(usize, Part)>,
    /// Whether rows are summaries even where nothing tells them apart.
    sure: bool,
    /// Whether a metric has its least, its mean, a percentile and its most in every row, in their order: rows that are not told apart among
    /// many that are were measured twice.
    complete: bool,
    /// Whether there are no statistics, only counts of what was tried and failed.
    only_counts: bool,
    /// Counters of failures of requests that may overlap.
    singly: Option<Singly>,
}

/// What a table reports.
pub(crate) struct Summarised {
    /// Its numbers, row by row.
    pub(crate) reported: Vec<Reported>,
    /// Failures of one kind each, of which nothing says how many there are in all.
    pub(crate) causes: Vec<ReportedCause>,
}

/// What the table reports, where it is a summary; its measured columns are marked as such.
pub(crate) fn take(table: &mut Table, options: &SourceOptions, place: Place) -> Option<Summarised> {
    let rows = usize::try_from(table.lines.rows()).ok()?;
    if rows == 0 || rows > MOST_PROVEN && place == Place::Rows {
        return None;
    }
    let layout = layout(table, place)?;
    let causes = layout.singly.as_ref().filter(|_| rows == 1).map_or_else(Vec::new, |singly| causes(table, singly));
    let reported = reported(table, rows, layout, options, place)?;
    Some(Summarised { reported, causes })
}

/// How many failed of each kind that a table of one row counts, the kind called as its column.
fn causes(table: &Table, singly: &Singly) -> Vec<ReportedCause> {
    let of = |column: &usize| {
        let failed = table.values(*column).number(0).filter(|failed| *failed >= 1.0)?;
        let cause = name::words(name::leaf(&table.columns[*column].name)).join(" ");
        Some(ReportedCause { label: None, cause, failed: failed as u64 })
    };
    singly.counters.iter().filter_map(of).collect()
}

/// The numbers of a summary; its measured columns are marked as such.
fn reported(
    table: &mut Table,
    rows: usize,
    mut layout: Layout,
    options: &SourceOptions,
    place: Place,
) -> Option<Vec<Reported>> {
    // A row of requests and of failures of several kinds is of a whole run, in whatever kind of file it stands.
    let place = if rows == 1 && layout.singly.is_some() { Place::BesideSamples } else { place };
    if rows > MOST_ROWS && place == Place::Rows && !(layout.sure && are_in_order(table, &layout.parts)) {
        return None;
    }
    let clock = table.columns_as(Role::Timestamp).any(|column| Instants::of(table, column).goes_on());
    // A mean with its deviation is of several repetitions; where texts and settings tell all rows apart, each row is a configuration.
    let of_intervals = clock && !layout.sure;
    if of_intervals && !has_deviation(&layout.parts) {
        return None;
    }
    if layout.only_counts && place == Place::Rows {
        return only_counts(table, rows, &layout.parts, options);
    }
    let Some(labels) = labels(table, rows, &mut layout) else {
        return if of_intervals { None } else { only_counts(table, rows, &layout.parts, options) };
    };
    let parts = layout.parts;
    let labels = without_doubtful_totals(table, &parts, labels);
    let mut reported = Vec::new();
    let status = table.columns.iter().find(|column| tells_of_failure(column));
    let failed = |row: usize| status.is_some_and(|column| message_instead(table, &parts, column, row).is_some());
    for (row, label) in labels.iter().enumerate().filter(|(row, _)| !failed(*row)) {
        reported.append(&mut of_row(table, &parts, row, label.as_ref(), options));
    }
    reported.extend(failed_instead(table, &parts, &labels));
    for (index, _) in &parts {
        summarised(&mut table.columns[*index]);
    }
    // The whole run stands first.
    reported.sort_by_key(|one| one.label.is_some());
    Some(reported)
}

/// Whether a metric has both its mean and how far its samples deviate.
fn has_deviation(parts: &[(usize, Part)]) -> bool {
    let of = |wanted: Statistic| {
        parts.iter().filter_map(move |(_, part)| match part {
            Part::Statistic(metric, statistic) if *statistic == wanted => Some(metric),
            _ => None,
        })
    };
    of(Statistic::Mean).any(|mean| of(Statistic::Stddev).any(|deviation| deviation == mean))
}

/// Of rows that stay samples, how many of the requests of each failed: several runs of one thing are compared by what they
/// measured, and by their failures.
fn only_counts(
    table: &mut Table,
    rows: usize,
    parts: &[(usize, Part)],
    options: &SourceOptions,
) -> Option<Vec<Reported>> {
    if table.columns_as(Role::Status).next().is_some() {
        return None;
    }
    let mut labels = if rows == 1 { vec![None] } else { row_labels::of(table, rows, &[]) };
    let told_apart = row_labels::distinct(&labels) == rows;
    if rows > MOST_COUNTED && !told_apart {
        return None;
    }
    if !told_apart {
        row_labels::number(&mut labels);
    }
    let counts: Vec<(usize, Part)> = parts.iter().filter(|(_, part)| part.counts()).cloned().collect();
    let reported = labels.iter().enumerate();
    let mut reported: Vec<Reported> =
        reported.flat_map(|(row, label)| of_row(table, &counts, row, label.as_ref(), options)).collect();
    let has = |one: &Reported, wanted| one.values.iter().any(|value| value.statistic == wanted);
    reported.retain(|one| has(one, Statistic::Failures) && has(one, Statistic::Count));
    if reported.is_empty() {
        return None;
    }
    // What is said there is not said again; a share is a number of its own.
    let is_said = |part: &Part| part.count_of().is_some_and(|of| reported.iter().any(|one| one.metric == of));
    for (index, _) in counts.iter().filter(|(_, part)| is_said(part)) {
        summarised(&mut table.columns[*index]);
    }
    reported.sort_by_key(|one| one.label.is_some());
    Some(reported)
}

/// Marks a column as one that is shown as reported.
fn summarised(column: &mut Column) {
    column.role = Role::Unused;
    "a number that a program has summarised: shown as reported".clone_into(&mut column.role_reason);
}

/// The labels, with that of a total where it cannot be one: the mean of all lies between those of its parts. `ALL` may be one of the
/// settings that were tried.
fn without_doubtful_totals(
    table: &Table,
    parts: &[(usize, Part)],
    mut labels: Vec<Option<String>>,
) -> Vec<Option<String>> {
    /// What rounding explains.
    const TOLERANCE: f64 = 0.01;
    let totals: Vec<usize> = (0..labels.len()).filter(|row| labels[*row].is_none()).collect();
    let ([total], true) = (&totals[..], labels.len() > 2) else { return labels };
    let within = |column: usize| {
        let number = table.values(column).number(*total)?;
        let others = (0..labels.len()).filter(|row| row != total).filter_map(|row| table.values(column).number(row));
        let (low, high) =
            others.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), one| (low.min(one), high.max(one)));
        let slack = TOLERANCE * high.abs();
        Some(high < low || (low - slack..=high + slack).contains(&number))
    };
    let means = parts.iter().filter(|(_, part)| matches!(part, Part::Statistic(_, Statistic::Mean)));
    if means.filter_map(|(column, _)| within(*column)).any(|inside| !inside)
        && let Some(label) = row_labels::written(table, *total)
    {
        labels[*total] = Some(label);
    }
    labels
}

/// What one row reports, metric by metric.
fn of_row(
    table: &Table,
    parts: &[(usize, Part)],
    row: usize,
    label: Option<&String>,
    options: &SourceOptions,
) -> Vec<Reported> {
    let line = table.lines.line(row as u64);
    let mut found: Vec<Reported> = Vec::new();
    for (index, part) in parts {
        let Some(number) = table.values(*index).number(row) else { continue };
        let column = &table.columns[*index];
        let mut guessed = false;
        let (metric, statistic, unit, value) = match part {
            Part::Statistic(metric, statistic) if statistic.is_count() => {
                (metric.clone(), *statistic, Unit::COUNT, number)
            }
            Part::Statistic(metric, statistic) => {
                let (unit, assumed) = unit_of(table, parts, metric);
                guessed = assumed;
                (metric.clone(), *statistic, unit, number)
            }
            Part::Succeeded(metric, failed) => {
                let failed = table.values(*failed).number(row).unwrap_or_default();
                (metric.clone(), Statistic::Count, Unit::COUNT, number + failed)
            }
            Part::NotFailed(metric, measured) => {
                let Some(measured) = table.values(*measured).number(row).filter(|measured| *measured >= number) else {
                    continue;
                };
                (metric.clone(), Statistic::Failures, Unit::COUNT, measured - number)
            }
            Part::Share(metric, measured, share) => {
                let Some(all) = table.values(*measured).number(row) else { continue };
                (metric.clone(), Statistic::Failures, Unit::COUNT, share.failed(number, all))
            }
            Part::Codes(metric, all, failed) => {
                let sum = |columns: &[usize]| columns.iter().filter_map(|one| table.values(*one).number(row)).sum();
                add(&mut found, metric, label, (Statistic::Count, sum(all)), line);
                (metric.clone(), Statistic::Failures, Unit::COUNT, sum(failed))
            }
            Part::FailedSum(metric, columns) => {
                let sum = columns.iter().filter_map(|one| table.values(*one).number(row)).sum();
                (metric.clone(), Statistic::Failures, Unit::COUNT, sum)
            }
            Part::Value => {
                guessed = column.unit.as_ref().is_some_and(UnitChoice::is_a_guess);
                (column.name.clone(), Statistic::Value, column.unit(), number)
            }
        };
        let given = options.column(&metric).and_then(|given| given.unit).filter(|_| !statistic.is_count());
        let unit_assumed = guessed && given.is_none();
        let value = ReportedValue { statistic, value, unit: given.unwrap_or(unit), unit_assumed, line };
        // Counts say nothing of what is measured.
        let (polarity, meaning) =
            if statistic.is_count() { (Polarity::Unknown, None) } else { (column.polarity, column.meaning.clone()) };
        match found.iter_mut().find(|one| one.metric == metric) {
            Some(one) => {
                // Counts and deviations say nothing of it.
                let silent = |value: &ReportedValue| value.statistic.is_count() || value.statistic == Statistic::Stddev;
                if one.polarity == Polarity::Unknown && one.values.iter().all(silent) {
                    one.polarity = polarity;
                }
                one.meaning = one.meaning.take().or(meaning);
                one.values.push(value);
            }
            None => found.push(Reported { polarity, meaning, label: label.cloned(), values: vec![value], metric }),
        }
    }
    found
}

/// Adds how many of a metric were counted.
fn add(
    found: &mut Vec<Reported>,
    metric: &str,
    label: Option<&String>,
    (statistic, value): (Statistic, f64),
    line: Option<u64>,
) {
    let value = ReportedValue::stated(statistic, value, Unit::COUNT, line);
    found.push(Reported {
        metric: metric.to_owned(),
        label: label.cloned(),
        meaning: None,
        polarity: Polarity::Unknown,
        values: vec![value],
    });
}

/// Rows with a message of failure instead of numbers: how many of all, and which.
fn failed_instead(table: &Table, parts: &[(usize, Part)], labels: &[Option<String>]) -> Vec<Reported> {
    let Some(column) = table.columns.iter().find(|column| tells_of_failure(column)) else { return Vec::new() };
    let message = |row: usize| message_of_failure(table, parts, column, row);
    let failed: Vec<(usize, &String)> = (0..labels.len()).filter_map(|row| Some((row, message(row)?))).collect();
    let report = |label: Option<String>, all: usize, failed: usize, meaning: String, row: Option<usize>| {
        let line = row.and_then(|row| table.lines.line(row as u64));
        let count = |statistic, count: usize| ReportedValue::stated(statistic, count as f64, Unit::COUNT, line);
        Reported {
            metric: column.name.clone(),
            label,
            meaning: Some(meaning),
            polarity: Polarity::Unknown,
            values: vec![count(Statistic::Count, all), count(Statistic::Failures, failed)],
        }
    };
    if failed.is_empty() {
        return Vec::new();
    }
    let instead = |row: usize| message_instead(table, parts, column, row).is_some();
    let what = if failed.iter().all(|(row, _)| instead(*row)) {
        format!("entries; failed are those that have `{}` instead of numbers", column.name)
    } else {
        format!("entries; failed are those of which `{}` says so", column.name)
    };
    let whole = report(None, labels.len(), failed.len(), what, None);
    let each = failed.into_iter().filter(|(row, _)| labels[*row].is_some());
    let each = each.map(|(row, text)| {
        let said = if instead(row) { format!("no numbers: {text}") } else { text.clone() };
        report(labels[row].clone(), 1, 1, said, Some(row))
    });
    std::iter::once(whole).chain(each).collect()
}

/// Whether the texts of a column say which rows failed.
fn tells_of_failure(column: &Column) -> bool {
    column.role == Role::Status && column.cells == CellType::Text
}

/// What a row says that has failed: instead of numbers, or beside them where a column of outcomes says so.
fn message_of_failure<'t>(
    table: &Table,
    parts: &[(usize, Part)],
    column: &'t Column,
    row: usize,
) -> Option<&'t String> {
    let instead = message_instead(table, parts, column, row);
    let of_failure = vocabulary::FAILURE.among(&name::words(name::leaf(&column.name))).is_some();
    if instead.is_some() || of_failure {
        return instead;
    }
    let text = column.dictionary.get(column.data.code(row)? as usize)?;
    (ending::of_text(text, false) == ending::Outcome::Failed).then_some(text)
}

/// What a row says that has failed and has no numbers, or none but zeros.
fn message_instead<'t>(table: &Table, parts: &[(usize, Part)], column: &'t Column, row: usize) -> Option<&'t String> {
    let of_failure = vocabulary::FAILURE.among(&name::words(name::leaf(&column.name))).is_some();
    let numbers = || parts.iter().filter_map(|(index, _)| table.values(*index).number(row));
    let text = column.dictionary.get(column.data.code(row)? as usize).filter(|text| !text.is_empty())?;
    let failed = ending::by_first_word(text) == Some(false);
    let instead = of_failure && numbers().next().is_none() || failed && numbers().all(|number| number == 0.0);
    instead.then_some(text)
}

fn is_number(column: &Column) -> bool {
    let constant = column.role == Role::Setting && is_constant(column);
    column.cells.is_number()
        && (constant || !matches!(column.role, Role::Timestamp | Role::Run | Role::Label | Role::Setting))
}

/// Whether a column holds the same number in all rows: no row is told from another by it, so it is shown beside them.
fn is_constant(column: &Column) -> bool {
    let numbers: Vec<Option<f64>> = column.data.iter().collect();
    numbers.windows(2).all(|pair| pair[0] == pair[1])
}

/// What each column holds; `None` where the table is no summary.
fn layout(table: &Table, place: Place) -> Option<Layout> {
    let mut columns: Vec<(usize, NameMeaning)> = (0..table.columns.len())
        .filter(|index| is_number(&table.columns[*index]))
        .map(|index| (index, name::read(&table.columns[index].name)))
        .collect();
    name_lone_deviation(&mut columns);
    numbered_keys::settle(table, &mut columns);
    let apart = apart(table, &columns);
    let mut bases: BTreeMap<String, Vec<Statistic>> = BTreeMap::new();
    let codes = counters::codes(table, &columns);
    for (index, meaning) in &columns {
        // A code of HTTP looks like a percentile.
        let is_code = || codes.contains_key(name::parent(&table.columns[*index].name));
        let is_share = || is_share_of_successes(&table.columns[*index].name);
        let counts = || is_code() || is_share() || apart.contains(index);
        if let Some(statistic) = meaning.statistic.filter(|_| !counts()) {
            let of_base = bases.entry(base(meaning)).or_default();
            if !of_base.contains(&statistic) {
                of_base.push(statistic);
            }
        }
    }
    let sums_up = |of_base: &Vec<Statistic>| {
        let typical = |one: &Statistic| matches!(one, Statistic::Mean | Statistic::Median | Statistic::Percentile(_));
        of_base.len() >= 2 && of_base.iter().any(typical)
    };
    // `mean time` beside `time ±` is a mean with its error.
    let deviates = |base: &str, of_base: &[Statistic]| {
        let of = |column: &Column| column.name.strip_suffix('±').is_some_and(|of| name::words(of).join("_") == base);
        of_base == [Statistic::Mean] && table.columns.iter().any(of)
    };
    // A percentile of each of several metrics, as tables of runs have them: `ttft_p50_ms` beside `e2e_p50_ms`.
    let is_percentile = |of_base: &[Statistic]| matches!(of_base, [Statistic::Median | Statistic::Percentile(_)]);
    let several_percentiles =
        bases.iter().filter(|(base, of_base)| *base != NAMELESS && is_percentile(of_base)).count() >= 2;
    bases.retain(|base, of_base| {
        let lone = several_percentiles && base != NAMELESS && is_percentile(of_base);
        (sums_up(of_base) || deviates(base, of_base) || lone) && !contradict(table, &columns, base)
    });
    let mut counts = Counts::of(table, &columns, &bases);
    if bases.is_empty() && counts.say_failures {
        bases.extend(counters::lone_means(table, &columns, &counts));
    }
    let only_counts = bases.is_empty() && !counts.several_a_row;
    let singly = counts.singly.take().filter(|singly| is_of_several(table, singly));
    if only_counts && !counts.say_failures && place == Place::Rows && singly.is_none() {
        return None;
    }
    let part = |(index, meaning): &(usize, NameMeaning)| {
        let column = &table.columns[*index];
        let of_base = meaning.statistic.map(|statistic| (base(meaning), statistic));
        let part = match of_base {
            Some((metric, statistic)) if bases.contains_key(&metric) && !apart.contains(index) => {
                Part::Statistic(metric, statistic)
            }
            _ => match counts.parts.get(index) {
                Some(part) => part.clone(),
                // `config.max_tokens`: its column says what it was.
                None if apart.contains(index) => return None,
                None if matches!(column.role, Role::Metric | Role::Setting) && !is_instant(column) => Part::Value,
                None => return None,
            },
        };
        Some((*index, part))
    };
    let mut parts: Vec<(usize, Part)> = columns.iter().filter_map(part).collect();
    parts.append(&mut counts.more);
    // What was the same in all rows says least.
    let says_little = |index: usize, part: &Part| {
        let column = &table.columns[index];
        let same = || *part == Part::Value && table.lines.rows() > 1 && is_constant(column);
        column.role == Role::Setting || same()
    };
    parts.sort_by_key(|(index, part)| says_little(*index, part));
    // Runs of one thing may have three statistics of one metric among many that were measured once.
    let of_metrics =
        parts.iter().filter(|(_, part)| matches!(part, Part::Statistic(_, statistic) if !statistic.is_count())).count();
    let counts_something =
        |index: usize| tally::counts(&table.columns[index].name, &name::read(&table.columns[index].name));
    // What is the same in all rows describes them, and says nothing of what the others are.
    let varies = |index: usize| table.lines.rows() == 1 || !is_constant(&table.columns[index]);
    let is_other = |(index, part): &&(usize, Part)| *part == Part::Value && !counts_something(*index) && varies(*index);
    let others = parts.iter().filter(is_other).count();
    let mostly_statistics = of_metrics >= 2 * others;
    let percentiles = |of_base: &&Vec<Statistic>| of_base.iter().filter(|one| one.percent().is_some()).count() >= 2;
    // Nobody measures two percentiles again and again of two things: `sign_p95` and `sign_p99` beside `verify_p95` and `verify_p99`.
    let full =
        bases.iter().filter(|(base, of_base)| *base != NAMELESS && of_base.len() >= PLENTY && percentiles(of_base));
    let sure = place == Place::BesideSamples
        || full.count() >= 2
        || bases.get(NAMELESS).as_ref().is_some_and(percentiles)
        || mostly_statistics && bases.iter().any(|(base, of_base)| base != NAMELESS && of_base.len() >= PLENTY);
    let complete = |of_base: &Vec<Statistic>| {
        [Statistic::Min, Statistic::Mean, Statistic::Max].iter().all(|wanted| of_base.contains(wanted))
            && of_base.iter().any(|one| one.percent().is_some())
    };
    let complete = bases.iter().any(|(base, of_base)| complete(of_base) && are_complete(table, &parts, base));
    (!parts.is_empty()).then_some(Layout { parts, sure, complete, only_counts, singly })
}

/// Whether a table is one row that counts several requests.
fn is_of_several(table: &Table, singly: &Singly) -> bool {
    table.lines.rows() == 1 && table.values(singly.measured).number(0).is_some_and(|number| number > 1.0)
}

/// Settings in objects in which nothing was measured (`config.max_tokens`): they say what all of it is of, and report nothing. A setting beside
/// what was measured says what that is of.
fn apart(table: &Table, columns: &[(usize, NameMeaning)]) -> BTreeSet<usize> {
    let (settings, others): (Vec<usize>, Vec<usize>) =
        columns.iter().map(|(index, _)| *index).partition(|index| table.columns[*index].role == Role::Setting);
    let object = |index: usize| name::parent(&table.columns[index].name);
    let measured: BTreeSet<&str> = others.into_iter().map(object).collect();
    let is_apart = |index: &usize| !object(*index).is_empty() && !measured.contains(object(*index));
    settings.into_iter().filter(is_apart).collect()
}

/// `desvio_padrao_s` beside `tempo_medio_s`: a deviation that names nothing but a unit is of the only mean.
fn name_lone_deviation(columns: &mut [(usize, NameMeaning)]) {
    let bases = |columns: &[(usize, NameMeaning)], wanted: Statistic| -> Vec<String> {
        let of = columns.iter().filter(|(_, meaning)| meaning.statistic == Some(wanted));
        of.map(|(_, meaning)| meaning.base.clone()).collect()
    };
    let ([mean], [_]) = (&bases(columns, Statistic::Mean)[..], &bases(columns, Statistic::Stddev)[..]) else { return };
    for (_, meaning) in columns.iter_mut().filter(|(_, meaning)| meaning.statistic == Some(Statistic::Stddev)) {
        let words = name::words(&meaning.base);
        let only_unit = matches!(&words[..], [only] if only == "s" || Unit::parse(only).is_some());
        // Of the same unit, or of none that is said.
        if only_unit && name::words(mean).last() == words.last() {
            meaning.base.clone_from(mean);
        }
    }
}

/// Whether the numbers of a column that is called like a clock are instants: the end of a phase is no result.
fn is_instant(column: &Column) -> bool {
    let words = name::words(name::leaf(&column.name));
    let called = vocabulary::CLOCK.among(&words).or(vocabulary::INSTANT.among(&words)).is_some();
    // `first_seen`, `last_updated`.
    let happened = words
        .last()
        .is_some_and(|last| matches!(last.as_str(), "seen" | "created" | "updated" | "modified" | "generated"));
    (called || happened)
        && column.data.iter().flatten().all(|number| super::profile::counts_since_1970(number).is_some())
}

/// The unit of a metric, and whether it was only assumed: that of the first of its columns that has one.
fn unit_of(table: &Table, parts: &[(usize, Part)], metric: &str) -> (Unit, bool) {
    let of_metric = parts.iter().filter(
        |(_, part)| matches!(part, Part::Statistic(name, statistic) if name == metric && !statistic.is_count()),
    );
    of_metric
        .filter_map(|(index, _)| table.columns[*index].unit.as_ref())
        .map(|choice| (choice.unit, choice.is_a_guess()))
        .next()
        .unwrap_or((Unit::UNKNOWN, false))
}

/// What each row is of. Where texts and settings do not tell rows apart, whole numbers in front of the statistics do that are
/// called nothing that is measured, and then numbers of rows. `None` where nothing does, unless rows are summaries all the same: they are numbered then.
fn labels(table: &mut Table, rows: usize, layout: &mut Layout) -> Option<Vec<Option<String>>> {
    let Layout { parts, sure, complete, .. } = layout;
    if rows == 1 {
        return Some(vec![None]);
    }
    let mut labels = row_labels::of(table, rows, &[]);
    let first = parts.iter().filter(|(_, part)| matches!(part, Part::Statistic(..))).map(|(index, _)| *index).min();
    let may_configure = |(index, part): &(usize, Part)| {
        let column = &table.columns[*index];
        let meaning = name::read(&column.name);
        *part == Part::Value
            && Some(*index) < first
            && column.cells == CellType::Integer
            && (meaning.kind.is_none() || vocabulary::PARAMETER.among(&name::words(name::leaf(&column.name))).is_some())
            && column.polarity == Polarity::Unknown
    };
    let configurations = parts.iter().filter(|part| may_configure(part)).map(|(index, _)| *index);
    let numbers = table.columns_as(Role::Identifier).filter(|index| table.columns[*index].cells.is_number());
    let candidates: Vec<usize> = configurations.chain(numbers).collect();
    let mut chosen: Vec<usize> = Vec::new();
    for candidate in candidates {
        if row_labels::distinct(&labels) == rows {
            break;
        }
        let more: Vec<usize> = chosen.iter().copied().chain([candidate]).collect();
        let with = row_labels::of(table, rows, &more);
        if row_labels::distinct(&with) > row_labels::distinct(&labels) {
            (labels, chosen) = (with, more);
        }
    }
    let apart = row_labels::distinct(&labels);
    if apart < rows {
        let mostly = *complete && apart >= FEWEST_APART && 4 * apart >= 3 * rows;
        if !*sure && !mostly {
            return None;
        }
        row_labels::number(&mut labels);
    }
    for index in
        chosen.iter().filter(|index| table.columns[**index].role != Role::Identifier).copied().collect::<Vec<_>>()
    {
        let column = &mut table.columns[index];
        column.role = Role::Setting;
        "whole numbers in front of the statistics that tell rows apart".clone_into(&mut column.role_reason);
    }
    parts.retain(|(index, _)| !chosen.contains(index));
    Some(labels)
}
