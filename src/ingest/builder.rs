//! Tables under construction: typed columns that grow by rows.
//!
//! In: rows of cells. Out: a [`RawTable`], from which `roles` makes a table of the model. A row is taken whole or not
//! at all: a cell that its column cannot hold refuses the row, and the caller decides what the row is.

use std::collections::{HashMap, HashSet};

use crate::measure::finding::FindingKind;
use crate::measure::label::pattern;
use crate::table::line_map::LineMap;
use crate::table::packed::{Cells, CellsBuilder, Kind};
use crate::table::storage::Storage;
use crate::table::{CellType, Intruder, Shape};
use foldhash::fast::FixedState;

use crate::ingest::meaning::clock;
use crate::ingest::privacy;
use crate::ingest::text::cells::{self, DecimalMark, Look};
use crate::ingest::text::parts::{ABSENT, NO_DIGITS, NumberPart, Part, PartColumn, Run, TextPart};

/// A row of cells: ranges of a text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Row<'a> {
    /// The text that the ranges refer to.
    pub(crate) text: &'a [u8],
    /// Start and end of each cell.
    pub(crate) cells: &'a [(usize, usize)],
}

impl<'a> Row<'a> {
    /// The cell at `index`, trimmed; empty beyond the end.
    pub(crate) fn cell(&self, index: usize) -> &'a [u8] {
        self.cells.get(index).map_or(&[], |&(start, end)| self.text[start..end].trim_ascii())
    }

    /// All cells, trimmed.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &'a [u8]> + '_ {
        (0..self.cells.len()).map(|index| self.cell(index))
    }

    /// How many cells.
    pub(crate) fn len(&self) -> usize {
        self.cells.len()
    }
}

/// Texts by code, codes by text.
#[derive(Debug, Default)]
pub(crate) struct Dictionary {
    storage: Storage,
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
        self.storage.note_texts(3 * text.len() + Self::AROUND_TEXT);
        self.codes.insert(text.into(), code);
        self.texts.push(text.into());
        if self.patterns.len() < Self::PATTERNS {
            self.patterns.insert(pattern(&String::from_utf8_lossy(text)));
        }
        code
    }

    /// Bytes around a text: it stands twice in a table that is between half and seven eighths full, and later as a string.
    const AROUND_TEXT: usize = 110;
    /// Patterns remembered for [`knows`](Self::knows). A column with more is no label.
    const PATTERNS: usize = 1000;

    /// Whether this text, or one that differs only in numbers, was seen.
    pub(crate) fn knows(&self, text: &[u8]) -> bool {
        self.codes.contains_key(text) || self.patterns.contains(&pattern(&String::from_utf8_lossy(text)))
    }
}

/// A cell that does not hold what its column holds.
#[derive(Debug, Clone)]
pub(crate) struct OddCell {
    /// Column of the cell.
    pub(crate) column: usize,
    /// Line of its row.
    pub(crate) line: u64,
    /// Row in its table.
    pub(crate) row: u64,
    /// What is odd: not a number, not finite, or empty.
    pub(crate) kind: FindingKind,
    /// The cell as written; only for the first [`TableBuilder::NAMED_ODD_CELLS`] of a kind and column.
    pub(crate) text: String,
}

/// How many cells are odd, by column and kind.
pub(crate) type OddCounts = HashMap<(usize, FindingKind), u64, FixedState>;

/// The numbers of a column under construction.
#[derive(Debug)]
pub(crate) struct Numbers {
    cells: CellsBuilder,
    shape: Shape,
    decimal: bool,
    /// Digits after the point of the last cell, to see whether the end of a file was cut off.
    last_digits: usize,
}

impl Numbers {
    fn new(decimal: bool, storage: &Storage) -> Self {
        Self { cells: CellsBuilder::numbers(storage.clone()), shape: Shape::default(), decimal, last_digits: 0 }
    }

