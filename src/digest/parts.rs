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
    /// BLAKE3 digest of what they hold, where they are packed or in UTF-16.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) content: Option<String>,
    /// The first and the last instant of its rows, in nanoseconds since 1970, where they have a clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) span: Option<(i64, i64)>,
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

impl Part {
    /// By what it is known wherever it comes in: the digest of what it holds, and its name.
    pub(super) fn key(&self) -> (String, String) {
        (self.content.as_ref().unwrap_or(&self.digest).clone(), self.name.clone())
    }
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
    /// The shards, by the digest of what they hold and their name.
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
    #[error(
        "the shard {name} is there already as {known} (the same content, blake3 {digest}): its rows would count twice"
    )]
    Twice {
        /// Its name.
        name: String,
        /// What the one is called that is there.
        known: String,
        /// The digest of what it holds.
        digest: String,
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
    #[cfg(any(test, feature = "internals"))]
    pub fn merge(&mut self, other: &Self) -> Result<(), MergeError> {
        self.merge_all(std::slice::from_ref(other)).map_err(|(_, error)| error)
    }

    /// With the shards of other ones: all of them are looked at together, as many of them as there are.
    ///
    /// # Errors
    /// As [`merge`](Self::merge), with the place of the one that does not fit, where that is known.
    pub fn merge_all(&mut self, others: &[Self]) -> Result<(), (Option<usize>, MergeError)> {
        for (place, other) in others.iter().enumerate() {
            self.take_parts(other).map_err(|error| (Some(place), error))?;
        }
        for (metric, mine) in self.groups.iter_mut().enumerate() {
            let mut theirs: BTreeMap<&String, Vec<&Group>> = BTreeMap::new();
            for (name, group) in others.iter().filter_map(|other| other.groups.get(metric)).flatten() {
                theirs.entry(name).or_default().push(group);
            }
            for (name, groups) in theirs {
                let merged = match mine.get_mut(name) {
                    Some(known) => known.merge_all(&groups),
                    None => mine.entry(name.clone()).or_default().merge_all(&groups),
                };
                merged.ok_or((None, MergeError::TooMany))?;
            }
            if mine.len() > MOST_GROUPS {
                return Err((None, MergeError::TooManyGroups));
            }
        }
        for other in others {
            self.causes.merge(&other.causes);
            self.time.merge(&other.time).ok_or((None, MergeError::TooMany))?;
            found::merge(&mut self.found, &other.found);
        }
        Ok(())
    }

    /// Adds the shards of another digest, and their answers, where they are of the same run and none is there already.
    fn take_parts(&mut self, other: &Self) -> Result<(), MergeError> {
        if self.plan != other.plan {
            return Err(MergeError::OtherPlan(other.plan.difference(&self.plan).unwrap_or_default()));
        }
        for (key, part) in &other.parts {
            let mut alike = self.parts.range((key.0.clone(), String::new())..);
            let Some((known, _)) = alike.next().filter(|(known, _)| known.0 == key.0) else { continue };
            // Shards without rows may well be alike, if they are called otherwise.
            if part.rows_read > 0 || self.parts.contains_key(key) {
                let (name, known, digest) = (part.name.clone(), known.1.clone(), key.0.clone());
                return Err(MergeError::Twice { name, known, digest });
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
        Ok(())
    }
}

impl Group {
    fn merge_all(&mut self, others: &[&Self]) -> Option<()> {
        for other in others {
            self.members.extend(&other.members);
            for example in &other.examples {
                if !self.examples.contains(example) {
                    self.examples.insert(example.clone());
                }
            }
            self.settle();
            self.corrupted = self.corrupted.checked_add(other.corrupted)?;
            for (mine, theirs) in self.outcomes.iter_mut().zip(other.outcomes) {
                *mine = mine.checked_add(theirs)?;
            }
        }
        let numbers = |of: fn(&Self) -> &Numbers| -> Vec<&Numbers> {
            others.iter().map(|other| of(other)).filter(|numbers| numbers.n() > 0).collect()
        };
        self.others.merge_all(&numbers(|group| &group.others))?;
        self.failed.merge_all(&numbers(|group| &group.failed))
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
