//! What the tables and records of a run say.

pub mod chat;
pub mod swarm;
