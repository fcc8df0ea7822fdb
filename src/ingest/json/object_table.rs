//! A table of JSON objects: rows with names of their own, and columns that come with them.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use foldhash::fast::FixedState;
use serde_json::value::RawValue;

use crate::table::CellType;
use crate::table::storage::Storage;

use crate::ingest::builder::TableBuilder;
use crate::ingest::json::value::first_byte;
use crate::ingest::meaning::{clock, name, vocabulary};
use crate::ingest::text::cells::{self, DecimalMark, Look};
use crate::ingest::text::column_types::column_type;
use crate::ingest::text::identifiers;
use crate::ingest::text::row::{Row, RowBuffer};

/// Rows by which the types of a table's columns are decided.
const SAMPLE_ROWS: usize = 200;
/// A table with more columns is no table of measurements: keys are data there.
pub(super) const MOST_COLUMNS: usize = 2000;

/// The name of the column with the keys of a map.
pub(super) const KEY: &str = "key";
/// The name of the column with the paths of the objects that attempts stand in.
pub(super) const OBJECT: &str = "object";
/// The name of the column that tells curves apart.
const RECORD: &str = "record";

/// A row: names and cells of the values in one object.
#[derive(Debug, Clone, Default)]
pub(super) struct FlatRow {
    pub(super) names: Vec<String>,
    cells: RowBuffer,
    /// Which cells are text, and can therefore label the arrays inside.
    words: Vec<usize>,
    /// Cells that are numbers of an object around this one.
    inherited: Vec<usize>,
    /// The cell that says where on an axis the row stands.
    axis: Option<usize>,
    /// All that tells the record from others.
    record: Option<Arc<str>>,
}

