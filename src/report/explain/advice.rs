//! What is said of a word beyond its meaning.

/// What makes it, and what to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Advice {
    /// What makes the program say it.
    pub made_by: &'static str,
    /// What a reader does about it.
    pub to_do: &'static str,
}

impl Advice {
    pub(super) const fn new(made_by: &'static str, to_do: &'static str) -> Self {
        Self { made_by, to_do }
    }
}
