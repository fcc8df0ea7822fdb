//! What the orders of both sides of a comparison say of dependence: what neither shows beyond chance alone, two runs of one thing can show
//! together, and what one of them shows by chance the other one does not.
//!
//! In: recordings whose order is known. Out: the dependence of each side. Refuses (with `None`) sides of which a run is short, sorted,
//! very long, or no more than a sketch: what each of their runs shows alone counts then.
//!
//! One test of both sides instead of one of each: chance alone passes it half as often, and dependence that is there is found more often.

use super::capture::{Dependence, Recording, Values};
use crate::stats::dependence::{Inflation, NOISE, RunOrder};
use crate::stats::order::{MemoryEstimate, NeighbourScores};

/// Of fewer samples too little is known, and a factor may be assumed.
const FEWEST: usize = 100;
/// More samples know enough alone, and would cost time.
const MOST: usize = 10_000;
/// So many standard errors of one side alone are no chance, whatever the other shows.
const GLARING: f64 = 3.0;

/// What the runs of one side say.
#[derive(Debug, Clone)]
pub(crate) struct SideOrder {
    /// Of long memory.
    estimate: MemoryEstimate,
    /// Of each statistic that [`Dependence`] knows; factors are averages over the samples of the runs.
    inflations: [Inflation; 5],
    samples: f64,
}

impl SideOrder {
    /// Of the runs of a side, each of which counts by its samples.
    fn of<'a>(recordings: impl Iterator<Item = &'a Recording>) -> Option<Self> {
        let recordings = recordings.filter(|run| run.values.len() > 0);
        let runs = recordings.map(Self::of_run).collect::<Option<Vec<Self>>>()?;
        let samples: f64 = runs.iter().map(|run| run.samples).sum();
        let average = |of: &dyn Fn(&Self) -> f64| runs.iter().map(|run| of(run) * run.samples / samples).sum::<f64>();
        Some(Self {
            estimate: MemoryEstimate::together(runs.iter().map(|run| run.estimate))?,
            inflations: [0, 1, 2, 3, 4].map(|place| Inflation {
                neighbours: average(&|run| run.inflations[place].neighbours),
                with_memory: average(&|run| run.inflations[place].with_memory),
                scores: NeighbourScores::together(runs.iter().map(|run| (run.inflations[place].scores, run.samples))),
            }),
            samples,
        })
    }

    fn of_run(run: &Recording) -> Option<Self> {
        let Values::Samples(values) = &run.values else { return None };
        // Samples that were sorted have lost their order.
        if !(FEWEST..=MOST).contains(&values.len()) || values.is_sorted() {
            return None;
        }
        let order = RunOrder::suggested(values);
        let inflations = Dependence::inflations(&order, values);
        Some(Self { estimate: order.estimate()?, inflations, samples: values.len() as f64 })
    }
}

/// The dependence of both sides, of which these are the runs.
pub(crate) fn dependence_of<'a>(sides: [impl Iterator<Item = &'a Recording>; 2]) -> Option<[Dependence; 2]> {
    let [first, second] = sides.map(SideOrder::of);
    decided([first?, second?])
}

fn decided(sides: [SideOrder; 2]) -> Option<[Dependence; 2]> {
    let together = MemoryEstimate::together(sides.iter().map(|side| side.estimate))?;
    if together.is_beyond_chance() || sides.iter().any(|side| side.estimate.score() > GLARING) {
        return Some(sides.map(|side| Dependence::of_each(side.inflations, |one| one.with_memory)));
    }
    // What each of two equal runs shows at some standard errors, both show at the root of two as many.
    let noise = NOISE * std::f64::consts::SQRT_2;
    let are_independent = |place: usize| {
        let scores = sides.iter().map(|side| (side.inflations[place].scores, side.samples));
        NeighbourScores::together(scores).are_below(noise)
    };
    let independent = [0, 1, 2, 3, 4].map(are_independent);
    Some(sides.map(|mut side| {
        for (one, independent) in side.inflations.iter_mut().zip(independent) {
            if independent {
                one.neighbours = 1.0;
            }
        }
        Dependence::of_each(side.inflations, |one| one.neighbours)
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::rng::{Rng, slow_noise};

    fn side(values: &[f64]) -> Option<SideOrder> {
        SideOrder::of(std::iter::once(&Recording::of(values)))
    }

    fn is_long(pair: &[SideOrder; 2]) -> bool {
        let with_memory = |side: &SideOrder| Dependence::of_each(side.inflations, |one| one.with_memory);
        decided(pair.clone()).unwrap() == [with_memory(&pair[0]), with_memory(&pair[1])]
    }

    #[test]
    fn two_runs_show_together_what_neither_shows_alone() {
        let pairs =
            (0..400).map(|seed| [0, 1].map(|other| side(&slow_noise(120, &mut Rng::new(2 * seed + other))).unwrap()));
        let alone: Vec<[SideOrder; 2]> =
            pairs.filter(|pair| pair.iter().all(|side| !side.estimate.is_beyond_chance())).collect();
        let together = alone.iter().filter(|pair| is_long(pair)).count();
        assert!(together >= 3, "{together} of {}", alone.len());
    }

    #[test]
    fn independent_runs_hardly_ever_do() {
        let white = |seed: u64| {
            let mut rng = Rng::new(seed);
            side(&(0..1000).map(|_| rng.normal()).collect::<Vec<f64>>())
        };
        let long = (0..300).filter(|seed| is_long(&[white(2 * seed), white(2 * seed + 1)].map(Option::unwrap)));
        let long = long.count();
        assert!(long <= 15, "{long} of 300");
    }

    #[test]
    fn neighbours_of_independent_runs_mostly_have_nothing_to_do_with_each_other_and_others_have() {
        let noise = |phi: f64, seed: u64| {
            let (mut rng, mut last) = (Rng::new(seed), 0.0);
            let mut next = || {
                last = phi * last + rng.normal();
                last
            };
            side(&std::iter::repeat_with(&mut next).take(1000).collect::<Vec<f64>>()).unwrap()
        };
        let plain = |phi: f64| {
            let pairs = (0..200).map(|seed| [noise(phi, 2 * seed), noise(phi, 2 * seed + 1)]);
            let is_none = |pair: [SideOrder; 2]| decided(pair).unwrap().iter().all(|side| *side == Dependence::none());
            pairs.filter(|pair| is_none(pair.clone())).count()
        };
        // Four statistics, two scores each: chance passes each of them in 8%.
        let (independent, dependent) = (plain(0.0), plain(0.3));
        assert!(independent >= 100 && dependent == 0, "{independent} and {dependent} of 200");
    }

    #[test]
    fn sorted_short_and_sketched_runs_say_nothing() {
        assert!(side(&(0..500).map(f64::from).collect::<Vec<f64>>()).is_none());
        assert!(side(&[3.0, 1.0, 2.0]).is_none());
        let short = Recording::of(&[3.0, 1.0, 2.0]);
        assert_eq!(dependence_of([std::iter::once(&short), std::iter::once(&short)]), None);
    }
}
