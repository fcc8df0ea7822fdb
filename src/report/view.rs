//! The view: what templates receive. Ready strings, booleans and lists; nothing that a template would have to compute.
//!
//! In: a [`Report`]. Out: a [`View`], the public context of the user's own templates as well. Numbers went through
//! [`number`], text from measured files through [`visible`]; neither is escaped for an
//! output format yet, that is the template's part. Refuses nothing: what is absent reads `–` or is `null`.

mod change;
mod comment;
mod finding;
mod junit;
mod metric;
mod reported;
mod service;
mod source;
mod swarm;
mod target;
mod terminal;

use serde::Serialize;

use crate::report::contract::{Assumption, Report, Settings, Status};
use crate::report::escape::visible;
use crate::report::number;
use crate::report::words::reported as reported_words;

pub use change::{ChangeView, ChangesView, EffectView, ExplanationView, SymbolView};
pub use comment::{CommentFindingView, CommentView};
pub use finding::{CountView, FindingView, FindingsView};
pub use junit::{CaseView, JunitView, OutcomeView, SuiteView};
pub use metric::{
    ChartView, ExtremeView, FactView, GroupView, IntervalView, LegendView, MetricView, NumbersView, RemarkView,
};
pub use reported::{ReportedRowView, ReportedView};
pub use service::{ServiceErrorView, ServiceSessionView, ServiceView};
pub use source::{ColumnView, EnvironmentView, OriginView, SetAsideView, SourceView, TableView};
pub use swarm::{SwarmClientView, SwarmProcessView, SwarmRowView, SwarmTotalView, SwarmView};
pub use target::{GateView, TargetView, TargetsView};
pub use terminal::{LineView, TerminalView};

/// The whole report as ready strings.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct View {
    /// Title of the page.
    pub title: String,
    /// When the report was made, where the caller said so.
    pub generated: Option<String>,
    /// Name and version of the program.
    pub tool: String,
    /// The answer in one line.
    pub verdict: VerdictView,
    /// Whether a gate lets it pass; absent where none was asked for.
    pub gate: Option<GateView>,
    /// What changed since the baseline; absent where none was given.
    pub changes: Option<ChangesView>,
    /// What became of the targets; absent where there are none.
    pub targets: Option<TargetsView>,
    /// What is wrong, odd or worth knowing.
    pub findings: FindingsView,
    /// The metrics of interactive services, by file.
    pub service: Vec<ServiceView>,
    /// An agent swarm; absent where no records of one were given.
    pub swarm: Option<SwarmView>,
    /// The files with their metrics, in the order in which they were given.
    pub sources: Vec<SourceView>,
    /// What was assumed.
    pub assumptions: Vec<AssumptionView>,
    /// How the numbers were computed, a name and a sentence each.
    pub settings: Vec<SettingView>,
    /// A row for each file with a metric of time, in the shape of the summary that the origin publishes.
    pub origin: Vec<OriginView>,
    /// The short summary for a terminal, as aligned lines.
    pub terminal: TerminalView,
}

/// The answer in one line.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct VerdictView {
    /// `clean`, `suspicious`, `corrupted`, `missed` or `regressed`; for classes and conditions.
    pub status: &'static str,
    /// The same as a word to be read.
    pub word: &'static str,
    /// The line.
    pub headline: String,
    /// What it rests on: samples, metrics, files.
    pub facts: Vec<String>,
}

/// Something assumed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AssumptionView {
    /// File and column.
    pub subject: String,
    /// What was assumed and why.
    pub text: String,
    /// The option that overrides it.
    pub how_to_override: Option<String>,
}

/// A part of how the numbers were computed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SettingView {
    /// Its name.
    pub name: &'static str,
    /// What holds for this report.
    pub text: String,
}

impl View {
    /// The view of a report.
    pub fn of(report: &Report) -> Self {
        let findings = FindingsView::of(&report.findings);
        let sources: Vec<SourceView> =
            report.sources.iter().enumerate().map(|(index, source)| SourceView::of(report, index, source)).collect();
        let verdict = verdict(report);
        let terminal = TerminalView::of(report, &verdict, &sources);
        Self {
            title: visible(&report.title),
            generated: report.generated.as_deref().map(visible),
            tool: format!("{} {}", visible(&report.tool.name), visible(&report.tool.version)),
            verdict,
            gate: report.gate.as_ref().map(GateView::of),
            changes: report.comparison.as_ref().map(ChangesView::of),
            targets: TargetsView::of(&report.targets),
            findings,
            service: report.service.iter().enumerate().map(|(index, one)| ServiceView::of(index, one)).collect(),
            swarm: SwarmView::of(report),
            sources,
            assumptions: report.assumptions.iter().map(assumption).collect(),
            settings: settings(&report.settings),
            origin: report.sources.iter().filter_map(|source| OriginView::of(report, source)).collect(),
            terminal,
        }
    }
}

fn verdict(report: &Report) -> VerdictView {
    let (status, word) = match report.verdict.status {
        Status::Clean => ("clean", "Clean"),
        Status::Inconclusive => ("inconclusive", "Inconclusive"),
        Status::Suspicious => ("suspicious", "Suspicious"),
        Status::Incomplete => ("incomplete", "Incomplete"),
        Status::Corrupted => ("corrupted", "Corrupted"),
        Status::Missed => ("missed", "Target not met"),
        Status::Regressed => ("regressed", "Regressed"),
    };
    let mut facts = vec![
        number::counted(report.sources.len() as u64, "file"),
        number::counted(report.metrics.len() as u64, "metric"),
        number::counted(report.verdict.samples, "clean sample"),
    ];
    if report.metrics.is_empty() && !report.reported.is_empty() {
        facts.truncate(1);
    }
    facts.extend(reported_words::measured(&report.reported));
    if let Some(swarm) = &report.swarm {
        if report.metrics.is_empty() {
            facts.truncate(1);
        }
        facts.extend(swarm::facts(swarm));
    }
    facts.extend(service::verdict_facts(report));
    if report.verdict.corrupted_samples > 0 {
        facts.push(number::counted(report.verdict.corrupted_samples, "corrupted sample"));
    }
    if report.verdict.suspicious > 0 {
        facts.push(number::counted(report.verdict.suspicious, "suspicious finding"));
    }
    VerdictView { status, word, headline: visible(&report.verdict.headline), facts }
}

fn assumption(assumption: &Assumption) -> AssumptionView {
    AssumptionView {
        subject: visible(&assumption.subject),
        text: visible(&assumption.text),
        how_to_override: assumption.how_to_override.as_deref().map(visible),
    }
}

fn settings(settings: &Settings) -> Vec<SettingView> {
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
    [
        ("Percentiles", visible(&settings.quantile_method)),
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
        ("Grouping", grouping),
        ("Labels", labels.to_owned()),
    ]
    .into_iter()
    .map(|(name, text)| SettingView { name, text })
    .collect()
}
