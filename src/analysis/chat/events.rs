//! An event log, a row an event, put together to messages and sessions.
//!
//! In: the columns of the log. Out: a [`Log`]. Events are taken in the order of their instants (of equal ones, of the
//! file). Without message ids an answer belongs to the oldest open message of its session.

use std::collections::{HashMap, VecDeque};

use foldhash::fast::FixedState;

use crate::analysis::codes::labels_of_column;
use crate::table::{CellType, Table};

use crate::analysis::chat::anomaly::AnomalyKind;
use crate::analysis::chat::instants::{self, Instants};
use crate::analysis::chat::log::{Log, MemorySample, Message, Outcome, Session};
use crate::analysis::chat::names;
use crate::analysis::chat::options::{EventKind, Field, ServiceOptions};
use crate::analysis::chat::recognise::{Recognition, kinds};
use crate::analysis::chat::result::SessionBasis;

/// An instant on a whole millisecond, in nanoseconds.
const MILLISECOND: i64 = 1_000_000;
/// Instants that decide whether the clock is finer than a millisecond.
const FINENESS_SAMPLE: usize = 1000;
/// What an error without a type is called.
pub(crate) const UNSPECIFIED: &str = "unspecified";
/// What a timeout without a type is called.
pub(crate) const TIMEOUT: &str = "timeout";
/// What the break of a session is called.
const DISCONNECT: &str = "disconnect";

type Map<K, V> = HashMap<K, V, FixedState>;

/// The texts or numbers of a column as small keys.
pub(crate) struct Keys {
    /// A key for each row; absent where the cell is empty.
    pub(crate) of_row: Vec<Option<u64>>,
    texts: Option<Vec<String>>,
}

impl Keys {
    pub(crate) fn of_column(table: &Table, column: usize) -> Self {
        let cells = &table.columns[column];
        if matches!(cells.cells, CellType::Text | CellType::Boolean) {
            let empty: Vec<bool> = cells.dictionary.iter().map(|text| names::is_none(text)).collect();
            let known = |code: u32| (!empty.get(code as usize).copied().unwrap_or(true)).then_some(u64::from(code));
            return Self {
                of_row: table.codes(column).into_iter().map(known).collect(),
                texts: Some(cells.dictionary.clone()),
            };
        }
        Self { of_row: table.numbers(column).into_iter().map(|number| number.map(f64::to_bits)).collect(), texts: None }
    }

    /// What stands in the file for a key.
    pub(crate) fn text(&self, key: u64) -> String {
        match &self.texts {
            Some(texts) => texts.get(key as usize).cloned().unwrap_or_default(),
            None => f64::from_bits(key).to_string(),
        }
    }
}

/// A session while events are read.
#[derive(Default)]
struct Live {
    /// Its entry in the log; absent before its first event.
    index: Option<u32>,
    /// Messages without an end, the oldest first; only used without message ids.
    open: VecDeque<u32>,
    /// The newest message, and the last one that got an end.
    newest: Option<u32>,
    ended: Option<u32>,
    /// The newest message's key.
    newest_key: Option<u64>,
}

struct Assembler<'a> {
    log: Log,
    live: Vec<Live>,
    by_session: Map<u64, u32>,
    messages: Map<(u32, u64), u32>,
    /// Answers whose message has not been sent yet.
    early: Map<(u32, u64), usize>,
    sessions: &'a Keys,
    fine: bool,
    /// Whether any row names its message: a column without values names none.
    with_ids: bool,
    /// For each message of the log whether it is named.
    named: Vec<bool>,
}

