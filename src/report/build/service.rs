//! The metrics of a service as a part of the report.

use crate::analysis::chat::{
    ClockKind, Distribution, Level, Memory, Never, Odd, OddKind, ScheduleBasis, ServiceAnalysis, SessionBasis,
    SessionEnd, Shape, Summary3, Totals,
};
use crate::measure::finding::{Finding, FindingKind, Place, Severity};
use crate::measure::unit::Dimension;
use crate::report::contract::{
    Interval, Metric, Service, ServiceConcurrency, ServiceErrorType, ServiceErrors, ServiceLatency, ServiceLevel,
    ServiceMemory, ServiceMessages, ServiceNever, ServiceSchedule, ServiceSession, ServiceSessionDuration, ServiceSlot,
    ServiceStall, ServiceSteady, ServiceThroughput, ServiceTimeouts,
};
use crate::report::{number, words};
use crate::stats::interval::Interval as Bounds;
use crate::table::Table;

/// Error rates are given per thousand.
const PER: f64 = 1000.0;

/// The service of a source.
pub(super) fn service(found: &ServiceAnalysis, table: &Table, source: &str) -> Service {
    let line = |row: usize| table.lines.line(row as u64);
    let never = |never: &Never| ServiceNever {
        all: never.all,
        timed_out: never.timed_out,
        failed: never.failed,
        session_closed: never.cut,
        open: never.open,
        answered: never.unknown,
    };
    Service {
        source: source.to_owned(),
        table: found.table as u64,
        shape: match found.shape {
            Shape::Events => "events",
            Shape::Requests => "requests",
            Shape::AiPerf => "aiperf",
        }
        .to_owned(),
        evidence: found.evidence.clone(),
        clock: clock(found.clock).to_owned(),
        start: found.start as f64 / 1e9,
        span: found.span,
        messages: messages(&found.totals),
        never_first_chunk: found.first_recorded.then(|| never(&found.never_first)),
        never_completed: never(&found.never_end),
        distributions: distributions(found, table, source),
        throughput: ServiceThroughput {
            window: found.throughput.window,
            offered: found.throughput.offered,
            completed: found.throughput.completed,
            steady_offered: found.throughput.steady.map(|steady| steady.0),
            steady_completed: found.throughput.steady.map(|steady| steady.1),
        },
        steady: found.steady.map(|steady| ServiceSteady {
            from: steady.from,
            to: steady.to,
            usual_sessions: steady.usual,
        }),
        concurrency: ServiceConcurrency {
            stable: found.concurrency.stable.map(self::level),
            active: self::level(found.concurrency.active),
            stable_sessions: found.concurrency.stable_sessions,
            min_answered: found.stable.min_answered,
            max_error_share: found.stable.max_error_share,
            min_duration: found.stable.min_duration,
        },
        memory: found.memory.as_ref().and_then(memory),
        memory_peak: found.memory_peak.as_ref().and_then(memory),
        errors: errors(found),
        session_duration: session_duration(found),
        timeouts: ServiceTimeouts {
            count: found.timeouts.count,
            undetected: found.timeouts.undetected,
            unreported: found.timeouts.unreported,
            deadline: found.timeouts.deadline,
            missed: found.timeouts.deadline.map(|_| found.timeouts.missed),
        },
        schedule: found.schedule.as_ref().map(|schedule| ServiceSchedule {
            basis: match schedule.basis {
                ScheduleBasis::Given => "given",
                ScheduleBasis::Evident => "evident",
            }
            .to_owned(),
            rate: schedule.rate,
            threshold: schedule.threshold,
            longest_gap: schedule.longest_gap,
            count: schedule.count,
            missing: schedule.missing,
            stalls: schedule
                .stalls
                .iter()
                .map(|stall| ServiceStall {
                    from: stall.from,
                    length: stall.length,
                    missing: stall.missing,
                    line: line(stall.row),
                })
                .collect(),
        }),
        sessions: sessions(found, table),
        series: found
            .series
            .iter()
            .map(|slot| ServiceSlot {
                from: slot.from,
                length: slot.length,
                sent: slot.sent,
                answered: slot.answered,
                failed: slot.failed,
                sessions: slot.sessions,
                most_sessions: slot.most_sessions,
                memory: slot.memory,
            })
            .collect(),
    }
}

