//! A request log, a row a request, put together to messages and sessions; also what `AIPerf` writes.
//!
//! In: the columns of the log. Out: a [`Log`]. First chunk and completion may be instants or durations; each column is
//! one or the other, by its name or by its values.

use std::collections::HashMap;

use foldhash::fast::FixedState;

use crate::analysis::outcome;
use crate::measure::ending::Outcome as FailureOutcome;
use crate::measure::finish_reason;
use crate::measure::unit::{Dimension, Unit};
use crate::table::{CellType, Role, Table};

use crate::analysis::chat::anomaly::AnomalyKind;
use crate::analysis::chat::events::{self, Keys, TIMEOUT, UNSPECIFIED};
use crate::analysis::chat::instants::{self, Instants, NANOS};
use crate::analysis::chat::log::{Log, Message, Outcome, Session};
use crate::analysis::chat::names;
use crate::analysis::chat::options::Field;
use crate::analysis::chat::recognise::{self, Recognition};
use crate::analysis::chat::result::{ClockKind, SessionBasis, Shape};

/// A column holds instants where so many of its numbers are not before the sending.
const INSTANT_SHARE: f64 = 0.95;
/// Phases that a file declares to be no part of the measurement.
const WARM_UP_PHASES: &[&str] = &["warmup", "warm_up", "warm-up"];

/// Puts the rows of a table together. `found` learns which columns hold instants.
pub(crate) fn assemble(table: &Table, tables: &[Table], found: &mut Recognition) -> Option<(Log, Instants)> {
    let mut clock = instants::of_column(table, found.column(Field::Sent)?)?;
    let sessions = found.column(Field::Session).map(|column| Keys::of_column(table, column));
    let mut log = Log::new(sessions.as_ref().map(|_| SessionBasis::FirstLast));
    events::check_clock(&mut clock, &mut log);
    events::memory(table, found, &clock, &mut log);
    let mut times = |field: Field| -> Option<Times> {
        let used = found.columns.iter_mut().find(|used| used.field == field)?;
        let times = Times::of_column(table, tables, used.index, &clock)?;
        if times.instants {
            used.role = Some(Role::Timestamp);
        }
        Some(times)
    };
    let first = times(Field::First);
    let completed = times(Field::Completed)?;
    log.assumed = [first.as_ref().and_then(|times| times.assumed), completed.assumed];
    let detected = times(Field::TimeoutDetected);
    let reported = times(Field::TimeoutReported);
    let outcomes = RowOutcomes::of(table, found);
    log.errors_recorded = outcomes.recorded();
    let ends = table.position("metadata.request_end_ns").filter(|_| found.shape == Shape::AiPerf);
    let ends = ends.and_then(|column| Times::of_column(table, tables, column, &clock));
    let phase = ["metadata.benchmark_phase", "metadata.credit_phase"].iter().find_map(|name| table.position(name));
    let phases = phase.filter(|_| found.shape == Shape::AiPerf).map(|column| (column, table.codes(column)));
    let mut numbers: HashMap<u64, u32, FixedState> = HashMap::default();
    for row in order(&clock) {
        let row = row as usize;
        let Some(sent) = clock.nanos[row] else { continue };
        if let Some((column, codes)) = &phases
            && let Some(text) = table.columns[*column].dictionary.get(codes[row] as usize)
            && WARM_UP_PHASES.contains(&text.to_ascii_lowercase().as_str())
        {
            log.anomalies.note_text(AnomalyKind::DeclaredWarmUp, Some(text), row);
            continue;
        }
        let session = match &sessions {
            Some(keys) => {
                let Some(key) = keys.of_row[row] else {
                    log.anomalies.note(AnomalyKind::WithoutSession, row);
                    continue;
                };
                let next = log.sessions.len() as u32;
                let index = *numbers.entry(key).or_insert(next);
                if index == next {
                    log.sessions.push(Session::new(keys.text(key), row, sent));
                }
                index
            }
            None => 0,
        };
        let at = |times: &Option<Times>| times.as_ref().and_then(|times| times.at(row, sent));
        let mut message = Message::new(session, row, sent);
        message.first = at(&first);
        message.detected = at(&detected);
        message.reported = at(&reported);
        let end = completed.at(row, sent).or_else(|| at(&ends));
        match outcomes.error(row) {
            Some(name) => {
                let timeout = names::is_timeout(&name) || message.detected.is_some();
                message.outcome = if timeout { Outcome::TimedOut } else { Outcome::Failed };
                message.failed = end.or(message.detected);
                // AIPerf ends a request when it gives up; elsewhere the end of a request is not the detection.
                if timeout && found.shape == Shape::AiPerf {
                    message.detected = message.detected.or(end);
                }
                message.error = Some(log.error(&name));
            }
            None if message.detected.is_some() || message.reported.is_some() => {
                message.outcome = Outcome::TimedOut;
                message.failed = end.or(message.detected);
                message.error = Some(log.error(TIMEOUT));
            }
            None => {
                if let Some(text) = outcomes.unclear(row) {
                    log.anomalies.note_text(AnomalyKind::UnknownStatus, Some(&text), row);
                }
                message.end = end;
                message.outcome = if end.is_some() { Outcome::Answered } else { Outcome::Open };
            }
        }
        settle(&mut message, &mut log);
        if let Some(session) = log.sessions.get_mut(session as usize) {
            session.touch(message.sent);
            session.touch(message.last());
        }
        log.messages.push(message);
    }
    duplicates(table, found, &mut log);
    if found.shape == Shape::AiPerf {
        chunk_gaps(table, tables, &mut log);
    }
    Some((log, clock))
}

