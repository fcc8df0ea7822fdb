//! From messages and sessions to the metrics of the service.
//!
//! In: a [`Log`]. Out: the numbers, in base units. Distributions are populations like those of any metric, so that
//! intervals, outliers and what the order shows come with them.

use crate::measure::Polarity;
use crate::measure::unit::Dimension;
use crate::stats::interval::Interval;
use crate::stats::population::Population;
use crate::stats::settings::Settings;
use crate::table::Table;

use crate::analysis::chat::concurrency::{Concurrency, Steady};
use crate::analysis::chat::instants::{ClockKind, Instants, seconds};
use crate::analysis::chat::log::{Log, Message, Odd, Outcome, SessionBasis};
use crate::analysis::chat::options::{ServiceOptions, Stable};
use crate::analysis::chat::recognise::{Recognised, Shape, UsedColumn};
use crate::analysis::chat::run::{Run, worst_first};
use crate::analysis::chat::schedule::{self, Schedule};

/// A distribution and where its extreme samples are.
#[derive(Debug, Clone, Default)]
pub struct Extremes {
    /// Its numbers.
    pub population: Population,
    /// Value, row and session of each extreme sample.
    pub extremes: Vec<(f64, usize, Option<String>)>,
}

/// Median, 95th percentile and maximum of a session.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Summary3 {
    /// Median.
    pub median: f64,
    /// 95th percentile; absent where there are too few messages.
    pub p95: Option<f64>,
    /// Largest.
    pub max: f64,
}

/// How messages ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Totals {
    /// Sent.
    pub sent: u64,
    /// With a complete response.
    pub answered: u64,
    /// Timed out.
    pub timed_out: u64,
    /// Failed otherwise.
    pub failed: u64,
    /// Unanswered when their session was closed.
    pub cut: u64,
    /// Still open at the end of the file.
    pub open: u64,
    /// Of all, those whose instants contradict each other.
    pub contradicting: u64,
}

impl Totals {
    pub(crate) fn add(&mut self, message: &Message) {
        self.sent += 1;
        self.contradicting += u64::from(message.contradicts);
        match message.outcome {
            Outcome::Answered => self.answered += 1,
            Outcome::TimedOut => self.timed_out += 1,
            Outcome::Failed => self.failed += 1,
            Outcome::Cut => self.cut += 1,
            Outcome::Open => self.open += 1,
        }
    }
}

/// Messages that never got something, by how they ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Never {
    /// All of them.
    pub all: u64,
    /// Timed out.
    pub timed_out: u64,
    /// Failed.
    pub failed: u64,
    /// Their session was closed first.
    pub cut: u64,
    /// Still open at the end of the file.
    pub open: u64,
    /// Answered, but the instant is missing or contradicts others.
    pub unknown: u64,
}

impl Never {
    fn of<'a>(messages: impl Iterator<Item = &'a Message>) -> Self {
        let mut never = Self::default();
        for message in messages {
            never.all += 1;
            match message.outcome {
                Outcome::Answered => never.unknown += 1,
                Outcome::TimedOut => never.timed_out += 1,
                Outcome::Failed => never.failed += 1,
                Outcome::Cut => never.cut += 1,
                Outcome::Open => never.open += 1,
            }
        }
        never
    }
}

/// Messages a second.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Throughput {
    /// Seconds from the first sending to the last event of a message.
    pub window: f64,
    /// Sent a second over that window.
    pub offered: f64,
    /// Answered a second over that window.
    pub completed: f64,
    /// The same over the steady part: sent and answered.
    pub steady: Option<(f64, f64)>,
}

/// A stretch of the series.
#[derive(Debug, Clone, PartialEq)]
pub struct Slot {
    /// Where it begins, in seconds since the start.
    pub from: f64,
    /// How long it is.
    pub length: f64,
    /// Messages sent.
    pub sent: u64,
    /// Messages answered.
    pub answered: u64,
    /// Messages failed or timed out.
    pub failed: u64,
    /// Sessions open on average.
    pub sessions: f64,
    /// The most sessions open.
    pub most_sessions: u64,
    /// Mean of the memory samples.
    pub memory: Option<f64>,
}

/// A type of error.
#[derive(Debug, Clone, PartialEq)]
pub struct ErrorType {
    /// Its name in the file.
    pub name: String,
    /// Messages that ended so.
    pub count: u64,
    /// Share of the messages sent, with its interval.
    pub share: f64,
    /// Wilson interval of that.
    pub interval: Option<Interval>,
    /// Errors of sessions without an open message; not in the share.
    pub outside: u64,
}

