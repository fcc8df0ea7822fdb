//! The part of the contract that concerns an agent swarm.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An agent swarm, from the cumulative records of its processes and clients. Times are in seconds; sizes are in bytes or
/// characters, because the records do not say in which.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Swarm {
    /// Its processes, by the time of their first snapshot.
    pub processes: Vec<SwarmProcess>,
    /// Clients whose records stand alone, without a process.
    pub lone_clients: Vec<SwarmClient>,
}

/// A process: all snapshots with one `processId`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SwarmProcess {
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
    /// Executions started and not finished at the last snapshot, as far as the records can say.
    pub in_flight: Option<u64>,
    /// Executions started by clients that had left by the last snapshot, since the last restart.
    pub started_by_departed: u64,
    /// Finished executions that no client of any snapshot accounts for, since the last restart.
    pub unaccounted: Option<u64>,
    /// What happened up to each snapshot. The executions of all entries add up to those of the process.
    pub intervals: Vec<SwarmInterval>,
    /// Its clients, the one with the most time first.
    pub clients: Vec<SwarmClient>,
    /// Sentences that explain differences between these numbers.
    pub remarks: Vec<String>,
}

/// What an interval is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SwarmIntervalKind {
    /// From the start of the process, which is not known, to its first snapshot.
    First,
    /// Between two snapshots.
    Between,
    /// Across a restart, whose time is not known.
    Restart,
}

/// What happened up to a snapshot.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SwarmInterval {
    /// What it is.
    pub kind: SwarmIntervalKind,
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
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SwarmClient {
    /// Its `clientId`.
    pub id: String,
    /// Records in which it stands.
    pub records: u64,
    /// Whether it stands in the last snapshot of its process.
    pub present: bool,
    /// Time of its last record, ISO 8601; the day alone where no more is known.
    pub last_seen: Option<String>,
    /// How often its counters began anew.
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
    #[serde(skip_serializing_if = "Option::is_none")]
    pub also_in: Option<String>,
    /// What was asked for of its session with `--show-session-data`; empty unless it was.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub session_data: Vec<SwarmSessionDatum>,
}

/// Something of a client's session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SwarmSessionDatum {
    /// The name by which it was asked for.
    pub key: String,
    /// Its value, as JSON.
    pub value: String,
}
