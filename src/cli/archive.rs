//! Archives as CI hands them out: members are read where they lie, as if the archive were a folder.
//!
//! In: a file by the ending of whose name and the first bytes of which it is a ZIP or a tar archive. Out: its members, each of which
//! opens as a stream of plain bytes. Nothing is ever written to where a name says; what a compressed tar holds goes to a temporary file
//! without a name. Refuses archives whose members lie over each other, and what unpacks to many times its size.

use std::collections::BTreeMap;
use std::fmt;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, Result, bail};
use flate2::Crc;
use flate2::read::DeflateDecoder;
use tar::EntryType;
use zip::{CompressionMethod, ZipArchive};

use crate::ingest::plain;

/// Endings of archives, `.gz` and `.zst` aside.
const ZIP: &str = ".zip";
const TAR: &[&str] = &[".tar", ".tgz", ".tzst", ".tar.gz", ".tar.zst"];
/// Where a tar archive says that it is one.
const TAR_MARK: (usize, &[u8]) = (257, b"ustar");
/// Members of an archive at most: more are no results of a run.
const MOST_MEMBERS: usize = 100_000;
/// What unpacks to more than so many times its size is a bomb: tables of one repeated row are about 100 times as large.
const LARGEST_RATIO: u64 = 250;
/// Less than this is no danger at any ratio.
const HARMLESS: u64 = 16 << 20;
/// Bytes that are unpacked at once.
const BLOCK: usize = 1 << 16;

/// A member of an archive.
#[derive(Clone)]
pub(super) struct Member {
    pub(super) archive: PathBuf,
    /// Its name inside of it, parts joined by `/`.
    pub(super) name: String,
    /// Plain bytes, as the archive states them.
    pub(super) bytes: u64,
    file: Arc<Mutex<File>>,
    begin: u64,
    stored: u64,
    packing: Packing,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Packing {
    /// As they are, in a tar.
    Bare,
    /// As they are, with their checksum.
    Stored(u32),
    /// Deflated, with the checksum of the plain bytes.
    Deflated(u32),
}

impl fmt::Debug for Member {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Member").field("archive", &self.archive).field("name", &self.name).finish_non_exhaustive()
    }
}

impl PartialEq for Member {
    fn eq(&self, other: &Self) -> bool {
        self.archive == other.archive && self.name == other.name
    }
}

impl Eq for Member {}

/// What an archive holds.
#[derive(Default)]
pub(super) struct Contents {
    /// Files by their names.
    pub(super) members: BTreeMap<String, Member>,
    /// Names of what is not read, by the reason.
    pub(super) passed_over: BTreeMap<Reason, Vec<String>>,
    /// Whether it ends before its last member does.
    pub(super) ends_early: bool,
}

/// Why a member is not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Reason {
    /// It takes a password.
    Encrypted,
    /// Its name is none of a file inside of a folder.
    UnsafeName,
    /// It is packed by a method that is not built in.
    Method,
    /// A link or a device.
    Link,
    /// A later member has the same name, and takes its place where the archive is unpacked.
    Replaced,
}

impl Reason {
    /// What is found.
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Encrypted => "encrypted members",
            Self::UnsafeName => "members whose names lead out of the archive",
            Self::Method => "members packed by a method that is not read",
            Self::Link => "links or devices in the archive",
            Self::Replaced => "members of which a later one has the name",
        }
    }

    /// What was done about it.
    pub(super) fn action(self) -> &'static str {
        match self {
            Self::Encrypted => "not read: unpack the archive with its password and name the folder",
            Self::UnsafeName => "not read",
            Self::Method => "not read: unpack the archive and name the folder",
            Self::Link => "not read: what they lead to is not in the archive",
            Self::Replaced => "the later one was read",
        }
    }
}

/// Whether a name is one of an archive.
pub(super) fn is_archive_name(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    lower.ends_with(ZIP) || TAR.iter().any(|ending| lower.ends_with(ending))
}

/// What an archive holds; absent where the file is none, whatever its name says.
pub(super) fn contents(path: &Path) -> Result<Option<Contents>> {
    let name = path.file_name().map(|name| name.to_string_lossy().to_ascii_lowercase()).unwrap_or_default();
    if !is_archive_name(&name) {
        return Ok(None);
    }
    let failed = || format!("{}: cannot be read", path.display());
    let mut file = File::open(path).with_context(failed)?;
    if !file.metadata().with_context(failed)?.is_file() {
        return Ok(None);
    }
    let mut head = Vec::new();
    (&file).take(2).read_to_end(&mut head).with_context(failed)?;
    file.rewind().with_context(failed)?;
    if name.ends_with(ZIP) {
        // An archive without a single member begins with its end.
        return if head == b"PK" { of_zip(path, file).map(Some) } else { Ok(None) };
    }
    let mut begin = Vec::new();
    plain(&file).and_then(|plain| plain.take(512).read_to_end(&mut begin)).with_context(failed)?;
    let (at, mark) = TAR_MARK;
    if begin.get(at..at + mark.len()) != Some(mark) {
        return Ok(None);
    }
    file.rewind().with_context(failed)?;
    let spooled = if begin.starts_with(&head) { file } else { unpacked(path, &file)? };
    of_tar(path, spooled).map(Some)
}

