//! What a comparison says, as plain values: part of the public JSON contract.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::compare::margin::DEFAULT_MARGIN;
use crate::compare::odd_run::OddRun;
use crate::compare::rate::RateChange;
use crate::compare::share_names::{BEYOND, is_of_unknown_outcome};
use crate::compare::too_quick::TooQuick;
use crate::measure::{Dimension, Polarity, Statistic};

mod as_recorded;
mod counted;
mod reason;
pub use as_recorded::AsRecorded;
pub use reason::Reason;

/// A run compared with a baseline.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Comparison {
    /// What the run is compared with.
    pub before: Side,
    /// The run.
    pub after: Side,
    /// A change that is measured as smaller than this is never called a regression: 0.05 is 5%. Exceptions stand at their metrics.
    pub margin: f64,
    /// Whether the whole interval of a change has to lie beyond the margin.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub margin_test: bool,
    /// Level of the intervals.
    pub confidence: f64,
    /// Two-sided level at which "no change" has to be excluded, after false-discovery control over all tests.
    pub gate_level: f64,
    /// Metrics over which false discoveries are controlled; one test each.
    pub tests: u64,
    /// How many metrics have each verdict.
    pub counts: Counts,
    /// Every metric of either side, worst first.
    pub changes: Vec<Change>,
    /// What is known to differ about where both sides were measured.
    pub environment: Vec<EnvironmentDifference>,
    /// What many metrics have in common, where they moved together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suite: Option<SuiteShift>,
    /// Requests a second of the runs that both sides have; shown and not judged.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rates: Vec<RateChange>,
    /// Metrics of which more samples are many times as slow as their group was, too few in each to be judged there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub slow_end: Vec<SharedTail>,
    /// Runs of several that are unlike those of the baseline, where the others are like them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub odd_runs: Vec<OddRun>,
    /// What became so much quicker that rather something else was measured, where the suite does not say so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub too_quick: Option<TooQuick>,
    /// Whether many metrics changed one way and none the other, over several subjects, without having moved by one factor.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub one_sided: bool,
    /// Metrics whose units were only assumed, and differ: compared as they stand in the files.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub as_recorded: Vec<AsRecorded>,
    /// Files that contain what the baseline has seen; only their new rows were compared.
    pub grown: Vec<Growth>,
    /// Files of either side whose steady part was asked for and not found: what they hold is not judged.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unsettled: Vec<String>,
    /// Files of the run that are the very bytes of the baseline, or hold no row that it has not seen: old results.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stale: Vec<String>,
}

/// Samples of all groups of a metric that are many times as slow as their group was in the baseline.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SharedTail {
    /// Name of the source.
    pub source: String,
    /// The metric.
    pub metric: String,
    /// How many times the median of their group in the baseline they exceed.
    pub times: f64,
    /// Their share in the baseline.
    pub before: f64,
    /// Their share in the run.
    pub after: f64,
}

impl fmt::Display for SharedTail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { metric, times, before, after, .. } = self;
        let [before, after] = [before, after].map(|share| share * 100.0);
        write!(
            f,
            "{after:.1}% of all {metric} take over {times} times as long as their group did ({before:.1}% before)"
        )
    }
}

/// A factor by which many unrelated metrics moved together: rather the machine or its environment than what was changed.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SuiteShift {
    /// Subjects (benchmarks, groups, or metrics without groups) that it was looked for in: one duration or rate of each.
    pub subjects: u64,
    /// Those that moved in its direction.
    pub along: u64,
    /// The median factor; above 1 is worse: 1.19 is durations 19% longer, rates lower by as much.
    pub factor: f64,
    /// Lower end of its interval.
    pub low: f64,
    /// Upper end of its interval.
    pub high: f64,
    /// Metrics that are worse than it, beyond chance and margin.
    pub worse: u64,
    /// Metrics that are better than it, beyond chance and margin.
    pub better: u64,
}

