//! A run of requests of which only counts are known: how many there were and how many failed, by stretches of time, put together of
//! shards.
//!
//! In: the counts. Out: a [`RequestRun`] with its rate and failures over time, by label and by cause. What needs the requests themselves
//! (percentiles over time, how many were in progress, phases, incidents) is absent, and the run says that it was counted.

use super::assemble::{SINCE_1970, per, seconds};
use super::result::{Bin, EndpointFailures, FailureCause, LabelRequests, Moment, RequestRun, RunClock};
use crate::measure::unit::Dimension;
use crate::stats::interval::wilson;

/// What is known of such a run. Instants are nanoseconds.
pub(crate) struct CountedRun<'a> {
    pub(crate) source: &'a str,
    pub(crate) table: u64,
    pub(crate) metric: &'a str,
    pub(crate) dimension: Dimension,
    pub(crate) are_requests: bool,
    /// Name of the column of instants, which moment of a request each is, and how that is known.
    pub(crate) clock: (&'a str, Moment, &'a str),
    pub(crate) whole_seconds: bool,
    /// From the beginning of the first one to the end of the last one.
    pub(crate) bounds: (i64, i64),
    /// Whether it is recorded what failed.
    pub(crate) recorded: bool,
    /// All, and those of them that have an instant.
    pub(crate) requests: u64,
    pub(crate) timed: u64,
    /// All that failed.
    pub(crate) failed: u64,
    /// The width of a stretch.
    pub(crate) width: i64,
    /// The number of each stretch since 1970, how many lie in it, and how many of these failed; ascending.
    pub(crate) counts: Vec<(i64, u64, u64)>,
    /// Labels, with how many there are and how many failed.
    pub(crate) labels: Vec<(String, u64, u64)>,
    /// The column that says why, and how many failed of what.
    pub(crate) cause_column: Option<&'a str>,
    pub(crate) causes: Vec<(Option<String>, u64)>,
    /// Level of intervals.
    pub(crate) confidence: f64,
}

impl CountedRun<'_> {
    pub(crate) fn run(&self) -> RequestRun {
        let (start, end) = self.bounds;
        let length = seconds(end.saturating_sub(start));
        let failed = |failed: u64| self.recorded.then_some(failed);
        let (column, moment, reason) = self.clock;
        let labels = self.labels.iter().filter(|(label, ..)| !label.is_empty());
        let mut endpoints: Vec<EndpointFailures> = labels
            .clone()
            .filter(|(_, _, failed)| self.recorded && *failed > 0)
            .map(|one| self.endpoint(one))
            .collect();
        endpoints.sort_by(|a, b| b.failed.cmp(&a.failed).then_with(|| b.share.total_cmp(&a.share)));
        let by_label = |(label, requests, of_label): &(String, u64, u64)| LabelRequests {
            label: label.clone(),
            requests: *requests,
            failed: failed(*of_label),
            rate: per(*requests as f64, length),
            heat: None,
        };
        let mut causes: Vec<FailureCause> = self.causes.iter().map(|one| self.cause(one)).collect();
        causes.sort_by_key(|cause| std::cmp::Reverse(cause.failed));
        RequestRun {
            source: self.source.to_owned(),
            table: self.table,
            run: None,
            shards: None,
            counted: true,
            are_requests: self.are_requests,
            metric: self.metric.to_owned(),
            dimension: self.dimension,
            clock: RunClock {
                column: column.to_owned(),
                moment,
                reason: reason.to_owned(),
                start: (start >= SINCE_1970).then(|| seconds(start)),
                whole_seconds: self.whole_seconds,
                origin: start,
            },
            requests: self.requests,
            without_instant: self.requests.saturating_sub(self.timed),
            failed: failed(self.failed),
            length,
            rate: per(self.timed as f64, length),
            concurrency: None,
            phases: Vec::new(),
            incidents: None,
            bin_width: seconds(self.width),
            bins: self.bins(),
            heat: None,
            corrupted: Vec::new(),
            labels: labels.map(by_label).collect(),
            endpoints,
            causes,
            levels: None,
            used: None,
        }
    }

    /// One for each stretch of the run, be there anything in it or not.
    fn bins(&self) -> Vec<Bin> {
        let (start, end) = self.bounds;
        let number = |at: i64| at.div_euclid(self.width);
        // An end at a border is the end of the stretch before it.
        let last = number(end.saturating_sub(1).max(start));
        let mut counts = self.counts.iter().peekable();
        let bin = |place: i64| {
            let inside = |at: i64| seconds(at.clamp(start, end).saturating_sub(start));
            let (from, to) = (inside(place.saturating_mul(self.width)), inside((place + 1).saturating_mul(self.width)));
            let (mut requests, mut failed) = (0, 0);
            // What lies on the last border belongs to the last stretch.
            while let Some((_, more, of_them)) = counts.next_if(|(number, ..)| *number <= place || place == last) {
                (requests, failed) = (requests + more, failed + of_them);
            }
            Bin {
                from,
                to,
                requests,
                failed: self.recorded.then_some(failed),
                rate: per(requests as f64, to - from),
                concurrency: None,
                samples: 0,
                p50: None,
                p95: None,
                p99: None,
            }
        };
        (number(start)..=last).map(bin).collect()
    }

    fn endpoint(&self, (label, requests, failed): &(String, u64, u64)) -> EndpointFailures {
        EndpointFailures {
            label: label.clone(),
            requests: *requests,
            failed: *failed,
            share: per(*failed as f64, *requests as f64),
            interval: wilson(*failed, *requests, self.confidence),
            first: None,
            last: None,
        }
    }

    fn cause(&self, (cause, failed): &(Option<String>, u64)) -> FailureCause {
        FailureCause {
            column: cause.as_ref().and(self.cause_column).map(str::to_owned),
            cause: cause.clone(),
            failed: *failed,
            share: per(*failed as f64, self.requests as f64),
            interval: wilson(*failed, self.requests, self.confidence),
            first: None,
            last: None,
        }
    }
}
