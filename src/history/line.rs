//! A line of a history file: a run with a few numbers of each metric, or the acknowledgement of a change.
//!
//! In: numbers in base units. Out: JSON without spaces, and back. What a metric needs stands in at most 150 bytes beside its name:
//! ends and percentiles are whole thousandths of the center, and the shape is a letter for each quantile.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::measure::{Dimension, Polarity};

use super::shape::Shape;

/// The version of the lines that are written.
pub const VERSION: u32 = 1;
/// Significant digits of a center.
const CENTER_DIGITS: usize = 6;
/// Ends and percentiles are parts of the center, of which there are so many in it.
const PARTS: f64 = 1000.0;

/// A run.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    /// When it was measured, in seconds since 1970.
    pub at: i64,
    /// The commit that was measured.
    pub commit: String,
    /// Its branch.
    pub branch: Option<String>,
    /// What the user said with `--env`.
    pub given: BTreeMap<String, String>,
    /// What its files say about the machine that was measured.
    pub machine: BTreeMap<String, String>,
    /// What the machine says on which it was added.
    pub found: BTreeMap<String, String>,
    /// A digest of its files.
    pub digest: String,
    /// Its metrics.
    pub metrics: Vec<RunMetric>,
    /// Rows without a value of a metric, with all rows, by the name of the metric: more than a few. Absent where that is not recorded.
    pub absent: Option<AbsentValues>,
    /// With which codes or words rows ended, and of which nobody knows how. Absent where that is not recorded.
    pub endings: Option<Endings>,
}

/// How many rows hold no value of a metric, of how many.
pub type AbsentValues = BTreeMap<String, [u64; 2]>;

/// How many rows ended so, of how many: by the name of the share, and by label (empty for all of them).
pub type Endings = BTreeMap<String, BTreeMap<String, [u64; 2]>>;

/// What is known of one metric of a run.
#[derive(Debug, Clone, PartialEq)]
pub struct RunMetric {
    /// Its name.
    pub metric: String,
    /// Label of the group.
    pub group: Option<String>,
    /// What it measures; values are in the base unit.
    pub dimension: Dimension,
    /// Which way is better.
    pub polarity: Polarity,
    /// Samples, without what failed; absent where a tool does not say it.
    pub n: Option<u64>,
    /// The value that stands for the run, with its interval.
    pub center: Estimate,
    /// p50, p95 and p99 where there are enough samples; absent where nobody wants them.
    pub percentiles: Option<Box<Percentiles>>,
    /// How many requests or rows failed, where that is recorded.
    pub failed: Option<u64>,
    /// Quantiles at the middles of equal shares.
    pub shape: Shape,
    /// p95, which is kept whatever else is.
    pub slow: Option<f32>,
    /// What is known of values at and near zero; absent where nothing has to be said.
    pub near_zero: Option<Box<NearZero>>,
    /// Whether its unit was only assumed.
    pub unit_assumed: bool,
}

/// Samples at and near zero.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct NearZero {
    /// How many are zero.
    pub zeros: u64,
    /// The median of the others.
    pub others: Option<f64>,
    /// The step to which values near zero were rounded, where they show it.
    pub step: Option<f64>,
}

/// A value with the interval in which it lies; an absent end is not known.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// The value.
    pub value: f64,
    /// Lower end.
    pub low: Option<f64>,
    /// Upper end.
    pub high: Option<f64>,
}

/// p50, p95 and p99.
pub type Percentiles = [Option<Estimate>; 3];

/// A change that somebody has accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acknowledgement {
    /// The metric, with its group behind a slash.
    pub metric: String,
    /// The commit at which it changed.
    pub commit: String,
    /// Why it is accepted.
    pub note: String,
}

/// What a line holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Line {
    /// A run.
    Run(Box<Run>),
    /// An acknowledgement.
    Acknowledgement(Acknowledgement),
}

