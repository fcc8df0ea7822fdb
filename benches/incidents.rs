//! How often incidents are found, and how often where there is none: simulated runs with a known truth.
//!
//! `cargo bench --bench incidents` prints the tables of docs/statistics.md with 200 runs a cell; a number after `--` is another
//! number of runs, and words pick tables: `alarms`, `shapes`, `power`. The laws are not those with which the search was tuned.

#[path = "shared/normal.rs"]
mod normal;

use normal::phi;
use perfreport::stats::incident::{Incident, Incidents, Requests, incidents};
use perfreport::stats::rng::Rng;

/// Requests a second.
const RATE: f64 = 100.0;
/// Users that wait for their answer before they ask again.
const USERS: usize = 12;
/// The share of the run that an incident takes.
const SHARE: f64 = 0.05;

#[derive(Clone, Copy)]
enum Law {
    Lognormal,
    Exponential,
    Weibull,
    Bimodal,
    Loglogistic,
}

const LAWS: [Law; 5] = [Law::Lognormal, Law::Exponential, Law::Weibull, Law::Bimodal, Law::Loglogistic];

impl Law {
    /// A latency in seconds from a standard normal deviate; the means are near 0.1 s.
    fn latency(self, z: f64) -> f64 {
        let u = phi(z).clamp(1e-9, 1.0 - 1e-9);
        match self {
            Self::Lognormal => 0.09 * (0.5 * z).exp(),
            Self::Exponential => 0.02 - 0.08 * (1.0 - u).ln(),
            Self::Weibull => 0.1 * (-(1.0 - u).ln()).powf(1.25),
            Self::Bimodal if u < 0.9 => 0.06 * (0.2 * (u / 0.9 - 0.5)).exp(),
            Self::Bimodal => 0.4 * (0.6 * ((u - 0.9) / 0.1 - 0.5)).exp(),
            Self::Loglogistic => 0.08 * (u / (1.0 - u)).powf(0.3),
        }
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Arrivals {
    Poisson,
    Even,
    Closed,
}

#[derive(Clone, Copy, PartialEq)]
enum Shape {
    Steady,
    Drift,
    WarmUp,
    Ramp,
    Steps,
    Wave,
}

#[derive(Clone, Copy)]
struct Plan {
    n: usize,
    law: Law,
    /// Dependence between neighbours, of latencies and of failures.
    dependence: f64,
    arrivals: Arrivals,
    shape: Shape,
    failing: f64,
    /// In the incident: latencies times this, and so much more failing. Neither: no incident.
    factor: f64,
    more: f64,
}

struct Run {
    at: Vec<f64>,
    latency: Vec<f64>,
    failed: Vec<bool>,
    incident: (f64, f64),
}

fn run(plan: &Plan, seed: u64) -> Run {
    let mut rng = Rng::new(seed);
    let length = plan.n as f64 / RATE;
    let from = length * (0.03 + rng.uniform() * (0.94 - SHARE));
    let incident =
        if plan.factor > 1.0 || plan.more > 0.0 { (from, from + SHARE * length) } else { (f64::MAX, f64::MAX) };
    let mut free: Vec<f64> = (0..USERS).map(|_| rng.uniform() * 0.1).collect();
    let (mut z, mut of_failure, mut now) = (rng.normal(), rng.normal(), 0.0);
    let mut run = Run { at: Vec::new(), latency: Vec::new(), failed: Vec::new(), incident };
    loop {
        let innovation = (1.0 - plan.dependence * plan.dependence).sqrt();
        z = plan.dependence * z + innovation * rng.normal();
        of_failure = plan.dependence * of_failure + innovation * rng.normal();
        let share = now / length;
        let load = match plan.shape {
            Shape::Ramp => (share / 0.2).clamp(0.05, 1.0),
            Shape::Steps => 0.4 + 0.2 * (share * 4.0).floor(),
            Shape::Wave => 1.0 + 0.6 * (share * 12.6).sin(),
            _ => 1.0,
        };
        let user = (0..USERS).min_by(|a, b| free[*a].total_cmp(&free[*b])).unwrap_or(0);
        now = match plan.arrivals {
            Arrivals::Poisson => now + rng.exponential() / RATE / load,
            Arrivals::Even => now + 1.0 / RATE / load,
            Arrivals::Closed => free[user],
        };
        if now >= length {
            return run;
        }
        let share = now / length;
        let inside = (incident.0..incident.1).contains(&now);
        let slower = match plan.shape {
            Shape::Drift => 1.0 + share,
            Shape::WarmUp => 1.0 + 3.0 * (-share / 0.04).exp(),
            Shape::Steps => 1.0 + 0.3 * (share * 4.0).floor(),
            Shape::Wave => 1.0 + 0.3 * (share * 12.6).sin(),
            _ => 1.0,
        };
        let latency = plan.law.latency(z) * slower * if inside { plan.factor } else { 1.0 };
        free[user] = now + latency;
        run.at.push(now);
        run.latency.push(latency);
        run.failed.push(phi(of_failure) < plan.failing + if inside { plan.more } else { 0.0 });
    }
}

fn search(run: &Run) -> Option<Incidents> {
    incidents(&Requests { at: &run.at, latency: &run.latency, failed: &run.failed, group: &[] })
}

/// Whether a found stretch is the planted one: half of the shorter lies in the other.
fn is_planted(found: &Incident, (from, to): (f64, f64)) -> bool {
    found.to.min(to) - found.from.max(from) >= 0.5 * (found.to - found.from).min(to - from)
}

/// A share in percent with its standard error.
fn percent(count: u64, of: u64) -> String {
    let share = count as f64 / of as f64;
    format!("{:5.1} ± {:.1}", 100.0 * share, 100.0 * (share * (1.0 - share) / of as f64).sqrt())
}

fn main() {
    let runs = std::env::args().find_map(|word| word.parse().ok()).unwrap_or(200);
    let steady = Plan {
        n: 0,
        law: Law::Lognormal,
        dependence: 0.0,
        arrivals: Arrivals::Poisson,
        shape: Shape::Steady,
        failing: 0.01,
        factor: 1.0,
        more: 0.0,
    };
    let words: Vec<String> = std::env::args().skip(1).collect();
    let none = !["alarms", "shapes", "power"].iter().any(|name| words.iter().any(|word| word == name));
    let picked = |name: &str| none || words.iter().any(|word| word == name);
    if picked("alarms") {
        alarms(runs, steady);
    }
    if picked("shapes") {
        shapes(runs, steady);
    }
    if picked("power") {
        let by_dependence = [(0.0, 0.01), (0.3, 0.01), (0.7, 0.01)];
        planted("latency x3", runs, Plan { factor: 3.0, ..steady }, &by_dependence, &[500, 1000, 2000, 4000, 8000]);
        let by_share = [(0.0, 0.0), (0.0, 0.005), (0.0, 0.01), (0.0, 0.02), (0.5, 0.01)];
        planted("5 points more failures", runs, Plan { more: 0.05, ..steady }, &by_share, &[2000, 4000, 8000, 16_000]);
    }
}

const ARRIVALS: [Arrivals; 3] = [Arrivals::Poisson, Arrivals::Even, Arrivals::Closed];

fn alarms(runs: u64, steady: Plan) {
    println!("runs without an incident in which one is found, %");
    for n in [200, 500, 1000, 2000, 4000, 8000, 32_000] {
        for dependence in [0.0, 0.3, 0.5, 0.7] {
            let found = (0..runs).filter(|seed| {
                let index = *seed as usize;
                let failing = [0.0, 0.002, 0.01, 0.05, 0.15][index / 15 % 5];
                let (law, arrivals) = (LAWS[index % 5], ARRIVALS[index / 5 % 3]);
                let plan = Plan { n, law, dependence, arrivals, failing, ..steady };
                search(&run(&plan, seed * 7717 + n as u64)).is_some_and(|found| !found.incidents.is_empty())
            });
            println!("  n {n:6}, dependence {dependence}: {}", percent(found.count() as u64, runs));
        }
    }
}

fn shapes(runs: u64, steady: Plan) {
    println!("runs with another shape in which an incident is found, %");
    let shapes = [
        (Shape::Drift, "latency doubles slowly"),
        (Shape::WarmUp, "warm-up"),
        (Shape::Ramp, "ramp"),
        (Shape::Steps, "four load levels"),
        (Shape::Wave, "two waves"),
    ];
    for (shape, name) in shapes {
        for n in [1000, 8000, 32_000] {
            let found = (0..runs).filter(|seed| {
                let plan = Plan { n, law: LAWS[*seed as usize % 5], dependence: 0.3, shape, ..steady };
                search(&run(&plan, seed * 7717 + n as u64)).is_some_and(|found| !found.incidents.is_empty())
            });
            println!("  {name}, n {n:6}: {}", percent(found.count() as u64, runs));
        }
    }
}

fn planted(name: &str, runs: u64, plan: Plan, kinds: &[(f64, f64)], sizes: &[usize]) {
    println!("{name} for 5% of the run: found, %");
    for (arrivals, kind) in ARRIVALS.into_iter().zip(["Poisson", "even", "closed loop"]) {
        for &n in sizes {
            for &(dependence, failing) in kinds {
                let found = (0..runs).filter(|seed| {
                    let law = LAWS[*seed as usize % 5];
                    let run = run(&Plan { n, law, dependence, arrivals, failing, ..plan }, seed * 7717 + n as u64 + 1);
                    let found = search(&run).map_or_else(Vec::new, |found| found.incidents);
                    found.iter().any(|found| is_planted(found, run.incident))
                });
                let found = percent(found.count() as u64, runs);
                println!("  {kind}, n {n:6}, dependence {dependence}, failing {failing}: {found}");
            }
        }
    }
}
