//! The change of one metric before all tests of the report are known, and its verdict once they are.
//!
//! In: what both sides hold of a metric. Out: a [`Change`] with effects, verdict and reason, once the threshold of all tests is
//! known. Refuses, with the reason in the change, what cannot be compared.

use crate::measure::label::pattern;
use crate::measure::unit::as_written;
use crate::measure::{Dimension, Direction, Polarity, Statistic};

use super::another_unit::one_run_shrank;
use super::beyond_noise::{BeyondNoise, BothSides, Zeros, beyond_noise, is_of_waiting};
use super::capture::{MetricRuns, Recording, ReportedNumbers, Share};
use super::criteria::{Criteria, SHARE_MARGIN};
use super::drawing::{self, drawing};
use super::effect::{EffectDraft, worse_sign};
use super::effects::{Kind, ZERO_SHARE_MARGIN, effects, reported_mean, share_effect};
use super::margin::DEFAULT_TAIL_MARGIN;
use super::one_run::one_run_is_slower;
use super::outcome::{AgainstSuite, Change, Effect, MetricSide, Reason, Scale, Verdict};
use super::pairing::{Pair, SharePair, incomparable, incomparable_reported, runs_of};
use super::parts::{CENTER_WEIGHT, Part, PartTest, closed, combined};
use super::pooled::PooledRuns;
use super::reported_worse::is_far_worse;
use super::shared_tail::SlowCounts;
use super::suite::{Against, Move};
use super::verdict::overall;
use super::welch::MeanWithError;

/// A change before all tests are known.
pub(crate) struct ChangeDraft<'a> {
    pub(crate) change: Change,
    /// By which name its source is known on both sides.
    pub(crate) place: String,
    pub(crate) measured: Vec<EffectDraft>,
    pair: Option<Pair<'a, MetricRuns>>,
    /// How large it is at least, and how large it seems: what ranks it among others.
    sure_size: f64,
    size: f64,
    pub(crate) decided: bool,
    /// Why its effects are shown and not judged.
    elsewhere: Option<Reason>,
    /// The margin of tails: 0.2 is 20%.
    tail_margin: f64,
    /// Numbers of a tool that stand beside what is judged.
    beside: Vec<Effect>,
    /// How many of its samples are slow, where it is a group of durations that is judged.
    pub(crate) slow: Option<SlowCounts>,
}

/// Whether zeros are known to be the same on both sides.
enum SameZeros {
    Known,
    Few,
    Unknown,
}

/// Why what looks much better may be no improvement: durations that were not measured, or are in another unit.
fn too_good(sides: &BothSides, beyond: Option<BeyondNoise>, chance: f64) -> Option<Reason> {
    match beyond {
        Some(BeyondNoise::OtherUnit { factor }) => Some(Reason::OtherUnit { factor }),
        _ => sides.zeros.filter(|zeros| zeros.rule_out_better(chance)).map(|_| Reason::Zeros),
    }
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

/// The runs of a metric of one side, whatever files they stand in.
fn recordings<'a>(runs: &'a [&MetricRuns]) -> impl Iterator<Item = &'a Recording> {
    runs.iter().flat_map(|runs| &runs.runs)
}

