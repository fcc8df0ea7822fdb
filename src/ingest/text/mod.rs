//! Lines, cells and rows of text: what CSV and the tables of tools share.

pub(crate) mod amounts;
mod block_titles;
pub(crate) mod blocks;
pub(crate) mod cells;
pub(crate) mod column_types;
pub(crate) mod csv_tables;
pub(crate) mod delimited;
pub(crate) mod delimiter;
pub(crate) mod dialect;
pub(crate) mod duration_texts;
pub(crate) mod fast;
mod header;
pub(crate) mod heading;
pub(crate) mod identifiers;
mod in_words;
pub(crate) mod lines;
mod named_types;
pub(crate) mod parts;
mod quotes;
pub(crate) mod row;
pub(crate) mod sections;
pub(crate) mod side_by_side;
pub(crate) mod split;
mod statements;
mod unnamed_column;
