//! One of several runs that is unlike those of the baseline, where the others are like them: means over runs hide it.
//!
//! In: what both sides hold, before anything is pooled. Out: for each run what a single run would be refused for: a label that is not in it,
//! values that are gone, a fallen rate, a slow end, speed that is too good. The center of its samples is looked at elsewhere. Says nothing
//! where the run is a single file, nor of what the runs of the baseline differ by themselves.

use std::collections::{BTreeMap, BTreeSet};

use super::beyond_noise::{BothSides, beyond_noise};
use super::capture::{MetricRuns, RateRun, Share, Values};
use super::odd_run::{OddRun, Oddity};
use super::pairing::{Pair, Pairs};
use super::rate;
use super::share::independent_difference;
use super::too_quick::TOO_GOOD;
use crate::measure::Polarity;

/// Of fewer samples of a label one run may have none by chance.
const FEWEST_OF_LABEL: usize = 10;
/// With fewer samples nobody knows the slow end of a run.
const FEWEST: usize = 40;
/// What is beyond the slow end: so many times the largest p95 of the runs of the baseline,
const DOUBLED: f64 = 2.0;
/// which so many more samples of a run exceed than of any of those.
const POINTS: f64 = 0.02;
/// What all of it may say by chance.
const LEVEL: f64 = 0.01;
const CONFIDENCE: f64 = 0.95;

/// Each run that is odd, and why; the first reason of each.
pub(crate) fn found(pairs: &Pairs<'_>) -> Vec<OddRun> {
    let mut odd: Vec<OddRun> = Vec::new();
    odd.extend(without_label(&pairs.metrics));
    odd.extend(without_values(pairs));
    odd.extend(slower_rates(pairs));
    let speeds: Vec<&Pair<'_, MetricRuns>> = pairs.metrics.iter().filter(|pair| is_of_speed(pair)).collect();
    odd.extend(speeds.iter().flat_map(|pair| slow_ends(&[*pair], LEVEL / (2 * speeds.len()) as f64)));
    let mut metrics: BTreeMap<(&str, &str), Vec<&Pair<'_, MetricRuns>>> = BTreeMap::new();
    for pair in &speeds {
        metrics.entry((&pair.source, &pair.after[0].metric)).or_default().push(*pair);
    }
    let of_several = metrics.values().filter(|groups| groups.len() > 1);
    odd.extend(of_several.flat_map(|groups| slow_ends(groups, LEVEL / (2 * metrics.len()) as f64)));
    odd.extend(too_quick(&speeds));
    let mut seen = BTreeSet::new();
    odd.retain(|one| seen.insert(one.source.clone()));
    odd
}

/// The samples of each file of a side; nothing of files that hold several runs themselves, or none but a sketch.
fn files<'a>(side: &[&'a MetricRuns]) -> Vec<(&'a str, &'a [f64])> {
    let of = |runs: &&'a MetricRuns| match &runs.runs[..] {
        [one] => match &one.values {
            Values::Samples(samples) => Some((runs.source.as_str(), samples.as_slice())),
            Values::Sketch(_) => None,
        },
        _ => None,
    };
    side.iter().filter_map(of).collect()
}

fn is_of_speed(pair: &Pair<'_, MetricRuns>) -> bool {
    let of = |runs: &&MetricRuns| runs.dimension.is_time() && runs.polarity == Polarity::LowerIsBetter;
    pair.after.len() > 1 && !pair.before.is_empty() && pair.before.iter().chain(&pair.after).all(of)
}

/// A label that all files of the baseline and all others of the run have, each with more samples than chance could miss.
fn without_label(pairs: &[Pair<'_, MetricRuns>]) -> Vec<OddRun> {
    let mut files_of: BTreeMap<(&str, &str), BTreeSet<&str>> = BTreeMap::new();
    let mut before_of: BTreeMap<(&str, &str), BTreeSet<&str>> = BTreeMap::new();
    let of_pair = |pair: &Pair<'_, MetricRuns>| !pair.before.is_empty() && !pair.after.is_empty();
    for pair in pairs {
        for (known, side) in [(&mut files_of, &pair.after), (&mut before_of, &pair.before)] {
            for runs in side {
                known.entry((&pair.source, &runs.metric)).or_default().insert(&runs.source);
            }
        }
    }
    let of = |pair: &Pair<'_, MetricRuns>| -> Vec<OddRun> {
        let Some(first) = pair.after.first() else { return Vec::new() };
        let key = (pair.source.as_str(), first.metric.as_str());
        let (Some(files), Some(earlier)) = (files_of.get(&key), before_of.get(&key)) else { return Vec::new() };
        let many = |runs: &&MetricRuns| runs.runs.iter().map(|run| run.values.len()).sum::<usize>() >= FEWEST_OF_LABEL;
        let own: BTreeSet<&str> = pair.after.iter().map(|runs| runs.source.as_str()).collect();
        let in_all =
            pair.before.iter().map(|runs| runs.source.as_str()).collect::<BTreeSet<&str>>().len() == earlier.len();
        let Some(group) = first.group.clone().filter(|_| files.len() > 1 && in_all) else { return Vec::new() };
        if !pair.before.iter().chain(&pair.after).all(many) {
            return Vec::new();
        }
        let gone = files.difference(&own).map(|source| OddRun {
            source: (*source).to_owned(),
            of: Oddity::NoLabel { metric: first.metric.clone(), group: group.clone() },
        });
        gone.collect()
    };
    pairs.iter().filter(|pair| of_pair(pair)).flat_map(of).collect()
}

