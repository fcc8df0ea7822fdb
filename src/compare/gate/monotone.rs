//! A worse run never passes where a better one failed, and more data of the same kind never turns a refusal into a pass.

use proptest::prelude::*;
use proptest::test_runner::{RngSeed, TestRunner};

use super::{FailOn, GateRules, RunState};
use crate::compare::capture::{Capture, Dependence, MetricRuns, Recording, Share, ShareRuns, Values};
use crate::compare::judge::{Criteria, compare};
use crate::compare::outcome::{Comparison, GateOutcome, samples};
use crate::measure::{Dimension, Polarity};
use crate::stats::moments::mean_and_stddev;
use crate::stats::rng::Rng;

/// Requests of one endpoint.
#[derive(Debug, Clone)]
struct Endpoint {
    durations: Vec<f64>,
    failed: u64,
    total: u64,
}

fn side(endpoints: &[Endpoint]) -> Vec<Capture> {
    let group = |index: usize| Some(format!("endpoint {index}"));
    let metric = |(index, endpoint): (usize, &Endpoint)| {
        let (mean, stddev) = mean_and_stddev(&endpoint.durations);
        let values = Values::Samples(endpoint.durations.clone());
        MetricRuns {
            source: "run.csv".to_owned(),
            metric: "latency".to_owned(),
            group: group(index),
            dimension: Dimension::Time,
            recorded_unit: None,
            unit_assumed: false,
            polarity: Polarity::LowerIsBetter,
            meaning: None,
            runs: vec![Recording {
                values,
                mean,
                stddev,
                dependence: Dependence::none(),
                shift: None,
                saturated_at: None,
            }],
        }
    };
    let share = |(index, endpoint): (usize, &Endpoint)| ShareRuns {
        source: "run.csv".to_owned(),
        metric: "failed rows".to_owned(),
        group: group(index),
        runs: vec![Share { failed: endpoint.failed, total: endpoint.total, dependence: 1.0 }],
    };
    let metrics = endpoints.iter().enumerate().filter(|(_, endpoint)| !endpoint.durations.is_empty());
    vec![Capture {
        metrics: metrics.map(metric).collect(),
        shares: endpoints.iter().enumerate().map(share).collect(),
        ..Capture::default()
    }]
}

fn judged(before: &[Endpoint], after: &[Endpoint]) -> Comparison {
    let found = compare(&side(before), &side(after), &Criteria::default());
    Comparison { suite: found.suite, ..samples::comparison(found.counts, found.changes) }
}

fn outcome(before: &[Endpoint], after: &[Endpoint]) -> GateOutcome {
    let rules = GateRules { fail_on: vec![FailOn::Regression], strict: false, undecided_passes: false };
    rules.judge(Some(&judged(before, after)), &[], RunState::default()).outcome
}

fn endpoint(n: usize, center: f64, cv: f64, failed: u64, rng: &mut Rng) -> Endpoint {
    let durations = (0..n).map(|_| center * (cv * rng.normal()).exp()).collect();
    Endpoint { durations, failed, total: n as u64 + failed }
}

/// Both sides of some endpoints, and what is done to one of them.
#[derive(Debug, Clone)]
struct Pair {
    seed: u64,
    endpoints: usize,
    n: usize,
    cv: f64,
    slower: f64,
    failed: u64,
}

impl Pair {
    fn sides(&self) -> [Vec<Endpoint>; 2] {
        let rng = &mut Rng::new(self.seed);
        let mut side = || (0..self.endpoints).map(|_| endpoint(self.n, 0.1, self.cv, 0, rng)).collect();
        let (before, mut after): (Vec<Endpoint>, Vec<Endpoint>) = (side(), side());
        after[0].durations.iter_mut().for_each(|value| *value *= self.slower);
        after[0].failed = self.failed.min(after[0].total);
        [before, after]
    }
}

fn pairs() -> impl Strategy<Value = Pair> {
    (any::<u64>(), 1..6_usize, 3..120_usize, 0.02..0.4_f64, 0.8..2.5_f64, 0..40_u64)
        .prop_map(|(seed, endpoints, n, cv, slower, failed)| Pair { seed, endpoints, n, cv, slower, failed })
}

/// The same cases every time.
fn runner() -> TestRunner {
    let config =
        ProptestConfig { rng_seed: RngSeed::Fixed(13), failure_persistence: None, ..ProptestConfig::with_cases(60) };
    TestRunner::new(config)
}

#[test]
fn a_worse_run_never_passes_where_a_better_one_failed() {
    let worse = (pairs(), 1.0..4.0_f64, 0.0..1.0_f64, 0..4_u8);
    let tried = runner().run(&worse, |(pair, slower, failed, kind)| {
        let [before, after] = pair.sides();
        if outcome(&before, &after) != GateOutcome::Pass {
            let mut worse = after;
            match kind {
                0 => worse[0].durations.iter_mut().for_each(|value| *value *= slower),
                // What fails now had succeeded.
                1 => {
                    let more = (failed * (worse[0].total - worse[0].failed) as f64).round() as u64;
                    worse[0].failed += more;
                    if worse[0].failed == worse[0].total {
                        worse[0].durations.clear();
                    }
                }
                // No sample is left of an endpoint, or the endpoint itself is gone.
                2 => worse[0].durations.clear(),
                _ => drop(worse.remove(0)),
            }
            prop_assert_ne!(outcome(&before, &worse), GateOutcome::Pass, "{:?} {} {} {}", pair, slower, failed, kind);
        }
        Ok(())
    });
    tried.unwrap();
}

#[test]
fn failures_from_none_to_all_never_come_back_to_a_pass() {
    for n in [20, 200] {
        let [before, after] = Pair { seed: 3, endpoints: 3, n, cv: 0.1, slower: 1.0, failed: 0 }.sides();
        let mut refused = false;
        for failed in 0..=n as u64 {
            let mut worse = after.clone();
            worse[1].failed = failed;
            worse[1].durations.truncate(n - failed as usize);
            let passes = outcome(&before, &worse) == GateOutcome::Pass;
            assert!(!(passes && refused), "{failed} of {n} failed");
            refused |= !passes;
        }
        assert!(refused, "all of {n} failed");
    }
}

#[test]
fn more_data_of_the_same_kind_never_turns_a_refusal_into_a_pass() {
    let tried = runner().run(&(pairs(), 2..5_usize), |(pair, times)| {
        let [before, after] = pair.sides();
        if outcome(&before, &after) != GateOutcome::Pass {
            let more = |side: &[Endpoint]| -> Vec<Endpoint> {
                let of = |one: &Endpoint| Endpoint {
                    durations: one.durations.repeat(times),
                    failed: one.failed * times as u64,
                    total: one.total * times as u64,
                };
                side.iter().map(of).collect()
            };
            prop_assert_ne!(outcome(&more(&before), &more(&after)), GateOutcome::Pass, "{:?} {}", pair, times);
        }
        Ok(())
    });
    tried.unwrap();
}