fn clock(kind: ClockKind) -> &'static str {
    match kind {
        ClockKind::Dates => "dates with times",
        ClockKind::Seconds => "seconds since 1970",
        ClockKind::Milliseconds => "milliseconds since 1970",
        ClockKind::Microseconds => "microseconds since 1970",
        ClockKind::Nanoseconds => "nanoseconds since 1970",
        ClockKind::Monotonic => "a monotonic clock",
    }
}

fn messages(totals: &Totals) -> ServiceMessages {
    ServiceMessages {
        sent: totals.sent,
        answered: totals.answered,
        timed_out: totals.timed_out,
        failed: totals.failed,
        session_closed: totals.cut,
        open: totals.open,
        contradicting: totals.contradicting,
    }
}

fn level(level: Level) -> ServiceLevel {
    ServiceLevel {
        peak: level.peak,
        peak_at: level.peak_at,
        average: level.average,
        steady_average: level.steady_average,
    }
}

fn memory(memory: &Memory) -> Option<ServiceMemory> {
    let clean = memory.samples.population.clean.as_ref()?;
    Some(ServiceMemory {
        samples: clean.n,
        peak: memory.peak,
        peak_at: memory.peak_at,
        mean: clean.mean,
        time_weighted: memory.time_weighted,
    })
}

fn per_thousand(bounds: Bounds) -> Interval {
    Interval { low: bounds.low.map(|low| low * PER), high: bounds.high.map(|high| high * PER), level: bounds.level }
}

fn errors(found: &ServiceAnalysis) -> ServiceErrors {
    ServiceErrors {
        recorded: found.errors.failed.is_some(),
        failed: found.errors.failed,
        per_thousand: found.errors.share.map(|share| share * PER),
        interval: found.errors.interval.map(per_thousand),
        types: found
            .errors
            .types
            .iter()
            .map(|error| ServiceErrorType {
                name: error.name.clone(),
                count: error.count,
                per_thousand: error.share * PER,
                interval: error.interval.map(per_thousand),
                outside_messages: error.outside,
            })
            .collect(),
    }
}

fn session_duration(found: &ServiceAnalysis) -> Option<ServiceSessionDuration> {
    let totals = &found.session_totals;
    let clean = totals.durations.population.clean.as_ref();
    let basis = match totals.basis {
        SessionBasis::OpenClose => "open_close",
        SessionBasis::FirstLast => "first_last",
        SessionBasis::Requests => return None,
    };
    Some(ServiceSessionDuration {
        sessions: totals.count,
        still_open: totals.still_open,
        longest_still_open: totals.longest_open,
        basis: basis.to_owned(),
        average: clean.map(|clean| clean.mean),
        max: clean.map(|clean| clean.max),
    })
}

fn sessions(found: &ServiceAnalysis, table: &Table) -> Vec<ServiceSession> {
    let latency = |summary: Summary3| ServiceLatency { median: summary.median, p95: summary.p95, max: summary.max };
    let rows = found.sessions.iter().map(|row| ServiceSession {
        name: row.name.clone(),
        line: table.lines.line(row.row as u64),
        from: row.from,
        duration: row.duration,
        end: match row.end {
            SessionEnd::Closed => "closed",
            SessionEnd::StillOpen => "still_open",
            SessionEnd::LastEvent => "last_event",
        }
        .to_owned(),
        stable: row.stable,
        messages: messages(&row.messages),
        first_chunk: row.first.map(latency),
        response: row.response.map(latency),
    });
    rows.collect()
}

/// The distributions that have samples, as metrics of the report.
fn distributions(found: &ServiceAnalysis, table: &Table, source: &str) -> Vec<Metric> {
    found.distributions().iter().map(|one| distribution(one, found.table, table, source)).collect()
}

fn distribution(of: &Distribution<'_>, index: usize, table: &Table, source: &str) -> Metric {
    let Distribution { name, numbers, dimension, polarity } = *of;
    let mut metric = Metric::new(source, index, name, dimension, polarity);
    metric.overall = numbers.population.clone();
    metric.remarks = words::remarks(&metric);
    metric.id = format!("{source}#{index}/service/{name}");
    let named = metric.overall.outliers.iter_mut().flat_map(|outliers| &mut outliers.extremes);
    for (extreme, (_, row, session)) in named.zip(&numbers.extremes) {
        extreme.line = table.lines.line(*row as u64);
        extreme.label.clone_from(session);
    }
    metric
}

