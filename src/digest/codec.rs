//! Numbers of a digest as bytes, and back.
//!
//! In: whole numbers, texts, [`Numbers`]. Out: bytes, seven bits of a number each as long as more follow. Refuses what does not stand there:
//! beyond a few kilobytes nothing is ever made room for because a count says so, only because its bytes were read.

use std::sync::Arc;

use super::key::{decimal, key_of, of_step, value_of};
use super::numbers::{Extreme, MOST_BUCKETS, NAMED, Numbers};
use crate::stats::exact::Exact;

/// What is wrong with stored bytes.
pub(super) type Fault = &'static str;

const ENDS: Fault = "it ends in the middle";
const LARGE: Fault = "a number is too large";
const ODD: Fault = "a number is written in an odd way";
/// Stands for numbers that are no decimals.
const NO_DECIMALS: u64 = 255;
/// Things that room is made for before their bytes were read.
const ROOM: usize = 1024;
/// Exponents that a double has.
const MOST_BINS: u64 = 2046;

/// Bytes that are written.
#[derive(Default)]
pub(super) struct Writer {
    pub(super) bytes: Vec<u8>,
}

impl Writer {
    pub(super) fn number(&mut self, value: u128) {
        let mut left = value;
        while left >= 0x80 {
            self.bytes.push(left as u8 | 0x80);
            left >>= 7;
        }
        self.bytes.push(left as u8);
    }

    pub(super) fn signed(&mut self, value: i128) {
        self.number(((value << 1) ^ (value >> 127)).cast_unsigned());
    }

    pub(super) fn text(&mut self, text: &[u8]) {
        self.number(text.len() as u128);
        self.bytes.extend_from_slice(text);
    }

    /// `place` is that of a shard's name.
    pub(super) fn numbers(&mut self, numbers: &Numbers, place: &dyn Fn(&str) -> usize) {
        self.number(numbers.counts.len() as u128);
        if numbers.counts.is_empty() {
            return;
        }
        self.number(u128::from(numbers.dropped));
        let decimals = if numbers.dropped == 0 { decimal(&numbers.counted().map(|(value, _)| value)) } else { None };
        if let Some((digits, steps)) = decimals {
            self.number(u128::from(digits));
            let mut before = 0;
            for step in steps {
                self.signed(i128::from(step) - before);
                before = i128::from(step);
            }
        } else {
            self.number(u128::from(NO_DECIMALS));
            let mut before = 0;
            for (key, _) in &numbers.counts {
                self.number(u128::from(key - before));
                before = *key;
            }
        }
        for (_, count) in &numbers.counts {
            self.number(u128::from(*count));
        }
        let (first, bins) = numbers.sums.bins();
        self.number(first as u128);
        self.number(bins.len() as u128);
        for (sum, squares, carried) in bins {
            self.signed(sum);
            self.number(squares);
            self.number(u128::from(carried));
        }
        for extremes in [&numbers.smallest, &numbers.largest] {
            self.number(extremes.len() as u128);
            for extreme in extremes {
                self.number(u128::from(key_of(extreme.value)));
                self.number(place(&extreme.shard) as u128);
                self.number(u128::from(extreme.line));
            }
        }
    }
}

/// Bytes that are read.
pub(super) struct Reader<'a> {
    pub(super) left: &'a [u8],
}

impl<'a> Reader<'a> {
    fn large(&mut self) -> Result<u128, Fault> {
        let mut value = 0_u128;
        for (place, byte) in self.left.iter().enumerate() {
            let bits = u128::from(byte & 0x7f);
            // Eighteen times seven bits, and two.
            if place > 18 || place == 18 && bits > 3 {
                return Err(LARGE);
            }
            value |= bits << (7 * place);
            if byte & 0x80 == 0 {
                self.left = &self.left[place + 1..];
                // One way to write each number.
                return if *byte == 0 && place > 0 { Err(ODD) } else { Ok(value) };
            }
        }
        Err(ENDS)
    }

    pub(super) fn number(&mut self) -> Result<u64, Fault> {
        let mut value = 0_u64;
        for (place, byte) in self.left.iter().take(10).enumerate() {
            if place == 9 && *byte > 1 {
                break;
            }
            value |= u64::from(byte & 0x7f) << (7 * place);
            if byte & 0x80 == 0 {
                self.left = &self.left[place + 1..];
                return if *byte == 0 && place > 0 { Err(ODD) } else { Ok(value) };
            }
        }
        u64::try_from(self.large()?).map_err(|_| LARGE)
    }

