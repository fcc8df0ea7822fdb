//! Tables of measurements as they were read: the cells of each column, what the column is, and the line of every row.
//!
//! Numbers stand as they were recorded; [`Column::to_base`] converts them. Text is dictionary-encoded: the cells are codes,
//! the column holds the texts.

pub mod line_map;
pub mod packed;
pub mod source;
pub mod storage;
pub mod swarm;

use std::ops::Range;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::measure::unit::{Dimension, Unit};
use crate::table::line_map::LineMap;
use crate::table::packed::{BLOCK, Cells, Kind};

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
    /// A date with a time of day; its cells are nanoseconds since 1970-01-01 UTC.
    Timestamp,
    /// A number with a unit in the cell (`500ms`, `2m3s`, `00:01:05`, `12 MB`); its cells are in base units.
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

    /// What a column of it holds.
    pub fn kind(self) -> Kind {
        match self {
            Self::Text | Self::Boolean => Kind::Codes,
            Self::Timestamp => Kind::Instants,
            Self::Integer | Self::Decimal | Self::Quantity(_) => Kind::Numbers,
        }
    }

    /// Whether a column of it holds numbers.
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
    /// Names the run (process, fork, launch) that a sample was measured in; runs are the unit of replication.
    Run,
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
            Self::Run => "run",
            Self::Unused => "unused",
        }
    }

    /// The role of that name.
    pub fn parse(name: &str) -> Option<Self> {
        [
            Self::Label,
            Self::Metric,
            Self::MetricName,
            Self::Timestamp,
            Self::Status,
            Self::Identifier,
            Self::Run,
            Self::Unused,
        ]
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

    /// Appends the same bit so many times.
    pub fn extend_same(&mut self, bit: bool, count: usize) {
        let until = self.len + count;
        while self.len < until && !self.len.is_multiple_of(64) {
            self.push(bit);
        }
        let whole = (until - self.len) / 64;
        self.words.resize(self.words.len() + whole, if bit { u64::MAX } else { 0 });
        self.len += whole * 64;
        while self.len < until {
            self.push(bit);
        }
    }

    /// Appends bits.
    pub fn extend(&mut self, bits: impl Iterator<Item = bool>) {
        self.append(&bits.collect());
    }

    /// From words of 64 bits, the first of which is the lowest; bits beyond `len` mean nothing.
    pub fn from_words(mut words: Vec<u64>, len: usize) -> Self {
        words.truncate(len.div_ceil(64));
        if !len.is_multiple_of(64)
            && let Some(last) = words.last_mut()
        {
            *last &= (1 << (len % 64)) - 1;
        }
        Self { words, len }
    }

    /// The words of 64 bits.
    pub fn words(&self) -> &[u64] {
        &self.words
    }

    /// How many bits are true.
    pub fn count(&self) -> usize {
        self.words.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// How many bits before `index` are true.
    pub fn count_before(&self, index: usize) -> usize {
        let whole: usize = self.words.iter().take(index / 64).map(|word| word.count_ones() as usize).sum();
        let rest = self.words.get(index / 64).map_or(0, |word| (word & ((1 << (index % 64)) - 1)).count_ones());
        whole + rest as usize
    }

    /// The index of the true bit of that number, counted from 0.
    pub fn nth(&self, number: usize) -> Option<usize> {
        let mut left = number;
        for (index, word) in self.words.iter().enumerate() {
            let count = word.count_ones() as usize;
            if left < count {
                let mut word = *word;
                for _ in 0..left {
                    word &= word - 1;
                }
                return Some(index * 64 + word.trailing_zeros() as usize);
            }
            left -= count;
        }
        None
    }

    /// Sets the bit at `index`, which exists.
    pub fn set(&mut self, index: usize, bit: bool) {
        if let Some(word) = self.words.get_mut(index / 64) {
            *word = *word & !(1 << (index % 64)) | u64::from(bit) << (index % 64);
        }
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
    /// Its name in the header.
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
    /// Its cells: recorded numbers, codes of texts, or instants.
    pub data: Cells,
    /// Texts of the codes, for text and booleans.
    pub dictionary: Vec<String>,
    /// How the numbers were written, for numbers.
    pub shape: Option<Shape>,
}

impl Column {
    /// The unit of the recorded values; unknown where none was found.
    pub fn unit(&self) -> Unit {
        self.unit.as_ref().map_or(Unit::UNKNOWN, |choice| choice.unit)
    }

    /// The same column with no cells yet.
    fn without_data(&self) -> Self {
        Self {
            name: self.name.clone(),
            cells: self.cells,
            role: self.role,
            role_reason: self.role_reason.clone(),
            unit: self.unit.clone(),
            polarity: self.polarity,
            meaning: self.meaning.clone(),
            limit: self.limit,
            data: Cells::default(),
            dictionary: self.dictionary.clone(),
            shape: None,
        }
    }

    /// A recorded value in base units.
    pub fn to_base(&self, recorded: f64) -> f64 {
        self.unit().to_base(recorded)
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
    /// Its columns.
    pub columns: Vec<Column>,
    /// Numbers of later tables that stand where a reader of this table's header would count them as its own.
    pub intruders: Vec<Intruder>,
    /// Rows at which another run begins, where runs were appended to one file; the first run begins at row 0.
    pub run_starts: Vec<usize>,
    /// Whether labels that differ only in numbers are different things by the format's definition: `BM_Sort/8` and
    /// `BM_Sort/64` are two benchmarks, and pooling them would describe none.
    pub labels_exact: bool,
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
        self.values(column).iter().collect()
    }

    /// The cells of a column of numbers where they stand. Without rows for other columns.
    pub fn values(&self, column: usize) -> &Cells {
        self.cells(column, Kind::Numbers)
    }

    /// The cells of a column of text where they stand. Without rows for other columns.
    pub fn text_cells(&self, column: usize) -> &Cells {
        self.cells(column, Kind::Codes)
    }

    /// The codes of a text column. Empty for other columns.
    pub fn codes(&self, column: usize) -> Vec<u32> {
        let cells = self.text_cells(column);
        let mut codes = Vec::with_capacity(cells.rows());
        cells.visit_codes(0..cells.rows(), |_, block| codes.extend_from_slice(block));
        codes
    }

    /// The instants of a timestamp column, in nanoseconds since 1970. Empty for other columns.
    pub fn instants(&self, column: usize) -> Vec<Option<i64>> {
        self.instant_cells(column).instants().collect()
    }

    /// The cells of a column of timestamps where they stand. Without rows for other columns.
    pub fn instant_cells(&self, column: usize) -> &Cells {
        self.cells(column, Kind::Instants)
    }

    fn cells(&self, column: usize, kind: Kind) -> &Cells {
        static NONE: Cells = Cells::EMPTY;
        self.columns.get(column).filter(|column| column.cells.kind() == kind).map_or(&NONE, |column| &column.data)
    }

    /// The rows for which `mask` is true, as a table of their own. `None` where there are none.
    pub fn only(&self, mask: &[bool]) -> Option<Self> {
        let place_of = |rows: Range<usize>, places: &mut Vec<u32>| {
            places.extend(rows.map(|row| if mask.get(row) == Some(&true) { 0 } else { u32::MAX }));
        };
        self.dealt(1, &place_of).pop().flatten()
    }

    /// The rows of each text of a column, as tables of their own, in the order of the texts; those without rows are left out.
    pub fn by_text(&self, column: usize) -> Vec<(u32, Self)> {
        let texts = self.columns.get(column).map_or(0, |column| column.dictionary.len());
        let codes = self.text_cells(column);
        let place_of = |rows: Range<usize>, places: &mut Vec<u32>| {
            codes.visit_codes(rows, |_, block| places.extend_from_slice(block));
        };
        (0..).zip(self.dealt(texts, &place_of)).filter_map(|(code, part)| Some((code, part?))).collect()
    }

    /// The rows dealt out to so many tables by the text of a column: `of_text` names the table of each. Absent where one has
    /// no row.
    pub fn by_kind_of_text(&self, column: usize, of_text: &[u32], parts: usize) -> Vec<Option<Self>> {
        let codes = self.text_cells(column);
        let place = |code: &u32| of_text.get(*code as usize).copied().unwrap_or(u32::MAX);
        let place_of = |rows: Range<usize>, places: &mut Vec<u32>| {
            codes.visit_codes(rows, |_, block| places.extend(block.iter().map(place)));
        };
        self.dealt(parts, &place_of)
    }

    /// Deals the rows out to so many tables, each to the one of its place, and to none beyond the last; absent where one has
    /// no row.
    fn dealt(&self, parts: usize, place_of: &dyn Fn(Range<usize>, &mut Vec<u32>)) -> Vec<Option<Self>> {
        let rows = usize::try_from(self.lines.rows()).unwrap_or(usize::MAX);
        let mut lines = vec![LineMap::default(); parts];
        let mut run_starts: Vec<Vec<usize>> = vec![Vec::new(); parts];
        let mut starts = self.run_starts.iter().copied().peekable();
        let mut places = Vec::new();
        for from in (0..rows).step_by(BLOCK) {
            places.clear();
            place_of(from..(from + BLOCK).min(rows), &mut places);
            for (row, place) in (from..).zip(&places) {
                if starts.next_if(|start| *start <= row).is_some() {
                    for (starts, lines) in run_starts.iter_mut().zip(&lines) {
                        starts.push(usize::try_from(lines.rows()).unwrap_or(usize::MAX));
                    }
                }
                if let (Some(lines), Some(line)) = (lines.get_mut(*place as usize), self.lines.line(row as u64)) {
                    lines.push(line);
                }
            }
        }
        let mut columns: Vec<Vec<Column>> = vec![Vec::with_capacity(self.columns.len()); parts];
        for column in &self.columns {
            let dealt = column.data.dealt(column.cells.kind(), parts, place_of);
            for (columns, data) in columns.iter_mut().zip(dealt) {
                let shape = column.shape.as_ref().map(|shape| {
                    let numbers = data.count();
                    let whole = data.count_whole();
                    let mut of_part = Shape::default();
                    // The digits of single cells are not kept; the usual number of the whole column stands for them.
                    of_part.fraction_digits[0] += whole as u64;
                    of_part.fraction_digits[shape.usual_digits()] += (numbers - whole) as u64;
                    of_part
                });
                columns.push(Column { data, shape, ..column.without_data() });
            }
        }
        lines
            .into_iter()
            .zip(columns)
            .zip(run_starts)
            .map(|((lines, columns), mut run_starts)| {
                run_starts.dedup();
                run_starts.retain(|start| (1..lines.rows()).contains(&(*start as u64)));
                let (name, header_line) = (self.name.clone(), self.header_line);
                let intruders = Vec::new();
                let (labels_exact, order_is_recorded) = (self.labels_exact, self.order_is_recorded);
                (lines.rows() > 0).then_some(Self {
                    name,
                    header_line,
                    lines,
                    columns,
                    intruders,
                    run_starts,
                    labels_exact,
                    order_is_recorded,
                })
            })
            .collect()
    }

    /// The rows below a line, as a table of their own. `None` where there are none.
    pub fn below(&self, line: u64) -> Option<Self> {
        let is_below = |row: u64| self.lines.line(row).is_some_and(|of_row| of_row > line);
        self.only(&(0..self.lines.rows()).map(is_below).collect::<Vec<bool>>())
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
