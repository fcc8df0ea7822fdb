//! What the margin keeps out: true changes below and above it, with and without a test of the margin itself.

use perfreport::compare::judge::{Criteria, compare};
use perfreport::compare::margin::Margins;
use perfreport::compare::outcome::Verdict;
use perfreport::stats::rng::Rng;
use rayon::prelude::*;

use crate::simulated::{SIGMA_OF_CV_30, lognormal, metric, seed_of, side};

pub(crate) fn margins(pairs: u64) {
    println!("Regressed, of {pairs} pairs (CV 30%, independent), margin 5%: as it is / with --margin-test");
    println!("| truly slower by | n = 100 | 300 | 1,000 | 3,000 | 10,000 |\n|---|--:|--:|--:|--:|--:|");
    for percent in [0, 3, 5, 8, 10, 15] {
        let factor = 1.0 + f64::from(percent) / 100.0;
        let row: Vec<String> = [100, 300, 1000, 3000, 10_000]
            .into_iter()
            .map(|n: usize| {
                let found: Vec<[bool; 2]> = (0..pairs)
                    .into_par_iter()
                    .map(|pair| {
                        let rng = &mut Rng::new(seed_of(20_000 + 100 * n as u64 + percent as u64, pair));
                        let mut one = |factor: f64| {
                            let values = lognormal(n, SIGMA_OF_CV_30, 0.0, rng);
                            side(vec![metric("latency", vec![values.iter().map(|value| value * factor).collect()])])
                        };
                        let (before, after) = (one(1.0), one(factor));
                        [false, true].map(|test| {
                            let margins = Margins { test, ..Margins::default() };
                            let found = compare(&before, &after, &Criteria { margins, ..Criteria::default() });
                            found.changes.iter().any(|change| change.verdict == Verdict::Regressed)
                        })
                    })
                    .collect();
                let percent =
                    |which: usize| 100.0 * found.iter().filter(|both| both[which]).count() as f64 / found.len() as f64;
                format!("{:.1} / {:.1}", percent(0), percent(1))
            })
            .collect();
        println!("| {percent}% | {} |", row.join(" | "));
    }
}
