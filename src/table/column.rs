//! A column: what its cells look like, what it is used as and why, and the cells.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::measure::{Dimension, Polarity, Unit, size};
use crate::table::packed::Cells;
use crate::table::stretch::Kind;

/// What the cells of a column look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CellType {
    /// Any text.
    Text,
    /// `true` and `false`.
    Boolean,
    /// Whole numbers.
    Integer,
    /// Numbers with a fraction.
    Decimal,
    /// A date with a time of day; its cells are nanoseconds since 1970-01-01 UTC.
    Timestamp,
    /// A number with a unit in the cell (`500ms`, `2m3s`, `00:01:05`, `12 MB`); its cells are in base units.
    Quantity(Dimension),
}

impl CellType {
    /// The type's name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Boolean => "boolean",
            Self::Integer => "integer",
            Self::Decimal => "decimal",
            Self::Timestamp => "timestamp",
            Self::Quantity(Dimension::Time) => "duration",
            Self::Quantity(_) => "quantity",
        }
    }

    /// What a column of it holds.
    pub fn kind(self) -> Kind {
        match self {
            Self::Text | Self::Boolean => Kind::Codes,
            Self::Timestamp => Kind::Instants,
            Self::Integer | Self::Decimal | Self::Quantity(_) => Kind::Numbers,
        }
    }

    /// A number of such a column as people read it: cells that state their units are kept in base units.
    pub(crate) fn written(self, number: f64) -> String {
        match self {
            Self::Quantity(Dimension::Bytes) => size(number),
            Self::Quantity(Dimension::Time) => format!("{number} s"),
            _ => number.to_string(),
        }
    }

    /// Whether a column of it holds numbers.
    pub fn is_number(self) -> bool {
        matches!(self, Self::Integer | Self::Decimal | Self::Quantity(_))
    }
}

/// What a column is used as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Tells kinds of samples apart.
    Label,
    /// Measured values.
    Metric,
    /// Names the metric of the row's value, in a long table.
    MetricName,
    /// When the row was recorded.
    Timestamp,
    /// Whether what was measured succeeded.
    Status,
    /// What was varied or chosen: rows that differ in it are never pooled.
    Setting,
    /// Names one row or one actor; never summarised.
    Identifier,
    /// Names the run (process, fork, launch) that a sample was measured in; runs are the unit of replication.
    Run,
    /// Not used.
    Unused,
}

impl Role {
    /// All of them, as they are offered.
    pub const ALL: [Self; 9] = [
        Self::Label,
        Self::Setting,
        Self::Metric,
        Self::MetricName,
        Self::Timestamp,
        Self::Status,
        Self::Identifier,
        Self::Run,
        Self::Unused,
    ];

    /// The role's name in reports and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Label => "label",
            Self::Metric => "metric",
            Self::MetricName => "metric-name",
            Self::Timestamp => "timestamp",
            Self::Status => "status",
            Self::Setting => "setting",
            Self::Identifier => "identifier",
            Self::Run => "run",
            Self::Unused => "unused",
        }
    }

    /// The role of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }
}

/// Why a column that counts what was tried in each row is no metric: its rows are many requests each, and none themselves.
pub(crate) const COUNTED_IN_ROWS: &str =
    "how many were tried, succeeded or failed in each row: added up, and no samples";

/// A unit and why it was chosen.
#[derive(Debug, Clone, PartialEq)]
pub struct UnitChoice {
    /// The unit of the recorded values.
    pub unit: Unit,
    /// Why.
    pub reason: String,
    /// Whether nothing in the file states it.
    pub assumed: bool,
}

impl UnitChoice {
    /// Whether it is a unit that nothing states, and not just none.
    pub(crate) fn is_a_guess(&self) -> bool {
        self.assumed && !matches!(self.unit.dimension, Dimension::UnstatedTime | Dimension::Unknown)
    }
}

/// How the numbers of a column were written. A whole number among 17-digit decimals is evidence of corruption.
#[derive(Debug, Clone, Default)]
pub struct Shape {
    /// How many cells had that many digits after the point (the last entry: or more).
    pub fraction_digits: [u64; Self::DIGITS],
    /// How many cells had an exponent.
    pub exponents: u64,
    /// Of durations, how many were seen to have their unit behind them: `4.5s` is no time of day.
    pub with_unit: u64,
}

impl Shape {
    /// Entries of [`Shape::fraction_digits`].
    pub const DIGITS: usize = 20;

    /// The most frequent number of digits after the point among the cells that have one.
    pub fn usual_digits(&self) -> usize {
        (1..Self::DIGITS).rev().max_by_key(|&digits| self.fraction_digits[digits]).unwrap_or(0)
    }

    /// Cells with a decimal point or an exponent.
    pub fn decimals(&self) -> u64 {
        self.fraction_digits[1..].iter().sum::<u64>() + self.exponents
    }
}

/// A column of a [`Table`](crate::table::Table).
#[derive(Debug, Clone)]
pub struct Column {
    /// Its name in the header.
    pub name: String,
    /// What its cells look like.
    pub cells: CellType,
    /// What it is used as.
    pub role: Role,
    /// Why.
    pub role_reason: String,
    /// Unit of its values, for metrics.
    pub unit: Option<UnitChoice>,
    /// Which way is better, for metrics.
    pub polarity: Polarity,
    /// What exactly it measures, in words, where the format's definition says so: `time to the first byte, connecting
    /// included`. Metrics whose meanings differ are never compared or pooled.
    pub meaning: Option<String>,
    /// Values above this (base unit) were declared impossible.
    pub limit: Option<f64>,
    /// Lines (first and last of each stretch) whose values the configuration sets aside.
    pub set_aside: Vec<(u64, u64)>,
    /// Its cells: recorded numbers, codes of texts, or instants.
    pub data: Cells,
    /// Texts of the codes, for text and booleans.
    pub dictionary: Vec<String>,
    /// How the numbers were written, for numbers.
    pub shape: Option<Shape>,
    /// Whether its dates begin with the day, for instants that were written so or with the month first.
    pub day_first: Option<bool>,
}

impl Column {
    /// A column whose role is not known yet.
    pub(crate) fn new(name: String, cells: CellType, data: Cells, dictionary: Vec<String>) -> Self {
        Self {
            name,
            cells,
            role: Role::Unused,
            role_reason: String::new(),
            unit: None,
            polarity: Polarity::Unknown,
            meaning: None,
            limit: None,
            set_aside: Vec::new(),
            data,
            dictionary,
            shape: None,
            day_first: None,
        }
    }

    /// Whether no cell has anything in it.
    pub(crate) fn is_blank(&self) -> bool {
        self.cells == CellType::Text && self.dictionary.iter().all(|text| text.trim().is_empty())
    }

    /// The unit of the recorded values; unknown where none was found.
    pub fn unit(&self) -> Unit {
        self.unit.as_ref().map_or(Unit::UNKNOWN, |choice| choice.unit)
    }

    /// The same column with no cells yet.
    pub(crate) fn without_data(&self) -> Self {
        Self {
            name: self.name.clone(),
            cells: self.cells,
            role: self.role,
            role_reason: self.role_reason.clone(),
            unit: self.unit.clone(),
            polarity: self.polarity,
            meaning: self.meaning.clone(),
            limit: self.limit,
            set_aside: self.set_aside.clone(),
            data: Cells::default(),
            dictionary: self.dictionary.clone(),
            shape: None,
            day_first: self.day_first,
        }
    }

    /// A recorded value in base units.
    pub fn to_base(&self, recorded: f64) -> f64 {
        self.unit().to_base(recorded)
    }
}
