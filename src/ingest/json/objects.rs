//! JSON values as rows of tables: nested objects become dotted names, arrays of objects and of numbers become tables of
//! their own, with the texts around them as labels.
//!
//! In: the text of a JSON value. Out: table builders and findings. Text is kept as written until a column takes it, so
//! that a finding can quote it; nothing is built for values that no column takes.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;

use foldhash::fast::FixedState;
use serde::de::{Deserializer as _, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::measure::finding::{Finding, FindingKind, Place, Severity};
use crate::table::CellType;
use crate::table::storage::Storage;

use crate::ingest::builder::{ColumnBuilder, TableBuilder};
use crate::ingest::json::skeleton::Skeleton;
use crate::ingest::privacy;
use crate::ingest::sink::Sink;
use crate::ingest::text::cells::{self, DecimalMark};
use crate::ingest::text::dialect::column_type;
use crate::ingest::text::parts::{Part, Schema, Span};
use crate::ingest::text::row::{Row, RowBuffer};

/// Objects nested deeper are no measurements, and following them could exhaust the stack.
const DEEPEST: usize = 64;
/// Rows by which the types of a table's columns are decided.
const SAMPLE_ROWS: usize = 200;
/// A table with more columns is no table of measurements: keys are data there.
const MOST_COLUMNS: usize = 2000;

/// A row: names and cells of the values in one object.
#[derive(Debug, Clone, Default)]
struct FlatRow {
    names: Vec<String>,
    cells: RowBuffer,
    /// Which cells are text, and can therefore label the arrays inside.
    words: Vec<usize>,
}

impl FlatRow {
    fn push(&mut self, name: &str, cell: &str, is_word: bool) {
        if is_word {
            self.words.push(self.names.len());
        }
        self.names.push(name.to_owned());
        self.cells.push(cell.as_bytes());
    }

    fn cell(&self, index: usize) -> &[u8] {
        self.cells.row().cell(index)
    }

    /// The words of this row, as the beginning of a row inside it.
    fn labels(&self) -> Self {
        let mut labels = Self::default();
        for &index in &self.words {
            labels.push(&self.names[index], &String::from_utf8_lossy(self.cell(index)), true);
        }
        labels
    }
}

/// A table that grows columns as its rows bring new names.
struct ObjectTable {
    path: String,
    storage: Storage,
    columns: HashMap<String, usize, FixedState>,
    names: Vec<String>,
    /// Rows that wait for the types of the columns to be decided.
    waiting: Vec<(FlatRow, u64)>,
    builder: Option<TableBuilder>,
    refused_columns: u64,
    cells: Vec<(usize, usize)>,
}

impl ObjectTable {
    fn new(path: &str, storage: Storage) -> Self {
        Self {
            path: path.to_owned(),
            storage,
            columns: HashMap::default(),
            names: Vec::new(),
            waiting: Vec::new(),
            builder: None,
            refused_columns: 0,
            cells: Vec::new(),
        }
    }

    fn push(&mut self, row: FlatRow, line: u64) {
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

    fn decide_types(&mut self) {
        let waiting = std::mem::take(&mut self.waiting);
        let types: Vec<CellType> = self.names.iter().map(|name| type_of(name, &waiting)).collect();
        let name = (!self.path.is_empty()).then(|| self.path.clone());
        let mut builder = TableBuilder::new(&self.storage, self.names.clone(), &types);
        builder.name = name;
        self.builder = Some(builder);
        for (row, line) in waiting {
            self.take(&row, line);
        }
    }

    fn take(&mut self, row: &FlatRow, line: u64) {
        let Some(builder) = &mut self.builder else { return };
        for name in &self.names[builder.columns.len()..] {
            let position = row.names.iter().position(|found| found == name);
            let look = position.map(|index| cells::look(row.cell(index), DecimalMark::Point));
            builder.add_column(name, column_type(look.into_iter()));
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
    column_type(rows.iter().filter_map(|(row, _)| {
        let index = row.names.iter().rposition(|other| other == name)?;
        Some(cells::look(row.cell(index), DecimalMark::Point))
    }))
}

/// The tables found in one or more JSON values.
pub(crate) struct ObjectTables<'s> {
    sink: &'s mut Sink,
    tables: Vec<ObjectTable>,
    duplicate_keys: u64,
    too_deep: u64,
    session_fields: u64,
    /// Fields of any object that are of no use to a report and may be large.
    passed_over: &'static [&'static str],
}

/// Where a value stands: its text, and how to turn an offset in it into a line.
#[derive(Clone, Copy)]
pub(crate) struct Text<'t> {
    /// The whole text of the document or line.
    pub(crate) whole: &'t str,
    /// The line on which it begins.
    pub(crate) first_line: u64,
}

/// Counts lines forward through a text.
pub(crate) struct LineCounter<'t> {
    text: Text<'t>,
    offset: usize,
    line: u64,
}

