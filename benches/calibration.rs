//! How well the intervals of a single run hold: simulated runs with a known truth, described by the library itself.
//!
//! `cargo bench --bench calibration` prints the tables of docs/statistics.md with 400 runs a cell; `-- --full` with 2,000. Every share
//! stands with its Monte Carlo error (twice the standard error). Words after that pick tables: `intervals`, `alarms`, `outages`,
//! `targets`, `tails`, `corruption`; numbers after that are the sizes of runs that are looked at (all where none is named).
//!
//! Constants were tuned on lognormal AR(1) series, on fractional Gaussian noise of H = 0.8 and on outages that begin and end as a
//! Markov chain does. The laws here are others: gamma and Weibull quantiles on a moving average, on a switching level and on a sum of slow
//! series; bodies of gamma laws; outages of lengths that are uniform instead of geometric, in which one request in ten succeeds.

#[path = "calibration/corruption.rs"]
mod corruption;
#[path = "shared/normal.rs"]
mod normal;

use std::time::Instant;

use corruption::corruption;
use normal::phi;
use perfreport::compare::capture::{Capture, Environment, MetricRuns, Recording};
use perfreport::compare::judge::{Criteria, compare};
use perfreport::compare::outcome::Verdict;
use perfreport::measure::Polarity;
use perfreport::measure::unit::Dimension;
use perfreport::stats::clusters::EventRuns;
use perfreport::stats::describe::describe;
use perfreport::stats::interval::{Interval, wilson_inflated};
use perfreport::stats::population::{Detail, Population};
use perfreport::stats::rng::Rng;
use perfreport::stats::settings::{Settings, ShortRuns};
use rayon::prelude::*;

/// A table: its name, and what prints it with a number of runs.
type Table = (&'static str, fn(u64));

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let runs = if words.iter().any(|word| word == "--full") { 2000 } else { 400 };
    let tables: [Table; 6] = [
        ("intervals", intervals),
        ("alarms", alarms),
        ("outages", outages),
        ("targets", targets),
        ("tails", tails),
        ("corruption", corruption),
    ];
    let picked = |name: &str| words.iter().any(|word| word == name);
    let all = !tables.iter().any(|(name, _)| picked(name));
    for (name, table) in tables {
        if all || picked(name) {
            let start = Instant::now();
            table(runs);
            println!("({name}: {:.1} s)\n", start.elapsed().as_secs_f64());
        }
    }
}

/// Those of the sizes that the command line names; all where it names none.
fn sizes(all: &[usize]) -> Vec<usize> {
    let named: Vec<usize> = std::env::args().filter_map(|word| word.parse().ok()).collect();
    all.iter().copied().filter(|size| named.is_empty() || named.contains(size)).collect()
}

// ---- what is simulated ----

/// How samples depend on each other. All have standard normal margins.
#[derive(Clone, Copy)]
enum Order {
    /// Not at all.
    Independent,
    /// Each is a weighted mean of so many innovations: all dependence ends there.
    Moving(usize),
    /// A level that lasts for a geometric number of samples, with half of the variance.
    Switching(f64),
    /// A sum of series that fade over 1, 4, 16, ... samples, whose weights make it H = 0.8 over these scales.
    Slow,
}

impl Order {
    fn name(self) -> String {
        match self {
            Self::Independent => "independent".to_owned(),
            Self::Moving(length) => format!("moving average of {length}"),
            Self::Switching(length) => format!("levels of {length}"),
            Self::Slow => "slow (H 0.8)".to_owned(),
        }
    }

