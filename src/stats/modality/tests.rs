//! How many populations are found, how often in vain, and that the table is what its generator says.

use super::dip::{DIP_REPLICATIONS, DIP_SEED, DIP_SIZES, DIP_TABLE, DIP_TAILS, Hull, Step, hull, hull_distance};
use super::*;
use crate::stats::quantile::{QuantileMethod, quantile};
use crate::stats::rng::Rng;
use proptest::prelude::*;

/// The modes of a sample, ascending, whatever the overall dip says; one mode for an ordinary sample, none for an empty one.
fn modes(sorted: &[f64]) -> Vec<Mode> {
    if sorted.is_empty() {
        return Vec::new();
    }
    if sorted.len() < MIN_VALUES || distinct(sorted) < MIN_DISTINCT {
        return vec![whole(sorted)];
    }
    split(sorted, &Shape::of(sorted)).modes
}

fn sorted(mut values: Vec<f64>) -> Vec<f64> {
    values.sort_unstable_by(f64::total_cmp);
    values
}

/// Order statistics of n uniforms without sorting: normalised partial sums of exponentials.
fn uniform_sorted(n: usize, rng: &mut Rng) -> Vec<f64> {
    let mut sum = 0.0;
    let mut values: Vec<f64> = (0..n)
        .map(|_| {
            sum += rng.exponential();
            sum
        })
        .collect();
    sum += rng.exponential();
    for value in &mut values {
        *value /= sum;
    }
    values
}

/// The generator of the table.
fn quantiles_of_the_null(n: usize, replications: usize) -> Vec<f64> {
    let mut rng = Rng::new(DIP_SEED ^ n as u64);
    let dips = sorted((0..replications).map(|_| dip(&uniform_sorted(n, &mut rng)) * (n as f64).sqrt()).collect());
    DIP_TAILS.iter().map(|tail| quantile(&dips, 1.0 - tail, QuantileMethod::Type6)).collect()
}

#[test]
#[ignore = "rewrites the table: cargo test --release -- --ignored --nocapture rewrites_the_dip_table"]
fn rewrites_the_dip_table() {
    for size in DIP_SIZES {
        let row: Vec<String> =
            quantiles_of_the_null(size as usize, DIP_REPLICATIONS).iter().map(|q| format!("{q:.4}")).collect();
        println!("    [{}],", row.join(", "));
    }
}

#[test]
fn the_table_is_what_its_generator_says() {
    for (row, n) in [(1, 30), (5, 200)] {
        let again = quantiles_of_the_null(n, 4000);
        assert_eq!(DIP_SIZES[row], n as f64);
        // The first columns (50% to 5%) are sharp enough at 4,000 replications.
        for column in 0..4 {
            let ratio = again[column] / DIP_TABLE[row][column];
            assert!((ratio - 1.0).abs() < 0.03, "n {n} column {column}: {ratio}");
        }
    }
}

