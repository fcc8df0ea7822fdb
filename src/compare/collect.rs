//! From analyses to a [`Capture`]: what a comparison needs of them, and nothing else.
//!
//! In: the analyses of sources, whose populations kept their samples. Out: the runs of every metric, group by group
//! where its samples have labels, and the shares of failures. A metric whose samples were all corrupted has no runs and
//! is left out: its absence is a result of the comparison.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use crate::analysis::Analysis;
use crate::analysis::chat::Service;
use crate::analysis::goodput::Goodput;
use crate::analysis::metric::{Evidence, Metric};
use crate::analysis::outcome::UnknownOutcomes;
use crate::analysis::reported::Reported;
use crate::analysis::source::Source;
use crate::measure::unit::as_written;
use crate::measure::{Dimension, Polarity};
use crate::stats::dependence::of_short_run;
use crate::stats::moments::mean_and_stddev;
use crate::stats::population::Population;
use crate::stats::run_samples::RunSamples;
use crate::table::Role;
use crate::table::source::{Families, NOT_AN_OBJECT};

use super::capture::{
    Capture, CapturedSource, Dependence, Environment, MetricRuns, RateRun, Recording, ReportedNumbers, Share,
    ShareRuns, Values,
};
use super::request_runs::{captured_part, rates};
use super::share_names::{BEYOND, FAILED_MESSAGES, FAILED_ROWS, OF_UNKNOWN_OUTCOME, UNANSWERED, WITHOUT, ended_with};
use super::sketch::Sketch;

/// What one source says.
#[derive(Clone, Copy)]
pub struct Reading<'a> {
    /// The source with its metrics.
    pub analysis: &'a Analysis,
    /// The service that it records.
    pub service: Option<&'a Service>,
}

impl<'a> Reading<'a> {
    pub(super) fn source(&self) -> impl Iterator<Item = &'a Source> {
        self.analysis.sources.iter()
    }

    /// The metrics of its tables.
    pub(super) fn sampled(&self) -> impl Iterator<Item = &'a Metric> {
        self.analysis.metrics.iter().filter(|metric| metric.evidence == Evidence::Samples)
    }

    /// The metrics of which rows were counted: of its tables, or of shards.
    fn of_rows(&self) -> impl Iterator<Item = &'a Metric> {
        self.analysis.metrics.iter().filter(|metric| !matches!(metric.evidence, Evidence::Histogram { .. }))
    }

    /// The name of a metric, with that of its table where another table of the source has one of the same name.
    fn unlike_others(&self, found: &Metric) -> String {
        let elsewhere = |metric: &Metric| metric.name == found.name && metric.table != found.table;
        let source = self.source().find(|_| self.sampled().any(elsewhere));
        let table = source.map(|source| format!("{} ", source.table_name(found.table as usize)));
        format!("{}{}", table.unwrap_or_default(), found.name)
    }
}

