//! The metrics of a run, one by one, from its log.

use crate::analysis::outcome::{FailureClusters, inflation_of};
use crate::stats::clusters::EventRuns;
use crate::stats::describe::describe;
use crate::stats::interval::{Interval, wilson_inflated};
use crate::stats::outlier::Outliers;
use crate::stats::population::{Detail, Population};
use crate::stats::quantile::{quantile, samples_needed};
use crate::stats::settings::Settings;
use crate::stats::summary::{PERCENTILES, Summary};
use crate::table::line_map::LineMap;

use crate::analysis::chat::concurrency::Steps;
use crate::analysis::chat::instants::{Instants, seconds};
use crate::analysis::chat::log::{Log, MemorySample, Message, Outcome, Session};
use crate::analysis::chat::options::{ServiceOptions, Stability};
use crate::analysis::chat::result::{
    ErrorType, Errors, Latency, Memory, Messages, SessionBasis, SessionDuration, SessionEnd, SessionSummary, Slot,
    Throughput, Timeouts,
};

/// Stretches of time of the series.
const SLOTS: usize = 60;
/// The percentile that a session is given, where it has enough messages.
const SESSION_PERCENT: f64 = 95.0;

/// Error rates are given per thousand.
const PER: f64 = 1000.0;

/// A run being computed.
pub(crate) struct Run<'a> {
    pub(crate) log: &'a Log,
    pub(crate) clock: &'a Instants,
    pub(crate) options: &'a ServiceOptions,
    pub(crate) start: i64,
    pub(crate) end: i64,
    lines: &'a LineMap,
    settings: &'a Settings,
}

impl<'a> Run<'a> {
    /// The run of a log whose messages stand in the order of sending; `lines` are those of its table.
    pub(crate) fn of(
        log: &'a Log,
        clock: &'a Instants,
        lines: &'a LineMap,
        options: &'a ServiceOptions,
        settings: &'a Settings,
    ) -> Self {
        let instants = || clock.nanos.iter().flatten().copied();
        let messages = || log.messages.iter().map(Message::last);
        let start = instants().min().unwrap_or_default();
        let end = instants().chain(messages()).max().unwrap_or(start);
        Self { log, clock, options, start, end, lines, settings }
    }

    /// The line of a row.
    pub(crate) fn line(&self, row: u32) -> Option<u64> {
        self.lines.line(u64::from(row))
    }

    /// The population of values with the row and the session of each.
    fn population(&self, samples: impl Iterator<Item = (f64, u32, Option<u32>)>) -> Population {
        let (values, places): (Vec<f64>, Vec<(u32, Option<u32>)>) =
            samples.map(|(value, row, session)| (value, (row, session))).unzip();
        let mut population = describe(values, &[], None, Detail::Full, self.settings);
        for extreme in population.outliers.iter_mut().flat_map(Outliers::named_mut) {
            let (row, session) = places[extreme.index as usize];
            extreme.line = self.line(row);
            extreme.label = session.and_then(|session| Some(self.log.sessions.get(session as usize)?.name.clone()));
        }
        population
    }

    /// The session of a message, where messages name theirs.
    fn session_of(&self, message: &Message) -> Option<u32> {
        self.log.basis.map(|_| message.session)
    }

    /// Messages whose instants contradict nothing.
    fn sound(&self) -> impl Iterator<Item = &Message> {
        self.log.messages.iter().filter(|message| !message.contradicts)
    }

    /// Seconds from sending to something, of the messages that have it.
    pub(crate) fn since_sending(&self, until: impl Fn(&Message) -> Option<i64>) -> Population {
        self.between(|message| Some(message.sent), until)
    }

    /// Seconds between two instants of the messages that have both.
    pub(crate) fn between(
        &self,
        from: impl Fn(&Message) -> Option<i64>,
        until: impl Fn(&Message) -> Option<i64>,
    ) -> Population {
        self.population(self.sound().filter_map(|message| {
            let value = seconds(from(message)?, until(message)?);
            (value >= 0.0).then_some((value, message.row, self.session_of(message)))
        }))
    }

