//! `init`: a first `perfreport.toml` from the files that there are, which the program takes and those files pass.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};

use crate::compare::outcome::TargetOutcome;
use crate::config::{Config, FILE_NAME};
use crate::report::starter::{Candidate, candidates, text};
use crate::report::words::shell_word;

use super::args::Init;
use super::gate::results;
use super::options;
use super::outputs::{Target, write_all};
use super::places::{Places, Use};
use super::read::{self, ReadOptions, Reading};
use super::terminal::{Line, Stream, say};

pub(super) fn init(arguments: &Init) -> Result<ExitCode> {
    let understanding = &arguments.input.understanding;
    let path = arguments.file.clone().unwrap_or_else(|| PathBuf::from(FILE_NAME));
    if fs::symlink_metadata(&path).is_ok() && !arguments.force {
        bail!("{}: there is one already; --force writes it anew, -o FILE writes another", path.display());
    }
    // The file that is about to be written says nothing about what it is written from.
    let named = understanding.config.as_ref().map(|_| options::config(understanding));
    let config = named.transpose()?.unwrap_or_default();
    let mut places = Places::default();
    places.add(Use::Output, &path)?;
    let inputs = read::inputs(&arguments.input.paths, understanding)?;
    places.add_inputs(&inputs)?;
    let reading = read::read(understanding, &config, inputs, &ReadOptions { samples: true, ..ReadOptions::default() })?;
    if reading.analysed.iter().all(|item| item.analysis.metrics.is_empty() && item.analysis.reported.is_empty()) {
        bail!("nothing is measured in these files; `perfreport check` says what they hold");
    }
    let mut targets = Vec::new();
    for candidate in candidates(&reading.analysed) {
        if holds(&candidate, &reading)? {
            targets.push(candidate);
        }
    }
    let written = text(&reading.analysed, &targets);
    Config::parse(&written).context("the file would not be understood: this is a fault of perfreport")?;
    write_all(&[(Target::File(path.clone()), written.into_bytes())])?;
    let lines = next(&path, &arguments.input.paths, !targets.is_empty());
    say(Stream::Out, &lines.into_iter().map(Line::new).collect::<Vec<_>>(), false)?;
    Ok(ExitCode::SUCCESS)
}

/// Whether a target is understood and kept by what was read.
fn holds(candidate: &Candidate, reading: &Reading) -> Result<bool> {
    let Ok(config) = Config::parse(&candidate.text) else { return Ok(false) };
    let found = results(&config.target, reading, None)?;
    Ok(!found.is_empty() && found.iter().all(|result| result.outcome == TargetOutcome::Met))
}

/// What to do with the file.
fn next(path: &Path, inputs: &[PathBuf], has_targets: bool) -> Vec<String> {
    let words: Vec<String> = inputs.iter().map(|input| shell_word(&input.to_string_lossy())).collect();
    let words = words.join(" ");
    let config = if path == Path::new(FILE_NAME) {
        String::new()
    } else {
        format!(" --config {}", shell_word(&path.to_string_lossy()))
    };
    let fail_on = if has_targets { "regression,target" } else { "regression" };
    let step = format!(
        "perfreport summarize {words}{config} --baseline perf-baseline.json --fail-on {fail_on} -o report.html -o junit.xml"
    );
    let mut lines = vec![
        format!("wrote {}", path.display()),
        String::new(),
        "A baseline of the code as it is, once (docs/ci.md says where it may be kept):".to_owned(),
        format!("  perfreport summarize {words}{config} --save-baseline perf-baseline.json"),
        String::new(),
        "Then in CI, as a line of any script: the exit code is the answer, junit.xml has a test for each metric and target.".to_owned(),
        format!("  {step}"),
    ];
    lines.extend(steps(&step));
    lines
}

/// The same line as a step of services. In a block of YAML no name of a file can mean anything else.
fn steps(step: &str) -> Vec<String> {
    let of_jenkins = if step.contains("'''") {
        // A name with quotes, which Groovy would take for the end of its text.
        "      sh 'sh perf.sh' // with the line above in perf.sh".to_owned()
    } else {
        format!("      sh '''{}'''", step.replace('\\', "\\\\"))
    };
    let lines = [
        "",
        "GitHub Actions, a step of a job:",
        "      - run: |",
        &format!("          {step}"),
        "",
        "GitLab, in a job:",
        "      script:",
        "        - |",
        &format!("          {step}"),
        "      artifacts: { when: always, paths: [report.html], reports: { junit: junit.xml } }",
        "",
        "Jenkins, in the steps of a stage, and `junit 'junit.xml'` behind it:",
        &of_jenkins,
    ];
    Vec::from(lines.map(str::to_owned))
}
