//! The gate: whether a run may pass.
//!
//! In: what to fail on, the comparison, the targets, and counts of findings. Out: a [`Gate`] with a clause for everything
//! that was found and for everything that it could not see. A gate never passes because it could not look: a metric that vanished
//! fails like a regression, a target without data like a missed one, and where nothing could be compared, a large change
//! cannot be decided or the run is the baseline's own file, the gate is undecided, which exits like a failure.

use std::fmt;

use crate::measure::{Finding, FindingKind, Polarity, Refusal, Severity};

use super::beyond_noise::{BothSides, beyond_noise};
use super::margin::LARGE;
use super::odd_run;
use super::outcome::{Change, Comparison, Gate, GateOutcome, Reason, TargetOutcome, TargetResult, Verdict};
use super::rate::{RateChange, RateSide};
use super::too_quick::TOO_GOOD;
use super::undirected;

/// What a gate fails on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FailOn {
    /// A metric regressed, vanished or became incomparable, or nothing at all could be compared.
    Regression,
    /// A target is missed or has no data; with `strict` also where it is undecided.
    Target,
    /// A sample is corrupted.
    Corruption,
    /// A finding is suspicious.
    Suspicious,
    /// Of a metric it cannot be told whether it changed.
    Inconclusive,
}

impl FailOn {
    /// All of them, in the order in which a gate looks.
    pub const ALL: [Self; 5] = [Self::Regression, Self::Target, Self::Corruption, Self::Suspicious, Self::Inconclusive];

    /// The word for it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Regression => "regression",
            Self::Target => "target",
            Self::Corruption => "corruption",
            Self::Suspicious => "suspicious",
            Self::Inconclusive => "inconclusive",
        }
    }

    /// Reads one word.
    ///
    /// # Errors
    /// When it is none of the known ones.
    pub fn parse(word: &str) -> Result<Self, Refusal> {
        let word = word.trim();
        Self::ALL.into_iter().find(|fail_on| fail_on.word() == word).ok_or_else(|| {
            Refusal(format!(
                "`{word}` is nothing to fail on: write regression, target, corruption, suspicious, inconclusive \
                 (several with commas), or none"
            ))
        })
    }

    /// Reads words separated by commas; `none` alone is an empty list.
    ///
    /// # Errors
    /// When a word is none of the known ones, or the list is empty.
    pub fn parse_list(text: &str) -> Result<Vec<Self>, Refusal> {
        if text.trim() == NONE {
            return Ok(Vec::new());
        }
        Self::of_words(text.split(','))
    }

    /// Reads a list of words; each counts once, in the order in which a gate looks.
    ///
    /// # Errors
    /// When a word is none of the known ones.
    pub fn of_words<'a>(words: impl IntoIterator<Item = &'a str>) -> Result<Vec<Self>, Refusal> {
        let mut list = words.into_iter().map(Self::parse).collect::<Result<Vec<Self>, Refusal>>()?;
        list.sort_unstable();
        list.dedup();
        Ok(list)
    }

    /// Whether it is about what was measured, and not only about how sound that is.
    const fn is_about_numbers(self) -> bool {
        matches!(self, Self::Regression | Self::Target | Self::Inconclusive)
    }

    /// Whether it is about a comparison, so that it needs a baseline.
    pub const fn needs_baseline(self) -> bool {
        matches!(self, Self::Regression | Self::Inconclusive)
    }
}

/// The word for an empty list.
const NONE: &str = "none";

impl fmt::Display for FailOn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// What is lacking for a gate: an error before anything is read, because such a gate could never fail.
pub fn unusable(fail_on: &[FailOn], has_baseline: bool, has_targets: bool) -> Option<Refusal> {
    if let Some(fail_on) = fail_on.iter().find(|fail_on| fail_on.needs_baseline() && !has_baseline) {
        return Some(Refusal(format!("failing on {fail_on} needs a baseline: --baseline FILE")));
    }
    let without_targets = fail_on.contains(&FailOn::Target) && !has_targets;
    without_targets.then(|| Refusal::new("failing on target needs a [[target]] in perfreport.toml"))
}

