//! A metric: its rows in the table of numbers, its intervals, facts, groups and charts.

use serde::Serialize;

use super::Charts;
use crate::measure::unit::Dimension;
use crate::report::chart::{self, Distribution, Drawn, GROUP_SLOTS, InOrder};
use crate::report::contract::{
    Extreme, Interval, Label, Metric, Modality, Order, Outliers, Percentile, Polarity, Population, Report, Source,
    Summary,
};
use crate::report::escape::visible;
use crate::report::number::{self, ABSENT, Scale};
use crate::stats::modality::MULTIMODAL_P;

/// Groups are shown in one unit while their medians differ by no more than this factor; beyond it each row has its
/// own, because 10 s in nanoseconds is not readable.
const ONE_UNIT_SPAN: f64 = 1e5;
/// Metrics with more groups get no small plot for each.
const MOST_STRIPS: usize = 8;
/// A distribution or an order of fewer samples is no picture; the table says all.
const FEWEST_DRAWN: u64 = 8;
/// Rows of the table of groups that a reader sees without opening anything.
const OPEN_GROUPS: usize = 40;
/// Groups that a page can hold at all. More would not be read, and would make the page slow; the JSON has all of them.
const MOST_GROUPS: usize = 500;

/// A metric in detail.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MetricView {
    /// Its name.
    pub name: String,
    /// Id of its section, unique in the page.
    pub anchor: String,
    /// Unit in which its numbers are shown; empty for plain numbers.
    pub unit: &'static str,
    /// What exactly it measures, where the format's definition says so.
    pub meaning: Option<String>,
    /// What is known about it: recorded unit, direction, grouping.
    pub about: Vec<String>,
    /// `3 corrupted samples left out of the clean numbers`; absent where there are none.
    pub corrupted: Option<String>,
    /// Sentences that a reader should see next to the numbers.
    pub remarks: Vec<RemarkView>,
    /// Rows that failed; absent where the table records no status.
    pub failures: Option<String>,
    /// The numbers with their intervals.
    pub intervals: Vec<IntervalView>,
    /// Whether one of the intervals is open, and why; absent where all are closed.
    pub open_note: Option<String>,
    /// Spread, outliers, order, dependence, populations.
    pub facts: Vec<FactView>,
    /// The most extreme samples with their lines.
    pub extremes: Vec<ExtremeView>,
    /// Whether there is any interval, fact, extreme sample or separate benchmark to show.
    pub has_details: bool,
    /// Whether numbers over all samples describe anything: not where the groups are separate benchmarks.
    pub has_whole: bool,
    /// The groups with their intervals.
    pub groups: Vec<GroupView>,
    /// Groups that are folded.
    pub more_groups: Vec<GroupView>,
    /// `60 more groups`; absent where there is nothing to fold.
    pub more_groups_title: Option<String>,
    /// Distribution and order of all samples.
    pub charts: Vec<ChartView>,
    /// A small distribution for each group, where there are few.
    pub group_charts: Vec<ChartView>,
}

/// A row in the table of numbers.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "templates ask for each by its name")]
pub struct NumbersView {
    /// Name of the metric, or label of the group.
    pub name: String,
    /// Whether it is a group of the metric above it.
    pub group: bool,
    /// Whether these are the raw numbers, corrupted samples included.
    pub raw: bool,
    /// Whether these are the samples of rows that failed, which are in no other row.
    pub failed: bool,
    /// Whether clean and raw differ for this population.
    pub differs: bool,
    /// What is special about the row: `3 corrupted samples included`.
    pub note: Option<String>,
    /// Unit of the row; `–` for plain numbers.
    pub unit: &'static str,
    /// Number of samples.
    pub n: String,
    /// Arithmetic mean.
    pub mean: String,
    /// Median.
    pub median: String,
    /// 90th percentile.
    pub p90: String,
    /// 95th percentile.
    pub p95: String,
    /// 99th percentile.
    pub p99: String,
    /// 99.9th percentile.
    pub p999: String,
    /// Smallest sample.
    pub min: String,
    /// Largest sample.
    pub max: String,
    /// Standard deviation.
    pub stddev: String,
    /// Coefficient of variation.
    pub cv: String,
    /// Median absolute deviation.
    pub mad: String,
}

