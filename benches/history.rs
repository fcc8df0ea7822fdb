//! How often change points are false, how often true ones are found, and how soon: `cargo bench --bench history`.
//!
//! `cargo bench --bench history -- newest` (or `nights`) prints that table alone, and `thresholds` simulates the table of `src/stats/change_points/thresholds.rs` anew.
//! The tables of `docs/history.md` are what it prints. Every series is seeded.

use std::fmt::Write as _;
use std::time::Instant;

use perfreport::history::contract::{HistoryReport, NewestVerdict};
use perfreport::history::file::{History, RunDetail};
use perfreport::history::judge::{HistoryQuestion, report};
use perfreport::stats::change_points::{LEVEL, NEAR, Scan, Tables};
use perfreport::stats::rng::Rng;

/// Series of a cell.
const SERIES: u64 = 500;
/// Series of a cell of false alarms, so that 5% is known to half a point.
const QUIET_SERIES: u64 = 2_000;

type Noise = fn(&mut Rng, usize) -> Vec<f64>;

fn autoregressive(rng: &mut Rng, n: usize, phi: f64) -> Vec<f64> {
    let mut last = rng.normal() / (1.0 - phi * phi).sqrt();
    (0..n)
        .map(|_| {
            last = phi * last + rng.normal();
            last * (1.0 - phi * phi).sqrt()
        })
        .collect()
}

fn t3(rng: &mut Rng) -> f64 {
    let chi: f64 = (0..3).map(|_| rng.normal().powi(2)).sum();
    rng.normal() / (chi / 3.0).sqrt() / 3.0_f64.sqrt()
}

const NOISES: &[(&str, Noise)] = &[
    ("independent", |rng, n| autoregressive(rng, n, 0.0)),
    ("AR 0.3", |rng, n| autoregressive(rng, n, 0.3)),
    ("AR 0.5", |rng, n| autoregressive(rng, n, 0.5)),
    ("AR 0.7", |rng, n| autoregressive(rng, n, 0.7)),
    ("t3", |rng, n| (0..n).map(|_| t3(rng)).collect()),
    ("lognormal", |rng, n| (0..n).map(|_| (0.6 * rng.normal()).exp()).collect()),
    ("5% outliers", |rng, n| (0..n).map(|_| rng.normal() + if rng.uniform() < 0.05 { 8.0 } else { 0.0 }).collect()),
    ("rounded", |rng, n| (0..n).map(|_| (rng.normal() * 2.0).round() / 2.0).collect()),
    ("bimodal", |rng, n| (0..n).map(|_| 0.3 * rng.normal() + if rng.uniform() < 0.3 { 2.0 } else { 0.0 }).collect()),
];

fn changes(values: &[f64], tables: &Tables) -> Vec<usize> {
    let scan = Scan::of(values, tables);
    if scan.is_drifting() { scan.breaks() } else { scan.changes(LEVEL).iter().map(|change| change.at).collect() }
}

fn series(rng: &mut Rng, noise: Noise, n: usize, cv: f64) -> Vec<f64> {
    noise(rng, n).into_iter().map(|value| 1.0 + cv * value).collect()
}

fn false_alarms() {
    println!("\n## False alarms: stationary series in which any change is found\n");
    println!("| noise | n = 20 | n = 50 | n = 100 | n = 300 |\n|---|--:|--:|--:|--:|");
    for (name, noise) in NOISES {
        let mut row = format!("| {name} |");
        for n in [20, 50, 100, 300] {
            let tables = Tables::of(n);
            let wrong = (0..QUIET_SERIES).filter(|seed| {
                let values = series(&mut Rng::new(1000 + seed), *noise, n, 0.02);
                !changes(&values, &tables).is_empty()
            });
            let _ = write!(row, " {:.1}% |", 100.0 * wrong.count() as f64 / QUIET_SERIES as f64);
        }
        println!("{row}");
    }
}