/// A metric compared with the shift of the whole suite.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AgainstSuite {
    /// Its ratio over that of the suite; 1 is to have moved like the others.
    pub estimate: f64,
    /// Lower end of its interval; absent where there is none.
    pub low: Option<f64>,
    /// Upper end of its interval.
    pub high: Option<f64>,
    /// Whether it stands out from the others, beyond chance and margin.
    pub stands_out: bool,
}

/// One side of a comparison.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Side {
    /// What a person named: a file, a folder, a baseline.
    pub name: String,
    /// The files that were read, by name.
    pub sources: Vec<String>,
    /// The most runs that any metric has; of numbers that a tool has summarised, how often they were reported.
    pub runs: u64,
    /// Samples over all metrics.
    pub samples: u64,
    /// Requests that were left out of them, because only steady parts were asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left_out: Option<u64>,
}

/// How many metrics have each verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Counts {
    /// Worse beyond chance and margin.
    pub regressed: u64,
    /// On one side only: it vanished.
    pub missing: u64,
    /// Not to be compared.
    pub incomparable: u64,
    /// Changed beyond chance and margin, in a metric whose better direction is not known.
    pub changed: u64,
    /// Cannot be told.
    pub inconclusive: u64,
    /// Better beyond chance and margin.
    pub improved: u64,
    /// Within the margin.
    pub unchanged: u64,
    /// The center within the margin, the tail not known.
    #[serde(default)]
    pub center_unchanged: u64,
    /// On one side only: it appeared.
    pub new: u64,
}

/// The verdict about a metric or an effect, the worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// "No change" is excluded in the bad direction, and the estimate is at least the margin.
    Regressed,
    /// Only the baseline has it.
    Missing,
    /// Unit, meaning or environment differ; the reason stands beside it.
    Incomparable,
    /// Like regressed or improved, where the better direction is not known. Never gates.
    Changed,
    /// None of the others: the reason says what could have been detected.
    Inconclusive,
    /// "No change" is excluded in the good direction, and the estimate is at least the margin.
    Improved,
    /// The interval of the center lies inside the margin; how the slowest samples changed is not known. It passes every gate.
    CenterUnchanged,
    /// The whole interval lies inside the margin, and the intervals of p95 and p99 inside that of tails.
    Unchanged,
    /// Only the run has it.
    New,
}

/// A metric on both sides (or on one).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Change {
    /// Name of the source, of the run where it has the metric.
    pub source: String,
    /// Name of the metric.
    pub metric: String,
    /// Label of the group; absent where samples are not grouped.
    pub group: Option<String>,
    /// What it measures; values are in the base unit of this.
    pub dimension: Dimension,
    /// The unit that is stated beside the values, where they have no dimension and none is converted into another (`W`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// Which way is better.
    pub polarity: Polarity,
    /// Two-sided p of "no change" of all its parts together, as the control of false discoveries takes it; absent where none was tested.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub p: Option<f64>,
    /// Regressed where any judged effect is, else changed or improved, else what the center says; unchanged where none speaks of a change.
    pub verdict: Verdict,
    /// Why it is not compared, or why nothing can be told.
    pub reason: Option<Reason>,
    /// Whether it is for the worse (where no metric has a direction: at all) and larger than noise explains, although undecided: a gate is, too.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub large: bool,
    /// The margin that holds for it: 0.05 is 5%.
    pub margin: f64,
    /// The baseline; absent where it has none of this.
    pub before: Option<MetricSide>,
    /// The run; absent where it has none of this.
    pub after: Option<MetricSide>,
    /// Center, p50, p95, p99, mean, the shares of slow samples and of zeros, the center of the others; for shares of failures the one.
    pub effects: Vec<Effect>,
    /// Relative standard deviation of the centers of runs; absent where no side has several.
    pub noise_floor: Option<f64>,
    /// What it is beyond the shift of the whole suite, where there is one; the verdict is that of the plain numbers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub against_suite: Option<AgainstSuite>,
    /// For drawing; only for the changes that a page draws.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub drawing: Option<Drawing>,
}