/// Captures what was read.
pub fn capture(readings: &[Reading<'_>], environment: Environment) -> Capture {
    let mut metrics = Vec::new();
    let mut shares = Vec::new();
    for reading in readings {
        let sampled: Vec<&Metric> = reading.sampled().collect();
        metrics.extend(sampled.par_iter().flat_map_iter(|found| runs_of(found, reading)).collect::<Vec<_>>());
        shares.extend(failures_of_tables(reading));
        shares.extend(absent_values(reading));
        shares.extend(reading.analysis.goodput.iter().filter_map(beyond_levels));
        if let Some((service, source)) = reading.service.zip(reading.source().next()) {
            let name = &source.name;
            metrics.extend(
                service
                    .distributions
                    .par_iter()
                    .filter_map(|found| {
                        let blank = Blank {
                            source: name,
                            metric: &found.name,
                            recorded_unit: found.recorded_unit.clone(),
                            unit_assumed: found.unit_assumed,
                            meaning: None,
                        };
                        blank.fill(None, found.dimension, found.polarity, &found.overall)
                    })
                    .collect::<Vec<_>>(),
            );
            shares.extend(failed_messages(service, name));
            shares.push(unanswered_messages(service, name));
        }
        metrics.extend(reading.analysis.metrics.iter().flat_map(histogram_runs));
    }
    Capture {
        environment: measured(environment, readings),
        sources: readings.iter().flat_map(|reading| reading.source().map(|source| captured(source, reading))).collect(),
        metrics,
        shares,
        reported: readings.iter().flat_map(|reading| &reading.analysis.reported).map(reported).collect(),
        rates: readings.iter().flat_map(rates_of).collect(),
    }
}

/// How many requests, rows or messages a second came.
fn rates_of(reading: &Reading<'_>) -> Vec<RateRun> {
    rates(&reading.analysis.sources, &reading.analysis.requests, reading.service)
}

/// The environment with what the files themselves say of it; what the user gave goes first. Files that say different things
/// are named together.
fn measured(mut environment: Environment, readings: &[Reading<'_>]) -> Environment {
    let mut said: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (key, value) in readings.iter().flat_map(Reading::source).flat_map(|source| &source.environment) {
        if !environment.given.contains_key(key) && !names_somebody(key) {
            said.entry(key).or_default().insert(value);
        }
    }
    let joined = |values: BTreeSet<&str>| values.into_iter().collect::<Vec<&str>>().join(", ");
    environment.measured = said.into_iter().map(|(key, values)| (key.to_owned(), joined(values))).collect();
    environment
}

/// Whether a fact names a host or a person: that does not belong into a file that may be public, and says nothing about speed.
fn names_somebody(key: &str) -> bool {
    const WORDS: &[&str] = &["host", "hostname", "node", "user", "username", "author", "email", "ip", "address"];
    let lower = key.to_lowercase();
    lower.split(|character: char| !character.is_alphanumeric()).any(|word| WORDS.contains(&word))
}

/// What a tool has summarised itself.
fn reported(found: &Reported) -> ReportedNumbers {
    let assumed = found.values.iter().find(|value| value.unit_assumed && value.dimension == found.dimension);
    ReportedNumbers {
        source: found.source.clone(),
        metric: found.metric.clone(),
        label: found.label.clone(),
        dimension: found.dimension,
        assumed_unit: assumed.map(|value| value.unit.clone().unwrap_or_default()),
        unit: found.values.iter().find_map(|value| as_written(value.unit.as_deref(), found.dimension)),
        polarity: found.polarity,
        meaning: found.meaning.clone(),
        values: found.values.iter().map(|value| (value.statistic, value.value)).collect(),
    }
}

/// Runs of a metric that was recorded as histograms or counted in digests, by label where there are several. Absent where buckets are too wide for
/// a sketch: then a change of the usual margin could not be told anyway.
fn histogram_runs(found: &Metric) -> Vec<MetricRuns> {
    let (Evidence::Histogram { relative_error, .. } | Evidence::Digest { relative_error, .. }) = found.evidence else {
        return Vec::new();
    };
    let run = |population: &Population| {
        let clean = population.clean.as_ref()?;
        let middles = population.buckets.iter().map(|bucket| (f64::midpoint(bucket.low, bucket.high), bucket.count));
        let values = Values::Sketch(Sketch::of_counted(middles, relative_error)?);
        // Whether neighbours depend on each other is not recorded.
        let (mean, stddev, dependence) = (clean.mean, clean.stddev, Dependence::none());
        let recording = Recording { values, mean, stddev, dependence, shift: None, saturated_at: None };
        Some(MetricRuns {
            source: found.source.clone(),
            metric: found.name.clone(),
            group: population.label.as_ref().map(|label| label.text.clone()),
            dimension: found.dimension,
            recorded_unit: found.recorded_unit.clone(),
            unit_assumed: found.unit_assumed,
            polarity: found.polarity,
            meaning: found.meaning.clone(),
            runs: vec![recording],
        })
    };
    if found.groups.is_empty() {
        return run(&found.overall).into_iter().collect();
    }
    found.groups.iter().filter_map(run).collect()
}

fn captured(source: &Source, reading: &Reading<'_>) -> CapturedSource {
    let grouped = reading.sampled().any(|metric| metric.source == source.name && metric.groups.len() > 1);
    CapturedSource {
        name: source.name.clone(),
        digest: source.plain_digest().to_owned(),
        bytes: source.bytes,
        lines: source.lines,
        format: source.format.clone(),
        part: captured_part(source, &reading.analysis.requests),
        constants: if grouped { source.constants.clone() } else { Vec::new() },
    }
}

/// A metric whose samples are still to come.
struct Blank<'a> {
    source: &'a str,
    metric: &'a str,
    recorded_unit: Option<String>,
    unit_assumed: bool,
    meaning: Option<String>,
}

impl Blank<'_> {
    fn fill(
        &self,
        group: Option<&str>,
        dimension: Dimension,
        polarity: Polarity,
        population: &Population,
    ) -> Option<MetricRuns> {
        let mut runs = recordings(population.samples.as_ref()?);
        if let [run] = &mut runs[..] {
            let level_shift = population.order.as_ref().and_then(|order| order.level_shift.as_ref());
            run.shift = level_shift.map(|shift| shift.after - shift.before);
        }
        (!runs.is_empty()).then(|| MetricRuns {
            source: self.source.to_owned(),
            metric: self.metric.to_owned(),
            group: group.map(str::to_owned),
            dimension,
            recorded_unit: self.recorded_unit.clone(),
            unit_assumed: self.unit_assumed,
            polarity,
            meaning: self.meaning.clone(),
            runs,
        })
    }
}

