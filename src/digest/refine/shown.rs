//! The populations that a report about a digest shows, as far as shards were asked about them, and what to ask next.
//!
//! In: a [`Digest`]. Out: the numbers of each population, its exact [`Population`] where answers say enough, and the next [`Ask`]. Refuses
//! answers that are not those of all shards that were asked.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::super::numbers::Numbers;
use super::super::parts::{Digest, Group};
use super::ask::{Ask, Fact, Question, Target};
use super::cuts::Cuts;
use super::population::population;
use crate::stats::population::Population;
use crate::stats::settings::Settings;

/// Rows of all groups of a metric.
pub(in crate::digest) struct Together {
    /// Numbers of rows that did not fail.
    pub(in crate::digest) others: Numbers,
    /// Durations of rows that failed.
    pub(in crate::digest) failed: Numbers,
}

impl Together {
    /// Of all groups; `None` where they are more than can be counted.
    pub(in crate::digest) fn of(groups: &BTreeMap<String, Group>) -> Option<Self> {
        let pooled = |of: fn(&Group) -> &Numbers| {
            let mut all = Numbers::default();
            groups.values().try_for_each(|group| all.merge(of(group)))?;
            Some(all)
        };
        Some(Self { others: pooled(|group| &group.others)?, failed: pooled(|group| &group.failed)? })
    }

    /// Whether nothing but durations of failed rows is there, which are shown then.
    pub(in crate::digest) fn only_failed(&self) -> bool {
        self.others.n() == 0 && self.failed.n() > 0
    }
}

/// The populations that are shown of a metric.
fn populations<'a>(digest: &'a Digest, metric: usize, together: &'a Together) -> Vec<(Target, Cow<'a, Numbers>)> {
    let only_failed = together.only_failed();
    let target = |group: Option<&String>, failed: bool| Target { metric: metric as u64, group: group.cloned(), failed };
    let mut all = vec![
        (target(None, false), Cow::Borrowed(&together.others)),
        (target(None, true), Cow::Borrowed(&together.failed)),
    ];
    let of_group = |group: &'a Group| if only_failed { &group.failed } else { &group.others };
    let groups = digest.groups[metric].iter().filter(|_| !digest.plan.group_by.is_empty());
    let shown: Vec<(&String, &Numbers)> =
        groups.map(|(name, group)| (name, of_group(group))).filter(|(_, numbers)| numbers.n() > 0).collect();
    if shown.len() > 1 {
        all.extend(shown.into_iter().map(|(name, numbers)| (target(Some(name), only_failed), Cow::Borrowed(numbers))));
    }
    all.retain(|(_, numbers)| !numbers.are_exact());
    all
}

/// What is known of the numbers of a population.
fn known(digest: &Digest, target: &Target, numbers: &Numbers) -> Result<Cuts, &'static str> {
    let answers = digest.refinement.as_ref().filter(|_| is_complete(digest)).and_then(|answers| answers.about(target));
    let Some((question, answer)) = answers else { return Cuts::of(numbers, []) };
    let before = Cuts::of(numbers, question.known.iter().copied())?;
    let mut facts: Vec<Fact> = question.known.clone();
    facts.extend(question.borders.iter().copied().zip(answer.borders.iter().copied()));
    for (stretch, counts) in question.stretches.iter().zip(&answer.stretches) {
        let mut below = before.below_key(stretch.from).ok_or("a stretch was asked for whose place is not known")?;
        facts.push((stretch.from, below));
        for (part, count) in counts {
            let (from, to) = stretch.ends(*part);
            facts.push((from, below));
            below = below.checked_add(*count).ok_or("answers are more than can be counted")?;
            facts.push((to, below));
        }
        facts.push((stretch.to, below));
    }
    facts.sort_unstable();
    facts.dedup();
    Cuts::of(numbers, facts)
}

/// Whether the answers are those of all shards that were asked, and of no others.
pub(in crate::digest) fn is_complete(digest: &Digest) -> bool {
    digest.refinement.as_ref().is_some_and(|answers| answers.ask.run == run_of(digest))
}

/// A digest of which shards these are.
fn run_of(digest: &Digest) -> String {
    let mut hasher = blake3::Hasher::new();
    for part in digest.parts() {
        hasher.update(part.digest.as_bytes());
        hasher.update(&(part.name.len() as u64).to_le_bytes());
        hasher.update(part.name.as_bytes());
    }
    hasher.finalize().to_hex().to_string()
}

/// A digest of a plan.
pub(in crate::digest) fn plan_of(plan: &super::super::plan::Plan) -> String {
    // What could not be written would be the same for all, and plans are compared where digests are merged.
    blake3::hash(&serde_json::to_vec(plan).unwrap_or_default()).to_hex().to_string()
}

/// The exact numbers of a population, where answers say enough.
pub(in crate::digest) fn refined(
    digest: &Digest,
    target: &Target,
    numbers: &Numbers,
    settings: &Settings,
) -> Option<Population> {
    digest.refinement.as_ref()?.about(target)?;
    let cuts = known(digest, target, numbers).ok()?;
    population(numbers, &cuts, settings).filter(|_| cuts.is_complete())
}

/// Whether answers of all shards fit their counts.
pub(in crate::digest) fn check(digest: &Digest) -> Result<(), &'static str> {
    if !is_complete(digest) {
        return Ok(());
    }
    for (metric, groups) in digest.groups.iter().enumerate() {
        let together = Together::of(groups).ok_or("its groups are more than can be counted")?;
        for (target, numbers) in populations(digest, metric, &together) {
            known(digest, &target, &numbers)?;
        }
    }
    Ok(())
}

/// What to ask next.
///
/// # Errors
/// Where answers are there, and not those of all shards.
pub fn next(digest: &Digest, settings: &Settings) -> Result<Ask, String> {
    let shards = digest.parts().len();
    let before = digest.refinement.as_ref().map(|answers| &answers.ask);
    if let Some(ask) = before.filter(|_| !is_complete(digest)) {
        return Err(format!(
            "it answers an ask about {} shards and holds {shards}, or others: merge the answers of all of them",
            ask.shards
        ));
    }
    let mut questions = Vec::new();
    for (metric, groups) in digest.groups.iter().enumerate() {
        let together = Together::of(groups).ok_or("its groups are more than can be counted")?;
        for (target, numbers) in populations(digest, metric, &together) {
            questions.push(question(digest, target, &numbers, settings)?);
        }
    }
    let round = before.map_or(1, |ask| ask.round.saturating_add(1));
    Ok(Ask::new(round, shards as u64, run_of(digest), plan_of(&digest.plan), questions))
}

fn question(digest: &Digest, target: Target, numbers: &Numbers, settings: &Settings) -> Result<Question, &'static str> {
    let cuts = known(digest, &target, numbers)?;
    population(numbers, &cuts, settings);
    let (stretches, borders) = cuts.missing();
    let used = cuts.used();
    // What is not carried along must not be missed.
    let again = Cuts::of(numbers, used.iter().copied())?;
    population(numbers, &again, settings);
    let known = if again.missing() == (stretches.clone(), borders.clone()) { used } else { cuts.answers() };
    Ok(Question { target, stretches, borders, known })
}
