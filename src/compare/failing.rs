//! Populations of which so many requests fail that nothing else matters.
//!
//! In: the shares of failures of both sides. Out: what is failing in the run, by source and label, and whether that is news. A
//! population that fails and did not before has regressed, however fast it fails; one that fails now never improved.

use std::collections::{BTreeMap, BTreeSet};

use super::capture::Share;
use super::outcome::{Change, Reason, Verdict};
use super::pairing::{SharePair, ShareSide, runs_of};
use super::share::independent_difference;
use crate::analysis::failing::is_failing;
use crate::measure::Dimension;

/// The level at which "failing now and not before" is no chance.
const NEWS: f64 = 0.95;

/// A run of which so much fails is down, whatever the baseline does not say.
const MOST_FAILED: f64 = 0.9;

/// A population that is failing in the run.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Failing {
    reason: Reason,
    /// Whether it did not fail so before, beyond chance, or the baseline does not say.
    is_news: bool,
    /// Whether it did not fail so before, and chance alone may explain that it does now.
    by_chance: bool,
    /// Whether only one of several runs is failing: then the samples of the others are compared.
    of_a_run: bool,
}

/// What is failing in the run.
#[derive(Debug, Default)]
pub(crate) struct FailingPopulations {
    by_place: BTreeMap<(String, Option<String>), Failing>,
    /// Of which all of the baseline failed, and not all of the run does.
    failed_before: BTreeSet<(String, Option<String>)>,
}

