//! Sentences about findings, metrics and assumptions, with their numbers made readable.
//!
//! In: what statistics and ingest found. Out: text for the report. The one place where evidence becomes prose.

pub(super) mod benchmarks;
pub(super) mod change;
pub(super) mod digest;
pub(super) mod headline;
pub(super) mod incident;
pub(super) mod levels;
pub(super) mod measured;
mod other_runs;
pub(super) mod rate;
mod reasons;
pub(crate) mod remedy;
pub(super) mod reported;
pub(super) mod requests;
pub(super) mod service;
pub(super) mod steady;
pub(super) mod suite;
pub(super) mod summary;
pub(super) mod swarm;
mod unclear_rows;

use crate::analysis::anomaly::Anomaly;
use crate::analysis::metric::{Evidence, Metric, Remark, Topic};
use crate::measure::label::Label;
use crate::measure::{Dimension, Finding, FindingKind, Folded, Place, Severity};
use crate::stats::corruption::Suspect;
use crate::stats::dependence::{FEWEST, is_short};
use crate::stats::population::Population;
use crate::stats::runs::Runs;

use super::contract::{Assumption, DataStatus, ServiceStatus};
use super::number;

/// The word for how much a finding matters.
pub(super) fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Corrupted => "corrupted",
        Severity::Suspicious => "suspicious",
        Severity::Note => "note",
    }
}

/// The word for how what was measured did; also the name of its class.
pub(super) fn service_status(status: ServiceStatus) -> &'static str {
    match status {
        ServiceStatus::Measured => "measured",
        ServiceStatus::Healthy => "healthy",
        ServiceStatus::Improved => "improved",
        ServiceStatus::Undecided => "undecided",
        ServiceStatus::Missed => "missed",
        ServiceStatus::Regressed => "regressed",
        ServiceStatus::Failing => "failing",
    }
}

/// The word for how sound the data is; also the name of its class.
pub(super) fn data_status(status: DataStatus) -> &'static str {
    match status {
        DataStatus::Clean => "clean",
        DataStatus::Suspicious => "suspicious",
        DataStatus::Incomplete => "incomplete",
        DataStatus::Corrupted => "corrupted",
    }
}

/// Instants out of order, or jumps, that are named by line.
const NAMED_INSTANTS: usize = 8;