/// What a gate was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GateRules {
    /// What to fail on, each once.
    pub fail_on: Vec<FailOn>,
    /// Whether undecided targets count as missed.
    pub strict: bool,
    /// Whether the run passes where the gate cannot tell. Old results never do, and neither does what fails.
    pub undecided_passes: bool,
}

/// What a gate has to know of a run beside its numbers.
#[derive(Debug, Clone, Copy, Default)]
pub struct RunState<'a> {
    /// Corrupted samples.
    pub corrupted: u64,
    /// Suspicious findings.
    pub suspicious: u64,
    /// Its files whose steady part was asked for and not found.
    pub unsettled: &'a [String],
    /// Those of its several runs in which nothing was measured.
    pub silent: &'a [String],
    /// A column called like a duration of which nothing was read, and its file.
    pub unread: Option<(&'a str, &'a str)>,
}

impl<'a> RunState<'a> {
    /// What the findings of a run amount to.
    pub fn of(findings: &'a [Finding], unsettled: &'a [String], silent: &'a [String]) -> Self {
        let all = |severity: Severity| findings.iter().filter(move |finding| finding.severity == severity);
        Self {
            corrupted: all(Severity::Corrupted).map(|finding| finding.count).sum(),
            suspicious: all(Severity::Suspicious).count() as u64,
            unsettled,
            silent,
            unread: findings
                .iter()
                .find(|finding| finding.kind == FindingKind::UnreadColumn)
                .and_then(|finding| Some((finding.place.column.as_deref()?, finding.place.source.as_str()))),
        }
    }
}

impl GateRules {
    /// What is left of the rules where there is nothing to compare with; `None` where nothing is.
    #[must_use]
    pub fn without_comparison(mut self) -> Option<Self> {
        self.fail_on.retain(|what| !what.needs_baseline());
        (!self.fail_on.is_empty()).then_some(self)
    }

    /// Targets that are undecided and do not fail because nobody asked for it.
    fn undecided_targets(&self, targets: &[TargetResult]) -> u64 {
        let asked = self.fail_on.contains(&FailOn::Target) && !self.strict;
        targets.iter().filter(|target| asked && target.outcome == TargetOutcome::Undecided).count() as u64
    }

    /// Whether a run may pass.
    pub fn judge(&self, comparison: Option<&Comparison>, targets: &[TargetResult], run: RunState<'_>) -> Gate {
        let RunState { corrupted, suspicious, unsettled, silent, unread } = run;
        let (mut failures, mut undecided) = (Vec::new(), Vec::new());
        let (mut stale, mut down) = (None, None);
        let about_changes = self.fail_on.iter().any(|what| what.needs_baseline());
        for what in &self.fail_on {
            match what {
                FailOn::Regression => {
                    failures.extend(regressions(comparison));
                    stale = comparison.and_then(old_results);
                    undecided.extend(stale.clone());
                    undecided.extend(comparison.map(unseen).into_iter().flatten());
                    down = comparison.map(failing_and_not_judged).filter(|clauses| !clauses.is_empty());
                    undecided.extend(down.iter().flatten().cloned());
                }
                FailOn::Target => failures.extend(missed(targets, self.strict)),
                FailOn::Corruption => failures.extend(clause(corrupted, "corrupted sample", "corrupted samples")),
                FailOn::Suspicious => {
                    failures.extend(clause(suspicious, "suspicious finding", "suspicious findings"));
                }
                FailOn::Inconclusive => failures.extend(inconclusive(comparison)),
            }
        }
        if self.fail_on.iter().any(|what| what.is_about_numbers()) {
            let unsettled = comparison.map_or(unsettled, |comparison| &comparison.unsettled);
            undecided.extend(without_steady_part(unsettled));
            undecided.extend(without_measurement(silent));
            undecided.extend(unread.map(|(column, source)| format!("`{column}` was not read in {source}")));
        }
        // Without a baseline, both words about it say the same.
        let mut seen = Vec::new();
        failures.retain(|failure: &String| {
            !seen.contains(failure) && {
                seen.push(failure.clone());
                true
            }
        });
        Gate {
            fail_on: self.fail_on.iter().map(|what| what.word().to_owned()).collect(),
            strict: self.strict,
            outcome: match (failures.is_empty(), undecided.is_empty()) {
                (false, _) => GateOutcome::Fail,
                (true, false) => GateOutcome::Undecided,
                (true, true) => GateOutcome::Pass,
            },
            passed: failures.is_empty()
                && (undecided.is_empty() || self.undecided_passes && stale.is_none() && down.is_none()),
            failures,
            undecided,
            undecided_targets: self.undecided_targets(targets),
            notes: comparison.filter(|_| about_changes).into_iter().flat_map(notes).collect(),
        }
    }
}

