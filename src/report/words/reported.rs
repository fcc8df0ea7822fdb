//! Words about numbers that a tool has summarised itself.

use crate::measure::Statistic;
use crate::report::contract::Reported;
use crate::report::number;

/// What stands above such numbers.
pub(in crate::report) const NOTE: &str = "These are the numbers that the tool itself reports. Nothing is recomputed from \
     them, and they have no intervals: how far they could be off cannot be told without the samples.";

/// `3 metrics as reported by the tool (12 rows)`; `None` where there are none.
pub(in crate::report) fn measured(reported: &[Reported]) -> Option<String> {
    let mut metrics: Vec<(&str, &str)> =
        reported.iter().map(|one| (one.source.as_str(), one.metric.as_str())).collect();
    metrics.sort_unstable();
    metrics.dedup();
    let rows = reported.len();
    let of_labels =
        if rows > metrics.len() { format!(" ({})", number::counted(rows as u64, "row")) } else { String::new() };
    (rows > 0)
        .then(|| format!("{} as reported by the tool{of_labels}", number::counted(metrics.len() as u64, "metric")))
}

/// `3,105 failures, of how many requests is not recorded`, where a tool counts failures and nothing else, as Locust does in a file of its own.
pub(in crate::report) fn only_failures(reported: &[Reported]) -> Option<String> {
    let is_count =
        |one: &Reported| one.metric == "failures" && one.number(Statistic::Failures).is_some() && one.values.len() == 1;
    let wholes = reported.iter().filter(|one| one.label.is_none());
    let failed: f64 = wholes.map(|one| one.number(Statistic::Failures).unwrap_or_default()).sum();
    let all = !reported.is_empty() && reported.iter().all(is_count);
    (all && failed > 0.0)
        .then(|| format!("{}, of how many requests is not recorded", number::counted(failed as u64, "failure")))
}
