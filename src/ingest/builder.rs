//! Tables under construction: typed columns that grow by rows.
//!
//! In: rows of cells. Out: a [`Table`] whose columns have no roles yet, and the cells in it that are not what their column
//! holds. A row is taken whole or not at all: a cell that its column cannot hold refuses the row, and the caller decides
//! what the row is.

mod beside_rows;
mod column;

use std::collections::{HashMap, HashSet};

use foldhash::fast::FixedState;

use crate::measure::ending::{self, NoResult};
use crate::measure::finding::FindingKind;
use crate::table::line_map::LineMap;
use crate::table::storage::Storage;
use crate::table::{CellType, ForeignValue, LabelIdentity, Shape, Table};

use crate::ingest::meaning::name;
use crate::ingest::privacy;
use crate::ingest::text::cells::{self, DecimalMark, Look};
use crate::ingest::text::parts::{Part, Span};
use crate::ingest::text::row::Row;

pub(crate) use column::ColumnBuilder;
use column::{CellValue, FinalColumns};

/// A cell that does not hold what its column holds.
#[derive(Debug, Clone)]
pub(crate) struct InvalidCell {
    pub(crate) column: usize,
    /// Line of its row.
    pub(crate) line: u64,
    /// Row in its table.
    pub(crate) row: u64,
    /// What is wrong: not a number, not finite, or empty.
    pub(crate) kind: FindingKind,
    /// The cell as written.
    pub(crate) text: String,
}

/// The cells of a table that do not hold what their column holds.
#[derive(Debug, Default)]
pub(crate) struct InvalidCells {
    /// The first [`NAMED`](Self::NAMED) of a column and kind.
    pub(crate) named: Vec<InvalidCell>,
    /// How many there are, by column and kind.
    pub(crate) counts: HashMap<(usize, FindingKind), u64, FixedState>,
    /// For each column all rows in which a word says that there is no result, and which kind of word.
    pub(crate) no_results: HashMap<usize, Vec<(u64, NoResult)>, FixedState>,
    /// For each column all rows in which a word stands for a number.
    pub(crate) words: HashMap<usize, WordCells, FixedState>,
}

/// The words among the numbers of a column, as long as they are few different ones.
#[derive(Debug, Default)]
pub(crate) struct WordCells {
    /// Each once.
    pub(crate) texts: Vec<String>,
    /// Rows, ascending, each with the index of its text.
    pub(crate) rows: Vec<(u64, u32)>,
    /// Whether there are more different ones than are kept.
    pub(crate) are_too_many: bool,
}

impl WordCells {
    /// More different words say nothing that all rows of a column could be told by.
    const MOST: usize = 50;

    fn push(&mut self, row: u64, text: &[u8]) {
        let text = String::from_utf8_lossy(text);
        let known = self.texts.iter().position(|known| *known == text);
        if self.are_too_many || known.is_none() && self.texts.len() == Self::MOST {
            *self = Self { are_too_many: true, ..Self::default() };
            return;
        }
        let index = known.unwrap_or_else(|| {
            self.texts.push(text.into_owned());
            self.texts.len() - 1
        });
        self.rows.push((row, index as u32));
    }
}

impl InvalidCells {
    /// Cells of a kind and column whose text is kept; the rest are counted.
    pub(crate) const NAMED: u64 = 50;

    fn note(&mut self, column: usize, line: u64, row: u64, kind: FindingKind, text: &[u8]) {
        let count = self.counts.entry((column, kind)).or_default();
        *count += 1;
        if *count <= Self::NAMED {
            let text = String::from_utf8_lossy(text).into_owned();
            self.named.push(InvalidCell { column, line, row, kind, text });
        }
    }

    /// Notes a cell that holds no number, by what it says instead.
    fn note_word(&mut self, column: usize, line: u64, row: u64, text: &[u8], mark: DecimalMark) {
        let look = cells::look(text, mark);
        if !matches!(look, Look::Empty | Look::NotFinite) {
            self.words.entry(column).or_default().push(row, text);
        }
        let kind = match (look, ending::no_result(text)) {
            (Look::Empty, _) => FindingKind::EmptyCell,
            (Look::NotFinite, _) => FindingKind::NotFinite,
            (_, Some(no_result)) => {
                self.no_results.entry(column).or_default().push((row, no_result));
                FindingKind::NoResult
            }
            _ => FindingKind::NotANumber,
        };
        self.note(column, line, row, kind, text);
    }
}