/// The dip from its definition: the least d for which a function convex left of i, concave right of j, steepest in between,
/// runs within d of the distribution function. O(n^4), for small samples.
fn dip_by_definition(values: &[f64]) -> f64 {
    let n = values.len();
    let points: Vec<Step> =
        values.iter().enumerate().map(|(i, &x)| Step { x, below: i as f64, upto: i as f64 + 1.0 }).collect();
    let feasible = |d: f64| {
        (0..n).any(|i| {
            (i..n).any(|j| {
                let left = hull(&points, 0, i, Hull::Below);
                let right = hull(&points, j, n - 1, Hull::Above);
                if hull_distance(&points, &left, 0, i, Hull::Below).max(1.0) > 2.0 * d + 1e-9 {
                    return false;
                }
                if hull_distance(&points, &right, j, n - 1, Hull::Above).max(1.0) > 2.0 * d + 1e-9 {
                    return false;
                }
                if i == j {
                    return d >= 0.5;
                }
                let (y0, y1) = (points[i].below + d, points[j].upto - d);
                let slope = (y1 - y0) / (points[j].x - points[i].x);
                let slope_of = |a: usize, b: usize, side| {
                    (points[b].height(side) - points[a].height(side)) / (points[b].x - points[a].x)
                };
                if left.len() > 1 && slope_of(left[left.len() - 2], i, Hull::Below) > slope + 1e-9 {
                    return false;
                }
                if right.len() > 1 && slope_of(j, right[1], Hull::Above) > slope + 1e-9 {
                    return false;
                }
                (i..=j).all(|k| {
                    let y = y0 + slope * (points[k].x - points[i].x);
                    y <= points[k].below + d + 1e-9 && y >= points[k].upto - d - 1e-9
                })
            })
        })
    };
    let (mut low, mut high) = (0.5, n as f64 / 2.0);
    for _ in 0..40 {
        let middle = f64::midpoint(low, high);
        if feasible(middle) {
            high = middle;
        } else {
            low = middle;
        }
    }
    high / n as f64
}

#[test]
fn the_dip_agrees_with_its_definition() {
    let mut rng = Rng::new(17);
    let mut exact = 0;
    for _ in 0..150 {
        let n = 4 + rng.below(9);
        let values = sorted((0..n).map(|_| rng.normal() + if rng.uniform() < 0.5 { 3.0 } else { 0.0 }).collect());
        let (fast, slow) = (dip(&values), dip_by_definition(&values));
        assert!(fast > slow - 1e-6 && fast < slow * 1.1, "{fast} {slow} {values:?}");
        exact += usize::from(fast < slow + 1e-6);
    }
    assert!(exact >= 140, "{exact} of 150");
}

#[test]
fn the_dip_of_known_shapes() {
    assert_eq!(dip(&[]), 0.0);
    assert_eq!(dip(&[1.0; 9]), 0.0);
    let even: Vec<f64> = (0..50).map(f64::from).collect();
    assert!((dip(&even) - 0.01).abs() < 1e-12);
    let mut two = vec![0.0; 50];
    two.extend([1.0; 50]);
    assert!((dip(&two) - 0.25).abs() < 1e-12);
    // The dip does not see direction, unit or place.
    let mut rng = Rng::new(2);
    let values = sorted((0..200).map(|_| rng.normal()).collect());
    let turned = sorted(values.iter().map(|x| 7.0 - 3.0 * x).collect());
    assert!((dip(&values) - dip(&turned)).abs() < 1e-12);
}

fn false_alarms(files: u64, n: usize, step: Option<f64>, value: impl Fn(&mut Rng) -> f64) -> usize {
    (0..files)
        .filter(|&seed| {
            let mut rng = Rng::new(99 + seed);
            let values = (0..n).map(|_| {
                let x = value(&mut rng);
                step.map_or(x, |step| (x / step).round() * step)
            });
            let values = sorted(values.collect());
            assess(&values).is_some_and(|found| found.is_multimodal())
        })
        .count()
}

#[test]
fn one_population_is_hardly_ever_split() {
    assert!(false_alarms(300, 200, None, |rng| (0.8 * rng.normal()).exp()) <= 1);
    assert!(false_alarms(300, 200, None, |rng| 10.0 + rng.normal()) <= 1);
    assert!(false_alarms(300, 200, None, Rng::exponential) <= 1);
    // Whole milliseconds, some twenty distinct values.
    assert!(false_alarms(300, 500, Some(1.0), |rng| 30.0 + 4.0 * rng.normal()) <= 1);
    assert!(false_alarms(100, 2000, Some(1.0), |rng| 8.0 * (0.5 * rng.normal()).exp()) <= 1);
}

