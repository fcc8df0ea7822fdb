//! Sentences about throughput against latency.

use super::requests::noun;
use crate::analysis::requests::{LoadLevels, RequestRun};
use crate::measure::unit::Dimension;
use crate::report::number::{self, Scale};

/// `From 64 on throughput no longer grows (206 to 209 /s at 128), while p95 goes from 310 to 640 ms.`
pub(in crate::report) fn plateau(run: &RequestRun, levels: &LoadLevels) -> Option<String> {
    let found = levels.plateau?;
    let at = |level: f64| levels.levels.iter().find(|other| other.level == level);
    let (from, to) = at(found.from).zip(at(found.to))?;
    let (fast, slow) = from.p95.zip(to.p95)?;
    let (rates, times) = (Scale::of_value(Dimension::Rate, to.rate), Scale::of_value(run.dimension, slow));
    Some(format!(
        "From {} on throughput no longer grows ({} → {} at {}), while p95 goes from {} to {}.",
        number::tick(from.level),
        rates.bare(from.rate),
        rates.full(to.rate),
        number::tick(to.level),
        times.bare(fast),
        times.full(slow),
    ))
}

/// What measured levels are.
pub(in crate::report) fn measured(levels: &LoadLevels) -> Option<String> {
    let text = "No row records the load: the levels are bands of the concurrency that was measured, each named by its mean. Slower \
                answers raise it by themselves.";
    levels.measured.then(|| text.to_owned())
}

/// How many requests are at none of the levels.
pub(in crate::report) fn elsewhere(run: &RequestRun, levels: &LoadLevels) -> Option<String> {
    let count = number::counted(levels.elsewhere, noun(run));
    (levels.elsewhere > 0).then(|| format!("{count} at other levels, or at none, are in no row."))
}
