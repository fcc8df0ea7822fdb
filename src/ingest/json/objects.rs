//! JSON values as rows of tables: nested objects become dotted names, arrays of objects and of numbers become tables of
//! their own, with the texts around them as labels.
//!
//! In: the text of a JSON value. Out: table builders and findings. Text is kept as written until a column takes it, so
//! that a finding can quote it; nothing is built for values that no column takes.

use serde_json::value::RawValue;

use crate::measure::finding::{FindingKind, Severity};
use crate::table::LabelIdentity;
use crate::table::storage::Storage;

use crate::ingest::builder::{ColumnBuilder, TableBuilder};
use crate::ingest::json::maps::{self, Entry};
use crate::ingest::json::object_table::{Around, FlatRow, KEY, MOST_COLUMNS, OBJECT, ObjectTable};
use crate::ingest::json::parallel::{self, Array, SideBySide};
use crate::ingest::json::skeleton::Skeleton;
use crate::ingest::json::value::{LineCounter, Text, entries, first_byte, is_scalar};
use crate::ingest::meaning::{name, profile};
use crate::ingest::privacy;
use crate::ingest::sink::{BYTES_SHOWN, Sink};
use crate::ingest::text::cells::DecimalMark;
use crate::ingest::text::parts::{Part, Schema, Span};

/// Objects nested deeper are no measurements, and following them could exhaust the stack.
const DEEPEST: usize = 64;
/// What becomes of words in arrays.
const NEITHER: &str = "elements of arrays that are neither numbers nor objects";

/// The tables found in one or more JSON values.
pub(crate) struct ObjectTables<'s> {
    pub(crate) sink: &'s mut Sink,
    tables: Vec<ObjectTable>,
    duplicate_keys: u64,
    too_deep: u64,
    /// Arrays that are a begin and an end.
    spans: u64,
    session_fields: u64,
    /// Fields of any object that are of no use to a report and may be large.
    passed_over: &'static [&'static str],
}

impl<'s> ObjectTables<'s> {
    /// Tables that will be given to `sink`.
    pub(crate) fn new(sink: &'s mut Sink) -> Self {
        Self { sink, tables: Vec::new(), duplicate_keys: 0, too_deep: 0, spans: 0, session_fields: 0, passed_over: &[] }
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
        match first_byte(document) {
            b'[' => self.take_array("", "value", document, &FlatRow::default(), &mut lines, 0),
            b'{' => self.take_root(document, &mut lines),
            _ => {}
        }
    }

