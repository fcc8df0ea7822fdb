//! What each column is: label, metric, timestamp, status, identifier; and the unit of each metric.
//!
//! In: tables as they were built, and what the user says about them. Out: a [`Source`] with tables of the model. Every
//! role has a reason that the report shows; nothing here decides silently.

use std::collections::HashSet;

use rayon::prelude::*;

use crate::measure::Polarity;
use crate::measure::finding::{Finding, FindingKind, Place, Severity};
use crate::measure::label::pattern;
use crate::measure::unit::Dimension;
use crate::table::packed::{Cells, PART};
use crate::table::source::Source;
use crate::table::{CellType, Column, Role, Table, UnitChoice};

use crate::ingest::builder::{OddCell, OddCounts, TableBuilder};
use crate::ingest::meaning::declared::Declared;
use crate::ingest::meaning::unit_choice::{UNIT_WORDS, agree_on_time_unit, assign_unit, share_time_unit};
use crate::ingest::meaning::units;
use crate::ingest::options::SourceOptions;
use crate::ingest::sink::Sink;

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
pub(crate) fn assign(sink: Sink, options: &SourceOptions) -> Source {
    let mut source = Source {
        provenance: sink.provenance,
        tables: Vec::new(),
        swarm: sink.swarm,
        reported: sink.reported,
        reported_caveats: sink.reported_caveats,
        histograms: sink.histograms,
        findings: sink.findings,
    };
    for histogram in &mut source.histograms {
        let given = options.column(&histogram.metric);
        if let Some(unit) = given.and_then(|given| given.unit) {
            (histogram.unit, histogram.unit_assumed) = (unit, false);
        }
        if let Some(polarity) = given.and_then(|given| given.polarity) {
            histogram.polarity = polarity;
        }
    }
    let known =
        Known { options, declared: &sink.declared, by_file: &sink.declared_by_file, rows_sorted: sink.rows_sorted };
    for builder in sink.tables {
        let mut table = assign_table(builder, &known, &source.provenance.name, &mut source.findings);
        table.labels_exact = sink.labels_exact;
        let parts = split_by_metric(table, &known, &source.provenance.name, &mut source.findings);
        source.tables.extend(parts);
    }
    let aside: u64 = source.provenance.set_aside.iter().map(|entry| entry.rows).sum();
    source.provenance.rows_read = source.tables.iter().map(|table| table.lines.rows()).sum::<u64>() + aside;
    source.provenance.rows_read += source.swarm.len() as u64;
    let other_numbers = !source.reported.is_empty() || !source.histograms.is_empty() || !source.swarm.is_empty();
    if sink.no_tables || other_numbers {
        return source;
    }
    if source.tables.iter().all(|table| table.columns_as(Role::Metric).next().is_none()) {
        source.findings.push(Finding::new(
            Severity::Suspicious,
            FindingKind::NoMetric,
            Place::source(&source.provenance.name),
            no_metric(&source),
            "the file adds nothing to the report",
        ));
    }
    source
}

/// Why a source has no metric.
fn no_metric(source: &Source) -> String {
    let aside: Vec<String> =
        source.provenance.set_aside.iter().map(|entry| format!("{} {}", entry.rows, entry.reason)).collect();
    if source.provenance.rows_read == 0 {
        "there is a header and nothing below it: nothing was measured, or the run was interrupted".to_owned()
    } else if source.tables.is_empty() && !aside.is_empty() {
        format!("it is a file of {} without measured values: {}", source.provenance.format, aside.join("; "))
    } else {
        "no column holds measured values; --role COLUMN=metric names one".to_owned()
    }
}

/// What is known about columns before their cells are looked at.
struct Known<'a> {
    options: &'a SourceOptions,
    declared: &'a [Declared],
    by_file: &'a [(String, Declared)],
    rows_sorted: bool,
}

impl Known<'_> {
    /// What the format's definition says of a column.
    fn declared(&self, column: &str) -> Option<&Declared> {
        let by_file = self.by_file.iter().filter(|(name, _)| name == column).map(|(_, declared)| declared);
        self.declared.iter().filter(|declared| declared.column == column).chain(by_file).next()
    }
}

