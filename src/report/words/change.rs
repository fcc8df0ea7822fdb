//! Sentences about a comparison, its targets and its gate.
//!
//! In: a [`Comparison`], [`TargetResult`]s, a [`Gate`]. Out: words, clauses and sentences, names between backticks.
//! Decides nothing: every verdict stands in the data.

use crate::compare::capture::is_of_machine;
use crate::compare::outcome::{
    Change, Comparison, Effect, EnvironmentDifference, Gate, GateOutcome, Growth, Reason, Scale, Side, TargetOutcome,
    TargetResult, Verdict,
};
use crate::measure::{Dimension, Polarity, Statistic};
use crate::report::number::{self, ShownIn};

/// The word for a verdict; also the name of its class.
pub(in crate::report) fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Regressed => "regressed",
        Verdict::Missing => "missing",
        Verdict::Incomparable => "incomparable",
        Verdict::Changed => "changed",
        Verdict::Inconclusive => "inconclusive",
        Verdict::Improved => "improved",
        Verdict::CenterUnchanged => "center unchanged",
        Verdict::Unchanged => "unchanged",
        Verdict::New => "new",
    }
}

/// The word for what became of a target.
pub(in crate::report) fn outcome(outcome: TargetOutcome) -> &'static str {
    match outcome {
        TargetOutcome::Missed => "missed",
        TargetOutcome::NoData => "no data",
        TargetOutcome::Undecided => "undecided",
        TargetOutcome::Met => "met",
    }
}

/// The name of a statistic that an effect can be about.
pub(in crate::report) fn statistic(statistic: Statistic) -> &'static str {
    match statistic {
        Statistic::Center => "center",
        Statistic::P50 => "p50",
        Statistic::P95 => "p95",
        Statistic::P99 => "p99",
        Statistic::Mean => "mean",
        Statistic::FailureShare => "share",
        Statistic::SlowShare => "slow ones",
        Statistic::ZeroShare => "zeros",
        Statistic::NonZero => "what is not zero",
        // The one number that there is.
        _ => "value",
    }
}

/// The clauses of the verdict that a comparison, targets and a gate add: `2 regressed, 1 improved (12 unchanged,
/// 3 inconclusive)`, `1 target missed of 4`, `gate failed`.
pub(in crate::report) fn headline(
    comparison: Option<&Comparison>,
    targets: &[TargetResult],
    gate: Option<&Gate>,
) -> Vec<String> {
    let mut clauses: Vec<String> = comparison.map(changes).into_iter().collect();
    clauses.extend(target_clause(targets));
    clauses.extend(gate.and_then(|gate| match gate.outcome {
        GateOutcome::Pass => None,
        GateOutcome::Undecided => Some("gate undecided".to_owned()),
        GateOutcome::Fail => Some("gate failed".to_owned()),
    }));
    clauses
}

/// How many metrics have each verdict, the ones that matter first, the others in brackets.
pub(in crate::report) fn changes(comparison: &Comparison) -> String {
    let counts = &comparison.counts;
    let loud = clauses(&[
        (counts.regressed, Verdict::Regressed),
        (counts.missing, Verdict::Missing),
        (counts.incomparable, Verdict::Incomparable),
        (counts.changed, Verdict::Changed),
        (counts.improved, Verdict::Improved),
    ]);
    let quiet = quiet(comparison);
    let loud = match (loud.is_empty(), quiet.is_none()) {
        (true, true) => "nothing to compare".to_owned(),
        // Without a single metric that is known to be unchanged, "nothing regressed" would promise too much.
        (true, false) if counts.unchanged + counts.center_unchanged == 0 => {
            "nothing can be told about changes".to_owned()
        }
        (true, false) => "nothing regressed".to_owned(),
        (false, _) => loud,
    };
    quiet.map_or_else(|| loud.clone(), |quiet| format!("{loud} ({quiet})"))
}

/// `12 unchanged, 3 inconclusive, 1 new`; `None` where there are none of these.
pub(in crate::report) fn quiet(comparison: &Comparison) -> Option<String> {
    let counts = &comparison.counts;
    let quiet = clauses(&[
        (counts.unchanged, Verdict::Unchanged),
        (counts.center_unchanged, Verdict::CenterUnchanged),
        (counts.inconclusive, Verdict::Inconclusive),
        (counts.new, Verdict::New),
    ]);
    (!quiet.is_empty()).then_some(quiet)
}

