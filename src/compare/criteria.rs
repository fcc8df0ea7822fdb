//! How to compare: levels, margins, and from when on a population is failing.
//!
//! In: what a user says, or nothing. Out: [`Criteria`]. Decides nothing.

use super::effect::Levels;
use super::margin::Margins;
use crate::stats::settings::FAILING_SHARE;

/// Level of the intervals that are shown.
pub const CONFIDENCE: f64 = 0.95;
/// Two-sided level at which "no change" has to be excluded for a verdict.
pub const GATE_LEVEL: f64 = 0.01;
/// Smaller differences between shares of failures are never a regression: 5 in 1,000. A difference of shares is no relative
/// change, so the margins that are given for metrics do not hold for it.
pub const SHARE_MARGIN: f64 = 0.005;

/// How to compare.
#[derive(Debug, Clone, PartialEq)]
pub struct Criteria {
    /// Level of the intervals.
    pub confidence: f64,
    /// Two-sided level at which "no change" has to be excluded, after false-discovery control over all tests.
    pub gate_level: f64,
    /// The margins of all metrics.
    pub margins: Margins,
    /// From this share of failures on a population is failing: 0.1 is 10%.
    pub failing: f64,
}

impl Default for Criteria {
    fn default() -> Self {
        Self { confidence: CONFIDENCE, gate_level: GATE_LEVEL, margins: Margins::default(), failing: FAILING_SHARE }
    }
}

impl Criteria {
    pub(crate) fn levels(&self, margin: f64) -> Levels {
        Levels {
            confidence: self.confidence,
            gate_level: self.gate_level,
            margin,
            tail_margin: self.margins.tail,
            margin_test: self.margins.test,
        }
    }
}