/// A number with its interval.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct IntervalView {
    /// `median`, `p95`.
    pub name: String,
    /// The number with its unit.
    pub value: String,
    /// Its interval with its unit.
    pub interval: String,
    /// What limits it: `needs 100 samples`, `open above`; absent where nothing does.
    pub note: Option<String>,
}

/// A fact about a metric.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FactView {
    /// `Spread`, `Outliers`, `Warm-up`.
    pub name: &'static str,
    /// The sentence.
    pub text: String,
}

/// A sentence about a metric.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RemarkView {
    /// What it is about, one word; for classes and conditions.
    pub topic: String,
    /// The sentence.
    pub text: String,
}

/// An extreme sample.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ExtremeView {
    /// The value with its unit.
    pub value: String,
    /// `file:12`.
    pub place: String,
    /// Its label.
    pub label: Option<String>,
}

/// A group with its intervals.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GroupView {
    /// Its label.
    pub name: String,
    /// `stands for 100 labels: user_msg_1_1, …`; absent where it is one label.
    pub members: Option<String>,
    /// Number of samples.
    pub n: String,
    /// Median.
    pub median: String,
    /// Interval of the median.
    pub median_interval: String,
    /// 95th percentile.
    pub p95: String,
    /// Interval of the 95th percentile.
    pub p95_interval: String,
    /// Outliers, all kept.
    pub outliers: String,
    /// What its order and its shape show; empty where nothing was found.
    pub facts: Vec<FactView>,
}

/// A chart.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ChartView {
    /// What it shows: `Distribution`, or the label of a group.
    pub name: String,
    /// The `<svg>` element, ready for a page: use it with `safe`.
    pub svg: String,
    /// What must be known to read it.
    pub notes: Vec<String>,
    /// Colours of groups.
    pub legend: Vec<LegendView>,
}

/// A colour of a chart.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LegendView {
    /// The class of the shapes: `g1` to `g5`, `g0` for all others.
    pub class: String,
    /// The group.
    pub name: String,
}

impl MetricView {
    pub(super) fn of(metric: &Metric, anchor: &str, drawn: Charts) -> Self {
        let scale = display_scale(metric);
        let overall = &metric.overall;
        // What is said of the whole is said of nothing where the groups are separate benchmarks.
        let whole = Some(overall).filter(|_| !metric.measured_apart);
        let clean = whole.and_then(|overall| overall.clean.as_ref());
        let intervals = clean.map(|summary| intervals(summary, &scale)).unwrap_or_default();
        let facts = whole.map(|overall| facts(overall, &scale)).unwrap_or_default();
        let extremes = whole.and_then(|overall| overall.outliers.as_ref());
        let extremes = extremes.into_iter().flat_map(|outliers| &outliers.extremes);
        let extremes: Vec<_> = extremes.map(|extreme| ExtremeView::of(extreme, metric, &scale)).collect();
        let mut groups: Vec<_> = metric
            .groups
            .iter()
            .take(MOST_GROUPS)
            .map(|group| GroupView::of(group, &row_scale(metric, group, &scale)))
            .collect();
        let open = if groups.len() <= OPEN_GROUPS { groups.len() } else { OPEN_GROUPS };
        let more_groups = groups.split_off(open);
        Self {
            name: visible(&metric.name),
            anchor: anchor.to_owned(),
            unit: scale.symbol(),
            meaning: metric.meaning.as_deref().map(visible),
            about: about(metric),
            corrupted: corrupted(overall),
            remarks: metric
                .remarks
                .iter()
                .map(|remark| RemarkView { topic: visible(&remark.topic), text: visible(&remark.text) })
                .collect(),
            failures: failures(metric),
            open_note: clean.and_then(open_note),
            has_details: !intervals.is_empty() || !facts.is_empty() || !extremes.is_empty() || metric.measured_apart,
            has_whole: whole.is_some(),
            intervals,
            facts,
            extremes,
            more_groups_title: (!more_groups.is_empty())
                .then(|| number::counted(more_groups.len() as u64, "more group")),
            groups,
            more_groups,
            charts: drawn.of(|| charts(metric, anchor, &scale)),
            group_charts: drawn.of(|| group_charts(metric, anchor, &scale)),
        }
    }
}