    fn series(self, n: usize, rng: &mut Rng) -> Vec<f64> {
        match self {
            Self::Independent => (0..n).map(|_| rng.normal()).collect(),
            Self::Moving(length) => {
                let innovations: Vec<f64> = (0..n + length).map(|_| rng.normal()).collect();
                let scale = 1.0 / (length as f64).sqrt();
                (0..n).map(|from| innovations[from..from + length].iter().sum::<f64>() * scale).collect()
            }
            Self::Switching(length) => {
                let mut level = rng.normal();
                let series = (0..n).map(|_| {
                    if rng.uniform() < 1.0 / length {
                        level = rng.normal();
                    }
                    (level + rng.normal()) / std::f64::consts::SQRT_2
                });
                series.collect()
            }
            Self::Slow => {
                const SCALES: usize = 10;
                let fades: Vec<f64> = (0..SCALES).map(|scale| 1.0 - 4.0_f64.powf(-(scale as f64))).collect();
                let weights: Vec<f64> = (0..SCALES).map(|scale| 4.0_f64.powf(-0.2 * scale as f64)).collect();
                let all = weights.iter().map(|weight| weight * weight).sum::<f64>().sqrt();
                let mut parts: Vec<f64> = (0..SCALES).map(|_| rng.normal()).collect();
                let mut next = || {
                    for (part, fade) in parts.iter_mut().zip(&fades) {
                        *part = fade * *part + (1.0 - fade * fade).sqrt() * rng.normal();
                    }
                    parts.iter().zip(&weights).map(|(part, weight)| part * weight).sum::<f64>() / all
                };
                (0..n).map(|_| next()).collect()
            }
        }
    }
}

/// Weibull of shape 1.5: a latency with a mode.
fn weibull(u: f64) -> f64 {
    0.1 * (-(1.0 - u).max(1e-12).ln()).powf(1.0 / 1.5)
}

/// Its mean: 0.1 times gamma(1 + 1/1.5).
const WEIBULL_MEAN: f64 = 0.090_274_529_3;

fn samples(order: Order, n: usize, rng: &mut Rng) -> Vec<f64> {
    order.series(n, rng).into_iter().map(|z| weibull(phi(z))).collect()
}

fn described(values: Vec<f64>, short_runs: ShortRuns) -> Population {
    describe(values, &[], None, Detail::Full, &Settings { short_runs, ..Settings::default() })
}

// ---- what is counted ----

/// How often something happened.
#[derive(Clone, Copy, Default)]
struct Tally {
    yes: u64,
    all: u64,
}

impl Tally {
    fn one(yes: bool) -> Self {
        Self { yes: u64::from(yes), all: 1 }
    }

    fn with(self, other: Self) -> Self {
        Self { yes: self.yes + other.yes, all: self.all + other.all }
    }
}

/// A share with twice its standard error.
impl std::fmt::Display for Tally {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.all == 0 {
            return f.write_str("–");
        }
        let (share, n) = (self.yes as f64 / self.all as f64, self.all as f64);
        let error = 2.0 * ((share * (1.0 - share)).max(0.25 / n) / n).sqrt();
        write!(f, "{:.1}% ± {:.1}", share * 100.0, error * 100.0)
    }
}

/// Runs of a cell, each with a seed of its own.
fn tallied<const N: usize>(runs: u64, run: impl Fn(&mut Rng) -> [Tally; N] + Sync) -> [Tally; N] {
    let join = |a: [Tally; N], b: [Tally; N]| std::array::from_fn(|place| a[place].with(b[place]));
    (0..runs).into_par_iter().map(|seed| run(&mut Rng::new(seed))).reduce(|| [Tally::default(); N], join)
}

fn covers(interval: Option<Interval>, truth: f64) -> Tally {
    interval.map_or_else(Tally::default, |interval| Tally::one(interval.contains(truth)))
}

fn is_open(interval: Option<Interval>) -> Tally {
    Tally::one(interval.is_none_or(|interval| interval.low.is_none() || interval.high.is_none()))
}

// ---- tables ----

