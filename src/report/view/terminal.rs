//! The short summary for a terminal: aligned lines of at most 100 columns, or as many as a narrower one has.
//!
//! Lines carry what they speak of, so that the caller can colour the word with which they begin.

mod changes;
mod reported;

use serde::Serialize;

use super::leading::is_secondary;
use super::line::{LineKind, LineView, Subject, WIDTH, longest_name};
use super::numbers::NumbersView;
use super::reach::reach;
use super::reported::ReportedView;
use super::source::{about, same_run_as};
use super::verdict::VerdictView;
use super::{goodput, requests, service, summary, swarm};
use crate::analysis::metric::Metric;
use crate::analysis::requests::RequestRun;
use crate::measure::{Dimension, Finding, Folded};
use crate::report::contract::{Report, Source};
use crate::report::escape::visible;
use crate::report::number;
use crate::report::text_table::{Align, TextTable};
use crate::report::words::{self, summary::in_several_files};

const LISTED_FINDINGS: usize = 5;
/// Lines of a summary of one file; what was written takes two more of the 25 that a small window shows.
const MOST_LINES: usize = 23;
/// Rows of numbers that stay in any case: the head and two metrics.
const FEWEST_ROWS: usize = 3;
const LISTED_FILES: usize = 100;
/// Groups of a metric that are listed.
const LISTED_GROUPS: usize = 6;
/// Metrics beside the durations of requests that are listed.
const LISTED_SECONDARY: u64 = 4;

/// The summary.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct TerminalView {
    pub lines: Vec<LineView>,
}

impl TerminalView {
    /// The summary of a report in lines of [`WIDTH`] columns.
    pub(crate) fn of(report: &Report) -> Self {
        Self::within(report, WIDTH)
    }

    /// The summary of a report in lines of at most so many columns.
    pub(crate) fn within(whole: &Report, columns: usize) -> Self {
        let verdict = VerdictView::of(whole);
        let (report, left_out) = reach(whole, LISTED_FILES);
        let report = report.as_ref();
        let (service, data) = (Subject::Service(report.verdict.service), Subject::Data(report.verdict.data));
        let rest = format!(": {}", verdict.headline);
        let mut lines = vec![LineView::coloured(LineKind::Verdict, service, "", verdict.word, &rest)];
        // Nobody should read a number before knowing that its unit is not known.
        lines.extend(units_not_stated(report));
        lines.push(LineView::coloured(LineKind::Data, data, "data: ", verdict.data.word, &verdict.data.rest()));
        lines.extend(changes::lines(report, columns));
        if let Some(swarm) = &report.swarm {
            lines.push(LineView::blank());
            lines.extend(swarm::lines(swarm).iter().map(|line| LineView::plain(LineKind::Swarm, line)));
        }
        for run in report.requests.iter().filter(|run| run.shards.is_some()) {
            lines.push(LineView::blank());
            lines.push(LineView::plain(LineKind::Source, &visible(&run.source)));
            lines.extend(requests::lines(run).iter().map(|line| LineView::plain(LineKind::Requests, line)));
            for one in report.goodput.iter().filter(|one| one.source == run.source) {
                lines.extend(goodput::lines(one).iter().map(|line| LineView::plain(LineKind::Requests, line)));
            }
        }
        for sweep in report.sweeps.iter().filter(|sweep| in_several_files(sweep)) {
            lines.push(LineView::blank());
            lines.extend(
                summary::sweep_lines(sweep, columns).iter().map(|line| LineView::plain(LineKind::Reported, line)),
            );
        }
        let rows: Vec<Vec<Row>> = report.sources.iter().map(|source| listed(report, source)).collect();
        let (head, rows) = aligned(rows, columns);
        let files = report.sources.iter().zip(rows).filter(|(source, _)| !swarm::is_swarm(&source.format));
        for (source, rows) in files {
            // The files of one run stand together.
            let joint = if same_run_as(report, source).is_some() { "+ " } else { "" };
            if joint.is_empty() {
                lines.push(LineView::blank());
            }
            let title = format!("{joint}{} ({})", visible(&source.name), about(source));
            lines.push(LineView::plain(LineKind::Source, &title));
            for service in report.service.iter().filter(|service| service.source == source.name) {
                lines.extend(service::lines(service).iter().map(|line| LineView::plain(LineKind::Service, line)));
            }
            for one in report.goodput.iter().filter(|one| one.source == source.name) {
                lines.extend(goodput::lines(one).iter().map(|line| LineView::plain(LineKind::Requests, line)));
            }
            for run in RequestRun::whole(&report.requests).filter(|run| run.source == source.name) {
                lines.extend(requests::lines(run).iter().map(|line| LineView::plain(LineKind::Requests, line)));
            }
            lines.extend((!rows.is_empty()).then(|| head.clone()));
            lines.extend(rows);
            lines.extend(as_reported(report, source, columns).map(|line| LineView::plain(LineKind::Reported, &line)));
        }
        if left_out > 0 {
            let more = format!("… and {} in the report", number::counted(left_out, "more file"));
            lines.extend([LineView::blank(), LineView::plain(LineKind::More, &more)]);
        }
        lines.extend(assumed_units(report).into_iter().flatten());
        lines.extend(finding_lines(&report.findings, columns));
        let lines: Vec<LineView> = lines.into_iter().map(|line| line.within(columns)).collect();
        Self { lines: if report.sources.len() == 1 { on_one_screen(lines) } else { lines } }
    }
}

