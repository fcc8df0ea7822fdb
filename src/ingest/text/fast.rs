//! Rows that are plainly rows of the current table, read a block at a time and on any thread.
//!
//! In: whole lines, and what a row of the current table looks like ([`Schema`]). Out: a [`Part`]: typed columns of the
//! rows that `Sections::try_take` would take without another look, and where they stand. Everything else (a header,
//! a row of another width, a word among numbers, a blank line, a comment, a quote with anything special about it) is
//! left out: the caller gives those lines to the careful path, in their order. Decides nothing by itself.

use std::collections::HashMap;

use foldhash::fast::FixedState;
use memchr::{Memchr2, memchr, memchr2_iter};

use crate::table::{CellType, Shape};

use crate::ingest::builder::TableBuilder;
use crate::ingest::meaning::clock;
use crate::ingest::text::cells::{self, DecimalMark, Look};
use crate::ingest::text::parts::{ABSENT, NO_DIGITS, NumberPart, Part, PartColumn, Schema, Span, TextPart, WITH_UNIT};

/// Up to this length every mantissa is a whole number below 2^53, and one division rounds correctly (Clinger 1990).
const EXACT_DIGITS: usize = 15;
/// Powers of ten that `f64` holds exactly and [`EXACT_DIGITS`] can ask for.
const POWERS: [f64; EXACT_DIGITS + 1] =
    [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];

/// Reads the rows of a block; `block` ends in a line break.
pub(crate) fn parse(block: &[u8], schema: &Schema, table: &TableBuilder) -> Part {
    let texts_are_valid = block.is_ascii() || std::str::from_utf8(block).is_ok();
    let mut reader = BlockReader::new(block, schema, table);
    let quotes = schema.quotes && memchr(b'"', block).is_some();
    match schema.delimiter {
        Some(delimiter) if !quotes && texts_are_valid && schema.trailing.is_none() => reader.read_plain(delimiter),
        _ => reader.read_lines(texts_are_valid, |line, cells| split(line, quotes, schema, cells)),
    }
    reader.finish()
}

/// The same for lines that are split by `split`, which says whether a line is plainly a row.
pub(crate) fn parse_with(
    block: &[u8],
    schema: &Schema,
    table: &TableBuilder,
    split: impl FnMut(&[u8], &mut Vec<(usize, usize)>) -> bool,
) -> Part {
    let valid = block.is_ascii() || std::str::from_utf8(block).is_ok();
    let mut reader = BlockReader::new(block, schema, table);
    reader.read_lines(valid, split);
    reader.finish()
}

/// Texts new to the table, with the codes they will have if nothing comes between.
type NewTexts<'b> = HashMap<&'b [u8], u32, FixedState>;

/// A column on its way.
struct Column<'b> {
    cells: CellType,
    part: PartColumn,
    new: NewTexts<'b>,
    cache: Cache,
}

/// Codes of short texts that were looked up just now: most columns of text take turns among a few.
struct Cache {
    slots: Vec<(u64, u64, usize, u32)>,
}

impl Cache {
    /// Two kilobytes: as many kinds of events as most files have.
    const SLOTS: usize = 64;

    fn new(cells: CellType) -> Self {
        let is_text = matches!(cells, CellType::Text | CellType::Boolean);
        Self { slots: if is_text { vec![(0, 0, usize::MAX, 0); Self::SLOTS] } else { Vec::new() } }
    }

    #[inline]
    fn get_or(&mut self, text: &[u8], look_up: impl FnOnce() -> Option<u32>) -> Option<u32> {
        /// 2^64 divided by the golden ratio (Knuth, TAOCP 6.4): spreads what differs in a few bits.
        const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;
        // The first and the last eight bytes are all bytes of a text of 8 to 16.
        let (Some(first), Some(last)) = (text.first_chunk::<8>(), text.last_chunk::<8>()) else { return look_up() };
        if text.len() > 16 {
            return look_up();
        }
        let (first, last) = (u64::from_le_bytes(*first), u64::from_le_bytes(*last));
        let hash = (first.rotate_left(23) ^ last).wrapping_mul(SPREAD) >> 58;
        let Some(slot) = self.slots.get_mut(hash as usize) else { return look_up() };
        if (slot.0, slot.1, slot.2) == (first, last, text.len()) {
            return Some(slot.3);
        }
        let code = look_up()?;
        *slot = (first, last, text.len(), code);
        Some(code)
    }
}

