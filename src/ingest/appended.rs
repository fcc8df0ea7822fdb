//! Runs that were appended to one file without a header between them: hours lie between their clocks, or their clocks begin at the same
//! instant.
//!
//! In: tables with the roles of their columns. Out: the rows at which another run begins, in the table, and a finding that says so.
//! Two runs of different days are never one population without a word.

use crate::ingest::again;
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
        let Pauses { long: pauses, begins_again } = pauses(table);
        if begins_again && table.run_starts.is_empty() {
            source.findings.extend(begin_again(table, &name));
        }
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

/// What a look at the clock of a table shows.
#[derive(Default)]
struct Pauses {
    /// Rows after pauses of hours, each with the pause in nanoseconds; none where such pauses are usual.
    long: Vec<(usize, i64)>,
    /// Whether the clock comes back from far to where it began.
    begins_again: bool,
}

fn pauses(table: &Table) -> Pauses {
    let Some(column) = table.columns_as(Role::Timestamp).next().filter(|_| table.order_is_recorded) else {
        return Pauses::default();
    };
    let instants = Instants::of(table, column);
    let mut long: Vec<(usize, i64)> = Vec::new();
    // How many of the other pauses have so many binary digits.
    let mut others = [0_usize; 65];
    let (mut latest, mut first, mut begins_again): (Option<i64>, Option<i64>, bool) = (None, None, false);
    instants.each(&mut |row, at| {
        let first = *first.get_or_insert(at);
        if let Some(latest) = latest {
            begins_again |= at < latest && again::is_back(first, latest, at);
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
        return Pauses { long: Vec::new(), begins_again };
    }
    let mut seen = 0;
    let digits = others.iter().position(|pauses| {
        seen += pauses;
        seen as f64 >= USUAL * count as f64
    });
    let usual = 1_i64.checked_shl(digits.unwrap_or(64) as u32).unwrap_or(i64::MAX);
    long.retain(|(_, pause)| *pause / FAR_BEYOND >= usual);
    Pauses { long, begins_again }
}

/// Says where a clock begins again. One that counts from its own beginning is that of another run, which no rate may pool; two stretches of
/// the same time of day may as well be of two writers.
fn begin_again(table: &mut Table, source: &str) -> Option<Finding> {
    let found = again::stretches(table)?;
    let lines: Vec<u64> = found.starts.iter().filter_map(|row| table.lines.line(*row as u64)).collect();
    let place = Place::line(source, lines.first().copied().unwrap_or_default());
    let place = if let [_, .., last] = lines[..] { place.up_to_line(last) } else { place };
    let at = Folded::of(&lines, NAMED_RUNS);
    let (reason, action) = if found.is_relative {
        table.run_starts.clone_from(&found.starts);
        let reason = format!("the clock begins again at the same instant: another run was appended (lines {at})");
        (reason, "the runs are shown apart, without a common rate; numbers over all samples pool them")
    } else {
        let reason = format!(
            "the clock comes back to the instant at which it began, and covers the same time again (lines {at}): of several \
             writers, or the same time twice"
        );
        (reason, "the rows are counted together, their rate is that of all of them at once")
    };
    let finding = Finding::new(Severity::Note, FindingKind::AppendedRun, place, reason, action);
    Some(finding.count(lines.len() as u64))
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
