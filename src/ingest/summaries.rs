//! Putting together what a tool reports: numbers by statistic, and nothing where there is none.

use serde_json::Value;

use crate::ingest::sink::Sink;
use crate::measure::reported::{Reported, ReportedCause, ReportedValue};
use crate::measure::{Dimension, Finding, FindingKind, Place, Polarity, Severity, Statistic, Unit};

/// A metric under construction.
#[derive(Debug)]
pub(crate) struct Summary {
    reported: Reported,
    unit: Unit,
    /// Values that stand in the file and are no numbers.
    refused: Vec<Refusal>,
}

/// A value of a summary that is no number.
#[derive(Debug)]
struct Refusal {
    /// What it would be: a field's name, a statistic.
    what: String,
    /// As it stands in the file.
    written: String,
    line: Option<u64>,
}

impl Summary {
    /// A metric whose numbers are in `unit`, except counts.
    pub(crate) fn new(metric: &str, unit: Unit, meaning: Option<&str>) -> Self {
        let polarity = match unit.dimension {
            Dimension::Time => Polarity::LowerIsBetter,
            Dimension::Rate | Dimension::ByteRate => Polarity::HigherIsBetter,
            _ => Polarity::Unknown,
        };
        let meaning = meaning.map(str::to_owned);
        let reported = Reported { metric: metric.to_owned(), label: None, meaning, polarity, values: Vec::new() };
        Self { reported, unit, refused: Vec::new() }
    }

    /// The same of one label.
    pub(crate) fn of(mut self, label: Option<&str>) -> Self {
        self.reported.label = label.map(str::to_owned);
        self
    }

    /// The same with another better direction.
    pub(crate) fn polarity(mut self, polarity: Polarity) -> Self {
        self.reported.polarity = polarity;
        self
    }

    /// What it is called.
    pub(crate) fn metric(&self) -> &str {
        &self.reported.metric
    }

    /// Whether it has a number of this kind already.
    pub(crate) fn has(&self, statistic: Statistic) -> bool {
        self.reported.values.iter().any(|value| value.statistic == statistic)
    }

    /// Adds a number, if there is one.
    pub(crate) fn add(&mut self, statistic: Statistic, value: Option<f64>) -> &mut Self {
        self.add_at(statistic, value, None)
    }

    /// Adds a number that stands on a line, if there is one.
    pub(crate) fn add_at(&mut self, statistic: Statistic, value: Option<f64>, line: Option<u64>) -> &mut Self {
        let unit = if matches!(statistic, Statistic::Count | Statistic::Failures) { Unit::COUNT } else { self.unit };
        if let Some(value) = value.filter(|value| value.is_finite()) {
            self.reported.values.push(ReportedValue::stated(statistic, value, unit, line));
        }
        self
    }

    /// Adds a number that has a unit of its own.
    pub(crate) fn add_in(&mut self, statistic: Statistic, value: f64, unit: Unit, line: u64) -> &mut Self {
        self.reported.values.push(ReportedValue::stated(statistic, value, unit, Some(line)));
        self
    }

    /// Adds the value of a field of a JSON document, if there is one. What is there and is no number is a finding.
    pub(crate) fn add_field(&mut self, statistic: Statistic, name: &str, field: Option<&Value>) -> &mut Self {
        let Some(field) = field else { return self };
        if let Some(value) = field.as_f64() {
            return self.add(statistic, Some(value));
        }
        // A single value has no standard deviation.
        if !(field.is_null() && statistic == Statistic::Stddev) {
            let written = field.as_str().map_or_else(|| field.to_string(), str::to_owned);
            self.refused.push(Refusal { what: name.to_owned(), written, line: None });
        }
        self
    }

    /// Adds the fields of an object that hold these statistics, as far as they are there.
    pub(crate) fn add_fields(&mut self, object: Option<&Value>, names: &[(&str, Statistic)]) -> &mut Self {
        for (name, statistic) in names {
            self.add_field(*statistic, name, object.and_then(|object| object.get(*name)));
        }
        self
    }

    /// Adds a percentile of any percent; the 50th is the median.
    pub(crate) fn add_percentile(&mut self, percent: f64, name: &str, field: Option<&Value>) -> &mut Self {
        let statistic = if percent == 50.0 { Statistic::Median } else { Statistic::Percentile(percent) };
        self.add_field(statistic, name, field)
    }

    /// Adds a number as it is written on a line, and what it was read as. What is no number is a finding.
    pub(crate) fn add_written(
        &mut self,
        statistic: Statistic,
        written: &str,
        value: Option<f64>,
        line: u64,
    ) -> &mut Self {
        if value.is_none_or(|value| !value.is_finite()) {
            let what = statistic.to_string();
            self.refused.push(Refusal { what, written: written.to_owned(), line: Some(line) });
        }
        self.add_at(statistic, value, Some(line))
    }

    /// Gives it to the sink, unless it is empty; what was refused becomes findings.
    pub(crate) fn give(self, sink: &mut Sink) {
        for Refusal { what, written, line } in &self.refused {
            refuse(sink, &self.reported, what, written, *line);
        }
        if !self.reported.values.is_empty() {
            sink.reported.push(self.reported);
        }
    }
}

