//! The newest run beside the runs since the last change of each metric: what one night is worth.
//!
//! In: the series of all metrics with their levels. Out: a [`NewestRun`]. One odd night is no change of level, and a level that changed
//! is known after two to four runs; until then this says how far the run is from what its stretch explains. False discoveries are
//! controlled over all of its metrics, as in comparisons.

use std::collections::BTreeMap;

use crate::compare::beyond_noise::{BeyondNoise, BothSides, Zeros, beyond_noise};
use crate::compare::judge::chance_of_one;
use crate::compare::margin::{DEFAULT_MARGIN, GLARING_FACTOR, LARGE};
use crate::compare::too_quick::{Moved, TooQuick, too_quick};
use crate::compare::verdict::discovery_level;
use crate::measure::{Dimension, Polarity};
use crate::stats::change_points::{FEWEST, inflation};
use crate::stats::interval::wilson;
use crate::stats::prediction::{Prediction, ScoreLaw, score_of};
use crate::stats::sample::median_of;

use super::beyond::{self, Lines};
use super::contract::{HistoryPoint, MetricHistory, NewestCounts, NewestRun, NewestValue, NewestVerdict, RunFacts};
use super::endings::OtherEndings;
use super::line::{Run, RunMetric};
use super::measured::RATE;
use super::series::{Aspect, FEWEST_RUNS};
use super::slow::together;

/// "No change" is excluded at this level, after control of false discoveries over the run.
const LEVEL: f64 = 0.01;
/// Level of the interval that is shown, and of what is large by chance in a whole report.
const CONFIDENCE: f64 = 0.95;
/// Shares are compared as differences: so many points matter.
const SHARE_MARGIN: f64 = 0.01;
/// What the tails of an interval of 95% are, in standard errors.
const NORMAL_95: f64 = 1.96;
/// So many of the newest runs of a stretch are predicted from those before them, to know what is usual.
const PREDICTED: usize = 100;
/// A metric that none of so many runs before has is not missed.
const LATELY: usize = 3;

/// A value beside its stretch, before anything is decided.
struct Beside<'a> {
    metric: &'a MetricHistory,
    value: Option<f64>,
    stretch: Vec<&'a HistoryPoint>,
    found: Option<Prospect>,
    /// What may be too much whatever the stretch differs by.
    sides: BothSides,
}

/// What a stretch of enough runs says of a value.
struct Prospect {
    scale: Scale,
    prediction: Prediction,
    /// The value less the level, on the scale.
    moved: f64,
    p: f64,
    /// How far the runs of the stretch were from what those before them predict, as normal scores.
    scores: Vec<f64>,
}

/// On what values are compared.
#[derive(Clone, Copy, PartialEq)]
enum Scale {
    Logarithms,
    /// As they are; a change matters from this difference on.
    Differences(f64),
}

impl Scale {
    fn of(self, value: f64) -> f64 {
        if self == Self::Logarithms { value.ln() } else { value }
    }

    fn back(self, value: f64) -> f64 {
        if self == Self::Logarithms { value.exp() } else { value }
    }

    fn margin(self, margin: f64) -> f64 {
        match self {
            Self::Logarithms => margin.ln_1p(),
            Self::Differences(least) => least,
        }
    }
}

