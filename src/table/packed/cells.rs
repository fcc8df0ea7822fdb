//! Finished columns, and how they are read.

use std::ops::Range;

use super::part::{Data, Room, Rows};
use crate::table::bits::Bits;
use crate::table::storage::Storage;
use crate::table::stretch::{BLOCK, PART};

/// The cells of a column.
#[derive(Debug, Clone, Default)]
pub struct Cells {
    pub(super) parts: Vec<Part>,
    pub(super) rows: usize,
    pub(super) storage: Storage,
}

#[derive(Debug, Clone)]
pub(super) struct Part {
    pub(super) data: Data,
    /// Rows with a cell.
    pub(super) present: Rows,
    /// Rows whose number was written without a point and an exponent.
    pub(super) whole: Rows,
    /// Cells in the stretches before.
    pub(super) before: usize,
}

/// Consecutive cells of numbers.
#[derive(Debug, Clone, Copy)]
pub struct Block<'a> {
    /// The row of the first.
    pub first_row: usize,
    /// The numbers; where a cell has none, something arbitrary.
    pub numbers: &'a [f64],
    present: Option<(&'a Bits, usize)>,
    whole: WrittenWhole<'a>,
}

/// Which numbers of a block were written without a point and an exponent.
#[derive(Debug, Clone, Copy)]
enum WrittenWhole<'a> {
    Alike(bool),
    Each(&'a Bits, usize),
}

impl Block<'_> {
    /// Whether the number at an offset into this block was written without a point and an exponent.
    pub fn is_whole(&self, offset: usize) -> bool {
        match self.whole {
            WrittenWhole::Alike(whole) => whole,
            WrittenWhole::Each(bits, from) => bits.get(from + offset),
        }
    }

    /// Whether every cell holds a number.
    pub fn is_full(&self) -> bool {
        self.present.is_none()
    }

    /// Whether the cell at an offset into this block holds a number.
    pub fn has(&self, offset: usize) -> bool {
        self.present.is_none_or(|(bits, from)| bits.get(from + offset))
    }

    /// Appends the numbers of the cells that hold one. Few gaps, or few cells between them, are passed over by words of 64 rows.
    fn copy_present(&self, to: &mut Vec<f64>) {
        let Some((bits, from)) = self.present else {
            to.extend_from_slice(self.numbers);
            return;
        };
        let mut rest = self.numbers;
        let mut row = from;
        while !rest.is_empty() {
            let (numbers, later) = rest.split_at(rest.len().min(64 - row % 64));
            let all = u64::MAX >> (64 - numbers.len());
            let mut here = bits.words().get(row / 64).map_or(0, |word| word >> (row % 64)) & all;
            if here == all {
                to.extend_from_slice(numbers);
            } else {
                while here != 0 {
                    to.push(numbers[here.trailing_zeros() as usize]);
                    here &= here - 1;
                }
            }
            row += numbers.len();
            rest = later;
        }
    }
}

impl Cells {
    /// A column without rows.
    pub const EMPTY: Self = Self { parts: Vec::new(), rows: 0, storage: Storage::MEMORY };

    /// How many rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// How many rows have a cell.
    pub fn count(&self) -> usize {
        self.parts.last().map_or(0, |part| part.before + self.present_in(self.parts.len() - 1))
    }

    fn present_in(&self, index: usize) -> usize {
        match &self.parts[index].present {
            Rows::None => 0,
            Rows::All => self.rows_of(index).len(),
            mixed => mixed.mixed().map_or(0, |bits| bits.count()),
        }
    }

    fn rows_of(&self, index: usize) -> Range<usize> {
        index * PART..((index + 1) * PART).min(self.rows)
    }

    /// Whether the row has a cell.
    pub fn is_present(&self, row: usize) -> bool {
        row < self.rows && self.parts[row / PART].present.get(row % PART)
    }

    /// Whether the row's number was written without a point and an exponent.
    pub fn is_whole(&self, row: usize) -> bool {
        row < self.rows && self.parts[row / PART].whole.get(row % PART)
    }

