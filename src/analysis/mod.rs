//! What the tables and records of a run say.

pub mod chat;
mod column;
mod failed;
mod grouping;
mod groups;
pub mod histogram;
pub mod metric;
pub mod oddity;
pub mod outcome;
mod partition;
pub mod swarm;
pub mod table;
