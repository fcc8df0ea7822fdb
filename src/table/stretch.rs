//! What columns are cut into, and what their cells are.

/// Rows of a stretch.
pub const PART: usize = 1 << 14;
/// Rows that are handed over at a time: unpacked numbers stay in the nearest cache.
pub const BLOCK: usize = 4096;

/// What the cells of a column are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Numbers.
    Numbers,
    /// Codes of texts.
    Codes,
    /// Instants.
    Instants,
}
