//! The steady part of runs of requests alone: what `--steady` leaves of a source.
//!
//! In: a source and its runs with their phases. Out: the runs, each with what is left out of it, and the source with the rows of the
//! steady parts only: those whose instant lies in it; failures are counted over all of the run. Tables of the same source that have a clock
//! but are no runs of their own (k6 writes one for each metric) keep the same stretch of time. Where a run has no steady part the source
//! stays whole, and every run of it says so: a mixture of both would be neither.

use std::ops::Range;

use super::metric::Metric;
use super::requests::{LeftOut, PhaseKind, RequestRun, UsedPart};
use crate::table::source::{SetAside, Source};
use crate::table::{CellType, Instants, Role, Table};

/// Why rows are left out.
const OUTSIDE: &str = "outside of the steady part of the run (--steady)";
const NAMED_LINES: usize = 10;
const SECOND: f64 = 1e9;

/// Rows of a run, and the instants of its steady part in nanoseconds: from the first to before the second.
struct Window {
    table: u64,
    rows: Range<usize>,
    instants: Range<i64>,
}

/// What failed counts over the whole run, whatever part of it the durations are of: a stretch in which everything fails at once looks like one
/// in which there is little to do, and would be left out.
pub fn count_failures_of_all(whole: &[Metric], part: &mut [Metric]) {
    for metric in part {
        let same = |other: &&Metric| other.table == metric.table && other.name == metric.name;
        let Some(all) = whole.iter().find(same).and_then(|other| other.failures.as_ref()) else { continue };
        let counted = metric.failures.as_ref().map_or(0, |own| own.failed);
        if all.failed > counted {
            metric.failures = Some(all.clone());
        }
    }
}

/// Says of the runs of a source which part of them counts.
pub fn marked(mut runs: Vec<RequestRun>) -> Vec<RequestRun> {
    let left_out: Option<Vec<LeftOut>> = runs.iter().map(LeftOut::of).collect();
    match left_out {
        Some(left_out) => runs.iter_mut().zip(left_out).for_each(|(run, cut)| run.used = Some(UsedPart::Steady(cut))),
        None => runs.iter_mut().for_each(|run| run.used = Some(UsedPart::Whole)),
    }
    runs
}

impl LeftOut {
    /// What stands outside of the steady part of a run; `None` where that has none.
    fn of(run: &RequestRun) -> Option<Self> {
        let steady = run.phase(PhaseKind::Steady)?;
        let outside = |later: bool| {
            let outside =
                run.bins.iter().filter(move |bin| if later { bin.from >= steady.to } else { bin.to <= steady.from });
            outside.map(|bin| bin.requests).sum()
        };
        Some(Self {
            before: steady.from,
            requests_before: outside(false),
            after: run.length - steady.to,
            requests_after: outside(true),
            without_instant: run.without_instant,
        })
    }
}

/// The source with the rows of the steady parts of its runs only; `None` where nothing is to be left out of it.
pub fn part(data: &Source, runs: &[RequestRun]) -> Option<Source> {
    let all_settle = !runs.is_empty() && runs.iter().all(|run| run.left_out().is_some());
    let windows: Vec<Window> =
        if all_settle { runs.iter().filter_map(|run| Window::of(data, run)).collect() } else { Vec::new() };
    if windows.is_empty() {
        return None;
    }
    let mut part = data.clone();
    let mut aside = SetAside { reason: OUTSIDE.to_owned(), rows: 0, first_lines: Vec::new() };
    for (index, table) in part.tables.iter_mut().enumerate() {
        let clock = runs.iter().find(|run| run.table == index as u64).and_then(|run| table.position(&run.clock.column));
        let Some(clock) = clock.or_else(|| clock_of(table)) else { continue };
        let own: Vec<&Window> = windows.iter().filter(|window| window.table == index as u64).collect();
        let mask = if own.is_empty() {
            let mut mask = inside(table, clock, windows.iter().map(|window| (0..usize::MAX, &window.instants)));
            // No row of it was recorded in that time: its clock is another one.
            if !mask.contains(&true) {
                mask.fill(true);
            }
            mask
        } else {
            inside(table, clock, own.iter().map(|window| (window.rows.clone(), &window.instants)))
        };
        for row in (0..mask.len()).filter(|row| !mask[*row]) {
            aside.rows += 1;
            if let Some(line) = table.lines.line(row as u64).filter(|_| aside.first_lines.len() < NAMED_LINES) {
                aside.first_lines.push(line);
            }
        }
        if mask.contains(&false)
            && let Some(kept) = table.only(&mask)
        {
            *table = kept;
        }
    }
    if aside.rows > 0 {
        aside.first_lines.dedup();
        part.provenance.set_aside.push(aside);
    }
    Some(part)
}

/// The column of instants of a table.
fn clock_of(table: &Table) -> Option<usize> {
    table.columns_as(Role::Timestamp).find(|column| table.columns[*column].cells != CellType::Text)
}

/// Whether each row lies in one of these windows.
fn inside<'a>(table: &Table, clock: usize, windows: impl Iterator<Item = (Range<usize>, &'a Range<i64>)>) -> Vec<bool> {
    let rows = usize::try_from(table.lines.rows()).unwrap_or_default();
    let instants = Instants::of(table, clock);
    let mut mask = vec![false; rows];
    for (range, window) in windows {
        let range = range.start.min(rows)..range.end.min(rows);
        let mut row = range.start;
        instants.visit(range, |at| {
            mask[row] = mask[row] || at.is_some_and(|at| window.contains(&at));
            row += 1;
        });
    }
    mask
}

impl Window {
    fn of(data: &Source, run: &RequestRun) -> Option<Self> {
        let table = data.tables.get(usize::try_from(run.table).ok()?)?;
        let rows = usize::try_from(table.lines.rows()).ok()?;
        let rows = match run.run {
            Some(number) => table.runs(rows).nth(usize::try_from(number).ok()?.checked_sub(1)?)?,
            None => 0..rows,
        };
        let steady = run.phase(PhaseKind::Steady)?;
        let at = |seconds: f64| run.clock.origin.saturating_add((seconds * SECOND).round() as i64);
        // The last instant of a run belongs to its last bin.
        let is_last = run.phases.last().is_some_and(|last| last.kind == PhaseKind::Steady);
        let instants = at(steady.from)..at(steady.to).saturating_add(i64::from(is_last));
        Some(Self { table: run.table, rows, instants })
    }
}