/// The metric by group where it has several; the numbers over all groups describe none of them.
fn runs_of(found: &Metric, reading: &Reading<'_>) -> Vec<MetricRuns> {
    let metric = reading.unlike_others(found);
    let blank = Blank {
        source: &found.source,
        metric: &metric,
        recorded_unit: found.recorded_unit.clone(),
        unit_assumed: found.unit_assumed,
        meaning: found.meaning.clone(),
    };
    let fill = |group, population| blank.fill(group, found.dimension, found.polarity, population);
    if found.groups.is_empty() {
        let only = found.overall.label.as_ref().map(|label| label.text.as_str());
        return fill(only, &found.overall).into_iter().collect();
    }
    found.groups.par_iter().filter_map(|group| fill(Some(&group.label.as_ref()?.text), group)).collect()
}

fn recordings(recorded: &RunSamples) -> Vec<Recording> {
    let runs = pieces(&recorded.values, &recorded.run_starts).filter(|values| !values.is_empty());
    let recording = |values: &[f64]| {
        let recording = Recording::of(values);
        // Sorted samples look as dependent as samples can be.
        let assumed = if recorded.assumed_dependent { of_short_run(values.len()) } else { 1.0 };
        let dependence = if recorded.order_lost { Dependence::none() } else { recording.dependence };
        let saturated_at = recorded.saturated_at.filter(|end| values.iter().any(|value| value >= end));
        Recording { dependence: dependence.at_least(assumed), saturated_at, ..recording }
    };
    runs.map(recording).collect()
}

/// Consecutive stretches, the first of which begins at 0.
fn pieces<'a, T>(items: &'a [T], starts: &'a [usize]) -> impl Iterator<Item = &'a [T]> {
    let ends = starts.iter().copied().chain([items.len()]);
    ends.scan(0, |from, end| Some(&items[std::mem::replace(from, end)..end]))
}

/// The line of the header and the place of the table, as far as they tell families of tables apart.
type Family = (Option<u64>, Option<usize>);

/// Tables in which the same requests stand again: those that a tool writes, one for each metric or for parts of its requests,
/// and those into which one table was divided. Tables of different headers, or at different paths, are apart.
fn family(source: &Source, place: usize) -> Family {
    let Some(table) = source.tables.get(place) else { return (None, None) };
    let divided = table.columns.iter().any(|column| column.role == Role::MetricName);
    match source.families {
        Families::ByPlace if !divided => (None, Some(place)),
        Families::ByHeader => (table.header_line, None),
        Families::ByPlace | Families::One => (None, None),
    }
}