    /// Takes an object around arrays, or a single object.
    fn take_root<'t>(&mut self, document: &'t RawValue, lines: &mut LineCounter<'t>) {
        let (before, spans_before) = (self.tables.len(), self.spans);
        let line = lines.line(document.get());
        let root = entries(document);
        let mut inside = Inside { maps_beside: Some(maps::hold_arrays(&root, DEEPEST)), ..Inside::default() };
        self.flatten_or_map(root, "", &mut inside, lines, 0);
        let labels = inside.row.labels(Around::Document);
        let paths: Vec<&str> = inside
            .arrays
            .iter()
            .map(|(path, _)| path)
            .chain(inside.maps.iter().map(|(path, _)| path))
            .map(String::as_str)
            .collect();
        if let Some(columns) = parallel::beside_words(&inside.arrays) {
            self.take_columns("", &columns, &labels, lines);
        } else {
            let of_array = |path: &str, _: &RawValue| labels.without_those_of_others(path, &paths);
            self.take_arrays("", &inside.arrays, of_array, lines, 0);
        }
        let attempts = inside.maps_beside == Some(false);
        for (path, map) in &inside.maps {
            if attempts && maps::are_attempts(map) {
                self.take_attempts(path, map, lines);
                continue;
            }
            self.take_map(path, map, &labels.without_those_of_others(path, &paths), lines);
        }
        if self.tables.len() == before && self.spans == spans_before {
            self.table("").push(inside.row, line);
        } else if inside.row.has_number() {
            self.table_beside("").push(inside.row, line);
        } else if !inside.row.names.is_empty() && inside.maps.is_empty() {
            self.sink.provenance.set_aside("fields of the document around its arrays", line);
        }
    }

    /// Takes the objects of a map: each is a row under its key, and its arrays are samples under that key.
    fn take_map<'t>(&mut self, path: &str, map: &[Entry<'t>], labels: &FlatRow, lines: &mut LineCounter<'t>) {
        self.sink.labels = LabelIdentity::Exact;
        for (key, object) in map {
            let line = lines.line(object.get());
            let mut inside = Inside { row: labels.clone(), ..Inside::default() };
            inside.row.push(KEY, key, true);
            self.flatten(object, "", &mut inside, lines, 1);
            let of_array = |_: &str, array: &RawValue| inside.row.labels_for(array);
            self.take_arrays(path, &inside.arrays, of_array, lines, 1);
            self.table_beside(path).push(inside.row, line);
        }
    }

    /// Takes objects each of which says by itself how it ended: each is an attempt, a row of its own, called by its path and its key.
    fn take_attempts<'t>(&mut self, path: &str, map: &[Entry<'t>], lines: &mut LineCounter<'t>) {
        self.sink.labels = LabelIdentity::Exact;
        for (key, object) in map {
            let line = lines.line(object.get());
            let mut inside = Inside::default();
            if !path.is_empty() {
                inside.row.push(OBJECT, path, true);
            }
            inside.row.push(KEY, key, true);
            self.flatten(object, "", &mut inside, lines, 1);
            self.table("").push(inside.row, line);
        }
    }

    /// Takes one object as one row.
    pub(crate) fn take_row(&mut self, object: &RawValue, text: Text<'_>) {
        let mut lines = LineCounter::new(text);
        self.take_object("", object, &FlatRow::default(), &mut lines, 0);
    }

    /// Whether an object measures nothing of what the rows above measure again and again: each of its numbers has a name that is that of
    /// words, or new, as one at least is.
    pub(crate) fn is_stranger(&self, object: &RawValue) -> bool {
        let Some(above) = self.tables.iter().find(|table| table.path.is_empty() && !table.beside_samples) else {
            return false;
        };
        let mut numbers = Vec::new();
        numbers_of(object, "", &mut numbers, 0);
        // Where all names are known, it is a row of which numbers are missing.
        let is_new = |name: &String| !above.columns.contains_key(name);
        numbers.iter().any(is_new) && !numbers.iter().any(|name| above.holds_number(name)) && above.repeats_a_number()
    }

    /// Takes an object that closes the rows above: its numbers are the only ones of their kind.
    pub(crate) fn take_closing(&mut self, object: &RawValue, text: Text<'_>) {
        let mut lines = LineCounter::new(text);
        let line = lines.line(object.get());
        let mut inside = Inside::default();
        self.flatten(object, "", &mut inside, &mut lines, 0);
        for (name, array) in &inside.arrays {
            self.take_array(name, last_name(name), array, &inside.row.labels(Around::Document), &mut lines, 1);
        }
        self.table_beside("").push(inside.row, line);
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
        let mut inside = Inside { row: labels.clone(), ..Inside::default() };
        self.flatten(object, "", &mut inside, lines, depth);
        let of_array = |_: &str, array: &RawValue| inside.row.labels_for(array);
        self.take_arrays(path, &inside.arrays, of_array, lines, depth + 1);
        self.table(path).push(inside.row, line);
    }

    /// Takes the arrays of an object below a path: those that stand side by side as columns, each other one alone.
    fn take_arrays<'t>(
        &mut self,
        path: &str,
        arrays: &[Array<'t>],
        labels_of: impl Fn(&str, &RawValue) -> FlatRow,
        lines: &mut LineCounter<'t>,
        depth: usize,
    ) {
        let below = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
        let (tables, others) = parallel::columns_of(arrays);
        for columns in &tables {
            let Some((first, cells)) = columns.columns.first() else { continue };
            let labels = cells.first().map_or_else(FlatRow::default, |cell| labels_of(first, cell));
            // Rows of an element stand in a table of their own, beside that of the elements.
            let object = if columns.object.is_empty() && depth > 0 { first } else { columns.object };
            let place = if object.is_empty() { path.to_owned() } else { below(object) };
            self.take_columns(&place, columns, &labels, lines);
        }
        for (name, array) in others {
            self.take_array(&below(name), last_name(name), array, &labels_of(name, array), lines, depth);
        }
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
        if is_span(&elements) {
            self.spans += 1;
            let line = lines.line(array.get());
            self.sink.provenance.set_aside("pairs of instants (begin and end since 1970)", line);
            return;
        }
        if let Some(rows) = matrix(&elements) {
            let axis = format!("{name} axis");
            let is_curve = !path.is_empty() && is_curve(&rows, self.table(path).columns.contains_key(&axis));
            let of_record = is_curve.then(|| labels.of_record()).flatten();
            let labels = of_record.as_ref().unwrap_or(labels);
            for (row, element) in rows.iter().zip(&elements) {
                let mut flat = labels.clone();
                if let [at, value] = row[..]
                    && is_curve
                {
                    flat.push_axis(&axis, at);
                    flat.push_scalar(name, value);
                } else {
                    row.iter()
                        .enumerate()
                        .for_each(|(index, cell)| flat.push_scalar(&format!("column_{}", index + 1), cell));
                }
                let line = lines.line(element.get());
                self.table(path).push(flat, line);
            }
            return;
        }
        let mut words = 0;
        for (index, element) in elements.iter().enumerate() {
            let inner = format!("{path}[{index}]");
            let inner = if elements.len() > 16 { path } else { &inner };
            words += u64::from(!self.take_part([path, inner], name, element, labels, lines, depth));
        }
        if words > 0 {
            let line = lines.line(array.get());
            for _ in 0..words {
                self.sink.provenance.set_aside(NEITHER, line);
            }
        }
    }

    /// Takes an element of an array: false where it is neither number nor object nor array. `paths` are those of the array, and of
    /// one inside of it.
    fn take_part<'t>(
        &mut self,
        [path, inner]: [&str; 2],
        name: &str,
        element: &'t RawValue,
        labels: &FlatRow,
        lines: &mut LineCounter<'t>,
        depth: usize,
    ) -> bool {
        match first_byte(element) {
            b'{' => self.take_object(path, element, labels, lines, depth + 1),
            b'[' => self.take_array(inner, name, element, labels, lines, depth + 1),
            b'-' | b'0'..=b'9' => {
                let mut row = labels.clone();
                row.push(name, element.get(), false);
                let line = lines.line(element.get());
                self.table(path).push(row, line);
            }
            _ => return false,
        }
        true
    }

    /// Takes an element of an array that is the whole document.
    pub(crate) fn take_element(&mut self, element: &RawValue, text: Text<'_>) {
        let mut lines = LineCounter::new(text);
        if !self.take_part(["", ""], "value", element, &FlatRow::default(), &mut lines, 0) {
            let line = lines.line(element.get());
            self.sink.provenance.set_aside(NEITHER, line);
        }
    }

    /// Notes bytes that are not UTF-8, once.
    pub(crate) fn note_bytes(&mut self, line: u64) {
        if !self.sink.findings.iter().any(|finding| finding.kind == FindingKind::InvalidUtf8) {
            let reason = "the text has bytes that are not UTF-8";
            self.sink.find(Severity::Suspicious, FindingKind::InvalidUtf8, line, reason, BYTES_SHOWN);
        }
    }

    /// Takes arrays of equal length that stand side by side: each is a column, each position a row.
    fn take_columns<'t>(
        &mut self,
        path: &str,
        found: &SideBySide<'_, 't>,
        labels: &FlatRow,
        lines: &mut LineCounter<'t>,
    ) {
        let rows = found.columns.first().map_or(0, |(_, cells)| cells.len());
        for row in 0..rows {
            let mut flat = labels.clone();
            for (name, cells) in &found.columns {
                let inside = name.strip_prefix(found.object).map_or(*name, |inside| inside.trim_start_matches('.'));
                flat.push_scalar(inside, cells[row]);
            }
            let line = found.columns.first().map_or(1, |(_, cells)| lines.line(cells[row].get()));
            self.table(path).push(flat, line);
        }
    }

    fn table(&mut self, path: &str) -> &mut ObjectTable {
        self.table_of(path, false)
    }

    /// The table of objects at a path that stand beside the samples of the document.
    fn table_beside(&mut self, path: &str) -> &mut ObjectTable {
        self.table_of(path, true)
    }

    fn table_of(&mut self, path: &str, beside: bool) -> &mut ObjectTable {
        let found = self.tables.iter().position(|table| table.path == path && table.beside_samples == beside);
        let index = found.unwrap_or_else(|| {
            self.tables.push(ObjectTable::new(path, beside, self.sink.storage.clone()));
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
        self.flatten_entries(&entries(object), prefix, inside, lines, depth);
    }

    /// The same, unless the object is a map, which is kept as it is where maps are looked for.
    fn flatten_or_map<'t>(
        &mut self,
        object: Vec<Entry<'t>>,
        prefix: &str,
        inside: &mut Inside<'t>,
        lines: &mut LineCounter<'t>,
        depth: usize,
    ) {
        if inside.maps_beside.is_some_and(|arrays| maps::is_map(&object, arrays)) {
            inside.maps.push((prefix.to_owned(), object));
        } else {
            self.flatten_entries(&object, prefix, inside, lines, depth);
        }
    }

    fn flatten_entries<'t>(
        &mut self,
        entries: &[Entry<'t>],
        prefix: &str,
        inside: &mut Inside<'t>,
        lines: &mut LineCounter<'t>,
        depth: usize,
    ) {
        if depth > DEEPEST {
            self.too_deep += 1;
            return;
        }
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
                b'{' => self.flatten_or_map(self::entries(value), &name, inside, lines, depth + 1),
                b'[' => inside.arrays.push((name, value)),
                _ => inside.row.push_scalar(&name, value),
            }
        }
    }

    fn note_duplicate(&mut self, key: &str, line: u64) {
        self.duplicate_keys += 1;
        if self.duplicate_keys == 1 {
            let reason = format!("the key `{key}` stands more than once in one object");
            let action = "the last value was used, as JSON readers do";
            self.sink.find(Severity::Suspicious, FindingKind::DuplicateKey, line, reason, action);
        }
    }

    /// Gives the tables to the sink.
    pub(crate) fn finish(self) {
        for finding in &mut self.sink.findings {
            if finding.kind == FindingKind::DuplicateKey {
                finding.count = self.duplicate_keys;
            }
        }
        if self.session_fields > 0 {
            self.sink.provenance.evidence.push(privacy::PASSED_OVER.to_owned());
        }
        if self.too_deep > 0 {
            let reason = format!("values are nested deeper than {DEEPEST} levels");
            let action = "what lies deeper was not read";
            let finding = self.sink.find(Severity::Suspicious, FindingKind::MalformedRecord, None, reason, action);
            finding.count = self.too_deep;
        }
        let mut tables = self.tables;
        for table in &mut tables {
            if table.builder.is_none() {
                table.decide_types();
            }
        }
        name_apart(&mut tables);
        for table in tables {
            if table.refused_columns > 0 {
                let reason =
                    format!("more than {MOST_COLUMNS} different names stand in one table: names seem to be data here");
                let action = "values under further names were not read";
                let finding = self.sink.find(Severity::Suspicious, FindingKind::MalformedRecord, None, reason, action);
                finding.count = table.refused_columns;
            }
            self.sink.tables.extend(table.into_builder());
        }
    }
}

