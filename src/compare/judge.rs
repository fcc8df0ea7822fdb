//! Comparing a run with a baseline: every metric of either side, its effects, its verdict.
//!
//! In: captures of both sides and [`Criteria`]. Out: [`Judgement`], worst first. Deterministic: no random step, and the order
//! of the captures on a side does not matter but for the names that are shown. Refuses nothing; what cannot be compared says why.

use std::collections::BTreeMap;

use rayon::prelude::*;

use crate::measure::Polarity;
use crate::measure::label::pattern;
use crate::measure::unit::Dimension;

use super::capture::{Capture, Dependence, MetricRuns, ReportedNumbers, Share};
use super::center::least_p;
use super::drawing::drawing;
use super::effect::{EffectDraft, Levels, PooledRuns, effects, reported_mean, share_effect};
use super::failing::FailingPopulations;
use super::margin::Margins;
use super::moderation::{Prior, Spread};
use super::outcome::{Change, Counts, Effect, MetricSide, Reason, Scale, Verdict};
use super::pairing::{
    Pair, Pairs, SharePair, ShareSide, differing_environment, differing_machine, incomparable, incomparable_reported,
};
use super::share::PooledShare;
use super::verdict::{discovery_threshold, overall};
use super::welch::MeanWithError;
use crate::measure::Statistic;
use crate::stats::dependence;
use crate::stats::settings::FAILING_SHARE;

/// Level of the intervals that are shown.
pub const CONFIDENCE: f64 = 0.95;
/// Two-sided level at which "no change" has to be excluded for a verdict.
pub const GATE_LEVEL: f64 = 0.01;
/// Smaller differences between shares of failures are never a regression: 5 in 1,000. A difference of shares is no relative
/// change, so the margins that are given for metrics do not hold for it.
pub const SHARE_MARGIN: f64 = 0.005;
/// At most this many changes carry a drawing.
pub const MOST_DRAWINGS: usize = 24;

/// How to compare.
#[derive(Debug, Clone, PartialEq)]
pub struct Criteria {
    /// Level of the intervals.
    pub confidence: f64,
    /// Two-sided level at which "no change" has to be excluded, after false-discovery control over all tests.
    pub gate_level: f64,
    /// The margins of all metrics.
    pub margins: Margins,
    /// From this share of failures on a population is failing: 0.1 is 10%.
    pub failing: f64,
}

impl Default for Criteria {
    fn default() -> Self {
        Self { confidence: CONFIDENCE, gate_level: GATE_LEVEL, margins: Margins::default(), failing: FAILING_SHARE }
    }
}

impl Criteria {
    fn levels(&self, margin: f64) -> Levels {
        Levels { confidence: self.confidence, gate_level: self.gate_level, margin }
    }
}

/// Everything that both sides say together; environments and the names of the sides are the caller's.
#[derive(Debug, Clone, PartialEq)]
pub struct Judgement {
    /// Every metric of either side, worst first.
    pub changes: Vec<Change>,
    /// How many metrics have each verdict.
    pub counts: Counts,
    /// Tests over which false discoveries were controlled.
    pub tests: u64,
}

impl Dependence {
    /// Of the values of one run in recorded order.
    pub fn of(values: &[f64]) -> Self {
        let ranks = dependence::ranked(values);
        Self {
            center: dependence::of_ranks(&ranks),
            p50: dependence::of_quantile(&ranks, 0.5),
            p95: dependence::of_quantile(&ranks, 0.95),
            p99: dependence::of_quantile(&ranks, 0.99),
            mean: dependence::of_values(values),
        }
    }

    /// Of independent samples: 1 throughout.
    pub const fn none() -> Self {
        Self { center: 1.0, p50: 1.0, p95: 1.0, p99: 1.0, mean: 1.0 }
    }
}

