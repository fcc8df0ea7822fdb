//! A text with its name, the smallest thing that templates receive.

use serde::Serialize;

/// A fact, a setting, something that a file says about its machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct NamedText {
    pub name: String,
    pub text: String,
}

impl NamedText {
    pub(super) fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        Self { name: name.into(), text: text.into() }
    }
}
