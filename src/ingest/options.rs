//! What the user says about a source, by flags or configuration.

use std::collections::BTreeMap;

use crate::measure::{Polarity, Quantity, Unit};
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
    /// The largest possible value; without a unit, as the column records it.
    pub limit: Option<Quantity>,
    /// Lines (first and last of each stretch) whose values are no measurements.
    pub set_aside: Vec<(u64, u64)>,
    /// Whether its dates begin with the day, or with the month.
    pub day_first: Option<bool>,
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
    /// Whether a plan has decided what columns are, so that rows decide nothing any more.
    pub roles_are_decided: bool,
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
