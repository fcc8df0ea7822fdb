//! A comparison with a baseline as ready strings: what was compared, the changes worst first, and why some of them
//! cannot be told.

use serde::Serialize;

use crate::compare::outcome::{Change, Comparison, Effect, Reason, Verdict};
use crate::measure::Statistic;
use crate::report::chart::Chart;
use crate::report::escape::visible;
use crate::report::number::{self, ABSENT};
use crate::report::words::{change as words, rate, suite};

use super::change::{ChangeView, effect, is_quiet, median_differs, several_sources};
use super::change_charts::{self as charts, SymbolView};
use super::fold::{fold, open};

/// Changes that a page lists, the folded ones included; a page with more is slow to open and nobody reads it.
pub(super) const MOST_ROWS: usize = 200;
/// Changes that a reader sees without opening anything.
const OPEN_ROWS: usize = 30;
/// Explanations that a reader sees without opening anything.
const OPEN_EXPLANATIONS: usize = 12;

/// A comparison.
#[expect(clippy::struct_excessive_bools, reason = "which columns there are")]
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct ChangesView {
    pub about: String,
    pub summary: String,
    pub method: Vec<String>,
    pub together: Vec<String>,
    pub suite: bool,
    pub environment: Vec<String>,
    pub grown: Vec<String>,
    pub sources: bool,
    pub medians: bool,
    pub runs: bool,
    pub rows: Vec<ChangeView>,
    pub more_rows: Vec<ChangeView>,
    pub more_rows_title: Option<String>,
    pub quiet: Vec<ChangeView>,
    pub quiet_title: Option<String>,
    pub left_out: Option<String>,
    pub footnotes: Vec<String>,
    pub explanations: Vec<ExplanationView>,
    pub more_explanations: Vec<ExplanationView>,
    pub more_explanations_title: Option<String>,
    pub chart: Option<Chart>,
    pub symbols: Vec<SymbolView>,
    pub overlays: Vec<Chart>,
}

/// Why a change has its verdict.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct ExplanationView {
    pub verdict: Verdict,
    pub source: String,
    pub metric: String,
    pub group: Option<String>,
    pub text: String,
}

impl ChangesView {
    pub(super) fn of(comparison: &Comparison) -> Self {
        let changes = &comparison.changes;
        let (quiet, loud): (Vec<&Change>, Vec<&Change>) = changes.iter().partition(|change| is_quiet(change.verdict));
        let listed = loud.len().min(MOST_ROWS);
        let loud = &loud[..listed];
        let rows = loud.iter().map(|change| ChangeView::of(change)).collect();
        let (rows, more_rows, more_rows_title) = fold(rows, open(listed, OPEN_ROWS), "more change");
        let quiet_listed = quiet.len().min(MOST_ROWS - listed);
        let explanations: Vec<ExplanationView> = loud.iter().filter_map(|change| explanation(change)).collect();
        let explained = open(explanations.len(), OPEN_EXPLANATIONS);
        let (explanations, more_explanations, more_explanations_title) =
            fold(explanations, explained, "more explanation");
        let left_out = (changes.len() - listed - quiet_listed) as u64;
        Self {
            about: visible(&words::about(comparison)),
            summary: words::changes(comparison),
            method: words::method(comparison),
            together: suite::together(comparison).into_iter().chain(rate::changes(comparison)).collect(),
            suite: comparison.suite.is_some(),
            environment: comparison.environment.iter().map(|one| visible(&words::environment(one))).collect(),
            grown: comparison.grown.iter().map(|one| visible(&words::growth(one))).collect(),
            sources: several_sources(changes),
            medians: loud.iter().any(|change| median_differs(change)),
            runs: comparison.before.runs > 1 || comparison.after.runs > 1,
            rows,
            more_rows,
            more_rows_title,
            quiet: quiet[..quiet_listed].iter().map(|change| ChangeView::of(change)).collect(),
            quiet_title: quiet_title(comparison, quiet_listed),
            left_out: (left_out > 0)
                .then(|| format!("{} not listed here; all are in the JSON.", number::counted(left_out, "more metric"))),
            footnotes: withheld(changes).into_iter().chain(open_ends(changes)).chain(summaries(changes)).collect(),
            explanations,
            more_explanations,
            more_explanations_title,
            chart: charts::intervals(changes),
            symbols: charts::symbols(changes),
            overlays: charts::overlays(changes),
        }
    }
}

fn quiet_title(comparison: &Comparison, listed: usize) -> Option<String> {
    let counts = &comparison.counts;
    let counts = [(counts.unchanged, "unchanged"), (counts.center_unchanged, "center unchanged"), (counts.new, "new")];
    let words: Vec<String> = counts
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| format!("{} {word}", number::count(*count)))
        .collect();
    (listed > 0).then(|| words.join(", "))
}

fn explanation(change: &Change) -> Option<ExplanationView> {
    Some(ExplanationView {
        verdict: change.verdict,
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