/// Whose words and numbers rows inside an object have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Around {
    /// The document's: what it says of itself holds for no single row.
    Document,
    /// An object's among others, whose settings tell it from them.
    Element,
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

    /// The same for an array of an element. Points of two curves are no samples of one thing, whatever tells their records apart: for
    /// arrays of arrays that is kept as one text.
    pub(super) fn labels_for(&self, array: &RawValue) -> Self {
        let mut labels = self.labels(Around::Element);
        let rest = array.get().trim_start().strip_prefix('[').unwrap_or_default();
        if rest.trim_start().starts_with('[') {
            labels.record = Some(Arc::from(self.in_one_text()));
        }
        labels
    }

    /// Its words and its round numbers, also where those are written as `10.0`.
    fn in_one_text(&self) -> String {
        /// Longer texts remark on a record.
        const LONGEST: usize = 60;
        let text = |(index, name): (usize, &String)| {
            let cell = self.cell(index);
            let text = String::from_utf8_lossy(cell);
            if self.words.contains(&index) {
                return (!cell.is_empty() && cell.len() <= LONGEST).then(|| text.into_owned());
            }
            is_round(cell.strip_suffix(b".0").unwrap_or(cell)).then(|| format!("{}={text}", name::leaf(name)))
        };
        self.names.iter().enumerate().filter_map(text).collect::<Vec<String>>().join(", ")
    }

    /// A row inside that has nothing but the text of its record, where there is one.
    pub(super) fn of_record(&self) -> Option<Self> {
        let record = self.record.as_deref().filter(|record| !record.is_empty())?;
        let mut one = Self::default();
        one.push(RECORD, record, true);
        Some(one)
    }

    /// Adds where on an axis the row stands.
    pub(super) fn push_axis(&mut self, name: &str, value: &RawValue) {
        self.axis = Some(self.names.len());
        self.push_scalar(name, value);
    }

    /// Whether it has a text under a name, whatever that looks like.
    fn is_word_under(&self, name: &str) -> bool {
        self.names.iter().rposition(|found| found == name).is_some_and(|index| self.words.contains(&index))
    }

    /// Whether it has a number under a name.
    fn has_number_under(&self, name: &str) -> bool {
        let index = self.names.iter().rposition(|found| found == name).filter(|index| !self.words.contains(index));
        index.is_some_and(|index| cells::look(self.cell(index), DecimalMark::Point).is_number())
    }

    /// Whether one of its values is a number.
    pub(super) fn has_number(&self) -> bool {
        let number =
            |index: usize| self.cell(index).first().is_some_and(|first| first.is_ascii_digit() || *first == b'-');
        (0..self.names.len()).any(
            |index| {
                if self.words.contains(&index) { is_amount(self.cell(index)) } else { number(index) }
            },
        )
    }

    /// What of it holds for an array: nothing that stands in an object beside it and speaks of the arrays
    /// there, or that an object around it says of itself.
    pub(super) fn without_those_of_others(&self, array: &str, arrays: &[&str]) -> Self {
        let mut kept = Self::default();
        for (index, name) in self.names.iter().enumerate() {
            let object = name.rsplit_once('.').map_or("", |(object, _)| object);
            let leaf = &name[object.len()..];
            let nearer = |other: &String| other.strip_suffix(leaf).is_some_and(|around| is_inside(array, around));
            let of_others = || {
                around(object).any(|part| !is_inside(array, part) && arrays.iter().any(|other| is_inside(other, part)))
                    || self.names.iter().any(nearer)
            };
            if !object.is_empty() && !is_inside(array, object) && of_others() {
                continue;
            }
            if self.inherited.contains(&index) {
                kept.inherited.push(kept.names.len());
            }
            kept.push(name, &String::from_utf8_lossy(self.cell(index)), self.words.contains(&index));
        }
        kept
    }

    /// Whether what an object deep in a document says is of its own results: it has decimals, and nothing calls them settings.
    fn describes_result(&self, object: &str) -> bool {
        let decimal = |(index, name): (usize, &String)| {
            let own = name.strip_prefix(object).is_some_and(|rest| rest.starts_with('.') && !rest[1..].contains('.'));
            own && !self.words.contains(&index) && cells::look(self.cell(index), DecimalMark::Point) == Look::Decimal
        };
        let settings = |part: &str| vocabulary::SETTINGS_OBJECT.among(&name::words(name::leaf(part))).is_some();
        object.contains('.') && !around(object).any(settings) && self.names.iter().enumerate().any(decimal)
    }

    /// What holds for all that stands inside, as the beginning of a row there: words, and of an element its whole numbers,
    /// which may be settings: where some of a column were left out, those would look like one. An amount (`4.0 s`, `6.41`) is a result of this object alone, and so are the instant and the
    /// outcome of a document.
    pub(super) fn labels(&self, around: Around) -> Self {
        let mut labels = Self::default();
        for (index, name) in self.names.iter().enumerate() {
            let cell = self.cell(index);
            if self.words.contains(&index) {
                // `7 chains found`, said of a part of the document.
                let of_a_part = || says_outcome(name) || cell.first().is_some_and(u8::is_ascii_digit);
                let of_document = around == Around::Document
                    && (clock::instant(cell).is_some()
                        || is_sentence(cell)
                        || name.contains('.') && (of_a_part() || is_note(name))
                        || self.describes_result(name::parent(name)));
                if !is_amount(cell) && !of_document {
                    labels.push(name, &String::from_utf8_lossy(cell), true);
                }
            } else if around == Around::Element && is_whole(cell) {
                labels.inherited.push(labels.names.len());
                labels.push(name, &String::from_utf8_lossy(cell), false);
            }
        }
        labels
    }
}

/// An object and those around it.
fn around(object: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(object).filter(|object| !object.is_empty()), |inner| {
        inner.rsplit_once('.').map(|(outer, _)| outer)
    })
}

/// Whether a path lies in an object.
fn is_inside(path: &str, object: &str) -> bool {
    path.strip_prefix(object).is_some_and(|rest| rest.starts_with('.'))
}

/// Whether a text is a number that was measured, with or without a unit.
fn is_amount(cell: &[u8]) -> bool {
    matches!(cells::look(cell, DecimalMark::Point), Look::Decimal | Look::Quantity(_))
}

/// Whether a name says how something ended.
fn says_outcome(name: &str) -> bool {
    let words = name::words(name::leaf(name));
    vocabulary::STATUS.among(&words).or(vocabulary::FAILURE.among(&words)).is_some()
}

/// Whether a text is a sentence of many words, which explains something and names nothing.
fn is_sentence(cell: &[u8]) -> bool {
    const FEWEST_WORDS: usize = 10;
    cell.split(u8::is_ascii_whitespace).filter(|word| word.len() > 1).count() >= FEWEST_WORDS
}

/// Whether a text stands in an object of notes.
fn is_note(name: &str) -> bool {
    vocabulary::REMARK.among(&name::words(name::leaf(name::parent(name)))).is_some()
}

/// Whether a cell is a whole number that somebody may have chosen.
fn is_whole(cell: &[u8]) -> bool {
    const DIGITS: usize = 9;
    is_round(cell) || !cell.is_empty() && cell.len() <= DIGITS && cell.iter().all(u8::is_ascii_digit)
}

