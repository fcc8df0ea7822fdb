//! How much memory the program takes, and the temporary file that holds what does not fit.
//!
//! The bound is the user's, or half of what the machine has and no more than a limit on the address space leaves. The file has no name and is gone when the program ends.

use crate::measure::{Dimension, Quantity, QuantityError, Unit};
use std::fs::File;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, OnceLock};

use anyhow::{Result, bail};

use crate::table::storage::{SpillFile, Storage};

/// What the program takes beside the columns: itself, two blocks of text for each thread, samples that are sorted.
const BESIDE_COLUMNS: u64 = 60 << 20;
/// Less does not do.
const LEAST: u64 = 48 << 20;
/// Address space that is reserved and not used: the program's own text, stacks and arenas of the threads.
const BESIDE_MEMORY: u64 = 192 << 20;
/// Where the machine does not say how much memory it has.
const USUAL: u64 = 2 << 30;

/// The storage for a run. `asked` is what the user allows.
///
/// # Errors
/// When it is too little for any input.
pub(super) fn storage(asked: Option<u64>) -> Result<Storage> {
    let half = || of_machine().map_or(USUAL, |all| all / 2);
    let within = |memory: u64| space().map_or(memory, |space| memory.min(space.saturating_sub(BESIDE_MEMORY)));
    let memory = asked.unwrap_or_else(|| within(half()).max(LEAST));
    if memory < LEAST {
        bail!("--memory {}: the program itself needs {} MiB", sized(memory), LEAST >> 20);
    }
    // The other half is for what is made of the columns.
    let held = memory.saturating_sub(BESIDE_COLUMNS) / 2;
    Ok(Storage::bounded(memory, held, Box::new(TemporaryFile::default())))
}

/// A size as people write it: `64MiB`, `2 GB`, `500000000`.
///
/// # Errors
/// When it is none.
pub(super) fn size(text: &str) -> Result<u64, String> {
    let no_size = || format!("{text} is no size; write 64MiB or 2GB");
    let no_unit = |symbol: &str| format!("{symbol} is no unit of memory; write KiB, MiB, GiB, kB, MB or GB");
    let quantity = match text.parse::<Quantity>() {
        Ok(quantity) => quantity.or_in(Unit::BYTE),
        Err(QuantityError::Number) => return Err(no_size()),
        Err(QuantityError::Unit(symbol)) => return Err(no_unit(&symbol)),
    };
    let other = quantity.unit.map_or("", |unit| unit.symbol);
    let bytes = quantity.base_in(Dimension::Bytes).ok_or_else(|| no_unit(other))?;
    if bytes >= 1.0 && bytes.is_finite() { Ok(bytes as u64) } else { Err(no_size()) }
}

/// A size in MiB, or in bytes below one.
pub(super) fn sized(bytes: u64) -> String {
    if bytes < 1 << 20 { format!("{bytes} bytes") } else { format!("{}MiB", bytes.div_ceil(1 << 20)) }
}

/// Bytes of memory of the machine, or of the group of processes that this one is in.
fn of_machine() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/meminfo").ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    let all: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    let group = std::fs::read_to_string("/sys/fs/cgroup/memory.max").ok();
    let limit: Option<u64> = group.and_then(|text| text.trim().parse().ok());
    Some(limit.map_or(all << 10, |limit| limit.min(all << 10)))
}

/// Bytes of address space that this process may have (`ulimit -v`), where there is a limit.
fn space() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/self/limits").ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("Max address space"))?;
    line.split_whitespace().next()?.parse().ok()
}

/// A file that is made when the first bytes come.
#[derive(Default)]
struct TemporaryFile {
    file: OnceLock<Option<File>>,
    end: AtomicU64,
    failure: Mutex<Option<String>>,
}

impl TemporaryFile {
    fn file(&self) -> Option<&File> {
        let made = self.file.get_or_init(|| {
            tempfile::tempfile().map_err(|error| self.fail(&format!("cannot make a temporary file: {error}"))).ok()
        });
        made.as_ref()
    }

    /// The first failure is the one that is told.
    fn fail(&self, reason: &str) {
        if let Ok(mut failure) = self.failure.lock() {
            failure.get_or_insert_with(|| {
                format!(
                    "what does not fit into memory goes to a file in {}: {reason}; \
                     set TMPDIR to a folder with room, or give more --memory",
                    std::env::temp_dir().display()
                )
            });
        }
    }
}

impl SpillFile for TemporaryFile {
    fn reserve(&self, bytes: u64) -> u64 {
        self.end.fetch_add(bytes, Ordering::Relaxed)
    }

    fn put(&self, at: u64, bytes: &[u8]) {
        let Some(file) = self.file() else { return };
        if let Err(error) = write_at(file, bytes, at) {
            self.fail(&error.to_string());
        }
    }

    fn get(&self, at: u64, bytes: &mut [u8]) {
        let Some(file) = self.file() else { return };
        if let Err(error) = read_at(file, bytes, at) {
            self.fail(&error.to_string());
        }
    }

    fn failure(&self) -> Option<String> {
        self.failure.lock().ok()?.clone()
    }
}

#[cfg(unix)]
fn write_at(file: &File, bytes: &[u8], at: u64) -> std::io::Result<()> {
    std::os::unix::fs::FileExt::write_all_at(file, bytes, at)
}

#[cfg(unix)]
fn read_at(file: &File, bytes: &mut [u8], at: u64) -> std::io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, bytes, at)
}

#[cfg(windows)]
fn write_at(file: &File, mut bytes: &[u8], mut at: u64) -> std::io::Result<()> {
    while !bytes.is_empty() {
        let written = std::os::windows::fs::FileExt::seek_write(file, bytes, at)?;
        bytes = &bytes[written..];
        at += written as u64;
    }
    Ok(())
}

#[cfg(windows)]
fn read_at(file: &File, mut bytes: &mut [u8], mut at: u64) -> std::io::Result<()> {
    while !bytes.is_empty() {
        let read = std::os::windows::fs::FileExt::seek_read(file, bytes, at)?;
        if read == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        bytes = &mut bytes[read..];
        at += read as u64;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_as_people_write_them() {
        assert_eq!(size("64MiB"), Ok(64 << 20));
        assert_eq!(size("2 GB"), Ok(2_000_000_000));
        assert_eq!(size("1.5GiB"), Ok(3 << 29));
        assert_eq!(size("1000"), Ok(1000));
        for wrong in ["", "MiB", "3 ms", "-1MB", "0", "1e400"] {
            assert!(size(wrong).is_err(), "{wrong}");
        }
        assert!(storage(Some(1 << 20)).is_err());
    }

    #[test]
    fn bytes_come_back_from_the_file() {
        let file = TemporaryFile::default();
        let (first, second) = (file.reserve(5), file.reserve(3));
        file.put(second, b"xyz");
        file.put(first, b"hello");
        let mut bytes = [0; 2];
        file.get(second + 1, &mut bytes);
        assert_eq!((&bytes, file.failure()), (b"yz", None));
        let mut beyond = [0; 9];
        file.get(second, &mut beyond);
        assert!(file.failure().is_some_and(|failure| failure.contains("TMPDIR")));
    }
}
