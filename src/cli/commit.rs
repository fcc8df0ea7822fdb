//! Files that are written whole or not at all: their bytes stand beside their places first, and then all of them are moved there, or
//! none.
//!
//! In: paths and bytes. A link is followed, the mode of a file that is replaced is kept, what was moved is moved back where a later
//! one cannot be, and a signal that ends the program leaves no temporary file.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, Once, PoisonError};

use anyhow::{Context, Result, bail};
use tempfile::{NamedTempFile, TempPath};

use super::places::resolved;

/// How the names of temporary files begin.
const PREFIX: &str = ".perfreport-";

/// A file whose bytes stand beside its place.
pub(super) struct StagedFile {
    file: NamedTempFile,
    /// What the user called the place.
    named: PathBuf,
    /// Where it leads.
    place: PathBuf,
    _leftover: Leftover,
}

impl StagedFile {
    /// A temporary file beside the place where its bytes are to stand.
    ///
    /// # Errors
    /// When nothing can be written there.
    pub(super) fn beside(named: &Path) -> Result<Self> {
        let place = resolved(named);
        if place.is_dir() {
            bail!("this is a folder; name a file in it");
        }
        let folder = folder_of(&place);
        if !folder.is_dir() {
            let shown = named.parent().filter(|_| place == named).unwrap_or(folder);
            bail!("the folder {} does not exist; create it first", shown.display());
        }
        let file = with_mode_of(&place, folder)?;
        let leftover = Leftover::new(file.path());
        Ok(Self { file, named: named.to_path_buf(), place, _leftover: leftover })
    }

    /// The file, to be written to.
    pub(super) fn file(&self) -> &File {
        self.file.as_file()
    }
}

/// A temporary file that a signal has to remove.
struct Leftover(PathBuf);

impl Leftover {
    /// From now on, until this value is dropped.
    fn new(path: &Path) -> Self {
        leftovers().insert(path.to_path_buf());
        #[cfg(unix)]
        {
            static WATCHED: Once = Once::new();
            WATCHED.call_once(watch_signals);
        }
        Self(path.to_path_buf())
    }
}

impl Drop for Leftover {
    fn drop(&mut self) {
        leftovers().remove(&self.0);
    }
}

fn folder_of(place: &Path) -> &Path {
    place.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

#[cfg(unix)]
fn with_mode_of(place: &Path, folder: &Path) -> Result<NamedTempFile> {
    use std::os::unix::fs::{MetadataExt, PermissionsExt, fchown};
    /// What a file may have, whoever owns it; marks that run it as somebody else are not handed on to other bytes.
    const PERMISSIONS: u32 = 0o777;
    let old = fs::metadata(place).ok();
    let mode = old.as_ref().map(|old| old.mode() & PERMISSIONS);
    let mut builder = tempfile::Builder::new();
    // Of a new file the user's umask takes its part, as for any file a program creates. Nobody may read more of it meanwhile than later.
    builder.prefix(PREFIX).permissions(fs::Permissions::from_mode(mode.unwrap_or(0o666)));
    let file = builder.tempfile_in(folder)?;
    if let Some((old, mode)) = old.zip(mode) {
        let new = file.as_file().metadata()?;
        if (old.uid(), old.gid()) != (new.uid(), new.gid()) {
            // Only an administrator may give a file away; others keep their own, as with any file that is written anew.
            let _ = fchown(file.as_file(), Some(old.uid()), Some(old.gid()));
        }
        file.as_file().set_permissions(fs::Permissions::from_mode(mode))?;
    }
    Ok(file)
}

#[cfg(not(unix))]
fn with_mode_of(_place: &Path, folder: &Path) -> Result<NamedTempFile> {
    Ok(tempfile::Builder::new().prefix(PREFIX).tempfile_in(folder)?)
}

/// A file that was moved to its place, and what stood there before.
struct Replacement {
    place: PathBuf,
    before: Option<(TempPath, Leftover)>,
}

impl Replacement {
    fn undo(self) {
        // Where even this fails, the error that is told names the file that could not be written.
        let _ = match self.before {
            Some((before, _leftover)) => before.persist(&self.place).map_err(|error| error.error),
            None => fs::remove_file(&self.place),
        };
    }
}

/// Moves all files to their places, in this order; where one cannot be moved, those before it are put back.
///
/// # Errors
/// When one cannot be moved: then every file is what it was.
pub(super) fn commit(staged: Vec<StagedFile>) -> Result<()> {
    let _whole = under_way();
    let several = staged.len() > 1;
    let mut moved: Vec<Replacement> = Vec::new();
    for item in staged {
        let named = item.named.clone();
        if let Err(error) = take_place(item, several, &mut moved) {
            moved.into_iter().rev().for_each(Replacement::undo);
            return Err(error).with_context(|| format!("{}: cannot be written", named.display()));
        }
    }
    moved.iter().map(|moved| folder_of(&moved.place)).collect::<BTreeSet<_>>().into_iter().for_each(sync_folder);
    Ok(())
}

fn take_place(item: StagedFile, several: bool, moved: &mut Vec<Replacement>) -> io::Result<()> {
    let place = item.place.clone();
    // A single move happens or does not: nothing has to be put back then.
    let before = if several && place.exists() { Some(second_name(&place)?) } else { None };
    let before = before.map(|path| {
        let leftover = Leftover::new(&path);
        (path, leftover)
    });
    item.file.persist(&place).map_err(|error| error.error)?;
    moved.push(Replacement { place, before });
    Ok(())
}

/// Another name for a file, by which it can be put back.
fn second_name(place: &Path) -> io::Result<TempPath> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(PREFIX);
    let linked = builder.make_in(folder_of(place), |name| fs::hard_link(place, name));
    // Some file systems give a file one name only.
    let made = linked.or_else(|_| builder.make_in(folder_of(place), |name| fs::copy(place, name).map(|_| ())));
    Ok(made?.into_temp_path())
}

