//! Long memory of the two sides of a comparison: what neither shows beyond chance alone, two runs of one thing can show together.
//!
//! In: recordings whose order is known. Out: the dependence of each side, with long memory where both together, or one of them
//! glaringly, show it. Refuses (with `None`) sides of which a run is short, sorted, very long, or no more than a sketch: what each of
//! their runs shows alone counts then.
//!
//! One test of both sides instead of one of each: chance alone passes it half as often, and a memory that is there is found more often.

use super::capture::{Dependence, Recording, Values};
use crate::stats::dependence::RunOrder;
use crate::stats::order::MemoryEstimate;

/// Of fewer samples too little is known, and a factor may be assumed.
const FEWEST: usize = 100;
/// More samples know enough alone, and would cost time.
const MOST: usize = 10_000;
/// So many standard errors of one side alone are no chance, whatever the other shows.
const GLARING: f64 = 3.0;

/// What the runs of one side say of long memory.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SideMemory {
    estimate: MemoryEstimate,
    neighbours: Dependence,
    with_memory: Dependence,
}

impl SideMemory {
    /// Of the runs of a side, each of which counts by its samples.
    fn of<'a>(recordings: impl Iterator<Item = &'a Recording>) -> Option<Self> {
        let recordings: Vec<&Recording> = recordings.filter(|run| run.values.len() > 0).collect();
        let runs = recordings.iter().map(|run| Self::of_run(run)).collect::<Option<Vec<Self>>>()?;
        let total: f64 = recordings.iter().map(|run| run.values.len() as f64).sum();
        let shares = || recordings.iter().map(|run| run.values.len() as f64 / total);
        let of = |part: fn(&Self) -> Dependence| Dependence::average(&runs.iter().map(part).zip(shares()));
        Some(Self {
            estimate: MemoryEstimate::together(runs.iter().map(|run| run.estimate))?,
            neighbours: of(|run| run.neighbours),
            with_memory: of(|run| run.with_memory),
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
        Some(Self {
            estimate: order.estimate()?,
            neighbours: Dependence::of_each(inflations, |one| one.neighbours),
            with_memory: Dependence::of_each(inflations, |one| one.with_memory),
        })
    }
}

/// The dependence of both sides, of which these are the runs.
pub(crate) fn dependence_of<'a>(sides: [impl Iterator<Item = &'a Recording>; 2]) -> Option<[Dependence; 2]> {
    let [first, second] = sides.map(SideMemory::of);
    decided([first?, second?])
}

fn decided(sides: [SideMemory; 2]) -> Option<[Dependence; 2]> {
    let together = MemoryEstimate::together(sides.iter().map(|side| side.estimate))?;
    let is_long = together.is_beyond_chance() || sides.iter().any(|side| side.estimate.score() > GLARING);
    Some(sides.map(|side| if is_long { side.with_memory } else { side.neighbours }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::rng::{Rng, slow_noise};

    fn side(values: &[f64]) -> Option<SideMemory> {
        SideMemory::of(std::iter::once(&Recording::of(values)))
    }

    #[test]
    fn two_runs_show_together_what_neither_shows_alone() {
        let pairs =
            (0..400).map(|seed| [0, 1].map(|other| side(&slow_noise(120, &mut Rng::new(2 * seed + other))).unwrap()));
        let alone = |pair: &[SideMemory; 2]| pair.iter().all(|side| !side.estimate.is_beyond_chance());
        let of_pair = |pair: [SideMemory; 2]| {
            let found = decided(pair).unwrap();
            (found == pair.map(|side| side.with_memory), found == pair.map(|side| side.neighbours))
        };
        let found: Vec<(bool, bool)> = pairs.filter(alone).map(of_pair).collect();
        let together = found.iter().filter(|(long, _)| *long).count();
        assert!(found.iter().all(|(long, short)| long != short), "{found:?}");
        assert!(together >= 3, "{together} of {}", found.len());
    }

    #[test]
    fn independent_runs_hardly_ever_do() {
        let white = |seed: u64| {
            let mut rng = Rng::new(seed);
            side(&(0..1000).map(|_| rng.normal()).collect::<Vec<f64>>())
        };
        let long = (0..300).filter(|seed| {
            let pair = [white(2 * seed), white(2 * seed + 1)].map(Option::unwrap);
            decided(pair) == Some(pair.map(|side| side.with_memory))
        });
        let long = long.count();
        assert!(long <= 15, "{long} of 300");
    }

    #[test]
    fn sorted_short_and_sketched_runs_say_nothing() {
        assert!(side(&(0..500).map(f64::from).collect::<Vec<f64>>()).is_none());
        assert!(side(&[3.0, 1.0, 2.0]).is_none());
        let short = Recording::of(&[3.0, 1.0, 2.0]);
        assert_eq!(dependence_of([std::iter::once(&short), std::iter::once(&short)]), None);
    }
}
