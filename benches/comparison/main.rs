//! How often the comparison is right: simulated pairs of runs with a known truth, judged by the library itself.
//!
//! `cargo bench --bench comparison` prints the tables of docs/statistics.md with 200 pairs a cell; `-- --full` with 1,000.
//! Words after that pick tables: `alarms`, `rounded`, `reports`, `power`, `coverage`, `runs`, `few`, `suite`, `tails`,
//! `failures`, `margins`, `time`.

use std::time::Instant;

use perfreport::compare::capture::MetricRuns;
use perfreport::compare::judge::{Criteria, compare};
use perfreport::compare::outcome::{Change, Verdict};
use perfreport::measure::Statistic;
use perfreport::stats::rng::Rng;
use rayon::prelude::*;

use margins::margins;
use normal::phi;
use simulated::{SIGMA_OF_CV_30, Shape, compared, lognormal, metric, normal_series, seed_of, share, side};
use suites::suite;
use tails::{failures, tails};

mod margins;
#[path = "../shared/normal.rs"]
mod normal;
mod simulated;
mod suites;
mod tails;

/// Samples of one metric that keep 200 groups of 5,000.
const GROUPS: usize = 200;

/// A table: its name, and what prints it with a number of pairs.
type Table = (&'static str, fn(u64));

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let pairs = if words.iter().any(|word| word == "--full") { 1000 } else { 200 };
    let tables: [Table; 12] = [
        ("alarms", alarms),
        ("rounded", rounded),
        ("reports", reports),
        ("power", power),
        ("coverage", coverage),
        ("runs", runs),
        ("few", few),
        ("suite", suite),
        ("tails", tails),
        ("failures", failures),
        ("margins", margins),
        ("time", |_| time()),
    ];
    let picked = |name: &str| words.iter().any(|word| word == name);
    let all = !tables.iter().any(|(name, _)| picked(name));
    for (name, table) in tables {
        if all || picked(name) {
            let start = Instant::now();
            table(pairs);
            println!("({name}: {:.1} s)\n", start.elapsed().as_secs_f64());
        }
    }
}

fn alarms(pairs: u64) {
    println!("False alarms: the same process on both sides, lognormal (sigma 0.5), AR(1) on the logs, {pairs} pairs");
    println!("| n | phi | regressed | improved |\n|---|---|---|---|");
    for n in [50, 200, 1000] {
        for phi in [0.0, 0.3, 0.5, 0.8] {
            let verdicts: Vec<Verdict> = (0..pairs)
                .into_par_iter()
                .map(|pair| {
                    let rng = &mut Rng::new(seed_of(n as u64 * 10 + (phi * 10.0) as u64, pair));
                    compared(vec![lognormal(n, 0.5, phi, rng)], vec![lognormal(n, 0.5, phi, rng)]).verdict
                })
                .collect();
            let percent = |wanted| {
                100.0 * verdicts.iter().filter(|verdict| **verdict == wanted).count() as f64 / verdicts.len() as f64
            };
            println!("| {n} | {phi} | {:.1}% | {:.1}% |", percent(Verdict::Regressed), percent(Verdict::Improved));
        }
    }
}

fn rounded(pairs: u64) {
    println!("False alarms of whole milliseconds around 5 ms (CV 30%), {pairs} pairs");
    println!("| n | phi | regressed | improved |\n|---|---|---|---|");
    for (n, phi) in [(50, 0.0), (1000, 0.0), (1000, 0.5)] {
        let [regressed, improved] = [Verdict::Regressed, Verdict::Improved].map(|wanted| {
            share(pairs, 800 + n as u64 + (phi * 10.0) as u64, |rng| {
                let mut side = || {
                    let values = lognormal(n, SIGMA_OF_CV_30, phi, rng);
                    values.into_iter().map(|value| (50.0 * value).round().max(1.0) / 1000.0).collect::<Vec<f64>>()
                };
                let (before, after) = (side(), side());
                compared(vec![before], vec![after]).verdict == wanted
            })
        });
        println!("| {n} | {phi} | {:.1}% | {:.1}% |", 100.0 * regressed, 100.0 * improved);
    }
}

fn reports(pairs: u64) {
    println!("Reports of 50 unchanged metrics with any regression, {pairs} reports");
    println!("| n | phi | any regressed |\n|---|---|---|");
    for (n, phi) in [(50, 0.0), (50, 0.5), (200, 0.0), (200, 0.5)] {
        let any = share(pairs, 7000 + n as u64 + (phi * 10.0) as u64, |rng| {
            let mut all =
                || side((0..50).map(|i| metric(&format!("m{i}x"), vec![lognormal(n, 0.5, phi, rng)])).collect());
            let (before, after) = (all(), all());
            compare(&before, &after, &Criteria::default()).counts.regressed > 0
        });
        println!("| {n} | {phi} | {:.1}% |", 100.0 * any);
    }
}

