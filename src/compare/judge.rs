//! Comparing a run with a baseline: every metric of either side, its effects, its verdict.
//!
//! In: captures of both sides and [`Criteria`]. Out: a [`Comparison`], worst first. Deterministic: no random step, and the order
//! of the captures on a side does not matter but for the names that are shown. Refuses nothing; what cannot be compared says why.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use crate::measure::{Dimension, Direction, Polarity};

use super::as_recorded::as_recorded;
use super::beyond_noise::Zeros;
use super::capture::{Capture, Dependence, MetricRuns, RateRun};
use super::center::least_p;
pub use super::criteria::Criteria;
use super::draft::{ChangeDraft, summary_of};
use super::endings::OtherEndings;
use super::failing::FailingPopulations;
use super::gate::is_any_directed;
use super::gone::without_silent_zeros;
use super::less_work;
use super::moderation::{Prior, Spread};
use super::one_of_several;
use super::outcome::{Change, Comparison, Reason, SharedTail, Side, SuiteShift, Verdict};
use super::pairing::{Pair, Pairs, differing_environment, differing_machine};
use super::rate;
use super::shared_tail::shared_tails;
use super::steady::PartsOfRuns;
use super::suite::{Against, CommonShift, Move, is_one_sided, standing_out};
use super::too_quick::{Moved, TooQuick, too_quick};
use super::undirected;
use super::unknown::UnknownOutcomes;
use super::verdict::discovery_level;
use crate::stats::dependence::{Inflation, RunOrder};

/// At most this many changes carry a drawing.
pub const MOST_DRAWINGS: usize = 24;

impl Dependence {
    /// Of the values of one run in recorded order.
    pub fn of(values: &[f64]) -> Self {
        Self::of_each(Self::inflations(&RunOrder::of(values), values), |one| one.with_memory)
    }

    /// What the order of these values says of center, p50, p95, p99 and mean.
    pub(crate) fn inflations(order: &RunOrder, values: &[f64]) -> [Inflation; 5] {
        [order.center(), order.quantile(0.5), order.quantile(0.95), order.quantile(0.99), order.mean(values)]
    }

    /// Of [`Self::inflations`].
    pub(crate) fn of_each(inflations: [Inflation; 5], of: impl Fn(Inflation) -> f64) -> Self {
        let [center, p50, p95, p99, mean] = inflations.map(of);
        Self { center, p50, p95, p99, mean }
    }

    /// The weighted average of several, at least 1 throughout.
    pub(crate) fn average(of: &(impl Iterator<Item = (Self, f64)> + Clone)) -> Self {
        let average =
            |factor: fn(Self) -> f64| of.clone().map(|(one, weight)| factor(one) * weight).sum::<f64>().max(1.0);
        Self {
            center: average(|one| one.center),
            p50: average(|one| one.p50),
            p95: average(|one| one.p95),
            p99: average(|one| one.p99),
            mean: average(|one| one.mean),
        }
    }

    /// At least this factor throughout, which is assumed of a run too short to show its own.
    #[must_use]
    pub fn at_least(self, assumed: f64) -> Self {
        let Self { center, p50, p95, p99, mean } = self;
        let [center, p50, p95, p99, mean] = [center, p50, p95, p99, mean].map(|factor| factor.max(assumed));
        Self { center, p50, p95, p99, mean }
    }

    /// Of independent samples: 1 throughout.
    pub const fn none() -> Self {
        Self { center: 1.0, p50: 1.0, p95: 1.0, p99: 1.0, mean: 1.0 }
    }
}

/// Compares two sides: every change, effect and verdict. Environments and the names of the sides are the caller's.
pub fn compare(before: &[Capture], after: &[Capture], criteria: &Criteria) -> Comparison {
    let pairs = Pairs::of(before, after);
    match as_recorded(&pairs, before, after) {
        Some(([before, after], as_recorded)) => {
            Comparison { as_recorded, ..judged(&before, &after, Pairs::of(&before, &after), criteria) }
        }
        None => judged(before, after, pairs, criteria),
    }
}

