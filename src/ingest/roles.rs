//! What each column is: label, metric, timestamp, status, identifier; and the unit of each metric.
//!
//! In: tables as they were built, and what the user says about them. Out: a [`Source`] with tables of the model. Every
//! role has a reason that the report shows; nothing here decides silently.

use std::collections::HashSet;

use crate::model::finding::{Finding, FindingKind, Place, Severity};
use crate::model::label::pattern;
use crate::model::source::Source;
use crate::model::table::{CellType, Column, Polarity, Role, Table, UnitChoice};
use crate::model::unit::{Dimension, Unit};

use polars::prelude::{NamedFrom, Series};

use super::Sink;
use super::builder::{RawTable, TableBuilder};
use super::formats::AGENT_SWARM;
use super::options::SourceOptions;
use super::units;

const TIMESTAMP_WORDS: &[&str] = &[
    "timestamp",
    "time",
    "ts",
    "date",
    "datetime",
    "start",
    "started",
    "stamp",
    "epoch",
    "offset",
    "at",
    "when",
    "instant",
];
const STATUS_WORDS: &[&str] =
    &["success", "status", "code", "ok", "failed", "outcome", "result", "successful", "passed"];
const IDENTIFIER_WORDS: &[&str] = &[
    "id", "uuid", "guid", "index", "idx", "seq", "sequence", "row", "pid", "tid", "port", "hash", "commit", "no",
    "number", "nr",
];
const ACTOR_WORDS: &[&str] = &[
    "thread",
    "worker",
    "session",
    "user",
    "client",
    "vu",
    "host",
    "node",
    "repetition",
    "rep",
    "run",
    "iteration",
    "round",
    "attempt",
    "turn",
    "batch",
    "step",
];
const METRIC_NAME_WORDS: &[&str] = &["metric", "metric_name", "metricname", "measurement", "measure"];
const VALUE_WORDS: &[&str] = &["value", "metric_value", "metricvalue", "val", "reading"];
/// Columns with such a name state the unit of the others in the same row.
const UNIT_WORDS: &[&str] = &["unit", "units"];
/// Numbers with such a name describe the set-up.
const SETTING_WORDS: &[&str] = &["version", "port"];
/// Columns with such a name say that something went wrong.
const FAILURE_WORDS: &[&str] = &["error", "exception", "failure", "errmsg", "err"];
/// Settings that are varied from run to run.
const PARAMETER_WORDS: &[&str] = &[
    "concurrency",
    "threads",
    "clients",
    "connections",
    "users",
    "vus",
    "workers",
    "parallelism",
    "size",
    "batch",
    "depth",
    "level",
    "n",
    "rate",
    "qps",
];
/// Columns with such a name hold a time of day where they hold hours, minutes and seconds.
const CLOCK_WORDS: &[&str] = &["when", "at", "clock", "timestamp", "started", "start", "ended", "end", "date"];
/// A text column with more patterns than this share of its rows names rows, not kinds of rows.
const MOST_PATTERNS_SHARE: f64 = 0.5;
/// And so does one with more patterns than this, whatever its share.
const MOST_PATTERNS: usize = 10_000;

/// Finishes the tables of a source.
pub(super) fn assign(sink: Sink, options: &SourceOptions) -> Source {
    let mut source =
        Source { provenance: sink.provenance, tables: Vec::new(), swarm: sink.swarm, findings: sink.findings };
    for builder in sink.tables {
        let table = assign_table(builder, options, &source.provenance.name, &mut source.findings);
        source.tables.extend(split_by_metric(table, options));
    }
    let aside: u64 = source.provenance.set_aside.iter().map(|entry| entry.rows).sum();
    source.provenance.rows_read = source.tables.iter().map(|table| table.lines.rows()).sum::<u64>() + aside;
    source.provenance.rows_read += source.swarm.len() as u64;
    if source.provenance.format == AGENT_SWARM {
        return source;
    }
    if source.tables.iter().all(|table| table.columns_as(Role::Metric).next().is_none()) {
        source.findings.push(Finding::new(
            Severity::Suspicious,
            FindingKind::NoMetric,
            Place::source(&source.provenance.name),
            if source.provenance.rows_read == 0 {
                "there is a header and nothing below it: nothing was measured, or the run was interrupted"
            } else {
                "no column holds measured values; --role COLUMN=metric names one"
            },
            "the file adds nothing to the report",
        ));
    }
    source
}