    /// Seconds from the deadline to the detection of a timeout; none without a deadline.
    pub(crate) fn overshoot(&self) -> Population {
        let timed_out = self.sound().filter(|message| message.outcome == Outcome::TimedOut);
        self.population(timed_out.filter_map(|message| {
            let late = seconds(message.sent, message.detected?) - self.options.deadline?;
            Some((late, message.row, self.session_of(message)))
        }))
    }

    /// Seconds between chunks.
    pub(crate) fn chunk_gaps(&self) -> Population {
        self.population(self.log.gaps.iter().zip(&self.log.gap_rows).map(|(gap, row)| (*gap, *row, None)))
    }

    /// How long the sessions lasted that ended; none where requests name no session.
    pub(crate) fn session_durations(&self) -> Population {
        let sessions = self.log.sessions.iter().enumerate().filter(|_| self.log.basis.is_some());
        self.population(sessions.filter_map(|(index, session)| {
            let (from, to, end) = self.span_of(session);
            (end != SessionEnd::StillOpen).then(|| (seconds(from, to), session.row, Some(index as u32)))
        }))
    }

    pub(crate) fn memory_samples(&self, samples: &[MemorySample]) -> Population {
        self.population(samples.iter().map(|sample| (sample.bytes, sample.row, None)))
    }

    pub(crate) fn throughput(&self, totals: &Messages, steady: Option<(i64, i64)>) -> Throughput {
        let messages = &self.log.messages;
        let first = messages.iter().map(|message| message.sent).min().unwrap_or(self.start);
        let last = messages.iter().map(Message::last).max().unwrap_or(first);
        let window = seconds(first, last);
        let rate = |count: u64, window: f64| if window > 0.0 { count as f64 / window } else { 0.0 };
        let steady = steady.map(|(from, to)| {
            let inside = |at: i64| (from..to).contains(&at);
            let sent = messages.iter().filter(|message| inside(message.sent)).count() as u64;
            let answered = messages.iter().filter(|message| message.end.is_some_and(inside)).count() as u64;
            (rate(sent, seconds(from, to)), rate(answered, seconds(from, to)))
        });
        Throughput {
            window,
            offered: rate(totals.sent, window),
            completed: rate(totals.answered, window),
            steady_offered: steady.map(|(offered, _)| offered),
            steady_completed: steady.map(|(_, completed)| completed),
        }
    }

    /// When a session began and ended.
    fn span_of(&self, session: &Session) -> (i64, i64, SessionEnd) {
        let from = session.opened.unwrap_or(session.first);
        match (session.closed, session.opened) {
            (Some(closed), _) => (from, closed, SessionEnd::Closed),
            (None, Some(_)) => (from, self.end, SessionEnd::StillOpen),
            (None, None) => (from, session.last, SessionEnd::LastEvent),
        }
    }

    pub(crate) fn steps(&self, keep: impl Fn(usize) -> bool) -> Steps {
        if self.log.basis.is_none() {
            let intervals = self.log.messages.iter().map(|message| (message.sent, message.last()));
            return Steps::new(intervals, self.start, self.end);
        }
        let kept = self.log.sessions.iter().enumerate().filter(|(index, _)| keep(*index));
        let intervals = kept.map(|(_, session)| {
            let (from, to, _) = self.span_of(session);
            (from, to)
        });
        Steps::new(intervals, self.start, self.end)
    }

    /// The sessions in the order of the log.
    pub(crate) fn sessions(&self) -> Vec<SessionSummary> {
        if self.log.basis.is_none() {
            return Vec::new();
        }
        let count = self.log.sessions.len();
        let mut totals = vec![Messages::default(); count];
        let mut firsts: Vec<Vec<f64>> = vec![Vec::new(); count];
        let mut responses: Vec<Vec<f64>> = vec![Vec::new(); count];
        for message in &self.log.messages {
            let session = message.session as usize;
            totals[session].add(message);
            if !message.contradicts {
                firsts[session].extend(message.first.map(|at| seconds(message.sent, at)));
                responses[session].extend(message.end.map(|at| seconds(message.sent, at)));
            }
        }
        self.log
            .sessions
            .iter()
            .enumerate()
            .map(|(index, session)| {
                let (from, to, end) = self.span_of(session);
                let duration = seconds(from, to);
                SessionSummary {
                    name: session.name.clone(),
                    line: self.line(session.row),
                    from: seconds(self.start, from),
                    duration,
                    end,
                    stable: is_stable(&totals[index], duration, &self.options.stable),
                    messages: totals[index],
                    first_chunk: self.latency(std::mem::take(&mut firsts[index])),
                    response: self.latency(std::mem::take(&mut responses[index])),
                }
            })
            .collect()
    }

