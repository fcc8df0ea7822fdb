//! The shape of a run: where its quantiles lie between its smallest and its largest one.
//!
//! In: quantiles in ascending order, or the letters of a line. Out: a [`Shape`] of a few bytes, and its quantiles to within a sixtieth of
//! the way between its ends. Refuses (with an empty shape) letters of another number and quantiles that are all the same.

use super::contract::Distributions;

/// Quantiles that are the shape of a run.
pub const SHAPE_QUANTILES: usize = 16;
/// Letters of the shape, from the smallest to the largest value.
const LETTERS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// Runs on each side of a change whose shapes stand for what was before and after it.
const NEAREST: usize = 20;

/// The shape of a run; empty where nothing is known of it.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Shape {
    ends: [f64; 2],
    letters: [u8; SHAPE_QUANTILES],
}

impl Shape {
    /// The shares at which the quantiles stand: the middles of equal parts.
    pub fn shares() -> impl Iterator<Item = f64> {
        (0..SHAPE_QUANTILES).map(|place| (place as f64 + 0.5) / SHAPE_QUANTILES as f64)
    }

    /// Of the quantiles at those [shares](Self::shares), ascending: on logarithms where all are positive.
    pub fn of(quantiles: &[f64; SHAPE_QUANTILES]) -> Self {
        let ends @ [least, most] = [quantiles[0], quantiles[SHAPE_QUANTILES - 1]];
        if !quantiles.iter().all(|value| value.is_finite()) || least >= most {
            return Self::default();
        }
        let last = LETTERS.len() - 1;
        let letter = |value: f64| {
            let share =
                if least > 0.0 { (value / least).ln() / (most / least).ln() } else { (value - least) / (most - least) };
            LETTERS[(share.clamp(0.0, 1.0) * last as f64).round() as usize]
        };
        Self { ends, letters: quantiles.map(letter) }
    }

    /// Of what a line says.
    pub(super) fn of_letters(ends: [f64; 2], letters: &str) -> Self {
        let known = letters.bytes().all(|letter| LETTERS.contains(&letter));
        let letters = letters.as_bytes().try_into().ok().filter(|_| known && ends[0] < ends[1]);
        letters.map_or_else(Self::default, |letters| Self { ends, letters })
    }

    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        self.letters[0] == 0
    }

    /// The smallest and the largest quantile with the letters of all; `None` where nothing is known.
    pub(super) fn stored(&self) -> Option<([f64; 2], String)> {
        (!self.is_empty()).then(|| (self.ends, self.letters.iter().copied().map(char::from).collect()))
    }

    /// The quantiles; `None` where nothing is known.
    pub fn quantiles(&self) -> Option<[f64; SHAPE_QUANTILES]> {
        let [least, most] = self.ends;
        let value = |letter: u8| {
            let place = LETTERS.iter().position(|known| *known == letter).unwrap_or_default();
            let share = place as f64 / (LETTERS.len() - 1) as f64;
            if least > 0.0 { least * (most / least).powf(share) } else { least + (most - least) * share }
        };
        (!self.is_empty()).then(|| self.letters.map(value))
    }
}

/// How values are distributed in runs, the nearest first: of each quantile the median. `None` where no run says it; else with how many do.
pub(super) fn typical(runs: impl Iterator<Item = Shape>) -> Option<([f64; SHAPE_QUANTILES], usize)> {
    let runs: Vec<[f64; SHAPE_QUANTILES]> = runs.filter_map(|shape| shape.quantiles()).take(NEAREST).collect();
    let median = |place: usize| {
        let mut values: Vec<f64> = runs.iter().map(|run| run[place]).collect();
        values.sort_unstable_by(f64::total_cmp);
        crate::stats::sample::median_of_sorted(&values)
    };
    (!runs.is_empty()).then(|| (std::array::from_fn(median), runs.len()))
}

/// How values were distributed before and after a change: both in the order of time. `None` where no run of a side says it.
pub(super) fn distributions(
    before: impl DoubleEndedIterator<Item = Shape>,
    after: impl Iterator<Item = Shape>,
) -> Option<Distributions> {
    let ((before, first), (after, second)) = (typical(before.rev())?, typical(after)?);
    Some(Distributions { runs: [first, second], before: before.to_vec(), after: after.to_vec() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(factor: f64) -> Shape {
        Shape::of(&std::array::from_fn(|place| factor * 1.1_f64.powi(i32::try_from(place).unwrap())))
    }

    #[test]
    fn quantiles_come_back_to_within_a_letter() {
        let back = shape(0.02).quantiles().unwrap();
        for (place, value) in (0..).zip(back) {
            assert!((value / (0.02 * 1.1_f64.powi(place)) - 1.0).abs() < 0.02, "{back:?}");
        }
        let around_zero = Shape::of(&std::array::from_fn(|place| place as f64 - 8.0)).quantiles().unwrap();
        assert!(around_zero.iter().zip(-8..).all(|(is, was)| (is - f64::from(was)).abs() < 0.13), "{around_zero:?}");
    }

    #[test]
    fn what_is_no_shape_is_empty() {
        assert!(Shape::of(&[7.0; SHAPE_QUANTILES]).is_empty());
        assert!(Shape::of(&[f64::NAN; SHAPE_QUANTILES]).is_empty());
        for (ends, letters) in [([1.0, 2.0], "abc"), ([2.0, 1.0], "0123456789ABCDEF"), ([1.0, 2.0], "0123456789ABCDE!")]
        {
            assert_eq!(Shape::of_letters(ends, letters), Shape::default());
        }
        assert_eq!(Shape::default().quantiles(), None);
    }

    #[test]
    fn the_nearest_runs_stand_for_what_was_before_and_after() {
        let far = std::iter::repeat_n(shape(100.0), 30);
        let before: Vec<Shape> = far.clone().chain((0..20).map(|_| shape(1.0))).chain([Shape::default()]).collect();
        let after: Vec<Shape> = [shape(1.5), shape(2.0), shape(9.0)].into_iter().collect();
        let found = distributions(before.into_iter(), after.into_iter()).unwrap();
        assert_eq!(found.runs, [20, 3]);
        assert!((found.before[0] - 1.0).abs() < 1e-12 && (found.after[0] - 2.0).abs() < 1e-12, "{found:?}");
        assert_eq!(distributions(std::iter::empty(), far), None);
    }
}
