//! Changes of which nothing states whether they are for the worse, and which must not be passed over all the same.
//!
//! In: a change. Out: whether it is one of what is good or bad although nobody says which (a score, a share), and is large: beside a
//! latency that stayed as it was, a score of half as much is no pass. Refuses what is neither good nor bad by its nature: amounts of
//! data, how many were offered, settings, temperatures, how busy something is.

use crate::measure::words::{Words, apart};
use crate::measure::{Dimension, Polarity, Statistic};

use super::margin::GLARING_FACTOR;
use super::outcome::{Change, Effect, Scale, Verdict};

/// A share that moved by so much is another one.
const TEN_POINTS: f64 = 0.1;
/// One that moved by less is not, whatever the factor.
const TWO_POINTS: f64 = 0.02;
/// Words for what is neither good nor bad: what surrounds a machine, how it is used, what it was given, and where something is.
const NEITHER: Words = Words::of(
    "temperature temperatures temp temps celsius fahrenheit power watt watts energy joule joules voltage volt volts current amps \
     ampere frequency freq clock mhz ghz hz humidity pressure altitude elevation speed wind fan rpm \
     size sizes length len width height volume weight mass area distance radius age price amount \
     users user vus clients client connections sessions session threads thread workers worker concurrency load offered sent received \
     requested target expected planned configured scheduled desired limit threshold capacity quota budget arrival arrivals request requests \
     rows row records record items item tokens token iterations iteration samples sample messages events bytes packets total count number \
     utilization utilisation util usage use used busy idle iowait steal nice system occupancy duty fill mix free available cpu gpu mem memory \
     disk swap cached cache entries load load1 load5 load15 buffers version id index idx seed step epoch rank batch \
     lat lon lng latitude longitude x y z angle heading direction bearing cadence heart heartrate hr pulse bpm heartbeat sampling \
     learning lr refresh bit baud frame day hour month year minute second time timestamp uptime factor scale param parameter \
     parameters setting settings config option replicas nodes shards partitions",
);

/// What waits for something: more of it may be worse, and less of it is none.
const WAITING: Words =
    Words::of("queue queued queues backlog pending waiting lag depth outstanding inflight flight unprocessed behind");

/// Whether a change is large, and may well be for the worse.
pub(super) fn may_be_worse(change: &Change) -> bool {
    change.verdict == Verdict::Changed
        && change.polarity == Polarity::Unknown
        && !is_neither(change)
        && !less_waits(change)
        && change.effects.iter().any(|effect| is_large(effect, change.dimension))
}

/// Whether whole numbers of which nobody knows which way is better moved by one, the least that they can, by an interval that reaches back to
/// where they were: no large change, however few samples there are.
pub(super) fn is_one_step(change: &Change) -> bool {
    let of = |statistic: Statistic| change.effects.iter().find(move |effect| effect.statistic == statistic);
    let values = |effect: &Effect| effect.before.zip(effect.after);
    let Some((center, (before, after))) = of(Statistic::Center).and_then(|center| Some((center, values(center)?)))
    else {
        return false;
    };
    let none = if center.scale == Scale::Ratio { 1.0 } else { 0.0 };
    let reaches_back = center.low.is_none_or(|low| low <= none) && center.high.is_none_or(|high| high >= none);
    let is_whole = before.fract() == 0.0 && after.fract() == 0.0;
    // Between order statistics of whole numbers a percentile may lie anywhere.
    let tail = of(Statistic::P95).and_then(values).is_none_or(|(before, after)| (after - before).abs() < 2.0);
    change.polarity == Polarity::Unknown && is_whole && reaches_back && (after - before).abs() <= 1.0 && tail
}

/// Whether it is of what waits, and that became less: all of it, not its middle alone.
fn less_waits(change: &Change) -> bool {
    let fell = |effect: &Effect| effect.before.zip(effect.after).is_some_and(|(before, after)| after <= before);
    let judged = || change.effects.iter().filter(|effect| effect.verdict == Some(Verdict::Changed));
    apart(&change.metric).iter().any(|word| WAITING.has(word))
        && judged().all(|effect| match effect.statistic {
            Statistic::ZeroShare => true,
            _ => fell(effect),
        })
}

/// Whether it is neither good nor bad: by its unit, or by its name.
fn is_neither(change: &Change) -> bool {
    let in_no_unit = matches!(change.dimension, Dimension::Ratio | Dimension::Unknown) && change.unit.is_none();
    !in_no_unit || apart(&change.metric).iter().any(|word| NEITHER.has(word))
}

