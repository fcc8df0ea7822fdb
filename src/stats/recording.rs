//! What the recording itself shows: repeated blocks of rows, stuck values, clocks that jump or run backwards.
//!
//! In: values, or instants, in recorded order. Out: what is odd and where. Everything here is kept in the statistics:
//! it is odd, and it may be real.

use std::collections::HashMap;
use std::ops::Range;

use rayon::prelude::*;

use super::measured::{LabelledNumbers, Window};
use super::sorting::sort;
use super::thin;

/// Chance at which a repetition among independent values counts as impossible.
const CHANCE: f64 = 1e-6;
/// Longest block that is looked for; metrics with so few different values that chance needs longer ones are not judged.
const LONGEST_WINDOW: usize = 64;
/// Shortest block and shortest run that is worth a finding.
const SHORTEST: usize = 8;
/// In lists up to this length blocks are remembered four times as densely as they are long, so that a copy a quarter longer
/// than the shortest block is found wherever it begins. In longer lists they are remembered at anchors, and a copy of about
/// ten times [`LEAST_SPACING`] values (ten times the spacing of the anchors in lists of more than four million) is found in
/// all but one of ten thousand cases.
const DENSE: usize = thin::LONG_RUN;
/// One value in so many is an anchor, at least...
const LEAST_SPACING: usize = 16;
/// ...and in longer lists about so many in all, which bounds the memory.
const MOST_ANCHORS: usize = 1 << 18;
/// Of longer lists than [`DENSE`] about so many values show how often two are the same.
const MOST_COMPARED: usize = 1 << 16;
/// Fewer instants have no usual pause.
const FEWEST_INSTANTS: usize = 100;
/// A pause this many times longer than the 99th percentile of all pauses, and at least [`LEAST_JUMP`], is a jump.
const JUMP_RATIO: f64 = 100.0;
/// Nanoseconds; shorter pauses are no jump.
const LEAST_JUMP: i64 = 60_000_000_000;
/// Nanoseconds; rows that are written at their end carry start times that go back a little.
const LEAST_BACKWARDS: i64 = 1_000_000_000;

/// A block of values that occurs twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Repeat {
    /// Index at which it is first.
    pub first: usize,
    /// Index at which it is again.
    pub again: usize,
    /// Its length.
    pub length: usize,
}

/// A value that stays the same.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stuck {
    /// Index of the first.
    pub start: usize,
    /// How many.
    pub length: usize,
    /// The value.
    pub value: f64,
}

/// Probability that two values drawn from the list are the same; of long lists, from one of every few values.
fn collision(values: &LabelledNumbers<'_>) -> f64 {
    let stride = thin::stride(values.len(), MOST_COMPARED);
    let mut sorted: Vec<f64> = if values.len() <= DENSE {
        values.copied(0..values.len())
    } else {
        thin::picked(values.len(), stride).map(|place| values.at(place)).collect()
    };
    sort(&mut sorted);
    let n = sorted.len() as f64;
    sorted.chunk_by(|a, b| a == b).map(|equal| (equal.len() as f64 / n).powi(2)).sum()
}

/// Blocks of consecutive values that occur twice although chance would not repeat them, longest first, at most `most`.
pub(crate) fn repeats(values: &LabelledNumbers<'_>, most: usize) -> Vec<Repeat> {
    if values.len() < 2 * SHORTEST {
        return Vec::new();
    }
    let n = values.len() as f64;
    let same = collision(values);
    if same >= 0.5 {
        return Vec::new();
    }
    let window = ((n * n / CHANCE).ln() / (1.0 / same).ln()).ceil() as usize;
    // Twice as long as chance among independent values needs: neighbours depend on each other.
    let window = (2 * window).max(SHORTEST);
    if window > LONGEST_WINDOW || window * 2 > values.len() {
        return Vec::new();
    }
    let mut found = if values.len() <= DENSE {
        dense(values, &values.copied(0..values.len()), window)
    } else {
        anchored(values, window)
    };
    found.retain(|repeat| varies(values, repeat.first..repeat.first + repeat.length));
    found.sort_by_key(|repeat| std::cmp::Reverse(repeat.length));
    found.truncate(most);
    found
}