/// Why a line is none of this file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LineError {
    /// A later version of the program wrote it.
    #[error("version {0} of the format; this program knows version {VERSION}")]
    Newer(u32),
    /// It is something else, or damaged.
    #[error("{0}")]
    Damaged(String),
}

/// As it is written.
#[derive(Serialize, Deserialize)]
struct Form {
    history: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    at: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ack: Option<String>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    commit: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    branch: Option<String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    env: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    machine: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    on: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    digest: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    note: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    metrics: Vec<MetricForm>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    absent: Option<AbsentValues>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    endings: Option<Endings>,
}

/// As a metric is written.
#[derive(Serialize, Deserialize)]
struct MetricForm {
    m: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    g: Option<String>,
    d: Dimension,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    b: Option<char>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    n: Option<CountForm>,
    c: f64,
    /// Ends of the center, then p95, p99 and (where it is not the center) p50 with their ends, in parts of the center from the center.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    v: Vec<Option<i64>>,
    /// Smallest and largest value of the shape in the same parts, and a letter for each quantile.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    q: Option<(i64, i64, String)>,
    /// How many samples are zero, and the median of the others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    z: Option<(u64, Option<f64>)>,
    /// The step of values near zero.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    s: Option<f64>,
    /// Whether the unit was only assumed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    u: bool,
}

/// Samples, with how many failed where that is recorded.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum CountForm {
    All(u64),
    WithFailed([u64; 2]),
}

/// Where each percentile of [`RunMetric::percentiles`] stands in a line: most have a median that is their center.
const PLACES: [usize; 3] = [8, 2, 5];

impl Line {
    /// Reads a line.
    ///
    /// # Errors
    /// Where it is damaged, or newer than this program.
    pub fn parse(text: &str) -> Result<Self, LineError> {
        if text.starts_with("<<<<<<<") || text.starts_with("=======") || text.starts_with(">>>>>>>") {
            return Err(LineError::Damaged("a mark of a merge conflict of Git".to_owned()));
        }
        let form: Form = match serde_json::from_str(text) {
            Ok(form) => form,
            Err(error) => {
                let version = serde_json::from_str(text).ok().and_then(|line: serde_json::Value| {
                    u32::try_from(line.get("history")?.as_u64()?).ok().filter(|version| *version > VERSION)
                });
                let damaged = || LineError::Damaged(format!("no line of a history: {error}"));
                return Err(version.map_or_else(damaged, LineError::Newer));
            }
        };
        if form.history > VERSION {
            return Err(LineError::Newer(form.history));
        }
        let damaged = |what: &str| LineError::Damaged(what.to_owned());
        if let Some(metric) = form.ack {
            let note = form.note.unwrap_or_default();
            return Ok(Self::Acknowledgement(Acknowledgement { metric, commit: form.commit, note }));
        }
        let at = form.at.ok_or_else(|| damaged("neither `at` nor `ack`"))?;
        let at = at.parse::<Timestamp>().map_err(|_| damaged("`at` is no instant"))?.as_second();
        let metrics: Option<Vec<RunMetric>> = form.metrics.into_iter().map(RunMetric::of).collect();
        let metrics = metrics.ok_or_else(|| damaged("a center is no number"))?;
        if metrics.is_empty() {
            return Err(damaged("a run without metrics"));
        }
        let mut known = BTreeSet::new();
        for one in &metrics {
            if !known.insert((&one.metric, &one.group, one.dimension)) {
                return Err(damaged(&format!("`{}` stands in it twice", one.name())));
            }
        }
        let Form { commit, branch, env: given, machine, on: found, digest, absent, endings, .. } = form;
        let run = Run { at, commit, branch, given, machine, found, digest, metrics, absent, endings };
        Ok(Self::Run(Box::new(run)))
    }

