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
pub(crate) struct FindingsView {
    pub any: bool,
    pub counts: Vec<CountView>,
    pub first: Vec<FindingView>,
    pub rest: Vec<FindingView>,
    pub rest_title: Option<String>,
    pub remedy: Option<String>,
}

/// Findings of one severity.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct CountView {
    pub severity: Severity,
    pub text: String,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct FindingView {
    pub anchor: String,
    pub severity: Severity,
    pub kind: &'static str,
    pub place: String,
    pub column: Option<String>,
    pub metric: Option<String>,
    pub label: Option<String>,
    pub value: Option<String>,
    pub reasons: Vec<String>,
    pub why: String,
    pub action: String,
    pub count: String,
    pub folded: bool,
}

impl FindingsView {
    /// The findings of a report.
    pub(crate) fn of(findings: &[Finding]) -> Self {
        let named =
            |(place, finding): (usize, &Finding)| FindingView { anchor: anchor(place), ..FindingView::of(finding) };
        let rows = findings.iter().enumerate().map(named).collect();
        let (first, rest, rest_title) = fold(rows, open(findings.len(), OPEN_FINDINGS), "more finding");
        let remedy = words::remedy::of(findings);
        Self { any: !findings.is_empty(), counts: counts(findings), first, rest, rest_title, remedy }
    }
}

/// The id of a finding in the page.
fn anchor(place: usize) -> String {
    format!("finding-{}", place + 1)
}

/// The id of the finding about a line of a source, and of a metric of it where several stand on that line.
pub(super) fn anchor_of(findings: &[Finding], source: &str, line: u64, metric: &str) -> Option<String> {
    let covers = |finding: &Finding| {
        let last = finding.place.last_line.or(finding.place.line);
        finding.severity == Severity::Corrupted
            && finding.place.source == source
            && finding.place.line.zip(last).is_some_and(|(first, last)| (first..=last).contains(&line))
    };
    let of_metric = |finding: &Finding| covers(finding) && finding.metric.as_deref() == Some(metric);
    let place = findings.iter().position(of_metric).or_else(|| findings.iter().position(covers));
    place.map(anchor)
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
            anchor: String::new(),
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
