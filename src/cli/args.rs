//! The command line: what a person types.
#![allow(
    clippy::doc_markdown,
    reason = "the comments here are the help that a person reads, where backticks are noise"
)]

mod digest;
mod endings;
mod history;
mod input;
mod output;

use std::path::PathBuf;

use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

pub(super) use digest::{Ask, Digest, Merge, Plan, Refine};
use endings::{EXIT_CODES, FEW_WORDS};
pub(super) use history::{
    Aspect, History, HistoryAck, HistoryAdd, HistoryCompare, HistoryImport, HistoryReport, Occasion, Question,
};
pub(super) use input::{Colour, Input, Understanding, YesNo};
pub(super) use output::{Ci, Gate, Output, Undecided};

/// Where options about the program itself stand.
const LAST: usize = 1000;

const EXAMPLES: &str = "\
Examples:
  perfreport results/*.csv                            write performance_metrics_report.md
  perfreport results/ -o report.html                  search a folder, write a page
  cat run.csv | perfreport - -o -                     from standard input to standard output
  perfreport check results/*.csv                      is the data sound? exit 1 if not
  perfreport results/*.csv --save-baseline perf-baseline.json
  perfreport results/*.csv --baseline perf-baseline.json --fail-on regression
  perfreport compare before.csv after.csv             what changed?
  perfreport history add perf-history.jsonl results/*.csv --at 2026-11-28T02:00:00Z --commit 3f2a91c
  perfreport history report perf-history.jsonl        when did what change?
  perfreport digest shard-07.csv --plan plan.json -o 07.digest
  perfreport merge *.digest -o all.digest             a run of many machines (docs/scale.md)

A word that is no command is a path: `perfreport results/` means `perfreport summarize results/`.";

/// Honest reports about performance metrics.
///
/// Reads raw metrics files (CSV, JSON, NDJSON; .gz and .zst as they are), finds out what each one is, computes exact
/// statistics with intervals, and names every corrupted sample with its file, line, value and reason. Offline: nothing
/// is ever fetched or sent.
#[derive(Debug, Parser)]
#[command(
    name = "perfreport",
    version,
    disable_help_flag = true,
    after_help = FEW_WORDS,
    after_long_help = format!("{EXAMPLES}\n\n{EXIT_CODES}")
)]
pub(super) struct Cli {
    #[command(subcommand)]
    pub(super) command: Command,

    /// Use so many threads [default: as many as there are cores]. The output is the same with any number.
    #[arg(long, global = true, value_name = "N", hide_short_help = true, value_parser = clap::value_parser!(u16).range(1..))]
    pub(super) threads: Option<u16>,

    /// Print the frequent options, on one screen.
    #[arg(short, long, global = true, display_order = LAST, action = ArgAction::HelpShort)]
    help: Option<bool>,

    /// Print all options, and what each does.
    #[arg(long, global = true, display_order = LAST, action = ArgAction::HelpLong)]
    help_all: Option<bool>,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Read metrics files and write a report about them.
    ///
    /// Writes performance_metrics_report.md unless -o says otherwise, and a short summary to the terminal. Corrupted
    /// samples leave the clean statistics and stand in the findings; use `check` to fail on them. Paths without any command
    /// are summarized, too.
    #[command(after_help = FEW_WORDS, after_long_help = EXIT_CODES)]
    Summarize(Summarize),
    /// Is the data sound? Print the findings, exit 1 if not.
    ///
    /// Looks at the quality of the data only: all findings are printed, and the exit code is 1 if any sample is corrupted.
    #[command(after_help = FEW_WORDS, after_long_help = EXIT_CODES)]
    Check(Check),
    /// Compare two files, folders or baselines.
    ///
    /// In any mixture: regressed, improved, unchanged or inconclusive. Prints what changed, worst first. Runs are told apart by
    /// files whose names differ only in numbers (run-1.csv, run-2.csv), by baselines that hold several, and by repeated headers
    /// in one file.
    #[command(after_help = FEW_WORDS, after_long_help = EXIT_CODES)]
    Compare(Compare),
    /// Write the samples behind the numbers.
    ///
    /// A row each, in base units, with the evidence about it. What left the clean statistics is left out, or comes with its
    /// finding where --all is given. The samples can be read by DuckDB, pandas, polars, a spreadsheet, and by this program.
    #[command(after_help = FEW_WORDS, after_long_help = EXIT_CODES)]
    Export(Export),
    /// Decide once what the columns of all shards are.
    ///
    /// From samples of shards: roles, units, groups, what failed, the clock and the header of parts that have none. Every
    /// `digest --plan` then decides the same, whatever its shard happens to hold (docs/scale.md).
    #[command(after_help = FEW_WORDS, after_long_help = EXIT_CODES)]
    Plan(Box<Plan>),
    /// Make a digest of a shard, which merges exactly.
    ///
    /// Exact counts and sums in a few kilobytes. `merge` makes one of many, and `summarize`, `check`, `compare` and `history add`
    /// take digests where they take files.
    #[command(after_help = FEW_WORDS, after_long_help = EXIT_CODES)]
    Digest(Box<Digest>),
    /// Make one digest of many.
    ///
    /// The same bytes in whatever order. A shard that is in two of them is an error.
    #[command(after_help = FEW_WORDS, after_long_help = EXIT_CODES)]
    Merge(Merge),
    /// Make the order statistics of wide columns exact, in further rounds over the shards.
    ///
    /// `refine ask` says what to ask, `digest --refine` answers, `merge` adds up, until nothing is left to ask (docs/scale.md).
    #[command(subcommand)]
    Refine(Refine),
    /// Add runs to a baseline, or look into it.
    #[command(subcommand)]
    Baseline(Baseline),
    /// Keep the numbers of many runs; see when what changed.
    ///
    /// All in one file: steps, drifts, slow hosts.
    #[command(subcommand)]
    History(History),
    /// List the formats that are read.
    ///
    /// What a duration means in each, whether failures are recorded, and a command that writes such a file.
    Formats {
        /// As the Markdown table of docs/formats.md.
        #[arg(long)]
        markdown: bool,
    },
    /// Print a JSON Schema: report, baseline or history.
    ///
    /// Of the JSON report, of a baseline, or of the report about a history.
    Schema {
        /// Which one.
        #[arg(value_enum, default_value_t = Schema::Report)]
        of: Schema,
    },
    /// Print a built-in template to start one of your own from.
    ///
    /// Without a name it lists them.
    Template {
        /// Name of the template, for example report.md.
        name: Option<String>,
    },
    /// Write a first perfreport.toml from files, and the CI step.
    ///
    /// What each column was taken for, a margin, and targets that today's numbers keep: comments say what was only assumed.
    #[command(after_help = FEW_WORDS, after_long_help = EXIT_CODES)]
    Init(Init),
    /// Say what a word of a report means, and what to do.
    ///
    /// Kinds of findings (`perfreport explain truncated last line`) and verdicts about runs, metrics, targets and gates (`perfreport
    /// explain undecided`), as reports or the JSON write them. Without a word all of them are listed.
    Explain {
        /// The word, which may be several: center unchanged.
        word: Vec<String>,
    },
    /// Print the completions of a shell.
    ///
    /// For example: perfreport completions bash > ~/.local/share/bash-completion/completions/perfreport
    Completions {
        /// The shell.
        #[arg(value_enum)]
        shell: Shell,
    },
    /// Print the manual page, or write one for each command.
    ///
    /// For example: perfreport man summarize | man -l -
    Man(Man),
}

/// From what a configuration is written, and where to.
#[derive(Debug, Args)]
pub(super) struct Init {
    /// Where to write [default: perfreport.toml].
    #[arg(short = 'o', long = "output", value_name = "FILE", help_heading = "Output")]
    pub(super) file: Option<PathBuf>,

    /// Replace a file that is there.
    #[arg(long, help_heading = "Output")]
    pub(super) force: bool,

    #[command(flatten)]
    pub(super) input: Input,
}

/// Which manual pages, and where to.
#[derive(Debug, Args)]
pub(super) struct Man {
    /// The command that the page is about; without one the page is about the program.
    #[arg(num_args = 0..=2)]
    pub(super) command: Vec<String>,

    /// Write the pages of the program and of all its commands into this folder.
    #[arg(long, value_name = "DIR", conflicts_with = "command")]
    pub(super) out: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct Summarize {
    #[command(flatten)]
    pub(super) output: Output,

    /// Compare with this baseline, file or folder.
    ///
    /// What is compared, and how the verdicts are made, stands in docs/verdict.md.
    #[arg(long, value_name = "FILE", help_heading = "Comparing")]
    pub(super) baseline: Option<PathBuf>,

    /// Let the run pass that has nothing to compare with yet.
    ///
    /// What --fail-on or `fail_on` of the configuration asks about changes (regression, inconclusive) is left out; all the rest is judged.
    /// For the run that makes the first baseline, and not for those after it: a baseline that was deleted would go unnoticed.
    #[arg(long, conflicts_with = "baseline", help_heading = "Comparing", hide_short_help = true)]
    pub(super) first_run: bool,

    /// Save the run as a baseline for later runs.
    ///
    /// Not saved when a gate fails.
    #[arg(long, value_name = "FILE", help_heading = "Comparing")]
    pub(super) save_baseline: Option<PathBuf>,

    /// Something that has to be the same on both sides, for example --env build=release.
    ///
    /// It is kept in the baseline. Where a key differs or one side lacks it, metrics are incomparable. May be given
    /// several times. Operating system, processor and cores are kept by themselves; a difference in those is only said.
    #[arg(long, value_name = "KEY=VALUE", help_heading = "Comparing", hide_short_help = true)]
    pub(super) env: Vec<String>,

    #[command(flatten)]
    pub(super) gate: Gate,

    #[command(flatten)]
    pub(super) input: Input,
}

#[derive(Debug, Args)]
pub(super) struct Compare {
    /// What to compare with: a file, a folder, a glob, or a saved baseline.
    pub(super) before: PathBuf,

    /// What is compared: a file, a folder, a glob, or a saved baseline.
    pub(super) after: PathBuf,

    #[command(flatten)]
    pub(super) output: Output,

    #[command(flatten)]
    pub(super) gate: Gate,

    #[command(flatten)]
    pub(super) understanding: Understanding,
}

#[derive(Debug, Subcommand)]
pub(super) enum Baseline {
    /// Add another run of the same code to a baseline.
    ///
    /// So that the noise between runs becomes known: with three or more runs a new run is compared with the spread of the runs, and not only against the spread inside
    /// one of them. The file is created where it does not exist.
    #[command(after_help = FEW_WORDS, after_long_help = EXIT_CODES)]
    Add(Box<Add>),
    /// Print what a baseline holds.
    ///
    /// Runs, metrics, samples, and the noise between runs.
    Show {
        /// The baseline.
        file: PathBuf,
    },
}

#[derive(Debug, Args)]
pub(super) struct Add {
    /// The baseline.
    pub(super) file: PathBuf,

    #[command(flatten)]
    pub(super) input: Input,

    /// Something that has to be the same in later runs, for example --env build=release.
    #[arg(long, value_name = "KEY=VALUE", help_heading = "Comparing")]
    pub(super) env: Vec<String>,
}

#[derive(Debug, Args)]
pub(super) struct Check {
    #[command(flatten)]
    pub(super) input: Input,

    /// Print nothing; only set the exit code.
    #[arg(short, long)]
    pub(super) quiet: bool,
}

#[derive(Debug, Args)]
pub(super) struct Export {
    #[command(flatten)]
    pub(super) input: Input,

    /// Where to write; may be given several times. The ending chooses the form.
    ///
    /// .csv, .parquet and .ndjson (or .jsonl); - is CSV on standard output. Files are written whole or not at all.
    #[arg(short = 'o', long = "output", value_name = "FILE", required = true, help_heading = "Output")]
    pub(super) files: Vec<PathBuf>,

    /// Also write the samples that were set aside (`kept` is false): corrupted ones with their finding, and the durations of
    /// failed rows.
    #[arg(long, help_heading = "Output")]
    pub(super) all: bool,

    /// Print nothing about what was written.
    #[arg(short, long, help_heading = "Output")]
    pub(super) quiet: bool,
}

/// A schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Schema {
    Report,
    Baseline,
    /// The JSON of `history report`.
    History,
}