    /// The line as it is written, without its end.
    pub fn to_text(&self) -> String {
        let blank = Form {
            history: VERSION,
            at: None,
            ack: None,
            commit: String::new(),
            branch: None,
            env: BTreeMap::new(),
            machine: BTreeMap::new(),
            on: BTreeMap::new(),
            digest: String::new(),
            note: None,
            metrics: Vec::new(),
            absent: None,
            endings: None,
        };
        let form = match self {
            Self::Acknowledgement(ack) => Form {
                ack: Some(ack.metric.clone()),
                commit: ack.commit.clone(),
                note: Some(ack.note.clone()),
                ..blank
            },
            Self::Run(run) => Form {
                at: Some(instant(run.at)),
                commit: run.commit.clone(),
                branch: run.branch.clone(),
                env: run.given.clone(),
                machine: run.machine.clone(),
                on: run.found.clone(),
                digest: run.digest.clone(),
                metrics: run.metrics.iter().map(RunMetric::form).collect(),
                absent: run.absent.clone(),
                endings: run.endings.clone(),
                ..blank
            },
        };
        // These types cannot fail to be written: keys are texts, and numbers were checked.
        serde_json::to_string(&form).unwrap_or_default()
    }
}

/// An instant as text: `2026-11-28T02:00:00Z`.
pub fn instant(seconds: i64) -> String {
    Timestamp::from_second(seconds).map_or_else(|_| seconds.to_string(), |instant| instant.to_string())
}

/// What tells the content of one run from that of others: so many hexadecimal digits tell a million runs apart.
pub(super) fn short_digest(digest: &str) -> String {
    const DIGITS: usize = 16;
    digest.chars().take(DIGITS).collect()
}

impl RunMetric {
    /// Nothing but a value of a metric.
    pub(super) fn bare(
        metric: &str,
        group: Option<&str>,
        dimension: Dimension,
        polarity: Polarity,
        center: Estimate,
    ) -> Self {
        Self {
            metric: metric.to_owned(),
            group: group.map(str::to_owned),
            dimension,
            polarity,
            n: None,
            center,
            percentiles: None,
            failed: None,
            shape: Shape::default(),
            slow: None,
            near_zero: None,
            unit_assumed: false,
        }
    }

    /// The name by which a person calls it.
    pub fn name(&self) -> String {
        named(&self.metric, self.group.as_deref())
    }

    fn form(&self) -> MetricForm {
        let center = rounded(self.center.value);
        let part = |value: f64| {
            let part = ((value - center) / center.abs() * PARTS).round();
            (center != 0.0 && part.is_finite() && part.abs() < 1e15).then_some(part as i64)
        };
        let ends = |bounded: &Estimate| [bounded.low.and_then(part), bounded.high.and_then(part)];
        let mut v = ends(&self.center).to_vec();
        let [median, p95, p99] = self.percentiles.as_deref().copied().unwrap_or_default();
        for percentile in [p95, p99, median.filter(|median| *median != self.center)] {
            v.push(percentile.as_ref().and_then(|percentile| part(percentile.value)));
            v.extend(percentile.as_ref().map_or([None; 2], ends));
        }
        while v.last().is_some_and(Option::is_none) {
            v.pop();
        }
        let shape = self.shape.stored();
        let shape = shape.and_then(|([least, most], letters)| Some((part(least)?, part(most)?, letters)));
        MetricForm {
            m: self.metric.clone(),
            g: self.group.clone(),
            d: self.dimension,
            b: match self.polarity {
                Polarity::LowerIsBetter => Some('<'),
                Polarity::HigherIsBetter => Some('>'),
                Polarity::Unknown => None,
            },
            n: self.n.map(|n| self.failed.map_or(CountForm::All(n), |failed| CountForm::WithFailed([n, failed]))),
            c: center,
            v,
            q: shape.filter(|(least, most, _)| least < most),
            z: self.near_zero.as_ref().filter(|near| near.zeros > 0).map(|near| (near.zeros, near.others.map(rounded))),
            s: self.near_zero.as_ref().and_then(|near| near.step).map(rounded),
            u: self.unit_assumed,
        }
    }