/// Compares two sides: every change, effect and verdict.
pub fn compare(before: &[Capture], after: &[Capture], criteria: &Criteria) -> Judgement {
    let pairs = Pairs::of(before, after);
    let mut keys = differing_environment(before, after);
    keys.extend(differing_machine(before, after));
    let elsewhere = (!keys.is_empty()).then_some(Reason::EnvironmentDiffers { keys });
    let failing = FailingPopulations::of(&pairs.shares, criteria.failing);
    let mut drafts: Vec<ChangeDraft<'_>> =
        pairs.metrics.into_par_iter().map(|pair| ChangeDraft::of_metric(pair, elsewhere.as_ref(), criteria)).collect();
    let shares = pairs.shares.iter().filter(|pair| pair.is_shown());
    drafts.extend(shares.map(|pair| ChangeDraft::of_share(pair, elsewhere.as_ref(), criteria)));

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

    lend_strength(&mut drafts);
    // What is one number on both sides could be told from nothing by no test, and must not cost the others their power
    // (Tarone 1990).
    let p_values: Vec<f64> = drafts
        .iter()
        .filter(|draft| !draft.decided)
        .flat_map(|draft| &draft.measured)
        .filter(|measured| measured.tested && !measured.constant)
        .filter_map(|measured| measured.estimate.map(|estimate| estimate.p))
        .collect();
    let tests = p_values.len() as u64;
    let threshold = discovery_threshold(p_values, criteria.gate_level);
    let alone = criteria.gate_level / tests.max(1) as f64;
    let chance = chance_of_one(drafts.iter().filter(|draft| !draft.measured.is_empty()).count());
    for draft in &mut drafts {
        draft.judge(threshold, alone, chance);
        if let Some(population) = failing.population(&draft.place, draft.change.group.as_deref()) {
            population.settle(&mut draft.change);
        }
    }
    drafts.sort_by(ChangeDraft::order);
    for draft in drafts.iter_mut().filter(|draft| draft.drawable()).take(MOST_DRAWINGS) {
        draft.draw();
    }
    let counts = drafts.iter().map(|draft| draft.change.verdict).collect();
    Judgement { changes: drafts.into_iter().map(|draft| draft.change).collect(), counts, tests }
}

/// What a report as a whole may call large although there is no change, over all of its metrics.
const LARGE_BY_CHANCE: f64 = 0.05;

/// The same for each of so many metrics (Sidak 1967).
fn chance_of_one(metrics: usize) -> f64 {
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

/// A change before all tests are known.
struct ChangeDraft<'a> {
    change: Change,
    /// By which name its source is known on both sides.
    place: String,
    measured: Vec<EffectDraft>,
    pair: Option<Pair<'a, MetricRuns>>,
    size: f64,
    decided: bool,
    /// Why its effects are shown and not judged.
    elsewhere: Option<Reason>,
    /// Numbers of a tool that stand beside what is judged.
    beside: Vec<Effect>,
}

/// The source that is shown: that of the run where it has one, else that of the baseline; the pattern of the names where
/// several files are its runs.
fn source_of<T>([before, after]: [&[T]; 2], name: impl Fn(&T) -> &String) -> String {
    let side = if after.is_empty() { before } else { after };
    let mut names: Vec<&String> = side.iter().map(name).collect();
    names.dedup();
    match names[..] {
        [] => String::new(),
        [one] => one.clone(),
        [first, ..] => pattern(first),
    }
}

/// The statistics that are compared where tools report them, the leading one first.
const REPORTED: &[Statistic] = &[Statistic::P50, Statistic::Value, Statistic::P95, Statistic::P99, Statistic::Mean];

/// A number of a tool; the median may stand under its name or as a percentile.
fn reported_number(numbers: &ReportedNumbers, statistic: Statistic) -> Option<f64> {
    let word = numbers.values.get(&Statistic::Median).filter(|_| statistic == Statistic::P50);
    word.or_else(|| numbers.values.get(&statistic)).copied()
}

/// How well a tool knows its mean, where it says so.
fn reported_mean_of(numbers: &ReportedNumbers) -> Option<MeanWithError> {
    let of = |statistic: Statistic| numbers.values.get(&statistic).copied();
    Some(MeanWithError { n: of(Statistic::Count)?, mean: of(Statistic::Mean)?, half: of(Statistic::MeanError)? })
}

/// Samples as a tool would summarise them, to be compared with those of a tool.
fn summary_of(samples: &[&MetricRuns]) -> Option<ReportedNumbers> {
    let (first, sides) = (samples.first()?, PooledRuns::of(samples.iter().flat_map(|runs| &runs.runs))?);
    Some(ReportedNumbers {
        source: first.source.clone(),
        metric: first.metric.clone(),
        label: first.group.clone().filter(|_| samples.len() == 1),
        dimension: first.dimension,
        polarity: first.polarity,
        meaning: first.meaning.clone(),
        values: sides.summary(),
    })
}

