//! What is typed after `perfreport history`.
#![allow(
    clippy::doc_markdown,
    reason = "the comments here are the help that a person reads, where backticks are noise"
)]

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::endings::{EXIT_CODES, FEW_WORDS};
use super::input::{Colour, Input};

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum History {
    /// Append a run to a history.
    ///
    /// One line with a few numbers of each metric. The file is created where it does not exist.
    #[command(after_help = FEW_WORDS, after_long_help = EXIT_CODES)]
    Add(Box<HistoryAdd>),
    /// Say what changed in a history, and when.
    ///
    /// Prints the changes, the worst and newest first. Changes are found by ranks, with a known rate of false alarms
    /// (docs/history.md); environments are never mixed, and a run in which the whole suite was slow counts for nothing.
    #[command(after_help = FEW_WORDS, after_long_help = EXIT_CODES)]
    Report(Box<HistoryReport>),
    /// Compare a run with the runs since the last change.
    ///
    /// Nothing is added. For pull requests: the history of the main branch says what its nights differ by, so that no baseline has to
    /// be kept beside it.
    #[command(after_help = FEW_WORDS, after_long_help = EXIT_CODES)]
    Compare(Box<HistoryCompare>),
    /// Accept a change, so that it fails no gate any more.
    ///
    /// A line is appended; nothing else in the file is touched.
    Ack(HistoryAck),
    /// Append the runs that other files hold.
    ///
    /// data.js of github-action-benchmark, CSV with a row a run (Otava), results of asv, baselines and dated files.
    #[command(after_help = FEW_WORDS, after_long_help = EXIT_CODES)]
    Import(Box<HistoryImport>),
}

#[derive(Debug, Args)]
pub(in crate::cli) struct HistoryAdd {
    /// The history.
    pub(in crate::cli) file: PathBuf,

    #[command(flatten)]
    pub(in crate::cli) input: Input,

    #[command(flatten)]
    pub(in crate::cli) occasion: Occasion,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct HistoryCompare {
    /// The history.
    pub(in crate::cli) file: PathBuf,

    #[command(flatten)]
    pub(in crate::cli) input: Input,

    #[command(flatten)]
    pub(in crate::cli) occasion: Occasion,

    #[command(flatten)]
    pub(in crate::cli) question: Question,
}

/// When and of what a run was measured.
#[derive(Debug, Args)]
pub(in crate::cli) struct Occasion {
    /// When it was measured: 2026-11-28T02:00:00Z.
    ///
    /// Needed where no file states it.
    #[arg(long, value_name = "TIME", help_heading = "The run")]
    pub(in crate::cli) at: Option<String>,

    /// The commit that was measured.
    #[arg(long, value_name = "COMMIT", help_heading = "The run")]
    pub(in crate::cli) commit: Option<String>,

    /// Its branch.
    #[arg(long, value_name = "NAME", help_heading = "The run")]
    pub(in crate::cli) branch: Option<String>,

    /// What tells runs apart: --env build=release.
    ///
    /// Runs with different values are never compared.
    #[arg(long, value_name = "KEY=VALUE", help_heading = "The run")]
    pub(in crate::cli) env: Vec<String>,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct HistoryReport {
    /// The history.
    pub(in crate::cli) file: PathBuf,

    /// Only runs of this branch.
    #[arg(long, value_name = "NAME", help_heading = "What is looked at")]
    pub(in crate::cli) branch: Option<String>,

    #[command(flatten)]
    pub(in crate::cli) question: Question,

    /// Pass over damaged lines, and say so.
    ///
    /// Lines that are newer than this program, too.
    #[arg(long)]
    pub(in crate::cli) keep_going: bool,

    /// Colour on the terminal.
    #[arg(long, value_enum, default_value_t = Colour::Auto, help_heading = "Output", hide_short_help = true)]
    pub(in crate::cli) color: Colour,
}

/// What is asked of a history, and where the answer goes.
#[derive(Debug, Args)]
pub(in crate::cli) struct Question {
    /// Where to write; the ending chooses the form.
    ///
    /// .md, .html, .json or .txt; - is Markdown on standard output. May be given several times.
    #[arg(short = 'o', long = "output", value_name = "FILE", help_heading = "Output")]
    pub(in crate::cli) files: Vec<PathBuf>,

    /// Only metrics whose name fits, for example --metric 'latency*'.
    #[arg(long, value_name = "GLOB", help_heading = "What is looked at")]
    pub(in crate::cli) metric: Option<String>,

    /// Only runs so long before the newest one, for example --since 90d.
    #[arg(long, value_name = "DAYS", help_heading = "What is looked at", hide_short_help = true)]
    pub(in crate::cli) since: Option<String>,

    /// What of each run is followed.
    #[arg(long, value_enum, default_value_t = Aspect::Center, help_heading = "What is looked at", hide_short_help = true)]
    pub(in crate::cli) statistic: Aspect,

    /// The change that matters, of the level [default: 5%].
    ///
    /// A change below this share of the level does not matter.
    #[arg(long, value_name = "SHARE", help_heading = "What is looked at")]
    pub(in crate::cli) margin: Option<String>,

    /// Exit with 1 on change:30d, regression.
    ///
    /// Any of these, separated by commas.
    ///
    /// `change:30d` is a change of level for the worse that nobody accepted and that began so long before the newest run;
    /// `regression` a newest run that is worse than the runs since the last change. Where nothing could be tested the answer is
    /// undecided, and the exit code 1 too.
    #[arg(long, value_name = "WHAT", help_heading = "What is looked at")]
    pub(in crate::cli) fail_on: Option<String>,

    /// Print no list to the terminal.
    #[arg(short, long, help_heading = "Output")]
    pub(in crate::cli) quiet: bool,
}

/// What of a run is followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum Aspect {
    /// The median, or the number that a tool gives.
    Center,
    P95,
    P99,
    /// The share that failed.
    Failures,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct HistoryAck {
    /// The history.
    pub(in crate::cli) file: PathBuf,

    /// The metric, as the report names it.
    pub(in crate::cli) metric: String,

    /// The commit at which it changed; its beginning is enough.
    pub(in crate::cli) commit: String,

    /// Why it is accepted.
    #[arg(long, value_name = "TEXT")]
    pub(in crate::cli) note: String,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct HistoryImport {
    #[command(flatten)]
    pub(in crate::cli) input: Input,

    /// The history to append to.
    #[arg(short = 'o', long = "output", value_name = "FILE", help_heading = "Output")]
    pub(in crate::cli) file: PathBuf,
}
