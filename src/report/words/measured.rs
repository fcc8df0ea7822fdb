//! The first line about what was measured: how many, how fast they came, how many failed, how long they took.
//!
//! In: populations of rows, runs of requests, summaries of tools. Out: one clause, of one population or of one in each file. Speaks only
//! where there is one to speak of.

use std::collections::HashMap;

use crate::analysis::chat::Service;
use crate::analysis::entries::Entries;
use crate::analysis::failing::{PopulationFailures, PopulationKind};
use crate::analysis::requests::says_a_rate;
use crate::measure::{Dimension, RowKind, Statistic};
use crate::report::contract::{Evidence, Metric, Reported, RequestRun, RequestSummary, Source};
use crate::report::number;

use super::headline::{name, noun, noun_of};
use super::{requests, summary};

/// A file fails more than the others together where its share is so many times theirs.
const FAILS_MORE: f64 = 2.0;

/// What the measured populations are.
#[derive(Clone, Copy)]
pub(in crate::report) struct Measurements<'a> {
    pub(in crate::report) sources: &'a [Source],
    pub(in crate::report) metrics: &'a [Metric],
    pub(in crate::report) reported: &'a [Reported],
    pub(in crate::report) requests: &'a [RequestRun],
    pub(in crate::report) summaries: &'a [RequestSummary],
    pub(in crate::report) services: &'a [Service],
    pub(in crate::report) populations: &'a [PopulationFailures],
}

/// What is said of one population.
struct Clause {
    number: Option<u64>,
    noun: &'static str,
    /// The metric whose samples the rows are, where they are nothing else.
    samples_of: Option<String>,
    /// Runs of one table.
    runs: u64,
    rate: Option<f64>,
    failed: FailureCount,
    latency: Option<Latency>,
    /// How many failed stands in the clause before it.
    is_failing: bool,
}

enum FailureCount {
    NotRecorded,
    Of([u64; 2]),
    /// Less than half of the rows say how they ended.
    OfFew([u64; 2]),
    /// Of some it is not known.
    Unclear {
        share: Option<f64>,
        unclear: u64,
    },
    /// Some of each kind, which may overlap.
    Singly(Vec<(String, u64)>),
}

/// How long they took.
struct Latency {
    /// What took so long, where the count does not say it.
    name: Option<String>,
    statistic: &'static str,
    value: f64,
    dimension: Dimension,
}

/// `12,400 requests, 206 /s, 0.4% failed, latency p95 310 ms`; `None` where there is not one population to speak of. What stands in the
/// clause about a failing whole is not said again.
pub(in crate::report) fn measured(of: &Measurements<'_>) -> Option<String> {
    /// Metrics beside the one that is named about which a reader need not be told here.
    const UNSAID: usize = 5;
    let others = of.metrics.len().saturating_sub(1);
    let told = |said: Clause| match said.samples_of {
        Some(_) if others > UNSAID => format!("{}; {}", text(&said), number::counted(others as u64, "more metric")),
        _ => text(&said),
    };
    joint(of).or_else(|| one(of).map(told))
}

/// The only population.
fn one(of: &Measurements<'_>) -> Option<Clause> {
    of_rows(of).or_else(|| summarised(of))
}

fn text(said: &Clause) -> String {
    let count = said.number.map(|number| match (&said.samples_of, said.runs) {
        (Some(metric), _) => format!("{} of `{metric}`", number::counted(number, "sample")),
        (None, 2..) => format!("{} in {}", number::counted(number, said.noun), number::counted(said.runs, "run")),
        (None, _) => number::counted(number, said.noun),
    });
    let share = match &said.failed {
        FailureCount::NotRecorded => None,
        FailureCount::Of([failed, total]) => Some(summary::failed_share(*failed, *total)),
        FailureCount::OfFew([failed, total]) => {
            Some(format!("{failed} of the {} that say how they ended failed", number::counted(*total, "row")))
        }
        FailureCount::Unclear { share: None, unclear } => {
            Some(format!("none known to have failed, {} of unknown outcome", number::count(*unclear)))
        }
        FailureCount::Unclear { share: Some(share), unclear } => {
            Some(format!("{} failed, {} of unknown outcome", number::share(*share), number::count(*unclear)))
        }
        FailureCount::Singly(kinds) => Some(singly(kinds)),
    };
    let rate = said.rate.map(|rate| number::quantity(Dimension::Rate, rate));
    let latency =
        said.latency.as_ref().map(|latency| latency.text(&number::quantity(latency.dimension, latency.value)));
    let parts = if said.is_failing { [None, rate, None, latency] } else { [count, rate, share, latency] };
    parts.into_iter().flatten().collect::<Vec<String>>().join(", ")
}