/// The same of pairs whose units may be compared.
fn judged<'a>(before: &'a [Capture], after: &'a [Capture], pairs: Pairs<'a>, criteria: &Criteria) -> Comparison {
    let mut keys = differing_environment(before, after);
    keys.extend(differing_machine(before, after));
    let elsewhere = (!keys.is_empty()).then_some(Reason::EnvironmentDiffers { keys });
    let failing = FailingPopulations::of(&pairs.shares, criteria.failing);
    let odd_runs = one_of_several::found(&pairs);
    let parts = PartsOfRuns::of(before, after);
    let same_part = |pair: &Pair<'a, RateRun>| {
        let [first, second] = [&pair.before, &pair.after].map(|runs| runs.iter().map(|run| run.source.as_str()));
        parts.differ(first, second).is_none()
    };
    let comparable = pairs.rates.iter().filter(|pair| same_part(pair));
    let rates = comparable.filter_map(|pair| rate::change(&pair.before, &pair.after, criteria.confidence)).collect();
    let of_metric = |pair: Pair<'a, MetricRuns>| {
        let [first, second] = [&pair.before, &pair.after].map(|runs| runs.iter().map(|runs| runs.source.as_str()));
        let other = parts.differ(first, second).or_else(|| elsewhere.clone());
        ChangeDraft::of_metric(pair, other.as_ref(), criteria)
    };
    let metrics = without_silent_zeros(pairs.metrics);
    let mut drafts: Vec<ChangeDraft<'_>> = metrics.into_par_iter().map(of_metric).collect();
    let shares = pairs.shares.iter().filter(|pair| pair.is_shown());
    drafts.extend(shares.map(|pair| {
        let [first, second] = [&pair.before, &pair.after].map(|sides| sides.iter().map(|side| side.source.as_str()));
        let other = parts.differ(first, second).or_else(|| elsewhere.clone());
        ChangeDraft::of_share(pair, other.as_ref(), criteria)
    }));

    let reported = pairs.reported.iter().filter_map(|pair| {
        let sides = [pair.before.first().copied(), pair.after.first().copied()];
        // Numbers that have nothing in common say nothing.
        ChangeDraft::of_reported(&pair.source, sides, elsewhere.as_ref(), criteria).filter(|draft| {
            !draft.decided || !draft.change.effects.is_empty() || draft.change.verdict != Verdict::Inconclusive
        })
    });
    drafts.extend(reported);
    drafts.extend(pairs.mixed.iter().filter_map(|mixed| {
        let made = summary_of(&mixed.samples)?;
        let sides = if mixed.reported_before { [mixed.reported, &made] } else { [&made, mixed.reported] };
        ChangeDraft::of_reported(&mixed.reported.source, sides.map(Some), elsewhere.as_ref(), criteria)
    }));

    let unknown = UnknownOutcomes::of(&pairs.shares);
    let endings = OtherEndings::of(&pairs.shares);
    drafts.extend(unknown.drafts(elsewhere.as_ref(), criteria.confidence));
    lend_strength(&mut drafts);
    let p_values = |way: Direction| drafts.iter().filter_map(|draft| draft.combined_p(way)).collect::<Vec<f64>>();
    let levels = Direction::ALL.map(|way| discovery_level(p_values(way), criteria.gate_level));
    let tests = p_values(Direction::Worse).len() as u64;
    let alone = criteria.gate_level / tests.max(1) as f64;
    let chance = chance_of_one(drafts.iter().filter(|draft| !draft.measured.is_empty()).count());
    share_zeros(&mut drafts, chance);
    for draft in &mut drafts {
        draft.judge(levels, alone, chance);
        if let Some(population) = failing.population(&draft.place, draft.change.group.as_deref()) {
            population.settle(&mut draft.change);
        }
        failing.settle_beside(&draft.place, &mut draft.change);
        unknown.settle(&draft.place, &mut draft.change);
        endings.settle(&draft.place, &mut draft.change);
        draft.change.large = draft.change.large && !undirected::is_one_step(&draft.change);
    }
    less_work::settle(&mut drafts);
    // Beside metrics of which it is known which way is better, those of which it is not fail no gate, decided or not.
    if is_any_directed(drafts.iter().map(|draft| &draft.change)) {
        let undirected = drafts.iter_mut().filter(|draft| draft.change.polarity == Polarity::Unknown);
        undirected.for_each(|draft| draft.change.large = false);
    }
    let slow_end = slow_end_of_all(&drafts, criteria.confidence);
    let suite = hold_against_suite(&mut drafts, criteria);
    let too_quick = quicker(&drafts).filter(|found| suite.is_none() || found.all.is_none());
    let one_sided = suite.is_none() && one_sided(&drafts);
    drafts.sort_by(ChangeDraft::order);
    for draft in drafts.iter_mut().filter(|draft| draft.drawable()).take(MOST_DRAWINGS) {
        draft.draw();
    }
    let counts = drafts.iter().map(|draft| draft.change.verdict).collect();
    Comparison {
        before: Side::default(),
        after: Side::default(),
        margin: criteria.margins.default,
        margin_test: criteria.margins.test,
        confidence: criteria.confidence,
        gate_level: criteria.gate_level,
        tests,
        counts,
        changes: drafts.into_iter().map(|draft| draft.change).collect(),
        environment: Vec::new(),
        suite,
        rates,
        slow_end,
        odd_runs,
        too_quick,
        one_sided,
        as_recorded: Vec::new(),
        grown: Vec::new(),
        unsettled: Vec::new(),
        stale: Vec::new(),
    }
}

