//! Tables under construction: typed columns that grow by rows.
//!
//! In: rows of cells. Out: a [`RawTable`], from which `roles` makes a table of the model. A row is taken whole or not
//! at all: a cell that its column cannot hold refuses the row, and the caller decides what the row is.

use std::collections::{HashMap, HashSet};

use foldhash::fast::FixedState;
use polars::prelude::{
    Column as FrameColumn, DataFrame, Float64Chunked, Int64Chunked, IntoSeries, NamedFrom, NewChunkedArray, Series,
    UInt32Chunked,
};
use polars::utils::arrow::bitmap::MutableBitmap;

use crate::model::finding::FindingKind;
use crate::model::label::pattern;
use crate::model::table::{CellType, Intruder, LineMap, Shape};

use super::cells::{self, DecimalMark, Look};
use super::clock;
use super::fast::{ABSENT, NO_DIGITS, NumberPart, Part, PartColumn, Run, TextPart};
use super::formats::speaks_of_sessions;

/// A row of cells: ranges of a text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row<'a> {
    /// The text that the ranges refer to.
    pub(super) text: &'a [u8],
    /// Start and end of each cell.
    pub(super) cells: &'a [(usize, usize)],
}

impl<'a> Row<'a> {
    /// The cell at `index`, trimmed; empty beyond the end.
    pub(super) fn cell(&self, index: usize) -> &'a [u8] {
        self.cells.get(index).map_or(&[], |&(start, end)| self.text[start..end].trim_ascii())
    }

    /// All cells, trimmed.
    pub(super) fn iter(&self) -> impl Iterator<Item = &'a [u8]> + '_ {
        (0..self.cells.len()).map(|index| self.cell(index))
    }

    /// How many cells.
    pub(super) fn len(&self) -> usize {
        self.cells.len()
    }
}

/// Texts by code, codes by text.
#[derive(Debug, Default)]
pub(super) struct Dictionary {
    codes: HashMap<Box<[u8]>, u32, FixedState>,
    texts: Vec<Box<[u8]>>,
    patterns: HashSet<String, FixedState>,
}

impl Dictionary {
    fn code(&mut self, text: &[u8]) -> u32 {
        if let Some(&code) = self.codes.get(text) {
            return code;
        }
        let code = u32::try_from(self.texts.len()).unwrap_or(u32::MAX);
        self.codes.insert(text.into(), code);
        self.texts.push(text.into());
        if self.patterns.len() < Self::PATTERNS {
            self.patterns.insert(pattern(&String::from_utf8_lossy(text)));
        }
        code
    }

    /// Patterns remembered for [`knows`](Self::knows). A column with more is no label.
    const PATTERNS: usize = 1000;

    /// Whether this text, or one that differs only in numbers, was seen.
    pub(super) fn knows(&self, text: &[u8]) -> bool {
        self.codes.contains_key(text) || self.patterns.contains(&pattern(&String::from_utf8_lossy(text)))
    }
}

/// A cell that does not hold what its column holds.
#[derive(Debug, Clone)]
pub(super) struct OddCell {
    /// Column of the cell.
    pub(super) column: usize,
    /// Line of its row.
    pub(super) line: u64,
    /// Row in its table.
    pub(super) row: u64,
    /// What is odd: not a number, not finite, or empty.
    pub(super) kind: FindingKind,
    /// The cell as written; only for the first [`TableBuilder::NAMED_ODD_CELLS`] of a kind and column.
    pub(super) text: String,
}

/// How many cells are odd, by column and kind.
pub(super) type OddCounts = HashMap<(usize, FindingKind), u64, FixedState>;

/// The numbers of a column under construction.
#[derive(Debug, Default)]
pub(super) struct Numbers {
    values: Vec<f64>,
    absent: Vec<u32>,
    shape: Shape,
    decimal: bool,
    /// Digits after the point of the last cell, to see whether the end of a file was cut off.
    last_digits: usize,
}

impl Numbers {
    fn push(&mut self, value: f64, digits: Option<usize>) {
        self.values.push(value);
        self.shape.integers.push(digits == Some(0));
        self.decimal |= digits != Some(0);
        match digits {
            Some(digits) => self.shape.fraction_digits[digits.min(Shape::DIGITS - 1)] += 1,
            None => self.shape.exponents += 1,
        }
        self.last_digits = digits.unwrap_or(usize::MAX);
    }

