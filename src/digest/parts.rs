//! A digest, and how two of them become one.
//!
//! In: digests of shards, or of several. Out: one of all. Refuses another plan, a shard that is in both, and more than can be counted.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::found::{self, FindingCounts};
use super::numbers::Numbers;
use super::plan::Plan;
use super::refine::answer::{Misfit, Refinement};
use super::time::TimeCounts;
use crate::table::source::SetAside;

/// Groups of a metric: more are no kinds of requests, and a plan that makes so many is wrong.
pub(super) const MOST_GROUPS: usize = 20_000;
/// Labels of a group that are counted.
pub(super) const MOST_MEMBERS: usize = 1024;
/// Labels of a group that are named.
pub(super) const NAMED_MEMBERS: usize = 3;
/// Causes of failures that are told apart.
const MOST_CAUSES: usize = 100;

/// A shard that a digest was made of.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// What it is called.
    pub(crate) name: String,
    /// BLAKE3 digest of its bytes as stored.
    pub(crate) digest: String,
    /// Size as stored.
    pub(crate) bytes: u64,
    /// Lines of text.
    pub(crate) lines: u64,
    /// Rows read.
    pub(crate) rows_read: u64,
    /// Rows with at least one value in the numbers.
    pub(crate) rows_used: u64,
    /// Rows not used, by reason.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) set_aside: Vec<SetAside>,
}

/// Rows of one group, of one metric.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Group {
    /// Digests of its labels: the smallest ones, where they are very many.
    pub(super) members: BTreeSet<u64>,
    /// The first few labels, in the order of their texts.
    pub(super) examples: BTreeSet<String>,
    /// Corrupted samples.
    pub(super) corrupted: u64,
    /// Rows by outcome, of the metric that stands for the rows: succeeded, failed, not said, unclear.
    pub(super) outcomes: [u64; 4],
    /// Numbers of rows that did not fail.
    pub(super) others: Numbers,
    /// Durations of rows that failed.
    pub(super) failed: Numbers,
}

/// What failed why.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Causes {
    /// How many, by code or message: the first ones in the order of their texts.
    pub(crate) first: BTreeMap<String, u64>,
    /// All that say why.
    pub(crate) all: u64,
}

/// What shards say together.
#[derive(Debug, Clone, PartialEq)]
pub struct Digest {
    /// How they were understood.
    pub(crate) plan: Plan,
    /// The shards, by the digest of their bytes and their name.
    pub(super) parts: BTreeMap<(String, String), Part>,
    /// The groups of each metric of the plan, by what they are called.
    pub(super) groups: Vec<BTreeMap<String, Group>>,
    /// Why rows failed.
    pub(super) causes: Causes,
    /// Rows over time.
    pub(super) time: TimeCounts,
    /// What is odd.
    pub(super) found: FindingCounts,
    /// What the shards answered when they were asked again.
    pub(super) refinement: Option<Refinement>,
}

/// Why two digests are not one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MergeError {
    /// They were made by different plans.
    #[error(
        "it was made by another plan: {0}; make all digests of a run by one plan (`perfreport plan`, then `digest --plan`)"
    )]
    OtherPlan(String),
    /// A shard is in both.
    #[error("the shard {name} is there already (the same {bytes} bytes, blake3 {digest}): its rows would count twice")]
    Twice {
        /// Its name.
        name: String,
        /// The digest of its bytes.
        digest: String,
        /// How many they are.
        bytes: u64,
    },
    /// They answer different asks, or only one of them answers any.
    #[error(
        "it answers another ask than the others, or none: in a round all shards are digested with the same `--refine`, and the digests \
         of earlier rounds stay out"
    )]
    OtherAsk,
    /// There are more than can be counted.
    #[error("together they count more samples than there are numbers for")]
    TooMany,
    /// There are too many groups.
    #[error(
        "together they have more than {MOST_GROUPS} groups; group by another column, or let the plan put labels together"
    )]
    TooManyGroups,
}

impl Digest {
    /// The shards.
    pub fn parts(&self) -> impl ExactSizeIterator<Item = &Part> {
        self.parts.values()
    }

