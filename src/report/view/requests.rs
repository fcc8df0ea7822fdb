//! A run of requests as ready strings.

use serde::Serialize;

use super::charts::Charts;
use super::levels::LevelsView;
use super::named_text::NamedText;
use super::run_picture;
use crate::analysis::metric::Metric;
use crate::analysis::outcome::inflation_of;
use crate::analysis::requests::{Bin, EndpointFailures, FailureCause, Phase, PhaseKind, RequestRun};
use crate::measure::{Dimension, Folded};
use crate::report::chart::{Chart, Level, OverTime, over_time};
use crate::report::contract::Report;
use crate::report::escape::visible;
use crate::report::number::{self, ABSENT, Scale};
use crate::report::words::{incident, requests as words, steady};
use crate::stats::interval::wilson_inflated;

/// Endpoints and causes that a reader sees.
const LISTED: usize = 12;
/// Endpoints and causes in the terminal.
const LISTED_IN_TERMINAL: usize = 3;

/// A run of requests.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct RequestsView {
    /// Name of its source.
    pub source: String,
    /// Id of its section, unique in the page.
    pub anchor: String,
    /// `Requests` or `Rows`.
    pub title: &'static str,
    /// How many, from when to when.
    pub about: String,
    /// Rate, concurrency, failures, latency, phases, clock: a name and a sentence each.
    pub facts: Vec<NamedText>,
    /// The run over time.
    pub charts: Vec<Chart>,
    /// How many were in progress over time.
    pub progress: Vec<Chart>,
    /// The phases, where there are several.
    pub phases: Vec<PhaseView>,
    /// Throughput against latency, where the load stood at several levels.
    pub levels: Option<LevelsView>,
    /// Labels of which requests failed, the one with the most failures first.
    pub endpoints: Vec<FailureView>,
    /// How many more there are.
    pub more_endpoints: Option<String>,
    /// Failures by code or message, the most frequent first.
    pub causes: Vec<FailureView>,
    /// How many more there are.
    pub more_causes: Option<String>,
}

/// A stretch of a run.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct PhaseView {
    pub name: &'static str,
    pub when: String,
    pub requests: String,
    pub rate: String,
    pub failed: String,
    pub concurrency: String,
}

/// Failures of a label, or for a reason.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct FailureView {
    /// The label, the code or the message.
    pub name: String,
    /// How many failed.
    pub failed: String,
    /// Of how many.
    pub requests: String,
    /// In percent.
    pub share: String,
    /// Interval of that.
    pub interval: String,
    /// When the first and the last one failed.
    pub seen: String,
}

impl RequestsView {
    pub(super) fn all(report: &Report, drawn: Charts) -> Vec<Self> {
        RequestRun::whole(&report.requests)
            .enumerate()
            .map(|(index, run)| Self::of(report, index, run, drawn))
            .collect()
    }

    fn of(report: &Report, index: usize, run: &RequestRun, drawn: Charts) -> Self {
        let anchor = format!("requests-{}", index + 1);
        let endpoints = Folded::of(&run.endpoints, LISTED);
        let causes = Folded::of(&run.causes, LISTED);
        let more =
            |more: u64, noun| (more > 0).then(|| format!("… and {} in the JSON report", number::counted(more, noun)));
        Self {
            source: visible(&run.source),
            title: if run.are_requests { "Requests" } else { "Rows over time" },
            about: words::about(run),
            facts: facts(report, run),
            charts: drawn.of(|| run_picture::alone(report, run, &anchor).into_iter().collect()),
            progress: drawn.of(|| progress(run, &anchor).into_iter().collect()),
            phases: if run.phases.len() > 1 {
                run.phases.iter().map(|phase| PhaseView::of(run, phase)).collect()
            } else {
                Vec::new()
            },
            levels: run.levels.as_ref().map(|levels| LevelsView::of(run, levels, &anchor, drawn)),
            endpoints: endpoints.first.iter().map(|one| FailureView::of_endpoint(run, one)).collect(),
            more_endpoints: more(endpoints.more, "more label"),
            causes: causes.first.iter().map(|one| FailureView::of_cause(run, one)).collect(),
            more_causes: more(causes.more, "more cause"),
            anchor,
        }
    }
}

/// How many were in progress over time, the mean of each stretch.
fn progress(run: &RequestRun, anchor: &str) -> Option<Chart> {
    /// Fewer stretches are no course.
    const FEWEST: usize = 3;
    let level = |bin: &Bin| Some(Level { from: bin.from, to: bin.to, value: bin.concurrency? });
    let levels: Vec<Level> = run.bins.iter().filter_map(level).collect();
    let most = levels.iter().map(|level| level.value).max_by(f64::total_cmp).filter(|most| *most > 0.0)?;
    if levels.len() < FEWEST {
        return None;
    }
    over_time(&OverTime {
        id: &format!("{anchor}-progress"),
        title: "In progress",
        levels: &levels,
        length: run.length,
        marks: &[],
        steady: run.phase(PhaseKind::Steady).map(|steady| (steady.from, steady.to)),
        scale: &Scale::of_value(Dimension::Unknown, most),
        since: "the first of them",
    })
}

