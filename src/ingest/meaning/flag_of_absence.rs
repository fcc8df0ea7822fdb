//! A column of yes and no without a name that is no exactly where nothing was measured: an outcome, whatever it may be called.
//!
//! In: a table with roles. Out: the same with such a column as the status. That both coincide row by row is the evidence; a column with a
//! name says by that what it is (`cached`, `enabled`), and is left to those who read names.

use crate::table::{CellType, Role, Table};

/// So many rows without a number tell by themselves; fewer do among many.
const FEWEST_ABSENT: usize = 2;
/// Of so many rows a single one tells as well.
const MANY: usize = 20;

/// Takes the only such column for the outcome of its rows.
pub(super) fn settle(table: &mut Table) {
    if [Role::Status, Role::MetricName].into_iter().any(|role| table.columns_as(role).next().is_some()) {
        return;
    }
    let flags: Vec<usize> = (0..table.columns.len()).filter(|index| is_unnamed_flag(table, *index)).take(2).collect();
    let [flag] = flags[..] else { return };
    let metrics: Vec<usize> = table.columns_as(Role::Metric).take(2).collect();
    let [metric] = metrics[..] else { return };
    if coincide(table, flag, metric) {
        let reason =
            format!("no exactly in the rows in which `{}`, all that is measured, is empty", table.columns[metric].name);
        table.columns[flag].role = Role::Status;
        table.columns[flag].role_reason = reason;
    }
}

fn is_unnamed_flag(table: &Table, index: usize) -> bool {
    let column = &table.columns[index];
    let number = column.name.strip_prefix("column_");
    column.cells == CellType::Boolean
        && column.role == Role::Label
        && number.is_some_and(|number| number.parse::<usize>().is_ok())
}

/// Whether there is a number in exactly the rows that say yes.
fn coincide(table: &Table, flag: usize, metric: usize) -> bool {
    let (said, numbers) = (table.text_cells(flag), table.values(metric));
    let says = |row: usize| -> Option<bool> {
        let text = table.columns[flag].dictionary.get(said.code(row)? as usize)?;
        text.trim().to_ascii_lowercase().parse().ok()
    };
    let rows = numbers.rows();
    let absent = rows - numbers.count();
    let enough = absent >= FEWEST_ABSENT || absent == 1 && rows >= MANY;
    enough && absent < rows && said.rows() == rows && (0..rows).all(|row| says(row) == Some(numbers.is_present(row)))
}
