//! Whether the groups of a table are things that somebody compared, so that no number over all of them means anything.
//!
//! In: a table with roles, and the columns that tell its groups apart. Out: whether a median over all rows would be one of nobody. What
//! was chosen is never pooled, and neither are competitors; the endpoints of a service belong to one run, whose total its users see.

use super::configurations::{MOST_ROWS_OF_DESIGN, is_result};
use super::label_names::counts_somebody;
use super::row_names::{has_clock, last_word};
use crate::table::{Role, Table};

/// Names of columns whose texts compete: whoever measures several of them wants to know which one is better.
const COMPETITORS: &[&str] = &[
    "model",
    "models",
    "backbone",
    "llm",
    "backend",
    "machine",
    "library",
    "lib",
    "framework",
    "language",
    "lang",
    "engine",
    "implementation",
    "impl",
    "algorithm",
    "algo",
    "variant",
    "compiler",
    "codec",
    "solver",
    "gpu",
    "strategy",
    "approach",
    "optimizer",
    "quantization",
];
/// Names of columns whose texts are parts of one service: what its users ask of it, in a mixture that they have made.
const SERVED: &[&str] = &[
    "endpoint",
    "url",
    "uri",
    "route",
    "path",
    "page",
    "request",
    "req",
    "transaction",
    "event",
    "label",
    "operation",
    "op",
    "action",
    "api",
    "rpc",
    "method",
    "call",
    "command",
    "message",
];

/// Whether the groups that these columns make were compared with each other.
pub(super) fn were_compared(table: &Table, columns: &[usize]) -> bool {
    if table.defined_by_tool {
        return false;
    }
    let is = |column: &usize, known: &[&str]| known.contains(&last_word(&table.columns[*column].name).as_str());
    let was_chosen = |column: &usize| table.columns[*column].role == Role::Setting;
    if columns.iter().any(|column| was_chosen(column) || is(column, COMPETITORS)) {
        return true;
    }
    let not_chosen = |column: &usize| {
        let name = &table.columns[*column].name;
        is(column, SERVED) || is_result(name) || counts_somebody(name)
    };
    // A log has its rows as they came, and often says how each of them ended.
    let is_log = || has_clock(table) || table.columns_as(Role::Status).next().is_some();
    table.lines.rows() <= MOST_ROWS_OF_DESIGN as u64 && !columns.iter().any(not_chosen) && !is_log()
}
