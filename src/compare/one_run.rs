//! One of several runs that is far slower than those of the baseline, where the others are not.
//!
//! In: the runs of both sides of a metric. Out: the run and by how much it is slower than the slowest one of the baseline. The others must not
//! hide it, as they would in a pool of all samples. Refuses runs of a few samples, of which one slow sample makes a slow run, and what the
//! other runs differ by themselves.

use super::axis::Axis;
use super::capture::{MetricRuns, Recording};
use super::center::{Places, center};
use super::margin::GLARING_FACTOR;
use super::noise::{Noise, two_sided};
use super::outcome::{Change, Reason, Verdict};
use super::pairing::Pair;
use super::pooled::PooledRuns;
use crate::measure::{Dimension, Polarity};

/// Of fewer samples in a run none says how fast it was.
const FEWEST_SAMPLES: u64 = 5;
/// With fewer degrees of freedom nobody knows how far runs differ,
const FEWEST_DEGREES: usize = 3;
/// and so many times the range of the few that there are is no chance.
const RANGES: f64 = 4.0;
const CONFIDENCE: f64 = 0.95;

/// A run by its center, as a logarithm that is larger where it is slower.
struct Level<'a> {
    source: String,
    run: &'a Recording,
    slowness: f64,
}

/// The run that is far slower than all of the baseline, where the verdict of all of them together does not say so.
pub(crate) fn one_run_is_slower(
    pair: &Pair<'_, MetricRuns>,
    change: &Change,
    verdict: Verdict,
    chance: f64,
) -> Option<Reason> {
    let is_speed = change.dimension.is_time() || matches!(change.dimension, Dimension::Rate | Dimension::ByteRate);
    let is_open = !matches!(verdict, Verdict::Regressed | Verdict::Changed);
    if is_speed && is_open { slow_run(pair, change.polarity, chance) } else { None }
}

/// `chance` is the p up to which one metric of the report says so by chance.
fn slow_run(pair: &Pair<'_, MetricRuns>, polarity: Polarity, chance: f64) -> Option<Reason> {
    let sign = match polarity {
        Polarity::LowerIsBetter => 1.0,
        Polarity::HigherIsBetter => -1.0,
        Polarity::Unknown => return None,
    };
    if pair.after.iter().map(|runs| runs.runs.len()).sum::<usize>() < 2 {
        return None;
    }
    let (before, after) = (levels(&pair.before, sign)?, levels(&pair.after, sign)?);
    let slowest = before.iter().map(|level| level.slowness).max_by(f64::total_cmp)?;
    let (slow, others): (Vec<&Level<'_>>, Vec<&Level<'_>>) =
        after.iter().partition(|level| level.slowness - slowest >= GLARING_FACTOR.ln());
    let worst = slow.into_iter().max_by(|one, other| one.slowness.total_cmp(&other.slowness))?;
    let beyond_others = is_beyond(worst.slowness, &before, &others, chance / after.len() as f64);
    let known = beyond_others && is_beyond_samples(worst.run, &before, chance / after.len() as f64)?;
    known.then(|| Reason::OneRun { source: worst.source.clone(), ratio: (worst.slowness - slowest).exp() })
}

/// The runs of a side; `None` where one has too few samples, or none above zero in its middle.
fn levels<'a>(runs: &[&'a MetricRuns], sign: f64) -> Option<Vec<Level<'a>>> {
    let each = runs.iter().flat_map(|runs| {
        let several = runs.runs.len() > 1;
        let named = move |place: usize| {
            if several { format!("{}, run {}", runs.source, place + 1) } else { runs.source.clone() }
        };
        runs.runs.iter().enumerate().map(move |(place, run)| (named(place), run))
    });
    each.map(|(source, run)| {
        let center =
            PooledRuns::of(std::iter::once(run)).filter(|one| one.pooled.samples >= FEWEST_SAMPLES)?.percentile(0.5);
        (center > 0.0).then(|| Level { source, run, slowness: sign * center.ln() })
    })
    .collect()
}

