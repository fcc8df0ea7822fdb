//! Throughput against latency by the concurrency that was measured, where no row records its load.
//!
//! In: a run whose load does not settle, with how many requests were in progress in each bin. Out: a table by bands of concurrency, each
//! up to twice as high as the one below, or none where the load stays in one band, or jumps between bands from bin to bin: then it
//! is chance.

use super::latency;
use super::part::Part;
use super::result::{Bin, LoadLevel, LoadLevels, PhaseKind, RequestRun};
use super::time_bins::SECOND;
use crate::stats::quantile::QuantileMethod;

/// What the levels are called.
const IN_PROGRESS: &str = "in progress";
/// Bins and requests that a band has.
const FEWEST_BINS: usize = 3;
const FEWEST_REQUESTS: u64 = 100;
/// So many bands show how one grows with the other.
const FEWEST_BANDS: usize = 3;
const MOST_BANDS: usize = 12;
/// Neighbouring bins of a band, on average.
const STRETCH_LENGTH: usize = 3;

/// A band of concurrency.
#[derive(Debug, Clone, Copy, Default)]
struct Band {
    bins: usize,
    requests: u64,
    failed: u64,
    samples: u64,
    time: f64,
    /// Requests in progress times seconds.
    area: f64,
}

/// The levels of a run of one part; percentiles by the method, of at most so many samples at a time.
pub(super) fn levels(part: &Part<'_>, run: &RequestRun, (method, most): (QuantileMethod, usize)) -> Option<LoadLevels> {
    if run.phase(PhaseKind::Steady).is_some() || run.concurrency.is_none() || !run.are_requests {
        return None;
    }
    let band_of = |bin: &Bin| {
        let whole = bin.to - bin.from >= run.bin_width / 2.0;
        // Loads are often powers of two: borders lie between them.
        bin.concurrency.filter(|level| whole && *level > 0.0).map(|level| level.log2().round() as i64)
    };
    let of_bins: Vec<Option<i64>> = run.bins.iter().map(band_of).collect();
    let mut numbers: Vec<i64> = of_bins.iter().flatten().copied().collect();
    numbers.sort_unstable();
    numbers.dedup();
    let stretches = of_bins.chunk_by(|a, b| a == b).count();
    let mut bands = vec![Band::default(); numbers.len()];
    for (bin, number) in run.bins.iter().zip(&of_bins) {
        let Some(band) = number.and_then(|number| numbers.binary_search(&number).ok()) else { continue };
        let band = &mut bands[band];
        band.bins += 1;
        band.requests += bin.requests;
        band.failed += bin.failed.unwrap_or(0);
        band.samples += bin.samples;
        band.time += bin.to - bin.from;
        band.area += bin.concurrency.unwrap_or(0.0) * (bin.to - bin.from);
    }
    let enough = |band: &Band| band.bins >= FEWEST_BINS && band.requests >= FEWEST_REQUESTS;
    let kept: Vec<usize> = (0..bands.len()).filter(|band| enough(&bands[*band])).collect();
    if !(FEWEST_BANDS..=MOST_BANDS).contains(&kept.len()) || stretches * STRETCH_LENGTH > of_bins.len() {
        return None;
    }
    // The slot of each bin; what is in no band goes behind the last one.
    let slots: Vec<usize> = of_bins
        .iter()
        .map(|number| {
            let band = number.and_then(|number| numbers.binary_search(&number).ok());
            band.and_then(|band| kept.iter().position(|kept| *kept == band)).unwrap_or(kept.len())
        })
        .collect();
    let ends: Vec<i64> =
        run.bins.iter().map(|bin| run.clock.origin + (bin.to * SECOND as f64).round() as i64).collect();
    let slot_of = |at: i64| slots[ends.partition_point(|end| *end <= at).min(slots.len() - 1)];
    let counts: Vec<u64> = kept.iter().map(|band| bands[*band].samples).collect();
    let say = |samples: &[f64]| latency::Latency::of(samples, method);
    let latencies = latency::by_slot(std::slice::from_ref(part), &counts, slot_of, say, most);
    let level = |(band, latency): (&usize, latency::Latency)| {
        let band = &bands[*band];
        LoadLevel {
            level: band.area / band.time,
            requests: band.requests,
            time: band.time,
            rate: band.requests as f64 / band.time,
            failed: run.failed.map(|_| band.failed),
            p50: latency.p50,
            p95: latency.p95,
            p99: latency.p99,
        }
    };
    let levels: Vec<LoadLevel> = kept.iter().zip(latencies).map(level).collect();
    let covered: u64 = levels.iter().map(|level| level.requests).sum();
    let elsewhere = run.requests - run.without_instant - covered;
    Some(LoadLevels { column: IN_PROGRESS.to_owned(), measured: true, elsewhere, levels, plateau: None })
}