fn power() {
    println!("\n## Power: a step that is found within {NEAR} points of where it is\n");
    println!("| n | step after | size | CV | noise | found | other changes |\n|--:|--:|--:|--:|---|--:|--:|");
    let cells = [
        (100, 50, 0.10, 0.02, 0),
        (100, 50, 0.05, 0.02, 0),
        (100, 50, 0.10, 0.05, 0),
        (60, 55, 0.10, 0.02, 0),
        (60, 57, 0.10, 0.02, 0),
        (50, 25, 0.10, 0.02, 0),
        (20, 10, 0.10, 0.02, 0),
        (300, 150, 0.05, 0.02, 0),
        (100, 50, 0.10, 0.02, 1),
        (100, 50, 0.10, 0.02, 2),
        (60, 55, 0.10, 0.02, 2),
        (100, 50, 0.10, 0.02, 4),
        (100, 50, 0.10, 0.02, 6),
    ];
    for (n, at, size, cv, noise) in cells {
        let tables = Tables::of(n);
        let (mut found, mut others) = (0, 0);
        for seed in 0..SERIES {
            let mut values = series(&mut Rng::new(5000 + seed), NOISES[noise].1, n, cv);
            values[at..].iter_mut().for_each(|value| *value += size);
            let changes = changes(&values, &tables);
            found += u64::from(changes.iter().any(|change| change.abs_diff(at) <= NEAR));
            others += changes.iter().filter(|change| change.abs_diff(at) > NEAR).count();
        }
        println!(
            "| {n} | {at} | {:.0}% | {:.0}% | {} | {:.1}% | {:.2} a series |",
            100.0 * size,
            100.0 * cv,
            NOISES[noise].0,
            100.0 * found as f64 / SERIES as f64,
            others as f64 / SERIES as f64
        );
    }
}

/// Values that are recorded in steps of so many noise widths: whether they drift, whether a step of five widths is found, whether a
/// quiet series shows a change.
fn coarse() {
    println!("\n## Values in coarse steps, n = 60\n");
    println!(
        "| step by which values are recorded, in noise widths | a step of 5 widths found | called a drift | quiet: any change | called a drift |"
    );
    println!("|--:|--:|--:|--:|--:|");
    let tables = Tables::of(60);
    for grid in [0.5, 1.0, 2.0, 3.0, 5.0] {
        let mut row = format!("| {grid} |");
        for size in [5.0, 0.0] {
            let (mut found, mut drifting) = (0, 0);
            for seed in 0..SERIES {
                let mut rng = Rng::new(700 + seed);
                let value = |place: usize| {
                    ((1000.0 + rng.normal() + if place < 30 { 0.0 } else { size }) / grid).round() * grid
                };
                let values: Vec<f64> = (0..60).map(value).collect();
                let changes = changes(&values, &tables);
                found += u64::from(changes.iter().any(|change| size == 0.0 || change.abs_diff(30) <= NEAR));
                drifting += u64::from(Scan::of(&values, &tables).is_drifting());
            }
            let [found, drifting] = [found, drifting].map(|count| 100.0 * count as f64 / SERIES as f64);
            let _ = write!(row, " {found:.1}% | {drifting:.1}% |");
        }
        println!("{row}");
    }
    println!("\n## One value in so many differs by a step, all others are equal: any change\n");
    println!("| share | n = 20 | n = 50 | n = 100 | n = 300 | n = 1,000 |\n|--:|--:|--:|--:|--:|--:|");
    for share in [0.01, 0.05, 0.2] {
        let mut row = format!("| {:.0}% |", 100.0 * share);
        for n in [20, 50, 100, 300, 1000] {
            let tables = Tables::of(n);
            let wrong = (0..SERIES).filter(|seed| {
                let mut rng = Rng::new(4900 + seed);
                let values: Vec<f64> = (0..n).map(|_| if rng.uniform() < share { 101.0 } else { 100.0 }).collect();
                !changes(&values, &tables).is_empty()
            });
            let _ = write!(row, " {:.1}% |", 100.0 * wrong.count() as f64 / SERIES as f64);
        }
        println!("{row}");
    }
}