/// Samples as a tool would summarise them, to be compared with those of a tool.
pub(crate) fn summary_of(samples: &[&MetricRuns]) -> Option<ReportedNumbers> {
    let (first, sides) = (samples.first()?, PooledRuns::of(recordings(samples))?);
    Some(ReportedNumbers {
        source: first.source.clone(),
        metric: first.metric.clone(),
        label: first.group.clone().filter(|_| samples.len() == 1),
        dimension: first.dimension,
        assumed_unit: None,
        unit: as_written(first.recorded_unit.as_deref(), first.dimension),
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
            sure_size: 0.0,
            size: 0.0,
            decided: false,
            elsewhere,
            tail_margin: DEFAULT_TAIL_MARGIN,
            beside: Vec::new(),
            slow: None,
        }
    }

    /// A change of which no test decides anything any more.
    pub(crate) fn decided(change: Change, place: String) -> Self {
        Self { decided: true, ..Self::blank(change, place, None) }
    }

    pub(crate) fn of_metric(pair: Pair<'a, MetricRuns>, elsewhere: Option<&Reason>, criteria: &Criteria) -> Self {
        let of_sides = [&pair.before, &pair.after];
        let mut sides = of_sides.map(|runs| PooledRuns::of(recordings(runs)));
        if let [Some(first), Some(second)] = &mut sides {
            PooledRuns::share_dependence([first, second], of_sides.map(|runs| recordings(runs)));
        }
        let known = |runs: &[&MetricRuns]| {
            runs.iter().map(|runs| runs.polarity).find(|&polarity| polarity != Polarity::Unknown)
        };
        let shown = pair.after.first().or(pair.before.first());
        let margin = shown.map_or(criteria.margins.default, |runs| criteria.margins.of(&runs.metric));
        let source = source_of([&pair.before[..], &pair.after[..]], |runs| &runs.source);
        let (metric, group) = shown.map_or(("", None), |runs| (runs.metric.as_str(), runs.group.as_deref()));
        let dimension = shown.map_or(Dimension::Unknown, |runs| runs.dimension);
        let polarity = known(&pair.after).or_else(|| known(&pair.before)).unwrap_or(Polarity::Unknown);
        let unit = shown.and_then(|runs| as_written(runs.recorded_unit.as_deref(), dimension));
        let change = Change {
            unit,
            margin,
            before: sides[0].as_ref().map(PooledRuns::side),
            after: sides[1].as_ref().map(PooledRuns::side),
            ..Change::new(&source, metric, group, dimension, polarity)
        };
        let present = [!pair.before.is_empty(), !pair.after.is_empty()];
        let reason = incomparable(&pair);
        let place = pair.source.clone();
        let tail_margin = criteria.margins.tail;
        let mut draft = Self { pair: Some(pair), tail_margin, ..Self::blank(change, place, elsewhere) };
        if draft.refused(present, reason) {
            return draft;
        }
        let levels = criteria.levels(margin);
        if let [Some(first), Some(second)] = &sides {
            let kind = Kind { dimension, polarity, of_waiting: is_of_waiting(&draft.change.metric) };
            let judged = draft.pair.as_ref().filter(|_| elsewhere.is_none());
            draft.slow = judged.and_then(|pair| SlowCounts::of(pair, [first, second]));
            (draft.measured, draft.change.noise_floor) = effects(first, second, kind, levels);
        } else {
            draft.wanting_samples(criteria);
        }
        draft
    }

    pub(crate) fn of_share(pair: &SharePair<'_>, elsewhere: Option<&Reason>, criteria: &Criteria) -> Self {
        let [first, second] = [&pair.before, &pair.after].map(|sides| runs_of(sides));
        let side = |runs: &[Share]| {
            let pooled = Share::pooled(runs);
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
                let after = Some(Share::pooled(&second)).filter(|share| share.total > 0).map(Share::share);
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
    pub(crate) fn of_reported(
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
            unit: shown.unit.clone(),
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
        draft.change.large = is_far_worse(&draft.change.effects, *dimension, *polarity);
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

    /// Its tests of a change in one way, with the effects that they are of.
    fn tests(&self, way: Direction) -> (Vec<usize>, Vec<PartTest>) {
        let polarity = self.change.polarity;
        let test = |(index, measured): (usize, &EffectDraft)| Some((index, measured.part_test(way, polarity)?));
        self.measured.iter().enumerate().filter(|_| !self.decided).filter_map(test).unzip()
    }

    /// The p of all its parts together, of a change in one way; `None` where nothing could be told from any samples like these: what
    /// is one number on both sides, or too few, must not cost the others their power (Tarone 1990).
    pub(crate) fn combined_p(&self, way: Direction) -> Option<f64> {
        let (_, tests) = self.tests(way);
        (!tests.is_empty()).then(|| combined(&tests))
    }

    /// In which way each effect is known to have moved: by closed testing at the level of its way.
    fn excluded(&self, levels: [f64; 3]) -> Vec<Option<Direction>> {
        let mut excluded = vec![None; self.measured.len()];
        for (way, level) in Direction::ALL.into_iter().zip(levels).filter(|(_, level)| *level > 0.0) {
            let (of, tests) = self.tests(way);
            for (index, _) in of.into_iter().zip(closed(&tests, level)).filter(|(_, excluded)| *excluded) {
                excluded[index] = Some(way);
            }
            // What follows a part is looked at where that has moved: in a fixed sequence nothing is lost.
            let moved: Vec<Part> = (0..excluded.len())
                .filter(|&index| excluded[index] == Some(way))
                .filter_map(|index| self.measured[index].part)
                .collect();
            for (index, measured) in self.measured.iter().enumerate() {
                let follows = measured.follows.is_some_and(|part| moved.contains(&part));
                if follows && measured.is_excluded(way, level, self.change.polarity) {
                    excluded[index] = Some(way);
                }
            }
        }
        excluded
    }

    /// Effects and verdict, once it is known up to which level each way counts as excluded. `alone` is the p that the only change
    /// of the report would need.
    pub(crate) fn judge(&mut self, levels: [f64; 3], alone: f64, chance: f64) {
        if self.decided {
            return;
        }
        let polarity = self.change.polarity;
        let both: Vec<f64> = Direction::ALL.into_iter().filter_map(|way| self.combined_p(way)).collect();
        self.change.p = both.into_iter().reduce(f64::min);
        // The center shares with the tail what there is of a level.
        let (_, tests) = self.tests(Direction::Worse);
        let own = if tests.iter().any(|test| test.part != Part::Center) { CENTER_WEIGHT * alone } else { alone };
        let excluded = self.excluded(levels);
        if self.change.reason == Some(Reason::SummaryOnly) {
            self.judge_reported(excluded.first().copied().flatten(), own);
            return;
        }
        self.change.effects =
            self.measured.iter().zip(&excluded).map(|(measured, excluded)| measured.judged(*excluded, own)).collect();
        let sides = self.both_sides();
        let beyond = beyond_noise(&sides, chance);
        let mut large =
            beyond.is_some() || self.measured.first().is_some_and(|center| center.is_large(chance, polarity));
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
        let doubt = too_good(&sides, beyond, chance);
        match (verdict, &doubt) {
            (Verdict::Unchanged, _) if matches!(beyond, Some(BeyondNoise::Zeros { .. })) => {
                (verdict, self.change.reason) = (Verdict::Inconclusive, doubt);
            }
            (Verdict::Unchanged, _) => (verdict, self.change.reason) = self.how_unchanged(alone),
            (Verdict::Improved, Some(_)) => (verdict, self.change.reason) = (Verdict::Inconclusive, doubt),
            (Verdict::Inconclusive, _) => self.change.reason = doubt,
            _ => {}
        }
        if let Some(slow) = self.pair.as_ref().and_then(|pair| one_run_is_slower(pair, &self.change, verdict, chance)) {
            (verdict, self.change.reason, large) = (Verdict::Inconclusive, Some(slow), true);
        }
        (self.change.verdict, self.change.large) = (verdict, verdict == Verdict::Inconclusive && large);
        if matches!(verdict, Verdict::Regressed | Verdict::Improved | Verdict::Changed) {
            self.change.reason = self.only_the_tail(verdict);
        }
        let relevant = || {
            let effects = self.change.effects.iter().zip(&self.measured);
            effects.filter(|(effect, _)| effect.verdict == Some(verdict)).map(|(_, measured)| measured)
        };
        self.sure_size = relevant().map(EffectDraft::sure_size).fold(0.0, f64::max);
        self.size = relevant().map(EffectDraft::size).fold(0.0, f64::max);
        if verdict == Verdict::Inconclusive {
            self.size = self.size.max(self.measured.first().map_or(0.0, EffectDraft::size));
        }
        if verdict == Verdict::Inconclusive && self.change.reason.is_none() {
            let rounded = self.measured.first().is_some_and(EffectDraft::is_rounded_away);
            let wanting = self.measured.iter().find_map(|measured| measured.wanting.clone());
            let hidden = self.measured.first().is_some_and(|center| center.hidden_by_ties(alone));
            let by_ties = hidden.then_some(Reason::HiddenByTies);
            self.change.reason = wanting.or(by_ties).or(rounded.then_some(Reason::Rounded));
        }
    }

    /// The verdict about a mean that a tool reports. How its samples depend on each other is not known, so that only what is far
    /// beyond the margin is decided; its tail is not known either.
    fn judge_reported(&mut self, excluded: Option<Direction>, alone: f64) {
        let Some(mean) = self.measured.first() else { return };
        let mut effect = mean.judged(excluded, alone);
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
        (self.size, self.sure_size) = (mean.size(), mean.sure_size());
        self.change.verdict = verdict;
        self.change.large &= verdict == Verdict::Inconclusive;
        self.change.reason = self.change.reason.take().filter(|_| verdict == Verdict::Inconclusive);
        self.change.effects = std::iter::once(effect).chain(std::mem::take(&mut self.beside)).collect();
    }

    /// What it says of what is too much to be passed over.
    fn both_sides(&self) -> BothSides {
        let polarity = self.change.polarity;
        let of = |statistic: Statistic| self.measured.iter().find(|one| one.statistic() == statistic);
        let grown = |statistic: Statistic| of(statistic)?.grown_for_the_worse(polarity);
        BothSides {
            zeros: of(Statistic::ZeroShare).and_then(|share| share.zeros),
            shrunk: self.shrunk(),
            slow_end: grown(Statistic::SlowShare),
            others: grown(Statistic::NonZero),
            ..BothSides::default()
        }
    }

    /// The zeros of a group of durations; of one that has none, too.
    pub(crate) fn zeros_of_group(&self) -> Option<Zeros> {
        let [before, after] = self.slow?.zeros;
        let own = self.measured.iter().find_map(|one| one.zeros);
        let of_waiting = is_of_waiting(&self.change.metric);
        own.or(Some(Zeros { before, after, rounded: false, of_waiting }))
            .filter(|_| before.total > 0 && after.total > 0)
    }

    /// Takes the zeros of all groups of the metric for its own, where more of its own are no evidence of a faster run.
    pub(crate) fn take_zeros(&mut self, all: Zeros) {
        let own = self.measured.iter_mut().filter_map(|one| one.zeros.as_mut());
        own.filter(|own| own.are_no_evidence()).for_each(|own| *own = all);
    }

    /// By what factor durations became smaller of which a side does not state its unit.
    fn shrunk(&self) -> Option<f64> {
        let pair = self.pair.as_ref()?;
        let stated = |runs: &&MetricRuns| !runs.unit_assumed && runs.dimension != Dimension::UnstatedTime;
        if !self.change.dimension.is_time() || pair.before.iter().chain(&pair.after).all(stated) {
            return None;
        }
        let means = |side: &[&MetricRuns]| recordings(side).map(|run| run.mean).collect::<Vec<f64>>();
        let of_one = one_run_shrank(&means(&pair.before), &means(&pair.after));
        self.measured.first().and_then(EffectDraft::shrunk_by).into_iter().chain(of_one).reduce(f64::max)
    }

    /// What of a decided change is the slow end alone.
    fn only_the_tail(&self, verdict: Verdict) -> Option<Reason> {
        let decided: Vec<Statistic> = self
            .change
            .effects
            .iter()
            .filter(|effect| effect.verdict == Some(verdict))
            .map(|effect| effect.statistic)
            .collect();
        let of_tail = |one: &Statistic| matches!(*one, Statistic::P95 | Statistic::P99 | Statistic::SlowShare);
        let only = !decided.is_empty() && decided.iter().all(of_tail);
        only.then_some(Reason::Tail { statistics: decided })
    }

    /// What becomes of a metric whose center lies inside the margin.
    fn how_unchanged(&self, alone: f64) -> (Verdict, Option<Reason>) {
        if let Some(doubt) = self.doubt(alone) {
            return (Verdict::Inconclusive, Some(doubt));
        }
        // A count that is one number throughout has no tail; what is measured may have one that so few samples do not show.
        let is_count = matches!(self.change.dimension, Dimension::Count | Dimension::Bytes | Dimension::Ratio);
        if self.change.is_share() || is_count && self.measured.first().is_some_and(|center| center.constant) {
            return (Verdict::Unchanged, None);
        }
        match self.zeros() {
            SameZeros::Known => {}
            // So few of them that the center does not feel it.
            SameZeros::Few => return (Verdict::CenterUnchanged, Some(Reason::Zeros)),
            SameZeros::Unknown => return (Verdict::Inconclusive, Some(Reason::Zeros)),
        }
        let mut tails = self.measured.iter().filter(|one| matches!(one.statistic(), Statistic::P95 | Statistic::P99));
        let unknown = tails.rfind(|one| one.inside_tail_margin() != Some(true));
        match unknown {
            None => (Verdict::Unchanged, None),
            Some(tail) => (Verdict::CenterUnchanged, Some(tail.not_known())),
        }
    }

    /// Whether zeros, and what is not zero, are known to be the same.
    fn zeros(&self) -> SameZeros {
        /// Fewer zeros do not move the center.
        const FEW: f64 = 0.05;
        /// A larger difference between shares of zeros is a change, however many there are.
        const MOST: f64 = 0.05;
        let of = |statistic: Statistic| self.measured.iter().find(|one| one.statistic() == statistic);
        let Some(share) = of(Statistic::ZeroShare) else { return SameZeros::Known };
        let zeros = share.before.into_iter().chain(share.after).sum::<f64>() / 2.0;
        let margin = (self.tail_margin * zeros.min(1.0 - zeros)).clamp(ZERO_SHARE_MARGIN, MOST);
        let others = of(Statistic::NonZero).is_some_and(|center| center.inside(center.margin));
        match (share.inside(margin) && others, zeros < FEW) {
            (true, _) => SameZeros::Known,
            (false, true) => SameZeros::Few,
            (false, false) => SameZeros::Unknown,
        }
    }

    /// What speaks against "unchanged" although the center lies inside the margin.
    fn doubt(&self, alone: f64) -> Option<Reason> {
        if self.measured.first().is_some_and(|center| center.hidden_by_ties(alone)) {
            return Some(Reason::HiddenByTies);
        }
        let others = self.measured.iter().skip(1).filter(|measured| measured.speaks_of_change());
        let statistics: Vec<Statistic> = others.map(EffectDraft::statistic).collect();
        (!statistics.is_empty()).then_some(Reason::OnlyTheCenter { statistics })
    }

    /// What it is about, among other things that may have moved together: its group, or else the metric itself.
    pub(crate) fn subject(&self) -> (String, String) {
        let Change { group, metric, .. } = &self.change;
        (self.place.clone(), group.clone().unwrap_or_else(|| metric.clone()))
    }

    /// By how much a duration or a rate moved for the worse: what a slower machine would change.
    pub(crate) fn moved(&self) -> Option<Move> {
        let Change { dimension, polarity, effects, reason, .. } = &self.change;
        let is_speed = dimension.is_time() || matches!(dimension, Dimension::Rate | Dimension::ByteRate);
        if !is_speed || *reason == Some(Reason::FailedBefore) {
            return None;
        }
        if let Some(center) = self.measured.first() {
            return center.moved(*polarity);
        }
        // Numbers of tools have no interval; many of them together do.
        let ratio = effects.first().filter(|effect| effect.scale == Scale::Ratio)?.estimate?;
        Some(Move { log: worse_sign(*polarity)? * ratio.ln(), error: None, degrees_of_freedom: None })
    }

    /// Says what it is beyond the shift of the whole suite.
    pub(crate) fn hold_against(&mut self, against: Against, stands_out: bool) {
        let Some(sign) = worse_sign(self.change.polarity) else { return };
        let end = |side: f64| against.half.map(|half| (sign * against.log + side * half).exp());
        let estimate = (sign * against.log).exp();
        self.change.against_suite = Some(AgainstSuite { estimate, low: end(-1.0), high: end(1.0), stands_out });
    }

    pub(crate) fn order(&self, other: &Self) -> std::cmp::Ordering {
        let names =
            |draft: &Self| (draft.change.metric.clone(), draft.change.group.clone(), draft.change.source.clone());
        // What is too large to be passed over stands among what is worse.
        let rank = |draft: &Self| match draft.change.verdict {
            Verdict::Inconclusive | Verdict::Incomparable if draft.change.large => Verdict::Missing,
            verdict => verdict,
        };
        rank(self)
            .cmp(&rank(other))
            .then_with(|| other.sure_size.total_cmp(&self.sure_size))
            .then_with(|| other.size.total_cmp(&self.size))
            .then_with(|| names(self).cmp(&names(other)))
    }

    pub(crate) fn drawable(&self) -> bool {
        const DRAWN: [Verdict; 4] = [Verdict::Regressed, Verdict::Changed, Verdict::Improved, Verdict::Inconclusive];
        let sides = [self.change.before, self.change.after];
        let enough = sides.iter().all(|side| side.is_some_and(|side| side.samples >= drawing::LEAST_SAMPLES));
        self.pair.is_some() && DRAWN.contains(&self.change.verdict) && enough
    }

    pub(crate) fn draw(&mut self) {
        let Some(pair) = &self.pair else { return };
        let side = |runs: &[&MetricRuns]| PooledRuns::of(recordings(runs));
        if let (Some(before), Some(after)) = (side(&pair.before), side(&pair.after)) {
            self.change.drawing = drawing(&before.pooled, &after.pooled);
        }
    }
}
