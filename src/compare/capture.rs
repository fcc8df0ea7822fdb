//! What was measured at one time, reduced to what a comparison needs. Candidates and baselines are both made of these.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize, Serializer};

use crate::measure::{CHOSEN, Dimension, Polarity, Statistic};

use super::rate_of::RateOf;
use super::sketch::{OrderedPoints, Sketch};

/// Up to so many samples of a run are kept as they are; beyond, a sketch is smaller than they are (some 3 kB against 20)
/// and its error is small against the interval of any statistic of so many samples.
pub const EXACT_SAMPLES: usize = 1_000;
/// So many points stand for a sketch when it is compared: p99 still has a hundred of them above it.
pub const SKETCH_POINTS: usize = 10_000;

/// What one command read: one or more runs of every metric.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Capture {
    /// What is known about where it was measured.
    #[serde(default)]
    pub environment: Environment,
    /// The files, in the order in which they were given.
    pub sources: Vec<CapturedSource>,
    /// What was measured, by file, metric and group.
    pub metrics: Vec<MetricRuns>,
    /// Shares of failures, by file, and by label where its rows have several.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shares: Vec<ShareRuns>,
    /// Numbers that a tool has summarised itself, by file, metric and label; there are no samples behind them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reported: Vec<ReportedNumbers>,
    /// Requests a second of the runs of requests, by file.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rates: Vec<RateRun>,
}

impl Capture {
    /// Whether nothing was measured.
    pub fn is_empty(&self) -> bool {
        self.metrics.is_empty() && self.shares.is_empty() && self.reported.is_empty()
    }
}

/// What is known about where something was measured.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Environment {
    /// What the user said with `--env`; where it differs, nothing is compared.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub given: BTreeMap<String, String>,
    /// What the machine says on which perfreport ran (`os`, `cpu`, `cores`); it may not be the one that was measured,
    /// so a difference is only said.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub found: BTreeMap<String, String>,
    /// What the files themselves say about the machine and the set-up that was measured. Where the machine differs, nothing
    /// is compared; other differences are said. What the user gives under the same name goes before it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub measured: BTreeMap<String, String>,
}

/// Words in the names of facts that are about the machine. Versions and settings are often what somebody wants to
/// compare, and a newer kernel is no other machine.
const MACHINE_WORDS: &[&str] = &[
    "cpu",
    "cpus",
    "processor",
    "processors",
    "cores",
    "cache",
    "caches",
    "arch",
    "architecture",
    "goarch",
    "goos",
    "machine",
    "memory",
    "ram",
];

/// Words of readings: a clock that was measured differs from start to start on one machine.
const READING_WORDS: &[&str] = &["mhz", "ghz", "clock", "frequency", "freq", "scaling", "load"];

/// Whether a fact of [`Environment::measured`] is about the machine, or about how what ran on it was built.
pub(crate) fn is_of_machine(key: &str) -> bool {
    if key.ends_with(CHOSEN) {
        return false;
    }
    let lower = key.to_lowercase();
    let has =
        |known: &[&str]| lower.split(|character: char| !character.is_alphanumeric()).any(|word| known.contains(&word));
    lower == "build type" || has(MACHINE_WORDS) && !has(READING_WORDS)
}

impl Environment {
    /// Whether neither the user nor this machine says anything.
    pub fn is_unknown(&self) -> bool {
        self.given.is_empty() && self.found.is_empty()
    }
}

/// Whether both sides say anything about where they were measured; only then can that differ.
pub(crate) fn both_say_where(before: &[Capture], after: &[Capture]) -> bool {
    let says = |side: &[Capture]| side.iter().any(|capture| !capture.environment.is_unknown());
    says(before) && says(after)
}

