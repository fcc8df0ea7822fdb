//! What is known of numbers that lie elsewhere: how many of them have smaller keys than some.
//!
//! In: the [`Numbers`] of a population, and facts of shards that were asked. Out: order statistics and counts, each exact or noted as
//! missing. Refuses facts that contradict each other or the counts.

use std::cell::RefCell;
use std::collections::BTreeSet;

use super::super::key::{key_of, value_of};
use super::super::numbers::Numbers;
use super::ask::{Fact, Stretch};
use crate::stats::sample::midpoint;

const FAULT: &str = "what shards answered does not fit their counts";

/// A key below which so many samples are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Cut {
    key: u64,
    below: u64,
    /// Whether an answer says so, and no bucket.
    is_answer: bool,
}

/// Numbers that stand between two cuts.
#[derive(Debug, Clone, Copy)]
pub(super) struct Segment {
    /// Its place among all.
    pub(super) place: usize,
    /// The smallest and the largest number that may stand in it.
    pub(super) low: f64,
    pub(super) high: f64,
    /// How many do.
    pub(super) count: u64,
}

impl Segment {
    /// Whether its numbers are known.
    pub(super) fn is_known(&self) -> bool {
        self.low == self.high
    }
}

/// What is known, and what was asked for.
pub(super) struct Cuts {
    places: Vec<Cut>,
    smallest: Vec<f64>,
    largest: Vec<f64>,
    notes: RefCell<Notes>,
}

#[derive(Default)]
struct Notes {
    /// Cuts that an order statistic or a count was read from.
    used: BTreeSet<usize>,
    /// Segments inside which one lies.
    missing: BTreeSet<usize>,
    /// Keys of which it is not known how many samples are smaller.
    borders: BTreeSet<u64>,
}