/// The finding about something odd: in the values of a metric, or in the clock of a table.
pub(crate) fn finding(anomaly: &Anomaly, metric: Option<&Metric>, source: &str) -> Finding {
    let name = metric.map_or("", |metric| metric.name.as_str());
    let dimension = metric.map_or(Dimension::Unknown, |metric| metric.dimension);
    let list = |lines: &[u64]| Folded::of(lines, NAMED_INSTANTS).to_string();
    let at = |lines: &[u64]| Place::line(source, lines.first().copied().unwrap_or_default());
    match anomaly {
        Anomaly::ForeignValue { line, text, would_be, header, header_line } => Finding::new(
            Severity::Corrupted,
            FindingKind::ForeignTable,
            Place::line(source, *line).column(name),
            format!(
                "the row belongs to the table `{header}` whose header is line {header_line}; under the first header it reads \
                 as a `{name}` of {}",
                number::quantity(dimension, *would_be)
            ),
            format!("left the clean statistics of `{name}`; counted under its own header"),
        )
        .metric(name)
        .value(text),
        Anomaly::Suspect { suspect, line, recorded: value, label, .. } => {
            suspicious(suspect, *line, *value, label.as_deref(), metric, source)
        }
        Anomaly::Repeat { first, again, length } => Finding::new(
            Severity::Suspicious,
            FindingKind::DuplicateBlock,
            Place::line(source, again.0).up_to_line(again.1).column(name),
            format!(
                "{length} consecutive values repeat those of lines {} to {}; independent measurements do not do that",
                first.0, first.1
            ),
            "kept: if the rows were copied, delete one of the blocks",
        )
        .metric(name)
        .set_aside(vec![*again])
        .count(*length),
        Anomaly::Stuck { lines, value, length } => Finding::new(
            Severity::Suspicious,
            FindingKind::StuckValue,
            Place::line(source, lines.0).up_to_line(lines.1).column(name),
            format!("the same value {length} times in a row, in a metric that otherwise varies"),
            "kept",
        )
        .metric(name)
        .set_aside(vec![*lines])
        .value(number::quantity(dimension, *value))
        .count(*length),
        Anomaly::UnitBlock { lines, stretches, factor, above, length } => {
            let (than, remedy) = if *above { ("above", "divide") } else { ("below", "multiply") };
            let factor = number::plain(*factor);
            Finding::new(
                Severity::Suspicious,
                FindingKind::UnitBlock,
                Place::line(source, lines.0).up_to_line(lines.1).column(name),
                format!(
                    "{length} values lie about {factor} times {than} those around them, apart from all others and as spread as \
                     their neighbours: they look like values in another unit"
                ),
                format!("kept: {remedy} them by {factor} where the recorder used another unit, or take the lines out"),
            )
            .metric(name)
            .set_aside(stretches.clone())
            .count(*length)
        }
        Anomaly::SetAside { lines, length } => Finding::new(
            Severity::Note,
            FindingKind::SetAside,
            Place::line(source, lines.0).up_to_line(lines.1).column(name),
            "the configuration says so (`set_aside`)",
            format!("left the clean statistics of `{name}`"),
        )
        .metric(name)
        .count(*length),
        Anomaly::Contradicted { lines, count, status, error } => {
            unclear_rows::contradicted(source, (lines, *count), status, error)
        }
        Anomaly::OddCodes { lines, count, numbers, column } => {
            unclear_rows::odd_codes(source, (lines, *count), numbers, column)
        }
        Anomaly::ClockBackwards(lines) => Finding::new(
            Severity::Suspicious,
            FindingKind::ClockBackwards,
            at(lines),
            format!("the timestamp lies before the one of the row above it (lines {})", list(lines)),
            "kept: order effects (drift, warm-up) follow the rows, not the clock",
        )
        .count(lines.len() as u64),
        Anomaly::ClockJump(lines) => Finding::new(
            Severity::Note,
            FindingKind::ClockJump,
            at(lines),
            format!("a pause more than 100 times as long as the others stands before it (lines {})", list(lines)),
            "kept: two runs may stand in this file",
        )
        .count(lines.len() as u64),
    }
}

/// The finding about a value of which evidence speaks against it.
fn suspicious(
    suspect: &Suspect,
    line: Option<u64>,
    value: f64,
    label: Option<&str>,
    metric: Option<&Metric>,
    source: &str,
) -> Finding {
    let name = metric.map_or("", |metric| metric.name.as_str());
    let dimension = metric.map_or(Dimension::Unknown, |metric| metric.dimension);
    let unit = metric.and_then(|metric| metric.recorded_unit.as_deref());
    Finding {
        severity: suspect.severity,
        kind: suspect.kind,
        place: Place { source: source.to_owned(), line, last_line: None, column: Some(name.to_owned()) },
        metric: Some(name.to_owned()),
        label: label.filter(|label| !label.is_empty()).map(str::to_owned),
        value: Some(recorded(value, unit.unwrap_or_default())),
        reasons: suspect.reasons.iter().map(|found| reasons::reason(found, dimension)).collect(),
        action: if suspect.leaves() { "left the clean statistics" } else { "kept: nothing else speaks against it" }
            .to_owned(),
        count: 1,
        // What is at least so large says something, and rows that have left need no remedy.
        set_aside: line.iter().filter(|_| suspect.kind == FindingKind::Isolated).map(|at| (*at, *at)).collect(),
    }
}

/// A value as it stands in the file, with its unit.
fn recorded(value: f64, unit: &str) -> String {
    /// From here on digits are noise, and 300 of them would be printed.
    const LARGE: f64 = 1e15;
    let text = if value.abs() >= LARGE { format!("{value:e}") } else { value.to_string() };
    format!("{text} {unit}").trim_end().to_owned()
}