    /// Takes the numbers of a run, the first of which becomes number `row`.
    fn append(&mut self, part: &NumberPart, run: &Run, row: u64) {
        let rows = run.first..run.first + run.rows;
        let digits = &part.digits[rows.clone()];
        grow(&mut self.values, run.rows);
        self.values.extend_from_slice(&part.values[rows]);
        if run.rows == part.values.len() {
            self.shape.integers.append(&part.integers);
        } else {
            self.shape.integers.append(&digits.iter().map(|digits| *digits == 0).collect());
        }
        let mut counts = [0_u32; 256];
        for &digits in digits {
            counts[usize::from(digits)] += 1;
        }
        for (total, count) in self.shape.fraction_digits.iter_mut().zip(counts) {
            *total += u64::from(count);
        }
        let exponents = u64::from(counts[usize::from(NO_DIGITS)]);
        self.shape.exponents += exponents;
        self.decimal |= exponents > 0 || counts[1..Shape::DIGITS].iter().any(|count| *count > 0);
        if counts[usize::from(ABSENT)] > 0 {
            let absent = digits.iter().zip(row..).filter(|(digits, _)| **digits == ABSENT);
            self.absent.extend(absent.map(|(_, row)| u32::try_from(row).unwrap_or(u32::MAX)));
        }
        if let Some(&last) = digits.last()
            && last != ABSENT
        {
            self.last_digits = if last == NO_DIGITS { usize::MAX } else { usize::from(last) };
        }
    }

    fn push_absent(&mut self, row: u32) {
        self.absent.push(row);
        self.values.push(0.0);
        self.shape.integers.push(false);
    }
}

/// A column under construction.
#[derive(Debug)]
pub(super) enum ColumnBuilder {
    /// Whole or decimal numbers.
    Number(Numbers),
    /// Numbers with units in their cells.
    Quantity(Numbers, crate::model::unit::Dimension),
    /// Text or booleans.
    Text(Vec<u32>, Dictionary, CellType),
    /// Instants.
    Timestamp(Vec<Option<i64>>),
}

/// What a cell became on its way into a column.
#[derive(Debug, Clone, Copy)]
enum Parsed {
    Number(f64, Option<usize>),
    Absent,
    Text,
    Timestamp(i64),
}

impl ColumnBuilder {
    /// An empty column for cells of a type.
    pub(super) fn new(cells: CellType) -> Self {
        match cells {
            CellType::Text | CellType::Boolean => Self::Text(Vec::new(), Dictionary::default(), cells),
            CellType::Integer | CellType::Decimal => {
                Self::Number(Numbers { decimal: cells == CellType::Decimal, ..Numbers::default() })
            }
            CellType::Timestamp => Self::Timestamp(Vec::new()),
            CellType::Quantity(dimension) => Self::Quantity(Numbers::default(), dimension),
        }
    }

    /// The type of its cells, as far as it has been seen.
    pub(super) fn cell_type(&self) -> CellType {
        match self {
            Self::Number(numbers) if numbers.decimal => CellType::Decimal,
            Self::Number(_) => CellType::Integer,
            Self::Quantity(_, dimension) => CellType::Quantity(*dimension),
            Self::Text(_, _, cells) => *cells,
            Self::Timestamp(_) => CellType::Timestamp,
        }
    }

    fn parse(&self, cell: &[u8], mark: DecimalMark) -> Option<Parsed> {
        match self {
            Self::Text(..) => Some(Parsed::Text),
            Self::Number(_) => {
                let value = cells::number(cell, mark).filter(|value| value.is_finite())?;
                Some(Parsed::Number(value, cells::fraction_digits(cell, mark)))
            }
            Self::Quantity(_, dimension) => match cells::quantity(cell) {
                Some((value, found)) if found == *dimension => Some(Parsed::Number(value, None)),
                _ => None,
            },
            Self::Timestamp(_) => clock::instant(cell).map(Parsed::Timestamp),
        }
    }

    fn push(&mut self, parsed: Parsed, cell: &[u8], row: u32) {
        match (self, parsed) {
            (Self::Number(numbers) | Self::Quantity(numbers, _), Parsed::Number(value, digits)) => {
                numbers.push(value, digits);
            }
            (Self::Number(numbers) | Self::Quantity(numbers, _), _) => numbers.push_absent(row),
            (Self::Text(codes, dictionary, _), _) => codes.push(dictionary.code(cell)),
            (Self::Timestamp(instants), Parsed::Timestamp(nanos)) => instants.push(Some(nanos)),
            (Self::Timestamp(instants), _) => instants.push(None),
        }
    }
}

