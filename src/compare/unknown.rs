//! Rows of which nobody knows how they ended, where they became many.
//!
//! In: the shares of both sides. Out: by source and label, what is of unknown outcome in the run and was not before. Such rows may have
//! failed, and come back at once as failures do: nothing of them improved, and a gate cannot tell.

use std::collections::{BTreeMap, BTreeSet};

use super::capture::Share;
use super::criteria::SHARE_MARGIN;
use super::draft::ChangeDraft;
use super::outcome::{Change, Effect, Reason, Scale, Verdict};
use super::pairing::{SharePair, runs_of};
use super::share::{difference, independent_difference};
use crate::measure::{Dimension, Polarity, Statistic};

/// The level at which a rise is no chance, over all of them together.
const LEVEL: f64 = 0.01;
/// Fewer rows than this may all end in another way by chance.
const FEWEST_ROWS: u64 = 3;

/// Where nobody knows how rows ended, and did before.
#[derive(Debug, Default)]
pub(crate) struct UnknownOutcomes {
    rises: BTreeMap<(String, Option<String>), Rise>,
    /// Sources of which it is known label by label.
    labelled: BTreeSet<String>,
}

/// A share of unknown outcomes that rose.
#[derive(Debug)]
struct Rise {
    metric: String,
    /// Absent where not a single row says how it ended any more: the share of failures itself is gone.
    shares: Option<[Share; 2]>,
    reason: Reason,
}

impl UnknownOutcomes {
    /// From the shares of both sides.
    pub(crate) fn of(pairs: &[SharePair<'_>]) -> Self {
        let of_unknown = || pairs.iter().filter(|pair| pair.is_of_unknown_outcome() && !pair.after.is_empty());
        let level = 1.0 - LEVEL / of_unknown().count().max(1) as f64;
        let mut found = Self::default();
        for pair in of_unknown() {
            let Some(before) = before(pair, pairs) else { continue };
            let after = Share::pooled(&runs_of(&pair.after));
            if rose(before, after, level) {
                let reason = reason_of(before, after);
                let rise = Rise { metric: pair.metric.clone(), shares: Some([before, after]), reason };
                found.rises.insert((pair.source.clone(), pair.group.clone()), rise);
            }
        }
        for pair in pairs.iter().filter(|pair| pair.is_of_failures()) {
            found.labelled.extend(pair.group.is_some().then(|| pair.source.clone()));
            let known = Share::pooled(&runs_of(&pair.before)).total;
            let is_whole = pair.group.is_none();
            if is_whole && known > 0 && pair.after.is_empty() {
                let reason = Reason::UnknownOutcomes { unknown: 0, total: 0, before: 0.0 };
                found.rises.entry((pair.source.clone(), None)).or_insert_with(|| Rise {
                    metric: pair.metric.clone(),
                    shares: None,
                    reason,
                });
            }
        }
        found
    }

    /// The rises, each a change that no test decides.
    pub(crate) fn drafts<'a>(&self, elsewhere: Option<&Reason>, confidence: f64) -> Vec<ChangeDraft<'a>> {
        let draft = |((source, group), rise): (&(String, Option<String>), &Rise)| {
            let [before, after] = rise.shares?;
            let within = difference(&[before], &[after], confidence).map(|(estimate, ..)| estimate);
            let [before, after] = [before, after].map(Share::share);
            let effect = Effect {
                before: Some(before),
                after: Some(after),
                estimate: Some(after - before),
                low: within.and_then(|within| within.low),
                high: within.and_then(|within| within.high),
                ..Effect::new(Statistic::FailureShare, Scale::Shift)
            };
            let blank = Change::new(source, &rise.metric, group.as_deref(), Dimension::Ratio, Polarity::LowerIsBetter);
            let verdict = if elsewhere.is_some() { Verdict::Incomparable } else { Verdict::Inconclusive };
            let reason = elsewhere.cloned().or_else(|| Some(rise.reason.clone()));
            let change = Change { verdict, reason, large: true, margin: SHARE_MARGIN, effects: vec![effect], ..blank };
            Some(ChangeDraft::decided(change, source.clone()))
        };
        self.rises.iter().filter_map(draft).collect()
    }

    /// What becomes of the change of something of which it is not known any more how much of it failed: nothing improved.
    pub(crate) fn settle(&self, place: &str, change: &mut Change) {
        if change.verdict != Verdict::Improved {
            return;
        }
        let of = |group: Option<&str>| self.rises.get(&(place.to_owned(), group.map(str::to_owned)));
        let whole =
            || of(None).filter(|whole| change.group.is_none() || !self.labelled.contains(place) || whole.is_all());
        if let Some(rise) = of(change.group.as_deref()).or_else(whole) {
            change.verdict = Verdict::Inconclusive;
            change.reason = Some(rise.reason.clone());
        }
    }
}

impl Rise {
    /// Whether of not a single row it is known how it ended.
    fn is_all(&self) -> bool {
        self.shares.is_none_or(|[_, after]| after.failed == after.total)
    }
}

/// The share of the baseline. What it does not record was known of each row, where it counts those that failed.
fn before(pair: &SharePair<'_>, pairs: &[SharePair<'_>]) -> Option<Share> {
    let own = Share::pooled(&runs_of(&pair.before));
    if own.total > 0 {
        return Some(own);
    }
    let beside = |other: &&SharePair<'_>| {
        other.is_of_failures() && other.source == pair.source && other.group == pair.group && !other.before.is_empty()
    };
    let counted = pairs.iter().find(beside).map(|other| Share::pooled(&runs_of(&other.before)))?;
    Some(Share { failed: 0, ..counted }).filter(|counted| counted.total > 0)
}

fn reason_of(before: Share, after: Share) -> Reason {
    Reason::UnknownOutcomes { unknown: after.failed, total: after.total, before: before.share() }
}

/// Whether a share rose beyond chance and margin. That such rows stand together makes them no chance.
pub(crate) fn rose(before: Share, after: Share, level: f64) -> bool {
    let all = |share: Share| share.failed == share.total;
    if all(after) && !all(before) && after.total >= FEWEST_ROWS {
        return true;
    }
    independent_difference(before, after, level)
        .is_some_and(|rise| rise.value >= SHARE_MARGIN && rise.low.is_some_and(|low| low > 0.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_rises_beyond_chance_and_margin() {
        let of = |failed: u64, total: u64| Share { failed, total, dependence: 30.0 };
        for (before, after, expected) in [
            (of(0, 400), of(0, 400), false),
            (of(0, 400), of(129, 400), true),
            (of(0, 400), of(1, 400), false),
            (of(20, 400), of(25, 400), false),
            (of(129, 400), of(0, 400), false),
            (of(0, 3), of(3, 3), true),
            (of(0, 2), of(2, 2), false),
            (of(3, 3), of(3, 3), false),
            (of(0, 100_000), of(300, 100_000), false),
        ] {
            assert_eq!(rose(before, after, 0.99), expected, "{before:?} {after:?}");
        }
    }
}
