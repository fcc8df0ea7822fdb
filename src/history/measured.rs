//! From a capture to the metrics of a run in a history.
//!
//! In: a [`Capture`], whose sources are the files of one run. Out: [`RunMetric`], each under a name that is its own in this run. Refuses
//! two metrics of one name: in a history nobody could tell them apart.

use std::collections::{BTreeMap, BTreeSet};

use crate::compare::beyond_noise::GAPS;
use crate::compare::capture::{
    Capture, Environment, MetricRuns, RateRun, Recording, ReportedNumbers, Share, ShareRuns, Values, is_of_machine,
};
use crate::compare::near_zero::step_near_zero;
use crate::compare::rate_of::RateOf;
use crate::compare::share_names::{UNANSWERED, WITHOUT, ending_of, is_of_failures, is_of_unknown_outcome};
use crate::measure::label::pattern;
use crate::measure::{Dimension, Polarity, Refusal, Statistic};
use crate::stats::interval::order_statistic_interval_inflated;
use crate::stats::quantile::{QuantileMethod, quantile, samples_needed};

use super::line::{AbsentValues, Endings, Estimate, NearZero, Run, RunMetric, named, short_digest};
use super::shape::Shape;

/// Level of all intervals.
const CONFIDENCE: f64 = 0.95;
/// The percentiles of a line.
const PERCENTILES: [f64; 3] = [0.5, 0.95, 0.99];
/// What stands between the name of a file and that of a metric which other files of the run hold too.
pub(super) const BEHIND_FILE: &str = ": ";
/// What requests a second are called.
pub(super) const RATE: &str = "requests per second";

/// When and of what a run was measured.
#[derive(Debug, Clone, Default)]
pub struct Occasion {
    /// Seconds since 1970.
    pub at: i64,
    /// The commit.
    pub commit: String,
    /// Its branch.
    pub branch: Option<String>,
}

/// The run of a capture.
///
/// # Errors
/// Where two metrics have one name.
pub fn run(capture: &Capture, occasion: Occasion) -> Result<Run, Refusal> {
    let Environment { given, found, measured } = &capture.environment;
    let machine = measured.iter().filter(|(key, _)| is_of_machine(key));
    let name_of = names_in(capture);
    Ok(Run {
        at: occasion.at,
        commit: occasion.commit,
        branch: occasion.branch,
        given: given.clone(),
        machine: machine.map(|(key, value)| (key.clone(), value.clone())).collect(),
        found: found.clone(),
        digest: digest(capture),
        metrics: metrics(capture, &name_of)?,
        absent: Some(absent_values(capture, &name_of)),
        endings: Some(endings(capture)),
    })
}

/// A digest of all files, whatever their names are.
fn digest(capture: &Capture) -> String {
    let mut digests: Vec<&str> = capture.sources.iter().map(|source| source.digest.as_str()).collect();
    digests.sort_unstable();
    if let [only] = digests[..] {
        return short_digest(only);
    }
    short_digest(&blake3::hash(digests.concat().as_bytes()).to_hex())
}

fn fits_two(name: &str, one: &str, other: &str) -> Refusal {
    if one == other {
        return Refusal(format!("the name {name} fits two metrics of {one}, in different units"));
    }
    Refusal(format!("the name {name} fits two metrics, of {one} and of {other}; add one of them alone"))
}

/// How each metric of a source is called: behind the name of its file, where several other files have it, too.
fn names_in(capture: &Capture) -> impl Fn(&str, &str) -> String {
    let mut files: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    let metrics = capture.metrics.iter().map(|one| (&one.metric, &one.source));
    let shares = capture.shares.iter().map(|one| (&one.metric, &one.source));
    for (metric, source) in metrics.chain(shares).chain(capture.reported.iter().map(|one| (&one.metric, &one.source))) {
        files.entry(metric).or_default().insert(pattern(source));
    }
    move |metric, source| {
        let alone = files.get(metric).is_none_or(|files| files.len() < 2);
        if alone { metric.to_owned() } else { format!("{}{BEHIND_FILE}{metric}", stem(&pattern(source))) }
    }
}