/// Blocks are remembered at multiples of a stride and looked for everywhere.
fn dense(measured: &LabelledNumbers<'_>, values: &[f64], window: usize) -> Vec<Repeat> {
    let mut windows = (Window::new(*measured), Window::new(*measured));
    let mut seen: HashMap<u64, usize, foldhash::fast::FixedState> = HashMap::default();
    let mut found: Vec<Repeat> = Vec::new();
    let mut index = 0;
    let stride = window.div_ceil(4);
    let mut remembered = 0;
    while index + window <= values.len() {
        while remembered + window <= index {
            seen.entry(hash(&values[remembered..remembered + window])).or_insert(remembered);
            remembered += stride;
        }
        let earlier = seen.get(&hash(&values[index..index + window])).copied();
        match earlier.filter(|earlier| values[*earlier..*earlier + window] == values[index..index + window]) {
            Some(earlier) => {
                let repeat = extend(&mut windows, measured.len(), (earlier, index), window);
                index = repeat.again + repeat.length;
                found.push(repeat);
            }
            None => index += 1,
        }
    }
    found
}

/// Blocks are remembered and looked for where two neighbouring values hash to an anchor, which is at the same places of a
/// copy: one pass with two multiplications a value, and memory for one value in every few.
fn anchored(values: &LabelledNumbers<'_>, window: usize) -> Vec<Repeat> {
    let spacing = (values.len() / MOST_ANCHORS).next_power_of_two().max(LEAST_SPACING) as u64;
    let last = values.len() - window;
    let parts: Vec<Range<usize>> = values.parts().collect();
    let anchors: Vec<usize> = parts
        .into_par_iter()
        .flat_map_iter(|part| {
            let mut anchors = Vec::new();
            let mut before = None;
            // One more than the part, for the neighbour of its last.
            values.visit(part.start..(part.end + 1).min(values.len()), |first, block| {
                for (index, value) in (first..).zip(block) {
                    if let Some(before) = before.replace(*value)
                        && hash(&[before, *value]) >> 32 & (spacing - 1) == 0
                        && index <= last
                    {
                        anchors.push(index - 1);
                    }
                }
            });
            anchors
        })
        .collect();
    let mut seen: HashMap<u64, usize, foldhash::fast::FixedState> = HashMap::default();
    let mut found: Vec<Repeat> = Vec::new();
    let mut next = 0;
    let mut windows = (Window::new(*values), Window::new(*values));
    for index in anchors {
        if index < next {
            continue;
        }
        let block = windows.1.get(index..index + window);
        let earlier = *seen.entry(hash(block)).or_insert(index);
        if earlier + window <= index && windows.0.get(earlier..earlier + window) == block {
            let mut repeat = extend(&mut windows, values.len(), (earlier, index), window);
            // An anchor inside a copy that was found reaches back into nothing new.
            let overlap = next.saturating_sub(repeat.again).min(repeat.length - window);
            repeat.first += overlap;
            repeat.again += overlap;
            repeat.length -= overlap;
            next = repeat.again + repeat.length;
            found.push(repeat);
        }
    }
    found
}

/// The whole of two equal blocks of which `window` values are known.
fn extend(
    windows: &mut (Window<'_>, Window<'_>),
    count: usize,
    (earlier, index): (usize, usize),
    window: usize,
) -> Repeat {
    let mut same = |first: usize, again: usize| windows.0.at(first) == windows.1.at(again);
    let mut before = 0;
    while before < earlier && index - before > earlier + 1 && same(earlier - before - 1, index - before - 1) {
        before += 1;
    }
    let (first, again) = (earlier - before, index - before);
    let mut length = window + before;
    while again + length < count && first + length < again && same(first + length, again + length) {
        length += 1;
    }
    Repeat { first, again, length }
}

fn varies(values: &LabelledNumbers<'_>, range: Range<usize>) -> bool {
    let (mut varies, mut before) = (false, None);
    values.visit(range, |_, block| {
        for value in block {
            varies |= before.replace(*value).is_some_and(|before| before != *value);
        }
    });
    varies
}

fn hash(values: &[f64]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for value in values {
        hash = (hash ^ value.to_bits()).wrapping_mul(0x0100_0000_01b3).rotate_left(23);
    }
    hash
}

