//! A run cut into stretches of equal length, and the three tracks that are searched: latency, failures, rate.
//!
//! In: the instant, the latency, the outcome and the group of each request, in any order. Out: for each track a value a bin with
//! its weight, so that value times weight has about the same noise in every bin. Refuses (with `None`) runs of too few requests,
//! and runs without a length.

use super::scan::{Around, Direction, Track};
use crate::stats::interval::normal_quantile;

/// Fewer requests are not searched.
pub const FEWEST_REQUESTS: usize = 100;
/// The most bins: half a percent of the run is as exact as an incident's ends are said.
const MOST_BINS: usize = 200;
/// The fewest bins, so that the rest of the run is something that a stretch can differ from.
const FEWEST_BINS: usize = 40;
/// Requests of a bin, on average, in runs too short for the most bins.
const REQUESTS_A_BIN: usize = 4;
/// Requests of a bin of failures.
const REQUESTS_OF_CLUSTERS: usize = 20;
/// Latencies are ranked among at most so many of their group, evenly picked.
const REFERENCE: usize = 8192;
/// Groups of fewer requests on average say nothing by themselves: all requests are ranked together.
const FEWEST_OF_A_GROUP: usize = 20;
/// Seconds since 1970 are known to about so much.
const CLOCK_ROUNDING: f64 = 1e-6;
/// Fewer failures of a run are no stretch.
const FEWEST_FAILURES: u64 = 5;

/// The requests of a run, one entry each, in any order.
#[derive(Debug, Clone, Copy)]
pub struct Requests<'a> {
    /// When each began, in seconds.
    pub at: &'a [f64],
    /// How long each took, in any unit; NaN where that is not known.
    pub latency: &'a [f64],
    /// Whether each failed; empty where outcomes are not recorded.
    pub failed: &'a [bool],
    /// What each asked for (endpoint, label): latencies are ranked among their like, so that another mix is no incident. Empty
    /// where all are alike.
    pub group: &'a [u32],
}

/// The bins of a run.
pub(super) struct Bins {
    /// Where the first one begins.
    pub(super) start: f64,
    /// How long each is.
    pub(super) length: f64,
    /// The bin of each request; none of one whose instant is not finite.
    pub(super) of: Vec<Option<u16>>,
    /// Requests of each bin.
    pub(super) requests: Vec<u64>,
    pub(super) failed: Vec<u64>,
}

impl Bins {
    /// The bins of these requests.
    pub(super) fn of(run: &Requests) -> Option<Self> {
        let finite = run.at.iter().filter(|at| at.is_finite());
        let (n, start, end) =
            finite.fold((0, f64::INFINITY, f64::NEG_INFINITY), |(n, low, high), at| (n + 1, at.min(low), at.max(high)));
        let span = end - start;
        if n < FEWEST_REQUESTS || !span.is_finite() || span <= 0.0 {
            return None;
        }
        let most = (n / REQUESTS_A_BIN).clamp(FEWEST_BINS, MOST_BINS);
        // A clock of whole seconds has no narrower bins: some would be empty by its steps alone.
        let whole = run.at.iter().filter(|at| at.is_finite()).all(|at| is_whole(at - start));
        let (length, count) = if whole {
            let length = ((span + 1.0) / most as f64).ceil();
            (length, (((span + 1.0) / length) as usize).max(1))
        } else {
            (span / most as f64, most)
        };
        let mut bins = Self {
            start,
            length,
            of: Vec::with_capacity(run.at.len()),
            requests: vec![0; count],
            failed: vec![0; count],
        };
        for (index, at) in run.at.iter().enumerate() {
            let place = at.is_finite().then(|| (((at - start) / length) as usize).min(count - 1));
            if let Some(place) = place {
                bins.requests[place] += 1;
                bins.failed[place] += u64::from(run.failed.get(index) == Some(&true));
            }
            bins.of.push(place.map(|place| place as u16));
        }
        Some(bins)
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.requests.len()
    }

    /// Where a bin begins.
    pub(super) fn from(&self, bin: usize) -> f64 {
        self.start + self.length * bin as f64
    }

