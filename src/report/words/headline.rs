//! The first line: what a person would say aloud of the run, the worst first.
//!
//! In: populations and their failures, changes, targets. Out: clauses. Decides nothing: what is failing, regressed or missed
//! stands in the data.

use std::collections::BTreeSet;

use crate::analysis::failing::{PopulationFailures, PopulationKind, is_sum};
use crate::compare::margin::LARGE;
use crate::compare::outcome::{Change, Comparison, Effect, Reason, Scale, TargetOutcome, TargetResult, Verdict};
use crate::measure::{RowKind, Statistic};
use crate::report::contract::{Metric, Source};
use crate::report::number;

use super::change;

/// Failures are said from this share on.
pub(in crate::report) const SAID_FROM: f64 = 0.01;
/// Changes that the headline names.
const NAMED_CHANGES: usize = 2;
/// Letters of a name in the headline.
pub(super) const NAME_LETTERS: usize = 40;
/// What one of a population is called.
pub(super) fn noun_of(one: &PopulationFailures, sources: &[Source]) -> &'static str {
    let metric = one.metric.as_deref().unwrap_or_default().to_ascii_lowercase();
    match one.kind {
        PopulationKind::Requests if metric.contains("request") => "request",
        PopulationKind::Requests if metric.contains("vuser") => "user",
        PopulationKind::Requests if metric == "checks" => "check",
        PopulationKind::Requests if metric.rsplit('.').next() == Some("tests") => "test",
        PopulationKind::Requests if metric.contains("benchmark") => "benchmark",
        PopulationKind::Requests if metric.contains("datagram") => "datagram",
        PopulationKind::Requests if metric == "runs" => "run",
        PopulationKind::Requests if one.metric.is_some() && row_of(&one.source, sources) == RowKind::Unnamed => {
            "attempt"
        }
        kind => noun(kind, &one.source, sources),
    }
}

/// What one row of a source is called.
pub(super) fn noun(kind: PopulationKind, source: &str, sources: &[Source]) -> &'static str {
    match kind {
        PopulationKind::Messages => "message",
        PopulationKind::Requests => "request",
        PopulationKind::Rows => match row_of(source, sources) {
            RowKind::Request => "request",
            RowKind::Run => "run",
            RowKind::Row | RowKind::Unnamed => "row",
        },
    }
}

/// What the rows of the source of that name are.
fn row_of(source: &str, sources: &[Source]) -> RowKind {
    sources.iter().find(|one| one.name == source).map_or(RowKind::Row, |one| one.row)
}

/// `32 of 200 requests failed (16%)`.
pub(in crate::report) fn failed(one: &PopulationFailures, sources: &[Source]) -> String {
    if one.unanswered == Some(one.total) {
        return format!("none of {} has an answer", number::counted(one.total, noun_of(one, sources)));
    }
    format!(
        "{} of {} failed ({})",
        number::count(one.failed),
        number::counted(one.total, noun_of(one, sources)),
        number::share(one.share)
    )
}

/// The failing population to name, with how often it failed before: the whole where it fails about as often as its worst label,
/// else that label.
pub(in crate::report) fn failing(
    failures: &[PopulationFailures],
    metrics: &[Metric],
    sources: &[Source],
    comparison: Option<&Comparison>,
) -> Option<String> {
    /// A label that fails more often than the whole by this factor is named instead of it.
    const WORSE: f64 = 1.25;
    let said = |one: &PopulationFailures| {
        let text = failed(one, sources);
        match comparison.and_then(|comparison| share_before(one, comparison)) {
            Some(before) => text.replacen(')', &format!(", was {})", number::share(before)), 1),
            None => text,
        }
    };
    let mut all: Vec<&PopulationFailures> = failures.iter().filter(|one| one.failing).collect();
    all.sort_by(|a, b| b.share.total_cmp(&a.share).then_with(|| b.total.cmp(&a.total)));
    let worst = all.first()?;
    let whole =
        failures.iter().find(|one| one.label.is_none() && one.source == worst.source && one.table == worst.table);
    if let Some(whole) = whole.filter(|whole| whole.failing && whole.share * WORSE >= worst.share) {
        let table =
            table_among_others(whole, failures, metrics).or_else(|| attempt_among_others(whole, failures, metrics));
        let table = table.map_or_else(String::new, |name| format!("{name}: "));
        return Some(format!("{table}{}", said(whole)));
    }
    let Some(label) = &worst.label else { return Some(said(worst)) };
    let counted = all.iter().filter(|one| one.label.is_some() && !is_counted_in_rows(one, &all));
    // A label that stands in several tables of its file is one group, whatever each of them measures of it.
    let counted: BTreeSet<_> = counted.map(|one| (&one.source, &one.label)).collect();
    let others = (counted.len() as u64).saturating_sub(1);
    let more =
        if others > 0 { format!(" and {} failing", number::counted(others, "more group")) } else { String::new() };
    // A whole that is not failing itself is said with the measurements.
    let whole = whole.filter(|whole| whole.failing && whole.total > worst.total);
    let whole = whole.map_or_else(String::new, |whole| {
        let of = attempt_among_others(whole, failures, metrics).map_or_else(String::new, |name| format!("{name}: "));
        format!("; {of}{}", said(whole))
    });
    Some(format!("{}: {}{more}{whole}", name(label), said(worst)))
}

