//! A run of requests: how many a second, how many at a time, what failed, and how long they took over time.
//!
//! In: a table with an instant, a duration and, where it has them, a label and an outcome; and the metric that leads it. Out: a
//! [`RequestRun`] for each run in it, or none where its rows are no requests or events with a duration. A few passes over the columns,
//! nothing is sorted but the samples of one stretch of time. Every definition stands in `docs/requests.md`.

mod cause;
mod count;
mod extent;
mod incidents;
mod latency;
mod phases;
mod recognise;
mod result;
mod rows;
mod time_bins;

pub use result::{
    Bin, EndpointFailures, FailureCause, InFlight, IncidentSearch, Moment, Phase, PhaseKind, RequestRun, RunClock,
};

use std::ops::Range;

use super::grouping::Grouping;
use super::metric::Metric;
use crate::measure::unit::Dimension;
use crate::stats::interval::wilson;
use crate::stats::settings::Settings;
use crate::table::Table;
use cause::{Causes, Sightings};
use count::{Counts, Tally, count};
use extent::Extent;
use phases::{Load, phases};
use rows::Rows;
use time_bins::{SECOND, TimeBins};

/// Instants from 2001 on are counted since 1970; smaller numbers count from a beginning of their own.
const SINCE_1970: i64 = 1_000_000_000 * SECOND;
/// Nanoseconds of the narrowest bins.
const NARROWEST: i64 = SECOND / 1000;

/// Whether the rows of a table can be a run of requests, led by the metric in that column.
pub(super) fn is_run(table: &Table, format: &str, leader: usize) -> bool {
    recognise::recognise(table, format, leader).is_some()
}

/// What is known of a table beside its cells.
pub(super) struct RunTable<'a> {
    pub(super) table: &'a Table,
    pub(super) format: &'a str,
    /// The metric that leads it, and its column.
    pub(super) metric: &'a Metric,
    pub(super) column: usize,
    pub(super) grouping: Option<&'a Grouping<'a>>,
    pub(super) settings: &'a Settings,
}

