//! The slow end of all groups of a metric together: of thirty requests each nobody can tell whether one in twenty times out, of three
//! hundred anybody can.
//!
//! In: what both sides hold of a metric's groups, counted where that is pooled anyway. Out: how many samples are several times as slow as their own group was in the baseline, on
//! both sides, where that at least doubled beyond what independent samples have by chance. Another mix of groups changes nothing.
//! Decides no verdict: it keeps a gate from passing what no single group could show.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use super::capture::{MetricRuns, Share};
use super::outcome::{Change, SharedTail};
use super::pairing::Pair;
use super::pooled::PooledRuns;
use super::share::difference;
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

/// For each limit how many samples of either side of one group exceed it; and how many are zero.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SlowCounts {
    slow: [[Share; 2]; TIMES.len()],
    pub(crate) zeros: [Share; 2],
}

impl SlowCounts {
    /// Of the durations of a group; `None` of anything else.
    pub(crate) fn of(pair: &Pair<'_, MetricRuns>, [before, after]: [&PooledRuns; 2]) -> Option<Self> {
        let slow_is_worse = |runs: &&MetricRuns| {
            runs.group.is_some() && runs.dimension.is_time() && runs.polarity == Polarity::LowerIsBetter
        };
        let median = before.percentile(0.5);
        if !pair.before.iter().chain(&pair.after).all(slow_is_worse) {
            return None;
        }
        let slow = |side: &PooledRuns, times: f64| {
            let runs = if median > 0.0 { side.shares_where(|value| value > times * median, 1.0) } else { Vec::new() };
            Share::pooled(&runs)
        };
        let sides = [before, after];
        Some(Self {
            slow: TIMES.map(|times| sides.map(|side| slow(side, times))),
            zeros: sides.map(|side| Share::pooled(&side.shares_where(|value| value == 0.0, 1.0))),
        })
    }

    fn add(&mut self, other: &Self) {
        for (sum, one) in self.slow.iter_mut().flatten().zip(other.slow.iter().flatten()) {
            sum.failed += one.failed;
            sum.total += one.total;
        }
    }
}

/// The metrics of several groups of which many more samples are slow than in the baseline; each group with its change.
pub(crate) fn shared_tails<'a>(
    groups: impl Iterator<Item = (&'a str, &'a Change, &'a SlowCounts)>,
    confidence: f64,
) -> Vec<SharedTail> {
    let mut metrics: BTreeMap<(&str, &str), (&Change, SlowCounts, usize)> = BTreeMap::new();
    for (place, change, counts) in groups {
        match metrics.entry((place, &change.metric)) {
            Entry::Vacant(entry) => {
                entry.insert((change, *counts, 1));
            }
            Entry::Occupied(mut entry) => {
                let (_, sum, groups) = entry.get_mut();
                sum.add(counts);
                *groups += 1;
            }
        }
    }
    metrics.retain(|_, (.., groups)| *groups > 1);
    let chance = CHANCE / (metrics.len() * TIMES.len()).max(1) as f64;
    let of = |(change, counts, _): (&Change, SlowCounts, usize)| {
        let mut found = TIMES.into_iter().zip(counts.slow).rev();
        let (times, sides) = found.find(|(_, sides)| has_grown(*sides, confidence, chance))?;
        let [before, after] = sides.map(|side| Share::pooled(&[side]).share());
        Some(SharedTail { source: change.source.clone(), metric: change.metric.clone(), times, before, after })
    };
    metrics.into_values().filter_map(of).collect()
}

fn has_grown([before, after]: [Share; 2], confidence: f64, chance: f64) -> bool {
    let [first, second] = [before, after].map(|side| Share::pooled(&[side]));
    let much = second.failed >= FEWEST_SLOW
        && second.share() >= first.share() + POINTS
        && second.share() >= FACTOR * first.share();
    much && difference(&[before], &[after], confidence).is_some_and(|(estimate, ..)| estimate.p <= chance)
}
