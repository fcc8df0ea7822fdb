//! What became so much quicker that rather something else was measured.
//!
//! In: how every duration and rate moved, and which of them improved. Out: a [`TooQuick`], where all subjects became ten times as quick
//! and more, however few they are, or one of them by about the step between two units, or more. Errors that come at once, work that is
//! left out and another unit look like that. Verdicts stay those of the plain numbers; a gate cannot tell.

use std::collections::BTreeMap;
use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// No change of a program makes all of its parts so many times as quick.
pub(crate) const TOO_GOOD: f64 = 10.0;
/// The step between two units, and how near to it a factor has to be.
const STEP: f64 = 1000.0;
const NEAR: f64 = 1.2;

/// What became so much quicker that rather something else was measured.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TooQuick {
    /// The metric that moved most.
    pub metric: String,
    /// Its label, where it has one.
    pub group: Option<String>,
    /// How many times as quick it is.
    pub factor: f64,
    /// How many subjects there are, where all of them are at least ten times as quick; absent where it is one of several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub all: Option<u64>,
}

impl fmt::Display for TooQuick {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const LOOK: &str = "look whether the same was measured";
        match (self.all, &self.group) {
            (Some(2..), _) => write!(f, "all that was compared became at least 10 times as quick: {LOOK}"),
            (_, Some(group)) => {
                write!(f, "{} / {group} became {} times as quick: {LOOK}", self.metric, self.factor.round())
            }
            (_, None) => write!(f, "{} became {} times as quick: {LOOK}", self.metric, self.factor.round()),
        }
    }
}

/// How a metric moved.
pub(crate) struct Moved<'a> {
    /// What it is about, among other things that may have moved.
    pub(crate) subject: (String, String),
    pub(crate) metric: &'a str,
    pub(crate) group: Option<&'a str>,
    /// Logarithm of the ratio; below 0 is better.
    pub(crate) log: f64,
    pub(crate) improved: bool,
}

/// Looks at all of them.
pub(crate) fn too_quick<'a>(all: impl Iterator<Item = Moved<'a>>) -> Option<TooQuick> {
    // By its slowest metric.
    let mut subjects: BTreeMap<(String, String), f64> = BTreeMap::new();
    let mut most: Option<(f64, &str, Option<&str>)> = None;
    for moved in all {
        let slowest = subjects.entry(moved.subject).or_insert(f64::NEG_INFINITY);
        *slowest = slowest.max(moved.log);
        if moved.improved && most.is_none_or(|(log, ..)| moved.log < log) {
            most = Some((moved.log, moved.metric, moved.group));
        }
    }
    let (log, metric, group) = most?;
    let all = subjects.values().all(|log| *log <= -TOO_GOOD.ln());
    let leap = log <= -(STEP / NEAR).ln();
    (all || leap).then(|| TooQuick {
        metric: metric.to_owned(),
        group: group.map(str::to_owned),
        factor: (-log).exp(),
        all: all.then_some(subjects.len() as u64),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many became so much quicker, 0 where it is one of several.
    fn found(quicker: &[f64]) -> Option<u64> {
        let names: Vec<String> = (0..quicker.len()).map(|index| format!("GET /{index}")).collect();
        let moved = quicker.iter().zip(&names).map(|(factor, name)| Moved {
            subject: ("run.csv".to_owned(), name.clone()),
            metric: "latency_ms",
            group: Some(name),
            log: -factor.ln(),
            improved: *factor > 1.05,
        });
        too_quick(moved).map(|found| found.all.unwrap_or_default())
    }

    #[test]
    fn all_of_them_by_ten_or_one_by_a_thousand_and_nothing_less() {
        for (quicker, expected) in [
            (&[][..], None),
            (&[1.0], None),
            (&[5.0], None),
            (&[9.9], None),
            (&[10.1], Some(1)),
            (&[500.0, 28.0], Some(2)),
            (&[500.0, 1.0], None),
            (&[20.0, 1.0, 1.0], None),
            (&[1.0, 1000.0, 1.0], Some(0)),
            (&[1.0, 900.0, 1.0], Some(0)),
            (&[1.0, 10_000.0, 0.5], Some(0)),
            (&[0.001, 0.01], None),
        ] {
            assert_eq!(found(quicker), expected, "{quicker:?}");
        }
    }
}