/// What would decide the half of what is inconclusive for want of samples: `about 320 samples a side would decide 5%`.
pub(in crate::report) fn samples_that_would_decide(comparison: &Comparison) -> Option<String> {
    // More samples of other answers, or of one slow run, tell nothing.
    let is_other = |change: &Change| matches!(change.reason, Some(Reason::OtherEndings { .. } | Reason::OneRun { .. }));
    let undecided = comparison.changes.iter().filter(|change| change.verdict == Verdict::Inconclusive);
    let undecided = undecided.filter(|change| !change.is_share() && !is_other(change));
    let center = |change: &Change| change.effects.first().and_then(|effect| effect.samples_for_margin);
    let has = |change: &Change| change.before.iter().chain(&change.after).map(|side| side.samples).min().unwrap_or(0);
    let mut needed: Vec<u64> =
        undecided.filter_map(|change| center(change).filter(|needed| *needed > has(change))).collect();
    needed.sort_unstable();
    let middle = needed.get(needed.len() / 2)?;
    Some(format!(
        "about {} a side would decide {}",
        number::counted(*middle, "sample"),
        number::level(comparison.margin)
    ))
}

fn clauses(counts: &[(u64, Verdict)]) -> String {
    let clauses: Vec<String> = counts
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, found)| format!("{} {}", number::count(*count), verdict(*found)))
        .collect();
    clauses.join(", ")
}

/// `1 target missed of 4`, `all 4 targets met`; `None` without targets.
pub(in crate::report) fn target_clause(targets: &[TargetResult]) -> Option<String> {
    let all = targets.len() as u64;
    let of = |wanted: TargetOutcome| targets.iter().filter(|target| target.outcome == wanted).count() as u64;
    let not_met = [
        (of(TargetOutcome::Missed), "missed"),
        (of(TargetOutcome::NoData), "without data"),
        (of(TargetOutcome::Undecided), "undecided"),
    ];
    let mut clauses = not_met.iter().filter(|(count, _)| *count > 0);
    match (all, clauses.next()) {
        (0, _) => None,
        (1, None) => Some("the target is met".to_owned()),
        (_, None) => Some(format!("all {} targets met", number::count(all))),
        (_, Some((count, word))) => {
            let mut clause = format!("{} {word}", number::counted(*count, "target"));
            for (count, word) in clauses {
                clause = format!("{clause}, {} {word}", number::count(*count));
            }
            Some(if all == 1 { clause } else { format!("{clause} of {}", number::count(all)) })
        }
    }
}

/// The targets that are not met, the missed ones first.
pub(in crate::report) fn not_met(targets: &[TargetResult]) -> Vec<&TargetResult> {
    let mut not_met: Vec<&TargetResult> =
        targets.iter().filter(|target| target.outcome != TargetOutcome::Met).collect();
    not_met.sort_by_key(|target| target.outcome);
    not_met
}

/// `failed: 2 metrics regressed; 1 target missed`, `undecided: nothing could be compared`, `passed (regression, target)`.
pub(in crate::report) fn gate(gate: &Gate) -> String {
    let strict = if gate.strict { "; undecided targets count as missed" } else { "" };
    let notes = if gate.notes.is_empty() { String::new() } else { format!(" ({})", gate.notes.join("; ")) };
    let answer = match gate.outcome {
        GateOutcome::Pass => format!("passed ({}{strict}){}", gate.fail_on.join(", "), undecided_targets(gate)),
        GateOutcome::Fail => format!("failed: {}", gate.failures.join("; ")),
        GateOutcome::Undecided if gate.passed => {
            format!("undecided, and let pass: {}", gate.undecided.join("; "))
        }
        GateOutcome::Undecided => format!("undecided: {}", gate.undecided.join("; ")),
    };
    format!("{answer}{notes}")
}

/// `, 1 target undecided (--strict fails it)`, where a gate passes over some.
fn undecided_targets(gate: &Gate) -> String {
    let them = if gate.undecided_targets == 1 { "it" } else { "them" };
    match gate.undecided_targets {
        0 => String::new(),
        count => format!(", {} undecided (--strict fails {them})", number::counted(count, "target")),
    }
}

/// What is compared with what.
pub(in crate::report) fn about(comparison: &Comparison) -> String {
    format!("{} compared with {}.", side(&comparison.after), side(&comparison.before))
}