impl<'t> LineCounter<'t> {
    /// For parts of a text.
    pub(crate) fn new(text: Text<'t>) -> Self {
        Self { text, offset: 0, line: text.first_line }
    }

    /// The line of a part of the text. Parts are asked for in roughly ascending order.
    pub(crate) fn line(&mut self, part: &str) -> u64 {
        let offset = (part.as_ptr() as usize).saturating_sub(self.text.whole.as_ptr() as usize);
        let offset = offset.min(self.text.whole.len());
        let bytes = self.text.whole.as_bytes();
        let between = |from: usize, to: usize| memchr::memchr_iter(b'\n', &bytes[from..to]).count() as u64;
        if offset >= self.offset {
            self.line += between(self.offset, offset);
        } else {
            self.line -= between(offset, self.offset);
        }
        self.offset = offset;
        self.line
    }
}

impl<'s> ObjectTables<'s> {
    /// Tables that will be given to `sink`.
    pub(crate) fn new(sink: &'s mut Sink) -> Self {
        Self { sink, tables: Vec::new(), duplicate_keys: 0, too_deep: 0, session_fields: 0, passed_over: &[] }
    }

    /// Fields with these names are not kept.
    pub(crate) fn pass_over(&mut self, names: &'static [&'static str]) {
        self.passed_over = names;
    }

    /// What a plain row of the table of whole objects is, once its types are decided.
    pub(crate) fn schema(&self) -> Option<Schema> {
        let builder = self.table_of_objects()?;
        Some(Schema {
            table: 0,
            cells: builder.columns.iter().map(ColumnBuilder::cell_type).collect(),
            delimiter: None,
            mark: DecimalMark::Point,
            trailing: None,
            quotes: false,
            strict: false,
            known_label: false,
        })
    }

    /// The table whose rows are whole objects, once its types are decided.
    pub(crate) fn table_of_objects(&self) -> Option<&TableBuilder> {
        self.tables.iter().find(|table| table.path.is_empty())?.builder.as_ref()
    }

    /// Takes rows of the table of whole objects that were read together; the first one stands on `line`.
    pub(crate) fn append(&mut self, part: &Part, span: &Span, line: u64) {
        if let Some(builder) = &mut self.table("").builder {
            builder.append(part, span, line);
        }
    }

    /// Where the tables are kept.
    pub(crate) fn storage(&self) -> &Storage {
        &self.sink.storage
    }

    /// The skeleton of a line that was taken as a row, where it is plain.
    pub(crate) fn skeleton(&self, line: &[u8]) -> Option<Skeleton> {
        let table = self.tables.iter().find(|table| table.path.is_empty())?;
        let columns = table.builder.as_ref()?.columns.len();
        let column_of = |name: &str| {
            let private = name.split('.').any(privacy::is_private);
            table.columns.get(name).copied().filter(|column| *column < columns && !private)
        };
        Skeleton::learn(line, columns, column_of)
    }

    /// Takes a whole document: an array, or an object around arrays, or a single object.
    pub(crate) fn take_document(&mut self, document: &RawValue, text: Text<'_>) {
        let mut lines = LineCounter::new(text);
        let before = self.tables.len();
        match first_byte(document) {
            b'[' => self.take_array("", "value", document, &FlatRow::default(), &mut lines, 0),
            b'{' => {
                let line = lines.line(document.get());
                let mut inside = Inside::default();
                self.flatten(document, "", &mut inside, &mut lines, 0);
                let parallel = parallel_arrays(&inside.arrays);
                if parallel.is_empty() {
                    for (path, array) in &inside.arrays {
                        self.take_array(path, last_name(path), array, &inside.row.labels(), &mut lines, 0);
                    }
                } else {
                    self.take_columns(&parallel, &inside.row.labels(), &mut lines);
                }
                if self.tables.len() == before {
                    self.table("").push(inside.row, line);
                } else if !inside.row.names.is_empty() {
                    self.sink.provenance.set_aside("fields of the document around its arrays", line);
                }
            }
            _ => {}
        }
    }

    /// Takes one object as one row.
    pub(crate) fn take_row(&mut self, object: &RawValue, text: Text<'_>) {
        let mut lines = LineCounter::new(text);
        self.take_object("", object, &FlatRow::default(), &mut lines, 0);
    }

    fn take_object<'t>(
        &mut self,
        path: &str,
        object: &'t RawValue,
        labels: &FlatRow,
        lines: &mut LineCounter<'t>,
        depth: usize,
    ) {
        let line = lines.line(object.get());
        let mut inside = Inside { row: labels.clone(), arrays: Vec::new() };
        self.flatten(object, "", &mut inside, lines, depth);
        for (name, array) in &inside.arrays {
            let below = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
            self.take_array(&below, last_name(name), array, &inside.row.labels(), lines, depth + 1);
        }
        self.table(path).push(inside.row, line);
    }

    /// Takes an array: each object in it is a row, each number a sample; arrays inside are tables of their own.
    fn take_array<'t>(
        &mut self,
        path: &str,
        name: &str,
        array: &'t RawValue,
        labels: &FlatRow,
        lines: &mut LineCounter<'t>,
        depth: usize,
    ) {
        if depth > DEEPEST {
            self.too_deep += 1;
            return;
        }
        let Ok(elements) = serde_json::from_str::<Vec<&RawValue>>(array.get()) else { return };
        if let Some(rows) = matrix(&elements) {
            for (row, element) in rows.iter().zip(&elements) {
                let mut flat = labels.clone();
                for (index, cell) in row.iter().enumerate() {
                    push_scalar(&mut flat, &format!("column_{}", index + 1), cell);
                }
                let line = lines.line(element.get());
                self.table(path).push(flat, line);
            }
            return;
        }
        let mut words = 0;
        for (index, element) in elements.iter().enumerate() {
            match first_byte(element) {
                b'{' => self.take_object(path, element, labels, lines, depth + 1),
                b'[' => {
                    let inner = format!("{path}[{index}]");
                    let inner = if elements.len() > 16 { path } else { &inner };
                    self.take_array(inner, name, element, labels, lines, depth + 1);
                }
                b'-' | b'0'..=b'9' => {
                    let mut row = labels.clone();
                    row.push(name, element.get(), false);
                    let line = lines.line(element.get());
                    self.table(path).push(row, line);
                }
                _ => words += 1,
            }
        }
        if words > 0 {
            let line = lines.line(array.get());
            for _ in 0..words {
                self.sink.provenance.set_aside("elements of arrays that are neither numbers nor objects", line);
            }
        }
    }

    /// Takes arrays of equal length that stand side by side: each is a column, each position a row.
    fn take_columns<'t>(
        &mut self,
        columns: &[(&str, Vec<&'t RawValue>)],
        labels: &FlatRow,
        lines: &mut LineCounter<'t>,
    ) {
        let rows = columns.first().map_or(0, |(_, cells)| cells.len());
        for row in 0..rows {
            let mut flat = labels.clone();
            for (name, cells) in columns {
                push_scalar(&mut flat, name, cells[row]);
            }
            let line = columns.first().map_or(1, |(_, cells)| lines.line(cells[row].get()));
            self.table("").push(flat, line);
        }
    }

    fn table(&mut self, path: &str) -> &mut ObjectTable {
        let index = self.tables.iter().position(|table| table.path == path).unwrap_or_else(|| {
            self.tables.push(ObjectTable::new(path, self.sink.storage.clone()));
            self.tables.len() - 1
        });
        &mut self.tables[index]
    }

    /// Adds the values of an object to a row, names of nested objects joined by dots.
    fn flatten<'t>(
        &mut self,
        object: &'t RawValue,
        prefix: &str,
        inside: &mut Inside<'t>,
        lines: &mut LineCounter<'t>,
        depth: usize,
    ) {
        if depth > DEEPEST {
            self.too_deep += 1;
            return;
        }
        let entries = entries(object);
        for (index, (key, value)) in entries.iter().enumerate() {
            if entries[index + 1..].iter().any(|(later, _)| later == key) {
                self.note_duplicate(key, lines.line(value.get()));
                continue;
            }
            if privacy::is_private(key) {
                self.session_fields += 1;
                continue;
            }
            if self.passed_over.contains(&key.as_ref()) {
                continue;
            }
            let name = if prefix.is_empty() { key.to_string() } else { format!("{prefix}.{key}") };
            match first_byte(value) {
                b'{' => self.flatten(value, &name, inside, lines, depth + 1),
                b'[' => inside.arrays.push((name, value)),
                _ => push_scalar(&mut inside.row, &name, value),
            }
        }
    }

    fn note_duplicate(&mut self, key: &str, line: u64) {
        self.duplicate_keys += 1;
        if self.duplicate_keys == 1 {
            self.sink.findings.push(Finding::new(
                Severity::Suspicious,
                FindingKind::DuplicateKey,
                Place::line(&self.sink.provenance.name, line),
                format!("the key `{key}` stands more than once in one object"),
                "the last value was used, as JSON readers do",
            ));
        }
    }

    /// Gives the tables to the sink.
    pub(crate) fn finish(self) {
        let source = self.sink.provenance.name.clone();
        for finding in &mut self.sink.findings {
            if finding.kind == FindingKind::DuplicateKey {
                finding.count = self.duplicate_keys;
            }
        }
        if self.session_fields > 0 {
            self.sink.provenance.evidence.push(privacy::PASSED_OVER.to_owned());
        }
        if self.too_deep > 0 {
            self.sink.findings.push(
                Finding::new(
                    Severity::Suspicious,
                    FindingKind::MalformedRecord,
                    Place::source(&source),
                    format!("values are nested deeper than {DEEPEST} levels"),
                    "what lies deeper was not read",
                )
                .count(self.too_deep),
            );
        }
        for mut table in self.tables {
            if table.builder.is_none() {
                table.decide_types();
            }
            if table.refused_columns > 0 {
                self.sink.findings.push(
                    Finding::new(
                        Severity::Suspicious,
                        FindingKind::MalformedRecord,
                        Place::source(&source),
                        format!(
                            "more than {MOST_COLUMNS} different names stand in one table: names seem to be data here"
                        ),
                        "values under further names were not read",
                    )
                    .count(table.refused_columns),
                );
            }
            self.sink.tables.extend(table.builder);
        }
    }
}

