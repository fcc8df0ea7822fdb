//! The report as data: the public JSON contract.
//!
//! Every output is made from one [`Report`] and from nothing else. Numbers are in the base unit of their metric
//! (seconds, bytes, one); absent is `null`, never 0. `perfreport schema` prints the JSON Schema of this module.
//! Fields are added within a version of the schema; a field that changes its meaning or goes raises it.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::analysis::swarm::Swarm;
use crate::compare::outcome::{Comparison, Gate, TargetResult};
use crate::measure::finding::Finding;
use crate::measure::unit::Dimension;

mod service;

pub use crate::analysis::metric::{Evidence, Metric, Remark, Topic};
pub use crate::analysis::outcome::Failures;
pub use crate::measure::Polarity;
pub use crate::measure::label::Label;
pub use crate::stats::bins::Histogram;
pub use crate::stats::interval::Interval;
pub use crate::stats::modality::{Modality, Mode};
pub use crate::stats::order::{Drift, LevelShift, WarmUp};
pub use crate::stats::outlier::{Extreme, Outliers};
pub use crate::stats::population::{Order, Population};
pub use crate::stats::runs::Runs;
pub use crate::stats::series::{Series, SeriesPoint};
pub use crate::stats::summary::{Percentile, Summary};

pub use service::{
    Service, ServiceConcurrency, ServiceErrorType, ServiceErrors, ServiceLatency, ServiceLevel, ServiceMemory,
    ServiceMessages, ServiceNever, ServiceSchedule, ServiceSession, ServiceSessionDuration, ServiceSlot, ServiceStall,
    ServiceSteady, ServiceThroughput, ServiceTimeouts,
};

/// The version of this contract, written into every report.
pub const SCHEMA_VERSION: u32 = 1;

/// A report about one or more files of raw metrics.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Report {
    /// Version of the contract, [`SCHEMA_VERSION`].
    pub schema_version: u32,
    /// What wrote the report.
    pub tool: Tool,
    /// When, in ISO 8601; only where the caller gave the time, so that the same input gives the same bytes.
    pub generated: Option<String>,
    /// The title of the page.
    pub title: String,
    /// The answer in one line, and what it rests on.
    pub verdict: Verdict,
    /// How the numbers were computed.
    pub settings: Settings,
    /// The files, in the order in which they were given.
    pub sources: Vec<Source>,
    /// The metrics, by file and column.
    pub metrics: Vec<Metric>,
    /// Numbers that the tools have summarised themselves, by file, metric and label. Nothing is recomputed from them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reported: Vec<Reported>,
    /// The metrics of interactive services, by file; empty where no file records one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub service: Vec<Service>,
    /// An agent swarm, where its records were given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub swarm: Option<Swarm>,
    /// The run held against a baseline, where one was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comparison: Option<Comparison>,
    /// The targets of the configuration and what became of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub targets: Vec<TargetResult>,
    /// What a gate was asked to fail on, and whether it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gate: Option<Gate>,
    /// What is wrong, odd or worth knowing; most serious first. Findings of the same kind are folded beyond a limit,
    /// with the number they stand for in `count`.
    pub findings: Vec<Finding>,
    /// What the program assumed, and how to override it.
    pub assumptions: Vec<Assumption>,
}

/// The program that wrote a report.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Tool {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
}

/// What a reader has to know first; the most serious of what holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Nothing to report about the data.
    Clean,
    /// Nothing is wrong with the data, and whether something changed or a target is met cannot be told.
    Inconclusive,
    /// Something is odd; nothing was taken out.
    Suspicious,
    /// A metric vanished or cannot be compared any more.
    Incomplete,
    /// Corrupted samples were found and set aside.
    Corrupted,
    /// A target was missed, or something that it speaks of is not there.
    Missed,
    /// A metric regressed.
    Regressed,
}

/// The answer in one line.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Verdict {
    /// What a reader has to know first.
    pub status: Status,
    /// The line itself.
    pub headline: String,
    /// Values that left the clean statistics.
    pub corrupted_samples: u64,
    /// Findings of severity suspicious.
    pub suspicious: u64,
    /// Samples in the clean statistics, over all metrics, those of failed rows included.
    pub samples: u64,
}

