//! Tables of measurements as they were read: a polars frame, what each column is, and the line of every row.
//!
//! Numbers stand in the frame as they were recorded; [`Column::to_base`] converts them. Text is dictionary-encoded: the
//! frame holds codes (`u32`), the column holds the texts.

use std::borrow::Cow;

use polars::prelude::{BooleanChunked, DataFrame, Float64Chunked, NewChunkedArray as _};
use polars::utils::arrow::bitmap::Bitmap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::unit::{Dimension, Unit};

/// What the cells of a column look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CellType {
    /// Any text.
    Text,
    /// `true` and `false`.
    Boolean,
    /// Whole numbers.
    Integer,
    /// Numbers with a fraction.
    Decimal,
    /// A date with a time of day; the frame holds nanoseconds since 1970-01-01 UTC.
    Timestamp,
    /// A number with a unit in the cell (`500ms`, `2m3s`, `00:01:05`, `12 MB`); the frame holds base units.
    Quantity(Dimension),
}

impl CellType {
    /// The type's name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Boolean => "boolean",
            Self::Integer => "integer",
            Self::Decimal => "decimal",
            Self::Timestamp => "timestamp",
            Self::Quantity(Dimension::Time) => "duration",
            Self::Quantity(_) => "quantity",
        }
    }

    /// Whether the frame holds numbers for it.
    pub fn is_number(self) -> bool {
        matches!(self, Self::Integer | Self::Decimal | Self::Quantity(_))
    }
}

/// What a column is used as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// Tells kinds of samples apart.
    Label,
    /// Measured values.
    Metric,
    /// Names the metric of the row's value, in a long table.
    MetricName,
    /// When the row was recorded.
    Timestamp,
    /// Whether what was measured succeeded.
    Status,
    /// Names one row or one actor; never summarised.
    Identifier,
    /// Not used.
    Unused,
}

impl Role {
    /// The role's name in reports and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Label => "label",
            Self::Metric => "metric",
            Self::MetricName => "metric-name",
            Self::Timestamp => "timestamp",
            Self::Status => "status",
            Self::Identifier => "identifier",
            Self::Unused => "unused",
        }
    }

    /// The role of that name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Label, Self::Metric, Self::MetricName, Self::Timestamp, Self::Status, Self::Identifier, Self::Unused]
            .into_iter()
            .find(|role| role.name() == name)
    }
}

/// Which way a metric is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Polarity {
    /// Latency, memory, errors.
    LowerIsBetter,
    /// Throughput.
    HigherIsBetter,
    /// Not known.
    Unknown,
}

/// A unit and why it was chosen.
#[derive(Debug, Clone, PartialEq)]
pub struct UnitChoice {
    /// The unit of the recorded values.
    pub unit: Unit,
    /// Why.
    pub reason: String,
    /// Whether nothing in the file states it.
    pub assumed: bool,
}

/// How the numbers of a column were written. A whole number among 17-digit decimals is evidence of corruption.
#[derive(Debug, Clone, Default)]
pub struct Shape {
    /// One bit a row: the cell had no decimal point and no exponent.
    pub integers: Bits,
    /// How many cells had that many digits after the point (the last entry: or more).
    pub fraction_digits: [u64; Self::DIGITS],
    /// How many cells had an exponent.
    pub exponents: u64,
}

impl Shape {
    /// Entries of [`Shape::fraction_digits`].
    pub const DIGITS: usize = 20;

    /// The most frequent number of digits after the point among the cells that have one.
    pub fn usual_digits(&self) -> usize {
        (1..Self::DIGITS).rev().max_by_key(|&digits| self.fraction_digits[digits]).unwrap_or(0)
    }

    /// Cells with a decimal point or an exponent.
    pub fn decimals(&self) -> u64 {
        self.fraction_digits[1..].iter().sum::<u64>() + self.exponents
    }
}

/// A growing row of bits.
#[derive(Debug, Clone, Default)]
pub struct Bits {
    words: Vec<u64>,
    len: usize,
}