    /// The number of a row.
    pub fn number(&self, row: usize) -> Option<f64> {
        let within = row % PART;
        self.is_present(row)
            .then(|| self.parts[row / PART].data.numbers(within, within + 1, &mut Room::default()).first().copied())?
    }

    /// The codes of all rows, copied.
    pub fn codes(&self) -> Vec<u32> {
        let mut codes = Vec::with_capacity(self.rows());
        self.visit_codes(0..self.rows(), |_, block| codes.extend_from_slice(block));
        codes
    }

    /// The code of a row.
    pub fn code(&self, row: usize) -> Option<u32> {
        let within = row % PART;
        self.parts
            .get(row / PART)
            .filter(|_| row < self.rows)?
            .data
            .codes(within, within + 1, &mut Room::default())
            .first()
            .copied()
    }

    /// The row of the present cell of that number, counted from 0; the number of rows beyond the last.
    pub fn row_of(&self, index: usize) -> usize {
        let number = self.parts.partition_point(|part| part.before <= index).saturating_sub(1);
        let Some(part) = self.parts.get(number) else { return self.rows };
        let within = index - part.before;
        let row = match &part.present {
            Rows::All => within,
            Rows::None => PART,
            mixed => mixed.mixed().and_then(|bits| bits.nth(within)).unwrap_or(PART),
        };
        (number * PART + row).min(self.rows)
    }

    /// How many cells stand in rows before a row.
    pub fn before(&self, row: usize) -> usize {
        let row = row.min(self.rows);
        let Some(part) = self.parts.get(row / PART) else { return self.count() };
        part.before
            + match &part.present {
                Rows::All => row % PART,
                Rows::None => 0,
                mixed => mixed.mixed().map_or(0, |bits| bits.count_before(row % PART)),
            }
    }