/// The unit and digits for all numbers of a metric: the smallest median among its populations keeps its digits.
pub(super) fn display_scale(metric: &Metric) -> Scale {
    let populations = std::iter::once(&metric.overall).chain(&metric.groups);
    let medians: Vec<f64> = populations.filter_map(|population| Some(shown(population)?.median)).collect();
    let central = shown(&metric.overall).map_or(0.0, |summary| summary.median.abs());
    let near: Vec<f64> = medians.into_iter().filter(|median| median.abs() * ONE_UNIT_SPAN >= central).collect();
    scale_of(metric, &metric.overall, &near)
}

/// The scale of a row: the one of its metric, unless its numbers would have no digits there.
fn row_scale(metric: &Metric, population: &Population, shared: &Scale) -> Scale {
    let (Some(own), Some(all)) = (shown(population), shown(&metric.overall)) else { return *shared };
    let far = own.median != 0.0 && own.median.abs() * ONE_UNIT_SPAN < all.median.abs();
    if far { scale_of(metric, population, &[own.median]) } else { *shared }
}

fn scale_of(metric: &Metric, population: &Population, medians: &[f64]) -> Scale {
    let Some(summary) = shown(population) else { return Scale::of_value(metric.dimension, 0.0) };
    let scale = if medians.iter().any(|median| *median != 0.0) {
        Scale::of_values(metric.dimension, medians, Some(summary.mad).filter(|mad| *mad > 0.0))
    } else {
        Scale::of_values(metric.dimension, &[summary.mean, summary.max], None)
    };
    scale.whole_if(&[summary.min, summary.median, summary.max])
}

fn shown(population: &Population) -> Option<&Summary> {
    population.clean.as_ref().or(population.raw.as_ref())
}

impl NumbersView {
    /// The rows of all metrics of a file.
    pub(super) fn of_source(report: &Report, source: &Source) -> Vec<Self> {
        report.metrics.iter().filter(|metric| metric.source == source.name).flat_map(Self::rows).collect()
    }

    /// The rows of a metric: all samples, its raw numbers where they differ, and the same for every group.
    pub(super) fn rows(metric: &Metric) -> Vec<Self> {
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
        for group in metric.groups.iter().take(MOST_GROUPS) {
            let name = group.label.as_ref().map_or_else(|| ABSENT.to_owned(), |label| visible(&label.text));
            rows.extend(Self::pair(&name, true, group, &row_scale(metric, group, &shared)));
        }
        rows
    }

    /// The name of a metric above its benchmarks, without numbers.
    fn heading(name: &str) -> Self {
        let empty = String::new;
        Self {
            unit: "",
            n: empty(),
            mean: empty(),
            median: empty(),
            p90: empty(),
            p95: empty(),
            p99: empty(),
            p999: empty(),
            min: empty(),
            max: empty(),
            stddev: empty(),
            cv: empty(),
            mad: empty(),
            ..Self::of(name, None, &Scale::of_value(Dimension::Count, 0.0))
        }
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
        let percentile = |percent: f64| scale.bare_or_absent(summary.and_then(|summary| at(summary, percent)?.value));
        Self {
            name: name.to_owned(),
            group: false,
            raw: false,
            failed: false,
            differs: false,
            note: None,
            unit: if scale.symbol().is_empty() { ABSENT } else { scale.symbol() },
            n: number::count(summary.map_or(0, |summary| summary.n)),
            mean: value(|summary| summary.mean),
            median: value(|summary| summary.median),
            p90: percentile(90.0),
            p95: percentile(95.0),
            p99: percentile(99.0),
            p999: percentile(99.9),
            min: value(|summary| summary.min),
            max: value(|summary| summary.max),
            stddev: scale.bare_or_absent(summary.and_then(|summary| summary.stddev)),
            cv: number::percent_or_absent(summary.and_then(|summary| summary.cv)),
            mad: value(|summary| summary.mad),
        }
    }
}

