//! The short summary for a terminal: aligned lines of at most [`WIDTH`] columns.
//!
//! Lines carry the severity they speak of, so that the caller can colour the word with which they begin.

use serde::Serialize;

use super::NumbersView;
use super::finding::severity_word;
use super::source::{about, same_run_as};
use super::swarm::is_swarm;
use crate::measure::finding::Finding;
use crate::report::contract::Report;
use crate::report::escape::visible;
use crate::report::number;

/// Columns of the summary.
const WIDTH: usize = 100;
/// Findings that are listed.
const LISTED_FINDINGS: usize = 5;
/// Groups of a metric that are listed.
const LISTED_GROUPS: usize = 6;
/// Longest name in the first column.
pub(super) const LONGEST_NAME: usize = 44;

/// The summary.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TerminalView {
    /// All lines in order.
    pub lines: Vec<LineView>,
}

/// A line of the summary.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LineView {
    /// `verdict`, `change`, `target`, `gate`, `source`, `head`, `metric`, `raw`, `group`, `reported`, `service`, `swarm`, `finding`,
    /// `more` or `blank`.
    pub kind: &'static str,
    /// The severity, status or verdict it speaks of: `clean`, `corrupted`, `suspicious`, `note`, `regressed`, `missed`,
    /// `improved` and the other verdicts; absent for others.
    pub severity: Option<&'static str>,
    /// The word to colour, with which the line begins (after its indent); empty where there is none.
    pub word: &'static str,
    /// The spaces before the word.
    pub indent: &'static str,
    /// The line after the word.
    pub rest: String,
    /// The whole line.
    pub text: String,
}

impl LineView {
    pub(super) fn plain(kind: &'static str, text: &str) -> Self {
        let text = clip(text.trim_end(), WIDTH);
        Self { kind, severity: None, word: "", indent: "", rest: text.clone(), text }
    }

    pub(super) fn coloured(
        kind: &'static str,
        severity: &'static str,
        indent: &'static str,
        word: &'static str,
        rest: &str,
    ) -> Self {
        // The verdict and the gate are never cut: a terminal wraps them.
        let room = if ["verdict", "gate"].contains(&kind) {
            usize::MAX
        } else {
            WIDTH.saturating_sub(indent.len() + word.len())
        };
        let rest = clip(rest.trim_end(), room);
        let text = format!("{indent}{word}{rest}");
        Self { kind, severity: Some(severity), word, indent, rest, text }
    }
}

impl TerminalView {
    /// The summary of a report.
    pub fn of(report: &Report) -> Self {
        let verdict = super::verdict(report);
        let mut lines =
            vec![LineView::coloured("verdict", verdict.status, "", verdict.word, &format!(": {}", verdict.headline))];
        let rows: Vec<Vec<Cells>> =
            report.sources.iter().map(|source| listed(&NumbersView::of_source(report, source))).collect();
        let widths = Widths::of(rows.iter().flatten());
        lines.extend(super::change::lines(report));
        if let Some(swarm) = &report.swarm {
            lines.push(LineView::plain("blank", ""));
            lines.extend(super::swarm::lines(swarm).iter().map(|line| LineView::plain("swarm", line)));
        }
        for (source, rows) in report.sources.iter().zip(&rows).filter(|(source, _)| !is_swarm(&source.format)) {
            // The files of one run stand together.
            let joint = if same_run_as(report, source).is_some() { "+ " } else { "" };
            if joint.is_empty() {
                lines.push(LineView::plain("blank", ""));
            }
            lines.push(LineView::plain("source", &format!("{joint}{} ({})", visible(&source.name), about(source))));
            for service in report.service.iter().filter(|service| service.source == source.name) {
                lines.extend(super::service::lines(service).iter().map(|line| LineView::plain("service", line)));
            }
            if !rows.is_empty() {
                lines.push(LineView::plain("head", &Cells::head().line(&widths)));
            }
            lines.extend(rows.iter().map(|cells| LineView::plain(cells.kind, &cells.line(&widths))));
            let reported = super::reported::ReportedView::of(report, source);
            let reported = reported.iter().flat_map(super::reported::lines);
            lines.extend(reported.map(|line| LineView::plain("reported", &line)));
        }
        lines.extend(assumed_units(report).map(|text| LineView::plain("note", &text)));
        lines.extend(finding_lines(&report.findings));
        Self { lines }
    }
}

/// Units that nothing in the files states, in one line: a mistaken one is wrong by a thousand.
fn assumed_units(report: &Report) -> impl Iterator<Item = String> {
    let mut units: Vec<String> = Vec::new();
    for metric in report.metrics.iter().filter(|metric| metric.unit_assumed) {
        let name = visible(&metric.name);
        let unit = match metric.recorded_unit.as_deref() {
            Some(unit) => format!("{name} in {unit}"),
            None => format!("{name} without any"),
        };
        if !units.contains(&unit) {
            units.push(unit);
        }
    }
    let line = format!("units assumed (--unit overrides): {}", units.join(", "));
    (!units.is_empty()).then(|| [String::new(), line]).into_iter().flatten()
}

