//! The file of a baseline: what may be replaced by one, and that nobody loses what another program wrote meanwhile.
//!
//! Who adds a run holds the folder from before the baseline is read until it stands in its place; who replaces one holds it while the
//! file is moved. Both look again whether the file is still what they read before anything is moved, for file systems on which nothing
//! can be held, and for other programs.

use std::fs::{self, File, TryLockError};
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::compare::baseline::{Baseline, BaselineError};
use crate::ingest;

use super::outputs::Target;
use super::places::{HEAD, is_ordinary, resolved};
use super::terminal::complain;

/// Who waits longer than this says for what.
const PATIENCE: u32 = 100;
const MOMENT: Duration = Duration::from_millis(10);

/// The baseline in a file, compressed or not; `None` where the file is none, or is no file.
pub(super) fn load_baseline(path: &Path) -> Result<Option<Baseline>> {
    if !path.is_file() {
        return Ok(None);
    }
    let failed = || format!("{}: cannot be read", path.display());
    let stored = File::open(path).with_context(failed)?;
    // What cannot be decompressed is no baseline; whoever reads it as metrics says what is wrong with it.
    let Ok(mut plain) = ingest::plain(stored) else { return Ok(None) };
    let mut bytes = Vec::new();
    if plain.by_ref().take(HEAD).read_to_end(&mut bytes).is_err() || !Baseline::sniff(&bytes) {
        return Ok(None);
    }
    plain.read_to_end(&mut bytes).with_context(failed)?;
    Baseline::parse(&bytes).map(Some).with_context(|| path.display().to_string())
}

/// A place where a baseline is to be written.
pub(super) struct BaselineFile {
    path: PathBuf,
    /// The digest of what stood there when it was looked at.
    before: Option<blake3::Hash>,
    /// How many recordings a baseline holds that is replaced.
    pub(super) recordings: usize,
}

impl BaselineFile {
    /// Looks at what stands there. It has to be a baseline, so that nothing else is lost: a damaged one may be replaced, one that a
    /// newer program wrote may not, for this one cannot know what is in it.
    ///
    /// # Errors
    /// Where it is not to be replaced.
    pub(super) fn replacing(path: &Path) -> Result<Self> {
        let file = Self::at(path)?;
        match load_baseline(path) {
            Ok(Some(old)) => Ok(Self { recordings: old.captures.len(), ..file }),
            Ok(None) if !path.is_file() => Ok(file),
            Ok(None) => bail!("{}: this file is no baseline and is not replaced; choose another name", path.display()),
            Err(error) => match error.downcast_ref::<BaselineError>() {
                Some(BaselineError::Newer { .. }) | None => Err(error.context("not replaced")),
                Some(_) => Ok(file),
            },
        }
    }

    /// The same for a baseline that a run is added to, with that baseline. One that is damaged is an error.
    ///
    /// # Errors
    /// Where it is not one, or is damaged.
    pub(super) fn adding_to(path: &Path) -> Result<(Self, Option<Baseline>)> {
        let file = Self::at(path)?;
        let old = load_baseline(path)?;
        if old.is_none() && path.is_file() {
            bail!("{}: this file is no baseline and is not replaced; choose another name", path.display());
        }
        Ok((file, old))
    }

    fn at(path: &Path) -> Result<Self> {
        if path.as_os_str() == "-" || !is_ordinary(path) && !path.is_dir() {
            bail!("{}: a baseline is a file: name one, for example perf-baseline.json", path.display());
        }
        Ok(Self { path: path.to_path_buf(), before: digest(path)?, recordings: 0 })
    }

    /// Where its bytes go.
    pub(super) fn target(&self) -> Target {
        Target::File(self.path.clone())
    }

    /// Refuses to go on where another program has written there since it was looked at.
    ///
    /// # Errors
    /// Where it has.
    pub(super) fn unchanged(&self) -> Result<()> {
        if digest(&self.path)? == self.before {
            return Ok(());
        }
        bail!(
            "{}: another program has written it since it was read; nothing was written, so that nothing is lost: run this again",
            self.path.display()
        )
    }
}

fn digest(path: &Path) -> Result<Option<blake3::Hash>> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(blake3::hash(&bytes))),
        Err(_) if !path.is_file() => Ok(None),
        Err(error) => Err(error).with_context(|| format!("{}: cannot be read", path.display())),
    }
}

/// A folder in which nobody else writes a baseline, until it is dropped. Absent where the file system cannot hold one.
pub(super) struct FolderLock {
    _folder: Option<File>,
}

/// Waits until nobody else writes a baseline in the folder of this file. Nothing is left behind there, and the death of a program lets
/// go of what it held.
pub(super) fn hold(path: &Path) -> FolderLock {
    let place = resolved(path);
    let folder = place.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let Ok(file) = File::open(folder) else { return FolderLock { _folder: None } };
    for _ in 0..PATIENCE {
        match file.try_lock() {
            Ok(()) => return FolderLock { _folder: Some(file) },
            Err(TryLockError::WouldBlock) => thread::sleep(MOMENT),
            Err(TryLockError::Error(error)) if error.kind() == ErrorKind::Interrupted => {}
            Err(TryLockError::Error(_)) => return FolderLock { _folder: None },
        }
    }
    complain([format!("waiting for another program that writes a baseline in {}", folder.display())]);
    let held = file.lock().is_ok();
    FolderLock { _folder: held.then_some(file) }
}