/// Errors.
#[derive(Debug, Clone, PartialEq)]
pub struct Errors {
    /// Messages that failed or timed out; absent where the format cannot carry errors.
    pub failed: Option<u64>,
    /// Share of the messages sent.
    pub share: Option<f64>,
    /// Wilson interval of that.
    pub interval: Option<Interval>,
    /// By type, most frequent first.
    pub types: Vec<ErrorType>,
}

/// Memory.
#[derive(Debug, Clone)]
pub struct Memory {
    /// Distribution of the samples.
    pub samples: Extremes,
    /// Average over time, each sample until the next; absent where the instants do not allow it.
    pub time_weighted: Option<f64>,
    /// The most, and when, in seconds since the start.
    pub peak: f64,
    /// When that was.
    pub peak_at: Option<f64>,
}

/// How the end of a session is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionEnd {
    /// An event closed it.
    Closed,
    /// It was opened by an event and still open at the end of the file: its duration is at least this.
    StillOpen,
    /// It is its last event.
    LastEvent,
}

/// Sessions as a whole.
#[derive(Debug, Clone)]
pub struct SessionTotals {
    /// How many.
    pub count: u64,
    /// Still open at the end of the file.
    pub still_open: u64,
    /// Where their ends come from.
    pub basis: SessionBasis,
    /// Durations of those that ended.
    pub durations: Extremes,
    /// The longest that is still open: at least so many seconds.
    pub longest_open: Option<f64>,
}

/// A session.
#[derive(Debug, Clone, PartialEq)]
pub struct SessionRow {
    /// Its name.
    pub name: String,
    /// Row of its first event.
    pub row: usize,
    /// When it began, in seconds since the start.
    pub from: f64,
    /// How long it lasted, in seconds.
    pub duration: f64,
    /// How its end is known.
    pub end: SessionEnd,
    /// Whether it is stable.
    pub stable: bool,
    /// Its messages.
    pub messages: Totals,
    /// Time to first chunk.
    pub first: Option<Summary3>,
    /// Time to final response.
    pub response: Option<Summary3>,
}

/// Timeouts.
#[derive(Debug, Clone)]
pub struct Timeouts {
    /// Messages that timed out.
    pub count: u64,
    /// From sending to detection.
    pub detect: Extremes,
    /// From detection to report.
    pub report: Extremes,
    /// From sending to report.
    pub total: Extremes,
    /// Timeouts whose detection has no instant.
    pub undetected: u64,
    /// Timeouts detected and never reported.
    pub unreported: u64,
    /// The deadline that the user gave.
    pub deadline: Option<f64>,
    /// From the deadline to detection.
    pub overshoot: Extremes,
    /// Messages answered or failed after the deadline without a timeout.
    pub missed: u64,
}

/// The metrics of a service.
#[derive(Debug, Clone)]
pub struct ServiceAnalysis {
    /// Index of its table.
    pub table: usize,
    /// The shape of its records.
    pub shape: Shape,
    /// What showed it.
    pub evidence: Vec<String>,
    /// The columns it uses.
    pub columns: Vec<UsedColumn>,
    /// What its clock is.
    pub clock: ClockKind,
    /// Whether the instants are too large to be held exactly.
    pub rounded_clock: bool,
    /// The first instant, in nanoseconds.
    pub start: i64,
    /// Seconds from the first to the last instant.
    pub span: f64,
    /// How messages ended.
    pub totals: Totals,
    /// Whether first chunks are recorded at all.
    pub first_recorded: bool,
    /// From sending to first chunk.
    pub first: Extremes,
    /// From sending to the end of the response.
    pub response: Extremes,
    /// From sending to failure.
    pub failure: Extremes,
    /// Messages without a first chunk.
    pub never_first: Never,
    /// Messages without an end.
    pub never_end: Never,
    /// Messages a second.
    pub throughput: Throughput,
    /// The steady part.
    pub steady: Option<Steady>,
    /// Concurrent sessions; requests in flight where there are no sessions.
    pub concurrency: Concurrency,
    /// When a session is stable.
    pub stable: Stable,
    /// Memory in use.
    pub memory: Option<Memory>,
    /// Peaks of memory as the service recorded them.
    pub memory_peak: Option<Memory>,
    /// Errors.
    pub errors: Errors,
    /// For each message, in the order of sending, whether it failed or timed out; empty where errors are not recorded.
    pub failed_in_order: Vec<bool>,
    /// Sessions as a whole.
    pub session_totals: SessionTotals,
    /// Timeouts.
    pub timeouts: Timeouts,
    /// The schedule, where one is known or evident.
    pub schedule: Option<Schedule>,
    /// Gaps between chunks.
    pub cadence: Extremes,
    /// Every session, the worst first.
    pub sessions: Vec<SessionRow>,
    /// The run in stretches of equal length.
    pub series: Vec<Slot>,
    /// What was odd.
    pub odd: Vec<Odd>,
}

