//! What targets speak of: metrics as a whole and by group, numbers that tools report, services, and the requests that kept their levels.
//!
//! In: the readings of sources. Out: a [`Subject`] for each, with what is failing of it.

use crate::analysis::Analysis;
use crate::analysis::chat::Service;
use crate::analysis::entries::Entries;
use crate::analysis::failing::{PopulationFailures, populations};
use crate::analysis::goodput::Goodput;
use crate::analysis::histogram::GROUPED_BY;
use crate::analysis::metric::{Evidence, Metric};
use crate::analysis::reported::Reported;
use crate::measure::{Dimension, Statistic};
use crate::stats::population::Population;
use crate::stats::settings::Settings;

use super::collect::{Reading, broken_lines};
use super::target::Subject;
use super::unmeasured::Measured;

/// Answered messages a second, as targets call it.
const THROUGHPUT: &str = "throughput";
/// The share of requests that kept all service levels, as targets call it.
const GOODPUT: &str = "goodput";
/// Such requests a second.
const GOOD_REQUESTS: &str = "good requests";

/// What targets speak of: every metric as a whole and by group, the distributions of services, and their throughput.
///
/// `failing` is the share of failures from which on a population is failing.
pub fn subjects<'a>(readings: &[Reading<'a>], failing: f64) -> Vec<Subject<'a>> {
    let settings = Settings { failing, ..Settings::default() };
    let of_reading = |reading: &Reading<'a>| subjects_of(*reading, &settings);
    readings.iter().flat_map(of_reading).collect()
}

/// What is failing of a label of a table, or of everything where all of it failed: how many of how many.
fn failing_of(failing: &[PopulationFailures], table: Option<u64>, group: Option<&str>) -> Option<(u64, u64)> {
    let here = |one: &&PopulationFailures| one.table.is_none() || table.is_none() || one.table == table;
    let of = |group: Option<&str>| failing.iter().filter(here).find(|one| one.label.as_deref() == group);
    let found = of(group).or_else(|| of(None).filter(|whole| whole.all_failed()))?;
    Some((found.failed, found.total))
}

fn subjects_of<'a>(reading: Reading<'a>, settings: &Settings) -> Vec<Subject<'a>> {
    let Analysis { metrics, reported, requests, .. } = reading.analysis;
    let services: Vec<&Service> = reading.service.into_iter().collect();
    let mut failing = populations(metrics, reported, requests, &services, settings);
    failing.retain(|one| one.failing);
    let failing = &failing;
    let broken = reading.source().next().map_or(0, broken_lines);
    let mut subjects = Vec::new();
    let measured = &Measured::of(reading.analysis);
    let of_metric = |found: &'a Metric| {
        let place = Some(found.table);
        of_metric(found, broken)
            .chain(measured.unmeasured(found))
            .map(move |subject| Subject { failing: failing_of(failing, place, subject.group), ..subject })
    };
    subjects.extend(reading.sampled().flat_map(of_metric));
    if let Some((service, source)) = reading.service.zip(reading.source().next()) {
        let source = source.name.as_str();
        let of = |found: &'a Metric| Subject {
            failing: failing_of(failing, None, None),
            ..subject(source, &found.name, found.dimension, &found.overall)
        };
        subjects.extend(service.distributions.iter().map(of));
        subjects.push(Subject {
            source,
            metric: THROUGHPUT,
            grouped_by: None,
            group: None,
            apart: false,
            dimension: Dimension::Rate,
            summary: None,
            samples: None,
            value: Some(service.throughput.completed),
            interval: None,
            reported: None,
            failing: None,
            unanswered: 0,
        });
    }
    subjects.extend(reading.analysis.goodput.iter().flat_map(of_goodput));
    let is_histogram = |metric: &&Metric| metric.evidence != Evidence::Samples;
    subjects.extend(reading.analysis.metrics.iter().filter(is_histogram).flat_map(of_metric));
    let of_source = &reading.analysis.reported;
    let entries = Entries::of(of_source);
    for found in of_source {
        let entry = entries.label(found);
        let of = |group: Option<&'a str>| Subject {
            source: &found.source,
            metric: &found.metric,
            grouped_by: found.label.as_ref().map(|_| GROUPED_BY),
            group,
            apart: false,
            dimension: found.dimension,
            summary: None,
            samples: None,
            value: found.number(Statistic::Value),
            interval: None,
            reported: Some(found),
            // The only label of a metric is the whole of it, and so are the failures of that label.
            failing: failing_of(failing, None, found.label.as_deref().or(entry.as_deref()))
                .or_else(|| (found.dimension.is_time() && counts_nothing(found, of_source)).then_some((0, 0))),
            unanswered: 0,
        };
        subjects.push(of(found.label.as_deref()));
        if found.label.is_some() && of_source.iter().filter(|other| other.metric == found.metric).count() == 1 {
            subjects.push(of(None));
        }
    }
    subjects
}