fn at(summary: &Summary, percent: f64) -> Option<&Percentile> {
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

fn about(metric: &Metric) -> Vec<String> {
    let mut about = Vec::new();
    if let Some(unit) = metric.recorded_unit.as_deref().filter(|unit| !unit.is_empty()) {
        let assumed = if metric.unit_assumed { " (assumed)" } else { "" };
        about.push(format!("recorded in {}{assumed}", visible(unit)));
    }
    match metric.polarity {
        Polarity::LowerIsBetter => about.push("lower is better".to_owned()),
        Polarity::HigherIsBetter => about.push("higher is better".to_owned()),
        Polarity::Unknown => {}
    }
    if let Some(column) = metric.grouped_by.as_deref().filter(|_| !metric.groups.is_empty()) {
        about.push(format!("{} by {}", number::counted(metric.groups.len() as u64, "group"), visible(column)));
    }
    about
}

fn corrupted(population: &Population) -> Option<String> {
    let corrupted = number::counted(population.corrupted, "corrupted sample");
    (population.corrupted > 0).then(|| format!("{corrupted} left out of the clean numbers, the plots and all below"))
}

fn failures(metric: &Metric) -> Option<String> {
    let failures = metric.failures.as_ref()?;
    let per_thousand = |value: f64| number::plain(value);
    let low = failures.interval.low.map_or_else(|| "0".to_owned(), per_thousand);
    let high = failures.interval.high.map_or_else(|| "1,000".to_owned(), per_thousand);
    let others = [(failures.not_said, "have no status"), (failures.unclear, "have a status that is not understood")];
    let others: Vec<String> = others
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("; {} more rows {what}", number::count(*count)))
        .collect();
    let others = others.concat();
    Some(format!(
        "{} of {} failed by {} ({}): {} per 1,000, {} interval [{low}, {high}]{others}",
        number::count(failures.failed),
        number::counted(failures.total, "row"),
        visible(&failures.column),
        visible(&failures.convention),
        per_thousand(failures.per_thousand),
        number::level(failures.interval.level),
    ))
}

fn intervals(summary: &Summary, scale: &Scale) -> Vec<IntervalView> {
    let plain = |name: &str, value: f64, interval: Option<&Interval>| IntervalView {
        name: name.to_owned(),
        value: scale.full(value),
        interval: scale.interval(interval),
        note: interval_note(interval),
    };
    let mut rows = vec![
        plain("mean", summary.mean, summary.mean_interval.as_ref()),
        plain("median", summary.median, summary.median_interval.as_ref()),
    ];
    rows.extend(summary.percentiles.iter().map(|percentile| percentile_row(percentile, scale)));
    rows
}

fn percentile_row(percentile: &Percentile, scale: &Scale) -> IntervalView {
    let needs = || Some(format!("needs at least {}", number::counted(percentile.needs, "sample")));
    IntervalView {
        name: number::percentile_name(percentile.percent),
        value: scale.full_or_absent(percentile.value),
        interval: scale.interval(percentile.interval.as_ref()),
        note: if percentile.value.is_none() { needs() } else { interval_note(percentile.interval.as_ref()) },
    }
}

fn interval_note(interval: Option<&Interval>) -> Option<String> {
    let interval = interval?;
    match (interval.low, interval.high) {
        (Some(_), Some(_)) => None,
        (Some(_), None) => Some("open above".to_owned()),
        (None, Some(_)) => Some("open below".to_owned()),
        (None, None) => Some("open on both sides".to_owned()),
    }
}

