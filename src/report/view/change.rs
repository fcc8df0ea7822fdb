//! A comparison with a baseline as ready strings: what was compared, the changes worst first, and why some of them
//! cannot be told.

mod charts;
mod lines;

use serde::Serialize;

use crate::compare::outcome::{Change, Comparison, Effect, Reason, Scale, Statistic, Verdict};
use crate::report::escape::visible;
use crate::report::number::{self, ABSENT};
use crate::report::words::change as words;

use super::ChartView;

pub use charts::SymbolView;
pub(super) use lines::lines;

/// Changes that a page lists, the folded ones included; a page with more is slow to open and nobody reads it.
pub(super) const MOST_ROWS: usize = 200;
/// Changes that a reader sees without opening anything.
const OPEN_ROWS: usize = 30;
/// Explanations that a reader sees without opening anything.
const OPEN_EXPLANATIONS: usize = 12;

/// A comparison.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ChangesView {
    /// What is held against what; names between backticks.
    pub about: String,
    /// `2 regressed, 1 improved (12 unchanged)`.
    pub summary: String,
    /// How it was compared, a sentence each.
    pub method: Vec<String>,
    /// What differs about where both sides were measured.
    pub environment: Vec<String>,
    /// Files of which only the new rows were compared.
    pub grown: Vec<String>,
    /// Whether the changes are of several sources, so that each has to name its own.
    pub sources: bool,
    /// Whether the median says something that the center does not.
    pub medians: bool,
    /// Whether any metric has several runs on a side.
    pub runs: bool,
    /// The worst changes.
    pub rows: Vec<ChangeView>,
    /// Other changes that are neither unchanged nor new, to be folded.
    pub more_rows: Vec<ChangeView>,
    /// `12 more changes`; absent where there is nothing to fold.
    pub more_rows_title: Option<String>,
    /// What is unchanged or new, to be folded.
    pub quiet: Vec<ChangeView>,
    /// `12 unchanged, 1 new`; absent where there is nothing to fold.
    pub quiet_title: Option<String>,
    /// How many are in none of these lists; absent where none is.
    pub left_out: Option<String>,
    /// What `–` and round brackets mean in the tables.
    pub footnotes: Vec<String>,
    /// Why changes are inconclusive, incomparable or missing.
    pub explanations: Vec<ExplanationView>,
    /// The others, to be folded.
    pub more_explanations: Vec<ExplanationView>,
    /// `8 more explanations`; absent where there is nothing to fold.
    pub more_explanations_title: Option<String>,
    /// The intervals of the worst changes in one picture; absent where nothing can be drawn.
    pub chart: Option<ChartView>,
    /// What the symbols of that picture mean.
    pub symbols: Vec<SymbolView>,
    /// Distributions of both sides, one on top of the other.
    pub overlays: Vec<ChartView>,
}

/// A metric on both sides, or on one.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ChangeView {
    /// `regressed`, `missing`, `incomparable`, `changed`, `inconclusive`, `improved`, `unchanged` or `new`.
    pub verdict: &'static str,
    /// The verdict in plain words: `slower`, `better: higher is better`, `worse at p99`.
    pub direction: Option<String>,
    /// Name of the source.
    pub source: String,
    /// Name of the metric.
    pub metric: String,
    /// Label of the group.
    pub group: Option<String>,
    /// Center (or share of failures) of both sides: `65.21 → 72.10 ms`.
    pub values: String,
    /// The effect on the center, or on the share of failures.
    pub center: EffectView,
    /// The effect on the median.
    pub p50: EffectView,
    /// The effect on the 95th percentile.
    pub p95: EffectView,
    /// The effect on the 99th percentile.
    pub p99: EffectView,
    /// The effect on the mean; never judged.
    pub mean: EffectView,
    /// The effect that decides.
    pub leading: EffectView,
    /// What the leading effect is about: `center`, `p99`.
    pub leading_name: &'static str,
    /// Samples before and after: `1,200 → 1,180`.
    pub n: String,
    /// Runs before and after: `3 → 1`.
    pub runs: String,
    /// The margin that holds for it.
    pub margin: String,
}

/// An effect.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EffectView {
    /// Its verdict; absent for the mean and where there is none.
    pub verdict: Option<&'static str>,
    /// Whether it is regressed, improved or changed.
    pub marked: bool,
    /// `+12.3%`, `×4.2` or `+3.20 ms`.
    pub estimate: String,
    /// `[+9.8%, +15.0%]`; absent with the estimate.
    pub interval: Option<String>,
    /// Both together.
    pub text: String,
}