/// What one object holds.
#[derive(Default)]
struct Inside<'t> {
    row: FlatRow,
    arrays: Vec<(String, &'t RawValue)>,
}

/// Adds a value that is neither object nor array.
fn push_scalar(row: &mut FlatRow, name: &str, value: &RawValue) {
    match first_byte(value) {
        b'"' => {
            let text: Cow<'_, str> = serde_json::from_str(value.get()).unwrap_or(Cow::Borrowed(value.get()));
            row.push(name, &text, true);
        }
        b'n' => row.push(name, "", false),
        _ => row.push(name, value.get(), false),
    }
}

fn is_scalar(value: &RawValue) -> bool {
    !matches!(first_byte(value), b'{' | b'[')
}

/// Arrays inside an array that are rows: equally long, short, and at least as many as they are long
/// (`[[1700000000, 1.5], [1700000001, 2.5]]`).
fn matrix<'t>(elements: &[&'t RawValue]) -> Option<Vec<Vec<&'t RawValue>>> {
    /// Longer ones are samples, not rows.
    const WIDEST: usize = 16;
    if elements.len() < 2 || elements.iter().any(|element| first_byte(element) != b'[') {
        return None;
    }
    let first: Vec<&RawValue> = serde_json::from_str(elements[0].get()).ok()?;
    if !(2..=WIDEST).contains(&first.len()) || elements.len() < first.len() {
        return None;
    }
    let rows: Vec<Vec<&RawValue>> =
        elements.iter().map(|element| serde_json::from_str(element.get()).ok()).collect::<Option<_>>()?;
    rows.iter().all(|row| row.len() == first.len() && row.iter().all(|cell| is_scalar(cell))).then_some(rows)
}