/// The longest run of one value in a metric whose values otherwise differ, where chance would not give it.
pub(crate) fn stuck(values: &LabelledNumbers<'_>) -> Option<Stuck> {
    let (start, length) = longest_run(values)?;
    if length == values.len() {
        return None;
    }
    let value = values.at(start);
    let mut elsewhere = 0;
    values.visit(0..values.len(), |_, block| elsewhere += block.iter().filter(|other| **other == value).count());
    let rest = values.len() - length;
    // How often the value occurs elsewhere, never taken for less than once.
    let share = (elsewhere - length).max(1) as f64 / rest as f64;
    let chance = values.len() as f64 * share.powf(length as f64 - 1.0);
    (chance < CHANCE && collision(values) < 0.5).then_some(Stuck { start, length, value })
}

/// Start and length of the first of the longest runs of equal values, if it has [`SHORTEST`] of them.
fn longest_run(values: &LabelledNumbers<'_>) -> Option<(usize, usize)> {
    let mut longest = (0, SHORTEST - 1);
    // NaN equals nothing, so that the first value begins a run.
    let (mut value, mut start) = (f64::NAN, 0);
    values.visit(0..values.len(), |first, block| {
        for (index, other) in (first..).zip(block) {
            if *other != value {
                if index - start > longest.1 {
                    longest = (start, index - start);
                }
                (value, start) = (*other, index);
            }
        }
    });
    if values.len() - start > longest.1 {
        longest = (start, values.len() - start);
    }
    (longest.1 >= SHORTEST).then_some(longest)
}

/// What a clock did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Clock {
    /// Indexes at which the instant lies well before the one above.
    pub backwards: Vec<usize>,
    /// Indexes after a pause far longer than all others.
    pub jumps: Vec<usize>,
    /// Nanoseconds between the first and the last instant; a few that lie far from all others do not count.
    pub span: Option<i64>,
    /// The first and the last instant, where they are of a calendar.
    pub calendar: Option<(i64, i64)>,
}

/// The clock of a calendar shows no earlier instant (1990, in nanoseconds): what lies before is a mistake, or a time since a start.
const CALENDAR: i64 = 631_152_000 * 1_000_000_000;

/// So many nanoseconds a clock has to go back for it to run backwards, given that tolerance.
pub(crate) fn least_backwards(tolerance: i64) -> i64 {
    LEAST_BACKWARDS.max(tolerance)
}

/// Looks at the instants of a table in recorded order. `tolerance` (nanoseconds) is the longest measured duration: rows
/// written when they end may carry start times that lie so far back.
pub fn clock(each: &Instants<'_>, tolerance: i64) -> Clock {
    let least = least_backwards(tolerance);
    let mut clock = Clock::default();
    let mut range: Option<(i64, i64)> = None;
    let mut of_calendar = range;
    let mut longest_step = 0_u64;
    let (mut count, mut in_calendar, mut before, mut pause) = (0_usize, 0_usize, i64::MIN, 0);
    each(&mut |index, at| {
        // Measured from the latest instant: coming back after a fall is no pause.
        let (first, latest) = range.unwrap_or((at, at));
        if count > 0 && at.saturating_sub(before) < -least {
            clock.backwards.push(index);
        }
        pause = at.saturating_sub(latest).max(pause);
        range = Some((first.min(at), latest.max(at)));
        if at >= CALENDAR {
            let (first, latest) = of_calendar.unwrap_or((at, at));
            of_calendar = Some((first.min(at), latest.max(at)));
            in_calendar += 1;
        }
        if count > 0 {
            longest_step = longest_step.max(at.abs_diff(before));
        }
        before = at;
        count += 1;
    });
    let Some((first, last)) = range else { return Clock::default() };
    // In a calendar other numbers are none of its instants, however many they are.
    let mixed = 2 * in_calendar > count && in_calendar < count;
    clock.calendar = of_calendar.filter(|_| 2 * in_calendar > count);
    clock.span = if let (true, Some((first, last))) = (mixed, clock.calendar) {
        last.checked_sub(first)
    } else if Ends::may_be_stretched(last.abs_diff(first), longest_step) {
        let mut ends = Ends::default();
        each(&mut |_, at| ends.add(at));
        ends.span(count)
    } else {
        last.checked_sub(first)
    };
    if count >= FEWEST_INSTANTS && pause >= LEAST_JUMP {
        clock.jumps = jumps(each, count);
    }
    clock
}

/// The earliest and the latest instants.
#[derive(Default)]
struct Ends {
    earliest: Vec<i64>,
    latest: Vec<i64>,
}

