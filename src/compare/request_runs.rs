//! What a comparison needs of runs of requests beside their metrics: which part was captured, and how many requests a second there were.
//!
//! In: the runs of a source. Out: a [`CapturedPart`] and [`RateRun`]s.

use crate::analysis::requests::RequestRun;
use crate::analysis::source::Source;
use crate::stats::dependence::RunOrder;
use crate::stats::moments::mean_and_stddev;

use super::capture::{CapturedPart, RateRun};

/// How many requests a second a run made, and how well that is known: from the rates of its stretches, with their dependence.
pub(super) fn rate_of(run: &RequestRun) -> Option<RateRun> {
    /// With fewer stretches nobody knows how the rate varies.
    const FEWEST_BINS: usize = 8;
    if !run.are_requests || run.shards.is_some() || run.length <= 0.0 {
        return None;
    }
    let used = run.used_phase();
    let (requests, seconds) =
        used.map_or((run.requests - run.without_instant, run.length), |used| (used.requests, used.to - used.from));
    let (from, to) = used.map_or((0.0, f64::INFINITY), |used| (used.from, used.to));
    let inside = run.bins.iter().filter(|bin| bin.from >= from && bin.to <= to);
    let whole = inside.filter(|bin| bin.to - bin.from >= run.bin_width / 2.0);
    let rates: Vec<f64> = whole.map(|bin| bin.rate).collect();
    let known = (rates.len() >= FEWEST_BINS).then(|| mean_and_stddev(&rates));
    let relative_error = known.and_then(|(mean, stddev)| {
        let dependence = RunOrder::of(&rates).mean(&rates).with_memory;
        Some(stddev? / mean * (dependence / rates.len() as f64).sqrt()).filter(|error| error.is_finite())
    });
    let degrees_of_freedom = rates.len().saturating_sub(1) as u64;
    Some(RateRun { source: run.source.clone(), requests, seconds, relative_error, degrees_of_freedom })
}

/// Which part of the runs of a source was captured.
pub(super) fn captured_part(source: &Source, runs: &[RequestRun]) -> Option<CapturedPart> {
    let of_source: Vec<&RequestRun> =
        runs.iter().filter(|run| run.source == source.name && run.used.is_some()).collect();
    let left_out: Option<u64> = of_source.iter().map(|run| Some(run.left_out()?.requests())).sum();
    (!of_source.is_empty()).then(|| left_out.map_or(CapturedPart::Whole, |left_out| CapturedPart::Steady { left_out }))
}
