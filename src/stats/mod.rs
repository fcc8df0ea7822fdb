//! Statistics: slices and packed columns in, plain numbers out. No files, no printing, no formatting.
//!
//! The definitions, their sources and the reasons for them stand in `docs/statistics.md`.

pub mod bins;
pub mod change_points;
pub mod clusters;
pub mod corruption;
pub(crate) mod counted;
pub(crate) mod counts;
pub mod dependence;
pub mod describe;
pub(crate) mod exact;
pub mod incident;
mod indicator;
pub mod interval;
pub mod isolation;
pub(crate) mod kruskal_wallis;
pub(crate) mod large;
mod lattice;
pub(crate) mod measured;
pub mod modality;
pub mod moments;
pub mod order;
pub mod outlier;
mod pairwise;
pub mod population;
pub mod prediction;
pub mod quantile;
pub mod recording;
pub mod rng;
pub mod run_samples;
pub mod runs;
pub mod sample;
pub(crate) mod samples;
pub mod saturation;
mod select;
pub mod series;
pub mod settings;
pub(crate) mod sorting;
pub mod spread;
pub mod summary;
pub mod tail;
pub mod thin;
pub mod unit_block;
