//! A row of cells: in the text that it was read from, or put together by a reader.

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

/// A row that has its own text; keeps its buffers from row to row.
#[derive(Debug, Clone, Default)]
pub(crate) struct RowBuffer {
    text: Vec<u8>,
    pub(crate) cells: Vec<(usize, usize)>,
}

impl RowBuffer {
    /// Begins a new row.
    pub(crate) fn clear(&mut self) {
        self.text.clear();
        self.cells.clear();
    }

    /// Adds a cell.
    pub(crate) fn push(&mut self, cell: &[u8]) {
        let start = self.text.len();
        self.text.extend_from_slice(cell);
        self.cells.push((start, self.text.len()));
    }

    /// Adds a whole number.
    pub(crate) fn push_number(&mut self, number: i64) {
        use std::io::Write as _;
        let start = self.text.len();
        // Writing into memory does not fail.
        let _ = write!(self.text, "{number}");
        self.cells.push((start, self.text.len()));
    }

    /// A row that outlives the text it was read from.
    pub(crate) fn copy_of(row: Row<'_>) -> Self {
        Self { text: row.text.to_vec(), cells: row.cells.to_vec() }
    }

    /// What was put together.
    pub(crate) fn row(&self) -> Row<'_> {
        Row { text: &self.text, cells: &self.cells }
    }
}
