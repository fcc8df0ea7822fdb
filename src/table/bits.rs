//! A row of bits, 64 to a word.

/// A growing row of bits.
#[derive(Debug, Clone, Default)]
pub struct Bits {
    words: Vec<u64>,
    len: usize,
}

impl Bits {
    /// Appends a bit.
    pub fn push(&mut self, bit: bool) {
        if self.len.is_multiple_of(64) {
            self.words.push(0);
        }
        if bit && let Some(word) = self.words.last_mut() {
            *word |= 1 << (self.len % 64);
        }
        self.len += 1;
    }

    /// Appends all bits of another row.
    pub fn append(&mut self, other: &Self) {
        let shift = self.len % 64;
        self.len += other.len;
        let room = self.len.div_ceil(64);
        if self.words.capacity() < room {
            // An eighth more at a time: doubling would hold twice the bits of a long file.
            self.words.reserve_exact((room - self.words.len()).max(self.words.len() / 8));
        }
        if shift == 0 {
            self.words.extend_from_slice(&other.words);
        } else {
            for word in &other.words {
                if let Some(last) = self.words.last_mut() {
                    *last |= word << shift;
                }
                self.words.push(word >> (64 - shift));
            }
        }
        self.words.truncate(room);
    }

    /// Appends the same bit so many times.
    pub fn extend_same(&mut self, bit: bool, count: usize) {
        let until = self.len + count;
        while self.len < until && !self.len.is_multiple_of(64) {
            self.push(bit);
        }
        let whole = (until - self.len) / 64;
        self.words.resize(self.words.len() + whole, if bit { u64::MAX } else { 0 });
        self.len += whole * 64;
        while self.len < until {
            self.push(bit);
        }
    }

    /// Appends bits.
    pub fn extend(&mut self, bits: impl Iterator<Item = bool>) {
        self.append(&bits.collect());
    }

    /// From words of 64 bits, the first of which is the lowest; bits beyond `len` mean nothing.
    pub fn from_words(mut words: Vec<u64>, len: usize) -> Self {
        words.truncate(len.div_ceil(64));
        if !len.is_multiple_of(64)
            && let Some(last) = words.last_mut()
        {
            *last &= (1 << (len % 64)) - 1;
        }
        Self { words, len }
    }

    /// The words of 64 bits.
    pub fn words(&self) -> &[u64] {
        &self.words
    }

    /// How many bits are true.
    pub fn count(&self) -> usize {
        self.words.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// How many bits before `index` are true.
    pub fn count_before(&self, index: usize) -> usize {
        let whole: usize = self.words.iter().take(index / 64).map(|word| word.count_ones() as usize).sum();
        let rest = self.words.get(index / 64).map_or(0, |word| (word & ((1 << (index % 64)) - 1)).count_ones());
        whole + rest as usize
    }

    /// The index of the true bit of that number, counted from 0.
    pub fn nth(&self, number: usize) -> Option<usize> {
        let mut left = number;
        for (index, word) in self.words.iter().enumerate() {
            let count = word.count_ones() as usize;
            if left < count {
                let mut word = *word;
                for _ in 0..left {
                    word &= word - 1;
                }
                return Some(index * 64 + word.trailing_zeros() as usize);
            }
            left -= count;
        }
        None
    }

    /// Sets the bit at `index`, which exists.
    pub fn set(&mut self, index: usize, bit: bool) {
        if let Some(word) = self.words.get_mut(index / 64) {
            *word = *word & !(1 << (index % 64)) | u64::from(bit) << (index % 64);
        }
    }

    /// The bit at `index`; `false` beyond the end.
    pub fn get(&self, index: usize) -> bool {
        self.words.get(index / 64).is_some_and(|word| word >> (index % 64) & 1 == 1)
    }
}

impl FromIterator<bool> for Bits {
    fn from_iter<I: IntoIterator<Item = bool>>(bits: I) -> Self {
        let mut all = Self::default();
        let (mut word, mut count) = (0_u64, 0_u32);
        for bit in bits {
            word |= u64::from(bit) << count;
            count += 1;
            if count == 64 {
                all.words.push(word);
                all.len += 64;
                (word, count) = (0, 0);
            }
        }
        if count > 0 {
            all.words.push(word);
            all.len += count as usize;
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn appended_bits_are_those_of_both() {
        for split in [0, 1, 63, 64, 65, 150, 200] {
            let bit = |index: usize| index.is_multiple_of(3);
            let mut bits: Bits = (0..split).map(bit).collect();
            bits.append(&(split..200).map(bit).collect());
            assert!((0..200).all(|index| bits.get(index) == bit(index)));
            assert!(!bits.get(200));
            bits.push(true);
            assert!(bits.get(200));
        }
    }

    #[test]
    fn bits_are_what_was_pushed() {
        let mut bits = Bits::default();
        for index in 0..200 {
            bits.push(index % 3 == 0);
        }
        assert!((0..200).all(|index| bits.get(index) == (index % 3 == 0)));
        assert!(!bits.get(500));
    }
}
