//! Sentences about an agent swarm.

use std::collections::BTreeMap;

use crate::analysis::swarm::{Anomaly, AnomalyKind, Process, Swarm};
use crate::measure::{Dimension, Finding, FindingKind, Severity};
use crate::report::number;

/// Findings of one kind about one process or client that are named; of the rest the number is told.
const NAMED: usize = 10;

/// Why a snapshot is not in the series, in the account of its file.
const TWICE: &str = "snapshots that stand elsewhere too";
const UNUSABLE: &str = "snapshots without a time or without counters";

/// The records of a source that are not in the series: why, and their line.
pub(in crate::report) fn set_aside<'a>(
    swarm: &'a Swarm,
    source: &'a str,
) -> impl Iterator<Item = (&'static str, u64)> + 'a {
    swarm.anomalies.iter().filter(move |found| found.place.source == source).filter_map(|found| {
        let reason = match found.kind {
            AnomalyKind::NoTime | AnomalyKind::NoCounters => UNUSABLE,
            AnomalyKind::Duplicate(_) | AnomalyKind::Conflict(_) => TWICE,
            _ => return None,
        };
        Some((reason, found.place.line?))
    })
}

/// What the numbers of a swarm rest on, a clause each.
pub(in crate::report) fn measured(swarm: &Swarm) -> Vec<String> {
    let executions: u64 = swarm.processes.iter().map(|process| process.executions).sum();
    let processes = if swarm.processes.len() == 1 {
        "1 process".to_owned()
    } else {
        format!("{} processes", swarm.processes.len())
    };
    let executions = format!("{} of {processes} of an agent swarm", number::counted(executions, "execution"));
    let lone = format!("{} without a process", number::counted(swarm.lone_clients.len() as u64, "client"));
    let parts = [(!swarm.processes.is_empty()).then_some(executions), (!swarm.lone_clients.is_empty()).then_some(lone)];
    parts.into_iter().flatten().collect()
}

/// The findings of a swarm. Of very many of a kind the first ones and the number of the others.
pub(in crate::report) fn findings(swarm: &Swarm) -> Vec<Finding> {
    let mut named: BTreeMap<(FindingKind, &str, Option<String>), usize> = BTreeMap::new();
    let mut more: BTreeMap<(FindingKind, &str, Option<String>), (Finding, u64)> = BTreeMap::new();
    let mut findings = Vec::new();
    for anomaly in &swarm.anomalies {
        let found = finding(anomaly);
        let key = (found.kind, anomaly.id.as_str(), found.metric.clone());
        let count = named.entry(key.clone()).or_default();
        *count += 1;
        if *count <= NAMED {
            findings.push(found);
        } else {
            more.entry(key).or_insert_with(|| (found, 0)).1 += 1;
        }
    }
    for ((_, id, _), (first, count)) in more {
        let reasons = vec![format!("{} of this kind about `{id}`, the first one here", number::counted(count, "more"))];
        findings.push(Finding { reasons, count, value: None, ..first });
    }
    findings
}

fn finding(anomaly: &Anomaly) -> Finding {
    let Anomaly { place, id, kind } = anomaly;
    let suspicious = |kind: FindingKind, reason: String, action: &str| {
        let mut finding = Finding::new(Severity::Suspicious, kind, place.clone(), reason, action);
        finding.label = Some(id.clone());
        finding
    };
    let note = |kind, reason, action: &str| Finding { severity: Severity::Note, ..suspicious(kind, reason, action) };
    match kind {
        AnomalyKind::Average { field, written, recomputed, total, count, time } => {
            let text = |value: f64| number::quantity(if *time { Dimension::Time } else { Dimension::Unknown }, value);
            let executions = number::counted(*count, "execution");
            let reason = format!("the total of {} over {executions} gives {}", text(*total), text(*recomputed));
            let mut finding =
                suspicious(FindingKind::Contradiction, reason, "the report recomputes averages from totals")
                    .metric(*field);
            finding.place.column = Some((*field).to_owned());
            finding.value(text(*written))
        }
        AnomalyKind::Date { text, date, stamps } => {
            let reason = format!("`date` says {date}, `momentStamp` and `timeStamp` say {stamps}");
            let mut finding = suspicious(FindingKind::Contradiction, reason, "the stamps were used").metric("date");
            finding.place.column = Some("date".to_owned());
            finding.value(text)
        }
        AnomalyKind::FileName { file, record } => suspicious(
            FindingKind::Contradiction,
            format!("the file's name says {file}, the record says {record}"),
            "the record was used",
        ),
        AnomalyKind::ClientsExceed { clients, process } => suspicious(
            FindingKind::Contradiction,
            format!(
                "the clients that are present spent {}, their process only {}, and no execution is in flight",
                number::quantity(Dimension::Time, *clients),
                number::quantity(Dimension::Time, *process)
            ),
            "both were kept as they are",
        ),
        AnomalyKind::ClientTwice => suspicious(
            FindingKind::Contradiction,
            "the client stands twice in one snapshot".to_owned(),
            "the first one was used",
        ),
        AnomalyKind::Duplicate(other) => note(
            FindingKind::DuplicateSnapshot,
            format!("the same moment with the same counters stands at {other} too"),
            "it was used once",
        ),
        AnomalyKind::Conflict(other) => suspicious(
            FindingKind::Contradiction,
            format!("the same moment stands with other counters at {other}"),
            "the one with more executions was used",
        ),
        AnomalyKind::OutOfOrder { snapshots } => note(
            FindingKind::OutOfOrderSnapshot,
            format!(
                "{} of the process stand below later ones, the first one here",
                number::counted(*snapshots, "snapshot")
            ),
            "they were put in order by their times",
        )
        .count(*snapshots),
        AnomalyKind::ClockSetBack { times } => note(
            FindingKind::OutOfOrderSnapshot,
            "the clock goes back before this snapshot while every counter grows on: the clock was set back".to_owned(),
            "the snapshots were left in the order in which they were recorded; the time across has no length",
        )
        .count(*times),
        AnomalyKind::Restart { executions, response_time } => note(
            FindingKind::Restart,
            format!(
                "`totalExecutionCount` goes from {} to {}, `totalResponseTime` from {} to {}: the process started again",
                number::count(executions.0),
                number::count(executions.1),
                number::quantity(Dimension::Time, response_time.0),
                number::quantity(Dimension::Time, response_time.1)
            ),
            "counting goes on from zero; what it did between its last snapshot and the restart is not known",
        ),
        AnomalyKind::NoTime => suspicious(
            FindingKind::UnusableSnapshot,
            "the snapshot does not say when it was written, and others do".to_owned(),
            "it was left out of the series",
        ),
        AnomalyKind::NoCounters => suspicious(
            FindingKind::UnusableSnapshot,
            "`totalExecutionCount` or `totalResponseTime` is absent or cannot be read".to_owned(),
            "it was left out of the series",
        ),
        AnomalyKind::LoneClient { records, also_in } => {
            let (reason, action) = lone_client(*records, also_in.as_deref());
            note(FindingKind::LoneClient, reason, action)
        }
    }
}

fn lone_client(records: u64, also_in: Option<&str>) -> (String, &'static str) {
    let of = number::counted(records, "record");
    match also_in {
        Some(process) => (
            format!("{of} of the client without a process around; it stands in snapshots of `{process}` too"),
            "it has a row of its own and is not added to the process",
        ),
        None => (
            format!("{of} of the client without a record of its process"),
            "it has a row of its own; no share of a process can be given",
        ),
    }
}

/// What a reader has to know to understand why the numbers of a process differ.
pub(in crate::report) fn remarks(process: &Process) -> Vec<String> {
    let mut remarks = Vec::new();
    let count = |value: u64, noun: &str| number::counted(value, noun);
    if let Some(follows) = &process.follows {
        remarks.push(format!(
            "Its first snapshot comes {} after the last one of `{}`: a restart under a new id, or another process.",
            number::quantity(Dimension::Time, follows.gap),
            follows.id
        ));
    }
    if process.restarts > 0 {
        remarks.push(format!(
            "It started again {}: counters fell and were counted on from zero. What it did between its last snapshot \
             and a restart is not in any record, so the totals are at least these.",
            if process.restarts == 1 {
                "once".to_owned()
            } else {
                format!("{} times", number::count(process.restarts))
            }
        ));
    }
    let balance = &process.balance;
    let since = if process.restarts > 0 { "Since the last restart, the" } else { "The" };
    let known = format!(
        "{since} process finished {}; its present clients started {}",
        count(balance.finished_since_restart, "execution"),
        number::count(balance.started_by_present)
    );
    let departed = match balance.started_by_departed {
        0 => String::new(),
        started => format!(", clients that left started {}", number::count(started)),
    };
    match (balance.in_flight, balance.unaccounted) {
        (Some(0), _) => remarks.push(format!("{known}{departed}: nothing was in flight.")),
        (Some(in_flight), _) => remarks.push(format!(
            "{known}{departed}: {} started and not finished at the last snapshot, in flight or given up by a client \
             that left.",
            if in_flight == 1 { "1 was".to_owned() } else { format!("{} were", number::count(in_flight)) }
        )),
        (None, Some(unaccounted)) => remarks.push(format!(
            "{known}{departed}: the other {} belong to clients that left before a snapshot showed them, or after the \
             last one that did. The process's totals keep them.",
            number::count(unaccounted)
        )),
        (None, None) => remarks
            .push(format!("{known}{departed}; a client without `executionCount` leaves open how many are in flight.")),
    }
    remarks
}
