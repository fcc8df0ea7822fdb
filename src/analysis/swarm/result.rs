//! What the analysis of a swarm gives. These types are the part of the public JSON contract that concerns a swarm: times
//! are in seconds, moments in ISO 8601, and sizes in bytes or characters, because the records do not say in which.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::analysis::swarm::anomaly::Anomaly;
use crate::table::swarm::SessionDatum;

/// An agent swarm, from the cumulative records of its processes and clients.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Swarm {
    /// Its processes, by the time of their first snapshot.
    pub processes: Vec<Process>,
    /// Clients whose records stand alone, without a process; by identity.
    pub lone_clients: Vec<Client>,
    /// What is odd or wrong in the records; a report tells it as findings.
    #[serde(skip)]
    pub anomalies: Vec<Anomaly>,
}

/// A process: all snapshots with one `processId`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Process {
    /// Its `processId`.
    pub id: String,
    /// Snapshots used.
    pub snapshots: u64,
    /// Time of the first snapshot, ISO 8601.
    pub first: Option<String>,
    /// Time of the last snapshot, ISO 8601.
    pub last: Option<String>,
    /// How often a counter fell: the process started again.
    pub restarts: u64,
    /// Executions finished, over all restarts, as far as snapshots show them.
    pub executions: u64,
    /// Time spent in them, in seconds.
    pub response_time: f64,
    /// Response time of an execution, recomputed from the totals, in seconds.
    pub average_response_time: Option<f64>,
    /// Executions finished per second, over the intervals whose length is known.
    pub throughput: Option<f64>,
    /// Executions started and finished, at the last snapshot.
    #[serde(flatten)]
    pub balance: Balance,
    /// The process that ended last before this one began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub follows: Option<Follows>,
    /// What happened up to each snapshot. The executions of all entries add up to those of the process.
    pub intervals: Vec<SnapshotInterval>,
    /// Its clients, the one with the most time first.
    pub clients: Vec<Client>,
}

/// Executions that the clients started and those that the process finished, since the last restart.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Balance {
    /// Executions finished since the last restart, by the process's own count.
    pub finished_since_restart: u64,
    /// Executions started by the clients that are present, since the last restart.
    pub started_by_present: u64,
    /// Executions started by clients that had left by the last snapshot, since the last restart.
    pub started_by_departed: u64,
    /// Executions started and not finished at the last snapshot; absent where more finished than are known to have been
    /// started, or a client that is present does not state its count.
    pub in_flight: Option<u64>,
    /// Finished executions that no client of any snapshot accounts for, since the last restart; absent where there are none
    /// or a client that is present does not state its count.
    pub unaccounted: Option<u64>,
}

impl Balance {
    /// Compares what was started with what was finished. `complete` says whether every client that is present states its
    /// count.
    pub(crate) fn of(finished: u64, present: u64, departed: u64, complete: bool) -> Self {
        let started = present + departed;
        Self {
            finished_since_restart: finished,
            started_by_present: present,
            started_by_departed: departed,
            in_flight: started.checked_sub(finished).filter(|_| complete),
            unaccounted: finished.checked_sub(started).filter(|missing| complete && *missing > 0),
        }
    }
}

/// A process came after another one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Follows {
    /// Identity of the earlier one.
    pub id: String,
    /// Seconds between its last snapshot and the first of the later one.
    pub gap: f64,
}

/// What an interval is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum IntervalKind {
    /// From the start of the process, which is not known, to its first snapshot.
    First,
    /// Between two snapshots.
    Between,
    /// Across a restart: from the restart, whose time is not known, to the first snapshot after it.
    Restart,
}

/// What happened up to a snapshot.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SnapshotInterval {
    /// What it is.
    pub kind: IntervalKind,
    /// Time of the snapshot before, ISO 8601.
    pub from: Option<String>,
    /// Time of the snapshot at its end, ISO 8601.
    pub to: Option<String>,
    /// Seconds from the first snapshot of the process to the end of this interval.
    pub offset: Option<f64>,
    /// Length in seconds; absent where it is not known.
    pub seconds: Option<f64>,
    /// Executions finished.
    pub executions: u64,
    /// Time spent in them, in seconds.
    pub response_time: f64,
    /// Response time of an execution that finished here, in seconds.
    pub average_response_time: Option<f64>,
    /// Executions finished per second; absent where the length is not known.
    pub throughput: Option<f64>,
    /// Executions started and not finished at its end, as far as the records can say.
    pub in_flight: Option<u64>,
    /// Clients present at its end.
    pub clients: u64,
    /// Source of the snapshot at its end.
    pub source: String,
    /// Line of that snapshot.
    pub line: u64,
}

/// A client over all its records.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Client {
    /// Its `clientId`.
    pub id: String,
    /// Records in which it stands.
    pub records: u64,
    /// Whether it stands in the last snapshot of its process.
    pub present: bool,
    /// Time of its last record, ISO 8601; the day alone where no more is known.
    pub last_seen: Option<String>,
    /// How often its counters began anew, or its process started again.
    pub restarts: u64,
    /// Executions started.
    pub executions: Option<u64>,
    /// Sum of the sizes of inputs.
    pub input_total: Option<f64>,
    /// Mean size of an input, recomputed.
    pub input_average: Option<f64>,
    /// Sum of the sizes of outputs.
    pub output_total: Option<f64>,
    /// Mean size of an output, recomputed.
    pub output_average: Option<f64>,
    /// Time spent in executions, in seconds.
    pub time_total: Option<f64>,
    /// Time of an execution, recomputed, in seconds.
    pub time_average: Option<f64>,
    /// Its executions by those of its process.
    pub share_of_executions: Option<f64>,
    /// Its time by that of its process.
    pub share_of_time: Option<f64>,
    /// For a client that stands alone: the process in whose snapshots it stands too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub also_in: Option<String>,
    /// What was asked for of its session with `--show-session-data`; empty unless it was.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub session_data: Vec<SessionDatum>,
}

/// A total by what it is the total of; absent where that is nothing.
pub(crate) fn per_execution(total: f64, executions: u64) -> Option<f64> {
    (executions > 0).then(|| total / executions as f64)
}
