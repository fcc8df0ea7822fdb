//! The tables inside one delimited text, and which of them a row belongs to.
//!
//! In: rows, one after the other. Out: table builders and findings. A row belongs to the current table if its cells are
//! what the table's columns hold. Otherwise it is, in this order: a header seen before; a new header; a row of an
//! earlier table (another run was appended); a row with the wrong number of fields; or a row with invalid cells.

mod misfit;
mod titles;

use crate::measure::{FindingKind, Severity, ending};
use crate::table::storage::Storage;
use crate::table::{CellType, ForeignValue};

use crate::ingest::builder::{ColumnBuilder, TableBuilder};
use crate::ingest::meaning::vocabulary;
use crate::ingest::sink::Sink;
use crate::ingest::text::block_titles;
use crate::ingest::text::cells::{self, Look};
use crate::ingest::text::column_types::column_types;
use crate::ingest::text::dialect::Dialect;
use crate::ingest::text::header::{has_header_word, is_header, is_header_in_blanks, is_name, is_statement, only_text};
use crate::ingest::text::in_words::{POINTS_MAY_GROUP, ambiguous_numbers, fields, line_list, shortened};
use crate::ingest::text::parts::{Part, Schema, Span};
use crate::ingest::text::row::{Row, RowBuffer};
use crate::ingest::text::side_by_side::SideBySide;
use crate::ingest::text::statements;

/// Fewer rows below each of several equal headers are no run of their own.
const FEWEST_ROWS: u64 = 10;
/// Lines named in a finding about ragged rows; the rest are counted.
const NAMED_RAGGED: u64 = 50;

/// What surrounds a row.
pub(crate) struct Context<'a> {
    pub(crate) line: u64,
    /// Whether it ends in a line break.
    pub(crate) terminated: bool,
    /// Whether a blank line stands before it.
    pub(crate) after_blank: bool,
    /// The row after it.
    pub(crate) next: Option<&'a RowBuffer>,
}

/// What stands below a header.
#[derive(Clone, Copy)]
enum Below<'a> {
    /// The first row of its table.
    Row(&'a RowBuffer),
    /// Nothing of its table: the end, another header, or a row of another table.
    Nothing,
}

/// Why a row is of no table.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Apart {
    Statistic,
    Title,
}

/// What the line before was that was looked at.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Before {
    Row,
    /// A row with the wrong number of fields: what follows it may be its rest.
    Ragged,
    /// A line of text below a table.
    Text,
}

/// The tables of a text under construction.
pub(crate) struct Sections {
    dialect: Dialect,
    storage: Storage,
    tables: Vec<TableBuilder>,
    /// For each table: whether it was set apart from the one before by a blank line, as stacked tables are.
    stacked: Vec<bool>,
    current: usize,
    /// For each table: the line of its header that was read last.
    latest_header: Vec<u64>,
    /// The row of names above the first table has not been read yet.
    expects_header: bool,
    ragged: u64,
    /// The row below sums up the rows above, as the one before it says.
    expects_summary: bool,
    /// The title above rows that have not come yet.
    title: Option<String>,
    before: Before,
    /// Lines at which an earlier table went on without its header, and with it.
    appended: Vec<u64>,
    repeated: Vec<u64>,
}

impl Sections {
    /// No rows yet; the first table is as the dialect says.
    pub(crate) fn new(dialect: Dialect, storage: Storage) -> Self {
        let names = dialect.header.clone();
        let mut first = TableBuilder::new(&storage, names.clone().unwrap_or_default(), &dialect.types);
        first.mark = dialect.mark;
        first.inherited = (0..dialect.side_by_side.as_ref().map_or(0, SideBySide::inherited)).collect();
        Self {
            dialect,
            storage,
            tables: vec![first],
            stacked: vec![false],
            latest_header: vec![0],
            current: 0,
            expects_header: names.is_some(),
            ragged: 0,
            expects_summary: false,
            title: None,
            before: Before::Row,
            appended: Vec::new(),
            repeated: Vec::new(),
        }
    }

    /// Whether the row has all that rows of the current table have, numbers where they have numbers: then a `#` at its
    /// beginning is part of a label.
    pub(crate) fn is_plainly_a_row(&self, row: Row<'_>) -> bool {
        !self.expects_header && self.tables[self.current].fits_strictly(row)
    }