struct BlockReader<'b, 's> {
    block: &'b [u8],
    schema: &'s Schema,
    table: &'s TableBuilder,
    columns: Vec<Column<'b>>,
    spans: Vec<Span>,
    rows: usize,
    absent: Vec<(u32, u32)>,
    knows_a_label: bool,
}

impl<'b, 's> BlockReader<'b, 's> {
    fn new(block: &'b [u8], schema: &'s Schema, table: &'s TableBuilder) -> Self {
        /// Shorter rows are rare; longer ones waste a little.
        const BYTES_A_CELL: usize = 12;
        let rows = block.len() / (BYTES_A_CELL * schema.cells.len().max(1)) + 1;
        let column = |(index, cells): (usize, &CellType)| {
            let part = match cells {
                CellType::Text | CellType::Boolean => PartColumn::Texts(TextPart {
                    codes: Vec::with_capacity(rows),
                    known: table.texts_in(index),
                    new: Vec::new(),
                }),
                CellType::Timestamp => PartColumn::Instants(Vec::with_capacity(rows)),
                CellType::Integer | CellType::Decimal | CellType::Quantity(_) => PartColumn::Numbers(NumberPart {
                    values: Vec::with_capacity(rows),
                    digits: Vec::with_capacity(rows),
                }),
            };
            Column { cells: *cells, part, new: NewTexts::default(), cache: Cache::new(*cells) }
        };
        let columns = schema.cells.iter().enumerate().map(column).collect();
        Self { block, schema, table, columns, spans: Vec::new(), rows: 0, absent: Vec::new(), knows_a_label: false }
    }

    /// Lines without quotes: one pass over delimiters and line breaks.
    fn read_plain(&mut self, delimiter: u8) {
        let mut marks = memchr2_iter(delimiter, b'\n', self.block);
        let mut start = 0;
        while start < self.block.len() {
            let (plain, next) = self.read_plain_row(start, &mut marks);
            self.close_row(plain, start, next);
            start = next;
        }
    }

    /// One line; whether it is plainly a row, and where the next one begins.
    fn read_plain_row(&mut self, start: usize, marks: &mut Memchr2<'_>) -> (bool, usize) {
        let block = self.block;
        let width = self.columns.len();
        let mut odd = matches!(block[start], b'#' | b'\t' | b' ' | b'\r' | b'\x0c' | b'\n');
        let mut cell_start = start;
        for (index, mark) in marks.by_ref().enumerate() {
            let last = block[mark] == b'\n';
            let mut end = mark;
            if last && end > start && block[end - 1] == b'\r' && end > cell_start {
                end -= 1;
            }
            odd = odd || last != (index + 1 == width);
            odd = odd || !self.take_cell(index, &block[cell_start..end]);
            cell_start = mark + 1;
            if last {
                return (!odd, mark + 1);
            }
        }
        (false, block.len())
    }

    /// Lines of any kind: found first, then split by `split`, which says whether that was simple.
    fn read_lines(&mut self, valid: bool, mut split: impl FnMut(&[u8], &mut Vec<(usize, usize)>) -> bool) {
        let block = self.block;
        let mut cells: Vec<(usize, usize)> = Vec::new();
        let mut start = 0;
        while start < block.len() {
            let next = memchr(b'\n', &block[start..]).map_or(block.len(), |length| start + length + 1);
            let line = block[start..next].strip_suffix(b"\n").unwrap_or(&block[start..next]);
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            let blank = matches!(line.first(), None | Some(b'#' | b'\t' | b' ' | b'\r' | b'\x0c' | b'\n'));
            let mut odd = blank || !(valid || std::str::from_utf8(line).is_ok());
            odd = odd || !split(line, &mut cells) || cells.len() != self.columns.len();
            let plain =
                !odd && cells.iter().enumerate().all(|(index, &(from, to))| self.take_cell(index, &line[from..to]));
            self.close_row(plain, start, next);
            start = next;
        }
    }

