//! Metrics whose unit nobody stated, and was taken for another one on each side.
//!
//! In: the captures of both sides. Out: the same, in which the numbers of such metrics stand as they are in the files, without a unit,
//! and which metrics those are. What was only assumed may differ from run to run (one more digit, one slower request), and says nothing
//! of what was measured; what a side states is never set aside.

use std::collections::BTreeSet;

use crate::measure::unit::{Dimension, Unit};

use super::capture::{Capture, MetricRuns, Recording, ReportedNumbers, Values};
use super::outcome::AsRecorded;
use super::pairing::Pairs;

/// What a side says of a unit.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Said {
    /// None: numbers as recorded.
    Nothing,
    /// One that was assumed.
    Assumed(Unit),
    /// One that the file states.
    Stated,
}

/// Both sides with such numbers as they were recorded; `None` where there are none.
pub(crate) fn as_recorded(
    pairs: &Pairs<'_>,
    before: &[Capture],
    after: &[Capture],
) -> Option<([Vec<Capture>; 2], Vec<AsRecorded>)> {
    let mut found: Vec<AsRecorded> = Vec::new();
    let mut named: BTreeSet<(String, String)> = BTreeSet::new();
    let mut flips = |metric: &str, sources: [&str; 2], said: [Said; 2]| {
        if let Some([before, after]) = differ(said) {
            named.extend(sources.map(|source| (source.to_owned(), metric.to_owned())));
            let one = AsRecorded { source: sources[1].to_owned(), metric: metric.to_owned(), before, after };
            if !found.contains(&one) {
                found.push(one);
            }
        }
    };
    for pair in &pairs.metrics {
        for (old, new) in pair.before.iter().flat_map(|old| pair.after.iter().map(move |new| (old, new))) {
            if is_convertible(old) && is_convertible(new) {
                flips(&new.metric, [&old.source, &new.source], [of_runs(old), of_runs(new)]);
            }
        }
    }
    for pair in &pairs.reported {
        for (old, new) in pair.before.iter().flat_map(|old| pair.after.iter().map(move |new| (old, new))) {
            flips(&new.metric, [&old.source, &new.source], [of_reported(old), of_reported(new)]);
        }
    }
    (!found.is_empty()).then(|| ([before, after].map(|side| converted(side, &named)), found))
}

/// The symbols of two units of which none is stated, where they differ.
fn differ(said: [Said; 2]) -> Option<[String; 2]> {
    if said[0] == said[1] || said.contains(&Said::Stated) {
        return None;
    }
    Some(said.map(|said| match said {
        Said::Assumed(unit) => unit.symbol.to_owned(),
        Said::Nothing | Said::Stated => String::new(),
    }))
}

fn of_runs(runs: &MetricRuns) -> Said {
    let symbol = runs.recorded_unit.as_deref().filter(|symbol| !symbol.is_empty());
    match (symbol.and_then(Unit::parse), runs.dimension) {
        (None, Dimension::UnstatedTime | Dimension::Unknown) if symbol.is_none() => Said::Nothing,
        (unit, dimension) if runs.unit_assumed => Said::Assumed(unit.unwrap_or_else(|| base_of(dimension))),
        _ => Said::Stated,
    }
}

fn of_reported(numbers: &ReportedNumbers) -> Said {
    match (&numbers.assumed_unit, numbers.dimension) {
        (Some(symbol), dimension) => Said::Assumed(Unit::parse(symbol).unwrap_or_else(|| base_of(dimension))),
        (None, Dimension::UnstatedTime | Dimension::Unknown) => Said::Nothing,
        (None, _) => Said::Stated,
    }
}

/// Shares of one have no symbol.
fn base_of(dimension: Dimension) -> Unit {
    if dimension == Dimension::Ratio { Unit::RATIO } else { Unit::UNKNOWN }
}

/// A sketch is kept to a relative error, and stands as it is; numbers in base units are as they were recorded.
fn is_convertible(runs: &MetricRuns) -> bool {
    let in_base = match of_runs(runs) {
        Said::Assumed(unit) => unit.is_base(),
        Said::Nothing | Said::Stated => true,
    };
    in_base || runs.runs.iter().all(|run| matches!(run.values, Values::Samples(_)))
}

/// A side in which the metrics of these sources and names have no unit.
fn converted(side: &[Capture], named: &BTreeSet<(String, String)>) -> Vec<Capture> {
    let is_named = |source: &str, metric: &str| named.contains(&(source.to_owned(), metric.to_owned()));
    let mut side = side.to_vec();
    for capture in &mut side {
        for runs in capture.metrics.iter_mut().filter(|runs| is_named(&runs.source, &runs.metric)) {
            if let Said::Assumed(unit) = of_runs(runs) {
                runs.runs.iter_mut().for_each(|run| take_back(run, unit));
                (runs.dimension, runs.recorded_unit) = (without_unit(runs.dimension), None);
            }
        }
        for numbers in capture.reported.iter_mut().filter(|numbers| is_named(&numbers.source, &numbers.metric)) {
            if let Said::Assumed(unit) = of_reported(numbers) {
                let measured = numbers.values.iter_mut().filter(|(statistic, _)| !statistic.is_count());
                measured.for_each(|(_, value)| *value = unit.of_base(*value));
                (numbers.dimension, numbers.assumed_unit) = (without_unit(numbers.dimension), None);
            }
        }
    }
    side
}

/// Durations stay durations.
fn without_unit(dimension: Dimension) -> Dimension {
    if dimension.is_time() { Dimension::UnstatedTime } else { Dimension::Unknown }
}

/// The numbers of a run as they stood in its file.
fn take_back(run: &mut Recording, unit: Unit) {
    if unit.is_base() {
        return;
    }
    if let Values::Samples(samples) = &mut run.values {
        for sample in samples {
            *sample = unit.of_base(*sample);
        }
    }
    run.mean = unit.of_base(run.mean);
    for number in [&mut run.stddev, &mut run.shift, &mut run.saturated_at] {
        *number = number.map(|number| unit.of_base(number));
    }
}
