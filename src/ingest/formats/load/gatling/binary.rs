//! The binary form: a byte that names the record, then big-endian numbers and texts.
//!
//! A text is its length, its bytes and a byte for Latin-1 (0) or UTF-16 (1); of length 0 it is nothing else. Texts that
//! come again are kept by number: a new one stands behind a number of its own, a known one is the negative of its number.
//! Instants count milliseconds from the beginning of the run.

use std::collections::HashMap;

use crate::ingest::format::{AnyRecords, FindingKind, Head, IngestError};
use crate::ingest::formats::load::gatling::log::Log;

/// The record that begins a log.
pub(crate) const RUN: u8 = 0;
const REQUEST: u8 = 1;
const USER: u8 = 2;
const GROUP: u8 = 3;
const ERROR: u8 = 4;

/// A version's text is short: `3.12.1`, `3.13.0-SNAPSHOT`.
const LONGEST_VERSION: usize = 40;
/// Longer texts are no names or messages but a file that is damaged.
const LONGEST_TEXT: usize = 16 << 20;
/// So many groups around a request, scenarios or assertions are a damaged file.
const MOST_ITEMS: i32 = 100_000;
/// Bytes of Latin-1 texts.
const LATIN_1: u8 = 0;

pub(crate) fn sniff(head: &Head<'_>) -> Option<Vec<String>> {
    let rest = head.bytes.strip_prefix(&[RUN])?;
    let (length, rest) = rest.split_at_checked(4)?;
    let length = usize::try_from(i32::from_be_bytes(length.try_into().ok()?)).ok()?;
    let version = rest.get(..length).filter(|_| (3..=LONGEST_VERSION).contains(&length))?;
    let version = std::str::from_utf8(version).ok()?;
    let mut parts = version.split('.');
    let numbers = parts.next()?.parse::<u32>().is_ok() && parts.next()?.parse::<u32>().is_ok();
    numbers.then(|| vec![format!("it begins with the binary run record of Gatling {version}")])
}

/// What ends reading.
enum End {
    /// The file ends inside a record.
    Cut,
    /// What stands here is no record.
    Broken(String),
    /// Reading failed.
    Failed(IngestError),
}

impl From<std::io::Error> for End {
    fn from(error: std::io::Error) -> Self {
        Self::Failed(error.into())
    }
}

pub(crate) fn read(records: &mut AnyRecords<'_>, log: &mut Log) -> Result<(), IngestError> {
    let mut cursor = Cursor { records, texts: HashMap::new() };
    let mut count = 0_u64;
    let end = loop {
        log.records = count;
        let before = cursor.records.position();
        match record(&mut cursor, log, &mut count) {
            Ok(true) => {}
            Ok(false) => return Ok(()),
            Err(end) => break (end, before),
        }
    };
    match end {
        (End::Failed(error), _) => Err(error),
        (End::Cut, _) => {
            let reason =
                format!("the file ends inside record {}: the run was interrupted, or the file was cut", count + 1);
            log.note_broken(None, FindingKind::TruncatedLine, reason, "the records before it were read");
            Ok(())
        }
        (End::Broken(what), at) => {
            let reason = format!("record {} at byte {at} cannot be read: {what}", count + 1);
            log.note_broken(None, FindingKind::MalformedRecord, reason, "the rest of the file was not read");
            Ok(())
        }
    }
}

