//! The report as data: the public JSON contract.
//!
//! Every output is made from one [`Report`] and from nothing else. Numbers are in the base unit of their metric
//! (seconds, bytes, one); absent is `null`, never 0. `perfreport schema` prints the JSON Schema of this module.
//! Fields are added within a version of the schema; a field that changes its meaning or goes raises it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::analysis::chat::Service;
use crate::analysis::swarm::Swarm;
use crate::compare::outcome::{Comparison, Gate, TargetResult};
use crate::measure::finding::Finding;

pub use crate::analysis::Assumption;
pub use crate::analysis::failing::PopulationFailures;
pub use crate::analysis::goodput::Goodput;
pub use crate::analysis::metric::{Evidence, Metric, Remark};
pub use crate::analysis::reported::{Reported, ReportedValue};
pub use crate::analysis::requests::{LoadSweep, RequestRun, RequestSummary};
pub use crate::analysis::source::{Column, Source, Table};
pub use crate::measure::Polarity;
pub use crate::measure::label::Label;
pub use crate::stats::bins::Histogram;
pub use crate::stats::interval::Interval;
pub use crate::stats::modality::{Modality, Mode};
pub use crate::stats::outlier::{Extreme, Outliers};
pub use crate::stats::population::{Order, Population};
pub use crate::stats::series::{Series, SeriesPoint};
pub use crate::stats::settings::Settings;
pub use crate::stats::summary::{Percentile, Summary};
pub use crate::table::source::SetAside;

/// The version of this contract, written into every report.
pub const SCHEMA_VERSION: u32 = 2;

/// A report about one or more files of raw metrics.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Report {
    /// Version of the contract.
    pub schema_version: u32,
    /// What wrote the report.
    pub tool: Tool,
    /// The digest of all the rest, the same in every output of one run: documents that differ in it do not belong together.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub run_id: String,
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
    /// Requests as the tools have summarised them: endpoint by endpoint, with their failures.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub summaries: Vec<RequestSummary>,
    /// Throughput against latency over runs that were made at several levels of load.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sweeps: Vec<LoadSweep>,
    /// The runs of requests in the files: rate, failures and percentiles over time.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub requests: Vec<RequestRun>,
    /// How many requests kept the declared service levels.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub goodput: Vec<Goodput>,
    /// The metrics of interactive services, by file; empty where no file records one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub service: Vec<Service>,
    /// An agent swarm, where its records were given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub swarm: Option<Swarm>,
    /// The run compared with a baseline, where one was given.
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

/// How what was measured did; the most serious of what holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ServiceStatus {
    /// Nothing says how it should have done, or nothing changed.
    Measured,
    /// All targets are met.
    Healthy,
    /// Something improved since the baseline, and nothing else changed.
    Improved,
    /// Whether something changed or a target is met cannot be told.
    Undecided,
    /// A target was missed, or something that it speaks of is not there.
    Missed,
    /// A metric regressed.
    Regressed,
    /// Requests fail, all of them or far too many, in the whole or in a group.
    Failing,
}

/// How sound the data is; the most serious of what holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DataStatus {
    /// Nothing to report about it.
    Clean,
    /// Something is odd; nothing was taken out.
    Suspicious,
    /// A metric vanished or cannot be compared any more.
    Incomplete,
    /// Corrupted samples were found and set aside.
    Corrupted,
}

/// The answer in one line.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Verdict {
    /// How what was measured did.
    pub service: ServiceStatus,
    /// The line itself.
    pub headline: String,
    /// How sound the data is.
    pub data: DataStatus,
    /// What is wrong with the data, in words; of clean data that there is nothing.
    pub data_note: String,
    /// Failures of the whole and of each label, where they are recorded and at least 1% failed or the population is failing;
    /// the worst first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub failures: Vec<PopulationFailures>,
    /// Values that left the clean statistics.
    pub corrupted_samples: u64,
    /// Findings of severity suspicious.
    pub suspicious: u64,
    /// Samples in the clean statistics, over all metrics, those of failed rows included.
    pub samples: u64,
}