#[test]
#[ignore = "prints false-alarm rates: cargo test --release -- --ignored --nocapture prints_dip"]
fn prints_dip_false_alarm_rates() {
    for n in [50, 200, 1000, 10_000, 50_000] {
        let files = (2_000_000 / n as u64).min(5000);
        for (name, alarms) in [
            ("uniform", false_alarms(files, n, None, |rng| rng.uniform() + -0.5)),
            ("lognormal", false_alarms(files, n, None, |rng| (0.8 * rng.normal()).exp())),
            ("exponential", false_alarms(files, n, None, Rng::exponential)),
            ("normal, whole ms", false_alarms(files, n, Some(1.0), |rng| 30.0 + 4.0 * rng.normal())),
            ("lognormal, whole ms", false_alarms(files, n, Some(1.0), |rng| 8.0 * (0.5 * rng.normal()).exp())),
        ] {
            println!("{name:>20} n {n:>6}: {alarms} of {files}");
        }
    }
}

#[test]
fn two_populations_are_found_with_place_and_weight() {
    let mut rng = Rng::new(4);
    let values =
        sorted((0..1000).map(|i| if i % 2 == 0 { 0.002 } else { 10.0 } * (0.1 * rng.normal()).exp()).collect());
    let found = assess(&values).unwrap();
    assert!(found.is_multimodal() && found.on_logs && !found.thinned);
    assert_eq!(found.modes.len(), 2);
    assert!((found.modes[0].location / 0.002 - 1.0).abs() < 0.05);
    assert!((found.modes[1].location / 10.0 - 1.0).abs() < 0.05);
    assert_eq!(found.modes[0].weight, 0.5);
    assert!(found.modes[0].high < found.modes[1].low);
}

#[test]
fn three_populations_of_different_width_and_weight() {
    let mut rng = Rng::new(8);
    let values = sorted(
        (0..30_000)
            .map(|i| match i % 10 {
                0..=5 => 0.01 * (0.3 * rng.normal()).exp(),
                6..=8 => 0.2 * (0.05 * rng.normal()).exp(),
                _ => 5.0 * (0.2 * rng.normal()).exp(),
            })
            .collect(),
    );
    let found = assess(&values).unwrap();
    assert!(found.thinned);
    let weights: Vec<f64> = found.modes.iter().map(|mode| mode.weight).collect();
    assert_eq!(weights.len(), 3, "{:?}", found.modes);
    for (weight, expected) in weights.iter().zip([0.6, 0.3, 0.1]) {
        assert!((weight - expected).abs() < 0.002, "{weights:?}");
    }
}

#[test]
fn a_few_far_values_are_no_population() {
    let mut rng = Rng::new(21);
    let mut values: Vec<f64> = (0..990).map(|_| 0.01 * (0.2 * rng.normal()).exp()).collect();
    values.extend((0..10).map(|i| 10.0 + 0.01 * f64::from(i)));
    let found = assess(&sorted(values)).unwrap();
    assert_eq!(found.modes.len(), 1);
    assert_eq!(found.modes[0].weight, 1.0);
}

#[test]
fn too_few_values_are_refused() {
    assert_eq!(assess(&[1.0; 10]), None);
    assert_eq!(assess(&[1.0; 100]), None);
    assert_eq!(modes(&[1.0, 2.0]).len(), 1);
    assert!(modes(&[]).is_empty());
    assert_eq!(dip_p_value(0.25, 3), 1.0);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn weights_sum_to_one_and_modes_ascend(
        values in prop::collection::vec(prop::num::f64::NORMAL | prop::num::f64::SUBNORMAL | prop::num::f64::ZERO, 20..60)
    ) {
        let values = sorted(values);
        let found = modes(&values);
        prop_assert!((found.iter().map(|mode| mode.weight).sum::<f64>() - 1.0).abs() < 1e-12);
        prop_assert!(found.windows(2).all(|pair| pair[0].high <= pair[1].low));
        if let Some(found) = assess(&values) {
            prop_assert!(found.dip >= 0.0 && found.dip <= 0.25 && found.p > 0.0 && found.p <= 1.0);
        }
    }
}
