//! Why something that a person wrote means nothing, where nobody decides by it.

/// Why something cannot be used, in a sentence that says what to write or do instead.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Refusal(pub String);

impl Refusal {
    /// With these words.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }
}