/// What a reader should know before believing the numbers of a metric.
pub(super) fn remarks(metric: &Metric) -> Vec<Remark> {
    let mut remarks = Vec::new();
    let quantity = |value: f64| number::quantity(metric.dimension, value);
    if let (Some(clean), Some(raw)) = (&metric.overall.clean, &metric.overall.raw) {
        let changes: Vec<String> =
            [("mean", raw.mean, clean.mean), ("minimum", raw.min, clean.min), ("maximum", raw.max, clean.max)]
                .into_iter()
                .filter(|(_, raw, clean)| raw != clean)
                .map(|(name, raw, clean)| {
                    format!("the {name} would read {} instead of {}", quantity(raw), quantity(clean))
                })
                .collect();
        let what = number::counted(metric.overall.corrupted, "corrupted sample");
        let text = format!("With the {what} {}.", changes.join(", "));
        remarks.push(Remark { topic: Topic::Corruption, text });
    }
    remarks.extend(failed(metric).filter(|_| metric.leads));
    remarks.extend(appended_runs(metric));
    remarks.extend(runs(metric));
    remarks.extend(dependence(metric));
    remarks.extend(short_run(metric));
    remarks.extend(clusters(metric));
    remarks.extend(saturated(metric));
    remarks.extend(heavy_tail(metric));
    remarks.extend(thinned(metric));
    remarks.extend(summarised(metric));
    remarks.extend(histogram(metric));
    remarks.extend(digest::remarks(metric));
    if metric.measured_apart {
        let groups = number::count(metric.groups.len() as u64);
        let text = format!("{groups} benchmarks were measured apart: there are no numbers over all of them.");
        remarks.push(Remark { topic: Topic::Populations, text });
    } else if metric.explained_by_label
        && let (Some(column), Some(clean)) = (&metric.grouped_by, &metric.overall.clean)
    {
        let groups: Vec<String> = metric
            .groups
            .iter()
            .filter_map(|group| {
                let summary = group.clean.as_ref()?;
                Some(format!("{} {} (n = {})", text(group)?, quantity(summary.median), number::count(summary.n)))
            })
            .collect();
        let text = format!(
            "`{column}` separates {} populations that do not overlap: {}. The mean over all of them, {}, describes none.",
            groups.len(),
            groups.join("; "),
            quantity(clean.mean)
        );
        remarks.push(Remark { topic: Topic::Populations, text });
    }
    remarks
}

/// Whose durations the numbers are, where some rows failed.
fn failed(metric: &Metric) -> Option<Remark> {
    /// Groups that are named.
    const NAMED: usize = 5;
    let remark = |text: String| Some(Remark { topic: Topic::Failures, text });
    if metric.only_failed {
        return remark("Every sample is of a row that failed: the numbers are those of failures.".to_owned());
    }
    let mut sentences = Vec::new();
    if let Some(failed) = &metric.failed {
        let all = failed.n + metric.overall.clean.as_ref().map_or(0, |clean| clean.n);
        sentences.push(format!(
            "n counts the samples of rows that did not fail: {} of {} are of failed rows and stand apart.",
            number::count(failed.n),
            number::counted(all, "sample")
        ));
    }
    let groups = &metric.failed_groups;
    if !groups.is_empty() {
        let named = Folded::of(groups.iter().map(|group| format!("`{group}`")), NAMED);
        let fate = match (metric.measured_apart, groups.len()) {
            (true, 1) => "its numbers are those of failures",
            (true, _) => "their numbers are those of failures",
            (false, 1) => "it has no numbers of its own",
            (false, _) => "they have no numbers of their own",
        };
        sentences.push(format!("Every sample of {named} is of a failed row: {fate}."));
    }
    if sentences.is_empty() { None } else { remark(sentences.join(" ")) }
}

/// The label of a group.
fn text(group: &Population) -> Option<&str> {
    group.label.as_ref().map(|label| label.text.as_str())
}

