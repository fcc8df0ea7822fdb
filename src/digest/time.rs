//! Rows and failures by stretches of time, in a form that merges exactly.
//!
//! In: instants in nanoseconds, with the duration that each row took and whether it failed. Out: [`TimeCounts`]: counts by stretches that
//! begin at round times of the clock, as narrow as so many of them allow, and from when to when the rows go. Each width is a multiple of
//! the one before, so that the counts of wide stretches are those of the narrow ones in them, in whatever order shards are merged.

use std::collections::BTreeMap;

use crate::analysis::requests::Moment;

const SECOND: i64 = 1_000_000_000;
/// Widths of stretches in seconds.
const WIDTHS: [i64; 11] = [1, 5, 15, 60, 300, 900, 3600, 14_400, 86_400, 604_800, 31_449_600];
/// Stretches that are kept: all instants that there are fit into so many of the widest.
const MOST: usize = 600;

/// Counts by stretches of time.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct TimeCounts {
    /// Which width.
    level: usize,
    /// By number of the stretch since 1970: rows, and how many of them failed.
    counts: BTreeMap<i64, (u64, u64)>,
    /// The first and the last instant.
    instants: (i64, i64),
    /// The earliest instant less its duration, the latest with it.
    reach: (i64, i64),
    /// Whether an instant is no whole second.
    fractions: bool,
}

impl TimeCounts {
    /// Adds a row that took so many nanoseconds, as far as that is known.
    pub(super) fn add(&mut self, at: i64, length: i64, failed: bool) {
        let reach = (at.saturating_sub(length), at.saturating_add(length));
        if self.counts.is_empty() {
            (self.instants, self.reach) = ((at, at), reach);
        }
        self.reaches((at, at), reach);
        self.fractions |= at % SECOND != 0;
        let sum = self.counts.entry(wider(at.div_euclid(SECOND), 0, self.level)).or_default();
        *sum = (sum.0 + 1, sum.1 + u64::from(failed));
        self.settle();
    }

    fn reaches(&mut self, instants: (i64, i64), reach: (i64, i64)) {
        self.instants = (self.instants.0.min(instants.0), self.instants.1.max(instants.1));
        self.reach = (self.reach.0.min(reach.0), self.reach.1.max(reach.1));
    }

    /// Makes the stretches as wide as so many of them ask for.
    fn settle(&mut self) {
        while self.counts.len() > MOST && self.level + 1 < WIDTHS.len() {
            self.widen_to(self.level + 1);
        }
    }

    /// With those of another part. `None` where there are more than can be counted.
    pub(super) fn merge(&mut self, other: &Self) -> Option<()> {
        if other.counts.is_empty() {
            return Some(());
        }
        if self.counts.is_empty() {
            self.clone_from(other);
            return Some(());
        }
        self.widen_to(self.level.max(other.level));
        for (number, (rows, failed)) in &other.counts {
            let mine = self.counts.entry(wider(*number, other.level, self.level)).or_default();
            *mine = (mine.0.checked_add(*rows)?, mine.1.checked_add(*failed)?);
        }
        self.settle();
        self.reaches(other.instants, other.reach);
        self.fractions |= other.fractions;
        Some(())
    }

    fn widen_to(&mut self, level: usize) {
        if level == self.level {
            return;
        }
        for (number, (rows, failed)) in std::mem::take(&mut self.counts) {
            let sum = self.counts.entry(wider(number, self.level, level)).or_default();
            *sum = (sum.0.saturating_add(rows), sum.1.saturating_add(failed));
        }
        self.level = level;
    }

    /// Whether there are none.
    pub(super) fn is_empty(&self) -> bool {
        self.counts.is_empty()
    }

    /// The first and the last instant.
    pub(super) fn span(&self) -> Option<(i64, i64)> {
        (!self.counts.is_empty()).then_some(self.instants)
    }

    /// Whether every instant is a whole second.
    pub(super) fn whole_seconds(&self) -> bool {
        !self.fractions
    }

    /// How many rows.
    pub(super) fn rows(&self) -> u64 {
        self.counts.values().map(|(rows, _)| *rows).fold(0, u64::saturating_add)
    }

    /// When the first row began and the last one ended, where instants are those moments.
    pub(super) fn bounds(&self, moment: Moment) -> (i64, i64) {
        // An instant in whole seconds stands for the whole of its second.
        let step = if self.fractions { 0 } else { SECOND };
        let (first, last) = (self.instants.0, self.instants.1.saturating_add(step));
        match moment {
            Moment::Start => (first, self.reach.1.max(last)),
            Moment::End => (self.reach.0, last),
            Moment::Unknown => (first, last),
        }
    }

