//! The metrics of a run, one by one, from its log.

use crate::stats::describe::describe;
use crate::stats::interval::wilson;
use crate::stats::population::Detail;
use crate::stats::quantile::{quantile, samples_needed};
use crate::stats::settings::Settings;
use crate::stats::summary::PERCENTILES;

use crate::analysis::chat::compute::{
    ErrorType, Errors, Extremes, Memory, SessionEnd, SessionRow, SessionTotals, Slot, Summary3, Throughput, Timeouts,
    Totals,
};
use crate::analysis::chat::concurrency::Steps;
use crate::analysis::chat::instants::{Instants, seconds};
use crate::analysis::chat::log::{Log, MemorySample, Message, Outcome, Session, SessionBasis};
use crate::analysis::chat::options::{ServiceOptions, Stable};

/// Stretches of time of the series.
const SLOTS: usize = 60;
/// The percentile that a session is given, where it has enough messages.
const SESSION_PERCENT: f64 = 95.0;

/// A run being computed.
pub(crate) struct Run<'a> {
    log: &'a Log,
    options: &'a ServiceOptions,
    settings: &'a Settings,
    pub(crate) start: i64,
    pub(crate) end: i64,
}

impl<'a> Run<'a> {
    pub(crate) fn of(log: &'a Log, clock: &Instants, options: &'a ServiceOptions, settings: &'a Settings) -> Self {
        let instants = || clock.nanos.iter().flatten().copied();
        let messages = || log.messages.iter().map(Message::last);
        let start = instants().min().unwrap_or_default();
        let end = instants().chain(messages()).max().unwrap_or(start);
        Self { log, options, settings, start, end }
    }

    pub(crate) fn totals(&self) -> Totals {
        let mut totals = Totals::default();
        self.log.messages.iter().for_each(|message| totals.add(message));
        totals
    }

    /// The population of values with the row and the session of each.
    fn population(&self, values: Vec<f64>, rows: &[(u32, Option<u32>)]) -> Extremes {
        let kept = values.clone();
        let population = describe(values, &[], None, Detail::Full, self.settings);
        let name = |session: Option<u32>| Some(self.log.sessions.get(session? as usize)?.name.clone());
        let extremes = population
            .outliers
            .iter()
            .flat_map(|outliers| &outliers.extremes)
            .map(|extreme| extreme.index as usize)
            .map(|index| (kept[index], rows[index].0 as usize, name(rows[index].1)))
            .collect();
        Extremes { population, extremes }
    }

    /// Seconds from sending to something, of the messages that have it and contradict nothing.
    pub(crate) fn distribution(&self, until: impl Fn(&Message) -> Option<i64>) -> Extremes {
        self.between(|message| Some(message.sent), until)
    }

    fn between(&self, from: impl Fn(&Message) -> Option<i64>, until: impl Fn(&Message) -> Option<i64>) -> Extremes {
        let named = self.log.basis != SessionBasis::Requests;
        let (values, rows): (Vec<f64>, Vec<(u32, Option<u32>)>) = self
            .log
            .messages
            .iter()
            .filter(|message| !message.contradicts)
            .filter_map(|message| {
                let value = seconds(from(message)?, until(message)?);
                (value >= 0.0).then_some((value, (message.row, named.then_some(message.session))))
            })
            .unzip();
        self.population(values, &rows)
    }

    pub(crate) fn throughput(&self, totals: &Totals, steady: Option<(i64, i64)>) -> Throughput {
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
        Throughput { window, offered: rate(totals.sent, window), completed: rate(totals.answered, window), steady }
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
        if self.log.basis == SessionBasis::Requests {
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

    pub(crate) fn session_rows(&self) -> Vec<SessionRow> {
        if self.log.basis == SessionBasis::Requests {
            return Vec::new();
        }
        let count = self.log.sessions.len();
        let mut totals = vec![Totals::default(); count];
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
                SessionRow {
                    name: session.name.clone(),
                    row: session.row as usize,
                    from: seconds(self.start, from),
                    duration,
                    end,
                    stable: is_stable(&totals[index], duration, &self.options.stable),
                    messages: totals[index],
                    first: self.summary(std::mem::take(&mut firsts[index])),
                    response: self.summary(std::mem::take(&mut responses[index])),
                }
            })
            .collect()
    }

    fn summary(&self, mut values: Vec<f64>) -> Option<Summary3> {
        values.sort_unstable_by(f64::total_cmp);
        let max = *values.last()?;
        let at = |p: f64| quantile(&values, p, self.settings.quantile_method);
        debug_assert!(PERCENTILES.contains(&SESSION_PERCENT));
        let p = SESSION_PERCENT / 100.0;
        Some(Summary3 { median: at(0.5), p95: (values.len() >= samples_needed(p)).then(|| at(p)), max })
    }