/// Instants before the sending, or a first chunk behind the end, are no latencies.
fn settle(message: &mut Message, log: &mut Log) {
    let answered = message.end.or(message.failed);
    let before = |at: Option<i64>| at.is_some_and(|at| at < message.sent);
    let crossed = message.first.zip(answered).is_some_and(|(first, end)| first > end);
    if before(message.first) || before(answered) || before(message.detected) || crossed {
        log.anomalies.note(AnomalyKind::AnswerBeforeMessage, message.row as usize);
        message.contradicts = true;
        message.first = None;
        message.end = message.end.filter(|end| *end >= message.sent);
        message.failed = message.failed.filter(|end| *end >= message.sent);
        message.detected = message.detected.filter(|at| *at >= message.sent);
    }
}

/// The same request in two rows: the second one does not count.
fn duplicates(table: &Table, found: &Recognition, log: &mut Log) {
    let Some(column) = found.column(Field::Message) else { return };
    let keys = Keys::of_column(table, column);
    let mut seen: HashMap<(u32, u64), (i64, Option<i64>), FixedState> = HashMap::default();
    let mut kept = Vec::with_capacity(log.messages.len());
    for message in std::mem::take(&mut log.messages) {
        let Some(key) = keys.of_row[message.row as usize] else {
            kept.push(message);
            continue;
        };
        let answer = message.end.or(message.failed);
        match seen.entry((message.session, key)) {
            std::collections::hash_map::Entry::Vacant(entry) => {
                entry.insert((message.sent, answer));
                kept.push(message);
            }
            std::collections::hash_map::Entry::Occupied(entry) => {
                let same = *entry.get() == (message.sent, answer);
                // The same id at another time is another request: ids may begin anew.
                if same {
                    log.anomalies.note(AnomalyKind::Duplicate, message.row as usize);
                } else if entry.get().0 == message.sent {
                    log.anomalies.note(AnomalyKind::AnsweredTwice, message.row as usize);
                } else {
                    kept.push(message);
                }
            }
        }
    }
    log.messages = kept;
}

fn order(clock: &Instants) -> Vec<u32> {
    // A row is written when its request ends: order by sending says nothing about the file.
    let mut rows: Vec<u32> = (0..clock.nanos.len() as u32).filter(|row| clock.nanos[*row as usize].is_some()).collect();
    rows.sort_by_key(|row| clock.nanos[*row as usize]);
    rows
}

/// A column of instants, or of durations since the sending.
struct Times {
    nanos: Vec<Option<i64>>,
    instants: bool,
    /// The unit of durations that state none.
    assumed: Option<Unit>,
}

impl Times {
    fn of_column(table: &Table, tables: &[Table], column: usize, clock: &Instants) -> Option<Self> {
        let cells = &table.columns[column];
        if cells.cells == CellType::Timestamp {
            return Some(Self { nanos: table.instants(column), instants: true, assumed: None });
        }
        if table.columns[column].is_blank() {
            let rows = usize::try_from(table.lines.rows()).ok()?;
            return Some(Self { nanos: vec![None; rows], instants: true, assumed: None });
        }
        if !cells.cells.is_number() {
            return None;
        }
        let named_duration = names::is_duration(&cells.name) || matches!(cells.cells, CellType::Quantity(_));
        let instants = instants::of_column(table, column);
        if let Some(instants) = instants.filter(|found| !named_duration && are_instants(found, clock)) {
            return Some(Self { nanos: instants.nanos, instants: true, assumed: None });
        }
        // What ingest knows of the unit, row by row where rows differ, is in the column already.
        let stated = cells.unit.as_ref().is_some_and(|choice| !choice.assumed);
        let units = row_units(table, column).filter(|_| !stated);
        let nanos = |row: usize, number: f64| {
            let unit = units.as_ref().and_then(|units| units[row]).unwrap_or_else(|| duration_unit(table, column));
            (unit.to_base(number) * NANOS).round() as i64
        };
        let mut numbers = table.numbers(column);
        first_of_arrays(table, tables, column, &mut numbers);
        let nanos = numbers
            .into_iter()
            .enumerate()
            .map(|(row, number)| number.filter(|number| number.is_finite()).map(|number| nanos(row, number)));
        let says_nothing = !stated && units.is_none() && names::seconds_of_name(&cells.name).is_none();
        let assumed = says_nothing.then(|| duration_unit(table, column));
        Some(Self { nanos: nanos.collect(), instants: false, assumed })
    }