/// Says that a number of a summary cannot be used.
fn refuse(sink: &mut Sink, about: &Reported, what: &str, written: &str, line: Option<u64>) {
    let source = &sink.provenance.name;
    let place = line.map_or_else(|| Place::source(source), |line| Place::line(source, line));
    let is_number = written.trim_end_matches(|last: char| !last.is_ascii_digit()).parse::<f64>().is_ok();
    let (kind, reason) = match written.parse::<f64>() {
        Ok(_) => (FindingKind::NotFinite, format!("`{what}` is not finite")),
        // Another unit than those that the tool writes, such as one that was cut off.
        Err(_) if is_number => (FindingKind::NotANumber, format!("`{what}` has no unit that is known")),
        Err(_) => (FindingKind::NotANumber, format!("`{what}` is not a number")),
    };
    let finding = Finding::new(Severity::Corrupted, kind, place, reason, "this number of the summary is not shown");
    let mut finding = finding.metric(&about.metric).value(written);
    finding.label.clone_from(&about.label);
    sink.findings.push(finding);
}

/// Says something about all that is reported, once.
pub(crate) fn caveat(sink: &mut Sink, sentence: &str) {
    if !sink.reported_caveats.iter().any(|known| known == sentence) {
        sink.reported_caveats.push(sentence.to_owned());
    }
}

/// Requests that failed, of counts by code: outside 200 to 399 for HTTP (0 is no answer); for gRPC all but `OK`, and but
/// `SERVING` of its health check.
pub(crate) fn failed_by_code(counts: Option<&Value>) -> Option<f64> {
    let failed = counts?.as_object()?.iter().filter(|(code, _)| !is_success(code));
    Some(failed.filter_map(|(_, count)| count.as_f64()).sum())
}

/// Whether a code of HTTP or gRPC says that all is well.
fn is_success(code: &str) -> bool {
    match code.parse::<i64>() {
        Ok(code) => (200..400).contains(&code),
        Err(_) => code.eq_ignore_ascii_case("SERVING") || code.eq_ignore_ascii_case("OK"),
    }
}

/// Counts failures of one kind; none is nothing to speak of.
pub(crate) fn cause(sink: &mut Sink, label: Option<&str>, cause: &str, failed: Option<f64>) {
    let Some(failed) = failed.filter(|failed| *failed >= 1.0 && failed.is_finite()) else { return };
    let (label, cause) = (label.map(str::to_owned), cause.to_owned());
    sink.causes.push(ReportedCause { label, cause, failed: failed as u64 });
}

/// Counts failures by code; 0 and codes below it stand for no answer.
pub(crate) fn causes_by_code(sink: &mut Sink, counts: Option<&Value>) {
    for (code, count) in counts.and_then(Value::as_object).into_iter().flatten().filter(|(code, _)| !is_success(code)) {
        let no_answer = code.parse::<i64>().is_ok_and(|code| code <= 0);
        cause(sink, None, if no_answer { "no answer" } else { code }, count.as_f64());
    }
}

/// Says of a benchmark that it failed, and why: the file is sound, and what it measured is not.
pub(crate) fn failed_benchmark(sink: &mut Sink, line: Option<u64>, label: &str, how: &str, message: &str) {
    let message = message.trim();
    let why = if message.is_empty() { String::new() } else { format!(": {message}") };
    let action = "it is counted as failed and has no numbers";
    let finding = sink.find(Severity::Note, FindingKind::NoResult, line, format!("`{label}` {how}{why}"), action);
    finding.value = Some(message.to_owned()).filter(|message| !message.is_empty());
}

/// Says how many benchmarks of a file have no numbers because they failed.
pub(crate) fn failed_benchmarks(sink: &mut Sink, all: usize, failed: usize) {
    let mut summary = Summary::new("benchmarks", Unit::COUNT, Some("benchmarks of the file, and those that failed"));
    summary.add(Statistic::Count, Some(all as f64)).add(Statistic::Failures, Some(failed as f64));
    summary.give(sink);
}

/// Remembers a setting of the run.
pub(crate) fn setting(sink: &mut Sink, name: &str, value: Option<impl ToString>) {
    if let Some(value) = value.map(|value| value.to_string()).filter(|value| !value.is_empty() && value != "null") {
        sink.provenance.environment.insert(name.to_owned(), value);
    }
}

/// The statistic of a name as tools write it.
pub(crate) fn statistic(name: &str) -> Option<Statistic> {
    match name {
        "avg" | "mean" | "average" => Some(Statistic::Mean),
        "median" | "p50" => Some(Statistic::Median),
        "min" | "fastest" => Some(Statistic::Min),
        "max" | "slowest" => Some(Statistic::Max),
        "std" | "stddev" | "std_dev" => Some(Statistic::Stddev),
        "count" | "totalCount" => Some(Statistic::Count),
        other => percentile(other).map(Statistic::Percentile),
    }
}

/// A name of a percentile: `p99`, `p99_9`, `p99.9`, `p2_5`, and `p999` for 99.9.
pub(crate) fn percentile(name: &str) -> Option<f64> {
    let digits = name.strip_prefix('p')?.replace('_', ".");
    let starts = digits.starts_with(|first: char| first.is_ascii_digit());
    let number: f64 = digits.parse().ok().filter(|_| starts)?;
    // Three digits without a point leave it out: p999 is 99.9.
    let number = if digits.len() > 2 && !digits.contains('.') && number > 100.0 {
        number / 10.0_f64.powi(i32::try_from(digits.len()).unwrap_or(2) - 2)
    } else {
        number
    };
    (0.0..=100.0).contains(&number).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_read_in_every_notation() {
        for (name, expected) in [
            ("p50", Some(50.0)),
            ("p99_9", Some(99.9)),
            ("p2_5", Some(2.5)),
            ("p99.99", Some(99.99)),
            ("p999", Some(99.9)),
            ("p9999", Some(99.99)),
            ("p0_001", Some(0.001)),
            ("p100", Some(100.0)),
            ("p", None),
            ("pct", None),
            ("95", None),
        ] {
            assert_eq!(percentile(name), expected, "{name}");
        }
    }
}
