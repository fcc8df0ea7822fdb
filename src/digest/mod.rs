//! Digests: what a shard of a run says, in a form that merges exactly.
//!
//! In: a source and its analysis, with the [`Plan`] by which all shards of a run are understood alike. Out: a [`Digest`], whose parts
//! depend on the union of the rows alone: how the rows were cut into shards, and in which order the digests were merged, shows in no
//! byte. Counts, sums and extremes are exact; numbers of a wide column are known to within the leading bits that [`Numbers`] keeps.
//! Refuses to merge what was understood by another plan, and the same shard twice. What it promises stands in `docs/scale.md`.

mod among_all;
mod build;
mod codec;
mod file;
pub(crate) mod found;
mod key;
mod numbers;
mod parts;
pub(crate) mod plan;
mod read_back;
pub(crate) mod refine;
#[cfg(test)]
mod tests;
mod time;

pub(crate) use build::{Shard, digest};
#[cfg(feature = "internals")]
pub use file::packed as seal;
pub(crate) use file::sniff;
pub use parts::Digest;
pub(crate) use parts::Part;
pub(crate) use plan::Plan;
pub use read_back::{digest_source, reported};
pub use refine::Ask;
pub use refine::shown::next as next_ask;