const NO_BASELINE: &str = "nothing was compared: no baseline";

fn regressions(comparison: Option<&Comparison>) -> Vec<String> {
    let Some(comparison) = comparison else { return vec![NO_BASELINE.to_owned()] };
    let counts = &comparison.counts;
    let as_before =
        comparison.changes.iter().filter(|change| change.all_failed() && change.verdict != Verdict::Regressed).count();
    let incomparable = comparison
        .changes
        .iter()
        .filter(|change| {
            change.verdict == Verdict::Incomparable && !is_elsewhere(change) && !is_of_another_part(change)
        })
        .count();
    let clauses = [
        clause(counts.regressed, "metric regressed", "metrics regressed"),
        clause(as_before as u64, "metric of nothing but failures", "metrics of nothing but failures"),
        clause(counts.missing, "metric vanished", "metrics vanished"),
        clause(incomparable as u64, "metric became incomparable", "metrics became incomparable"),
    ];
    clauses.into_iter().flatten().collect()
}

/// The files of the run that are those of the baseline.
fn old_results(comparison: &Comparison) -> Option<String> {
    Some(format!("nothing new in {}: the run is the one of the baseline", first_and_more(&comparison.stale)?))
}

/// What has to be known to read the answer. Nothing is normalised, so a slower machine fails, and a faster one may hide what
/// became slower.
fn notes(comparison: &Comparison) -> Vec<String> {
    let suite = comparison.suite.map(|suite| {
        let way = if suite.factor > 1.0 { "worse" } else { "better" };
        format!("{} of {} moved together for the {way}, as with another machine", suite.along, suite.subjects)
    });
    let one_sided = comparison.one_sided.then(|| "all changes point one way: look at the measurement".to_owned());
    suite.into_iter().chain(one_sided).chain(cut_off(comparison)).collect()
}

/// Requests that stretch over less than half of the time of those of the baseline: a shorter test, or one that ended before its time.
fn cut_off(comparison: &Comparison) -> Option<String> {
    const SHARE: f64 = 0.5;
    let each = |side: RateSide| side.seconds / side.runs.max(1) as f64;
    let short = |rate: &&RateChange| each(rate.after) < SHARE * each(rate.before);
    let first = comparison.rates.iter().find(short)?;
    let share = (100.0 * each(first.after) / each(first.before)).round();
    Some(format!(
        "the {} of {} stretch over {share}% of the time of the baseline's: cut off, or a shorter test",
        first.of.plural(),
        first.source
    ))
}

/// What the gate could not see.
fn unseen(comparison: &Comparison) -> Vec<String> {
    let large = |elsewhere: bool| {
        let of_kind =
            |change: &&Change| change.large && is_elsewhere(change) == elsewhere && !is_failing_by_chance(change);
        comparison.changes.iter().filter(of_kind).count() as u64
    };
    let clauses = [
        clause(large(false), "large change cannot be decided", "large changes cannot be decided"),
        clause(large(true), "large change on another machine", "large changes on another machine"),
        clause(
            comparison.changes.iter().filter(|change| is_mixed(change)).count() as u64,
            "metric is of a steady part on one side only",
            "metrics are of a steady part on one side only",
        ),
        moved_together(comparison),
        comparison.too_quick.as_ref().map(ToString::to_string),
        fewer_requests(comparison),
        odd_run::clause(&comparison.odd_runs),
        slower_end(comparison),
        not_compared(&comparison.changes).map(str::to_owned),
        without_direction(&comparison.changes).or_else(|| of_unknown_direction(&comparison.changes)),
    ];
    clauses.into_iter().flatten().collect()
}

