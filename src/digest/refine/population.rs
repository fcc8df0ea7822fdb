//! The numbers of a population from what is known of it elsewhere.
//!
//! In: its [`Numbers`] and [`Cuts`]. Out: a [`Population`] whose order statistics, spreads and histogram are those of the samples, where
//! nothing is missing; what is missing stands in the cuts. The geometric mean and the index of a heavy tail are those of the buckets.

use super::super::numbers::Numbers;
use super::cuts::Cuts;
use super::mad::mad;
use crate::analysis::histogram::{moments, of_buckets};
use crate::stats::bins::Histogram;
use crate::stats::dependence::Inflations;
use crate::stats::population::Population;
use crate::stats::settings::Settings;
use crate::stats::summary::{Basics, Summary};

/// The population; `None` of nothing.
pub(super) fn population(numbers: &Numbers, cuts: &Cuts, settings: &Settings) -> Option<Population> {
    let settings = &settings.without_single_samples();
    let of_buckets = of_buckets(numbers.buckets(), Some(numbers.sums()), settings)?;
    let known = of_buckets.clean?;
    let at = |rank: usize| cuts.at(rank);
    let basics = Basics {
        moments: moments(&of_buckets.buckets, Some(numbers.sums())),
        mad: mad(cuts),
        shamos: None,
        inflations: Inflations::default(),
        heavy_tail: known.heavy_tail,
    };
    let n = cuts.n();
    Some(Population {
        clean: Some(Summary::of(n, at, &basics, settings)),
        histogram: Histogram::of(n, at, |edges| edges.iter().map(|edge| cuts.below(*edge)).collect()),
        buckets: of_buckets.buckets,
        ..Population::default()
    })
}
