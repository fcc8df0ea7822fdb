//! Sentences about an agent swarm.

use std::collections::BTreeMap;

use crate::analysis::swarm::{Noted, Oddity, Process, Swarm};
use crate::measure::finding::{Finding, FindingKind, Place, Severity};
use crate::measure::unit::Dimension;
use crate::report::number;

/// Findings of one kind about one process or client that are named; of the rest the number is told.
const NAMED: usize = 10;

/// A moment in ISO 8601.
pub(in crate::report) fn instant(nanos: i64) -> String {
    jiff::Timestamp::from_nanosecond(i128::from(nanos)).map_or_else(|_| number::ABSENT.to_owned(), |at| at.to_string())
}

/// The day of a moment in ISO 8601.
pub(in crate::report) fn day(nanos: i64) -> String {
    instant(nanos).chars().take_while(|character| *character != 'T').collect()
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
pub(in crate::report) fn findings(swarm: &Swarm, sources: &[&str]) -> Vec<Finding> {
    let mut named: BTreeMap<(FindingKind, &str, Option<String>), usize> = BTreeMap::new();
    let mut more: BTreeMap<(FindingKind, &str, Option<String>), (Finding, u64)> = BTreeMap::new();
    let mut findings = Vec::new();
    for noted in &swarm.noted {
        let found = finding(noted, sources);
        let key = (found.kind, noted.id.as_str(), found.metric.clone());
        let seen = named.entry(key.clone()).or_default();
        *seen += 1;
        if *seen <= NAMED {
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

fn finding(noted: &Noted, sources: &[&str]) -> Finding {
    let name = |source: usize| sources.get(source).copied().unwrap_or_default();
    let place_of = |source: usize, line: u64| Place::line(name(source), line);
    let place = place_of(noted.source, noted.line);
    let id = &noted.id;
    let odd = |kind: FindingKind, reason: String, action: &str| {
        let mut finding = Finding::new(Severity::Suspicious, kind, place.clone(), reason, action);
        finding.label = Some(id.clone());
        finding
    };
    let note = |kind, reason, action: &str| Finding { severity: Severity::Note, ..odd(kind, reason, action) };
    match &noted.what {
        Oddity::Average { field, written, recomputed, total, count, time } => {
            let text = |value: f64| number::quantity(if *time { Dimension::Time } else { Dimension::Unknown }, value);
            let executions = number::counted(*count, "execution");
            let reason = format!("the total of {} over {executions} gives {}", text(*total), text(*recomputed));
            let mut finding =
                odd(FindingKind::Contradiction, reason, "the report recomputes averages from totals").metric(*field);
            finding.place.column = Some((*field).to_owned());
            finding.value(text(*written))
        }
        Oddity::Date { text, date, stamps } => {
            let reason =
                format!("`date` says {}, `momentStamp` and `timeStamp` say {}", instant(*date), instant(*stamps));
            let mut finding = odd(FindingKind::Contradiction, reason, "the stamps were used").metric("date");
            finding.place.column = Some("date".to_owned());
            finding.value(text)
        }
        Oddity::FileName { file, record } => odd(
            FindingKind::Contradiction,
            format!("the file's name says {}, the record says {}", instant(*file), instant(*record)),
            "the record was used",
        ),
        Oddity::ClientsExceed { clients, process } => odd(
            FindingKind::Contradiction,
            format!(
                "the clients that are present spent {}, their process only {}, and no execution is in flight",
                number::quantity(Dimension::Time, *clients),
                number::quantity(Dimension::Time, *process)
            ),
            "both were kept as they are",
        ),
        Oddity::ClientTwice => odd(
            FindingKind::Contradiction,
            "the client stands twice in one snapshot".to_owned(),
            "the first one was used",
        ),
        Oddity::Duplicate { source, line } => note(
            FindingKind::DuplicateSnapshot,
            format!("the same moment with the same counters stands at {} too", place_of(*source, *line)),
            "it was used once",
        ),
        Oddity::Conflict { source, line } => odd(
            FindingKind::Contradiction,
            format!("the same moment stands with other counters at {}", place_of(*source, *line)),
            "the one with more executions was used",
        ),
        Oddity::OutOfOrder { snapshots } => note(
            FindingKind::OutOfOrderSnapshot,
            format!(
                "{} of the process stand below later ones, the first one here",
                number::counted(*snapshots, "snapshot")
            ),
            "they were put in order by their times",
        )
        .count(*snapshots),
        Oddity::Restart { executions, response_time } => note(
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
        Oddity::NoTime => odd(
            FindingKind::UnusableSnapshot,
            "the snapshot does not say when it was written, and others do".to_owned(),
            "it was left out of the series",
        ),
        Oddity::NoCounters => odd(
            FindingKind::UnusableSnapshot,
            "`totalExecutionCount` or `totalResponseTime` is absent or cannot be read".to_owned(),
            "it was left out of the series",
        ),
        Oddity::LoneClient { records, also_in } => {
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
        count(balance.finished, "execution"),
        number::count(balance.started_present)
    );
    let departed = match balance.started_departed {
        0 => String::new(),
        started => format!(", clients that left started {}", number::count(started)),
    };
    match (balance.in_flight(), balance.unseen()) {
        (Some(0), _) => remarks.push(format!("{known}{departed}: nothing was in flight.")),
        (Some(in_flight), _) => remarks.push(format!(
            "{known}{departed}: {} started and not finished at the last snapshot, in flight or given up by a client \
             that left.",
            if in_flight == 1 { "1 was".to_owned() } else { format!("{} were", number::count(in_flight)) }
        )),
        (None, Some(unseen)) => remarks.push(format!(
            "{known}{departed}: the other {} belong to clients that left before a snapshot showed them, or after the \
             last one that did. The process's totals keep them.",
            number::count(unseen)
        )),
        (None, None) => remarks
            .push(format!("{known}{departed}; a client without `executionCount` leaves open how many are in flight.")),
    }
    remarks
}
