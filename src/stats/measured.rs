//! The cells of a metric that hold numbers, with the labels of their rows, looked at block by block.
//!
//! In: a column of numbers and, where rows have labels, the codes of them. Out: numbers as recorded, by index or in blocks in
//! recorded order, alone or with their labels. An index counts the cells that hold a number, not the rows. Copies nothing
//! that it does not have to unpack.

use std::ops::Range;

use rayon::prelude::*;

use crate::table::packed::{Cells, Reader};
use crate::table::storage::Storage;

/// Numbers that one thread looks at before it asks for more: some stretches of a column.
pub(crate) const PART: usize = 4 * crate::table::packed::PART;

/// A metric's numbers and their labels.
#[derive(Clone, Copy)]
pub(crate) struct LabelledNumbers<'a> {
    numbers: &'a Cells,
    labels: Option<&'a Cells>,
    count: usize,
    /// Whether every row holds a number, so that the index is the row.
    full: bool,
}

impl<'a> LabelledNumbers<'a> {
    /// The numbers of a column, and the labels of its rows.
    pub(crate) fn new(numbers: &'a Cells, labels: Option<&'a Cells>) -> Self {
        let count = numbers.count();
        Self { numbers, labels, count, full: count == numbers.rows() }
    }

    /// Where the numbers are kept.
    pub(crate) fn storage(&self) -> &'a Storage {
        self.numbers.storage()
    }

    /// The column itself.
    pub(crate) fn cells(&self) -> &'a Cells {
        self.numbers
    }

    /// How many numbers.
    pub(crate) fn len(&self) -> usize {
        self.count
    }

    /// Whether some rows hold no number.
    pub(crate) fn has_gaps(&self) -> bool {
        !self.full
    }

    /// Whether rows have labels.
    pub(crate) fn is_labelled(&self) -> bool {
        self.labels.is_some()
    }

    /// The row of a number.
    pub(crate) fn row(&self, index: usize) -> usize {
        if self.full { index } else { self.numbers.row_of(index) }
    }

    /// How many numbers stand in rows before a row.
    pub(crate) fn before(&self, row: usize) -> usize {
        if self.full { row.min(self.count) } else { self.numbers.before(row) }
    }

    /// The number of that index, which must exist, as recorded.
    pub(crate) fn at(&self, index: usize) -> f64 {
        self.numbers.number(self.row(index)).unwrap_or_default()
    }

    /// The label of a number.
    pub(crate) fn code(&self, index: usize) -> Option<u32> {
        self.labels?.code(self.row(index))
    }

    /// Whether the number was written without a point and an exponent.
    pub(crate) fn is_whole(&self, index: usize) -> bool {
        self.numbers.is_whole(self.row(index))
    }

    /// Hands over a range of numbers, in order, in blocks, each with the index of its first.
    pub(crate) fn visit(&self, range: Range<usize>, mut take: impl FnMut(usize, &[f64])) {
        let mut index = range.start;
        self.numbers.visit_present(range, |block| {
            take(index, block);
            index += block.len();
        });
    }

    /// Hands over a range of numbers with the labels of their rows; no labels where there are none.
    pub(crate) fn visit_labelled(&self, range: Range<usize>, mut take: impl FnMut(usize, &[f64], &[u32])) {
        let Some(labels) = self.labels else {
            self.visit(range, |index, numbers| take(index, numbers, &[]));
            return;
        };
        if range.is_empty() {
            return;
        }
        let mut reader = Reader::new(labels);
        let (mut numbers, mut codes) = (Vec::new(), Vec::new());
        let mut index = range.start;
        let rows = self.row(range.start)..self.row(range.end - 1) + 1;
        self.numbers.visit(rows, |block| {
            let of_rows = reader.codes(block.first_row..block.first_row + block.numbers.len());
            if block.is_full() {
                take(index, block.numbers, of_rows);
                index += block.numbers.len();
                return;
            }
            numbers.clear();
            codes.clear();
            for offset in (0..block.numbers.len()).filter(|offset| block.has(*offset)) {
                numbers.push(block.numbers[offset]);
                // A column that holds no codes gives no labels, full or not.
                codes.extend(of_rows.get(offset));
            }
            take(index, &numbers, &codes);
            index += numbers.len();
        });
    }

    /// Hands over the labels of a range of numbers.
    pub(crate) fn visit_codes(&self, range: Range<usize>, mut take: impl FnMut(usize, &[u32])) {
        let Some(labels) = self.labels else { return };
        if self.full {
            labels.visit_codes(range, take);
        } else {
            self.visit_labelled(range, |index, _, codes| take(index, codes));
        }
    }

    /// How many numbers have each of so many labels.
    pub(crate) fn labels_counted(&self, labels: usize) -> Vec<usize> {
        /// Of more labels no thread keeps counts of its own.
        const FEW: usize = 1 << 16;
        let count = |mut counts: Vec<usize>, part: Range<usize>| {
            self.visit_codes(part, |_, codes| {
                for code in codes {
                    if let Some(count) = counts.get_mut(*code as usize) {
                        *count += 1;
                    }
                }
            });
            counts
        };
        if labels > FEW {
            return count(vec![0; labels], 0..self.count);
        }
        let parts: Vec<Range<usize>> = self.parts().collect();
        parts.into_par_iter().fold(|| vec![0; labels], count).reduce(
            || vec![0; labels],
            |mut a, b| {
                a.iter_mut().zip(b).for_each(|(a, b)| *a += b);
                a
            },
        )
    }

    /// The numbers of a range, copied.
    pub(crate) fn copied(&self, range: Range<usize>) -> Vec<f64> {
        let mut copy = Vec::with_capacity(range.len());
        self.visit(range, |_, block| copy.extend_from_slice(block));
        copy
    }

    /// The ranges of indexes that threads look at, one after the other.
    pub(crate) fn parts(&self) -> impl ExactSizeIterator<Item = Range<usize>> + use<> {
        let count = self.count;
        (0..count.div_ceil(PART)).map(move |part| part * PART..((part + 1) * PART).min(count))
    }
}

