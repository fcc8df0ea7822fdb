//! Durations that are 0 in all rows of some labels and in no row of the others: nothing was measured there.
//!
//! In: a table with roles. Out: the same without those numbers, and a note. Only durations written finely enough that none of them was rounded to
//! nothing are looked at.

use crate::measure::finding::{Finding, FindingKind, Place, Severity};
use crate::table::storage::Storage;
use crate::table::{CellType, Role, Table};

use super::minus_one::without;
use super::name;
use super::vocabulary::Words;

/// What may really take no time: nobody had to wait, nothing was collected, a connection was kept.
const WAITS: Words = Words::of(
    "wait waiting waited queue queued queueing pause paused stall stalled blocked block idle gc delay lag jitter connect connecting dns tls \
     handshake overhead lock contention swap steal sleep retry retries backoff",
);

/// Takes such zeros out of the durations of a table.
pub(super) fn take(table: &mut Table, storage: &Storage, source: &str, findings: &mut Vec<Finding>) {
    let may_be = |metric: &usize| {
        let column = &table.columns[*metric];
        let idle = WAITS.among(&name::words(&column.name)).is_some();
        column.cells == CellType::Decimal && column.unit().dimension.is_time() && !idle
    };
    let durations: Vec<usize> = table.columns_as(Role::Metric).filter(may_be).collect();
    for metric in durations {
        let found = table.columns_as(Role::Label).find_map(|label| Some((label, unfilled(table, metric, label)?)));
        let Some((label, rows)) = found else { continue };
        table.columns[metric].data = without(table.values(metric), &rows, storage);
        let (name, label) = (table.columns[metric].name.clone(), &table.columns[label].name);
        let line = rows.first().and_then(|row| table.lines.line(*row as u64));
        let place = Place { source: source.to_owned(), line, last_line: None, column: Some(name.clone()) };
        let reason = format!("0 in all rows of some `{label}` and in none of the others: not measured there");
        let finding =
            Finding::new(Severity::Note, FindingKind::NoResult, place, reason, "these rows give it no sample");
        findings.push(finding.metric(&name).value("0").count(rows.len() as u64));
    }
}

/// The rows of the labels in which a duration is always 0, where it never is in those of the others.
fn unfilled(table: &Table, metric: usize, label: usize) -> Option<Vec<usize>> {
    const MOST_LABELS: usize = 50;
    const ROWS_EACH: usize = 10;
    /// Written finer than this, no duration was rounded to nothing: a hundred thousandth of a second.
    const COARSE: f64 = 1e-5;
    const NEAR: f64 = 1e-3;
    let labels = table.columns[label].dictionary.len();
    let values = table.values(metric);
    let unit = table.columns[metric].unit();
    let is_fine = |number: f64| {
        let steps = unit.to_base(number) / COARSE;
        (steps - steps.round()).abs() > NEAR
    };
    if !(2..=MOST_LABELS).contains(&labels) || values.all(|number| number != 0.0) {
        return None;
    }
    let (mut zeros, mut others, mut fine) = (vec![0_usize; labels], vec![0_usize; labels], 0_usize);
    let codes = table.text_cells(label);
    for (row, number) in values.iter().enumerate() {
        let Some((number, code)) = number.zip(codes.code(row)) else { continue };
        let counts = if number == 0.0 { &mut zeros } else { &mut others };
        *counts.get_mut(code as usize)? += 1;
        fine += usize::from(number != 0.0 && is_fine(number));
    }
    let measured: usize = others.iter().sum();
    let is_split = zeros.iter().zip(&others).all(|(zeros, others)| {
        let (zeros, others) = (*zeros, *others);
        zeros == 0 || others == 0 && zeros >= ROWS_EACH
    });
    let some = zeros.iter().any(|count| *count > 0) && measured >= ROWS_EACH;
    if !is_split || !some || 2 * fine < measured {
        return None;
    }
    let is_unfilled =
        |row: &usize| codes.code(*row).is_some_and(|code| zeros[code as usize] > 0) && values.number(*row) == Some(0.0);
    Some((0..values.rows()).filter(is_unfilled).collect())
}
