//! The metrics of a service as ready strings.

use serde::Serialize;

use super::charts::Charts;
use super::metric::MetricView;
use super::named_text::NamedText;
use super::numbers::{NumbersView, row_footnotes};
use crate::analysis::chat::{
    ClockKind, DistributionKind, ErrorType, Latency, Level, Messages, ScheduleBasis, Service, SessionBasis, SessionEnd,
    SessionSummary, Shape, Slot, Unanswered,
};
use crate::analysis::metric::Metric;
use crate::measure::unit::Dimension;
use crate::report::chart::{Chart, Level as Stretch, OverTime, over_time};
use crate::report::contract::Report;
use crate::report::escape::visible;
use crate::report::number::{self, ABSENT, Scale};

/// Sessions that a reader sees.
const LISTED_SESSIONS: usize = 20;
/// Stalls that a reader sees.
const LISTED_STALLS: usize = 5;

/// The metrics of a service.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct ServiceView {
    /// Name of its source.
    pub source: String,
    /// Id of its section, unique in the page.
    pub anchor: String,
    /// What the records are and what their clock is.
    pub about: String,
    /// The key metrics, a name and a sentence each.
    pub facts: Vec<NamedText>,
    /// Rows of the table of distributions.
    pub rows: Vec<NumbersView>,
    /// Why some cells read `–`.
    pub footnotes: Vec<String>,
    /// Throughput, sessions and memory over time.
    pub charts: Vec<Chart>,
    /// The distributions in detail.
    pub metrics: Vec<MetricView>,
    /// Types of errors.
    pub errors: Vec<ServiceErrorView>,
    /// The worst sessions.
    pub sessions: Vec<ServiceSessionView>,
    /// How many sessions there are and how many are listed; absent where requests name none.
    pub sessions_title: Option<String>,
    /// What is not in the numbers, a sentence each.
    pub notes: Vec<String>,
}

/// A type of error.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct ServiceErrorView {
    /// Its name.
    pub name: String,
    /// Messages that ended so.
    pub count: String,
    /// Per 1,000 messages.
    pub per_thousand: String,
    /// Interval of that.
    pub interval: String,
    /// Outside messages.
    pub outside: String,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct ServiceSessionView {
    /// Its name.
    pub name: String,
    /// `file:12`.
    pub place: String,
    /// Messages sent.
    pub sent: String,
    /// Answered.
    pub answered: String,
    /// Failed or timed out.
    pub failed: String,
    /// Without any end.
    pub unanswered: String,
    /// Median time to first chunk.
    pub first: String,
    /// Median time to response.
    pub response: String,
    /// Slowest response.
    pub slowest: String,
    /// Duration; `≥` where it was still open.
    pub duration: String,
}

impl ServiceView {
    pub(super) fn of(index: usize, service: &Service, drawn: Charts) -> Self {
        let anchor = format!("service-{}", index + 1);
        let distributions: Vec<&Metric> = service.distributions.iter().collect();
        let shown = service.sessions.len().min(LISTED_SESSIONS);
        let title = (!service.sessions.is_empty()).then(|| {
            let all = number::counted(service.sessions.len() as u64, "session");
            if shown < service.sessions.len() {
                format!("The {shown} worst of {all}, all of them in the JSON report")
            } else {
                format!("{all}, the worst first")
            }
        });
        Self {
            source: visible(&service.source),
            about: about(service),
            facts: facts(service),
            rows: distributions.iter().flat_map(|metric| NumbersView::rows(metric)).collect(),
            footnotes: row_footnotes(&distributions),
            charts: drawn.of(|| charts(service, &anchor)),
            metrics: distributions
                .iter()
                .enumerate()
                .map(|(place, metric)| MetricView::of(None, metric, &format!("{anchor}-metric-{}", place + 1), drawn))
                .collect(),
            errors: service.errors.types.iter().map(error).collect(),
            sessions: service.sessions[..shown].iter().map(|row| session(row, &service.source)).collect(),
            sessions_title: title,
            notes: notes(service),
            anchor,
        }
    }
}

/// The lines for a terminal.
pub(super) fn lines(service: &Service) -> Vec<String> {
    let mut lines = vec![format!("  {}", messages(service))];
    let mut latency = Vec::new();
    for (kind, short) in [(DistributionKind::FirstChunk, "first chunk"), (DistributionKind::Response, "response")] {
        if let Some(clean) = service.summary(kind) {
            let p95 = clean.percentiles.iter().find(|percentile| percentile.percent == 95.0);
            let p95 = p95.and_then(|percentile| percentile.value);
            latency.push(format!("{short} p50 {}, p95 {}", time(clean.median), p95.map_or(ABSENT.to_owned(), time)));
        }
    }
    if !latency.is_empty() {
        lines.push(format!("  {}", latency.join("; ")));
    }
    lines.extend(throughput(service).iter().map(|part| format!("  throughput {part}")));
    lines.push(format!("  {}", concurrency(service)));
    lines.push(format!("  {}", errors(service)));
    lines
}

