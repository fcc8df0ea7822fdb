//! Runs in which the whole suite moved by one factor and went back: a slow host, and no change of anything.

use crate::measure::Polarity;
use crate::stats::sample::median_of;
use crate::stats::spread::MAD_SCALE;

use super::series::Series;

/// Fewer metrics are no suite.
const FEWEST_METRICS: usize = 5;
/// Runs on either side with which a run is compared.
const NEIGHBOURS: usize = 3;
/// This share of the metrics has to move with the suite.
const MOST: f64 = 0.75;
/// The factor has to be so many times what suites move by from run to run.
const BEYOND: f64 = 4.0;

/// By what factor each run was slower than its neighbours on both sides, as a whole; `None` for usual ones. The first and the last
/// runs have no neighbours on both sides, so that nothing is said of them.
pub(super) fn slow_runs(series: &[Series], environments: &[usize], margin: f64) -> Vec<Option<f64>> {
    let mut moves: Vec<Vec<f64>> = vec![Vec::new(); environments.len()];
    for one in series.iter().filter(|one| one.polarity != Polarity::Unknown) {
        let sign = if one.polarity == Polarity::LowerIsBetter { 1.0 } else { -1.0 };
        if one.points.iter().any(|point| point.value <= 0.0) {
            continue;
        }
        for (place, point) in one.points.iter().enumerate() {
            let alike = |other: &&super::contract::HistoryPoint| environments[other.run] == environments[point.run];
            let before = one.points[..place].iter().rev().filter(alike).take(NEIGHBOURS).map(|other| other.value);
            let after = one.points[place + 1..].iter().filter(alike).take(NEIGHBOURS).map(|other| other.value);
            let (before, after): (Vec<f64>, Vec<f64>) = (before.collect(), after.collect());
            if before.len() < 2 || after.len() < 2 {
                continue;
            }
            let (one_side, other_side) = (median_of(&before), median_of(&after));
            let (low, high) = (one_side.min(other_side), one_side.max(other_side));
            moves[point.run].push(sign * (point.value / point.value.clamp(low, high)).ln());
        }
    }
    let factors: Vec<Option<f64>> = moves.iter().map(|moves| together(moves)).collect();
    let known: Vec<f64> = factors.iter().flatten().map(|factor| factor.abs()).collect();
    let usual = MAD_SCALE * median_of(&known);
    let slow = |factor: f64| factor.abs() >= margin && factor.abs() > BEYOND * usual;
    factors.into_iter().map(|factor| factor.filter(|factor| slow(*factor)).map(f64::exp)).collect()
}

/// What the moves of a run have in common, as a logarithm; 0 where that is less than what they differ by.
pub(super) fn together(moves: &[f64]) -> Option<f64> {
    if moves.len() < FEWEST_METRICS {
        return None;
    }
    let middle = median_of(moves);
    let apart = MAD_SCALE * median_of(&moves.iter().map(|one| (one - middle).abs()).collect::<Vec<f64>>());
    let along = moves.iter().filter(|one| **one * middle > 0.0).count();
    Some(if along as f64 >= MOST * moves.len() as f64 && apart < middle.abs() { middle } else { 0.0 })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::contract::HistoryPoint;
    use crate::measure::unit::Dimension;
    use crate::stats::rng::Rng;

    fn suite(runs: usize, factor: impl Fn(usize, usize) -> f64) -> Vec<Series> {
        let mut rng = Rng::new(7);
        let metric = |index: usize, rng: &mut Rng| {
            let point = |run: usize| HistoryPoint {
                run,
                value: 0.01 * (index + 1) as f64 * factor(index, run) * (0.02 * rng.normal()).exp(),
                low: None,
                high: None,
            };
            let points = (0..runs).map(point).collect();
            Series { name: format!("m{index}"), dimension: Dimension::Time, polarity: Polarity::LowerIsBetter, points }
        };
        (0..10).map(|index| metric(index, &mut rng)).collect()
    }

    #[test]
    fn a_run_in_which_everything_was_slower_is_a_slow_host() {
        let slow = slow_runs(&suite(30, |_, run| if run == 12 { 1.4 } else { 1.0 }), &[0; 30], 0.05);
        let found: Vec<usize> = (0..30).filter(|run| slow[*run].is_some()).collect();
        assert_eq!(found, [12]);
        assert!((slow[12].unwrap() - 1.4).abs() < 0.05, "{slow:?}");
    }

    #[test]
    fn a_suite_that_stays_slower_and_a_single_slow_metric_are_none() {
        let stays = slow_runs(&suite(30, |_, run| if run >= 12 { 1.4 } else { 1.0 }), &[0; 30], 0.05);
        assert!(stays.iter().all(Option::is_none), "{stays:?}");
        let single =
            slow_runs(&suite(30, |index, run| if run == 12 && index == 3 { 2.0 } else { 1.0 }), &[0; 30], 0.05);
        assert!(single.iter().all(Option::is_none), "{single:?}");
    }
}
