//! Whether a record agrees with itself.
//!
//! In: a record. Out: what contradicts what. An average may differ from total by count as far as rounding explains it:
//! a hundredth for sizes, a millisecond for times, more where a duration is written with fewer digits.

use crate::table::swarm::{ClientRecord, ProcessRecord, RecordedDuration, Stamps};

use crate::analysis::swarm::anomaly::AnomalyKind;
use crate::analysis::swarm::moment;

/// Averages of sizes are rounded to two digits after the point; cutting instead of rounding costs at most one of them.
const SIZE_ROUNDING: f64 = 0.01;
/// Averages of times are rounded to a millisecond.
const TIME_ROUNDING: f64 = 0.001;
/// Noise of binary fractions, as a share of the number.
const NOISE: f64 = 1e-12;
/// A date and the stamps are written one after the other, the stamps in whole seconds.
const SAME_SECOND: f64 = 1.0;
/// Executions in flight beyond which an average is not tried with fewer executions.
const MOST_IN_FLIGHT: u64 = 1000;

/// An average beside its total and count.
struct Average {
    field: &'static str,
    written: f64,
    total: f64,
    tolerance: f64,
    total_rounding: f64,
    time: bool,
}

impl Average {
    fn of_times(
        field: &'static str,
        average: Option<RecordedDuration>,
        total: Option<RecordedDuration>,
    ) -> Option<Self> {
        let (average, total) = (average?, total?);
        Some(Self {
            field,
            written: average.seconds,
            total: total.seconds,
            tolerance: TIME_ROUNDING.max(average.rounding),
            total_rounding: total.rounding,
            time: true,
        })
    }

    fn of_sizes(field: &'static str, average: Option<f64>, total: Option<f64>) -> Option<Self> {
        let (written, total) = (average?, total?);
        Some(Self { field, written, total, tolerance: SIZE_ROUNDING, total_rounding: 0.0, time: false })
    }

    fn agrees(&self, count: u64) -> bool {
        let recomputed = self.recomputed(count);
        let tolerance = self.tolerance + self.total_rounding / count.max(1) as f64;
        (self.written - recomputed).abs() <= tolerance + NOISE * recomputed.abs()
    }

    /// The mean of no executions is written as nothing.
    fn recomputed(&self, count: u64) -> f64 {
        if count == 0 { 0.0 } else { self.total / count as f64 }
    }

    /// What is wrong. `in_flight` executions may be started and not yet in the total.
    fn contradiction(&self, count: u64, in_flight: u64) -> Option<AnomalyKind> {
        let fewest = count.saturating_sub(in_flight.min(MOST_IN_FLIGHT));
        if (fewest..=count).any(|count| self.agrees(count)) {
            return None;
        }
        Some(AnomalyKind::Average {
            field: self.field,
            written: self.written,
            recomputed: self.recomputed(count),
            total: self.total,
            count,
            time: self.time,
        })
    }
}

/// The averages of a client. `in_flight` is how many of its executions may not have finished.
pub(crate) fn client(record: &ClientRecord, in_flight: u64) -> Vec<AnomalyKind> {
    let Some(count) = record.executions else { return Vec::new() };
    [
        Average::of_sizes("executionInputAverage", record.input_average, record.input_total),
        Average::of_sizes("executionOutputAverage", record.output_average, record.output_total),
        Average::of_times("executionTimeAverage", record.time_average, record.time_total),
    ]
    .into_iter()
    .flatten()
    .filter_map(|average| average.contradiction(count, in_flight))
    .collect()
}

/// The average of a process, and its clients' time against its own.
pub(crate) fn process(record: &ProcessRecord, in_flight: u64) -> Vec<AnomalyKind> {
    let mut found = Vec::new();
    let average = Average::of_times("averageResponseTime", record.average_response_time, record.response_time);
    if let (Some(average), Some(count)) = (average, record.executions) {
        found.extend(average.contradiction(count, 0));
    }
    if let Some(process) = record.response_time.filter(|_| in_flight == 0) {
        let times = || record.clients.iter().filter_map(|client| client.time_total);
        let clients: f64 = times().map(|time| time.seconds).sum();
        let rounding: f64 = times().map(|time| time.rounding).sum();
        if clients > process.seconds + process.rounding + rounding + NOISE * clients {
            found.push(AnomalyKind::ClientsExceed { clients, process: process.seconds });
        }
    }
    found
}

/// The date and the file's name against the stamps.
pub(crate) fn stamps(stamps: &Stamps) -> Vec<AnomalyKind> {
    let mut found = Vec::new();
    let differ = |left: i64, right: i64| moment::seconds_between(left, right).abs() > SAME_SECOND;
    if let (Some(stamped), Some(date), Some(text)) = (moment::stamped(stamps), stamps.date, &stamps.date_text)
        && differ(stamped, date)
    {
        found.push(AnomalyKind::Date { text: text.clone(), date: moment::iso(date), stamps: moment::iso(stamped) });
    }
    if let (Some(file), Some(record)) = (moment::named(stamps), moment::stamped(stamps).or(stamps.date))
        && differ(file, record)
    {
        found.push(AnomalyKind::FileName { file: moment::iso(file), record: moment::iso(record) });
    }
    found
}