/// How the numbers were computed.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Settings {
    /// The definition of a percentile, in words.
    pub quantile_method: String,
    /// Level of the intervals, for example 0.95.
    pub confidence: f64,
    /// The columns asked for with `--group-by`; empty when chosen by the program.
    pub group_by: Vec<String>,
    /// Whether labels that differ only in numbers are one population.
    pub collapse_labels: bool,
}

/// Something assumed because the data does not say it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Assumption {
    /// What it concerns: file and column.
    pub subject: String,
    /// What was assumed and why.
    pub text: String,
    /// The option that overrides it.
    pub how_to_override: Option<String>,
}

/// Where the data came from.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Source {
    /// The name by which the report calls it; unique in the report.
    pub name: String,
    /// Digest of the bytes as they are stored, `blake3:` and hexadecimal digits.
    pub digest: String,
    /// Size as stored, in bytes.
    pub bytes: u64,
    /// `gzip`, `zstd`, or absent.
    pub compression: Option<String>,
    /// The format that was recognised.
    pub format: String,
    /// What showed it, a clause each.
    pub evidence: Vec<String>,
    /// Lines of text.
    pub lines: u64,
    /// Rows of data read, over all tables and including the ones set aside.
    pub rows_read: u64,
    /// Rows with at least one value in the statistics.
    pub rows_used: u64,
    /// Rows read and not used, by reason.
    pub set_aside: Vec<SetAside>,
    /// Tables found in the file.
    pub tables: Vec<Table>,
    /// What the file says about the machine and the set-up that it was measured on, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub environment: BTreeMap<String, String>,
    /// What must be known about the numbers in `reported` of this file: how they are rounded, what they leave out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reported_caveats: Vec<String>,
    /// What the names of all files of its run begin with, where its tool writes several files a run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<String>,
}

/// Rows that were read and not used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SetAside {
    /// Why.
    pub reason: String,
    /// How many.
    pub rows: u64,
    /// The first few lines concerned.
    pub first_lines: Vec<u64>,
}

/// A table inside a file.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Table {
    /// Its name: the path inside a JSON document; absent for CSV.
    pub name: Option<String>,
    /// Line of the header; absent where there is none.
    pub header_line: Option<u64>,
    /// First and last line of each stretch of rows.
    pub line_ranges: Vec<(u64, u64)>,
    /// Further stretches that are not named here.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub more_line_ranges: u64,
    /// Rows.
    pub rows: u64,
    /// Its columns.
    pub columns: Vec<Column>,
}

/// A column and what it was taken for.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Column {
    /// Name from the header.
    pub name: String,
    /// Type of its cells: text, integer, decimal, timestamp, duration, boolean.
    pub cell_type: String,
    /// What it is used as: label, metric, timestamp, status, identifier, unused.
    pub role: String,
    /// Why.
    pub role_reason: String,
    /// Unit of its values as recorded, for metrics.
    pub unit: Option<String>,
    /// Where the unit comes from.
    pub unit_reason: Option<String>,
}

/// What a tool itself reports about one metric, or about one metric of one label.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Reported {
    /// Name of the source.
    pub source: String,
    /// The metric.
    pub metric: String,
    /// The label (a request's name, a benchmark); absent for the whole run.
    pub label: Option<String>,
    /// What exactly the metric measures, where the format's definition says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meaning: Option<String>,
    /// Which way is better.
    pub polarity: Polarity,
    /// What it measures.
    pub dimension: Dimension,
    /// The numbers, in the order of the file; those that are no finite numbers are left out.
    pub values: Vec<ReportedValue>,
}

/// One number as a tool reports it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ReportedValue {
    /// `n`, `failures`, `mean`, `median`, `min`, `max`, `stddev`, `p95` (any percentile), or `value` for a rate or the one
    /// number that there is.
    pub statistic: String,
    /// The number in the base unit of `dimension`.
    pub value: f64,
    /// The number in `unit`, exactly as it is recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recorded: Option<f64>,
    /// What it measures: counts are counts, whatever the metric is.
    pub dimension: Dimension,
    /// Its unit as recorded; absent where it has none.
    pub unit: Option<String>,
    /// The line it stands on, where that is known.
    pub line: Option<u64>,
}

#[allow(clippy::trivially_copy_pass_by_ref)] // The signature that serde asks for.
fn is_zero(value: &u64) -> bool {
    *value == 0
}
