//! The command line: what a person types.
#![allow(
    clippy::doc_markdown,
    reason = "the comments here are the help that a person reads, where backticks are noise"
)]

use std::path::PathBuf;

use super::storage::size;
use clap::{Args, Parser, Subcommand, ValueEnum};

const EXIT_CODES: &str = "\
Exit codes:
  0  done, and every check that was asked for passed
  1  a check that was asked for failed (`check` found corrupted samples, or --fail-on found what it names)
  2  an error: nothing was written that was not whole";

const EXAMPLES: &str = "\
Examples:
  perfreport summarize results/*.csv                  write performance_metrics_report.md
  perfreport summarize results/ -o report.html        search a folder, write a page
  cat run.csv | perfreport summarize - -o -           from standard input to standard output
  perfreport check results/*.csv                      is the data sound? exit 1 if not
  perfreport summarize results/*.csv --save-baseline perf-baseline.json
  perfreport summarize results/*.csv --baseline perf-baseline.json --fail-on regression
  perfreport compare before.csv after.csv             what changed?
  perfreport history add perf-history.jsonl results/*.csv --at 2026-11-28T02:00:00Z --commit 3f2a91c
  perfreport history report perf-history.jsonl        when did what change?";

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

    /// Use so many threads [default: as many as there are cores]. The output is the same with any number.
    #[arg(long, global = true, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub(super) threads: Option<u16>,
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
    /// Compare two files, folders or saved baselines, in any mixture: regressed, improved, unchanged or inconclusive.
    ///
    /// Prints what changed, worst first. Runs are told apart by files whose names differ only in numbers (run-1.csv,
    /// run-2.csv), by baselines that hold several, and by repeated headers in one file.
    #[command(after_help = EXIT_CODES)]
    Compare(Compare),
    /// Write the samples behind the numbers: a row each, in base units, with the evidence about it.
    ///
    /// What left the clean statistics is left out, or comes with its finding where --all is given. The samples can be read by
    /// DuckDB, pandas, polars, a spreadsheet, and by this program.
    #[command(after_help = EXIT_CODES)]
    Export(Export),
    /// Look after a baseline file.
    #[command(subcommand)]
    Baseline(Baseline),
    /// Keep the numbers of many runs in one file, and see when what changed: steps, drifts, slow hosts.
    #[command(subcommand)]
    History(History),
    /// List the formats that are read: what a duration means in each, whether failures are recorded, and a command that
    /// writes such a file.
    Formats {
        /// As the Markdown table of docs/formats.md.
        #[arg(long)]
        markdown: bool,
    },
    /// Print the JSON Schema of the JSON report, of a baseline, or of the report about a history.
    Schema {
        /// Which one.
        #[arg(value_enum, default_value_t = Schema::Report)]
        of: Schema,
    },
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

    #[command(flatten)]
    pub(super) output: Output,

    /// Hold the run against this baseline (or against a file or folder of raw metrics).
    #[arg(long, value_name = "FILE", help_heading = "Comparing")]
    pub(super) baseline: Option<PathBuf>,

    /// Save the run as a baseline to hold later runs against. Not saved when a gate fails.
    #[arg(long, value_name = "FILE", help_heading = "Comparing")]
    pub(super) save_baseline: Option<PathBuf>,

    /// Something that has to be the same on both sides, for example --env build=release.
    ///
    /// It is kept in the baseline. Where a key differs or one side lacks it, metrics are incomparable. May be given
    /// several times. Operating system, processor and cores are kept by themselves; a difference in those is only said.
    #[arg(long, value_name = "KEY=VALUE", help_heading = "Comparing")]
    pub(super) env: Vec<String>,

    #[command(flatten)]
    pub(super) gate: Gate,
}

#[derive(Debug, Args)]
pub(super) struct Compare {
    /// What to compare with: a file, a folder, a glob, or a saved baseline.
    pub(super) before: PathBuf,

    /// What is compared: a file, a folder, a glob, or a saved baseline.
    pub(super) after: PathBuf,

    #[command(flatten)]
    pub(super) understanding: Understanding,

    #[command(flatten)]
    pub(super) output: Output,

    #[command(flatten)]
    pub(super) gate: Gate,
}

#[derive(Debug, Subcommand)]
pub(super) enum Baseline {
    /// Add another run of the same code to a baseline, so that the noise between runs becomes known.
    ///
    /// With three or more runs a new run is compared with the spread of the runs, and not only against the spread inside
    /// one of them. The file is created where it does not exist.
    #[command(after_help = EXIT_CODES)]
    Add(Box<Add>),
    /// Print what a baseline holds: runs, metrics, samples, and the noise between runs.
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

#[derive(Debug, Subcommand)]
pub(super) enum History {
    /// Append a run to a history: one line with a few numbers of each metric. The file is created where it does not exist.
    #[command(after_help = EXIT_CODES)]
    Add(Box<HistoryAdd>),
    /// Say what changed in a history, and when.
    ///
    /// Prints the changes, the worst and newest first. Changes are found by ranks, with a known rate of false alarms
    /// (docs/history.md); environments are never mixed, and a run in which the whole suite was slow counts for nothing.
    #[command(after_help = EXIT_CODES)]
    Report(Box<HistoryReport>),
    /// Accept a change, so that it fails no gate any more. A line is appended; nothing else in the file is touched.
    Ack(HistoryAck),
    /// Append the runs that other files hold: data.js of github-action-benchmark, CSV with a row a run (Otava), results of asv,
    /// baselines and dated files.
    #[command(after_help = EXIT_CODES)]
    Import(Box<HistoryImport>),
}

#[derive(Debug, Args)]
pub(super) struct HistoryAdd {
    /// The history.
    pub(super) file: PathBuf,

    #[command(flatten)]
    pub(super) input: Input,

    /// When the run was measured, for example 2026-11-28T02:00:00Z. Needed where no file states it.
    #[arg(long, value_name = "TIME", help_heading = "The run")]
    pub(super) at: Option<String>,

    /// The commit that was measured.
    #[arg(long, value_name = "COMMIT", help_heading = "The run")]
    pub(super) commit: Option<String>,

    /// Its branch.
    #[arg(long, value_name = "NAME", help_heading = "The run")]
    pub(super) branch: Option<String>,

    /// Something by which runs are told apart, for example --env build=release: runs with different values are never compared.
    #[arg(long, value_name = "KEY=VALUE", help_heading = "The run")]
    pub(super) env: Vec<String>,
}

#[derive(Debug, Args)]
pub(super) struct HistoryReport {
    /// The history.
    pub(super) file: PathBuf,

    /// Where to write; may be given several times. The ending chooses the form: .md, .html, .json or .txt; - is Markdown on
    /// standard output.
    #[arg(short = 'o', long = "output", value_name = "FILE", help_heading = "Output")]
    pub(super) files: Vec<PathBuf>,

    /// Only metrics whose name fits, for example --metric 'latency*'.
    #[arg(long, value_name = "GLOB", help_heading = "What is looked at")]
    pub(super) metric: Option<String>,

    /// Only runs so long before the newest one, for example --since 90d.
    #[arg(long, value_name = "DAYS", help_heading = "What is looked at")]
    pub(super) since: Option<String>,

    /// Only runs of this branch.
    #[arg(long, value_name = "NAME", help_heading = "What is looked at")]
    pub(super) branch: Option<String>,

    /// What of each run is followed.
    #[arg(long, value_enum, default_value_t = Followed::Center, help_heading = "What is looked at")]
    pub(super) statistic: Followed,

    /// A change below this share of the level does not matter [default: 5%].
    #[arg(long, value_name = "SHARE", help_heading = "What is looked at")]
    pub(super) margin: Option<String>,

    /// Exit with 1 on a change for the worse that nobody accepted and that began so long before the newest run:
    /// --fail-on change:30d.
    ///
    /// Where no metric has enough runs the answer is undecided, and the exit code 1 too.
    #[arg(long, value_name = "WHAT", help_heading = "What is looked at")]
    pub(super) fail_on: Option<String>,

    /// Pass over lines that are damaged or newer than this program, and say so.
    #[arg(long)]
    pub(super) keep_going: bool,

    /// Print no list to the terminal.
    #[arg(short, long, help_heading = "Output")]
    pub(super) quiet: bool,

    /// Colour on the terminal.
    #[arg(long, value_enum, default_value_t = Colour::Auto, help_heading = "Output")]
    pub(super) color: Colour,
}

/// What of a run is followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Followed {
    /// The median, or the number that a tool gives.
    Center,
    P95,
    P99,
    /// The share that failed.
    Failures,
}

#[derive(Debug, Args)]
pub(super) struct HistoryAck {
    /// The history.
    pub(super) file: PathBuf,

    /// The metric, as the report names it.
    pub(super) metric: String,

    /// The commit at which it changed; its beginning is enough.
    pub(super) commit: String,

    /// Why it is accepted.
    #[arg(long, value_name = "TEXT")]
    pub(super) note: String,
}

#[derive(Debug, Args)]
pub(super) struct HistoryImport {
    #[command(flatten)]
    pub(super) input: Input,

    /// The history to append to.
    #[arg(short = 'o', long = "output", value_name = "FILE", help_heading = "Output")]
    pub(super) file: PathBuf,
}

/// What is written, and where.
#[derive(Debug, Args)]
pub(super) struct Output {
    /// Where to write; may be given several times. The ending chooses the form.
    ///
    /// .md is Markdown for GitHub, .html one page without outside references, .json the report as data (see `schema`),
    /// .txt the short summary, .xml test results as JUnit has them; - is Markdown on standard output. Files are written
    /// whole or not at all.
    #[arg(short = 'o', long = "output", value_name = "FILE", help_heading = "Output")]
    pub(super) files: Vec<PathBuf>,

    /// Also write a Markdown form short enough for a comment on a pull request (under 65,000 characters).
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    pub(super) comment: Option<PathBuf>,

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

    /// Speak to a CI service: `github` prints annotations and fills the step summary.
    ///
    /// `auto` does so where GITHUB_ACTIONS is set. Nothing is sent: annotations go to standard output, the summary to
    /// the file that GITHUB_STEP_SUMMARY names, and results to the one that GITHUB_OUTPUT names.
    #[arg(long, value_enum, default_value_t = Ci::Auto, help_heading = "Output")]
    pub(super) ci: Ci,
}

/// What makes a run fail.
#[derive(Debug, Args)]
pub(super) struct Gate {
    /// Exit with 1 on any of these, separated by commas: regression, target, corruption, suspicious, inconclusive.
    ///
    /// `regression` also fails where a metric vanished or cannot be compared any more; `target` also where a target
    /// matches nothing. Without it the configuration decides, and without that nothing fails.
    #[arg(long, value_name = "WHAT", value_delimiter = ',', help_heading = "Comparing")]
    pub(super) fail_on: Vec<String>,

    /// Count targets that are undecided (their interval straddles the limit) as missed.
    #[arg(long, help_heading = "Comparing")]
    pub(super) strict: bool,

    /// What becomes of a gate that cannot tell: nothing could be compared, or a large change cannot be decided [default: fail].
    ///
    /// `pass` lets such a run exit with 0 and says so. What failed, vanished, or is the baseline's own file never passes.
    #[arg(long, value_enum, value_name = "WHAT", help_heading = "Comparing")]
    pub(super) undecided: Option<Undecided>,

    /// The change that matters [default: 5%]; METRIC=SHARE for the metrics of that name (`memory_*=10%`).
    ///
    /// A change that is measured as smaller is never called a regression, and a metric is unchanged only where its whole interval is
    /// smaller. A true change below the margin may be measured as larger: `--margin-test` guards against that.
    #[arg(long, value_name = "SHARE", help_heading = "Comparing")]
    pub(super) margin: Vec<String>,

    /// How far p95 and p99 may have moved in a metric that is called unchanged [default: 20%].
    ///
    /// Where their intervals reach beyond it, or do not exist, only the center is unchanged.
    #[arg(long, value_name = "SHARE", help_heading = "Comparing")]
    pub(super) tail_margin: Option<String>,

    /// Call a change a regression or an improvement only where its whole interval lies beyond the margin.
    ///
    /// It takes more samples: without it the interval has to exclude no change, and the change as it was measured has to reach the
    /// margin.
    #[arg(long, help_heading = "Comparing")]
    pub(super) margin_test: bool,
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

/// What is read, and how it is understood.
#[derive(Debug, Args)]
pub(super) struct Input {
    /// Files, folders to search, globs, or - for standard input.
    #[arg(required = true, value_name = "PATH")]
    pub(super) paths: Vec<PathBuf>,

    #[command(flatten)]
    pub(super) understanding: Understanding,
}

/// How runs are taken that are too short to show whether their samples depend on each other.
#[derive(Debug, Args)]
pub(super) struct ShortRuns {
    /// Take samples of runs of fewer than 100 as dependent on each other, wherever they come from.
    ///
    /// So few samples cannot show whether a slow moment outlasts one of them. Rows with a clock are taken as dependent,
    /// benchmark runs and tables without a clock as independent.
    #[arg(long, conflicts_with = "independent", help_heading = "Statistics")]
    pub(super) dependent: bool,

    /// Take samples of runs of fewer than 100 as independent, for example because each was measured by a process of its own.
    #[arg(long, help_heading = "Statistics")]
    pub(super) independent: bool,
}

/// How what is read is understood.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(super) struct Understanding {
    /// Take at most so much memory, for example --memory 64MiB [default: half of the machine's].
    ///
    /// What does not fit goes to a temporary file (TMPDIR says where). The numbers are the same with any bound.
    #[arg(long, value_name = "SIZE", value_parser = size, help_heading = "Understanding the data")]
    pub(super) memory: Option<u64>,

    /// Read options from this file; ./perfreport.toml is read without being named.
    #[arg(long, value_name = "FILE", help_heading = "Understanding the data")]
    pub(super) config: Option<PathBuf>,

    /// Unit of a column, for example --unit latency=ms.
    #[arg(long, value_name = "COLUMN=UNIT", help_heading = "Understanding the data")]
    pub(super) unit: Vec<String>,

    /// Role of a column: label, metric, metric-name, timestamp, status, identifier, run, unused.
    #[arg(long, value_name = "COLUMN=ROLE", help_heading = "Understanding the data")]
    pub(super) role: Vec<String>,

    /// Which way a metric is better: lower, higher or unknown.
    #[arg(long, value_name = "COLUMN=WAY", help_heading = "Understanding the data")]
    pub(super) better: Vec<String>,

    /// The largest possible value of a metric, for example --limit latency=60s; what is above it is corrupted. A bare number is in
    /// the unit that the file states.
    #[arg(long, value_name = "COLUMN=VALUE", help_heading = "Understanding the data")]
    pub(super) limit: Vec<String>,

    /// What a request has to keep to be a good one, for example --slo 'response<3s'; may be given several times.
    ///
    /// `first_chunk`, `response`, `time_per_output_token`, or a column of the request's row. The report then says how many
    /// requests kept all of them, and each alone; failed and unanswered ones keep none.
    #[arg(long, value_name = "LEVEL", help_heading = "Understanding the data")]
    pub(super) slo: Vec<String>,

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

    /// Of runs of requests count only the steady part: after ramp and warm-up, before the drain.
    ///
    /// The report says what is left out. Where a run has no steady part (its load does not settle, or it is too short) all of it is
    /// counted, nothing is judged, and the answer is undecided.
    #[arg(long, help_heading = "Statistics")]
    pub(super) steady: bool,

    /// Look at every metric of requests as deeply as at their duration: modes, warm-up, drift and changes of level too.
    ///
    /// Without it the metrics beside the duration (bytes, threads, connect times) get every number and every check, but not these,
    /// unless something is compared or saved. The report says so: `depth` is `summary` there.
    #[arg(long, help_heading = "Statistics")]
    pub(super) deep: bool,

    #[command(flatten)]
    pub(super) short_runs: ShortRuns,

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

/// A schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Schema {
    Report,
    Baseline,
    /// The JSON of `history report`.
    History,
}

/// The CI service to speak to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Ci {
    /// The one that the environment shows.
    Auto,
    Github,
    None,
}

/// What becomes of a gate that cannot tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Undecided {
    /// The command exits with 1.
    Fail,
    /// The command exits with 0.
    Pass,
}

impl Undecided {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Fail => "fail",
            Self::Pass => "pass",
        }
    }
}