/// What the verdict rests on.
pub(super) fn verdict_facts(report: &Report) -> Vec<String> {
    let messages: u64 = report.service.iter().map(|service| service.messages.sent).sum();
    let sessions: usize = report.service.iter().map(|service| service.sessions.len()).sum();
    let counts = [(messages, "message"), (sessions as u64, "session")];
    counts.into_iter().filter(|(count, _)| *count > 0).map(|(count, noun)| number::counted(count, noun)).collect()
}

fn time(seconds: f64) -> String {
    number::quantity(Dimension::Time, seconds)
}

fn rate(per_second: f64) -> String {
    number::quantity(Dimension::Rate, per_second)
}

fn plain(value: f64) -> String {
    number::plain(value)
}

fn about(service: &Service) -> String {
    let shape = match service.shape {
        Shape::Events => "an event log",
        Shape::AiPerf => "AIPerf records",
        Shape::Requests => "a request log",
    };
    let clock = match service.clock {
        ClockKind::Dates => "dates with times",
        ClockKind::Seconds => "seconds since 1970",
        ClockKind::Milliseconds => "milliseconds since 1970",
        ClockKind::Microseconds => "microseconds since 1970",
        ClockKind::Nanoseconds => "nanoseconds since 1970",
        ClockKind::Monotonic => "a monotonic clock",
    };
    let evidence: Vec<String> = service.evidence.iter().map(|clause| visible(clause)).collect();
    format!("Read as {shape} ({}), over {}; clock: {clock}.", evidence.join("; "), time(service.span))
}

/// Those of some counts that are not zero, in words.
fn counts<const N: usize>(of: [(u64, &str); N]) -> impl Iterator<Item = String> {
    of.into_iter().filter(|(count, _)| *count > 0).map(|(count, words)| format!("{} {words}", number::count(count)))
}

fn messages(service: &Service) -> String {
    let all = &service.messages;
    let others = counts([
        (all.timed_out, "timed out"),
        (all.failed, "failed"),
        (all.session_closed, "unanswered when their session was closed"),
        (all.open, "still open at the end of the file"),
    ]);
    let parts: Vec<String> =
        std::iter::once(format!("{} answered", number::count(all.answered))).chain(others).collect();
    format!("{} sent: {}", number::counted(all.sent, "message"), parts.join(", "))
}

/// Messages that nobody answered although there was time.
fn unanswered(lost: Unanswered) -> String {
    let of = format!("{} of {}", number::count(lost.messages), number::counted(lost.of, "message"));
    if lost.patience == 0.0 {
        return format!("{of}; no answer is recorded at all");
    }
    format!(
        "{of}: the records go on for {} and more, three times as long as 95% of the answers take",
        time(lost.patience)
    )
}

/// Throughput over the whole run, and in the steady part.
fn throughput(service: &Service) -> [String; 2] {
    let found = &service.throughput;
    let part = |offered, completed| format!("{} offered, {} completed", rate(offered), rate(completed));
    let steady = found.steady_offered.zip(found.steady_completed);
    [
        format!("{} overall", part(found.offered, found.completed)),
        steady.map_or_else(
            || "no steady part found".to_owned(),
            |(offered, completed)| format!("{} in the steady part", part(offered, completed)),
        ),
    ]
}

fn level(level: &Level) -> String {
    let steady =
        level.steady_average.map_or_else(String::new, |average| format!(" ({} in the steady part)", plain(average)));
    format!("{} at most, {} on average{steady}", number::count(level.peak), plain(level.average))
}

fn concurrency(service: &Service) -> String {
    let what = if service.sessions.is_empty() { "requests in flight" } else { "sessions" };
    match &service.concurrency.stable {
        Some(stable) => format!("stable {what}: {}", level(stable)),
        None => format!("{what}: {}", level(&service.concurrency.active)),
    }
}

fn errors(service: &Service) -> String {
    let Some(share) = service.errors.per_thousand else { return "errors not recorded".to_owned() };
    format!("{} errors per 1,000 messages", plain(share))
}

/// Messages that never got something: how many, and how they ended.
fn never(found: &Messages) -> String {
    let parts = counts([
        (found.timed_out, "timed out"),
        (found.failed, "failed"),
        (found.session_closed, "session closed first"),
        (found.open, "still open at the end of the file"),
        (found.answered, "answered without a usable instant"),
    ]);
    format!("{}: {}", number::counted(found.sent, "message"), parts.collect::<Vec<_>>().join(", "))
}