fn power(pairs: u64) {
    println!("Power, {pairs} pairs");
    println!("| truth | n | verdict | share |\n|---|---|---|---|");
    let sigma = SIGMA_OF_CV_30;
    for n in [50, 100, 200, 500] {
        let found = share(pairs, 100 + n as u64, |rng| {
            let after = lognormal(n, sigma, 0.0, rng).iter().map(|value| value * 1.15).collect();
            compared(vec![lognormal(n, sigma, 0.0, rng)], vec![after]).verdict == Verdict::Regressed
        });
        println!("| +15%, CV 30% | {n} | regressed | {:.1}% |", 100.0 * found);
    }
    let border = 0.1 * (sigma * 1.281_55_f64).exp();
    for n in [1000, 5000] {
        let found = share(pairs, 200 + n as u64, |rng| {
            let stretch = |value: f64| if value > border { value * 1.1 } else { value };
            let after = lognormal(n, sigma, 0.0, rng).into_iter().map(stretch).collect();
            let change = compared(vec![lognormal(n, sigma, 0.0, rng)], vec![after]);
            change.verdict == Verdict::Regressed
        });
        println!("| +10% above p90 only | {n} | regressed | {:.1}% |", 100.0 * found);
    }
    for n in [1000, 5000] {
        let found = share(pairs, 300 + n as u64, |rng| {
            compared(vec![lognormal(n, sigma, 0.0, rng)], vec![lognormal(n, sigma, 0.0, rng)]).verdict
                == Verdict::Unchanged
        });
        println!("| no change, CV 30% | {n} | unchanged | {:.1}% |", 100.0 * found);
    }
}

fn coverage(pairs: u64) {
    println!(
        "Coverage of the 95% intervals of ratios, true ratio 1.2, {pairs} pairs; open intervals count as far as they reach"
    );
    println!("| samples | phi | distribution | center | p50 | p95 | p99 |\n|---|---|---|---|---|---|---|");
    let cells = [
        ((30, 30), 0.0),
        ((100, 100), 0.0),
        ((1000, 1000), 0.0),
        ((100, 10_000), 0.0),
        ((30, 30), 0.5),
        ((100, 100), 0.5),
        ((1000, 1000), 0.5),
        ((1000, 1000), 0.8),
    ];
    for ((n, m), phi) in cells {
        for (index, (shape, name)) in Shape::ALL.into_iter().enumerate() {
            let seed = 9000 + 7 * n as u64 + m as u64 + 100 * index as u64 + (phi * 10.0) as u64;
            let changes: Vec<Change> = (0..pairs)
                .into_par_iter()
                .map(|pair| {
                    let rng = &mut Rng::new(seed_of(seed, pair));
                    let mut values = |n: usize, factor: f64| -> Vec<f64> {
                        normal_series(n, phi, rng).into_iter().map(|z| factor * shape.value(z)).collect()
                    };
                    let (before, after) = (values(n, 1.0), values(m, 1.2));
                    compared(vec![before], vec![after])
                })
                .collect();
            let statistics = [Statistic::Center, Statistic::P50, Statistic::P95, Statistic::P99];
            let row = statistics.map(|statistic| covered(&changes, statistic)).join(" | ");
            let samples = if n == m { n.to_string() } else { format!("{n}, {m}") };
            println!("| {samples} | {phi} | {name} | {row} |");
        }
    }
}

/// How often the interval of an effect holds the true ratio, and how often it is open.
fn covered(changes: &[Change], statistic: Statistic) -> String {
    let effects: Vec<_> = changes
        .iter()
        .filter_map(|change| change.effects.iter().find(|effect| effect.statistic == statistic))
        .filter(|effect| effect.estimate.is_some())
        .collect();
    if effects.is_empty() {
        return "–".to_owned();
    }
    let inside = |effect: &&&perfreport::compare::outcome::Effect| {
        effect.low.is_none_or(|low| low <= 1.2 * (1.0 + 1e-12))
            && effect.high.is_none_or(|high| high >= 1.2 * (1.0 - 1e-12))
    };
    let percent = |count: usize| 100.0 * count as f64 / effects.len() as f64;
    let open = effects.iter().filter(|effect| effect.low.is_none() || effect.high.is_none()).count();
    let hit = percent(effects.iter().filter(inside).count());
    if open > 0 { format!("{hit:.1}% ({:.0}% open)", percent(open)) } else { format!("{hit:.1}%") }
}

fn runs(pairs: u64) {
    println!("Several runs whose means vary by 5%, n = 500 each, CV 30%, {pairs} pairs");
    println!("| runs before | runs after | truth | regressed |\n|---|---|---|---|");
    for (before, after, truth) in [
        (1, 1, 1.0),
        (3, 1, 1.0),
        (3, 3, 1.0),
        (5, 1, 1.0),
        (5, 5, 1.0),
        (10, 10, 1.0),
        (5, 5, 1.2),
        (10, 10, 1.2),
        (10, 1, 1.5),
    ] {
        let found = share(pairs, 400 + 100 * before + 10 * after + (truth * 10.0) as u64, |rng| {
            let mut side = |count: u64, factor: f64| -> Vec<Vec<f64>> {
                (0..count)
                    .map(|_| {
                        let level = factor * (0.05 * rng.normal()).exp();
                        lognormal(500, SIGMA_OF_CV_30, 0.0, rng).into_iter().map(|value| value * level).collect()
                    })
                    .collect()
            };
            let (first, second) = (side(before, 1.0), side(after, truth));
            compared(first, second).verdict == Verdict::Regressed
        });
        println!("| {before} | {after} | {:+.0}% | {:.1}% |", (truth - 1.0) * 100.0, 100.0 * found);
    }
}

