//! Rounds in which shards are asked again, so that order statistics of wide columns are exact.
//!
//! In: a digest of all shards, whose wide columns are known to the bits that buckets keep. Out: an [`Ask`] that goes to every shard, answers
//! that merge as digests do, and numbers that are those of the samples themselves. A question names stretches of keys; an answer says how
//! many samples lie in which part of them. What is known is always the same: how many samples are smaller than some keys ([`cuts`]).
//! A stretch with few samples is answered by its numbers, one with many by counts of finer parts, of which the next round asks again.

pub(super) mod answer;
pub(crate) mod ask;
mod cuts;
mod mad;
mod population;
pub(super) mod shown;
pub(super) mod stored;
#[cfg(test)]
mod tests;

pub use ask::Ask;
