//! What the user says about a source, by flags or configuration.

use std::collections::BTreeMap;

use crate::measure::Polarity;
use crate::measure::unit::Unit;
use crate::table::Role;

/// What the user says about a column.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ColumnOptions {
    /// What it is used as.
    pub role: Option<Role>,
    /// The unit of its values.
    pub unit: Option<Unit>,
    /// Which way is better.
    pub polarity: Option<Polarity>,
    /// The largest possible value.
    pub limit: Option<Limit>,
}

/// A largest possible value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Limit {
    /// In base units: it was given with its unit.
    Base(f64),
    /// As the column records it: it was given as a bare number.
    Recorded(f64),
}

impl Limit {
    /// The limit in base units, for values recorded in `unit`.
    pub fn to_base(self, unit: Unit) -> f64 {
        match self {
            Self::Base(limit) => limit,
            Self::Recorded(limit) => unit.to_base(limit),
        }
    }
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
    /// Session data of an agent swarm's clients that may be shown: `sessionState`, or `sessionState.phase`. None is by
    /// default, and no configuration file can say so: it may be users' data.
    pub session_data: Vec<String>,
    /// Sizes in bytes at which the digest of the stored bytes so far is wanted: whether the source begins with another.
    pub prefixes: Vec<u64>,
    /// The path by which it was found, parts joined by `/`: files of some tools do not name what they measure, and their
    /// folders do. Shown only from the folder of the tool on.
    pub path: Option<String>,
}

impl SourceOptions {
    /// What is said about a column, by its exact name.
    pub fn column(&self, name: &str) -> Option<&ColumnOptions> {
        self.columns.get(name)
    }
}