impl RunTable<'_> {
    /// The runs in it.
    pub(super) fn runs(&self) -> Vec<RequestRun> {
        let Some(found) = recognise::recognise(self.table, self.format, self.column) else { return Vec::new() };
        let rows = usize::try_from(self.table.lines.rows()).unwrap_or_default();
        let starts = std::iter::once(0).chain(self.table.run_starts.iter().copied());
        let ends = self.table.run_starts.iter().copied().chain([rows]);
        let several = !self.table.run_starts.is_empty();
        let numbered = (1..).zip(starts.zip(ends));
        let run = |(number, (start, end)): (u64, (usize, usize))| {
            let run = self.run(&found, start..end)?;
            Some(RequestRun { run: several.then_some(number), ..run })
        };
        numbered.filter_map(run).collect()
    }

    fn run(&self, found: &recognise::Recognition, range: Range<usize>) -> Option<RequestRun> {
        let metric = self.metric;
        let failures = metric.failures.as_ref();
        let status = failures.map(|failures| failures.column.as_str());
        let columns = (found.instant, self.column);
        let mut rows = Rows::new(self.table, columns, status, metric.corrupted_rows().collect(), range);
        let extent = Extent::of(&mut rows, metric.dimension)?;
        if extent.timed < recognise::FEWEST_ROWS {
            return None;
        }
        let (steps, back, ends_back) = extent.steps;
        let (moment, reason) = found.moment.clone().unwrap_or_else(|| recognise::by_order(steps, back, ends_back));
        let is_time = metric.dimension == Dimension::Time;
        // Without a unit of the durations nothing is known of ends.
        let bounds = extent.bounds(if is_time { moment } else { Moment::Unknown });
        let bins =
            TimeBins::over(bounds.0, bounds.1, if extent.whole_seconds { SECOND } else { NARROWEST }, extent.timed);
        let fails = failures.is_some_and(|failures| failures.failed > 0);
        let mut causes = status.filter(|_| fails).map(|status| Causes::of(self.table, status));
        let counts = count(&rows, (bins, bounds), moment, self.grouping, &mut causes);
        let samples: Vec<u64> = counts.bins.iter().map(|tally| tally.samples).collect();
        let most = self.table.columns.first().and_then(|column| column.data.storage().memory());
        let most = most.map_or(latency::GATHERED, |memory| latency::GATHERED.min((memory / 64) as usize));
        let latencies = latency::by_slot(&rows, &samples, |at| bins.index(at), self.settings.quantile_method, most);
        let span = Span { bins, bounds };
        let recorded = failures.is_some();
        // How many events are in progress means something where they are requests, or known to have begun then.
        let in_progress = is_time && (found.are_requests || moment != Moment::Unknown);
        let bin = |(index, (tally, latency)): (usize, (&Tally, latency::Latency))| {
            let (from, to) = span.of(index..index + 1);
            Bin {
                from,
                to,
                requests: tally.requests,
                failed: recorded.then_some(tally.failed),
                rate: per(tally.requests as f64, to - from),
                concurrency: in_progress.then(|| per(tally.in_progress / SECOND as f64, to - from)),
                samples: tally.samples,
                p50: latency.p50,
                p95: latency.p95,
                p99: latency.p99,
            }
        };
        let made: Vec<Bin> = counts.bins.iter().zip(latencies).enumerate().map(bin).collect();
        let phases = phases_of(&made);
        let length = seconds(bounds.1 - bounds.0);
        Some(RequestRun {
            source: metric.source.clone(),
            table: metric.table,
            run: None,
            are_requests: found.are_requests,
            metric: metric.name.clone(),
            dimension: metric.dimension,
            clock: RunClock {
                column: self.table.columns[found.instant].name.clone(),
                moment,
                reason,
                start: (bounds.0 >= SINCE_1970).then(|| seconds(bounds.0)),
                whole_seconds: extent.whole_seconds,
            },
            requests: counts.requests,
            without_instant: counts.without_instant,
            failed: recorded.then_some(counts.failed),
            length,
            rate: per((counts.requests - counts.without_instant) as f64, length),
            concurrency: in_progress.then(|| in_flight(&made, &counts.bins, &phases)),
            phases,
            incidents: incidents::search(&rows, (bounds.0, extent.timed), moment, self.grouping, recorded),
            bin_width: seconds(bins.width),
            bins: made,
            endpoints: self.endpoints(&counts, bounds.0),
            causes: causes.map_or_else(Vec::new, |causes| self.causes(causes, counts.requests, bounds.0)),
        })
    }

    fn endpoints(&self, counts: &Counts, start: i64) -> Vec<EndpointFailures> {
        let Some(grouping) = self.grouping else { return Vec::new() };
        let failed = grouping.groups.iter().zip(&counts.labels).filter(|(_, tally)| tally.failed.count > 0);
        let mut found: Vec<EndpointFailures> = failed
            .map(|(group, tally)| {
                let (first, last) = seen(tally.failed, start);
                EndpointFailures {
                    label: group.text.clone(),
                    requests: tally.requests,
                    failed: tally.failed.count,
                    share: per(tally.failed.count as f64, tally.requests as f64),
                    interval: wilson(tally.failed.count, tally.requests, self.settings.confidence),
                    first,
                    last,
                }
            })
            .collect();
        found.sort_by(|a, b| b.failed.cmp(&a.failed).then_with(|| b.share.total_cmp(&a.share)));
        found
    }

    fn causes(&self, causes: Causes<'_>, requests: u64, start: i64) -> Vec<FailureCause> {
        let cause = |(said, sightings): (Option<(String, String)>, Sightings)| {
            let (cause, column) = said.unzip();
            let (first, last) = seen(sightings, start);
            FailureCause {
                cause,
                column,
                failed: sightings.count,
                share: per(sightings.count as f64, requests as f64),
                interval: wilson(sightings.count, requests, self.settings.confidence),
                first,
                last,
            }
        };
        causes.finish().into_iter().map(cause).collect()
    }
}

