//! The program: what a person types, the order of the stages, what is printed, and the exit code.
//!
//! The only part that opens files, prints, or ends the process.

mod archive;
mod args;
mod baseline;
mod baseline_file;
mod ci;
mod command_line;
mod commit;
mod compare;
mod deliver;
mod digest;
mod digest_file;
mod environment;
mod explain;
mod export;
mod formats;
mod gate;
mod history;
mod init;
mod inputs;
mod limits;
mod options;
mod outputs;
mod pages;
mod places;
mod progress;
mod read;
mod refine;
mod stamp;
mod storage;
mod summarize;
mod terminal;

use std::panic;
use std::process::ExitCode;

use anyhow::{Context, Result, anyhow};

use crate::compare::baseline::Baseline;
use crate::history::contract::HistoryReport;
use crate::report::build::Material;
use crate::report::contract::Report;
use crate::report::render::{built_in, built_in_names};
use crate::report::view::{FindingView, FindingsView, Subject};

use args::{Check, Command, Schema};
use command_line::NoCommand;
use gate::CHECK_FAILED;
use read::ReadOptions;
use terminal::{Line, Stream, complain, complain_of, document, say};

const ERROR: u8 = 2;

/// Runs the program with the arguments of the process.
pub fn main() -> ExitCode {
    panic::set_hook(Box::new(|panic| {
        let text = format!("error: perfreport {panic}\nThis is a fault of perfreport: please report it.");
        complain(text.lines().map(str::to_owned));
    }));
    let cli = match command_line::parse(std::env::args_os().collect()) {
        Ok(cli) => cli,
        Err(reason) => return explain_no_command(reason),
    };
    if let Some(threads) = cli.threads {
        // Nothing has used the pool yet, so this cannot fail; if it did, the default would do.
        let _ = rayon::ThreadPoolBuilder::new().num_threads(usize::from(threads)).build_global();
    }
    let outcome = match &cli.command {
        Command::Summarize(arguments) => summarize::summarize(arguments),
        Command::Compare(arguments) => compare::compare(arguments),
        Command::Plan(arguments) => digest::plan(arguments),
        Command::Digest(arguments) => digest::digest(arguments),
        Command::Merge(arguments) => digest::merge(arguments),
        Command::Refine(args::Refine::Ask(arguments)) => refine::ask(arguments),
        Command::Baseline(command) => baseline::run(command),
        Command::History(command) => history::run(command),
        Command::Check(arguments) => check(arguments),
        Command::Export(arguments) => export::export(arguments),
        Command::Formats { markdown } => print_formats(*markdown),
        Command::Schema { of } => print_schema(*of),
        Command::Template { name } => print_template(name.as_deref()),
        Command::Init(arguments) => init::init(arguments),
        Command::Explain { word } => explain::explain(word),
        Command::Completions { shell } => pages::completions(*shell),
        Command::Man(arguments) => pages::man(arguments),
    };
    outcome.unwrap_or_else(|error| {
        complain_of(&error);
        ExitCode::from(ERROR)
    })
}

/// Says why the words of the process are no command, or prints the help that they ask for.
fn explain_no_command(reason: NoCommand) -> ExitCode {
    match reason {
        // A shell puts names of files in the place of its patterns, so what is wrong may have been written by anybody.
        NoCommand::Syntax(error) if error.use_stderr() => complain(error.to_string().lines().map(str::to_owned)),
        NoCommand::Syntax(help) => help.exit(),
        NoCommand::Screen { asked: true } => {
            // What can be done where even the help cannot be printed is done by the reader of the exit code.
            return command_line::screen().print_help().map_or(ExitCode::from(ERROR), |()| ExitCode::SUCCESS);
        }
        NoCommand::Screen { asked: false } => {
            complain(command_line::screen().render_help().to_string().lines().map(str::to_owned));
        }
        NoCommand::Unknown(word) => {
            complain([format!("error: {word}"), String::new(), "See `perfreport --help`.".to_owned()]);
        }
    }
    ExitCode::from(ERROR)
}

fn check(arguments: &Check) -> Result<ExitCode> {
    let understanding = &arguments.input.understanding;
    let config = options::config(understanding)?;
    let inputs = read::inputs(&arguments.input.paths, understanding)?;
    read::stay_alone(&inputs);
    let reading = read::read(understanding, &config, inputs, &ReadOptions::default())?;
    let report = read::report(reading, Material::default())?;
    if !arguments.quiet {
        say(Stream::Out, &findings_lines(&report), Stream::Out.has_colour(understanding.color))?;
    }
    Ok(if report.verdict.corrupted_samples > 0 { ExitCode::from(CHECK_FAILED) } else { ExitCode::SUCCESS })
}

/// What stands above the lines against suspicious rows.
const REMEDY: &str = "Where these rows are no measurements, these lines in perfreport.toml set them aside:";

/// All findings, one line each, and the verdict.
fn findings_lines(report: &Report) -> Vec<Line> {
    let findings = FindingsView::of(&report.findings);
    let all = findings.first.iter().chain(&findings.rest);
    let line = |finding: &FindingView| {
        let value = finding.value.as_ref().map(|value| format!(" {value}")).unwrap_or_default();
        let rest = format!(": {}{value}: {}; {}", finding.kind, finding.why, finding.action);
        Line::new(format!("{}: ", finding.place)).subject(Subject::Finding(finding.severity)).text(rest)
    };
    let mut lines: Vec<Line> = all.map(line).collect();
    if let Some(remedy) = &findings.remedy {
        lines.push(Line::new(REMEDY));
        lines.extend(remedy.lines().map(|line| Line::new(format!("  {line}"))));
    }
    lines.push(
        Line::default().subject(Subject::Data(report.verdict.data)).text(format!(": {}", report.verdict.data_note)),
    );
    lines
}

fn print_formats(markdown: bool) -> Result<ExitCode> {
    let text = if markdown { formats::markdown() } else { formats::text() };
    document(text.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

fn print_schema(of: Schema) -> Result<ExitCode> {
    let schema = match of {
        Schema::Report => schemars::schema_for!(Report),
        Schema::Baseline => schemars::schema_for!(Baseline),
        Schema::History => schemars::schema_for!(HistoryReport),
    };
    let mut text = serde_json::to_vec_pretty(&schema).context("the schema cannot be written as JSON")?;
    text.push(b'\n');
    document(&text)?;
    Ok(ExitCode::SUCCESS)
}

fn print_template(name: Option<&str>) -> Result<ExitCode> {
    let text = match name {
        None => built_in_names().collect::<Vec<_>>().join("\n") + "\n",
        Some(name) => built_in(name)
            .or_else(|| built_in(&format!("{name}.md")))
            .ok_or_else(|| {
                anyhow!(
                    "no template is called {name}; built in are {}",
                    built_in_names().collect::<Vec<_>>().join(", ")
                )
            })?
            .to_owned(),
    };
    document(text.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}
