//! A first `perfreport.toml`, from what was read: what each column was taken for, and targets that today's numbers keep.
//!
//! In: sources with their analyses. Out: the text of the file, and targets with room above today's numbers of which the caller keeps those
//! that hold. Roles and units stand in comments, with whether the file states them or they were assumed: what it states needs no second word,
//! and what was assumed is to be taken up by whoever knows.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use crate::analysis::metric::{Evidence, Metric};
use crate::measure::label::pattern;
use crate::measure::{Dimension, Polarity, Quantity, Unit};
use crate::report::build::SourceAnalysis;
use crate::report::contract::Population;
use crate::report::escape::visible;
use crate::report::number;
use crate::report::words::remedy::quoted;
use crate::table::Role;

/// What a target leaves above the upper end of today's interval (and below the lower one, where higher is better).
const ROOM: f64 = 0.2;
/// The margin where nothing is known about the noise between runs, and the least that is suggested, in percent.
const USUAL_MARGIN: f64 = 5.0;
/// The largest margin that is suggested, in percent: beyond it, measuring has to become better first.
const LARGEST_MARGIN: f64 = 50.0;
/// Runs that say something about the noise between them.
const FEWEST_RUNS: usize = 3;
/// Targets that are suggested for one file.
const MOST_TARGETS: usize = 4;
/// Samples of which a percentile may become a target.
const FEWEST_SAMPLES: u64 = 20;

/// A target that may be suggested.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Candidate {
    /// As it stands in the file.
    pub text: String,
    /// The number today, in words.
    pub today: String,
}

/// Targets with room above today's numbers, file by file.
pub(crate) fn candidates(analysed: &[SourceAnalysis]) -> Vec<Candidate> {
    let mut all = Vec::new();
    let mut seen: BTreeSet<(String, String)> = BTreeSet::new();
    for item in analysed {
        let file = pattern_of(&item.source.provenance.name, analysed);
        let metrics = item.analysis.metrics.iter().filter(|metric| !metric.only_failed && !metric.measured_apart);
        let new = metrics.filter(|metric| seen.insert((file.clone(), metric.name.clone())));
        all.extend(new.filter_map(|metric| target(metric, &file)).take(MOST_TARGETS));
    }
    all
}

fn target(metric: &Metric, file: &str) -> Option<Candidate> {
    let clean = metric.overall.clean.as_ref().filter(|clean| clean.n >= FEWEST_SAMPLES)?;
    let p95 = clean.percentiles.iter().find(|one| one.percent == 95.0);
    let p95 = p95.and_then(|one| Some(("p95", one.value?, one.interval?)));
    let median = clean.median_interval.map(|interval| ("median", clean.median, interval));
    let (key, value, condition) = match metric.polarity {
        // A percentile whose interval is open would be undecided today already.
        Polarity::LowerIsBetter => [p95, median].into_iter().flatten().find_map(|(key, value, interval)| {
            Some((key, value, format!("< {}", limit(metric.dimension, interval.high? * (1.0 + ROOM), Rounding::Up)?)))
        })?,
        Polarity::HigherIsBetter => {
            let (key, value, interval) = median?;
            (key, value, format!("> {}", limit(metric.dimension, interval.low? * (1.0 - ROOM), Rounding::Down)?))
        }
        Polarity::Unknown => return None,
    };
    let mut text = format!("[[target]]\nmetric = {}\nsource = {}\n", quoted(&metric.name), quoted(file));
    let _ = writeln!(text, "{key} = {}", quoted(&condition));
    Some(Candidate { text, today: format!("{key} is {} today", number::quantity(metric.dimension, value)) })
}

#[derive(Clone, Copy)]
enum Rounding {
    Up,
    Down,
}

