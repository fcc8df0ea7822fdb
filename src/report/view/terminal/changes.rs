//! A comparison, its targets and its gate as lines for a terminal.

use crate::compare::outcome::{Change, Comparison, Reason, TargetResult, Verdict};
use crate::measure::{Folded, Statistic};
use crate::report::contract::Report;
use crate::report::escape::visible;
use crate::report::number;
use crate::report::text_table::{Align, TextTable, shortened_apart};
use crate::report::words::{change as words, rate, steady, suite};

use super::super::change::{ChangeView, several_sources};
use super::super::line::{LineKind, LineView, Subject, longest_name};
use super::super::target::TargetView;

const LISTED_CHANGES: usize = 8;
const LISTED_TARGETS: usize = 5;
/// With what the sentence about a name that matches nothing ends.
const DID_YOU_MEAN: &str = "; did you mean ";
/// Before the word of a change or a target.
const INDENT: &str = "  ";

/// The lines; none without a comparison, targets and a gate.
pub(super) fn lines(report: &Report, columns: usize) -> Vec<LineView> {
    let mut lines = Vec::new();
    if let Some(comparison) = &report.comparison {
        lines.push(LineView::blank());
        lines.extend(changes(comparison, columns));
    }
    if !report.targets.is_empty() {
        lines.push(LineView::blank());
        lines.extend(targets(&report.targets));
    }
    if let Some(gate) = &report.gate {
        let subject = Subject::Gate(gate.outcome);
        lines.push(LineView::blank());
        let text = format!(": {}", visible(&words::gate(gate)));
        lines.push(LineView::coloured(LineKind::Gate, subject, "", "Gate", &text));
    }
    lines
}

fn changes(comparison: &Comparison, columns: usize) -> Vec<LineView> {
    // What changed first, then what cannot be told.
    let (changed, others): (Vec<&Change>, Vec<&Change>) =
        comparison.changes.iter().partition(|change| change.large || is_change(change.verdict));
    let changed = Folded::of(changed, LISTED_CHANGES);
    let room = LISTED_CHANGES - changed.first.len();
    let untold = others.into_iter().filter(|change| change.verdict == Verdict::Inconclusive).take(room);
    let listed: Vec<&Change> = changed.first.iter().copied().chain(untold).collect();
    let head = format!(
        "changes since {} ({} before, {} after, margin {})",
        visible(&comparison.before.name),
        number::counted(comparison.before.runs, "run"),
        number::count(comparison.after.runs),
        number::level(comparison.margin)
    );

    let sources = several_sources(&comparison.changes);
    let mut table = TextTable::new([Align::Left, Align::Left, Align::Right, Align::Left]);
    let rows: Vec<ChangeView> = listed.iter().map(|change| ChangeView::of(change)).collect();
    let subjects: Vec<String> = rows.iter().map(|row| row.subject(sources)).collect();
    let subjects = shortened_apart(&subjects, longest_name(columns));
    for ((change, row), subject) in listed.iter().zip(rows).zip(subjects) {
        table.push(cells(change, row, subject));
    }
    let mut lines = vec![LineView::plain(LineKind::Head, &head)];
    lines.extend(steady::sides(comparison).map(|one| LineView::plain(LineKind::More, &format!("{INDENT}{one}"))));
    lines.extend(
        suite::together_short(comparison).iter().map(|one| LineView::plain(LineKind::More, &format!("{INDENT}{one}"))),
    );
    lines.extend(listed.iter().zip(table.lines()).map(|(change, line)| {
        let word = words::verdict(change.verdict);
        LineView::coloured(LineKind::Change, Subject::Change(change.verdict), INDENT, word, &line[word.len()..])
    }));
    lines
        .extend(rate::changes(comparison).iter().map(|one| LineView::plain(LineKind::More, &format!("{INDENT}{one}"))));
    let more = |more| format!("  … and {}", number::counted(more, "more changed metric"));
    lines.extend(LineView::more(changed.more, more));
    let needed = words::samples_that_would_decide(comparison).map_or_else(String::new, |needed| format!(": {needed}"));
    let quiet = words::quiet(comparison).map(|quiet| format!("  {quiet}{needed}"));
    lines.extend(quiet.map(|quiet| LineView::plain(LineKind::More, &quiet)));
    lines
}

/// Verdict, what changed, the values and the change; or why it cannot be told in place of both numbers.
fn cells(change: &Change, row: ChangeView, subject: String) -> Vec<String> {
    let mut cells = vec![words::verdict(change.verdict).to_owned(), subject];
    let number = change.verdict == Verdict::Inconclusive && row.leading.text != number::ABSENT;
    if let Some(explanation) = words::explanation(change).filter(|_| !number) {
        cells.push(visible(&explanation));
        return cells;
    }
    let leading = words::leading(change);
    let values = leading.map_or(row.leading_values, |effect| {
        number::short_before_after(words::shown_in(change, effect), effect.before, effect.after)
    });
    let name = match leading.map(|effect| effect.statistic) {
        None | Some(Statistic::Center | Statistic::FailureShare) => String::new(),
        Some(statistic) => format!("{} ", words::statistic(statistic)),
    };
    let why = if change.reason == Some(Reason::SummaryOnly) { "  (summary only)" } else { "" };
    // There is no room for both the interval and what it is beyond all the others.
    let numbers = match &change.against_suite {
        Some(against) => format!("{}, {} against all", row.leading.estimate, number::change(against.estimate)),
        None => row.leading.text,
    };
    cells.extend([values, format!("{name}{numbers}{why}")]);
    cells
}

fn is_change(verdict: Verdict) -> bool {
    !matches!(verdict, Verdict::Inconclusive | Verdict::CenterUnchanged | Verdict::Unchanged | Verdict::New)
}

fn targets(targets: &[TargetResult]) -> Vec<LineView> {
    let not_met = Folded::of(words::not_met(targets), LISTED_TARGETS);
    let mut lines = vec![LineView::plain(LineKind::Head, &words::target_clause(targets).unwrap_or_default())];
    for target in &not_met.first {
        let sentence = TargetView::of(target).sentence();
        // What was meant must not be cut off with the list of all names.
        let (said, meant) =
            sentence.split_once(DID_YOU_MEAN).map_or((sentence.as_str(), None), |(said, name)| (said, Some(name)));
        let (subject, word) = (Subject::Target(target.outcome), words::outcome(target.outcome));
        lines.push(LineView::coloured(LineKind::Target, subject, INDENT, word, &format!("  {said}")));
        lines
            .extend(meant.map(|name| LineView::plain(LineKind::More, &format!("{INDENT}{INDENT}did you mean {name}"))));
    }
    let more = |more| format!("  … and {}", number::counted(more, "more target"));
    lines.extend(LineView::more(not_met.more, more));
    lines
}