fn open_note(summary: &Summary) -> Option<String> {
    let percentiles = summary.percentiles.iter().filter_map(|percentile| percentile.interval.as_ref());
    let open = percentiles
        .chain(&summary.median_interval)
        .find(|interval| interval.low.is_none() || interval.high.is_none())?;
    Some(format!(
        "An interval with ∞ is open: {} cannot bound that percentile at {} confidence. More samples close it.",
        number::counted(summary.n, "sample"),
        number::level(open.level),
    ))
}

fn facts(population: &Population, scale: &Scale) -> Vec<FactView> {
    let mut facts = Vec::new();
    if let Some(summary) = &population.clean {
        facts.push(FactView { name: "Spread", text: spread(summary, scale) });
    }
    if let Some(outliers) = &population.outliers {
        facts.push(FactView { name: "Outliers", text: outliers_text(outliers, scale) });
    }
    if let Some(order) = &population.order {
        facts.extend(order_facts(order, population.clean.as_ref().map(|summary| summary.n), scale));
    }
    facts.extend(population.modality.as_ref().and_then(|modality| populations(modality, scale, true)));
    facts
}

fn spread(summary: &Summary, scale: &Scale) -> String {
    let mut parts = Vec::new();
    if let Some(stddev) = summary.stddev {
        let cv = summary.cv.map_or_else(String::new, |cv| format!(" (CV {})", number::percent(cv)));
        parts.push(format!("stddev {}{cv}", scale.full(stddev)));
    }
    if let Some(iqr) = summary.iqr {
        parts.push(format!("interquartile range {}", scale.full(iqr)));
    }
    parts.push(format!("MAD {}", scale.full(summary.mad)));
    if let Some(shamos) = summary.shamos {
        parts.push(format!("Shamos {}", scale.full(shamos)));
    }
    parts.join(", ")
}

fn outliers_text(outliers: &Outliers, scale: &Scale) -> String {
    let side = |count: u64, word: &str, fence: Option<f64>| match fence {
        Some(fence) => Some(format!("{} {word} {}", number::count(count), scale.full(fence))),
        None if count > 0 => Some(format!("{} {word}", number::count(count))),
        None => None,
    };
    let sides: Vec<String> =
        [side(outliers.high, "above", outliers.high_fence), side(outliers.low, "below", outliers.low_fence)]
            .into_iter()
            .flatten()
            .collect();
    let kept = if outliers.low + outliers.high > 0 { "; kept in every number" } else { "" };
    let sides = if sides.is_empty() { "none".to_owned() } else { sides.join(", ") };
    format!("{sides}{kept} ({})", outliers.method())
}

fn order_facts(order: &Order, samples: Option<u64>, scale: &Scale) -> Vec<FactView> {
    let mut facts = Vec::new();
    if let Some(warm_up) = &order.warm_up {
        let first = number::counted(warm_up.samples, "sample");
        let ratio = number::plain(warm_up.ratio);
        facts.push(FactView {
            name: "Warm-up",
            text: format!("the first {first} have {ratio} times the median of the rest"),
        });
    }
    if let Some(drift) = &order.drift {
        let relative =
            drift.relative.map_or_else(String::new, |share| format!(" ({} of the median)", number::percent(share)));
        let p = number::p_value(drift.p);
        facts.push(FactView {
            name: "Drift",
            text: format!("{}{relative} over the run, p {p}", scale.signed(drift.change)),
        });
    }
    if let Some(shift) = &order.level_shift {
        let line = shift.line.map_or_else(String::new, |line| format!(" (line {line})"));
        let sample = number::count(shift.index + 1);
        let (before, after, p) = (scale.full(shift.before), scale.full(shift.after), number::p_value(shift.p));
        let text = format!("from sample {sample}{line} on the median is {after} instead of {before}, p {p}");
        facts.push(FactView { name: "Level shift", text });
    }
    facts.extend(dependence(order, samples));
    facts
}