/// Arrays of equal length, at least two and one of them with words in it: columns of one table. Arrays of numbers alone
/// may have equal lengths by chance, and stay lists of samples.
fn parallel_arrays<'a, 't>(arrays: &'a [(String, &'t RawValue)]) -> Vec<(&'a str, Vec<&'t RawValue>)> {
    let columns: Option<Vec<(&str, Vec<&RawValue>)>> =
        arrays.iter().map(|(name, array)| Some((name.as_str(), serde_json::from_str(array.get()).ok()?))).collect();
    let Some(columns) = columns.filter(|columns| columns.len() >= 2) else { return Vec::new() };
    let length = columns[0].1.len();
    let equal = length >= 2
        && columns.iter().all(|(_, cells)| cells.len() == length && cells.iter().all(|cell| is_scalar(cell)));
    let words = columns.iter().any(|(_, cells)| cells.iter().all(|cell| first_byte(cell) == b'"'));
    if equal && words { columns } else { Vec::new() }
}

fn first_byte(value: &RawValue) -> u8 {
    value.get().as_bytes().first().copied().unwrap_or_default()
}

/// What samples at the end of a path are called. `latency.value` is a latency: words for "the number itself" name nothing.
fn last_name(path: &str) -> &str {
    const NOTHING: &[&str] = &["value", "values", "data", "samples"];
    path.rsplit('.').find(|name| !NOTHING.contains(name)).unwrap_or(path)
}

/// The entries of an object in their order, duplicates included.
pub(crate) fn entries(object: &RawValue) -> Vec<(Cow<'_, str>, &RawValue)> {
    struct Entries;
    impl<'de> Visitor<'de> for Entries {
        type Value = Vec<(Cow<'de, str>, &'de RawValue)>;

        fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            formatter.write_str("an object")
        }

        fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Self::Value, M::Error> {
            let mut entries = Vec::new();
            while let Some((Key(key), value)) = map.next_entry::<Key<'de>, &'de RawValue>()? {
                entries.push((key, value));
            }
            Ok(entries)
        }
    }
    serde_json::Deserializer::from_str(object.get()).deserialize_map(Entries).unwrap_or_default()
}

/// A key, borrowed where it has no escapes.
#[derive(serde::Deserialize)]
struct Key<'a>(#[serde(borrow)] Cow<'a, str>);