/// One side of a metric.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct MetricSide {
    /// Runs.
    pub runs: u64,
    /// Samples in all of them; 0 where a tool has summarised them and does not say how many.
    pub samples: u64,
    /// How many independent samples they are worth for the center.
    pub effective: f64,
    /// Relative error of each value, where a sketch stands for the samples; 0 for samples themselves.
    pub value_error: f64,
}

/// How an effect is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Scale {
    /// After over before; 1 is no change. For positive metrics.
    Ratio,
    /// After minus before in the base unit; 0 is no change.
    Shift,
}

/// An effect and what it rests on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Effect {
    /// What it is about.
    pub statistic: Statistic,
    /// How it is counted.
    pub scale: Scale,
    /// The statistic of the baseline, base unit.
    pub before: Option<f64>,
    /// The statistic of the run, base unit.
    pub after: Option<f64>,
    /// The effect; absent where there are too few samples.
    pub estimate: Option<f64>,
    /// Lower end of its interval; absent where open.
    pub low: Option<f64>,
    /// Upper end of its interval; absent where open.
    pub high: Option<f64>,
    /// Two-sided p of "no change", dependence and runs taken into account; absent where not tested, because it is the mean
    /// or because so few samples could not exclude it at the gate's level.
    pub p: Option<f64>,
    /// Whether "no change" is excluded at the gate's level after false-discovery control, by a change that is at least the margin.
    pub excluded: bool,
    /// The verdict; absent where it is not tested.
    pub verdict: Option<Verdict>,
    /// The change that would have been found four times out of five: a ratio above 1, or a shift above 0.
    pub detectable: Option<f64>,
    /// Samples a side (like these) with which a metric that did not change would be called unchanged four times out of five.
    pub samples_for_margin: Option<u64>,
    /// Samples that each side needs before the effect is given; set only where it is not given for want of them.
    pub needs: Option<u64>,
    /// The limit beyond which samples are counted as slow, base unit; only of a share of slow samples.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub beyond: Option<f64>,
}

/// A difference between environments.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct EnvironmentDifference {
    /// `cpu`, or a key given with `--env`.
    pub key: String,
    /// Of the baseline; absent where it does not say.
    pub before: Option<String>,
    /// Of the run; absent where it does not say.
    pub after: Option<String>,
    /// Whether a user gave it; then nothing is compared.
    pub given: bool,
    /// Whether the measured files say it themselves. Nothing is compared where it is about the machine.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub measured: bool,
}

/// A file that begins with what the baseline has seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Growth {
    /// Name of the file.
    pub source: String,
    /// Lines that the baseline has seen; what follows is new.
    pub seen_lines: u64,
    /// Lines that are new.
    pub new_lines: u64,
}

/// Counts of both sides in the same bins.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Drawing {
    /// Whether the bins are equally wide on a logarithmic axis.
    pub log: bool,
    /// Edges, one more than counts, ascending, base unit.
    pub edges: Vec<f64>,
    /// Share of the baseline's samples in each bin.
    pub before: Vec<f64>,
    /// Share of the run's samples in each bin.
    pub after: Vec<f64>,
}

/// What became of a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TargetOutcome {
    /// The limit is not kept, and the interval lies beyond it.
    Missed,
    /// The target matches nothing that was measured, or there are too few samples for its number. It fails.
    NoData,
    /// The interval straddles the limit.
    Undecided,
    /// The limit is kept, and the interval with it.
    Met,
}

