//! How a part of something did that only some rows speak of: `collector.cpu.ok` in one row of ten.
//!
//! In: a table with roles. Out: the same, where such a column says of no row how it ended: most rows measured the same without it, so that they
//! are neither failed nor well by it. Where it says that something failed it keeps its role.

use crate::table::{CellType, Role, Table};

use super::name;
use super::only_successes::failed;

/// Longer tables are recordings.
const MOST_ROWS: u64 = 20_000;
/// A metric that so many rows have is measured with the part and without it.
const MOST_HAVE: f64 = 0.9;

/// Takes the role of outcomes from columns that speak of a part in few rows, of which none failed.
pub(super) fn settle(table: &mut Table) {
    let rows = usize::try_from(table.lines.rows()).unwrap_or_default();
    if table.lines.rows() > MOST_ROWS {
        return;
    }
    let of_part = |status: &usize| {
        let column = &table.columns[*status];
        let object = name::parent(&column.name);
        let says = |row: usize| match column.cells {
            CellType::Integer => table.values(*status).is_present(row),
            CellType::Boolean => {
                let code = table.text_cells(*status).code(row);
                code.and_then(|code| column.dictionary.get(code as usize)).is_some_and(|text| !text.is_empty())
            }
            _ => false,
        };
        // A nought may be a failure as well as the code of a success.
        let may_fail = |row: usize| table.values(*status).number(row) == Some(0.0);
        let said = (0..rows).filter(|row| says(*row)).count();
        let is_outside = |metric: &usize| !table.columns[*metric].name.starts_with(&format!("{object}."));
        let has = |metric: usize, row: usize| table.values(metric).is_present(row);
        let is_everywhere = |metric: usize| {
            table.values(metric).count() as f64 >= MOST_HAVE * rows as f64
                && (0..rows).filter(|row| says(*row)).all(|row| has(metric, row))
        };
        !object.is_empty()
            && said > 0
            && 2 * said < rows
            && !(0..rows).any(|row| failed(table, *status, row) || may_fail(row))
            && table.columns_as(Role::Metric).filter(is_outside).any(is_everywhere)
    };
    for status in table.columns_as(Role::Status).filter(of_part).collect::<Vec<usize>>() {
        let column = &mut table.columns[status];
        column.role = Role::Unused;
        "how a part did that few rows speak of, and not how they ended".clone_into(&mut column.role_reason);
    }
}
