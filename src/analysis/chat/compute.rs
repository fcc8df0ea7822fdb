//! From messages and sessions to the metrics of the service.
//!
//! In: a [`Run`]. Out: the [`Service`]. Distributions are populations like those of any metric, so that intervals, outliers
//! and what the order shows come with them.

use crate::analysis::chat::anomaly::Anomaly;
use crate::analysis::chat::instants::seconds;
use crate::analysis::chat::recognise::Recognition;
use crate::analysis::chat::result::{Concurrency, DistributionKind, Messages, Service, summary};
use crate::analysis::chat::run::{Run, session_duration};
use crate::analysis::chat::schedule;
use crate::analysis::chat::unanswered::unanswered;
use crate::analysis::metric::Metric;
use crate::stats::population::Population;

/// Computes all metrics of the service that a table of a source records.
pub(crate) fn compute(
    source: &str,
    table: usize,
    found: &Recognition,
    run: &Run<'_>,
    anomalies: Vec<Anomaly>,
) -> Service {
    let log = run.log;
    let totals = Messages::of(log.messages.iter());
    let sent: Vec<(i64, u32)> = log.messages.iter().map(|message| (message.sent, message.row)).collect();
    let sessions = run.sessions();
    let active = run.steps(|_| true);
    let (steady, bounds) = active.steady(&sent).map(|(steady, from, to)| (steady, (from, to))).unzip();
    let stable = log.basis.map(|_| run.steps(|index| sessions[index].stable));
    let stable_sessions = sessions.iter().filter(|session| session.stable).count() as u64;
    let distributions = distributions(source, table, run);
    let clean = |kind| summary(&distributions, kind);
    let first_recorded = log.messages.iter().any(|message| message.first.is_some());
    Service {
        source: source.to_owned(),
        table: table as u64,
        shape: found.shape,
        evidence: found.evidence.clone(),
        clock: run.clock.kind,
        start: run.start as f64 / 1e9,
        span: seconds(run.start, run.end),
        messages: totals,
        never_first_chunk: first_recorded
            .then(|| Messages::of(log.messages.iter().filter(|message| message.first.is_none()))),
        never_completed: Messages::of(log.messages.iter().filter(|message| message.end.is_none())),
        unanswered: unanswered(log, run.end),
        throughput: run.throughput(&totals, bounds),
        steady,
        concurrency: Concurrency {
            stable: stable.filter(|_| stable_sessions > 0).map(|steps| steps.level(bounds)),
            active: active.level(bounds),
            stable_sessions,
            stability: run.options.stable,
        },
        memory: clean(DistributionKind::Memory).and_then(|clean| run.memory(&log.memory, clean)),
        memory_peak: clean(DistributionKind::PeakMemory).and_then(|clean| run.memory(&log.memory_peak, clean)),
        errors: run.errors(&totals),
        session_duration: log
            .basis
            .map(|basis| session_duration(basis, &sessions, clean(DistributionKind::SessionDuration))),
        timeouts: run.timeouts(&totals),
        schedule: schedule::check(&sent, run.start, run.options.rate, |row| run.line(row)),
        series: run.series(&active),
        sessions: run.worst_first(sessions),
        distributions,
        failed_in_order: run.failed_in_order(),
        goodput: None,
        anomalies,
    }
}

/// The distributions that have samples.
fn distributions(source: &str, table: usize, run: &Run<'_>) -> Vec<Metric> {
    use DistributionKind as Kind;
    let all = [
        (Kind::FirstChunk, run.since_sending(|message| message.first)),
        (Kind::Response, run.since_sending(|message| message.end)),
        (Kind::Failure, run.since_sending(|message| message.failed)),
        (Kind::ChunkGap, run.chunk_gaps()),
        (Kind::SessionDuration, run.session_durations()),
        (Kind::TimeoutDetection, run.since_sending(|message| message.detected)),
        (Kind::TimeoutReport, run.between(|message| message.detected, |message| message.reported)),
        (Kind::TimeoutTotal, run.since_sending(|message| message.reported)),
        (Kind::Overshoot, run.overshoot()),
        (Kind::Memory, run.memory_samples(&run.log.memory)),
        (Kind::PeakMemory, run.memory_samples(&run.log.memory_peak)),
    ];
    let found = all.into_iter().filter(|(_, population)| population.clean.is_some());
    let metric = |(kind, overall): (Kind, Population)| {
        let name = kind.name();
        let id = format!("{source}#{table}/service/{name}");
        let assumed = match kind {
            Kind::FirstChunk => run.log.assumed[0],
            Kind::Response => run.log.assumed[1],
            _ => None,
        };
        let recorded_unit = assumed.map(|unit| unit.symbol.to_owned());
        Metric {
            id,
            overall,
            recorded_unit,
            unit_assumed: assumed.is_some(),
            ..Metric::new(source, table, name, kind.dimension(), kind.polarity())
        }
    };
    found.map(metric).collect()
}
