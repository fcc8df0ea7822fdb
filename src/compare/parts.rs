//! One test a metric, and which of its parts moved.
//!
//! In: the p-values of a metric's parts. Out: the combined p that enters the control of false discoveries, and, once it is known up
//! to which level "no change" counts as excluded, which parts are named: by closed testing (Marcus, Peritz & Gabriel 1976), where a
//! part counts as moved only if every set of parts that holds it is excluded at that level. So naming costs nothing and adds no
//! false discovery to those that were controlled.
//!
//! Within a part the p-values are of tests of the same thing and go together: they are combined by their Cauchy scores (Liu & Xie
//! 2020), which hardly lose by a second test that says the same. The parts are combined by Bonferroni with weights.

/// What of a metric moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Part {
    /// Where the bulk of it lies.
    Center,
    /// Its slowest samples.
    Tail,
    /// How many are zero, and the others.
    Zeros,
}

const PARTS: [Part; 3] = [Part::Center, Part::Tail, Part::Zeros];
/// What the center weighs beside the others, which share the rest: most changes move it.
pub(crate) const CENTER_WEIGHT: f64 = 0.4;
/// Larger p-values count as this: a test that could say nothing must not speak against the others.
const LARGEST_P: f64 = 0.9;
/// Below this the tangent is its argument to the last digit.
const SMALL_P: f64 = 1e-12;

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct PartTest {
    pub(crate) part: Part,
    pub(crate) p: f64,
    /// What it weighs among the tests of its part: of how many tests its own p is made.
    pub(crate) weight: f64,
}

/// The p of all tests together; 1 where there is none.
pub(crate) fn combined(tests: &[PartTest]) -> f64 {
    combined_of(&tests.iter())
}

/// Which tests are excluded by closed testing at a level.
pub(crate) fn closed(tests: &[PartTest], level: f64) -> Vec<bool> {
    let mut excluded = vec![true; tests.len()];
    for set in 1_u32..1 << tests.len() {
        let holds = |index: usize| set >> index & 1 == 1;
        let members = tests.iter().enumerate().filter(|(index, _)| holds(*index)).map(|(_, test)| test);
        if combined_of(&members) > level {
            for (index, excluded) in excluded.iter_mut().enumerate() {
                *excluded &= !holds(index);
            }
        }
    }
    excluded
}

fn combined_of<'a>(tests: &(impl Iterator<Item = &'a PartTest> + Clone)) -> f64 {
    let of_parts: Vec<(Part, f64)> = PARTS
        .into_iter()
        .filter_map(|part| {
            let of_part = tests.clone().filter(|test| test.part == part).map(|test| (test.p, test.weight));
            cauchy(of_part).map(|p| (part, p))
        })
        .collect();
    let others = of_parts.iter().filter(|(part, _)| *part != Part::Center).count() as f64;
    let has_center = of_parts.len() as f64 > others;
    let weight = |part: Part| match (part, has_center, others > 0.0) {
        (Part::Center, _, true) => CENTER_WEIGHT,
        (Part::Center, _, false) => 1.0,
        (_, true, _) => (1.0 - CENTER_WEIGHT) / others,
        (_, false, _) => 1.0 / others,
    };
    cauchy(of_parts.into_iter().map(|(part, p)| (p, weight(part)))).unwrap_or(1.0)
}

/// Several p-values of one thing with their weights as one; `None` for none.
pub(crate) fn cauchy(tests: impl Iterator<Item = (f64, f64)>) -> Option<f64> {
    let (mut count, mut sum, mut weights, mut only) = (0, 0.0, 0.0, 1.0);
    for (p, weight) in tests {
        count += 1;
        only = p;
        let capped = p.min(LARGEST_P);
        weights += weight;
        sum += weight
            * if capped < SMALL_P {
                1.0 / (std::f64::consts::PI * capped)
            } else {
                (std::f64::consts::PI * (0.5 - capped)).tan()
            };
    }
    let score = sum / weights;
    match count {
        0 => None,
        1 => Some(only),
        _ if score > 1.0 / SMALL_P => Some(1.0 / (std::f64::consts::PI * score)),
        _ => Some(0.5 - score.atan() / std::f64::consts::PI),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::rng::Rng;

    fn test(part: Part, p: f64) -> PartTest {
        PartTest { part, p, weight: 1.0 }
    }

    #[test]
    fn one_test_is_its_own_p_and_parts_share_by_their_weights() {
        assert_eq!(combined(&[test(Part::Center, 0.004)]), 0.004);
        let near = |tests: &[PartTest], expected: f64| {
            let p = combined(tests);
            assert!((p / expected - 1.0).abs() < 0.03, "{tests:?}: {p}");
        };
        // 0.4 of the weight is the center's, what is left the others'; two that say the same lose nothing.
        near(&[test(Part::Center, 0.004), test(Part::Tail, 0.7)], 0.004 / 0.4);
        near(&[test(Part::Tail, 0.3), test(Part::Zeros, 0.01)], 0.01 / 0.5);
        near(&[test(Part::Center, 0.004), test(Part::Tail, 0.004)], 0.004);
        assert_eq!(combined(&[]), 1.0);
        // Equal p-values of one thing stay what they are; one of four that alone is small costs nearly four times as much.
        let same = combined(&[test(Part::Tail, 0.001); 4]);
        assert!((same - 0.001).abs() < 1e-9, "{same}");
        let alone = combined(&[test(Part::Tail, 0.0001), test(Part::Tail, 0.6), test(Part::Tail, 1.0)]);
        assert!((alone / 0.0003 - 1.0).abs() < 0.01, "{alone}");
        assert!(combined(&[test(Part::Tail, 1e-290), test(Part::Tail, 1e-3)]) < 1e-289);
    }

    #[test]
    fn a_part_is_named_only_where_every_set_with_it_is_excluded() {
        let tests = [test(Part::Center, 0.5), test(Part::Tail, 1e-5), test(Part::Tail, 0.3)];
        assert_eq!(closed(&tests, 0.01), [false, true, false]);
        // As a whole excluded, by neither part alone: nothing is named.
        let both = [test(Part::Center, 0.002), test(Part::Tail, 0.002)];
        assert_eq!(closed(&both, 0.01), [true, true]);
        assert_eq!(closed(&both, 0.0), [false, false]);
    }

    #[test]
    fn of_nothing_but_noise_no_more_is_excluded_than_the_level_says() {
        let mut rng = Rng::new(5);
        let tries = 40_000;
        let hits = (0..tries).filter(|_| {
            // Tests of one part go together as those of one tail do.
            let common = rng.normal();
            let mut p = |share: f64| {
                let score = share * common + (1.0 - share * share).sqrt() * rng.normal();
                super::super::noise::two_sided(score, None)
            };
            let tail = [p(0.8), p(0.8), p(0.8)].map(|p| test(Part::Tail, p));
            combined(&[test(Part::Center, p(0.3)), tail[0], tail[1], tail[2]]) <= 0.01
        });
        let share = hits.count() as f64 / f64::from(tries);
        assert!(share < 0.012, "{share}");
    }
}