/// Names what is called alike in several arrays by the array it stands in: `warmup.latency_ms` is not `measured.latency_ms`.
fn name_apart(tables: &mut [ObjectTable]) {
    let of_arrays: Vec<usize> =
        (0..tables.len()).filter(|index| !tables[*index].path.is_empty() && !tables[*index].beside_samples).collect();
    let alike = |one: usize| {
        let mut others = of_arrays.iter().filter(|other| **other != one);
        others.any(|other| {
            tables[one].names().iter().any(|name| tables[one].measures(name) && tables[*other].measures(name))
        })
    };
    let ambiguous: Vec<usize> = of_arrays.iter().copied().filter(|one| alike(*one)).collect();
    for index in ambiguous {
        tables[index].name_by_path();
    }
}

/// The names of the numbers in an object, those of nested objects joined by dots.
fn numbers_of(object: &RawValue, prefix: &str, names: &mut Vec<String>, depth: usize) {
    if depth > DEEPEST {
        return;
    }
    for (key, value) in entries(object) {
        let name = if prefix.is_empty() { key.to_string() } else { format!("{prefix}.{key}") };
        match first_byte(value) {
            b'{' => numbers_of(value, &name, names, depth + 1),
            b'-' | b'0'..=b'9' => names.push(name),
            _ => {}
        }
    }
}

