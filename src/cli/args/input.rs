//! What is read, and how it is understood, as a person types it.
#![allow(
    clippy::doc_markdown,
    reason = "the comments here are the help that a person reads, where backticks are noise"
)]

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::cli::storage::size;

/// What is read, and how it is understood.
#[derive(Debug, Args)]
pub(in crate::cli) struct Input {
    /// Files, folders to search, globs, or - for standard input.
    #[arg(required = true, value_name = "PATH")]
    pub(in crate::cli) paths: Vec<PathBuf>,

    #[command(flatten)]
    pub(in crate::cli) understanding: Understanding,
}

/// How runs are taken that are too short to show whether their samples depend on each other.
#[derive(Debug, Args)]
pub(in crate::cli) struct ShortRuns {
    /// Take samples of runs of fewer than 100 as dependent on each other, wherever they come from.
    ///
    /// So few samples cannot show whether a slow moment outlasts one of them. Rows with a clock are taken as dependent,
    /// benchmark runs and tables without a clock as independent.
    #[arg(long, conflicts_with = "independent", help_heading = "Statistics", hide_short_help = true)]
    pub(in crate::cli) dependent: bool,

    /// Take samples of runs of fewer than 100 as independent, for example because each was measured by a process of its own.
    #[arg(long, help_heading = "Statistics", hide_short_help = true)]
    pub(in crate::cli) independent: bool,
}

/// How what is read is understood.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(in crate::cli) struct Understanding {
    /// Take at most so much memory, for example --memory 64MiB [default: half of the machine's].
    ///
    /// What does not fit goes to a temporary file (TMPDIR says where). The numbers are the same with any bound.
    #[arg(long, value_name = "SIZE", value_parser = size, help_heading = "Understanding the data", hide_short_help = true)]
    pub(in crate::cli) memory: Option<u64>,

    /// Read options from this file [default: ./perfreport.toml].
    ///
    /// ./perfreport.toml is read without being named.
    #[arg(long, value_name = "FILE", help_heading = "Understanding the data")]
    pub(in crate::cli) config: Option<PathBuf>,

    /// Unit of a column: --unit latency=ms.
    #[arg(long, value_name = "COLUMN=UNIT", help_heading = "Understanding the data")]
    pub(in crate::cli) unit: Vec<String>,

    /// Role of a column: label, setting, metric, metric-name, timestamp, status, identifier, run, unused.
    #[arg(long, value_name = "COLUMN=ROLE", help_heading = "Understanding the data", hide_short_help = true)]
    pub(in crate::cli) role: Vec<String>,

    /// Which way is better: lower, higher or unknown.
    #[arg(long, value_name = "COLUMN=WAY", help_heading = "Understanding the data")]
    pub(in crate::cli) better: Vec<String>,

    /// The largest possible value of a metric, for example --limit latency=60s; what is above it is corrupted. A bare number is in
    /// the unit that the file states.
    #[arg(long, value_name = "COLUMN=VALUE", help_heading = "Understanding the data", hide_short_help = true)]
    pub(in crate::cli) limit: Vec<String>,

    /// What a request has to keep to be a good one, for example --slo 'response<3s'; may be given several times.
    ///
    /// `first_chunk`, `response`, `time_per_output_token`, or a column of the request's row. The report then says how many
    /// requests kept all of them, and each alone; failed and unanswered ones keep none.
    #[arg(long, value_name = "LEVEL", help_heading = "Understanding the data", hide_short_help = true)]
    pub(in crate::cli) slo: Vec<String>,

    /// Read the files as this format; `formats` lists them.
    ///
    /// Otherwise it is found out from the file.
    #[arg(long, value_name = "NAME", help_heading = "Understanding the data")]
    pub(in crate::cli) format: Option<String>,

    /// Delimiter of a delimited text: one character, or `tab`.
    #[arg(long, value_name = "CHAR", help_heading = "Understanding the data", hide_short_help = true)]
    pub(in crate::cli) delimiter: Option<String>,

    /// Whether the first row of a delimited text is a header.
    #[arg(long, value_name = "YES|NO", help_heading = "Understanding the data", hide_short_help = true)]
    pub(in crate::cli) header: Option<YesNo>,

    /// Columns whose labels form groups.
    ///
    /// Separated by commas; chosen by the program otherwise.
    #[arg(long, value_name = "COLUMNS", value_delimiter = ',', help_heading = "Statistics")]
    pub(in crate::cli) group_by: Vec<String>,

    /// Keep labels apart that differ only in numbers (`user_1`, `user_2`); otherwise they are one population.
    #[arg(long, help_heading = "Statistics", hide_short_help = true)]
    pub(in crate::cli) no_collapse: bool,

    /// Definition of a percentile: 6 (default), 7 (numpy, R, k6), nearest-rank, harrell-davis.
    #[arg(long, value_name = "METHOD", help_heading = "Statistics", hide_short_help = true)]
    pub(in crate::cli) quantile_method: Option<String>,

    /// Level of intervals [default: 0.95].
    #[arg(long, value_name = "LEVEL", help_heading = "Statistics", hide_short_help = true)]
    pub(in crate::cli) confidence: Option<f64>,

    /// Of runs of requests count only the steady part: after ramp and warm-up, before the drain.
    ///
    /// The report says what is left out. Where a run has no steady part (its load does not settle, or it is too short) all of it is
    /// counted, nothing is judged, and the answer is undecided.
    #[arg(long, help_heading = "Statistics", hide_short_help = true)]
    pub(in crate::cli) steady: bool,

    /// Look at every metric of requests as deeply as at their duration: modes, warm-up, drift and changes of level too.
    ///
    /// Without it the metrics beside the duration (bytes, threads, connect times) get every number and every check, but not these,
    /// unless something is compared or saved. The report says so: `depth` is `summary` there.
    #[arg(long, help_heading = "Statistics", hide_short_help = true)]
    pub(in crate::cli) deep: bool,

    #[command(flatten)]
    pub(in crate::cli) short_runs: ShortRuns,

    /// Show something of the sessions of an agent swarm's clients: sessionState, or one entry such as
    /// sessionMemory.topic. WARNING: it may be users' data, and everybody who gets the report can read it.
    ///
    /// sessionMemory and sessionState are passed over otherwise and appear in no output. May be given several times.
    #[arg(long, value_name = "KEY", help_heading = "Understanding the data", hide_short_help = true)]
    pub(in crate::cli) show_session_data: Vec<String>,

    /// Go on when a file cannot be read, and say so.
    #[arg(long, help_heading = "Understanding the data")]
    pub(in crate::cli) keep_going: bool,

    /// Colour on the terminal.
    #[arg(long, value_enum, default_value_t = Colour::Auto, help_heading = "Output", hide_short_help = true)]
    pub(in crate::cli) color: Colour,
}

/// An answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum YesNo {
    Yes,
    No,
}

/// When to use colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum Colour {
    /// On a terminal, unless NO_COLOR is set.
    Auto,
    Always,
    Never,
}
