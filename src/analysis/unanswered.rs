//! Requests of which a status tells and nobody how long they took: a blank cell, `NaN`, `timeout` or -1 beside a 200.
//!
//! In: a table with a status. Out: whether a row has a duration. Whoever wrote the row gave no time of an answer, so that nobody knows whether
//! one came: such a row is no success, and has no place among the durations. In a log of several things only requests are meant: rows with a code
//! of HTTP, or with what was asked for.

use crate::measure::words::Words;
use crate::table::packed::Cells;
use crate::table::{CellType, Role, Table};

use super::convention::{Convention, convention_of_numbers};

/// Called so, a column says what was asked for.
const ASKED: Words = Words::of("request endpoint url uri path route method http https api rpc grpc query");
/// Each column of a table of more would be looked at in each such row.
const MOST_COLUMNS: usize = 100;

/// The durations of a table of requests.
#[derive(Clone, Copy)]
pub struct Durations<'a> {
    table: &'a Table,
    leader: &'a Cells,
}

impl<'a> Durations<'a> {
    /// Of a table that this column leads; `None` where each row has a duration, or its rows are not known to be requests.
    pub(super) fn of(table: &'a Table, column: usize) -> Option<Self> {
        let leader = table.values(column);
        let of = &table.columns[column];
        let may_be_apart = table.defined_by_tool || table.labels.are_exact() || table.columns.len() > MOST_COLUMNS;
        if may_be_apart || !of.unit().dimension.is_time() || is_difference(&of.name) {
            return None;
        }
        let rows = usize::try_from(table.lines.rows()).unwrap_or(usize::MAX);
        let is_whole = leader.count() == rows && leader.all(|number| number >= 0.0);
        (!is_whole && leader.count() > 0 && are_requests(table)).then_some(Self { table, leader })
    }

    /// Whether a row has a number.
    pub(super) fn is_present(self, row: usize) -> bool {
        self.leader.is_present(row)
    }

    /// Whether a row has any duration; one below zero stands for none.
    pub(crate) fn is_measured(self, row: usize) -> bool {
        let has = |cells: &Cells| cells.number(row).is_some_and(|number| number >= 0.0);
        let others = || {
            let is_time = |column: &usize| self.table.columns[*column].unit().dimension.is_time();
            self.table.columns_as(Role::Metric).filter(is_time).any(|column| has(self.table.values(column)))
        };
        has(self.leader) || others()
    }
}

/// Whether the rows of a table are requests: a status of theirs holds codes of HTTP, or a column is called like what was asked for.
fn are_requests(table: &Table) -> bool {
    let are_codes = |column: usize| {
        let of = &table.columns[column];
        let name = of.name.to_ascii_lowercase();
        of.cells.is_number() && convention_of_numbers(table.values(column), &name) == Some(Convention::Http)
    };
    let is_asked = |column: usize| {
        let of = &table.columns[column];
        let lower = of.name.to_ascii_lowercase();
        let mut words = lower.split(|letter: char| !letter.is_alphanumeric());
        // In a row of something else nothing was asked for.
        of.cells == CellType::Text
            && words.any(|word| ASKED.has(word))
            && of.dictionary.iter().all(|text| !text.is_empty())
    };
    let has_clock = table.columns_as(Role::Timestamp).next().is_some();
    table.columns_as(Role::Status).any(are_codes) || has_clock && table.columns_as(Role::Label).any(is_asked)
}

/// Whether the name says that values below zero are as good as others.
pub(super) fn is_difference(name: &str) -> bool {
    const WORDS: &[&str] = &[
        "delta",
        "diff",
        "difference",
        "offset",
        "skew",
        "drift",
        "change",
        "deviation",
        "residual",
        "jitter",
        "slack",
        "lateness",
    ];
    /// What is late by its own clock may be early too: a timer fires before its time, a start comes before its schedule.
    const PLANNED: &[&str] = &["schedule", "scheduled", "scheduling", "sched", "timer", "fire", "planned", "expected"];
    const DISTANCES: &[&str] = &["delay", "lag", "late", "error"];
    let lower = name.to_ascii_lowercase();
    let any =
        |words: &[&str]| lower.split(|character: char| !character.is_alphanumeric()).any(|word| words.contains(&word));
    any(WORDS) || any(PLANNED) && any(DISTANCES)
}
