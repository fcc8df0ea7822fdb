//! What a target can be about: the numbers of a metric, and the failures of its rows.

use crate::analysis::reported::Reported;
use crate::measure::unit::Dimension;
use crate::stats::interval::Interval;
use crate::stats::summary::Summary;

/// A metric of a run, as a whole or one group of it. The caller gives each metric as a whole (`group` absent), and each
/// group beside it.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// Name of the source.
    pub source: &'a str,
    /// Name of the metric or of a distribution of a service.
    pub metric: &'a str,
    /// The columns whose labels form groups, joined by `, `; absent where there are none.
    pub grouped_by: Option<&'a str>,
    /// Label of the group; absent for the metric as a whole.
    pub group: Option<&'a str>,
    /// Whether its groups were measured apart, so that none of its numbers is over all of them.
    pub apart: bool,
    /// What it measures; all numbers are in the base unit of this.
    pub dimension: Dimension,
    /// Its numbers; absent where no clean sample is left.
    pub summary: Option<&'a Summary>,
    /// Its samples in any order, for percentiles that the summary does not have.
    pub samples: Option<&'a [f64]>,
    /// The number, of a metric that is one number and has no samples, base unit. Such a metric has no summary.
    pub value: Option<f64>,
    /// The interval of that number, where it has one.
    pub interval: Option<Interval>,
    /// What a tool reports about it, where there are no samples; then there is no summary.
    pub reported: Option<&'a Reported>,
    /// How many failed and of how many, where the population is failing: how fast failures are keeps no limit. 0 of 0 where a tool counts
    /// no request: then its durations are none.
    pub failing: Option<(u64, u64)>,
    /// Requests beside its samples that have no duration: they may have taken longer than all others.
    pub unanswered: u64,
}

/// The failures of what a metric measures. The caller gives one for every metric whose rows (or messages) say whether they
/// failed, and one for every label of them that is counted; where failures were not recorded it gives none.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SubjectShare<'a> {
    /// Name of the source.
    pub source: &'a str,
    /// Name of the metric whose rows these are.
    pub metric: &'a str,
    /// The columns whose labels form groups, joined by `, `; absent where there are none.
    pub grouped_by: Option<&'a str>,
    /// Label of the rows; absent for all of them.
    pub group: Option<&'a str>,
    /// How many failed.
    pub failed: u64,
    /// Of how many.
    pub total: u64,
    /// Those of them of which it is not understood how they ended: they may have failed.
    pub unclear: u64,
    /// Rows beside these that say nothing of how they ended, and lines that are no rows: at the worst they failed as well.
    pub silent: u64,
    /// By what factor clusters of failures multiply the variance of their share: 1 where they are independent, or not known.
    pub inflation: f64,
}
