//! What a history says, in sentences.

use crate::compare::beyond_noise::BeyondNoise;
use crate::history::contract::{
    ChangeState, HistoryOutcome, HistoryReport, LevelChange, MetricHistory, NewestRun, NewestValue, NewestVerdict,
};
use crate::history::gate::failing_phrase;
use crate::measure::{Dimension, Direction, Polarity};
use crate::report::number;

/// The first line: the worst first.
pub(super) fn headline(report: &HistoryReport) -> String {
    let counts = &report.counts;
    let mut parts = Vec::new();
    if counts.worse > 0 {
        let worst = worst(report).map_or_else(String::new, |(metric, change)| {
            format!(" (most: `{}` {})", metric.name, size(metric, change))
        });
        parts.push(format!("{} for the worse{worst}", number::counted(counts.worse as u64, "new change")));
    }
    let is_zeroed = |change: &&LevelChange| change.matters && change.became_zero && change.state == ChangeState::New;
    let zeroed = report.metrics.iter().flat_map(|metric| &metric.changes).filter(is_zeroed).count();
    for (count, of) in [
        (zeroed, "durations that became zero"),
        (counts.changed.saturating_sub(zeroed), "metrics whose direction is not known"),
    ] {
        if count > 0 {
            parts.push(format!("{} of {of}", number::counted(count as u64, "new change")));
        }
    }
    if counts.better > 0 {
        parts.push(format!("{} for the better", number::counted(counts.better as u64, "new change")));
    }
    for (count, word) in [(counts.acknowledged, "acknowledged"), (counts.recovered, "recovered")] {
        if count > 0 {
            parts.push(format!("{count} {word}"));
        }
    }
    let over = format!(
        "{} of {}",
        number::counted(counts.runs as u64, "run"),
        number::counted(counts.metrics as u64, "metric")
    );
    let drifting = report.metrics.iter().filter(|metric| metric.drift.is_some()).count();
    if drifting > 0 {
        parts.push(format!("{} drifting", number::counted(drifting as u64, "metric")));
    }
    let explained: usize = report.boundaries.iter().map(|boundary| boundary.differences.len()).sum();
    if explained > 0 {
        parts.push(format!("{} explained by the environment", number::counted(explained as u64, "difference")));
    }
    if counts.tested == 0 {
        parts.insert(0, "too few runs to say anything".to_owned());
    } else if parts.is_empty() {
        parts.push("no change".to_owned());
    }
    let failing = report.failing.first().map_or_else(String::new, |worst| {
        let more = report.failing.len() - 1;
        let more = if more > 0 { format!(" and {more} more failing") } else { String::new() };
        let said = failing_phrase(worst, &number::count(worst.failed), &number::count(worst.total));
        format!("{said}{more}; ")
    });
    let beside = report.newest.as_ref().and_then(|newest| newest_line(report, newest)).map(|line| format!("{line}; "));
    format!("{failing}{}{} in {over}", beside.unwrap_or_default(), parts.join(", "))
}

/// What is to be said first of the newest run: `search 12% slower than in the 30 runs before`.
fn newest_line(report: &HistoryReport, newest: &NewestRun) -> Option<String> {
    let counts = &newest.counts;
    let run = if newest.is_kept { "the newest run" } else { "this run" };
    if let Some(factor) = newest.together.filter(|_| counts.regressed + counts.improved > 1) {
        let (size, way) = together(factor);
        return Some(format!(
            "{run}: all metrics together {size} {way} than before, which is the host more often than a commit"
        ));
    }
    let bad = counts.regressed + counts.missing;
    let first = newest.metrics.first()?;
    let more = if bad > 1 { format!(" and {} more worse", bad - 1) } else { String::new() };
    match first.verdict {
        NewestVerdict::Regressed => {
            Some(format!("{run}: `{}` {} beside {}{more}", first.metric, newest_size(report, first), before_it(first)))
        }
        NewestVerdict::Missing => Some(format!("{run}: `{}` is missing{more}", first.metric)),
        _ if newest.metrics.iter().any(|one| one.large) => not_decided(report, newest).map(|of| format!("{run}: {of}")),
        _ if newest.too_quick.is_some() => newest.too_quick.as_ref().map(|found| format!("{run}: {found}")),
        _ if newest.is_kept => None,
        _ if counts.changed + counts.improved > 0 => {
            Some(format!("{run}: `{}` {} beside {}", first.metric, newest_size(report, first), before_it(first)))
        }
        _ if counts.unchanged + counts.inconclusive == 0 => Some(format!("{run}: nothing to compare it with")),
        _ if newest.metrics.iter().all(|one| one.p.is_none()) => {
            Some(format!("{run}: too few runs before it to compare it with"))
        }
        _ if !report.failing.is_empty() => None,
        _ => Some(format!("{run}: nothing that the runs before it do not explain")),
    }
}