/// What tools state, each metric once: some write a mean and a median as two lines of one name.
fn stated(reported: &[ReportedNumbers]) -> Vec<ReportedNumbers> {
    let mut stated: Vec<ReportedNumbers> = Vec::new();
    let mut places: BTreeMap<(&str, &str, Option<&str>), usize> = BTreeMap::new();
    for one in reported {
        let key = (one.source.as_str(), one.metric.as_str(), one.label.as_deref());
        let same = places.get(&key).map(|place| &mut stated[*place]);
        if let Some(same) = same.filter(|same| same.dimension == one.dimension && same.unit == one.unit) {
            for (statistic, value) in &one.values {
                same.values.entry(*statistic).or_insert(*value);
            }
        } else {
            places.entry(key).or_insert(stated.len());
            stated.push(one.clone());
        }
    }
    stated
}

/// Rows that hold no value of a metric, where they are more than a few.
fn absent_values(capture: &Capture, name_of: impl Fn(&str, &str) -> String) -> AbsentValues {
    let mut absent = AbsentValues::new();
    for share in &capture.shares {
        let Some((metric, (held, without))) = share.metric.strip_prefix(WITHOUT).zip(counts(share)) else { continue };
        let name = name_of(metric, &share.source);
        let rows = absent.entry(name).or_default();
        *rows = [rows[0].saturating_add(without), rows[1].saturating_add(held.saturating_add(without))];
    }
    absent.retain(|_, [without, rows]| *without as f64 > GAPS * *rows as f64);
    absent
}

/// With which codes or words rows ended, and of which nobody knows how: of the files of a run together.
fn endings(capture: &Capture) -> Endings {
    let mut endings = Endings::new();
    let says = |share: &&ShareRuns| ending_of(&share.metric).is_some() || is_of_unknown_outcome(&share.metric);
    for share in capture.shares.iter().filter(says) {
        let Some((others, ended)) = counts(share) else { continue };
        let of_name = endings.entry(share.metric.clone()).or_default();
        let rows = of_name.entry(share.group.clone().unwrap_or_default()).or_default();
        *rows = [rows[0].saturating_add(ended), rows[1].saturating_add(ended.saturating_add(others))];
    }
    endings
}

/// All metrics of a run. Files whose names differ only in numbers are repetitions, and their samples one population; a name that several
/// other files have stands behind that of its file.
fn metrics(capture: &Capture, name_of: impl Fn(&str, &str) -> String) -> Result<Vec<RunMetric>, Refusal> {
    let mut named_once: BTreeMap<(String, Option<String>), Vec<&MetricRuns>> = BTreeMap::new();
    for one in &capture.metrics {
        let entry = named_once.entry((name_of(&one.metric, &one.source), one.group.clone()));
        let name = named(&entry.key().0, one.group.as_deref());
        let runs = entry.or_default();
        let other = runs
            .first()
            .filter(|first| pattern(&first.source) != pattern(&one.source) || first.dimension != one.dimension);
        if let Some(first) = other {
            return Err(fits_two(&name, &first.source, &one.source));
        }
        runs.push(one);
    }
    let mut all: Vec<RunMetric> = named_once
        .iter()
        .filter_map(|((name, _), runs)| Some(RunMetric { metric: name.clone(), ..sampled(runs, capture)? }))
        .collect();
    all.extend(failures(capture, &name_of));
    let mut taken: BTreeSet<String> = all.iter().map(RunMetric::name).collect();
    let of_samples: BTreeMap<(String, Option<&str>), &str> = capture
        .metrics
        .iter()
        .map(|one| (name_of(&one.metric, &one.source), one.group.as_deref(), one.source.as_str()))
        .chain(
            capture
                .shares
                .iter()
                .map(|one| (name_of(&one.metric, &one.source), one.group.as_deref(), one.source.as_str())),
        )
        .map(|(name, group, source)| ((name, group), source))
        .collect();
    let stated = stated(&capture.reported);
    for (place, one) in stated.iter().enumerate() {
        let Some(measured) = reported(one) else { continue };
        let measured = RunMetric { metric: name_of(&one.metric, &one.source), ..measured };
        let name = measured.name();
        // What a tool states beside the samples of the same file is said by the samples.
        match of_samples.get(&(measured.metric.clone(), measured.group.as_deref())) {
            Some(source) if pattern(source) == pattern(&one.source) => continue,
            Some(source) => return Err(fits_two(&name, source, &one.source)),
            None => {}
        }
        if !taken.insert(name.clone()) {
            let same = |other: &&ReportedNumbers| {
                name_of(&other.metric, &other.source) == measured.metric && other.label == one.label
            };
            let other = stated[..place].iter().find(same).map_or("the samples", |other| &other.source);
            return Err(fits_two(&name, other, &one.source));
        }
        all.push(measured);
    }
    let rates = loads(&capture.rates);
    let (requests, seconds) =
        rates.iter().fold((0, 0.0), |(requests, seconds), rate| (requests + rate.requests, seconds + rate.seconds));
    if seconds > 0.0 && !taken.contains(RATE) {
        let value = requests as f64 / seconds;
        let error =
            rates.iter().map(|rate| rate.relative_error).try_fold(0.0, |most: f64, error| Some(most.max(error?)));
        let half = error.map(|error| 1.96 * error * value);
        let center = Estimate { value, low: half.map(|half| value - half), high: half.map(|half| value + half) };
        // Whether more requests are better depends on who decides how many there are.
        all.push(RunMetric::bare(RATE, None, Dimension::Rate, Polarity::Unknown, center));
    }
    Ok(all)
}