/// Two numbers without intervals.
fn reported_effect(statistic: Statistic, before: f64, after: f64) -> Effect {
    let positive = before > 0.0 && after > 0.0;
    let (scale, estimate) = if positive { (Scale::Ratio, after / before) } else { (Scale::Shift, after - before) };
    Effect {
        before: Some(before),
        after: Some(after),
        estimate: Some(estimate).filter(|estimate| estimate.is_finite()),
        ..Effect::new(statistic, scale)
    }
}

impl<'a> ChangeDraft<'a> {
    fn blank(change: Change, place: String, elsewhere: Option<&Reason>) -> Self {
        let elsewhere = elsewhere.cloned();
        Self {
            change,
            place,
            measured: Vec::new(),
            pair: None,
            size: 0.0,
            decided: false,
            elsewhere,
            beside: Vec::new(),
        }
    }

    fn of_metric(pair: Pair<'a, MetricRuns>, elsewhere: Option<&Reason>, criteria: &Criteria) -> Self {
        let sides = [&pair.before, &pair.after].map(|runs| PooledRuns::of(runs.iter().flat_map(|runs| &runs.runs)));
        let known = |runs: &[&MetricRuns]| {
            runs.iter().map(|runs| runs.polarity).find(|&polarity| polarity != Polarity::Unknown)
        };
        let shown = pair.after.first().or(pair.before.first());
        let margin = shown.map_or(criteria.margins.default, |runs| criteria.margins.of(&runs.metric));
        let source = source_of([&pair.before[..], &pair.after[..]], |runs| &runs.source);
        let (metric, group) = shown.map_or(("", None), |runs| (runs.metric.as_str(), runs.group.as_deref()));
        let dimension = shown.map_or(Dimension::Unknown, |runs| runs.dimension);
        let polarity = known(&pair.after).or_else(|| known(&pair.before)).unwrap_or(Polarity::Unknown);
        let change = Change {
            margin,
            before: sides[0].as_ref().map(PooledRuns::side),
            after: sides[1].as_ref().map(PooledRuns::side),
            ..Change::new(&source, metric, group, dimension, polarity)
        };
        let present = [!pair.before.is_empty(), !pair.after.is_empty()];
        let reason = incomparable(&pair);
        let place = pair.source.clone();
        let mut draft = Self { pair: Some(pair), ..Self::blank(change, place, elsewhere) };
        if draft.refused(present, reason) {
            return draft;
        }
        let levels = criteria.levels(margin);
        if let [Some(first), Some(second)] = &sides {
            (draft.measured, draft.change.noise_floor) = effects(first, second, levels);
        } else {
            draft.wanting_samples(criteria);
        }
        draft
    }

