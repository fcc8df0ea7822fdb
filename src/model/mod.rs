//! The nouns of the program: units, labels, tables, findings, sources. Knows nobody.

pub mod cells;
pub mod finding;
pub mod label;
pub mod line_map;
pub mod reported;
pub mod source;
pub mod storage;
pub mod swarm;
pub mod table;
pub mod unit;
