//! A text whose rows have no names: because there are none, or because the row of names above them has another number of fields.

use crate::measure::{FindingKind, Severity};
use crate::table::CellType;

use crate::ingest::sink::Sink;
use crate::ingest::text::header::{is_header, is_name};
use crate::ingest::text::in_words::{fields, shortened};
use crate::ingest::text::row::{Row, RowBuffer};
use crate::ingest::text::unnamed_column;

use super::Sections;

impl Sections {
    /// Whether a row of names stands above the first row of a table that has more fields or fewer: nobody can say which name is whose.
    pub(super) fn is_misfit(&self, row: Row<'_>) -> bool {
        let names: Vec<&[u8]> = row.iter().collect();
        let distinct = names.iter().enumerate().all(|(index, name)| is_name(name) && !names[..index].contains(name));
        let is_first = self.dialect.header.is_none() && self.tables.len() == 1 && self.tables[0].rows() == 0;
        let width = self.tables[0].columns.len();
        is_first && distinct && names.len() > 1 && names.len() != width && width > 2
    }

    /// Sets such a row aside.
    pub(super) fn set_misfit_aside(&self, row: Row<'_>, line: u64, sink: &mut Sink) {
        let width = self.tables[0].columns.len();
        sink.provenance.set_aside("names that do not fit the rows below them", line);
        let torn = if self.may_be_torn(row.len()) {
            "; where a comma is the decimal mark as well, it has torn numbers in two"
        } else {
            ""
        };
        let reason = format!(
            "{} with names stand above rows of {}: which name belongs to which column is not told{torn}",
            fields(row.len()),
            fields(width)
        );
        let action = "columns are called column_1, column_2, …; give the header as many names as the rows have fields";
        let finding = sink.find(Severity::Suspicious, FindingKind::MissingHeader, line, reason, action);
        finding.value = Some(shortened(row));
    }

    /// Whether rows between commas have one field more than there are names, and whole numbers side by side.
    fn may_be_torn(&self, names: usize) -> bool {
        let columns = &self.tables[0].columns;
        let is_whole = |index: usize| columns[index].cell_type() == CellType::Integer;
        self.dialect.delimiter == Some(b',')
            && columns.len() == names + 1
            && (1..columns.len()).any(|index| is_whole(index - 1) && is_whole(index))
    }

    /// A row as wide as the header, where most rows have a field more: with an empty one, or with the name that the field is given.
    pub(crate) fn with_unnamed(&mut self, row: Row<'_>, line: u64, sink: &mut Sink) -> Option<RowBuffer> {
        let width = self.dialect.types.len();
        let place = self.dialect.unnamed.filter(|_| row.len() + 1 == width && self.current == 0)?;
        let mut names = self.dialect.header.clone().unwrap_or_default();
        let is_header = names.len() == width && {
            names.remove(place);
            is_header(row, &names)
        };
        let name = unnamed_column::name(place);
        let whole = unnamed_column::with_cell(row, place, if is_header { name.as_bytes() } else { b"" });
        if is_header && self.expects_header {
            let reason = format!("{} with names stand above rows of {}", fields(row.len()), fields(width));
            let which = if place + 1 == width { "the last field".to_owned() } else { format!("field {}", place + 1) };
            let action =
                format!("{which} is called `{name}`, and empty in rows without it; give it a name in the header");
            sink.find(Severity::Suspicious, FindingKind::MissingHeader, line, reason, &action);
        }
        Some(whole)
    }

    /// Says that there are no names at all, unless it was said why.
    pub(super) fn note_missing_header(&self, sink: &mut Sink) {
        let is_told = sink.findings.iter().any(|finding| finding.kind == FindingKind::MissingHeader);
        if self.dialect.header.is_some() || is_told {
            return;
        }
        let reason = "the first row already holds numbers, so the columns have no names";
        let action = "columns are called column_1, column_2, …; roles and units are inferred from the values alone";
        sink.find(Severity::Note, FindingKind::MissingHeader, 1, reason, action);
    }
}
