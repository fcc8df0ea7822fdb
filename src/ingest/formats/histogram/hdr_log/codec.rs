//! Histograms as `HdrHistogram` encodes them: base64 of V0, V1 or V2, compressed or plain.
//!
//! In: the text. Out: lowest and highest value and count of every bucket that holds something, ascending. Refuses what is
//! damaged, histograms of floating-point numbers, and shifted ones, with the reason. Written out here because the crate
//! `hdrhistogram` reads V2 only; the definition is `AbstractHistogram.decodeFromByteBuffer` and `ZigZagEncoding` of the Java
//! original.

use std::io::Read;

const V0: u32 = 0x1c84_9308;
const V0_COMPRESSED: u32 = 0x1c84_9309;
const V1: u32 = 0x1c84_9301;
const V1_COMPRESSED: u32 = 0x1c84_9302;
const V2: u32 = 0x1c84_9303;
const V2_COMPRESSED: u32 = 0x1c84_9304;
/// Histograms of floating-point numbers wrap another histogram.
const DOUBLES: [u32; 2] = [0x0c72_124e, 0x0c72_124f];
/// A histogram of five digits over all of 63 bits has fewer bytes than this, whatever the width of its counts.
const LARGEST: u64 = 64 << 20;

/// A bucket: lowest and highest value, and how many it holds.
pub(crate) type Counted = (u64, u64, u64);

/// Decodes a histogram.
pub(crate) fn decode(text: &str) -> Result<Vec<Counted>, String> {
    let bytes = base64(text).ok_or("the histogram is not base64")?;
    let mut buffer = Buffer { bytes: &bytes };
    let cookie = buffer.u32()?;
    match base_of(cookie) {
        V0_COMPRESSED | V1_COMPRESSED | V2_COMPRESSED => {
            let length = buffer.u32()? as usize;
            let packed = buffer.bytes.get(..length).ok_or("the compressed histogram is cut off")?;
            let mut plain = Vec::new();
            flate2::read::ZlibDecoder::new(packed)
                .take(LARGEST)
                .read_to_end(&mut plain)
                .map_err(|error| format!("the compressed histogram is damaged: {error}"))?;
            let mut buffer = Buffer { bytes: &plain };
            let cookie = buffer.u32()?;
            counts(cookie, &mut buffer)
        }
        _ => counts(cookie, &mut buffer),
    }
}

/// The kind of encoding, without the width of counts that the cookie also holds.
fn base_of(cookie: u32) -> u32 {
    cookie & !0xf0
}

fn counts(cookie: u32, buffer: &mut Buffer<'_>) -> Result<Vec<Counted>, String> {
    let base = base_of(cookie);
    let shape = match base {
        V0 => {
            let shape = Shape { digits: buffer.u32()?, lowest: buffer.u64()? };
            let (_highest, _total) = (buffer.u64()?, buffer.u64()?);
            shape
        }
        V1 | V2 => {
            let length = buffer.u32()? as usize;
            let shift = buffer.u32()?;
            let shape = Shape { digits: buffer.u32()?, lowest: buffer.u64()? };
            let _highest = buffer.u64()?;
            let ratio = f64::from_bits(buffer.u64()?);
            if shift != 0 || ratio != 1.0 {
                return Err(
                    "it is a shifted histogram, or one of floating-point numbers, which are not read".to_owned()
                );
            }
            buffer.bytes = buffer.bytes.get(..length).ok_or("the histogram is cut off")?;
            shape
        }
        _ if DOUBLES.contains(&cookie) => {
            return Err("it is a histogram of floating-point numbers, which are not read".to_owned());
        }
        _ => return Err(format!("it begins with {cookie:#010x}, which no version of HdrHistogram writes")),
    };
    let indexing = shape.indexing()?;
    let mut found = Vec::new();
    let mut index: u64 = 0;
    let mut put = |index: u64, count: u64| -> Result<(), String> {
        if count > 0 {
            let (low, high) = indexing.bounds(index).ok_or("a count stands beyond the largest value that there is")?;
            found.push((low, high, count));
        }
        Ok(())
    };
    if base == V2 {
        while !buffer.bytes.is_empty() {
            let count = buffer.zigzag()?;
            if count < 0 {
                // A negative number stands for that many empty buckets.
                index = index.saturating_add(count.unsigned_abs());
            } else {
                put(index, count.unsigned_abs())?;
                index += 1;
            }
        }
    } else {
        let width = match (cookie & 0xf0) >> 4 & 0xe {
            width @ (2 | 4 | 8) => width as usize,
            other => return Err(format!("its counts have {other} bytes, which no version of HdrHistogram writes")),
        };
        while buffer.bytes.len() >= width {
            let count = buffer.number(width)?;
            if count >> 63 != 0 {
                return Err("a count is below zero".to_owned());
            }
            put(index, count)?;
            index += 1;
        }
    }
    Ok(found)
}

/// What the header says of the buckets.
struct Shape {
    digits: u32,
    lowest: u64,
}