    fn push(&mut self, value: f64, digits: Option<usize>) {
        self.cells.push_number(value, digits == Some(0));
        self.decimal |= digits != Some(0);
        match digits {
            Some(digits) => self.shape.fraction_digits[digits.min(Shape::DIGITS - 1)] += 1,
            None => self.shape.exponents += 1,
        }
        self.last_digits = digits.unwrap_or(usize::MAX);
    }

    /// Takes the numbers of a run.
    fn append(&mut self, part: &NumberPart, run: &Run) {
        let rows = run.first..run.first + run.rows;
        let digits = &part.digits[rows.clone()];
        let mut counts = [0_u32; 256];
        for &digits in digits {
            counts[usize::from(digits)] += 1;
        }
        if counts[usize::from(ABSENT)] == 0 && (counts[0] == 0 || counts[0] as usize == digits.len()) {
            self.cells.extend_alike(&part.values[rows], counts[0] > 0);
        } else {
            let values = &part.values[rows];
            self.cells.extend_numbers(values, |index| digits[index] == ABSENT, |index| digits[index] == 0);
        }
        for (total, count) in self.shape.fraction_digits.iter_mut().zip(counts) {
            *total += u64::from(count);
        }
        let exponents = u64::from(counts[usize::from(NO_DIGITS)]);
        self.shape.exponents += exponents;
        self.decimal |= exponents > 0 || counts[1..Shape::DIGITS].iter().any(|count| *count > 0);
        if let Some(&last) = digits.last()
            && last != ABSENT
        {
            self.last_digits = if last == NO_DIGITS { usize::MAX } else { usize::from(last) };
        }
    }
}

/// A column under construction.
#[derive(Debug)]
pub(crate) enum ColumnBuilder {
    /// Whole or decimal numbers.
    Number(Numbers),
    /// Numbers with units in their cells.
    Quantity(Numbers, crate::measure::unit::Dimension),
    /// Text or booleans.
    Text(CellsBuilder, Dictionary, CellType),
    /// Instants.
    Timestamp(CellsBuilder),
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
    fn new(cells: CellType, storage: &Storage) -> Self {
        match cells {
            CellType::Text | CellType::Boolean => {
                let dictionary = Dictionary { storage: storage.clone(), ..Dictionary::default() };
                Self::Text(CellsBuilder::codes(storage.clone()), dictionary, cells)
            }
            CellType::Integer | CellType::Decimal => Self::Number(Numbers::new(cells == CellType::Decimal, storage)),
            CellType::Timestamp => Self::Timestamp(CellsBuilder::instants(storage.clone())),
            CellType::Quantity(dimension) => Self::Quantity(Numbers::new(false, storage), dimension),
        }
    }

