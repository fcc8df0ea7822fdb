//! The goodput of several load generators that are one run.
//!
//! In: the goodput of each of their files, by the same levels. Out: counts added up, with their own intervals, over the time of the joint
//! run.

use super::tally::{Goodput, LevelShare, rates};
use crate::stats::interval::wilson;

/// Of the joint run of that name, which took so many seconds; `None` where the files do not judge by the same levels.
pub(crate) fn joined(source: &str, parts: &[&Goodput], seconds: f64, confidence: f64) -> Option<Goodput> {
    let (first, others) = parts.split_first().filter(|(_, others)| !others.is_empty())?;
    let levels = |one: &Goodput| one.levels.iter().map(|level| level.level.clone()).collect::<Vec<_>>();
    if others.iter().any(|other| levels(other) != levels(first)) {
        return None;
    }
    let sum = |of: &dyn Fn(&Goodput) -> Option<u64>| parts.iter().map(|part| of(part)).sum::<Option<u64>>();
    let requests = sum(&|part| Some(part.requests)).filter(|requests| *requests > 0)?;
    let share = |count: u64| count as f64 / requests as f64;
    let level = |(index, level): (usize, &LevelShare)| {
        let kept = sum(&|part| part.levels[index].kept);
        LevelShare {
            kept,
            share: kept.map(share),
            interval: kept.and_then(|kept| wilson(kept, requests, confidence)),
            ..level.clone()
        }
    };
    let good = sum(&|part| part.good);
    let interval = good.and_then(|good| wilson(good, requests, confidence));
    let (rate, rate_interval) = rates(good, interval, requests, Some(seconds));
    Some(Goodput {
        source: source.to_owned(),
        table: first.table,
        requests,
        without_answer: parts.iter().map(|part| part.without_answer).sum(),
        not_judged: parts.iter().map(|part| part.not_judged).sum(),
        good,
        share: good.map(share),
        interval,
        rate,
        rate_interval,
        levels: first.levels.iter().enumerate().map(level).collect(),
        missed: Vec::new(),
    })
}
