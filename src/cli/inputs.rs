//! What a person named, as a list of sources with names of their own.
//!
//! In: paths, folders, globs, `-`. Out: [`NamedSource`] sources in a fixed order, each once. Refuses what does not exist and
//! folders in which nothing looks like metrics.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use super::archive::{self, Contents, Member, Reason};
use crate::measure::finding::{Finding, FindingKind, Place, Severity};

/// Endings by which files in folders are taken for metrics, before `.gz` and `.zst`.
const ENDINGS: &[&str] = &["csv", "tsv", "json", "jsonl", "ndjson", "jtl", "txt", "log", "data", "dat"];
/// Reports of this program in the same folder are no metrics.
const OWN_OUTPUT: &str = "performance_metrics_report.";
/// Files that tools write beside their measurements and that hold none: criterion's limits for outliers.
const NO_METRICS: &[&str] = &["tukey.json"];
/// How deep folders are searched: deeper ones are links in a circle.
const DEEPEST: usize = 32;

/// Where a source is read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Origin {
    File(PathBuf),
    /// A member of an archive.
    Member(Member),
    /// Standard input.
    Stdin,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NamedSource {
    /// The name by which the report calls it, unique among all.
    pub(super) name: String,
    /// Where it is read from.
    pub(super) origin: Origin,
    /// Whether a person named it, rather than the folder it lies in.
    pub(super) explicit: bool,
    /// Size as stored, where it is known.
    pub(super) bytes: u64,
}

impl NamedSource {
    /// The file, where it is one.
    pub(super) fn path(&self) -> Option<&Path> {
        match &self.origin {
            Origin::File(path) => Some(path),
            Origin::Member(_) | Origin::Stdin => None,
        }
    }

    /// The file that its bytes lie in: itself, or the archive that it is a member of.
    pub(super) fn lies_in(&self) -> Option<&Path> {
        match &self.origin {
            Origin::File(path) => Some(path),
            Origin::Member(member) => Some(&member.archive),
            Origin::Stdin => None,
        }
    }
}

/// What a person named, expanded.
#[derive(Debug)]
pub(super) struct Inputs {
    /// The sources, in a fixed order, each once.
    pub(super) sources: Vec<NamedSource>,
    /// What was found on the way: files given twice, files passed over.
    pub(super) findings: Vec<Finding>,
}

impl Inputs {
    /// The same for what is compared with something: members of one archive are called as files of a folder are, so that they pair
    /// with those of another archive or of a folder.
    #[must_use]
    pub(super) fn into_a_side(mut self) -> Self {
        let members = self.sources.iter().map(|source| match &source.origin {
            Origin::Member(member) => Some((member.archive.as_path(), Path::new(&member.name))),
            Origin::File(_) | Origin::Stdin => None,
        });
        let Some(members) = members.collect::<Option<Vec<_>>>() else { return self };
        if members.windows(2).any(|pair| pair[0].0 != pair[1].0) {
            return self;
        }
        let names = shortest_unique_ends(&members.iter().map(|(_, name)| *name).collect::<Vec<_>>());
        for (source, name) in self.sources.iter_mut().zip(names) {
            source.name = name;
        }
        self
    }
}

/// What becomes of a named file that is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Missing {
    /// It is an error.
    Refuse,
    /// It is passed over, with a finding.
    PassOver,
}