/// A large shift of the whole suite for the worse, of which each metric alone may be too few samples to tell; or one for the better that
/// is too good: errors that come at once, or another unit, make everything quick.
fn moved_together(comparison: &Comparison) -> Option<String> {
    let suite = comparison.suite?;
    let together = format!("{} of {} moved together for the", suite.along, suite.subjects);
    if suite.factor.ln() >= LARGE * comparison.margin.ln_1p() {
        return Some(format!("{together} worse by a large factor"));
    }
    let is_too_good = suite.factor <= 1.0 / TOO_GOOD;
    is_too_good.then(|| format!("{together} better by a factor of ten and more: look whether the same was measured"))
}

/// A request rate that fell to 57% or less, which its interval knows: a slower service, or another load, with which nothing
/// can be compared.
fn fewer_requests(comparison: &Comparison) -> Option<String> {
    let fell = |rate: &&RateChange| {
        let fallen_rate = rate.high.filter(|high| *high < 1.0).map(|_| rate.ratio);
        beyond_noise(&BothSides { fallen_rate, ..BothSides::default() }, 0.0).is_some()
    };
    let fell: Vec<&RateChange> = comparison.rates.iter().filter(fell).collect();
    let first = fell.first()?;
    let more = if fell.len() > 1 { format!(" and of {} more", fell.len() - 1) } else { String::new() };
    let share = (first.ratio * 100.0).round();
    Some(format!("{} of {}{more} came at {share}% of the rate of the baseline", first.of.plural(), first.source))
}

/// The slow end of all groups of a metric together, which no single one of them could show.
fn slower_end(comparison: &Comparison) -> Option<String> {
    comparison.slow_end.first().map(ToString::to_string)
}

/// What fails in the run, where the baseline does not say how much failed before, or nearly as much did.
fn failing_and_not_judged(comparison: &Comparison) -> Vec<String> {
    let is_down = |change: &&Change| {
        change.verdict == Verdict::New && matches!(change.reason, Some(Reason::Failing { before: None, .. }))
    };
    let count = |of: &dyn Fn(&&Change) -> bool| comparison.changes.iter().filter(of).count() as u64;
    let clauses = [
        clause(
            count(&is_down),
            "population fails of which the baseline records no failures",
            "populations fail of which the baseline records no failures",
        ),
        clause(
            count(&|change: &&Change| is_failing_by_chance(change)),
            "population fails that did not before, and nearly did",
            "populations fail that did not before, and nearly did",
        ),
    ];
    clauses.into_iter().flatten().collect()
}

/// Whether it is a share of failures that makes the run failing and not the baseline, by no more than chance explains.
fn is_failing_by_chance(change: &Change) -> bool {
    change.large && change.is_share() && matches!(change.reason, Some(Reason::Failing { .. }))
}

/// Whether both sides were measured in different places, by their own word or the user's.
fn is_elsewhere(change: &Change) -> bool {
    change.verdict == Verdict::Incomparable && matches!(change.reason, Some(Reason::EnvironmentDiffers { .. }))
}

/// Whether it is not judged because a side is not the steady part of a run.
fn is_of_another_part(change: &Change) -> bool {
    change.verdict == Verdict::Incomparable && matches!(change.reason, Some(Reason::OtherPart { .. }))
}

/// Whether that is so although every steady part that was asked for was found.
fn is_mixed(change: &Change) -> bool {
    is_of_another_part(change)
        && matches!(&change.reason, Some(Reason::OtherPart { unsettled }) if unsettled.is_empty())
}

/// The files whose steady part was asked for and not found.
fn without_steady_part(sources: &[String]) -> Option<String> {
    Some(format!("no steady part was found in {}", first_and_more(sources)?))
}

/// Those of several runs in which nothing was measured: that the others did well says nothing of them.
fn without_measurement(sources: &[String]) -> Option<String> {
    Some(format!("nothing was measured in {}, one of several runs", first_and_more(sources)?))
}

