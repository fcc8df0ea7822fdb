//! What a user may say about a service: which column is what, what its events are called, its deadline and its schedule.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a column of a service's records is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Field {
    /// When the event of the row happened.
    Time,
    /// The session.
    Session,
    /// The message within its session.
    Message,
    /// The kind of event.
    Event,
    /// The type of error; empty where there was none.
    Error,
    /// Whether the request succeeded.
    Status,
    /// When the request was sent.
    Sent,
    /// When the first chunk came, or how long that took.
    First,
    /// When the response was complete, or how long that took.
    Completed,
    /// When a timeout was detected.
    TimeoutDetected,
    /// When a timeout was reported to the user.
    TimeoutReported,
    /// Memory in use.
    Memory,
    /// The highest memory in use so far.
    MemoryPeak,
}

impl Field {
    /// All fields.
    pub const ALL: [Self; 13] = [
        Self::Time,
        Self::Session,
        Self::Message,
        Self::Event,
        Self::Error,
        Self::Status,
        Self::Sent,
        Self::First,
        Self::Completed,
        Self::TimeoutDetected,
        Self::TimeoutReported,
        Self::Memory,
        Self::MemoryPeak,
    ];

    /// Its name in a configuration.
    pub fn name(self) -> &'static str {
        match self {
            Self::Time => "time",
            Self::Session => "session",
            Self::Message => "message",
            Self::Event => "event",
            Self::Error => "error",
            Self::Status => "status",
            Self::Sent => "sent",
            Self::First => "first_chunk",
            Self::Completed => "completed",
            Self::TimeoutDetected => "timeout_detected",
            Self::TimeoutReported => "timeout_reported",
            Self::Memory => "memory",
            Self::MemoryPeak => "memory_peak",
        }
    }

    /// The field of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.name() == name)
    }
}

/// What happened in a row of an event log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum EventKind {
    /// A session began.
    Open,
    /// A session ended.
    Close,
    /// A session broke off: it ended, and with it failed what was unanswered.
    Disconnect,
    /// A message was sent to the service.
    Sent,
    /// The first piece of its response came.
    First,
    /// A further piece came.
    Chunk,
    /// The response was complete.
    End,
    /// The message failed.
    Error,
    /// A timeout was detected.
    TimeoutDetected,
    /// A timeout was reported to the user.
    TimeoutReported,
    /// Memory was measured.
    Memory,
    /// None of these, and meant so: the row is passed over in silence.
    Ignore,
}

impl EventKind {
    /// All kinds.
    pub const ALL: [Self; 12] = [
        Self::Open,
        Self::Close,
        Self::Disconnect,
        Self::Sent,
        Self::First,
        Self::Chunk,
        Self::End,
        Self::Error,
        Self::TimeoutDetected,
        Self::TimeoutReported,
        Self::Memory,
        Self::Ignore,
    ];

    /// Its name in a configuration.
    pub fn name(self) -> &'static str {
        match self {
            Self::Open => "session_open",
            Self::Close => "session_close",
            Self::Disconnect => "disconnect",
            Self::Sent => "message_sent",
            Self::First => "first_chunk",
            Self::Chunk => "chunk",
            Self::End => "message_end",
            Self::Error => "error",
            Self::TimeoutDetected => "timeout_detected",
            Self::TimeoutReported => "timeout_reported",
            Self::Memory => "memory",
            Self::Ignore => "ignore",
        }
    }

    /// The kind of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// When a session counts as stable.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Stability {
    /// A stable session has at least this many answered messages,
    pub min_answered: u64,
    /// at most this share of messages that failed or timed out,
    pub max_error_share: f64,
    /// and was open at least this many seconds.
    pub min_duration: f64,
}

impl Default for Stability {
    fn default() -> Self {
        Self { min_answered: 1, max_error_share: 0.5, min_duration: 0.0 }
    }
}

/// What a user says about the service of a source.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ServiceOptions {
    /// `false`: the source is no service, whatever it looks like.
    pub enabled: Option<bool>,
    /// Columns by what they are.
    pub columns: BTreeMap<Field, String>,
    /// Names of events, exactly as they stand in the file.
    pub events: BTreeMap<String, EventKind>,
    /// After how many seconds an answer counts as timed out.
    pub deadline: Option<f64>,
    /// Messages a second that were to be sent, over all sessions.
    pub rate: Option<f64>,
    /// When a session counts as stable.
    pub stable: Stability,
}

impl ServiceOptions {
    /// Whether the user mapped anything: then recognition needs less evidence.
    pub fn says_anything(&self) -> bool {
        self.enabled == Some(true) || !self.columns.is_empty() || !self.events.is_empty()
    }
}
