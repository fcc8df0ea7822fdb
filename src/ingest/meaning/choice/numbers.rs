//! What the numbers themselves look like: few, round, far apart.

use std::collections::BTreeMap;

use crate::table::{CellType, Table};

use super::super::design::{are_round, counted};
use super::super::profile::{Profile, is_power_of_two};
use super::sign::Sign;

/// More different ones are a measurement; in a long recording far fewer.
const MOST_DIFFERENT: usize = 4096;
const MOST_DIFFERENT_OF_MANY: usize = 64;
/// Rows of a long recording.
const MANY_ROWS: u64 = 10_000;

/// The different numbers of a column, each with how often it occurs.
pub(super) struct Numbers {
    pub(super) counts: BTreeMap<u64, usize>,
    /// All of them, from the smallest.
    pub(super) different: Vec<f64>,
    pub(super) rows: usize,
    whole: bool,
}

impl Numbers {
    /// Those of a column that varies; `None` where one number stands in all rows, or too many do.
    pub(super) fn of(table: &Table, index: usize, profile: &Profile) -> Option<Self> {
        let values = table.values(index);
        let most = if table.lines.rows() <= MANY_ROWS { MOST_DIFFERENT } else { MOST_DIFFERENT_OF_MANY };
        let counts = counted(values, most).filter(|counts| counts.len() >= 2)?;
        let mut different: Vec<f64> = counts.keys().map(|bits| f64::from_bits(*bits)).collect();
        different.sort_unstable_by(f64::total_cmp);
        let whole = table.columns[index].cells == CellType::Integer || different.iter().all(|one| one.fract() == 0.0);
        Some(Self { counts, different, rows: profile.count, whole })
    }

    /// What they say.
    pub(super) fn signs(&self) -> Vec<Sign> {
        const MOST_OF_FEW_ROWS: usize = 4;
        const DIGITS_MEASURED: i32 = 4;
        const WIDE: f64 = 16.0;
        const FEW: (usize, usize) = (20, 2);
        const VERY_FEW: (usize, usize) = (6, 4);
        let round = |digits| are_round(self.different.iter().copied(), digits);
        let is_few =
            |(most, rows): (usize, usize)| self.different.len() <= most && self.rows >= rows * self.different.len();
        let positive = self.different.iter().copied().find(|number| *number > 0.0);
        let high = self.different.last().copied().unwrap_or_default();
        let several = self.different.len() >= 3;
        [
            (self.whole, Sign::Whole),
            (self.are_steps(), Sign::Round),
            (self.are_steps() && round(1), Sign::OneDigit),
            (self.different.iter().all(|number| is_power_of_two(*number)), Sign::Powers),
            (!self.whole && !round(2), Sign::Fractions),
            (self.are_neighbours(), Sign::Neighbours),
            (self.rows <= MOST_OF_FEW_ROWS, Sign::FewRows),
            (!round(DIGITS_MEASURED), Sign::Precise),
            (several && positive.is_some_and(|low| high >= WIDE * low), Sign::Wide),
            (self.are_geometric(), Sign::Geometric),
            (is_few(FEW), Sign::Few),
            (is_few(VERY_FEW), Sign::VeryFew),
            (self.are_even(), Sign::Evenly),
            (self.different.len() == self.rows, Sign::Distinct),
        ]
        .into_iter()
        .filter_map(|(is, sign)| is.then_some(sign))
        .collect()
    }

    /// Whether they are what people write who try things, and too far apart to count something: one digit before zeros, two from a hundred
    /// on, fives and tens, halves, or powers of two. Below a hundred two digits are nothing but small.
    pub(super) fn are_steps(&self) -> bool {
        const FEWEST_DIFFERENT: f64 = 8.0;
        let is_step = |number: &f64| {
            let fives = (10.0..100.0).contains(number) && number % 5.0 == 0.0;
            let two = *number >= 100.0 && are_round(std::iter::once(*number), 2);
            let fraction = number.fract() != 0.0 && are_round(std::iter::once(*number), 2);
            *number == 0.0
                || is_power_of_two(*number)
                || fives
                || two
                || fraction
                || are_round(std::iter::once(*number), 1)
        };
        let far = self.different.last().is_some_and(|high| *high >= FEWEST_DIFFERENT);
        (far || !self.whole) && self.different.iter().all(is_step)
    }

    /// Whether each stands in as many rows, in two at least.
    fn are_even(&self) -> bool {
        let each = self.counts.values().next().copied().unwrap_or_default();
        each >= 2 && self.counts.values().all(|count| *count == each)
    }

    /// Whether they are whole numbers next to each other, from three on: one and two may be chosen.
    fn are_neighbours(&self) -> bool {
        const FIRST: f64 = 3.0;
        let (Some(low), Some(high)) = (self.different.first(), self.different.last()) else { return false };
        self.whole && *low >= FIRST && high - low + 1.0 == self.different.len() as f64
    }

    /// Whether their steps are alike, added or multiplied.
    pub(super) fn have_alike_steps(&self) -> bool {
        let even = self.different.windows(3).all(|three| three[2] - three[1] == three[1] - three[0]);
        let geometric = self.different.windows(3).all(|three| three[2] / three[1] == three[1] / three[0]);
        even || geometric
    }

    /// Whether each is as many times the one before.
    fn are_geometric(&self) -> bool {
        const FEWEST: usize = 4;
        let [first, second, ..] = self.different[..] else { return false };
        let ratio = second / first;
        let goes_on = |pair: &[f64]| (pair[1] / pair[0] - ratio).abs() <= 1e-6 * ratio;
        first > 0.0 && self.different.len() >= FEWEST && self.different.windows(2).all(goes_on)
    }
}