    pub(crate) fn session_totals(&self, rows: &[SessionRow]) -> SessionTotals {
        let still_open = |row: &&SessionRow| row.end == SessionEnd::StillOpen;
        let (values, places): (Vec<f64>, Vec<(u32, Option<u32>)>) = rows
            .iter()
            .enumerate()
            .filter(|(_, row)| row.end != SessionEnd::StillOpen)
            .map(|(index, row)| (row.duration, (row.row as u32, Some(index as u32))))
            .unzip();
        SessionTotals {
            count: rows.len() as u64,
            still_open: rows.iter().filter(still_open).count() as u64,
            basis: self.log.basis,
            durations: self.population(values, &places),
            longest_open: rows.iter().filter(still_open).map(|row| row.duration).max_by(f64::total_cmp),
        }
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

    pub(crate) fn memory(&self, samples: &[MemorySample]) -> Option<Memory> {
        let peak = samples.iter().max_by(|a, b| a.bytes.total_cmp(&b.bytes).then(b.at.cmp(&a.at)))?;
        let (values, rows): (Vec<f64>, Vec<(u32, Option<u32>)>) =
            samples.iter().map(|sample| (sample.bytes, (sample.row, None))).unzip();
        let timed: Option<Vec<(i64, f64)>> = samples.iter().map(|sample| Some((sample.at?, sample.bytes))).collect();
        let time_weighted = timed.and_then(|timed| {
            let area: f64 = timed.windows(2).map(|pair| pair[0].1 * seconds(pair[0].0, pair[1].0)).sum();
            let length = seconds(timed.first()?.0, timed.last()?.0);
            (length > 0.0).then(|| area / length)
        });
        Some(Memory {
            samples: self.population(values, &rows),
            time_weighted,
            peak: peak.bytes,
            peak_at: peak.at.map(|at| seconds(self.start, at)),
        })
    }

    pub(crate) fn failed_in_order(&self) -> Vec<bool> {
        if self.log.errors_recorded { self.log.messages.iter().map(unsuccessful).collect() } else { Vec::new() }
    }

    pub(crate) fn errors(&self, totals: &Totals) -> Errors {
        let level = self.settings.confidence;
        let share = |count: u64| if totals.sent > 0 { count as f64 / totals.sent as f64 } else { 0.0 };
        let mut counts = vec![(0_u64, 0_u64); self.log.errors.len()];
        let failed = self.log.messages.iter().filter(|message| unsuccessful(message));
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
            .map(|(name, (count, outside))| ErrorType {
                name: name.clone(),
                count,
                share: share(count),
                interval: wilson(count, totals.sent, level),
                outside,
            })
            .collect();
        types.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.name.cmp(&b.name)));
        let failed = self.log.errors_recorded.then_some(totals.failed + totals.timed_out);
        Errors {
            failed,
            share: failed.map(share),
            interval: failed.and_then(|failed| wilson(failed, totals.sent, level)),
            types,
        }
    }

    pub(crate) fn timeouts(&self, totals: &Totals) -> Timeouts {
        let timed_out = || self.log.messages.iter().filter(|message| message.outcome == Outcome::TimedOut);
        let deadline = self.options.deadline;
        let overshoot = deadline.map(|deadline| {
            let (values, rows): (Vec<f64>, Vec<(u32, Option<u32>)>) = timed_out()
                .filter(|message| !message.contradicts)
                .filter_map(|message| {
                    let late = seconds(message.sent, message.detected?) - deadline;
                    Some((late, (message.row, (self.log.basis != SessionBasis::Requests).then_some(message.session))))
                })
                .unzip();
            self.population(values, &rows)
        });
        let late = |message: &&Message| {
            let answer = message.end.or(message.failed);
            message.outcome != Outcome::TimedOut
                && deadline.zip(answer).is_some_and(|(deadline, at)| seconds(message.sent, at) > deadline)
        };
        Timeouts {
            count: totals.timed_out,
            detect: self.distribution(|message| message.detected),
            report: self.between(|message| message.detected, |message| message.reported),
            total: self.distribution(|message| message.reported),
            undetected: timed_out().filter(|message| message.detected.is_none()).count() as u64,
            unreported: timed_out().filter(|message| message.reported.is_none()).count() as u64,
            deadline,
            overshoot: overshoot.unwrap_or_default(),
            missed: self.log.messages.iter().filter(late).count() as u64,
        }
    }

    pub(crate) fn cadence(&self) -> Extremes {
        let rows: Vec<(u32, Option<u32>)> = self.log.gap_rows.iter().map(|row| (*row, None)).collect();
        self.population(self.log.gaps.clone(), &rows)
    }
}

fn is_stable(totals: &Totals, duration: f64, stable: &Stable) -> bool {
    let errors = (totals.failed + totals.timed_out) as f64;
    totals.answered >= stable.min_answered
        && errors <= stable.max_error_share * totals.sent as f64
        && duration >= stable.min_duration
}

/// Most messages without a response first, then the slowest answer.
pub(crate) fn worst_first(mut rows: Vec<SessionRow>) -> Vec<SessionRow> {
    rows.sort_by(|a, b| {
        let unanswered = |row: &SessionRow| row.messages.sent - row.messages.answered;
        let slowest = |row: &SessionRow| row.response.map_or(0.0, |response| response.max);
        unanswered(b)
            .cmp(&unanswered(a))
            .then(slowest(b).total_cmp(&slowest(a)))
            .then_with(|| a.name.cmp(&b.name))
            .then(a.row.cmp(&b.row))
    });
    rows
}

fn unsuccessful(message: &Message) -> bool {
    matches!(message.outcome, Outcome::Failed | Outcome::TimedOut)
}
