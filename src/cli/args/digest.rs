//! What a person types to make digests of shards.

use std::path::PathBuf;

use clap::Args;

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