/// `431 http errors, 37 timeouts, 12 read errors`, the most first.
fn singly(kinds: &[(String, u64)]) -> String {
    const NAMED: usize = 3;
    let mut kinds: Vec<&(String, u64)> = kinds.iter().collect();
    kinds.sort_by_key(|(_, failed)| std::cmp::Reverse(*failed));
    let more = kinds.len().saturating_sub(NAMED) as u64;
    let said = kinds.iter().take(NAMED).map(|(kind, failed)| format!("{} {}", number::count(*failed), name(kind)));
    let more = (more > 0).then(|| format!("failures of {}", number::counted(more, "more kind")));
    said.chain(more).collect::<Vec<String>>().join(", ")
}

impl Latency {
    fn text(&self, value: &str) -> String {
        let name = self.name.as_ref().map_or_else(String::new, |name| format!("{name} "));
        format!("{name}{} {value}", self.statistic)
    }

    fn is_like(&self, other: &Self) -> bool {
        (&self.name, self.statistic, self.dimension) == (&other.name, other.statistic, other.dimension)
    }
}

/// `1,197 requests in 4 files, 0.4% failed (most: 1.2% of `b.jtl`), elapsed p95 210 ms to 340 ms (slowest: `c.jtl`)`, where each file has
/// one population and they are of one kind.
pub(in crate::report) fn of_files(of: &Measurements<'_>) -> Option<String> {
    let files = files(of)?;
    let said: Vec<(&str, Clause)> =
        files.iter().map(|part| Some((part.sources[0].name.as_str(), one(part)?))).collect::<Option<_>>()?;
    let (_, first) = said.first()?;
    let alike = |(_, one): &(&str, Clause)| one.noun == first.noun && one.samples_of == first.samples_of;
    if !said.iter().all(alike) {
        return None;
    }
    let total = said.iter().map(|(_, one)| one.number).sum::<Option<u64>>()?;
    let files = number::counted(said.len() as u64, "file");
    let count = match &first.samples_of {
        Some(metric) => format!("{} of `{metric}` in {files}", number::counted(total, "sample")),
        None => format!("{} in {files}", number::counted(total, first.noun)),
    };
    let latency = latency_of_files(&said);
    // Of rows that are no requests the first line says more by listing what was measured.
    if first.samples_of.is_some() && latency.is_none() {
        return None;
    }
    let parts = [Some(count), failed_of_files(&said), latency];
    Some(parts.into_iter().flatten().collect::<Vec<String>>().join(", "))
}

/// What each file holds; files of one run count as one. `None` where there is only one, or what was measured is not in the order of files.
fn files<'a>(of: &Measurements<'a>) -> Option<Vec<Measurements<'a>>> {
    let parts: Vec<&[Source]> =
        of.sources.chunk_by(|before, after| before.run.is_some() && before.run == after.run).collect();
    if parts.len() < 2 {
        return None;
    }
    let numbered =
        parts.iter().enumerate().flat_map(|(part, sources)| sources.iter().map(move |one| (&*one.name, part)));
    let part_of: HashMap<&str, usize> = numbered.collect();
    let metrics = stretches(of.metrics, parts.len(), |one| part_of.get(one.source.as_str()).copied())?;
    let reported = stretches(of.reported, parts.len(), |one| part_of.get(one.source.as_str()).copied())?;
    let requests = stretches(of.requests, parts.len(), |one| part_of.get(one.source.as_str()).copied())?;
    let summaries = stretches(of.summaries, parts.len(), |one| part_of.get(one.source.as_str()).copied())?;
    let populations = stretches(of.populations, parts.len(), |one| part_of.get(one.source.as_str()).copied())?;
    let part = |(part, sources)| Measurements {
        sources,
        metrics: metrics[part],
        reported: reported[part],
        requests: requests[part],
        summaries: summaries[part],
        services: of.services,
        populations: populations[part],
    };
    Some(parts.iter().copied().enumerate().map(part).collect())
}

/// The items of each part. `None` where those of one do not stand together.
fn stretches<T>(all: &[T], parts: usize, part_of: impl Fn(&T) -> Option<usize>) -> Option<Vec<&[T]>> {
    let mut stretches: Vec<&[T]> = vec![&[]; parts];
    for stretch in all.chunk_by(|before, after| part_of(before) == part_of(after)) {
        let Some(part) = part_of(&stretch[0]) else { continue };
        if !stretches[part].is_empty() {
            return None;
        }
        stretches[part] = stretch;
    }
    Some(stretches)
}

