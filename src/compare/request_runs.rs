//! What a comparison needs of runs of requests beside their metrics: which part was captured, and how many requests a second there were.
//!
//! In: the runs of a source, or the messages of a service. Out: a [`CapturedPart`] and [`RateRun`]s, with how well each rate is known.

use std::collections::BTreeSet;

use crate::analysis::chat::Service;
use crate::analysis::requests::{RequestRun, says_a_rate};
use crate::analysis::source::Source;
use crate::stats::dependence::RunOrder;
use crate::stats::moments::mean_and_stddev;

use super::capture::{CapturedPart, RateRun};
use super::rate_of::RateOf;

/// With fewer stretches nobody knows how the rate varies.
const FEWEST_STRETCHES: usize = 8;
/// The standard deviation of the length of a run whose clock shows whole seconds: two ends, each off by up to one (a uniform law).
const OFF_BY_SECONDS: f64 = 0.408;

/// The rates of a source: those of its requests, else that of the messages of its service, else that of its rows, where it is clear
/// which ones.
pub(super) fn rates(sources: &[Source], runs: &[RequestRun], service: Option<&Service>) -> Vec<RateRun> {
    let of_source = |run: &RequestRun| sources.iter().find(|source| source.name == run.source);
    let tables: BTreeSet<u64> = runs.iter().map(|run| run.table).collect();
    let of_requests: Vec<RateRun> = runs.iter().filter(|run| run.are_requests).filter_map(rate_of).collect();
    if !of_requests.is_empty() {
        return of_requests;
    }
    if let Some(of_messages) = service.and_then(rate_of_messages) {
        return vec![of_messages];
    }
    let says = |run: &&RequestRun| of_source(run).is_some_and(|source| says_a_rate(run, source));
    if tables.len() == 1 { runs.iter().filter(says).filter_map(rate_of).collect() } else { Vec::new() }
}

/// How many requests a second a run made, and how well that is known: from the rates of its stretches, with their dependence.
fn rate_of(run: &RequestRun) -> Option<RateRun> {
    if run.shards.is_some() || run.length <= 0.0 {
        return None;
    }
    let used = run.used_phase();
    let (requests, seconds) =
        used.map_or((run.requests - run.without_instant, run.length), |used| (used.requests, used.to - used.from));
    let (from, to) = used.map_or((0.0, f64::INFINITY), |used| (used.from, used.to));
    let inside = run.bins.iter().filter(|bin| bin.from >= from && bin.to <= to);
    let whole = inside.filter(|bin| bin.to - bin.from >= run.bin_width / 2.0);
    let rates: Vec<f64> = whole.map(|bin| bin.rate).collect();
    let of = if run.are_requests { RateOf::Requests } else { RateOf::Rows };
    Some(known_by((run.source.clone(), of), (requests, seconds), &rates, run.clock.whole_seconds))
}

/// So many of something in so many seconds, with how well its rate is known by those of its stretches.
fn known_by(
    (source, of): (String, RateOf),
    (requests, seconds): (u64, f64),
    rates: &[f64],
    whole_seconds: bool,
) -> RateRun {
    let degrees_of_freedom = rates.len().saturating_sub(1) as u64;
    let run = RateRun { source, of, requests, seconds, relative_error: None, degrees_of_freedom };
    if rates.len() >= FEWEST_STRETCHES {
        return RateRun { relative_error: by_stretches(rates), ..run };
    }
    // Of the first and the last second nobody knows how much belongs to the run.
    let inner = if whole_seconds { rates.get(1..rates.len().saturating_sub(1)).unwrap_or_default() } else { rates };
    of_short_run(run, inner, whole_seconds)
}

/// The relative error of a mean rate, by how it varies from stretch to stretch.
fn by_stretches(rates: &[f64]) -> Option<f64> {
    let (mean, stddev) = mean_and_stddev(rates);
    let dependence = RunOrder::of(rates).mean(rates).with_memory;
    Some(stddev? / mean * (dependence / rates.len() as f64).sqrt()).filter(|error| error.is_finite())
}

/// A run of a few stretches varies as arrivals do that know nothing of each other; where its stretches differ by far more, by that. A clock
/// of whole seconds does not know how long a run took.
fn of_short_run(run: RateRun, rates: &[f64], whole_seconds: bool) -> RateRun {
    /// Few stretches differ by so much more than chance makes them only where requests come in bursts.
    const FAR_MORE: f64 = 4.0;
    if run.requests == 0 || run.seconds <= 0.0 {
        return run;
    }
    let by_chance = 1.0 / run.requests as f64;
    let ends = if whole_seconds { (OFF_BY_SECONDS / run.seconds).powi(2) } else { 0.0 };
    let observed = by_stretches(rates).map_or(0.0, |error| error * error);
    let (own, own_degrees) = if observed > FAR_MORE * by_chance {
        (observed, rates.len().saturating_sub(1) as f64)
    } else {
        (observed.max(by_chance), run.requests as f64)
    };
    let variance = own + ends;
    // Satterthwaite: what the clock adds is known.
    let degrees_of_freedom = ((variance / own).powi(2) * own_degrees).floor() as u64;
    RateRun { relative_error: Some(variance.sqrt()), degrees_of_freedom: degrees_of_freedom.max(1), ..run }
}

/// How many messages a second were sent to a service.
fn rate_of_messages(service: &Service) -> Option<RateRun> {
    let (requests, seconds) = (service.messages.sent, service.throughput.window);
    if requests == 0 || seconds <= 0.0 {
        return None;
    }
    // Nothing is sent while the last answers come.
    let last = service.series.iter().rposition(|slot| slot.sent > 0)?;
    let first = service.series.iter().position(|slot| slot.sent > 0)?;
    let sent = service.series.get(first..=last)?.iter().filter(|slot| slot.length > 0.0);
    let rates: Vec<f64> = sent.map(|slot| slot.sent as f64 / slot.length).collect();
    Some(known_by((service.source.clone(), RateOf::Messages), (requests, seconds), &rates, false))
}

/// Which part of the runs of a source was captured.
pub(super) fn captured_part(source: &Source, runs: &[RequestRun]) -> Option<CapturedPart> {
    let of_source: Vec<&RequestRun> =
        runs.iter().filter(|run| run.source == source.name && run.used.is_some()).collect();
    let left_out: Option<u64> = of_source.iter().map(|run| Some(run.left_out()?.requests())).sum();
    (!of_source.is_empty()).then(|| left_out.map_or(CapturedPart::Whole, |left_out| CapturedPart::Steady { left_out }))
}
