//! Records of a text: one line each, or several where a quoted field holds line breaks.
//!
//! In: the plain bytes, in blocks. Out: records with the number of their first line, without their line break. A quote
//! that is never closed does not swallow the file: its line is given alone and marked. A line beyond
//! [`MAX_RECORD`] is passed over and marked. Memory is one block and one record.

use std::io::{self, Read};

use memchr::{memchr, memchr_iter, memrchr};

use crate::table::storage::Storage;

use crate::ingest::input::BLOCK;
use crate::ingest::text::quotes::QuoteState;

/// A longer line is no record of measurements.
pub(crate) const MAX_RECORD: usize = 16 << 20;
/// A quoted field that goes on for longer was never closed.
const MAX_QUOTED: usize = 1 << 20;
/// Looking so far ahead for the end of a field takes a while.
const FAR_QUOTED: usize = 16 << 10;
/// After so many unclosed quotes in a file, quotes mean nothing in it.
const MAX_UNCLOSED: u32 = 100;

/// What is wrong with a record as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flaw {
    /// Nothing.
    None,
    /// A quote opens on its line and is never closed.
    Unclosed,
    /// A quote stands on its line where a field would begin, and what follows are rows of their own.
    Stray,
    /// It is longer than [`MAX_RECORD`]; its bytes were passed over.
    Overlong,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Record<'a> {
    /// Its bytes, without the line break.
    pub(crate) bytes: &'a [u8],
    /// Its first line, from 1.
    pub(crate) line: u64,
    /// Whether it ends in a line break.
    pub(crate) terminated: bool,
    /// Whether it holds a quote that means something.
    pub(crate) quoted: bool,
    /// What is wrong with it.
    pub(crate) flaw: Flaw,
}

/// Where a record lies in the buffer.
struct Extent {
    start: usize,
    end: usize,
    next: usize,
    lines: u64,
    terminated: bool,
    quoted: bool,
    flaw: Flaw,
}

/// How a text is read where many lines may be read at once.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pace {
    /// Bytes of a block: what one thread reads at a time. Measured: a block and what is made of it stay in the cache of
    /// a core; larger ones gain nothing.
    pub(crate) block: usize,
    /// Blocks that are given out together, for each thread: enough that waiting for the last one does not matter.
    pub(crate) blocks_a_thread: usize,
}

impl Pace {
    /// For files.
    pub(crate) const USUAL: Self = Self { block: 256 << 10, blocks_a_thread: 8 };
    /// For programs that have little memory: fewer blocks are read ahead.
    pub(crate) fn within(storage: &Storage) -> Self {
        if storage.is_scarce() { Self { blocks_a_thread: 2, ..Self::USUAL } } else { Self::USUAL }
    }

    /// Record by record, by the careful path alone.
    #[cfg(test)]
    pub(crate) const CAREFUL: Self = Self { block: 0, blocks_a_thread: 0 };
}

/// Whole lines and what was made of them.
pub(crate) struct Block<T> {
    /// Position of its first byte.
    pub(crate) start: u64,
    /// Position one past its last byte.
    pub(crate) end: u64,
    pub(crate) made: T,
}

/// Reads records from a reader.
pub(crate) struct Records<R> {
    reader: R,
    buffer: Vec<u8>,
    /// First byte not yet given out.
    start: usize,
    /// One past the last byte read.
    end: usize,
    at_end: bool,
    line: u64,
    /// The delimiter after which a quote may open a field; absent where quotes mean nothing.
    delimiter: Option<u8>,
    unclosed: u32,
    /// Bytes read so far.
    total: u64,
    pace: Pace,
}

/// Records of any source, so that formats can stand in a table.
pub(crate) type AnyRecords<'a> = Records<&'a mut dyn Read>;

impl<R: Read> Records<R> {
    /// Records of a text in which quotes mean nothing until [`quotes_after`](Self::quotes_after) says so.
    pub(crate) fn new(reader: R) -> Self {
        Self::with_buffer(reader, BLOCK)
    }