/// Expands what a person named.
pub(super) fn expand(paths: &[PathBuf], missing: Missing) -> Result<Inputs> {
    let mut found: Vec<(Origin, bool)> = Vec::new();
    let mut notes: Vec<Finding> = Vec::new();
    for path in paths {
        if path.as_os_str() == "-" {
            found.push((Origin::Stdin, true));
            continue;
        }
        match fs::metadata(path) {
            Ok(data) if data.is_dir() => {
                let Folder { files, others, endless } = Folder::search(path)?;
                notes.extend(not_looked_at(path, &others));
                notes.extend(not_opened(path, &endless));
                if files.is_empty() {
                    bail!(
                        "{}: no metrics files in this folder; looked for {} (also with .gz and .zst, and in .zip and .tar)",
                        path.display(),
                        endings()
                    );
                }
                for file in files {
                    match Container::of(&file) {
                        Ok(opened) => opened.add(&file, false, &mut found, &mut notes),
                        // Others of the folder are read all the same.
                        Err(error) => notes.push(not_opened_as_archive(&file, &error)),
                    }
                }
            }
            Ok(_) => match Container::of(path) {
                Ok(opened) => {
                    if opened.is_empty() {
                        bail!(
                            "{}: no metrics files in this archive; looked for {} (also with .gz and .zst)",
                            path.display(),
                            endings()
                        );
                    }
                    opened.add(path, true, &mut found, &mut notes);
                }
                Err(error) if missing == Missing::PassOver => notes.push(not_opened_as_archive(path, &error)),
                Err(error) => return Err(error),
            },
            Err(error) => {
                let matches = expand_glob(path)?;
                if matches.is_empty() && missing == Missing::PassOver {
                    let place = Place::source(path.to_string_lossy());
                    let kind = FindingKind::UnreadFile;
                    let action = "the file was passed over";
                    notes.push(Finding::new(Severity::Suspicious, kind, place, error.to_string(), action));
                } else if matches.is_empty() {
                    return Err(error).with_context(|| format!("{}: cannot be read", path.display()));
                }
                for file in matches {
                    Container::of(&file)?.add(&file, true, &mut found, &mut notes);
                }
            }
        }
    }
    let (sources, mut findings) = name_each(found);
    findings.append(&mut notes);
    Ok(Inputs { sources, findings })
}

/// What a file that was named or found turned out to be.
enum Container {
    /// A file as it is.
    File,
    Archive(Contents),
}

impl Container {
    fn of(path: &Path) -> Result<Self> {
        Ok(archive::contents(path)?.map_or(Self::File, Self::Archive))
    }

    fn is_empty(&self) -> bool {
        matches!(self, Self::Archive(contents) if !contents.members.keys().any(|name| is_looked_at(name)))
    }

    fn add(self, path: &Path, explicit: bool, found: &mut Vec<(Origin, bool)>, notes: &mut Vec<Finding>) {
        let Self::Archive(contents) = self else {
            found.push((Origin::File(path.to_path_buf()), explicit));
            return;
        };
        let others = contents.members.keys().filter(|name| !is_looked_at(name) && !is_hidden(name));
        let others: Vec<String> = others.map(|name| last_part(name).to_owned()).collect();
        let action = "not looked at, because of their endings; unpack the archive and name a file to have it read";
        notes.extend(passed_over(path, "other files in the archive", &others, action));
        for (reason, names) in &contents.passed_over {
            let note = passed_over(path, reason.words(), names, reason.action());
            // What a password or a method hides may be the measurements.
            let severity = match reason {
                Reason::Link | Reason::Replaced => Severity::Note,
                Reason::Encrypted | Reason::UnsafeName | Reason::Method => Severity::Suspicious,
            };
            notes.extend(note.map(|note| Finding { severity, ..note }));
        }
        if contents.ends_early {
            let name = last_part(&path.to_string_lossy()).to_owned();
            let (reason, action) = ("the archive ends in the middle", "what stands before its end was read");
            let place = Place::source(name);
            notes.push(Finding::new(Severity::Corrupted, FindingKind::TruncatedLine, place, reason, action));
        }
        let members = contents.members.into_values().filter(|member| is_looked_at(&member.name));
        found.extend(members.map(|member| (Origin::Member(member), false)));
    }
}

/// Whether a member of an archive would be read if it lay in a folder.
fn is_looked_at(name: &str) -> bool {
    !is_hidden(name) && looks_like_metrics(last_part(name)) && !archive::is_archive_name(name)
}

fn is_hidden(name: &str) -> bool {
    name.split('/').any(|part| part.starts_with('.'))
}

fn last_part(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}

/// An archive that cannot be read, beside files that can.
fn not_opened_as_archive(path: &Path, error: &anyhow::Error) -> Finding {
    let text = format!("{error:#}");
    let reason = text.split_once(": ").map_or(text.as_str(), |(_, reason)| reason).to_owned();
    let place = Place::source(last_part(&path.to_string_lossy()));
    Finding::new(Severity::Suspicious, FindingKind::UnreadFile, place, reason, "the archive was passed over")
}

/// Files of a folder whose endings are not those of metrics.
fn not_looked_at(folder: &Path, others: &[String]) -> Option<Finding> {
    let action = "not looked at, because of their endings; name a file to have it read";
    passed_over(folder, "other files in the folder", others, action)
}