/// Failures among the rows of each family of tables. One request is one row: only the first table that measures a duration
/// counts, or else the first that says what failed.
fn failures_of_tables(reading: &Reading<'_>) -> Vec<ShareRuns> {
    let Some(source) = reading.source().next() else { return Vec::new() };
    let mut leading: BTreeMap<Family, (bool, usize, ShareRuns)> = BTreeMap::new();
    for (metric, share) in reading.of_rows().filter_map(|found| Some((found, failed_rows(found)?))) {
        let is_duration = metric.dimension.is_time();
        let place = metric.table as usize;
        let family = family(source, place);
        if leading.get(&family).is_none_or(|(led_by_duration, ..)| is_duration && !led_by_duration) {
            leading.insert(family, (is_duration, place, share));
        }
    }
    let alone = leading.len() == 1;
    let mut leading: Vec<(usize, ShareRuns)> = leading.into_values().map(|(_, place, share)| (place, share)).collect();
    leading.sort_by_key(|(place, _)| *place);
    let by_label = |place: usize| {
        let in_table = reading.of_rows().filter(move |found| found.table == place as u64);
        in_table.filter_map(|found| found.failures.as_ref()).flat_map(|failures| &failures.groups)
    };
    let counted = reading.sampled().next().is_none();
    let named = |(place, share): (usize, ShareRuns)| {
        let called = |what: &str| if alone { what.to_owned() } else { format!("{} {what}", source.table_name(place)) };
        let unknown = unknown_outcomes(reading, place, &called(OF_UNKNOWN_OUTCOME));
        let endings = endings(reading, place, called);
        let whole = ShareRuns { metric: called(&share.metric), ..share };
        let groups = by_label(place).map(|group| ShareRuns {
            group: Some(group.label.clone()),
            runs: if counted {
                vec![Share { failed: group.failed, total: group.total, dependence: 1.0 }]
            } else {
                group.runs.iter().filter_map(|run| Share::of(run)).collect()
            },
            ..whole.clone()
        });
        let groups: Vec<ShareRuns> = groups.filter(|share| !share.runs.is_empty()).collect();
        std::iter::once(whole).chain(groups).chain(unknown).chain(endings).collect::<Vec<ShareRuns>>()
    };
    leading.into_iter().flat_map(named).collect()
}

/// Rows of a table of which nobody knows how they ended, where there are any: of all, and of each label that has such rows.
fn unknown_outcomes(reading: &Reading<'_>, place: usize, metric: &str) -> Vec<ShareRuns> {
    let leads = |found: &&Metric| found.leads && found.table == place as u64;
    let leading = reading.of_rows().find(leads).and_then(|found| Some((found, found.failures.as_ref()?)));
    let share = |(found, one): (&Metric, &UnknownOutcomes)| ShareRuns {
        source: found.source.clone(),
        metric: metric.to_owned(),
        group: one.label.clone(),
        runs: vec![Share { failed: one.unknown, total: one.total, dependence: 1.0 }],
    };
    let each = leading.into_iter().flat_map(|(found, failures)| failures.unknown.iter().map(move |one| (found, one)));
    each.map(share).collect()
}

/// With which codes or words the rows of a table ended that did not fail: of all, and of each label where they differ.
fn endings(reading: &Reading<'_>, place: usize, called: impl Fn(&str) -> String) -> Vec<ShareRuns> {
    let leads = |found: &&Metric| found.leads && found.table == place as u64;
    let leading = reading.of_rows().find(leads).and_then(|found| Some((&found.source, found.failures.as_ref()?)));
    let Some((source, failures)) = leading else { return Vec::new() };
    let share = |(label, total, code, count): (&Option<String>, u64, &String, u64)| ShareRuns {
        source: source.clone(),
        metric: called(&ended_with(code)),
        group: label.clone(),
        runs: vec![Share { failed: count, total, dependence: 1.0 }],
    };
    let each = failures
        .endings
        .iter()
        .flat_map(|one| one.counts.iter().map(move |(code, count)| (&one.label, one.total, code, *count)));
    each.map(share).collect()
}

