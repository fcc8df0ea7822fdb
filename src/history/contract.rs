//! What a history says, as data: the JSON of `perfreport history report`.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::compare::beyond_noise::BeyondNoise;
use crate::compare::too_quick::TooQuick;
use crate::measure::{Dimension, Direction, Polarity};

/// The version of this form. Fields may be added within one.
pub const REPORT_VERSION: u32 = 1;

/// A history and what changed in it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct HistoryReport {
    /// `perfreport history report`.
    pub format: String,
    /// Version of this form.
    pub version: u32,
    /// How it was made.
    pub settings: HistorySettings,
    /// The runs, by instant.
    pub runs: Vec<RunFacts>,
    /// What the user and the files say of each environment, by its number.
    #[serde(default)]
    pub environments: Vec<BTreeMap<String, String>>,
    /// Where each environment but the first begins, and what differs with it: that is explained by the environment, and no change.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub boundaries: Vec<EnvironmentBoundary>,
    /// The metrics: the worst and newest change first, then those without one by name.
    pub metrics: Vec<MetricHistory>,
    /// What was reported when the newest runs were not there yet and is not any more.
    pub withdrawn: Vec<Withdrawn>,
    /// What must be known to read it: lines passed over, branches that are mixed, metrics that are too short.
    pub notes: Vec<String>,
    /// The newest run beside the runs since the last change of each metric; absent where nothing is beside it.
    #[serde(default)]
    pub newest: Option<NewestRun>,
    /// What fails in the newest run and did not before: nothing else matters then.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub failing: Vec<NewestFailing>,
    /// How many metrics have how many changes.
    pub counts: HistoryCounts,
    /// What became of `--fail-on`.
    pub gate: Option<HistoryGate>,
}

/// How a history was looked at.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct HistorySettings {
    /// The share of what is shown that is expected to be false, over all metrics.
    pub false_discoveries: f64,
    /// A change below this share of the level does not matter.
    pub margin: f64,
    /// What was followed: `center`, `p95`, `p99`, `failures`.
    pub statistic: String,
    /// Only metrics of this name.
    pub metric: Option<String>,
    /// Only runs so many days before the newest one.
    pub since_days: Option<f64>,
    /// Only runs of this branch.
    pub branch: Option<String>,
}

/// A run, without its metrics.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RunFacts {
    /// When.
    pub at: String,
    /// Seconds since 1970.
    pub seconds: i64,
    /// The commit.
    pub commit: String,
    /// Its branch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub branch: Option<String>,
    /// In which environment: runs of different ones are never compared.
    pub environment: usize,
    /// By how much more time than its neighbours the whole suite took, where it moved by one factor: a slow host, which counts for
    /// nothing in the search for changes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slow_host: Option<f64>,
    /// What the machine said on which it was added, where that differs from the run before.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub new_host: BTreeMap<String, String>,
    /// What the user and the files said about where it was measured, where that differs from the run before.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub new_environment: BTreeMap<String, String>,
}

/// The first run of an environment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct EnvironmentBoundary {
    /// That run, a place in [`HistoryReport::runs`].
    pub run: usize,
    /// The run before it, of another environment.
    pub after_run: usize,
    /// Which environment begins, a place in [`HistoryReport::environments`].
    pub environment: usize,
    /// Which one was before.
    pub before: usize,
    /// Metrics whose level is another by at least the margin, the largest difference first. Nothing is tested here.
    pub differences: Vec<EnvironmentDifference>,
}

/// A metric on both sides of a boundary.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct EnvironmentDifference {
    /// Its name.
    pub metric: String,
    /// The newest level of the environment before, base unit.
    pub before: f64,
    /// The first level of the new one.
    pub after: f64,
    /// After by before; absent where not both are positive.
    pub ratio: Option<f64>,
    /// How many runs both levels have.
    pub runs: [usize; 2],
}

