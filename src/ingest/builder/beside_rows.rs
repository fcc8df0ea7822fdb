//! Columns made of lines that stand between the rows of a table: titles of its sections, and what a tool says where a row would be.
//!
//! In: texts and the rows that they belong to. Out: columns of texts, of which nobody has to know that no file wrote them.

use crate::table::packed::CellsBuilder;
use crate::table::storage::Storage;
use crate::table::{CellType, Column};

/// What the column of the titles is called.
const SECTION: &str = "section";
/// What the column is called that tells which rows are lines of an error.
const MESSAGES: &str = "error lines";

/// The columns: none for titles that tell no rows apart.
pub(super) fn columns(
    titles: &[(u64, String)],
    messages: &[(u64, String)],
    rows: usize,
    storage: &Storage,
) -> Vec<Column> {
    let differ = titles.iter().any(|(_, title)| *title != titles[0].1);
    let of_titles = differ.then(|| column(SECTION, titles, rows, storage, true));
    let of_messages = (!messages.is_empty()).then(|| column(MESSAGES, messages, rows, storage, false));
    of_titles.into_iter().chain(of_messages).collect()
}

/// A column of texts; with `stays`, each holds up to the next.
fn column(name: &str, texts: &[(u64, String)], rows: usize, storage: &Storage, stays: bool) -> Column {
    let mut dictionary = vec![String::new()];
    let mut codes = CellsBuilder::codes(storage.clone());
    let (mut next, mut code) = (texts.iter().peekable(), 0);
    for row in 0..rows as u64 {
        if !stays {
            code = 0;
        }
        while let Some((_, text)) = next.next_if(|(at, _)| *at <= row) {
            let known = dictionary.iter().position(|known| known == text);
            let index = known.unwrap_or_else(|| {
                dictionary.push(text.clone());
                dictionary.len() - 1
            });
            code = u32::try_from(index).unwrap_or_default();
        }
        codes.push_code(code);
    }
    Column::new(name.to_owned(), CellType::Text, codes.finish(), dictionary)
}
