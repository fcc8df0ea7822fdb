//! Why a metric is not compared, or has no verdict about its size.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::measure::Statistic;

/// Why a metric is not compared or nothing can be told.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Reason {
    /// The dimension differs.
    UnitChanged {
        /// Unit of the baseline.
        before: String,
        /// Unit of the run.
        after: String,
    },
    /// The recorded unit differs, and at least one of them was only assumed.
    UnitAssumed {
        /// Unit of the baseline.
        before: String,
        /// Unit of the run.
        after: String,
    },
    /// Something else is measured under the same name.
    MeaningChanged {
        /// Meaning in the baseline.
        before: String,
        /// Meaning in the run.
        after: String,
    },
    /// Both directions are called better.
    PolarityChanged,
    /// The environments that were given differ.
    EnvironmentDiffers {
        /// Keys that differ.
        keys: Vec<String>,
    },
    /// The center is within the margin, and these are not: their intervals exclude "no change".
    OnlyTheCenter {
        /// What is not.
        statistics: Vec<Statistic>,
    },
    /// What changed is the slow end; the center is not known to have.
    Tail {
        /// What says so.
        statistics: Vec<Statistic>,
    },
    /// The center is within the margin, and how the slow end changed is not known.
    TailNotKnown {
        /// The percentile that is known least.
        statistic: Statistic,
        /// Lower end of the interval of its ratio; absent where open, and of a shift.
        low: Option<f64>,
        /// Upper end of it.
        high: Option<f64>,
    },
    /// Some samples are zero, and their share or the center of the others is not known to be the same.
    Zeros,
    /// Durations became many times smaller, as in another unit, and a side does not state its unit.
    OtherUnit {
        /// The nearest step between two units: 1,000 between milliseconds and seconds.
        factor: f64,
    },
    /// Values are rounded to a step that is no smaller than the margin.
    Rounded,
    /// A tool has summarised the metric itself: there are no samples, so that there is no interval.
    SummaryOnly,
    /// So many samples are equal that the steps between values hide the size of a change that is certain.
    HiddenByTies,
    /// Too few samples on a side for any interval.
    TooFewSamples {
        /// Samples that each side needs.
        needs: u64,
    },
    /// The population is failing in the run: how fast it answers says nothing, and it never improved.
    Failing {
        /// How many failed.
        failed: u64,
        /// Of how many.
        total: u64,
        /// The share of the baseline; absent where it does not say.
        before: Option<f64>,
    },
    /// Of many more rows than before nobody knows how they ended: they may have failed, and how fast they were says nothing.
    UnknownOutcomes {
        /// How many.
        unknown: u64,
        /// Of how many rows.
        total: u64,
        /// The share of the baseline.
        before: f64,
    },
    /// Rows ended with another code or word than before, and none of them failed: what seems quicker may be something else.
    OtherEndings {
        /// The code or word that became common.
        ended: String,
        /// Its share of what did not fail, in the baseline.
        before: f64,
        /// The same in the run.
        after: f64,
    },
    /// One of several runs is far slower than those of the baseline, and the others are not.
    OneRun {
        /// Its file.
        source: String,
        /// Its center over the slowest one of the baseline.
        ratio: f64,
    },
    /// One side is the steady part of a run and the other is not, or has none.
    OtherPart {
        /// Files without a steady part; empty where one side was read without asking for it.
        unsettled: Vec<String>,
    },
    /// The baseline was saved without this.
    NotRecorded,
    /// It became quicker while answers became nothing: less was asked of it.
    LessWork {
        /// The amount that became nothing.
        metric: String,
        /// The share of answers without any before.
        before: f64,
        /// The share now; 0 where it is a tenth of what it was, or less.
        after: f64,
    },
    /// All of the baseline failed: how fast failures are is nothing to compare with.
    FailedBefore,
    /// Too few runs for a statement at the gate's level.
    TooFewRuns {
        /// Runs that each side would need.
        needs: u64,
    },
}
