//! The part of the contract that concerns an interactive service. `docs/service-metrics.md` defines every number.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Interval, Metric};

/// The metrics of an interactive service, from the events or requests that one source recorded. Times are in seconds,
/// instants in seconds since `start`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Service {
    /// Name of the source.
    pub source: String,
    /// Index of the table in its source.
    pub table: u64,
    /// `events` (a row an event), `requests` (a row a request) or `aiperf`.
    pub shape: String,
    /// What showed it.
    pub evidence: Vec<String>,
    /// What the clock was taken for.
    pub clock: String,
    /// The first instant, in seconds of that clock (since 1970 unless it is monotonic).
    pub start: f64,
    /// Seconds from the first to the last instant.
    pub span: f64,
    /// How messages ended.
    pub messages: ServiceMessages,
    /// Messages without a first chunk; absent where first chunks are not recorded.
    pub never_first_chunk: Option<ServiceNever>,
    /// Messages without a complete response.
    pub never_completed: ServiceNever,
    /// The distributions: `time to first chunk`, `time to response`, `time to failure`, `gap between chunks`,
    /// `session duration`, `time to detect a timeout`, `detection to report`, `time to report a timeout`,
    /// `detection after the deadline`, `memory`, `peak memory`; each only where it has samples.
    pub distributions: Vec<Metric>,
    /// Messages a second.
    pub throughput: ServiceThroughput,
    /// The steady part; absent where none was found.
    pub steady: Option<ServiceSteady>,
    /// Sessions at a time (requests in flight where there are no sessions).
    pub concurrency: ServiceConcurrency,
    /// Memory in use; absent where it is not recorded.
    pub memory: Option<ServiceMemory>,
    /// Peaks of memory as the service recorded them itself.
    pub memory_peak: Option<ServiceMemory>,
    /// Errors.
    pub errors: ServiceErrors,
    /// Sessions as a whole; absent where requests name none.
    pub session_duration: Option<ServiceSessionDuration>,
    /// Timeouts.
    pub timeouts: ServiceTimeouts,
    /// The check for coordinated omission; absent where no schedule is known or evident.
    pub schedule: Option<ServiceSchedule>,
    /// Every session, the worst first: most messages without a response, then the slowest response.
    pub sessions: Vec<ServiceSession>,
    /// The run in stretches of equal length.
    pub series: Vec<ServiceSlot>,
}

/// How messages ended. `sent` is the sum of `answered`, `timed_out`, `failed`, `session_closed` and `open`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ServiceMessages {
    /// Messages sent.
    pub sent: u64,
    /// With a complete response.
    pub answered: u64,
    /// Timed out.
    pub timed_out: u64,
    /// Failed otherwise.
    pub failed: u64,
    /// Unanswered when their session was closed.
    pub session_closed: u64,
    /// Still open at the end of the file.
    pub open: u64,
    /// Of all of them, those whose instants contradict each other; they have no latency.
    pub contradicting: u64,
}

/// Messages that never got something, by how they ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ServiceNever {
    /// All of them.
    pub all: u64,
    /// Timed out.
    pub timed_out: u64,
    /// Failed.
    pub failed: u64,
    /// Their session was closed first.
    pub session_closed: u64,
    /// Still open at the end of the file.
    pub open: u64,
    /// Answered, but without the instant, or with one that contradicts the others.
    pub answered: u64,
}

/// Messages a second over all sessions.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ServiceThroughput {
    /// Seconds from the first sending to the last event of a message.
    pub window: f64,
    /// Messages sent a second in that window.
    pub offered: f64,
    /// Responses completed a second in that window.
    pub completed: f64,
    /// Messages sent a second in the steady part.
    pub steady_offered: Option<f64>,
    /// Responses completed a second in the steady part.
    pub steady_completed: Option<f64>,
}

/// The steady part of the run.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ServiceSteady {
    /// Where the warm-up ends.
    pub from: f64,
    /// Where the drain begins.
    pub to: f64,
    /// The usual number of open sessions (time-weighted median) by which both were found.
    pub usual_sessions: u64,
}

/// How many are open at a time.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ServiceLevel {
    /// The most at any time.
    pub peak: u64,
    /// When that was reached first.
    pub peak_at: f64,
    /// Time-weighted average over the whole run.
    pub average: f64,
    /// Time-weighted average over the steady part.
    pub steady_average: Option<f64>,
}

/// Concurrent sessions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ServiceConcurrency {
    /// Stable sessions; absent where no session is stable or requests name none.
    pub stable: Option<ServiceLevel>,
    /// All sessions; requests in flight where they name none.
    pub active: ServiceLevel,
    /// How many sessions are stable.
    pub stable_sessions: u64,
    /// A stable session has at least so many answered messages,
    pub min_answered: u64,
    /// at most this share of messages that failed or timed out,
    pub max_error_share: f64,
    /// and was open at least so many seconds.
    pub min_duration: f64,
}