    /// Samples of the metric that has most of them.
    pub(crate) fn samples(&self) -> u64 {
        let of_metric = |groups: &BTreeMap<String, Group>| {
            groups.values().map(|group| group.others.n().saturating_add(group.failed.n())).fold(0, u64::saturating_add)
        };
        self.groups.iter().map(of_metric).max().unwrap_or(0)
    }

    /// With the shards of another one.
    ///
    /// # Errors
    /// Where they are not of one run, or a shard would count twice; what is left is of no use then.
    pub fn merge(&mut self, other: &Self) -> Result<(), MergeError> {
        if self.plan != other.plan {
            return Err(MergeError::OtherPlan(other.plan.difference(&self.plan).unwrap_or_default()));
        }
        for (key, part) in &other.parts {
            let mut alike = self.parts.range((key.0.clone(), String::new())..);
            let same_bytes = alike.next().is_some_and(|(known, _)| known.0 == key.0);
            // Shards without rows may well be alike, if they are called otherwise.
            if same_bytes && part.rows_read > 0 || self.parts.contains_key(key) {
                let Part { digest, bytes, .. } = part;
                return Err(MergeError::Twice { name: part.name.clone(), digest: digest.clone(), bytes: *bytes });
            }
        }
        match (&mut self.refinement, &other.refinement) {
            (None, None) => {}
            (Some(mine), Some(theirs)) => mine.merge(theirs).map_err(|misfit| match misfit {
                Misfit::OtherAsk => MergeError::OtherAsk,
                Misfit::TooMany => MergeError::TooMany,
            })?,
            _ => return Err(MergeError::OtherAsk),
        }
        self.parts.extend(other.parts.iter().map(|(key, part)| (key.clone(), part.clone())));
        for (mine, theirs) in self.groups.iter_mut().zip(&other.groups) {
            for (name, group) in theirs {
                match mine.get_mut(name) {
                    Some(known) => known.merge(group).ok_or(MergeError::TooMany)?,
                    None => {
                        mine.insert(name.clone(), group.clone());
                    }
                }
            }
            if mine.len() > MOST_GROUPS {
                return Err(MergeError::TooManyGroups);
            }
        }
        self.causes.merge(&other.causes);
        self.time.merge(&other.time).ok_or(MergeError::TooMany)?;
        found::merge(&mut self.found, &other.found);
        Ok(())
    }
}

impl Group {
    fn merge(&mut self, other: &Self) -> Option<()> {
        self.members.extend(&other.members);
        self.examples.extend(other.examples.iter().cloned());
        self.settle();
        self.corrupted = self.corrupted.checked_add(other.corrupted)?;
        for (mine, theirs) in self.outcomes.iter_mut().zip(other.outcomes) {
            *mine = mine.checked_add(theirs)?;
        }
        self.others.merge(&other.others)?;
        self.failed.merge(&other.failed)
    }

    /// Forgets labels that are too many.
    pub(super) fn settle(&mut self) {
        while self.members.len() > MOST_MEMBERS {
            self.members.pop_last();
        }
        while self.examples.len() > NAMED_MEMBERS {
            self.examples.pop_last();
        }
    }
}

impl Causes {
    pub(super) fn add(&mut self, cause: &str, count: u64) {
        let known = self.first.entry(cause.to_owned()).or_default();
        *known = known.saturating_add(count);
        self.all = self.all.saturating_add(count);
    }

    fn merge(&mut self, other: &Self) {
        for (cause, count) in &other.first {
            let known = self.first.entry(cause.clone()).or_default();
            *known = known.saturating_add(*count);
        }
        self.all = self.all.saturating_add(other.all);
        self.settle();
    }

    /// Forgets causes that are too many.
    pub(super) fn settle(&mut self) {
        while self.first.len() > MOST_CAUSES {
            self.first.pop_last();
        }
    }

    pub(super) fn are_sound(&self) -> bool {
        let named = self.first.values().try_fold(0_u64, |sum, count| sum.checked_add(*count));
        self.first.len() <= MOST_CAUSES && named.is_some_and(|named| named <= self.all)
    }
}
