//! Which way a metric is better, and which way it changed.

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

/// Which way a level changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// By the metric's direction.
    Worse,
    /// By the metric's direction.
    Better,
    /// Which way is better is not known.
    Changed,
}

impl Direction {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Worse, Self::Better, Self::Changed];
}
