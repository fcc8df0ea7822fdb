//! With which codes or words rows ended that did not fail, where these became others.
//!
//! In: the shares of both sides. Out: by source and label, which code or word is common in the run and was rare before. What is redirected,
//! or answered without a body, is quick, and no improvement of what was asked before. Shares of a code that was no rare one say nothing:
//! more hits of a cache are what a cache is for.

use std::collections::{BTreeMap, BTreeSet};

use super::capture::Share;
use super::margin::LARGE;
use super::outcome::{Change, Reason, Scale, Verdict};
use super::pairing::{SharePair, runs_of};
use super::share::independent_difference;
use super::share_names::ending_of;
use crate::measure::{Dimension, Polarity, Statistic};

/// Up to this share a code is rare,
const RARE: f64 = 0.05;
/// from this one on it is common,
const COMMON: f64 = 0.1;
/// and what most rows ended with is usual.
const USUAL: f64 = 0.5;
/// The level at which a rise is no chance, over all of them together.
const LEVEL: f64 = 0.01;

/// Whether so much of what did not fail ended in another way than before, with one code or word; beyond chance at a level.
pub(crate) fn is_another(before: Share, after: Share, level: f64) -> bool {
    let became_common = before.share() <= RARE && after.share() >= COMMON;
    let rise = independent_difference(before, after, level);
    became_common && rise.is_some_and(|rise| rise.low.is_some_and(|low| low > 0.0))
}

/// Whether what was usual became rare.
fn is_gone(before: Share, after: Share) -> bool {
    before.share() >= USUAL && after.share() <= RARE
}

/// The level of one of so many tests.
pub(crate) fn level_of_one(tests: usize) -> f64 {
    1.0 - LEVEL / tests.max(1) as f64
}

/// How the rows of a place ended on both sides, by code.
#[derive(Default)]
struct Mix<'a> {
    counts: BTreeMap<&'a str, [Share; 2]>,
}

impl<'a> Mix<'a> {
    fn add(&mut self, code: &'a str, pair: &SharePair<'_>) {
        let blank = Share { failed: 0, total: 0, dependence: 1.0 };
        let sides = self.counts.entry(code).or_insert([blank; 2]);
        for (side, runs) in sides.iter_mut().zip([&pair.before, &pair.after]) {
            let found = Share::pooled(&runs_of(runs));
            if found.total > 0 {
                *side = found;
            }
        }
    }

    /// All rows of a side; 0 where nothing is known of it.
    fn total(&self, side: usize) -> u64 {
        self.counts.values().map(|sides| sides[side].total).max().unwrap_or(0)
    }

    /// The only code of a side.
    fn only(&self, side: usize) -> Option<&'a str> {
        let mut codes = self.counts.iter().filter(|(_, sides)| sides[side].failed > 0);
        let first = codes.next()?;
        codes.next().is_none().then_some(*first.0)
    }

    /// The share of a code on a side: of a label of which a side does not speak, where all rows of it ended alike, that is it.
    fn share(&self, code: &str, side: usize, whole: &Self) -> Option<Share> {
        let total = self.total(side);
        if total > 0 {
            let failed = self.counts.get(code).map_or(0, |sides| sides[side].failed);
            return Some(Share { failed, total, dependence: 1.0 });
        }
        let total = self.total(1 - side).min(whole.total(side));
        let failed = if whole.only(side)? == code { total } else { 0 };
        Some(Share { failed, total, dependence: 1.0 }).filter(|share| share.total > 0)
    }

    /// The code that rose most, where the rows ended in other ways than before.
    fn risen(&self, whole: &Self, codes: &BTreeSet<&'a str>, level: f64) -> Option<(&'a str, [Share; 2])> {
        let each =
            codes.iter().filter_map(|code| Some((*code, [self.share(code, 0, whole)?, self.share(code, 1, whole)?])));
        let each: Vec<(&str, [Share; 2])> = each.collect();
        let is_other =
            |(_, [before, after]): &(&str, [Share; 2])| is_another(*before, *after, level) || is_gone(*before, *after);
        let rise = |[before, after]: &[Share; 2]| after.share() - before.share();
        let most = each.iter().max_by(|one, other| rise(&one.1).total_cmp(&rise(&other.1)))?;
        each.iter().any(is_other).then_some(*most).filter(|(_, sides)| rise(sides) > 0.0)
    }
}

/// Where rows ended in other ways than before.
#[derive(Debug, Default)]
pub(crate) struct OtherEndings {
    found: BTreeMap<(String, Option<String>), Reason>,
    /// Sources of which it is known label by label.
    labelled: BTreeSet<String>,
    /// Sources of which all rows ended in another way.
    whole: BTreeSet<String>,
}

