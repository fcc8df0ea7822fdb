//! Few lines of very many numbers, without a name for any: a matrix, of which nobody says whether lines or columns are of one kind.
//!
//! In: a table with roles. Out: the same without a metric, where it is such a matrix. A hundred metrics that were measured three times each have
//! names.

use crate::table::{Role, Table};

const FEWEST_COLUMNS: usize = 30;
const MOST_ROWS: usize = 20;
/// So many times as wide as it is long.
const WIDE: usize = 5;

/// Takes the columns of such a matrix from among the metrics.
pub(super) fn set_aside(table: &mut Table) {
    let rows = usize::try_from(table.lines.rows()).unwrap_or(usize::MAX);
    let columns = table.columns.len();
    let is_wide = (2..=MOST_ROWS).contains(&rows) && columns >= FEWEST_COLUMNS && columns >= WIDE * rows;
    if !is_wide || table.header_line.is_some() {
        return;
    }
    let is_unnamed = |name: &str| name.strip_prefix("column_").is_some_and(|number| number.parse::<usize>().is_ok());
    if !table.columns.iter().all(|column| column.cells.is_number() && is_unnamed(&column.name)) {
        return;
    }
    for column in &mut table.columns {
        column.role = Role::Unused;
        column.role_reason = format!(
            "one of {columns} numbers in each of {rows} lines without names: nobody says whether a line or a column is of one kind"
        );
    }
}