impl Ends {
    /// So many are kept on either side.
    const KEPT: usize = 16;
    /// One instant in so many may be wrong.
    const WRONG_SHARE: usize = 20;
    /// Wrong ones stretch the span by more than this.
    const STRETCH: f64 = 100.0;

    /// Whether a few instants far from all others may stretch the span: the way to them is one step at least, and as long as
    /// one of the gaps that are left of the span without them.
    fn may_be_stretched(span: u64, longest_step: u64) -> bool {
        longest_step as f64 >= (1.0 - 1.0 / Self::STRETCH) * span as f64 / Self::KEPT as f64
    }

    fn add(&mut self, at: i64) {
        let keep = |kept: &mut Vec<i64>, before: &dyn Fn(i64, i64) -> bool| {
            if kept.len() < Self::KEPT || kept.last().is_some_and(|last| before(at, *last)) {
                let place = kept.partition_point(|other| !before(at, *other));
                kept.insert(place, at);
                kept.truncate(Self::KEPT);
            }
        };
        keep(&mut self.earliest, &|a, b| a < b);
        keep(&mut self.latest, &|a, b| a > b);
    }

    /// From the first to the last of so many instants. One that was mistaken for another number must not stretch it.
    fn span(&self, count: usize) -> Option<i64> {
        let between = |early: usize, late: usize| self.latest.get(late)?.checked_sub(*self.earliest.get(early)?);
        let whole = between(0, 0)?;
        let without = (1..(count / Self::WRONG_SHARE + 1).min(Self::KEPT)).find_map(|wrong| {
            let spans = (0..=wrong).filter_map(|early| between(early, wrong - early));
            let shortest = spans.filter(|span| *span > 0).min()?;
            (shortest as f64 * Self::STRETCH < whole as f64).then_some(shortest)
        });
        Some(without.unwrap_or(whole))
    }
}

/// Hands over every instant that is there, with its index, in recorded order.
pub type Instants<'a> = dyn Fn(&mut dyn FnMut(usize, i64)) + 'a;

/// Indexes after pauses far longer than all others.
fn jumps(each: &Instants<'_>, count: usize) -> Vec<usize> {
    let pauses = |take: &mut dyn FnMut(usize, i64)| {
        let mut latest: Option<i64> = None;
        each(&mut |index, at| {
            if let Some(latest) = latest {
                take(index, at.saturating_sub(latest).max(0));
            }
            latest = Some(latest.map_or(at, |latest| latest.max(at)));
        });
    };
    // Among a hundred pauses this is the one below the longest, which must not be compared with itself.
    let place = (count - 1).saturating_sub(1) * 99 / 100;
    let usual = nth(&pauses, place).max(1);
    let jump = |pause: i64| pause >= LEAST_JUMP && pause as f64 > JUMP_RATIO * usual as f64;
    let mut jumps = Vec::new();
    pauses(&mut |index, pause| {
        if jump(pause) {
            jumps.push(index);
        }
    });
    jumps
}

