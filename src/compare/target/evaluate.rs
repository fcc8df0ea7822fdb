//! Comparing the numbers of a run with targets.
//!
//! In: targets, what was measured, and the comparison with a baseline where there is one. Out: a result for every number
//! that a condition is about, or one that says why there is none. Refuses limits whose unit does not fit.

use crate::analysis::reported::Reported;
use crate::compare::outcome::{Change, Comparison, Effect, Reason, Scale, TargetOutcome, TargetResult, Verdict};
use crate::measure::limit::{Misfit, misfit};
use crate::measure::{Dimension, Refusal, Statistic, Unit};
use crate::stats::interval::{Interval, order_statistic_interval_inflated, wilson_inflated};
use crate::stats::quantile::{QuantileMethod, quantile, samples_needed};
use crate::stats::summary::Summary;

use super::condition::{Condition, Target};
use super::far_beyond::far_beyond;
use super::interval::{Certainty, decide, samples_for_ends};
use super::select;
use super::subject::{Subject, SubjectShare};

/// The median in percent.
const MEDIAN: f64 = 50.0;
/// Why a number that the largest samples decide has no upper end.
const SATURATED: &str = "the largest samples stand where a field ends, and are at least so large";
/// No change, as a ratio.
const NO_CHANGE: f64 = 1.0;

/// What became of the targets, in their order.
///
/// `confidence` is the level of the intervals in the summaries, `quantile_method` the definition of their percentiles.
///
/// # Errors
/// When the unit of a limit does not fit a metric that it is about.
pub fn evaluate(
    targets: &[Target],
    subjects: &[Subject<'_>],
    shares: &[SubjectShare<'_>],
    comparison: Option<&Comparison>,
    confidence: f64,
    quantile_method: QuantileMethod,
) -> Result<Vec<TargetResult>, Refusal> {
    let evidence = Evidence { subjects, shares, comparison, confidence, quantile_method };
    let mut results = Vec::new();
    for target in targets {
        for condition in &target.conditions {
            let question = Question { target, condition };
            results.extend(match condition.statistic {
                statistic if condition.is_change => evidence.changes(question, statistic),
                Statistic::FailureShare => evidence.shares(question),
                _ => evidence.subjects(question)?,
            });
        }
    }
    Ok(results)
}

struct Evidence<'a> {
    subjects: &'a [Subject<'a>],
    shares: &'a [SubjectShare<'a>],
    comparison: Option<&'a Comparison>,
    confidence: f64,
    quantile_method: QuantileMethod,
}

#[derive(Clone, Copy)]
struct Question<'a> {
    target: &'a Target,
    condition: &'a Condition,
}

/// A number and how far it could be off, or why there is none.
type Answer = Result<(f64, Certainty), String>;

/// Where a number was found.
#[derive(Clone, Copy)]
struct Origin<'a> {
    source: &'a str,
    metric: &'a str,
    group: Option<&'a str>,
}

impl Question<'_> {
    /// The result where nothing matches.
    fn nothing(self, note: String) -> TargetResult {
        let dimension = self.condition.limit.unit.map_or(Dimension::Unknown, |unit| unit.dimension);
        self.result(None, dimension, Err(note))
    }

    fn result(self, found: Option<Origin<'_>>, dimension: Dimension, answer: Answer) -> TargetResult {
        let Condition { operator, is_change, .. } = self.condition;
        let limit = self.condition.limit.base(Unit::UNKNOWN);
        // The change from 100 to 103 must keep "<= 3%", so the limit takes the same rounding as the change.
        let rounded = if *is_change { (NO_CHANGE + limit) - NO_CHANGE } else { limit };
        let (value, (low, high), (outcome, note)) = match answer {
            Ok((value, certainty)) => (Some(value), certainty.ends(), decide(value, &certainty, *operator, rounded)),
            Err(note) => (None, (None, None), (TargetOutcome::NoData, Some(note))),
        };
        TargetResult {
            subject: self.target.to_string(),
            source: found.map(|found| found.source.to_owned()),
            metric: found.map(|found| found.metric.to_owned()),
            group: found.and_then(|found| found.group).map(str::to_owned),
            statistic: self.condition.key.clone(),
            is_change: *is_change,
            condition: self.condition.text.clone(),
            dimension,
            limit,
            value,
            low,
            high,
            outcome,
            note,
        }
    }
}

