//! How fast the hot paths are, each by itself and from memory: reading every shape of file, the statistics of large
//! populations and the comparison.
//!
//! `cargo bench --bench hot_paths` prints a table; words after `--` pick lines by what their names begin with (`read`,
//! `statistics`, `compare`). Each line is the median of seven runs after one that is not counted. There is no verdict
//! here and no threshold: absolute times depend on the machine and on who else uses it. `benches/peers.py` gives ratios.

#[path = "../examples/make_data/shapes.rs"]
mod shapes;

use std::hint::black_box;
use std::time::Instant;

use perfreport::analysis::table::analyse;
use perfreport::compare::capture::{Capture, Dependence, Environment, MetricRuns, Recording, Values};
use perfreport::compare::judge::{self, compare};
use perfreport::ingest::{SourceOptions, read};
use perfreport::measure::Polarity;
use perfreport::measure::unit::Dimension;
use perfreport::stats::rng::Rng;
use perfreport::stats::settings::Settings;
use perfreport::table::source::Source;

/// Runs that count; the median of an odd number is one of them.
const RUNS: usize = 7;
/// Rows of most shapes: some tens of megabytes, more than the second-level cache and little enough to repeat.
const ROWS: u64 = 300_000;
/// Rows of the wide shape: its lines are ten times as long.
const WIDE_ROWS: u64 = 30_000;
/// Samples of the large populations.
const SAMPLES: u64 = 1_000_000;
/// Labels of the shape with many of them: as many groups as a report has to bear.
const LABELS: u64 = 10_000;
/// The seed of every file here.
const SEED: u64 = 1;

/// What a line of the table measures its speed in.
#[derive(Clone, Copy)]
enum Amount {
    Bytes(usize),
    Samples(u64),
}

/// Prints lines, those that were asked for.
struct Bench {
    picked: Vec<String>,
}

impl Bench {
    fn wants(&self, name: &str) -> bool {
        self.picked.is_empty() || self.picked.iter().any(|word| name.starts_with(word.as_str()))
    }

    /// Measures one thing and prints its line.
    fn line<T>(&self, name: &str, amount: Amount, mut run: impl FnMut() -> T) {
        if !self.wants(name) {
            return;
        }
        black_box(run());
        let mut seconds: Vec<f64> = (0..RUNS)
            .map(|_| {
                let start = Instant::now();
                black_box(run());
                start.elapsed().as_secs_f64()
            })
            .collect();
        seconds.sort_by(f64::total_cmp);
        let (median, fastest) = (seconds[RUNS / 2], seconds[0]);
        let speed = match amount {
            Amount::Bytes(bytes) => format!("{:.0} MB/s", bytes as f64 / median / 1e6),
            Amount::Samples(samples) => format!("{:.1} million samples/s", samples as f64 / median / 1e6),
        };
        println!("| {name} | {:.1} ms | {:.1} ms | {speed} |", median * 1e3, fastest * 1e3);
    }
}

fn main() {
    // Cargo adds a flag of its own that starts with a dash.
    let picked = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    let bench = Bench { picked };
    println!("On {} threads\n", rayon::current_num_threads());
    println!("| | median | fastest | speed |\n|---|--:|--:|--:|");
    reading(&bench);
    statistics(&bench);
    comparing(&bench);
}

/// A file of a shape, in memory.
fn file(name: &str, rows: u64) -> Vec<u8> {
    let mut text = Vec::new();
    if let Some(shape) = shapes::SHAPES.iter().find(|shape| shape.name == name)
        && let Err(problem) = shapes::write(shape, rows, LABELS, SEED, &mut text)
    {
        eprintln!("{name}: {problem}");
    }
    text
}

fn source(name: &str, text: &[u8]) -> Option<Source> {
    read(name, text, &SourceOptions::default()).inspect_err(|problem| eprintln!("{name}: {problem}")).ok()
}

fn reading(bench: &Bench) {
    for shape in &shapes::SHAPES {
        let name = format!("read {}", shape.name);
        if bench.wants(&name) {
            let text = file(shape.name, if shape.name == "wide" { WIDE_ROWS } else { ROWS });
            bench.line(&name, Amount::Bytes(text.len()), || source(shape.name, &text));
        }
    }
}

fn statistics(bench: &Bench) {
    let apart = Settings { collapse_labels: false, ..Settings::default() };
    let cases = [
        ("statistics, one population", "events", Settings::default()),
        ("statistics, 80 groups", "events", apart.clone()),
        ("statistics, 10,000 groups", "labels", apart),
    ];
    for (name, shape, settings) in cases {
        if !bench.wants(name) {
            continue;
        }
        if let Some(source) = source(shape, &file(shape, SAMPLES)) {
            bench.line(name, Amount::Samples(SAMPLES), || {
                source.tables.iter().map(|table| analyse(name, 0, table, None, &settings)).collect::<Vec<_>>()
            });
        }
    }
}

/// One run of one metric, as a baseline holds it.
fn captured(values: &[f64]) -> Vec<Capture> {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let squares: f64 = values.iter().map(|value| (value - mean) * (value - mean)).sum();
    let recording = Recording {
        mean,
        stddev: Some((squares / (n - 1.0)).sqrt()),
        dependence: Dependence::of(values),
        shift: None,
        values: Values::Samples(values.to_vec()),
        saturated_at: None,
    };
    let metric = MetricRuns {
        source: "run.csv".to_owned(),
        metric: "latency".to_owned(),
        group: None,
        dimension: Dimension::Time,
        recorded_unit: Some("s".to_owned()),
        unit_assumed: false,
        polarity: Polarity::LowerIsBetter,
        meaning: None,
        runs: vec![recording],
    };
    let environment = Environment::default();
    vec![Capture { environment, metrics: vec![metric], ..Capture::default() }]
}

fn comparing(bench: &Bench) {
    if !bench.wants("compare") {
        return;
    }
    let mut rng = Rng::new(SEED);
    let mut values = || -> Vec<f64> { (0..SAMPLES).map(|_| 0.1 * (0.3 * rng.normal()).exp()).collect() };
    let (before, after) = (values(), values());
    bench.line("compare, the dependence of one side", Amount::Samples(SAMPLES), || captured(&before));
    let (before, after) = (captured(&before), captured(&after));
    let settings = judge::Criteria::default();
    bench.line("compare, both sides", Amount::Samples(2 * SAMPLES), || compare(&before, &after, &settings));
}