/// The rates that are added up: those of requests, where there are any.
fn loads(rates: &[RateRun]) -> Vec<&RateRun> {
    let of_requests: Vec<&RateRun> = rates.iter().filter(|rate| rate.of == RateOf::Requests).collect();
    if of_requests.is_empty() { rates.iter().collect() } else { of_requests }
}

/// The name of a file without its ending.
fn stem(source: &str) -> &str {
    source.split_once('.').map_or(source, |(stem, _)| stem)
}

/// From samples.
fn sampled(runs: &[&MetricRuns], capture: &Capture) -> Option<RunMetric> {
    let first = runs.first()?;
    let recordings = || runs.iter().flat_map(|one| &one.runs);
    let mut points: Vec<f64> = recordings().flat_map(|run| run.values.ordered().points).collect();
    points.sort_unstable_by(f64::total_cmp);
    let n: u64 = recordings().map(|run| run.values.len() as u64).sum();
    if points.is_empty() || n == 0 {
        return None;
    }
    // Points of a sketch stand for more samples than there are of them.
    let more = n as f64 / points.len() as f64;
    let most = |of: fn(&crate::compare::capture::Dependence) -> f64| {
        recordings().map(|run| of(&run.dependence)).fold(1.0, f64::max) / more
    };
    let inflation = [most(|one| one.p50), most(|one| one.p95), most(|one| one.p99)];
    let percentile = |(p, inflation): (f64, f64)| {
        let value = quantile(&points, p, QuantileMethod::default());
        let found = order_statistic_interval_inflated(points.len(), |place| points[place], p, CONFIDENCE, inflation);
        let interval = found.map(|found| found.interval);
        (n >= samples_needed(p) as u64).then_some(Estimate {
            value,
            low: interval.and_then(|interval| interval.low),
            high: interval.and_then(|interval| interval.high),
        })
    };
    let percentiles = [0, 1, 2].map(|index| percentile((PERCENTILES[index], inflation[index])));
    // Of one sample nobody knows how far the next one is off; the run has it all the same.
    let alone = || Estimate { value: quantile(&points, 0.5, QuantileMethod::default()), low: None, high: None };
    let center = percentiles[0].unwrap_or_else(alone);
    let quantiles: Vec<f64> = Shape::shares().map(|p| quantile(&points, p, QuantileMethod::Type7)).collect();
    let shares = || capture.shares.iter().filter(|share| share.source == first.source && is_of_failures(&share.metric));
    let failed = shares().find(|share| share.group == first.group);
    let whole = shares().find(|share| share.group.is_none());
    // How fast failures are says nothing of what is measured.
    if failed.into_iter().chain(whole).any(|share| counts(share).is_some_and(|(good, _)| good == 0)) {
        return None;
    }
    Some(RunMetric {
        n: Some(n),
        percentiles: Some(Box::new(percentiles)),
        failed: failed.map(|share| share.runs.iter().map(|run| run.failed).sum()),
        shape: quantiles.first_chunk().map_or_else(Shape::default, Shape::of),
        slow: percentiles[1].map(|p95| p95.value as f32),
        near_zero: near_zero(runs, &points, n),
        unit_assumed: runs.iter().any(|one| one.unit_assumed || one.dimension == Dimension::UnstatedTime),
        // The median stands for a run: what one slow request does to a mean is no change of level.
        ..RunMetric::bare(&first.metric, first.group.as_deref(), first.dimension, first.polarity, center)
    })
}

