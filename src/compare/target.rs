//! Targets: what a user wants a number to be, and what became of it.
//!
//! In: patterns over metrics and conditions such as `p95 = "< 200ms"`, as text; then the numbers of a run. Out: typed
//! [`Target`]s, and a [`TargetResult`](crate::compare::outcome::TargetResult) for every number that a condition is about. A
//! target that matches nothing is a result too. Refuses what it cannot read, and a limit whose unit does not fit
//! the metric: both would be gates that never fail.

mod condition;
mod evaluate;
mod far_beyond;
mod interval;
mod select;
mod subject;

pub use condition::{Target, TargetError};
pub use evaluate::evaluate;
pub use subject::{Subject, SubjectShare};

#[cfg(test)]
mod tests;
