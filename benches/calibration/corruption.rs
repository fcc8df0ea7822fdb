//! What is planted into a file of seconds, and what is said of it: files are read and analysed by the library as any other.

use perfreport::analysis::analyse;
use perfreport::analysis::anomaly::Anomaly;
use perfreport::ingest::{SourceOptions, read};
use perfreport::measure::finding::Severity;
use perfreport::stats::rng::Rng;
use perfreport::stats::settings::Settings;

use crate::{Tally, tallied};

/// A file before it is written: what stands in each row, and under which label.
struct Rows {
    cells: Vec<String>,
    labels: Vec<String>,
}

impl Rows {
    fn text(&self) -> Vec<u8> {
        let rows = self.labels.iter().zip(&self.cells).map(|(label, cell)| format!("{label},{cell}\n"));
        format!("event,latency\n{}", rows.collect::<String>()).into_bytes()
    }
}

/// A clean file of a gamma law (a sum of exponential ones), whose coefficient of variation is one over the root of `shape`.
fn body(n: usize, shape: usize, rng: &mut Rng) -> (Rows, Vec<f64>) {
    let mut one = || 0.05 * (0..shape).map(|_| rng.exponential()).sum::<f64>() / shape as f64;
    // Six digits, as many programs write.
    let values: Vec<f64> = (0..n).map(|_| (one() * 1e6).round().max(1.0) / 1e6).collect();
    let cells = values.iter().map(|value| format!("{value:.6}")).collect();
    (Rows { cells, labels: vec!["query".to_owned(); n] }, values)
}

/// The worst that is said of these rows (counted from 0), and whether another row is called corrupted.
fn said(rows: &Rows, planted: &[usize]) -> (Option<Severity>, bool) {
    let Ok(source) = read("planted.csv", &rows.text()[..], &SourceOptions::default()) else { return (None, true) };
    let lines: Vec<u64> = planted.iter().map(|row| *row as u64 + 2).collect();
    let (mut worst, mut other) = (None, false);
    for anomaly in analyse(&source, &Settings::default()).metrics.iter().flat_map(|metric| &metric.anomalies) {
        let (severity, first, last) = match anomaly {
            Anomaly::Suspect { suspect, line: Some(line), .. } => (suspect.severity, *line, *line),
            Anomaly::UnitBlock { lines, .. } => (Severity::Suspicious, lines.0, lines.1),
            _ => continue,
        };
        if lines.iter().any(|line| (first..=last).contains(line)) {
            worst = worst.map_or(Some(severity), |known: Severity| Some(known.min(severity)));
        } else {
            other |= severity == Severity::Corrupted;
        }
    }
    (worst, other)
}

/// What is planted: its name, and how it is, which gives the rows that it is in.
type Plant = (&'static str, fn(&mut Rows, &[f64], &mut Rng) -> Vec<usize>);

/// Planted values in bodies whose coefficient of variation is below 50%, and real pauses in the same.
pub(crate) fn corruption(runs: u64) {
    let plants: [Plant; 7] = [
        ("one ×1,000, an exact multiple", |rows, values, rng| {
            let (place, other) = (rng.below(values.len()), rng.below(values.len()));
            rows.cells[place] = format!("{:.3}", values[other] * 1e3);
            vec![place]
        }),
        ("one ×1,000, a whole number", |rows, values, rng| {
            let place = rng.below(values.len());
            rows.cells[place] = format!("{:.0}", (values[place] * 1e3).max(1.0));
            vec![place]
        }),
        ("one ×1,000, a number as label", |rows, values, rng| {
            let place = rng.below(values.len());
            rows.cells[place] = format!("{:.6}", values[place] * 1e3);
            rows.labels[place] = (1_000_000 + rng.below(9_000_000)).to_string();
            vec![place]
        }),
        ("one ×1,000, no other sign", |rows, values, rng| {
            let place = rng.below(values.len());
            rows.cells[place] = format!("{:.6}", values[place] * 1e3 * (1.0 + 0.1 * rng.uniform()));
            vec![place]
        }),
        ("block of 8 ×1,000", |rows, values, rng| {
            let first = rng.below(values.len() - 8);
            for (cell, value) in rows.cells[first..first + 8].iter_mut().zip(&values[first..first + 8]) {
                *cell = format!("{:.6}", value * 1e3);
            }
            (first..first + 8).collect()
        }),
        ("three at 65535", |rows, values, rng| {
            let places: Vec<usize> = (0..3).map(|_| rng.below(values.len())).collect();
            for place in &places {
                "65535".clone_into(&mut rows.cells[*place]);
            }
            places
        }),
        ("a real pause, 5 to 200 times the median", |rows, values, rng| {
            let mut sorted = values.to_vec();
            sorted.sort_by(f64::total_cmp);
            let times = 5.0 * 40.0_f64.powf(rng.uniform());
            let place = rng.below(values.len());
            rows.cells[place] = format!("{:.6}", sorted[values.len() / 2] * times);
            vec![place]
        }),
    ];
    println!("| planted, n | suspicious or corrupted | corrupted | another row corrupted |\n|---|--:|--:|--:|");
    for (name, plant) in plants {
        for n in [100, 1000, 5000] {
            let [odd, corrupted, other] = tallied(runs.min(1_000_000 / n as u64), |rng| {
                let shape = [5, 10, 25, 100][rng.below(4)];
                let (mut rows, values) = body(n, shape, rng);
                let planted = plant(&mut rows, &values, rng);
                let (worst, other) = said(&rows, &planted);
                let odd = matches!(worst, Some(Severity::Corrupted | Severity::Suspicious));
                [Tally::one(odd), Tally::one(worst == Some(Severity::Corrupted)), Tally::one(other)]
            });
            println!("| {name}, {n} | {odd} | {corrupted} | {other} |");
        }
    }
    clean(runs);
}

/// Heavy tails without anything planted.
fn clean(runs: u64) {
    type Law = (&'static str, fn(&mut Rng) -> f64);
    let laws: [Law; 5] = [
        ("Pareto 0.9", |rng| 0.01 * (1.0 - rng.uniform()).powf(-1.0 / 0.9)),
        ("Pareto 1.1", |rng| 0.01 * (1.0 - rng.uniform()).powf(-1.0 / 1.1)),
        ("lognormal, sigma 2.5", |rng| 0.05 * (2.5 * rng.normal()).exp()),
        ("half Cauchy", |rng| 0.05 * (std::f64::consts::FRAC_PI_2 * rng.uniform()).tan()),
        ("gamma 4 (CV 50%)", |rng| 0.0125 * (0..4).map(|_| rng.exponential()).sum::<f64>()),
    ];
    println!("\n| clean law, n | suspicious | corrupted |\n|---|--:|--:|");
    for (name, draw) in laws {
        for n in [100, 1000, 5000] {
            let [suspicious, corrupted] = tallied(runs.min(1_000_000 / n as u64), |rng| {
                let cells = (0..n).map(|_| format!("{:.6}", draw(rng).max(1e-6))).collect();
                let rows = Rows { cells, labels: vec!["query".to_owned(); n] };
                let (worst, _) = said(&rows, &(0..n).collect::<Vec<usize>>());
                let is = |severity: Severity| Tally::one(worst == Some(severity));
                [is(Severity::Suspicious), is(Severity::Corrupted)]
            });
            println!("| {name}, {n} | {suspicious} | {corrupted} |");
        }
    }
}