    fn at(&self, row: usize, sent: i64) -> Option<i64> {
        let nanos = self.nanos.get(row).copied().flatten()?;
        if self.instants { Some(nanos) } else { sent.checked_add(nanos) }
    }
}

/// Whether numbers are instants of the same clock: of the same kind, and hardly ever before the sending.
fn are_instants(found: &Instants, clock: &Instants) -> bool {
    if clock.kind != ClockKind::Monotonic || found.kind != ClockKind::Monotonic {
        return clock.kind != ClockKind::Monotonic && found.kind != ClockKind::Monotonic;
    }
    let pairs = found.nanos.iter().zip(&clock.nanos).filter_map(|(at, sent)| Some(((*at)?, (*sent)?)));
    let (mut all, mut behind) = (0_u64, 0_u64);
    for (at, sent) in pairs {
        all += 1;
        behind += u64::from(at >= sent);
    }
    all > 0 && behind as f64 >= INSTANT_SHARE * all as f64
}

/// The unit of a column of durations: its own, else that of its name, else seconds.
fn duration_unit(table: &Table, column: usize) -> Unit {
    let cells = &table.columns[column];
    let own = cells.unit.as_ref().map(|choice| choice.unit).filter(|unit| unit.dimension == Dimension::Time);
    let named = || match names::seconds_of_name(&cells.name) {
        Some(1e-9) => Unit::NANOSECOND,
        Some(1e-6) => Unit::MICROSECOND,
        Some(1e-3) => Unit::MILLISECOND,
        _ => Unit::SECOND,
    };
    own.unwrap_or_else(named)
}

/// The unit of each row of `metrics.x.value`, also where it is called `x`, from `metrics.x.unit`.
fn row_units(table: &Table, column: usize) -> Option<Vec<Option<Unit>>> {
    let name = &table.columns[column].name;
    let beside = match name.strip_suffix(".value") {
        Some(stem) => format!("{stem}.unit"),
        None => format!("metrics.{name}.unit"),
    };
    let units = table.position(&beside)?;
    let known: Vec<Option<Unit>> = table.columns[units].dictionary.iter().map(|text| Unit::parse(text)).collect();
    Some(table.codes(units).into_iter().map(|code| known.get(code as usize).copied().flatten()).collect())
}

/// Where a line has an array instead of a number, its first element stands for it.
fn first_of_arrays(table: &Table, tables: &[Table], column: usize, numbers: &mut [Option<f64>]) {
    let column_name = &table.columns[column].name;
    let nested = format!("metrics.{column_name}.value");
    let holds = |name: Option<&str>| name.is_some_and(|name| name == column_name || name == nested);
    let Some(inside) = tables.iter().find(|other| holds(other.name.as_deref())) else { return };
    let Some(value) = measured(inside) else { return };
    let mut by_line: HashMap<u64, f64, FixedState> = HashMap::default();
    for (row, number) in inside.numbers(value).into_iter().enumerate() {
        if let (Some(line), Some(number)) = (inside.lines.line(row as u64), number) {
            by_line.entry(line).or_insert(number);
        }
    }
    for (row, number) in numbers.iter_mut().enumerate().filter(|(_, number)| number.is_none()) {
        *number = table.lines.line(row as u64).and_then(|line| by_line.get(&line).copied());
    }
}

/// The numbers of a list: what its line says of itself stands beside them.
fn measured(list: &Table) -> Option<usize> {
    list.columns_as(Role::Metric).find(|column| list.columns[*column].cells.is_number())
}

/// The gaps between chunks that each line of `AIPerf` lists.
fn chunk_gaps(table: &Table, tables: &[Table], log: &mut Log) {
    const NAME: &str = "metrics.inter_chunk_latency.value";
    let Some(inside) = tables.iter().find(|other| other.name.as_deref() == Some(NAME)) else { return };
    let Some(value) = measured(inside) else { return };
    let named =
        |table: &Table| table.position("metrics.inter_chunk_latency.unit").map(|unit| (unit, table.codes(unit)));
    let stated = inside.columns[value].unit.as_ref().filter(|choice| !choice.assumed).map(|choice| choice.unit);
    let units = named(inside).filter(|_| stated.is_none());
    let counted: HashMap<u64, u32, FixedState> = log
        .messages
        .iter()
        .filter_map(|message| Some((table.lines.line(u64::from(message.row))?, message.row)))
        .collect();
    for (row, number) in inside.numbers(value).into_iter().enumerate() {
        let Some(number) = number.filter(|number| number.is_finite() && *number >= 0.0) else { continue };
        let Some(parent) = inside.lines.line(row as u64).and_then(|line| counted.get(&line)) else { continue };
        let unit = units
            .as_ref()
            .and_then(|(column, codes)| Unit::parse(inside.columns[*column].dictionary.get(codes[row] as usize)?));
        log.gaps.push(unit.or(stated).unwrap_or(Unit::MILLISECOND).to_base(number));
        log.gap_rows.push(*parent);
    }
}

