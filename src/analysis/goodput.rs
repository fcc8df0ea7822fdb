//! Goodput: how many requests kept every service level that was declared, each alone, and how many good ones a second there were.
//!
//! In: a table with a row a request, or the messages of a chat service, and the levels. Out: a [`Goodput`]. What a level can be about
//! stands in the README.

mod joint;
mod table;
mod tally;

pub(crate) use joint::joined;
pub(crate) use table::of_table;
pub use tally::{Goodput, LevelShare};
pub(crate) use tally::{LevelValue, Measure, Tally, spelled};