/// A table under construction.
#[derive(Debug)]
pub(crate) struct TableBuilder {
    pub(crate) name: Option<String>,
    pub(crate) header: Vec<String>,
    pub(crate) header_line: Option<u64>,
    pub(crate) columns: Vec<ColumnBuilder>,
    pub(crate) lines: LineMap,
    pub(crate) invalid: InvalidCells,
    pub(crate) foreign_values: Vec<ForeignValue>,
    /// Rows at which another run begins.
    pub(crate) run_starts: Vec<usize>,
    pub(crate) mark: DecimalMark,
    /// Whether a decimal number may widen a column of whole numbers without further question.
    pub(crate) may_widen: bool,
    /// Whether its rows stand beside the samples of a document: each of their numbers is the only one of its kind.
    pub(crate) beside_samples: bool,
    /// Whether an absent cell says something that stands beside it: what had no answer took no time.
    pub(crate) absence_is_told: bool,
    /// Columns that repeat numbers of the object around their rows: settings, or results of that object alone.
    pub(crate) inherited: Vec<usize>,
    /// Columns that say where on an axis a row stands: no results.
    pub(crate) axes: Vec<usize>,
    /// Titles between its rows, each with the row that it stands above.
    pub(crate) titles: Vec<(u64, String)>,
    /// Rows that hold no cells but what a tool said of its failure instead.
    messages: Vec<(u64, String)>,
    /// Where its cells are kept.
    pub(in crate::ingest) storage: Storage,
    parsed: Vec<CellValue>,
}

impl TableBuilder {
    /// An empty table without a name, whose columns are kept in a storage: [`Storage::MEMORY`] for documents that are held
    /// in memory as a whole.
    pub(crate) fn new(storage: &Storage, header: Vec<String>, types: &[CellType]) -> Self {
        Self {
            name: None,
            header,
            header_line: None,
            storage: storage.clone(),
            columns: types.iter().map(|cells| ColumnBuilder::new(*cells, storage)).collect(),
            lines: LineMap::default(),
            invalid: InvalidCells::default(),
            foreign_values: Vec::new(),
            run_starts: Vec::new(),
            mark: DecimalMark::Point,
            may_widen: true,
            beside_samples: false,
            absence_is_told: false,
            inherited: Vec::new(),
            axes: Vec::new(),
            titles: Vec::new(),
            messages: Vec::new(),
            parsed: Vec::new(),
        }
    }

    /// An empty table with columns that a format defines.
    pub(crate) fn of(storage: &Storage, name: Option<&str>, columns: &[(&str, CellType)]) -> Self {
        let header = columns.iter().map(|(name, _)| (*name).to_owned()).collect();
        let types: Vec<CellType> = columns.iter().map(|(_, cells)| *cells).collect();
        Self { name: name.map(str::to_owned), ..Self::new(storage, header, &types) }
    }

    /// Whether some column holds numbers or amounts.
    pub(crate) fn holds_numbers(&self) -> bool {
        self.columns.iter().any(|column| column.cell_type().is_number())
    }