/// What is far off and not decided: the first of it, with how many more there are.
fn not_decided(report: &HistoryReport, newest: &NewestRun) -> Option<String> {
    let large = || newest.metrics.iter().filter(|one| one.large);
    let first = large().next()?;
    let more = large().count() - 1;
    let more = if more > 0 { format!(", and {more} more") } else { String::new() };
    let name = &first.metric;
    let said = match first.beyond {
        Some(BeyondNoise::Zeros { before, after }) => {
            format!("{} of `{name}` is zero ({} before)", number::share(after), number::share(before))
        }
        Some(BeyondNoise::SlowEnd { ratio }) => {
            format!("p95 of `{name}` {} beside {}", number::change(ratio), before_it(first))
        }
        Some(BeyondNoise::Others { ratio }) => {
            format!("what is not zero of `{name}` {} beside {}", number::change(ratio), before_it(first))
        }
        _ => format!("`{name}` {} beside {}", newest_size(report, first), before_it(first)),
    };
    Some(format!("{said}, which is not decided{more}"))
}

/// By how much all metrics together moved, and which way.
pub(super) fn together(factor: f64) -> (String, &'static str) {
    let slower = factor > 1.0;
    (number::change_size(if slower { factor } else { 1.0 / factor }), if slower { "slower" } else { "faster" })
}

fn before_it(value: &NewestValue) -> String {
    format!("{} before it", number::counted(value.runs as u64, "run"))
}

/// By how much the newest value differs from its level.
pub(super) fn newest_size(report: &HistoryReport, value: &NewestValue) -> String {
    match (value.ratio, value.value.zip(value.level)) {
        (Some(ratio), _) => number::change(ratio),
        (None, Some((now, level))) => number::shift(dimension(report, &value.metric), now - level, None, None).0,
        (None, None) => number::ABSENT.to_owned(),
    }
}

/// What a metric of the report measures.
pub(super) fn dimension(report: &HistoryReport, name: &str) -> Dimension {
    report.metrics.iter().find(|metric| metric.name == name).map_or(Dimension::Unknown, |metric| metric.dimension)
}

/// The word of a newest value, with why it is not decided.
pub(super) fn newest_verdict(value: &NewestValue) -> String {
    let reason = match value.verdict {
        NewestVerdict::Inconclusive if matches!(value.beyond, Some(BeyondNoise::Zeros { .. })) => {
            ": became zero, which is no improvement"
        }
        NewestVerdict::Inconclusive if matches!(value.beyond, Some(BeyondNoise::OtherUnit { .. })) => {
            ": smaller by the factor between two units"
        }
        NewestVerdict::Inconclusive if matches!(value.beyond, Some(BeyondNoise::SlowEnd { .. })) => {
            ": its slow end is far off, and not decided"
        }
        NewestVerdict::Inconclusive if value.p.is_none() => ": too few runs since the last change, or a drift",
        NewestVerdict::Inconclusive if value.large => ": far off, and not decided",
        _ => "",
    };
    format!("{}{reason}", verdict_word(value.verdict))
}

/// The words of comparisons.
pub(super) fn verdict_word(verdict: NewestVerdict) -> &'static str {
    match verdict {
        NewestVerdict::Regressed => "regressed",
        NewestVerdict::Missing => "missing",
        NewestVerdict::Changed => "changed",
        NewestVerdict::Improved => "improved",
        NewestVerdict::Inconclusive => "inconclusive",
        NewestVerdict::Unchanged => "unchanged",
        NewestVerdict::New => "new",
    }
}