/// A distribution of a service under its name.
#[derive(Debug, Clone, Copy)]
pub struct Distribution<'a> {
    /// Its name; what it means stands in `docs/service-metrics.md`.
    pub name: &'static str,
    /// Its numbers.
    pub numbers: &'a Extremes,
    /// What it measures.
    pub dimension: Dimension,
    /// Which way is better.
    pub polarity: Polarity,
}

impl ServiceAnalysis {
    /// The distributions that have samples.
    pub fn distributions(&self) -> Vec<Distribution<'_>> {
        let timeouts = &self.timeouts;
        let of = |name, numbers: Option<_>, dimension| {
            let polarity = if name == "session duration" { Polarity::Unknown } else { Polarity::LowerIsBetter };
            numbers.map(|numbers| Distribution { name, numbers, dimension, polarity })
        };
        let all = [
            of("time to first chunk", Some(&self.first), Dimension::Time),
            of("time to response", Some(&self.response), Dimension::Time),
            of("time to failure", Some(&self.failure), Dimension::Time),
            of("gap between chunks", Some(&self.cadence), Dimension::Time),
            of("session duration", Some(&self.session_totals.durations), Dimension::Time),
            of("time to detect a timeout", Some(&timeouts.detect), Dimension::Time),
            of("detection to report", Some(&timeouts.report), Dimension::Time),
            of("time to report a timeout", Some(&timeouts.total), Dimension::Time),
            of("detection after the deadline", Some(&timeouts.overshoot), Dimension::Time),
            of("memory", self.memory.as_ref().map(|memory| &memory.samples), Dimension::Bytes),
            of("peak memory", self.memory_peak.as_ref().map(|memory| &memory.samples), Dimension::Bytes),
        ];
        all.into_iter().flatten().filter(|found| found.numbers.population.clean.is_some()).collect()
    }

    /// Gives the columns of the table the roles that they have in the service.
    pub fn assign_roles(&self, table: &mut Table) {
        for used in &self.columns {
            if let (Some(role), Some(column)) = (used.role, table.columns.get_mut(used.index)) {
                column.role = role;
                column.role_reason = format!("`{}` of the service", used.field.name());
                column.unit = None;
            }
        }
    }
}

/// Computes all metrics.
pub(crate) fn compute(
    table: usize,
    found: Recognised,
    log: Log,
    clock: &Instants,
    options: &ServiceOptions,
    settings: &Settings,
) -> ServiceAnalysis {
    let mut log = log;
    log.messages.sort_by_key(|message| message.sent);
    let run = Run::of(&log, clock, options, settings);
    let totals = run.totals();
    let sent: Vec<i64> = log.messages.iter().map(|message| message.sent).collect();
    let rows = run.session_rows();
    let active = run.steps(|_| true);
    let steady = active.steady(&sent);
    let bounds = steady.map(|(_, from, to)| (from, to));
    let stable = (log.basis != SessionBasis::Requests).then(|| run.steps(|index| rows[index].stable));
    let stable_sessions = rows.iter().filter(|row| row.stable).count() as u64;
    let concurrency = Concurrency {
        stable: stable.filter(|_| stable_sessions > 0).map(|steps| steps.level(bounds)),
        active: active.level(bounds),
        stable_sessions,
    };
    let schedule = {
        let sent: Vec<(i64, u32)> = log.messages.iter().map(|message| (message.sent, message.row)).collect();
        schedule::check(&sent, run.start, options.rate)
    };
    let first_recorded = log.messages.iter().any(|message| message.first.is_some());
    let without_first = log.messages.iter().filter(|message| message.first.is_none());
    let without_end = log.messages.iter().filter(|message| message.end.is_none());
    ServiceAnalysis {
        table,
        shape: found.shape,
        evidence: found.evidence,
        columns: found.columns,
        clock: clock.kind,
        rounded_clock: clock.rounded,
        start: run.start,
        span: seconds(run.start, run.end),
        totals,
        first_recorded,
        first: run.distribution(|message| message.first),
        response: run.distribution(|message| message.end),
        failure: run.distribution(|message| message.failed),
        never_first: Never::of(without_first),
        never_end: Never::of(without_end),
        throughput: run.throughput(&totals, bounds),
        steady: steady.map(|(steady, ..)| steady),
        series: run.series(&active),
        concurrency,
        stable: options.stable,
        memory: run.memory(&log.memory),
        memory_peak: run.memory(&log.memory_peak),
        errors: run.errors(&totals),
        failed_in_order: run.failed_in_order(),
        session_totals: run.session_totals(&rows),
        timeouts: run.timeouts(&totals),
        schedule,
        cadence: run.cadence(),
        sessions: worst_first(rows),
        odd: log.oddities.finish(),
    }
}