/// The slow end of all groups of a metric together, of what is comparable.
fn slow_end_of_all(drafts: &[ChangeDraft<'_>], confidence: f64) -> Vec<SharedTail> {
    let comparable = drafts.iter().filter(|draft| draft.change.reason != Some(Reason::FailedBefore));
    let groups = comparable.filter_map(|draft| Some((draft.place.as_str(), &draft.change, draft.slow.as_ref()?)));
    let mut slow_end = shared_tails(groups, confidence);
    // Where groups are known to have regressed, nothing is left to be seen of all of them.
    let is_seen = |tail: &SharedTail| {
        let of_metric = |change: &Change| change.metric == tail.metric && change.source == tail.source;
        drafts.iter().any(|draft| draft.change.verdict == Verdict::Regressed && of_metric(&draft.change))
    };
    slow_end.retain(|tail| !is_seen(tail));
    slow_end
}

/// Of a metric with many small groups zeros are counted over all of them, too.
fn share_zeros(drafts: &mut [ChangeDraft<'_>], chance: f64) {
    let mut metrics: BTreeMap<(String, String), Vec<Zeros>> = BTreeMap::new();
    let name = |draft: &ChangeDraft<'_>| (draft.place.clone(), draft.change.metric.clone());
    for (draft, zeros) in drafts.iter().filter_map(|draft| Some((draft, draft.zeros_of_group()?))) {
        metrics.entry(name(draft)).or_default().push(zeros);
    }
    let large = |(name, groups): ((String, String), Vec<Zeros>)| Some((name, Zeros::of_all(&groups, chance)?));
    let metrics: BTreeMap<(String, String), Zeros> = metrics.into_iter().filter_map(large).collect();
    for draft in drafts.iter_mut().filter(|_| !metrics.is_empty()) {
        if let Some(all) = metrics.get(&name(draft)) {
            draft.take_zeros(*all);
        }
    }
}

/// What moved together: one duration or rate a subject says by how much, and every such metric is then compared with it.
fn hold_against_suite(drafts: &mut [ChangeDraft<'_>], criteria: &Criteria) -> Option<SuiteShift> {
    let mut subjects: BTreeMap<(String, String), (Dimension, String, Move)> = BTreeMap::new();
    for draft in drafts.iter() {
        let Some(moved) = draft.moved() else { continue };
        let Change { dimension, metric, .. } = &draft.change;
        let new = (*dimension, metric.clone(), moved);
        let known = subjects.entry(draft.subject()).or_insert_with(|| new.clone());
        // Several numbers of one thing (time and throughput) are no several witnesses.
        if (rank_of(new.0), &new.1) < (rank_of(known.0), &known.1) {
            *known = new;
        }
    }
    let moves: Vec<Move> = subjects.into_values().map(|(.., moved)| moved).collect();
    let margin = criteria.margins.default.ln_1p();
    let shift = CommonShift::of(&moves, margin, criteria.gate_level, criteria.confidence)?;
    let held: Vec<(usize, Against)> =
        drafts.iter().enumerate().filter_map(|(index, draft)| Some((index, shift.against(draft.moved()?)))).collect();
    let against: Vec<Against> = held.iter().map(|(_, against)| *against).collect();
    let out = standing_out(&against, margin, criteria.gate_level);
    let count =
        |of: fn(f64) -> bool| against.iter().zip(&out).filter(|(against, out)| **out && of(against.log)).count() as u64;
    let (worse, better) = (count(|log| log > 0.0), count(|log| log < 0.0));
    for ((index, against), stands_out) in held.into_iter().zip(out) {
        drafts[index].hold_against(against, stands_out);
    }
    Some(SuiteShift {
        subjects: shift.subjects as u64,
        along: shift.along as u64,
        factor: shift.log.exp(),
        low: shift.low.exp(),
        high: shift.high.exp(),
        worse,
        better,
    })
}

/// Durations say first how a subject moved.
fn rank_of(dimension: Dimension) -> u8 {
    u8::from(!dimension.is_time())
}

/// What became so much quicker that rather something else was measured.
fn quicker(drafts: &[ChangeDraft<'_>]) -> Option<TooQuick> {
    too_quick(drafts.iter().filter_map(|draft| {
        let Change { metric, group, verdict, reason, .. } = &draft.change;
        // What ended in another way seemed to improve.
        let improved = *verdict == Verdict::Improved || matches!(reason, Some(Reason::OtherEndings { .. }));
        let log = draft.moved()?.log;
        Some(Moved { subject: draft.subject(), metric, group: group.as_deref(), log, improved })
    }))
}

/// Whether many subjects changed one way and none the other.
fn one_sided(drafts: &[ChangeDraft<'_>]) -> bool {
    let subjects = |verdict: Verdict| {
        let of_verdict = drafts.iter().filter(|draft| draft.change.verdict == verdict && draft.moved().is_some());
        of_verdict.map(ChangeDraft::subject).collect::<BTreeSet<(String, String)>>().len()
    };
    is_one_sided(subjects(Verdict::Regressed), subjects(Verdict::Improved))
}

/// What a report as a whole may call large although there is no change, over all of its metrics.
const LARGE_BY_CHANCE: f64 = 0.05;

/// The same for each of so many metrics (Sidak 1967).
pub(crate) fn chance_of_one(metrics: usize) -> f64 {
    1.0 - (1.0 - LARGE_BY_CHANCE).powf(1.0 / metrics.max(1) as f64)
}

/// Of few samples each metric takes into account what others of its kind vary by: durations that of durations, rates that of
/// rates.
fn lend_strength(drafts: &mut [ChangeDraft<'_>]) {
    /// Of counts that repeat in every sample, so many metrics have to do so for that to be what they are.
    const FEWEST_REPEATING: usize = 3;
    let mut spreads: BTreeMap<Dimension, Vec<Spread>> = BTreeMap::new();
    // By name: metrics, those of them whose samples are all alike on each side, and the samples a side of these.
    let mut repeating: BTreeMap<(Dimension, String), (usize, usize, f64)> = BTreeMap::new();
    for draft in drafts.iter().filter(|draft| !draft.decided) {
        let Some(center) = draft.measured.first() else { continue };
        let (Some(spread), dimension) = (center.spread, draft.change.dimension) else { continue };
        if center.lends() {
            spreads.entry(dimension).or_default().push(spread);
        }
        let of_name = repeating.entry((dimension, draft.change.metric.clone())).or_default();
        of_name.0 += 1;
        if spread.variance == 0.0 {
            of_name.1 += 1;
            of_name.2 += spread.freedom / 2.0 + 1.0;
        }
    }
    let priors: BTreeMap<Dimension, Option<Prior>> =
        spreads.into_iter().map(|(dimension, spreads)| (dimension, Prior::of(&spreads))).collect();
    for draft in drafts {
        let dimension = draft.change.dimension;
        let of_name = repeating.get(&(dimension, draft.change.metric.clone()));
        let repeats = of_name.filter(|(all, alike, _)| *alike >= FEWEST_REPEATING && 5 * alike >= 4 * all);
        let repeated = repeats.map(|(_, _, samples)| least_p(*samples as u64));
        if let Some(center) = draft.measured.first_mut() {
            center.moderate(priors.get(&dimension).and_then(Option::as_ref), repeated);
        }
    }
}

#[cfg(test)]
mod tests;
