//! The command line: what a person types.
#![allow(
    clippy::doc_markdown,
    reason = "the comments here are the help that a person reads, where backticks are noise"
)]

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

const EXIT_CODES: &str = "\
Exit codes:
  0  done, and every check that was asked for passed
  1  a check that was asked for failed (`check` found corrupted samples)
  2  an error: nothing was written that was not whole";

const EXAMPLES: &str = "\
Examples:
  perfreport summarize results/*.csv                  write performance_metrics_report.md
  perfreport summarize results/ -o report.html        search a folder, write a page
  cat run.csv | perfreport summarize - -o -           from standard input to standard output
  perfreport check results/*.csv                      is the data sound? exit 1 if not";

/// Honest reports about performance metrics.
///
/// Reads raw metrics files (CSV, JSON, NDJSON; .gz and .zst as they are), finds out what each one is, computes exact
/// statistics with intervals, and names every corrupted sample with its file, line, value and reason. Offline: nothing
/// is ever fetched or sent.
#[derive(Debug, Parser)]
#[command(name = "perfreport", version, after_help = EXIT_CODES, after_long_help = format!("{EXAMPLES}\n\n{EXIT_CODES}"))]
pub(super) struct Cli {
    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Read metrics files and write a report about them.
    ///
    /// Writes performance_metrics_report.md unless -o says otherwise, and a short summary to the terminal. Corrupted
    /// samples leave the clean statistics and stand in the findings; use `check` to fail on them.
    #[command(after_help = EXIT_CODES)]
    Summarize(Summarize),
    /// Look at the quality of the data only: print the findings, exit 1 if any sample is corrupted.
    #[command(after_help = EXIT_CODES)]
    Check(Check),
    /// List the formats that are read.
    Formats,
    /// Print the JSON Schema of the JSON report.
    Schema,
    /// Print a built-in template, to start one of your own from; without a name, list them.
    Template {
        /// Name of the template, for example report.md.
        name: Option<String>,
    },
}

#[derive(Debug, Args)]
pub(super) struct Summarize {
    #[command(flatten)]
    pub(super) input: Input,

    /// Where to write; may be given several times. The ending chooses the form.
    ///
    /// .md is Markdown for GitHub, .html one page without outside references, .json the report as data (see `schema`),
    /// .txt the short summary; - is Markdown on standard output. Files are written whole or not at all.
    #[arg(short, long = "output", value_name = "FILE", help_heading = "Output")]
    pub(super) output: Vec<PathBuf>,

    /// Render with a template of your own, or with the built-in one called `origin`.
    ///
    /// Without -o the result goes to standard output. With -o, the outputs with the template's ending use it. Templates
    /// are tera; their context is described in docs/templates.md, and `perfreport template report.md` prints an example.
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    pub(super) template: Option<String>,

    /// Title of the report.
    #[arg(long, help_heading = "Output")]
    pub(super) title: Option<String>,

    /// Time to print in the report: ISO 8601, or `now`.
    ///
    /// Without it, and without SOURCE_DATE_EPOCH in the environment, the report has no date, so that the same input
    /// gives the same bytes.
    #[arg(long, value_name = "TIME", help_heading = "Output")]
    pub(super) timestamp: Option<String>,

    /// Print no summary to the terminal.
    #[arg(short, long, help_heading = "Output")]
    pub(super) quiet: bool,
}

#[derive(Debug, Args)]
pub(super) struct Check {
    #[command(flatten)]
    pub(super) input: Input,

    /// Print nothing; only set the exit code.
    #[arg(short, long)]
    pub(super) quiet: bool,
}

/// What is read, and how it is understood.
#[derive(Debug, Args)]
pub(super) struct Input {
    /// Files, folders to search, globs, or - for standard input.
    #[arg(required = true, value_name = "PATH")]
    pub(super) paths: Vec<PathBuf>,

    /// Read options from this file; ./perfreport.toml is read without being named.
    #[arg(long, value_name = "FILE", help_heading = "Understanding the data")]
    pub(super) config: Option<PathBuf>,

    /// Unit of a column, for example --unit latency=ms.
    #[arg(long, value_name = "COLUMN=UNIT", help_heading = "Understanding the data")]
    pub(super) unit: Vec<String>,

    /// Role of a column: label, metric, metric-name, timestamp, status, identifier, unused.
    #[arg(long, value_name = "COLUMN=ROLE", help_heading = "Understanding the data")]
    pub(super) role: Vec<String>,

    /// Which way a metric is better: lower, higher or unknown.
    #[arg(long, value_name = "COLUMN=WAY", help_heading = "Understanding the data")]
    pub(super) better: Vec<String>,

    /// The largest possible value of a metric, for example --limit latency=60s; what is above it is corrupted.
    #[arg(long, value_name = "COLUMN=VALUE", help_heading = "Understanding the data")]
    pub(super) limit: Vec<String>,

    /// Read the files as this format instead of finding it out; `perfreport formats` lists them.
    #[arg(long, value_name = "NAME", help_heading = "Understanding the data")]
    pub(super) format: Option<String>,

    /// Delimiter of a delimited text: one character, or `tab`.
    #[arg(long, value_name = "CHAR", help_heading = "Understanding the data")]
    pub(super) delimiter: Option<String>,

    /// Whether the first row of a delimited text is a header.
    #[arg(long, value_name = "YES|NO", help_heading = "Understanding the data")]
    pub(super) header: Option<YesNo>,

    /// Columns whose labels form groups, separated by commas; chosen by the program otherwise.
    #[arg(long, value_name = "COLUMNS", value_delimiter = ',', help_heading = "Statistics")]
    pub(super) group_by: Vec<String>,

    /// Keep labels apart that differ only in numbers (`user_1`, `user_2`); otherwise they are one population.
    #[arg(long, help_heading = "Statistics")]
    pub(super) no_collapse: bool,

    /// Definition of a percentile: 6 (default), 7 (numpy, R, k6), nearest-rank, harrell-davis.
    #[arg(long, value_name = "METHOD", help_heading = "Statistics")]
    pub(super) quantile_method: Option<String>,

    /// Level of intervals [default: 0.95].
    #[arg(long, value_name = "LEVEL", help_heading = "Statistics")]
    pub(super) confidence: Option<f64>,

    /// Show something of the sessions of an agent swarm's clients: sessionState, or one entry such as
    /// sessionMemory.topic. WARNING: it may be users' data, and everybody who gets the report can read it.
    ///
    /// sessionMemory and sessionState are passed over otherwise and appear in no output. May be given several times.
    #[arg(long, value_name = "KEY", help_heading = "Understanding the data")]
    pub(super) show_session_data: Vec<String>,

    /// Go on when a file cannot be read, and say so in the report.
    #[arg(long, help_heading = "Understanding the data")]
    pub(super) keep_going: bool,

    /// Colour on the terminal.
    #[arg(long, value_enum, default_value_t = Colour::Auto, help_heading = "Output")]
    pub(super) color: Colour,
}

/// An answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum YesNo {
    Yes,
    No,
}

/// When to use colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Colour {
    /// On a terminal, unless NO_COLOR is set.
    Auto,
    Always,
    Never,
}
