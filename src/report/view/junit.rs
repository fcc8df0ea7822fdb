//! The report as test cases in the XML that `JUnit` introduced and continuous integration reads: one for each metric
//! and group of a comparison (or of the report, where nothing is compared), one for each population of which at least 1%
//! failed, one for each target.
//!
//! A test fails where something is worse than it may be or could not be looked at, is skipped where nothing can be
//! told, and passes otherwise. Where a gate was asked for, at least one test fails exactly where it does not pass: its reasons are
//! tests, too, and what it lets pass is skipped.

use serde::Serialize;

use crate::compare::outcome::{Change, Gate, Reason, TargetOutcome, TargetResult, Verdict};
use crate::report::contract::{Label, Metric, Population, PopulationFailures, Report, Reported, ReportedValue, Source};
use crate::report::escape::xml_text;
use crate::report::number;
use crate::report::words::{change as words, headline};

use super::change::ChangeView;
use super::target::TargetView;

/// All test cases.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct JunitView {
    pub name: String,
    pub tests: usize,
    pub failures: usize,
    pub skipped: usize,
    pub suites: Vec<SuiteView>,
}

/// Test cases of one kind.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct SuiteView {
    pub name: &'static str,
    pub tests: usize,
    pub failures: usize,
    pub skipped: usize,
    pub cases: Vec<CaseView>,
}

/// A test case.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct CaseView {
    pub class: String,
    pub name: String,
    pub outcome: OutcomeView,
    pub kind: &'static str,
    pub message: String,
    pub text: String,
}

/// What became of a test case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum OutcomeView {
    Passed,
    /// Nothing can be told.
    Skipped,
    Failed,
}

impl JunitView {
    pub(in crate::report) fn of(report: &Report) -> Self {
        let mut suites = vec![if let Some(comparison) = &report.comparison {
            SuiteView::of("changes", comparison.changes.iter().map(change).collect())
        } else {
            let reported = report.reported.iter().map(reported);
            SuiteView::of("metrics", report.metrics.iter().flat_map(metric).chain(reported).collect())
        }];
        if !report.verdict.failures.is_empty() {
            let sources = &report.sources;
            suites.push(SuiteView::of(
                "failures",
                report.verdict.failures.iter().map(|one| failures(one, sources)).collect(),
            ));
        }
        if !report.targets.is_empty() {
            suites.push(SuiteView::of("targets", report.targets.iter().map(target).collect()));
        }
        if let Some(asked) = &report.gate {
            if asked.passed {
                suites.iter_mut().for_each(SuiteView::let_pass);
            }
            suites.push(SuiteView::of("gate", gate(asked)));
        }
        let sum = |count: fn(&SuiteView) -> usize| suites.iter().map(count).sum();
        Self {
            name: xml_text(&report.title),
            tests: sum(|suite| suite.tests),
            failures: sum(|suite| suite.failures),
            skipped: sum(|suite| suite.skipped),
            suites,
        }
    }
}

impl SuiteView {
    fn of(name: &'static str, cases: Vec<CaseView>) -> Self {
        let count = |outcome: OutcomeView| cases.iter().filter(|case| case.outcome == outcome).count();
        let (failures, skipped) = (count(OutcomeView::Failed), count(OutcomeView::Skipped));
        Self { name, tests: cases.len(), failures, skipped, cases }
    }

    /// What a gate lets pass, or was not asked for, is said and fails nothing: who reads only this file comes to the answer of the exit code.
    fn let_pass(&mut self) {
        for case in self.cases.iter_mut().filter(|case| case.outcome == OutcomeView::Failed) {
            case.outcome = OutcomeView::Skipped;
        }
        self.skipped += std::mem::take(&mut self.failures);
    }
}

/// A test case for each reason that makes the exit code 1, or one for the gate that passed.
fn gate(gate: &Gate) -> Vec<CaseView> {
    let case = |outcome, kind, name: &str, text: &str| CaseView {
        class: "gate".to_owned(),
        name: xml_text(name),
        outcome,
        kind,
        message: xml_text(text),
        text: xml_text(text),
    };
    if gate.passed {
        let said = words::gate(gate);
        return vec![case(OutcomeView::Passed, "passed", &gate.fail_on.join(", "), &said)];
    }
    let failed = gate.failures.iter().map(|reason| case(OutcomeView::Failed, "failed", reason, reason));
    let undecided = gate.undecided.iter().map(|reason| case(OutcomeView::Failed, "undecided", reason, reason));
    failed.chain(undecided).collect()
}