/// What one object holds.
#[derive(Default)]
struct Inside<'t> {
    row: FlatRow,
    arrays: Vec<Array<'t>>,
    /// Whether maps are looked for, and whether arrays stand anywhere in the document.
    maps_beside: Option<bool>,
    maps: Vec<(String, Vec<Entry<'t>>)>,
}

/// Whether an array is a begin and an end: two numbers of one clock since 1970.
fn is_span(elements: &[&RawValue]) -> bool {
    let [begin, end] = elements else { return false };
    let instant = |value: &RawValue| {
        let number: f64 = value.get().parse().ok()?;
        Some((number, profile::counts_since_1970(number)?))
    };
    let (begin, end) = (instant(begin), instant(end));
    begin.zip(end).is_some_and(|(begin, end)| begin.0 <= end.0 && begin.1 == end.1)
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

/// Whether rows of two numbers are values along an axis: the first numbers rise from row to row, and neither are instants. Two rows show it only
/// where more rows did before.
fn is_curve(rows: &[Vec<&RawValue>], known: bool) -> bool {
    const FEWEST_ROWS: usize = 3;
    let number = |cell: &RawValue| cell.get().parse::<f64>().ok();
    let points: Option<Vec<(f64, f64)>> = rows
        .iter()
        .map(|row| match row[..] {
            [at, value] => number(at).zip(number(value)),
            _ => None,
        })
        .collect();
    points.is_some_and(|points| {
        (known || points.len() >= FEWEST_ROWS)
            && points.windows(2).all(|pair| pair[0].0 < pair[1].0)
            && points.iter().any(|(at, _)| profile::counts_since_1970(*at).is_none())
            && points.iter().any(|(_, value)| profile::counts_since_1970(*value).is_none())
    })
}

/// What samples at the end of a path are called. `latency.value` is a latency: words for "the number itself" name nothing, and the point
/// of `static.0.5` is one of a decimal.
fn last_name(path: &str) -> &str {
    const NOTHING: &[&str] = &["value", "values", "data", "samples"];
    name::segments(path).into_iter().rfind(|name| !NOTHING.contains(name)).unwrap_or(path)
}