/// The newest run, `None` where no other run is of its environment.
pub(super) fn newest(
    runs: &[&Run],
    facts: &[RunFacts],
    metrics: &[MetricHistory],
    margin: f64,
    followed: Aspect,
    is_kept: bool,
) -> Option<NewestRun> {
    let last = facts.len().checked_sub(1)?;
    let here = |run: usize| facts[run].environment == facts[last].environment;
    if !(0..last).any(here) {
        return None;
    }
    let lately: Vec<usize> = (0..last).rev().filter(|run| here(*run)).take(LATELY).collect();
    let lines = Lines::of(runs, (0..=last).rev().filter(|run| here(*run)).take(PREDICTED + 1));
    let mut beside: Vec<Beside<'_>> = metrics
        .iter()
        .filter_map(|metric| {
            let value = metric.points.last().filter(|point| point.run == last).map(|point| point.value);
            let missed = || metric.points.iter().any(|point| lately.contains(&point.run));
            (value.is_some() || missed()).then(|| beside(metric, value, &lines, lately[0], facts, followed))
        })
        .collect();
    // Where quiet nights were often far off what their past predicts, another one is no news.
    let scores: Vec<f64> =
        beside.iter().filter_map(|one| one.found.as_ref()).flat_map(|one| one.scores.iter().copied()).collect();
    if let Some(usual) = ScoreLaw::of(&scores) {
        for found in beside.iter_mut().filter_map(|one| one.found.as_mut()) {
            found.p = found.p.max(usual.p(score_of(found.p)));
        }
    }
    share_zeros(&mut beside, &lines, last);
    let matters = |found: &Prospect| found.moved.abs() >= found.scale.margin(margin);
    let tested = beside.iter().filter_map(|one| one.found.as_ref());
    let level = discovery_level(tested.map(|found| if matters(found) { found.p } else { 1.0 }).collect(), LEVEL);
    let tests = beside.iter().filter(|one| one.found.is_some()).count().max(1) as f64;
    let mut counts = NewestCounts::default();
    let earlier: Vec<&Run> = (0..last).rev().filter(|run| here(*run)).take(PREDICTED).map(|run| runs[run]).collect();
    let endings = OtherEndings::of(&earlier, runs[last]);
    let mut values: Vec<NewestValue> = beside
        .iter()
        .map(|one| {
            let group = lines.line(last, &one.metric.name).and_then(|line| line.group.as_deref());
            let value = endings.settle(judged(one, margin, level, tests), one.metric, group);
            count(&mut counts, &value);
            value
        })
        .collect();
    let too_quick = quicker(&beside, &values, &lines, last);
    let size = |value: &NewestValue| value.ratio.map_or(f64::INFINITY, |ratio| ratio.ln().abs());
    values.sort_by(|one, other| {
        (one.verdict, !one.large)
            .cmp(&(other.verdict, !other.large))
            .then_with(|| size(other).total_cmp(&size(one)))
            .then_with(|| one.metric.cmp(&other.metric))
    });
    let moves: Vec<f64> =
        beside.iter().filter_map(|one| Some(signed(one.metric.polarity)? * one.log_ratio()?)).collect();
    let together = together(&moves).filter(|moved| moved.abs() >= margin.ln_1p()).map(f64::exp);
    Some(NewestRun { run: last, is_kept, together, too_quick, metrics: values, counts })
}