/// What error and status columns say about a row.
struct RowOutcomes {
    errors: Vec<(Keys, Vec<FailureOutcome>)>,
    status: Option<(Keys, Vec<FailureOutcome>)>,
    /// Rows that a flag calls timed out.
    timed_out: Option<Vec<bool>>,
    /// Rows that were cancelled, in records of `AIPerf`.
    cancelled: Option<Vec<bool>>,
    aiperf: bool,
}

/// What `AIPerf` writes of a request that it gave up.
const CANCELLED: &str = "metadata.was_cancelled";
/// Columns of the parts of an error object.
const ERROR_PARTS: &[&str] = &["error.type", "error.code", "error.message"];

impl RowOutcomes {
    fn of(table: &Table, found: &Recognition) -> Self {
        let aiperf = found.shape == Shape::AiPerf;
        let judged = |column: usize| Some((Keys::of_column(table, column), outcome::outcomes(table, column)?));
        let own = found.column(Field::Error).filter(|_| !aiperf);
        let parts = ERROR_PARTS.iter().filter_map(|name| table.position(name)).filter(|part| Some(*part) != own);
        let is_reason = |column: &usize| {
            let of = &table.columns[*column];
            let texts = of.dictionary.iter().map(String::as_str);
            of.cells == CellType::Text && finish_reason::is_called(&of.name) && finish_reason::are_reasons(texts)
        };
        let reasons = (0..table.columns.len()).filter(is_reason);
        Self {
            errors: own.into_iter().chain(parts).chain(reasons).filter_map(judged).collect(),
            cancelled: table.position(CANCELLED).filter(|_| aiperf).map(|column| flags(table, column)),
            status: found.column(Field::Status).and_then(judged),
            timed_out: recognise::timeout_flag(table).map(|column| flags(table, column)),
            aiperf,
        }
    }

    fn recorded(&self) -> bool {
        self.aiperf || !self.errors.is_empty() || self.status.is_some() || self.timed_out.is_some()
    }

    /// The type of error of a row.
    fn error(&self, row: usize) -> Option<String> {
        let failed = |outcomes: &[FailureOutcome]| outcomes.get(row) == Some(&FailureOutcome::Failed);
        if self.timed_out.as_ref().is_some_and(|flags| flags.get(row) == Some(&true)) {
            return Some(TIMEOUT.to_owned());
        }
        let name = |keys: &Keys| keys.of_row[row].map_or_else(|| UNSPECIFIED.to_owned(), |key| plain(&keys.text(key)));
        let told = self.errors.iter().chain(&self.status).find(|(_, outcomes)| failed(outcomes));
        let cancelled = || self.cancelled.as_ref().is_some_and(|flags| flags.get(row) == Some(&true));
        told.map(|(keys, _)| name(keys)).or_else(|| cancelled().then(|| "cancelled".to_owned()))
    }

    /// A status that is not understood, and no error beside it.
    fn unclear(&self, row: usize) -> Option<String> {
        let mut said = self.status.iter().chain(&self.errors);
        let (keys, _) = said.find(|(_, outcomes)| outcomes.get(row) == Some(&FailureOutcome::Unclear))?;
        keys.of_row[row].map(|key| keys.text(key))
    }
}

/// The rows in which a flag is raised: 1, or true.
fn flags(table: &Table, column: usize) -> Vec<bool> {
    if table.columns[column].cells.is_number() {
        return table.numbers(column).into_iter().map(|number| number == Some(1.0)).collect();
    }
    let raised: Vec<bool> =
        table.columns[column].dictionary.iter().map(|text| text.eq_ignore_ascii_case("true")).collect();
    table.codes(column).into_iter().map(|code| raised.get(code as usize) == Some(&true)).collect()
}

/// A type of error as it is called, where it is more than "it failed".
fn plain(text: &str) -> String {
    const SAYING_NOTHING: &[&str] =
        &["false", "true", "failed", "failure", "error", "0", "1", "no", "yes", "n", "y", "f", "t"];
    if SAYING_NOTHING.contains(&text.to_ascii_lowercase().as_str()) { UNSPECIFIED.to_owned() } else { text.to_owned() }
}
