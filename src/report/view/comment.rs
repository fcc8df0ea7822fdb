//! The report as a comment on a pull request: the verdict, what was not met, what changed, and the numbers of both sides or of the
//! only one. A reader sees at most [`OPEN_ROWS`] rows; the others are folded.
//!
//! Every text is bounded, and [`CommentView::limited`] bounds their number, so that a comment fits whatever the input.

mod numbers;

use serde::Serialize;

use crate::compare::outcome::{Change, TargetResult, Verdict};
use crate::measure::finding::Severity;
use crate::report::contract::Report;
use crate::report::escape::visible;
use crate::report::number;
use crate::report::words::{change as words, rate, suite};

use super::change::{ChangeView, several_sources};
use super::changes::MOST_ROWS;
use super::finding::FindingView;
use super::target::{GateView, TargetView};
use super::verdict::{DataView, VerdictView};

pub(crate) use numbers::CommentNumbersView;

const NAME_LETTERS: usize = 120;
const SENTENCE_LETTERS: usize = 1_000;
/// Rows of all tables before the others are folded.
const OPEN_ROWS: usize = 12;
/// Sentences about what happens a second and what failed of it.
const LISTED_FACTS: usize = 8;
/// Findings that are named.
const LISTED_FINDINGS: usize = 8;

#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct CommentView {
    pub word: &'static str,
    pub headline: String,
    pub data: DataView,
    pub gate: Option<GateView>,
    pub about: Option<String>,
    pub together: Vec<String>,
    pub target_summary: Option<String>,
    pub targets: Vec<TargetView>,
    pub sources: bool,
    pub changes: Vec<ChangeView>,
    pub facts: Vec<String>,
    pub numbers: Vec<CommentNumbersView>,
    pub folded: FoldedView,
    pub findings: Vec<CommentFindingView>,
    pub left_out: Option<String>,
    pub rest: Vec<String>,
    pub tool: String,
    #[serde(skip)]
    hidden: usize,
}

/// The rows that only appear once a reader asks for them.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub(crate) struct FoldedView {
    pub title: Option<String>,
    pub targets: Vec<TargetView>,
    pub changes: Vec<ChangeView>,
    pub numbers: Vec<CommentNumbersView>,
}

impl FoldedView {
    fn rows(&self) -> usize {
        self.targets.len() + self.changes.len() + self.numbers.len()
    }
}

/// A finding in one line.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct CommentFindingView {
    pub severity: Severity,
    pub place: String,
    pub text: String,
}

impl CommentView {
    pub(in crate::report) fn of(report: &Report) -> Self {
        let verdict = VerdictView::of(report);
        let comparison = report.comparison.as_ref();
        let changes = comparison.map(|comparison| comparison.changes.as_slice()).unwrap_or_default();
        let is_quiet = |change: &&Change| matches!(change.verdict, Verdict::CenterUnchanged | Verdict::Unchanged);
        let (quiet, changed): (Vec<&Change>, Vec<&Change>) = changes.iter().partition(is_quiet);
        let not_met = words::not_met(&report.targets);
        let mut numbers: Vec<CommentNumbersView> =
            if comparison.is_some() { Vec::new() } else { numbers::rows(report).collect() };
        let rows = changes.len() + numbers.len() + not_met.len() + report.findings.len();
        numbers.truncate(MOST_ROWS);
        let unchanged = comparison
            .map(|comparison| comparison.counts.unchanged + comparison.counts.center_unchanged)
            .filter(|count| *count > 0);
        let mut rest: Vec<String> =
            unchanged.map(|count| format!("{} unchanged", number::counted(count, "metric"))).into_iter().collect();
        rest.extend(verdict.facts);
        let mut comment = Self {
            word: verdict.word,
            headline: shortened(&verdict.headline, SENTENCE_LETTERS),
            data: DataView { text: shortened(&verdict.data.text, SENTENCE_LETTERS), ..verdict.data },
            gate: report.gate.as_ref().map(|gate| {
                let gate = GateView::of(gate);
                GateView { text: shortened(&gate.text, SENTENCE_LETTERS), ..gate }
            }),
            about: comparison.map(|comparison| {
                let side = |side| shortened(&visible(&words::side(side)), SENTENCE_LETTERS);
                format!("{} compared with {}.", side(&comparison.after), side(&comparison.before))
            }),
            together: comparison
                .map(|comparison| suite::together(comparison).into_iter().chain(rate::changes(comparison)).collect())
                .unwrap_or_default(),
            target_summary: words::target_clause(&report.targets),
            targets: not_met.into_iter().take(MOST_ROWS).map(target).collect(),
            sources: several_sources(changes) || comparison.is_none() && report.sources.len() > 1,
            changes: changed.into_iter().chain(quiet).take(MOST_ROWS).map(|one| change(ChangeView::of(one))).collect(),
            facts: numbers::facts(report)
                .iter()
                .take(LISTED_FACTS)
                .map(|fact| shortened(fact, SENTENCE_LETTERS))
                .collect(),
            numbers: numbers.into_iter().map(shortened_numbers).collect(),
            folded: FoldedView::default(),
            findings: report.findings.iter().take(LISTED_FINDINGS).map(|one| finding(&FindingView::of(one))).collect(),
            left_out: None,
            rest,
            tool: shortened(&super::tool(report), NAME_LETTERS),
            hidden: 0,
        };
        comment.hidden = rows - comment.rows();
        comment.fold();
        comment.say_what_is_left_out();
        comment
    }