/// `` `run.csv` (1 file, 3 runs, 12,000 samples) ``.
pub(in crate::report) fn side(side: &Side) -> String {
    let left_out = side.left_out.map_or_else(String::new, |left_out| {
        format!(" of steady parts, {} left out", number::counted(left_out, "request"))
    });
    format!(
        "`{}` ({}, {}, {}{left_out})",
        side.name,
        number::counted(side.sources.len() as u64, "file"),
        number::counted(side.runs, "run"),
        number::counted(side.samples, "sample")
    )
}

/// How the comparison was made, a sentence each.
pub(in crate::report) fn method(comparison: &Comparison) -> Vec<String> {
    let mut sentences = vec![
        format!(
            "A change {} {}{} is never called a regression.",
            if comparison.margin_test { "whose interval reaches below" } else { "measured as smaller than" },
            number::level(comparison.margin),
            if own_margins(comparison) { " (some metrics have a margin of their own)" } else { "" }
        ),
        format!(
            "Intervals are at {}. A verdict of regressed or improved has to exclude \"no change\" at the {} level{}.",
            number::level(comparison.confidence),
            number::level(comparison.gate_level),
            discoveries(comparison.tests),
        ),
        "The change is Hodges and Lehmann's estimate over all pairs of samples, which need not be that of the medians \
         beside it; percentiles are of type 6."
            .to_owned(),
        runs(comparison),
    ];
    let error = comparison
        .changes
        .iter()
        .flat_map(|change| [&change.before, &change.after])
        .flatten()
        .map(|side| side.value_error)
        .max_by(f64::total_cmp)
        .filter(|error| *error > 0.0);
    if let Some(error) = error {
        sentences.push(format!(
            "Where a baseline keeps counts instead of samples, each value is known to within {}; intervals are wider \
             by that.",
            number::level(error)
        ));
    }
    sentences.extend(noise(comparison));
    sentences
}

fn discoveries(tests: u64) -> String {
    match tests {
        0 => String::new(),
        1 => "; one was tested".to_owned(),
        _ => format!(
            ", after false discoveries were controlled over all {} tests, so that many metrics do not mean many false alarms",
            number::count(tests)
        ),
    }
}

fn own_margins(comparison: &Comparison) -> bool {
    let absolute = |change: &&Change| !change.effects.iter().any(|e| e.statistic == Statistic::FailureShare);
    comparison.changes.iter().filter(absolute).any(|change| change.margin != comparison.margin)
}

fn runs(comparison: &Comparison) -> String {
    // Those of metrics that were compared by their intervals; of summaries, one is shown.
    let most = |side: fn(&Change) -> Option<u64>| comparison.changes.iter().filter_map(side).max().unwrap_or(0);
    let before = most(|change| change.before.map(|side| side.runs));
    let after = most(|change| change.after.map(|side| side.runs));
    if before <= 1 && after <= 1 {
        "With one run on each side run-to-run noise is not included: two runs of the same program may differ by more \
         than the intervals say. Several runs on a side include it."
            .to_owned()
    } else {
        format!(
            "The run is the unit of replication: {} before and {} after, and the intervals include how much runs differ.",
            number::counted(before, "run"),
            number::counted(after, "run")
        )
    }
}

fn noise(comparison: &Comparison) -> Option<String> {
    let floors = comparison.changes.iter().filter_map(|change| change.noise_floor);
    let most = floors.max_by(f64::total_cmp)?;
    Some(format!("From run to run the center of a metric varies by up to {} (relative stddev).", number::percent(most)))
}

/// A difference between the environments.
pub(in crate::report) fn environment(difference: &EnvironmentDifference) -> String {
    let value = |value: &Option<String>| value.as_ref().map_or("not said".to_owned(), |value| format!("`{value}`"));
    format!(
        "`{}` differs: {} before, {} after{}",
        difference.key,
        value(&difference.before),
        value(&difference.after),
        if difference.measured && is_of_machine(&difference.key) {
            "; the files say so of the machine that was measured, so nothing is called regressed or improved: keep one baseline a machine"
        } else if difference.measured {
            "; the measured files say so"
        } else if difference.given {
            "; it was given with `--env`, so nothing is called regressed or improved"
        } else {
            "; as found on the machines that read the files, which may not be the ones that were measured"
        }
    )
}

/// A file that the baseline has seen in part.
pub(in crate::report) fn growth(growth: &Growth) -> String {
    let new = match growth.new_lines {
        0 => "there are no new lines to compare".to_owned(),
        1 => "1 new line was compared".to_owned(),
        lines => format!("{} new lines were compared", number::count(lines)),
    };
    format!(
        "`{}`: the first {} are what the baseline has seen; {new}",
        growth.source,
        number::counted(growth.seen_lines, "line")
    )
}