/// After a crash of the machine the new name is there too.
fn sync_folder(folder: &Path) {
    #[cfg(unix)]
    if let Ok(folder) = File::open(folder) {
        // Not every file system knows it; the file itself has been written.
        let _ = folder.sync_all();
    }
    #[cfg(not(unix))]
    let _ = folder;
}

/// Held while files are moved, so that a signal finds all of them in their places or none.
fn under_way() -> MutexGuard<'static, ()> {
    static UNDER_WAY: Mutex<()> = Mutex::new(());
    UNDER_WAY.lock().unwrap_or_else(PoisonError::into_inner)
}

fn leftovers() -> MutexGuard<'static, BTreeSet<PathBuf>> {
    static LEFTOVERS: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());
    LEFTOVERS.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(unix)]
fn watch_signals() {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    use signal_hook::iterator::Signals;
    // Without a handler the program ends as it always did, and leaves a file.
    let Ok(mut signals) = Signals::new([SIGHUP, SIGINT, SIGTERM]) else { return };
    std::thread::spawn(move || {
        if let Some(signal) = signals.forever().next() {
            // Both are held until the end, so that no file gets its place meanwhile.
            let _whole = under_way();
            let leftovers = leftovers();
            for path in leftovers.iter() {
                let _ = fs::remove_file(path);
            }
            let _ = signal_hook::low_level::emulate_default_handler(signal);
        }
    });
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn staged(path: &Path, text: &str) -> StagedFile {
        let staged = StagedFile::beside(path).unwrap();
        staged.file().write_all(text.as_bytes()).unwrap();
        staged
    }

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    #[test]
    fn where_one_of_four_cannot_be_moved_all_are_what_they_were() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs::write(path("a.md"), "old a").unwrap();
        let set = [("a.md", "new a"), ("b.md", "new b"), ("c.md", "new c"), ("d.md", "new d")];
        let set: Vec<StagedFile> = set.iter().map(|(name, text)| staged(&path(name), text)).collect();
        // A folder that came meanwhile cannot be replaced by a file.
        fs::create_dir(path("c.md")).unwrap();
        fs::write(path("c.md/x"), "").unwrap();
        let error = commit(set).unwrap_err().to_string();
        assert!(error.contains("c.md: cannot be written"), "{error}");
        assert_eq!(names(folder.path()), ["a.md", "c.md"]);
        assert_eq!(fs::read_to_string(path("a.md")).unwrap(), "old a");
    }

    #[test]
    fn all_of_a_set_get_their_places_and_nothing_else_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs::write(path("a.md"), "old a").unwrap();
        commit(vec![staged(&path("a.md"), "new a"), staged(&path("b.md"), "new b")]).unwrap();
        assert_eq!(names(folder.path()), ["a.md", "b.md"]);
        assert_eq!(fs::read_to_string(path("a.md")).unwrap(), "new a");
        drop(staged(&path("c.md"), "never moved"));
        assert_eq!(names(folder.path()), ["a.md", "b.md"]);
        assert!(leftovers().iter().all(|left| !left.starts_with(folder.path())), "{:?}", leftovers());
    }

    #[cfg(unix)]
    #[test]
    fn a_file_keeps_its_mode_and_a_link_its_target() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs::write(path("private.md"), "old").unwrap();
        fs::set_permissions(path("private.md"), fs::Permissions::from_mode(0o600)).unwrap();
        symlink("private.md", path("link.md")).unwrap();
        symlink("later.md", path("early.md")).unwrap();
        commit(vec![staged(&path("link.md"), "new"), staged(&path("early.md"), "first")]).unwrap();
        assert!(fs::symlink_metadata(path("link.md")).unwrap().is_symlink());
        assert_eq!(fs::read_to_string(path("private.md")).unwrap(), "new");
        assert_eq!(fs::metadata(path("private.md")).unwrap().permissions().mode() & 0o777, 0o600);
        assert!(fs::symlink_metadata(path("early.md")).unwrap().is_symlink());
        assert_eq!(fs::read_to_string(path("later.md")).unwrap(), "first");
    }
}