/// Puts the events of a table together.
pub(crate) fn assemble(table: &Table, found: &Recognition, options: &ServiceOptions) -> Option<(Log, Instants)> {
    let mut clock = instants::of_column(table, found.column(Field::Time)?)?;
    let event = found.column(Field::Event)?;
    let kinds = kinds(table, event, options);
    let codes = table.codes(event);
    let sessions = Keys::of_column(table, found.column(Field::Session)?);
    let messages = found.column(Field::Message).map(|column| Keys::of_column(table, column));
    let error = found.column(Field::Error);
    // A column of numbers has 0 where nothing went wrong.
    let errors = error.map(|column| {
        let (codes, texts) = labels_of_column(table, column);
        (codes.codes(), texts)
    });
    let has_open = kinds.iter().any(|kind| matches!(kind, Some(EventKind::Open | EventKind::Close)));
    let basis = if has_open { SessionBasis::OpenClose } else { SessionBasis::FirstLast };
    let mut log = Log::new(Some(basis));
    let carries = |kind: &Option<EventKind>| {
        matches!(
            kind,
            Some(EventKind::Error | EventKind::TimeoutDetected | EventKind::TimeoutReported | EventKind::Disconnect)
        )
    };
    log.errors_recorded = error.is_some() || kinds.iter().any(carries);
    check_clock(&mut clock, &mut log);
    memory(table, found, &clock, &mut log);
    let order = order(&clock, &mut log);
    let mut assembler = Assembler {
        log,
        live: Vec::new(),
        by_session: Map::default(),
        messages: Map::default(),
        early: Map::default(),
        sessions: &sessions,
        fine: is_fine(&clock),
        with_ids: messages.as_ref().is_some_and(|keys| keys.of_row.iter().any(Option::is_some)),
        named: Vec::new(),
    };
    for row in order {
        let row = row as usize;
        let Some(at) = clock.nanos[row] else { continue };
        let Some(kind) = kinds.get(codes[row] as usize).copied().flatten() else {
            let text = table.columns[event].dictionary.get(codes[row] as usize).map(String::as_str);
            assembler.log.anomalies.note_text(AnomalyKind::UnknownKind, text, row);
            continue;
        };
        if matches!(kind, EventKind::Memory | EventKind::Ignore) {
            continue;
        }
        let Some(session) = sessions.of_row[row] else {
            assembler.log.anomalies.note(AnomalyKind::WithoutSession, row);
            continue;
        };
        let message = messages.as_ref().and_then(|keys| keys.of_row[row]);
        let error = errors.as_ref().and_then(|(codes, texts)| {
            let text = texts.get(*codes.get(row)? as usize)?.as_str();
            (!text.is_empty() && text != "0").then_some(text)
        });
        assembler.take(&Event { row, at, kind, session, message, error });
    }
    Some((assembler.finish(), clock))
}

/// Notes rows without an instant, and takes out those whose instant is on another clock.
pub(crate) fn check_clock(clock: &mut Instants, log: &mut Log) {
    for (row, _) in clock.nanos.iter().enumerate().filter(|(_, at)| at.is_none()) {
        log.anomalies.note(AnomalyKind::WithoutTime, row);
    }
    for row in instants::other_clock(&clock.nanos).unwrap_or_default() {
        log.anomalies.note(AnomalyKind::OtherClock, row);
        clock.nanos[row] = None;
    }
}

/// Samples of memory, wherever a row has one.
pub(crate) fn memory(table: &Table, found: &Recognition, clock: &Instants, log: &mut Log) {
    let samples = |field: Field| -> Vec<MemorySample> {
        let Some(column) = found.column(field) else { return Vec::new() };
        let numbers = table.numbers(column).into_iter().enumerate();
        let mut samples: Vec<MemorySample> = numbers
            .filter_map(|(row, number)| {
                let bytes =
                    table.columns[column].to_base(number.filter(|number| number.is_finite() && *number >= 0.0)?);
                Some(MemorySample { at: clock.nanos.get(row).copied().flatten(), bytes, row: row as u32 })
            })
            .collect();
        samples.sort_by_key(|sample| sample.at);
        samples
    };
    log.memory = samples(Field::Memory);
    log.memory_peak = samples(Field::MemoryPeak);
}