/// The pause of a rank, by counting the pauses by sixteen bits after the other: very many are not held.
fn nth(pauses: &Instants<'_>, rank: usize) -> i64 {
    const BITS: u32 = 16;
    let (mut found, mut rank) = (0_i64, rank);
    for shift in [48, 32, 16, 0] {
        let mut counts = vec![0_usize; 1 << BITS];
        pauses(&mut |_, pause| {
            if shift == 48 || pause >> (shift + BITS) == found >> (shift + BITS) {
                counts[(pause >> shift) as usize & 0xffff] += 1;
            }
        });
        for (bits, count) in counts.into_iter().enumerate() {
            if rank < count {
                found |= i64::try_from(bits).unwrap_or_default() << shift;
                break;
            }
            rank -= count;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::measured::tests::column;
    use super::super::rng::Rng;
    use super::*;

    fn repeats(values: &[f64], most: usize) -> Vec<Repeat> {
        super::repeats(&LabelledNumbers::new(&column(values), None), most)
    }

    fn stuck(values: &[f64]) -> Option<Stuck> {
        super::stuck(&LabelledNumbers::new(&column(values), None))
    }

    fn decimals(seed: u64, n: usize) -> Vec<f64> {
        let mut rng = Rng::new(seed);
        (0..n).map(|_| rng.uniform()).collect()
    }

    /// Latencies in whole milliseconds: values repeat by chance.
    fn whole(seed: u64, n: usize) -> Vec<f64> {
        decimals(seed, n).into_iter().map(|value| (value * 40.0).floor()).collect()
    }

    #[test]
    fn a_copied_block_is_found_in_decimals_and_in_whole_numbers() {
        for mut values in [decimals(1, 400), whole(2, 400)] {
            let copy = values[50..90].to_vec();
            values.splice(200..200, copy);
            let found = repeats(&values, 5);
            assert_eq!(found.len(), 1, "{found:?}");
            assert!(found[0].length >= 40 && found[0].again - found[0].first == 150, "{found:?}");
        }
    }

    #[test]
    fn a_short_copied_block_is_found_wherever_it_begins() {
        for first in 20..40 {
            let mut values = decimals(4, 200);
            let copy = values[first..first + 14].to_vec();
            values.splice(100..100, copy);
            assert_eq!(repeats(&values, 5), [Repeat { first, again: 100, length: 14 }]);
        }
    }

    #[test]
    fn chance_repeats_nothing() {
        for seed in 0..100 {
            assert_eq!(repeats(&decimals(seed, 1000), 5), []);
            assert_eq!(repeats(&whole(seed, 1000), 5), []);
            assert_eq!(stuck(&decimals(seed, 1000)), None);
            assert_eq!(stuck(&whole(seed, 1000)), None);
        }
    }

    #[test]
    fn a_stuck_value_is_found() {
        let mut values = decimals(3, 300);
        for value in &mut values[100..120] {
            *value = 0.5;
        }
        assert_eq!(stuck(&values), Some(Stuck { start: 100, length: 20, value: 0.5 }));
        assert_eq!(stuck(&[1.0; 50]), None, "a constant is no stuck sensor");
    }

    #[test]
    fn copies_in_long_lists_are_found_where_they_begin() {
        for mut values in [decimals(5, 150_000), whole(6, 150_000)] {
            let copy = values[70_003..70_303].to_vec();
            values.splice(120_001..120_001, copy);
            let found = repeats(&values, 5);
            assert_eq!(found.len(), 1, "{found:?}");
            assert!(found[0].length >= 300 && found[0].again - found[0].first == 49_998, "{found:?}");
        }
        for seed in 0..5 {
            assert_eq!(repeats(&decimals(seed, 120_000), 5), []);
            assert_eq!(repeats(&whole(seed, 120_000), 5), []);
        }
    }

    #[test]
    fn the_longest_run_is_that_of_a_plain_search() {
        let mut rng = Rng::new(8);
        for _ in 0..300 {
            let n = 1 + rng.below(80);
            let mut values: Vec<f64> = (0..n).map(|_| (rng.uniform() * 3.0).floor()).collect();
            let start = rng.below(n);
            values[start..].iter_mut().take(rng.below(20)).for_each(|value| *value = 1.0);
            let mut expected = (0, 0);
            let mut start = 0;
            for run in values.chunk_by(|a, b| a == b) {
                if run.len() > expected.1 {
                    expected = (start, run.len());
                }
                start += run.len();
            }
            assert_eq!(
                longest_run(&LabelledNumbers::new(&column(&values), None)),
                (expected.1 >= SHORTEST).then_some(expected),
                "{values:?}"
            );
        }
    }

    #[test]
    fn a_clock_that_falls_back_or_jumps_is_noticed() {
        let second = 1_000_000_000_i64;
        let mut instants: Vec<Option<i64>> = (0..200).map(|index| Some(index * second)).collect();
        let clock = |instants: &[Option<i64>]| {
            clock(
                &|take| instants.iter().enumerate().for_each(|(index, at)| at.iter().for_each(|at| take(index, *at))),
                0,
            )
        };
        assert_eq!(clock(&instants), Clock { span: Some(199 * second), ..Clock::default() });
        instants[100] = Some(0);
        for instant in instants.iter_mut().skip(150).flatten() {
            *instant += 3600 * second;
        }
        let found = clock(&instants);
        assert_eq!((found.backwards, found.jumps), (vec![100], vec![150]));
        // A duration in the column of instants lies half a century away.
        instants.truncate(100);
        for instant in instants.iter_mut().flatten() {
            *instant += 1_700_000_000 * second;
        }
        instants[70] = Some(second / 20);
        assert_eq!(clock(&instants).span, Some(99 * second));
    }
}