/// A metric over time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct MetricHistory {
    /// Metric and group, as `history ack` takes them.
    pub name: String,
    /// What it measures.
    pub dimension: Dimension,
    /// Which way is better.
    pub polarity: Polarity,
    /// The values, by run.
    pub points: Vec<HistoryPoint>,
    /// Stretches without a change, in the order of time.
    pub levels: Vec<Level>,
    /// Changes that are shown, the oldest first.
    pub changes: Vec<LevelChange>,
    /// Where the level moves instead of standing.
    pub drift: Option<Drift>,
    /// How much neighbours depend on each other: the coefficient of an autoregression of first order.
    pub dependence: Option<f64>,
    /// Whether there were enough runs in the newest environment to say anything.
    pub enough_runs: bool,
}

/// The value of a run.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct HistoryPoint {
    /// Place of the run in [`HistoryReport::runs`].
    pub run: usize,
    /// Base unit.
    pub value: f64,
    /// Lower end of its interval.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub low: Option<f64>,
    /// Upper end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub high: Option<f64>,
}

/// A stretch of runs of one environment without a change.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Level {
    /// Its first run.
    pub from: usize,
    /// Its last run.
    pub to: usize,
    /// Runs in it that count.
    pub runs: usize,
    /// The median of their values, base unit.
    pub value: f64,
}

/// A change of level.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LevelChange {
    /// The first run of the new level.
    pub run: usize,
    /// The run before it: the change is in the commits behind that one up to the first of the new level.
    pub after_run: usize,
    /// The commit of the first run of the new level.
    pub commit: String,
    /// The commit of the run before it.
    pub after_commit: String,
    /// When the first run of the new level was.
    pub at: String,
    /// The level before.
    pub before: f64,
    /// The level after.
    pub after: f64,
    /// After by before; absent where the values are not all positive.
    pub ratio: Option<f64>,
    /// The 95% interval of the ratio, or of the difference where there is none.
    pub low: Option<f64>,
    /// Its upper end.
    pub high: Option<f64>,
    /// The probability that a series like this shows as much somewhere by chance.
    pub p: f64,
    /// Worse, better, or only changed.
    pub direction: Direction,
    /// Whether it reaches the margin.
    pub matters: bool,
    /// Whether durations became zero that nobody rounded: nothing was measured, which is neither better nor worse.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub became_zero: bool,
    /// What became of it.
    pub state: ChangeState,
    /// The note of who accepted it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Whether the machine that added the runs changed with it: it may be the cause, and may not be the one that was measured.
    pub with_new_host: bool,
    /// How samples were distributed before and after it; absent where runs do not say it, or something else than samples is followed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub distributions: Option<Distributions>,
}

/// How samples were distributed on both sides of a change.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Distributions {
    /// How many runs before and after it say so: the nearest ones.
    pub runs: [usize; 2],
    /// Quantiles at 1/32, 3/32, … 31/32, each the median over the runs before; base unit.
    pub before: Vec<f64>,
    /// The same after it.
    pub after: Vec<f64>,
}

/// What became of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChangeState {
    /// Nobody has said anything about it.
    New,
    /// Somebody has accepted it.
    Acknowledged,
    /// A later level is what it was before, to within the margin.
    Recovered,
}

/// A level that moves.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Drift {
    /// The straight lines that describe it, by run. Where one ends and the next begins nobody knows the false alarms of.
    pub lines: Vec<DriftLine>,
    /// Whether steps were looked for beside it: where the level moves more than any standing level could, they are not.
    pub steps_tested: bool,
}

impl Drift {
    /// The line on which the newest run lies.
    pub fn newest(&self) -> Option<&DriftLine> {
        self.lines.last()
    }
}

/// A straight stretch of a drift.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DriftLine {
    /// The first run of the line.
    pub from: usize,
    /// Its last run.
    pub to: usize,
    /// The line at its first run.
    pub first: f64,
    /// The line at its last run.
    pub last: f64,
}

/// A change that was reported and is not any more.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Withdrawn {
    /// The metric.
    pub metric: String,
    /// The run at which it was.
    pub run: usize,
    /// Its commit.
    pub commit: String,
}

