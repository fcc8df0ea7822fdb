//! What is counted of each stretch of time, of each endpoint, and of each cause of failure.
//!
//! In: the rows of a run in one pass. Out: requests, failures and time in progress by stretch; failures by label; causes. Nothing is
//! sorted: a request adds its whole stretches to a running difference, and the rest to the two stretches in which it begins and ends.

use super::cause::Sightings;
use super::part::{Labels, Part};
use super::result::Moment;
use super::rows::{NO_INSTANT, Request};
use super::time_bins::{Finder, TimeBins};

/// What is counted of a stretch of time, or of a level of load.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Tally {
    pub(super) requests: u64,
    pub(super) failed: u64,
    /// Durations that percentiles are made of.
    pub(super) samples: u64,
    /// Seconds that the requests took, as far as that is known.
    pub(super) seconds: f64,
    /// Nanoseconds in which requests were in progress, summed over requests.
    pub(super) in_progress: f64,
}

impl Tally {
    pub(super) fn add(&mut self, other: &Self) {
        self.requests += other.requests;
        self.failed += other.failed;
        self.samples += other.samples;
    }
}

/// Requests and failures of a label.
#[derive(Debug, Clone, Copy)]
pub(super) struct LabelTally {
    pub(super) requests: u64,
    pub(super) failed: Sightings,
}

/// Everything that one pass counts.
pub(super) struct Counts {
    pub(super) requests: u64,
    pub(super) failed: u64,
    pub(super) without_instant: u64,
    pub(super) bins: Vec<Tally>,
    pub(super) labels: Vec<LabelTally>,
    /// Instants and lines of requests whose duration is corrupted, the first ones.
    pub(super) corrupted: Vec<(i64, Option<u64>)>,
}

/// Corrupted durations whose instants are kept.
const MOST_CORRUPTED: usize = 200;

/// Whole stretches as differences, and the rest of the stretches in which requests begin and end.
struct Progress {
    bins: TimeBins,
    /// Where requests begin and end.
    ends: (Finder, Finder),
    /// When the run begins and ends; what lies outside of it does not count.
    bounds: (i64, i64),
    whole: Vec<i64>,
    partial: Vec<f64>,
}

impl Progress {
    fn add(&mut self, (from, until): (i64, i64)) {
        let (start, end) = self.bounds;
        let (from, until) = (from.clamp(start, end), until.clamp(start, end));
        let (first, last) = (self.ends.0.index(from), self.ends.1.index(until));
        if first == last {
            self.partial[first] += (until - from) as f64;
            return;
        }
        self.partial[first] += (self.bins.from(first + 1) - from) as f64;
        self.partial[last] += (until - self.bins.from(last)) as f64;
        self.whole[first + 1] += 1;
        self.whole[last] -= 1;
    }

    fn finish(self, tallies: &mut [Tally]) {
        let mut open = 0;
        for ((tally, whole), partial) in tallies.iter_mut().zip(self.whole).zip(self.partial) {
            open += whole;
            tally.in_progress = partial + open as f64 * self.bins.width as f64;
        }
    }
}

/// Counts the rows of a run that has so many labels.
pub(super) fn count(
    parts: &mut [Part<'_>],
    (bins, bounds): (TimeBins, (i64, i64)),
    moment: Moment,
    labels: usize,
) -> Counts {
    let mut counts = Counts {
        requests: 0,
        failed: 0,
        without_instant: 0,
        bins: vec![Tally::default(); bins.count],
        labels: vec![LabelTally { requests: 0, failed: Sightings::NONE }; labels],
        corrupted: Vec::new(),
    };
    let mut finder = Finder::new(bins);
    let ends = (finder.clone(), finder.clone());
    let mut progress = Progress { bins, ends, bounds, whole: vec![0; bins.count + 1], partial: vec![0.0; bins.count] };
    for Part { rows, labels, causes } in parts {
        let mut labels = labels.as_ref().map(Labels::reader);
        rows.stretches(|stretch| {
            let label_of = labels.as_mut().map(|labels| labels.of(stretch.rows()));
            let mut read = false;
            for request in stretch.requests() {
                let offset = request.row - stretch.first_row;
                counts.requests += 1;
                counts.failed += u64::from(request.has_failed());
                let label = label_of.as_ref().and_then(|label_of| label_of(offset));
                if let Some(label) = label.and_then(|label| counts.labels.get_mut(label as usize)) {
                    label.requests += 1;
                    if request.has_failed() {
                        label.failed.add(request.at);
                    }
                }
                if request.has_failed()
                    && let Some(causes) = causes
                {
                    if !std::mem::replace(&mut read, true) {
                        causes.read(stretch.rows());
                    }
                    causes.add(&request, offset);
                }
                if request.at == NO_INSTANT {
                    counts.without_instant += 1;
                    continue;
                }
                if request.corrupted && counts.corrupted.len() < MOST_CORRUPTED {
                    counts.corrupted.push((request.at, rows.line(request.row)));
                }
                count_timed(&request, moment, &mut counts.bins[finder.index(request.at)], &mut progress);
            }
        });
    }
    progress.finish(&mut counts.bins);
    counts
}

/// Counts a request in the stretch of its instant.
fn count_timed(request: &Request, moment: Moment, tally: &mut Tally, progress: &mut Progress) {
    tally.requests += 1;
    tally.failed += u64::from(request.has_failed());
    tally.samples += u64::from(request.sample().is_some());
    let Some(seconds) = request.duration.filter(|seconds| *seconds >= 0.0) else { return };
    tally.seconds += seconds;
    progress.add(request.interval(moment));
}