/// What became so much quicker than the runs before it that rather something else was measured, as in a comparison.
fn quicker(beside: &[Beside<'_>], values: &[NewestValue], lines: &Lines<'_>, last: usize) -> Option<TooQuick> {
    let moved = beside.iter().zip(values).filter_map(|(one, value)| {
        let MetricHistory { name, dimension, polarity, .. } = one.metric;
        let is_speed = dimension.is_time() || matches!(dimension, Dimension::Rate | Dimension::ByteRate);
        let log = signed(*polarity)? * one.log_ratio().filter(|_| is_speed)?;
        let line = lines.line(last, name);
        let group = line.and_then(|line| line.group.as_deref());
        let metric = line.map_or(name.as_str(), |line| line.metric.as_str());
        let subject = (String::new(), group.unwrap_or(metric).to_owned());
        Some(Moved { subject, metric, group, log, improved: value.verdict == NewestVerdict::Improved })
    });
    too_quick(moved)
}

/// Of a metric with many small groups zeros are counted over all of them, too.
fn share_zeros(beside: &mut [Beside<'_>], lines: &Lines<'_>, last: usize) {
    let tests = beside.iter().filter(|one| one.found.is_some()).count();
    let mut metrics: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (place, one) in beside.iter().enumerate().filter(|(_, one)| one.sides.zeros.is_some()) {
        if let Some(line) = lines.line(last, &one.metric.name).filter(|line| line.group.is_some()) {
            metrics.entry(&line.metric).or_default().push(place);
        }
    }
    for groups in metrics.values() {
        let all: Vec<Zeros> = groups.iter().filter_map(|place| beside[*place].sides.zeros).collect();
        let Some(all) = Zeros::of_all(&all, chance_of_one(tests)) else { continue };
        for place in groups {
            let own = beside[*place].sides.zeros.as_mut();
            own.filter(|own| own.are_no_evidence()).into_iter().for_each(|own| *own = all);
        }
    }
}

/// 1 where more is slower, -1 where it is faster.
fn signed(polarity: Polarity) -> Option<f64> {
    match polarity {
        Polarity::LowerIsBetter => Some(1.0),
        Polarity::HigherIsBetter => Some(-1.0),
        Polarity::Unknown => None,
    }
}

impl Beside<'_> {
    fn log_ratio(&self) -> Option<f64> {
        self.found.as_ref().filter(|found| found.scale == Scale::Logarithms).map(|found| found.moved)
    }
}

/// The runs since the last change of a metric, in the environment and without those on an odd host.
fn beside<'a>(
    metric: &'a MetricHistory,
    value: Option<f64>,
    lines: &Lines<'_>,
    before: usize,
    facts: &[RunFacts],
    followed: Aspect,
) -> Beside<'a> {
    let last = facts.len() - 1;
    let of_here = metric.levels.iter().filter(|level| facts[level.to].environment == facts[last].environment);
    // A change that only the newest run makes is none yet.
    let from = of_here.filter(|level| level.from < last).map(|level| level.from).next_back();
    let in_stretch = |point: &&HistoryPoint| {
        from.is_some_and(|from| (from..last).contains(&point.run))
            && facts[point.run].environment == facts[last].environment
            && facts[point.run].slow_host.is_none()
    };
    let stretch: Vec<&HistoryPoint> = metric.points.iter().filter(in_stretch).collect();
    let drifts = metric.drift.as_ref().is_some_and(|drift| !drift.steps_tested);
    let found = value
        .filter(|_| stretch.len() >= FEWEST_RUNS && !drifts)
        .and_then(|value| found(metric, value, &stretch, lines, [last, before]));
    let mut sides = BothSides::default();
    if followed == Aspect::Center && value.is_some() {
        sides = both_sides(metric, &stretch, lines, last);
        let fell = found.as_ref().filter(|found| metric.name == RATE && found.is_lower());
        sides.fallen_rate = fell.map(|found| found.moved.exp());
    }
    Beside { metric, value, stretch, found, sides }
}

/// What the lines of a metric say beside its values.
fn both_sides(metric: &MetricHistory, stretch: &[&HistoryPoint], lines: &Lines<'_>, last: usize) -> BothSides {
    let Some(newest) = lines.line(last, &metric.name).filter(|one| one.dimension == metric.dimension) else {
        return BothSides::default();
    };
    let before: Vec<&RunMetric> = stretch
        .iter()
        .filter_map(|point| lines.line(point.run, &metric.name))
        .filter(|one| one.dimension == metric.dimension)
        .collect();
    let fewer = fewer(metric, stretch, lines, last).unwrap_or(1.0);
    let inflation = inflation(metric.dependence.unwrap_or(0.0));
    BothSides {
        zeros: beyond::zeros(&before, &[newest]),
        shrunk: beyond::shrunk(&before, newest),
        slow_end: beyond::slow_end(&before, newest, fewer, inflation),
        others: beyond::others(&before, newest, fewer, inflation),
        ..BothSides::default()
    }
}

/// By what factor the newest run is known less well than those before it because it has fewer samples; `None` where that is not known.
fn fewer(metric: &MetricHistory, stretch: &[&HistoryPoint], lines: &Lines<'_>, last: usize) -> Option<f64> {
    let of = |run: usize| lines.samples(run, &metric.name).filter(|samples| *samples > 0).map(|samples| samples as f64);
    let before: Vec<f64> = stretch.iter().filter_map(|point| of(point.run)).collect();
    let newest = of(last).filter(|_| !before.is_empty())?;
    Some((median_of(&before) / newest).sqrt().max(1.0))
}

