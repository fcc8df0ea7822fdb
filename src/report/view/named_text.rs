//! A text with its name, the smallest thing that templates receive.

use serde::Serialize;

/// A fact, a setting, something that a file says about its machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NamedText {
    /// `Spread`, `Percentiles`, `cpu`.
    pub name: String,
    /// What is said.
    pub text: String,
}

impl NamedText {
    pub(super) fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        Self { name: name.into(), text: text.into() }
    }
}
