//! Events that happen or not, in recorded order, a bit each.
//!
//! In: whether each of a run of samples lies above a limit, or failed. Out: the series of ones and zeros less its mean, as what
//! measures dependence wants it. Products of neighbours are counted 64 at a time: a percentile has a series of its own, and six
//! of them would cost more than all other numbers together.

use super::order::Centered;

/// Bits of a word.
const WORD: usize = 64;

/// Ones and zeros; where they are stretches of a run, each begins with a word of its own.
pub(crate) struct Indicator {
    words: Vec<u64>,
    len: usize,
    stretch: usize,
    mean: f64,
}

impl Indicator {
    /// Of one run.
    pub(crate) fn of(events: impl Iterator<Item = bool>) -> Self {
        Self::build(events, None)
    }

    /// Of stretches of so many events each, which is a multiple of 64.
    pub(crate) fn of_stretches(events: impl Iterator<Item = bool>, stretch: usize) -> Self {
        debug_assert!(stretch.is_multiple_of(WORD), "a stretch begins with a word");
        Self::build(events, Some(stretch))
    }

    fn build(events: impl Iterator<Item = bool>, stretch: Option<usize>) -> Self {
        let (mut words, mut len) = (Vec::new(), 0);
        let mut word = 0;
        for event in events {
            word |= u64::from(event) << (len % WORD);
            len += 1;
            if len % WORD == 0 {
                words.push(word);
                word = 0;
            }
        }
        if !len.is_multiple_of(WORD) {
            words.push(word);
        }
        let ones = ones(&words);
        Self { words, len, stretch: stretch.unwrap_or(len), mean: ones as f64 / len.max(1) as f64 }
    }

    /// The words of each stretch.
    fn stretches(&self) -> impl Iterator<Item = &[u64]> {
        self.words.chunks(self.stretch.div_ceil(WORD).max(1))
    }
}

fn ones(words: &[u64]) -> u64 {
    words.iter().map(|word| u64::from(word.count_ones())).sum()
}

/// Ones among the first so many bits.
fn ones_before(words: &[u64], bits: usize) -> u64 {
    let (whole, rest) = (bits / WORD, bits % WORD);
    let last = if rest == 0 { 0 } else { (words[whole] & ((1 << rest) - 1)).count_ones() };
    ones(&words[..whole]) + u64::from(last)
}

/// How many ones have another one `lag` places behind them.
fn pairs_of_ones(words: &[u64], lag: usize) -> u64 {
    let (skipped, shift) = (lag / WORD, lag % WORD);
    let behind = |place: usize| words.get(place).copied().unwrap_or(0);
    let pair = |(place, word): (usize, &u64)| {
        let low = behind(place + skipped) >> shift;
        let high = if shift == 0 { 0 } else { behind(place + skipped + 1) << (WORD - shift) };
        u64::from((word & (low | high)).count_ones())
    };
    words.iter().enumerate().map(pair).sum()
}

impl Centered for Indicator {
    fn len(&self) -> usize {
        self.len
    }

    fn stretch(&self) -> usize {
        self.stretch
    }

    fn squares(&self) -> f64 {
        self.len as f64 * self.mean * (1.0 - self.mean)
    }

    fn products(&self, lag: usize) -> f64 {
        let mean = self.mean;
        let of_stretch = |words: &[u64]| {
            let pairs = self.stretch - lag;
            let alone = ones_before(words, pairs) + ones(words) - ones_before(words, lag);
            pairs_of_ones(words, lag) as f64 - mean * alone as f64 + mean * mean * pairs as f64
        };
        self.stretches().map(of_stretch).sum()
    }

    fn batch_sums(&self, batch: usize) -> Vec<f64> {
        let mut before = 0;
        let mut sum_until = |bits: usize| {
            let ones = ones_before(&self.words, bits);
            let sum = (ones - std::mem::replace(&mut before, ones)) as f64;
            sum - self.mean * batch as f64
        };
        (1..=self.len / batch).map(|index| sum_until(index * batch)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::order::Values;
    use super::super::rng::Rng;
    use super::*;

    #[test]
    fn bits_give_what_the_numbers_give() {
        for (len, stretch) in [(1, 1), (63, 63), (64, 64), (1000, 1000), (768 * 3, 768), (130, 130)] {
            let mut rng = Rng::new(len as u64);
            let mut last = false;
            let events: Vec<bool> = (0..len)
                .map(|_| {
                    last = rng.uniform() < if last { 0.8 } else { 0.1 };
                    last
                })
                .collect();
            let mean = events.iter().filter(|event| **event).count() as f64 / len as f64;
            let numbers: Vec<f64> = events.iter().map(|event| f64::from(u8::from(*event)) - mean).collect();
            let plain = Values::of(&numbers, stretch);
            let bits = if stretch == len {
                Indicator::of(events.iter().copied())
            } else {
                Indicator::of_stretches(events.iter().copied(), stretch)
            };
            assert!((bits.squares() - plain.squares()).abs() < 1e-9);
            for lag in [0, 1, 2, 62, 63, 64, 65, 127, 200].into_iter().filter(|lag| *lag < stretch) {
                assert!((bits.products(lag) - plain.products(lag)).abs() < 1e-9, "{len} {lag}");
            }
            for batch in [1, 7, 64, 100].into_iter().filter(|batch| *batch <= len) {
                for (a, b) in bits.batch_sums(batch).iter().zip(plain.batch_sums(batch)) {
                    assert!((a - b).abs() < 1e-9, "{len} {batch}");
                }
            }
        }
    }
}
