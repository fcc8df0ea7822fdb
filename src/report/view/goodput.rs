//! The goodput of a source as ready strings.

use serde::Serialize;

use crate::analysis::goodput::{Goodput, LevelShare};
use crate::measure::unit::Dimension;
use crate::report::contract::Report;
use crate::report::escape::visible;
use crate::report::number::{self, ABSENT};
use crate::stats::interval::Interval;

/// How many requests of a source kept the service levels.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct GoodputView {
    /// Name of its source.
    pub source: String,
    /// Id of its section, unique in the page.
    pub anchor: String,
    /// The answer in a sentence.
    pub text: String,
    /// What did not count, in a sentence.
    pub aside: Option<String>,
    /// Each level alone.
    pub levels: Vec<LevelView>,
}

/// How many requests kept one level.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct LevelView {
    pub level: String,
    /// The column, or the instants.
    pub shown_by: String,
    pub kept: String,
    pub requests: String,
    pub share: String,
    pub interval: String,
}

impl GoodputView {
    pub(super) fn all(report: &Report) -> Vec<Self> {
        report.goodput.iter().enumerate().map(|(index, one)| Self::of(index, one)).collect()
    }

    fn of(index: usize, found: &Goodput) -> Self {
        Self {
            source: visible(&found.source),
            anchor: format!("goodput-{}", index + 1),
            text: answer(found),
            aside: aside(found),
            levels: found.levels.iter().map(|one| LevelView::of(found, one)).collect(),
        }
    }
}

impl LevelView {
    fn of(found: &Goodput, one: &LevelShare) -> Self {
        let note = || one.note.as_deref().map_or_else(|| ABSENT.to_owned(), visible);
        Self {
            level: visible(&one.level.to_string()),
            shown_by: one.shown_by.as_deref().map_or_else(note, visible),
            kept: one.kept.map_or_else(|| ABSENT.to_owned(), number::count),
            requests: number::count(found.requests),
            share: one.share.map_or_else(|| ABSENT.to_owned(), number::share),
            interval: one.interval.as_ref().map_or_else(|| ABSENT.to_owned(), shares),
        }
    }
}

/// `91.8 to 95.1%`.
fn shares(interval: &Interval) -> String {
    let (low, high) = (interval.low.unwrap_or(0.0), interval.high.unwrap_or(1.0));
    format!("{} to {}", number::percent(low).trim_end_matches('%'), number::percent(high))
}

/// `93.2% of 1,000 requests (91.5 to 94.6%) kept response < 3s; 41.2 /s good`.
fn answer(found: &Goodput) -> String {
    let requests = number::counted(found.requests, "request");
    let levels = visible(&found.levels_in_words());
    let Some(share) = found.share else {
        return format!("not every level is recorded: how many of {requests} kept {levels} together is not known");
    };
    let interval = found.interval.as_ref().map_or_else(String::new, |interval| format!(" ({})", shares(interval)));
    let rate =
        found.rate.map_or_else(String::new, |rate| format!("; {} good", number::quantity(Dimension::Rate, rate)));
    format!("{} of {requests}{interval} kept {levels}{rate}", number::share(share))
}

fn aside(found: &Goodput) -> Option<String> {
    let mut said = Vec::new();
    if found.without_answer > 0 {
        said.push(format!("{} failed or got no answer and kept none", number::count(found.without_answer)));
    }
    if found.not_judged > 0 {
        said.push(format!("{} with corrupted numbers are not judged", number::count(found.not_judged)));
    }
    (!said.is_empty()).then(|| said.join("; "))
}

/// The lines of the terminal.
pub(super) fn lines(found: &Goodput) -> Vec<String> {
    let mut lines = vec![format!("  goodput: {}", answer(found))];
    if found.levels.len() > 1 {
        let alone = found.levels.iter().map(|one| {
            let share = one.share.map_or_else(|| one.note.clone().unwrap_or_default(), number::share);
            format!("{} {share}", one.level)
        });
        lines.push(format!("  each alone: {}", visible(&alone.collect::<Vec<String>>().join(", "))));
    }
    lines.extend(aside(found).map(|text| format!("  {text}")));
    lines
}