/// A run whose rows hold no value any more.
fn without_values(pairs: &Pairs<'_>) -> Vec<OddRun> {
    let of_values = pairs.shares.iter().filter(|pair| pair.is_of_absent_values() && pair.after.len() > 1);
    let found = of_values.flat_map(|pair| {
        let runs: Vec<Share> = pair.before.iter().flat_map(|side| side.runs.iter().copied()).collect();
        let before = Share::pooled(&runs);
        pair.after.iter().filter_map(move |side| {
            let after = Share::pooled(&side.runs);
            beyond_noise(&BothSides { absent: Some([before, after]), ..BothSides::default() }, 0.0)?;
            let of = Oddity::AbsentValues { metric: pair.metric.clone(), share: after.share() };
            Some(OddRun { source: side.source.clone(), of })
        })
    });
    found.collect()
}

/// A run that came at a rate so low that it would be refused alone.
fn slower_rates(pairs: &Pairs<'_>) -> Vec<OddRun> {
    let several = pairs.rates.iter().filter(|pair| pair.after.len() > 1 && !pair.before.is_empty());
    let found = several.flat_map(|pair| {
        pair.after.iter().filter_map(|run| {
            // Of several levels of load the lowest one counts.
            let of = |run: &RateRun| run.requests as f64 / run.seconds;
            let slowest = pair.before.iter().copied().min_by(|one, other| of(one).total_cmp(&of(other)))?;
            let change = rate::change(&[slowest], &[*run], CONFIDENCE)?;
            let fallen_rate = change.high.filter(|high| *high < 1.0).map(|_| change.ratio);
            beyond_noise(&BothSides { fallen_rate, ..BothSides::default() }, 0.0)?;
            Some(OddRun { source: run.source.clone(), of: Oddity::Rate { ratio: change.ratio } })
        })
    });
    found.collect()
}

fn at(sorted: &[f64], p: f64) -> f64 {
    sorted[((sorted.len() as f64 * p) as usize).min(sorted.len() - 1)]
}

fn sorted(samples: &[f64]) -> Vec<f64> {
    let mut sorted = samples.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    sorted
}

fn beyond(samples: &[f64], limit: f64) -> Share {
    let failed = samples.iter().filter(|sample| **sample > limit).count() as u64;
    Share { failed, total: samples.len() as u64, dependence: 1.0 }
}

/// How many samples of each file are beyond twice the slow end of its group in the baseline: of the baseline, and of the run.
fn beyond_limits<'a>(groups: &[&'a Pair<'_, MetricRuns>]) -> [BTreeMap<&'a str, Share>; 2] {
    let mut sides = [BTreeMap::new(), BTreeMap::new()];
    for pair in groups {
        let (before, after) = (files(&pair.before), files(&pair.after));
        if before.is_empty() || before.iter().any(|(_, samples)| samples.len() < FEWEST) {
            continue;
        }
        let p95 = before.iter().map(|(_, samples)| at(&sorted(samples), 0.95)).fold(0.0, f64::max);
        for (side, files) in sides.iter_mut().zip([before, after]) {
            for (source, samples) in files.into_iter().filter(|_| p95 > 0.0) {
                let own = beyond(samples, DOUBLED * p95);
                let sum: &mut Share = side.entry(source).or_insert(Share { failed: 0, total: 0, dependence: 1.0 });
                (sum.failed, sum.total) = (sum.failed + own.failed, sum.total + own.total);
            }
        }
    }
    sides
}

