//! Words in a column of numbers that say that there is no result: `OOM`, `timed out`, `skipped`.
//!
//! In: a table with roles, and its cells that hold no number. Out: a note for each word, and where a row measures one thing only, or
//! the words stand in the same rows throughout, which rows failed. Such a row is no corruption, and a failure only where the word says so.

use std::collections::HashMap;

use crate::measure::ending::{self, FAILED_WORDS, NoResult};
use crate::measure::finding::{Finding, FindingKind, Place, Severity};
use crate::measure::folded::Folded;
use crate::table::packed::CellsBuilder;
use crate::table::{CellType, Column, Role, Table};

use crate::ingest::builder::InvalidCells;

/// Lines that a note names; the rest are counted.
const NAMED_LINES: usize = 8;
/// Its texts, by their codes: a number is there, a word says failed, and nothing is said.
const TEXTS: [&str; 3] = ["ok", "failed", ""];

/// Adds to a table in which one thing is measured and nothing else says what became of its rows which of them failed.
pub(crate) fn add_outcome(table: &mut Table, invalid: &InvalidCells) {
    let failures = |metric: &usize| {
        let words = invalid.no_results.get(metric).into_iter().flatten();
        words.filter(|(_, what)| *what == NoResult::Failed).map(|(row, _)| *row).collect::<Vec<u64>>()
    };
    let with_failures: Vec<usize> =
        table.columns_as(Role::Metric).filter(|metric| !failures(metric).is_empty()).collect();
    // Several things that were measured by the same rows failed together, or each for itself.
    let Some((&metric, others)) = with_failures.split_first() else { return };
    if others.iter().any(|other| failures(other) != failures(&metric)) {
        return;
    }
    // Where a failed row has another result all the same, only one of its parts failed.
    let (failed_rows, invalid_in) = (failures(&metric), |column: usize| with_failures.contains(&column));
    let has_result = |column: usize| {
        let numbers = table.values(column);
        let mut present = numbers.iter().flatten();
        let first = present.next();
        let varies = present.any(|number| Some(number) != first);
        varies && failed_rows.iter().any(|row| numbers.number(usize::try_from(*row).unwrap_or(usize::MAX)).is_some())
    };
    if table.columns_as(Role::Metric).any(|column| !invalid_in(column) && has_result(column)) {
        return;
    }
    let said = [Role::Status, Role::MetricName].into_iter().any(|role| table.columns_as(role).next().is_some());
    let Some(words) = invalid.no_results.get(&metric).filter(|_| !said && table.position(FAILED_WORDS).is_none())
    else {
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
        role: Role::Status,
        role_reason: format!(
            "made of `{}`, where words say of {failed} rows that they failed",
            table.columns[metric].name
        ),
        ..Column::new(FAILED_WORDS.to_owned(), CellType::Text, codes.finish(), TEXTS.map(str::to_owned).to_vec())
    };
    table.columns.push(column);
}

/// The measured columns whose NaN stand for what could not be measured: all rows of some labels have no number, and all rows of
/// the others have one. A number that is lost by chance is lost beside others of its label.
pub(crate) fn unmeasured(table: &Table, invalid: &InvalidCells) -> Vec<usize> {
    let of_kind = |kind: FindingKind| invalid.counts.iter().filter(move |((_, of), _)| *of == kind);
    let several = of_kind(FindingKind::NotFinite).filter(|(_, count)| **count > 1).map(|((column, _), _)| *column);
    let is_nan = |column: usize| {
        let cells = invalid.named.iter().filter(|cell| cell.column == column && cell.kind == FindingKind::NotFinite);
        cells.map(|cell| &cell.text).all(|text| text.trim().eq_ignore_ascii_case("nan"))
    };
    let by_label = |column: usize| {
        let numbers = table.values(column);
        let absent = numbers.rows() - numbers.count();
        let of = |kind: FindingKind| invalid.counts.get(&(column, kind)).copied().unwrap_or_default();
        if numbers.count() == 0 || of(FindingKind::NotFinite) + of(FindingKind::EmptyCell) != absent as u64 {
            return false;
        }
        let is_text = |column: &usize| matches!(table.columns[*column].cells, CellType::Text | CellType::Boolean);
        let labels = || table.columns_as(Role::Label).chain(table.columns_as(Role::Setting)).filter(is_text);
        // One label tells, or two together: a score of one algorithm in one phase.
        let alone = labels().any(|label| tell(table, column, &[label]));
        alone || labels().any(|one| labels().any(|other| one < other && tell(table, column, &[one, other])))
    };
    let mut columns: Vec<usize> = several.filter(|column| is_nan(*column) && by_label(*column)).collect();
    columns.sort_unstable();
    columns
}

/// Whether each combination of the texts of some labels has a number in all of its rows, or in none.
fn tell(table: &Table, column: usize, labels: &[usize]) -> bool {
    let numbers = table.values(column);
    let mut seen: HashMap<Vec<Option<u32>>, [bool; 2]> = HashMap::new();
    for row in 0..numbers.rows() {
        let texts = labels.iter().map(|label| table.text_cells(*label).code(row)).collect();
        let seen = seen.entry(texts).or_default();
        seen[usize::from(numbers.is_present(row))] = true;
        if *seen == [true; 2] {
            return false;
        }
    }
    // So many combinations as rows tell nothing.
    labels.len() == 1 || seen.len() * 2 <= numbers.rows()
}

/// A note for the NaN of each column that was not measured for some labels.
pub(crate) fn note_unmeasured(
    columns: &[usize],
    invalid: &InvalidCells,
    table: &Table,
    source: &str,
    findings: &mut Vec<Finding>,
) {
    for &column in columns.iter().filter(|column| table.columns[**column].role == Role::Metric) {
        let name = &table.columns[column].name;
        let first = invalid.named.iter().find(|cell| cell.column == column && cell.kind == FindingKind::NotFinite);
        let count = invalid.counts.get(&(column, FindingKind::NotFinite)).copied().unwrap_or_default();
        let place = Place {
            source: source.to_owned(),
            line: first.map(|cell| cell.line),
            last_line: None,
            column: Some(name.clone()),
        };
        let reason = format!(
            "{count} cells say `NaN`, in all rows of their labels and in none of the others: nothing was measured there"
        );
        let action = "no sample comes from them, and none is corrupted";
        let finding = Finding::new(Severity::Note, FindingKind::NoResult, place, reason, action);
        findings.push(finding.metric(name).value("NaN").count(count));
    }
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
        let what = match ending::no_result(text.as_bytes()) {
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