/// Rows by instant, those of the same instant as in the file; notes what stood in another order, and what has no instant.
fn order(clock: &Instants, log: &mut Log) -> Vec<u32> {
    let mut rows: Vec<u32> = Vec::with_capacity(clock.nanos.len());
    let (mut latest, mut sorted) = (i64::MIN, true);
    for (row, at) in clock.nanos.iter().enumerate() {
        let Some(at) = *at else { continue };
        if at < latest {
            sorted = false;
            log.anomalies.note(AnomalyKind::OutOfOrder, row);
        }
        latest = latest.max(at);
        rows.push(row as u32);
    }
    if !sorted {
        rows.sort_by_key(|row| clock.nanos[*row as usize]);
    }
    rows
}

fn is_fine(clock: &Instants) -> bool {
    clock.nanos.iter().flatten().take(FINENESS_SAMPLE).any(|at| at % MILLISECOND != 0)
}

/// An event of a known kind.
struct Event<'a> {
    row: usize,
    at: i64,
    kind: EventKind,
    session: u64,
    message: Option<u64>,
    error: Option<&'a str>,
}

impl Assembler<'_> {
    fn take(&mut self, event: &Event<'_>) {
        let live = self.live_of(event.session);
        match event.kind {
            EventKind::Open => return self.open(live, event),
            EventKind::Close => return self.close(live, event, None),
            EventKind::Disconnect => return self.close(live, event, Some(event.error.unwrap_or(DISCONNECT))),
            _ => {}
        }
        let session = self.session_of(live, event);
        self.log.sessions[session as usize].touch(event.at);
        match event.kind {
            EventKind::Sent => self.sent(live, session, event),
            EventKind::First | EventKind::Chunk | EventKind::End => self.answer(live, event),
            _ => self.failure(live, event),
        }
    }

    fn live_of(&mut self, session: u64) -> usize {
        let next = self.live.len() as u32;
        let live = *self.by_session.entry(session).or_insert(next);
        if live == next {
            self.live.push(Live::default());
        }
        live as usize
    }

    /// The session's entry in the log; begins one where there is none.
    fn session_of(&mut self, live: usize, event: &Event<'_>) -> u32 {
        if let Some(index) = self.live[live].index {
            return index;
        }
        let index = self.log.sessions.len() as u32;
        self.log.sessions.push(Session::new(self.sessions.text(event.session), event.row, event.at));
        self.live[live].index = Some(index);
        index
    }

    fn open(&mut self, live: usize, event: &Event<'_>) {
        let known = self.live[live].index.map(|index| &self.log.sessions[index as usize]);
        match known {
            Some(session) if session.closed.is_none() && session.opened.is_some() => {
                let same = session.opened == Some(event.at);
                let kind = if same { AnomalyKind::Duplicate } else { AnomalyKind::OpenedTwice };
                self.log.anomalies.note(kind, event.row);
                return;
            }
            // Closed and opened again: a session of its own under the same name.
            Some(session) if session.closed.is_some() => self.live[live].index = None,
            _ => {}
        }
        let index = self.session_of(live, event) as usize;
        self.log.sessions[index].opened.get_or_insert(event.at);
    }

    fn close(&mut self, live: usize, event: &Event<'_>, error: Option<&str>) {
        let index = self.session_of(live, event) as usize;
        let closed = self.log.sessions[index].closed;
        if let Some(closed) = closed {
            let kind = if closed == event.at { AnomalyKind::Duplicate } else { AnomalyKind::ClosedTwice };
            self.log.anomalies.note(kind, event.row);
            return;
        }
        self.log.sessions[index].closed = Some(event.at);
        self.log.sessions[index].touch(event.at);
        let error = error.map(|name| self.log.error(name));
        let open = std::mem::take(&mut self.live[live].open);
        let mut any = false;
        for message in open {
            let message = &mut self.log.messages[message as usize];
            if message.outcome != Outcome::Open {
                continue;
            }
            any = true;
            match error {
                Some(error) => {
                    message.outcome = Outcome::Failed;
                    message.failed = Some(event.at);
                    message.error = Some(error);
                }
                None => message.outcome = Outcome::SessionClosed,
            }
        }
        if let Some(error) = error.filter(|_| !any) {
            self.log.loose_errors.push(error);
        }
    }

    fn sent(&mut self, live: usize, session: u32, event: &Event<'_>) {
        let index = self.log.messages.len() as u32;
        let mut message = Message::new(session, event.row, event.at);
        if let Some(key) = event.message {
            if self.messages.contains_key(&(live as u32, key)) {
                self.log.anomalies.note(AnomalyKind::Duplicate, event.row);
                return;
            }
            if let Some(row) = self.early.remove(&(live as u32, key)) {
                self.log.anomalies.note(AnomalyKind::AnswerBeforeMessage, row);
                message.contradicts = true;
            }
            self.messages.insert((live as u32, key), index);
            self.live[live].newest_key = Some(key);
        } else if let Some(newest) = self.live[live].newest
            && self.log.messages[newest as usize].sent == event.at
        {
            self.log.anomalies.note(AnomalyKind::Duplicate, event.row);
            return;
        }
        self.log.messages.push(message);
        self.named.push(event.message.is_some());
        let live = &mut self.live[live];
        // What is answered leaves from the front; with ids a message in the middle may have been answered first.
        while live.open.front().is_some_and(|first| self.log.messages[*first as usize].outcome != Outcome::Open) {
            live.open.pop_front();
        }
        live.open.push_back(index);
        live.newest = Some(index);
    }

    /// The message that an event is about.
    fn message_of(&self, live: usize, event: &Event<'_>) -> Option<u32> {
        let state = &self.live[live];
        match event.message {
            Some(key) if state.newest_key == Some(key) => state.newest,
            Some(key) => self.messages.get(&(live as u32, key)).copied(),
            None => {
                let open = |index: &&u32| self.log.messages[**index as usize].outcome == Outcome::Open;
                self.nameless(live).or_else(|| state.open.iter().find(open).copied()).or(state.ended)
            }
        }
    }

    /// The oldest open message of a session among those that nothing names: where some rows leave the name out, these belong
    /// together.
    fn nameless(&self, live: usize) -> Option<u32> {
        let open = |index: &&u32| {
            self.log.messages[**index as usize].outcome == Outcome::Open && !self.named[**index as usize]
        };
        self.live[live].open.iter().find(open).copied()
    }

    fn answer(&mut self, live: usize, event: &Event<'_>) {
        let Some(index) = self.message_of(live, event) else {
            match event.message {
                Some(key) => {
                    self.early.entry((live as u32, key)).or_insert(event.row);
                }
                None => self.log.anomalies.note(AnomalyKind::WithoutMessage, event.row),
            }
            return;
        };
        let (fine, with_ids) = (self.fine, self.with_ids);
        let message = &mut self.log.messages[index as usize];
        match message.outcome {
            Outcome::TimedOut | Outcome::Failed | Outcome::SessionClosed => {
                return self.log.anomalies.note(AnomalyKind::Late, event.row);
            }
            Outcome::Answered => {
                let same = [message.end, message.first, message.last_chunk].contains(&Some(event.at));
                let kind = if same { AnomalyKind::Duplicate } else { AnomalyKind::AnsweredTwice };
                return self.log.anomalies.note(kind, event.row);
            }
            Outcome::Open => {}
        }
        match event.kind {
            EventKind::First if message.first.is_some() => {
                let kind =
                    if message.first == Some(event.at) { AnomalyKind::Duplicate } else { AnomalyKind::AnsweredTwice };
                self.log.anomalies.note(kind, event.row);
            }
            EventKind::First | EventKind::Chunk => {
                message.first.get_or_insert(event.at);
                if let Some(last) = message.last_chunk {
                    if last == event.at && fine {
                        return self.log.anomalies.note(AnomalyKind::Duplicate, event.row);
                    }
                    self.log.gaps.push(instants::seconds(last, event.at));
                    self.log.gap_rows.push(event.row as u32);
                }
                message.last_chunk = Some(event.at);
            }
            _ => {
                message.end = Some(event.at);
                message.outcome = Outcome::Answered;
                if let Some(error) = event.error.filter(|error| !names::is_success(error)) {
                    message.failed = message.end.take();
                    message.outcome = if names::is_timeout(error) { Outcome::TimedOut } else { Outcome::Failed };
                    let error = self.log.error(error);
                    self.log.messages[index as usize].error = Some(error);
                }
                self.live[live].ended = Some(index);
                if !with_ids {
                    self.live[live].open.retain(|open| *open != index);
                }
            }
        }
    }

    fn failure(&mut self, live: usize, event: &Event<'_>) {
        let is_timeout = event.kind != EventKind::Error || event.error.is_some_and(names::is_timeout);
        let name = event.error.unwrap_or(if is_timeout { TIMEOUT } else { UNSPECIFIED });
        let target = match (event.message, event.kind) {
            // A report comes after its message has left the open ones.
            (None, EventKind::TimeoutReported) => self.awaiting_report(live).or_else(|| self.message_of(live, event)),
            // An error that names no message, where all others do or none is open, is one of the session.
            (None, _) if self.with_ids => self.nameless(live),
            (None, EventKind::Error) => self
                .message_of(live, event)
                .filter(|index| self.log.messages[*index as usize].outcome != Outcome::Answered),
            _ => self.message_of(live, event),
        };
        let Some(index) = target else {
            if event.message.is_some() {
                self.log.anomalies.note(AnomalyKind::WithoutMessage, event.row);
            }
            let error = self.log.error(name);
            self.log.loose_errors.push(error);
            return;
        };
        let error = self.log.error(name);
        let message = &mut self.log.messages[index as usize];
        match (event.kind, message.outcome) {
            (_, Outcome::Answered) => return self.log.anomalies.note(AnomalyKind::Late, event.row),
            (EventKind::TimeoutReported, _) if message.reported.is_none() => message.reported = Some(event.at),
            (EventKind::TimeoutDetected, _) if message.detected.is_none() => message.detected = Some(event.at),
            (EventKind::Error, Outcome::Open | Outcome::SessionClosed) => {}
            (EventKind::Error, Outcome::TimedOut) if is_timeout => return,
            (..) => {
                let same = [message.failed, message.detected, message.reported].contains(&Some(event.at));
                let kind = if same { AnomalyKind::Duplicate } else { AnomalyKind::Late };
                return self.log.anomalies.note(kind, event.row);
            }
        }
        message.failed.get_or_insert(event.at);
        message.error.get_or_insert(error);
        if is_timeout {
            message.outcome = Outcome::TimedOut;
        } else if message.outcome != Outcome::TimedOut {
            message.outcome = Outcome::Failed;
        }
        self.live[live].ended = Some(index);
    }

    /// Without ids: the newest message of a session whose timeout was detected and not reported yet.
    fn awaiting_report(&self, live: usize) -> Option<u32> {
        let index = self.live[live].ended?;
        let message = &self.log.messages[index as usize];
        (message.detected.is_some() && message.reported.is_none()).then_some(index)
    }

    fn finish(mut self) -> Log {
        for row in self.early.into_values().collect::<std::collections::BTreeSet<usize>>() {
            self.log.anomalies.note(AnomalyKind::WithoutMessage, row);
        }
        for session in &self.log.sessions {
            if session.opened.is_some() && session.closed.is_none() {
                self.log.anomalies.note_text(AnomalyKind::NeverClosed, None, session.row as usize);
            }
        }
        self.log
    }
}
