//! Targets and the gate as ready strings.

use serde::Serialize;

use crate::compare::outcome::{Gate, TargetOutcome, TargetResult};
use crate::measure::unit::Dimension;
use crate::report::contract::Interval;
use crate::report::escape::visible;
use crate::report::number::{self, Scale};
use crate::report::words::change as words;

use super::line::Subject;

/// All targets, the missed ones first.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct TargetsView {
    pub summary: String,
    pub rows: Vec<TargetView>,
}

/// A target and what became of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct TargetView {
    pub outcome: &'static str,
    pub word: &'static str,
    pub subject: String,
    pub found: Vec<String>,
    pub condition: String,
    pub value: String,
    pub interval: Option<String>,
    pub note: Option<String>,
}

/// What a gate was asked for and what it answers.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct GateView {
    pub passed: bool,
    pub status: &'static str,
    pub text: String,
}

impl TargetsView {
    /// `None` without targets.
    pub(super) fn of(targets: &[TargetResult]) -> Option<Self> {
        let summary = words::target_clause(targets)?;
        let mut sorted: Vec<&TargetResult> = targets.iter().collect();
        sorted.sort_by_key(|target| target.outcome);
        Some(Self { summary, rows: sorted.into_iter().map(TargetView::of).collect() })
    }
}

impl TargetView {
    pub(in crate::report) fn of(target: &TargetResult) -> Self {
        let (value, interval) = numbers(target);
        let found = [&target.source, &target.metric, &target.group];
        Self {
            outcome: match target.outcome {
                TargetOutcome::Missed => "missed",
                TargetOutcome::NoData => "no-data",
                TargetOutcome::Undecided => "undecided",
                TargetOutcome::Met => "met",
            },
            word: words::outcome(target.outcome),
            subject: visible(&target.subject),
            found: found.into_iter().flatten().map(|name| visible(name)).collect(),
            condition: visible(&format!("{} {}", target.statistic, target.condition)),
            value,
            interval,
            note: target.note.as_deref().map(visible),
        }
    }

    /// The target in one line: `latency: p95 < 200ms, is 251 ms [240, 263] ms`.
    pub(in crate::report) fn sentence(&self) -> String {
        let interval = self.interval.as_ref().map_or(String::new(), |interval| format!(" {interval}"));
        let note = self.note.as_ref().map_or(String::new(), |note| format!("; {note}"));
        let is = if self.value == number::ABSENT { String::new() } else { format!(", is {}{interval}", self.value) };
        format!("{}: {}{is}{note}", self.subject, self.condition)
    }
}

/// The number of a target with its interval, in the unit that suits its limit.
fn numbers(target: &TargetResult) -> (String, Option<String>) {
    let Some(value) = target.value else { return (number::ABSENT.to_owned(), None) };
    let bounded = target.low.is_some() || target.high.is_some();
    if target.is_change {
        // A change is a difference of ratios from 1.
        let interval = number::change_interval(target.low.map(|low| low + 1.0), target.high.map(|high| high + 1.0));
        return (number::change(value + 1.0), bounded.then_some(interval));
    }
    // A share needs no more digits than a person reads; other numbers show on which side of the limit they are.
    let apart = Some((value - target.limit).abs()).filter(|_| target.dimension != Dimension::Ratio);
    let whole: Vec<f64> = [Some(value), target.low, target.high].into_iter().flatten().collect();
    let scale = Scale::of_values(target.dimension, &[value], apart).whole_if(&whole);
    let interval = Interval { low: target.low, high: target.high, level: 0.0 };
    (scale.full(value), bounded.then(|| scale.interval(Some(&interval))))
}

impl GateView {
    pub(super) fn of(gate: &Gate) -> Self {
        let status = Subject::Gate(gate.outcome).word();
        Self { passed: gate.passed, status, text: visible(&words::gate(gate)) }
    }
}