/// Coverage of the intervals of one run; an open end covers whatever lies there.
fn intervals(runs: u64) {
    println!("| n, order | p50 | p95 | p99 | mean | p95 open |\n|---|--:|--:|--:|--:|--:|");
    let orders = [Order::Independent, Order::Moving(5), Order::Switching(20.0), Order::Slow];
    for n in sizes(&[100, 1000, 10_000]) {
        for order in orders {
            let cells = tallied(runs.min(4_000_000 / n as u64), |rng| {
                let found =
                    described(samples(order, n, rng), ShortRuns::Independent).clean.expect("samples have numbers");
                let at =
                    |percent: f64| found.percentiles.iter().find(|p| p.percent == percent).and_then(|p| p.interval);
                [
                    covers(found.median_interval, weibull(0.5)),
                    covers(at(95.0), weibull(0.95)),
                    covers(at(99.0), weibull(0.99)),
                    covers(found.mean_interval, WEIBULL_MEAN),
                    is_open(at(95.0)),
                ]
            });
            let [p50, p95, p99, mean, open] = cells;
            println!("| {n}, {} | {p50} | {p95} | {p99} | {mean} | {open} |", order.name());
        }
    }
}

fn capture(values: &[f64], assumed: f64) -> Capture {
    let recording = Recording::of(values);
    let recording = Recording { dependence: recording.dependence.at_least(assumed), ..recording };
    Capture {
        environment: Environment::default(),
        metrics: vec![MetricRuns {
            source: "run.csv".to_owned(),
            metric: "latency".to_owned(),
            group: None,
            dimension: Dimension::Time,
            recorded_unit: None,
            unit_assumed: false,
            polarity: Polarity::LowerIsBetter,
            meaning: None,
            runs: vec![recording],
        }],
        ..Capture::default()
    }
}

/// Two runs of one process: how often one is called regressed, or improved. Below 100 samples with a clock.
fn alarms(runs: u64) {
    println!("| n, order | regressed | improved | without a clock, both |\n|---|--:|--:|--:|");
    let orders = [Order::Independent, Order::Moving(5), Order::Switching(20.0), Order::Slow];
    for n in sizes(&[10, 30, 100, 300, 1000, 10_000]) {
        for order in orders {
            let cells = tallied(runs.min(4_000_000 / n as u64), |rng| {
                let assumed = perfreport::stats::dependence::of_short_run(n);
                let both = [(); 2].map(|()| samples(order, n, rng));
                let judged = |assumed: f64| {
                    let [before, after] = [0, 1].map(|side: usize| capture(&both[side], assumed));
                    compare(&[before], &[after], &Criteria::default())
                };
                let found = judged(assumed);
                let is = |verdict: Verdict| Tally::one(found.changes.iter().any(|change| change.verdict == verdict));
                let decided = |verdict: Verdict| matches!(verdict, Verdict::Regressed | Verdict::Improved);
                let plain = || Tally::one(judged(1.0).changes.iter().any(|change| decided(change.verdict)));
                let without = if assumed > 1.0 { plain() } else { Tally::default() };
                [is(Verdict::Regressed), is(Verdict::Improved), without]
            });
            let [regressed, improved, without] = cells;
            println!("| {n}, {} | {regressed} | {improved} | {without} |", order.name());
        }
    }
}

/// Failures in outages of lengths between half and one and a half times the mean, in which one request in ten succeeds.
fn failures(n: usize, share: f64, length: f64, rng: &mut Rng) -> Vec<bool> {
    const FAIL_IN_OUTAGE: f64 = 0.9;
    if length <= 1.0 {
        return (0..n).map(|_| rng.uniform() < share).collect();
    }
    let down = share / FAIL_IN_OUTAGE;
    let gap = length * (1.0 - down) / down;
    let mut events = Vec::with_capacity(n);
    let mut up = (rng.exponential() * gap) as usize;
    while events.len() < n {
        events.resize(n.min(events.len() + up), false);
        let outage = ((0.5 + rng.uniform()) * length).round() as usize;
        for _ in 0..outage.min(n - events.len()) {
            events.push(rng.uniform() < FAIL_IN_OUTAGE);
        }
        up = (rng.exponential() * gap).round() as usize;
    }
    events
}

