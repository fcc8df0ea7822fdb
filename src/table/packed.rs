//! The cells of a column, in stretches of equal length.
//!
//! In: numbers, codes or instants, row by row ([`CellsBuilder`]). Out: the same by block, in the order of rows, or one by one
//! ([`Cells`]). A stretch is packed as narrowly as its cells allow without loss, and goes to the spill file where the
//! [`Storage`](crate::table::storage::Storage) has no room for it. Refuses nothing; a column is of one kind, and asking it for
//! another kind gives nothing.

mod builder;
mod cells;
mod part;

pub use crate::table::stretch::{BLOCK, Kind, PART};
pub use builder::CellsBuilder;
pub use cells::{Cells, Reader};
