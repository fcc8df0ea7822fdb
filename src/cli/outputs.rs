//! Where reports go: files that are written whole or not at all, and standard output.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::report::contract::Report;
use crate::report::interchange::Interchange;
use crate::report::render::{Form, render};

use super::commit::{StagedFile, commit};
use super::places::is_ordinary;
use super::terminal::{document, shown_report};

/// Where one rendering goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Target {
    /// Standard output.
    Stdout,
    File(PathBuf),
}

impl Target {
    /// `-` is standard output.
    pub(super) fn new(path: &Path) -> Self {
        if path.as_os_str() == "-" { Self::Stdout } else { Self::File(path.to_path_buf()) }
    }

    /// How a person calls it.
    pub(super) fn shown(&self) -> String {
        match self {
            Self::Stdout => "standard output".to_owned(),
            Self::File(path) => path.display().to_string(),
        }
    }

    /// The form that the ending chooses.
    pub(super) fn form(&self) -> Result<Form> {
        let Self::File(path) = self else { return Ok(Form::Markdown) };
        let ending = path.extension().map(|ending| ending.to_string_lossy().to_ascii_lowercase());
        match ending.as_deref() {
            Some("md" | "markdown") => Ok(Form::Markdown),
            Some("html" | "htm") => Ok(Form::Html),
            Some("json") => Ok(Form::Json),
            Some("txt") => Ok(Form::Text),
            Some("xml") => Ok(Form::Junit),
            None if !is_ordinary(path) => Ok(Form::Markdown),
            _ => bail!(
                "-o {}: the ending chooses the form, and must be .md, .html, .json, .txt or .xml \
                 (or use -o -; or name a format: -o bmf=FILE, gab=, gab-bigger=, openmetrics=)",
                path.display()
            ),
        }
    }
}

/// Where a report goes, with the format of somebody else where one is named before it: `bmf=metrics.json`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Destination {
    pub(super) target: Target,
    interchange: Option<Interchange>,
}

impl Destination {
    /// What was given to `-o`. A file that is called so is reached as `./bmf=metrics.json`.
    pub(super) fn new(given: &Path) -> Self {
        let named = given.to_str().and_then(|text| text.split_once('='));
        let foreign = named.and_then(|(name, file)| Some((Interchange::named(name)?, file)));
        match foreign.filter(|(_, file)| !file.is_empty()) {
            Some((format, file)) => Self { target: Target::new(Path::new(file)), interchange: Some(format) },
            None => Self { target: Target::new(given), interchange: None },
        }
    }

    /// Whether a template may be used for it.
    pub(super) fn is_our_own(&self) -> bool {
        self.interchange.is_none()
    }

    /// Whether it shows durations over time for each label.
    pub(super) fn shows_label_heat(&self) -> bool {
        self.is_our_own() && matches!(self.target.form(), Ok(Form::Html | Form::Json))
    }

    /// Refuses an ending that chooses no form.
    pub(super) fn check(&self) -> Result<()> {
        if self.is_our_own() { self.target.form().map(drop) } else { Ok(()) }
    }

    /// The report for it; a page has all its sections `open` where that is asked for.
    pub(super) fn render(&self, report: &Report, open: bool) -> Result<Vec<u8>> {
        if let Some(format) = self.interchange {
            return format.document(report).with_context(|| format!("{}: cannot be written", self.target.shown()));
        }
        let form = match self.target.form()? {
            Form::Html if open => Form::OpenHtml,
            form => form,
        };
        Ok(render(report, form)?)
    }

    /// What the format cannot hold, in words.
    pub(super) fn left_out(&self, report: &Report) -> Option<String> {
        let left_out = self.interchange?.left_out(report)?;
        Some(format!("{}: {left_out}", self.target.shown()))
    }
}

/// A report that was rendered, as it goes to its place. What is no text (a digest) does not come here.
pub(super) fn placed(target: Target, rendered: Vec<u8>) -> (Target, Vec<u8>) {
    match target {
        Target::Stdout => (target, shown_report(&String::from_utf8_lossy(&rendered)).into_bytes()),
        Target::File(_) => (target, rendered),
    }
}

/// Writes all renderings. Files first go to temporary files beside their place; only when all are whole are they moved
/// there, in this order and all or none, so that an error leaves every old file as it was.
pub(super) fn write_all(outputs: &[(Target, Vec<u8>)]) -> Result<()> {
    let mut whole = Vec::new();
    for (target, bytes) in outputs {
        let Target::File(path) = target else { continue };
        let failed = || format!("{}: cannot be written", path.display());
        if is_ordinary(path) || path.is_dir() {
            whole.push(prepare(path, bytes).with_context(failed)?);
        } else {
            let mut device = fs::OpenOptions::new().write(true).open(path).with_context(failed)?;
            device.write_all(bytes).and_then(|()| device.flush()).with_context(failed)?;
        }
    }
    for (target, bytes) in outputs {
        if *target == Target::Stdout {
            document(bytes)?;
        }
    }
    commit(whole)
}

fn prepare(path: &Path, bytes: &[u8]) -> Result<StagedFile> {
    let staged = StagedFile::beside(path)?;
    staged.file().write_all(bytes)?;
    staged.file().sync_all()?;
    Ok(staged)
}