    /// What a row has to be to be taken by [`try_take`](Self::try_take) whatever stands around it; absent where every
    /// row needs a look. `quotes` says whether quotes mean something.
    pub(crate) fn schema(&self, delimiter: Option<u8>, quotes: bool) -> Option<Schema> {
        let table = &self.tables[self.current];
        let plain = !self.expects_header && !self.expects_summary && self.dialect.side_by_side.is_none();
        if !plain || self.notes_intruders() || table.columns.is_empty() {
            return None;
        }
        Some(Schema {
            table: self.current,
            cells: table.columns.iter().map(ColumnBuilder::cell_type).collect(),
            delimiter,
            mark: table.mark,
            trailing: self.dialect.trailing.then_some(self.dialect.types.len()),
            quotes,
            strict: self.tables.len() > 1,
            known_label: self.current > 0,
        })
    }

    /// Whether what was read under an earlier schema is what would be read under this one.
    pub(crate) fn still_holds(&self, schema: &Schema, quotes: bool) -> bool {
        self.schema(schema.delimiter, quotes).is_some_and(|now| {
            let (before, after) = (schema.cells.iter(), now.cells.iter());
            // A column of whole numbers that became one of decimals takes the same cells while there is one table.
            let same = |(before, after): (&CellType, &CellType)| {
                before == after || (!now.strict && is_plain_number(*before) && is_plain_number(*after))
            };
            now.cells.len() == schema.cells.len()
                && before.zip(after).all(same)
                && Schema { cells: Vec::new(), ..now } == Schema { cells: Vec::new(), ..schema.clone() }
        })
    }

    /// The table that rows of the [`schema`](Self::schema) belong to.
    pub(crate) fn current(&self) -> &TableBuilder {
        &self.tables[self.current]
    }

    /// Takes rows that were read together under a schema that still holds; the first one stands on `line`.
    pub(crate) fn append(&mut self, part: &Part, span: &Span, line: u64) {
        self.tables[self.current].append(part, span, line);
    }

    /// Takes a row that plainly belongs to the current table. Says whether it did.
    pub(crate) fn try_take(&mut self, row: Row<'_>, line: u64) -> bool {
        if self.expects_header || self.expects_summary || self.dialect.side_by_side.is_some() {
            return false;
        }
        if self.tables.len() > 1 && self.belongs_elsewhere(row) {
            return false;
        }
        if !self.tables[self.current].try_push(row, line) {
            return false;
        }
        self.note_intruders(row, line);
        true
    }

    /// Whether another table has a better claim on a row that the current one could hold.
    fn belongs_elsewhere(&self, row: Row<'_>) -> bool {
        let current = &self.tables[self.current];
        if current.fits_strictly(row) {
            // Two tables may have columns of the same kinds. The label then says which one a row is of; the first table
            // keeps what no later one claims.
            let stranger = self.current > 0 && !current.knows_a_label(row);
            return stranger
                && self.tables[..self.current]
                    .iter()
                    .any(|table| table.fits_strictly(row) && table.knows_a_label(row));
        }
        // A column of words takes numbers too: `error_type,count` would swallow the rows `0.5,0.7` of another table.
        current.has_number_among_words(row) && self.strict_home(row).is_some()
    }

    /// The newest table other than the current one whose columns hold exactly such cells.
    fn strict_home(&self, row: Row<'_>) -> Option<usize> {
        (0..self.tables.len()).rev().find(|&index| index != self.current && self.tables[index].fits_strictly(row))
    }