    fn latency(&self, mut values: Vec<f64>) -> Option<Latency> {
        values.sort_unstable_by(f64::total_cmp);
        let max = *values.last()?;
        let at = |p: f64| quantile(&values, p, self.settings.quantile_method);
        debug_assert!(PERCENTILES.contains(&SESSION_PERCENT));
        let p = SESSION_PERCENT / 100.0;
        Some(Latency { median: at(0.5), p95: (values.len() >= samples_needed(p)).then(|| at(p)), max })
    }

    /// Most messages without a response first, then the slowest answer.
    pub(crate) fn worst_first(&self, sessions: Vec<SessionSummary>) -> Vec<SessionSummary> {
        let rows = self.log.sessions.iter().map(|session| session.row);
        let mut sessions: Vec<(u32, SessionSummary)> = rows.zip(sessions).collect();
        sessions.sort_by(|(row_a, a), (row_b, b)| {
            let unanswered = |session: &SessionSummary| session.messages.sent - session.messages.answered;
            let slowest = |session: &SessionSummary| session.response.map_or(0.0, |response| response.max);
            unanswered(b)
                .cmp(&unanswered(a))
                .then(slowest(b).total_cmp(&slowest(a)))
                .then_with(|| a.name.cmp(&b.name))
                .then(row_a.cmp(row_b))
        });
        sessions.into_iter().map(|(_, session)| session).collect()
    }

    pub(crate) fn series(&self, active: &Steps) -> Vec<Slot> {
        let span = self.end.saturating_sub(self.start);
        if span <= 0 {
            return Vec::new();
        }
        let border = |slot: usize| self.start + (i128::from(span) * slot as i128 / SLOTS as i128) as i64;
        let slot_of = |at: i64| {
            let slot = i128::from(at.saturating_sub(self.start)) * SLOTS as i128 / i128::from(span);
            usize::try_from(slot).unwrap_or(0).min(SLOTS - 1)
        };
        let mut slots: Vec<Slot> = (0..SLOTS)
            .map(|slot| {
                let (from, to) = (border(slot), border(slot + 1));
                Slot {
                    from: seconds(self.start, from),
                    length: seconds(from, to),
                    sent: 0,
                    answered: 0,
                    failed: 0,
                    sessions: active.average(from, to).unwrap_or_default(),
                    most_sessions: active.most(from, to),
                    memory: None,
                }
            })
            .collect();
        for message in &self.log.messages {
            slots[slot_of(message.sent)].sent += 1;
            if let Some(at) = message.end {
                slots[slot_of(at)].answered += 1;
            }
            if let Some(at) = message.failed {
                slots[slot_of(at)].failed += 1;
            }
        }
        let mut sums = vec![(0.0, 0_u64); SLOTS];
        for sample in &self.log.memory {
            if let Some(at) = sample.at {
                let sum = &mut sums[slot_of(at)];
                *sum = (sum.0 + sample.bytes, sum.1 + 1);
            }
        }
        for (slot, (sum, count)) in slots.iter_mut().zip(sums) {
            slot.memory = (count > 0).then(|| sum / count as f64);
        }
        slots
    }