/// The largest new change for the worse.
fn worst(report: &HistoryReport) -> Option<(&MetricHistory, &LevelChange)> {
    let new = report.metrics.iter().flat_map(|metric| metric.changes.iter().map(move |change| (metric, change)));
    let log = |change: &LevelChange| change.ratio.map_or(0.0, |ratio| ratio.ln().abs());
    new.filter(|(_, change)| change.matters && change.state == ChangeState::New && change.direction == Direction::Worse)
        .max_by(|(_, one), (_, other)| log(one).total_cmp(&log(other)))
}

/// By how much: `+12.3%`, or a difference where there is no ratio.
pub(super) fn size(metric: &MetricHistory, change: &LevelChange) -> String {
    match change.ratio {
        Some(ratio) => number::change(ratio),
        None => number::shift(metric.dimension, change.after - change.before, None, None).0,
    }
}

/// The interval of a size.
pub(super) fn interval(metric: &MetricHistory, change: &LevelChange) -> String {
    match change.ratio {
        Some(_) => number::change_interval(change.low, change.high),
        None => number::shift(metric.dimension, change.after - change.before, change.low, change.high).1,
    }
}

/// Worse, better, or changed, and what became of it.
pub(super) fn state(change: &LevelChange) -> &'static str {
    match (change.state, change.direction) {
        (ChangeState::Acknowledged, _) => "acknowledged",
        (ChangeState::Recovered, _) => "recovered",
        (ChangeState::New, Direction::Worse) => "worse",
        (ChangeState::New, Direction::Better) => "better",
        (ChangeState::New, Direction::Changed) if change.became_zero => "became zero",
        (ChangeState::New, Direction::Changed) => "changed",
    }
}

/// The same with what the metric as a whole does.
pub(super) fn state_of(metric: &MetricHistory, change: &LevelChange) -> String {
    let slope = if metric.drift.as_ref().is_some_and(|drift| drift.steps_tested) { ", on a slope" } else { "" };
    format!("{}{slope}", state(change))
}

/// How a change looks on a page: the classes of `report.css`.
pub(super) fn class(change: &LevelChange) -> &'static str {
    match state(change) {
        "worse" => "regressed",
        "better" => "improved",
        "changed" | "became zero" => "changed",
        _ => "note",
    }
}

/// Which way is better.
pub(super) fn direction(polarity: Polarity) -> &'static str {
    match polarity {
        Polarity::LowerIsBetter => "lower is better",
        Polarity::HigherIsBetter => "higher is better",
        Polarity::Unknown => "which way is better is not known",
    }
}

/// The state of the gate.
pub(super) fn outcome(outcome: HistoryOutcome) -> &'static str {
    match outcome {
        HistoryOutcome::Pass => "passed",
        HistoryOutcome::Fail => "failed",
        HistoryOutcome::Undecided => "undecided",
    }
}

/// A commit as people write it.
pub(super) fn commit(commit: &str) -> String {
    /// As `git log --oneline` does at least, and a little more.
    const LETTERS: usize = 10;
    let is_hash = commit.len() > LETTERS && commit.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_hash { commit[..LETTERS].to_owned() } else { commit.to_owned() }
}

/// A day of an instant: `2026-11-28`.
pub(super) fn day(instant: &str) -> String {
    instant.split('T').next().unwrap_or(instant).to_owned()
}

/// A sentence about a level that moves.
pub(super) fn drift(metric: &MetricHistory, report: &HistoryReport) -> Option<String> {
    let drift = metric.drift.as_ref()?;
    let line = drift.newest()?;
    let (from, to) = (&report.runs[line.from], &report.runs[line.to]);
    let runs = line.to - line.from;
    let by = if line.first > 0.0 && line.last > 0.0 {
        number::change(line.last / line.first)
    } else {
        number::shift(metric.dimension, line.last - line.first, None, None).0
    };
    let rest = if drift.steps_tested {
        "one slope describes it better than its steps do"
    } else {
        "its level moves more than any standing level could, so that no step is told apart and nothing of it fails a gate"
    };
    Some(format!(
        "drifts: {by} in {} from {} to {}; {rest}",
        number::counted(runs as u64, "run"),
        day(&from.at),
        day(&to.at)
    ))
}
