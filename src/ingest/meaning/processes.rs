//! Processes of one name, side by side.
//!
//! In: a table with roles. Out: the number of a process tells rows apart where a monitor has written several of them of one name at one
//! instant. Elsewhere it is a number of the row.

use std::collections::{BTreeMap, BTreeSet};

use crate::table::{CellType, Instants, Role, Table};

use super::name;

/// Rows that are looked at.
const LOOKED_AT: usize = 20_000;
/// More processes are not shown one by one.
const MOST: usize = 50;

/// Makes the number of a process a setting where several processes have the same labels at the same instant, again and again.
pub(super) fn tell_apart(table: &mut Table) {
    let is_pid = |column: &usize| {
        let of = &table.columns[*column];
        of.role == Role::Identifier
            && of.cells == CellType::Integer
            && name::words(name::leaf(&of.name)).iter().eq(["pid"])
    };
    let (Some(pid), Some(clock)) = ((0..table.columns.len()).find(is_pid), table.columns_as(Role::Timestamp).next())
    else {
        return;
    };
    let labels: Vec<usize> = table.columns_as(Role::Label).collect();
    let mut at: BTreeMap<(i64, Vec<Option<u32>>), BTreeSet<u64>> = BTreeMap::new();
    let mut rows_of: BTreeMap<u64, usize> = BTreeMap::new();
    Instants::of(table, clock).each(&mut |row, instant| {
        if row < LOOKED_AT
            && let Some(number) = table.values(pid).number(row)
        {
            let label = labels.iter().map(|label| table.text_cells(*label).code(row)).collect();
            at.entry((instant, label)).or_default().insert(number.to_bits());
            *rows_of.entry(number.to_bits()).or_default() += 1;
        }
    });
    let side_by_side = at.values().filter(|pids| pids.len() > 1).count();
    let again = rows_of.values().filter(|rows| **rows > 1).count();
    if side_by_side > 1 && 2 * again > rows_of.len() && rows_of.len() <= MOST {
        let column = &mut table.columns[pid];
        column.role = Role::Setting;
        "several processes of one name at the same instant: each is of its own".clone_into(&mut column.role_reason);
    }
}