    /// Takes a cell into its column, for the time being. Says whether it is plainly what the column holds.
    #[inline]
    fn take_cell(&mut self, index: usize, cell: &'b [u8]) -> bool {
        let cell = trimmed(cell);
        let (mark, strict) = (self.schema.mark, self.schema.strict);
        let Some(column) = self.columns.get_mut(index) else { return false };
        match &mut column.part {
            PartColumn::Numbers(part) => {
                let number = match column.cells {
                    CellType::Quantity(dimension) => cells::quantity(cell, mark)
                        .filter(|(_, found)| *found == dimension)
                        .map(|(value, _)| (value, if cell.contains(&b':') { NO_DIGITS } else { WITH_UNIT })),
                    _ => number(cell, mark),
                };
                let Some((value, digits)) = number else {
                    if strict || !cell.is_empty() {
                        return false;
                    }
                    self.absent.push((self.rows as u32, index as u32));
                    part.values.push(0.0);
                    part.digits.push(ABSENT);
                    return true;
                };
                let fits = match column.cells {
                    CellType::Integer => digits == 0,
                    CellType::Decimal => digits != 0,
                    _ => cells::look(cell, mark) == Look::Quantity(quantity_of(column.cells)),
                };
                if strict && !fits {
                    return false;
                }
                part.values.push(value);
                part.digits.push(digits);
            }
            PartColumn::Texts(part) => {
                if strict && !fits_as_text(cell, column.cells, mark) {
                    return false;
                }
                let known = column.cache.get_or(cell, || self.table.code_of(index, cell));
                if self.schema.known_label && known.is_some() && cells::look(cell, mark) == Look::Text {
                    self.knows_a_label = true;
                }
                let code = known.unwrap_or_else(|| {
                    *column.new.entry(cell).or_insert_with(|| {
                        part.new.push(cell.into());
                        part.known + part.new.len() as u32 - 1
                    })
                });
                part.codes.push(code);
            }
            PartColumn::Instants(instants) => {
                let instant = clock::instant(cell);
                let fits = if strict {
                    cells::look(cell, mark) == Look::Timestamp
                } else {
                    instant.is_some() || cell.is_empty()
                };
                if !fits {
                    return false;
                }
                if instant.is_none() {
                    self.absent.push((self.rows as u32, index as u32));
                }
                instants.push(instant);
            }
        }
        true
    }

    /// Keeps the row, or takes back what its cells left in the columns.
    fn close_row(&mut self, plain: bool, start: usize, end: usize) {
        let row = self.rows;
        let mut odd = !plain || (self.schema.known_label && !self.knows_a_label);
        self.knows_a_label = false;
        if let Some(&(last, _)) = self.absent.last()
            && last as usize == row
        {
            // A row of nothing but absent cells is worth another look.
            let absent = self.absent.iter().rev().take_while(|(of, _)| *of as usize == row).count();
            odd |= absent == self.columns.len();
        }
        if odd {
            self.take_back();
            return;
        }
        self.rows += 1;
        match self.spans.last_mut() {
            Some(span) if span.end == start => {
                span.end = end;
                span.rows += 1;
            }
            _ => self.spans.push(Span { start, end, first: row, rows: 1 }),
        }
    }

    #[cold]
    fn take_back(&mut self) {
        let row = self.rows;
        while self.absent.last().is_some_and(|(of, _)| *of as usize == row) {
            self.absent.pop();
        }
        for column in &mut self.columns {
            match &mut column.part {
                PartColumn::Numbers(part) => {
                    part.values.truncate(row);
                    part.digits.truncate(row);
                }
                PartColumn::Texts(part) => {
                    // A text that only this row had must not become a label; it would be the newest one.
                    let newest = part.known + part.new.len() as u32;
                    let fresh = |code: &u32| *code >= part.known && *code + 1 == newest;
                    if part.codes.get(row).is_some_and(|code| fresh(code) && !part.codes[..row].contains(code))
                        && let Some(text) = part.new.pop()
                    {
                        column.new.remove(&*text);
                    }
                    part.codes.truncate(row);
                }
                PartColumn::Instants(instants) => instants.truncate(row),
            }
        }
    }

    fn finish(self) -> Part {
        let columns = self.columns.into_iter().map(|column| column.part).collect();
        Part { columns, spans: self.spans, absent: self.absent }
    }
}

/// Splits a line into cells. Says whether that was simple: each quote opens or closes a whole cell.
fn split(line: &[u8], quotes: bool, schema: &Schema, cells: &mut Vec<(usize, usize)>) -> bool {
    cells.clear();
    let Some(delimiter) = schema.delimiter else {
        cells.push((0, line.len()));
        return !quotes || memchr(b'"', line).is_none();
    };
    let quotes = quotes && memchr(b'"', line).is_some();
    let mut start = 0;
    loop {
        if quotes && line.get(start) == Some(&b'"') {
            let Some(length) = memchr(b'"', &line[start + 1..]) else { return false };
            let end = start + 1 + length;
            cells.push((start + 1, end));
            match line.get(end + 1) {
                None => break,
                Some(&byte) if byte == delimiter => start = end + 2,
                Some(_) => return false,
            }
            continue;
        }
        let length = memchr(delimiter, &line[start..]);
        let end = length.map_or(line.len(), |length| start + length);
        if quotes && memchr(b'"', &line[start..end]).is_some() {
            return false;
        }
        cells.push((start, end));
        if length.is_none() {
            break;
        }
        start = end + 1;
    }
    let empty = cells.last().is_some_and(|(from, to)| from == to);
    if empty && schema.trailing.is_some_and(|width| cells.len() == width + 1) {
        cells.pop();
    }
    true
}