/// Whether a cell is a whole number with few digits in front of its zeros, or a power of two, as people choose them.
fn is_round(cell: &[u8]) -> bool {
    const DIGITS: usize = 3;
    let whole = !cell.is_empty() && cell.len() <= 12 && cell.iter().all(u8::is_ascii_digit);
    let telling = cell.iter().rposition(|digit| *digit != b'0').map_or(1, |last| last + 1);
    let binary =
        || std::str::from_utf8(cell).ok().and_then(|text| text.parse::<u64>().ok()).is_some_and(u64::is_power_of_two);
    whole && (telling <= DIGITS || binary())
}

/// A table that grows columns as its rows bring new names.
pub(super) struct ObjectTable {
    pub(super) path: String,
    /// Whether its rows stand beside the samples of a document.
    pub(super) beside_samples: bool,
    storage: Storage,
    pub(super) columns: HashMap<String, usize, FixedState>,
    names: Vec<String>,
    /// Columns that hold numbers of the objects around.
    inherited: Vec<usize>,
    /// Columns that say where on an axis a row stands.
    axes: Vec<usize>,
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
            inherited: Vec::new(),
            axes: Vec::new(),
            waiting: Vec::new(),
            builder: None,
            refused_columns: 0,
            cells: Vec::new(),
        }
    }

    pub(super) fn push(&mut self, row: FlatRow, line: u64) {
        for (index, name) in row.names.iter().enumerate() {
            let known = self.columns.get(name).copied();
            let inherits = row.inherited.contains(&index);
            if known.is_none() {
                if self.names.len() == MOST_COLUMNS {
                    self.refused_columns += 1;
                    continue;
                }
                if inherits {
                    self.inherited.push(self.names.len());
                }
                if row.axis == Some(index) {
                    self.axes.push(self.names.len());
                }
                self.columns.insert(name.clone(), self.names.len());
                self.names.push(name.clone());
            } else if !inherits && !self.inherited.is_empty() {
                self.inherited.retain(|column| Some(*column) != known);
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

    /// Names the columns of numbers with the path of the table in front, but for those of the objects around.
    pub(super) fn name_by_path(&mut self) {
        let Some(builder) = &mut self.builder else { return };
        for (index, name) in builder.header.iter_mut().enumerate() {
            let measured = builder.columns[index].cell_type().is_number() && !self.inherited.contains(&index);
            if !measured || name.starts_with(&self.path) {
                continue;
            }
            // Numbers of a plain array are called like it.
            let array = self.path == *name || self.path.ends_with(&format!(".{name}"));
            *name = if array { self.path.clone() } else { format!("{}.{name}", self.path) };
        }
    }

    /// Whether it has a column of numbers of its own with that name.
    pub(super) fn measures(&self, name: &str) -> bool {
        let column = self.columns.get(name).filter(|column| !self.inherited.contains(column));
        let number = |column: &usize| Some(self.builder.as_ref()?.columns.get(*column)?.cell_type().is_number());
        column.and_then(number) == Some(true)
    }

    /// Whether it holds a number under a name.
    pub(super) fn holds_number(&self, name: &str) -> bool {
        let Some(column) = self.columns.get(name) else { return false };
        match &self.builder {
            Some(builder) => builder.columns.get(*column).is_some_and(|column| column.cell_type().is_number()),
            None => self.waiting.iter().rev().any(|(row, _)| row.has_number_under(name)),
        }
    }

    /// Whether it has two rows, and at least half of them hold a number under one name; of very many rows that is not asked.
    pub(super) fn repeats_a_number(&self) -> bool {
        if self.builder.is_some() {
            return self.names.iter().any(|name| self.holds_number(name));
        }
        let rows = self.waiting.len();
        let under = |name: &String| self.waiting.iter().filter(|(row, _)| row.has_number_under(name)).count();
        rows > 1 && self.names.iter().any(|name| 2 * under(name) >= rows)
    }

    /// Its names, in order.
    pub(super) fn names(&self) -> &[String] {
        &self.names
    }

    /// What was read, for the source.
    pub(super) fn into_builder(self) -> Option<TableBuilder> {
        let mut builder = self.builder?;
        builder.inherited = self.inherited;
        builder.axes = self.axes;
        Some(builder)
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
    let is_key = || name == KEY && rows.iter().any(|(row, _)| row.is_word_under(name));
    let identifies = matches!(cells, CellType::Quantity(_)) && identifiers::ends_in_id(name) || is_key();
    if identifies { CellType::Text } else { cells }
}