/// A level that goes back after a few runs, and levels that are far apart.
fn levels() {
    println!("\n## A level that goes back, CV 2%: both ends found within 2 points\n");
    println!("| n | size | noise | 3 runs long | 4 | 5 | 6 | 8 | 10 |\n|--:|--:|---|--:|--:|--:|--:|--:|--:|");
    for (n, size, noise) in [(80, 0.1, 0), (80, 0.2, 0), (80, 0.5, 0), (80, 0.5, 1), (300, 0.5, 0)] {
        let tables = Tables::of(n);
        let mut row = format!("| {n} | {:.0}% | {} |", 100.0 * size, NOISES[noise].0);
        for length in [3, 4, 5, 6, 8, 10] {
            let found = (0..SERIES).filter(|seed| {
                let mut rng = Rng::new(2900 + seed);
                let from = 20 + (rng.uniform() * (n - 45) as f64) as usize;
                let mut values = series(&mut rng, NOISES[noise].1, n, 0.02);
                values[from..from + length].iter_mut().for_each(|value| *value *= 1.0 + size);
                let changes = changes(&values, &tables);
                [from, from + length].iter().all(|end| changes.iter().any(|change| change.abs_diff(*end) <= 2))
            });
            let _ = write!(row, " {:.1}% |", 100.0 * found.count() as f64 / SERIES as f64);
        }
        println!("{row}");
    }
    println!("\n## Three levels of equal length, each so many times the one before, CV 1%\n");
    println!("| n | factor | both found within 2 points | called a drift |\n|--:|--:|--:|--:|");
    for (n, factor) in [(32, 0.2), (32, 0.5), (48, 0.2), (48, 0.5), (80, 0.2), (80, 0.5)] {
        let tables = Tables::of(n);
        let ends = [n / 3, 2 * n / 3];
        let (mut found, mut drifting) = (0, 0);
        for seed in 0..SERIES {
            let mut rng = Rng::new(300 + seed);
            let level = |place: usize| ends.iter().filter(|end| **end <= place).fold(1.0, |level, _| level * factor);
            let values: Vec<f64> = (0..n).map(|place| (1.0 + 0.01 * rng.normal()) * level(place)).collect();
            drifting += u64::from(Scan::of(&values, &tables).is_drifting());
            let changes = changes(&values, &tables);
            let near = |end: &usize| changes.iter().any(|change| change.abs_diff(*end) <= 2);
            found += u64::from(ends.iter().all(near));
        }
        let [found, drifting] = [found, drifting].map(|count| 100.0 * count as f64 / SERIES as f64);
        println!("| {n} | {factor} | {found:.1}% | {drifting:.1}% |");
    }
}

/// Metrics of a report about the newest run.
const METRICS: u64 = 30;
/// Such reports of a cell.
const REPORTS: u64 = 200;

