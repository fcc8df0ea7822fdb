//! What all three shapes of records become: messages and sessions with their instants, and what is odd about them.

use crate::analysis::chat::anomaly::Anomalies;
use crate::analysis::chat::result::{Messages, SessionBasis};
use crate::measure::unit::Unit;

/// How a message ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Outcome {
    /// Its response is complete.
    Answered,
    /// A timeout was detected or reported.
    TimedOut,
    /// It failed otherwise.
    Failed,
    /// Its session was closed before it was answered.
    SessionClosed,
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

    /// Whether it failed or timed out.
    pub(crate) fn is_failure(&self) -> bool {
        matches!(self.outcome, Outcome::Failed | Outcome::TimedOut)
    }

    /// The last instant known of it.
    pub(crate) fn last(&self) -> i64 {
        [self.first, self.last_chunk, self.end, self.failed, self.detected, self.reported]
            .into_iter()
            .flatten()
            .fold(self.sent, i64::max)
    }
}

impl Messages {
    /// Counts a message.
    pub(crate) fn add(&mut self, message: &Message) {
        self.sent += 1;
        self.contradicting += u64::from(message.contradicts);
        match message.outcome {
            Outcome::Answered => self.answered += 1,
            Outcome::TimedOut => self.timed_out += 1,
            Outcome::Failed => self.failed += 1,
            Outcome::SessionClosed => self.session_closed += 1,
            Outcome::Open => self.open += 1,
        }
    }

    /// Counts some messages.
    pub(crate) fn of<'a>(messages: impl Iterator<Item = &'a Message>) -> Self {
        messages.fold(Self::default(), |mut counted, message| {
            counted.add(message);
            counted
        })
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
    /// Absent where there are no sessions: each request stands for itself.
    pub(crate) basis: Option<SessionBasis>,
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
    /// The unit of the durations until the first chunk, and until the end, where the file states none.
    pub(crate) assumed: [Option<Unit>; 2],
    pub(crate) anomalies: Anomalies,
}

impl Log {
    pub(crate) fn new(basis: Option<SessionBasis>) -> Self {
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
            assumed: [None; 2],
            anomalies: Anomalies::default(),
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