/// A limit of two digits in the unit that suits it; absent where it would not be read back as what it is.
fn limit(dimension: Dimension, base: f64, rounding: Rounding) -> Option<String> {
    if !base.is_finite() || base <= 0.0 || matches!(dimension, Dimension::UnstatedTime | Dimension::Unknown) {
        return None;
    }
    let unit = if dimension == Dimension::Count { Unit::COUNT } else { dimension.display_unit(base) };
    let value = base / unit.to_base(1.0);
    let step = 10f64.powf(value.log10().floor() - 1.0);
    let steps = match rounding {
        Rounding::Up => (value / step).ceil(),
        Rounding::Down => (value / step).floor(),
    };
    let decimals = usize::try_from(-(step.log10().round() as i64)).unwrap_or(0);
    let text = format!("{:.decimals$}{}", steps * step, unit.symbol);
    let read: Quantity = text.parse().ok()?;
    let back = read.or_in(unit).base_in(dimension)?;
    ((back - base).abs() <= 0.2 * base).then_some(text)
}

/// The whole file. `targets` are those that hold.
pub(crate) fn text(analysed: &[SourceAnalysis], targets: &[Candidate]) -> String {
    let mut text = String::from(
        "# What perfreport should know about these measurements. Written by `perfreport init` from the files as they are; change\n\
         # what is wrong, delete what you do not need. Without this file the program finds out by itself.\n\n",
    );
    text.push_str(&margin(analysed));
    if targets.is_empty() {
        text.push_str(
            "\n# What makes the exit code 1; \"regression\" needs --baseline.\n# fail_on = [\"regression\"]\n",
        );
    } else {
        text.push_str(
            "\n# What makes the exit code 1. With --baseline add \"regression\", or give --fail-on regression,target.\n\
             fail_on = [\"target\"]\n",
        );
    }
    let mut done: BTreeSet<String> = BTreeSet::new();
    for item in analysed {
        let file = pattern_of(&item.source.provenance.name, analysed);
        if done.insert(file.clone()) {
            text.push_str(&source(item, &file));
        }
    }
    if targets.is_empty() {
        text.push_str(
            "\n# No target is suggested: no metric has a known unit, a better direction and enough samples. One looks like this:\n\
             # [[target]]\n# metric = \"latency\"\n# p95 = \"< 200ms\"\n",
        );
    } else {
        text.push_str(
            "\n# Targets with a fifth of room beyond today's intervals: what the service has to keep is for you to say.\n",
        );
    }
    for target in targets {
        let _ = write!(text, "\n# {}\n{}", visible(&target.today), target.text);
    }
    text
}

/// What each column of a source was taken for.
fn source(item: &SourceAnalysis, file: &str) -> String {
    let mut text = format!("\n[[source]]\nmatch = {}\n", quoted(file));
    let format = &item.source.provenance.format;
    let _ = writeln!(text, "# format = {}  # recognised", quoted(format));
    let mut columns = String::new();
    let mut named: BTreeSet<&str> = BTreeSet::new();
    for column in item.analysis.sources.iter().flat_map(|source| &source.tables).flat_map(|table| &table.columns) {
        if !named.insert(&column.name) {
            continue;
        }
        let role = column.role.name();
        if column.role != Role::Metric {
            let _ = writeln!(columns, "# {}: {role} ({})", visible(&column.name), visible(&column.role_reason));
            continue;
        }
        let metric = item.analysis.metrics.iter().find(|metric| metric.name == column.name);
        columns.push_str(&measured(&column.name, metric, column.unit.as_deref()));
    }
    for metric in item.analysis.metrics.iter().filter(|metric| !named.contains(metric.name.as_str())) {
        let unit = metric.recorded_unit.as_deref().unwrap_or("not stated");
        let what = if matches!(metric.evidence, Evidence::Samples) { "metric" } else { "histogram" };
        let _ = writeln!(columns, "# {}: {what}, unit {}", visible(&metric.name), visible(unit));
    }
    text + &columns
}

