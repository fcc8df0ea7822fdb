//! What all three shapes of records become: messages and sessions with their instants, and what was odd.

use std::collections::BTreeMap;

/// How a message ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Outcome {
    /// Its response is complete.
    Answered,
    /// A timeout was detected or reported.
    TimedOut,
    /// It failed otherwise.
    Failed,
    /// Its session was closed before it was answered.
    Cut,
    /// Nothing says how it ended: it was still open at the end of the file.
    Open,
}

/// A message (a request) and its instants in nanoseconds.
#[derive(Debug, Clone)]
pub(crate) struct Message {
    pub(crate) session: u32,
    pub(crate) row: u32,
    pub(crate) sent: i64,
    pub(crate) first: Option<i64>,
    pub(crate) last_chunk: Option<i64>,
    pub(crate) end: Option<i64>,
    pub(crate) failed: Option<i64>,
    pub(crate) detected: Option<i64>,
    pub(crate) reported: Option<i64>,
    /// Index into the names of errors.
    pub(crate) error: Option<u32>,
    pub(crate) outcome: Outcome,
    /// One of its instants contradicts another: it counts, but it has no latency.
    pub(crate) contradicts: bool,
}

impl Message {
    pub(crate) fn new(session: u32, row: usize, sent: i64) -> Self {
        Self {
            session,
            row: row as u32,
            sent,
            first: None,
            last_chunk: None,
            end: None,
            failed: None,
            detected: None,
            reported: None,
            error: None,
            outcome: Outcome::Open,
            contradicts: false,
        }
    }

    /// The last instant known of it.
    pub(crate) fn last(&self) -> i64 {
        [self.first, self.last_chunk, self.end, self.failed, self.detected, self.reported]
            .into_iter()
            .flatten()
            .fold(self.sent, i64::max)
    }
}

/// A session and its instants in nanoseconds.
#[derive(Debug, Clone)]
pub(crate) struct Session {
    pub(crate) name: String,
    pub(crate) row: u32,
    pub(crate) opened: Option<i64>,
    pub(crate) closed: Option<i64>,
    pub(crate) first: i64,
    pub(crate) last: i64,
}

impl Session {
    pub(crate) fn new(name: String, row: usize, at: i64) -> Self {
        Self { name, row: row as u32, opened: None, closed: None, first: at, last: at }
    }

    pub(crate) fn touch(&mut self, at: i64) {
        self.first = self.first.min(at);
        self.last = self.last.max(at);
    }
}

/// What can be odd about a row of a service's records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum OddKind {
    /// Its instant is on another clock than the others.
    OtherClock,
    /// Its instants contradict each other: an answer before its message.
    AnswerBeforeMessage,
    /// Its instant is before that of the row above.
    OutOfOrder,
    /// The same event a second time.
    Duplicate,
    /// A second answer to a message.
    AnsweredTwice,
    /// A session closed that was closed already.
    ClosedTwice,
    /// A session opened that is open already.
    OpenedTwice,
    /// A session opened by an event and closed by none.
    NeverClosed,
    /// An event whose kind is not known.
    UnknownKind,
    /// A status that is not understood.
    UnknownStatus,
    /// An event of a message that was never sent.
    WithoutMessage,
    /// An event of a message that had failed already.
    Late,
    /// A row without an instant.
    WithoutTime,
    /// A row without a session.
    WithoutSession,
    /// A request of a warm-up that the file itself declares.
    DeclaredWarmUp,
}

/// Rows that are odd in the same way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Odd {
    /// In what way.
    pub kind: OddKind,
    /// The text that is odd, where it is one.
    pub text: Option<String>,
    /// How many.
    pub count: u64,
    /// The first few of their rows in the table.
    pub rows: Vec<usize>,
}

/// Rows that were odd, by kind and text.
#[derive(Debug, Default)]
pub(crate) struct Oddities {
    found: BTreeMap<(OddKind, Option<String>), (u64, Vec<usize>)>,
}

impl Oddities {
    /// Rows that are named for each kind.
    const NAMED: usize = 8;
    /// Unknown texts that are told apart.
    const TEXTS: usize = 20;

    pub(crate) fn note(&mut self, kind: OddKind, row: usize) {
        self.note_text(kind, None, row);
    }

    pub(crate) fn note_text(&mut self, kind: OddKind, text: Option<&str>, row: usize) {
        let mut key = (kind, text.map(str::to_owned));
        if self.found.len() > Self::TEXTS && !self.found.contains_key(&key) {
            key.1 = None;
        }
        let (count, rows) = self.found.entry(key).or_default();
        *count += 1;
        if rows.len() < Self::NAMED {
            rows.push(row);
        }
    }

    pub(crate) fn finish(self) -> Vec<Odd> {
        self.found.into_iter().map(|((kind, text), (count, rows))| Odd { kind, text, count, rows }).collect()
    }
}

/// Where the beginnings and ends of sessions come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionBasis {
    /// Events that open and close them.
    OpenClose,
    /// The first and last event of each.
    FirstLast,
    /// There are no sessions: each request stands for itself.
    Requests,
}

/// A sample of memory.
#[derive(Debug, Clone, Copy)]
pub(crate) struct MemorySample {
    pub(crate) at: Option<i64>,
    pub(crate) bytes: f64,
    pub(crate) row: u32,
}

/// Everything that the records say, in one form.
#[derive(Debug)]
pub(crate) struct Log {
    /// By the instant at which they were sent.
    pub(crate) messages: Vec<Message>,
    pub(crate) sessions: Vec<Session>,
    pub(crate) basis: SessionBasis,
    pub(crate) errors: Vec<String>,
    /// Errors of sessions without an open message.
    pub(crate) loose_errors: Vec<u32>,
    /// Whether the format can carry errors at all.
    pub(crate) errors_recorded: bool,
    /// Seconds between chunks, and the row of the later one.
    pub(crate) gaps: Vec<f64>,
    pub(crate) gap_rows: Vec<u32>,
    pub(crate) memory: Vec<MemorySample>,
    pub(crate) memory_peak: Vec<MemorySample>,
    pub(crate) oddities: Oddities,
}

impl Log {
    pub(crate) fn new(basis: SessionBasis) -> Self {
        Self {
            messages: Vec::new(),
            sessions: Vec::new(),
            basis,
            errors: Vec::new(),
            loose_errors: Vec::new(),
            errors_recorded: true,
            gaps: Vec::new(),
            gap_rows: Vec::new(),
            memory: Vec::new(),
            memory_peak: Vec::new(),
            oddities: Oddities::default(),
        }
    }

    /// The number of an error's name.
    pub(crate) fn error(&mut self, name: &str) -> u32 {
        let index = self.errors.iter().position(|known| known == name).unwrap_or_else(|| {
            self.errors.push(name.to_owned());
            self.errors.len() - 1
        });
        index as u32
    }
}