impl Evidence<'_> {
    fn subjects(&self, question: Question<'_>) -> Result<Vec<TargetResult>, Refusal> {
        let Condition { statistic, .. } = *question.condition;
        let found = match select::subjects(question.target, statistic, self.subjects) {
            Ok(found) => found,
            Err(note) => return Ok(vec![question.nothing(note)]),
        };
        found
            .into_iter()
            .map(|subject| {
                let place = Origin { source: subject.source, metric: subject.metric, group: subject.group };
                let dimension = question.condition.dimension(subject.dimension);
                if let Some(note) = unit_not_stated(question, subject) {
                    return Ok(question.result(Some(place), dimension, Err(note)));
                }
                check_unit(question, subject)?;
                let answer =
                    self.number(statistic, subject).map(|found| self.with_unanswered(statistic, subject, found));
                let result = question.result(Some(place), dimension, answer);
                Ok(far_beyond(result, question.condition, subject))
            })
            .collect()
    }

    fn number(&self, statistic: Statistic, subject: &Subject<'_>) -> Answer {
        let is_duration = subject.dimension.is_time() && !statistic.is_count();
        if let Some((failed, total)) = subject.failing.filter(|_| is_duration) {
            if total == 0 {
                return Err("no request was counted, so that there is no duration".to_owned());
            }
            return Err(format!("failing: {failed} of {total} failed, and how fast failures are keeps no limit"));
        }
        if let Some(reported) = subject.reported {
            return reported_number(statistic, reported);
        }
        if statistic == Statistic::Value {
            let certain = |value| match subject.interval {
                Some(Interval { low, high, .. }) => (value, closed(low, high)),
                None => alone(value),
            };
            return subject.value.map(certain).ok_or_else(|| "it has no number".to_owned());
        }
        let summary = subject.summary.ok_or_else(|| "no clean sample".to_owned())?;
        match statistic {
            Statistic::Count => Ok(alone(summary.n as f64)),
            Statistic::Max if summary.saturation.is_some() => Ok((summary.max, at_least(Some(summary.max)))),
            Statistic::Min if summary.saturation.is_some_and(|found| found.touches(summary.min)) => {
                Ok((summary.min, at_least(Some(summary.min))))
            }
            // What is cut off at one end varies by less than the whole does; of its mean nobody knows by how much.
            Statistic::Stddev if summary.saturation.is_some() => {
                summary.stddev.map(|value| (value, at_least(Some(value)))).ok_or_else(|| too_few(2, summary.n))
            }
            Statistic::Cv if summary.saturation.is_some() => {
                let withheld = |value| (value, Certainty::Withheld(SATURATED.to_owned()));
                summary.cv.map(withheld).ok_or_else(|| too_few(2, summary.n))
            }
            Statistic::Min => Ok(alone(summary.min)),
            Statistic::Max => Ok(alone(summary.max)),
            Statistic::Stddev => summary.stddev.map(alone).ok_or_else(|| too_few(2, summary.n)),
            Statistic::Cv if summary.n < 2 => Err(too_few(2, summary.n)),
            Statistic::Cv => summary
                .cv
                .map(alone)
                .ok_or_else(|| "a value is below 0 or the mean is 0: a share of it means nothing".to_owned()),
            Statistic::Mean => Ok((summary.mean, mean_certainty(summary))),
            Statistic::Median => self.percentile(MEDIAN, summary, subject.samples),
            Statistic::Percentile(percent) => self.percentile(percent, summary, subject.samples),
            Statistic::Value
            | Statistic::FailureShare
            | Statistic::Failures
            | Statistic::Center
            | Statistic::MeanError
            | Statistic::SlowShare
            | Statistic::ZeroShare
            | Statistic::NonZero => Err("it has no such number".to_owned()),
        }
    }

    /// A number of durations beside requests that have none: at the worst each of these took longer than all others.
    fn with_unanswered(
        &self,
        statistic: Statistic,
        subject: &Subject<'_>,
        found: (f64, Certainty),
    ) -> (f64, Certainty) {
        let (Some(summary), true) = (subject.summary, subject.unanswered > 0) else { return found };
        let percent = match statistic {
            Statistic::Median => MEDIAN,
            Statistic::Percentile(percent) => percent,
            Statistic::Mean | Statistic::Max => 100.0,
            _ => return found,
        };
        let (value, certainty) = found;
        let all = summary.n + subject.unanswered;
        let among = percent / 100.0 * all as f64 / summary.n as f64;
        let sorted = subject.samples.filter(|samples| among < 1.0 && !samples.is_empty()).map(|samples| {
            let mut sorted = samples.to_vec();
            sorted.sort_unstable_by(f64::total_cmp);
            sorted
        });
        let high = sorted.and_then(|sorted| {
            let inflation = inflation_near(100.0 * among, summary);
            let at = |place: usize| sorted[place];
            let interval = order_statistic_interval_inflated(sorted.len(), at, among, self.confidence, inflation);
            interval?.interval.high
        });
        let needs = || format!("{} of {all} requests have no duration, and may have taken longer", subject.unanswered);
        let low = match certainty {
            Certainty::Interval { low, .. } => low,
            _ => Some(value),
        };
        (value, Certainty::Interval { low, high, needs_low: needs(), needs_high: needs() })
    }

    fn percentile(&self, percent: f64, summary: &Summary, samples: Option<&[f64]>) -> Answer {
        let p = percent / 100.0;
        let needs = samples_needed(p) as u64;
        if summary.n < needs {
            return Err(too_few(needs, summary.n));
        }
        let n = summary.n as f64;
        let inflation = |effective: Option<f64>| effective.map_or(1.0, |effective| n / effective);
        let (value, interval, inflation) = if percent == MEDIAN {
            (summary.median, summary.median_interval, inflation(summary.median_effective_sample_size))
        } else if let Some(known) = summary.percentiles.iter().find(|known| known.percent == percent) {
            let value = known.value.ok_or_else(|| too_few(known.needs, summary.n))?;
            (value, known.interval, inflation(known.effective_sample_size))
        } else {
            let kept = "the samples were not kept, and this percentile is not among the usual ones".to_owned();
            let samples = samples.filter(|samples| !samples.is_empty()).ok_or(kept)?;
            let mut sorted = samples.to_vec();
            sorted.sort_unstable_by(f64::total_cmp);
            let inflation = inflation_near(percent, summary);
            let at = |place: usize| sorted[place];
            let interval = order_statistic_interval_inflated(sorted.len(), at, p, self.confidence, inflation);
            (quantile(&sorted, p, self.quantile_method), interval.map(|found| found.interval), inflation)
        };
        let interval = interval.map(|known| summary.saturation.map_or(known, |found| found.opened(known)));
        if summary.saturation.is_some_and(|found| found.touches(value)) {
            return Ok((value, at_least(interval.and_then(|known| known.low))));
        }
        let (for_low, for_high) = samples_for_ends(p, self.confidence);
        let many = |ends: u64| (ends as f64 * inflation).ceil() as u64;
        let mut certainty = percentile_certainty(interval, (many(for_low), many(for_high)), summary.n);
        if let (Certainty::Interval { high: None, needs_high, .. }, true) =
            (&mut certainty, summary.saturation.is_some())
        {
            SATURATED.clone_into(needs_high);
        }
        Ok((value, certainty))
    }

    fn shares(&self, question: Question<'_>) -> Vec<TargetResult> {
        match select::shares(question.target, self.shares, self.subjects) {
            Err(note) => vec![question.nothing(note)],
            Ok(found) => found
                .into_iter()
                .map(|share| {
                    let place = Origin { source: share.source, metric: share.metric, group: share.group };
                    let result = question.result(Some(place), Dimension::Ratio, self.share(*share));
                    with_unknown_outcomes(result, share)
                })
                .collect(),
        }
    }

    fn share(&self, share: SubjectShare<'_>) -> Answer {
        let interval =
            wilson_inflated(share.failed, share.total, share.inflation, self.confidence).ok_or_else(|| match share
                .group
            {
                Some(_) => "no row of it has a value, or says that it failed".to_owned(),
                None => "errors not recorded: no row says whether it failed".to_owned(),
            })?;
        let value = share.failed as f64 / share.total as f64;
        // At the worst, all of which nobody knows how they ended failed.
        let (all, worst) = (share.total + share.silent, share.failed + share.unclear + share.silent);
        let worst = wilson_inflated(worst.min(all), all, share.inflation, self.confidence).unwrap_or(interval);
        Ok((value, closed(interval.low, worst.high)))
    }

    fn changes(&self, question: Question<'_>, statistic: Statistic) -> Vec<TargetResult> {
        let Some(comparison) = self.comparison else {
            return vec![question.nothing("needs a baseline: --baseline FILE".to_owned())];
        };
        match select::changes(question.target, &comparison.changes, self.subjects) {
            Err(note) => vec![question.nothing(note)],
            Ok(found) => found
                .into_iter()
                .map(|change| {
                    let Change { source, metric, group, .. } = change;
                    let place = Origin { source, metric, group: group.as_deref() };
                    question.result(Some(place), Dimension::Ratio, change_of(change, statistic))
                })
                .collect(),
        }
    }
}

