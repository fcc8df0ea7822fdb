use proptest::prelude::*;

use super::*;

/// What a bound may be off by because logarithms are rounded.
const ROUNDING: f64 = 1e-10;

fn sorted(values: &[f64]) -> Vec<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    sorted
}

fn close(point: f64, exact: f64) -> bool {
    (point - exact).abs() <= exact.abs() * (SKETCH_ERROR + ROUNDING)
}

/// Values of every size and sign, zeros and repetitions among them.
fn value() -> impl Strategy<Value = f64> {
    prop_oneof![
        4 => (-300.0..300.0_f64, any::<bool>()).prop_map(|(power, up)| 10_f64.powf(power) * if up { 1.0 } else { -1.0 }),
        4 => 0.001..2.0_f64,
        1 => Just(0.0),
        2 => (-20..20_i32).prop_map(f64::from),
    ]
}

/// Lognormal samples with a median of 0.2 s, from evenly spread normal quantiles in a scrambled order.
fn lognormal(count: usize, sigma: f64) -> Vec<f64> {
    use statrs::distribution::{ContinuousCDF, Normal};
    let normal = Normal::standard();
    (0..count)
        .map(|place| {
            let scrambled = (place * 7_919) % count;
            0.2 * (sigma * normal.inverse_cdf((scrambled as f64 + 0.5) / count as f64)).exp()
        })
        .collect()
}

proptest! {
    #[test]
    fn every_point_is_within_the_error_of_the_sample_of_its_rank(values in proptest::collection::vec(value(), 1..400)) {
        let sketch = Sketch::of(&values).unwrap();
        let exact = sorted(&values);
        let points = sketch.ordered(values.len());
        prop_assert_eq!(points.len(), exact.len());
        for (point, exact) in points.iter().zip(&exact) {
            prop_assert!(close(*point, *exact), "{point:e} stands for {exact:e}");
        }
        prop_assert!(points.is_sorted());
        prop_assert_eq!((points[0], points[points.len() - 1]), (exact[0], exact[exact.len() - 1]));
        prop_assert_eq!(sketch.len(), values.len() as u64);
        prop_assert_eq!(sketch.check(), Ok(()));
    }

    #[test]
    fn fewer_points_are_evenly_spaced_in_rank(values in proptest::collection::vec(value(), 101..400)) {
        let exact = sorted(&values);
        let points = Sketch::of(&values).unwrap().ordered(101);
        prop_assert_eq!(points.len(), 101);
        prop_assert!(points.is_sorted());
        for (place, point) in points.iter().enumerate() {
            // A rank between two samples may be given by either.
            let rank = place as f64 * (exact.len() - 1) as f64 / 100.0;
            let around = [exact[rank.floor() as usize], exact[rank.ceil() as usize]];
            prop_assert!(around.iter().any(|exact| close(*point, *exact)), "{point:e} among {around:?}");
        }
    }

    #[test]
    fn mirrored_samples_give_mirrored_points(values in proptest::collection::vec(value(), 1..200)) {
        let mirrored: Vec<f64> = values.iter().map(|value| -value).collect();
        let points = Sketch::of(&values).unwrap().ordered(values.len());
        let mut back = Sketch::of(&mirrored).unwrap().ordered(values.len());
        back.reverse();
        for (point, back) in points.iter().zip(&back) {
            prop_assert!((point + back).abs() <= point.abs() * ROUNDING, "{point:e} against {back:e}");
        }
    }
}

#[test]
fn samples_that_differ_give_points_that_differ() {
    let samples = lognormal(100_000, 0.5);
    let points = Sketch::of(&samples).unwrap().ordered(10_000);
    assert!(points.is_sorted_by(|left, right| left < right));
}

#[test]
fn a_constant_stays_a_constant() {
    let points = Sketch::of(&vec![0.012; 5_000]).unwrap().ordered(100);
    assert!(points.iter().all(|point| *point == 0.012));
}

