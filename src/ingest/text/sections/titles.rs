//! Titles in a line of their own, above the names of the next table.

use crate::ingest::text::header::only_text;
use crate::ingest::text::row::Row;

use super::{Context, Sections};

impl Sections {
    /// Whether a row holds nothing but a title: the row below it is the header of a table.
    pub(super) fn is_title_of_section(&self, row: Row<'_>, context: &Context<'_>) -> bool {
        let header_below = context.next.is_some_and(|next| self.is_a_header(next.row()));
        self.tables[self.current].columns.len() > 1 && header_below && only_text(row).is_some()
    }

    /// The title that stands above the rows to come of a table.
    pub(super) fn give_title(&mut self, index: usize) {
        if let Some(title) = self.title.take() {
            let table = &mut self.tables[index];
            table.titles.push((table.rows(), title));
        }
    }
}
