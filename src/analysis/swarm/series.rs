//! From the snapshots of one process to what happened between them.
//!
//! In: snapshots in the order in which they were read. Out: a [`Process`]. Counters only grow while a process lives; one
//! that falls means that the process started again, and what it shows then happened since. Nothing that is returned is
//! ever negative.

use crate::measure::finding::Place;
use crate::table::swarm::{ProcessRecord, RecordedDuration};

use crate::analysis::swarm::anomaly::{Anomaly, AnomalyKind};
use crate::analysis::swarm::check;
use crate::analysis::swarm::clients::{self, Clients};
use crate::analysis::swarm::moment::{self, SourceRecord};
use crate::analysis::swarm::result::{Balance, IntervalKind, Process, SnapshotInterval, per_execution};

/// A snapshot that can stand in a series.
#[derive(Debug, Clone, Copy)]
struct Snapshot<'a> {
    source: &'a str,
    at: Option<i64>,
    record: &'a ProcessRecord,
    executions: u64,
    response_time: RecordedDuration,
}

impl Snapshot<'_> {
    fn anomaly(&self, kind: AnomalyKind) -> Anomaly {
        Anomaly::at(self.source, self.record.line, &self.record.id, kind)
    }

    fn place(&self) -> Place {
        Place::line(self.source, self.record.line)
    }

    /// Whether a counter is lower than in the snapshot before, beyond rounding.
    fn fell_since(&self, before: &Self) -> bool {
        let (new, old) = (self.response_time, before.response_time);
        self.executions < before.executions || new.seconds + new.rounding + old.rounding < old.seconds
    }

    fn same_counters(&self, other: &Self) -> bool {
        let (mine, others) = (&self.record.clients, &other.record.clients);
        self.executions == other.executions
            && self.response_time.seconds == other.response_time.seconds
            && mine.len() == others.len()
            && mine.iter().zip(others).all(|(left, right)| clients::same(left, right))
    }
}

/// A process and the moments of its first and last snapshot, in nanoseconds since 1970 UTC.
pub(crate) struct Lifetime {
    pub(crate) first: Option<i64>,
    pub(crate) last: Option<i64>,
    pub(crate) process: Process,
}

/// The process of these snapshots; `None` where not one of them can be used.
pub(crate) fn process(found: &[SourceRecord<'_, ProcessRecord>], anomalies: &mut Vec<Anomaly>) -> Option<Lifetime> {
    for SourceRecord { source, record, .. } in found {
        let contradictions = check::stamps(&record.stamps).into_iter();
        anomalies.extend(contradictions.map(|kind| Anomaly::at(source, record.line, &record.id, kind)));
    }
    let usable = usable(found, anomalies);
    let ordered = without_duplicates(in_order(usable, anomalies), anomalies);
    let (first, last) = (ordered.first()?, ordered.last()?);
    let mut clients = Clients::default();
    let mut intervals: Vec<SnapshotInterval> = Vec::new();
    let mut balance = Balance::default();
    let mut restarts = 0;
    let mut before: Option<&Snapshot<'_>> = None;
    for snapshot in &ordered {
        let again = before.filter(|before| snapshot.fell_since(before));
        if let Some(before) = again {
            clients.restart();
            restarts += 1;
            anomalies.push(snapshot.anomaly(AnomalyKind::Restart {
                executions: (before.executions, snapshot.executions),
                response_time: (before.response_time.seconds, snapshot.response_time.seconds),
            }));
        }
        for twice in clients.take(&snapshot.record.clients, snapshot.at) {
            anomalies.push(Anomaly::at(snapshot.source, twice.line, &twice.id, AnomalyKind::ClientTwice));
        }
        balance = clients.balance(snapshot.executions);
        contradictions(snapshot, balance.in_flight.unwrap_or(0), anomalies);
        let kind = match (before, again) {
            (None, _) => IntervalKind::First,
            (_, Some(_)) => IntervalKind::Restart,
            _ => IntervalKind::Between,
        };
        intervals.push(SnapshotInterval {
            in_flight: balance.in_flight,
            clients: clients.present(),
            ..interval(kind, before, snapshot, first.at)
        });
        before = Some(snapshot);
    }
    let executions = intervals.iter().map(|interval| interval.executions).sum();
    let response_time = intervals.iter().fold(0.0, |sum, interval| moment::plus(sum, interval.response_time));
    let process = Process {
        id: first.record.id.clone(),
        snapshots: ordered.len() as u64,
        first: first.at.map(moment::iso),
        last: last.at.map(moment::iso),
        restarts,
        executions,
        response_time,
        average_response_time: per_execution(response_time, executions),
        throughput: throughput(&intervals),
        balance,
        follows: None,
        clients: clients.finish(executions, response_time),
        intervals,
    };
    Some(Lifetime { first: first.at, last: last.at, process })
}

/// What happened up to a snapshot, by the counters of the process; `start` is the moment of its first snapshot.
fn interval(
    kind: IntervalKind,
    before: Option<&Snapshot<'_>>,
    snapshot: &Snapshot<'_>,
    start: Option<i64>,
) -> SnapshotInterval {
    let from = before.and_then(|before| before.at);
    let length = from.zip(snapshot.at).map(|(from, to)| moment::seconds_between(from, to));
    let seconds = length.filter(|seconds| kind == IntervalKind::Between && *seconds > 0.0);
    // Counters of a process that has just started begin at zero.
    let base = before.filter(|_| kind == IntervalKind::Between);
    let executions = snapshot.executions - base.map_or(0, |base| base.executions);
    let time_before = base.map_or(0.0, |base| base.response_time.seconds);
    // Two roundings may leave a little less than nothing.
    let response_time = moment::minus(snapshot.response_time.seconds, time_before).max(0.0);
    SnapshotInterval {
        kind,
        from: from.map(moment::iso),
        to: snapshot.at.map(moment::iso),
        offset: start.zip(snapshot.at).map(|(start, to)| moment::seconds_between(start, to)),
        seconds,
        executions,
        response_time,
        average_response_time: per_execution(response_time, executions),
        throughput: seconds.map(|seconds| executions as f64 / seconds),
        in_flight: None,
        clients: 0,
        source: snapshot.source.to_owned(),
        line: snapshot.record.line,
    }
}

/// Executions finished per second, over the intervals whose length is known.
fn throughput(intervals: &[SnapshotInterval]) -> Option<f64> {
    let timed = || intervals.iter().filter_map(|interval| Some((interval.seconds?, interval.executions)));
    let seconds: f64 = timed().map(|(seconds, _)| seconds).sum();
    let executions: u64 = timed().map(|(_, executions)| executions).sum();
    (seconds > 0.0).then(|| executions as f64 / seconds)
}

fn contradictions(snapshot: &Snapshot<'_>, in_flight: u64, anomalies: &mut Vec<Anomaly>) {
    anomalies.extend(check::process(snapshot.record, in_flight).into_iter().map(|kind| snapshot.anomaly(kind)));
    for client in &snapshot.record.clients {
        let found = check::client(client, in_flight).into_iter();
        anomalies.extend(found.map(|kind| Anomaly::at(snapshot.source, client.line, &client.id, kind)));
    }
}

/// The snapshots with counters and, where one of them has a time, with a time.
fn usable<'a>(found: &[SourceRecord<'a, ProcessRecord>], anomalies: &mut Vec<Anomaly>) -> Vec<Snapshot<'a>> {
    let any_time = found.iter().any(|found| found.at.is_some());
    let mut usable = Vec::new();
    for SourceRecord { source, at, record } in found {
        let mut note = |kind| anomalies.push(Anomaly::at(source, record.line, &record.id, kind));
        let (Some(executions), Some(response_time)) = (record.executions, record.response_time) else {
            note(AnomalyKind::NoCounters);
            continue;
        };
        if any_time && at.is_none() {
            note(AnomalyKind::NoTime);
            continue;
        }
        usable.push(Snapshot { source, at: *at, record, executions, response_time });
    }
    usable
}

