//! The nouns of the program: units, labels, tables, findings, sources. Knows nobody.

pub mod finding;
pub mod label;
pub mod reported;
pub mod source;
pub mod swarm;
pub mod table;
pub mod unit;
