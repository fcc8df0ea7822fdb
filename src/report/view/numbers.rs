//! Rows of the table of numbers, and the unit and digits that they share.

use serde::Serialize;

use crate::report::contract::{Metric, Percentile, Population, Report, Source, Summary};
use crate::report::escape::visible;
use crate::report::number::{self, ABSENT, Scale};

/// Groups that a page can hold at all. More would not be read, and would make the page slow; the JSON has all of them.
pub(super) const MOST_GROUPS: usize = 500;

/// Runs of one file that are shown apart; the JSON has all of them.
const MOST_RUNS: usize = 12;

/// A row in the table of numbers.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "templates ask for each by its name")]
pub(crate) struct NumbersView {
    pub name: String,
    pub group: bool,
    pub raw: bool,
    pub failed: bool,
    pub run: bool,
    pub differs: bool,
    pub note: Option<String>,
    pub unit: &'static str,
    pub n: String,
    pub mean: String,
    pub median: String,
    pub p90: String,
    pub p95: String,
    pub p99: String,
    pub p999: String,
    pub min: String,
    pub max: String,
    pub stddev: String,
    pub cv: String,
    pub mad: String,
    /// Median, p95 and the largest for a terminal, each in the unit that suits it.
    #[serde(skip)]
    pub short: [String; 3],
}

impl NumbersView {
    /// The rows of all metrics of a file.
    pub(super) fn of_source(report: &Report, source: &Source) -> Vec<Self> {
        report.metrics.iter().filter(|metric| metric.source == source.name).flat_map(Self::rows).collect()
    }

    /// The rows of a metric: all samples, its raw numbers where they differ, and the same for every group.
    pub(super) fn rows(metric: &Metric) -> Vec<Self> {
        Self::rows_to(metric, MOST_GROUPS)
    }

    /// The same with so many groups at most.
    pub(super) fn rows_to(metric: &Metric, groups: usize) -> Vec<Self> {
        let shared = display_scale(metric);
        let mut rows = if metric.measured_apart {
            vec![Self::heading(&visible(&metric.name))]
        } else {
            Self::pair(&visible(&metric.name), false, &metric.overall, &shared)
        };
        rows.extend(metric.failed.as_ref().map(|failed| Self {
            failed: true,
            note: Some("failed, apart".to_owned()),
            ..Self::of(&visible(&metric.name), Some(failed), &shared)
        }));
        rows.extend(metric.runs_apart.iter().filter(|_| runs_tell(metric)).take(MOST_RUNS).map(|run| Self {
            note: Some(format!("run {}, lines {} to {}", run.number, run.lines.0, run.lines.1)),
            run: true,
            ..Self::of(&visible(&metric.name), Some(&run.summary), &shared)
        }));
        for group in metric.groups.iter().take(groups) {
            let name = group.label.as_ref().map_or_else(|| ABSENT.to_owned(), |label| visible(&label.text));
            rows.extend(Self::pair(&name, true, group, &row_scale(metric, group, &shared)));
        }
        rows
    }

    /// The name of a metric above its benchmarks, without numbers.
    fn heading(name: &str) -> Self {
        Self { name: name.to_owned(), ..Self::default() }
    }

    fn pair(name: &str, group: bool, population: &Population, scale: &Scale) -> Vec<Self> {
        let differs = population.raw.is_some();
        let clean_note = if population.clean.is_none() { Some("no clean sample is left".to_owned()) } else { None };
        let row = |summary: Option<&Summary>, raw: bool, note: Option<String>| Self {
            group,
            raw,
            differs,
            note,
            ..Self::of(name, summary, scale)
        };
        let mut rows = vec![row(population.clean.as_ref(), false, clean_note)];
        if let Some(raw) = &population.raw {
            let included = number::counted(population.corrupted, "corrupted sample");
            rows.push(row(Some(raw), true, Some(format!("{included} included"))));
        }
        rows
    }

    fn of(name: &str, summary: Option<&Summary>, scale: &Scale) -> Self {
        let value = |pick: fn(&Summary) -> f64| scale.bare_or_absent(summary.map(pick));
        let percentile = |percent: f64| {
            let value = summary.and_then(|summary| at(summary, percent)?.value);
            at_least(summary, value, scale.bare_or_absent(value))
        };
        Self {
            name: name.to_owned(),
            unit: if scale.symbol().is_empty() { ABSENT } else { scale.symbol() },
            n: number::count(summary.map_or(0, |summary| summary.n)),
            mean: value(|summary| summary.mean),
            median: value(|summary| summary.median),
            p90: percentile(90.0),
            p95: percentile(95.0),
            p99: percentile(99.0),
            p999: percentile(99.9),
            min: value(|summary| summary.min),
            max: at_least(summary, summary.map(|summary| summary.max), value(|summary| summary.max)),
            stddev: scale.bare_or_absent(summary.and_then(|summary| summary.stddev)),
            cv: number::percent_or_absent(summary.and_then(|summary| summary.cv)),
            mad: value(|summary| summary.mad),
            short: short(summary, scale),
            ..Self::default()
        }
    }
}