/// Says of an undecided share how many rows there are of which nobody knows how they ended.
fn with_unknown_outcomes(result: TargetResult, share: &SubjectShare<'_>) -> TargetResult {
    let unknown = share.unclear + share.silent;
    if result.outcome != TargetOutcome::Undecided || unknown == 0 {
        return result;
    }
    let note = format!("{unknown} of {} are of unknown outcome, and may have failed", share.total + share.silent);
    TargetResult { note: Some(note), ..result }
}

/// By what factor dependence multiplies the variance of a percentile that no summary has: the larger of its neighbours' factors.
fn inflation_near(percent: f64, summary: &Summary) -> f64 {
    let median = (MEDIAN, summary.median_effective_sample_size);
    let known = summary.percentiles.iter().filter(|known| known.value.is_some());
    let mut all: Vec<(f64, Option<f64>)> = known.map(|known| (known.percent, known.effective_sample_size)).collect();
    all.push(median);
    let below = all.iter().filter(|(at, _)| *at < percent).max_by(|a, b| a.0.total_cmp(&b.0));
    let above = all.iter().filter(|(at, _)| *at > percent).min_by(|a, b| a.0.total_cmp(&b.0));
    let factor = |(_, effective): &(f64, Option<f64>)| effective.map_or(1.0, |effective| summary.n as f64 / effective);
    below.into_iter().chain(above).map(factor).fold(1.0, f64::max)
}