fn of_zip(path: &Path, file: File) -> Result<Contents> {
    let shown = path.display();
    let shared = Arc::new(Mutex::new(file.try_clone().with_context(|| format!("{shown}: cannot be read"))?));
    let broken = || format!("{shown}: cannot be read as a ZIP archive; it is damaged or was not fetched as a whole");
    let mut archive = ZipArchive::new(BufReader::new(file)).with_context(broken)?;
    refuse_too_many(path, archive.len())?;
    if archive.has_overlapping_files().with_context(broken)? {
        bail!("{shown}: its members lie over each other, as in a ZIP bomb; it was not read");
    }
    let mut found = Contents::default();
    for index in 0..archive.len() {
        let entry = archive.by_index_raw(index).with_context(broken)?;
        if entry.is_dir() {
            continue;
        }
        let name = String::from_utf8_lossy(entry.name_raw()).into_owned();
        let name = entry.name().map_or(name, std::borrow::Cow::into_owned);
        let packing = match entry.compression() {
            CompressionMethod::Stored => Ok(Packing::Stored(entry.crc32())),
            CompressionMethod::Deflated => Ok(Packing::Deflated(entry.crc32())),
            _ => Err(Reason::Method),
        };
        let packing = match packing {
            _ if entry.encrypted() => Err(Reason::Encrypted),
            _ if !entry.is_file() => Err(Reason::Link),
            packing => packing,
        };
        let begin = entry.data_start().with_context(broken)?;
        let (bytes, stored) = (entry.size(), entry.compressed_size());
        let member = |packing| Member::new(path, &shared, packing, (begin, stored, bytes));
        found.add(name, packing.map(member));
    }
    Ok(found)
}

fn of_tar(path: &Path, file: File) -> Result<Contents> {
    let shown = path.display();
    let broken = || format!("{shown}: cannot be read as a tar archive; it is damaged");
    let length = file.metadata().with_context(broken)?.len();
    let shared = Arc::new(Mutex::new(file.try_clone().with_context(broken)?));
    let mut archive = tar::Archive::new(file);
    let mut found = Contents::default();
    for (count, entry) in archive.entries_with_seek().with_context(broken)?.enumerate() {
        refuse_too_many(path, count)?;
        let entry = match entry {
            Ok(entry) => entry,
            // What stands before the damage is read, unless there is nothing.
            Err(_) if found.members.len() + found.passed_over.len() > 0 => {
                found.ends_early = true;
                break;
            }
            Err(error) => return Err(error).with_context(broken),
        };
        let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        let packing = match entry.header().entry_type() {
            EntryType::Regular | EntryType::Continuous => Ok(Packing::Bare),
            EntryType::Directory | EntryType::XGlobalHeader => continue,
            EntryType::GNUSparse => Err(Reason::Method),
            _ => Err(Reason::Link),
        };
        let (begin, bytes) = (entry.raw_file_position(), entry.size());
        found.ends_early |= begin.checked_add(bytes).is_none_or(|end| end > length);
        let member = |packing| Member::new(path, &shared, packing, (begin, bytes, bytes));
        found.add(name, packing.map(member));
    }
    Ok(found)
}

fn refuse_too_many(path: &Path, members: usize) -> Result<()> {
    if members > MOST_MEMBERS {
        bail!("{}: more than {MOST_MEMBERS} members; unpack it and name what is to be read", path.display());
    }
    Ok(())
}

/// What a compressed tar holds, in a temporary file that no name leads to.
fn unpacked(path: &Path, file: &File) -> Result<File> {
    let failed = || format!("{}: cannot be unpacked", path.display());
    let stored = file.metadata().with_context(failed)?.len();
    let mut spooled = tempfile::tempfile().with_context(failed)?;
    let mut plain = LimitReader { inner: plain(file).with_context(failed)?, plain: 0, stored };
    let mut block = vec![0; BLOCK];
    loop {
        let count = plain.read(&mut block).with_context(failed)?;
        if count == 0 {
            break;
        }
        spooled.write_all(&block[..count]).with_context(failed)?;
    }
    spooled.rewind().with_context(failed)?;
    Ok(spooled)
}

impl Contents {
    /// Adds a member under the name that the archive states.
    fn add(&mut self, name: String, member: Result<Member, Reason>) {
        match (inside(&name), member) {
            (None, _) => self.passed_over.entry(Reason::UnsafeName).or_default().push(name),
            (Some(name), Err(reason)) => self.passed_over.entry(reason).or_default().push(name),
            (Some(name), Ok(member)) => {
                if self.members.insert(name.clone(), Member { name: name.clone(), ..member }).is_some() {
                    self.passed_over.entry(Reason::Replaced).or_default().push(name);
                }
            }
        }
    }
}