impl Bits {
    /// Appends a bit.
    pub fn push(&mut self, bit: bool) {
        if self.len.is_multiple_of(64) {
            self.words.push(0);
        }
        if bit && let Some(word) = self.words.last_mut() {
            *word |= 1 << (self.len % 64);
        }
        self.len += 1;
    }

    /// Appends all bits of another row.
    pub fn append(&mut self, other: &Self) {
        let shift = self.len % 64;
        self.len += other.len;
        let room = self.len.div_ceil(64);
        if self.words.capacity() < room {
            // An eighth more at a time: doubling would hold twice the bits of a long file.
            self.words.reserve_exact((room - self.words.len()).max(self.words.len() / 8));
        }
        if shift == 0 {
            self.words.extend_from_slice(&other.words);
        } else {
            for word in &other.words {
                if let Some(last) = self.words.last_mut() {
                    *last |= word << shift;
                }
                self.words.push(word >> (64 - shift));
            }
        }
        self.words.truncate(room);
    }

    /// The bit at `index`; `false` beyond the end.
    pub fn get(&self, index: usize) -> bool {
        self.words.get(index / 64).is_some_and(|word| word >> (index % 64) & 1 == 1)
    }
}

impl FromIterator<bool> for Bits {
    fn from_iter<I: IntoIterator<Item = bool>>(bits: I) -> Self {
        let mut all = Self::default();
        let (mut word, mut count) = (0_u64, 0_u32);
        for bit in bits {
            word |= u64::from(bit) << count;
            count += 1;
            if count == 64 {
                all.words.push(word);
                all.len += 64;
                (word, count) = (0, 0);
            }
        }
        if count > 0 {
            all.words.push(word);
            all.len += count as usize;
        }
        all
    }
}

/// A column of a [`Table`].
#[derive(Debug, Clone)]
pub struct Column {
    /// Its name in the header and in the frame.
    pub name: String,
    /// What its cells look like.
    pub cells: CellType,
    /// What it is used as.
    pub role: Role,
    /// Why.
    pub role_reason: String,
    /// Unit of its values, for metrics.
    pub unit: Option<UnitChoice>,
    /// Which way is better, for metrics.
    pub polarity: Polarity,
    /// What exactly it measures, in words, where the format's definition says so: `time to the first byte, connecting
    /// included`. Metrics whose meanings differ are never compared or pooled.
    pub meaning: Option<String>,
    /// Values above this (base unit) were declared impossible.
    pub limit: Option<f64>,
    /// Texts of the codes in the frame, for text and booleans.
    pub dictionary: Vec<String>,
    /// How the numbers were written, for numbers.
    pub shape: Option<Shape>,
}

impl Column {
    /// The unit of the recorded values; unknown where none was found.
    pub fn unit(&self) -> Unit {
        self.unit.as_ref().map_or(Unit::UNKNOWN, |choice| choice.unit)
    }

    /// A recorded value in base units.
    pub fn to_base(&self, recorded: f64) -> f64 {
        self.unit().to_base(recorded)
    }
}

/// Which line each row came from: stretches of rows whose lines advance by a constant step.
#[derive(Debug, Clone, Default)]
pub struct LineMap {
    stretches: Vec<Stretch>,
    rows: u64,
}

#[derive(Debug, Clone, Copy)]
struct Stretch {
    row: u64,
    line: u64,
    step: u64,
}

impl LineMap {
    /// Records the line of the next row. Lines of a file never decrease from row to row.
    pub fn push(&mut self, line: u64) {
        let row = self.rows;
        self.rows += 1;
        if let Some(last) = self.stretches.last_mut() {
            let offset = row - last.row;
            if offset == 1 && line >= last.line {
                // The second row of a stretch decides its step; a new table or a comment breaks it later.
                if line - last.line <= 1 || row == 1 {
                    last.step = line - last.line;
                    return;
                }
            } else if last.line + offset * last.step == line {
                return;
            }
        }
        self.stretches.push(Stretch { row, line, step: 1 });
    }

    /// Records the lines of the next rows, which stand on consecutive lines from `line` on.
    pub fn push_run(&mut self, line: u64, rows: u64) {
        for offset in 0..rows {
            self.push(line + offset);
            let row = self.rows - 1;
            let settled =
                |last: &Stretch| last.step == 1 && row > last.row && row - last.row + last.line == line + offset;
            if self.stretches.last().is_some_and(settled) {
                self.rows += rows - offset - 1;
                return;
            }
        }
    }

