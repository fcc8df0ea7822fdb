//! Numbers that a tool has already summarised, and distributions that it recorded as histograms. Neither are samples:
//! nothing is recomputed from the former, and the latter are known to the width of a bucket.

use crate::measure::unit::{Dimension, Unit};
use crate::measure::{Polarity, Statistic};

/// One number as the tool reports it.
#[derive(Debug, Clone, PartialEq)]
pub struct ReportedValue {
    /// Which statistic.
    pub statistic: Statistic,
    /// The number in `unit`, as it stands in the file.
    pub value: f64,
    /// Its unit.
    pub unit: Unit,
    /// Whether nothing states that unit.
    pub unit_assumed: bool,
    /// The line it stands on, where that is known.
    pub line: Option<u64>,
}

/// What a tool reports about one metric, or about one metric of one label.
#[derive(Debug, Clone, PartialEq)]
pub struct Reported {
    /// The metric: `latency`, `http_req_duration`.
    pub metric: String,
    /// The label (a request's name, a benchmark); absent for the whole run.
    pub label: Option<String>,
    /// What exactly the metric measures, in words; see [`Column::meaning`](crate::table::Column::meaning).
    pub meaning: Option<String>,
    /// Which way is better.
    pub polarity: Polarity,
    /// The numbers, in the order of the file.
    pub values: Vec<ReportedValue>,
}

impl ReportedValue {
    /// A number in a unit that somebody states.
    pub(crate) fn stated(statistic: Statistic, value: f64, unit: Unit, line: Option<u64>) -> Self {
        Self { statistic, value, unit, unit_assumed: false, line }
    }

    /// The number in base units, where it is a finite number.
    pub fn base(&self) -> Option<f64> {
        let value = self.unit.to_base(self.value);
        value.is_finite().then_some(value + 0.0)
    }
}

impl Reported {
    /// What the metric measures: that of its numbers, counts of samples and failures aside.
    pub fn dimension(&self) -> Dimension {
        let of_metric = self.values.iter().find(|value| !value.statistic.is_count());
        of_metric.map_or(Dimension::Count, |value| value.unit.dimension)
    }

    /// One of its numbers in base units.
    pub fn number(&self, statistic: Statistic) -> Option<f64> {
        self.values.iter().find(|value| value.statistic == statistic)?.base()
    }
}

/// Failures of one kind, as a tool counts them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportedCause {
    /// The label (a request's name), where the tool says it.
    pub label: Option<String>,
    /// The code or the message.
    pub cause: String,
    /// How many failed so.
    pub failed: u64,
}

/// A distribution recorded as counts by bucket.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordedHistogram {
    /// The metric.
    pub metric: String,
    /// The label, or tag.
    pub label: Option<String>,
    /// What exactly the metric measures, in words.
    pub meaning: Option<String>,
    /// Which way is better.
    pub polarity: Polarity,
    /// Unit of the values below.
    pub unit: Unit,
    /// Whether nothing states that unit.
    pub unit_assumed: bool,
    /// Lowest and highest value that each bucket can stand for, and how many samples it holds; ascending, none empty.
    pub buckets: Vec<Bucket>,
}

/// A bucket of a [`RecordedHistogram`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bucket {
    /// The lowest value that falls into it.
    pub low: f64,
    /// The highest value that falls into it.
    pub high: f64,
    /// How many samples it holds.
    pub count: u64,
}