#[test]
fn the_largest_and_the_smallest_numbers_are_kept() {
    let values =
        [-f64::MAX, -1e300, -f64::from_bits(1), 0.0, f64::from_bits(1), f64::MIN_POSITIVE, 1e-300, 1e300, f64::MAX];
    let sketch = Sketch::of(&values).unwrap();
    let points = sketch.ordered(values.len());
    assert_eq!((points[0], points[8], points[3]), (-f64::MAX, f64::MAX, 0.0));
    for place in [1, 5, 6, 7] {
        assert!(close(points[place], values[place]), "{:e} for {:e}", points[place], values[place]);
    }
    assert!(points[2] < 0.0 && points[4] > 0.0, "below the normal numbers a sample keeps its sign");
    assert_eq!(sketch.check(), Ok(()));
}

#[test]
fn nothing_and_what_is_not_finite_have_no_sketch() {
    assert_eq!(Sketch::of(&[]), None);
    assert_eq!(Sketch::of(&[1.0, f64::NAN]), None);
    assert_eq!(Sketch::of(&[1.0, f64::INFINITY]), None);
}

#[test]
fn what_no_samples_could_have_given_is_found() {
    let good = Sketch::of(&[-2.0, 0.0, 1.0, 1.0, 1_000.0]).unwrap();
    assert_eq!(good.check(), Ok(()));
    let check = |change: &dyn Fn(&mut Sketch)| {
        let mut sketch = good.clone();
        change(&mut sketch);
        sketch.check()
    };
    assert_eq!(check(&|sketch| sketch.count += 1), Err(SketchFault::Sum));
    assert_eq!(check(&|sketch| sketch.zeros = u64::MAX), Err(SketchFault::Sum));
    assert_eq!(check(&|sketch| sketch.count = 0), Err(SketchFault::Empty));
    assert_eq!(check(&|sketch| sketch.error = f64::NAN), Err(SketchFault::Error));
    assert_eq!(check(&|sketch| sketch.error = 0.0), Err(SketchFault::Error));
    assert_eq!(check(&|sketch| sketch.max = 1_100.0), Err(SketchFault::Ends));
    assert_eq!(check(&|sketch| sketch.min = f64::NEG_INFINITY), Err(SketchFault::Ends));
    assert_eq!(check(&|sketch| sketch.min = 5.0), Err(SketchFault::Ends));
    assert_eq!(check(&|sketch| sketch.positive.reverse()), Err(SketchFault::Order));
    assert_eq!(check(&|sketch| sketch.positive[0].counts.push(0)), Err(SketchFault::Order));
    assert_eq!(check(&|sketch| sketch.positive[0].counts.clear()), Err(SketchFault::Order));
    assert_eq!(check(&|sketch| sketch.positive[1].first = i32::MAX), Err(SketchFault::Order));
    assert_eq!(check(&|sketch| sketch.positive[0].first = i32::MIN), Err(SketchFault::Order));
    let twice = |sketch: &mut Sketch| sketch.positive.push(sketch.positive[1].clone());
    assert_eq!(check(&twice), Err(SketchFault::Order), "the same bucket twice");
}

#[test]
fn a_million_lognormal_samples_stay_under_twenty_kilobytes() {
    for (sigma, limit) in [(0.5, 10_000), (1.5, 20_000)] {
        let sketch = Sketch::of(&lognormal(1_000_000, sigma)).unwrap();
        let size = serde_json::to_vec(&sketch).unwrap().len();
        assert!(size < limit, "sigma {sigma}: {size} bytes");
    }
}

#[test]
fn a_sketch_of_buckets_holds_every_sample_of_them() {
    // Buckets of 90 to 110 and 900 to 1100: each middle is known to within a tenth.
    let error = 0.02;
    let sketch = Sketch::of_counted([(100.0, 5), (1000.0, 3)].into_iter(), error).unwrap();
    sketch.check().unwrap();
    assert_eq!((sketch.len(), sketch.ends()), (8, (100.0, 1000.0)));
    let points = sketch.ordered(8);
    assert!(points[..5].iter().all(|point| (point / 100.0 - 1.0).abs() <= sketch.error()), "{points:?}");
    assert!(points[5..].iter().all(|point| (point / 1000.0 - 1.0).abs() <= sketch.error()), "{points:?}");
    assert!(sketch.error() > error, "{}", sketch.error());
    assert!(Sketch::of_counted([(100.0, 5)].into_iter(), 0.5).is_none());
    assert!(Sketch::of_counted(std::iter::empty(), 0.0).is_none());
}