impl FailingPopulations {
    /// From the shares of both sides. `limit` is the share from which on a population is failing.
    pub(crate) fn of(pairs: &[SharePair<'_>], limit: f64) -> Self {
        let mut by_place = BTreeMap::new();
        let mut failed_before = BTreeSet::new();
        for pair in pairs.iter().filter(|pair| pair.is_of_failures()) {
            let after = runs_of(&pair.after);
            let now = Share::pooled(&after);
            let before = runs_of(&pair.before);
            let then = Share::pooled(&before);
            if then.total > 0 && then.failed == then.total && now.failed < now.total {
                failed_before.insert((pair.source.clone(), pair.group.clone()));
            }
            let of_a_run = !is_failing(now.failed, now.total, limit);
            if of_a_run && !a_run_is_down(pair, limit) {
                continue;
            }
            let whole = pairs
                .iter()
                .find(|other| other.group.is_none() && other.source == pair.source && other.metric == pair.metric);
            let (then, is_news) = match (before.is_empty(), whole.map(|whole| Share::pooled(&runs_of(&whole.before)))) {
                (false, _) => {
                    let is_news = worse(&before, &after, limit) || a_run_is_down(pair, limit);
                    (Some(Share::pooled(&before)), is_news)
                }
                // A baseline without labels that knows of no failure at all knows of none of this label.
                (true, Some(whole)) if whole.total > 0 => {
                    (Some(whole).filter(|whole| whole.failed == 0), whole.failed == 0)
                }
                // What a baseline does not record is no reason to call the run worse, unless hardly anything works.
                (true, _) => (None, is_failing(now.failed, now.total, MOST_FAILED)),
            };
            let before = then.map(Share::share);
            let reason = Reason::Failing { failed: now.failed, total: now.total, before };
            // Of several kinds of rows in one place the one that is news counts.
            let place = (pair.source.clone(), pair.group.clone());
            let known = by_place.get(&place).is_some_and(|known: &Failing| known.is_news);
            if !known {
                let by_chance = !is_news && then.is_some_and(|then| !is_failing(then.failed, then.total, limit));
                by_place.insert(place, Failing { reason, is_news, by_chance, of_a_run });
            }
        }
        Self { by_place, failed_before }
    }

    /// What becomes of a duration or rate of which all of the baseline failed, and not all of the run does: nothing to compare with.
    pub(crate) fn settle_beside(&self, place: &str, change: &mut Change) {
        let is_speed = change.dimension.is_time() || matches!(change.dimension, Dimension::Rate | Dimension::ByteRate);
        let of = |group: Option<&str>| self.failed_before.contains(&(place.to_owned(), group.map(str::to_owned)));
        let has_verdict = !matches!(change.verdict, Verdict::Missing | Verdict::New | Verdict::Incomparable);
        if is_speed && has_verdict && (of(change.group.as_deref()) || of(None)) {
            change.verdict = Verdict::Inconclusive;
            change.reason = Some(Reason::FailedBefore);
            change.large = false;
        }
    }

    /// The failing population that samples of a source and label are of: that of the label, or the whole where all of it failed.
    pub(crate) fn population(&self, source: &str, group: Option<&str>) -> Option<&Failing> {
        let of = |group: Option<&str>| self.by_place.get(&(source.to_owned(), group.map(str::to_owned)));
        of(group).or_else(|| of(None).filter(|whole| whole.all_failed()))
    }
}

/// Whether one of several runs is failing, and none of the baseline is: that the others are not must not hide it.
fn a_run_is_down(pair: &SharePair<'_>, limit: f64) -> bool {
    let each = |sides: &[ShareSide<'_>]| -> Vec<Share> { sides.iter().map(|side| Share::pooled(&side.runs)).collect() };
    let is_down = |share: &Share| is_failing(share.failed, share.total, limit);
    let (before, after) = (each(&pair.before), each(&pair.after));
    let known = before.iter().any(|share| share.total > 0);
    let then = [Share::pooled(&before)];
    known
        && !before.iter().any(is_down)
        && after.iter().filter(|share| is_down(share)).any(|run| worse(&then, &[*run], limit))
}

/// Whether the run fails where the baseline does not, beyond chance; all against not all is no chance. That failures stand together
/// makes them no chance either: an outage in which the run is down must not pass where the same failures, scattered, do not.
fn worse(before: &[Share], after: &[Share], limit: f64) -> bool {
    let (then, now) = (Share::pooled(before), Share::pooled(after));
    if now.failed == now.total {
        return then.failed < then.total;
    }
    // Nor does it make chance of them that one run is down and the others are not.
    let beyond_chance = independent_difference(then, now, NEWS)
        .is_some_and(|rise| rise.value > 0.0 && rise.low.is_some_and(|low| low > 0.0));
    !is_failing(then.failed, then.total, limit) && beyond_chance
}

impl Failing {
    fn all_failed(&self) -> bool {
        matches!(self.reason, Reason::Failing { failed, total, .. } if failed == total)
    }

    /// What becomes of the change of something that is failing: its verdict without that is the one it has.
    pub(crate) fn settle(&self, change: &mut Change) {
        if self.by_chance && change.is_share() {
            // What the first line calls failing, and would not have of the baseline, is never passed over.
            if matches!(change.verdict, Verdict::Inconclusive | Verdict::Unchanged | Verdict::CenterUnchanged) {
                change.verdict = Verdict::Inconclusive;
                change.reason = Some(self.reason.clone());
                change.large = true;
            }
            return;
        }
        let vanished = change.verdict == Verdict::Missing;
        let verdict = match change.verdict {
            Verdict::Regressed => return,
            _ if self.of_a_run => match change.verdict {
                _ if self.is_news && change.is_share() => Verdict::Regressed,
                Verdict::Improved | Verdict::Changed => Verdict::Inconclusive,
                _ => return,
            },
            Verdict::Missing if !self.all_failed() => return,
            Verdict::Inconclusive if change.reason == Some(Reason::SummaryOnly) => Verdict::Inconclusive,
            _ if self.is_news && (change.is_share() || vanished || self.all_failed()) => Verdict::Regressed,
            Verdict::Improved | Verdict::Changed | Verdict::Missing => Verdict::Inconclusive,
            // What fails and nothing is known to compare it with is said as such.
            Verdict::New if change.is_share() => Verdict::New,
            // Where nothing succeeded there is nothing to compare, whatever the numbers of failures are.
            _ if self.all_failed() => Verdict::Inconclusive,
            _ => return,
        };
        change.verdict = verdict;
        change.reason = Some(self.reason.clone());
    }
}