/// How many runs the samples come from, and whether those differ.
fn runs(metric: &Metric) -> Option<Remark> {
    let groups = metric.groups.iter().map(|group| (text(group), group));
    let populations = std::iter::once((None, &metric.overall)).chain(groups);
    let of_runs: Vec<(Option<&str>, &Runs)> =
        populations.filter_map(|(label, population)| Some((label, population.runs.as_ref()?))).collect();
    let spread = |runs: &Runs| runs.spread().unwrap_or_default();
    // Of several groups the one whose runs differ most.
    let (label, runs) =
        *of_runs.iter().max_by(|a, b| a.1.differ.cmp(&b.1.differ).then(spread(a.1).total_cmp(&spread(b.1))))?;
    let whose = match (label, of_runs.len()) {
        (None, _) | (Some(_), 1) => "Its samples come from".to_owned(),
        (Some(label), all) => {
            format!("The samples of each of {all} groups come from several runs; those of `{label}` from")
        }
    };
    let each = if runs.fewest_samples == runs.most_samples {
        number::counted(runs.most_samples, "sample")
    } else {
        format!("{} to {}", number::count(runs.fewest_samples), number::counted(runs.most_samples, "sample"))
    };
    let apart = runs
        .spread()
        .map_or_else(String::new, |spread| format!("; their medians differ by {}", number::percent(spread)));
    let consequence = if runs.differ {
        ". That is beyond chance within the runs: intervals over all samples ignore it and are too narrow. A comparison takes \
         the run as the unit of replication"
    } else {
        ""
    };
    let text = format!("{whose} {} of {each}{apart}{consequence}.", number::counted(runs.count, "run"));
    Some(Remark { topic: Topic::Runs, text })
}

/// Runs that share a file are pooled by the numbers above them.
fn appended_runs(metric: &Metric) -> Option<Remark> {
    let medians = || metric.runs_apart.iter().map(|run| (run.number, run.summary.median));
    let lowest = medians().min_by(|a, b| a.1.total_cmp(&b.1))?;
    let highest = medians().max_by(|a, b| a.1.total_cmp(&b.1))?;
    let quantity = |value: f64| number::quantity(metric.dimension, value);
    let text = format!(
        "Its file holds {} one after the other: their medians lie between {} (run {}) and {} (run {}), and numbers over all samples \
         pool them. `compare` takes them as runs.",
        number::counted(metric.runs_apart.len() as u64, "run"),
        quantity(lowest.1),
        lowest.0,
        quantity(highest.1),
        highest.0
    );
    Some(Remark { topic: Topic::Runs, text })
}

/// Samples that depend on their neighbours say less than their number promises.
fn dependence(metric: &Metric) -> Option<Remark> {
    /// Below this share of independent samples the intervals are misleading enough to say so.
    const MISLEADING: f64 = 0.5;
    let groups = metric.groups.iter().map(|group| (text(group), group));
    // Benchmarks that are measured one after the other depend on their order by design.
    let whole = (!metric.measured_apart).then_some((None, &metric.overall));
    let populations = whole.into_iter().chain(groups);
    let dependent: Vec<(Option<&str>, u64, f64)> = populations
        .filter_map(|(label, population)| {
            // Fewer samples look dependent by chance, and no interval takes them to be.
            let n = population.clean.as_ref().map(|clean| clean.n).filter(|n| *n >= FEWEST as u64)?;
            let effective = population.order.as_ref()?.effective_sample_size?;
            (effective < MISLEADING * n as f64).then_some((label, n, effective))
        })
        .collect();
    let (label, n, effective) = *dependent.iter().min_by(|a, b| (a.2 / a.1 as f64).total_cmp(&(b.2 / b.1 as f64)))?;
    let slow = std::iter::once(&metric.overall).chain(&metric.groups).any(|population| {
        population.label.as_ref().map(|label| label.text.as_str()) == label
            && population.order.as_ref().is_some_and(|order| order.hurst.is_some())
    });
    let slowly = if slow {
        " The dependence fades so slowly that more samples of the same run hardly help; further runs do."
    } else {
        ""
    };
    let whose = match (label, dependent.len()) {
        (None, _) => "Neighbouring samples".to_owned(),
        (Some(label), 1) => format!("Neighbouring samples of `{label}`"),
        (Some(label), all) => format!("Neighbouring samples of {all} groups, most of all `{label}`,"),
    };
    let text = format!(
        "{whose} depend on each other: {} are worth about {} independent ones. Every interval allows for that.{slowly}",
        number::counted(n, "sample"),
        number::count(effective.round() as u64)
    );
    Some(Remark { topic: Topic::Dependence, text })
}