/// What is to be known of durations at and near zero; `None` where none is zero and none is rounded to a step near it.
fn near_zero(runs: &[&MetricRuns], points: &[f64], n: u64) -> Option<Box<NearZero>> {
    if !runs.iter().all(|one| one.dimension.is_time()) || points.first().is_none_or(|least| *least < 0.0) {
        return None;
    }
    let zeros = points.partition_point(|value| *value <= 0.0);
    let others = &points[zeros..];
    let error = |run: &Recording| if let Values::Sketch(sketch) = &run.values { sketch.error() } else { 0.0 };
    let errors = runs.iter().flat_map(|one| &one.runs).map(error);
    let found = NearZero {
        zeros: (zeros as f64 * n as f64 / points.len() as f64).round() as u64,
        others: (zeros > 0 && !others.is_empty()).then(|| quantile(others, 0.5, QuantileMethod::default())),
        step: step_near_zero(&[points], errors.fold(0.0, f64::max)),
    };
    (found != NearZero::default()).then(|| Box::new(found))
}

/// How many did not fail, and how many did; `None` where nothing was counted.
fn counts(share: &ShareRuns) -> Option<(u64, u64)> {
    let sum = |of: fn(&Share) -> u64| share.runs.iter().map(of).fold(0_u64, u64::saturating_add);
    let (failed, total) = (sum(|run| run.failed), sum(|run| run.total));
    (total > 0).then_some((total.saturating_sub(failed), failed))
}

/// The shares of failures, each a metric of its own: a service that is down has hardly another one.
fn failures(capture: &Capture, name_of: impl Fn(&str, &str) -> String) -> Vec<RunMetric> {
    let mut pooled: BTreeMap<(String, Option<&str>), (u64, u64)> = BTreeMap::new();
    let says = |share: &&ShareRuns| is_of_failures(&share.metric) || share.metric == UNANSWERED;
    for share in capture.shares.iter().filter(says) {
        let Some((good, failed)) = counts(share) else { continue };
        let counts = pooled.entry((name_of(&share.metric, &share.source), share.group.as_deref())).or_default();
        *counts = (counts.0.saturating_add(good), counts.1.saturating_add(failed));
    }
    let one = |((metric, group), (good, failed)): ((String, Option<&str>), (u64, u64))| {
        let value = failed as f64 / (good as f64 + failed as f64);
        let center = Estimate { value, low: None, high: None };
        RunMetric {
            n: Some(good),
            failed: Some(failed),
            ..RunMetric::bare(&metric, group, Dimension::Ratio, Polarity::LowerIsBetter, center)
        }
    };
    pooled.into_iter().map(one).collect()
}

/// From a tool's own numbers: its median, else its mean, else its only value.
fn reported(one: &ReportedNumbers) -> Option<RunMetric> {
    let value = |statistic: Statistic| one.values.get(&statistic).copied().filter(|value| value.is_finite());
    let counted = one.share();
    let share = counted.map(|share| share.failed as f64 / share.total as f64);
    let center = [Statistic::Median, Statistic::P50, Statistic::Mean, Statistic::Value].into_iter().find_map(value);
    let center = center.or(share)?;
    let alone = |value: f64| Estimate { value, low: None, high: None };
    let half = value(Statistic::MeanError).filter(|_| value(Statistic::Mean) == Some(center));
    let bounded = Estimate { value: center, low: half.map(|half| center - half), high: half.map(|half| center + half) };
    let percentiles = [Statistic::P50, Statistic::P95, Statistic::P99].map(|statistic| value(statistic).map(alone));
    Some(RunMetric {
        // What a tool counts holds what failed.
        n: counted.map_or(one.count(Statistic::Count), |share| Some(share.total - share.failed)),
        percentiles: Some(percentiles).filter(|all| all.iter().any(Option::is_some)).map(Box::new),
        failed: one.count(Statistic::Failures),
        slow: value(Statistic::P95).map(|p95| p95 as f32),
        unit_assumed: one.assumed_unit.is_some() || one.dimension == Dimension::UnstatedTime,
        ..RunMetric::bare(&one.metric, one.label.as_deref(), one.dimension, one.polarity, bounded)
    })
}