/// Pipes, sockets and devices of a folder: to read one may take for ever.
fn not_opened(folder: &Path, endless: &[String]) -> Option<Finding> {
    let action = "not opened, because they may never end; name one to have it read";
    passed_over(folder, "pipes, sockets or devices in the folder", endless, action)
}

fn passed_over(folder: &Path, what: &str, names: &[String], action: &str) -> Option<Finding> {
    const NAMED: usize = 5;
    let first: Vec<&str> = names.iter().take(NAMED).map(String::as_str).collect();
    let more = if names.len() > NAMED { ", …" } else { "" };
    let name = folder.file_name().map_or_else(|| ".".into(), |name| name.to_string_lossy());
    let reason = format!("{what}: {}{more}", first.join(", "));
    (!names.is_empty()).then(|| {
        Finding::new(Severity::Note, FindingKind::UnreadFile, Place::source(name), reason, action)
            .count(names.len() as u64)
    })
}

/// The endings that are looked for in folders: `.csv .json`.
fn endings() -> String {
    ENDINGS.iter().map(|ending| format!(".{ending}")).collect::<Vec<_>>().join(" ")
}

fn expand_glob(path: &Path) -> Result<Vec<PathBuf>> {
    let text = path.to_string_lossy();
    if !text.contains(['*', '?', '[']) {
        return Ok(Vec::new());
    }
    let paths = glob::glob(&text).with_context(|| format!("{text}: not a valid pattern"))?;
    let mut files: Vec<PathBuf> = paths.filter_map(Result::ok).filter(|path| path.is_file()).collect();
    files.sort();
    Ok(files)
}

/// What a folder holds, and those in it.
#[derive(Default)]
struct Folder {
    /// Files that look like metrics.
    files: Vec<PathBuf>,
    /// Names of files that do not.
    others: Vec<String>,
    /// Names of what looks like metrics and is no ordinary file.
    endless: Vec<String>,
}

impl Folder {
    fn search(path: &Path) -> Result<Self> {
        let mut found = Self::default();
        found.add(path, 0)?;
        Ok(found)
    }

    fn add(&mut self, folder: &Path, depth: usize) -> Result<()> {
        if depth > DEEPEST {
            return Ok(());
        }
        let entries = fs::read_dir(folder).with_context(|| format!("{}: cannot be searched", folder.display()))?;
        let mut paths: Vec<PathBuf> = entries.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect();
        paths.sort();
        for path in paths {
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            if name.starts_with('.') {
                continue;
            }
            // A link that leads nowhere is an error of its own when it is opened.
            let ordinary = fs::metadata(&path).map_or(true, |data| data.is_file());
            if path.is_dir() {
                self.add(&path, depth + 1)?;
            } else if !looks_like_metrics(&name) {
                if !name.starts_with(OWN_OUTPUT) && !NO_METRICS.contains(&name.as_str()) {
                    self.others.push(name);
                }
            } else if ordinary {
                self.files.push(path);
            } else {
                self.endless.push(name);
            }
        }
        Ok(())
    }
}

fn looks_like_metrics(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let plain = lower.strip_suffix(".gz").or_else(|| lower.strip_suffix(".zst")).unwrap_or(&lower);
    let ending = plain.rsplit_once('.').map(|(_, ending)| ending);
    archive::is_archive_name(name)
        || !name.starts_with(OWN_OUTPUT)
            && !NO_METRICS.contains(&name)
            && ending.is_some_and(|ending| ENDINGS.contains(&ending))
}

