//! Sentences about the records of an interactive service.

use crate::analysis::chat::{Anomaly, AnomalyKind, Service};
use crate::measure::{Dimension, Finding, FindingKind, Place, Severity};
use crate::report::number;

use super::headline::SAID_FROM;

/// What is wrong or odd in the records of a service.
pub(in crate::report) fn findings(service: &Service) -> Vec<Finding> {
    let mut findings: Vec<Finding> =
        service.anomalies.iter().map(|anomaly| finding(anomaly, &service.source)).collect();
    if let Some(schedule) = service.schedule.as_ref().filter(|schedule| schedule.count > 0) {
        let first = schedule.stalls.first().and_then(|stall| stall.line);
        let place = Place { source: service.source.clone(), line: first, last_line: None, column: None };
        let longest = number::quantity(Dimension::Time, schedule.longest_gap);
        let reason = format!(
            "nothing was sent for up to {longest}, while the schedule of {} a second asks for {} in {}",
            number::plain(schedule.rate),
            number::counted(schedule.missing, "message"),
            number::counted(schedule.count, "such stall"),
        );
        let action = "latencies are as recorded: the requests that would have waited are missing from them";
        findings.push(
            Finding::new(Severity::Suspicious, FindingKind::ScheduleStall, place, reason, action).count(schedule.count),
        );
    }
    findings
}

/// `34.2% without an answer`, from the share on from which failures are said.
pub(in crate::report) fn unanswered(services: &[Service]) -> Option<String> {
    let counts =
        |service: &Service| service.unanswered.map_or((0, service.messages.sent), |one| (one.messages, one.of));
    let (lost, of) = services.iter().map(counts).fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
    let share = lost as f64 / of as f64;
    (lost > 0 && share >= SAID_FROM).then(|| format!("{} without an answer", number::share(share)))
}

fn finding(anomaly: &Anomaly, source: &str) -> Finding {
    let (severity, kind, reason, action) = words(anomaly.kind);
    let lines = &anomaly.lines;
    let place = Place { source: source.to_owned(), line: lines.first().copied(), last_line: None, column: None };
    let mut reason = reason.to_owned();
    if anomaly.count > 1 {
        let listed: Vec<String> = lines.iter().map(u64::to_string).collect();
        let more = if anomaly.count > lines.len() as u64 { ", …" } else { "" };
        reason = format!("{reason}; lines {}{more}", listed.join(", "));
    }
    let mut finding = Finding::new(severity, kind, place, reason, action).count(anomaly.count);
    finding.value.clone_from(&anomaly.text);
    finding
}

/// What each kind of anomaly means and what was done.
fn words(kind: AnomalyKind) -> (Severity, FindingKind, &'static str, &'static str) {
    use Severity::{Corrupted, Note, Suspicious};
    match kind {
        AnomalyKind::OtherClock => (
            Corrupted,
            FindingKind::TwoClocks,
            "its instant lies days away from all others: it is on another clock",
            "the row is left out of the service metrics",
        ),
        AnomalyKind::AnswerBeforeMessage => (
            Suspicious,
            FindingKind::TwoClocks,
            "an answer stands before its message, or a first chunk behind the end: two clocks, or a wrong instant",
            "the message counts, without latencies",
        ),
        AnomalyKind::OutOfOrder => (
            Note,
            FindingKind::OutOfOrder,
            "its instant is before that of a row above",
            "events were taken in the order of their instants",
        ),
        AnomalyKind::Duplicate => {
            (Suspicious, FindingKind::DuplicateEvent, "the same event stands a second time", "the first one counts")
        }
        AnomalyKind::AnsweredTwice => (
            Suspicious,
            FindingKind::AnsweredTwice,
            "a message that was answered gets a further answer",
            "the first answer counts",
        ),
        AnomalyKind::ClosedTwice => (
            Suspicious,
            FindingKind::ClosedTwice,
            "a session that was closed is closed again",
            "the first closing counts",
        ),
        AnomalyKind::OpenedTwice => {
            (Suspicious, FindingKind::OpenedTwice, "a session that is open is opened again", "the first opening counts")
        }
        AnomalyKind::NeverClosed => (
            Note,
            FindingKind::NeverClosed,
            "the session was opened and is still open at the end of the file",
            "its duration is a lower bound and not among the session durations",
        ),
        AnomalyKind::UnknownKind => (
            Note,
            FindingKind::UnknownEvent,
            "events of a kind that is not known; `events` under `[source.service]` names it",
            "passed over",
        ),
        AnomalyKind::UnknownStatus => (
            Suspicious,
            FindingKind::UnknownEvent,
            "a status that is not understood",
            "the request counts as answered where it has an end",
        ),
        AnomalyKind::WithoutMessage => (
            Suspicious,
            FindingKind::OrphanEvent,
            "an answer or error of a message that was never sent",
            "passed over, or counted as an error outside messages",
        ),
        AnomalyKind::Late => (
            Note,
            FindingKind::LateEvent,
            "an event of a message whose outcome was settled before",
            "the first outcome counts",
        ),
        AnomalyKind::WithoutTime => (Suspicious, FindingKind::OrphanEvent, "the row has no instant", "passed over"),
        AnomalyKind::WithoutSession => (Suspicious, FindingKind::OrphanEvent, "the row has no session", "passed over"),
        AnomalyKind::DeclaredWarmUp => (
            Note,
            FindingKind::DeclaredWarmUp,
            "the file itself says that these requests are warm-up",
            "left out of every number of the service",
        ),
        AnomalyKind::RoundedClock => (
            Note,
            FindingKind::RoundedClock,
            "nanoseconds since 1970 are larger than 2^53, beyond which a double does not hold every whole number",
            "instants are exact to 256 ns",
        ),
    }
}
