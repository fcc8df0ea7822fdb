//! Words about numbers that a tool has summarised itself.

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