fn assign_table(builder: TableBuilder, known: &Known<'_>, source: &str, findings: &mut Vec<Finding>) -> Table {
    let options = known.options;
    let raw = builder.finish();
    let mut table = Table {
        name: raw.name,
        header_line: raw.header_line,
        lines: raw.lines,
        columns: raw
            .header
            .into_iter()
            .zip(raw.columns)
            .map(|(name, column)| Column {
                name,
                cells: column.cells,
                role: Role::Unused,
                role_reason: String::new(),
                unit: None,
                polarity: Polarity::Unknown,
                meaning: None,
                limit: None,
                data: column.data,
                dictionary: column.dictionary,
                shape: column.shape,
            })
            .collect(),
        intruders: Vec::new(),
        run_starts: raw.run_starts,
        labels_exact: false,
        order_is_recorded: !known.rows_sorted,
    };
    for index in 0..table.columns.len() {
        let given = options.column(&table.columns[index].name).and_then(|column| column.role);
        let declared = known.declared(&table.columns[index].name);
        let (role, reason) = match (given, declared) {
            (Some(role), _) => (role, "given by the user".to_owned()),
            (None, Some(declared)) => (declared.role, declared.reason.to_owned()),
            (None, None) => infer_role(&table, index),
        };
        table.columns[index].role = role;
        table.columns[index].role_reason = reason;
    }
    recognise_long_table(&mut table, options);
    let named_by_rows = long_value(&table);
    for index in 0..table.columns.len() {
        // Values of several metrics have no unit in common: each gets its own once they are apart.
        if table.columns[index].role == Role::Metric && named_by_rows.is_none_or(|(_, value)| value != index) {
            assign_unit(&mut table, index, options, source, findings);
            if let Some(declared) = known.declared(&table.columns[index].name) {
                declare(&mut table.columns[index], declared, options);
            }
        }
    }
    agree_on_time_unit(&mut table);
    note_odd_cells(&raw.odd, &raw.odd_counts, &table, source, findings);
    table.intruders = raw.intruders.into_iter().filter(|it| table.columns[it.column].role == Role::Metric).collect();
    table
}

