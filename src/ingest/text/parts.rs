//! Rows that were read together, on their way into a table, and what they had to look like.

use crate::table::{CellType, Shape};

use crate::ingest::text::cells::DecimalMark;

/// The entry of [`NumberPart::digits`] for a number with an exponent, or with a unit.
pub(crate) const NO_DIGITS: u8 = Shape::DIGITS as u8;
/// Of an amount that has its unit behind it, and is no time of day.
pub(crate) const WITH_UNIT: u8 = NO_DIGITS + 1;
/// The entry of [`NumberPart::digits`] for a cell without a number.
pub(crate) const ABSENT: u8 = u8::MAX;

/// What a row has to be to be taken without another look.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Schema {
    /// Index of the table that takes the rows.
    pub(crate) table: usize,
    /// What its columns hold.
    pub(crate) cells: Vec<CellType>,
    pub(crate) delimiter: Option<u8>,
    pub(crate) mark: DecimalMark,
    /// The number of cells after which an empty one is no cell.
    pub(crate) trailing: Option<usize>,
    /// Whether quotes hold fields together.
    pub(crate) quotes: bool,
    /// Whether cells must be exactly what their column holds, because other tables might claim the row.
    pub(crate) strict: bool,
    /// Whether one of the row's labels must be known, for the same reason.
    pub(crate) known_label: bool,
}

/// Consecutive lines that are rows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Span {
    /// First byte of the first line in the block.
    pub(crate) start: usize,
    /// One past the last line.
    pub(crate) end: usize,
    /// Number of the first row in the part.
    pub(crate) first: usize,
    /// How many rows, and lines.
    pub(crate) rows: usize,
}

/// The rows of a block.
#[derive(Debug, Default)]
pub(crate) struct Part {
    pub(crate) columns: Vec<PartColumn>,
    pub(crate) spans: Vec<Span>,
    /// Row and column of each cell of numbers that is empty, in their order.
    pub(crate) absent: Vec<(u32, u32)>,
}

/// The numbers of a block.
#[derive(Debug, Default)]
pub(crate) struct NumberPart {
    pub(crate) values: Vec<f64>,
    /// Digits after the point of each number, or [`NO_DIGITS`], [`WITH_UNIT`] or [`ABSENT`].
    pub(crate) digits: Vec<u8>,
}

/// The texts of a block.
#[derive(Debug, Default)]
pub(crate) struct TextPart {
    /// Codes of the table's dictionary; from `known` on, of `new`.
    pub(crate) codes: Vec<u32>,
    pub(crate) known: u32,
    /// Texts that the table had not seen before this block, in their order.
    pub(crate) new: Vec<Box<[u8]>>,
}

/// A column of a block.
#[derive(Debug)]
pub(crate) enum PartColumn {
    Numbers(NumberPart),
    Texts(TextPart),
    Instants(Vec<Option<i64>>),
}
