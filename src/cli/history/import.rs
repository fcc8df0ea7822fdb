//! `history import`: runs that other files hold, appended where they are not in the history already.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result, anyhow, bail};

use crate::cli::args::{HistoryImport, Understanding};
use crate::cli::baseline_file::load_baseline;
use crate::cli::inputs::{Inputs, NamedSource};
use crate::cli::options;
use crate::cli::places::{Places, Use};
use crate::cli::read::{self, ReadOptions};
use crate::cli::terminal::{Line, Stream, say};
use crate::config::Config;
use crate::history::line::{Line as HistoryLine, Run, instant};
use crate::history::measured::{Occasion, run};
use crate::history::rows::runs;
use crate::history::stated::{Statement, instant_in_name};
use crate::ingest;
use crate::report::number;

use super::add::{read_run, stated_in};
use super::dated::of_date;
use super::file::Appending;

/// How a history of github-action-benchmark begins.
const BENCHMARK_DATA: &[u8] = b"window.BENCHMARK_DATA";

/// Where the runs of a file are.
enum ImportKind {
    /// Files of one date are one run; what the file says itself stands beside the date.
    Dated(i64, Statement),
    /// The document is one run and says when.
    Document(Occasion),
    /// Each row is one, or a part of one.
    Rows,
}

pub(super) fn import(arguments: &HistoryImport) -> Result<ExitCode> {
    let HistoryImport { input, file } = arguments;
    let understanding = &input.understanding;
    let config = options::config(understanding)?;
    let mut places = Places::default();
    places.add(Use::Save, file)?;
    let inputs = read::inputs(&input.paths, understanding)?;
    places.add_inputs(&inputs)?;
    let mut found: Vec<Run> = Vec::new();
    let mut passed_over = Vec::new();
    let mut dated: BTreeMap<i64, Vec<(NamedSource, Statement)>> = BTreeMap::new();
    for source in inputs.sources {
        let Some(path) = source.path().map(Path::to_path_buf) else {
            bail!("history import reads files, neither standard input nor archives")
        };
        let explicit = source.explicit;
        let taken = if let Some(baseline) = load_baseline(&path)? {
            of_baseline(&path, &baseline.captures)
        } else {
            match held(&path) {
                ImportKind::Dated(at, stated) => {
                    dated.entry(at).or_default().push((source, stated));
                    continue;
                }
                ImportKind::Document(occasion) => {
                    read_run(vec![source], understanding, &config, occasion).map(|run| vec![run])
                }
                ImportKind::Rows => of_rows(source, understanding, &config),
            }
        };
        match taken {
            Ok(runs) => found.extend(runs),
            // A file that lies beside results, and is none, is no error.
            Err(error) if !explicit || understanding.keep_going => {
                passed_over.push(format!("{}: {error:#}", path.display()));
            }
            Err(error) => return Err(error.context(path.display().to_string())),
        }
    }
    for (at, sources) in dated {
        found.extend(
            of_date(at, sources, understanding, &config).with_context(|| format!("the run of {}", instant(at)))?,
        );
    }
    let unmeasured = |run: &Run| format!("the run of {}: no metric was measured", instant(run.at));
    passed_over.extend(found.iter().filter(|run| run.metrics.is_empty()).map(unmeasured));
    found.retain(|run| !run.metrics.is_empty());
    if found.is_empty() {
        let why = if passed_over.is_empty() { String::new() } else { format!(": {}", passed_over.join("; ")) };
        bail!("no run was found{why}");
    }
    found.sort_by_key(|run| run.at);
    let appending = Appending::to(file)?;
    let mut known: std::collections::BTreeSet<String> =
        appending.history.runs.iter().map(|one| one.run.digest.clone()).filter(|digest| !digest.is_empty()).collect();
    let all = found.len();
    found.retain(|run| run.digest.is_empty() || known.insert(run.digest.clone()));
    let (added, before) = (found.len(), appending.history.runs.len());
    let lines: Vec<HistoryLine> = found.into_iter().map(|run| HistoryLine::Run(Box::new(run))).collect();
    if !lines.is_empty() {
        appending.append(&lines)?;
    }
    let mut said = vec![format!(
        "added {} to {}{}; {} in it",
        number::counted(added as u64, "run"),
        file.display(),
        if all > added { format!(" ({} were there already)", all - added) } else { String::new() },
        number::counted((before + added) as u64, "run"),
    )];
    said.extend(passed_over.iter().map(|why| format!("passed over {why}")));
    say(Stream::Out, &said.into_iter().map(Line::new).collect::<Vec<_>>(), false)?;
    Ok(ExitCode::SUCCESS)
}

/// What kind of file it is: a document that states its commit goes before a date in its name, and that before a mere instant.
fn held(path: &Path) -> ImportKind {
    if begins_with(path, BENCHMARK_DATA) {
        return ImportKind::Rows;
    }
    let stated = stated_in(path);
    let occasion =
        |at| Occasion { at, commit: stated.commit.clone().unwrap_or_default(), branch: stated.branch.clone() };
    if let Some(at) = stated.at.filter(|_| stated.commit.is_some()) {
        return ImportKind::Document(occasion(at));
    }
    if let Some(at) = dated_name(path) {
        return ImportKind::Dated(at, stated);
    }
    stated.at.map_or(ImportKind::Rows, |at| ImportKind::Document(occasion(at)))
}

/// The date in the name of a file, or of the nearest folder that has one.
fn dated_name(path: &Path) -> Option<i64> {
    let names: Vec<String> = path.iter().map(|part| part.to_string_lossy().into_owned()).collect();
    names.iter().rev().find_map(|name| instant_in_name(name))
}

fn begins_with(path: &Path, beginning: &[u8]) -> bool {
    let mut head = Vec::new();
    let read = File::open(path).and_then(|file| ingest::plain(file)?.take(64).read_to_end(&mut head));
    read.is_ok() && head.trim_ascii_start().starts_with(beginning)
}

/// The runs of a baseline, of the date in its name.
fn of_baseline(path: &Path, captures: &[crate::compare::capture::Capture]) -> Result<Vec<Run>> {
    let at = dated_name(path).ok_or_else(|| {
        anyhow!("a baseline does not say when its runs were, and its name has no date; name it like baseline-2026-11-28.json")
    })?;
    let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    captures.iter().map(|capture| Ok(run(capture, Occasion { at, commit: commit_in(&stem), branch: None })?)).collect()
}

/// A commit in a name: the last part of at least seven hexadecimal digits, one of them a letter.
fn commit_in(stem: &str) -> String {
    let is_commit = |part: &&str| {
        part.len() >= 7
            && part.bytes().all(|byte| byte.is_ascii_hexdigit())
            && part.bytes().any(|byte| byte.is_ascii_alphabetic())
    };
    stem.split(['-', '_', '.']).rfind(is_commit).unwrap_or_default().to_owned()
}

fn of_rows(source: NamedSource, understanding: &Understanding, config: &Config) -> Result<Vec<Run>> {
    let inputs = Inputs { sources: vec![source], findings: Vec::new() };
    let reading = read::read(understanding, config, inputs, &ReadOptions::default())?;
    let Some(read) = reading.analysed.first() else {
        let why = reading
            .findings
            .first()
            .map_or_else(|| "it cannot be read".to_owned(), |finding| finding.reasons.join("; "));
        bail!(why);
    };
    Ok(runs(&read.source)?)
}