fn share_interval(events: &[bool]) -> (Option<Interval>, u64) {
    let failed = events.iter().filter(|event| **event).count() as u64;
    let found = EventRuns::of(events.iter().copied()).clusters();
    (wilson_inflated(failed, events.len() as u64, found.inflation, 0.95), found.count)
}

/// Coverage of the interval of the share of failures, 2.2% in truth.
fn outages(runs: u64) {
    const TRUTH: f64 = 0.022;
    println!("| n, mean length of an outage | all | 10 and more clusters | fewer |\n|---|--:|--:|--:|");
    for length in [1.0, 5.0, 30.0] {
        for n in [1000, 5000, 20_000] {
            let [all, many, few] = tallied(runs, |rng| {
                let (interval, clusters) = share_interval(&failures(n, TRUTH, length, rng));
                let covered = covers(interval, TRUTH);
                let only = |is: bool| if is { covered } else { Tally::default() };
                [covered, only(clusters >= 10), only(clusters < 10)]
            });
            println!("| {n}, {length} | {all} | {many} | {few} |");
        }
    }
}

/// How often a limit is called met that is missed: the truth is a tenth beyond it.
fn targets(runs: u64) {
    println!("| n, order | p50 | p95 | mean | error rate, outages of 30 |\n|---|--:|--:|--:|--:|");
    for n in sizes(&[300, 1000, 10_000]) {
        for order in [Order::Independent, Order::Moving(5), Order::Switching(20.0), Order::Slow] {
            let cells = tallied(runs.min(4_000_000 / n as u64), |rng| {
                let found =
                    described(samples(order, n, rng), ShortRuns::Independent).clean.expect("samples have numbers");
                let p95 = found.percentiles.iter().find(|p| p.percent == 95.0).and_then(|p| p.interval);
                let met = |interval: Option<Interval>, truth: f64| {
                    Tally::one(interval.and_then(|interval| interval.high).is_some_and(|high| high < truth / 1.1))
                };
                let (share, _) = share_interval(&failures(n, 0.022, 30.0, rng));
                [
                    met(found.median_interval, weibull(0.5)),
                    met(p95, weibull(0.95)),
                    met(found.mean_interval, WEIBULL_MEAN),
                    met(share, 0.022),
                ]
            });
            let [p50, p95, mean, share] = cells;
            println!("| {n}, {} | {p50} | {p95} | {mean} | {share} |", order.name());
        }
    }
}

/// A law: its name, how to draw from it, and its mean.
type Law = (&'static str, Box<dyn Fn(&mut Rng) -> f64 + Sync>, f64);

/// Means of heavy tails: how often an interval is given, and covers where it is.
fn tails(runs: u64) {
    let burr = |shape: f64| move |rng: &mut Rng| ((1.0 - rng.uniform()).powf(-1.0 / shape) - 1.0).sqrt();
    // Burr XII with c = 2: the tail index is 2 x shape, the mean shape x B(shape - 1/2, 3/2).
    let laws: [Law; 4] = [
        ("Burr, tail index 1.2", Box::new(burr(0.6)), 5.661_543_5),
        ("Burr, tail index 1.8", Box::new(burr(0.9)), 1.839_547_0),
        ("Burr, tail index 3", Box::new(burr(1.5)), 1.0),
        ("Weibull 1.5", Box::new(|rng| weibull(rng.uniform())), WEIBULL_MEAN),
    ];
    println!("| law, n | interval given | covers where given |\n|---|--:|--:|");
    for (name, draw, mean) in &laws {
        for n in [100, 1000, 10_000] {
            let [given, covered] = tallied(runs.min(4_000_000 / n as u64), |rng| {
                let values = (0..n).map(|_| draw(rng)).collect();
                let found = described(values, ShortRuns::Independent).clean.and_then(|clean| clean.mean_interval);
                [Tally::one(found.is_some()), covers(found, *mean)]
            });
            println!("| {name}, {n} | {given} | {covered} |");
        }
    }
}
