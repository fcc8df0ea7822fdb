//! Sentences about a run of requests.

use crate::analysis::requests::{Bin, InFlight, Moment, Phase, PhaseKind, RequestRun};
use crate::measure::{Dimension, Folded};
use crate::report::escape::visible;
use crate::report::number::{self, ClockText, Scale};
use crate::stats::interval::Interval;

/// The moments of a run as text.
pub(in crate::report) fn moments(run: &RequestRun) -> ClockText {
    ClockText::of(run.clock.start, run.length, run.bin_width)
}

/// What a row is called.
pub(in crate::report) fn noun(run: &RequestRun) -> &'static str {
    if run.are_requests { "request" } else { "row" }
}

fn rate(per_second: f64) -> String {
    number::quantity(Dimension::Rate, per_second)
}

fn time(seconds: f64) -> String {
    number::quantity(Dimension::Time, seconds)
}

/// Bins that cover at least half of their width: what a shorter one says of a rate is chance.
fn whole_bins(run: &RequestRun) -> impl Iterator<Item = &Bin> {
    run.bins.iter().filter(|bin| bin.to - bin.from >= run.bin_width / 2.0)
}

/// `12,400 requests from 2024-03-15 12:00:00 to 12:01:00 UTC, 60 s`.
pub(in crate::report) fn about(run: &RequestRun) -> String {
    let moments = moments(run);
    let until = if run.clock.start.is_some() { format!(" to {}", moments.at(run.length)) } else { String::new() };
    let from = if run.clock.start.is_some() { format!(" from {}", moments.dated(0.0)) } else { String::new() };
    let number = run.run.map_or_else(String::new, |number| format!("run {number}: "));
    format!("{number}{}{from}{until}{}, {}", number::counted(run.requests, noun(run)), moments.zone(), time(run.length))
}

/// Which files are one run, and why.
pub(in crate::report) fn joined(run: &RequestRun) -> Option<String> {
    /// Files that are named.
    const NAMED: usize = 4;
    let shards = run.shards.as_ref()?;
    let listed = Folded::of(shards.sources.iter().map(|name| visible(name)), NAMED);
    let files = number::counted(shards.sources.len() as u64, "file");
    Some(format!("{files} are one run ({listed}): {}", shards.reason))
}

/// `p50 90.0 ms, p95 267.0 ms, p99 480.0 ms` over all files of a joint run.
pub(in crate::report) fn joint_latency(run: &RequestRun) -> Option<String> {
    let shards = run.shards.as_ref()?;
    let named = [("p50", shards.p50), ("p95", shards.p95), ("p99", shards.p99)];
    let value =
        |(name, value): &(&str, Option<f64>)| Some(format!("{name} {}", number::quantity(run.dimension, (*value)?)));
    Some(named.iter().filter_map(value).collect::<Vec<String>>().join(", "))
}

/// `206 /s; 198 to 214 /s in bins of 1 s`.
pub(in crate::report) fn rates(run: &RequestRun) -> String {
    let mut text = rate(run.rate);
    if let Some(steady) = run.phase(PhaseKind::Steady).filter(|_| run.phases.len() > 1) {
        text = format!("{text} overall, {} in the steady part", rate(steady.rate));
    }
    let parts = [range_of_rates(run), idle(run).map_or_else(String::new, without_requests)];
    for part in parts.iter().filter(|part| !part.is_empty()) {
        text = format!("{text}; {part}");
    }
    text
}

/// `19.5 to 29.0 /s in bins of 2 s`.
pub(in crate::report) fn range_of_rates(run: &RequestRun) -> String {
    /// What differs by less is one rate to a reader.
    const ALIKE: f64 = 0.005;
    let rates = || whole_bins(run).map(|bin| bin.rate);
    let Some((least, most)) = rates().min_by(f64::total_cmp).zip(rates().max_by(f64::total_cmp)) else {
        return String::new();
    };
    let scale = Scale::to_read(Dimension::Rate, most, None, None);
    if most - least <= ALIKE * most {
        return format!("{} in each bin of {}", scale.full(most), time(run.bin_width));
    }
    format!("{} to {} in bins of {}", scale.bare(least), scale.full(most), time(run.bin_width))
}

/// Seconds of the pauses inside of a run that are long for it: they are in its rate.
pub(in crate::report) fn idle(run: &RequestRun) -> Option<f64> {
    /// Shorter ones are gaps between requests.
    const SHORTEST: f64 = 60.0;
    /// Of the length of the run.
    const SHARE: f64 = 0.05;
    // Requests that are in progress are no pause.
    let is_idle = |bin: &Bin| bin.requests == 0 && bin.concurrency.is_none_or(|level| level == 0.0);
    let pauses = run.bins.chunk_by(|a, b| is_idle(a) == is_idle(b)).filter(|bins| bins.first().is_some_and(is_idle));
    let lengths = pauses.filter_map(|bins| Some(bins.last()?.to - bins.first()?.from));
    let long: f64 = lengths.filter(|length| *length >= SHORTEST.max(SHARE * run.length)).sum();
    (long > 0.0).then_some(long)
}

/// `18 min without requests inside`: to the minute, as bins end where they do.
pub(in crate::report) fn without_requests(idle: f64) -> String {
    format!("{} min without requests inside", number::tick((idle / 60.0).round()))
}