/// A measured column with its unit, which stands in a comment, and its direction, where that is known.
fn measured(name: &str, metric: Option<&Metric>, unit: Option<&str>) -> String {
    let mut text = String::new();
    let table = format!("[source.columns.{}]", quoted(name));
    let unit = unit.filter(|unit| Unit::parse(unit).is_some());
    let assumed = metric.is_none_or(|metric| metric.unit_assumed);
    let reason = metric.and_then(|metric| metric.unit_reason.as_deref()).map(|reason| format!(": {}", visible(reason)));
    let reason = reason.unwrap_or_default();
    let stated = unit.filter(|_| !assumed);
    let better = metric.map_or(Polarity::Unknown, |metric| metric.polarity);
    let way = match better {
        Polarity::LowerIsBetter => Some("lower"),
        Polarity::HigherIsBetter => Some("higher"),
        Polarity::Unknown => None,
    };
    let mark = if way.is_none() { "# " } else { "" };
    let _ = writeln!(text, "{mark}{table}");
    let _ = match (stated, unit) {
        // What the file states it goes on stating, perhaps row by row: said here it would go before that.
        (Some(unit), _) => writeln!(text, "# unit = {}  # stated{reason}", quoted(unit)),
        (None, Some(unit)) => writeln!(text, "# unit = {}  # assumed, nothing states it{reason}", quoted(unit)),
        (None, None) => writeln!(text, "# unit = \"ms\"  # not stated, or none: say it where there is one"),
    };
    let _ = match way {
        Some(way) => writeln!(text, "better = {}", quoted(way)),
        None => {
            writeln!(text, "# better = \"lower\"  # not stated: without it nothing is called regressed or improved")
        }
    };
    text
}

/// The margin with what is known of the noise between runs.
fn margin(analysed: &[SourceAnalysis]) -> String {
    let noise = noise(analysed);
    let known = noise.map(|(noise, runs)| {
        let suggested = (2.0 * noise * 100.0).ceil().clamp(USUAL_MARGIN, LARGEST_MARGIN);
        let noise = format!("{:.1}%", noise * 100.0);
        (
            suggested,
            format!("medians of {runs} runs differ by {noise} (relative standard deviation); twice that, at least 5%"),
        )
    });
    let (suggested, why) = known.unwrap_or_else(|| {
        let why = "the noise between runs is not known: `perfreport baseline add` collects three to five runs of the same code";
        (USUAL_MARGIN, why.to_owned())
    });
    format!("# The change that matters. Observed: {why}.\nmargin = \"{suggested}%\"\n")
}

/// The largest relative standard deviation of medians over files that are runs of one thing, and how many there are.
fn noise(analysed: &[SourceAnalysis]) -> Option<(f64, usize)> {
    let mut medians: BTreeMap<(String, &str), Vec<f64>> = BTreeMap::new();
    for item in analysed {
        let file = pattern_of(&item.source.provenance.name, analysed);
        for metric in item.analysis.metrics.iter().filter(|metric| metric.polarity != Polarity::Unknown) {
            let median = |population: &Population| population.clean.as_ref().map(|clean| clean.median);
            medians.entry((file.clone(), &metric.name)).or_default().extend(median(&metric.overall));
        }
    }
    let spread = |medians: &Vec<f64>| {
        let n = medians.len() as f64;
        let mean = medians.iter().sum::<f64>() / n;
        let variance = medians.iter().map(|median| (median - mean).powi(2)).sum::<f64>() / (n - 1.0);
        (mean > 0.0).then(|| (variance.sqrt() / mean, medians.len()))
    };
    let runs = medians.values().filter(|medians| medians.len() >= FEWEST_RUNS);
    runs.filter_map(spread).max_by(|a, b| a.0.total_cmp(&b.0))
}

/// By what a source is matched: its file's ending where it is the only one, since tomorrow's may be called otherwise; else its file's
/// name, with `*` for numbers where several files differ only in those.
fn pattern_of(name: &str, analysed: &[SourceAnalysis]) -> String {
    let last = |name: &str| name.rsplit('/').next().unwrap_or(name).to_owned();
    let file = last(name);
    let general = pattern(&file);
    let all: BTreeSet<String> = analysed.iter().map(|item| last(&item.source.provenance.name)).collect();
    let same: BTreeSet<&String> = all.iter().filter(|other| pattern(other) == general).collect();
    if let Some((_, ending)) = file.rsplit_once('.').filter(|_| all.len() == 1) {
        return format!("*.{}", glob::Pattern::escape(ending));
    }
    let is_plain = !file.contains(['*', '?', '[', ']']);
    if same.len() > 1 && is_plain { general } else { glob::Pattern::escape(&file) }
}
