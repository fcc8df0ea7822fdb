//! The view: what templates receive. Ready strings, booleans and lists; nothing that a template would have to compute.
//!
//! In: a [`Report`]. Out: a [`View`], the public context of the user's own templates as well: what each field is stands
//! in `docs/templates.md`, once. Numbers went through [`number`], text from measured files through [`visible`]; neither is escaped for an
//! output format yet, that is the template's part. Refuses nothing: what is absent reads `–` or is `null`.

mod anchors;
mod board;
mod change;
mod change_charts;
mod changes;
mod charts;
mod comment;
mod facts;
mod figures;
mod finding;
mod fold;
mod goodput;
mod grid;
mod junit;
mod leading;
mod levels;
mod line;
mod metric;
mod named_text;
mod numbers;
mod picture;
mod reach;
mod reported;
mod requests;
mod run_picture;
mod service;
mod source;
mod summary;
mod swarm;
mod target;
mod terminal;
mod verdict;

use serde::Serialize;

use crate::report::contract::{Assumption, Report, Settings};
use crate::report::escape::visible;
use crate::report::number;

use anchors::Anchors;
use charts::Charts;

pub(crate) use change::ChangeView;
pub(crate) use comment::CommentView;
pub(crate) use finding::{FindingView, FindingsView};
pub(crate) use junit::JunitView;
pub(crate) use line::{Subject, Tone, WIDTH};
pub(crate) use target::TargetView;
pub(crate) use terminal::TerminalView;

use board::BoardView;
use changes::ChangesView;
use figures::FigureView;
use goodput::GoodputView;
use named_text::NamedText;
use picture::PictureView;
use requests::RequestsView;
use service::ServiceView;
use source::{OriginView, SourceView};
use summary::SummaryView;
use swarm::SwarmView;
use target::{GateView, TargetsView};
use verdict::VerdictView;

/// The whole report as ready strings.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct View {
    pub title: String,
    pub generated: Option<String>,
    pub tool: String,
    pub verdict: VerdictView,
    pub figures: Vec<FigureView>,
    /// The file that the figures are of, where others hold as much.
    pub figures_of: Option<String>,
    pub picture: Option<PictureView>,
    pub board: Option<BoardView>,
    /// That a page of very many metrics is short about each.
    pub brief: Option<String>,
    pub gate: Option<GateView>,
    pub changes: Option<ChangesView>,
    pub targets: Option<TargetsView>,
    pub goodput: Vec<GoodputView>,
    pub requests: Vec<RequestsView>,
    pub summaries: Vec<SummaryView>,
    pub findings: FindingsView,
    pub service: Vec<ServiceView>,
    pub swarm: Option<SwarmView>,
    pub sources: Vec<SourceView>,
    pub assumptions: Vec<Assumption>,
    pub settings: Vec<NamedText>,
    pub origin: Vec<OriginView>,
    pub terminal: TerminalView,
}

impl View {
    /// The view of a report.
    pub(crate) fn of(report: &Report) -> Self {
        Self::with(report, Charts::Drawn)
    }

    /// The view of a report for a text without pictures: the charts of metrics are left out.
    pub(crate) fn of_text(report: &Report) -> Self {
        Self::with(report, Charts::LeftOut)
    }

    fn with(whole: &Report, charts: Charts) -> Self {
        let (report, left_out) = reach::reach(whole, reach::MOST_FILES);
        let report = report.as_ref();
        let mut verdict = VerdictView::of(whole);
        if left_out > 0 {
            let files = number::count(report.sources.len() as u64);
            verdict.facts.push(format!("{files} of the files are shown, the JSON report has all"));
        }
        let sources = report.sources.iter().enumerate();
        let anchors = Anchors::of(report);
        Self {
            title: visible(&report.title),
            generated: report.generated.as_deref().map(visible),
            tool: tool(report),
            verdict,
            figures: figures::figures(whole, charts),
            figures_of: figures::figures_of(whole),
            picture: PictureView::of(report, &anchors, charts),
            board: BoardView::of(report, &anchors, charts),
            brief: charts::are_many(whole.metrics.len()).then(|| {
                format!(
                    "Of {} only the main numbers stand here: the JSON report has every interval, group and bin.",
                    number::counted(whole.metrics.len() as u64, "metric")
                )
            }),
            gate: report.gate.as_ref().map(GateView::of),
            changes: report.comparison.as_ref().map(ChangesView::of),
            targets: TargetsView::of(&report.targets),
            goodput: GoodputView::all(report),
            requests: RequestsView::all(report, charts),
            summaries: SummaryView::all(report, charts),
            findings: FindingsView::of(&report.findings),
            service: report
                .service
                .iter()
                .enumerate()
                .map(|(index, one)| ServiceView::of(index, one, charts))
                .collect(),
            swarm: SwarmView::of(report),
            sources: sources.map(|(index, source)| SourceView::of(report, index, source, &anchors, charts)).collect(),
            assumptions: report.assumptions.iter().map(assumption).collect(),
            settings: settings(&report.settings),
            origin: report.sources.iter().filter_map(|source| OriginView::of(report, source)).collect(),
            terminal: TerminalView::of(whole),
        }
    }
}

/// The program, and the run by which the outputs of one go together.
pub(super) fn tool(report: &Report) -> String {
    let program = format!("{} {}", visible(&report.tool.name), visible(&report.tool.version));
    if report.run_id.is_empty() { program } else { format!("{program}, run {}", visible(&report.run_id)) }
}

fn assumption(assumption: &Assumption) -> Assumption {
    Assumption {
        subject: visible(&assumption.subject),
        text: visible(&assumption.text),
        how_to_override: assumption.how_to_override.as_deref().map(visible),
    }
}

fn settings(settings: &Settings) -> Vec<NamedText> {
    let grouping = if settings.group_by.is_empty() {
        "chosen by the program from the labels of each table".to_owned()
    } else {
        visible(&settings.group_by.join(", "))
    };
    let labels = if settings.collapse_labels {
        "labels that differ only in numbers are one population; `*` stands for the number"
    } else {
        "every label is a population of its own"
    };
    let level = number::level(settings.confidence);
    let steady = settings.steady.then(|| {
        let text = "of runs of requests only the steady part is counted, after ramp and warm-up and before the drain";
        ("Steady part", text.to_owned())
    });
    [
        ("Percentiles", settings.quantile_method.name().to_owned()),
        ("Too few samples", "a percentile is given only where at least one sample is expected beyond it".to_owned()),
        (
            "Intervals",
            format!("{level}; of percentiles from order statistics, an end that the samples cannot bound is open"),
        ),
        (
            "Clean and raw",
            "clean leaves corrupted samples out; raw is every number a naive reader would have used; \
            both are shown wherever they differ"
                .to_owned(),
        ),
        ("Outliers", "far from the others but real; kept in every number".to_owned()),
        (
            "Spread",
            "stddev with n - 1; MAD is the median absolute deviation times 1.4826; CV is stddev / mean".to_owned(),
        ),
        ("Bins", "by Freedman and Diaconis, at least twice the cube root of the number of samples".to_owned()),
        ("Grouping", grouping),
        ("Labels", labels.to_owned()),
    ]
    .into_iter()
    .chain(steady)
    .map(|(name, text)| NamedText::new(name, text))
    .collect()
}