    /// Takes a row that the current table did not take at once.
    pub(crate) fn take(&mut self, row: Row<'_>, context: &Context<'_>, sink: &mut Sink) {
        let width = self.tables[self.current].columns.len();
        let plain = !self.expects_header && self.dialect.side_by_side.is_none();
        if plain && width > 1 && row.len() > width && (width..row.len()).all(|index| row.cell(index).is_empty()) {
            let row = Row { text: row.text, cells: &row.cells[..width] };
            if !self.try_take(row, context.line) {
                self.take(row, context, sink);
            }
            return;
        }
        let sums_up = std::mem::take(&mut self.expects_summary);
        let before = std::mem::replace(&mut self.before, Before::Row);
        if let Some(side_by_side) = self.dialect.side_by_side.take() {
            self.take_samples(&side_by_side, row, context, sink);
            self.dialect.side_by_side = Some(side_by_side);
        } else if self.expects_header {
            self.take_first(row, context, sink);
        } else if sums_up && row.iter().any(|cell| cells::look(cell, self.dialect.mark).is_number()) {
            sink.provenance.set_aside("sums of the rows above them", context.line);
        } else if let Some(kind) = self.apart(row) {
            self.set_apart(row, kind, context, sink);
        } else if self.is_title_of_section(row, context) {
            self.set_apart(row, Apart::Title, context, sink);
        } else if let Some(index) = self.header_seen_before(row) {
            self.current = index;
            self.latest_header[index] = context.line;
            self.repeated.push(context.line);
            self.tables[index].begin_run();
            self.give_title(index);
        } else if let Some(title) = block_titles::of_block(&self.tables[self.current], row) {
            block_titles::begin_block(&mut self.tables[self.current], title, context.line, sink);
        } else if self.is_misfit(row) {
            self.set_misfit_aside(row, context.line, sink);
        } else if let Some(below) = self.new_header(row, context) {
            self.open_table(row, below, context, sink);
        } else if row.len() == width && self.goes_on(row, context) {
            self.push(row, context.line);
        } else if let Some(index) = self.home(row) {
            if index < self.current {
                self.appended.push(context.line);
                self.tables[index].begin_run();
            }
            self.current = index;
            self.push(row, context.line);
        } else if let Some(message) = self.message(row).filter(|_| before != Before::Ragged && sink.declared.is_empty())
        {
            self.tables[self.current].push_message(message, context.line);
        } else if width > 2 && is_statement(row) && (context.after_blank || before == Before::Text) {
            self.before = Before::Text;
            statements::set_aside(row, self.dialect.mark, context.line, sink);
        } else if row.len() != width {
            self.before = Before::Ragged;
            self.set_ragged_aside(row, context, sink);
        } else {
            self.push(row, context.line);
        }
    }

    /// Whether a row is of the block above it: named once at its beginning, or called `Average` at its end.
    fn goes_on(&self, row: Row<'_>, context: &Context<'_>) -> bool {
        let text = self.tables[self.current].columns.first().is_some_and(|first| first.cell_type() == CellType::Text);
        let named_above = row.cell(0).is_empty() && !context.after_blank;
        text && self.current > 0 && (named_above || vocabulary::SUMMARY_ROW.has_in_any_case(row.cell(0)))
    }

    /// Rows of which each holds several samples of one thing.
    fn take_samples(&mut self, side_by_side: &SideBySide, row: Row<'_>, context: &Context<'_>, sink: &mut Sink) {
        let named = !side_by_side.names.is_empty();
        if named && is_header(row, &side_by_side.names) {
            self.tables[0].header_line.get_or_insert(context.line);
            self.expects_header = false;
        } else if named && self.expects_header {
            sink.provenance.set_aside("above the header", context.line);
        } else if row.len() == side_by_side.width() {
            side_by_side.each(row, |sample| self.tables[0].push(sample, context.line));
        } else {
            self.set_ragged_aside(row, context, sink);
        }
    }

    /// The header of the first table; rows above it that are no part of the table are set aside.
    fn take_first(&mut self, row: Row<'_>, context: &Context<'_>, sink: &mut Sink) {
        let header = self.dialect.header.as_deref().unwrap_or_default();
        let two_rows = self.dialect.header_rows.as_ref();
        if two_rows.is_some_and(|[groups, _]| is_header(row, groups)) {
            // The names stand in the row below it.
        } else if is_header(row, two_rows.map_or(header, |[_, names]| names)) || is_header_in_blanks(row, header) {
            self.tables[0].header_line = Some(context.line);
            self.expects_header = self.dialect.index_row.is_some();
            self.give_title(0);
        } else if self.dialect.index_row.as_ref().is_some_and(|index| is_header(row, index)) {
            self.expects_header = false;
        } else if row.len() == self.dialect.types.len() && only_text(row).is_none() {
            // The header stands in a comment above: this is the first row of data.
            self.expects_header = false;
            self.push(row, context.line);
        } else {
            sink.provenance.set_aside("above the header", context.line);
            self.title = only_text(row);
        }
    }