/// A target and what became of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TargetResult {
    /// What it is about, as the configuration names it: `latency where event = user_msg_*`.
    pub subject: String,
    /// Name of the source; absent where nothing matches.
    pub source: Option<String>,
    /// Name of the metric that was found.
    pub metric: Option<String>,
    /// Label of the group that was found.
    pub group: Option<String>,
    /// `p95`, `mean`, `error_rate`, `p95_change`.
    pub statistic: String,
    /// Whether that is a change since the baseline: then the numbers are differences of ratios from 1.
    #[serde(default)]
    pub is_change: bool,
    /// The condition as written: `< 200ms`.
    pub condition: String,
    /// What the number measures: it is in the base unit of this (`ratio` for shares and changes).
    pub dimension: Dimension,
    /// The limit, base unit; a change is a difference of ratios from 1: 0.03 is 3%.
    pub limit: f64,
    /// The number; absent where there is none.
    pub value: Option<f64>,
    /// Lower end of its interval; absent where open or where the number has none.
    pub low: Option<f64>,
    /// Upper end of its interval.
    pub high: Option<f64>,
    /// What became of it.
    pub outcome: TargetOutcome,
    /// Why there is no number, or what the decision rests on.
    pub note: Option<String>,
}

/// What a gate was asked to fail on, and whether it did.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Gate {
    /// What was asked for: `regression`, `target`, `corruption`, …
    pub fail_on: Vec<String>,
    /// Whether undecided targets count as missed.
    pub strict: bool,
    /// What it answers.
    pub outcome: GateOutcome,
    /// Whether the command exits with 0: it passed, or is undecided and was asked to let that pass.
    pub passed: bool,
    /// What was found, a clause each: `2 metrics regressed`.
    pub failures: Vec<String>,
    /// What it could not see, a clause each: `nothing could be compared`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub undecided: Vec<String>,
    /// Targets that are undecided and fail nothing, because that was not asked for.
    #[serde(default, skip_serializing_if = "is_none")]
    pub undecided_targets: u64,
    /// What has to be known to read the answer, a clause each: that the whole suite moved.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands it over so")]
fn is_none(count: &u64) -> bool {
    *count == 0
}

/// What a gate answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum GateOutcome {
    /// Nothing of what it was asked for was found, and it could have been.
    Pass,
    /// It cannot tell.
    Undecided,
    /// Something was found.
    Fail,
}

impl Change {
    /// Whether not a single request of the population succeeded.
    pub(crate) fn all_failed(&self) -> bool {
        matches!(self.reason, Some(Reason::Failing { failed, total, .. }) if failed == total)
    }

    /// Whether it is about what is not known to have failed: requests that missed a service level, rows of unknown outcome.
    pub(crate) fn is_beside_failures(&self) -> bool {
        self.metric.starts_with(BEYOND) || is_of_unknown_outcome(&self.metric)
    }

    /// Whether it is about failures.
    pub(crate) fn is_share(&self) -> bool {
        self.effects.iter().any(|effect| effect.statistic == Statistic::FailureShare)
    }

    /// A metric of which nothing is known yet.
    pub(crate) fn new(
        source: &str,
        metric: &str,
        group: Option<&str>,
        dimension: Dimension,
        polarity: Polarity,
    ) -> Self {
        Self {
            source: source.to_owned(),
            metric: metric.to_owned(),
            group: group.map(str::to_owned),
            dimension,
            unit: None,
            polarity,
            p: None,
            verdict: Verdict::Inconclusive,
            reason: None,
            large: false,
            margin: DEFAULT_MARGIN,
            before: None,
            after: None,
            effects: Vec::new(),
            noise_floor: None,
            against_suite: None,
            drawing: None,
        }
    }
}

impl Effect {
    /// An effect of which nothing is known yet.
    pub(crate) fn new(statistic: Statistic, scale: Scale) -> Self {
        Self {
            statistic,
            scale,
            before: None,
            after: None,
            estimate: None,
            low: None,
            high: None,
            p: None,
            excluded: false,
            verdict: None,
            detectable: None,
            samples_for_margin: None,
            needs: None,
            beyond: None,
        }
    }
}

#[cfg(test)]
pub(crate) mod samples;