fn facts(service: &Service) -> Vec<NamedText> {
    let fact = |name: &str, text: String| NamedText::new(name, text);
    let mut facts = vec![fact("Messages", messages(service))];
    let never_got = [
        ("Never got a first chunk", service.never_first_chunk),
        ("Never got a response", Some(service.never_completed)),
    ];
    for (name, found) in never_got {
        facts.extend(found.filter(|found| found.sent > 0).map(|found| fact(name, never(&found))));
    }
    facts.extend(service.unanswered.map(|lost| fact("Without an answer", unanswered(lost))));
    facts.push(fact("Throughput", throughput(service).join("; ")));
    facts.push(fact("Steady part", steady(service)));
    facts.push(fact("Concurrent sessions", concurrent(service)));
    facts.push(fact("Memory", memory(service)));
    facts.push(fact("Error rate", error_rate(service)));
    if let Some(sessions) = &service.session_duration {
        let mut text = format!(
            "{} on average, {} at most, of {} that ended",
            sessions.average.map_or(ABSENT.to_owned(), time),
            sessions.max.map_or(ABSENT.to_owned(), time),
            number::counted(sessions.sessions - sessions.still_open, "session"),
        );
        if let Some(longest) = sessions.longest_still_open {
            text = format!(
                "{text}; {} still open at the end of the file, for {} at least",
                number::count(sessions.still_open),
                time(longest)
            );
        }
        if sessions.basis == SessionBasis::FirstLast {
            text.push_str("; from the first to the last event of each, because nothing opens or closes them");
        }
        facts.push(fact("Session duration", text));
    }
    facts.push(fact("Timeouts", timeouts(service)));
    facts.push(fact("Coordinated omission", schedule(service)));
    facts
}

fn steady(service: &Service) -> String {
    match &service.steady {
        Some(steady) => format!(
            "{} to {}: warm-up and drain end and begin where nine tenths of the usual {} are open",
            time(steady.from),
            time(steady.to),
            number::count(steady.usual_sessions),
        ),
        None => "none was found: the run is too short, or its load never settles".to_owned(),
    }
}

fn concurrent(service: &Service) -> String {
    let found = &service.concurrency;
    if service.sessions.is_empty() {
        return format!("requests name no session; in flight: {}", level(&found.active));
    }
    let stable = found.stable.as_ref().map_or_else(|| "none".to_owned(), level);
    format!(
        "stable ({} of {}, with {} or more answered messages and at most {} of them failed): {stable}; all: {}",
        number::count(found.stable_sessions),
        number::counted(service.sessions.len() as u64, "session"),
        number::count(found.stability.min_answered),
        number::percent(found.stability.max_error_share),
        level(&found.active),
    )
}

fn memory(service: &Service) -> String {
    let bytes = |value: f64| number::quantity(Dimension::Bytes, value);
    let mut parts = Vec::new();
    for (name, memory) in [("current", &service.memory), ("peak column", &service.memory_peak)] {
        if let Some(memory) = memory {
            let average = match memory.time_weighted {
                Some(average) => format!("{} on average over time", bytes(average)),
                None => format!("{} on average of the samples", bytes(memory.mean)),
            };
            let at = memory.peak_at.map_or_else(String::new, |at| format!(" (at {})", time(at)));
            let peak = bytes(memory.peak);
            parts.push(format!("{name}: {peak} at most{at}, {average}, {}", number::counted(memory.samples, "sample")));
        }
    }
    if parts.is_empty() { "not recorded".to_owned() } else { parts.join("; ") }
}

fn error_rate(service: &Service) -> String {
    let found = &service.errors;
    let (Some(failed), Some(share)) = (found.failed, found.per_thousand) else {
        return "errors not recorded: the format has no column and no event for them".to_owned();
    };
    let interval = Scale::of_value(Dimension::Unknown, share).interval(found.interval.as_ref());
    format!(
        "{} per 1,000 messages {interval}: {} of {}",
        plain(share),
        number::count(failed),
        number::count(service.messages.sent)
    )
}

fn timeouts(service: &Service) -> String {
    let found = &service.timeouts;
    let mut text = if found.count == 0 { "none".to_owned() } else { number::counted(found.count, "message") };
    for (kind, words) in
        [(DistributionKind::TimeoutDetection, "detected"), (DistributionKind::TimeoutTotal, "reported")]
    {
        if let Some(clean) = service.summary(kind) {
            text = format!("{text}; {words} after {} (median), {} at most", time(clean.median), time(clean.max));
        }
    }
    if found.count > 0 && found.unreported > 0 {
        text = format!("{text}; {} without a report", number::count(found.unreported));
    }
    match (found.deadline, found.missed) {
        (Some(deadline), Some(missed)) => {
            let late = number::count(missed);
            format!("{text}; deadline {}: {late} ended after it without a timeout", time(deadline))
        }
        _ => format!("{text}; no deadline is configured"),
    }
}

