//! Throughput against latency over several runs, each at a load of its own: a file a level, or a row a level of one file.
//!
//! In: what is known of every source. Out: a [`LoadSweep`] for each setting of load that has several levels while nothing else
//! differs. The numbers are those of each run; nothing is joined or estimated.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::load::{plain, rank_of_setting};
use super::result::RequestRun;
use super::summary::{EndpointSummary, RequestSummary};
use crate::analysis::metric::Metric;
use crate::analysis::source::Source;
use crate::measure::unit::Dimension;

/// Runs at several levels of load.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LoadSweep {
    /// What was set: `max_concurrency`, `request_rate`.
    pub setting: String,
    /// The metric that says how long requests took.
    pub latency_by: Option<String>,
    /// What that measures: the numbers below are in the base unit of this.
    pub dimension: Dimension,
    /// The runs, by their load, ascending.
    pub points: Vec<SweepPoint>,
}

/// A run at one level of load.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SweepPoint {
    /// The load.
    pub level: f64,
    /// Name of the source.
    pub source: String,
    /// The numbers of the run; its label is the one in the file, where that holds several runs.
    #[serde(flatten)]
    pub run: EndpointSummary,
}

/// What may differ between the runs of a sweep: it goes with the load.
const GOES_WITH_IT: &[&str] =
    &["duration", "totaltime", "numprompts", "numrequests", "requests", "date", "start", "load"];

/// Settings of load in a text: `max_concurrency=8`, `2: constant 5.0`, `concurrency 4`.
fn settings_of(text: &str) -> Vec<(String, f64)> {
    let level = |value: &str| value.parse::<f64>().ok().filter(|level| level.is_finite() && *level > 0.0);
    let pairs = text.split([' ', ',']).filter_map(|part| part.split_once('='));
    let mut found: Vec<(String, f64)> = pairs
        .filter(|(name, _)| rank_of_setting(name).is_some())
        .filter_map(|(name, value)| Some((name.to_owned(), level(value)?)))
        .collect();
    let words = text.split_once(": ").map_or(text, |(_, rest)| rest);
    if let Some((name, value)) = words.split_once(' ').filter(|(name, _)| rank_of_setting(name).is_some())
        && let Some(level) = level(value)
    {
        found.push((name.to_owned(), level));
    }
    found
}

/// A run with the loads that it was made at, and what else was set.
struct Candidate {
    loads: BTreeMap<String, f64>,
    rest: BTreeMap<String, String>,
    source: String,
    numbers: EndpointSummary,
    latency_by: Option<String>,
    dimension: Dimension,
}

/// The sweeps in some sources.
pub fn sweeps(
    sources: &[Source],
    summaries: &[RequestSummary],
    runs: &[RequestRun],
    metrics: &[Metric],
) -> Vec<LoadSweep> {
    let mut found: Vec<LoadSweep> = Vec::new();
    for summary in summaries {
        let candidates: Vec<Candidate> =
            summary.endpoints.iter().map(|one| Candidate::of_label(summary, one)).collect();
        found.extend(sweep(&candidates));
    }
    // Files of one tool; of each the requests as a whole.
    let mut by_format: BTreeMap<&str, Vec<Candidate>> = BTreeMap::new();
    for source in sources {
        by_format.entry(&source.format).or_default().extend(Candidate::of_source(source, (summaries, runs, metrics)));
    }
    found.extend(by_format.values().filter_map(|candidates| sweep(candidates)));
    found
}

/// The runs by the one setting of load in which they differ, where they differ in nothing else.
fn sweep(candidates: &[Candidate]) -> Option<LoadSweep> {
    let first = candidates.first()?;
    let levels =
        |setting: &str| candidates.iter().map(|one| one.loads.get(setting).copied()).collect::<Option<Vec<f64>>>();
    let differs = |setting: &String| {
        levels(setting).is_some_and(|mut levels| {
            levels.sort_unstable_by(f64::total_cmp);
            levels.windows(2).all(|pair| pair[0] < pair[1])
        })
    };
    let setting =
        first.loads.keys().filter(|setting| differs(setting)).min_by_key(|setting| rank_of_setting(setting))?;
    let same = |one: &Candidate| one.rest == first.rest && one.latency_by == first.latency_by;
    let told = |one: &Candidate| one.numbers.rate.is_some() || one.numbers.p50.is_some() || one.numbers.mean.is_some();
    if candidates.len() < 2 || !candidates.iter().all(|one| same(one) && told(one)) {
        return None;
    }
    let point = |one: &Candidate| {
        Some(SweepPoint { level: *one.loads.get(setting)?, source: one.source.clone(), run: one.numbers.clone() })
    };
    let mut points: Vec<SweepPoint> = candidates.iter().filter_map(point).collect();
    points.sort_by(|a, b| a.level.total_cmp(&b.level));
    let (latency_by, dimension) = (first.latency_by.clone(), first.dimension);
    Some(LoadSweep { setting: setting.clone(), latency_by, dimension, points })
}

