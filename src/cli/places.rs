//! The files of one run, before anything is read: where two of them are one file and one of both would be lost, the run is refused.
//!
//! In: each file that is read or written, with what it is for. Refuses pairs, by the rule of [`Use::loses`].

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use crate::compare::baseline::Baseline;
use crate::history::file::History;
use crate::ingest;

use super::inputs::{Inputs, NamedSource};

/// Links in a row beyond this number are a circle.
const MOST_LINKS: usize = 40;
/// So much of a file shows whether it is a baseline, a history or a digest.
pub(super) const HEAD: u64 = 4096;

/// What a file is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Use {
    /// Raw metrics.
    Input,
    /// What the run is compared with.
    Baseline,
    /// The configuration, named or found.
    Config,
    /// A template of the user's own.
    Template,
    /// A report, or exported samples.
    Output,
    /// The form for a comment.
    Comment,
    /// A baseline that is written.
    Save,
}

impl Use {
    #[cfg(test)]
    pub(super) const ALL: [Self; 7] =
        [Self::Input, Self::Baseline, Self::Config, Self::Template, Self::Output, Self::Comment, Self::Save];

    fn is_written(self) -> bool {
        matches!(self, Self::Output | Self::Comment | Self::Save)
    }

    /// Whether a file for both would be lost in one use. Reading twice loses nothing, and a baseline is saved over the one that it was
    /// compared with: that is how it is renewed.
    pub(super) fn loses(self, other: Self) -> bool {
        let renewed = matches!((self, other), (Self::Save, Self::Baseline) | (Self::Baseline, Self::Save));
        (self.is_written() || other.is_written()) && !renewed
    }

    /// By what a person named it.
    fn word(self) -> &'static str {
        match self {
            Self::Input | Self::Baseline => "one of the files to be read",
            Self::Config => "the configuration",
            Self::Template => "the template",
            Self::Output => "given to -o",
            Self::Comment => "given to --comment",
            Self::Save => "given to --save-baseline",
        }
    }

    fn remedy(self) -> &'static str {
        match self {
            Self::Comment => "write the comment",
            Self::Save => "save the baseline",
            _ => "write the output",
        }
    }
}

/// The files of one run so far.
#[derive(Debug, Default)]
pub(super) struct Places {
    uses: BTreeMap<PathBuf, Vec<Use>>,
}

impl Places {
    /// Adds a file.
    ///
    /// # Errors
    /// Where it is one of those before, and one of both would be lost; and where a document would take the place of runs that were
    /// recorded.
    pub(super) fn add(&mut self, for_what: Use, path: &Path) -> Result<()> {
        let standard = path.as_os_str() == "-";
        // Devices and pipes hold nothing that could be lost; but two documents on standard output are none.
        if if standard { !for_what.is_written() } else { !is_ordinary(path) } {
            return Ok(());
        }
        if let (Use::Output | Use::Comment, false, Some(record)) = (for_what, standard, record_in(path)) {
            bail!(
                "{}: {record} lies there, and its runs would be lost; {} somewhere else, or remove it first",
                path.display(),
                for_what.remedy()
            );
        }
        let uses = self.uses.entry(if standard { path.to_path_buf() } else { resolved(path) }).or_default();
        match uses.iter().find(|other| for_what.loses(**other)) {
            Some(other) if *other == for_what => bail!("{} {}: given twice", flag(for_what), path.display()),
            Some(other) => {
                let [written, also] = if for_what.is_written() { [for_what, *other] } else { [*other, for_what] };
                bail!("{}: this is {}; {} somewhere else", path.display(), also.word(), written.remedy())
            }
            None => {
                if !uses.contains(&for_what) {
                    uses.push(for_what);
                }
                Ok(())
            }
        }
    }

    /// Adds all files of raw metrics.
    ///
    /// # Errors
    /// Where one is also written.
    pub(super) fn add_inputs(&mut self, inputs: &Inputs) -> Result<()> {
        inputs.sources.iter().filter_map(NamedSource::lies_in).try_for_each(|path| self.add(Use::Input, path))
    }
}

fn flag(for_what: Use) -> &'static str {
    match for_what {
        Use::Comment => "--comment",
        Use::Save => "--save-baseline",
        _ => "-o",
    }
}

/// What a file keeps of runs that are over, where it is one of ours: nobody can measure them again.
fn record_in(path: &Path) -> Option<&'static str> {
    let mut head = Vec::new();
    ingest::plain(File::open(path).ok()?).ok()?.take(HEAD).read_to_end(&mut head).ok()?;
    match () {
        () if Baseline::sniff(&head) => Some("a baseline"),
        () if History::sniff(&head) => Some("a history"),
        () => None,
    }
}

/// Whether a path is, or will be, an ordinary file (and no device or pipe).
pub(super) fn is_ordinary(path: &Path) -> bool {
    fs::metadata(path).map_or(true, |data| data.is_file())
}

/// The file that a path leads to, without links and detours; links are followed even where what they lead to does not exist yet.
pub(super) fn resolved(path: &Path) -> PathBuf {
    let mut path = path.to_path_buf();
    for _ in 0..MOST_LINKS {
        if let Ok(real) = fs::canonicalize(&path) {
            return real;
        }
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let folder = fs::canonicalize(folder).unwrap_or_else(|_| folder.to_path_buf());
        let Some(name) = path.file_name() else { return folder };
        let whole = folder.join(name);
        match fs::read_link(&whole) {
            Ok(target) => path = folder.join(target),
            Err(_) => return whole,
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The whole table, one line a pair, so that a new use is thought about against all others.
    #[test]
    fn every_pair_in_which_something_would_be_lost_is_refused() {
        use Use::{Baseline, Config, Input, Output, Save, Template};
        let kept = [
            (Input, Input),
            (Input, Baseline),
            (Input, Config),
            (Input, Template),
            (Baseline, Baseline),
            (Baseline, Config),
            (Baseline, Template),
            (Baseline, Save),
            (Config, Config),
            (Config, Template),
            (Template, Template),
        ];
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("one.json");
        fs::write(&path, "{}").unwrap();
        let detour = folder.path().join("./one.json");
        for (index, one) in Use::ALL.into_iter().enumerate() {
            for other in Use::ALL.into_iter().skip(index) {
                for (first, second) in [(one, other), (other, one)] {
                    let mut places = Places::default();
                    places.add(first, &path).unwrap();
                    let allowed = places.add(second, &detour).is_ok();
                    assert_eq!(allowed, kept.contains(&(one, other)), "{first:?} and {second:?}");
                }
            }
        }
        let refused = {
            let mut places = Places::default();
            places.add(Config, &path).unwrap();
            places.add(Output, &path).unwrap_err().to_string()
        };
        assert!(refused.ends_with("this is the configuration; write the output somewhere else"), "{refused}");
    }

    #[test]
    fn what_holds_nothing_may_be_named_twice() {
        let mut places = Places::default();
        places.add(Use::Output, Path::new("/dev/null")).unwrap();
        places.add(Use::Comment, Path::new("/dev/null")).unwrap();
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_the_file_that_it_leads_to_even_before_that_exists() {
        let folder = tempfile::tempdir().unwrap();
        let (link, target) = (folder.path().join("link.md"), folder.path().join("new.md"));
        std::os::unix::fs::symlink("new.md", &link).unwrap();
        assert_eq!(resolved(&link), resolved(&target));
        let circle = folder.path().join("circle.md");
        std::os::unix::fs::symlink("circle.md", &circle).unwrap();
        assert!(resolved(&circle).ends_with("circle.md"));
    }
}