fn finding_lines(findings: &[Finding]) -> Vec<LineView> {
    if findings.is_empty() {
        return Vec::new();
    }
    let listed = || findings.iter().take(LISTED_FINDINGS);
    let place_of = |finding: &Finding| visible(&finding.place.to_string());
    let width = listed().map(|finding| severity_word(finding.severity).len()).max().unwrap_or(0);
    let place_width = listed().map(|finding| columns(&place_of(finding))).max().unwrap_or(0).min(LONGEST_NAME);
    let mut lines = vec![LineView::plain("blank", "")];
    for finding in listed() {
        let word = severity_word(finding.severity);
        let pad = " ".repeat(width.saturating_sub(word.len()));
        let value = finding.value.as_deref().map_or_else(String::new, |value| format!(": {}", visible(value)));
        let times = if finding.count > 1 { format!(" (×{})", number::count(finding.count)) } else { String::new() };
        let place = pad_end(&place_of(finding), place_width);
        let rest = format!("{pad}  {place}  {}{value}{times}", finding.kind.words());
        lines.push(LineView::coloured("finding", word, "", word, &rest));
    }
    if let Some(more) = findings.len().checked_sub(LISTED_FINDINGS).filter(|more| *more > 0) {
        lines.push(LineView::plain(
            "more",
            &format!("… and {} in the report", number::counted(more as u64, "more finding")),
        ));
    }
    lines
}

/// The rows that are listed: metrics, their raw numbers, and the first groups of each.
fn listed(rows: &[NumbersView]) -> Vec<Cells> {
    let mut listed = Vec::new();
    let (mut groups, mut hidden) = (0, 0);
    for row in rows {
        if !row.group {
            listed.extend(more_groups(hidden));
            (groups, hidden) = (0, 0);
        } else if !row.raw {
            groups += 1;
            hidden += u64::from(groups > LISTED_GROUPS);
        }
        if !row.group || groups <= LISTED_GROUPS {
            listed.push(Cells::of(row));
        }
    }
    listed.extend(more_groups(hidden));
    listed
}

fn more_groups(hidden: u64) -> Option<Cells> {
    let text = format!("    … and {}", number::counted(hidden, "more group"));
    (hidden > 0).then(|| Cells { kind: "more", name: text, numbers: Default::default() })
}

/// A row before it is aligned.
struct Cells {
    kind: &'static str,
    name: String,
    numbers: [String; 4],
}

impl Cells {
    fn head() -> Self {
        Self { kind: "head", name: String::new(), numbers: ["n", "median", "p95", "max"].map(str::to_owned) }
    }

    fn of(row: &NumbersView) -> Self {
        let (kind, name) = match (row.raw, row.group) {
            _ if row.failed => ("failed", "  └ failed, apart".to_owned()),
            (false, false) => ("metric", format!("  {}", row.name)),
            (false, true) => ("group", format!("    {}", row.name)),
            (true, false) => ("raw", "  └ raw, corrupted included".to_owned()),
            (true, true) => ("raw", "    └ raw, corrupted included".to_owned()),
        };
        let unit = |number: &str| match (number, row.unit) {
            ("", _) => String::new(),
            (number::ABSENT, _) | (_, number::ABSENT) => number.to_owned(),
            (number, "%") => format!("{number}%"),
            (number, unit) => format!("{number} {unit}"),
        };
        Self { kind, name, numbers: [row.n.clone(), unit(&row.median), unit(&row.p95), unit(&row.max)] }
    }

    fn line(&self, widths: &Widths) -> String {
        let mut line = pad_end(&clip(&self.name, widths.name), widths.name);
        for (number, width) in self.numbers.iter().zip(widths.numbers) {
            line.push_str("  ");
            line.push_str(&pad_start(number, width));
        }
        line
    }
}

struct Widths {
    name: usize,
    numbers: [usize; 4],
}

impl Widths {
    fn of<'a>(rows: impl Iterator<Item = &'a Cells>) -> Self {
        let mut numbers = Cells::head().numbers.map(|head| columns(&head));
        let mut name = 0;
        for row in rows {
            name = name.max(columns(&row.name));
            for (width, number) in numbers.iter_mut().zip(&row.numbers) {
                *width = (*width).max(columns(number));
            }
        }
        let room = WIDTH.saturating_sub(numbers.iter().map(|width| width + 2).sum());
        Self { name: name.min(LONGEST_NAME).min(room), numbers }
    }
}

pub(super) fn pad_end(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(columns(text))))
}

pub(super) fn pad_start(text: &str, width: usize) -> String {
    format!("{}{text}", " ".repeat(width.saturating_sub(columns(text))))
}

/// Columns that a text takes in a terminal: East Asian wide characters take two, combining marks none.
pub(super) fn columns(text: &str) -> usize {
    text.chars().map(width).sum()
}

fn width(character: char) -> usize {
    match u32::from(character) {
        0x300..=0x36f | 0xfe00..=0xfe0f => 0,
        0x1100..=0x115f
        | 0x2e80..=0x303e
        | 0x3041..=0xa4cf
        | 0xac00..=0xd7a3
        | 0xf900..=0xfaff
        | 0xfe30..=0xfe6f
        | 0xff00..=0xff60
        | 0xffe0..=0xffe6
        | 0x1f300..=0x1f64f
        | 0x1f680..=0x1faff
        | 0x20000..=0x3fffd => 2,
        _ => 1,
    }
}

/// Cuts a text that is too long and marks the cut.
pub(super) fn clip(text: &str, width: usize) -> String {
    if columns(text) <= width {
        return text.to_owned();
    }
    let mut clipped = String::new();
    for character in text.chars() {
        if columns(&clipped) + self::width(character) >= width {
            break;
        }
        clipped.push(character);
    }
    clipped + "…"
}
