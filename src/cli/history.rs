//! `history add`, `history report`, `history compare`, `history ack` and `history import`.

mod add;
mod dated;
mod file;
mod import;
mod report;

use std::process::ExitCode;

use anyhow::{Result, anyhow, bail};

use crate::history::line::{Acknowledgement, Line as HistoryLine};
use crate::history::names::metric_named;

use super::args::{History, HistoryAck};
use super::terminal::{Line, Stream, say};
use file::Appending;

pub(super) fn run(command: &History) -> Result<ExitCode> {
    match command {
        History::Add(arguments) => add::add(arguments),
        History::Report(arguments) => report::report(arguments),
        History::Compare(arguments) => report::compare(arguments),
        History::Ack(arguments) => ack(arguments),
        History::Import(arguments) => import::import(arguments),
    }
}

/// Appends that a change is accepted. The metric and the commit have to be there: a slip of the pen would accept nothing.
fn ack(arguments: &HistoryAck) -> Result<ExitCode> {
    let HistoryAck { file, metric, commit, note } = arguments;
    if !file.is_file() {
        bail!("{}: there is no such history", file.display());
    }
    if note.trim().is_empty() {
        bail!("--note: say why the change is accepted");
    }
    let appending = Appending::to(file)?;
    let metric = metric_named(&appending.history, metric).map_err(|error| anyhow!("{}: {error}", file.display()))?;
    let mut commits: Vec<&str> = appending.history.runs.iter().map(|one| one.run.commit.as_str()).collect();
    commits.retain(|known| !known.is_empty() && (known.starts_with(commit.as_str()) || commit.starts_with(known)));
    commits.dedup();
    let commit = match commits[..] {
        [] => bail!("{}: no run of the history is of the commit {commit}", file.display()),
        [only] => only.to_owned(),
        _ if commits.contains(&commit.as_str()) => commit.clone(),
        _ => bail!("{}: {commit} is the beginning of several commits: {}", file.display(), commits.join(", ")),
    };
    let line = Line::new(format!("accepted the change of {metric} at {commit} in {}", file.display()));
    appending.append(&[HistoryLine::Acknowledgement(Acknowledgement { metric, commit, note: note.clone() })])?;
    say(Stream::Out, &[line], false)?;
    Ok(ExitCode::SUCCESS)
}