/// Memory, in bytes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ServiceMemory {
    /// Samples.
    pub samples: u64,
    /// The largest sample.
    pub peak: f64,
    /// When that was.
    pub peak_at: Option<f64>,
    /// Arithmetic mean of the samples.
    pub mean: f64,
    /// Average over time, each sample until the next; absent where a sample has no instant.
    pub time_weighted: Option<f64>,
}

/// Errors.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ServiceErrors {
    /// Whether the format can carry errors; where not, nothing is known about them.
    pub recorded: bool,
    /// Messages that failed or timed out.
    pub failed: Option<u64>,
    /// Per 1,000 messages sent.
    pub per_thousand: Option<f64>,
    /// Wilson interval of that.
    pub interval: Option<Interval>,
    /// By type, the most frequent first.
    pub types: Vec<ServiceErrorType>,
}

/// A type of error.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ServiceErrorType {
    /// Its name in the file.
    pub name: String,
    /// Messages that ended so.
    pub count: u64,
    /// Per 1,000 messages sent.
    pub per_thousand: f64,
    /// Wilson interval of that.
    pub interval: Option<Interval>,
    /// Errors of this type that concern no open message; not in the rate.
    pub outside_messages: u64,
}

/// Durations of sessions. The distribution is `session duration`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ServiceSessionDuration {
    /// Sessions.
    pub sessions: u64,
    /// Sessions still open at the end of the file: their durations are only lower bounds and not in the distribution.
    pub still_open: u64,
    /// The longest of those, so far.
    pub longest_still_open: Option<f64>,
    /// `open_close` or `first_last`: the events that begin and end a session.
    pub basis: String,
    /// Average of those that ended.
    pub average: Option<f64>,
    /// Longest of those that ended.
    pub max: Option<f64>,
}

/// Timeouts. The distributions are those with `timeout` in their names.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ServiceTimeouts {
    /// Messages that timed out.
    pub count: u64,
    /// Of those, without an instant of detection.
    pub undetected: u64,
    /// Of those, never reported.
    pub unreported: u64,
    /// The deadline from the configuration.
    pub deadline: Option<f64>,
    /// Messages that were answered or failed after the deadline without a timeout; absent without a deadline.
    pub missed: Option<u64>,
}

/// What the instants of sending show.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ServiceSchedule {
    /// `given` in the configuration, or `evident` from even intervals.
    pub basis: String,
    /// Messages a second.
    pub rate: f64,
    /// A longer gap is a stall.
    pub threshold: f64,
    /// The longest gap between two sendings.
    pub longest_gap: f64,
    /// Stalls, listed or not.
    pub count: u64,
    /// Messages that should have been sent during them.
    pub missing: u64,
    /// The longest stalls.
    pub stalls: Vec<ServiceStall>,
}

/// A stretch in which nothing was sent although the schedule says so.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ServiceStall {
    /// When it began.
    pub from: f64,
    /// How long it took.
    pub length: f64,
    /// Messages that should have been sent meanwhile.
    pub missing: u64,
    /// Line of the first message after it.
    pub line: Option<u64>,
}

/// Median, 95th percentile and maximum.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ServiceLatency {
    /// Median.
    pub median: f64,
    /// 95th percentile; absent where there are too few messages.
    pub p95: Option<f64>,
    /// Largest.
    pub max: f64,
}

/// A session.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ServiceSession {
    /// Its name.
    pub name: String,
    /// Line of its first event.
    pub line: Option<u64>,
    /// When it began.
    pub from: f64,
    /// How long it lasted.
    pub duration: f64,
    /// `closed`, `still_open` (the duration is a lower bound) or `last_event`.
    pub end: String,
    /// Whether it counts as stable.
    pub stable: bool,
    /// Its messages.
    pub messages: ServiceMessages,
    /// Time to first chunk.
    pub first_chunk: Option<ServiceLatency>,
    /// Time to the end of the response.
    pub response: Option<ServiceLatency>,
}

/// A stretch of the run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ServiceSlot {
    /// Where it begins.
    pub from: f64,
    /// How long it is.
    pub length: f64,
    /// Messages sent.
    pub sent: u64,
    /// Responses completed.
    pub answered: u64,
    /// Messages failed or timed out.
    pub failed: u64,
    /// Open sessions, time-weighted average.
    pub sessions: f64,
    /// The most open sessions.
    pub most_sessions: u64,
    /// Mean of the memory samples.
    pub memory: Option<f64>,
}
