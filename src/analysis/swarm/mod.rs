//! What the cumulative records of an agent swarm say: executions and response time per interval, throughput, restarts,
//! executions in flight, clients that left.
//!
//! In: the records of all sources. Out: a [`Swarm`], and what is odd or wrong as [`Noted`] values that name source and
//! line. Refuses nothing: a snapshot that cannot stand in a series is left out and noted. Definitions:
//! `docs/swarm-records.md`.

mod check;
mod clients;
mod moment;
mod series;

pub use moment::seconds_between;

use std::collections::BTreeMap;

use crate::table::swarm::{ClientRecord, ProcessRecord, SessionDatum, SwarmRecord};

/// The records of a source, and the name by which the report calls it.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    /// Name of the source.
    pub source: &'a str,
    /// Its records, in their order.
    pub records: &'a [SwarmRecord],
}

/// Everything about a swarm.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Swarm {
    /// The processes, by the time of their first snapshot.
    pub processes: Vec<Process>,
    /// Clients whose records stand alone, by identity.
    pub lone_clients: Vec<Client>,
    /// What is odd or wrong.
    pub noted: Vec<Noted>,
}

/// A process: all snapshots with one `processId`.
#[derive(Debug, Clone, PartialEq)]
pub struct Process {
    /// Its identity.
    pub id: String,
    /// Snapshots that stand in the series.
    pub snapshots: u64,
    /// Times at which a counter fell.
    pub restarts: u64,
    /// Executions finished, over all restarts, as far as snapshots show them.
    pub executions: u64,
    /// Time spent in them, in seconds.
    pub response_time: f64,
    /// What happened between snapshots; the first entry is what happened before the first snapshot, so that the
    /// executions of all entries add up to those of the process.
    pub intervals: Vec<Interval>,
    /// Its clients, the one with the most time first.
    pub clients: Vec<Client>,
    /// How the clients' executions and the process's compare at the last snapshot, since the last restart.
    pub balance: Balance,
    /// The process whose last snapshot came before this one's first, if there is one.
    pub follows: Option<Follows>,
}

/// A process came after another one.
#[derive(Debug, Clone, PartialEq)]
pub struct Follows {
    /// Identity of the earlier one.
    pub id: String,
    /// Seconds between its last snapshot and the first of the later one.
    pub gap: f64,
}

/// What an interval is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IntervalKind {
    /// From the start of the process, which is not known, to its first snapshot.
    First,
    /// Between two snapshots.
    Between,
    /// Across a restart: from the restart, whose time is not known, to the first snapshot after it.
    Restart,
}

/// What happened up to a snapshot.
#[derive(Debug, Clone, PartialEq)]
pub struct Interval {
    /// What it is.
    pub kind: IntervalKind,
    /// Time of the snapshot before, in nanoseconds since 1970 UTC.
    pub from: Option<i64>,
    /// Time of the snapshot at its end.
    pub to: Option<i64>,
    /// Index of the source of the snapshot at its end.
    pub source: usize,
    /// Line of that snapshot.
    pub line: u64,
    /// Executions finished.
    pub executions: u64,
    /// Time spent in them, in seconds.
    pub response_time: f64,
    /// Executions started and not finished at its end; absent where the records cannot say.
    pub in_flight: Option<u64>,
    /// Clients present at its end.
    pub clients: u64,
}

impl Interval {
    /// Its length in seconds, where both ends are known.
    pub fn seconds(&self) -> Option<f64> {
        let seconds = moment::seconds_between(self.from?, self.to?);
        (self.kind == IntervalKind::Between && seconds > 0.0).then_some(seconds)
    }

    /// Executions finished per second; absent where the length is not known.
    pub fn throughput(&self) -> Option<f64> {
        Some(self.executions as f64 / self.seconds()?)
    }

    /// Response time of an execution; absent where none finished.
    pub fn average_response_time(&self) -> Option<f64> {
        (self.executions > 0).then(|| self.response_time / self.executions as f64)
    }
}

