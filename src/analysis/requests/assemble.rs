//! From the parts of a run to its numbers.
//!
//! In: the rows of one table or of several that record one run together. Out: the [`RequestRun`]. What is joined is counted together
//! on one clock, and percentiles are those of all samples: nothing is averaged.

use std::collections::BTreeMap;
use std::ops::Range;

use super::cause::{Causes, Sightings};
use super::count::{Counts, LabelTally, Tally, count};
use super::extent::Extent;
use super::heat::{HeatMap, Steps};
use super::incidents;
use super::label_heat;
use super::latency::{self, Latency};
use super::part::Part;
use super::phases::{Load, phases};
use super::recognise;
use super::result::{
    Bin, CorruptedInstant, EndpointFailures, FailureCause, InFlight, LabelRequests, Moment, Phase, PhaseKind,
    RequestRun, RunClock,
};
use super::time_bins::{Finder, SECOND, TimeBins};
use crate::measure::unit::Dimension;
use crate::stats::interval::wilson_inflated;
use crate::stats::settings::Settings;

/// Instants from 2001 on are counted since 1970; smaller numbers count from a beginning of their own.
pub(super) const SINCE_1970: i64 = 1_000_000_000 * SECOND;
/// Nanoseconds of the narrowest bins.
const NARROWEST: i64 = SECOND / 1000;

/// What is known of a run beside its rows.
pub(super) struct RunFacts<'a> {
    pub(super) source: &'a str,
    pub(super) table: u64,
    pub(super) metric: &'a str,
    pub(super) dimension: Dimension,
    pub(super) are_requests: bool,
    /// Name of the column of instants, and which moment it is, where that is known without looking at the rows.
    pub(super) clock: &'a str,
    pub(super) moment: Option<(Moment, String)>,
    /// Whether it is recorded what failed.
    pub(super) recorded: bool,
    pub(super) labels: &'a [String],
    /// By what clusters of failures multiply the variance of their share: over all labels, and of each.
    pub(super) inflation: (f64, &'a [f64]),
    /// Bytes of memory that there are, where that is bounded.
    pub(super) memory: Option<u64>,
    pub(super) settings: &'a Settings,
}