fn assign_table(builder: TableBuilder, options: &SourceOptions, source: &str, findings: &mut Vec<Finding>) -> Table {
    let raw = builder.finish();
    let mut table = Table {
        name: raw.name.clone(),
        header_line: raw.header_line,
        lines: raw.lines.clone(),
        frame: raw.frame.clone(),
        columns: raw
            .header
            .iter()
            .zip(&raw.columns)
            .map(|(name, column)| Column {
                name: name.clone(),
                cells: column.cells,
                role: Role::Unused,
                role_reason: String::new(),
                unit: None,
                polarity: Polarity::Unknown,
                limit: None,
                dictionary: column.dictionary.clone(),
                shape: column.shape.clone(),
            })
            .collect(),
        intruders: Vec::new(),
    };
    for index in 0..table.columns.len() {
        let given = options.column(&table.columns[index].name).and_then(|column| column.role);
        let (role, reason) = match given {
            Some(role) => (role, "given by the user".to_owned()),
            None => infer_role(&table, index),
        };
        table.columns[index].role = role;
        table.columns[index].role_reason = reason;
    }
    recognise_long_table(&mut table, options);
    for index in 0..table.columns.len() {
        if table.columns[index].role == Role::Metric {
            assign_unit(&mut table, index, options);
        }
    }
    agree_on_time_unit(&mut table);
    note_odd_cells(&raw, &table, source, findings);
    table.intruders = raw.intruders.into_iter().filter(|it| table.columns[it.column].role == Role::Metric).collect();
    table
}

/// A long table names the metric of its one value column in another column.
fn recognise_long_table(table: &mut Table, options: &SourceOptions) {
    let values: Vec<usize> = table.columns_as(Role::Metric).collect();
    let [value] = values[..] else { return };
    // In nested data the name is behind the last dot: `data.value`.
    let known = |words: &[&str], name: &str| {
        let lower = name.to_ascii_lowercase();
        words.contains(&lower.rsplit('.').next().unwrap_or(&lower))
    };
    if !known(VALUE_WORDS, &table.columns[value].name) {
        return;
    }
    let names = table.columns.iter().position(|column| {
        column.role == Role::Label
            && known(METRIC_NAME_WORDS, &column.name)
            && options.column(&column.name).and_then(|column| column.role).is_none()
    });
    if let Some(names) = names {
        table.columns[names].role = Role::MetricName;
        table.columns[names].role_reason = format!("names the metric of `{}`", table.columns[value].name);
    }
}

/// A long table becomes one table for each metric it names, its values under the metric's own name.
fn split_by_metric(table: Table, options: &SourceOptions) -> Vec<Table> {
    let (Some(names), Some(value)) = (table.columns_as(Role::MetricName).next(), table.columns_as(Role::Metric).next())
    else {
        return vec![table];
    };
    let codes = table.codes(names);
    let parts = (0..table.columns[names].dictionary.len() as u32).filter_map(|code| {
        let mask: Vec<bool> = codes.iter().map(|other| *other == code).collect();
        let metric = table.columns[names].dictionary[code as usize].clone();
        let mut part = table.only(&mask)?;
        part.name = Some(metric.clone());
        part.columns[value].name.clone_from(&metric);
        // Cells that are constant here, or empty, tell nothing apart.
        assign_unit(&mut part, value, options);
        Some(part)
    });
    let mut parts: Vec<Table> = parts.collect();
    share_time_unit(&mut parts, value);
    parts
}

