//! Which way a metric is better.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which way a metric is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Polarity {
    /// Latency, memory, errors.
    LowerIsBetter,
    /// Throughput.
    HigherIsBetter,
    /// Not known.
    Unknown,
}
