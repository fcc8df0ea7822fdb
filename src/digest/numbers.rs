//! The numbers of a population, in a form that merges exactly: counts, exact sums, and the outermost ones with their lines.
//!
//! In: finite numbers with the shard and the line of each. Out: [`Numbers`]. As long as there are few different ones each is counted by
//! itself; of more, those are counted together that share their exponent and the leading bits of their mantissa: 12 bits, or fewer where
//! even those are too many buckets. Each of these rules holds for a part of some numbers wherever it holds for all of them, so that the
//! bits that are kept depend on all numbers together and on no way of dividing them (buckets by leading bits as `HdrHistogram` has them,
//! with the uniform collapse of `UDDSketch`: Epicoco et al. 2020). Rejected: t-digest and KLL, whose result depends on the order of merges.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::sync::Arc;

use foldhash::fast::FixedState;

use super::key::{MANTISSA, decimal, ends, key_of, value_of};
use crate::measure::reported::Bucket;
use crate::stats::exact::Exact;

/// So many different numbers are counted one by one, whatever they are.
const MOST_NUMBERS: usize = 2048;
/// So many different numbers that were written with a few digits are: all whole milliseconds of 16 seconds.
const MOST_DECIMALS: usize = 16_384;
/// So many buckets: at 12 bits those of eight powers of two, as many as nearly all latencies of one endpoint lie between.
pub(super) const MOST_BUCKETS: usize = 32_768;
/// Bits of the mantissa by which buckets are known at first: half a bucket is 1/8192 of its value.
pub(super) const BUCKET_BITS: u8 = 12;
/// The smallest and the largest numbers that are known with their lines.
pub(super) const NAMED: usize = 8;
/// Numbers that are put into buckets together.
const BLOCK: usize = 256;

/// A number with its place.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Extreme {
    /// Base unit.
    pub(super) value: f64,
    /// Name of the shard.
    pub(super) shard: Arc<str>,
    /// Its line; 0 where that is not known.
    pub(super) line: u64,
}

impl Extreme {
    fn ascending(&self, other: &Self) -> Ordering {
        self.value.total_cmp(&other.value).then_with(|| self.place().cmp(&other.place()))
    }

    /// Of equal ones the first, as above.
    fn descending(&self, other: &Self) -> Ordering {
        other.value.total_cmp(&self.value).then_with(|| self.place().cmp(&other.place()))
    }

    fn place(&self) -> (&str, u64) {
        (&self.shard, self.line)
    }
}

/// Numbers that merge exactly, base unit.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Numbers {
    /// Bits of the mantissa that are left out: 0 where every number is counted by itself.
    pub(super) dropped: u8,
    /// Ascending keys without those bits, each with how often it occurs.
    pub(super) counts: Vec<(u64, u64)>,
    pub(super) sums: Exact,
    /// The smallest, ascending.
    pub(super) smallest: Vec<Extreme>,
    /// The largest, descending.
    pub(super) largest: Vec<Extreme>,
}

impl Numbers {
    /// How many.
    pub(crate) fn n(&self) -> u64 {
        self.sums.n()
    }

    /// Their sums.
    pub(crate) fn sums(&self) -> &Exact {
        &self.sums
    }

    /// Whether every number is known.
    pub(crate) fn are_exact(&self) -> bool {
        self.dropped == 0
    }

    /// By how much, relative to itself, a number may be off.
    pub(crate) fn relative_error(&self) -> f64 {
        if self.are_exact() { 0.0 } else { 0.5 / (1_u64 << (MANTISSA - self.dropped)) as f64 }
    }