/// What was odd, as findings.
pub(super) fn findings(found: &ServiceAnalysis, table: &Table, source: &str) -> Vec<Finding> {
    let mut findings: Vec<Finding> = found.odd.iter().map(|odd| finding(odd, table, source)).collect();
    if found.rounded_clock {
        let reason =
            "nanoseconds since 1970 are larger than 2^53, beyond which a double does not hold every whole number";
        let action = "instants are exact to 256 ns";
        let place = Place::source(source);
        findings.push(Finding::new(Severity::Note, FindingKind::RoundedClock, place, reason, action));
    }
    if let Some(schedule) = found.schedule.as_ref().filter(|schedule| schedule.count > 0) {
        let first = schedule.stalls.first().and_then(|stall| table.lines.line(stall.row as u64));
        let place = Place { source: source.to_owned(), line: first, last_line: None, column: None };
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

fn finding(odd: &Odd, table: &Table, source: &str) -> Finding {
    let lines: Vec<u64> = odd.rows.iter().filter_map(|row| table.lines.line(*row as u64)).collect();
    let (severity, kind, reason, action) = words(odd.kind);
    let place = Place { source: source.to_owned(), line: lines.first().copied(), last_line: None, column: None };
    let mut reason = reason.to_owned();
    if odd.count > 1 {
        let listed: Vec<String> = lines.iter().map(u64::to_string).collect();
        let more = if odd.count > lines.len() as u64 { ", …" } else { "" };
        reason = format!("{reason}; lines {}{more}", listed.join(", "));
    }
    let mut finding = Finding::new(severity, kind, place, reason, action).count(odd.count);
    finding.value.clone_from(&odd.text);
    finding
}

/// What each kind of oddity means and what was done.
fn words(kind: OddKind) -> (Severity, FindingKind, &'static str, &'static str) {
    use Severity::{Corrupted, Note, Suspicious};
    match kind {
        OddKind::OtherClock => (
            Corrupted,
            FindingKind::TwoClocks,
            "its instant lies days away from all others: it is on another clock",
            "the row is left out of the service metrics",
        ),
        OddKind::AnswerBeforeMessage => (
            Suspicious,
            FindingKind::TwoClocks,
            "an answer stands before its message, or a first chunk behind the end: two clocks, or a wrong instant",
            "the message counts, without latencies",
        ),
        OddKind::OutOfOrder => (
            Note,
            FindingKind::OutOfOrder,
            "its instant is before that of a row above",
            "events were taken in the order of their instants",
        ),
        OddKind::Duplicate => {
            (Suspicious, FindingKind::DuplicateEvent, "the same event stands a second time", "the first one counts")
        }
        OddKind::AnsweredTwice => (
            Suspicious,
            FindingKind::AnsweredTwice,
            "a message that was answered gets a further answer",
            "the first answer counts",
        ),
        OddKind::ClosedTwice => (
            Suspicious,
            FindingKind::ClosedTwice,
            "a session that was closed is closed again",
            "the first closing counts",
        ),
        OddKind::OpenedTwice => {
            (Suspicious, FindingKind::OpenedTwice, "a session that is open is opened again", "the first opening counts")
        }
        OddKind::NeverClosed => (
            Note,
            FindingKind::NeverClosed,
            "the session was opened and is still open at the end of the file",
            "its duration is a lower bound and not among the session durations",
        ),
        OddKind::UnknownKind => (
            Note,
            FindingKind::UnknownEvent,
            "events of a kind that is not known; `events` under `[source.service]` names it",
            "passed over",
        ),
        OddKind::UnknownStatus => (
            Suspicious,
            FindingKind::UnknownEvent,
            "a status that is not understood",
            "the request counts as answered where it has an end",
        ),
        OddKind::WithoutMessage => (
            Suspicious,
            FindingKind::OrphanEvent,
            "an answer or error of a message that was never sent",
            "passed over, or counted as an error outside messages",
        ),
        OddKind::Late => (
            Note,
            FindingKind::LateEvent,
            "an event of a message whose outcome was settled before",
            "the first outcome counts",
        ),
        OddKind::WithoutTime => (Suspicious, FindingKind::OrphanEvent, "the row has no instant", "passed over"),
        OddKind::WithoutSession => (Suspicious, FindingKind::OrphanEvent, "the row has no session", "passed over"),
        OddKind::DeclaredWarmUp => (
            Note,
            FindingKind::DeclaredWarmUp,
            "the file itself says that these requests are warm-up",
            "left out of every number of the service",
        ),
    }
}