/// Failures among the rows of the metric that stands for its table's rows.
fn failed_rows(found: &Metric) -> Option<ShareRuns> {
    let failures = found.failures.as_ref()?;
    // Of rows that were counted in shards the order is not known: they are taken as independent.
    let of_counts = || vec![Share { failed: failures.failed, total: failures.total, dependence: 1.0 }];
    let of_rows = || failures.runs.iter().filter_map(|run| Share::of(run)).collect();
    let runs = if matches!(found.evidence, Evidence::Digest { .. }) { of_counts() } else { of_rows() };
    let (source, metric) = (found.source.clone(), FAILED_ROWS.to_owned());
    Some(ShareRuns { source, metric, group: None, runs }).filter(|share| !share.runs.is_empty())
}

/// Rows that hold no value of a metric although they did not fail, metric by metric.
fn absent_values(reading: &Reading<'_>) -> Vec<ShareRuns> {
    let Some(source) = reading.source().next() else { return Vec::new() };
    let failed_of = |table: u64| {
        let in_table = reading.of_rows().filter(|found| found.table == table);
        in_table.filter_map(|found| found.failures.as_ref()).map(|failures| failures.failed).max().unwrap_or(0)
    };
    // A digest counts the rows of all tables together.
    let is_one_table = reading.of_rows().all(|found| found.table == 0);
    let set_aside: u64 = source.set_aside.iter().map(|one| one.rows).sum();
    let counted = is_one_table.then(|| source.rows_read.saturating_sub(set_aside));
    let of_metric = |found: &Metric| {
        let rows = match found.evidence {
            Evidence::Digest { .. } => counted?,
            // A line that is no record holds no value either.
            _ => source.tables.get(found.table as usize)?.rows + broken_lines(source),
        };
        let held = found.overall.clean.as_ref().map_or(0, |clean| clean.n) + failed_of(found.table);
        let share = Share { failed: rows.saturating_sub(held), total: rows, dependence: 1.0 };
        let metric = format!("{WITHOUT}{}", found.name);
        (rows > 0).then(|| ShareRuns { source: found.source.clone(), metric, group: None, runs: vec![share] })
    };
    reading.of_rows().filter_map(of_metric).collect()
}

/// Lines of a file of one table that are no records of it.
pub(super) fn broken_lines(source: &Source) -> u64 {
    let [_] = &source.tables[..] else { return 0 };
    source.set_aside.iter().filter(|entry| entry.reason == NOT_AN_OBJECT).map(|entry| entry.rows).sum()
}

/// Requests that missed a service level; named by the levels, because with others it is another share.
fn beyond_levels(found: &Goodput) -> Option<ShareRuns> {
    let share = Share::of(&found.missed)?;
    let metric = format!("{BEYOND}{}", found.levels_in_words());
    Some(ShareRuns { source: found.source.clone(), metric, group: None, runs: vec![share] })
}

fn failed_messages(service: &Service, source: &str) -> Option<ShareRuns> {
    let share = Share::of(&service.failed_in_order)?;
    let (source, metric) = (source.to_owned(), FAILED_MESSAGES.to_owned());
    Some(ShareRuns { source, metric, group: None, runs: vec![share] })
}

/// Messages without an answer that had the time to come; whether they come in clusters is no matter, as of values that are absent.
fn unanswered_messages(service: &Service, source: &str) -> ShareRuns {
    let (failed, total) =
        service.unanswered.map_or((0, service.messages.sent), |unanswered| (unanswered.messages, unanswered.of));
    let runs = vec![Share { failed, total, dependence: 1.0 }];
    ShareRuns { source: source.to_owned(), metric: UNANSWERED.to_owned(), group: None, runs }
}

impl Recording {
    /// A run of samples in recorded order, none of them missing.
    pub fn of(values: &[f64]) -> Self {
        let (mean, stddev) = mean_and_stddev(values);
        let dependence = Dependence::of(values);
        Self { values: Values::Samples(values.to_vec()), mean, stddev, dependence, shift: None, saturated_at: None }
    }
}

impl Share {
    /// The failures of a run, in recorded order. `None` where there is nothing that could have failed.
    pub fn of(failed: &[bool]) -> Option<Self> {
        let count = failed.iter().filter(|failed| **failed).count() as u64;
        (!failed.is_empty()).then(|| Self {
            failed: count,
            total: failed.len() as u64,
            dependence: crate::stats::dependence::of_events(failed),
        })
    }
}
