//! Runs that were appended to one file without a header between them: hours lie between their clocks.
//!
//! In: tables with the roles of their columns. Out: the rows at which another run begins, in the table, and a finding that says so.
//! Two runs of different days are never one population without a word.

use crate::ingest::builder::runs_worth_telling;
use crate::measure::{Finding, FindingKind, Folded, Place, Severity};
use crate::table::source::Source;
use crate::table::{Instants, Role, Table};

/// A shorter pause may be one of a run.
const LEAST_PAUSE: i64 = 3_600 * SECOND;
const SECOND: i64 = 1_000_000_000;
/// So many times as long as the usual pauses, and most of them are shorter than usual.
const FAR_BEYOND: i64 = 100;
/// The share of the other pauses that the usual one is no shorter than.
const USUAL: f64 = 0.99;
/// A file of more pauses is a record of something that runs now and then, and no file of runs.
const MOST_RUNS: usize = 1000;
/// Runs that are named in the finding.
const NAMED_RUNS: usize = 8;

/// Says of each table where other runs begin.
pub(crate) fn mark(source: &mut Source) {
    let name = source.provenance.name.clone();
    for table in &mut source.tables {
        let pauses = pauses(table);
        let rows = usize::try_from(table.lines.rows()).unwrap_or(usize::MAX);
        let mut starts: Vec<usize> =
            pauses.iter().map(|(row, _)| *row).chain(table.run_starts.iter().copied()).collect();
        starts.sort_unstable();
        starts.dedup();
        if pauses.is_empty() || runs_worth_telling(starts.clone(), rows).is_empty() {
            continue;
        }
        table.run_starts = starts;
        let lines: Vec<u64> = pauses.iter().filter_map(|(row, _)| table.lines.line(*row as u64)).collect();
        let longest = pauses.iter().map(|(_, pause)| *pause).max().unwrap_or_default();
        let reason = format!(
            "the clock pauses for {} before it: another run was appended (lines {})",
            in_words(longest),
            Folded::of(&lines, NAMED_RUNS)
        );
        let place = Place::line(&name, lines.first().copied().unwrap_or_default());
        let place = if let [_, .., last] = lines[..] { place.up_to_line(last) } else { place };
        let action = "the runs are shown apart; numbers over all samples pool them";
        let finding = Finding::new(Severity::Note, FindingKind::AppendedRun, place, reason, action);
        source.findings.push(finding.count(lines.len() as u64));
    }
}

/// Rows after pauses of hours, each with the pause in nanoseconds; none where such pauses are usual.
fn pauses(table: &Table) -> Vec<(usize, i64)> {
    let Some(column) = table.columns_as(Role::Timestamp).next().filter(|_| table.order_is_recorded) else {
        return Vec::new();
    };
    let instants = Instants::of(table, column);
    let mut long: Vec<(usize, i64)> = Vec::new();
    // How many of the other pauses have so many binary digits.
    let mut others = [0_usize; 65];
    let mut latest: Option<i64> = None;
    instants.each(&mut |row, at| {
        if let Some(latest) = latest {
            let pause = at.saturating_sub(latest).max(0);
            if pause >= LEAST_PAUSE && long.len() <= MOST_RUNS {
                long.push((row, pause));
            } else {
                others[64 - pause.leading_zeros() as usize] += 1;
            }
        }
        latest = Some(latest.map_or(at, |latest| latest.max(at)));
    });
    let count: usize = others.iter().sum();
    if long.is_empty() || count == 0 || long.len() > MOST_RUNS {
        return Vec::new();
    }
    let mut seen = 0;
    let digits = others.iter().position(|pauses| {
        seen += pauses;
        seen as f64 >= USUAL * count as f64
    });
    let usual = 1_i64.checked_shl(digits.unwrap_or(64) as u32).unwrap_or(i64::MAX);
    long.retain(|(_, pause)| *pause / FAR_BEYOND >= usual);
    long
}

fn in_words(nanos: i64) -> String {
    let hours = nanos / LEAST_PAUSE;
    match hours / 24 {
        0 if hours == 1 => "an hour".to_owned(),
        0 => format!("{hours} hours"),
        1 => "a day".to_owned(),
        days => format!("{days} days"),
    }
}
