//! What is written, and what makes a run fail, as a person types it.
#![allow(
    clippy::doc_markdown,
    reason = "the comments here are the help that a person reads, where backticks are noise"
)]

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// What is written, and where.
#[derive(Debug, Args)]
pub(in crate::cli) struct Output {
    /// Where to write; the ending chooses the form.
    ///
    /// May be given several times.
    ///
    /// .md is Markdown for GitHub, .html one page without outside references, .json the report as data (see `schema`),
    /// .txt the short summary, .xml test results as JUnit has them; - is Markdown on standard output. Files are written
    /// whole or not at all.
    ///
    /// For the dashboards of others: bmf=FILE is Bencher Metric Format; gab=FILE and gab-bigger=FILE are
    /// github-action-benchmark's customSmallerIsBetter and customBiggerIsBetter; openmetrics=FILE is OpenMetrics text.
    #[arg(short = 'o', long = "output", value_name = "FILE", help_heading = "Output")]
    pub(in crate::cli) files: Vec<PathBuf>,

    /// Also write a short form for a pull request.
    ///
    /// Markdown of under 65,000 characters, as much as a comment may have.
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    pub(in crate::cli) comment: Option<PathBuf>,

    /// Render with a template of your own, or with the built-in one called `origin`.
    ///
    /// Without -o the result goes to standard output. With -o, the outputs with the template's ending use it. Templates
    /// are tera; their context is described in docs/templates.md, and `perfreport template report.md` prints an example.
    #[arg(long, value_name = "FILE", help_heading = "Output", hide_short_help = true)]
    pub(in crate::cli) template: Option<String>,

    /// Title of the report.
    #[arg(long, help_heading = "Output", hide_short_help = true)]
    pub(in crate::cli) title: Option<String>,

    /// Time to print in the report: ISO 8601, or `now`.
    ///
    /// Without it, and without SOURCE_DATE_EPOCH in the environment, the report has no date, so that the same input
    /// gives the same bytes.
    #[arg(long, value_name = "TIME", help_heading = "Output", hide_short_help = true)]
    pub(in crate::cli) timestamp: Option<String>,

    /// Open every section of HTML pages, so that all details are printed.
    ///
    /// Without it a page is printed as its brief: the first screen, the results, the findings, and what is open.
    #[arg(long, help_heading = "Output", hide_short_help = true)]
    pub(in crate::cli) print_details: bool,

    /// Print no summary to the terminal.
    #[arg(short, long, help_heading = "Output")]
    pub(in crate::cli) quiet: bool,

    /// Speak to a CI service: `github` prints annotations and fills the step summary.
    ///
    /// `auto` does so where GITHUB_ACTIONS is set. Nothing is sent: annotations go to standard output, the summary to
    /// the file that GITHUB_STEP_SUMMARY names, and results to the one that GITHUB_OUTPUT names.
    #[arg(long, value_enum, default_value_t = Ci::Auto, help_heading = "Output", hide_short_help = true)]
    pub(in crate::cli) ci: Ci,
}

/// What makes a run fail.
#[derive(Debug, Args)]
pub(in crate::cli) struct Gate {
    /// Exit with 1 on regression, target, corruption, …
    ///
    /// Any of these, separated by commas: regression, target, corruption, suspicious, inconclusive.
    ///
    /// `regression` also fails where a metric vanished or cannot be compared any more; `target` also where a target
    /// matches nothing. Without it the configuration decides, and without that nothing fails.
    #[arg(long, value_name = "WHAT", value_delimiter = ',', help_heading = "Comparing")]
    pub(in crate::cli) fail_on: Vec<String>,

    /// Count targets that are undecided (their interval straddles the limit) as missed.
    #[arg(long, help_heading = "Comparing", hide_short_help = true)]
    pub(in crate::cli) strict: bool,

    /// What becomes of a gate that cannot tell: nothing could be compared, or a large change cannot be decided [default: fail].
    ///
    /// `pass` lets such a run exit with 0 and says so. What failed, vanished, or is the baseline's own file never passes.
    #[arg(long, value_enum, value_name = "WHAT", help_heading = "Comparing", hide_short_help = true)]
    pub(in crate::cli) undecided: Option<Undecided>,

    /// The change that matters [default: 5%].
    ///
    /// METRIC=SHARE is for the metrics of that name (`memory_*=10%`).
    ///
    /// A change that is measured as smaller is never called a regression, and a metric is unchanged only where its whole interval is
    /// smaller. A true change below the margin may be measured as larger: `--margin-test` guards against that.
    #[arg(long, value_name = "SHARE", help_heading = "Comparing")]
    pub(in crate::cli) margin: Vec<String>,

    /// How far p95 and p99 may have moved in a metric that is called unchanged [default: 20%].
    ///
    /// Where their intervals reach beyond it, or do not exist, only the center is unchanged.
    #[arg(long, value_name = "SHARE", help_heading = "Comparing", hide_short_help = true)]
    pub(in crate::cli) tail_margin: Option<String>,

    /// Call a change a regression or an improvement only where its whole interval lies beyond the margin.
    ///
    /// It takes more samples: without it the interval has to exclude no change, and the change as it was measured has to reach the
    /// margin.
    #[arg(long, help_heading = "Comparing", hide_short_help = true)]
    pub(in crate::cli) margin_test: bool,
}

/// The CI service to speak to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum Ci {
    /// The one that the environment shows.
    Auto,
    Github,
    None,
}

/// What becomes of a gate that cannot tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(in crate::cli) enum Undecided {
    /// The command exits with 1.
    Fail,
    /// The command exits with 0.
    Pass,
}

impl Undecided {
    pub(in crate::cli) fn word(self) -> &'static str {
        match self {
            Self::Fail => "fail",
            Self::Pass => "pass",
        }
    }
}
