//! Tables of measurements as they were read: the cells of each column, what the column is, and the line of every row.
//!
//! Numbers stand as they were recorded; [`Column::to_base`] converts them. Text is dictionary-encoded: the cells are codes,
//! the column holds the texts.

mod bits;
mod column;
#[cfg(feature = "frames")]
pub(crate) mod frame;
mod instants;
pub mod line_map;
pub mod packed;
mod rows;
pub mod source;
pub mod storage;
mod stretch;
pub mod swarm;

pub use bits::Bits;
pub(crate) use column::COUNTED_IN_ROWS;
pub use column::{CellType, Column, Role, Shape, UnitChoice};
pub use instants::Instants;
pub use rows::{ForeignValue, LabelIdentity, Table};