/// Why a metric is not compared or nothing can be told.
pub(in crate::report) fn reason(reason: &Reason) -> String {
    let unit = |unit: &str| if unit.is_empty() { "no unit".to_owned() } else { format!("`{unit}`") };
    match reason {
        Reason::UnitChanged { before, after } => {
            format!("the unit changed from {} to {}", unit(before), unit(after))
        }
        Reason::UnitAssumed { before, after } => format!(
            "the unit was {} and is {}, and at least one of them was only assumed; state it with `--unit`",
            unit(before),
            unit(after)
        ),
        Reason::MeaningChanged { before, after } => {
            format!("something else is measured under the same name: `{before}` before, `{after}` after")
        }
        Reason::PolarityChanged => {
            "one side calls higher values better, the other lower ones; state it in the configuration".to_owned()
        }
        Reason::EnvironmentDiffers { keys } => {
            let keys: Vec<String> = keys.iter().map(|key| format!("`{key}`")).collect();
            format!("the environments differ in {}", keys.join(", "))
        }
        Reason::OnlyTheCenter { statistics } => {
            let named: Vec<&str> = statistics.iter().map(|one| statistic(*one)).collect();
            let (last, first) = named.split_last().map_or(("", &named[..]), |(last, first)| (*last, first));
            let list = if first.is_empty() { last.to_owned() } else { format!("{} and {last}", first.join(", ")) };
            let verb = if named.len() == 1 { "is" } else { "are" };
            format!("the center is within the margin, but {list} {verb} beyond it, and the interval excludes no change")
        }
        Reason::Tail { .. } => "the slow end changed; the center is not known to have".to_owned(),
        Reason::TailNotKnown { statistic: of, low, high } => {
            let Some((low, high)) = low.zip(*high) else {
                return format!("the center is unchanged; {} has too few samples to be known", statistic(*of));
            };
            format!("the center is unchanged; {} is not known ({} to {})", statistic(*of), number::change(low), number::change(high))
        }
        Reason::Zeros => {
            "some samples are zero, and it is not known that as many are, or that the others are the same; what is zero was not \
             measured, or rounded away"
                .to_owned()
        }
        Reason::OtherUnit { factor } => format!(
            "durations became many times smaller, as with a unit that is {} times as large, and a side does not state its unit: --unit \
             states it",
            number::count(*factor as u64)
        ),
        Reason::Rounded => {
            "values are rounded to steps that are larger than the margin, and say no more than a step".to_owned()
        }
        Reason::SummaryOnly => {
            "summary only: no interval. Tools report these numbers without samples, so that a change cannot be told from noise"
                .to_owned()
        }
        Reason::HiddenByTies => "so many samples are equal that the steps between values hide the size of the change; \
             that there is one is certain"
            .to_owned(),
        Reason::Failing { failed, total, before } => {
            let was = match before {
                Some(share) => format!("{} before", number::share(*share)),
                None => "the baseline does not say how many did before".to_owned(),
            };
            let share = number::share(*failed as f64 / *total as f64);
            let (failed, total) = (number::count(*failed), number::count(*total));
            format!("{failed} of {total} failed ({share}; {was}): how fast failures are says nothing")
        }
        Reason::UnknownOutcomes { total: 0, .. } => {
            "nothing says any more which rows failed: how fast failures are says nothing".to_owned()
        }
        Reason::UnknownOutcomes { unknown, total, before } => {
            let [share, before] = [*unknown as f64 / *total as f64, *before].map(number::share);
            let (unknown, total) = (number::count(*unknown), number::count(*total));
            format!("{unknown} of {total} are of unknown outcome ({share}; {before} before): they may have failed")
        }
        Reason::OtherEndings { .. } | Reason::OneRun { .. } => super::other_runs::reason(reason).unwrap_or_default(),
        Reason::OtherPart { unsettled } => super::steady::other_part(unsettled),
        Reason::NotRecorded => "it is not recorded in this baseline: save it anew".to_owned(),
        Reason::LessWork { metric, before, after } if *after > 0.0 => {
            let [before, after] = [*before, *after].map(number::share);
            format!("`{metric}` is zero in {after} of the rows ({before} before): less was asked of it")
        }
        Reason::LessWork { metric, .. } => {
            format!("`{metric}` is a tenth of what it was, or less: less was asked of it")
        }
        Reason::FailedBefore => {
            "all of the baseline failed: how fast failures are is nothing to compare with".to_owned()
        }
        Reason::TooFewSamples { needs } => {
            format!("too few samples for an interval: each side needs at least {}", number::count(*needs))
        }
        Reason::TooFewRuns { needs } => {
            format!("too few runs for a statement at this level: each side needs at least {}", number::count(*needs))
        }
    }
}