/// Whether a tool counts no request of what it reports a duration of: by that metric itself, or by what it counts beside it of the same label.
fn counts_nothing(found: &Reported, all: &[Reported]) -> bool {
    if let Some(count) = found.number(Statistic::Count) {
        return count == 0.0;
    }
    let counted = |label: Option<&str>| {
        let of = all.iter().filter(|one| one.source == found.source && one.label.as_deref() == label);
        let counts: Vec<f64> = of
            .filter(|one| one.number(Statistic::Failures).is_some())
            .filter_map(|one| one.number(Statistic::Count))
            .collect();
        (!counts.is_empty()).then(|| counts.iter().all(|count| *count == 0.0))
    };
    counted(found.label.as_deref()).or_else(|| counted(None)).unwrap_or(false)
}

/// Requests of a metric, or of a label of it, that have no duration; so many lines are no records at all.
fn unanswered_of(found: &Metric, group: Option<&str>, broken: u64) -> u64 {
    let Some(failures) = found.failures.as_ref().filter(|_| found.leads) else { return 0 };
    match group {
        None => failures.unanswered + broken,
        Some(label) => failures.groups.iter().find(|one| one.label == label).map_or(0, |one| one.unanswered),
    }
}

/// The share of good requests, and good requests a second.
fn of_goodput(found: &Goodput) -> impl Iterator<Item = Subject<'_>> {
    let numbers = [
        (GOODPUT, Dimension::Ratio, found.share, found.interval),
        (GOOD_REQUESTS, Dimension::Rate, found.rate, found.rate_interval),
    ];
    numbers.into_iter().filter_map(|(metric, dimension, value, interval)| {
        Some(Subject {
            source: &found.source,
            metric,
            grouped_by: None,
            group: None,
            apart: false,
            dimension,
            summary: None,
            samples: None,
            value: Some(value?),
            interval,
            reported: None,
            failing: None,
            unanswered: 0,
        })
    })
}

/// A metric as a whole, and by label.
fn of_metric(found: &Metric, broken: u64) -> impl Iterator<Item = Subject<'_>> {
    let labelled = found.labelled().map(|(label, population)| (Some(label), population));
    let apart = found.measured_apart && !found.groups.is_empty();
    std::iter::once((None, &found.overall)).chain(labelled).map(move |(group, population)| Subject {
        grouped_by: found.grouped_by.as_deref(),
        group,
        apart,
        unanswered: unanswered_of(found, group, broken),
        ..subject(&found.source, &found.name, found.dimension, population)
    })
}

fn subject<'a>(source: &'a str, metric: &'a str, dimension: Dimension, population: &'a Population) -> Subject<'a> {
    let samples = population.samples.as_ref().map(|samples| samples.values.as_slice());
    let summary = population.clean.as_ref();
    Subject {
        source,
        metric,
        grouped_by: None,
        group: None,
        apart: false,
        dimension,
        summary,
        samples,
        value: None,
        interval: None,
        reported: None,
        failing: None,
        unanswered: 0,
    }
}
