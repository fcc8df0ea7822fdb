//! Suites whose machine became slower.

use perfreport::compare::capture::MetricRuns;
use perfreport::compare::judge::{Criteria, compare};
use perfreport::compare::outcome::Change;
use perfreport::stats::rng::Rng;
use rayon::prelude::*;

use crate::normal::phi;
use crate::simulated::{lognormal, metric, seed_of, side};

/// A suite of benchmarks whose machine became slower, with regressions in it or without; CV 2 to 20%, each of its own.
pub(crate) fn suite(pairs: u64) {
    println!(
        "A suite of benchmarks, n = 6, each with its own CV from 2 to 20%; some of them 50% slower, {pairs} reports"
    );
    println!(
        "| benchmarks | all slower by | with a spread of | slower still | shift said | these stand out | others do | one-sided |"
    );
    println!("|---|---|---|---|---|---|---|---|");
    let cells = [
        (30, 1.0, 0.0, 0),
        (30, 1.0, 0.0, 5),
        (30, 1.0, 0.0, 12),
        (100, 1.0, 0.0, 30),
        (30, 1.08, 0.0, 0),
        (30, 1.19, 0.0, 0),
        (30, 1.19, 0.05, 0),
        (30, 1.19, 0.05, 3),
        (30, 1.19, 0.05, 8),
        (400, 1.19, 0.05, 20),
        (30, 0.84, 0.05, 3),
    ];
    for (cell, (benchmarks, common, apart, slower)) in cells.into_iter().enumerate() {
        let outcomes: Vec<[f64; 4]> = (0..pairs)
            .into_par_iter()
            .map(|pair| {
                let rng = &mut Rng::new(seed_of(6000 + cell as u64, pair));
                let sigmas: Vec<f64> = (0..benchmarks).map(|_| 0.02 * 10_f64.powf(phi(rng.normal()))).collect();
                let mut all = |is_after: bool| {
                    let of = |(index, sigma): (usize, &f64)| {
                        let own: f64 = if index < slower { 1.5 } else { 1.0 };
                        let factor = if is_after { common * own * (apart * rng.normal()).exp() } else { 1.0 };
                        let values = lognormal(6, *sigma, 0.0, rng).into_iter().map(|value| value * factor).collect();
                        MetricRuns { group: Some(format!("bench {index}")), ..metric("time", vec![values]) }
                    };
                    side(sigmas.iter().enumerate().map(of).collect())
                };
                let (before, after) = (all(false), all(true));
                let found = compare(&before, &after, &Criteria::default());
                let is_slower = |change: &&Change| {
                    let number = change.group.as_deref().and_then(|group| group.strip_prefix("bench "));
                    number.and_then(|number| number.parse::<usize>().ok()).is_some_and(|number| number < slower)
                };
                let out = |change: &Change| change.against_suite.is_some_and(|against| against.stands_out);
                let these = found.changes.iter().filter(is_slower).filter(|change| out(change)).count();
                let others =
                    found.changes.iter().filter(|change| !is_slower(change)).filter(|change| out(change)).count();
                let said = found.suite.is_some();
                [f64::from(u8::from(said)), these as f64, others as f64, f64::from(u8::from(found.one_sided))]
            })
            .collect();
        let sum = |which: usize| outcomes.iter().map(|one| one[which]).sum::<f64>();
        let percent =
            |count: f64, all: f64| if all > 0.0 { format!("{:.1}%", 100.0 * count / all) } else { "–".to_owned() };
        let said = sum(0);
        println!(
            "| {benchmarks} | ×{common} | {:.0}% | {slower} | {} | {} | {} | {} |",
            100.0 * apart,
            percent(said, pairs as f64),
            percent(sum(1), said * slower as f64),
            percent(sum(2), said * (benchmarks - slower) as f64),
            percent(sum(3), pairs as f64)
        );
    }
}
