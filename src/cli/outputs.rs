//! Where reports go: files that are written whole or not at all, and standard output.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::report::render::Form;

use super::commit::{Staged, commit};
use super::places::is_ordinary;
use super::terminal::document;

/// Where one rendering goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Target {
    /// Standard output.
    Stdout,
    /// A file.
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
                "-o {}: the ending chooses the form, and must be .md, .html, .json, .txt or .xml (or use -o -)",
                path.display()
            ),
        }
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

fn prepare(path: &Path, bytes: &[u8]) -> Result<Staged> {
    let staged = Staged::beside(path)?;
    staged.file().write_all(bytes)?;
    staged.file().sync_all()?;
    Ok(staged)
}
