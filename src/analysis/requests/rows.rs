//! The rows of a run, a stretch at a time: when, how long, and what became of each.
//!
//! In: the columns of a table. Out: their cells side by side, durations in seconds. A duration that is corrupted says nothing of its
//! request, which counts all the same; a row of something else is no request.

use std::ops::Range;

use super::result::Moment;
use super::time_bins::nanos;
use crate::analysis::outcome::OutcomeColumn;
use crate::measure::ending::Outcome;
use crate::measure::unit::Unit;
use crate::table::line_map::LineMap;
use crate::table::packed::{Cells, PART};
use crate::table::{Instants, Table};

/// Stands for an instant that is not there.
pub(super) const NO_INSTANT: i64 = i64::MIN;
/// Stands for a duration that is corrupted; one that is not there is NaN.
const CORRUPTED: f64 = f64::NEG_INFINITY;

/// Every instant but the one that stands for none.
const ANY_INSTANT: (i64, i64) = (i64::MIN + 1, i64::MAX);

/// The columns of a run.
pub(super) struct Rows<'a> {
    instants: Instants<'a>,
    lines: &'a LineMap,
    durations: &'a Cells,
    unit: Unit,
    told: Option<OutcomeColumn<'a>>,
    /// Rows of requests whose durations are corrupted, ascending; with those of something else among them.
    corrupted: Vec<usize>,
    /// Rows of something else.
    foreign: Vec<usize>,
    /// The rows of the run.
    pub(super) range: Range<usize>,
    /// Instants outside of these are of another clock.
    pub(super) window: (i64, i64),
}

/// Consecutive rows.
#[derive(Default)]
pub(super) struct Stretch {
    pub(super) first_row: usize,
    at: Vec<i64>,
    durations: Vec<f64>,
    outcomes: Vec<Outcome>,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Request {
    pub(super) row: usize,
    /// Its instant, or [`NO_INSTANT`].
    pub(super) at: i64,
    /// How long it took, in base units; absent where that is not recorded or corrupted.
    pub(super) duration: Option<f64>,
    /// Whether its duration is corrupted.
    pub(super) corrupted: bool,
    /// What became of it.
    pub(super) outcome: Outcome,
}

impl Request {
    /// Whether it failed.
    pub(super) fn has_failed(&self) -> bool {
        self.outcome == Outcome::Failed
    }

    /// From when to when it was in progress, in nanoseconds, by the moment that its instant is; one of which nobody says which it is
    /// is taken for the beginning.
    pub(super) fn interval(&self, moment: Moment) -> (i64, i64) {
        let length = self.duration.filter(|seconds| *seconds >= 0.0).map_or(0, nanos);
        match moment {
            Moment::Start | Moment::Unknown => (self.at, self.at.saturating_add(length)),
            Moment::End => (self.at.saturating_sub(length), self.at),
        }
    }

    /// A duration for the percentiles: how long a failure took says nothing of how long an answer takes.
    pub(super) fn sample(&self) -> Option<f64> {
        self.duration.filter(|_| !self.has_failed())
    }
}

impl<'a> Rows<'a> {
    /// `status` is the name of the column that says what failed; the rows are those whose durations are none.
    pub(super) fn new(
        table: &'a Table,
        (instant, duration): (usize, usize),
        status: Option<&str>,
        [mut corrupted, mut foreign]: [Vec<usize>; 2],
        range: Range<usize>,
    ) -> Self {
        corrupted.sort_unstable();
        foreign.sort_unstable();
        Self {
            instants: Instants::of(table, instant),
            lines: &table.lines,
            durations: table.values(duration),
            unit: table.columns[duration].unit(),
            told: status.and_then(|status| OutcomeColumn::by(table, status)),
            corrupted,
            foreign,
            range,
            window: ANY_INSTANT,
        }
    }

    /// The line of a row.
    pub(super) fn line(&self, row: usize) -> Option<u64> {
        self.lines.line(row as u64)
    }

    /// Goes on with other rows of the same table.
    pub(super) fn move_to(&mut self, range: Range<usize>) {
        (self.range, self.window) = (range, ANY_INSTANT);
    }

    /// Hands over all rows, stretch by stretch.
    pub(super) fn stretches(&self, mut take: impl FnMut(&Stretch)) {
        let mut stretch = Stretch::default();
        let mut from = self.range.start;
        while from < self.range.end {
            let until = ((from / PART + 1) * PART).min(self.range.end);
            self.fill(&mut stretch, from..until);
            take(&stretch);
            from = until;
        }
    }

    fn fill(&self, stretch: &mut Stretch, rows: Range<usize>) {
        stretch.first_row = rows.start;
        stretch.at.clear();
        let (low, high) = self.window;
        let inside = |at: Option<i64>| at.filter(|at| (low..=high).contains(at)).unwrap_or(NO_INSTANT);
        self.instants.visit(rows.clone(), |at| stretch.at.push(inside(at)));
        stretch.durations.clear();
        self.durations.visit(rows.clone(), |block| {
            if block.is_full() {
                stretch.durations.extend(block.numbers.iter().map(|number| self.unit.to_base(*number)));
                return;
            }
            let base = |(offset, number): (usize, &f64)| {
                if block.has(offset) { self.unit.to_base(*number) } else { f64::NAN }
            };
            stretch.durations.extend(block.numbers.iter().enumerate().map(base));
        });
        for row in within(&self.corrupted, &rows) {
            stretch.durations[row - rows.start] = CORRUPTED;
        }
        stretch.outcomes.clear();
        match &self.told {
            Some(told) => told.visit(rows.clone(), |outcome| stretch.outcomes.push(outcome)),
            None => stretch.outcomes.resize(rows.len(), Outcome::NotSaid),
        }
        for row in within(&self.foreign, &rows) {
            stretch.durations[row - rows.start] = f64::NAN;
            stretch.outcomes[row - rows.start] = Outcome::NotSaid;
        }
    }
}

/// Those of ascending rows that lie in a range.
fn within<'r>(all: &'r [usize], rows: &'r Range<usize>) -> impl Iterator<Item = usize> + 'r {
    let from = all.partition_point(|row| *row < rows.start);
    all[from..].iter().copied().take_while(|row| *row < rows.end)
}

impl Stretch {
    /// The rows that are requests: those with a duration, and those that failed without one.
    pub(super) fn requests(&self) -> impl Iterator<Item = Request> + '_ {
        let cells = self.at.iter().zip(&self.durations).zip(&self.outcomes);
        (self.first_row..).zip(cells).filter_map(|(row, ((at, duration), outcome))| {
            let request = Request {
                row,
                at: *at,
                duration: Some(*duration).filter(|duration| duration.is_finite()),
                corrupted: *duration == CORRUPTED,
                outcome: *outcome,
            };
            (!duration.is_nan() || request.has_failed()).then_some(request)
        })
    }

    pub(super) fn rows(&self) -> Range<usize> {
        self.first_row..self.first_row + self.at.len()
    }
}
