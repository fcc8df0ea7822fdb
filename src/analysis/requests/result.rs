//! What a run of requests amounts to: its numbers as a whole, over time, by endpoint and by cause of failure.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::heat::HeatMap;
use crate::measure::unit::Dimension;
use crate::stats::incident::Incident;
use crate::stats::interval::Interval;

/// A run of requests: the rows of a table, each of which stands for one of them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RequestRun {
    /// Name of its source.
    pub source: String,
    /// Index of the table in its source.
    pub table: u64,
    /// Its number, from 1, where several runs were appended to one file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<u64>,
    /// The files that were put together as one run; absent where it is the run of one file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shards: Option<Shards>,
    /// Whether it is known only as it was counted in shards: percentiles over time, how many were in progress, phases and incidents are
    /// not known then.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub counted: bool,
    /// Whether the rows are requests, by the definition of the format or by the names of their columns; rows of anything else
    /// otherwise.
    pub are_requests: bool,
    /// Name of the metric that says how long each took.
    pub metric: String,
    /// What that measures: the percentiles below are in the base unit of this.
    pub dimension: Dimension,
    /// The clock.
    pub clock: RunClock,
    /// Rows: those with a duration, and those that failed without one.
    pub requests: u64,
    /// Of these, how many have no instant, or one of another clock: they are in no number over time.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub without_instant: u64,
    /// How many failed, where that is recorded.
    pub failed: Option<u64>,
    /// Seconds from the beginning of the first request to the end of the last one, as far as both are known.
    pub length: f64,
    /// Requests a second over that length.
    pub rate: f64,
    /// How many were in progress at a time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub concurrency: Option<InFlight>,
    /// Ramp, warm-up, steady part and drain, in order of time; empty where the load does not settle.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub phases: Vec<Phase>,
    /// Stretches of time in which latency, failures or rate leave the rest of the run; absent where there are too few requests to say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub incidents: Option<IncidentSearch>,
    /// Width of a bin in seconds; the first and the last one may be shorter.
    pub bin_width: f64,
    /// The run over time, in bins that begin at round times of the clock.
    pub bins: Vec<Bin>,
    /// How many requests took how long in each of them; absent where there are too few.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub heat: Option<HeatMap>,
    /// When requests took place whose duration is corrupted; the first ones only where there are very many.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub corrupted: Vec<CorruptedInstant>,
    /// How many requests each label has, in order of first appearance; empty where there are no labels.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub labels: Vec<LabelRequests>,
    /// Labels of which requests failed, the one with the most failures first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub endpoints: Vec<EndpointFailures>,
    /// Failures by code or message, the most frequent first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub causes: Vec<FailureCause>,
    /// Throughput against latency, where the rows record their load and it stood at several levels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub levels: Option<LoadLevels>,
    /// Which part of it the statistics of its metrics are of, where only the steady part was asked for. What stands here is of the
    /// whole run all the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub used: Option<UsedPart>,
}

/// Which part of a run the statistics are of, where only its steady part was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", tag = "part")]
pub enum UsedPart {
    /// The steady part.
    Steady(LeftOut),
    /// All of it: no steady part was found, here or in another run of its file.
    Whole,
}

/// What stands outside of the steady part of a run.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LeftOut {
    /// Seconds before it.
    pub before: f64,
    /// Requests in them.
    pub requests_before: u64,
    /// Seconds behind it.
    pub after: f64,
    /// Requests in them.
    pub requests_after: u64,
    /// Requests without an instant: nobody knows where they stand.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub without_instant: u64,
}

impl LeftOut {
    /// All requests that are left out.
    pub fn requests(&self) -> u64 {
        self.requests_before + self.requests_after + self.without_instant
    }
}

/// The requests of a run by the load that is recorded, or by how many were in progress.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LoadLevels {
    /// Name of the column.
    pub column: String,
    /// Whether that is no column but the concurrency that was measured: each level is the mean of a band.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub measured: bool,
    /// Requests with an instant that are at none of the levels.
    pub elsewhere: u64,
    /// The levels, ascending.
    pub levels: Vec<LoadLevel>,
    /// Where throughput grows no longer; absent where intervals do not bear it out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plateau: Option<Plateau>,
}