/// Why a change has its verdict.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ExplanationView {
    /// The verdict.
    pub verdict: &'static str,
    /// Name of the source.
    pub source: String,
    /// Name of the metric.
    pub metric: String,
    /// Label of the group.
    pub group: Option<String>,
    /// The reason; names between backticks.
    pub text: String,
}

impl ChangesView {
    pub(super) fn of(comparison: &Comparison) -> Self {
        let changes = &comparison.changes;
        let (quiet, loud): (Vec<&Change>, Vec<&Change>) = changes.iter().partition(|change| is_quiet(change.verdict));
        let listed = loud.len().min(MOST_ROWS);
        let mut rows: Vec<ChangeView> = loud[..listed].iter().map(|change| ChangeView::of(change)).collect();
        let more_rows = rows.split_off(open(rows.len(), OPEN_ROWS));
        let quiet_listed = quiet.len().min(MOST_ROWS - listed);
        let mut explanations: Vec<ExplanationView> = loud[..listed].iter().filter_map(|c| explanation(c)).collect();
        let more_explanations = explanations.split_off(open(explanations.len(), OPEN_EXPLANATIONS));
        let left_out = (changes.len() - listed - quiet_listed) as u64;
        Self {
            about: visible(&format!(
                "{} held against {}.",
                words::side(&comparison.after),
                words::side(&comparison.before)
            )),
            summary: words::changes(comparison),
            method: words::method(comparison),
            environment: comparison.environment.iter().map(|one| visible(&words::environment(one))).collect(),
            grown: comparison.grown.iter().map(|one| visible(&words::growth(one))).collect(),
            sources: changes.iter().any(|change| change.source != changes[0].source),
            medians: loud[..listed].iter().any(|change| median_differs(change)),
            runs: comparison.before.runs > 1 || comparison.after.runs > 1,
            more_rows_title: title(more_rows.len(), "more change"),
            rows,
            more_rows,
            quiet: quiet[..quiet_listed].iter().map(|change| ChangeView::of(change)).collect(),
            quiet_title: quiet_title(comparison, quiet_listed),
            left_out: (left_out > 0)
                .then(|| format!("{} not listed here; all are in the JSON.", number::counted(left_out, "more metric"))),
            footnotes: withheld(changes).into_iter().chain(open_ends(changes)).chain(summaries(changes)).collect(),
            more_explanations_title: title(more_explanations.len(), "more explanation"),
            explanations,
            more_explanations,
            chart: charts::intervals(changes),
            symbols: charts::symbols(changes),
            overlays: charts::overlays(changes),
        }
    }
}

fn is_quiet(verdict: Verdict) -> bool {
    matches!(verdict, Verdict::Unchanged | Verdict::New)
}

/// How many of a list stand open: one more than fits is shown rather than folded away behind a line of its own.
fn open(length: usize, most: usize) -> usize {
    if length <= most + 1 { length } else { most }
}

fn title(count: usize, noun: &str) -> Option<String> {
    (count > 0).then(|| number::counted(count as u64, noun))
}

fn quiet_title(comparison: &Comparison, listed: usize) -> Option<String> {
    let counts = [(comparison.counts.unchanged, "unchanged"), (comparison.counts.new, "new")];
    let words: Vec<String> = counts
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| format!("{} {word}", number::count(*count)))
        .collect();
    (listed > 0).then(|| words.join(", "))
}

/// Whether the verdict on the median is another one than that on the center.
fn median_differs(change: &Change) -> bool {
    let verdict = |wanted: Statistic| effect(change, wanted).and_then(|effect| effect.verdict);
    verdict(Statistic::P50).is_some_and(|median| verdict(Statistic::Center) != Some(median))
}

fn effect(change: &Change, statistic: Statistic) -> Option<&Effect> {
    change.effects.iter().find(|effect| effect.statistic == statistic)
}

fn explanation(change: &Change) -> Option<ExplanationView> {
    Some(ExplanationView {
        verdict: words::verdict(change.verdict),
        source: visible(&change.source),
        metric: visible(&change.metric),
        group: change.group.as_deref().map(visible),
        text: visible(&words::explanation(change)?),
    })
}

/// What the dashes stand for: the samples that each percentile needs.
fn withheld(changes: &[Change]) -> Option<String> {
    let needs: Vec<String> = [Statistic::P50, Statistic::P95, Statistic::P99]
        .into_iter()
        .filter_map(|statistic| {
            let effects = changes.iter().filter_map(|change| effect(change, statistic));
            let needs = effects.filter_map(|effect| effect.needs).max()?;
            Some(format!("{} needs at least {} on each side", words::statistic(statistic), number::count(needs)))
        })
        .collect();
    (!needs.is_empty())
        .then(|| format!("{ABSENT} stands where there are too few samples to compare: {}.", needs.join(", ")))
}

