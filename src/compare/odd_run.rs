//! What is said of one of several runs that is unlike those of the baseline.
//!
//! In: what was found of it. Out: its sentence; part of the public contract. Decides nothing.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One of several runs that is unlike those of the baseline.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct OddRun {
    /// The file.
    pub source: String,
    /// What is odd about it.
    pub of: Oddity,
}

/// What is odd about one of several runs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Oddity {
    /// It has no sample of a label that all others have.
    NoLabel {
        /// The metric.
        metric: String,
        /// The label.
        group: String,
    },
    /// Rows hold no value any more.
    AbsentValues {
        /// What is counted: `rows without latency_ms`.
        metric: String,
        /// Their share.
        share: f64,
    },
    /// Requests came at a lower rate.
    Rate {
        /// Over that of the baseline.
        ratio: f64,
    },
    /// Many samples are beyond the slow end of the baseline.
    SlowEnd {
        /// The metric.
        metric: String,
        /// The label, where there is one.
        group: Option<String>,
        /// The share of samples that are more than twice as slow as p95 of the slowest run of the baseline.
        share: f64,
    },
    /// It is so much quicker that rather something else was measured.
    TooQuick {
        /// The metric.
        metric: String,
        /// The label, where there is one.
        group: Option<String>,
        /// How many times as quick.
        factor: f64,
    },
}

impl fmt::Display for OddRun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let percent = |share: &f64| format!("{}%", (share * 1000.0).round() / 10.0);
        let named = |metric: &String, group: &Option<String>| {
            group.as_ref().map_or_else(|| metric.clone(), |group| format!("{metric} / {group}"))
        };
        write!(f, "{}, one of several runs, ", self.source)?;
        match &self.of {
            Oddity::NoLabel { metric, group } => write!(f, "has no {metric} of {group}"),
            Oddity::AbsentValues { metric, share } => write!(f, "has {metric}: {}", percent(share)),
            Oddity::Rate { ratio } => write!(f, "came at {} of the rate of the baseline", percent(ratio)),
            Oddity::SlowEnd { metric, group, share } => write!(
                f,
                "has {} of {} beyond twice the slow end of the baseline",
                percent(share),
                named(metric, group)
            ),
            Oddity::TooQuick { metric, group, factor } => write!(
                f,
                "is {} times as quick in {}: look whether the same was measured",
                factor.round(),
                named(metric, group)
            ),
        }
    }
}

/// As a comparison says it in its gate: the first, and how many more.
pub(crate) fn clause(found: &[OddRun]) -> Option<String> {
    let first = found.first()?;
    let more = if found.len() > 1 { format!(" and {} more runs are odd", found.len() - 1) } else { String::new() };
    Some(format!("{first}{more}"))
}