fn dependence(order: &Order, samples: Option<u64>) -> Option<FactView> {
    let lag1 = order.lag1_autocorrelation?;
    let mut text = format!("lag-1 autocorrelation of ranks {}", number::plain(lag1));
    if let (Some(effective), Some(samples)) = (order.effective_sample_size, samples) {
        let worth = number::count(effective.round().max(0.0) as u64);
        text = format!("{text}; {} are worth {worth} independent ones", number::counted(samples, "sample"));
    }
    Some(FactView { name: "Dependence", text })
}

fn populations(modality: &Modality, scale: &Scale, say_one: bool) -> Option<FactView> {
    let p = number::p_value(modality.p);
    let text = if modality.modes.len() > 1 {
        let mode = |mode: &crate::report::contract::Mode| {
            format!("{} ({})", scale.full(mode.location), number::percent(mode.weight))
        };
        let modes: Vec<String> = modality.modes.iter().map(mode).collect();
        format!("several modes: {}; dip test p {p}", modes.join(", "))
    } else if modality.p < MULTIMODAL_P {
        format!("not one population (dip test p {p}), but no separate modes were found")
    } else if say_one {
        format!("nothing speaks against one population (dip test p {p})")
    } else {
        return None;
    };
    Some(FactView { name: "Populations", text })
}

impl ExtremeView {
    fn of(extreme: &Extreme, metric: &Metric, scale: &Scale) -> Self {
        let source = visible(&metric.source);
        Self {
            value: scale.full(extreme.value),
            place: extreme.line.map_or_else(|| source.clone(), |line| format!("{source}:{line}")),
            label: extreme.label.as_deref().map(visible),
        }
    }
}

impl GroupView {
    fn of(group: &Population, scale: &Scale) -> Self {
        let clean = group.clean.as_ref();
        let p95 = clean.and_then(|summary| at(summary, 95.0));
        let outliers = group.outliers.as_ref().map(|outliers| outliers.low + outliers.high);
        let mut facts =
            group.order.as_ref().map(|order| order_facts(order, clean.map(|s| s.n), scale)).unwrap_or_default();
        facts.retain(|fact| fact.name != "Dependence");
        facts.extend(group.modality.as_ref().and_then(|modality| populations(modality, scale, false)));
        Self {
            name: group.label.as_ref().map_or_else(|| ABSENT.to_owned(), |label| visible(&label.text)),
            members: group.label.as_ref().and_then(members),
            n: number::count(clean.map_or(0, |summary| summary.n)),
            median: scale.full_or_absent(clean.map(|summary| summary.median)),
            median_interval: scale.interval(clean.and_then(|summary| summary.median_interval.as_ref())),
            p95: scale.full_or_absent(p95.and_then(|percentile| percentile.value)),
            p95_interval: scale.interval(p95.and_then(|percentile| percentile.interval.as_ref())),
            outliers: outliers.map_or_else(|| ABSENT.to_owned(), number::count),
            facts,
        }
    }
}

fn members(label: &Label) -> Option<String> {
    if label.members <= 1 {
        return None;
    }
    let examples: Vec<String> = label.examples.iter().map(|example| visible(example)).collect();
    let more = if (examples.len() as u64) < label.members { ", …" } else { "" };
    let list = if examples.is_empty() { String::new() } else { format!(": {}{more}", examples.join(", ")) };
    Some(format!("{}{list}", number::counted(label.members, "label")))
}

