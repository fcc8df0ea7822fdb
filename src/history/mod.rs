//! Many runs over time: the file that holds them, and what they say.
//!
//! In: captures of runs, lines of a history file. Out: lines to append, and one [`HistoryReport`](contract::HistoryReport) with the
//! changes of every metric. Opens no files.

mod beyond;
mod boundary;
pub mod contract;
mod endings;
pub mod file;
pub mod gate;
pub mod judge;
pub mod line;
pub mod measured;
pub mod names;
mod newest;
pub mod rows;
pub mod series;
pub mod shape;
mod slow;
mod state;
pub mod stated;