fn found(
    metric: &MetricHistory,
    value: f64,
    stretch: &[&HistoryPoint],
    lines: &Lines<'_>,
    newest: [usize; 2],
) -> Option<Prospect> {
    let values: Vec<f64> = stretch.iter().map(|point| point.value).collect();
    let positive = value > 0.0 && values.iter().all(|value| *value > 0.0);
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    let scale = if metric.dimension == Dimension::Ratio {
        Scale::Differences(SHARE_MARGIN)
    } else if positive {
        Scale::Logarithms
    } else {
        Scale::Differences(DEFAULT_MARGIN * mean.abs())
    };
    let on_scale: Vec<f64> = values.iter().map(|value| scale.of(*value)).collect();
    let inflation = inflation(metric.dependence.unwrap_or(0.0));
    let relative = |noise: f64, to: f64| if scale == Scale::Logarithms { noise / to } else { noise };
    let step = step(stretch);
    let shown = Prediction::largest_spread(&on_scale, inflation, CONFIDENCE)
        .filter(|spread| on_scale.len() >= FEWEST && *spread > 0.0)
        .zip(fewer(metric, stretch, lines, newest[0]))
        .map(|(spread, fewer)| (spread * fewer).max(relative(step, mean)));
    let own = relative(own_noise(metric), value);
    let least = shown.map_or(own, |shown| own.min(shown));
    let least = least.max(relative(counted_noise(metric, lines, newest).max(step / 12.0_f64.sqrt()), mean));
    let prediction = Prediction::of(&on_scale, inflation, least)?;
    let first = FEWEST_RUNS.max(on_scale.len().saturating_sub(PREDICTED));
    // What is one number throughout says nothing of how far off nights are.
    let varies = on_scale.iter().any(|value| *value != on_scale[0]);
    let scores = (first..on_scale.len())
        .filter(|_| varies)
        .filter_map(|place| Some(score_of(Prediction::of(&on_scale[..place], inflation, least)?.p(on_scale[place]))))
        .collect();
    let moved = scale.of(value) - prediction.center;
    // What another run had already needs no explanation.
    let (low, high) = values
        .iter()
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(*value), high.max(*value)));
    let p = if (low..=high).contains(&value) { 1.0 } else { prediction.p(scale.of(value)) };
    Some(Prospect { scale, prediction, moved, p, scores })
}

impl Prospect {
    /// Whether the value is known to lie below its stretch.
    fn is_lower(&self) -> bool {
        self.scale == Scale::Logarithms && self.moved < 0.0 && self.p <= 1.0 - CONFIDENCE
    }
}

/// The noise of the newest run by its own interval.
fn own_noise(metric: &MetricHistory) -> f64 {
    let own = |point: &HistoryPoint| Some((point.high? - point.low?) / (2.0 * NORMAL_95));
    metric.points.last().and_then(own).unwrap_or(0.0)
}

/// The noise below which a share of what was counted cannot be, by the newest run and the one before it.
fn counted_noise(metric: &MetricHistory, lines: &Lines<'_>, runs: [usize; 2]) -> f64 {
    if metric.dimension != Dimension::Ratio {
        return 0.0;
    }
    let counted = runs.into_iter().filter_map(|run| {
        let one = lines.line(run, &metric.name)?;
        let (good, failed) = (one.n?, one.failed?);
        let shown = wilson(failed, good.saturating_add(failed), CONFIDENCE)?;
        Some((shown.high? - shown.low?) / (2.0 * NORMAL_95))
    });
    counted.fold(0.0, f64::max)
}

/// The step of a coarse clock: the smallest difference, where most values of the stretch are the same as others.
fn step(stretch: &[&HistoryPoint]) -> f64 {
    let mut values: Vec<f64> = stretch.iter().map(|point| point.value).collect();
    values.sort_unstable_by(f64::total_cmp);
    let gaps: Vec<f64> = values.windows(2).map(|pair| pair[1] - pair[0]).filter(|gap| *gap > 0.0).collect();
    if 2 * gaps.len() >= values.len() {
        return 0.0;
    }
    gaps.into_iter().min_by(f64::total_cmp).unwrap_or(0.0)
}

fn judged(one: &Beside<'_>, margin: f64, level: f64, tests: f64) -> NewestValue {
    let Beside { metric, value, stretch, found, sides } = one;
    let blank = NewestValue {
        metric: metric.name.clone(),
        verdict: NewestVerdict::New,
        large: false,
        beyond: None,
        value: *value,
        runs: stretch.len(),
        since: stretch.first().map(|point| point.run),
        level: None,
        low: None,
        high: None,
        ratio: None,
        p: None,
    };
    let Some(value) = *value else { return NewestValue { verdict: NewestVerdict::Missing, ..blank } };
    let judged = match found {
        None => {
            let Some(before) = stretch.last() else { return blank };
            beside_one(metric, value, before.value, blank)
        }
        Some(found) => predicted(metric, found, margin, [level, tests], blank),
    };
    settled(judged, sides, chance_of_one(tests as usize))
}

