use super::*;
use crate::stats::rng::Rng;

fn found(values: &[f64]) -> Vec<usize> {
    let tables = Tables::of(values.len());
    let scan = Scan::of(values, &tables);
    if scan.is_drifting() { scan.breaks() } else { scan.changes(LEVEL).iter().map(|change| change.at).collect() }
}

fn stepped(n: usize, at: usize, size: f64, seed: u64) -> Vec<f64> {
    let mut rng = Rng::new(seed);
    (0..n).map(|place| 100.0 + 2.0 * rng.normal() + if place >= at { size } else { 0.0 }).collect()
}

#[test]
fn changes_are_those_of_a_second_implementation() {
    let text = include_str!("../../../tests/data/change_points.csv");
    let mut cases = 0;
    for line in text.lines() {
        let mut parts = line.split(';');
        let (name, changes, values) = (parts.next().unwrap(), parts.next().unwrap(), parts.next().unwrap());
        let changes: Vec<usize> = changes.split_whitespace().map(|change| change.parse().unwrap()).collect();
        let values: Vec<f64> = values.split_whitespace().map(|value| value.parse().unwrap()).collect();
        assert_eq!(found(&values), changes, "{name}");
        cases += 1;
    }
    assert!(cases > 50);
}

#[test]
fn a_step_is_found_where_it_is_with_how_sure_that_is() {
    let values = stepped(100, 50, 10.0, 1);
    let tables = Tables::of(100);
    let scan = Scan::of(&values, &tables);
    let changes = scan.changes(LEVEL);
    assert_eq!(changes.iter().map(|change| change.at).collect::<Vec<_>>(), [50]);
    assert!(changes[0].p < 1e-9 && scan.p() < 1e-9, "{changes:?}");
    let size = shift(
        &values[..50],
        &values[50..],
        inflation(scan.dependence(&changes.iter().map(|change| change.at).collect::<Vec<usize>>())),
        0.95,
    );
    assert!(size.low.unwrap() < 10.0 && size.high.unwrap() > 10.0 && (size.estimate - 10.0).abs() < 1.5, "{size:?}");
}

#[test]
fn one_odd_point_is_no_change_wherever_it_stands() {
    for place in [0, 30, 58, 59] {
        let mut values = stepped(60, 60, 0.0, 3);
        values[place] = 300.0;
        assert_eq!(found(&values), [] as [usize; 0], "{place}");
    }
}

#[test]
fn a_large_step_is_seen_a_few_points_after_it() {
    let delay = |seed: u64| (2..10).find(|after| !found(&stepped(60 + after, 60, 10.0, seed)).is_empty()).unwrap();
    let mut delays: Vec<usize> = (0..20).map(delay).collect();
    delays.sort_unstable();
    assert!(delays[10] <= 4, "{delays:?}");
}

#[test]
fn nothing_is_said_of_few_or_equal_points_and_the_same_input_says_the_same() {
    for values in [vec![], vec![1.0], vec![1.0, 9.0], vec![1.0, 1.0, 1.0, 1.0, 9.0, 9.0, 9.0], vec![4.0; 500]] {
        assert_eq!(found(&values), [] as [usize; 0]);
    }
    let values = stepped(300, 120, 4.0, 5);
    assert_eq!(found(&values), found(&values));
    let mirrored: Vec<f64> = values.iter().map(|value| -value).collect();
    assert_eq!(found(&values), found(&mirrored), "up and down are the same");
}

#[test]
fn a_stricter_level_finds_no_more() {
    for seed in 0..20 {
        let values = stepped(80, 40, 2.2, seed);
        let tables = Tables::of(80);
        let scan = Scan::of(&values, &tables);
        assert!(scan.changes(0.001).len() <= scan.changes(LEVEL).len());
        assert!(scan.p() <= LEVEL || scan.changes(LEVEL).is_empty());
    }
}

#[test]
fn a_step_without_noise_or_in_coarse_steps_is_a_step_and_no_drift() {
    let step = |n: usize, at: usize, from: f64, to: f64| -> Vec<f64> {
        (0..n).map(|place| if place < at { from } else { to }).collect()
    };
    for (values, at) in [
        (step(60, 30, 100.0, 110.0), 30),
        (step(60, 30, 0.0, 3.0), 30),
        (step(60, 57, 100.0, 110.0), 57),
        (step(40, 10, 0.1, 0.3), 10),
    ] {
        assert!(!Scan::of(&values, &Tables::of(values.len())).is_drifting());
        assert_eq!(found(&values), [at]);
    }
    for (seed, grid) in (0..20).flat_map(|seed| [1.0, 2.0, 4.0, 8.0].map(|grid| (seed, grid))) {
        let values: Vec<f64> =
            stepped(60, 30, 40.0, seed).iter().map(|value| (value / grid).round() * grid * 0.1).collect();
        assert!(!Scan::of(&values, &Tables::of(60)).is_drifting(), "{grid} {seed}");
        assert!(found(&values).iter().any(|at| at.abs_diff(30) <= 1), "{grid} {seed}");
    }
    // What rises by the same every run is no step.
    let ramp: Vec<f64> = (0..40).map(|place| 100.0 + 0.1 * f64::from(place)).collect();
    assert!(Scan::of(&ramp, &Tables::of(40)).is_drifting());
}

#[test]
fn one_odd_run_among_equal_ones_is_no_change_however_many_there_are() {
    for n in [20, 60, 300, 1000] {
        for place in [0, n / 3, n - 1] {
            let mut values = vec![100.0; n];
            values[place] = 110.0;
            assert_eq!(found(&values), [] as [usize; 0], "{place} of {n}");
        }
    }
    let mut values = vec![100.0; 60];
    values[57..].fill(110.0);
    assert_eq!(found(&values), [57], "three runs at the end are a new level");
}

#[test]
fn a_level_that_goes_back_after_a_few_runs_is_found_with_both_its_ends() {
    for (seed, length) in (0..20).flat_map(|seed| [4, 5, 8].map(|length| (seed, length))) {
        let mut values = stepped(80, 80, 0.0, seed);
        values[30..30 + length].iter_mut().for_each(|value| *value *= 1.5);
        let found = found(&values);
        assert!(found.contains(&30) && found.contains(&(30 + length)), "{seed}: {found:?}");
    }
    let mut exact = vec![100.0; 80];
    exact[30..35].fill(150.0);
    assert_eq!(found(&exact), [30, 35]);
}

#[test]
fn levels_that_are_far_apart_are_levels_and_a_curve_stays_a_drift() {
    for seed in 0..20 {
        let mut rng = Rng::new(seed);
        let level = |place: usize| [1.0, 0.5, 0.25][place / 16];
        let values: Vec<f64> = (0..48).map(|place| (1.0 + 0.01 * rng.normal()) * level(place)).collect();
        assert_eq!(found(&values), [16, 32], "{seed}");
        let mut rng = Rng::new(seed);
        let curve: Vec<f64> =
            (0..100).map(|place| 100.0 + rng.normal() + 20.0 * (0.12 * f64::from(place)).sin()).collect();
        assert!(Scan::of(&curve, &Tables::of(100)).is_drifting(), "{seed}");
    }
}
