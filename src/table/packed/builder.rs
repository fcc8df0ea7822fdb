//! Columns that grow, and the cells of a column partitioned into several.

use std::ops::Range;

use super::cells::{Cells, Part};
use super::part::{self, Rows};
use crate::table::bits::Bits;
use crate::table::storage::Storage;
use crate::table::stretch::{Kind, PART};

/// A column that grows.
#[derive(Debug, Default)]
pub struct CellsBuilder {
    done: Cells,
    open: Open,
    present: Bits,
    whole: Bits,
    storage: Storage,
}

/// The cells behind the last finished stretch.
#[derive(Debug)]
enum Open {
    Numbers(Vec<f64>),
    Codes(Vec<u32>),
    Instants(Vec<i64>),
}

impl Default for Open {
    fn default() -> Self {
        Self::Numbers(Vec::new())
    }
}

impl CellsBuilder {
    /// A column of a kind.
    pub fn of(kind: Kind, storage: Storage) -> Self {
        match kind {
            Kind::Numbers => Self::numbers(storage),
            Kind::Codes => Self::codes(storage),
            Kind::Instants => Self::instants(storage),
        }
    }

    /// A column of numbers.
    pub fn numbers(storage: Storage) -> Self {
        Self { storage, ..Self::default() }
    }

    /// A column of codes.
    pub fn codes(storage: Storage) -> Self {
        Self { storage, open: Open::Codes(Vec::new()), ..Self::default() }
    }

    /// A column of instants.
    pub fn instants(storage: Storage) -> Self {
        Self { storage, open: Open::Instants(Vec::new()), ..Self::default() }
    }

    fn open_rows(&self) -> usize {
        match &self.open {
            Open::Numbers(numbers) => numbers.len(),
            Open::Codes(codes) => codes.len(),
            Open::Instants(instants) => instants.len(),
        }
    }

    /// Rows taken.
    pub fn rows(&self) -> usize {
        self.done.rows + self.open_rows()
    }

    /// The last row stays open until another one comes.
    fn room(&mut self) -> usize {
        if self.open_rows() == PART {
            self.seal();
        }
        PART - self.open_rows()
    }

    /// Takes a number; `whole` says whether it was written without a point and an exponent.
    pub fn push_number(&mut self, number: f64, whole: bool) {
        self.room();
        if let Open::Numbers(numbers) = &mut self.open {
            numbers.push(number);
            self.present.push(true);
            self.whole.push(whole);
        }
    }

    /// Takes a row without a cell.
    pub fn push_absent(&mut self) {
        self.room();
        match &mut self.open {
            // Like its neighbour, so that it does not widen them.
            Open::Numbers(numbers) => numbers.push(numbers.last().copied().unwrap_or_default()),
            Open::Codes(codes) => codes.push(0),
            Open::Instants(instants) => instants.push(0),
        }
        self.present.push(false);
        self.whole.push(false);
    }

    /// Takes a code.
    pub fn push_code(&mut self, code: u32) {
        self.room();
        if let Open::Codes(codes) = &mut self.open {
            codes.push(code);
        }
    }

    /// Takes an instant.
    pub fn push_instant(&mut self, instant: Option<i64>) {
        self.room();
        if let Open::Instants(instants) = &mut self.open {
            instants.push(instant.unwrap_or_default());
            self.present.push(instant.is_some());
        }
    }

    /// Takes numbers of which all are there and all were written in one way: without a point and an exponent, or with them.
    pub fn extend_alike(&mut self, numbers: &[f64], whole: bool) {
        let mut from = 0;
        while from < numbers.len() {
            let until = numbers.len().min(from + self.room());
            if let Open::Numbers(open) = &mut self.open {
                open.extend_from_slice(&numbers[from..until]);
            }
            self.present.extend_same(true, until - from);
            self.whole.extend_same(whole, until - from);
            from = until;
        }
    }

