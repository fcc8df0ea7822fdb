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