/// The interval of a percentile, with what would close its ends.
fn percentile_certainty(interval: Option<Interval>, (for_low, for_high): (u64, u64), n: u64) -> Certainty {
    let Some(Interval { low, high, .. }) = interval else {
        return Certainty::Withheld("the level allows none".to_owned());
    };
    // Of samples that depend on each other more may be needed than independent ones would be.
    let needs = |samples: u64| {
        if samples > n {
            format!("needs {samples} samples, has {n}")
        } else {
            format!("needs more samples, has {n} that depend on each other")
        }
    };
    Certainty::Interval { low, high, needs_low: needs(for_low), needs_high: needs(for_high) }
}

/// Of a number that is at least so large: a limit below that is missed, however large it is.
fn at_least(low: Option<f64>) -> Certainty {
    let needs = || SATURATED.to_owned();
    Certainty::Interval { low, high: None, needs_low: needs(), needs_high: needs() }
}

fn alone(value: f64) -> (f64, Certainty) {
    (value, Certainty::Alone)
}

/// An interval that more samples would close.
fn closed(low: Option<f64>, high: Option<f64>) -> Certainty {
    let needs = || "needs more samples".to_owned();
    Certainty::Interval { low, high, needs_low: needs(), needs_high: needs() }
}

fn too_few(needs: u64, has: u64) -> String {
    let samples = if needs == 1 { "sample" } else { "samples" };
    format!("needs {needs} {samples}, has {has}")
}

/// A number as a tool reports it; there is never an interval.
fn reported_number(statistic: Statistic, reported: &Reported) -> Answer {
    let number = if statistic.percent() == Some(MEDIAN) {
        reported.number(Statistic::Median).or_else(|| reported.number(Statistic::P50))
    } else {
        reported.number(statistic)
    };
    number.map(|number| (number, Certainty::Reported)).ok_or_else(|| {
        let known: Vec<String> = reported.values.iter().map(|value| value.statistic.to_string()).collect();
        format!("the tool does not report it; it reports {}", known.join(", "))
    })
}

fn mean_certainty(summary: &Summary) -> Certainty {
    match summary.mean_interval {
        Some(interval) => closed(interval.low, interval.high),
        None if summary.n < 2 => Certainty::Withheld(too_few(2, summary.n)),
        None if summary.saturation.is_some() => at_least(summary.saturation.and_then(|found| found.mean_from)),
        None if summary.heavy_tail.is_some() => {
            Certainty::Withheld("a few large samples decide the mean, and others would be as large again".to_owned())
        }
        None => {
            Certainty::Withheld("the samples depend on each other and are worth too few independent ones".to_owned())
        }
    }
}