/// What is not known of a metric whose center is unchanged: `p99 not known (-10% to +117%)`.
fn tail_not_known(reason: &Reason) -> String {
    match reason {
        Reason::TailNotKnown { statistic: of, low: Some(low), high: Some(high) } => {
            format!("{} not known ({} to {})", statistic(*of), number::change(*low), number::change(*high))
        }
        Reason::Zeros => "zeros not known".to_owned(),
        _ => "tail not known".to_owned(),
    }
}

/// Why a change has its verdict, where the numbers do not say it; `None` where they do.
pub(in crate::report) fn explanation(change: &Change) -> Option<String> {
    // It stands beside the verdict, and once below all of them.
    // The numbers of a share say it themselves.
    let says_itself = |reason: &&Reason| {
        matches!(reason, Reason::SummaryOnly | Reason::Tail { .. })
            || change.is_share() && matches!(reason, Reason::Failing { .. })
    };
    let mut clauses: Vec<String> = change.reason.iter().filter(|reason| !says_itself(reason)).map(reason).collect();
    let is_told = matches!(
        change.reason,
        Some(
            Reason::OnlyTheCenter { .. }
                | Reason::HiddenByTies
                | Reason::Failing { .. }
                | Reason::UnknownOutcomes { .. }
                | Reason::OtherEndings { .. }
                | Reason::OneRun { .. }
                | Reason::LessWork { .. }
                | Reason::FailedBefore
                | Reason::Zeros
                | Reason::Rounded
                | Reason::OtherUnit { .. }
        )
    );
    match change.verdict {
        Verdict::Missing => clauses.push("the baseline has it, this run does not".to_owned()),
        Verdict::New if clauses.is_empty() => clauses.push("the baseline does not have it".to_owned()),
        Verdict::Inconclusive if !is_told => clauses.extend(power(change)),
        Verdict::Incomparable if clauses.is_empty() => clauses.push("both sides cannot be compared".to_owned()),
        Verdict::Regressed
        | Verdict::Improved
        | Verdict::CenterUnchanged
        | Verdict::Unchanged
        | Verdict::Changed
        | Verdict::New
        | Verdict::Incomparable
        | Verdict::Inconclusive => {}
    }
    (!clauses.is_empty()).then(|| clauses.join("; "))
}

/// What the numbers of an effect are shown in.
pub(in crate::report) fn shown_in<'a>(change: &'a Change, effect: &Effect) -> ShownIn<'a> {
    ShownIn { dimension: effect.statistic.dimension(change.dimension), unit: change.unit.as_deref() }
}

/// What could have been detected and what it would take, for the center, or else the first effect that knows.
fn power(change: &Change) -> Vec<String> {
    let knows = |effect: &&Effect| effect.detectable.is_some() || effect.samples_for_margin.is_some();
    let Some(effect) = change.effects.iter().find(knows) else { return Vec::new() };
    let mut clauses = Vec::new();
    let of = match effect.statistic {
        Statistic::Center | Statistic::FailureShare => String::new(),
        other => format!(" of {}", statistic(other)),
    };
    if let Some(detectable) = effect.detectable {
        let size = match effect.scale {
            Scale::Ratio => number::change_size(detectable),
            Scale::Shift if effect.statistic == Statistic::FailureShare => number::points(detectable),
            Scale::Shift => {
                let (size, _) = number::shift(shown_in(change, effect), detectable, None, None);
                size.replacen('+', "", 1)
            }
        };
        clauses.push(format!("a change{of} of {size} would have been found four times out of five"));
    }
    let has = change.before.iter().chain(&change.after).map(|side| side.samples).min().unwrap_or_default();
    match effect.samples_for_margin {
        Some(samples) if samples > has => clauses.push(format!(
            "to tell a change of {} from none as often, each side needs about {} like these",
            margin(change),
            number::counted(samples, "sample")
        )),
        Some(_) if crosses_margin(change, effect) => clauses.push(format!(
            "there are samples enough, but the change lies too near to {} to say on which side of it it is",
            margin(change)
        )),
        Some(_) | None => {}
    }
    clauses
}