    /// Whether a row of words among numbers belongs to no table: it names the statistic in the row below it, or is a title or a line.
    fn apart(&self, row: Row<'_>) -> Option<Apart> {
        let columns = &self.tables[self.current].columns;
        let in_numbers = !columns.is_empty()
            && columns.iter().all(|column| is_plain_number(column.cell_type()))
            && row.len() == columns.len()
            && row.len() > 1;
        if !in_numbers || self.tables[self.current].rows() == 0 {
            return None;
        }
        let words: Vec<&[u8]> = row.iter().filter(|cell| !cell.is_empty()).collect();
        let is_text =
            |word: &&[u8]| cells::look(word, self.dialect.mark) == Look::Text && ending::no_result(word).is_none();
        match &words[..] {
            [first, ..]
                if vocabulary::SUMMARY_ROW.has_in_any_case(first)
                    && words.iter().all(|word| word.eq_ignore_ascii_case(first)) =>
            {
                Some(Apart::Statistic)
            }
            [only] if is_text(only) && row.cell(0) == *only => Some(Apart::Title),
            // A line of dashes between tables.
            [only]
                if row.cell(0) == *only
                    && only.len() > 2
                    && only.iter().all(|byte| matches!(byte, b'-' | b'=' | b'*')) =>
            {
                Some(Apart::Title)
            }
            _ => None,
        }
    }

    /// What a tool says in a line of its own between the rows of its table, where it says that something failed.
    fn message(&self, row: Row<'_>) -> Option<String> {
        let mark = self.dialect.mark;
        let is_row = row.len() == self.tables[self.current].columns.len();
        let has_numbers = || row.iter().any(|cell| cells::look(cell, mark) != Look::Text);
        let text = || row.iter().map(String::from_utf8_lossy).collect::<Vec<_>>().join(", ");
        (!is_row && !has_numbers()).then(text).filter(|text| ending::is_message_of_failure(text))
    }

    fn set_apart(&mut self, row: Row<'_>, kind: Apart, context: &Context<'_>, sink: &mut Sink) {
        let line = context.line;
        if kind == Apart::Title {
            sink.provenance.set_aside("titles and lines between tables", line);
            // A line of dashes says nothing.
            self.title = only_text(row).or_else(|| self.title.take());
            if !context.next.is_some_and(|next| self.is_a_header(next.row())) {
                self.give_title(self.current);
            }
            return;
        }
        self.expects_summary = true;
        sink.provenance.set_aside("names of statistics of the rows above them", line);
        let reason = "the row below this one sums up the rows above, as it says";
        let finding =
            sink.find(Severity::Note, FindingKind::ClosingRow, line, reason, "it is no sample: the row was set aside");
        finding.value = Some(shortened(row));
    }

    fn header_seen_before(&self, row: Row<'_>) -> Option<usize> {
        self.tables.iter().position(|table| !table.header.is_empty() && is_header(row, &table.header))
    }

    /// Whether every cell of the row could name a column; only then does the row below it matter.
    pub(crate) fn could_be_header(&self, row: Row<'_>) -> bool {
        !self.expects_header && (row.iter().all(is_name) || only_text(row).is_some())
    }

    /// Whether a row is a header, be it one that was seen or another.
    fn is_a_header(&self, row: Row<'_>) -> bool {
        self.header_seen_before(row).is_some() || row.len() > 1 && row.iter().all(is_name)
    }

    /// Whether the row names the columns of another table; if so, the first row below it.
    fn new_header<'a>(&self, row: Row<'_>, context: &Context<'a>) -> Option<Below<'a>> {
        // First what the row itself must be: several different names, none of which is a label of the table it stands in.
        let current = &self.tables[self.current];
        let names: Vec<&[u8]> = row.iter().collect();
        let distinct = names.iter().enumerate().all(|(index, name)| !names[..index].contains(name));
        if names.len() < 2 && current.columns.len() >= 2
            || !distinct
            || !names.iter().all(|name| is_name(name))
            || current.knows_a_label(row)
        {
            return None;
        }
        // `timeout,n/a` could be a row whose value is missing. A word such as `count` where the table has numbers tells.
        let stands_for_number = |index: usize| {
            current.columns.get(index).is_none_or(|column| !matches!(column.cell_type(), CellType::Text))
        };
        // `llama,OOM` and `llama,error: out of memory` are rows whose run failed.
        let no_result = |name: &[u8]| ending::no_result(name).is_some();
        let telling_word = names
            .iter()
            .enumerate()
            .any(|(index, name)| stands_for_number(index) && has_header_word(name) && !no_result(name));
        if !telling_word && names.iter().enumerate().any(|(index, name)| stands_for_number(index) && no_result(name)) {
            return None;
        }
        // Then what stands below it: at the end of the file nothing does, and only such a word decides.
        let Some(next) = context.next else { return telling_word.then_some(Below::Nothing) };
        let below = next.row();
        let next_is_data =
            below.len() == row.len() && below.iter().any(|cell| cells::look(cell, self.dialect.mark).is_number());
        let next_is_header = below.iter().all(is_name) && below.len() > 1;
        let next_is_foreign = !current.fits_strictly(below);
        let next_came_home = !next_is_data && self.tables.iter().any(|table| table.fits_strictly(below));
        let is_header = if next_is_data {
            telling_word || next_is_foreign || context.after_blank
        } else {
            // A header without rows is followed by a row of another table or by another header.
            telling_word && (next_is_header || next_came_home)
        };
        is_header.then_some(if next_is_data { Below::Row(next) } else { Below::Nothing })
    }