/// What the format's definition says about a metric, unless the user said otherwise.
fn declare(column: &mut Column, declared: &Declared, options: &SourceOptions) {
    let given = options.column(&column.name);
    // Cells that state their units hold base units already, whatever the definition says of plain numbers.
    let plain = !matches!(column.cells, CellType::Quantity(_));
    if let Some(unit) = declared.unit.filter(|_| plain && given.is_none_or(|given| given.unit.is_none())) {
        column.unit = Some(UnitChoice { unit, reason: declared.reason.to_owned(), assumed: false });
        column.limit = given.and_then(|given| given.limit).map(|limit| limit.to_base(unit));
    }
    if let Some(polarity) = declared.polarity.filter(|_| given.is_none_or(|given| given.polarity.is_none())) {
        column.polarity = polarity;
    }
    column.meaning = declared.meaning.map(str::to_owned);
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

/// Of a long table, the column that names metrics and the one with their values.
fn long_value(table: &Table) -> Option<(usize, usize)> {
    table.columns_as(Role::MetricName).next().zip(table.columns_as(Role::Metric).next())
}

/// A long table becomes one table for each metric it names, its values under the metric's own name.
fn split_by_metric(table: Table, known: &Known<'_>, source: &str, findings: &mut Vec<Finding>) -> Vec<Table> {
    let options = known.options;
    let Some((names, value)) = long_value(&table) else { return vec![table] };
    let parts = table.by_text(names).into_par_iter().map(|(code, mut part)| {
        let metric = table.columns[names].dictionary[code as usize].clone();
        part.name = Some(metric.clone());
        part.columns[value].name.clone_from(&metric);
        let mut found = Vec::new();
        assign_unit(&mut part, value, options, source, &mut found);
        // A definition may speak of each metric by its name, or of the values of all of them.
        if let Some(declared) = known.declared(&metric).or_else(|| known.declared(&table.columns[value].name)) {
            declare(&mut part.columns[value], declared, options);
        }
        (part, found)
    });
    let (mut parts, found): (Vec<Table>, Vec<Vec<Finding>>) = parts.unzip();
    findings.extend(found.into_iter().flatten());
    share_time_unit(&mut parts, value);
    parts
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
    let values = table.values(index);
    let seen = Seen::of(values);
    let whole = column.cells == CellType::Integer;
    let states_unit = units::stated(&column.name).is_some();
    if seen.count == 0 {
        return (Role::Unused, "no cell holds a number".into());
    }
    if let Some(role) = timestamp_role(&seen, named(TIMESTAMP_WORDS), words) {
        return role;
    }
    if states_unit {
        return (Role::Metric, "its name states a unit".into());
    }
    let within = |low: f64, high: f64| seen.low >= low && seen.high <= high;
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
    if whole && unnamed && seen.count > 2 && seen.by_ones == seen.count - 1 {
        return (Role::Identifier, "a first column without a name that counts the rows".into());
    }
    if whole && named(PARAMETER_WORDS).is_some() && is_parameter(table, index) {
        return (Role::Label, "few different whole numbers, each in many rows: a setting that was varied".into());
    }
    let counts_rows = seen.count > 20 && seen.by_ones == seen.count - 1;
    if whole && counts_rows {
        return (Role::Identifier, "it counts the rows one by one".into());
    }
    (Role::Metric, if whole { "a column of whole numbers" } else { "a column of decimal numbers" }.into())
}

/// Whether a column called `time` holds hours, minutes and seconds that only rise, beside numbers that were measured.
fn is_time_of_day(table: &Table, index: usize) -> bool {
    const DAY: f64 = 86_400.0;
    let seen = Seen::of(table.values(index));
    let beside = table.columns.iter().enumerate().any(|(other, column)| other != index && column.cells.is_number());
    table.columns[index].name.eq_ignore_ascii_case("time")
        && beside
        && seen.count > 1
        && seen.high < DAY
        && seen.falls == 0
}

/// Whether the values are few and each stands in several rows, beside another column of numbers that was measured.
fn is_parameter(table: &Table, index: usize) -> bool {
    /// More different values are a measurement.
    const MOST_SETTINGS: usize = 20;
    /// Rows that each setting has at least, on average.
    const ROWS_EACH: usize = 2;
    let values = table.values(index);
    let mut distinct: HashSet<u64> = HashSet::new();
    let all = (0..values.count()).step_by(PART).all(|from| {
        values.visit_present(from..(from + PART).min(values.count()), |block| {
            for value in block {
                if distinct.len() <= MOST_SETTINGS {
                    distinct.insert(value.to_bits());
                }
            }
        });
        distinct.len() <= MOST_SETTINGS
    });
    let measured = table.columns.iter().enumerate().any(|(other, column)| other != index && column.cells.is_number());
    measured && all && distinct.len() >= 2 && values.count() >= ROWS_EACH * distinct.len()
}

/// Whether texts that differ only in numbers have several of them, as dates do.
fn looks_like_dates(texts: &[String]) -> bool {
    let patterns: HashSet<String> = texts.iter().map(|text| pattern(text)).collect();
    patterns.len() <= 13 && patterns.iter().all(|pattern| pattern.matches('*').count() >= 3)
}

/// Numbers that are instants: within the range of a Unix clock, or called so and never falling back.
fn timestamp_role(seen: &Seen, named: Option<String>, words: &[String]) -> Option<(Role, String)> {
    let in_range = |clock: usize| seen.in_clock[clock] as f64 >= 0.95 * seen.count as f64;
    if let Some(clock) = (0..CLOCKS.len()).find(|clock| in_range(*clock))
        && (named.is_some() || seen.is_rising())
    {
        return Some((Role::Timestamp, format!("its numbers are {} since 1970", CLOCKS[clock].1)));
    }
    let word = named?;
    let is_duration = words.len() > 1
        && words.iter().any(|word| matches!(word.as_str(), "elapsed" | "response" | "total" | "mean" | "real" | "cpu"));
    (!is_duration && seen.count > 2 && seen.rises > 0 && seen.is_rising())
        .then(|| (Role::Timestamp, format!("called `{word}` and never falls")))
}

/// Seconds since 1970 times the factor, and what they are called.
const CLOCKS: [(f64, &str); 4] = [(1.0, "seconds"), (1e3, "milliseconds"), (1e6, "microseconds"), (1e9, "nanoseconds")];
/// 2001-09-09 and 2096-10-02: the range in which seconds since 1970 have ten digits and begin with 1 to 3.
const UNIX_SECONDS: (f64, f64) = (1.0e9, 4.0e9);

/// What the numbers of a column look like, seen in one pass.
struct Seen {
    count: usize,
    low: f64,
    high: f64,
    /// Numbers below the one above them, above it, and larger by exactly one.
    falls: usize,
    rises: usize,
    by_ones: usize,
    /// Numbers within the range of each clock.
    in_clock: [usize; CLOCKS.len()],
}

impl Seen {
    fn of(values: &Cells) -> Self {
        let nothing = [0; CLOCKS.len()];
        let mut seen = Self {
            count: 0,
            low: f64::INFINITY,
            high: f64::NEG_INFINITY,
            falls: 0,
            rises: 0,
            by_ones: 0,
            in_clock: nothing,
        };
        let mut before = f64::NAN;
        values.visit_present(0..values.count(), |block| {
            seen.count += block.len();
            let (mut high, mut falls, mut rises, mut by_ones) = (f64::NEG_INFINITY, 0, 0, 0);
            for &value in block {
                seen.low = seen.low.min(value);
                high = high.max(value);
                falls += usize::from(value < before);
                rises += usize::from(value > before);
                by_ones += usize::from(value - before == 1.0);
                before = value;
            }
            seen.high = seen.high.max(high);
            seen.falls += falls;
            seen.rises += rises;
            seen.by_ones += by_ones;
            if high >= UNIX_SECONDS.0 {
                for (count, (scale, _)) in seen.in_clock.iter_mut().zip(CLOCKS) {
                    let inside = UNIX_SECONDS.0 * scale..UNIX_SECONDS.1 * scale;
                    *count += block.iter().filter(|value| inside.contains(*value)).count();
                }
            }
        });
        seen
    }

    /// Whether the values hardly ever fall.
    fn is_rising(&self) -> bool {
        self.falls as f64 <= 0.02 * self.count as f64
    }
}

fn plural(count: usize, word: &str) -> String {
    if count == 1 { word.to_owned() } else { format!("{word}s") }
}

/// Findings about cells of metrics that hold no number.
fn note_odd_cells(
    odd_cells: &[OddCell],
    odd_counts: &OddCounts,
    table: &Table,
    source: &str,
    findings: &mut Vec<Finding>,
) {
    let label = table.columns_as(Role::Label).next();
    let label_of = |row: u64| {
        let code = table.text_cells(label?).code(usize::try_from(row).ok()?)?;
        table.columns[label?].dictionary.get(code as usize).filter(|label| !label.is_empty()).cloned()
    };
    // In a long table the row says whose value it is.
    let named_by_rows = long_value(table);
    let metric_of = |column: usize, row: u64| {
        let (names, _) = named_by_rows.filter(|(_, value)| *value == column)?;
        let code = table.text_cells(names).code(usize::try_from(row).ok()?)?;
        table.columns[names].dictionary.get(code as usize)
    };
    for odd in odd_cells {
        let name = &table.columns[odd.column].name;
        if table.columns[odd.column].role == Role::Timestamp && odd.kind == FindingKind::NotANumber {
            let (reason, action) =
                ("the cell of a column of instants is none", "the row was kept, without its instant");
            let place = Place::line(source, odd.line).column(name);
            findings.push(Finding::new(Severity::Suspicious, odd.kind, place, reason, action).value(&odd.text));
        }
        if table.columns[odd.column].role != Role::Metric || odd.kind == FindingKind::EmptyCell {
            continue;
        }
        let reason = match odd.kind {
            FindingKind::NotFinite => "the value is not finite",
            _ => "the cell of a measured column is not a number",
        };
        let place = Place::line(source, odd.line).column(name);
        let mut finding =
            Finding::new(Severity::Corrupted, odd.kind, place, reason, "the value is not in the statistics")
                .metric(metric_of(odd.column, odd.row).unwrap_or(name))
                .value(&odd.text);
        finding.label = label_of(odd.row);
        findings.push(finding);
    }
    let mut counts: Vec<(&(usize, FindingKind), &u64)> = odd_counts.iter().collect();
    counts.sort();
    for (&(column, kind), &count) in counts {
        let name = &table.columns[column].name;
        if table.columns[column].role != Role::Metric {
            continue;
        }
        let first = odd_cells.iter().find(|odd| odd.column == column && odd.kind == kind).map(|odd| odd.line);
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
