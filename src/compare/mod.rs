//! Comparing a run with a baseline: what was captured, how it changed, what a target says about it, and whether a gate
//! lets it pass.
//!
//! In: [`Capture`]s, made from analyses or read from a baseline file. Out: a [`Comparison`] of plain values; the report
//! carries it as it is, so these types are part of the public JSON contract. Reads and writes no files.

mod another_unit;
mod as_recorded;
mod axis;
pub mod baseline;
pub mod beyond_noise;
mod both_orders;
pub mod capture;
mod center;
pub mod collect;
mod criteria;
mod draft;
mod drawing;
mod effect;
mod effects;
pub(crate) mod endings;
mod failing;
pub mod gate;
mod gone;
pub mod judge;
mod less_work;
pub mod margin;
mod moderation;
pub(crate) mod near_zero;
mod noise;
pub mod odd_run;
mod one_of_several;
mod one_run;
pub mod outcome;
mod pairing;
mod parts;
pub mod pattern;
mod percentile;
mod pooled;
pub mod rate;
pub mod rate_of;
mod regrouped;
mod replicate;
mod reported_worse;
mod request_runs;
mod share;
pub(crate) mod share_names;
mod shared_tail;
pub mod sides;
pub mod sketch;
mod stale;
mod steady;
pub mod subject_shares;
pub mod subjects;
mod suite;
mod tail;
pub mod target;
pub mod too_quick;
mod undirected;
pub(crate) mod unknown;
mod unmeasured;
pub(crate) mod verdict;
mod welch;

pub use capture::Values;