fn charts(metric: &Metric, anchor: &str, scale: &Scale) -> Vec<ChartView> {
    let population = &metric.overall;
    let name = visible(&metric.name);
    let mut charts = Vec::new();
    if metric.measured_apart || shown(population).is_none_or(|summary| summary.n < FEWEST_DRAWN) {
        return charts;
    }
    if let Some(drawn) = draw_distribution(population, &format!("{anchor}-distribution"), &name, scale, None) {
        charts.push(ChartView::of("Distribution", drawn, population.corrupted, Vec::new()));
    }
    let (slots, legend) = slots(metric);
    if let (Some(series), Some(clean)) = (&population.series, &population.clean) {
        let plot = InOrder {
            id: &format!("{anchor}-order"),
            title: &name,
            series,
            scale,
            samples: clean.n,
            log: population.histogram.as_ref().is_some_and(|histogram| histogram.log),
            order: population.order.as_ref(),
            slots: &slots,
        };
        if let Some(drawn) = chart::in_order(&plot) {
            let legend = if drawn.svg.contains("class=\"dots") { legend } else { Vec::new() };
            charts.push(ChartView::of("In recorded order", drawn, population.corrupted, legend));
        }
    }
    charts
}

fn group_charts(metric: &Metric, anchor: &str, scale: &Scale) -> Vec<ChartView> {
    if metric.groups.len() > MOST_STRIPS {
        return Vec::new();
    }
    // Separate benchmarks have an axis each.
    let whole = metric.overall.histogram.as_ref().filter(|_| !metric.measured_apart);
    let drawn = metric.groups.iter().enumerate().filter_map(|(index, group)| {
        let name = group.label.as_ref().map(|label| visible(&label.text))?;
        let drawn = draw_distribution(
            group,
            &format!("{anchor}-group-{}", index + 1),
            &name,
            scale,
            whole.or(group.histogram.as_ref()),
        )?;
        Some(ChartView::of(&name, drawn, group.corrupted, Vec::new()))
    });
    drawn.collect()
}

fn draw_distribution(
    population: &Population,
    id: &str,
    title: &str,
    scale: &Scale,
    whole: Option<&crate::report::contract::Histogram>,
) -> Option<Drawn> {
    let clean = population.clean.as_ref()?;
    let plot = Distribution {
        id,
        title,
        histogram: population.histogram.as_ref()?,
        scale,
        median: Some(clean.median),
        p95: at(clean, 95.0).and_then(|percentile| percentile.value),
        fence: population.outliers.as_ref().and_then(|outliers| outliers.high_fence),
    };
    match whole {
        Some(whole) => chart::strip(&plot, whole),
        None => chart::distribution(&plot),
    }
}

/// A colour for each of the largest groups, and their legend.
fn slots(metric: &Metric) -> (Vec<usize>, Vec<LegendView>) {
    let samples = |index: usize| metric.groups[index].clean.as_ref().map_or(0, |summary| summary.n);
    let mut by_size: Vec<usize> = (0..metric.groups.len()).collect();
    by_size.sort_by_key(|index| (std::cmp::Reverse(samples(*index)), *index));
    let mut slots = vec![0; metric.groups.len()];
    by_size.truncate(GROUP_SLOTS);
    by_size.sort_unstable();
    for (slot, index) in by_size.iter().enumerate() {
        slots[*index] = slot + 1;
    }
    let mut legend: Vec<LegendView> = by_size
        .iter()
        .filter_map(|index| {
            Some(LegendView {
                class: format!("g{}", slots[*index]),
                name: visible(&metric.groups[*index].label.as_ref()?.text),
            })
        })
        .collect();
    let others = metric.groups.len() - by_size.len();
    if others > 0 {
        legend.push(LegendView { class: "g0".to_owned(), name: number::counted(others as u64, "other group") });
    }
    (slots, legend)
}

impl ChartView {
    fn of(name: &str, drawn: Drawn, corrupted: u64, legend: Vec<LegendView>) -> Self {
        let mut notes = drawn.notes;
        if corrupted > 0 {
            let are = if corrupted == 1 { "is" } else { "are" };
            notes.push(format!("{} {are} not drawn.", number::counted(corrupted, "corrupted sample")));
        }
        Self { name: name.to_owned(), svg: drawn.svg, notes, legend }
    }
}
