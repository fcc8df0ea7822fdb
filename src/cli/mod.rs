//! The program: what a person types, the order of the stages, what is printed, and the exit code.
//!
//! The only part that opens files, prints, or ends the process.

mod args;
mod inputs;
mod outputs;
mod read;

use std::fs;
use std::io::{IsTerminal, Write, stderr, stdout};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, anyhow, bail};
use clap::Parser;

use crate::ingest::formats;
use crate::report::contract::{Report, Status};
use crate::report::render::{built_in, built_in_names, render, render_template};
use crate::report::view::View;

use args::{Check, Cli, Colour, Command, Summarize};
use inputs::Inputs;
use outputs::{Target, write_all, write_stdout};

/// Written where nothing else is asked for.
const DEFAULT_OUTPUT: &str = "performance_metrics_report.md";
/// A check that was asked for failed.
const CHECK_FAILED: u8 = 1;
/// An error.
const ERROR: u8 = 2;

/// Runs the program with the arguments of the process.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let outcome = match &cli.command {
        Command::Summarize(arguments) => summarize(arguments),
        Command::Check(arguments) => check(arguments),
        Command::Formats => print_formats(),
        Command::Schema => print_schema(),
        Command::Template { name } => print_template(name.as_deref()),
    };
    outcome.unwrap_or_else(|error| {
        // Nothing is left to be done if even this cannot be written.
        let _ = writeln!(stderr(), "error: {error:#}");
        ExitCode::from(ERROR)
    })
}

