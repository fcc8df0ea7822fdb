//! The first line about benchmarks: how many there are, how often each was run, and how long the only few took.

use std::collections::BTreeMap;

use super::headline::NAME_LETTERS;
use super::measured::Measurements;
use crate::measure::{RowKind, Statistic};
use crate::report::contract::{Metric, Population, Reported};
use crate::report::number;
use crate::report::text_table::shortened_apart;

/// Benchmarks whose numbers the first line has.
const NAMED: usize = 2;

/// `6 benchmarks, 3 samples each`, `2 benchmarks, 13 to 27 samples each: sleep 0.1 median 106.5 ms, …`; `None` where something else was
/// measured.
pub(in crate::report) fn measured(of: &Measurements<'_>) -> Option<String> {
    let are_benchmarks = of.sources.iter().all(|source| source.row == RowKind::Run);
    let only_they = of.requests.is_empty() && of.summaries.is_empty() && of.services.is_empty();
    if !are_benchmarks || !only_they || of.populations.iter().any(|one| one.failed > 0) {
        return None;
    }
    let leading: Vec<&Metric> = of.metrics.iter().filter(|metric| metric.leads && metric.measured_apart).collect();
    if leading.is_empty() && !of.metrics.is_empty() {
        return None;
    }
    // Of several metrics of one run the one with most samples counts; those of several files add up.
    let mut in_file: BTreeMap<(&str, &str), u64> = BTreeMap::new();
    for metric in &leading {
        for population in populations(metric) {
            let most = in_file.entry((metric.source.as_str(), label(population))).or_default();
            *most = population.clean.as_ref().map_or(0, |clean| clean.n).max(*most);
        }
    }
    let mut samples: BTreeMap<&str, u64> = BTreeMap::new();
    for ((_, label), n) in in_file {
        *samples.entry(label).or_default() += n;
    }
    let reported = only_reported(of.reported, &samples);
    let (count, said) = match (samples.len(), reported.len()) {
        (0, 0) => return None,
        (0, 1) => (1, " as the tool reports it".to_owned()),
        (0, count) => (count, " as the tool reports them".to_owned()),
        (count, 0) => (count, each(&samples)),
        (count, others) => (count, format!("{}, and {others} as the tool reports them", each(&samples))),
    };
    let numbers: Vec<(&str, String)> = match (&leading[..], of.sources) {
        ([metric], [_]) => populations(metric).filter_map(|one| sample_value(metric, one)).collect(),
        ([], [_]) => reported.iter().filter_map(|one| reported_value(one)).collect(),
        _ => Vec::new(),
    };
    let all_named = numbers.len() == samples.len() + reported.len() && numbers.len() <= NAMED;
    // Names that end alike are cut where they differ.
    let names: Vec<String> = numbers.iter().map(|(name, _)| (*name).to_owned()).collect();
    let names = shortened_apart(&names, NAME_LETTERS);
    let numbers: Vec<String> =
        names.iter().zip(&numbers).map(|(name, (_, number))| format!("{name}{number}")).collect();
    let numbers = if all_named { format!(": {}", numbers.join(", ")) } else { String::new() };
    Some(format!("{}{said}{numbers}", number::counted(count as u64, "benchmark")))
}

/// The benchmarks of a metric.
fn populations(metric: &Metric) -> impl Iterator<Item = &Population> {
    let alone = metric.groups.is_empty().then_some(&metric.overall);
    alone.into_iter().chain(&metric.groups)
}

fn label(population: &Population) -> &str {
    population.label.as_ref().map_or("", |label| label.text.as_str())
}

/// `, 3 samples each`.
fn each(samples: &BTreeMap<&str, u64>) -> String {
    let fewest = samples.values().min().copied().unwrap_or_default();
    let most = samples.values().max().copied().unwrap_or_default();
    let each = if samples.len() > 1 { " each" } else { "" };
    if fewest == most {
        format!(", {}{each}", number::counted(most, "sample"))
    } else {
        format!(", {} to {}{each}", number::count(fewest), number::counted(most, "sample"))
    }
}

/// What a tool reports of benchmarks without samples: the first metric of each.
fn only_reported<'r>(reported: &'r [Reported], samples: &BTreeMap<&str, u64>) -> Vec<&'r Reported> {
    let mut first: Vec<&Reported> = Vec::new();
    for one in reported {
        let label = one.label.as_deref().unwrap_or_default();
        let is_known = samples.contains_key(label) || first.iter().any(|known| known.label == one.label);
        if !is_known {
            first.push(one);
        }
    }
    first
}

/// `sleep 0.1`, ` median 106.5 ms`.
fn sample_value<'m>(metric: &Metric, population: &'m Population) -> Option<(&'m str, String)> {
    let clean = population.clean.as_ref()?;
    let what = if clean.n > 1 { " median" } else { "" };
    let median = number::quantity_as_written(metric.dimension, metric.recorded_unit.as_deref(), clean.median);
    Some((label(population), format!("{what} {median}")))
}

fn reported_value(reported: &Reported) -> Option<(&str, String)> {
    let of = |statistic: Statistic| Some((statistic, reported.number(statistic)?));
    let (statistic, value) = of(Statistic::Median)
        .or_else(|| of(Statistic::P50))
        .or_else(|| of(Statistic::Mean))
        .or_else(|| of(Statistic::Value))?;
    let what = if statistic == Statistic::Value { String::new() } else { format!(" {statistic}") };
    let value = number::quantity(reported.dimension, value);
    Some((reported.label.as_deref().unwrap_or(&reported.metric), format!("{what} {value}")))
}