/// The share over all files, and the file that fails most where that is another share.
fn failed_of_files(said: &[(&str, Clause)]) -> Option<String> {
    let of = |one: &Clause| match one.failed {
        FailureCount::Of(counts) if !one.is_failing => Some(counts),
        _ => None,
    };
    let counts: Vec<[u64; 2]> = said.iter().map(|(_, one)| of(one)).collect::<Option<_>>()?;
    let [failed, total] = counts.iter().fold([0, 0], |[failed, total], one| [failed + one[0], total + one[1]]);
    let share = |counts: &[u64; 2]| counts[0] as f64 / counts[1].max(1) as f64;
    let (worst, counted) = said.iter().zip(&counts).max_by(|one, other| share(one.1).total_cmp(&share(other.1)))?;
    let most = if failed > 0 && share(counted) > FAILS_MORE * share(&[failed, total]) {
        format!(" (most: {} of `{}`)", number::share(share(counted)), name(worst.0))
    } else {
        String::new()
    };
    Some(format!("{}{most}", summary::failed_share(failed, total)))
}

/// From the fastest to the slowest file.
fn latency_of_files(said: &[(&str, Clause)]) -> Option<String> {
    let all: Vec<(&str, &Latency)> =
        said.iter().map(|(file, one)| Some((*file, one.latency.as_ref()?))).collect::<Option<_>>()?;
    let by_value = |one: &&(&str, &Latency), other: &&(&str, &Latency)| one.1.value.total_cmp(&other.1.value);
    let (fastest, slowest) = (all.iter().min_by(by_value)?, all.iter().max_by(by_value)?);
    if !all.iter().all(|(_, one)| one.is_like(fastest.1)) {
        return None;
    }
    let [low, high] = [fastest, slowest].map(|(_, one)| number::quantity(one.dimension, one.value));
    if low == high {
        return Some(fastest.1.text(&low));
    }
    Some(format!("{} (slowest: `{}`)", fastest.1.text(&format!("{low} to {high}")), name(slowest.0)))
}

/// The requests of the only summary there is, where nothing else was measured.
fn summarised(of: &Measurements<'_>) -> Option<Clause> {
    let mut wholes = of.summaries.iter().filter(|summary| summary.all.is_some());
    let (summary, others) = (wholes.next()?, wholes.next());
    let is_of = |source: &Source| {
        source.name == summary.source
            || source.run.is_some() && of.sources.iter().any(|one| one.name == summary.source && one.run == source.run)
    };
    if others.is_some() || !of.services.is_empty() || !of.sources.iter().all(is_of) {
        return None;
    }
    let all = summary.all.as_ref()?;
    let latency = summary::latency_value(summary);
    if all.requests.is_none() && all.rate.is_none() && latency.is_none() {
        return None;
    }
    Some(Clause {
        number: all.requests,
        noun: summary::noun(summary),
        samples_of: None,
        runs: 1,
        rate: all.rate,
        failed: failures_of(summary),
        latency: latency.map(|(name, statistic, value)| Latency {
            name: Some(name),
            statistic,
            value,
            dimension: summary.dimension,
        }),
        is_failing: false,
    })
}

/// How many of all requests of a summary failed; where only kinds of failures are counted, those.
fn failures_of(summary: &RequestSummary) -> FailureCount {
    let counts = summary.all.as_ref().map(|all| (all.failed, all.requests));
    match counts {
        Some((Some(failed), Some(total))) => FailureCount::Of([failed, total]),
        Some((None, Some(_))) if summary.causes.iter().any(|cause| cause.label.is_none()) => {
            let kinds = summary.causes.iter().filter(|cause| cause.label.is_none());
            FailureCount::Singly(kinds.map(|cause| (cause.cause.clone(), cause.failed)).collect())
        }
        _ => FailureCount::NotRecorded,
    }
}