    /// Rows of all lists.
    pub(in crate::report) fn rows(&self) -> usize {
        self.targets.len() + self.changes.len() + self.numbers.len() + self.folded.rows() + self.findings.len()
    }

    /// Folds what stands behind the first rows.
    fn fold(&mut self) {
        let mut open = OPEN_ROWS;
        self.folded.targets = behind(&mut self.targets, &mut open);
        self.folded.changes = behind(&mut self.changes, &mut open);
        self.folded.numbers = behind(&mut self.numbers, &mut open);
        self.say_what_is_folded();
    }

    fn say_what_is_folded(&mut self) {
        let rows = self.folded.rows();
        self.folded.title = (rows > 0).then(|| number::counted(rows as u64, "more row"));
    }

    /// The same with this many rows: targets first, then changes or numbers, then what is folded, then findings.
    pub(in crate::report) fn limited(&self, rows: usize) -> Self {
        let mut limited = self.clone();
        let mut left = rows;
        behind(&mut limited.targets, &mut left);
        behind(&mut limited.changes, &mut left);
        behind(&mut limited.numbers, &mut left);
        behind(&mut limited.folded.targets, &mut left);
        behind(&mut limited.folded.changes, &mut left);
        behind(&mut limited.folded.numbers, &mut left);
        behind(&mut limited.findings, &mut left);
        limited.say_what_is_folded();
        limited.hidden += self.rows() - limited.rows();
        limited.say_what_is_left_out();
        limited
    }

    fn say_what_is_left_out(&mut self) {
        self.left_out = (self.hidden > 0).then(|| {
            format!("… {}; the JSON report has all of them.", number::counted(self.hidden as u64, "more row"))
        });
    }
}

/// Takes away what stands behind the rows that are left, and counts those that stay.
fn behind<T>(rows: &mut Vec<T>, left: &mut usize) -> Vec<T> {
    let taken = rows.split_off(rows.len().min(*left));
    *left -= rows.len();
    taken
}

fn shortened_numbers(view: CommentNumbersView) -> CommentNumbersView {
    CommentNumbersView {
        source: shortened(&view.source, NAME_LETTERS),
        metric: shortened(&view.metric, NAME_LETTERS),
        label: view.label.as_deref().map(|label| shortened(label, NAME_LETTERS)),
        ..view
    }
}

fn target(target: &TargetResult) -> TargetView {
    let view = TargetView::of(target);
    TargetView {
        subject: shortened(&view.subject, NAME_LETTERS),
        found: view.found.iter().map(|name| shortened(name, NAME_LETTERS)).collect(),
        condition: shortened(&view.condition, NAME_LETTERS),
        note: view.note.as_deref().map(|note| shortened(note, SENTENCE_LETTERS)),
        ..view
    }
}

fn change(view: ChangeView) -> ChangeView {
    ChangeView {
        source: shortened(&view.source, NAME_LETTERS),
        metric: shortened(&view.metric, NAME_LETTERS),
        group: view.group.as_deref().map(|group| shortened(group, NAME_LETTERS)),
        ..view
    }
}

fn finding(view: &FindingView) -> CommentFindingView {
    let value = view.value.as_ref().map_or(String::new(), |value| format!(" `{}`", shortened(value, NAME_LETTERS)));
    let text = format!("{}{value}: {}", view.kind, shortened(&view.why, SENTENCE_LETTERS));
    CommentFindingView { severity: view.severity, place: shortened(&view.place, NAME_LETTERS), text }
}

/// The first letters of a text, and a mark where something is missing.
fn shortened(text: &str, letters: usize) -> String {
    match text.char_indices().nth(letters) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