    /// The width in nanoseconds, and the counts, of at most so many stretches between two instants.
    pub(super) fn within(&self, (start, end): (i64, i64), most: i64) -> (i64, Vec<(i64, u64, u64)>) {
        let mut some = self.clone();
        let stretches = |level: usize| {
            let width = WIDTHS[level].saturating_mul(SECOND);
            end.div_euclid(width).saturating_sub(start.div_euclid(width))
        };
        while some.level + 1 < WIDTHS.len() && stretches(some.level) >= most {
            some.widen_to(some.level + 1);
        }
        let counts = some.counts.iter().map(|(number, (rows, failed))| (*number, *rows, *failed)).collect();
        (WIDTHS[some.level].saturating_mul(SECOND), counts)
    }

    /// What is stored: level, whether there are fractions, the four instants, and the counts.
    pub(super) fn stored(&self) -> (u64, [i64; 4], impl ExactSizeIterator<Item = (i64, u64, u64)> + '_) {
        let flags = self.level as u64 * 2 + u64::from(self.fractions);
        let instants = [self.instants.0, self.instants.1, self.reach.0, self.reach.1];
        (flags, instants, self.counts.iter().map(|(number, (rows, failed))| (*number, *rows, *failed)))
    }

    /// From what was stored; `None` where no rows add up to it.
    pub(super) fn of_stored(flags: u64, instants: [i64; 4], counts: &[(i64, u64, u64)]) -> Option<Self> {
        let level = usize::try_from(flags / 2).ok().filter(|level| *level < WIDTHS.len())?;
        let [first, last, begin, end] = instants;
        let width = WIDTHS[level].saturating_mul(SECOND);
        let ends = [counts.first()?.0, counts.last()?.0];
        let sound = counts.iter().all(|(_, rows, failed)| *rows > 0 && failed <= rows)
            && counts.is_sorted_by(|a, b| a.0 < b.0)
            && counts.iter().try_fold(0_u64, |sum, (_, rows, _)| sum.checked_add(*rows)).is_some()
            && counts.len() <= MOST
            && ends == [first.div_euclid(width), last.div_euclid(width)]
            && begin <= first
            && first <= last
            && last <= end;
        sound.then(|| Self {
            level,
            counts: counts.iter().map(|(number, rows, failed)| (*number, (*rows, *failed))).collect(),
            instants: (first, last),
            reach: (begin, end),
            fractions: flags % 2 == 1,
        })
    }
}

/// The number of the wider stretch in which one lies.
fn wider(number: i64, from: usize, to: usize) -> i64 {
    number.div_euclid(WIDTHS[to] / WIDTHS[from])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn each_width_is_a_multiple_of_the_one_before() {
        assert!(WIDTHS.windows(2).all(|pair| pair[1] % pair[0] == 0));
        // All instants that nanoseconds can tell.
        let widest = WIDTHS[WIDTHS.len() - 1] * SECOND;
        assert!(i64::MAX.div_euclid(widest) - i64::MIN.div_euclid(widest) < i64::try_from(MOST).unwrap());
    }

    proptest! {
        #[test]
        fn stretches_are_the_same_in_any_order(
            rows in prop::collection::vec((0..40_000_i64, 0..90_i64, any::<bool>()), 1..200),
            cut in 0..200_usize,
        ) {
            let of = |rows: &mut dyn Iterator<Item = &(i64, i64, bool)>| {
                let mut counts = TimeCounts::default();
                rows.for_each(|(at, length, failed)| counts.add(at * 700_000_001, length * SECOND, *failed));
                counts
            };
            let whole = of(&mut rows.iter());
            prop_assert_eq!(&of(&mut rows.iter().rev()), &whole);
            let (a, b) = rows.split_at(cut.min(rows.len()));
            let mut merged = of(&mut b.iter());
            merged.merge(&of(&mut a.iter())).unwrap();
            prop_assert_eq!(&merged, &whole);
            let (flags, instants, counts) = whole.stored();
            let counts: Vec<(i64, u64, u64)> = counts.collect();
            prop_assert_eq!(TimeCounts::of_stored(flags, instants, &counts), Some(whole.clone()));
            prop_assert_eq!(counts.iter().map(|one| one.1).sum::<u64>(), rows.len() as u64);
        }
    }
}