/// Durations of one row come from one clock: where units are assumed and disagree, the largest typical value decides.
/// Where it is too long for seconds, all are milliseconds; otherwise all are seconds.
fn agree_on_time_unit(table: &mut Table) {
    /// Typical durations are shorter than this many seconds.
    const LONG_SECONDS: f64 = 20.0;
    let assumed: Vec<usize> = (0..table.columns.len())
        .filter(|index| {
            let unit = table.columns[*index].unit.as_ref();
            unit.is_some_and(|unit| unit.assumed && unit.unit.dimension == Dimension::Time)
        })
        .collect();
    let units: HashSet<&str> =
        assumed.iter().filter_map(|index| Some(table.columns[*index].unit.as_ref()?.unit.symbol)).collect();
    if units.len() < 2 {
        return;
    }
    let typical = |index: usize| {
        let mut numbers: Vec<f64> = table.numbers(index).into_iter().flatten().collect();
        numbers.sort_unstable_by(f64::total_cmp);
        numbers.get(numbers.len() / 2).copied().unwrap_or_default()
    };
    let largest = assumed.iter().map(|index| typical(*index)).fold(0.0, f64::max);
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
fn share_time_unit(parts: &mut [Table], value: usize) {
    let typical = |table: &Table| {
        let mut numbers: Vec<f64> = table.numbers(value).into_iter().flatten().collect();
        numbers.sort_unstable_by(f64::total_cmp);
        numbers.get(numbers.len() / 2).copied().unwrap_or_default()
    };
    let assumed_time = |table: &Table| {
        table.columns[value].unit.as_ref().is_some_and(|unit| unit.assumed && unit.unit.dimension == Dimension::Time)
    };
    let leader = parts.iter().filter(|part| assumed_time(part)).max_by(|a, b| typical(a).total_cmp(&typical(b)));
    let Some(leader) = leader else { return };
    let (name, unit) = (leader.columns[value].name.clone(), leader.columns[value].unit.clone());
    for part in parts.iter_mut().filter(|part| assumed_time(part) && part.columns[value].name != name) {
        part.columns[value].unit = unit.clone().map(|choice| UnitChoice {
            reason: format!("no unit is stated: read like `{name}` of the same table"),
            ..choice
        });
    }
}

fn infer_role(table: &Table, index: usize) -> (Role, String) {
    let column = &table.columns[index];
    let words = units::words(&column.name);
    let named = |known: &[&str]| words.iter().find(|word| known.contains(&word.as_str())).cloned();
    match column.cells {
        CellType::Timestamp => (Role::Timestamp, "its cells are dates with times".into()),
        CellType::Boolean => match named(STATUS_WORDS).or_else(|| named(FAILURE_WORDS)) {
            Some(word) => (Role::Status, format!("called `{word}` and true or false")),
            None => (Role::Label, "true or false".into()),
        },
        CellType::Text => text_role(table, index, &words),
        CellType::Quantity(Dimension::Time) if named(CLOCK_WORDS).is_some() || is_time_of_day(table, index) => {
            (Role::Unused, "its cells are times of day".into())
        }
        CellType::Quantity(dimension) => {
            let what = if dimension == Dimension::Time { "durations" } else { "amounts" };
            (Role::Metric, format!("its cells are {what} with units"))
        }
        CellType::Integer | CellType::Decimal => number_role(table, index, &words),
    }
}

fn text_role(table: &Table, index: usize, words: &[String]) -> (Role, String) {
    let column = &table.columns[index];
    let rows = table.lines.rows();
    let distinct = column.dictionary.iter().filter(|text| !text.is_empty()).count();
    let named = |known: &[&str]| words.iter().find(|word| known.contains(&word.as_str())).cloned();
    if distinct == 0 {
        return (Role::Unused, "all cells are empty".into());
    }
    if let Some(word) = named(STATUS_WORDS).filter(|_| distinct <= 50) {
        return (Role::Status, format!("called `{word}`, with {distinct} different {}", plural(distinct, "text")));
    }
    // An empty cell says that nothing went wrong: `error`, `exception`.
    if let Some(word) = named(FAILURE_WORDS).filter(|_| column.dictionary.iter().any(String::is_empty)) {
        return (Role::Status, format!("called `{word}`, and empty in some rows"));
    }
    if named(TIMESTAMP_WORDS).is_some() && distinct as f64 > 0.5 * rows as f64 && looks_like_dates(&column.dictionary) {
        return (Role::Unused, "its texts look like dates in a notation that is not read".into());
    }
    if words.last().is_some_and(|word| UNIT_WORDS.contains(&word.as_str())) {
        return (Role::Unused, "it names the unit of other columns".into());
    }
    let last_word_names_rows = words.last().is_some_and(|word| IDENTIFIER_WORDS.contains(&word.as_str()));
    if last_word_names_rows && distinct > 1 {
        return (Role::Identifier, format!("called `{}`", column.name));
    }
    let patterns: HashSet<String> = column.dictionary.iter().map(|text| pattern(text)).collect();
    if rows > 20 && (patterns.len() as f64 > MOST_PATTERNS_SHARE * rows as f64 || patterns.len() > MOST_PATTERNS) {
        return (
            Role::Identifier,
            format!("{} kinds of text in {rows} rows: it names rows, not kinds of rows", patterns.len()),
        );
    }
    (Role::Label, format!("{distinct} different {} in {rows} rows", plural(distinct, "text")))
}

fn number_role(table: &Table, index: usize, words: &[String]) -> (Role, String) {
    let column = &table.columns[index];
    let named = |known: &[&str]| words.iter().find(|word| known.contains(&word.as_str())).cloned();
    let values: Vec<f64> = table.numbers(index).into_iter().flatten().collect();
    let whole = column.cells == CellType::Integer;
    let states_unit = units::stated(&column.name).is_some();
    if values.is_empty() {
        return (Role::Unused, "no cell holds a number".into());
    }
    if let Some(role) = timestamp_role(&values, named(TIMESTAMP_WORDS), words) {
        return role;
    }
    if states_unit {
        return (Role::Metric, "its name states a unit".into());
    }
    let within = |low: f64, high: f64| values.iter().all(|value| (low..=high).contains(value));
    if let Some(word) =
        named(STATUS_WORDS).filter(|_| whole && !states_unit && (within(0.0, 1.0) || within(0.0, 999.0)))
    {
        return (Role::Status, format!("called `{word}`, with whole numbers as status codes have"));
    }
    if let Some(word) = named(IDENTIFIER_WORDS).filter(|_| whole && !states_unit) {
        return (Role::Identifier, format!("called `{word}`, with whole numbers"));
    }
    let last_is_actor = words.last().is_some_and(|word| ACTOR_WORDS.contains(&word.as_str()));
    if whole && last_is_actor && !states_unit {
        return (Role::Identifier, format!("called `{}`, with whole numbers: it names who or which run", column.name));
    }
    if let Some(word) = named(SETTING_WORDS) {
        return (Role::Unused, format!("a `{word}` is a setting, not a measurement"));
    }
    if whole && named(FAILURE_WORDS).is_some() && words.len() <= 2 && within(0.0, 1.0) {
        return (Role::Status, "0 or 1, by its name a failure".into());
    }
    let unnamed = column.name.starts_with("column_") && index == 0 || column.name.starts_with("Unnamed");
    if whole && unnamed && values.len() > 2 && values.windows(2).all(|pair| pair[1] - pair[0] == 1.0) {
        return (Role::Identifier, "a first column without a name that counts the rows".into());
    }
    if whole && named(PARAMETER_WORDS).is_some() && is_parameter(table, index, &values) {
        return (Role::Label, "few different whole numbers, each in many rows: a setting that was varied".into());
    }
    let counts_rows = values.len() > 20 && values.windows(2).all(|pair| pair[1] - pair[0] == 1.0);
    if whole && counts_rows {
        return (Role::Identifier, "it counts the rows one by one".into());
    }
    (Role::Metric, if whole { "a column of whole numbers" } else { "a column of decimal numbers" }.into())
}

/// Whether a column called `time` holds hours, minutes and seconds that only rise, beside numbers that were measured.
fn is_time_of_day(table: &Table, index: usize) -> bool {
    const DAY: f64 = 86_400.0;
    let values: Vec<f64> = table.numbers(index).into_iter().flatten().collect();
    let beside = table.columns.iter().enumerate().any(|(other, column)| other != index && column.cells.is_number());
    table.columns[index].name.eq_ignore_ascii_case("time")
        && beside
        && values.len() > 1
        && values.iter().all(|value| *value < DAY)
        && values.windows(2).all(|pair| pair[1] >= pair[0])
}

/// Whether the values are few and each stands in several rows, beside another column of numbers that was measured.
fn is_parameter(table: &Table, index: usize, values: &[f64]) -> bool {
    /// More different values are a measurement.
    const MOST_SETTINGS: usize = 20;
    /// Rows that each setting has at least, on average.
    const ROWS_EACH: usize = 2;
    let distinct: HashSet<u64> = values.iter().map(|value| value.to_bits()).collect();
    let measured = table.columns.iter().enumerate().any(|(other, column)| other != index && column.cells.is_number());
    measured && (2..=MOST_SETTINGS).contains(&distinct.len()) && values.len() >= ROWS_EACH * distinct.len()
}

/// Whether texts that differ only in numbers have several of them, as dates do.
fn looks_like_dates(texts: &[String]) -> bool {
    let patterns: HashSet<String> = texts.iter().map(|text| pattern(text)).collect();
    patterns.len() <= 13 && patterns.iter().all(|pattern| pattern.matches('*').count() >= 3)
}

/// Numbers that are instants: within the range of a Unix clock, or called so and never falling back.
fn timestamp_role(values: &[f64], named: Option<String>, words: &[String]) -> Option<(Role, String)> {
    const CLOCKS: &[(f64, &str)] =
        &[(1.0, "seconds"), (1e3, "milliseconds"), (1e6, "microseconds"), (1e9, "nanoseconds")];
    /// 2001-09-09 and 2096-10-02: the range in which seconds since 1970 have ten digits and begin with 1 to 3.
    const UNIX_SECONDS: (f64, f64) = (1.0e9, 4.0e9);
    let in_range = |scale: f64| {
        let inside = |value: &&f64| (UNIX_SECONDS.0 * scale..UNIX_SECONDS.1 * scale).contains(*value);
        values.iter().filter(inside).count() as f64 >= 0.95 * values.len() as f64
    };
    if let Some((_, unit)) = CLOCKS.iter().find(|(scale, _)| in_range(*scale))
        && (named.is_some() || rising(values))
    {
        return Some((Role::Timestamp, format!("its numbers are {unit} since 1970")));
    }
    let word = named?;
    let is_duration = words.len() > 1
        && words.iter().any(|word| matches!(word.as_str(), "elapsed" | "response" | "total" | "mean" | "real" | "cpu"));
    let strictly = values.windows(2).any(|pair| pair[1] > pair[0]);
    (!is_duration && values.len() > 2 && strictly && rising(values))
        .then(|| (Role::Timestamp, format!("called `{word}` and never falls")))
}

/// Whether the values hardly ever fall.
fn rising(values: &[f64]) -> bool {
    let falls = values.windows(2).filter(|pair| pair[1] < pair[0]).count();
    falls as f64 <= 0.02 * values.len() as f64
}

fn plural(count: usize, word: &str) -> String {
    if count == 1 { word.to_owned() } else { format!("{word}s") }
}

fn assign_unit(table: &mut Table, index: usize, options: &SourceOptions) {
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
            let values: Vec<f64> = table.numbers(index).into_iter().flatten().collect();
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
    let numbers = table.numbers(index).into_iter().zip(units);
    let converted: Vec<Option<f64>> = numbers.map(|(number, unit)| number.map(|number| unit.to_base(number))).collect();
    let name = table.frame.columns()[index].name().clone();
    // The length is the same by construction; the frame stays as it is otherwise.
    let _ = table.frame.replace_column(index, Series::new(name, converted).into());
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

/// Findings about cells of metrics that hold no number.
fn note_odd_cells(raw: &RawTable, table: &Table, source: &str, findings: &mut Vec<Finding>) {
    let label = table.columns_as(Role::Label).next();
    let codes = label.map(|label| table.codes(label)).unwrap_or_default();
    let label_of = |row: u64| {
        let code = usize::try_from(row).ok().and_then(|row| codes.get(row))?;
        table.columns[label?].dictionary.get(*code as usize).cloned()
    };
    for odd in &raw.odd {
        if table.columns[odd.column].role != Role::Metric || odd.kind == FindingKind::EmptyCell {
            continue;
        }
        let name = &table.columns[odd.column].name;
        let reason = match odd.kind {
            FindingKind::NotFinite => "the value is not finite",
            _ => "the cell of a measured column is not a number",
        };
        let place = Place::line(source, odd.line).column(name);
        let mut finding =
            Finding::new(Severity::Corrupted, odd.kind, place, reason, "the value is not in the statistics")
                .metric(name)
                .value(&odd.text);
        finding.label = label_of(odd.row);
        findings.push(finding);
    }
    let mut counts: Vec<(&(usize, FindingKind), &u64)> = raw.odd_counts.iter().collect();
    counts.sort();
    for (&(column, kind), &count) in counts {
        let name = &table.columns[column].name;
        if table.columns[column].role != Role::Metric {
            continue;
        }
        let first = raw.odd.iter().find(|odd| odd.column == column && odd.kind == kind).map(|odd| odd.line);
        let place = Place { source: source.to_owned(), line: first, last_line: None, column: Some(name.clone()) };
        if kind == FindingKind::EmptyCell {
            let reason = format!("{count} of {} cells are empty, the first one here", table.lines.rows());
            let finding = Finding::new(Severity::Note, kind, place, reason, "they count as absent, not as zero");
            findings.push(finding.metric(name).count(count));
        } else if count > TableBuilder::NAMED_ODD_CELLS {
            let more = count - TableBuilder::NAMED_ODD_CELLS;
            let reason = format!("{more} more cells of this column are odd in the same way");
            let place = Place { line: None, ..place };
            let finding =
                Finding::new(Severity::Corrupted, kind, place, reason, "the values are not in the statistics");
            findings.push(finding.metric(name).count(more));
        }
    }
}
