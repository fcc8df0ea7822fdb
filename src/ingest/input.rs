//! The bytes of a source: hashed as they are stored, decompressed as they are read.
//!
//! In: any reader. Out: a reader of the plain bytes that knows, at the end, size and digest of the stored ones.
//! Compression is recognised by its magic number, never by the file's name; text in UTF-16 by the mark that it begins with.

use std::cell::RefCell;
use std::io::{self, BufReader, Cursor, Read};
use std::rc::Rc;

use flate2::read::MultiGzDecoder;

use crate::ingest::utf16::Utf16;

/// Bytes read from the source at once. Measured: larger blocks gain nothing once they exceed the disk's own read-ahead.
pub(crate) const BLOCK: usize = 1 << 20;

const GZIP_MAGIC: &[u8] = &[0x1f, 0x8b];
const ZSTD_MAGIC: &[u8] = &[0x28, 0xb5, 0x2f, 0xfd];

/// Size and digest of the bytes read so far.
#[derive(Default)]
struct Account {
    hasher: blake3::Hasher,
    bytes: u64,
    /// Sizes at which the digest so far is wanted, the next one last.
    wanted: Vec<u64>,
    /// Sizes that were passed, and the digest of the bytes up to there.
    prefixes: Vec<(u64, String)>,
}

impl Account {
    fn add(&mut self, mut bytes: &[u8]) {
        while let Some(&at) = self.wanted.last() {
            let left = usize::try_from(at - self.bytes).unwrap_or(usize::MAX);
            if left > bytes.len() {
                break;
            }
            let (before, after) = bytes.split_at(left);
            self.hasher.update(before);
            self.bytes = at;
            self.prefixes.push((at, self.hasher.finalize().to_hex().to_string()));
            self.wanted.pop();
            bytes = after;
        }
        self.hasher.update(bytes);
        self.bytes += bytes.len() as u64;
    }
}

/// A reader that accounts for what passes through it.
struct CountingReader<R> {
    inner: R,
    account: Rc<RefCell<Account>>,
}

impl<R: Read> Read for CountingReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.account.borrow_mut().add(&buffer[..count]);
        Ok(count)
    }
}

/// The plain bytes of a source.
pub(crate) struct Input<'a> {
    plain: Box<dyn Read + 'a>,
    account: Rc<RefCell<Account>>,
    compression: Option<&'static str>,
    ends_early: bool,
    is_utf16: bool,
}

impl<'a> Input<'a> {
    /// Wraps a reader. `prefixes` are the sizes at which the digest of the bytes so far is wanted.
    ///
    /// # Errors
    /// When the first bytes cannot be read, or a zstd frame cannot be opened.
    pub(crate) fn new(stored: impl Read + 'a, prefixes: &[u64]) -> io::Result<Self> {
        let mut wanted = prefixes.to_vec();
        wanted.sort_unstable_by(|a, b| b.cmp(a));
        wanted.dedup();
        let account = Rc::new(RefCell::new(Account { wanted, ..Account::default() }));
        let mut counted = CountingReader { inner: stored, account: Rc::clone(&account) };
        let magic = read_up_to(&mut counted, ZSTD_MAGIC.len())?;
        let compression = match magic.as_slice() {
            start if start.starts_with(GZIP_MAGIC) => Some("gzip"),
            start if start.starts_with(ZSTD_MAGIC) => Some("zstd"),
            _ => None,
        };
        let is_utf16 = compression.is_none() && Utf16::is_at(&magic);
        let whole = Cursor::new(magic).chain(counted);
        let plain: Box<dyn Read + 'a> = match compression {
            Some("gzip") => Box::new(MultiGzDecoder::new(BufReader::with_capacity(BLOCK, whole))),
            Some(_) => Box::new(zstd::Decoder::new(whole)?),
            None if is_utf16 => Box::new(Utf16::new(whole)),
            None => Box::new(whole),
        };
        Ok(Self { plain, account, compression, ends_early: false, is_utf16 })
    }

    /// `gzip`, `zstd`, or absent.
    pub(crate) fn compression(&self) -> Option<&'static str> {
        self.compression
    }

    /// Whether the plain bytes are others than the stored ones.
    pub(crate) fn is_packed(&self) -> bool {
        self.compression.is_some() || self.is_utf16
    }

    /// Whether it is a text in UTF-16, which is read as UTF-8.
    pub(crate) fn is_utf16(&self) -> bool {
        self.is_utf16
    }

    /// Whether compressed bytes ended where more were due: the plain ones end there too, without an error.
    pub(crate) fn ends_early(&self) -> bool {
        self.ends_early
    }

    /// Size and hexadecimal digest of what was read from the source so far.
    pub(crate) fn account(&self) -> (u64, String) {
        let account = self.account.borrow();
        (account.bytes, account.hasher.finalize().to_hex().to_string())
    }

    /// The sizes asked for that the source has, each with the digest of its bytes up to there.
    pub(crate) fn prefixes(&self) -> Vec<(u64, String)> {
        self.account.borrow().prefixes.clone()
    }
}

