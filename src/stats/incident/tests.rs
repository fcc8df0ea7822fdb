use super::super::rng::Rng;
use super::*;

/// A run of 100 requests a second.
struct Run {
    at: Vec<f64>,
    latency: Vec<f64>,
    failed: Vec<bool>,
    group: Vec<u32>,
}

impl Run {
    fn search(&self) -> Incidents {
        let Self { at, latency, failed, group } = self;
        incidents(&Requests { at, latency, failed, group }).unwrap()
    }

    fn length(&self) -> f64 {
        self.at.len() as f64 / 100.0
    }

    fn slower(mut self, from: f64, to: f64, factor: f64) -> Self {
        for (at, latency) in self.at.iter().zip(&mut self.latency) {
            if (from..to).contains(at) {
                *latency *= factor;
            }
        }
        self
    }
}

/// Lognormal latencies (sigma 0.5, median 0.1 s) with dependent neighbours; one request of a hundred fails.
fn steady(n: usize, dependence: f64, seed: u64) -> Run {
    let mut rng = Rng::new(seed);
    let mut z = rng.normal();
    let innovation = (1.0 - dependence * dependence).sqrt();
    let mut now = 0.0;
    let mut run = Run { at: Vec::new(), latency: Vec::new(), failed: Vec::new(), group: Vec::new() };
    for _ in 0..n {
        z = dependence * z + innovation * rng.normal();
        now += rng.exponential() / 100.0;
        run.at.push(now);
        run.latency.push(0.1 * (0.5 * z).exp());
        run.failed.push(rng.uniform() < 0.01);
    }
    run
}

#[test]
fn a_slow_stretch_is_found_where_it_is() {
    let run = steady(4000, 0.0, 1).slower(20.0, 22.0, 3.0);
    let found = run.search();
    assert_eq!(found.incidents.len(), 1, "{found:?}");
    let incident = &found.incidents[0];
    assert_eq!(incident.moved, [Symptom::Latency]);
    assert!((incident.from - 20.0).abs() < 0.5 && (incident.to - 22.0).abs() < 0.5, "{incident:?}");
    let factor = incident.median.unwrap().factor().unwrap();
    assert!((factor / 3.0 - 1.0).abs() < 0.15, "{factor}");
    assert!(incident.p <= 0.01 && !incident.at_end);
    assert!((incident.rate.around / 100.0 - 1.0).abs() < 0.1);
}

#[test]
fn what_is_asked_in_another_order_or_unit_is_the_same() {
    let run = steady(2000, 0.3, 2).slower(10.0, 12.0, 4.0);
    let mut turned = Run {
        at: run.at.iter().map(|at| at + 1.7e9).collect(),
        latency: run.latency.iter().map(|latency| latency * 1000.0).collect(),
        failed: run.failed.clone(),
        group: Vec::new(),
    };
    turned.at.reverse();
    turned.latency.reverse();
    turned.failed.reverse();
    let (found, again) = (run.search(), turned.search());
    assert_eq!((found.incidents.len(), again.incidents.len()), (1, 1));
    let (first, second) = (&found.incidents[0], &again.incidents[0]);
    assert!((first.from + 1.7e9 - second.from).abs() < 1e-3 && (first.to + 1.7e9 - second.to).abs() < 1e-3);
    assert!((first.median.unwrap().within * 1000.0 - second.median.unwrap().within).abs() < 1e-9);
}

#[test]
fn five_points_of_failures_are_found_in_eight_thousand_requests() {
    let mut run = steady(8000, 0.0, 3);
    for (index, failed) in run.failed.iter_mut().enumerate() {
        // Every seventeenth of requests 3,000 to 3,399 on top.
        *failed |= (3000..3400).contains(&index) && index % 17 == 0;
    }
    let found = run.search();
    assert_eq!(found.incidents.len(), 1, "{found:?}");
    let (incident, (from, to)) = (&found.incidents[0], (run.at[3000], run.at[3400]));
    assert_eq!(incident.moved, [Symptom::Failures]);
    assert!(incident.from < to && incident.to > from);
    let failed = incident.failed.unwrap();
    assert!(failed.within > failed.around + 0.03 && failed.around < 0.015, "{failed:?}");
}