    /// What samples of memory say beside their distribution.
    pub(crate) fn memory(&self, samples: &[MemorySample], distribution: &Summary) -> Option<Memory> {
        let peak = samples.iter().max_by(|a, b| a.bytes.total_cmp(&b.bytes).then(b.at.cmp(&a.at)))?;
        let timed: Option<Vec<(i64, f64)>> = samples.iter().map(|sample| Some((sample.at?, sample.bytes))).collect();
        let time_weighted = timed.and_then(|timed| {
            let area: f64 = timed.windows(2).map(|pair| pair[0].1 * seconds(pair[0].0, pair[1].0)).sum();
            let length = seconds(timed.first()?.0, timed.last()?.0);
            (length > 0.0).then(|| area / length)
        });
        Some(Memory {
            samples: distribution.n,
            peak: peak.bytes,
            peak_at: peak.at.map(|at| seconds(self.start, at)),
            mean: distribution.mean,
            time_weighted,
        })
    }

    pub(crate) fn failed_in_order(&self) -> Vec<bool> {
        if self.log.errors_recorded { self.log.messages.iter().map(Message::is_failure).collect() } else { Vec::new() }
    }

    pub(crate) fn errors(&self, totals: &Messages) -> Errors {
        let per_thousand = |count: u64| {
            let share = if totals.sent > 0 { count as f64 / totals.sent as f64 } else { 0.0 };
            share * PER
        };
        let clusters = FailureClusters::of(EventRuns::of(self.failed_in_order()), totals.sent);
        let inflation = inflation_of(clusters, totals.sent);
        let interval = |count: u64| {
            let Interval { low, high, level } =
                wilson_inflated(count, totals.sent, inflation, self.settings.confidence)?;
            Some(Interval { low: low.map(|low| low * PER), high: high.map(|high| high * PER), level })
        };
        let mut counts = vec![(0_u64, 0_u64); self.log.errors.len()];
        let failed = self.log.messages.iter().filter(|message| message.is_failure());
        for error in failed.filter_map(|message| message.error) {
            counts[error as usize].0 += 1;
        }
        for error in &self.log.loose_errors {
            counts[*error as usize].1 += 1;
        }
        let mut types: Vec<ErrorType> = self
            .log
            .errors
            .iter()
            .zip(counts)
            .filter(|(_, (count, outside))| count + outside > 0)
            .map(|(name, (count, outside_messages))| ErrorType {
                name: name.clone(),
                count,
                per_thousand: per_thousand(count),
                interval: interval(count),
                outside_messages,
            })
            .collect();
        types.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.name.cmp(&b.name)));
        let failed = self.log.errors_recorded.then_some(totals.failed + totals.timed_out);
        Errors {
            recorded: self.log.errors_recorded,
            failed,
            per_thousand: failed.map(per_thousand),
            interval: failed.and_then(interval),
            clusters,
            types,
        }
    }

    pub(crate) fn timeouts(&self, totals: &Messages) -> Timeouts {
        let timed_out = || self.log.messages.iter().filter(|message| message.outcome == Outcome::TimedOut);
        let missed = |deadline: f64| {
            let others = self.log.messages.iter().filter(|message| message.outcome != Outcome::TimedOut);
            let answers = others.filter_map(|message| Some((message.sent, message.end.or(message.failed)?)));
            answers.filter(|(sent, at)| seconds(*sent, *at) > deadline).count() as u64
        };
        Timeouts {
            count: totals.timed_out,
            undetected: timed_out().filter(|message| message.detected.is_none()).count() as u64,
            unreported: timed_out().filter(|message| message.reported.is_none()).count() as u64,
            deadline: self.options.deadline,
            missed: self.options.deadline.map(missed),
        }
    }
}

pub(crate) fn session_duration(
    basis: SessionBasis,
    sessions: &[SessionSummary],
    ended: Option<&Summary>,
) -> SessionDuration {
    let still_open = || sessions.iter().filter(|session| session.end == SessionEnd::StillOpen);
    SessionDuration {
        sessions: sessions.len() as u64,
        still_open: still_open().count() as u64,
        longest_still_open: still_open().map(|session| session.duration).max_by(f64::total_cmp),
        basis,
        average: ended.map(|ended| ended.mean),
        max: ended.map(|ended| ended.max),
    }
}

fn is_stable(totals: &Messages, duration: f64, stable: &Stability) -> bool {
    let errors = (totals.failed + totals.timed_out) as f64;
    totals.answered >= stable.min_answered
        && errors <= stable.max_error_share * totals.sent as f64
        && duration >= stable.min_duration
}