impl ColumnBuilder {
    /// Takes the cells of a run, the first of which becomes number `row`.
    fn append(&mut self, part: &PartColumn, run: &Run, row: u64) {
        match (self, part) {
            (Self::Number(numbers) | Self::Quantity(numbers, _), PartColumn::Numbers(part)) => {
                numbers.append(part, run, row);
            }
            (Self::Text(codes, dictionary, _), PartColumn::Texts(part)) => append_texts(codes, dictionary, part, run),
            (Self::Timestamp(instants), PartColumn::Instants(part)) => {
                grow(instants, run.rows);
                instants.extend_from_slice(&part[run.first..run.first + run.rows]);
            }
            _ => debug_assert!(false, "a part is made for the columns of its table"),
        }
    }
}

fn append_texts(codes: &mut Vec<u32>, dictionary: &mut Dictionary, part: &TextPart, run: &Run) {
    let found = &part.codes[run.first..run.first + run.rows];
    grow(codes, run.rows);
    let newest = found.iter().copied().max().filter(|code| *code >= part.known);
    let Some(newest) = newest else {
        codes.extend_from_slice(found);
        return;
    };
    // Texts get their codes in the order of rows, whatever was read before this part and inside it.
    let seen = &part.new[..=(newest - part.known) as usize];
    let final_codes: Vec<u32> = seen.iter().map(|text| dictionary.code(text)).collect();
    codes.extend(found.iter().map(|&code| match code.checked_sub(part.known) {
        Some(new) => final_codes[new as usize],
        None => code,
    }));
}

/// Makes room. An eighth more at a time: doubling would hold twice the column at the end of a long file, while the
/// allocator moves large pieces by their pages, without a copy.
fn grow<T>(column: &mut Vec<T>, more: usize) {
    const LEAST: usize = 4096;
    if column.capacity() - column.len() < more {
        column.reserve_exact(more.max(column.len() / 8).max(LEAST));
    }
}

/// A table under construction.
#[derive(Debug)]
pub(super) struct TableBuilder {
    pub(super) name: Option<String>,
    pub(super) header: Vec<String>,
    pub(super) header_line: Option<u64>,
    pub(super) columns: Vec<ColumnBuilder>,
    pub(super) lines: LineMap,
    pub(super) odd: Vec<OddCell>,
    pub(super) odd_counts: OddCounts,
    pub(super) intruders: Vec<Intruder>,
    /// Rows at which another run begins.
    pub(super) run_starts: Vec<usize>,
    pub(super) mark: DecimalMark,
    /// Whether a decimal number may widen a column of whole numbers without further question.
    pub(super) may_widen: bool,
    parsed: Vec<Parsed>,
}

impl TableBuilder {
    /// Odd cells of a kind and column whose text is kept; the rest are counted.
    pub(super) const NAMED_ODD_CELLS: u64 = 50;

    /// An empty table.
    pub(super) fn new(
        name: Option<String>,
        header: Vec<String>,
        header_line: Option<u64>,
        types: &[CellType],
        mark: DecimalMark,
    ) -> Self {
        Self {
            name,
            header,
            header_line,
            columns: types.iter().map(|cells| ColumnBuilder::new(*cells)).collect(),
            lines: LineMap::default(),
            odd: Vec::new(),
            odd_counts: HashMap::default(),
            intruders: Vec::new(),
            run_starts: Vec::new(),
            mark,
            may_widen: true,
            parsed: Vec::new(),
        }
    }

    /// Takes the row if every cell is what its column holds. Says whether it did.
    pub(super) fn try_push(&mut self, row: Row<'_>, line: u64) -> bool {
        if row.len() != self.columns.len() {
            return false;
        }
        self.parsed.clear();
        for (index, column) in self.columns.iter().enumerate() {
            let cell = row.cell(index);
            let parsed = match column.parse(cell, self.mark) {
                Some(parsed) => parsed,
                None if cell.is_empty() => Parsed::Absent,
                None => return false,
            };
            if let (false, Parsed::Number(_, digits), ColumnBuilder::Number(numbers)) = (self.may_widen, parsed, column)
                && digits != Some(0)
                && !numbers.decimal
            {
                return false;
            }
            self.parsed.push(parsed);
        }
        // A row of nothing but absent numbers is worth a second look by the caller.
        let absent = self.parsed.iter().filter(|parsed| matches!(parsed, Parsed::Absent)).count();
        if absent > 0 {
            if absent == self.parsed.len() {
                return false;
            }
            for index in 0..self.parsed.len() {
                if matches!(self.parsed[index], Parsed::Absent) {
                    self.note_odd(index, b"", line);
                }
            }
        }
        self.commit(row, line);
        true
    }