/// Why there is no interval beside the numbers of tools; once for all of them.
fn summaries(changes: &[Change]) -> Option<String> {
    let summarised = changes.iter().filter_map(|change| change.reason.as_ref());
    let reason = summarised.into_iter().find(|reason| **reason == Reason::SummaryOnly)?;
    let text = words::reason(reason);
    Some(format!("{}{}.", text[..1].to_uppercase(), &text[1..]))
}

/// What round brackets mean, where there are any.
fn open_ends(changes: &[Change]) -> Option<String> {
    let given = |effect: &&Effect| effect.estimate.is_some();
    let judged = changes.iter().filter(|change| change.reason != Some(Reason::SummaryOnly));
    let mut effects = judged.flat_map(|change| &change.effects).filter(given);
    effects
        .any(|effect| effect.low.is_none() || effect.high.is_none())
        .then(|| "A round bracket marks an end of an interval that these samples cannot bound.".to_owned())
}

impl ChangeView {
    pub(in crate::report) fn of(change: &Change) -> Self {
        let view = |statistic: Statistic| {
            effect(change, statistic).map_or_else(EffectView::absent, |e| EffectView::of(change, e))
        };
        let main = effect(change, Statistic::Center)
            .or_else(|| effect(change, Statistic::FailureShare))
            .or_else(|| change.effects.first());
        let leading = words::leading(change);
        let sides = |count: fn(&crate::compare::outcome::Side) -> u64| {
            let text = |side: Option<&crate::compare::outcome::Side>| {
                // A tool that summarises need not say of how many.
                let count = side.map(count).filter(|count| *count > 0);
                count.map_or_else(|| ABSENT.to_owned(), number::count)
            };
            format!("{} → {}", text(change.before.as_ref()), text(change.after.as_ref()))
        };
        Self {
            verdict: words::verdict(change.verdict),
            direction: words::direction(change),
            source: visible(&change.source),
            metric: visible(&change.metric),
            group: change.group.as_deref().map(visible),
            values: main
                .map_or_else(|| ABSENT.to_owned(), |e| number::before_after(change.dimension, e.before, e.after)),
            center: main.map_or_else(EffectView::absent, |effect| EffectView::of(change, effect)),
            p50: view(Statistic::P50),
            p95: view(Statistic::P95),
            p99: view(Statistic::P99),
            mean: view(Statistic::Mean),
            leading: leading.map_or_else(EffectView::absent, |effect| EffectView::of(change, effect)),
            leading_name: leading.map_or("", |effect| words::statistic(effect.statistic)),
            n: sides(|side| side.samples),
            runs: sides(|side| side.runs),
            margin: words::margin(change),
        }
    }

    /// Metric and group, and the source where it has to be said: `run.csv: latency / start`.
    pub(in crate::report) fn subject(&self, with_source: bool) -> String {
        let source = if with_source { format!("{}: ", self.source) } else { String::new() };
        let group = self.group.as_ref().map_or(String::new(), |group| format!(" / {group}"));
        format!("{source}{}{group}", self.metric)
    }

    /// The numbers in one line: `65.21 → 72.10 ms, +12.3% [+9.8%, +15.0%]; p95 +8.0% [+1.0%, +16.0%]`.
    pub(in crate::report) fn sentence(&self) -> String {
        let mut text = format!("{}, {}", self.values, self.center.text);
        for (name, effect) in [("p50", &self.p50), ("p95", &self.p95), ("p99", &self.p99)] {
            if effect.verdict.is_some() {
                text = format!("{text}; {name} {}", effect.text);
            }
        }
        text
    }
}

impl EffectView {
    fn of(change: &Change, effect: &Effect) -> Self {
        let Some(estimate) = effect.estimate else { return Self::absent() };
        let (estimate, interval) = match effect.scale {
            Scale::Ratio => (number::change(estimate), number::change_interval(effect.low, effect.high)),
            Scale::Shift => number::shift(change.dimension, estimate, effect.low, effect.high),
        };
        if change.reason == Some(Reason::SummaryOnly) {
            return Self { verdict: None, marked: false, text: estimate.clone(), estimate, interval: None };
        }
        let text = format!("{estimate} {interval}");
        Self {
            verdict: effect.verdict.map(words::verdict),
            marked: effect
                .verdict
                .is_some_and(|found| matches!(found, Verdict::Regressed | Verdict::Improved | Verdict::Changed)),
            estimate,
            interval: Some(interval),
            text,
        }
    }

    fn absent() -> Self {
        let absent = || ABSENT.to_owned();
        Self { verdict: None, marked: false, estimate: absent(), interval: None, text: absent() }
    }
}
