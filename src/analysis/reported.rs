//! What a tool has summarised itself, in base units: nothing else is computed from it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::measure::{Dimension, Polarity, Statistic, reported};
use crate::table::source::Source;

/// What a tool itself reports about one metric, or about one metric of one label.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Reported {
    /// Name of the source.
    pub source: String,
    /// The metric.
    pub metric: String,
    /// The label (a request's name, a benchmark); absent for the whole run.
    pub label: Option<String>,
    /// What exactly the metric measures, where the format's definition says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meaning: Option<String>,
    /// Which way is better.
    pub polarity: Polarity,
    /// What it measures.
    pub dimension: Dimension,
    /// The numbers, in the order of the file; those that are no finite numbers are left out.
    pub values: Vec<ReportedValue>,
}

/// One number as a tool reports it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ReportedValue {
    /// `n`, `failures`, `mean`, `median`, `min`, `max`, `stddev`, `p95` (any percentile), or `value` for a rate or the one
    /// number that there is.
    pub statistic: Statistic,
    /// The number in the base unit of `dimension`.
    pub value: f64,
    /// The number in `unit`, exactly as it is recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recorded: Option<f64>,
    /// What it measures: counts are counts, whatever the metric is.
    pub dimension: Dimension,
    /// Its unit as recorded; absent where it has none.
    pub unit: Option<String>,
    /// Whether nothing states that unit.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unit_assumed: bool,
    /// The line it stands on, where that is known.
    pub line: Option<u64>,
}

impl Reported {
    /// What a source reports, in the order of the file.
    pub(super) fn of(source: &Source) -> Vec<Self> {
        let one = |found: &reported::Reported| Self {
            source: source.provenance.name.clone(),
            metric: found.metric.clone(),
            label: found.label.clone(),
            meaning: found.meaning.clone(),
            polarity: found.polarity,
            dimension: found.dimension(),
            values: found.values.iter().filter_map(ReportedValue::of).collect(),
        };
        source.reported.iter().map(one).filter(|one| !one.values.is_empty()).collect()
    }

    /// One of its numbers in base units.
    pub fn number(&self, statistic: Statistic) -> Option<f64> {
        self.values.iter().find(|value| value.statistic == statistic).map(|value| value.value)
    }
}

impl ReportedValue {
    fn of(found: &reported::ReportedValue) -> Option<Self> {
        Some(Self {
            statistic: found.statistic,
            value: found.base()?,
            recorded: Some(found.value).filter(|value| value.is_finite()),
            dimension: if found.statistic.is_count() { Dimension::Count } else { found.unit.dimension },
            unit: Some(found.unit.symbol.to_owned()).filter(|symbol| !symbol.is_empty()),
            unit_assumed: found.unit_assumed,
            line: found.line,
        })
    }
}