    /// A count of things, each of which takes at least a byte.
    pub(super) fn count(&mut self, most: u64, fault: Fault) -> Result<usize, Fault> {
        let count = self.number()?;
        if count > most || count > self.left.len() as u64 {
            return Err(fault);
        }
        Ok(count as usize)
    }

    pub(super) fn signed(&mut self) -> Result<i128, Fault> {
        let stored = self.large()?;
        Ok((stored >> 1).cast_signed() ^ -(stored & 1).cast_signed())
    }

    pub(super) fn text(&mut self) -> Result<&'a [u8], Fault> {
        let length = self.count(u64::MAX, ENDS)?;
        let (text, left) = self.left.split_at(length);
        self.left = left;
        Ok(text)
    }

    pub(super) fn words(&mut self) -> Result<String, Fault> {
        let text = std::str::from_utf8(self.text()?).map_err(|_| "a name in it is no text")?;
        Ok(text.to_owned())
    }

    /// `names` are those of the shards.
    pub(super) fn numbers(&mut self, names: &[Arc<str>]) -> Result<Numbers, Fault> {
        let count = self.count(MOST_BUCKETS as u64, "it has more buckets than perfreport writes")?;
        if count == 0 {
            return Ok(Numbers::default());
        }
        let dropped = u8::try_from(self.number()?).map_err(|_| "its buckets have no such width")?;
        let digits = self.number()?;
        let mut counts = Vec::with_capacity(count.min(ROOM));
        if digits == NO_DECIMALS {
            let mut before = 0_u64;
            for _ in 0..count {
                before = before.checked_add(self.number()?).ok_or("its buckets lie beyond all numbers")?;
                counts.push((before, 0));
            }
        } else {
            let mut before = 0_i128;
            for _ in 0..count {
                before = before.checked_add(self.signed()?).ok_or("its buckets lie beyond all numbers")?;
                let value = i64::try_from(before).ok().and_then(|step| of_step(step, u8::try_from(digits).ok()?));
                counts.push((key_of(value.ok_or("its buckets lie beyond all numbers")?), 0));
            }
        }
        if digits != NO_DECIMALS && dropped != 0 {
            return Err("its buckets have no such width");
        }
        for (_, count) in &mut counts {
            *count = self.number()?;
        }
        let n = counts.iter().try_fold(0_u64, |sum, (_, count)| sum.checked_add(*count));
        let n = n.ok_or("its counts are larger than any number of samples")?;
        let numbers = Numbers {
            dropped,
            counts,
            sums: self.sums(n)?,
            smallest: self.extremes(names)?,
            largest: self.extremes(names)?,
        };
        numbers.check()?;
        Ok(numbers)
    }

    fn sums(&mut self, n: u64) -> Result<Exact, Fault> {
        const FAULT: Fault = "its sums are those of no numbers";
        let first = self.number()? as usize;
        let count = self.count(MOST_BINS, FAULT)?;
        let mut bins = Vec::new();
        for _ in 0..count {
            bins.push((self.signed()?, self.large()?, self.number()?));
        }
        Exact::of_bins(n, first, bins).ok_or(FAULT)
    }

    fn extremes(&mut self, names: &[Arc<str>]) -> Result<Vec<Extreme>, Fault> {
        let count = self.count(NAMED as u64, "it names more values than perfreport writes")?;
        let mut extremes = Vec::with_capacity(count);
        for _ in 0..count {
            let value = value_of(self.number()?);
            let name = usize::try_from(self.number()?).ok().and_then(|place| names.get(place));
            let shard = Arc::clone(name.ok_or("it names a shard that is not in it")?);
            extremes.push(Extreme { value, shard, line: self.number()? });
        }
        Ok(extremes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_that_is_not_there_makes_no_room() {
        let mut writer = Writer::default();
        writer.number(u128::from(u64::MAX));
        assert_eq!(Reader { left: &writer.bytes }.text(), Err(ENDS));
        assert!(Reader { left: &writer.bytes }.numbers(&[]).is_err());
        assert_eq!(Reader { left: &[0x80; 40] }.number(), Err("a number is too large"));
        assert_eq!(Reader { left: &[0x80, 0x00] }.number(), Err("a number is written in an odd way"));
    }

    #[test]
    fn numbers_of_any_size_and_sign_come_back() {
        let mut writer = Writer::default();
        let all = [0, 1, -1, 127, -128, i128::MAX, i128::MIN];
        for value in all {
            writer.signed(value);
        }
        let mut reader = Reader { left: &writer.bytes };
        let back: Vec<i128> = all.iter().map(|_| reader.signed().unwrap()).collect();
        assert_eq!(back, all);
        assert!(reader.left.is_empty());
    }
}