/// The newest run beside the runs of its environment since the last change of each metric.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct NewestRun {
    /// Its place in [`HistoryReport::runs`].
    pub run: usize,
    /// Whether it stands in the history, or was only compared with it.
    pub is_kept: bool,
    /// By what factor all metrics together took more time than before, where they moved as one: of a host rather than of a commit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub together: Option<f64>,
    /// What became so much quicker that rather something else was measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub too_quick: Option<TooQuick>,
    /// Its metrics: the worst first, then by name.
    pub metrics: Vec<NewestValue>,
    /// How many metrics ended how.
    pub counts: NewestCounts,
}

/// The newest value of a metric beside the level that it should have.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct NewestValue {
    /// The metric.
    pub metric: String,
    /// How it ended.
    pub verdict: NewestVerdict,
    /// Whether the change is at least three margins and more than 5% of such reports show by chance, though it is not decided.
    pub large: bool,
    /// What is too much to be passed over, whatever its stretch differs by: it is large then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub beyond: Option<BeyondNoise>,
    /// What was measured, base unit; absent where it is missing.
    pub value: Option<f64>,
    /// Runs that it is compared with.
    pub runs: usize,
    /// The first of them, a place in [`HistoryReport::runs`].
    pub since: Option<usize>,
    /// Their mean (of logarithms, where all values are positive), base unit.
    pub level: Option<f64>,
    /// Where one more such run lies in 95% of all nights.
    pub low: Option<f64>,
    /// The upper end.
    pub high: Option<f64>,
    /// The value by the level; absent where not all values are positive.
    pub ratio: Option<f64>,
    /// The probability that one more such run lies so far off.
    pub p: Option<f64>,
}

/// How the newest value of a metric ended: the words of comparisons.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum NewestVerdict {
    /// Worse than its stretch explains, by at least the margin.
    Regressed,
    /// Its stretch has it, the run has not.
    Missing,
    /// Other than its stretch explains; which way is better is not known.
    Changed,
    /// Better than its stretch explains.
    Improved,
    /// Its stretch explains it, and is too noisy or too short to exclude a change of the margin.
    Inconclusive,
    /// Within the margin for certain.
    Unchanged,
    /// Nothing before it.
    New,
}

/// How many metrics of the newest run ended how.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct NewestCounts {
    /// Worse than their stretch explains.
    pub regressed: usize,
    /// Not measured any more.
    pub missing: usize,
    /// Other than their stretch explains.
    pub changed: usize,
    /// Better than it explains.
    pub improved: usize,
    /// Not decided.
    pub inconclusive: usize,
    /// Of these, large ones.
    pub large: usize,
    /// Within the margin.
    pub unchanged: usize,
    /// Nothing before them.
    pub new: usize,
}

/// A population of the newest run of which so much fails that nothing else matters.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct NewestFailing {
    /// The metric.
    pub metric: String,
    /// How many failed.
    pub failed: u64,
    /// Of how many.
    pub total: u64,
    /// The median share of earlier runs of its environment; absent where there is none.
    pub before: Option<f64>,
}

/// How many of what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct HistoryCounts {
    /// Runs.
    pub runs: usize,
    /// Metrics.
    pub metrics: usize,
    /// Metrics with enough runs.
    pub tested: usize,
    /// New changes for the worse.
    pub worse: usize,
    /// New changes for the better.
    pub better: usize,
    /// New changes of metrics whose direction is not known.
    pub changed: usize,
    /// Accepted ones.
    pub acknowledged: usize,
    /// Ones that a later level undid.
    pub recovered: usize,
    /// Ones below the margin.
    pub small: usize,
}

/// What became of `--fail-on`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct HistoryGate {
    /// `pass`, `fail` or `undecided`.
    pub outcome: HistoryOutcome,
    /// Days before the newest run in which a change of level fails, where that was asked for.
    pub days: Option<f64>,
    /// Whether the newest run fails where it is worse than the runs before it.
    pub newest: bool,
    /// Why.
    pub reasons: Vec<String>,
}

/// How a gate ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum HistoryOutcome {
    /// Nothing that fails it.
    Pass,
    /// A change for the worse.
    Fail,
    /// Nothing could be tested.
    Undecided,
}
