//! Whether a run says nothing new: its files, or their samples, are those of the baseline.
//!
//! In: the captures of both sides. Out: the files of the run that are the very bytes of the baseline, whose samples are its samples in whatever
//! order or a part of them, or that hold no row beyond what it has seen. Numbers that every run repeats (counts of allocations) are no sign
//! of that, nor are durations of a coarse clock: there must be so many that differ, or are so fine, that no second run would repeat them.

use std::collections::BTreeSet;

use super::capture::{Capture, MetricRuns, Recording, Values};
use super::outcome::Growth;

/// Fewer different durations may come again by chance, or by a coarse clock.
const DISTINCT_DURATIONS: usize = 20;
/// So unlikely are samples of another run to be all among those of the baseline.
const CHANCE: f64 = 1e-9;

/// Files of the run that say nothing new.
pub(super) fn stale(before: &[Capture], after: &[Capture], grown: &[Growth]) -> Vec<String> {
    let seen: BTreeSet<&str> =
        before.iter().flat_map(|capture| &capture.sources).map(|source| source.digest.as_str()).collect();
    let mut names = Vec::new();
    for capture in after {
        for source in &capture.sources {
            let same_bytes = seen.contains(source.digest.as_str()) && has_many_durations(capture, &source.name);
            if same_bytes || repeats(before, capture, &source.name) {
                names.push(source.name.clone());
            }
        }
    }
    names.extend(grown.iter().filter(|growth| growth.new_lines == 0).map(|growth| growth.source.clone()));
    names
}

/// Ascending samples, or points that stand for them.
fn ascending(run: &Recording) -> Vec<f64> {
    run.values.ordered().points
}

/// Whether a file holds enough different durations that no second run would repeat.
fn has_many_durations(capture: &Capture, source: &str) -> bool {
    let durations = capture.metrics.iter().filter(|runs| runs.source == source && runs.dimension.is_time());
    let mut values: Vec<f64> = durations.flat_map(|runs| &runs.runs).flat_map(ascending).collect();
    values.sort_unstable_by(f64::total_cmp);
    values.dedup();
    values.len() >= DISTINCT_DURATIONS
}

/// Whether all samples of a file stand in the baseline, and chance does not explain it. A blank line more does not make old samples new.
fn repeats(before: &[Capture], capture: &Capture, source: &str) -> bool {
    if !has_many_durations(capture, source) {
        return false;
    }
    let (mut by_chance, mut all_the_same) = (0.0, true);
    for runs in capture.metrics.iter().filter(|runs| runs.source == source) {
        for run in &runs.runs {
            match known(before, runs, run) {
                Known::No => return false,
                Known::Same => {}
                Known::Part { log_chance } => {
                    all_the_same = false;
                    if runs.dimension.is_time() {
                        by_chance += log_chance;
                    }
                }
            }
        }
    }
    all_the_same || by_chance <= CHANCE.ln()
}

/// Whether the samples of a run are known.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Known {
    No,
    /// All samples of a run of the baseline, in whatever order.
    Same,
    /// Some of them.
    Part {
        /// Logarithm of the chance that as many samples of another run are all among those of the baseline.
        log_chance: f64,
    },
}

fn known(before: &[Capture], runs: &MetricRuns, run: &Recording) -> Known {
    let of_metric = before.iter().flat_map(|capture| &capture.metrics);
    let same_name = of_metric.filter(|old| old.metric == runs.metric && old.group == runs.group);
    let mut part = Known::No;
    for old in same_name.flat_map(|old| &old.runs) {
        match beside(&old.values, &run.values) {
            Known::Same => return Known::Same,
            Known::No => {}
            found @ Known::Part { .. } => part = found,
        }
    }
    part
}

/// What the samples of a run are beside those of one of the baseline.
fn beside(old: &Values, new: &Values) -> Known {
    if old.len() < new.len() {
        return Known::No;
    }
    if let (Values::Samples(_), Values::Samples(_)) = (old, new) {
        let (all, some) = (old.ordered().points, new.ordered().points);
        return match are_among(&some, &all) {
            false => Known::No,
            true if some.len() == all.len() => Known::Same,
            true => Known::Part { log_chance: log_chance(&all, some.len()) },
        };
    }
    // A sketch counts, in whatever order the samples came; of a part of them it does not say whose they are.
    if old.clone().reduced() == new.clone().reduced() { Known::Same } else { Known::No }
}

/// Whether ascending numbers stand among others, each as often.
fn are_among(some: &[f64], all: &[f64]) -> bool {
    let mut rest = all.iter();
    some.iter().all(|value| rest.find(|other| *other >= value).is_some_and(|other| other == value))
}

/// The chance that so many samples of another run all stand among ascending ones. How likely a sample is to be seen again, those that occur
/// once say (Good 1953): of a fine clock all do.
fn log_chance(all: &[f64], count: usize) -> f64 {
    let once = all.chunk_by(|one, other| one == other).filter(|alike| alike.len() == 1).count() as f64;
    let n = all.len() as f64;
    let seen_again = ((n - once + 3.0 * n.sqrt()) / n).min(1.0);
    count as f64 * seen_again.ln()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(values: &[f64]) -> Values {
        Values::Samples(values.to_vec())
    }

    /// The golden ratio's multiples, as a clock of so many steps a millisecond shows them.
    fn samples(count: u32, steps: f64, offset: f64) -> Vec<f64> {
        (0..count)
            .map(|at| ((80.0 + 40.0 * (f64::from(at) * 0.618_033_988 + offset).fract()) * steps).round() / steps)
            .collect()
    }

    #[test]
    fn another_order_and_a_part_of_old_samples_are_known() {
        let old = samples(200, 1000.0, 0.0);
        let mut sorted = old.clone();
        sorted.sort_unstable_by(f64::total_cmp);
        assert_eq!(beside(&of(&old), &of(&sorted)), Known::Same);
        let is_part = |part: &[f64]| matches!(beside(&of(&old), &of(part)), Known::Part { log_chance } if log_chance <= CHANCE.ln());
        assert!(is_part(&old[..100]) && is_part(&old[50..90]));
        assert!(!is_part(&old[..3]), "three of them are chance");
        assert_eq!(beside(&of(&old), &of(&samples(100, 1000.0, 0.217))), Known::No);
        assert_eq!(beside(&of(&old[..100]), &of(&old)), Known::No, "there is more than before");
    }

    #[test]
    fn whole_milliseconds_that_come_again_are_no_old_ones() {
        // Of a coarse clock nearly every number was seen.
        let old = samples(2000, 1.0, 0.0);
        let part = &samples(100, 1.0, 0.217);
        assert!(matches!(beside(&of(&old), &of(part)), Known::Part { log_chance } if log_chance > CHANCE.ln()));
    }

    #[test]
    fn numbers_stand_among_others_as_often() {
        let all = [1.0, 2.0, 2.0, 3.0];
        assert!(are_among(&[2.0, 2.0], &all) && are_among(&[], &all) && are_among(&all, &all));
        assert!(!are_among(&[1.0, 1.0], &all) && !are_among(&[4.0], &all) && !are_among(&[2.5], &all));
    }
}