/// Which values a bucket stands for.
struct Indexing {
    unit_magnitude: u32,
    half_count_magnitude: u32,
}

impl Shape {
    fn indexing(&self) -> Result<Indexing, String> {
        if self.digits > 5 || self.lowest == 0 || self.lowest > 1 << 62 {
            return Err("its header is damaged".to_owned());
        }
        let largest_with_single_unit = 2 * 10_u64.pow(self.digits);
        let count_magnitude = largest_with_single_unit.next_power_of_two().trailing_zeros();
        Ok(Indexing { unit_magnitude: self.lowest.ilog2(), half_count_magnitude: count_magnitude.max(1) - 1 })
    }
}

impl Indexing {
    fn bounds(&self, index: u64) -> Option<(u64, u64)> {
        let half = 1_u64 << self.half_count_magnitude;
        let bucket = index >> self.half_count_magnitude;
        // The first two halves have the finest width; each later half doubles it.
        let (sub, doubled) = if bucket == 0 { (index, 0) } else { ((index & (half - 1)) + half, bucket - 1) };
        let shift = u32::try_from(doubled).ok()?.checked_add(self.unit_magnitude)?;
        let low = sub.checked_mul(1_u64.checked_shl(shift)?)?;
        let high = low.checked_add((1_u64 << shift) - 1)?;
        (high <= i64::MAX.unsigned_abs()).then_some((low, high))
    }
}

/// What is left of some bytes; numbers are big-endian.
struct Buffer<'b> {
    bytes: &'b [u8],
}

impl Buffer<'_> {
    fn number(&mut self, width: usize) -> Result<u64, String> {
        let (now, rest) = self.bytes.split_at_checked(width).ok_or("the histogram is cut off")?;
        self.bytes = rest;
        Ok(now.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)))
    }

    fn u32(&mut self) -> Result<u32, String> {
        self.number(4).map(|number| number as u32)
    }

    fn u64(&mut self) -> Result<u64, String> {
        self.number(8)
    }

    /// A signed number in groups of seven bits, the lowest first; a ninth byte has eight.
    fn zigzag(&mut self) -> Result<i64, String> {
        let mut value: u64 = 0;
        for place in 0..9 {
            let byte = self.number(1)?;
            if place == 8 {
                value |= byte << 56;
                break;
            }
            value |= (byte & 0x7f) << (7 * place);
            if byte & 0x80 == 0 {
                break;
            }
        }
        Ok((value >> 1).cast_signed() ^ -(value & 1).cast_signed())
    }
}

/// The bytes of a text in base64 (RFC 4648).
pub(crate) fn base64(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let (mut word, mut bits) = (0_u32, 0);
    for symbol in text.trim_end_matches('=').bytes() {
        let value = match symbol {
            b'A'..=b'Z' => symbol - b'A',
            b'a'..=b'z' => symbol - b'a' + 26,
            b'0'..=b'9' => symbol - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        word = word << 6 | u32::from(value);
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push((word >> bits) as u8);
            word &= (1 << bits) - 1;
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn base64_is_what_the_standard_says() {
        // RFC 4648, section 10.
        for (text, bytes) in [("Zg==", "f"), ("Zm8=", "fo"), ("Zm9v", "foo"), ("Zm9vYmFy", "foobar"), ("", "")] {
            assert_eq!(base64(text).unwrap(), bytes.as_bytes());
        }
        assert_eq!(base64("Zm9*"), None);
    }

    #[test]
    fn buckets_are_exact_up_to_the_digits_and_double_above() {
        // Three digits: exact below 2048, steps of 2 below 4096, of 4 below 8192.
        let indexing = Shape { digits: 3, lowest: 1 }.indexing().unwrap();
        assert_eq!(indexing.bounds(0), Some((0, 0)));
        assert_eq!(indexing.bounds(2047), Some((2047, 2047)));
        assert_eq!(indexing.bounds(2048), Some((2048, 2049)));
        assert_eq!(indexing.bounds(3071), Some((4094, 4095)));
        assert_eq!(indexing.bounds(3072), Some((4096, 4099)));
        assert_eq!(indexing.bounds(u64::MAX), None);
    }

    #[test]
    fn numbers_of_any_size_are_read() {
        let read = |bytes: &[u8]| Buffer { bytes }.zigzag();
        assert_eq!(read(&[0]), Ok(0));
        assert_eq!(read(&[1]), Ok(-1));
        assert_eq!(read(&[2]), Ok(1));
        assert_eq!(read(&[0x80, 0x01]), Ok(64));
        assert_eq!(read(&[0xff; 9]), Ok(i64::MIN));
        assert!(read(&[0x80]).is_err());
    }

    proptest! {
        #[test]
        fn nothing_makes_it_panic(text in "[A-Za-z0-9+/]{0,200}", bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = decode(&text);
            let _ = decode(&format!("HISTFAAA{text}"));
            for cookie in [V0 | 0x20, V1 | 0x40, V2 | 0x10] {
                let _ = counts(cookie, &mut Buffer { bytes: &bytes });
            }
        }
    }
}