    /// Each number with how often it occurs, where they are known.
    pub(crate) fn counted(&self) -> impl Iterator<Item = (f64, u64)> + Clone + '_ {
        self.counts.iter().map(|(key, count)| (value_of(*key), *count))
    }

    /// The buckets, no wider than the smallest and the largest number allow.
    pub(crate) fn buckets(&self) -> Vec<Bucket> {
        let (least, most) = self.range().unwrap_or_default();
        let bits = MANTISSA - self.dropped;
        let bucket = |(key, count): &(u64, u64)| {
            let (low, high) = ends(*key, bits);
            Bucket { low: low.max(least).min(most), high: high.min(most).max(least), count: *count }
        };
        self.counts.iter().map(bucket).collect()
    }

    /// The smallest and the largest.
    pub(crate) fn range(&self) -> Option<(f64, f64)> {
        Some((self.smallest.first()?.value, self.largest.first()?.value))
    }

    /// With those of another part. `None` where there are more than can be counted.
    pub(crate) fn merge(&mut self, other: &Self) -> Option<()> {
        self.merge_all(&[other])
    }

    /// With those of other parts. `None` where there are more than can be counted.
    pub(crate) fn merge_all(&mut self, others: &[&Self]) -> Option<()> {
        others.iter().try_for_each(|other| self.sums.merge(&other.sums))?;
        let dropped = others.iter().map(|other| other.dropped).fold(self.dropped, u8::max);
        self.drop_to(dropped);
        match others {
            [other] if other.dropped == dropped => add(&mut self.counts, &other.counts)?,
            _ => add(&mut self.counts, &together(others, dropped)?)?,
        }
        self.settle();
        outermost(&mut self.smallest, others.iter().flat_map(|other| &other.smallest), Extreme::ascending);
        outermost(&mut self.largest, others.iter().flat_map(|other| &other.largest), Extreme::descending);
        Some(())
    }

    /// Leaves out as many bits as so many numbers ask for.
    fn settle(&mut self) {
        if self.dropped == 0 && !can_be_counted(&self.counts) {
            self.drop_to(MANTISSA - BUCKET_BITS);
        }
        while self.dropped > 0 && self.counts.len() > MOST_BUCKETS && self.dropped < MANTISSA {
            self.drop_to(self.dropped + 1);
        }
    }

    /// Leaves out so many bits of the mantissa.
    fn drop_to(&mut self, dropped: u8) {
        let more = dropped.saturating_sub(self.dropped);
        if more == 0 {
            return;
        }
        self.dropped = dropped;
        for (key, _) in &mut self.counts {
            *key >>= more;
        }
        self.counts.dedup_by(|next, kept| {
            let same = next.0 == kept.0;
            if same {
                kept.1 += next.1;
            }
            same
        });
    }

    /// Whether they are what numbers add up to: what was stored may be anything.
    pub(super) fn check(&self) -> Result<(), &'static str> {
        let ascending = self.counts.is_sorted_by(|a, b| a.0 < b.0);
        let total = self.counts.iter().try_fold(0_u64, |sum, (_, count)| sum.checked_add(*count));
        if !ascending || self.counts.iter().any(|(_, count)| *count == 0) || total != Some(self.sums.n()) {
            return Err("its counts are not as perfreport writes them");
        }
        let levels = 0..=MANTISSA;
        let known = self.dropped == 0 || (MANTISSA - BUCKET_BITS..=MANTISSA).contains(&self.dropped);
        let few = if self.dropped == 0 { can_be_counted(&self.counts) } else { self.counts.len() <= MOST_BUCKETS };
        if !levels.contains(&self.dropped) || !known || !few {
            return Err("it has more buckets than perfreport writes");
        }
        let named = usize::try_from(self.n()).unwrap_or(NAMED).min(NAMED);
        let finite = |extreme: &Extreme| extreme.value.is_finite();
        let ordered = self.smallest.is_sorted_by(|a, b| a.ascending(b).is_le())
            && self.largest.is_sorted_by(|a, b| a.descending(b).is_le())
            && self.smallest.iter().chain(&self.largest).all(finite)
            && [self.smallest.len(), self.largest.len()] == [named; 2];
        let key = |extreme: Option<&Extreme>| extreme.map(|extreme| key_of(extreme.value) >> self.dropped);
        let fit = key(self.smallest.first()) == self.counts.first().map(|(key, _)| *key)
            && key(self.largest.first()) == self.counts.last().map(|(key, _)| *key);
        // They lie in the order of their keys, and the others between these two.
        let numbers = [self.counts.first(), self.counts.last()].into_iter().flatten().all(|(bucket, _)| {
            let (low, high) = ends(*bucket, MANTISSA - self.dropped);
            low.is_finite() && high.is_finite()
        });
        if ordered && fit && numbers { Ok(()) } else { Err("its smallest or largest values do not fit its counts") }
    }
}

/// Whether so many different numbers are counted one by one: few, or more that were written with a few digits.
fn can_be_counted(counts: &[(u64, u64)]) -> bool {
    counts.len() <= MOST_NUMBERS
        || counts.len() <= MOST_DECIMALS && decimal(&counts.iter().map(|(key, _)| value_of(*key))).is_some()
}

/// Adds an ascending list to another one: in place where that has all of its keys, as it mostly has once many shards are in it.
fn add(mine: &mut Vec<(u64, u64)>, theirs: &[(u64, u64)]) -> Option<()> {
    let mut from = 0;
    let place = |key: u64| {
        from += mine[from..].partition_point(|(known, _)| *known < key);
        mine.get(from).is_some_and(|(known, _)| *known == key).then_some(from)
    };
    let Some(places) = theirs.iter().map(|(key, _)| *key).map(place).collect::<Option<Vec<usize>>>() else {
        *mine = joined(mine, theirs)?;
        return Some(());
    };
    for (place, (_, count)) in places.into_iter().zip(theirs) {
        mine[place].1 = mine[place].1.checked_add(*count)?;
    }
    Some(())
}

