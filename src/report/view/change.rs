//! A change as ready strings, and its effects.

use serde::Serialize;

use crate::compare::outcome::{Change, Effect, MetricSide, Reason, Scale, Verdict};
use crate::measure::Statistic;
use crate::report::escape::visible;
use crate::report::number::{self, ABSENT};
use crate::report::words::{change as words, suite};

/// A metric on both sides, or on one.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct ChangeView {
    pub verdict: Verdict,
    pub direction: Option<String>,
    pub source: String,
    pub metric: String,
    pub group: Option<String>,
    pub values: String,
    pub center: EffectView,
    pub p50: EffectView,
    pub p95: EffectView,
    pub p99: EffectView,
    pub mean: EffectView,
    pub leading: EffectView,
    pub leading_values: String,
    pub leading_name: &'static str,
    pub n: String,
    pub runs: String,
    pub margin: String,
    pub against_suite: String,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct EffectView {
    pub verdict: Option<Verdict>,
    pub marked: bool,
    pub estimate: String,
    pub interval: Option<String>,
    pub text: String,
}

/// Whether changes are of several sources, so that each has to name its own.
pub(super) fn several_sources(changes: &[Change]) -> bool {
    changes.iter().any(|change| change.source != changes[0].source)
}

pub(super) fn is_quiet(verdict: Verdict) -> bool {
    matches!(verdict, Verdict::CenterUnchanged | Verdict::Unchanged | Verdict::New)
}

/// Whether the verdict on the median is another one than that on the center.
pub(super) fn median_differs(change: &Change) -> bool {
    let verdict = |wanted: Statistic| effect(change, wanted).and_then(|effect| effect.verdict);
    verdict(Statistic::P50).is_some_and(|median| verdict(Statistic::Center) != Some(median))
}

pub(super) fn effect(change: &Change, statistic: Statistic) -> Option<&Effect> {
    change.effects.iter().find(|effect| effect.statistic == statistic)
}

impl ChangeView {
    pub(in crate::report) fn of(change: &Change) -> Self {
        let view = |statistic: Statistic| {
            effect(change, statistic).map_or_else(EffectView::absent, |e| EffectView::of(change, e))
        };
        let main = effect(change, Statistic::Center)
            .or_else(|| effect(change, Statistic::FailureShare))
            .or_else(|| change.effects.first());
        let leading = words::leading(change);
        let sides = |count: fn(&MetricSide) -> u64| {
            let text = |side: Option<&MetricSide>| {
                // A tool that summarises need not say of how many.
                let count = side.map(count).filter(|count| *count > 0);
                count.map_or_else(|| ABSENT.to_owned(), number::count)
            };
            format!("{} → {}", text(change.before.as_ref()), text(change.after.as_ref()))
        };
        Self {
            verdict: change.verdict,
            direction: words::direction(change),
            source: visible(&change.source),
            metric: visible(&change.metric),
            group: change.group.as_deref().map(visible),
            values: main.map_or_else(
                || ABSENT.to_owned(),
                |e| number::before_after(words::shown_in(change, e), e.before, e.after),
            ),
            center: main.map_or_else(EffectView::absent, |effect| EffectView::of(change, effect)),
            p50: view(Statistic::P50),
            p95: view(Statistic::P95),
            p99: view(Statistic::P99),
            mean: view(Statistic::Mean),
            leading: leading.map_or_else(EffectView::absent, |effect| EffectView::of(change, effect)),
            leading_values: leading.map_or_else(
                || ABSENT.to_owned(),
                |e| number::before_after(words::shown_in(change, e), e.before, e.after),
            ),
            leading_name: leading.map_or("", |effect| words::statistic(effect.statistic)),
            n: sides(|side| side.samples),
            runs: sides(|side| side.runs),
            margin: words::margin(change),
            against_suite: change.against_suite.as_ref().map_or_else(|| ABSENT.to_owned(), suite::against_suite),
        }
    }

    /// Metric and group, and the source where it has to be said: `run.csv: latency / start`.
    pub(in crate::report) fn subject(&self, with_source: bool) -> String {
        let source = if with_source { format!("{}: ", self.source) } else { String::new() };
        let group = self.group.as_ref().map_or(String::new(), |group| format!(" / {group}"));
        format!("{source}{}{group}", self.metric)
    }

    /// The numbers in one line: `65.21 → 72.10 ms, +12.3% [+9.8%, +15.0%]; p95 +8.0% [+1.0%, +16.0%]`.
    pub(in crate::report) fn sentence(&self) -> String {
        let mut text = format!("{}, {}", self.values, self.center.text);
        for (name, effect) in [("p50", &self.p50), ("p95", &self.p95), ("p99", &self.p99)] {
            if effect.verdict.is_some() {
                text = format!("{text}; {name} {}", effect.text);
            }
        }
        text
    }
}

impl EffectView {
    pub(super) fn of(change: &Change, effect: &Effect) -> Self {
        let Some(estimate) = effect.estimate else { return Self::absent() };
        let (estimate, interval) = match effect.scale {
            Scale::Ratio => (number::change(estimate), number::change_interval(effect.low, effect.high)),
            Scale::Shift => number::shift(words::shown_in(change, effect), estimate, effect.low, effect.high),
        };
        if change.reason == Some(Reason::SummaryOnly) {
            return Self { verdict: None, marked: false, text: estimate.clone(), estimate, interval: None };
        }
        let text = format!("{estimate} {interval}");
        Self {
            verdict: effect.verdict,
            marked: effect
                .verdict
                .is_some_and(|found| matches!(found, Verdict::Regressed | Verdict::Improved | Verdict::Changed)),
            estimate,
            interval: Some(interval),
            text,
        }
    }

    fn absent() -> Self {
        let absent = || ABSENT.to_owned();
        Self { verdict: None, marked: false, estimate: absent(), interval: None, text: absent() }
    }
}