/// A file that was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CapturedSource {
    /// Its name, without the folders that no other file makes necessary.
    pub name: String,
    /// BLAKE3 of its bytes as stored, in hexadecimal.
    pub digest: String,
    /// Size as stored.
    pub bytes: u64,
    /// Lines of text.
    pub lines: u64,
    /// The format as which it was read.
    pub format: String,
    /// Which part of its run was captured, where only the steady part was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part: Option<CapturedPart>,
    /// Labels that all of its rows share, where others tell its rows apart.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub constants: Vec<String>,
}

/// Which part of a run was captured, where only its steady part was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", tag = "of")]
pub enum CapturedPart {
    /// The steady part.
    Steady {
        /// Requests that were left out.
        left_out: u64,
    },
    /// All of it, because it has no steady part.
    Whole,
}

/// The runs of one metric, of one group where its samples have labels.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MetricRuns {
    /// Name of the source.
    pub source: String,
    /// Name of the metric.
    pub metric: String,
    /// Label of the group; absent where the samples of the metric are not grouped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// What it measures; the values are in the base unit of this.
    pub dimension: Dimension,
    /// Unit in which it was recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recorded_unit: Option<String>,
    /// Whether that unit was assumed.
    #[serde(default)]
    pub unit_assumed: bool,
    /// Which way is better.
    pub polarity: Polarity,
    /// What exactly was measured (`time to first chunk`), where the format defines it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meaning: Option<String>,
    /// The runs, in recorded order; at least one, none of them empty.
    pub runs: Vec<Recording>,
}

/// One run of one metric.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "RecordingForm", into = "RecordingForm")]
pub struct Recording {
    /// The clean samples.
    pub values: Values,
    /// Arithmetic mean of the samples, base unit.
    pub mean: f64,
    /// Sample standard deviation; absent for one sample.
    pub stddev: Option<f64>,
    /// By how much dependence between neighbours widens each interval.
    pub dependence: Dependence,
    /// By how much it changed its level on the way, base unit, where it did. Not stored: a baseline is what it was.
    pub shift: Option<f64>,
    /// Where the largest samples end a field (base unit): they are at least so large.
    pub saturated_at: Option<f64>,
}

/// By what factor dependence between neighbours multiplies the variance of a statistic: 1 for independent samples.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Dependence {
    /// Of the center (of ranks).
    pub center: f64,
    /// Of the median (of the indicator of being above it).
    pub p50: f64,
    /// Of p95.
    pub p95: f64,
    /// Of p99.
    pub p99: f64,
    /// Of the mean.
    pub mean: f64,
}

/// Samples: all of them in recorded order, or a sketch of very many.
#[derive(Debug, Clone, PartialEq)]
pub enum Values {
    /// In recorded order, base unit.
    Samples(Vec<f64>),
    /// Counts by value, to within a stated relative error.
    Sketch(Sketch),
}

impl Values {
    /// How many samples.
    pub fn len(&self) -> usize {
        match self {
            Self::Samples(samples) => samples.len(),
            Self::Sketch(sketch) => sketch.len() as usize,
        }
    }

    /// The samples in ascending order, or up to [`SKETCH_POINTS`] points that stand for those of a sketch.
    pub fn ordered(&self) -> OrderedPoints {
        match self {
            Self::Samples(samples) => {
                let mut points = samples.clone();
                points.sort_unstable_by(f64::total_cmp);
                OrderedPoints { points, samples: samples.len() as u64, error: 0.0 }
            }
            Self::Sketch(sketch) => {
                OrderedPoints { points: sketch.ordered(SKETCH_POINTS), samples: sketch.len(), error: sketch.error() }
            }
        }
    }

    /// Keeps up to [`EXACT_SAMPLES`] samples as they are and makes a sketch of more. What depends on their order (a
    /// [`Dependence`]) has to be known before. Samples that are not all finite stay, for the baseline to refuse them.
    #[must_use]
    pub fn reduced(self) -> Self {
        match self {
            Self::Samples(samples) if samples.len() > EXACT_SAMPLES => {
                Sketch::of(&samples).map_or(Self::Samples(samples), Self::Sketch)
            }
            few => few,
        }
    }
}

