//! Findings of shards: all are counted, and of each kind the first few are kept as they are.
//!
//! In: findings with their places. Out: [`FindingCounts`]. The first few by place are the same in whatever order shards are merged.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::measure::finding::{Finding, FindingKind, Severity};

/// Findings of a kind that are kept as they are.
const KEPT: usize = 50;

/// Findings of one kind.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct OfKind {
    /// What all of them stand for.
    pub(crate) count: u64,
    /// The first ones, by place.
    pub(crate) first: Vec<Finding>,
}

/// Findings by how much they matter and of what kind they are.
pub(crate) type FindingCounts = BTreeMap<FoundKey, OfKind>;

/// The severity and the kind of findings, as they are written.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct FoundKey(String);

fn key_of(severity: Severity, kind: FindingKind) -> FoundKey {
    // A name that could not be written would be the same for all, which only counts them together.
    let name = |value: Option<serde_json::Value>| value.and_then(|value| value.as_str().map(str::to_owned));
    let words = [serde_json::to_value(severity).ok(), serde_json::to_value(kind).ok()].map(name);
    FoundKey(words.map(Option::unwrap_or_default).join("/"))
}

/// Adds a finding.
pub(crate) fn add(found: &mut FindingCounts, finding: Finding) {
    let of_kind = found.entry(key_of(finding.severity, finding.kind)).or_default();
    of_kind.count = of_kind.count.saturating_add(finding.count);
    of_kind.first.push(finding);
    if of_kind.first.len() > 2 * KEPT {
        keep_first(&mut of_kind.first);
    }
}

/// Puts the findings of a kind into their order, and keeps the first ones.
pub(crate) fn settle(found: &mut FindingCounts) {
    for of_kind in found.values_mut() {
        keep_first(&mut of_kind.first);
    }
}

/// With those of another part.
pub(crate) fn merge(found: &mut FindingCounts, other: &FindingCounts) {
    for (key, theirs) in other {
        let mine = found.entry(key.clone()).or_default();
        mine.count = mine.count.saturating_add(theirs.count);
        mine.first.extend(theirs.first.iter().cloned());
        keep_first(&mut mine.first);
    }
}

/// Whether they are what findings add up to.
pub(crate) fn are_sound(found: &FindingCounts) -> bool {
    found.iter().all(|(key, of_kind)| {
        let mut ordered = of_kind.first.clone();
        keep_first(&mut ordered);
        let stated = of_kind.first.iter().try_fold(0_u64, |sum, finding| sum.checked_add(finding.count));
        let same_kind = |finding: &Finding| key_of(finding.severity, finding.kind) == *key;
        ordered == of_kind.first
            && !ordered.is_empty()
            && stated.is_some_and(|stated| stated <= of_kind.count)
            && of_kind.first.iter().all(same_kind)
    })
}

fn keep_first(findings: &mut Vec<Finding>) {
    let text = |finding: &Finding| serde_json::to_string(finding).unwrap_or_default();
    findings.sort_by_cached_key(|finding| (finding.place.clone(), text(finding)));
    findings.truncate(KEPT);
}
