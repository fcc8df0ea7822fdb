//! From the bytes of a source to tables.
//!
//! In: a reader and what the user said about it. Out: a [`Source`] with its provenance, its tables with roles and
//! units, and findings. Refuses what is no metrics file (binary data, prose, an unknown structure) with an
//! [`IngestError`] that says what was seen and what to do. Opens no files and reads every byte once.

mod again;
#[cfg(test)]
mod agreement;
mod appended;
mod benchmarks;
mod builder;
mod contradictions;
mod detect;
mod error;
mod format;
mod formats;
mod head;
pub(crate) mod input;
mod json;
mod meaning;
mod options;
#[cfg(test)]
mod oracle;
mod privacy;
mod relatives;
mod rounded;
mod settle;
mod signature;
mod sink;
mod summaries;
mod summary_tables;
mod text;
mod utf16;

use std::io::Read;

use crate::measure::finding::{FindingKind, Severity};
use crate::table::source::{Provenance, Source};
use crate::table::storage::Storage;

use input::Input;
use sink::Sink;
use text::lines::{Pace, Records};

pub use error::IngestError;
pub use format::{Failures, Format, Holds};
pub use formats::formats;
pub use options::{ColumnOptions, SourceOptions};

/// Reads a source to its end.
///
/// # Errors
/// When it cannot be read, is empty, binary, or of no known format.
pub fn read(name: &str, stored: impl Read, options: &SourceOptions) -> Result<Source, IngestError> {
    read_into(&Storage::MEMORY, name, stored, options)
}

/// Reads a source to its end, with its columns kept in a storage.
///
/// # Errors
/// When it cannot be read, is empty, binary, or of no known format; when the storage fails.
pub fn read_into(
    storage: &Storage,
    name: &str,
    stored: impl Read,
    options: &SourceOptions,
) -> Result<Source, IngestError> {
    let source = read_at_pace(storage, name, stored, options, Pace::within(storage))?;
    match storage.failure() {
        Some(failure) => Err(IngestError::Io(std::io::Error::other(failure))),
        None => Ok(source),
    }
}

/// A text as a source, for tests; nothing is said about it.
#[cfg(test)]
pub(crate) fn read_text(name: &str, text: impl AsRef<[u8]>) -> Source {
    read(name, text.as_ref(), &SourceOptions::default()).expect("a text that can be read")
}

/// Reads a source at a pace: the result is the same at any.
fn read_at_pace(
    storage: &Storage,
    name: &str,
    stored: impl Read,
    options: &SourceOptions,
    pace: Pace,
) -> Result<Source, IngestError> {
    let input = Input::new(stored, &options.prefixes)?;
    let compression = input.compression();
    let mut sink = Sink {
        storage: storage.clone(),
        provenance: Provenance { name: name.to_owned(), compression, ..Provenance::default() },
        ..Sink::default()
    };
    let input = std::cell::RefCell::new(input);
    let mut shared = SharedInput(&input);
    let mut records: Records<&mut dyn Read> = Records::new(&mut shared as &mut dyn Read).at_pace(pace);
    let (format, evidence) = detect::detect(&mut records, options).map_err(|error| match error {
        IngestError::Empty if input.borrow().ends_early() => {
            IngestError::Malformed(format!("{ENDS_EARLY}, and nothing of it can be read"))
        }
        error => error,
    })?;
    sink.provenance.format = format.name;
    sink.provenance.row = format.row;
    sink.provenance.evidence = evidence;
    sink.provenance.evidence.extend(input.borrow().is_utf16().then(|| "text in UTF-16".to_owned()));
    (format.read)(&mut records, options, &mut sink)?;
    sink.provenance.lines = records.lines().max(sink.provenance.lines);
    // Whatever the reader left (a trailer that it does not need) still belongs to the digest.
    std::io::copy(&mut SharedInput(&input), &mut std::io::sink())?;
    if input.borrow().ends_early() {
        let action = "what stands before its end was read; a row that is cut there is named";
        sink.find(Severity::Corrupted, FindingKind::TruncatedLine, None, ENDS_EARLY, action);
    }
    let (bytes, digest) = input.borrow().account();
    sink.provenance.bytes = bytes;
    sink.provenance.digest = digest;
    sink.provenance.prefixes = input.borrow().prefixes();
    let settle = sink.settle;
    let mut source = meaning::roles::assign(sink, options);
    // One rule for all formats: whatever a report, an export, a baseline or a message could show of such a column is not there.
    if source.tables.iter().flat_map(|table| &table.columns).any(|column| privacy::is_private(&column.name)) {
        return Err(IngestError::Malformed(privacy::COLUMN_REFUSED.to_owned()));
    }
    refuse_wrong_name(&source, options)?;
    if let Some(settle) = settle {
        settle(&mut source, options);
    }
    appended::mark(&mut source);
    rounded::note(&mut source);
    contradictions::note(&mut source);
    Ok(source)
}

/// What becomes of a compressed file that was cut.
pub(crate) const ENDS_EARLY: &str = "the compressed file ends in the middle";

/// Refuses a source in which nothing is of the format that the user named.
fn refuse_wrong_name(source: &Source, options: &SourceOptions) -> Result<(), IngestError> {
    let Some(name) = &options.format else { return Ok(()) };
    let nothing = source.tables.iter().all(|table| table.lines.rows() == 0)
        && source.reported.is_empty()
        && source.histograms.is_empty()
        && source.swarm.is_empty();
    let broken = source.findings.iter().find(|finding| finding.severity == Severity::Corrupted);
    match broken.filter(|_| nothing) {
        Some(broken) => Err(IngestError::Malformed(format!(
            "it was named as {name}, and nothing in it is of that format: {}{}",
            broken.place.line.map_or_else(String::new, |line| format!("line {line}: ")),
            broken.reasons.join("; ")
        ))),
        None => Ok(()),
    }
}

/// The plain bytes of what may be compressed.
///
/// # Errors
/// When the first bytes cannot be read, or a zstd frame cannot be opened.
pub fn plain<'a>(stored: impl Read + 'a) -> std::io::Result<impl Read + 'a> {
    Input::new(stored, &[])
}

/// The input, read by others and asked for its digest, or whether it was whole, afterwards.
pub(crate) struct SharedInput<'a, 'b>(pub(crate) &'a std::cell::RefCell<Input<'b>>);

impl Read for SharedInput<'_, '_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        self.0.borrow_mut().read(buffer)
    }
}