/// What the tool of a file reports: requests endpoint by endpoint, then its other numbers.
fn as_reported(report: &Report, source: &Source, columns: usize) -> impl Iterator<Item = String> {
    let summary = report.summaries.iter().find(|summary| summary.source == source.name);
    let mut lines = summary.map(|summary| summary::lines(summary, columns)).unwrap_or_default();
    let others = ReportedView::without(report, source, |metric| summary.is_some_and(|one| one.covers(metric)));
    let first = lines.is_empty();
    lines.extend(others.iter().flat_map(|view| reported::lines(view, columns, first)));
    if !lines.is_empty() {
        lines.push(format!("  {}", reported::NO_SAMPLES));
    }
    lines.into_iter()
}

/// Durations whose unit nothing states and nothing gives away: their numbers are shown as recorded, and no one should take them
/// for milliseconds.
fn units_not_stated(report: &Report) -> Option<LineView> {
    const NAMED: usize = 4;
    let measured = report.metrics.iter().filter(|metric| metric.dimension == Dimension::UnstatedTime);
    let reported = report.reported.iter().filter(|found| found.dimension == Dimension::UnstatedTime);
    let mut names: Vec<&str> = Vec::new();
    let all = measured.map(|metric| metric.name.as_str()).chain(reported.map(|found| found.metric.as_str()));
    for name in all {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let first = names.first()?;
    let listed = Folded::of(names.iter().map(|name| visible(name)), NAMED);
    let text =
        format!("unit not stated: {listed}; numbers as recorded; --unit {}=ms states it", words::shell_word(first));
    Some(LineView::plain(LineKind::Note, &text))
}

/// Units that nothing in the files states, in one line: a mistaken one is wrong by a thousand.
fn assumed_units(report: &Report) -> Option<[LineView; 2]> {
    let mut units: Vec<String> = Vec::new();
    let assumed = |metric: &&Metric| metric.unit_assumed && metric.dimension != Dimension::UnstatedTime;
    for metric in report.metrics.iter().filter(assumed) {
        let name = visible(&metric.name);
        let unit = match metric.recorded_unit.as_deref() {
            Some(unit) => format!("{name} in {unit}"),
            None => format!("{name} without any"),
        };
        if !units.contains(&unit) {
            units.push(unit);
        }
    }
    let line = |text: &str| LineView::plain(LineKind::Note, text);
    let text = format!("units assumed (--unit overrides): {}", units.join(", "));
    (!units.is_empty()).then(|| [line(""), line(&text)])
}

fn finding_lines(findings: &[Finding], columns: usize) -> Vec<LineView> {
    if findings.is_empty() {
        return Vec::new();
    }
    let listed = Folded::of(findings, LISTED_FINDINGS);
    let mut table = TextTable::new([Align::Left; 3]).at_most(1, longest_name(columns));
    for finding in &listed.first {
        let value = finding.value.as_deref().map_or_else(String::new, |value| format!(": {}", visible(value)));
        let times = if finding.count > 1 { format!(" (×{})", number::count(finding.count)) } else { String::new() };
        let what = format!("{}{value}{times}", finding.kind.words());
        table.push([words::severity(finding.severity).to_owned(), visible(&finding.place.to_string()), what]);
    }
    let mut lines = vec![LineView::blank()];
    lines.extend(listed.first.iter().zip(table.lines()).map(|(finding, line)| {
        let word = words::severity(finding.severity);
        LineView::coloured(LineKind::Finding, Subject::Finding(finding.severity), "", word, &line[word.len()..])
    }));
    let more = |more| format!("… and {} in the report", number::counted(more, "more finding"));
    lines.extend(LineView::more(listed.more, more));
    lines
}

/// The lines about one file without its last rows, where they would fill more than a screen: what is said above and below them
/// matters more.
fn on_one_screen(mut lines: Vec<LineView>) -> Vec<LineView> {
    let is_row = |line: &LineView| {
        use LineKind::{Failed, Group, Metric, More, Raw, Reported};
        matches!(line.kind, Failed | Group | Metric | More | Raw | Reported)
    };
    let rows_end = lines.iter().rposition(is_row).map_or(0, |last| last + 1);
    let source = lines.iter().position(|line| line.kind == LineKind::Source).unwrap_or(rows_end);
    let over = lines.len().saturating_sub(MOST_LINES);
    let rows = rows_end.saturating_sub(source + 1 + FEWEST_ROWS);
    if over == 0 || rows < 2 {
        return lines;
    }
    let removed = (over + 1).min(rows);
    let text = format!("  … and {} in the report", number::counted(removed as u64, "more line"));
    lines.splice(rows_end - removed..rows_end, [LineView::plain(LineKind::More, &text)]);
    lines
}

/// A row of the table of numbers before it is aligned.
struct Row {
    kind: LineKind,
    cells: [String; 5],
}

/// The rows that are listed: metrics, their raw numbers, and the first groups of each; of metrics beside the durations of requests
/// nobody reads the groups here.
fn listed(report: &Report, source: &Source) -> Vec<Row> {
    let mut listed = Vec::new();
    let mut secondary = 0;
    for metric in report.metrics.iter().filter(|metric| metric.source == source.name) {
        let groups = metric.groups.len();
        if is_secondary(report, metric) {
            secondary += 1;
            if secondary <= LISTED_SECONDARY {
                listed.extend(NumbersView::rows_to(metric, 0).iter().map(|row| Row::of_secondary(row, groups)));
            }
            continue;
        }
        listed.extend(NumbersView::rows_to(metric, LISTED_GROUPS).iter().map(Row::of));
        listed.extend(more(groups.saturating_sub(LISTED_GROUPS) as u64, "    … and", "more group"));
    }
    listed.extend(more(secondary - secondary.min(LISTED_SECONDARY), "  … and", "more metric"));
    listed
}

/// A row that counts what is not listed.
fn more(hidden: u64, before: &str, noun: &str) -> Option<Row> {
    let text = format!("{before} {}", number::counted(hidden, noun));
    (hidden > 0).then(|| Row {
        kind: LineKind::More,
        cells: [text, String::new(), String::new(), String::new(), String::new()],
    })
}

impl Row {
    /// The row of a metric whose groups are not listed: where it has no numbers over all of them, it says how many there are.
    fn of_secondary(row: &NumbersView, groups: usize) -> Self {
        let mut listed = Self::of(row);
        if row.n.is_empty() && listed.kind == LineKind::Metric {
            listed.cells[1] = number::counted(groups as u64, "group");
        }
        listed
    }

    fn of(row: &NumbersView) -> Self {
        let (kind, name) = match (row.raw, row.group) {
            _ if row.failed => (LineKind::Failed, "  └ failed, apart".to_owned()),
            _ if row.run => (LineKind::Failed, format!("  └ {}", row.note.as_deref().unwrap_or_default())),
            (false, false) => (LineKind::Metric, format!("  {}", row.name)),
            (false, true) => (LineKind::Group, format!("    {}", row.name)),
            (true, false) => (LineKind::Raw, "  └ raw, corrupted included".to_owned()),
            (true, true) => (LineKind::Raw, "    └ raw, corrupted included".to_owned()),
        };
        let [median, p95, max] = row.short.clone();
        Self { kind, cells: [name, row.n.clone(), median, p95, max] }
    }
}

/// The head of the table of numbers and the rows of each file, the columns of all files below each other.
fn aligned(files: Vec<Vec<Row>>, columns: usize) -> (LineView, Vec<Vec<LineView>>) {
    use Align::{Left, Right};
    let mut table =
        TextTable::new([Left, Right, Right, Right, Right]).within(columns).at_most(0, longest_name(columns));
    table.push(["", "n", "median", "p95", "max"].map(str::to_owned));
    let kinds: Vec<Vec<LineKind>> = files.iter().map(|rows| rows.iter().map(|row| row.kind).collect()).collect();
    for row in files.into_iter().flatten() {
        table.push(row.cells);
    }
    let mut lines = table.lines().into_iter();
    let head = LineView::plain(LineKind::Head, &lines.next().unwrap_or_default());
    let of_file = |kinds: Vec<LineKind>| {
        kinds.into_iter().zip(lines.by_ref()).map(|(kind, line)| LineView::plain(kind, &line)).collect()
    };
    (head, kinds.into_iter().map(of_file).collect())
}
