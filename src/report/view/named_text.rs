//! A text with its name and the cells of a label, the smallest things that templates receive.

use serde::Serialize;

/// A fact, a setting, something that a file says about its machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct NamedText {
    pub name: String,
    pub text: String,
}

/// The cells of a label; of everything together where the label is absent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct LabelRow {
    pub label: Option<String>,
    pub cells: Vec<String>,
}

impl NamedText {
    pub(super) fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        Self { name: name.into(), text: text.into() }
    }
}