    /// The line of a row.
    pub fn line(&self, row: u64) -> Option<u64> {
        if row >= self.rows {
            return None;
        }
        let after = self.stretches.partition_point(|stretch| stretch.row <= row);
        let stretch = self.stretches.get(after.checked_sub(1)?)?;
        Some(stretch.line + (row - stretch.row) * stretch.step)
    }

    /// First and last line of each stretch of consecutive rows.
    pub fn ranges(&self) -> Vec<(u64, u64)> {
        let mut ranges: Vec<(u64, u64)> = Vec::new();
        for (index, stretch) in self.stretches.iter().enumerate() {
            let next_row = self.stretches.get(index + 1).map_or(self.rows, |next| next.row);
            let last = stretch.line + (next_row - stretch.row - 1) * stretch.step;
            match ranges.last_mut() {
                Some(range) if stretch.line <= range.1 + 1 => range.1 = last,
                _ => ranges.push((stretch.line, last)),
            }
        }
        ranges
    }

    /// Rows recorded.
    pub fn rows(&self) -> u64 {
        self.rows
    }
}

/// A table of measurements.
#[derive(Debug, Clone)]
pub struct Table {
    /// The path inside a JSON document; absent for the table of a CSV file.
    pub name: Option<String>,
    /// The line of the header, where there is one.
    pub header_line: Option<u64>,
    /// The line of each row.
    pub lines: LineMap,
    /// The cells: `f64` for numbers, `u32` codes for text, `i64` nanoseconds for timestamps.
    pub frame: DataFrame,
    /// What each column of the frame is.
    pub columns: Vec<Column>,
    /// Numbers of later tables that stand where a reader of this table's header would count them as its own.
    pub intruders: Vec<Intruder>,
    /// Rows at which another run begins, where runs were appended to one file; the first run begins at row 0.
    pub run_starts: Vec<usize>,
    /// Whether rows stand in the order in which they were recorded. Where a tool sorted them by their values, nothing that
    /// depends on order (warm-up, drift, dependence, pauses of the clock) can be read from them.
    pub order_is_recorded: bool,
}

