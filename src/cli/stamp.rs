//! Whether a file stayed what it was while it was read.
//!
//! In: size and time of change before and after, and how much was read. Out: a finding where they differ: a run that is still
//! written, or a file that was cut, is not the run that somebody believes to see.

use std::fs::File;
use std::time::SystemTime;

use crate::measure::finding::{Finding, FindingKind, Place, Severity};
use crate::report::number::count;

/// Size and time of change of an ordinary file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stamp {
    bytes: u64,
    changed: Option<SystemTime>,
}

impl Stamp {
    /// Of an open file; absent where it is none that has a size, or does not say it.
    pub(super) fn of(file: &File) -> Option<Self> {
        let data = file.metadata().ok().filter(std::fs::Metadata::is_file)?;
        Some(Self { bytes: data.len(), changed: data.modified().ok() })
    }

    /// What is to be said where the file is another now, or ended early. `read` bytes came from it.
    pub(super) fn finding(self, now: Option<Self>, read: u64, name: &str) -> Option<Finding> {
        let found = |reason: String, action| {
            Some(Finding::new(Severity::Suspicious, FindingKind::FileChanged, Place::source(name), reason, action))
        };
        let opened = count(self.bytes);
        if read < self.bytes {
            let reason =
                format!("{opened} bytes when it was opened, and it ended after {}: it was cut meanwhile", count(read));
            return found(reason, "what was left of it was read; measure again, or read the whole file");
        }
        let now = now.filter(|now| *now != self)?;
        let reason = match now.bytes.cmp(&self.bytes) {
            std::cmp::Ordering::Equal => "it was written to while it was read".to_owned(),
            _ => format!(
                "{opened} bytes when it was opened, {} when it had been read: it is still written",
                count(now.bytes)
            ),
        };
        found(reason, "what was read may be a part of the run; read it again when it is complete")
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_file_that_is_cut_or_written_while_it_is_read_is_named() {
        let start = SystemTime::UNIX_EPOCH;
        let stamp = |bytes, seconds| Stamp { bytes, changed: Some(start + Duration::from_secs(seconds)) };
        let said = |now: Stamp, read| {
            let finding = stamp(1000, 5).finding(Some(now), read, "run.csv")?;
            assert_eq!((finding.severity, finding.kind), (Severity::Suspicious, FindingKind::FileChanged));
            Some(finding.reasons[0].clone())
        };
        assert_eq!(said(stamp(1000, 5), 1000), None);
        assert!(
            said(stamp(400, 6), 400).is_some_and(|reason| reason.contains("1,000 bytes") && reason.contains("cut"))
        );
        assert!(said(stamp(1500, 6), 1500).is_some_and(|reason| reason.contains("still written")));
        assert!(said(stamp(1000, 6), 1000).is_some_and(|reason| reason.contains("written to while")));
    }

    #[test]
    fn a_pipe_has_no_size_to_be_held_to() {
        assert_eq!(Stamp::of(&File::open("/dev/null").unwrap()), None);
    }
}