/// The same of one population of rows, or of what a tool counts.
fn of_rows(of: &Measurements<'_>) -> Option<Clause> {
    // Requests of one table of the only file are what a reader asks for first, whatever else stands there.
    let only = match (of.requests, of.sources) {
        ([run, others @ ..], [_]) => Some(run).filter(|run| {
            let is_beside = |other: &RequestRun| other.are_requests && other.table == run.table && other.run.is_some();
            run.are_requests && (others.is_empty() || run.run.is_some()) && others.iter().all(is_beside)
        }),
        _ => None,
    };
    let only = only.map(|run| (run.source.as_str(), run.table)).or_else(|| few_requests(of));
    let of_run = |source: &str, table: Option<u64>| only.is_none_or(|(of, run)| of == source && Some(run) == table);
    let wholes: Vec<&PopulationFailures> =
        of.populations.iter().filter(|one| one.label.is_none() && of_run(&one.source, one.table.or(Some(0)))).collect();
    // A tool may count its users beside the requests that they sent.
    let requests: Vec<&PopulationFailures> = wholes
        .iter()
        .copied()
        .filter(|one| one.source == wholes[0].source && one.kind == PopulationKind::Requests)
        .filter(|one| noun_of(one, of.sources) == "request")
        .collect();
    let one_source = wholes.iter().all(|one| one.source == wholes[0].source && one.kind == PopulationKind::Requests);
    let whole = match (&wholes[..], &requests[..]) {
        ([only], _) => Some(*only),
        (_, [only]) if one_source => Some(*only),
        _ => None,
    };
    let leads = |metric: &&Metric| metric.leads || of.metrics.len() == 1;
    let is_duration =
        |metric: &&Metric| metric.dimension.is_time() && of_run(&metric.source, Some(metric.table)) && leads(metric);
    let durations: Vec<&Metric> = of.metrics.iter().filter(is_duration).collect();
    let said = match (&durations[..], of.services) {
        ([metric], [])
            if (!matches!(metric.evidence, Evidence::Histogram { .. })
                || whole.is_none() && of.summaries.is_empty())
                && (!metric.measured_apart
                    || whole.is_some_and(|whole| whole.failed > 0 || of.summaries.is_empty())) =>
        {
            Clause { runs: only.map_or(1, |_| of.requests.len().max(1) as u64), ..of_samples(metric, whole, of)? }
        }
        ([], []) => {
            let whole = whole?;
            let entries = Entries::of(of.reported);
            let of_source =
                |one: &&Reported| one.source == whole.source && one.label.is_none() && entries.label(one).is_none();
            let few = whole.total < summary::FEWEST_OF_TAIL && noun_of(whole, of.sources) == "request";
            let p95 = of.reported.iter().filter(of_source).filter(|one| one.dimension.is_time()).find_map(|one| {
                let median = || Some(("median", one.number(Statistic::Median)?));
                let tail = one.number(Statistic::P95).map(|value| ("p95", value));
                let (statistic, value) = if few { tail.and_then(|tail| median().or(Some(tail)))? } else { tail? };
                Some(Latency { name: Some(name(&one.metric)), statistic, value, dimension: one.dimension })
            });
            Clause::of(whole.total, noun_of(whole, of.sources), p95.filter(|_| !whole.all_failed()))
        }
        _ => return None,
    };
    let measured = durations.first().and_then(|metric| metric.overall.clean.as_ref()).map_or(0, |clean| clean.n);
    let silent = durations.first().zip(whole).map_or(0, |(metric, whole)| silent(metric, whole));
    let failed = whole.map_or(FailureCount::NotRecorded, |whole| match (whole.failed, whole.unclear) {
        (failed, None) if said_by_few(whole, measured) => FailureCount::OfFew([failed, whole.total]),
        (failed, unclear) if silent > 0 => FailureCount::Unclear {
            share: (failed > 0).then(|| failed as f64 / (whole.total + silent) as f64),
            unclear: silent + unclear.unwrap_or(0),
        },
        (failed, None) => FailureCount::Of([failed, whole.total]),
        (0, Some(unclear)) => FailureCount::Unclear { share: None, unclear },
        (_, Some(unclear)) => FailureCount::Unclear { share: Some(whole.share), unclear },
    });
    let rate = rate(of).or_else(|| summarised_rate(of.summaries, &whole?.source));
    Some(Clause { rate, failed, is_failing: whole.is_some_and(|whole| whole.failing), ..said })
}

/// The table of the requests of a tool that writes several durations of each, where they are too few to be a run: the first one of which it
/// says how its rows ended.
fn few_requests<'a>(of: &Measurements<'a>) -> Option<(&'a str, u64)> {
    let ([], [source], []) = (of.requests, of.sources, of.summaries) else { return None };
    let mut durations = of.metrics.iter().filter(|one| one.leads && one.dimension.is_time());
    if source.row != RowKind::Request || durations.clone().count() < 2 {
        return None;
    }
    let ends = |metric: &&Metric| {
        let is_whole = |one: &&PopulationFailures| one.label.is_none() && one.table == Some(metric.table);
        of.populations.iter().any(|one| is_whole(&one))
    };
    durations.find(ends).map(|metric| (metric.source.as_str(), metric.table))
}