impl Candidate {
    /// A row of a summary.
    fn of_label(summary: &RequestSummary, one: &EndpointSummary) -> Self {
        let label = one.label.as_deref().unwrap_or_default();
        let loads: BTreeMap<String, f64> = settings_of(label).into_iter().collect();
        let parts = label.split([' ', ',']).filter_map(|part| part.split_once('='));
        let others = parts.filter(|(name, _)| !loads.contains_key(*name));
        Self {
            rest: others.map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
            loads,
            source: summary.source.clone(),
            numbers: one.clone(),
            latency_by: summary.latency_by.clone(),
            dimension: summary.dimension,
        }
    }

    /// A file that holds one run.
    fn of_source(
        source: &Source,
        (summaries, runs, metrics): (&[RequestSummary], &[RequestRun], &[Metric]),
    ) -> Option<Self> {
        let mut loads: BTreeMap<String, f64> = BTreeMap::new();
        let mut rest = BTreeMap::new();
        for (key, value) in &source.environment {
            let level = value.parse::<f64>().ok().filter(|level| level.is_finite() && *level > 0.0);
            match level.filter(|_| rank_of_setting(key).is_some()) {
                Some(level) => drop(loads.insert(key.clone(), level)),
                None if GOES_WITH_IT.contains(&plain(key).as_str()) => loads.extend(settings_of(value)),
                None => drop(rest.insert(key.clone(), value.clone())),
            }
        }
        let mut of_source = summaries.iter().filter(|summary| summary.source == source.name);
        if let (Some(summary), None) = (of_source.next(), of_source.next()) {
            let numbers = EndpointSummary { label: None, ..summary.all.clone()? };
            let (latency_by, dimension) = (summary.latency_by.clone(), summary.dimension);
            return Some(Self { loads, rest, source: source.name.clone(), numbers, latency_by, dimension });
        }
        let mut of_source = runs.iter().filter(|run| run.source == source.name && run.shards.is_none());
        let (Some(run), None) = (of_source.next(), of_source.next()) else { return None };
        let leads = |metric: &&Metric| metric.source == source.name && metric.leads && metric.name == run.metric;
        let clean = metrics.iter().find(leads)?.overall.clean.as_ref()?;
        let at = |percent: f64| clean.percentiles.iter().find(|one| one.percent == percent).and_then(|one| one.value);
        let numbers = EndpointSummary {
            rate: Some(run.rate),
            mean: Some(clean.mean),
            p50: Some(clean.median),
            p95: at(95.0),
            p99: at(99.0),
            max: Some(clean.max),
            requests: Some(run.requests),
            failed: run.failed,
            share: run.failed.map(|failed| failed as f64 / run.requests.max(1) as f64),
            ..EndpointSummary::default()
        };
        let latency_by = Some(run.metric.clone());
        Some(Self { loads, rest, source: source.name.clone(), numbers, latency_by, dimension: run.dimension })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loads_are_read_from_labels_and_facts() {
        assert_eq!(settings_of("max_concurrency=8"), [("max_concurrency".to_owned(), 8.0)]);
        assert_eq!(settings_of("input=256, request_rate=2.5"), [("request_rate".to_owned(), 2.5)]);
        assert_eq!(settings_of("2: constant 5.0"), [("constant".to_owned(), 5.0)]);
        assert_eq!(settings_of("concurrency 4"), [("concurrency".to_owned(), 4.0)]);
        assert!(settings_of("1: synchronous").is_empty() && settings_of("GET /a").is_empty());
        assert!(settings_of("request_rate=inf").is_empty());
    }
}