    /// Takes numbers. `absent` and `whole` say of an index whether there is none, and whether it was written as a whole one.
    pub fn extend_numbers(&mut self, numbers: &[f64], absent: impl Fn(usize) -> bool, whole: impl Fn(usize) -> bool) {
        let mut from = 0;
        while from < numbers.len() {
            let until = numbers.len().min(from + self.room());
            if let Open::Numbers(open) = &mut self.open {
                open.extend_from_slice(&numbers[from..until]);
            }
            self.present.extend((from..until).map(|index| !absent(index)));
            self.whole.extend((from..until).map(&whole));
            from = until;
        }
    }

    /// Takes codes.
    pub fn extend_codes(&mut self, codes: impl ExactSizeIterator<Item = u32>) {
        let mut codes = codes;
        while codes.len() > 0 {
            let room = self.room();
            if let Open::Codes(open) = &mut self.open {
                open.extend(codes.by_ref().take(room));
            } else {
                return;
            }
        }
    }

    /// The last row has no cell after all.
    pub fn forget_last(&mut self) {
        let last = self.open_rows();
        if last > 0 {
            self.present.set(last - 1, false);
        }
    }

    fn seal(&mut self) {
        let rows = self.open_rows();
        let before = self.done.count();
        let all = || Bits::from_words(vec![u64::MAX; rows.div_ceil(64)], rows);
        let (data, held) = match &mut self.open {
            Open::Numbers(numbers) => part::pack(numbers, &self.storage),
            Open::Codes(codes) => (part::pack_codes(codes, &self.storage), true),
            Open::Instants(instants) => part::pack_instants(instants, &self.storage),
        };
        let present = match &self.open {
            Open::Codes(_) => all(),
            _ => std::mem::take(&mut self.present),
        };
        let whole = std::mem::take(&mut self.whole);
        match &mut self.open {
            Open::Numbers(numbers) => numbers.clear(),
            Open::Codes(codes) => codes.clear(),
            Open::Instants(instants) => instants.clear(),
        }
        self.done.parts.push(Part {
            data,
            present: Rows::of(&present, rows, &self.storage, held),
            whole: Rows::of(&whole, rows, &self.storage, held),
            before,
        });
        self.done.rows += rows;
    }

    /// The finished column.
    pub fn finish(mut self) -> Cells {
        if self.open_rows() > 0 {
            self.seal();
        }
        self.done.storage = self.storage;
        self.done.parts.shrink_to_fit();
        self.done
    }
}

impl Cells {
    /// A column that grows, kept where this one is.
    pub fn to_builder(&self, kind: Kind) -> CellsBuilder {
        CellsBuilder::of(kind, self.storage.clone())
    }

    /// Partitions the cells into columns: `place_of` gives for a range of rows the column of each, and none beyond the
    /// last.
    pub fn partitioned(
        &self,
        kind: Kind,
        columns: usize,
        mut place_of: impl FnMut(Range<usize>, &mut Vec<u32>),
    ) -> Vec<Self> {
        let mut partitioned: Vec<CellsBuilder> = (0..columns).map(|_| self.to_builder(kind)).collect();
        let mut places = Vec::new();
        match kind {
            Kind::Numbers => self.visit(0..self.rows, |block| {
                places.clear();
                place_of(block.first_row..block.first_row + block.numbers.len(), &mut places);
                for (offset, (number, place)) in block.numbers.iter().zip(&places).enumerate() {
                    let Some(column) = partitioned.get_mut(*place as usize) else { continue };
                    if block.has(offset) {
                        column.push_number(*number, block.is_whole(offset));
                    } else {
                        column.push_absent();
                    }
                }
            }),
            Kind::Codes => self.visit_codes(0..self.rows, |first_row, codes| {
                places.clear();
                place_of(first_row..first_row + codes.len(), &mut places);
                for (code, place) in codes.iter().zip(&places) {
                    if let Some(column) = partitioned.get_mut(*place as usize) {
                        column.push_code(*code);
                    }
                }
            }),
            Kind::Instants => {
                for (row, instant) in self.instants().enumerate() {
                    places.clear();
                    place_of(row..row + 1, &mut places);
                    if let Some(column) = places.first().and_then(|place| partitioned.get_mut(*place as usize)) {
                        column.push_instant(instant);
                    }
                }
            }
        }
        partitioned.into_iter().map(CellsBuilder::finish).collect()
    }
}
