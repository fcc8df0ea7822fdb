//! The load that stands in a table of its own: k6 writes a row a second with its virtual users.
//!
//! In: the tables of a source. Out: how high the load was at any instant: as the last row before it says.

use crate::table::{CellType, Instants, Role, Table};

/// What columns of load are called, in letters and digits alone: what was there before what was asked for.
const NAMES: &[&str] = &[
    "allthreads",
    "vus",
    "virtualusers",
    "usercount",
    "activeusers",
    "concurrentusers",
    "numusers",
    "users",
    "activethreads",
    "threadcount",
    "numthreads",
    "threads",
    "numclients",
    "clients",
    "concurrency",
    "concurrentrequests",
    "maxconcurrency",
    "targetrate",
    "targetrps",
    "targetqps",
    "requestrate",
];
/// The load over time.
pub struct LoadTrack {
    /// Name of the column.
    pub(super) name: String,
    /// Instants in nanoseconds, ascending, and the load from each of them on.
    steps: Vec<(i64, f64)>,
}

/// The place of a name among those of load.
pub(super) fn place_of(name: &str) -> Option<usize> {
    let leaf = name.rsplit('.').next().unwrap_or_default();
    let plain: String = leaf.chars().filter(char::is_ascii_alphanumeric).collect();
    NAMES.iter().position(|name| plain.eq_ignore_ascii_case(name))
}

impl LoadTrack {
    /// Of the first table that has a clock and a metric called as load is, beside the table of requests.
    pub fn of(tables: &[Table], requests: usize) -> Option<Self> {
        let others = tables.iter().enumerate().filter(|(index, _)| *index != requests);
        others.map(|(_, table)| table).find_map(Self::of_table)
    }

    fn of_table(table: &Table) -> Option<Self> {
        let mut metrics = table.columns_as(Role::Metric);
        let (column, others) = (metrics.next()?, metrics.next());
        let name = &table.columns[column].name;
        let clock = table.columns_as(Role::Timestamp).find(|column| table.columns[*column].cells != CellType::Text)?;
        if others.is_some() || place_of(name).is_none() {
            return None;
        }
        let mut instants = Vec::new();
        let rows = usize::try_from(table.lines.rows()).ok()?;
        Instants::of(table, clock).visit(0..rows, |at| instants.push(at));
        let numbers = table.values(column);
        let step = |(row, at): (usize, &Option<i64>)| Some(((*at)?, numbers.number(row)?));
        let mut steps: Vec<(i64, f64)> = instants.iter().enumerate().filter_map(step).collect();
        steps.sort_by_key(|(at, _)| *at);
        Some(Self { name: name.clone(), steps })
    }

    /// The load at an instant; nobody knows it before the first row.
    pub(super) fn at(&self, instant: i64) -> Option<f64> {
        let behind = self.steps.partition_point(|(at, _)| *at <= instant);
        self.steps.get(behind.checked_sub(1)?).map(|(_, load)| *load)
    }
}