fn change(change: &Change) -> CaseView {
    let (view, verdict) = (ChangeView::of(change), words::verdict(change.verdict));
    let outcome = match change.verdict {
        // What the gate is undecided about must not look passed over.
        _ if change.large => OutcomeView::Failed,
        Verdict::Incomparable if matches!(change.reason, Some(Reason::EnvironmentDiffers { .. })) => {
            OutcomeView::Skipped
        }
        Verdict::Regressed | Verdict::Missing | Verdict::Incomparable => OutcomeView::Failed,
        Verdict::Inconclusive => OutcomeView::Skipped,
        Verdict::Changed | Verdict::Improved | Verdict::CenterUnchanged | Verdict::Unchanged | Verdict::New => {
            OutcomeView::Passed
        }
    };
    let numbers = format!("{}; n {}; runs {}", view.sentence(), view.n, view.runs);
    let message = words::explanation(change).unwrap_or_else(|| {
        let direction = view.direction.as_ref().map_or(String::new(), |direction| format!(" ({direction})"));
        format!("{verdict}{direction}: {} {}", view.leading_name, view.leading.text)
    });
    CaseView {
        class: xml_text(&change.source),
        name: xml_text(&view.subject(false)),
        outcome,
        kind: verdict,
        message: xml_text(&message),
        text: xml_text(&numbers),
    }
}

/// The samples of a metric and of each group: failed where some are corrupted.
fn metric(metric: &Metric) -> Vec<CaseView> {
    let groups = metric.groups.iter().map(|group| samples(metric, group, group.label.as_ref()));
    std::iter::once(samples(metric, &metric.overall, None)).chain(groups).collect()
}

fn samples(metric: &Metric, population: &Population, label: Option<&Label>) -> CaseView {
    let group = label.map_or(String::new(), |label| format!(" / {}", label.text));
    let text = population.clean.as_ref().map_or_else(
        || "no clean samples".to_owned(),
        |clean| {
            let median = number::quantity(metric.dimension, clean.median);
            format!("{}, median {median}", number::counted(clean.n, "clean sample"))
        },
    );
    let bad = population.corrupted > 0;
    CaseView {
        class: xml_text(&metric.source),
        name: xml_text(&format!("{}{group}", metric.name)),
        outcome: if bad { OutcomeView::Failed } else { OutcomeView::Passed },
        kind: if bad { "corrupted" } else { "clean" },
        message: number::counted(population.corrupted, "corrupted sample"),
        text,
    }
}

/// What a tool has summarised itself: there is nothing in it that could be corrupted.
fn reported(one: &Reported) -> CaseView {
    let label = one.label.as_ref().map_or(String::new(), |label| format!(" / {label}"));
    let scale = |value: &ReportedValue| number::quantity(value.dimension, value.value);
    let values: Vec<String> = one.values.iter().map(|value| format!("{} {}", value.statistic, scale(value))).collect();
    CaseView {
        class: xml_text(&one.source),
        name: xml_text(&format!("{}{label}", one.metric)),
        outcome: OutcomeView::Passed,
        kind: "measured",
        message: String::new(),
        text: xml_text(&values.join(", ")),
    }
}

/// Failures of a population: failed where it is failing.
fn failures(one: &PopulationFailures, sources: &[Source]) -> CaseView {
    let label = one.label.as_ref().map_or(String::new(), |label| format!(" / {label}"));
    let text = xml_text(&headline::failed(one, sources));
    CaseView {
        class: xml_text(&one.source),
        name: xml_text(&format!("failures{label}")),
        outcome: if one.failing { OutcomeView::Failed } else { OutcomeView::Passed },
        kind: if one.failing { "failing" } else { "measured" },
        message: text.clone(),
        text,
    }
}

fn target(target: &TargetResult) -> CaseView {
    let view = TargetView::of(target);
    let outcome = match target.outcome {
        TargetOutcome::Missed | TargetOutcome::NoData => OutcomeView::Failed,
        TargetOutcome::Undecided => OutcomeView::Skipped,
        TargetOutcome::Met => OutcomeView::Passed,
    };
    let found = if view.found.is_empty() { String::new() } else { format!(" ({})", view.found.join(" / ")) };
    CaseView {
        class: "targets".to_owned(),
        name: xml_text(&format!("{}: {}{found}", target.subject, view.condition)),
        outcome,
        kind: view.outcome,
        message: xml_text(&format!("{}: {}", view.word, view.sentence())),
        text: xml_text(&view.sentence()),
    }
}