fn quantity_of(cells: CellType) -> crate::measure::unit::Dimension {
    match cells {
        CellType::Quantity(dimension) => dimension,
        _ => crate::measure::unit::Dimension::Unknown,
    }
}

/// Whether a cell strictly is what a column of text or booleans holds.
fn fits_as_text(cell: &[u8], column: CellType, mark: DecimalMark) -> bool {
    if column == CellType::Boolean {
        return cells::look(cell, mark) == Look::Boolean;
    }
    cells::number(cell, mark).is_none() && !cells::is_not_finite_word(cell)
}

/// The cell without blanks around it.
#[inline]
fn trimmed(cell: &[u8]) -> &[u8] {
    match (cell.first(), cell.last()) {
        (Some(first), Some(last)) if *first <= b' ' || *last <= b' ' => cell.trim_ascii(),
        _ => cell,
    }
}

/// A finite number and its digits after the point: what [`cells::number`] and [`cells::fraction_digits`] say, in one
/// pass for the usual forms.
#[inline]
fn number(cell: &[u8], mark: DecimalMark) -> Option<(f64, u8)> {
    if mark == DecimalMark::Point {
        let quick = if cell.len() <= EXACT_DIGITS + 1 { short_number(cell) } else { long_number(cell) };
        if quick.is_some() {
            return quick;
        }
    }
    let value = cells::number(cell, mark).filter(|value| value.is_finite())?;
    let digits = cells::fraction_digits(cell, mark).map_or(NO_DIGITS, |digits| digits.min(Shape::DIGITS - 1) as u8);
    Some((value, digits))
}

/// At most [`EXACT_DIGITS`] digits with a sign or a point, or both. Others are not for here.
#[inline]
fn short_number(cell: &[u8]) -> Option<(f64, u8)> {
    let (negative, body) = match cell.split_first() {
        Some((b'-', rest)) => (true, rest),
        _ => (false, cell),
    };
    let mut mantissa = 0_u64;
    let mut point = None;
    for (index, &byte) in body.iter().enumerate() {
        let digit = byte.wrapping_sub(b'0');
        if digit <= 9 {
            mantissa = mantissa * 10 + u64::from(digit);
        } else if byte == b'.' && point.is_none() {
            point = Some(index);
        } else {
            return None;
        }
    }
    let digits = match point {
        None => 0,
        Some(at) => body.len() - at - 1,
    };
    let figures = body.len() - usize::from(point.is_some());
    if figures == 0 || figures > EXACT_DIGITS || point == Some(0) || (point.is_some() && digits == 0) {
        return None;
    }
    let value = mantissa as f64 / POWERS[digits];
    Some((if negative { -value } else { value }, digits as u8))
}

/// Many digits with a point among the first of them, without an exponent.
#[inline]
fn long_number(cell: &[u8]) -> Option<(f64, u8)> {
    /// Where the point of a measured number is looked for before giving up.
    const WHOLE_PART: usize = 16;
    /// The bit that letters have and digits, signs and points lack.
    const LETTER: u64 = 0x4040_4040_4040_4040;
    let (words, rest) = cell.as_chunks::<8>();
    let letters = words.iter().fold(0, |seen, word| seen | (u64::from_le_bytes(*word) & LETTER));
    let letters = letters != 0 || rest.iter().any(|byte| byte & 0x40 != 0);
    let first = cell.first()?;
    if letters || !(first.is_ascii_digit() || *first == b'-') {
        return None;
    }
    let point = cell.iter().take(WHOLE_PART).position(|byte| *byte == b'.')?;
    let value: f64 = fast_float2::parse(cell).ok()?;
    let digits = cell.len() - point - 1;
    (value.is_finite() && digits > 0).then(|| (value, digits.min(Shape::DIGITS - 1) as u8))
}