/// Started and finished executions since the last restart.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Balance {
    /// Finished, by the process's own count.
    pub finished: u64,
    /// Started by the clients that are present.
    pub started_present: u64,
    /// Started by clients that left, as far as snapshots show it.
    pub started_departed: u64,
    /// Whether every client that is present states its count.
    pub complete: bool,
}

impl Balance {
    /// Started and not finished; absent where more finished than are known to have been started.
    pub fn in_flight(&self) -> Option<u64> {
        (self.started_present + self.started_departed).checked_sub(self.finished).filter(|_| self.complete)
    }

    /// Finished executions that no client in a snapshot accounts for; absent where there are none.
    pub fn unseen(&self) -> Option<u64> {
        let unseen = self.finished.checked_sub(self.started_present + self.started_departed)?;
        Some(unseen).filter(|unseen| self.complete && *unseen > 0)
    }
}

/// A client over all its records.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Client {
    /// Its identity.
    pub id: String,
    /// Records in which it stands.
    pub records: u64,
    /// Whether it stands in the last snapshot of its process.
    pub present: bool,
    /// Time of its last record, in nanoseconds since 1970 UTC.
    pub last_seen: Option<i64>,
    /// Whether of that time only the day is known.
    pub day_only: bool,
    /// Times at which its counters fell or its process started again.
    pub restarts: u64,
    /// Executions started.
    pub executions: Option<u64>,
    /// Sum of the sizes of inputs.
    pub input_total: Option<f64>,
    /// Sum of the sizes of outputs.
    pub output_total: Option<f64>,
    /// Time spent in executions, in seconds.
    pub time_total: Option<f64>,
    /// What was asked for of its session, from its last record.
    pub session_data: Vec<SessionDatum>,
    /// For a client that stands alone: the process in whose snapshots it stands too.
    pub also_in: Option<String>,
}

impl Client {
    /// A total by execution; absent where there was none.
    fn per_execution(&self, total: Option<f64>) -> Option<f64> {
        let executions = self.executions.filter(|executions| *executions > 0)?;
        Some(total? / executions as f64)
    }

    /// Mean size of an input.
    pub fn input_average(&self) -> Option<f64> {
        self.per_execution(self.input_total)
    }

    /// Mean size of an output.
    pub fn output_average(&self) -> Option<f64> {
        self.per_execution(self.output_total)
    }

    /// Mean time of an execution.
    pub fn time_average(&self) -> Option<f64> {
        self.per_execution(self.time_total)
    }
}

/// Something odd or wrong, and where.
#[derive(Debug, Clone, PartialEq)]
pub struct Noted {
    /// Index of the source.
    pub source: usize,
    /// Line of the record.
    pub line: u64,
    /// The process or client concerned.
    pub id: String,
    /// What it is.
    pub what: Oddity,
}

/// What is odd or wrong.
#[derive(Debug, Clone, PartialEq)]
pub enum Oddity {
    /// An average is not its total by its count.
    Average {
        /// Field of the average.
        field: &'static str,
        /// What the record says; seconds, or bytes or characters.
        written: f64,
        /// What total and count say.
        recomputed: f64,
        /// The total.
        total: f64,
        /// The count.
        count: u64,
        /// Whether these are times.
        time: bool,
    },
    /// The date is not the moment that the stamps say; nanoseconds since 1970.
    Date {
        /// As written.
        text: String,
        /// What it says.
        date: i64,
        /// What the stamps say.
        stamps: i64,
    },
    /// The file's name is not the moment that the record says.
    FileName {
        /// What the name says.
        file: i64,
        /// What the record says.
        record: i64,
    },
    /// The clients that are present spent more time than the process, and nothing is in flight that could explain it.
    ClientsExceed {
        /// Time of the clients.
        clients: f64,
        /// Time of the process.
        process: f64,
    },
    /// A client stands twice in a snapshot.
    ClientTwice,
    /// The snapshot stands elsewhere too.
    Duplicate {
        /// Index of the source of the other one.
        source: usize,
        /// Line of the other one.
        line: u64,
    },
    /// Another snapshot of the same moment has other counters.
    Conflict {
        /// Index of the source of the other one.
        source: usize,
        /// Line of the other one.
        line: u64,
    },
    /// Snapshots stand before earlier ones.
    OutOfOrder {
        /// How many.
        snapshots: u64,
    },
    /// A counter fell.
    Restart {
        /// Executions before and after.
        executions: (u64, u64),
        /// Response time before and after.
        response_time: (f64, f64),
    },
    /// The snapshot has no time, beside others that have one.
    NoTime,
    /// The snapshot lacks a total of the process.
    NoCounters,
    /// A client's record without its process.
    LoneClient {
        /// How many records.
        records: u64,
        /// The process in whose snapshots the client stands too.
        also_in: Option<String>,
    },
}