impl Read for Input<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.ends_early {
            return Ok(0);
        }
        match self.plain.read(buffer) {
            Err(error) if self.compression.is_some() && error.kind() == io::ErrorKind::UnexpectedEof => {
                self.ends_early = true;
                Ok(0)
            }
            outcome => outcome,
        }
    }
}

/// Reads until `count` bytes are there or the source ends.
fn read_up_to(reader: &mut impl Read, count: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(count);
    reader.take(count as u64).read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
#[allow(clippy::format_push_string, reason = "texts are short here")]
mod tests {
    use super::*;
    use std::io::Write;

    const TEXT: &[u8] = b"event,latency\na,1\n";

    fn read_all(stored: &[u8]) -> (Vec<u8>, Option<&'static str>, u64, String) {
        let mut input = Input::new(stored, &[]).unwrap();
        let mut plain = Vec::new();
        input.read_to_end(&mut plain).unwrap();
        let (bytes, digest) = input.account();
        (plain, input.compression(), bytes, digest)
    }

    #[test]
    fn compressed_bytes_are_read_as_they_were_and_digested_as_they_are() {
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        gzip.write_all(TEXT).unwrap();
        let gzip = gzip.finish().unwrap();
        let zstd = zstd::encode_all(TEXT, 0).unwrap();
        for (stored, compression) in [(TEXT, None), (&gzip[..], Some("gzip")), (&zstd[..], Some("zstd"))] {
            let (plain, found, bytes, digest) = read_all(stored);
            assert_eq!(plain, TEXT);
            assert_eq!(found, compression);
            assert_eq!(bytes, stored.len() as u64);
            assert_eq!(digest, blake3::hash(stored).to_hex().to_string());
        }
    }

    #[test]
    fn a_compressed_text_that_was_cut_is_read_as_far_as_it_goes() {
        let mut text = "event,latency_ms\n".to_owned();
        let mut state = 1_u32;
        for _ in 0..200_000 {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            text += &format!("a,{}\n", (state >> 16) % 1000);
        }
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        gzip.write_all(text.as_bytes()).unwrap();
        let gzip = gzip.finish().unwrap();
        let zstd = zstd::encode_all(text.as_bytes(), 0).unwrap();
        for stored in [&gzip[..], &zstd[..]] {
            let stored = &stored[..stored.len() * 3 / 4];
            let mut input = Input::new(stored, &[]).unwrap();
            let mut plain = Vec::new();
            input.read_to_end(&mut plain).unwrap();
            assert!(input.ends_early());
            assert!(plain.len() > 1000 && text.as_bytes().starts_with(&plain), "{}", plain.len());
            assert_eq!(input.account().0, stored.len() as u64);
        }
        let mut input = Input::new(&gzip[..], &[]).unwrap();
        io::copy(&mut input, &mut io::sink()).unwrap();
        assert!(!input.ends_early());
        let cut = &gzip[..gzip.len() * 3 / 4];
        let found = crate::ingest::read("a.csv.gz", cut, &crate::ingest::SourceOptions::default()).unwrap();
        assert!(found.findings.iter().any(|finding| finding.reasons[0].contains("ends in the middle")));
        assert!(found.tables[0].lines.rows() > 1000);
        let nothing = crate::ingest::read("a.csv.gz", &gzip[..12], &crate::ingest::SourceOptions::default());
        assert!(nothing.unwrap_err().to_string().contains("ends in the middle"));
    }

    #[test]
    fn digests_of_beginnings_are_those_of_the_beginnings_alone() {
        let text: Vec<u8> = (0..3_000_000_u32).map(|index| (index % 251) as u8).collect();
        let wanted = [0, 1, 5, BLOCK as u64, BLOCK as u64 + 1, 2_999_999, 3_000_000, 3_000_001];
        let mut input = Input::new(&text[..], &wanted).unwrap();
        io::copy(&mut input, &mut io::sink()).unwrap();
        let found = input.prefixes();
        assert_eq!(found.len(), wanted.len() - 1, "the source does not have the last one");
        for (size, digest) in found {
            assert_eq!(digest, blake3::hash(&text[..size as usize]).to_hex().to_string(), "{size}");
        }
        assert_eq!(input.account().1, blake3::hash(&text).to_hex().to_string());
    }

    #[test]
    fn an_empty_source_is_empty() {
        assert_eq!(read_all(b"").0, b"");
    }
}
