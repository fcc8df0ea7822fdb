//! Putting together what a tool reports: numbers by statistic, and nothing where there is none.

use super::super::Sink;
use crate::model::reported::{Reported, ReportedValue, Statistic};
use crate::model::table::Polarity;
use crate::model::unit::{Dimension, Unit};

/// A metric under construction.
#[derive(Debug)]
pub(super) struct Summary {
    reported: Reported,
    unit: Unit,
}

impl Summary {
    /// A metric whose numbers are in `unit`, except counts.
    pub(super) fn new(metric: &str, unit: Unit, meaning: Option<&str>) -> Self {
        let polarity = match unit.dimension {
            Dimension::Time => Polarity::LowerIsBetter,
            Dimension::Rate | Dimension::ByteRate => Polarity::HigherIsBetter,
            _ => Polarity::Unknown,
        };
        let meaning = meaning.map(str::to_owned);
        let reported = Reported { metric: metric.to_owned(), label: None, meaning, polarity, values: Vec::new() };
        Self { reported, unit }
    }

    /// The same of one label.
    pub(super) fn of(mut self, label: Option<&str>) -> Self {
        self.reported.label = label.map(str::to_owned);
        self
    }

    /// The same with another better direction.
    pub(super) fn polarity(mut self, polarity: Polarity) -> Self {
        self.reported.polarity = polarity;
        self
    }

    /// Adds a number, if there is one.
    pub(super) fn add(&mut self, statistic: Statistic, value: Option<f64>) -> &mut Self {
        self.add_at(statistic, value, None)
    }

    /// Adds a number that stands on a line, if there is one.
    pub(super) fn add_at(&mut self, statistic: Statistic, value: Option<f64>, line: Option<u64>) -> &mut Self {
        let unit = if matches!(statistic, Statistic::Count | Statistic::Failures) { Unit::COUNT } else { self.unit };
        if let Some(value) = value.filter(|value| value.is_finite()) {
            self.reported.values.push(ReportedValue { statistic, value, unit, line });
        }
        self
    }

    /// Gives it to the sink, unless it is empty.
    pub(super) fn give(self, sink: &mut Sink) {
        if !self.reported.values.is_empty() {
            sink.reported.push(self.reported);
        }
    }
}

/// Says something about all that is reported, once.
pub(super) fn caveat(sink: &mut Sink, sentence: &str) {
    if !sink.reported_caveats.iter().any(|known| known == sentence) {
        sink.reported_caveats.push(sentence.to_owned());
    }
}

/// Remembers a setting of the run.
pub(super) fn setting(sink: &mut Sink, name: &str, value: Option<impl ToString>) {
    if let Some(value) = value.map(|value| value.to_string()).filter(|value| !value.is_empty() && value != "null") {
        sink.provenance.environment.insert(name.to_owned(), value);
    }
}

/// The statistic of a name as tools write it.
pub(super) fn statistic(name: &str) -> Option<Statistic> {
    match name {
        "avg" | "mean" | "average" => Some(Statistic::Mean),
        "median" | "p50" => Some(Statistic::Median),
        "min" | "fastest" => Some(Statistic::Min),
        "max" | "slowest" => Some(Statistic::Max),
        "std" | "stddev" | "std_dev" => Some(Statistic::Stddev),
        "count" | "totalCount" => Some(Statistic::Count),
        other => super::documents::percentile(other).map(Statistic::Percentile),
    }
}
