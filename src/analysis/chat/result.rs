//! What the analysis of an interactive service gives. These types are the part of the public JSON contract that concerns a
//! service; `docs/service-metrics.md` defines every number. Times are in seconds, instants in seconds since `start`, memory
//! is in bytes.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::analysis::chat::anomaly::Anomaly;
use crate::analysis::chat::options::Stability;
use crate::analysis::goodput::Goodput;
use crate::analysis::metric::Metric;
use crate::analysis::outcome::FailureClusters;
use crate::measure::{Dimension, Polarity};
use crate::stats::interval::Interval;
use crate::stats::summary::Summary;

/// The metrics of an interactive service, from the events or requests that one source recorded.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Service {
    /// Name of the source.
    pub source: String,
    /// Index of the table in its source.
    pub table: u64,
    /// The shape of its records.
    pub shape: Shape,
    /// What showed it.
    pub evidence: Vec<String>,
    /// What the clock was taken for.
    pub clock: ClockKind,
    /// The first instant, in seconds of that clock (since 1970 unless it is monotonic).
    pub start: f64,
    /// Seconds from the first to the last instant.
    pub span: f64,
    /// How messages ended.
    pub messages: Messages,
    /// Messages without a first chunk; absent where first chunks are not recorded.
    pub never_first_chunk: Option<Messages>,
    /// Messages without a complete response.
    pub never_completed: Messages,
    /// Messages without an answer that had the time to come; absent where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unanswered: Option<Unanswered>,
    /// The distributions that have samples: `time to first chunk`, `time to response`, `time to failure`,
    /// `gap between chunks`, `session duration`, `time to detect a timeout`, `detection to report`,
    /// `time to report a timeout`, `detection after the deadline`, `memory`, `peak memory`.
    pub distributions: Vec<Metric>,
    /// Messages a second.
    pub throughput: Throughput,
    /// The steady part; absent where none was found.
    pub steady: Option<Steady>,
    /// Sessions at a time (requests in flight where there are no sessions).
    pub concurrency: Concurrency,
    /// Memory in use; absent where it is not recorded.
    pub memory: Option<Memory>,
    /// Peaks of memory as the service recorded them itself.
    pub memory_peak: Option<Memory>,
    /// Errors.
    pub errors: Errors,
    /// Sessions as a whole; absent where requests name none.
    pub session_duration: Option<SessionDuration>,
    /// Timeouts.
    pub timeouts: Timeouts,
    /// The check for coordinated omission; absent where no schedule is known or evident.
    pub schedule: Option<Schedule>,
    /// Every session, the worst first: most messages without a response, then the slowest response.
    pub sessions: Vec<SessionSummary>,
    /// The run in stretches of equal length.
    pub series: Vec<Slot>,
    /// How many messages kept the declared service levels; an analysis carries it beside that of tables.
    #[serde(skip)]
    pub goodput: Option<Goodput>,
    /// For each message, in the order of sending, whether it failed or timed out; empty where errors are not recorded.
    #[serde(skip)]
    pub failed_in_order: Vec<bool>,
    /// What is wrong or odd in the records; a report tells it as findings.
    #[serde(skip)]
    pub anomalies: Vec<Anomaly>,
}

impl Service {
    /// Whether not a single message was answered: each of them failed or has no answer, so that nothing else matters.
    pub fn nothing_answered(&self) -> bool {
        let messages = &self.messages;
        let lost = self.unanswered.map_or(0, |unanswered| unanswered.messages);
        lost > 0 && messages.answered == 0 && lost + messages.failed + messages.timed_out == messages.sent
    }

    /// The numbers of a distribution, where it has samples.
    pub fn summary(&self, of: DistributionKind) -> Option<&Summary> {
        summary(&self.distributions, of)
    }
}

/// The numbers of one of these distributions.
pub(crate) fn summary(distributions: &[Metric], of: DistributionKind) -> Option<&Summary> {
    distributions.iter().find(|metric| metric.name == of.name())?.overall.clean.as_ref()
}

/// What the distributions of a service are of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DistributionKind {
    /// From sending to first chunk.
    FirstChunk,
    /// From sending to the end of the response.
    Response,
    /// From sending to failure.
    Failure,
    /// Between two chunks of a response.
    ChunkGap,
    /// From the beginning to the end of a session.
    SessionDuration,
    /// From sending to the detection of a timeout.
    TimeoutDetection,
    /// From the detection of a timeout to its report.
    TimeoutReport,
    /// From sending to the report of a timeout.
    TimeoutTotal,
    /// From the deadline to the detection of a timeout.
    Overshoot,
    /// Memory in use.
    Memory,
    /// Peaks of memory as the service recorded them.
    PeakMemory,
}

impl DistributionKind {
    /// Its name; what it means stands in `docs/service-metrics.md`.
    pub fn name(self) -> &'static str {
        match self {
            Self::FirstChunk => "time to first chunk",
            Self::Response => "time to response",
            Self::Failure => "time to failure",
            Self::ChunkGap => "gap between chunks",
            Self::SessionDuration => "session duration",
            Self::TimeoutDetection => "time to detect a timeout",
            Self::TimeoutReport => "detection to report",
            Self::TimeoutTotal => "time to report a timeout",
            Self::Overshoot => "detection after the deadline",
            Self::Memory => "memory",
            Self::PeakMemory => "peak memory",
        }
    }

    /// What it measures.
    pub fn dimension(self) -> Dimension {
        if matches!(self, Self::Memory | Self::PeakMemory) { Dimension::Bytes } else { Dimension::Time }
    }

    /// Which way is better.
    pub fn polarity(self) -> Polarity {
        if self == Self::SessionDuration { Polarity::Unknown } else { Polarity::LowerIsBetter }
    }
}

