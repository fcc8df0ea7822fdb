//! The numbers of samples of which only their counts are known: what does not need their order, exactly.
//!
//! In: [`Counts`]. Out: a [`Population`] with the same numbers, to the bit, as of the samples themselves, but without what their order
//! shows: intervals take them as independent. Of many, every few-th order statistic stands for the Shamos spread and the tail. Refuses
//! nothing but no samples at all; percentiles of Harrell and Davis, which weigh every sample, are those of the nearest rank.

use super::bins::Histogram;
use super::counts::Counts;
use super::dependence::Inflations;
use super::moments::Moments;
use super::population::Population;
use super::sample::midpoint;
use super::settings::Settings;
use super::spread::{SHAMOS_LIMIT, shamos};
use super::summary::{Basics, Summary};
use super::tail;

/// The numbers of counted samples.
pub(crate) fn population(counts: &Counts, settings: &Settings) -> Option<Population> {
    let n = usize::try_from(counts.n()).ok().filter(|n| *n > 0)?;
    let settings = &settings.without_single_samples();
    let at = |rank: usize| counts.at(rank);
    let distances = counts.distances(midpoint(at((n - 1) / 2), at(n / 2)));
    let step = n.div_ceil(SHAMOS_LIMIT);
    let some: Vec<f64> = (0..n).step_by(step).map(at).collect();
    let basics = Basics {
        moments: Moments::of_counts(counts),
        mad: midpoint(distances.at((n - 1) / 2), distances.at(n / 2)),
        shamos: shamos(&some).map(|shamos| shamos.spread),
        inflations: Inflations::default(),
        heavy_tail: tail::deciding(&some),
    };
    Some(Population {
        clean: Some(Summary::of(n, at, &basics, settings)),
        histogram: Histogram::of(n, at, |edges| edges.iter().map(|edge| counts.below(*edge)).collect()),
        ..Population::default()
    })
}

#[cfg(test)]
mod tests {
    use super::super::describe::describe;
    use super::super::population::Detail;
    use super::super::sorting::sort;
    use super::*;

    #[test]
    fn counted_samples_have_the_numbers_of_the_samples() {
        let mut values: Vec<f64> = (0..5000).map(|place| f64::from(place * 7919 % 611) / 1000.0).collect();
        let expected = describe(values.clone(), &[], None, Detail::Sorted, &Settings::default());
        sort(&mut values);
        let found = population(&Counts::of_sorted(&values), &Settings::default()).unwrap();
        assert_eq!(found.clean, expected.clean);
        assert_eq!(found.histogram, expected.histogram);
    }
}