    /// The same with a first buffer of another size, for short texts.
    pub(crate) fn with_buffer(reader: R, size: usize) -> Self {
        Self {
            reader,
            buffer: vec![0; size.max(2)],
            start: 0,
            end: 0,
            at_end: false,
            line: 1,
            delimiter: None,
            unclosed: 0,
            total: 0,
            pace: Pace::USUAL,
        }
    }

    /// Reads at another pace.
    pub(crate) fn at_pace(mut self, pace: Pace) -> Self {
        self.pace = pace;
        self
    }

    /// Whether quotes mean something here.
    pub(crate) fn quotes_matter(&self) -> bool {
        self.delimiter.is_some()
    }

    /// Position of the next byte, from 0.
    pub(crate) fn position(&self) -> u64 {
        self.total - (self.end - self.start) as u64
    }

    /// The line of the next byte, from 1.
    pub(crate) fn line(&self) -> u64 {
        self.line
    }

    /// Passes over lines that were read as a block.
    pub(crate) fn pass_lines(&mut self, to: u64, lines: u64) {
        let count = usize::try_from(to.saturating_sub(self.position())).unwrap_or(usize::MAX);
        self.skip(count);
        self.line += lines;
    }

    /// Whole lines from the next byte on, cut into blocks, and what `make` makes of each on whatever thread is free;
    /// meanwhile this thread reads on. Consumes nothing. At most `most` blocks; none where a line is longer than them all
    /// or the text ends in it.
    ///
    /// # Errors
    /// When reading fails.
    pub(crate) fn blocks<T: Send>(
        &mut self,
        most: usize,
        make: impl Fn(&[u8]) -> T + Sync,
    ) -> io::Result<Vec<Block<T>>> {
        // A short text is read before other threads have started.
        while self.end - self.start <= 2 * self.pace.block && !self.at_end {
            self.fill()?;
        }
        let short = self.end - self.start <= 2 * self.pace.block;
        let threads = if short { 1 } else { rayon::current_num_threads() };
        let count = most.min(self.pace.blocks_a_thread * threads);
        let batch = self.pace.block * count;
        if batch == 0 {
            return Ok(Vec::new());
        }
        // With one thread nothing is read ahead, so that little is ever held.
        while self.end - self.start < batch && !self.at_end {
            self.fill()?;
        }
        let position = self.position();
        let there = &self.buffer[self.start..self.end];
        let Some(last) = memrchr(b'\n', &there[..there.len().min(batch)]) else { return Ok(Vec::new()) };
        let mut cuts = vec![0];
        let mut from = 0;
        while from <= last {
            let aim = (from + self.pace.block - 1).min(last);
            from = memchr(b'\n', &there[aim..=last]).map_or(last + 1, |found| aim + found + 1);
            cuts.push(from);
        }
        let mut made: Vec<Option<T>> = cuts[1..].iter().map(|_| None).collect();
        let lines = |cut: &[usize], bytes: &[u8]| make(&bytes[cut[0]..cut[1]]);
        if threads == 1 || made.len() == 1 {
            for (made, cut) in made.iter_mut().zip(cuts.windows(2)) {
                *made = Some(lines(cut, there));
            }
        } else {
            let room = self.make_room(batch);
            let (start, end) = (self.start, self.end);
            let (before, behind) = self.buffer.split_at_mut(end);
            let there = &before[start..];
            let (reader, at_end) = (&mut self.reader, &mut self.at_end);
            let lines = &lines;
            let read = rayon::in_place_scope(|scope| {
                for (made, cut) in made.iter_mut().zip(cuts.windows(2)) {
                    scope.spawn(move |_| *made = Some(lines(cut, there)));
                }
                read_full(reader, &mut behind[..room], at_end)
            })?;
            self.end += read;
            self.total += read as u64;
        }
        let blocks = made.into_iter().zip(cuts.windows(2)).filter_map(|(made, cut)| {
            let (start, end) = (position + cut[0] as u64, position + cut[1] as u64);
            made.map(|made| Block { start, end, made })
        });
        Ok(blocks.collect())
    }