#[test]
fn a_stretch_in_which_nothing_begins_is_an_incident_of_the_rate() {
    let mut run = steady(4000, 0.0, 4);
    let kept: Vec<usize> = (0..run.at.len()).filter(|index| !(15.0..17.0).contains(&run.at[*index])).collect();
    run.latency = kept.iter().map(|index| run.latency[*index]).collect();
    run.failed = kept.iter().map(|index| run.failed[*index]).collect();
    run.at = kept.iter().map(|index| run.at[*index]).collect();
    let found = run.search();
    assert_eq!(found.incidents.len(), 1, "{found:?}");
    assert_eq!(found.incidents[0].moved, [Symptom::Rate]);
    assert!(found.incidents[0].rate.within < 3.0, "{:?}", found.incidents[0].rate);
}

#[test]
fn steady_and_dependent_runs_have_none() {
    let alarms = (0..12).filter(|seed| {
        let run = steady(1000, [0.0, 0.5, 0.7][*seed as usize % 3], 100 + seed);
        !run.search().incidents.is_empty()
    });
    assert_eq!(alarms.count(), 0);
}

#[test]
fn a_warm_up_is_the_beginning_and_no_incident() {
    let found = steady(4000, 0.0, 5).slower(0.0, 2.0, 4.0).search();
    assert!(found.incidents.is_empty(), "{found:?}");
    let beginning = found.beginning.unwrap();
    assert!((beginning.to - 2.0).abs() < 0.5 && beginning.moved == [Symptom::Latency], "{beginning:?}");
}

#[test]
fn drift_and_a_step_that_stays_are_none() {
    let mut drifting = steady(4000, 0.0, 6);
    let length = drifting.length();
    for (at, latency) in drifting.at.iter().zip(&mut drifting.latency) {
        *latency *= 1.0 + at / length;
    }
    assert!(drifting.search().incidents.is_empty());
    assert!(steady(4000, 0.0, 7).slower(18.0, f64::MAX, 2.0).search().incidents.is_empty());
}

#[test]
fn what_lasts_until_the_end_is_one() {
    let run = steady(4000, 0.0, 8);
    let end = run.length();
    let found = run.slower(end * 0.95, f64::MAX, 3.0).search();
    assert!(found.incidents.len() == 1 && found.incidents[0].at_end, "{found:?}");
}

#[test]
fn another_mix_of_endpoints_is_none() {
    let mut run = steady(4000, 0.0, 9);
    // One request of ten is ten times as slow; for two seconds nine of ten are of that kind.
    run.group = (0..run.at.len())
        .map(|index| u32::from(if (20.0..22.0).contains(&run.at[index]) { index % 10 > 0 } else { index % 10 == 0 }))
        .collect();
    for (latency, group) in run.latency.iter_mut().zip(&run.group) {
        *latency *= if *group == 1 { 10.0 } else { 1.0 };
    }
    assert!(run.search().incidents.is_empty());
    run.group.clear();
    assert_eq!(run.search().incidents.len(), 1);
}

#[test]
fn a_clock_of_whole_seconds_has_no_narrower_stretches() {
    let mut run = steady(4000, 0.0, 10).slower(20.0, 23.0, 3.0);
    run.at.iter_mut().for_each(|at| *at = at.floor());
    let found = run.search();
    assert_eq!((found.resolution, found.incidents.len()), (1.0, 1), "{found:?}");
    assert_eq!((found.incidents[0].from, found.incidents[0].to), (20.0, 23.0));
}

#[test]
fn short_runs_runs_of_one_instant_and_odd_numbers_end() {
    let few = Requests { at: &[1.0, 2.0], latency: &[1.0, 1.0], failed: &[], group: &[] };
    assert_eq!(incidents(&few), None);
    let at = vec![3.0; 500];
    assert_eq!(incidents(&Requests { at: &at, latency: &at, failed: &[], group: &[] }), None);
    let at: Vec<f64> = (0..500).map(f64::from).collect();
    let latency = vec![f64::NAN; 500];
    let found = incidents(&Requests { at: &at, latency: &latency, failed: &[true; 500], group: &[] }).unwrap();
    assert!(found.incidents.is_empty(), "{found:?}");
    let mut at = at;
    at[3] = f64::NAN;
    at[7] = f64::INFINITY;
    assert!(incidents(&Requests { at: &at, latency: &[1.0; 500], failed: &[], group: &[] }).is_some());
}