    fn of(form: MetricForm) -> Option<Self> {
        let center = form.c;
        let value = |place: usize| Some(center + center.abs() * form.v.get(place).copied()?? as f64 / PARTS);
        let percentile =
            |place: usize| Some(Estimate { value: value(place)?, low: value(place + 1), high: value(place + 2) });
        let at = |part: i64| center + center.abs() * part as f64 / PARTS;
        let [median, p95, p99] = PLACES.map(percentile);
        let (n, failed) = match form.n {
            None => (None, None),
            Some(CountForm::All(n)) => (Some(n), None),
            Some(CountForm::WithFailed([n, failed])) => (Some(n), Some(failed)),
        };
        let center = Estimate { value: center, low: value(0), high: value(1) };
        let (zeros, others) = form.z.unwrap_or_default();
        let near = NearZero { zeros, others, step: form.s };
        center.value.is_finite().then_some(Self {
            // Of samples, which have a shape, the median is the center.
            percentiles: Some([median.or(Some(center).filter(|_| form.q.is_some())), p95, p99])
                .filter(|all| all.iter().any(Option::is_some))
                .map(Box::new),
            center,
            shape: form.q.map_or_else(Shape::default, |(least, most, letters)| {
                Shape::of_letters([at(least), at(most)], &letters)
            }),
            metric: form.m,
            group: form.g,
            dimension: form.d,
            polarity: match form.b {
                Some('<') => Polarity::LowerIsBetter,
                Some('>') => Polarity::HigherIsBetter,
                _ => Polarity::Unknown,
            },
            n,
            failed,
            slow: p95.map(|p95| p95.value as f32),
            near_zero: (near != NearZero::default()).then(|| Box::new(near)),
            unit_assumed: form.u,
        })
    }
}

/// A metric with its group, as a person calls it.
pub fn named(metric: &str, group: Option<&str>) -> String {
    group.map_or_else(|| metric.to_owned(), |group| format!("{metric}/{group}"))
}

