//! From the snapshots of one process to what happened between them.
//!
//! In: snapshots in the order in which they were read. Out: a [`Process`]. Counters only grow while a process lives; one
//! that falls means that the process started again, and what it shows then happened since. Nothing that is returned is
//! ever negative.

use crate::table::swarm::{ProcessRecord, Written};

use crate::analysis::swarm::clients::{self, Clients};
use crate::analysis::swarm::{Balance, Interval, IntervalKind, Located, Noted, Oddity, Process, check, moment};

/// A snapshot that can stand in a series.
#[derive(Debug, Clone, Copy)]
struct Snapshot<'a> {
    source: usize,
    at: Option<i64>,
    record: &'a ProcessRecord,
    executions: u64,
    response_time: Written,
}

impl Snapshot<'_> {
    fn note(&self, what: Oddity) -> Noted {
        Noted { source: self.source, line: self.record.line, id: self.record.id.clone(), what }
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

/// The process of these snapshots; `None` where not one of them can be used.
pub(crate) fn process(found: &[Located<'_, ProcessRecord>], noted: &mut Vec<Noted>) -> Option<Process> {
    for located in found {
        let (source, record) = (located.source, located.record);
        let odd = check::stamps(&record.stamps).into_iter();
        noted.extend(odd.map(|what| Noted { source, line: record.line, id: record.id.clone(), what }));
    }
    let usable = usable(found, noted);
    let ordered = without_duplicates(in_order(usable, noted), noted);
    let id = ordered.first()?.record.id.clone();
    let mut clients = Clients::default();
    let mut intervals: Vec<Interval> = Vec::new();
    let mut balance = Balance::default();
    let mut restarts = 0;
    let mut before: Option<Snapshot<'_>> = None;
    for snapshot in &ordered {
        let again = before.filter(|before| snapshot.fell_since(before));
        if let Some(before) = again {
            clients.restart();
            restarts += 1;
            noted.push(snapshot.note(Oddity::Restart {
                executions: (before.executions, snapshot.executions),
                response_time: (before.response_time.seconds, snapshot.response_time.seconds),
            }));
        }
        for twice in clients.take(&snapshot.record.clients, snapshot.at) {
            let what = Oddity::ClientTwice;
            noted.push(Noted { source: snapshot.source, line: twice.line, id: twice.id.clone(), what });
        }
        balance = clients.balance(snapshot.executions);
        let in_flight = balance.in_flight();
        contradictions(snapshot, in_flight.unwrap_or(0), noted);
        let base = before.filter(|_| again.is_none());
        intervals.push(Interval {
            kind: match (before, again) {
                (None, _) => IntervalKind::First,
                (_, Some(_)) => IntervalKind::Restart,
                _ => IntervalKind::Between,
            },
            from: before.and_then(|before| before.at),
            to: snapshot.at,
            source: snapshot.source,
            line: snapshot.record.line,
            executions: snapshot.executions - base.map_or(0, |base| base.executions),
            // Two roundings may leave a little less than nothing.
            response_time: moment::minus(
                snapshot.response_time.seconds,
                base.map_or(0.0, |base| base.response_time.seconds),
            )
            .max(0.0),
            in_flight,
            clients: clients.present(),
        });
        before = Some(*snapshot);
    }
    Some(Process {
        id,
        snapshots: ordered.len() as u64,
        restarts,
        executions: intervals.iter().map(|interval| interval.executions).sum(),
        response_time: intervals.iter().fold(0.0, |sum, interval| moment::plus(sum, interval.response_time)),
        intervals,
        clients: clients.finish(),
        balance,
        follows: None,
    })
}

fn contradictions(snapshot: &Snapshot<'_>, in_flight: u64, noted: &mut Vec<Noted>) {
    noted.extend(check::process(snapshot.record, in_flight).into_iter().map(|what| snapshot.note(what)));
    for client in &snapshot.record.clients {
        let odd = check::client(client, in_flight).into_iter();
        noted.extend(odd.map(|what| Noted { source: snapshot.source, line: client.line, id: client.id.clone(), what }));
    }
}

/// The snapshots with counters and, where one of them has a time, with a time.
fn usable<'a>(found: &[Located<'a, ProcessRecord>], noted: &mut Vec<Noted>) -> Vec<Snapshot<'a>> {
    let any_time = found.iter().any(|located| located.at.is_some());
    let mut usable = Vec::new();
    for located in found {
        let record = located.record;
        let mut note =
            |what| noted.push(Noted { source: located.source, line: record.line, id: record.id.clone(), what });
        let (Some(executions), Some(response_time)) = (record.executions, record.response_time) else {
            note(Oddity::NoCounters);
            continue;
        };
        if any_time && located.at.is_none() {
            note(Oddity::NoTime);
            continue;
        }
        usable.push(Snapshot { source: located.source, at: located.at, record, executions, response_time });
    }
    usable
}

/// The snapshots by time. Those of one file that stand before earlier ones are noted; files may come in any order.
fn in_order<'a>(mut snapshots: Vec<Snapshot<'a>>, noted: &mut Vec<Noted>) -> Vec<Snapshot<'a>> {
    let late: Vec<&Snapshot<'_>> = snapshots
        .windows(2)
        .filter(|pair| pair[0].source == pair[1].source && pair[1].at < pair[0].at)
        .map(|pair| &pair[1])
        .collect();
    for (index, first) in late.iter().enumerate() {
        if !late[..index].iter().any(|other| other.source == first.source) {
            let count = late.iter().filter(|other| other.source == first.source).count() as u64;
            noted.push(first.note(Oddity::OutOfOrder { snapshots: count }));
        }
    }
    // Without times the order of reading is all there is; among equals the counters decide.
    if snapshots.iter().any(|snapshot| snapshot.at.is_some()) {
        snapshots.sort_by_key(|snapshot| (snapshot.at, snapshot.executions));
    }
    snapshots
}

/// One snapshot for each moment.
fn without_duplicates<'a>(snapshots: Vec<Snapshot<'a>>, noted: &mut Vec<Noted>) -> Vec<Snapshot<'a>> {
    let mut kept: Vec<Snapshot<'a>> = Vec::new();
    for snapshot in snapshots {
        match kept.last_mut() {
            Some(last) if last.at == snapshot.at && last.same_counters(&snapshot) => {
                noted.push(snapshot.note(Oddity::Duplicate { source: last.source, line: last.record.line }));
            }
            Some(last) if last.at == snapshot.at && snapshot.at.is_some() => {
                noted.push(last.note(Oddity::Conflict { source: snapshot.source, line: snapshot.record.line }));
                *last = snapshot;
            }
            _ => kept.push(snapshot),
        }
    }
    kept
}