    /// The share of failures by stretches of so many bins, against the share around them; absent where hardly any failed.
    pub(super) fn failures(&self) -> Option<(Track, usize)> {
        let (failed, requests): (u64, u64) = (self.failed.iter().sum(), self.requests.iter().sum());
        if failed < FEWEST_FAILURES || failed == requests {
            return None;
        }
        // Failures come in clusters: a bin holds enough requests for a whole one, where the run allows it.
        let most = (self.count() / FEWEST_BINS).max(1);
        let together = (REQUESTS_OF_CLUSTERS as f64 * self.count() as f64 / requests as f64).ceil() as usize;
        let together = together.clamp(1, most);
        let share = failed as f64 / requests as f64;
        let noise = (share * (1.0 - share)).sqrt();
        let sums = |of: &[u64]| of.chunks(together).map(|few| few.iter().sum::<u64>() as f64).collect::<Vec<f64>>();
        let requests = sums(&self.requests);
        let value = sums(&self.failed).iter().zip(&requests).map(|(failed, n)| failed / n.max(1.0) / noise).collect();
        let weight = requests.into_iter().map(f64::sqrt).collect();
        Some((Track { value, weight, around: Around::Means { share }, side: Direction::Above }, together))
    }

    /// Requests by bin, as square roots (Anscombe 1948), whose noise does not depend on the rate.
    pub(super) fn rate(&self) -> Track {
        let value = self.requests.iter().map(|n| 2.0 * (*n as f64 + 0.375).sqrt()).collect();
        Track { value, weight: vec![1.0; self.count()], around: Around::Median, side: Direction::Either }
    }

    /// Latencies of requests that did not fail, as normal scores of their ranks in their group; absent where none is known.
    pub(super) fn latency(&self, run: &Requests) -> Option<Track> {
        let known: Vec<usize> =
            (0..self.of.len()).filter(|index| self.of[*index].is_some() && known(run, *index)).collect();
        if known.len() < FEWEST_REQUESTS {
            return None;
        }
        let mut members: std::collections::BTreeMap<u32, Vec<usize>> = std::collections::BTreeMap::new();
        for &index in &known {
            members.entry(run.group.get(index).copied().unwrap_or(0)).or_default().push(index);
        }
        let populations =
            if known.len() / members.len() < FEWEST_OF_A_GROUP { vec![known] } else { members.into_values().collect() };
        let mut sum = vec![0.0; self.count()];
        let mut n = vec![0.0_f64; self.count()];
        for population in &populations {
            let stride = population.len().div_ceil(REFERENCE);
            let mut reference: Vec<f64> = population.iter().step_by(stride).map(|index| run.latency[*index]).collect();
            reference.sort_unstable_by(f64::total_cmp);
            // A rank is twice the number below plus the number of equal ones, so that ties share theirs.
            let scores: Vec<f64> = (0..=2 * reference.len())
                .map(|rank| {
                    let p = (rank as f64 / 2.0).clamp(0.5, reference.len() as f64 - 0.5) / reference.len() as f64;
                    normal_quantile(p).unwrap_or(0.0)
                })
                .collect();
            for &index in population {
                let Some(bin) = self.of[index] else { continue };
                let latency = run.latency[index];
                let below = reference.partition_point(|value| *value < latency);
                let through = reference.partition_point(|value| *value <= latency);
                sum[usize::from(bin)] += scores[below + through];
                n[usize::from(bin)] += 1.0;
            }
        }
        let value = sum.iter().zip(&n).map(|(sum, n)| sum / n.max(1.0)).collect();
        let weight = n.into_iter().map(f64::sqrt).collect();
        Some(Track { value, weight, around: Around::Median, side: Direction::Above })
    }
}

/// Whether a number of seconds is a whole one, as far as numbers since 1970 know it.
fn is_whole(seconds: f64) -> bool {
    (seconds - seconds.round()).abs() < CLOCK_ROUNDING
}

/// Whether the latency of a request says how long an answer took: failures take as long as failing takes.
pub(super) fn known(run: &Requests, index: usize) -> bool {
    run.failed.get(index) != Some(&true) && run.latency.get(index).is_some_and(|latency| latency.is_finite())
}
