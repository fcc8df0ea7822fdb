//! What the recording itself shows: repeated blocks of rows, stuck values, clocks that jump or run backwards.
//!
//! In: values, or instants, in recorded order. Out: what is odd and where. Everything here is kept in the statistics:
//! it is odd, and it may be real.

use std::collections::HashMap;

/// Chance at which a repetition among independent values counts as impossible.
const CHANCE: f64 = 1e-6;
/// Longest block that is looked for; metrics with so few different values that chance needs longer ones are not judged.
const LONGEST_WINDOW: usize = 64;
/// Shortest block and shortest run that is worth a finding.
const SHORTEST: usize = 8;
/// In lists up to this length blocks are remembered four times as densely as they are long, so that a copy a quarter longer
/// than the shortest block is found wherever it begins. In longer lists memory matters more, and a copy is found for
/// certain only from twice that length on.
const DENSE: usize = 1_000_000;
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

/// Probability that two values drawn from the list are the same.
fn collision(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let n = values.len() as f64;
    sorted.chunk_by(|a, b| a == b).map(|equal| (equal.len() as f64 / n).powi(2)).sum()
}

/// Blocks of consecutive values that occur twice although chance would not repeat them, longest first, at most `most`.
pub fn repeats(values: &[f64], most: usize) -> Vec<Repeat> {
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
    let mut seen: HashMap<u64, usize, foldhash::fast::FixedState> = HashMap::default();
    let mut found: Vec<Repeat> = Vec::new();
    let mut index = 0;
    // Blocks are remembered at multiples of a stride and looked for everywhere.
    let stride = if values.len() <= DENSE { window.div_ceil(4) } else { window };
    let mut remembered = 0;
    while index + window <= values.len() {
        while remembered + window <= index {
            seen.entry(hash(&values[remembered..remembered + window])).or_insert(remembered);
            remembered += stride;
        }
        let earlier = seen.get(&hash(&values[index..index + window])).copied();
        match earlier.filter(|earlier| values[*earlier..*earlier + window] == values[index..index + window]) {
            Some(earlier) => {
                let repeat = extend(values, earlier, index, window);
                index = repeat.again + repeat.length;
                found.push(repeat);
            }
            None => index += 1,
        }
    }
    found.retain(|repeat| varies(&values[repeat.first..repeat.first + repeat.length]));
    found.sort_by_key(|repeat| std::cmp::Reverse(repeat.length));
    found.truncate(most);
    found
}

fn extend(values: &[f64], earlier: usize, index: usize, window: usize) -> Repeat {
    let mut before = 0;
    while before < earlier && index - before > earlier + 1 && values[earlier - before - 1] == values[index - before - 1]
    {
        before += 1;
    }
    let (first, again) = (earlier - before, index - before);
    let mut length = window + before;
    while again + length < values.len() && first + length < again && values[first + length] == values[again + length] {
        length += 1;
    }
    Repeat { first, again, length }
}

fn varies(values: &[f64]) -> bool {
    values.windows(2).any(|pair| pair[0] != pair[1])
}

fn hash(values: &[f64]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for value in values {
        hash = (hash ^ value.to_bits()).wrapping_mul(0x0100_0000_01b3).rotate_left(23);
    }
    hash
}

/// The longest run of one value in a metric whose values otherwise differ, where chance would not give it.
pub fn stuck(values: &[f64]) -> Option<Stuck> {
    let longest = values
        .chunk_by(|a, b| a == b)
        .scan(0, |start, run| {
            let this = *start;
            *start += run.len();
            Some((this, run))
        })
        .max_by_key(|(start, run)| (run.len(), std::cmp::Reverse(*start)))?;
    let (start, run) = longest;
    if run.len() < SHORTEST || run.len() == values.len() {
        return None;
    }
    let elsewhere = values.iter().filter(|value| **value == run[0]).count() - run.len();
    let rest = values.len() - run.len();
    // How often the value occurs elsewhere, never taken for less than once.
    let share = (elsewhere.max(1)) as f64 / rest as f64;
    let chance = values.len() as f64 * share.powf(run.len() as f64 - 1.0);
    (chance < CHANCE && collision(values) < 0.5).then_some(Stuck { start, length: run.len(), value: run[0] })
}

/// What a clock did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Clock {
    /// Indexes at which the instant lies well before the one above.
    pub backwards: Vec<usize>,
    /// Indexes after a pause far longer than all others.
    pub jumps: Vec<usize>,
    /// Nanoseconds between the first and the last instant.
    pub span: Option<i64>,
}

/// Looks at the instants of a table in recorded order. `tolerance` (nanoseconds) is the longest measured duration: rows
/// written when they end may carry start times that lie so far back.
pub fn clock(instants: &[Option<i64>], tolerance: i64) -> Clock {
    let known: Vec<(usize, i64)> =
        instants.iter().enumerate().filter_map(|(index, instant)| Some((index, (*instant)?))).collect();
    let (Some(first), Some(last)) = (known.iter().map(|(_, at)| *at).min(), known.iter().map(|(_, at)| *at).max())
    else {
        return Clock::default();
    };
    let mut clock = Clock { span: last.checked_sub(first), ..Clock::default() };
    let least = LEAST_BACKWARDS.max(tolerance);
    let mut pauses: Vec<i64> = Vec::with_capacity(known.len());
    let mut latest = i64::MIN;
    for pair in known.windows(2) {
        if pair[1].1.saturating_sub(pair[0].1) < -least {
            clock.backwards.push(pair[1].0);
        }
        // Measured from the latest instant: coming back after a fall is no pause.
        latest = latest.max(pair[0].1);
        pauses.push(pair[1].1.saturating_sub(latest).max(0));
    }
    let mut sorted = pauses.clone();
    sorted.sort_unstable();
    // Among a hundred pauses this is the one below the longest, which must not be compared with itself.
    let usual = sorted.get(sorted.len().saturating_sub(1) * 99 / 100).copied().unwrap_or_default().max(1);
    for (index, pause) in pauses.iter().enumerate() {
        if known.len() >= 100 && *pause >= LEAST_JUMP && *pause as f64 > JUMP_RATIO * usual as f64 {
            clock.jumps.push(known[index + 1].0);
        }
    }
    clock
}

#[cfg(test)]
mod tests {
    use super::super::rng::Rng;
    use super::*;

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
    fn a_clock_that_falls_back_or_jumps_is_noticed() {
        let second = 1_000_000_000_i64;
        let mut instants: Vec<Option<i64>> = (0..200).map(|index| Some(index * second)).collect();
        assert_eq!(clock(&instants, 0), Clock { span: Some(199 * second), ..Clock::default() });
        instants[100] = Some(0);
        for instant in instants.iter_mut().skip(150).flatten() {
            *instant += 3600 * second;
        }
        let found = clock(&instants, 0);
        assert_eq!((found.backwards, found.jumps), (vec![100], vec![150]));
    }
}
