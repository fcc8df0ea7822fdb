//! Where columns are kept: in memory as long as there is room, and on a spill file outside of it beyond.
//!
//! In: how many bytes may be held, and a [`SpillFile`] that takes the rest. Out: places on it. The room opens no files: whoever
//! runs the program gives the spill file. A spill that fails remembers why ([`Storage::failure`]); what is read from it afterwards
//! means nothing.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// A place outside of memory.
pub trait SpillFile: Send + Sync {
    /// Sets so many bytes apart, and says where.
    fn reserve(&self, bytes: u64) -> u64;

    /// Keeps bytes at a place that was set apart.
    fn put(&self, at: u64, bytes: &[u8]);

    /// Reads back what was put there.
    fn get(&self, at: u64, bytes: &mut [u8]);

    /// What went wrong, if anything did.
    fn failure(&self) -> Option<String>;
}

/// How much may be held in memory, and where the rest goes.
#[derive(Clone, Default)]
pub struct Storage {
    limits: Option<Arc<Limits>>,
}

struct Limits {
    spill: Box<dyn SpillFile>,
    /// Bytes that columns may still take in memory.
    left: AtomicU64,
    /// Bytes that the program may take as a whole.
    memory: u64,
    /// Bytes that texts take, which cannot be spilled.
    texts: AtomicU64,
}

impl fmt::Debug for Storage {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(if self.limits.is_some() { "Storage(bounded)" } else { "Storage(memory)" })
    }
}

/// Bytes on a spill file.
#[derive(Clone)]
pub struct Extent {
    limits: Arc<Limits>,
    at: u64,
}

/// The dictionary of a column may take one part of the memory in so many.
const TEXTS_SHARE: u64 = 3;

impl fmt::Debug for Extent {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Extent({})", self.at)
    }
}

impl Extent {
    /// Reads what stands `offset` bytes behind the beginning.
    pub fn read(&self, offset: usize, bytes: &mut [u8]) {
        self.limits.spill.get(self.at + offset as u64, bytes);
    }

    /// Writes what is to stand `offset` bytes behind the beginning.
    pub fn write(&self, offset: usize, bytes: &[u8]) {
        self.limits.spill.put(self.at + offset as u64, bytes);
    }
}

impl Storage {
    /// Everything stays in memory.
    pub const MEMORY: Self = Self { limits: None };

    /// Columns may take `held` bytes of the `memory` that the program has; the rest goes to the spill file.
    pub fn bounded(memory: u64, held: u64, spill: Box<dyn SpillFile>) -> Self {
        Self { limits: Some(Arc::new(Limits { spill, left: AtomicU64::new(held), memory, texts: AtomicU64::new(0) })) }
    }

    /// Bytes that the program may take as a whole; absent without a bound.
    pub fn memory(&self) -> Option<u64> {
        self.limits.as_ref().map(|limits| limits.memory)
    }

    /// Whether there is so little memory that things are done one after the other.
    pub fn is_scarce(&self) -> bool {
        /// With more, what two threads hold at a time does not matter.
        const PLENTY: u64 = 256 << 20;
        self.memory().is_some_and(|memory| memory < PLENTY)
    }

    /// Whether so many bytes may stay in memory; if so, they are counted.
    pub fn holds(&self, bytes: usize) -> bool {
        let Some(limits) = &self.limits else { return true };
        let take = |left: u64| left.checked_sub(bytes as u64);
        limits.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take).is_ok()
    }

    /// Puts bytes on the spill file. Absent where there is none.
    pub fn put(&self, bytes: &[u8]) -> Option<Extent> {
        let spilled = self.reserve(bytes.len())?;
        spilled.write(0, bytes);
        Some(spilled)
    }

    /// Sets room on the spill file apart. Absent where there is none.
    pub fn reserve(&self, bytes: usize) -> Option<Extent> {
        let limits = self.limits.as_ref()?;
        Some(Extent { limits: Arc::clone(limits), at: limits.spill.reserve(bytes as u64) })
    }

    /// Counts bytes that texts take; they stay in memory.
    pub fn note_texts(&self, bytes: usize) {
        if let Some(limits) = &self.limits {
            limits.texts.fetch_add(bytes as u64, Ordering::Relaxed);
        }
    }

    /// Why nothing more can be kept, if so.
    pub fn failure(&self) -> Option<String> {
        let limits = self.limits.as_ref()?;
        let texts = limits.texts.load(Ordering::Relaxed);
        if texts > limits.memory / TEXTS_SHARE {
            let needed = (TEXTS_SHARE * texts * 2).div_ceil(1 << 20);
            return Some(format!(
                "its different texts (labels, identifiers) take {} MiB so far, too much for --memory {} MiB: \
                 give --memory {needed}MiB or more",
                texts >> 20,
                limits.memory >> 20
            ));
        }
        limits.spill.failure()
    }
}

/// A spill file for tests.
#[cfg(test)]
pub(crate) mod memory {
    use std::sync::Mutex;

    use crate::table::storage::SpillFile;

    /// It lies in memory.
    #[derive(Default)]
    pub(crate) struct MemorySpill(Mutex<Vec<u8>>);

    impl SpillFile for MemorySpill {
        fn reserve(&self, bytes: u64) -> u64 {
            let mut all = self.0.lock().unwrap();
            let at = all.len();
            all.resize(at + bytes as usize, 0);
            at as u64
        }

        fn put(&self, at: u64, bytes: &[u8]) {
            self.0.lock().unwrap()[at as usize..at as usize + bytes.len()].copy_from_slice(bytes);
        }

        fn get(&self, at: u64, bytes: &mut [u8]) {
            let all = self.0.lock().unwrap();
            bytes.copy_from_slice(&all[at as usize..at as usize + bytes.len()]);
        }

        fn failure(&self) -> Option<String> {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::memory::MemorySpill;
    use super::*;

    #[test]
    fn what_does_not_fit_is_spilled_and_comes_back() {
        let storage = Storage::bounded(1000, 100, Box::new(MemorySpill::default()));
        assert!(storage.holds(60) && !storage.holds(60) && storage.holds(40) && !storage.holds(1));
        let (first, second) = (storage.put(b"hello").unwrap(), storage.put(b"world").unwrap());
        let mut bytes = [0; 3];
        second.read(1, &mut bytes);
        assert_eq!(&bytes, b"orl");
        first.read(0, &mut bytes);
        assert_eq!(&bytes, b"hel");
        assert!(Storage::default().holds(usize::MAX) && Storage::default().put(b"x").is_none());
    }
}