    fn open_table(&mut self, row: Row<'_>, below: Below<'_>, context: &Context<'_>, sink: &mut Sink) {
        let names: Vec<String> = row.iter().map(|cell| String::from_utf8_lossy(cell).into_owned()).collect();
        let types = match below {
            Below::Row(next) => column_types(&[next.row()], row.len(), self.dialect.mark),
            Below::Nothing => vec![CellType::Text; row.len()],
        };
        if !context.after_blank {
            let reason = format!("the header `{}` inside the file starts another table", names.join(","));
            let action = "its rows are read as a table of their own";
            let finding = sink.find(Severity::Note, FindingKind::EmbeddedHeader, context.line, reason, action);
            finding.value = Some(names.join(","));
        }
        // From here on a decimal in a column of whole numbers may be the mark of another table, so no column widens unasked.
        let mut table = TableBuilder::new(&self.storage, names, &types);
        table.header_line = Some(context.line);
        table.mark = self.dialect.mark;
        table.may_widen = false;
        for earlier in &mut self.tables {
            earlier.may_widen = false;
        }
        self.tables.push(table);
        self.stacked.push(context.after_blank);
        self.latest_header.push(context.line);
        self.current = self.tables.len() - 1;
        self.give_title(self.current);
    }

    /// The table for a row that the current one does not take: the newest one it fits exactly, else one whose labels
    /// it has.
    fn home(&self, row: Row<'_>) -> Option<usize> {
        if self.tables.len() == 1 {
            return None;
        }
        let known = || {
            (0..self.tables.len()).rev().find(|&index| {
                let table = &self.tables[index];
                index != self.current && table.columns.len() == row.len() && table.knows_a_label(row)
            })
        };
        // A label that the current table knows keeps a row there, even where a cell of it is invalid.
        let stays =
            self.tables[self.current].columns.len() == row.len() && self.tables[self.current].knows_a_label(row);
        self.strict_home(row).or_else(|| if stays { None } else { known() })
    }

    fn push(&mut self, row: Row<'_>, line: u64) {
        // All other readings were ruled out: the row is of this table, and may widen its columns.
        let table = &mut self.tables[self.current];
        let widens = table.may_widen;
        table.may_widen = true;
        table.push(row, line);
        table.may_widen = widens;
        self.note_intruders(row, line);
    }

    /// Numbers of a later table stand in the columns of the first one for whoever knows only the first header.
    fn note_intruders(&mut self, row: Row<'_>, line: u64) {
        if !self.notes_intruders() {
            return;
        }
        let header = self.tables[self.current].header.join(",");
        let header_line = self.latest_header[self.current];
        let first = &mut self.tables[0];
        for column in 0..first.columns.len().min(row.len()) {
            let cell = row.cell(column);
            let number = cells::number(cell, first.mark).filter(|value| value.is_finite());
            if let (ColumnBuilder::Number(_), Some(value)) = (&first.columns[column], number) {
                let text = String::from_utf8_lossy(cell).into_owned();
                first.foreign_values.push(ForeignValue {
                    column,
                    line,
                    value,
                    text,
                    header: header.clone(),
                    header_line,
                });
            }
        }
    }

    /// Whether numbers of the current table count as foreign values of the first one.
    fn notes_intruders(&self) -> bool {
        let same_width = self.tables[self.current].columns.len() == self.tables[0].columns.len();
        self.current > 0 && same_width && !self.stacked[1..=self.current].iter().any(|stacked| *stacked)
    }

