//! Performance records of an agent swarm, as they were written: one record a process and moment, one a client.
//!
//! Counters are cumulative since the process started; differencing them is the business of [`crate::analysis::swarm`]. What a
//! record does not have, or has in a form that cannot be read, is `None`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A duration as it was written, and how exactly.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RecordedDuration {
    /// The duration in seconds.
    pub seconds: f64,
    /// How far rounding may have moved it, in seconds.
    pub rounding: f64,
}

/// When a record was written, in every way in which it says so.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Stamps {
    /// `momentStamp`: days since 1970-01-01 UTC.
    pub moment: Option<i64>,
    /// `timeStamp`: seconds since midnight UTC.
    pub time: Option<f64>,
    /// `date` as written.
    pub date_text: Option<String>,
    /// `date` in nanoseconds since 1970-01-01 UTC.
    pub date: Option<i64>,
    /// Days in the file's name.
    pub file_moment: Option<i64>,
    /// Seconds since midnight in the file's name.
    pub file_time: Option<f64>,
}

/// Something of a client's session that was asked for by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SessionDatum {
    /// The name by which it was asked for.
    pub key: String,
    /// Its value, as JSON.
    pub value: String,
}

/// A client's record.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ClientRecord {
    /// The line on which it begins.
    pub line: u64,
    /// Its identity.
    pub id: String,
    /// When it was written, where it stands alone; a client inside a process record has the time of that.
    pub stamps: Stamps,
    /// Executions started.
    pub executions: Option<u64>,
    /// Sum of the sizes of inputs, in bytes or characters.
    pub input_total: Option<f64>,
    /// Sum of the sizes of outputs, in bytes or characters.
    pub output_total: Option<f64>,
    /// Mean size of an input, as the record has it.
    pub input_average: Option<f64>,
    /// Mean size of an output, as the record has it.
    pub output_average: Option<f64>,
    /// Time spent in executions.
    pub time_total: Option<RecordedDuration>,
    /// Mean time of an execution, as the record has it.
    pub time_average: Option<RecordedDuration>,
    /// What was asked for of its session; empty unless it was.
    pub session_data: Vec<SessionDatum>,
}

/// A process's record: a snapshot of its counters.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ProcessRecord {
    /// The line on which it begins.
    pub line: u64,
    /// Its identity.
    pub id: String,
    /// When it was written.
    pub stamps: Stamps,
    /// Executions finished, by all clients there ever were.
    pub executions: Option<u64>,
    /// Time spent in them.
    pub response_time: Option<RecordedDuration>,
    /// Mean time of an execution, as the record has it.
    pub average_response_time: Option<RecordedDuration>,
    /// The clients that are there.
    pub clients: Vec<ClientRecord>,
}

/// A record of either kind.
#[derive(Debug, Clone, PartialEq)]
pub enum SwarmRecord {
    /// A process.
    Process(ProcessRecord),
    /// A client that stands alone.
    Client(ClientRecord),
}

impl SwarmRecord {
    /// The line on which it begins.
    pub fn line(&self) -> u64 {
        match self {
            Self::Process(process) => process.line,
            Self::Client(client) => client.line,
        }
    }
}