/// Numbers around a place, unpacked: for looking at neighbours again and again.
pub(crate) struct Window<'a> {
    measured: LabelledNumbers<'a>,
    from: usize,
    numbers: Vec<f64>,
}

impl<'a> Window<'a> {
    /// Nothing unpacked yet.
    pub(crate) fn new(measured: LabelledNumbers<'a>) -> Self {
        Self { measured, from: 0, numbers: Vec::new() }
    }

    /// The numbers of a range that is shorter than a block.
    pub(crate) fn get(&mut self, range: Range<usize>) -> &[f64] {
        /// Numbers that are unpacked on either side.
        const AROUND: usize = 2048;
        if range.start < self.from || range.end > self.from + self.numbers.len() {
            self.from = range.start.saturating_sub(AROUND);
            let until = (range.end + AROUND).min(self.measured.len());
            self.numbers.clear();
            let numbers = &mut self.numbers;
            self.measured.visit(self.from..until, |_, block| numbers.extend_from_slice(block));
        }
        &self.numbers[range.start - self.from..range.end - self.from]
    }

    /// One number.
    pub(crate) fn at(&mut self, index: usize) -> f64 {
        self.get(index..index + 1)[0]
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::table::packed::CellsBuilder;
    use crate::table::storage::memory::MemorySpill;

    /// A column of numbers, each of them written with a fraction.
    pub(crate) fn column(values: &[f64]) -> Cells {
        let mut builder = CellsBuilder::numbers(Storage::default());
        builder.extend_numbers(values, |_| false, |_| false);
        builder.finish()
    }

    /// A column of labels.
    pub(crate) fn labels(codes: &[u32]) -> Cells {
        let mut builder = CellsBuilder::codes(Storage::default());
        builder.extend_codes(codes.iter().copied());
        builder.finish()
    }

    #[test]
    fn numbers_and_labels_come_back_whatever_they_are_packed_into() {
        for storage in [Storage::default(), Storage::bounded(0, 0, Box::new(MemorySpill::default()))] {
            for step in [0.0, 1.0, 0.5, 300.0, 70_000.0] {
                let value = |row: usize| if row.is_multiple_of(3) { 7.0 } else { step * (row % 1000) as f64 };
                let mut numbers = CellsBuilder::numbers(storage.clone());
                let mut codes = CellsBuilder::codes(storage.clone());
                let rows = 2 * PART + 77;
                for row in 0..rows {
                    if row % 7 == 3 {
                        numbers.push_absent();
                    } else {
                        numbers.push_number(value(row), row.is_multiple_of(2));
                    }
                    codes.push_code((row % 300) as u32);
                }
                let (numbers, codes) = (numbers.finish(), codes.finish());
                let measured = LabelledNumbers::new(&numbers, Some(&codes));
                let expected: Vec<usize> = (0..rows).filter(|row| row % 7 != 3).collect();
                assert_eq!(measured.len(), expected.len());
                for range in [0..10, 100..measured.len(), PART - 3..PART + 9, 5..5] {
                    let mut seen = range.start;
                    measured.visit_labelled(range.clone(), |index, block, codes| {
                        assert_eq!((index, block.len()), (seen, codes.len()));
                        for (value_seen, code) in block.iter().zip(codes) {
                            let row = expected[seen];
                            assert_eq!((*value_seen, *code), (value(row), (row % 300) as u32));
                            seen += 1;
                        }
                    });
                    assert_eq!(seen, range.end);
                    assert_eq!(measured.copied(range.clone()).len(), range.len());
                }
                for index in [0, 1, 6, 4096, PART, measured.len() - 1] {
                    let row = expected[index];
                    assert_eq!((measured.row(index), measured.at(index)), (row, value(row)));
                    assert_eq!(
                        (measured.code(index), measured.is_whole(index)),
                        (Some((row % 300) as u32), row.is_multiple_of(2))
                    );
                    assert_eq!(measured.before(row), index);
                    assert_eq!(Window::new(measured).at(index), value(row));
                }
            }
        }
    }

    #[test]
    fn what_a_form_says_of_all_numbers_is_true() {
        for numbers in
            [vec![3.0, 7.0, 250.0], vec![-1.0, 5.0, 2.0], vec![0.5, 1.5, 9.0], vec![7.0; 9], vec![70_000.0, 0.0, 3.0]]
        {
            let cells = column(&numbers);
            for (low, high) in [(0.0, 300.0), (0.0, 10.0), (-2.0, 1e9), (0.0, 5e9)] {
                let true_of_all = numbers.iter().all(|number| (low..high).contains(number));
                assert!(true_of_all || !cells.are_surely_within(low, high), "{numbers:?} {low} {high}");
            }
        }
        assert!(column(&[3.0, 7.0, 250.0]).are_surely_within(0.0, 300.0));
        assert!(column(&[7.0; 9]).are_surely_within(0.0, 8.0));
        assert!(column(&[-0.0, 1.0]).may_hold_negative_zeros() && !column(&[0.0, 1.0, 5.0]).may_hold_negative_zeros());
    }

    #[test]
    fn parted_cells_are_all_cells_once_and_in_their_rows() {
        for storage in [Storage::default(), Storage::bounded(0, 0, Box::new(MemorySpill::default()))] {
            let rows = 3 * PART + 77;
            let mut numbers = CellsBuilder::numbers(storage);
            for row in 0..rows {
                if row % 7 == 3 { numbers.push_absent() } else { numbers.push_number(row as f64 + 0.25, false) }
            }
            let numbers = numbers.finish();
            // The second stretch has none of them, the third all.
            let wanted = |row: usize| row / PART == 2 || row / PART != 1 && row % 5 == 1;
            let (some, others) = numbers.split(|rows| rows.map(wanted).collect());
            let expected = |so: bool| (0..rows).filter(move |row| row % 7 != 3 && wanted(*row) == so);
            for (cells, so) in [(&some, true), (&others, false)] {
                assert_eq!((cells.rows(), cells.count()), (rows, expected(so).count()));
                assert!(cells.iter().flatten().eq(expected(so).map(|row| row as f64 + 0.25)));
                for (index, row) in expected(so).enumerate().step_by(997) {
                    assert_eq!((cells.row_of(index), cells.before(row)), (row, index));
                }
            }
        }
    }
}