    fn of_share(pair: &SharePair<'_>, elsewhere: Option<&Reason>, criteria: &Criteria) -> Self {
        let [first, second] = [&pair.before, &pair.after]
            .map(|sides| sides.iter().flat_map(|side: &ShareSide<'_>| &side.runs).copied().collect::<Vec<Share>>());
        let side = |runs: &[Share]| {
            let pooled = PooledShare::of(runs);
            (pooled.total > 0).then(|| MetricSide {
                runs: runs.len() as u64,
                samples: pooled.total,
                effective: pooled.effective_size().effective(),
                value_error: 0.0,
            })
        };
        let source = source_of([&pair.before[..], &pair.after[..]], |side| side.source);
        let change = Change {
            margin: SHARE_MARGIN,
            before: side(&first),
            after: side(&second),
            ..Change::new(&source, &pair.metric, pair.group.as_deref(), Dimension::Ratio, Polarity::LowerIsBetter)
        };
        let place = pair.source.clone();
        let mut draft = Self::blank(change, place, elsewhere);
        if draft.refused([!pair.before.is_empty(), !pair.after.is_empty()], None) {
            // What fails now is shown even where nothing is known to compare it with.
            if draft.change.verdict == Verdict::New {
                let after = Some(PooledShare::of(&second)).filter(|share| share.total > 0).map(PooledShare::share);
                draft.change.effects.push(Effect { after, ..Effect::new(Statistic::FailureShare, Scale::Shift) });
                draft.change.reason = Some(Reason::NotRecorded);
            }
            return draft;
        }
        match share_effect(&first, &second, criteria.levels(SHARE_MARGIN)) {
            Some((measured, noise_floor)) => {
                draft.measured.push(measured);
                draft.change.noise_floor = noise_floor;
            }
            None => draft.wanting_samples(criteria),
        }
        draft
    }

    /// Numbers without samples: shown side by side, and judged only where the tool says how well it knows its mean. `None` where
    /// no side has any.
    fn of_reported(
        place: &str,
        [before, after]: [Option<&ReportedNumbers>; 2],
        elsewhere: Option<&Reason>,
        criteria: &Criteria,
    ) -> Option<Self> {
        let shown = after.or(before)?;
        let side = |numbers: Option<&ReportedNumbers>| {
            let samples = numbers?.count(Statistic::Count).unwrap_or(0);
            Some(MetricSide { runs: 1, samples, effective: 0.0, value_error: 0.0 })
        };
        let ReportedNumbers { source, metric, label, dimension, polarity, .. } = shown;
        let change = Change {
            reason: Some(Reason::SummaryOnly),
            margin: criteria.margins.of(metric),
            before: side(before),
            after: side(after),
            ..Change::new(source, metric, label.as_deref(), *dimension, *polarity)
        };
        let place = place.to_owned();
        let mut draft = Self { decided: true, ..Self::blank(change, place, elsewhere) };
        let reason = before.zip(after).and_then(|(before, after)| incomparable_reported(before, after));
        if draft.refused([before.is_some(), after.is_some()], reason) {
            return Some(draft);
        }
        if let Some(reason) = elsewhere {
            draft.change.verdict = Verdict::Incomparable;
            draft.change.reason = Some(reason.clone());
        }
        let (before, after) = before.zip(after)?;
        draft.change.effects = REPORTED
            .iter()
            .filter_map(|&statistic| {
                let of = |numbers: &ReportedNumbers| reported_number(numbers, statistic);
                Some(reported_effect(statistic, of(before)?, of(after)?))
            })
            .collect();
        let ratio = draft.change.effects.first().filter(|effect| effect.scale == Scale::Ratio);
        draft.size = ratio.and_then(|effect| effect.estimate).map_or(0.0, |ratio| ratio.ln().abs());
        let means = reported_mean_of(before).zip(reported_mean_of(after)).filter(|_| elsewhere.is_none());
        let levels = criteria.levels(draft.change.margin);
        if let Some(mean) = means.and_then(|(before, after)| reported_mean(before, after, levels)) {
            draft.beside = std::mem::take(&mut draft.change.effects);
            draft.beside.retain(|effect| effect.statistic != Statistic::Mean);
            draft.measured.push(mean);
            draft.decided = false;
        }
        Some(draft)
    }

    /// Whether nothing is to be measured, and why.
    fn refused(&mut self, [before, after]: [bool; 2], reason: Option<Reason>) -> bool {
        let verdict = match (before, after, &reason) {
            (true, false, _) => Verdict::Missing,
            (false, _, _) => Verdict::New,
            (true, true, Some(_)) => Verdict::Incomparable,
            (true, true, None) => return false,
        };
        self.change.verdict = verdict;
        self.change.reason = reason.filter(|_| verdict == Verdict::Incomparable);
        self.decided = true;
        true
    }

    /// A side without any sample.
    fn wanting_samples(&mut self, criteria: &Criteria) {
        let level = criteria.gate_level.min(1.0 - criteria.confidence);
        self.change.reason = Some(Reason::TooFewSamples { needs: super::center::least_samples(level) });
        self.decided = true;
    }

    /// Effects and verdict, once the threshold of all tests is known.
    fn judge(&mut self, threshold: f64, alone: f64, chance: f64) {
        if self.decided {
            return;
        }
        if self.change.reason == Some(Reason::SummaryOnly) {
            self.judge_reported(threshold, alone);
            return;
        }
        let polarity = self.change.polarity;
        self.change.effects =
            self.measured.iter().map(|measured| measured.judged(threshold, alone, polarity)).collect();
        let large = self.measured.first().is_some_and(|center| center.is_large(chance, polarity));
        if let Some(reason) = self.elsewhere.take() {
            for effect in &mut self.change.effects {
                effect.verdict = None;
            }
            self.size = self.measured.first().map_or(0.0, EffectDraft::size);
            self.change.verdict = Verdict::Incomparable;
            self.change.reason = Some(reason);
            self.change.large = large;
            return;
        }
        let judged: Vec<Verdict> = self.change.effects.iter().filter_map(|effect| effect.verdict).collect();
        let mut verdict = overall(&judged);
        if verdict == Verdict::Unchanged
            && let Some(doubt) = self.doubt(threshold)
        {
            verdict = Verdict::Inconclusive;
            self.change.reason = Some(doubt);
        }
        if verdict == Verdict::Unchanged && !self.tail_is_known() {
            verdict = Verdict::CenterUnchanged;
        }
        self.change.large = verdict == Verdict::Inconclusive && large;
        self.change.verdict = verdict;
        let relevant = |index: usize| self.change.effects[index].verdict == Some(verdict);
        self.size = (0..self.measured.len())
            .filter(|&index| relevant(index))
            .map(|index| self.measured[index].size())
            .fold(0.0, f64::max);
        if verdict == Verdict::Inconclusive {
            self.size = self.size.max(self.measured.first().map_or(0.0, EffectDraft::size));
        }
        if verdict == Verdict::Inconclusive && self.change.reason.is_none() {
            self.change.reason = self.measured.iter().find_map(|measured| measured.wanting.clone());
        }
    }

    /// The verdict about a mean that a tool reports. How its samples depend on each other is not known, so that only what is far
    /// beyond the margin is decided; its tail is not known either.
    fn judge_reported(&mut self, threshold: f64, alone: f64) {
        let Some(mean) = self.measured.first() else { return };
        let mut effect = mean.judged(threshold, alone, self.change.polarity);
        let verdict = match effect.verdict {
            Some(Verdict::Unchanged) => Verdict::CenterUnchanged,
            Some(decided @ (Verdict::Regressed | Verdict::Improved | Verdict::Changed))
                if mean.is_far_beyond_margin() =>
            {
                decided
            }
            _ => Verdict::Inconclusive,
        };
        effect.verdict = Some(verdict);
        self.size = mean.size();
        self.change.verdict = verdict;
        self.change.reason = self.change.reason.take().filter(|_| verdict == Verdict::Inconclusive);
        self.change.effects = std::iter::once(effect).chain(std::mem::take(&mut self.beside)).collect();
    }

    /// Whether the slowest samples are known to be the same, or there is nothing that could differ: shares have no tail, and what
    /// is one number on both sides has none either.
    fn tail_is_known(&self) -> bool {
        let tails = self.measured.iter().filter(|one| matches!(one.statistic(), Statistic::P95 | Statistic::P99));
        let inside: Vec<Option<bool>> = tails.map(EffectDraft::inside_tail_margin).collect();
        let constant = self.measured.first().is_some_and(|center| center.constant);
        constant || inside.iter().all(|inside| *inside == Some(true))
    }

    /// What speaks against "unchanged" although the center lies inside the margin.
    fn doubt(&self, threshold: f64) -> Option<Reason> {
        if self.measured.first().is_some_and(|center| center.hidden_by_ties(threshold)) {
            return Some(Reason::HiddenByTies);
        }
        let others = self.measured.iter().skip(1).filter(|measured| measured.speaks_of_change());
        let statistics: Vec<Statistic> = others.map(EffectDraft::statistic).collect();
        (!statistics.is_empty()).then_some(Reason::OnlyTheCenter { statistics })
    }

    fn order(&self, other: &Self) -> std::cmp::Ordering {
        let names =
            |draft: &Self| (draft.change.metric.clone(), draft.change.group.clone(), draft.change.source.clone());
        // What is too large to be passed over stands among what is worse.
        let rank = |draft: &Self| match draft.change.verdict {
            Verdict::Inconclusive | Verdict::Incomparable if draft.change.large => Verdict::Missing,
            verdict => verdict,
        };
        rank(self)
            .cmp(&rank(other))
            .then_with(|| other.size.total_cmp(&self.size))
            .then_with(|| names(self).cmp(&names(other)))
    }

    fn drawable(&self) -> bool {
        self.pair.is_some()
            && matches!(
                self.change.verdict,
                Verdict::Regressed | Verdict::Changed | Verdict::Improved | Verdict::Inconclusive
            )
            && [self.change.before, self.change.after]
                .iter()
                .all(|side| side.is_some_and(|side| side.samples >= super::drawing::LEAST_SAMPLES))
    }

    fn draw(&mut self) {
        let Some(pair) = &self.pair else { return };
        let side = |runs: &[&MetricRuns]| PooledRuns::of(runs.iter().flat_map(|runs| &runs.runs));
        if let (Some(before), Some(after)) = (side(&pair.before), side(&pair.after)) {
            self.change.drawing = drawing(&before.pooled, &after.pooled);
        }
    }
}

#[cfg(test)]
mod tests;