impl OtherEndings {
    /// From the shares of both sides.
    pub(crate) fn of(pairs: &[SharePair<'_>]) -> Self {
        let mut mixes: BTreeMap<(&str, Option<&str>), Mix<'_>> = BTreeMap::new();
        for pair in pairs {
            if let Some(code) = ending_of(&pair.metric) {
                mixes.entry((&pair.source, pair.group.as_deref())).or_default().add(code, pair);
            }
        }
        let mut found = Self::default();
        let level = level_of_one(mixes.len());
        let none = Mix::default();
        for ((source, group), mix) in &mixes {
            let whole = mixes.get(&(*source, None)).unwrap_or(&none);
            let codes: BTreeSet<&str> = whole.counts.keys().chain(mix.counts.keys()).copied().collect();
            found.labelled.extend(group.is_some().then(|| (*source).to_owned()));
            let Some((code, [before, after])) = mix.risen(whole, &codes, level) else { continue };
            let [before, now] = [before, after].map(Share::share);
            let reason = Reason::OtherEndings { ended: code.to_owned(), before, after: now };
            if group.is_none() && whole.only(1).is_some() && whole.only(0).is_some() {
                found.whole.insert((*source).to_owned());
            }
            found.found.insert(((*source).to_owned(), group.map(str::to_owned)), reason);
        }
        found
    }

    /// What becomes of the change of something that ended in other ways than before: it did not improve, and a gate cannot tell.
    pub(crate) fn settle(&self, place: &str, change: &mut Change) {
        let is_speed = change.dimension.is_time() || matches!(change.dimension, Dimension::Rate | Dimension::ByteRate);
        if self.found.is_empty() || !is_speed || !seems_better(change) {
            return;
        }
        let of = |group: Option<&str>| self.found.get(&(place.to_owned(), group.map(str::to_owned)));
        let speaks_for_all = change.group.is_none() || !self.labelled.contains(place) || self.whole.contains(place);
        if let Some(reason) = of(change.group.as_deref()).or_else(|| of(None).filter(|_| speaks_for_all)) {
            change.verdict = Verdict::Inconclusive;
            change.reason = Some(reason.clone());
            change.large = true;
        }
    }
}

/// Whether a change is for the better, or seems to be by far.
fn seems_better(change: &Change) -> bool {
    let by_far = || {
        let center = change.effects.iter().find(|effect| effect.statistic == Statistic::Center);
        let ratio = center.filter(|center| center.scale == Scale::Ratio).and_then(|center| center.estimate);
        let least = LARGE * change.margin.ln_1p();
        ratio.is_some_and(|ratio| match change.polarity {
            Polarity::LowerIsBetter => ratio.ln() <= -least,
            Polarity::HigherIsBetter => ratio.ln() >= least,
            Polarity::Unknown => false,
        })
    };
    match change.verdict {
        Verdict::Improved => true,
        Verdict::Inconclusive => by_far(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::pairing::ShareSide;
    use crate::compare::share_names::ended_with;

    /// A code, its group, and how many of how many rows ended with it before and after.
    type Ended<'a> = (&'a str, Option<&'a str>, [(u64, u64); 2]);

    fn place(shares: &[Ended<'_>], group: Option<&str>) -> Option<Reason> {
        let source = "run.csv".to_owned();
        let side = |(failed, total): (u64, u64)| -> Vec<ShareSide<'_>> {
            let runs = vec![Share { failed, total, dependence: 1.0 }];
            if total > 0 { vec![ShareSide { source: &source, runs }] } else { Vec::new() }
        };
        let pairs: Vec<SharePair<'_>> = shares
            .iter()
            .map(|(code, group, [before, after])| SharePair {
                source: source.clone(),
                metric: ended_with(code),
                group: group.map(str::to_owned),
                before: side(*before),
                after: side(*after),
            })
            .collect();
        let mut change = Change {
            verdict: Verdict::Improved,
            ..Change::new("run.csv", "latency_ms", group, Dimension::Time, Polarity::LowerIsBetter)
        };
        OtherEndings::of(&pairs).settle("run.csv", &mut change);
        assert_eq!(change.large, change.reason.is_some());
        change.reason
    }

    #[test]
    fn a_code_that_was_rare_and_is_common_is_another_ending() {
        let risen = |before: (u64, u64), after: (u64, u64)| {
            let other = |(code, all): (u64, u64)| (all - code, all);
            let sides = [("200", None, [other(before), other(after)]), ("302", None, [before, after])];
            place(&sides, None).is_some()
        };
        for (before, after, expected) in [
            ((0, 400), (200, 400), true),
            ((0, 400), (400, 400), true),
            ((0, 400), (30, 400), false),
            ((0, 400), (60, 400), true),
            ((4, 400), (120, 400), true),
            ((120, 400), (240, 400), false),
            ((120, 400), (400, 400), true),
            ((240, 400), (120, 400), false),
            ((400, 400), (400, 400), false),
            ((0, 4), (1, 4), false),
        ] {
            assert_eq!(risen(before, after), expected, "{before:?} {after:?}");
        }
    }

    #[test]
    fn a_label_says_it_for_itself_and_all_rows_for_each() {
        // One of three labels is redirected; the baseline has one code, and says no more of its labels.
        let one = [
            ("200", None, [(400, 400), (270, 400)]),
            ("302", None, [(0, 0), (130, 400)]),
            ("302", Some("/pay"), [(0, 0), (130, 130)]),
            ("200", Some("/list"), [(0, 0), (270, 270)]),
        ];
        let reason = |before: f64| Some(Reason::OtherEndings { ended: "302".to_owned(), before, after: 1.0 });
        assert_eq!(place(&one, Some("/pay")), reason(0.0));
        assert_eq!(place(&one, Some("/list")), None);
        let all = [("200", None, [(400, 400), (0, 0)]), ("302", None, [(0, 0), (400, 400)])];
        assert_eq!(place(&all, Some("/pay")), reason(0.0));
        assert_eq!(place(&[("302", None, [(0, 0), (400, 400)])], None), None, "the baseline does not say");
    }
}