/// Whether rows of the same file say what a tool counts of a label: the label is a part of the name of their group, and there are as many.
fn is_counted_in_rows(one: &PopulationFailures, all: &[&PopulationFailures]) -> bool {
    let Some(label) = one.label.as_deref().filter(|_| one.metric.is_some()) else { return false };
    all.iter().any(|other| {
        let group = other.label.as_deref().filter(|_| other.metric.is_none() && other.source == one.source);
        other.total == one.total
            && group.is_some_and(|group| group == label || group.split(", ").any(|part| part == label))
    })
}

/// What was measured of the attempts that failed, where each row holds attempts of others as well: they stand on the same lines.
fn attempt_among_others(
    whole: &PopulationFailures,
    failures: &[PopulationFailures],
    metrics: &[Metric],
) -> Option<String> {
    let beside = |other: &&PopulationFailures| {
        let is_other = other.source == whole.source && other.label.is_none() && other.table != whole.table;
        is_other && other.table.is_some() && (other.kind, other.total) == (whole.kind, whole.total)
    };
    let leader = |table: Option<u64>| {
        let leads = |one: &&Metric| one.leads && one.source == whole.source && Some(one.table) == table;
        metrics.iter().find(leads).map(|metric| metric.name.as_str())
    };
    let own = leader(whole.table)?;
    // `plain_time` beside `fast_time`.
    let is_alike = |other: &str| other != own && other.rsplit('_').next() == own.rsplit('_').next();
    let of_other = failures.iter().filter(beside).filter_map(|other| leader(other.table)).any(is_alike);
    (of_other && own.contains('_') && !own.contains('.')).then(|| name(own))
}

/// The object of a document whose rows failed, where those of others beside it did not all.
fn table_among_others(
    whole: &PopulationFailures,
    failures: &[PopulationFailures],
    metrics: &[Metric],
) -> Option<String> {
    let beside = |other: &PopulationFailures| {
        other.source == whole.source
            && other.kind == whole.kind
            && other.label.is_none()
            && other.table.is_some()
            && other.table != whole.table
            && !other.failing
    };
    let metric = metrics.iter().find(|one| one.source == whole.source && Some(one.table) == whole.table)?;
    let (object, _) = metric.name.rsplit_once('.')?;
    failures.iter().any(beside).then(|| name(object))
}

/// How often a population failed before, where the comparison says.
fn share_before(one: &PopulationFailures, comparison: &Comparison) -> Option<f64> {
    let change = comparison.changes.iter().find(|change| is_of(one, change))?;
    change::leading(change)?.before
}

/// Whether a change is that of the share of failures of a population.
fn is_of(one: &PopulationFailures, change: &Change) -> bool {
    // An entry of a map has a metric of its own.
    let of_entry = || change.group.is_none() && one.label.is_some() && one.metric.as_ref() == Some(&change.metric);
    let is_group = change.group == one.label && !is_sum(one);
    change.is_share() && !change.is_beside_failures() && change.source == one.source && (is_group || of_entry())
}

/// A name in the headline: the ends of a long one tell it from others.
pub(in crate::report) fn name(text: &str) -> String {
    crate::report::text_table::shortened_in_the_middle(text, NAME_LETTERS)
}

/// `all 392 benchmarks about 19% slower: machine or environment`: said first, because then little else is about the change.
pub(in crate::report) fn suite(comparison: &Comparison, sources: &[Source]) -> Option<String> {
    let suite = comparison.suite?;
    let are_benchmarks = !sources.is_empty() && sources.iter().all(|source| source.row == RowKind::Run);
    let noun = if are_benchmarks { "benchmark" } else { "metric" };
    let subjects = number::counted(suite.subjects, noun);
    let all = match suite.along {
        along if along == suite.subjects => format!("all {subjects}"),
        along => format!("{} of {subjects}", number::count(along)),
    };
    let way = if suite.factor > 1.0 { "slower" } else { "faster" };
    Some(format!("{all} about {} {way}: machine or environment", number::about_change(suite.factor)))
}

/// The changes to name, the worst first: `latency / GET /search 17.0% slower (310 → 362 ms)`. How often the `failing` fail is said
/// already.
pub(in crate::report) fn named_changes(comparison: &Comparison, failures: &[PopulationFailures]) -> Vec<String> {
    let anything_failing = failures.iter().any(|one| one.failing);
    let said = |change: &Change| {
        anything_failing && (change.group.is_none() || failures.iter().any(|one| one.failing && is_of(one, change)))
    };
    let loud = comparison.changes.iter().filter(|one| one.verdict == Verdict::Regressed);
    let loud = loud.filter(|one| !(one.is_share() && said(one)));
    // Beside the share that failed nobody needs to hear how fast that was.
    let loud = loud.filter(|one| one.is_share() || !matches!(one.reason, Some(Reason::Failing { .. })));
    // Where everything moved, what stands out from the others is the news.
    let stands_out = |one: &&Change| one.against_suite.is_none_or(|against| against.stands_out);
    loud.filter(stands_out).take(NAMED_CHANGES).filter_map(named_change).collect()
}

