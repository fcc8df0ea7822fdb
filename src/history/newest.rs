//! The newest run beside the runs since the last change of each metric: what one night is worth.
//!
//! In: the series of all metrics with their levels. Out: a [`NewestRun`]. One odd night is no change of level, and a level that changed
//! is known after two to four runs; until then this says how far the run is from what its stretch explains. False discoveries are
//! controlled over all of its metrics, as in comparisons.

use crate::compare::margin::{DEFAULT_MARGIN, GLARING_FACTOR, LARGE};
use crate::compare::verdict::discovery_level;
use crate::measure::{Dimension, Polarity};
use crate::stats::change_points::inflation;
use crate::stats::interval::wilson;
use crate::stats::prediction::{Prediction, ScoreLaw, score_of};

use super::contract::{HistoryPoint, MetricHistory, NewestCounts, NewestRun, NewestValue, NewestVerdict, RunFacts};
use super::line::Run;
use super::slow::together;

/// Fewer runs are no stretch.
pub(super) const FEWEST_RUNS: usize = 4;
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
    is_kept: bool,
) -> Option<NewestRun> {
    let last = facts.len().checked_sub(1)?;
    let here = |run: usize| facts[run].environment == facts[last].environment;
    if !(0..last).any(here) {
        return None;
    }
    let lately: Vec<usize> = (0..last).rev().filter(|run| here(*run)).take(LATELY).collect();
    let mut beside: Vec<Beside<'_>> = metrics
        .iter()
        .filter_map(|metric| {
            let value = metric.points.last().filter(|point| point.run == last).map(|point| point.value);
            let missed = || metric.points.iter().any(|point| lately.contains(&point.run));
            (value.is_some() || missed()).then(|| beside(metric, value, [runs[last], runs[lately[0]]], facts))
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
    let matters = |found: &Prospect| found.moved.abs() >= found.scale.margin(margin);
    let tested = beside.iter().filter_map(|one| one.found.as_ref());
    let level = discovery_level(tested.map(|found| if matters(found) { found.p } else { 1.0 }).collect(), LEVEL);
    let tests = beside.iter().filter(|one| one.found.is_some()).count().max(1) as f64;
    let mut counts = NewestCounts::default();
    let mut values: Vec<NewestValue> = beside
        .iter()
        .map(|one| {
            let value = judged(one, margin, level, tests);
            count(&mut counts, &value);
            value
        })
        .collect();
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
    Some(NewestRun { run: last, is_kept, together, metrics: values, counts })
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
    [newest, before]: [&Run; 2],
    facts: &[RunFacts],
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
        .and_then(|value| found(metric, value, &stretch, [newest, before]));
    Beside { metric, value, stretch, found }
}

fn found(metric: &MetricHistory, value: f64, stretch: &[&HistoryPoint], runs: [&Run; 2]) -> Option<Prospect> {
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
    let least = least_noise(metric, stretch, runs);
    let least = if scale == Scale::Logarithms { least / mean } else { least };
    let inflation = inflation(metric.dependence.unwrap_or(0.0));
    let prediction = Prediction::of(&on_scale, inflation, least)?;
    let first = FEWEST_RUNS.max(on_scale.len().saturating_sub(PREDICTED));
    let scores = (first..on_scale.len())
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

/// The noise below which runs of a metric cannot be: half the width of their own intervals, and the step in which they are recorded.
fn least_noise(metric: &MetricHistory, stretch: &[&HistoryPoint], runs: [&Run; 2]) -> f64 {
    let own = |point: &HistoryPoint| Some((point.high? - point.low?) / (2.0 * NORMAL_95));
    let newest = metric.points.last().and_then(own).unwrap_or(0.0);
    let counted = runs.iter().filter_map(|run| {
        let one = run.metrics.iter().find(|one| one.name() == metric.name)?;
        let (good, failed) = (one.n?, one.failed?);
        let shown = wilson(failed, good.saturating_add(failed), CONFIDENCE)?;
        Some((shown.high? - shown.low?) / (2.0 * NORMAL_95))
    });
    let counted = if metric.dimension == Dimension::Ratio { counted.fold(0.0, f64::max) } else { 0.0 };
    newest.max(counted).max(step(stretch) / 12.0_f64.sqrt())
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
    let Beside { metric, value, stretch, found } = one;
    let blank = NewestValue {
        metric: metric.name.clone(),
        verdict: NewestVerdict::New,
        large: false,
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
    let Some(found) = found else {
        let Some(before) = stretch.last() else { return blank };
        let ratio = Some(value / before.value).filter(|ratio| ratio.is_finite() && *ratio > 0.0);
        let worse = |ratio: f64| signed(metric.polarity).map_or(ratio.ln().abs(), |sign| sign * ratio.ln());
        let large = ratio.is_some_and(|ratio| worse(ratio) >= GLARING_FACTOR.ln());
        return NewestValue { verdict: NewestVerdict::Inconclusive, large, ratio, level: Some(before.value), ..blank };
    };
    let Prospect { scale, prediction, moved, p, .. } = found;
    let (margin, half) = (scale.margin(margin), prediction.half(CONFIDENCE));
    let is_worse = signed(metric.polarity).map(|sign| sign * moved > 0.0);
    let verdict = if *p <= level && moved.abs() >= margin {
        match is_worse {
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
    let beyond_noise = moved.abs() >= LARGE * margin && p * tests <= by_chance;
    let glaring = *scale == Scale::Logarithms && moved.abs() >= GLARING_FACTOR.ln() && *p <= by_chance;
    let large = verdict == NewestVerdict::Inconclusive && is_worse != Some(false) && (beyond_noise || glaring);
    NewestValue {
        verdict,
        large,
        level: Some(scale.back(prediction.center)),
        low: Some(scale.back(prediction.center - half)),
        high: Some(scale.back(prediction.center + half)),
        ratio: (*scale == Scale::Logarithms).then(|| moved.exp()),
        p: Some(*p),
        ..blank
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
    counts.large += usize::from(value.large);
}
