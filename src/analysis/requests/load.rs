//! The load that stands in a table of its own: k6 writes a row a second with its virtual users.
//!
//! In: the tables of a source. Out: how high the load was at any instant: as the last row before it says.

use crate::table::{CellType, Instants, Role, Table};

/// What load is called by.
struct LoadName {
    /// In small letters and digits alone.
    plain: &'static str,
    /// Whether a column that is called so says how high the load was. A `rate` that was measured is no load, one that was set is.
    over_time: bool,
}

const fn load(plain: &'static str) -> LoadName {
    LoadName { plain, over_time: true }
}

const fn setting(plain: &'static str) -> LoadName {
    LoadName { plain, over_time: false }
}

/// What was there before what was asked for, and requests at a time before requests a second.
const NAMES: &[LoadName] = &[
    load("allthreads"),
    load("vus"),
    load("virtualusers"),
    load("usercount"),
    load("activeusers"),
    load("concurrentusers"),
    load("numusers"),
    load("users"),
    setting("connections"),
    setting("streams"),
    load("activethreads"),
    load("threadcount"),
    load("numthreads"),
    load("threads"),
    load("numclients"),
    load("clients"),
    load("concurrency"),
    setting("concurrent"),
    load("concurrentrequests"),
    load("maxconcurrency"),
    load("targetrate"),
    load("targetrps"),
    load("targetqps"),
    load("requestrate"),
    setting("requestedqps"),
    setting("qps"),
    setting("rps"),
    setting("rate"),
    setting("constant"),
    setting("poisson"),
];

/// A name in small letters and digits alone.
pub(super) fn plain(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase()
}

/// The place of a setting among the names of load.
pub(super) fn rank_of_setting(name: &str) -> Option<usize> {
    let plain = plain(name);
    NAMES.iter().position(|known| known.plain == plain)
}

/// The load over time.
pub struct LoadTrack {
    /// Name of the column.
    pub(super) name: String,
    /// Instants in nanoseconds, ascending, and the load from each of them on.
    steps: Vec<(i64, f64)>,
}

/// The place of a column among those of load.
pub(super) fn place_of(name: &str) -> Option<usize> {
    let leaf = name.rsplit('.').next().unwrap_or_default();
    rank_of_setting(leaf).filter(|place| NAMES[*place].over_time)
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