    /// The type of its cells, as far as it has been seen.
    pub(crate) fn cell_type(&self) -> CellType {
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

    fn push(&mut self, parsed: Parsed, cell: &[u8]) {
        match (self, parsed) {
            (Self::Number(numbers) | Self::Quantity(numbers, _), Parsed::Number(value, digits)) => {
                numbers.push(value, digits);
            }
            (Self::Number(numbers) | Self::Quantity(numbers, _), _) => numbers.cells.push_absent(),
            (Self::Text(codes, dictionary, _), _) => codes.push_code(dictionary.code(cell)),
            (Self::Timestamp(instants), Parsed::Timestamp(nanos)) => instants.push_instant(Some(nanos)),
            (Self::Timestamp(instants), _) => instants.push_instant(None),
        }
    }
}

impl ColumnBuilder {
    /// Takes the cells of a run.
    fn append(&mut self, part: &PartColumn, run: &Run) {
        match (self, part) {
            (Self::Number(numbers) | Self::Quantity(numbers, _), PartColumn::Numbers(part)) => {
                numbers.append(part, run);
            }
            (Self::Text(codes, dictionary, _), PartColumn::Texts(part)) => append_texts(codes, dictionary, part, run),
            (Self::Timestamp(instants), PartColumn::Instants(part)) => {
                part[run.first..run.first + run.rows].iter().for_each(|instant| instants.push_instant(*instant));
            }
            _ => debug_assert!(false, "a part is made for the columns of its table"),
        }
    }
}

fn append_texts(codes: &mut CellsBuilder, dictionary: &mut Dictionary, part: &TextPart, run: &Run) {
    let found = &part.codes[run.first..run.first + run.rows];
    let newest = found.iter().copied().max().filter(|code| *code >= part.known);
    let Some(newest) = newest else {
        codes.extend_codes(found.iter().copied());
        return;
    };
    // Texts get their codes in the order of rows, whatever was read before this part and inside it.
    let seen = &part.new[..=(newest - part.known) as usize];
    let final_codes: Vec<u32> = seen.iter().map(|text| dictionary.code(text)).collect();
    codes.extend_codes(found.iter().map(|&code| match code.checked_sub(part.known) {
        Some(new) => final_codes[new as usize],
        None => code,
    }));
}

/// A table under construction.
#[derive(Debug)]
pub(crate) struct TableBuilder {
    pub(crate) name: Option<String>,
    pub(crate) header: Vec<String>,
    pub(crate) header_line: Option<u64>,
    pub(crate) columns: Vec<ColumnBuilder>,
    pub(crate) lines: LineMap,
    pub(crate) odd: Vec<OddCell>,
    pub(crate) odd_counts: OddCounts,
    pub(crate) intruders: Vec<Intruder>,
    /// Rows at which another run begins.
    pub(crate) run_starts: Vec<usize>,
    pub(crate) mark: DecimalMark,
    /// Whether a decimal number may widen a column of whole numbers without further question.
    pub(crate) may_widen: bool,
    storage: Storage,
    parsed: Vec<Parsed>,
}

impl TableBuilder {
    /// Odd cells of a kind and column whose text is kept; the rest are counted.
    pub(crate) const NAMED_ODD_CELLS: u64 = 50;

    /// An empty table, whose columns stay in memory: for documents that are held in memory as a whole.
    pub(crate) fn new(
        name: Option<String>,
        header: Vec<String>,
        header_line: Option<u64>,
        types: &[CellType],
        mark: DecimalMark,
    ) -> Self {
        Self::kept_in(&Storage::MEMORY, name, header, header_line, types, mark)
    }