/// The change of a statistic, as its difference from no change.
fn change_of(change: &Change, statistic: Statistic) -> Answer {
    match change.verdict {
        Verdict::Missing => return Err("only the baseline has it: it vanished from the run".to_owned()),
        Verdict::New => return Err("only the run has it: the baseline cannot tell".to_owned()),
        Verdict::Incomparable => return Err(reason_of(change.reason.as_ref())),
        _ if matches!(change.reason, Some(Reason::Failing { .. })) => return Err(reason_of(change.reason.as_ref())),
        _ => {}
    }
    let Some(effect) = change.effects.iter().find(|effect| effect.statistic == statistic) else {
        return Err(reason_of(change.reason.as_ref()));
    };
    let Effect { scale, estimate, low, high, needs, .. } = *effect;
    if scale == Scale::Shift {
        return Err("compared by its difference, not by a ratio, because not all values are above 0".to_owned());
    }
    let Some(estimate) = estimate.filter(|estimate| estimate.is_finite()) else {
        return Err(needs
            .map_or_else(|| reason_of(change.reason.as_ref()), |needs| format!("needs {needs} samples on each side")));
    };
    let shown = |ratio: f64| ratio - NO_CHANGE;
    if change.reason == Some(Reason::SummaryOnly) {
        return Ok((shown(estimate), Certainty::Withheld("summary only, the tool reports no samples".to_owned())));
    }
    if let Some(Reason::UnknownOutcomes { .. }) = change.reason {
        return Ok((shown(estimate), Certainty::Withheld("many rows are of unknown outcome".to_owned())));
    }
    if low.is_none() && high.is_none() {
        return Ok((shown(estimate), Certainty::Withheld("needs more samples on each side".to_owned())));
    }
    Ok((shown(estimate), closed(low.map(shown), high.map(shown))))
}

fn reason_of(reason: Option<&Reason>) -> String {
    match reason {
        Some(Reason::UnitChanged { before, after }) => {
            format!("not compared: the unit was `{before}` and is now `{after}`")
        }
        Some(Reason::UnitAssumed { before, after }) => {
            format!("not compared: `{before}` before, `{after}` now, and a unit was only assumed")
        }
        Some(Reason::MeaningChanged { before, after }) => {
            format!("not compared: it meant `{before}` and now means `{after}`")
        }
        Some(Reason::PolarityChanged) => "not compared: the better direction has changed".to_owned(),
        Some(Reason::EnvironmentDiffers { keys }) => {
            format!("not compared: the environment differs in {}", keys.join(", "))
        }
        Some(Reason::TooFewSamples { needs }) => format!("needs {needs} samples on each side"),
        Some(Reason::TooFewRuns { needs }) => format!("needs {needs} runs on each side"),
        Some(Reason::SummaryOnly) => "the tool reports no such number on both sides".to_owned(),
        Some(Reason::Failing { failed, total, .. }) => format!("failing: {failed} of {total} failed"),
        Some(Reason::UnknownOutcomes { .. }) => "many rows are of unknown outcome".to_owned(),
        Some(Reason::OtherPart { .. }) => "not compared: a side is not the steady part of a run".to_owned(),
        Some(Reason::NotRecorded) => "not recorded in this baseline".to_owned(),
        Some(
            Reason::OnlyTheCenter { .. }
            | Reason::HiddenByTies
            | Reason::Tail { .. }
            | Reason::TailNotKnown { .. }
            | Reason::Zeros
            | Reason::Rounded
            | Reason::OtherEndings { .. }
            | Reason::OneRun { .. }
            | Reason::LessWork { .. }
            | Reason::FailedBefore
            | Reason::OtherUnit { .. },
        )
        | None => "was not compared".to_owned(),
    }
}

/// A limit with a unit says nothing of numbers whose unit nobody states.
fn unit_not_stated(question: Question<'_>, subject: &Subject<'_>) -> Option<String> {
    let limit = question.condition.limit.unit.filter(|unit| unit.dimension != Dimension::Count)?;
    let unstated = match question.condition.dimension(subject.dimension) {
        Dimension::UnstatedTime => limit.dimension == Dimension::Time,
        dimension => dimension == Dimension::Unknown,
    };
    unstated.then(|| format!("unit not stated: say it with --unit {}={}", subject.metric, limit.symbol))
}

/// Refuses a limit whose unit does not fit the metric.
fn check_unit(question: Question<'_>, subject: &Subject<'_>) -> Result<(), Refusal> {
    let dimension = question.condition.dimension(subject.dimension);
    let Some(Misfit { measured, remedy }) = misfit(subject.metric, question.condition.limit, dimension) else {
        return Ok(());
    };
    let Condition { key, text, .. } = question.condition;
    let Subject { metric, source, .. } = subject;
    Err(Refusal(format!("target {}: {key} {text}: {metric} in {source} {measured}: {remedy}", question.target)))
}