    /// Takes the row whatever its cells are.
    pub(crate) fn push(&mut self, row: Row<'_>, line: u64) {
        if !self.try_push(row, line) {
            self.push_with_invalid_cells(row, line);
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
                None if cell.is_empty() => CellValue::Absent,
                None => return false,
            };
            if let (false, CellValue::Number(_, digits), ColumnBuilder::Number(numbers)) =
                (self.may_widen, parsed, column)
                && digits != Some(0)
                && !numbers.decimal
            {
                return false;
            }
            self.parsed.push(parsed);
        }
        // A row of nothing but absent numbers is worth a second look by the caller.
        let absent = self.parsed.iter().filter(|parsed| matches!(parsed, CellValue::Absent)).count();
        if absent > 0 {
            if absent == self.parsed.len() {
                return false;
            }
            for index in 0..self.parsed.len() {
                if matches!(self.parsed[index], CellValue::Absent) {
                    self.invalid.note(index, line, self.lines.rows(), FindingKind::EmptyCell, b"");
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
            column.push(CellValue::Absent, b"");
        }
        self.header.push(name.to_owned());
        self.columns.push(column);
    }

    /// Takes the row whatever its cells are; cells that are not what their column holds become absent and are noted.
    pub(crate) fn push_with_invalid_cells(&mut self, row: Row<'_>, line: u64) {
        self.parsed.clear();
        // Users' data of an agent swarm is quoted nowhere, in whatever form it comes.
        let private = row.iter().any(privacy::mentions_private);
        for index in 0..self.columns.len() {
            let cell = row.cell(index);
            let about = || {
                let number = self.columns[index].parse(cells::about(cell)?, self.mark)?;
                matches!(number, CellValue::Number(..)).then_some(number)
            };
            // `82.4 ms` in a column that is called `latency_ms`.
            let in_own_unit = || {
                let (amount, unit) = cells::with_unit(cell)?;
                let is_own = name::read(self.header.get(index)?).unit == Some(unit);
                is_own.then(|| self.columns[index].parse(amount, self.mark)).flatten()
            };
            let parsed = self.columns[index].parse(cell, self.mark).or_else(in_own_unit);
            if parsed.is_none()
                && let Some(number) = about()
            {
                self.invalid.note(index, line, self.lines.rows(), FindingKind::Approximate, cell);
                self.parsed.push(number);
                continue;
            }
            let parsed = parsed.unwrap_or_else(|| {
                if private && !cells::is_empty_word(cell) {
                    let (kind, text) = (FindingKind::NotANumber, privacy::WITHHELD);
                    self.invalid.note(index, line, self.lines.rows(), kind, text);
                } else {
                    self.storage.note_texts(size_of::<(u64, NoResult)>() + size_of::<(u64, u32)>());
                    self.invalid.note_word(index, line, self.lines.rows(), cell, self.mark);
                }
                CellValue::Absent
            });
            self.parsed.push(parsed);
        }
        self.commit(row, line);
    }

    /// Takes a line in which a tool says that it failed where a row would be: a row without any cell.
    pub(crate) fn push_message(&mut self, message: String, line: u64) {
        self.messages.push((self.rows(), message));
        for column in &mut self.columns {
            column.push(CellValue::Absent, b"");
        }
        self.lines.push(line);
    }

    fn commit(&mut self, row: Row<'_>, line: u64) {
        for (index, column) in self.columns.iter_mut().enumerate() {
            column.push(self.parsed[index], row.cell(index));
        }
        self.lines.push(line);
    }

    /// Takes rows that were read together; the first one stands on `line`.
    pub(crate) fn append(&mut self, part: &Part, span: &Span, line: u64) {
        let row = self.lines.rows();
        self.lines.push_run(line, span.rows as u64);
        let rows = span.first as u32..(span.first + span.rows) as u32;
        let from = part.absent.partition_point(|(of, _)| *of < rows.start);
        for &(of, column) in part.absent[from..].iter().take_while(|(of, _)| *of < rows.end) {
            let offset = u64::from(of - rows.start);
            self.invalid.note(column as usize, line + offset, row + offset, FindingKind::EmptyCell, b"");
        }
        for (column, part) in self.columns.iter_mut().zip(&part.columns) {
            column.append(part, span);
        }
    }

    /// Notes a number that is not finite, in a row of its own count that [`append`](Self::append) took or will take.
    #[cfg(feature = "parquet")]
    pub(crate) fn note_not_finite(&mut self, column: usize, line: u64, row: u64, text: &str) {
        self.invalid.note(column, line, row, FindingKind::NotFinite, text.as_bytes());
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

    /// Whether the last row's last number looks cut off: fewer than half of the digits that all others have, or fewer than all others have
    /// in common.
    pub(crate) fn last_number_is_cut(&self) -> bool {
        /// A metric whose numbers usually have fewer digits after the point varies in length by itself.
        const LONG: usize = 8;
        let Some(ColumnBuilder::Number(numbers)) = self.columns.last() else { return false };
        let usual = numbers.shape.usual_digits();
        let shorter: u64 = numbers.shape.fraction_digits[..=usual / 2].iter().sum();
        let is_far_shorter = usual >= LONG && numbers.last_digits <= usual / 2 && shorter == 1;
        is_far_shorter || self.lacks_common_digits(&numbers.shape, numbers.last_digits)
    }

    /// Whether all numbers above have as many digits after the point and the last one fewer. Who leaves closing zeros out writes one digit
    /// fewer in one of ten, two in one of a hundred: that all others have them, and only the last one not, must not be chance.
    fn lacks_common_digits(&self, shape: &Shape, last: usize) -> bool {
        const CHANCE: f64 = 1e-3;
        let common = shape.usual_digits();
        let others = self.lines.rows().saturating_sub(1);
        if last >= common || shape.fraction_digits[common] != others {
            return false;
        }
        let power = |count: u64| i32::try_from(count).unwrap_or(i32::MAX);
        0.9_f64.powi(power(others)) * 0.1_f64.powi(power((common - last) as u64)) < CHANCE
    }

    /// Takes the last number out: it was cut off.
    pub(crate) fn forget_last_number(&mut self) {
        if let Some(ColumnBuilder::Number(numbers)) = self.columns.last_mut() {
            numbers.cells.forget_last();
        }
    }

    /// The finished table, and the cells in it that are not what their column holds.
    pub(crate) fn finish(mut self) -> (Table, InvalidCells) {
        let rows = usize::try_from(self.lines.rows()).unwrap_or(usize::MAX);
        let mut names = HashSet::new();
        let header = with_percentiles(self.header);
        let mut columns = Vec::with_capacity(self.columns.len());
        let mut seconds = Vec::new();
        for (index, column) in self.columns.into_iter().enumerate() {
            let name = unique(header.get(index).map_or("", String::as_str), index, &mut names);
            let FinalColumns { mut column, second, without_amount } =
                column.finish(name.clone(), self.mark, &self.storage);
            if column.name != name {
                column.name = unique(&column.name, index, &mut names);
            }
            for (row, text) in without_amount {
                let line = self.lines.line(row).unwrap_or_default();
                self.invalid.note_word(index, line, row, &text, self.mark);
            }
            columns.push(column);
            seconds.extend(second);
        }
        // At the end, so that the places of the others stay what the findings say.
        for mut second in seconds {
            second.name = unique(&second.name, columns.len(), &mut names);
            columns.push(second);
        }
        let beside = beside_rows::columns(&self.titles, &self.messages, rows, &self.storage);
        for mut column in beside {
            column.name = unique(&column.name, columns.len(), &mut names);
            columns.push(column);
        }
        let table = Table {
            name: self.name,
            header_line: self.header_line,
            columns,
            run_starts: runs_worth_telling(self.run_starts, rows),
            lines: self.lines,
            foreign_values: self.foreign_values,
            labels: LabelIdentity::default(),
            defined_by_tool: false,
            order_is_recorded: true,
        };
        (table, self.invalid)
    }
}

/// Runs of very few rows are tables that take turns in one file, not runs.
pub(crate) fn runs_worth_telling(starts: Vec<usize>, rows: usize) -> Vec<usize> {
    const FEWEST_ROWS: usize = 10;
    let ends = starts.iter().copied().chain([rows]);
    let mut from = 0;
    let long = ends.into_iter().all(|end| end - std::mem::replace(&mut from, end) >= FEWEST_ROWS);
    if long { starts } else { Vec::new() }
}

/// The names of columns that are percentiles, written as such: the numbers of a header that end with 90, 95 and 99 or so, up to 100.
fn with_percentiles(mut names: Vec<String>) -> Vec<String> {
    let is = |name: &String| name.parse::<f64>().ok().filter(|percent| (50.0..=100.0).contains(percent));
    let percents: Vec<f64> = names.iter().filter_map(is).collect();
    let numbers = names.iter().filter(|name| name.parse::<f64>().is_ok()).count();
    let telling = [50.0, 90.0, 95.0, 99.0].iter().filter(|known| percents.contains(known)).count();
    if telling >= 3 && percents.len() == numbers {
        for name in names.iter_mut().filter(|name| is(name).is_some()) {
            name.push('%');
        }
    }
    names
}

/// A name that no column before it has.
fn unique(name: &str, index: usize, taken: &mut HashSet<String>) -> String {
    let base = if name.trim().is_empty() { format!("column_{}", index + 1) } else { name.trim().to_owned() };
    let mut unique = base.clone();
    let mut number = 2;
    while !taken.insert(unique.clone()) {
        unique = format!("{base}_{number}");
        number += 1;
    }
    unique
}