    /// Adds a column, absent in all rows taken so far.
    pub(super) fn add_column(&mut self, name: &str, cells: CellType) {
        let mut column = ColumnBuilder::new(cells);
        for row in 0..self.lines.rows() {
            column.push(Parsed::Absent, b"", u32::try_from(row).unwrap_or(u32::MAX));
        }
        self.header.push(name.to_owned());
        self.columns.push(column);
    }

    /// Takes the row whatever its cells are; cells that are not what their column holds become absent and are noted.
    pub(super) fn push_with_odd_cells(&mut self, row: Row<'_>, line: u64) {
        self.parsed.clear();
        // Users' data of an agent swarm is quoted nowhere, in whatever form it comes.
        let private = row.iter().any(speaks_of_sessions);
        for index in 0..self.columns.len() {
            let cell = row.cell(index);
            let parsed = self.columns[index].parse(cell, self.mark).unwrap_or_else(|| {
                let looks_empty = cells::look(cell, self.mark) == Look::Empty;
                self.note_odd(index, if private && !looks_empty { b"(withheld)" } else { cell }, line);
                Parsed::Absent
            });
            self.parsed.push(parsed);
        }
        self.commit(row, line);
    }

    fn note_odd(&mut self, column: usize, cell: &[u8], line: u64) {
        let kind = match cells::look(cell, self.mark) {
            Look::Empty => FindingKind::EmptyCell,
            Look::NotFinite => FindingKind::NotFinite,
            _ => FindingKind::NotANumber,
        };
        let count = self.odd_counts.entry((column, kind)).or_default();
        *count += 1;
        if *count <= Self::NAMED_ODD_CELLS {
            let text = String::from_utf8_lossy(cell).into_owned();
            self.odd.push(OddCell { column, line, row: self.lines.rows(), kind, text });
        }
    }

    fn commit(&mut self, row: Row<'_>, line: u64) {
        let number = u32::try_from(self.lines.rows()).unwrap_or(u32::MAX);
        for (index, column) in self.columns.iter_mut().enumerate() {
            column.push(self.parsed[index], row.cell(index), number);
        }
        self.lines.push(line);
    }

    /// Takes a run of rows that were read together; the first one stands on `line`.
    pub(super) fn append(&mut self, part: &Part, run: &Run, line: u64) {
        let row = self.lines.rows();
        self.lines.push_run(line, run.rows as u64);
        let rows = run.first as u32..(run.first + run.rows) as u32;
        let from = part.absent.partition_point(|(of, _)| *of < rows.start);
        for &(of, column) in part.absent[from..].iter().take_while(|(of, _)| *of < rows.end) {
            let offset = u64::from(of - rows.start);
            self.note_empty(column as usize, line + offset, row + offset);
        }
        for (column, part) in self.columns.iter_mut().zip(&part.columns) {
            column.append(part, run, row);
        }
    }

    fn note_empty(&mut self, column: usize, line: u64, row: u64) {
        let kind = FindingKind::EmptyCell;
        let count = self.odd_counts.entry((column, kind)).or_default();
        *count += 1;
        if *count <= Self::NAMED_ODD_CELLS {
            self.odd.push(OddCell { column, line, row, kind, text: String::new() });
        }
    }

    /// The code of a text in a column of texts, if it was seen there.
    pub(super) fn code_of(&self, column: usize, text: &[u8]) -> Option<u32> {
        match self.columns.get(column) {
            Some(ColumnBuilder::Text(_, dictionary, _)) => dictionary.codes.get(text).copied(),
            _ => None,
        }
    }

    /// How many different texts were seen in a column.
    pub(super) fn texts_in(&self, column: usize) -> u32 {
        match self.columns.get(column) {
            Some(ColumnBuilder::Text(_, dictionary, _)) => u32::try_from(dictionary.texts.len()).unwrap_or(u32::MAX),
            _ => 0,
        }
    }

