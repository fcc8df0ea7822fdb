//! A table of JSON objects: rows with names of their own, and columns that come with them.

use std::borrow::Cow;
use std::collections::HashMap;

use foldhash::fast::FixedState;
use serde_json::value::RawValue;

use crate::table::CellType;
use crate::table::storage::Storage;

use crate::ingest::builder::TableBuilder;
use crate::ingest::json::value::first_byte;
use crate::ingest::text::cells::DecimalMark;
use crate::ingest::text::dialect::column_type;
use crate::ingest::text::identifiers;
use crate::ingest::text::row::{Row, RowBuffer};

/// Rows by which the types of a table's columns are decided.
const SAMPLE_ROWS: usize = 200;
/// A table with more columns is no table of measurements: keys are data there.
pub(super) const MOST_COLUMNS: usize = 2000;

/// A row: names and cells of the values in one object.
#[derive(Debug, Clone, Default)]
pub(super) struct FlatRow {
    pub(super) names: Vec<String>,
    cells: RowBuffer,
    /// Which cells are text, and can therefore label the arrays inside.
    words: Vec<usize>,
}

impl FlatRow {
    pub(super) fn push(&mut self, name: &str, cell: &str, is_word: bool) {
        if is_word {
            self.words.push(self.names.len());
        }
        self.names.push(name.to_owned());
        self.cells.push(cell.as_bytes());
    }

    fn cell(&self, index: usize) -> &[u8] {
        self.cells.row().cell(index)
    }

    /// Adds a value that is neither object nor array.
    pub(super) fn push_scalar(&mut self, name: &str, value: &RawValue) {
        match first_byte(value) {
            b'"' => {
                let text: Cow<'_, str> = serde_json::from_str(value.get()).unwrap_or(Cow::Borrowed(value.get()));
                self.push(name, &text, true);
            }
            b'n' => self.push(name, "", false),
            _ => self.push(name, value.get(), false),
        }
    }

    /// Whether one of its values is a number.
    pub(super) fn has_number(&self) -> bool {
        let number =
            |index: usize| self.cell(index).first().is_some_and(|first| first.is_ascii_digit() || *first == b'-');
        (0..self.names.len()).any(|index| !self.words.contains(&index) && number(index))
    }

    /// The words of this row, as the beginning of a row inside it.
    pub(super) fn labels(&self) -> Self {
        let mut labels = Self::default();
        for &index in &self.words {
            labels.push(&self.names[index], &String::from_utf8_lossy(self.cell(index)), true);
        }
        labels
    }
}

/// A table that grows columns as its rows bring new names.
pub(super) struct ObjectTable {
    pub(super) path: String,
    /// Whether its rows stand beside the samples of a document.
    pub(super) beside_samples: bool,
    storage: Storage,
    pub(super) columns: HashMap<String, usize, FixedState>,
    names: Vec<String>,
    /// Rows that wait for the types of the columns to be decided.
    waiting: Vec<(FlatRow, u64)>,
    pub(super) builder: Option<TableBuilder>,
    pub(super) refused_columns: u64,
    cells: Vec<(usize, usize)>,
}

impl ObjectTable {
    pub(super) fn new(path: &str, beside_samples: bool, storage: Storage) -> Self {
        Self {
            path: path.to_owned(),
            beside_samples,
            storage,
            columns: HashMap::default(),
            names: Vec::new(),
            waiting: Vec::new(),
            builder: None,
            refused_columns: 0,
            cells: Vec::new(),
        }
    }

    pub(super) fn push(&mut self, row: FlatRow, line: u64) {
        for name in &row.names {
            if !self.columns.contains_key(name) {
                if self.names.len() == MOST_COLUMNS {
                    self.refused_columns += 1;
                    continue;
                }
                self.columns.insert(name.clone(), self.names.len());
                self.names.push(name.clone());
            }
        }
        if self.builder.is_some() {
            self.take(&row, line);
        } else {
            self.waiting.push((row, line));
            if self.waiting.len() == SAMPLE_ROWS {
                self.decide_types();
            }
        }
    }

    pub(super) fn decide_types(&mut self) {
        let waiting = std::mem::take(&mut self.waiting);
        let types: Vec<CellType> = self.names.iter().map(|name| type_of(name, &waiting)).collect();
        let name = (!self.path.is_empty()).then(|| self.path.clone());
        let mut builder = TableBuilder::new(&self.storage, self.names.clone(), &types);
        builder.name = name;
        builder.beside_samples = self.beside_samples;
        self.builder = Some(builder);
        for (row, line) in waiting {
            self.take(&row, line);
        }
    }

    fn take(&mut self, row: &FlatRow, line: u64) {
        let Some(builder) = &mut self.builder else { return };
        for name in &self.names[builder.columns.len()..] {
            let position = row.names.iter().position(|found| found == name);
            let cell = position.map(|index| row.cell(index));
            builder.add_column(name, column_type(cell.into_iter(), DecimalMark::Point));
        }
        self.cells.clear();
        self.cells.resize(self.names.len(), (0, 0));
        let own = row.cells.row();
        for (name, cell) in row.names.iter().zip(own.cells) {
            if let Some(&column) = self.columns.get(name) {
                self.cells[column] = *cell;
            }
        }
        builder.push(Row { text: own.text, cells: &self.cells }, line);
    }
}

/// The type of the cells under a name.
fn type_of(name: &str, rows: &[(FlatRow, u64)]) -> CellType {
    let cells = rows.iter().filter_map(|(row, _)| {
        let index = row.names.iter().rposition(|other| other == name)?;
        Some(row.cell(index))
    });
    let cells = column_type(cells, DecimalMark::Point);
    let identifies = matches!(cells, CellType::Quantity(_)) && identifiers::ends_in_id(name);
    if identifies { CellType::Text } else { cells }
}
