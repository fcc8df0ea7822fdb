//! Whether the groups of a table are things that somebody compared, so that no number over all of them means anything.
//!
//! In: a table with roles, and the columns that tell its groups apart. Out: whether a median over all rows would be one of nobody. What
//! was chosen is never pooled, and neither are competitors, nor parts that are read together; the endpoints of a service belong to one run,
//! whose total its users see.

use std::collections::{HashMap, HashSet};

use super::configurations::{MOST_ROWS_OF_DESIGN, is_result};
use super::label_names::counts_somebody;
use super::row_names::has_clock;
use crate::measure::Dimension;
use crate::measure::label::{last_word, names_a_competitor};
use crate::measure::words::Words;
use crate::table::packed::Cells;
use crate::table::{CellType, Column, Instants, LabelIdentity, Role, Table};

/// Names of columns whose texts are parts of one service: what its users ask of it, in a mixture that they have made.
const SERVED: Words = Words::of(
    "endpoint url uri route path page request req transaction event label operation op action api rpc method call command message",
);

/// Whether the groups that these columns make, whose codes of the rows are given, were compared with each other.
pub(super) fn were_compared(table: &Table, columns: &[usize], codes: &Cells) -> bool {
    if table.defined_by_tool {
        return table.labels == LabelIdentity::Compared;
    }
    let competes = |column: &usize| names_a_competitor(&table.columns[*column].name);
    let was_chosen = |column: &usize| table.columns[*column].role == Role::Setting;
    if columns.iter().any(|column| was_chosen(column) || competes(column)) {
        return true;
    }
    if are_hosts(table, columns) || are_samples_of_records(table) || are_snapshots(table, codes) {
        return true;
    }
    let not_chosen = |column: &usize| {
        let name = &table.columns[*column].name;
        SERVED.has(&last_word(name)) || is_result(name) || counts_somebody(name)
    };
    // A log has its rows as they came, and often says how each of them ended.
    let is_log = || has_clock(table) || table.columns_as(Role::Status).next().is_some() && !has_rates_alone(table);
    let is_short = table.lines.rows() <= MOST_ROWS_OF_DESIGN as u64;
    is_short && (!columns.iter().any(not_chosen) || columns.len() > 1 && are_as_often(codes)) && !is_log()
}

/// Whether each of several groups has as many rows as every other: users do not ask for everything equally often, a loop does.
fn are_as_often(codes: &Cells) -> bool {
    const FEWEST_GROUPS: usize = 6;
    let mut rows: HashMap<u32, usize> = HashMap::new();
    (0..codes.rows()).filter_map(|row| codes.code(row)).for_each(|code| *rows.entry(code).or_default() += 1);
    let mut each = rows.values();
    let first = each.next().copied().unwrap_or_default();
    rows.len() >= FEWEST_GROUPS && first > 1 && each.all(|count| *count == first)
}

/// Whether what was measured in each row is a rate, and never a duration: a row is a benchmark then, and no request that may fail.
fn has_rates_alone(table: &Table) -> bool {
    let of = |dimension: fn(Dimension) -> bool| {
        table.columns_as(Role::Metric).any(|column| dimension(table.columns[column].unit().dimension))
    };
    of(|dimension| dimension == Dimension::Rate) && !of(Dimension::is_time)
}

/// Whether a column of groups names machines that were asked, each far or near as it is: by its name, or by addresses in a column without
/// one. Where rows say what was asked of a service as well, its machines answered for it together.
fn are_hosts(table: &Table, columns: &[usize]) -> bool {
    const HOSTS: Words = Words::of("host hostname ip address addr destination dest dst peer gateway");
    // Who asks is no machine that was asked.
    const ASKING: Words = Words::of("client remote source src user visitor sender from caller");
    let asked = |name: &str| !name.to_ascii_lowercase().split(['.', '_', ' ']).any(|word| ASKING.has(word));
    let is_address = |text: &String| text.is_empty() || text.parse::<std::net::IpAddr>().is_ok();
    let names_hosts = |column: &usize| {
        let column = &table.columns[*column];
        HOSTS.has(&last_word(&column.name)) && asked(&column.name)
            || column.name.starts_with("column_")
                && !column.dictionary.is_empty()
                && column.dictionary.iter().all(is_address)
    };
    let asks = |column: &Column| column.role == Role::Label && SERVED.has(&last_word(&column.name));
    columns.iter().any(names_hosts) && !table.columns.iter().any(asks)
}

/// Whether samples stand in records that have one instant and one label each, as results of a benchmark do that are added to a file.
fn are_samples_of_records(table: &Table) -> bool {
    let mut dated = table.columns.iter().enumerate();
    dated.any(|(index, column)| {
        column.cells == CellType::Timestamp
            && column.role == Role::Unused
            && Instants::of(table, index).are_of_records(table)
    })
}

/// Whether each of several things has one row at each instant, as interfaces and sensors that are read together have: parts of a whole, of
/// which nothing is true together but their sum.
fn are_snapshots(table: &Table, codes: &Cells) -> bool {
    const FEWEST_INSTANTS: usize = 3;
    const FILLED: f64 = 0.9;
    let Some(clock) = table.columns_as(Role::Timestamp).next() else { return false };
    let rows = codes.rows();
    if rows > MOST_ROWS_OF_DESIGN {
        return false;
    }
    // A part of a divided table knows texts that none of its rows have; what was read once shows nothing about the others.
    let mut times: HashMap<u32, usize> = HashMap::new();
    (0..rows).filter_map(|row| codes.code(row)).for_each(|code| *times.entry(code).or_default() += 1);
    let all = times.len();
    times.retain(|_, times| *times > 1);
    // One thing alone is read at each of its instants.
    if times.len() < 2 || all - times.len() > times.len() {
        return false;
    }
    let read: usize = times.values().sum();
    let data = &table.columns[clock].data;
    let at: Vec<Option<u64>> = if table.columns[clock].cells.is_number() {
        (0..rows).map(|row| data.number(row).map(f64::to_bits)).collect()
    } else if table.columns[clock].cells == CellType::Timestamp {
        data.instants().map(|instant| instant.map(i64::cast_unsigned)).collect()
    } else {
        return false;
    };
    let mut instants = HashSet::new();
    let mut seen = HashSet::new();
    let again = |row: &usize| codes.code(*row).is_some_and(|code| times.contains_key(&code));
    let once = (0..rows).filter(again).all(|row| {
        at[row].is_some_and(|at| {
            instants.insert(at);
            seen.insert((at, codes.code(row)))
        })
    });
    once && instants.len() >= FEWEST_INSTANTS && read as f64 >= FILLED * (instants.len() * times.len()) as f64
}