impl RunFacts<'_> {
    /// The run of these parts; `None` where too few of its rows have an instant.
    pub(super) fn run(&self, parts: &mut [Part<'_>]) -> Option<RequestRun> {
        let extent = Extent::of_all(parts.iter_mut().map(|part| &mut part.rows), self.dimension)?;
        if extent.timed < recognise::FEWEST_ROWS {
            return None;
        }
        let (steps, back, ends_back) = extent.steps;
        let (moment, reason) = self.moment.clone().unwrap_or_else(|| recognise::by_order(steps, back, ends_back));
        let is_time = self.dimension == Dimension::Time;
        // Without a unit of the durations nothing is known of ends.
        let bounds = extent.bounds(if is_time { moment } else { Moment::Unknown });
        let step = if extent.whole_seconds { SECOND } else { NARROWEST };
        let bins = TimeBins::over(bounds.0, bounds.1, step, extent.timed);
        let counts = count(parts, (bins, bounds), moment, self.labels.len());
        let samples: Vec<u64> = counts.bins.iter().map(|tally| tally.samples).collect();
        let most = latency::most_gathered(self.memory);
        let method = self.settings.quantile_method;
        let mut finder = Finder::new(bins);
        let say = |samples: &[f64]| (Latency::of(samples, method), Steps::of(samples));
        let (latencies, steps): (Vec<Latency>, Vec<Steps>) =
            latency::by_slot(parts, &samples, |at| finder.index(at), say, most).into_iter().unzip();
        // How many events are in progress means something where they are requests, or known to have begun then.
        let in_progress =
            is_time && (self.are_requests || moment != Moment::Unknown) && !recognise::is_part_of_request(self.metric);
        let made = self.bins(&Span { bins, bounds }, &counts, latencies, in_progress);
        let phases = phases_of(&made);
        let length = seconds(bounds.1 - bounds.0);
        let heat = HeatMap::of(&steps);
        let requests: Vec<u64> = counts.labels.iter().map(|tally| tally.requests).collect();
        let (incidents, heats) = rayon::join(
            || incidents::search(parts, (bounds.0, extent.timed), moment, self.recorded),
            || {
                let whole = heat.as_ref().filter(|_| self.settings.label_heat);
                label_heat::by_label(parts, bins, whole, &requests)
            },
        );
        let endpoints = self.endpoints(&counts, bounds.0);
        let causes = self.causes(parts, counts.requests, bounds.0);
        Some(RequestRun {
            source: self.source.to_owned(),
            table: self.table,
            run: None,
            shards: None,
            counted: false,
            are_requests: self.are_requests,
            metric: self.metric.to_owned(),
            dimension: self.dimension,
            clock: RunClock {
                column: self.clock.to_owned(),
                moment,
                reason,
                start: (bounds.0 >= SINCE_1970).then(|| seconds(bounds.0)),
                whole_seconds: extent.whole_seconds,
                origin: bounds.0,
            },
            requests: counts.requests,
            without_instant: counts.without_instant,
            failed: self.recorded.then_some(counts.failed),
            length,
            rate: per((counts.requests - counts.without_instant) as f64, length),
            concurrency: in_progress.then(|| in_flight(&made, &counts.bins, &phases)),
            phases,
            incidents,
            bin_width: seconds(bins.width),
            bins: made,
            heat,
            corrupted: counts.corrupted.iter().map(|(at, line)| corrupted(*at, bounds.0, *line)).collect(),
            labels: self.by_label(&counts, length, heats),
            endpoints,
            causes,
            levels: None,
            used: None,
        })
    }

    fn bins(&self, span: &Span, counts: &Counts, latencies: Vec<Latency>, in_progress: bool) -> Vec<Bin> {
        let bin = |(index, (tally, latency)): (usize, (&Tally, Latency))| {
            let (from, to) = span.of(index..index + 1);
            Bin {
                from,
                to,
                requests: tally.requests,
                failed: self.recorded.then_some(tally.failed),
                rate: per(tally.requests as f64, to - from),
                concurrency: in_progress.then(|| per(tally.in_progress / SECOND as f64, to - from)),
                samples: tally.samples,
                p50: latency.p50,
                p95: latency.p95,
                p99: latency.p99,
            }
        };
        counts.bins.iter().zip(latencies).enumerate().map(bin).collect()
    }

    fn by_label(&self, counts: &Counts, length: f64, heats: Vec<Option<HeatMap>>) -> Vec<LabelRequests> {
        let label = |((label, tally), heat): ((&String, &LabelTally), Option<HeatMap>)| LabelRequests {
            label: label.clone(),
            requests: tally.requests,
            failed: self.recorded.then_some(tally.failed.count),
            rate: per(tally.requests as f64, length),
            heat,
        };
        let labels = self.labels.iter().zip(&counts.labels).zip(heats);
        labels.filter(|((_, tally), _)| tally.requests > 0).map(label).collect()
    }

    fn endpoints(&self, counts: &Counts, start: i64) -> Vec<EndpointFailures> {
        let inflation = self.inflation.1.iter().copied().chain(std::iter::repeat(self.inflation.0));
        let labels = self.labels.iter().zip(&counts.labels).zip(inflation);
        let failed = labels.filter(|((_, tally), _)| tally.failed.count > 0);
        let mut found: Vec<EndpointFailures> = failed
            .map(|((label, tally), inflation)| {
                let (first, last) = seen(tally.failed, start);
                EndpointFailures {
                    label: label.clone(),
                    requests: tally.requests,
                    failed: tally.failed.count,
                    share: per(tally.failed.count as f64, tally.requests as f64),
                    interval: wilson_inflated(tally.failed.count, tally.requests, inflation, self.settings.confidence),
                    first,
                    last,
                }
            })
            .collect();
        found.sort_by(|a, b| b.failed.cmp(&a.failed).then_with(|| b.share.total_cmp(&a.share)));
        found
    }

    fn causes(&self, parts: &mut [Part<'_>], requests: u64, start: i64) -> Vec<FailureCause> {
        let mut merged: BTreeMap<Option<(String, String)>, Sightings> = BTreeMap::new();
        for (said, sightings) in parts.iter_mut().filter_map(|part| part.causes.take()).flat_map(Causes::finish) {
            merged.entry(said).or_insert(Sightings::NONE).merge(sightings);
        }
        // Ties stay in the order of the words.
        let mut all: Vec<(Option<(String, String)>, Sightings)> = merged.into_iter().collect();
        all.sort_by_key(|(_, sightings)| std::cmp::Reverse(sightings.count));
        let cause = |(said, sightings): (Option<(String, String)>, Sightings)| {
            let (cause, column) = said.unzip();
            let (first, last) = seen(sightings, start);
            FailureCause {
                cause,
                column,
                failed: sightings.count,
                share: per(sightings.count as f64, requests as f64),
                interval: wilson_inflated(sightings.count, requests, self.inflation.0, self.settings.confidence),
                first,
                last,
            }
        };
        all.into_iter().map(cause).collect()
    }
}

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

fn corrupted(at: i64, start: i64, line: Option<u64>) -> CorruptedInstant {
    CorruptedInstant { at: seconds(at.saturating_sub(start)), line }
}

pub(super) fn seconds(nanos: i64) -> f64 {
    nanos as f64 / SECOND as f64
}

pub(super) fn per(amount: f64, of: f64) -> f64 {
    if of > 0.0 { amount / of } else { 0.0 }
}