    /// Hands over the numbers of a range of rows, absent ones included, in order, in blocks of at most [`BLOCK`].
    pub fn visit(&self, rows: Range<usize>, mut take: impl FnMut(Block<'_>)) {
        let mut room = Room::default();
        self.visit_with(rows, &mut room, &mut take);
    }

    fn visit_with(&self, rows: Range<usize>, room: &mut Room, take: &mut impl FnMut(Block<'_>)) {
        let until = rows.end.min(self.rows);
        let mut row = rows.start;
        while row < until {
            let number = row / PART;
            let part = &self.parts[number];
            let present = part.present.mixed();
            let whole = part.whole.mixed();
            let nothing = matches!(part.present, Rows::None).then(Bits::default);
            let end = ((number + 1) * PART).min(until);
            while row < end {
                let last = (row + BLOCK).min(end);
                let (from, to) = (row % PART, row % PART + (last - row));
                let numbers = part.data.numbers(from, to, room);
                let present = present.as_deref().or(nothing.as_ref()).map(|bits| (bits, from));
                let whole = match &whole {
                    Some(bits) => WrittenWhole::Each(bits, from),
                    None => WrittenWhole::Alike(matches!(part.whole, Rows::All)),
                };
                take(Block { first_row: row, numbers, present, whole });
                row = last;
            }
        }
    }

    /// Hands over the codes of a range of rows, in order, in blocks of at most [`BLOCK`], each with its first row.
    pub fn visit_codes(&self, rows: Range<usize>, mut take: impl FnMut(usize, &[u32])) {
        let mut room = Room::default();
        let until = rows.end.min(self.rows);
        let mut row = rows.start;
        while row < until {
            let number = row / PART;
            let last = (row + BLOCK).min((number + 1) * PART).min(until);
            let (from, to) = (row % PART, row % PART + (last - row));
            take(row, self.parts[number].data.codes(from, to, &mut room));
            row = last;
        }
    }

    /// Hands over the numbers that are present in a range of present cells, in order, without gaps.
    pub fn visit_present(&self, cells: Range<usize>, mut take: impl FnMut(&[f64])) {
        if cells.is_empty() {
            return;
        }
        let mut dense: Vec<f64> = Vec::new();
        let mut left = cells.len();
        let mut room = Room::default();
        let rows = self.row_of(cells.start)..self.row_of(cells.end - 1) + 1;
        self.visit_with(rows, &mut room, &mut |block: Block<'_>| {
            if block.is_full() {
                let length = block.numbers.len().min(left);
                take(&block.numbers[..length]);
                left -= length;
                return;
            }
            dense.clear();
            block.copy_present(&mut dense);
            let length = dense.len().min(left);
            if length > 0 {
                take(&dense[..length]);
            }
            left -= length;
        });
    }

    /// Where it is kept.
    pub fn storage(&self) -> &Storage {
        &self.storage
    }

    /// How many rows have a number that was written without a point and an exponent.
    pub fn count_whole(&self) -> usize {
        let in_part = |index: usize| match &self.parts[index].whole {
            Rows::None => 0,
            Rows::All => self.rows_of(index).len(),
            mixed => mixed.mixed().map_or(0, |bits| bits.count()),
        };
        (0..self.parts.len()).map(in_part).sum()
    }

    /// Whether all numbers that are present are so.
    pub fn all(&self, so: impl FnMut(f64) -> bool) -> bool {
        let mut so = so;
        let count = self.count();
        (0..count).step_by(PART).all(|from| {
            let mut all = true;
            self.visit_present(from..(from + PART).min(count), |block| {
                all = all && block.iter().all(|number| so(*number));
            });
            all
        })
    }

    /// Whether all numbers that are present are nearer to zero than `limit`. Most stretches say so by their form.
    pub fn are_below(&self, limit: f64) -> bool {
        let of_part = |index: usize| {
            let until = self.parts.get(index + 1).map_or(self.count(), |next| next.before);
            let mut below = true;
            self.visit_present(self.parts[index].before..until, |block| {
                below = below && block.iter().all(|number| number.abs() < limit);
            });
            below
        };
        (0..self.parts.len()).all(|index| self.parts[index].data.is_surely_below(limit) || of_part(index))
    }

    /// Whether the form of all stretches says that every number is at least `low` and below `high`.
    pub fn are_surely_within(&self, low: f64, high: f64) -> bool {
        self.parts.iter().all(|part| part.data.is_surely_within(low, high))
    }

    /// Whether a number may be a negative zero.
    pub fn may_hold_negative_zeros(&self) -> bool {
        self.parts.iter().any(|part| part.data.may_hold_negative_zeros())
    }

    /// The least and the largest number that are present; nothing where none is.
    pub fn extremes(&self) -> Option<(f64, f64)> {
        let mut found: Option<(f64, f64)> = None;
        self.visit_present(0..self.count(), |block| {
            for number in block {
                let (low, high) = found.unwrap_or((*number, *number));
                found = Some((low.min(*number), high.max(*number)));
            }
        });
        found
    }

    /// Whether it is so from each number that is present to the next one that is.
    pub fn all_steps(&self, mut so: impl FnMut(f64, f64) -> bool) -> bool {
        let mut before = None;
        self.all(|number| before.replace(number).is_none_or(|before| so(before, number)))
    }

    /// At most about `most` of the numbers that are present, in equal distances.
    pub fn some(&self, most: usize) -> Vec<f64> {
        let count = self.count();
        let step = count.div_ceil(most.max(1)).max(1);
        let mut some = Vec::with_capacity(count / step + 1);
        let mut index = 0;
        self.visit_present(0..count, |block| {
            let first = (step - index % step) % step;
            some.extend(block.iter().skip(first).step_by(step));
            index += block.len();
        });
        some
    }

    /// The cells of some rows, and those of all others: both have every row, and share what the cells hold. `wanted` is asked for
    /// one stretch of rows after the other, and has a bit for each of its rows.
    pub fn split(&self, mut wanted: impl FnMut(Range<usize>) -> Bits) -> (Self, Self) {
        let mut some =
            Self { parts: Vec::with_capacity(self.parts.len()), rows: self.rows, storage: self.storage.clone() };
        let mut others = some.clone();
        let (mut so_many, mut more) = (0, 0);
        for (index, part) in self.parts.iter().enumerate() {
            let rows = self.rows_of(index);
            let bits = wanted(rows.clone());
            let of_word = |word: usize| bits.words().get(word).copied().unwrap_or_default();
            so_many = some.push_narrowed(part, so_many, rows.len(), of_word);
            more = others.push_narrowed(part, more, rows.len(), |word| !of_word(word));
        }
        (some, others)
    }

    /// Appends a stretch of another column, of which only some rows are to have a cell: by words of 64 rows.
    /// Returns how many cells there are by then.
    fn push_narrowed(&mut self, part: &Part, before: usize, rows: usize, wanted: impl Fn(usize) -> u64) -> usize {
        let mixed = part.present.mixed();
        let of_all = if matches!(part.present, Rows::None) { 0 } else { u64::MAX };
        let present = |word: usize| mixed.as_ref().map_or(of_all, |bits| bits.words()[word]);
        let words = (0..rows.div_ceil(64)).map(|word| present(word) & wanted(word)).collect();
        let bits = Bits::from_words(words, rows);
        let is_mixed = !matches!(bits.count(), count if count == 0 || count == rows);
        let held = !is_mixed || self.storage.holds(bits.words().len() * 8);
        let present = Rows::of(&bits, rows, &self.storage, held);
        self.parts.push(Part { data: part.data.clone(), present, whole: part.whole.clone(), before });
        before + bits.count()
    }

    /// Every number, in the order of rows.
    pub fn iter(&self) -> impl Iterator<Item = Option<f64>> + '_ {
        let step = BLOCK;
        (0..self.rows.div_ceil(step)).flat_map(move |block| {
            let mut cells = Vec::with_capacity(step);
            self.visit(block * step..((block + 1) * step).min(self.rows), |block| {
                cells.extend((0..block.numbers.len()).map(|offset| block.has(offset).then(|| block.numbers[offset])));
            });
            cells
        })
    }