/// The shape of a service's records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Shape {
    /// A row an event.
    Events,
    /// A row a request.
    Requests,
    /// A line a request, as `AIPerf` writes `profile_export.jsonl`.
    AiPerf,
}

/// What the numbers of a clock are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ClockKind {
    /// Dates with times of day.
    Dates,
    /// Seconds since 1970.
    Seconds,
    /// Milliseconds since 1970.
    Milliseconds,
    /// Microseconds since 1970.
    Microseconds,
    /// Nanoseconds since 1970.
    Nanoseconds,
    /// Time since an instant that nobody stated.
    Monotonic,
}

/// Messages by how they ended. `sent` is the sum of `answered`, `timed_out`, `failed`, `session_closed` and `open`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Messages {
    /// All of them.
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

/// Messages that nobody answered, although the records go on for long enough.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Unanswered {
    /// Without an answer, an error or a timeout.
    pub messages: u64,
    /// Of how many: without those that were sent, or heard of, so late that an answer need not have come.
    pub of: u64,
    /// How many seconds the records have to go on for an answer to be missing: three times as long as 95% of the answers take; 0 where
    /// there are none.
    pub patience: f64,
}

impl Unanswered {
    /// Their share.
    pub fn share(self) -> f64 {
        self.messages as f64 / self.of as f64
    }
}

/// Messages a second over all sessions.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Throughput {
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
pub struct Steady {
    /// Where the warm-up ends.
    pub from: f64,
    /// Where the drain begins.
    pub to: f64,
    /// The usual number of open sessions (time-weighted median) by which both were found.
    pub usual_sessions: u64,
}

/// How many are open at a time.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Level {
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
pub struct Concurrency {
    /// Stable sessions; absent where no session is stable or requests name none.
    pub stable: Option<Level>,
    /// All sessions; requests in flight where they name none.
    pub active: Level,
    /// How many sessions are stable.
    pub stable_sessions: u64,
    /// When a session is stable.
    #[serde(flatten)]
    pub stability: Stability,
}

/// Memory; its distribution is `memory` or `peak memory`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Memory {
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
pub struct Errors {
    /// Whether the format can carry errors; where not, nothing is known about them.
    pub recorded: bool,
    /// Messages that failed or timed out.
    pub failed: Option<u64>,
    /// Per 1,000 messages sent.
    pub per_thousand: Option<f64>,
    /// Wilson interval of that.
    pub interval: Option<Interval>,
    /// Where they come in clusters, as outages make them: what they are worth. The intervals allow for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clusters: Option<FailureClusters>,
    /// By type, the most frequent first.
    pub types: Vec<ErrorType>,
}

/// A type of error.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ErrorType {
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
pub struct SessionDuration {
    /// Sessions.
    pub sessions: u64,
    /// Sessions still open at the end of the file: their durations are only lower bounds and not in the distribution.
    pub still_open: u64,
    /// The longest of those, so far.
    pub longest_still_open: Option<f64>,
    /// The events that begin and end a session.
    pub basis: SessionBasis,
    /// Average of those that ended.
    pub average: Option<f64>,
    /// Longest of those that ended.
    pub max: Option<f64>,
}

/// Where the beginnings and ends of sessions come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SessionBasis {
    /// Events that open and close them.
    OpenClose,
    /// The first and last event of each.
    FirstLast,
}

/// Timeouts. The distributions are those with `timeout` in their names.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Timeouts {
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
pub struct Schedule {
    /// Where the schedule comes from.
    pub basis: ScheduleBasis,
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
    /// The longest stalls, the longest first.
    pub stalls: Vec<Stall>,
}

/// Where a schedule comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ScheduleBasis {
    /// The rate stands in the configuration.
    Given,
    /// The intervals are even.
    Evident,
}

/// A stretch in which nothing was sent although the schedule says so.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Stall {
    /// When it began.
    pub from: f64,
    /// How long it took.
    pub length: f64,
    /// Messages that should have been sent meanwhile.
    pub missing: u64,
    /// Line of the first message after it.
    pub line: Option<u64>,
}

/// A session.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SessionSummary {
    /// Its name.
    pub name: String,
    /// Line of its first event.
    pub line: Option<u64>,
    /// When it began.
    pub from: f64,
    /// How long it lasted.
    pub duration: f64,
    /// How its end is known.
    pub end: SessionEnd,
    /// Whether it counts as stable.
    pub stable: bool,
    /// Its messages.
    pub messages: Messages,
    /// Time to first chunk.
    pub first_chunk: Option<Latency>,
    /// Time to the end of the response.
    pub response: Option<Latency>,
}

/// How the end of a session is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SessionEnd {
    /// An event closed it.
    Closed,
    /// It was opened by an event and still open at the end of the file: its duration is at least this.
    StillOpen,
    /// It is its last event.
    LastEvent,
}

/// Median, 95th percentile and maximum of the messages of a session.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Latency {
    /// Median.
    pub median: f64,
    /// 95th percentile; absent where there are too few messages.
    pub p95: Option<f64>,
    /// Largest.
    pub max: f64,
}

/// A stretch of the run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Slot {
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