/// The snapshots by time. Those of one file that stand before earlier ones are noted; files may come in any order. Where the
/// counters of a file grow all the way, and would fall in the order of times, the clock was set back and the record is in order.
fn in_order<'a>(snapshots: Vec<Snapshot<'a>>, anomalies: &mut Vec<Anomaly>) -> Vec<Snapshot<'a>> {
    let late: Vec<&Snapshot<'_>> = snapshots
        .windows(2)
        .filter(|pair| pair[0].source == pair[1].source && pair[1].at < pair[0].at)
        .map(|pair| &pair[1])
        .collect();
    if let Some(first) = late.first()
        && snapshots.iter().all(|snapshot| snapshot.source == first.source)
        && falls(&snapshots) == 0
        && falls(&by_time(snapshots.clone())) > 0
    {
        anomalies.push(first.anomaly(AnomalyKind::ClockSetBack { times: late.len() as u64 }));
        return snapshots;
    }
    for (index, first) in late.iter().enumerate() {
        if !late[..index].iter().any(|other| other.source == first.source) {
            let count = late.iter().filter(|other| other.source == first.source).count() as u64;
            anomalies.push(first.anomaly(AnomalyKind::OutOfOrder { snapshots: count }));
        }
    }
    // Without times the order of reading is all there is; among equals the counters decide.
    if snapshots.iter().any(|snapshot| snapshot.at.is_some()) { by_time(snapshots) } else { snapshots }
}

fn by_time(mut snapshots: Vec<Snapshot<'_>>) -> Vec<Snapshot<'_>> {
    snapshots.sort_by_key(|snapshot| (snapshot.at, snapshot.executions));
    snapshots
}

/// How many snapshots have a lower counter than the one before.
fn falls(snapshots: &[Snapshot<'_>]) -> usize {
    snapshots.windows(2).filter(|pair| pair[1].fell_since(&pair[0])).count()
}

/// One snapshot for each moment.
fn without_duplicates<'a>(snapshots: Vec<Snapshot<'a>>, anomalies: &mut Vec<Anomaly>) -> Vec<Snapshot<'a>> {
    let mut kept: Vec<Snapshot<'a>> = Vec::new();
    for snapshot in snapshots {
        match kept.last_mut() {
            Some(last) if last.at == snapshot.at && last.same_counters(&snapshot) => {
                anomalies.push(snapshot.anomaly(AnomalyKind::Duplicate(last.place())));
            }
            Some(last) if last.at == snapshot.at && snapshot.at.is_some() => {
                anomalies.push(last.anomaly(AnomalyKind::Conflict(snapshot.place())));
                *last = snapshot;
            }
            _ => kept.push(snapshot),
        }
    }
    kept
}