    /// An empty table, whose columns are kept in a storage.
    #[allow(clippy::too_many_arguments, reason = "what a table is from its beginning")]
    pub(crate) fn kept_in(
        storage: &Storage,
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
            storage: storage.clone(),
            columns: types.iter().map(|cells| ColumnBuilder::new(*cells, storage)).collect(),
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
    pub(crate) fn try_push(&mut self, row: Row<'_>, line: u64) -> bool {
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
    pub(crate) fn add_column(&mut self, name: &str, cells: CellType) {
        let mut column = ColumnBuilder::new(cells, &self.storage);
        for _ in 0..self.lines.rows() {
            column.push(Parsed::Absent, b"");
        }
        self.header.push(name.to_owned());
        self.columns.push(column);
    }

    /// Takes the row whatever its cells are; cells that are not what their column holds become absent and are noted.
    pub(crate) fn push_with_odd_cells(&mut self, row: Row<'_>, line: u64) {
        self.parsed.clear();
        // Users' data of an agent swarm is quoted nowhere, in whatever form it comes.
        let private = row.iter().any(privacy::mentions_private);
        for index in 0..self.columns.len() {
            let cell = row.cell(index);
            let parsed = self.columns[index].parse(cell, self.mark).unwrap_or_else(|| {
                let looks_empty = cells::look(cell, self.mark) == Look::Empty;
                self.note_odd(index, if private && !looks_empty { privacy::WITHHELD } else { cell }, line);
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
        for (index, column) in self.columns.iter_mut().enumerate() {
            column.push(self.parsed[index], row.cell(index));
        }
        self.lines.push(line);
    }

    /// Takes a run of rows that were read together; the first one stands on `line`.
    pub(crate) fn append(&mut self, part: &Part, run: &Run, line: u64) {
        let row = self.lines.rows();
        self.lines.push_run(line, run.rows as u64);
        let rows = run.first as u32..(run.first + run.rows) as u32;
        let from = part.absent.partition_point(|(of, _)| *of < rows.start);
        for &(of, column) in part.absent[from..].iter().take_while(|(of, _)| *of < rows.end) {
            let offset = u64::from(of - rows.start);
            self.note_empty(column as usize, line + offset, row + offset);
        }
        for (column, part) in self.columns.iter_mut().zip(&part.columns) {
            column.append(part, run);
        }
    }

    fn note_empty(&mut self, column: usize, line: u64, row: u64) {
        self.note_cell(column, line, row, FindingKind::EmptyCell, "");
    }

    /// Notes a number that is not finite, in a row of its own count that [`append`](Self::append) took or will take.
    #[cfg(feature = "parquet")]
    pub(crate) fn note_not_finite(&mut self, column: usize, line: u64, row: u64, text: &str) {
        self.note_cell(column, line, row, FindingKind::NotFinite, text);
    }

    fn note_cell(&mut self, column: usize, line: u64, row: u64, kind: FindingKind, text: &str) {
        let count = self.odd_counts.entry((column, kind)).or_default();
        *count += 1;
        if *count <= Self::NAMED_ODD_CELLS {
            self.odd.push(OddCell { column, line, row, kind, text: text.to_owned() });
        }
    }

    /// The code of a text in a column of texts, if it was seen there.
    pub(crate) fn code_of(&self, column: usize, text: &[u8]) -> Option<u32> {
        match self.columns.get(column) {
            Some(ColumnBuilder::Text(_, dictionary, _)) => dictionary.codes.get(text).copied(),
            _ => None,
        }
    }

    /// How many different texts were seen in a column.
    pub(crate) fn texts_in(&self, column: usize) -> u32 {
        match self.columns.get(column) {
            Some(ColumnBuilder::Text(_, dictionary, _)) => u32::try_from(dictionary.texts.len()).unwrap_or(u32::MAX),
            _ => 0,
        }
    }

    /// Another run begins with the next row.
    pub(crate) fn begin_run(&mut self) {
        let row = usize::try_from(self.rows()).unwrap_or(usize::MAX);
        if row > 0 && self.run_starts.last() != Some(&row) {
            self.run_starts.push(row);
        }
    }

    /// Rows taken.
    pub(crate) fn rows(&self) -> u64 {
        self.lines.rows()
    }

    /// Whether each cell is exactly what its column holds: whole numbers where it has only whole ones, decimals where
    /// it has decimals, no number where it has words.
    pub(crate) fn fits_strictly(&self, row: Row<'_>) -> bool {
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
    pub(crate) fn knows_a_label(&self, row: Row<'_>) -> bool {
        self.columns.iter().enumerate().any(|(index, column)| match column {
            ColumnBuilder::Text(_, dictionary, _) => {
                cells::look(row.cell(index), self.mark) == Look::Text && dictionary.knows(row.cell(index))
            }
            _ => false,
        })
    }

    /// Whether a cell of the row is a number where this table has words only.
    pub(crate) fn has_number_among_words(&self, row: Row<'_>) -> bool {
        self.columns.iter().enumerate().any(|(index, column)| {
            matches!(column, ColumnBuilder::Text(_, _, CellType::Text))
                && cells::look(row.cell(index), self.mark).is_number()
        })
    }

    /// Whether the last row's last number looks cut off: fewer than half of the digits that all others have.
    pub(crate) fn last_number_is_cut(&self) -> bool {
        /// A metric whose numbers usually have fewer digits after the point varies in length by itself.
        const LONG: usize = 8;
        let Some(ColumnBuilder::Number(numbers)) = self.columns.last() else { return false };
        let usual = numbers.shape.usual_digits();
        let shorter: u64 = numbers.shape.fraction_digits[..=usual / 2].iter().sum();
        usual >= LONG && numbers.last_digits <= usual / 2 && shorter == 1
    }

    /// Takes the last number out: it was cut off.
    pub(crate) fn forget_last_number(&mut self) {
        if let Some(ColumnBuilder::Number(numbers)) = self.columns.last_mut() {
            numbers.cells.forget_last();
        }
    }

    /// The finished table.
    pub(crate) fn finish(self) -> RawTable {
        let rows = usize::try_from(self.lines.rows()).unwrap_or(usize::MAX);
        let run_starts = runs_worth_telling(self.run_starts, rows);
        let mut names = UniqueNames::default();
        let mut header = Vec::with_capacity(self.columns.len());
        let mut columns = Vec::with_capacity(self.columns.len());
        for (index, column) in self.columns.into_iter().enumerate() {
            header.push(names.unique(self.header.get(index).map_or("", String::as_str), index));
            columns.push(finish_column(column, &self.storage));
        }
        RawTable {
            name: self.name,
            header,
            header_line: self.header_line,
            lines: self.lines,
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

fn finish_column(column: ColumnBuilder, storage: &Storage) -> RawColumn {
    let cells = column.cell_type();
    match column {
        ColumnBuilder::Number(numbers) | ColumnBuilder::Quantity(numbers, _) => {
            RawColumn { cells, data: numbers.cells.finish(), dictionary: Vec::new(), shape: Some(numbers.shape) }
        }
        ColumnBuilder::Text(codes, dictionary, cells) => {
            let data = codes.finish();
            let texts: Vec<String> =
                dictionary.texts.iter().map(|text| String::from_utf8_lossy(text).into_owned()).collect();
            let Some(numbers) = numbers_after_all(&texts).filter(|_| cells == CellType::Text) else {
                return RawColumn { cells, data, dictionary: texts, shape: None };
            };
            let whole = numbers.iter().flatten().all(|number| number.fract() == 0.0);
            let cells = if whole { CellType::Integer } else { CellType::Decimal };
            RawColumn { cells, data: decoded(&data, &numbers, storage), dictionary: Vec::new(), shape: None }
        }
        ColumnBuilder::Timestamp(instants) => {
            RawColumn { cells, data: instants.finish(), dictionary: Vec::new(), shape: None }
        }
    }
}

/// The numbers that codes stand for.
fn decoded(codes: &Cells, numbers: &[Option<f64>], storage: &Storage) -> Cells {
    let mut decoded = CellsBuilder::of(Kind::Numbers, storage.clone());
    codes.visit_codes(0..codes.rows(), |_, block| {
        for code in block {
            match numbers.get(*code as usize).copied().flatten() {
                Some(number) => decoded.push_number(number, false),
                None => decoded.push_absent(),
            }
        }
    });
    decoded.finish()
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
pub(crate) struct RawColumn {
    pub(crate) cells: CellType,
    pub(crate) data: Cells,
    pub(crate) dictionary: Vec<String>,
    pub(crate) shape: Option<Shape>,
}

/// A table before the roles of its columns are known.
#[derive(Debug)]
pub(crate) struct RawTable {
    pub(crate) name: Option<String>,
    pub(crate) header: Vec<String>,
    pub(crate) header_line: Option<u64>,
    pub(crate) lines: LineMap,
    pub(crate) columns: Vec<RawColumn>,
    pub(crate) odd: Vec<OddCell>,
    pub(crate) odd_counts: OddCounts,
    pub(crate) intruders: Vec<Intruder>,
    pub(crate) run_starts: Vec<usize>,
}