impl Table {
    /// Indexes of the columns with a role.
    pub fn columns_as(&self, role: Role) -> impl Iterator<Item = usize> + '_ {
        self.columns.iter().enumerate().filter(move |(_, column)| column.role == role).map(|(index, _)| index)
    }

    /// The column of that name.
    pub fn position(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name == name)
    }

    /// The recorded numbers of a column, with an absent one for each cell without a number. Empty for other columns.
    pub fn numbers(&self, column: usize) -> Vec<Option<f64>> {
        self.column(column).and_then(|cells| cells.f64().ok().map(|cells| cells.iter().collect())).unwrap_or_default()
    }

    /// The recorded numbers of a column where they stand, without a copy. Empty for other columns.
    pub fn values(&self, column: usize) -> Values<'_> {
        Values { cells: self.column(column).and_then(|cells| cells.f64().ok()) }
    }

    /// The codes of a text column where they stand; copied only if they lie in pieces. Empty for other columns.
    pub fn code_values(&self, column: usize) -> Cow<'_, [u32]> {
        let whole = self.column(column).and_then(|cells| cells.u32().ok()?.cont_slice().ok());
        whole.map_or_else(|| Cow::Owned(self.codes(column)), Cow::Borrowed)
    }

    /// The codes of a text column. Empty for other columns.
    pub fn codes(&self, column: usize) -> Vec<u32> {
        self.column(column)
            .and_then(|cells| cells.u32().ok().map(|cells| cells.iter().map(Option::unwrap_or_default).collect()))
            .unwrap_or_default()
    }

    /// The instants of a timestamp column, in nanoseconds since 1970. Empty for other columns.
    pub fn instants(&self, column: usize) -> Vec<Option<i64>> {
        self.column(column).and_then(|cells| cells.i64().ok().map(|cells| cells.iter().collect())).unwrap_or_default()
    }

    /// The rows for which `mask` is true, as a table of their own. `None` where there are none.
    pub fn only(&self, mask: &[bool]) -> Option<Self> {
        let frame = self.frame.filter(&BooleanChunked::from_slice("mask".into(), mask)).ok()?;
        let mut lines = LineMap::default();
        let kept = || mask.iter().enumerate().filter(|(_, keep)| **keep).map(|(row, _)| row);
        for row in kept() {
            lines.push(self.lines.line(row as u64)?);
        }
        if lines.rows() == 0 {
            return None;
        }
        let columns = self
            .columns
            .iter()
            .enumerate()
            .map(|(index, column)| {
                let mut column = column.clone();
                if let Some(shape) = &mut column.shape {
                    let mut integers = Bits::default();
                    let mut fraction_digits = [0; Shape::DIGITS];
                    let numbers = frame.columns()[index].as_materialized_series().f64().ok()?.clone();
                    for (row, number) in kept().zip(numbers.iter()) {
                        let whole = shape.integers.get(row);
                        integers.push(whole);
                        // The digits of single cells are not kept; the usual number of the whole column stands for them.
                        let digits = if whole || number.is_none() { 0 } else { shape.usual_digits() };
                        fraction_digits[digits] += u64::from(number.is_some());
                    }
                    *shape = Shape { integers, fraction_digits, exponents: 0 };
                }
                Some(column)
            })
            .collect::<Option<Vec<Column>>>()?;
        let kept_before = |row: usize| mask[..row.min(mask.len())].iter().filter(|keep| **keep).count();
        let mut run_starts: Vec<usize> = self.run_starts.iter().map(|start| kept_before(*start)).collect();
        run_starts.dedup();
        run_starts.retain(|start| (1..lines.rows()).contains(&(*start as u64)));
        let (name, header_line, order_is_recorded) = (self.name.clone(), self.header_line, self.order_is_recorded);
        Some(Self { name, header_line, lines, frame, columns, intruders: Vec::new(), run_starts, order_is_recorded })
    }

    /// The rows below a line, as a table of their own. `None` where there are none.
    pub fn below(&self, line: u64) -> Option<Self> {
        let is_below = |row: u64| self.lines.line(row).is_some_and(|of_row| of_row > line);
        self.only(&(0..self.lines.rows()).map(is_below).collect::<Vec<bool>>())
    }

    fn column(&self, index: usize) -> Option<&polars::prelude::Series> {
        self.frame.columns().get(index).map(polars::prelude::Column::as_materialized_series)
    }
}

/// The numbers of a column, read where the frame holds them.
#[derive(Debug, Clone, Copy)]
pub struct Values<'a> {
    cells: Option<&'a Float64Chunked>,
}

/// A stretch of numbers that lie one behind the other.
#[derive(Debug, Clone, Copy)]
pub struct Piece<'a> {
    /// The row of the first one.
    pub first_row: usize,
    /// The numbers; where a cell has none, something arbitrary.
    pub numbers: &'a [f64],
    present: Option<&'a Bitmap>,
}

impl<'a> Piece<'a> {
    /// Whether every cell holds a number.
    pub fn is_full(&self) -> bool {
        self.present.is_none_or(|present| present.unset_bits() == 0)
    }

    /// Whether the cell at an offset into this piece holds a number; `false` beyond the end.
    pub fn has(&self, offset: usize) -> bool {
        offset < self.numbers.len() && self.present.is_none_or(|present| present.get_bit(offset))
    }

    /// The cells, in their order.
    pub fn iter(self) -> impl Iterator<Item = Option<f64>> + 'a {
        self.numbers
            .iter()
            .enumerate()
            .map(move |(offset, number)| self.present.is_none_or(|present| present.get_bit(offset)).then_some(*number))
    }
}

impl<'a> Values<'a> {
    /// Cells of the column, absent ones included.
    pub fn len(&self) -> usize {
        self.cells.map_or(0, Float64Chunked::len)
    }

    /// Whether the column has no cells, or holds no numbers at all by its type.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Cells without a number.
    pub fn absent(&self) -> usize {
        self.cells.map_or(0, Float64Chunked::null_count)
    }