/// What a gate must not pass over, where nothing is known to have regressed: `5.0% of all elapsed take over 10 times as long …`, or the
/// first change that is too large, `elapsed / POST /pay 102% slower (80.0 → 162 ms), too few samples to tell`.
pub(in crate::report) fn undecided(comparison: &Comparison) -> Option<String> {
    if comparison.suite.is_some() || comparison.changes.iter().any(|one| one.verdict == Verdict::Regressed) {
        return None;
    }
    if let Some(tail) = comparison.slow_end.first() {
        return Some(tail.to_string());
    }
    if let Some(odd) = comparison.odd_runs.first() {
        return Some(odd.to_string());
    }
    let large = comparison.changes.iter().find(|one| one.large && one.verdict == Verdict::Inconclusive)?;
    if matches!(large.reason, Some(Reason::UnknownOutcomes { .. })) {
        return named_change(large);
    }
    let center = large.effects.first()?;
    let by_center = match (center.scale, center.estimate) {
        (Scale::Ratio, Some(ratio)) => ratio.ln().abs() >= LARGE * large.margin.ln_1p(),
        (Scale::Shift, estimate) => estimate.is_some(),
        (Scale::Ratio, None) => false,
    };
    let slow = large.effects.iter().find(|effect| effect.statistic == Statistic::SlowShare).filter(|_| !by_center);
    let group = large.group.as_ref().map_or_else(String::new, |group| format!(" / {}", name(group)));
    let said = match slow {
        Some(slow) => format!("{}{group}: {}", name(&large.metric), change::slow_samples(large, slow)),
        None => named_change(large)?,
    };
    if let Some(why) = large.reason.as_ref().and_then(super::other_runs::short) {
        return Some(format!("{said}, {why}"));
    }
    let why = match large.reason {
        Some(Reason::Zeros) => "not measured, or rounded away",
        Some(Reason::OtherUnit { .. }) => "perhaps in another unit",
        Some(Reason::SummaryOnly) => "as the tool sums it up",
        Some(Reason::LessWork { .. }) => "of answers that became nothing",
        _ => "too few samples to tell",
    };
    Some(format!("{said}, {why}"))
}

fn named_change(one: &Change) -> Option<String> {
    let effect = change::leading(one)?;
    let group = one.group.as_ref().map_or_else(String::new, |group| format!(" / {}", name(group)));
    let subject = format!("{}{group}", name(&one.metric));
    if effect.statistic == Statistic::FailureShare {
        let share = |share: Option<f64>| share.map_or_else(|| "not recorded".to_owned(), number::share);
        return Some(format!("{subject}: {} (was {})", share(effect.after), share(effect.before)));
    }
    if matches!(effect.statistic, Statistic::SlowShare | Statistic::ZeroShare) {
        return Some(format!("{subject}: {}", change::slow_samples(one, effect)));
    }
    let of = match effect.statistic {
        Statistic::Center | Statistic::Value => String::new(),
        other => format!(" {}", change::statistic(other)),
    };
    let values = number::short_before_after(change::shown_in(one, effect), effect.before, effect.after);
    Some(format!("{subject}{of} {} ({values})", size(one, effect)?))
}

/// `17.0% slower`, `+3.20 ms`.
fn size(one: &Change, effect: &Effect) -> Option<String> {
    let estimate = effect.estimate?;
    Some(match effect.scale {
        Scale::Shift => number::shift(change::shown_in(one, effect), estimate, None, None).0,
        Scale::Ratio if one.dimension.is_time() && estimate >= 1.0 => {
            format!("{} slower", number::change_size(estimate))
        }
        Scale::Ratio => number::change(estimate),
    })
}

/// The first target that is missed: `latency p95 is 251 ms, not < 200ms`.
pub(in crate::report) fn missed_target(targets: &[TargetResult]) -> Option<String> {
    let missed = targets.iter().find(|target| target.outcome == TargetOutcome::Missed)?;
    let value = missed.value.filter(|_| !missed.is_change).map(|value| number::quantity(missed.dimension, value));
    let value = value.or_else(|| missed.value.map(|value| number::change(value + 1.0)))?;
    Some(format!("{} {} is {value}, not {}", name(&missed.subject), missed.statistic, missed.condition))
}

/// What a tool says of its own limits: `k6's threshold `p(95)<50` of http_req_duration was crossed and 1 more`.
pub(in crate::report) fn missed_of_tool(sources: &[Source]) -> Option<String> {
    let mut missed = sources.iter().flat_map(|source| &source.missed);
    let first = missed.next()?;
    let more = missed.count() as u64;
    let more = if more > 0 { format!(" and {} more", number::count(more)) } else { String::new() };
    Some(format!("{first}{more}"))
}
