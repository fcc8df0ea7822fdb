//! A comparison, its targets and its gate as lines for a terminal.

use crate::compare::outcome::{Change, Comparison, Reason, TargetOutcome, TargetResult, Verdict};
use crate::report::contract::Report;
use crate::report::escape::visible;
use crate::report::number;
use crate::report::words::change as words;

use super::super::target::TargetView;
use super::super::terminal::{LONGEST_NAME, LineView, clip, columns, pad_end, pad_start};
use super::ChangeView;

/// Changes that are listed.
const LISTED_CHANGES: usize = 8;
/// Targets that are listed.
const LISTED_TARGETS: usize = 5;

/// The lines; none without a comparison, targets and a gate.
pub(in crate::report::view) fn lines(report: &Report) -> Vec<LineView> {
    let mut lines = Vec::new();
    if let Some(comparison) = &report.comparison {
        lines.push(LineView::plain("blank", ""));
        lines.extend(changes(comparison));
    }
    if !report.targets.is_empty() {
        lines.push(LineView::plain("blank", ""));
        lines.extend(targets(&report.targets));
    }
    if let Some(gate) = &report.gate {
        let (severity, word) = if gate.passed { ("clean", "Gate") } else { ("regressed", "Gate") };
        lines.push(LineView::plain("blank", ""));
        lines.push(LineView::coloured("gate", severity, "", word, &format!(": {}", visible(&words::gate(gate)))));
    }
    lines
}

fn changes(comparison: &Comparison) -> Vec<LineView> {
    // What changed first, then what cannot be told.
    let (mut loud, quiet): (Vec<&Change>, Vec<&Change>) =
        comparison.changes.iter().partition(|change| is_change(change.verdict));
    let changed = loud.len();
    let room = LISTED_CHANGES.saturating_sub(changed);
    loud.extend(quiet.into_iter().filter(|change| change.verdict == Verdict::Inconclusive).take(room));
    let sources = comparison.changes.iter().any(|change| change.source != comparison.changes[0].source);
    let head = format!(
        "changes since {} ({} before, {} after, margin {})",
        visible(&comparison.before.name),
        number::counted(comparison.before.runs, "run"),
        number::count(comparison.after.runs),
        number::level(comparison.margin)
    );
    let mut lines = vec![LineView::plain("head", &head)];
    let rows: Vec<ChangeView> = loud.iter().take(LISTED_CHANGES).map(|change| ChangeView::of(change)).collect();
    let cells: Vec<[String; 3]> = loud
        .iter()
        .zip(&rows)
        .map(|(change, row)| {
            let name = match row.leading_name {
                "center" | "" | "share" => String::new(),
                name => format!("{name} "),
            };
            let subject = clip(&row.subject(sources), LONGEST_NAME);
            let number = matches!(change.verdict, Verdict::Inconclusive) && row.leading.text != number::ABSENT;
            if let Some(explanation) = words::explanation(change).filter(|_| !number) {
                return [subject, String::new(), visible(&explanation)];
            }
            let why = if change.reason == Some(Reason::SummaryOnly) { "  (summary only)" } else { "" };
            [subject, row.values.clone(), format!("{name}{}{why}", row.leading.text)]
        })
        .collect();
    let width = |cell: usize| cells.iter().map(|cells| columns(&cells[cell])).max().unwrap_or(0);
    let word_width = rows.iter().map(|row| row.verdict.len()).max().unwrap_or(0);
    let (names, values) = (width(0), width(1));
    for (row, [name, value, change]) in rows.iter().zip(&cells) {
        let pad = " ".repeat(word_width - row.verdict.len());
        let value = if value.is_empty() { String::new() } else { format!("{}  ", pad_start(value, values)) };
        let rest = format!("{pad}  {}  {value}{change}", pad_end(name, names));
        lines.push(LineView::coloured("change", row.verdict, "  ", row.verdict, &rest));
    }
    if let Some(more) = changed.checked_sub(LISTED_CHANGES).filter(|more| *more > 0) {
        let text = format!("  … and {}", number::counted(more as u64, "more changed metric"));
        lines.push(LineView::plain("more", &text));
    }
    lines.extend(words::quiet(comparison).map(|quiet| LineView::plain("more", &format!("  {quiet}"))));
    lines
}

fn is_change(verdict: Verdict) -> bool {
    !matches!(verdict, Verdict::Inconclusive | Verdict::Unchanged | Verdict::New)
}

fn targets(targets: &[TargetResult]) -> Vec<LineView> {
    let mut not_met: Vec<&TargetResult> =
        targets.iter().filter(|target| target.outcome != TargetOutcome::Met).collect();
    not_met.sort_by_key(|target| target.outcome);
    let mut lines = vec![LineView::plain("head", &words::target_clause(targets).unwrap_or_default())];
    for target in not_met.iter().take(LISTED_TARGETS) {
        let word = words::outcome(target.outcome);
        let severity = if target.outcome == TargetOutcome::Undecided { "undecided" } else { "missed" };
        let rest = format!("  {}", TargetView::of(target).sentence());
        lines.push(LineView::coloured("target", severity, "  ", word, &rest));
    }
    if let Some(more) = not_met.len().checked_sub(LISTED_TARGETS).filter(|more| *more > 0) {
        let text = format!("  … and {}", number::counted(more as u64, "more target"));
        lines.push(LineView::plain("more", &text));
    }
    lines
}
