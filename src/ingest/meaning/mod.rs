//! What a column is: its role, its unit, and whether it is a clock.

mod bits_or_bytes;
pub(crate) mod calendar;
pub(crate) mod clock;
mod closing_rows;
mod counters;
pub(crate) mod declared;
mod design;
mod label_design;
mod machine;
mod merged_cells;
pub(crate) mod name;
pub(crate) mod no_result;
pub(crate) mod position;
pub(crate) mod profile;
pub(crate) mod role;
pub(crate) mod roles;
mod row_labels;
mod running;
mod siblings;
mod status;
pub(crate) mod summary_table;
mod tally;
pub(crate) mod time_evidence;
mod tried;
pub(crate) mod unit_choice;
pub(crate) mod units;
pub(crate) mod vocabulary;
