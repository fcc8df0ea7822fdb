//! Text in UTF-16, as PowerShell's `>` and Excel write it, as UTF-8.
//!
//! In: bytes that begin with the mark of their order. Out: the same text in UTF-8, that mark included. What is no character becomes
//! U+FFFD, as it does in UTF-8.

use std::io::{self, Read};

/// Bytes that are turned at once.
const BLOCK: usize = 64 << 10;

/// A reader of UTF-8 from one of UTF-16.
pub(crate) struct Utf16<R> {
    inner: R,
    /// How two bytes are one unit; known from the first two.
    order: Option<fn([u8; 2]) -> u16>,
    /// A first byte whose second one, or a unit whose second half has not come yet.
    odd: Option<u8>,
    high: Option<u16>,
    /// Text that was not asked for yet, and how much of it was.
    text: Vec<u8>,
    given: usize,
    block: Vec<u8>,
}

impl<R: Read> Utf16<R> {
    /// Reads on from the mark.
    pub(crate) fn new(inner: R) -> Self {
        Self { inner, order: None, odd: None, high: None, text: Vec::new(), given: 0, block: vec![0; BLOCK] }
    }

    /// Takes the next bytes; at the end, what is left of a character.
    fn fill(&mut self) -> io::Result<bool> {
        let read = self.inner.read(&mut self.block)?;
        self.text.clear();
        self.given = 0;
        let bytes = self.odd.take().into_iter().chain(self.block[..read].iter().copied());
        let mut units: Vec<u16> = self.high.take().into_iter().collect();
        let mut first = None;
        for byte in bytes {
            let Some(before) = first.take() else {
                first = Some(byte);
                continue;
            };
            let pair = [before, byte];
            let order =
                *self.order.get_or_insert(if pair == [0xfe, 0xff] { u16::from_be_bytes } else { u16::from_le_bytes });
            units.push(order(pair));
        }
        self.odd = first;
        if read > 0 && units.last().is_some_and(|unit| (0xd800..0xdc00).contains(unit)) {
            self.high = units.pop();
        }
        for character in char::decode_utf16(units) {
            let character = character.unwrap_or(char::REPLACEMENT_CHARACTER);
            self.text.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
        }
        if read == 0 && self.odd.take().is_some() {
            self.text.extend_from_slice("\u{fffd}".as_bytes());
        }
        Ok(read > 0 || !self.text.is_empty())
    }
}

impl Utf16<io::Empty> {
    /// Whether bytes begin with the mark of such a text, and not with that of UTF-32.
    pub(crate) fn is_at(start: &[u8]) -> bool {
        start.starts_with(&[0xfe, 0xff]) || start.starts_with(&[0xff, 0xfe]) && start.get(2..4) != Some(&[0, 0])
    }
}

impl<R: Read> Read for Utf16<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.given == self.text.len() {
            if !self.fill()? {
                return Ok(0);
            }
        }
        let left = &self.text[self.given..];
        let count = left.len().min(buffer.len());
        buffer[..count].copy_from_slice(&left[..count]);
        self.given += count;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives one byte at a time.
    struct Slow<'b>(&'b [u8]);

    impl Read for Slow<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let count = self.0.len().min(1).min(buffer.len());
            buffer[..count].copy_from_slice(&self.0[..count]);
            self.0 = &self.0[count..];
            Ok(count)
        }
    }

    #[test]
    fn both_orders_and_any_division_give_the_same_text() {
        let text = "\u{feff}name,ms\r\nα,1.5\r\n😀,2.5\r\n";
        let of = |bytes: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(bytes).collect::<Vec<u8>>();
        for stored in [of(u16::to_le_bytes), of(u16::to_be_bytes)] {
            assert!(Utf16::is_at(&stored));
            let (mut whole, mut slow) = (String::new(), String::new());
            Utf16::new(&stored[..]).read_to_string(&mut whole).unwrap();
            Utf16::new(Slow(&stored)).read_to_string(&mut slow).unwrap();
            assert_eq!((whole.as_str(), slow.as_str()), (text, text));
            let mut cut = String::new();
            Utf16::new(&stored[..stored.len() - 1]).read_to_string(&mut cut).unwrap();
            assert!(cut.ends_with("2.5\r\u{fffd}"), "{cut:?}");
        }
        assert!(!Utf16::is_at(&[0xff, 0xfe, 0, 0]) && !Utf16::is_at(b"a") && !Utf16::is_at(b""));
    }
}