/// How a [`Recording`] is written: `samples` or `sketch` beside what was computed from all samples.
// Not a flattened enum, because serde then neither refuses unknown fields reliably nor knows where in a file it is.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct RecordingForm {
    /// The clean samples in recorded order, base unit; either these or a sketch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    samples: Option<Vec<f64>>,
    /// Counts of the clean samples by value, where there are very many.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sketch: Option<Sketch>,
    /// Arithmetic mean of the samples, base unit.
    mean: f64,
    /// Sample standard deviation, base unit; absent for one sample.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    stddev: Option<f64>,
    /// By how much dependence between neighbours widens each interval.
    dependence: Dependence,
    /// Where the largest samples end a field, base unit: they are at least so large.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    saturated_at: Option<f64>,
}

impl TryFrom<RecordingForm> for Recording {
    type Error = &'static str;

    fn try_from(form: RecordingForm) -> Result<Self, Self::Error> {
        let values = match (form.samples, form.sketch) {
            (Some(samples), None) => Values::Samples(samples),
            (None, Some(sketch)) => Values::Sketch(sketch),
            (Some(_), Some(_)) => return Err("a run has both `samples` and a `sketch`"),
            (None, None) => return Err("missing field `samples` (or `sketch`)"),
        };
        let RecordingForm { mean, stddev, dependence, saturated_at, .. } = form;
        Ok(Self { values, mean, stddev, dependence, shift: None, saturated_at })
    }
}

impl From<Recording> for RecordingForm {
    fn from(recording: Recording) -> Self {
        let (samples, sketch) = match recording.values {
            Values::Samples(samples) => (Some(samples), None),
            Values::Sketch(sketch) => (None, Some(sketch)),
        };
        let Recording { mean, stddev, dependence, saturated_at, .. } = recording;
        Self { samples, sketch, mean, stddev, dependence, saturated_at }
    }
}

/// What a tool reports about one metric, or about one metric of one label.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReportedNumbers {
    /// Name of the source.
    pub source: String,
    /// Name of the metric.
    pub metric: String,
    /// The label; absent for the whole run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// What it measures; the values are in the base unit of this, counts aside.
    pub dimension: Dimension,
    /// The unit that they have in the file, where it was only assumed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assumed_unit: Option<String>,
    /// The unit that is stated beside them, where they have no dimension and none is converted into another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// Which way is better.
    pub polarity: Polarity,
    /// What exactly was measured, where the format defines it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meaning: Option<String>,
    /// The numbers by statistic (`n`, `mean`, `p95`, `value`).
    #[serde(serialize_with = "by_name")]
    pub values: BTreeMap<Statistic, f64>,
}

/// In the order of the names: the digest of a baseline is that of the file as it is written, and older ones stand so.
fn by_name<S: Serializer>(values: &BTreeMap<Statistic, f64>, serializer: S) -> Result<S::Ok, S::Error> {
    let named: BTreeMap<String, f64> =
        values.iter().map(|(statistic, value)| (statistic.to_string(), *value)).collect();
    named.serialize(serializer)
}

impl ReportedNumbers {
    /// A number of samples or failures, where the tool states one.
    pub(crate) fn count(&self, statistic: Statistic) -> Option<u64> {
        self.values.get(&statistic).filter(|count| **count >= 0.0).map(|count| *count as u64)
    }

    /// How many failed, and of how many, where the tool counts both.
    pub(crate) fn share(&self) -> Option<Share> {
        let (failed, total) = (self.count(Statistic::Failures)?, self.count(Statistic::Count)?);
        // Whether failures came in clusters is not known of counts.
        (total > 0 && failed <= total).then_some(Share { failed, total, dependence: 1.0 })
    }

    /// What the share of failures is called.
    pub(crate) fn share_name(&self) -> String {
        let metric = &self.metric;
        if metric.to_lowercase().contains("fail") {
            metric.clone()
        } else if self.only_counts() {
            format!("failed {metric}")
        } else {
            format!("failures of {metric}")
        }
    }

