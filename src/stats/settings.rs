//! How numbers are computed.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::quantile::QuantileMethod;
use crate::measure::service_level::ServiceLevel;

/// How numbers are computed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[expect(clippy::struct_excessive_bools, reason = "each is said by a flag of its own")]
pub struct Settings {
    /// Definition of a percentile.
    pub quantile_method: QuantileMethod,
    /// Level of intervals.
    pub confidence: f64,
    /// Columns whose labels form groups; chosen by the program where empty.
    pub group_by: Vec<String>,
    /// Whether labels that differ only in numbers are one population.
    pub collapse_labels: bool,
    /// From this share of failures on a population is failing: 0.1 is 10%.
    #[serde(default = "failing_share")]
    pub failing: f64,
    /// What a request has to keep to be a good one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub service_levels: Vec<ServiceLevel>,
    /// What is assumed of runs that are too short to show whether their samples depend on each other.
    #[serde(default)]
    pub short_runs: ShortRuns,
    /// Whether of runs of requests only the steady part is counted.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub steady: bool,
    /// Whether every metric is looked at as deeply as the one that stands for the requests of its table.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub deep: bool,
    /// How deeply the samples at hand are looked at.
    #[serde(skip)]
    pub depth: Depth,
    /// Whether the samples themselves are kept once their numbers are computed: a comparison or a target asks for them.
    #[serde(skip)]
    pub keep_samples: bool,
    /// Whether durations over time are counted for each label of a run of requests too: pages and JSON show them.
    #[serde(skip)]
    pub label_heat: bool,
}

/// What is assumed of runs of fewer than a hundred samples, which cannot show whether neighbours depend on each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ShortRuns {
    /// Rows with a clock, and requests of which it is known whether they failed, depend on each other; others do not.
    #[default]
    BySource,
    /// They depend on each other.
    Dependent,
    /// They are independent, as those of a benchmark that was started anew for each.
    Independent,
}

/// How deeply a metric is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Depth {
    /// Everything.
    #[default]
    Full,
    /// Every number, but neither modes nor warm-up, drift and changes of level: it stands beside the metric that says how long the
    /// requests of its table took.
    Summary,
}

impl Settings {
    /// For samples of which only their counts are known: the estimate of Harrell and Davis, which weighs each one, becomes the nearest rank.
    pub(crate) fn without_single_samples(&self) -> Self {
        let quantile_method = match self.quantile_method {
            QuantileMethod::HarrellDavis => QuantileMethod::NearestRank,
            other => other,
        };
        Self { quantile_method, ..self.clone() }
    }
}

impl Depth {
    /// Whether it is everything.
    pub fn is_full(self) -> bool {
        self == Self::Full
    }
}

/// A service that fails one request in ten is broken for everybody who makes a dozen of them.
pub const FAILING_SHARE: f64 = 0.1;

fn failing_share() -> f64 {
    FAILING_SHARE
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            quantile_method: QuantileMethod::Type6,
            confidence: 0.95,
            group_by: Vec::new(),
            collapse_labels: true,
            failing: FAILING_SHARE,
            service_levels: Vec::new(),
            short_runs: ShortRuns::default(),
            steady: false,
            deep: false,
            depth: Depth::Full,
            keep_samples: false,
            label_heat: false,
        }
    }
}
