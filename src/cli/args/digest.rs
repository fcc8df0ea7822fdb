//! What a person types to make digests of shards.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::input::{Input, Understanding};

#[derive(Debug, Args)]
pub(in crate::cli) struct Plan {
    #[command(flatten)]
    pub(in crate::cli) input: Input,

    /// Where to write the plan; - is standard output.
    #[arg(short = 'o', long = "output", value_name = "FILE", default_value = "plan.json", help_heading = "Output")]
    pub(in crate::cli) file: PathBuf,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Digest {
    /// The shard: a file, or - for standard input.
    #[arg(value_name = "FILE")]
    pub(in crate::cli) path: PathBuf,

    /// What the shard is called in findings [default: the name of its file].
    #[arg(long, value_name = "NAME")]
    pub(in crate::cli) name: Option<String>,

    /// How the shard is understood; without it, by what it holds itself.
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) plan: Option<PathBuf>,

    /// Exit with 2 where the shard does not fit the plan, instead of naming it as a finding.
    #[arg(long, requires = "plan")]
    pub(in crate::cli) strict_plan: bool,

    /// Answer what `refine ask` has asked, too: all shards of the run, with the same ask.
    #[arg(long, value_name = "FILE", requires = "plan")]
    pub(in crate::cli) refine: Option<PathBuf>,

    /// Where to write the digest; - is standard output.
    #[arg(short = 'o', long = "output", value_name = "FILE", required = true, help_heading = "Output")]
    pub(in crate::cli) file: PathBuf,

    #[command(flatten)]
    pub(in crate::cli) understanding: Understanding,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Merge {
    /// The digests.
    #[arg(required = true, value_name = "DIGEST")]
    pub(in crate::cli) paths: Vec<PathBuf>,

    /// Where to write the digest of all; - is standard output.
    #[arg(short = 'o', long = "output", value_name = "FILE", required = true, help_heading = "Output")]
    pub(in crate::cli) file: PathBuf,
}

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum Refine {
    /// Write what every shard has to be asked next.
    ///
    /// For each number that buckets leave open: how many samples lie where. `"open": 0` in it says that nothing is left to ask.
    Ask(Ask),
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Ask {
    /// The digest of all shards, of the first round or of the last one.
    #[arg(value_name = "DIGEST")]
    pub(in crate::cli) path: PathBuf,

    /// Where to write the ask; - is standard output.
    #[arg(short = 'o', long = "output", value_name = "FILE", default_value = "ask.json", help_heading = "Output")]
    pub(in crate::cli) file: PathBuf,

    /// Definition of a percentile, as the report will have it: 6 (default), 7, nearest-rank.
    #[arg(long, value_name = "METHOD", help_heading = "Statistics")]
    pub(in crate::cli) quantile_method: Option<String>,

    /// Level of intervals, as the report will have it [default: 0.95].
    #[arg(long, value_name = "LEVEL", help_heading = "Statistics")]
    pub(in crate::cli) confidence: Option<f64>,

    /// Read options from this file [default: ./perfreport.toml].
    #[arg(long, value_name = "FILE", help_heading = "Statistics")]
    pub(in crate::cli) config: Option<PathBuf>,
}
