//! What the cumulative records of an agent swarm say: executions and response time per interval, throughput, restarts,
//! executions in flight, clients that left.
//!
//! In: the records of all sources. Out: a [`Swarm`], with what is odd or wrong as [`Anomaly`] values that name source and
//! line. Refuses nothing: a snapshot that cannot stand in a series is left out and noted. Definitions:
//! `docs/swarm-records.md`.

mod anomaly;
mod check;
mod clients;
mod moment;
mod result;
mod series;

pub use anomaly::{Anomaly, AnomalyKind};
pub use result::{Client, Follows, IntervalKind, Process, SnapshotInterval, Swarm};

use std::collections::BTreeMap;

use crate::table::swarm::{ClientRecord, ProcessRecord, SwarmRecord};
use moment::SourceRecord;
use series::Lifetime;

/// The records of a source, and the name by which the report calls it.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    /// Name of the source.
    pub source: &'a str,
    /// Its records, in their order.
    pub records: &'a [SwarmRecord],
}

/// Analyses the records of all sources together. `None` where there are none.
pub fn analyse(inputs: &[Input<'_>]) -> Option<Swarm> {
    let mut processes: BTreeMap<&str, Vec<SourceRecord<'_, ProcessRecord>>> = BTreeMap::new();
    let mut clients: BTreeMap<&str, Vec<SourceRecord<'_, ClientRecord>>> = BTreeMap::new();
    for (source, record) in inputs.iter().flat_map(|input| input.records.iter().map(|record| (input.source, record))) {
        match record {
            SwarmRecord::Process(record) => {
                let at = moment::of(&record.stamps);
                processes.entry(&record.id).or_default().push(SourceRecord { source, at, record });
            }
            SwarmRecord::Client(record) => {
                let at = moment::of(&record.stamps);
                clients.entry(&record.id).or_default().push(SourceRecord { source, at, record });
            }
        }
    }
    if processes.is_empty() && clients.is_empty() {
        return None;
    }
    let mut anomalies = Vec::new();
    let mut lifetimes: Vec<Lifetime> =
        processes.into_values().filter_map(|snapshots| series::process(&snapshots, &mut anomalies)).collect();
    lifetimes.sort_by(|a, b| a.first.cmp(&b.first).then_with(|| a.process.id.cmp(&b.process.id)));
    for index in 0..lifetimes.len() {
        lifetimes[index].process.follows = follows(&lifetimes, index);
    }
    let processes: Vec<Process> = lifetimes.into_iter().map(|lifetime| lifetime.process).collect();
    let lone_clients =
        clients.into_values().map(|records| clients::lone(records, &processes, &mut anomalies)).collect();
    Some(Swarm { processes, lone_clients, anomalies })
}

/// The process that ended last before this one began.
fn follows(lifetimes: &[Lifetime], index: usize) -> Option<Follows> {
    let first = lifetimes[index].first?;
    let others = lifetimes.iter().enumerate().filter(|(other, _)| *other != index);
    let ended = others.filter_map(|(_, other)| Some((other.last?, other)));
    let (last, other) = ended.filter(|(last, _)| *last < first).max_by_key(|(last, _)| *last)?;
    Some(Follows { id: other.process.id.clone(), gap: moment::seconds_between(last, first) })
}