    /// Whether nothing but counts is known, or the share that they make: how well it went is said by the failures.
    pub(crate) fn only_counts(&self) -> bool {
        let is_share = self.dimension == Dimension::Ratio && self.share().is_some();
        self.values.keys().all(|statistic| statistic.is_count() || is_share && *statistic == Statistic::Value)
    }
}

/// The runs of a share of failures.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ShareRuns {
    /// Name of the source.
    pub source: String,
    /// What failed: `failed rows`, `failed messages`.
    pub metric: String,
    /// Label of the group; absent for all rows together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// The runs.
    pub runs: Vec<Share>,
}

/// How many requests a run made in which time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RateRun {
    /// Name of the source.
    pub source: String,
    /// What came; a baseline does not keep it, the run says it.
    #[serde(skip)]
    pub of: RateOf,
    /// Requests, or rows that stand for none, or messages.
    pub requests: u64,
    /// Seconds that they took.
    pub seconds: f64,
    /// Relative standard error of their rate, by how it varies over the run; absent where the run is too short to say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relative_error: Option<f64>,
    /// What that rests on: stretches of the run, less one.
    #[serde(default)]
    pub degrees_of_freedom: u64,
}

/// Failures of one run.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Share {
    /// How many failed.
    pub failed: u64,
    /// Of how many.
    pub total: u64,
    /// By what factor dependence (failures come in clusters) multiplies the variance of the share.
    pub dependence: f64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machine_is_known_by_what_it_is_and_not_by_readings_of_its_clock() {
        for key in ["cpu", "CPU model", "cores", "caches", "goarch", "build type", "memory"] {
            assert!(is_of_machine(key), "{key}");
        }
        for key in ["cpu MHz", "mhz_per_cpu", "cpu scaling", "benchmark library", "kernel", "cpu clock"] {
            assert!(!is_of_machine(key), "{key}");
        }
    }

    #[test]
    fn few_samples_stay_exact_and_come_back_in_ascending_order() {
        let values = Values::Samples(vec![3.0, -1.0, 2.0, 2.0]).reduced();
        let expected = OrderedPoints { points: vec![-1.0, 2.0, 2.0, 3.0], samples: 4, error: 0.0 };
        assert_eq!((values.len(), values.ordered()), (4, expected));
        assert!(matches!(Values::Samples(vec![1.0; EXACT_SAMPLES]).reduced(), Values::Samples(_)));
    }

    #[test]
    fn very_many_samples_become_points_that_say_for_how_many_they_stand() {
        let samples: Vec<f64> = (1..=50_000).rev().map(f64::from).collect();
        let ordered = Values::Samples(samples).reduced().ordered();
        assert_eq!((ordered.samples, ordered.points.len()), (50_000, SKETCH_POINTS));
        assert!(ordered.error > 0.0);
        let median = ordered.points[SKETCH_POINTS / 2];
        assert!((median / 25_000.0 - 1.0).abs() <= ordered.error + 1e-4, "{median}");
    }

    #[test]
    fn a_run_has_either_samples_or_a_sketch() {
        let rest = r#""mean": 1.0, "dependence": {"center": 1, "p50": 1, "p95": 1, "p99": 1, "mean": 1}"#;
        let read = |values: &str| serde_json::from_str::<Recording>(&format!("{{{values}{rest}}}"));
        assert_eq!(read(r#""samples": [1.0], "#).unwrap().values, Values::Samples(vec![1.0]));
        assert!(read("").unwrap_err().to_string().contains("samples"));
        let both = r#""samples": [1], "sketch": {"error": 0.005, "count": 1, "min": 0, "max": 0, "zeros": 1}, "#;
        assert!(read(both).unwrap_err().to_string().contains("both"));
        assert!(read(r#""samples": [1], "colour": 1, "#).unwrap_err().to_string().contains("unknown field `colour`"));
    }
}