    /// Hands over the instants of a range of rows, absent ones included, in order, in nanoseconds since 1970.
    pub fn visit_instants_of(&self, rows: Range<usize>, mut take: impl FnMut(Option<i64>)) {
        let until = rows.end.min(self.rows);
        let mut row = rows.start;
        while row < until {
            let part = &self.parts[row / PART];
            let last = ((row / PART + 1) * PART).min(until);
            let (from, to) = (row % PART, row % PART + (last - row));
            let instants = part.data.instants(from, to);
            (from..to).zip(instants).for_each(|(row, instant)| take(part.present.get(row).then_some(instant)));
            row = last;
        }
    }

    /// Every instant, in the order of rows, in nanoseconds since 1970.
    pub fn instants(&self) -> impl Iterator<Item = Option<i64>> + '_ {
        self.parts.iter().enumerate().flat_map(move |(index, part)| {
            let instants = part.data.instants(0, self.rows_of(index).len());
            instants.into_iter().enumerate().map(|(row, instant)| part.present.get(row).then_some(instant))
        })
    }
}

/// Cells that are read again and again, with room of their own.
pub struct Reader<'a> {
    cells: &'a Cells,
    room: Room,
    codes: Vec<u32>,
}

impl<'a> Reader<'a> {
    /// Of a column.
    pub fn new(cells: &'a Cells) -> Self {
        Self { cells, room: Room::default(), codes: Vec::new() }
    }

    /// The codes of a range of rows.
    pub fn codes(&mut self, rows: Range<usize>) -> &[u32] {
        let (first, last) = (rows.start / PART, rows.end.saturating_sub(1) / PART);
        if first == last
            && let Some(part) = self.cells.parts.get(first)
        {
            return part.data.codes(rows.start % PART, rows.start % PART + rows.len(), &mut self.room);
        }
        self.codes.clear();
        let codes = &mut self.codes;
        self.cells.visit_codes(rows, |_, block| codes.extend_from_slice(block));
        &self.codes
    }
}