/// The first of some names, and how many more there are; nothing for none.
fn first_and_more(names: &[String]) -> Option<String> {
    let first = names.first()?;
    let more = names.len() - 1;
    Some(if more == 0 { first.clone() } else { format!("{first} and {more} more") })
}

/// What to say where no metric could be judged, because there are too few samples or tools give none. That failures could
/// be is no answer where there are metrics: they may be ten times slower.
fn not_compared(changes: &[Change]) -> Option<&'static str> {
    let (shares, metrics): (Vec<&Change>, Vec<&Change>) = changes.iter().partition(|change| change.is_share());
    let any = |changes: &[&Change]| changes.iter().any(|change| was_compared(change));
    match (any(&metrics), any(&shares)) {
        (true, _) => None,
        (false, true) if metrics.is_empty() => None,
        (false, true) => Some("only how much failed could be compared, and no metric"),
        (false, false) => Some("nothing could be compared"),
    }
}

/// Metrics that changed, where of none that was compared it is known which way is better: a run that takes twice as long looks like one that
/// does twice as much.
fn without_direction(changes: &[Change]) -> Option<String> {
    if is_any_directed(changes.iter()) {
        return None;
    }
    let metrics = changes.iter().filter(|change| !change.is_share());
    let changed = metrics.filter(|change| change.verdict == Verdict::Changed).count() as u64;
    clause(
        changed,
        "metric changed of which is not stated which way is better (--better)",
        "metrics changed of which is not stated which way is better (--better)",
    )
}

/// Whether of any metric that was compared it is known which way is better.
pub(super) fn is_any_directed<'a>(mut changes: impl Iterator<Item = &'a Change>) -> bool {
    changes.any(|change| !change.is_share() && was_compared(change) && change.polarity != Polarity::Unknown)
}

/// Large changes of what is good or bad, and nobody says which, beside others that were compared: more columns never make a pass of what
/// alone is none.
fn of_unknown_direction(changes: &[Change]) -> Option<String> {
    clause(
        changes.iter().filter(|change| undirected::may_be_worse(change)).count() as u64,
        "large change of which is not stated which way is better (--better)",
        "large changes of which is not stated which way is better (--better)",
    )
}

fn inconclusive(comparison: Option<&Comparison>) -> Option<String> {
    match comparison {
        Some(comparison) => clause(comparison.counts.inconclusive, "metric inconclusive", "metrics inconclusive"),
        None => Some(NO_BASELINE.to_owned()),
    }
}

/// Whether a change was looked at: it has a verdict about its size, or a test that could have found one.
fn was_compared(change: &Change) -> bool {
    match change.verdict {
        Verdict::Regressed | Verdict::Changed | Verdict::Improved | Verdict::CenterUnchanged | Verdict::Unchanged => {
            true
        }
        Verdict::Inconclusive => change.effects.iter().any(|effect| effect.p.is_some()),
        Verdict::Incomparable if is_elsewhere(change) => change.effects.iter().any(|effect| effect.p.is_some()),
        Verdict::Missing | Verdict::Incomparable | Verdict::New => false,
    }
}

fn missed(targets: &[TargetResult], strict: bool) -> Vec<String> {
    if targets.is_empty() {
        return vec!["no target was given".to_owned()];
    }
    let count = |outcome| targets.iter().filter(|target| target.outcome == outcome).count() as u64;
    let undecided =
        clause(count(TargetOutcome::Undecided), "target undecided (--strict)", "targets undecided (--strict)");
    let clauses = [
        clause(count(TargetOutcome::Missed), "target missed", "targets missed"),
        clause(count(TargetOutcome::NoData), "target without data", "targets without data"),
        undecided.filter(|_| strict),
    ];
    clauses.into_iter().flatten().collect()
}

/// A count with its word; nothing for none.
fn clause(count: u64, one: &str, many: &str) -> Option<String> {
    match count {
        0 => None,
        1 => Some(format!("1 {one}")),
        _ => Some(format!("{count} {many}")),
    }
}

#[cfg(test)]
mod monotone;
#[cfg(test)]
mod tests;