/// The requests at one level of load.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LoadLevel {
    /// The number in the column.
    pub level: f64,
    /// Requests.
    pub requests: u64,
    /// Seconds at it.
    pub time: f64,
    /// Requests a second.
    pub rate: f64,
    /// How many failed, where that is recorded.
    pub failed: Option<u64>,
    /// Median duration; like the others absent where there are too few.
    pub p50: Option<f64>,
    /// 95th percentile.
    pub p95: Option<f64>,
    /// 99th percentile.
    pub p99: Option<f64>,
}

/// Levels over which throughput grows no longer while requests become slower.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Plateau {
    /// The lowest of them.
    pub from: f64,
    /// The highest level.
    pub to: f64,
}

/// Files of several load generators that are one run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Shards {
    /// Names of their sources.
    pub sources: Vec<String>,
    /// Why they are one run.
    pub reason: String,
    /// Median duration over all of them; like the others absent where there are too few.
    pub p50: Option<f64>,
    /// 95th percentile.
    pub p95: Option<f64>,
    /// 99th percentile.
    pub p99: Option<f64>,
}

/// The clock of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RunClock {
    /// Name of the column.
    pub column: String,
    /// Which moment of a request it records.
    pub moment: Moment,
    /// How that is known.
    pub reason: String,
    /// When the run began, in seconds since 1970; absent where the clock counts from a beginning of its own.
    pub start: Option<f64>,
    /// Whether every instant is a whole second.
    pub whole_seconds: bool,
    /// When the run began in nanoseconds of its clock, exactly.
    #[serde(skip)]
    pub origin: i64,
}

/// Which moment of a request an instant is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Moment {
    /// Its beginning.
    Start,
    /// Its end.
    End,
    /// Nobody says which.
    Unknown,
}

/// How many requests were in progress at a time.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct InFlight {
    /// On average over the whole run.
    pub mean: f64,
    /// The highest average of a bin.
    pub highest: f64,
    /// Where that bin begins, in seconds from the beginning of the run.
    pub highest_at: f64,
    /// Little's law in the steady part (in the whole run where there is none): rate times mean duration there.
    pub by_little: f64,
    /// What the intervals say of the same part; both differ by what was in progress at its ends.
    pub by_intervals: f64,
}

/// A stretch of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Phase {
    /// What it is.
    pub kind: PhaseKind,
    /// Where it begins, in seconds from the beginning of the run.
    pub from: f64,
    /// Where it ends.
    pub to: f64,
    /// Requests.
    pub requests: u64,
    /// Requests a second.
    pub rate: f64,
    /// How many failed, where that is recorded.
    pub failed: Option<u64>,
    /// How many were in progress on average.
    pub concurrency: Option<f64>,
}

/// How many requests the statistics of a run are of, how many of them failed, and over how long.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RunTotals {
    /// Requests.
    pub requests: u64,
    /// How many failed, where that is recorded.
    pub failed: Option<u64>,
    /// Requests a second.
    pub rate: f64,
    /// Seconds.
    pub seconds: f64,
}

/// What a stretch of a run is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PhaseKind {
    /// The load rises.
    Ramp,
    /// The load is there, and answers are still slower than later.
    WarmUp,
    /// The load is what it usually is.
    Steady,
    /// The load falls.
    Drain,
}

/// What a search for incidents found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct IncidentSearch {
    /// How exact the ends of an incident are, in seconds.
    pub resolution: f64,
    /// One request in so many was looked at, where it was not every one: counts and rates of incidents are multiplied by it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub picked_one_in: Option<u64>,
    /// Incidents in order of time, in seconds from the beginning of the run.
    pub found: Vec<Incident>,
}

/// A stretch of the run of the width of a bin.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Bin {
    /// Where it begins, in seconds from the beginning of the run.
    pub from: f64,
    /// Where it ends.
    pub to: f64,
    /// Requests whose instant lies in it.
    pub requests: u64,
    /// Of these, how many failed, where that is recorded.
    pub failed: Option<u64>,
    /// Requests a second.
    pub rate: f64,
    /// How many were in progress on average.
    pub concurrency: Option<f64>,
    /// Durations that the percentiles are of: of requests that did not fail and whose duration is not corrupted.
    pub samples: u64,
    /// Median duration; like the others absent where there are too few.
    pub p50: Option<f64>,
    /// 95th percentile.
    pub p95: Option<f64>,
    /// 99th percentile.
    pub p99: Option<f64>,
}

