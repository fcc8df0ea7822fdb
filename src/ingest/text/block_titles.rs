//! Names of columns that come again with another title in front, as a spreadsheet has them above each of several blocks.
//!
//! In: a table and a row. Out: the title, where all other cells are the names of the table. The rows below are of that block, and the first
//! name of the table is the title of the first one.

use crate::ingest::builder::TableBuilder;
use crate::ingest::sink::Sink;
use crate::ingest::text::cells::{self, Look};
use crate::ingest::text::row::Row;

/// So many names come again.
const FEWEST_NAMES: usize = 2;

/// The title of the block that a row begins.
pub(super) fn of_block(table: &TableBuilder, row: Row<'_>) -> Option<String> {
    let (first, names) = table.header.split_first()?;
    let as_written = |(index, name): (usize, &String)| row.cell(index + 1).trim_ascii() == name.trim().as_bytes();
    let title = String::from_utf8_lossy(row.cell(0)).trim().to_owned();
    let is_text = cells::look(row.cell(0), table.mark) == Look::Text;
    let begins = names.len() >= FEWEST_NAMES
        && row.len() == table.header.len()
        && is_text
        && title != first.trim()
        && names.iter().all(|name| !name.trim().is_empty())
        && names.iter().enumerate().all(as_written);
    begins.then_some(title)
}

/// The rows to come are of that block; those before it of one whose title is the first name of the table.
pub(super) fn begin_block(table: &mut TableBuilder, title: String, line: u64, sink: &mut Sink) {
    sink.provenance.set_aside("names of columns with the title of a block", line);
    if table.titles.is_empty() {
        let first = table.header.first().map(|first| first.trim().to_owned());
        table.titles.extend(first.map(|first| (0, first)));
    }
    // Two blocks under one title are two.
    let before =
        table.titles.iter().filter(|(_, other)| *other == title || other.starts_with(&format!("{title} ("))).count();
    let title = if before == 0 { title } else { format!("{title} ({})", before + 1) };
    table.titles.push((table.rows(), title));
}

/// Whether a row is a single field above the first row of a table of more than two without names: what stands over a table is no broken row of
/// it.
pub(super) fn is_alone_in_front(table: &TableBuilder, row: Row<'_>) -> bool {
    row.len() == 1 && table.rows() == 0 && table.columns.len() > 2 && table.header_line.is_none() && !has_names(table)
}

/// Whether somebody has named the columns: then the first row below is one like others.
fn has_names(table: &TableBuilder) -> bool {
    table.header.iter().any(|name| !name.is_empty() && !name.starts_with("column_"))
}