/// Fewer requests may be a slower service; more are none, and of neither is it known which way is better.
fn is_worse(metric: &MetricHistory, moved: f64) -> Option<bool> {
    let sign = if metric.name == RATE { Some(-1.0) } else { signed(metric.polarity) };
    sign.map(|sign| sign * moved > 0.0)
}

/// A value beside too few runs, or a level that moves.
fn beside_one(metric: &MetricHistory, value: f64, before: f64, blank: NewestValue) -> NewestValue {
    let ratio = Some(value / before).filter(|ratio| ratio.is_finite() && *ratio > 0.0);
    let large = ratio
        .is_some_and(|ratio| ratio.ln().abs() >= GLARING_FACTOR.ln() && is_worse(metric, ratio.ln()) != Some(false));
    NewestValue { verdict: NewestVerdict::Inconclusive, large, ratio, level: Some(before), ..blank }
}

/// A value beside what its stretch predicts.
fn predicted(
    metric: &MetricHistory,
    found: &Prospect,
    margin: f64,
    [level, tests]: [f64; 2],
    blank: NewestValue,
) -> NewestValue {
    let Prospect { scale, prediction, moved, p, .. } = found;
    let (margin, half) = (scale.margin(margin), prediction.half(CONFIDENCE));
    let is_worse = is_worse(metric, *moved);
    let decided = *p <= level && moved.abs() >= margin;
    let verdict = if decided {
        match is_worse.filter(|_| metric.polarity != Polarity::Unknown) {
            Some(true) => NewestVerdict::Regressed,
            Some(false) => NewestVerdict::Improved,
            None => NewestVerdict::Changed,
        }
    } else if moved.abs() + half <= margin {
        NewestVerdict::Unchanged
    } else {
        NewestVerdict::Inconclusive
    };
    let by_chance = 1.0 - CONFIDENCE;
    // A rate that fell is no less than one of which it is not decided that it did.
    let fell = decided && metric.name == RATE;
    let beyond_noise = moved.abs() >= LARGE * margin && (p * tests <= by_chance || fell);
    let glaring = *scale == Scale::Logarithms && moved.abs() >= GLARING_FACTOR.ln() && *p <= by_chance;
    let is_open = verdict == NewestVerdict::Inconclusive || fell;
    NewestValue {
        verdict,
        large: is_open && is_worse != Some(false) && (beyond_noise || glaring),
        level: Some(scale.back(prediction.center)),
        low: Some(scale.back(prediction.center - half)),
        high: Some(scale.back(prediction.center + half)),
        ratio: (*scale == Scale::Logarithms).then(|| moved.exp()),
        p: Some(*p),
        ..blank
    }
}

/// The same once it is known what is too much whatever the stretch differs by.
fn settled(judged: NewestValue, sides: &BothSides, chance: f64) -> NewestValue {
    let beyond = beyond_noise(sides, chance);
    let no_better = sides.zeros.is_some_and(|zeros| zeros.rule_out_better(chance));
    match (judged.verdict, beyond) {
        (NewestVerdict::Regressed | NewestVerdict::New, _) => judged,
        (_, Some(BeyondNoise::Rate { .. })) => NewestValue { large: true, beyond, ..judged },
        (_, Some(_)) => NewestValue { verdict: NewestVerdict::Inconclusive, large: true, beyond, ..judged },
        (NewestVerdict::Improved, None) if no_better => NewestValue { verdict: NewestVerdict::Inconclusive, ..judged },
        (_, None) => judged,
    }
}

fn count(counts: &mut NewestCounts, value: &NewestValue) {
    let count = match value.verdict {
        NewestVerdict::Regressed => &mut counts.regressed,
        NewestVerdict::Missing => &mut counts.missing,
        NewestVerdict::Changed => &mut counts.changed,
        NewestVerdict::Improved => &mut counts.improved,
        NewestVerdict::Inconclusive => &mut counts.inconclusive,
        NewestVerdict::Unchanged => &mut counts.unchanged,
        NewestVerdict::New => &mut counts.new,
    };
    *count += 1;
    // A rate that fell is said to have changed.
    counts.large += usize::from(value.large && value.verdict == NewestVerdict::Inconclusive);
}
