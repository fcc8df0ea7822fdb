//! Changes that the center hardly feels, and failures of one group.

use perfreport::compare::capture::{Capture, Share, ShareRuns};
use perfreport::compare::judge::{Criteria, compare};
use perfreport::compare::outcome::{Change, Verdict};
use perfreport::stats::rng::Rng;
use rayon::prelude::*;

use crate::normal::phi;
use crate::simulated::{compared, seed_of};

/// A change that the center hardly feels: what is said of it.
type TailTruth = (&'static str, fn(usize, bool, &mut Rng) -> Vec<f64>);

/// Shares of samples by a draw: whether a sample is of a kind.
fn is_of(share: f64, rng: &mut Rng) -> bool {
    phi(rng.normal()) < share
}

pub(crate) fn tails(pairs: u64) {
    fn body(cv: f64, rng: &mut Rng) -> f64 {
        0.1 * ((cv * cv).ln_1p().sqrt() * rng.normal()).exp()
    }
    fn with(n: usize, rng: &mut Rng, mut one: impl FnMut(&mut Rng) -> f64) -> Vec<f64> {
        (0..n).map(|_| one(rng)).collect()
    }
    let truths: [TailTruth; 10] = [
        ("95% zeros, the others double", |n, after, rng| {
            let factor = if after { 2.0 } else { 1.0 };
            with(n, rng, |rng| if is_of(0.95, rng) { 0.0 } else { factor * body(0.3, rng) })
        }),
        ("2 ms rounded to 1 ms, +50% above p90", |n, after, rng| {
            with(n, rng, |rng| {
                let value = 20.0 * body(0.3, rng);
                let slow = if after && value > 2.0 * (0.293_560_f64 * 1.281_55).exp() { 1.5 } else { 1.0 };
                (slow * value).round().max(1.0) / 1000.0
            })
        }),
        ("2 ms rounded to 1 ms, +10%", |n, after, rng| {
            let factor = if after { 22.0 } else { 20.0 };
            with(n, rng, |rng| (factor * body(0.3, rng)).round().max(1.0) / 1000.0)
        }),
        ("one in ten ×3 over a quiet body", |n, after, rng| {
            with(n, rng, |rng| body(0.05, rng) * if after && is_of(0.1, rng) { 3.0 } else { 1.0 })
        }),
        ("slow mode ×5: 0.5% → 3%", |n, after, rng| {
            let share = if after { 0.03 } else { 0.005 };
            with(n, rng, |rng| body(0.2, rng) * if is_of(share, rng) { 5.0 } else { 1.0 })
        }),
        ("slow mode of 4% doubles", |n, after, rng| {
            let factor = if after { 10.0 } else { 5.0 };
            with(n, rng, |rng| body(0.2, rng) * if is_of(0.04, rng) { factor } else { 1.0 })
        }),
        ("slowest 2% double", |n, after, rng| {
            let border = 0.1 * (0.293_560_f64 * 2.053_75).exp();
            with(n, rng, |rng| {
                let value = body(0.3, rng);
                if after && value > border { 2.0 * value } else { value }
            })
        }),
        ("60% → 50% zeros", |n, after, rng| {
            let share = if after { 0.5 } else { 0.6 };
            with(n, rng, |rng| if is_of(share, rng) { 0.0 } else { body(0.3, rng) })
        }),
        ("CV 10% → 20%, same median", |n, after, rng| with(n, rng, |rng| body(if after { 0.2 } else { 0.1 }, rng))),
        ("no change, CV 30%", |n, _, rng| with(n, rng, |rng| body(0.3, rng))),
    ];
    println!("Changes of the tail, {pairs} pairs: unchanged / center unchanged / regressed");
    println!("| truth | n = 30 | 100 | 300 | 1,000 | 3,000 |\n|---|---|---|---|---|---|");
    for (cell, (name, values)) in truths.into_iter().enumerate() {
        let row: Vec<String> = [30, 100, 300, 1000, 3000]
            .into_iter()
            .map(|n| {
                let verdicts: Vec<Verdict> = (0..pairs)
                    .into_par_iter()
                    .map(|pair| {
                        let rng = &mut Rng::new(seed_of(10_000 + 100 * cell as u64 + n as u64, pair));
                        compared(vec![values(n, false, rng)], vec![values(n, true, rng)]).verdict
                    })
                    .collect();
                let percent = |wanted| {
                    let count = verdicts.iter().filter(|verdict| **verdict == wanted).count();
                    format!("{:.1}", 100.0 * count as f64 / verdicts.len() as f64)
                };
                let shown = [Verdict::Unchanged, Verdict::CenterUnchanged, Verdict::Regressed].map(percent);
                shown.join(" / ")
            })
            .collect();
        println!("| {name} | {} |", row.join(" | "));
    }
}

/// Failures of one of twenty groups, the others as before.
pub(crate) fn failures(pairs: u64) {
    const GROUPS_OF_FAILURES: usize = 20;
    println!("Failures of one of {GROUPS_OF_FAILURES} groups, {pairs} reports");
    println!("| requests a group | before | after | found | any other regressed or improved |\n|---|---|---|---|---|");
    for (cell, (total, before, after)) in
        [(200, 0.0, 0.16), (20_000, 0.001, 0.005), (20_000, 0.001, 0.008), (20_000, 0.001, 0.001), (200, 0.02, 0.02)]
            .into_iter()
            .enumerate()
    {
        let outcomes: Vec<[bool; 2]> = (0..pairs)
            .into_par_iter()
            .map(|pair| {
                let rng = &mut Rng::new(seed_of(8000 + cell as u64, pair));
                let mut all = |of_first: f64| {
                    let shares = (0..GROUPS_OF_FAILURES)
                        .map(|group| {
                            let share = if group == 0 { of_first } else { before };
                            let failed = (0..total).filter(|_| share > 0.0 && is_of(share, rng)).count() as u64;
                            ShareRuns {
                                source: "run.csv".to_owned(),
                                metric: "failed rows".to_owned(),
                                group: Some(format!("group {group}")),
                                runs: vec![Share { failed, total, dependence: 1.0 }],
                            }
                        })
                        .collect();
                    vec![Capture { shares, ..Capture::default() }]
                };
                let (first, second) = (all(before), all(after));
                let found = compare(&first, &second, &Criteria::default());
                let is_it = |change: &&Change| change.group.as_deref() == Some("group 0") && before < after;
                let decided = |change: &Change| matches!(change.verdict, Verdict::Regressed | Verdict::Improved);
                [
                    found.changes.iter().find(is_it).is_some_and(|one| one.verdict == Verdict::Regressed),
                    found.changes.iter().filter(|change| !is_it(change)).any(decided),
                ]
            })
            .collect();
        let percent =
            |which: usize| 100.0 * outcomes.iter().filter(|one| one[which]).count() as f64 / outcomes.len() as f64;
        let shown = |share: f64| format!("{:.1}%", 100.0 * share);
        println!("| {total} | {} | {} | {:.1}% | {:.1}% |", shown(before), shown(after), percent(0), percent(1));
    }
}
