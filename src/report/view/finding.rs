//! Findings as rows of a table.

use serde::Serialize;

use super::fold::{fold, open};
use crate::measure::finding::{Finding, Severity};
use crate::report::escape::visible;
use crate::report::number;
use crate::report::words;

/// Findings that a reader sees without opening anything.
const OPEN_FINDINGS: usize = 12;

/// All findings.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FindingsView {
    /// Whether there are any.
    pub any: bool,
    /// How many of each severity, most serious first.
    pub counts: Vec<CountView>,
    /// The most serious ones.
    pub first: Vec<FindingView>,
    /// The others, to be folded.
    pub rest: Vec<FindingView>,
    /// `8 more findings`; absent where there is nothing to fold.
    pub rest_title: Option<String>,
}

/// Findings of one severity.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CountView {
    /// `corrupted`, `suspicious` or `note`.
    pub severity: Severity,
    /// `3 corrupted`.
    pub text: String,
}

/// A finding.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FindingView {
    /// `corrupted`, `suspicious` or `note`.
    pub severity: Severity,
    /// The kind in plain words.
    pub kind: &'static str,
    /// `file`, `file:12` or `file:12-15`.
    pub place: String,
    /// The column.
    pub column: Option<String>,
    /// The metric concerned.
    pub metric: Option<String>,
    /// The label of the row.
    pub label: Option<String>,
    /// The value as it was written.
    pub value: Option<String>,
    /// The evidence, a sentence each.
    pub reasons: Vec<String>,
    /// The evidence in one piece.
    pub why: String,
    /// What was done about it.
    pub action: String,
    /// How many rows or values it stands for.
    pub count: String,
    /// Whether it stands for more than one.
    pub folded: bool,
}

impl FindingsView {
    /// The findings of a report.
    pub fn of(findings: &[Finding]) -> Self {
        let rows = findings.iter().map(FindingView::of).collect();
        let (first, rest, rest_title) = fold(rows, open(findings.len(), OPEN_FINDINGS), "more finding");
        Self { any: !findings.is_empty(), counts: counts(findings), first, rest, rest_title }
    }
}

fn counts(findings: &[Finding]) -> Vec<CountView> {
    [Severity::Corrupted, Severity::Suspicious, Severity::Note]
        .into_iter()
        .filter_map(|severity| {
            let total: u64 = findings.iter().filter(|finding| finding.severity == severity).map(|f| f.count).sum();
            let text = match severity {
                Severity::Note => number::counted(total, "note"),
                _ => format!("{} {}", number::count(total), words::severity(severity)),
            };
            (total > 0).then_some(CountView { severity, text })
        })
        .collect()
}

impl FindingView {
    pub(super) fn of(finding: &Finding) -> Self {
        let reasons: Vec<String> = finding.reasons.iter().map(|reason| visible(reason)).collect();
        Self {
            severity: finding.severity,
            kind: finding.kind.words(),
            place: visible(&finding.place.to_string()),
            column: finding.place.column.as_deref().map(visible),
            metric: finding.metric.as_deref().map(visible),
            label: finding.label.as_deref().map(visible),
            value: finding.value.as_deref().map(visible),
            why: reasons.join("; "),
            reasons,
            action: visible(&finding.action),
            count: number::count(finding.count),
            folded: finding.count > 1,
        }
    }
}