/// A run too short to show its dependence has the intervals of a dependent one where its rows come from one.
fn short_run(metric: &Metric) -> Option<Remark> {
    /// Fewer have hardly an interval of the median anyway.
    const FEWEST: u64 = 8;
    let clean = metric.overall.clean.as_ref()?;
    let is_told = is_short(clean.n) && clean.n >= FEWEST && !metric.measured_apart;
    let effective = clean.median_effective_sample_size.filter(|_| is_told)?;
    let text = format!(
        "{} cannot show how much neighbours depend on each other; of rows with a clock they count as about {} \
         independent ones in every interval (`--independent` where each was measured by itself).",
        number::counted(clean.n, "sample"),
        number::count(effective.round().max(1.0) as u64)
    );
    Some(Remark { topic: Topic::Dependence, text })
}

/// Failures of an outage say less than as many that have nothing to do with each other.
fn clusters(metric: &Metric) -> Option<Remark> {
    let failures = metric.failures.as_ref()?;
    let clusters = failures.clusters.filter(|_| metric.leads)?;
    let text = format!(
        "Failures come in clusters: {} in {} say as much about their share as {} would that have nothing to do with each other; its \
         interval allows for that.",
        number::counted(failures.failed, "failure"),
        number::counted(clusters.count, "cluster"),
        number::counted(clusters.effective_sample_size.round().max(1.0) as u64, "row")
    );
    Some(Remark { topic: Topic::Dependence, text })
}

/// Samples at the end of a field, and what they leave unknown.
fn saturated(metric: &Metric) -> Option<Remark> {
    let clean = metric.overall.clean.as_ref()?;
    let found = clean.saturation?;
    let touched = clean.percentiles.iter().find(|one| one.value.is_some_and(|value| found.touches(value)));
    let percentiles = touched.map_or_else(
        || " and the maximum".to_owned(),
        |first| format!(", the maximum and the percentiles from {} on", number::percentile_name(first.percent)),
    );
    let stand = if found.count == 1 { "stands" } else { "stand" };
    let text = format!(
        "{} {stand} at the end of a field ({}) and may have been more: the mean{percentiles} are at least what they \
         read, and decide no target and no comparison.",
        number::counted(found.count, "sample"),
        number::quantity(metric.dimension, found.value),
    );
    Some(Remark { topic: Topic::Adequacy, text })
}

/// A mean that few samples decide.
fn heavy_tail(metric: &Metric) -> Option<Remark> {
    // The end of a field is no tail.
    let clean = metric.overall.clean.as_ref()?;
    let index = clean.heavy_tail.filter(|_| clean.saturation.is_none())?;
    let text = format!(
        "The mean has no interval: the tail decides it (tail index about {index:.1}; below 2 the standard deviation of more samples \
         grows without end). Percentiles hold."
    );
    Some(Remark { topic: Topic::Adequacy, text })
}

/// Of very many samples some numbers are taken from a part; everything else is exact.
fn thinned(metric: &Metric) -> Option<Remark> {
    let populations = || std::iter::once(&metric.overall).chain(&metric.groups);
    let picked = populations().filter_map(|population| population.picked_one_in).max();
    let ordered = populations().any(|population| population.order.as_ref().is_some_and(|order| order.thinned));
    let picked = picked.map(|every| {
        let every = number::count(every);
        let modes = if metric.depth.is_full() { ", the modes" } else { "" };
        format!("the Shamos spread{modes} and the medians over time are those of one sample in every {every}")
    });
    let ordered = ordered.then(|| {
        let changes = ", warm-up, drift and shift on one of every few samples";
        let changes = if metric.depth.is_full() { changes } else { "" };
        format!("dependence was measured on contiguous stretches{changes}")
    });
    let parts: Vec<String> = [picked, ordered].into_iter().flatten().collect();
    let text = format!("Very many samples: {}. All other numbers are of all samples.", parts.join("; "));
    (!parts.is_empty()).then_some(Remark { topic: Topic::Adequacy, text })
}