/// Runs of which many more samples are beyond twice the slow end than of any run of the baseline, over some groups of a metric.
fn slow_ends(groups: &[&Pair<'_, MetricRuns>], chance: f64) -> Vec<OddRun> {
    let [before, after] = beyond_limits(groups);
    let shares: Vec<Share> = before.into_values().collect();
    let (most, all) = (shares.iter().map(|share| share.share()).fold(0.0, f64::max), Share::pooled(&shares));
    let is_slow = |share: &Share| {
        let rise = independent_difference(all, *share, CONFIDENCE);
        let certain = share.total >= FEWEST as u64 && rise.is_some_and(|rise| rise.p <= chance / after.len() as f64);
        certain && share.share() - most >= POINTS
    };
    let Some(first) = groups.first().and_then(|pair| pair.after.first()).filter(|_| after.len() > 1) else {
        return Vec::new();
    };
    let group = first.group.clone().filter(|_| groups.len() == 1);
    let odd = |(source, share): (&&str, &Share)| {
        let (metric, group, share) = (first.metric.clone(), group.clone(), share.share());
        OddRun { source: (*source).to_owned(), of: Oddity::SlowEnd { metric, group, share } }
    };
    after.iter().filter(|(_, share)| is_slow(share)).map(odd).collect()
}

/// Runs that are ten times as quick as the quickest of the baseline in everything that they hold.
fn too_quick(pairs: &[&Pair<'_, MetricRuns>]) -> Vec<OddRun> {
    let mut by_run: BTreeMap<&str, Option<(f64, &MetricRuns)>> = BTreeMap::new();
    for pair in pairs {
        let medians = |side: &[&MetricRuns]| -> Vec<f64> {
            files(side)
                .iter()
                .filter(|(_, samples)| samples.len() > 2)
                .map(|(_, samples)| at(&sorted(samples), 0.5))
                .collect()
        };
        let Some(quickest) = medians(&pair.before).into_iter().reduce(f64::min) else { continue };
        for runs in &pair.after {
            let Some(median) = medians(&[*runs]).first().copied() else { continue };
            let factor = if median > 0.0 { quickest / median } else { 0.0 };
            let known = by_run.entry(&runs.source).or_insert(Some((factor, *runs)));
            match known {
                Some((other, _)) if factor >= TOO_GOOD => *other = other.max(factor),
                _ => *known = None,
            }
        }
    }
    let all = by_run.len();
    let quick: Vec<(&str, f64, &MetricRuns)> =
        by_run.into_iter().filter_map(|(source, found)| found.map(|(factor, runs)| (source, factor, runs))).collect();
    // Where all runs are, nothing hides it.
    if quick.len() == all {
        return Vec::new();
    }
    let odd = |(source, factor, runs): (&str, f64, &MetricRuns)| OddRun {
        source: source.to_owned(),
        of: Oddity::TooQuick { metric: runs.metric.clone(), group: runs.group.clone(), factor },
    };
    quick.into_iter().map(odd).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::capture::Recording;
    use crate::measure::Dimension;

    fn runs(source: &str, group: &str, samples: &[f64]) -> MetricRuns {
        MetricRuns {
            source: source.to_owned(),
            metric: "latency_ms".to_owned(),
            group: Some(group.to_owned()),
            dimension: Dimension::Time,
            recorded_unit: None,
            unit_assumed: false,
            polarity: Polarity::LowerIsBetter,
            meaning: None,
            runs: vec![Recording::of(samples)],
        }
    }

    fn samples(level: f64, slow: usize) -> Vec<f64> {
        let value = |at: u32| level * (0.8 + 0.4 * (f64::from(at) * 0.618).fract());
        (0..100).map(|at| if (at as usize * 7) % 100 < slow { 10.0 * value(at) } else { value(at) }).collect()
    }

    #[test]
    fn a_slow_end_of_one_run_is_seen_and_one_that_the_baseline_has_is_not() {
        let side = |slow: [usize; 3]| -> Vec<MetricRuns> {
            slow.iter()
                .enumerate()
                .map(|(at, slow)| runs(&format!("run-{at}.csv"), "/a", &samples(1.0, *slow)))
                .collect()
        };
        let found = |before: [usize; 3], after: [usize; 3]| {
            let (before, after) = (side(before), side(after));
            let pair = Pair { source: String::new(), before: before.iter().collect(), after: after.iter().collect() };
            slow_ends(&[&pair], 0.05).len()
        };
        assert_eq!(found([0, 0, 0], [0, 0, 8]), 1);
        assert_eq!(found([0, 0, 0], [0, 0, 1]), 0);
        assert_eq!(found([0, 4, 0], [0, 0, 5]), 0);
        assert_eq!(found([0, 0, 0], [0, 0, 0]), 0);
    }

    #[test]
    fn a_run_that_is_ten_times_as_quick_beside_others_is_odd() {
        let side = |levels: [f64; 3]| -> Vec<MetricRuns> {
            levels
                .iter()
                .enumerate()
                .map(|(at, level)| runs(&format!("run-{at}.csv"), "/a", &samples(*level, 0)))
                .collect()
        };
        let found = |after: [f64; 3]| {
            let (before, after) = (side([1.0, 1.1, 1.0]), side(after));
            let pair = Pair { source: String::new(), before: before.iter().collect(), after: after.iter().collect() };
            too_quick(&[&pair]).len()
        };
        assert_eq!((found([1.0, 1.0, 0.01]), found([1.0, 1.0, 0.2]), found([0.01, 0.01, 0.01])), (1, 0, 0));
    }
}