/// A request whose duration is corrupted.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CorruptedInstant {
    /// When, in seconds from the beginning of the run.
    pub at: f64,
    /// Its line.
    pub line: Option<u64>,
}

/// The requests with one label.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LabelRequests {
    /// The label, as the groups of the metric are called.
    pub label: String,
    /// Requests.
    pub requests: u64,
    /// How many failed, where that is recorded.
    pub failed: Option<u64>,
    /// Requests a second over the length of the run.
    pub rate: f64,
    /// How many of them took how long in each bin of the run, by rows of the map of the run; absent where there are too few, where the
    /// run has no other label, and behind the labels with the most requests.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub heat: Option<HeatMap>,
}

/// Failures of the requests with one label.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct EndpointFailures {
    /// The label, as the groups of the metric are called.
    pub label: String,
    /// Requests.
    pub requests: u64,
    /// How many failed.
    pub failed: u64,
    /// Failures per one.
    pub share: f64,
    /// Wilson interval of that.
    pub interval: Option<Interval>,
    /// When the first one failed, in seconds from the beginning of the run.
    pub first: Option<f64>,
    /// When the last one failed.
    pub last: Option<f64>,
}

/// Failures for one reason.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FailureCause {
    /// The code or the message; with `*` for numbers in which several messages differ, and absent where a row says neither.
    pub cause: Option<String>,
    /// The column that says so.
    pub column: Option<String>,
    /// How many failed so.
    pub failed: u64,
    /// Per one request.
    pub share: f64,
    /// Wilson interval of that.
    pub interval: Option<Interval>,
    /// When the first one failed, in seconds from the beginning of the run.
    pub first: Option<f64>,
    /// When the last one failed.
    pub last: Option<f64>,
}

impl RequestRun {
    /// Those of some runs that are no part of another one of them.
    pub fn whole(runs: &[Self]) -> impl Iterator<Item = &Self> {
        runs.iter().filter(|run| !run.is_part_of(runs))
    }

    /// The incidents that were found in it.
    pub fn found_incidents(&self) -> impl Iterator<Item = &Incident> {
        self.incidents.iter().flat_map(|search| &search.found)
    }

    /// Whether it is a part of one of these runs.
    pub fn is_part_of(&self, others: &[Self]) -> bool {
        let mut joint = others.iter().filter_map(|run| run.shards.as_ref());
        self.shards.is_none() && joint.any(|shards| shards.sources.contains(&self.source))
    }

    /// What is left out of the statistics, where they are of the steady part.
    pub fn left_out(&self) -> Option<&LeftOut> {
        match &self.used {
            Some(UsedPart::Steady(left_out)) => Some(left_out),
            Some(UsedPart::Whole) | None => None,
        }
    }

    /// Whether its steady part was asked for and not found.
    pub fn is_unsettled(&self) -> bool {
        self.used == Some(UsedPart::Whole)
    }

    /// The phase that the statistics are of; `None` where they are of the whole run.
    pub fn used_phase(&self) -> Option<&Phase> {
        self.left_out().and_then(|_| self.phase(PhaseKind::Steady))
    }

    /// What the statistics are of: the phase that was asked for, or the whole run.
    pub fn totals(&self) -> RunTotals {
        match self.used_phase() {
            Some(phase) => RunTotals {
                requests: phase.requests,
                failed: phase.failed,
                rate: phase.rate,
                seconds: phase.to - phase.from,
            },
            None => RunTotals { requests: self.requests, failed: self.failed, rate: self.rate, seconds: self.length },
        }
    }

    /// The phase of that kind.
    pub fn phase(&self, kind: PhaseKind) -> Option<&Phase> {
        self.phases.iter().find(|phase| phase.kind == kind)
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands it over so")]
fn is_zero(count: &u64) -> bool {
    *count == 0
}
