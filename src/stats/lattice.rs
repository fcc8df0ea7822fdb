//! Numbers that were written with a few digits: whole multiples of a power of ten.
//!
//! In: finite numbers. Out: the [`Lattice`] on which all of them lie, where it has few enough steps to count them one by one. Refuses
//! (with `None`) few numbers, for which nothing is gained, numbers that are written more finely or lie too far apart, and negative
//! zeros, which a step would not give back.

/// Fewer numbers are not worth a table.
const WORTH: usize = 256;
/// At most so many steps: most numbers lie close together, so that the counts which are used stay in the cache of a core.
const MOST_STEPS: usize = 1 << 18;
/// So many numbers say which power of ten may be meant.
const ASKED: usize = 64;
/// Digits after the point that are tried.
const MOST_DIGITS: i32 = 9;
/// The double from which on neighbours are whole numbers: added to a smaller one, its last bits are the nearest whole number.
const WHOLE: f64 = 4_503_599_627_370_496.0;
/// Whole numbers of this size leave their distances exact.
const EXACT: f64 = 1_125_899_906_842_624.0;

/// Equal steps from a first number on; every step is the double nearest to its decimal number.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Lattice {
    grid: Grid,
    /// The number of each step.
    numbers: Vec<f64>,
}

/// Where steps lie.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Grid {
    /// Steps in 1.
    scale: f64,
    /// The first number, in steps.
    low: f64,
    /// How many steps there may be.
    size: usize,
}

impl Grid {
    /// The coarsest one on which some numbers lie that are all within a range.
    fn of(some: &[f64], (low, high): (f64, f64)) -> Option<Self> {
        let of_digits = |digits: i32| {
            let scale = 10_f64.powi(digits);
            let (first, last) = ((low * scale).round(), (high * scale).round());
            let near = first.abs() < EXACT && last.abs() < EXACT && last - first < MOST_STEPS as f64;
            near.then(|| Self { scale, low: first, size: (last - first) as usize + 1 })
        };
        let step = some.len().div_ceil(ASKED).max(1);
        let has = |grid: &Self, value: f64| grid.value(grid.place(value)).to_bits() == value.to_bits();
        (0..=MOST_DIGITS).map_while(of_digits).find(|grid| some.iter().step_by(step).all(|value| has(grid, *value)))
    }

    /// The step that is nearest to a number.
    #[inline]
    fn place(&self, value: f64) -> usize {
        ((value * self.scale - self.low) + WHOLE).to_bits() as u32 as usize
    }

    fn value(&self, place: usize) -> f64 {
        (self.low + place as f64) / self.scale
    }
}

impl Lattice {
    /// The one on which so many numbers within a range may lie, of which some do.
    pub(super) fn probable(n: usize, some: &[f64], range: (f64, f64)) -> Option<Self> {
        let grid = Grid::of(some, range).filter(|grid| n >= WORTH && grid.size <= 2 * n)?;
        Some(Self { grid, numbers: (0..grid.size).map(|place| grid.value(place)).collect() })
    }

    /// The one on which all numbers lie, and how many lie on each of its steps.
    pub(super) fn counted(values: &[f64]) -> Option<(Self, Vec<u64>)> {
        if values.len() < WORTH {
            return None;
        }
        let range = |(low, high): (f64, f64), value: &f64| {
            (if *value < low { *value } else { low }, if *value > high { *value } else { high })
        };
        let nothing = (f64::INFINITY, f64::NEG_INFINITY);
        let some: Vec<f64> = values.iter().step_by(values.len() / ASKED).copied().collect();
        // Most that lie on none show it at once.
        Grid::of(&some, some.iter().fold(nothing, range))?;
        let lattice = Self::probable(values.len(), &some, values.iter().fold(nothing, range))?;
        let mut counts = vec![0; lattice.size()];
        lattice.count(values, &mut counts).then_some((lattice, counts))
    }

    /// How many steps it has.
    pub(super) fn size(&self) -> usize {
        self.numbers.len()
    }

    /// The step of a number that lies on it.
    pub(super) fn place(&self, value: f64) -> usize {
        self.grid.place(value)
    }

    /// The number of a step.
    pub(super) fn value(&self, place: usize) -> f64 {
        self.numbers[place]
    }

    /// Counts numbers at their steps; false as soon as one lies on none.
    pub(super) fn count(&self, values: &[f64], counts: &mut [u64]) -> bool {
        values.iter().all(|value| {
            let place = self.grid.place(*value);
            // The bits, because a negative zero is no zero here.
            let lies_on_it = self.numbers.get(place).is_some_and(|number| number.to_bits() == value.to_bits());
            if let Some(count) = counts.get_mut(place).filter(|_| lies_on_it) {
                *count += 1;
            }
            lies_on_it
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn whole_milliseconds_lie_on_one_and_measured_fractions_on_none() {
        let milliseconds: Vec<f64> = (0..1000).map(|place| f64::from(place % 351) / 1000.0).collect();
        let (lattice, counts) = Lattice::counted(&milliseconds).unwrap();
        assert_eq!((lattice.size(), lattice.place(0.35), lattice.value(350)), (351, 350, 0.35));
        assert_eq!((counts[0], counts[350]), (3, 2));
        let bytes: Vec<f64> = (0..1000).map(|place| f64::from(700 + place)).collect();
        assert_eq!(Lattice::counted(&bytes).unwrap().0.size(), 1000);
        let mut rng = crate::stats::rng::Rng::new(1);
        let fractions: Vec<f64> = (0..1000).map(|_| rng.uniform()).collect();
        assert_eq!(Lattice::counted(&fractions), None);
        let mut one_finer = milliseconds.clone();
        one_finer[777] = 0.000_000_000_1;
        assert_eq!(Lattice::counted(&one_finer), None);
        let mut one_far = milliseconds.clone();
        one_far[777] = 1e6;
        assert_eq!(Lattice::counted(&one_far), None);
        assert_eq!(Lattice::counted(&milliseconds[..100]), None);
        assert_eq!(Lattice::counted(&[-0.0; 300]), None);
        assert_eq!(Lattice::counted(&[0.0; 300]).unwrap().1, [300]);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn every_step_gives_its_number_back(
            numbers in prop::collection::vec(-30_000_i32..30_000, 30_000..30_010),
            digits in 0..=9_i32,
        ) {
            let values: Vec<f64> = numbers.iter().map(|number| f64::from(*number) / 10_f64.powi(digits)).collect();
            let (lattice, _) = Lattice::counted(&values).unwrap();
            for value in &values {
                prop_assert_eq!(lattice.value(lattice.place(*value)), *value);
            }
        }
    }
}
