//! A metric: its numbers, by label where it has labels, and the evidence that they rest on.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::anomaly::Anomaly;
use super::outcome::Failures;
use super::runs_apart::RunApart;
use crate::measure::{Dimension, FindingKind, Place, Polarity};
use crate::stats::population::Population;
use crate::stats::settings::Depth;
use crate::stats::summary::Summary;

/// A metric of a file: one measured column (or one name of a metric-name column), or a recorded histogram.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[expect(clippy::struct_excessive_bools, reason = "each says something else about the samples")]
pub struct Metric {
    /// Unique in the report, stable for the same input: source, table and name.
    pub id: String,
    /// Name of the source.
    pub source: String,
    /// Index of the table in its source.
    pub table: u64,
    /// Name of the metric.
    pub name: String,
    /// What it measures; the numbers below are in the base unit of this.
    pub dimension: Dimension,
    /// Base unit: `s`, `B`, `/s`, or empty.
    pub unit: String,
    /// Unit in which the file records it, where it has one.
    pub recorded_unit: Option<String>,
    /// Whether that unit was assumed because nothing states it.
    pub unit_assumed: bool,
    /// Where the unit comes from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit_reason: Option<String>,
    /// Which way is better.
    pub polarity: Polarity,
    /// What exactly it measures (`time to the first byte, connecting included`), where the format's definition says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meaning: Option<String>,
    /// What its numbers rest on.
    pub evidence: Evidence,
    /// Columns whose labels form the groups.
    pub grouped_by: Option<String>,
    /// Whether the groups are separate benchmarks by the format's definition: then `overall` describes none of them, and
    /// documents do not show it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub measured_apart: bool,
    /// Whether the groups are separate populations, so that numbers over all of them describe none.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub explained_by_label: bool,
    /// All samples of the metric; with a label where all of them share it.
    pub overall: Population,
    /// The same by label, in order of first appearance; empty where there is one population only.
    pub groups: Vec<Population>,
    /// Rows whose status says that they failed, where the table records a status.
    pub failures: Option<Failures>,
    /// Whether it stands for the rows of its table: failures belong to rows, and are told once.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub leads: bool,
    /// How deeply it was looked at.
    #[serde(default, skip_serializing_if = "is_full")]
    pub depth: Depth,
    /// The durations of rows that failed. Where it is set, all other numbers of the metric are of the other rows only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed: Option<Summary>,
    /// Whether every duration is of a failed row, so that the numbers above are theirs.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub only_failed: bool,
    /// The groups of which every duration is of a failed row: they have no numbers of their own, unless they are benchmarks.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub failed_groups: Vec<String>,
    /// The groups of which every sample is corrupted: they are no population either.
    #[serde(skip)]
    pub corrupted_groups: Vec<String>,
    /// The runs that were appended to one file, each by itself: numbers over all samples pool them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub runs_apart: Vec<RunApart>,
    /// Sentences about this metric that a reader should see next to its numbers.
    pub remarks: Vec<Remark>,
    /// What is odd about its values; the findings of a report are made of it.
    #[serde(skip)]
    pub anomalies: Vec<Anomaly>,
}

/// What the numbers of a metric rest on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Evidence {
    /// Samples, one by one.
    Samples,
    /// Counts by bucket, and how well they know each value.
    Histogram {
        /// Each value from the lower quartile up is known to within this share of itself: half the width of the widest
        /// bucket there, relative to its middle.
        relative_error: f64,
        /// Each value below the lower quartile is known to within so much, base unit.
        error_below: f64,
        /// Buckets that hold samples.
        buckets: u64,
    },
    /// Counts that were put together of digests of shards. Numbers of samples, sums, means and deviations are exact.
    Digest {
        /// Order statistics are known to within this share of themselves; 0 where every sample was counted by itself.
        relative_error: f64,
        /// Whether shards were asked again, so that all order statistics and spreads of the summaries are exact: the error is then that of
        /// the geometric mean, and of what a comparison or a target computes anew.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        refined: bool,
        /// How many shards.
        shards: u64,
        /// The smallest samples and where they stand.
        smallest: Vec<PlacedValue>,
        /// The largest ones.
        largest: Vec<PlacedValue>,
    },
}

/// A sample and where it stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PlacedValue {
    /// Base unit.
    pub value: f64,
    /// File and line.
    pub place: Place,
}

/// A sentence about a metric.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Remark {
    /// What it is about.
    pub topic: Topic,
    /// The sentence, numbers already readable.
    pub text: String,
}

/// What a remark is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Topic {
    /// Corrupted samples.
    Corruption,
    /// Rows that failed.
    Failures,
    /// Several runs.
    Runs,
    /// Samples that depend on their neighbours.
    Dependence,
    /// Numbers that are not of all samples.
    Adequacy,
    /// Several populations.
    Populations,
    /// Counts by bucket.
    Histogram,
}

impl Topic {
    /// The word for it in pages and in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Corruption => "corruption",
            Self::Failures => "failures",
            Self::Runs => "runs",
            Self::Dependence => "dependence",
            Self::Adequacy => "adequacy",
            Self::Populations => "populations",
            Self::Histogram => "histogram",
        }
    }
}

impl Metric {
    /// A metric without any sample yet.
    pub fn new(source: &str, table: usize, name: &str, dimension: Dimension, polarity: Polarity) -> Self {
        Self {
            id: format!("{source}#{table}/{name}"),
            source: source.to_owned(),
            table: table as u64,
            name: name.to_owned(),
            dimension,
            unit: dimension.base_symbol().to_owned(),
            recorded_unit: None,
            unit_assumed: false,
            unit_reason: None,
            polarity,
            meaning: None,
            evidence: Evidence::Samples,
            grouped_by: None,
            measured_apart: false,
            explained_by_label: false,
            overall: Population::default(),
            groups: Vec::new(),
            failures: None,
            leads: false,
            depth: Depth::Full,
            failed: None,
            only_failed: false,
            failed_groups: Vec::new(),
            corrupted_groups: Vec::new(),
            runs_apart: Vec::new(),
            remarks: Vec::new(),
            anomalies: Vec::new(),
        }
    }

    /// The populations by label: the groups, or the whole where all samples share one label.
    pub fn labelled(&self) -> impl Iterator<Item = (&str, &Population)> {
        let all = std::iter::once(&self.overall).chain(&self.groups);
        all.filter_map(|population| Some((population.label.as_ref()?.text.as_str(), population)))
    }

    /// Rows of samples that are corrupted.
    pub fn corrupted_rows(&self) -> impl Iterator<Item = usize> + '_ {
        self.rows_that_leave(|_| true)
    }

    /// Of these, the rows of something else: their numbers are no measurements of this metric.
    pub(super) fn foreign_rows(&self) -> impl Iterator<Item = usize> + '_ {
        self.rows_that_leave(|kind| kind == FindingKind::IsolatedForeign)
    }

    fn rows_that_leave(&self, of: impl Fn(FindingKind) -> bool) -> impl Iterator<Item = usize> {
        self.anomalies.iter().filter_map(move |anomaly| match anomaly {
            Anomaly::Suspect { suspect, row, .. } if suspect.leaves() && of(suspect.kind) => Some(*row),
            _ => None,
        })
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands it over so")]
fn is_full(depth: &Depth) -> bool {
    depth.is_full()
}