impl Oddity {
    /// Whether the record was left out because of it.
    pub fn leaves_out(&self) -> bool {
        matches!(self, Self::Duplicate { .. } | Self::Conflict { .. } | Self::NoTime | Self::NoCounters)
    }
}

/// A record with its place.
#[derive(Debug)]
struct Located<'a, R> {
    source: usize,
    at: Option<i64>,
    record: &'a R,
}

/// Analyses the records of all sources together. `None` where there are none.
pub fn analyse(inputs: &[Input<'_>]) -> Option<Swarm> {
    let mut processes: BTreeMap<&str, Vec<Located<'_, ProcessRecord>>> = BTreeMap::new();
    let mut clients: BTreeMap<&str, Vec<Located<'_, ClientRecord>>> = BTreeMap::new();
    for (source, input) in inputs.iter().enumerate() {
        for record in input.records {
            match record {
                SwarmRecord::Process(record) => {
                    let at = moment::of(&record.stamps);
                    processes.entry(&record.id).or_default().push(Located { source, at, record });
                }
                SwarmRecord::Client(record) => {
                    let at = moment::of(&record.stamps);
                    clients.entry(&record.id).or_default().push(Located { source, at, record });
                }
            }
        }
    }
    if processes.is_empty() && clients.is_empty() {
        return None;
    }
    let mut swarm = Swarm::default();
    for (_, snapshots) in processes {
        swarm.processes.extend(series::process(&snapshots, &mut swarm.noted));
    }
    swarm.processes.sort_by(|a, b| a.first().cmp(&b.first()).then_with(|| a.id.cmp(&b.id)));
    for index in 0..swarm.processes.len() {
        swarm.processes[index].follows = follows(&swarm.processes, index);
    }
    for (_, records) in clients {
        let client = clients::lone(records, &swarm.processes, &mut swarm.noted);
        swarm.lone_clients.push(client);
    }
    Some(swarm)
}

impl Process {
    /// Time of the first snapshot.
    pub fn first(&self) -> Option<i64> {
        self.intervals.first().and_then(|interval| interval.to)
    }

    /// Time of the last snapshot.
    pub fn last(&self) -> Option<i64> {
        self.intervals.last().and_then(|interval| interval.to)
    }

    /// Response time of an execution; absent where none finished.
    pub fn average_response_time(&self) -> Option<f64> {
        (self.executions > 0).then(|| self.response_time / self.executions as f64)
    }

    /// Executions finished per second, over the intervals whose length is known.
    pub fn throughput(&self) -> Option<f64> {
        let known = || self.intervals.iter().filter_map(|interval| Some((interval.seconds()?, interval.executions)));
        let seconds: f64 = known().map(|(seconds, _)| seconds).sum();
        let executions: u64 = known().map(|(_, executions)| executions).sum();
        (seconds > 0.0).then(|| executions as f64 / seconds)
    }
}

/// The process that ended last before this one began.
fn follows(processes: &[Process], index: usize) -> Option<Follows> {
    let first = processes[index].first()?;
    let ended = processes.iter().enumerate().filter(|(other, _)| *other != index);
    let ended = ended.filter_map(|(_, other)| Some((other.last()?, other)));
    let (last, other) = ended.filter(|(last, _)| *last < first).max_by_key(|(last, _)| *last)?;
    Some(Follows { id: other.id.clone(), gap: moment::seconds_between(last, first) })
}