    fn set_ragged_aside(&mut self, row: Row<'_>, context: &Context<'_>, sink: &mut Sink) {
        if block_titles::is_alone_in_front(&self.tables[0], row) {
            sink.provenance.set_aside("above the rows", context.line);
            return;
        }
        let width = self.tables[self.current].columns.len();
        if !context.terminated && row.len() < width {
            sink.provenance.set_aside("cut off at the end of the file", context.line);
            let reason = format!("the last line ends after {} of {width} fields, without a line break", row.len());
            let action = "the row was set aside";
            sink.find(Severity::Corrupted, FindingKind::TruncatedLine, context.line, reason, action);
            return;
        }
        self.ragged += 1;
        sink.provenance.set_aside("wrong number of fields", context.line);
        if self.ragged <= NAMED_RAGGED {
            let reason = format!("the row has {} where its table has {width}", fields(row.len()));
            let action = "the row was set aside";
            let finding = sink.find(Severity::Corrupted, FindingKind::RaggedRow, context.line, reason, action);
            finding.value = Some(shortened(row));
        }
    }

    /// The file ends in this row without a line break: its last number may have been cut.
    pub(crate) fn end_without_line_break(&mut self, line: u64, last_cell: &[u8], sink: &mut Sink) {
        let table = &mut self.tables[self.current];
        let is_last = table.lines.rows() > 0 && table.lines.line(table.lines.rows() - 1) == Some(line);
        if is_last && (table.last_number_is_cut() || last_cell.ends_with(b".")) {
            table.forget_last_number();
            let reason = "the file ends without a line break, in the middle of a number: it has far fewer digits than all others";
            let action = "the number left the clean statistics";
            sink.find(Severity::Corrupted, FindingKind::TruncatedLine, line, reason, action);
        }
    }

    /// Gives the tables and what was found about them to the sink.
    pub(crate) fn finish(mut self, sink: &mut Sink) {
        if self.ragged > NAMED_RAGGED {
            let more = self.ragged - NAMED_RAGGED;
            let reason = format!("{more} more rows have the wrong number of fields");
            let action = "the rows were set aside";
            sink.find(Severity::Corrupted, FindingKind::RaggedRow, None, reason, action).count = more;
        }
        self.note_missing_header(sink);
        if self.dialect.mark_is_assumed {
            let (reason, action) = ambiguous_numbers(self.dialect.mark);
            sink.find(Severity::Suspicious, FindingKind::AmbiguousNumbers, 1, reason, action);
        }
        if self.dialect.points_may_group {
            let (reason, action) = POINTS_MAY_GROUP;
            sink.find(Severity::Suspicious, FindingKind::AmbiguousNumbers, 1, reason, action);
        }
        let rows: u64 = self.tables.iter().map(TableBuilder::rows).sum();
        let repeated = if rows < FEWEST_ROWS * (self.repeated.len() as u64 + 1) {
            "the header is repeated inside the file, before every few rows"
        } else {
            "the header is repeated inside the file: another run was appended"
        };
        for (lines, kind, what) in [
            (
                &self.appended,
                FindingKind::AppendedRun,
                "rows of the first table go on without its header: another run was appended",
            ),
            (&self.repeated, FindingKind::RepeatedHeader, repeated),
        ] {
            let (Some(&first), Some(&last)) = (lines.first(), lines.last()) else { continue };
            let reason = format!("{what} ({})", line_list(lines));
            let finding = sink.find(Severity::Note, kind, first, reason, "the rows continue their table");
            finding.place = finding.place.clone().up_to_line(last);
            finding.count = lines.len() as u64;
        }
        // Where the later tables hold most of the rows, the first header is the stranger, and nobody reads it for theirs.
        let later: u64 = self.tables.iter().skip(1).map(TableBuilder::rows).sum();
        if later > self.tables[0].rows() {
            self.tables[0].foreign_values.clear();
        }
        // A first table without a header line has its names from a comment or has none at all.
        self.tables.retain(|table| table.rows() > 0 || table.header_line.is_some());
        sink.tables.append(&mut self.tables);
    }
}

fn is_plain_number(cells: CellType) -> bool {
    matches!(cells, CellType::Integer | CellType::Decimal)
}