impl Cuts {
    /// Of numbers, and of what shards have answered.
    ///
    /// # Errors
    /// Where these contradict each other.
    pub(super) fn of(numbers: &Numbers, facts: impl IntoIterator<Item = Fact>) -> Result<Self, &'static str> {
        let n = numbers.n();
        let (least, most) = numbers.range().ok_or(FAULT)?;
        let (first, last) = (key_of(least), key_of(most) + 1);
        let mut cuts = vec![(first, 0), (last, n)];
        let mut before = 0;
        for (bucket, count) in &numbers.counts {
            cuts.push((bucket << numbers.dropped, before));
            before += count;
            cuts.push(((bucket + 1) << numbers.dropped, before));
        }
        let mut cuts: Vec<Cut> = cuts.into_iter().map(|(key, below)| Cut { key, below, is_answer: false }).collect();
        cuts.extend(facts.into_iter().map(|(key, below)| Cut { key, below, is_answer: true }));
        let outside = |cut: &Cut| cut.key < first && cut.below == 0 || cut.key > last && cut.below == n;
        cuts.retain(|cut| !outside(cut));
        cuts.sort_unstable();
        cuts.dedup_by_key(|cut| (cut.key, cut.below));
        let ends = [cuts[0].key, cuts[cuts.len() - 1].key];
        if !cuts.is_sorted_by(|a, b| a.key < b.key && a.below <= b.below) || ends != [first, last] {
            return Err(FAULT);
        }
        let values = |extremes: &[super::super::numbers::Extreme]| extremes.iter().map(|one| one.value).collect();
        let (smallest, largest) = (values(&numbers.smallest), values(&numbers.largest));
        Ok(Self { places: cuts, smallest, largest, notes: RefCell::default() })
    }

    /// How many samples.
    pub(super) fn n(&self) -> usize {
        self.places.last().map_or(0, |cut| cut.below as usize)
    }

    /// How many samples have smaller keys, where that is known.
    pub(super) fn below_key(&self, key: u64) -> Option<u64> {
        let place = self.places.partition_point(|cut| cut.key <= key);
        let Some(cut) = place.checked_sub(1).map(|place| self.places[place]) else { return Some(0) };
        match self.places.get(place) {
            _ if cut.key == key => Some(cut.below),
            None => Some(cut.below),
            Some(next) => (next.below == cut.below).then_some(cut.below),
        }
    }

    /// How many samples are smaller than a number.
    pub(super) fn below(&self, threshold: f64) -> u64 {
        let key = key_of(threshold);
        let place = self.places.partition_point(|cut| cut.key <= key);
        let Some(before) = place.checked_sub(1) else { return 0 };
        let mut notes = self.notes.borrow_mut();
        notes.used.extend([before, place.min(self.places.len() - 1)]);
        if let Some(known) = self.below_key(key) {
            return known;
        }
        notes.borders.insert(key);
        self.places[before].below
    }

    fn segment(&self, place: usize) -> Segment {
        let (from, to) = (self.places[place], self.places[place + 1]);
        // No number has the key of a negative zero.
        let (low, high) = (value_of(from.key) + 0.0, value_of(to.key - 1) + 0.0);
        Segment { place, low, high, count: to.below - from.below }
    }

    /// The segments that hold samples, ascending.
    pub(super) fn segments(&self) -> impl Iterator<Item = Segment> + '_ {
        (0..self.places.len() - 1).map(|place| self.segment(place)).filter(|segment| segment.count > 0)
    }

    /// Notes that the numbers of a segment are missing.
    pub(super) fn miss(&self, segment: &Segment) {
        let mut notes = self.notes.borrow_mut();
        notes.missing.insert(segment.place);
        notes.used.extend([segment.place, segment.place + 1]);
    }

    /// Notes that what is known around a number is used.
    pub(super) fn note(&self, value: f64) {
        /// Segments on either side: rounded distances may be the same for several keys.
        const AROUND: usize = 3;
        let place = self.places.partition_point(|cut| cut.key <= key_of(value));
        let until = (place + AROUND).min(self.places.len());
        self.notes.borrow_mut().used.extend(place.saturating_sub(AROUND)..until);
    }

    /// Between which numbers the order statistic of a rank, from 0, lies.
    pub(super) fn bracket(&self, rank: usize) -> (f64, f64) {
        let last = self.n().saturating_sub(1);
        let named = self.smallest.get(rank).or_else(|| self.largest.get(last.saturating_sub(rank)));
        if let Some(value) = named {
            return (*value, *value);
        }
        let place = self.places.partition_point(|cut| cut.below <= rank as u64) - 1;
        let segment = self.segment(place);
        let mut notes = self.notes.borrow_mut();
        notes.used.extend([place, place + 1]);
        if !segment.is_known() {
            notes.missing.insert(place);
        }
        (segment.low, segment.high)
    }

    /// The order statistic of a rank; where it is missing, the middle of where it may be.
    pub(super) fn at(&self, rank: usize) -> f64 {
        let (low, high) = self.bracket(rank);
        midpoint(low, high)
    }

    /// Whether all that was asked for is known.
    pub(super) fn is_complete(&self) -> bool {
        let notes = self.notes.borrow();
        notes.missing.is_empty() && notes.borders.is_empty()
    }

    /// What is missing, as shards are asked for it.
    pub(super) fn missing(&self) -> (Vec<Stretch>, Vec<u64>) {
        let notes = self.notes.borrow();
        let stretch = |place: &usize| {
            let (from, to) = (self.places[*place], self.places[*place + 1]);
            Stretch::of(from.key, to.key, to.below - from.below)
        };
        (notes.missing.iter().map(stretch).collect(), notes.borders.iter().copied().collect())
    }

    /// Answers that were used.
    pub(super) fn used(&self) -> Vec<Fact> {
        let notes = self.notes.borrow();
        let cuts = notes.used.iter().map(|place| self.places[*place]);
        cuts.filter(|cut| cut.is_answer).map(|cut| (cut.key, cut.below)).collect()
    }

    /// All answers.
    pub(super) fn answers(&self) -> Vec<Fact> {
        self.places.iter().filter(|cut| cut.is_answer).map(|cut| (cut.key, cut.below)).collect()
    }
}