    /// All numbers as one slice, where no cell is absent. A table as it was read has its numbers in one piece.
    pub fn as_slice(&self) -> Option<&'a [f64]> {
        self.cells.map_or(Some(&[][..]), |cells| cells.cont_slice().ok())
    }

    /// The stretches in which the numbers lie, in the order of rows; one, for a table as it was read.
    pub fn pieces(&self) -> impl Iterator<Item = Piece<'a>> + use<'a> {
        let mut first_row = 0;
        self.cells.into_iter().flat_map(Float64Chunked::downcast_iter).map(move |array| {
            let numbers = array.values().as_slice();
            let piece = Piece { first_row, numbers, present: array.validity() };
            first_row += numbers.len();
            piece
        })
    }

    /// The cells, in the order of rows.
    pub fn iter(&self) -> impl Iterator<Item = Option<f64>> + use<'a> {
        self.pieces().flat_map(Piece::iter)
    }

    /// The numbers that are there, in the order of rows; borrowed where no cell is absent.
    pub fn present(&self) -> Cow<'a, [f64]> {
        self.as_slice().map_or_else(|| Cow::Owned(self.iter().flatten().collect()), Cow::Borrowed)
    }
}

/// A number of another table that looks like one of this table's to a reader who knows only the first header.
#[derive(Debug, Clone, PartialEq)]
pub struct Intruder {
    /// Column of the table intruded upon.
    pub column: usize,
    /// Line of the number.
    pub line: u64,
    /// The number, as recorded.
    pub value: f64,
    /// The number as it was written.
    pub text: String,
    /// The header that explains it, as written, and its line.
    pub header: String,
    /// Line of that header.
    pub header_line: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_survive_gaps_and_steps() {
        for lines in [
            vec![2, 3, 4, 84, 85, 166, 170, 174],
            vec![1],
            vec![5, 5, 5, 6],
            vec![3, 8, 13, 18, 19, 20],
            vec![2, 4, 5, 6, 9, 12],
            (1..100).collect(),
        ] {
            let mut map = LineMap::default();
            for &line in &lines {
                map.push(line);
            }
            let back: Vec<u64> = (0..map.rows()).filter_map(|row| map.line(row)).collect();
            assert_eq!(back, lines);
            assert_eq!(map.line(map.rows()), None);
        }
    }

    #[test]
    fn ranges_join_stretches_that_touch() {
        let mut map = LineMap::default();
        for line in [2, 3, 4, 84, 85, 86] {
            map.push(line);
        }
        assert_eq!(map.ranges(), vec![(2, 4), (84, 86)]);
    }

    #[test]
    fn runs_are_many_lines() {
        for runs in [vec![(2, 5), (8, 1), (10, 1), (12, 3)], vec![(1, 1), (3, 4), (7, 100)], vec![(5, 2), (7, 2)]] {
            let (mut one, mut many) = (LineMap::default(), LineMap::default());
            for (line, rows) in runs {
                many.push_run(line, rows);
                (line..line + rows).for_each(|line| one.push(line));
            }
            assert_eq!(one.rows(), many.rows());
            assert_eq!(one.ranges(), many.ranges());
            assert!((0..one.rows()).all(|row| one.line(row) == many.line(row)));
        }
    }

    #[test]
    fn appended_bits_are_those_of_both() {
        for split in [0, 1, 63, 64, 65, 150, 200] {
            let bit = |index: usize| index.is_multiple_of(3);
            let mut bits: Bits = (0..split).map(bit).collect();
            bits.append(&(split..200).map(bit).collect());
            assert!((0..200).all(|index| bits.get(index) == bit(index)));
            assert!(!bits.get(200));
            bits.push(true);
            assert!(bits.get(200));
        }
    }

    #[test]
    fn bits_are_what_was_pushed() {
        let mut bits = Bits::default();
        for index in 0..200 {
            bits.push(index % 3 == 0);
        }
        assert!((0..200).all(|index| bits.get(index) == (index % 3 == 0)));
        assert!(!bits.get(500));
    }
}
