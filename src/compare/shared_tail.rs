//! The slow end of all groups of a metric together: of thirty requests each nobody can tell whether one in twenty times out, of three
//! hundred anybody can.
//!
//! In: the pairs of a metric's groups. Out: how many samples are several times as slow as their own group was in the baseline, on
//! both sides, where that at least doubled beyond what independent samples have by chance. Another mix of groups changes nothing.
//! Decides no verdict: it keeps a gate from passing what no single group could show.

use std::collections::BTreeMap;

use super::capture::{MetricRuns, Share};
use super::outcome::SharedTail;
use super::pairing::{Pair, incomparable};
use super::pooled::PooledRuns;
use super::share::{PooledShare, difference};
use crate::measure::Polarity;

/// So many times the median of their group in the baseline.
const TIMES: [f64; 2] = [3.0, 10.0];
/// Fewer slow samples of the run say nothing.
const FEWEST_SLOW: u64 = 8;
/// By so much the share has to rise.
const POINTS: f64 = 0.02;
/// And by this factor.
const FACTOR: f64 = 2.0;
/// What a report as a whole may call so although nothing changed.
const CHANCE: f64 = 0.05;

/// The metrics of several groups of which many more samples are slow than in the baseline.
pub(crate) fn shared_tails<'p, 'a: 'p>(
    pairs: impl Iterator<Item = &'p Pair<'a, MetricRuns>>,
    confidence: f64,
) -> Vec<SharedTail> {
    let mut groups: BTreeMap<(&str, &str), Vec<&Pair<'_, MetricRuns>>> = BTreeMap::new();
    for pair in pairs.filter(|pair| is_duration_of_a_group(pair)) {
        if let Some(runs) = pair.after.first() {
            groups.entry((&pair.source, &runs.metric)).or_default().push(pair);
        }
    }
    groups.retain(|_, pairs| pairs.len() > 1);
    let chance = CHANCE / (groups.len() * TIMES.len()).max(1) as f64;
    let of = |((_, metric), pairs): ((&str, &str), Vec<&Pair<'_, MetricRuns>>)| {
        let source = pairs.first()?.after.first()?.source.clone();
        let counts = counted(&pairs);
        let found = TIMES.into_iter().zip(counts).rev().find(|(_, sides)| has_grown(*sides, confidence, chance))?;
        let (times, [before, after]) = (found.0, found.1.map(|side| PooledShare::of(&[side]).share()));
        Some(SharedTail { source, metric: metric.to_owned(), times, before, after })
    };
    groups.into_iter().filter_map(of).collect()
}

fn is_duration_of_a_group(pair: &Pair<'_, MetricRuns>) -> bool {
    let both = pair.before.iter().chain(&pair.after);
    let slow_is_worse = |runs: &&MetricRuns| {
        runs.group.is_some() && runs.dimension.is_time() && runs.polarity == Polarity::LowerIsBetter
    };
    !pair.before.is_empty()
        && !pair.after.is_empty()
        && both.copied().all(|runs| slow_is_worse(&runs))
        && incomparable(pair).is_none()
}

/// For each limit how many samples of either side exceed it.
fn counted(pairs: &[&Pair<'_, MetricRuns>]) -> [[Share; 2]; TIMES.len()] {
    let none = Share { failed: 0, total: 0, dependence: 1.0 };
    let mut counts = [[none; 2]; TIMES.len()];
    for pair in pairs {
        let sides = [&pair.before, &pair.after].map(|runs| PooledRuns::of(runs.iter().flat_map(|runs| &runs.runs)));
        let [Some(before), Some(after)] = sides else { continue };
        let median = before.percentile(0.5);
        for (times, of_limit) in TIMES.into_iter().zip(&mut counts).filter(|_| median > 0.0) {
            for (side, sum) in [&before, &after].into_iter().zip(of_limit) {
                let share = PooledShare::of(&side.shares_where(|value| value > times * median, 1.0));
                sum.failed += share.failed;
                sum.total += share.total;
            }
        }
    }
    counts
}

fn has_grown([before, after]: [Share; 2], confidence: f64, chance: f64) -> bool {
    let [first, second] = [before, after].map(|side| PooledShare::of(&[side]));
    let much = second.failed >= FEWEST_SLOW
        && second.share() >= first.share() + POINTS
        && second.share() >= FACTOR * first.share();
    much && difference(&[before], &[after], confidence).is_some_and(|(estimate, ..)| estimate.p <= chance)
}