/// A history of so many runs of [`METRICS`] metrics, of which the last run of the first one is so many times its level.
fn report_of(seed: u64, noise: Noise, runs: usize, cv: f64, factor: f64) -> HistoryReport {
    let mut metrics: Vec<Vec<f64>> =
        (0..METRICS).map(|metric| series(&mut Rng::new(seed * 1000 + metric), noise, runs, cv)).collect();
    metrics[0][runs - 1] *= factor;
    let mut text = String::new();
    for run in 0..runs {
        let _ =
            write!(text, r#"{{"history":1,"at":"2026-{:02}-{:02}T02:00:00Z","metrics":["#, run / 28 + 1, run % 28 + 1);
        for (place, values) in metrics.iter().enumerate() {
            let comma = if place > 0 { "," } else { "" };
            let _ = write!(text, r#"{comma}{{"m":"m{place}","d":"time","b":"<","c":{}}}"#, values[run].max(1e-3));
        }
        text.push_str("]}\n");
    }
    report(&History::parse(&text, RunDetail::Center), &HistoryQuestion::default()).expect("there are runs")
}

fn newest() {
    let cell = |noise: Noise, runs: usize, cv: f64, factor: f64| {
        let (mut first, mut any, mut undecided) = (0, 0, 0);
        for seed in 0..REPORTS {
            let report = report_of(seed + 1, noise, runs + 1, cv, factor);
            let Some(newest) = report.newest else { continue };
            let mut regressed = newest.metrics.iter().filter(|value| value.verdict == NewestVerdict::Regressed);
            first += usize::from(regressed.any(|value| value.metric == "m0"));
            any += usize::from(newest.counts.regressed > 0);
            undecided += usize::from(newest.counts.regressed == 0 && newest.counts.large > 0);
        }
        [first, any, undecided].map(|count| 100.0 * count as f64 / REPORTS as f64)
    };
    println!("\n## The newest run of {METRICS} quiet metrics, CV 5%: reports with any regressed / undecided\n");
    println!("| noise | 5 runs before | 10 | 20 | 50 |\n|---|--:|--:|--:|--:|");
    for (name, noise) in NOISES {
        let mut row = format!("| {name} |");
        for runs in [5, 10, 20, 50] {
            let [_, any, undecided] = cell(*noise, runs, 0.05, 1.0);
            let _ = write!(row, " {any:.1}% / {undecided:.1}% |");
        }
        println!("{row}");
    }
    println!("\n## The newest run: one of {METRICS} metrics is slower, regressed / undecided\n");
    println!("| slower by | CV | 5 runs before | 10 | 20 | 50 |\n|--:|--:|--:|--:|--:|--:|");
    for (factor, cv) in [(1.1, 0.02), (1.2, 0.02), (1.3, 0.05), (2.0, 0.05), (2.0, 0.1)] {
        let mut row = format!("| {:.0}% | {:.0}% |", 100.0 * (factor - 1.0), 100.0 * cv);
        for runs in [5, 10, 20, 50] {
            let [first, _, undecided] = cell(NOISES[0].1, runs, cv, factor);
            let _ = write!(row, " {first:.1}% / {undecided:.1}% |");
        }
        println!("{row}");
    }
}

/// A history of so many nights of [`METRICS`] metrics, each of 200 samples: what nights differ by beside the noise of their samples, how many times
/// too wide the interval of a night is, and by what factor the first metric of the last night is slower.
fn nights_of_samples(seed: u64, nights: usize, between: f64, wide: f64, factor: f64) -> HistoryReport {
    const SAMPLES: f64 = 200.0;
    /// Standard deviation of the logarithms of samples; that of their median and p95 follow from the normal density there.
    const SIGMA: f64 = 0.3;
    let median_error = SIGMA * 1.2533 / SAMPLES.sqrt();
    let slow_error = SIGMA * 2.113 / SAMPLES.sqrt();
    let mut rng = Rng::new(seed);
    let mut text = String::new();
    for night in 0..nights {
        let _ = write!(
            text,
            r#"{{"history":1,"at":"2026-{:02}-{:02}T02:00:00Z","metrics":["#,
            night / 28 + 1,
            night % 28 + 1
        );
        for metric in 0..METRICS {
            let level = between * rng.normal() + if metric == 0 && night + 1 == nights { factor.ln() } else { 0.0 };
            let center = (level + median_error * rng.normal()).exp();
            let slow = (level + 1.645 * SIGMA + slow_error * rng.normal()).exp();
            let end = (1000.0 * 1.96 * wide * median_error).round();
            let p95 = 1000.0 * (slow / center - 1.0);
            let comma = if metric > 0 { "," } else { "" };
            let _ = write!(
                text,
                r#"{comma}{{"m":"m{metric}","d":"time","b":"<","n":200,"c":{center:.6},"v":[-{end},{end},{p95:.0}]}}"#
            );
        }
        text.push_str("]}\n");
    }
    report(&History::parse(&text, RunDetail::Center), &HistoryQuestion::default()).expect("there are runs")
}

/// Nights whose own intervals are known.
fn nights() {
    println!("\n## The newest of nights of 200 samples, {METRICS} metrics: reports with any regressed / undecided\n");
    println!(
        "| nights differ by | own interval too wide by | slower by | 5 nights before | 10 | 20 |\n|--:|--:|--:|--:|--:|--:|"
    );
    for (factor, wide) in [(1.0, 1.0), (1.0, 3.0), (1.2, 1.0), (1.2, 3.0), (1.5, 3.0)] {
        for between in [0.0, 0.03, 0.1] {
            let mut row = format!("| {:.0}% | {wide} | {:.0}% |", 100.0 * between, 100.0 * (factor - 1.0));
            for before in [5, 10, 20] {
                let (mut regressed, mut undecided) = (0, 0);
                for seed in 0..REPORTS {
                    let report = nights_of_samples(seed + 1, before + 1, between, wide, factor);
                    let Some(newest) = report.newest else { continue };
                    regressed += usize::from(newest.counts.regressed > 0);
                    undecided += usize::from(newest.counts.regressed == 0 && newest.counts.large > 0);
                }
                let percent = |count: usize| 100.0 * count as f64 / REPORTS as f64;
                let _ = write!(row, " {:.1}% / {:.1}% |", percent(regressed), percent(undecided));
            }
            println!("{row}");
        }
    }
}

/// Points after a step until it is reported, and whether what was reported stays.
fn growth() {
    println!("\n## A history that grows: +10% after 60 points\n");
    println!(
        "| CV | noise | points until reported: median | 90% | reported in 20 | kept its place (within {NEAR}) | vanished |"
    );
    println!("|--:|---|--:|--:|--:|--:|--:|");
    let tables: Vec<Tables> = (0..=100).map(Tables::of).collect();
    for (cv, noise) in [(0.01, 0), (0.02, 0), (0.03, 0), (0.03, 1), (0.03, 2), (0.05, 0)] {
        let mut delays = Vec::new();
        let (mut kept, mut vanished) = (0, 0);
        for seed in 0..SERIES {
            let mut values = series(&mut Rng::new(9000 + seed), NOISES[noise].1, 100, cv);
            values[60..].iter_mut().for_each(|value| *value += 0.1);
            let near =
                |n: usize| changes(&values[..n], &tables[n]).into_iter().find(|change| change.abs_diff(60) <= NEAR);
            let Some((n, first)) = (61..=80).find_map(|n| near(n).map(|at| (n, at))) else { continue };
            delays.push(n - 60);
            let later: Vec<Option<usize>> = [5, 10, 20].map(|more| near(n + more)).to_vec();
            kept += u64::from(later.iter().all(|at| at.is_some_and(|at| at.abs_diff(first) <= NEAR)));
            vanished += u64::from(later.iter().any(Option::is_none));
        }
        delays.sort_unstable();
        let reported = delays.len();
        println!(
            "| {:.0}% | {} | {} | {} | {:.1}% | {:.1}% | {:.1}% |",
            100.0 * cv,
            NOISES[noise].0,
            delays[reported / 2],
            delays[reported * 9 / 10],
            100.0 * reported as f64 / SERIES as f64,
            100.0 * kept as f64 / reported as f64,
            100.0 * vanished as f64 / reported as f64
        );
    }
}

fn time() {
    println!("\n## Time\n");
    for n in [100, 1_000, 10_000] {
        let start = Instant::now();
        let tables = Tables::of(n);
        let shared = start.elapsed();
        let values = series(&mut Rng::new(1), NOISES[1].1, n, 0.02);
        let start = Instant::now();
        let found = Scan::of(&values, &tables).changes(LEVEL).len();
        println!(
            "- {n} points: {:.1?}, and {shared:.1?} once for all series of that length ({found} changes)",
            start.elapsed()
        );
    }
}

fn thresholds() {
    for n in [10, 14, 20, 28, 40, 57, 80, 113, 160, 226, 320, 452, 640, 905, 1280, 2560, 5120, 10_240] {
        let series = match n {
            0..=113 => 20_000,
            114..=226 => 10_000,
            227..=640 => 4_000,
            641..=1280 => 2_000,
            _ => 400,
        };
        let tables = Tables::of(n);
        let mut largest: Vec<f64> = (0..series)
            .map(|seed| {
                let mut rng = Rng::new(seed);
                let values: Vec<f64> = (0..n).map(|_| rng.uniform()).collect();
                Scan::largest_score(&values, &tables)
            })
            .collect();
        largest.sort_unstable_by(f64::total_cmp);
        let at = |p: f64| largest[((1.0 - p) * (series - 1) as f64).round() as usize];
        let row: Vec<String> =
            [0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001].map(|p| format!("{:.4}", at(p))).to_vec();
        println!("    ({n}, [{}]),", row.join(", "));
    }
}

fn main() {
    for (word, table) in [("thresholds", thresholds as fn()), ("newest", newest), ("nights", nights)] {
        if std::env::args().any(|argument| argument == word) {
            table();
            return;
        }
    }
    false_alarms();
    power();
    coarse();
    levels();
    newest();
    nights();
    growth();
    time();
}
