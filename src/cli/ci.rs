//! What a CI service is told: annotations on standard output, a summary and results in the files that it names. Nothing is
//! sent anywhere.

use std::collections::BTreeMap;
use std::env;
use std::fs::OpenOptions;
use std::io::Write;
use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::compare::outcome::GateOutcome;
use crate::report::annotations::annotations;
use crate::report::contract::{Report, Verdict};
use crate::report::render::{Form, render};
use crate::report::view::Subject;

use super::args::Ci;

/// Tells the CI service, and gives the lines that it reads on standard output. `paths` are those of the sources.
pub(super) fn tell(ci: Ci, report: &Report, paths: &BTreeMap<String, String>) -> Result<Vec<String>> {
    let github = match ci {
        Ci::Auto => env::var_os("GITHUB_ACTIONS").is_some_and(|value| value == "true"),
        Ci::Github => true,
        Ci::None => false,
    };
    if !github {
        return Ok(Vec::new());
    }
    append("GITHUB_STEP_SUMMARY", &render(report, Form::Comment)?)?;
    append("GITHUB_OUTPUT", results(report).as_bytes())?;
    Ok(annotations(report, |name| paths.get(name).cloned().unwrap_or_else(|| name.to_owned())))
}

/// What later steps can ask for, by name.
fn results(report: &Report) -> String {
    let counts = report.comparison.as_ref().map(|comparison| comparison.counts).unwrap_or_default();
    let passed = report.gate.as_ref().is_none_or(|gate| gate.passed);
    let Verdict { service, corrupted_samples, .. } = &report.verdict;
    let service = Subject::Service(*service).word();
    let outcome = report.gate.as_ref().map_or("", |gate| match gate.outcome {
        GateOutcome::Pass => "pass",
        GateOutcome::Undecided => "undecided",
        GateOutcome::Fail => "fail",
    });
    let text = format!("passed={passed}\noutcome={outcome}\nservice={service}\ncorrupted={corrupted_samples}\n");
    if report.comparison.is_none() {
        return text;
    }
    format!("{text}regressed={}\nimproved={}\n", counts.regressed, counts.improved)
}

/// Appends to the file that a variable names; steps of a job share it.
fn append(variable: &str, text: &[u8]) -> Result<()> {
    let Some(path) = env::var_os(variable).filter(|path| !path.is_empty()).map(PathBuf::from) else { return Ok(()) };
    let failed = || format!("{variable}={}: cannot be written", path.display());
    let mut file = OpenOptions::new().append(true).create(true).open(&path).with_context(failed)?;
    file.write_all(text).with_context(failed)
}