/// The phases of a run.
fn phases_of(bins: &[Bin]) -> Vec<Phase> {
    let level = |bin: &Bin| bin.concurrency.unwrap_or(bin.rate);
    let loads: Vec<Load> = bins.iter().map(|bin| Load { level: level(bin), p50: bin.p50 }).collect();
    let Some(shape) = phases(&loads) else { return Vec::new() };
    let kinds = [
        (PhaseKind::Ramp, shape.ramp),
        (PhaseKind::WarmUp, shape.warm_up),
        (PhaseKind::Steady, shape.steady),
        (PhaseKind::Drain, shape.drain),
    ];
    kinds.into_iter().filter_map(|(kind, range)| Phase::of(kind, bins.get(range)?)).collect()
}

/// The time that a run takes.
struct Span {
    bins: TimeBins,
    bounds: (i64, i64),
}

impl Span {
    /// Where some bins begin and end, in seconds from the beginning of the run; what lies outside of it does not count.
    fn of(&self, range: Range<usize>) -> (f64, f64) {
        let (start, end) = self.bounds;
        let inside = |at: i64| seconds(at.clamp(start, end) - start);
        (inside(self.bins.from(range.start)), inside(self.bins.from(range.end)))
    }
}

impl Phase {
    /// Of consecutive bins; `None` where there are none.
    fn of(kind: PhaseKind, bins: &[Bin]) -> Option<Self> {
        let (from, to) = (bins.first()?.from, bins.last()?.to);
        let requests = bins.iter().map(|bin| bin.requests).sum();
        let area: Option<f64> = bins.iter().map(|bin| Some(bin.concurrency? * (bin.to - bin.from))).sum();
        Some(Self {
            kind,
            from,
            to,
            requests,
            rate: per(requests as f64, to - from),
            failed: bins.iter().map(|bin| bin.failed).sum(),
            concurrency: area.map(|area| per(area, to - from)),
        })
    }
}

fn in_flight(bins: &[Bin], tallies: &[Tally], phases: &[Phase]) -> InFlight {
    let steady = phases.iter().find(|phase| phase.kind == PhaseKind::Steady);
    let (from, to) = steady.map_or((0.0, f64::INFINITY), |steady| (steady.from, steady.to));
    let area = |from: f64, to: f64| {
        let inside = bins.iter().filter(|bin| bin.from >= from && bin.to <= to);
        let (area, length) = inside.fold((0.0, 0.0), |(area, length), bin| {
            (area + bin.concurrency.unwrap_or(0.0) * (bin.to - bin.from), length + bin.to - bin.from)
        });
        (area, length)
    };
    let (whole, part) = (area(0.0, f64::INFINITY), area(from, to));
    let highest = bins.iter().max_by(|a, b| {
        a.concurrency.unwrap_or(0.0).total_cmp(&b.concurrency.unwrap_or(0.0)).then(b.from.total_cmp(&a.from))
    });
    let inside = bins.iter().zip(tallies).filter(|(bin, _)| bin.from >= from && bin.to <= to);
    let taken: f64 = inside.map(|(_, tally)| tally.seconds).sum();
    InFlight {
        mean: per(whole.0, whole.1),
        highest: highest.and_then(|bin| bin.concurrency).unwrap_or(0.0),
        highest_at: highest.map_or(0.0, |bin| bin.from),
        by_little: per(taken, part.1),
        by_intervals: per(part.0, part.1),
    }
}

/// When something was first and last seen, in seconds from the beginning of the run.
fn seen(sightings: Sightings, start: i64) -> (Option<f64>, Option<f64>) {
    let since = |at: i64| seconds(at.saturating_sub(start));
    sightings.span.map(|(first, last)| (since(first), since(last))).unzip()
}

fn seconds(nanos: i64) -> f64 {
    nanos as f64 / SECOND as f64
}

fn per(amount: f64, of: f64) -> f64 {
    if of > 0.0 { amount / of } else { 0.0 }
}