/// Whether a run is farther from those of the baseline than runs differ: those of the baseline, and those of the run that are as fast.
fn is_beyond(slowness: f64, before: &[Level<'_>], others: &[&Level<'_>], chance: f64) -> bool {
    let sides: [Vec<f64>; 2] =
        [before.iter().map(|one| one.slowness).collect(), others.iter().map(|one| one.slowness).collect()];
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len().max(1) as f64;
    let squares: f64 = sides.iter().flat_map(|side| side.iter().map(|value| (value - mean(side)).powi(2))).sum();
    let degrees = sides.iter().map(|side| side.len().saturating_sub(1)).sum::<usize>();
    let (known, level) = (sides[0].len() as f64, mean(&sides[0]));
    if degrees >= FEWEST_DEGREES {
        let spread = (squares / degrees as f64 * (1.0 + 1.0 / known)).sqrt();
        return spread == 0.0 || two_sided((slowness - level) / spread, Some(degrees as f64)) <= chance;
    }
    let all = || sides.iter().flatten().copied();
    let (low, high) = (all().fold(f64::INFINITY, f64::min), all().fold(f64::NEG_INFINITY, f64::max));
    slowness - high >= RANGES * (high - low)
}

/// Whether its samples say so, too.
fn is_beyond_samples(run: &Recording, before: &[Level<'_>], chance: f64) -> Option<bool> {
    let sides = [PooledRuns::of(before.iter().map(|level| level.run))?, PooledRuns::of(std::iter::once(run))?];
    let axis = Axis::of(&sides[0].pooled.points, &sides[1].pooled.points);
    let points = sides.each_ref().map(|side| side.places(axis));
    let [first, second] =
        [0, 1].map(|index| Places { points: &points[index], samples: sides[index].pooled.samples as f64 });
    let [one, other] = sides.each_ref().map(|side| side.effective_size(side.dependence.center));
    Some(center(first, second, Noise::of(one, other), CONFIDENCE)?.p <= chance)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::capture::Values;

    fn side(levels: &[f64], samples: u32) -> Vec<MetricRuns> {
        let run = |(index, level): (usize, &f64)| {
            let place = |at: u32| (f64::from(at) * 0.618 + index as f64 * 0.137).fract();
            let values: Vec<f64> = (0..samples).map(|at| level * (0.8 + 0.4 * place(at))).collect();
            MetricRuns {
                source: format!("run-{}.csv", index + 1),
                metric: "latency_ms".to_owned(),
                group: None,
                dimension: Dimension::Time,
                recorded_unit: None,
                unit_assumed: false,
                polarity: Polarity::LowerIsBetter,
                meaning: None,
                runs: vec![Recording { values: Values::Samples(values.clone()), ..Recording::of(&values) }],
            }
        };
        levels.iter().enumerate().map(run).collect()
    }

    fn found(before: &[f64], after: &[f64], samples: u32) -> Option<String> {
        let (before, after) = (side(before, samples), side(after, samples));
        let pair = Pair { source: String::new(), before: before.iter().collect(), after: after.iter().collect() };
        slow_run(&pair, Polarity::LowerIsBetter, 0.05).map(|reason| match reason {
            Reason::OneRun { source, .. } => source,
            other => format!("{other:?}"),
        })
    }

    #[test]
    fn one_of_several_runs_that_is_twice_as_slow_is_not_hidden_by_the_others() {
        let third = Some("run-3.csv".to_owned());
        assert_eq!(found(&[1.0, 1.02, 0.99], &[1.01, 0.98, 2.1], 40), third);
        assert_eq!(found(&[1.0], &[1.01, 0.98, 2.1], 40), third, "one run of the baseline");
        assert_eq!(found(&[1.0, 1.02, 0.99], &[1.01, 2.0, 2.1], 40), third, "two of them");
        assert_eq!(found(&[1.0, 1.02, 0.99], &[2.0, 2.1, 2.2], 40), third, "all of them");
    }

    #[test]
    fn what_runs_differ_by_is_no_slow_run() {
        assert_eq!(found(&[1.0, 1.02, 0.99], &[1.01, 0.98, 1.3], 40), None);
        assert_eq!(found(&[1.0, 2.02, 0.99], &[1.01, 0.98, 2.1], 40), None, "the baseline has one, too");
        assert_eq!(found(&[1.0, 1.6, 0.7], &[1.01, 0.8, 2.9], 40), None, "runs differ so much");
        assert_eq!(found(&[1.0, 1.02, 0.99], &[1.01, 0.98, 2.1], 3), None, "too few samples");
        assert_eq!(found(&[1.0], &[2.1], 40), None, "the only run");
    }
}