/// Median, p95 and the largest, each with its unit.
fn short(summary: Option<&Summary>, scale: &Scale) -> [String; 3] {
    let one = |value: Option<f64>| value.map_or_else(|| ABSENT.to_owned(), |value| scale.short(value));
    let p95 = summary.and_then(|summary| at(summary, 95.0)?.value);
    let max = summary.map(|summary| summary.max);
    let median = one(summary.map(|summary| summary.median));
    [median, at_least(summary, p95, one(p95)), at_least(summary, max, one(max))]
}

/// The text of a number, which is only a lower bound where samples stand at the end of a field.
pub(super) fn at_least(summary: Option<&Summary>, value: Option<f64>, text: String) -> String {
    let saturation = summary.and_then(|summary| summary.saturation);
    if saturation.zip(value).is_some_and(|(found, value)| found.touches(value)) { format!("≥ {text}") } else { text }
}

/// Whether the runs of a file differ in a number that is shown; benchmarks stand apart anyway.
fn runs_tell(metric: &Metric) -> bool {
    let numbers = |summary: &Summary| (summary.median, summary.max);
    !metric.measured_apart
        && metric.runs_apart.windows(2).any(|pair| numbers(&pair[0].summary) != numbers(&pair[1].summary))
}

/// The unit and digits for what is said of a metric as a whole: those of its median, of separate benchmarks those of the smallest.
pub(super) fn display_scale(metric: &Metric) -> Scale {
    let median = |population: &Population| Some(shown(population)?.median).filter(|median| *median != 0.0);
    let smallest = || metric.groups.iter().filter_map(median).min_by(|a, b| a.abs().total_cmp(&b.abs()));
    let typical = if metric.measured_apart { smallest() } else { None };
    scale_of(metric, &metric.overall, typical, None)
}

/// The scale of a row: in the unit of its metric, unless its numbers would have too many digits there or none.
pub(super) fn row_scale(metric: &Metric, population: &Population, shared: &Scale) -> Scale {
    scale_of(metric, population, None, Some(shared))
}

fn scale_of(metric: &Metric, population: &Population, typical: Option<f64>, shared: Option<&Scale>) -> Scale {
    let Some(summary) = shown(population) else {
        return shared.copied().unwrap_or(Scale::of_value(metric.dimension, 0.0));
    };
    let stated = metric.recorded_unit.as_deref();
    let own = [summary.median, summary.mean, summary.max].into_iter().find(|value| *value != 0.0).unwrap_or(0.0);
    let scale = Scale::to_read(metric.dimension, typical.unwrap_or(own), Some(summary.mad), shared);
    scale.as_written(stated).whole_if(&[summary.min, summary.median, summary.max])
}

pub(super) fn shown(population: &Population) -> Option<&Summary> {
    population.clean.as_ref().or(population.raw.as_ref())
}

pub(super) fn at(summary: &Summary, percent: f64) -> Option<&Percentile> {
    summary.percentiles.iter().find(|percentile| (percentile.percent - percent).abs() < 1e-9)
}

/// Why cells of the table of numbers read `–`: one sentence for each percentile that is withheld somewhere.
pub(super) fn row_footnotes(metrics: &[&Metric]) -> Vec<String> {
    let whole = |metric: &Metric| !metric.measured_apart;
    let populations = metrics
        .iter()
        .flat_map(|metric| Some(&metric.overall).filter(|_| whole(metric)).into_iter().chain(&metric.groups));
    let failed = metrics.iter().filter_map(|metric| metric.failed.as_ref());
    let summaries: Vec<&Summary> =
        populations.flat_map(|population| population.clean.iter().chain(&population.raw)).chain(failed).collect();
    let mut notes = Vec::new();
    for percent in [90.0, 95.0, 99.0, 99.9] {
        let withheld = summaries.iter().filter_map(|summary| at(summary, percent)).find(|p| p.value.is_none());
        if let Some(percentile) = withheld {
            let needs = if notes.is_empty() { " needs at least" } else { "" };
            notes.push(format!("{}{needs} {}", number::percentile_name(percent), number::count(percentile.needs)));
        }
    }
    let mut footnotes = Vec::new();
    if !notes.is_empty() {
        footnotes.push(format!("{ABSENT} stands where there are too few samples: {}.", notes.join(", ")));
    }
    for metric in metrics.iter().filter(|metric| metric.groups.len() > MOST_GROUPS) {
        footnotes.push(format!(
            "{}: the first {} of {} are shown; the JSON report has all.",
            visible(&metric.name),
            number::count(MOST_GROUPS as u64),
            number::counted(metric.groups.len() as u64, "group")
        ));
    }
    if summaries.iter().any(|summary| summary.stddev.is_none()) {
        footnotes.push("stddev needs at least 2 samples.".to_owned());
    }
    footnotes
}