/// How many were in progress, where that says something: requests of which each failed, or which took next to no time, never were.
pub(in crate::report) fn in_progress(run: &RequestRun) -> Option<&InFlight> {
    /// Below this there is hardly ever anything in progress.
    const LEAST: f64 = 0.005;
    let all_failed = run.requests > 0 && run.failed == Some(run.requests);
    run.concurrency.as_ref().filter(|found| !all_failed && found.highest >= LEAST)
}

/// `12.3 in progress on average, 20 at most`.
pub(in crate::report) fn concurrency(run: &RequestRun) -> Option<String> {
    let found = in_progress(run)?;
    let steady = run.phase(PhaseKind::Steady).and_then(|steady| steady.concurrency).filter(|_| run.phases.len() > 1);
    let steady = steady.map_or_else(String::new, |steady| format!(", {} in the steady part", number::plain(steady)));
    let moments = moments(run);
    Some(format!(
        "{} in progress on average{steady}, {} at most (over {} from {})",
        number::plain(found.mean),
        number::plain(found.highest),
        time(run.bin_width),
        moments.at(found.highest_at),
    ))
}

/// Little's law as a check of the intervals.
pub(in crate::report) fn little(run: &RequestRun) -> Option<String> {
    /// Both are read as the same number within this share of it.
    const SAME: f64 = 0.05;
    let found = in_progress(run)?;
    let steady = run.phase(PhaseKind::Steady).is_some();
    let part = if steady { "in the steady part" } else { "in the whole run" };
    let (law, seen) = (found.by_little, found.by_intervals);
    let verdict = if (law - seen).abs() <= SAME * seen.max(law) {
        "they agree"
    } else {
        "they differ: requests were cut off at its ends, or the clock is no beginning and end of them"
    };
    let (law, seen) = (number::plain(law), number::plain(seen));
    Some(format!("rate × mean duration {part} is {law}, the intervals give {seen}: {verdict}"))
}

/// `52 of 12,400 (0.42%, 95% interval 0.32% to 0.55%)`.
pub(in crate::report) fn failed(run: &RequestRun, interval: Option<&Interval>) -> String {
    let Some(failed) = run.failed else { return "not recorded".to_owned() };
    let of = format!("{} of {}", number::count(failed), number::counted(run.requests, noun(run)));
    let share = number::share(failed as f64 / run.requests.max(1) as f64);
    let interval = interval.map_or_else(String::new, |found| format!(", interval {}", shares(found)));
    format!("{of} ({share}{interval})")
}

/// `[0.32%, 0.55%]`.
pub(in crate::report) fn shares(interval: &Interval) -> String {
    let end = |end: Option<f64>| end.map_or_else(|| number::OPEN.to_owned(), number::share);
    format!("[{}, {}]", end(interval.low), end(interval.high))
}

/// First and last seen: `12:00:10 to 12:00:58`.
pub(in crate::report) fn seen(run: &RequestRun, first: Option<f64>, last: Option<f64>) -> String {
    let moments = moments(run);
    match (first, last) {
        (Some(first), Some(last)) if first == last => moments.at(first),
        (Some(first), Some(last)) => moments.between(first, last),
        _ => number::ABSENT.to_owned(),
    }
}

/// The range of each percentile over time: `p50 98 to 120 ms, p95 210 to 890 ms (highest from 12:00:31)`.
pub(in crate::report) fn latency(run: &RequestRun) -> Option<String> {
    let of = |name: &str, value: fn(&Bin) -> Option<f64>| {
        let found = || run.bins.iter().filter_map(|bin| Some((value(bin)?, bin.from)));
        let least = found().min_by(|a, b| a.0.total_cmp(&b.0))?;
        let most = found().max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.total_cmp(&a.1)))?;
        let scale = Scale::of_value(run.dimension, most.0);
        let at = moments(run).at(most.1);
        Some(format!("{name} {} to {} (highest from {at})", scale.bare(least.0), scale.full(most.0)))
    };
    let found: Vec<String> =
        [of("p50", |bin| bin.p50), of("p95", |bin| bin.p95), of("p99", |bin| bin.p99)].into_iter().flatten().collect();
    (!found.is_empty()).then(|| found.join("; "))
}

/// `ramp to 12:00:10, steady to 12:00:50 (210 /s), drain`.
pub(in crate::report) fn phases(run: &RequestRun) -> String {
    if run.counted {
        return "not looked for: digests do not know how many were in progress".to_owned();
    }
    if run.phases.is_empty() {
        return "no steady part was found: the run is too short, or its load does not settle".to_owned();
    }
    let moments = moments(run);
    let said = |phase: &Phase| format!("{} {}", phase_name(phase.kind), moments.between(phase.from, phase.to));
    run.phases.iter().map(said).collect::<Vec<String>>().join(", ")
}

pub(in crate::report) fn phase_name(kind: PhaseKind) -> &'static str {
    match kind {
        PhaseKind::Ramp => "ramp",
        PhaseKind::WarmUp => "warm-up",
        PhaseKind::Steady => "steady",
        PhaseKind::Drain => "drain",
    }
}

pub(in crate::report) fn clock(run: &RequestRun) -> String {
    let clock = &run.clock;
    let moment = match clock.moment {
        Moment::Start => "the beginning of each",
        Moment::End => "the end of each",
        Moment::Unknown => "not known to be the beginning or the end of each",
    };
    let whole = if clock.whole_seconds { "; in whole seconds" } else { "" };
    let missing = match run.without_instant {
        0 => String::new(),
        without => format!("; {} without an instant of this clock", number::counted(without, noun(run))),
    };
    format!("`{}` is {moment} ({}){whole}{missing}", clock.column, clock.reason)
}