fn schedule(service: &Service) -> String {
    let Some(found) = &service.schedule else {
        return "not checked: no schedule is evident, and no `rate` is configured".to_owned();
    };
    let basis = match found.basis {
        ScheduleBasis::Given => "configured",
        ScheduleBasis::Evident => "evident from even intervals",
    };
    let of = format!("schedule {} ({basis})", rate(found.rate));
    if found.count == 0 {
        return format!("{of}: no stall; the longest gap between sendings is {}", time(found.longest_gap));
    }
    let listed: Vec<String> = found
        .stalls
        .iter()
        .take(LISTED_STALLS)
        .map(|stall| format!("{} from {}", time(stall.length), time(stall.from)))
        .collect();
    format!(
        "{of}: {} in which {} should have been sent ({})",
        number::counted(found.count, "stall"),
        number::counted(found.missing, "message"),
        listed.join(", "),
    )
}

fn notes(service: &Service) -> Vec<String> {
    let mut notes = Vec::new();
    if service.messages.contradicting > 0 {
        notes.push(format!(
            "{} with instants that contradict each other count, but have no latency.",
            number::counted(service.messages.contradicting, "message")
        ));
    }
    if service.never_first_chunk.is_none() {
        notes.push("First chunks are not recorded.".to_owned());
    }
    notes
}

fn error(found: &ErrorType) -> ServiceErrorView {
    let scale = Scale::of_value(Dimension::Unknown, found.per_thousand);
    ServiceErrorView {
        name: visible(&found.name),
        count: number::count(found.count),
        per_thousand: plain(found.per_thousand),
        interval: scale.interval(found.interval.as_ref()),
        outside: number::count(found.outside_messages),
    }
}

fn session(row: &SessionSummary, source: &str) -> ServiceSessionView {
    let of = |latency: &Option<Latency>, value: fn(&Latency) -> f64| {
        latency.as_ref().map_or_else(|| ABSENT.to_owned(), |latency| time(value(latency)))
    };
    let open = if row.end == SessionEnd::StillOpen { "≥ " } else { "" };
    ServiceSessionView {
        name: visible(&row.name),
        place: visible(&row.line.map_or_else(|| source.to_owned(), |line| format!("{source}:{line}"))),
        sent: number::count(row.messages.sent),
        answered: number::count(row.messages.answered),
        failed: number::count(row.messages.failed + row.messages.timed_out),
        unanswered: number::count(row.messages.session_closed + row.messages.open),
        first: of(&row.first_chunk, |latency| latency.median),
        response: of(&row.response, |latency| latency.median),
        slowest: of(&row.response, |latency| latency.max),
        duration: format!("{open}{}", time(row.duration)),
    }
}

/// The picture of the first screen.
pub(super) fn lead(service: &Service) -> Option<Chart> {
    charts(service, "lead").into_iter().nth(1)
}

fn charts(service: &Service, anchor: &str) -> Vec<Chart> {
    let steady = service.steady.as_ref().map(|steady| (steady.from, steady.to));
    let per = |count: u64, slot: &Slot| if slot.length > 0.0 { count as f64 / slot.length } else { 0.0 };
    let sessions = if service.sessions.is_empty() { "Requests in flight" } else { "Open sessions" };
    let of = |value: &dyn Fn(&Slot) -> Option<f64>| -> Vec<Stretch> {
        let level = |slot: &Slot| Some(Stretch { from: slot.from, to: slot.from + slot.length, value: value(slot)? });
        let mut levels: Vec<Stretch> = service.series.iter().filter_map(level).collect();
        // A level holds until the next one: memory is not sampled in every stretch.
        for index in 1..levels.len() {
            levels[index - 1].to = levels[index].from;
        }
        levels
    };
    let plots = [
        ("Offered", Dimension::Rate, of(&|slot| Some(per(slot.sent, slot)))),
        ("Completed", Dimension::Rate, of(&|slot| Some(per(slot.answered, slot)))),
        (sessions, Dimension::Unknown, of(&|slot| Some(slot.sessions))),
        ("Memory", Dimension::Bytes, of(&|slot| slot.memory)),
    ];
    let plots = plots.into_iter().enumerate().filter_map(|(index, (title, dimension, levels))| {
        let most = levels.iter().map(|level| level.value).max_by(f64::total_cmp)?;
        over_time(&OverTime {
            id: &format!("{anchor}-time-{}", index + 1),
            title,
            levels: &levels,
            length: service.span,
            marks: &[],
            steady,
            scale: &Scale::of_value(dimension, most),
            since: "the first event",
        })
    });
    plots.collect()
}