/// Thirty benchmarks of a few samples each, of which one may be slower, as `go test -bench -count 5` writes them.
fn few(pairs: u64) {
    const BENCHMARKS: usize = 30;
    println!(
        "{BENCHMARKS} benchmarks, lognormal, each with its own CV between the two; one of them slower, {pairs} pairs"
    );
    println!(
        "| n | CV | one slower by | found | any other regressed or improved | gate not passed |\n|---|---|---|---|---|---|"
    );
    let truths: [((f64, f64), f64); 5] =
        [((2.0, 30.0), 1.0), ((20.0, 20.0), 2.0), ((2.0, 20.0), 2.0), ((8.0, 8.0), 1.3), ((2.0, 8.0), 1.3)];
    for n in [3, 5, 6, 8, 10] {
        for (index, ((low, high), truth)) in truths.into_iter().enumerate() {
            let seed = 5000 + 10 * n as u64 + index as u64;
            let outcomes: Vec<[bool; 3]> = (0..pairs)
                .into_par_iter()
                .map(|pair| {
                    let rng = &mut Rng::new(seed_of(seed, pair));
                    let sigmas: Vec<f64> = (0..BENCHMARKS)
                        .map(|_| {
                            let cv: f64 = low / 100.0 * (high / low).powf(phi(rng.normal()));
                            (cv * cv).ln_1p().sqrt()
                        })
                        .collect();
                    let mut all = |factor: f64| {
                        let of = |(index, sigma): (usize, &f64)| {
                            let factor = if index == 7 { factor } else { 1.0 };
                            let values =
                                lognormal(n, *sigma, 0.0, rng).into_iter().map(|value| value * factor).collect();
                            MetricRuns { group: Some(format!("bench {index}")), ..metric("time", vec![values]) }
                        };
                        side(sigmas.iter().enumerate().map(of).collect())
                    };
                    let (before, after) = (all(1.0), all(truth));
                    let found = compare(&before, &after, &Criteria::default());
                    let is_it = |change: &&Change| change.group.as_deref() == Some("bench 7");
                    let decided = |change: &Change| matches!(change.verdict, Verdict::Regressed | Verdict::Improved);
                    let other = found.changes.iter().filter(|change| truth == 1.0 || !is_it(change)).any(decided);
                    let slower = found.changes.iter().find(is_it).is_some_and(|one| one.verdict == Verdict::Regressed);
                    let stopped = found.counts.regressed > 0 || found.changes.iter().any(|change| change.large);
                    [slower, other, stopped]
                })
                .collect();
            let percent =
                |which: usize| 100.0 * outcomes.iter().filter(|one| one[which]).count() as f64 / outcomes.len() as f64;
            let cv = if low == high { format!("{low}%") } else { format!("{low} to {high}%") };
            let found = if truth == 1.0 { "–".to_owned() } else { format!("{:.1}%", percent(0)) };
            let by = if truth == 1.0 { "–".to_owned() } else { format!("×{truth}") };
            println!("| {n} | {cv} | {by} | {found} | {:.1}% | {:.1}% |", percent(1), percent(2));
        }
    }
}

fn time() {
    println!("Time on {} threads", rayon::current_num_threads());
    for (groups, n) in [(GROUPS, 5000), (1, 1_000_000)] {
        let mut rng = Rng::new(1);
        let mut values = || -> Vec<Vec<f64>> { (0..groups).map(|_| lognormal(n, 0.5, 0.3, &mut rng)).collect() };
        let (before, after) = (values(), values());
        let start = Instant::now();
        let capture = |groups: Vec<Vec<f64>>| {
            let metrics: Vec<MetricRuns> = groups
                .into_par_iter()
                .enumerate()
                .map(|(i, values)| {
                    let mut runs = metric("latency", vec![values]);
                    runs.group = Some(format!("group {i}"));
                    runs
                })
                .collect();
            side(metrics)
        };
        let (before, after) = (capture(before), capture(after));
        let captured = start.elapsed();
        let start = Instant::now();
        let found = compare(&before, &after, &Criteria::default());
        println!(
            "{groups} x {n} samples a side: {:.2} s to measure dependence, {:.2} s to compare ({} tests, {} regressed)",
            captured.as_secs_f64(),
            start.elapsed().as_secs_f64(),
            found.tests,
            found.counts.regressed
        );
    }
}
