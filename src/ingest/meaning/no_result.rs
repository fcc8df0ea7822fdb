//! Words in a column of numbers that say that there is no result: `OOM`, `timed out`, `skipped`.
//!
//! In: a table with roles, and its cells that hold no number. Out: a note for each word, and where a row measures one thing only,
//! which rows failed. Such a row is no corruption, and a failure only where the word says so.

use crate::measure::Polarity;
use crate::measure::finding::{Finding, FindingKind, Place, Severity};
use crate::measure::folded::Folded;
use crate::table::packed::CellsBuilder;
use crate::table::{CellType, Column, Role, Table};

use crate::ingest::builder::InvalidCells;
use crate::ingest::text::cells::{self, NoResult};

/// Lines that a note names; the rest are counted.
const NAMED_LINES: usize = 8;
/// What the column is called that says which rows failed.
const NAME: &str = "words among numbers";
/// Its texts, by their codes: a number is there, a word says failed, and nothing is said.
const TEXTS: [&str; 3] = ["ok", "failed", ""];

/// Adds to a table in which one thing is measured and nothing else says what became of its rows which of them failed.
pub(crate) fn add_outcome(table: &mut Table, invalid: &InvalidCells) {
    let metrics: Vec<usize> = table.columns_as(Role::Metric).collect();
    let [metric] = metrics[..] else { return };
    let said = [Role::Status, Role::MetricName].into_iter().any(|role| table.columns_as(role).next().is_some());
    let Some(words) = invalid.no_results.get(&metric).filter(|_| !said && table.position(NAME).is_none()) else {
        return;
    };
    let failed = words.iter().filter(|(_, what)| *what == NoResult::Failed).count();
    if failed == 0 {
        return;
    }
    let numbers = table.values(metric);
    let mut codes = CellsBuilder::codes(numbers.storage().clone());
    let mut words = words.iter().peekable();
    for row in 0..numbers.rows() {
        let word = words.next_if(|(at, _)| *at == row as u64);
        codes.push_code(match word {
            Some((_, NoResult::Failed)) => 1,
            None if numbers.is_present(row) => 0,
            _ => 2,
        });
    }
    let column = Column {
        name: NAME.to_owned(),
        cells: CellType::Text,
        role: Role::Status,
        role_reason: format!(
            "made of `{}`, where words say of {failed} rows that they failed",
            table.columns[metric].name
        ),
        unit: None,
        polarity: Polarity::Unknown,
        meaning: None,
        limit: None,
        set_aside: Vec::new(),
        data: codes.finish(),
        dictionary: TEXTS.map(str::to_owned).to_vec(),
        shape: None,
    };
    table.columns.push(column);
}

/// A note for each word of each measured column.
pub(crate) fn note(invalid: &InvalidCells, table: &Table, source: &str, findings: &mut Vec<Finding>) {
    // Words in the order in which they come, each with its lines.
    let mut words: Vec<(usize, &str, Vec<u64>)> = Vec::new();
    for cell in invalid.named.iter().filter(|cell| cell.kind == FindingKind::NoResult) {
        let same =
            |(column, text, _): &&mut (usize, &str, _)| *column == cell.column && text.eq_ignore_ascii_case(&cell.text);
        match words.iter_mut().find(same) {
            Some((_, _, lines)) => lines.push(cell.line),
            None => words.push((cell.column, &cell.text, vec![cell.line])),
        }
    }
    for (column, text, lines) in words {
        if table.columns[column].role != Role::Metric {
            continue;
        }
        let name = &table.columns[column].name;
        let what = match cells::no_result(text.as_bytes()) {
            Some(NoResult::NotMeasured) => "nothing was measured there",
            _ => "what was to be measured failed or did not end",
        };
        let where_ = if lines.len() == 1 { "line" } else { "lines" };
        let said = if lines.len() == 1 { "a cell says".to_owned() } else { format!("{} cells say", lines.len()) };
        let listed = Folded::of(&lines, NAMED_LINES);
        let reason = format!("{said} `{text}` instead of a number: {what} ({where_} {listed})");
        let place = Place::line(source, lines[0]).column(name);
        let action = "no sample comes from it, and none is corrupted";
        let finding = Finding::new(Severity::Note, FindingKind::NoResult, place, reason, action);
        findings.push(finding.metric(name).value(text).count(lines.len() as u64));
    }
}