/// Whether the interval of an effect holds the margin on either side.
fn crosses_margin(change: &Change, effect: &Effect) -> bool {
    let (Some(low), Some(high)) = (effect.low, effect.high) else { return false };
    let limits = match effect.scale {
        Scale::Ratio => [1.0 + change.margin, 1.0 / (1.0 + change.margin)],
        Scale::Shift => [change.margin, -change.margin],
    };
    limits.iter().any(|limit| (low..=high).contains(limit))
}

/// The margin of a change: `5%`; that of a share of failures is a difference, `0.5 pp`.
pub(in crate::report) fn margin(change: &Change) -> String {
    if change.effects.iter().any(|effect| effect.statistic == Statistic::FailureShare) {
        number::points(change.margin)
    } else {
        number::level(change.margin)
    }
}

/// The effect on which the verdict of a change rests: the center where it has the same verdict, else the first one that
/// has, else the center.
pub(in crate::report) fn leading(change: &Change) -> Option<&Effect> {
    let of = |statistic: Statistic| change.effects.iter().find(move |effect| effect.statistic == statistic);
    let center = change.effects.first();
    if change.large && change.reason == Some(Reason::Zeros) {
        return of(Statistic::ZeroShare).or(center);
    }
    // Of what is mostly zero the middle says nothing.
    if change.large && center.is_some_and(|center| center.before == Some(0.0) && center.after == Some(0.0)) {
        return of(Statistic::NonZero).filter(|others| others.estimate.is_some()).or(center);
    }
    // What ended in another way is said by what seemed to improve.
    let verdict = match change.reason {
        Some(Reason::OtherEndings { .. }) => Verdict::Improved,
        _ => change.verdict,
    };
    let decides = change.effects.iter().find(|effect| effect.verdict == Some(verdict));
    decides.or(center)
}

/// What a verdict means for this metric in plain words: `slower`, `worse at p99`, `better: higher is better`.
pub(in crate::report) fn direction(change: &Change) -> Option<String> {
    if change.reason == Some(Reason::SummaryOnly) {
        return Some("summary only: no interval".to_owned());
    }
    let (worse, better) = match (change.polarity, change.dimension) {
        (Polarity::LowerIsBetter, Dimension::Time) => ("slower", "faster"),
        (Polarity::LowerIsBetter | Polarity::Unknown, _) => ("worse", "better"),
        (Polarity::HigherIsBetter, _) => ("worse; higher is better", "better; higher is better"),
    };
    if change.verdict == Verdict::CenterUnchanged {
        return change.reason.as_ref().map(tail_not_known);
    }
    let word = match change.verdict {
        Verdict::Regressed => worse,
        Verdict::Improved => better,
        Verdict::Changed => "which way is better is not known",
        _ => return None,
    };
    if let Some(slow) =
        change.effects.iter().find(|effect| effect.verdict == Some(change.verdict) && effect.beyond.is_some())
        && matches!(change.reason, Some(Reason::Tail { .. }))
    {
        return Some(format!("tail: {}", slow_samples(change, slow)));
    }
    let deciding = change.effects.iter().filter(|effect| effect.verdict == Some(change.verdict));
    let at: Vec<Statistic> = deciding.map(|effect| effect.statistic).collect();
    let everywhere = matches!(at.first(), None | Some(Statistic::Center | Statistic::FailureShare));
    let names: Vec<&str> = at.into_iter().map(statistic).collect();
    let tail = if matches!(change.reason, Some(Reason::Tail { .. })) { "tail: " } else { "" };
    Some(if everywhere { word.to_owned() } else { format!("{tail}{word}, at {}", names.join(" and ")) })
}

/// `slow samples (over 210 ms) 0.5% → 3%`.
pub(in crate::report) fn slow_samples(change: &Change, effect: &Effect) -> String {
    let share = |share: Option<f64>| share.map_or_else(|| number::ABSENT.to_owned(), number::share);
    let (before, after) = (share(effect.before), share(effect.after));
    match effect.beyond {
        Some(limit) => {
            let side = if change.polarity == Polarity::HigherIsBetter { "under" } else { "over" };
            format!("slow samples ({side} {}) {before} → {after}", number::quantity(change.dimension, limit))
        }
        None => format!("{} {before} → {after}", statistic(effect.statistic)),
    }
}

#[cfg(test)]
mod tests;
