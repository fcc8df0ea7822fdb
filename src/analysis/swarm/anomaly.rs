//! What is odd or wrong in the records of a swarm, as typed values; `report` makes sentences of them.

use crate::measure::finding::Place;

/// Something odd or wrong, and where.
#[derive(Debug, Clone, PartialEq)]
pub struct Anomaly {
    /// Where the record stands.
    pub place: Place,
    /// The process or client concerned.
    pub id: String,
    /// What it is.
    pub kind: AnomalyKind,
}

impl Anomaly {
    pub(crate) fn at(source: &str, line: u64, id: &str, kind: AnomalyKind) -> Self {
        Self { place: Place::line(source, line), id: id.to_owned(), kind }
    }
}

/// What is odd or wrong.
#[derive(Debug, Clone, PartialEq)]
pub enum AnomalyKind {
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
    /// The date is not the moment that the stamps say.
    Date {
        /// As written.
        text: String,
        /// What it says, ISO 8601.
        date: String,
        /// What the stamps say, ISO 8601.
        stamps: String,
    },
    /// The file's name is not the moment that the record says.
    FileName {
        /// What the name says, ISO 8601.
        file: String,
        /// What the record says, ISO 8601.
        record: String,
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
    /// The snapshot stands at this place too.
    Duplicate(Place),
    /// The snapshot at this place is of the same moment and has other counters.
    Conflict(Place),
    /// Snapshots stand before earlier ones.
    OutOfOrder {
        /// How many.
        snapshots: u64,
    },
    /// The clock was set back: snapshots stand below later ones, and their counters grew on.
    ClockSetBack {
        /// How many times.
        times: u64,
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
