//! Targets: what a user wants a number to be, and what became of it.
//!
//! In: patterns over metrics and conditions such as `p95 = "< 200ms"`, as text; then the numbers of a run. Out: typed
//! [`Target`]s, and a [`TargetResult`](super::outcome::TargetResult) for every number that a condition is about. A target
//! that matches nothing is a result too. Refuses (as a [`TargetTextError`]) what it cannot read, and (as a
//! [`TargetError`]) a limit whose unit does not fit the metric: both would be gates that never fail.

mod evaluate;
mod interval;
mod parse;
mod select;

pub use evaluate::evaluate;
pub use parse::TargetTextError;

use std::fmt;

use crate::measure::reported::Reported;
use crate::measure::unit::Dimension;
use crate::stats::summary::{PERCENTILES, Summary};

use super::outcome::Statistic;
use super::pattern::NamePattern;

/// What a user wants some numbers to be.
#[derive(Debug, Clone, PartialEq)]
pub struct Target {
    /// Names of metrics; case is ignored.
    pub metric: NamePattern,
    /// Names of sources; absent for all.
    pub source: Option<NamePattern>,
    /// Which groups; empty for all samples of the metric together.
    pub labels: Vec<LabelRule>,
    /// What must hold; at least one, in a fixed order.
    pub conditions: Vec<Condition>,
}

/// A column of labels and which of them are meant.
#[derive(Debug, Clone, PartialEq)]
pub struct LabelRule {
    /// Name of the column; case is ignored.
    pub column: String,
    /// The labels.
    pub label: NamePattern,
}

/// A condition on one statistic.
#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    /// The statistic as its key is written: `p95`, `median`, `mean_change`.
    pub key: String,
    /// The statistic.
    pub measure: Measure,
    /// How the number is held against the limit.
    pub operator: Operator,
    /// The limit.
    pub limit: Limit,
    /// Operator and limit for a reader: `< 200ms`.
    pub text: String,
}

/// A statistic that a condition can be about.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Measure {
    /// Number of clean samples.
    Count,
    /// Smallest.
    Min,
    /// Arithmetic mean.
    Mean,
    /// A percentile, in percent; the median is 50.
    Percentile(f64),
    /// Largest.
    Max,
    /// Sample standard deviation.
    Stddev,
    /// Coefficient of variation.
    Cv,
    /// The number itself, of a metric that is one number (throughput).
    Value,
    /// Failures per one.
    ErrorRate,
    /// Change since the baseline: after / before - 1.
    Change(Statistic),
}

impl Measure {
    /// What the number measures, for a metric of `dimension`.
    pub fn dimension(self, dimension: Dimension) -> Dimension {
        match self {
            Self::Count => Dimension::Count,
            Self::Cv | Self::ErrorRate | Self::Change(_) => Dimension::Ratio,
            Self::Min | Self::Mean | Self::Percentile(_) | Self::Max | Self::Stddev | Self::Value => dimension,
        }
    }
}

/// How a number is held against a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    Greater,
    /// `>=`
    AtLeast,
}

impl Operator {
    /// As it is written.
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Less => "<",
            Self::AtMost => "<=",
            Self::Greater => ">",
            Self::AtLeast => ">=",
        }
    }

    /// Whether `value` keeps `limit`.
    pub fn holds(self, value: f64, limit: f64) -> bool {
        match self {
            Self::Less => value < limit,
            Self::AtMost => value <= limit,
            Self::Greater => value > limit,
            Self::AtLeast => value >= limit,
        }
    }

    /// Whether it sets an upper limit.
    pub fn is_upper(self) -> bool {
        matches!(self, Self::Less | Self::AtMost)
    }
}

/// A limit as written.
#[derive(Debug, Clone, PartialEq)]
pub struct Limit {
    /// In the base unit of `dimension`, or the number as written where that is absent. For a change, its difference from
    /// no change: 3% is 0.03.
    pub value: f64,
    /// What it measures; absent where it was written without a unit.
    pub dimension: Option<Dimension>,
    /// The number without its unit, for messages.
    pub number: String,
}

/// A metric of a run, as a whole or one group of it. The caller gives each metric as a whole (`group` absent), and each
/// group beside it.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// Name of the source.
    pub source: &'a str,
    /// Name of the metric or of a distribution of a service.
    pub metric: &'a str,
    /// The columns whose labels form groups, joined by `, `; absent where there are none.
    pub grouped_by: Option<&'a str>,
    /// Label of the group; absent for the metric as a whole.
    pub group: Option<&'a str>,
    /// What it measures; all numbers are in the base unit of this.
    pub dimension: Dimension,
    /// Its numbers; absent where no clean sample is left.
    pub summary: Option<&'a Summary>,
    /// Its samples in any order, for percentiles that the summary does not have; see [`needs_samples`].
    pub samples: Option<&'a [f64]>,
    /// The number, of a metric that is one number and has no samples, base unit. Such a metric has no summary.
    pub value: Option<f64>,
    /// What a tool reports about it, where there are no samples; then there is no summary.
    pub reported: Option<&'a Reported>,
}

/// The failures of what a metric measures. The caller gives one for every metric whose rows (or messages) say whether they
/// failed; where failures were not recorded it gives none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SubjectShare<'a> {
    /// Name of the source.
    pub source: &'a str,
    /// Name of the metric whose rows these are.
    pub metric: &'a str,
    /// How many failed.
    pub failed: u64,
    /// Of how many.
    pub total: u64,
}

/// A limit that does not fit the metric that it was found to be about.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("target {condition}: {metric} {measured}: {remedy}")]
pub struct TargetError {
    /// The target in words and its condition: `late*: p95 < 200`.
    pub condition: String,
    /// The metric and its source: `latency in run.csv`.
    pub metric: String,
    /// What it measures, as the end of a sentence: `is a time`.
    pub measured: &'static str,
    /// What to write instead.
    pub remedy: String,
}

/// Whether a condition is about a percentile that needs the samples themselves, because no summary has it.
pub fn needs_samples(targets: &[Target]) -> bool {
    let mut measures = targets.iter().flat_map(|target| &target.conditions).map(|condition| condition.measure);
    measures.any(|measure| matches!(measure, Measure::Percentile(percent) if !in_summary(percent)))
}

/// Whether a condition is about a change, so that it has no number without a baseline.
pub fn needs_baseline(targets: &[Target]) -> bool {
    let mut measures = targets.iter().flat_map(|target| &target.conditions).map(|condition| condition.measure);
    measures.any(|measure| matches!(measure, Measure::Change(_)))
}

/// Whether every summary has this percentile.
fn in_summary(percent: f64) -> bool {
    percent == MEDIAN || PERCENTILES.contains(&percent)
}

/// The median in percent.
const MEDIAN: f64 = 50.0;

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.metric.text())?;
        if let Some(source) = &self.source {
            write!(f, " in {}", source.text())?;
        }
        for (index, rule) in self.labels.iter().enumerate() {
            let word = if index == 0 { "where" } else { "and" };
            write!(f, " {word} {} = {}", rule.column, rule.label.text())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