    /// Makes room for `count` bytes behind what is left, and says how much of it to use.
    fn make_room(&mut self, count: usize) -> usize {
        /// Batches that the buffer holds: what is worked on, what is read meanwhile, and one that saves moving bytes.
        const BATCHES: usize = 3;
        if self.at_end {
            return 0;
        }
        if self.buffer.len() - self.end < count && self.start > 0 {
            self.buffer.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
        }
        if self.buffer.len() - self.end < count {
            self.buffer.resize((self.end + count).max(BATCHES * count), 0);
        }
        count
    }

    /// From here on a quote at the start of a field holds line breaks together.
    pub(crate) fn quotes_after(&mut self, delimiter: u8) {
        self.delimiter = Some(delimiter);
    }

    /// Lines given out so far.
    pub(crate) fn lines(&self) -> u64 {
        self.line - 1
    }

    /// The next bytes, without consuming them: at least `count` unless the text ends before.
    ///
    /// # Errors
    /// When reading fails.
    pub(crate) fn peek(&mut self, count: usize) -> io::Result<&[u8]> {
        while self.end - self.start < count && !self.at_end {
            self.fill()?;
        }
        Ok(&self.buffer[self.start..self.end])
    }

    /// Whether everything left is in the buffer.
    pub(crate) fn sees_end(&self) -> bool {
        self.at_end
    }

    /// Passes over `count` bytes that were peeked at.
    pub(crate) fn skip(&mut self, count: usize) {
        self.start = (self.start + count).min(self.end);
    }

    /// The same of bytes that hold whole lines, which nobody counted yet.
    pub(crate) fn skip_lines(&mut self, count: usize) {
        let passed = &self.buffer[self.start..(self.start + count).min(self.end)];
        self.line += memchr_iter(b'\n', passed).count() as u64;
        self.skip(count);
    }

    /// Everything left, to the end of the text. `limit` bounds how much is kept in memory.
    ///
    /// # Errors
    /// When reading fails, or more than `limit` bytes are left.
    pub(crate) fn rest(&mut self, limit: usize) -> io::Result<Vec<u8>> {
        while !self.at_end {
            if self.end - self.start > limit {
                return Err(io::Error::other(format!(
                    "the document is larger than {} MiB, and it has to be held in memory as a whole; give more --memory, or write \
                     one JSON object a line (NDJSON)",
                    limit >> 20
                )));
            }
            self.fill()?;
        }
        Ok(self.buffer[self.start..self.end].to_vec())
    }