/// What was not looked for in a metric beside the duration of requests.
fn summarised(metric: &Metric) -> Option<Remark> {
    let text = "Modes, warm-up, drift and level shifts were not looked for: the metric stands beside the duration of requests (`--deep` \
                looks for all)."
        .to_owned();
    (!metric.depth.is_full()).then_some(Remark { topic: Topic::Adequacy, text })
}

/// How well the numbers of a histogram are known.
fn histogram(metric: &Metric) -> Option<Remark> {
    let Evidence::Histogram { relative_error, error_below, .. } = metric.evidence else { return None };
    let lowest = if error_below > 0.0 {
        format!(", and those below the lower quartile to within {}", number::quantity(metric.dimension, error_below))
    } else {
        String::new()
    };
    let known = if relative_error > 0.0 {
        format!("each value is known to within {} of itself{lowest}", number::percent(relative_error))
    } else {
        format!("each bucket stands for a single value{lowest}")
    };
    let text = format!(
        "Its values come from a histogram: {known}. The order of the samples is not recorded, so that every interval takes \
         them as independent; where neighbours depend on each other it is too narrow."
    );
    Some(Remark { topic: Topic::Histogram, text })
}

/// What was assumed about metrics.
pub(super) fn assumptions(metrics: &[Metric], source: &str) -> Vec<Assumption> {
    let mut assumptions = Vec::new();
    for metric in metrics {
        let subject = format!("{source}: {}", metric.name);
        // What a digest holds was understood when it was made.
        if matches!(metric.evidence, Evidence::Digest { .. }) {
            continue;
        }
        let is_histogram = matches!(metric.evidence, Evidence::Histogram { .. });
        let unstated = metric.dimension == Dimension::UnstatedTime;
        if let Some(reason) = metric.unit_reason.as_ref().filter(|_| metric.unit_assumed && !unstated) {
            let example = match metric.dimension {
                _ if is_histogram => "ms",
                Dimension::Time if metric.recorded_unit.as_deref() == Some("s") => "ms",
                Dimension::Time => "s",
                Dimension::Ratio => "ratio",
                _ => "KiB",
            };
            let name = if is_histogram { metric.name.clone() } else { shell_word(&metric.name) };
            assumptions.push(Assumption {
                subject: subject.clone(),
                text: reason.clone(),
                how_to_override: Some(format!("--unit {name}={example}")),
            });
        }
        if let Some(reason) = metric.unit_reason.as_ref().filter(|_| unstated) {
            assumptions.push(Assumption {
                subject: subject.clone(),
                text: format!("{reason}: its numbers stand as recorded, and a target with a unit says nothing of them"),
                how_to_override: Some(format!("--unit {}=ms", shell_word(&metric.name))),
            });
        }
        let collapsed = metric.groups.iter().filter_map(|group| group.label.as_ref());
        let collapsed: Vec<&Label> = collapsed.filter(|label| label.members > 1).collect();
        if let Some(only) = metric.overall.label.as_ref().filter(|only| only.members > 1) {
            assumptions.push(Assumption {
                subject: subject.clone(),
                text: format!(
                    "{} that differ only in numbers are one population: `{}`",
                    number::counted(only.members, "label"),
                    only.text
                ),
                how_to_override: Some("--no-collapse".to_owned()),
            });
        }
        if !collapsed.is_empty() {
            let labels = collapsed.iter().map(|label| label.members).sum();
            let named = Folded::of(collapsed.iter().map(|label| format!("`{}`", label.text)), 1);
            assumptions.push(Assumption {
                subject,
                text: format!(
                    "{} that differ only in numbers are one population each: {named}",
                    number::counted(labels, "label")
                ),
                how_to_override: Some("--no-collapse".to_owned()),
            });
        }
    }
    assumptions
}

/// The word as it can be typed in a shell.
pub(crate) fn shell_word(word: &str) -> String {
    let plain = word.chars().all(|character| character.is_alphanumeric() || "_-./%[]".contains(character));
    if plain { word.to_owned() } else { format!("'{}'", word.replace('\'', "'\\''")) }
}
