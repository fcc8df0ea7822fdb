//! Ramp, warm-up, steady part and drain of a run.
//!
//! In: the load of each stretch of time, and how long requests took in it. Out: which stretches are the steady part. The load is steady
//! between the first and the last stretch with nearly the usual load (the median over time), if most stretches between them have
//! about that load too: a load that only rises has no steady part. Answers that are slower at its beginning than ever later are
//! warm-up. Levels are smoothed over three stretches, so that one odd stretch decides nothing.

use std::ops::Range;

use crate::stats::sample::median_of;
use crate::stats::spread::MAD_SCALE;

/// Fewer stretches show no shape.
const FEWEST_BINS: usize = 8;
/// The steady part begins and ends where this share of the usual load is reached.
const REACHED: f64 = 0.9;
/// Inside of it the load stays within this share of the usual one …
const ABOUT: f64 = 0.25;
/// … in at least this share of the stretches.
const MOSTLY: f64 = 0.75;
/// A steady part shorter than this share of the run is none.
const LEAST_STEADY: f64 = 0.2;
/// Answers of the warm-up are slower than the median of the later ones by this share at least …
const SLOWER: f64 = 0.2;
/// … and by so many median absolute deviations.
const DEVIATIONS: f64 = 5.0;

/// A stretch of time as far as its load goes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Load {
    /// Requests in progress, or requests a second where that is not known.
    pub(super) level: f64,
    /// Median duration, where there are enough.
    pub(super) p50: Option<f64>,
}

/// The phases as ranges of stretches; empty ones do not occur.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Shape {
    pub(super) ramp: Range<usize>,
    pub(super) warm_up: Range<usize>,
    pub(super) steady: Range<usize>,
    pub(super) drain: Range<usize>,
}

/// The phases of a run; `None` where its load does not settle.
pub(super) fn phases(loads: &[Load]) -> Option<Shape> {
    if loads.len() < FEWEST_BINS {
        return None;
    }
    let smooth = smoothed(&loads.iter().map(|load| load.level).collect::<Vec<f64>>());
    let usual = median(&smooth)?;
    let reached = |level: &f64| usual > 0.0 && *level >= REACHED * usual;
    let (first, last) = (smooth.iter().position(reached)?, smooth.iter().rposition(reached)?);
    let inside = &smooth[first..=last];
    let about = inside.iter().filter(|level| (**level - usual).abs() <= ABOUT * usual).count();
    let is_steady = about as f64 >= MOSTLY * inside.len() as f64;
    if !is_steady || (inside.len() as f64) < LEAST_STEADY * loads.len() as f64 {
        return None;
    }
    let warm = first + warm_up(&loads[first..=last]);
    Some(Shape { ramp: 0..first, warm_up: first..warm, steady: warm..last + 1, drain: last + 1..loads.len() })
}

/// How many of the first stretches are slower than those after them.
fn warm_up(loads: &[Load]) -> usize {
    // The second half is warm if anything is.
    let later: Vec<f64> = loads[loads.len() / 2..].iter().filter_map(|load| load.p50).collect();
    let Some(usual) = median(&later).filter(|_| later.len() >= FEWEST_BINS / 2) else { return 0 };
    let deviations: Vec<f64> = later.iter().map(|p50| (p50 - usual).abs()).collect();
    let deviation = MAD_SCALE * median(&deviations).unwrap_or(0.0);
    let limit = (usual * (1.0 + SLOWER)).max(usual + DEVIATIONS * deviation);
    let slow = |load: &&Load| load.p50.is_none_or(|p50| p50 > limit);
    let first = loads[..loads.len() / 2].iter().take_while(slow).count();
    // Stretches without any number are not slow by themselves.
    if loads[..first].iter().any(|load| load.p50.is_some()) { first } else { 0 }
}

/// Each level as the median of it and its neighbours.
fn smoothed(levels: &[f64]) -> Vec<f64> {
    let around = |index: usize| {
        let near = &levels[index.saturating_sub(1)..(index + 2).min(levels.len())];
        if near.len() < 3 { levels[index] } else { median(near).unwrap_or(levels[index]) }
    };
    (0..levels.len()).map(around).collect()
}

fn median(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| median_of(values))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(levels: &[f64], p50: impl Fn(usize) -> f64) -> Option<Shape> {
        let loads: Vec<Load> =
            levels.iter().enumerate().map(|(index, level)| Load { level: *level, p50: Some(p50(index)) }).collect();
        phases(&loads)
    }

    /// A ramp of 10, a plateau of 40, a drain of 10.
    fn trapezoid() -> Vec<f64> {
        let up = (0..10).map(|index| f64::from(index) * 10.0);
        let down = (0..10).map(|index| f64::from(9 - index) * 10.0);
        up.chain((0..40).map(|index| 100.0 + f64::from(index % 3))).chain(down).collect()
    }

    #[test]
    fn ramp_plateau_and_drain_are_told_apart() {
        let found = shape(&trapezoid(), |_| 0.1).unwrap();
        assert_eq!((found.ramp, found.steady, found.drain), (0..10, 10..50, 50..60));
        assert!(found.warm_up.is_empty());
    }

    #[test]
    fn slow_first_answers_are_warm_up() {
        let found = shape(&[50.0; 40], |index| if index < 4 { 0.3 } else { 0.1 + index as f64 * 1e-4 }).unwrap();
        assert_eq!((found.warm_up, found.steady), (0..4, 4..40));
    }

    #[test]
    fn a_load_that_only_rises_has_no_steady_part() {
        assert_eq!(shape(&(0..60).map(f64::from).collect::<Vec<f64>>(), |_| 0.1), None);
        assert_eq!(shape(&[1.0; 5], |_| 0.1), None, "too few");
    }

    #[test]
    fn one_odd_stretch_decides_nothing() {
        let mut levels = trapezoid();
        (levels[2], levels[30]) = (150.0, 0.0);
        assert_eq!(shape(&levels, |_| 0.1).unwrap().steady, 10..50);
    }
}
