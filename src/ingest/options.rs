//! What the user says about a source, by flags or configuration.

use std::collections::BTreeMap;

use crate::model::table::{Polarity, Role};
use crate::model::unit::Unit;

/// What the user says about a column.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ColumnOptions {
    /// What it is used as.
    pub role: Option<Role>,
    /// The unit of its values.
    pub unit: Option<Unit>,
    /// Which way is better.
    pub polarity: Option<Polarity>,
    /// The largest possible value, in base units.
    pub limit: Option<f64>,
}

/// What the user says about a source.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SourceOptions {
    /// Name of the format; found out where absent.
    pub format: Option<String>,
    /// Delimiter of a delimited text; found out where absent.
    pub delimiter: Option<u8>,
    /// Whether the first row is a header; found out where absent.
    pub header: Option<bool>,
    /// Columns by name.
    pub columns: BTreeMap<String, ColumnOptions>,
}

impl SourceOptions {
    /// What is said about a column, by its exact name.
    pub fn column(&self, name: &str) -> Option<&ColumnOptions> {
        self.columns.get(name)
    }
}
