//! What is done with whole rows and tables once the tables of a source stand.

use crate::ingest::meaning::name;
use crate::ingest::meaning::vocabulary::{self, Words};
use crate::measure::Dimension;
use crate::table::source::{SetAside, Source};
use crate::table::{Role, Table};

/// Parts a table in two: rows that hold texts of a column for which `chosen` is true, and the others. A part without rows
/// is absent.
pub(crate) fn part(table: &Table, column: usize, chosen: impl Fn(&str) -> bool) -> (Option<Table>, Option<Table>) {
    let of_text: Vec<u32> = table.columns[column].dictionary.iter().map(|text| u32::from(!chosen(text))).collect();
    if of_text.iter().all(|others| *others == 1) {
        return (None, Some(table.clone()));
    }
    let mut parts = table.by_kind_of_text(column, &of_text, 2).into_iter();
    (parts.next().flatten(), parts.next().flatten())
}

/// Puts the name of a table before those of its metrics, so that they are not taken for the ones of the same name beside
/// it, and says of each what it is part of.
pub(crate) fn name_metrics_apart(table: &mut Table, of: &str) {
    let Some(name) = table.name.clone() else { return };
    for column in table.columns.iter_mut().filter(|column| column.role == Role::Metric) {
        column.name = format!("{name}.{}", column.name);
        column.meaning = column.meaning.take().map(|meaning| format!("{meaning}; {of}"));
    }
}

/// Puts a metric before the others of its table: the one that a user of the tool means, and beside which failures stand.
pub(crate) fn lead_with(source: &mut Source, metric: &str) {
    for table in &mut source.tables {
        let Some(from) = table.position(metric).filter(|at| table.columns[*at].role == Role::Metric) else { continue };
        put_first(table, from);
    }
}

/// Puts the metric of that column before the others of its table.
fn put_first(table: &mut Table, from: usize) {
    let Some(to) = table.columns_as(Role::Metric).next().filter(|to| *to < from) else { return };
    table.columns[to..=from].rotate_right(1);
    for foreign in &mut table.foreign_values {
        foreign.column = match foreign.column {
            column if column == from => to,
            column if (to..from).contains(&column) => column + 1,
            column => column,
        };
    }
}

/// Puts the duration of the answer first where that of a preparation would lead: `execution_time` before `planning_time`.
pub(crate) fn lead_with_the_answer(table: &mut Table) {
    let is = |column: usize, known: Words| {
        let words = name::words(name::without_brackets(name::leaf(&table.columns[column].name)));
        known.among(&words).is_some()
    };
    if let Some(answer) = beside_nothing_done(table) {
        put_first(table, answer);
        return;
    }
    if let Some(whole) = whole_of_parts(table) {
        put_first(table, whole);
        return;
    }
    if let Some(rate) = behind_a_size(table) {
        put_first(table, rate);
        return;
    }
    if !durations(table).next().is_some_and(|first| is(first, vocabulary::PREPARATION)) {
        return;
    }
    let is_answer = |column: &usize| {
        is(*column, vocabulary::ANSWER)
            && !is(*column, vocabulary::PREPARATION)
            && !is(*column, vocabulary::TIME_SETTING)
    };
    let answer = durations(table).skip(1).find(is_answer);
    if let Some(answer) = answer {
        put_first(table, answer);
    }
}

/// The first rate, where a size leads a table without durations: how large a file is that was served, and how fast.
fn behind_a_size(table: &Table) -> Option<usize> {
    let first = table.columns_as(Role::Metric).next().filter(|_| durations(table).next().is_none())?;
    let is = |column: usize, dimension: fn(Dimension) -> bool| dimension(table.columns[column].unit().dimension);
    let words = name::words(name::leaf(&table.columns[first].name));
    let is_size = words.iter().any(|word| word == "size") && is(first, |one| one == Dimension::Bytes);
    let is_rate = |column: &usize| is(*column, |one| matches!(one, Dimension::Rate | Dimension::ByteRate));
    table.columns_as(Role::Metric).filter(|_| is_size).find(is_rate)
}

