//! A history file as a whole: lines in any order, some of which cannot be read.
//!
//! In: the text of the file. Out: its runs in the order of time, its acknowledgements, and the lines that were passed over with why.

use rayon::prelude::*;

use super::line::{Acknowledgement, Line, LineError, Run};

/// A line that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadLine {
    /// From 1.
    pub number: usize,
    /// What is wrong.
    pub error: LineError,
}

/// A run with its line.
#[derive(Debug, Clone, PartialEq)]
pub struct NumberedRun {
    /// From 1.
    pub number: usize,
    /// The run.
    pub run: Run,
}

/// What a history file holds.
#[derive(Debug, Clone, Default)]
pub struct History {
    /// By instant; of one instant in the order of the file.
    pub runs: Vec<NumberedRun>,
    /// In the order of the file.
    pub acknowledgements: Vec<Acknowledgement>,
    /// Lines that cannot be read.
    pub bad: Vec<BadLine>,
}

/// What is kept of each metric beside its center.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunDetail {
    /// Nothing more.
    Center,
    /// p50, p95 and p99.
    Percentiles,
}

/// A line without what is not kept.
fn lean(line: Line, kept: RunDetail) -> Line {
    let Line::Run(mut run) = line else { return line };
    if kept == RunDetail::Percentiles {
        return Line::Run(run);
    }
    for metric in &mut run.metrics {
        metric.percentiles = None;
    }
    run.metrics.shrink_to_fit();
    Line::Run(run)
}

/// How every line begins that this program writes.
const BEGINNING: &str = "{\"history\":";

impl History {
    /// Whether a text begins as a history does.
    pub fn sniff(text: &[u8]) -> bool {
        text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text).trim_ascii_start().starts_with(BEGINNING.as_bytes())
    }

    /// Reads all lines; empty ones are none. What a search does not follow is left in the file: of 10,000 runs of 50 metrics
    /// percentiles would take 70 MB.
    pub fn parse(text: &str, kept: RunDetail) -> Self {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let lines: Vec<(usize, &str)> =
            text.lines().map(str::trim).enumerate().filter(|(_, line)| !line.is_empty()).collect();
        let parsed: Vec<(usize, Result<Line, LineError>)> = lines
            .into_par_iter()
            .map(|(index, line)| (index + 1, Line::parse(line).map(|line| lean(line, kept))))
            .collect();
        let mut history = Self::default();
        for (number, line) in parsed {
            match line {
                Ok(Line::Run(run)) => history.runs.push(NumberedRun { number, run: *run }),
                Ok(Line::Acknowledgement(ack)) => history.acknowledgements.push(ack),
                Err(error) => history.bad.push(BadLine { number, error }),
            }
        }
        history.runs.sort_by_key(|one| (one.run.at, one.number));
        history
    }

    /// The line of a run with this content.
    pub fn same_content(&self, digest: &str) -> Option<&NumberedRun> {
        self.runs.iter().find(|one| !digest.is_empty() && one.run.digest == digest)
    }

    /// The names of all metrics, sorted, each once.
    pub fn names(&self) -> Vec<String> {
        let names = self.runs.iter().flat_map(|one| &one.run.metrics).map(super::line::RunMetric::name);
        names.collect::<std::collections::BTreeSet<String>>().into_iter().collect()
    }
}