/// Drops files given twice, and gives each of the rest the shortest end of its path that no other has.
fn name_each(found: Vec<(Origin, bool)>) -> (Vec<NamedSource>, Vec<Finding>) {
    let mut seen: BTreeMap<PathBuf, PathBuf> = BTreeMap::new();
    let mut stdin = false;
    let mut kept: Vec<(Origin, bool)> = Vec::new();
    let mut twice: BTreeSet<PathBuf> = BTreeSet::new();
    for (origin, explicit) in found {
        match &origin {
            Origin::Stdin if !std::mem::replace(&mut stdin, true) => kept.push((origin, explicit)),
            Origin::Stdin => {}
            // An archive that is given twice gives the same members twice.
            Origin::Member(member) => {
                let archive = fs::canonicalize(&member.archive).unwrap_or_else(|_| member.archive.clone());
                let whole = archive.join(&member.name);
                match seen.entry(whole) {
                    Entry::Occupied(first) => {
                        twice.insert(first.get().clone());
                    }
                    Entry::Vacant(new) => {
                        new.insert(member.archive.clone());
                        kept.push((origin, explicit));
                    }
                }
            }
            Origin::File(path) => {
                let real = fs::canonicalize(path).unwrap_or_else(|_| path.clone());
                if let Some(first) = seen.get(&real) {
                    twice.insert(first.clone());
                } else {
                    seen.insert(real, path.clone());
                    kept.push((origin, explicit));
                }
            }
        }
    }
    // Of an archive its members have the name.
    let paths = kept.iter().map(|(origin, _)| match origin {
        Origin::File(path) => path.as_path(),
        Origin::Member(member) => member.archive.as_path(),
        Origin::Stdin => Path::new("standard input"),
    });
    let mut places: BTreeMap<&Path, usize> = BTreeMap::new();
    let mut distinct: Vec<&Path> = Vec::new();
    let place_of: Vec<usize> = paths
        .map(|path| {
            *places.entry(path).or_insert_with(|| {
                distinct.push(path);
                distinct.len() - 1
            })
        })
        .collect();
    let names = shortest_unique_ends(&distinct);
    let findings = twice
        .iter()
        .filter_map(|path| {
            let index = *places.get(path.as_path())?;
            Some(Finding::new(
                Severity::Note,
                FindingKind::DuplicateFile,
                Place::source(&names[index]),
                "the file was given more than once",
                "it was read once",
            ))
        })
        .collect();
    let named = kept
        .into_iter()
        .zip(place_of)
        .map(|((origin, explicit), place)| {
            let (name, bytes) = match &origin {
                Origin::File(path) => {
                    (names[place].clone(), fs::metadata(path).map(|data| data.len()).unwrap_or_default())
                }
                Origin::Member(member) => (format!("{}/{}", names[place], member.name), member.bytes),
                Origin::Stdin => (names[place].clone(), 0),
            };
            NamedSource { name, origin, explicit, bytes }
        })
        .collect();
    (named, findings)
}

/// For each path as many of its last parts as tell it from all others: no report depends on where a checkout lies.
pub(super) fn shortest_unique_ends(paths: &[&Path]) -> Vec<String> {
    let parts: Vec<Vec<String>> = paths
        .iter()
        .map(|path| {
            path.components()
                .filter_map(|part| match part {
                    std::path::Component::Normal(text) => Some(text.to_string_lossy().into_owned()),
                    _ => None,
                })
                .collect()
        })
        .collect();
    let end = |index: usize, length: usize| -> String {
        let all = &parts[index];
        all[all.len().saturating_sub(length)..].join("/")
    };
    let mut names: Vec<Option<String>> = vec![None; paths.len()];
    let longest = parts.iter().map(Vec::len).max().unwrap_or_default().max(1);
    for length in 1..=longest {
        let mut open: Vec<usize> = (0..paths.len()).filter(|index| names[*index].is_none()).collect();
        if open.is_empty() {
            break;
        }
        let mut ends: HashMap<String, u32> = HashMap::new();
        for index in 0..paths.len() {
            *ends.entry(end(index, length)).or_default() += 1;
        }
        open.retain(|index| ends.get(&end(*index, length)) == Some(&1));
        for index in open {
            names[index] = Some(end(index, length));
        }
    }
    // The same place twice: no longer end would tell one from the other.
    names.into_iter().enumerate().map(|(index, name)| name.unwrap_or_else(|| end(index, 1))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_the_same_name_are_told_apart_by_their_folders() {
        let paths = ["/a/new/run.csv", "/a/old/run.csv", "/a/other.csv"].map(Path::new);
        assert_eq!(shortest_unique_ends(&paths), ["new/run.csv", "old/run.csv", "other.csv"]);
        assert_eq!(shortest_unique_ends(&[Path::new("./x/run.csv")]), ["run.csv"]);
    }

    #[test]
    fn metrics_are_found_by_their_endings_and_own_reports_are_not() {
        assert!(looks_like_metrics("run.csv"));
        assert!(looks_like_metrics("run.CSV.gz"));
        assert!(looks_like_metrics("points.ndjson.zst"));
        assert!(!looks_like_metrics("performance_metrics_report.json"));
        assert!(!looks_like_metrics("picture.png"));
        assert!(!looks_like_metrics("README"));
    }
}