/// The name of a member as a path inside of its archive; absent where it is none. Archives of old Windows programs part by `\`.
fn inside(name: &str) -> Option<String> {
    let name = name.replace('\\', "/");
    let parts: Vec<&str> = name.split('/').filter(|part| *part != ".").collect();
    let is_part = |part: &&str| !part.is_empty() && *part != ".." && !part.contains([':', '\0']);
    (!parts.is_empty() && parts.iter().all(is_part)).then(|| parts.join("/"))
}

impl Member {
    /// Without its name: where it begins, and its bytes as stored and plain.
    fn new(archive: &Path, file: &Arc<Mutex<File>>, packing: Packing, (begin, stored, bytes): (u64, u64, u64)) -> Self {
        let (archive, file) = (archive.to_path_buf(), Arc::clone(file));
        Self { archive, name: String::new(), bytes, file, begin, stored, packing }
    }

    /// Its plain bytes.
    pub(super) fn open(&self) -> impl Read + Send + use<> {
        let window = Window { file: Arc::clone(&self.file), at: self.begin, left: self.stored };
        let inner: Box<dyn Read + Send> = match self.packing {
            Packing::Bare | Packing::Stored(_) => Box::new(window),
            Packing::Deflated(_) => Box::new(DeflateDecoder::new(BufReader::with_capacity(BLOCK, window))),
        };
        let checksum = match self.packing {
            Packing::Bare => None,
            Packing::Stored(checksum) | Packing::Deflated(checksum) => Some((Crc::new(), checksum)),
        };
        ChecksumReader { inner: LimitReader { inner, plain: 0, stored: self.stored }, checksum }
    }
}

/// A part of a file that others read, too.
struct Window {
    file: Arc<Mutex<File>>,
    at: u64,
    left: u64,
}

impl Read for Window {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = buffer.len().min(usize::try_from(self.left).unwrap_or(usize::MAX));
        if length == 0 {
            return Ok(0);
        }
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(self.at))?;
        let count = file.read(&mut buffer[..length])?;
        self.at += count as u64;
        self.left -= count as u64;
        Ok(count)
    }
}

/// What does not unpack to more than it may.
struct LimitReader<R> {
    inner: R,
    plain: u64,
    stored: u64,
}

impl<R: Read> Read for LimitReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.plain += count as u64;
        if self.plain > HARMLESS.max(self.stored.saturating_mul(LARGEST_RATIO)) {
            let (plain, stored) = (self.plain, self.stored);
            return Err(io::Error::other(format!(
                "it unpacks to more than {LARGEST_RATIO} times its size ({stored} bytes give at least {plain}), as a bomb does"
            )));
        }
        Ok(count)
    }
}

/// What has the checksum that the archive states.
struct ChecksumReader<R> {
    inner: R,
    checksum: Option<(Crc, u32)>,
}

impl<R: Read> Read for ChecksumReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        let Some((sum, expected)) = &mut self.checksum else { return Ok(count) };
        sum.update(&buffer[..count]);
        if count == 0 && !buffer.is_empty() && sum.sum() != *expected {
            return Err(io::Error::other(
                "its checksum is not the one that the archive states: the archive is damaged",
            ));
        }
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_stays_inside_of_its_archive_or_is_none() {
        assert_eq!(inside("results/a.csv").as_deref(), Some("results/a.csv"));
        assert_eq!(inside("./results/a.csv").as_deref(), Some("results/a.csv"));
        assert_eq!(inside("results\\a.csv").as_deref(), Some("results/a.csv"));
        for wrong in
            ["/etc/passwd", "../a.csv", "a/../../b.csv", "C:\\a.csv", "C:a.csv", "", "a//b.csv", "a\0.csv", "."]
        {
            assert_eq!(inside(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn archives_are_known_by_their_endings() {
        assert!(["a.zip", "A.ZIP", "a.tar", "a.tar.gz", "a.tgz", "a.tar.zst"].iter().all(|name| is_archive_name(name)));
        assert!(!["a.csv.gz", "a.csv.zst", "zip", "a.xlsx", "tar.csv"].iter().any(|name| is_archive_name(name)));
    }

    #[test]
    fn what_unpacks_to_far_more_than_its_size_is_refused_with_the_ratio() {
        let mut bomb = LimitReader { inner: io::repeat(0), plain: 0, stored: 1000 };
        let error = io::copy(&mut bomb, &mut io::sink()).unwrap_err().to_string();
        assert!(error.contains("more than 250 times its size (1000 bytes give at least"), "{error}");
        let mut sound = LimitReader { inner: io::repeat(0).take(HARMLESS), plain: 0, stored: 1 };
        assert_eq!(io::copy(&mut sound, &mut io::sink()).unwrap(), HARMLESS);
    }
}
