//! `history add`: the files of one run become a line; other commands compare them with a history without adding them.

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result, anyhow, bail};

use crate::cli::args::{HistoryAdd, Input, Occasion as Given, Understanding};
use crate::cli::environment::environment;
use crate::cli::inputs::NamedSource;
use crate::cli::options;
use crate::cli::places::{Places, Use};
use crate::cli::read::{self, ReadOptions, Reading};
use crate::cli::terminal::{Line, Stream, say};
use crate::config::Config;
use crate::history::file::History;
use crate::history::line::{Line as HistoryLine, Run, instant};
use crate::history::measured::{Occasion, run};
use crate::history::names::behind_files;
use crate::history::stated::{Statement, parse_instant};
use crate::ingest;
use crate::report::number;

use super::file::Appending;

/// Larger documents are not looked through for the instant that they state.
const LARGEST_DOCUMENT: u64 = 256 << 20;

pub(super) fn add(arguments: &HistoryAdd) -> Result<ExitCode> {
    let HistoryAdd { file, input, occasion } = arguments;
    let mut places = Places::default();
    places.add(Use::Save, file)?;
    let run = run_of(input, occasion, None, &mut places)?;
    let appending = Appending::to(file)?;
    is_not_in(&appending.history, &run, file)?;
    let said = described(&run, appending.history.runs.len() + 1);
    let mut lines = vec![Line::new(format!("added to {}: {said}", file.display()))];
    lines.extend(behind_files(&appending.history, &run).map(|note| Line::new(format!("note: {note}"))));
    appending.append(&[HistoryLine::Run(Box::new(run))])?;
    say(Stream::Out, &lines, false)?;
    Ok(ExitCode::SUCCESS)
}

/// The files as one run; `otherwise` is when it was measured where nobody says so.
pub(super) fn run_of(input: &Input, occasion: &Given, otherwise: Option<i64>, places: &mut Places) -> Result<Run> {
    let Given { at, commit, branch, env } = occasion;
    let understanding = &input.understanding;
    let config = options::config(understanding)?;
    let at = at.as_deref().map(parse_at).transpose()?;
    let inputs = read::inputs(&input.paths, understanding)?.into_a_side();
    places.add_inputs(&inputs)?;
    let stated: Vec<Statement> = inputs.sources.iter().filter_map(NamedSource::path).map(stated_in).collect();
    let environment = environment(env, &config.environment)?;
    let reading = read::read(understanding, &config, inputs, &ReadOptions { samples: true, ..ReadOptions::default() })?;
    reading.refuse_records()?;
    let Some(at) =
        at.or_else(|| one_of(stated.iter().filter_map(|one| one.at))).or_else(|| first_request(&reading)).or(otherwise)
    else {
        bail!("no file states when it was measured: give --at, for example --at 2026-11-28T02:00:00Z");
    };
    let word = |given: &Option<String>, of: fn(&Statement) -> Option<String>| {
        given.clone().or_else(|| one_of(stated.iter().filter_map(of)))
    };
    let commit = word(commit, |one| one.commit.clone()).unwrap_or_default();
    let occasion = Occasion { at, commit, branch: word(branch, |one| one.branch.clone()) };
    let run = run(&reading.captured(environment), occasion)?;
    if run.metrics.is_empty() {
        bail!("no metric was measured: nothing was added");
    }
    Ok(run)
}

/// Refuses a run whose files are in the history.
pub(super) fn is_not_in(history: &History, run: &Run, file: &Path) -> Result<()> {
    let Some(same) = history.same_content(&run.digest) else { return Ok(()) };
    let when = instant(same.run.at);
    bail!("{}:{}: the same files were added already, as the run of {when}", file.display(), same.number);
}

fn described(run: &Run, runs: usize) -> String {
    let metrics = number::counted(run.metrics.len() as u64, "metric");
    let commit = if run.commit.is_empty() { String::new() } else { format!(", commit {}", run.commit) };
    format!("the run of {}{commit} with {metrics}; {} in it", instant(run.at), number::counted(runs as u64, "run"))
}

fn parse_at(text: &str) -> Result<i64> {
    let now = (text == "now").then(|| jiff::Timestamp::now().as_second());
    now.or_else(|| parse_instant(text)).ok_or_else(|| anyhow!("--at {text}: write for example 2026-11-28T02:00:00Z"))
}

/// What all say that say anything.
fn one_of<T: PartialEq>(mut said: impl Iterator<Item = T>) -> Option<T> {
    let first = said.next()?;
    said.all(|other| other == first).then_some(first)
}

/// When the first request of the run was, where a file is a run of requests with a clock.
fn first_request(reading: &Reading) -> Option<i64> {
    let runs = reading.analysed.iter().flat_map(|one| &one.analysis.requests);
    runs.filter_map(|run| run.clock.start).min_by(f64::total_cmp).map(|start| start.floor() as i64)
}

/// What a document states of itself.
pub(super) fn stated_in(path: &Path) -> Statement {
    /// So much shows whether a file is a document.
    const BEGINNING: usize = 64;
    let read = || -> std::io::Result<Vec<u8>> {
        let mut plain = ingest::plain(File::open(path)?)?;
        let mut bytes = Vec::new();
        plain.by_ref().take(BEGINNING as u64).read_to_end(&mut bytes)?;
        if bytes.trim_ascii_start().starts_with(b"{") {
            plain.take(LARGEST_DOCUMENT).read_to_end(&mut bytes)?;
        }
        Ok(bytes)
    };
    // What cannot be read here is told by the reader that comes after.
    read().map(|bytes| Statement::of(&bytes)).unwrap_or_default()
}

/// Reads files as one run.
pub(super) fn read_run(
    sources: Vec<NamedSource>,
    understanding: &Understanding,
    config: &Config,
    occasion: Occasion,
) -> Result<Run> {
    let inputs = crate::cli::inputs::Inputs { sources, findings: Vec::new() };
    let reading = read::read(understanding, config, inputs, &ReadOptions { samples: true, ..ReadOptions::default() })?;
    let nowhere = crate::compare::capture::Environment::default();
    run(&reading.captured(nowhere), occasion).context("a run of the files")
}