/// The counts of several parts as one ascending list, without so many bits of their keys.
fn together(parts: &[&Numbers], dropped: u8) -> Option<Vec<(u64, u64)>> {
    let mut all: Vec<(u64, u64)> = Vec::with_capacity(parts.iter().map(|part| part.counts.len()).sum());
    for part in parts {
        all.extend(part.counts.iter().map(|(key, count)| (key >> (dropped - part.dropped), *count)));
    }
    all.sort_unstable_by_key(|(key, _)| *key);
    let mut fits = true;
    all.dedup_by(|next, kept| {
        let same = next.0 == kept.0;
        if same {
            let sum = kept.1.checked_add(next.1);
            fits &= sum.is_some();
            kept.1 = sum.unwrap_or_default();
        }
        same
    });
    fits.then_some(all)
}

/// Two ascending lists as one.
fn joined(left: &[(u64, u64)], right: &[(u64, u64)]) -> Option<Vec<(u64, u64)>> {
    let mut joined: Vec<(u64, u64)> = Vec::with_capacity(left.len() + right.len());
    let mut left = left.iter().copied().peekable();
    let push = |(key, count): (u64, u64), joined: &mut Vec<(u64, u64)>| match joined.last_mut() {
        Some(last) if last.0 == key => last.1.checked_add(count).map(|sum| last.1 = sum),
        _ => {
            joined.push((key, count));
            Some(())
        }
    };
    for (key, count) in right.iter().copied() {
        while let Some(next) = left.next_if(|(other, _)| *other <= key) {
            push(next, &mut joined)?;
        }
        push((key, count), &mut joined)?;
    }
    joined.extend(left);
    Some(joined)
}

fn outermost<'a>(
    mine: &mut Vec<Extreme>,
    theirs: impl Iterator<Item = &'a Extreme>,
    order: fn(&Extreme, &Extreme) -> Ordering,
) {
    let last = mine.get(NAMED - 1).cloned();
    let is_among = |one: &&Extreme| last.as_ref().is_none_or(|last| order(one, last).is_lt());
    let before = mine.len();
    mine.extend(theirs.filter(is_among).cloned());
    if mine.len() == before {
        return;
    }
    mine.sort_by(order);
    mine.truncate(NAMED);
}

/// Where the numbers of a shard are put, one by one.
#[derive(Default)]
pub(super) struct Collector {
    dropped: u8,
    counted: HashMap<u64, u64, FixedState>,
    sums: Exact,
    waiting: Vec<f64>,
    smallest: Vec<(f64, u64)>,
    largest: Vec<(f64, u64)>,
}

impl Collector {
    /// Takes a finite number of a line.
    #[inline]
    pub(super) fn push(&mut self, value: f64, line: impl FnOnce() -> u64) {
        let value = value + 0.0;
        self.waiting.push(value);
        let is_small = self.smallest.len() < NAMED || self.smallest.last().is_some_and(|last| value < last.0);
        let is_large = self.largest.len() < NAMED || self.largest.last().is_some_and(|last| value > last.0);
        if is_small || is_large {
            let line = line();
            // Rows come in the order of their lines, so that of equal ones the first are kept.
            if is_small {
                let place = self.smallest.partition_point(|known| known.0 <= value);
                self.smallest.insert(place, (value, line));
                self.smallest.truncate(NAMED);
            }
            if is_large {
                let place = self.largest.partition_point(|known| known.0 >= value);
                self.largest.insert(place, (value, line));
                self.largest.truncate(NAMED);
            }
        }
        if self.waiting.len() == BLOCK {
            self.count();
        }
    }

    /// Whether it has taken nothing.
    pub(super) fn is_empty(&self) -> bool {
        self.smallest.is_empty()
    }

    fn count(&mut self) {
        self.sums.add(&self.waiting);
        for value in self.waiting.drain(..) {
            *self.counted.entry(key_of(value) >> self.dropped).or_default() += 1;
        }
        if self.counted.len() > MOST_BUCKETS {
            let settled = self.settled();
            self.dropped = settled.dropped;
            self.counted = settled.counts.into_iter().collect();
        }
    }

    fn settled(&self) -> Numbers {
        let mut counts: Vec<(u64, u64)> = self.counted.iter().map(|(key, count)| (*key, *count)).collect();
        counts.sort_unstable();
        let mut numbers = Numbers { dropped: self.dropped, counts, ..Numbers::default() };
        numbers.settle();
        numbers
    }

    /// The numbers, which are of a shard of that name.
    pub(super) fn finish(mut self, shard: &str) -> Numbers {
        self.count();
        let settled = self.settled();
        let shard: Arc<str> = shard.into();
        let named = |(value, line): (f64, u64)| Extreme { value, shard: Arc::clone(&shard), line };
        let mut smallest: Vec<Extreme> = self.smallest.into_iter().map(named).collect();
        let mut largest: Vec<Extreme> = self.largest.into_iter().map(named).collect();
        smallest.sort_by(Extreme::ascending);
        largest.sort_by(Extreme::descending);
        Numbers { sums: self.sums, smallest, largest, ..settled }
    }
}