    /// The next record; `None` at the end.
    ///
    /// # Errors
    /// When reading fails.
    pub(crate) fn next(&mut self) -> io::Result<Option<Record<'_>>> {
        let Some(extent) = self.extent()? else { return Ok(None) };
        let line = self.line;
        self.line += extent.lines;
        self.start = extent.next;
        Ok(Some(Record {
            bytes: &self.buffer[extent.start..extent.end],
            line,
            terminated: extent.terminated,
            quoted: extent.quoted,
            flaw: extent.flaw,
        }))
    }

    fn extent(&mut self) -> io::Result<Option<Extent>> {
        let Some((end, next)) = self.find_line(self.start)? else { return Ok(None) };
        if end - self.start > MAX_RECORD {
            return self.pass_over().map(Some);
        }
        let quoted = self.delimiter.is_some() && memchr(b'"', &self.buffer[self.start..end]).is_some();
        if quoted {
            return self.quoted_extent(end, next).map(Some);
        }
        Ok(Some(self.single(end, next, false, Flaw::None)))
    }

    fn single(&self, end: usize, next: usize, quoted: bool, flaw: Flaw) -> Extent {
        let terminated = next > end;
        let end = if terminated && end > self.start && self.buffer[end - 1] == b'\r' { end - 1 } else { end };
        Extent { start: self.start, end, next, lines: 1, terminated, quoted, flaw }
    }

    /// Extends a line with an open quote over the following ones, until the quote closes.
    fn quoted_extent(&mut self, first_end: usize, first_next: usize) -> io::Result<Extent> {
        let delimiter = self.delimiter.unwrap_or(b',');
        let mut state = QuoteState::new(&self.buffer[self.start..first_end], delimiter);
        if !state.open {
            return Ok(self.single(first_end, first_next, true, Flaw::None));
        }
        let (mut end, mut next, mut lines) = (first_end, first_next, 1);
        let first_length = (first_end - self.start, first_next - self.start);
        while state.open && !state.is_stray() && next - self.start <= MAX_QUOTED {
            // `find_line` may move the buffer's content to its front: keep offsets from `start`.
            let offset = next - self.start;
            let Some((line_end, line_next)) = self.find_line(next)? else { break };
            let line_start = self.start + offset;
            state.next_line(&self.buffer[line_start..line_end]);
            (end, next) = (line_end, line_next);
            lines += 1;
        }
        let flaw = if state.is_stray() { Flaw::Stray } else { Flaw::Unclosed };
        if state.open || flaw == Flaw::Stray {
            // What took long to find out is not found out again and again.
            let far = next - self.start > FAR_QUOTED;
            self.unclosed += u32::from(flaw == Flaw::Unclosed || far);
            if self.unclosed > MAX_UNCLOSED {
                self.delimiter = None;
            }
            let (end, next) = (self.start + first_length.0, self.start + first_length.1);
            return Ok(self.single(end, next, false, flaw));
        }
        let mut extent = self.single(end, next, true, Flaw::None);
        extent.lines = lines;
        Ok(extent)
    }

    /// End of the line that starts at `from` (not before `self.start`) and start of the next one, reading on where it
    /// has to. Offsets are valid until the next call. A line that goes on beyond [`MAX_RECORD`] is cut there.
    fn find_line(&mut self, from: usize) -> io::Result<Option<(usize, usize)>> {
        let mut offset = from - self.start;
        let mut searched = offset;
        loop {
            let begin = self.start + searched;
            if let Some(found) = memchr(b'\n', &self.buffer[begin..self.end]) {
                return Ok(Some((begin + found, begin + found + 1)));
            }
            searched = self.end - self.start;
            if self.at_end {
                return Ok((searched > offset).then_some((self.end, self.end)));
            }
            if searched - offset > MAX_RECORD {
                return Ok(Some((self.end, self.end)));
            }
            self.fill()?;
            offset = offset.min(self.end - self.start);
        }
    }

    /// Passes over the rest of a line that is too long to be kept.
    fn pass_over(&mut self) -> io::Result<Extent> {
        loop {
            let found = memchr(b'\n', &self.buffer[self.start..self.end]);
            if found.is_none() {
                self.start = self.end;
            }
            if found.is_some() || self.at_end {
                let next = found.map_or(self.end, |found| self.start + found + 1);
                let (terminated, flaw) = (found.is_some(), Flaw::Overlong);
                return Ok(Extent { start: next, end: next, next, lines: 1, terminated, quoted: false, flaw });
            }
            self.fill()?;
        }
    }

    /// Reads another block behind what is left.
    fn fill(&mut self) -> io::Result<()> {
        let wanted = (self.buffer.len() / 2).min(BLOCK / 2);
        if self.start > 0 && (self.start == self.end || self.buffer.len() - self.end < wanted) {
            self.buffer.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
        }
        if self.buffer.len() - self.end < wanted {
            self.buffer.resize(self.buffer.len() * 2, 0);
        }
        match self.reader.read(&mut self.buffer[self.end..]) {
            Ok(0) => self.at_end = true,
            Ok(count) => {
                self.end += count;
                self.total += count as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
        Ok(())
    }
}

/// Reads until the buffer is full or the text ends.
fn read_full(reader: &mut impl Read, buffer: &mut [u8], at_end: &mut bool) -> io::Result<usize> {
    let mut read = 0;
    while read < buffer.len() {
        // Pieces of a block: the digest goes over them while they are in the cache.
        let to = buffer.len().min(read + BLOCK / 4);
        match reader.read(&mut buffer[read..to]) {
            Ok(0) => {
                *at_end = true;
                break;
            }
            Ok(count) => read += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(read)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A reader that gives one byte at a time, so that every border is crossed.
    struct Dripping<'a>(&'a [u8]);

    impl Read for Dripping<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let Some((&first, rest)) = self.0.split_first() else { return Ok(0) };
            buffer[0] = first;
            self.0 = rest;
            Ok(1)
        }
    }

    fn records(text: &str) -> Vec<(u64, String, Flaw)> {
        let mut all = Vec::new();
        for dripping in [false, true] {
            let reader: Box<dyn Read> =
                if dripping { Box::new(Dripping(text.as_bytes())) } else { Box::new(text.as_bytes()) };
            let mut records = Records::new(reader);
            records.quotes_after(b',');
            let mut found = Vec::new();
            while let Some(record) = records.next().unwrap() {
                found.push((record.line, String::from_utf8_lossy(record.bytes).into_owned(), record.flaw));
            }
            all.push(found);
        }
        assert_eq!(all[0], all[1], "blocks of any size give the same records");
        all.swap_remove(0)
    }

    #[test]
    fn each_line_is_a_record_with_its_number() {
        let found = records("a,1\r\n\nb,2\nc,3");
        let expected = [(1, "a,1"), (2, ""), (3, "b,2"), (4, "c,3")];
        assert_eq!(found.len(), 4);
        for ((line, text, flaw), expected) in found.iter().zip(expected) {
            assert_eq!((*line, text.as_str(), *flaw), (expected.0, expected.1, Flaw::None));
        }
    }

    #[test]
    fn a_quoted_field_holds_line_breaks_and_the_next_record_knows_its_line() {
        let found = records("\"a\nb \"\"x\"\"\n\",1\nc,2\n");
        assert_eq!(found[0], (1, "\"a\nb \"\"x\"\"\n\",1".into(), Flaw::None));
        assert_eq!(found[1], (4, "c,2".into(), Flaw::None));
    }

    #[test]
    fn an_unclosed_quote_costs_its_own_line_only() {
        let found = records("a,1\n\"b,2\nc,3\nd,4\n");
        assert_eq!(found.len(), 4);
        assert_eq!(found[1], (2, "\"b,2".into(), Flaw::Unclosed));
        assert_eq!(found[2], (3, "c,3".into(), Flaw::None));
    }

    #[test]
    fn a_stray_quote_swallows_no_rows() {
        let found = records("1,\"Tech,3\n2,a,5\n3,b,5\n4,\"Tech,6\n5,c,\"x\ny\"\n");
        let flaws: Vec<(u64, Flaw)> = found.iter().map(|(line, _, flaw)| (*line, *flaw)).collect();
        assert_eq!(flaws[..3], [(1, Flaw::Stray), (2, Flaw::None), (3, Flaw::None)]);
        assert_eq!(found.last().unwrap(), &(5, "5,c,\"x\ny\"".into(), Flaw::None));
    }

    #[test]
    fn a_quote_inside_a_field_is_a_character() {
        assert_eq!(records("5\" disk,1\nb,2\n").len(), 2);
    }

    #[test]
    fn an_overlong_line_is_passed_over_and_the_next_one_read() {
        let mut text = vec![b'x'; MAX_RECORD + 3 * BLOCK];
        text.extend_from_slice(b"\nb,2\n");
        let mut records = Records::new(&text[..]);
        let first = records.next().unwrap().unwrap();
        assert_eq!((first.line, first.flaw, first.bytes.len()), (1, Flaw::Overlong, 0));
        let second = records.next().unwrap().unwrap();
        assert_eq!((second.line, second.bytes), (2, &b"b,2"[..]));
        assert!(records.next().unwrap().is_none());
    }
}