impl Clause {
    fn of(number: u64, noun: &'static str, latency: Option<Latency>) -> Self {
        Self {
            number: Some(number),
            noun,
            samples_of: None,
            runs: 1,
            rate: None,
            failed: FailureCount::NotRecorded,
            latency,
            is_failing: false,
        }
    }
}

/// The samples of the leading metric.
fn of_samples(metric: &Metric, whole: Option<&PopulationFailures>, of: &Measurements<'_>) -> Option<Clause> {
    let clean = metric.overall.clean.as_ref()?;
    let are_requests = of.requests.iter().any(|run| run.are_requests && run.source == metric.source);
    let kind = if are_requests { PopulationKind::Requests } else { PopulationKind::Rows };
    let noun = match whole.filter(|whole| whole.kind == PopulationKind::Requests) {
        Some(whole) => noun_of(whole, of.sources),
        None => noun(kind, &metric.source, of.sources),
    };
    // Where few rows say how they ended, they are not what was measured.
    let all =
        whole.map(|whole| if said_by_few(whole, clean.n) { clean.n } else { whole.total + silent(metric, whole) });
    // Requests that failed are requests too; what is no measurement may be none.
    let of_run = |run: &RequestRun| {
        noun != "row" && run.are_requests && run.source == metric.source && run.metric == metric.name
    };
    let counted = match of.requests {
        [run] if of_run(run) => run.totals().requests.saturating_sub(run.corrupted.len() as u64),
        _ => clean.n,
    };
    let samples_of = (noun == "row" && whole.is_none()).then(|| name(&metric.name));
    let p95 = clean.percentiles.iter().find(|one| one.percent == 95.0).and_then(|one| one.value);
    let (statistic, value) = p95.map_or(("median", clean.median), |p95| ("p95", p95));
    let named = samples_of.is_none().then(|| name(&metric.name));
    // How fast failures come back is no latency of the service, and configurations have none in common.
    let latency = (!metric.only_failed && !metric.measured_apart).then_some(Latency {
        name: named,
        statistic,
        value,
        dimension: metric.dimension,
    });
    Some(Clause { samples_of, ..Clause::of(all.unwrap_or(counted), noun, latency) })
}

/// Measured rows without a status, where they are too many to be passed over.
fn silent(metric: &Metric, whole: &PopulationFailures) -> u64 {
    /// Fewer of a hundred.
    const FEW: u64 = 1;
    let not_said = metric.failures.as_ref().map_or(0, |failures| failures.not_said);
    if 100 * not_said >= FEW * (whole.total + not_said) { not_said } else { 0 }
}

/// Whether less than half of the measured rows say how they ended.
fn said_by_few(whole: &PopulationFailures, measured: u64) -> bool {
    whole.kind == PopulationKind::Rows && whole.total.saturating_mul(2) < measured
}

/// `12,400 requests in 4 files, 206 /s, 0.4% failed, elapsed p95 310 ms`, where all files are one run.
fn joint(of: &Measurements<'_>) -> Option<String> {
    let joint: Vec<&RequestRun> = of.requests.iter().filter(|run| run.shards.is_some()).collect();
    let [run] = joint[..] else { return None };
    let shards = run.shards.as_ref()?;
    if of.sources.iter().any(|source| !shards.sources.contains(&source.name)) {
        return None;
    }
    let noun = requests::noun(run);
    let files = number::counted(shards.sources.len() as u64, "file");
    let count = format!("{} in {files}", number::counted(run.requests, noun));
    let failed = run.failed.map(|failed| summary::failed_share(failed, run.requests));
    let p95 = shards.p95.map(|p95| format!("{} p95 {}", name(&run.metric), number::quantity(run.dimension, p95)));
    let rate = number::quantity(Dimension::Rate, run.rate);
    Some([Some(count), Some(rate), failed, p95].into_iter().flatten().collect::<Vec<String>>().join(", "))
}

/// `206 /s`, of the only run there is.
fn rate(of: &Measurements<'_>) -> Option<f64> {
    let [run] = of.requests else { return None };
    let says = |source: &Source| source.name != run.source || says_a_rate(run, source);
    of.sources.iter().all(says).then(|| run.totals().rate)
}

/// The same as a tool reports it for all of its requests.
fn summarised_rate(summaries: &[RequestSummary], source: &str) -> Option<f64> {
    summaries.iter().find(|summary| summary.source == source)?.all.as_ref()?.rate
}