/// The duration of the whole where parts of it stand in front: `total_latency` behind `plan_latency` and `answer_latency`, never shorter than any
/// of them.
fn whole_of_parts(table: &Table) -> Option<usize> {
    const WHOLE: Words = Words::of("total e2e overall");
    /// More rows than this have shown it.
    const LOOKED_AT: usize = 4096;
    /// Some of what was done may be in no part.
    const MOST_OF_PARTS: f64 = 3.0;
    let words = |column: usize| name::words(name::without_brackets(name::leaf(&table.columns[column].name)));
    let of_object = |column: usize| name::parent(&table.columns[column].name).to_owned();
    let is_whole = |column: usize| WHOLE.among(&words(column)).is_some();
    let whole = durations(table).find(|column| is_whole(*column))?;
    let rest = |column: usize| -> Vec<String> {
        // What is timed, in which unit: the word that tells the parts apart stands in front.
        words(column).into_iter().skip(1).collect()
    };
    let is_part = |column: &usize| {
        *column != whole
            && !is_whole(*column)
            && of_object(*column) == of_object(whole)
            && rest(*column) == rest(whole)
            && table.columns[*column].unit() == table.columns[whole].unit()
    };
    let parts: Vec<usize> = durations(table).filter(is_part).collect();
    let first = durations(table).next()?;
    let covers = |part: &usize| {
        let (part, whole) = (table.values(*part), table.values(whole));
        (0..part.rows().min(LOOKED_AT))
            .all(|row| part.number(row).zip(whole.number(row)).is_none_or(|(part, whole)| part <= whole))
    };
    // A total of the rows so far, or of the run, is not that of what stands beside it.
    let is_of_row = |row: usize| {
        let sum: f64 = parts.iter().filter_map(|part| table.values(*part).number(row)).sum();
        table.values(whole).number(row).is_none_or(|whole| whole <= MOST_OF_PARTS * sum)
    };
    let rows = table.values(whole).rows().min(LOOKED_AT);
    let of_rows = (0..rows).filter(|row| is_of_row(*row)).count();
    let leads = parts.len() > 1 && parts.contains(&first) && parts.iter().all(covers) && 10 * of_rows >= 9 * rows;
    leads.then_some(whole)
}

/// Where the first duration is of nothing that was done (`noise_baseline.seconds`), the one of the same name in another object.
fn beside_nothing_done(table: &Table) -> Option<usize> {
    const NOTHING: Words = Words::of("noise noop overhead calibration empty");
    let of_nothing = |column: usize| {
        let object = name::parent(&table.columns[column].name);
        NOTHING.among(&name::words(object)).is_some()
    };
    let first = durations(table).next().filter(|first| of_nothing(*first))?;
    let leaf = name::leaf(&table.columns[first].name);
    let same = |column: &usize| name::leaf(&table.columns[*column].name) == leaf && !of_nothing(*column);
    durations(table).find(same)
}

/// The metrics of a table that are durations.
fn durations(table: &Table) -> impl Iterator<Item = usize> + '_ {
    table.columns_as(Role::Metric).filter(|column| table.columns[*column].unit().dimension.is_time())
}

/// Takes tables out of a source whose rows are no measurements, and accounts for their rows.
pub(crate) fn set_tables_aside(source: &mut Source, reason: impl Fn(&Table) -> Option<String>) {
    let Source { tables, provenance, .. } = source;
    tables.retain(|table| {
        let Some(reason) = reason(table) else { return true };
        let rows = table.lines.rows();
        let first_lines: Vec<u64> = (0..rows.min(3)).filter_map(|row| table.lines.line(row)).collect();
        match provenance.set_aside.iter_mut().find(|entry| entry.reason == reason) {
            Some(entry) => entry.rows += rows,
            None => provenance.set_aside.push(SetAside { reason, rows, first_lines }),
        }
        false
    });
}
