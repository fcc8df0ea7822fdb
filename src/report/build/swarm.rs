//! An agent swarm as a part of the report.

use crate::analysis::swarm::{self, Client, Interval, IntervalKind, Oddity, Process};
use crate::report::contract::{
    SetAside, Source, Swarm, SwarmClient, SwarmInterval, SwarmIntervalKind, SwarmProcess, SwarmSessionDatum,
};
use crate::report::words;

/// Why a snapshot is not in the series, in the account of its file.
const TWICE: &str = "snapshots that stand elsewhere too";
const UNUSABLE: &str = "snapshots without a time or without counters";
/// Lines that an account names.
const NAMED_LINES: usize = 10;

/// The swarm of a report; `sources` are the names of the inputs of its analysis.
pub(super) fn swarm(found: &swarm::Swarm, sources: &[&str]) -> Swarm {
    Swarm {
        processes: found.processes.iter().map(|found| process(found, sources)).collect(),
        lone_clients: found.lone_clients.iter().map(|found| client(found, None)).collect(),
    }
}

/// Every record of a file is used or set aside.
pub(super) fn account(accounts: &mut [Source], swarm: &swarm::Swarm, sources: &[&str]) {
    for source in accounts {
        let Some(index) = sources.iter().position(|name| *name == source.name) else { continue };
        for noted in swarm.noted.iter().filter(|noted| noted.source == index && noted.what.leaves_out()) {
            let reason = match noted.what {
                Oddity::NoTime | Oddity::NoCounters => UNUSABLE,
                _ => TWICE,
            };
            let place = source.set_aside.iter().position(|entry| entry.reason == reason).unwrap_or_else(|| {
                source.set_aside.push(SetAside { reason: reason.to_owned(), rows: 0, first_lines: Vec::new() });
                source.set_aside.len() - 1
            });
            let entry = &mut source.set_aside[place];
            entry.rows += 1;
            if entry.first_lines.len() < NAMED_LINES {
                entry.first_lines.push(noted.line);
            }
        }
        let aside: u64 = source.set_aside.iter().map(|entry| entry.rows).sum();
        source.rows_used = source.rows_read.saturating_sub(aside);
    }
}

fn process(found: &Process, sources: &[&str]) -> SwarmProcess {
    SwarmProcess {
        id: found.id.clone(),
        snapshots: found.snapshots,
        first: found.first().map(words::swarm::instant),
        last: found.last().map(words::swarm::instant),
        restarts: found.restarts,
        executions: found.executions,
        response_time: found.response_time,
        average_response_time: found.average_response_time(),
        throughput: found.throughput(),
        in_flight: found.balance.in_flight(),
        started_by_departed: found.balance.started_departed,
        unaccounted: found.balance.unseen(),
        intervals: found.intervals.iter().map(|passed| interval(passed, found.first(), sources)).collect(),
        clients: found.clients.iter().map(|of| client(of, Some(found))).collect(),
        remarks: words::swarm::remarks(found),
    }
}

fn interval(found: &Interval, first: Option<i64>, sources: &[&str]) -> SwarmInterval {
    SwarmInterval {
        kind: match found.kind {
            IntervalKind::First => SwarmIntervalKind::First,
            IntervalKind::Between => SwarmIntervalKind::Between,
            IntervalKind::Restart => SwarmIntervalKind::Restart,
        },
        from: found.from.map(words::swarm::instant),
        to: found.to.map(words::swarm::instant),
        offset: first.zip(found.to).map(|(first, to)| swarm::seconds_between(first, to)),
        seconds: found.seconds(),
        executions: found.executions,
        response_time: found.response_time,
        average_response_time: found.average_response_time(),
        throughput: found.throughput(),
        in_flight: found.in_flight,
        clients: found.clients,
        source: sources.get(found.source).copied().unwrap_or_default().to_owned(),
        line: found.line,
    }
}

fn client(found: &Client, process: Option<&Process>) -> SwarmClient {
    let executions = process.map(|process| process.executions as f64).filter(|all| *all > 0.0);
    let time = process.map(|process| process.response_time).filter(|all| *all > 0.0);
    SwarmClient {
        id: found.id.clone(),
        records: found.records,
        present: found.present,
        last_seen: found.last_seen.map(if found.day_only { words::swarm::day } else { words::swarm::instant }),
        restarts: found.restarts,
        executions: found.executions,
        input_total: found.input_total,
        input_average: found.input_average(),
        output_total: found.output_total,
        output_average: found.output_average(),
        time_total: found.time_total,
        time_average: found.time_average(),
        share_of_executions: found.executions.zip(executions).map(|(own, all)| own as f64 / all),
        share_of_time: found.time_total.zip(time).map(|(own, all)| own / all),
        also_in: found.also_in.clone(),
        session_data: found
            .session_data
            .iter()
            .map(|datum| SwarmSessionDatum { key: datum.key.clone(), value: datum.value.clone() })
            .collect(),
    }
}