/// Whether a number is so many times as much or as little, or a share so many points more or less.
fn is_large(effect: &Effect, dimension: Dimension) -> bool {
    let Some((before, after)) = effect.before.zip(effect.after).filter(|_| effect.verdict == Some(Verdict::Changed))
    else {
        return false;
    };
    // A step of whole numbers, or an interval that reaches back to where it was, is none.
    let none = if effect.scale == Scale::Ratio { 1.0 } else { 0.0 };
    if effect.low.zip(effect.high).is_some_and(|(low, high)| (low..=high).contains(&none)) {
        return false;
    }
    let moved = (after - before).abs();
    match effect.statistic {
        Statistic::ZeroShare => moved >= TEN_POINTS,
        Statistic::Center | Statistic::P50 | Statistic::Mean | Statistic::Value => {
            let is_another = by_factor(effect, before, after);
            match dimension {
                Dimension::Ratio => moved >= TEN_POINTS || moved >= TWO_POINTS && is_another,
                _ => is_another,
            }
        }
        _ => false,
    }
}

/// Whether one is so many times the other; from nothing, or over it, every change is.
fn by_factor(effect: &Effect, before: f64, after: f64) -> bool {
    let (low, high) = (before.abs().min(after.abs()), before.abs().max(after.abs()));
    let ratio = effect.estimate.filter(|_| effect.scale == Scale::Ratio);
    let of_estimate = ratio.is_some_and(|ratio| ratio.ln().abs() >= GLARING_FACTOR.ln());
    of_estimate || before * after <= 0.0 || high >= GLARING_FACTOR * low
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changed(metric: &str, dimension: Dimension, before: f64, after: f64) -> bool {
        let ratio = before > 0.0 && after > 0.0;
        let scale = if ratio { Scale::Ratio } else { Scale::Shift };
        let estimate = Some(if ratio { after / before } else { after - before });
        let center = Effect {
            before: Some(before),
            after: Some(after),
            estimate,
            verdict: Some(Verdict::Changed),
            ..Effect::new(Statistic::Center, scale)
        };
        let of = Change::new("run.csv", metric, None, dimension, Polarity::Unknown);
        may_be_worse(&Change { verdict: Verdict::Changed, effects: vec![center], ..of })
    }

    #[test]
    fn a_step_of_one_is_no_large_change() {
        let step = |before: f64, after: f64, ends: [f64; 2], polarity: Polarity| {
            let center = Effect {
                before: Some(before),
                after: Some(after),
                low: Some(ends[0]),
                high: Some(ends[1]),
                ..Effect::new(Statistic::Center, Scale::Shift)
            };
            let of = Change::new("run.csv", "pending", None, Dimension::Unknown, polarity);
            is_one_step(&Change { effects: vec![center], ..of })
        };
        assert!(step(4.0, 5.0, [0.0, 1.0], Polarity::Unknown) && step(2.0, 2.0, [0.0, 0.0], Polarity::Unknown));
        assert!(!step(4.0, 5.0, [0.5, 1.0], Polarity::Unknown), "certain");
        assert!(!step(4.0, 6.0, [0.0, 2.0], Polarity::Unknown), "two steps");
        assert!(!step(0.4, 0.9, [0.0, 1.0], Polarity::Unknown), "no whole numbers");
        assert!(!step(0.0, 1.0, [0.0, 1.0], Polarity::LowerIsBetter), "errors");
    }

    #[test]
    fn a_score_of_half_as_much_may_be_worse_and_a_temperature_is_neither() {
        for (metric, dimension, before, after, expected) in [
            ("score", Dimension::Unknown, 0.99, 0.5, true),
            ("score", Dimension::Unknown, 0.99, 0.9, false),
            ("drift", Dimension::Unknown, 0.0, 3.0, true),
            ("drift", Dimension::Unknown, -2.0, 3.0, true),
            ("coverage_share", Dimension::Ratio, 0.9, 0.7, true),
            ("coverage_share", Dimension::Ratio, 0.01, 0.04, true),
            ("coverage_share", Dimension::Ratio, 0.001, 0.004, false),
            ("cpu_temperature", Dimension::Unknown, 40.0, 80.0, false),
            ("gpu_util", Dimension::Ratio, 0.9, 0.4, false),
            ("request_rate", Dimension::Unknown, 10.0, 50.0, false),
            ("bytes_sent", Dimension::Bytes, 10.0, 50.0, false),
            ("vus", Dimension::Count, 10.0, 50.0, false),
            ("queue_depth", Dimension::Unknown, 5.0, 2.0, false),
            ("queue_depth", Dimension::Unknown, 2.0, 5.0, true),
            ("think_time", Dimension::Time, 10.0, 50.0, false),
        ] {
            assert_eq!(changed(metric, dimension, before, after), expected, "{metric} {before} {after}");
        }
    }
}
