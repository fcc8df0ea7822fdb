//! Titles above the blocks of a table whose names come again: `Version: current` over one, `Version: hash index` over the next.
//!
//! In: the lines of words and the rows of a text, in their order. Out: the label `section` of the rows of each block, where each block has a
//! title and not all have the same. Pages of a listing that have nothing but their names above them are one table.

use crate::ingest::builder::TableBuilder;

/// A longer line is a sentence.
const LONGEST: usize = 100;

/// The blocks of the newest table.
#[derive(Default)]
pub(super) struct Titles {
    /// Lines of words since the last row.
    words: Vec<String>,
    /// The first row of each block with its title, where it has one.
    blocks: Vec<(u64, Option<String>)>,
    rows: u64,
}

impl Titles {
    /// Takes a line of words, or one that is drawn.
    pub(super) fn take_words(&mut self, text: &str) {
        let text = text.trim();
        if text.bytes().any(|byte| byte.is_ascii_alphabetic()) {
            self.words.push(text.to_owned());
        }
    }

    /// Takes a row. Above the first of a block stand the names of its columns, and above those its title.
    pub(super) fn take_row(&mut self) {
        if !self.words.is_empty() {
            let title = self.words.len().checked_sub(2).and_then(|at| self.words.get(at));
            let title = title.map(|title| title.trim_matches(['#', ' ', '=', '-', ':', '*']).to_owned());
            self.blocks.push((self.rows, title.filter(|title| !title.is_empty() && title.len() <= LONGEST)));
            self.words.clear();
        }
        self.rows += 1;
    }

    /// Gives a table that is complete its titles; the row that was taken last begins the next one.
    pub(super) fn give(&mut self, mut table: TableBuilder) -> TableBuilder {
        let rows = table.rows();
        let blocks = std::mem::take(&mut self.blocks);
        self.rows = 0;
        let of_table: Vec<(u64, String)> = blocks
            .iter()
            .filter(|(row, _)| *row < rows)
            .filter_map(|(row, title)| Some((*row, title.clone()?)))
            .collect();
        let all = blocks.iter().filter(|(row, _)| *row < rows).count();
        let differ = of_table.windows(2).any(|pair| pair[0].1 != pair[1].1);
        if of_table.len() == all && differ {
            let mut given: Vec<(u64, String)> = Vec::new();
            for (row, title) in &of_table {
                let before = of_table.iter().filter(|(other, name)| other < row && name == title).count();
                // Two blocks under one title are two.
                let title = if before == 0 { title.clone() } else { format!("{title} ({})", before + 1) };
                given.push((*row, title));
            }
            table.titles = given;
        }
        table
    }
}
