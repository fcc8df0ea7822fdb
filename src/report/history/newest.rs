//! The newest run beside the runs since the last change, as a table.

use serde::Serialize;

use crate::history::contract::{HistoryReport, NewestRun, NewestValue, NewestVerdict};
use crate::report::number::{self, Scale};

use super::words;

/// Rows that are shown at most; the others are counted.
const MOST_ROWS: usize = 12;

/// The newest run.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct NewestView {
    /// `The newest run` or `This run`, with what it is.
    pub title: String,
    /// Where all metrics moved as one.
    pub together: Option<String>,
    /// What is not as before, the worst first.
    pub rows: Vec<NewestRow>,
    /// `31 unchanged, 4 inconclusive`.
    pub rest: Option<String>,
}

/// A metric of the newest run.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct NewestRow {
    pub metric: String,
    pub class: &'static str,
    pub verdict: String,
    pub size: String,
    pub levels: String,
    pub usual: String,
    pub runs: String,
    pub p: String,
}

impl NewestView {
    pub(super) fn of(report: &HistoryReport, newest: &NewestRun) -> Self {
        let run = &report.runs[newest.run];
        let commit = if run.commit.is_empty() { String::new() } else { format!(", {}", words::commit(&run.commit)) };
        let is_news = |value: &&NewestValue| match value.verdict {
            NewestVerdict::Inconclusive => value.large,
            NewestVerdict::Unchanged | NewestVerdict::New => false,
            _ => true,
        };
        let news: Vec<&NewestValue> = newest.metrics.iter().filter(is_news).collect();
        let unseen = news.len().saturating_sub(MOST_ROWS);
        let counts = &newest.counts;
        let rest = [
            (unseen, "more like these"),
            (counts.unchanged, "unchanged"),
            (counts.inconclusive - counts.large, "inconclusive"),
            (counts.new, "new"),
        ];
        let rest: Vec<String> =
            rest.iter().filter(|(count, _)| *count > 0).map(|(count, word)| format!("{count} {word}")).collect();
        Self {
            title: if newest.is_kept {
                format!("The newest run, {}{commit}", run.at)
            } else {
                format!("This run, {}{commit}", run.at)
            },
            together: newest.together.map(|factor| {
                let (size, way) = words::together(factor);
                format!("all metrics together are {size} {way} than before: the host or the environment more often than a commit")
            }),
            rows: news.into_iter().take(MOST_ROWS).map(|value| row(report, value)).collect(),
            rest: (!rest.is_empty()).then(|| rest.join(", ")),
        }
    }

    /// For a terminal.
    pub(super) fn facts(&self) -> String {
        let parts = [self.together.as_ref(), self.rest.as_ref()];
        let parts: Vec<&str> = parts.into_iter().flatten().map(String::as_str).collect();
        if parts.is_empty() { self.title.clone() } else { format!("{}: {}", self.title, parts.join("; ")) }
    }
}

fn row(report: &HistoryReport, value: &NewestValue) -> NewestRow {
    let dimension = words::dimension(report, &value.metric);
    let usual = |low: f64, high: f64| {
        let scale = Scale::to_read(dimension, f64::midpoint(low, high), Some(high - low), None);
        format!("{} to {}", scale.bare(low), scale.full(high))
    };
    NewestRow {
        metric: value.metric.clone(),
        class: match value.verdict {
            NewestVerdict::Regressed | NewestVerdict::Missing => "regressed",
            NewestVerdict::Improved => "improved",
            NewestVerdict::Changed => "changed",
            _ => "note",
        },
        verdict: words::newest_verdict(value),
        size: words::newest_size(report, value),
        levels: number::before_after(dimension, value.level, value.value),
        usual: match (value.low, value.high) {
            (Some(low), Some(high)) => usual(low, high),
            _ => number::ABSENT.to_owned(),
        },
        runs: match value.since {
            Some(since) => {
                format!("{} since {}", number::counted(value.runs as u64, "run"), words::day(&report.runs[since].at))
            }
            None => number::ABSENT.to_owned(),
        },
        p: value.p.map_or_else(|| number::ABSENT.to_owned(), number::p_value),
    }
}