    /// Another run begins with the next row.
    pub(super) fn begin_run(&mut self) {
        let row = usize::try_from(self.rows()).unwrap_or(usize::MAX);
        if row > 0 && self.run_starts.last() != Some(&row) {
            self.run_starts.push(row);
        }
    }

    /// Rows taken.
    pub(super) fn rows(&self) -> u64 {
        self.lines.rows()
    }

    /// Whether each cell is exactly what its column holds: whole numbers where it has only whole ones, decimals where
    /// it has decimals, no number where it has words.
    pub(super) fn fits_strictly(&self, row: Row<'_>) -> bool {
        row.len() == self.columns.len()
            && self.columns.iter().enumerate().all(|(index, column)| {
                let look = cells::look(row.cell(index), self.mark);
                match column.cell_type() {
                    CellType::Integer => look == Look::Integer,
                    CellType::Decimal => look == Look::Decimal,
                    CellType::Boolean => look == Look::Boolean,
                    CellType::Timestamp => look == Look::Timestamp,
                    CellType::Quantity(dimension) => look == Look::Quantity(dimension),
                    CellType::Text => !look.is_number() && look != Look::NotFinite,
                }
            })
    }

    /// Whether a text of the row is a label of this table, or differs from one only in numbers.
    pub(super) fn knows_a_label(&self, row: Row<'_>) -> bool {
        self.columns.iter().enumerate().any(|(index, column)| match column {
            ColumnBuilder::Text(_, dictionary, _) => {
                cells::look(row.cell(index), self.mark) == Look::Text && dictionary.knows(row.cell(index))
            }
            _ => false,
        })
    }

    /// Whether a cell of the row is a number where this table has words only.
    pub(super) fn has_number_among_words(&self, row: Row<'_>) -> bool {
        self.columns.iter().enumerate().any(|(index, column)| {
            matches!(column, ColumnBuilder::Text(_, _, CellType::Text))
                && cells::look(row.cell(index), self.mark).is_number()
        })
    }

    /// Whether the last row's last number looks cut off: fewer than half of the digits that all others have.
    pub(super) fn last_number_is_cut(&self) -> bool {
        /// A metric whose numbers usually have fewer digits after the point varies in length by itself.
        const LONG: usize = 8;
        let Some(ColumnBuilder::Number(numbers)) = self.columns.last() else { return false };
        let usual = numbers.shape.usual_digits();
        let shorter: u64 = numbers.shape.fraction_digits[..=usual / 2].iter().sum();
        usual >= LONG && numbers.last_digits <= usual / 2 && shorter == 1
    }

    /// Takes the last number out: it was cut off.
    pub(super) fn forget_last_number(&mut self) {
        let row = u32::try_from(self.lines.rows().saturating_sub(1)).unwrap_or(u32::MAX);
        if let Some(ColumnBuilder::Number(numbers)) = self.columns.last_mut() {
            numbers.absent.push(row);
        }
    }

    /// The finished table.
    pub(super) fn finish(self) -> RawTable {
        let rows = usize::try_from(self.lines.rows()).unwrap_or(usize::MAX);
        let run_starts = runs_worth_telling(self.run_starts, rows);
        let mut names = UniqueNames::default();
        let mut header = Vec::with_capacity(self.columns.len());
        let mut frame_columns = Vec::with_capacity(self.columns.len());
        let mut columns = Vec::with_capacity(self.columns.len());
        for (index, column) in self.columns.into_iter().enumerate() {
            let name = names.unique(self.header.get(index).map_or("", String::as_str), index);
            let (series, raw) = finish_column(column, &name);
            header.push(name);
            frame_columns.push(FrameColumn::from(series));
            columns.push(raw);
        }
        // Lengths are equal and names unique by construction; a failure here would be ours and must not be hidden.
        let frame = DataFrame::new(rows, frame_columns).unwrap_or_default();
        debug_assert_eq!(frame.height(), rows);
        RawTable {
            name: self.name,
            header,
            header_line: self.header_line,
            lines: self.lines,
            frame,
            columns,
            odd: self.odd,
            odd_counts: self.odd_counts,
            intruders: self.intruders,
            run_starts,
        }
    }
}

