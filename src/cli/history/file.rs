//! The file of a history: read, and appended to so that no writer loses what another one wrote.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::cli::baseline_file::{FolderLock, hold};
use crate::cli::outputs::{Target, write_all};
use crate::cli::places::is_ordinary;
use crate::cli::terminal::Lines;
use crate::history::file::{History, RunDetail};
use crate::history::line::Line;

/// So many damaged lines are named.
const NAMED: usize = 5;

/// Reads a history.
///
/// # Errors
/// Where it cannot be read, is none, or has lines that cannot be read, unless those are passed over.
pub(super) fn load(path: &Path, kept: RunDetail, keep_going: bool) -> Result<History> {
    let text = fs::read(path).with_context(|| format!("{}: cannot be read", path.display()))?;
    parsed(path, &text, kept, keep_going)
}

fn parsed(path: &Path, bytes: &[u8], kept: RunDetail, keep_going: bool) -> Result<History> {
    let history = History::parse(&String::from_utf8_lossy(bytes), kept);
    let nothing = history.runs.is_empty() && history.acknowledgements.is_empty();
    if nothing && !history.bad.is_empty() && !History::sniff(bytes) {
        bail!(
            "{}: this file is no history; make one with `perfreport history add` or `history import`",
            path.display()
        );
    }
    if keep_going || history.bad.is_empty() {
        return Ok(history);
    }
    let mut lines: Vec<String> =
        history.bad.iter().take(NAMED).map(|bad| format!("{}:{}: {}", path.display(), bad.number, bad.error)).collect();
    if history.bad.len() > NAMED {
        lines.push(format!("and {} more lines", history.bad.len() - NAMED));
    }
    lines.push("(--keep-going of `history report` passes over them)".to_owned());
    Err(Lines(lines).into())
}

/// A history that is being appended to: nobody else writes in its folder until this value is dropped.
pub(super) struct Appending {
    path: PathBuf,
    before: Vec<u8>,
    /// What stands there already.
    pub(super) history: History,
    _held: FolderLock,
}

impl Appending {
    /// Waits until nobody else writes there, and reads what there is.
    ///
    /// # Errors
    /// Where the file is no history. Lines that are damaged stay as they are, and stop nobody from adding more.
    pub(super) fn to(path: &Path) -> Result<Self> {
        if path.as_os_str() == "-" || !is_ordinary(path) && !path.is_dir() {
            bail!("{}: a history is a file: name one, for example perf-history.jsonl", path.display());
        }
        let held = hold(path);
        let before = match fs::read(path) {
            Ok(bytes) => bytes,
            Err(_) if !path.exists() => Vec::new(),
            Err(error) => return Err(error).with_context(|| format!("{}: cannot be read", path.display())),
        };
        let history = parsed(path, &before, RunDetail::Center, true)?;
        Ok(Self { path: path.to_path_buf(), before, history, _held: held })
    }

    /// Writes the lines below what stands there, all or none.
    ///
    /// # Errors
    /// Where they cannot be written, or another program has written there meanwhile.
    pub(super) fn append(self, lines: &[Line]) -> Result<()> {
        let mut bytes = self.before.clone();
        if bytes.last().is_some_and(|last| *last != b'\n') {
            bytes.push(b'\n');
        }
        for line in lines {
            bytes.extend(line.to_text().bytes());
            bytes.push(b'\n');
        }
        // For file systems on which nothing can be held, and for editors.
        if fs::read(&self.path).unwrap_or_default() != self.before {
            bail!("{}: another program has written it since it was read; run this again", self.path.display());
        }
        write_all(&[(Target::File(self.path.clone()), bytes)])
    }
}