/// Reads a record; the number of records stands for lines. Says whether there was one.
fn record(cursor: &mut Cursor<'_, '_>, log: &mut Log, count: &mut u64) -> Result<bool, End> {
    if cursor.records.peek(1)?.is_empty() {
        return Ok(false);
    }
    let line = *count + 1;
    match cursor.byte()? {
        RUN if *count == 0 => {
            let version = cursor.text()?;
            let simulation = cursor.text()?;
            log.start = cursor.long()?;
            let description = cursor.text()?;
            for _ in 0..cursor.items()? {
                cursor.text()?;
            }
            for _ in 0..cursor.items()? {
                let length = cursor.length()?;
                cursor.take(length, |_| ())?;
            }
            log.run = vec![("Gatling", version), ("simulation", simulation), ("description:", description)];
        }
        REQUEST => {
            let mut name = cursor.groups()?;
            name.push_str(&cursor.cached()?);
            let (start, end) = (cursor.instant(log.start)?, cursor.instant(log.start)?);
            let status = cursor.status()?;
            let message = cursor.cached()?;
            log.request(name.as_bytes(), start, end, status, message.as_bytes(), line);
        }
        USER => {
            cursor.int()?;
            log.users += u64::from(cursor.byte()? == 1);
            cursor.int()?;
        }
        GROUP => {
            let name = cursor.groups()?;
            let (start, end) = (cursor.instant(log.start)?, cursor.instant(log.start)?);
            let cumulated = i64::from(cursor.int()?);
            let status = cursor.status()?;
            let name = name.trim_end_matches(" / ");
            log.group(name.as_bytes(), start, end, cumulated, status, line);
        }
        ERROR => {
            cursor.cached()?;
            cursor.int()?;
            log.errors += 1;
        }
        other => return Err(End::Broken(format!("no record begins with {other}"))),
    }
    *count += 1;
    Ok(true)
}

/// Reads values one after the other.
struct Cursor<'a, 'r> {
    records: &'a mut AnyRecords<'r>,
    /// Texts by their numbers.
    texts: HashMap<i32, String>,
}

impl Cursor<'_, '_> {
    fn take<T>(&mut self, count: usize, read: impl FnOnce(&[u8]) -> T) -> Result<T, End> {
        let bytes = self.records.peek(count)?;
        let value = read(bytes.get(..count).ok_or(End::Cut)?);
        self.records.skip(count);
        Ok(value)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], End> {
        let mut array = [0; N];
        self.take(N, |bytes| array.copy_from_slice(bytes))?;
        Ok(array)
    }

    fn byte(&mut self) -> Result<u8, End> {
        self.array::<1>().map(|[byte]| byte)
    }

    fn int(&mut self) -> Result<i32, End> {
        self.array().map(i32::from_be_bytes)
    }

    fn long(&mut self) -> Result<i64, End> {
        self.array().map(i64::from_be_bytes)
    }

    fn instant(&mut self, start: i64) -> Result<i64, End> {
        Ok(start.saturating_add(i64::from(self.int()?)))
    }

    fn status(&mut self) -> Result<&'static [u8], End> {
        Ok(if self.byte()? == 1 { b"OK" } else { b"KO" })
    }

    fn items(&mut self) -> Result<i32, End> {
        let count = self.int()?;
        if (0..=MOST_ITEMS).contains(&count) { Ok(count) } else { Err(End::Broken(format!("{count} items"))) }
    }

    fn length(&mut self) -> Result<usize, End> {
        let length = self.int()?;
        let fits = usize::try_from(length).ok().filter(|length| *length <= LONGEST_TEXT);
        fits.ok_or_else(|| End::Broken(format!("a text of {length} bytes")))
    }

    fn text(&mut self) -> Result<String, End> {
        let length = self.length()?;
        if length == 0 {
            return Ok(String::new());
        }
        let text = self.take(length + 1, |bytes| {
            let (bytes, coder) = bytes.split_at(length);
            if coder[0] == LATIN_1 {
                return bytes.iter().map(|byte| char::from(*byte)).collect();
            }
            // Gatling writes the memory of a Java text: pairs of bytes in the order of the machine, which is little-endian
            // on every machine it is commonly run on.
            let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
            String::from_utf16_lossy(&units)
        })?;
        // A line break inside a name would break tables.
        Ok(text.replace(['\n', '\r', '\t'], " "))
    }

    fn cached(&mut self) -> Result<String, End> {
        let index = self.int()?;
        if index >= 0 {
            let text = self.text()?;
            self.texts.insert(index, text.clone());
            return Ok(text);
        }
        let known = index.checked_neg().and_then(|index| self.texts.get(&index));
        known.cloned().ok_or_else(|| End::Broken(format!("text {index} was never written")))
    }

    /// The names of the groups, each with a separator behind it.
    fn groups(&mut self) -> Result<String, End> {
        let mut name = String::new();
        for _ in 0..self.items()? {
            name.push_str(&self.cached()?);
            name.push_str(" / ");
        }
        Ok(name)
    }
}
