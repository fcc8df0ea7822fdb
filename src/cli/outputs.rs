//! Where reports go: files that are written whole or not at all, and standard output.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use tempfile::NamedTempFile;

use crate::report::render::Form;

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

    /// Whether both are the same place, however it is written.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::File(one), Self::File(two)) => real(one) == real(two),
            (Self::Stdout, Self::Stdout) => true,
            _ => false,
        }
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

/// The path without links and detours; of a file that does not exist yet, its folder's.
fn real(path: &Path) -> PathBuf {
    fs::canonicalize(path).unwrap_or_else(|_| {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let folder = fs::canonicalize(folder).unwrap_or_else(|_| folder.to_path_buf());
        path.file_name().map_or_else(|| folder.clone(), |name| folder.join(name))
    })
}

/// Whether a path is, or will be, an ordinary file (and no device or pipe).
pub(super) fn is_ordinary(path: &Path) -> bool {
    fs::metadata(path).map_or(true, |data| data.is_file())
}

/// Writes all renderings. Files first go to temporary files beside their place; only when all are whole are they moved
/// there, so that an error leaves every old file as it was.
pub(super) fn write_all(outputs: &[(Target, Vec<u8>)]) -> Result<()> {
    let mut whole = Vec::new();
    for (target, bytes) in outputs {
        let Target::File(path) = target else { continue };
        let failed = || format!("{}: cannot be written", path.display());
        if is_ordinary(path) || path.is_dir() {
            whole.push((prepare(path, bytes).with_context(failed)?, path));
        } else {
            let mut device = fs::OpenOptions::new().write(true).open(path).with_context(failed)?;
            device.write_all(bytes).and_then(|()| device.flush()).with_context(failed)?;
        }
    }
    for (target, bytes) in outputs {
        if *target == Target::Stdout {
            write_stdout(bytes)?;
        }
    }
    for (file, path) in whole {
        file.persist(path).with_context(|| format!("{}: cannot be written", path.display()))?;
    }
    Ok(())
}

fn prepare(path: &Path, bytes: &[u8]) -> Result<NamedTempFile> {
    let mut file = stage(path)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    Ok(file)
}

/// A temporary file beside the place where its bytes are to stand.
///
/// # Errors
/// When nothing can be written there.
pub(super) fn stage(path: &Path) -> Result<NamedTempFile> {
    if path.is_dir() {
        bail!("this is a folder; name a file in it");
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if !folder.is_dir() {
        bail!("the folder {} does not exist; create it first", folder.display());
    }
    let mut builder = tempfile::Builder::new();
    builder.prefix(".perfreport-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // The user's umask takes its part, as for any file a program creates.
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    Ok(builder.tempfile_in(folder)?)
}

/// Writes to standard output. A reader that went away (`| head`) is no error.
pub(super) fn write_stdout(bytes: &[u8]) -> Result<()> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(bytes).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(error).context("standard output: cannot be written")
        }
        _ => Ok(()),
    }
}