/// Runs of very few rows are tables that take turns in one file, not runs.
fn runs_worth_telling(starts: Vec<usize>, rows: usize) -> Vec<usize> {
    const FEWEST_ROWS: usize = 10;
    let ends = starts.iter().copied().chain([rows]);
    let mut from = 0;
    let long = ends.into_iter().all(|end| end - std::mem::replace(&mut from, end) >= FEWEST_ROWS);
    if long { starts } else { Vec::new() }
}

fn finish_column(column: ColumnBuilder, name: &str) -> (Series, RawColumn) {
    let cells = column.cell_type();
    let mut raw = RawColumn { cells, dictionary: Vec::new(), shape: None };
    let series = match column {
        ColumnBuilder::Number(numbers) | ColumnBuilder::Quantity(numbers, _) => {
            raw.shape = Some(numbers.shape);
            number_series(name, numbers.values, &numbers.absent)
        }
        ColumnBuilder::Text(mut codes, dictionary, cells) => {
            let texts: Vec<String> =
                dictionary.texts.iter().map(|text| String::from_utf8_lossy(text).into_owned()).collect();
            let numbers = numbers_after_all(&texts).filter(|_| cells == CellType::Text);
            if let Some(numbers) = numbers {
                raw.cells = if numbers.iter().flatten().all(|number| number.fract() == 0.0) {
                    CellType::Integer
                } else {
                    CellType::Decimal
                };
                decoded_series(name, &codes, &numbers)
            } else {
                raw.dictionary = texts;
                codes.shrink_to_fit();
                UInt32Chunked::from_vec(name.into(), codes).into_series()
            }
        }
        ColumnBuilder::Timestamp(instants) => {
            Int64Chunked::from_iter_options(name.into(), instants.into_iter()).into_series()
        }
    };
    (series, raw)
}

/// The numbers that codes stand for.
fn decoded_series(name: &str, codes: &[u32], numbers: &[Option<f64>]) -> Series {
    let decoded: Vec<Option<f64>> = codes.iter().map(|code| numbers.get(*code as usize).copied().flatten()).collect();
    Series::new(name.into(), decoded)
}

/// The numbers of a column that began empty and was therefore taken for text, if all its texts are numbers.
fn numbers_after_all(texts: &[String]) -> Option<Vec<Option<f64>>> {
    let mut any = false;
    let numbers: Option<Vec<Option<f64>>> = texts
        .iter()
        .map(|text| {
            if cells::is_empty_word(text.as_bytes()) {
                return Some(None);
            }
            any = true;
            cells::number(text.as_bytes(), DecimalMark::Point).filter(|number| number.is_finite()).map(Some)
        })
        .collect();
    numbers.filter(|_| any)
}

fn number_series(name: &str, mut values: Vec<f64>, absent: &[u32]) -> Series {
    values.shrink_to_fit();
    if absent.is_empty() {
        return Float64Chunked::from_vec(name.into(), values).into_series();
    }
    let mut present = MutableBitmap::from_len_set(values.len());
    for &row in absent {
        if (row as usize) < present.len() {
            present.set(row as usize, false);
        }
    }
    Float64Chunked::from_vec_validity(name.into(), values, Some(present.into())).into_series()
}

/// Gives every column a name of its own.
#[derive(Debug, Default)]
struct UniqueNames(std::collections::HashSet<String>);

impl UniqueNames {
    fn unique(&mut self, name: &str, index: usize) -> String {
        let base = if name.trim().is_empty() { format!("column_{}", index + 1) } else { name.trim().to_owned() };
        let mut unique = base.clone();
        let mut number = 2;
        while !self.0.insert(unique.clone()) {
            unique = format!("{base}_{number}");
            number += 1;
        }
        unique
    }
}

/// A column before its role is known.
#[derive(Debug, Clone)]
pub(super) struct RawColumn {
    pub(super) cells: CellType,
    pub(super) dictionary: Vec<String>,
    pub(super) shape: Option<Shape>,
}

/// A table before the roles of its columns are known.
#[derive(Debug)]
pub(super) struct RawTable {
    pub(super) name: Option<String>,
    pub(super) header: Vec<String>,
    pub(super) header_line: Option<u64>,
    pub(super) lines: LineMap,
    pub(super) frame: DataFrame,
    pub(super) columns: Vec<RawColumn>,
    pub(super) odd: Vec<OddCell>,
    pub(super) odd_counts: OddCounts,
    pub(super) intruders: Vec<Intruder>,
    pub(super) run_starts: Vec<usize>,
}
