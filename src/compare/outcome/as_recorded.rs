//! What was compared without a unit.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A metric whose unit was only assumed, and not the same on both sides: its numbers were compared as they stand in the files.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AsRecorded {
    /// Name of the source.
    pub source: String,
    /// The metric.
    pub metric: String,
    /// The unit that was assumed for the baseline; empty where it has none.
    pub before: String,
    /// The unit that was assumed for the run; empty where it has none.
    pub after: String,
}