fn summarize(arguments: &Summarize) -> Result<ExitCode> {
    let targets = targets(arguments)?;
    let template = arguments.template.as_deref().map(load_template).transpose()?;
    let generated = generated(arguments.timestamp.as_deref())?;
    let inputs = read::inputs(&arguments.input)?;
    protect_inputs(&targets, &inputs)?;
    let report = read::report(&arguments.input, inputs, arguments.title.clone(), generated)?;
    let outputs = render_all(&report, targets, template.as_ref())?;
    write_all(&outputs)?;
    if !arguments.quiet {
        let mut text = summary(&report, arguments.input.color, outputs_to_stdout(&outputs));
        let mut wrote = Vec::new();
        for (target, _) in &outputs {
            if let Target::File(path) = target {
                wrote.push(format!("wrote {}", path.display()));
            }
        }
        if !wrote.is_empty() {
            text = format!("{text}\n{}", as_lines(&wrote));
        }
        if outputs_to_stdout(&outputs) {
            stderr().write_all(text.as_bytes()).context("standard error: cannot be written")?;
        } else {
            write_stdout(text.as_bytes())?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn check(arguments: &Check) -> Result<ExitCode> {
    let inputs = read::inputs(&arguments.input)?;
    let report = read::report(&arguments.input, inputs, None, None)?;
    if !arguments.quiet {
        let colour = use_colour(arguments.input.color, stdout().is_terminal());
        write_stdout(findings_text(&report, colour).as_bytes())?;
    }
    Ok(if report.verdict.corrupted_samples > 0 { ExitCode::from(CHECK_FAILED) } else { ExitCode::SUCCESS })
}

fn outputs_to_stdout(outputs: &[(Target, Vec<u8>)]) -> bool {
    outputs.iter().any(|(target, _)| *target == Target::Stdout)
}

/// A template of the user's own, or a built-in one.
struct Template {
    name: String,
    text: String,
}

fn load_template(given: &str) -> Result<Template> {
    let path = Path::new(given);
    if !path.exists() {
        let name = if built_in(given).is_some() { given.to_owned() } else { format!("{given}.md") };
        if let Some(text) = built_in(&name) {
            return Ok(Template { name, text: text.to_owned() });
        }
    }
    let text = fs::read_to_string(path).with_context(|| {
        format!("--template {given}: cannot be read; built in are {}", built_in_names().collect::<Vec<_>>().join(", "))
    })?;
    let name = path.file_name().map_or_else(|| given.to_owned(), |name| name.to_string_lossy().into_owned());
    Ok(Template { name, text })
}

fn targets(arguments: &Summarize) -> Result<Vec<Target>> {
    if arguments.output.is_empty() {
        let file = Target::File(PathBuf::from(DEFAULT_OUTPUT));
        return Ok(vec![if arguments.template.is_some() { Target::Stdout } else { file }]);
    }
    let targets: Vec<Target> = arguments.output.iter().map(|path| Target::new(path)).collect();
    for (index, target) in targets.iter().enumerate() {
        if targets[..index].iter().any(|other| other.is_same(target)) {
            bail!("-o {}: given twice", arguments.output[index].display());
        }
        if arguments.template.is_none() {
            target.form()?;
        }
    }
    Ok(targets)
}

/// A report must never take the place of the data it is about.
fn protect_inputs(targets: &[Target], inputs: &Inputs) -> Result<()> {
    for target in targets {
        if inputs.sources.iter().any(|source| source.path().is_some_and(|path| target.is_same(&Target::new(path)))) {
            bail!("{}: this is one of the files to be read; write the report somewhere else", target.shown());
        }
    }
    Ok(())
}

fn render_all(report: &Report, targets: Vec<Target>, template: Option<&Template>) -> Result<Vec<(Target, Vec<u8>)>> {
    let only = targets.len() == 1;
    let mut used = false;
    let mut outputs = Vec::new();
    for target in targets {
        let custom = template.filter(|template| only || same_ending(&target, &template.name));
        let bytes = match custom {
            Some(template) => {
                used = true;
                render_template(report, &template.name, &template.text)?
            }
            None => render(report, target.form()?)?,
        };
        outputs.push((target, bytes));
    }
    if let Some(template) = template.filter(|_| !used) {
        bail!("--template {}: no output given with -o has the same ending", template.name);
    }
    Ok(outputs)
}

fn same_ending(target: &Target, template: &str) -> bool {
    let ending = |name: &str| Path::new(name).extension().map(|ending| ending.to_string_lossy().to_ascii_lowercase());
    match target {
        Target::Stdout => ending(template).as_deref() == Some("md"),
        Target::File(path) => ending(&path.to_string_lossy()) == ending(template),
    }
}

/// The time to print, from the flag or from `SOURCE_DATE_EPOCH` (<https://reproducible-builds.org/specs/source-date-epoch/>).
fn generated(flag: Option<&str>) -> Result<Option<String>> {
    let timestamp = match (flag, std::env::var("SOURCE_DATE_EPOCH")) {
        (Some("now"), _) => jiff::Timestamp::now(),
        (Some(text), _) => text
            .parse::<jiff::Timestamp>()
            .map_err(|error| anyhow!("--timestamp {text}: {error}; write for example 2026-03-15T12:00:00Z"))?,
        (None, Ok(seconds)) => seconds
            .trim()
            .parse::<i64>()
            .ok()
            .and_then(|seconds| jiff::Timestamp::from_second(seconds).ok())
            .ok_or_else(|| anyhow!("SOURCE_DATE_EPOCH={seconds}: must be whole seconds since 1970"))?,
        (None, Err(_)) => return Ok(None),
    };
    let seconds = jiff::Timestamp::from_second(timestamp.as_second()).unwrap_or(timestamp);
    Ok(Some(seconds.to_string()))
}

fn use_colour(colour: Colour, terminal: bool) -> bool {
    match colour {
        Colour::Always => true,
        Colour::Never => false,
        // https://no-color.org: any value but the empty one turns colour off.
        Colour::Auto => terminal && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()),
    }
}

fn paint(word: &str, severity: &str, colour: bool) -> String {
    let code = match severity {
        "corrupted" => "1;31",
        "suspicious" => "1;33",
        "clean" => "1;32",
        _ => "1",
    };
    if colour && !word.is_empty() { format!("\x1b[{code}m{word}\x1b[0m") } else { word.to_owned() }
}

/// The short summary, one line a thing.
fn summary(report: &Report, colour: Colour, to_stderr: bool) -> String {
    let terminal = if to_stderr { stderr().is_terminal() } else { stdout().is_terminal() };
    let colour = use_colour(colour, terminal);
    let lines = View::of(report).terminal.lines;
    let texts = lines.iter().map(|line| match line.severity {
        Some(severity) => format!("{}{}{}\n", line.indent, paint(line.word, severity, colour), line.rest),
        None => format!("{}\n", line.text),
    });
    texts.collect()
}

/// All findings, one line each, and the verdict.
fn findings_text(report: &Report, colour: bool) -> String {
    let findings = View::of(report).findings;
    let mut lines: Vec<String> = findings
        .first
        .iter()
        .chain(&findings.rest)
        .map(|finding| {
            let value = finding.value.as_ref().map(|value| format!(" {value}")).unwrap_or_default();
            let severity = paint(finding.severity, finding.severity, colour);
            format!("{}: {severity}: {}{value}: {}; {}", finding.place, finding.kind, finding.why, finding.action)
        })
        .collect();
    let status = match report.verdict.status {
        Status::Clean => "clean",
        Status::Suspicious => "suspicious",
        Status::Corrupted => "corrupted",
    };
    lines.push(format!("{}: {}", paint(status, status, colour), report.verdict.headline));
    as_lines(&lines)
}

fn as_lines(lines: &[String]) -> String {
    lines.join("\n") + "\n"
}

fn print_formats() -> Result<ExitCode> {
    let lines: Vec<String> = formats().map(|format| format!("{:<8} {}", format.name, format.about)).collect();
    write_stdout(as_lines(&lines).as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

fn print_schema() -> Result<ExitCode> {
    let schema = schemars::schema_for!(Report);
    let mut text = serde_json::to_vec_pretty(&schema).context("the schema cannot be written as JSON")?;
    text.push(b'\n');
    write_stdout(&text)?;
    Ok(ExitCode::SUCCESS)
}

fn print_template(name: Option<&str>) -> Result<ExitCode> {
    let text = match name {
        None => as_lines(&built_in_names().map(str::to_owned).collect::<Vec<_>>()),
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
    write_stdout(text.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}