fn facts(report: &Report, run: &RequestRun) -> Vec<NamedText> {
    let of_run = |metric: &&Metric| metric.leads && metric.source == run.source && metric.table == run.table;
    let failures = report.metrics.iter().find(of_run).and_then(|metric| metric.failures.as_ref());
    let inflation = failures.map_or(1.0, |failures| inflation_of(failures.clusters, failures.total));
    let interval =
        run.failed.and_then(|failed| wilson_inflated(failed, run.requests, inflation, report.settings.confidence));
    let mut facts: Vec<NamedText> = words::joined(run).map(|text| NamedText::new("Joined", text)).into_iter().collect();
    facts.extend(words::joint_latency(run).map(|text| NamedText::new(visible(&run.metric), text)));
    facts.extend(steady::fact(run).map(|text| NamedText::new("Counted", text)));
    facts.push(NamedText::new("Rate", words::rates(run)));
    facts.push(NamedText::new("Failed", words::failed(run, interval.as_ref())));
    facts.extend(words::latency(run).map(|text| NamedText::new(format!("{} over time", visible(&run.metric)), text)));
    facts.push(NamedText::new("Incidents", incident::fact(run)));
    facts.extend(words::concurrency(run).map(|text| NamedText::new("Concurrency", text)));
    facts.extend(words::little(run).map(|text| NamedText::new("Little's law", text)));
    facts.push(NamedText::new("Phases", words::phases(run)));
    facts.push(NamedText::new("Clock", visible(&words::clock(run))));
    facts
}

impl PhaseView {
    fn of(run: &RequestRun, phase: &Phase) -> Self {
        Self {
            name: words::phase_name(phase.kind),
            when: words::moments(run).between(phase.from, phase.to),
            requests: number::count(phase.requests),
            rate: number::short(Dimension::Rate, phase.rate),
            failed: phase.failed.map_or_else(|| ABSENT.to_owned(), number::count),
            concurrency: phase
                .concurrency
                .filter(|_| words::in_progress(run).is_some())
                .map_or_else(|| ABSENT.to_owned(), number::plain),
        }
    }
}

impl FailureView {
    fn of_endpoint(run: &RequestRun, one: &EndpointFailures) -> Self {
        Self {
            name: visible(&one.label),
            failed: number::count(one.failed),
            requests: number::count(one.requests),
            share: number::share(one.share),
            interval: one.interval.as_ref().map_or_else(|| ABSENT.to_owned(), words::shares),
            seen: words::seen(run, one.first, one.last),
        }
    }

    fn of_cause(run: &RequestRun, one: &FailureCause) -> Self {
        Self {
            name: one.cause.as_deref().map_or_else(|| "(the row does not say why)".to_owned(), visible),
            failed: number::count(one.failed),
            requests: number::count(run.requests),
            share: number::share(one.share),
            interval: one.interval.as_ref().map_or_else(|| ABSENT.to_owned(), words::shares),
            seen: words::seen(run, one.first, one.last),
        }
    }
}

/// The lines for a terminal.
pub(super) fn lines(run: &RequestRun) -> Vec<String> {
    let joined = words::joined(run).into_iter().map(|text| format!("  {text}"));
    let latency = words::joint_latency(run).into_iter().map(|text| format!("  {} {text}", visible(&run.metric)));
    joined.chain(latency).chain(lines_of_one(run)).collect()
}

fn lines_of_one(run: &RequestRun) -> Vec<String> {
    let number = run.run.map_or_else(String::new, |number| format!("run {number}: "));
    let whole = format!(
        "{} over {}",
        number::quantity(Dimension::Rate, run.rate),
        number::quantity(Dimension::Time, run.length)
    );
    let mut parts = vec![match run.used_phase().filter(|_| run.shards.is_none()) {
        Some(used) => format!("{number}{} in the steady part ({whole})", number::quantity(Dimension::Rate, used.rate)),
        None => format!("{number}{whole}"),
    }];
    parts.extend(words::idle(run).map(words::without_requests));
    parts.extend(words::in_progress(run).map(|found| format!("{} in progress on average", number::plain(found.mean))));
    let mut lines = vec![format!("  {}", parts.join(", "))];
    lines.extend(steady::fact(run).map(|text| format!("  {text}")));
    lines.extend(
        run.found_incidents().take(LISTED_IN_TERMINAL).map(|found| format!("  {}", incident::sentence(run, found))),
    );
    if run.failed.is_some_and(|failed| failed > 0) {
        let causes = run.causes.iter().map(|one| {
            let cause = one.cause.as_deref().map_or_else(|| "no reason said".to_owned(), visible);
            (cause, one.failed)
        });
        let named = run.endpoints.iter().filter(|one| !one.label.is_empty());
        let endpoints = named.map(|one| (visible(&one.label), one.failed));
        lines.extend(folded("failed by cause", &causes.collect::<Vec<_>>()));
        lines.extend(folded("failed by label", &endpoints.collect::<Vec<_>>()));
    }
    lines
}

/// `  failed by cause: 503 40, timeout 12`.
fn folded(title: &str, failed: &[(String, u64)]) -> Option<String> {
    const LETTERS: usize = 32;
    let all = Folded::of(failed, LISTED_IN_TERMINAL);
    let one = |(name, count): &&(String, u64)| {
        let name = crate::report::text_table::shortened_in_the_middle(name, LETTERS);
        format!("{name} ({})", number::count(*count))
    };
    let mut text = all.first.iter().map(one).collect::<Vec<String>>().join(", ");
    if all.more > 0 {
        text = format!("{text} and {} more", number::count(all.more));
    }
    (!failed.is_empty()).then(|| format!("  {title}: {text}"))
}