/// A number with as many digits as are kept.
fn rounded(value: f64) -> f64 {
    format!("{value:.*e}", CENTER_DIGITS - 1).parse().unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measured() -> RunMetric {
        let ends = |value: f64, low: f64, high: Option<f64>| Estimate { value, low: Some(low), high };
        RunMetric {
            metric: "latency_ms".to_owned(),
            group: Some("GET-search".to_owned()),
            dimension: Dimension::Time,
            polarity: Polarity::LowerIsBetter,
            n: Some(24_000),
            center: ends(0.021_312_4, 0.021_05, Some(0.0216)),
            percentiles: Some(Box::new([
                Some(ends(0.021_312_4, 0.021_05, Some(0.0216))),
                Some(ends(0.0351, 0.0337, Some(0.0379))),
                Some(ends(0.0512, 0.0478, None)),
            ])),
            failed: Some(12),
            shape: Shape::of(&std::array::from_fn(|place| 0.0199 * 1.1_f64.powi(i32::try_from(place).unwrap()))),
            slow: Some(0.0351),
            near_zero: None,
            unit_assumed: false,
        }
    }

    fn run() -> Run {
        Run {
            at: 1_795_831_200,
            commit: "3f2a91c".to_owned(),
            branch: Some("main".to_owned()),
            given: BTreeMap::from([("build".to_owned(), "release".to_owned())]),
            machine: BTreeMap::new(),
            found: BTreeMap::new(),
            digest: "0123456789abcdef".to_owned(),
            metrics: vec![measured()],
            absent: None,
            endings: None,
        }
    }

    #[test]
    fn what_is_known_near_zero_and_of_absent_values_comes_back() {
        let near = NearZero { zeros: 12, others: Some(0.003), step: Some(0.001) };
        let one = RunMetric { near_zero: Some(Box::new(near)), unit_assumed: true, ..measured() };
        let absent = Some(BTreeMap::from([("latency_ms".to_owned(), [7, 40])]));
        let text = Line::Run(Box::new(Run { metrics: vec![one], absent: absent.clone(), ..run() })).to_text();
        let Ok(Line::Run(back)) = Line::parse(&text) else { panic!("{text}") };
        assert_eq!((back.metrics[0].near_zero.as_deref(), back.metrics[0].unit_assumed), (Some(&near), true));
        assert_eq!(back.absent, absent);
        // Older lines say nothing of it.
        let Ok(Line::Run(back)) = Line::parse(&Line::Run(Box::new(run())).to_text()) else { panic!() };
        assert_eq!((back.absent, &back.metrics[0].near_zero), (None, &None));
    }

    #[test]
    fn a_run_comes_back_to_within_a_thousandth_of_its_center() {
        let text = Line::Run(Box::new(run())).to_text();
        let Ok(Line::Run(back)) = Line::parse(&text) else { panic!("{text}") };
        assert_eq!((back.at, &back.commit, &back.given), (run().at, &run().commit, &run().given));
        let (was, is) = (measured(), &back.metrics[0]);
        assert_eq!(is.center.value, 0.021_312_4);
        let half = 0.0213 / 2000.0 * 1.01;
        let all = |measured: &RunMetric| measured.percentiles.as_deref().copied().unwrap_or_default();
        for (was, is) in all(&was).iter().flatten().zip(all(is).iter().flatten()) {
            assert!((was.value - is.value).abs() <= half, "{was:?} {is:?}");
            assert_eq!(was.high.is_some(), is.high.is_some());
        }
        for (was, is) in was.shape.quantiles().unwrap().iter().zip(is.shape.quantiles().unwrap()) {
            assert!((was / is - 1.0).abs() < 0.02, "{was} {is}");
        }
        assert_eq!((is.n, is.failed, is.polarity), (was.n, was.failed, was.polarity));
    }

    #[test]
    fn a_metric_and_group_need_at_most_150_bytes_beside_their_names() {
        let one = Line::Run(Box::new(run())).to_text();
        let two = Line::Run(Box::new(Run { metrics: vec![measured(), measured()], ..run() })).to_text();
        let names = "latency_msGET-search".len();
        assert!(two.len() - one.len() - names <= 150, "{}: {two}", two.len() - one.len());
    }

    #[test]
    fn a_number_alone_is_a_run_and_zero_has_no_parts() {
        let bare = RunMetric {
            n: None,
            center: Estimate { value: 0.0, low: Some(0.0), high: Some(1.0) },
            percentiles: None,
            failed: None,
            shape: Shape::default(),
            ..measured()
        };
        let text = Line::Run(Box::new(Run { metrics: vec![bare], ..run() })).to_text();
        let Ok(Line::Run(back)) = Line::parse(&text) else { panic!("{text}") };
        assert_eq!(back.metrics[0].center, Estimate { value: 0.0, low: None, high: None });
    }

    #[test]
    fn what_is_newer_or_damaged_is_said_apart() {
        assert_eq!(Line::parse(r#"{"history":2,"at":{"new":"form"}}"#), Err(LineError::Newer(2)));
        assert_eq!(Line::parse(r#"{"history":9,"at":"2026-01-01T00:00:00Z"}"#), Err(LineError::Newer(9)));
        for text in [
            "",
            "{}",
            r#"{"history":1,"at":"2026-01-01T00:00:00Z","metr":[]}"#,
            r#"{"history":1}"#,
            r#"{"history":1,"at":"soon"}"#,
            "<<<<<<< main",
            r#"{"history":1,"at""#,
        ] {
            assert!(matches!(Line::parse(text), Err(LineError::Damaged(_))), "{text}");
        }
        let twice = r#"{"history":1,"at":"2026-01-01T00:00:00Z","metrics":[{"m":"q","d":"time","c":1},{"m":"q","d":"time","c":2}]}"#;
        assert_eq!(Line::parse(twice), Err(LineError::Damaged("`q` stands in it twice".to_owned())));
    }
}
